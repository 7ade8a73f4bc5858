//! A record's place that outlives one analysis: its content, what stands around it, and file and line as a hint.
//!
//! Files are rotated, compressed, moved, cut and collected again, and the same bytes may stand in a log many times.
//! A record is therefore known by
//!
//! - `hash`: its own bytes;
//! - `before` and `after`: what stands above and below it in its file, each by itself, so that one suffices where a file
//!   was cut. Equal records in a row count as one *run*: the hash covers its place in its own run, then runs outward
//!   with their lengths, of the last one only the content, since its other end may be cut. Eight runs unless more are
//!   needed to tell it from the equal records that are there when it is made ([`LEVELS`]);
//! - `unique`: it tells date and time itself and was the only one of its kind: it needs no neighbours;
//! - `start`: a hash of all that stands above it in its file, only where neighbours cannot tell it from others there;
//! - `copies`: how many equal records in *other* files have the same neighbours: copies of its file.
//!
//! [`find`](super::find) decides which record it is later. File and line only tell equal copies apart: a name says little
//! after a rotation. Where two records could be it, it is neither.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::runs::{Records, Side, hash_of};
use crate::event::store::Flags;
use crate::event::{EventId, EventStore};
use crate::source::Source;

/// Runs of neighbours on a side: the first unless more are needed. Kept for ever, as anchors in cases depend on them.
pub const LEVELS: [usize; 5] = [8, 32, 128, 512, 2048];
/// Records that are looked at for one anchor until neighbours are given up on: a tenth of a second.
const BUDGET: usize = 1 << 20;
/// Neighbours where that was too little to find out how many are needed.
const BLIND: usize = 128;

/// Where a record stood, what it said, and what stood around it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Name of its source.
    pub file: String,
    /// 1-based line: a hint.
    pub line: u64,
    /// FNV-1a 64 of its bytes, in hexadecimal.
    pub hash: String,
    /// What tells it from other records of the same bytes.
    pub near: Near,
}

/// What tells a record from others of the same bytes; all empty in cases of older versions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Near {
    /// `HASH/RUNS` of what stands above it; `edge` when nothing else does.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub before: String,
    /// The same of what stands below it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub after: String,
    /// It tells date and time and was the only record of its kind.
    #[serde(default, skip_serializing_if = "is_false")]
    pub unique: bool,
    /// Hash of all records above it in its file, where nearer ones cannot tell it from others there.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub start: String,
    /// Equal records with the same neighbours in other files.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub copies: u32,
}

fn is_false(b: &bool) -> bool {
    !b
}

fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl Near {
    /// True for anchors of older versions, which know no neighbours.
    pub fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }
}

impl Spot {
    /// Where an event stands. Looks through all events for others like it.
    pub fn of(sources: &[Source], events: &EventStore, id: EventId) -> Option<Spot> {
        Spot::of_all(sources, events, &[id]).pop().flatten()
    }

    /// Where events stand, in one pass; `None` for those that there are not.
    pub fn of_all(sources: &[Source], events: &EventStore, ids: &[EventId]) -> Vec<Option<Spot>> {
        let all = Records::of_sources(sources, events);
        let raw = |id: EventId| all.get(events.source(id).idx()).filter(|r| r.has(id)).map(|r| r.raw(id));
        let hashes: Vec<Option<u64>> = ids.iter().map(|&id| raw(id).map(hash_of)).collect();
        let equal = equals(&all, events, ids, &hashes);
        let mut groups: HashMap<u64, Group<'_>> = HashMap::new();
        let spot = |(&id, hash): (&EventId, &Option<u64>)| {
            let hash = (*hash)?;
            let source = events.source(id).idx();
            let group = groups.entry(hash).or_insert_with(|| Group {
                all: &all,
                events,
                members: equal.get(&hash).map_or(&[], Vec::as_slice),
                keys: HashMap::new(),
                budget: BUDGET,
            });
            Some(Spot {
                file: sources.get(source)?.path.clone(),
                line: events.line(id),
                hash: hex(hash),
                near: group.near(id)?,
            })
        };
        ids.iter().zip(&hashes).map(spot).collect()
    }

    /// The event that it is now; `None` when that is gone or several could be it. For many, [`super::find::find`].
    pub fn find(&self, sources: &[Source], events: &EventStore) -> Option<EventId> {
        super::find::find(&[self], sources, events).first().and_then(super::find::Found::event)
    }
}

/// True when the text of a record states date and time.
pub fn is_stamped(events: &EventStore, id: EventId) -> bool {
    let flags = events.flags(id);
    ![Flags::NO_TIME, Flags::ASSUMED_TIME, Flags::ASSUMED_DATE, Flags::UNPARSED].into_iter().any(|f| flags.has(f))
}

