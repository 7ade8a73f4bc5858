//! A small picture of the timeline.
//!
//! It is mermaid's `timeline`, not its `gantt`: that one needs ends, ids and dates in its own format, and its special
//! characters (`:` and `,`) are those of every log. Here only `:`, `#`, `;`, `%` and line ends have a meaning; none of
//! them is left in a text, and no text stands where a keyword could.

use crate::export::document::{Document, Row};

/// Most characters of the picture.
const MOST: usize = 2_000;
/// Most characters of one text in it.
const TEXT: usize = 60;

/// The rows that play a part, by time; empty when there are none.
pub(super) fn picture(doc: &Document) -> String {
    let rows = doc.timeline.rows.iter().filter(|r| !r.roles.is_empty() && r.at.is_some());
    let mut out = format!("```mermaid\ntimeline\n    title {}\n", quiet(&doc.title));
    let mut date = "";
    let mut any = false;
    for row in rows {
        let Some(at) = &row.at else { continue };
        let mut lines = String::new();
        if at.date != date {
            lines.push_str(&format!("    section {}\n", quiet(&at.date)));
        }
        lines.push_str(&format!("    {} : {}\n", quiet(at.time.trim_start_matches('~')), told(row)));
        if out.chars().count() + lines.chars().count() + 4 > MOST {
            break;
        }
        out.push_str(&lines);
        date = &at.date;
        any = true;
    }
    out.push_str("```");
    if any { out } else { String::new() }
}

fn told(row: &Row) -> String {
    let what = row.words.first().map_or(row.log.as_str(), String::as_str);
    let what = if what.is_empty() { row.markdown.first().map_or("", |a| a.text.as_str()) } else { what };
    let host = if row.host.is_empty() { String::new() } else { format!(" on {}", quiet(&row.host)) };
    format!("{}{host} – {}", quiet(&row.roles.join(", ")), quiet(what))
}

/// A text of letters, digits and harmless marks. A colon becomes the sign for a ratio, which looks the same.
fn quiet(text: &str) -> String {
    let shown = |c: char| match c {
        ':' => '∶',
        c if c.is_alphanumeric() || matches!(c, '.' | ',' | '(' | ')' | '/' | '-' | '−' | '±' | '→' | '–' | '…') => {
            c
        }
        _ => ' ',
    };
    let text: String = text.chars().map(shown).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("--", "-");
    let short: String = text.chars().take(TEXT).collect();
    let short = if short.len() < text.len() { short + "…" } else { short };
    if short.is_empty() { "…".to_owned() } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::document::{Stamp, Timeline};

    #[test]
    fn hostile_text_stays_text() {
        let at = Stamp { date: "2026-10-10".into(), time: "13:08:58.0".into(), ..Stamp::default() };
        let words = vec!["end\n```\nsection x: %%{init: {}}%% ; #quot; <b> `click`".to_owned()];
        let row =
            |_| Row { at: Some(at.clone()), roles: vec!["Trigger".into()], words: words.clone(), ..Row::default() };
        let timeline = Timeline { rows: (0..100).map(row).collect(), ..Timeline::default() };
        let doc = Document { title: "a: b\nsection y".into(), timeline, ..Document::default() };
        let text = picture(&doc);
        assert!(text.chars().count() <= MOST, "{}", text.len());
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("```mermaid"));
        assert_eq!(lines.next(), Some("timeline"));
        assert_eq!(lines.next(), Some("    title a∶ b section y"));
        assert_eq!(lines.next(), Some("    section 2026-10-10"));
        let row = "    13∶08∶58.0 : Trigger – end section x∶ init∶ quot b click";
        assert!(lines.next_back() == Some("```") && lines.clone().count() > 10 && lines.all(|l| l == row), "{text}");
        assert_eq!(picture(&Document::default()), "");
    }
}
