//! Stamps in lines that no definition describes: learns *where in the line* a file keeps its stamp.
//!
//! The first records show at which word, behind which prefix and in which shape the stamp stands; only
//! stamps in a learned place begin a record, so that a date in the middle of a sentence does not. Where the
//! place moves from line to line but the stamp has a name (`rt=…`, `"when":"…"`), the name is the place.

use super::order;
use crate::format::pattern::{is_blank, skip_blanks};
use crate::time::parse;
use crate::time::stamp::{Shape, Stamp};

/// How far into a line a stamp is looked for.
const REACH: usize = 200;
/// How far, in a file whose lines have none so near their begin.
const FAR: usize = 4096;
/// Words of a line that may stand before its stamp.
const MOST_WORDS: u8 = 12;
/// In files of so few placed lines, which may well be of several kinds, one line is enough.
const FEW: usize = 24;
/// Where the words or the prefix before a stamp are so many from line to line that no number tells its place.
const ANY: u8 = u8::MAX;
/// Longest name of a stamp, its `=` and quotes included.
const NAME: usize = 24;

/// Where a file keeps its stamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Anchor {
    /// Words (separated by blanks) before the one in which the stamp begins; 255: so many as there are.
    pub words: u8,
    /// Bytes of that word before the stamp; 255: so many as there are.
    pub prefix: u8,
    /// How the stamp is written.
    pub shape: Shape,
    /// The line begins with blanks.
    pub indented: bool,
    /// What stands right before the stamp, wherever in the line that is.
    pub name: Option<Name>,
}

/// The name of a stamp, with what parts them: `rt=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    bytes: [u8; NAME],
    len: u8,
}

impl Name {
    fn new(text: &[u8]) -> Option<Name> {
        let mut bytes = [0; NAME];
        bytes.get_mut(..text.len())?.copy_from_slice(text);
        Some(Name { bytes, len: u8::try_from(text.len()).ok()? })
    }

    fn text(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }
}

impl Anchor {
    /// A place by words, in a line that is not indented.
    fn at(words: u8, prefix: u8, shape: Shape) -> Anchor {
        Anchor { words, prefix, shape, indented: false, name: None }
    }

    /// Reads the stamp where the anchor says; answers it and where it begins and ends.
    #[inline]
    pub fn read(self, line: &[u8]) -> Option<(Stamp, usize, usize)> {
        let at = match &self.name {
            Some(name) => {
                let text = name.text();
                let at = memchr::memmem::find(line.get(..FAR.min(line.len()))?, text)? + text.len();
                // The name's own begin is a word's begin.
                let before = at.checked_sub(text.len() + 1).and_then(|i| line.get(i));
                if before.is_some_and(u8::is_ascii_alphanumeric) {
                    return None;
                }
                at
            }
            None if self.words == ANY || self.prefix == ANY => return self.search(line),
            None => self.place(line)?,
        };
        let (stamp, end) = parse::read(self.shape, line, at)?;
        Some((stamp, at, end))
    }

    /// Where the stamp begins, by words.
    #[inline]
    fn place(self, line: &[u8]) -> Option<usize> {
        let lead = skip_blanks(line, 0);
        if is_indented(line, lead) != self.indented {
            return None;
        }
        let mut at = lead;
        for _ in 0..self.words {
            let rest = line.get(at..)?;
            let end = rest.iter().position(|b| is_blank(*b))?;
            at = skip_blanks(line, at + end);
        }
        let at = at + usize::from(self.prefix);
        let inside = self.prefix > 0 && line.get(at - 1)?.is_ascii_alphanumeric();
        (!inside).then_some(at)
    }

