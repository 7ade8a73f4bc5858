//! Two lines that the user says are one moment: they set a clock, whatever else is known of it.
//!
//! Of the two hosts of a pin the one moves that is not the reference and less is known of. What was measured of it
//! keeps its shape (drift, jumps) and is shifted so that both lines have the same corrected time.

use crate::clock::pairs::resolution;
use crate::clock::{Anchor, Clock, Clocks, Overruled};
use crate::event::find::{Found, find};
use crate::event::spot::Spot;
use crate::event::{EventId, EventStore};
use crate::source::Source;

/// Two lines that are one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pin {
    /// The one.
    pub a: Spot,
    /// The other.
    pub b: Spot,
}

/// What has become of a pin.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// It has not been looked at.
    Waiting,
    /// It set the clock of this host, by lane.
    Set(usize),
    /// One clock stamped both, so that nothing can be set.
    OneClock,
    /// Neither host is connected with the reference.
    Floating,
    /// Both clocks are set by something else the user said: the corrected times are this far apart, in nanoseconds.
    Against(f64),
    /// One of the two has no time, or its host is not known.
    NoTime,
    /// One of the lines is no longer there.
    Lost,
}

/// A pin as it stands in an analysis.
#[derive(Clone, Debug, PartialEq)]
pub struct Pinned {
    /// The two events; `None` where one of the lines is gone.
    pub events: Option<(EventId, EventId)>,
    /// What has become of it.
    pub effect: Effect,
}

impl Pinned {
    /// The other event, for one of the two.
    pub fn other(&self, id: EventId) -> Option<EventId> {
        let (a, b) = self.events?;
        if a == id { Some(b) } else { (b == id).then_some(a) }
    }
}

/// Finds the lines of all pins, in their order.
pub fn resolve(pins: &[Pin], sources: &[Source], events: &EventStore) -> Vec<Pinned> {
    let spots: Vec<&Spot> = pins.iter().flat_map(|pin| [&pin.a, &pin.b]).collect();
    let found = find(&spots, sources, events);
    let resolved = |pair: &[Found]| {
        let events = if let [a, b] = pair { a.event().zip(b.event()) } else { None };
        Pinned { events, effect: if events.is_some() { Effect::Waiting } else { Effect::Lost } }
    };
    found.chunks(2).map(resolved).collect()
}

/// One pin between two hosts.
struct Between {
    pin: usize,
    lanes: (usize, usize),
    times: (i64, i64),
    open: (f64, f64),
}

/// Sets clocks by pins. Those in `given` are set by the user already and do not move.
pub fn apply(
    pins: &mut [Pinned],
    clocks: &mut Clocks,
    events: &EventStore,
    given: &[usize],
    lane: &dyn Fn(EventId) -> Option<usize>,
) {
    let mut waiting = Vec::new();
    for (i, pin) in pins.iter_mut().enumerate() {
        let Some((a, b)) = pin.events else { continue };
        match (lane(a).zip(lane(b)), events.time(a).zip(events.time(b))) {
            (Some((la, lb)), Some(times)) if la != lb => {
                let open = (resolution(events, a), resolution(events, b));
                waiting.push(Between { pin: i, lanes: (la, lb), times, open });
            }
            (Some((la, lb)), _) if la == lb => pin.effect = Effect::OneClock,
            _ => pin.effect = Effect::NoTime,
        }
    }
    if !waiting.is_empty() && clocks.list.iter().all(|c| c.anchor == Anchor::Floating) {
        begin(clocks, &waiting);
    }
    let mut set: Vec<usize> = given.to_vec();
    // Each round may connect hosts to those that the last one connected.
    while let Some(host) = next(clocks, &waiting, &set) {
        let mine = |b: &Between| (b.lanes.0 == host || b.lanes.1 == host) && is_known(clocks, other(b, host));
        let (now, later): (Vec<Between>, Vec<Between>) = waiting.into_iter().partition(mine);
        move_clock(clocks, host, &now);
        for b in &now {
            if let Some(pin) = pins.get_mut(b.pin) {
                pin.effect = Effect::Set(host);
            }
        }
        set.push(host);
        waiting = later;
    }
    for b in waiting {
        let known = is_known(clocks, b.lanes.0) && is_known(clocks, b.lanes.1);
        let apart = || corrected(clocks, b.lanes.0, b.times.0) - corrected(clocks, b.lanes.1, b.times.1);
        let effect = if known { Effect::Against(apart()) } else { Effect::Floating };
        if let Some(pin) = pins.get_mut(b.pin) {
            pin.effect = effect;
        }
    }
}

