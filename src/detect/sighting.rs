//! Facts in timeline order, and what rules ask of them.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use rayon::slice::ParallelSliceMut as _;

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::fact::kind::field_name;
use crate::fact::{Fact, Facts, Kind};
use crate::relation::{Relation, relation};
use crate::rule::select::{Condition, Selector, Value, What};

/// A fact in its place, or a finding on which other rules build.
#[derive(Clone, Debug)]
pub struct Sighting<'a> {
    /// What is stated, and its values.
    pub seen: Seen<'a>,
    /// The record that states it.
    pub event: EventId,
    /// Where it stands on the timeline, in nanoseconds since 1970 UTC; `i64::MIN` when it has no time.
    pub time: i64,
    /// Whose clock stamped it: its host's lane.
    pub lane: u32,
}

/// What a sighting states.
#[derive(Clone, Debug)]
pub enum Seen<'a> {
    /// A fact.
    Fact(Fact<'a>),
    /// A finding of a rule, with its values.
    Finding(&'a str, Vec<(String, String)>),
}

/// All that rules look at.
pub struct World<'a> {
    /// The records, their order and clocks.
    pub analysis: &'a Analysis,
    /// All sightings: the facts in timeline order, then what rules found, in the order in which they ran.
    pub sightings: Vec<Sighting<'a>>,
    /// How many of them are facts.
    n_facts: usize,
    /// For each finding among them, the number of facts before it on the timeline.
    places: Vec<u32>,
    of_kind: Vec<Vec<u32>>,
    of_rule: HashMap<String, Vec<u32>>,
    /// First and last time on the timeline.
    pub span: (i64, i64),
    /// First and last time of each lane, by lane.
    pub lanes: Vec<(i64, i64)>,
}

/// A sighting that a rule asked for: which, and for which of the rule's parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Met {
    /// Position in [`World::sightings`].
    pub at: u32,
    /// Position in the primitive's list of selectors.
    pub part: u8,
}

