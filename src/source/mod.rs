//! Bytes in: files, folders, compressed files and standard input become [`Source`]s.
//!
//! A source's text stays where it is (a memory map) or in one decompressed buffer; everything later
//! points into it. This layer knows nothing of formats or times.

pub mod archive;
pub mod encoding;
pub mod file;
pub mod follow;
pub mod map;
pub mod stdin;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Diagnostics;

/// A source of one analysis, by its position in the list of sources.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u32);

impl SourceId {
    /// The id as an index.
    pub fn idx(self) -> usize {
        self.0 as usize
    }
}

/// The bytes of a source.
#[derive(Debug)]
pub enum Text {
    /// Mapped from a plain file.
    Mapped(map::Map),
    /// Read or decompressed into memory.
    Owned(Vec<u8>),
}

impl Text {
    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Text::Mapped(map) => map.bytes(),
            Text::Owned(bytes) => bytes,
        }
    }

    /// The bytes of `span`, or as much of it as there is.
    pub fn get(&self, span: Range<u64>) -> &[u8] {
        let bytes = self.bytes();
        let end = usize::try_from(span.end).unwrap_or(usize::MAX).min(bytes.len());
        let start = usize::try_from(span.start).unwrap_or(usize::MAX).min(end);
        bytes.get(start..end).unwrap_or_default()
    }
}

/// A place lines come from.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name in all output: relative to the folder given (or as given, for a file), with `/`.
    pub path: String,
    /// Where it is on disk, `None` for standard input.
    pub location: Option<PathBuf>,
    /// The folder directly below the given one: the host, where the text names none.
    pub folder: Option<String>,
    /// How the file was compressed.
    pub compressed: Option<&'static str>,
    /// The file's modification time in nanoseconds since 1970 UTC.
    pub modified: Option<i64>,
    /// The (decompressed) bytes.
    pub text: Arc<Text>,
    /// Why the source is not text, when it is not.
    pub not_text: Option<&'static str>,
}

impl Source {
    /// Size of the (decompressed) text in bytes.
    pub fn len(&self) -> u64 {
        self.text.bytes().len() as u64
    }

    /// True when there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Opens everything the user named, in a stable order: as given, folders by path.
///
/// What cannot be opened becomes a diagnostic; the rest is returned all the same.
pub fn open(diagnostics: &mut Diagnostics, paths: &[PathBuf]) -> Vec<Source> {
    let mut sources = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            sources.extend(stdin::open(diagnostics));
            continue;
        }
        for found in file::discover(diagnostics, path) {
            sources.extend(file::open(diagnostics, found));
        }
    }
    let mut seen = std::collections::HashSet::new();
    sources.retain(|s| {
        let first =
            s.location.as_ref().is_none_or(|l| seen.insert(std::fs::canonicalize(l).unwrap_or_else(|_| l.clone())));
        if !first {
            diagnostics.note(&s.path, "named more than once; read once");
        }
        first
    });
    sources
}
