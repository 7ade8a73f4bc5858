//! Analysis and case as text that leaves the program.

pub mod clocks;
pub mod csv;
pub mod document;
pub mod events;
pub mod finding;
pub mod findings;
pub mod html;
pub mod json;
pub mod json_report;
pub mod leaving;
pub mod markdown;
pub mod otlp;
pub mod roundtrip;
pub mod text;
pub mod timesketch;
pub mod trace;
pub mod visible;
pub mod why;
