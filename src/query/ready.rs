//! A filter made ready for one analysis: names are looked up once, not for each event.

use std::ops::Range;

use super::term::{Test, bit};
use super::{Context, Filter, Has};
use crate::analysis::Analysis;
use crate::event::EventId;
use crate::source::SourceId;

/// A filter and what it is asked about.
pub(super) struct Ready<'a> {
    pub analysis: &'a Analysis,
    pub terms: Vec<ReadyTerm<'a>>,
}

pub(super) struct ReadyTerm<'a> {
    pub negated: bool,
    pub test: &'a Test,
    pub known: Known,
}

/// What was looked up.
pub(super) enum Known {
    Nothing,
    /// By source.
    Sources(Vec<bool>),
    /// By source and format; the last of each is for text that no format explains.
    Forms(Vec<Vec<bool>>),
    /// These events, ascending.
    Events(Vec<EventId>),
    /// An instant.
    Time(i64),
}

impl<'a> Ready<'a> {
    pub(super) fn new(filter: &'a Filter, analysis: &'a Analysis, context: &Context) -> Self {
        let terms = filter.terms.iter().map(|term| ReadyTerm {
            negated: term.negated,
            test: &term.test,
            known: known(&term.test, analysis, context),
        });
        Ready { analysis, terms: terms.collect() }
    }

    /// True when the event passes all terms.
    pub(super) fn passes(&self, id: EventId) -> bool {
        self.terms.iter().all(|t| t.holds(self.analysis, id) != t.negated)
    }
}

impl ReadyTerm<'_> {
    /// True when the event is as the term says, be it negated or not.
    pub(super) fn holds(&self, analysis: &Analysis, id: EventId) -> bool {
        match (self.test, &self.known) {
            (Test::Text(needle), _) => needle.is_in(analysis.raw(id)),
            (Test::Id(ids), _) => {
                let host = host(analysis, analysis.events.source(id));
                ids.iter().any(|i| i.is_in(analysis.raw(id), host))
            }
            (Test::Process(names), _) => {
                let raw = analysis.raw(id);
                names.iter().any(|(needle, _)| {
                    // Most records can be told from the name not being there, without taking them apart.
                    needle.is_in(raw) && analysis.record(id).process.is_some_and(|p| needle.is_in(p.as_bytes()))
                })
            }
            (Test::Pid(pids), _) => {
                let raw = analysis.raw(id);
                pids.iter().any(|(needle, pid)| {
                    needle.is_in(raw) && analysis.record(id).pid.is_some_and(|p| p.eq_ignore_ascii_case(pid))
                })
            }
            (Test::Level(bits), _) => bits & bit(analysis.events.level(id)) != 0,
            (Test::Has(all), Known::Events(events)) => {
                all.contains(&Has::Lines) && has_lines(analysis.raw(id)) || events.binary_search(&id).is_ok()
            }
            (_, Known::Events(events)) => events.binary_search(&id).is_ok(),
            (_, Known::Sources(of)) => of.get(analysis.events.source(id).idx()) == Some(&true),
            (_, Known::Forms(of)) => {
                of.get(analysis.events.source(id).idx()).is_some_and(|f| has_form(f, analysis.events.form(id)))
            }
            (Test::Before(_), Known::Time(time)) => analysis.corrected(id).is_some_and(|t| t < *time),
            (Test::After(_), Known::Time(time)) => analysis.corrected(id).is_some_and(|t| t >= *time),
            _ => false,
        }
    }
}

/// Of the formats of a source: whether this one is asked for.
pub(super) fn has_form(forms: &[bool], form: u8) -> bool {
    forms.get(usize::from(form)).or(forms.last()).copied().unwrap_or(false)
}

/// True when a record has more than one line.
pub(super) fn has_lines(record: &[u8]) -> bool {
    memchr::memchr(b'\n', record).is_some()
}

/// The name of the host of a source, as its lane has it.
pub(super) fn host(analysis: &Analysis, source: SourceId) -> &str {
    analysis.lanes.list.get(analysis.lanes.of_source(source)).map_or("", |l| &l.host)
}

