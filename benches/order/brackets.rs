//! Which kinds of records the program took for brackets, and how many of them truly are.

use std::collections::BTreeMap;

use causeline::analysis::Analysis;
use causeline::event::EventId;

use super::simulator::emit::Run;

/// Kinds of brackets (hosts and roles), how many there are, and how many have their inside truly inside.
pub(crate) type Kinds = BTreeMap<String, (usize, usize)>;

/// All brackets that the program set its clocks by.
pub(crate) fn kinds(run: &Run, analysis: &Analysis, ours: &BTreeMap<EventId, usize>) -> Kinds {
    let mut found = Kinds::new();
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
    found
}

/// A line a kind, those with most false ones first.
pub(crate) fn lines(kinds: &Kinds) -> Vec<String> {
    let mut rows: Vec<_> = kinds.iter().collect();
    rows.sort_by_key(|(_, (n, right))| std::cmp::Reverse(n - right));
    rows.into_iter().map(|(name, (n, right))| format!("    {n:5} brackets, {right:5} true: {name}")).collect()
}
