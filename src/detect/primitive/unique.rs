//! Something that must happen once: a creation, a value handed out, a run of a job.

use std::collections::HashMap;

use super::{Groups, by_key, same};
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Unique;

const OF: u8 = 0;
const RESET: u8 = 1;
const REFUSED: u8 = 2;
const DONE: u8 = 3;

/// Keys that must be known before overlaps from the begin are taken for separate spaces.
const HISTORY: usize = 20;
/// Share of keys that overlap from the begin in spaces that are separate by design.
const SEPARATE: f64 = 0.3;

/// Every second time, with the first.
pub(super) fn violations(world: &World<'_>, p: &Unique, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    let groups = by_key(world, met, &p.key);
    let mut keys = 0usize;
    for group in groups.iter() {
        let mut earlier: Vec<Met> = Vec::new();
        let mut done = p.done.is_empty();
        for m in group {
            match m.part {
                RESET => (earlier, done) = (Vec::new(), p.done.is_empty()),
                DONE => done = true,
                _ => {
                    let first = earlier.iter().find(|f| is_another(world, p, f.at, m.at));
                    let told_again = earlier.iter().any(|f| is_told_again(world, p, f.at, m.at));
                    if let Some(first) = first.filter(|_| done && !told_again) {
                        out.push(second(world, *first, *m));
                        done = p.done.is_empty();
                    }
                    if m.part == OF {
                        keys += usize::from(earlier.is_empty());
                        earlier.push(*m);
                    }
                }
            }
        }
    }
    out.sort_by_key(|v| v.evidence.last().map(|(_, at)| world.time(*at)));
    if separate(world, keys, &groups, &out) { Vec::new() } else { out }
}

fn second(world: &World<'_>, first: Met, m: Met) -> Violation {
    let gap = crate::time::format::duration(world.time(m.at) - world.time(first.at));
    let v = Violation::new(vec![("first", first.at), ("second", m.at)]).say("gap", gap);
    if m.part == REFUSED { v.say("refused", "refused") } else { v }
}

/// Two sightings tell of two attempts, not twice of one.
fn is_another(world: &World<'_>, p: &Unique, a: u32, b: u32) -> bool {
    let (Some(first), Some(second)) = (world.get(a), world.get(b)) else { return false };
    if first.event == second.event || second.time.saturating_sub(first.time) < p.apart {
        return false;
    }
    if !p.done.is_empty() {
        return true;
    }
    if attempts_told(world, p, a, b) {
        return !same(world, a, b, &p.attempt);
    }
    // Without a word about the attempt, two files may tell of one; one file tells of one twice in the same words.
    let analysis = world.analysis;
    let words = |id| crate::words::summary(&analysis.record(id), analysis.is_structured(id));
    analysis.events.source(first.event) == analysis.events.source(second.event)
        && words(first.event) != words(second.event)
}

/// Both say which attempt they are of.
fn attempts_told(world: &World<'_>, p: &Unique, a: u32, b: u32) -> bool {
    p.attempt.iter().any(|v| world.value(a, v).is_some() && world.value(b, v).is_some())
}

/// The same attempt, told by another record.
fn is_told_again(world: &World<'_>, p: &Unique, a: u32, b: u32) -> bool {
    p.done.is_empty() && attempts_told(world, p, a, b) && same(world, a, b, &p.attempt)
}

/// Spaces that overlap from the begin, and much, are separate by design: every shard counts from one.
fn separate(world: &World<'_>, keys: usize, groups: &Groups, out: &[Violation]) -> bool {
    let Some(first) = out.first().and_then(|v| v.evidence.last()) else { return false };
    let time = world.time(first.1);
    let before = groups.iter().filter(|g| g.first().is_some_and(|m| world.time(m.at) < time)).count();
    let again: HashMap<u32, ()> = out.iter().filter_map(|v| v.evidence.first().map(|(_, at)| (*at, ()))).collect();
    before < HISTORY && keys >= HISTORY && again.len() as f64 > SEPARATE * keys as f64
}
