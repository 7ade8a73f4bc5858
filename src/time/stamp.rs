//! What a time stamp states, and the shapes in which logs write it.

use chrono::NaiveDate;

use super::SECOND;

/// A leap year, so that 29 February exists, in which stamps without a year are kept until theirs is known.
pub const YEAR_UNKNOWN: i32 = 1972;

/// Which parts a text states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct States(pub u8);

impl States {
    /// The year.
    pub const YEAR: States = States(1);
    /// Month and day.
    pub const DATE: States = States(2);
    /// A zone or an offset, or a count of seconds since 1970.
    pub const ZONE: States = States(4);
    /// Year, month and day.
    pub const YEAR_DATE: States = States(3);

    /// True when all parts of `other` are stated.
    pub fn has(self, other: States) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both.
    #[must_use]
    pub fn and(self, other: States) -> States {
        States(self.0 | other.0)
    }
}

/// A zone as the text gives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ZoneText {
    /// None.
    #[default]
    None,
    /// Seconds east of UTC, stated as an offset, as `Z`, or by an abbreviation with one usual meaning.
    Offset(i32),
    /// An abbreviation with several meanings, by its place in [`zone::AMBIGUOUS`](super::zone::AMBIGUOUS).
    Ambiguous(u8),
}

/// A time as the text states it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Nanoseconds from 1970-01-01T00:00:00 in the writer's zone, or in UTC when `zone` is an offset
    /// (it has been subtracted). The year is [`YEAR_UNKNOWN`] or the day 1970-01-01 where not stated.
    pub civil: i64,
    /// Digits of the second's fraction in the text, 0 to 9.
    pub digits: u8,
    /// Which parts the text states.
    pub states: States,
    /// The zone.
    pub zone: ZoneText,
}

impl Stamp {
    /// True when it states all that an instant needs: year, day, and a zone.
    pub fn is_instant(&self) -> bool {
        self.states.has(States(States::YEAR_DATE.0 | States::ZONE.0))
    }
}

/// How a stamp is written.
///
/// A definition or a learned position names one shape, so that a file is never read in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shape {
    /// `2026-11-21T05:12:41.245Z`, with `-`, `/` or `.` in the date, `T`, blanks, `_` or `-` before the time.
    Iso,
    /// `20260327 11:34:21.908`, `20171223-22:15:29:606`.
    Compact,
    /// `Oct 10 13:08:05`, `Oct 10 2025 13:08:05`, `Apr-07-13 07:08:36`.
    MonthDay,
    /// `Mon Dec 26 16:22:08.123 2016`, `Wed May 19 08:00:01 EST 2021`.
    Ctime,
    /// `10/Oct/2025:12:00:01 +0000`, `01 Mar 2018 01:00:01.742`, `Thu, 21 Dec 2000 16:01:07 +0200`.
    DayMonth,
    /// `22-06-2014 09:56:12`, `31/12/2015 23:59:59`: day, month, year.
    DayMonthNumeric,
    /// `10/13/2014 04:23:20.113`, `08/02/2023, 7:32:47 PM`: month, day, year.
    MonthDayNumeric,
    /// `17/06/09 20:10:40`: year, month, day.
    ShortYear,
    /// `081109 203615`, `130324  0:04:00`: two digits each of year, month, day.
    SixDigits,
    /// `03-17 16:13:38.811`.
    MonthDayOnly,
    /// `1121 05:12:41.123456`, after a letter (glog, klog).
    FourDigits,
    /// `16:13:38.811`.
    TimeOnly,
    /// Seconds (with or without a fraction), milliseconds, microseconds or nanoseconds since 1970.
    Epoch,
}

impl Shape {
    /// All shapes, those that say most first; a text is tried in this order.
    pub const ALL: [Shape; 13] = [
        Shape::Iso,
        Shape::Ctime,
        Shape::DayMonth,
        Shape::MonthDay,
        Shape::Compact,
        Shape::MonthDayNumeric,
        Shape::DayMonthNumeric,
        Shape::ShortYear,
        Shape::SixDigits,
        Shape::MonthDayOnly,
        Shape::FourDigits,
        Shape::Epoch,
        Shape::TimeOnly,
    ];

    /// The name that definitions use.
    pub fn name(self) -> &'static str {
        match self {
            Shape::Iso => "iso",
            Shape::Compact => "compact",
            Shape::MonthDay => "month-day",
            Shape::Ctime => "ctime",
            Shape::DayMonth => "day-month",
            Shape::DayMonthNumeric => "dmy",
            Shape::MonthDayNumeric => "mdy",
            Shape::ShortYear => "short-year",
            Shape::SixDigits => "six-digits",
            Shape::MonthDayOnly => "mm-dd",
            Shape::FourDigits => "mmdd",
            Shape::TimeOnly => "time",
            Shape::Epoch => "epoch",
        }
    }

    /// The shape of this name.
    pub fn from_name(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|s| s.name() == name)
    }
}

/// A date in days since 1970, `None` when there is no such day.
pub fn days(year: i32, month: u32, day: u32) -> Option<i64> {
    /// Days from the first day of the common era to 1970-01-01.
    const EPOCH: i32 = 719_163;
    use chrono::Datelike as _;
    NaiveDate::from_ymd_opt(year, month, day).map(|d| i64::from(d.num_days_from_ce() - EPOCH))
}

/// Puts a stamp together, subtracting a known offset. Years beyond ±292 of 1970 do not fit and give `None`.
pub fn stamp(days: i64, nanos_of_day: i64, digits: u8, states: States, zone: ZoneText) -> Option<Stamp> {
    let mut civil = days.checked_mul(super::DAY)?.checked_add(nanos_of_day)?;
    let mut states = states;
    match zone {
        ZoneText::None => {}
        ZoneText::Ambiguous(_) => states = states.and(States::ZONE),
        ZoneText::Offset(east) => {
            states = states.and(States::ZONE);
            civil = civil.checked_sub(i64::from(east) * SECOND)?;
        }
    }
    Some(Stamp { civil, digits, states, zone })
}
