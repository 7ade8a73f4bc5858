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
    /// The event whose comment the last edit changed, so that typing is one step to undo.
    typing: Option<EventId>,
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

    /// Begins with the case that a report kept, where these logs have none of their own. Nothing is written before the
    /// first change.
    pub fn begin(&mut self, kept: Option<Case>) {
        let own = self.path.as_ref().is_none_or(|p| p.exists());
        if let Some(kept) = kept.filter(|_| !own) {
            self.case = Case { sources: std::mem::take(&mut self.case.sources), ..kept };
        }
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

    /// The annotation of an event.
    pub fn of(&self, id: EventId) -> Option<&Annotation> {
        let i = self.by_event.binary_search_by_key(&id, |&(id, _)| id).ok()?;
        self.by_event.get(i).and_then(|&(_, idx)| self.case.annotations.get(idx))
    }

    /// All annotations and where they stand.
    pub fn all(&self) -> impl Iterator<Item = (&Annotation, Option<EventId>)> {
        self.case.annotations.iter().zip(self.places.iter().copied().chain(std::iter::repeat(None)))
    }

    /// The annotated events in the order of their ids.
    pub fn events(&self) -> impl Iterator<Item = EventId> {
        self.by_event.iter().map(|&(id, _)| id)
    }

    /// The annotated events, and whether there are words to each: what a filter asks for.
    pub fn noted(&self) -> Vec<(EventId, bool)> {
        let words = |idx: usize| self.case.annotations.get(idx).is_some_and(|a| !a.comment.is_empty());
        self.by_event.iter().map(|&(id, idx)| (id, words(idx))).collect()
    }

    /// Marks an event or takes the mark away.
    pub fn toggle_mark(&mut self, analysis: &Analysis, id: EventId) {
        self.edit(analysis, None, "the mark", |case| case.toggle_mark(analysis, id), Some(id));
    }

    /// Sets the comment of an event.
    pub fn set_comment(&mut self, analysis: &Analysis, id: EventId, comment: &str) {
        self.edit(analysis, Some(id), "the comment", |case| case.set_comment(analysis, id, comment), Some(id));
    }

    /// Takes an annotation away, comment and all.
    pub fn remove(&mut self, analysis: &Analysis, idx: usize) {
        if idx < self.case.annotations.len() {
            self.edit(analysis, None, "removing the note", |case| drop(case.annotations.remove(idx)), None);
        }
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
        typing: Option<EventId>,
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
            analysis.events.at_line(crate::source::SourceId(u32::try_from(idx).ok()?), a.line)
        };
        let places = self.case.annotations.iter().map(|a| known(a).unwrap_or_else(|| at_hint(a).or(new))).collect();
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
