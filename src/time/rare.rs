//! Stamps that few logs write: with names in other languages, as one number, by week or by day of the year, TAI64N.

use super::cursor::{Clock, Cursor};
use super::names::Word;
use super::stamp::{Stamp, States, YEAR_UNKNOWN, ZoneText, days, stamp};
use super::{DAY, SECOND};

impl Cursor<'_> {
    /// A date with the name of its month, and a time of day, in any order and with whatever stands between them.
    pub(super) fn spelled(&mut self) -> Option<Stamp> {
        let (mut month, mut day, mut year, mut clock): (Option<u32>, Option<u32>, Option<i32>, Option<Clock>) =
            (None, None, None, None);
        let (mut weekday, mut either) = (false, false);
        let mut zone = ZoneText::None;
        // What only may belong to the stamp: it ends behind the last part that does.
        let mut end = self.at;
        for _ in 0..14 {
            let word = Word::read(self.text.get(self.at..)?);
            if word.bytes > 0 {
                // `mar.` is a Tuesday when a month follows.
                let named = word.month().filter(|_| month.is_none() || either && !weekday && clock.is_none());
                if let Some(named) = named {
                    weekday |= month.is_some();
                    either = word.is_weekday();
                    month = Some(named);
                } else if clock.is_none() && !weekday && word.is_weekday() {
                    weekday = true;
                } else if !word.is_filler() || month.is_none() && day.is_none() && !weekday {
                    break;
                }
                self.at += word.bytes;
                self.skip_between();
                continue;
            }
            if !self.peek().is_ascii_digit() {
                break;
            }
            if clock.is_none() && month.is_some() && day.is_some() && self.is_clock() {
                let dotted = self.ahead(self.digits_here()) == b'.';
                clock = Some(if dotted { self.dotted_clock()? } else { self.clock()? });
                zone = self.zone();
                end = self.at;
                if year.is_some() {
                    break;
                }
            } else {
                let n = self.digits_here();
                match n {
                    4 if year.is_none() => year = Some(self.year()?),
                    1 | 2 if day.is_none() => day = Some(self.one_or_two()?),
                    2 if year.is_none() && month.is_some() && clock.is_none() => year = Some(self.short_year_only()?),
                    _ => break,
                }
                if clock.is_some() {
                    end = self.at;
                    break;
                }
            }
            self.skip_between();
        }
        self.at = end;
        let (nanos, digits) = clock?;
        if zone == ZoneText::None {
            zone = self.zone();
        }
        let states = if year.is_some() { States::YEAR_DATE } else { States::DATE };
        stamp(days(year.unwrap_or(YEAR_UNKNOWN), month?, day?)?, nanos, digits, states, zone)
    }

    /// Blanks and signs between the parts of a date.
    fn skip_between(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b',' | b'.' | b'-' | b'/' | b':' | b'\'') {
            self.at += 1;
        }
        // `01Jan2020T10:00:00`
        if self.peek() == b'T' && self.ahead(1).is_ascii_digit() {
            self.at += 1;
        }
    }

    fn digits_here(&self) -> usize {
        self.text.iter().skip(self.at).take_while(|b| b.is_ascii_digit()).count()
    }

    fn is_clock(&self) -> bool {
        let n = self.digits_here();
        let sign = self.ahead(n);
        (1..=2).contains(&n)
            && matches!(sign, b':' | b'.')
            && self.ahead(n + 1).is_ascii_digit()
            && self.ahead(n + 2).is_ascii_digit()
            && self.ahead(n + 3) == sign
    }

    fn year(&mut self) -> Option<i32> {
        i32::try_from(self.fixed(4)?).ok().filter(|y| (1970..=2200).contains(y))
    }

    fn short_year_only(&mut self) -> Option<i32> {
        let short = i32::try_from(self.fixed(2)?).ok()?;
        Some(if short >= 70 { 1900 + short } else { 2000 + short })
    }

    /// `hh.mm.ss`, as databases and Finns write it, with a fraction behind one more point.
    pub(super) fn dotted_clock(&mut self) -> Option<Clock> {
        let hour = self.one_or_two()?;
        self.eat(b'.')?;
        let minute = self.fixed(2)?;
        self.eat(b'.')?;
        let second = self.fixed(2)?;
        self.finish_clock(hour, minute, second)
    }

    /// `20200101000000`, with a fraction behind a point or three more digits of it.
    pub(super) fn digits(&mut self) -> Option<Stamp> {
        let n = self.digits_here();
        if n != 14 && n != 17 {
            return None;
        }
        let year = self.year()?;
        let (month, day) = (self.fixed(2)?, self.fixed(2)?);
        let (hour, minute, second) = (self.fixed(2)?, self.fixed(2)?, self.fixed(2)?);
        let clock = if n == 17 {
            let millis = self.fixed(3)?;
            let (nanos, _) = self.finish_clock(hour, minute, second)?;
            (nanos + i64::from(millis) * 1_000_000, 3)
        } else {
            self.finish_clock(hour, minute, second)?
        };
        let zone = self.zone();
        stamp(days(year, month, day)?, clock.0, clock.1, States::YEAR_DATE, zone)
    }

    /// `2020-W01-3T10:00:00` and `2020-032T10:00:00`.
    pub(super) fn ordinal(&mut self) -> Option<Stamp> {
        let year = self.year()?;
        self.eat(b'-')?;
        let first = days(year, 1, 1)?;
        let day = if self.eat(b'W').is_some() {
            let week = self.fixed(2).filter(|w| (1..=53).contains(w))?;
            self.eat(b'-')?;
            let weekday = self.fixed(1).filter(|d| (1..=7).contains(d))?;
            // Week 1 holds 4 January; 1970-01-01 was a Thursday.
            let fourth = first + 3;
            fourth - (fourth + 3).rem_euclid(7) + i64::from(week - 1) * 7 + i64::from(weekday) - 1
        } else {
            let of_year = self.fixed(3).map(i64::from)?;
            let length = days(year + 1, 1, 1)? - first;
            (1..=length).contains(&of_year).then_some(first + of_year - 1)?
        };
        self.eat_any(b"T ")?;
        let (nanos, digits) = self.clock()?;
        let zone = self.zone();
        stamp(day, nanos, digits, States::YEAR_DATE, zone)
    }

    /// `@400000005e0be100` and eight digits more for the nanoseconds: daemontools, runit, qmail.
    ///
    /// They add ten seconds to the system's seconds since 1970, whatever leap seconds came since.
    pub(super) fn tai64(&mut self) -> Option<Stamp> {
        const BEGIN: u64 = (1 << 62) + 10;
        self.eat(b'@')?;
        let n = self.text.iter().skip(self.at).take_while(|b| b.is_ascii_hexdigit()).count();
        let hex = |range: std::ops::Range<usize>| {
            u64::from_str_radix(std::str::from_utf8(self.text.get(range)?).ok()?, 16).ok()
        };
        let seconds = hex(self.at..self.at + 16)?.checked_sub(BEGIN)?;
        let nanos = match n {
            16 => 0,
            24 => hex(self.at + 16..self.at + 24).filter(|n| *n < 1_000_000_000)?,
            _ => return None,
        };
        self.at += n;
        let seconds = i64::try_from(seconds).ok().filter(|s| *s < 4_200_000_000)?;
        let digits = if n == 24 { 9 } else { 0 };
        let nanos = (seconds % 86_400) * SECOND + i64::try_from(nanos).ok()?;
        stamp(seconds / 86_400, nanos, digits, States::YEAR_DATE, ZoneText::Offset(0))
    }

    /// Two digits of the year at the end: `31.12.20 10:11:12`, `12/31/20 10:11 PM`.
    pub(super) fn numeric_short(&mut self, day_first: bool) -> Option<Stamp> {
        let a = self.one_or_two()?;
        let sep = self.eat_any(b"/-.")?;
        let b = self.one_or_two()?;
        self.eat(sep)?;
        let year = self.short_year_only()?;
        self.no_more_digits()?;
        self.eat(b',');
        self.blanks()?;
        if !day_first && sep != b'/' && a <= 12 && b <= 12 {
            return None;
        }
        let (day, month) = if day_first { (a, b) } else { (b, a) };
        let (nanos, digits) = self.clock()?;
        let zone = self.zone();
        stamp(days(year, month, day)?, nanos, digits, States::YEAR_DATE, zone)
    }

    /// Windows' count of 100 ns since 1601 and .NET's since the year 1, both of 18 digits.
    ///
    /// Nanoseconds since 1970 have 18 digits up to 2001; those of 1990 are taken for ticks of this century.
    pub(super) fn ticks(whole: u64) -> Option<Stamp> {
        const FILETIME: u64 = 116_444_736_000_000_000;
        const DOTNET: u64 = 621_355_968_000_000_000;
        let ticks = if whole >= DOTNET { whole - DOTNET } else { whole.checked_sub(FILETIME)? };
        // Up to 2100.
        let nanos = i64::try_from(ticks.checked_mul(100)?).ok().filter(|n| *n < 47_482 * DAY)?;
        stamp(nanos.div_euclid(DAY), nanos.rem_euclid(DAY), 7, States::YEAR_DATE, ZoneText::Offset(0))
    }
}
