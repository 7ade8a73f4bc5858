//! A stretch within which something must not happen: between a creation and its deletion nobody finds it missing.

use super::{by_key, same};
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Atomic;
use crate::time::format::duration;

const FIRST: u8 = 0;
const BETWEEN: u8 = 1;
const LAST: u8 = 2;
const UNLESS: u8 = 3;

/// Everything that happened within a stretch that should have been whole.
pub(super) fn violations(world: &World<'_>, p: &Atomic, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        for (i, m) in group.iter().enumerate().filter(|(_, m)| m.part == FIRST) {
            stretch(world, p, m.at, group.get(i + 1..).unwrap_or_default(), &mut out);
        }
    }
    out.sort_by_key(|v| v.evidence.get(1).map(|(_, at)| world.time(*at)));
    out
}

fn stretch(world: &World<'_>, p: &Atomic, first: u32, rest: &[Met], out: &mut Vec<Violation>) {
    let begin = world.time(first);
    let mut found: Vec<u32> = Vec::new();
    let mut last = None;
    for m in rest {
        if p.within.is_some_and(|w| world.time(m.at).saturating_sub(begin) > w) {
            break;
        }
        match m.part {
            // The same begins anew: what follows belongs to that.
            FIRST => break,
            UNLESS => break,
            LAST => {
                last = Some(m.at);
                break;
            }
            BETWEEN => {
                let differs = p.differ.is_empty() || !same(world, first, m.at, &p.differ);
                if differs && same(world, first, m.at, &p.same) {
                    found.push(m.at);
                }
            }
            _ => {}
        }
    }
    if p.needs_last && last.is_none() {
        return;
    }
    for between in found {
        let mut evidence = vec![("first", first), ("between", between)];
        evidence.extend(last.map(|l| ("last", l)));
        let mut v = Violation::new(evidence).say("gap", duration(world.time(between) - begin));
        v.sure = world.sure(first, between);
        out.push(v);
    }
}
