//! Events as OpenTelemetry's logs, in the JSON of OTLP (`opentelemetry/proto/logs/v1/logs.proto`).
//!
//! One document, written in pieces: a `ResourceLogs` for each source, in order, and one for the markers that stand on no
//! event. `timeUnixNano` is the corrected time, left out where a record has none; `causeline.recorded_time` is what the log
//! says, `causeline.sequence` the row on the timeline. Names of attributes are those of the semantic conventions where
//! these have one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::events::in_parallel;
use super::json::{self, Object, push_string};
use super::leaving::{Book, Item};
use crate::case::annotation::Annotation;
use crate::event::{EventId, Flags};
use crate::format::level::Level;
use crate::time::format;

/// Writes the document.
pub(super) fn write(out: &mut dyn Write, book: &Book<'_>) -> io::Result<()> {
    out.write_all(b"{\"resourceLogs\":[")?;
    let mut any = false;
    let items = book.items();
    for (source, events) in by_source(book, &items) {
        let mut head = String::new();
        open_resource(&mut head, &of_source(book, source), any);
        out.write_all(head.as_bytes())?;
        any = true;
        in_parallel(out, &events, &|text, i, (sequence, id)| {
            text.push_str(if i > 0 { ",\n" } else { "\n" });
            push_event(text, book, source, *id, *sequence);
        })?;
        out.write_all(b"]}]}")?;
    }
    let markers: Vec<(usize, Item)> =
        items.iter().enumerate().filter(|(_, i)| !matches!(i, Item::Event(_))).map(|(n, i)| (n + 1, *i)).collect();
    if !markers.is_empty() {
        let mut text = String::new();
        open_resource(&mut text, &[("service.name", "causeline".into())], any);
        for (i, (sequence, item)) in markers.into_iter().enumerate() {
            text.push_str(if i > 0 { ",\n" } else { "\n" });
            push_marker(&mut text, book, item, sequence);
        }
        text.push_str("]}]}");
        out.write_all(text.as_bytes())?;
    }
    out.write_all(b"]}\n")
}

type Sequenced = (usize, EventId);

/// The events of each source that has any, with their rows.
fn by_source(book: &Book<'_>, items: &[Item]) -> Vec<(usize, Vec<Sequenced>)> {
    let mut out: Vec<Vec<Sequenced>> = vec![Vec::new(); book.analysis.sources.len()];
    for (i, item) in items.iter().enumerate() {
        if let Item::Event(id) = item
            && let Some(list) = out.get_mut(book.analysis.events.source(*id).idx())
        {
            list.push((i + 1, *id));
        }
    }
    out.into_iter().enumerate().filter(|(_, list)| !list.is_empty()).collect()
}

fn of_source<'b>(book: &'b Book<'_>, source: usize) -> Vec<(&'static str, Cow<'b, str>)> {
    let path = book.path_of(source);
    let name = path.rsplit('/').next().unwrap_or(path);
    let format = book.analysis.infos.get(source).map_or("", |i| i.format.as_str());
    let mut out: Vec<(&str, Cow<'b, str>)> = Vec::new();
    out.extend(book.host_of(source).map(|h| ("host.name", h.into())));
    // What wrote it: its format is the product's name for most.
    out.push(("service.name", if format.is_empty() { "unknown_service".into() } else { Cow::Borrowed(format) }));
    out.push(("log.file.name", name.into()));
    out.push(("log.file.path", path.into()));
    out
}

fn open_resource(out: &mut String, attributes: &[(&str, Cow<'_, str>)], more: bool) {
    out.push_str(if more { ",\n" } else { "\n" });
    out.push_str("{\"resource\":{\"attributes\":[");
    let mut list = Attributes { out, empty: true };
    attributes.iter().for_each(|(name, value)| list.text(name, value));
    out.push_str("]},\"scopeLogs\":[{\"scope\":{\"name\":\"causeline\"},\"logRecords\":[");
}

/// A list of attributes that is being written. Names must be unique.
struct Attributes<'o> {
    out: &'o mut String,
    empty: bool,
}

impl Attributes<'_> {
    fn key(&mut self, name: &str) -> &mut String {
        self.out.push_str(if self.empty { "{\"key\":" } else { ",{\"key\":" });
        self.empty = false;
        push_string(self.out, name);
        self.out.push_str(",\"value\":");
        self.out
    }

    fn text(&mut self, name: &str, value: &str) {
        let out = self.key(name);
        push_text(out, value);
        out.push('}');
    }

    fn some(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    /// A whole number; the mapping of 64 bits is a string.
    fn int(&mut self, name: &str, value: i64) {
        let out = self.key(name);
        out.push_str("{\"intValue\":\"");
        out.push_str(&value.to_string());
        out.push_str("\"}}");
    }

    fn list<T: AsRef<str>>(&mut self, name: &str, values: &[T]) {
        if values.is_empty() {
            return;
        }
        let out = self.key(name);
        out.push_str("{\"arrayValue\":{\"values\":[");
        for (i, value) in values.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            push_text(out, value.as_ref());
        }
        out.push_str("]}}}");
    }
}

