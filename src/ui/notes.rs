//! The case in the window: edits with undo, where each annotation stands, and saving aside.
//!
//! Nothing is written before the analyst makes the first annotation.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};

use super::saving::{Saver, Steps};
use crate::analysis::Analysis;
use crate::case::patch::Patch;
use crate::case::{Annotation, Case, FindingAnchor, Judgement, SourceMark};
use crate::event::EventId;
use crate::source::Source;

pub use super::saving::Saved;

/// What is being typed, so that typing is one step to undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    /// The comment of an event.
    Comment(EventId),
    /// A part of a marker, by its number.
    Marker(u32, &'static str),
    /// A part of the report.
    Report(&'static str),
}

enum Told {
    Resolved(u64, Vec<Option<EventId>>),
    Marks(Vec<SourceMark>),
}

/// The case and what surrounds it.
pub struct Notes {
    case: Case,
    /// The case before the edit that is being made.
    before: Case,
    saver: Saver,
    steps: Steps,
    edits: u64,
    /// What the last edit typed.
    typing: Option<Typing>,
    /// Where each annotation stands, `None` when its record is gone; same order as in the case.
    places: Vec<Option<EventId>>,
    by_event: Vec<(EventId, usize)>,
    version: u64,
    /// The last snapshot that was looked through.
    analysis: Weak<Analysis>,
    /// What the logs hold has been measured, or is being.
    marked: bool,
    /// What the analyst is to be told.
    news: Option<String>,
    told: (Sender<Told>, Receiver<Told>),
}

impl Default for Notes {
    fn default() -> Self {
        Notes::new(Case::default())
    }
}

impl Notes {
    fn new(case: Case) -> Self {
        Notes {
            before: case.clone(),
            case,
            saver: Saver::default(),
            steps: Steps::default(),
            edits: 0,
            typing: None,
            places: Vec::new(),
            by_event: Vec::new(),
            version: 0,
            analysis: Weak::new(),
            marked: false,
            news: None,
            told: channel(),
        }
    }

    /// The case of `paths`: read from beside them if there is one. Trouble is told in a sentence.
    pub fn open(paths: &[PathBuf]) -> (Self, Option<String>) {
        let (saver, case, mut told) = Saver::open(paths);
        // What cannot be read of it is told; the entry stays as it is.
        let of_case =
            |what| format!("in {}: {what}", saver.path().map_or_else(String::new, |p| p.display().to_string()));
        told.extend(case.decided().1.into_iter().next().map(of_case));
        let mut notes = Notes::new(case);
        notes.saver = saver;
        (notes, (!told.is_empty()).then(|| told.join(" · ")))
    }

    /// Begins with the case that a report kept, where these logs have none of their own. Nothing is written before the
    /// first change.
    pub fn begin(&mut self, kept: Option<Case>) {
        let own = self.path().is_none_or(|p| p.exists());
        if let Some(kept) = kept.filter(|_| !own) {
            self.case = Case { sources: std::mem::take(&mut self.case.sources), ..kept };
            self.before.clone_from(&self.case);
        }
    }

    /// The case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Where it is kept.
    pub fn path(&self) -> Option<&PathBuf> {
        self.saver.path()
    }

    /// Whether it is on disk.
    pub fn saved(&self) -> &Saved {
        self.saver.saved()
    }

    /// The first annotation of an event.
    pub fn of(&self, id: EventId) -> Option<&Annotation> {
        self.on(id).next()
    }

    /// All annotations of an event, in the order in which they were made.
    pub fn on(&self, id: EventId) -> impl Iterator<Item = &Annotation> {
        let from = self.by_event.partition_point(|&(other, _)| other < id);
        let own = self.by_event.iter().skip(from).take_while(move |&&(other, _)| other == id);
        own.filter_map(|&(_, idx)| self.case.annotations.get(idx))
    }

    /// The annotation of this number and where it stands; `idx` is where it stood in the case, a hint.
    pub fn entry(&self, idx: usize, number: u32) -> Option<(&Annotation, Option<EventId>)> {
        let is = |a: &Annotation| a.id == number;
        let there = self.case.annotations.get(idx).is_some_and(is);
        let idx = if there { idx } else { self.case.annotations.iter().position(is)? };
        Some((self.case.annotations.get(idx)?, self.places.get(idx).copied().flatten()))
    }

    /// The event that the annotation of this number stands on; `None` where it has a moment of its own or is lost.
    pub fn place_of(&self, number: u32) -> Option<EventId> {
        let idx = self.case.annotations.iter().position(|a| a.id == number)?;
        self.places.get(idx).copied().flatten()
    }

    /// All annotations and where they stand.
    pub fn all(&self) -> impl Iterator<Item = (&Annotation, Option<EventId>)> {
        self.case.annotations.iter().zip(self.places.iter().copied().chain(std::iter::repeat(None)))
    }

    /// The annotated events in the order of their ids, each once.
    pub fn events(&self) -> impl Iterator<Item = EventId> {
        let mut last = None;
        self.by_event.iter().map(|&(id, _)| id).filter(move |id| last.replace(*id) != Some(*id))
    }

    /// The annotated events, and whether there are words to each: what a filter asks for.
    pub fn noted(&self) -> Vec<(EventId, bool)> {
        self.events().map(|id| (id, self.on(id).any(|a| !a.comment.is_empty()))).collect()
    }

    /// Marks an event or takes the mark away; a marker with words or a kind stays.
    pub fn toggle_mark(&mut self, analysis: &Analysis, id: EventId, author: &str) {
        let plain = self.on(id).find(|a| a.is_plain_mark()).map(|a| a.id);
        if let Some(number) = plain {
            self.remove(analysis, number, "the mark");
        } else if self.of(id).is_none()
            && let Some(mark) = Annotation::on(analysis, id)
        {
            self.add(analysis, Annotation { author: author.to_owned(), ..mark }, Some(id), "the mark");
        }
    }

    /// Sets the comment of an event: of its first annotation, or of a new one.
    pub fn set_comment(&mut self, analysis: &Analysis, id: EventId, comment: &str, author: &str) {
        let (first, comment) = (self.of(id).map(|a| a.id), comment.trim());
        let change = |case: &mut Case| match first.and_then(|number| case.get_mut(number)) {
            Some(a) => comment.clone_into(&mut a.comment),
            None => {
                let words = |a| Annotation { comment: comment.to_owned(), author: author.to_owned(), ..a };
                Annotation::on(analysis, id).map(|a| case.add(words(a)));
            }
        };
        self.edit(analysis, Some(Typing::Comment(id)), "the comment", change, Some(id));
    }

    /// Adds an annotation: its number. `event` is the one it stands on.
    pub fn add(&mut self, analysis: &Analysis, annotation: Annotation, event: Option<EventId>, what: &str) -> u32 {
        let mut number = 0;
        self.edit(analysis, None, what, |case| number = case.add(annotation), event);
        number
    }

    /// Changes the annotation of this number.
    pub fn change(
        &mut self,
        analysis: &Analysis,
        number: u32,
        typing: Option<Typing>,
        what: &str,
        change: impl FnOnce(&mut Annotation),
    ) {
        let change = |case: &mut Case| {
            if let Some(a) = case.get_mut(number) {
                change(a);
            }
        };
        self.edit(analysis, typing, what, change, None);
    }

    /// Takes the annotation of this number away, words and all.
    pub fn remove(&mut self, analysis: &Analysis, number: u32, what: &str) {
        let remove = |case: &mut Case| {
            case.remove(number);
        };
        self.edit(analysis, None, what, remove, None);
    }

    /// Says something of a finding, or takes back what was said.
    pub fn judge(&mut self, analysis: &Analysis, finding: &FindingAnchor, judgement: Option<Judgement>) {
        self.edit(analysis, None, "the verdict", |case| case.judge(finding, judgement), None);
    }

    /// Changes what the analyst decided; `what` is it in words, for when it is taken back. False when nothing changed.
    pub fn decide(&mut self, analysis: &Analysis, what: &str, change: impl FnOnce(&mut Case)) -> bool {
        let edits = self.edits;
        self.edit(analysis, None, what, change, None);
        edits != self.edits
    }

    /// As [`Notes::decide`]; as long as the same is typed, it is one step to undo.
    pub fn type_into(&mut self, analysis: &Analysis, typing: Typing, what: &str, change: impl FnOnce(&mut Case)) {
        self.edit(analysis, Some(typing), what, change, None);
    }

    /// How often the case was changed, taking back included.
    pub fn edits(&self) -> u64 {
        self.edits
    }

    /// What the next undo takes back, in words.
    pub fn undoable(&self) -> Option<&str> {
        self.steps.undoable()
    }

    /// Adds findings to the report, or takes them out of it.
    pub fn set_reported(&mut self, analysis: &Analysis, findings: &[FindingAnchor], on: bool) {
        self.edit(analysis, None, "what the report holds", |case| case.set_reported(findings, on), None);
    }

    /// Another number after every change of the case, and of where its annotations stand.
    pub fn version(&self) -> u64 {
        self.version
    }

    fn edit(
        &mut self,
        analysis: &Analysis,
        typing: Option<Typing>,
        what: &str,
        change: impl FnOnce(&mut Case),
        new: Option<EventId>,
    ) {
        change(&mut self.case);
        let patch = Patch::between(&self.before, &self.case);
        if patch.is_empty() {
            return;
        }
        let more = typing.is_some() && typing == self.typing;
        self.steps.push(patch, what, more);
        self.typing = typing;
        self.after_change(analysis, new);
    }

    /// Takes the last edit back: what that was, `None` when there is none.
    pub fn undo(&mut self, analysis: &Analysis) -> Option<String> {
        let what = self.steps.undo(&mut self.case)?;
        self.typing = None;
        self.after_change(analysis, None);
        Some(what)
    }

    /// Makes the last edit that was taken back again: what that was, `None` when there is none.
    pub fn redo(&mut self, analysis: &Analysis) -> Option<String> {
        let what = self.steps.redo(&mut self.case)?;
        self.typing = None;
        self.after_change(analysis, None);
        Some(what)
    }

    fn after_change(&mut self, analysis: &Analysis, new: Option<EventId>) {
        let at_hint = |a: &Annotation| {
            // What is new stands where its hint says: it was made in this snapshot or stood in it before.
            let idx = analysis.sources.iter().position(|s| s.path == a.file)?;
            let id = analysis.events.at_line(crate::source::SourceId(u32::try_from(idx).ok()?), a.line)?;
            // One that was lost, removed and brought back is still lost.
            (crate::case::hash(analysis.raw(id)) == a.hash).then_some(id)
        };
        let places = self.known().into_iter().zip(&self.case.annotations);
        let places = places.map(|(known, a)| known.unwrap_or_else(|| at_hint(a).or(new.filter(|_| a.is_anchored()))));
        let places = places.collect();
        self.changed(places);
    }

    /// Where the annotations stand that stood somewhere before the edit.
    fn known(&self) -> Vec<Option<Option<EventId>>> {
        let before: HashMap<u32, (&Annotation, Option<EventId>)> =
            self.before.annotations.iter().zip(self.places.iter().copied()).map(|(a, p)| (a.id, (a, p))).collect();
        let same = |a: &Annotation, b: &Annotation| a.file == b.file && a.line == b.line && a.hash == b.hash;
        let known = |a: &Annotation| before.get(&a.id).filter(|(b, _)| same(a, b)).map(|(_, place)| *place);
        self.case.annotations.iter().map(known).collect()
    }

    fn changed(&mut self, places: Vec<Option<EventId>>) {
        self.version += 1;
        self.edits += 1;
        self.saver.edited();
        self.before.clone_from(&self.case);
        self.place(places);
    }

    fn place(&mut self, places: Vec<Option<EventId>>) {
        self.by_event = places.iter().enumerate().filter_map(|(i, id)| id.map(|id| (id, i))).collect();
        self.by_event.sort_unstable();
        self.places = places;
    }

    /// Finds all annotations in a new snapshot, on a thread: one whose file changed is searched for by content.
    pub fn resolve(&mut self, ctx: &egui::Context, analysis: &Arc<Analysis>) {
        self.version += 1;
        self.analysis = Arc::downgrade(analysis);
        if self.case.annotations.is_empty() {
            self.place(Vec::new());
            return;
        }
        let (version, case, analysis) = (self.version, self.case.clone(), analysis.clone());
        let (sender, ctx) = (self.told.0.clone(), ctx.clone());
        let work = move || {
            let places = case.resolve(&analysis).into_iter().map(|(_, id)| id).collect();
            sender.send(Told::Resolved(version, places)).ok();
            ctx.request_repaint();
        };
        if std::thread::Builder::new().name("notes".into()).spawn(work).is_err() {
            log::warn!("no thread for finding annotations");
        }
    }

    /// Saves now, or as soon as the last saving is through.
    pub fn save(&mut self, ctx: &egui::Context) {
        self.saver.save(ctx, &self.case);
    }

    /// Saves the case under another name and goes on there: where the usual place cannot be written.
    pub fn save_as(&mut self, ctx: &egui::Context, path: &Path) {
        self.saver.save_as(ctx, &self.case, path);
    }

    /// Saves what waits, before the window closes. Blocks for the time that takes.
    pub fn flush(&mut self) {
        self.saver.flush(&self.case);
    }

    /// What the analyst is to be told, once.
    pub fn take_news(&mut self) -> Option<String> {
        self.news.take()
    }

    /// Takes over what the threads tell, and saves when it is time.
    pub fn poll(&mut self, ctx: &egui::Context) {
        while let Ok(told) = self.told.1.try_recv() {
            match told {
                Told::Resolved(version, places) if version == self.version => {
                    self.version += 1;
                    self.place(places);
                }
                Told::Resolved(..) => {}
                Told::Marks(marks) => {
                    let known = |m: &SourceMark| self.case.marks.iter().any(|k| k.path == m.path);
                    let new: Vec<SourceMark> = marks.into_iter().filter(|m| !known(m)).collect();
                    if !new.is_empty() {
                        self.case.marks.extend(new.iter().cloned());
                        self.before.marks.extend(new);
                        self.saver.edited();
                    }
                }
            }
        }
        if let Some(news) = self.saver.poll(ctx, &self.case) {
            if !news.told.is_empty() {
                self.news = Some(news.told.join(" · "));
            }
            if let Some((was, merged)) = news.merged {
                self.adopt(ctx, &was, merged);
            }
        }
        if *self.saver.saved() == Saved::Saved {
            self.mark(ctx);
        }
    }

    /// Takes over what another window or a script wrote, beneath what was edited since it was read.
    fn adopt(&mut self, ctx: &egui::Context, was: &Case, mut merged: Case) {
        let since = Patch::between(was, &self.case);
        since.merge_into(&mut merged);
        self.case = merged;
        let places = self.known().into_iter().map(Option::flatten).collect();
        self.version += 1;
        self.edits += 1;
        if !since.is_empty() {
            self.saver.edited();
        }
        self.before.clone_from(&self.case);
        self.place(places);
        if let Some(analysis) = self.analysis.upgrade() {
            self.resolve(ctx, &analysis);
        }
    }

    /// Measures once what the logs hold, on a thread, so that the case says which they were.
    fn mark(&mut self, ctx: &egui::Context) {
        let Some(analysis) = self.analysis.upgrade().filter(|_| !self.marked) else { return };
        self.marked = true;
        let known = |s: &&Source| !self.case.marks.iter().any(|m| m.path == s.path);
        let sources: Vec<Source> = analysis.sources.iter().filter(known).cloned().collect();
        if sources.is_empty() || !self.case.marks.is_empty() {
            // A case that knows its logs does not take new ones for its own: `case check` tells of them.
            return;
        }
        let (sender, ctx) = (self.told.0.clone(), ctx.clone());
        let work = move || {
            sender.send(Told::Marks(SourceMark::all(&sources))).ok();
            ctx.request_repaint();
        };
        if std::thread::Builder::new().name("marks".into()).spawn(work).is_err() {
            log::warn!("no thread for measuring logs");
        }
    }
}

impl Drop for Notes {
    /// However the window ends, what was written is kept.
    fn drop(&mut self) {
        self.flush();
    }
}
