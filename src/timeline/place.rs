//! Where each event stands in the reference's time.
//!
//! A recorded time minus its clock's offset, first of all. Then edges say that one record was written before
//! another: the later one is pushed behind the earlier, but only within what its resolution and its clock's band
//! leave open, so that one wrong pair cannot drag others along (pushing further was measured to be worse than
//! sorting by the stamps). A stamp that several others contradict is no evidence any more: such an event is
//! *demoted* and stands where its neighbours put it. What a writer wrote later stays later.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use crate::causality::{Edge, Edges, Strength};
use crate::clock::boot::Boots;
use crate::clock::pairs::resolution;
use crate::clock::{Clock, Clocks};
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::fact::owner::Owners;

/// Corrected times of all events, by id.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    times: Vec<i64>,
    /// Events whose stamps several others contradict, in id order.
    pub demoted: Vec<EventId>,
    /// Edges that the timeline does not keep: they ran in a circle, or against what clocks leave open.
    pub contradictions: Vec<Edge>,
}

/// Stamps closer than this are not evidence of order by themselves, in nanoseconds.
const SLACK: f64 = 1e6;
/// A stamp is demoted when so many other events contradict it, each of which contradicts nothing else.
const FEWEST_OPPONENTS: usize = 2;
/// Demoting is tried so often; each round settles what the last one showed.
const ROUNDS: usize = 6;

impl Placement {
    /// Places all events.
    pub fn new(
        events: &EventStore,
        lanes: &Lanes,
        clocks: &Clocks,
        edges: &Edges,
        owners: &Owners,
        boots: &Boots,
    ) -> Self {
        let mut out = Placement { times: Vec::with_capacity(events.len()), ..Placement::default() };
        let lane = |id: EventId| owners.lane(events, lanes, id).unwrap_or_else(|| lanes.of_source(events.source(id)));
        for (i, segment) in events.segments().iter().enumerate() {
            let own = clocks.list.get(lanes.of_source(segment.source));
            let correct = |(t, id): (&i64, u32)| {
                let clock = if owners.is_empty() { own } else { clocks.list.get(lane(EventId(id))) };
                clock.map_or(*t, |c| t.saturating_sub(c.correction(*t)))
            };
            out.times.extend(segment.time.iter().zip(events.ids_of_segment(i)).map(correct));
        }
        for (id, time) in &boots.times {
            let clock = clocks.list.get(lane(*id));
            if let Some(slot) = out.times.get_mut(id.idx()) {
                *slot = clock.map_or(*time, |c| time.saturating_sub(c.correction(*time)));
            }
        }
        if !edges.all().is_empty() {
            let width = |id: EventId| clocks.list.get(lane(id)).map_or(0.0, Clock::doubt);
            // How far the later event may be pushed for an edge, in nanoseconds.
            let room = |e: &Edge| width(e.from) + width(e.to) + resolution(events, e.to) + SLACK;
            out.push(events, edges, &room);
        }
        out
    }

    /// The corrected time of an event in nanoseconds since 1970 UTC.
    pub fn time(&self, id: EventId) -> i64 {
        self.times.get(id.idx()).copied().unwrap_or(i64::MAX)
    }

    /// All corrected times, by id.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    fn push(&mut self, events: &EventStore, edges: &Edges, room: &impl Fn(&Edge) -> f64) {
        let base = |id: EventId| self.time(id);
        let graph = Graph::new(events, edges, &base);
        let stamped: Vec<i64> = graph.nodes.iter().map(|id| base(*id)).collect();
        let order = graph.order();
        let mut demoted: BTreeSet<usize> = BTreeSet::new();
        let mut settled = settle(&graph, &order, &stamped, &demoted, room);
        for _ in 0..ROUNDS {
            let found = opposed(&graph, &settled.violated);
            let known = demoted.len();
            demoted.extend(found);
            if demoted.len() == known {
                break;
            }
            settled = settle(&graph, &order, &stamped, &demoted, room);
        }
        let moves: Vec<(EventId, i64)> = graph.nodes.iter().copied().zip(settled.times.iter().copied()).collect();
        self.contradictions = graph.given_up.iter().copied().chain(settled.violated).collect();
        self.demoted = demoted.iter().filter_map(|n| graph.nodes.get(*n).copied()).collect();
        self.carry(events, &moves);
    }

    /// Writes the new times, and takes along what each writer wrote behind a moved event.
    fn carry(&mut self, events: &EventStore, moves: &[(EventId, i64)]) {
        let stamped: Vec<i64> = moves.iter().map(|(id, _)| self.time(*id)).collect();
        for (id, time) in moves {
            if let Some(slot) = self.times.get_mut(id.idx()) {
                *slot = *time;
            }
        }
        let rows = moves.iter().zip(stamped).zip(moves.iter().skip(1).map(|(id, _)| *id).chain([EventId(u32::MAX)]));
        for (((id, time), mut last), end) in rows {
            if *time <= last || self.demoted.binary_search(id).is_ok() {
                continue;
            }
            let mut next = EventId(id.0.saturating_add(1));
            while next < end && next.idx() < self.times.len() && events.source(next) == events.source(*id) {
                let own = self.time(next);
                if own < last || own >= *time {
                    break; // out of order by its own stamp, or late enough
                }
                if let Some(slot) = self.times.get_mut(next.idx()) {
                    *slot = *time;
                }
                last = own;
                next = EventId(next.0.saturating_add(1));
            }
        }
    }
}

