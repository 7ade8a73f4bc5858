//! Typed statements taken from events: what a record says about whom.
//!
//! Facts come from two places. *Packs* (`assets/facts/*.toml`) know products: a line of PostgreSQL that selects
//! a new timeline becomes the fact `timeline.new` with its number ([`store::Facts`]). *Mining* knows no format:
//! it finds identifiers that several hosts mention. Each mention is a [`Mention`]; all mentions of one
//! identifier are a [`Key`].

pub mod act;
pub mod definition;
mod evaluate;
pub mod extract;
pub mod kind;
mod literals;
mod matcher;
pub mod mine;
pub mod owner;
pub mod packs;
pub mod store;
pub mod token;
pub mod value;

pub use kind::Kind;
pub use packs::Packs;
pub use store::{Fact, Facts};

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
    /// The record says that the identifier is its own host's (`origin=local/crmd/63`).
    pub own: bool,
}

/// All mentions of one identifier, in id order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Where it is mentioned.
    pub mentions: Vec<Mention>,
}
