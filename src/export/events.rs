//! Events as text, JSON lines or CSV: put into words on all cores, written in order.

use std::io::{self, Write};

use rayon::prelude::*;

use super::{csv, json, text};
use crate::analysis::Analysis;
use crate::event::EventId;
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
}

/// Writes these events.
///
/// # Errors
/// When the output cannot be written.
pub fn write(out: &mut dyn Write, analysis: &Analysis, rows: &[EventId], form: Form) -> io::Result<()> {
    if form == Form::Csv {
        out.write_all(csv::HEADER.as_bytes())?;
    }
    let one = |id: EventId| match form {
        Form::Jsonl => json::event_line(analysis, id),
        Form::Csv => csv::event_line(analysis, id),
        Form::Text(zone, colored) => text::event_line(analysis, id, zone, colored),
    };
    for block in rows.chunks(BLOCK) {
        let parts: Vec<String> = block.par_chunks(512).map(|ids| ids.iter().map(|id| one(*id)).collect()).collect();
        for part in parts {
            out.write_all(part.as_bytes())?;
        }
    }
    Ok(())
}
