//! Events, findings and markers in Chrome's Trace Event Format, which Perfetto's UI and trace processor read.
//!
//! A process for each host with a thread for each source and an instant for each event; a process for each story with
//! its findings as slices, and arrows for what led to what; a process for the markers. Times are corrected, in
//! microseconds with three digits for the nanoseconds, counted from the midnight (UTC) that `otherData.base_utc` names: a
//! double holds these exactly for a hundred days, and would not hold those since 1970.
//!
//! Two habits of Perfetto's importer shape it. Older ones look for `ph`, `ts` and the like from the front and know no
//! `\u` escapes: these stand before all log text. Slices of a thread that overlap without one holding the other are
//! dropped: such findings get threads of their own.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::events::in_parallel;
use super::json::{self, Object};
use super::leaving::Book;
use super::text::summary;
use crate::case::said::Said;
use crate::detect::Finding;
use crate::event::EventId;
use crate::time::{DAY, format};

/// Most characters of an event's text in its name; the whole text stands among its arguments.
const LONGEST: usize = 120;
/// The shortest slice, in nanoseconds: arrows bind to slices that last.
const SHORTEST: i64 = 1000;

/// A slice to be.
struct Slice {
    from: i64,
    to: i64,
    name: String,
    category: &'static str,
    args: Vec<(&'static str, String)>,
    /// The finding that it is.
    finding: Option<usize>,
}

/// Slices that belong together: a process.
struct Track {
    name: String,
    slices: Vec<Slice>,
    links: Vec<(usize, usize)>,
}

/// Writes the document; the number of events left out for want of a time.
pub(super) fn write(out: &mut dyn Write, book: &Book<'_>) -> io::Result<usize> {
    let mut tracks = stories(book);
    tracks.extend(markers(book));
    let rows = book.leaving.rows.iter().filter_map(|id| book.time(*id)).map(|t| t.0);
    let first = rows.chain(tracks.iter().flat_map(|t| t.slices.iter().map(|s| s.from))).min().unwrap_or(0);
    let base = first.saturating_sub(first.rem_euclid(DAY));
    let mut text = String::from("{\"displayTimeUnit\":\"ms\",\"otherData\":");
    let mut other = Object::open(&mut text);
    other.text("base_utc", &format::utc(base, 0));
    other.text("base_unix_nano", &base.to_string());
    other.text("clock", "corrected");
    other.text("writer", concat!("causeline ", env!("CARGO_PKG_VERSION")));
    other.close();
    text.push_str(",\"traceEvents\":[\n");
    let mut ids = 0;
    for (i, track) in tracks.iter().enumerate() {
        push_track(&mut text, track, base, i, &mut ids);
    }
    let places = lanes(&mut text, book, tracks.len(), &mut ids);
    let left_out = AtomicUsize::new(0);
    out.write_all(text.as_bytes())?;
    in_parallel(out, book.leaving.rows, &|text, _, id| match book.time(*id) {
        Some(time) => push_event(text, book, *id, time, base, &places),
        None => {
            left_out.fetch_add(1, Ordering::Relaxed);
        }
    })?;
    let mut end = String::new();
    if ids > 0 {
        // Said before: every line ends in a comma, and the last must not.
        push_meta(&mut end, "process_sort_index", (1, 1), Err(0));
        end.truncate(end.trim_end_matches(",\n").len());
    }
    end.push_str("\n]}\n");
    out.write_all(end.as_bytes())?;
    Ok(left_out.into_inner())
}

/// A name or place of a process or thread.
fn push_meta(out: &mut String, name: &str, ids: (u32, u32), value: Result<&str, usize>) {
    let mut o = Object::open(out);
    o.text("ph", "M");
    o.bare("pid", ids.0);
    o.bare("tid", ids.1);
    o.text("name", name);
    let mut args = Object::open(o.name("args"));
    match value {
        Ok(text) => args.text("name", text),
        Err(place) => args.bare("sort_index", place),
    }
    args.close();
    o.close();
    out.push_str(",\n");
}

fn next(ids: &mut u32) -> u32 {
    *ids += 1;
    *ids
}

/// Names the hosts and their sources; the process and thread of each source.
fn lanes(out: &mut String, book: &Book<'_>, before: usize, ids: &mut u32) -> Vec<(u32, u32)> {
    let analysis = book.analysis;
    let mut used = vec![false; analysis.sources.len()];
    for id in book.leaving.rows {
        if let Some(used) = used.get_mut(analysis.events.source(*id).idx()) {
            *used = true;
        }
    }
    let mut places = vec![(0, 0); analysis.sources.len()];
    for (i, lane) in analysis.lanes.list.iter().enumerate() {
        let sources: Vec<usize> =
            lane.sources.iter().map(|s| s.idx()).filter(|s| used.get(*s) == Some(&true)).collect();
        if sources.is_empty() {
            continue;
        }
        let pid = next(ids);
        push_meta(out, "process_name", (pid, pid), Ok(&book.clean(lane.host.as_str())));
        push_meta(out, "process_sort_index", (pid, pid), Err(before + i));
        for (k, source) in sources.into_iter().enumerate() {
            let tid = next(ids);
            push_meta(out, "thread_name", (pid, tid), Ok(book.path_of(source)));
            push_meta(out, "thread_sort_index", (pid, tid), Err(k));
            if let Some(place) = places.get_mut(source) {
                *place = (pid, tid);
            }
        }
    }
    places
}

/// Opens an event with what the importer wants first.
fn open<'o>(out: &'o mut String, phase: &str, at: i64, (pid, tid): (u32, u32)) -> Object<'o> {
    let mut o = Object::open(out);
    o.text("ph", phase);
    o.bare("ts", micros(at));
    o.bare("pid", pid);
    o.bare("tid", tid);
    o
}

