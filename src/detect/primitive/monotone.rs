//! A value that must not go back: ids, sequence values, log positions.
//!
//! Concurrent writers tell their values a little out of order, and sessions that fetch values in blocks tell them
//! far out of order, always by about as much. So the goings back that came before are the measure: one counts when
//! it is several times larger than those, *and* the values stay back, or are handed out again.

use std::collections::HashSet;

use super::{by_key, number};
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::{Monotone, Typed};

const RESET: u8 = 1;
const BACK: u8 = 2;

/// A going back must be this many times larger than the largest before it.
const TIMES_LARGER: f64 = 4.0;
/// And at least this large, in values, where it is learned.
const LEAST: f64 = 8.0;
/// How many of the next values are looked at to see whether they stay back.
const NEXT: usize = 10;
/// How many of them must.
const STAY: usize = 3;
/// Share of them that must: what goes to and fro is of several sessions.
const MOSTLY: f64 = 0.8;
/// How far is looked for values that are handed out again.
const FAR: usize = 500;
/// Values that must have been seen before anything is judged.
const HISTORY: usize = 5;

/// Every going back that is none of the usual ones.
pub(super) fn violations(world: &World<'_>, p: &Monotone, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        series(world, p, group, &mut out);
    }
    out
}

struct Point {
    at: u32,
    value: f64,
    part: u8,
}

fn points(world: &World<'_>, p: &Monotone, group: &[Met]) -> Vec<Point> {
    let mut points: Vec<Point> = Vec::with_capacity(group.len());
    for m in group {
        if m.part == RESET {
            points.push(Point { at: m.at, value: f64::NAN, part: RESET });
            continue;
        }
        let Some(value) = world.value(m.at, &p.value).and_then(|v| number(&v, p.typed)) else { continue };
        match points.last_mut().filter(|l| l.at == m.at) {
            // Both looked at for its height and for going back.
            Some(last) => last.part = last.part.max(m.part),
            None => points.push(Point { at: m.at, value, part: m.part }),
        }
    }
    points
}

fn series(world: &World<'_>, p: &Monotone, group: &[Met], out: &mut Vec<Violation>) {
    let points = points(world, p, group);
    let mut high: Option<&Point> = None;
    let mut seen: HashSet<u64> = HashSet::new();
    let mut usual: f64 = 0.0;
    let mut count = 0;
    for (i, point) in points.iter().enumerate() {
        if point.part == RESET {
            (high, usual, count) = (None, 0.0, 0);
            seen.clear();
            continue;
        }
        let again = !seen.insert(point.value.to_bits());
        count += 1;
        let Some(top) = high.filter(|t| point.value < t.value) else {
            if high.is_none_or(|t| point.value > t.value) {
                high = Some(point);
            }
            continue;
        };
        if p.typed == Typed::Number && went_round(top.value, point.value) {
            high = Some(point);
            seen.clear();
            continue;
        }
        let judged = p.back.is_empty() || point.part == BACK;
        let by = top.value - point.value;
        let back = if p.learned {
            count > HISTORY
                && by >= LEAST
                && by > TIMES_LARGER * usual
                && stays_back(&points, i, top.value, &seen, again)
        } else {
            true
        };
        if judged && back && world.time(top.at) < world.time(point.at) {
            let sure = world.sure(top.at, point.at);
            let text = |at: u32| world.value(at, &p.value).map(|v| v.into_owned()).unwrap_or_default();
            let mut v = Violation::new(vec![("high", top.at), ("back", point.at)])
                .say("high", text(top.at))
                .say("value", text(point.at));
            if p.typed == Typed::Number {
                v = v.say("by", format!("{by}"));
            }
            v.sure = sure;
            v.weight = by;
            out.push(v);
            if p.learned {
                // A new run begins here: what follows is measured against it, not against the old height.
                high = Some(point);
                usual = usual.max(0.0);
            }
        } else if p.learned && !again {
            usual = usual.max(by);
        }
    }
}

/// A counter that cycles: it was at the end of its digits or bits, and is at its begin.
fn went_round(top: f64, value: f64) -> bool {
    const LEAST: f64 = 99.0;
    let power_of = |base: f64| {
        let limits =
            std::iter::successors(Some(base), |limit| Some(limit * base)).take_while(|limit| *limit <= top + 1.0);
        limits.last().is_some_and(|limit| limit == top || limit == top + 1.0)
    };
    top >= LEAST && (0.0..=1.0).contains(&value) && (power_of(10.0) || power_of(2.0))
}

/// A value that went back for good: those after it stay below the old height, or were handed out before.
///
/// A session that fetched a block of values and now goes on with it tells a value that nobody had, right behind one
/// that it had told itself; others tell greater ones in between.
fn stays_back(points: &[Point], i: usize, top: f64, seen: &HashSet<u64>, again: bool) -> bool {
    let next: Vec<&Point> = points.iter().skip(i + 1).take_while(|p| p.part != RESET).take(NEXT).collect();
    let back = next.iter().filter(|p| p.value < top).count();
    let repeated = next.iter().filter(|p| seen.contains(&p.value.to_bits())).count();
    if again && repeated > 0 || collides(points, i, seen) {
        return true;
    }
    let goes_on = !again && points.get(i).is_some_and(|p| seen.contains(&(p.value - 1.0).to_bits()));
    back >= STAY.min(next.len().max(1)) && back as f64 >= MOSTLY * next.len() as f64 && !goes_on
}

/// What follows is handed out a second time: three values in a row, where what is told twice by a retry stands alone.
fn collides(points: &[Point], i: usize, seen: &HashSet<u64>) -> bool {
    let next = points.iter().skip(i + 1).take_while(|p| p.part != RESET).take(FAR);
    let mut told: HashSet<u64> = HashSet::new();
    let mut again: HashSet<u64> = HashSet::new();
    for p in next {
        let bits = p.value.to_bits();
        if !seen.contains(&bits) && told.insert(bits) {
            continue;
        }
        again.insert(bits);
        let has = |by: f64| again.contains(&(p.value + by).to_bits());
        if has(-1.0) && has(-2.0) || has(-1.0) && has(1.0) || has(1.0) && has(2.0) {
            return true;
        }
    }
    false
}
