//! Line patterns: a log line as one would write it down, with names for its parts.
//!
//! `<time:month-day> <host> <process>{[<pid:int>]}: <message>` is what most daemons write. The parts:
//!
//! | written | matches |
//! |---|---|
//! | a blank | one or more blanks or tabs |
//! | `~` | blanks or tabs, perhaps none |
//! | `{…}` | what is inside, or nothing |
//! | `<time:SHAPE>` | a stamp of that [`Shape`]; `<time>` one of any shape |
//! | `<time:SHAPE-cell>` | the same, ended by a comma at the latest: `03:04:05,123` is no fraction there |
//! | `<level>` | a word that is a level, in the format's own map or in general |
//! | `<name>` | up to what follows, without blanks |
//! | `<name:int>` | digits, perhaps with a minus |
//! | `<name:decimal>` | digits, a point, digits |
//! | `<name:text>` | up to what follows, blanks included, perhaps nothing |
//! | `<name:csv>` | a CSV field, bare or in double quotes; it may go on over line ends |
//! | `<name:stamp>` | a stamp that is not the record's time |
//! | `<name:day>` | a date that stands apart from the time of day (`<time:time>`), the year first |
//! | `<name:mdy-day>` | the same, month and day first: `01/02/24` |
//! | `<name:a\|b>` | one of these words |
//! | `<name:pairs>` | the rest, which names its parts itself: `Query_time: 1.5  Rows_sent: 3` |
//! | `<name:label>` | a container's name: letters, digits, `.`, `_`, `-`, no level's word |
//! | `<name:pod>` | a pod that a Kubernetes controller named: a label that ends with five letters of its alphabet |
//! | `<name:class>` | a Java or .NET class with its package |
//! | `<name:last>` | as a label, and the line's end behind it |
//! | `<time:nanos>` | an ISO stamp with nine digits and a zone, as container runtimes write |
//! | `<message>` | the rest |
//! | `<message:json>` | the rest, which begins an object |
//! | `$` | the line's end |
//! | `\x` | the character `x` itself |
//! | anything else | itself |
//!
//! Matching walks the line once, without backtracking, and needs 50 to 100 ns: a regular expression
//! with captures needs several times that, and every line of every log passes here.

mod ends;
mod trace;

use ends::{class_end, csv_field, day, decimal_end, int_end, is_pod, label_end, level_end, one_of, text_end, word_end};
pub(in crate::format) use ends::{is_blank, skip_blanks};
pub use trace::{Stop, stamp_at};

use crate::format::level::Level;
use crate::time::parse;
use crate::time::stamp::{Shape, Stamp, States, ZoneText};

/// Most parts that one pattern may name.
pub const MAX_SLOTS: usize = 24;

/// What a pattern found in a line: byte ranges by slot.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    /// The stamp, when the pattern has one.
    pub stamp: Option<Stamp>,
    /// The level, when the pattern has one.
    pub level: Level,
    /// A date that stands apart from the time of day, in nanoseconds since 1970.
    day: Option<i64>,
    spans: [(u32, u32); MAX_SLOTS],
}

impl Default for Found {
    fn default() -> Self {
        Found { stamp: None, level: Level::None, day: None, spans: [(u32::MAX, u32::MAX); MAX_SLOTS] }
    }
}

impl Found {
    /// The bytes of a slot, `None` when that part is absent.
    pub fn span(&self, slot: usize) -> Option<std::ops::Range<usize>> {
        let &(start, end) = self.spans.get(slot)?;
        (start != u32::MAX).then_some(start as usize..end as usize)
    }

    /// Notes where a part stands; answers its end.
    #[inline]
    fn part(&mut self, slot: usize, start: usize, end: usize) -> usize {
        if let Some(span) = self.spans.get_mut(slot) {
            *span = (u32::try_from(start).unwrap_or(u32::MAX - 1), u32::try_from(end).unwrap_or(u32::MAX - 1));
        }
        end
    }
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    ops: Vec<Op>,
    /// The pattern holds CSV fields, which may go on over line ends.
    pub spans_lines: bool,
    /// The slot whose text names its parts itself.
    pub pairs: Option<usize>,
    /// Names of the slots, in order.
    pub names: Vec<String>,
}

