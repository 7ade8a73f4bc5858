//! Table A3 of the design: one pair of hosts, what four methods make of its bounds.

use causeline::clock::corridor::Bound;
use causeline::clock::steps;
use rayon::prelude::*;

use super::simulator::dice::Dice;

const SPAN: f64 = 21_600e9;
const DRIFT: f64 = 30e-6;

/// A row of the table.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    /// Pairs there and back.
    n: (usize, usize),
    false_share: f64,
    /// Resolutions of both hosts, nanoseconds.
    unit: (f64, f64),
    /// Median delay there and back, nanoseconds.
    delay: (f64, f64),
    step: f64,
}

const US: f64 = 1e3;
const S: f64 = 1e9;
const PLAIN: Case =
    Case { name: "µs/µs, clean", n: (5000, 5000), false_share: 0.0, unit: (US, US), delay: (2e6, 2e6), step: 0.0 };

const CASES: [Case; 12] = [
    PLAIN,
    Case { name: "µs/µs, 10 % false", false_share: 0.1, ..PLAIN },
    Case { name: "µs/µs, 30 % false", false_share: 0.3, ..PLAIN },
    Case { name: "reverse median 5 s, 10 % false", false_share: 0.1, delay: (2e6, 5e9), ..PLAIN },
    Case { name: "µs/1 s, 10 % false", false_share: 0.1, unit: (US, S), ..PLAIN },
    Case { name: "1 s/1 s, 10 % false", false_share: 0.1, unit: (S, S), ..PLAIN },
    Case { name: "step +0.8 s, 10 % false", false_share: 0.1, step: 0.8e9, ..PLAIN },
    Case { name: "step +50 ms, 10 % false", false_share: 0.1, step: 0.05e9, ..PLAIN },
    Case { name: "step -5 s, µs/1 s, 10 % false", false_share: 0.1, unit: (US, S), step: -5e9, ..PLAIN },
    Case { name: "sparse 100+100, 10 % false, 20 ms", n: (100, 100), false_share: 0.1, delay: (20e6, 20e6), ..PLAIN },
    Case { name: "sparse 30+30, µs/1 s, clean", n: (30, 30), unit: (US, S), ..PLAIN },
    Case { name: "one-way only, clean", n: (5000, 1), ..PLAIN },
];

/// Pairs of stamps, and the offset that is to be found.
struct Made {
    bounds: Vec<Bound>,
    /// Moment, and difference of the stamps corrected for truncation.
    differences: Vec<(f64, f64)>,
    offset: f64,
    step_at: f64,
    step: f64,
}

impl Made {
    fn truth(&self, t: f64) -> f64 {
        self.offset + DRIFT * t + if t >= self.step_at { self.step } else { 0.0 }
    }
}

fn make(case: &Case, seed: u64) -> Made {
    let mut dice = Dice::new(seed);
    let offset = dice.within(-30e9, 30e9);
    let step_at = SPAN * dice.within(0.3, 0.7);
    let mut out = Made { bounds: vec![], differences: vec![], offset, step_at, step: case.step };
    let cut = |t: f64, unit: f64| (t / unit).floor() * unit;
    for i in 0..case.n.0 + case.n.1 {
        let there = i < case.n.0;
        let t = dice.within(0.0, SPAN);
        let median = if there { case.delay.0 } else { case.delay.1 };
        let delay = 0.3e6 + dice.log_normal(median, 1.3);
        let shift = if dice.chance(case.false_share) { dice.within(-60e9, 60e9) } else { 0.0 };
        let (on_a, on_b) = if there { (t, t + delay) } else { (t + delay, t) };
        let a = cut(on_a, case.unit.0);
        let b = cut(on_b + out.truth(on_b) + shift, case.unit.1);
        let difference = b - a;
        let bound = if there {
            Bound { at: a, low: -1e18, high: difference + case.unit.1 }
        } else {
            Bound { at: a, low: difference - case.unit.0, high: 1e18 }
        };
        out.bounds.push(bound);
        out.differences.push((a, difference + case.unit.1 / 2.0 - case.unit.0 / 2.0));
    }
    out
}

/// A line: offset at 0 and slope.
type Straight = (f64, f64);

fn fit(rows: &[(f64, f64)], weights: &[f64]) -> Straight {
    let (mut w, mut x, mut y) = (0.0, 0.0, 0.0);
    for ((t, d), weight) in rows.iter().zip(weights) {
        w += weight;
        x += weight * t;
        y += weight * d;
    }
    let (x, y) = (x / w, y / w);
    let (mut xx, mut xy) = (0.0, 0.0);
    for ((t, d), weight) in rows.iter().zip(weights) {
        xx += weight * (t - x) * (t - x);
        xy += weight * (t - x) * (d - y);
    }
    let slope = xy / xx.max(1e-9);
    (y - slope * x, slope)
}

