//! Keys of JSON and logfmt: which of the usual names a source uses for time, level and the rest.

use crate::format::decoder::{json, logfmt};
use crate::format::definition::{Decoder, Definition, KeysFile};
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
    pub(super) status: Option<String>,
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
        // Some writers use capitals: `Level`, `timeStamp`.
        let spelled = spelled(is_json, &objects);
        let spell = |keys: &[String]| -> Vec<String> {
            let as_written = |k: &String| spelled.iter().find(|s| s.eq_ignore_ascii_case(k)).unwrap_or(k).clone();
            keys.iter().flat_map(|k| [k.clone(), as_written(k)]).collect()
        };
        let choose = |keys: &[String]| {
            let count = |k: &String| objects.iter().filter(|o| value(is_json, o, k).is_some()).count();
            let counted: Vec<(String, usize)> = spell(keys).into_iter().map(|k| (k.clone(), count(&k))).collect();
            let found = counted.iter().find(|(_, c)| c * 2 > n).or_else(|| counted.iter().find(|(_, c)| *c > 0));
            found.map(|(k, _)| k.clone())
        };
        let stamped = |k: &str| objects.iter().filter(|o| value(is_json, o, k).and_then(json_stamp).is_some()).count();
        let time = spell(&d.keys.time).into_iter().find(|k| stamped(k) * 2 > n);
        let time = time.or_else(|| if d.keys.require.is_empty() { discover_time(is_json, &objects) } else { None });
        let time =
            time.or_else(|| if is_json { None } else { spell(&d.keys.time).into_iter().find(|k| stamped(k) > 0) });
        // Pairs without times are a log where they tell how loud they are.
        let loud = |o: &&&[u8]| {
            let has = |keys: &[String]| keys.iter().any(|k| value(is_json, o, k).is_some());
            has(&d.keys.level) && has(&d.keys.message)
        };
        if time.is_none() && !is_json && objects.iter().filter(loud).count() * 2 <= n {
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
            status: d.status.as_ref().and_then(|k| choose(std::slice::from_ref(k))),
        })
    }

    /// Time and level of an object that has not the keys of its file's others: the first usual ones that it has.
    pub(super) fn elsewhere<'a>(keys: &KeysFile, object: &'a [u8]) -> (Option<Stamp>, Option<&'a [u8]>) {
        let mut time: Option<(usize, Stamp)> = None;
        let mut level: Option<(usize, &[u8])> = None;
        for member in json::Members::new(object).into_iter().flatten() {
            let place = |keys: &[String]| keys.iter().position(|k| k.as_bytes() == member.key);
            if let Some(at) = place(&keys.time).filter(|at| time.is_none_or(|(best, _)| *at < best))
                && let Some(stamp) = json_stamp(member.value)
            {
                time = Some((at, stamp));
            }
            if let Some(at) = place(&keys.level).filter(|at| level.is_none_or(|(best, _)| *at < best)) {
                level = Some((at, member.value));
            }
        }
        (time.map(|(_, stamp)| stamp), level.map(|(_, value)| value))
    }
}

/// All keys that the objects have at their top.
fn spelled(is_json: bool, objects: &[&[u8]]) -> std::collections::BTreeSet<String> {
    let mut out = std::collections::BTreeSet::new();
    for object in objects.iter().take(50) {
        let mut add = |key: &[u8]| {
            out.insert(String::from_utf8_lossy(key).into_owned());
        };
        if is_json {
            json::Members::new(object).into_iter().flatten().for_each(|m| add(m.key));
        } else {
            logfmt::Pairs::new(object).for_each(|(k, _)| add(k));
        }
    }
    out
}

/// The value that a dotted key leads to below this member.
pub(super) fn nested<'a>(key: Option<&str>, member: json::Member<'a>) -> Option<&'a [u8]> {
    let rest = key?.as_bytes().strip_prefix(member.key)?.strip_prefix(b".")?;
    if !matches!(member.value.first(), Some(b'{' | b'[')) {
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
    if value.first() == Some(&b'{') {
        return object_stamp(value);
    }
    let text = value.strip_prefix(b"\"").map_or(value, |v| v.strip_suffix(b"\"").unwrap_or(v));
    value_stamp(text)
}

/// `{"epochSecond":…,"nanoOfSecond":…}` (Log4j), `{"seconds":…,"nanos":…}` (Protobuf), `{"$date":…}` (MongoDB).
fn object_stamp(value: &[u8]) -> Option<Stamp> {
    if let Some(date) = json::get(value, "$date") {
        return json_stamp(json::get(date, "$numberLong").unwrap_or(date));
    }
    if let Some(date) = json::get(value, "date").and_then(json::bare) {
        // PHP's DateTime; its zone's name is read where it is UTC.
        let utc =
            json::get(value, "timezone").and_then(json::bare).is_some_and(|z| matches!(z, b"UTC" | b"+00:00" | b"Z"));
        return value_stamp(&if utc { [date, b"Z"].concat() } else { date.to_vec() });
    }
    let number = |keys: [&str; 2]| {
        let value = keys.iter().find_map(|k| json::get(value, k))?;
        std::str::from_utf8(value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\"")).unwrap_or(value)).ok()
    };
    let seconds = number(["epochSecond", "seconds"])?.parse().ok()?;
    let nanos: u32 = number(["nanoOfSecond", "nanos"]).unwrap_or("0").parse().ok().filter(|n| *n < 1_000_000_000)?;
    parse::epoch_number(seconds, format!("{nanos:09}").as_bytes())
}

/// As [`json_stamp`], without the quotes of JSON.
pub(in crate::format) fn value_stamp(text: &[u8]) -> Option<Stamp> {
    let text = text.strip_suffix(b"\"").unwrap_or(text);
    // .NET's older serialisers.
    let text = text.strip_prefix(b"\\").unwrap_or(text);
    if let Some(number) = text.strip_prefix(b"/Date(") {
        return parse::read(Shape::Epoch, number, 0).map(|(stamp, _)| stamp);
    }
    let text = text.strip_prefix(b"[").unwrap_or(text); // access logs' brackets
    let stamp = match parse::read(Shape::Iso, text, 0) {
        Some((stamp, end)) => (stamp, end),
        None => parse::any(text, 0).filter(|(shape, _, _)| *shape != Shape::TimeOnly).map(|(_, s, e)| (s, e))?,
    };
    let rest = text.get(stamp.1..).unwrap_or_default();
    // Some writers put the zone's name in brackets behind the offset, or an exponent behind an epoch.
    (rest.is_empty() || matches!(rest.first(), Some(b'[' | b' ' | b']'))).then_some(stamp.0)
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
