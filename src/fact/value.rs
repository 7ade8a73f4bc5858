//! Values of facts as numbers that can be compared: log positions, sizes, durations, transaction ids.
//!
//! All readers take text from a log: what is not such a value gives `None`, never a guess.

use std::borrow::Cow;
use std::cmp::Ordering;

pub use crate::time::span::duration;
use crate::time::span::plain_number;

/// A position in PostgreSQL's write-ahead log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lsn(pub u64);

impl Lsn {
    /// Reads `16/B374D848`: two hexadecimal numbers of at most 32 bits.
    pub fn parse(text: &str) -> Option<Lsn> {
        let (high, low) = text.split_once('/')?;
        Some(Lsn(u64::from(hex32(high)?) << 32 | u64::from(hex32(low)?)))
    }
}

fn hex32(text: &str) -> Option<u32> {
    let is_hex = (1..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| u32::from_str_radix(text, 16).ok()).flatten()
}

/// The file name of a write-ahead log segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Segment {
    /// Timeline.
    pub timeline: u32,
    /// The high half of the positions in it.
    pub log: u32,
    /// Number of the segment in that half.
    pub seg: u32,
}

impl Segment {
    /// Reads 24 hexadecimal digits; a path before them and a suffix (`.partial`, `.00000028.backup`) are ignored.
    pub fn parse(text: &str) -> Option<Segment> {
        let name = text.rsplit('/').next()?;
        let digits = name.split('.').next().filter(|d| d.len() == 24)?;
        let part = |i: usize| digits.get(i * 8..i * 8 + 8).and_then(hex32);
        Some(Segment { timeline: part(0)?, log: part(1)?, seg: part(2)? })
    }

    /// The position at which it begins, for segments of `size` bytes (16 MiB unless configured otherwise).
    pub fn start(&self, size: u64) -> Lsn {
        Lsn((u64::from(self.log) << 32).saturating_add(u64::from(self.seg).saturating_mul(size)))
    }
}

/// A size in bytes: `1989132`, `1.5 GB`, `16MiB`, `12,345 bytes`. `k`, `M`, `G`, `T` alone are powers of 1024,
/// as tools print them with `-h`; `kB`, `MB` and so on are powers of 1000.
pub fn size(text: &str) -> Option<u64> {
    let (number, unit) = number_and_unit(text)?;
    let factor: f64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" | "byte" | "bytes" | "o" => 1.0,
        "kb" => 1e3,
        "mb" => 1e6,
        "gb" => 1e9,
        "tb" => 1e12,
        "k" | "kib" => 1024.0,
        "m" | "mib" => 1_048_576.0,
        "g" | "gib" => 1_073_741_824.0,
        "t" | "tib" => 1_099_511_627_776.0,
        _ => return None,
    };
    let bytes = (number * factor).round();
    (0.0..9.0e18).contains(&bytes).then_some(bytes as u64)
}

fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text.bytes().take_while(|b| b.is_ascii_digit() || matches!(b, b'.' | b',')).count();
    let number = plain_number(&text.get(..end)?.replace(',', ""))?;
    Some((number, text.get(end..)?.trim_start()))
}

/// A global transaction id: one transaction, or the last of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gtid {
    /// What the numbers count in: the source's UUID (MySQL), or domain and server (MariaDB).
    pub source: String,
    /// The transaction's number; of a range, its last.
    pub last: u64,
    /// Of a range, its first; else `last`.
    pub first: u64,
}

impl Gtid {
    /// Reads `3E11FA47-71CA-11E1-9E33-C80AA9429562:1-57`, `…:23` (MySQL) or `0-1-57` (MariaDB).
    pub fn parse(text: &str) -> Option<Gtid> {
        if let Some((uuid, range)) = text.split_once(':') {
            if uuid.len() != 36 || !uuid.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
                return None;
            }
            // Of several intervals, the last tells how far the source came.
            let interval = range.rsplit(':').next()?;
            let (first, last) = interval.split_once('-').unwrap_or((interval, interval));
            let (first, last) = (digits(first)?, digits(last)?);
            return (first <= last).then(|| Gtid { source: uuid.to_ascii_lowercase(), last, first });
        }
        let (source, number) = text.rsplit_once('-')?;
        let (domain, server) = source.split_once('-')?;
        digits(domain)?;
        digits(server)?;
        let last = digits(number)?;
        Some(Gtid { source: source.to_owned(), last, first: last })
    }
}

fn digits(text: &str) -> Option<u64> {
    let fine = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    fine.then(|| text.parse().ok()).flatten()
}

/// A ZooKeeper transaction id, `0x500000003`: epoch of the leader, and a counter within it.
pub fn zxid(text: &str) -> Option<(u32, u32)> {
    let text = text.strip_prefix("0x")?;
    let fine = (1..=16).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    let all = fine.then(|| u64::from_str_radix(text, 16).ok()).flatten()?;
    Some((u32::try_from(all >> 32).ok()?, u32::try_from(all & 0xffff_ffff).ok()?))
}

