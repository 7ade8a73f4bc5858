//! What is on the screen: one snapshot, the rows a filter left of it, and their density.
//!
//! The three always belong together; [`maker`](super::maker) makes them on a thread. A newer snapshot or another filter
//! is worked out aside and taken over in one step, so that the window never shows the rows of one with the times of
//! another.

use std::sync::Arc;

use crate::analysis::Analysis;
use crate::event::{EventId, Flags};
use crate::format::level::Level;
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

    /// No filter left any out.
    pub fn is_all(&self) -> bool {
        self.kept.is_none()
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

    /// Where those of these timeline rows stand that the filter left; both ascend.
    pub fn positions(&self, timeline_rows: Vec<u32>) -> Vec<u32> {
        let Some(kept) = &self.kept else { return timeline_rows };
        let mut wanted = timeline_rows.into_iter().peekable();
        let mut out = Vec::new();
        for (position, row) in (0_u32..).zip(kept.iter()) {
            while wanted.peek().is_some_and(|w| w < row) {
                wanted.next();
            }
            match wanted.peek() {
                None => break,
                Some(w) if w == row => out.push(position),
                Some(_) => {}
            }
        }
        out
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

/// How many events there are of each kind, filter or not: completion tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// By level; the first states none.
    pub levels: [usize; 8],
    /// By name of the format, the most frequent first.
    pub formats: Vec<(String, usize)>,
}

impl Tally {
    /// Counts all events.
    pub(super) fn of(analysis: &Analysis) -> Tally {
        let mut tally = Tally::default();
        let mut formats = std::collections::BTreeMap::<&str, usize>::new();
        for segment in analysis.events.segments() {
            let mut forms = [0_usize; 256];
            for level in &segment.level {
                if let Some(n) = tally.levels.get_mut(*level as usize) {
                    *n += 1;
                }
            }
            for form in &segment.form {
                if let Some(n) = forms.get_mut(usize::from(*form)) {
                    *n += 1;
                }
            }
            let Some(info) = analysis.infos.get(segment.source.idx()) else { continue };
            for (form, n) in (0..=u8::MAX).zip(forms).filter(|(_, n)| *n > 0) {
                *formats.entry(info.format_name(form)).or_default() += n;
            }
        }
        tally.formats = formats.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
        tally.formats.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        tally
    }

    /// Events of levels that pass.
    pub fn of_levels(&self, passes: impl Fn(Level) -> bool) -> usize {
        Level::STATED.iter().filter(|l| passes(**l)).filter_map(|l| self.levels.get(*l as usize)).sum()
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
    /// How many events there are of each kind.
    pub tally: Arc<Tally>,
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
    /// One snapshot with what was made of it.
    pub(super) fn new(
        snapshot: Snapshot,
        analysis: Arc<Analysis>,
        rows: Rows,
        (density, tally): (Arc<Density>, Arc<Tally>),
    ) -> Self {
        let extent = extent(&analysis);
        let gaps = Arc::new(extent.map(|e| gaps(&analysis, e)).unwrap_or_default());
        // Of both orders, so that columns stay where they are when the order changes.
        let measures = Measures::of(snapshot.in_order(true));
        let assumptions = Arc::new(assumptions::collect(&analysis, &snapshot));
        Shown { analysis, snapshot, rows, density, tally, extent, gaps, measures, assumptions }
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
