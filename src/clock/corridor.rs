//! One line through most of many intervals: the offset between two clocks over time.
//!
//! Every bracketed pair of records bounds the offset from both sides at its moment: an interval on a
//! vertical. Causes precede effects, so the true offset lies in every interval that is no accident; the
//! line that stabs most of them is the offset, its slope the drift (the one-sided vote of Marzullo's
//! algorithm, as NTP uses it, for lines). What the line may do without leaving any of the stabbed
//! intervals is the band.

/// Bounds on the offset at one moment, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// When, in nanoseconds from some origin.
    pub at: f64,
    /// The offset is at least this.
    pub low: f64,
    /// The offset is at most this.
    pub high: f64,
}

/// A line through most intervals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Offset at `middle`, in nanoseconds.
    pub offset: f64,
    /// How far the line may move up and down without leaving an interval it stabs, in nanoseconds.
    pub half_width: f64,
    /// Drift: nanoseconds per nanosecond.
    pub slope: f64,
    /// The moment `offset` holds at.
    pub middle: f64,
    /// How far the intervals reach before and after that, in nanoseconds.
    pub reach: f64,
    /// Intervals that the line stabs, and all.
    pub stabbed: (usize, usize),
}

impl Line {
    /// The offset at a moment.
    pub fn at(&self, t: f64) -> f64 {
        self.offset + self.slope * (t - self.middle)
    }

    /// Share of the intervals that the line stabs.
    pub fn share(&self) -> f64 {
        self.stabbed.0 as f64 / self.stabbed.1.max(1) as f64
    }
}

/// Slopes of the normal pass: ±100 ppm is a poor oscillator, ±500 ppm the most that NTP slews.
const NORMAL_SLOPE: f64 = 500e-6;
/// Most oscillators stay within this.
const USUAL_SLOPE: f64 = 100e-6;
/// Real captures of virtual machines drift by ±3,000 ppm; two of them drift apart by twice that. Tried when the normal
/// pass leaves many intervals out.
const WIDEST_SLOPE: f64 = 6_500e-6;
/// Around a slope that the intervals' middles suggest, this much is searched.
const AROUND: f64 = 60e-6;
/// So many intervals tell the slope of most of them.
const SLOPE_SAMPLE: usize = 96;
/// More intervals than this are thinned evenly: the vote does not need them.
const MOST: usize = 4_000;

/// The line that stabs most intervals; `None` when there are none.
pub fn stab(bounds: &[Bound]) -> Option<Line> {
    stab_within(bounds, WIDEST_SLOPE)
}

/// As [`stab`], for clocks that drift no more than oscillators do.
pub(super) fn stab_steady(bounds: &[Bound]) -> Option<Line> {
    stab_within(bounds, NORMAL_SLOPE)
}

fn stab_within(bounds: &[Bound], widest: f64) -> Option<Line> {
    let stride = bounds.len().div_ceil(MOST).max(1);
    let bounds: Vec<Bound> = bounds.iter().copied().step_by(stride).collect();
    let (first, last) = bounds.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(x.at), b.max(x.at)));
    let middle = (first + last) / 2.0;
    let flat = vote(&bounds, middle, 0.0)?;
    let span = last - first;
    if bounds.len() < 8 || span < 1e9 {
        return Some(flat);
    }
    let normal = steeper(flat, search(&bounds, middle, (0.0, NORMAL_SLOPE), NORMAL_SLOPE, flat));
    let best = if normal.share() < 0.98 && widest > NORMAL_SLOPE {
        let wide = search(&bounds, middle, (0.0, widest), widest, normal);
        // The grid is too coarse for narrow intervals that drift far; their middles tell where to look.
        let guess = usual_slope(&bounds).clamp(-widest, widest);
        steeper(normal, search(&bounds, middle, (guess, AROUND), widest, wide))
    } else {
        normal
    };
    Some(centered(&bounds, best, span))
}

/// The level line through most intervals.
pub(super) fn flat(bounds: &[Bound], middle: f64) -> Option<Line> {
    vote(bounds, middle, 0.0)
}

