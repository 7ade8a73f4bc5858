//! How two events are ordered, how sure that is, and what it rests on.

use std::collections::{BTreeMap, VecDeque};

use crate::analysis::Analysis;
use crate::causality::{Edge, Edges, Strength};
use crate::clock::pairs::resolution;
use crate::clock::{Anchor, Clock};
use crate::event::EventId;

/// The order of two events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The first was certainly written before the second.
    Before(Proof),
    /// The first was certainly written after the second.
    After(Proof),
    /// Probably in this order: true when the first comes first.
    Probably(bool, Hint),
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
    /// One writer wrote them into one file, in this order.
    SameWriter,
    /// Edges that cannot be otherwise lead from one to the other.
    HardEdges,
}

/// What a probable order rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// They stand in this order in one file, which several writers share.
    FileOrder,
    /// Edges lead from one to the other, in order.
    Edges(Vec<Edge>),
}

/// Why nothing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// The user said that they are one moment.
    Pinned,
    /// One of them has no time.
    NoTime,
    /// Several other records contradict the stamp of one of them.
    Contradicted,
    /// Many records contradict the clock of one of their hosts.
    ContradictedClock,
    /// The clock of a host floats against the other's.
    FloatingClock,
    /// The intervals in which they were written overlap, by so many nanoseconds.
    Overlap(i64),
}

/// Chains of edges longer than this explain nothing.
const LONGEST_CHAIN: usize = 8;

/// How `a` and `b` are ordered. Needs an analysis in causal order to know more than one host's clock.
pub fn relation(analysis: &Analysis, a: EventId, b: EventId) -> Relation {
    if analysis.pins.iter().any(|p| p.other(a) == Some(b)) {
        return Relation::Unknown(Doubt::Pinned);
    }
    let edges = chain(&analysis.edges, a, b).map(|c| (true, c));
    let edges = edges.or_else(|| chain(&analysis.edges, b, a).map(|c| (false, c)));
    let hard = |c: &[Edge]| !c.is_empty() && c.iter().all(|e| e.rule.strength() == Strength::Hard);
    match &edges {
        Some((true, chain)) if hard(chain) => return Relation::Before(Proof::HardEdges),
        Some((false, chain)) if hard(chain) => return Relation::After(Proof::HardEdges),
        _ => {}
    }
    if let Some(relation) = by_file(analysis, a, b) {
        return relation;
    }
    if analysis.placement.is_demoted(a) || analysis.placement.is_demoted(b) {
        return match edges {
            Some((forward, chain)) => Relation::Probably(forward, Hint::Edges(chain)),
            None => Relation::Unknown(Doubt::Contradicted),
        };
    }
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
    let contradicted = |id| analysis.clock(id).is_some_and(Clock::is_contradicted);
    if !same && (contradicted(a) || contradicted(b)) {
        return match edges {
            Some((forward, chain)) => Relation::Probably(forward, Hint::Edges(chain)),
            None => Relation::Unknown(Doubt::ContradictedClock),
        };
    }
    let proof = |gap: i64| if same { Proof::SameClock } else { Proof::Intervals(gap) };
    // One clock needs no band against itself.
    let shared = if same { span_a.band.saturating_add(span_b.band) } else { 0 };
    let (low_a, low_b) = (span_a.low.saturating_add(shared), span_b.low.saturating_add(shared));
    if span_a.high <= low_b {
        return Relation::Before(proof(low_b.saturating_sub(span_a.high)));
    }
    if span_b.high <= low_a {
        return Relation::After(proof(low_a.saturating_sub(span_b.high)));
    }
    if let Some((forward, chain)) = edges {
        return Relation::Probably(forward, Hint::Edges(chain));
    }
    if analysis.events.source(a) == analysis.events.source(b) && a != b {
        return Relation::Probably(a < b, Hint::FileOrder);
    }
    Relation::Unknown(Doubt::Overlap(span_a.high.min(span_b.high).saturating_sub(span_a.low.max(span_b.low))))
}

/// One writer's records stand in its file in the order in which they were written, unless their stamps say otherwise.
fn by_file(analysis: &Analysis, a: EventId, b: EventId) -> Option<Relation> {
    if a == b || analysis.events.source(a) != analysis.events.source(b) {
        return None;
    }
    let (first, second) = (analysis.record(a), analysis.record(b));
    let told = first.pid.is_some() || first.thread.is_some();
    let same = first.pid == second.pid && first.thread == second.thread && first.process == second.process;
    let in_order = analysis.events.time(a.min(b)) <= analysis.events.time(a.max(b));
    let owned = analysis.clock_lane(a) == analysis.clock_lane(b);
    let proof = if a < b { Relation::Before } else { Relation::After };
    (told && same && owned && in_order).then(|| proof(Proof::SameWriter))
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
    let high = time.saturating_add(band).saturating_add(resolution(&analysis.events, id) as i64);
    let (early, late) = misplaced(analysis, id, recorded);
    Some(Span { low: time.saturating_sub(band).saturating_sub(early), high: high.saturating_add(late), band })
}

/// So many lines above and below show whether a stamp stands out of its file's order.
const NEIGHBOURS: u32 = 3;

/// How far a stamp may be wrong because the lines above are stamped later, or those below earlier: in nanoseconds
/// towards the past, and towards the future.
fn misplaced(analysis: &Analysis, id: EventId, recorded: i64) -> (i64, i64) {
    let events = &analysis.events;
    let time = |other: u32| {
        let other = EventId(other);
        let beside = other.idx() < events.len() && events.source(other) == events.source(id);
        beside.then(|| events.time(other)).flatten()
    };
    let below = (1..=NEIGHBOURS).filter_map(|n| time(id.0.checked_add(n)?)).min().unwrap_or(recorded);
    let above = (1..=NEIGHBOURS).filter_map(|n| time(id.0.checked_sub(n)?)).max().unwrap_or(recorded);
    (recorded.saturating_sub(below).max(0), above.saturating_sub(recorded).max(0))
}

/// The shortest chain of edges from one event to another.
fn chain(edges: &Edges, from: EventId, to: EventId) -> Option<Vec<Edge>> {
    let mut came_from: BTreeMap<EventId, Edge> = BTreeMap::new();
    let mut work = VecDeque::from([(from, 0usize)]);
    while let Some((here, steps)) = work.pop_front() {
        if here == to {
            let mut out: Vec<Edge> = Vec::new();
            let mut at = to;
            while let Some(edge) = came_from.get(&at) {
                out.push(*edge);
                at = edge.from;
            }
            out.reverse();
            return Some(out);
        }
        for e in edges.effects(here).iter().take_while(|_| steps < LONGEST_CHAIN) {
            if e.to != from && !came_from.contains_key(&e.to) {
                came_from.insert(e.to, *e);
                work.push_back((e.to, steps + 1));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::causality::Rule;

    #[test]
    fn the_shortest_chain_is_found_and_circles_end() {
        let e = |from, to| Edge { from: EventId(from), to: EventId(to), rule: Rule::Precedence };
        let edges = Edges::new(vec![e(1, 2), e(1, 4), e(2, 3), e(3, 1), e(3, 5), e(4, 5)]);
        assert_eq!(chain(&edges, EventId(1), EventId(5)), Some(vec![e(1, 4), e(4, 5)]));
        assert_eq!(chain(&edges, EventId(5), EventId(1)), None);
    }
}