#[derive(Clone, Debug)]
enum Op {
    Literal(Vec<u8>),
    Blanks,
    MaybeBlanks,
    Time(usize, Option<Shape>),
    /// A stamp that a comma ends.
    Cell(usize, Shape),
    Level(usize),
    Int(usize),
    Decimal(usize),
    /// Ends before any of these literals, at a blank at the latest.
    Word(usize, Stops),
    /// As a word; one that ends with a colon is a program, not a host.
    Host(usize, Stops),
    /// A date without a time of day, added to a stamp that is a time of day only.
    Day(usize, bool),
    /// Ends before any of these literals; without one at the line's end.
    Text(usize, Stops),
    Csv(usize),
    Stamp(usize),
    Nanos(usize),
    Label(usize),
    Pod(usize),
    Class(usize),
    Last(usize),
    Object(usize),
    /// One of these words; the flag tells that it is the level.
    OneOf(usize, Vec<Vec<u8>>, bool),
    Rest(usize),
    /// The rest, which begins with a word and a colon.
    Pairs(usize),
    Optional(Vec<Op>),
    End,
}

/// What may follow a part: literals, and a table of their first bytes to look a byte up in.
#[derive(Clone, Debug)]
struct Stops {
    literals: Vec<Vec<u8>>,
    /// First bytes of the literals, and blanks.
    first: Box<[bool; 256]>,
}

impl Stops {
    fn new(literals: Vec<Vec<u8>>) -> Self {
        let mut first = Box::new([false; 256]);
        let firsts = literals.iter().filter_map(|l| l.first().copied()).chain([b' ', b'\t']);
        for b in firsts {
            if let Some(slot) = first.get_mut(usize::from(b)) {
                *slot = true;
            }
        }
        Stops { literals, first }
    }

    /// True when a part can end before `rest`.
    #[inline]
    fn here(&self, rest: &[u8]) -> bool {
        self.literals.iter().any(|s| rest.starts_with(s) || (s.as_slice() == b" " && rest.first() == Some(&b'\t')))
    }

    #[inline]
    fn may_be(&self, b: u8) -> bool {
        self.first.get(usize::from(b)).copied().unwrap_or(false)
    }
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    /// A sentence that says what is wrong and where.
    pub fn compile(text: &str) -> Result<Pattern, String> {
        let mut names = Vec::new();
        let mut chars = text.chars().peekable();
        let mut ops = compile_ops(&mut chars, &mut names, false)?;
        if names.len() > MAX_SLOTS {
            return Err(format!("more than {MAX_SLOTS} parts"));
        }
        set_stops(&mut ops, &[]);
        let spans_lines = ops.iter().any(|op| matches!(op, Op::Csv(_)));
        let pairs = ops.iter().find_map(|op| if let Op::Pairs(slot) = op { Some(*slot) } else { None });
        Ok(Pattern { ops, spans_lines, pairs, names })
    }

    /// Matches a line (without its line end); `map` gives the format's own words for levels.
    #[inline]
    pub fn find(&self, line: &[u8], map: &LevelMap) -> Option<Found> {
        let mut found = Found::default();
        run(&self.ops, line, 0, map, &mut found)?;
        if let (Some(day), Some(stamp)) = (found.day, &mut found.stamp)
            && !stamp.states.has(States::DATE)
        {
            stamp.civil = stamp.civil.checked_add(day)?;
            stamp.states = stamp.states.and(States::YEAR_DATE);
        }
        Some(found)
    }

    /// The slot of a name.
    pub fn slot(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }
}

/// A format's own words for levels, tried before the general ones.
#[derive(Clone, Debug, Default)]
pub struct LevelMap(pub Vec<(Vec<u8>, Level)>);

