//! What else would have to show if a finding is true: seen, not seen, or not logged in these files.

use super::finding::Finding;
use super::sighting::{Seen, World};
use crate::fact::{Kind, Packs};
use crate::rule::Rules;
use crate::rule::definition::Expectation;
use crate::rule::select::What;

/// How far before and after a finding its company is looked for, in nanoseconds.
const NEAR: i64 = 3600 * 1_000_000_000;

/// Looks for what the rules expect beside their findings.
pub(super) fn look(world: &World<'_>, rules: &Rules, packs: &Packs, findings: &mut [Finding]) {
    let known = KnownPacks::new(world);
    for f in findings.iter_mut() {
        let Some(rule) = rules.get(&f.rule) else { continue };
        let (from, to) = (f.first.saturating_sub(NEAR), f.last.saturating_add(NEAR));
        for (expected, wanted) in f.expected.iter_mut().zip(&rule.expect) {
            let met = world.meet(&[&wanted.seen]);
            let near = met.iter().filter(|m| (from..=to).contains(&world.time(m.at)));
            let nearest = near.min_by_key(|m| world.time(m.at).abs_diff(f.first));
            expected.seen = nearest.and_then(|m| world.get(m.at)).map(|s| s.event);
            expected.logged = known.would_tell(packs, wanted);
        }
    }
}

/// The packs whose products' logs are at hand.
struct KnownPacks<'a>(std::collections::BTreeSet<&'a str>);

impl<'a> KnownPacks<'a> {
    fn new(world: &World<'a>) -> Self {
        let pack = |s: &super::sighting::Sighting<'a>| match &s.seen {
            Seen::Fact(fact) => Some(fact.pack()),
            Seen::Finding(..) => None,
        };
        KnownPacks(world.sightings.iter().filter_map(pack).collect())
    }

    /// True when a pack that knows such facts has found any.
    fn would_tell(&self, packs: &Packs, wanted: &Expectation) -> bool {
        let kinds: Vec<Kind> = wanted
            .seen
            .iter()
            .flat_map(|s| &s.what)
            .filter_map(|w| if let What::Fact(kind) = w { Some(*kind) } else { None })
            .collect();
        // What another rule would have found is looked for in everything.
        kinds.is_empty()
            || packs
                .definitions
                .iter()
                .any(|d| kinds.contains(&d.kind) && packs.pack(d).is_some_and(|p| self.0.contains(p.name.as_str())))
    }
}
