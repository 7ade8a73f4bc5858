//! JSON objects, one a line: found by walking the top level, without building a tree.
//!
//! Reading for time and level touches the bytes up to the last key that is asked for and allocates
//! nothing. A line that is torn yields the keys before the tear.

use std::borrow::Cow;

/// A top-level member: its key (between the quotes, escapes untouched) and its value's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The key, escapes untouched.
    pub key: &'a [u8],
    /// The value as written, with its quotes or brackets.
    pub value: &'a [u8],
}

/// Walks the members of the object that a line holds.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    line: &'a [u8],
    at: usize,
    /// Set once the object's closing brace was reached.
    pub closed: bool,
}

impl<'a> Members<'a> {
    /// Begins at the object's opening brace; `None` when the line does not begin with one. A list's bracket
    /// or comma may stand before it, as where a list has an object a line.
    #[inline]
    pub fn new(line: &'a [u8]) -> Option<Self> {
        let start = object_start(line);
        (line.get(start) == Some(&b'{')).then(|| Members { line, at: start + 1, closed: false })
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        let mut at = skip_space(self.line, self.at);
        if self.line.get(at) == Some(&b',') {
            at = skip_space(self.line, at + 1);
        }
        if self.line.get(at) == Some(&b'}') {
            self.closed = true;
            return None;
        }
        let key_end = string_end(self.line, at)?;
        let key = self.line.get(at + 1..key_end - 1)?;
        at = skip_space(self.line, key_end);
        if self.line.get(at) != Some(&b':') {
            return None;
        }
        at = skip_space(self.line, at + 1);
        let end = value_end(self.line, at)?;
        self.at = end;
        Some(Member { key, value: self.line.get(at..end)? })
    }
}

#[inline]
fn object_start(line: &[u8]) -> usize {
    let start = skip_space(line, 0);
    if matches!(line.get(start), Some(b'[' | b',')) { skip_space(line, start + 1) } else { start }
}

#[inline]
fn skip_space(line: &[u8], mut at: usize) -> usize {
    while matches!(line.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// The end of the string that begins with a quote at `at`, behind the closing quote.
#[inline]
fn string_end(line: &[u8], at: usize) -> Option<usize> {
    if line.get(at) != Some(&b'"') {
        return None;
    }
    let mut from = at + 1;
    loop {
        let found = from + memchr::memchr2(b'"', b'\\', line.get(from..)?)?;
        if line.get(found) == Some(&b'"') {
            return Some(found + 1);
        }
        from = found + 2;
    }
}

fn value_end(line: &[u8], at: usize) -> Option<usize> {
    match line.get(at)? {
        b'"' => string_end(line, at),
        b'{' | b'[' => nested_end(line, at),
        _ => {
            let rest = line.get(at..)?;
            let len = rest.iter().position(|b| matches!(b, b',' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'))?;
            (len > 0).then_some(at + len)
        }
    }
}

fn nested_end(line: &[u8], at: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut i = at;
    loop {
        match line.get(i)? {
            b'"' => {
                i = string_end(line, i)?;
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth -= 1;
                if depth == 0 {
                    return Some(i + 1);
                }
            }
            _ => {}
        }
        i += 1;
    }
}

/// True when the text is one whole object, with nothing but space behind it, or what separates it from the next of a list.
pub fn is_object(text: &[u8]) -> bool {
    let start = object_start(text);
    let behind = |end: usize| {
        let rest = text.get(end..).unwrap_or_default().trim_ascii();
        rest.is_empty() || matches!(rest, b"," | b"]")
    };
    text.get(start) == Some(&b'{') && nested_end(text, start).is_some_and(behind)
}

/// The value of `key`, which may lead into nested objects with dots (`log.level`) unless it occurs as it is;
/// a number leads into a list (`records.0.time`).
pub fn get<'a>(object: &'a [u8], key: &str) -> Option<&'a [u8]> {
    if object.first() == Some(&b'[') && key.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        let (number, rest) = key.split_once('.').unwrap_or((key, ""));
        let value = element(object, number.parse().ok()?)?;
        return if rest.is_empty() { Some(value) } else { get(value, rest) };
    }
    let mut nested = None;
    for member in Members::new(object)? {
        if member.key == key.as_bytes() {
            return Some(member.value);
        }
        if let Some(rest) = key.as_bytes().strip_prefix(member.key)
            && let Some(rest) = rest.strip_prefix(b".")
            && matches!(member.value.first(), Some(b'{' | b'['))
        {
            nested = std::str::from_utf8(rest).ok().and_then(|rest| get(member.value, rest)).or(nested);
        }
    }
    nested
}

/// An element of a list, counted from 0.
fn element(list: &[u8], n: usize) -> Option<&[u8]> {
    let mut at = skip_space(list, 1);
    for _ in 0..n {
        at = skip_space(list, value_end(list, at)?);
        if list.get(at) != Some(&b',') {
            return None;
        }
        at = skip_space(list, at + 1);
    }
    list.get(at..value_end(list, at)?)
}

/// A value without its quotes, escapes untouched; `None` for objects, lists and `null`.
pub fn bare(value: &[u8]) -> Option<&[u8]> {
    match value.first()? {
        b'{' | b'[' => None,
        b'"' => value.get(1..value.len() - 1),
        _ => Some(value).filter(|v| *v != b"null"),
    }
}

/// The text of a value: a string without its quotes and escapes, anything else as written.
pub fn text(value: &[u8]) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix(b"\"").map(|v| v.strip_suffix(b"\"").unwrap_or(v)) else {
        return String::from_utf8_lossy(value);
    };
    if memchr::memchr(b'\\', inner).is_none() {
        return String::from_utf8_lossy(inner);
    }
    match serde_json::from_slice::<String>(value) {
        Ok(text) => Cow::Owned(text),
        Err(_) => String::from_utf8_lossy(inner),
    }
}

