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
        // `debug2` is a level, `E1` and `error404` are none.
        let numbered = text.get(start + len).is_some_and(|b| matches!(b, b'1'..=b'9'))
            && text
                .get(start..start + len)
                .is_some_and(|w| [&b"debug"[..], b"trace"].iter().any(|n| w.eq_ignore_ascii_case(n)))
            && !text.get(start + len + 1).is_some_and(u8::is_ascii_alphanumeric);
        let end = start + len + usize::from(numbered);
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

/// The level of the word at `start..end`, if it stands where a writer puts a level.
fn judge(text: &[u8], start: usize, end: usize, first: bool) -> Level {
    let Some(word) = text.get(start..end) else { return Level::None };
    let around = Around {
        before: start.checked_sub(1).and_then(|i| text.get(i)).copied().filter(|b| *b != b'm'),
        after: text.get(end).copied(),
        behind: text.get(end + 1).copied(),
    };
    if let [letter] = word {
        let placed = around.open_letter() && (first || around.in_brackets());
        return if placed && letter.is_ascii_uppercase() { Level::from_letter(*letter) } else { Level::None };
    }
    let level = Level::from_word(word);
    if level == Level::None || word.len() < 3 {
        return Level::None;
    }
    let capitals = word.iter().all(u8::is_ascii_uppercase);
    let named = text.get(..start).is_some_and(key_is_level);
    let alone = capitals && around.alone() && !word.eq_ignore_ascii_case(b"system");
    let marked = around.bracketed(capitals) || around.before_colon(capitals);
    // "log", "fine", "system" are words of every sentence: only capitals make them levels.
    let everyday = EVERYDAY.iter().any(|w| word.eq_ignore_ascii_case(w));
    let told = if everyday { capitals && marked } else { marked || first && around.bare() };
    // PHP writes `Fatal error:`.
    let fatal = level == Level::Error && text.get(..start).is_some_and(|t| ends_with(t, b"fatal "));
    match named || alone || told {
        true if fatal => Level::Critical,
        true => level,
        false => Level::None,
    }
}

/// Words that stand for a level in some logs, and for themselves in most.
const EVERYDAY: [&[u8]; 13] = [
    b"log", b"fine", b"config", b"stats", b"success", b"fail", b"failure", b"verb", b"spam", b"silly", b"note",
    b"system", b"audit",
];

/// The bytes around a word; `None` at the text's ends.
struct Around {
    before: Option<u8>,
    after: Option<u8>,
    /// Behind `after`.
    behind: Option<u8>,
}

fn blank(b: Option<u8>) -> bool {
    matches!(b, None | Some(b' ' | b'\t'))
}

impl Around {
    /// Room for a single letter: `D t0`, `E/tag`, `[W]`.
    fn open_letter(&self) -> bool {
        (blank(self.before) || matches!(self.before, Some(b'[' | b'<' | b'|' | b',')))
            && (blank(self.after) || matches!(self.after, Some(b']' | b'>' | b'/' | b'|' | b',')))
    }

    /// `[W]`, `|W|`.
    fn in_brackets(&self) -> bool {
        matches!((self.before, self.after), (Some(b'['), Some(b']')) | (Some(b'|'), Some(b'|')))
    }

    /// `[error]`, `<warn>`, `|Warn|`, `[core:notice]`, `[INFO main]`, ` ERROR]`.
    fn bracketed(&self, capitals: bool) -> bool {
        let open = matches!(self.before, Some(b'[' | b'<' | b'(' | b'|' | b'"' | b'{' | b'\''))
            || self.before == Some(b':') && self.after == Some(b']');
        let shut = matches!(self.after, Some(b']' | b'>' | b')' | b'|' | b'"' | b'}' | b'\''));
        let goes_on = matches!(self.after, Some(b':' | b' ' | b'\t' | b','));
        open && (shut || goes_on) || self.before == Some(b' ') && shut && capitals
    }

    /// `notice: x`, `LOG:  x`, `::WARNING::`, `5LOG: x`.
    fn before_colon(&self, capitals: bool) -> bool {
        let begins =
            self.before.is_none_or(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'=' | b'/' | b'.' | b'-' | b'_'))
                || capitals && self.before.is_some_and(|b| b.is_ascii_digit());
        let text_follows =
            blank(self.behind) || self.behind.is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b':' | b'['));
        self.after == Some(b':') && begins && text_follows
    }

    /// Nothing but blanks and separators on both sides.
    fn alone(&self) -> bool {
        let between = |b| blank(b) || matches!(b, Some(b'.' | b':' | b'-' | b'|' | b'/' | b']' | b'['));
        between(self.before) && between(self.after)
    }

    /// A word of its own, or one before a slash or dash (`information/Notification`).
    fn bare(&self) -> bool {
        !self.before.is_some_and(|b| b.is_ascii_alphanumeric())
            && (blank(self.after) || matches!(self.after, Some(b'/' | b'-' | b',' | b';' | b'|')))
    }
}

