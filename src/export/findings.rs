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
                "defect": s.defects.first().map(|i| rank(*i)),
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
            json!({ "text": e.text, "seen": seen })
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

/// Columns of text, not counting what is longer by nature (paths, commands).
const WIDTH: usize = 110;

/// Everything, as an engineer reads it in a terminal.
pub fn text(analysis: &Analysis, findings: &Findings, zone: Zone) -> String {
    let mut out = header(analysis, zone);
    for (i, story) in findings.stories.iter().enumerate() {
        out.push_str(&story_text(analysis, findings, i + 1, story, zone));
    }
    let told: Vec<usize> = findings.stories.iter().flat_map(Story::members).collect();
    let rest = |benign: bool| {
        let list = findings.list.iter().enumerate();
        list.filter(move |(i, f)| !told.contains(i) && f.benign.is_some() == benign).map(|(_, f)| f).collect::<Vec<_>>()
    };
    if findings.stories.is_empty() {
        out.push_str("\nnothing is out of order that the rules know (`causeline rules list` names them)\n");
    }
    let harmless = rest.clone()(true);
    if !harmless.is_empty() {
        out.push_str("\nRED HERRINGS  loud, but not the cause\n");
        for f in harmless {
            let (path, line) = (place(analysis, f.at), f.benign.as_deref().unwrap_or_default());
            push_line(&mut out, 2, &format!("{}  {} ({path}{}): {line}", clock(f.first, zone), f.title, times(f)));
        }
    }
    let others = rest(false);
    if !others.is_empty() {
        out.push_str("\nOTHER\n");
        for f in others {
            push_line(&mut out, 2, &format!("{}  {:8} {}  {}", clock(f.first, zone), f.severity.word(), f.rule, f.title));
        }
    }
    out
}

fn times(f: &Finding) -> String {
    if f.count > 1 { format!(", {} times", count(f.count as u64)) } else { String::new() }
}

fn header(analysis: &Analysis, zone: Zone) -> String {
    let files = analysis.sources.len();
    let rows = analysis.timeline.events();
    let plural = |n: usize, word: &str| format!("{} {word}{}", count(n as u64), if n == 1 { "" } else { "s" });
    let mut out = format!(
        "{} · {} · {}",
        plural(files, "file"),
        plural(analysis.lanes.list.len(), "host"),
        plural(rows.len(), "event")
    );
    if let Some((a, b)) = analysis.span() {
        let (from, to) = (format::local(a, 0, zone, ' '), format::local(b, 0, zone, ' '));
        out.push_str(&format!(" · {from} – {to} {}", zone.name()));
    }
    out.push('\n');
    let clocks: Vec<String> = analysis
        .clocks
        .list
        .iter()
        .filter(|c| c.applied && c.offset.abs() >= 1e6)
        .map(|c| format!("{} {}", c.host, super::clocks::off(c.offset)))
        .collect();
    if !clocks.is_empty() {
        push_line(&mut out, 0, &format!("clocks corrected: {} (`causeline clocks` shows how that is known)", clocks.join(" · ")));
    }
    out
}

fn place(analysis: &Analysis, event: EventId) -> String {
    format!("{}:{}", analysis.source(event).map_or("", |s| s.path.as_str()), analysis.events.line(event))
}

/// Time of day; the date stands in the header and where the day changes.
fn clock(nanos: i64, zone: Zone) -> String {
    if nanos == i64::MIN { "no time     ".to_owned() } else { format::local(nanos, 1, zone, ' ') }
}

fn story_text(analysis: &Analysis, findings: &Findings, number: usize, story: &Story, zone: Zone) -> String {
    let mut out = String::new();
    out.push_str(&format!("\nSTORY {number}  "));
    push_clean(&mut out, &story.title);
    out.push('\n');
    let mut last = "";
    for i in story.members() {
        let Some(f) = findings.list.get(i) else { continue };
        let role = part(story, i);
        let shown = if role == last { "" } else { role };
        last = role;
        let hosts = f.hosts.join(", ");
        push_line(
            &mut out,
            2,
            &format!(
                "{shown:7}  {}  {:8}  {}{}  [{}, {}]",
                clock(f.first, zone),
                f.severity.word(),
                f.title,
                if hosts.is_empty() || f.title.contains(&hosts) { String::new() } else { format!(" ({hosts})") },
                f.rule,
                f.certainty()
            ),
        );
    }
    for i in story.members() {
        if let Some(f) = findings.list.get(i) {
            out.push_str(&finding_text(analysis, part(story, i), f, zone));
        }
    }
    out
}

/// The part that a finding of a story plays.
pub fn part(story: &Story, i: usize) -> &'static str {
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

/// A finding at length: how it is known, what else to expect, what to do.
pub fn finding_text(analysis: &Analysis, part: &str, f: &Finding, zone: Zone) -> String {
    let mut out = String::new();
    push_line(&mut out, 2, &format!("\n  {}: {}", capital(part), f.title));
    if !f.explanation.is_empty() {
        push_line(&mut out, 4, &f.explanation);
    }
    let places: Vec<String> = f.evidence.iter().map(|e| place(analysis, e.event)).collect();
    let width = places.iter().map(String::len).max().unwrap_or(0).min(44);
    for (e, place) in f.evidence.iter().zip(&places) {
        let time = analysis.corrected(e.event).unwrap_or(i64::MIN);
        let time = if time == i64::MIN { "no time".to_owned() } else { format::time_of_day(time, 3, zone) };
        push_line(&mut out, 6, &format!("{place:width$}  {time:12}  {}", e.because));
    }
    if f.count > f.evidence.len() {
        push_line(&mut out, 6, &format!("{} cases in all, from {} to {}", count(f.count as u64), clock(f.first, zone), clock(f.last, zone)));
    }
    for e in &f.expected {
        let seen = e.seen.map_or_else(|| "not seen".to_owned(), |id| format!("seen, {}", place(analysis, id)));
        push_line(&mut out, 4, &format!("Expected if true: {} ({seen})", e.text));
    }
    for (name, text) in [("Check now: ", &f.verify), ("Prevent:   ", &f.prevent)] {
        if !text.is_empty() {
            push_line(&mut out, 4, &format!("{name} {text}"));
        }
    }
    out
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// A text with an indent, broken at [`WIDTH`] columns; nothing harmful gets through.
fn push_line(out: &mut String, indent: usize, text: &str) {
    let mut clean = String::new();
    let text = match text.strip_prefix('\n') {
        Some(rest) => {
            out.push('\n');
            rest.trim_start()
        }
        None => text,
    };
    push_clean(&mut clean, text);
    let mut column = 0;
    let pad = |out: &mut String, n: usize| out.extend(std::iter::repeat_n(' ', n));
    pad(out, indent);
    // Runs of blanks are columns; only single blanks are places to break.
    for (i, word) in clean.split(' ').enumerate() {
        let width = word.chars().count();
        if i > 0 && column + 1 + width > WIDTH - indent && !word.is_empty() {
            out.push('\n');
            pad(out, indent + 2);
            column = 2;
        } else if i > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out.push('\n');
}