fn push_text(out: &mut String, value: &str) {
    out.push_str("{\"stringValue\":");
    push_string(out, value);
    out.push('}');
}

/// The time, where a number without sign can hold it.
fn push_time(o: &mut Object<'_>, nanos: Option<i64>) {
    if let Some(nanos) = nanos.filter(|n| *n > 0) {
        o.text("timeUnixNano", &nanos.to_string());
    }
}

fn push_event(out: &mut String, book: &Book<'_>, source: usize, id: EventId, sequence: usize) {
    let (analysis, events) = (book.analysis, &book.analysis.events);
    let record = book.record(id);
    let level = events.level(id);
    let mut o = Object::open(out);
    push_time(&mut o, analysis.corrected(id));
    if level != Level::None {
        o.bare("severityNumber", severity(level));
        o.text("severityText", record.level.as_deref().or(level.name()).unwrap_or_default());
    }
    push_text(o.name("body"), &record.message);
    let out = o.name("attributes");
    out.push('[');
    let mut list = Attributes { out, empty: true };
    if record.host.as_deref() != book.host_of(source) {
        list.some("host.name", record.host.as_deref().unwrap_or_default());
    }
    list.some("process.executable.name", record.process.as_deref().unwrap_or_default());
    number(&mut list, "process.pid", "causeline.pid", record.pid.as_deref());
    number(&mut list, "thread.id", "thread.name", record.thread.as_deref());
    list.int("causeline.line", i64::try_from(events.line(id)).unwrap_or(i64::MAX));
    list.int("causeline.sequence", i64::try_from(sequence).unwrap_or(i64::MAX));
    if let Some(time) = events.time(id) {
        list.text("causeline.recorded_time", &format::utc(time, events.precision(id)));
    }
    if let Some(band) = json::band(analysis, id) {
        list.int("causeline.band_ns", band);
    }
    list.list("causeline.assumed", &json::assumed(events.flags(id)));
    if events.flags(id).has(Flags::OUT_OF_ORDER) {
        let out = list.key("causeline.out_of_order");
        out.push_str("{\"boolValue\":true}}");
    }
    list.list("causeline.rules", book.rules(id));
    push_marks(&mut list, book, book.marks(id));
    // A name that a record gives twice stands once, with its last value.
    let fields: BTreeMap<&str, &str> = record.fields.iter().map(|(k, v)| (&**k, &**v)).collect();
    for (name, value) in fields {
        list.text(&format!("log.field.{name}"), value);
    }
    list.text("log.record.original", &book.raw(id));
    out.push(']');
    o.close();
}

fn number(list: &mut Attributes<'_>, name: &str, otherwise: &str, text: Option<&str>) {
    match text.map(|t| (t, t.parse::<u32>())) {
        // What a number would not give back as it stands is text.
        Some((text, Ok(n))) if n.to_string() == text => list.int(name, i64::from(n)),
        Some((text, _)) => list.some(otherwise, text),
        None => {}
    }
}

fn push_marks(list: &mut Attributes<'_>, book: &Book<'_>, marks: &[&Annotation]) {
    if marks.is_empty() {
        return;
    }
    list.text("causeline.annotation", &Book::kinds(marks));
    list.some("causeline.comment", &book.comments(marks));
    list.some("causeline.author", &book.authors(marks));
    list.list("causeline.tags", &book.tags(marks));
}

fn push_marker(out: &mut String, book: &Book<'_>, item: Item, sequence: usize) {
    let (Item::Moment(m) | Item::End(m)) = item else { return };
    let Some(marker) = book.markers.get(m as usize) else { return };
    let a = marker.annotation;
    let end = matches!(item, Item::End(_));
    let mut o = Object::open(out);
    push_time(&mut o, if end { a.until } else { marker.at }.map(|w| w.at));
    let words = format!("Marker: {}{}", a.kind.slug().replace('-', " "), if end { " (end)" } else { "" });
    push_text(o.name("body"), &words);
    let out = o.name("attributes");
    out.push('[');
    let mut list = Attributes { out, empty: true };
    list.int("causeline.sequence", i64::try_from(sequence).unwrap_or(i64::MAX));
    push_marks(&mut list, book, &[a]);
    out.push(']');
    o.close();
}

/// OpenTelemetry's number for a level.
fn severity(level: Level) -> u8 {
    match level {
        Level::None => 0,
        Level::Trace => 1,
        Level::Debug => 5,
        Level::Info => 9,
        Level::Notice => 10,
        Level::Warning => 13,
        Level::Error => 17,
        Level::Critical => 21,
    }
}