/// The line in the middle of all that are as good as the best, and the band that holds them over the whole span.
///
/// Loose intervals let a line turn as well as move; where it turns least is in the middle, most at both ends.
fn centered(bounds: &[Bound], best: Line, span: f64) -> Line {
    let enough = best.stabbed.0.saturating_sub((2.0 * ((best.stabbed.1 - best.stabbed.0) as f64).sqrt()) as usize);
    let as_good = |slope: f64| vote(bounds, best.middle, slope).filter(|line| line.stabbed.0 >= enough);
    // A clock drifts little; more is only believed where less does not fit.
    let most = if best.slope.abs() <= NORMAL_SLOPE { NORMAL_SLOPE } else { WIDEST_SLOPE };
    let (falling, rising) = (farthest(&as_good, best, -most), farthest(&as_good, best, most));
    let (least, greatest) = (falling.slope.max(-USUAL_SLOPE), rising.slope.min(USUAL_SLOPE));
    let slope = match (falling.slope > USUAL_SLOPE, rising.slope < -USUAL_SLOPE) {
        (true, _) => falling.slope,
        (_, true) => rising.slope,
        _ => (least + greatest) / 2.0,
    };
    let Some(center) = as_good(slope) else { return best };
    let away = |line: &Line| {
        let turned = (line.slope - center.slope).abs() * span / 2.0;
        (line.offset - center.offset).abs() + turned + line.half_width
    };
    let widest = [falling, best, rising].iter().map(away).fold(center.half_width, f64::max);
    Line { half_width: widest, ..center }
}

/// The line as good as the best whose slope is farthest towards `most`.
fn farthest(as_good: &impl Fn(f64) -> Option<Line>, best: Line, most: f64) -> Line {
    let (mut found, mut reach) = (best, most - best.slope);
    for _ in 0..10 {
        if let Some(line) = as_good(found.slope + reach) {
            found = line;
        }
        reach /= 2.0;
    }
    found
}

/// Drift must earn its place: a steeper line counts only if it stabs clearly more intervals.
fn steeper(plain: Line, steep: Line) -> Line {
    let gain = steep.stabbed.0.saturating_sub(plain.stabbed.0);
    if gain >= 3 && gain * 33 >= plain.stabbed.1 { steep } else { plain }
}

/// Tries slopes on ever finer grids around the best so far.
fn search(bounds: &[Bound], middle: f64, (mut center, mut reach): (f64, f64), widest: f64, start: Line) -> Line {
    let mut best = start;
    for _ in 0..6 {
        for step in -8..=8 {
            let slope = (center + reach * f64::from(step) / 8.0).clamp(-widest, widest);
            let Some(line) = vote(bounds, middle, slope) else { continue };
            let more = line.stabbed.0 > best.stabbed.0;
            let wider = line.stabbed.0 == best.stabbed.0 && line.half_width > best.half_width * 1.02;
            if more || wider {
                best = line;
            }
        }
        if (best.slope - center).abs() <= reach {
            center = best.slope;
        }
        reach /= 6.0;
    }
    best
}

/// The median of the slopes between the middles of intervals (Theil and Sen's estimate); 0 when there are few.
fn usual_slope(bounds: &[Bound]) -> f64 {
    let finite: Vec<&Bound> = bounds.iter().filter(|b| b.high - b.low < 1e17).collect();
    let stride = finite.len().div_ceil(SLOPE_SAMPLE).max(1);
    let sample: Vec<(f64, f64)> = finite.iter().step_by(stride).map(|b| (b.at, (b.low + b.high) / 2.0)).collect();
    let pairs = sample.iter().enumerate().flat_map(|(i, a)| sample.iter().skip(i + 1).map(move |b| (a, b)));
    let apart = pairs.filter(|(a, b)| (b.0 - a.0).abs() >= 1e9);
    let mut slopes: Vec<f64> = apart.map(|(a, b)| (b.1 - a.1) / (b.0 - a.0)).collect();
    slopes.sort_by(f64::total_cmp);
    slopes.get(slopes.len() / 2).copied().unwrap_or(0.0)
}

