//! Two values that must be the same: what was written, and what is read.

use super::by_key;
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Agree;

const OF: u8 = 0;
const WITH: u8 = 1;
const RESET: u8 = 2;

/// Every sighting of the other side whose value differs from the last of the one side.
pub(super) fn violations(world: &World<'_>, p: &Agree, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        let mut one: Option<u32> = None;
        for m in group {
            match m.part {
                RESET => one = None,
                OF => one = Some(m.at),
                WITH => {
                    let Some(first) = one else { continue };
                    let (Some(a), Some(b)) = (world.value(first, &p.value), world.value(m.at, &p.value)) else {
                        continue;
                    };
                    if a == b {
                        continue;
                    }
                    let mut v = Violation::new(vec![("one", first), ("other", m.at)])
                        .say("wanted", a.into_owned())
                        .say("got", b.into_owned());
                    v.sure = world.sure(first, m.at);
                    out.push(v);
                }
                _ => {}
            }
        }
    }
    out.sort_by_key(|v| v.evidence.get(1).map(|(_, at)| world.time(*at)));
    out
}
