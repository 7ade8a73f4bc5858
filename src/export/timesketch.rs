//! Events in Timesketch's columns, as CSV and as JSON lines.
//!
//! Timesketch asks for `message`, `datetime` and `timestamp_desc` (`timesketch/lib/utils.py`) and sorts by `datetime`; so
//! that equal times keep the order by cause, `sequence` counts the rows. `datetime` and `timestamp` are the corrected
//! time; `recorded_utc` is what the log says. An event without a time stands at that of the record above it in its
//! file, and its `timestamp_desc` says so; one whose file has no time at all is left out, and counted. The file's name
//! must end in `.csv` or `.jsonl`.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::csv;
use super::events::in_parallel;
use super::json::{self, Object};
use super::leaving::{Book, Item};
use super::visible::visible;
use crate::case::annotation::Annotation;
use crate::event::{EventId, Flags};
use crate::format::record::Record;
use crate::time::format;

/// The columns, in order.
pub const COLUMNS: [&str; 24] = [
    "message",
    "datetime",
    "timestamp_desc",
    "timestamp",
    "sequence",
    "host",
    "source_file",
    "line",
    "end_line",
    "level",
    "process",
    "pid",
    "log_format",
    "recorded_utc",
    "tz_assumed",
    "assumed",
    "offset_applied_ms",
    "uncertainty_ms",
    "rule",
    "tag",
    "comment",
    "annotation",
    "author",
    "raw",
];

/// OpenSearch indexes no value of this many bytes or more.
const LIMIT: usize = 32_766;
/// Room for the words that say that a value was cut.
const REMARK: usize = 64;

/// What Timesketch's reader (pandas) takes for no value at all; a message of these words would be lost.
const NO_VALUE: [&str; 18] = [
    "", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA",
    "NULL", "NaN", "None", "nan", "null",
];

/// The value of a column.
enum Value<'v> {
    /// None; the column is empty.
    Nothing,
    Text(Cow<'v, str>),
    /// A number or a truth value, as it stands.
    Bare(String),
    List(Vec<String>),
}

impl<'v> From<Option<&'v str>> for Value<'v> {
    fn from(text: Option<&'v str>) -> Self {
        text.filter(|t| !t.is_empty()).map_or(Value::Nothing, |t| Value::Text(Cow::Borrowed(t)))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        if text.is_empty() { Value::Nothing } else { Value::Text(Cow::Owned(text)) }
    }
}

type Row<'v> = [Value<'v>; COLUMNS.len()];

/// Writes a header and a line a row; the number of events left out for want of a time.
pub(super) fn write_csv(out: &mut dyn Write, book: &Book<'_>) -> io::Result<usize> {
    out.write_all(COLUMNS.join(",").as_bytes())?;
    out.write_all(b"\n")?;
    write(out, book, &|line, row| {
        for (i, value) in row.into_iter().enumerate() {
            if i > 0 {
                line.push(',');
            }
            push_cell(line, value, COLUMNS.get(i) == Some(&"tag"));
        }
        line.push('\n');
    })
}

/// Writes a JSON object a line; the number of events left out for want of a time.
pub(super) fn write_jsonl(out: &mut dyn Write, book: &Book<'_>) -> io::Result<usize> {
    write(out, book, &|line, row| {
        let mut o = Object::open(line);
        for (name, value) in COLUMNS.into_iter().zip(row) {
            match value {
                Value::Nothing => {}
                Value::Text(text) => o.text(name, &cut(text, &|t| t.len())),
                Value::Bare(text) => o.bare(name, text),
                Value::List(list) if list.is_empty() => {}
                Value::List(list) => o.list(name, &list),
            }
        }
        o.close();
        line.push('\n');
    })
}

