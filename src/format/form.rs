//! A format as one source uses it: the definition, and what was learned from the source's lines.
//!
//! [`Form::head`] is what reading needs of every line (does a record begin here, when, how loud);
//! `Form::decode` in the file beside this one takes one record apart for somebody who looks at it.

use std::sync::Arc;

use crate::format::decoder::anywhere::{self, Anchor};
use crate::format::decoder::{json, logfmt, postgres, words};
use crate::format::definition::{Decoder, Definition, Numbers, Part, TimeRule};
use crate::format::detect::Plan;
use crate::format::keys::{Keys, json_stamp, nested, value_stamp};
use crate::format::level::Level;
use crate::time::stamp::Stamp;

/// A format as learned from a source.
#[derive(Clone, Debug)]
pub struct Form {
    /// The format.
    pub definition: Arc<Definition>,
    /// Where stamps stand, most frequent first (`anywhere` and `postgres`).
    pub(super) anchors: Vec<Anchor>,
    /// The keys that this source uses (`json` and `logfmt`).
    pub(super) keys: Keys,
    /// The formats of the lines inside (docker, CRI).
    pub inner: Option<Box<Plan>>,
}

/// What reading needs to know of a line that begins a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The stamp; `None` when the record has none.
    pub stamp: Option<Stamp>,
    /// The level.
    pub level: Level,
    /// The level comes from words of the message.
    pub level_from_words: bool,
    /// The record has the time of the one above.
    pub inherits_time: bool,
    /// The line inside goes on with the record above (docker, CRI).
    pub continues: bool,
    /// Which part of a header of several lines this is.
    pub part: Part,
}

impl Head {
    /// True when the line states no instant, so that a stamp further down in the record says more.
    pub fn lacks_time(&self) -> bool {
        self.stamp.map_or(self.inherits_time, |s| !s.is_instant())
    }
}

impl Form {
    /// Learns a format from sample lines; `None` when none of them is in it.
    pub fn learn(definition: &Arc<Definition>, lines: &[&[u8]], others: &[Form]) -> Option<Form> {
        let mut form = Form { definition: definition.clone(), anchors: Vec::new(), keys: Keys::default(), inner: None };
        match definition.decoder {
            Decoder::Pattern | Decoder::Text => {}
            Decoder::Json | Decoder::Logfmt => form.keys = Keys::learn(definition, lines)?,
            Decoder::Postgres => {
                let heads = lines.iter().filter_map(|l| postgres::severity(l).and_then(|(at, _)| l.get(..at.start)));
                form.anchors = anywhere::learn(heads).into_iter().map(|(a, _)| a).collect();
                if form.anchors.is_empty() {
                    return None;
                }
            }
            Decoder::Anywhere => {
                let mut scratch = Vec::new();
                let rest = lines.iter().copied().filter(|l| !others.iter().any(|f| f.head(l, &mut scratch).is_some()));
                // Beside a known format, a bare number or time of day stands inside its records.
                let told = |a: &Anchor| others.is_empty() || anywhere::says_a_day(a.shape);
                form.anchors = anywhere::learn(rest).into_iter().map(|(a, _)| a).filter(told).collect();
                if form.anchors.is_empty() {
                    return None;
                }
            }
        }
        Some(form)
    }

    /// The fallback for lines that begin with a stamp where most of a file's lines do.
    pub fn at_line_begin(definition: &Arc<Definition>, lines: &[&[u8]]) -> Option<Form> {
        let anchors = anywhere::learn(lines.iter().copied());
        let (anchor, n) = *anchors.first()?;
        let telling = anchor.words == 0 && anchor.prefix <= 1 && anywhere::says_a_day(anchor.shape);
        (telling && n * 2 > lines.len()).then(|| Form {
            definition: definition.clone(),
            anchors: vec![anchor],
            keys: Keys::default(),
            inner: None,
        })
    }

    /// Words before the stamp that stands deepest in its line.
    pub fn deepest_anchor(&self) -> u8 {
        self.anchors.iter().map(|a| a.words).max().unwrap_or(0)
    }

