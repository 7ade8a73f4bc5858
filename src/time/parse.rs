//! Finding and reading stamps in bytes: by hand, because every line of every log passes here.
//!
//! Each `shape` function reads one way of writing from a position and returns the stamp and where it
//! ends. Calendar questions go to chrono; nothing here looks beyond the stamp.

use super::SECOND;
use super::cursor::{Clock, Cursor};
use super::stamp::{Shape, Stamp, States, YEAR_UNKNOWN, ZoneText, days, stamp};

/// Reads a stamp of `shape` that begins at `at`; the end is behind its last character.
pub fn read(shape: Shape, text: &[u8], at: usize) -> Option<(Stamp, usize)> {
    let mut c = Cursor { text, at };
    let stamp = match shape {
        Shape::Iso => c.iso()?,
        Shape::Compact => c.compact()?,
        Shape::MonthDay => c.month_day()?,
        Shape::Ctime => c.ctime()?,
        Shape::DayMonth => c.day_month()?,
        Shape::DayMonthNumeric => c.numeric(true)?,
        Shape::MonthDayNumeric => c.numeric(false)?,
        Shape::ShortYear => c.short_year()?,
        Shape::SixDigits => c.six_digits()?,
        Shape::MonthDayOnly => c.month_day_only()?,
        Shape::FourDigits => c.four_digits()?,
        Shape::TimeOnly => c.time_only()?,
        Shape::Epoch => c.epoch()?,
        Shape::Spelled => c.spelled()?,
        Shape::Digits => c.digits()?,
        Shape::Ordinal => c.ordinal()?,
        Shape::Tai64 => c.tai64()?,
        Shape::DayMonthShort => c.numeric_short(true)?,
        Shape::MonthDayShort => c.numeric_short(false)?,
    };
    Some((stamp, c.at))
}

/// Reads a stamp of any shape that begins at `at`.
pub fn any(text: &[u8], at: usize) -> Option<(Shape, Stamp, usize)> {
    let first = *text.get(at)?;
    let begins = |shape: &Shape| match first {
        b'0'..=b'9' => true,
        b'a'..=b'z' | b'A'..=b'Z' => {
            matches!(shape, Shape::Ctime | Shape::MonthDay | Shape::DayMonth | Shape::Spelled)
        }
        b'@' => *shape == Shape::Tai64,
        // A letter with a diacritic, in UTF-8 or Latin-1.
        0xc0.. => *shape == Shape::Spelled,
        _ => false,
    };
    if !first.is_ascii_alphanumeric() && first < 0xc0 && first != b'@' {
        return None;
    }
    Shape::ALL
        .into_iter()
        .filter(begins)
        .find_map(|shape| read(shape, text, at).map(|(stamp, end)| (shape, stamp, end)))
}

/// The instant of a number since 1970 in seconds, milliseconds, microseconds or nanoseconds, by its size.
///
/// Numbers outside 1990 … 2100 are no times.
pub fn epoch_number(whole: u64, fraction: &[u8]) -> Option<Stamp> {
    const FROM: u64 = 631_152_000;
    const TO: u64 = 4_102_444_800;
    let scale = [1u64, 1_000, 1_000_000, 1_000_000_000].into_iter().find(|s| (FROM..TO).contains(&(whole / s)))?;
    let per_unit = 1_000_000_000 / scale;
    let mut nanos = i64::try_from(whole.checked_mul(per_unit)?).ok()?;
    let mut digits = u8::try_from(scale.ilog10()).ok()?;
    let mut unit = i64::try_from(per_unit).ok()?;
    for &b in fraction {
        if unit < 10 || digits == 9 {
            break;
        }
        unit /= 10;
        nanos += i64::from(b.checked_sub(b'0')?) * unit;
        digits += 1;
    }
    Some(Stamp { civil: nanos, digits, states: States::YEAR_DATE.and(States::ZONE), zone: ZoneText::Offset(0) })
}

