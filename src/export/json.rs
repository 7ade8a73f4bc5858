//! Events as JSON lines, field by field as the contract names them.

use serde_json::{Map, Value};

use crate::analysis::Analysis;
use crate::clock::Anchor;
use crate::clock::pairs::resolution;
use crate::event::{EventId, Flags};
use crate::time::format;

/// One event as a line of JSON, line end included.
pub fn event_line(analysis: &Analysis, id: EventId) -> String {
    let mut line = Value::Object(event(analysis, id)).to_string();
    line.push('\n');
    line
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

fn event(analysis: &Analysis, id: EventId) -> Map<String, Value> {
    let events = &analysis.events;
    let record = analysis.record(id);
    let span = events.span(id);
    let line = events.line(id);
    let more = memchr::memchr_iter(b'\n', analysis.raw(id)).count() as u64;
    let flags = events.flags(id);
    let time = events.time(id).map(|t| format::utc(t, events.precision(id)));
    let text = |v: Option<std::borrow::Cow<'_, str>>| v.map_or(Value::Null, |v| Value::from(v.into_owned()));
    let host = record.host.clone().or_else(|| analysis.info(id).and_then(|i| i.host.clone()).map(Into::into));
    let mut out = Map::new();
    let mut put = |name: &str, value: Value| {
        out.insert(name.to_owned(), value);
    };
    put("file", analysis.source(id).map_or(Value::Null, |s| s.path.clone().into()));
    put("line", line.into());
    put("end_line", (line + more).into());
    put("byte_offset", span.start.into());
    put("byte_len", (span.end - span.start).into());
    put("time_utc", time.into());
    put("corrected_utc", corrected(analysis, id).into());
    put("band_ns", band(analysis, id).into());
    put("assumed", assumed(flags).into());
    put("host", text(host));
    put("process", text(record.process));
    put("pid", text(record.pid));
    put("thread", text(record.thread));
    put("level", events.level(id).name().into());
    put("level_from_words", flags.has(Flags::LEVEL_FROM_WORDS).into());
    put("format", analysis.format_name(id).into());
    put("message", record.message.into_owned().into());
    put("fields", record.fields.into_iter().map(|(k, v)| (k.into_owned(), Value::from(v.into_owned()))).collect());
    put("out_of_order", flags.has(Flags::OUT_OF_ORDER).into());
    out
}
