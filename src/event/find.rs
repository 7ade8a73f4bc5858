//! Which records spots are now: one pass over all events for any number of them.
//!
//! Of the records with the right bytes, the one is taken whose neighbours agree best, and only where that leaves one:
//!
//! 1. both sides agree;
//! 2. one side agrees, and on the other the file was cut within reach;
//! 3. one side agrees, and the record or its like tells date and time: lines were taken out or put in beside it;
//! 4. neither agrees, but the record tells date and time, was the only one of its kind, and is: lines were picked out.
//!
//! Where several are as good, `start` decides (the same place in a file that only grew), then, for copies of a file that
//! were there from the beginning, the file's name. Otherwise it is none of them.

use std::collections::{HashMap, HashSet};

use super::runs::{NOTHING, Records, Runs, Side};
use super::spot::{Spot, is_stamped, read_side};
use crate::event::{EventId, EventStore};
use crate::source::{Source, SourceId};

/// Runs of neighbours that tell enough where no record tells a date.
const ENOUGH: usize = 8;
/// Runs that are compared for one source until the rest counts as different: some seconds.
const BUDGET: usize = 1 << 29;
/// Candidates that are remembered for a spot; with more, it is none of them.
const MOST: usize = 4096;

/// What became of a spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// The event that it is.
    At(EventId),
    /// No record has its bytes.
    Gone,
    /// This many records have its bytes, and none can be told to be it.
    Unsure(usize),
}

impl Found {
    /// The event that it is.
    pub fn event(&self) -> Option<EventId> {
        match self {
            Found::At(id) => Some(*id),
            Found::Gone | Found::Unsure(_) => None,
        }
    }
}

/// Finds all spots, in their order.
pub fn find(spots: &[&Spot], sources: &[Source], events: &EventStore) -> Vec<Found> {
    let mut search = Search::new(spots);
    if !search.wanted.is_empty() {
        let all = Records::of_sources(sources, events);
        for (records, source) in all.iter().zip(sources) {
            search.source(records, source, events);
        }
    }
    let decide = |(spot, state): (&&Spot, &State)| {
        let wanted = state.hash.and_then(|hash| search.wanted.get(&hash));
        wanted.map_or(Found::Gone, |wanted| state.decide(spot, wanted, sources, events))
    };
    spots.iter().zip(&search.state).map(decide).collect()
}

/// The spots of one hash, by the neighbours they want.
#[derive(Default)]
struct Wanted {
    /// How many records have these bytes, and the last of them.
    equal: usize,
    last: Option<EventId>,
    /// Spots of older versions, which want no neighbours.
    old: Vec<usize>,
    sides: [Vec<(usize, HashMap<u64, Vec<usize>>)>; 2],
}

struct Candidate {
    id: EventId,
    rank: u8,
    start: bool,
}

#[derive(Default)]
struct State {
    sides: Option<[(usize, u64); 2]>,
    start: Option<u64>,
    candidates: Vec<Candidate>,
    hash: Option<u64>,
    at_hint: Option<EventId>,
}

struct Search<'a> {
    spots: &'a [&'a Spot],
    wanted: HashMap<u64, Wanted>,
    state: Vec<State>,
}

