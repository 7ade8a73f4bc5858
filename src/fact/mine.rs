//! Identifiers that several hosts mention, found without knowing the formats.
//!
//! An identifier looks like one: letters and digits mixed, six characters at least. One that many records
//! mention (a host's name, a version) links nothing; one that a single host mentions tells nothing about
//! clocks. Two passes keep memory small: the first notes, in a bit field per host, which identifiers it
//! mentions; the second keeps only those that two hosts may share.

use rayon::prelude::*;

use super::owner::Owners;
use super::token::Tokens;
use super::{Key, Mention};
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::source::Source;

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
    let fields: Vec<Vec<u64>> = (0..hosts).into_par_iter().map(|h| field(h, sources, events, lanes)).collect();
    let shared = in_two(&fields);
    drop(fields);
    let shared = |hash: u64| {
        let (word, bit) = slot(hash);
        shared.get(word).is_some_and(|w| w >> bit & 1 == 1)
    };
    let mut found: Vec<(u64, Mention)> = (0..events.segments().len())
        .into_par_iter()
        .flat_map_iter(|i| mentions(i, sources, events, lanes, owners, &shared))
        .collect();
    found.par_sort_unstable_by_key(|(hash, m)| (*hash, m.event));
    found
        .chunk_by(|a, b| a.0 == b.0)
        .filter(|group| {
            let first = group.first().map(|(_, m)| m.host);
            group.len() <= MOST_MENTIONS && group.iter().any(|(_, m)| Some(m.host) != first)
        })
        .map(|group| Key { mentions: group.iter().map(|(_, m)| *m).collect() })
        .collect()
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

fn slot(hash: u64) -> (usize, u32) {
    let bit = hash >> (64 - FIELD_BITS);
    (usize::try_from(bit >> 6).unwrap_or(0), u32::try_from(bit & 63).unwrap_or(0))
}

fn field(host: usize, sources: &[Source], events: &EventStore, lanes: &Lanes) -> Vec<u64> {
    let mut field = vec![0u64; 1 << (FIELD_BITS - 6)];
    let name = lanes.list.get(host).map_or(&[][..], |l| l.host.as_bytes());
    let mut tokens = Tokens::default();
    for (i, segment) in events.segments().iter().enumerate() {
        if lanes.of_source(segment.source) != host {
            continue;
        }
        for (text, _) in records(sources, events, i) {
            identifiers(&mut tokens, text, name, &mut |hash, _| {
                let (word, bit) = slot(hash);
                if let Some(w) = field.get_mut(word) {
                    *w |= 1 << bit;
                }
            });
        }
    }
    field
}

fn mentions(
    segment: usize,
    sources: &[Source],
    events: &EventStore,
    lanes: &Lanes,
    owners: &Owners,
    shared: &impl Fn(u64) -> bool,
) -> Vec<(u64, Mention)> {
    let mut out = Vec::new();
    let Some(source) = events.segments().get(segment).map(|s| s.source) else { return out };
    let name = lanes.list.get(lanes.of_source(source)).map_or(&[][..], |l| l.host.as_bytes());
    let mut hashes = Vec::new();
    let mut tokens = Tokens::default();
    for (text, id) in records(sources, events, segment) {
        hashes.clear();
        identifiers(&mut tokens, text, name, &mut |hash, own| {
            if shared(hash) {
                hashes.push((hash, own));
            }
        });
        hashes.sort_unstable();
        hashes.dedup_by_key(|(hash, _)| *hash);
        if hashes.is_empty() {
            continue;
        }
        let template = template(&mut tokens, text);
        let Some(owner) = owners.lane(events, lanes, id).and_then(|o| u32::try_from(o).ok()) else { continue };
        out.extend(hashes.iter().map(|(hash, own)| (*hash, Mention { event: id, host: owner, template, own: *own })));
    }
    out
}

/// The beginnings of a segment's records, with their ids.
fn records<'a>(
    sources: &'a [Source],
    events: &'a EventStore,
    segment: usize,
) -> impl Iterator<Item = (&'a [u8], EventId)> {
    let ids = events.ids_of_segment(segment);
    let segment = events.segments().get(segment);
    let text = segment.and_then(|s| sources.get(s.source.idx())).map_or(&[][..], |s| s.text.bytes());
    let base = segment.map_or(0, |s| usize::try_from(s.base).unwrap_or(usize::MAX));
    let spans = segment.into_iter().flat_map(|s| s.offset.iter().zip(&s.len));
    spans.zip(ids).map(move |((offset, len), id)| {
        let start = base.saturating_add(*offset as usize);
        let end = start.saturating_add((*len as usize).min(REACH)).min(text.len());
        (text.get(start..end).unwrap_or_default(), EventId(id))
    })
}

/// Hands over the hash of every identifier, and whether it is said to be the own host's.
///
/// `host` stands for `local` at a path's begin: so Pacemaker names the own node (`origin=local/crmd/63`). A file is
/// the same file wherever it lies, so a path's last part is an identifier of its own.
fn identifiers(tokens: &mut Tokens, text: &[u8], host: &[u8], found: &mut impl FnMut(u64, bool)) {
    for text in tokens.numbered(text) {
        if text.len() < SHORTEST {
            continue;
        }
        if !text.iter().any(u8::is_ascii_alphabetic) {
            if is_position(text) {
                found(hash(text), false);
            }
            continue;
        }
        let file = text.iter().rposition(|b| *b == b'/').and_then(|at| text.get(at + 1..));
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
pub fn template(tokens: &mut Tokens, text: &[u8]) -> u32 {
    let all = tokens.words(text).take(WORDS).fold(FNV, |h, word| mix(h ^ hash(word)));
    u32::try_from(all >> 32).unwrap_or(0)
}

/// Eight bytes at a time; equal tokens have equal hashes, which is all that is asked of it.
fn hash(token: &[u8]) -> u64 {
    let step = |h: u64, word: u64| (h ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    let (words, rest) = token.as_chunks::<8>();
    let all = words.iter().fold(FNV ^ token.len() as u64, |h, word| step(h, u64::from_le_bytes(*word)));
    mix(step(all, rest.iter().rev().fold(0, |word, b| word << 8 | u64::from(*b))))
}

/// `33.973Z`, `2026-11-21T13`, `12ms`: numbers and stamps with letters in them are no identifiers.
fn is_number_or_stamp(token: &[u8]) -> bool {
    let begins = token.first().is_some_and(u8::is_ascii_digit);
    if !begins {
        return false;
    }
    let number = token.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let stamp = token.get(4) == Some(&b'-') && token.get(7) == Some(&b'-') && token.get(10) == Some(&b'T');
    let dots = token.contains(&b'.');
    stamp || number + 2 >= token.len() || dots && number + 3 >= token.len()
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
        identifiers(&mut Tokens::default(), text.as_bytes(), b"h1", &mut |_, _| n += 1);
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
    fn a_template_is_what_remains_without_identifiers() {
        let template = |t: &str| template(&mut Tokens::default(), t.as_bytes());
        assert_eq!(template("job 17 done r-08bdd042"), template("job 18 done r-77aa0042"));
        assert_ne!(template("job 17 done"), template("job 17 started"));
    }
}