/// All events whose bytes equal those of one of `ids`, by hash, in the order of ids.
fn equals(
    all: &[Records<'_>],
    events: &EventStore,
    ids: &[EventId],
    hashes: &[Option<u64>],
) -> HashMap<u64, Vec<EventId>> {
    let length = |id: &EventId| u32::try_from(events.span(*id).end - events.span(*id).start).unwrap_or(u32::MAX);
    let lengths: HashSet<u32> = ids.iter().map(length).collect();
    let wanted: HashSet<u64> = hashes.iter().flatten().copied().collect();
    let of_segment = |(idx, segment): (usize, &std::sync::Arc<super::store::Segment>)| {
        let Range { start, .. } = events.ids_of_segment(idx);
        let records = all.get(segment.source.idx());
        let like = segment.len.iter().zip(start..).filter(|(len, _)| lengths.contains(len));
        let hashed = like.filter_map(|(_, id)| records.map(|r| (hash_of(r.raw(EventId(id))), EventId(id))));
        hashed.filter(|(hash, _)| wanted.contains(hash)).collect::<Vec<_>>()
    };
    let found: Vec<Vec<(u64, EventId)>> = events.segments().par_iter().enumerate().map(of_segment).collect();
    let mut out: HashMap<u64, Vec<EventId>> = HashMap::new();
    for (hash, id) in found.into_iter().flatten() {
        out.entry(hash).or_default().push(id);
    }
    out
}

/// Records of the same bytes.
struct Group<'a> {
    all: &'a [Records<'a>],
    events: &'a EventStore,
    members: &'a [EventId],
    /// Hashes of neighbours that are known: of whom, on which side, how many runs.
    keys: HashMap<(EventId, Side, usize), Option<u64>>,
    budget: usize,
}

impl Group<'_> {
    fn near(&mut self, id: EventId) -> Option<Near> {
        let source = self.events.source(id);
        let records = self.all.get(source.idx())?;
        let unique = self.members.len() < 2 && is_stamped(self.events, id);
        self.budget = self.budget.max(BUDGET / 256);
        let (before, like_before) = self.side(id, Side::Before)?;
        let (after, like_after) = self.side(id, Side::After)?;
        let both = like_before.iter().filter(|m| like_after.binary_search(m).is_ok());
        let (here, elsewhere): (Vec<EventId>, Vec<EventId>) = both.partition(|m| self.events.source(**m) == source);
        let start = if here.is_empty() { String::new() } else { hex(records.start(id)) };
        let copies = u32::try_from(elsewhere.len()).unwrap_or(u32::MAX);
        Some(Near { before, after, unique, start, copies })
    }

    /// Neighbours on one side, and the other records that have the same.
    fn side(&mut self, id: EventId, side: Side) -> Option<(String, Vec<EventId>)> {
        let mut like: Vec<EventId> = self.members.iter().copied().filter(|&m| m != id).collect();
        let records = self.all.get(self.events.source(id).idx())?;
        let mut found = (0, 0);
        for level in LEVELS {
            let mut own = BUDGET;
            found = records.walk(id, side, level, &mut own);
            let (runs, key) = found;
            let mut left = Vec::new();
            for m in &like {
                if self.budget == 0 {
                    // Too many to look at: more neighbours than usual, and what stands above them all.
                    found = records.walk(id, side, level.max(BLIND), &mut own);
                    return Some((text(found), like));
                }
                if self.key(*m, side, runs) == Some(key) {
                    left.push(*m);
                }
            }
            like = left;
            if like.is_empty() || runs < level {
                break;
            }
        }
        Some((text(found), like))
    }

    fn key(&mut self, id: EventId, side: Side, runs: usize) -> Option<u64> {
        if let Some(known) = self.keys.get(&(id, side, runs)) {
            return *known;
        }
        let records = self.all.get(self.events.source(id).idx())?;
        let (there, key) = records.walk(id, side, runs, &mut self.budget);
        let key = (there == runs).then_some(key);
        self.keys.insert((id, side, runs), key);
        key
    }
}

fn text((runs, key): (usize, u64)) -> String {
    if runs == 0 { EDGE.to_owned() } else { format!("{}/{runs}", hex(key)) }
}

/// The word for a side on which nothing else stands.
const EDGE: &str = "edge";

/// How many runs an anchor's side has, and their hash; `None` when it cannot be read.
pub(super) fn read_side(text: &str) -> Option<(usize, u64)> {
    if text == EDGE {
        return Some((0, super::runs::NOTHING));
    }
    let (hash, runs) = text.split_once('/')?;
    Some((runs.parse().ok().filter(|n| (1..=1 << 20).contains(n))?, u64::from_str_radix(hash, 16).ok()?))
}

fn hex(hash: u64) -> String {
    format!("{hash:016x}")
}

/// FNV-1a, 64 bits, in hexadecimal: stable across versions and machines, as an anchor must be.
pub fn hash(bytes: &[u8]) -> String {
    hex(hash_of(bytes))
}