/// One pass through the graph: where the nodes stand, and the edges that the clocks leave no room for.
struct Settled {
    times: Vec<i64>,
    violated: Vec<Edge>,
}

fn settle(
    graph: &Graph,
    order: &[usize],
    stamped: &[i64],
    demoted: &BTreeSet<usize>,
    room: &impl Fn(&Edge) -> f64,
) -> Settled {
    let mut times = stamped.to_vec();
    let mut violated = Vec::new();
    for (node, time) in unstamped(graph, stamped, demoted) {
        if let Some(slot) = times.get_mut(node) {
            *slot = time;
        }
    }
    for &node in order {
        let Some(here) = times.get(node).copied() else { continue };
        for link in graph.links(node) {
            let (Some(there), Some(stamp)) = (times.get(link.to).copied(), stamped.get(link.to).copied()) else {
                continue;
            };
            let free = demoted.contains(&node) || demoted.contains(&link.to);
            let least = match link.edge {
                Some(_) => here.saturating_add(1),
                None if free => continue,
                None => here,
            };
            if there >= least {
                continue;
            }
            match link.edge {
                Some(edge) if !free && least.saturating_sub(stamp) as f64 > room(&edge) => violated.push(edge),
                _ => {
                    if let Some(slot) = times.get_mut(link.to) {
                        *slot = least;
                    }
                }
            }
        }
    }
    Settled { times, violated }
}

/// Demoted nodes stand just behind their latest cause, or else just before their earliest effect.
fn unstamped(graph: &Graph, stamped: &[i64], demoted: &BTreeSet<usize>) -> BTreeMap<usize, i64> {
    let mut causes: BTreeMap<usize, i64> = BTreeMap::new();
    let mut effects: BTreeMap<usize, i64> = BTreeMap::new();
    if demoted.is_empty() {
        return causes;
    }
    for node in 0..graph.nodes.len() {
        for link in graph.links(node).filter(|l| l.edge.is_some()) {
            let (Some(from), Some(to)) = (stamped.get(node), stamped.get(link.to)) else { continue };
            if demoted.contains(&link.to) && !demoted.contains(&node) {
                let slot = causes.entry(link.to).or_insert(i64::MIN);
                *slot = (*slot).max(from.saturating_add(1));
            }
            if demoted.contains(&node) && !demoted.contains(&link.to) {
                let slot = effects.entry(node).or_insert(i64::MAX);
                *slot = (*slot).min(to.saturating_sub(1));
            }
        }
    }
    effects.extend(causes);
    effects
}

/// Nodes whose stamps several others contradict, none of which contradicts as many.
fn opposed(graph: &Graph, violated: &[Edge]) -> Vec<usize> {
    let mut opponents: BTreeMap<EventId, BTreeSet<EventId>> = BTreeMap::new();
    for e in violated.iter().filter(|e| e.rule.strength() != Strength::Soft) {
        opponents.entry(e.from).or_default().insert(e.to);
        opponents.entry(e.to).or_default().insert(e.from);
    }
    let count = |id: &EventId| opponents.get(id).map_or(0, BTreeSet::len);
    let wrong = |(id, others): &(&EventId, &BTreeSet<EventId>)| {
        count(id) >= FEWEST_OPPONENTS && others.iter().all(|o| count(o) < count(id))
    };
    let found = opponents.iter().filter(wrong);
    found.filter_map(|(id, _)| graph.nodes.binary_search(id).ok()).collect()
}
