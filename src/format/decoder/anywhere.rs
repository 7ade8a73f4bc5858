//! Stamps in lines that no definition describes: learns *where in the line* a file keeps its stamp.
//!
//! The first records show at which word, behind which prefix and in which shape the stamp stands; only
//! stamps in a learned place begin a record, so that a date in the middle of a sentence does not.

use crate::time::parse;
use crate::time::stamp::{Shape, Stamp};

/// How far into a line a stamp is looked for.
const REACH: usize = 200;
/// Words of a line that may stand before its stamp.
const MOST_WORDS: u8 = 12;

/// Where a file keeps its stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor {
    /// Words (separated by blanks) before the one in which the stamp begins.
    pub words: u8,
    /// Bytes of that word before the stamp.
    pub prefix: u8,
    /// How the stamp is written.
    pub shape: Shape,
}

impl Anchor {
    /// Reads the stamp where the anchor says; answers it and where it begins and ends.
    #[inline]
    pub fn read(self, line: &[u8]) -> Option<(Stamp, usize, usize)> {
        let mut at = 0;
        for _ in 0..self.words {
            let rest = line.get(at..)?;
            let end = rest.iter().position(|b| matches!(b, b' ' | b'\t'))?;
            let blanks = rest.get(end..)?.iter().position(|b| !matches!(b, b' ' | b'\t'))?;
            at += end + blanks;
        }
        if self.words == 0 && self.prefix == 0 {
            at = line.iter().position(|b| !matches!(b, b' ' | b'\t')).filter(|&n| n < 4)?;
        }
        let at = at + usize::from(self.prefix);
        if self.prefix > 0 && line.get(at - 1)?.is_ascii_alphanumeric() {
            return None;
        }
        let (stamp, end) = parse::read(self.shape, line, at)?;
        Some((stamp, at, end))
    }
}

/// How much a stamp says, for choosing among several in one line.
fn strength(shape: Shape) -> i32 {
    match shape {
        Shape::Iso | Shape::Ctime | Shape::DayMonth | Shape::MonthDay => 40,
        Shape::Spelled | Shape::Ordinal | Shape::Tai64 => 40,
        Shape::Compact | Shape::MonthDayNumeric | Shape::DayMonthNumeric | Shape::ShortYear => 36,
        Shape::DayMonthShort | Shape::MonthDayShort | Shape::Digits => 34,
        Shape::SixDigits | Shape::MonthDayOnly | Shape::Epoch => 26,
        Shape::FourDigits | Shape::TimeOnly => 12,
    }
}

/// True for shapes that state month and day beyond doubt.
pub fn says_a_day(shape: Shape) -> bool {
    strength(shape) > 30
}

/// The best place of a stamp in one line.
pub fn place(line: &[u8]) -> Option<(Anchor, i32)> {
    let line = line.get(..REACH.min(line.len()))?;
    let mut best: Option<(Anchor, i32)> = None;
    let (mut words, mut word_start, mut at) = (0u8, 0usize, 0usize);
    let mut before = b' ';
    while let Some(&b) = line.get(at) {
        if matches!(b, b' ' | b'\t') {
            before = b' ';
            at += 1;
            continue;
        }
        if before == b' ' && at > 0 && line.get(..at)?.iter().any(|b| !matches!(b, b' ' | b'\t')) {
            words += 1;
            word_start = at;
            if words > MOST_WORDS {
                break;
            }
        } else if before == b' ' {
            word_start = if at < 4 { at } else { 0 };
        }
        if !before.is_ascii_alphanumeric()
            && before != b'.'
            && let Some((shape, _, end)) = parse::any(line, at)
        {
            let prefix = at - word_start;
            let score = score(line, shape, words, word_start, at, end);
            if score > 0
                && best.is_none_or(|(_, s)| score > s)
                && let Ok(prefix) = u8::try_from(prefix)
            {
                best = Some((Anchor { words, prefix, shape }, score));
            }
            // What follows belongs to this stamp, not to another.
            at = end;
            before = line.get(end - 1).copied().unwrap_or(b' ');
            continue;
        }
        before = b;
        at += 1;
    }
    best
}

