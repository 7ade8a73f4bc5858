//! What a term asks of an event, and how it is read from what is written.

use super::Has;
use super::language::{HAS, KEYS, Key};
use super::needle::{AnyCase, Needle};
use super::parse::{FilterError, Value, Written, wrong_level};
use crate::fact::kind::Kind;
use crate::format::level::Level;
use crate::time::zone::Zone;
use crate::time::{DAY, SECOND, query};

/// What times are read by.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// The zone of times that state none.
    pub zone: Zone,
    /// What `-3h` counts from, in nanoseconds since 1970 UTC.
    pub now: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Term {
    pub negated: bool,
    pub test: Test,
}

#[derive(Clone, Debug)]
pub(super) enum Test {
    /// The record's bytes hold it.
    Text(Needle),
    /// By name; one of them.
    Host(Vec<String>),
    Source(Vec<String>),
    Format(Vec<String>),
    Process(Vec<(Needle, String)>),
    Pid(Vec<(Needle, String)>),
    /// A bit for each level.
    Level(u8),
    Id(Vec<Id>),
    Fact(Vec<Kind>),
    Rule(Vec<String>),
    Has(Vec<Has>),
    Before(When),
    After(When),
}

/// An instant, or a time of the day on which the logs begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    At(i64),
    OfDay(i64, Zone),
}

impl When {
    /// The instant; `first` is that of the first event.
    pub(super) fn on(self, first: i64) -> i64 {
        match self {
            When::At(time) => time,
            When::OfDay(into, zone) => {
                let east = |utc| i64::from(zone.east_at(utc)) * SECOND;
                let midnight = first.saturating_add(east(first)).div_euclid(DAY) * DAY;
                let civil = midnight.saturating_add(into);
                civil.saturating_sub(i64::from(zone.east_at_local(civil).0) * SECOND)
            }
        }
    }
}

/// An identifier as a whole token.
#[derive(Clone, Debug)]
pub(super) struct Id {
    /// Its text, in any case when it is written in small letters.
    pub needle: Needle,
    /// The noun that must stand in the record, too.
    pub noun: Option<AnyCase>,
    /// Pacemaker names the own node `local`: the host, and what it writes in the place of the identifier.
    pub local: Option<(String, Needle)>,
}

impl Id {
    fn new(text: &str) -> Result<Id, String> {
        let (noun, id) = match text.split_once('=') {
            Some((noun, id)) if !noun.is_empty() && !id.is_empty() => (Some(AnyCase::new(noun.as_bytes())), id),
            _ => (None, text),
        };
        let local = match id.split_once('/') {
            Some((host, rest)) if !host.is_empty() && !rest.is_empty() => {
                Some((host.to_owned(), Needle::literal(&format!("local/{rest}"))?))
            }
            _ => None,
        };
        Ok(Id { needle: Needle::literal(id)?, noun, local })
    }

    /// True when a record of this host names it.
    pub(super) fn is_in(&self, record: &[u8], host: &str) -> bool {
        let local = self.local.as_ref().filter(|(name, _)| name == host).map(|(_, needle)| needle);
        let named = stands_in(&self.needle, record) || local.is_some_and(|needle| stands_in(needle, record));
        named && self.noun.as_ref().is_none_or(|noun| Needle::AnyCase(noun.clone()).is_in(record))
    }
}

fn stands_in(needle: &Needle, record: &[u8]) -> bool {
    let mut from = 0;
    while let Some(found) = needle.find(record, from) {
        if is_whole(record, &found) {
            return true;
        }
        from = found.start + 1;
    }
    false
}

