//! JSON objects, one a line: found by walking the top level, without building a tree.
//!
//! Reading for time and level touches the bytes up to the last key that is asked for and allocates
//! nothing. A line that is torn yields the keys before the tear.

use std::borrow::Cow;

use crate::source::encoding;

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
    /// Begins at the object's opening brace; `None` when the line does not begin with one.
    #[inline]
    pub fn new(line: &'a [u8]) -> Option<Self> {
        let start = skip_space(line, 0);
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

/// True when the text is one whole object, with nothing but space behind it.
pub fn is_object(text: &[u8]) -> bool {
    let start = skip_space(text, 0);
    text.get(start) == Some(&b'{') && nested_end(text, start).is_some_and(|end| skip_space(text, end) == text.len())
}

/// The value of `key`, which may lead into nested objects with dots (`log.level`) unless it occurs as it is.
pub fn get<'a>(object: &'a [u8], key: &str) -> Option<&'a [u8]> {
    let mut nested = None;
    for member in Members::new(object)? {
        if member.key == key.as_bytes() {
            return Some(member.value);
        }
        if let Some(rest) = key.as_bytes().strip_prefix(member.key)
            && let Some(rest) = rest.strip_prefix(b".")
            && member.value.first() == Some(&b'{')
        {
            nested = std::str::from_utf8(rest).ok().and_then(|rest| get(member.value, rest)).or(nested);
        }
    }
    nested
}

/// The text of a value: a string without its quotes and escapes, anything else as written.
pub fn text(value: &[u8]) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix(b"\"").map(|v| v.strip_suffix(b"\"").unwrap_or(v)) else {
        return encoding::shown(value);
    };
    if memchr::memchr(b'\\', inner).is_none() {
        return encoding::shown(inner);
    }
    match serde_json::from_slice::<String>(value) {
        Ok(text) => Cow::Owned(text),
        Err(_) => encoding::shown(inner),
    }
}

/// Unescapes a string value into `out`, for texts that are read on at once (docker's `log`).
pub fn unescape_into(value: &[u8], out: &mut Vec<u8>) {
    out.clear();
    out.extend_from_slice(text(value).as_bytes());
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