impl Cursor<'_> {
    fn finish(&mut self, year: Option<i32>, month: u32, day: u32, (nanos, digits): Clock) -> Option<Stamp> {
        let zone = self.zone();
        let states = if year.is_some() { States::YEAR_DATE } else { States::DATE };
        stamp(days(year.unwrap_or(YEAR_UNKNOWN), month, day)?, nanos, digits, states, zone)
    }

    #[inline]
    fn iso(&mut self) -> Option<Stamp> {
        let year = self.fixed(4)?;
        let sep = self.eat_any(b"-/.")?;
        let month = self.fixed(2)?;
        self.eat(sep)?;
        let day = self.fixed(2)?;
        let between = self.eat_any(b"T t_-:")?;
        if between == b' ' {
            while self.peek() == b' ' {
                self.at += 1;
            }
        }
        if !(1970..=2200).contains(&year) {
            return None;
        }
        let from = self.at;
        let clock = match self.clock() {
            Some(clock) => clock,
            None => {
                self.at = from;
                self.rare_clock(between)?
            }
        };
        self.finish(Some(i32::try_from(year).ok()?), month, day, clock)
    }

    /// Times of day that a full date may have beside `hh:mm:ss`: DB2's `-10.11.12.000000`, ISO 8601's `T10:11Z`.
    #[cold]
    fn rare_clock(&mut self, between: u8) -> Option<Clock> {
        match between {
            b'-' => self.dotted_clock(),
            b'T' | b't' => {
                let (hour, minute) = (self.fixed(2)?, self.eat(b':').and_then(|()| self.fixed(2))?);
                let zoned = matches!(self.peek(), b'Z' | b'z' | b'+' | b'-');
                if zoned { self.finish_clock(hour, minute, 0) } else { None }
            }
            _ => None,
        }
    }

    fn compact(&mut self) -> Option<Stamp> {
        let year = self.fixed(4)?;
        let (month, day) = (self.fixed(2)?, self.fixed(2)?);
        let sep = self.eat_any(b"T -_")?;
        if !(1970..=2200).contains(&year) {
            return None;
        }
        let year = Some(i32::try_from(year).ok()?);
        if sep != b' ' && self.ahead(1).is_ascii_digit() && self.ahead(2).is_ascii_digit() {
            let (h, m, s) = (self.fixed(2)?, self.fixed(2)?, self.fixed(2)?);
            let clock = self.finish_clock(h, m, s)?;
            return self.finish(year, month, day, clock);
        }
        let clock = self.loose_clock()?;
        self.finish(year, month, day, clock)
    }

    /// As [`Self::clock`], but nothing need be padded (HealthApp: `0:0:9:44` is 44 ms).
    fn loose_clock(&mut self) -> Option<Clock> {
        let (from, hour) = (self.at, self.one_or_two()?);
        self.eat(b':')?;
        let minute = self.one_or_two()?;
        self.eat(b':')?;
        let second = self.one_or_two()?;
        if self.peek() != b':' || !self.ahead(1).is_ascii_digit() {
            self.at = from;
            return self.clock();
        }
        self.at += 1;
        let mut millis = 0;
        let begin = self.at;
        while self.peek().is_ascii_digit() && self.at - begin < 3 {
            millis = millis * 10 + i64::from(self.peek() - b'0');
            self.at += 1;
        }
        if self.at == begin || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        Some((i64::from(hour * 3600 + minute * 60 + second.min(59)) * SECOND + millis * 1_000_000, 3))
    }

    fn month_day(&mut self) -> Option<Stamp> {
        let month = self.month()?;
        if self.eat(b'-').is_some() {
            let day = self.one_or_two()?;
            self.eat(b'-')?;
            let year = self.two_or_four_year()?;
            self.blanks()?;
            let clock = self.clock()?;
            return self.finish(Some(year), month, day, clock);
        }
        self.blanks()?;
        let day = self.one_or_two()?;
        self.no_more_digits()?;
        self.eat(b',');
        self.blanks()?;
        let mut year = None;
        if self.ahead(4) == b' ' || self.ahead(4) == b',' {
            let y = self.fixed(4)?;
            self.eat(b',');
            self.blanks()?;
            year = Some(i32::try_from(y).ok().filter(|y| (1970..=2200).contains(y))?);
        }
        let clock = self.clock()?;
        let mut stamp = self.finish(year, month, day, clock)?;
        // Cisco and some syslogs put the year behind the time.
        if year.is_none() && stamp.zone == ZoneText::None && self.peek() == b' ' {
            let before = self.at;
            self.at += 1;
            let y = self.fixed(4).and_then(|y| i32::try_from(y).ok()).filter(|y| (1990..=2100).contains(y));
            match y {
                Some(y) if !self.peek().is_ascii_alphanumeric() => stamp = self.finish(Some(y), month, day, clock)?,
                _ => self.at = before,
            }
        }
        Some(stamp)
    }

    fn two_or_four_year(&mut self) -> Option<i32> {
        if self.ahead(2).is_ascii_digit() && self.ahead(3).is_ascii_digit() {
            let year = i32::try_from(self.fixed(4)?).ok()?;
            return (1970..=2200).contains(&year).then_some(year);
        }
        let short = i32::try_from(self.fixed(2)?).ok()?;
        Some(if short >= 70 { 1900 + short } else { 2000 + short })
    }

    fn ctime(&mut self) -> Option<Stamp> {
        self.weekday()?;
        self.eat(b',');
        self.blanks()?;
        let month = self.month()?;
        self.blanks()?;
        let day = self.one_or_two()?;
        self.blanks()?;
        let clock = self.clock()?;
        let zone = self.zone();
        self.blanks()?;
        let year = i32::try_from(self.fixed(4)?).ok().filter(|y| (1970..=2200).contains(y))?;
        self.no_more_digits()?;
        let zone = if zone == ZoneText::None { self.zone() } else { zone };
        stamp(days(year, month, day)?, clock.0, clock.1, States::YEAR_DATE, zone)
    }

    fn day_month(&mut self) -> Option<Stamp> {
        if self.weekday().is_some() {
            self.eat(b',');
            self.blanks()?;
        }
        let day = self.one_or_two()?;
        let sep = self.eat_any(b"/- .")?;
        let month = self.month()?;
        if sep == b' ' {
            self.blanks()?;
        } else {
            self.eat(sep)?;
        }
        let mut year = None;
        if !matches!((self.ahead(1), self.ahead(2)), (b':', _) | (_, b':')) || self.peek() == b'\'' {
            year = Some(self.two_or_four_year()?);
            let sep = self.eat_any(b": T,")?;
            if sep != b':' {
                while self.peek() == b' ' {
                    self.at += 1;
                }
            } else {
                self.eat(b':'); // Erlang writes two
            }
        }
        let clock = self.clock()?;
        self.finish(year, month, day, clock)
    }

    /// `dd?mm?yyyy` or `mm?dd?yyyy`, with the same separator twice.
    fn numeric(&mut self, day_first: bool) -> Option<Stamp> {
        let a = self.one_or_two()?;
        let sep = self.eat_any(b"/-.")?;
        let b = self.one_or_two()?;
        self.eat(sep)?;
        let year = i32::try_from(self.fixed(4)?).ok().filter(|y| (1970..=2200).contains(y))?;
        match self.eat_any(b" ,-:T")? {
            b',' => self.blanks()?,
            _ => {
                while self.peek() == b' ' {
                    self.at += 1;
                }
                if self.peek() == b'-' && self.ahead(1) == b'-' {
                    self.at += 2; // Suricata: `29/2/2024 -- 16:04:05`
                    self.blanks()?;
                }
            }
        }
        let (day, month) = if day_first { (a, b) } else { (b, a) };
        // `-` and `.` separate European dates, `/` American ones, unless the numbers say otherwise.
        if !day_first && sep != b'/' && a <= 12 && b <= 12 {
            return None;
        }
        let clock = self.clock()?;
        self.finish(Some(year), month, day, clock)
    }

    fn short_year(&mut self) -> Option<Stamp> {
        let year = self.fixed(2)?;
        let sep = self.eat_any(b"/-.")?;
        // Points separate European dates, which begin with the day.
        if sep == b'.' && year <= 31 {
            return None;
        }
        let month = self.fixed(2)?;
        self.eat(sep)?;
        let day = self.fixed(2)?;
        self.blanks()?;
        let clock = self.clock()?;
        self.finish(Some(century(year)), month, day, clock)
    }

    fn six_digits(&mut self) -> Option<Stamp> {
        let (year, month, day) = (self.fixed(2)?, self.fixed(2)?, self.fixed(2)?);
        self.eat_any(b" \t")?;
        while matches!(self.peek(), b' ' | b'\t') {
            self.at += 1;
        }
        let clock = if self.ahead(1) == b':' || self.ahead(2) == b':' {
            self.clock()?
        } else {
            let (h, m, s) = (self.fixed(2)?, self.fixed(2)?, self.fixed(2)?);
            self.no_more_digits()?;
            self.finish_clock(h, m, s)?
        };
        self.finish(Some(century(year)), month, day, clock)
    }

    fn month_day_only(&mut self) -> Option<Stamp> {
        let month = self.fixed(2)?;
        self.eat_any(b"-/")?;
        let day = self.fixed(2)?;
        self.blanks()?;
        let clock = self.clock()?;
        self.finish(None, month, day, clock)
    }

    fn four_digits(&mut self) -> Option<Stamp> {
        let (month, day) = (self.fixed(2)?, self.fixed(2)?);
        self.blanks()?;
        let clock = self.clock()?;
        self.finish(None, month, day, clock)
    }

    fn time_only(&mut self) -> Option<Stamp> {
        if !self.ahead(1).is_ascii_digit() && self.ahead(1) != b':' {
            return None;
        }
        let (nanos, digits) = self.clock()?;
        let zone = self.zone();
        stamp(0, nanos, digits, States::default(), zone)
    }

    /// `1.709222645123e+09`, as zap's console writes seconds since 1970.
    fn exponent(&mut self, from: usize) -> Option<Stamp> {
        self.eat(b'.')?;
        let digits = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        let fraction = self.text.get(digits..self.at)?;
        self.eat(b'e')?;
        self.eat(b'+')?;
        let exponent = usize::try_from(self.fixed(2)?).ok().filter(|e| *e == 9 && fraction.len() >= *e)?;
        self.no_more_digits()?;
        let (whole, rest) = fraction.split_at_checked(exponent)?;
        let first = self.text.get(from..=from)?;
        let whole = first.iter().chain(whole).fold(0u64, |v, b| v * 10 + u64::from(b - b'0'));
        epoch_number(whole, rest)
    }

    fn epoch(&mut self) -> Option<Stamp> {
        let from = self.at;
        while self.peek().is_ascii_digit() {
            self.at += 1;
        }
        let n = self.at - from;
        if n == 1 {
            return self.exponent(from);
        }
        if !matches!(n, 9 | 10 | 12 | 13 | 15 | 16 | 18 | 19) {
            return None;
        }
        let whole = self
            .text
            .get(from..self.at)?
            .iter()
            .fold(0u64, |v, b| v.wrapping_mul(10).wrapping_add(u64::from(b - b'0')));
        let dot = self.at;
        if self.peek() == b'.' && self.ahead(1).is_ascii_digit() {
            self.at += 1;
            while self.peek().is_ascii_digit() {
                self.at += 1;
            }
        }
        if self.peek().is_ascii_alphabetic() || self.peek() == b'.' && self.ahead(1).is_ascii_digit() {
            return None;
        }
        if n == 18 && dot == self.at {
            return Self::ticks(whole).or_else(|| epoch_number(whole, b""));
        }
        let fraction = self.text.get((dot + 1).min(self.at)..self.at).unwrap_or_default();
        epoch_number(whole, fraction)
    }
}

