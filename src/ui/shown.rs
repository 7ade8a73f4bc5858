//! What is on the screen: one snapshot, the rows a filter left of it, and their density; made on a thread.
//!
//! The three always belong together. A newer snapshot or another filter is worked out aside and taken over
//! in one step, so that the window never shows the rows of one with the times of another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use crate::analysis::Analysis;
use crate::event::{EventId, Flags};
use crate::fact::{Facts, Packs};
use crate::format::level::Level;
use crate::query::{Context, Filter, Passed};
use crate::session::Snapshot;
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
    fn of(analysis: &Analysis) -> Tally {
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
    /// Sizes of the text.
    pub measures: Measures,
    /// What was filled in where the logs are silent.
    pub assumptions: Arc<Vec<Assumption>>,
}

impl Shown {
    fn new(
        snapshot: Snapshot,
        analysis: Arc<Analysis>,
        rows: Rows,
        (density, tally): (Arc<Density>, Arc<Tally>),
    ) -> Self {
        let extent = extent(&analysis);
        // Of both orders, so that columns stay where they are when the order changes.
        let measures = Measures::of(snapshot.in_order(true));
        let assumptions = Arc::new(assumptions::collect(&analysis, &snapshot));
        Shown { analysis, snapshot, rows, density, tally, extent, measures, assumptions }
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
    /// Events with a mark or a comment, and whether there are words.
    pub notes: Vec<(EventId, bool)>,
    /// How lines become facts, for filters that ask for facts.
    pub packs: Arc<Packs>,
}

enum Made {
    Shown(Box<Shown>),
    /// The same in the other order, so that changing the order takes no time.
    Other(Box<Shown>),
    /// Rows left after each term of the filter.
    Left(Vec<usize>),
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
    kept: Arc<Mutex<Kept>>,
    left: Vec<usize>,
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
            kept: Arc::default(),
            left: Vec::new(),
        }
    }
}

impl Maker {
    /// True while something is being made that is not shown yet.
    pub fn is_busy(&self) -> bool {
        (self.running.is_some() && !self.told) || self.waiting.is_some()
    }

    /// Rows left after each term of the filter, as far as that has been worked out.
    pub fn left(&self) -> &[usize] {
        &self.left
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
        self.left.clear();
        let (generation, sender, ctx) = (self.generation, self.sender.clone(), ctx.clone());
        let kept = self.kept.clone();
        let work = move || {
            let tell = |made| {
                // The window may be gone; then nobody waits for this.
                sender.send((generation, made)).ok();
                ctx.request_repaint();
            };
            let mut kept = kept.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            make(&wanted, &mut kept, &cancel, &tell);
            drop(kept);
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
                Made::Left(left) => self.left = left,
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

/// What one request leaves for the next, so that it need not be made again.
#[derive(Default)]
struct Kept {
    /// The snapshot that all of this belongs to.
    of: Arc<Analysis>,
    facts: Option<Arc<Facts>>,
    /// The last filter, and what passed it.
    last: Option<(Filter, Arc<Passed>)>,
    /// The density of all events, in each order.
    whole: [Option<Arc<Density>>; 2],
    tally: Option<Arc<Tally>>,
}

impl Kept {
    /// Forgets what belongs to another snapshot.
    fn turn_to(&mut self, snapshot: &Snapshot, analysis: &Analysis) {
        if !Arc::ptr_eq(&self.of, &snapshot.recorded) {
            *self = Kept { of: snapshot.recorded.clone(), ..Kept::default() };
        }
        self.tally.get_or_insert_with(|| Arc::new(Tally::of(analysis)));
    }

    fn density(&mut self, analysis: &Analysis, rows: &Rows) -> Arc<Density> {
        let event = |row| analysis.timeline.event(rows.timeline_row(row)?);
        let make = || Arc::new(Density::new(&analysis.events, &analysis.lanes, &analysis.timeline, rows.len(), event));
        match self.whole.get_mut(usize::from(analysis.timeline.is_corrected())) {
            Some(slot) if rows.kept.is_none() => slot.get_or_insert_with(make).clone(),
            _ => make(),
        }
    }

    /// What a filter may ask for.
    fn context(&mut self, wanted: &Wanted, filter: &Filter, analysis: &Analysis) -> Context {
        let needs = filter.needs();
        if needs.facts && self.facts.is_none() {
            let facts = Facts::extract(&wanted.packs, &analysis.sources, &analysis.infos, &analysis.events);
            self.facts = Some(Arc::new(facts));
        }
        let found = wanted.snapshot.found.as_ref().filter(|_| needs.findings);
        Context {
            facts: self.facts.clone(),
            findings: found.map(|f| f.findings.evidence_by_rule()).unwrap_or_default(),
            notes: wanted.notes.clone(),
        }
    }

    /// The events that pass, looked for among those that passed the last filter where this one narrows it.
    fn search(
        &mut self,
        filter: &Filter,
        analysis: &Analysis,
        context: &Context,
        cancel: &AtomicBool,
    ) -> Option<Arc<Passed>> {
        let needs = filter.needs();
        // Notes and findings may have changed, and times are others in another order.
        let fixed = !needs.notes && !needs.findings && !needs.times;
        if let Some((_, passed)) = self.last.as_ref().filter(|(last, _)| fixed && last.terms() == filter.terms()) {
            return Some(passed.clone());
        }
        let within = self.last.as_ref().filter(|(last, _)| fixed && filter.narrows(last)).map(|(_, p)| p.clone());
        let passed = Arc::new(filter.search(analysis, context, within.as_deref(), cancel)?);
        self.last = fixed.then(|| (filter.clone(), passed.clone()));
        Some(passed)
    }
}

fn make(wanted: &Wanted, kept: &mut Kept, cancel: &AtomicBool, tell: &dyn Fn(Made)) {
    if cancel.load(Ordering::Relaxed) {
        return; // a newer request waits for what is kept
    }
    let analysis = wanted.snapshot.in_order(wanted.causal).clone();
    kept.turn_to(&wanted.snapshot, &analysis);
    let filter = wanted.filter.as_ref();
    let context = filter.map(|f| kept.context(wanted, f, &analysis)).unwrap_or_default();
    let rows = |kept: &mut Kept, analysis: &Analysis| {
        let Some(filter) = filter else { return Some(Rows::all(analysis.timeline.len())) };
        kept.search(filter, analysis, &context, cancel).map(|passed| Rows::kept(passed.rows(analysis)))
    };
    let mut shown = |analysis: &Arc<Analysis>| {
        let rows = rows(kept, analysis)?;
        let density = kept.density(analysis, &rows);
        let tally = kept.tally.clone().unwrap_or_default();
        let shown = Shown::new(wanted.snapshot.clone(), analysis.clone(), rows, (density, tally));
        (!cancel.load(Ordering::Relaxed)).then(|| Box::new(shown))
    };
    let Some(first) = shown(&analysis) else { return };
    tell(Made::Shown(first));
    let other = wanted.snapshot.in_order(!wanted.causal);
    if !Arc::ptr_eq(other, &analysis)
        && let Some(second) = shown(other)
    {
        tell(Made::Other(second));
    }
    let Some(filter) = filter.filter(|f| f.terms().len() > 1) else { return };
    let left = (1..filter.terms().len())
        .map(|n| filter.first_terms(n).search(&analysis, &context, None, cancel).map(|passed| passed.len()));
    if let Some(left) = left.collect() {
        tell(Made::Left(left));
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
