//! Instants as a user gives them: RFC 3339, a date, `yesterday`, `-3h`.

use chrono::{DateTime, NaiveDate, NaiveDateTime};

use super::zone::Zone;
use super::{DAY, SECOND};

/// Reads an instant; local forms are read in `zone`, relative ones from `now` (both nanoseconds since 1970 UTC).
///
/// # Errors
/// A sentence that shows what is understood.
pub fn instant(text: &str, zone: Zone, now: i64) -> Result<i64, String> {
    let text = text.trim();
    if let Ok(t) = DateTime::parse_from_rfc3339(text) {
        return t.timestamp_nanos_opt().ok_or_else(|| format!("too far away: {text}"));
    }
    let local = |t: NaiveDateTime| {
        let civil = t.and_utc().timestamp_nanos_opt()?;
        let (east, _) = zone.east_at_local(civil);
        civil.checked_sub(i64::from(east) * SECOND)
    };
    for form in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"] {
        if let Some(t) = NaiveDateTime::parse_from_str(text, form).ok().and_then(local) {
            return Ok(t);
        }
    }
    if let Some(t) = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|d| local(d.and_hms_opt(0, 0, 0)?)) {
        return Ok(t);
    }
    let midnight = |t: i64| {
        let east = i64::from(zone.east_at(t)) * SECOND;
        (t + east).div_euclid(DAY) * DAY - east
    };
    match text {
        "now" => return Ok(now),
        "today" => return Ok(midnight(now)),
        "yesterday" => return Ok(midnight(now) - DAY),
        _ => {}
    }
    text.strip_prefix('-').and_then(span).and_then(|s| now.checked_sub(s)).ok_or_else(|| {
        format!("cannot read time `{text}`; give RFC 3339 (2026-10-10T13:08:00Z), a date, `yesterday` or `-3h`")
    })
}

/// A length of time such as `90s`, `15m`, `3h`, `2d`, `1w`, in nanoseconds.
pub fn span(text: &str) -> Option<i64> {
    let split = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at_checked(split)?;
    let scale = match unit {
        "ms" => SECOND / 1000,
        "s" => SECOND,
        "m" | "min" => 60 * SECOND,
        "h" => 3600 * SECOND,
        "d" => DAY,
        "w" => 7 * DAY,
        _ => return None,
    };
    number.parse::<i64>().ok().filter(|n| *n >= 0)?.checked_mul(scale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::format::utc;

    #[test]
    fn times_as_people_give_them() {
        let now = 1_791_637_688 * SECOND; // 2026-10-10T13:08:08Z
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let check = |text: &str, zone, want: &str| {
            assert_eq!(instant(text, zone, now).map(|t| utc(t, 0)).as_deref(), Ok(want), "{text}")
        };
        check("2026-10-10T13:08:00+02:00", Zone::default(), "2026-10-10T11:08:00Z");
        check("2026-10-10 13:08", berlin, "2026-10-10T11:08:00Z");
        check("2026-10-10", Zone::default(), "2026-10-10T00:00:00Z");
        check("-3h", Zone::default(), "2026-10-10T10:08:08Z");
        check("yesterday", Zone::default(), "2026-10-09T00:00:00Z");
        check("today", berlin, "2026-10-09T22:00:00Z");
        assert!(instant("soon", Zone::default(), now).unwrap_err().contains("RFC 3339"));
    }
}
