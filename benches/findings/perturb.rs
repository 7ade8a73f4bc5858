//! What happens to logs on their way to who reads them: rotation, torn lines, files that are missing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::scene::Mark;
use super::simulator::dice::Dice;
use super::simulator::emit::Run;

/// The files as they are handed over.
pub(crate) struct Handed {
    /// Path and text.
    pub(crate) files: Vec<(String, String)>,
    /// The event of each line.
    pub(crate) events: BTreeMap<(String, u64), usize>,
}

/// Rotates, tears and drops files. What the fault needs is never dropped.
pub(crate) fn hand_over(run: &Run, marks: &BTreeMap<usize, Mark>, seed: u64) -> Handed {
    let mut dice = Dice::new(seed ^ 0x0dd_f11e5);
    let needed: BTreeSet<usize> = marks.keys().map(|e| run.world.file_of(*e)).collect();
    let mut out = Handed { files: Vec::new(), events: BTreeMap::new() };
    let missing = if dice.chance(0.2) { dice.below(run.texts.len()) } else { usize::MAX };
    let torn = if dice.chance(0.3) { dice.below(run.texts.len()) } else { usize::MAX };
    for (file, text) in run.texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        let rotated = dice.chance(0.12);
        if file == missing && !needed.contains(&file) {
            continue;
        }
        let path = run.path(file);
        let cut = if rotated { cut_of(run, file, &mut dice) } else { None };
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let first = cut.unwrap_or(0) as usize;
        let mut rest: String = lines.iter().skip(first).copied().collect();
        if file == torn && !needed.contains(&file) {
            // The disk was full, or the copy was made while it was written.
            rest.truncate(rest.trim_end().len() - 9.min(rest.trim_end().len()));
        }
        if first > 0 {
            out.files.push((format!("{path}.1"), lines.iter().take(first).copied().collect()));
        }
        out.files.push((path.clone(), rest));
        for (e, place) in run.places.iter().enumerate() {
            let Some((f, line, _)) = place else { continue };
            if *f == file && *line > first as u64 {
                out.events.insert((path.clone(), line - first as u64), e);
            } else if *f == file {
                out.events.insert((format!("{path}.1"), *line), e);
            }
        }
    }
    out
}

/// The number of lines before the begin of some record in the middle of a file.
fn cut_of(run: &Run, file: usize, dice: &mut Dice) -> Option<u64> {
    let lines: Vec<u64> = run.places.iter().flatten().filter(|(f, ..)| *f == file).map(|(_, line, _)| *line).collect();
    (lines.len() > 40).then(|| lines[lines.len() / 3 + dice.below(lines.len() / 3)] - 1)
}

impl Handed {
    /// Writes the files below `root`, last changed when the capture ended.
    pub(crate) fn write(&self, root: &Path, end: i64) -> std::io::Result<()> {
        let changed = std::time::UNIX_EPOCH + std::time::Duration::from_secs((end / 1_000_000_000).unsigned_abs());
        for (path, text) in &self.files {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            std::fs::write(&path, text)?;
            std::fs::File::options().write(true).open(&path)?.set_modified(changed)?;
        }
        Ok(())
    }
}
