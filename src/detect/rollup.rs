//! Cases to findings: one finding for each cause, with a count and the records that tell most.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::finding::{Evidence, Expected, Finding};
use super::primitive;
use super::sighting::{Seen, World, lane};
use super::violation::Violation;
use crate::event::EventId;
use crate::rule::select::Value;
use crate::rule::template::Template;
use crate::rule::{Rule, When};
use crate::time::format;

/// A case is told only when the order on which it rests is at least probable.
const PROBABLE: f32 = 0.8;
/// Records of evidence in a finding.
const MOST_EVIDENCE: usize = 8;
/// Records of one part and case.
const OF_ONE_CASE: usize = 6;

/// A case and the relation that it breaks.
struct Case<'r> {
    when: &'r When,
    violation: Violation,
}

/// What a rule finds, where these were found before.
pub fn findings(world: &World<'_>, rule: &Rule, before: &[Finding]) -> Vec<Finding> {
    let mut groups: BTreeMap<(bool, Vec<String>), Vec<Case<'_>>> = BTreeMap::new();
    let mut proven: HashSet<EventId> = HashSet::new();
    let (bad, benign): (Vec<&When>, Vec<&When>) = rule.whens.iter().partition(|w| w.benign.is_none());
    for when in bad.into_iter().chain(benign) {
        for mut violation in primitive::violations(world, when, before) {
            if violation.sure < PROBABLE {
                continue;
            }
            if when.benign.is_some() {
                violation.evidence.retain(|(_, at)| world.get(*at).is_some_and(|s| !proven.contains(&s.event)));
                if violation.evidence.is_empty() {
                    continue;
                }
            } else {
                proven.extend(violation.evidence.iter().filter_map(|(_, at)| world.get(*at).map(|s| s.event)));
            }
            let key = apart(world, rule, &violation);
            groups.entry((when.benign.is_some(), key)).or_default().push(Case { when, violation });
        }
    }
    let split = groups.into_values().flat_map(|cases| by_time(world, rule, cases));
    split.filter_map(|cases| finding(world, rule, &cases)).collect()
}

/// Parts cases where the pause between them is longer than the rule allows.
fn by_time<'r>(world: &World<'_>, rule: &Rule, mut cases: Vec<Case<'r>>) -> Vec<Vec<Case<'r>>> {
    let Some(pause) = rule.pause else { return vec![cases] };
    let time = |c: &Case<'_>| {
        let at = first_effect(world, c);
        at.map_or(i64::MIN, |id| world.time_of(id))
    };
    cases.sort_by_key(time);
    let mut out: Vec<Vec<Case<'r>>> = Vec::new();
    let mut last = i64::MIN;
    for case in cases {
        let here = time(&case);
        match out.last_mut().filter(|_| here.saturating_sub(last) <= pause) {
            Some(list) => list.push(case),
            None => out.push(vec![case]),
        }
        last = here;
    }
    out
}

/// The finding of one case, found by other means than the rule's own.
pub fn single(world: &World<'_>, rule: &Rule, violation: Violation) -> Option<Finding> {
    let when = rule.whens.first()?;
    finding(world, rule, &[Case { when, violation }])
}

/// The values that part a rule's findings.
fn apart(world: &World<'_>, rule: &Rule, v: &Violation) -> Vec<String> {
    let value = |value: &Value| value_of(world, v, value).unwrap_or_default();
    rule.apart.iter().map(value).collect()
}

fn value_of(world: &World<'_>, v: &Violation, value: &Value) -> Option<String> {
    let said = v.values.iter().find(|(n, _)| *n == value.name()).map(|(_, v)| v.clone());
    said.or_else(|| v.evidence.iter().find_map(|(_, at)| world.value(*at, value).map(|v| v.into_owned())))
}

