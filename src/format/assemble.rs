//! Lines to records: which lines begin one, which go on with it, and where every byte went.
//!
//! A chunk is read by itself, so that chunks can be read on all cores. Lines at its begin that begin no
//! record are its *lead*; they belong to the last record of the chunk before and are joined to it
//! afterwards ([`Lead`]), so that reading in any chunking gives the same records.

use crate::format::ansi;
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

impl Lead {
    /// A line that is not blank, where it begins and ends, and how many lines stand above it.
    fn add(&mut self, at: usize, line: u64, bytes: u64, end: usize) {
        if self.text_end == 0 {
            self.text_start = at;
            self.text_line = line;
        }
        self.bytes += bytes;
        self.trailing_blank = 0;
        self.text_end = end.max(1);
    }
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

/// A line that is not blank: where it begins and ends in the chunk, how many lines stand above it, its bytes.
#[derive(Clone, Copy)]
struct Line {
    from: usize,
    end: usize,
    above: u64,
    bytes: u64,
}

/// A chunk while it is read.
struct Reading<'a, S: Sink> {
    plan: &'a Plan,
    sink: &'a mut S,
    out: Outcome,
    open: Open,
    /// The form of the open record, as long as it awaits the line that states its time.
    awaits: Option<usize>,
    /// Blank lines that may yet turn out to stand inside a record, in bytes.
    pending: u64,
}

impl<S: Sink> Reading<'_, S> {
    /// Bytes that are blank to the eye.
    fn blank(&mut self, bytes: u64) {
        if self.open == Open::Lead {
            self.out.lead.bytes += bytes;
            self.out.lead.trailing_blank += bytes;
        } else {
            self.pending += bytes;
        }
    }

    /// A record begins.
    fn begin(&mut self, line: Line, idx: usize, form: &Form, head: &Head) {
        self.out.blank += self.pending;
        self.out.records += line.bytes;
        self.sink.begin(line.from, line.above, u8::try_from(idx).unwrap_or(u8::MAX), head);
        self.sink.extend(line.end);
        self.open = if form.goes_on() { Open::Multi } else { Open::Single };
        self.awaits = Some(idx).filter(|_| !form.definition.below.is_empty() && head.lacks_time());
    }

    /// A line that begins no record.
    fn go_on(&mut self, line: Line, text: &[u8]) {
        let out = &mut self.out;
        match self.open {
            Open::Lead => {
                out.lead.add(line.from, line.above, line.bytes, line.end);
                out.lead.stamp = out.lead.stamp.or_else(|| stamp_below(self.plan.forms.iter().enumerate(), text));
            }
            Open::Multi => {
                out.continuations += line.bytes + self.pending;
                self.sink.extend(line.end);
                let form = self.awaits.and_then(|i| Some((i, self.plan.forms.get(i)?)));
                if let Some((_, stamp)) = stamp_below(form.into_iter(), text) {
                    self.sink.stamp(stamp);
                    self.awaits = None;
                }
            }
            Open::Single | Open::Unparsed => {
                if self.open == Open::Single {
                    out.blank += self.pending;
                    self.sink.begin_unparsed(line.from, line.above);
                } else {
                    out.unparsed += self.pending;
                }
                self.open = Open::Unparsed;
                out.unparsed += line.bytes;
                self.sink.extend(line.end);
            }
        }
    }
}

/// Reads a chunk of a text that begins at a line's begin.
///
/// What stands before it tells whose wrapped line its first goes on with, and what stands behind it
/// where an object over several lines ends.
pub fn assemble(text: &[u8], chunk: std::ops::Range<usize>, plan: &Plan, sink: &mut impl Sink) -> Outcome {
    let (mut scratch, mut buffer) = (Vec::new(), Vec::new());
    let mut above = Above::chunk(text.get(..chunk.start).unwrap_or_default(), plan, &mut scratch);
    let mut r = Reading { plan, sink, out: Outcome::default(), open: Open::Lead, awaits: None, pending: 0 };
    let beyond = text.get(chunk.start..).unwrap_or_default();
    let chunk = text.get(chunk).unwrap_or_default();
    let mut at = 0;
    while at < chunk.len() {
        let rest = chunk.get(at..).unwrap_or_default();
        let len = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let next = at + len + usize::from(len < rest.len());
        let line = rest.get(..len).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let n = r.out.lines;
        r.out.lines += 1;
        let blank = if is_blank(line) { next - at } else { leading_nul(line) };
        if blank > 0 {
            r.blank(blank as u64);
        }
        let from = at + blank;
        at = next;
        if from == next {
            above.opened = false;
            continue;
        }
        let line = line.get(blank..).unwrap_or_default();
        let place = Line { from, end: from + line.len(), above: n, bytes: (next - from) as u64 };
        let text = if from == 0 { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) } else { line };
        let object = plan.spread.and_then(|blanks| json::object_at(beyond, from, blanks));
        let text = object.and_then(|o| beyond.get(o)).unwrap_or(text);
        let text = if plan.ansi { ansi::plain(text, &mut buffer) } else { text };
        let found = plan.forms.iter().enumerate().find_map(|(i, f)| f.head(text, &mut scratch).map(|h| (i, f, h)));
        if found.as_ref().is_some_and(|(_, _, head)| head.header) {
            r.out.headers += place.bytes;
            continue;
        }
        let goes_on = found.as_ref().is_none_or(|(_, _, head)| above.goes_on_with(head));
        above = match &found {
            Some((_, _, head)) => Above::new(head),
            None => Above { opened: above.opened && in_header(line, plan), ..Above::default() },
        };
        match found.filter(|_| !goes_on) {
            Some((i, form, mut head)) => {
                if form.definition.level_below {
                    let below = beyond.get(next..).and_then(|b| b.split(|b| *b == b'\n').next()).unwrap_or_default();
                    head.level = form.level_below(below, head.level);
                }
                r.begin(place, i, form, &head);
            }
            None => r.go_on(place, line),
        }
        r.pending = 0;
    }
    r.out.blank += r.pending;
    r.out.trailing_blank = r.pending;
    r.out
}

/// A file cut by copy-and-truncate while it is written to begins with NUL bytes, and a line behind them.
fn leading_nul(line: &[u8]) -> usize {
    if line.first() == Some(&0) { line.iter().take_while(|b| **b == 0).count() } else { 0 }
}

/// Blank to the eye: white space and the NUL bytes that a file cut by copy-and-truncate begins with.
fn is_blank(line: &[u8]) -> bool {
    line.iter().all(|b| matches!(b, b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0))
}
