//! Where the parts of a line pattern end in a line.

use super::Stops;
use crate::format::level::Level;
use crate::time::stamp::days;

#[inline]
pub(in crate::format) fn is_blank(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

#[inline]
pub(in crate::format) fn skip_blanks(line: &[u8], mut at: usize) -> usize {
    while line.get(at).copied().is_some_and(is_blank) {
        at += 1;
    }
    at
}

/// A date, as nanoseconds since 1970, and where it ends.
pub(super) fn day(line: &[u8], at: usize, american: bool) -> Option<(i64, usize)> {
    let len = line.get(at..)?.iter().take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'.')).count();
    let number = |text: &[u8]| std::str::from_utf8(text).ok()?.parse::<u32>().ok();
    let mut parts = line.get(at..at + len)?.split(|b| !b.is_ascii_digit());
    let (a, b, c) = (number(parts.next()?)?, number(parts.next()?)?, number(parts.next()?)?);
    let (year, month, day) = if american { (c, a, b) } else { (a, b, c) };
    let year = i32::try_from(if year < 100 { 2000 + year } else { year }).ok()?;
    let days = if parts.next().is_none() { days(year, month, day)? } else { return None };
    Some((days.checked_mul(crate::time::DAY)?, at + len))
}

/// A level's word, or one sign (Redis writes `#` and `*`).
pub(super) fn level_end(line: &[u8], at: usize) -> Option<usize> {
    let rest = line.get(at..)?;
    let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    Some(at + len.max(1))
}

/// A container's name holds a letter, and is no level, which some loggers put before a bar.
pub(super) fn label_end(line: &[u8], at: usize) -> Option<usize> {
    let inside = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
    let end = at + line.get(at..)?.iter().take_while(inside).count();
    let label = line.get(at..end)?;
    (label.iter().any(u8::is_ascii_alphabetic) && Level::from_word(label) == Level::None).then_some(end)
}

/// Kubernetes ends the names of pods with five letters of an alphabet that makes no words.
pub(super) fn is_pod(line: &[u8], at: usize, end: usize) -> bool {
    let label = line.get(at..end).unwrap_or_default();
    let (begin, suffix) = label.split_at_checked(label.len().saturating_sub(5)).unwrap_or_default();
    begin.ends_with(b"-") && suffix.iter().all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(b))
}

/// A class has a package before it and begins with a capital letter.
pub(super) fn class_end(line: &[u8], at: usize) -> Option<usize> {
    let inside = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'$' | b'#');
    let end = at + line.get(at..)?.iter().take_while(inside).count();
    let dot = line.get(at..end)?.iter().rposition(|b| *b == b'.').filter(|n| *n > 0)?;
    line.get(at + dot + 1).is_some_and(u8::is_ascii_uppercase).then_some(end)
}

pub(super) fn one_of<'w>(rest: &[u8], list: &'w [Vec<u8>]) -> Option<&'w [u8]> {
    let whole = |w: &[u8]| w.len() == 1 || !rest.get(w.len()).is_some_and(u8::is_ascii_alphanumeric);
    list.iter().map(Vec::as_slice).find(|w| rest.starts_with(w) && whole(w))
}

fn digits(line: &[u8], at: usize) -> usize {
    line.iter().skip(at).take_while(|b| b.is_ascii_digit()).count()
}

pub(super) fn int_end(line: &[u8], at: usize) -> Option<usize> {
    let from = at + usize::from(line.get(at) == Some(&b'-'));
    let n = digits(line, from);
    (n > 0).then_some(from + n)
}

pub(super) fn decimal_end(line: &[u8], at: usize) -> Option<usize> {
    let point = at + digits(line, at);
    let n = digits(line, point + 1);
    (point > at && n > 0 && line.get(point) == Some(&b'.')).then_some(point + 1 + n)
}

/// A word is not empty and ends at a blank at the latest.
pub(super) fn word_end(line: &[u8], at: usize, stops: &Stops) -> Option<usize> {
    let rest = line.get(at..)?;
    let mut len = 0;
    while let Some(&b) = rest.get(len) {
        if stops.may_be(b) && (is_blank(b) || len > 0 && stops.here(rest.get(len..)?)) {
            break;
        }
        len += 1;
    }
    (len > 0).then_some(at + len)
}

pub(super) fn text_end(line: &[u8], at: usize, stops: &Stops) -> Option<usize> {
    let rest = line.get(at..)?;
    match stops.literals.as_slice() {
        [] => Some(line.len()),
        [one] => memchr::memmem::find(rest, one).map(|n| at + n),
        _ => (0..rest.len())
            .find(|&n| rest.get(n).is_some_and(|b| stops.may_be(*b)) && rest.get(n..).is_some_and(|r| stops.here(r)))
            .map(|n| at + n),
    }
}

/// Begin and end of a CSV field's text (quotes not included), and where it is over. An open quote ends the line.
pub(super) fn csv_field(line: &[u8], at: usize) -> Option<(usize, usize, usize)> {
    if line.get(at) != Some(&b'"') {
        let end = memchr::memchr(b',', line.get(at..)?).map_or(line.len(), |n| at + n);
        return Some((at, end, end));
    }
    let start = at + 1;
    let mut from = start;
    loop {
        let Some(quote) = memchr::memchr(b'"', line.get(from..)?).map(|n| from + n) else {
            return Some((start, line.len(), line.len()));
        };
        if line.get(quote + 1) != Some(&b'"') {
            return Some((start, quote, quote + 1));
        }
        from = quote + 2;
    }
}
