//! The small words that all texts share: numbers as people read them, records in a line, no harmful characters.

use crate::format::record::Record;

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
