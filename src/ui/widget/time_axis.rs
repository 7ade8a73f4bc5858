//! Time to screen and back, and the ticks of an axis.
//!
//! Times are `i64` nanoseconds; only distances from the left edge become floating point, so that a millisecond
//! keeps its place however far from 1970 it is.

use chrono::{DateTime, Datelike as _, NaiveDate};

use crate::time::zone::Zone;
use crate::time::{DAY, SECOND, format};

/// The shortest stretch of time that can be shown.
const SHORTEST: f64 = 200.0;

/// A stretch of time, in nanoseconds since 1970 UTC; `end` is after `start`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// Its begin.
    pub start: i64,
    /// Its end.
    pub end: i64,
}

impl TimeRange {
    /// From `start` to `end`, at least the shortest that can be shown.
    pub fn new(start: i64, end: i64) -> Self {
        let (start, end) = (start.min(end), start.max(end));
        let least = SHORTEST as i64;
        if end.abs_diff(start) >= least.unsigned_abs() {
            return TimeRange { start, end };
        }
        let start = start.saturating_sub(least / 2).min(i64::MAX - least);
        TimeRange { start, end: start + least }
    }

    /// Its length in nanoseconds.
    pub fn span(&self) -> f64 {
        self.end.abs_diff(self.start) as f64
    }

    /// Where `time` stands, 0 at the begin and 1 at the end.
    pub fn part(&self, time: i64) -> f64 {
        (i128::from(time) - i128::from(self.start)) as f64 / self.span()
    }

    /// The time at a part of the range.
    pub fn at(&self, part: f64) -> i64 {
        offset(self.start, part * self.span())
    }

    /// True when `time` lies in it.
    pub fn has(&self, time: i64) -> bool {
        (self.start..=self.end).contains(&time)
    }

    /// Zoomed by `factor` (above 1 shows more detail) around a part that stays where it is.
    #[must_use]
    pub fn zoomed(&self, factor: f64, pivot: f64) -> TimeRange {
        let span = (self.span() / factor).clamp(SHORTEST, 1.8e19);
        let fixed = self.at(pivot);
        let start = offset(fixed, -pivot * span);
        TimeRange::new(start, offset(start, span))
    }

    /// Moved by a part of its length, to later times for positive ones.
    #[must_use]
    pub fn panned(&self, part: f64) -> TimeRange {
        let by = part * self.span();
        let (start, end) = (offset(self.start, by), offset(self.end, by));
        if end.abs_diff(start) == self.end.abs_diff(self.start) { TimeRange { start, end } } else { *self }
    }

    /// As long as it is, with `time` at a part of it, however far away that is.
    fn placed(&self, time: i64, part: f64) -> TimeRange {
        let start = offset(time, -part * self.span());
        TimeRange::new(start, offset(start, self.span()))
    }

    /// With `part` of its length added on both sides.
    #[must_use]
    pub fn widened(&self, part: f64) -> TimeRange {
        let by = part * self.span();
        TimeRange::new(offset(self.start, -by), offset(self.end, by))
    }

    /// Moved so that it overlaps `all`, and no longer than three times it.
    #[must_use]
    pub fn within(&self, all: TimeRange) -> TimeRange {
        let mut range = *self;
        let longest = (all.span() * 3.0).max(SHORTEST * 4.0);
        if range.span() > longest {
            range = range.zoomed(range.span() / longest, 0.5);
        }
        let (least, most) = (0.1, 0.9);
        if range.at(most) < all.start {
            return range.placed(all.start, most);
        }
        if range.at(least) > all.end {
            return range.placed(all.end, least);
        }
        range
    }
}

fn offset(time: i64, by: f64) -> i64 {
    // Casting a float saturates; adding does too.
    time.saturating_add(by.round() as i64)
}

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    /// Where it stands.
    pub time: i64,
    /// Its time of day, or its date on axes of many days.
    pub label: String,
    /// Its date; on axes of many days the year, of many years nothing.
    pub date: String,
    /// The same in fewer characters.
    pub short_date: String,
    /// It stands at a round time; others only tell where a stretch between folds begins.
    pub round: bool,
}

/// Steps below a day, in nanoseconds.
const STEPS: [i64; 40] = [
    1,
    2,
    5,
    10,
    20,
    50,
    100,
    200,
    500,
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    60 * SECOND,
    120 * SECOND,
    300 * SECOND,
    600 * SECOND,
    900 * SECOND,
    1_800 * SECOND,
    3_600 * SECOND,
];
const HOURS: [i64; 4] = [2, 3, 6, 12];
/// Steps in days, then in months.
const DAYS: [i64; 4] = [1, 2, 7, 14];
const MONTHS: [i64; 8] = [1, 3, 6, 12, 24, 60, 120, 600];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Nanos(i64),
    Days(i64),
    Months(i64),
}

