//! What is on the screen: one snapshot, the rows a filter left of it, and their density; made on a thread.
//!
//! The three always belong together. A newer snapshot or another filter is worked out aside and taken over
//! in one step, so that the window never shows the rows of one with the times of another.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::analysis::Analysis;
use crate::event::{EventId, Flags};
use crate::query::Filter;
use crate::session::Snapshot;
use crate::source::SourceId;
use crate::timeline::density::Density;
use crate::timeline::gaps::Gaps;
use crate::ui::assumptions::{self, Assumption};
use crate::ui::text;
use crate::ui::widget::time_axis::TimeRange;

/// The timeline rows that a filter left; without a filter all of them, at no cost.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    kept: Option<Arc<Vec<u32>>>,
    n: usize,
}

impl Rows {
    /// All of `n` rows.
    pub fn all(n: usize) -> Self {
        Rows { kept: None, n }
    }

    /// These rows, in order.
    pub fn kept(rows: Vec<u32>) -> Self {
        Rows { n: rows.len(), kept: Some(Arc::new(rows)) }
    }

    /// The rows of the same events in another order of them.
    fn in_order_of(&self, analysis: &Analysis, other: &Analysis) -> Rows {
        let Some(kept) = &self.kept else { return self.clone() };
        let mut passes = vec![0_u64; analysis.events.len().div_ceil(64)];
        for id in kept.iter().filter_map(|&row| analysis.timeline.event(row as usize)) {
            if let Some(bits) = passes.get_mut(id.idx() / 64) {
                *bits |= 1 << (id.idx() % 64);
            }
        }
        let passes = |id: &EventId| passes.get(id.idx() / 64).is_some_and(|bits| bits >> (id.idx() % 64) & 1 == 1);
        let rows = other.timeline.events().iter().zip(0_u32..);
        Rows::kept(rows.filter(|(id, _)| passes(id)).map(|(_, row)| row).collect())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.n
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// The timeline row at `row`.
    pub fn timeline_row(&self, row: usize) -> Option<usize> {
        match &self.kept {
            None => (row < self.n).then_some(row),
            Some(kept) => kept.get(row).map(|&r| r as usize),
        }
    }

    /// Where a timeline row stands, or would stand.
    pub fn find(&self, timeline_row: usize) -> Result<usize, usize> {
        match &self.kept {
            None if timeline_row < self.n => Ok(timeline_row),
            None => Err(self.n),
            Some(kept) => kept.binary_search_by(|&r| (r as usize).cmp(&timeline_row)),
        }
    }
}

/// Widths of columns and the like, measured once for each snapshot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measures {
    /// The most digits of a second's fraction that a stamp states.
    pub precision: u8,
    /// Times may be told with a band.
    pub banded: bool,
    /// Characters of the longest host name.
    pub host_chars: usize,
    /// Characters of the longest file name.
    pub source_chars: usize,
}

impl Measures {
    fn of(analysis: &Analysis) -> Self {
        let per_segment = |s: &crate::event::Segment| s.precision.iter().take(64).copied().max().unwrap_or(0);
        let chars = |s: &str| s.chars().count();
        let precision = analysis.events.segments().iter().map(|s| per_segment(s)).max().unwrap_or(0).min(9);
        let corrected = analysis.clocks.list.iter().any(|c| c.applied);
        Measures {
            precision: precision.max(u8::from(corrected)),
            banded: corrected,
            host_chars: analysis.lanes.list.iter().map(|l| chars(&l.host)).max().unwrap_or(0),
            source_chars: analysis.sources.iter().map(|s| chars(text::base_name(&s.path))).max().unwrap_or(0),
        }
    }
}

/// One snapshot as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The facts, in the order that is shown.
    pub analysis: Arc<Analysis>,
    /// The same in both orders.
    pub snapshot: Snapshot,
    /// What the filter left of them.
    pub rows: Rows,
    /// Their density, by lane.
    pub density: Arc<Density>,
    /// From the first event to the last, filter or not.
    pub extent: Option<TimeRange>,
    /// Long stretches without events, filter or not.
    pub gaps: Arc<Gaps>,
    /// Sizes of the text.
    pub measures: Measures,
    /// What was filled in where the logs are silent.
    pub assumptions: Arc<Vec<Assumption>>,
}

impl Shown {
    fn new(snapshot: Snapshot, analysis: Arc<Analysis>, rows: Rows, density: Arc<Density>) -> Self {
        let extent = extent(&analysis);
        let gaps = Arc::new(extent.map(|e| gaps(&analysis, e)).unwrap_or_default());
        // Of both orders, so that columns stay where they are when the order changes.
        let measures = Measures::of(snapshot.in_order(true));
        let assumptions = Arc::new(assumptions::collect(&analysis, &snapshot));
        Shown { analysis, snapshot, rows, density, extent, gaps, measures, assumptions }
    }

