//! Events as comma-separated values, safe to open in a spreadsheet.

use crate::analysis::Analysis;
use crate::event::{EventId, Flags};
use crate::export::json;
use crate::time::format;

/// The header line.
pub const HEADER: &str =
    "file,line,time_utc,corrected_utc,band_ns,assumed,host,process,pid,level,format,message,out_of_order\n";

/// One event as a line, line end included.
pub fn event_line(analysis: &Analysis, id: EventId) -> String {
    let events = &analysis.events;
    let record = analysis.record(id);
    let time = events.time(id).map(|t| format::utc(t, events.precision(id))).unwrap_or_default();
    let host = record.host.as_deref().or_else(|| analysis.info(id).and_then(|i| i.host.as_deref())).unwrap_or_default();
    let mut out = String::with_capacity(256);
    let cells = [
        analysis.source(id).map_or("", |s| s.path.as_str()),
        &events.line(id).to_string(),
        &time,
        &json::corrected(analysis, id).unwrap_or_default(),
        &json::band(analysis, id).map(|b| b.to_string()).unwrap_or_default(),
        &json::assumed(events.flags(id)).join(" "),
        host,
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
        push_cell(&mut out, text);
    }
    out.push('\n');
    out
}

/// Quotes a cell where it must be; one that a spreadsheet would take for a formula gets a leading apostrophe.
fn push_cell(out: &mut String, text: &str) {
    let formula = matches!(text.bytes().next(), Some(b'=' | b'+' | b'@' | b'\t' | b'\r'))
        || text.starts_with('-') && text.len() > 1 && !text.bytes().skip(1).all(|b| b.is_ascii_digit() || b == b'.');
    let quote = formula || text.contains(['"', ',', '\n', '\r', '\0']);
    if !quote {
        out.push_str(text);
        return;
    }
    out.push('"');
    if formula {
        out.push('\'');
    }
    out.push_str(&text.replace('"', "\"\"").replace('\0', "␀"));
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        let cell = |text: &str| {
            let mut out = String::new();
            push_cell(&mut out, text);
            out
        };
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
        assert_eq!(cell("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        assert_eq!((cell("-12.5").as_str(), cell("-cmd|x").as_str()), ("-12.5", "\"'-cmd|x\""));
    }
}
