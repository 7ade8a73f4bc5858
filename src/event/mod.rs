//! The facts: what the logs said, and when their writers' clocks said it.
//!
//! An event is a row of columns ([`store`]); its words are parsed again from the source whenever
//! somebody looks (`format::record`). Nothing behind this layer changes an event.

pub mod build;
mod fill;
pub mod find;
mod gather;
pub mod host;
pub mod lane;
pub mod resettle;
mod runs;
mod series;
pub mod settle;
pub mod spot;
pub mod store;

pub use store::{Accounted, EventId, EventStore, Flags, Segment};
