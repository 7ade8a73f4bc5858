//! Lines of columns that a `#Fields:` line names: W3C extended logs (IIS, CloudFront, Exchange, Windows
//! Firewall) and Zeek's tables.
//!
//! A file may hold several such lines, since a server writes one at each start. All are learned from the
//! whole text; which of them a line follows is told by its number of columns and by what stands in them, so
//! that a line is read alike wherever reading begins.

use crate::format::level::Level;
use crate::time::DAY;
use crate::time::parse;
use crate::time::stamp::{Shape, Stamp, States, ZoneText};

/// Most layouts that one file may have.
const MOST: usize = 32;
/// Longest date or time of day that is read.
const PART: usize = 40;

/// The columns that one `#Fields:` line names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Names of the columns, in order.
    pub names: Vec<String>,
    separator: u8,
    date: Option<usize>,
    time: Option<usize>,
    status: Option<usize>,
    utc: bool,
    /// When the log begins, for lines with a time of day only.
    begin: Option<i64>,
}

/// What a line says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// `#Fields: …`, `#Date: …` and their like.
    Directive,
    /// A record, with its stamp and level.
    Record(Stamp, Level),
}

/// The layouts that a text's `#Fields:` lines give, each once.
pub fn layouts(text: &[u8]) -> Vec<Layout> {
    let mut out: Vec<Layout> = Vec::new();
    // Times are UTC, unless the writer says that they are local (Windows Firewall).
    let utc = memchr::memmem::find(text, b"#Time Format: Local").is_none();
    let begin_day = begin_day(text);
    for at in memchr::memmem::find_iter(text, b"ields") {
        let begin = memchr::memrchr(b'\n', text.get(..at).unwrap_or_default()).map_or(0, |n| n + 1);
        let line = text.get(begin..).unwrap_or_default();
        let line = line.get(..memchr::memchr(b'\n', line).unwrap_or(line.len())).unwrap_or_default();
        if let Some(layout) = layout(line, utc, begin_day).filter(|l| !out.contains(l)) {
            out.push(layout);
        }
        if out.len() == MOST {
            break;
        }
    }
    out
}

/// The time of the text's `#Date:` lines, when they are all of one day.
fn begin_day(text: &[u8]) -> Option<i64> {
    let day = |civil: i64| civil.div_euclid(DAY);
    let mut begin: Option<i64> = None;
    for at in memchr::memmem::find_iter(text, b"#Date: ") {
        let Some((_, stamp, _)) = parse::any(text.get(..text.len().min(at + PART))?, at + 7) else { continue };
        if begin.is_some_and(|b| day(b) != day(stamp.civil)) {
            return None;
        }
        begin = begin.or(Some(stamp.civil));
    }
    begin
}

/// The layout that a line gives, when it gives one with a time.
fn layout(line: &[u8], utc: bool, begin: Option<i64>) -> Option<Layout> {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (names, separator) = if let Some(rest) = line.strip_prefix(b"#fields\t") {
        (rest, b'\t')
    } else {
        let rest = line.strip_prefix(b"#Fields:").or_else(|| line.strip_prefix(b"#fields:"))?.trim_ascii();
        (rest, if rest.contains(&b' ') || !rest.contains(&b',') { b' ' } else { b',' })
    };
    let split = names.split(|b| *b == separator || separator == b' ' && *b == b'\t');
    let names: Vec<String> =
        split.map(|n| String::from_utf8_lossy(n.trim_ascii()).into_owned()).filter(|n| !n.is_empty()).collect();
    let column = |list: &[&str]| list.iter().find_map(|name| names.iter().position(|n| n.eq_ignore_ascii_case(name)));
    let date = column(&["date"]);
    let time = match date {
        Some(_) => column(&["time"]),
        None => column(&["date-time", "ts", "timestamp", "x-timestamp", "gmttime", "localtime", "datetime", "time"]),
    };
    let status = column(&["sc-status", "status", "status_code", "sc-status-code", "rs-status"]);
    let utc = utc && separator == b' ' && time.is_some();
    (names.len() > 1 && time.is_some()).then_some(Layout { names, separator, date, time, status, utc, begin })
}

