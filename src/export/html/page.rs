//! The page as a whole: head, contents, and the sections of a postmortem up to its timeline.

use super::escape::{plain, words};
use super::{Page, author, band, list, section, svg, table};
use crate::case::Kind;
use crate::case::figures::By;
use crate::export::document::{Document, Length, MomentDoc, NoteDoc};
use crate::words::count;

const STYLE: &str = include_str!("../../../assets/report.css");

/// The page.
pub(super) fn page(doc: &Document) -> String {
    let page = Page::new(doc);
    let sections = [
        ("summary", "Summary", page.summary()),
        ("impact", "Impact", page.told(&["impact"], &[Kind::ImpactStart, Kind::ImpactEnd])),
        ("causes", "Root causes", page.told(&["defect", "contributing"], &[])),
        ("trigger", "Trigger", page.told(&["trigger"], &[Kind::Trigger])),
        ("detection", "Detection", page.marked(&[Kind::Detection, Kind::Diagnosis], "when it was noticed")),
        ("resolution", "Resolution", page.marked(&[Kind::Mitigation, Kind::Recovery], "what ended it")),
        ("actions", "Action items", page.actions()),
        ("timeline", "Timeline", page.timeline()),
        ("supporting", "Supporting information", page.supporting()),
    ];
    let contents = sections.iter().filter(|(_, _, body)| !body.is_empty());
    let contents: String = contents.map(|(id, title, _)| format!("<li><a href=\"#{id}\">{title}</a></li>\n")).collect();
    let body: String = sections.iter().map(|(id, title, body)| section(id, title, body)).collect();
    let title = words(&doc.title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"{by}\">\n<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <header>\n<h1>{title}</h1>\n{dates}</header>\n<nav aria-label=\"Contents\">\n<ol>\n{contents}</ol>\n</nav>\n\
         <main>\n{body}</main>\n<footer>\n<p>Written by {by}.</p>\n</footer>\n</body>\n</html>\n",
        by = words(&doc.written_by),
        dates = page.dates(),
    )
}

