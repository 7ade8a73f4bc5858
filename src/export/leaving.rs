//! What leaves when events are exported: the events, what the case says of them, and who looks through every text first.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::analysis::Analysis;
use crate::case::annotation::Annotation;
use crate::case::{Case, When};
use crate::detect::Findings;
use crate::event::EventId;
use crate::format::record::Record;
use crate::redact::{Learner, Redactor, Replaced, Rules};

/// What is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Leaving<'a> {
    /// Where the events stand.
    pub analysis: &'a Analysis,
    /// The events, in the order of the timeline.
    pub rows: &'a [EventId],
    /// The case whose markers are told with them.
    pub case: Option<&'a Case>,
    /// What was found in them.
    pub findings: Option<&'a Findings>,
    /// What every text that comes from logs, names or the case passes through.
    pub redactor: &'a Redactor,
}

impl Leaving<'_> {
    /// Hands every text that will leave to `read`, in the order in which it leaves, with the field's name where it has
    /// one: what a [`Learner`](crate::redact::Learner) is to read first.
    pub fn each_text(&self, read: &mut dyn FnMut(Option<&str>, &str)) {
        for source in &self.analysis.sources {
            read(None, &source.path);
        }
        for id in self.rows {
            let record = self.analysis.record(*id);
            // Whole records first: a private key or a header says more there than in its parts.
            read(None, &String::from_utf8_lossy(self.analysis.raw(*id)));
            record.host.iter().for_each(|host| read(Some("host"), host));
            record.process.iter().for_each(|process| read(None, process));
            read(None, &record.message);
            record.fields.iter().for_each(|(name, value)| read(Some(name), value));
        }
        for a in self.case.iter().flat_map(|c| &c.annotations) {
            [&a.comment, &a.author].into_iter().chain(&a.tags).for_each(|text| read(None, text));
        }
        for f in self.findings.iter().flat_map(|f| &f.list) {
            [&f.title, &f.explanation].into_iter().for_each(|text| read(None, text));
        }
        for s in self.findings.iter().flat_map(|f| &f.stories) {
            read(None, &s.title);
        }
    }
}

impl Leaving<'_> {
    /// Learns from everything that will leave, in order.
    pub fn redactor(&self, rules: Rules) -> Redactor {
        let hosts: Vec<String> = self.analysis.lanes.list.iter().map(|l| l.host.clone()).collect();
        let mut learner = Learner::new(rules, &hosts);
        self.each_text(&mut |name, text| match name {
            Some(name) => learner.read_field(name, text),
            None => learner.read(text),
        });
        learner.finish()
    }

    /// What `redactor` replaces, by its first appearance.
    pub fn replaced(&self, redactor: &Redactor) -> Vec<Replaced> {
        let mut texts = Vec::new();
        self.each_text(&mut |_, text| texts.push(text.to_owned()));
        redactor.preview(&texts)
    }
}

/// A line of an export: an event, or one end of a marker that stands on no event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// An event.
    Event(EventId),
    /// The moment of a marker, or the beginning of its span; by its place in [`Book::markers`].
    Moment(u32),
    /// The end of a marker's span.
    End(u32),
}

/// A marker that stands on no event, or whose span has an end of its own.
pub(super) struct Marker<'a> {
    pub(super) annotation: &'a Annotation,
    /// Its moment, when no event says it.
    pub(super) at: Option<When>,
}

/// What is worked out once for all events of an export.
pub(super) struct Book<'a> {
    pub(super) leaving: Leaving<'a>,
    pub(super) analysis: &'a Analysis,
    /// Names of the sources, as they leave.
    paths: Vec<String>,
    /// Hosts of the sources, as they leave.
    hosts: Vec<Option<String>>,
    /// All markers of the case, and the events that they stand on.
    pub(super) placed: Vec<(&'a Annotation, Option<EventId>)>,
    marks: HashMap<EventId, Vec<&'a Annotation>>,
    rules: HashMap<EventId, Vec<&'a str>>,
    /// Markers that need lines of their own.
    pub(super) markers: Vec<Marker<'a>>,
    /// Markers whose record is gone and that have no time of their own.
    pub(super) lost: usize,
}

