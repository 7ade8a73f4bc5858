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
        // A log's begin does not change; where it did, or the file is shorter, it is another log.
        let same = text.bytes().len() as u64 > source.len() && same_begin(source.text.bytes(), text.bytes());
        if !same || source.is_empty() || source.not_text.is_some() {
            source.not_text = super::encoding::not_text(text.bytes());
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
