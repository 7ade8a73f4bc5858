//! The tables, as text.

use std::collections::BTreeMap;

use causeline::causality::Rule;

use super::baselines::NAMES;
use super::judge::{Measured, Verdict};
use super::pairwise::time;
use super::sample::Score;

fn mean(of: impl Iterator<Item = f64>) -> f64 {
    let (n, sum) = of.filter(|x| x.is_finite()).fold((0usize, 0.0), |(n, s), x| (n + 1, s + x));
    if n == 0 { f64::NAN } else { sum / n as f64 }
}

fn quantile(of: &mut [f64], q: f64) -> f64 {
    of.sort_by(f64::total_cmp);
    let last = of.len().saturating_sub(1);
    of.get((last as f64 * q).round() as usize).copied().unwrap_or(f64::NAN)
}

/// Order: a line a scenario.
pub(crate) fn order_head() -> String {
    let names: String = NAMES.iter().map(|n| format!("{n:>9}")).collect();
    format!(
        "{:<23}{:>5}{:>7}{:>7}{:>8}{:>8}{:>8}{names}{:>7}{:>7}",
        "scenario", "runs", "hard%", "files%", "causal%", "@10ms", "order", "worse", "≥1 pp"
    )
}

/// Order of one scenario: means over the runs; `worse` counts runs below the recorded sort.
pub(crate) fn order_row(name: &str, runs: &[&Verdict]) -> String {
    let m = |f: &dyn Fn(&Verdict) -> f64| mean(runs.iter().map(|v| f(v)));
    let base: String = (0..NAMES.len()).map(|b| format!("{:>9.3}", m(&|v| v.baselines[b].overall))).collect();
    let below = |by: f64| runs.iter().filter(|v| v.ours.overall < v.baselines[0].overall - by).count();
    format!(
        "{name:<23}{:>5}{:>7.2}{:>7.2}{:>8.2}{:>8.3}{:>8.3}{base}{:>7}{:>7}",
        runs.len(),
        100.0 * m(&|v| v.ours.violated),
        100.0 * m(&|v| v.ours.of_files),
        100.0 * m(&|v| v.ours.causal),
        m(&|v| v.ours.near[2]),
        m(&|v| v.ours.overall),
        below(1e-9),
        below(0.01)
    )
}

/// Hard edges, causal pairs and decades: ours beside the baselines, over all scenarios.
pub(crate) fn decades(runs: &[&Verdict]) -> Vec<String> {
    let mut out = vec![format!(
        "{:<12}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "method", "hard%", "causal%", "0.1 ms", "1 ms", "10 ms", "0.1 s", "1 s", "order"
    )];
    let row = |name: &str, of: &dyn Fn(&Verdict) -> Score| {
        let m = |f: &dyn Fn(&Score) -> f64| mean(runs.iter().map(|v| f(&of(v))));
        let near: String = (0..5).map(|d| format!("{:>9.3}", m(&|s| s.near[d]))).collect();
        format!(
            "{name:<12}{:>8.2}{:>9.2}{near}{:>9.3}",
            100.0 * m(&|s| s.violated),
            100.0 * m(&|s| s.causal),
            m(&|s| s.overall)
        )
    };
    out.push(row("ours", &|v| v.ours));
    out.extend(NAMES.iter().enumerate().map(|(b, name)| row(name, &|v| v.baselines[b])));
    out
}

/// Clocks and honesty: a line a scenario.
pub(crate) fn clock_head() -> String {
    format!(
        "{:<23}{:>10}{:>10}{:>10}{:>7}{:>10}{:>8}{:>9}{:>9}{:>7}{:>8}{:>7}{:>8}{:>9}{:>7}",
        "scenario",
        "p50",
        "p95",
        "max",
        "in it",
        "band ±",
        "adrift",
        "made up",
        "certain",
        "wrong%",
        "edges",
        "false%",
        "broken",
        "brackets",
        "found%"
    )
}

