//! Findings in full: what they rest on, what else must show, how sure they are.

use super::Page;
use super::escape::{plain, words};
use super::list;
use crate::export::document::{ExpectedDoc, FindingDoc};
use crate::words::count;

impl Page<'_> {
    /// The findings of the stories, then single ones.
    pub(super) fn all_findings(&self) -> String {
        let (mut out, mut n) = (String::new(), 0);
        let many = self.doc.stories.len() > 1;
        for (i, story) in self.doc.stories.iter().enumerate() {
            if many {
                out.push_str(&format!("<h4>Story {}: {}</h4>\n", i + 1, words(&story.title)));
            }
            for finding in &story.findings {
                n += 1;
                out.push_str(&self.finding(n, finding, many));
            }
        }
        if !self.doc.singles.is_empty() && many {
            out.push_str("<h4>By themselves</h4>\n");
        }
        for finding in &self.doc.singles {
            n += 1;
            out.push_str(&self.finding(n, finding, many));
        }
        if self.doc.dismissed > 0 {
            let (n, s) = (self.doc.dismissed, if self.doc.dismissed == 1 { " was" } else { "s were" });
            out.push_str(&format!("<p class=\"none\">{n} finding{s} dismissed by the analyst.</p>\n"));
        }
        out
    }

    fn finding(&self, n: usize, f: &FindingDoc, deep: bool) -> String {
        let level = if deep { 5 } else { 4 };
        let mut out = format!(
            "<article id=\"f{n}\" aria-labelledby=\"f{n}-title\">\n\
             <h{level} id=\"f{n}-title\"><span class=\"number\">F{n}</span> {}</h{level}>\n<p class=\"facts\">{}</p>\n",
            self.sentence(&f.title),
            self.facts(f)
        );
        // Those of trigger, defect and impact stand in their sections.
        if matches!(f.part, "context" | "finding") && !f.explanation.is_empty() {
            out.push_str(&format!("<p>{}</p>\n", self.sentence(&f.explanation)));
        }
        let known = |value: &String| f.hosts.contains(value) || f.title.contains(value.as_str());
        let keys =
            f.keys.iter().filter(|(_, v)| !known(v)).map(|(k, v)| format!("{} <code>{}</code>", words(k), words(v)));
        let keys: Vec<String> = keys.collect();
        if !keys.is_empty() {
            out.push_str(&format!("<p class=\"facts\">{}</p>\n", keys.join(", ")));
        }
        out.push_str(&list(
            "evidence-list",
            f.evidence.iter().map(|(n, because)| {
                let at =
                    self.doc.evidence(*n).and_then(|e| e.at.as_ref()).map(|at| self.time(at) + " ").unwrap_or_default();
                format!("{at}{} {}", words(because), self.place(*n))
            }),
        ));
        if !f.expected.is_empty() {
            out.push_str("<p>Expected if true:</p>\n");
            out.push_str(&list("expected", f.expected.iter().map(|e| self.expected(e))));
        }
        out.push_str("</article>\n");
        out
    }

    fn expected(&self, e: &ExpectedDoc) -> String {
        let sign = match e.verdict {
            "seen" => "✓",
            "not seen" => "✗",
            _ => "–",
        };
        format!("<span aria-hidden=\"true\">{sign}</span> {}: {} {}", words(&e.words), e.verdict, self.cite(e.evidence))
    }

    fn facts(&self, f: &FindingDoc) -> String {
        let mut parts = Vec::new();
        if f.part != "finding" {
            parts.push(f.part.to_owned());
        }
        parts.push(format!("severity {}", f.severity));
        parts.push(format!("{} ({:.2})", f.certainty, f.confidence));
        if f.confirmed {
            parts.push("confirmed by the analyst".to_owned());
        }
        if let (Some(first), Some(last)) = (&f.first, &f.last) {
            parts.push(self.span(first, last));
        }
        if f.count > 1 {
            parts.push(format!("{} cases", count(f.count as u64)));
        }
        if !f.hosts.is_empty() {
            parts.push(f.hosts.iter().map(|h| words(h)).collect::<Vec<_>>().join(", "));
        }
        parts.push(format!("rule <code>{}</code>", plain(&f.rule)));
        parts.join(" · ")
    }
}