/// Slides a line of one slope up and down: where it stabs most intervals, and how much room it has there.
///
/// The room is that of all places that stab nearly as many: with `m` intervals left out at best, a place
/// that leaves out two standard deviations of `m` more is as good (the level set of the vote).
fn vote(bounds: &[Bound], middle: f64, slope: f64) -> Option<Line> {
    let mut edges: Vec<(f64, bool)> = Vec::with_capacity(bounds.len() * 2);
    for b in bounds {
        let drift = slope * (b.at - middle);
        edges.push((b.low - drift, false));
        edges.push((b.high - drift, true));
    }
    edges.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut open = 0usize;
    let counts: Vec<usize> = edges
        .iter()
        .map(|(_, closes)| {
            open = if *closes { open.saturating_sub(1) } else { open + 1 };
            open
        })
        .collect();
    let most = counts.iter().copied().max().filter(|m| *m > 0)?;
    let best = counts.iter().position(|c| *c == most)?;
    let missed = bounds.len() - most;
    let enough = most.saturating_sub((2.0 * (missed as f64).sqrt()) as usize).max(1);
    let first = (0..best).rev().take_while(|i| counts.get(*i).is_some_and(|c| *c >= enough)).last().unwrap_or(best);
    let last = (best..counts.len()).find(|i| counts.get(*i).is_none_or(|c| *c < enough)).unwrap_or(counts.len() - 1);
    let (low, high) = (edges.get(first)?.0, edges.get(last)?.0);
    Some(Line {
        offset: (low + high) / 2.0,
        half_width: (high - low) / 2.0,
        slope,
        middle,
        reach: bounds.iter().map(|b| (b.at - middle).abs()).fold(0.0, f64::max),
        stabbed: (most, bounds.len()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Intervals around a line, as delays would make them: `n` over `seconds`, some of them wrong.
    fn made(n: u64, seconds: f64, offset: f64, ppm: f64, wrong: u64) -> Vec<Bound> {
        let mut x = 42u64;
        let mut random = move || {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (x >> 11) as f64 / (1u64 << 53) as f64
        };
        (0..n)
            .map(|i| {
                let at = seconds * 1e9 * i as f64 / n as f64;
                let truth = offset + ppm * 1e-6 * (at - seconds * 5e8);
                let shift = if i % 100 < wrong { (random() - 0.5) * 20e9 } else { 0.0 };
                let delay = |r: f64| 0.2e6 - 2e6 * (1.0 - r).max(1e-9).ln();
                Bound { at, low: truth + shift - delay(random()), high: truth + shift + delay(random()) }
            })
            .collect()
    }

    fn check(bounds: &[Bound], offset: f64, ppm: f64, within_ms: f64) {
        let line = stab(bounds).unwrap();
        assert!((line.offset - offset).abs() <= within_ms * 1e6, "{line:?}");
        assert!((line.offset - offset).abs() <= line.half_width + 0.1e6, "the band holds the truth: {line:?}");
        assert!((line.slope * 1e6 - ppm).abs() < 30.0, "{line:?}");
    }

    #[test]
    fn offset_and_drift_are_found_among_wrong_pairs() {
        check(&made(400, 60.0, -37e9, 0.0, 0), -37e9, 0.0, 0.5);
        check(&made(400, 60.0, -37e9, 0.0, 20), -37e9, 0.0, 0.5);
        check(&made(400, 100.0, 4.2e9, 2000.0, 10), 4.2e9, 2000.0, 1.0);
        check(&made(2000, 3600.0, 0.5e9, -30.0, 10), 0.5e9, -30.0, 0.5);
    }

    #[test]
    fn few_intervals_give_a_wide_band_and_none_no_line() {
        assert_eq!(stab(&[]), None);
        let line = stab(&[Bound { at: 0.0, low: 1.0, high: 5.0 }, Bound { at: 1.0, low: 2.0, high: 9.0 }]).unwrap();
        assert_eq!((line.offset, line.half_width, line.stabbed), (3.5, 1.5, (2, 2)));
    }
}
