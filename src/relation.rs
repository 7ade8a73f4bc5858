//! How two events are ordered, how sure that is, and what it rests on.

use std::collections::{BTreeMap, VecDeque};

use crate::analysis::Analysis;
use crate::causality::Edges;
use crate::clock::Anchor;
use crate::clock::pairs::resolution;
use crate::event::EventId;

/// The order of two events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The first was certainly written before the second.
    Before(Proof),
    /// The first was certainly written after the second.
    After(Proof),
    /// Probably in this order: true when the first comes first. Rests on how such records are ordered elsewhere.
    Probably(bool, Vec<EventId>),
    /// Nothing tells.
    Unknown(Doubt),
}

/// What a certain order rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// One clock stamped both, and the stamps differ by more than their resolution.
    SameClock,
    /// The intervals in which they were written do not overlap: nanoseconds between them.
    Intervals(i64),
}

/// Why nothing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// One of them has no time.
    NoTime,
    /// The clock of a host floats against the other's.
    FloatingClock,
    /// The intervals in which they were written overlap, by so many nanoseconds.
    Overlap(i64),
}

/// Chains of edges longer than this explain nothing.
const LONGEST_CHAIN: usize = 8;

/// How `a` and `b` are ordered. Needs an analysis in causal order to know more than one host's clock.
pub fn relation(analysis: &Analysis, a: EventId, b: EventId) -> Relation {
    let (Some(span_a), Some(span_b)) = (span(analysis, a), span(analysis, b)) else {
        return Relation::Unknown(Doubt::NoTime);
    };
    // A record that some other server stamped has that server's clock; one whose server no file tells has none.
    let lane = |id| analysis.clock_lane(id);
    let same = lane(a).is_some() && lane(a) == lane(b);
    let floats = |id| analysis.clock(id).is_none_or(|c| c.anchor == Anchor::Floating);
    if !same && (floats(a) || floats(b)) {
        return Relation::Unknown(Doubt::FloatingClock);
    }
    let proof = |gap: i64| if same { Proof::SameClock } else { Proof::Intervals(gap) };
    // One clock needs no band against itself.
    let shared = if same { span_a.band + span_b.band } else { 0 };
    if span_a.high <= span_b.low + shared {
        return Relation::Before(proof(span_b.low + shared - span_a.high));
    }
    if span_b.high <= span_a.low + shared {
        return Relation::After(proof(span_a.low + shared - span_b.high));
    }
    if let Some(chain) = chain(&analysis.edges, a, b) {
        return Relation::Probably(true, chain);
    }
    if let Some(chain) = chain(&analysis.edges, b, a) {
        return Relation::Probably(false, chain);
    }
    Relation::Unknown(Doubt::Overlap(span_a.high.min(span_b.high) - span_a.low.max(span_b.low)))
}

/// When an event was written, in the reference's time.
struct Span {
    low: i64,
    high: i64,
    band: i64,
}

fn span(analysis: &Analysis, id: EventId) -> Option<Span> {
    let recorded = analysis.events.time(id)?;
    let clock = analysis.clock(id);
    let time = recorded.saturating_sub(clock.map_or(0, |c| c.correction(recorded)));
    // An offset that was measured but not applied is still in the time: the band holds it too.
    let band = clock.map_or(0, |c| c.doubt() as i64);
    Some(Span { low: time - band, high: time + band + resolution(&analysis.events, id) as i64, band })
}

/// The shortest chain of edges from one event to another, both included.
fn chain(edges: &Edges, from: EventId, to: EventId) -> Option<Vec<EventId>> {
    let mut came_from: BTreeMap<EventId, EventId> = BTreeMap::new();
    let mut work = VecDeque::from([(from, 0usize)]);
    while let Some((here, steps)) = work.pop_front() {
        if here == to {
            let mut out = vec![to];
            while let Some(previous) = out.last().and_then(|last| came_from.get(last)) {
                out.push(*previous);
            }
            out.reverse();
            return Some(out);
        }
        for e in edges.effects(here).iter().take_while(|_| steps < LONGEST_CHAIN) {
            if e.to != from && !came_from.contains_key(&e.to) {
                came_from.insert(e.to, here);
                work.push_back((e.to, steps + 1));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causality::{Edge, Rule};

    #[test]
    fn the_shortest_chain_is_found_and_circles_end() {
        let e = |from, to| Edge { from: EventId(from), to: EventId(to), rule: Rule::Precedence };
        let edges = Edges::new(vec![e(1, 2), e(1, 4), e(2, 3), e(3, 1), e(3, 5), e(4, 5)]);
        assert_eq!(chain(&edges, EventId(1), EventId(5)), Some(vec![EventId(1), EventId(4), EventId(5)]));
        assert_eq!(chain(&edges, EventId(5), EventId(1)), None);
    }
}
