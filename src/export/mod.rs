//! Analysis and case as text that leaves the program.

pub mod clocks;
pub mod csv;
pub mod document;
pub mod events;
pub mod finding;
pub mod findings;
pub mod json;
pub mod markdown;
pub mod roundtrip;
pub mod text;
pub mod visible;
pub mod why;
