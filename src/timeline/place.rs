//! Where events stand once clocks are corrected: no effect before its cause, as far as evidence goes.
//!
//! Each event gets its recorded time less its clock's offset. Brackets then say that one record was
//! written between two others; a stamp is pushed forward for that only within what its resolution and
//! its clock's band leave open, so that one wrong pair cannot drag others along (pushing further was
//! measured to be worse than sorting by the stamps). What a writer wrote later stays later.

use crate::clock::pairs::{Bracket, resolution};
use crate::clock::{Anchor, Clock, Clocks};
use crate::event::{EventId, EventStore, Flags};
use crate::event::lane::Lanes;

/// Corrected times of all events, by id.
#[derive(Clone, Debug, Default)]
pub struct Placement {
    times: Vec<i64>,
}

/// Rounds of pushing; each follows chains of causes through all sources.
const ROUNDS: usize = 8;
/// Stamps closer than this are not evidence of order by themselves.
const SLACK: f64 = 1e6;

impl Placement {
    /// Places all events.
    pub fn new(events: &EventStore, lanes: &Lanes, clocks: &Clocks) -> Self {
        let mut out = Placement { times: Vec::with_capacity(events.len()) };
        for segment in events.segments() {
            let clock = clocks.list.get(lanes.of_source(segment.source));
            let correct = |t: &i64| clock.map_or(*t, |c| t.saturating_sub(c.correction(*t)));
            out.times.extend(segment.time.iter().map(correct));
        }
        let edges = edges(events, lanes, clocks);
        for _ in 0..ROUNDS {
            let moved = out.push(&edges);
            if !moved {
                break;
            }
            out.keep_writers_in_order(events);
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

    fn push(&mut self, edges: &[Edge]) -> bool {
        let mut moved = false;
        for e in edges {
            let least = self.time(e.from).saturating_add(1);
            let Some(to) = self.times.get_mut(e.to.idx()) else { continue };
            if *to < least && (least - *to) as f64 <= e.room {
                *to = least;
                moved = true;
            }
        }
        moved
    }

    /// An event that was pushed takes those along that its writer wrote behind it.
    fn keep_writers_in_order(&mut self, events: &EventStore) {
        let mut source = None;
        let (mut stamp, mut latest) = (i64::MIN, i64::MIN);
        for (i, segment) in events.segments().iter().enumerate() {
            if source != Some(segment.source) {
                source = Some(segment.source);
                (stamp, latest) = (i64::MIN, i64::MIN);
            }
            let ids = events.ids_of_segment(i);
            let range = ids.start as usize..ids.end as usize;
            let rows = self.times.get_mut(range).unwrap_or_default().iter_mut().zip(segment.time.iter().zip(&segment.flags));
            for (time, (recorded, flags)) in rows {
                if *recorded >= stamp && *time < latest && !flags.has(Flags::OUT_OF_ORDER) {
                    *time = latest;
                }
                stamp = *recorded;
                latest = *time;
            }
        }
    }
}

/// One event before another, and how far the later may be pushed for it.
struct Edge {
    from: EventId,
    to: EventId,
    room: f64,
}

fn edges(events: &EventStore, lanes: &Lanes, clocks: &Clocks) -> Vec<Edge> {
    let clock = |id: EventId| clocks.list.get(lanes.of_source(events.source(id)));
    let usable = |c: &Clock| c.anchor != Anchor::Floating;
    let edge = |from: EventId, to: EventId| {
        let (a, b) = (clock(from)?, clock(to)?);
        let known = usable(a) && usable(b);
        known.then(|| Edge { from, to, room: a.half_width + b.half_width + resolution(events, to) + SLACK })
    };
    let both = |b: &Bracket| [edge(b.before, b.inside), edge(b.inside, b.after)];
    let mut edges: Vec<Edge> = clocks.brackets.iter().flat_map(both).flatten().collect();
    edges.sort_by_key(|e| (e.to, e.from));
    edges.dedup_by_key(|e| (e.to, e.from));
    edges.sort_by_key(|e| (events.key(e.from), e.from, e.to));
    edges
}
