//! The case in the window: edits with undo, where each annotation stands, and saving aside.
//!
//! Nothing is written before the analyst makes the first annotation.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::analysis::Analysis;
use crate::case::{Annotation, Case, FindingAnchor, Judgement, file};
use crate::event::EventId;

/// Changes are saved when this much time has passed without another.
const SAVE_AFTER: Duration = Duration::from_millis(400);

/// Whether the case is on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Saved {
    /// There is nothing to save.
    #[default]
    Nothing,
    /// Changes wait to be saved.
    Pending,
    /// The case is on disk as it is.
    Saved,
    /// It could not be saved: the reason.
    Failed(String),
}

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
    Saved(Result<(), String>),
    Resolved(u64, Vec<Option<EventId>>),
}

/// The case and what surrounds it.
pub struct Notes {
    case: Case,
    path: Option<PathBuf>,
    saved: Saved,
    /// The case before each edit, and what the edit was.
    undo: Vec<(Case, String)>,
    redo: Vec<(Case, String)>,
    edits: u64,
    /// What the last edit typed.
    typing: Option<Typing>,
    /// Where each annotation stands, `None` when its record is gone; same order as in the case.
    places: Vec<Option<EventId>>,
    by_event: Vec<(EventId, usize)>,
    due: Option<Instant>,
    /// The thread that saves; one at a time.
    saver: Option<JoinHandle<()>>,
    version: u64,
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
            case,
            path: None,
            saved: Saved::Nothing,
            undo: Vec::new(),
            redo: Vec::new(),
            edits: 0,
            typing: None,
            places: Vec::new(),
            by_event: Vec::new(),
            due: None,
            saver: None,
            version: 0,
            told: channel(),
        }
    }

    /// The case of `paths`: read from beside them if there is one. Trouble is told in a sentence.
    pub fn open(paths: &[PathBuf]) -> (Self, Option<String>) {
        let case = Case::new(paths.iter().map(|p| p.to_string_lossy().into_owned()).collect());
        let mut notes = Notes::new(case);
        let Some(path) = paths.first().map(|p| file::default_path(p)) else { return (notes, None) };
        let mut trouble = None;
        if path.exists() {
            match file::load(&path) {
                Ok(case) => {
                    // What cannot be read of it is told; the entry stays as it is.
                    trouble = case.decided().1.into_iter().next().map(|what| format!("in {}: {what}", path.display()));
                    notes.case = case;
                    notes.saved = Saved::Saved;
                    notes.path = Some(path);
                }
                // Writing there would destroy what could not be read.
                Err(e) => {
                    let reason = format!("{e:#}; annotations of this session are not saved");
                    notes.saved = Saved::Failed(reason.clone());
                    trouble = Some(reason);
                }
            }
        } else {
            notes.path = Some(path);
        }
        (notes, trouble)
    }

    /// The case.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// Where it is kept.
    pub fn path(&self) -> Option<&PathBuf> {
        self.path.as_ref()
    }

    /// Whether it is on disk.
    pub fn saved(&self) -> &Saved {
        &self.saved
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
        self.undo.last().map(|(_, what)| what.as_str())
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
        let before = self.case.clone();
        change(&mut self.case);
        if self.case == before {
            return;
        }
        if typing.is_none() || typing != self.typing {
            self.undo.push((before.clone(), what.to_owned()));
        }
        self.typing = typing;
        self.redo.clear();
        self.after_change(analysis, &before, new);
    }

    /// Takes the last edit back: what that was, `None` when there is none.
    pub fn undo(&mut self, analysis: &Analysis) -> Option<String> {
        let (case, what) = self.undo.pop()?;
        let before = std::mem::replace(&mut self.case, case);
        self.redo.push((before.clone(), what.clone()));
        self.typing = None;
        self.after_change(analysis, &before, None);
        Some(what)
    }

    /// Makes the last edit that was taken back again: what that was, `None` when there is none.
    pub fn redo(&mut self, analysis: &Analysis) -> Option<String> {
        let (case, what) = self.redo.pop()?;
        let before = std::mem::replace(&mut self.case, case);
        self.undo.push((before.clone(), what.clone()));
        self.typing = None;
        self.after_change(analysis, &before, None);
        Some(what)
    }

    fn after_change(&mut self, analysis: &Analysis, before: &Case, new: Option<EventId>) {
        self.version += 1;
        self.edits += 1;
        self.due = Some(Instant::now() + SAVE_AFTER);
        if !matches!(self.saved, Saved::Failed(_)) {
            self.saved = Saved::Pending;
        }
        let same = |a: &Annotation, b: &Annotation| a.file == b.file && a.line == b.line && a.hash == b.hash;
        let old = |a: &Annotation| before.annotations.iter().position(|b| same(a, b));
        let known = |a: &Annotation| old(a).map(|i| self.places.get(i).copied().flatten());
        let at_hint = |a: &Annotation| {
            // What is new stands where its hint says: it was made in this snapshot or stood in it before.
            let idx = analysis.sources.iter().position(|s| s.path == a.file)?;
            let id = analysis.events.at_line(crate::source::SourceId(u32::try_from(idx).ok()?), a.line)?;
            // One that was lost, removed and brought back is still lost.
            (crate::case::hash(analysis.raw(id)) == a.hash).then_some(id)
        };
        let place = |a: &Annotation| if a.file.is_empty() { None } else { at_hint(a).or(new) };
        let places = self.case.annotations.iter().map(|a| known(a).unwrap_or_else(|| place(a))).collect();
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
        if self.saved == Saved::Nothing || self.saver.is_some() {
            return;
        }
        self.due = None;
        let Some(path) = self.path.clone() else { return };
        let case = self.case.clone();
        let (sender, ctx) = (self.told.0.clone(), ctx.clone());
        let work = move || {
            let result = file::save(&case, &path).map_err(|e| format!("{e:#}"));
            sender.send(Told::Saved(result)).ok();
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("save".into()).spawn(work) {
            Ok(thread) => self.saver = Some(thread),
            Err(e) => self.saved = Saved::Failed(e.to_string()),
        }
    }

    /// Saves what waits, before the window closes. Blocks for the time that takes.
    pub fn flush(&mut self) {
        if let Some(thread) = self.saver.take() {
            thread.join().ok();
        }
        if self.due.take().is_some()
            && let Some(Err(e)) = self.path.as_ref().map(|path| file::save(&self.case, path))
        {
            log::error!("{e:#}");
        }
    }

    /// Takes over what the threads tell, and saves when it is time.
    pub fn poll(&mut self, ctx: &egui::Context) {
        while let Ok(told) = self.told.1.try_recv() {
            match told {
                Told::Saved(result) => {
                    self.saver = None;
                    match result {
                        Ok(()) if self.due.is_none() => self.saved = Saved::Saved,
                        Ok(()) => self.saved = Saved::Pending,
                        Err(reason) => self.saved = Saved::Failed(reason),
                    }
                }
                Told::Resolved(version, places) if version == self.version => self.place(places),
                Told::Resolved(..) => {}
            }
        }
        if let Some(due) = self.due {
            let now = Instant::now();
            if now >= due {
                self.save(ctx);
            } else {
                ctx.request_repaint_after(due - now);
            }
        }
    }
}

impl Drop for Notes {
    /// However the window ends, what was written is kept.
    fn drop(&mut self) {
        self.flush();
    }
}