fn write(out: &mut dyn Write, book: &Book<'_>, push: &(dyn Fn(&mut String, Row<'_>) + Sync)) -> io::Result<usize> {
    let left_out = AtomicUsize::new(0);
    in_parallel(out, &book.items(), &|line, i, item| match *item {
        Item::Event(id) => match book.time(id) {
            Some(time) => {
                let record = book.record(id);
                push(line, of_event(book, id, &record, time, i + 1));
            }
            None => {
                left_out.fetch_add(1, Ordering::Relaxed);
            }
        },
        Item::Moment(m) | Item::End(m) => {
            let Some(marker) = book.markers.get(m as usize) else { return };
            let end = matches!(item, Item::End(_));
            let at = if end { marker.annotation.until } else { marker.at };
            if let Some(at) = at {
                push(line, of_marker(book, marker.annotation, at.at, end, i + 1));
            }
        }
    })?;
    Ok(left_out.into_inner())
}

fn of_event<'v>(
    book: &'v Book<'_>,
    id: EventId,
    record: &'v Record<'_>,
    (time, own): (i64, bool),
    sequence: usize,
) -> Row<'v> {
    let (analysis, events) = (book.analysis, &book.analysis.events);
    let raw = book.raw(id);
    let line = events.line(id);
    let more = memchr::memchr_iter(b'\n', analysis.raw(id)).count() as u64;
    let recorded = events.time(id);
    let moved = recorded.map(|r| time.saturating_sub(r));
    let what = match (own, moved) {
        (false, _) => "Time of the record above (has none of its own)",
        (true, Some(0)) => "Recorded Time",
        (true, _) => "Corrected Time",
    };
    let assumed = json::assumed(events.flags(id));
    let marks = book.marks(id);
    [
        Value::Text(message(record, analysis.is_structured(id), &raw)),
        Value::Text(datetime(time).into()),
        Value::Text(what.into()),
        Value::Bare(time.div_euclid(1000).to_string()),
        Value::Bare(sequence.to_string()),
        book.host(id, record).into(),
        Some(book.path(id)).into(),
        Value::Bare(line.to_string()),
        Value::Bare((line + more).to_string()),
        events.level(id).name().into(),
        record.process.as_deref().into(),
        record.pid.as_deref().into(),
        Some(analysis.format_name(id)).into(),
        recorded.map(|t| format::utc(t, events.precision(id))).unwrap_or_default().into(),
        Value::Bare(events.flags(id).has(Flags::ASSUMED_ZONE).to_string()),
        assumed.join(" ").into(),
        moved.map_or(Value::Nothing, |m| Value::Bare(millis(m))),
        json::band(analysis, id).map_or(Value::Nothing, |b| Value::Bare(millis(b))),
        book.rules(id).join(", ").into(),
        Value::List(book.tags(marks)),
        book.comments(marks).into(),
        Book::kinds(marks).into(),
        book.authors(marks).into(),
        Value::Text(raw),
    ]
}

/// A marker that stands on no event, or the end of a span.
fn of_marker<'v>(book: &Book<'_>, a: &Annotation, time: i64, end: bool, sequence: usize) -> Row<'v> {
    let kind = a.kind.slug().replace('-', " ");
    let what = if end { format!("Marker: {kind} (end)") } else { format!("Marker: {kind}") };
    let comment = book.comments(&[a]);
    let message = if comment.is_empty() { a.kind.title().to_owned() } else { comment.clone() };
    let mut row: Row<'v> = std::array::from_fn(|_| Value::Nothing);
    let mut set = |name: &str, value: Value<'v>| {
        if let Some(slot) = COLUMNS.iter().position(|c| *c == name).and_then(|i| row.get_mut(i)) {
            *slot = value;
        }
    };
    set("message", Value::Text(message.into()));
    set("datetime", Value::Text(datetime(time).into()));
    set("timestamp_desc", Value::Text(what.into()));
    set("timestamp", Value::Bare(time.div_euclid(1000).to_string()));
    set("sequence", Value::Bare(sequence.to_string()));
    set("tag", Value::List(book.tags(&[a])));
    set("comment", comment.into());
    set("annotation", a.kind.slug().to_owned().into());
    set("author", book.authors(&[a]).into());
    row
}

