//! Instants as text: RFC 3339 with exactly the digits that are known.

use chrono::{DateTime, Datelike as _, Timelike as _};

use super::zone::{Zone, offset_name};
use super::{SECOND, zone};

/// `2026-10-10T13:08:01.493Z`, with `precision` digits of the second's fraction (0 to 9).
pub fn utc(nanos: i64, precision: u8) -> String {
    let mut text = local(nanos, precision, Zone::Fixed(0), 'T');
    text.push('Z');
    text
}

/// `2026-10-10T15:08:01.493+02:00` in `zone`.
pub fn with_offset(nanos: i64, precision: u8, zone: Zone) -> String {
    let east = zone.east_at(nanos);
    if east == 0 {
        return utc(nanos, precision);
    }
    local(nanos, precision, Zone::Fixed(east), 'T') + &zone::offset_name(east)
}

/// Date and time in `zone` without naming it, with `separator` between them.
pub fn local(nanos: i64, precision: u8, zone: Zone, separator: char) -> String {
    let shifted = nanos.saturating_add(i64::from(zone.east_at(nanos)).saturating_mul(SECOND));
    let Some(t) = DateTime::from_timestamp(shifted.div_euclid(SECOND), 0) else { return offset_name(0) };
    let mut text = format!(
        "{:04}-{:02}-{:02}{separator}{:02}:{:02}:{:02}",
        t.year(),
        t.month(),
        t.day(),
        t.hour(),
        t.minute(),
        t.second()
    );
    push_fraction(&mut text, shifted.rem_euclid(SECOND), precision);
    text
}

/// Time of day in `zone`.
pub fn time_of_day(nanos: i64, precision: u8, zone: Zone) -> String {
    let text = local(nanos, precision, zone, 'T');
    text.split_once('T').map_or_else(String::new, |(_, time)| time.to_owned())
}

/// The date in `zone`.
pub fn date(nanos: i64, zone: Zone) -> String {
    let text = local(nanos, 0, zone, 'T');
    text.split_once('T').map_or_else(String::new, |(date, _)| date.to_owned())
}

fn push_fraction(text: &mut String, nanos: i64, precision: u8) {
    if precision == 0 {
        return;
    }
    let all = format!("{nanos:09}");
    text.push('.');
    text.extend(all.chars().take(usize::from(precision.min(9))));
}

/// A length of time in words an engineer reads at once: `350 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min`, `64 d 3 h`.
pub fn duration(nanos: i64) -> String {
    let n = nanos.unsigned_abs();
    let sign = if nanos < 0 { "−" } else { "" };
    let seconds = n / 1_000_000_000;
    let body = match n {
        0..1_000 => format!("{n} ns"),
        1_000..1_000_000 => format!("{} µs", n / 1_000),
        1_000_000..1_000_000_000 => format!("{} ms", n / 1_000_000),
        _ if seconds < 60 => {
            let tenths = n / 100_000_000;
            if tenths.is_multiple_of(10) {
                format!("{seconds} s")
            } else {
                format!("{}.{} s", tenths / 10, tenths % 10)
            }
        }
        _ if seconds < 3600 => two(seconds / 60, "min", seconds % 60, "s"),
        _ if seconds < 86_400 => two(seconds / 3600, "h", seconds % 3600 / 60, "min"),
        _ => two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h"),
    };
    format!("{sign}{body}")
}

fn two(big: u64, big_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 { format!("{big} {big_unit}") } else { format!("{big} {big_unit} {small} {small_unit}") }
}
