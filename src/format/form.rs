//! A format as one source uses it: the definition, and what was learned from the source's lines.
//!
//! [`Form::head`] is what reading needs of every line (does a record begin here, when, how loud);
//! [`Form::decode`] takes one record apart for somebody who looks at it.

use std::borrow::Cow;
use std::sync::Arc;

use crate::format::decoder::anywhere::{self, Anchor};
use crate::format::decoder::{json, logfmt, postgres, words};
use crate::format::definition::{Decoder, Definition, Numbers, TimeRule};
use crate::format::detect::Plan;
use crate::format::level::Level;
use crate::format::record::Record;
use crate::time::parse;
use crate::time::stamp::{Shape, Stamp, States};

/// A format as learned from a source.
#[derive(Clone, Debug)]
pub struct Form {
    /// The format.
    pub definition: Arc<Definition>,
    /// Where stamps stand, most frequent first (`anywhere` and `postgres`).
    anchors: Vec<Anchor>,
    /// The keys that this source uses (`json` and `logfmt`).
    keys: Keys,
    /// The formats of the lines inside (docker, CRI).
    pub inner: Option<Box<Plan>>,
}

/// One key for each part.
#[derive(Clone, Debug, Default)]
struct Keys {
    time: Option<String>,
    level: Option<String>,
    host: Option<String>,
    process: Option<String>,
    pid: Option<String>,
    thread: Option<String>,
    message: Option<String>,
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
}