/// What the record says; of structured records also the fields; never nothing.
fn message<'r>(record: &'r Record<'_>, structured: bool, raw: &str) -> Cow<'r, str> {
    let text = &*record.message;
    if structured && !record.fields.is_empty() {
        let mut all = text.to_owned();
        for (name, value) in &record.fields {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(name);
            all.push('=');
            all.push_str(value);
        }
        return all.into();
    }
    match (text.is_empty(), raw.is_empty()) {
        (false, _) => text.into(),
        (true, false) => raw.to_owned().into(),
        (true, true) => "(empty record)".into(),
    }
}

/// `2026-10-10T13:08:01.493000+00:00`, always to the microsecond.
fn datetime(nanos: i64) -> String {
    let utc = format::utc(nanos, 6);
    format!("{}+00:00", utc.strip_suffix('Z').unwrap_or(&utc))
}

/// Nanoseconds as milliseconds, exactly: `-37600.25`.
fn millis(nanos: i64) -> String {
    let (whole, rest) = (nanos.unsigned_abs() / 1_000_000, nanos.unsigned_abs() % 1_000_000);
    let sign = if nanos < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let fraction = format!("{rest:06}");
    format!("{sign}{whole}.{}", fraction.trim_end_matches('0'))
}

fn push_cell(out: &mut String, value: Value<'_>, is_list: bool) {
    match value {
        // Without a list Timesketch reads a tag `nan`.
        Value::Nothing if is_list => out.push_str("[]"),
        Value::Nothing => {}
        Value::Bare(text) => out.push_str(&text),
        Value::Text(text) => {
            let text = cut(text, &|t| visible(t.as_bytes()).len());
            let text = visible(text.as_bytes());
            csv::push_guarded(out, &text, csv::is_formula(&text) || NO_VALUE.contains(&&*text));
        }
        Value::List(list) => {
            let mut text = String::new();
            json::push_list(&mut text, &list);
            csv::push_guarded(out, &text, false);
        }
    }
}

/// The text, cut with a remark where it would take too many bytes as it is written.
fn cut<'t>(text: Cow<'t, str>, written: &dyn Fn(&str) -> usize) -> Cow<'t, str> {
    // What is written may take ten times the bytes at most: `\u{e0041}` for four.
    if text.len() < LIMIT / 10 || written(&text) + 1 < LIMIT {
        return text;
    }
    let mut n = LIMIT - REMARK;
    loop {
        let at = text.floor_char_boundary(n);
        let head = text.get(..at).unwrap_or_default();
        if written(head) <= LIMIT - REMARK {
            return format!("{head}… (cut: {at} of {} bytes)", text.len()).into();
        }
        n = n / 8 * 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stay_below_the_limit() {
        for unit in ["x", "ü", "\u{1b}", "\u{e0041}", "\\\u{7}", "🦀"] {
            for n in [1, 100, LIMIT - 1, LIMIT, LIMIT + 1, 100_000] {
                let text = unit.repeat(n / unit.len() + 1);
                let shown = |t: &str| visible(t.as_bytes()).len();
                let got = cut(text.as_str().into(), &shown);
                assert!(shown(&got) < LIMIT, "{unit:?} {n}");
                assert!(*got == *text || got.ends_with(&format!(" of {} bytes)", text.len())), "{unit:?} {n}");
                assert!(shown(&text) >= LIMIT - 1 || *got == *text, "{unit:?} {n}: what fits stays");
            }
        }
    }

    #[test]
    fn times_are_written_exactly() {
        assert_eq!(datetime(1_791_637_681_493_999_999), "2026-10-10T13:08:01.493999+00:00");
        assert_eq!(datetime(-1), "1969-12-31T23:59:59.999999+00:00");
        assert_eq!((millis(-37_600_250_000), millis(5_000_000), millis(-1)).0, "-37600.25");
        assert_eq!((millis(5_000_000).as_str(), millis(-1).as_str()), ("5", "-0.000001"));
    }
}
