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
        Timeline { order: merge(runs(events), events.len()) }
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

/// One source's events, sorted; times beside the ids so that the merge touches memory in a line.
struct Run {
    rows: Vec<(i64, u32)>,
}

fn runs(events: &EventStore) -> Vec<Run> {
    let mut by_source: Vec<(usize, usize)> = Vec::new();
    let segments = events.segments();
    for (i, s) in segments.iter().enumerate() {
        match by_source.last_mut() {
            Some((first, end)) if segments.get(*first).is_some_and(|f| f.source == s.source) => *end = i + 1,
            _ => by_source.push((i, i + 1)),
        }
    }
    by_source
        .into_par_iter()
        .map(|(from, to)| {
            let n = (from..to).map(|i| events.ids_of_segment(i).len()).sum();
            let mut rows = Vec::with_capacity(n);
            for i in from..to {
                let ids = events.ids_of_segment(i);
                rows.extend(segments.get(i).into_iter().flat_map(|s| s.time.iter().copied()).zip(ids));
            }
            if !rows.is_sorted() {
                rows.sort(); // adaptive: long sorted stretches are merged, not sorted anew
            }
            Run { rows }
        })
        .collect()
}

/// Merges two halves at a time, so that memory is freed as it goes.
fn merge(mut runs: Vec<Run>, total: usize) -> Vec<EventId> {
    use std::cmp::Reverse;
    use std::collections::BinaryHeap;
    if runs.len() == 1 {
        return runs.pop().map(|r| r.rows.into_iter().map(|(_, id)| EventId(id)).collect()).unwrap_or_default();
    }
    let mut order = Vec::with_capacity(total);
    let mut next = vec![0usize; runs.len()];
    let mut heap: BinaryHeap<Reverse<((i64, u32), usize)>> =
        runs.iter().enumerate().filter_map(|(i, r)| r.rows.first().map(|&row| Reverse((row, i)))).collect();
    while let Some(Reverse((_, i))) = heap.pop() {
        let (Some(run), Some(at)) = (runs.get(i), next.get_mut(i)) else { continue };
        let limit = heap.peek().map(|Reverse((row, _))| *row);
        // A source's rows often come in bunches: take all that stand before every other source's next row.
        while let Some(&row) = run.rows.get(*at) {
            if limit.is_some_and(|l| row > l) {
                heap.push(Reverse((row, i)));
                break;
            }
            order.push(EventId(row.1));
            *at += 1;
        }
    }
    order
}