/// At most `n` ticks for `range`, at round times of `zone`.
pub fn ticks(range: TimeRange, n: usize, zone: Zone) -> Vec<Tick> {
    ticks_of(&[range], range.span() / n.max(1) as f64, zone)
}

/// Ticks for stretches that stand side by side, at least `apart` nanoseconds from each other, at round times of `zone`.
/// A stretch without a round time has a tick where it begins.
pub fn ticks_of(ranges: &[TimeRange], apart: f64, zone: Zone) -> Vec<Tick> {
    let step = step(apart);
    let mut ticks = Vec::new();
    for &range in ranges {
        let times = match step {
            Step::Nanos(nanos) => round_times(range, nanos, zone),
            Step::Days(days) => round_dates(range, zone, |date| next_day(date, days), |date| floor_day(date, days)),
            Step::Months(months) => {
                round_dates(range, zone, |date| next_month(date, months), |date| floor_month(date, months))
            }
        };
        if times.is_empty() && ranges.len() > 1 {
            ticks.push(tick(range.start, step, false, zone));
        }
        ticks.extend(times.into_iter().map(|time| tick(time, step, true, zone)));
    }
    ticks
}

fn tick(time: i64, step: Step, round: bool, zone: Zone) -> Tick {
    let (label, date, short) = match step {
        Step::Nanos(nanos) => (time_label(time, nanos, zone), day_label(time, zone), "%e %b"),
        Step::Days(_) => (short_date(time, zone, "%e %b"), short_date(time, zone, "%Y"), "%Y"),
        Step::Months(m) if m < 12 => (short_date(time, zone, "%b"), short_date(time, zone, "%Y"), "%Y"),
        Step::Months(_) => (short_date(time, zone, "%Y"), String::new(), ""),
    };
    Tick { time, label, date, short_date: short_date(time, zone, short), round }
}

fn step(at_least: f64) -> Step {
    if let Some(&nanos) = STEPS.iter().find(|&&s| s as f64 >= at_least) {
        return Step::Nanos(nanos);
    }
    if let Some(&h) = HOURS.iter().find(|&&h| (h * 3_600 * SECOND) as f64 >= at_least) {
        return Step::Nanos(h * 3_600 * SECOND);
    }
    let days = at_least / DAY as f64;
    if let Some(&d) = DAYS.iter().find(|&&d| d as f64 >= days) {
        return Step::Days(d);
    }
    let months = days / 28.0;
    Step::Months(MONTHS.iter().copied().find(|&m| m as f64 >= months).unwrap_or(1_200))
}

fn round_times(range: TimeRange, step: i64, zone: Zone) -> Vec<i64> {
    let east = i128::from(zone.east_at(range.start)) * i128::from(SECOND);
    let first = (i128::from(range.start) + east).div_euclid(i128::from(step)) * i128::from(step) - east;
    let mut times = Vec::new();
    let mut time = first;
    while time <= i128::from(range.end) && times.len() < 200 {
        if let Ok(t) = i64::try_from(time)
            && t >= range.start
        {
            times.push(t);
        }
        time += i128::from(step);
    }
    times
}

fn round_dates(
    range: TimeRange,
    zone: Zone,
    next: impl Fn(NaiveDate) -> Option<NaiveDate>,
    floor: impl Fn(NaiveDate) -> Option<NaiveDate>,
) -> Vec<i64> {
    let mut times = Vec::new();
    let mut date = local_date(range.start, zone).and_then(floor);
    while let Some(d) = date {
        let civil = d.and_hms_opt(0, 0, 0).map_or(0, |t| t.and_utc().timestamp()).saturating_mul(SECOND);
        let time = civil.saturating_sub(i64::from(zone.east_at_local(civil).0) * SECOND);
        if time > range.end || times.len() >= 200 {
            break;
        }
        if time >= range.start {
            times.push(time);
        }
        date = next(d);
    }
    times
}

fn local_date(time: i64, zone: Zone) -> Option<NaiveDate> {
    let shifted = time.saturating_add(i64::from(zone.east_at(time)) * SECOND);
    Some(DateTime::from_timestamp(shifted.div_euclid(SECOND), 0)?.date_naive())
}

fn floor_day(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    let n = i64::from(date.num_days_from_ce());
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(n - (n - 1).rem_euclid(days)).ok()?)
}

fn next_day(date: NaiveDate, days: i64) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(i32::try_from(i64::from(date.num_days_from_ce()) + days).ok()?)
}

fn floor_month(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    let n = i64::from(date.year()) * 12 + i64::from(date.month0());
    month(n.div_euclid(months) * months)
}

fn next_month(date: NaiveDate, months: i64) -> Option<NaiveDate> {
    month(i64::from(date.year()) * 12 + i64::from(date.month0()) + months)
}

fn month(n: i64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(i32::try_from(n.div_euclid(12)).ok()?, u32::try_from(n.rem_euclid(12)).ok()? + 1, 1)
}