impl<'a> World<'a> {
    /// Puts the facts in timeline order.
    pub fn new(analysis: &'a Analysis, facts: &'a Facts) -> World<'a> {
        let lane_of = |event| analysis.clock_lane(event).unwrap_or_else(|| lane(analysis, event));
        let span = analysis.span().unwrap_or((0, 0));
        // A record of a file without any time was written no later than the capture ends.
        let time_of = |event| analysis.timeline.time(&analysis.events, event).min(span.1);
        let mut order: Vec<(i64, EventId, u32)> =
            (0u32..).zip(facts.iter()).map(|(i, fact)| (time_of(fact.event()), fact.event(), i)).collect();
        order.par_sort_unstable();
        let all: Vec<Fact<'a>> = facts.iter().collect();
        let sighting = |(time, event, i): (i64, EventId, u32)| {
            let lane = u32::try_from(lane_of(event)).unwrap_or(u32::MAX);
            Some(Sighting { seen: Seen::Fact(*all.get(i as usize)?), event, time, lane })
        };
        let sightings: Vec<Sighting<'a>> = order.into_iter().filter_map(sighting).collect();
        let mut of_kind = vec![Vec::new(); Kind::ALL.len()];
        for (at, s) in (0u32..).zip(&sightings) {
            if let Seen::Fact(fact) = &s.seen
                && let Some(list) = of_kind.get_mut(fact.kind() as usize)
            {
                list.push(at);
            }
        }
        let n_facts = sightings.len();
        World {
            analysis,
            sightings,
            n_facts,
            places: Vec::new(),
            of_kind,
            of_rule: HashMap::new(),
            span,
            lanes: lanes(analysis),
        }
    }

    /// Where a record stands on the timeline; at the capture's end, when its file knows no time.
    pub fn time_of(&self, event: EventId) -> i64 {
        self.analysis.timeline.time(&self.analysis.events, event).min(self.span.1)
    }

    /// When the log of a record ends, the files that it was turned over to included.
    pub fn log_end(&self, event: EventId) -> i64 {
        let path =
            |source: crate::source::SourceId| self.analysis.sources.get(source.idx()).map_or("", |s| log_of(&s.path));
        let own = path(self.analysis.events.source(event));
        let segments = self.analysis.events.segments().iter().enumerate().filter(|(_, s)| path(s.source) == own);
        let last = segments.filter_map(|(index, _)| {
            let ids = self.analysis.events.ids_of_segment(index);
            ids.end.checked_sub(1).filter(|id| *id >= ids.start).map(|id| self.time_of(EventId(id)))
        });
        last.max().unwrap_or(self.span.1)
    }

    /// A sighting by its position.
    pub fn get(&self, at: u32) -> Option<&Sighting<'a>> {
        self.sightings.get(at as usize)
    }

    /// Lets later rules see what a rule found.
    pub fn add_finding(&mut self, rule: &'a str, event: EventId, values: Vec<(String, String)>) {
        let analysis = self.analysis;
        let time = self.time_of(event);
        let lane = u32::try_from(lane(analysis, event)).unwrap_or(u32::MAX);
        let at = u32::try_from(self.sightings.len()).unwrap_or(u32::MAX);
        let facts = self.sightings.get(..self.n_facts).unwrap_or_default();
        let before = facts.partition_point(|s| (s.time, s.event) <= (time, event));
        self.places.push(u32::try_from(before).unwrap_or(u32::MAX));
        self.sightings.push(Sighting { seen: Seen::Finding(rule, values), event, time, lane });
        self.of_rule.entry(rule.to_owned()).or_default().push(at);
    }

    /// The sightings that the parts of a primitive ask for, in timeline order; of one sighting that several
    /// parts ask for, the first part comes first.
    pub fn meet(&self, parts: &[&[Selector]]) -> Vec<Met> {
        let mut met = Vec::new();
        for (part, selectors) in (0u8..).zip(parts) {
            for selector in *selectors {
                for what in &selector.what {
                    let list = match what {
                        What::Fact(kind) => self.of_kind.get(*kind as usize),
                        What::Rule(name) => self.of_rule.get(name),
                    };
                    let chosen = list.into_iter().flatten().filter(|at| self.chosen(**at, selector));
                    met.extend(chosen.map(|at| Met { at: *at, part }));
                }
            }
        }
        met.sort_unstable_by_key(|m| (self.place(m.at), m.part));
        // Two selectors of one part may choose the same.
        met.dedup();
        met
    }

    /// Where a sighting stands among all: facts by their position, a finding right behind the facts before it.
    fn place(&self, at: u32) -> (u32, u32) {
        match (at as usize).checked_sub(self.n_facts) {
            None => (at.saturating_add(1), 0),
            Some(finding) => (self.places.get(finding).copied().unwrap_or(u32::MAX), at),
        }
    }

    fn chosen(&self, at: u32, selector: &Selector) -> bool {
        selector.conditions.iter().all(|c| self.holds(at, c))
    }

    fn holds(&self, at: u32, condition: &Condition) -> bool {
        let value = self.value(at, &condition.value);
        let matches = match &condition.pattern {
            // That there is a value at all is what most conditions ask.
            None => value.is_some_and(|v| !v.is_empty()),
            Some(pattern) => value.is_some_and(|v| pattern.is_match(&v)),
        };
        matches != condition.not
    }

    /// A value of a sighting.
    pub fn value(&self, at: u32, value: &Value) -> Option<Cow<'_, str>> {
        let s = self.get(at)?;
        match value {
            Value::Field(index) => s.at(*index).map(Cow::Borrowed),
            Value::Masked(index) => s.at(*index).map(|v| Cow::Owned(masked(v))),
            Value::Host => self.host(s.lane).map(Cow::Borrowed),
            Value::Process => self.analysis.record(s.event).process.map(|p| Cow::Owned(p.into_owned())),
            Value::Writer => {
                let record = self.analysis.record(s.event);
                let process = record.process.as_deref().unwrap_or_default();
                let pid = record.pid.as_deref().unwrap_or_default();
                let thread = record.thread.as_deref().unwrap_or_default();
                let told = !process.is_empty() || !pid.is_empty() || !thread.is_empty();
                told.then(|| Cow::Owned(format!("{process}[{pid}]{thread}")))
            }
            Value::Source => self.analysis.source(s.event).map(|s| Cow::Borrowed(log_of(&s.path))),
            Value::Format => Some(Cow::Borrowed(self.analysis.format_name(s.event))),
            Value::Record => Some(Cow::Owned(s.event.0.to_string())),
            Value::First(list) => list.iter().find_map(|v| self.value(at, v)),
        }
    }

    /// The name of a lane's host.
    pub fn host(&self, lane: u32) -> Option<&str> {
        self.analysis.lanes.list.get(lane as usize).map(|l| l.host.as_str())
    }

    /// A hash of a key's values, `None` when one is missing.
    pub fn key_hash(&self, at: u32, key: &[Value]) -> Option<u64> {
        let mut hasher = DefaultHasher::new();
        for value in key {
            self.value(at, value)?.hash(&mut hasher);
        }
        Some(hasher.finish())
    }

    /// Time of a sighting.
    pub fn time(&self, at: u32) -> i64 {
        self.get(at).map_or(i64::MIN, |s| s.time)
    }

    /// How sure it is that `a` was written before `b`, 0 to 1.
    pub fn sure(&self, a: u32, b: u32) -> f32 {
        let (Some(a), Some(b)) = (self.get(a), self.get(b)) else { return 0.0 };
        if a.event == b.event {
            return 1.0;
        }
        let events = &self.analysis.events;
        // One file, and stamps that differ: its one clock knows.
        if events.source(a.event) == events.source(b.event)
            && a.event < b.event
            && let (Some(ta), Some(tb)) = (events.time(a.event), events.time(b.event))
            && ta < tb
        {
            return 1.0;
        }
        match relation(self.analysis, a.event, b.event) {
            Relation::Before(_) => 1.0,
            Relation::Probably(true, _) => 0.85,
            Relation::Unknown(_) => 0.5,
            Relation::Probably(false, _) => 0.15,
            Relation::After(_) => 0.0,
        }
    }
}

