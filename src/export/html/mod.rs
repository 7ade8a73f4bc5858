//! The report as one page: printable, light and dark, without script, and loading nothing from elsewhere.
//!
//! Sections stand in the order of the SRE book's postmortem. What logs say is text wherever it stands.

mod author;
mod escape;
mod findings;
mod page;
mod rests;
mod svg;
mod timeline;

use std::collections::BTreeSet;

use super::document::{Document, EvidenceDoc, FindingDoc, Stamp};
use crate::time::format::duration;
use escape::{plain, words};

/// The report as an HTML page.
pub fn write(doc: &Document) -> String {
    page::page(doc)
}

/// What the sections share.
struct Page<'a> {
    doc: &'a Document,
    /// Everything on the page happened on one day, so that times need no date.
    one_day: bool,
    /// Names that are written as they are wherever they stand.
    names: BTreeSet<&'a str>,
}

impl<'a> Page<'a> {
    fn new(doc: &'a Document) -> Self {
        let rows = doc.timeline.rows.iter().flat_map(|r| r.at.iter().chain(&r.until));
        let overview = doc.overview.first.iter().chain(&doc.overview.last);
        let mut dates = rows.chain(overview).map(|s| s.date.as_str());
        let first = dates.next();
        let findings = doc.stories.iter().flat_map(|s| &s.findings).chain(&doc.singles);
        let values = findings.flat_map(|f| f.keys.iter().map(|(_, value)| value).chain(&f.hosts));
        let names = values.chain(&doc.overview.hosts).map(String::as_str).collect();
        Page { doc, one_day: dates.all(|d| Some(d) == first), names }
    }

    /// Words that begin as sentences do, unless a name stands there. Not for what may be a command.
    fn sentence(&self, text: &str) -> String {
        let word = text.split(' ').next().unwrap_or_default();
        if word.is_empty() || !word.bytes().all(|b| b.is_ascii_lowercase()) || self.names.contains(word) {
            return words(text);
        }
        let mut chars = text.chars();
        words(&chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect()))
    }

    /// A time, with its date where the page is on several days.
    fn time(&self, at: &Stamp) -> String {
        if self.one_day { time(at, &at.time) } else { time(at, &format!("{} {}", at.date, at.time)) }
    }

    /// From one time to another; one where they read the same.
    fn span(&self, first: &Stamp, last: &Stamp) -> String {
        let from = self.time(first);
        match () {
            () if first.date == last.date && first.time == last.time => from,
            () if first.date == last.date => format!("{from} – {}", time(last, &last.time)),
            () => format!("{from} – {}", self.time(last)),
        }
    }

    /// All findings that are told in full, as numbered on the page: from 1.
    fn findings(&self) -> impl Iterator<Item = (usize, &'a FindingDoc)> {
        let stories = self.doc.stories.iter().flat_map(|s| &s.findings);
        stories.chain(&self.doc.singles).enumerate().map(|(i, f)| (i + 1, f))
    }

    /// A link to a record among the evidence.
    fn cite(&self, evidence: Option<usize>) -> String {
        evidence.map_or_else(String::new, |n| format!("<a class=\"cite\" href=\"#e{n}\">[{n}]</a>"))
    }

    /// Where a record stands, as a link to it.
    fn place(&self, number: usize) -> String {
        let place = self.doc.evidence(number).map_or_else(String::new, place);
        format!("{} {place}", self.cite(Some(number)))
    }
}

/// A time for readers and for programs.
fn time(at: &Stamp, shown: &str) -> String {
    // HTML's own times have three digits of a fraction at most.
    let (whole, fraction) = at.utc.trim_end_matches('Z').split_once('.').unwrap_or((at.utc.trim_end_matches('Z'), ""));
    let fraction: String = fraction.chars().take(3).collect();
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("<time datetime=\"{}{dot}{fraction}Z\">{}</time>", plain(whole), plain(shown))
}

/// How far a time may be off, where that is more than its last digit.
fn band(at: &Stamp) -> String {
    let digits = at.time.split_once('.').map_or(0, |(_, fraction)| fraction.len().min(9));
    let unit = 10_i64.pow(9 - u32::try_from(digits).unwrap_or(0));
    match at.band_ns {
        Some(ns) if ns > unit => format!(" <span class=\"band\">±{}</span>", duration(ns)),
        _ => String::new(),
    }
}

fn place(e: &EvidenceDoc) -> String {
    format!("<span class=\"place\">{}:{}</span>", words(&e.file), e.line)
}

/// A section with its heading; nothing when it would be empty.
fn section(id: &str, title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<section aria-labelledby=\"{id}\">\n<h2 id=\"{id}\">{title}</h2>\n{body}</section>\n")
}

/// A part of the supporting information.
fn part(id: &str, title: &str, body: &str) -> String {
    if body.is_empty() {
        return String::new();
    }
    format!("<section aria-labelledby=\"{id}\">\n<h3 id=\"{id}\">{title}</h3>\n{body}</section>\n")
}

/// A table of which the first cell of each row names it. Caption and columns are ours, cells are HTML.
fn table(caption: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut body = String::new();
    for row in rows {
        body.push_str("<tr>");
        for (i, (cell, column)) in row.iter().zip(columns).enumerate() {
            let (open, close) = if i == 0 { ("th scope=\"row\"", "th") } else { ("td", "td") };
            body.push_str(&format!("<{open} data-column=\"{column}\">{cell}</{close}>"));
        }
        body.push_str("</tr>\n");
    }
    if body.is_empty() {
        return String::new();
    }
    let head: String = columns.iter().map(|c| format!("<th scope=\"col\">{c}</th>")).collect();
    format!(
        "<table class=\"stack\">\n<caption>{caption}</caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>\n"
    )
}

/// Items as a list; nothing for none.
fn list(class: &str, items: impl Iterator<Item = String>) -> String {
    let items: String = items.map(|item| format!("<li>{item}</li>\n")).collect();
    if items.is_empty() { items } else { format!("<ul class=\"{class}\">\n{items}</ul>\n") }
}