    /// Reads a line (without its line end); `None` when no record of this form begins with it.
    #[inline]
    pub fn head(&self, line: &[u8], scratch: &mut Vec<u8>) -> Option<Head> {
        let d = &*self.definition;
        let mut head = Head {
            stamp: None,
            level: Level::None,
            level_from_words: false,
            inherits_time: false,
            continues: false,
            part: Part::Whole,
        };
        match d.decoder {
            Decoder::Pattern => {
                let (pattern, rule, found) =
                    d.patterns.iter().find_map(|(p, rule)| p.find(line, &d.levels).map(|found| (p, *rule, found)))?;
                head.stamp = found.stamp;
                head.level = found.level;
                head.inherits_time = rule.time == TimeRule::Inherited;
                head.part = rule.part;
                let rest_of_level = head.level == Level::None
                    && (d.search_level || d.status.is_some() || d.priority.is_some() || !d.words.is_empty());
                if rest_of_level {
                    let part = |name: &str| pattern.slot(name).and_then(|s| found.span(s)).and_then(|s| line.get(s));
                    self.find_level(&mut head, part);
                }
                if let (Some(inner), Some(name)) = (&self.inner, &d.inner)
                    && let Some(text) = pattern.slot(name).and_then(|s| found.span(s)).and_then(|s| line.get(s))
                {
                    inner_head(&mut head, inner, text);
                }
            }
            Decoder::Json => self.json_head(line, scratch, &mut head)?,
            Decoder::Logfmt => self.logfmt_head(line, &mut head)?,
            Decoder::Postgres => {
                let (at, level) = postgres::severity(line)?;
                let before = line.get(..at.start)?;
                head.level = level;
                head.stamp = Some(self.anchors.iter().find_map(|a| a.read(before))?.0);
            }
            Decoder::Anywhere => {
                let (stamp, start, end) = self.anchors.iter().find_map(|a| a.read(line))?;
                head.stamp = Some(stamp);
                head.level = level_around(line, start, end).map_or(Level::None, |(l, _)| l);
            }
            Decoder::Text => {}
        }
        if head.level == Level::None {
            head.level = d.default_level;
        }
        Some(head)
    }

    /// True when a line tells that this format wrote it, and not only that it may have.
    pub fn tells(&self, line: &[u8]) -> bool {
        let d = &*self.definition;
        let rule = d.patterns.iter().find_map(|(p, rule)| p.find(line, &d.levels).map(|_| rule));
        let words = || d.tells.as_ref().is_some_and(|words| words.is_match(line));
        d.decoder != Decoder::Pattern || rule.is_some_and(|rule| !rule.shared || words())
    }

    /// The stamp of a header line below a record's first, when it is an instant.
    #[inline]
    pub fn stamp_below(&self, line: &[u8]) -> Option<Stamp> {
        let d = &*self.definition;
        d.below.iter().find_map(|p| p.find(line, &d.levels)?.stamp.filter(Stamp::is_instant))
    }