/// What stands there is a whole token: no letter, digit or `_` continues it, nor one behind a `-` or `.`. A `/` parts
/// the steps of a path, each of which may be an identifier.
pub(super) fn is_whole(text: &[u8], found: &std::ops::Range<usize>) -> bool {
    let inside = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let joint = |b: &u8| matches!(b, b'-' | b'.');
    let before = |n: usize| found.start.checked_sub(n).and_then(|at| text.get(at));
    let after = |n: usize| text.get(found.end + n);
    let first = text.get(found.start).is_some_and(inside);
    let last = found.end.checked_sub(1).and_then(|at| text.get(at)).is_some_and(inside);
    let goes_on = |one: Option<&u8>, two: Option<&u8>| {
        one.is_some_and(inside) || (one.is_some_and(joint) && two.is_some_and(inside))
    };
    !(first && goes_on(before(1), before(2)) || last && goes_on(after(0), after(1)))
}

/// Reads a term.
pub(super) fn read(written: &Written, clock: Clock) -> Result<Term, FilterError> {
    let fail = |at: usize, message: String, unfinished: bool| FilterError {
        at,
        term: written.span.clone(),
        message,
        unfinished,
    };
    if let Some(at) = written.open {
        let what = if written.is_regex { "stroke `/`" } else { "quote" };
        return Err(fail(at, format!("no closing {what}"), true));
    }
    if let Some(empty) = written.values.iter().find(|v| v.text.is_empty() && written.key.is_some()) {
        let (key, example) = written.key.map_or(("", ""), |k| (k.written(), k.info().example));
        return Err(fail(empty.at, format!("nothing behind `{key}`; write for example {key}{example}"), true));
    }
    let first = written.values.first().map_or(written.span.start, |v| v.at);
    let at_first = |message| fail(first, message, false);
    let test = match written.key {
        Some(key) => by_key(key, &written.values, clock).map_err(|(at, message)| fail(at, message, false))?,
        None => {
            let text = written.values.first().map_or("", |v| v.text.as_str());
            let plain = written.values.first().is_some_and(|v| !v.quoted);
            if let Some(right) = wrong_level(text).filter(|_| plain) {
                return Err(at_first(format!("write {right}{}", right_level(text))));
            }
            let needle = if written.is_regex { Needle::regex(text) } else { Needle::literal(text) };
            Test::Text(needle.map_err(at_first)?)
        }
    };
    Ok(Term { negated: written.negated, test })
}

fn right_level(text: &str) -> &str {
    text.trim_start_matches(|c: char| !matches!(c, '=' | '<' | '>')).trim_start_matches(['=', '<', '>'])
}

type Wrong = (usize, String);

fn by_key(key: Key, values: &[Value], clock: Clock) -> Result<Test, Wrong> {
    let texts = || values.iter().map(|v| v.text.clone()).collect::<Vec<_>>();
    let each = |read: &dyn Fn(&Value) -> Result<(), String>| {
        values.iter().try_for_each(|v| read(v).map_err(|message| (v.at, message)))
    };
    let needles = || -> Result<Vec<(Needle, String)>, Wrong> {
        let needle = |v: &Value| Needle::literal(&v.text).map(|n| (n, v.text.clone())).map_err(|m| (v.at, m));
        values.iter().map(needle).collect()
    };
    Ok(match key {
        Key::Host => Test::Host(texts()),
        Key::Source => Test::Source(texts()),
        Key::Format => Test::Format(texts()),
        Key::Process => Test::Process(needles()?),
        Key::Pid => Test::Pid(needles()?),
        Key::Rule => Test::Rule(texts()),
        Key::Level => {
            let mut bits = 0;
            for v in values {
                bits |= bit(level(v)?);
            }
            Test::Level(bits)
        }
        Key::LevelFrom | Key::LevelTo => {
            let level = level(only(key, values)?)?;
            let passes = |l: &Level| if key == Key::LevelFrom { *l >= level } else { *l <= level };
            Test::Level(Level::STATED.iter().filter(|l| passes(l)).fold(0, |bits, l| bits | bit(*l)))
        }
        Key::Id => {
            let id = |v: &Value| Id::new(&v.text).map_err(|m| (v.at, m));
            Test::Id(values.iter().map(id).collect::<Result<_, _>>()?)
        }
        Key::Fact => {
            let mut all = Vec::new();
            for v in values {
                all.extend(kinds(v)?);
            }
            Test::Fact(all)
        }
        Key::Has => {
            let known = || HAS.map(|(name, _)| name).join(", ");
            let find = |v: &Value| HAS.iter().find(|(name, _)| *name == v.text).map(|(_, has)| *has);
            each(&|v| find(v).map(drop).ok_or_else(|| format!("an event has no `{}`; there are {}", v.text, known())))?;
            Test::Has(values.iter().filter_map(find).collect())
        }
        Key::Before => Test::Before(when(only(key, values)?, clock)?),
        Key::After => Test::After(when(only(key, values)?, clock)?),
    })
}

