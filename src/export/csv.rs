//! Events as comma-separated values, safe to open in a spreadsheet and to print.
//!
//! Three things are done to a cell, and [`original`] undoes them: what hides is shown ([`visible`]), what a
//! spreadsheet would take for a formula gets a leading apostrophe (and so does what begins with one), and RFC 4180's
//! quotes, which every reader of the format takes off itself.

use super::leaving::Book;
use super::visible::{self, visible};
use crate::event::{EventId, Flags};
use crate::export::json;
use crate::time::format;

/// The columns.
pub const HEADER: &str =
    "file,line,time_utc,corrected_utc,band_ns,assumed,host,process,pid,level,format,message,out_of_order";
/// The columns that follow when there is a case.
pub const OF_CASE: &str = ",annotation,comment,author,tags";

/// The header line, line end included.
pub(super) fn header(book: &Book<'_>) -> String {
    format!("{HEADER}{}\n", if book.leaving.case.is_some() { OF_CASE } else { "" })
}

/// One event as a line, line end included.
pub(super) fn push_event(out: &mut String, book: &Book<'_>, id: EventId) {
    let analysis = book.analysis;
    let events = &analysis.events;
    let record = book.record(id);
    let time = events.time(id).map(|t| format::utc(t, events.precision(id))).unwrap_or_default();
    let cells = [
        book.path(id),
        &events.line(id).to_string(),
        &time,
        &json::corrected(analysis, id).unwrap_or_default(),
        &json::band(analysis, id).map(|b| b.to_string()).unwrap_or_default(),
        &json::assumed(events.flags(id)).join(" "),
        book.host(id, &record).unwrap_or_default(),
        record.process.as_deref().unwrap_or_default(),
        record.pid.as_deref().unwrap_or_default(),
        events.level(id).name().unwrap_or_default(),
        analysis.format_name(id),
        &record.message,
        if events.flags(id).has(Flags::OUT_OF_ORDER) { "true" } else { "false" },
    ];
    for (i, text) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_cell(out, text);
    }
    if book.leaving.case.is_some() {
        let marks = book.marks(id);
        for text in [Book::kinds(marks), book.comments(marks), book.authors(marks), book.tags(marks).join(", ")] {
            out.push(',');
            push_cell(out, &text);
        }
    }
    out.push('\n');
}

/// Writes a cell.
pub fn push_cell(out: &mut String, text: &str) {
    let text = visible(text.as_bytes());
    push_guarded(out, &text, is_formula(&text));
}

/// Writes a cell of visible text; with an apostrophe before it where it is guarded.
pub(super) fn push_guarded(out: &mut String, text: &str, guard: bool) {
    if !guard && !text.bytes().any(|b| matches!(b, b'"' | b',' | b';' | b'\n' | b'\t')) {
        out.push_str(text);
        return;
    }
    out.push('"');
    if guard {
        out.push('\'');
    }
    let mut parts = text.split('"');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str("\"\"");
        out.push_str(part);
    }
    out.push('"');
}

/// The text that stood in the log, from a cell as a reader of CSV gives it.
pub fn original(cell: &str) -> String {
    let bytes = visible::original(cell.strip_prefix('\'').unwrap_or(cell));
    String::from_utf8(bytes).unwrap_or_else(|e| String::from_utf8_lossy(e.as_bytes()).into_owned())
}

/// True for what a spreadsheet would calculate, and for what begins with the apostrophe that hinders it. Negative
/// numbers are numbers.
pub(super) fn is_formula(text: &str) -> bool {
    match text.chars().next() {
        Some('=' | '+' | '@' | '\t' | '\r' | '\n' | '\'' | '＝' | '＋' | '－' | '＠') => true,
        Some('-') => text.len() == 1 || !text.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(text: &str) -> String {
        let mut out = String::new();
        push_cell(&mut out, text);
        out
    }

    /// A cell as a reader of CSV gives it.
    fn read(cell: &str) -> String {
        match cell.strip_prefix('"').and_then(|c| c.strip_suffix('"')) {
            Some(inside) => inside.replace("\"\"", "\""),
            None => cell.to_owned(),
        }
    }

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(cell("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!((cell("-12.5").as_str(), cell("-cmd|x").as_str()), ("-12.5", "\"'-cmd|x\""));
        assert_eq!(cell("＝1+1"), "\"'＝1+1\"");
        assert_eq!(cell("'quoted'"), "\"''quoted'\"");
        assert_eq!(cell("\x1b[2J\0"), r"\u{1b}[2J\u{0}");
    }

    #[test]
    fn every_cell_comes_back_exactly() {
        let parts = [
            "=",
            "+",
            "-",
            "@",
            "\t",
            "\r",
            "\n",
            "\0",
            "\"",
            "'",
            ",",
            ";",
            "＝",
            "＠",
            "1",
            ".",
            "\\",
            "\\u{41}",
            "\u{202e}",
            "\u{1b}[2J",
            "text",
            "ü",
            "\u{e0041}",
            " ",
        ];
        let mut seed = 11u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        for _ in 0..50_000 {
            let text: String = (0..next() % 7).map(|_| parts[next() % parts.len()]).collect();
            let cell = cell(&text);
            let inside = read(&cell);
            assert_eq!(original(&inside), text, "{cell}");
            assert!(!inside.starts_with(['=', '+', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']), "{cell}");
            let number = inside.strip_prefix('-').is_none_or(|n| n.bytes().all(|b| b.is_ascii_digit() || b == b'.'));
            assert!(number, "{cell}");
            assert!(!inside.chars().any(|c| crate::words::is_harmful(c) && c != '\n' && c != '\t'), "{cell}");
        }
    }
}