    /// Levels that stand in the message, follow from a status, or are told by words.
    fn find_level<'l>(&self, head: &mut Head, part: impl Fn(&str) -> Option<&'l [u8]>) {
        let d = &*self.definition;
        if let Some(status) = d.status.as_deref().and_then(&part) {
            head.level = match status.first() {
                Some(b'5') => Level::Error,
                Some(b'4') => Level::Warning,
                Some(b'1'..=b'3') => Level::Info,
                _ => Level::None,
            };
            return;
        }
        let number = |bytes: &[u8]| std::str::from_utf8(bytes).ok().and_then(|t| t.parse::<u64>().ok());
        if let Some(priority) = d.priority.as_deref().and_then(&part).and_then(number) {
            head.level = Level::from_syslog(priority % 8);
            return;
        }
        let Some(message) = part("message") else { return };
        if d.search_level
            && let Some((level, _)) = words::find(message, true)
        {
            head.level = level;
            return;
        }
        let beginning = message.get(..message.len().min(400)).unwrap_or(message);
        if let Some((level, _)) = d.words.iter().find(|(_, words)| words.is_match(beginning)) {
            head.level = *level;
            head.level_from_words = true;
        }
    }

    fn json_head(&self, line: &[u8], scratch: &mut Vec<u8>, head: &mut Head) -> Option<()> {
        let (time, level) = (self.keys.time.as_deref(), self.keys.level.as_deref());
        let inner_key = self.inner.as_ref().and(self.keys.message.as_deref());
        let (mut stamp, mut level_value, mut text) = (None, None, None);
        let mut missing = usize::from(time.is_some()) + usize::from(level.is_some()) + usize::from(inner_key.is_some());
        for member in json::Members::new(line)? {
            if missing == 0 {
                break;
            }
            let is = |key: Option<&str>| key.is_some_and(|k| k.as_bytes() == member.key);
            if is(time) {
                stamp = json_stamp(member.value);
            } else if is(level) {
                level_value = Some(member.value);
            } else if is(inner_key) {
                text = Some(member.value);
            } else {
                // One object may hold several parts.
                let (t, l, m) =
                    (nested(time, member).and_then(json_stamp), nested(level, member), nested(inner_key, member));
                let found = usize::from(t.is_some()) + usize::from(l.is_some()) + usize::from(m.is_some());
                missing = missing.saturating_sub(found);
                (stamp, level_value, text) = (stamp.or(t), level_value.or(l), text.or(m));
                continue;
            }
            missing -= 1;
        }
        if stamp.is_none() {
            // An object without a readable time is a record all the same, if it is whole and of this format.
            let ours = self.definition.keys.require.iter().all(|k| json::get(line, k).is_some());
            if !ours || !json::is_object(line) {
                return None;
            }
        }
        head.stamp = stamp;
        head.level = level_value.map_or(Level::None, |v| self.json_level(v));
        if let (Some(inner), Some(text)) = (&self.inner, text) {
            json::unescape_into(text, scratch);
            let line = scratch.strip_suffix(b"\n").unwrap_or(scratch);
            inner_head(head, inner, line.strip_suffix(b"\r").unwrap_or(line));
        }
        Some(())
    }

    fn json_level(&self, value: &[u8]) -> Level {
        let text = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
        let number = std::str::from_utf8(text).ok().and_then(|t| t.parse::<u64>().ok());
        match (number, self.definition.numbers) {
            (Some(n), Some(Numbers::Syslog)) => Level::from_syslog(n),
            (Some(n), _) if n >= 10 => Level::from_bunyan(n),
            (Some(_), _) => Level::None,
            // A list of tags may hold the level (Kibana).
            (None, _) if value.first() == Some(&b'[') => value
                .split(|b| matches!(b, b'"' | b',' | b'[' | b']'))
                .map(|word| self.definition.levels.level(word))
                .find(|l| *l != Level::None)
                .unwrap_or_default(),
            (None, _) => self.definition.levels.level(text),
        }
    }

    fn logfmt_head(&self, line: &[u8], head: &mut Head) -> Option<()> {
        let time = self.keys.time.as_deref()?;
        for (key, value) in logfmt::Pairs::new(line) {
            if head.stamp.is_none() && key == time.as_bytes() {
                head.stamp = Some(value_stamp(value.strip_prefix(b"\"").unwrap_or(value))?);
            } else if head.level == Level::None && self.keys.level.as_deref().is_some_and(|k| k.as_bytes() == key) {
                head.level = self.definition.levels.level(logfmt::text(value).as_bytes());
            }
            if head.stamp.is_some() && head.level != Level::None {
                break;
            }
        }
        head.stamp.map(|_| ())
    }

    /// True when the form knows where its records' times stand.
    pub fn has_time(&self) -> bool {
        match self.definition.decoder {
            Decoder::Json | Decoder::Logfmt => self.keys.time.is_some(),
            Decoder::Text => false,
            Decoder::Pattern | Decoder::Postgres | Decoder::Anywhere => true,
        }
    }
}

/// What the line inside adds: its level, and its time when it states all of it.
fn inner_head(head: &mut Head, inner: &Plan, text: &[u8]) {
    let mut scratch = Vec::new();
    let found = inner.forms.iter().find_map(|form| form.head(text, &mut scratch));
    match found {
        Some(found) => {
            if let Some(stamp) = found.stamp.filter(|s| counts_more(s, head.stamp.as_ref())) {
                head.stamp = Some(stamp);
            }
            if found.level != Level::None {
                head.level = found.level;
                head.level_from_words = found.level_from_words;
            }
        }
        None => head.continues = inner.forms.first().is_some_and(|f| f.definition.multiline && f.has_time()),
    }
}

/// The stamp inside counts, unless it lacks a part or says the same moment with fewer digits.
fn counts_more(inner: &Stamp, outer: Option<&Stamp>) -> bool {
    let Some(outer) = outer.filter(|o| o.is_instant()) else { return inner.is_instant() };
    let same = (inner.civil - outer.civil).abs() < 2 * crate::time::SECOND;
    inner.is_instant() && !(same && inner.digits < outer.digits)
}

/// The level right behind the stamp, else before it.
pub(super) fn level_around(line: &[u8], start: usize, end: usize) -> Option<(Level, std::ops::Range<usize>)> {
    let after = line.get(end..)?;
    if let Some((level, at)) = words::find(after, true) {
        return Some((level, end + at.start..end + at.end));
    }
    words::find(line.get(..start)?, true)
}
