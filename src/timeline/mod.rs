//! The order in which events are shown, and what can be asked of it quickly.

pub mod density;
pub mod gaps;
mod graph;
pub mod order;
pub mod place;

pub use order::Timeline;
