//! Text in, records out: which format a source has, where its records begin, what their parts are.
//!
//! A format is data ([`definition`]): one TOML file with the samples that test it. What bytes must be
//! understood for is code ([`decoder`]).

pub mod ansi;
pub mod assemble;
pub mod decode;
pub mod decoder;
pub mod definition;
pub mod detect;
pub mod explain;
pub mod form;
mod header;
pub mod import;
pub mod inner;
mod keys;
pub mod level;
pub mod near;
pub mod pattern;
pub mod record;
pub mod took;
mod verify;
