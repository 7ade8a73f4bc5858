//! Taking a record apart, for somebody who looks at it: who wrote it, what it says, what its fields are.

use std::borrow::Cow;

use crate::format::decoder::{json, logfmt, postgres, w3c};
use crate::format::definition::Decoder;
use crate::format::form::{Form, level_around};
use crate::format::header;
use crate::format::record::Record;
use crate::source::encoding;

impl Form {
    /// Takes a record apart.
    pub fn decode<'a>(&'a self, record: &'a [u8]) -> Record<'a> {
        let end = if self.spread { None } else { memchr::memchr(b'\n', record) }.unwrap_or(record.len());
        let first = record.get(..end).unwrap_or(record);
        let first = first.strip_suffix(b"\r").unwrap_or(first);
        let more = record.get(end..).unwrap_or_default();
        if self.definition.inner.is_some() {
            return self.decode_wrapper(record, first, more);
        }
        self.decode_outer(record, first, more)
    }

    /// A wrapper's record: each further line may be wrapped itself.
    fn decode_wrapper<'a>(&'a self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut scratch = Vec::new();
        let mut torn = self.head_of(first, &mut scratch, true).is_some_and(|h| h.partial);
        let mut out = if more.is_empty() {
            self.decode_outer(record, first, more)
        } else {
            let mut out = self.decode_outer(first, first, &[]);
            let mut text = std::mem::take(&mut out.message).into_owned();
            let lines = more.strip_prefix(b"\n").unwrap_or(more).split(|b| *b == b'\n');
            for line in lines.map(|l| l.strip_suffix(b"\r").unwrap_or(l)) {
                let head = self.head_of(line, &mut scratch, true);
                if !torn && !text.ends_with('\n') {
                    text.push('\n');
                }
                match head {
                    Some(_) => text.push_str(&self.decode_outer(line, line, &[]).message),
                    None => text.push_str(&lossy(line)),
                }
                torn = head.is_some_and(|h| h.partial);
            }
            out.message = Cow::Owned(text);
            out
        };
        if let Some(inner) = &self.inner {
            let outer = self.head_of(first, &mut scratch, false).and_then(|h| h.stamp);
            inner.unwrap(&mut out, outer);
        }
        out
    }

    fn decode_outer<'a>(&'a self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = match self.definition.decoder {
            Decoder::Pattern => self.decode_pattern(record, first, more),
            Decoder::Regex => self.decode_regex(record, first, more),
            Decoder::Json => self.decode_json(record, first, more),
            Decoder::Logfmt => self.decode_logfmt(first, more),
            Decoder::Postgres => self.decode_postgres(record, first, more),
            Decoder::Anywhere => self.decode_anywhere(record, first, more),
            Decoder::W3c => self.decode_w3c(record, first, more),
            Decoder::Text => Record { message: lossy(record), ..Record::default() },
        };
        if out.process.is_none() {
            out.process = self.definition.process.as_deref().map(Cow::Borrowed);
        }
        out.took = self.definition.durations.iter().find_map(|rule| rule.of(&out));
        out
    }

    fn decode_regex<'a>(&'a self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record::default();
        let list = &self.definition.expressions;
        let Some((e, found)) = list.iter().find_map(|(e, _)| e.find(first).map(|found| (e, found))) else {
            return Record { message: with_more(record, first, more), ..out };
        };
        let (mut message, mut header) = (None, 0);
        for (group, name) in &e.names {
            let Some(span) = found.span(*group) else { continue };
            let bytes = first.get(span.clone()).unwrap_or_default();
            match name.as_str() {
                "time" => {
                    out.stamp = Some(lossy(bytes));
                    header = span.end;
                    out.stamp_span = Some(span);
                }
                "message" => message = Some(bytes),
                _ => put(&mut out, name, lossy(bytes)),
            }
        }
        // Without a message part, the message is what follows the stamp.
        let rest = || first.get(header..).unwrap_or_default().trim_ascii_start();
        out.message = with_more(record, message.unwrap_or_else(rest), more);
        out
    }

    fn decode_pattern<'a>(&'a self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record::default();
        let d = &*self.definition;
        let find = |text| d.patterns.iter().find_map(|(p, _)| p.find(text, &d.levels).map(|found| (p, found)));
        let Some((pattern, found)) = find(first) else {
            return Record { message: with_more(record, first, more), ..out };
        };
        let (header, body) = header::split(d, more);
        // A quoted field goes on over line ends: the record is one text then.
        let whole = pattern.spans_lines && !more.is_empty();
        let (first, more, found) = match whole.then(|| pattern.find(record, &d.levels)).flatten() {
            Some(whole) => (record, &[][..], whole),
            None => (first, more, found),
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
                "message" if !header.is_empty() => out.message = lossy(bytes),
                "message" => out.message = with_more(record, bytes, more),
                _ if pattern.pairs == Some(slot) => header::pairs(&mut out, d, bytes),
                _ => put(&mut out, name, csv_text(bytes)),
            }
        }
        if pattern.slot("message").is_some_and(|slot| found.span(slot).is_none()) {
            // All of the text stands in the further lines.
            out.message = lossy(more.trim_ascii());
        }
        if !header.is_empty() {
            header::read(&mut out, d, &header, found.stamp.is_some_and(|s| s.is_instant()));
            header::end(&mut out, body);
        } else if pattern.slot("message").is_none() {
            // Without a message part, the message is what follows the stamp.
            let from = out.stamp_span.as_ref().map_or(0, |s| s.end);
            let text = first.get(from..).unwrap_or_default();
            let skip = text.iter().position(|b| !matches!(b, b']' | b' ' | b'\t')).unwrap_or(text.len());
            let text = text.get(skip..).unwrap_or_default();
            // A stamp may stand on a line of its own, above the text.
            let more = if text.is_empty() { more.trim_ascii_start() } else { more };
            out.message = with_more(record, text, more);
        }
        out
    }

    fn decode_json<'a>(&'a self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record::default();
        let Some(members) = json::Members::new(first) else {
            return Record { message: with_more(record, first, more), ..out };
        };
        let (k, usual) = (&self.keys, &self.definition.keys);
        let names = [
            (&k.host, &usual.host, "host"),
            (&k.process, &usual.process, "process"),
            (&k.pid, &usual.pid, "pid"),
            (&k.thread, &usual.thread, "thread"),
            (&k.level, &usual.level, "level"),
            (&k.message, &usual.message, "message"),
            (&k.time, &usual.time, "time"),
        ];
        let mut values = [None; 7];
        let mut members = members;
        for member in members.by_ref() {
            let mut is_part = false;
            for ((key, _, _), value) in names.iter().zip(&mut values) {
                if key.as_deref().is_some_and(|k| k.as_bytes() == member.key) {
                    is_part = true;
                    *value = value.or(Some(member.value));
                }
            }
            if !is_part {
                out.fields.push((lossy(member.key), json::text(member.value)));
            }
        }
        for ((key, usual, name), value) in names.into_iter().zip(values) {
            let nested = || key.as_deref().filter(|k| k.contains('.')).and_then(|k| json::get(first, k));
            // A line of another writer in the same file has other keys.
            let other = || {
                let found = |k: &&String| json::get(first, k).is_some_and(|v| v != b"null");
                usual
                    .iter()
                    .find(found)
                    .filter(|_| matches!(name, "message" | "time"))
                    .and_then(|k| json::get(first, k))
            };
            let Some(value) = value.or_else(nested).or_else(other) else { continue };
            if matches!(value, b"null" | b"\"\"") {
                continue;
            }
            match name {
                "time" => out.stamp = Some(json::text(value)),
                "message" => out.message = json::text(value),
                _ => put(&mut out, name, json::text(value)),
            }
        }
        let torn = !members.closed && out.message.is_empty();
        if out.message.is_empty() && k.message.is_none() || torn {
            out.message = lossy(first);
        }
        if !more.is_empty() {
            out.message = Cow::Owned(out.message.into_owned() + &encoding::shown(more));
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
            out.message = Cow::Owned(out.message.into_owned() + &encoding::shown(more));
        }
        out
    }

    fn decode_postgres<'a>(&self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let stamped = |severity: &std::ops::Range<usize>| {
            let before = first.get(..severity.start).unwrap_or_default();
            self.anchors.iter().find_map(|a| a.read(before))
        };
        let found = postgres::severity(first).and_then(|(severity, _)| Some((stamped(&severity)?, severity)));
        let Some(((_, start, end), severity)) = found else {
            return Record { message: with_more(record, first, more), ..Record::default() };
        };
        let mut out = Record { stamp: first.get(start..end).map(lossy), ..Record::default() };
        out.stamp_span = Some(start..end);
        out.level = first.get(severity.clone()).map(lossy);
        let message = first.get(severity.end + 1..).unwrap_or_default();
        out.message = with_more(record, message.trim_ascii_start(), more);
        let rest = first.get(end..severity.start).unwrap_or_default();
        if let Ok(text) = std::str::from_utf8(rest) {
            let prefix = postgres::prefix(text);
            out.pid = prefix.pid;
            out.fields = prefix.fields;
        }
        out
    }

    fn decode_w3c<'a>(&'a self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record { message: with_more(record, first, more), ..Record::default() };
        let Some((layout, _, _)) = w3c::Layout::fitting(&self.layouts, first) else { return out };
        for (name, (start, end)) in layout.names.iter().zip(layout.columns(first)) {
            let text = first.get(start..end).unwrap_or_default();
            match name.as_str() {
                _ if text == b"-" => {}
                "s-computername" | "server-hostname" => out.host = Some(lossy(text)),
                _ => out.fields.push((Cow::Borrowed(name), lossy(text))),
            }
        }
        if let Some((start, end)) = layout.stamp_span(first) {
            out.stamp = first.get(start..end).map(lossy);
            out.stamp_span = Some(start..end);
            let rest = first.get(end..).unwrap_or_default();
            if start == 0 {
                let skip = rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b',')).count();
                out.message = with_more(record, rest.get(skip..).unwrap_or_default(), more);
            }
        }
        out
    }

    fn decode_anywhere<'a>(&self, record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Record<'a> {
        let mut out = Record { message: with_more(record, first, more), ..Record::default() };
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
        let skip = message
            .iter()
            .position(|b| !matches!(b, b' ' | b'\t' | b']' | b':' | b'-' | b'|' | b',' | b')' | b'>'))
            .unwrap_or(message.len());
        let mut message = message.get(skip..).unwrap_or_default();
        if let Some((program, pid, rest)) = program(message) {
            out.process = Some(lossy(program));
            out.pid = Some(lossy(pid));
            message = rest;
        }
        out.message = with_more(record, message, more);
        out
    }
}

