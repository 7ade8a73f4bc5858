//! A case that is open: read with what a crash left, written down edit by edit, saved without overwriting others.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, Result, bail};

use super::file::{self, beside, real};
use super::journal::{self, Journal, Left};
use super::patch::{Merged, Patch};
use super::{Case, hash};

/// Copies of a case that two changed in ways that cannot be brought together.
const CONFLICTS: usize = 1000;

/// The case file of one window or one command.
#[derive(Debug)]
pub struct Keep {
    path: PathBuf,
    /// The case as it was last read or written.
    base: Case,
    /// The case as the journal has it.
    noted: Case,
    /// Hash of the file's text as it was last read or written; `None` while there is none.
    seen: Option<String>,
    stamp: Option<(SystemTime, u64)>,
    journal: Option<Journal>,
    left: Vec<Left>,
}

/// A case that was opened.
#[derive(Debug)]
pub struct Opened {
    /// Where it is kept.
    pub keep: Keep,
    /// The case.
    pub case: Case,
    /// It was there before.
    pub existed: bool,
    /// What there is to tell, in sentences.
    pub told: Vec<String>,
}

/// A case that was saved.
#[derive(Debug, Default)]
pub struct Done {
    /// The case with what others had changed meanwhile, where they had.
    pub case: Option<Case>,
    /// What there is to tell, in sentences.
    pub told: Vec<String>,
}

impl Keep {
    /// Opens the case at `path`; where there is none, it begins as `fresh`. What a window that died had written down
    /// is in it, and comes into the file with the next saving.
    ///
    /// # Errors
    /// A file that cannot be read or is not a case. It is not touched.
    pub fn open(path: &Path, fresh: Case) -> Result<Opened> {
        let (base, seen, stamp) = match read(path)? {
            Some((text, stamp)) => (parse(path, &text)?, Some(hash(text.as_bytes())), stamp),
            None => (fresh, None, None),
        };
        let mut case = base.clone();
        let (left, living) = journal::left(path);
        let mut told = Vec::new();
        for one in &left {
            let before = case.clone();
            let merged = one.patch.merge_into(&mut case);
            if case != before {
                told.push(format!("{} recovered: a window ended before it could save", edits(one.edits)));
            }
            told.extend(both(&merged));
        }
        if living > 0 {
            told.push("another window has this case open; what both write is brought together".to_owned());
        }
        let existed = seen.is_some();
        let keep = Keep { path: path.to_owned(), noted: case.clone(), base, seen, stamp, journal: None, left };
        Ok(Opened { keep, case, existed, told })
    }

    /// Where it is kept.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes down what has changed since the last time; it survives a crash from here on. False when nothing changed.
    ///
    /// # Errors
    /// When it cannot be written: a full disk, a folder that is read-only.
    pub fn note(&mut self, case: &Case) -> io::Result<bool> {
        let patch = Patch::between(&self.noted, case);
        if patch.is_empty() {
            return Ok(false);
        }
        match &mut self.journal {
            Some(journal) => journal.add(&patch)?,
            None => self.journal = Some(Journal::begin(&self.path, &patch)?),
        }
        self.noted.clone_from(case);
        Ok(true)
    }

    /// True when the file looks other than when it was last read or written: somebody else may have changed it.
    pub fn looks_changed(&self) -> bool {
        stamp(&self.path) != self.stamp
    }

    /// Saves the case. What others changed in the file since it was read is kept and comes back in [`Done::case`].
    ///
    /// # Errors
    /// When it cannot be written; the old file, the journal and `case` are as they were.
    pub fn save(&mut self, case: &Case) -> Result<Done> {
        let cannot = || format!("cannot write case: {}", self.path.display());
        let lock = Lock::take(&self.path).with_context(cannot)?;
        let mut done = Done::default();
        let mut out = case.clone();
        match read(&self.path).with_context(cannot)? {
            Some((text, _)) if self.seen.as_ref() != Some(&hash(text.as_bytes())) => match file::parse(&text) {
                Ok(mut theirs) => {
                    let merged = Patch::between(&self.base, case).merge_into(&mut theirs);
                    if !merged.clashes.is_empty() {
                        let copy = aside(&self.path, &text).with_context(cannot)?;
                        let what = merged.clashes.join(", ");
                        let copy = copy.display();
                        done.told.push(format!(
                            "{what} was changed elsewhere too: yours is in the case, the other version in {copy}"
                        ));
                    }
                    done.told.extend(both(&merged));
                    if theirs != *case {
                        done.told.push("the case was changed elsewhere; both are brought together".to_owned());
                        done.case = Some(theirs.clone());
                    }
                    out = theirs;
                }
                Err(e) => {
                    // What stands there may be somebody's work, half done.
                    let copy = aside(&self.path, &file::text(case)?).with_context(cannot)?;
                    done.told.push(format!(
                        "{} was changed elsewhere and is no case file any more ({}); yours goes on in {}",
                        self.path.display(),
                        e.to_string().lines().next().unwrap_or_default(),
                        copy.display()
                    ));
                    self.path = copy;
                }
            },
            None if self.seen.is_some() => {
                done.told.push(format!("{} had been taken away and is written anew", self.path.display()));
            }
            _ => {}
        }
        self.write(&out).with_context(|| format!("cannot write case: {}", self.path.display()))?;
        drop(lock);
        Ok(done)
    }

