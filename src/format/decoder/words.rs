//! Finding a level where no definition says where it stands.
//!
//! A level's word counts only where a writer would put a level: in brackets, before a colon, behind
//! `level=`, in capitals between blanks, or right behind the stamp. "no errors found" is no error.

use std::ops::Range;

use crate::format::level::Level;

/// How far into the text a level is looked for, in bytes.
const REACH: usize = 120;

/// The first level in the text, and where its word stands. `at_start` when the text begins right
/// behind a stamp, where a bare word in any case or a capital letter is a level too.
pub fn find(text: &[u8], at_start: bool) -> Option<(Level, Range<usize>)> {
    let text = text.get(..REACH.min(text.len()))?;
    let mut at = 0;
    let mut first = at_start;
    while at < text.len() {
        let rest = text.get(at..)?;
        let skip = rest.iter().position(u8::is_ascii_alphabetic)?;
        let start = at + skip;
        let len = text.get(start..)?.iter().take_while(|b| b.is_ascii_alphabetic()).count();
        let end = start + len;
        let only_punctuation_before = first && !rest.get(..skip)?.iter().any(|b| b.is_ascii_alphanumeric());
        let level = judge(text, start, end, only_punctuation_before);
        if level != Level::None {
            return Some((level, start..end));
        }
        first = false;
        at = end;
    }
    None
}

fn judge(text: &[u8], start: usize, end: usize, first: bool) -> Level {
    let Some(word) = text.get(start..end) else { return Level::None };
    let before = start.checked_sub(1).and_then(|i| text.get(i)).copied();
    let after = text.get(end).copied();
    let second_after = text.get(end + 1).copied();
    if let [letter] = word {
        // glog's `E1121`, `D t0`, `E/tag`, `[W]`
        let open = matches!(before, None | Some(b' ' | b'\t' | b'[' | b'<' | b'|' | b','));
        let shut = matches!(after, None | Some(b' ' | b'\t' | b']' | b'>' | b'/' | b'|' | b','));
        let placed = first || matches!((before, after), (Some(b'['), Some(b']')) | (Some(b'|'), Some(b'|')));
        return if open && shut && placed && letter.is_ascii_uppercase() {
            Level::from_letter(*letter)
        } else {
            Level::None
        };
    }
    let level = Level::from_word(word);
    if level == Level::None || word.len() < 3 {
        return Level::None;
    }
    let blank = |b: Option<u8>| matches!(b, None | Some(b' ' | b'\t'));
    let upper = word.iter().all(u8::is_ascii_uppercase);
    let everyday = matches!(level, Level::Notice) && !matches!(word.to_ascii_lowercase().as_slice(), b"notice")
        || [
            &b"log"[..],
            b"fine",
            b"config",
            b"stats",
            b"success",
            b"fail",
            b"failure",
            b"verb",
            b"spam",
            b"silly",
            b"err",
        ]
        .iter()
        .any(|w| word.eq_ignore_ascii_case(w) && !w.eq_ignore_ascii_case(b"err"));
    let open = matches!(before, Some(b'[' | b'<' | b'(' | b'|' | b'"' | b'{' | b'\''));
    let shut = matches!(after, Some(b']' | b'>' | b')' | b'|' | b'"' | b'}' | b'\'' | b','));
    let keyed = before == Some(b'=') || before == Some(b'"') && start >= 2 && text.get(start - 2) == Some(&b'=');
    let named = keyed && text.get(..start).is_some_and(key_is_level);
    let open = open || before == Some(b':') && after == Some(b']');
    let bracketed = open && (shut || after == Some(b':') || after == Some(b' ') || after == Some(b'\t'))
        || before == Some(b' ') && shut && after != Some(b',') && upper;
    let before_colon = after == Some(b':')
        && (before.is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'=' | b'/' | b'.' | b'-' | b'_'))
            || upper && before.is_some_and(|b| b.is_ascii_digit()))
        && matches!(second_after, None | Some(b' ' | b'\t' | b':' | b'[') | Some(b'a'..=b'z' | b'A'..=b'Z'));
    let between = |b: Option<u8>| blank(b) || matches!(b, Some(b'.' | b':' | b'-' | b'|' | b'/' | b']' | b'['));
    let capital = upper && between(before) && between(after) && !(everyday && word.eq_ignore_ascii_case(b"system"));
    let placed = first
        && (blank(before) || before.is_none() || !before.is_some_and(|b| b.is_ascii_alphanumeric()))
        && (blank(after) || after == Some(b'/') || after == Some(b'-'));
    if named
        || capital
        || (!everyday && (bracketed || before_colon || placed))
        || (everyday && upper && (bracketed || before_colon))
    {
        level
    } else {
        Level::None
    }
}

/// True when a text ends with `level=`, `"level":"` or a like key.
fn key_is_level(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    let Some(text) = text.strip_suffix(b"=") else { return false };
    [&b"level"[..], b"lvl", b"severity", b"loglevel", b"priority"]
        .iter()
        .any(|k| text.len() >= k.len() && text.get(text.len() - k.len()..).is_some_and(|t| t.eq_ignore_ascii_case(k)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, at_start: bool, level: Option<&str>) {
        assert_eq!(find(text.as_bytes(), at_start).and_then(|(l, _)| l.name()), level, "{text}");
    }

    #[test]
    fn a_level_stands_where_writers_put_levels() {
        check(" INFO [main] x", true, Some("info"));
        check(" [error] 54053#0: *1 open()", true, Some("error"));
        check("] [core:notice] [pid 1]", false, Some("notice"));
        check(" [Warning] Access denied", true, Some("warning"));
        check(": notice: handle_request: x", false, Some("notice"));
        check("|Warn|Auth|x", true, Some("warning"));
        check("::WARNING::[interface:657] x", true, Some("warning"));
        check(":DEBUG:foo", true, Some("debug"));
        check(" trace tracemessage", true, Some("trace"));
        check(" I CONTROL  [initandlisten]", true, Some("info"));
        check(" local.ERROR: Target class", true, Some("error"));
        check(" logger=x level=error msg=y", false, Some("error"));
        check(" t level=\"warn\" msg=y", false, Some("warning"));
        check(" information/Notification: Sending", true, Some("info"));
    }

    #[test]
    fn a_word_in_a_sentence_is_no_level() {
        check(" there was an error in the line", false, None);
        check(" no errors: all fine", false, None);
        check(" the system: ready", false, None);
        check(" A CONTROL", false, None);
        check(" GET /error HTTP/1.1", true, None);
        check(" user=error", true, None);
    }
}
