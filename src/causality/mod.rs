//! Which events happened before which: edges, each with the rule it rests on.
//!
//! One file per rule. An edge says that one event was written before another, and how binding that is: a
//! [`Strength::Hard`] edge cannot be otherwise, a [`Strength::Firm`] one is how such programs work, a
//! [`Strength::Soft`] one is what other records of the same kinds do.

pub mod anchor;
pub mod bracket;
pub mod copy;
pub mod job;
pub mod known;
pub mod origin;
pub mod pin;
pub mod precedence;
pub mod replication;
pub mod statement;
pub mod transfer;

use crate::event::EventId;

/// How binding an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// It cannot be otherwise.
    Hard,
    /// It is how such programs work.
    Firm,
    /// Other records of the same kinds do so.
    Soft,
}

/// The rule that an edge rests on, the most binding first: of edges that run in a circle, the last go first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The same record where it arose and where it was written again.
    Copy,
    /// A host says that a request is its own, then others mention it.
    Origin,
    /// A standby asks its primary for the log, then streams it.
    Replication,
    /// cron starts a job, then the job writes.
    Job,
    /// A file is finished before another host has it.
    Transfer,
    /// A client sends a statement, the server receives it, the client goes on.
    Statement,
    /// Records of these kinds about one thing come in this order wherever stamps tell.
    Precedence,
    /// One host's record was written between two of another, about one thing.
    Bracket,
}

impl Rule {
    /// How binding its edges are.
    pub fn strength(self) -> Strength {
        match self {
            Rule::Copy => Strength::Hard,
            Rule::Origin | Rule::Replication | Rule::Job | Rule::Transfer | Rule::Statement => Strength::Firm,
            Rule::Precedence | Rule::Bracket => Strength::Soft,
        }
    }

    /// Why its edges hold, as the end of a sentence that begins "this before that:".
    pub fn why(self) -> &'static str {
        match self {
            Rule::Copy => "it is the same record, first where it arose and then where it was written again",
            Rule::Origin => "the host that began a request mentions it before any other can",
            Rule::Replication => "a standby asks its primary for the log before it streams it",
            Rule::Job => "cron starts a job before the job writes",
            Rule::Transfer => "a file is finished before another host has it",
            Rule::Statement => {
                "a client sends a statement, the server receives it, and the client goes on when it is answered"
            }
            Rule::Precedence => {
                "records of these kinds about the same thing come in this order wherever their stamps tell"
            }
            Rule::Bracket => "the other host wrote one record about the same thing before it and one after it",
        }
    }
}

/// One event before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The earlier event.
    pub from: EventId,
    /// The later event.
    pub to: EventId,
    /// Why.
    pub rule: Rule,
}

/// All edges of a capture, found by either end.
#[derive(Clone, Debug, Default)]
pub struct Edges {
    by_cause: Vec<Edge>,
    by_effect: Vec<Edge>,
}

impl Edges {
    /// Takes edges in any order; of several between the same two events the most binding stays.
    pub fn new(mut edges: Vec<Edge>) -> Self {
        edges.sort_unstable_by_key(|e| (e.from, e.to, e.rule.strength(), e.rule));
        edges.dedup_by_key(|e| (e.from, e.to));
        let mut by_effect = edges.clone();
        by_effect.sort_unstable_by_key(|e| (e.to, e.from));
        Edges { by_cause: edges, by_effect }
    }

    /// All edges, sorted by their earlier event.
    pub fn all(&self) -> &[Edge] {
        &self.by_cause
    }

    /// The edges from an event to its direct effects.
    pub fn effects(&self, id: EventId) -> &[Edge] {
        let first = self.by_cause.partition_point(|e| e.from < id);
        let rest = self.by_cause.get(first..).unwrap_or_default();
        rest.get(..rest.partition_point(|e| e.from == id)).unwrap_or_default()
    }

    /// The edges from the direct causes of an event to it.
    pub fn causes(&self, id: EventId) -> &[Edge] {
        let first = self.by_effect.partition_point(|e| e.to < id);
        let rest = self.by_effect.get(first..).unwrap_or_default();
        rest.get(..rest.partition_point(|e| e.to == id)).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_are_found_by_either_end() {
        let e = |from, to, rule| Edge { from: EventId(from), to: EventId(to), rule };
        let edges = Edges::new(vec![
            e(4, 5, Rule::Bracket),
            e(1, 5, Rule::Bracket),
            e(1, 2, Rule::Precedence),
            e(1, 5, Rule::Precedence),
        ]);
        assert_eq!(edges.effects(EventId(1)), [e(1, 2, Rule::Precedence), e(1, 5, Rule::Precedence)]);
        assert_eq!(edges.causes(EventId(5)), [e(1, 5, Rule::Precedence), e(4, 5, Rule::Bracket)]);
        assert!(edges.effects(EventId(9)).is_empty() && edges.causes(EventId(1)).is_empty());
    }
}
