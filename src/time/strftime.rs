//! Stamps in a way of writing that a definition spells out, for the few that no [`Shape`](super::stamp::Shape) has.
//!
//! Slower than the shapes, which are read by hand; only the decoder `regex` uses it. The conversions are those of
//! strftime, and those that lnav adds for fractions and for numbers since 1970.

use super::SECOND;
use super::cursor::Cursor;
use super::parse::epoch_number;
use super::stamp::{Stamp, States, YEAR_UNKNOWN, ZoneText, days, stamp};

/// A way of writing, ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strftime {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Blanks,
    Byte(u8),
    Conversion(u8),
}

/// What is understood behind a `%`.
const KNOWN: &[u8] = b"aAbBhcdDeFfHIijkLlmMNnpPqrRsSTtyYzZ69%";

impl Strftime {
    /// Compiles a format.
    ///
    /// # Errors
    /// A sentence that names the conversion that is not understood.
    pub fn compile(text: &str) -> Result<Strftime, String> {
        let mut parts = Vec::new();
        let mut bytes = text.bytes();
        while let Some(b) = bytes.next() {
            match b {
                b' ' | b'\t' => parts.push(Part::Blanks),
                b'%' => match bytes.next() {
                    Some(b'%') => parts.push(Part::Byte(b'%')),
                    Some(b'n' | b't') => parts.push(Part::Blanks),
                    Some(c) if KNOWN.contains(&c) => parts.push(Part::Conversion(c)),
                    Some(c) => return Err(format!("time format `{text}`: `%{}` is not understood", char::from(c))),
                    None => return Err(format!("time format `{text}` ends with `%`")),
                },
                b => parts.push(Part::Byte(b)),
            }
        }
        if parts.is_empty() { Err("empty time format".to_owned()) } else { Ok(Strftime { parts }) }
    }

    /// Reads a stamp at the text's begin; the end is behind its last character.
    ///
    /// A fraction behind the seconds is read whether or not the format has one, as lnav does.
    pub fn read(&self, text: &[u8]) -> Option<(Stamp, usize)> {
        let mut c = Cursor { text, at: 0 };
        let mut seen = Seen::default();
        run(&self.parts, &mut c, &mut seen)?;
        if seen.digits == 0 && matches!(c.peek(), b'.' | b',') && c.ahead(1).is_ascii_digit() && seen.second.is_some() {
            c.at += 1;
            seen.fraction(&mut c, 9)?;
        }
        Some((seen.stamp()?, c.at))
    }
}

/// The parts of a time as they were read.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    year: Option<i32>,
    month: Option<u32>,
    day: Option<u32>,
    day_of_year: Option<u32>,
    hour: u32,
    minute: u32,
    second: Option<u32>,
    afternoon: Option<bool>,
    nanos: i64,
    digits: u8,
    zone: ZoneText,
    whole: Option<Stamp>,
}

impl Seen {
    /// Up to `most` digits of a fraction.
    fn fraction(&mut self, c: &mut Cursor<'_>, most: u8) -> Option<()> {
        let (mut unit, mut n) = (SECOND, 0);
        self.nanos = 0;
        while c.peek().is_ascii_digit() && n < most {
            unit /= 10;
            self.nanos += i64::from(c.peek() - b'0') * unit;
            n += 1;
            c.at += 1;
        }
        self.digits = n;
        (n > 0).then_some(())
    }

    fn stamp(&self) -> Option<Stamp> {
        if let Some(mut whole) = self.whole {
            if self.digits > 0 && whole.digits == 0 {
                whole.civil += self.nanos;
                whole.digits = self.digits;
            }
            return Some(whole);
        }
        let hour = match self.afternoon {
            Some(_) if !(1..=12).contains(&self.hour) => return None,
            Some(late) => self.hour % 12 + if late { 12 } else { 0 },
            None => self.hour,
        };
        let second = self.second.unwrap_or(0).min(59); // a leap second is the second it prolongs
        if hour > 23 || self.minute > 59 || self.second.is_some_and(|s| s > 60) {
            return None;
        }
        let nanos = i64::from(hour * 3600 + self.minute * 60 + second) * SECOND + self.nanos;
        let year = self.year.unwrap_or(YEAR_UNKNOWN);
        let (day, states) = match (self.month, self.day, self.day_of_year) {
            (Some(month), Some(day), _) => (days(year, month, day)?, States::DATE),
            (_, _, Some(n)) if (1..=366).contains(&n) => (days(year, 1, 1)? + i64::from(n) - 1, States::DATE),
            _ => (0, States::default()),
        };
        let states = if self.year.is_some() && states != States::default() { States::YEAR_DATE } else { states };
        stamp(day, nanos, self.digits, states, self.zone)
    }
}

fn run(parts: &[Part], c: &mut Cursor<'_>, seen: &mut Seen) -> Option<()> {
    for part in parts {
        match part {
            Part::Blanks => c.blanks()?,
            Part::Byte(b) => c.eat(*b)?,
            Part::Conversion(letter) => conversion(*letter, c, seen)?,
        }
    }
    Some(())
}