/// Full stamps near the line's begin win; a bare number or time of day counts only as a word of its own.
fn score(line: &[u8], shape: Shape, words: u8, word_start: usize, at: usize, end: usize) -> i32 {
    let named = line.get(word_start..at).is_some_and(|p| p.iter().any(u8::is_ascii_alphanumeric));
    let weak = strength(shape) < 30;
    let follows = line.get(end).copied().unwrap_or(b' ');
    if follows.is_ascii_alphanumeric() && !matches!(shape, Shape::SixDigits) {
        return 0;
    }
    if weak
        && (words > 3
            || named
                && !line
                    .get(word_start..at)
                    .is_some_and(|p| p.last().is_some_and(|b| matches!(b, b'=' | b'"' | b'(' | b'[' | b'<'))))
    {
        return 0;
    }
    // `[1387288694]` and `(1048576)` are as often a count as a time: an epoch must come first or second.
    if matches!(shape, Shape::Epoch) && words > 4 {
        return 0;
    }
    strength(shape) - i32::from(words) - if named { 6 } else { 0 }
}

/// Learns the anchors from a file's first lines: those that several lines share, most frequent first.
///
/// In a file of a few lines, which may well be of several kinds, one line is enough.
pub fn learn<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Vec<(Anchor, usize)> {
    let mut counts: std::collections::BTreeMap<Anchor, (usize, i32)> = std::collections::BTreeMap::new();
    let mut placed = 0usize;
    let lines: Vec<&[u8]> = lines.collect();
    if let Some(column) = epoch_column(&lines) {
        return vec![column];
    }
    for line in &lines {
        if let Some((anchor, score)) = place(line) {
            let entry = counts.entry(anchor).or_insert((0, score));
            entry.0 += 1;
            placed += 1;
        }
    }
    one_order(&mut counts, &lines);
    let enough = if placed <= 24 { 1 } else { (placed / 50).max(2) };
    // Where most lines have a weak stamp, that is the stamp, and the full ones stand in sentences.
    let weak: usize = counts.values().filter(|(_, s)| *s < 24).map(|(n, _)| n).sum();
    let strongest = if weak * 2 > placed { 0 } else { counts.values().map(|(_, s)| *s).max().unwrap_or(0) };
    let mut anchors: Vec<(Anchor, usize)> = counts
        .into_iter()
        // Beside full stamps, a weak one in another place is more likely a number.
        .filter(|(_, (n, score))| {
            *n >= enough && (*score >= 24) == (strongest > 0) && (*n > 1 || *score >= 30 || placed <= 2)
        })
        .map(|(anchor, (n, _))| (anchor, n))
        .collect();
    anchors.sort_by_key(|(anchor, n)| (std::cmp::Reverse(*n), *anchor));
    anchors.truncate(16);
    anchors
}

/// Shapes that read the same numbers in another order.
const ORDERS: [&[Shape]; 2] = [
    &[Shape::MonthDayNumeric, Shape::DayMonthNumeric],
    &[Shape::ShortYear, Shape::MonthDayShort, Shape::DayMonthShort],
];

/// A file writes its dates in one order: of several, that in which all its lines make sense, for a day beyond the
/// twelfth is no month.
fn one_order(counts: &mut std::collections::BTreeMap<Anchor, (usize, i32)>, lines: &[&[u8]]) {
    for anchor in counts.keys().copied().collect::<Vec<_>>() {
        let Some(best) = best_order(anchor, lines) else { continue };
        if best != anchor.shape
            && let Some((n, score)) = counts.remove(&anchor)
        {
            counts.entry(Anchor { shape: best, ..anchor }).or_insert((0, score)).0 += n;
        }
    }
}

/// The order in which most lines make sense; of equals that in which they are nearest together, for a log is written
/// in days and not in decades; then the usual one.
fn best_order(anchor: Anchor, lines: &[&[u8]]) -> Option<Shape> {
    let orders = ORDERS.iter().find(|orders| orders.contains(&anchor.shape))?;
    let rank = |shape: Shape| {
        let anchor = Anchor { shape, ..anchor };
        let days = lines.iter().filter_map(|l| Some(anchor.read(l)?.0.civil.div_euclid(crate::time::DAY)));
        let days: Vec<i64> = days.collect();
        let span = days.iter().max().zip(days.iter().min()).map_or(0, |(last, first)| last - first);
        (std::cmp::Reverse(days.len()), span, orders.iter().position(|s| *s == shape))
    };
    orders.iter().copied().min_by_key(|shape| rank(*shape))
}

