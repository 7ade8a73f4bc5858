//! Files that grow while they are read.
//!
//! Looked at by size, a few times a second: that works on every system and on network mounts, where
//! change notices do not.

use std::fs;
use std::sync::Arc;

use super::{Source, file};

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

/// Opens anew what has changed, `None` when nothing has. Only plain files are followed.
pub fn growth(sources: &[Source]) -> Option<Growth> {
    let mut out = Growth { sources: sources.to_vec(), grown: Vec::new(), replaced: false };
    for (idx, source) in out.sources.iter_mut().enumerate().filter(|(_, s)| s.compressed.is_none()) {
        let Some(location) = source.location.clone() else { continue };
        let Ok(meta) = fs::metadata(&location) else { continue };
        if !meta.is_file() || meta.len() == source.len() {
            continue;
        }
        let Ok(text) = file::read_whole(&location, Some(&meta)) else { continue };
        let not_text = super::encoding::not_text(text.bytes());
        if source.not_text.is_some() && not_text.is_some() {
            // A journal or database among the logs: nothing of it is shown, however it grows.
            continue;
        }
        // A log's begin does not change; where it did, or the file is shorter, it is another log.
        let same = text.bytes().len() as u64 > source.len() && same_begin(source.text.bytes(), text.bytes());
        if !same || source.is_empty() || source.not_text.is_some() {
            source.not_text = not_text;
            out.replaced = true;
        }
        source.text = Arc::new(text);
        out.grown.push(idx);
    }
    (!out.grown.is_empty()).then_some(out)
}

fn same_begin(old: &[u8], new: &[u8]) -> bool {
    let n = old.len().min(1024);
    old.get(..n) == new.get(..n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;

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
