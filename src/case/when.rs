//! Times as people give them in a postmortem: to the minute or the millisecond, exact or about (`~14:20`).

use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::time::zone::Zone;
use crate::time::{DAY, SECOND, format, query};

/// A time to the precision in which somebody gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    /// Nanoseconds since 1970 UTC.
    pub at: i64,
    /// How exactly it was given.
    pub precision: Precision,
    /// It is about then.
    pub approximate: bool,
}

/// How exactly a time was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Precision {
    /// Hours and minutes.
    Minute,
    /// Seconds, with this many digits of their fraction (0 to 9).
    Second(u8),
}

impl When {
    /// An exact time with this many digits of its second (0 to 9).
    pub fn exact(at: i64, digits: u8) -> Self {
        When { at, precision: Precision::Second(digits.min(9)), approximate: false }
    }

    /// Reads `14:20`, `14:20:05.3`, `2026-10-10 14:20`, RFC 3339, each with `~` before it where it is about then.
    ///
    /// Without a zone it is read in `zone`; without a date it is the one nearest to `near` (nanoseconds since 1970 UTC).
    ///
    /// # Errors
    /// A sentence that shows what is understood.
    pub fn parse(text: &str, zone: Zone, near: i64) -> Result<Self, String> {
        let text = text.trim();
        let bare = text.strip_prefix('~').unwrap_or(text).trim();
        let precision = precision(bare);
        let approximate = bare.len() < text.len();
        let read = if bare.get(..5).is_some_and(is_clock) && bare.len() < 19 {
            time_of_day(bare, zone, near)
        } else {
            full(bare, zone)
        };
        let at = read.ok_or_else(|| {
            format!(
                "cannot read time `{text}`; give 14:20, 14:20:05, 2026-10-10 14:20 or RFC 3339, `~` before it for about"
            )
        })?;
        Ok(When { at, precision, approximate })
    }

    /// Reads one time or a range of two (`14:20–14:35`, `14:20 to ~14:35`).
    ///
    /// # Errors
    /// A sentence that shows what is understood, or says that the range ends before it begins.
    pub fn parse_range(text: &str, zone: Zone, near: i64) -> Result<(Self, Option<Self>), String> {
        let parted = text.split_once('–').or_else(|| text.split_once(" to ")).or_else(|| text.split_once(" - "));
        let Some((from, to)) = parted else { return Ok((When::parse(text, zone, near)?, None)) };
        let from = When::parse(from, zone, near)?;
        let mut to = When::parse(to, zone, from.at)?;
        if to.at < from.at && to.at + DAY - from.at < DAY / 2 {
            to.at += DAY;
        }
        if to.at < from.at { Err(format!("`{text}` ends before it begins")) } else { Ok((from, Some(to))) }
    }

    /// The time of day in a zone: `~14:20`, `14:20:05.3`.
    pub fn time_of_day(self, zone: Zone) -> String {
        let about = if self.approximate { "~" } else { "" };
        match self.precision {
            Precision::Minute => {
                let text = format::time_of_day(self.at, 0, zone);
                format!("{about}{}", text.get(..5).unwrap_or(&text))
            }
            Precision::Second(digits) => format!("{about}{}", format::time_of_day(self.at, digits, zone)),
        }
    }

    /// Date and time in a zone: `2026-10-10 ~14:20`.
    pub fn local(self, zone: Zone) -> String {
        format!("{} {}", format::date(self.at, zone), self.time_of_day(zone))
    }
}

fn is_clock(text: &str) -> bool {
    let mut bytes = text.bytes();
    let mut digit = || bytes.next().is_some_and(|b| b.is_ascii_digit());
    digit() && digit() && text.as_bytes().get(2) == Some(&b':') && text.bytes().skip(3).all(|b| b.is_ascii_digit())
}

fn precision(text: &str) -> Precision {
    let Some(clock) = text.char_indices().map(|(i, _)| i).find(|&i| text.get(i..i + 5).is_some_and(is_clock)) else {
        return Precision::Minute;
    };
    let rest = text.get(clock + 5..).unwrap_or_default();
    if !rest.starts_with(':') || !rest.get(1..3).is_some_and(|s| s.bytes().all(|b| b.is_ascii_digit())) {
        return Precision::Minute;
    }
    let fraction = rest.get(3..).and_then(|f| f.strip_prefix('.')).unwrap_or_default();
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count().min(9);
    Precision::Second(u8::try_from(digits).unwrap_or(9))
}

