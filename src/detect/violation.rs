//! One case of a rule: which sightings break the relation, and what is to be said about them.

use crate::event::EventId;

/// A case.
#[derive(Clone, Debug, Default)]
pub struct Violation {
    /// The sightings that prove it, each with the part it plays.
    pub evidence: Vec<(&'static str, u32)>,
    /// Records that prove it but state no fact.
    pub records: Vec<(&'static str, EventId)>,
    /// What was measured: numbers and names for the texts.
    pub values: Vec<(&'static str, String)>,
    /// How sure the order is on which it rests, 0 to 1.
    pub sure: f32,
    /// How telling it is among the cases of its finding.
    pub weight: f64,
    /// How many times it happened.
    pub count: usize,
}

impl Violation {
    /// A case with this evidence, certain and once.
    pub fn new(evidence: Vec<(&'static str, u32)>) -> Violation {
        Violation { evidence, sure: 1.0, count: 1, ..Violation::default() }
    }

    /// Adds a value for the texts.
    pub fn say(mut self, name: &'static str, value: impl Into<String>) -> Violation {
        self.values.push((name, value.into()));
        self
    }
}
