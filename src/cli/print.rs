//! All writing to standard output and standard error.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::export::text::clean_lines;

/// Writes a text to standard output.
///
/// # Errors
/// When it cannot be written; a closed pipe is one such error ([`is_broken_pipe`]).
pub fn stdout(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(())
}

/// Writes a line to standard error, log text and file names in it defused; when even that fails there is nobody to tell.
pub fn error(text: &str) {
    let mut err = io::stderr().lock();
    writeln!(err, "{}", clean_lines(text)).ok();
}

/// Runs `write` on the file given, or on standard output.
///
/// # Errors
/// When the file or standard output cannot be written.
pub fn to(path: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    match path {
        Some(path) => {
            let cannot = || format!("cannot write: {}", path.display());
            let mut out = BufWriter::with_capacity(1 << 18, File::create(path).with_context(cannot)?);
            write(&mut out).and_then(|()| out.flush()).with_context(cannot)
        }
        None => {
            let mut out = BufWriter::with_capacity(1 << 18, io::stdout().lock());
            write(&mut out)?;
            out.flush()?;
            Ok(())
        }
    }
}

/// As [`to`], for text that people read: log text and file names in it cannot steer the terminal.
///
/// # Errors
/// When the file or standard output cannot be written.
pub fn text(path: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut text = Vec::new();
    write(&mut text)?;
    let text = clean_lines(&String::from_utf8_lossy(&text));
    to(path, |out| out.write_all(text.as_bytes()))
}

/// True when an error only says that the reader of our output has gone.
pub fn is_broken_pipe(e: &anyhow::Error) -> bool {
    e.chain().any(|c| c.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe))
}
