//! Where events stand once clocks are corrected: no effect before its cause, as far as evidence goes.
//!
//! Each event gets its recorded time less its clock's offset. Edges then say that one record was
//! written before another; a stamp is pushed forward for that only within what its resolution and
//! its clock's band leave open, so that one wrong pair cannot drag others along (pushing further was
//! measured to be worse than sorting by the stamps). What a writer wrote later stays later.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::causality::{Edge, Edges};
use crate::clock::pairs::resolution;
use crate::clock::{Clock, Clocks};
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore, Flags};
use crate::fact::owner::Owners;

/// Corrected times of all events, by id.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    times: Vec<i64>,
}

/// Stamps closer than this are not evidence of order by themselves, in nanoseconds.
const SLACK: f64 = 1e6;
/// An event is pushed at most so often: causes that run in a circle must not push for ever.
const MOST_PUSHES: u8 = 200;

impl Placement {
    /// Places all events.
    pub fn new(events: &EventStore, lanes: &Lanes, clocks: &Clocks, edges: &Edges, owners: &Owners) -> Self {
        let mut out = Placement { times: Vec::with_capacity(events.len()) };
        let lane = |id: EventId| owners.lane(events, lanes, id).unwrap_or_else(|| lanes.of_source(events.source(id)));
        for (i, segment) in events.segments().iter().enumerate() {
            let own = clocks.list.get(lanes.of_source(segment.source));
            let correct = |(t, id): (&i64, u32)| {
                let clock = if owners.is_empty() { own } else { clocks.list.get(lane(EventId(id))) };
                clock.map_or(*t, |c| t.saturating_sub(c.correction(*t)))
            };
            out.times.extend(segment.time.iter().zip(events.ids_of_segment(i)).map(correct));
        }
        if !edges.all().is_empty() {
            out.push(events, &pushes(events, clocks, edges.all(), &lane));
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

    /// Pushes effects behind their causes, and what their writers wrote behind them along with them.
    fn push(&mut self, events: &EventStore, pushes: &[Push]) {
        let unpushed = self.times.clone();
        let mut times_pushed: BTreeMap<EventId, u8> = BTreeMap::new();
        // Earliest first, so that a chain of causes is mostly walked once.
        let mut work: BinaryHeap<Reverse<(i64, EventId)>> =
            pushes.iter().map(|p| Reverse((self.time(p.from), p.from))).collect();
        while let Some(Reverse((time, from))) = work.pop() {
            if time != self.time(from) {
                continue; // pushed since, and queued again
            }
            let least = self.time(from).saturating_add(1);
            let first = pushes.partition_point(|p| p.from < from);
            for p in pushes.get(first..).unwrap_or_default().iter().take_while(|p| p.from == from) {
                let start = unpushed.get(p.to.idx()).copied().unwrap_or(i64::MAX);
                let room = (least.saturating_sub(start)) as f64 <= p.room;
                if self.time(p.to) < least && room && self.move_to(p.to, least, &mut times_pushed) {
                    work.push(Reverse((self.time(p.to), p.to)));
                }
            }
            let next = EventId(from.0.saturating_add(1));
            let same_writer = events.source(next) == events.source(from) && next.idx() < self.times.len();
            let in_order = events.key(next) >= events.key(from) && !events.flags(next).has(Flags::OUT_OF_ORDER);
            if same_writer && in_order && self.time(next) < self.time(from) {
                let to = self.time(from);
                if self.move_to(next, to, &mut times_pushed) {
                    work.push(Reverse((to, next)));
                }
            }
        }
    }

    fn move_to(&mut self, id: EventId, time: i64, times_pushed: &mut BTreeMap<EventId, u8>) -> bool {
        let n = times_pushed.entry(id).or_insert(0);
        let (true, Some(slot)) = (*n < MOST_PUSHES, self.times.get_mut(id.idx())) else { return false };
        *n += 1;
        *slot = time;
        true
    }
}

/// An edge, and how far the later event may be pushed for it, in nanoseconds.
struct Push {
    from: EventId,
    to: EventId,
    room: f64,
}

fn pushes(events: &EventStore, clocks: &Clocks, edges: &[Edge], lane: &impl Fn(EventId) -> usize) -> Vec<Push> {
    let width = |id: EventId| clocks.list.get(lane(id)).map_or(0.0, Clock::doubt);
    let room = |e: &Edge| width(e.from) + width(e.to) + resolution(events, e.to) + SLACK;
    let mut out: Vec<Push> = edges.iter().map(|e| Push { from: e.from, to: e.to, room: room(e) }).collect();
    out.sort_by_key(|e| (e.from, e.to));
    out
}
