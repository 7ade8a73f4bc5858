//! Zones: abbreviations with one usual meaning, those with several, and names of the IANA database.

use chrono::{MappedLocalTime, Offset as _, TimeZone as _};
use chrono_tz::Tz;

use super::stamp::ZoneText;
use super::{DAY, SECOND};

const H: i32 = 3600;
const M: i32 = 60;

/// Abbreviations that logs use in one meaning: name, seconds east of UTC.
const USUAL: [(&str, i32); 43] = [
    ("UTC", 0),
    ("GMT", 0),
    ("UCT", 0),
    ("WET", 0),
    ("WEST", H),
    ("CET", H),
    ("MET", H),
    ("CEST", 2 * H),
    ("MEST", 2 * H),
    ("EET", 2 * H),
    ("SAST", 2 * H),
    ("CAT", 2 * H),
    ("EEST", 3 * H),
    ("MSK", 3 * H),
    ("EAT", 3 * H),
    ("TRT", 3 * H),
    ("MSD", 4 * H),
    ("PKT", 5 * H),
    ("NPT", 5 * H + 45 * M),
    ("WIB", 7 * H),
    ("HKT", 8 * H),
    ("SGT", 8 * H),
    ("AWST", 8 * H),
    ("PHT", 8 * H),
    ("JST", 9 * H),
    ("KST", 9 * H),
    ("ACST", 9 * H + 30 * M),
    ("AEST", 10 * H),
    ("ACDT", 10 * H + 30 * M),
    ("AEDT", 11 * H),
    ("NZST", 12 * H),
    ("NZDT", 13 * H),
    ("BRT", -3 * H),
    ("ART", -3 * H),
    ("NDT", -(2 * H + 30 * M)),
    ("NST", -(3 * H + 30 * M)),
    ("EDT", -4 * H),
    ("EST", -5 * H),
    ("CDT", -5 * H),
    ("MDT", -6 * H),
    ("MST", -7 * H),
    ("PDT", -7 * H),
    ("PST", -8 * H),
];

/// Abbreviations that no text can be sure of: name, seconds east of UTC of each meaning.
pub const AMBIGUOUS: [(&str, &[i32]); 10] = [
    ("IST", &[5 * H + 30 * M, 2 * H, H]),
    ("BST", &[H, 6 * H]),
    ("CST", &[-6 * H, 8 * H, -5 * H]),
    ("AST", &[-4 * H, 3 * H]),
    ("ADT", &[-3 * H, 4 * H]),
    ("IDT", &[3 * H]),
    ("HST", &[-10 * H]),
    ("AKST", &[-9 * H]),
    ("AKDT", &[-8 * H]),
    ("GST", &[4 * H, -2 * H]),
];

/// The zone abbreviation that a text begins with, and its length; none unless the word ends with it.
#[inline]
pub fn abbreviation(text: &[u8]) -> (ZoneText, usize) {
    let len = text.iter().take(6).take_while(|b| b.is_ascii_alphabetic()).count();
    if !(3..=4).contains(&len) || matches!(text.get(len), Some(b'0'..=b'9' | b'_' | b'=')) {
        return (ZoneText::None, 0);
    }
    let word = text.get(..len).unwrap_or_default();
    if word == b"UTC" {
        return (ZoneText::Offset(0), len);
    }
    if let Some((_, east)) = USUAL.iter().find(|(name, _)| name.as_bytes() == word) {
        return (ZoneText::Offset(*east), len);
    }
    match AMBIGUOUS.iter().position(|(name, _)| name.as_bytes() == word) {
        Some(i) => match AMBIGUOUS.get(i) {
            Some((_, [one])) => (ZoneText::Offset(*one), len),
            _ => (ZoneText::Ambiguous(u8::try_from(i).unwrap_or(0)), len),
        },
        None => (ZoneText::None, 0),
    }
}

/// A zone that stamps without one are read in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// Seconds east of UTC.
    Fixed(i32),
    /// A zone of the IANA database, daylight saving time included.
    Named(Tz),
}

impl Default for Zone {
    fn default() -> Self {
        Zone::Fixed(0)
    }
}

