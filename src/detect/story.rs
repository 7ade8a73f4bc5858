//! Stories: which finding leads to which, what began it, and what matters most.
//!
//! Rules say what they may lead to. A finding that stands before another's first effect, near enough, and whose rule
//! leads to the other's, is linked to it. What is linked is one story. It begins with the finding that nothing
//! else explains and that explains most; so the quiet cause stands above the loud effect (`causality.md` §C4).

use std::collections::BTreeMap;

use super::finding::{Finding, Findings, Story};
use super::sighting::World;
use super::suspect;
use crate::relation::{Doubt, Relation, relation};
use crate::rule::{Role, Rules, Severity};

/// An effect may seem to stand this long before its cause, in nanoseconds: what is told later happened earlier.
const SLACK: i64 = 3_000_000_000;
/// The same where the clocks of the two hosts could not be compared.
const FLOATING: i64 = 60_000_000_000;
/// Stories that are told.
const MOST_STORIES: usize = 7;

/// Joins findings to stories and puts everything in order.
pub fn tell(world: &World<'_>, rules: &Rules, mut findings: Vec<Finding>) -> Findings {
    findings.extend(suspect::changes(world, rules, &findings));
    findings.sort_by_key(|f| (f.first, f.at));
    let links = links(world, rules, &findings);
    let alone = |i: usize| !links.iter().any(|(_, b)| *b == i);
    for (_, f) in findings.iter_mut().enumerate().filter(|(i, _)| alone(*i)) {
        f.severity = rules.get(&f.rule).and_then(|r| r.alone).unwrap_or(f.severity).min(f.severity);
    }
    let stories = components(&findings, &links);
    let mut told: Vec<(Rank, Story)> =
        stories.into_iter().filter_map(|members| story(&findings, &links, members)).collect();
    told.sort_by_key(|t| std::cmp::Reverse(t.0));
    let stories: Vec<Story> = told.into_iter().map(|(_, s)| s).collect();
    in_order(findings, stories)
}

fn weight(f: &Finding) -> u32 {
    match f.severity {
        Severity::Info => 0,
        Severity::Low => 1,
        Severity::Medium => 3,
        Severity::High => 7,
        Severity::Critical => 15,
    }
}

/// What leads to what, by position.
fn links(world: &World<'_>, rules: &Rules, findings: &[Finding]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    for (i, a) in findings.iter().enumerate().filter(|(_, f)| f.benign.is_none()) {
        let leads_to = rules.get(&a.rule).map_or(&[][..], |r| &r.leads_to);
        for (j, b) in findings.iter().enumerate().filter(|(j, f)| *j != i && f.benign.is_none()) {
            let leads = leads_to.iter().any(|l| {
                l.rule == b.rule
                    && b.first <= a.last.saturating_add(l.within)
                    && (!l.same_host || a.hosts.iter().any(|h| b.hosts.contains(h)))
                    && may_precede(world, a, b)
            });
            if leads || a.targets.contains(&b.at) {
                out.push((i, j));
            }
        }
    }
    out
}

/// True when the first effect of `a` may have come before that of `b`.
fn may_precede(world: &World<'_>, a: &Finding, b: &Finding) -> bool {
    if b.first >= a.first || a.at == b.at {
        return true;
    }
    // It seems to have come later, by little: that counts only where the order is not certain.
    let slack = match relation(world.analysis, b.at, a.at) {
        Relation::Before(_) => return false,
        Relation::Unknown(Doubt::FloatingClock) => FLOATING,
        _ => SLACK,
    };
    b.first >= a.first.saturating_sub(slack)
}

/// Findings that hang together.
fn components(findings: &[Finding], links: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut of: Vec<usize> = (0..findings.len()).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for (a, b) in links {
            let (Some(x), Some(y)) = (of.get(*a).copied(), of.get(*b).copied()) else { continue };
            let low = x.min(y);
            for at in [*a, *b] {
                if let Some(slot) = of.get_mut(at).filter(|s| **s != low) {
                    *slot = low;
                    changed = true;
                }
            }
        }
    }
    let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (i, component) in of.into_iter().enumerate() {
        if findings.get(i).is_some_and(|f| f.benign.is_none()) {
            groups.entry(component).or_default().push(i);
        }
    }
    groups.into_values().collect()
}

/// How much stories matter: the gravest finding, then all together.
type Rank = (Severity, u32, std::cmp::Reverse<i64>);

