//! Facts that are enough by themselves, or in the company of others.

use super::by_key;
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Occurs;

const OF: u8 = 0;
const WITH: u8 = 1;
const UNLESS: u8 = 2;

/// Every stretch with enough of them, unless something explains it.
pub(super) fn violations(world: &World<'_>, p: &Occurs, met: &[Met]) -> Vec<Violation> {
    let of = |part: u8| met.iter().filter(move |m| m.part == part).copied().collect::<Vec<_>>();
    let (with, unless) = (of(WITH), of(UNLESS));
    let explained = |at: u32| {
        let near = near(world, &unless, world.time(at), p.unless_within);
        near.iter().any(|m| p.unless_key.iter().all(|v| world.value(m.at, v) == world.value(at, v)))
    };
    let accompanied = |at: u32| {
        let near = near(world, &with, world.time(at), p.with_within);
        p.with.is_empty() || near.iter().any(|m| p.with_key.iter().all(|v| world.value(m.at, v) == world.value(at, v)))
    };
    let seen: Vec<Met> = of(OF).into_iter().filter(|m| !explained(m.at) && accompanied(m.at)).collect();
    let mut out = Vec::new();
    for (_, group) in by_key(world, &seen, &p.key) {
        for stretch in stretches(world, &group, p.within) {
            let Some(first) = stretch.first().filter(|_| stretch.len() >= p.at_least) else { continue };
            let company = near(world, &with, world.time(first.at), p.with_within);
            let mut evidence: Vec<_> = stretch.iter().map(|m| ("seen", m.at)).collect();
            evidence.extend(company.iter().take(2).map(|m| ("with", m.at)));
            let mut v = Violation::new(evidence).say("times", stretch.len().to_string());
            v.count = stretch.len();
            out.push(v);
        }
    }
    out
}

/// Parts a group where the pause is longer than `within`.
fn stretches<'m>(world: &World<'_>, group: &'m [Met], within: Option<i64>) -> Vec<&'m [Met]> {
    let Some(within) = within else { return vec![group] };
    group.chunk_by(|a, b| world.time(b.at).saturating_sub(world.time(a.at)) <= within).collect()
}

/// Those of a list, in timeline order, that are at most `within` away from a time.
fn near<'m>(world: &World<'_>, list: &'m [Met], time: i64, within: i64) -> &'m [Met] {
    let from = list.partition_point(|m| world.time(m.at) < time.saturating_sub(within));
    let to = list.partition_point(|m| world.time(m.at) <= time.saturating_add(within));
    list.get(from..to).unwrap_or_default()
}
