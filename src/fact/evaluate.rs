//! One record to its facts: the definitions called for, tried on its message and fields.

use std::borrow::Cow;

use super::definition::{Compiled, Definition, Taken};
use super::kind::{KIND, field_name};
use super::matcher::Scratch;
use super::packs::Packs;
use super::value::noun;
use crate::format::record::Record;

/// How much of a record is looked at, in bytes: a dump of megabytes in one record has its say at the begin.
pub(super) const REACH: usize = 32 << 10;
/// A value is cut here, in bytes: values are keys and numbers, the record has the whole text.
const LONGEST_VALUE: usize = 240;
/// Facts of one definition in one record, where every match counts (a list of packages).
const MOST_MATCHES: usize = 400;

/// Stands for any record field that names an entity: `account_id`.
const ANY_ID: &str = "*_id";

/// Stands for any record field that is an address, by the end of its name: `uri`, `remote_url`.
const ANY_URI: &str = "*uri";

/// The fields of a fact that its definition does not set; values mostly stand in the record's text.
pub(super) type Fields<'r> = Vec<(u8, Cow<'r, str>)>;
/// A fact found in a record: its definition and fields.
pub(super) type Found<'r> = (u16, Fields<'r>);

/// The facts that `candidates` find in a record, in the order of the definitions.
///
/// Where packs of different rank find the same kind of fact, the higher rank has it: what a product's own pack
/// says goes before what a general one guesses.
pub(super) fn of_record<'r>(
    packs: &'r Packs,
    candidates: &[u16],
    record: &'r Record<'_>,
    scratch: &mut Scratch,
) -> Vec<Found<'r>> {
    let mut found: Vec<Found<'r>> = Vec::new();
    for index in candidates {
        if let Some(definition) = packs.definitions.get(usize::from(*index)) {
            find(definition, record, scratch, &mut |fields| found.push((*index, fields)));
        }
    }
    if found.len() > 1 { without_repeats(packs, found) } else { found }
}

/// Drops what a pack of higher rank says better, and what another fact of the same kind says with more fields.
fn without_repeats<'r>(packs: &'r Packs, found: Vec<Found<'r>>) -> Vec<Found<'r>> {
    let about = |index: u16| {
        let definition = packs.definitions.get(usize::from(index))?;
        Some((definition.kind, packs.pack(definition)?.rank, definition))
    };
    // Mostly a record's facts are of different kinds.
    let kind = |f: &Found<'_>| about(f.0).map(|(kind, ..)| kind);
    if found.iter().enumerate().all(|(i, a)| found.iter().skip(i + 1).all(|b| kind(a) != kind(b))) {
        return found;
    }
    fn own<'f>(f: &'f Found<'_>, name: u8) -> Option<&'f str> {
        f.1.iter().find(|(n, _)| *n == name).map(|(_, v)| &**v)
    }
    let set = |f: &Found<'_>, name: u8| {
        about(f.0).and_then(|(_, _, d)| d.set.iter().find(|(n, _)| *n == name)).map(|(_, v)| v.as_str())
    };
    let same = |a: &Found<'_>, b: &Found<'_>, n: u8| own(a, n).or(set(a, n)) == own(b, n).or(set(b, n));
    let names = |f: &Found<'_>| {
        let set = about(f.0).map_or(&[][..], |(_, _, d)| &d.set);
        f.1.iter().map(|(n, _)| *n).chain(set.iter().map(|(n, _)| *n)).collect::<Vec<u8>>()
    };
    let repeats = |i: usize, a: &Found<'_>, j: usize, b: &Found<'_>| {
        let (Some((kind_a, rank_a, _)), Some((kind_b, rank_b, _))) = (about(a.0), about(b.0)) else { return false };
        if i == j || kind_a != kind_b {
            return false;
        }
        let of_a = names(a);
        let within = of_a.iter().all(|n| same(a, b, *n));
        rank_b > rank_a || rank_a == rank_b && within && (of_a.len() < names(b).len() || j < i)
    };
    let repeated: Vec<bool> =
        found.iter().enumerate().map(|(i, a)| found.iter().enumerate().any(|(j, b)| repeats(i, a, j, b))).collect();
    found.into_iter().zip(repeated).filter(|(_, repeated)| !repeated).map(|(f, _)| f).collect()
}

