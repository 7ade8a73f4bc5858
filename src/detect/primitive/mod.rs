//! The primitives: a file for each relation, from the sightings that it asked for to the cases that break it.

mod agree;
mod atomic;
mod burst;
mod exclusive;
mod fall;
mod monotone;
mod occurs;
mod periodic;
mod precedes;
mod responds;
mod unique;

pub(super) use burst::densest;

use super::finding::Finding;
use super::sighting::{Met, World};
use super::violation::Violation;
use super::{measured, novel};
use crate::fact::value::{Lsn, duration, size};
use crate::rule::primitive::Typed;
use crate::rule::select::Value;
use crate::rule::{Primitive, When};

/// The cases in which a relation is broken, in timeline order.
pub fn violations(world: &World<'_>, when: &When, before: &[Finding]) -> Vec<Violation> {
    let met = world.meet(&when.primitive.selectors());
    match &when.primitive {
        Primitive::Occurs(p) => occurs::violations(world, p, &met),
        Primitive::Monotone(p) => monotone::violations(world, p, &met),
        Primitive::Unique(p) => unique::violations(world, p, &met),
        Primitive::Precedes(p) => precedes::violations(world, p, &met),
        Primitive::Responds(p) => responds::late(world, p, &met),
        Primitive::Absent(p) => responds::never(world, p, &met),
        Primitive::Periodic(p) => periodic::violations(world, p, &met),
        Primitive::Drop(p) => fall::violations(world, p, &met),
        Primitive::Agree(p) => agree::violations(world, p, &met),
        Primitive::Exclusive(p) => exclusive::violations(world, p, &met),
        Primitive::Atomic(p) => atomic::violations(world, p, &met),
        Primitive::Burst(p) => burst::violations(world, p, &met),
        Primitive::Novel(p) => novel::violations(world, p, before),
        Primitive::Measured(what) => measured::violations(world, what),
    }
}

/// Sightings by key: what belongs together stands together, in timeline order.
struct Groups {
    met: Vec<Met>,
    /// Ends of the groups in `met`, and the order in which they begin on the timeline.
    ranges: Vec<std::ops::Range<usize>>,
}

impl Groups {
    /// The groups, the one that begins first before the others.
    fn iter(&self) -> impl Iterator<Item = &[Met]> {
        self.ranges.iter().filter_map(|r| self.met.get(r.clone()))
    }
}

/// Groups sightings by a key; those without the key's values are left out. Twelve bytes a sighting, no text kept.
fn by_key(world: &World<'_>, met: &[Met], key: &[Value]) -> Groups {
    let hash = |(i, m): (u32, &Met)| world.key_hash(m.at, key).map(|h| (h, i));
    let mut keyed: Vec<(u64, u32)> = (0u32..).zip(met).filter_map(hash).collect();
    keyed.sort_unstable();
    let mut out = Vec::with_capacity(keyed.len());
    let mut ranges: Vec<(u32, std::ops::Range<usize>)> = Vec::new();
    for group in keyed.chunk_by(|a, b| a.0 == b.0) {
        let begin = out.len();
        out.extend(group.iter().filter_map(|(_, i)| met.get(*i as usize)));
        let first = group.first().map_or(0, |(_, i)| *i);
        ranges.push((first, begin..out.len()));
    }
    ranges.sort_unstable_by_key(|(first, _)| *first);
    Groups { met: out, ranges: ranges.into_iter().map(|(_, r)| r).collect() }
}

/// A value as a number.
fn number(text: &str, typed: Typed) -> Option<f64> {
    match typed {
        Typed::Number => text.trim().replace(',', "").parse::<f64>().ok().filter(|n| n.is_finite()),
        Typed::Lsn => Lsn::parse(text.trim()).map(|l| l.0 as f64),
        Typed::Size => size(text).map(|s| s as f64),
        Typed::Duration => duration(text).map(|d| d as f64),
    }
}

/// True when two sightings have the same values; values that one of them lacks do not count.
fn same(world: &World<'_>, a: u32, b: u32, values: &[Value]) -> bool {
    values.iter().all(|v| match (world.value(a, v), world.value(b, v)) {
        (Some(a), Some(b)) => a == b,
        _ => true,
    })
}

/// The median of some numbers, `None` of none.
fn median(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