impl Page<'_> {
    fn dates(&self) -> String {
        let doc = self.doc;
        let mut out = String::new();
        if let (Some(first), Some(last)) = (&doc.overview.first, &doc.overview.last) {
            let from = super::time(first, &first.date);
            let dates =
                if first.date == last.date { from } else { format!("{from} – {}", super::time(last, &last.date)) };
            out.push_str(&format!("<p class=\"dates\">{dates}</p>\n"));
        }
        if !doc.authors.is_empty() {
            let authors: Vec<String> = doc.authors.iter().map(|a| words(a)).collect();
            out.push_str(&format!("<p class=\"authors\">By {}</p>\n", authors.join(", ")));
        }
        out
    }

    fn summary(&self) -> String {
        let doc = self.doc;
        let mut out = author::blocks(&doc.summary_markdown);
        if out.trim().is_empty() {
            let stories =
                doc.stories.iter().map(|s| format!("<p>{}.</p>\n", self.sentence(s.title.trim_end_matches('.'))));
            out = stories.collect();
        }
        if doc.stories.is_empty() && doc.singles.is_empty() {
            out.push_str("<p>Nothing is out of order that the rules know.</p>\n");
        }
        out.push_str(&self.figures());
        out.push_str(&self.picture());
        out
    }

    /// What the report is on.
    fn overview(&self) -> String {
        let o = &self.doc.overview;
        let hosts: Vec<String> = o.hosts.iter().map(|h| words(h)).collect();
        let many = |n: usize, one: &str| format!("{} {one}{}", count(n as u64), if n == 1 { "" } else { "s" });
        let mut text = format!("{} in {}", many(o.events, "event"), many(o.files, "file"));
        match hosts.len() {
            0 => {}
            1..=8 => text.push_str(&format!(" of {} ({})", many(hosts.len(), "host"), hosts.join(", "))),
            n => text.push_str(&format!(" of {}", many(n, "host"))),
        }
        if let (Some(first), Some(last)) = (&o.first, &o.last) {
            text.push_str(&format!(", {}", self.span(first, last)));
        }
        format!("{text} {}. ", plain(&self.doc.zone))
    }

    /// How long it took, in four figures.
    fn figures(&self) -> String {
        let f = &self.doc.figures;
        let since =
            |m: &Option<MomentDoc>| m.as_ref().map_or_else(|| "nobody said when".to_owned(), |m| self.moment(m));
        let impact = match (&f.impact_start, f.impact_end.as_ref().or(f.recovery.as_ref())) {
            (Some(from), Some(to)) => format!("{} – {}", self.moment(from), self.moment(to)),
            (Some(from), None) => format!("from {}; no end is known", self.moment(from)),
            (None, Some(to)) => format!("until {}; no start is known", self.moment(to)),
            (None, None) => "nobody said when".to_owned(),
        };
        let recovered = f.recovery.clone().or_else(|| f.impact_end.clone());
        let cells = [
            ("Impact", &f.impact, impact),
            ("Time to detect", &f.to_detect, since(&f.detection)),
            ("Time to mitigate", &f.to_mitigate, since(&f.mitigation)),
            ("Time to recover", &f.to_recover, since(&recovered)),
        ];
        let length = |l: &Option<Length>| l.as_ref().map_or_else(|| "—".to_owned(), |l| plain(&l.words));
        let cells = cells.iter().map(|(name, took, note)| {
            format!("<div><dt>{name}</dt><dd class=\"took\">{}</dd><dd>{note}</dd></div>\n", length(took))
        });
        format!("<dl class=\"figures\">\n{}</dl>\n", cells.collect::<String>())
    }

    fn moment(&self, m: &MomentDoc) -> String {
        let by = if m.by == By::Logs { " as the logs tell" } else { "" };
        format!("{}{} {}{by}", self.time(&m.at), band(&m.at), self.cite(m.evidence)).trim_end().to_owned()
    }

    fn picture(&self) -> String {
        let picture = &self.doc.picture;
        let mut out = String::new();
        for (i, view) in picture.views.iter().enumerate() {
            let folds = view.pieces.iter().filter(|p| p.folded.is_some()).count();
            let mut caption = if view.close { "The incident in close-up. ".to_owned() } else { self.overview() };
            match folds {
                0 => {}
                1 => caption.push_str("A stretch without events is folded; its length stands in it. "),
                n => caption.push_str(&format!("{n} stretches without events are folded. ")),
            }
            if i == 0 && !picture.steps.is_empty() {
                caption.push_str("The numbers are those of the findings, F1 and on.");
            }
            out.push_str(&format!(
                "<figure>\n<section class=\"scroll\" tabindex=\"0\" aria-label=\"{}\">\n{}</section>\n{}<figcaption>{}</figcaption>\n</figure>\n",
                if view.close { "Picture of the incident" } else { "Picture of all hosts" },
                svg::svg(self.doc, view, i + 1),
                if i == 0 { svg::legend(self.doc) } else { String::new() },
                caption.trim_end()
            ));
        }
        out
    }

    /// The findings of some parts of the stories in short, and what was marked as such.
    fn told(&self, parts: &[&str], kinds: &[Kind]) -> String {
        let mut out = self.notes(kinds);
        // In the order of the parts: what is asked for first is told first.
        let findings = parts.iter().flat_map(|part| self.findings().filter(move |(_, f)| f.part == *part));
        out.push_str(&list(
            "told",
            findings.map(|(n, f)| {
                let at = f.first.as_ref().map(|at| self.time(at) + " ").unwrap_or_default();
                let sure = if f.certainty == "certain" {
                    String::new()
                } else {
                    format!(" <span class=\"sure\">{}</span>", f.certainty)
                };
                let explanation = if f.explanation.is_empty() {
                    String::new()
                } else {
                    format!("<p>{}</p>", self.sentence(&f.explanation))
                };
                format!(
                    "{at}<strong>{}</strong>{sure} <a class=\"cite\" href=\"#f{n}\">F{n}</a>{explanation}",
                    self.sentence(&f.title)
                )
            }),
        ));
        if out.is_empty() {
            format!(
                "<p class=\"none\">The logs do not show {}.</p>\n",
                match parts {
                    ["impact"] => "whom it affected",
                    ["trigger"] => "what began it",
                    _ => "why the system did not cope",
                }
            )
        } else {
            out
        }
    }

    /// What was marked, of these kinds.
    fn marked(&self, kinds: &[Kind], what: &str) -> String {
        let out = self.notes(kinds);
        if out.is_empty() { format!("<p class=\"none\">Nobody marked {what}.</p>\n") } else { out }
    }

    fn notes(&self, kinds: &[Kind]) -> String {
        let notes = self.doc.notes.iter().filter(|n| kinds.contains(&n.kind) && n.at.is_some());
        list("told", notes.map(|n| self.note(n)))
    }

    fn note(&self, n: &NoteDoc) -> String {
        let mut out = n.at.as_ref().map(|at| self.time(at) + &band(at)).unwrap_or_default();
        if let Some(until) = &n.until {
            out.push_str(&format!(" – {}", self.time(until)));
        }
        out.push_str(&format!(" <strong>{}</strong> {}", n.kind.title(), self.cite(n.evidence)));
        if !n.markdown.text.trim().is_empty() {
            out.push_str(&author::signed(&n.markdown.text, &n.markdown.author));
        }
        out
    }

    fn actions(&self) -> String {
        let number = |title: &String| self.findings().find(|(_, f)| f.title == *title).map(|(n, _)| n);
        let because = |titles: &[String]| {
            let link = |t: &String| {
                number(t).map_or_else(|| words(t), |n| format!("<a class=\"cite\" href=\"#f{n}\">F{n}</a>"))
            };
            titles.iter().map(link).collect::<Vec<_>>().join(" ")
        };
        let rows = self.doc.actions.iter().map(|a| match a.kind {
            "prevent" => vec![self.sentence(&a.words), "prevent".to_owned(), because(&a.because)],
            _ => vec![words(&a.words), "check now".to_owned(), because(&a.because)],
        });
        table("What would prevent it, and what to check", &["Action", "Kind", "Because of"], rows)
    }
}