/// Runs one definition on a record.
fn find<'r>(
    definition: &'r Definition,
    record: &'r Record<'_>,
    scratch: &mut Scratch,
    found: &mut impl FnMut(Fields<'r>),
) {
    if let Some(process) = &definition.process {
        let name = record.process.as_deref().unwrap_or_default();
        if !process.matches(name.as_bytes()) {
            return;
        }
    }
    let mut common: Fields<'r> = Vec::new();
    for (names, expression) in &definition.conditions {
        let Some(value) = names.split('|').find_map(|name| field(record, name)) else { return };
        let Some(compiled) = expression.compiled() else { return };
        if !compiled.find(value.as_bytes(), 0, scratch) {
            return;
        }
        capture(compiled, value.as_bytes(), scratch, &mut common);
    }
    let mut finish = |mut fields: Fields<'r>| {
        if take(&definition.taken, record, &mut fields) && !fields.iter().any(is_no_noun) {
            found(fields);
        }
    };
    if definition.matches.is_empty() {
        return finish(common);
    }
    let Some(message) = part_looked_at(definition, record) else { return };
    for expression in &definition.matches {
        let Some(compiled) = expression.compiled() else { continue };
        let most = if definition.each { MOST_MATCHES } else { 1 };
        let mut from = 0;
        let mut n = 0;
        while n < most && compiled.find(message, from, scratch) {
            let (start, end) = scratch.group(0).unwrap_or((from, message.len()));
            // A match of nothing is looked for once at each place.
            from = if end > start { end } else { end + 1 };
            n += 1;
            let mut fields = Vec::with_capacity(common.len() + compiled.groups.len() + definition.taken.len());
            fields.extend(common.iter().cloned());
            capture(compiled, message, scratch, &mut fields);
            finish(fields);
        }
        if n > 0 {
            return;
        }
    }
}

fn part_looked_at<'r>(definition: &Definition, record: &'r Record<'_>) -> Option<&'r [u8]> {
    let message = record.message.as_bytes();
    let message = message.get(..message.len().min(REACH))?;
    match &definition.within {
        None => Some(message),
        Some(expression) => expression.compiled()?.regex.find(message).map(|m| m.as_bytes()),
    }
}

/// `created in 3 s` names no entity.
fn is_no_noun((name, value): &(u8, Cow<'_, str>)) -> bool {
    const WORDS: [&str; 22] = [
        "a", "after", "and", "at", "been", "but", "by", "for", "from", "has", "in", "into", "is", "new", "not", "of",
        "on", "the", "to", "via", "was", "with",
    ];
    *name == KIND && WORDS.contains(&&**value)
}

/// Adds what an expression's named groups matched.
fn capture<'r>(compiled: &Compiled, text: &'r [u8], scratch: &Scratch, fields: &mut Fields<'r>) {
    for (group, field) in &compiled.groups {
        if let Some(value) = scratch.group(*group).and_then(|(start, end)| text.get(start..end)) {
            put(fields, *field, value);
        }
    }
}

fn put<'r>(fields: &mut Fields<'r>, field: u8, value: &'r [u8]) {
    let value = value.trim_ascii();
    // That a field is empty says nothing, but of an address: `"uri": ""` is what was read.
    if value.is_empty() && field_name(field) != "uri" {
        return;
    }
    let text = String::from_utf8_lossy(value.get(..LONGEST_VALUE).unwrap_or(value));
    let text = match text {
        _ if field != KIND => text,
        Cow::Borrowed(text) => noun(text),
        Cow::Owned(text) => Cow::Owned(noun(&text).into_owned()),
    };
    fields.push((field, text));
}

/// As [`put`], for a value that does not stand in the record.
fn put_owned(fields: &mut Fields<'_>, field: u8, value: &str) {
    let mut one = Vec::new();
    put(&mut one, field, value.as_bytes());
    fields.extend(one.into_iter().map(|(f, v)| (f, Cow::Owned(v.into_owned()))));
}

/// Copies fields of the record; false when one that is required is not there.
fn take<'r>(taken: &'r [Taken], record: &'r Record<'_>, fields: &mut Fields<'r>) -> bool {
    for t in taken {
        if fields.iter().any(|(f, _)| *f == t.field) {
            continue;
        }
        if !copy(t, record, fields) && t.required {
            return false;
        }
    }
    true
}

