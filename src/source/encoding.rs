//! What the bytes are: UTF-8 (or any superset of ASCII), UTF-16 with a mark, or not text at all.

use super::Text;
use crate::diagnostic::Diagnostics;

/// Decodes UTF-16 with a byte order mark; everything else is left as it is.
///
/// Offsets then count bytes of the decoded text, as they do for compressed files.
pub fn to_utf8(diagnostics: &mut Diagnostics, path: &str, text: Text) -> Text {
    let bytes = text.bytes();
    let little = bytes.starts_with(&[0xff, 0xfe]);
    if !little && !bytes.starts_with(&[0xfe, 0xff]) {
        return text;
    }
    let units = bytes.get(2..).unwrap_or_default().chunks_exact(2).map(|pair| {
        let pair = [pair.first().copied().unwrap_or(0), pair.get(1).copied().unwrap_or(0)];
        if little { u16::from_le_bytes(pair) } else { u16::from_be_bytes(pair) }
    });
    let decoded: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    diagnostics.note(path, "UTF-16, decoded; byte offsets count the decoded text");
    Text::Owned(decoded.into_bytes())
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
    const KNOWN: [(&[u8], &str); 6] = [
        (b"LPKSHHRH", "a binary systemd journal (export it with `journalctl -o json --file`)"),
        (b"PK\x03\x04", "a zip archive (unpack it first)"),
        (b"\x28\xb5\x2f\xfd", "zstd-compressed (unpack it first)"),
        (b"\xfd7zXZ\0", "xz-compressed (unpack it first)"),
        (b"BZh", "bzip2-compressed (unpack it first)"),
        (b"\x7fELF", "a program, not a log"),
    ];
    if let Some((_, why)) = KNOWN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(why);
    }
    let control = sample.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x1b | 0x0c)).count();
    (control * 10 > sample.len()).then_some("a binary file")
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
    fn utf16_is_decoded() {
        let mut d = Diagnostics::default();
        let raw: Vec<u8> = [0xff, 0xfe].into_iter().chain("é\n".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(to_utf8(&mut d, "x", Text::Owned(raw)).bytes(), "é\n".as_bytes());
    }
}