    /// The first stamp of this shape in the words and behind the prefixes that are possible.
    fn search(self, line: &[u8]) -> Option<(Stamp, usize, usize)> {
        let lead = skip_blanks(line, 0);
        if is_indented(line, lead) != self.indented {
            return None;
        }
        let (mut word, mut at) = (0u8, lead);
        while word <= MOST_WORDS && at < line.len() {
            let rest = line.get(at..)?;
            let len = rest.iter().position(|b| is_blank(*b)).unwrap_or(rest.len());
            if self.words == ANY || self.words == word {
                let prefixes =
                    if self.prefix == ANY { 1..len } else { usize::from(self.prefix)..usize::from(self.prefix) + 1 };
                let told = |n: &usize| {
                    n.checked_sub(1)
                        .is_none_or(|b| rest.get(b).is_some_and(|b| !b.is_ascii_alphanumeric() && *b != b'.'))
                };
                let found = prefixes
                    .filter(told)
                    .find_map(|n| parse::read(self.shape, line, at + n).map(|(s, end)| (s, at + n, end)));
                if found.is_some() || self.words == word {
                    return found;
                }
            }
            at = skip_blanks(line, at + len);
            word += 1;
        }
        None
    }

    /// The line begins with the stamp, perhaps in a bracket.
    pub fn at_begin(&self) -> bool {
        self.words == 0 && self.prefix <= 1 && !self.indented && self.name.is_none()
    }
}

/// True for a line with blanks at its begin, but for one that pads a day: ` 2 Jan 03:04:05`.
fn is_indented(line: &[u8], lead: usize) -> bool {
    lead > 1 || lead == 1 && !(line.get(1).is_some_and(u8::is_ascii_digit) && line.get(2) == Some(&b' '))
}

/// How much a stamp says, for choosing among several in one line.
fn strength(shape: Shape) -> i32 {
    match shape {
        Shape::DayMonthShort | Shape::MonthDayShort | Shape::Digits => 34,
        Shape::SixDigits | Shape::Epoch => 26,
        Shape::FourDigits | Shape::TimeOnly => 12,
        Shape::MonthDayOnly => 34,
        Shape::Compact | Shape::MonthDayNumeric | Shape::DayMonthNumeric | Shape::ShortYear => 36,
        _ => 40,
    }
}

/// True for shapes that state month and day beyond doubt.
pub fn says_a_day(shape: Shape) -> bool {
    strength(shape) > 30
}

/// `[1704164645] ` at the line's begin.
pub fn is_epoch_in_brackets(anchor: &Anchor) -> bool {
    anchor.at_begin() && anchor.prefix == 1 && anchor.shape == Shape::Epoch
}

/// A stamp's place in one line.
#[derive(Clone, Copy, Debug)]
struct Placed {
    anchor: Anchor,
    /// How surely it is the record's own.
    score: i32,
    /// Where the stamp begins in the line.
    at: usize,
    /// Nothing follows it.
    ends_line: bool,
}

/// The best place of a stamp in one line.
#[cfg(test)]
fn place(line: &[u8]) -> Option<(Anchor, i32)> {
    best(line, REACH, MOST_WORDS).map(|p| (p.anchor, p.score))
}

