//! Raw log bytes as text that shows everything it holds, and back again without loss.

use std::borrow::Cow;

use crate::words::is_harmful;

/// True for a character that a report may not hold as it is.
fn is_hidden(c: char) -> bool {
    !matches!(c, '\n' | '\t') && is_harmful(c)
}

/// True for text in which escapes stand (or what looks like them).
fn has_escapes(text: &str) -> bool {
    text.contains("\\u{") || text.contains("\\x{")
}

/// Bytes of a log as text in which nothing hides.
///
/// Control characters (but line ends and tabs), characters that turn the direction of writing or take no room, and
/// bytes that are no UTF-8 are shown as `\u{1b}` and `\x{ff}`.
///
/// Text with none of these, and without `\u{` or `\x{` of its own, stays byte for byte; else each backslash is
/// doubled, so that [`original`] gives back the very bytes.
pub fn visible(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.chars().any(is_hidden)
        && !has_escapes(text)
    {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8 + 16);
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\\' => out.push_str("\\\\"),
                c if is_hidden(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
                c => out.push(c),
            }
        }
        for byte in chunk.invalid() {
            out.push_str(&format!("\\x{{{byte:02x}}}"));
        }
    }
    Cow::Owned(out)
}

/// As [`visible`], with some more characters as escapes: line ends (`\u{a}`), pipes, whatever the place cannot hold.
pub fn without<'t>(text: &'t str, these: &[char]) -> Cow<'t, str> {
    if !text.contains(these) {
        return visible(text.as_bytes());
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if is_hidden(c) || these.contains(&c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The bytes that [`visible`] or [`without`] was given. What it cannot have written (a text changed by hand) stays as it stands.
pub fn original(text: &str) -> Vec<u8> {
    if !has_escapes(text) {
        return text.as_bytes().to_vec();
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        out.extend_from_slice(before.as_bytes());
        rest = after;
        if let Some(after) = rest.strip_prefix('\\') {
            out.push(b'\\');
            rest = after;
        } else if let Some((c, after)) = escaped(rest, "u{").and_then(|(n, r)| Some((char::from_u32(n)?, r))) {
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            rest = after;
        } else if let Some((byte, after)) = escaped(rest, "x{").and_then(|(n, r)| Some((u8::try_from(n).ok()?, r))) {
            out.push(byte);
            rest = after;
        } else {
            out.push(b'\\');
        }
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// The number of an escape that opens with `opening`, and what follows its brace.
fn escaped<'a>(text: &'a str, opening: &str) -> Option<(u32, &'a str)> {
    let (digits, rest) = text.strip_prefix(opening)?.split_once('}')?;
    let plain = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_hexdigit());
    Some((u32::from_str_radix(digits, 16).ok().filter(|_| plain)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_byte_for_byte() {
        for text in ["", "plain\n\ttext", r"C:\Users\x 'a\\b' \n", "größer → ok", "{}`|<b>@x #1"] {
            assert!(matches!(visible(text.as_bytes()), Cow::Borrowed(t) if t == text), "{text}");
            assert_eq!(original(text), text.as_bytes());
        }
    }

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible(b"a\x1b[31mred\x1b[0m"), r"a\u{1b}[31mred\u{1b}[0m");
        assert_eq!(visible("x\u{202e}y\u{200b}z".as_bytes()), r"x\u{202e}y\u{200b}z");
        assert_eq!(visible(b"caf\xe9 \\ end\r\n"), "caf\\x{e9} \\\\ end\\u{d}\n");
        assert_eq!(visible(br"it said \u{41}"), r"it said \\u{41}");
    }

    #[test]
    fn every_bytes_come_back() {
        let mut seed = 7u64;
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as usize
        };
        let parts: [&[u8]; 16] = [
            b"\\",
            b"\\u{",
            b"\\x{",
            b"}",
            b"41",
            b"\x1b",
            b"\xff",
            b"\xe2\x80",
            b"\xe2\x80\xae",
            b"\r",
            b"\n",
            b"\t",
            b"text ",
            b"u{",
            b"x{ff}",
            "ü".as_bytes(),
        ];
        for round in 0..20_000 {
            let mut bytes = Vec::new();
            for _ in 0..next() % 12 {
                if round % 2 == 0 {
                    bytes.extend_from_slice(parts[next() % parts.len()]);
                } else {
                    bytes.push(next() as u8);
                }
            }
            let shown = visible(&bytes);
            assert!(!shown.chars().any(is_hidden), "{shown:?}");
            assert_eq!(original(&shown), bytes, "{shown:?}");
        }
    }

    #[test]
    fn text_changed_by_hand_is_no_trouble() {
        for text in [r"\u{", r"\u{}", r"\u{d800}", r"\x{1ff}", r"\u{41", r"\x{zz}\", r"\u{1234567}", r"\u{+1}"] {
            assert_eq!(original(text), text.as_bytes());
        }
    }
}
