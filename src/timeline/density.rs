//! Counts per column of time at any zoom, so that drawing costs columns, not events.
//!
//! Each lane's events stand in time order in blocks of at most [`BLOCK`]; a block knows when it begins
//! and ends and how much stands before it, and keeps two bytes for each of its events: where in the block's
//! stretch of time it stands, in 16384ths, and how loud it is. A bunch of events gets short blocks and
//! so a fine resolution; a silence inside a block stays one. Counting up to an instant is one binary search.

use rayon::prelude::*;

use super::Timeline;
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore, Segment};
use crate::format::level::Level;

/// Events in a block: two bytes each, beside which the block's own 40 bytes are few.
const BLOCK: usize = 128;
/// Rows that one task turns into blocks.
const CHUNK: usize = 1 << 17;
/// Steps into which a block's stretch of time is divided: what fits beside two bits of loudness.
const STEPS: u64 = (1 << 14) - 1;

/// How loud events are: the four classes that are drawn apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Loudness {
    /// Everything below a warning, and what states no level.
    Quiet = 0,
    /// Warnings.
    Warning,
    /// Errors.
    Error,
    /// Critical events.
    Critical,
}

impl Loudness {
    /// All classes, quietest first; [`Counts`] has this order.
    pub const ALL: [Loudness; 4] = [Loudness::Quiet, Loudness::Warning, Loudness::Error, Loudness::Critical];

    /// The class of a level.
    pub fn of(level: Level) -> Loudness {
        match level {
            Level::Critical => Loudness::Critical,
            Level::Error => Loudness::Error,
            Level::Warning => Loudness::Warning,
            _ => Loudness::Quiet,
        }
    }
}

/// How many events of each class of [`Loudness`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts(pub [u32; 4]);

impl Counts {
    /// All events.
    pub fn total(self) -> u32 {
        self.0.iter().fold(0, |sum, &n| sum.saturating_add(n))
    }

    /// Events of one class.
    pub fn of(self, loudness: Loudness) -> u32 {
        self.0.get(loudness as usize).copied().unwrap_or(0)
    }