fn best(line: &[u8], reach: usize, most_words: u8) -> Option<Placed> {
    let line = line.get(..reach.min(line.len()))?;
    let mut best: Option<Placed> = None;
    let start = skip_blanks(line, 0);
    let (mut words, mut word_start, mut at) = (0u8, start, start);
    let mut before = b' ';
    while let Some(&b) = line.get(at) {
        if is_blank(b) {
            before = b' ';
            at += 1;
            continue;
        }
        if before == b' ' && at > start {
            words += 1;
            word_start = at;
            if words > most_words {
                break;
            }
        }
        let inside = before.is_ascii_alphanumeric();
        if !inside
            && before != b'.'
            && let Some((shape, _, end)) = parse::any(line, at)
        {
            let score = score(line, shape, words, word_start, at, end);
            if score > 0
                && best.is_none_or(|b| score > b.score)
                && let Ok(prefix) = u8::try_from(at - word_start)
            {
                let anchor = Anchor { words, prefix, shape, indented: is_indented(line, start), name: None };
                let rest = line.get(end..).unwrap_or_default();
                let ends_line = at > start + 1 && !rest.iter().any(|b| b.is_ascii_alphanumeric());
                best = Some(Placed { anchor, score, at, ends_line });
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
    let prefix = line.get(word_start..at).unwrap_or_default();
    let named = prefix.iter().any(u8::is_ascii_alphanumeric);
    let weak = strength(shape) < 30;
    let follows = line.get(end).copied().unwrap_or(b' ');
    if follows.is_ascii_alphanumeric() && !matches!(shape, Shape::SixDigits) {
        return 0;
    }
    // `'2024-01-02 03:04:05'` further on is a value in a statement.
    if words > 0 && prefix == b"'" {
        return 0;
    }
    // `rt=1704164645123` says what it is, wherever it stands.
    if matches!(shape, Shape::Epoch) && named_as_time(prefix) {
        return 22 - i32::from(words.min(12));
    }
    if weak
        && (words > 3
            || named && !prefix.last().is_some_and(|b| matches!(b, b'=' | b'"' | b'(' | b'[' | b'<'))
            || !matches!(follows, b' ' | b'\t' | b']' | b')' | b'>' | b',' | b';' | b'|' | b':' | b'"' | b'-'))
    {
        return 0;
    }
    strength(shape) - i32::from(words).min(20) - if named { 6 } else { 0 }
}

/// True when what stands before a number names it as a time: `rt=`, `"timestamp":`.
fn named_as_time(prefix: &[u8]) -> bool {
    let quotes = |b: &u8| matches!(b, b'"' | b'\'');
    let Some(sign) = prefix.iter().rposition(|b| !quotes(b)) else { return false };
    let word = prefix.get(..sign).unwrap_or_default();
    let word = word.strip_suffix(b"\"").unwrap_or(word);
    let len = word.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'@')).count();
    let name = word.get(word.len() - len..).unwrap_or_default().to_ascii_lowercase();
    let ends = [&b"time"[..], b"timestamp", b"date"].iter().any(|w| name.ends_with(w));
    matches!(prefix.get(sign), Some(b'=' | b':'))
        && (ends || matches!(&*name, b"ts" | b"rt" | b"t" | b"when" | b"start" | b"created"))
}

/// Learns the anchors from a file's first lines: those that several lines share, most frequent first.
///
/// In a file of a few lines, which may well be of several kinds, one line is enough. `beside` tells that
/// a known format has other lines of the file.
pub fn learn<'a>(lines: impl Iterator<Item = &'a [u8]>, beside: bool) -> Vec<(Anchor, usize)> {
    let lines: Vec<&[u8]> = lines.collect();
    if let Some(column) = epoch_column(&lines) {
        return vec![column];
    }
    let mut placed: Vec<(&[u8], Placed)> =
        lines.iter().filter_map(|l| Some((*l, best(l, REACH, MOST_WORDS)?))).collect();
    if placed.is_empty() {
        let strong = |l: &&'a [u8]| {
            best(l, FAR, u8::MAX - 1).filter(|p| p.score >= 14 && says_a_day(p.anchor.shape)).map(|p| (*l, p))
        };
        placed = lines.iter().filter_map(strong).collect();
    }
    let weak = weak_column(&lines, &placed);
    if weak.is_some() {
        placed.retain(|(_, p)| p.anchor.at_begin() && says_a_day(p.anchor.shape));
    }
    drop_continuations(&mut placed, beside);
    name_what_moves(&mut placed);
    widen_what_moves(&mut placed);
    let total = placed.len();
    let mut counts: std::collections::BTreeMap<Anchor, (usize, i32)> = std::collections::BTreeMap::new();
    for (_, p) in &placed {
        let entry = counts.entry(p.anchor).or_insert((0, p.score));
        entry.0 += 1;
    }
    order::one_order(&mut counts, &lines);
    let enough = if total <= FEW { 1 } else { (total / 50).max(2) };
    // A weak stamp in a single line of several is a number, unless there is nothing better.
    let single = |n: usize, score: i32| n <= 1 && score < 30 && total > 2;
    let all_single = counts.values().all(|(n, s)| single(*n, *s));
    let strongest = counts.values().filter(|(n, s)| all_single || !single(*n, *s)).map(|(_, s)| *s).max().unwrap_or(0);
    let mut anchors: Vec<(Anchor, usize)> = counts
        .into_iter()
        .filter(|(anchor, (n, score))| {
            // A line that begins with a whole stamp begins a record, be it the only one of its kind.
            let telling = anchor.at_begin() && says_a_day(anchor.shape);
            // Beside full stamps, a weak one in another place is more likely a number.
            telling || *n >= enough && (*score >= 24) == (strongest >= 24) && (all_single || !single(*n, *score))
        })
        .map(|(anchor, (n, _))| (anchor, n))
        .chain(weak)
        .collect();
    anchors.sort_by_key(|(anchor, n)| (std::cmp::Reverse(*n), *anchor));
    anchors.truncate(16);
    anchors
}

