//! Lines to records: which lines begin one, which go on with it, and where every byte went.
//!
//! A chunk is read by itself, so that chunks can be read on all cores. Lines at its begin that begin no
//! record are its *lead*; they belong to the last record of the chunk before and are joined to it
//! afterwards ([`Lead`]), so that reading in any chunking gives the same records.

use crate::format::decoder::json;
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

/// Whose line of a wrapper stands above.
#[derive(Clone, Copy)]
struct Above {
    writer: u64,
    /// The wrapper tore it: what the same writer wrote next goes on with it.
    partial: bool,
}

impl Above {
    fn new(head: &Head) -> Option<Above> {
        (head.writer != 0).then_some(Above { writer: head.writer, partial: head.partial })
    }

    /// The last line before a chunk that is not blank.
    fn chunk(before: &[u8], plan: &Plan, scratch: &mut Vec<u8>) -> Option<Above> {
        if !plan.forms.iter().any(|f| f.inner.is_some() || f.definition.inner_lines) {
            return None;
        }
        let line = before.rsplit(|b| *b == b'\n').find(|l| !is_blank(l))?;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        plan.forms.iter().find_map(|f| f.head(line, scratch)).and_then(|head| Above::new(&head))
    }

    fn goes_on_with(above: Option<Above>, head: &Head) -> bool {
        above.is_some_and(|above| above.writer == head.writer && (above.partial || head.continues))
    }
}

/// Reads a chunk of a text that begins at a line's begin.
///
/// What stands before it tells whose wrapped line its first goes on with, and what stands behind it
/// where an object over several lines ends.
pub fn assemble(text: &[u8], chunk: std::ops::Range<usize>, plan: &Plan, sink: &mut impl Sink) -> Outcome {
    let mut out = Outcome::default();
    let mut scratch = Vec::new();
    let mut open = Open::Lead;
    let mut above = Above::chunk(text.get(..chunk.start).unwrap_or_default(), plan, &mut scratch);
    let beyond = text.get(chunk.start..).unwrap_or_default();
    let chunk = text.get(chunk).unwrap_or_default();
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
        let text = if at == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        let object = plan.spread.and_then(|blanks| json::object_at(beyond, at, blanks));
        let text = object.and_then(|o| beyond.get(o)).unwrap_or(text);
        let found = plan.forms.iter().enumerate().find_map(|(i, f)| f.head(text, &mut scratch).map(|h| (i, f, h)));
        let end = at + line.len();
        let begins = found.filter(|(_, _, head)| head.writer == 0 || !Above::goes_on_with(above, head));
        above = found.and_then(|(_, _, head)| Above::new(&head));
        match begins {
            Some((i, form, mut head)) => {
                if form.definition.level_below {
                    let below = beyond.get(next..).and_then(|b| b.split(|b| *b == b'\n').next()).unwrap_or_default();
                    head.level = form.level_below(below, head.level);
                }
                out.blank += pending;
                out.records += bytes;
                sink.begin(at, n, u8::try_from(i).unwrap_or(u8::MAX), &head);
                sink.extend(end);
                open = if form.goes_on() { Open::Multi } else { Open::Single };
            }
            None => match open {
                Open::Lead => {
                    if out.lead.text_end == 0 {
                        out.lead.text_start = at;
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
                        sink.begin_unparsed(at, n);
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

/// Blank to the eye: white space and the NUL bytes that a file cut by copy-and-truncate begins with.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0))
}
