//! A format as one source uses it: the definition, and what was learned from the source's lines.
//!
//! [`Form::head`] is what reading needs of every line (does a record begin here, when, how loud);
//! `Form::decode` in the file beside this one takes one record apart for somebody who looks at it.

use std::sync::Arc;

use crate::format::decoder::anywhere::{self, Anchor};
use crate::format::decoder::{json, logfmt, order, postgres, w3c, words};
use crate::format::definition::{Decoder, Definition, Numbers, Part, TimeRule};
use crate::format::inner::{Inner, writer_of};
use crate::format::keys::{Keys, json_stamp, nested, value_stamp};
use crate::format::level::Level;
use crate::format::pattern::{Found, Pattern};
use crate::time::stamp::Stamp;

/// A format as learned from a source.
#[derive(Clone, Debug)]
pub struct Form {
    /// The format.
    pub definition: Arc<Definition>,
    /// Where stamps stand, most frequent first (`anywhere` and `postgres`).
    pub(super) anchors: Vec<Anchor>,
    /// Lines by which the order of day, month and year in numeric dates stays open, as it is read.
    pub open_order: Option<crate::time::stamp::Shape>,
    /// The keys that this source uses (`json` and `logfmt`).
    pub(super) keys: Keys,
    /// The columns that this source's headings name (`w3c`).
    pub(super) layouts: Vec<w3c::Layout>,
    /// The formats of the lines inside (docker, CRI, syslog).
    pub inner: Option<Box<Inner>>,
    /// Objects of this form stand over several lines (JSON).
    pub(super) spread: bool,
}

/// What reading needs to know of a line that begins a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Head {
    /// The stamp; `None` when the record has none.
    pub stamp: Option<Stamp>,
    /// The level.
    pub level: Level,
    /// The level comes from words of the message.
    pub level_from_words: bool,
    /// The record has the time of the one above.
    pub inherits_time: bool,
    /// The line inside goes on with the record above, if the same writer wrote that (docker, CRI).
    pub continues: bool,
    /// Which part of a header of several lines this is.
    pub part: Part,
    /// The line is torn by the wrapper: the writer's next line goes on with it.
    pub partial: bool,
    /// Who wrote the line, as a wrapper tells it; 0 where nothing is wrapped.
    pub writer: u64,
    /// The line is a heading and no record.
    pub header: bool,
}

impl Head {
    /// True when the line states no instant, so that a stamp further down in the record says more.
    pub fn lacks_time(&self) -> bool {
        self.stamp.map_or(self.inherits_time, |s| !s.is_instant())
    }
}

/// Parts of a wrapper that tell writers apart.
const WRITER: [&str; 5] = ["host", "process", "pid", "stream", "pod"];

impl Form {
    /// Learns a format from sample lines; `None` when none of them is in it.
    pub fn learn(definition: &Arc<Definition>, lines: &[&[u8]], others: &[Form]) -> Option<Form> {
        let mut form = Form::anchored(definition, Vec::new());
        match definition.decoder {
            Decoder::Pattern | Decoder::Regex | Decoder::Text => {}
            Decoder::Json | Decoder::Logfmt => form.keys = Keys::learn(definition, lines)?,
            Decoder::W3c => {
                // A heading may stand anywhere in the text: see `learn_headings`.
                form.learn_headings(&lines.join(&b'\n'));
                if form.layouts.is_empty() {
                    return None;
                }
            }
            Decoder::Postgres => {
                let heads = lines.iter().filter_map(|l| postgres::severity(l).and_then(|(at, _)| l.get(..at.start)));
                form.anchors = anywhere::learn(heads, false).into_iter().map(|(a, _)| a).collect();
                if form.anchors.is_empty() {
                    return None;
                }
            }
            Decoder::Anywhere => {
                let mut scratch = Vec::new();
                let rest = lines.iter().copied().filter(|l| !others.iter().any(|f| f.head(l, &mut scratch).is_some()));
                // Beside a known format, a bare number or time of day stands inside its records.
                let told = |a: &Anchor| {
                    others.is_empty() || anywhere::says_a_day(a.shape) || anywhere::is_epoch_in_brackets(a)
                };
                form.anchors =
                    anywhere::learn(rest, !others.is_empty()).into_iter().map(|(a, _)| a).filter(told).collect();
                if form.anchors.is_empty() {
                    return None;
                }
            }
        }
        let open = form.anchors.iter().find(|a| order::order_is_open(**a, lines));
        form.open_order = open.map(|a| a.shape);
        Some(form)
    }