impl LevelMap {
    /// The level of a word; single letters mean something only where the map or the position says so.
    #[inline]
    pub fn level(&self, word: &[u8]) -> Level {
        if let Some((_, level)) = self.0.iter().find(|(w, _)| w == word) {
            return *level;
        }
        match word {
            [letter] => Level::from_letter(*letter),
            _ => Level::from_word(word),
        }
    }
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn compile_ops(chars: &mut Chars<'_>, names: &mut Vec<String>, inside: bool) -> Result<Vec<Op>, String> {
    let mut ops = Vec::new();
    while let Some(c) = chars.next() {
        match c {
            '<' => ops.push(compile_part(chars, names)?),
            '{' => ops.push(Op::Optional(compile_ops(chars, names, true)?)),
            '}' if inside => return Ok(ops),
            ' ' => ops.push(Op::Blanks),
            '~' => ops.push(Op::MaybeBlanks),
            '$' => ops.push(Op::End),
            _ => {
                let c = if c == '\\' { chars.next().ok_or("`\\` at the end")? } else { c };
                let mut buffer = [0; 4];
                let bytes = c.encode_utf8(&mut buffer).as_bytes();
                match ops.last_mut() {
                    Some(Op::Literal(literal)) => literal.extend_from_slice(bytes),
                    _ => ops.push(Op::Literal(bytes.to_vec())),
                }
            }
        }
    }
    if inside { Err("`{` without `}`".to_owned()) } else { Ok(ops) }
}

fn compile_part(chars: &mut Chars<'_>, names: &mut Vec<String>) -> Result<Op, String> {
    let mut text = String::new();
    loop {
        match chars.next() {
            Some('>') => break,
            Some(c) => text.push(c),
            None => return Err(format!("`<{text}` without `>`")),
        }
    }
    let (name, kind) = text.split_once(':').unwrap_or((&text, ""));
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(format!("`{name}` is no name of a part"));
    }
    let slot = names.iter().position(|n| n == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    Ok(match (name, kind) {
        ("time", "") => Op::Time(slot, None),
        ("time", cell) if cell.ends_with("-cell") => {
            let shape = cell.trim_end_matches("-cell");
            Op::Cell(slot, Shape::from_name(shape).ok_or(format!("no shape of time `{shape}`"))?)
        }
        ("time", "nanos") => Op::Nanos(slot),
        ("time", shape) => Op::Time(slot, Some(Shape::from_name(shape).ok_or(format!("no shape of time `{shape}`"))?)),
        ("level", "") => Op::Level(slot),
        ("message", "") => Op::Rest(slot),
        ("message", "json") => Op::Object(slot),
        ("host", "") => Op::Host(slot, Stops::new(Vec::new())),
        (_, "") => Op::Word(slot, Stops::new(Vec::new())),
        (_, "int") => Op::Int(slot),
        (_, "decimal") => Op::Decimal(slot),
        (_, "text") => Op::Text(slot, Stops::new(Vec::new())),
        (_, "csv") => Op::Csv(slot),
        (_, "stamp") => Op::Stamp(slot),
        (_, "pairs") => Op::Pairs(slot),
        (_, "label") => Op::Label(slot),
        (_, "pod") => Op::Pod(slot),
        (_, "class") => Op::Class(slot),
        (_, "last") => Op::Last(slot),
        (_, "day") => Op::Day(slot, false),
        (_, "mdy-day") => Op::Day(slot, true),
        (_, list) if list.contains('|') => {
            Op::OneOf(slot, list.split('|').map(|w| w.as_bytes().to_vec()).collect(), name == "level")
        }
        (_, kind) => return Err(format!("no kind of part `{kind}`")),
    })
}

/// Tells every word and text what may follow it.
fn set_stops(ops: &mut [Op], after: &[Vec<u8>]) {
    for i in (0..ops.len()).rev() {
        let (head, tail) = ops.split_at_mut(i + 1);
        let stops = first_of(tail, after);
        match head.last_mut() {
            Some(Op::Word(_, s) | Op::Host(_, s) | Op::Text(_, s)) => *s = Stops::new(stops),
            Some(Op::Optional(inner)) => set_stops(inner, &stops),
            _ => {}
        }
    }
}

fn first_of(ops: &[Op], after: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut stops = Vec::new();
    for op in ops {
        match op {
            Op::Literal(l) => {
                stops.push(l.clone());
                return stops;
            }
            Op::Blanks => {
                stops.push(b" ".to_vec());
                return stops;
            }
            Op::MaybeBlanks => stops.push(b" ".to_vec()),
            Op::Optional(inner) => stops.extend(first_of(inner, &[])),
            _ => return stops,
        }
    }
    stops.extend_from_slice(after);
    stops
}

/// Runs the operations from `at`; answers where they end.
fn run(ops: &[Op], line: &[u8], mut at: usize, map: &LevelMap, found: &mut Found) -> Option<usize> {
    for op in ops {
        at = match op {
            Op::Literal(literal) => line.get(at..)?.starts_with(literal).then_some(at + literal.len())?,
            Op::Blanks => Some(skip_blanks(line, at)).filter(|next| *next > at)?,
            Op::MaybeBlanks => skip_blanks(line, at),
            Op::End => (at == line.len()).then_some(at)?,
            Op::Time(slot, shape) => {
                let (stamp, end) = match shape {
                    Some(shape) => parse::read(*shape, line, at)?,
                    None => parse::any(line, at).map(|(_, stamp, end)| (stamp, end))?,
                };
                found.stamp = Some(stamp);
                found.part(*slot, at, end)
            }
            Op::Cell(slot, shape) => {
                let len = memchr::memchr(b',', line.get(at..)?)?;
                let (stamp, end) = parse::read(*shape, line.get(..at + len)?, at)?;
                found.stamp = Some(stamp);
                found.part(*slot, at, end)
            }
            Op::Level(slot) => {
                let end = level_end(line, at)?;
                found.level = Some(map.level(line.get(at..end)?)).filter(|level| *level != Level::None)?;
                found.part(*slot, at, end)
            }
            Op::OneOf(slot, list, is_level) => {
                let word = one_of(line.get(at..)?, list)?;
                if *is_level {
                    found.level = map.level(word);
                }
                found.part(*slot, at, at + word.len())
            }
            Op::Int(slot) => found.part(*slot, at, int_end(line, at)?),
            Op::Decimal(slot) => found.part(*slot, at, decimal_end(line, at)?),
            Op::Word(slot, stops) => found.part(*slot, at, word_end(line, at, stops)?),
            Op::Host(slot, stops) => {
                let end = word_end(line, at, stops)?;
                if line.get(end - 1) == Some(&b':') {
                    return None;
                }
                found.part(*slot, at, end)
            }
            Op::Day(slot, american) => {
                let (civil, end) = day(line, at, *american)?;
                found.day = Some(civil);
                found.part(*slot, at, end)
            }
            Op::Text(slot, stops) => found.part(*slot, at, text_end(line, at, stops)?),
            Op::Stamp(slot) => found.part(*slot, at, parse::any(line, at)?.2),
            Op::Rest(slot) => found.part(*slot, at, line.len()),
            Op::Csv(slot) => {
                let (start, end, next) = csv_field(line, at)?;
                found.part(*slot, start, end);
                next
            }
            Op::Optional(inner) => {
                let before = *found;
                match run(inner, line, at, map, found) {
                    Some(end) => end,
                    None => {
                        *found = before;
                        at
                    }
                }
            }
            _ => run_rare(op, line, at, found)?,
        };
    }
    Some(at)
}

/// One of the operations that few patterns have.
fn run_rare(op: &Op, line: &[u8], at: usize, found: &mut Found) -> Option<usize> {
    Some(match op {
        Op::Nanos(slot) => {
            let (stamp, end) = parse::read(Shape::Iso, line, at)?;
            found.stamp = Some(stamp).filter(|s| s.digits == 9 && s.zone != ZoneText::None);
            found.stamp?;
            found.part(*slot, at, end)
        }
        Op::Label(slot) => found.part(*slot, at, label_end(line, at)?),
        Op::Pod(slot) => found.part(*slot, at, label_end(line, at).filter(|end| is_pod(line, at, *end))?),
        Op::Class(slot) => found.part(*slot, at, class_end(line, at)?),
        Op::Last(slot) => {
            let end = label_end(line, at).filter(|end| skip_blanks(line, *end) == line.len())?;
            found.part(*slot, at, end)
        }
        Op::Object(slot) => {
            let inside = line.get(at..)?.strip_prefix(b"{")?.trim_ascii_start();
            matches!(inside.first(), Some(b'"' | b'}')).then(|| found.part(*slot, at, line.len()))?
        }
        Op::Pairs(slot) => {
            let word = line.get(at..)?.split(|b| is_blank(*b)).next()?;
            word.strip_suffix(b":").filter(|key| !key.is_empty())?;
            found.part(*slot, at, line.len())
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, line: &str, expect: &[(&str, &str)]) {
        let pattern = Pattern::compile(pattern).unwrap();
        let found = pattern.find(line.as_bytes(), &LevelMap::default()).unwrap_or_else(|| panic!("no match: {line}"));
        let got: Vec<(&str, &str)> = pattern
            .names
            .iter()
            .enumerate()
            .filter_map(|(slot, name)| found.span(slot).map(|s| (name.as_str(), line.get(s).unwrap())))
            .collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn padded_and_optional_parts() {
        let pattern = "<time:month-day> <host> <process>~{[<pid:int>]}: <message>";
        check(
            pattern,
            "Jan  1 00:00:16 prod db-3[1090]: hello: world",
            &[
                ("time", "Jan  1 00:00:16"),
                ("host", "prod"),
                ("process", "db-3"),
                ("pid", "1090"),
                ("message", "hello: world"),
            ],
        );
        check(
            pattern,
            "Jan  1 00:00:16 prod kernel: [1.0] x",
            &[("time", "Jan  1 00:00:16"), ("host", "prod"), ("process", "kernel"), ("message", "[1.0] x")],
        );
    }

    #[test]
    fn csv_fields_may_hold_commas_and_quotes() {
        check("<a:csv>,<b:csv>,<c:csv>", r#"1,"x ""y"", z",3"#, &[("a", "1"), ("b", r#"x ""y"", z"#), ("c", "3")]);
        check("<a:csv>,<b:csv>", r#","open"#, &[("a", ""), ("b", "open")]);
    }

    #[test]
    fn a_pattern_says_what_is_wrong_with_it() {
        assert!(Pattern::compile("<time:sometime>").unwrap_err().contains("sometime"));
        assert!(Pattern::compile("{<a>").unwrap_err().contains("without"));
        assert!(Pattern::compile("<a").unwrap_err().contains("without"));
    }
}