    /// Events that are at least this loud.
    pub fn at_least(self, least: Loudness) -> u32 {
        self.0.iter().skip(least as usize).fold(0, |sum, &n| sum.saturating_add(n))
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: Counts) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_add(theirs);
        }
    }

    /// Adds one event.
    pub fn count(&mut self, loudness: Loudness) {
        self.bump(loudness as u16);
    }

    fn minus(mut self, other: Counts) -> Counts {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = mine.saturating_sub(theirs);
        }
        self
    }

    fn bump(&mut self, loudness: u16) {
        if let Some(n) = self.0.get_mut(usize::from(loudness)) {
            *n = n.saturating_add(1);
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Block {
    first: i64,
    last: i64,
    /// Index of its first event among the lane's `places`.
    at: u32,
    /// What stands before it in the lane.
    before: Counts,
}

/// The counts of one lane.
#[derive(Clone, Debug, Default)]
pub struct LaneDensity {
    blocks: Vec<Block>,
    /// Of each event: its step in the block's stretch of time, shifted left by two, and its loudness.
    places: Vec<u16>,
    total: Counts,
}

/// The counts of all lanes.
#[derive(Clone, Debug, Default)]
pub struct Density {
    lanes: Vec<LaneDensity>,
}

impl Density {
    /// Counts the `n` events that `event` tells in the order of `timeline`, whose times they stand at: all of it, or
    /// what a filter left of it.
    pub fn new(
        events: &EventStore,
        lanes: &Lanes,
        timeline: &Timeline,
        n: usize,
        event: impl Fn(usize) -> Option<EventId> + Sync,
    ) -> Self {
        let lane = |segment: &Segment, _| [Some(lanes.of_source(segment.source)), None];
        Density::grouped(events, timeline, lanes.list.len(), (n, event), lane)
    }

    /// As [`Density::new`], into other groups than hosts: `groups` tells of which of the `n_groups` an event is part.
    pub fn grouped(
        events: &EventStore,
        timeline: &Timeline,
        n_groups: usize,
        (n, event): (usize, impl Fn(usize) -> Option<EventId> + Sync),
        groups: impl Fn(&Segment, EventId) -> [Option<usize>; 2] + Sync,
    ) -> Self {
        let finder = Finder::new(events);
        let starts: Vec<usize> = (0..n).step_by(CHUNK).collect();
        let parts: Vec<Vec<LaneDensity>> = starts
            .into_par_iter()
            .map(|from| {
                let mut builders = vec![Builder::default(); n_groups];
                let mut near = Near::default();
                for row in from..(from + CHUNK).min(n) {
                    let Some(id) = event(row) else { continue };
                    let Some((segment, i)) = finder.find(id, &mut near) else { continue };
                    let (Some(time), Some(&level)) = (timeline.time_in(segment, i, id), segment.level.get(i)) else {
                        continue;
                    };
                    for group in groups(segment, id).into_iter().flatten() {
                        if let Some(builder) = builders.get_mut(group) {
                            builder.push(time, Loudness::of(level));
                        }
                    }
                }
                builders.into_iter().map(Builder::done).collect()
            })
            .collect();
        let mut all = vec![LaneDensity::default(); n_groups];
        for part in parts {
            for (lane, more) in all.iter_mut().zip(part) {
                lane.append(more);
            }
        }
        Density { lanes: all }
    }

    /// The counts of lane `idx`.
    pub fn lane(&self, idx: usize) -> Option<&LaneDensity> {
        self.lanes.get(idx)
    }

    /// All lanes.
    pub fn lanes(&self) -> &[LaneDensity] {
        &self.lanes
    }

    /// Hands them out.
    pub fn into_lanes(self) -> Vec<LaneDensity> {
        self.lanes
    }

    /// When the first event of any lane was, and the last.
    pub fn extent(&self) -> Option<(i64, i64)> {
        let first = self.lanes.iter().filter_map(|l| l.blocks.first()).map(|b| b.first).min()?;
        let last = self.lanes.iter().filter_map(|l| l.blocks.last()).map(|b| b.last).max()?;
        Some((first, last))
    }

    /// What all lanes hold together.
    pub fn total(&self) -> Counts {
        self.lanes.iter().fold(Counts::default(), |mut sum, lane| {
            sum.add(lane.total);
            sum
        })
    }

    /// Bytes of memory that the counts take.
    pub fn memory(&self) -> usize {
        self.lanes.iter().map(|l| l.places.len() * 2 + l.blocks.len() * size_of::<Block>()).sum()
    }
}

impl LaneDensity {
    /// What stands before `time`.
    pub fn before(&self, time: i64) -> Counts {
        let after = self.blocks.partition_point(|b| b.first < time);
        let Some(idx) = after.checked_sub(1) else { return Counts::default() };
        let Some(block) = self.blocks.get(idx) else { return Counts::default() };
        let next = self.blocks.get(idx + 1);
        if time > block.last {
            return next.map_or(self.total, |b| b.before);
        }
        let end = next.map_or(self.places.len(), |b| b.at as usize);
        let places = self.places.get(block.at as usize..end).unwrap_or_default();
        let mut counts = block.before;
        let step = step(block.first, block.last, time);
        for place in places.iter().take_while(|&&p| u64::from(p >> 2) < step) {
            counts.bump(place & 3);
        }
        counts
    }

    /// What stands between each edge and the next; the edges are in order.
    pub fn columns(&self, edges: impl IntoIterator<Item = i64>) -> Vec<Counts> {
        let mut edges = edges.into_iter();
        let Some(first) = edges.next() else { return Vec::new() };
        let mut from = self.before(first);
        edges
            .map(|edge| {
                let to = self.before(edge);
                to.minus(std::mem::replace(&mut from, to))
            })
            .collect()
    }

    /// What stands from `start` on and before `end`.
    pub fn between(&self, start: i64, end: i64) -> Counts {
        self.before(end).minus(self.before(start))
    }

    /// Everything.
    pub fn total(&self) -> Counts {
        self.total
    }

    /// Between which instants the `n`th event that is at least this loud stands; the first is number 1.
    pub fn nth(&self, least: Loudness, n: u32) -> Option<(i64, i64)> {
        if n == 0 || self.total.at_least(least) < n {
            return None;
        }
        let idx = self.blocks.partition_point(|b| b.before.at_least(least) < n).checked_sub(1)?;
        let block = self.blocks.get(idx)?;
        let end = self.blocks.get(idx + 1).map_or(self.places.len(), |b| b.at as usize);
        let places = self.places.get(block.at as usize..end)?;
        let within = n - block.before.at_least(least);
        let place = places.iter().filter(|&&p| p & 3 >= least as u16).nth(within.checked_sub(1)? as usize)?;
        let step = i128::from(place >> 2);
        let span = i128::from(block.last) - i128::from(block.first);
        // A step is rounded up, so that the event stands in the step before it.
        let at = |step: i128| i64::try_from(i128::from(block.first) + step * span / i128::from(STEPS)).ok();
        Some((at((step - 1).max(0))?, at(step)?.saturating_add(1)))
    }

    fn append(&mut self, more: LaneDensity) {
        let shift = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        self.blocks.extend(more.blocks.into_iter().map(|mut b| {
            b.at = b.at.saturating_add(shift);
            b.before.add(self.total);
            b
        }));
        self.places.extend(more.places);
        self.total.add(more.total);
    }
}

/// Finds an event's columns; the segments of a few sources found last are tried first, as rows come from each in turn.
struct Finder<'a> {
    events: &'a EventStore,
    segments: Vec<&'a Segment>,
}

/// Segments found last, with the ids in them, by the lowest bits of their source.
type Near = [(std::ops::Range<u32>, usize); NEAR];

const NEAR: usize = 8;

impl<'a> Finder<'a> {
    fn new(events: &'a EventStore) -> Self {
        Finder { events, segments: events.segments().iter().map(|s| &**s).collect() }
    }

    fn find(&self, id: EventId, near: &mut Near) -> Option<(&'a Segment, usize)> {
        let known = near.iter().find(|(ids, _)| ids.contains(&id.0)).map(|(ids, idx)| (ids.start, *idx));
        let (start, idx) = match known {
            Some(known) => known,
            None => {
                let idx = self.events.segment_of(id);
                let ids = self.events.ids_of_segment(idx);
                let source = self.segments.get(idx)?.source.idx();
                let start = ids.start;
                if let Some(slot) = near.get_mut(source % NEAR) {
                    *slot = (ids, idx);
                }
                (start, idx)
            }
        };
        Some((self.segments.get(idx)?, (id.0 - start) as usize))
    }
}

/// Where `time` stands between `first` and `last`, in steps, rounded up so that nothing is counted early.
fn step(first: i64, last: i64, time: i64) -> u64 {
    let span = last.abs_diff(first).max(1);
    let into = if time > first { time.abs_diff(first).min(span) } else { 0 };
    // Twelve days fit into 64 bits, where dividing costs a tenth.
    match into.checked_mul(STEPS) {
        Some(scaled) => scaled.div_ceil(span),
        None => u64::try_from((u128::from(into) * u128::from(STEPS)).div_ceil(u128::from(span))).unwrap_or(STEPS),
    }
}

#[derive(Clone, Default)]
struct Builder {
    lane: LaneDensity,
    open: Vec<(i64, Loudness)>,
}

impl Builder {
    fn push(&mut self, time: i64, loudness: Loudness) {
        self.open.push((time, loudness));
        if self.open.len() >= BLOCK {
            self.close();
        }
    }

    fn close(&mut self) {
        let (Some(&(first, _)), Some(&(last, _))) = (self.open.first(), self.open.last()) else { return };
        let at = u32::try_from(self.lane.places.len()).unwrap_or(u32::MAX);
        self.lane.blocks.push(Block { first, last, at, before: self.lane.total });
        for &(time, loudness) in &self.open {
            let step = u16::try_from(step(first, last, time)).unwrap_or(0);
            let place = (step << 2) | loudness as u16;
            self.lane.places.push(place);
            self.lane.total.bump(place & 3);
        }
        self.open.clear();
    }

    fn done(mut self) -> LaneDensity {
        self.close();
        self.lane.places.shrink_to_fit();
        self.lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(events: &[(i64, Loudness)]) -> LaneDensity {
        let mut builder = Builder::default();
        for &(time, loudness) in events {
            builder.push(time, loudness);
        }
        builder.done()
    }

    #[test]
    fn counts_every_event_once_at_every_zoom() {
        let events: Vec<(i64, Loudness)> = (0..10_000_i64)
            .map(|i| (i * i * 1_000, if i % 10 == 0 { Loudness::Error } else { Loudness::Quiet }))
            .collect();
        let lane = lane(&events);
        let end = 10_000_i64 * 10_000 * 1_000;
        for n in [1_u64, 7, 100, 1280] {
            let width = (end as u64).div_ceil(n) as i64;
            let mut sum = Counts::default();
            for c in lane.columns((0..=n as i64).map(|i| i * width)) {
                sum.add(c);
            }
            assert_eq!(sum, Counts([9_000, 0, 1_000, 0]), "{n} columns");
        }
    }

    #[test]
    fn a_silence_inside_a_block_stays_silent() {
        let mut events: Vec<(i64, Loudness)> = (0..60).map(|i| (i, Loudness::Quiet)).collect();
        events.extend((0..60).map(|i| (1_000_000 + i, Loudness::Warning)));
        let lane = lane(&events);
        assert_eq!(lane.between(1_000, 900_000), Counts::default());
        assert_eq!(lane.between(0, 1_000), Counts([60, 0, 0, 0]));
        assert_eq!(lane.between(900_000, 2_000_000), Counts([0, 60, 0, 0]));
    }

    #[test]
    fn the_nth_loud_event_is_found() {
        let events: Vec<(i64, Loudness)> = (0..10_000_i64)
            .map(|i| (i * i * 1_000, if i % 1_000 == 7 { Loudness::Error } else { Loudness::Warning }))
            .collect();
        let lane = lane(&events);
        for n in 1..=10_u32 {
            let time = i64::from((n - 1) * 1_000 + 7).pow(2) * 1_000;
            let (from, to) = lane.nth(Loudness::Error, n).unwrap();
            assert!((from..=to).contains(&time), "{n}: {time} in {from}..={to}");
            assert!(to - from < 100_000_000, "{n}: the window is narrow");
        }
        assert_eq!(lane.nth(Loudness::Error, 11), None);
        assert_eq!(lane.nth(Loudness::Error, 0), None);
    }

    #[test]
    fn equal_times_and_the_ends_of_time_do_no_harm() {
        let lane = lane(&[(5, Loudness::Quiet); 300]);
        assert_eq!(lane.between(5, 6).total(), 300);
        assert_eq!(lane.between(6, i64::MAX).total(), 0);
        assert_eq!(lane.before(i64::MIN).total(), 0);
        let lane = self::lane(&[(i64::MIN, Loudness::Quiet), (0, Loudness::Error), (i64::MAX, Loudness::Quiet)]);
        let columns = lane.columns([i64::MIN, 0, i64::MAX]);
        assert_eq!(columns.iter().map(|c| c.total()).collect::<Vec<_>>(), [1, 1]);
    }
}