    /// Writes the file, and takes away what is in it now.
    fn write(&mut self, case: &Case) -> Result<()> {
        let text = file::text(case)?;
        let sum = hash(text.as_bytes());
        let there = fs::read_to_string(&self.path).is_ok_and(|there| there == text);
        if !there {
            file::replace(&self.path, &text)?;
            file::sweep(&self.path);
        }
        self.seen = Some(sum);
        self.stamp = stamp(&self.path);
        self.base.clone_from(case);
        self.noted.clone_from(case);
        if let Some(journal) = self.journal.take() {
            journal.remove();
        }
        self.left.drain(..).for_each(Left::remove);
        Ok(())
    }

    /// Saves the case under another name, and goes on there. What stands there already is merged if it is a case.
    ///
    /// # Errors
    /// When it cannot be written; then the old name stays.
    pub fn save_as(&mut self, case: &Case, path: &Path) -> Result<Done> {
        let old = std::mem::replace(&mut self.path, path.to_owned());
        let base = std::mem::replace(&mut self.base, Case { sources: case.sources.clone(), ..Case::default() });
        let seen = self.seen.take();
        let mut moved = case.clone();
        moved.sources = file::sources(case, &old).iter().map(|p| file::relative(p, path)).collect();
        let done = self.save(&moved);
        match done {
            Ok(mut done) => {
                done.case.get_or_insert(moved);
                Ok(done)
            }
            Err(e) => {
                (self.path, self.base, self.seen) = (old, base, seen);
                Err(e)
            }
        }
    }
}

/// Changes the case at `path` in one go: nobody else writes it meanwhile, and what a window that died had written down
/// is in it. What it tells, in sentences.
///
/// # Errors
/// A case that cannot be read or written, and what `change` refuses.
pub fn change<T>(path: &Path, change: impl FnOnce(&mut Case) -> Result<T>) -> Result<(T, Vec<String>)> {
    let lock = Lock::take(path).with_context(|| format!("cannot write case: {}", path.display()))?;
    let Opened { mut keep, mut case, existed, mut told } = Keep::open(path, Case::default())?;
    if !existed {
        bail!("no case file: {}; make one with `causeline case new`", path.display());
    }
    told.retain(|t| !t.starts_with("another window"));
    let out = change(&mut case)?;
    keep.write(&case).with_context(|| format!("cannot write case: {}", path.display()))?;
    drop(lock);
    Ok((out, told))
}

fn edits(n: usize) -> String {
    if n == 1 { "1 edit".to_owned() } else { format!("{n} edits") }
}

fn both(merged: &Merged) -> Option<String> {
    match merged.both {
        0 => None,
        1 => Some("1 note was changed elsewhere too; both versions are kept".to_owned()),
        n => Some(format!("{n} notes were changed elsewhere too; both versions of each are kept")),
    }
}

fn parse(path: &Path, text: &str) -> Result<Case> {
    file::parse(text).with_context(|| format!("not a case file: {}", path.display()))
}

type Stamp = Option<(SystemTime, u64)>;

/// The text of the file and its stamp; `None` when there is no file.
fn read(path: &Path) -> Result<Option<(String, Stamp)>> {
    let stamp = stamp(path);
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some((text, stamp))),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("cannot read case: {}", path.display())),
    }
}

fn stamp(path: &Path) -> Stamp {
    let meta = fs::metadata(path).ok()?;
    Some((meta.modified().ok()?, meta.len()))
}

/// Writes a text beside a case, under the first name that is free: `NAME-conflict-1.causeline.toml`.
fn aside(path: &Path, text: &str) -> Result<PathBuf> {
    let path = real(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, end) = name.strip_suffix(".causeline.toml").map_or((&*name, ""), |stem| (stem, ".causeline.toml"));
    for n in 1..=CONFLICTS {
        let copy = path.with_file_name(format!("{stem}-conflict-{n}{end}"));
        if fs::read_to_string(&copy).is_ok_and(|there| there == text) {
            return Ok(copy);
        }
        if !copy.exists() {
            file::replace(&copy, text)?;
            return Ok(copy);
        }
    }
    bail!("there are {CONFLICTS} copies of {} already", path.display())
}

/// Nobody else writes the case while it is held: `.NAME.lock`, which goes with it.
struct Lock {
    file: Option<File>,
    path: PathBuf,
}

