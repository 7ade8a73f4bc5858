//! The findings in full. What the sections above tell already (the explanations of the first story) is not told again.

use super::Writer;
use super::escape::Place;
use super::parts::Block;
use crate::export::document::{FindingDoc, Stamp};
use crate::words::count;

impl Writer<'_> {
    /// Stories and single findings, each with its records and what else must show if it is true.
    pub(super) fn findings(&self) -> Vec<Block> {
        let mut out = Vec::new();
        let told = ["impact", "root_causes", "trigger"].iter().all(|s| self.template.has(s));
        for (i, story) in self.doc.stories.iter().enumerate() {
            out.push(Block::Heading(4, format!("{}. {}", i + 1, self.title(&story.title))));
            for f in &story.findings {
                let above = told && i == 0 && matches!(f.part, "trigger" | "contributing" | "defect" | "impact");
                self.finding(&mut out, f, above);
            }
        }
        if !self.doc.singles.is_empty() {
            out.push(Block::Heading(4, "Single findings".to_owned()));
        }
        for f in &self.doc.singles {
            self.finding(&mut out, f, false);
        }
        out
    }

    fn finding(&self, out: &mut Vec<Block>, f: &FindingDoc, above: bool) {
        let confirmed = if f.confirmed { ", confirmed by the analyst" } else { "" };
        let mut text = format!(
            "**{}: {}**<br>{}, {}{confirmed}; rule {}",
            super::capital(f.part),
            self.title(&f.title),
            f.severity,
            f.certainty,
            self.name(&f.rule, Place::Flow)
        );
        if !f.hosts.is_empty() {
            let hosts: Vec<String> = f.hosts.iter().take(8).map(|h| self.short(h)).collect();
            let more = f.hosts.len().saturating_sub(8);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            text.push_str(&format!("; on {}{more}", hosts.join(", ")));
        }
        if !above && !f.explanation.is_empty() {
            text.push_str(&format!("<br>{}", self.flow(&f.explanation)));
        }
        out.push(Block::Text(text));
        let mut list: Vec<String> = f.evidence.iter().map(|(n, because)| self.because(*n, because)).collect();
        if f.count > f.evidence.len() {
            let span = match (&f.first, &f.last) {
                (Some(a), Some(b)) if a.at < b.at => format!(", from {} to {}", self.at(a), self.at(b)),
                _ => String::new(),
            };
            list.push(format!("- {} in all{span}", count(f.count as u64)));
        }
        for e in &f.expected {
            let number = e.evidence.map_or_else(String::new, |n| format!(" ({})", self.number(n)));
            list.push(format!("- *Expected if true:* {} — {}{number}", self.flow(&e.words), e.verdict));
        }
        if !list.is_empty() {
            out.push(Block::List(list));
        }
    }

    /// A record and what it shows.
    fn because(&self, n: usize, because: &str) -> String {
        let (time, place) = self.doc.evidence(n).map_or_else(Default::default, |e| {
            let time = e.at.as_ref().map_or_else(|| "no time".to_owned(), |s| self.at(&tenth(s)));
            (time, format!(" {}", self.name(&format!("{}:{}", e.file, e.line), Place::Flow)))
        });
        format!("- {time}{place} — {} ({})", self.flow(because), self.number(n))
    }

    /// What is loud and not the cause.
    pub(super) fn red_herrings(&self) -> Vec<Block> {
        let one = |h: &crate::export::document::Herring| {
            let number = h.evidence.map_or_else(String::new, |n| format!(" ({})", self.number(n)));
            let at = h.first.as_ref().map_or_else(String::new, |s| format!("{} ", self.at(s)));
            format!("- {at}{}: {}{number}", self.flow(&h.title), self.flow(&h.why))
        };
        let list: Vec<String> = self.doc.red_herrings.iter().map(one).collect();
        if list.is_empty() { Vec::new() } else { vec![Block::List(list)] }
    }

    /// Findings that are told nowhere else, and how many were dismissed.
    pub(super) fn also_seen(&self) -> Vec<Block> {
        let one = |b: &crate::export::document::Brief| {
            let at = b.first.as_ref().map_or_else(String::new, |s| format!("{} ", self.at(s)));
            format!("- {at}{} ({}, rule {})", self.flow(&b.title), b.severity, self.name(&b.rule, Place::Flow))
        };
        let list: Vec<String> = self.doc.also_seen.iter().map(one).collect();
        let mut out = if list.is_empty() { Vec::new() } else { vec![Block::List(list)] };
        match self.doc.dismissed {
            0 => {}
            1 => out.push(Block::Text("The analyst dismissed one more finding.".to_owned())),
            n => out.push(Block::Text(format!("The analyst dismissed {n} more findings."))),
        }
        out
    }
}

/// A time to the tenth of a second: enough to find it in the timeline.
fn tenth(stamp: &Stamp) -> Stamp {
    let short = match stamp.time.split_once('.') {
        Some((clock, fraction)) => format!("{clock}.{}", fraction.get(..1).unwrap_or_default()),
        None => stamp.time.clone(),
    };
    Stamp { time: short, ..stamp.clone() }
}
