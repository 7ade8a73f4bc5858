//! Makes what is to be shown, on a thread: the rows that a filter leaves of a snapshot, and their density.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::fact::{Facts, Packs};
use crate::query::{Context, Filter, Passed};
use crate::session::Snapshot;
use crate::timeline::density::Density;
use crate::ui::shown::{Rows, Shown, Tally, drop_aside};

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
            Some(slot) if rows.is_all() => slot.get_or_insert_with(make).clone(),
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
