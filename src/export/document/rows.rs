//! The timeline of the report: evidence of the stories that are told, what was marked, and loud events when asked.

use std::collections::BTreeMap;

use super::numbers::Numbers;
use super::telling::part;
use super::{Authored, Input, OrderDoc, Placed, Row, Timeline};
use crate::analysis::Analysis;
use crate::case::Kind;
use crate::case::figures::Figures;
use crate::case::said::Said;
use crate::detect::Finding;
use crate::event::EventId;
use crate::export::clocks::size;
use crate::export::text::{count, is_structured, summary};
use crate::format::level::Level;
use crate::relation::{Doubt, Hint, Relation, relation};
use crate::rule::Severity;
use crate::time::{DAY, SECOND};

/// Most characters of a log line in a row; the whole record stands among the evidence.
const LONGEST: usize = 180;
/// Records that led to a finding's effect, and that came with or after it, which stand in the timeline. All of them
/// stand with the finding.
const BEFORE: usize = 2;
const AFTER: usize = 3;
/// Records of one host that say the same within this time (nanoseconds) are one row: copies, as in two kernel logs.
const COPIES: i64 = 10_000_000;

/// A row to be, and where it stands: events by their place on the timeline, moments by their time.
struct Entry {
    event: Option<EventId>,
    at: i64,
    row: Row,
    /// Its order when rows must be left out: lower ones stay.
    weight: u8,
}

/// The timeline.
pub(super) fn timeline(
    input: Input<'_>,
    placed: &[Placed<'_>],
    said: &Said,
    figures: &Figures,
    numbers: &mut Numbers,
) -> Timeline {
    let mut by_event: BTreeMap<EventId, Entry> = BTreeMap::new();
    evidence(input, said, &mut by_event);
    let moments = markers(input, placed, &mut by_event);
    // Without anything found or marked, the loud events are all there is to show.
    let nothing = by_event.is_empty() && moments.is_empty();
    let least = input.choice.least.or(nothing.then_some(Level::Warning));
    loud(input, least, &mut by_event);
    let mut all: Vec<Entry> = by_event.into_values().chain(moments).collect();
    let n = all.len();
    if n > input.choice.most_rows {
        all.sort_by_key(|e| (e.weight, e.at, e.event));
        all.truncate(input.choice.most_rows);
    }
    in_order(input.analysis, &mut all);
    let base = figures.trigger.or(figures.impact_start).map(|m| m.when.at);
    let words = if figures.trigger.is_some() { "the trigger" } else { "the start of the impact" };
    let rows = finished(input, all, base, numbers);
    Timeline {
        about: about(least, nothing, rows.len(), n),
        base: base.map_or_else(String::new, |_| words.to_owned()),
        left_out: n - rows.len(),
        rows,
    }
}

fn about(least: Option<Level>, nothing: bool, shown: usize, n: usize) -> String {
    let mut out = match least {
        _ if n == 0 => return "Nothing was found or marked, and nothing is loud.".to_owned(),
        Some(level) if nothing => format!("Nothing was found or marked; events of level {} and worse.", name(level)),
        Some(level) => {
            format!("The evidence of what was found, what was marked, and events of level {} and worse.", name(level))
        }
        None => "The evidence of what was found, and what was marked.".to_owned(),
    };
    if shown < n {
        let (shown, n) = (count(shown as u64), count(n as u64));
        out.push_str(&format!(" {shown} of {n} rows are listed; `--rows` and `--since` choose others."));
    }
    out
}

fn name(level: Level) -> &'static str {
    level.name().unwrap_or("none")
}

fn entry<'a>(analysis: &Analysis, list: &'a mut BTreeMap<EventId, Entry>, id: EventId, weight: u8) -> &'a mut Entry {
    let entry = list.entry(id).or_insert_with(|| Entry {
        event: Some(id),
        at: analysis.corrected(id).unwrap_or(i64::MAX),
        row: of_event(analysis, id),
        weight,
    });
    entry.weight = entry.weight.min(weight);
    entry
}

