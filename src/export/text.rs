//! Plain text for people.

use std::fmt::Write as _;

use super::leaving::Book;
use crate::analysis::Analysis;
use crate::event::EventId;
use crate::format::level::Level;
use crate::time::format;
use crate::time::zone::Zone;
pub use crate::words::{bytes, clean_lines, count, is_harmful, push_clean, summary};

/// True for formats whose records are fields rather than sentences.
pub fn is_structured(analysis: &Analysis, id: EventId) -> bool {
    analysis.is_structured(id)
}

/// One event as a line: time, host, file, level, message.
pub(super) fn push_event(out: &mut String, book: &Book<'_>, id: EventId, zone: Zone, colored: bool) {
    let analysis = book.analysis;
    let events = &analysis.events;
    let record = book.record(id);
    let time =
        analysis.corrected(id).map_or_else(|| "–".to_owned(), |t| format::local(t, analysis.digits(id), zone, ' '));
    let host = book.host(id, &record).unwrap_or("–");
    let level = events.level(id);
    let word = level.name().unwrap_or("");
    write!(out, "{time:26} ").ok();
    push_clean(out, &format!("{host:10} {}:{} ", book.path(id), events.line(id)));
    let (on, off) = if colored { (color(level), "\x1b[0m") } else { ("", "") };
    write!(out, "{on}{word:8}{off} ").ok();
    out.push_str(&summary(&record, is_structured(analysis, id)));
    out.push('\n');
}

fn color(level: Level) -> &'static str {
    match level {
        Level::Critical => "\x1b[1;35m",
        Level::Error => "\x1b[31m",
        Level::Warning => "\x1b[33m",
        Level::Notice => "\x1b[36m",
        Level::None | Level::Trace | Level::Debug | Level::Info => "\x1b[2m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_sizes_read_well() {
        assert_eq!(count(4_477_908), "4,477,908");
        assert_eq!(count(12), "12");
        assert_eq!(
            (bytes(512), bytes(16_300), bytes(1_000_199_076)),
            ("512 B".into(), "16.3 kB".into(), "1.00 GB".into())
        );
    }

    #[test]
    fn control_characters_cannot_reach_the_terminal() {
        let mut out = String::new();
        push_clean(&mut out, "a\x1b[31mb\u{202e}c\0\r\u{85}d\u{200b}\u{2028}e");
        assert_eq!(out, "a␛[31mb·c␀␍·d··e");
    }
}