impl<'a> Book<'a> {
    /// `with` says whether markers and findings are told at all.
    pub(super) fn new(leaving: Leaving<'a>, with: bool) -> Self {
        let analysis = leaving.analysis;
        let redactor = leaving.redactor;
        let mut book = Book {
            leaving,
            analysis,
            paths: analysis.sources.iter().map(|s| redactor.apply(&s.path).into_owned()).collect(),
            hosts: analysis
                .infos
                .iter()
                .map(|i| i.host.as_deref().map(|h| redactor.apply_field("host", h).into_owned()))
                .collect(),
            placed: Vec::new(),
            marks: HashMap::new(),
            rules: HashMap::new(),
            markers: Vec::new(),
            lost: 0,
        };
        if with {
            leaving.case.into_iter().for_each(|case| book.take_markers(case));
            leaving.findings.into_iter().for_each(|findings| book.take_rules(findings));
        }
        book
    }

    fn take_markers(&mut self, case: &'a Case) {
        self.placed = case.resolve(self.analysis);
        for &(annotation, event) in &self.placed {
            match (event, annotation.at) {
                (Some(id), _) => {
                    self.marks.entry(id).or_default().push(annotation);
                    if annotation.until.is_some() {
                        self.markers.push(Marker { annotation, at: None });
                    }
                }
                (None, Some(at)) => self.markers.push(Marker { annotation, at: Some(at) }),
                (None, None) => self.lost += 1,
            }
        }
    }

    fn take_rules(&mut self, findings: &'a Findings) {
        for f in &findings.list {
            for id in std::iter::once(f.at).chain(f.evidence.iter().map(|e| e.event)) {
                let rules = self.rules.entry(id).or_default();
                if !rules.contains(&f.rule.as_str()) {
                    rules.push(&f.rule);
                }
            }
        }
    }

    /// The events and the markers between them, in the order of the timeline.
    pub(super) fn items(&self) -> Vec<Item> {
        let (rows, timeline, events) = (self.leaving.rows, &self.analysis.timeline, &self.analysis.events);
        let place = |time: i64| rows.partition_point(|id| timeline.time(events, *id) < time);
        let mut between: Vec<(usize, i64, Item)> = Vec::new();
        for (i, marker) in (0..).zip(&self.markers) {
            if let Some(at) = marker.at {
                between.push((place(at.at), at.at, Item::Moment(i)));
            }
            if let Some(until) = marker.annotation.until {
                between.push((place(until.at), until.at, Item::End(i)));
            }
        }
        between.sort_by_key(|b| (b.0, b.1));
        let mut between = between.into_iter().peekable();
        let mut out = Vec::with_capacity(rows.len() + self.markers.len());
        for (row, id) in rows.iter().enumerate() {
            while let Some((_, _, item)) = between.next_if(|b| b.0 <= row) {
                out.push(item);
            }
            out.push(Item::Event(*id));
        }
        out.extend(between.map(|b| b.2));
        out
    }

    /// The markers on an event.
    pub(super) fn marks(&self, id: EventId) -> &[&'a Annotation] {
        if self.marks.is_empty() {
            return &[];
        }
        self.marks.get(&id).map_or(&[], |m| m)
    }

    /// The rules of the findings that an event proves.
    pub(super) fn rules(&self, id: EventId) -> &[&'a str] {
        if self.rules.is_empty() {
            return &[];
        }
        self.rules.get(&id).map_or(&[], |r| r)
    }

