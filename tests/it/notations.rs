//! Every notation of a stamp is read back exactly, for instants from 1970 to 2100, to every digit.

use causeline::time::parse::{any, read};
use causeline::time::stamp::{Shape, Stamp, States, YEAR_UNKNOWN, ZoneText};
use chrono::{DateTime, Datelike as _, FixedOffset, NaiveDate, NaiveDateTime, TimeZone as _, Timelike as _, Utc};

const N: usize = 1500;

/// Numbers without pattern, the same in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// Instants between 1970 (or `from`, in seconds) and 2100 with a fraction of up to nine digits; borders of years too.
fn instants(from: i64) -> impl Iterator<Item = (DateTime<Utc>, u32, Random)> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    (0..N).map(move |i| {
        let end = Utc.with_ymd_and_hms(2100, 1, 1, 0, 0, 0).unwrap().timestamp();
        let seconds = match i % 10 {
            0 => {
                let year = 1971 + random.below(128) as i32;
                let midnight = Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).unwrap().timestamp();
                (midnight - 1 + random.below(3) as i64).max(from)
            }
            1 => {
                let year = 1972 + 4 * random.below(32) as i32;
                Utc.with_ymd_and_hms(year, 2, 29, 12, 0, 0).unwrap().timestamp().max(from)
            }
            _ => from + random.below((end - from) as u64) as i64,
        };
        let digits = random.below(10) as u32;
        let nanos = (random.below(1_000_000_000) as u32) / 10u32.pow(9 - digits) * 10u32.pow(9 - digits);
        (DateTime::from_timestamp(seconds, nanos).unwrap(), digits, Random(random.next() | 1))
    })
}

fn fraction(t: DateTime<Utc>, digits: u32, sign: char) -> String {
    if digits == 0 {
        return String::new();
    }
    let all = format!("{:09}", t.nanosecond());
    format!("{sign}{}", all.get(..digits as usize).unwrap())
}

fn nanos(t: NaiveDateTime) -> i64 {
    t.and_utc().timestamp_nanos_opt().unwrap()
}

fn check(text: &str, shape: Shape, civil: i64, digits: u32) -> Stamp {
    // Behind the stamp stands what a log has there.
    for more in ["", " ERROR it failed", "] x", ": y"] {
        let line = format!("{text}{more}");
        let found = read(shape, line.as_bytes(), 0);
        let (stamp, end) = found.unwrap_or_else(|| panic!("{shape:?} does not read {line:?}"));
        assert_eq!((stamp.civil, u32::from(stamp.digits), end), (civil, digits, text.len()), "{shape:?} {line:?}");
    }
    read(shape, text.as_bytes(), 0).unwrap().0
}

/// Date and time by chrono, the fraction as given.
fn dated(shape: Shape, form: &str, sign: char, digits: impl Fn(u32) -> u32) {
    for (t, n, _) in instants(0) {
        let n = digits(n);
        let text = t.format(form).to_string().replace("{f}", &fraction(t, n, sign));
        let civil = nanos(t.naive_utc()) - i64::from(t.nanosecond() % 10u32.pow(9 - n));
        let stamp = check(&text, shape, civil, n);
        assert!(stamp.states.has(States::YEAR_DATE), "{text}");
        let (_, by_any, end) = any(text.as_bytes(), 0).unwrap_or_else(|| panic!("no shape reads {text:?}"));
        assert_eq!(end, text.len(), "{text}");
        // 01/02 may be either; which it is, the whole file tells.
        if !matches!(shape, Shape::DayMonthNumeric | Shape::MonthDayNumeric | Shape::ShortYear) {
            assert_eq!(by_any.civil, civil, "{text}");
        }
    }
}

