//! Steps of a clock: moments at which the offset between two hosts jumped.
//!
//! Where one line leaves out many intervals, time is cut into bins; each bin votes for itself, and the cut is sought
//! that lets two lines stab clearly more bins than one (greedy stabbing, one cut after the other). A step must be
//! larger than what both lines leave open, and stab clearly more of the intervals themselves.

use super::corridor::{Bound, Line, flat, stab, stab_steady};

/// A jump of an offset.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// When, in nanoseconds from the origin of the bounds.
    pub at: f64,
    /// By how much, in nanoseconds: positive when the offset grew.
    pub size: f64,
}

/// Intervals in a bin, about.
const PER_BIN: usize = 24;
/// Bins, at most.
const MOST_BINS: usize = 48;
/// Bins on either side of a step, at least.
const FEWEST_BINS: usize = 3;
/// A line that stabs this share of the intervals needs no step.
const GOOD_SHARE: f64 = 0.97;
/// A step is believed when it explains this share of the intervals.
const EXPLAINED: f64 = 0.05;
/// Slope and sizes are settled in so many rounds.
const SHARPENED: usize = 3;
/// Steps are sought so often within each other.
const DEPTH: usize = 3;

/// The line through most intervals, and the steps without which it would leave many out.
pub fn stab_with_steps(bounds: &[Bound]) -> Option<(Line, Vec<Step>)> {
    let steady = stab_steady(bounds)?;
    if steady.share() >= GOOD_SHARE {
        return Some((steady, Vec::new()));
    }
    let plain = stab(bounds)?;
    let jumping = (bounds.len() >= 2 * FEWEST_BINS * PER_BIN).then(|| with_steps(bounds, stab_steady)).flatten();
    // A jump looks like a steep drift to intervals as wide as it; oscillators do not drift so, but clocks are set.
    if let Some((line, steps)) = jumping.filter(|(line, _)| line.stabbed.0 >= plain.stabbed.0) {
        let explained = line.stabbed.0 as f64 - steady.stabbed.0 as f64;
        if explained >= EXPLAINED * bounds.len() as f64 {
            return Some((line, steps));
        }
    }
    if plain.share() >= GOOD_SHARE || bounds.len() < 2 * FEWEST_BINS * PER_BIN {
        return Some((plain, Vec::new()));
    }
    // What a step explains must be more than what chance explains.
    let enough = |line: &Line| line.stabbed.0 as f64 - plain.stabbed.0 as f64 >= EXPLAINED * bounds.len() as f64;
    Some(with_steps(bounds, stab).filter(|(line, _)| enough(line)).unwrap_or((plain, Vec::new())))
}

/// The line through most intervals and its steps; `None` when no step is found. `stab` draws lines.
fn with_steps(bounds: &[Bound], stab: fn(&[Bound]) -> Option<Line>) -> Option<(Line, Vec<Step>)> {
    let mut sorted = bounds.to_vec();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut steps = Vec::new();
    cut(&bins(&sorted), stab, DEPTH, &mut steps);
    steps.sort_by(|a: &Step, b| a.at.total_cmp(&b.at));
    if steps.is_empty() {
        return None;
    }
    // Sharper sizes give a sharper slope, and that sharper sizes.
    let mut best = None;
    for _ in 0..SHARPENED {
        let level: Vec<Bound> = sorted.iter().map(|b| moved(b, -total(&steps, b.at))).collect();
        let (line, sized) = leveled(&sorted, stab(&level)?, steps);
        steps = sized.clone();
        best = Some((line, sized));
    }
    best
}

/// Every stretch between two steps votes for its own level along the common slope: steps are as sharp as those.
fn leveled(sorted: &[Bound], line: Line, mut steps: Vec<Step>) -> (Line, Vec<Step>) {
    let mut rest = sorted;
    let mut levels: Vec<Line> = Vec::new();
    for end in steps.iter().map(|s| s.at).chain([f64::INFINITY]) {
        let (stretch, later) = rest.split_at(rest.partition_point(|b| b.at < end));
        rest = later;
        let turned: Vec<Bound> = stretch.iter().map(|b| moved(b, -line.slope * (b.at - line.middle))).collect();
        let Some(level) = flat(&turned, line.middle) else { return (line, steps) };
        levels.push(level);
    }
    for (step, pair) in steps.iter_mut().zip(levels.windows(2)) {
        if let [before, after] = pair {
            step.size = after.offset - before.offset;
        }
    }
    let offset = levels.first().map_or(line.offset, |l| l.offset);
    let half_width = levels.iter().map(|l| l.half_width).fold(line.half_width, f64::max);
    (Line { offset, half_width, ..line }, steps)
}

/// What all steps until a moment add up to, in nanoseconds.
pub fn total(steps: &[Step], at: f64) -> f64 {
    steps.iter().take_while(|s| s.at <= at).map(|s| s.size).sum()
}

