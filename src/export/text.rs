//! Plain text for people, and the small words that all texts share.

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::format::level::Level;
use crate::format::record::Record;
use crate::time::format;
use crate::time::zone::Zone;

/// A number with its thousands parted: `4,477,908`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A size: `512 B`, `16.3 kB`, `1.00 GB`.
pub fn bytes(n: u64) -> String {
    let scaled = |unit: f64| n as f64 / unit;
    match n {
        0..1_000 => format!("{n} B"),
        1_000..1_000_000 => format!("{:.1} kB", scaled(1e3)),
        1_000_000..1_000_000_000 => format!("{:.1} MB", scaled(1e6)),
        _ => format!("{:.2} GB", scaled(1e9)),
    }
}

/// The message in one line: what the record says, then the fields that JSON and logfmt put beside it.
pub fn summary(record: &Record<'_>, structured: bool) -> String {
    let mut out = String::new();
    push_clean(&mut out, record.message.lines().next().unwrap_or_default());
    if structured {
        for (name, value) in &record.fields {
            out.push(' ');
            push_clean(&mut out, name);
            out.push('=');
            push_clean(&mut out, value);
        }
    }
    let more = record.message.lines().count().saturating_sub(1);
    if more > 0 {
        out.push_str(&format!(" (+{more} lines)"));
    }
    out
}

/// True for formats whose records are fields rather than sentences.
pub fn is_structured(analysis: &Analysis, id: EventId) -> bool {
    use crate::format::definition::Decoder;
    let form = usize::from(analysis.events.form(id));
    analysis
        .info(id)
        .and_then(|i| i.plan.forms.get(form))
        .is_some_and(|f| matches!(f.definition.decoder, Decoder::Json | Decoder::Logfmt))
}

/// Characters that no output may hold as they are: control characters, and those that turn the direction of
/// writing or take no room, with which a line could hide or reorder what stands beside it.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Control and direction characters as visible symbols, so that log text can neither move a terminal's
/// cursor nor turn a line around.
pub fn push_clean(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('·')),
            '\x7f' => out.push('␡'),
            _ if is_harmful(c) => out.push('·'),
            _ => out.push(c),
        }
    }
}

/// As [`push_clean`] for text of several lines, whose line ends stay.
pub fn clean_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        push_clean(&mut out, line.strip_suffix('\n').unwrap_or(line));
        if line.ends_with('\n') {
            out.push('\n');
        }
    }
    out
}

/// One event as a line: time, host, file, level, message.
pub fn event_line(analysis: &Analysis, id: EventId, zone: Zone, colored: bool) -> String {
    let events = &analysis.events;
    let record = analysis.record(id);
    let time =
        analysis.corrected(id).map_or_else(|| "–".to_owned(), |t| format::local(t, analysis.digits(id), zone, ' '));
    let host = record.host.as_deref().or_else(|| analysis.info(id).and_then(|i| i.host.as_deref())).unwrap_or("–");
    let file = analysis.source(id).map_or("", |s| s.path.as_str());
    let level = events.level(id);
    let word = level.name().unwrap_or("");
    let mut out = String::with_capacity(200);
    out.push_str(&format!("{time:26} "));
    push_clean(&mut out, &format!("{host:10} {file}:{} ", events.line(id)));
    let (on, off) = if colored { (color(level), "\x1b[0m") } else { ("", "") };
    out.push_str(&format!("{on}{word:8}{off} "));
    out.push_str(&summary(&record, is_structured(analysis, id)));
    out.push('\n');
    out
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