/// Huber's line; residuals below `unit` are no outliers.
fn huber(rows: &[(f64, f64)], unit: f64) -> Straight {
    let mut weights = vec![1.0; rows.len()];
    let mut line = fit(rows, &weights);
    for _ in 0..40 {
        let off: Vec<f64> = rows.iter().map(|(t, d)| (d - line.0 - line.1 * t).abs()).collect();
        let mut sorted = off.clone();
        sorted.sort_by(f64::total_cmp);
        let scale = (1.345 * 1.4826 * sorted[sorted.len() / 2]).max(unit);
        weights = off.iter().map(|r| if *r > scale { scale / r } else { 1.0 }).collect();
        line = fit(rows, &weights);
    }
    line
}

/// The line with the most room between all upper and all lower bounds (the least violation where there is none).
fn hull(bounds: &[Bound]) -> Straight {
    let room = |slope: f64| {
        let high = bounds.iter().map(|b| b.high - slope * b.at).fold(f64::MAX, f64::min);
        let low = bounds.iter().map(|b| b.low - slope * b.at).fold(f64::MIN, f64::max);
        (high - low, (high + low) / 2.0)
    };
    let (mut from, mut to) = (-5e-3, 5e-3);
    for _ in 0..60 {
        let (a, b) = (from + (to - from) / 3.0, to - (to - from) / 3.0);
        if room(a).0 < room(b).0 { from = a } else { to = b }
    }
    let slope = (from + to) / 2.0;
    (room(slope).1, slope)
}

/// p95 of the errors of a line, away from the step.
fn p95(made: &Made, line: &impl Fn(f64) -> f64) -> (f64, Vec<f64>) {
    let moments = (0..4000).map(|i| SPAN * (f64::from(i) + 0.5) / 4000.0);
    let away = moments.filter(|t| made.step == 0.0 || (t - made.step_at).abs() > 30e9);
    let mut errors: Vec<f64> = away.map(|t| (line(t) - made.truth(t)).abs()).collect();
    errors.sort_by(f64::total_cmp);
    (errors[errors.len() * 95 / 100], errors)
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of.get(of.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Nanoseconds as people say them.
pub(crate) fn time(ns: f64) -> String {
    match ns.abs() {
        n if n.is_nan() => "-".to_owned(),
        n if n > 1e17 => "∞".to_owned(),
        n if n >= 1e9 => format!("{:.1} s", ns / 1e9),
        n if n >= 1e8 => format!("{:.0} ms", ns / 1e6),
        n if n >= 1e7 => format!("{:.1} ms", ns / 1e6),
        _ => format!("{:.2} ms", ns / 1e6),
    }
}

/// The table, a line a case; medians over the seeds.
pub(crate) fn table(first: u64, seeds: u64) -> Vec<String> {
    let head =
        format!("{:<36}{:>10}{:>10}{:>10}{:>10}{:>12}{:>6}", "case", "LS", "Huber", "hull", "ours", "band ±", "in it");
    let rows = CASES.par_iter().map(|case| {
        let runs: Vec<[f64; 6]> = (first..first + seeds).into_par_iter().map(|seed| one(case, seed)).collect();
        let m = |i: usize| median(runs.iter().map(|r| r[i]).collect());
        let covered = runs.iter().map(|r| r[5]).sum::<f64>() / runs.len() as f64;
        format!(
            "{:<36}{:>10}{:>10}{:>10}{:>10}{:>12}{covered:>6.2}",
            case.name,
            time(m(0)),
            time(m(1)),
            time(m(2)),
            time(m(3)),
            time(m(4))
        )
    });
    std::iter::once(head).chain(rows.collect::<Vec<_>>()).collect()
}

fn one(case: &Case, seed: u64) -> [f64; 6] {
    let made = make(case, seed);
    let straight = |line: Straight| p95(&made, &|t| line.0 + line.1 * t).0;
    let ls = straight(fit(&made.differences, &vec![1.0; made.differences.len()]));
    let (robust, raw) =
        (straight(huber(&made.differences, case.unit.0.max(case.unit.1))), straight(hull(&made.bounds)));
    let Some((line, jumps)) = steps::stab_with_steps(&made.bounds) else {
        return [ls, robust, raw, f64::NAN, f64::NAN, 0.0];
    };
    let (ours, errors) = p95(&made, &|t| line.at(t) + steps::total(&jumps, t));
    let inside = errors.iter().filter(|e| **e <= line.half_width).count();
    [ls, robust, raw, ours, line.half_width, inside as f64 / errors.len() as f64]
}
