//! The order of the rows, by the timeline's own times: recorded ones, or corrected ones.
//!
//! Each source is sorted by itself (it nearly is, so that costs little) and the sources are merged. Ties keep
//! file order, then the order of the sources. An event without a time stands behind the event above it in its file.

use std::sync::Arc;

use rayon::prelude::*;

use super::place::Placement;
use crate::event::{EventId, EventStore, Segment};

/// All events in the order in which they are shown; a *row* is a position in it. A clone shares all tables.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    order: Arc<Vec<EventId>>,
    /// Where the rows do not stand at their recorded times.
    placement: Option<Arc<Placement>>,
}

impl Timeline {
    /// Orders all events of the store by their recorded times.
    pub fn by_recorded_time(events: &EventStore) -> Self {
        Timeline { order: Arc::new(merge(events, Times::Recorded)), placement: None }
    }

    /// Orders all events of the store by their corrected times.
    pub fn by_corrected_time(events: &EventStore, placement: Arc<Placement>) -> Self {
        let order = Arc::new(merge(events, Times::Corrected(placement.times())));
        Timeline { order, placement: Some(placement) }
    }

    /// True when rows stand at corrected times.
    pub fn is_corrected(&self) -> bool {
        self.placement.is_some()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// True when there is no row.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The event at `row`.
    pub fn event(&self, row: usize) -> Option<EventId> {
        self.order.get(row).copied()
    }

    /// All events, in order.
    pub fn events(&self) -> &[EventId] {
        &self.order
    }

    /// Where an event stands on this timeline (nanoseconds since 1970 UTC).
    pub fn time(&self, events: &EventStore, id: EventId) -> i64 {
        self.times().of(events, id)
    }

    /// As [`Timeline::time`], for an event whose segment and place in it are known already.
    pub fn time_in(&self, segment: &Segment, i: usize, id: EventId) -> Option<i64> {
        match self.times() {
            Times::Recorded => segment.time.get(i).copied(),
            Times::Corrected(times) => times.get(id.idx()).copied(),
        }
    }

    /// The row of an event.
    pub fn row_of(&self, events: &EventStore, id: EventId) -> Option<usize> {
        let times = self.times();
        let key = (times.of(events, id), id);
        let row = self.order.partition_point(|&other| (times.of(events, other), other) < key);
        (self.event(row) == Some(id)).then_some(row)
    }

    /// The first row whose event is at or after `time` (nanoseconds since 1970 UTC).
    pub fn row_at(&self, events: &EventStore, time: i64) -> usize {
        let times = self.times();
        self.order.partition_point(|&id| times.of(events, id) < time)
    }

    fn times(&self) -> Times<'_> {
        self.placement.as_ref().map_or(Times::Recorded, |p| Times::Corrected(p.times()))
    }
}

/// The times that a timeline goes by.
#[derive(Clone, Copy)]
enum Times<'a> {
    Recorded,
    /// By id.
    Corrected(&'a [i64]),
}

impl Times<'_> {
    fn of(self, events: &EventStore, id: EventId) -> i64 {
        match self {
            Times::Recorded => events.key(id),
            Times::Corrected(times) => times.get(id.idx()).copied().unwrap_or(i64::MAX),
        }
    }
}

/// One source's events in order: as they stand in the file, or sorted.
enum Run {
    InOrder(std::ops::Range<u32>),
    Sorted(Vec<u32>),
}

impl Run {
    fn get(&self, at: usize) -> Option<u32> {
        match self {
            Run::InOrder(ids) => {
                u32::try_from(at).ok().and_then(|at| ids.start.checked_add(at)).filter(|id| *id < ids.end)
            }
            Run::Sorted(ids) => ids.get(at).copied(),
        }
    }
}

/// The runs of all sources. Times are copied only while one source is sorted, to keep the peak low.
fn runs(events: &EventStore, times: Times<'_>) -> Vec<Run> {
    let segments = events.segments();
    let mut by_source: Vec<std::ops::Range<usize>> = Vec::new();
    for (i, s) in segments.iter().enumerate() {
        match by_source.last_mut() {
            Some(range) if segments.get(range.start).is_some_and(|f| f.source == s.source) => range.end = i + 1,
            _ => by_source.push(i..i + 1),
        }
    }
    by_source
        .into_par_iter()
        .map(|range| {
            let ids = events.ids_of_segment(range.start).start..events.ids_of_segment(range.end.saturating_sub(1)).end;
            match times {
                Times::Recorded => {
                    let segments = segments.get(range).unwrap_or_default();
                    run(ids, || segments.iter().flat_map(|s| s.time.iter().copied()))
                }
                Times::Corrected(all) => {
                    let own = all.get(ids.start as usize..ids.end as usize).unwrap_or_default();
                    run(ids, || own.iter().copied())
                }
            }
        })
        .collect()
}

fn run<T: Iterator<Item = i64>>(ids: std::ops::Range<u32>, times: impl Fn() -> T) -> Run {
    if times().is_sorted() {
        return Run::InOrder(ids);
    }
    let mut rows = Vec::with_capacity(ids.len());
    rows.extend(times().zip(ids));
    rows.sort(); // adaptive: long sorted stretches are merged, not sorted anew
    Run::Sorted(rows.into_iter().map(|(_, id)| id).collect())
}

/// A run's place in the merge. Ids run nearly in sequence, so the segment found last mostly holds the next.
struct Cursor<'a> {
    events: &'a EventStore,
    times: Times<'a>,
    run: &'a Run,
    at: usize,
    segment: usize,
}

impl Cursor<'_> {
    fn peek(&mut self) -> Option<(i64, u32)> {
        let id = self.run.get(self.at)?;
        if let Times::Corrected(times) = self.times {
            return times.get(id as usize).map(|time| (*time, id));
        }
        let mut ids = self.events.ids_of_segment(self.segment);
        if !ids.contains(&id) {
            self.segment = self.events.segment_of(EventId(id));
            ids = self.events.ids_of_segment(self.segment);
        }
        let segment = self.events.segments().get(self.segment)?;
        segment.time.get((id - ids.start) as usize).map(|time| (*time, id))
    }
}

/// Merges the runs; a source's rows often come in bunches, which are taken without touching the heap.
fn merge(events: &EventStore, times: Times<'_>) -> Vec<EventId> {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    let runs = runs(events, times);
    let mut order = Vec::with_capacity(events.len());
    let cursor = |run| Cursor { events, times, run, at: 0, segment: 0 };
    let mut cursors: Vec<Cursor<'_>> = runs.iter().map(cursor).collect();
    let mut heap: BinaryHeap<Reverse<((i64, u32), usize)>> =
        cursors.iter_mut().enumerate().filter_map(|(i, c)| c.peek().map(|row| Reverse((row, i)))).collect();
    while let Some(Reverse((_, i))) = heap.pop() {
        let Some(cursor) = cursors.get_mut(i) else { continue };
        let limit = heap.peek().map(|Reverse((row, _))| *row);
        while let Some(row) = cursor.peek() {
            if limit.is_some_and(|l| row > l) {
                heap.push(Reverse((row, i)));
                break;
            }
            order.push(EventId(row.1));
            cursor.at += 1;
        }
    }
    order
}