fn lanes(analysis: &Analysis) -> Vec<(i64, i64)> {
    let mut spans = vec![(i64::MAX, i64::MIN); analysis.lanes.list.len()];
    for (index, segment) in analysis.events.segments().iter().enumerate() {
        let lane = analysis.lanes.of_source(segment.source);
        let Some(span) = spans.get_mut(lane) else { continue };
        let mut ids = analysis.events.ids_of_segment(index).map(EventId);
        let timed = |id: &EventId| analysis.corrected(*id).is_some();
        for id in [ids.clone().find(timed), ids.rfind(timed)].into_iter().flatten() {
            let time = analysis.timeline.time(&analysis.events, id);
            *span = (span.0.min(time), span.1.max(time));
        }
    }
    spans
}

impl Sighting<'_> {
    /// As [`Sighting::field`], of the field at this position of the vocabulary.
    fn at(&self, index: u8) -> Option<&str> {
        match &self.seen {
            Seen::Fact(fact) => fact.at(index),
            Seen::Finding(..) => self.field(field_name(index)),
        }
    }

    /// A field of the fact, or a value of the finding.
    pub fn field(&self, name: &str) -> Option<&str> {
        match &self.seen {
            Seen::Fact(fact) => fact.get(name),
            Seen::Finding(_, values) => values.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str()),
        }
    }
}

/// The log that a file is a part of: its path without what rotation adds, `.1`, `.2.gz`, `-20260130`.
pub fn log_of(path: &str) -> &str {
    let mut rest = path;
    for end in [".gz", ".xz", ".zst", ".bz2"] {
        rest = rest.strip_suffix(end).unwrap_or(rest);
    }
    let stem = rest.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = rest.len() - stem.len();
    match stem.strip_suffix(['.', '-', '_']) {
        // `.1` to `.999`, or a date with or without an hour. What remains must be a name.
        Some(name) if !name.is_empty() && !name.ends_with('/') => match digits {
            1..=3 if stem.ends_with('.') => name,
            8 | 10 => name,
            _ => rest,
        },
        _ => rest,
    }
}

/// A text with every run of digits as `#`, and of a path only the last name: dated files become one.
pub fn masked(text: &str) -> String {
    let name = text.rsplit('/').next().unwrap_or(text);
    let mut out = String::with_capacity(name.len());
    for c in name.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

/// The lane of the host that keeps a record's file.
pub fn lane(analysis: &Analysis, event: EventId) -> usize {
    analysis.lanes.of_source(analysis.events.source(event))
}

#[cfg(test)]
mod tests {
    use super::log_of;

    #[test]
    fn files_that_were_turned_over_are_one_log() {
        let app =
            ["app.log", "app.log.1", "app.log.2.gz", "app.log-20260130", "app.log-2026013004.xz", "app.log.20260130"];
        for path in app {
            assert_eq!(log_of(path), "app.log", "{path}");
        }
        for path in ["db1/postgresql-15", "v1.2345", "x/.1", "1", "", "web1", "cluster.2/app.log", "é.1é"] {
            assert_eq!(log_of(path), path);
        }
    }
}
