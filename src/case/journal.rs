//! What was done since a case was last saved, written down at once: `NAME.causeline.toml.journal`.
//!
//! A line is a hash and a [`Patch`]; one that a crash cut short does not fit its hash and is left out. The journal of a
//! living window is locked, so that a journal that is not locked was left by a window that died. A second window on the
//! same case takes `….journal-2`. After the case was saved, the journal goes.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::file::{beside, real, sync_folder};
use super::hash;
use super::patch::Patch;

/// Windows that may be open on one case.
const MOST: usize = 32;

/// The journal of one window.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
    /// The last line may be cut short.
    torn: bool,
}

/// What a window that died left.
#[derive(Debug)]
pub struct Left {
    /// Locked while it is held, so that nobody else takes it over.
    _file: File,
    path: PathBuf,
    /// All of it as one change.
    pub patch: Patch,
    /// How many edits that were.
    pub edits: usize,
}

fn path_of(case: &Path, n: usize) -> PathBuf {
    beside(&real(case), "", &if n == 1 { ".journal".to_owned() } else { format!(".journal-{n}") })
}

/// True when the open file is still the one of that name.
pub(super) fn is_still(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let (Ok(open), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
        (open.dev(), open.ino()) == (there.dev(), there.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

impl Journal {
    /// A new journal of the case at `path`, with its first change.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(case: &Path, patch: &Patch) -> io::Result<Journal> {
        for n in 1..=MOST {
            let path = path_of(case, n);
            let file = OpenOptions::new().append(true).create(true).open(&path)?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => continue,
                // Where files cannot be locked, another window is not seen; what it writes stays readable.
                Ok(()) | Err(TryLockError::Error(_)) => {}
            }
            if !is_still(&file, &path) || file.metadata()?.len() > 0 {
                // One that was left behind meanwhile is not ours to go on with.
                continue;
            }
            let mut out = Journal { file, path, torn: false };
            out.add(patch)?;
            sync_folder(&out.path);
            return Ok(out);
        }
        Err(io::Error::other("too many windows have this case open"))
    }

    /// Writes a change down; it survives a crash from here on.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, patch: &Patch) -> io::Result<()> {
        let text = toml::to_string(patch).map_err(io::Error::other)?;
        let text = serde_json::to_string(&text).map_err(io::Error::other)?;
        let begin = if self.torn { "\n" } else { "" };
        self.torn = true;
        self.file.write_all(format!("{begin}{} {text}\n", hash(text.as_bytes())).as_bytes())?;
        self.file.sync_data()?;
        self.torn = false;
        Ok(())
    }

    /// Takes it away: the case was saved.
    pub fn remove(self) {
        fs::remove_file(&self.path).ok();
    }
}

/// The changes in a journal's text, and how many they are; lines that do not fit their hash are left out.
fn read(text: &str) -> (Patch, usize) {
    let mut all = Patch::default();
    let mut n = 0;
    for line in text.lines() {
        let Some((_, json)) = line.split_once(' ').filter(|(sum, json)| *sum == hash(json.as_bytes())) else {
            continue;
        };
        let patch = serde_json::from_str::<String>(json).ok().and_then(|text| toml::from_str::<Patch>(&text).ok());
        if let Some(patch) = patch {
            all.then(patch);
            n += 1;
        }
    }
    (all, n)
}

/// What windows that died left beside a case, and how many living ones have unsaved changes.
pub fn left(case: &Path) -> (Vec<Left>, usize) {
    let (mut out, mut living) = (Vec::new(), 0);
    for n in 1..=MOST {
        let path = path_of(case, n);
        let Ok(mut file) = OpenOptions::new().read(true).append(true).open(&path) else { continue };
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => {
                living += 1;
                continue;
            }
            Ok(()) | Err(TryLockError::Error(_)) => {}
        }
        let mut bytes = Vec::new();
        if !is_still(&file, &path) || file.read_to_end(&mut bytes).is_err() {
            continue;
        }
        let (patch, edits) = read(&String::from_utf8_lossy(&bytes));
        out.push(Left { _file: file, path, patch, edits });
    }
    (out, living)
}

impl Left {
    /// Takes it away: its changes are in the case.
    pub fn remove(self) {
        fs::remove_file(&self.path).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Annotation, Case, When};

    #[test]
    fn a_torn_line_costs_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.causeline.toml");
        let note = |text: &str| Annotation { comment: text.to_owned(), ..Annotation::at(When::exact(0, 0), None) };
        let states: Vec<Case> = ["", "one", "one\ntwo", "three ”\u{202e}\0"]
            .iter()
            .scan(Case::new(vec![]), |case, text| {
                case.annotations.clear();
                case.add(note(text));
                Some(case.clone())
            })
            .collect();
        let step = |i: usize| Patch::between(&states[i], &states[i + 1]);
        let mut journal = Journal::begin(&path, &step(0)).unwrap();
        journal.add(&step(1)).unwrap();
        let whole = fs::read(folder.path().join("x.causeline.toml.journal")).unwrap();
        journal.add(&step(2)).unwrap();
        let more = fs::read(folder.path().join("x.causeline.toml.journal")).unwrap();
        assert!(left(&path).0.is_empty() && left(&path).1 == 1, "a living window keeps its journal");
        drop(journal);
        for end in whole.len()..=more.len() {
            fs::write(folder.path().join("x.causeline.toml.journal"), &more[..end]).unwrap();
            let (left, living) = left(&path);
            assert_eq!((left.len(), living), (1, 0));
            let mut case = states[0].clone();
            left[0].patch.merge_into(&mut case);
            // The line end alone may be missing.
            let want = if end + 1 < more.len() { &states[2] } else { &states[3] };
            assert_eq!(case, *want, "{end}");
        }
    }
}
