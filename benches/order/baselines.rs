//! What simpler methods make of the same logs: sorting, least squares, Kahn's algorithm, Lamport's.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::sample::Pairs;
use super::simulator::emit::Run;

/// The names of the baselines, in the order of [`ranks`].
pub(crate) const NAMES: [&str; 6] = ["recorded", "LS", "Huber", "oracle", "Kahn", "push"];

/// What the baselines know.
pub(crate) struct Known<'a> {
    pub(crate) run: &'a Run,
    /// Recorded time and place in the store, by event; `None` for events that are not in the logs.
    pub(crate) stamps: &'a [Option<(i64, u32)>],
    /// Claimed causes and effects, false ones too.
    pub(crate) claimed: &'a Pairs,
}

/// The ranks that each baseline gives to the events.
pub(crate) fn ranks(known: &Known<'_>) -> [Vec<usize>; 6] {
    let recorded = |e: usize| known.stamps[e].map_or(0.0, |(t, _)| (t - known.run.world.start) as f64);
    let host = |e: usize| known.run.world.host_of(e);
    let less = |offsets: &[f64]| known.sorted(|e| recorded(e) - offsets[host(e)]);
    let edges = known.with_program_order();
    let kahn = known.kahn(&edges, &recorded);
    let mut pushed: Vec<f64> = (0..known.stamps.len()).map(recorded).collect();
    let effects = known.effects(&edges);
    for e in &kahn {
        for to in &effects[*e] {
            pushed[*to] = pushed[*to].max(pushed[*e] + 1.0);
        }
    }
    let mut kahn_rank = vec![0; known.stamps.len()];
    for (rank, e) in kahn.iter().enumerate() {
        kahn_rank[*e] = rank;
    }
    [
        known.sorted(recorded),
        less(&known.offsets(false)),
        less(&known.offsets(true)),
        less(&known.true_medians()),
        kahn_rank,
        known.sorted(|e| pushed[e]),
    ]
}

