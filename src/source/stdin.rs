//! Standard input, read to its end.

use std::io::Read as _;
use std::sync::Arc;

use super::{Source, Text, archive, encoding};
use crate::diagnostic::Diagnostics;

/// Reads standard input, decompressing gzip. Its name is `-`.
pub fn open(diagnostics: &mut Diagnostics) -> Option<Source> {
    let mut raw = Vec::new();
    if let Err(e) = std::io::stdin().lock().read_to_end(&mut raw) {
        diagnostics.error("-", format!("cannot read standard input: {e}"));
        return None;
    }
    let mut compressed = None;
    if archive::is_gzip(&raw) {
        compressed = Some("gzip");
        raw = archive::gunzip(diagnostics, "-", &raw);
    }
    let text = encoding::to_utf8(diagnostics, "-", Text::Owned(raw));
    let not_text = encoding::not_text(text.bytes());
    if let Some(why) = not_text {
        diagnostics.warning("-", format!("{why}; not shown"));
    }
    Some(Source {
        path: "-".to_owned(),
        location: None,
        folder: None,
        compressed,
        modified: None,
        text: Arc::new(text),
        not_text,
    })
}