fn time_label(time: i64, step: i64, zone: Zone) -> String {
    let digits = (0..9_u8).find(|&d| step >= 10_i64.pow(9 - u32::from(d))).unwrap_or(9);
    let text = format::time_of_day(time, digits, zone);
    if step >= 60 * SECOND { text.chars().take(5).collect() } else { text }
}

/// `Sat 10 Oct 2026` in `zone`.
pub fn day_label(time: i64, zone: Zone) -> String {
    short_date(time, zone, "%a %e %b %Y")
}

fn short_date(time: i64, zone: Zone, pattern: &str) -> String {
    local_date(time, zone).map_or_else(String::new, |d| {
        let text = d.format(pattern).to_string();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: i64 = 1_791_637_681_493_000_000; // 2026-10-10 13:08:01.493 UTC

    fn labels(range: TimeRange, n: usize, zone: &str) -> Vec<String> {
        let zone = Zone::parse(zone).unwrap();
        ticks(range, n, zone).into_iter().map(|t| t.label).collect()
    }

    #[test]
    fn zooming_keeps_the_pivot_and_panning_the_span() {
        let range = TimeRange::new(T, T + 60 * SECOND);
        let near = range.zoomed(1_000.0, 0.25);
        assert!((near.part(range.at(0.25)) - 0.25).abs() < 1e-6);
        let back = near.zoomed(1.0 / 1_000.0, 0.25);
        assert!(back.start.abs_diff(range.start) < 10_000);
        let mut far = range;
        for _ in 0..1_000 {
            far = far.panned(0.01).panned(-0.01);
        }
        assert_eq!(far, range);
        assert!(range.zoomed(1e30, 0.5).span() >= SHORTEST);
        assert!(range.zoomed(1e-30, 0.5).span() < 1.9e19);
        let all = TimeRange::new(T, T + SECOND);
        assert!(range.panned(50.0).within(all).start <= all.end);
        // From as far as times go.
        for at in [i64::MIN, -8_912_820_579_686_416_384, i64::MAX - 1_000_000_000_000_000_000] {
            let far = TimeRange::new(at, at + 900_000_000_000_000_000).within(all);
            assert!(far.start < all.end && far.end > all.start, "{far:?}");
        }
    }

    #[test]
    fn ticks_stand_at_round_times_of_the_zone() {
        let range = TimeRange::new(T, T + 24 * SECOND);
        assert_eq!(labels(range, 7, "UTC"), ["13:08:05", "13:08:10", "13:08:15", "13:08:20", "13:08:25"]);
        let hours = TimeRange::new(T, T + 8 * 3_600 * SECOND);
        assert_eq!(labels(hours, 5, "Asia/Kolkata"), ["20:00", "22:00", "00:00", "02:00"]);
        let days = TimeRange::new(T, T + 20 * DAY);
        assert_eq!(labels(days, 4, "Europe/Berlin"), ["12 Oct", "19 Oct", "26 Oct"]);
        let years = TimeRange::new(0, T);
        assert_eq!(labels(years, 7, "UTC").first().map(String::as_str), Some("1970"));
    }

    #[test]
    fn fine_steps_show_their_digits() {
        let range = TimeRange::new(T, T + 3_000_000);
        assert_eq!(labels(range, 4, "UTC").get(1).map(String::as_str), Some("13:08:01.494"));
        let nanos = TimeRange::new(T, T + 300);
        assert_eq!(labels(nanos, 4, "UTC").get(1).map(String::as_str), Some("13:08:01.4930001"));
    }

    #[test]
    fn the_date_stands_at_the_first_tick_and_at_midnight() {
        let range = TimeRange::new(T, T + 24 * 3_600 * SECOND);
        let mut dates: Vec<String> = ticks(range, 6, Zone::default()).into_iter().map(|t| t.date).collect();
        dates.dedup();
        assert_eq!(dates, ["Sat 10 Oct 2026", "Sun 11 Oct 2026"]);
    }

    #[test]
    fn stretches_between_folds_are_all_told() {
        let ranges = [TimeRange::new(T, T + 2 * SECOND), TimeRange::new(T + DAY, T + DAY + 20 * SECOND)];
        let ticks = ticks_of(&ranges, 6.0 * SECOND as f64, Zone::default());
        let told: Vec<(&str, bool)> = ticks.iter().map(|t| (t.label.as_str(), t.round)).collect();
        assert_eq!(told, [("13:08:01", false), ("13:08:10", true), ("13:08:20", true)]);
        assert_eq!(ticks.last().map(|t| t.short_date.as_str()), Some("11 Oct"));
    }

    #[test]
    fn any_range_ends() {
        for (start, end) in [(i64::MIN, i64::MAX), (i64::MIN, i64::MIN + 1), (i64::MAX - 1, i64::MAX), (0, 1)] {
            let range = TimeRange::new(start, end);
            assert!(ticks(range, 8, Zone::default()).len() <= 200);
            assert!(range.zoomed(0.5, 0.5).span() > 0.0);
        }
    }
}
