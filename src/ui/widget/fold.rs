//! The axis with long stretches without events folded away: time to drawn time and back, in whole nanoseconds.
//!
//! Drawn time runs as time does, but through a fold it runs faster. All that moves and zooms is linear in drawn time, so
//! that what is under the pointer stays there and nothing jumps while the view pans over a fold.

use crate::timeline::gaps::Gap;
use crate::ui::widget::time_axis::TimeRange;

/// A stretch of time that is drawn short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fold {
    /// The gap that it stands for.
    pub gap: Gap,
    /// Its begin in time; some room stays behind the event before it.
    pub start: i64,
    /// Its end in time.
    pub end: i64,
    /// Where it begins in drawn time.
    pub at: i64,
    /// How long it is drawn.
    pub width: i64,
}

/// All folds, by time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folds {
    list: Vec<Fold>,
}

impl Folds {
    /// Folds these gaps, each to `width` nanoseconds; they are in order and do not overlap.
    pub fn new(gaps: impl Iterator<Item = Gap>, width: u64) -> Self {
        let mut list = Vec::new();
        let mut removed: i128 = 0;
        for gap in gaps {
            let (width, room) = (i128::from(width), i128::from(width / 3));
            let (start, end) = (i128::from(gap.start) + room, i128::from(gap.end) - room);
            if end - start <= width || width == 0 {
                continue;
            }
            list.push(Fold {
                gap,
                start: clamped(start),
                end: clamped(end),
                at: clamped(start - removed),
                width: clamped(width),
            });
            removed += end - start - width;
        }
        Folds { list }
    }

    /// All folds.
    pub fn list(&self) -> &[Fold] {
        &self.list
    }

    /// Where a time stands in drawn time.
    pub fn drawn(&self, time: i64) -> i64 {
        let after = self.list.partition_point(|f| f.start <= time);
        let Some(f) = after.checked_sub(1).and_then(|i| self.list.get(i)) else { return time };
        let (at, width) = (i128::from(f.at), i128::from(f.width));
        if time >= f.end {
            return clamped(at + width + i128::from(time) - i128::from(f.end));
        }
        let (into, whole) = (i128::from(time) - i128::from(f.start), i128::from(f.end) - i128::from(f.start));
        clamped(at + into * width / whole.max(1))
    }

    /// The first time that stands at this place in drawn time.
    pub fn time(&self, drawn: i64) -> i64 {
        let after = self.list.partition_point(|f| f.at <= drawn);
        let Some(f) = after.checked_sub(1).and_then(|i| self.list.get(i)) else { return drawn };
        let into = i128::from(drawn) - i128::from(f.at);
        let width = i128::from(f.width);
        if into >= width {
            return clamped(i128::from(f.end) + into - width);
        }
        let whole = i128::from(f.end) - i128::from(f.start);
        // Rounded up, so that going there and back leads to the same place.
        clamped(i128::from(f.start) + (into * whole + width - 1) / width.max(1))
    }

    /// A stretch of time in drawn time.
    pub fn drawn_range(&self, range: TimeRange) -> TimeRange {
        if self.list.is_empty() {
            return range;
        }
        TimeRange::new(self.drawn(range.start), self.drawn(range.end))
    }

    /// Changes a stretch of time as it looks: by parts of what is drawn.
    #[must_use]
    pub fn moved(&self, range: TimeRange, change: impl Fn(TimeRange) -> TimeRange) -> TimeRange {
        if self.list.is_empty() {
            return change(range);
        }
        let drawn = self.drawn_range(range);
        let new = change(drawn);
        if new == drawn { range } else { TimeRange::new(self.time(new.start), self.time(new.end)) }
    }

    /// Where a time stands in what a range shows, 0 at its begin and 1 at its end.
    pub fn part(&self, range: TimeRange, time: i64) -> f64 {
        self.drawn_range(range).part(self.drawn(time))
    }
}

fn clamped(time: i128) -> i64 {
    time.clamp(i128::from(i64::MIN), i128::from(i64::MAX)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folds(lengths: &[(u32, u32)], width: u64) -> Folds {
        let mut at = 1_791_637_681_000_000_000_i64;
        let mut gaps = Vec::new();
        for &(busy, gap) in lengths {
            let start = at + i64::from(busy);
            at = start + i64::from(gap) * 1_000;
            gaps.push(Gap { start, end: at });
        }
        Folds::new(gaps.into_iter(), width)
    }

    #[test]
    fn time_keeps_its_order_and_is_found_again() {
        // Numbers without a pattern, the same in every run.
        let mut seed = 1_u64;
        let mut next = |most: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % most
        };
        for _ in 0..300 {
            let n = next(6);
            let lengths: Vec<(u32, u32)> =
                (0..n).map(|_| (1 + next(5_000_000) as u32, 1 + next(5_000_000) as u32)).collect();
            let folds = folds(&lengths, 1 + next(2_000_000));
            let mut times: Vec<i64> =
                (0..20).map(|_| 1_791_637_680_900_000_000 + next(40_000_000_000) as i64).collect();
            times.sort_unstable();
            let drawn: Vec<i64> = times.iter().map(|t| folds.drawn(*t)).collect();
            assert!(drawn.is_sorted());
            for (t, d) in times.iter().zip(&drawn) {
                let back = folds.time(*d);
                assert_eq!(folds.drawn(back), *d);
                let inside = folds.list().iter().any(|f| (f.start..f.end).contains(t));
                assert!(inside || back == *t, "{t} became {back}");
            }
        }
    }

    #[test]
    fn zooming_keeps_what_is_under_the_pointer_and_panning_comes_back() {
        let folds = folds(&[(10_000_000, 4_000_000), (20_000_000, 3_000_000)], 3_000_000);
        assert_eq!(folds.list().len(), 2);
        let range = TimeRange::new(1_791_637_681_000_000_000, 1_791_637_681_000_000_000 + 7_100_000_000);
        let under = |r: TimeRange, part: f64| folds.time(folds.drawn_range(r).at(part));
        let near = folds.moved(range, |r| r.zoomed(3.0, 0.3));
        assert!(under(near, 0.3).abs_diff(under(range, 0.3)) < 100);
        let mut far = near;
        for _ in 0..200 {
            far = folds.moved(folds.moved(far, |r| r.panned(0.013)), |r| r.panned(-0.013));
        }
        assert_eq!(folds.drawn_range(far), folds.drawn_range(near));
    }

    #[test]
    fn the_ends_of_time_do_no_harm() {
        let gap = Gap { start: i64::MIN, end: i64::MAX };
        let folds = Folds::new(std::iter::once(gap), 1_000_000);
        for time in [i64::MIN, -1, 0, 1, i64::MAX] {
            let drawn = folds.drawn(time);
            assert_eq!(folds.drawn(folds.time(drawn)), drawn);
        }
        assert_eq!(Folds::new(std::iter::once(Gap { start: 5, end: 6 }), 100).list(), []);
    }
}
