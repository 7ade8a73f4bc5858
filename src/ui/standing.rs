//! How events stand to the chosen one: before, after, or nobody knows. Asked for what is on the screen only.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::relation::{Relation, relation};

/// A frame spends at most this on it; the rest is told in the next one.
const A_FRAME: Duration = Duration::from_millis(4);
/// How many answers are kept.
const MOST: usize = 50_000;

/// How an event stands to the chosen one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Certainly written before it.
    Before,
    /// Certainly written after it.
    After,
    /// Probably written before it.
    ProbablyBefore,
    /// Probably written after it.
    ProbablyAfter,
    /// Nothing tells.
    Unknown,
}

impl Standing {
    fn of(analysis: &Analysis, id: EventId, chosen: EventId) -> Standing {
        match relation(analysis, id, chosen) {
            Relation::Before(_) => Standing::Before,
            Relation::After(_) => Standing::After,
            Relation::Probably(true, _) => Standing::ProbablyBefore,
            Relation::Probably(false, _) => Standing::ProbablyAfter,
            Relation::Unknown(_) => Standing::Unknown,
        }
    }

    /// It in words, as the end of "this event is…".
    pub fn words(self) -> &'static str {
        match self {
            Standing::Before => "before the chosen event",
            Standing::After => "after the chosen event",
            Standing::ProbablyBefore => "probably before the chosen event",
            Standing::ProbablyAfter => "probably after the chosen event",
            Standing::Unknown => "order against the chosen event unknown",
        }
    }

    /// True when nothing is left open.
    pub fn is_certain(self) -> bool {
        matches!(self, Standing::Before | Standing::After)
    }
}

/// The answers about one chosen event.
#[derive(Debug, Default)]
pub struct Standings {
    of: Option<(usize, EventId)>,
    known: HashMap<EventId, Standing>,
    spent: Duration,
    missed: bool,
}

impl Standings {
    /// A new frame begins; true when the last one left questions open.
    pub fn next_frame(&mut self) -> bool {
        self.spent = Duration::ZERO;
        std::mem::take(&mut self.missed)
    }

    /// How `id` stands to `chosen`; `None` for the event itself, and when this frame has no time left for it.
    pub fn get(&mut self, analysis: &Analysis, id: EventId, chosen: EventId) -> Option<Standing> {
        let of = Some((std::ptr::from_ref(analysis).addr(), chosen));
        if self.of != of || self.known.len() > MOST {
            self.known.clear();
            self.of = of;
        }
        if id == chosen {
            return None;
        }
        if let Some(&known) = self.known.get(&id) {
            return Some(known);
        }
        if self.spent > A_FRAME {
            self.missed = true;
            return None;
        }
        let begun = Instant::now();
        let standing = Standing::of(analysis, id, chosen);
        self.spent += begun.elapsed();
        self.known.insert(id, standing);
        Some(standing)
    }
}
