//! Findings as Markdown: the stories first, each finding with its evidence, ready for a postmortem.
//!
//! Names and values in the sentences come from logs and are escaped; log lines stand in code spans.

use super::markdown::{Choice, code, line, plain};
use crate::analysis::Analysis;
use crate::case::said::Said;
use crate::case::{Case, Judgement};
use crate::detect::{Finding, Findings, Story};
use crate::event::EventId;
use crate::time::format;
use crate::words::count;

/// The part of the report that says what happened: what the analyst added to the report, else all that was not put away.
pub fn findings(analysis: &Analysis, findings: &Findings, case: Option<&Case>, choice: &Choice) -> String {
    let writer = Writer { analysis, findings, choice, said: Said::of(case, analysis, findings) };
    let mut out = String::from("## What happened\n\n");
    if findings.stories.is_empty() {
        out.push_str("Nothing is out of order that the rules know.\n\n");
    }
    for (i, story) in findings.stories.iter().filter(|s| writer.said.tells(s)).enumerate() {
        writer.story(&mut out, i + 1, story);
    }
    writer.alone(&mut out);
    writer.harmless(&mut out);
    writer.others(&mut out);
    out
}

struct Writer<'a> {
    analysis: &'a Analysis,
    findings: &'a Findings,
    choice: &'a Choice,
    said: Said,
}

impl Writer<'_> {
    fn time(&self, nanos: i64) -> String {
        if nanos == i64::MIN { "no time".to_owned() } else { format::local(nanos, 1, self.choice.zone, ' ') }
    }

    fn place(&self, event: EventId) -> String {
        let path = self.analysis.source(event).map_or("", |s| s.path.as_str());
        code(&format!("{path}:{}", self.analysis.events.line(event)))
    }

    fn story(&self, out: &mut String, number: usize, story: &Story) {
        line(out, format_args!("### {number}. {}\n", plain(&story.title)));
        line(
            out,
            format_args!("| | Time ({}) | Severity | What | Hosts |\n|---|---|---|---|---|", self.choice.zone.name()),
        );
        let members: Vec<usize> =
            story.members().filter(|&i| !self.said.is_dismissed(i) && !self.said.is_herring(i)).collect();
        for &i in &members {
            let Some(f) = self.findings.list.get(i) else { continue };
            line(
                out,
                format_args!(
                    "| {} | {} | {} | {} | {} |",
                    role(story, i),
                    self.time(f.first),
                    f.severity.word(),
                    plain(&f.title),
                    plain(&f.hosts.join(", "))
                ),
            );
        }
        out.push('\n');
        for i in members {
            self.finding(out, role(story, i), i);
        }
    }

    /// Findings of no story that the analyst wants to be told.
    fn alone(&self, out: &mut String) {
        let in_story =
            |i: usize| self.findings.stories.iter().any(|s| self.said.tells(s) && s.members().any(|m| m == i));
        let added: Vec<usize> =
            (0..self.findings.list.len()).filter(|&i| self.said.tells_alone(i) && !in_story(i)).collect();
        for (n, i) in added.into_iter().enumerate() {
            if n == 0 {
                out.push_str("### Single findings\n\n");
            }
            self.finding(out, "Finding", i);
        }
    }

    fn finding(&self, out: &mut String, role: &str, i: usize) {
        let Some(f) = self.findings.list.get(i) else { return };
        let confirmed = match self.said.judgement(i) {
            Some(Judgement::Confirmed) => ", confirmed by the analyst",
            _ => "",
        };
        line(out, format_args!("**{role}: {}** ({}, {}{confirmed})\n", plain(&f.title), f.rule, f.certainty()));
        if !f.explanation.is_empty() {
            line(out, format_args!("{}\n", plain(&f.explanation)));
        }
        for e in &f.evidence {
            let time = self.analysis.corrected(e.event).unwrap_or(i64::MIN);
            line(out, format_args!("- {} {} – {}", self.place(e.event), self.time(time), plain(&e.because)));
        }
        if f.count > f.evidence.len() {
            let (from, to) = (self.time(f.first), self.time(f.last));
            line(out, format_args!("- {} in all, from {from} to {to}", count(f.count as u64)));
        }
        for e in &f.expected {
            let seen = e.verdict(&|id| self.place(id));
            line(out, format_args!("- *Expected if true:* {} ({seen})", plain(&e.text)));
        }
        for (name, text) in [("Check", &f.verify), ("Prevent", &f.prevent)] {
            if !text.is_empty() {
                // Outside of tables a pipe in a code span stays as it is.
                line(out, format_args!("- *{name}:* {}", code(text).replace("\\|", "|")));
            }
        }
        out.push('\n');
    }

    /// Loud, but not the cause: people will find these anyway.
    fn harmless(&self, out: &mut String) {
        let list = self.findings.list.iter().enumerate();
        let list: Vec<(&Finding, &str)> = list
            .filter(|(i, _)| !self.said.is_dismissed(*i))
            .filter_map(|(i, f)| match &f.benign {
                Some(why) => Some((f, why.as_str())),
                None => self.said.is_herring(i).then_some((f, "not the cause, says the analyst")),
            })
            .collect();
        if list.is_empty() {
            return;
        }
        out.push_str("### Red herrings\n\n");
        for (f, why) in list {
            line(
                out,
                format_args!("- {} {} ({}): {}", self.time(f.first), plain(&f.title), self.place(f.at), plain(why)),
            );
        }
        out.push('\n');
    }

    /// One line for each finding that is told nowhere else.
    fn others(&self, out: &mut String) {
        let told = self.findings.stories.iter().filter(|s| self.said.tells(s)).flat_map(Story::members);
        let told: Vec<usize> =
            told.chain((0..self.findings.list.len()).filter(|&i| self.said.tells_alone(i))).collect();
        let away = |i: usize| told.contains(&i) || self.said.is_dismissed(i) || self.said.is_herring(i);
        let rest = self.findings.list.iter().enumerate();
        let rest: Vec<&Finding> = rest.filter(|(i, f)| !away(*i) && f.benign.is_none()).map(|(_, f)| f).collect();
        if !rest.is_empty() {
            out.push_str("### Also seen\n\n");
        }
        for f in &rest {
            line(out, format_args!("- {} {}, {} ({})", self.time(f.first), plain(&f.title), f.severity.word(), f.rule));
        }
        match self.said.n_dismissed() {
            0 => {}
            1 => out.push_str("\nThe analyst dismissed one more finding.\n"),
            n => line(out, format_args!("\nThe analyst dismissed {n} more findings.")),
        }
        if !rest.is_empty() || self.said.n_dismissed() > 0 {
            out.push('\n');
        }
    }
}

fn role(story: &Story, i: usize) -> &'static str {
    match () {
        () if story.trigger == Some(i) => "Trigger",
        () if story.defects.contains(&i) => "Defect",
        () if story.impacts.contains(&i) => "Impact",
        () => "Context",
    }
}
