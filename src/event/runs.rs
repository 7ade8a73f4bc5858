//! The records of one source, one beside the other: what stands around each, as a hash.

use std::ops::Range;

use rayon::prelude::*;

use crate::event::{EventId, EventStore};
use crate::source::{Source, SourceId, Text};

/// Which neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// Those above.
    Before,
    /// Those below.
    After,
}

/// The hash of no neighbours.
pub(super) const NOTHING: u64 = 0x6361_7573_656c_696e;

/// FNV-1a, 64 bits.
pub(super) fn hash_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Takes one more number into a hash. Never changed: anchors in cases depend on it.
fn mix(hash: u64, x: u64) -> u64 {
    let z = (hash.rotate_left(5) ^ x).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z ^ (z >> 32)
}

/// The records of one source.
pub(super) struct Records<'a> {
    text: &'a Text,
    events: &'a EventStore,
    ids: Range<u32>,
    segments: Range<usize>,
}

impl<'a> Records<'a> {
    /// Those of each source, in their order.
    pub(super) fn of_sources(sources: &'a [Source], events: &'a EventStore) -> Vec<Records<'a>> {
        let segments = events.segments();
        let of = |(i, source): (usize, &'a Source)| {
            let id = SourceId(u32::try_from(i).unwrap_or(u32::MAX));
            let first = segments.partition_point(|s| s.source < id);
            let end = segments.partition_point(|s| s.source <= id);
            let start = events.ids_of_segment(first).start;
            let stop = if end > first { events.ids_of_segment(end - 1).end } else { start };
            Records { text: &source.text, events, ids: start..stop, segments: first..end }
        };
        sources.iter().enumerate().map(of).collect()
    }

    /// True when the record is one of them.
    pub(super) fn has(&self, id: EventId) -> bool {
        self.ids.contains(&id.0)
    }

    /// The bytes of a record.
    pub(super) fn raw(&self, id: EventId) -> &'a [u8] {
        self.text.get(self.events.span(id))
    }

    /// How many runs of neighbours there are, at most `most`, and their hash. Takes from `budget` what it looks at.
    pub(super) fn walk(&self, id: EventId, side: Side, most: usize, budget: &mut usize) -> (usize, u64) {
        let step = |id: u32| match side {
            Side::Before => id.checked_sub(1).filter(|i| *i >= self.ids.start),
            Side::After => id.checked_add(1).filter(|i| *i < self.ids.end),
        };
        let mut at = id.0;
        let mut raw = self.raw(id);
        let mut run = 0u64;
        // The hash of all runs but the outermost with their lengths, of that one only its content.
        let (mut open, mut runs) = (NOTHING, 0);
        while let Some(next) = step(at) {
            *budget = budget.saturating_sub(1);
            let there = self.raw(EventId(next));
            at = next;
            if there == raw {
                run += 1;
                continue;
            }
            let key = if runs == 0 { mix(NOTHING, run) } else { mix(open, run + 1) };
            open = mix(key, hash_of(there));
            runs += 1;
            (raw, run) = (there, 0);
            if runs == most {
                break;
            }
        }
        (runs, open)
    }

    /// A hash of all records above one.
    pub(super) fn start(&self, id: EventId) -> u64 {
        let mut start = Start::default();
        (self.ids.start..=id.0).for_each(|i| start.push(hash_of(self.raw(EventId(i)))));
        start.get()
    }

    /// Hashes of all records, in their order.
    pub(super) fn hashes(&self) -> Vec<u64> {
        let of = |idx: usize| self.events.ids_of_segment(idx).map(|id| hash_of(self.raw(EventId(id)))).collect();
        let parts: Vec<Vec<u64>> = self.segments.clone().into_par_iter().map(of).collect();
        parts.concat()
    }

    /// Number of the first record.
    pub(super) fn first(&self) -> u32 {
        self.ids.start
    }
}

/// A hash of records one after the other, equal ones in a row by their number.
#[derive(Default)]
struct Start {
    key: u64,
    run: Option<(u64, u64)>,
}