/// True when the lines make sense in another order too, and would then have other dates.
pub fn order_is_open(anchor: Anchor, lines: &[&[u8]]) -> bool {
    let Some(orders) = ORDERS.iter().find(|orders| orders.contains(&anchor.shape)) else { return false };
    let civil = |shape: Shape, line: &[u8]| Anchor { shape, ..anchor }.read(line).map(|(stamp, ..)| stamp.civil);
    let here: Vec<&&[u8]> = lines.iter().filter(|l| anchor.read(l).is_some()).collect();
    let others = orders.iter().filter(|shape| **shape != anchor.shape);
    !here.is_empty()
        && others.into_iter().any(|shape| {
            here.iter().all(|l| civil(*shape, l).is_some())
                && here.iter().any(|l| civil(*shape, l) != civil(anchor.shape, l))
        })
}

/// A word that is a number since 1970 in nearly every line (and nothing else in them is a stamp).
fn epoch_column(lines: &[&[u8]]) -> Option<(Anchor, usize)> {
    if lines.len() < 8 || lines.iter().take(50).any(|l| place(l).is_some()) {
        return None;
    }
    (0..=MOST_WORDS).find_map(|words| {
        let anchor = Anchor { words, prefix: 0, shape: Shape::Epoch };
        let n = lines.iter().filter(|l| anchor.read(l).is_some()).count();
        (n * 10 >= lines.len() * 9).then_some((anchor, n))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, words: u8, prefix: u8, shape: Shape) {
        let (anchor, _) = place(line.as_bytes()).unwrap_or_else(|| panic!("no stamp: {line}"));
        assert_eq!(anchor, Anchor { words, prefix, shape }, "{line}");
        assert!(anchor.read(line.as_bytes()).is_some(), "{line}");
    }

    #[test]
    fn the_place_of_the_stamp_is_found() {
        check("2026-11-21 05:12:41 x", 0, 0, Shape::Iso);
        check("[2026-11-21 05:12:41.245] dt.INFO: y", 0, 1, Shape::Iso);
        check("I, [2025-10-10T12:00:01.098333 #3100]  INFO -- : x", 1, 1, Shape::Iso);
        check("127.0.0.1 - - [10/Oct/2025:12:00:01 +0000] \"GET /\"", 3, 1, Shape::DayMonth);
        check("update-alternatives 2022-04-20 15:15:17: run with", 1, 0, Shape::Iso);
        check("541:C 01 Mar 2018 01:00:01.742 # oO0", 1, 0, Shape::DayMonth);
        check("type=USER msg=audit(1489519230.178:19600327): user", 1, 10, Shape::Epoch);
        check("nova-api.log.1.2017-05-16_13:53:08 2017-05-16 00:00:00.008 25746 INFO", 1, 0, Shape::Iso);
    }

    #[test]
    fn one_line_beyond_the_twelfth_tells_the_order_of_all() {
        let shape = |lines: &[&str]| {
            let lines: Vec<&[u8]> = lines.iter().map(|l| l.as_bytes()).collect();
            let found: Vec<Anchor> = learn(lines.iter().copied()).into_iter().map(|(a, _)| a).collect();
            assert_eq!(found.len(), 1, "{found:?}");
            (found[0].shape, order_is_open(found[0], &lines))
        };
        let both = "01/02/2020 10:00:00 a";
        assert_eq!(shape(&[both, "13/02/2020 10:00:00 b"]), (Shape::DayMonthNumeric, false));
        assert_eq!(shape(&[both, "01/13/2020 10:00:00 b"]), (Shape::MonthDayNumeric, false));
        assert_eq!(shape(&[both, "03/04/2020 10:00:00 b"]), (Shape::MonthDayNumeric, true));
        assert_eq!(shape(&["01/02/20 10:00:00 a", "31/12/20 10:00:00 b"]).0, Shape::DayMonthShort);
        assert_eq!(shape(&["01/02/20 10:00:00 a", "12/31/20 10:00:00 b"]).0, Shape::MonthDayShort);
        assert_eq!(shape(&["17/06/09 10:00:00 a", "17/06/30 10:00:00 b"]), (Shape::ShortYear, true));
    }

    #[test]
    fn numbers_in_a_sentence_are_no_stamps() {
        for line in
            ["took 1428634687 bytes from the long text at port 1428634687", "at 12 of 13", "10.0.0.1:1428634687"]
        {
            assert_eq!(place(line.as_bytes()).filter(|(a, _)| a.words > 3), None, "{line}");
        }
    }
}
