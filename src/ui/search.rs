//! Searching without hiding: what matches is found on a thread, marked where it stands, and stepped through.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::fact::{Facts, Packs};
use crate::query::{Context, Filter, FilterError};
use crate::ui::navigate;
use crate::ui::shown::{Rows, Shown};
use crate::ui::window::Window;

/// Something that is done with the search.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Opens the field.
    Open,
    /// Chooses the next match.
    Next,
    /// Chooses the match before.
    Previous,
    /// Closes the field; nothing is marked any more.
    Close,
    /// What is searched.
    Set(String),
    /// The field has the keyboard.
    Focused,
}

/// What is searched, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// The field is shown.
    pub open: bool,
    /// What is searched, as typed: in the language of filters.
    pub text: String,
    /// Why it cannot be read.
    pub error: Option<FilterError>,
    /// The field wants the keyboard.
    pub focus: bool,
    /// The rows of the list that match, ascending; `None` while that is not known.
    pub matches: Option<Arc<Vec<u32>>>,
    filter: Option<Arc<Filter>>,
    /// What the matches were found by; the number is of the rows that were searched.
    of: Option<(String, u64)>,
    /// Where to go as soon as the matches are known.
    wanted: Option<bool>,
}

impl Search {
    /// Something is searched.
    pub fn is_on(&self) -> bool {
        self.open && self.filter.is_some()
    }

    /// Where what is searched stands in a text that is shown, in bytes, in order and apart from each other.
    pub fn spans(&self, text: &str) -> Vec<Range<usize>> {
        self.filter.as_ref().filter(|_| self.open).map(|f| f.places(text)).unwrap_or_default()
    }

    /// True when a row of the list matches.
    pub fn has(&self, row: usize) -> bool {
        let row = u32::try_from(row).unwrap_or(u32::MAX);
        self.is_on() && self.matches.as_ref().is_some_and(|m| m.binary_search(&row).is_ok())
    }

    /// Which match a row is, counted from 1, and how many there are.
    pub fn place(&self, row: Option<usize>) -> Option<(Option<usize>, usize)> {
        let matches = self.matches.as_ref().filter(|_| self.is_on())?;
        let at = row.and_then(|row| matches.binary_search(&u32::try_from(row).ok()?).ok());
        Some((at.map(|at| at + 1), matches.len()))
    }

    /// Of so many equal parts of a list of `rows`, those that hold a match.
    pub fn ticks(&self, parts: usize, rows: usize) -> Vec<usize> {
        let Some(matches) = self.matches.as_ref().filter(|_| self.is_on() && rows > 0) else { return Vec::new() };
        if matches.len() <= parts {
            let mut ticks: Vec<usize> = matches.iter().map(|row| *row as usize * parts / rows).collect();
            ticks.dedup();
            return ticks;
        }
        let before = |part: usize| {
            let edge = (part * rows).div_ceil(parts.max(1));
            matches.partition_point(|row| (*row as usize) < edge)
        };
        (0..parts).filter(|part| before(*part) < before(part + 1)).collect()
    }
}

/// Finds matches on a thread of its own.
pub struct Finder {
    found: (Sender<Found>, Receiver<Found>),
    cancel: Arc<AtomicBool>,
    running: Option<(String, u64)>,
}

/// What is looked for.
struct Asked {
    filter: Arc<Filter>,
    context: Context,
    packs: Arc<Packs>,
}

type Found = ((String, u64), Arc<Vec<u32>>);

impl Default for Finder {
    fn default() -> Self {
        Finder { found: channel(), cancel: Arc::default(), running: None }
    }
}

impl Finder {
    /// True while matches are being looked for.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    fn start(&mut self, ctx: &egui::Context, of: (String, u64), shown: &Shown, asked: Asked) {
        let Asked { filter, context, packs } = asked;
        self.cancel.store(true, Ordering::Relaxed);
        self.cancel = Arc::default();
        let (cancel, sender, ctx) = (self.cancel.clone(), self.found.0.clone(), ctx.clone());
        let (analysis, rows): (_, Rows) = (shown.analysis.clone(), shown.rows.clone());
        self.running = Some(of.clone());
        let work = move || {
            let mut context = context;
            if filter.needs().facts {
                let facts = Facts::extract(&packs, &analysis.sources, &analysis.infos, &analysis.events);
                context.facts = Some(Arc::new(facts));
            }
            if let Some(found) = filter.rows(&analysis, &context, &cancel) {
                sender.send((of, Arc::new(rows.positions(found)))).ok();
                ctx.request_repaint();
            }
        };
        if std::thread::Builder::new().name("find".into()).spawn(work).is_err() {
            self.running = None;
        }
    }
}

