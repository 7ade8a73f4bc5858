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
        if hour > 23 || minute > 59 || second > 60 {
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

    /// `AM` or `PM` behind the time.
    pub(super) fn twelve_hours(&mut self, hour: u32, nanos: i64) -> Option<i64> {
        let skip = usize::from(self.peek() == b' ');
        let half = self.ahead(skip).to_ascii_uppercase();
        if !matches!(half, b'A' | b'P')
            || !self.ahead(skip + 1).eq_ignore_ascii_case(&b'M')
            || self.ahead(skip + 2).is_ascii_alphanumeric()
        {
            return Some(nanos);
        }
        if !(1..=12).contains(&hour) {
            return None;
        }
        self.at += skip + 2;
        let noon = 12 * 3600 * SECOND;
        Some(match (half, hour) {
            (b'A', 12) => nanos - noon,
            (b'P', h) if h < 12 => nanos + noon,
            _ => nanos,
        })
    }

    /// What may follow the time: `Z`, an offset, an abbreviation; nothing is a zone that only looks like one.
    #[inline]
    pub(super) fn zone(&mut self) -> ZoneText {
        let skip = usize::from(self.peek() == b' ');
        let (found, len) = match self.ahead(skip) {
            b'Z' | b'z' if skip == 0 && !self.ahead(1).is_ascii_alphanumeric() => (ZoneText::Offset(0), 1),
            b'+' | b'-' => self.offset(skip),
            b if b.is_ascii_uppercase() => zone::abbreviation(self.text.get(self.at + skip..).unwrap_or_default()),
            _ => (ZoneText::None, 0),
        };
        if len > 0 {
            self.at += skip + len;
        }
        found
    }

    /// `+hh:mm`, `+hhmm`, and `+hh` where it touches the time.
    pub(super) fn offset(&self, skip: usize) -> (ZoneText, usize) {
        let none = (ZoneText::None, 0);
        let d = |i: usize| {
            let b = self.ahead(skip + i);
            b.is_ascii_digit().then(|| i32::from(b - b'0'))
        };
        let (Some(h1), Some(h2)) = (d(1), d(2)) else { return none };
        let colon = usize::from(self.ahead(skip + 3) == b':');
        let (minutes, len) = match (d(3 + colon), d(4 + colon)) {
            (Some(m1), Some(m2)) => (m1 * 10 + m2, 5 + colon),
            (None, _) if skip == 0 && colon == 0 => (0, 3),
            _ => return none,
        };
        let hours = h1 * 10 + h2;
        if hours > 15 || minutes > 59 || self.ahead(skip + len).is_ascii_digit() {
            return none;
        }
        let east = hours * 3600 + minutes * 60;
        (ZoneText::Offset(if self.ahead(skip) == b'-' { -east } else { east }), len)
    }
}
