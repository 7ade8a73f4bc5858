//! Which logs a case was made from, and whether they are still the same.

use std::collections::HashMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::source::Source;

/// One log of a case, as it was when the case was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceMark {
    /// Its name, as in all output.
    pub path: String,
    /// Bytes of its (decompressed) text.
    pub size: u64,
    /// SHA-256 of that text, in hexadecimal; what `sha256sum` prints, for a log in UTF-8.
    pub sha256: String,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// What became of a log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum State {
    /// Byte for byte as it was.
    Same,
    /// It begins as it was and has this many bytes more.
    Grown {
        /// Bytes that were added.
        by: u64,
    },
    /// It is under another name now: rotated, compressed or moved; maybe grown before that.
    Moved {
        /// Its name now.
        to: String,
        /// Bytes that were added.
        by: u64,
    },
    /// Another text stands under its name, and its own is nowhere.
    Changed,
    /// It is not there, under no name.
    Missing,
    /// The case does not know it.
    New,
}

/// A log and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Its name in the case, or its own where the case does not know it.
    pub path: String,
    /// What became of it.
    #[serde(flatten)]
    pub state: State,
}

impl SourceMark {
    /// The log as it is now. Reads all of it.
    pub fn of(source: &Source) -> SourceMark {
        let sha256 = prefixes(source.text.bytes(), &[source.len()]).pop().unwrap_or_default();
        SourceMark { path: source.path.clone(), size: source.len(), sha256, unknown: toml::Table::new() }
    }

    /// All logs as they are now, on all cores. Reads all of them: some seconds a gigabyte.
    pub fn all(sources: &[Source]) -> Vec<SourceMark> {
        sources.par_iter().map(SourceMark::of).collect()
    }
}

/// SHA-256 of the first so many bytes, for sizes in rising order; empty where there are not as many.
fn prefixes(bytes: &[u8], sizes: &[u64]) -> Vec<String> {
    let mut hasher = Sha256::new();
    let mut at = 0;
    let of = |&size: &u64| {
        let end = usize::try_from(size).unwrap_or(usize::MAX);
        let Some(more) = bytes.get(at..end) else { return String::new() };
        hasher.update(more);
        at = end;
        hasher.clone().finalize().iter().map(|b| format!("{b:02x}")).collect()
    };
    sizes.iter().map(of).collect()
}

/// Compares logs with what a case says of them: first the case's own, in its order, then those that are new.
/// Reads all of them.
pub fn check(marks: &[SourceMark], sources: &[Source]) -> Vec<Checked> {
    let named: HashMap<&str, usize> = sources.iter().enumerate().map(|(i, s)| (s.path.as_str(), i)).collect();
    // Each log beside the mark of its name; those that do not fit are compared with all others.
    let beside = |mark: &SourceMark| {
        let source = sources.get(*named.get(mark.path.as_str())?)?;
        let same = prefixes(source.text.bytes(), &[mark.size]).pop()? == mark.sha256;
        same.then(|| source.len().saturating_sub(mark.size))
    };
    let fits: Vec<Option<u64>> = marks.par_iter().map(beside).collect();
    let mut open: Vec<&SourceMark> = marks.iter().zip(&fits).filter(|(_, f)| f.is_none()).map(|(m, _)| m).collect();
    // An empty log has no content to be known by.
    open.retain(|m| m.size > 0);
    open.sort_by_key(|m| m.size);
    let kept: Vec<&str> = marks.iter().zip(&fits).filter(|(_, f)| f.is_some()).map(|(m, _)| m.path.as_str()).collect();
    let free: Vec<&Source> = sources.iter().filter(|s| !kept.contains(&s.path.as_str())).collect();
    let sizes: Vec<u64> = open.iter().map(|m| m.size).collect();
    let digests: Vec<Vec<String>> = free.par_iter().map(|s| prefixes(s.text.bytes(), &sizes)).collect();
    let mut moved: HashMap<&str, (&Source, u64)> = HashMap::new();
    for (source, digests) in free.iter().zip(&digests) {
        for (mark, _) in open.iter().zip(digests).filter(|(m, d)| m.sha256 == **d) {
            let by = source.len().saturating_sub(mark.size);
            let better = moved.get(mark.path.as_str()).is_none_or(|(_, other)| by < *other);
            if better {
                moved.insert(&mark.path, (source, by));
            }
        }
    }
    let state = |(mark, fits): (&SourceMark, &Option<u64>)| match (fits, moved.get(mark.path.as_str())) {
        (Some(0), _) => State::Same,
        (Some(by), _) => State::Grown { by: *by },
        (None, Some((source, by))) => State::Moved { to: source.path.clone(), by: *by },
        (None, None) if named.contains_key(mark.path.as_str()) => State::Changed,
        (None, None) => State::Missing,
    };
    let of_case = marks.iter().zip(&fits).map(|(m, f)| Checked { path: m.path.clone(), state: state((m, f)) });
    let known =
        |s: &&Source| marks.iter().any(|m| m.path == s.path) || moved.values().any(|(source, _)| source.path == s.path);
    let new = sources.iter().filter(|s| !known(s)).map(|s| Checked { path: s.path.clone(), state: State::New });
    of_case.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn source(path: &str, text: &str) -> Source {
        Source {
            path: path.to_owned(),
            text: Arc::new(crate::source::Text::Owned(text.as_bytes().to_vec())),
            ..Source::default()
        }
    }

    #[test]
    fn it_is_told_what_became_of_each_log() {
        let old = [
            source("same.log", "abc"),
            source("grown.log", "abc\n"),
            source("app.log", "one\ntwo\n"),
            source("changed.log", "what"),
            source("gone.log", "nowhere"),
            source("empty.log", ""),
        ];
        let marks = SourceMark::all(&old);
        assert_eq!(marks[0].sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let new = [
            source("same.log", "abc"),
            source("grown.log", "abc\ndef\n"),
            source("app.log", "three\n"),
            source("app.log.1.gz", "one\ntwo\nlast\n"),
            source("changed.log", "that"),
            source("empty.log", ""),
            source("other.log", "new"),
        ];
        let told: Vec<(String, State)> = check(&marks, &new).into_iter().map(|c| (c.path, c.state)).collect();
        let state = |path: &str, state: State| (path.to_owned(), state);
        assert_eq!(
            told,
            [
                state("same.log", State::Same),
                state("grown.log", State::Grown { by: 4 }),
                state("app.log", State::Moved { to: "app.log.1.gz".to_owned(), by: 5 }),
                state("changed.log", State::Changed),
                state("gone.log", State::Missing),
                state("empty.log", State::Same),
                state("other.log", State::New),
            ]
        );
    }
}