impl Known<'_> {
    fn seen(&self) -> Vec<usize> {
        (0..self.stamps.len()).filter(|e| self.stamps[*e].is_some()).collect()
    }

    fn sorted(&self, time: impl Fn(usize) -> f64) -> Vec<usize> {
        let mut order = self.seen();
        order.sort_by(|a, b| time(*a).total_cmp(&time(*b)).then(self.stamps[*a].cmp(&self.stamps[*b])));
        let mut rank = vec![0; self.stamps.len()];
        for (r, e) in order.iter().enumerate() {
            rank[*e] = r;
        }
        rank
    }

    /// Half the unit of an event's last digit: what a cut stamp is too early by, on average.
    fn half(&self, e: usize) -> f64 {
        self.run.world.files[self.run.world.file_of(e)].dialect.resolution() as f64 / 2.0
    }

    /// Constant offsets by least squares over the claimed pairs of two hosts, or by Huber's weights.
    fn offsets(&self, huber: bool) -> Vec<f64> {
        let n = self.run.world.hosts.len();
        let host = |e: usize| self.run.world.host_of(e);
        let time = |e: usize| self.stamps[e].map_or(0.0, |(t, _)| (t - self.run.world.start) as f64 + self.half(e));
        let units: Vec<f64> = self
            .claimed
            .iter()
            .filter(|(a, b)| host(*a) != host(*b))
            .map(|(a, b)| 2.0 * self.half(*a).max(self.half(*b)))
            .collect();
        let rows: Vec<(usize, usize, f64)> = self
            .claimed
            .iter()
            .filter(|(a, b)| host(*a) != host(*b))
            .map(|(a, b)| (host(*a), host(*b), time(*b) - time(*a)))
            .collect();
        let mut weights = vec![1.0; rows.len()];
        let mut offsets = vec![0.0; n];
        for _ in 0..if huber { 25 } else { 1 } {
            offsets = least_squares(n, &rows, &weights);
            let off: Vec<f64> = rows.iter().map(|(a, b, d)| (d - (offsets[*b] - offsets[*a])).abs()).collect();
            let mut sorted = off.clone();
            sorted.sort_by(f64::total_cmp);
            let scale = 1.345 * 1.4826 * sorted.get(sorted.len() / 2).copied().unwrap_or(1.0);
            let weight = |(r, unit): (&f64, &f64)| if *r > scale.max(*unit) { scale.max(*unit) / r } else { 1.0 };
            weights = off.iter().zip(&units).map(weight).collect();
        }
        offsets
    }

    /// The median of each host's true errors: the best that constant offsets can do.
    fn true_medians(&self) -> Vec<f64> {
        let mut errors: Vec<Vec<i64>> = vec![Vec::new(); self.run.world.hosts.len()];
        for e in self.seen() {
            let stamp = self.stamps[e].map_or(0, |(t, _)| t);
            errors[self.run.world.host_of(e)].push(stamp + self.half(e) as i64 - self.run.world.at(e));
        }
        errors
            .iter_mut()
            .map(|e| {
                e.sort_unstable();
                e.get(e.len() / 2).map_or(0.0, |m| *m as f64)
            })
            .collect()
    }

    fn with_program_order(&self) -> Pairs {
        let mut all: BTreeSet<(usize, usize)> = self.claimed.iter().copied().collect();
        let mut last = vec![None; self.run.world.writers.len()];
        for e in self.run.world.in_order().into_iter().filter(|e| self.stamps[*e].is_some()) {
            let writer = self.run.world.events[e].writer;
            all.extend(last[writer].map(|l| (l, e)));
            last[writer] = Some(e);
        }
        all.into_iter().collect()
    }

    fn effects(&self, edges: &Pairs) -> Vec<Vec<usize>> {
        let mut out = vec![Vec::new(); self.stamps.len()];
        for (a, b) in edges {
            out[*a].push(*b);
        }
        out
    }

    /// Topological order, earliest stamp first; circles are cut where the earliest stamp is.
    fn kahn(&self, edges: &Pairs, time: &impl Fn(usize) -> f64) -> Vec<usize> {
        let effects = self.effects(edges);
        let mut waits = vec![0usize; self.stamps.len()];
        for (_, b) in edges {
            waits[*b] += 1;
        }
        let key = |e: usize| Reverse((time(e) as i64, self.stamps[e], e));
        let mut free: BinaryHeap<_> = self.seen().into_iter().filter(|e| waits[*e] == 0).map(key).collect();
        let mut rest: BinaryHeap<_> = self.seen().into_iter().map(key).collect();
        let mut done = vec![false; self.stamps.len()];
        let mut out = Vec::new();
        while let Some(Reverse((_, _, e))) = free.pop().or_else(|| rest.pop()) {
            if std::mem::replace(&mut done[e], true) {
                continue;
            }
            out.push(e);
            for to in &effects[e] {
                waits[*to] = waits[*to].saturating_sub(1);
                if waits[*to] == 0 && !done[*to] {
                    free.push(key(*to));
                }
            }
        }
        out
    }
}

/// Offsets of `n` hosts whose differences fit the rows best, their mean near 0.
fn least_squares(n: usize, rows: &[(usize, usize, f64)], weights: &[f64]) -> Vec<f64> {
    let mut m = vec![vec![0.0; n + 1]; n];
    for ((a, b, d), w) in rows.iter().zip(weights) {
        m[*a][*a] += w;
        m[*b][*b] += w;
        m[*a][*b] -= w;
        m[*b][*a] -= w;
        m[*b][n] += w * d;
        m[*a][n] -= w * d;
    }
    for (i, row) in m.iter_mut().enumerate() {
        row[i] += 1e-6;
    }
    for i in 0..n {
        let pivot = m[i].clone();
        for (_, row) in m.iter_mut().enumerate().filter(|(r, _)| *r != i) {
            let factor = row[i] / pivot[i];
            for (x, p) in row.iter_mut().zip(&pivot) {
                *x -= factor * p;
            }
        }
    }
    (0..n).map(|i| m[i][n] / m[i][i]).collect()
}
