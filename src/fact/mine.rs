//! Identifiers that several hosts mention, found without knowing the formats.
//!
//! An identifier looks like one: letters and digits mixed, six characters at least. One that many records
//! mention (a host's name, a version) links nothing; one that a single host mentions tells nothing about
//! clocks. The hashes of all identifiers are noted (22 bytes an event, given back at the end), and in a bit field per
//! host which it mentions; what no other host may mention is dropped before anything is sorted.

use rayon::prelude::*;

use super::owner::Owners;
use super::token::{Marked, Tokens};
use super::{Key, Mention};
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::source::{Source, SourceId};

/// How much of a record is searched, in bytes.
const REACH: usize = 2048;
/// Words of a record that make its template.
const WORDS: usize = 24;
/// Shorter tokens are words with a number, not identifiers.
const SHORTEST: usize = 6;
/// An identifier mentioned more often than this is a name, not one request, job or file.
const MOST_MENTIONS: usize = 64;
/// Bits of the field that notes what a host mentions: 4 MiB a host.
const FIELD_BITS: u32 = 25;
/// Hosts beyond this many are not mined (the bit fields would need too much memory).
const MOST_HOSTS: usize = 48;

/// All identifiers that at least two hosts mention.
pub fn shared_keys(sources: &[Source], events: &EventStore, lanes: &Lanes, owners: &Owners) -> Vec<Key> {
    let hosts = lanes.list.len();
    if !(2..=MOST_HOSTS).contains(&hosts) {
        return Vec::new();
    }
    let noted: Vec<Noted> =
        (0..events.segments().len()).into_par_iter().map(|i| Noted::of(i, sources, events, lanes)).collect();
    let fields: Vec<Vec<u64>> = (0..hosts).into_par_iter().map(|h| field(h, &noted, events, lanes)).collect();
    let shared = in_two(&fields);
    drop(fields);
    let shared = |noted: u64| {
        let (word, bit) = bit(noted);
        shared.get(word).is_some_and(|w| w >> bit & 1 == 1)
    };
    let found: Vec<Vec<(u64, Mention)>> = noted
        .into_par_iter()
        .enumerate()
        .map(|(i, noted)| mentions(i, &noted, events, lanes, owners, &shared))
        .collect();
    let mut found = found.concat();
    found.par_sort_unstable_by_key(|(hash, m)| (*hash, m.event));
    let mut keys: Vec<Key> = found
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| {
            let first = group.first().map(|(_, m)| m.host);
            group.len() <= MOST_MENTIONS && group.iter().any(|(_, m)| Some(m.host) != first)
        })
        .map(|group| Key { mentions: group.iter().map(|(_, m)| *m).collect() })
        .collect();
    keys.par_iter_mut().for_each_init(Tokens::default, |tokens, key| {
        for m in &mut key.mentions {
            m.template = template(&tokens.mark(beginning(sources, events, m.event)));
        }
    });
    keys
}

/// As much of a record as is searched.
fn beginning<'a>(sources: &'a [Source], events: &EventStore, id: EventId) -> &'a [u8] {
    let text = sources.get(events.source(id).idx()).map_or(&[][..], |s| s.text.get(events.span(id)));
    text.get(..REACH).unwrap_or(text)
}

/// The bits that are set in at least two fields.
fn in_two(fields: &[Vec<u64>]) -> Vec<u64> {
    let mut once = vec![0u64; 1 << (FIELD_BITS - 6)];
    let mut twice = once.clone();
    for field in fields {
        for ((once, twice), word) in once.iter_mut().zip(&mut twice).zip(field) {
            *twice |= *once & word;
            *once |= word;
        }
    }
    twice
}

/// What is noted of a mention is the hash, whose lowest bit says that the identifier is its own host's.
const OWN: u64 = 1;

/// The word and the bit in a host's field.
fn bit(noted: u64) -> (usize, u64) {
    let bit = noted >> (64 - FIELD_BITS);
    ((bit >> 6) as usize, bit & 63)
}

/// What the records of a segment mention.
#[derive(Default)]
struct Noted {
    /// The hash of each mention.
    mentions: Vec<u64>,
    /// Where those of each record end.
    ends: Vec<u32>,
}

impl Noted {
    fn of(segment: usize, sources: &[Source], events: &EventStore, lanes: &Lanes) -> Noted {
        let mut out = Noted::default();
        let Some(columns) = events.segments().get(segment) else { return out };
        let name = host_name(lanes, columns.source);
        out.ends.reserve_exact(columns.len());
        out.mentions.reserve(columns.len() * 3);
        let mut tokens = Tokens::default();
        for text in records(sources, events, segment) {
            let mut note = |hash: u64, own: bool| out.mentions.push(hash & !OWN | u64::from(own));
            identifiers(&tokens.mark(text), name, &mut note);
            out.ends.push(u32::try_from(out.mentions.len()).unwrap_or(u32::MAX));
        }
        out
    }