/// Reads a line by the layout that it follows; `None` when it follows none.
pub fn read(layouts: &[Layout], line: &[u8]) -> Option<Line> {
    if line.first() == Some(&b'#') {
        return is_directive(line).then_some(Line::Directive);
    }
    Layout::fitting(layouts, line).map(|(_, stamp, level)| Line::Record(stamp, level))
}

/// `#Name: value`, or one of Zeek's.
fn is_directive(line: &[u8]) -> bool {
    let rest = line.get(1..).unwrap_or_default();
    let name = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b' ')).count();
    name > 0 && matches!(rest.get(name), Some(b':' | b'\t')) || rest.starts_with(b"separator ")
}

impl Layout {
    /// The columns of a line: bytes ranges, in order.
    pub fn columns<'l>(&self, line: &'l [u8]) -> Columns<'l> {
        // CloudFront names its columns with blanks between and separates them by tabs.
        let separator = match self.separator {
            b' ' if memchr::memchr(b'\t', line).is_some() => b'\t',
            other => other,
        };
        Columns { line, at: 0, separator, over: false }
    }

    /// The layout that a line follows, and its stamp and level: one with as many columns as the line, or one
    /// whose date and time the line has (agents with blanks in them make columns too many).
    pub fn fitting<'a>(layouts: &'a [Layout], line: &[u8]) -> Option<(&'a Layout, Stamp, Level)> {
        let whole = layouts.iter().find_map(|l| l.read(line, true).map(|(s, level)| (l, s, level)));
        whole.or_else(|| {
            let dated = layouts.iter().filter(|l| l.date.is_some());
            dated.filter_map(|l| l.read(line, false).map(|(s, level)| (l, s, level))).next()
        })
    }

    fn read(&self, line: &[u8], whole: bool) -> Option<(Stamp, Level)> {
        let (mut date, mut time, mut status): (&[u8], &[u8], Option<&[u8]>) = (&[], &[], None);
        let mut n = 0;
        for (start, end) in self.columns(line) {
            let text = line.get(start..end)?;
            if Some(n) == self.date {
                date = text;
            } else if Some(n) == self.time {
                time = text;
            } else if Some(n) == self.status {
                status = Some(text);
            }
            n += 1;
            if whole && n > self.names.len() {
                return None;
            }
        }
        if whole && n != self.names.len() {
            return None;
        }
        let mut stamp = self.stamp(date, time)?;
        if let Some(begin) = self.begin.filter(|_| !stamp.states.has(States::DATE)) {
            // Earlier in the day than the begin is the day after.
            let late = i64::from(stamp.civil < begin.rem_euclid(DAY));
            stamp.civil += (begin.div_euclid(DAY) + late) * DAY;
            stamp.states = stamp.states.and(States::YEAR_DATE);
        }
        if self.utc && stamp.zone == ZoneText::None {
            stamp.zone = ZoneText::Offset(0);
            stamp.states = stamp.states.and(States::ZONE);
        }
        let level = match status.filter(|_| whole) {
            Some([b'5', _, _]) => Level::Error,
            Some([b'4', _, _]) => Level::Warning,
            Some([b'1'..=b'3', _, _]) => Level::Info,
            Some([b'-'] | [b'0', ..]) | None => Level::None,
            Some(_) => return None,
        };
        Some((stamp, level))
    }

    fn stamp(&self, date: &[u8], time: &[u8]) -> Option<Stamp> {
        let unquoted = |t: &'_ [u8]| -> Option<(usize, usize)> {
            let quoted = t.first() == Some(&b'"') && t.last() == Some(&b'"') && t.len() > 1;
            Some(if quoted { (1, t.len() - 1) } else { (0, t.len()) })
        };
        let (from, to) = unquoted(time)?;
        let time = time.get(from..to)?;
        if self.date.is_none() {
            let (shape, stamp, _) = parse::any(time, 0)?;
            return (shape != Shape::FourDigits).then_some(stamp);
        }
        let (from, to) = unquoted(date)?;
        let date = date.get(from..to)?;
        let mut text = [b' '; PART];
        text.get_mut(..date.len())?.copy_from_slice(date);
        let end = date.len() + 1 + time.len();
        text.get_mut(date.len() + 1..end)?.copy_from_slice(time);
        let text = text.get(..end)?;
        parse::any(text, 0).filter(|(shape, _, _)| *shape != Shape::TimeOnly).map(|(_, stamp, _)| stamp)
    }

    /// Where the columns that make the stamp stand in a line, from the first's begin to the last's end.
    pub fn stamp_span(&self, line: &[u8]) -> Option<(usize, usize)> {
        let mut span: Option<(usize, usize)> = None;
        for (n, (start, end)) in self.columns(line).enumerate() {
            if Some(n) == self.date || Some(n) == self.time {
                span = Some(span.map_or((start, end), |(s, _)| (s, end)));
            }
        }
        span
    }
}