fn conversion(letter: u8, c: &mut Cursor<'_>, seen: &mut Seen) -> Option<()> {
    match letter {
        b'a' | b'A' => {
            c.weekday()?;
            while c.peek().is_ascii_alphabetic() {
                c.at += 1;
            }
        }
        b'b' | b'B' | b'h' => seen.month = Some(c.month()?),
        b'm' => seen.month = Some(c.one_or_two()?),
        b'd' | b'e' => seen.day = Some(c.one_or_two()?),
        b'j' => seen.day_of_year = Some(c.fixed(3)?),
        b'Y' => seen.year = Some(i32::try_from(c.fixed(4)?).ok().filter(|y| (1970..=2200).contains(y))?),
        b'y' => {
            let short = i32::try_from(c.fixed(2)?).ok()?;
            seen.year = Some(if short >= 70 { 1900 + short } else { 2000 + short });
        }
        b'H' | b'k' | b'I' | b'l' => seen.hour = c.one_or_two()?,
        b'M' => seen.minute = c.one_or_two()?,
        b'S' => seen.second = Some(c.one_or_two()?),
        b'L' => seen.fraction(c, 3)?,
        b'f' => seen.fraction(c, 6)?,
        b'N' => seen.fraction(c, 9)?,
        b'p' | b'P' => {
            let half = c.eat_any(b"aApP")?;
            c.eat_any(b"mM")?;
            seen.afternoon = Some(half.eq_ignore_ascii_case(&b'p'));
        }
        b'z' | b'Z' => {
            seen.zone = c.zone();
            (seen.zone != ZoneText::None).then_some(())?;
        }
        b's' => number(c, seen, 1, 10)?,
        b'i' => number(c, seen, 1_000, 10)?,
        b'6' => number(c, seen, 1_000_000, 10)?,
        b'9' => number(c, seen, 1_000_000_000, 10)?,
        b'q' => number(c, seen, 1, 16)?,
        b'F' => sub(b"Y-m-d", c, seen)?,
        b'D' => sub(b"m/d/y", c, seen)?,
        b'T' => sub(b"H:M:S", c, seen)?,
        b'R' => sub(b"H:M", c, seen)?,
        b'r' => sub(b"I:M:S p", c, seen)?,
        b'c' => sub(b"a b e H:M:S Y", c, seen)?,
        _ => return None,
    }
    Some(())
}

/// A conversion that stands for several: letters are conversions, all else stands for itself.
fn sub(letters: &[u8], c: &mut Cursor<'_>, seen: &mut Seen) -> Option<()> {
    for &b in letters {
        match b {
            b' ' => c.blanks()?,
            b if b.is_ascii_alphabetic() => conversion(b, c, seen)?,
            b => c.eat(b)?,
        }
    }
    Some(())
}

/// A count of parts of a second since 1970.
fn number(c: &mut Cursor<'_>, seen: &mut Seen, per_second: u64, radix: u32) -> Option<()> {
    let mut value = 0u64;
    let from = c.at;
    while let Some(digit) = char::from(c.peek()).to_digit(radix) {
        value = value.checked_mul(u64::from(radix))?.checked_add(u64::from(digit))?;
        c.at += 1;
    }
    if c.at == from {
        return None;
    }
    let (whole, part) = (value / per_second, value % per_second);
    let mut out = epoch_number(whole, b"")?;
    // Its own guess at the unit must be the one that is given.
    if out.digits != 0 {
        return None;
    }
    out.civil += i64::try_from(part * (1_000_000_000 / per_second)).ok()?;
    out.digits = u8::try_from(per_second.ilog10()).ok()?;
    seen.whole = Some(out);
    seen.second = Some(0);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::format::utc;

    fn read(format: &str, text: &str) -> Option<String> {
        let (stamp, end) = Strftime::compile(format).unwrap().read(text.as_bytes())?;
        Some(format!("{} {}", utc(stamp.civil, stamp.digits), text.get(end..)?))
    }

    #[test]
    fn conversions_are_read_to_the_last_digit() {
        let all = [
            ("%d/%b/%y %H:%M:%S", "21/Nov/26 05:12:41 x", "2026-11-21T05:12:41Z  x"),
            ("%Y%m%d%H%M%S", "20261121051241", "2026-11-21T05:12:41Z "),
            ("%m/%d/%Y %I:%M:%S %p", "11/21/2026 12:00:00 AM", "2026-11-21T00:00:00Z "),
            ("%Y-%m-%d %H:%M:%S.%L", "2026-11-21 05:12:41.245", "2026-11-21T05:12:41.245Z "),
            ("%Y-%m-%d %H:%M:%S", "2026-11-21 05:12:41,245", "2026-11-21T05:12:41.245Z "),
            ("%FT%T.%f%z", "2026-11-21T05:12:41.123456+0100", "2026-11-21T04:12:41.123456Z "),
            ("%a %b %e %H:%M:%S %Z %Y", "Sat Nov 21 05:12:41 UTC 2026", "2026-11-21T05:12:41Z "),
            ("%s", "1795237961.5", "2026-11-21T05:12:41.5Z "),
            ("%i", "1795237961245", "2026-11-21T05:12:41.245Z "),
            ("@%q", "@6b012849", "2026-11-21T05:12:41Z "),
            ("%b %d %H:%M:%S", "Nov 21 05:12:41", "1972-11-21T05:12:41Z "),
            ("%H:%M:%S", "05:12:41", "1970-01-01T05:12:41Z "),
            ("%Y %j %R", "2026 325 05:12", "2026-11-21T05:12:00Z "),
        ];
        for (format, text, want) in all {
            assert_eq!(read(format, text).as_deref(), Some(want), "{format}");
        }
    }

    #[test]
    fn what_is_no_time_is_none_and_an_unknown_conversion_is_named() {
        assert_eq!(read("%H:%M:%S", "25:00:00"), None);
        assert_eq!(read("%Y-%m-%d", "2026-02-30"), None);
        assert_eq!(read("%s", "99999999999999999999999"), None);
        assert!(Strftime::compile("%E").unwrap_err().contains("%E"));
        assert!(Strftime::compile("%").is_err() && Strftime::compile("").is_err());
    }
}