fn moved(b: &Bound, by: f64) -> Bound {
    Bound { at: b.at, low: b.low + by, high: b.high + by }
}

/// A stretch of time: what most of its intervals agree on, and the intervals.
struct Bin<'a> {
    agreed: Bound,
    rows: &'a [Bound],
}

fn bins(sorted: &[Bound]) -> Vec<Bin<'_>> {
    let size = sorted.len().div_ceil((sorted.len() / PER_BIN).clamp(1, MOST_BINS)).max(1);
    let bin = |rows: &'_ [Bound]| {
        let (first, last) = (rows.first()?.at, rows.last()?.at);
        let line = flat(rows, (first + last) / 2.0)?;
        Some(Bound { at: line.middle, low: line.offset - line.half_width, high: line.offset + line.half_width })
    };
    sorted.chunks(size).filter_map(|rows| bin(rows).map(|agreed| Bin { agreed, rows })).collect()
}

/// Finds the cut that explains most, then those within either part.
fn cut(bins: &[Bin<'_>], stab: fn(&[Bound]) -> Option<Line>, depth: usize, steps: &mut Vec<Step>) {
    let line = |bins: &[Bin<'_>]| stab(&bins.iter().map(|b| b.agreed).collect::<Vec<_>>());
    let Some(whole) = line(bins).filter(|_| depth > 0 && bins.len() >= 2 * FEWEST_BINS) else { return };
    let mut best: Option<(usize, usize, Line, Line)> = None;
    for at in FEWEST_BINS..=bins.len() - FEWEST_BINS {
        let (left, right) = bins.split_at(at);
        let (Some(before), Some(after)) = (line(left), line(right)) else { continue };
        let stabbed = before.stabbed.0 + after.stabbed.0;
        if best.is_none_or(|(most, ..)| stabbed > most) {
            best = Some((stabbed, at, before, after));
        }
    }
    let Some((stabbed, at, before, after)) = best else { return };
    let gain = stabbed.saturating_sub(whole.stabbed.0);
    if gain < FEWEST_BINS.max(bins.len() / 8) {
        return;
    }
    let (left, right) = bins.split_at(at);
    let moment = locate(left, right, &before, &after);
    let size = after.at(moment) - before.at(moment);
    if size.abs() > before.half_width + after.half_width {
        steps.push(Step { at: moment, size });
        cut(left, stab, depth - 1, steps);
        cut(right, stab, depth - 1, steps);
    }
}

/// The moment that leaves most intervals on their own side: sought in the bins beside the cut.
fn locate(left: &[Bin<'_>], right: &[Bin<'_>], before: &Line, after: &Line) -> f64 {
    let rows: Vec<&Bound> = left.last().into_iter().chain(right.first()).flat_map(|b| b.rows).collect();
    let fits = |line: &Line, b: &Bound| i64::from(b.low <= line.at(b.at) && line.at(b.at) <= b.high);
    // Score of a cut before row i: rows before it that fit the first line, and the others that fit the second.
    let mut score: i64 = rows.iter().map(|b| fits(after, b)).sum();
    let mut best = (score, rows.first().map_or(0.0, |b| b.at));
    for pair in rows.windows(2) {
        let [b, next] = pair else { continue };
        score += fits(before, b) - fits(after, b);
        if score > best.0 {
            best = (score, (b.at + next.at) / 2.0);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Intervals around an offset that jumps by `size` half way; one in ten is wrong.
    fn made(size: f64) -> Vec<Bound> {
        let mut x = 42u64;
        let mut random = move || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (x >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..1_000u32)
            .map(|i| {
                let at = f64::from(i) * 3.6e9;
                let wrong = if i % 10 == 3 { (random() - 0.5) * 60e9 } else { 0.0 };
                let truth = 4e9 + 30e-6 * at + if i < 500 { 0.0 } else { size } + wrong;
                let mut delay = || 0.3e6 - 3e6 * (1.0 - random()).max(1e-9).ln();
                Bound { at, low: truth - delay(), high: truth + delay() }
            })
            .collect()
    }

    #[test]
    fn a_step_is_found_with_its_size_and_moment() {
        for size in [0.8e9, 50e6, -5e9] {
            let (line, steps) = stab_with_steps(&made(size)).unwrap();
            assert_eq!(steps.len(), 1, "{steps:?}");
            assert!((steps[0].size - size).abs() < 0.4e6, "{steps:?}");
            assert!((steps[0].at - 500.0 * 3.6e9).abs() <= 2.0 * 3.6e9, "{steps:?}");
            assert!((line.offset - 4e9 - 30e-6 * line.middle).abs() < 0.4e6, "{line:?}");
        }
    }

    #[test]
    fn a_steady_clock_has_no_step() {
        let (_, steps) = stab_with_steps(&made(0.0)).unwrap();
        assert!(steps.is_empty(), "{steps:?}");
    }
}