impl Form {
    /// Learns a format from sample lines; `None` when none of them is in it.
    pub fn learn(definition: &Arc<Definition>, lines: &[&[u8]], others: &[Form]) -> Option<Form> {
        let mut form =
            Form { definition: definition.clone(), anchors: Vec::new(), keys: Keys::default(), inner: None };
        match definition.decoder {
            Decoder::Pattern | Decoder::Text => {}
            Decoder::Json | Decoder::Logfmt => form.keys = form.learn_keys(lines)?,
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
                form.anchors = anywhere::learn(rest).into_iter().map(|(a, _)| a).collect();
                if form.anchors.is_empty() {
                    return None;
                }
            }
        }
        Some(form)
    }

    /// Reads a line (without its line end); `None` when no record of this form begins with it.
    #[inline]
    pub fn head(&self, line: &[u8], scratch: &mut Vec<u8>) -> Option<Head> {
        let d = &*self.definition;
        let mut head =
            Head { stamp: None, level: Level::None, level_from_words: false, inherits_time: false, continues: false };
        match d.decoder {
            Decoder::Pattern => {
                let (pattern, rule, found) = d
                    .patterns
                    .iter()
                    .find_map(|(p, rule)| p.find(line, &d.levels).map(|found| (p, *rule, found)))?;
                head.stamp = found.stamp;
                head.level = found.level;
                head.inherits_time = rule == TimeRule::Inherited;
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
            } else if let Some(nested) = nested(time, member).and_then(json_stamp) {
                stamp = Some(nested);
            } else if let Some(nested) = nested(level, member) {
                level_value = Some(nested);
            } else {
                continue;
            }
            missing -= 1;
        }
        if time.is_some() && stamp.is_none() || time.is_none() && !json::is_object(line) {
            return None;
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

    /// Chooses, of each part's keys, the first that most lines have; for the time, one that reads as a stamp.
    fn learn_keys(&self, lines: &[&[u8]]) -> Option<Keys> {
        let d = &*self.definition;
        let is_json = d.decoder == Decoder::Json;
        let objects: Vec<&[u8]> = lines
            .iter()
            .copied()
            .filter(|l| if is_json { json::Members::new(l).is_some_and(|mut m| m.next().is_some()) } else { is_logfmt(l) })
            .filter(|l| d.keys.require.iter().all(|k| value(is_json, l, k).is_some()))
            .collect();
        if objects.is_empty() {
            return None;
        }
        let n = objects.len();
        let choose = |keys: &[String]| {
            let count = |k: &String| objects.iter().filter(|o| value(is_json, o, k).is_some()).count();
            keys.iter().find(|k| count(k) * 2 > n).or_else(|| keys.iter().find(|k| count(k) > 0)).cloned()
        };
        let stamped = |k: &str| objects.iter().filter(|o| value(is_json, o, k).and_then(json_stamp).is_some()).count();
        let time = d.keys.time.iter().find(|k| stamped(k) * 2 > n).cloned();
        let time = time.or_else(|| if d.keys.require.is_empty() { discover_time(is_json, &objects) } else { None });
        if time.is_none() && !is_json {
            return None;
        }
        Some(Keys {
            time,
            level: choose(&d.keys.level),
            host: choose(&d.keys.host),
            process: choose(&d.keys.process),
            pid: choose(&d.keys.pid),
            thread: choose(&d.keys.thread),
            message: choose(&d.keys.message),
        })
    }

    /// True when the form knows where its records' times stand.
    pub fn has_time(&self) -> bool {
        match self.definition.decoder {
            Decoder::Json | Decoder::Logfmt => self.keys.time.is_some(),
            Decoder::Text => false,
            Decoder::Pattern | Decoder::Postgres | Decoder::Anywhere => true,
        }
    }

    /// Takes a record apart.
    pub fn decode<'a>(&self, record: &'a [u8]) -> Record<'a> {
        let end = memchr::memchr(b'\n', record).unwrap_or(record.len());
        let first = record.get(..end).unwrap_or(record);
        let first = first.strip_suffix(b"\r").unwrap_or(first);
        let more = record.get(end..).unwrap_or_default();
        let mut out = match self.definition.decoder {
            Decoder::Pattern => self.decode_pattern(record, first, more),
            Decoder::Json => self.decode_json(first, more),
            Decoder::Logfmt => self.decode_logfmt(first, more),
            Decoder::Postgres => self.decode_postgres(first, more),
            Decoder::Anywhere => self.decode_anywhere(first, more),
            Decoder::Text => Record { message: lossy(record), ..Record::default() },
        };
        if out.process.is_none() {
            out.process = self.definition.process.clone().map(Cow::Owned);
        }
        if let Some(inner) = &self.inner {
            unwrap_inner(&mut out, inner);
        }
        out
    }

    fn decode_pattern<'a>(&self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record::default();
        let d = &*self.definition;
        let find = |text| d.patterns.iter().find_map(|(p, _)| p.find(text, &d.levels).map(|found| (p, found)));
        let Some((pattern, found)) = find(first) else {
            return Record { message: with_more(first, more), ..out };
        };
        // A quoted field goes on over line ends: the record is one text then.
        let (first, more, found) = match pattern.find(record, &d.levels) {
            Some(whole) if pattern.spans_lines && !more.is_empty() => (record, &[][..], whole),
            _ => (first, more, found),
        };
        for (slot, name) in pattern.names.iter().enumerate() {
            let Some(span) = found.span(slot) else { continue };
            let bytes = first.get(span.clone()).unwrap_or_default();
            match name.as_str() {
                "time" => {
                    out.stamp = Some(lossy(bytes));
                    out.stamp_span = Some(span);
                }
                "message" if pattern.spans_lines => out.message = csv_text(bytes),
                "message" => out.message = with_more(bytes, more),
                _ => put(&mut out, name, csv_text(bytes)),
            }
        }
        if pattern.slot("message").is_none() {
            // Without a message part, the message is what follows the stamp.
            let from = out.stamp_span.as_ref().map_or(0, |s| s.end);
            let text = first.get(from..).unwrap_or_default();
            let skip = text.iter().position(|b| !matches!(b, b']' | b' ' | b'\t')).unwrap_or(text.len());
            out.message = with_more(text.get(skip..).unwrap_or_default(), more);
        }
        out
    }

    fn decode_json<'a>(&self, first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record::default();
        let Some(members) = json::Members::new(first) else {
            return Record { message: with_more(first, more), ..out };
        };
        let k = &self.keys;
        let names = [
            (&k.host, "host"),
            (&k.process, "process"),
            (&k.pid, "pid"),
            (&k.thread, "thread"),
            (&k.level, "level"),
            (&k.message, "message"),
            (&k.time, "time"),
        ];
        for (key, name) in names {
            let Some(value) = key.as_deref().and_then(|k| json::get(first, k)) else { continue };
            if matches!(value, b"null" | b"\"\"") {
                continue;
            }
            match name {
                "time" => out.stamp = Some(json::text(value)),
                "message" => out.message = json::text(value),
                _ => put(&mut out, name, json::text(value)),
            }
        }
        for member in members {
            let is_part = names.iter().any(|(key, _)| key.as_deref().is_some_and(|k| k.as_bytes() == member.key));
            if !is_part {
                out.fields.push((lossy(member.key), json::text(member.value)));
            }
        }
        if out.message.is_empty() && k.message.is_none() {
            out.message = lossy(first);
        }
        if !more.is_empty() {
            out.message = Cow::Owned(out.message.into_owned() + &String::from_utf8_lossy(more));
        }
        out
    }

    fn decode_logfmt<'a>(&self, first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record::default();
        let is = |key: &Option<String>, k: &[u8]| key.as_deref().is_some_and(|key| key.as_bytes() == k);
        for (key, value) in logfmt::Pairs::new(first) {
            let text = logfmt::text(value);
            match key {
                k if is(&self.keys.time, k) => out.stamp = Some(text),
                k if is(&self.keys.message, k) => out.message = text,
                k if is(&self.keys.level, k) => out.level = Some(text),
                k if is(&self.keys.host, k) => out.host = Some(text),
                k if is(&self.keys.process, k) => out.process = Some(text),
                k if is(&self.keys.pid, k) => out.pid = Some(text),
                k => out.fields.push((lossy(k), text)),
            }
        }
        if self.keys.message.is_none() {
            out.message = lossy(first);
        }
        if !more.is_empty() {
            out.message = Cow::Owned(out.message.into_owned() + &String::from_utf8_lossy(more));
        }
        out
    }

    fn decode_postgres<'a>(&self, first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record { message: with_more(first, more), ..Record::default() };
        let Some((severity, _)) = postgres::severity(first) else { return out };
        let before = first.get(..severity.start).unwrap_or_default();
        let Some((_, start, end)) = self.anchors.iter().find_map(|a| a.read(before)) else { return out };
        out.stamp = first.get(start..end).map(lossy);
        out.stamp_span = Some(start..end);
        out.level = first.get(severity.clone()).map(lossy);
        let message = first.get(severity.end + 1..).unwrap_or_default();
        out.message = with_more(message.trim_ascii_start(), more);
        let rest = first.get(end..severity.start).unwrap_or_default();
        if let Ok(text) = std::str::from_utf8(rest) {
            let prefix = postgres::prefix(text);
            out.pid = prefix.pid;
            out.fields = prefix.fields;
        }
        out
    }

    fn decode_anywhere<'a>(&self, first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record { message: with_more(first, more), ..Record::default() };
        let Some((_, start, end)) = self.anchors.iter().find_map(|a| a.read(first)) else { return out };
        out.stamp = first.get(start..end).map(lossy);
        out.stamp_span = Some(start..end);
        let mut from = end;
        if let Some((_, at)) = level_around(first, start, end) {
            out.level = first.get(at.clone()).map(lossy);
            let between = first.get(end..at.start).unwrap_or_default();
            if at.start >= end && !between.iter().any(|b| b.is_ascii_alphanumeric()) {
                from = at.end;
            }
        }
        let message = first.get(from..).unwrap_or_default();
        let skip = message.iter().position(|b| !matches!(b, b' ' | b'\t' | b']' | b':' | b'-' | b'|' | b',' | b')' | b'>')).unwrap_or(message.len());
        out.message = with_more(message.get(skip..).unwrap_or_default(), more);
        out
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
    let whole = States::YEAR_DATE.and(States::ZONE);
    let Some(outer) = outer.filter(|o| o.states.has(whole)) else { return inner.states.has(whole) };
    let same = (inner.civil - outer.civil).abs() < 2 * crate::time::SECOND;
    inner.states.has(whole) && !(same && inner.digits < outer.digits)
}