/// Walks the columns of a line.
#[derive(Clone, Debug)]
pub struct Columns<'l> {
    line: &'l [u8],
    at: usize,
    separator: u8,
    over: bool,
}

impl Iterator for Columns<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        if self.over {
            return None;
        }
        if self.separator == b' ' {
            // Some writers pad or end lines with blanks.
            self.at += self.line.get(self.at..)?.iter().take_while(|b| **b == b' ').count();
            if self.at == self.line.len() {
                return None;
            }
        }
        let start = self.at;
        let rest = self.line.get(start..)?;
        let quoted = rest.first() == Some(&b'"');
        let from = if quoted { memchr::memchr(b'"', rest.get(1..)?).map_or(0, |n| n + 2) } else { 0 };
        match memchr::memchr(self.separator, rest.get(from..)?) {
            Some(len) => {
                self.at = start + from + len + 1;
                Some((start, start + from + len))
            }
            None => {
                self.over = true;
                Some((start, self.line.len()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::format::utc;

    fn check(text: &str, line: &str, time: &str, level: Option<&str>) {
        let layouts = layouts(text.as_bytes());
        match read(&layouts, line.as_bytes()) {
            Some(Line::Record(stamp, l)) => {
                assert_eq!(utc(stamp.civil, stamp.digits), time, "{line}");
                assert_eq!(l.name(), level, "{line}");
            }
            other => panic!("{other:?}: {line}"),
        }
    }

    #[test]
    fn columns_have_the_names_of_the_fields_line_that_fits() {
        let iis = "#Fields: date time c-ip cs-method sc-status\n#Fields: time c-ip cs-uri sc-status date time-taken\n";
        check(iis, "2024-01-02 03:04:05 192.0.2.1 GET 503", "2024-01-02T03:04:05Z", Some("error"));
        check(iis, "03:04:05 192.0.2.1 /x 404 2024-01-02 12", "2024-01-02T03:04:05Z", Some("warning"));
        check("#Fields: date time x\n", "2024-01-02\t03:04:05\ta b", "2024-01-02T03:04:05Z", None);
        let exchange = "#Fields: date-time,client-ip,event-id\r\n";
        check(exchange, "2024-01-02T03:04:05.123Z,\"a,b\",FAIL", "2024-01-02T03:04:05.123Z", None);
        let short = "#Fields: date time a b sc-status\n";
        check(short, "2024-01-02 03:04:05 x an agent with blanks 200", "2024-01-02T03:04:05Z", None);
        let times = "#Date: 2024-01-02 03:00:00\n#Fields: time cs-uri sc-status\n";
        check(times, "23:59:59 /x 200", "2024-01-02T23:59:59Z", Some("info"));
        check(times, "00:00:01 /x 200", "2024-01-03T00:00:01Z", Some("info"));
        let zeek = "#separator \\x09\n#fields\tts\tuid\tid.orig_h\n";
        check(zeek, "1704164645.123456\tCHhAvV\t192.0.2.1", "2024-01-02T03:04:05.123456Z", None);
    }

    #[test]
    fn other_lines_follow_no_layout() {
        let layouts = layouts(b"#Fields: date time c-ip sc-status\n");
        for line in ["no date in it", "", "2024-01-02 x", "#", "# a comment"] {
            assert_eq!(read(&layouts, line.as_bytes()), None, "{line}");
        }
        assert_eq!(read(&layouts, b"#Software: x"), Some(Line::Directive));
        assert_eq!(super::layouts(b"the fields of gold\n#Fields:\n#Fields: a b\n"), []);
    }
}