#[test]
fn full_dates() {
    let all = |n| n;
    let none = |_| 0;
    for (shape, form, sign) in [
        (Shape::Iso, "%Y-%m-%d %H:%M:%S{f}", '.'),
        (Shape::Iso, "%Y-%m-%dT%H:%M:%S{f}", ','),
        (Shape::Iso, "%Y/%m/%d %H:%M:%S{f}", '.'),
        (Shape::Iso, "%Y.%m.%d-%H:%M:%S{f}", '.'),
        (Shape::Iso, "%Y-%m-%d-%H.%M.%S{f}", '.'),
        (Shape::Compact, "%Y%m%d %H:%M:%S{f}", '.'),
        (Shape::Compact, "%Y%m%dT%H%M%S{f}", '.'),
        (Shape::Compact, "%Y%m%d-%H%M%S{f}", '.'),
        (Shape::Ctime, "%a %b %e %H:%M:%S{f} %Y", '.'),
        (Shape::DayMonth, "%d/%b/%Y:%H:%M:%S{f}", '.'),
        (Shape::DayMonth, "%d %b %Y %H:%M:%S{f}", '.'),
        (Shape::DayMonth, "%d-%b-%Y %H:%M:%S{f}", '.'),
        (Shape::DayMonth, "%a, %d %b %Y %H:%M:%S{f}", '.'),
        (Shape::MonthDay, "%b %d, %Y %H:%M:%S{f}", '.'),
        (Shape::MonthDay, "%B %d, %Y %I:%M:%S{f} %p", '.'),
        (Shape::MonthDay, "%b %e %Y %H:%M:%S{f}", '.'),
        (Shape::DayMonthNumeric, "%d.%m.%Y %H:%M:%S{f}", '.'),
        (Shape::DayMonthNumeric, "%-d/%-m/%Y %H:%M:%S{f}", ','),
        (Shape::MonthDayNumeric, "%m/%d/%Y, %I:%M:%S{f} %p", '.'),
        (Shape::MonthDayNumeric, "%-m/%-d/%Y %-I:%M:%S{f} %P", '.'),
        (Shape::Spelled, "%Y-%b-%d %H:%M:%S{f}", '.'),
        (Shape::Spelled, "%d-%b-%Y %I.%M.%S{f} %p", '.'),
        (Shape::Spelled, "%b/%d/%Y %H:%M:%S{f}", '.'),
        (Shape::Spelled, "%-d-%b-%Y::%H:%M:%S{f}", '.'),
        (Shape::Spelled, "%A, %B %d, %Y %H:%M:%S{f}", '.'),
        (Shape::Ordinal, "%Y-%jT%H:%M:%S{f}", '.'),
        (Shape::Ordinal, "%G-W%V-%uT%H:%M:%S{f}", '.'),
        (Shape::Digits, "%Y%m%d%H%M%S{f}", '.'),
    ] {
        dated(shape, form, sign, all);
    }
    dated(Shape::Digits, "%Y%m%d%H%M%S%3f", '.', none_of_three);
    dated(Shape::Iso, "%Y-%m-%d %H:%M:%S", '.', none);
}

/// Three digits of a fraction that no sign separates.
fn none_of_three(_: u32) -> u32 {
    3
}

#[test]
fn a_year_behind_the_time() {
    // A number before 1990 there is more likely something else.
    for (t, n, _) in instants(631_152_000) {
        let text = t.format("%b %e %H:%M:%S{f} %Y").to_string().replace("{f}", &fraction(t, n, '.'));
        check(&text, Shape::MonthDay, nanos(t.naive_utc()), n);
    }
}

#[test]
fn two_digits_of_the_year() {
    for (t, n, _) in instants(0).filter(|(t, ..)| t.year() < 2070) {
        let civil = nanos(t.naive_utc());
        for (shape, form) in [
            (Shape::ShortYear, "%y/%m/%d %H:%M:%S"),
            (Shape::SixDigits, "%y%m%d %H:%M:%S"),
            (Shape::SixDigits, "%y%m%d %H%M%S"),
            (Shape::DayMonthShort, "%d/%m/%y %H:%M:%S"),
            (Shape::MonthDayShort, "%m/%d/%y %H:%M:%S"),
            (Shape::MonthDay, "%b-%d-%y %H:%M:%S"),
        ] {
            let seconds = shape == Shape::SixDigits && form.ends_with("%S") && form.contains("%H%M");
            let n = if seconds { 0 } else { n };
            let text = format!("{}{}", t.format(form), fraction(t, n, '.'));
            check(&text, shape, civil - i64::from(t.nanosecond() % 10u32.pow(9 - n)), n);
        }
    }
}

