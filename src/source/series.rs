//! Rotated files: which files are parts of one log, by their names, and in which order they were written.
//!
//! Names only propose. Whether a file goes on where another one ends is seen in its times, once they are read
//! (`event::series`); a wrong proposal costs nothing but a place in the list.

use super::Source;

/// A file's place in a rotated series, as its name tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The name that all parts share: the folder and the name of the file that is written to.
    pub name: String,
    /// When it was written, among the parts.
    pub age: Age,
}

/// How a name tells the age, the oldest first: rotated files with dates, with numbers, then the one written to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Age {
    /// By the date in its name (`app.log-20230101`, `app-2023-01-01.2.log`), and a number behind it that counts up.
    Dated(String, u32),
    /// By its number: 1 (or 0, on BSD) is the newest, unless the files' times say the opposite.
    Numbered(std::cmp::Reverse<u32>),
    /// The file written to.
    Current,
}

/// Ends of names that only say how a file is compressed.
const COMPRESSED: [&str; 8] = [".gz", ".bz2", ".xz", ".zst", ".lz4", ".lzma", ".z", ".Z"];

impl Series {
    /// By a file's name; every file may be the current one of a series.
    pub fn of(path: &str) -> Series {
        let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
        let bare = COMPRESSED.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        let (stem, age) = split(bare);
        let name = if folder.is_empty() { stem } else { format!("{folder}/{stem}") };
        Series { name, age }
    }
}

/// The current file's name and the age.
fn split(name: &str) -> (String, Age) {
    let whole = || (name.to_owned(), Age::Current);
    // The age stands at the end, or before the extension (`app.1.log`, `app-2023-01-01.log`).
    if let Some((stem, age)) = age_at_end(name) {
        return (stem.to_owned(), age);
    }
    let Some((before, extension)) = name.rsplit_once('.') else { return whole() };
    let is_extension = (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_lowercase());
    match age_at_end(before).filter(|_| is_extension) {
        Some((stem, age)) => (format!("{stem}.{extension}"), age),
        None => whole(),
    }
}

/// A name's beginning and the age at its end: a date and maybe a number, or a number alone.
fn age_at_end(name: &str) -> Option<(&str, Age)> {
    if let Some((stem, date)) = date_at_end(name) {
        return Some((stem, Age::Dated(date, 0)));
    }
    let (before, digits) = name.rsplit_once(['.', '-', '_'])?;
    let short = (1..=4).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let number: u32 = digits.parse().ok().filter(|_| short)?;
    if let Some((stem, date)) = date_at_end(before) {
        return Some((stem, Age::Dated(date, number)));
    }
    // `node-1.log` and `node-2.log` are two nodes' logs: only a dot tells an age by number.
    let dot = name.get(before.len()..).is_some_and(|rest| rest.starts_with('.'));
    // `mysql-5.7.log` is a version.
    let version = before.ends_with(|c: char| c.is_ascii_digit());
    (dot && !version && !before.is_empty() && number < 1000)
        .then_some((before, Age::Numbered(std::cmp::Reverse(number))))
}

/// `-20230101`, `.2023-01-01`, `_2023-01-01-13`, `-2023010113`, `-1672531200`… and what stands before; the digits.
fn date_at_end(name: &str) -> Option<(&str, String)> {
    let tail = name.bytes().rev().take_while(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.' | b'T')).count();
    let mut from = name.len() - tail;
    // The longest end that is a date.
    loop {
        let (stem, end) = (name.get(..from)?, name.get(from..)?);
        let date = end.strip_prefix(['-', '.', '_']).filter(|d| is_date(d));
        if let Some(date) = date.filter(|_| !stem.is_empty()) {
            return Some((stem, date.bytes().filter(u8::is_ascii_digit).map(char::from).collect()));
        }
        from += 1 + name.get(from + 1..)?.find(['-', '.', '_'])?;
    }
}

/// A year of this century or the last, a month, a day, and maybe a time.
fn is_date(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let number = |range: std::ops::Range<usize>| {
        digits.get(range).unwrap_or_default().iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0'))
    };
    let parts: Vec<usize> = text.split(|c: char| !c.is_ascii_digit()).map(str::len).collect();
    let shaped = match parts.as_slice() {
        [8 | 10 | 12 | 14] => true,
        [8, rest @ ..] | [4, 2, 2, rest @ ..] => rest.iter().all(|n| matches!(n, 2 | 4 | 6)),
        _ => false,
    };
    shaped
        && (1990..2100).contains(&number(0..4))
        && (1..=12).contains(&number(4..6))
        && (1..=31).contains(&number(6..8))
}

/// Brings the parts of each series together, the oldest first, where its first part stands.
pub(super) fn order(sources: Vec<Source>) -> Vec<Source> {
    let mut groups: Vec<(String, Vec<(Age, Source)>)> = Vec::new();
    let mut place = std::collections::HashMap::<String, usize>::new();
    for source in sources {
        let Series { name, age } = Series::of(&source.path);
        // Standard input and binary files have no parts.
        if source.location.is_none() || source.not_text.is_some() {
            groups.push((name, vec![(age, source)]));
            continue;
        }
        let at = *place.entry(name.clone()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, parts)) => parts.push((age, source)),
            None => groups.push((name, vec![(age, source)])),
        }
    }
    groups.into_iter().flat_map(|(name, parts)| in_order(&name, parts)).collect()
}

