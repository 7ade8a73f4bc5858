//! Detection: the rules, tried on the facts in timeline order, and what they found, told as stories.
//!
//! [`Findings::detect`] is the whole way: facts in order ([`sighting`]), each rule's relation ([`primitive`], a file for
//! each), cases joined into findings ([`rollup`]), findings linked by what leads to what and ranked
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

use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use crate::analysis::{Analysis, Config};
use crate::rule::{Rule, Rules};
use sighting::World;

impl Findings {
    /// Tries the rules on an analysis.
    pub fn detect(analysis: &Analysis, config: &Config) -> Findings {
        Findings::detect_with(analysis, config, &config.rules)
    }

    /// As [`Findings::detect`], with these rules.
    pub fn detect_with(analysis: &Analysis, config: &Config, rules: &Rules) -> Findings {
        Findings::detect_while(analysis, config, rules, &|| true).unwrap_or_default()
    }

    /// As [`Findings::detect_with`], while `go_on` says so; it is asked between rules. `None` when it was stopped.
    pub fn detect_while(
        analysis: &Analysis,
        config: &Config,
        rules: &Rules,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Option<Findings> {
        let facts = analysis.facts(config);
        let mut world = World::new(analysis, &facts);
        let mut findings: Vec<Finding> = Vec::new();
        // Rules that build on no other are tried side by side; the others in order, those that look back last.
        let (late, early): (Vec<_>, Vec<_>) = rules.list.iter().partition(|r| r.looks_back());
        let (first, then): (Vec<_>, Vec<_>) = early.into_iter().partition(|r| r.refers_to().is_empty());
        let try_rule = |rule: &&Rule| go_on().then(|| rollup::findings(&world, rule, &[]));
        let found: Vec<Option<Vec<Finding>>> = first.par_iter().map(try_rule).collect();
        for (rule, found) in first.iter().zip(found) {
            keep(&mut world, &mut findings, rule, found?);
        }
        for rule in then.into_iter().chain(late) {
            go_on().then_some(())?;
            let found = rollup::findings(&world, rule, &findings);
            keep(&mut world, &mut findings, rule, found);
        }
        expect::look(&world, rules, &config.packs, &mut findings);
        go_on().then(|| story::tell(&world, rules, findings))
    }
}

/// Keeps what a rule found, and lets the rules behind it see that.
fn keep<'a>(world: &mut World<'a>, all: &mut Vec<Finding>, rule: &'a Rule, found: Vec<Finding>) {
    for f in found.iter().filter(|f| f.benign.is_none()) {
        world.add_finding(&rule.name, f.at, f.values.clone());
    }
    all.extend(found);
}
