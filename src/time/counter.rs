//! Years and days that stamps leave out, counted in file order.

use super::DAY;
use super::stamp::{YEAR_UNKNOWN, days};

/// Counts years (or days) of stamps that lack them, in file order.
#[derive(Clone, Debug, Default)]
pub struct Counter {
    previous: Option<i64>,
    turns: i32,
}

impl Counter {
    /// Years since the first record, for a stamp without a year. Going back by a season is a new year;
    /// a stamp of the last days of December right behind one of January was written late.
    pub fn years(&mut self, civil: i64) -> i32 {
        self.step(civil, 90 * DAY, 360 * DAY)
    }

    /// Days since the first record, for a stamp without a date.
    pub fn days(&mut self, civil: i64) -> i32 {
        self.step(civil, DAY / 2, DAY / 24 * 23)
    }

    fn step(&mut self, civil: i64, back: i64, late: i64) -> i32 {
        let Some(previous) = self.previous else {
            self.previous = Some(civil);
            return 0;
        };
        if civil < previous - back {
            self.turns += 1;
        } else if civil > previous + late && self.turns > 0 {
            return self.turns - 1;
        }
        self.previous = Some(civil);
        self.turns
    }
}

/// The civil time of a stamp kept in [`YEAR_UNKNOWN`], in `year`. 29 February of a common year is 1 March.
pub fn in_year(civil: i64, year: i32) -> i64 {
    let march = days(YEAR_UNKNOWN, 3, 1).unwrap_or(0);
    let month = if civil >= march * DAY { 3 } else { 1 };
    match (days(year, month, 1), days(YEAR_UNKNOWN, month, 1)) {
        (Some(there), Some(here)) => civil + (there - here) * DAY,
        _ => civil,
    }
}