/// Takes over what was found, and looks again where rows or words have changed.
pub fn poll(w: &mut Window, ctx: &egui::Context) {
    while let Ok((of, matches)) = w.finder.found.1.try_recv() {
        if w.finder.running.as_ref() == Some(&of) {
            w.finder.running = None;
            w.view.search.of = Some(of);
            w.view.search.matches = Some(matches);
        }
    }
    let of = (w.view.search.text.trim().to_owned(), w.shown_version);
    let known = w.view.search.of.as_ref() == Some(&of);
    if known && let Some(forward) = w.view.search.wanted.take() {
        step(w, forward);
    }
    if !w.view.search.is_on() || known || w.finder.running.as_ref() == Some(&of) {
        return;
    }
    w.view.search.matches = None;
    if let Some(filter) = w.view.search.filter.clone() {
        let (context, packs) = (w.context(&filter), w.reading.config().packs.clone());
        w.finder.start(ctx, of, &w.shown, Asked { filter, context, packs });
    }
}

/// Does it.
pub fn run(w: &mut Window, act: Act) {
    match act {
        Act::Open => {
            w.view.search.open = true;
            w.view.search.focus = true;
        }
        Act::Focused => w.view.search.focus = false,
        Act::Close => {
            let text = std::mem::take(&mut w.view.search.text);
            w.view.search = Search { text, ..Search::default() };
            let text = w.view.search.text.clone();
            set(w, text);
        }
        Act::Set(text) => set(w, text),
        Act::Next => ask(w, true),
        Act::Previous => ask(w, false),
    }
}

fn set(w: &mut Window, text: String) {
    let parsed = Filter::parse(&text, w.clock());
    let search = &mut w.view.search;
    search.text = text;
    search.wanted = None;
    match parsed {
        Ok(filter) => {
            search.error = None;
            search.filter = (!filter.is_empty()).then(|| Arc::new(filter));
        }
        Err(error) => search.error = Some(error),
    }
    if search.filter.is_none() {
        search.matches = None;
        search.of = None;
    }
}

fn ask(w: &mut Window, forward: bool) {
    let search = &w.view.search;
    if !search.is_on() {
        // What the filter left matches it: each row is the next match.
        navigate::step(w, if forward { 1 } else { -1 });
    } else if search.of.as_ref() == Some(&(search.text.trim().to_owned(), w.shown_version)) {
        step(w, forward);
    } else {
        w.view.search.wanted = Some(forward);
    }
}

fn step(w: &mut Window, forward: bool) {
    let Some(matches) = w.view.search.matches.clone() else { return };
    let here = w.view.chosen.map(|id| w.shown.row_of(id).map_or_else(|row| (row, false), |row| (row, true)));
    let before = |row: usize| matches.partition_point(|m| (*m as usize) < row);
    let next = match (here, forward) {
        (None, true) => Some(0),
        (None, false) => matches.len().checked_sub(1),
        (Some((row, there)), true) => Some(before(row + usize::from(there))),
        (Some((row, _)), false) => before(row).checked_sub(1),
    };
    let found = next.and_then(|n| matches.get(n));
    let around = if forward { matches.first() } else { matches.last() };
    let Some(row) = found.or(around).copied() else {
        w.view.message = Some("no row matches".to_owned());
        return;
    };
    navigate::to_row(w, row as usize);
    if found.is_none() {
        let told = if forward { "from the first row again" } else { "from the last row again" };
        w.view.message = Some(told.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_stand_where_matches_are() {
        let search = |rows: Vec<u32>| Search {
            open: true,
            filter: Some(Arc::default()),
            matches: Some(Arc::new(rows)),
            ..Search::default()
        };
        assert_eq!(search(vec![0, 50, 51, 99]).ticks(10, 100), [0, 5, 9]);
        let many = search((0..1_000).filter(|r| !(300..400).contains(r)).collect());
        assert_eq!(many.ticks(10, 1_000), [0, 1, 2, 4, 5, 6, 7, 8, 9]);
        assert!(search(Vec::new()).ticks(10, 100).is_empty());
        assert!(search(vec![1]).ticks(10, 0).is_empty());
        assert_eq!(search(vec![7, 9]).place(Some(9)), Some((Some(2), 2)));
    }
}