    /// The mentions of each record.
    fn records(&self) -> impl Iterator<Item = &[u64]> {
        let begins = std::iter::once(0).chain(self.ends.iter().copied());
        begins.zip(&self.ends).map(|(from, to)| self.mentions.get(from as usize..*to as usize).unwrap_or_default())
    }
}

fn host_name(lanes: &Lanes, source: SourceId) -> &[u8] {
    lanes.list.get(lanes.of_source(source)).map_or(&[][..], |l| l.host.as_bytes())
}

fn field(host: usize, noted: &[Noted], events: &EventStore, lanes: &Lanes) -> Vec<u64> {
    let mut field = vec![0u64; 1 << (FIELD_BITS - 6)];
    let own = events.segments().iter().zip(noted).filter(|(s, _)| lanes.of_source(s.source) == host);
    for mention in own.flat_map(|(_, noted)| &noted.mentions) {
        let (word, bit) = bit(*mention);
        if let Some(w) = field.get_mut(word) {
            *w |= 1 << bit;
        }
    }
    field
}

fn mentions(
    segment: usize,
    noted: &Noted,
    events: &EventStore,
    lanes: &Lanes,
    owners: &Owners,
    shared: &impl Fn(u64) -> bool,
) -> Vec<(u64, Mention)> {
    let mut out = Vec::new();
    let mut hashes = Vec::new();
    for (id, noted) in events.ids_of_segment(segment).map(EventId).zip(noted.records()) {
        hashes.clear();
        hashes.extend(noted.iter().filter(|n| shared(**n)));
        if hashes.is_empty() {
            continue;
        }
        hashes.sort_unstable();
        hashes.dedup_by_key(|noted| *noted & !OWN);
        let Some(host) = owners.lane(events, lanes, id).and_then(|o| u32::try_from(o).ok()) else { continue };
        // Its template is found out when it is known to be of a key.
        let mention = |own| Mention { event: id, host, template: 0, own };
        out.extend(hashes.iter().map(|noted| (noted & !OWN, mention(noted & OWN != 0))));
    }
    out
}

/// The beginnings of a segment's records.
fn records<'a>(sources: &'a [Source], events: &'a EventStore, segment: usize) -> impl Iterator<Item = &'a [u8]> {
    let segment = events.segments().get(segment);
    let text = segment.and_then(|s| sources.get(s.source.idx())).map_or(&[][..], |s| s.text.bytes());
    let base = segment.map_or(0, |s| usize::try_from(s.base).unwrap_or(usize::MAX));
    let spans = segment.into_iter().flat_map(|s| s.offset.iter().zip(&s.len));
    spans.map(move |(offset, len)| {
        let start = base.saturating_add(*offset as usize);
        let end = start.saturating_add((*len as usize).min(REACH)).min(text.len());
        text.get(start..end).unwrap_or_default()
    })
}

/// Hands over the hash of every identifier, and whether it is said to be the own host's.
///
/// `host` stands for `local` at a path's begin: so Pacemaker names the own node (`origin=local/crmd/63`). A file is
/// the same file wherever it lies, so a path's last part is an identifier of its own.
fn identifiers(marked: &Marked<'_>, host: &[u8], found: &mut impl FnMut(u64, bool)) {
    for token in marked.numbered(SHORTEST) {
        let text = token.text;
        if token.is_plain {
            if token.has_letter && !is_number_with_unit(text) {
                found(hash(text), false);
            }
            continue;
        }
        if !token.has_letter {
            if is_position(text) {
                found(hash(text), false);
            }
            continue;
        }
        let file = memchr::memrchr(b'/', text).and_then(|at| text.get(at + 1..));
        if let Some(name) = file.filter(|n| is_mixed(n) && !is_number_or_stamp(n)) {
            found(hash(name), false);
        }
        if is_number_or_stamp(text) {
            continue;
        }
        match text.strip_prefix(b"local/") {
            Some(rest) => found(hash(&[host, b"/", rest].concat()), true),
            None => found(hash(text), false),
        }
    }
}