impl Start {
    fn push(&mut self, hash: u64) {
        match &mut self.run {
            Some((same, n)) if *same == hash => *n += 1,
            _ => {
                if let Some((hash, n)) = self.run.replace((hash, 0)) {
                    self.key = mix(mix(self.key, hash), n);
                }
            }
        }
    }

    fn get(&self) -> u64 {
        mix(self.key, self.run.map_or(0, |(_, n)| n))
    }
}

/// The runs of one source, made from the hashes of its records.
pub(super) struct Runs {
    first: Vec<u32>,
    hash: Vec<u64>,
    /// Hash of all that stands above each run.
    start: Vec<u64>,
    n: u32,
}

impl Runs {
    /// The runs of records with these hashes.
    pub(super) fn new(hashes: &[u64]) -> Runs {
        let mut out = Runs { first: Vec::new(), hash: Vec::new(), start: Vec::new(), n: 0 };
        let mut start = Start::default();
        for (i, &hash) in (0u32..).zip(hashes) {
            start.push(hash);
            if out.hash.last() != Some(&hash) {
                out.first.push(i);
                out.hash.push(hash);
                out.start.push(start.key);
            }
            out.n = i + 1;
        }
        out
    }

    fn run_of(&self, record: u32) -> usize {
        self.first.partition_point(|f| *f <= record).saturating_sub(1)
    }

    fn end(&self, run: usize) -> u32 {
        self.first.get(run + 1).copied().unwrap_or(self.n)
    }

    fn len(&self, run: usize) -> u64 {
        u64::from(self.end(run) - self.first.get(run).copied().unwrap_or(0))
    }

    /// How many runs of neighbours a record has.
    pub(super) fn there(&self, record: u32, side: Side) -> usize {
        let run = self.run_of(record);
        match side {
            Side::Before => run,
            Side::After => self.first.len().saturating_sub(run + 1),
        }
    }

    /// The hash of exactly `runs` runs of neighbours; `None` where there are fewer. As [`Records::walk`] makes it.
    pub(super) fn key(&self, record: u32, side: Side, runs: usize) -> Option<u64> {
        if runs == 0 {
            return Some(NOTHING);
        }
        if self.there(record, side) < runs {
            return None;
        }
        let own = self.run_of(record);
        let place = match side {
            Side::Before => record - self.first.get(own).copied()?,
            Side::After => self.end(own) - 1 - record,
        };
        let nth = |i: usize| match side {
            Side::Before => own - i,
            Side::After => own + i,
        };
        let mut key = mix(mix(NOTHING, u64::from(place)), *self.hash.get(nth(1))?);
        for i in 2..=runs {
            key = mix(mix(key, self.len(nth(i - 1))), *self.hash.get(nth(i))?);
        }
        Some(key)
    }

    /// A hash of all records above one, as [`Records::start`] makes it.
    pub(super) fn start(&self, record: u32) -> u64 {
        let own = self.run_of(record);
        let place = record - self.first.get(own).copied().unwrap_or(record);
        mix(self.start.get(own).copied().unwrap_or(0), u64::from(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Config, analyze};

    #[test]
    fn both_ways_to_hash_neighbours_agree() {
        let folder = tempfile::tempdir().unwrap();
        let lines = ["a", "b", "b", "b", "a", "c", "c", "a", "a", "b", "b", "a", "c"];
        std::fs::write(folder.path().join("x.log"), lines.join("\n")).unwrap();
        let a = analyze(&[folder.path().to_owned()], &Config::default());
        assert_eq!(a.events.len(), lines.len());
        let all = Records::of_sources(&a.sources, &a.events);
        let runs = Runs::new(&all[0].hashes());
        for i in 0..u32::try_from(lines.len()).unwrap() {
            assert_eq!(runs.start(i), all[0].start(EventId(i)), "{i}");
            for side in [Side::Before, Side::After] {
                for most in 1..9 {
                    let (n, key) = all[0].walk(EventId(i), side, most, &mut 1000);
                    assert_eq!(n, most.min(runs.there(i, side)), "{i} {side:?} {most}");
                    assert_eq!(runs.key(i, side, n), Some(key), "{i} {side:?} {most}");
                }
            }
        }
    }
}
