//! `key=value key="quoted value"` pairs, in a line of nothing else.

use std::borrow::Cow;

use crate::source::encoding;

/// Walks the pairs of a line; a word without `=` is a key with an empty value.
#[derive(Clone, Debug)]
pub struct Pairs<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Pairs<'a> {
    /// Begins at the line's begin.
    pub fn new(line: &'a [u8]) -> Self {
        Pairs { line, at: 0 }
    }
}

impl<'a> Iterator for Pairs<'a> {
    /// Key, and value as written (with its quotes).
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let blank = |b: &u8| matches!(b, b' ' | b'\t');
        let rest = self.line.get(self.at..)?;
        let start = self.at + rest.iter().position(|b| !blank(b))?;
        let rest = self.line.get(start..)?;
        let key_len = rest.iter().position(|b| *b == b'=' || blank(b)).unwrap_or(rest.len());
        let key = rest.get(..key_len)?;
        let mut end = start + key_len;
        let mut value: &[u8] = &[];
        if rest.get(key_len) == Some(&b'=') {
            let from = end + 1;
            let len = value_len(self.line.get(from..)?);
            value = self.line.get(from..from + len)?;
            end = from + len;
        }
        self.at = end.max(start + 1);
        Some((key, value))
    }
}

fn value_len(rest: &[u8]) -> usize {
    if rest.first() != Some(&b'"') {
        return rest.iter().position(|b| matches!(b, b' ' | b'\t')).unwrap_or(rest.len());
    }
    let mut i = 1;
    while let Some(&b) = rest.get(i) {
        match b {
            b'"' => return i + 1,
            b'\\' => i += 2,
            _ => i += 1,
        }
    }
    rest.len()
}

/// The text of a value, without quotes and escapes.
pub fn text(value: &[u8]) -> Cow<'_, str> {
    let Some(inner) = value.strip_prefix(b"\"") else { return encoding::shown(value) };
    let inner = inner.strip_suffix(b"\"").unwrap_or(inner);
    let text = encoding::shown(inner);
    if text.contains('\\') {
        Cow::Owned(text.replace("\\\"", "\"").replace("\\n", "\n").replace("\\t", "\t").replace("\\\\", "\\"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_with_quotes_and_bare_words() {
        let line = br#"t=2025-01-30T05:07:37Z level=info msg="a \"b\" c" empty= flag k=v"#;
        let got: Vec<_> =
            Pairs::new(line).map(|(k, v)| format!("{}>{}", String::from_utf8_lossy(k), text(v))).collect();
        assert_eq!(got, ["t>2025-01-30T05:07:37Z", "level>info", "msg>a \"b\" c", "empty>", "flag>", "k>v"]);
    }
}
