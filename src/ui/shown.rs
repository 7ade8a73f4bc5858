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
use crate::source::SourceId;
use crate::timeline::density::Density;
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
    /// Characters of the longest host name.
    pub host_chars: usize,
    /// Characters of the longest file name.
    pub source_chars: usize,
}

impl Measures {
    fn of(analysis: &Analysis) -> Self {
        let per_segment = |s: &crate::event::Segment| s.precision.iter().take(64).copied().max().unwrap_or(0);
        let chars = |s: &str| s.chars().count();
        Measures {
            precision: analysis.events.segments().iter().map(|s| per_segment(s)).max().unwrap_or(0).min(9),
            host_chars: analysis.lanes.list.iter().map(|l| chars(&l.host)).max().unwrap_or(0),
            source_chars: analysis.sources.iter().map(|s| chars(text::base_name(&s.path))).max().unwrap_or(0),
        }
    }
}

/// One snapshot as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// The facts.
    pub analysis: Arc<Analysis>,
    /// What the filter left of them.
    pub rows: Rows,
    /// Their density, by lane.
    pub density: Arc<Density>,
    /// From the first event to the last, filter or not.
    pub extent: Option<TimeRange>,
    /// Sizes of the text.
    pub measures: Measures,
    /// What was filled in where the logs are silent.
    pub assumptions: Arc<Vec<Assumption>>,
}

impl Shown {
    fn new(analysis: Arc<Analysis>, rows: Rows, density: Arc<Density>) -> Self {
        let extent = extent(&analysis);
        let measures = Measures::of(&analysis);
        let assumptions = Arc::new(assumptions::collect(&analysis));
        Shown { analysis, rows, density, extent, measures, assumptions }
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
        let time = self.analysis.events.key(id);
        (time != i64::MAX && time != i64::MIN).then_some(time)
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
    let first = order.iter().find(placed).map(|&id| events.key(id))?;
    let last = order.iter().rev().find(placed).map(|&id| events.key(id))?;
    (first != i64::MAX && last != i64::MAX).then(|| TimeRange::new(first, last))
}

struct Wanted {
    analysis: Arc<Analysis>,
    filter: Option<Filter>,
    text: String,
}

struct Made {
    generation: u64,
    shown: Box<Shown>,
    last: bool,
}

/// Makes what is to be shown, on a thread of its own.
pub struct Maker {
    results: Receiver<Made>,
    sender: Sender<Made>,
    cancel: Arc<AtomicBool>,
    generation: u64,
    running: Option<String>,
    waiting: Option<Wanted>,
}

impl Default for Maker {
    fn default() -> Self {
        let (sender, results) = channel();
        Maker { results, sender, cancel: Arc::default(), generation: 0, running: None, waiting: None }
    }
}

impl Maker {
    /// True while something is being made.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Asks for `analysis` seen through `filter`, whose text is `text`. The newest request wins; one that
    /// only brings a newer snapshot lets the running one finish first, so that something always arrives.
    pub fn request(&mut self, ctx: &egui::Context, analysis: Arc<Analysis>, filter: Option<Filter>, text: &str) {
        let wanted = Wanted { analysis, filter, text: text.to_owned() };
        if self.running.as_deref() == Some(text) {
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
        let (generation, sender, ctx) = (self.generation, self.sender.clone(), ctx.clone());
        let work = move || {
            make(wanted, &cancel, |shown, last| {
                // The window may be gone; then nobody waits for this.
                sender.send(Made { generation, shown: Box::new(shown), last }).ok();
                ctx.request_repaint();
            });
        };
        if std::thread::Builder::new().name("filter".into()).spawn(work).is_err() {
            self.running = None;
        }
    }

    /// What was made since the last call; the newest only.
    pub fn poll(&mut self, ctx: &egui::Context) -> Option<Shown> {
        let mut newest = None;
        while let Ok(made) = self.results.try_recv() {
            if made.generation == self.generation {
                if made.last {
                    self.running = None;
                }
                newest = Some(*made.shown);
            }
        }
        if self.running.is_none()
            && let Some(wanted) = self.waiting.take()
        {
            self.start(ctx, wanted);
        }
        newest
    }
}

fn make(wanted: Wanted, cancel: &AtomicBool, tell: impl Fn(Shown, bool)) {
    let Wanted { analysis, filter, .. } = wanted;
    let rows = match filter {
        None => Rows::all(analysis.timeline.len()),
        Some(filter) => match filter.rows(&analysis, cancel) {
            Some(rows) => Rows::kept(rows),
            None => return, // cancelled: a newer request runs
        },
    };
    let density = Density::new(&analysis.events, &analysis.lanes, rows.len(), |row| {
        analysis.timeline.event(rows.timeline_row(row)?)
    });
    if !cancel.load(Ordering::Relaxed) {
        tell(Shown::new(analysis, rows, Arc::new(density)), true);
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
