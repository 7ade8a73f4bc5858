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

use std::borrow::Cow;
use std::collections::HashMap;

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

/// What belongs together, in timeline order; sightings without the key's values are left out.
fn by_key<'w>(world: &'w World<'_>, met: &[Met], key: &[Value]) -> Vec<(Vec<Cow<'w, str>>, Vec<Met>)> {
    let mut groups: Vec<(Vec<Cow<'w, str>>, Vec<Met>)> = Vec::new();
    let mut index: HashMap<Vec<Cow<'w, str>>, usize> = HashMap::new();
    for m in met {
        let Some(values) = world.key(m.at, key) else { continue };
        let at = *index.entry(values).or_insert_with_key(|values| {
            groups.push((values.clone(), Vec::new()));
            groups.len() - 1
        });
        if let Some((_, list)) = groups.get_mut(at) {
            list.push(*m);
        }
    }
    groups
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
