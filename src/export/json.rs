//! Events as JSON lines, field by field as the contract names them; and how JSON is written here.
//!
//! What is harmful on a terminal is escaped, so that a parser gets the exact text and a terminal shows it safely.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};

use super::leaving::Book;
use crate::analysis::Analysis;
use crate::clock::Anchor;
use crate::clock::pairs::resolution;
use crate::event::{EventId, Flags};
use crate::format::record::Record;
use crate::format::took::End;
use crate::time::format;
use crate::words::is_harmful;

/// Writes a text as JSON's string, harmful characters as `\uXXXX`.
pub(super) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    let mut from = 0;
    for (at, c) in text.char_indices() {
        let plain = if c.is_ascii() { !matches!(c, '\0'..='\x1f' | '"' | '\\' | '\x7f') } else { !is_harmful(c) };
        if plain {
            continue;
        }
        out.push_str(text.get(from..at).unwrap_or_default());
        from = at + c.len_utf8();
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "\\u{unit:04x}").ok();
                }
            }
        }
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out.push('"');
}

/// An object that is being written. Names are our own words, or unique by the caller's care.
pub(super) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl<'o> Object<'o> {
    /// Opens it.
    pub(super) fn open(out: &'o mut String) -> Self {
        out.push('{');
        Object { out, empty: true }
    }

    /// The name of a member; its value is to be pushed to what is returned.
    pub(super) fn name(&mut self, name: &str) -> &mut String {
        if !self.empty {
            self.out.push(',');
        }
        self.empty = false;
        push_string(self.out, name);
        self.out.push(':');
        self.out
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str, value: &str) {
        push_string(self.name(name), value);
    }

    /// A text, or null.
    pub(super) fn text_or_null(&mut self, name: &str, value: Option<&str>) {
        match value {
            Some(value) => self.text(name, value),
            None => self.bare(name, "null"),
        }
    }

    /// A number or a truth value, as it stands.
    pub(super) fn bare(&mut self, name: &str, value: impl Display) {
        write!(self.name(name), "{value}").ok();
    }

    /// A list of texts.
    pub(super) fn list<T: AsRef<str>>(&mut self, name: &str, values: &[T]) {
        push_list(self.name(name), values);
    }

    /// Closes it.
    pub(super) fn close(self) {
        self.out.push('}');
    }
}

/// Writes a list of texts.
pub(super) fn push_list<T: AsRef<str>>(out: &mut String, values: &[T]) {
    out.push('[');
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_string(out, value.as_ref());
    }
    out.push(']');
}

/// The corrected time, to the digits that the stamp states, or to the microsecond when it was moved.
pub fn corrected(analysis: &Analysis, id: EventId) -> Option<String> {
    let precision = analysis.events.precision(id);
    let corrected = analysis.corrected(id)?;
    let as_recorded = analysis.events.time(id) == Some(corrected);
    Some(format::utc(corrected, if as_recorded { precision } else { precision.max(6) }))
}

/// Half-width of the interval that an event lies in, in nanoseconds; `None` when its clock is not known
/// or others contradict its stamp.
pub fn band(analysis: &Analysis, id: EventId) -> Option<i64> {
    let clock = analysis.clock(id)?;
    let known = !matches!(clock.anchor, Anchor::Floating | Anchor::Given | Anchor::Pinned)
        && !analysis.placement.is_demoted(id);
    (known && analysis.events.time(id).is_some()).then(|| (clock.doubt() + resolution(&analysis.events, id)) as i64)
}

/// Which parts of an event's time the text did not state.
pub fn assumed(flags: Flags) -> Vec<&'static str> {
    let parts = [
        (Flags::ASSUMED_YEAR, "year"),
        (Flags::ASSUMED_DATE, "date"),
        (Flags::ASSUMED_ZONE, "zone"),
        (Flags::ASSUMED_TIME, "time"),
    ];
    parts.into_iter().filter(|(flag, _)| flags.has(*flag)).map(|(_, word)| word).collect()
}