fn story(findings: &[Finding], links: &[(usize, usize)], members: Vec<usize>) -> Option<(Rank, Story)> {
    let get = |i: &usize| findings.get(*i);
    let worst = members.iter().filter_map(get).map(|f| f.severity).max()?;
    let told = members.iter().filter_map(get).any(|f| f.role != Role::Context);
    if worst < Severity::Medium || !told {
        return None;
    }
    let own: Vec<(usize, usize)> = links.iter().filter(|(a, _)| members.contains(a)).copied().collect();
    let context = |i: usize| get(&i).is_some_and(|f| f.role == Role::Context);
    let caused = |i: usize| own.iter().any(|(a, b)| *b == i && !context(*a));
    let explains = |i: usize| -> u32 {
        let mut reached = vec![i];
        let mut at = 0;
        while let Some(here) = reached.get(at).copied() {
            let next = own.iter().filter(|(a, b)| *a == here && !reached.contains(b)).map(|(_, b)| *b);
            let next: Vec<usize> = next.collect();
            reached.extend(next);
            at += 1;
        }
        reached.iter().filter_map(get).map(weight).sum()
    };
    // What nothing else explains; in a circle, everything.
    let roots: Vec<usize> = members.iter().copied().filter(|i| !caused(*i)).collect();
    let roots = if roots.is_empty() { members.clone() } else { roots };
    let candidate = |i: &usize| !context(*i);
    let first = |i: usize| get(&i).map_or(i64::MAX, |f| f.first);
    let trigger = roots.iter().copied().filter(|i| candidate(i)).max_by(|a, b| {
        let rank = |i: usize| (explains(i), std::cmp::Reverse(first(i)));
        rank(*a).cmp(&rank(*b))
    });
    let mut story = Story { trigger, links: own.clone(), ..Story::default() };
    for i in members.iter().copied().filter(|i| Some(*i) != trigger) {
        match get(&i).map(|f| f.role) {
            // What began something else of it, or why it was not coped with.
            Some(Role::Trigger | Role::Defect) => story.defects.push(i),
            Some(Role::Impact) => story.impacts.push(i),
            _ => story.context.push(i),
        }
    }
    // A story is told in the order in which it happened.
    for list in [&mut story.defects, &mut story.impacts, &mut story.context] {
        list.sort_by_key(|i| first(*i));
    }
    let defects = story.defects.iter().copied();
    story.defect = defects.max_by_key(|i| (get(i).map(|f| (f.severity, f.role == Role::Defect)), explains(*i)));
    story.title = title(findings, &story);
    let sum = members.iter().filter_map(get).map(weight).sum();
    let begin = members.iter().map(|i| first(*i)).min().unwrap_or(0);
    Some(((worst, sum, std::cmp::Reverse(begin)), story))
}

/// What began it, and the gravest of what followed.
fn title(findings: &[Finding], story: &Story) -> String {
    let get = |i: usize| findings.get(i);
    let trigger = story.trigger.and_then(get);
    let others = story.defects.iter().chain(&story.impacts).filter_map(|i| get(*i));
    // Of equally grave ones the effect on data and users tells more than the mechanism.
    let worst = others
        .filter(|f| trigger.is_none_or(|t| t.rule != f.rule))
        .max_by_key(|f| (f.severity, f.role == Role::Impact, f.count, std::cmp::Reverse(f.first)));
    let text = match (trigger, worst) {
        (Some(t), Some(w)) => format!("{}, and {}", t.short, w.short),
        (Some(f), None) | (None, Some(f)) => f.title.clone(),
        (None, None) => String::new(),
    };
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Findings in the order of the stories, then the others by gravity; positions are renumbered.
fn in_order(findings: Vec<Finding>, mut stories: Vec<Story>) -> Findings {
    let mut order: Vec<usize> = Vec::new();
    for i in stories.iter().flat_map(Story::members) {
        if !order.contains(&i) {
            order.push(i);
        }
    }
    let mut rest: Vec<usize> = (0..findings.len()).filter(|i| !order.contains(i)).collect();
    let rank = |i: &usize| findings.get(*i).map(|f| (f.benign.is_some(), std::cmp::Reverse(f.severity), f.first));
    rest.sort_by_key(rank);
    order.extend(rest);
    let mut place = vec![0; findings.len()];
    for (to, from) in order.iter().enumerate() {
        if let Some(p) = place.get_mut(*from) {
            *p = to;
        }
    }
    let moved = |i: usize| place.get(i).copied().unwrap_or(i);
    stories.truncate(MOST_STORIES);
    stories.iter_mut().for_each(|s| s.renumber(&moved));
    let mut slots: Vec<Option<Finding>> = findings.into_iter().map(Some).collect();
    let list = order.iter().filter_map(|i| slots.get_mut(*i).and_then(Option::take)).collect();
    Findings { list, stories }
}
