//! Kinds of records that follow one another whenever they are about the same thing.
//!
//! "id allocated" stands before "row inserted" for every request, whatever the stamps of one request
//! say. The direction of each pair of kinds is learned from those keys whose stamps leave no doubt, and
//! then holds for those whose stamps are too coarse or too close; a kind that goes both ways has no edge.

use std::collections::{BTreeMap, HashMap};

use super::{Edge, Rule};
use crate::clock::pairs::resolution;
use crate::clock::{Anchor, Clocks};
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::fact::{Key, Mention};

/// Keys whose stamps prove the direction, at least.
const FEWEST_PROOFS: usize = 3;
/// Keys that prove the opposite, at most: this share of those that prove the direction.
const MOST_OPPOSED: f64 = 0.02;
/// A key with more kinds of records than this links too much.
const MOST_KINDS: usize = 16;
/// Records farther apart than this are not cause and effect that need an edge: their stamps suffice.
const NEAR: f64 = 5e9;

#[derive(Clone, Debug, Default)]
struct Pair {
    forward: usize,
    backward: usize,
    likely_forward: usize,
    likely_backward: usize,
    /// Keys whose stamps leave the order open or contradict it, both ways round.
    open: Vec<(EventId, EventId)>,
}

/// What the keys say about the order of kinds of records.
#[derive(Clone, Debug, Default)]
pub struct Learned {
    pairs: BTreeMap<(u32, u32), Pair>,
    kinds: HashMap<EventId, u32>,
}

impl Learned {
    /// True when the best estimates of the times speak for this order of kinds, and hardly ever against it.
    ///
    /// Weaker than the proof that an edge of its own needs: it only confirms what a bracket claims.
    pub fn confirms(&self, edge: &Edge) -> bool {
        let (Some(&from), Some(&to)) = (self.kinds.get(&edge.from), self.kinds.get(&edge.to)) else { return false };
        let swapped = from > to;
        let Some(pair) = self.pairs.get(&if swapped { (to, from) } else { (from, to) }) else { return false };
        let (for_it, against) = if swapped {
            (pair.likely_backward, pair.likely_forward)
        } else {
            (pair.likely_forward, pair.likely_backward)
        };
        for_it >= 5 && against == 0
    }

    /// Edges between records of the same key, for those pairs of kinds whose direction is beyond doubt.
    pub fn edges(&self) -> Vec<Edge> {
        let mut out = Vec::new();
        let edge = |from: &EventId, to: &EventId| Edge { from: *from, to: *to, rule: Rule::Precedence };
        for pair in self.pairs.values() {
            let one_way = |for_it: usize, against: usize| {
                for_it >= FEWEST_PROOFS && against as f64 <= for_it as f64 * MOST_OPPOSED
            };
            if one_way(pair.forward, pair.backward) {
                out.extend(pair.open.iter().map(|(from, to)| edge(from, to)));
            } else if one_way(pair.backward, pair.forward) {
                out.extend(pair.open.iter().map(|(to, from)| edge(from, to)));
            }
        }
        out
    }
}

/// Learns from all keys.
pub fn learn(events: &EventStore, lanes: &Lanes, clocks: &Clocks, keys: &[Key]) -> Learned {
    let mut learned = Learned::default();
    for key in keys {
        let spans = spans(events, lanes, clocks, key);
        if spans.len() > MOST_KINDS {
            continue;
        }
        for (i, a) in spans.iter().enumerate() {
            for b in spans.iter().skip(i + 1) {
                let (a, b) = if kind(a) <= kind(b) { (a, b) } else { (b, a) };
                note(learned.pairs.entry((kind(a), kind(b))).or_default(), a, b);
            }
        }
        learned.kinds.extend(spans.iter().map(|s| (s.mention.event, kind(s))));
    }
    learned
}

/// A mention with the interval of reference time that its record was written in, in nanoseconds.
struct Span {
    mention: Mention,
    source: u32,
    low: f64,
    high: f64,
    half_width: f64,
}

/// A kind of record: what it says and in which source, since two files of one host may say the same.
fn kind(s: &Span) -> u32 {
    s.mention.template ^ s.source.wrapping_mul(0x9e37_79b9)
}

/// Mentions on hosts whose clock is known, of kinds that the key has once.
fn spans(events: &EventStore, lanes: &Lanes, clocks: &Clocks, key: &Key) -> Vec<Span> {
    let span = |m: &Mention| {
        let clock = clocks.list.get(m.host as usize)?;
        let time = events.time(m.event)?;
        let alone = clocks.list.iter().all(|c| c.anchor == Anchor::Floating);
        if clock.anchor == Anchor::Floating && !alone && lanes.list.len() > 1 {
            return None;
        }
        let corrected = time.saturating_sub(clock.correction(time)) as f64;
        let half_width = clock.doubt();
        let low = corrected - half_width;
        let high = corrected + half_width + resolution(events, m.event);
        Some(Span { mention: *m, source: events.source(m.event).0, low, high, half_width })
    };
    let all: Vec<Span> = key.mentions.iter().filter_map(span).collect();
    let once = |s: &Span| all.iter().filter(|o| kind(o) == kind(s)).count() == 1;
    let keep: Vec<bool> = all.iter().map(once).collect();
    all.into_iter().zip(keep).filter(|(_, k)| *k).map(|(s, _)| s).collect()
}

fn note(pair: &mut Pair, a: &Span, b: &Span) {
    if a.source == b.source {
        return; // file order is known
    }
    // One host's clock needs no band against itself.
    let shared = if a.mention.host == b.mention.host { a.half_width + b.half_width } else { 0.0 };
    if a.high <= b.low + shared {
        pair.forward += 1;
    } else if b.high <= a.low + shared {
        pair.backward += 1;
    }
    let (middle_a, middle_b) = (a.half_width, b.half_width);
    if a.high - middle_a <= b.low + middle_b {
        pair.likely_forward += 1;
    } else if b.high - middle_b <= a.low + middle_a {
        pair.likely_backward += 1;
    }
    if (a.low - b.low).abs() < NEAR {
        pair.open.push((a.mention.event, b.mention.event));
    }
}
