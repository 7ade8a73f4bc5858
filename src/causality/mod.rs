//! Which events happened before which: edges, each with the reason it rests on.
//!
//! So far two rules, both from records that share an identifier: [`precedence`] of kinds of records, and the
//! [`bracket`]s that set the clocks.

pub mod bracket;
pub mod precedence;

use crate::event::EventId;

/// One event before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The earlier event.
    pub from: EventId,
    /// The later event.
    pub to: EventId,
}