    /// The fallback for lines that begin with a stamp where most of a file's lines do.
    pub fn at_line_begin(definition: &Arc<Definition>, lines: &[&[u8]]) -> Option<Form> {
        let anchors = anywhere::learn(lines.iter().copied(), false);
        let (anchor, n) = *anchors.first()?;
        let telling = anchor.at_begin() && anywhere::says_a_day(anchor.shape);
        (telling && n * 2 > lines.len()).then(|| Form {
            open_order: order::order_is_open(anchor, lines).then_some(anchor.shape),
            ..Form::anchored(definition, vec![anchor])
        })
    }

    /// A form with learned places of stamps, and nothing else learned.
    pub(super) fn anchored(definition: &Arc<Definition>, anchors: Vec<Anchor>) -> Form {
        let (keys, layouts) = (Keys::default(), Vec::new());
        Form { definition: definition.clone(), anchors, open_order: None, keys, layouts, inner: None, spread: false }
    }

    /// True when further lines may go on with a record.
    pub fn goes_on(&self) -> bool {
        self.definition.multiline || self.spread
    }

    /// Learns the headings of a whole text, for formats whose lines have columns.
    pub fn learn_headings(&mut self, text: &[u8]) {
        if self.definition.decoder == Decoder::W3c {
            self.layouts = w3c::layouts(text);
        }
    }

    /// Words before the stamp that stands deepest in its line.
    pub fn deepest_anchor(&self) -> u8 {
        self.anchors.iter().map(|a| a.words).max().unwrap_or(0)
    }

    /// Reads a line (without its line end); `None` when no record of this form begins with it.
    #[inline]
    pub fn head(&self, line: &[u8], scratch: &mut Vec<u8>) -> Option<Head> {
        self.head_of(line, scratch, true)
    }

    /// The stamp of a wrapper's line, whatever the line inside states.
    pub fn outer_stamp(&self, line: &[u8]) -> Option<Stamp> {
        self.head_of(line, &mut Vec::new(), false)?.stamp
    }

    /// As [`Self::head`]; what is wrapped counts only when it is looked at.
    #[inline]
    pub(super) fn head_of(&self, line: &[u8], scratch: &mut Vec<u8>, look_inside: bool) -> Option<Head> {
        let d = &*self.definition;
        let mut head = Head::default();
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
                if look_inside && (self.inner.is_some() || d.inner_lines) {
                    self.pattern_inside(line, pattern, &found, &mut head);
                }
            }
            Decoder::Regex => self.regex_head(line, &mut head)?,
            Decoder::Json => self.json_head(line, scratch, &mut head, look_inside)?,
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
            Decoder::W3c => match w3c::read(&self.layouts, line)? {
                w3c::Line::Directive => head.header = true,
                w3c::Line::Record(stamp, level) => (head.stamp, head.level) = (Some(stamp), level),
            },
            Decoder::Text => head.level = words::find(line, false).map_or(Level::None, |(l, _)| l),
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

    fn regex_head(&self, line: &[u8], head: &mut Head) -> Option<()> {
        let d = &*self.definition;
        let (e, rule, found) =
            d.expressions.iter().find_map(|(e, rule)| e.find(line).map(|found| (e, *rule, found)))?;
        head.stamp = found.stamp;
        head.inherits_time = rule == TimeRule::Inherited;
        head.level = e.level(&found, line).map_or(Level::None, |text| d.level_of(text));
        if head.level == Level::None {
            self.find_level(head, |name| e.part(name, &found, line));
        }
        Some(())
    }

