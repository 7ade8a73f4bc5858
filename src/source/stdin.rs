//! Standard input, read to its end.

use std::io::Read as _;

use super::{Source, Text, file};
use crate::diagnostic::Diagnostics;

/// Reads standard input, and unpacks it when it is compressed or an archive; `limit` is the most bytes to unpack.
/// Its name is `-`.
pub fn open(diagnostics: &mut Diagnostics, limit: u64) -> Vec<Source> {
    let mut raw = Vec::new();
    if let Err(e) = std::io::stdin().lock().read_to_end(&mut raw) {
        diagnostics.error("-", format!("cannot read standard input: {e}"));
        return Vec::new();
    }
    let whole = Source { path: "-".to_owned(), ..Source::default() };
    file::take_in(diagnostics, whole, Text::Owned(raw), limit, true)
}