/// Lines that stand inside records of several lines, by their looks beside those of the others: they
/// are indented, or end with a stamp (`End-Date: …`, `Date: …`).
fn drop_continuations(placed: &mut Vec<(&[u8], Placed)>, beside: bool) {
    let indented = placed.iter().filter(|(_, p)| p.anchor.indented).count();
    // Numbers that are padded to a column make some lines of one kind begin with blanks.
    let kinds: Vec<(u8, Shape)> =
        placed.iter().filter(|(_, p)| !p.anchor.indented).map(|(_, p)| (p.anchor.words, p.anchor.shape)).collect();
    let few = beside || indented * 3 <= placed.len();
    let half = indented * 2 <= placed.len();
    placed.retain(|(_, p)| !p.anchor.indented || !few && (!half || kinds.contains(&(p.anchor.words, p.anchor.shape))));
    // `# Date: …` and `-- Logs begin at …` speak about the records.
    let comment = |line: &[u8]| line.first() == Some(&b'#') || line.starts_with(b"-- ");
    let comments = placed.iter().filter(|(l, _)| comment(l)).count();
    let records = placed.iter().filter(|(_, p)| p.anchor.at_begin()).count();
    if beside || comments <= records {
        placed.retain(|(l, _)| !comment(l));
    }
    // Rows of a report have their dates deep in the line, where no bracket marks them.
    let deep = |p: &Placed| p.anchor.words > 3 && p.anchor.prefix == 0;
    let rows = placed.iter().filter(|(_, p)| deep(p)).count();
    if records > 1 && rows <= records {
        placed.retain(|(_, p)| !deep(p));
    }
    let ending = placed.iter().filter(|(_, p)| p.ends_line).count();
    if beside || ending * 2 <= placed.len() {
        placed.retain(|(_, p)| !p.ends_line);
    }
}

/// Where stamps of one name and shape stand at different words, the name tells their place.
fn name_what_moves(placed: &mut [(&[u8], Placed)]) {
    let mut seen: std::collections::BTreeMap<(Name, Shape), (u8, bool)> = std::collections::BTreeMap::new();
    let key = |(line, p): &(&[u8], Placed)| name_before(line, p.at).map(|name| (name, p.anchor.shape));
    for one in placed.iter() {
        if let Some(key) = key(one) {
            let entry = seen.entry(key).or_insert((one.1.anchor.words, false));
            entry.1 |= entry.0 != one.1.anchor.words;
        }
    }
    for one in placed.iter_mut() {
        if let Some((name, shape)) = key(one)
            && seen.get(&(name, shape)).is_some_and(|(_, moves)| *moves)
        {
            one.1.anchor = Anchor { name: Some(name), ..Anchor::at(0, 0, shape) };
        }
    }
}