fn century(short: u32) -> i32 {
    let short = i32::try_from(short).unwrap_or(0);
    if short >= 70 { 1900 + short } else { 2000 + short }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::format::utc;

    /// The whole text is one stamp; shows its shape, its civil time and what follows from it.
    fn check(text: &str, shape: Shape, civil: &str, states: &str) {
        let (got, stamp, end) = any(text.as_bytes(), 0).unwrap_or_else(|| panic!("no stamp in {text:?}"));
        assert_eq!(got, shape, "{text}");
        assert_eq!(end, text.len(), "{text}");
        assert_eq!(utc(stamp.civil, stamp.digits).trim_end_matches('Z'), civil, "{text}");
        let mut s = String::new();
        for (part, letter) in [(States::YEAR, 'Y'), (States::DATE, 'D'), (States::ZONE, 'Z')] {
            if stamp.states.has(part) {
                s.push(letter);
            }
        }
        assert_eq!(s, states, "{text}");
    }

    #[test]
    fn every_shape_is_read_to_its_last_digit() {
        check("2026-11-21T05:12:41.245Z", Shape::Iso, "2026-11-21T05:12:41.245", "YDZ");
        check("2026-11-21 05:12:41,245 -0330", Shape::Iso, "2026-11-21T08:42:41.245", "YDZ");
        check("2026-11-21  5:12:40", Shape::Iso, "2026-11-21T05:12:40", "YD");
        check("2025-10-10 14:01:58.102334+00", Shape::Iso, "2025-10-10T14:01:58.102334", "YDZ");
        check("2025-10-10 14:00:05.260 CEST", Shape::Iso, "2025-10-10T12:00:05.260", "YDZ");
        check("2016/10/25 14:49:34", Shape::Iso, "2016-10-25T14:49:34", "YD");
        check("2022-01-28T16:04:05.413656027Z", Shape::Iso, "2022-01-28T16:04:05.413656027", "YDZ");
        check("20171223-22:15:29:606", Shape::Compact, "2017-12-23T22:15:29.606", "YD");
        check("20171223-0:0:9:44", Shape::Compact, "2017-12-23T00:00:09.044", "YD");
        check("20260327 11:34:21.908", Shape::Compact, "2026-03-27T11:34:21.908", "YD");
        check("Oct 10 13:08:05.506", Shape::MonthDay, "1972-10-10T13:08:05.506", "D");
        check("Feb 29 13:08:05", Shape::MonthDay, "1972-02-29T13:08:05", "D");
        check("Jan  1 00:00:16", Shape::MonthDay, "1972-01-01T00:00:16", "D");
        check("Oct 10 2025 13:08:05", Shape::MonthDay, "2025-10-10T13:08:05", "YD");
        check("Apr-07-13 07:08:36", Shape::MonthDay, "2013-04-07T07:08:36", "YD");
        check("Mon Dec 26 16:15:55.103786 2016", Shape::Ctime, "2016-12-26T16:15:55.103786", "YD");
        check("Wed May 19 08:00:01 EST 2021", Shape::Ctime, "2021-05-19T13:00:01", "YDZ");
        check("10/Oct/2025:12:00:01 +0200", Shape::DayMonth, "2025-10-10T10:00:01", "YDZ");
        check("01 Mar 2018 01:00:01.742", Shape::DayMonth, "2018-03-01T01:00:01.742", "YD");
        check("31 May 04:32:08", Shape::DayMonth, "1972-05-31T04:32:08", "D");
        check("Thu, 21 Dec 2000 16:01:07 +0200", Shape::DayMonth, "2000-12-21T14:01:07", "YDZ");
        check("22-06-2014 09:56:12", Shape::DayMonthNumeric, "2014-06-22T09:56:12", "YD");
        check("11-06-2013 02:09:40 +0300", Shape::DayMonthNumeric, "2013-06-10T23:09:40", "YDZ");
        check("10/13/2014 04:23:20.113", Shape::MonthDayNumeric, "2014-10-13T04:23:20.113", "YD");
        check("08/02/2023, 7:32:47 PM", Shape::MonthDayNumeric, "2023-08-02T19:32:47", "YD");
        check("08/02/2023, 12:02:47 AM", Shape::MonthDayNumeric, "2023-08-02T00:02:47", "YD");
        check("31/12/2015 23:59:60", Shape::DayMonthNumeric, "2015-12-31T23:59:59", "YD");
        check("17/06/09 20:10:40", Shape::ShortYear, "2017-06-09T20:10:40", "YD");
        check("081109 203615", Shape::SixDigits, "2008-11-09T20:36:15", "YD");
        check("130324  0:04:00", Shape::SixDigits, "2013-03-24T00:04:00", "YD");
        check("03-17 16:13:38.811", Shape::MonthDayOnly, "1972-03-17T16:13:38.811", "D");
        check("16:13:38,811", Shape::TimeOnly, "1970-01-01T16:13:38.811", "");
        check("1795267894.805", Shape::Epoch, "2026-11-21T13:31:34.805", "YDZ");
        check("1.709222645123e+09", Shape::Epoch, "2024-02-29T16:04:05.123", "YDZ");
        check("29-Feb-2024::16:04:05.25", Shape::DayMonth, "2024-02-29T16:04:05.25", "YD");
        check("29/2/2024 -- 16:04:05", Shape::DayMonthNumeric, "2024-02-29T16:04:05", "YD");
        check("1428634687123", Shape::Epoch, "2015-04-10T02:58:07.123", "YDZ");
        check("132223104000000001", Shape::Epoch, "2020-01-01T00:00:00.0000001", "YDZ");
        check("637134336000000000", Shape::Epoch, "2020-01-01T00:00:00.0000000", "YDZ");
    }

    #[test]
    fn rare_notations_are_read_too() {
        check("2020-01-01T00:00Z", Shape::Iso, "2020-01-01T00:00:00", "YDZ");
        check("2020-01-01T10:30+0530", Shape::Iso, "2020-01-01T05:00:00", "YDZ");
        check("2020-01-01-00.00.00.123456", Shape::Iso, "2020-01-01T00:00:00.123456", "YD");
        check("2026-12-31 24:00:00", Shape::Iso, "2027-01-01T00:00:00", "YD");
        check("2020.01.01 10:11:12", Shape::Iso, "2020-01-01T10:11:12", "YD");
        check("20200101T000000Z", Shape::Compact, "2020-01-01T00:00:00", "YDZ");
        check("20200101_000001", Shape::Compact, "2020-01-01T00:00:01", "YD");
        check("20200101000002", Shape::Digits, "2020-01-01T00:00:02", "YD");
        check("20200101000002123", Shape::Digits, "2020-01-01T00:00:02.123", "YD");
        check("2020-W01-3T10:11:12Z", Shape::Ordinal, "2020-01-01T10:11:12", "YDZ");
        check("2020-366T10:11:12", Shape::Ordinal, "2020-12-31T10:11:12", "YD");
        check("@400000005e0be10a075bcd15", Shape::Tai64, "2020-01-01T00:00:00.123456789", "YDZ");
        check("01-JAN-2020 12.00.00.000 AM", Shape::Spelled, "2020-01-01T00:00:00.000", "YD");
        check("01-JAN-20 01.02.03.000004 PM +01:00", Shape::Spelled, "2020-01-01T12:02:03.000004", "YDZ");
        check("2020-Jan-01 10:11:12.5", Shape::Spelled, "2020-01-01T10:11:12.5", "YD");
        check("Jan/01/2020 10:11:12", Shape::Spelled, "2020-01-01T10:11:12", "YD");
        check("Wed Jan 01 2020 00:00:00 GMT+0100 (CET)", Shape::Spelled, "2019-12-31T23:00:00", "YDZ");
        check("Wednesday, January 01, 2020 10:11:12 PM", Shape::Spelled, "2020-01-01T22:11:12", "YD");
        check("01.02.20 10:11:12", Shape::DayMonthShort, "2020-02-01T10:11:12", "YD");
        check("12/31/20 10:11:12 p.m.", Shape::MonthDayShort, "2020-12-31T22:11:12", "YD");
        check("31/12/20, 10:11:12", Shape::DayMonthShort, "2020-12-31T10:11:12", "YD");
        check("2020-01-01 PM 10:11:12", Shape::Iso, "2020-01-01T22:11:12", "YD");
        check("8/2/2023, 7:32:47\u{202f}PM", Shape::MonthDayNumeric, "2023-08-02T19:32:47", "YD");
    }

    #[test]
    fn months_and_weekdays_are_read_in_the_languages_of_europe() {
        for text in [
            "10. Oktober 2026 13:08:05",
            "Sa 10. Okt 13:08:05 2026",
            "Samstag, 10. Oktober 2026 um 13:08:05",
            "sam. 10 oct. 2026 13:08:05",
            "samedi 10 octobre 2026 à 13:08:05",
            "sábado, 10 de octubre de 2026 13:08:05",
            "10 de outubro de 2026 às 13:08:05",
            "10 ottobre 2026 13:08:05",
            "zaterdag 10 oktober 2026 13:08:05",
            "10 października 2026 13:08:05",
            "lørdag den 10. oktober 2026 kl. 13:08:05",
            "lauantai 10. lokakuuta 2026 klo 13.08.05",
            "sobota 10. října 2026 13:08:05",
            "Okt 10 13:08:05 2026",
        ] {
            let (_, stamp, end) = any(text.as_bytes(), 0).unwrap_or_else(|| panic!("no stamp in {text:?}"));
            assert_eq!((utc(stamp.civil, 0).as_str(), end), ("2026-10-10T13:08:05Z", text.len()), "{text}");
        }
        check("mar. 10 mars 2026 13:08:05 CET", Shape::Spelled, "2026-03-10T12:08:05", "YDZ");
        check("Mär 10 13:08:05", Shape::Spelled, "1972-03-10T13:08:05", "D");
        let (_, stamp, _) = any(b"10. M\xe4rz 2026 13:08:05", 0).unwrap();
        assert_eq!(utc(stamp.civil, 0), "2026-03-10T13:08:05Z", "Latin-1");
    }

    #[test]
    fn offsets_are_read_however_they_are_written() {
        let zone = |rest: &str| {
            let text = format!("2026-11-21 05:12:41{rest}");
            let (_, stamp, end) = any(text.as_bytes(), 0).unwrap();
            (stamp.zone, text.len() - end)
        };
        let east = |hours: i32, minutes: i32| (ZoneText::Offset(hours * 3600 + hours.signum() * minutes * 60), 0);
        assert_eq!(zone(" −03:30".replace('−', "-").as_str()), east(-3, 30));
        assert_eq!(zone("+0545"), east(5, 45));
        assert_eq!(zone("+02"), east(2, 0));
        assert_eq!(zone(" +03 [12]"), (ZoneText::Offset(10_800), 5));
        assert_eq!(zone(" -05"), east(-5, 0));
        assert_eq!(zone(" GMT+2"), east(2, 0));
        assert_eq!(zone(" UTC-03:00"), east(-3, 0));
        assert_eq!(zone("Z"), east(0, 0));
        assert_eq!(zone(" Z"), east(0, 0));
        assert_eq!(zone(" (CET)"), east(1, 0));
        assert_eq!(zone(" -12 items"), (ZoneText::None, 10));
        assert_eq!(zone(" (main)"), (ZoneText::None, 7));
    }

    #[test]
    fn what_only_looks_like_a_stamp_is_none() {
        for text in [
            "2026-13-01 00:00:00",
            "2026-02-30 00:00:00",
            "2026-01-01 24:00:01",
            "2020-W54-1T10:00:00",
            "2021-366T10:00:00",
            "@3fffffff000000000000",
            "Sonntag war 10",
            "10 green 2020 10:10:10",
            "2020-01-01 10.11.12",
            "20201301000000",
            "Oct 32 00:00:00",
            "12345678901",
            "1:2:3",
            "Mayor 10 10:10:10",
            "",
        ] {
            assert_eq!(any(text.as_bytes(), 0).map(|f| f.0), None, "{text}");
        }
    }

    #[test]
    fn a_word_or_a_number_behind_the_time_is_no_zone() {
        for rest in [" ERROR", " -1 items", " +5", " INFO", "|-1|0", " ESTABLISHED"] {
            let text = format!("2026-11-21 05:12:41{rest}");
            let (_, stamp, end) = any(text.as_bytes(), 0).unwrap();
            assert_eq!((stamp.zone, end), (ZoneText::None, 19), "{text}");
        }
    }
}
