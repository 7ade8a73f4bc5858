//! Something that must come before something else: an id is created before it is used.
//!
//! A kind of key is judged only when the rest of the capture shows that the order is kept: most keys whose use is
//! seen were created before it, and few not. Otherwise the roles are guessed wrong, and nothing is said.

use std::collections::BTreeMap;

use super::by_key;
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Precedes;

const FIRST: u8 = 0;
const THEN: u8 = 1;

/// Keys of a kind that must show the order before any is judged.
const SUPPORT: usize = 30;
/// Share of keys that may break it at most.
const MOST_BROKEN: f64 = 0.05;
/// Share of keys that must have a creation for one to be missed.
const COVERED: f64 = 0.95;

#[derive(Default)]
struct Tally {
    kept: usize,
    late: Vec<Violation>,
    never: Vec<Violation>,
}

/// Keys whose use came certainly before their creation, or without one.
pub(super) fn violations(world: &World<'_>, p: &Precedes, met: &[Met]) -> Vec<Violation> {
    // The last value of a key is the id; what is before it is its kind.
    let mut kinds: BTreeMap<u64, Tally> = BTreeMap::new();
    let creations = met.iter().filter(|m| m.part == FIRST).map(|m| world.time(m.at));
    let (begin, end) = creations.fold((i64::MAX, i64::MIN), |(a, b), t| (a.min(t), b.max(t)));
    for group in by_key(world, met, &p.key).iter() {
        let kind = p.key.get(..p.key.len().saturating_sub(1)).unwrap_or_default();
        let kind = group.first().and_then(|m| world.key_hash(m.at, kind)).unwrap_or(0);
        let tally = kinds.entry(kind).or_default();
        let first = group.iter().find(|m| m.part == FIRST);
        let Some(then) = group.iter().find(|m| m.part == THEN) else { continue };
        match first {
            Some(first) if world.time(first.at) <= world.time(then.at) => tally.kept += 1,
            Some(first) => {
                let mut v = Violation::new(vec![("then", then.at), ("first", first.at)]);
                v.sure = world.sure(then.at, first.at);
                v = v.say("gap", crate::time::format::duration(world.time(first.at) - world.time(then.at)));
                tally.late.push(v);
            }
            // Created before the capture began, perhaps: only what lies well within can be missed.
            None if (begin..end).contains(&world.time(then.at)) => {
                tally.never.push(Violation::new(vec![("then", then.at)]));
            }
            None => {}
        }
    }
    let mut out = Vec::new();
    for tally in kinds.into_values().filter(|t| t.kept >= SUPPORT) {
        let all = tally.kept + tally.late.len() + tally.never.len();
        if p.never && tally.kept as f64 >= COVERED * all as f64 {
            out.extend(tally.never);
        } else if !p.never && (tally.late.len() as f64) <= MOST_BROKEN * all as f64 {
            out.extend(tally.late);
        }
    }
    out.sort_by_key(|v| v.evidence.first().map(|(_, at)| world.time(*at)));
    out
}