fn is_known(clocks: &Clocks, lane: usize) -> bool {
    clocks.list.get(lane).is_some_and(|c| c.anchor != Anchor::Floating)
}

fn other(b: &Between, host: usize) -> usize {
    if b.lanes.0 == host { b.lanes.1 } else { b.lanes.0 }
}

fn corrected(clocks: &Clocks, lane: usize, time: i64) -> f64 {
    time.saturating_sub(clocks.list.get(lane).map_or(0, |c| c.correction(time))) as f64
}

/// Where nothing connects any hosts, a pin does: the first host of the first one is the reference, unless that is
/// pinned itself.
fn begin(clocks: &mut Clocks, waiting: &[Between]) {
    let pinned = |lane: usize| waiting.iter().any(|b| b.lanes.0 == lane || b.lanes.1 == lane);
    if !pinned(clocks.reference) {
        clocks.reference = waiting.first().map_or(clocks.reference, |b| b.lanes.0);
    }
    let reference = clocks.reference;
    if let Some(clock) = clocks.list.get_mut(reference) {
        clock.anchor = Anchor::Reference;
    }
}

/// The host that is to be moved next: one that floats before one that is known, the least well known first.
fn next(clocks: &Clocks, waiting: &[Between], set: &[usize]) -> Option<usize> {
    let free = |lane: usize| lane != clocks.reference && !set.contains(&lane);
    let sides = waiting.iter().flat_map(|b| [(b.lanes.0, b.lanes.1), (b.lanes.1, b.lanes.0)]);
    let can = sides.filter(|(host, other)| free(*host) && is_known(clocks, *other));
    let width = |lane: usize| clocks.list.get(lane).map_or(0.0, |c| c.half_width);
    can.map(|(host, _)| host).max_by(|x, y| {
        let floats = |lane: usize| !is_known(clocks, lane);
        (floats(*x).cmp(&floats(*y))).then(width(*x).total_cmp(&width(*y))).then(y.cmp(x))
    })
}

/// Shifts a clock so that the two lines of each pin have the same corrected time, or nearly so where pins differ.
fn move_clock(clocks: &mut Clocks, host: usize, pins: &[Between]) {
    let Some(before) = clocks.list.get(host).cloned() else { return };
    let shape = Clock { applied: true, ..before.clone() };
    let shape =
        if before.anchor == Anchor::Floating { Clock { host: before.host.clone(), ..Clock::default() } } else { shape };
    let mut shifts: Vec<f64> = Vec::new();
    let (mut open, mut at, mut through) = (0.0_f64, 0.0, None);
    for b in pins {
        let (mine, theirs) = if b.lanes.0 == host { (b.times.0, b.times.1) } else { (b.times.1, b.times.0) };
        let other = other(b, host);
        at = corrected(clocks, other, theirs);
        // Differences of whole nanoseconds first: as numbers of a double they would lose their last digits.
        let theirs_off = clocks.list.get(other).map_or(0, |c| c.correction(theirs));
        let wanted = mine.saturating_sub(theirs).saturating_add(theirs_off) as f64;
        shifts.push(wanted - shape.offset_at(at));
        let band = clocks.list.get(other).map_or(0.0, Clock::doubt);
        open = open.max(b.open.0.max(b.open.1) + band);
        through = clocks.list.get(other).map(|c| c.host.clone());
    }
    let (low, high) = shifts.iter().fold((f64::MAX, f64::MIN), |(l, h), s| (l.min(*s), h.max(*s)));
    if let Some(clock) = clocks.list.get_mut(host) {
        let shift = (low + high) / 2.0;
        let measured = (before.anchor != Anchor::Floating).then(|| Overruled {
            pinned: before.offset_at(at) + shift,
            measured: before.offset_at(at),
            half_width: before.half_width,
            pairs: before.pairs,
        });
        *clock = Clock {
            anchor: Anchor::Pinned,
            offset: shape.offset + shift,
            half_width: (high - low) / 2.0 + open,
            applied: true,
            middle: if before.anchor == Anchor::Floating { at } else { shape.middle },
            pairs: pins.len(),
            contradictions: 0,
            through,
            example: None,
            overruled: measured,
            ..shape
        };
    }
}
