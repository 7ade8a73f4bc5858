//! Events in every form: put into words on all cores, written in order.

use std::io::{self, Write};

use rayon::prelude::*;

use super::leaving::Book;
pub use super::leaving::Leaving;
use super::{csv, json, otlp, text, timesketch, trace};
use crate::time::zone::Zone;

/// Rows that are put into words at once, on all cores.
const BLOCK: usize = 16 * 1024;

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line for people, with times in a zone, coloured or not.
    Text(Zone, bool),
    /// A JSON object a line.
    Jsonl,
    /// Comma-separated values below a header.
    Csv,
    /// Comma-separated values in Timesketch's columns.
    TimesketchCsv,
    /// A JSON object a line, with Timesketch's columns.
    TimesketchJsonl,
    /// The Trace Event Format of Chrome, which Perfetto reads.
    ChromeTrace,
    /// OpenTelemetry's logs, in OTLP's JSON.
    Otlp,
}

impl Form {
    /// True for forms that tell what was found.
    pub fn tells_findings(self) -> bool {
        matches!(self, Form::TimesketchCsv | Form::TimesketchJsonl | Form::ChromeTrace | Form::Otlp)
    }
}

/// What could not be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Untold {
    /// Events without any time, in a form that cannot hold them.
    pub without_time: usize,
    /// Markers whose record is gone and that have no time of their own.
    pub lost_markers: usize,
}

/// Writes events, and says what the form could not hold.
///
/// # Errors
/// When the output cannot be written.
pub fn write(out: &mut dyn Write, leaving: &Leaving<'_>, form: Form) -> io::Result<Untold> {
    let plain = matches!(form, Form::Text(..));
    let book = Book::new(*leaving, !plain);
    let mut untold = Untold { without_time: 0, lost_markers: book.lost };
    let rows = leaving.rows;
    match form {
        Form::Jsonl => in_parallel(out, rows, &|line, _, id| json::push_event(line, &book, *id))?,
        Form::Text(zone, colored) => {
            in_parallel(out, rows, &|line, _, id| text::push_event(line, &book, *id, zone, colored))?;
        }
        Form::Csv => {
            out.write_all(csv::header(&book).as_bytes())?;
            in_parallel(out, rows, &|line, _, id| csv::push_event(line, &book, *id))?;
        }
        Form::TimesketchCsv => untold.without_time = timesketch::write_csv(out, &book)?,
        Form::TimesketchJsonl => untold.without_time = timesketch::write_jsonl(out, &book)?,
        Form::ChromeTrace => untold.without_time = trace::write(out, &book)?,
        Form::Otlp => otlp::write(out, &book)?,
    }
    Ok(untold)
}

/// Writes what `one` makes of each item (with its place among them), in order.
pub(super) fn in_parallel<T: Sync>(
    out: &mut dyn Write,
    items: &[T],
    one: &(dyn Fn(&mut String, usize, &T) + Sync),
) -> io::Result<()> {
    const PART: usize = 512;
    for (n, block) in items.chunks(BLOCK).enumerate() {
        let part = |(k, part): (usize, &[T])| {
            let mut text = String::with_capacity(PART * 256);
            for (i, item) in part.iter().enumerate() {
                one(&mut text, n * BLOCK + k * PART + i, item);
            }
            text
        };
        let parts: Vec<String> = block.par_chunks(PART).enumerate().map(part).collect();
        for part in parts {
            out.write_all(part.as_bytes())?;
        }
    }
    Ok(())
}
