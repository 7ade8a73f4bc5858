//! Text that is there twice: the same file under two names, and rotated files that overlap. It is read once.
//!
//! Nothing is hidden: each source keeps its text and says how much of it another one holds ([`Source::repeats`]).

use std::collections::BTreeMap;

use super::Source;
use crate::diagnostic::Diagnostics;

/// Smaller files may be equal by accident: empty, a single line, a banner.
const LEAST: u64 = 1024;
const LEAST_LINES: usize = 5;
/// Files of two hosts are one only if this many of their lines look stamped: two hosts that do the same write the same
/// words, but not at the same times over and over.
const STAMPED: usize = 20;
/// Fewer equal lines at a boundary are no overlap.
const OVERLAP_LINES: usize = 3;
/// Places tried for an overlap; a log that is one line over and over has more.
const PLACES: usize = 10_000;

/// Marks what is there twice.
pub(super) fn find(diagnostics: &mut Diagnostics, sources: &mut [Source]) {
    whole_files(diagnostics, sources);
    overlaps(diagnostics, sources);
}

fn whole_files(diagnostics: &mut Diagnostics, sources: &mut [Source]) {
    let mut by_size: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (i, source) in sources.iter().enumerate().filter(|(_, s)| s.not_text.is_none() && s.len() >= LEAST) {
        by_size.entry(source.len()).or_default().push(i);
    }
    for group in by_size.values().filter(|g| g.len() > 1) {
        let mut firsts: Vec<usize> = Vec::new();
        for &i in group {
            let Some(source) = sources.get(i) else { continue };
            let same = |first: &&usize| sources.get(**first).is_some_and(|first| is_copy(first, source));
            let Some(first) = firsts.iter().find(same).and_then(|&first| sources.get(first)).cloned() else {
                firsts.push(i);
                continue;
            };
            diagnostics.note(&source.path, format!("the same text as {}, byte for byte; read there", first.path));
            if let Some(source) = sources.get_mut(i) {
                source.repeats = first.len();
                source.repeats_of = Some(first.path);
                // One copy in memory is enough.
                source.text = first.text;
            }
        }
    }
}

fn is_copy(first: &Source, other: &Source) -> bool {
    let (a, b) = (first.text.bytes(), other.text.bytes());
    if a != b || memchr::memchr_iter(b'\n', a).take(LEAST_LINES).count() < LEAST_LINES {
        return false;
    }
    first.folder == other.folder || a.split(|b| *b == b'\n').filter(|l| is_stamped(l)).take(STAMPED).count() == STAMPED
}

/// Digits enough for a time, near the line's begin or anywhere.
fn is_stamped(line: &[u8]) -> bool {
    line.iter().filter(|b| b.is_ascii_digit()).take(6).count() == 6
}

/// Rotated files whose begin is the end of the file before.
fn overlaps(diagnostics: &mut Diagnostics, sources: &mut [Source]) {
    for i in 1..sources.len() {
        let (Some(older), Some(newer)) = (sources.get(i - 1), sources.get(i)) else { continue };
        let parts = matches!((&older.series, &newer.series), (Some(a), Some(b)) if a.name == b.name);
        if !parts || older.repeats > 0 || newer.repeats > 0 {
            continue;
        }
        let n = overlap(older.text.bytes(), newer.text.bytes());
        if n == 0 {
            continue;
        }
        let older = older.path.clone();
        diagnostics.note(&newer.path, format!("its first {n} bytes are the end of {older}; read there"));
        if let Some(newer) = sources.get_mut(i) {
            newer.repeats = n as u64;
            newer.repeats_of = Some(older);
        }
    }
}

/// How many bytes at the begin of `newer`, in whole lines, stand at the end of `older`.
fn overlap(older: &[u8], newer: &[u8]) -> usize {
    let ends = memchr::memchr_iter(b'\n', newer).take(OVERLAP_LINES);
    let Some(needle) = ends.last().and_then(|end| newer.get(..=end)) else { return 0 };
    let lines = needle.split(|b| *b == b'\n');
    if lines.filter(|l| is_stamped(l)).count() < OVERLAP_LINES {
        return 0;
    }
    for at in memchr::memmem::find_iter(older, needle).take(PLACES) {
        let at_line = at == 0 || older.get(at - 1) == Some(&b'\n');
        let rest = older.get(at..).unwrap_or_default();
        if at_line && newer.starts_with(rest) {
            // A last line that was cut short in the older file stands whole in the newer one.
            return memchr::memrchr(b'\n', rest).map_or(0, |end| end + 1);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(from: u32, to: u32) -> Vec<u8> {
        (from..to).flat_map(|i| format!("2026-01-01 00:00:{:02} line {i}\n", i % 60).into_bytes()).collect()
    }

    #[test]
    fn the_longest_overlap_in_whole_lines_counts() {
        let (older, newer) = (lines(0, 50), lines(40, 60));
        assert_eq!(overlap(&older, &newer), lines(40, 50).len());
        assert_eq!(overlap(&older[..older.len() - 4], &newer), lines(40, 49).len());
        assert_eq!(overlap(&older, &lines(50, 60)), 0);
        assert_eq!(overlap(&older, &lines(48, 60)), 0, "two lines are no overlap");
        assert_eq!(overlap(&older, &lines(0, 60)), older.len());
        assert_eq!(overlap(&older, &lines(10, 20)), 0, "equal lines in the middle are none");
        assert_eq!(overlap(b"", b""), 0);
    }
}
