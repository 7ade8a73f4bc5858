//! Which pairs of events are judged, and how many of them an order gets right.

use std::collections::{BTreeMap, BTreeSet};

use super::simulator::dice::Dice;
use super::simulator::emit::Run;

/// Decades of the true gap between two events, in nanoseconds: 0.1 ms to 10 s.
pub(crate) const DECADES: [f64; 5] = [1e5, 1e6, 1e7, 1e8, 1e9];
/// Pairs of each decade that are judged.
const NEAR: usize = 300;
/// Pairs that causes link over several hosts.
const CAUSAL: usize = 600;

/// Pairs of events, the earlier first.
pub(crate) type Pairs = Vec<(usize, usize)>;

/// What is judged in one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// Causes and their direct effects, lines that are lost left out between.
    pub(crate) hard: Pairs,
    /// Those of the hard pairs that one host wrote into two files.
    pub(crate) files: Pairs,
    /// Causes and effects on different hosts, over up to eight steps.
    pub(crate) causal: Pairs,
    /// Events of different hosts, by the decade of the gap between them.
    pub(crate) near: [Pairs; 5],
    /// What links of identifiers claim, false ones too: causes and effects.
    pub(crate) claimed: Pairs,
}

/// Direct causes of the events that are in the logs, through those that are not.
fn visible_parents(run: &Run, seen: &[bool]) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); run.parents.len()];
    for e in run.world.in_order() {
        let mut all = BTreeSet::new();
        for p in &run.parents[e] {
            if seen[*p] {
                all.insert(*p);
            } else {
                all.extend(out[*p].iter().copied());
            }
        }
        out[e] = all.into_iter().collect();
    }
    out
}

/// Causes by role and identifier, as somebody who knows the products would link them.
fn claimed(run: &Run, seen: &[bool]) -> Pairs {
    let events = &run.world.events;
    let mut by_key: BTreeMap<(&str, u64), Vec<usize>> = BTreeMap::new();
    for (e, event) in events.iter().enumerate().filter(|(e, _)| seen[*e]) {
        for key in &event.said.keys {
            by_key.entry((event.said.role, *key)).or_default().push(e);
        }
    }
    let mut out = BTreeSet::new();
    for (e, event) in events.iter().enumerate().filter(|(e, _)| seen[*e]) {
        for cause in &event.said.causes {
            for key in &event.said.keys {
                let found = by_key.get(&(events[*cause].said.role, *key));
                out.extend(found.into_iter().flatten().take(4).filter(|p| **p != e).map(|p| (*p, e)));
            }
        }
    }
    out.into_iter().collect()
}

/// Chooses the pairs; `seen` tells which events are in the logs and were found again.
pub(crate) fn choose(run: &Run, seen: &[bool], dice: &mut Dice) -> Sample {
    let parents = visible_parents(run, seen);
    let world = &run.world;
    let order: Vec<usize> = world.in_order().into_iter().filter(|e| seen[*e]).collect();
    let mut out = Sample { claimed: claimed(run, seen), ..Sample::default() };
    for e in &order {
        out.hard.extend(parents[*e].iter().map(|p| (*p, *e)));
    }
    let one_host =
        |(a, b): &(usize, usize)| world.host_of(*a) == world.host_of(*b) && world.file_of(*a) != world.file_of(*b);
    out.files = out.hard.iter().copied().filter(one_host).collect();
    if order.len() < 2 {
        return out;
    }
    for _ in 0..CAUSAL * 4 {
        let effect = dice.pick(&order);
        let mut cause = effect;
        for _ in 0..1 + dice.below(8) {
            if !parents[cause].is_empty() {
                cause = dice.pick(&parents[cause]);
            }
        }
        if world.host_of(cause) != world.host_of(effect) && out.causal.len() < CAUSAL {
            out.causal.push((cause, effect));
        }
    }
    let times: Vec<i64> = order.iter().map(|e| world.at(*e)).collect();
    let floats = |e: usize| world.hosts[world.host_of(e)].floats;
    for (decade, least) in DECADES.iter().enumerate() {
        for _ in 0..NEAR * 8 {
            let i = dice.below(order.len());
            let gap = least * 10f64.powf(dice.unit());
            let j = times.partition_point(|t| (*t - times[i]) < gap as i64);
            let Some(&late) = order.get(j) else { continue };
            let true_gap = (world.at(late) - times[i]) as f64;
            let apart = world.host_of(late) != world.host_of(order[i]) && true_gap >= *least && true_gap < least * 10.0;
            if apart && !floats(late) && !floats(order[i]) && out.near[decade].len() < NEAR {
                out.near[decade].push((order[i], late));
            }
        }
    }
    out
}

/// How good an order is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Score {
    /// Share of direct causes behind their effects.
    pub(crate) violated: f64,
    /// The same of one host's files among themselves.
    pub(crate) of_files: f64,
    /// Share of causes over hosts before their effects.
    pub(crate) causal: f64,
    /// Share of neighbours of other hosts in the right order, by decade.
    pub(crate) near: [f64; 5],
    /// All decades together.
    pub(crate) overall: f64,
}

/// Share of the pairs that stand as they happened.
fn right(pairs: &Pairs, rank: &[usize]) -> f64 {
    let n = pairs.iter().filter(|(a, b)| rank[*a] < rank[*b]).count();
    if pairs.is_empty() { f64::NAN } else { n as f64 / pairs.len() as f64 }
}

/// Judges an order, given as the rank of each event.
pub(crate) fn score(sample: &Sample, rank: &[usize]) -> Score {
    let near = std::array::from_fn(|d| right(&sample.near[d], rank));
    let (mut n, mut ok) = (0usize, 0usize);
    for pairs in &sample.near {
        n += pairs.len();
        ok += pairs.iter().filter(|(a, b)| rank[*a] < rank[*b]).count();
    }
    let overall = ok as f64 / n.max(1) as f64;
    let of_files = 1.0 - right(&sample.files, rank);
    Score { violated: 1.0 - right(&sample.hard, rank), of_files, causal: right(&sample.causal, rank), near, overall }
}

/// Neighbours that one order has wrong and another right, by hosts and roles, most frequent first.
pub(crate) fn lost(run: &Run, sample: &Sample, ours: &[usize], other: &[usize]) -> Vec<String> {
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    let name = |e: usize| format!("{} {}", run.world.hosts[run.world.host_of(e)].name, run.world.events[e].said.role);
    for (a, b) in sample.near.iter().flatten() {
        if ours[*a] > ours[*b] && other[*a] < other[*b] {
            *kinds.entry(format!("{} before {}", name(*a), name(*b))).or_default() += 1;
        }
    }
    let mut rows: Vec<_> = kinds.into_iter().collect();
    rows.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    rows.into_iter().map(|(kind, n)| format!("    {n:4} times lost against the recorded sort: {kind}")).collect()
}
