//! Typed statements taken from events: what a record says about whom.
//!
//! So far the facts are *mined*: identifiers that several hosts mention, in formats that need not be
//! known. Each mention is a [`Mention`]; all mentions of one identifier are a [`Key`].

pub mod act;
pub mod mine;
pub mod owner;
pub mod token;

use crate::event::EventId;

/// One record that mentions an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The record.
    pub event: EventId,
    /// The host that wrote it, by lane.
    pub host: u32,
    /// What kind of record it is: a hash of its words without numbers and identifiers.
    pub template: u32,
}

/// All mentions of one identifier, in id order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Where it is mentioned.
    pub mentions: Vec<Mention>,
}
