//! What the bytes are: UTF-8 (or any superset of ASCII), UTF-16 with a mark, or not text at all.

use std::borrow::Cow;

use super::Text;
use crate::diagnostic::Diagnostics;

/// Decodes UTF-16, with a byte order mark or without; everything else is left as it is.
///
/// Offsets then count bytes of the decoded text, as they do for compressed files.
pub fn to_utf8(diagnostics: &mut Diagnostics, path: &str, text: Text) -> Text {
    let bytes = text.bytes();
    let Some((order, mark)) = utf16(bytes) else { return text };
    let pairs = bytes.get(mark..).unwrap_or_default().chunks_exact(2);
    let odd = !pairs.remainder().is_empty();
    let units = pairs.map(|pair| {
        let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
        if order == Order::Little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    let mut decoded = String::with_capacity(bytes.len() / 2 + 1);
    decoded.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    if odd {
        // Half a character: the file was cut, or is being written.
        decoded.push(char::REPLACEMENT_CHARACTER);
    }
    diagnostics.note(path, "UTF-16, decoded; byte offsets count the decoded text");
    Text::Owned(decoded.into_bytes())
}

/// Which byte of two comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

/// UTF-16's byte order and the length of its mark; without a mark, by the zero bytes of characters below 256, which
/// stand on one side nearly everywhere, and on the other nowhere.
fn utf16(bytes: &[u8]) -> Option<(Order, usize)> {
    match bytes {
        // The second could be UTF-32 as well, which nobody writes logs in.
        [0xff, 0xfe, ..] => return Some((Order::Little, 2)),
        [0xfe, 0xff, ..] => return Some((Order::Big, 2)),
        _ => {}
    }
    let sample = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let (mut little, mut big, mut n) = (0, 0, 0);
    for pair in sample.chunks_exact(2) {
        n += 1;
        match pair {
            [0x09..=0x7e, 0] => little += 1,
            [0, 0x09..=0x7e] => big += 1,
            _ => {}
        }
    }
    // Eight characters are the least that tell; seven of ten leave room for a log in a language of Europe.
    let told = |one: usize, other: usize| n >= 8 && one * 10 >= n * 7 && other * 50 <= n;
    match () {
        () if told(little, big) => Some((Order::Little, 0)),
        () if told(big, little) => Some((Order::Big, 0)),
        () => None,
    }
}

/// True when [`to_utf8`] makes another text of bytes that begin so.
pub fn is_decoded(head: &[u8]) -> bool {
    utf16(head).is_some()
}

/// Why the bytes cannot be a log, or `None` when they may be one.
///
/// A log may hold a few control characters, and a log cut by copy-and-truncate begins with a run of
/// NUL bytes; a binary file is full of both.
pub fn not_text(bytes: &[u8]) -> Option<&'static str> {
    let start = bytes.iter().position(|&b| b != 0).unwrap_or(bytes.len());
    let sample = bytes.get(start..bytes.len().min(start + 8192)).unwrap_or_default();
    if sample.is_empty() {
        return (!bytes.is_empty()).then_some("nothing but NUL bytes");
    }
    const KNOWN: [(&[u8], &str); 2] = [
        (b"LPKSHHRH", "a binary systemd journal (export it with `journalctl -o json --file`)"),
        (b"\x7fELF", "a program, not a log"),
    ];
    if let Some((_, why)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(why);
    }
    let control = sample.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x1b | 0x0c)).count();
    (control * 10 > sample.len()).then_some("a binary file")
}

/// Bytes of a log as text: UTF-8, and where they are none, Windows-1252, which holds Latin-1.
///
/// Among characters of UTF-8, bytes that are none are damage and shown as such (U+FFFD).
pub fn shown(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    if bytes.utf8_chunks().any(|chunk| !chunk.valid().is_ascii()) {
        return String::from_utf8_lossy(bytes);
    }
    Cow::Owned(bytes.iter().map(|b| windows_1252(*b)).collect())
}

fn windows_1252(byte: u8) -> char {
    /// What stands at 0x80 to 0x9f; five places are free.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘',
        '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    let high = byte.checked_sub(0x80).and_then(|at| HIGH.get(usize::from(at)).copied());
    match high {
        Some('\u{80}'..='\u{9f}') => char::REPLACEMENT_CHARACTER,
        Some(c) => c,
        None => char::from(byte),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_with_some_nul_bytes_is_text_and_a_binary_is_not() {
        assert_eq!(not_text(b"2026-01-01 00:00:00 a\0b\n"), None);
        assert_eq!(not_text(&[&[0u8; 4096][..], b"2026-01-01 00:00:00 after copytruncate\n"].concat()), None);
        assert!(not_text(&(0..=255u8).cycle().take(4096).map(|b| b / 8).collect::<Vec<_>>()).is_some());
        assert!(not_text(&[0; 100]).is_some());
        assert_eq!(not_text(b""), None);
    }

    #[test]
    fn bytes_that_are_no_utf8_are_windows_1252_unless_they_are_damage() {
        assert_eq!(shown("größe".as_bytes()), "größe");
        assert_eq!(shown(b"gr\xf6\xdfe \x80 \x96 \x81"), "größe € – \u{fffd}");
        assert_eq!(shown("größe €".as_bytes().split_last().unwrap().1), "größe \u{fffd}");
    }

    #[test]
    fn utf16_without_a_mark_is_told_by_its_zero_bytes() {
        let text = "2026-01-01 00:00:00 größer\r\nnext line\n";
        let mut d = Diagnostics::default();
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(to_utf8(&mut d, "x", Text::Owned(little)).bytes(), text.as_bytes());
        assert_eq!(to_utf8(&mut d, "x", Text::Owned(big)).bytes(), text.as_bytes());
        assert!(!is_decoded(text.as_bytes()) && !is_decoded(&[0; 64]) && !is_decoded(b""));
        assert!(!is_decoded(&(0..=255u8).cycle().take(4096).collect::<Vec<_>>()));
    }

    #[test]
    fn utf16_is_decoded() {
        let mut d = Diagnostics::default();
        let raw: Vec<u8> = [0xff, 0xfe].into_iter().chain("é\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(to_utf8(&mut d, "x", Text::Owned(raw)).bytes(), "é\n".as_bytes());
    }
}
