//! Percent-encoded and JSON-escaped text as it was meant, with the way back to where it stands.

/// A text without escapes.
pub(super) struct Plain {
    pub(super) text: String,
    /// For each byte of `text`, and for its end, where that begins in the text as it was.
    origins: Vec<usize>,
}

impl Plain {
    /// Where a place of the plain text is in the text as it was.
    pub(super) fn origin(&self, at: usize) -> usize {
        self.origins.get(at).or(self.origins.last()).copied().unwrap_or(0)
    }

    /// The text with one more layer of escapes taken off.
    pub(super) fn again(&self) -> Option<Plain> {
        let mut next = unescaped(&self.text)?;
        for origin in &mut next.origins {
            *origin = self.origin(*origin);
        }
        Some(next)
    }
}

/// The text with `%41`, `\"`, `\u0041`, `\042`, `""` and their like replaced by what they stand for, where that is a
/// printable ASCII character or a line end. `None` if there are none.
pub(super) fn unescaped(text: &str) -> Option<Plain> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut out: Option<(Vec<u8>, Vec<usize>)> = None;
    let mut copied = 0;
    // Quotes are many; they are looked at only in texts that double some.
    let doubled = memchr::memmem::find(bytes, b"\"\"").is_some();
    let next = |rest: &[u8]| {
        if doubled { memchr::memchr3(b'%', b'\\', b'"', rest) } else { memchr::memchr2(b'%', b'\\', rest) }
    };
    while let Some(n) = bytes.get(at..).and_then(next) {
        at += n;
        let before = at.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
        let Some((byte, len)) = bytes.get(at..).and_then(|rest| escaped(rest, before)) else {
            at += 1;
            continue;
        };
        let (plain, origins) =
            out.get_or_insert_with(|| (Vec::with_capacity(bytes.len()), Vec::with_capacity(bytes.len() + 1)));
        plain.extend_from_slice(bytes.get(copied..at).unwrap_or_default());
        origins.extend(copied..at);
        plain.push(byte);
        origins.push(at);
        at += len;
        copied = at;
    }
    let (mut plain, mut origins) = out?;
    plain.extend_from_slice(bytes.get(copied..).unwrap_or_default());
    origins.extend(copied..=bytes.len());
    Some(Plain { text: String::from_utf8(plain).ok()?, origins })
}

/// What the escape at the start of `rest` stands for, and its length.
fn escaped(rest: &[u8], before: u8) -> Option<(u8, usize)> {
    let number = |from: usize, to: usize, base: u32| {
        let digits = rest.get(from..to)?;
        let all = digits.iter().all(|b| char::from(*b).is_digit(base));
        u8::from_str_radix(std::str::from_utf8(digits).ok()?, base).ok().filter(|b| all && (32..127).contains(b))
    };
    match rest {
        // A quote doubled by CSV, unless it is an empty text: `"a":"",`.
        [b'"', b'"', after @ ..] => {
            let open = matches!(before, b':' | b'=' | b',' | b'(' | b'[' | b'{' | b' ' | b'\t' | b'\n');
            let close = matches!(after, [] | [b',' | b'}' | b')' | b']' | b';' | b' ' | b'\t' | b'\r' | b'\n', ..]);
            (!(open && close)).then_some((b'"', 2))
        }
        [b'%', ..] => Some((number(1, 3, 16)?, 3)),
        [b'\\', b'n', ..] => Some((b'\n', 2)),
        [b'\\', b'r', ..] => Some((b'\r', 2)),
        [b'\\', b't', ..] => Some((b'\t', 2)),
        [b'\\', c @ (b'"' | b'\'' | b'\\' | b'/'), ..] => Some((*c, 2)),
        [b'\\', b'u', b'0', b'0', ..] => Some((number(4, 6, 16)?, 6)),
        [b'\\', b'x', ..] => Some((number(2, 4, 16)?, 4)),
        [b'\\', b'0' | b'1', ..] => Some((number(1, 4, 8)?, 4)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_come_off_and_places_are_kept() {
        let text = r#"é u%40x \"a\u0040\042\" 100% \d"#;
        let plain = unescaped(text).unwrap();
        assert_eq!(plain.text, r#"é u@x "a@"" 100% \d"#);
        for (i, c) in plain.text.char_indices().filter(|(_, c)| c.is_alphanumeric()) {
            assert!(text[plain.origin(i)..].starts_with(c));
        }
        assert_eq!(plain.origin(plain.text.len()), text.len());
        assert!(unescaped("100% of C:\\dir").is_none());
    }

    #[test]
    fn two_layers_come_off() {
        let plain = unescaped(r"a%2540b").unwrap();
        assert_eq!((plain.text.as_str(), plain.again().unwrap().text.as_str()), ("a%40b", "a@b"));
        assert_eq!(plain.again().unwrap().origin(2), 6);
    }
}
