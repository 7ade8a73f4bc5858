//! Code for what patterns cannot say: JSON, logfmt, PostgreSQL's free prefix, stamps anywhere, columns with a heading.

pub mod anywhere;
pub mod json;
pub mod logfmt;
pub mod postgres;
pub mod regex;
pub mod w3c;
pub mod words;
