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
            // How far before and after its stamp an event may have been written, in nanoseconds.
            let room = |id: EventId| {
                let doubt = clocks.list.get(lane(id)).map_or(0.0, Clock::doubt);
                ((doubt + SLACK) as i64, (doubt + resolution(events, id) + SLACK) as i64)
            };
            out.push(events, edges, &room);
        }
        out
    }

    /// True when several others contradict an event's stamp, so that it is no evidence of when it was written.
    pub fn is_demoted(&self, id: EventId) -> bool {
        self.demoted.binary_search(&id).is_ok()
    }

    /// The corrected time of an event in nanoseconds since 1970 UTC.
    pub fn time(&self, id: EventId) -> i64 {
        self.times.get(id.idx()).copied().unwrap_or(i64::MAX)
    }

    /// All corrected times, by id.
    pub fn times(&self) -> &[i64] {
        &self.times
    }

    fn push(&mut self, events: &EventStore, edges: &Edges, room: &impl Fn(EventId) -> (i64, i64)) {
        let base = |id: EventId| self.time(id);
        let graph = Graph::new(events, edges, &base);
        let stamped: Vec<Stamped> = graph.nodes.iter().map(|id| Stamped::new(base(*id), room(*id))).collect();
        let order = graph.order();
        let mut demoted: BTreeSet<usize> = BTreeSet::new();
        let mut settled = settle(&graph, &order, &stamped, &demoted);
        for _ in 0..ROUNDS {
            let found = opposed(&graph, &settled.violated);
            let known = demoted.len();
            demoted.extend(found);
            if demoted.len() == known {
                break;
            }
            settled = settle(&graph, &order, &stamped, &demoted);
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
            if self.is_demoted(*id) {
                continue;
            }
            if *time < last {
                self.pull(events, *id, *time, last);
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

    /// Takes along what the same writer wrote before an event that gives way to what it must precede.
    fn pull(&mut self, events: &EventStore, id: EventId, time: i64, stamped: i64) {
        let mut last = stamped;
        let mut before = id.0.checked_sub(1).map(EventId);
        while let Some(previous) = before.filter(|p| events.source(*p) == events.source(id)) {
            let own = self.time(previous);
            if own > last || own <= time {
                break; // out of order by its own stamp, or early enough
            }
            if let Some(slot) = self.times.get_mut(previous.idx()) {
                *slot = time;
            }
            last = own;
            before = previous.0.checked_sub(1).map(EventId);
        }
    }
}

/// Where an event stands by its own stamp, and the earliest and latest it may have been written.
#[derive(Clone, Copy)]
struct Stamped {
    base: i64,
    earliest: i64,
    latest: i64,
}

impl Stamped {
    fn new(base: i64, (before, after): (i64, i64)) -> Self {
        Stamped { base, earliest: base.saturating_sub(before), latest: base.saturating_add(after) }
    }
}

/// One pass through the graph: where the nodes stand, and the edges that the clocks leave no room for.
struct Settled {
    times: Vec<i64>,
    violated: Vec<Edge>,
}

fn settle(graph: &Graph, order: &[usize], stamped: &[Stamped], demoted: &BTreeSet<usize>) -> Settled {
    let mut stamped = stamped.to_vec();
    for (node, base) in unstamped(graph, &stamped, demoted) {
        if let Some(slot) = stamped.get_mut(node) {
            *slot = Stamped { base, earliest: i64::MIN, latest: i64::MAX };
        }
    }
    let limits = latest(graph, order, &stamped, demoted);
    let limit = |node: usize| limits.get(node).copied().unwrap_or(i64::MAX);
    // A loosely known stamp gives way to what it must precede; one that is known well does not move for it.
    let mut times: Vec<i64> = stamped.iter().enumerate().map(|(n, s)| s.base.min(limit(n))).collect();
    let mut violated = Vec::new();
    for &node in order {
        let Some(here) = times.get(node).copied() else { continue };
        for link in graph.links(node) {
            let (Some(there), Some(stamp)) = (times.get(link.to).copied(), stamped.get(link.to)) else { continue };
            if link.edge.is_none() && (demoted.contains(&node) || demoted.contains(&link.to)) {
                continue;
            }
            let least = here.saturating_add(i64::from(link.edge.is_some()));
            match link.edge {
                _ if there >= least => {}
                Some(edge) if least > stamp.latest => violated.push(edge),
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

/// The latest that each node can stand without leaving what its effects' clocks leave open, and its own.
fn latest(graph: &Graph, order: &[usize], stamped: &[Stamped], demoted: &BTreeSet<usize>) -> Vec<i64> {
    let mut limits: Vec<i64> = stamped.iter().map(|s| s.latest).collect();
    for &node in order.iter().rev() {
        let Some(earliest) = stamped.get(node).map(|s| s.earliest) else { continue };
        let after = graph.links(node).filter_map(|link| {
            let loose = link.edge.is_none() && (demoted.contains(&node) || demoted.contains(&link.to));
            let step = i64::from(link.edge.is_some());
            limits.get(link.to).filter(|_| !loose).map(|limit| limit.saturating_sub(step))
        });
        // An effect that leaves no room at all contradicts; it does not drag its cause along.
        let least = after.filter(|limit| *limit >= earliest).min().unwrap_or(i64::MAX);
        if let Some(slot) = limits.get_mut(node) {
            *slot = (*slot).min(least);
        }
    }
    limits
}

/// Demoted nodes stand just behind their latest cause, or else just before their earliest effect.
fn unstamped(graph: &Graph, stamped: &[Stamped], demoted: &BTreeSet<usize>) -> BTreeMap<usize, i64> {
    let mut causes: BTreeMap<usize, i64> = BTreeMap::new();
    let mut effects: BTreeMap<usize, i64> = BTreeMap::new();
    if demoted.is_empty() {
        return causes;
    }
    for node in 0..graph.nodes.len() {
        for link in graph.links(node).filter(|l| l.edge.is_some()) {
            let (Some(from), Some(to)) = (stamped.get(node), stamped.get(link.to)) else { continue };
            let (from, to) = (from.base, to.base);
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
