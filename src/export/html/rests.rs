//! What the report rests on: findings in full, clocks, assumptions, sources, evidence.

use std::collections::BTreeSet;

use super::escape::{block, plain, words};
use super::{Page, author, list, part, place, table};
use crate::export::document::EvidenceDoc;
use crate::words::{bytes, count};

/// A record of more lines, or more bytes, is folded.
const LINES: usize = 12;
const BYTES: usize = 1_500;

impl Page<'_> {
    /// Everything behind the timeline.
    pub(super) fn supporting(&self) -> String {
        let parts = [
            ("findings", "Findings", self.all_findings()),
            ("herrings", "Loud, and not the cause", self.herrings()),
            ("also", "Also seen", self.also_seen()),
            ("notes", "Notes that stand nowhere above", self.lost_notes()),
            ("clocks", "Clocks", self.clocks()),
            ("assumptions", "Assumptions", self.assumptions()),
            ("sources", "Sources", self.sources()),
            ("trouble", "What could not be read in full", list("trouble", self.doc.trouble.iter().map(|t| words(t)))),
            ("evidence", "Evidence", self.evidence()),
        ];
        parts.iter().map(|(id, title, body)| part(id, title, body)).collect()
    }

    fn herrings(&self) -> String {
        list(
            "told",
            self.doc.red_herrings.iter().map(|h| {
                let at = h.first.as_ref().map(|at| self.time(at) + " ").unwrap_or_default();
                format!("{at}{}: {} {}", self.sentence(&h.title), words(&h.why), self.cite(h.evidence))
            }),
        )
    }

    fn also_seen(&self) -> String {
        let rows = self.doc.also_seen.iter().map(|b| {
            let at = b.first.as_ref().map(|at| self.time(at)).unwrap_or_default();
            vec![self.sentence(&b.title), at, b.severity.to_owned(), format!("<code>{}</code>", plain(&b.rule))]
        });
        table("Findings that are part of no story above", &["What", "When", "Severity", "Rule"], rows)
    }

    /// Notes without a place on the timeline: their records are gone, or have no time.
    fn lost_notes(&self) -> String {
        let notes = self.doc.notes.iter().filter(|n| n.lost || n.at.is_none());
        list(
            "told",
            notes.map(|n| {
                let said = author::signed(&n.markdown.text, &n.markdown.author);
                let gone = if n.lost { "its record is no longer in the logs" } else { "without time" };
                let tags: String = n.tags.iter().map(|t| format!(" <span class=\"tag\">{}</span>", words(t))).collect();
                let place = words(&n.place);
                format!(
                    "<strong>{}</strong> <span class=\"place\">{place}</span> ({gone}) {}{tags}{said}",
                    n.kind.title(),
                    self.cite(n.evidence)
                )
            }),
        )
    }

    fn clocks(&self) -> String {
        if !self.doc.clocks_measured {
            return "<p>Clocks were not measured; times are as recorded.</p>\n".to_owned();
        }
        list("clocks", self.doc.clocks.iter().map(|c| words(&c.words)))
    }

    fn assumptions(&self) -> String {
        list(
            "assumptions",
            self.doc.assumptions.iter().map(|a| {
                let told: Vec<String> = a.words.iter().map(|w| words(w)).collect();
                format!("<span class=\"place\">{}</span>: {}", words(&a.file), told.join("; "))
            }),
        )
    }

    fn sources(&self) -> String {
        let rows = self.doc.sources.iter().map(|s| {
            let span = match (&s.first, &s.last) {
                (Some(first), Some(last)) => self.span(first, last),
                _ => String::new(),
            };
            let (file, host, format) = (words(&s.file), words(&s.host), words(&s.format));
            vec![format!("<span class=\"place\">{file}</span>"), host, format, count(s.records), bytes(s.bytes), span]
        });
        table("What was read", &["File", "Host", "Format", "Records", "Size", "Span"], rows)
    }

    /// The records, with their text as it stands in the files.
    fn evidence(&self) -> String {
        let rows = self.doc.timeline.rows.iter().filter_map(|r| r.evidence);
        let on_timeline: BTreeSet<usize> = rows.collect();
        let mut out = String::new();
        for e in &self.doc.evidence {
            out.push_str(&self.record(e, on_timeline.contains(&e.number)));
        }
        if out.is_empty() {
            return out;
        }
        format!(
            "<p>Each record as it stands in its file. Characters that cannot be seen are written <code>\\u{{1b}}</code>, \
             bytes that are no text <code>\\x{{ff}}</code>; in records with such escapes a backslash is doubled.</p>\n{out}"
        )
    }

    fn record(&self, e: &EvidenceDoc, on_timeline: bool) -> String {
        let n = e.number;
        let number = if on_timeline { format!("<a class=\"cite\" href=\"#t{n}\">[{n}]</a>") } else { format!("[{n}]") };
        let mut about = vec![place(e)];
        if let Some(at) = &e.at {
            about.push(self.time(at));
            if let Some(recorded) = e.recorded_utc.as_ref().filter(|r| **r != at.utc) {
                about.push(format!("recorded {}", plain(recorded)));
            }
        }
        let text = block(&e.raw);
        let cut = if (e.raw.len() as u64) < e.bytes {
            format!("<p class=\"none\">{} of {} are quoted.</p>", bytes(e.raw.len() as u64), bytes(e.bytes))
        } else {
            String::new()
        };
        let lines = e.raw.split(|b| *b == b'\n').count();
        let text = if lines > LINES || e.raw.len() > BYTES {
            format!(
                "<details><summary>{} lines, {}</summary>{text}{cut}</details>",
                count(lines as u64),
                bytes(e.bytes)
            )
        } else {
            text + &cut
        };
        format!("<div class=\"record\" id=\"e{n}\"><p>{number} {}</p>{text}</div>\n", about.join(" · "))
    }
}
