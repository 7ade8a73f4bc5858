//! Files that grow while they are read.
//!
//! Looked at by size, a few times a second: that works on every system and on network mounts, where
//! change notices do not.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::series::Series;
use super::{Source, encoding, file};
use crate::diagnostic::Diagnostics;

/// What has become of the sources since they were opened.
#[derive(Debug)]
pub struct Growth {
    /// All sources, those that changed opened anew.
    pub sources: Vec<Source>,
    /// Which of them only grew, by position.
    pub grown: Vec<usize>,
    /// Whether one was cut or replaced, so that all must be read anew.
    pub replaced: bool,
}

/// Opens anew what has changed, `None` when nothing has. Only plain files are followed: a compressed file or an
/// archive is written once.
pub fn growth(sources: &[Source]) -> Option<Growth> {
    let mut out = Growth { sources: sources.to_vec(), grown: Vec::new(), replaced: false };
    for (idx, source) in out.sources.iter_mut().enumerate().filter(|(_, s)| is_followed(s)) {
        let Some(location) = source.location.clone() else { continue };
        let Ok(meta) = fs::metadata(&location) else { continue };
        if !meta.is_file() || meta.len() == source.on_disk {
            continue;
        }
        let Ok(raw) = file::read_whole(&location, Some(&meta)) else { continue };
        let on_disk = raw.bytes().len() as u64;
        // That the text is decoded was told when it was opened.
        let text = encoding::to_utf8(&mut Diagnostics::default(), &source.path, raw);
        let not_text = encoding::not_text(text.bytes());
        if source.not_text.is_some() && not_text.is_some() {
            // A journal or database among the logs: nothing of it is shown, however it grows.
            continue;
        }
        // A log's begin does not change; where it did, or the file is shorter, it is another log.
        let same = on_disk > source.on_disk && text.bytes().starts_with(&source.begin);
        if !same || source.is_empty() || source.not_text.is_some() {
            source.not_text = not_text;
            (source.repeats, source.repeats_of) = (0, None);
            out.replaced = true;
        }
        source.text = Arc::new(text);
        source.on_disk = on_disk;
        out.grown.push(idx);
    }
    (!out.grown.is_empty()).then_some(out)
}

fn is_followed(source: &Source) -> bool {
    source.compressed.is_none() && source.archive.is_none()
}

/// Opens everything anew, since a file was replaced; `old` is what there was.
///
/// A file that was rotated away is followed to its new name, even where only the old one was named. Standard input
/// cannot be read again and stays as it was.
pub fn reopen(diagnostics: &mut Diagnostics, paths: &[PathBuf], old: &[Source]) -> Vec<Source> {
    let files: Vec<PathBuf> = paths.iter().filter(|p| p.as_os_str() != "-").cloned().collect();
    let mut sources = super::open_each(diagnostics, &files);
    for lost in old.iter().filter(|s| is_followed(s) && !s.begin.is_empty()) {
        let is_there = |s: &Source| s.text.bytes().starts_with(&lost.begin);
        if !sources.iter().any(is_there) {
            let opened = |location: &Path| sources.iter().any(|s| s.location.as_deref() == Some(location));
            let found = siblings(lost).into_iter().filter(|f| !opened(&f.location));
            let found = found.flat_map(|f| file::open(&mut Diagnostics::default(), &f, super::MEMORY)).find(is_there);
            sources.extend(found);
        }
    }
    sources.extend(old.iter().filter(|s| s.location.is_none()).cloned());
    super::together(diagnostics, sources)
}

/// Files beside a source that its rotation may have made of it.
fn siblings(source: &Source) -> Vec<file::Found> {
    let Some((location, folder)) = source.location.as_ref().and_then(|l| Some((l, l.parent()?))) else {
        return Vec::new();
    };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let series = Series::of(&source.path).name;
    let beside = source.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut found: Vec<file::Found> = entries
        .map(|entry| file::Found {
            location: location.with_file_name(entry.file_name()),
            path: format!("{beside}{}", entry.file_name().to_string_lossy()),
            folder: source.folder.clone(),
            is_below: true,
        })
        .filter(|f| Series::of(&f.path).name == series && f.location.is_file())
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_growing_file_that_is_no_text_does_not_have_the_rest_read_anew() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.log"), "2026-01-01T00:00:00Z one\n").unwrap();
        std::fs::write(dir.path().join("b.db"), [0u8; 64]).unwrap();
        let sources = crate::source::open(&mut Diagnostics::default(), &[dir.path().to_owned()]);
        assert!(sources.iter().any(|s| s.not_text.is_some()));
        std::fs::write(dir.path().join("b.db"), [0u8; 128]).unwrap();
        assert!(growth(&sources).is_none());
        std::fs::write(dir.path().join("b.db"), "2026-01-01T00:00:00Z text now\n").unwrap();
        assert!(growth(&sources).is_some_and(|g| g.replaced));
    }
}