/// What proves the findings of the stories that are told. Of what is only context the first record, where it is grave.
fn evidence(input: Input<'_>, said: &Said, list: &mut BTreeMap<EventId, Entry>) {
    let (findings, analysis) = (input.findings, input.analysis);
    for story in findings.stories.iter().filter(|s| said.tells(s)) {
        for i in story.members().filter(|&i| !said.is_put_away(i)) {
            let Some(f) = findings.list.get(i) else { continue };
            let part = part(story, i, f);
            let context = part == "context";
            if context && f.severity < Severity::Medium {
                continue;
            }
            let others = story.members().filter(|&k| k != i).filter_map(|k| findings.list.get(k));
            let place = stands_at(analysis, f, others.into_iter().any(|o| o.at == f.at));
            if place.idx() >= analysis.events.len() {
                continue;
            }
            let entry = entry(analysis, list, place, u8::from(context));
            if !context {
                add(&mut entry.row.roles, capital(part));
            }
            add(&mut entry.row.words, f.title.clone());
            if !context {
                beside(analysis, f, place, list);
            }
        }
    }
}

/// The record that a finding stands at: what shows its first effect; or, where most of what proves it was in place
/// before (a rule that forbids, a setting) and its effect is another finding's (`shared`), the first of that.
fn stands_at(analysis: &Analysis, f: &Finding, shared: bool) -> EventId {
    let known = || f.evidence.iter().map(|e| e.event).filter(|id| id.idx() < analysis.events.len());
    let before = |id: &EventId| analysis.corrected(*id).is_some_and(|t| t < f.first);
    let in_place = known().filter(before).count() * 2 > known().count();
    if shared
        && in_place
        && let Some(first) = known().find(before)
    {
        return first;
    }
    let place = known().find(|id| *id == f.at).or_else(|| known().find(|id| !before(id))).unwrap_or(f.at);
    stated(analysis, f, place).unwrap_or(place)
}

/// The copy of a record that states its time, where the record itself only counts the seconds since boot.
fn stated(analysis: &Analysis, f: &Finding, id: EventId) -> Option<EventId> {
    let states = |id: EventId| id.idx() < analysis.events.len() && analysis.events.time(id).is_some();
    let words = f.evidence.iter().find(|e| e.event == id && !states(id)).map(|e| e.because.as_str())?;
    f.evidence.iter().find(|e| e.because == words && states(e.event)).map(|e| e.event)
}

/// The records that say most of it beside that: what led there, and what came next; what repeats another's words, or
/// the same record kept elsewhere, says nothing new.
fn beside(analysis: &Analysis, f: &Finding, place: EventId, list: &mut BTreeMap<EventId, Entry>) {
    let mut told: Vec<&str> = Vec::new();
    let (mut before, mut after) = (0, 0);
    for e in f.evidence.iter().filter(|e| e.event.idx() < analysis.events.len()) {
        let (n, most) = match analysis.corrected(e.event).is_some_and(|t| t < f.first) {
            true => (&mut before, BEFORE),
            false => (&mut after, AFTER),
        };
        let again = told.contains(&e.because.as_str());
        let event = stated(analysis, f, e.event).unwrap_or(e.event);
        told.push(&e.because);
        if event == place || again || *n == most {
            continue;
        }
        *n += 1;
        let entry = entry(analysis, list, event, 1);
        add(&mut entry.row.words, e.because.clone());
    }
}