/// True when a text ends with `level=`, `"level":"` or a like key.
fn key_is_level(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\"").or_else(|| text.strip_suffix(b"'")).unwrap_or(text).trim_ascii_end();
    let Some(text) = text.strip_suffix(b"=").or_else(|| text.strip_suffix(b"\":")) else { return false };
    [&b"level"[..], b"lvl", b"severity", b"priority", b"pri"].iter().any(|k| ends_with(text, k))
}

fn ends_with(text: &[u8], word: &[u8]) -> bool {
    text.len().checked_sub(word.len()).and_then(|n| text.get(n..)).is_some_and(|t| t.eq_ignore_ascii_case(word))
}

/// How far into a line a request's status is looked for, in bytes.
const STATUS_REACH: usize = 2000;

/// The level of a request that a line tells of: by the status behind `GET /x`, whatever stands between.
pub fn by_status(text: &[u8]) -> Option<(Level, Range<usize>)> {
    const METHODS: [&[u8]; 9] =
        [b"GET", b"POST", b"HEAD", b"PUT", b"CONNECT", b"DELETE", b"OPTIONS", b"PATCH", b"PROPFIND"];
    let text = text.get(..STATUS_REACH.min(text.len()))?;
    let method = |end: &usize| {
        let before = text.get(..*end).unwrap_or_default();
        METHODS
            .iter()
            .any(|m| before.strip_suffix(*m).is_some_and(|b| !b.last().is_some_and(u8::is_ascii_alphanumeric)))
    };
    let mut at = memchr::memchr2_iter(b' ', b'\t', text).find(method)?;
    let mut port = None;
    while let Some(len) = text.get(at..).and_then(|t| t.iter().position(u8::is_ascii_digit)) {
        let start = at + len;
        let digits = text.get(start..)?.iter().take_while(|b| b.is_ascii_digit()).count();
        at = start + digits;
        let blank = |b: Option<&u8>| b.is_none_or(|b| matches!(b, b' ' | b'\t' | b',' | b')' | b'"'));
        let before = start.checked_sub(1).and_then(|i| text.get(i));
        if digits != 3 || !blank(before) || !blank(text.get(at)) {
            continue;
        }
        let level = match text.get(start) {
            Some(b'5') => Level::Error,
            Some(b'4') => Level::Warning,
            Some(b'1'..=b'3') => Level::Info,
            _ => continue,
        };
        // A server's port may stand before the status.
        if text.get(start..at) == Some(b"443") && port.is_none() {
            port = Some((level, start..at));
            continue;
        }
        return Some((level, start..at));
    }
    port
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
        check(" debug2 x", true, Some("debug"));
        check(" x {\"level\": \"warn\"}", false, Some("warning"));
        check(" PHP Fatal error:  Uncaught", true, Some("critical"));
    }

    #[test]
    fn a_word_in_a_sentence_is_no_level() {
        check(" there was an error in the line", false, None);
        check(" no errors: all fine", false, None);
        check(" the system: ready", false, None);
        check(" A CONTROL", false, None);
        check(" GET /error HTTP/1.1", true, None);
        check(" user=error", true, None);
        check(" error404 x", true, None);
    }

    #[test]
    fn a_request_has_the_level_of_its_status() {
        let check = |text: &str, level: Option<&str>| {
            assert_eq!(by_status(text.as_bytes()).and_then(|(l, _)| l.name()), level, "{text}");
        };
        check("192.0.2.1 GET /a 200 5778", Some("info"));
        check("GET /x HTTP/1.1\" 404 0", Some("warning"));
        check("10.0.0.1 GET /x - 443 - 192.0.2.1 curl/8.1 502 0 0", Some("error"));
        check("CONNECT example.com:443 HTTP/1.1\" 443", Some("warning"));
        check("\"POST /v1/500/ HTTP/1.1\" 201", Some("info"));
        check("FORGET 500 of them", None);
        check("GET /x", None);
    }
}
