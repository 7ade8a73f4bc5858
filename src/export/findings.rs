//! Findings as text for 3 a.m. and as the contract's JSON.

use serde_json::{Map, Value, json};

use crate::analysis::Analysis;
use crate::detect::{Finding, Findings, Story};
use crate::event::EventId;
use crate::time::format;
use crate::time::zone::Zone;
use crate::words::{count, push_clean};

/// The contract's JSON.
pub fn json(analysis: &Analysis, findings: &Findings) -> Value {
    let rank = |i: usize| i + 1;
    let ranks = |list: &[usize]| list.iter().map(|i| rank(*i)).collect::<Vec<_>>();
    let stories: Vec<Value> = findings
        .stories
        .iter()
        .map(|s| {
            json!({
                "title": s.title,
                "trigger": s.trigger.map(rank),
                "defect": s.defect.map(rank),
                "defects": ranks(&s.defects),
                "impact": ranks(&s.impacts),
                "context": ranks(&s.context),
                "links": s.links.iter().map(|(a, b)| [rank(*a), rank(*b)]).collect::<Vec<_>>(),
            })
        })
        .collect();
    let list: Vec<Value> = findings.list.iter().enumerate().map(|(i, f)| finding(analysis, rank(i), f)).collect();
    json!({ "stories": stories, "findings": list })
}

fn finding(analysis: &Analysis, rank: usize, f: &Finding) -> Value {
    let place = |event: EventId| {
        let path = analysis.source(event).map_or("", |s| s.path.as_str());
        (path.to_owned(), analysis.events.line(event))
    };
    let evidence: Vec<Value> = f
        .evidence
        .iter()
        .map(|e| {
            let (file, line) = place(e.event);
            json!({ "file": file, "line": line, "because": e.because })
        })
        .collect();
    let expected: Vec<Value> = f
        .expected
        .iter()
        .map(|e| {
            let seen = e.seen.map(place).map(|(file, line)| json!({ "file": file, "line": line }));
            json!({ "text": e.text, "seen": seen, "logged": e.logged })
        })
        .collect();
    let keys: Map<String, Value> = f.keys.iter().map(|(n, v)| (n.clone(), v.clone().into())).collect();
    json!({
        "rank": rank,
        "rule": f.rule,
        "severity": f.severity.word(),
        "confidence": (f64::from(f.confidence) * 100.0).round() / 100.0,
        "certainty": f.certainty(),
        "role": f.role.word(),
        "title": f.title,
        "explanation": f.explanation,
        "keys": keys,
        "hosts": f.hosts,
        "first_utc": time(f.first),
        "last_utc": time(f.last),
        "count": f.count,
        "evidence": evidence,
        "benign": f.benign,
        "expected": expected,
        "verify": f.verify,
        "prevent": f.prevent,
    })
}

fn time(nanos: i64) -> Value {
    if nanos == i64::MIN { Value::Null } else { format::utc(nanos, 3).into() }
}

/// Columns of text; paths and commands may be longer.
const WIDTH: usize = 110;
/// Records of evidence that the text lists for a finding; JSON has all.
const LISTED: usize = 6;

/// Everything, as an engineer reads it in a terminal.
pub fn text(analysis: &Analysis, findings: &Findings, zone: Zone) -> String {
    let writer = Writer { analysis, findings, zone, with_date: many_days(analysis, zone) };
    let mut out = writer.header();
    for (i, story) in findings.stories.iter().enumerate() {
        writer.story(&mut out, i + 1, story);
    }
    if findings.stories.is_empty() {
        out.push_str("\nNothing is out of order that the rules know (`causeline rules list` names them).\n");
    }
    writer.rest(&mut out);
    out
}

/// True when the capture spans more than one day.
fn many_days(analysis: &Analysis, zone: Zone) -> bool {
    analysis.span().is_none_or(|(a, b)| format::date(a, zone) != format::date(b, zone))
}

struct Writer<'a> {
    analysis: &'a Analysis,
    findings: &'a Findings,
    zone: Zone,
    with_date: bool,
}

