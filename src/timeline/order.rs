//! The order of the recorded times: ties by file order, then by the order of the sources.
//!
//! Each source is sorted by itself (it nearly is, so that costs little) and the sources are merged.
//! An event without a time stands behind the event above it in its file.

use rayon::prelude::*;

use crate::event::{EventId, EventStore};

/// All events in the order in which they are shown; a *row* is a position in it.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    order: Vec<EventId>,
}

impl Timeline {
    /// Orders all events of the store.
    pub fn by_recorded_time(events: &EventStore) -> Self {
        Timeline { order: merge(events, &runs(events)) }
    }

    /// Orders all events by corrected time; ties keep file order, then the order of the sources.
    pub fn by_corrected_time(times: &[i64]) -> Self {
        let mut rows: Vec<(i64, u32)> = times.iter().copied().zip(0u32..).collect();
        rows.par_sort_unstable();
        Timeline { order: rows.into_iter().map(|(_, id)| EventId(id)).collect() }
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

    /// The row of an event.
    pub fn row_of(&self, events: &EventStore, id: EventId) -> Option<usize> {
        let key = (events.key(id), id);
        let row = self.order.partition_point(|&other| (events.key(other), other) < key);
        (self.event(row) == Some(id)).then_some(row)
    }

    /// The first row whose event is at or after `time` (nanoseconds since 1970 UTC).
    pub fn row_at(&self, events: &EventStore, time: i64) -> usize {
        self.order.partition_point(|&id| events.key(id) < time)
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
fn runs(events: &EventStore) -> Vec<Run> {
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
            let times = || segments.get(range.clone()).unwrap_or_default().iter().flat_map(|s| s.time.iter().copied());
            if times().is_sorted() {
                return Run::InOrder(ids);
            }
            let mut rows = Vec::with_capacity(ids.len());
            rows.extend(times().zip(ids));
            rows.sort(); // adaptive: long sorted stretches are merged, not sorted anew
            Run::Sorted(rows.into_iter().map(|(_, id)| id).collect::<Vec<u32>>())
        })
        .collect()
}

/// A run's place in the merge. Ids run nearly in sequence, so the segment found last mostly holds the next.
struct Cursor<'a> {
    events: &'a EventStore,
    run: &'a Run,
    at: usize,
    segment: usize,
}

impl Cursor<'_> {
    fn peek(&mut self) -> Option<(i64, u32)> {
        let id = self.run.get(self.at)?;
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
fn merge(events: &EventStore, runs: &[Run]) -> Vec<EventId> {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    let mut order = Vec::with_capacity(events.len());
    let mut cursors: Vec<Cursor<'_>> = runs.iter().map(|run| Cursor { events, run, at: 0, segment: 0 }).collect();
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
