//! Clocks of hosts that share no request with the others, from edges that are known beforehand.
//!
//! Each edge bounds an offset from one side: an effect cannot be stamped before its cause. Bounds from both sides
//! make a band. A bound from one side only tells little, unless the exchange is known to be quick, or the stamps
//! contradict the order: then the clock was off by at least so much.

use std::collections::BTreeMap;

use super::{Edge, Rule};
use crate::clock::pairs::resolution;
use crate::clock::{Anchor, Clocks};
use crate::event::{EventId, EventStore};

/// A standby that asked for its primary's log gets it within this time, in nanoseconds.
const QUICK: f64 = 1e9;
/// A stamp contradicts a known order only when it is off by more than this, in nanoseconds, beside its resolution.
const MARGIN: f64 = 1e9;

/// A line is written a little after what it tells, in nanoseconds.
const SLACK: f64 = 5e6;

/// What edges say about one floating clock, in nanoseconds.
struct Bounds {
    low: f64,
    high: f64,
    /// The differences of stamps that bound closest, without what resolution and band leave open: from below, above.
    closest: (f64, f64),
    quick: bool,
    pairs: usize,
    through: Option<usize>,
    direct: bool,
}

type LaneOf<'a> = dyn Fn(EventId) -> Option<usize> + 'a;

/// An edge between two hosts, by lane.
struct Between {
    edge: Edge,
    from: usize,
    to: usize,
}

/// Gives clocks to floating hosts, nearest to the reference first.
pub fn attach(clocks: &mut Clocks, events: &EventStore, lane: &LaneOf<'_>, edges: &[Edge]) {
    let reference = clocks.reference;
    let alone = clocks.list.iter().all(|c| c.anchor == Anchor::Floating);
    anchor(clocks, reference, Anchor::Reference, alone);
    let mut by_host: BTreeMap<usize, Vec<Between>> = BTreeMap::new();
    for e in edges {
        if let (Some(from), Some(to)) = (lane(e.from), lane(e.to))
            && from != to
        {
            by_host.entry(from).or_default().push(Between { edge: *e, from, to });
            by_host.entry(to).or_default().push(Between { edge: *e, from, to });
        }
    }
    let mut attached = 0;
    // Each round may connect hosts to those that the last one connected.
    while attach_one(clocks, events, &by_host) {
        attached += 1;
    }
    // Nobody is a reference for himself.
    anchor(clocks, reference, Anchor::Floating, alone && attached == 0);
}

fn anchor(clocks: &mut Clocks, lane: usize, anchor: Anchor, when: bool) {
    if let Some(clock) = clocks.list.get_mut(lane).filter(|_| when) {
        clock.anchor = anchor;
    }
}

/// Gives one floating host a clock; false when there is none that edges tell something of.
fn attach_one(clocks: &mut Clocks, events: &EventStore, by_host: &BTreeMap<usize, Vec<Between>>) -> bool {
    let floating = |l: usize| clocks.list.get(l).is_some_and(|c| c.anchor == Anchor::Floating);
    let found = (0..clocks.list.len()).filter(|l| floating(*l)).find_map(|l| {
        let bounds = bounds(clocks, events, by_host.get(&l)?, l)?;
        place(&bounds).map(|placed| (l, bounds, placed))
    });
    let Some((host, bounds, placed)) = found else { return false };
    let through = bounds.through.and_then(|l| clocks.list.get(l)).map(|c| (c.host.clone(), c.middle));
    if let Some(clock) = clocks.list.get_mut(host) {
        clock.anchor = placed.anchor;
        clock.offset = placed.offset;
        clock.half_width = placed.half_width;
        clock.applied = placed.applied;
        clock.pairs = bounds.pairs;
        clock.middle = through.as_ref().map_or(0.0, |(_, middle)| *middle);
        clock.through = through.map(|(host, _)| host);
    }
    true
}

fn bounds(clocks: &Clocks, events: &EventStore, edges: &[Between], host: usize) -> Option<Bounds> {
    // Differences of stamps, and how far resolution and band leave them open: from below, and from above.
    let (mut below, mut above) = (Vec::new(), Vec::new());
    let (mut quick, mut through) = (false, None);
    for Between { edge: e, from, to } in edges {
        let (Some(t_from), Some(t_to)) = (events.time(e.from), events.time(e.to)) else { continue };
        let other = if *to == host { *from } else { *to };
        let Some(clock) = clocks.list.get(other).filter(|c| c.anchor != Anchor::Floating) else { continue };
        let open = resolution(events, e.to) + clock.doubt() + SLACK;
        if *to == host {
            above.push((t_to.saturating_sub(t_from) as f64 + clock.correction(t_from) as f64, open));
        } else {
            below.push((t_from.saturating_sub(t_to) as f64 + clock.correction(t_to) as f64, -open));
        }
        quick |= e.rule == Rule::Replication;
        through = Some(other);
    }
    let pairs = below.len() + above.len();
    below.sort_by(|x, y| y.0.total_cmp(&x.0));
    above.sort_by(|x, y| x.0.total_cmp(&y.0));
    // One file whose stamp is wrong must not set a clock: where nothing is known of the delay, two must agree.
    let needed = usize::from(!quick);
    let (below, above) = (below.get(needed).copied(), above.get(needed).copied());
    let bound = |b: Option<(f64, f64)>, none: f64| b.map_or(none, |(difference, open)| difference + open);
    (pairs > 0).then(|| Bounds {
        low: bound(below, f64::MIN),
        high: bound(above, f64::MAX),
        closest: (below.map_or(f64::MIN, |b| b.0), above.map_or(f64::MAX, |b| b.0)),
        quick,
        pairs,
        through,
        direct: through == Some(clocks.reference),
    })
}

/// A clock as bounds place it.
struct Placed {
    anchor: Anchor,
    offset: f64,
    half_width: f64,
    applied: bool,
}

fn place(b: &Bounds) -> Option<Placed> {
    if b.low > f64::MIN && b.high < f64::MAX {
        let (offset, half_width) = ((b.low + b.high) / 2.0, (b.high - b.low) / 2.0);
        let anchor = if b.direct { Anchor::TwoWay } else { Anchor::Bridged };
        // Bounds that exclude each other prove nothing.
        return (half_width >= 0.0).then(|| Placed { anchor, offset, half_width, applied: offset.abs() > half_width });
    }
    let (below, above) = (b.low > f64::MIN, b.high < f64::MAX);
    if !below && !above {
        return None;
    }
    let offset = if above { b.closest.1 } else { b.closest.0 };
    let half_width = if b.quick { QUICK } else { offset.abs() };
    let contradicted = if above { b.high < -MARGIN } else { b.low > MARGIN };
    let applied = contradicted || b.quick && offset.abs() > 2.0 * QUICK;
    (b.quick || contradicted).then_some(Placed { anchor: Anchor::OneWay, offset, half_width, applied })
}