fn full(text: &str, zone: Zone) -> Option<i64> {
    // RFC 3339 wants seconds; people do not.
    let minutes = text.strip_suffix('Z').filter(|t| t.len() == 16).map(|t| format!("{t}:00Z"));
    let text = minutes.as_deref().unwrap_or(text);
    let day_only = text.len() < 12;
    (!day_only).then(|| query::instant(text, zone, 0).ok()).flatten().filter(|_| text.as_bytes().get(4) == Some(&b'-'))
}

/// The instant of this time of day that is nearest to `near`.
fn time_of_day(text: &str, zone: Zone, near: i64) -> Option<i64> {
    let of_day = |days: i64| {
        let date = format::date(near.checked_add(days * DAY)?, zone);
        query::instant(&format!("{date} {text}"), zone, 0).ok()
    };
    [-1, 0, 1].into_iter().filter_map(of_day).min_by_key(|t| t.abs_diff(near))
}

impl fmt::Display for When {
    /// As it stands in a case file: UTC, `~` before it where it is about then.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = if self.approximate { "~" } else { "" };
        match self.precision {
            Precision::Second(digits) => write!(f, "{about}{}", format::utc(self.at, digits)),
            Precision::Minute => {
                let text = format::utc(self.at - self.at.rem_euclid(60 * SECOND), 0);
                write!(f, "{about}{}Z", text.strip_suffix(":00Z").unwrap_or(&text))
            }
        }
    }
}

impl Serialize for When {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        When::parse(&text, Zone::default(), 0).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_791_633_600 * SECOND; // 2026-10-10T12:00:00Z

    #[test]
    fn times_of_a_postmortem_keep_how_exactly_they_were_given() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let check = |text: &str, zone: Zone, want: &str| {
            let when = When::parse(text, zone, NOON).unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(when.to_string(), want, "{text}");
            assert_eq!(When::parse(want, Zone::default(), 0), Ok(when), "{text}");
        };
        check("~14:20", Zone::default(), "~2026-10-10T14:20Z");
        check("14:20", berlin, "2026-10-10T12:20Z");
        check("14:20:05.30", Zone::default(), "2026-10-10T14:20:05.30Z");
        check("~ 2026-10-09 23:59:59", Zone::default(), "~2026-10-09T23:59:59Z");
        check("2026-10-10T14:20Z", berlin, "2026-10-10T14:20Z");
        check("2026-10-10T14:20:00+02:00", Zone::default(), "2026-10-10T12:20:00Z");
        check("23:50", Zone::default(), "2026-10-10T23:50Z");
        for wrong in ["", "~", "noon", "25:00", "2026-10-10", "14:2", "1é:20", "14:20:", "14:20:0é"] {
            assert!(When::parse(wrong, Zone::default(), NOON).is_err(), "{wrong}");
        }
    }

    #[test]
    fn ranges_end_after_they_begin() {
        let range = |text: &str| {
            When::parse_range(text, Zone::default(), NOON).map(|(a, b)| (a.to_string(), b.map(|b| b.to_string())))
        };
        let ends = |a: &str, b: &str| Ok((a.to_owned(), Some(b.to_owned())));
        assert_eq!(range("14:20–~14:35"), ends("2026-10-10T14:20Z", "~2026-10-10T14:35Z"));
        assert_eq!(range("23:50 to 00:10"), ends("2026-10-10T23:50Z", "2026-10-11T00:10Z"));
        assert!(range("14:35–14:20").unwrap_err().contains("before it begins"));
        assert_eq!(range("14:20"), Ok(("2026-10-10T14:20Z".to_owned(), None)));
    }

    #[test]
    fn a_time_is_shown_as_exactly_as_it_was_given() {
        let when = |text: &str| When::parse(text, Zone::default(), NOON).unwrap();
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(when("~14:20").time_of_day(Zone::default()), "~14:20");
        assert_eq!(when("14:20:05.3").local(berlin), "2026-10-10 16:20:05.3");
    }
}