impl Writer<'_> {
    fn header(&self) -> String {
        let analysis = self.analysis;
        let plural = |n: usize, word: &str| format!("{} {word}{}", count(n as u64), if n == 1 { "" } else { "s" });
        let mut out = format!(
            "{} · {} · {}",
            plural(analysis.sources.len(), "file"),
            plural(analysis.lanes.list.len(), "host"),
            plural(analysis.timeline.len(), "event")
        );
        if let Some((a, b)) = analysis.span() {
            let from = format::local(a, 0, self.zone, ' ');
            let to =
                if self.with_date { format::local(b, 0, self.zone, ' ') } else { format::time_of_day(b, 0, self.zone) };
            out.push_str(&format!(" · {from} – {to} {}", self.zone.name()));
        }
        out.push('\n');
        let corrected = analysis.clocks.list.iter().filter(|c| c.applied && c.offset.abs() >= 1e6);
        let clocks: Vec<String> = corrected.map(|c| format!("{} {}", c.host, super::clocks::off(c.offset))).collect();
        if !clocks.is_empty() {
            let line = format!("clocks corrected: {} (`causeline clocks` tells how that is known)", clocks.join(" · "));
            push_line(&mut out, 0, 2, &line);
        }
        out
    }

    /// The time on the timeline, with the date where the capture has several.
    fn time(&self, nanos: i64) -> String {
        match (nanos, self.with_date) {
            (i64::MIN, _) => "no time".to_owned(),
            (_, true) => format::local(nanos, 0, self.zone, ' '),
            (_, false) => format::time_of_day(nanos, 1, self.zone),
        }
    }

    /// As [`Writer::time`], to the millisecond.
    fn exact(&self, nanos: i64) -> String {
        if self.with_date { format::local(nanos, 3, self.zone, ' ') } else { format::time_of_day(nanos, 3, self.zone) }
    }

    fn place(&self, event: EventId) -> String {
        let path = self.analysis.source(event).map_or("", |s| s.path.as_str());
        format!("{path}:{}", self.analysis.events.line(event))
    }

    fn story(&self, out: &mut String, number: usize, story: &Story) {
        out.push('\n');
        push_line(out, 0, 9, &format!("STORY {number}  {}", story.title));
        let mut last = "";
        for i in story.members() {
            let Some(f) = self.findings.list.get(i) else { continue };
            let role = part(story, i);
            let shown = if role == last { "" } else { role };
            last = role;
            let hosts = f.hosts.join(", ");
            let hosts =
                if hosts.is_empty() || f.title.contains(&hosts) { String::new() } else { format!(" ({hosts})") };
            let line = format!("{shown:7}  {}  {:8}  {}{hosts}", self.time(f.first), f.severity.word(), f.title);
            push_line(out, 2, 32, &line);
        }
        for i in story.members() {
            if let Some(f) = self.findings.list.get(i).filter(|_| !story.context.contains(&i)) {
                self.finding(out, part(story, i), f);
            }
        }
    }

    /// A finding at length: how it is known, what else to expect, what to do.
    fn finding(&self, out: &mut String, part: &str, f: &Finding) {
        out.push('\n');
        push_line(out, 2, 4, &format!("{}: {}  [{}, {}]", capital(part), f.title, f.rule, f.certainty()));
        if !f.explanation.is_empty() {
            push_line(out, 4, 4, &f.explanation);
        }
        let listed = || f.evidence.iter().take(LISTED);
        let width = listed().map(|e| self.place(e.event).chars().count()).max().unwrap_or(0).min(40);
        for e in listed() {
            let time = self.analysis.corrected(e.event);
            let time = time.map_or_else(|| "no time".to_owned(), |t| self.exact(t));
            let hang = width + 10 + time.chars().count();
            push_line(out, 6, hang, &format!("{:width$}  {time}  {}", self.place(e.event), e.because));
        }
        if f.count > listed().count() {
            let (from, to) = (self.time(f.first), self.time(f.last));
            push_line(out, 6, 8, &format!("{} in all, from {from} to {to}", count(f.count as u64)));
        }
        for e in &f.expected {
            let seen = e.verdict(&|id| self.place(id));
            push_line(out, 4, 6, &format!("Expected if true: {} ({seen})", e.text));
        }
        for (name, text) in [("Check now:", &f.verify), ("Prevent:  ", &f.prevent)] {
            if !text.is_empty() {
                push_line(out, 4, 15, &format!("{name} {text}"));
            }
        }
    }

    /// What belongs to no story: the loud and harmless, and the rest.
    fn rest(&self, out: &mut String) {
        let told: Vec<usize> = self.findings.stories.iter().flat_map(Story::members).collect();
        let (mut harmless, mut others) = (String::new(), String::new());
        let untold = self.findings.list.iter().enumerate().filter(|(i, _)| !told.contains(i));
        for (_, f) in untold {
            let time = self.time(f.first);
            if let Some(why) = &f.benign {
                let times = if f.count > 1 { format!(", {} times", count(f.count as u64)) } else { String::new() };
                let line = format!("{time}  {} ({}{times}): {why}", f.title, self.place(f.at));
                push_line(&mut harmless, 2, 14, &line);
            } else {
                push_line(&mut others, 2, 24, &format!("{time}  {:8}  {}  [{}]", f.severity.word(), f.title, f.rule));
            }
        }
        for (name, list) in [("RED HERRINGS  loud, but not the cause", harmless), ("OTHER", others)] {
            if !list.is_empty() {
                out.push_str(&format!("\n{name}\n{list}"));
            }
        }
    }
}

fn part(story: &Story, i: usize) -> &'static str {
    if story.trigger == Some(i) {
        "trigger"
    } else if story.defects.contains(&i) {
        "defect"
    } else if story.impacts.contains(&i) {
        "impact"
    } else {
        "context"
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// A line with an indent, broken at [`WIDTH`] columns, what follows indented by `hang`; nothing harmful gets through.
fn push_line(out: &mut String, indent: usize, hang: usize, text: &str) {
    let mut clean = String::new();
    push_clean(&mut clean, text);
    let pad = |out: &mut String, n: usize| out.extend(std::iter::repeat_n(' ', n));
    pad(out, indent);
    let mut column = indent;
    // Runs of blanks are columns; only single blanks are places to break.
    for (i, word) in clean.trim_end().split(' ').enumerate() {
        let width = word.chars().count();
        if i > 0 && column + 1 + width > WIDTH && !word.is_empty() && column > hang {
            out.truncate(out.trim_end_matches(' ').len());
            out.push('\n');
            pad(out, hang);
            column = hang;
        } else if i > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}
