//! Lines to records: which lines begin one, which go on with it, and where every byte went.
//!
//! A chunk is read by itself, so that chunks can be read on all cores. Lines at its begin that begin no
//! record are its *lead*; they belong to the last record of the chunk before and are joined to it
//! afterwards ([`Lead`]), so that reading in any chunking gives the same records.

use crate::format::ansi;
use crate::format::detect::Plan;
use crate::format::form::Head;

/// Where the assembler puts what it finds.
pub trait Sink {
    /// A record begins: offset in the chunk, lines above it in the chunk, its form, and what its first line says.
    fn begin(&mut self, offset: usize, line: u64, form: u8, head: &Head);
    /// A line that no form explains begins an event of its own.
    fn begin_unparsed(&mut self, offset: usize, line: u64);
    /// The record or unparsed event begun last ends here (offset in the chunk, line end not included).
    fn extend(&mut self, end: usize);
}

/// Lines at a chunk's begin that begin no record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lead {
    /// Bytes, the last line end included, up to the first record.
    pub bytes: u64,
    /// Of these, bytes of blank lines behind the last line that is not blank.
    pub trailing_blank: u64,
    /// Where the last line that is not blank ends, without its line end; 0 when all are blank.
    pub text_end: usize,
    /// Where the first line that is not blank begins, and the lines above it.
    pub text_start: usize,
    /// Lines above the first line that is not blank.
    pub text_line: u64,
}

/// What a chunk held, beside its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Bytes of first lines of records.
    pub records: u64,
    /// Bytes of their further lines, blank ones inside included.
    pub continuations: u64,
    /// Bytes of blank lines between records; those at the chunk's end are in `trailing_blank` too.
    pub blank: u64,
    /// Bytes of lines that no form explains.
    pub unparsed: u64,
    /// Bytes of blank lines at the chunk's end.
    pub trailing_blank: u64,
    /// What belongs to the chunk before.
    pub lead: Lead,
    /// Lines in the chunk.
    pub lines: u64,
}

/// What the lines so far have left open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// No record yet.
    Lead,
    /// A record that further lines may go on with.
    Multi,
    /// A record of one line.
    Single,
    /// Lines without a form.
    Unparsed,
}

/// Reads a chunk that begins at a line's begin.
pub fn assemble(chunk: &[u8], plan: &Plan, sink: &mut impl Sink) -> Outcome {
    let mut out = Outcome::default();
    let mut scratch = Vec::new();
    let mut buffer = Vec::new();
    let mut open = Open::Lead;
    let mut at = 0;
    let mut pending = 0u64; // blank lines that may yet turn out to stand inside a record
    while at < chunk.len() {
        let rest = chunk.get(at..).unwrap_or_default();
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let next = at + len + usize::from(len < rest.len());
        let bytes = (next - at) as u64;
        let line = rest.get(..len).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let n = out.lines;
        out.lines += 1;
        if is_blank(line) {
            pending += bytes;
            if open == Open::Lead {
                out.lead.bytes += bytes;
                out.lead.trailing_blank += bytes;
                pending = 0;
            }
            at = next;
            continue;
        }
        let nul = leading_nul(line);
        if nul > 0 && open == Open::Lead {
            out.lead.bytes += nul as u64;
            out.lead.trailing_blank += nul as u64;
        } else {
            pending += nul as u64;
        }
        let (line, from, bytes) = (line.get(nul..).unwrap_or_default(), at + nul, bytes - nul as u64);
        let text = if from == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        let text = if plan.ansi { ansi::plain(text, &mut buffer) } else { text };
        let found = plan.forms.iter().enumerate().find_map(|(i, f)| f.head(text, &mut scratch).map(|h| (i, f, h)));
        let end = from + line.len();
        match found.filter(|(_, _, head)| !head.continues) {
            Some((i, form, head)) => {
                out.blank += pending;
                out.records += bytes;
                sink.begin(from, n, u8::try_from(i).unwrap_or(u8::MAX), &head);
                sink.extend(end);
                open = if form.definition.multiline { Open::Multi } else { Open::Single };
            }
            None => match open {
                Open::Lead => {
                    if out.lead.text_end == 0 {
                        out.lead.text_start = from;
                        out.lead.text_line = n;
                    }
                    out.lead.bytes += bytes;
                    out.lead.trailing_blank = 0;
                    out.lead.text_end = end.max(1);
                }
                Open::Multi => {
                    out.continuations += bytes + pending;
                    sink.extend(end);
                }
                Open::Single | Open::Unparsed => {
                    if open == Open::Single {
                        out.blank += pending;
                        sink.begin_unparsed(from, n);
                    } else {
                        out.unparsed += pending;
                    }
                    open = Open::Unparsed;
                    out.unparsed += bytes;
                    sink.extend(end);
                }
            },
        }
        pending = 0;
        at = next;
    }
    out.blank += pending;
    out.trailing_blank = pending;
    out
}

/// A file cut by copy-and-truncate while it is written to begins with NUL bytes, and a line behind them.
fn leading_nul(line: &[u8]) -> usize {
    if line.first() == Some(&0) { line.iter().take_while(|b| **b == 0).count() } else { 0 }
}

/// Blank to the eye: white space and the NUL bytes that a file cut by copy-and-truncate begins with.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0))
}