impl Zone {
    /// Reads `UTC`, `Z`, `+05:30`, an IANA name or an abbreviation with one usual meaning.
    pub fn parse(text: &str) -> Option<Zone> {
        let text = text.trim();
        if matches!(text, "UTC" | "utc" | "Z" | "GMT") {
            return Some(Zone::Fixed(0));
        }
        if let Some(sign) = text.strip_prefix('+').map(|r| (1, r)).or_else(|| text.strip_prefix('-').map(|r| (-1, r))) {
            let (sign, rest) = sign;
            let digits: String = rest.chars().filter(|&c| c != ':').collect();
            let (hours, minutes) = match digits.len() {
                1 | 2 => (digits.parse::<i32>().ok()?, 0),
                4 => {
                    let n = digits.parse::<i32>().ok()?;
                    (n / 100, n % 100)
                }
                _ => return None,
            };
            return (hours <= 15 && minutes < 60).then_some(Zone::Fixed(sign * (hours * H + minutes * M)));
        }
        if let Ok(tz) = text.parse::<Tz>() {
            return Some(Zone::Named(tz));
        }
        match abbreviation(text.as_bytes()) {
            (ZoneText::Offset(east), len) if len == text.len() => Some(Zone::Fixed(east)),
            _ => None,
        }
    }

    /// The name for people: `UTC`, `+05:30`, `Europe/Berlin`.
    pub fn name(self) -> String {
        match self {
            Zone::Fixed(0) => "UTC".to_owned(),
            Zone::Fixed(east) => offset_name(east),
            Zone::Named(tz) => tz.name().to_owned(),
        }
    }

    /// Seconds east of UTC at an instant in nanoseconds since 1970.
    pub fn east_at(self, utc: i64) -> i32 {
        match self {
            Zone::Fixed(east) => east,
            Zone::Named(tz) => match chrono::DateTime::from_timestamp(utc.div_euclid(SECOND), 0) {
                Some(t) => tz.offset_from_utc_datetime(&t.naive_utc()).fix().local_minus_utc(),
                None => 0,
            },
        }
    }

    /// Seconds east of UTC at a local time, and whether daylight saving time repeats or skips that time.
    ///
    /// Of a repeated time the first is taken; a skipped one is read with the offset before the change.
    pub fn east_at_local(self, civil: i64) -> (i32, bool) {
        let local = self.local(civil);
        (local.first(), !matches!(local, Local::Once(_)))
    }

    /// How often a local time (nanoseconds since 1970 by the zone's own clocks) comes, and where it is then.
    pub fn local(self, civil: i64) -> Local {
        let Zone::Named(tz) = self else { return Local::Once(self.east_at(civil)) };
        let Some(local) = chrono::DateTime::from_timestamp(civil.div_euclid(SECOND), 0).map(|t| t.naive_utc()) else {
            return Local::Once(0);
        };
        match tz.offset_from_local_datetime(&local) {
            MappedLocalTime::Single(o) => Local::Once(o.fix().local_minus_utc()),
            MappedLocalTime::Ambiguous(first, second) => {
                Local::Twice(first.fix().local_minus_utc(), second.fix().local_minus_utc())
            }
            MappedLocalTime::None => Local::Never(self.east_at(civil - DAY / 2)),
        }
    }
}

/// A local time, in seconds east of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// It comes once.
    Once(i32),
    /// Clocks are put back over it: the first time and the second.
    Twice(i32, i32),
    /// Clocks are put forward over it; the offset before the change.
    Never(i32),
}

impl Local {
    /// The offset of the first time.
    pub fn first(self) -> i32 {
        match self {
            Local::Once(east) | Local::Twice(east, _) | Local::Never(east) => east,
        }
    }
}

/// `+05:30`.
pub fn offset_name(east: i32) -> String {
    let sign = if east < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", east.abs() / H, east.abs() % H / M)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_read_by_name_offset_and_abbreviation() {
        assert_eq!(Zone::parse("-03:30"), Some(Zone::Fixed(-(3 * H + 30 * M))));
        assert_eq!(Zone::parse("+0530"), Some(Zone::Fixed(5 * H + 30 * M)));
        assert_eq!(Zone::parse("CEST"), Some(Zone::Fixed(2 * H)));
        assert_eq!(Zone::parse("Europe/Berlin").map(Zone::name).as_deref(), Some("Europe/Berlin"));
        assert_eq!(Zone::parse("IST"), None, "ambiguous");
        assert_eq!(Zone::parse("Mars/Olympus"), None);
    }

    #[test]
    fn a_repeated_hour_is_flagged() {
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let civil = |s: &str| chrono::NaiveDateTime::parse_from_str(s, "%F %T").unwrap().and_utc().timestamp() * SECOND;
        assert_eq!(berlin.east_at_local(civil("2026-10-25 02:30:00")), (2 * H, true));
        assert_eq!(berlin.east_at_local(civil("2026-03-29 02:30:00")), (H, true));
        assert_eq!(berlin.east_at_local(civil("2026-07-01 12:00:00")), (2 * H, false));
    }
}
