//! The report as JSON: everything that it says, under the schema `assets/schemas/report.schema.json`.
//!
//! A record's text stands in it exactly: as a string where it is UTF-8, else in base64. Control characters and those that
//! turn the direction of writing are written as `\uXXXX`, so that showing the file harms no terminal.

use std::io::{self, Write};

use serde::ser::{Serialize as _, Serializer};
use serde_json::ser::{CharEscape, Formatter, Serializer as JsonSerializer};

use super::document::Document;
use crate::words::is_harmful;

/// The report as JSON, with a line end. Lists within lists stand in a line, everything else on lines of its own.
pub fn write(doc: &Document) -> String {
    let mut out = Vec::new();
    let mut serializer = JsonSerializer::with_formatter(&mut out, Pretty::default());
    // Writing into memory does not fail, and the document has no map whose keys are not text.
    if doc.serialize(&mut serializer).is_err() {
        out.clear();
    }
    out.push(b'\n');
    String::from_utf8(out).unwrap_or_default()
}

/// What stands open: an object, or a list; the second says that something stands in it already.
#[derive(Clone, Copy)]
enum Open {
    Object,
    List,
    /// A list within a list.
    Inline,
}

/// As `serde_json`'s own, but lists within lists stay in a line and harmful characters are escaped.
#[derive(Default)]
struct Pretty {
    open: Vec<Open>,
    filled: bool,
}

impl Pretty {
    fn line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        if self.is_inline() {
            return Ok(());
        }
        out.write_all(b"\n")?;
        (0..self.open.len()).try_for_each(|_| out.write_all(b"  "))
    }

    fn is_inline(&self) -> bool {
        self.open.iter().any(|o| matches!(o, Open::Inline))
    }

    fn before<W: ?Sized + Write>(&self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(if self.is_inline() { b", " } else { b"," })?;
        }
        self.line(out)
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, end: &[u8]) -> io::Result<()> {
        let inline = self.is_inline();
        self.open.pop();
        if self.filled && !inline {
            self.line(out)?;
        }
        self.filled = true;
        out.write_all(end)
    }
}

impl Formatter for Pretty {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        let inside = matches!(self.open.last(), Some(Open::List | Open::Inline));
        self.open.push(if inside { Open::Inline } else { Open::List });
        self.filled = false;
        out.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.before(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open.push(Open::Object);
        self.filled = false;
        out.write_all(b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.before(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, text: &str) -> io::Result<()> {
        let mut units = [0; 2];
        for c in text.chars() {
            if is_harmful(c) {
                c.encode_utf16(&mut units).iter().try_for_each(|u| write!(out, "\\u{u:04x}"))?;
            } else {
                out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        match escape {
            CharEscape::Quote => out.write_all(b"\\\""),
            CharEscape::ReverseSolidus => out.write_all(b"\\\\"),
            CharEscape::Solidus => out.write_all(b"/"),
            CharEscape::Backspace => out.write_all(b"\\b"),
            CharEscape::FormFeed => out.write_all(b"\\f"),
            CharEscape::LineFeed => out.write_all(b"\\n"),
            CharEscape::CarriageReturn => out.write_all(b"\\r"),
            CharEscape::Tab => out.write_all(b"\\t"),
            CharEscape::AsciiControl(byte) => write!(out, "\\u{byte:04x}"),
        }
    }
}

/// The bytes of a record as two keys, of which one stands there: `raw` for text, `raw_base64` for what is no UTF-8.
///
/// # Errors
/// Those of the serializer.
pub(super) fn raw<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    use serde::ser::SerializeMap as _;
    let mut map = serializer.serialize_map(Some(1))?;
    match std::str::from_utf8(bytes) {
        Ok(text) => map.serialize_entry("raw", text)?,
        Err(_) => map.serialize_entry("raw_base64", &base64(bytes))?,
    }
    map.end()
}

/// Base64 with padding (RFC 4648 §4). It is rare and short here; a crate for it would be more to keep.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group = (0..3).fold(0_u32, |sum, i| sum << 8 | u32::from(chunk.get(i).copied().unwrap_or(0)));
        for i in 0..4 {
            let sextet = (group >> (18 - 6 * i)) as usize & 63;
            let digit = ALPHABET.get(sextet).copied().filter(|_| i <= chunk.len());
            out.push(char::from(digit.unwrap_or(b'=')));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (text, want) in pairs {
            assert_eq!(base64(text.as_bytes()), want);
        }
        assert_eq!(base64(&[0xff, 0xfe, 0xfb]), "//77");
    }

    #[test]
    fn lists_within_lists_stand_in_a_line_and_nothing_harms_a_terminal() {
        let value = serde_json::json!({"a": [[1, 2], [], ["x", [3]]], "b": {}, "c": [], "d": "\u{1b}[31m\u{202e}\u{e0001}é\"\\\n"});
        let mut out = Vec::new();
        value.serialize(&mut JsonSerializer::with_formatter(&mut out, Pretty::default())).unwrap();
        let text = String::from_utf8(out).unwrap();
        let want = r#"{
  "a": [
    [1, 2],
    [],
    ["x", [3]]
  ],
  "b": {},
  "c": [],
  "d": "\u001b[31m\u202e\udb40\udc01é\"\\\n"
}"#;
        assert_eq!(text, want);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
    }
}