fn known(test: &Test, analysis: &Analysis, context: &Context) -> Known {
    let by_source = |of: &dyn Fn(SourceId) -> bool| {
        let n = u32::try_from(analysis.sources.len()).unwrap_or(u32::MAX);
        Known::Sources((0..n).map(|i| of(SourceId(i))).collect())
    };
    let path = |s: SourceId| analysis.sources.get(s.idx()).map_or("", |s| s.path.as_str());
    match test {
        Test::Host(names) => {
            let named = Named::new(names, analysis.lanes.list.iter().map(|l| l.host.as_str()), same);
            by_source(&|s| named.is(host(analysis, s)))
        }
        Test::Source(names) => {
            let named = Named::new(names, analysis.sources.iter().map(|s| s.path.as_str()), is_file);
            by_source(&|s| named.is(path(s)))
        }
        Test::Format(names) => forms(names, analysis),
        Test::Fact(kinds) => {
            let facts = context.facts.as_ref();
            events(facts.into_iter().flat_map(|f| kinds.iter().flat_map(|k| f.kind(*k)).map(|fact| fact.event())))
        }
        Test::Rule(names) => {
            let found = context.findings.iter().map(|(rule, _)| rule.as_str());
            let named = Named::new(names, found, same);
            let of = context.findings.iter().filter(|(rule, _)| named.is(rule));
            events(of.flat_map(|(_, events)| events.iter().copied()))
        }
        Test::Has(all) => {
            let notes = context
                .notes
                .iter()
                .filter(|(_, words)| all.contains(&Has::Note) || (all.contains(&Has::Mark) && !words));
            let findings = context.findings.iter().filter(|_| all.contains(&Has::Finding));
            events(notes.map(|(id, _)| *id).chain(findings.flat_map(|(_, events)| events.iter().copied())))
        }
        Test::Before(when) | Test::After(when) => Known::Time(when.on(analysis.span().map_or(0, |(first, _)| first))),
        _ => Known::Nothing,
    }
}

fn events(ids: impl Iterator<Item = EventId>) -> Known {
    let mut ids: Vec<EventId> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    Known::Events(ids)
}

fn forms(names: &[String], analysis: &Analysis) -> Known {
    let count = |i: usize| analysis.infos.get(i).map_or(0, |info| info.plan.forms.len());
    let name = |i: usize, form: usize| {
        let form = u8::try_from(form).unwrap_or(u8::MAX);
        analysis.infos.get(i).map_or("", |info| info.format_name(form))
    };
    let of = |i: usize| -> Range<usize> { 0..count(i) + 1 };
    let all = (0..analysis.infos.len()).flat_map(|i| of(i).map(move |form| name(i, form)));
    let named = Named::new(names, all, same);
    Known::Forms((0..analysis.infos.len()).map(|i| of(i).map(|form| named.is(name(i, form))).collect()).collect())
}

/// Names that are asked for: the one that is called exactly so where there is one, else all that hold it.
struct Named<'a> {
    names: Vec<(&'a str, bool)>,
    exactly: fn(&str, &str) -> bool,
}

impl<'a> Named<'a> {
    fn new<'b>(
        names: &'a [String],
        all: impl Iterator<Item = &'b str> + Clone,
        exactly: fn(&str, &str) -> bool,
    ) -> Named<'a> {
        let is_there = |name: &str| all.clone().any(|other| exactly(other, name));
        Named { names: names.iter().map(|n| (n.as_str(), is_there(n))).collect(), exactly }
    }

    fn is(&self, other: &str) -> bool {
        self.names.iter().any(|(name, whole)| {
            if *whole { (self.exactly)(other, name) } else { other.to_lowercase().contains(&name.to_lowercase()) }
        })
    }
}

fn same(name: &str, asked: &str) -> bool {
    name.to_lowercase() == asked.to_lowercase()
}

/// The path itself, or its last parts.
fn is_file(path: &str, asked: &str) -> bool {
    path.strip_suffix(asked).is_some_and(|head| head.is_empty() || head.ends_with('/'))
}