fn unwrap_inner(out: &mut Record<'_>, inner: &Plan) {
    let text = out.message.trim_end().as_bytes().to_vec();
    let mut scratch = Vec::new();
    let Some(form) = inner.forms.iter().find(|f| f.head(&text, &mut scratch).is_some()) else { return };
    let found = form.decode(&text);
    let own = |c: &Cow<'_, str>| Cow::Owned(c.clone().into_owned());
    out.message = own(&found.message);
    for (slot, value) in [
        (&mut out.process, &found.process),
        (&mut out.pid, &found.pid),
        (&mut out.thread, &found.thread),
        (&mut out.level, &found.level),
    ] {
        if let Some(value) = value {
            *slot = Some(own(value));
        }
    }
    out.fields.extend(found.fields.iter().map(|(k, v)| (own(k), own(v))));
    if let (Some(outer), Some(stamp)) = (&out.stamp, &found.stamp) {
        out.fields.push((Cow::Borrowed("outer_time"), outer.clone()));
        out.stamp = Some(own(stamp));
        out.stamp_span = None;
    }
}

/// The level right behind the stamp, else before it.
fn level_around(line: &[u8], start: usize, end: usize) -> Option<(Level, std::ops::Range<usize>)> {
    let after = line.get(end..)?;
    if let Some((level, at)) = words::find(after, true) {
        return Some((level, end + at.start..end + at.end));
    }
    words::find(line.get(..start)?, true)
}

