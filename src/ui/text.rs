//! Text as the window shows it: log text made harmless, numbers, sizes and spans of time.

use crate::export::text::{count, is_harmful};
use crate::ui::theme::icon;

/// A row shows at most this many characters of a record; a line may have 200 MB.
pub const ROW_CHARS: usize = 2_000;

/// Log text as it may be drawn: at most `max` characters, and whether more follow.
///
/// Control characters, NUL and everything that turns the direction of writing become a neutral
/// dot, so that a line can neither hide nor reorder what stands beside it.
pub fn neutral(text: &str, max: usize) -> (String, bool) {
    let mut out = String::with_capacity(text.len().min(max));
    let mut chars = text.chars();
    for c in chars.by_ref().take(max) {
        match c {
            '\t' => out.push_str("  "),
            '\n' => out.push('\n'),
            _ if is_harmful(c) => out.push(icon::NEUTRAL),
            _ => out.push(c),
        }
    }
    (out, chars.next().is_some())
}

/// As [`neutral`], from bytes that may not be UTF-8.
pub fn neutral_bytes(bytes: &[u8], max: usize) -> (String, bool) {
    // A character has at most four bytes, so the rest cannot be drawn anyway.
    let head = bytes.get(..max.saturating_mul(4)).unwrap_or(bytes);
    let (text, more) = neutral(&String::from_utf8_lossy(head), max);
    (text, more || head.len() < bytes.len())
}

/// The first line of a text, and how many lines follow it.
pub fn first_line(text: &str) -> (&str, usize) {
    let text = text.trim_end_matches(['\n', '\r']);
    match text.split_once('\n') {
        Some((first, rest)) => (first.trim_end_matches('\r'), memchr::memchr_iter(b'\n', rest.as_bytes()).count() + 1),
        None => (text, 0),
    }
}

/// `text` cut to `max` characters with an ellipsis.
pub fn cut(text: &str, max: usize) -> String {
    match text.char_indices().nth(max) {
        Some(_) => text.chars().take(max.saturating_sub(1)).chain(icon::MORE.chars()).collect(),
        None => text.to_owned(),
    }
}

/// `text` with every run of white space as one space.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `text` cut in the middle, so that both ends can be told.
pub fn cut_middle(text: &str, max: usize) -> String {
    let n = text.chars().count();
    if n <= max {
        return text.to_owned();
    }
    let tail = max.saturating_sub(1) * 2 / 3;
    let head = max.saturating_sub(1).saturating_sub(tail);
    let mut out: String = text.chars().take(head).collect();
    out.push_str(icon::MORE);
    out.extend(text.chars().skip(n - tail));
    out
}

/// `999`, `12 k`, `3.2 M`, where there is little room.
pub fn compact(n: u64) -> String {
    let short =
        |value: f64, unit: &str| if value < 9.95 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") };
    match n {
        0..10_000 => count(n),
        10_000..999_500 => short(n as f64 / 1e3, "k"),
        _ => short(n as f64 / 1e6, "M"),
    }
}

/// `1 event`, `12 events`.
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// The distance to another event in at most eight characters: `+0.9 s`, `−12 ms`, `+3 min`.
pub fn delta(nanos: i64) -> String {
    let sign = match nanos {
        0 => return "0".to_owned(),
        i64::MIN..0 => '−',
        _ => '+',
    };
    let n = nanos.unsigned_abs();
    let s = n as f64 / 1e9;
    let body = match n {
        0..1_000 => format!("{n} ns"),
        1_000..1_000_000 => format!("{} µs", n / 1_000),
        1_000_000..1_000_000_000 => format!("{} ms", n / 1_000_000),
        _ if s < 9.95 => format!("{s:.1} s"),
        _ if s < 120.0 => format!("{s:.0} s"),
        _ if s < 7_200.0 => format!("{:.0} min", s / 60.0),
        _ if s < 172_800.0 => format!("{:.0} h", s / 3_600.0),
        _ => format!("{:.0} d", s / 86_400.0),
    };
    format!("{sign}{body}")
}

/// The last part of a path.
pub fn base_name(path: &str) -> &str {
    path.rsplit('/').find(|p| !p.is_empty()).unwrap_or(path)
}

/// True when every character of `query` occurs in `text` in this order, case ignored; smaller is better.
pub fn fuzzy(query: &str, text: &str) -> Option<usize> {
    let (query, text) = (query.trim().to_lowercase(), text.to_lowercase());
    if let Some(at) = text.find(&query) {
        return Some(at);
    }
    let mut chars = text.chars().enumerate();
    let mut last = 0;
    for wanted in query.chars().filter(|c| !c.is_whitespace()) {
        last = chars.find(|&(_, c)| c == wanted)?.0;
    }
    Some(1_000 + last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_characters_become_dots() {
        let (text, more) = neutral("a\0b\u{202e}c\x1b[31md\te", 100);
        assert_eq!((text.as_str(), more), ("a·b·c·[31md  e", false));
        assert_eq!(neutral("abcdef", 3), ("abc".to_owned(), true));
        assert_eq!(neutral_bytes(b"a\xffb", 10), ("a\u{fffd}b".to_owned(), false));
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(4_477_908), "4,477,908");
        assert_eq!(count(999), "999");
        assert_eq!(
            (compact(9_999), compact(525_348), compact(3_188_226)),
            ("9,999".into(), "525 k".into(), "3.2 M".into())
        );
        assert_eq!(delta(-37_600_000_000), "−38 s");
        assert_eq!(delta(900_000_000), "+900 ms");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(cut_middle("pacemaker-controld.log", 11).chars().count(), 11);
        assert_eq!(first_line("a\r\nb\nc\n"), ("a", 2));
        assert_eq!(first_line("a\n"), ("a", 0));
    }

    #[test]
    fn commands_are_found_by_parts_of_their_names() {
        assert!(fuzzy("next err", "Next error").is_some());
        assert!(fuzzy("nxer", "Next error").is_some());
        assert!(fuzzy("zz", "Next error").is_none());
        assert!(fuzzy("err", "Error") < fuzzy("err", "Next error"));
    }
}
