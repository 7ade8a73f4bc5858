//! Times, lengths and tags of markers, as they are read and said.

use crate::case::figures::Took;
use crate::case::when::When;
use crate::time::format;
use crate::time::zone::Zone;

/// The words between commas, each once; a `#` before one is taken for what it is.
pub fn split_tags(text: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in text.split(',').map(|t| t.trim().trim_start_matches('#').trim()).filter(|t| !t.is_empty()) {
        if !tags.iter().any(|there| there == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// A time with as many digits as can be aimed at where a point is this many nanoseconds.
pub fn aimed(time: i64, per_point: f64) -> When {
    let digits = (0..9_u8).find(|&d| per_point >= 10_f64.powi(9 - i32::from(d))).unwrap_or(9);
    let unit = 10_i64.pow(u32::from(9 - digits));
    let half = time.saturating_add(unit / 2);
    When::exact(half.saturating_sub(half.rem_euclid(unit)), digits)
}

/// `~14:20`, `14:20–14:35`: when a note is, as its card and its flag say it.
pub fn told(at: When, until: Option<When>, zone: Zone) -> String {
    let until = until.map_or_else(String::new, |until| format!("–{}", until.time_of_day(zone)));
    format!("{}{until}", at.time_of_day(zone))
}

/// The same with dates, as [`When::parse_range`] reads it.
pub fn written(at: When, until: Option<When>, zone: Zone) -> String {
    let one = |when: When, date: bool| {
        let about = if when.approximate { "~" } else { "" };
        let time = When { approximate: false, ..when }.time_of_day(zone);
        if date { format!("{about}{} {time}", format::date(when.at, zone)) } else { format!("{about}{time}") }
    };
    let other_day = |until: &When| format::date(until.at, zone) != format::date(at.at, zone);
    let until = until.map_or_else(String::new, |until| format!("–{}", one(until, other_day(&until))));
    format!("{}{until}", one(at, true))
}

/// `68 s`, `12 min`, `~40 min`: as exactly as the two moments were given.
pub fn took(took: Took) -> String {
    took.words("~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_field_shows_can_be_read_again() {
        let zone = Zone::parse("Europe/Berlin").unwrap();
        for text in ["~2026-10-10 14:20", "2026-10-10 14:20:05.30–14:35", "~2026-10-10 23:50–~2026-10-11 00:10"] {
            let (at, until) = When::parse_range(text, zone, 0).unwrap();
            assert_eq!(written(at, until, zone), text);
        }
        assert_eq!(split_tags(" db, #storage,db, ,a b "), ["db", "storage", "a b"]);
    }

    #[test]
    fn times_have_as_many_digits_as_can_be_aimed_at() {
        let time = 1_791_637_681_493_600_000;
        assert_eq!(aimed(time, 2e8).to_string(), "2026-10-10T13:08:01.5Z");
        assert_eq!(aimed(time, 5e9).to_string(), "2026-10-10T13:08:01Z");
        assert_eq!(aimed(time, 1e6).to_string(), "2026-10-10T13:08:01.494Z");
    }
}