/// Where the same kind of stamp stands behind prefixes of many lengths (`Thread-7::INFO::2024-…`), or in a
/// bracket behind many numbers of words, others of either are to come.
fn widen_what_moves(placed: &mut [(&[u8], Placed)]) {
    use std::collections::{BTreeMap, BTreeSet};
    let mut prefixes: BTreeMap<(u8, Shape, bool), BTreeSet<u8>> = BTreeMap::new();
    let mut words: BTreeMap<(u8, Shape, bool), BTreeSet<u8>> = BTreeMap::new();
    let plain = |a: &Anchor| a.name.is_none() && says_a_day(a.shape);
    for a in placed.iter().map(|(_, p)| p.anchor).filter(plain) {
        prefixes.entry((a.words, a.shape, a.indented)).or_default().insert(a.prefix);
        words.entry((a.prefix, a.shape, a.indented)).or_default().insert(a.words);
    }
    for anchor in placed.iter_mut().map(|(_, p)| &mut p.anchor).filter(|a| plain(a)) {
        let many = |set: Option<&BTreeSet<u8>>, most: usize| set.is_some_and(|s| s.len() > most);
        if anchor.prefix > 1 && many(prefixes.get(&(anchor.words, anchor.shape, anchor.indented)), 2) {
            anchor.prefix = ANY;
        } else if anchor.prefix == 1 && many(words.get(&(1, anchor.shape, anchor.indented)), 3) {
            anchor.words = ANY;
        }
    }
}

/// The word that names the stamp at `at`, up to the stamp: `rt=`, `"when":"`.
fn name_before(line: &[u8], at: usize) -> Option<Name> {
    let before = line.get(..at)?;
    let sign = before.iter().rposition(|b| !matches!(b, b'"' | b'\''))?;
    matches!(before.get(sign), Some(b'=' | b':')).then_some(())?;
    let word = before.get(..sign)?;
    let word = word.strip_suffix(b"\"").unwrap_or(word);
    let len = word.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')).count();
    if len == 0 {
        return None;
    }
    Name::new(before.get(word.len() - len..)?)
}

/// A time of day or a number since 1970 with which more than half of the lines begin, where no
/// fuller stamp is as frequent: then the full ones stand in sentences.
fn weak_column(lines: &[&[u8]], placed: &[(&[u8], Placed)]) -> Option<(Anchor, usize)> {
    let mut full: std::collections::BTreeMap<Anchor, usize> = std::collections::BTreeMap::new();
    for (_, p) in placed.iter().filter(|(_, p)| says_a_day(p.anchor.shape)) {
        *full.entry(p.anchor).or_default() += 1;
    }
    if full.is_empty() {
        return None;
    }
    let most = full.values().max().copied().unwrap_or(0);
    let mut best: Option<(Anchor, usize)> = None;
    for shape in [Shape::Epoch, Shape::TimeOnly] {
        for prefix in 0..2 {
            let anchor = Anchor::at(0, prefix, shape);
            let told = |l: &&&[u8]| {
                anchor
                    .read(l)
                    .is_some_and(|(_, _, end)| !l.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'/'))
            };
            let n = lines.iter().filter(told).count();
            if n > most && n * 2 > lines.len() && best.is_none_or(|(_, b)| n > b) {
                best = Some((anchor, n));
            }
        }
    }
    best
}

/// A word that is a number since 1970 in nearly every line (and nothing else in them is a stamp).
fn epoch_column(lines: &[&[u8]]) -> Option<(Anchor, usize)> {
    if lines.len() < 8 || lines.iter().take(50).any(|l| best(l, REACH, MOST_WORDS).is_some()) {
        return None;
    }
    (0..=MOST_WORDS).find_map(|words| {
        let anchor = Anchor::at(words, 0, Shape::Epoch);
        let n = lines.iter().filter(|l| anchor.read(l).is_some()).count();
        (n * 10 >= lines.len() * 9).then_some((anchor, n))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, words: u8, prefix: u8, shape: Shape) {
        let (anchor, _) = place(line.as_bytes()).unwrap_or_else(|| panic!("no stamp: {line}"));
        assert_eq!(anchor, Anchor::at(words, prefix, shape), "{line}");
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
    fn numbers_in_a_sentence_are_no_stamps() {
        for line in
            ["took 1428634687 bytes from the long text at port 1428634687", "at 12 of 13", "10.0.0.1:1428634687"]
        {
            assert_eq!(place(line.as_bytes()).filter(|(a, _)| a.words > 3), None, "{line}");
        }
    }
}
