//! What the brackets say that set the clocks: a record was written between two others of another host.
//!
//! A bracket orders events only where its outer two are in order by their own stamps (two records in one
//! tick of a coarse clock hold nothing between them), and, where stamps are coarse, only if the order of those
//! kinds of records is confirmed by keys whose stamps tell. An edge that learned precedence contradicts is dropped.

use std::collections::BTreeSet;

use super::precedence::Learned;
use super::{Edge, Rule};
use crate::clock::Clocks;
use crate::clock::pairs::resolution;
use crate::event::{EventId, EventStore};

/// Stamps this fine, in nanoseconds, need no confirmation: the vote over many brackets is sharper than what
/// it could be wrong by.
const FINE: f64 = 1e7;

/// The edges of learned precedence, and those of all brackets that hold and are confirmed.
pub fn edges(events: &EventStore, clocks: &Clocks, learned: &Learned) -> Vec<Edge> {
    let mut edges = learned.edges();
    let known: BTreeSet<(EventId, EventId)> = edges.iter().map(|e| (e.from, e.to)).collect();
    for b in clocks.brackets.iter().filter(|b| b.holds) {
        for (from, to) in [(b.before, b.inside), (b.inside, b.after)] {
            let edge = Edge { from, to, rule: Rule::Bracket };
            let fine = resolution(events, edge.from).max(resolution(events, edge.to)) <= FINE;
            if (fine || learned.confirms(&edge)) && !known.contains(&(to, from)) {
                edges.push(edge);
            }
        }
    }
    edges
}
