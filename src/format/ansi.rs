//! Colour codes of terminals, as bytes and as text that stands for them: readers see through them.
//!
//! Only a source in whose sampled lines such codes stand pays for it ([`Plan::ansi`](super::detect::Plan::ansi)).

use std::borrow::Cow;

use super::form::Form;
use super::record::Record;

/// How loggers and shippers write the escape character where they do not let it pass: in JSON, in C and shell,
/// rsyslog, `cat -v`.
const WRITTEN: [&[u8]; 8] = [b"\\u001b[", b"\\u001B[", b"\\x1b[", b"\\x1B[", b"\\033[", b"\\e[", b"#033[", b"^[["];

/// True when the text holds a code, or the escape character of one.
pub fn has(text: &[u8]) -> bool {
    memchr::memchr(0x1b, text).is_some() || memchr::memchr_iter(b'[', text).any(|at| written(text, at).is_some())
}

/// Where the code written as text begins whose bracket stands at `bracket`.
fn written(text: &[u8], bracket: usize) -> Option<usize> {
    let before = text.get(..=bracket)?;
    let begin = WRITTEN.iter().find(|begin| before.ends_with(begin))?;
    // `^[[` may be a pattern, and `\e[` a regular expression: only whole codes count.
    let end = parameters(text, bracket + 1)?;
    text.get(end).filter(|b| matches!(b, b'm' | b'K'))?;
    Some(bracket + 1 - begin.len())
}

/// Where digits and semicolons end.
fn parameters(text: &[u8], from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let n = rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b';' | b':' | b'?')).unwrap_or(rest.len());
    Some(from + n)
}

/// The text without codes; the text itself where there is none.
pub fn plain<'a>(text: &'a [u8], buffer: &'a mut Vec<u8>) -> &'a [u8] {
    if !has(text) {
        return text;
    }
    buffer.clear();
    // What stands before `kept` is in the buffer or dropped; `at` goes ahead.
    let (mut kept, mut at) = (0, 0);
    while let Some(next) = text.get(at..).and_then(|rest| memchr::memchr2(0x1b, b'[', rest)).map(|n| at + n) {
        let code = match text.get(next) {
            Some(0x1b) => end_of_code(text, next + 1).map(|end| (next, end)),
            _ => written(text, next)
                .filter(|begin| *begin >= kept)
                .map(|begin| (begin, parameters(text, next + 1).map_or(text.len(), |end| end + 1))),
        };
        at = next + 1;
        if let Some((begin, end)) = code {
            buffer.extend_from_slice(text.get(kept..begin).unwrap_or_default());
            kept = end.min(text.len());
            at = kept;
        }
    }
    buffer.extend_from_slice(text.get(kept..).unwrap_or_default());
    buffer
}

/// Where the colour code ends whose escape character stands before `from`; `None` for all other codes, which are text
/// like any: what clears a screen or sets a title is nothing that a logger writes, and must be seen.
fn end_of_code(text: &[u8], from: usize) -> Option<usize> {
    let bracket = text.get(from).filter(|b| **b == b'[')?;
    let end = parameters(text, from + usize::from(*bracket == b'['))?;
    text.get(end).filter(|b| matches!(b, b'm' | b'K'))?;
    Some(end + 1)
}

/// Takes a record apart that may hold codes.
pub fn decode<'a>(form: &'a Form, record: &'a [u8]) -> Record<'a> {
    if !has(record) {
        return form.decode(record);
    }
    let mut buffer = Vec::new();
    let found = form.decode(plain(record, &mut buffer));
    // Places in the text without codes are none in the record.
    Record { stamp_span: None, ..owned(found) }
}

fn owned<'a>(record: Record<'_>) -> Record<'a> {
    let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    Record {
        stamp: record.stamp.map(own),
        stamp_span: record.stamp_span,
        host: record.host.map(own),
        process: record.process.map(own),
        pid: record.pid.map(own),
        thread: record.thread.map(own),
        level: record.level.map(own),
        took: record.took,
        message: own(record.message),
        fields: record.fields.into_iter().map(|(k, v)| (own(k), own(v))).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> String {
        String::from_utf8(plain(text.as_bytes(), &mut Vec::new()).to_vec()).unwrap()
    }

    #[test]
    fn codes_are_seen_through_however_they_are_written() {
        assert_eq!(of("\x1b[1;31mERROR\x1b[0m it [is] so"), "ERROR it [is] so");
        assert_eq!(of("\\x1b[33m12:00\\x1b[39m \\u001b[1mx\\u001b[0m #033[0my ^[[32mz\\033[K"), "12:00 x y z");
        assert_eq!(of("text\x1b[2K"), "text");
        // What clears a screen or sets a title is no colour, and must be seen.
        for same in ["\x1b[2J\x1b]0;title\x07text", "torn \x1b[", "torn\x1b[\nnext\x1b]x\nlast"] {
            assert_eq!(of(same), same);
        }
        for same in ["^[[a-z]+$ is a pattern", "\\e[] and [x] and [", "plain", ""] {
            assert_eq!(of(same), same);
        }
    }
}