/// Copies the first of the names that there is; false when there is none.
fn copy<'r>(taken: &'r Taken, record: &'r Record<'_>, fields: &mut Fields<'r>) -> bool {
    let kind = fields.iter().find(|(f, _)| *f == KIND).map(|(_, v)| v.clone());
    for name in &taken.names {
        if name == ANY_ID {
            let Some((noun, value)) = any_id(record) else { continue };
            put(fields, taken.field, value.as_bytes());
            if kind.is_none() {
                fields.push((KIND, Cow::Borrowed(noun)));
            }
            return true;
        }
        if name == ANY_URI {
            let is_uri =
                |n: &str| ["uri", "url", "Uri", "Url", "URI", "URL", "href"].iter().any(|end| n.ends_with(end));
            let own = record.fields.iter().find(|(n, _)| is_uri(n)).map(|(_, v)| &**v);
            let Some(value) = own.or_else(|| inline(&record.message, "uri")).or_else(|| inline(&record.message, "url"))
            else {
                continue;
            };
            put(fields, taken.field, value.as_bytes());
            return true;
        }
        let name = match name.contains("{kind}") {
            true => Cow::Owned(name.replace("{kind}", kind.as_deref().unwrap_or_default())),
            false => Cow::Borrowed(name.as_str()),
        };
        // What the message says goes before the header: `host=db2` there is not who wrote the line.
        let own = record.fields.iter().find(|(n, _)| *n == name).map(|(_, v)| &**v);
        let value = own.or_else(|| inline(&record.message, &name)).or_else(|| field(record, &name));
        let Some(value) = value.filter(|v| !matches!(*v, "" | "null" | "-")) else { continue };
        if is_milliseconds(&name, value) {
            put_owned(fields, taken.field, &format!("{value} ms"));
        } else {
            put(fields, taken.field, value.as_bytes());
        }
        return true;
    }
    false
}

/// `ms=12`, `duration_ms=12`: the name has the unit.
fn is_milliseconds(name: &str, value: &str) -> bool {
    (name == "ms" || name.ends_with("_ms")) && value.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// The first record field that is named `<noun>_id` and names an entity, not the work done on one.
fn any_id<'a>(record: &'a Record<'_>) -> Option<(&'a str, &'a str)> {
    const WORK: [&str; 9] =
        ["request", "req", "job", "trace", "span", "session", "correlation", "transaction", "process"];
    record.fields.iter().find_map(|(name, value)| {
        let noun = name.strip_suffix("_id").filter(|n| !WORK.contains(n))?;
        Some((noun, &**value)).filter(|(_, v)| !matches!(*v, "" | "null"))
    })
}

/// A field of the record, the level included.
fn field<'a>(record: &'a Record<'_>, name: &str) -> Option<&'a str> {
    if name == "level" { record.level.as_deref() } else { record.field(name) }
}

/// The value of `name=value`, `name: value` or `"name": "value"` inside a message.
fn inline<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let is_word = |b: &u8| !b.is_ascii() || b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let bytes = message.as_bytes();
    memchr::memmem::find_iter(bytes, name).find_map(|at| {
        let before = at.checked_sub(1).and_then(|i| bytes.get(i));
        if before.is_some_and(is_word) {
            return None;
        }
        let rest = message.get(at + name.len()..)?;
        let rest = rest.trim_start_matches(['"', '\'']).trim_start_matches(' ');
        let rest = rest.strip_prefix(['=', ':'])?.strip_prefix('>').unwrap_or(rest.get(1..)?);
        let rest = rest.strip_prefix(' ').unwrap_or(rest);
        let value = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split('"').next(),
            None => rest.split([' ', ',', ';', ')', ']', '}', '"', '\n', '\t']).next(),
        };
        value.map(|v| v.trim_matches(['\'', '"'])).filter(|v| !v.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::inline;

    #[test]
    fn values_are_found_in_text_of_any_style() {
        assert_eq!(inline("comment created req=7 id=42 user=9", "id"), Some("42"));
        assert_eq!(inline("created {\"user_id\": 9, \"id\": 42} []", "id"), Some("42"));
        assert_eq!(inline("created {\"id\":\"a b\"}", "id"), Some("a b"));
        assert_eq!(inline("created {:id=>42, :x=>1}", "id"), Some("42"));
        assert_eq!(inline("order_id=1", "id"), None);
        assert_eq!(inline("id", "id"), None);
        assert_eq!(inline("id=", "id"), None);
        assert_eq!(inline("täid=5 id='é'", "id"), Some("é"));
    }
}