/// Clocks of one scenario: quantiles over hosts, moments and runs; `brackets` is the share that truly are.
pub(crate) fn clock_row(name: &str, runs: &[&Verdict]) -> String {
    let all: Vec<Measured> = runs.iter().flat_map(|v| v.offsets.iter().copied()).collect();
    let sum = |f: &dyn Fn(&Verdict) -> usize| runs.iter().map(|v| f(v)).sum::<usize>();
    let brackets = |f: &dyn Fn(&(usize, usize)) -> usize| sum(&|v| v.brackets.values().map(f).sum());
    let (certain, edges) = (sum(&|v| v.certain), sum(&|v| v.edges));
    let share = |a: usize, b: usize| 100.0 * a as f64 / b.max(1) as f64;
    format!(
        "{name:<23}{}{:>7.1}%{:>9}{:>9}{:>7.3}{:>8}{:>7.2}{:>8}{:>8.1}%{:>7.2}",
        offsets(&all),
        share(sum(&|v| v.adrift), sum(&|v| v.linked)),
        format!("{}/{}", sum(&|v| v.invented), sum(&|v| v.alone)),
        certain,
        share(sum(&|v| v.wrong), certain),
        edges,
        share(sum(&|v| v.false_edges), edges),
        sum(&|v| v.broken),
        share(brackets(&|b| b.1), brackets(&|b| b.0)),
        share(sum(&|v| v.found), sum(&|v| v.events)),
    )
}

fn offsets(all: &[Measured]) -> String {
    let mut errors: Vec<f64> = all.iter().map(|m| m.error).collect();
    let covered = mean(all.iter().map(|m| f64::from(u8::from(m.error <= m.width))));
    let mut widths: Vec<f64> = all.iter().map(|m| m.width).collect();
    format!(
        "{:>10}{:>10}{:>10}{covered:>7.2}{:>10}",
        time(quantile(&mut errors, 0.5)),
        time(quantile(&mut errors, 0.95)),
        time(quantile(&mut errors, 1.0)),
        time(quantile(&mut widths, 0.5)),
    )
}

/// Offsets by what the stamps allow.
pub(crate) fn classes(runs: &[&Verdict]) -> Vec<String> {
    let mut out = vec![format!(
        "{:<12}{:>8}{:>10}{:>10}{:>10}{:>7}{:>10}",
        "stamps", "hosts", "p50", "p95", "max", "in it", "band ±"
    )];
    for class in ["fine/fine", "fine/1 s", "1 s/1 s", "one-way"] {
        let of = |v: &&Verdict| v.offsets.iter().copied().filter(|m| m.class == class).collect::<Vec<_>>();
        let all: Vec<Measured> = runs.iter().flat_map(of).collect();
        if !all.is_empty() {
            out.push(format!("{class:<12}{:>8}{}", all.len() / 5, offsets(&all)));
        }
    }
    out
}

/// Edges by the rule that they rest on.
pub(crate) fn rules(runs: &[&Verdict]) -> Vec<String> {
    let mut all: BTreeMap<Rule, (usize, usize)> = BTreeMap::new();
    for (rule, (n, wrong)) in runs.iter().flat_map(|v| &v.by_rule) {
        let slot = all.entry(*rule).or_default();
        *slot = (slot.0 + n, slot.1 + wrong);
    }
    let row = |(rule, (n, wrong)): (&Rule, &(usize, usize))| {
        format!("{:<12}{n:>9}{:>9.2}", format!("{rule:?}"), 100.0 * *wrong as f64 / (*n).max(1) as f64)
    };
    std::iter::once(format!("{:<12}{:>9}{:>9}", "rule", "edges", "false%")).chain(all.iter().map(row)).collect()
}

/// The worst runs of a scenario, with their seeds and what went wrong.
pub(crate) fn worst(name: &str, runs: &[&Verdict]) -> Vec<String> {
    let mut runs = runs.to_vec();
    let gain = |v: &Verdict| v.ours.overall - v.baselines[0].overall;
    runs.sort_by(|a, b| gain(a).total_cmp(&gain(b)));
    let mut out = Vec::new();
    for v in runs.iter().take(2) {
        out.push(format!(
            "{name}, seed {}: order {:.3} (recorded {:.3}, Huber {:.3}), hard {:.2} %, {} wrong of {} certain, {} edges broken",
            v.seed, v.ours.overall, v.baselines[0].overall, v.baselines[2].overall, 100.0 * v.ours.violated, v.wrong, v.certain, v.broken
        ));
        out.extend(v.notes.iter().take(14).map(|n| format!("    {n}")));
    }
    out
}
