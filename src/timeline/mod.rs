//! The order in which events are shown, and what can be asked of it quickly.

pub mod density;
pub mod lane;
pub mod order;

pub use order::Timeline;