impl<'a> Search<'a> {
    fn new(spots: &'a [&'a Spot]) -> Self {
        let mut wanted: HashMap<u64, Wanted> = HashMap::new();
        let mut state = Vec::with_capacity(spots.len());
        for (i, spot) in spots.iter().enumerate() {
            let sides = read_side(&spot.near.before).zip(read_side(&spot.near.after)).map(|(b, a)| [b, a]);
            let start = u64::from_str_radix(&spot.near.start, 16).ok();
            let hash = u64::from_str_radix(&spot.hash, 16).ok();
            state.push(State { sides, start, hash, ..State::default() });
            let Some(hash) = hash else { continue };
            let entry = wanted.entry(hash).or_default();
            if sides.is_none() {
                entry.old.push(i);
            }
            for (list, (runs, key)) in entry.sides.iter_mut().zip(sides.into_iter().flatten()) {
                let at = list.iter().position(|(n, _)| *n == runs).unwrap_or_else(|| {
                    list.push((runs, HashMap::new()));
                    list.len() - 1
                });
                if let Some((_, keys)) = list.get_mut(at) {
                    keys.entry(key).or_default().push(i);
                }
            }
        }
        Search { spots, wanted, state }
    }

    /// Looks at all records of a source.
    fn source(&mut self, records: &Records<'_>, source: &Source, events: &EventStore) {
        let hashes = records.hashes();
        let hits: Vec<(u32, u64)> =
            (0u32..).zip(&hashes).filter(|(_, h)| self.wanted.contains_key(h)).map(|(i, h)| (i, *h)).collect();
        if hits.is_empty() {
            return;
        }
        let runs = Runs::new(&hashes);
        drop(hashes);
        let mut budget = BUDGET;
        for (record, hash) in hits {
            let Some(wanted) = self.wanted.get_mut(&hash) else { continue };
            let id = EventId(records.first() + record);
            wanted.equal += 1;
            wanted.last = Some(id);
            for &i in &wanted.old {
                let (Some(state), Some(spot)) = (self.state.get_mut(i), self.spots.get(i)) else { continue };
                if spot.file == source.path && spot.line == events.line(id) {
                    state.at_hint = Some(id);
                }
            }
            let mut agreeing: HashSet<usize> = HashSet::new();
            let mut order = Vec::new();
            for (list, side) in wanted.sides.iter().zip([Side::Before, Side::After]) {
                for (n, keys) in list {
                    budget = budget.saturating_sub(*n);
                    let key = if budget == 0 { None } else { runs.key(record, side, *n) };
                    let agree = key.and_then(|key| keys.get(&key)).map_or(&[][..], Vec::as_slice);
                    order.extend(agree.iter().copied().filter(|i| agreeing.insert(*i)));
                }
            }
            let stamped = is_stamped(events, id);
            for i in order {
                let (Some(state), Some(spot)) = (self.state.get_mut(i), self.spots.get(i)) else { continue };
                let Some(rank) = state.rank(&runs, record, stamped, spot.file == source.path) else { continue };
                let start = state.start.is_some_and(|s| s == runs.start(record));
                if state.candidates.len() < MOST {
                    state.candidates.push(Candidate { id, rank, start });
                }
            }
        }
    }
}

impl State {
    /// How well the neighbours of a record agree; `None` where that is too little.
    fn rank(&self, runs: &Runs, record: u32, stamped: bool, same_file: bool) -> Option<u8> {
        let [(before, above), (after, below)] = self.sides?;
        let agrees = |side, n, key| n == 0 && key == NOTHING || runs.key(record, side, n) == Some(key);
        let there = |side| runs.there(record, side);
        let (b, a) = (agrees(Side::Before, before, above), agrees(Side::After, after, below));
        let strong = |n: usize| n >= ENOUGH || (n > 0 && stamped);
        if b && a {
            // A short file without dates: where it began or ended says whether it is the same.
            let whole = there(Side::Before) == before && there(Side::After) == after;
            return (strong(before.max(after)) || same_file || whole).then_some(4);
        }
        let (n, other, wanted) =
            if b { (before, there(Side::After), after) } else { (after, there(Side::Before), before) };
        if !strong(n) {
            return None;
        }
        if other < wanted {
            return Some(3);
        }
        stamped.then_some(2)
    }

    fn decide(&self, spot: &Spot, wanted: &Wanted, sources: &[Source], events: &EventStore) -> Found {
        if wanted.equal == 0 {
            return Found::Gone;
        }
        let unsure = Found::Unsure(wanted.equal);
        let alone = || wanted.last.filter(|_| wanted.equal == 1);
        if self.sides.is_none() {
            // A case of an older version: nothing is known but the place.
            return self.at_hint.or_else(alone).map_or(unsure, Found::At);
        }
        let Some(best) = self.candidates.iter().map(|c| c.rank).max() else {
            let picked = alone().filter(|id| spot.near.unique && is_stamped(events, *id));
            return picked.map_or(unsure, Found::At);
        };
        let best: Vec<&Candidate> = self.candidates.iter().filter(|c| c.rank == best).collect();
        let one = |list: &[EventId]| if let [id] = list { Some(*id) } else { None };
        let all: Vec<EventId> = best.iter().map(|c| c.id).collect();
        let at_start: Vec<EventId> = best.iter().filter(|c| c.start).map(|c| c.id).collect();
        let named = |id: &EventId| {
            let SourceId(source) = events.source(*id);
            sources.get(source as usize).is_some_and(|s| s.path == spot.file)
        };
        let of_copies = |list: &[EventId]| {
            let as_many = spot.near.copies > 0 && list.len() == spot.near.copies as usize + 1;
            one(&list.iter().copied().filter(named).collect::<Vec<_>>()).filter(|_| as_many)
        };
        let found = one(&all).or_else(|| one(&at_start)).or_else(|| of_copies(&all)).or_else(|| of_copies(&at_start));
        found.map_or(unsure, Found::At)
    }
}
