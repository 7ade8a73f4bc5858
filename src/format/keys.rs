//! Keys of JSON and logfmt: which of the usual names a source uses for time, level and the rest.

use crate::format::decoder::{json, logfmt};
use crate::format::definition::{Decoder, Definition};
use crate::time::parse;
use crate::time::stamp::{Shape, Stamp};

/// One key for each part.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    pub(super) time: Option<String>,
    pub(super) level: Option<String>,
    pub(super) host: Option<String>,
    pub(super) process: Option<String>,
    pub(super) pid: Option<String>,
    pub(super) thread: Option<String>,
    pub(super) message: Option<String>,
}

impl Keys {
    /// Learns which keys a source uses: of each part's keys, the first that most lines have; for the time, one that reads as a stamp.
    pub(super) fn learn(d: &Definition, lines: &[&[u8]]) -> Option<Keys> {
        let is_json = d.decoder == Decoder::Json;
        let objects: Vec<&[u8]> = lines
            .iter()
            .copied()
            .filter(
                |l| if is_json { json::Members::new(l).is_some_and(|mut m| m.next().is_some()) } else { is_logfmt(l) },
            )
            .filter(|l| d.keys.require.iter().all(|k| value(is_json, l, k).is_some()))
            .collect();
        if objects.is_empty() {
            return None;
        }
        let n = objects.len();
        let choose = |keys: &[String]| {
            let count = |k: &String| objects.iter().filter(|o| value(is_json, o, k).is_some()).count();
            keys.iter().find(|k| count(k) * 2 > n).or_else(|| keys.iter().find(|k| count(k) > 0)).cloned()
        };
        let stamped = |k: &str| objects.iter().filter(|o| value(is_json, o, k).and_then(json_stamp).is_some()).count();
        let time = d.keys.time.iter().find(|k| stamped(k) * 2 > n).cloned();
        let time = time.or_else(|| if d.keys.require.is_empty() { discover_time(is_json, &objects) } else { None });
        if time.is_none() && !is_json {
            return None;
        }
        Some(Keys {
            time,
            level: choose(&d.keys.level),
            host: choose(&d.keys.host),
            process: choose(&d.keys.process),
            pid: choose(&d.keys.pid),
            thread: choose(&d.keys.thread),
            message: choose(&d.keys.message),
        })
    }
}

/// The value that a dotted key leads to below this member.
pub(super) fn nested<'a>(key: Option<&str>, member: json::Member<'a>) -> Option<&'a [u8]> {
    let rest = key?.as_bytes().strip_prefix(member.key)?.strip_prefix(b".")?;
    if member.value.first() != Some(&b'{') {
        return None;
    }
    json::get(member.value, std::str::from_utf8(rest).ok()?)
}

fn value<'a>(is_json: bool, line: &'a [u8], key: &str) -> Option<&'a [u8]> {
    if is_json {
        return json::get(line, key).filter(|v| *v != b"null");
    }
    logfmt::Pairs::new(line).find(|(k, _)| *k == key.as_bytes()).map(|(_, v)| v)
}

/// A whole value that is a stamp: a string with nothing behind it, or a number since 1970.
#[inline]
pub(super) fn json_stamp(value: &[u8]) -> Option<Stamp> {
    let text = value.strip_prefix(b"\"").map_or(value, |v| v.strip_suffix(b"\"").unwrap_or(v));
    value_stamp(text)
}

/// As [`json_stamp`], without the quotes of JSON.
pub(in crate::format) fn value_stamp(text: &[u8]) -> Option<Stamp> {
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    let stamp = match parse::read(Shape::Iso, text, 0) {
        Some((stamp, end)) => (stamp, end),
        None => parse::any(text, 0).filter(|(shape, _, _)| *shape != Shape::TimeOnly).map(|(_, s, e)| (s, e))?,
    };
    let rest = text.get(stamp.1..).unwrap_or_default();
    // Some writers put the zone's name in brackets behind the offset, or an exponent behind an epoch.
    (rest.is_empty() || rest.starts_with(b"[") || rest.starts_with(b" ")).then_some(stamp.0)
}

/// Two pairs at least, and the line begins with one.
fn is_logfmt(line: &[u8]) -> bool {
    let key = |k: &[u8]| {
        !k.is_empty() && k.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b'@' | b'/'))
    };
    let (mut pairs, mut words) = (0, 0);
    for (i, (k, v)) in logfmt::Pairs::new(line).take(12).enumerate() {
        let pair =
            key(k) && (!v.is_empty() || line.windows(k.len() + 1).any(|w| w.ends_with(b"=") && w.starts_with(k)));
        if i == 0 && !pair {
            return false;
        }
        if pair {
            pairs += 1;
        } else {
            words += 1;
        }
    }
    pairs >= 2 && words * 3 <= pairs
}

/// The key whose value reads as a stamp in most lines, one with a telling name before others.
fn discover_time(is_json: bool, objects: &[&[u8]]) -> Option<String> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    for object in objects {
        let mut count = |key: &[u8], value: &[u8]| {
            let bare_number = value.first().is_some_and(u8::is_ascii_digit);
            let telling = telling_name(key);
            if (telling || !bare_number) && json_stamp(value).is_some() {
                *counts.entry(String::from_utf8_lossy(key).into_owned()).or_default() += 1;
            }
        };
        if is_json {
            json::Members::new(object)?.for_each(|m| count(m.key, m.value));
        } else {
            logfmt::Pairs::new(object).for_each(|(k, v)| count(k, v));
        }
    }
    let n = objects.len();
    counts
        .into_iter()
        .filter(|(_, c)| c * 2 > n)
        .max_by_key(|(k, c)| (telling_name(k.as_bytes()), *c, std::cmp::Reverse(k.clone())))
        .map(|(k, _)| k)
}

fn telling_name(key: &[u8]) -> bool {
    let low = key.to_ascii_lowercase();
    [&b"time"[..], b"date", b"stamp", b"ts"].iter().any(|w| memchr::memmem::find(&low, w).is_some())
        || matches!(&*low, b"t" | b"@t" | b"created" | b"when" | b"at")
}