/// Nanoseconds as microseconds, exactly.
fn micros(nanos: i64) -> String {
    format!("{}.{:03}", nanos / 1000, nanos.unsigned_abs() % 1000)
}

fn push_event(
    out: &mut String,
    book: &Book<'_>,
    id: EventId,
    (time, own): (i64, bool),
    base: i64,
    places: &[(u32, u32)],
) {
    let (analysis, events) = (book.analysis, &book.analysis.events);
    let record = book.record(id);
    let place = places.get(events.source(id).idx()).copied().unwrap_or_default();
    let level = events.level(id).name();
    let mut o = open(out, "i", time.saturating_sub(base), place);
    o.text("s", "t");
    o.text("cat", level.unwrap_or("event"));
    let line: String = summary(&record, analysis.is_structured(id)).chars().take(LONGEST).collect();
    o.text("name", if line.is_empty() { "(empty record)" } else { &line });
    let mut args = Object::open(o.name("args"));
    args.text("at", &format!("{}:{}", book.path(id), events.line(id)));
    args.text("message", &record.message);
    level.into_iter().for_each(|l| args.text("level", l));
    record.process.iter().for_each(|p| args.text("process", p));
    record.pid.iter().for_each(|p| args.text("pid", p));
    match events.time(id) {
        Some(t) => args.text("recorded_utc", &format::utc(t, events.precision(id))),
        None if own => {}
        None => args.text("time", "that of the record above; it has none of its own"),
    }
    json::band(analysis, id).into_iter().for_each(|b| args.bare("band_ns", b));
    let assumed = json::assumed(events.flags(id));
    if !assumed.is_empty() {
        args.text("assumed", &assumed.join(" "));
    }
    if !book.rules(id).is_empty() {
        args.text("rule", &book.rules(id).join(", "));
    }
    let marks = book.marks(id);
    if !marks.is_empty() {
        args.text("annotation", &Book::kinds(marks));
        args.text("comment", &book.comments(marks));
        args.text("author", &book.authors(marks));
        args.text("tags", &book.tags(marks).join(", "));
    }
    args.close();
    o.close();
    out.push_str(",\n");
}

/// A process for each story, and one for the findings of none.
fn stories(book: &Book<'_>) -> Vec<Track> {
    let Some(findings) = book.leaving.findings else { return Vec::new() };
    let said = Said::of(book.leaving.case, book.analysis, findings);
    let slice =
        |i: usize| findings.list.get(i).filter(|_| !said.is_dismissed(i)).and_then(|f| of_finding(book, &said, i, f));
    let mut out = Vec::new();
    let mut told = vec![false; findings.list.len()];
    for story in &findings.stories {
        let members: Vec<usize> = story.members().collect();
        members.iter().for_each(|i| told.get_mut(*i).into_iter().for_each(|t| *t = true));
        let slices: Vec<Slice> = members.into_iter().filter_map(slice).collect();
        if !slices.is_empty() {
            let name = format!("Story {}: {}", out.len() + 1, book.clean(story.title.as_str()));
            out.push(Track { name, slices, links: story.links.clone() });
        }
    }
    let alone: Vec<Slice> = told.iter().enumerate().filter(|(_, told)| !**told).filter_map(|(i, _)| slice(i)).collect();
    if !alone.is_empty() {
        out.push(Track { name: "Other findings".to_owned(), slices: alone, links: Vec::new() });
    }
    out
}