/// One event as a line of JSON, line end included.
pub(super) fn push_event(out: &mut String, book: &Book<'_>, id: EventId) {
    let analysis = book.analysis;
    let events = &analysis.events;
    let record = book.record(id);
    let span = events.span(id);
    let line = events.line(id);
    let more = memchr::memchr_iter(b'\n', analysis.raw(id)).count() as u64;
    let flags = events.flags(id);
    let time = events.time(id).map(|t| format::utc(t, events.precision(id)));
    let mut o = Object::open(out);
    o.text("file", book.path(id));
    o.bare("line", line);
    o.bare("end_line", line + more);
    o.bare("byte_offset", span.start);
    o.bare("byte_len", span.end - span.start);
    o.text_or_null("time_utc", time.as_deref());
    o.text_or_null("corrected_utc", corrected(analysis, id).as_deref());
    match band(analysis, id) {
        Some(band) => o.bare("band_ns", band),
        None => o.bare("band_ns", "null"),
    }
    o.list("assumed", &assumed(flags));
    o.text_or_null("host", book.host(id, &record));
    o.text_or_null("process", record.process.as_deref());
    o.text_or_null("pid", record.pid.as_deref());
    o.text_or_null("thread", record.thread.as_deref());
    o.text_or_null("level", events.level(id).name());
    o.bare("level_from_words", flags.has(Flags::LEVEL_FROM_WORDS));
    o.text("format", analysis.format_name(id));
    o.text("message", &record.message);
    // A name that a record gives twice stands once, with its last value.
    let fields: BTreeMap<&str, &str> = record.fields.iter().map(|(k, v)| (&**k, &**v)).collect();
    let mut inner = Object::open(o.name("fields"));
    fields.into_iter().for_each(|(name, value)| inner.text(name, value));
    inner.close();
    o.bare("out_of_order", flags.has(Flags::OUT_OF_ORDER));
    if let Some((name, other)) = events.time(id).and_then(|t| other_end(&record, t, events.precision(id))) {
        o.text(name, &other);
    }
    annotations(&mut o, book, id);
    o.close();
    out.push('\n');
}

/// The end of what an event tells of that its stamp is not of, by its name in JSON; none where the text states no length.
pub fn other_end(record: &Record<'_>, time: i64, digits: u8) -> Option<(&'static str, String)> {
    let took = record.took?;
    let fine = (0..9u8).find(|d| took.nanos % 10i64.pow(u32::from(9 - d)) == 0).unwrap_or(9);
    let name = if took.stamped == End::End { "began_utc" } else { "ended_utc" };
    Some((name, format::utc(took.other_end(time)?, digits.max(fine))))
}

/// What the case says of an event, where it does.
fn annotations(o: &mut Object<'_>, book: &Book<'_>, id: EventId) {
    let marks = book.marks(id);
    if marks.is_empty() {
        return;
    }
    let out = o.name("annotations");
    for (i, a) in marks.iter().enumerate() {
        out.push(if i == 0 { '[' } else { ',' });
        let mut inner = Object::open(out);
        inner.text("kind", a.kind.slug());
        inner.text("comment", &book.clean(a.comment.as_str()));
        inner.text("author", &book.clean(a.author.as_str()));
        inner.list("tags", &book.tags(&[a]));
        inner.close();
    }
    out.push(']');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_safe_on_a_terminal_and_exact_for_a_parser() {
        let text = "a\x1b[2J\u{202e}\u{200b}\"\\\n\t\r\0\u{7f}\u{85}\u{e0041}ü→🦀";
        let mut out = String::new();
        push_string(&mut out, text);
        assert!(!out.chars().any(is_harmful), "{out:?}");
        assert!(out.contains("\\u001b") && out.contains("\\u202e") && out.contains("ü→🦀"), "{out}");
        assert_eq!(serde_json::from_str::<String>(&out).unwrap(), text);
    }
}
