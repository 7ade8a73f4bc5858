//! Text of logs and of ours as text of a page: nothing in it is markup, and nothing in it hides.

use crate::export::visible::visible;

/// Text for an element or an attribute's value, as it is but for characters that mean something to HTML.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// Words and names in which text of logs stands.
pub(super) fn words(text: &str) -> String {
    plain(&visible(text.as_bytes()))
}

/// Text of a log within a line.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", words(text))
}

/// Bytes of a log as a block. What is copied from it is what `visible` gave.
pub(super) fn block(bytes: &[u8]) -> String {
    let text = visible(bytes);
    // The first line end in a `pre` is dropped when the page is read.
    let keep = if text.starts_with('\n') { "\n" } else { "" };
    format!("<pre>{keep}{}</pre>", plain(&text))
}
