//! Identifiers that several hosts mention, found without knowing the formats.
//!
//! An identifier looks like one: letters and digits mixed, six characters at least. One that many records
//! mention (a host's name, a version) links nothing; one that a single host mentions tells nothing about
//! clocks. Two passes keep memory small: the first notes, in a bit field per host, which identifiers it
//! mentions; the second keeps only those that two hosts may share.

use rayon::prelude::*;

use super::owner::Owners;
use super::{Key, Mention};
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::source::Source;

/// How much of a record is searched, in bytes.
const REACH: usize = 2048;
/// Words of a record that make its template.
const WORDS: usize = 24;
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
    let shared = |hash: u64| {
        let (word, bit) = slot(hash);
        fields.iter().filter(|f| f.get(word).is_some_and(|w| w >> bit & 1 == 1)).take(2).count() == 2
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

fn slot(hash: u64) -> (usize, u32) {
    let bit = hash >> (64 - FIELD_BITS);
    (usize::try_from(bit >> 6).unwrap_or(0), u32::try_from(bit & 63).unwrap_or(0))
}

fn field(host: usize, sources: &[Source], events: &EventStore, lanes: &Lanes) -> Vec<u64> {
    let mut field = vec![0u64; 1 << (FIELD_BITS - 6)];
    let name = lanes.list.get(host).map_or(&[][..], |l| l.host.as_bytes());
    for (i, segment) in events.segments().iter().enumerate() {
        if lanes.of_source(segment.source) != host {
            continue;
        }
        for id in events.ids_of_segment(i) {
            scan(record(sources, events, EventId(id)), name, &mut |hash| {
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
    for id in events.ids_of_segment(segment) {
        hashes.clear();
        let template = scan(record(sources, events, EventId(id)), name, &mut |hash| {
            if shared(hash) {
                hashes.push(hash);
            }
        });
        hashes.sort_unstable();
        hashes.dedup();
        if hashes.is_empty() {
            continue;
        }
        let Some(owner) = owners.lane(events, lanes, EventId(id)).and_then(|o| u32::try_from(o).ok()) else { continue };
        out.extend(hashes.iter().map(|hash| (*hash, Mention { event: EventId(id), host: owner, template })));
    }
    out
}

fn record<'a>(sources: &'a [Source], events: &EventStore, id: EventId) -> &'a [u8] {
    let bytes = sources.get(events.source(id).idx()).map_or(&[][..], |s| s.text.get(events.span(id)));
    bytes.get(..REACH.min(bytes.len())).unwrap_or(bytes)
}

/// Hands over the hash of every identifier; answers the record's template.
///
/// `host` stands for `local` at a path's begin: so Pacemaker names the own node (`origin=local/crmd/63`).
fn scan(text: &[u8], host: &[u8], found: &mut impl FnMut(u64)) -> u32 {
    let mut template = FNV;
    let mut words = 0;
    let mut at = 0;
    while let Some(&b) = text.get(at) {
        if !b.is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        let start = at;
        let (mut digits, mut letters, mut dots) = (0usize, 0usize, 0usize);
        let mut hash = FNV;
        while let Some(&b) = text.get(at) {
            match b {
                b'0'..=b'9' => digits += 1,
                b'a'..=b'z' | b'A'..=b'Z' => letters += 1,
                b'-' | b'_' | b'/' => {}
                b'.' => dots += 1,
                _ => break,
            }
            hash = fold(hash, b);
            at += 1;
        }
        let len = at - start;
        if digits == 0 {
            if words < WORDS {
                template = fold(template ^ hash, b' ');
                words += 1;
            }
        } else if letters > 0 && len >= 6 && !is_number_or_stamp(text.get(start..at).unwrap_or_default(), dots) {
            let own = text.get(start..at).and_then(|t| t.strip_prefix(b"local/"));
            found(mix(own.map_or(hash, |rest| host.iter().chain(b"/").chain(rest).fold(FNV, |h, b| fold(h, *b)))));
        }
    }
    u32::try_from(mix(template) >> 32).unwrap_or(0)
}

/// `33.973Z`, `2026-11-21T13`, `12ms`: numbers and stamps with letters in them are no identifiers.
fn is_number_or_stamp(token: &[u8], dots: usize) -> bool {
    let begins = token.first().is_some_and(u8::is_ascii_digit);
    if !begins {
        return false;
    }
    let number = token.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let stamp = token.get(4) == Some(&b'-') && token.get(7) == Some(&b'-') && token.get(10) == Some(&b'T');
    stamp || dots > 0 && number + 2 >= token.len() || number + 2 >= token.len()
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn fold(hash: u64, b: u8) -> u64 {
    (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
}

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
        scan(text.as_bytes(), b"h1", &mut |_| n += 1);
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
        let template = |t: &str| scan(t.as_bytes(), b"h1", &mut |_| {});
        assert_eq!(template("job 17 done r-08bdd042"), template("job 18 done r-77aa0042"));
        assert_ne!(template("job 17 done"), template("job 17 started"));
    }
}
