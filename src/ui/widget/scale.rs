//! Where time stands on the screen, and the columns that bars stand in; both know the folds of the axis.
//!
//! Columns begin at fixed multiples of their width in drawn time, so that they move as one while the view pans and never
//! flicker; their width is a power of two of nanoseconds, a few points on the screen.

use egui::Rect;

use crate::timeline::density::{Counts, LaneDensity};
use crate::ui::widget::fold::Folds;
use crate::ui::widget::time_axis::TimeRange;

/// A bar is at least this wide, in points; at most twice that.
const BAR: f64 = 4.0;

/// The columns that bars of one zoom stand in, in drawn time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    /// Begin of the first column, a multiple of `width` as far as there are such.
    pub start: i64,
    /// Length of a column in nanoseconds, a power of two.
    pub width: u64,
    /// Number of columns.
    pub n: usize,
}

impl Grid {
    /// The columns for `drawn` on `points`.
    pub fn of(drawn: TimeRange, points: f32) -> Grid {
        let least = (drawn.span() / f64::from(points.max(1.0)) * BAR).max(1.0);
        let width = 1_u64 << (least.log2().ceil() as u32).min(62);
        let first = i128::from(drawn.start).div_euclid(i128::from(width)) * i128::from(width);
        let start = i64::try_from(first).unwrap_or(i64::MIN);
        let n = ((i128::from(drawn.end) - i128::from(start)) / i128::from(width)) as usize + 1;
        Grid { start, width, n: n.min(8_192) }
    }

    /// Begin of column `i` in drawn time.
    pub fn edge(&self, i: usize) -> i64 {
        i64::try_from(i128::from(self.start) + i128::from(self.width) * i as i128).unwrap_or(i64::MAX)
    }
}

/// Where time stands on the screen.
#[derive(Clone, Copy, Debug)]
pub struct TimeScale<'a> {
    /// What is shown.
    pub range: TimeRange,
    /// Where it is shown.
    pub rect: Rect,
    /// What is folded away.
    pub folds: &'a Folds,
    drawn: TimeRange,
}

impl<'a> TimeScale<'a> {
    /// Shows `range` in `rect`.
    pub fn new(range: TimeRange, rect: Rect, folds: &'a Folds) -> Self {
        TimeScale { range, rect, folds, drawn: folds.drawn_range(range) }
    }

    /// What is shown, in drawn time.
    pub fn drawn(&self) -> TimeRange {
        self.drawn
    }

    /// Where `time` stands.
    pub fn x(&self, time: i64) -> f32 {
        self.x_drawn(self.folds.drawn(time))
    }

    /// Where a drawn time stands.
    pub fn x_drawn(&self, drawn: i64) -> f32 {
        (f64::from(self.rect.left()) + self.drawn.part(drawn) * f64::from(self.rect.width())) as f32
    }

    /// The drawn time at `x`.
    pub fn drawn_at(&self, x: f32) -> i64 {
        self.drawn.at(f64::from((x - self.rect.left()) / self.rect.width().max(1.0)))
    }

    /// The time at `x`.
    pub fn time(&self, x: f32) -> i64 {
        self.folds.time(self.drawn_at(x))
    }

    /// Nanoseconds of a point, outside of folds.
    pub fn per_point(&self) -> f64 {
        self.drawn.span() / f64::from(self.rect.width().max(1.0))
    }

    /// The columns for this.
    pub fn grid(&self) -> Grid {
        Grid::of(self.drawn, self.rect.width())
    }

    /// When column `i` begins.
    pub fn edge(&self, grid: Grid, i: usize) -> i64 {
        self.folds.time(grid.edge(i))
    }

    /// The counts of a lane in the columns of a grid.
    pub fn bars(&self, lane: &LaneDensity, grid: Grid) -> Vec<Counts> {
        lane.columns((0..=grid.n).map(|i| self.edge(grid, i)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::gaps::Gap;
    use egui::{pos2, vec2};

    #[test]
    fn columns_stay_where_they_are_while_panning() {
        let range = TimeRange::new(1_791_637_681_493_000_000, 1_791_637_741_493_000_000);
        let a = Grid::of(range, 900.0);
        let b = Grid::of(range.panned(0.013), 900.0);
        assert_eq!(a.width, b.width);
        assert_eq!((b.start - a.start) % i64::try_from(a.width).unwrap(), 0);
        let points = a.width as f64 / range.span() * 900.0;
        assert!((BAR..BAR * 2.0).contains(&points), "{points}");
        assert!(a.n as f64 * points >= 900.0 && a.n < 240);
    }

    #[test]
    fn the_longest_range_has_columns_too() {
        let grid = Grid::of(TimeRange::new(i64::MIN, i64::MAX), 900.0);
        assert!(grid.n >= 1 && grid.n <= 8_192);
    }

    #[test]
    fn time_and_place_are_inverse() {
        let base = 1_791_637_681_000_000_000_i64;
        let rect = Rect::from_min_size(pos2(100.0, 0.0), vec2(900.0, 50.0));
        for (start, span, at, len, width) in [
            (0_i64, 1_000_000_i64, 500_i64, 1_000_i64, 10_u64),
            (0, 90_000_000_000, 1_000_000_000, 80_000_000_000, 300_000_000),
            (700_000_000, 2_000_000, 1_000_000_000, 80_000_000_000, 300_000_000),
            (0, 100_000, 200_000_000, 500_000, 1_000),
        ] {
            let folds = Folds::new(std::iter::once(Gap { start: base + at, end: base + at + len }), width);
            let scale = TimeScale::new(TimeRange::new(base + start, base + start + span), rect, &folds);
            let per_nano = 900.0 / scale.drawn().span() as f32;
            for i in 0..=900_u16 {
                let x = 100.0 + f32::from(i);
                assert!((scale.x(scale.time(x)) - x).abs() < 0.02 + per_nano, "{x}");
                assert!(scale.time(x) <= scale.time(x + 1.0));
            }
        }
    }
}
