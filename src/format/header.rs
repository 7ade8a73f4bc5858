//! Headers of several lines: MySQL's slow log and Db2 tell who and how long in lines below a record's first.

use std::borrow::Cow;

use crate::format::decode::{lossy, put};
use crate::format::definition::{Definition, Part};
use crate::format::pattern::{Found, Pattern};
use crate::format::record::Record;

/// Splits what stands below a record's first line into header lines and the text behind them.
pub(super) fn split<'a>(d: &Definition, more: &'a [u8]) -> (Vec<&'a [u8]>, &'a [u8]) {
    let mut header = Vec::new();
    let mut rest = more;
    if d.below.is_empty() {
        return (header, rest);
    }
    while !rest.is_empty() {
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let line = rest.get(..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            if find(d, line).is_none() {
                break;
            }
            header.push(line);
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    (header, rest)
}

fn find<'d>(d: &'d Definition, line: &[u8]) -> Option<(&'d Pattern, Found)> {
    let joins = d.patterns.iter().filter(|(_, rule)| rule.part == Part::Joins).map(|(p, _)| p);
    joins.chain(&d.below).find_map(|p| p.find(line, &d.levels).map(|found| (p, found)))
}

/// Adds what header lines tell. The first stamp in them is the record's unless the first line's is an instant; the
/// others are kept as `other_time`.
pub(super) fn read<'a>(out: &mut Record<'a>, d: &'a Definition, lines: &[&'a [u8]], mut told: bool) {
    for line in lines {
        let Some((pattern, found)) = find(d, line) else { continue };
        told |= read_line(out, d, line, pattern, &found, told);
    }
}

/// Reads one line; true when its stamp has become the record's.
fn read_line<'a>(
    out: &mut Record<'a>,
    d: &'a Definition,
    line: &'a [u8],
    pattern: &'a Pattern,
    found: &Found,
    told: bool,
) -> bool {
    let counts = !told && found.stamp.is_some_and(|s| s.is_instant());
    for (slot, name) in pattern.names.iter().enumerate() {
        let Some(bytes) = found.span(slot).and_then(|span| line.get(span)) else { continue };
        match name.as_str() {
            "time" if counts => {
                let first = out.stamp.replace(lossy(bytes));
                out.stamp_span = None;
                out.fields.extend(first.map(|stamp| (Cow::Borrowed("other_time"), stamp)));
            }
            "time" => out.fields.push((Cow::Borrowed("other_time"), lossy(bytes))),
            "message" => add(out, lossy(bytes)),
            _ if pattern.pairs == Some(slot) => pairs(out, d, bytes),
            _ => put(out, name, lossy(bytes.trim_ascii())),
        }
    }
    counts
}

/// Adds the text behind the header to the message.
pub(super) fn end<'a>(out: &mut Record<'a>, body: &'a [u8]) {
    let text = lossy(body.trim_ascii_end());
    add(out, if text.contains('\r') { Cow::Owned(text.replace("\r\n", "\n")) } else { text });
}

fn add<'a>(out: &mut Record<'a>, text: Cow<'a, str>) {
    if out.message.is_empty() {
        out.message = text;
    } else if !text.is_empty() {
        out.message = Cow::Owned(format!("{}\n{text}", out.message));
    }
}

/// `Query_time: 1.5  Rows_sent: 3`: each word that ends in a colon names what follows it.
pub(super) fn pairs<'a>(out: &mut Record<'a>, d: &'a Definition, bytes: &'a [u8]) {
    let mut rest = bytes.trim_ascii();
    while let Some(colon) = memchr::memchr(b':', rest) {
        let key = String::from_utf8_lossy(rest.get(..colon).unwrap_or_default()).to_ascii_lowercase();
        let after = rest.get(colon + 1..).unwrap_or_default();
        let next = next_key(after);
        let value = lossy(after.get(..next).unwrap_or_default().trim_ascii());
        rest = after.get(next..).unwrap_or_default().trim_ascii_start();
        if value.is_empty() {
            continue;
        }
        match d.names.get(&key) {
            Some(name) => put(out, name, value),
            None => out.fields.push((Cow::Owned(key), value)),
        }
    }
}

/// Where the next word that ends in a colon begins.
fn next_key(text: &[u8]) -> usize {
    let mut at = 0;
    for word in text.split(|b| matches!(b, b' ' | b'\t')) {
        if at > 0 && word.len() > 1 && word.ends_with(b":") {
            return at;
        }
        at += word.len() + 1;
    }
    text.len()
}
