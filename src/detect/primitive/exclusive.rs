//! Something that only one may hold: a role, a data directory.

use super::by_key;
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::fact::kind::field_index;
use crate::rule::primitive::Exclusive;
use crate::rule::select::Value;

const START: u8 = 0;
const STOP: u8 = 1;
const CONFIRM: u8 = 2;
const RIVAL: u8 = 3;

/// Where both repeat what they are, the first must come after the second at least this probably.
const PROBABLE: f32 = 0.8;

/// Every start while somebody else holds it, confirmed where the rule asks for that.
pub(super) fn violations(world: &World<'_>, p: &Exclusive, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        let holder = |at: u32| world.value(at, &p.holder).map(|h| h.into_owned());
        let mut held: Vec<(String, u32)> = Vec::new();
        for (i, m) in group.iter().enumerate() {
            match m.part {
                STOP => {
                    let by = holder(m.at);
                    held.retain(|(h, _)| Some(h) != by.as_ref());
                }
                START => {
                    let Some(by) = holder(m.at) else { continue };
                    let others: Vec<u32> = held.iter().filter(|(h, _)| *h != by).map(|(_, at)| *at).collect();
                    held.retain(|(h, _)| *h != by);
                    held.push((by.clone(), m.at));
                    let Some(first) = others.last() else { continue };
                    // What shows it belongs to the last that took it.
                    let after = group.get(i + 1..).unwrap_or_default();
                    let until = after.iter().position(|a| a.part == START && holder(a.at) != holder(*first));
                    let after = after.get(..until.unwrap_or(after.len())).unwrap_or_default();
                    // The one that held it first shows that it still thinks so.
                    let by_first = |c: &u32| {
                        holder(*c) == holder(*first) && (p.rival.is_empty() || world.sure(m.at, *c) >= PROBABLE)
                    };
                    let confirm: Vec<u32> =
                        after.iter().filter(|c| c.part == CONFIRM).map(|c| c.at).filter(by_first).take(3).collect();
                    if !p.confirm.is_empty() && confirm.is_empty() {
                        continue;
                    }
                    let rival = |r: &&Met| {
                        r.part == RIVAL && holder(r.at).as_ref() == Some(&by) && names(world, r.at, *first, &holder)
                    };
                    if !p.rival.is_empty() && !group.iter().any(|r| rival(&r)) {
                        continue;
                    }
                    let mut evidence = vec![("first", *first), ("second", m.at)];
                    evidence.extend(confirm.into_iter().map(|c| ("confirm", c)));
                    let mut v = Violation::new(evidence).say("second_holder", by);
                    if let Some(h) = holder(*first) {
                        v = v.say("first_holder", h);
                    }
                    v.sure = world.sure(*first, m.at).max(0.8);
                    out.push(v);
                }
                _ => {}
            }
        }
    }
    out
}

/// The `to` of one sighting is the holder or the node of the other.
fn names(world: &World<'_>, by: u32, whom: u32, holder: &dyn Fn(u32) -> Option<String>) -> bool {
    let field =
        |at: u32, name: &str| field_index(name).and_then(|i| world.value(at, &Value::Field(i)).map(|v| v.into_owned()));
    let Some(to) = field(by, "to") else { return false };
    holder(whom).as_ref() == Some(&to) || field(whom, "node").as_ref() == Some(&to)
}
