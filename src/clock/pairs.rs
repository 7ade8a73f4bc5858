//! Bounds on the offset between two hosts, from records that share an identifier.
//!
//! Where a host writes two records about one request and the other host writes one between them, the
//! offset is bounded from both sides: no direction has to be known or guessed beforehand. Which kinds of
//! records stand in such a *bracket* is learned: of all triples of templates, those whose intervals a
//! single line stabs nearly all are brackets; where the third record comes later or earlier by a delay
//! of its own, the intervals contradict each other and the triple is dropped.

use std::collections::BTreeMap;

use super::corridor::{self, Bound, Line};
use crate::event::{EventId, EventStore};
use crate::fact::{Key, Mention};

/// A triple of templates counts when a line stabs this share of its intervals.
const BRACKET_SHARE: f64 = 0.9;
/// And when so many keys have it.
const FEWEST: usize = 4;
/// More triples than this, best first, are not pooled.
const MOST_TRIPLES: usize = 48;
/// Kinds of records that one key has on one host, beyond which it tells nothing sharp.
const MOST_KINDS: usize = 12;

/// A bracket: `before` and `after` by one host, `inside` by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Before the one inside.
    pub before: EventId,
    /// By the other host.
    pub inside: EventId,
    /// After the one inside.
    pub after: EventId,
}

/// What two hosts' shared identifiers say about their clocks.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The offset of the second host against the first, over time.
    pub line: Line,
    /// The brackets that agree with the line.
    pub brackets: Vec<Bracket>,
    /// Brackets that contradict it.
    pub contradictions: usize,
}

type Triple = (bool, u32, u32, u32);

/// Compares the clocks of hosts `a` and `b` by the keys that both mention; `None` without evidence.
pub fn compare(events: &EventStore, keys: &[&Key], a: u32, b: u32) -> Option<Evidence> {
    let mut triples: BTreeMap<Triple, Vec<(Bound, Bracket)>> = BTreeMap::new();
    for key in keys {
        let of = |host: u32| single(key, host);
        let (on_a, on_b) = (of(a), of(b));
        if on_a.is_empty() || on_b.is_empty() || on_a.len() > MOST_KINDS || on_b.len() > MOST_KINDS {
            continue;
        }
        collect(events, &on_a, &on_b, true, &mut triples);
        collect(events, &on_b, &on_a, false, &mut triples);
    }
    let mut good: Vec<(f64, Vec<(Bound, Bracket)>)> = triples
        .into_values()
        .filter(|rows| rows.len() >= FEWEST)
        .filter_map(|rows| {
            let bounds: Vec<Bound> = rows.iter().map(|(b, _)| *b).collect();
            let line = corridor::stab(&bounds)?;
            (line.share() >= BRACKET_SHARE).then_some((line.half_width, rows))
        })
        .collect();
    // Tight brackets first: wide ones add nothing, and are where an accident hides.
    good.sort_by(|x, y| x.0.total_cmp(&y.0).then(y.1.len().cmp(&x.1.len())));
    good.truncate(MOST_TRIPLES);
    let rows: Vec<(Bound, Bracket)> = good.into_iter().flat_map(|(_, rows)| rows).collect();
    let bounds: Vec<Bound> = rows.iter().map(|(b, _)| *b).collect();
    let line = corridor::stab(&bounds)?;
    let agrees = |b: &Bound| {
        let slack = line.half_width + 1e3;
        b.low - slack <= line.at(b.at) && line.at(b.at) <= b.high + slack
    };
    let brackets: Vec<Bracket> = rows.iter().filter(|(b, _)| agrees(b)).map(|(_, t)| *t).collect();
    let contradictions = rows.len() - brackets.len();
    Some(Evidence { line, brackets, contradictions })
}

/// A host's mentions of a key, of those kinds that it wrote only once about it.
fn single(key: &Key, host: u32) -> Vec<Mention> {
    let mine: Vec<Mention> = key.mentions.iter().copied().filter(|m| m.host == host).collect();
    let once = |m: &&Mention| mine.iter().filter(|o| o.template == m.template).count() == 1;
    mine.iter().filter(once).copied().collect()
}

/// Every bracket of `outer` around each record of `inner`. `forward`: the offset is inner minus outer.
fn collect(
    events: &EventStore,
    outer: &[Mention],
    inner: &[Mention],
    forward: bool,
    triples: &mut BTreeMap<Triple, Vec<(Bound, Bracket)>>,
) {
    let timed = |m: &Mention| events.time(m.event).map(|t| (t, *m));
    let mut outside: Vec<(i64, Mention)> = outer.iter().filter_map(timed).collect();
    outside.sort_by_key(|(t, m)| (*t, m.event));
    for (ti, inside) in inner.iter().filter_map(timed) {
        for (i, (t1, before)) in outside.iter().enumerate() {
            for (t2, after) in outside.iter().skip(i + 1) {
                let q = |id: EventId| resolution(events, id);
                // Truncated stamps: the clock read something in [stamp, stamp + resolution).
                let high = (ti - t1) as f64 + q(inside.event);
                let low = (ti - t2) as f64 - q(after.event);
                let (low, high) = if forward { (low, high) } else { (-high, -low) };
                let at = if forward { *t1 } else { ti };
                let bracket = Bracket { before: before.event, inside: inside.event, after: after.event };
                let triple = (forward, before.template, inside.template, after.template);
                triples.entry(triple).or_default().push((Bound { at: at as f64, low, high }, bracket));
            }
        }
    }
}

/// How coarse an event's stamp is, in nanoseconds.
pub fn resolution(events: &EventStore, id: EventId) -> f64 {
    10f64.powi(9 - i32::from(events.precision(id)))
}