#[test]
fn what_leaves_out_year_or_date() {
    for (t, n, _) in instants(0) {
        let time = t.naive_utc().time();
        let in_1972 = NaiveDate::from_ymd_opt(YEAR_UNKNOWN, t.month(), t.day()).unwrap().and_time(time);
        let tail = fraction(t, n, '.');
        for (shape, form) in [
            (Shape::MonthDay, "%b %e %H:%M:%S"),
            (Shape::MonthDayOnly, "%m-%d %H:%M:%S"),
            (Shape::FourDigits, "%m%d %H:%M:%S"),
            (Shape::DayMonth, "%d %b %H:%M:%S"),
        ] {
            let stamp = check(&format!("{}{tail}", t.format(form)), shape, nanos(in_1972), n);
            assert_eq!(stamp.states, States::DATE, "{shape:?}");
        }
        let alone = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap().and_time(time);
        let stamp = check(&format!("{}{tail}", t.format("%H:%M:%S")), Shape::TimeOnly, nanos(alone), n);
        assert_eq!(stamp.states, States::default());
    }
}

#[test]
fn offsets_from_utc() {
    for (t, n, mut random) in instants(86_400 * 2) {
        let quarters = random.below(14 * 4 * 2 + 1) as i32 - 14 * 4;
        let zone = FixedOffset::east_opt(quarters * 900).unwrap();
        let local = t.with_timezone(&zone);
        let tail = fraction(t, n, '.');
        for (shape, form) in [
            (Shape::Iso, "%Y-%m-%dT%H:%M:%S{f}%:z"),
            (Shape::Iso, "%Y-%m-%d %H:%M:%S{f} %z"),
            (Shape::DayMonth, "%d/%b/%Y:%H:%M:%S{f} %z"),
            (Shape::Spelled, "%a %b %d %Y %H:%M:%S{f} GMT%z"),
            (Shape::Iso, "%Y-%m-%d %H:%M:%S{f} UTC%:z"),
        ] {
            let stamp = check(&local.format(form).to_string().replace("{f}", &tail), shape, nanos(t.naive_utc()), n);
            assert_eq!(stamp.zone, ZoneText::Offset(quarters * 900), "{shape:?}");
        }
    }
}

#[test]
fn counts_since_an_epoch() {
    // Numbers of less than nine digits are no times, nor what would be before 1990.
    for (t, n, _) in instants(631_152_000) {
        let seconds = t.timestamp();
        let whole = nanos(t.naive_utc());
        check(&format!("{seconds}{}", fraction(t, n, '.')), Shape::Epoch, whole, n);
        check(&format!("{}", t.timestamp_millis()), Shape::Epoch, whole - whole % 1_000_000, 3);
        check(&format!("{}", t.timestamp_micros()), Shape::Epoch, whole - whole % 1_000, 6);
        if t.year() > 1990 {
            check(&format!("{whole}"), Shape::Epoch, whole, 9);
        }
        let tai = format!("@{:016x}{:08x}", (1u64 << 62) + 10 + seconds as u64, t.nanosecond());
        check(&tai, Shape::Tai64, whole, 9);
    }
    for (t, ..) in instants(0) {
        let ticks = nanos(t.naive_utc()) / 100;
        check(&format!("{}", ticks + 116_444_736_000_000_000), Shape::Epoch, ticks * 100, 7);
        check(&format!("{}", ticks + 621_355_968_000_000_000), Shape::Epoch, ticks * 100, 7);
    }
}

#[test]
fn leap_seconds_and_midnight_at_the_end_of_a_day() {
    for (t, ..) in instants(0) {
        let day = t.date_naive();
        let last = nanos(day.and_hms_opt(23, 59, 59).unwrap());
        check(&format!("{day} 23:59:60"), Shape::Iso, last, 0);
        check(&format!("{day} 24:00:00"), Shape::Iso, last + 1_000_000_000, 0);
    }
}
