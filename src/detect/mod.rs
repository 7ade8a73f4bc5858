//! Detection: the rules, tried on the facts in timeline order, and what they found, told as stories.
//!
//! [`Findings::detect`] is the whole way: facts in order ([`sighting`]), each rule's relation ([`relate`], a file per
//! primitive), cases joined into findings ([`rollup`]), findings linked by what leads to what and ranked
//! ([`story`]). Everything is computed anew from an [`Analysis`]; nothing here changes one.
//!
//! Memory is bounded by the facts: a primitive keeps at most one entry for each live key, and a finding keeps the
//! evidence of at most a few of its cases.

pub mod check;
mod expect;
pub mod finding;
mod id_time;
pub mod measured;
mod novel;
pub mod primitive;
pub mod rollup;
pub mod sighting;
pub mod story;
mod suspect;
pub mod violation;

pub use finding::{Evidence, Finding, Findings, Story};

use crate::analysis::{Analysis, Config};
use crate::rule::Rules;
use sighting::World;

impl Findings {
    /// Tries the rules on an analysis.
    pub fn detect(analysis: &Analysis, config: &Config) -> Findings {
        Findings::detect_with(analysis, config, &config.rules)
    }

    /// As [`Findings::detect`], with these rules.
    pub fn detect_with(analysis: &Analysis, config: &Config, rules: &Rules) -> Findings {
        let facts = analysis.facts(config);
        let mut world = World::new(analysis, &facts);
        let mut findings = Vec::new();
        let (late, early): (Vec<_>, Vec<_>) = rules.list.iter().partition(|r| r.looks_back());
        for rule in early.into_iter().chain(late) {
            let found = rollup::findings(&world, rule, &findings);
            for f in found.iter().filter(|f| f.benign.is_none()) {
                world.add_finding(&rule.name, f.at, f.values.clone());
            }
            findings.extend(found);
        }
        expect::look(&world, rules, &config.packs, &mut findings);
        story::tell(&world, rules, findings)
    }
}
