//! Rules: relations between facts that are out of order, as data.
//!
//! A rule (`assets/rules/*.toml`) says which facts it looks at, which of the primitives of [`definition`] relates
//! them, and how to speak about what it finds. The module `detect` tries it on the facts in timeline order.

pub mod definition;
pub mod primitive;
pub mod sample;
pub mod select;
pub mod set;
pub mod template;
pub mod written;

pub use definition::{Primitive, Role, Rule, Severity, When};
pub use set::Rules;
