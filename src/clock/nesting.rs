//! Whose work surrounds whose: a client waits for what it asks another host for.
//!
//! Where two hosts say of the same requests when their work began and when it ended, the one that waits for the other
//! takes longer. How long something took does not depend on how far a clock is off, so this is known before any clock.
//! Where stamps are too coarse for that, the one that says that it asked is the one that waits.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::resolution;
use crate::event::EventStore;
use crate::fact::act::{Act, Acts};
use crate::fact::{Key, Mention};

/// One host's work surrounds another's for so many requests.
const FEWEST_OUTER: usize = 5;
/// And lies within it for at most this share of them.
const MOST_INNER: f64 = 0.05;
/// A key with more hosts than this is no request.
const MOST_HOSTS: usize = 12;

/// Hosts whose work lies within that of others.
#[derive(Clone, Debug, Default)]
pub struct Nesting {
    /// Outer and inner host, by lane.
    nested: BTreeSet<(u32, u32)>,
    inner: BTreeSet<u32>,
}

/// A host's work on a key.
#[derive(Clone, Copy, Debug)]
struct Work {
    /// How long it took, and how far stamps leave that open, in nanoseconds.
    took: f64,
    open: f64,
    /// It consisted in asking others.
    asks: bool,
}

impl Work {
    /// True when this surrounds the other, for all that the two of them tell.
    fn surrounds(&self, other: &Work) -> bool {
        let longer = self.took - other.took;
        let open = self.open + other.open;
        longer >= open || longer > -open && self.asks && !other.asks
    }
}

impl Nesting {
    /// Compares all hosts that work on the same keys.
    pub fn of(events: &EventStore, acts: &Acts, keys: &[Key]) -> Self {
        // How often the first of two hosts took longer, and how often the second.
        let mut longer: BTreeMap<(u32, u32), (usize, usize)> = BTreeMap::new();
        for key in keys {
            let works: Vec<(u32, Work)> = works(events, acts, key).into_iter().take(MOST_HOSTS).collect();
            for (i, (a, work_a)) in works.iter().enumerate() {
                for (b, work_b) in works.iter().skip(i + 1) {
                    let slot = longer.entry((*a, *b)).or_default();
                    slot.0 += usize::from(work_a.surrounds(work_b));
                    slot.1 += usize::from(work_b.surrounds(work_a));
                }
            }
        }
        let clear = |more: usize, less: usize| more >= FEWEST_OUTER && less as f64 <= MOST_INNER * more as f64;
        let outer = |((a, b), (more, less)): ((u32, u32), (usize, usize))| match (clear(more, less), clear(less, more))
        {
            (true, _) => Some((a, b)),
            (_, true) => Some((b, a)),
            _ => None,
        };
        let nested: BTreeSet<(u32, u32)> = longer.into_iter().filter_map(outer).collect();
        let inner = nested.iter().map(|(_, inner)| *inner).collect();
        Nesting { nested, inner }
    }

    /// False when it is known that what a host wrote of a request does not lie within another's work on it.
    ///
    /// `before` and `after` are the other host's, `inner` all that the host wrote of the request, in order.
    pub fn allows(
        &self,
        events: &EventStore,
        acts: &Acts,
        before: &Mention,
        inside: &Mention,
        inner: &[Mention],
    ) -> bool {
        let (outer, host) = (before.host, inside.host);
        match acts.get(events, inside) {
            // A load balancer's line stands around the work of whom it serves.
            Act::Served => !self.inner.contains(&outer),
            // Who hands work on, and knew nothing of it before, does so before another begins it.
            act if act.hands_on() => {
                let source = events.source(inside.event);
                inner.iter().any(|m| events.source(m.event) == source && m.event < inside.event)
            }
            _ => !self.nested.contains(&(host, outer)),
        }
    }
}

/// How long each host worked on a key: from where its work begins to where it ends in one of its files.
fn works(events: &EventStore, acts: &Acts, key: &Key) -> BTreeMap<u32, Work> {
    let mut begun: BTreeMap<u32, &Mention> = BTreeMap::new();
    let mut out: BTreeMap<u32, Work> = BTreeMap::new();
    for m in &key.mentions {
        let source = events.source(m.event).0;
        match acts.get(events, m) {
            act if act.begins() => {
                begun.entry(source).or_insert(m);
            }
            Act::End => {
                let Some(begin) = begun.get(&source) else { continue };
                let (Some(t1), Some(t2)) = (events.time(begin.event), events.time(m.event)) else { continue };
                let open = resolution(events, begin.event).max(resolution(events, m.event));
                let work =
                    Work { took: t2.saturating_sub(t1) as f64, open, asks: *acts.get(events, begin) == Act::Ask };
                let slot = out.entry(m.host).or_insert(work);
                if work.took > slot.took {
                    *slot = work;
                }
            }
            _ => {}
        }
    }
    out
}