    /// Levels that stand in the message, follow from a status, or are told by words.
    fn find_level<'l>(&self, head: &mut Head, part: impl Fn(&str) -> Option<&'l [u8]>) {
        let d = &*self.definition;
        if let Some(status) = d.status.as_deref().and_then(&part) {
            head.level = status_level(status);
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

    /// What a pattern wraps: who wrote it, and what it says.
    fn pattern_inside(&self, line: &[u8], pattern: &Pattern, found: &Found, head: &mut Head) {
        let part = |name: &str| pattern.slot(name).and_then(|s| found.span(s)).and_then(|s| line.get(s));
        if self.definition.inner_lines {
            head.writer = writer_of(WRITER.iter().filter_map(|name| part(name)));
        }
        let tag = part("tag").unwrap_or_default();
        head.partial = self.definition.inner_lines && (tag == b"P" || tag.starts_with(b"P:"));
        if let (Some(inner), Some(name)) = (&self.inner, &self.definition.inner) {
            let text = part(name).unwrap_or_default();
            inner.read(head, part("process").unwrap_or_default(), text, self.definition.inner_lines);
        }
    }

    fn json_head(&self, line: &[u8], scratch: &mut Vec<u8>, head: &mut Head, look_inside: bool) -> Option<()> {
        let wraps = look_inside && (self.inner.is_some() || self.definition.inner_lines);
        let named = if wraps { self.keys.process.as_deref() } else { None };
        let keys = [
            self.keys.time.as_deref(),
            self.keys.level.as_deref(),
            if wraps { self.keys.message.as_deref() } else { None },
            if wraps && self.definition.inner_lines { Some("stream") } else { None },
            named,
        ];
        let status = self.keys.status.as_deref();
        let (mut values, mut answered): ([Option<&[u8]>; 5], _) = ([None; 5], None);
        // An HTTP status is asked only where no level is stated.
        let mut missing = keys.iter().flatten().count() + usize::from(status.is_some() && self.keys.level.is_none());
        for member in json::Members::new(line)? {
            for (key, value) in keys.iter().zip(&mut values) {
                let Some(key) = key else { continue };
                if value.is_none() {
                    *value = if key.as_bytes() == member.key { Some(member.value) } else { nested(Some(key), member) };
                    missing -= usize::from(value.is_some());
                }
            }
            if let Some(key) = status.filter(|_| answered.is_none()) {
                answered = if key.as_bytes() == member.key { Some(member.value) } else { nested(Some(key), member) };
                missing -= usize::from(answered.is_some() && self.keys.level.is_none());
            }
            if missing == 0 {
                break;
            }
        }
        let [time, level, text, stream, process] = values;
        head.stamp = time.and_then(json_stamp);
        head.level = level.map_or(Level::None, |v| self.json_level(v));
        if head.level == Level::None {
            head.level = answered.and_then(json::bare).map_or(Level::None, status_level);
        }
        if head.stamp.is_none() {
            // An object without a readable time is a record all the same, if it is whole and of this format.
            let ours = self.definition.keys.require.iter().all(|k| json::get(line, k).is_some());
            let (stamp, level) = Keys::elsewhere(&self.definition.keys, line);
            head.stamp = stamp;
            if head.level == Level::None {
                head.level = level.map_or(Level::None, |v| self.json_level(v));
            }
            if stamp.is_none() && !(ours && json::is_object(line)) {
                return None;
            }
        }
        if wraps {
            let name = process.and_then(json::bare).unwrap_or_default();
            if self.definition.inner_lines {
                head.writer = writer_of([stream, process].into_iter().flatten());
            }
            head.partial = self.definition.inner_lines && text.is_some_and(|t| !t.ends_with(b"\\n\""));
            if let (Some(inner), Some(text)) = (&self.inner, text) {
                json::unescape_into(text, scratch);
                let line = scratch.strip_suffix(b"\n").unwrap_or(scratch);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                inner.read(head, name, line, self.definition.inner_lines);
            }
        }
        Some(())
    }

    fn json_level(&self, value: &[u8]) -> Level {
        let text = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value);
        if let Some((level, _)) = self.definition.level_matches.iter().find(|(_, m)| m.is_match(text)) {
            return *level;
        }
        let number = std::str::from_utf8(text).ok().and_then(|t| t.parse::<u64>().ok());
        if let Some((_, level)) = self.definition.levels.0.iter().find(|(word, _)| word == text) {
            return *level;
        }
        match (number, self.definition.numbers) {
            (Some(n), Some(Numbers::Syslog)) => Level::from_syslog(n),
            (Some(n), Some(Numbers::Otlp)) => Level::from_otlp(n),
            (Some(n), _) if n >= 10 => Level::from_number(n),
            (Some(_), _) => Level::None,
            // A list of tags may hold the level (Kibana).
            (None, _) if value.first() == Some(&b'[') => value
                .split(|b| matches!(b, b'"' | b',' | b'[' | b']'))
                .map(|word| self.definition.levels.level(word))
                .find(|l| *l != Level::None)
                .unwrap_or_default(),
            (None, _) => self.level_word(text),
        }
    }

    /// A level's word; slog writes `ERROR+2` for what lies between, and some write `LogLevel.Info` or `LEVEL_INFO`.
    fn level_word(&self, text: &[u8]) -> Level {
        let whole = self.definition.levels.level(text.trim_ascii());
        if whole != Level::None || text.len() < 3 {
            return whole;
        }
        // Some write colours even into JSON.
        if let Some(coloured) = text.strip_prefix(b"\\u001b[") {
            let word = coloured.split(|b| *b == b'm').nth(1).unwrap_or_default();
            return self.definition.levels.level(word.split(|b| *b == b'\\').next().unwrap_or_default());
        }
        let begin = text.split(|b| matches!(b, b'+' | b'-' | b' ')).next().unwrap_or_default();
        let end = text.rsplit(|b| matches!(b, b'.' | b'_' | b'/')).next().unwrap_or_default();
        let of = |word: &[u8]| if word.len() < 3 { Level::None } else { Level::from_word(word) };
        Some(of(begin)).filter(|l| *l != Level::None).unwrap_or_else(|| of(end))
    }

    fn logfmt_head(&self, line: &[u8], head: &mut Head) -> Option<()> {
        let is = |key: &Option<String>, k: &[u8]| key.as_deref().is_some_and(|key| key.as_bytes() == k);
        let mut told = false;
        for (key, value) in logfmt::Pairs::new(line) {
            if head.stamp.is_none() && is(&self.keys.time, key) {
                head.stamp = Some(value_stamp(value.strip_prefix(b"\"").unwrap_or(value))?);
            } else if head.level == Level::None && is(&self.keys.level, key) {
                head.level = self.level_word(logfmt::text(value).as_bytes());
            } else if is(&self.keys.message, key) {
                told = true;
            }
            if head.stamp.is_some() && head.level != Level::None {
                break;
            }
        }
        // Some write the time only on some lines (Cilium).
        let begins = || line.starts_with(b"level=") || line.starts_with(b"msg=") || line.starts_with(b"lvl=");
        head.inherits_time = head.stamp.is_none();
        (head.stamp.is_some() || told && head.level != Level::None && begins()).then_some(())
    }

    /// The level that a record's second line begins with, unless the first one says it.
    pub(super) fn level_below(&self, line: &[u8], level: Level) -> Level {
        let end = line.iter().position(|b| *b == b':').unwrap_or(0);
        let word = line.get(..end).unwrap_or_default();
        if level == Level::None && end > 1 { self.definition.levels.level(word) } else { level }
    }

    /// True for a wrapper that adds no time.
    pub(super) fn only_wraps(&self) -> bool {
        let d = &*self.definition;
        d.inner.is_some() && d.decoder == Decoder::Pattern && d.patterns.iter().all(|(p, _)| p.slot("time").is_none())
    }

    /// True when the form knows where its records' times stand.
    pub fn has_time(&self) -> bool {
        match self.definition.decoder {
            Decoder::Json | Decoder::Logfmt => self.keys.time.is_some(),
            Decoder::Text => false,
            Decoder::Pattern | Decoder::Regex | Decoder::Postgres | Decoder::Anywhere | Decoder::W3c => true,
        }
    }
}

/// The level of an HTTP status as written: 5xx is an error, 4xx a warning.
fn status_level(status: &[u8]) -> Level {
    match status {
        [b'5', b'0'..=b'9', b'0'..=b'9'] => Level::Error,
        [b'4', b'0'..=b'9', b'0'..=b'9'] => Level::Warning,
        [b'1'..=b'3', b'0'..=b'9', b'0'..=b'9'] => Level::Info,
        _ => Level::None,
    }
}

/// The level right behind the stamp, else before it.
pub(super) fn level_around(line: &[u8], start: usize, end: usize) -> Option<(Level, std::ops::Range<usize>)> {
    let after = line.get(end..)?;
    let behind = |(level, at): (Level, std::ops::Range<usize>)| (level, end + at.start..end + at.end);
    let found = words::find(after, true);
    let touches = |at: usize| !after.get(..at).unwrap_or_default().iter().any(u8::is_ascii_alphanumeric);
    if found.as_ref().is_some_and(|(_, at)| touches(at.start)) {
        return found.map(behind);
    }
    // A level before the stamp is the record's own; one deep behind it may be somebody else's.
    words::find(line.get(..start)?, true).or_else(|| found.map(behind)).or_else(|| words::by_status(after).map(behind))
}