fn nested<'a>(key: Option<&str>, member: json::Member<'a>) -> Option<&'a [u8]> {
    let rest = key?.as_bytes().strip_prefix(member.key)?.strip_prefix(b".")?;
    if member.value.first() != Some(&b'{') {
        return None;
    }
    json::get(member.value, std::str::from_utf8(rest).ok()?)
}

fn value<'a>(is_json: bool, line: &'a [u8], key: &str) -> Option<&'a [u8]> {
    if is_json {
        return json::get(line, key).filter(|v| *v != b"null");
    }
    logfmt::Pairs::new(line).find(|(k, _)| *k == key.as_bytes()).map(|(_, v)| v)
}

/// A whole value that is a stamp: a string with nothing behind it, or a number since 1970.
#[inline]
fn json_stamp(value: &[u8]) -> Option<Stamp> {
    let text = value.strip_prefix(b"\"").map_or(value, |v| v.strip_suffix(b"\"").unwrap_or(v));
    value_stamp(text)
}

fn value_stamp(text: &[u8]) -> Option<Stamp> {
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    let stamp = match parse::read(Shape::Iso, text, 0) {
        Some((stamp, end)) => (stamp, end),
        None => parse::any(text, 0).filter(|(shape, _, _)| *shape != Shape::TimeOnly).map(|(_, s, e)| (s, e))?,
    };
    let rest = text.get(stamp.1..).unwrap_or_default();
    // Some writers put the zone's name in brackets behind the offset, or an exponent behind an epoch.
    (rest.is_empty() || rest.starts_with(b"[") || rest.starts_with(b" ")).then_some(stamp.0)
}

/// Two pairs at least, and the line begins with one.
pub fn is_logfmt(line: &[u8]) -> bool {
    let key = |k: &[u8]| !k.is_empty() && k.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@' | b'/'));
    let (mut pairs, mut words) = (0, 0);
    for (i, (k, v)) in logfmt::Pairs::new(line).take(12).enumerate() {
        let pair = key(k) && (!v.is_empty() || line.windows(k.len() + 1).any(|w| w.ends_with(b"=") && w.starts_with(k)));
        if i == 0 && !pair {
            return false;
        }
        if pair {
            pairs += 1;
        } else {
            words += 1;
        }
    }
    pairs >= 2 && words * 3 <= pairs
}

/// The key whose value reads as a stamp in most lines, one with a telling name before others.
fn discover_time(is_json: bool, objects: &[&[u8]]) -> Option<String> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for object in objects {
        let mut count = |key: &[u8], value: &[u8]| {
            let bare_number = value.first().is_some_and(u8::is_ascii_digit);
            let telling = telling_name(key);
            if (telling || !bare_number) && json_stamp(value).is_some() {
                *counts.entry(String::from_utf8_lossy(key).into_owned()).or_default() += 1;
            }
        };
        if is_json {
            json::Members::new(object)?.for_each(|m| count(m.key, m.value));
        } else {
            logfmt::Pairs::new(object).for_each(|(k, v)| count(k, v));
        }
    }
    let n = objects.len();
    counts
        .into_iter()
        .filter(|(_, c)| c * 2 > n)
        .max_by_key(|(k, c)| (telling_name(k.as_bytes()), *c, std::cmp::Reverse(k.clone())))
        .map(|(k, _)| k)
}

fn telling_name(key: &[u8]) -> bool {
    let low = key.to_ascii_lowercase();
    [&b"time"[..], b"date", b"stamp", b"ts"].iter().any(|w| memchr::memmem::find(&low, w).is_some())
        || matches!(&*low, b"t" | b"@t" | b"created" | b"when" | b"at")
}

fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// A CSV field's text: doubled quotes are one.
fn csv_text(bytes: &[u8]) -> Cow<'_, str> {
    let text = lossy(bytes);
    if text.contains("\"\"") { Cow::Owned(text.replace("\"\"", "\"")) } else { text }
}

/// `first` with the record's further lines behind it.
fn with_more<'a>(first: &'a [u8], more: &'a [u8]) -> Cow<'a, str> {
    if more.is_empty() {
        return lossy(first);
    }
    let mut text = lossy(first).into_owned();
    text.push_str(&lossy(more).replace("\r\n", "\n"));
    Cow::Owned(text)
}

fn put<'a>(out: &mut Record<'a>, name: &str, text: Cow<'a, str>) {
    match name {
        "host" => out.host = Some(text),
        "process" => out.process = Some(text),
        "pid" => out.pid = Some(text),
        "thread" => out.thread = Some(text),
        "level" => out.level = Some(text),
        _ => out.fields.push((Cow::Owned(name.to_owned()), text)),
    }
}