    /// A text as it leaves.
    pub(super) fn clean<'t>(&self, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        let text = text.into();
        if !self.leaving.redactor.is_on() {
            return text;
        }
        let changed = match self.leaving.redactor.apply(&text) {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        };
        changed.map_or(text, Cow::Owned)
    }

    fn clean_field<'t>(&self, name: &str, value: Cow<'t, str>) -> Cow<'t, str> {
        let changed = match self.leaving.redactor.apply_field(name, &value) {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(text),
        };
        changed.map_or(value, Cow::Owned)
    }

    /// The name of an event's source as it leaves.
    pub(super) fn path(&self, id: EventId) -> &str {
        self.path_of(self.analysis.events.source(id).idx())
    }

    /// The name of a source as it leaves.
    pub(super) fn path_of(&self, source: usize) -> &str {
        self.paths.get(source).map_or("", String::as_str)
    }

    /// The host of a source as it leaves.
    pub(super) fn host_of(&self, source: usize) -> Option<&str> {
        self.hosts.get(source).and_then(Option::as_deref)
    }

    /// The host that an event names, else that of its source.
    pub(super) fn host<'r>(&'r self, id: EventId, record: &'r Record<'_>) -> Option<&'r str> {
        record.host.as_deref().or_else(|| self.host_of(self.analysis.events.source(id).idx()))
    }

    /// The words of a record as they leave.
    pub(super) fn record(&self, id: EventId) -> Record<'a> {
        let mut record = self.analysis.record(id);
        record.host = self.analysis.info(id).and_then(|i| i.host_of(&record)).map(Cow::Owned);
        if self.leaving.redactor.is_on() {
            record.host = record.host.map(|h| self.clean_field("host", h));
            for part in [&mut record.process, &mut record.pid, &mut record.thread, &mut record.level] {
                *part = part.take().map(|p| self.clean(p));
            }
            record.message = self.clean(std::mem::take(&mut record.message));
            for (name, value) in &mut record.fields {
                *value = self.clean_field(name, std::mem::take(value));
                *name = self.clean(std::mem::take(name));
            }
        }
        record
    }

    /// The text of a record as it leaves, header included.
    pub(super) fn raw(&self, id: EventId) -> Cow<'a, str> {
        self.clean(String::from_utf8_lossy(self.analysis.raw(id)))
    }

    /// Where an event stands on the time axis, in nanoseconds since 1970 UTC, and whether that is its own time; `None`
    /// when neither it nor any record of its file tells.
    pub(super) fn time(&self, id: EventId) -> Option<(i64, bool)> {
        match self.analysis.corrected(id) {
            Some(time) => Some((time, true)),
            None => {
                let time = self.analysis.timeline.time(&self.analysis.events, id);
                (time > i64::MIN && time < i64::MAX).then_some((time, false))
            }
        }
    }

    /// What the markers on an event are called: `impact-start, note`.
    pub(super) fn kinds(marks: &[&Annotation]) -> String {
        marks.iter().map(|a| a.kind.slug()).collect::<Vec<_>>().join(", ")
    }

    /// Their words, as they leave.
    pub(super) fn comments(&self, marks: &[&Annotation]) -> String {
        let words = marks.iter().map(|a| a.comment.trim()).filter(|c| !c.is_empty());
        words.map(|c| self.clean(c).into_owned()).collect::<Vec<_>>().join("\n\n")
    }

    /// Their authors, as they leave, each once.
    pub(super) fn authors(&self, marks: &[&Annotation]) -> String {
        let mut out: Vec<String> = Vec::new();
        for author in marks.iter().map(|a| &a.author).filter(|a| !a.is_empty()) {
            let author = self.clean(author.as_str()).into_owned();
            if !out.contains(&author) {
                out.push(author);
            }
        }
        out.join(", ")
    }

    /// Their tags, as they leave, each once.
    pub(super) fn tags(&self, marks: &[&Annotation]) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        for tag in marks.iter().flat_map(|a| &a.tags) {
            let tag = self.clean(tag.as_str()).into_owned();
            if !out.contains(&tag) {
                out.push(tag);
            }
        }
        out
    }
}
