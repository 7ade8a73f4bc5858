//! What the report rests on: notes that the timeline does not show, clocks, assumptions, what was read.

use super::escape::{Place, words};
use super::parts::Block;
use super::{Writer, author};
use crate::case::Kind;
use crate::export::document::{NoteDoc, SourceDoc};
use crate::words::{bytes, count};

impl Writer<'_> {
    /// Notes that are no rows of the timeline: those whose records are gone, and those of no time.
    pub(super) fn notes(&self) -> Vec<Block> {
        let told = |n: &&NoteDoc| {
            // Its row is in the timeline, with what the analyst wrote.
            let row = n.evidence.is_some() || (n.at.is_some() && !n.lost);
            !row || n.markdown.text.len() > super::LONGEST
        };
        let list: Vec<String> = self.doc.notes.iter().filter(told).map(|n| self.note(n)).collect();
        if list.is_empty() { Vec::new() } else { vec![Block::List(list)] }
    }

    fn note(&self, note: &NoteDoc) -> String {
        let mut out = format!("- {}", self.at_or_dash(note.at.as_ref()));
        if note.kind != Kind::Note {
            out.push_str(&format!(" **{}**", note.kind.title()));
        }
        if !note.place.is_empty() {
            out.push_str(&format!(" {}", self.name(&note.place, Place::Flow)));
        }
        if note.lost {
            out.push_str(" — *its record is no longer in the logs; it stood here*");
        }
        out.push_str(&note.evidence.map_or_else(String::new, |n| format!(" ({})", self.number(n))));
        if !note.markdown.author.is_empty() {
            out.push_str(&format!(" ({})", self.short(&note.markdown.author)));
        }
        let tags: Vec<String> = note.tags.iter().map(|t| self.name(t, Place::Flow)).collect();
        if !tags.is_empty() {
            out.push_str(&format!(" · {}", tags.join(" ")));
        }
        let (text, cut) = super::parts::shortened(&note.markdown.text, self.most, "the case has the rest");
        let text = author::item(&text);
        if !text.is_empty() {
            out.push_str(&format!("\n\n{text}"));
        }
        if let Some(cut) = cut {
            out.push_str(&format!("\n\n  … ({cut})"));
        }
        out
    }

    /// How far the hosts' clocks were off, and how that is known.
    pub(super) fn clocks(&self) -> Vec<Block> {
        let list: Vec<String> = self.doc.clocks.iter().map(|c| format!("- {}", self.flow(&c.words))).collect();
        if list.is_empty() { Vec::new() } else { vec![Block::List(list)] }
    }

    /// What was assumed where the logs are silent.
    pub(super) fn assumptions(&self) -> Vec<Block> {
        let one = |a: &crate::export::document::AssumptionDoc| {
            let list: Vec<String> = a.words.iter().map(|w| self.flow(w)).collect();
            format!("- {}: {}", self.name(&a.file, Place::Flow), list.join("; "))
        };
        let list: Vec<String> = self.doc.assumptions.iter().map(one).collect();
        if list.is_empty() { Vec::new() } else { vec![Block::List(list)] }
    }

    /// What was read, and what could not be.
    pub(super) fn sources(&self) -> Vec<Block> {
        let mut out = Vec::new();
        if !self.doc.sources.is_empty() {
            let head = "| File | Host | Format | Records | From | To | Size |\n|---|---|---|---:|---|---|---:|";
            out.push(Block::Table(head.to_owned(), self.doc.sources.iter().map(|s| self.source_row(s)).collect()));
        }
        if !self.doc.trouble.is_empty() {
            out.push(Block::Text("What could not be read in full, or was passed over:".to_owned()));
            out.push(Block::List(self.doc.trouble.iter().map(|t| format!("- {}", self.flow(t))).collect()));
        }
        out
    }

    fn source_row(&self, s: &SourceDoc) -> String {
        let host = words(&super::parts::shortened(&s.host, super::LONGEST_NAME, "").0, Place::Cell);
        let cells = [
            self.name(&s.file, Place::Cell),
            if host.is_empty() { "—".to_owned() } else { host },
            words(&s.format, Place::Cell),
            count(s.records),
            self.at_or_dash(s.first.as_ref()),
            self.at_or_dash(s.last.as_ref()),
            bytes(s.bytes),
        ];
        format!("| {} |", cells.join(" | "))
    }
}