/// Who wrote a text that begins with `program[pid]: `, and the rest of it.
fn program(text: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let open = memchr::memchr(b'[', text.get(..text.len().min(64))?)?;
    let (name, rest) = (text.get(..open)?, text.get(open + 1..)?);
    let close = rest.iter().position(|b| !b.is_ascii_digit()).filter(|n| *n > 0)?;
    let after = rest.get(close..)?.strip_prefix(b"]:")?;
    let told = name.first()?.is_ascii_alphabetic()
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'));
    told.then_some((name, rest.get(..close)?, after.trim_ascii_start()))
}

pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    encoding::shown(bytes)
}

/// A CSV field's text: doubled quotes are one.
fn csv_text(bytes: &[u8]) -> Cow<'_, str> {
    let text = lossy(bytes);
    if text.contains("\"\"") { Cow::Owned(text.replace("\"\"", "\"")) } else { text }
}

/// The end of a record's first line with the record's further lines behind it.
fn with_more<'a>(record: &'a [u8], first: &'a [u8], more: &'a [u8]) -> Cow<'a, str> {
    if more.is_empty() {
        return lossy(first);
    }
    // Mostly the two stand side by side in the record.
    let start = record.len().checked_sub(first.len() + more.len()).and_then(|at| record.get(at..));
    if let Some(whole) = start.filter(|whole| whole.as_ptr() == first.as_ptr() && !whole.contains(&b'\r')) {
        return lossy(whole);
    }
    let mut text = lossy(first).into_owned();
    text.push_str(&lossy(more).replace("\r\n", "\n"));
    Cow::Owned(text)
}

pub(super) fn put<'a>(out: &mut Record<'a>, name: &'a str, text: Cow<'a, str>) {
    match name {
        "host" => out.host = Some(text),
        "process" => out.process = Some(text),
        "pid" => out.pid = Some(text),
        "thread" => out.thread = Some(text),
        "level" => out.level = Some(text),
        _ => out.fields.push((Cow::Borrowed(name), text)),
    }
}
