//! Keeps the case of a window on disk: edits in the journal at once, the file after a pause, on threads.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::case::keep::{Done, Keep, Opened};
use crate::case::patch::Patch;
use crate::case::{Case, file};

/// The file is written when this much time has passed without another edit; until then edits are in the journal.
const SAVE_AFTER: Duration = Duration::from_millis(400);
/// Edits are written down at the latest after this.
const NOTE_AFTER: Duration = Duration::from_millis(400);
/// What could not be written is tried again.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// How often it is looked whether another window wrote the file.
const LOOK_AFTER: Duration = Duration::from_secs(2);
/// Edits that can be taken back, and about how many bytes they may hold.
const STEPS: usize = 1000;
const BYTES: usize = 16 << 20;

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

/// What a thread has to tell.
pub struct News {
    /// The case that was saved, and what it is with what others changed meanwhile.
    pub merged: Option<(Case, Case)>,
    /// Sentences for the analyst.
    pub told: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Work {
    Note,
    Save,
    SaveAs(PathBuf),
    Look,
}

struct Told {
    work: Work,
    case: Case,
    path: PathBuf,
    result: Result<Done, String>,
}

/// The case file of the window.
pub struct Saver {
    keep: Option<Arc<Mutex<Keep>>>,
    path: Option<PathBuf>,
    saved: Saved,
    note_due: Option<Instant>,
    save_due: Option<Instant>,
    /// There are edits that are not in the file.
    dirty: bool,
    looked: Instant,
    thread: Option<JoinHandle<()>>,
    told: (Sender<Told>, Receiver<Told>),
}

impl Default for Saver {
    fn default() -> Self {
        Saver {
            keep: None,
            path: None,
            saved: Saved::Nothing,
            note_due: None,
            save_due: None,
            dirty: false,
            looked: Instant::now(),
            thread: None,
            told: channel(),
        }
    }
}

fn lock(keep: &Mutex<Keep>) -> MutexGuard<'_, Keep> {
    keep.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Saver {
    /// Opens the case of `paths`: read from beside them if there is one. What there is to tell, in sentences.
    pub fn open(paths: &[PathBuf]) -> (Saver, Case, Vec<String>) {
        let mut saver = Saver::default();
        let Some(path) = paths.first().map(|p| file::default_path(p)) else {
            return (saver, Case::new(Vec::new()), Vec::new());
        };
        let names: Vec<String> = paths.iter().map(|p| file::relative(p, &path)).collect();
        match Keep::open(&path, Case::new(names.clone())) {
            Ok(Opened { keep, mut case, existed, told }) => {
                let new: Vec<String> = names.into_iter().filter(|n| !case.sources.contains(n)).collect();
                case.sources.extend(new);
                if existed {
                    saver.saved = Saved::Saved;
                }
                // What a window that died had written down goes into the file.
                if told.iter().any(|t| t.contains("recovered")) {
                    saver.edited();
                }
                saver.keep = Some(Arc::new(Mutex::new(keep)));
                saver.path = Some(path);
                (saver, case, told)
            }
            // Writing there would destroy what could not be read.
            Err(e) => {
                let reason = format!("{e:#}; annotations of this session are not saved");
                saver.saved = Saved::Failed(reason.clone());
                (saver, Case::new(names), vec![reason])
            }
        }
    }

    /// Where it is kept.
    pub fn path(&self) -> Option<&PathBuf> {
        self.path.as_ref()
    }

    /// Whether it is on disk.
    pub fn saved(&self) -> &Saved {
        &self.saved
    }

    /// The case was changed.
    pub fn edited(&mut self) {
        let now = Instant::now();
        self.dirty = true;
        self.note_due.get_or_insert(now + NOTE_AFTER);
        self.save_due = Some(now + SAVE_AFTER);
        if !matches!(self.saved, Saved::Failed(_)) {
            self.saved = Saved::Pending;
        }
    }

    /// Saves now, or as soon as the last saving is through.
    pub fn save(&mut self, ctx: &egui::Context, case: &Case) {
        if self.saved == Saved::Nothing {
            return;
        }
        if self.thread.is_some() {
            self.save_due = Some(Instant::now());
        } else {
            self.start(ctx, case, Work::Save);
        }
    }

    /// Saves the case under another name and goes on there; how that went is told later.
    pub fn save_as(&mut self, ctx: &egui::Context, case: &Case, path: &Path) {
        if self.keep.is_none() {
            // The file beside the logs could not be read; this one is another.
            match Keep::open(path, Case::default()) {
                Ok(Opened { keep, existed: false, .. }) => self.keep = Some(Arc::new(Mutex::new(keep))),
                Ok(_) => {
                    self.saved = Saved::Failed(format!("there is a case already: {}", path.display()));
                    return;
                }
                Err(e) => {
                    self.saved = Saved::Failed(format!("{e:#}"));
                    return;
                }
            }
        }
        self.join();
        self.dirty = true;
        self.start(ctx, case, Work::SaveAs(path.to_owned()));
    }

    fn start(&mut self, ctx: &egui::Context, case: &Case, work: Work) {
        let Some(keep) = self.keep.clone() else { return };
        match work {
            Work::Note => self.note_due = None,
            Work::Save | Work::SaveAs(_) => (self.note_due, self.save_due, self.dirty) = (None, None, false),
            Work::Look => {}
        }
        let (sender, ctx, case) = (self.told.0.clone(), ctx.clone(), case.clone());
        let run = move || {
            let mut keep = lock(&keep);
            let result = match &work {
                Work::Note => keep.note(&case).map(|_| Done::default()).map_err(anyhow::Error::from),
                Work::Look if !keep.looks_changed() => Ok(Done::default()),
                Work::Save | Work::Look => keep.save(&case),
                Work::SaveAs(path) => keep.save_as(&case, path),
            };
            let result = result.map_err(|e| format!("{e:#}"));
            let path = keep.path().to_owned();
            drop(keep);
            sender.send(Told { work, case, path, result }).ok();
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("save".into()).spawn(run) {
            Ok(thread) => self.thread = Some(thread),
            Err(e) => self.failed(e.to_string()),
        }
    }

    /// Nothing is lost: it is all in memory, and tried again.
    fn failed(&mut self, reason: String) {
        self.saved = Saved::Failed(reason);
        self.dirty = true;
        self.save_due = Some(Instant::now() + AGAIN_AFTER);
    }

    /// Takes over what the threads tell, and writes when it is time.
    pub fn poll(&mut self, ctx: &egui::Context, case: &Case) -> Option<News> {
        let mut news = None;
        while let Ok(told) = self.told.1.try_recv() {
            self.join();
            news = self.take(told).or(news);
        }
        if news.is_some() {
            // What is to be written next is the case with what was merged.
            ctx.request_repaint();
            return news;
        }
        let now = Instant::now();
        if self.thread.is_some() || self.keep.is_none() {
            return None;
        }
        let due = |at: Option<Instant>| at.is_some_and(|at| at <= now);
        if due(self.save_due) {
            self.start(ctx, case, Work::Save);
        } else if due(self.note_due) {
            self.start(ctx, case, Work::Note);
        } else if !self.dirty && now.saturating_duration_since(self.looked) >= LOOK_AFTER {
            // While somebody is at the window; one at rest stays at rest.
            self.looked = now;
            self.start(ctx, case, Work::Look);
        } else if let Some(next) = [self.save_due, self.note_due].into_iter().flatten().min() {
            ctx.request_repaint_after(next.saturating_duration_since(now));
        }
        None
    }

    fn take(&mut self, told: Told) -> Option<News> {
        let Told { work, case, path, result } = told;
        let done = match result {
            Ok(done) => done,
            // The journal is the second net: while the case itself can be saved, all is well.
            Err(reason) if work == Work::Note => {
                log::warn!("{reason}");
                return None;
            }
            Err(reason) => {
                let news = News { merged: None, told: vec![format!("not saved: {reason}; tried again")] };
                let first = !matches!(self.saved, Saved::Failed(_));
                self.failed(reason);
                return first.then_some(news);
            }
        };
        if work != Work::Note && self.saved != Saved::Nothing || matches!(work, Work::SaveAs(_)) || done.case.is_some()
        {
            self.path = Some(path);
            self.saved = if self.dirty || work == Work::Note { Saved::Pending } else { Saved::Saved };
        }
        let merged = done.case.map(|merged| (case, merged));
        (merged.is_some() || !done.told.is_empty()).then_some(News { merged, told: done.told })
    }

    fn join(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }

    /// Saves what waits, before the window closes. Blocks for the time that takes.
    pub fn flush(&mut self, case: &Case) {
        self.join();
        let mut case = case.clone();
        while let Ok(told) = self.told.1.try_recv() {
            if let Some(News { merged: Some((was, mut merged)), .. }) = self.take(told) {
                Patch::between(&was, &case).merge_into(&mut merged);
                case = merged;
            }
        }
        let Some(keep) = self.keep.as_ref().filter(|_| self.dirty) else { return };
        match lock(keep).save(&case) {
            Ok(_) => (self.dirty, self.save_due, self.note_due) = (false, None, None),
            Err(e) => log::error!("{e:#}"),
        }
    }
}

/// Edits that can be taken back and made again, as what they changed.
#[derive(Default)]
pub struct Steps {
    undo: Vec<(Patch, String)>,
    redo: Vec<(Patch, String)>,
}

impl Steps {
    /// An edit was made; `more` of the last one where somebody is still typing.
    pub fn push(&mut self, patch: Patch, what: &str, more: bool) {
        self.redo.clear();
        match self.undo.last_mut().filter(|_| more) {
            Some((last, _)) => last.then(patch),
            None => self.undo.push((patch, what.to_owned())),
        }
        // The oldest go first; the last one stays, however large.
        let mut bytes: usize = self.undo.iter().map(|(p, _)| p.size()).sum();
        let mut drop = self.undo.len().saturating_sub(STEPS);
        bytes -= self.undo.iter().take(drop).map(|(p, _)| p.size()).sum::<usize>();
        while bytes > BYTES && drop + 1 < self.undo.len() {
            bytes -= self.undo.get(drop).map_or(0, |(p, _)| p.size());
            drop += 1;
        }
        self.undo.drain(..drop);
    }

    /// What the next undo takes back, in words.
    pub fn undoable(&self) -> Option<&str> {
        self.undo.last().map(|(_, what)| what.as_str())
    }

    /// Takes the last edit back in `case`: what that was.
    pub fn undo(&mut self, case: &mut Case) -> Option<String> {
        let (patch, what) = self.undo.pop()?;
        let back = patch.inverse();
        back.merge_into(case);
        self.redo.push((patch, what.clone()));
        Some(what)
    }

    /// Makes the last edit that was taken back again: what that was.
    pub fn redo(&mut self, case: &mut Case) -> Option<String> {
        let (patch, what) = self.redo.pop()?;
        patch.merge_into(case);
        self.undo.push((patch, what.clone()));
        Some(what)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Annotation, When};

    fn note(text: String) -> Annotation {
        Annotation { comment: text, ..Annotation::at(When::exact(0, 0), None) }
    }

    #[test]
    fn a_thousand_steps_can_be_taken_back_and_made_again_in_little_memory() {
        let mut case = Case::new(vec![]);
        let mut steps = Steps::default();
        let mut states = vec![case.clone()];
        for i in 0..1500u32 {
            let before = case.clone();
            match i % 4 {
                0 | 1 => {
                    case.add(note(format!("note {i}")));
                }
                2 => case.annotations.iter_mut().rev().take(1).for_each(|a| a.comment.push_str(", more")),
                _ => drop(case.annotations.remove((i as usize / 7) % case.annotations.len())),
            }
            case.report.title = format!("title {}", i / 5);
            steps.push(Patch::between(&before, &case), "x", false);
            states.push(case.clone());
        }
        let mut n = 0;
        while steps.undo(&mut case).is_some() {
            n += 1;
            assert_eq!(case, states[1500 - n]);
        }
        assert_eq!(n, STEPS);
        while steps.redo(&mut case).is_some() {
            n -= 1;
            assert_eq!(case, states[1500 - n]);
        }
        assert_eq!(n, 0);
        // Long texts: fewer steps, never none.
        for i in 0..40 {
            let before = case.clone();
            case.annotations[0].comment = format!("{i}").repeat(1 << 20);
            steps.push(Patch::between(&before, &case), "x", false);
        }
        let bytes: usize = steps.undo.iter().map(|(p, _)| p.size()).sum();
        assert!(!steps.undo.is_empty() && bytes < BYTES * 2, "{bytes}");
    }
}