impl Lock {
    /// Waits until nobody else writes the case: the time of one saving.
    fn take(case: &Path) -> io::Result<Lock> {
        let path = beside(&real(case), ".", ".lock");
        loop {
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path)?;
            if file.lock().is_err() {
                // Some network drives know no locks. Others are still seen by what they wrote.
                return Ok(Lock { file: Some(file), path });
            }
            // Whoever held it took it away.
            if journal::is_still(&file, &path) {
                return Ok(Lock { file: Some(file), path });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // On Unix, where it can be seen whether a lock is still the one of that name, it goes.
        if cfg!(unix) {
            fs::remove_file(&self.path).ok();
        }
        self.file.take();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Annotation, When};

    fn add(case: &mut Case, text: &str) {
        case.add(Annotation { comment: text.to_owned(), ..Annotation::at(When::exact(0, 0), None) });
    }

    fn texts(case: &Case) -> Vec<&str> {
        case.annotations.iter().map(|a| a.comment.as_str()).collect()
    }

    fn files(folder: &tempfile::TempDir) -> Vec<String> {
        let all = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let mut all: Vec<String> = all.collect();
        all.sort();
        all
    }

    #[test]
    fn two_windows_lose_nothing_of_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.causeline.toml");
        let fresh = Case::new(vec!["logs".to_owned()]);
        let Opened { keep: mut one, case: mut first, existed, told } = Keep::open(&path, fresh.clone()).unwrap();
        assert!(!existed && told.is_empty());
        add(&mut first, "a");
        assert!(one.note(&first).unwrap() && !one.note(&first).unwrap());
        let Opened { keep: mut two, case: mut second, told, .. } = Keep::open(&path, fresh.clone()).unwrap();
        assert_eq!(told.len(), 1, "another window is told of: {told:?}");
        one.save(&first).unwrap();
        assert!(two.looks_changed() && !one.looks_changed());
        add(&mut second, "b");
        second.report.title = "Second".to_owned();
        let done = two.save(&second).unwrap();
        assert_eq!(done.told.len(), 1, "{:?}", done.told);
        second = done.case.unwrap();
        assert_eq!(texts(&second), ["a", "b"]);
        first.report.title = "First".to_owned();
        let done = one.save(&first).unwrap();
        assert!(done.told[0].contains("conflict-1"), "{:?}", done.told);
        assert_eq!(texts(&done.case.unwrap()), ["a", "b"]);
        assert_eq!(files(&folder), ["x-conflict-1.causeline.toml", "x.causeline.toml"]);
        assert_eq!(file::load(&folder.path().join("x-conflict-1.causeline.toml")).unwrap().report.title, "Second");
        assert_eq!(file::load(&path).unwrap().report.title, "First");
    }

    #[test]
    fn what_is_no_case_any_more_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.causeline.toml");
        let Opened { mut keep, mut case, .. } = Keep::open(&path, Case::new(vec![])).unwrap();
        keep.save(&case).unwrap();
        fs::write(&path, "<<<<<<< HEAD").unwrap();
        add(&mut case, "a");
        let done = keep.save(&case).unwrap();
        assert!(done.told[0].contains("no case file any more"), "{:?}", done.told);
        add(&mut case, "b");
        assert!(keep.save(&case).unwrap().told.is_empty());
        assert_eq!(fs::read_to_string(&path).unwrap(), "<<<<<<< HEAD");
        assert_eq!(texts(&file::load(keep.path()).unwrap()), ["a", "b"]);
        assert!(Keep::open(&path, Case::new(vec![])).is_err());
    }

    #[test]
    fn what_a_window_that_died_wrote_down_comes_back_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.causeline.toml");
        let Opened { mut keep, mut case, .. } = Keep::open(&path, Case::new(vec![])).unwrap();
        add(&mut case, "a");
        keep.save(&case).unwrap();
        for text in ["b", "c", "d"] {
            add(&mut case, text);
            keep.note(&case).unwrap();
        }
        drop(keep);
        change(&path, |case| Ok(add(case, "by a script"))).map(|(_, told)| assert_eq!(told.len(), 1)).unwrap();
        assert_eq!(files(&folder), ["x.causeline.toml"], "the journal is in the case");
        let Opened { case, told, .. } = Keep::open(&path, Case::new(vec![])).unwrap();
        assert_eq!((texts(&case), told.len()), (vec!["a", "b", "c", "d", "by a script"], 0));
    }

    #[test]
    fn where_nothing_can_be_written_nothing_is_lost_and_it_can_be_saved_elsewhere() {
        let folder = tempfile::tempdir().unwrap();
        // A file where the folder should be: nobody can write there, root neither.
        let blocked = folder.path().join("blocked");
        fs::write(&blocked, "").unwrap();
        let path = blocked.join("x.causeline.toml");
        let fresh = Case::new(vec!["../logs".to_owned()]);
        let (mut case, told) = (fresh.clone(), Keep::open(&path, fresh.clone()));
        let mut keep = match told {
            Ok(opened) => opened.keep,
            Err(_) => {
                fs::remove_file(&blocked).unwrap();
                let keep = Keep::open(&path, fresh).unwrap().keep;
                fs::write(&blocked, "").unwrap();
                keep
            }
        };
        add(&mut case, "a");
        assert!(keep.note(&case).is_err() && keep.save(&case).is_err());
        let other = folder.path().join("other.causeline.toml");
        let done = keep.save_as(&case, &other).unwrap();
        assert_eq!(texts(&file::load(&other).unwrap()), ["a"]);
        assert_eq!(file::load(&other).unwrap(), done.case.unwrap());
        assert!(!keep.note(&file::load(&other).unwrap()).unwrap());
    }
}
