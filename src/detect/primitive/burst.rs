//! Something that became much more frequent.

use super::by_key;
use crate::detect::measured;
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Burst;
use crate::time::format::duration;

/// The densest stretch of each key, where it is far denser than the rest.
pub(super) fn violations(world: &World<'_>, p: &Burst, met: &[Met]) -> Vec<Violation> {
    if p.of.is_empty() {
        return measured::error_bursts(world, p);
    }
    let span = world.span.1.saturating_sub(world.span.0).max(1) as f64;
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        let times: Vec<i64> = group.iter().map(|m| world.time(m.at)).collect();
        let Some((from, to)) = densest(&times, p.within) else { continue };
        let count = to - from;
        // The rate elsewhere, as if there were at least one more: nothing is infinitely rare.
        let elsewhere = (times.len() - count) as f64 + 1.0;
        let usual = elsewhere / span * p.within as f64;
        if count < p.at_least || (count as f64) < p.factor * usual || is_habit(&times, (from, to), p.within) {
            continue;
        }
        let stretch = group.get(from..to).unwrap_or_default();
        let (Some(first), Some(last)) = (stretch.first(), stretch.last()) else { continue };
        let mut v = Violation::new(vec![("first", first.at), ("last", last.at)])
            .say("times", count.to_string())
            .say("gap", duration(world.time(last.at) - world.time(first.at)));
        v.count = count;
        out.push(v);
    }
    out
}

/// Stretches this many times further apart than they are long are no single event.
const FAR: i64 = 60;
/// Other stretches like it that make one a habit.
const HABIT: usize = 2;

/// What comes as densely at other times, far away, is how it is done here: housekeeping every night.
fn is_habit(times: &[i64], (from, to): (usize, usize), within: i64) -> bool {
    let (Some(begin), Some(end)) = (times.get(from), times.get(to.saturating_sub(1))) else { return false };
    let far = within.saturating_mul(FAR);
    let least = (to - from).div_ceil(2);
    let mut known: Vec<i64> = Vec::new();
    for (i, time) in times.iter().enumerate() {
        let near_it = time.saturating_add(far) > *begin && *time < end.saturating_add(far);
        let near_known = known.last().is_some_and(|k| time.saturating_sub(*k) < far);
        let dense = times.get(i + least - 1).is_some_and(|t| t.saturating_sub(*time) <= within);
        if dense && !near_it && !near_known {
            known.push(*time);
        }
    }
    known.len() >= HABIT
}

/// The stretch of at most `within` with the most of them: from, and up to.
pub(in crate::detect) fn densest(times: &[i64], within: i64) -> Option<(usize, usize)> {
    let mut best: Option<(usize, usize)> = None;
    let mut from = 0;
    for (to, time) in times.iter().enumerate() {
        while times.get(from).is_some_and(|t| time.saturating_sub(*t) > within) {
            from += 1;
        }
        if best.is_none_or(|(a, b)| to + 1 - from > b - a) {
            best = Some((from, to + 1));
        }
    }
    best
}