fn finding(world: &World<'_>, rule: &Rule, cases: &[Case<'_>]) -> Option<Finding> {
    let rank = |c: &&Case<'_>| (c.when.severity.unwrap_or(rule.severity), (c.when.confidence * 100.0) as i32);
    let worst = cases.iter().map(|c| rank(&c)).max()?;
    let main = cases.iter().find(|c| rank(c) == worst)?;
    let evidence = evidence(world, rule, main, cases);
    let times = |c: &Case<'_>| -> Vec<i64> {
        let sightings = c.violation.evidence.iter().map(|(_, at)| world.time(*at));
        let records = c.violation.records.iter().map(|(_, id)| world.time_of(*id));
        sightings.chain(records).filter(|t| *t > i64::MIN).collect()
    };
    let all: Vec<i64> = cases.iter().flat_map(times).collect();
    // The first effect, not what it is compared with: the last part of the evidence that proves it.
    let at = first_effect(world, main)?;
    let first = world.time_of(at).saturating_sub(lasted(world, rule, main));
    let last = all.iter().copied().max().unwrap_or(first).max(first);
    let count = cases.iter().map(|c| c.violation.count).sum();
    let hosts = hosts(world, cases, &evidence);
    let words = Words { world, v: &main.violation, count, hosts: &hosts, span: last - first };
    let fill = |t: &Template| words.fill(t);
    let title = main.when.title.as_ref().or(rule.titles.as_ref().filter(|_| count > 1)).unwrap_or(&rule.title);
    let keys = rule.apart.iter().filter_map(|v| Some((v.name().to_owned(), value_of(world, &main.violation, v)?)));
    let expected = rule.expect.iter().map(|e| Expected { text: fill(&e.text), seen: None, logged: false });
    Some(Finding {
        rule: rule.name.clone(),
        severity: main.when.severity.unwrap_or(rule.severity),
        role: rule.role,
        confidence: main.when.confidence.max(0.0) * main.violation.sure,
        title: fill(title),
        short: fill(&rule.short),
        explanation: fill(main.when.explain.as_ref().unwrap_or(&rule.explain)),
        keys: keys.collect(),
        at,
        first,
        last,
        count,
        evidence,
        benign: main.when.benign.as_ref().map(fill),
        expected: expected.collect(),
        verify: fill(&rule.verify),
        prevent: fill(&rule.prevent),
        values: words.all(),
        targets: Vec::new(),
        hosts,
    })
}

/// How long the first effect had lasted when it was told, in nanoseconds.
fn lasted(world: &World<'_>, rule: &Rule, case: &Case<'_>) -> i64 {
    let Some(value) = &rule.lasted else { return 0 };
    let first = case.violation.evidence.first();
    let text = first.and_then(|(_, at)| world.value(*at, value));
    text.and_then(|t| crate::fact::value::duration(&t)).unwrap_or(0)
}

/// The record at which the relation broke.
fn first_effect(world: &World<'_>, case: &Case<'_>) -> Option<EventId> {
    let v = &case.violation;
    let named = case.when.effect.as_deref().and_then(|part| v.evidence.iter().find(|(p, _)| *p == part));
    if let Some(s) = named.and_then(|(_, at)| world.get(*at)) {
        return Some(s.event);
    }
    // Of a relation of two, the second breaks it; of occurrences and missing answers, the first is the effect.
    const SECOND: [&str; 8] = ["back", "second", "between", "after", "other", "last", "then", "next"];
    let by_first = matches!(v.evidence.first(), Some(("seen" | "first", _)))
        && !v.evidence.iter().any(|(part, _)| matches!(*part, "second" | "between"));
    let second = v.evidence.iter().find(|(part, _)| SECOND.contains(part)).filter(|_| !by_first);
    let chosen = second.or(v.evidence.first()).and_then(|(_, at)| world.get(*at)).map(|s| s.event);
    chosen.or(v.records.first().map(|(_, id)| *id))
}

fn hosts(world: &World<'_>, cases: &[Case<'_>], evidence: &[Evidence]) -> Vec<String> {
    let said =
        cases.iter().flat_map(|c| c.violation.values.iter().filter(|(n, _)| *n == "host").map(|(_, v)| v.clone()));
    let mut hosts: BTreeSet<String> = said.collect();
    if hosts.is_empty() {
        let name = |e: &Evidence| world.host(u32::try_from(lane(world.analysis, e.event)).ok()?).map(str::to_owned);
        hosts.extend(evidence.iter().filter_map(name));
    }
    hosts.into_iter().collect()
}

/// The fewest records that prove it: the first case, a word from each other way in which the rule is broken, and
/// the case that tells most.
fn evidence(world: &World<'_>, rule: &Rule, main: &Case<'_>, cases: &[Case<'_>]) -> Vec<Evidence> {
    let mut chosen: Vec<(&Case<'_>, &'static str, EventId, Option<u32>)> = Vec::new();
    let mut add = |case, list: Vec<(&'static str, EventId, Option<u32>)>, most: usize| {
        let shown = list.into_iter().filter(|(part, _, _)| !when_hides(case, part));
        for (part, event, at) in shown.take(most) {
            if chosen.len() < MOST_EVIDENCE && !chosen.iter().any(|(_, _, e, _)| *e == event) {
                chosen.push((case, part, event, at));
            }
        }
    };
    add(main, telling(world, &main.violation), OF_ONE_CASE);
    let mut told: Vec<*const When> = vec![main.when];
    for case in cases {
        if !told.contains(&std::ptr::from_ref(case.when)) {
            told.push(case.when);
            add(case, telling(world, &case.violation), 2);
        }
    }
    let most = cases.iter().max_by(|a, b| a.violation.weight.total_cmp(&b.violation.weight));
    for case in most.into_iter().chain(cases.iter().skip(1)).chain(cases.last()) {
        add(case, telling(world, &case.violation), 2);
    }
    let mut out: Vec<(i64, Evidence)> = Vec::new();
    for (case, part, event, at) in chosen {
        let words = Words { world, v: &case.violation, count: case.violation.count, hosts: &[], span: 0 };
        let because = case.when.because.get(part).or_else(|| rule.because(part));
        let because = because.map(|t| words.of(at).fill(t)).filter(|t| !t.trim().is_empty());
        let because = because.unwrap_or_else(|| said(world, event));
        out.push((world.time_of(event), Evidence { event, because }));
    }
    out.sort_by_key(|(time, e)| (*time, e.event));
    out.into_iter().map(|(_, e)| e).collect()
}

fn when_hides(case: &Case<'_>, part: &str) -> bool {
    case.when.hide.iter().any(|h| h == part)
}

impl Rule {
    fn because(&self, part: &str) -> Option<&Template> {
        self.whens.iter().find_map(|w| w.because.get(part))
    }
}

/// The words of a record, where the rule has none for it.
fn said(world: &World<'_>, event: EventId) -> String {
    const LONGEST: usize = 100;
    let record = world.analysis.record(event);
    let line = crate::words::summary(&record, world.analysis.is_structured(event));
    let line = line.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line.to_owned(),
    }
}