/// Which of two transaction ids was assigned first, in the circle of 32 bits: up to half of it is the past.
///
/// Ids below 3 are no transactions of their own (none, bootstrap, frozen): they stand before all others.
pub fn xid_order(a: u32, b: u32) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    if a < 3 || b < 3 {
        return a.cmp(&b);
    }
    if a.wrapping_sub(b) > 1 << 31 { Ordering::Less } else { Ordering::Greater }
}

/// A noun in its plain form: lower case and singular, without the path or schema before it.
pub fn noun(text: &str) -> Cow<'_, str> {
    let last = text.rsplit(['/', '.', ':']).next().unwrap_or(text);
    let word = last.trim_matches(['"', '`', '\'', '_', '-']);
    if word.bytes().any(|b| b.is_ascii_uppercase()) {
        return Cow::Owned(singular(&word.to_ascii_lowercase()).into_owned());
    }
    singular(word)
}

fn singular(word: &str) -> Cow<'_, str> {
    let keeps = ["ss", "us", "is", "news", "series", "os"].iter().any(|end| word.ends_with(end));
    if keeps || word.len() < 4 {
        return Cow::Borrowed(word);
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return Cow::Owned(format!("{stem}y"));
    }
    for end in ["sses", "uses", "shes", "ches", "xes"] {
        if word.ends_with(end) {
            return Cow::Borrowed(word.strip_suffix("es").unwrap_or(word));
        }
    }
    Cow::Borrowed(word.strip_suffix('s').unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &[&str] = &[
        "",
        "/",
        "-",
        ":",
        "0x",
        "é",
        "16/",
        "/B3",
        "+1/2",
        "1/-2",
        "123456789/0",
        "NaN",
        "inf",
        "1e999",
        "99999999999999999999999999999999999999999999",
        "1..2",
        "\u{202e}",
        "0-1-",
        "a-b-c",
        "1:2:3:4",
    ];

    #[test]
    fn no_text_is_taken_for_a_value_that_it_is_not() {
        for text in HOSTILE {
            assert_eq!(Lsn::parse(text), None, "{text}");
            assert_eq!(Segment::parse(text), None, "{text}");
            assert_eq!(Gtid::parse(text), None, "{text}");
            assert_eq!(zxid(text), None, "{text}");
            assert_eq!(size(text), None, "{text}");
            assert_eq!(duration(text), None, "{text}");
            noun(text);
        }
    }

    #[test]
    fn positions_compare_as_numbers() {
        assert_eq!(Lsn::parse("16/B374D848"), Some(Lsn(0x16_b374_d848)));
        assert!(Lsn::parse("9/FFFFFFFF") < Lsn::parse("10/0"), "text order would say otherwise");
        let segment = Segment::parse("pg_wal/000000020000000A000000F3.partial").unwrap();
        assert_eq!(segment, Segment { timeline: 2, log: 10, seg: 0xf3 });
        assert_eq!(segment.start(16 << 20), Lsn(0xa_f300_0000));
        assert_eq!(Segment { timeline: 1, log: u32::MAX, seg: u32::MAX }.start(u64::MAX), Lsn(u64::MAX));
    }

    #[test]
    fn sizes_have_units() {
        let all = ["1989132", "1.5 GB", "16MiB", "12,345 bytes", "3.2G", "0 B"].map(size);
        let want = [1_989_132, 1_500_000_000, 16_777_216, 12_345, 3_435_973_837, 0];
        assert_eq!(all, want.map(Some));
        assert_eq!(size("12 parsecs"), None);
    }

    #[test]
    fn durations_have_units() {
        let all = ["2.280 ms", "13s", "1m 5s", "01:02:03.5", "90", "2 hours, 1 minute"].map(duration);
        let s = 1_000_000_000;
        let want = [2_280_000, 13 * s, 65 * s, 3723 * s + s / 2, 90 * s, 7260 * s];
        assert_eq!(all, want.map(Some));
        assert_eq!(duration("5 6"), None);
        assert_eq!(duration("-3s"), None);
    }

    #[test]
    fn transaction_ids_of_all_kinds() {
        let uuid = "3E11FA47-71CA-11E1-9E33-C80AA9429562";
        let range = Gtid::parse(&format!("{uuid}:1-5:11-57")).unwrap();
        assert_eq!((range.first, range.last), (11, 57));
        assert_eq!(Gtid::parse(&format!("{uuid}:23")).unwrap().first, 23);
        assert_eq!(Gtid::parse("0-1-57").unwrap(), Gtid { source: "0-1".into(), first: 57, last: 57 });
        assert_eq!(Gtid::parse("2026-01-57").map(|g| g.last), Some(57), "a date looks the same; the pack decides");
        assert_eq!(zxid("0x500000003"), Some((5, 3)));
        assert_eq!(xid_order(100, 101), Ordering::Less);
        assert_eq!(xid_order(u32::MAX - 5, 7), Ordering::Less, "behind the wraparound");
        assert_eq!(xid_order(2, u32::MAX), Ordering::Less, "frozen");
    }

    #[test]
    fn nouns_are_singular() {
        let all = ["accounts", "public.Orders", "/api/v1/statuses", "address", "status", "categories", "boxes", "bus"];
        assert_eq!(all.map(noun), ["account", "order", "status", "address", "status", "category", "box", "bus"]);
    }
}