/// The one value of a key for which several make no sense.
fn only(key: Key, values: &[Value]) -> Result<&Value, Wrong> {
    match values {
        [one] => Ok(one),
        [_, second, ..] => Err((second.at, format!("`{}` takes one value", key.written()))),
        [] => Err((0, format!("nothing behind `{}`", key.written()))),
    }
}

/// The bit of a level in [`Test::Level`].
pub(super) fn bit(level: Level) -> u8 {
    1 << (level as u8).min(7)
}

fn level(value: &Value) -> Result<Level, Wrong> {
    let known = || Level::STATED.iter().filter_map(|l| l.name()).collect::<Vec<_>>().join(", ");
    let level = match Level::from_word(value.text.as_bytes()) {
        Level::None => Level::from_name(&value.text),
        level => Some(level),
    };
    level.ok_or_else(|| (value.at, format!("no level `{}`; there are {}", value.text, known())))
}

fn kinds(value: &Value) -> Result<Vec<Kind>, Wrong> {
    let text = value.text.as_str();
    let is_of =
        |kind: &&Kind| kind.name() == text || kind.name().strip_prefix(text).is_some_and(|rest| rest.starts_with('.'));
    let found: Vec<Kind> = Kind::ALL.iter().filter(is_of).copied().collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let near: Vec<&str> = Kind::ALL.iter().map(|k| k.name()).filter(|n| n.contains(text)).take(6).collect();
    let told = if near.is_empty() {
        "; `causeline facts` lists those of your logs".to_owned()
    } else {
        format!("; there are {}", near.join(", "))
    };
    Err((value.at, format!("no kind of fact `{text}`{told}")))
}

fn when(value: &Value, clock: Clock) -> Result<When, Wrong> {
    if let Some(into) = of_day(&value.text) {
        return Ok(When::OfDay(into, clock.zone));
    }
    let wrong = |_| {
        let forms = "13:08, 13:08:59.5, 2026-10-10, \"2026-10-10 13:08\", 2026-10-10T13:08:00Z or -3h";
        (value.at, format!("no time `{}`; write {forms}", value.text))
    };
    query::instant(&value.text, clock.zone, clock.now).map(When::At).map_err(wrong)
}

/// `13:08`, `13:08:59.5` in nanoseconds since midnight.
fn of_day(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let number = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse::<i64>().ok()).flatten();
    let hours = parts.next().and_then(number).filter(|h| *h < 24)?;
    let minutes = parts.next().and_then(number).filter(|m| *m < 60)?;
    let seconds = parts.next().map_or(Some(0.0), |s| s.parse::<f64>().ok()).filter(|s| (0.0..61.0).contains(s))?;
    parts.next().is_none().then(|| (hours * 3_600 + minutes * 60) * SECOND + (seconds * 1e9).round() as i64)
}

/// Names like one that was mistyped, for a hint. Keys only: values are told by completion.
pub(super) fn keys() -> String {
    KEYS.iter().map(|k| k.written).collect::<Vec<_>>().join(" ")
}

impl Term {
    /// What passes this passes `other` as well.
    pub(super) fn implies(&self, other: &Term) -> bool {
        match (&self.test, &other.test) {
            (Test::Text(mine), Test::Text(theirs)) if !self.negated && !other.negated => mine.implies(theirs),
            _ => false,
        }
    }
}
