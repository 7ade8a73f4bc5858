//! The small parts that stamps are made of: digits, month names, a time of day, a zone.

use super::stamp::ZoneText;
use super::{SECOND, zone};

/// A place in a text, moved on by what is read.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
}

/// A time of day: nanoseconds since midnight and the digits of its fraction.
pub(super) type Clock = (i64, u8);

impl Cursor<'_> {
    #[inline]
    pub(super) fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn ahead(&self, n: usize) -> u8 {
        self.text.get(self.at + n).copied().unwrap_or(0)
    }

    #[inline]
    pub(super) fn eat(&mut self, b: u8) -> Option<()> {
        (self.peek() == b).then(|| self.at += 1)
    }

    pub(super) fn eat_any(&mut self, set: &[u8]) -> Option<u8> {
        let b = self.peek();
        set.contains(&b).then(|| {
            self.at += 1;
            b
        })
    }

    /// Exactly `n` digits.
    #[inline]
    pub(super) fn fixed(&mut self, n: usize) -> Option<u32> {
        let mut v = 0;
        for &b in self.text.get(self.at..self.at + n)? {
            let d = b.wrapping_sub(b'0');
            if d > 9 {
                return None;
            }
            v = v * 10 + u32::from(d);
        }
        self.at += n;
        Some(v)
    }

    /// One or two digits, padded with a blank or not.
    pub(super) fn one_or_two(&mut self) -> Option<u32> {
        if self.peek() == b' ' && self.ahead(1).is_ascii_digit() {
            self.at += 1;
        }
        if self.ahead(1).is_ascii_digit() { self.fixed(2) } else { self.fixed(1) }
    }

    pub(super) fn no_more_digits(&self) -> Option<()> {
        (!self.peek().is_ascii_digit()).then_some(())
    }

    pub(super) fn blanks(&mut self) -> Option<()> {
        let from = self.at;
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
        (self.at > from).then_some(())
    }

    /// `Jan` or `January`, in any case, English.
    pub(super) fn month(&mut self) -> Option<u32> {
        const FULL: [&[u8]; 12] = [
            b"january",
            b"february",
            b"march",
            b"april",
            b"may",
            b"june",
            b"july",
            b"august",
            b"september",
            b"october",
            b"november",
            b"december",
        ];
        let rest = self.text.get(self.at..)?;
        let short = rest.get(..3)?;
        let idx = FULL.iter().position(|f| f.get(..3).is_some_and(|s| short.eq_ignore_ascii_case(s)))?;
        let full = FULL.get(idx)?;
        let long = rest.get(..full.len()).is_some_and(|r| r.eq_ignore_ascii_case(full));
        self.at += if long { full.len() } else { 3 };
        (!self.peek().is_ascii_alphabetic()).then_some(u32::try_from(idx).ok()? + 1)
    }

    pub(super) fn weekday(&mut self) -> Option<()> {
        const DAYS: [&[u8]; 7] = [b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"];
        let short = self.text.get(self.at..self.at + 3)?;
        DAYS.iter().any(|d| short.eq_ignore_ascii_case(d)).then(|| self.at += 3)
    }

    /// `hh:mm:ss`, with one digit of the hour or two, and a fraction after `.`, `,` or (as HealthApp writes) `:`.
    #[inline]
    pub(super) fn clock(&mut self) -> Option<Clock> {
        if matches!(self.peek(), b'A' | b'P' | b'a' | b'p') {
            return self.half_before();
        }
        let hour = self.one_or_two()?;
        self.eat(b':')?;
        let minute = self.fixed(2)?;
        if self.peek() != b':' {
            return None;
        }
        self.at += 1;
        let second = self.fixed(2)?;
        self.finish_clock(hour, minute, second)
    }

    pub(super) fn finish_clock(&mut self, hour: u32, minute: u32, second: u32) -> Option<Clock> {
        // Midnight at the end of a day may be written as 24 o'clock.
        let midnight = hour == 24 && minute == 0 && second == 0;
        if hour > 23 && !midnight || minute > 59 || second > 60 {
            return None;
        }
        let second = second.min(59); // a leap second is the second it prolongs
        let mut nanos = i64::from(hour * 3600 + minute * 60 + second) * SECOND;
        let mut digits = 0;
        if matches!(self.peek(), b'.' | b',' | b':') && self.ahead(1).is_ascii_digit() {
            self.at += 1;
            let mut unit = SECOND;
            while self.peek().is_ascii_digit() {
                if digits < 9 {
                    unit /= 10;
                    nanos += i64::from(self.peek() - b'0') * unit;
                    digits += 1;
                }
                self.at += 1;
            }
        } else {
            self.no_more_digits()?;
        }
        self.twelve_hours(hour, nanos).map(|nanos| (nanos, digits))
    }

    /// `AM`, `p.m.` and the like behind the time.
    #[inline]
    pub(super) fn twelve_hours(&mut self, hour: u32, nanos: i64) -> Option<i64> {
        let skip = match self.peek() {
            b' ' => 1,
            // Spaces that do not break: U+202F, as browsers and Node write it, and U+00A0.
            0xe2 if (self.ahead(1), self.ahead(2)) == (0x80, 0xaf) => 3,
            0xc2 if self.ahead(1) == 0xa0 => 2,
            _ => 0,
        };
        let half = self.ahead(skip).to_ascii_uppercase();
        if !matches!(half, b'A' | b'P') {
            return Some(nanos);
        }
        let Some(len) = self.half_of_day(skip) else { return Some(nanos) };
        self.at += skip + len;
        of_half(half, hour, nanos)
    }

    /// Length of `AM`, `pm`, `a.m.` or `p. m.` at `from`.
    fn half_of_day(&self, from: usize) -> Option<usize> {
        let mut n = 1;
        let dotted = self.ahead(from + n) == b'.';
        n += usize::from(dotted);
        n += usize::from(dotted && self.ahead(from + n) == b' ');
        if !self.ahead(from + n).eq_ignore_ascii_case(&b'M') || self.ahead(from + n + 1).is_ascii_alphanumeric() {
            return None;
        }
        Some(n + 1 + usize::from(dotted && self.ahead(from + n + 1) == b'.'))
    }

    /// A time of day with `AM` or `PM` before it.
    #[cold]
    fn half_before(&mut self) -> Option<Clock> {
        let half = self.peek().to_ascii_uppercase();
        self.at += self.half_of_day(0)?;
        self.blanks()?;
        let from = self.at;
        let hour = self.one_or_two()?;
        self.at = from;
        let (nanos, digits) = self.clock()?;
        of_half(half, hour, nanos).map(|nanos| (nanos, digits))
    }

    /// What may follow the time: `Z`, an offset, an abbreviation; nothing is a zone that only looks like one.
    #[inline]
    pub(super) fn zone(&mut self) -> ZoneText {
        let skip = usize::from(self.peek() == b' ');
        let (found, len) = match self.ahead(skip) {
            b'Z' | b'z' if skip == 0 && !self.ahead(1).is_ascii_alphanumeric() => (ZoneText::Offset(0), 1),
            b'Z' if matches!(self.ahead(2), 0 | b' ' | b']' | b')' | b',') => (ZoneText::Offset(0), 1),
            b'+' | b'-' => self.offset(skip),
            b'(' => self.in_brackets(skip),
            b if b.is_ascii_uppercase() => zone::abbreviation(self.text.get(self.at + skip..).unwrap_or_default()),
            _ => (ZoneText::None, 0),
        };
        if len > 0 {
            self.at += skip + len;
        }
        found
    }

    /// `(CET)`.
    #[cold]
    fn in_brackets(&self, skip: usize) -> (ZoneText, usize) {
        let (found, len) = zone::abbreviation(self.text.get(self.at + skip + 1..).unwrap_or_default());
        let closed = self.ahead(skip + 1 + len) == b')';
        if len > 0 && closed { (found, len + 2) } else { (ZoneText::None, 0) }
    }

    /// `+hh:mm`, `+hhmm`, and `+hh` where it touches the time or is no number of anything.
    pub(super) fn offset(&self, skip: usize) -> (ZoneText, usize) {
        let found = zone::offset(self.text.get(self.at + skip..).unwrap_or_default());
        // PostgreSQL names zones without an abbreviation so: ` +03 [12] LOG:`.
        let counts = |len: usize| {
            let end = matches!(self.ahead(skip + len), 0 | b' ' | b']' | b')' | b',' | b'"');
            len > 3 || skip == 0 || end && self.ahead(skip + 1) == b'0'
        };
        match found {
            Some((east, len)) if len > 2 && counts(len) => (ZoneText::Offset(east), len),
            _ => (ZoneText::None, 0),
        }
    }
}

/// A time of a clock with twelve hours.
fn of_half(half: u8, hour: u32, nanos: i64) -> Option<i64> {
    if !(1..=12).contains(&hour) {
        return None;
    }
    let noon = 12 * 3600 * SECOND;
    Some(match (half, hour) {
        (b'A', 12) => nanos - noon,
        (b'P', h) if h < 12 => nanos + noon,
        _ => nanos,
    })
}