fn add(list: &mut Vec<String>, text: String) {
    if !text.is_empty() && !list.contains(&text) {
        list.push(text);
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// What was marked: on its event, else among the moments that are returned.
fn markers(input: Input<'_>, placed: &[Placed<'_>], list: &mut BTreeMap<EventId, Entry>) -> Vec<Entry> {
    let mut moments = Vec::new();
    for &(a, event) in placed {
        let role = || if a.is_plain_mark() || a.kind == Kind::Note { String::new() } else { a.kind.title().to_owned() };
        let markdown = Authored { text: a.comment.trim().to_owned(), author: a.author.clone() };
        let markdown: Vec<Authored> = (!markdown.text.is_empty()).then_some(markdown).into_iter().collect();
        let until = a.until.map(|when| input.stamp(when, None));
        match (event, a.at) {
            (Some(id), _) => {
                let entry = entry(input.analysis, list, id, 0);
                add(&mut entry.row.roles, role());
                entry.row.markdown.extend(markdown);
                entry.row.until = until.or(entry.row.until.take());
            }
            (None, Some(when)) => {
                let roles = Some(role()).filter(|r| !r.is_empty()).into_iter().collect();
                let at = Some(input.stamp(when, None));
                let row = Row { at, until, roles, markdown, ..Row::default() };
                moments.push(Entry { event: None, at: when.at, row, weight: 0 });
            }
            // Its record is gone; it stands among the notes.
            (None, None) => {}
        }
    }
    moments
}

/// Events of a level and worse.
fn loud(input: Input<'_>, least: Option<Level>, list: &mut BTreeMap<EventId, Entry>) {
    let Some(least) = least else { return };
    let loud = input.rows.iter().filter(|id| input.analysis.events.level(**id) >= least);
    // What stands in the list already makes no difference: this many is enough for all that can be shown.
    for id in loud.take(input.choice.most_rows.saturating_add(1)) {
        entry(input.analysis, list, *id, 3);
    }
}

/// By place on the timeline; moments of no event by time, before events of the same time.
fn in_order(analysis: &Analysis, all: &mut [Entry]) {
    let place = |e: &Entry| match e.event {
        Some(id) => (analysis.timeline.row_of(&analysis.events, id).unwrap_or(usize::MAX), true),
        None => (analysis.timeline.row_at(&analysis.events, e.at), false),
    };
    all.sort_by_cached_key(|e| (place(e), e.at, e.event));
}

fn of_event(analysis: &Analysis, id: EventId) -> Row {
    let host = host(analysis, id);
    let path = analysis.source(id).map_or("", |s| s.path.as_str());
    let file = path.strip_prefix(host.as_str()).and_then(|p| p.strip_prefix('/')).unwrap_or(path).to_owned();
    let mut log = summary(&analysis.record(id), is_structured(analysis, id));
    log.truncate(log.floor_char_boundary(super::LOOKED_AT));
    Row { host, file, level: analysis.events.level(id).name(), log, ..Row::default() }
}

/// A log line as long as a row shows it.
pub(super) fn shorten(log: &mut String) {
    if let Some((at, _)) = log.char_indices().nth(LONGEST) {
        log.truncate(at);
        log.push('…');
    }
}

/// The host that wrote a record; empty when nothing tells.
pub(super) fn host(analysis: &Analysis, id: EventId) -> String {
    analysis.info(id).and_then(|i| i.host_of(&analysis.record(id))).unwrap_or_default()
}

fn finished(input: Input<'_>, all: Vec<Entry>, base: Option<i64>, numbers: &mut Numbers) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::with_capacity(all.len());
    // The events of the rows, for the order of one after the other.
    let mut events: Vec<Option<EventId>> = Vec::with_capacity(all.len());
    for Entry { event, at, mut row, .. } in all {
        if let (Some(id), Some(copied)) = (event, rows.last_mut().filter(|r| is_copy(r, &row, at))) {
            match events.last_mut().filter(|kept| states_more(input.analysis, id, **kept)) {
                Some(kept) => {
                    copied.also.extend(copied.evidence.replace(numbers.of(id)));
                    (copied.file, copied.at, copied.log) = (row.file, input.stamp_of(id), row.log);
                    *kept = Some(id);
                }
                None => copied.also.push(numbers.of(id)),
            }
            continue;
        }
        if let Some(id) = event {
            row.at = input.stamp_of(id);
            row.evidence = Some(numbers.of(id));
            // One cause is said once.
            if row.roles.len() > 1 {
                let starts = row.roles.iter().any(|r| r == Kind::ImpactStart.title());
                row.roles.retain(|r| r != "Contributing" && !(starts && r == "Impact"));
            }
        }
        let about = if row.at.as_ref().is_some_and(|at| at.approximate) { "~" } else { "" };
        row.after = base.filter(|_| row.at.is_some()).map(|base| format!("{about}{}", after(at.saturating_sub(base))));
        rows.push(row);
        events.push(event);
    }
    let mut above = None;
    for (row, event) in rows.iter_mut().zip(&events) {
        let Some(id) = *event else { continue };
        row.order = above.and_then(|a| order(input.analysis, a, id));
        above = Some(id);
    }
    rows
}

/// Of two copies the one that states its time tells more.
fn states_more(analysis: &Analysis, id: EventId, kept: Option<EventId>) -> bool {
    let states = |id: EventId| analysis.events.time(id).is_some();
    states(id) && kept.is_some_and(|kept| !states(kept))
}

/// True when a row would say what the row above says: the same record, kept in another file of its host.
fn is_copy(above: &Row, row: &Row, at: i64) -> bool {
    let near = above.at.as_ref().is_some_and(|a| at.saturating_sub(a.at) < COPIES);
    let plain = row.roles.is_empty() && row.markdown.is_empty();
    let elsewhere = !above.host.is_empty() && above.host == row.host && row.file != above.file;
    // One of the two may have kept more of its header.
    let (long, short) = if row.log.len() > above.log.len() { (&row.log, &above.log) } else { (&above.log, &row.log) };
    near && plain && elsewhere && short.len() > 12 && long.ends_with(short.as_str())
}

/// How sure it is that `b` came after `a`; `None` when it is certain.
fn order(analysis: &Analysis, a: EventId, b: EventId) -> Option<OrderDoc> {
    let unknown = |why: String| Some(OrderDoc { certainty: "unknown", why });
    match relation(analysis, a, b) {
        Relation::Before(_) | Relation::After(_) => None,
        Relation::Probably(_, hint) => {
            let why = match hint {
                Hint::FileOrder => "in this order in one file".to_owned(),
                Hint::Edges(_) => "by what they say".to_owned(),
            };
            Some(OrderDoc { certainty: "probable", why })
        }
        Relation::Unknown(Doubt::Overlap(by)) => unknown(format!("within {}", size(by as f64))),
        Relation::Unknown(Doubt::FloatingClock) => unknown("these clocks could not be compared".to_owned()),
        Relation::Unknown(Doubt::NoTime) if [a, b].iter().all(|id| analysis.corrected(*id).is_some()) => {
            unknown("one is counted in seconds since boot".to_owned())
        }
        Relation::Unknown(Doubt::NoTime) => unknown("one of them has no time".to_owned()),
        Relation::Unknown(Doubt::Pinned) => unknown("pinned as one moment".to_owned()),
        Relation::Unknown(Doubt::Contradicted | Doubt::ContradictedClock) => {
            unknown("other records contradict one of the stamps".to_owned())
        }
    }
}

/// Time since the beginning: `0:04`, `1:02:03`, `−0:40`, `2 d 03:04`.
fn after(nanos: i64) -> String {
    let sign = if nanos <= -SECOND { "−" } else { "" };
    let seconds = (nanos.saturating_abs() / SECOND).max(0);
    let (d, h, m, s) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    match nanos.saturating_abs() {
        n if n >= DAY => format!("{sign}{d} d {h:02}:{m:02}"),
        n if n >= 3600 * SECOND => format!("{sign}{h}:{m:02}:{s:02}"),
        _ => format!("{sign}{m}:{s:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_since_the_beginning_reads_well() {
        let of = |seconds: f64| after((seconds * 1e9) as i64);
        assert_eq!((of(4.9).as_str(), of(-40.0).as_str(), of(-0.5).as_str()), ("0:04", "−0:40", "0:00"));
        assert_eq!((of(3723.0).as_str(), of(183_840.0).as_str()), ("1:02:03", "2 d 03:04"));
    }
}