fn in_order(name: &str, mut parts: Vec<(Age, Source)>) -> Vec<Source> {
    if parts.len() < 2 {
        return parts.into_iter().map(|(_, source)| source).collect();
    }
    let up = counts_up(&parts);
    parts.sort_by(|(a, x), (b, y)| {
        let order = match (a, b) {
            (Age::Numbered(a), Age::Numbered(b)) if up => b.cmp(a),
            _ => a.cmp(b),
        };
        order.then_with(|| x.path.cmp(&y.path))
    });
    let part = |(age, source)| Source { series: Some(Series { name: name.to_owned(), age }), ..source };
    parts.into_iter().map(part).collect()
}

/// Files that were copied without their times are seconds apart, in the order of their names.
const APART: i64 = 60_000_000_000;

/// Whether higher numbers are newer, as with log4j: all files' times say so. Else lower ones are, as with logrotate.
fn counts_up(parts: &[(Age, Source)]) -> bool {
    let numbered = parts.iter().filter_map(|(age, source)| match age {
        Age::Numbered(n) => Some((n.0, source.modified)),
        _ => None,
    });
    let mut times: Vec<(u32, Option<i64>)> = numbered.collect();
    times.sort_unstable();
    times.len() > 1 && times.windows(2).all(|pair| matches!(pair, [(_, Some(a)), (_, Some(b))] if b - a > APART))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> (String, Age) {
        let series = Series::of(path);
        (series.name, series.age)
    }

    fn number(n: u32) -> Age {
        Age::Numbered(std::cmp::Reverse(n))
    }

    fn date(text: &str, n: u32) -> Age {
        Age::Dated(text.to_owned(), n)
    }

    #[test]
    fn ages_are_read_from_names() {
        let log = |stem: &str, age: Age| (stem.to_owned(), age);
        assert_eq!(of("var/log/syslog"), log("var/log/syslog", Age::Current));
        assert_eq!(of("var/log/syslog.1"), log("var/log/syslog", number(1)));
        assert_eq!(of("var/log/syslog.12.gz"), log("var/log/syslog", number(12)));
        assert_eq!(of("system.log.0.bz2"), log("system.log", number(0)));
        assert_eq!(of("app.1.log"), log("app.log", number(1)));
        assert_eq!(of("app.log-20230101"), log("app.log", date("20230101", 0)));
        assert_eq!(of("app.log-20230101.xz"), log("app.log", date("20230101", 0)));
        assert_eq!(of("app.log.2023-01-01"), log("app.log", date("20230101", 0)));
        assert_eq!(of("app.log.2023-01-01.3"), log("app.log", date("20230101", 3)));
        assert_eq!(of("app.log.2023-01-01-13"), log("app.log", date("2023010113", 0)));
        assert_eq!(of("app-2023-01-01.log"), log("app.log", date("20230101", 0)));
        assert_eq!(of("postgresql-2023-01-01_000000.log"), log("postgresql.log", date("20230101000000", 0)));
        assert_eq!(of("app-2023-01-01.2.log.gz"), log("app.log", date("20230101", 2)));
        for alone in
            ["node-1.log", "db2.log", "mysql-5.7.log", "10.0.0.1", "trace-20239999.log", "a.log", "20230101", "x86_64"]
        {
            let (name, age) = of(alone);
            assert!(age == Age::Current && name == alone, "{alone}: {name} {age:?}");
        }
    }
}