    /// True in causal order.
    pub fn is_causal(&self) -> bool {
        self.analysis.timeline.is_corrected()
    }

    /// What knows the clocks, if anything does: the order of two events is judged by it, whatever order is shown.
    pub fn judge(&self) -> &Analysis {
        self.snapshot.in_order(true)
    }

    /// True when an id means the same event in both.
    pub fn has_events_of(&self, other: &Shown) -> bool {
        Arc::ptr_eq(&self.snapshot.recorded, &other.snapshot.recorded)
    }

    /// The event at a row of the list.
    pub fn event(&self, row: usize) -> Option<EventId> {
        self.analysis.timeline.event(self.rows.timeline_row(row)?)
    }

    /// The row of an event, or where it would stand were it not filtered out.
    pub fn row_of(&self, id: EventId) -> Result<usize, usize> {
        let row = self.analysis.timeline.row_of(&self.analysis.events, id).ok_or(0_usize)?;
        self.rows.find(row)
    }

    /// The first row at or after `time`.
    pub fn row_at(&self, time: i64) -> usize {
        let row = self.analysis.timeline.row_at(&self.analysis.events, time);
        self.rows.find(row).unwrap_or_else(|r| r)
    }

    /// Where an event stands on the axis; `None` for one without a place.
    pub fn time(&self, id: EventId) -> Option<i64> {
        let key = self.analysis.events.key(id);
        (key != i64::MAX && key != i64::MIN).then(|| self.analysis.timeline.time(&self.analysis.events, id))
    }

    /// The time of an event as it is told; `None` for one that states none.
    pub fn stated(&self, id: EventId) -> Option<i64> {
        self.analysis.corrected(id)
    }

    /// True when all events were on one day of UTC, or nearly so.
    pub fn within_a_day(&self) -> bool {
        self.extent.is_none_or(|e| {
            e.span() < 86_400e9 && e.start.div_euclid(crate::time::DAY) == e.end.div_euclid(crate::time::DAY)
        })
    }

    /// The name of an event's lane, and the lane.
    pub fn lane(&self, id: EventId) -> (usize, &str) {
        let lane = self.analysis.lanes.of_source(self.analysis.events.source(id));
        (lane, self.analysis.lanes.list.get(lane).map_or("", |l| &l.host))
    }

    /// What an event can be found again by in a later snapshot.
    pub fn anchor(&self, id: EventId) -> Option<Anchor> {
        Some(Anchor { path: self.analysis.source(id)?.path.clone(), line: self.analysis.events.line(id) })
    }

    /// The event at an anchor.
    pub fn at_anchor(&self, anchor: &Anchor) -> Option<EventId> {
        let idx = self.analysis.sources.iter().position(|s| s.path == anchor.path)?;
        self.analysis.events.at_line(SourceId(u32::try_from(idx).ok()?), anchor.line)
    }
}

/// A record's place in the files, which outlives the numbers of one snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Name of its source.
    pub path: String,
    /// Its first line.
    pub line: u64,
}

fn extent(analysis: &Analysis) -> Option<TimeRange> {
    let events = &analysis.events;
    let order = analysis.timeline.events();
    let placed =
        |id: &&EventId| !events.flags(**id).has(Flags::NO_TIME) || events.key(**id).abs_diff(0) < u64::MAX / 2 - 1;
    let time = |&id: &EventId| analysis.timeline.time(events, id);
    let first = order.iter().find(placed).map(time)?;
    let last = order.iter().rev().find(placed).map(time)?;
    (first != i64::MAX && last != i64::MAX).then(|| TimeRange::new(first, last))
}

fn gaps(analysis: &Analysis, extent: TimeRange) -> Gaps {
    let (events, timeline) = (&analysis.events, &analysis.timeline);
    let first = timeline.row_at(events, extent.start);
    let n = timeline.row_at(events, extent.end.saturating_add(1)).saturating_sub(first);
    Gaps::find(n, &|row| timeline.event(first + row).map_or(extent.end, |id| timeline.time(events, id)))
}

/// Frees a snapshot without letting a frame wait for it: giving a gigabyte back takes time.
pub fn drop_aside(old: Shown) {
    const MANY: usize = 100_000;
    if old.analysis.events.len() < MANY {
        return;
    }
    if let Err(e) = std::thread::Builder::new().name("free".into()).spawn(move || drop(old)) {
        log::warn!("no thread for freeing memory: {e}");
    }
}

/// What is asked for.
#[derive(Clone)]
pub struct Wanted {
    /// What has been read.
    pub snapshot: Snapshot,
    /// In causal order, if that is known.
    pub causal: bool,
    /// What leaves rows out.
    pub filter: Option<Filter>,
    /// Its text.
    pub text: String,
}

enum Made {
    Shown(Box<Shown>),
    /// The same in the other order, so that changing the order takes no time.
    Other(Box<Shown>),
    End,
}

