//! Facts that are enough by themselves, or in the company of others.

use super::by_key;
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Occurs;
use crate::rule::select::Value;

const OF: u8 = 0;
const WITH: u8 = 1;
const UNLESS: u8 = 2;

/// Every stretch with enough of them, unless something explains it.
pub(super) fn violations(world: &World<'_>, p: &Occurs, met: &[Met]) -> Vec<Violation> {
    let of = |part: u8| met.iter().filter(move |m| m.part == part).copied().collect::<Vec<_>>();
    let (with, unless) = (of(WITH), of(UNLESS));
    let explained = |at: u32| {
        let near = near(world, &unless, world.time(at), p.unless_within);
        near.iter().any(|m| alike(world, at, m.at, &p.unless_key))
    };
    let accompanied = |at: u32| {
        let near = company(world, p, &with, at);
        p.with.is_empty() || near.iter().any(|m| alike(world, at, m.at, &p.with_key))
    };
    let seen: Vec<Met> = of(OF).into_iter().filter(|m| !explained(m.at) && accompanied(m.at)).collect();
    let mut out = Vec::new();
    for group in by_key(world, &seen, &p.key).iter() {
        for stretch in stretches(world, group, p.within) {
            let Some(first) = stretch.first().filter(|_| stretch.len() >= p.at_least) else { continue };
            let company = company(world, p, &with, first.at);
            let company = company.iter().filter(|m| alike(world, first.at, m.at, &p.with_key));
            let mut evidence: Vec<_> = stretch.iter().map(|m| ("seen", m.at)).collect();
            evidence.extend(company.take(2).map(|m| ("with", m.at)));
            let mut v = Violation::new(evidence).say("times", stretch.len().to_string());
            v.count = stretch.len();
            out.push(v);
        }
    }
    out
}

/// Those that must be seen as well, near enough and on the side that the rule asks for.
fn company<'m>(world: &World<'_>, p: &Occurs, with: &'m [Met], at: u32) -> &'m [Met] {
    let near = near(world, with, world.time(at), p.with_within);
    let after = near.partition_point(|m| world.time(m.at) <= world.time(at));
    if p.with_before { near.get(..after).unwrap_or_default() } else { near }
}

/// True when both say the same of each.
fn alike(world: &World<'_>, a: u32, b: u32, values: &[Value]) -> bool {
    values.iter().all(|v| world.value(a, v).is_some_and(|a| world.value(b, v) == Some(a)))
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
