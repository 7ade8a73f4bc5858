//! Which kinds of records the program took for brackets, and how many of them truly are.

use std::collections::BTreeMap;

use causeline::analysis::Analysis;
use causeline::event::EventId;

use super::emit::Run;

/// A line for each kind of bracket: hosts, roles, how many, how many have their inside truly inside.
pub(crate) fn kinds(run: &Run, analysis: &Analysis, ours: &BTreeMap<EventId, usize>) -> Vec<String> {
    let mut found: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for b in &analysis.clocks.brackets {
        let (Some(before), Some(inside), Some(after)) = (ours.get(&b.before), ours.get(&b.inside), ours.get(&b.after))
        else {
            continue;
        };
        let role = |e: usize| run.world.events[e].said.role;
        let host = |e: usize| run.world.hosts[run.world.host_of(e)].name.as_str();
        let name = format!(
            "{} in {}: {} < {} < {}{}",
            host(*inside),
            host(*before),
            role(*before),
            role(*inside),
            role(*after),
            if b.inside == b.after { " (exchange)" } else { "" }
        );
        let count = found.entry(name).or_default();
        count.0 += 1;
        let at = |e: usize| run.world.at(e);
        count.1 += usize::from(at(*before) <= at(*inside) && at(*inside) <= at(*after));
    }
    let mut rows: Vec<(String, (usize, usize))> = found.into_iter().collect();
    rows.sort_by_key(|(_, (n, right))| std::cmp::Reverse(n - right));
    rows.into_iter().map(|(name, (n, right))| format!("    {n:5} brackets, {right:5} true: {name}")).collect()
}