/// Makes what is to be shown, on a thread of its own.
pub struct Maker {
    results: Receiver<(u64, Made)>,
    sender: Sender<(u64, Made)>,
    cancel: Arc<AtomicBool>,
    generation: u64,
    running: Option<String>,
    /// The running request has brought what was asked for.
    told: bool,
    waiting: Option<Wanted>,
    other: Option<Box<Shown>>,
}

impl Default for Maker {
    fn default() -> Self {
        let (sender, results) = channel();
        Maker {
            results,
            sender,
            cancel: Arc::default(),
            generation: 0,
            running: None,
            told: false,
            waiting: None,
            other: None,
        }
    }
}

impl Maker {
    /// True while something is being made that is not shown yet.
    pub fn is_busy(&self) -> bool {
        (self.running.is_some() && !self.told) || self.waiting.is_some()
    }

    /// Asks for something. The newest request wins; one that only brings a newer snapshot lets the running one finish
    /// first, so that something always arrives.
    pub fn request(&mut self, ctx: &egui::Context, wanted: Wanted) {
        if self.running.as_deref() == Some(&wanted.text) {
            self.waiting = Some(wanted);
            return;
        }
        self.waiting = None;
        self.start(ctx, wanted);
    }

    fn start(&mut self, ctx: &egui::Context, wanted: Wanted) {
        self.cancel.store(true, Ordering::Relaxed);
        let cancel = Arc::new(AtomicBool::new(false));
        self.cancel = cancel.clone();
        self.generation += 1;
        self.running = Some(wanted.text.clone());
        self.told = false;
        let (generation, sender, ctx) = (self.generation, self.sender.clone(), ctx.clone());
        let work = move || {
            let tell = |made| {
                // The window may be gone; then nobody waits for this.
                sender.send((generation, made)).ok();
                ctx.request_repaint();
            };
            make(&wanted, &cancel, &tell);
            tell(Made::End);
        };
        if std::thread::Builder::new().name("filter".into()).spawn(work).is_err() {
            self.running = None;
        }
    }

    /// What was made since the last call; the newest only.
    pub fn poll(&mut self, ctx: &egui::Context) -> Option<Shown> {
        let mut newest = None;
        while let Ok((generation, made)) = self.results.try_recv() {
            if generation != self.generation {
                continue;
            }
            match made {
                Made::Shown(shown) => {
                    self.told = true;
                    self.other.take().into_iter().for_each(|old| drop_aside(*old));
                    newest = Some(*shown);
                }
                Made::Other(other) => self.other = Some(other),
                Made::End => self.running = None,
            }
        }
        if self.running.is_none()
            && let Some(wanted) = self.waiting.take()
        {
            self.start(ctx, wanted);
        }
        newest
    }

    /// Changes `shown` for the same in the other order; false when that is not at hand.
    pub fn swap(&mut self, shown: &mut Shown) -> bool {
        match &mut self.other {
            Some(other) if other.has_events_of(shown) && self.waiting.is_none() => {
                std::mem::swap(&mut **other, shown);
                true
            }
            _ => false,
        }
    }
}

fn make(wanted: &Wanted, cancel: &AtomicBool, tell: &dyn Fn(Made)) {
    let analysis = wanted.snapshot.in_order(wanted.causal).clone();
    let rows = match &wanted.filter {
        None => Rows::all(analysis.timeline.len()),
        Some(filter) => match filter.rows(&analysis, cancel) {
            Some(rows) => Rows::kept(rows),
            None => return, // cancelled: a newer request runs
        },
    };
    let shown = |analysis: &Arc<Analysis>, rows: Rows| {
        let event = |row| analysis.timeline.event(rows.timeline_row(row)?);
        let density = Density::new(&analysis.events, &analysis.lanes, &analysis.timeline, rows.len(), event);
        let shown = Shown::new(wanted.snapshot.clone(), analysis.clone(), rows, Arc::new(density));
        (!cancel.load(Ordering::Relaxed)).then(|| Box::new(shown))
    };
    let Some(first) = shown(&analysis, rows.clone()) else { return };
    tell(Made::Shown(first));
    let other = wanted.snapshot.in_order(!wanted.causal);
    if !Arc::ptr_eq(other, &analysis)
        && !cancel.load(Ordering::Relaxed)
        && let Some(second) = shown(other, rows.in_order_of(&analysis, other))
    {
        tell(Made::Other(second));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_with_and_without_a_filter() {
        let all = Rows::all(5);
        assert_eq!((all.timeline_row(4), all.timeline_row(5), all.find(3)), (Some(4), None, Ok(3)));
        let kept = Rows::kept(vec![2, 5, 9]);
        assert_eq!((kept.timeline_row(1), kept.find(5), kept.find(6), kept.len()), (Some(5), Ok(1), Err(2), 3));
    }
}
