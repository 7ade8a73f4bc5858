//! Bytes in: files, folders, compressed files, archives and standard input become [`Source`]s.
//!
//! A source's text stays where it is (a memory map) or in one decompressed buffer; everything later
//! points into it. This layer knows nothing of formats or times.

mod archive;
mod copies;
pub mod encoding;
pub mod file;
pub mod follow;
pub mod map;
pub mod series;
pub mod stdin;

use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::Diagnostics;
use series::Series;

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

impl Default for Text {
    fn default() -> Self {
        Text::Owned(Vec::new())
    }
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
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// Its name in all output: relative to the folder given (or as given, for a file), with `/`; in an archive, the
    /// archive's name and its own name there.
    pub path: String,
    /// Where it is on disk, or the archive that holds it; `None` for standard input.
    pub location: Option<PathBuf>,
    /// The folder directly below the given one: the host, where the text names none.
    pub folder: Option<String>,
    /// How the text was compressed.
    pub compressed: Option<&'static str>,
    /// The name of the archive that holds it.
    pub archive: Option<String>,
    /// The file's modification time in nanoseconds since 1970 UTC; in an archive, what the archive states.
    pub modified: Option<i64>,
    /// The (decompressed) bytes.
    pub text: Arc<Text>,
    /// Bytes of the file on disk, when it was opened.
    pub on_disk: u64,
    /// How its text begins: by this a followed file is known again after it was rotated away.
    pub begin: Vec<u8>,
    /// Why the source is not text, when it is not.
    pub not_text: Option<&'static str>,
    /// The rotated series that its name says it is a part of.
    pub series: Option<Series>,
    /// Bytes at its begin that stand in another source too, and are read there.
    pub repeats: u64,
    /// The other source, by its name.
    pub repeats_of: Option<String>,
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

/// All that is unpacked in one run may take so much memory. Plain files are mapped and take none.
const MEMORY: u64 = 4 << 30;
/// Files are unpacked side by side as long as all together cannot take more than this; a larger one by itself.
const ASIDE: u64 = 2 << 30;

/// Opens everything the user named, in a stable order: as given, folders by path, a rotated series from its oldest
/// file to the newest.
///
/// What cannot be opened becomes a diagnostic; the rest is returned all the same.
pub fn open(diagnostics: &mut Diagnostics, paths: &[PathBuf]) -> Vec<Source> {
    let sources = open_each(diagnostics, paths);
    together(diagnostics, sources)
}

fn open_each(diagnostics: &mut Diagnostics, paths: &[PathBuf]) -> Vec<Source> {
    let mut left = MEMORY;
    let mut sources = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            sources.extend(stdin::open(diagnostics, left));
            continue;
        }
        let mut found = file::discover(diagnostics, path);
        found.retain(|f| {
            let first = seen.insert(std::fs::canonicalize(&f.location).unwrap_or_else(|_| f.location.clone()));
            if !first {
                diagnostics.note(&f.path, "named more than once; read once");
            }
            first
        });
        open_files(diagnostics, &found, &mut left, &mut sources);
    }
    sources
}

/// What is known only of all sources together: series, copies.
fn together(diagnostics: &mut Diagnostics, sources: Vec<Source>) -> Vec<Source> {
    let mut sources = series::order(sources);
    copies::find(diagnostics, &mut sources);
    sources
}

/// Opens files on all cores; `left` is the memory that unpacked ones may still take.
///
/// Which files are opened side by side depends on their sizes alone, so that limits end the same one on any machine.
fn open_files(diagnostics: &mut Diagnostics, found: &[file::Found], left: &mut u64, sources: &mut Vec<Source>) {
    let worst: Vec<u64> = found.par_iter().map(file::worst).collect();
    let mut from = 0;
    while from < found.len() {
        let mut sum = 0u64;
        let fits = |worst: &&u64| {
            sum = sum.saturating_add(**worst);
            sum <= ASIDE
        };
        let n = worst.get(from..).unwrap_or_default().iter().take_while(fits).count().max(1);
        let now = found.get(from..from + n).unwrap_or_default();
        let limit = *left;
        let opened: Vec<(Diagnostics, Vec<Source>)> = now
            .par_iter()
            .map(|found| {
                let mut told = Diagnostics::default();
                let sources = file::open(&mut told, found, limit);
                (told, sources)
            })
            .collect();
        for (told, opened) in opened {
            diagnostics.extend(told);
            let unpacked = opened.iter().filter(|s| s.compressed.is_some() || s.archive.is_some());
            *left = left.saturating_sub(unpacked.map(Source::len).sum());
            sources.extend(opened);
        }
        from += n;
    }
}
