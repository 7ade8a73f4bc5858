//! Lines to records: which lines begin one, which go on with it, and where every byte went.
//!
//! A chunk is read by itself, so that chunks can be read on all cores. Lines at its begin that begin no
//! record are its *lead*; they belong to the last record of the chunk before and are joined to it
//! afterwards ([`Lead`]), so that reading in any chunking gives the same records.

use crate::format::decoder::json;
use crate::format::definition::Part;
use crate::format::detect::Plan;
use crate::format::form::{Form, Head};
use crate::time::stamp::Stamp;

/// Where the assembler puts what it finds.
pub trait Sink {
    /// A record begins: offset in the chunk, lines above it in the chunk, its form, and what its first line says.
    fn begin(&mut self, offset: usize, line: u64, form: u8, head: &Head);
    /// A line that no form explains begins an event of its own.
    fn begin_unparsed(&mut self, offset: usize, line: u64);
    /// The record or unparsed event begun last ends here (offset in the chunk, line end not included).
    fn extend(&mut self, end: usize);
    /// The record begun last states its instant below its first line.
    fn stamp(&mut self, stamp: Stamp);
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
    /// The first instant that a header line of a form states here, with the form's place in the plan.
    pub stamp: Option<(u8, Stamp)>,
}

/// What a chunk held, beside its records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Bytes of first lines of records.
    pub records: u64,
    /// Bytes of their further lines, blank ones inside included.
    pub continuations: u64,
    /// Bytes of headings.
    pub headers: u64,
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

/// True when the lines above a chunk end in a header that a line below may go on with.
fn opened(mut above: &[u8], plan: &Plan) -> bool {
    if !plan.forms.iter().any(|f| f.definition.patterns.iter().any(|(_, rule)| rule.part == Part::Opens)) {
        return false;
    }
    let mut scratch = Vec::new();
    while !above.is_empty() {
        above = above.strip_suffix(b"\n").unwrap_or(above);
        let start = memchr::memrchr(b'\n', above).map_or(0, |n| n + 1);
        let line = above.get(start..).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(head) = plan.forms.iter().find_map(|f| f.head(line, &mut scratch)) {
            return head.part == Part::Opens;
        }
        if !in_header(line, plan) {
            return false;
        }
        above = above.get(..start).unwrap_or_default();
    }
    false
}

/// True for a line that stands in a header below its first line.
fn in_header(line: &[u8], plan: &Plan) -> bool {
    plan.forms.iter().any(|f| f.definition.below.iter().any(|p| p.find(line, &f.definition.levels).is_some()))
}

/// The first instant stated by a header line, of the forms that have such lines below their first.
fn stamp_below<'f>(forms: impl Iterator<Item = (usize, &'f Form)>, line: &[u8]) -> Option<(u8, Stamp)> {
    let mut found = forms.filter_map(|(i, f)| Some((u8::try_from(i).ok()?, f.stamp_below(line)?)));
    found.next()
}

/// What the line above tells of the next: whose wrapped line it was, or that it opened a header.
#[derive(Clone, Copy, Default)]
struct Above {
    /// Who wrote it, as a wrapper tells; 0 where nothing is wrapped.
    writer: u64,
    /// The wrapper tore it: what the same writer wrote next goes on with it.
    partial: bool,
    /// It opened a header that the next line may go on with.
    opened: bool,
}

impl Above {
    fn new(head: &Head) -> Above {
        Above { writer: head.writer, partial: head.partial, opened: head.part == Part::Opens }
    }

    /// What the lines before a chunk tell.
    fn chunk(before: &[u8], plan: &Plan, scratch: &mut Vec<u8>) -> Above {
        let opened = opened(before, plan);
        if !plan.forms.iter().any(|f| f.inner.is_some() || f.definition.inner_lines) {
            return Above { opened, ..Above::default() };
        }
        let Some(line) = before.rsplit(|b| *b == b'\n').find(|l| !is_blank(l)) else { return Above::default() };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let head = plan.forms.iter().find_map(|f| f.head(line, scratch));
        Above { opened, ..head.map_or_else(Above::default, |head| Above::new(&head)) }
    }

    /// True when a line belongs to the record of the line above.
    fn goes_on_with(self, head: &Head) -> bool {
        let wrapped = head.writer != 0 && self.writer == head.writer && (self.partial || head.continues);
        wrapped || self.opened && head.part == Part::Joins
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
    // The form of the open record, as long as it awaits the line that states its time.
    let mut awaits: Option<usize> = None;
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
            above.opened = false;
            continue;
        }
        let text = if at == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        let object = plan.spread.and_then(|blanks| json::object_at(beyond, at, blanks));
        let text = object.and_then(|o| beyond.get(o)).unwrap_or(text);
        let found = plan.forms.iter().enumerate().find_map(|(i, f)| f.head(text, &mut scratch).map(|h| (i, f, h)));
        let end = at + line.len();
        if found.as_ref().is_some_and(|(_, _, head)| head.header) {
            out.headers += bytes;
            at = next;
            continue;
        }
        let begins = found.filter(|(_, _, head)| !above.goes_on_with(head));
        above = match &found {
            Some((_, _, head)) => Above::new(head),
            None => Above { opened: above.opened && in_header(line, plan), ..Above::default() },
        };
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
                awaits = Some(i).filter(|_| !form.definition.below.is_empty() && head.lacks_time());
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
                    out.lead.stamp = out.lead.stamp.or_else(|| stamp_below(plan.forms.iter().enumerate(), line));
                }
                Open::Multi => {
                    out.continuations += bytes + pending;
                    sink.extend(end);
                    let form = awaits.and_then(|i| Some((i, plan.forms.get(i)?)));
                    if let Some((_, stamp)) = stamp_below(form.into_iter(), line) {
                        sink.stamp(stamp);
                        awaits = None;
                    }
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
