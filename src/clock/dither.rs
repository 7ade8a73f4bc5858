//! The offset between two clocks when both write whole seconds.
//!
//! No corridor gets narrower than a second then. But where within a second things happen is chance, so the mean of
//! many differences of truncated stamps is the offset (as dither does for a coarse converter): each stamp lies on
//! average half a second before what it stands for, on either side.

use super::corridor::{Bound, Line};

/// Fewer differences than this have no mean worth having.
const FEWEST: usize = 30;
/// Clocks drift about so much; what few coarse differences say beyond it is chance.
const USUAL_SLOPE: f64 = 50e-6;
/// Differences farther from the rest than this many times their own width are accidents.
const GATE: f64 = 1.5;
/// The mean is off by up to so many standard errors.
const ERRORS: f64 = 3.0;

/// The line through the middles of coarse bounds, within what the corridor around `line` leaves open.
///
/// `unit` is what truncation alone opens each bound by, in nanoseconds: the sum of both resolutions.
pub fn refine(line: Line, bounds: &[Bound], unit: f64) -> Line {
    let finite: Vec<Bound> = bounds.iter().copied().filter(|b| b.high - b.low < 4.0 * unit).collect();
    let mut best = line;
    for _ in 0..3 {
        let near = |b: &&Bound| (middle(b) - best.at(b.at)).abs() <= GATE * (b.high - b.low) / 2.0;
        let rows: Vec<Bound> = finite.iter().filter(near).copied().collect();
        if rows.len() < FEWEST {
            return line;
        }
        best = mean(&best, &rows, unit);
    }
    let off = (best.offset - line.offset).clamp(-line.half_width, line.half_width);
    Line { offset: line.offset + off, half_width: best.half_width.min(line.half_width), ..best }
}

fn middle(b: &Bound) -> f64 {
    (b.low + b.high) / 2.0
}

/// The mean line of residuals: level, and tilted as far as there are enough of them to tell.
fn mean(line: &Line, rows: &[Bound], unit: f64) -> Line {
    let n = rows.len() as f64;
    let moment = rows.iter().map(|b| b.at).sum::<f64>() / n;
    let residual = |b: &Bound| middle(b) - line.at(b.at);
    let level = rows.iter().map(residual).sum::<f64>() / n;
    let variance = rows.iter().map(|b| (residual(b) - level).powi(2)).sum::<f64>() / n;
    let spread: f64 = rows.iter().map(|b| (b.at - moment).powi(2)).sum();
    let tilt = rows.iter().map(|b| (b.at - moment) * residual(b)).sum::<f64>() / spread.max(1.0);
    // Between what the differences say and that clocks hardly drift, by how sure each is.
    let unsure = variance / spread.max(1.0);
    let believed = tilt * USUAL_SLOPE.powi(2) / (USUAL_SLOPE.powi(2) + unsure).max(f64::MIN_POSITIVE);
    let slope = line.slope + believed;
    let left = unsure.sqrt().min(USUAL_SLOPE) * line.reach;
    // What two records take between them hides an asymmetry of half as much.
    let delay = rows.iter().map(|b| (b.high - b.low - unit).max(0.0)).sum::<f64>() / n / 2.0;
    let half_width = ERRORS * ((variance / n).sqrt() + left) + delay + unit / 200.0;
    Line { offset: line.offset + level + believed * (line.middle - moment), half_width, slope, ..*line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::corridor::stab;

    #[test]
    fn whole_seconds_give_an_offset_much_finer_than_a_second() {
        let mut x = 7u64;
        let mut random = move || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (x >> 11) as f64 / (1u64 << 53) as f64
        };
        for truth in [0.31e9, -12.75e9, 5.02e9] {
            let cut = |t: f64| (t / 1e9).floor() * 1e9;
            let bounds: Vec<Bound> = (0..400)
                .map(|i| {
                    let t = f64::from(i) * 1.5e9 + random() * 1e9;
                    let wrong = if i % 10 == 0 { (random() - 0.5) * 120e9 } else { 0.0 };
                    let (before, inside, after) = (cut(t), cut(t + 2e6 + truth + wrong), cut(t + 4e6));
                    Bound { at: before, low: inside - after - 1e9, high: inside - before + 1e9 }
                })
                .collect();
            let line = refine(stab(&bounds).unwrap(), &bounds, 2e9);
            assert!((line.offset - truth).abs() < 0.08e9, "{truth} {line:?}");
            assert!((line.offset - truth).abs() < line.half_width && line.half_width < 0.2e9, "{line:?}");
        }
    }
}