/// Where a text mentions identifiers, as byte ranges in order: what mining takes for one, whoever mentions it.
pub fn spans(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut tokens = Tokens::default();
    let marked = tokens.mark(text.as_bytes());
    let is_identifier = |token: &super::token::Numbered<'_>| match (token.is_plain, token.has_letter) {
        (true, has_letter) => has_letter && !is_number_with_unit(token.text),
        (false, true) => !is_number_or_stamp(token.text),
        (false, false) => is_position(token.text),
    };
    let found = marked.numbered(SHORTEST).filter(is_identifier);
    let place = |token: super::token::Numbered<'_>| {
        let at = (token.text.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
        // A sentence ends with a point; an identifier does not.
        let joints = token.text.iter().rev().take_while(|b| !b.is_ascii_alphanumeric()).count();
        let end = at + token.text.len() - joints;
        (end >= at + SHORTEST).then_some(at..end)
    };
    found.filter_map(place).collect()
}

/// `12ms`, `1760104800Z`: of a token without joints, what [`is_number_or_stamp`] says.
fn is_number_with_unit(token: &[u8]) -> bool {
    let number = token.get(..token.len().saturating_sub(2)).unwrap_or_default();
    number.iter().all(u8::is_ascii_digit)
}

/// A position in a write-ahead log, `0/3000060`: two numbers with a stroke between them.
fn is_position(text: &[u8]) -> bool {
    let mut parts = text.splitn(2, |b| *b == b'/');
    let number = |part: Option<&[u8]>, least| {
        part.is_some_and(|p| (least..=8).contains(&p.len()) && p.iter().all(u8::is_ascii_hexdigit))
    };
    number(parts.next(), 1) && number(parts.next(), 4)
}

fn is_mixed(text: &[u8]) -> bool {
    text.len() >= SHORTEST && text.iter().any(u8::is_ascii_digit) && text.iter().any(u8::is_ascii_alphabetic)
}

/// What remains of a record without identifiers and numbers: its kind.
pub fn template(marked: &Marked<'_>) -> u32 {
    let all = marked.words().take(WORDS).fold(FNV, |h, word| mix(h ^ hash(word)));
    u32::try_from(all >> 32).unwrap_or(0)
}

/// Eight bytes at a time; equal tokens have equal hashes, which is all that is asked of it.
#[inline]
fn hash(token: &[u8]) -> u64 {
    let step = |h: u64, word: u64| (h ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let (words, rest) = token.as_chunks::<8>();
    let all = words.iter().fold(FNV ^ token.len() as u64, |h, word| step(h, u64::from_le_bytes(*word)));
    // The rest is the last eight bytes without those that were taken already, if there are eight.
    let last = token.last_chunk::<8>().filter(|_| !rest.is_empty()).map(|w| u64::from_le_bytes(*w));
    let rest = match last {
        Some(last) => last >> (64 - 8 * rest.len()),
        None => rest.iter().rev().fold(0, |word, b| word << 8 | u64::from(*b)),
    };
    mix(step(all, rest))
}

/// `33.973Z`, `2026-11-21T13`, `12ms`: numbers and stamps with letters in them are no identifiers.
fn is_number_or_stamp(token: &[u8]) -> bool {
    let begins = token.first().is_some_and(u8::is_ascii_digit);
    if !begins {
        return false;
    }
    let number = token.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let stamp = token.get(4) == Some(&b'-') && token.get(7) == Some(&b'-') && token.get(10) == Some(&b'T');
    stamp || number + 2 >= token.len() || number + 3 == token.len() && token.contains(&b'.')
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

/// Spreads a hash over all bits (the finalizer of SplitMix64).
fn mix(mut h: u64) -> u64 {
    h = (h ^ (h >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    h ^ (h >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> usize {
        let mut n = 0;
        identifiers(&Tokens::default().mark(text.as_bytes()), b"h1", &mut |_, _| n += 1);
        n
    }

    #[test]
    fn identifiers_look_like_identifiers() {
        assert_eq!(found("rid=r-08bdd042 took 12.5ms at 2026-11-21T13:31:33.973Z"), 1);
        assert_eq!(found("UPDATE x WHERE id = 77401 /* d76df1446bea */"), 1);
        assert_eq!(found("origin=pg01/crmd/63, version=0.9.44"), 1);
        assert_eq!(found("no identifiers in 10.77.1.21:5432 at all"), 0);
    }

    #[test]
    fn identifiers_are_told_with_their_places() {
        let text = "größe rid=r-08bdd042 took 12.5ms. See d76df1446bea.";
        let found: Vec<&str> = spans(text).into_iter().filter_map(|r| text.get(r)).collect();
        assert_eq!(found, ["r-08bdd042", "d76df1446bea"]);
        assert!(spans("no identifiers in 10.77.1.21:5432 at all").is_empty());
    }

    #[test]
    fn a_template_is_what_remains_without_identifiers() {
        let template = |t: &str| template(&Tokens::default().mark(t.as_bytes()));
        assert_eq!(template("job 17 done r-08bdd042"), template("job 18 done r-77aa0042"));
        assert_ne!(template("job 17 done"), template("job 17 started"));
    }
}