fn of_finding(book: &Book<'_>, said: &Said, i: usize, f: &Finding) -> Option<Slice> {
    let known = |t: i64| t > i64::MIN && t < i64::MAX;
    let first = Some(f.first).filter(|t| known(*t))?;
    let clean = |text: &str| book.clean(text).into_owned();
    let mut args = vec![
        ("rule", f.rule.clone()),
        ("severity", f.severity.word().to_owned()),
        ("certainty", f.certainty().to_owned()),
        ("count", f.count.to_string()),
        ("hosts", clean(&f.hosts.join(", "))),
        ("explanation", clean(&f.explanation)),
        ("at", format!("{}:{}", book.path(f.at), book.analysis.events.line(f.at))),
    ];
    args.extend(said.judgement(i).map(|j| ("verdict", j.word().to_owned())));
    args.extend(f.benign.as_deref().map(|why| ("harmless", clean(why))));
    Some(Slice {
        from: first,
        to: Some(f.last).filter(|t| known(*t)).unwrap_or(first).max(first),
        name: clean(&f.title),
        category: f.severity.word(),
        args,
        finding: Some(i),
    })
}

/// The analyst's markers: those on events at the event's time.
fn markers(book: &Book<'_>) -> Option<Track> {
    let mut slices = Vec::new();
    for &(a, event) in &book.placed {
        let Some(from) = event.and_then(|id| book.time(id)).map(|t| t.0).or(a.at.map(|w| w.at)) else { continue };
        let comment = book.clean(a.comment.trim()).into_owned();
        let mut args = vec![("kind", a.kind.slug().to_owned()), ("comment", comment.clone())];
        args.push(("author", book.clean(a.author.as_str()).into_owned()));
        args.push(("tags", book.tags(&[a]).join(", ")));
        args.extend(event.map(|id| ("at", format!("{}:{}", book.path(id), book.analysis.events.line(id)))));
        let first = comment.lines().next().unwrap_or_default();
        let name = if first.is_empty() { a.kind.title().to_owned() } else { format!("{}: {first}", a.kind.title()) };
        let to = a.until.map_or(from, |w| w.at.max(from));
        slices.push(Slice { from, to, name, category: "marker", args, finding: None });
    }
    (!slices.is_empty()).then(|| Track { name: "Markers".to_owned(), slices, links: Vec::new() })
}

fn push_track(out: &mut String, track: &Track, base: i64, place: usize, ids: &mut u32) {
    let pid = next(ids);
    push_meta(out, "process_name", (pid, pid), Ok(&track.name));
    push_meta(out, "process_sort_index", (pid, pid), Err(place));
    let mut slices: Vec<&Slice> = track.slices.iter().collect();
    slices.sort_by_key(|s| (s.from, std::cmp::Reverse(s.to)));
    // The end of what each thread holds so far.
    let mut threads: Vec<(u32, i64)> = Vec::new();
    let mut at: BTreeMap<usize, (i64, u32)> = BTreeMap::new();
    for s in slices {
        let end = s.to.max(s.from.saturating_add(SHORTEST));
        let tid = match threads.iter_mut().find(|(_, busy)| *busy <= s.from) {
            Some((tid, busy)) => {
                *busy = end;
                *tid
            }
            None => {
                let tid = next(ids);
                push_meta(out, "thread_name", (pid, tid), Ok(&format!("row {}", threads.len() + 1)));
                push_meta(out, "thread_sort_index", (pid, tid), Err(threads.len()));
                threads.push((tid, end));
                tid
            }
        };
        let mut o = open(out, "X", s.from.saturating_sub(base), (pid, tid));
        o.bare("dur", micros(end.saturating_sub(s.from)));
        o.text("cat", s.category);
        o.text("name", &s.name);
        let mut args = Object::open(o.name("args"));
        s.args.iter().filter(|(_, v)| !v.is_empty()).for_each(|(name, value)| args.text(name, value));
        args.close();
        o.close();
        out.push_str(",\n");
        s.finding.into_iter().for_each(|i| {
            at.insert(i, (s.from, tid));
        });
    }
    for (from, to) in &track.links {
        // An arrow cannot go back in time; the order of these two is not certain.
        let (Some(from), Some(to)) = (at.get(from), at.get(to)) else { continue };
        if from.0 <= to.0 {
            push_arrow(out, base, (from.0, (pid, from.1)), (to.0, (pid, to.1)), ids);
        }
    }
}

fn push_arrow(out: &mut String, base: i64, from: (i64, (u32, u32)), to: (i64, (u32, u32)), ids: &mut u32) {
    let id = next(ids);
    for (phase, (at, place)) in [("s", from), ("f", to)] {
        let mut o = open(out, phase, at.saturating_sub(base), place);
        o.bare("id", id);
        if phase == "f" {
            o.text("bp", "e");
        }
        o.text("cat", "story");
        o.text("name", "leads to");
        o.close();
        out.push_str(",\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn microseconds_keep_the_nanoseconds() {
        assert_eq!((micros(0).as_str(), micros(1_234_567).as_str()), ("0.000", "1234.567"));
        let far = 100 * DAY + 86_399_123_456_789;
        assert_eq!((micros(far).parse::<f64>().unwrap() * 1000.0).round() as i64, far);
    }
}