/// A case's records, the telling ones first: of many that were merely seen, the first of each kind and host.
fn telling(world: &World<'_>, v: &Violation) -> Vec<(&'static str, EventId, Option<u32>)> {
    let mut kinds = BTreeSet::new();
    let (mut first, mut rest) = (Vec::new(), Vec::new());
    for (part, at) in &v.evidence {
        let Some(s) = world.get(*at) else { continue };
        let kind = match &s.seen {
            Seen::Fact(fact) => fact.kind() as usize,
            Seen::Finding(..) => usize::MAX,
        };
        let new = kinds.insert((*part, kind, s.lane));
        if new || *part != "seen" { &mut first } else { &mut rest }.push((*part, s.event, Some(*at)));
    }
    rest.truncate(3);
    first.extend(rest);
    first.extend(v.records.iter().map(|(part, id)| (*part, *id, None)));
    first
}

/// The values that texts may ask for.
struct Words<'w, 'a> {
    world: &'w World<'a>,
    v: &'w Violation,
    count: usize,
    hosts: &'w [String],
    span: i64,
}

impl Words<'_, '_> {
    fn fill(&self, t: &Template) -> String {
        t.fill(&|name| self.value(name, None))
    }

    /// The same, about one of the records: its own fields go first.
    fn of(&self, at: Option<u32>) -> Own<'_> {
        Own { words: self, at }
    }

    fn value(&self, name: &str, own: Option<u32>) -> Option<String> {
        if let Some((part, field)) = name.split_once('.') {
            let at = self.v.evidence.iter().find(|(p, _)| *p == part).map(|(_, at)| *at)?;
            return self.field(at, field);
        }
        if let Some(own) = own
            && let Some(value) = self.field(own, name)
        {
            return Some(value);
        }
        if let Some((_, value)) = self.v.values.iter().find(|(n, _)| *n == name) {
            return Some(value.clone());
        }
        let found = match name {
            "count" => Some(crate::words::count(self.count as u64)),
            "hosts" => (!self.hosts.is_empty()).then(|| self.hosts.join(", ")),
            "span" => Some(format::duration(self.span)),
            // What a record says about itself is not taken from another.
            _ if own.is_some() => None,
            _ => self.v.evidence.iter().find_map(|(_, at)| self.field(*at, name)),
        };
        found.map(short)
    }

    fn field(&self, at: u32, name: &str) -> Option<String> {
        let s = self.world.get(at)?;
        match name {
            "host" => self.world.host(s.lane).map(str::to_owned),
            "time" => (s.time > i64::MIN).then(|| format::utc(s.time, 3).get(11..23).map(str::to_owned)).flatten(),
            "line" => {
                let path = self.world.analysis.source(s.event).map_or("", |s| s.path.as_str());
                Some(format!("{path}:{}", self.world.analysis.events.line(s.event)))
            }
            "process" => self.world.value(at, &Value::Process).map(|v| v.into_owned()),
            _ => s.field(name).map(|v| short(v.to_owned())),
        }
    }

    /// Everything there is to say, for rules that build on the finding.
    fn all(&self) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = self.v.values.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
        for (_, at) in &self.v.evidence {
            if let Some(Seen::Fact(fact)) = self.world.get(*at).map(|s| &s.seen) {
                for (name, value) in fact.fields() {
                    if !out.iter().any(|(n, _)| n == name) {
                        out.push((name.to_owned(), value.to_owned()));
                    }
                }
            }
        }
        out
    }
}

struct Own<'w> {
    words: &'w Words<'w, 'w>,
    at: Option<u32>,
}

impl Own<'_> {
    fn fill(&self, t: &Template) -> String {
        t.fill(&|name| self.words.value(name, self.at))
    }
}

/// A value from a log, short enough for a sentence.
fn short(value: String) -> String {
    const LONGEST: usize = 120;
    match value.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", value.get(..end).unwrap_or_default()),
        None => value,
    }
}