/// Unescapes a string value into `out`, for texts that are read on at once (docker's `log`).
pub fn unescape_into(value: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let Some(mut rest) = value.strip_prefix(b"\"").map(|v| v.strip_suffix(b"\"").unwrap_or(v)) else {
        out.extend_from_slice(value);
        return;
    };
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let (plain, escape) = rest.split_at(at);
        out.extend_from_slice(plain);
        let simple = match escape.get(1) {
            Some(b'n') => b'\n',
            Some(b't') => b'\t',
            Some(b'r') => b'\r',
            Some(b'b') => 8,
            Some(b'f') => 12,
            Some(b @ (b'"' | b'\\' | b'/')) => *b,
            _ => {
                // Numbers, perhaps in pairs: rare, and left to the library.
                out.clear();
                out.extend_from_slice(text(value).as_bytes());
                return;
            }
        };
        out.push(simple);
        rest = escape.get(2..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// The blanks before each object, where a text's objects stand over several lines: one after the other,
/// or the elements of a list (which may itself stand in an object: `{"items": [`).
pub fn spread(text: &[u8]) -> Option<usize> {
    /// How far an object is followed to see where it ends.
    const REACH: usize = 256 * 1024;
    let text = text.get(..REACH.min(text.len()))?;
    let begin = skip_space(text, 0);
    let line = text.get(..begin)?.iter().rposition(|b| *b == b'\n').map_or(0, |n| n + 1);
    let elements = || elements(text.get(begin..)?);
    match text.get(begin)? {
        b'[' => {
            let object = skip_space(text, begin + 1);
            let own_line = text.get(begin..object)?.contains(&b'\n');
            let over_lines = || nested_end(text, object).is_none_or(|end| has_line_end(text, object, end));
            (text.get(object) == Some(&b'{') && own_line && over_lines()).then(elements).flatten()
        }
        b'{' => match nested_end(text, begin) {
            Some(end) if !has_line_end(text, begin, end) => None,
            Some(end) if text.get(end..)?.iter().all(|b| b.is_ascii_whitespace()) => elements().or(Some(begin - line)),
            Some(_) => Some(begin - line),
            None => text.get(begin..)?.starts_with(b"{\n").then(elements).flatten(),
        },
        _ => None,
    }
}

fn has_line_end(text: &[u8], from: usize, to: usize) -> bool {
    text.get(from..to).is_some_and(|t| t.contains(&b'\n'))
}

/// The blanks before the elements of the first list of objects that takes most of the text.
fn elements(text: &[u8]) -> Option<usize> {
    let mut before: &[u8] = b"";
    let mut at = 0;
    for line in text.split(|b| *b == b'\n') {
        let bare = line.trim_ascii();
        if bare == b"{" && before.ends_with(b"[") {
            let list = at + line.len() - line.trim_ascii_start().len();
            let begin = text.get(..list)?.iter().rposition(|b| *b == b'[')?;
            let most = nested_end(text, begin).is_none_or(|end| (end - begin) * 2 > text.len());
            return most.then(|| line.len() - line.trim_ascii_start().len());
        }
        before = bare;
        at += line.len() + 1;
    }
    None
}

/// The object that begins on a line with so many blanks before it, and stands over several; the line itself
/// begins at `at`. It ends behind its brace.
pub fn object_at(text: &[u8], at: usize, blanks: usize) -> Option<std::ops::Range<usize>> {
    /// An object longer than this is none.
    const LONGEST: usize = 1 << 20;
    let begin = at + blanks;
    let indent = text.get(at..begin)?;
    if !indent.iter().all(|b| matches!(b, b' ' | b'\t')) || text.get(begin) != Some(&b'{') {
        return None;
    }
    let reach = text.get(..text.len().min(begin + LONGEST))?;
    nested_end(reach, begin).map(|end| begin..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_walked_without_a_tree() {
        let line = br#"{"a":1, "b" : "x\"y", "c":{"d":[1,{"e":"}"}]},"f":null}"#;
        let mut members = Members::new(line).unwrap();
        let got: Vec<_> = members
            .by_ref()
            .map(|m| (String::from_utf8_lossy(m.key).into_owned(), text(m.value).into_owned()))
            .collect();
        let want = [("a", "1"), ("b", "x\"y"), ("c", r#"{"d":[1,{"e":"}"}]}"#), ("f", "null")];
        assert_eq!(got, want.map(|(k, v)| (k.to_owned(), v.to_owned())));
        assert!(members.closed && is_object(line));
    }

    #[test]
    fn objects_over_several_lines_are_told_by_their_indentation() {
        assert_eq!(spread(b"{\n  \"a\": {\n    \"b\": 1\n  }\n}\n{\n  \"a\": 2\n}\n"), Some(0));
        assert_eq!(spread(b"[\n  {\n    \"a\": 1\n  },\n  {\n    \"a\": 2\n  }\n]\n"), Some(2));
        assert_eq!(spread(b"{\n \"items\": [\n  {\n   \"a\": 1\n  },\n  {\n   \"a\": 2\n  }\n ]\n}\n"), Some(2));
        for lines in [&b"{\"a\":1}\n{\"a\":2}\n"[..], b"[{\"a\":1},\n{\"a\":2}]\n", b"[main] {\n}", b"", b"{", b"["] {
            assert_eq!(spread(lines), None, "{}", String::from_utf8_lossy(lines));
        }
    }

    #[test]
    fn lists_of_an_object_a_line_and_places_in_lists_are_read() {
        assert!(is_object(b"[ {\"a\":1},") && is_object(b", {\"a\":1}") && is_object(b"{\"a\":1}]"));
        let line = br#"{"l":[{"x":1},{"x":[7, 8]}]}"#;
        assert_eq!(get(line, "l.1.x.1"), Some(&b"8"[..]));
        assert_eq!(get(line, "l.2.x"), None);
    }

    #[test]
    fn escapes_are_undone_as_the_library_does() {
        for value in [&br#""a\n\"b\"\t\\ \/""#[..], br#""\u00e9 \n""#, b"12", br#""plain""#, br#""torn\"#] {
            let mut out = Vec::new();
            unescape_into(value, &mut out);
            assert_eq!(String::from_utf8_lossy(&out), text(value));
        }
    }

    #[test]
    fn a_torn_line_yields_what_stands_before_the_tear() {
        for line in [&br#"{"a":1,"b":"tor"#[..], br#"{"a":1,"b":{"c":"#, br#"{"a":1,"b\"#] {
            let got: Vec<_> = Members::new(line).unwrap().map(|m| m.key).collect();
            assert_eq!(got, [b"a"]);
            assert!(!is_object(line));
        }
        assert!(Members::new(b"no json").is_none());
    }

    #[test]
    fn keys_lead_into_nested_objects() {
        let line = br#"{"log":{"level":"warn"},"log.logger":"x","m":"\u00e9"}"#;
        assert_eq!(get(line, "log.level").map(text).as_deref(), Some("warn"));
        assert_eq!(get(line, "log.logger").map(text).as_deref(), Some("x"));
        assert_eq!(get(line, "m").map(text).as_deref(), Some("é"));
        assert_eq!(get(line, "log.nothing"), None);
    }
}
