//! Moments said twice: by a record's own stamp, which leaves something out, and by something that leaves out nothing.
//!
//! Their differences are whole quarters of an hour when both mean the same moment, and any number otherwise. A moment
//! that is not the record's own falls near a given quarter by chance once in ten thousand times, so three that agree on
//! one of some forty offsets in force on earth are a proof among a thousand such numbers; among more, more must agree.

use super::SECOND;
use super::infer::{in_year_counted, year_of};
use super::stamp::YEAR_UNKNOWN;
use super::zone::Zone;

const QUARTER: i64 = 900 * SECOND;
/// Both are written within this.
const TOLERANCE: i64 = 5 * SECOND;
/// How far the clocks of two hosts may be apart, when all moments show the same.
const SKEW: i64 = 120 * SECOND;

/// What such moments prove.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    /// Year of the source's first record.
    pub(crate) year: i32,
    /// The zone.
    pub(crate) zone: Zone,
    /// Moments that agree.
    pub(crate) agree: usize,
}

/// A civil time with the year counted on from [`YEAR_UNKNOWN`] (when the year is open), and the instant.
pub(super) type Pair = (i64, i64);

/// A pair by the year that makes it one moment: that year, the difference (civil minus instant), the instant.
type Vote = (i32, i64, i64);

/// What moments that one host says twice prove.
pub(super) fn of_one_clock(pairs: &[Pair], year_open: bool) -> Option<Verdict> {
    let votes = votes(pairs, year_open);
    let enough = 3 + votes.len() / 1000;
    let near: Vec<(Vote, i32)> = votes.iter().filter_map(|v| Some((*v, quarter(v.1, TOLERANCE)?))).collect();
    judge(&near, enough)
}

/// What texts that two hosts write prove. Their clocks may differ by some seconds, as long as all texts show the same;
/// and as what happens on two hosts in one second is easily one thing, it must be seen in several minutes.
pub(super) fn of_two_clocks(pairs: &[Pair], year_open: bool) -> Option<Verdict> {
    let mut votes: Vec<Vote> = votes(pairs, year_open);
    // What begins with a minute is what a timetable began, on every host by its own clock.
    votes.retain(|(_, difference, utc)| (utc + difference).rem_euclid(60 * SECOND) > TOLERANCE);
    votes.sort_unstable_by_key(|v| v.1);
    let within = |from: usize, v: &Vote| votes.get(from).is_some_and(|f| v.1 - f.1 <= 4 * SECOND);
    let mut best = 0..0;
    let mut from = 0;
    for (i, v) in votes.iter().enumerate() {
        while !within(from, v) {
            from += 1;
        }
        if i + 1 - from > best.len() {
            best = from..i + 1;
        }
    }
    let cluster = votes.get(best)?;
    let east = quarter(cluster.get(cluster.len() / 2)?.1, SKEW)?;
    let mut minutes: Vec<i64> = cluster.iter().map(|v| v.2.div_euclid(60 * SECOND)).collect();
    minutes.sort_unstable();
    minutes.dedup();
    if minutes.len() < 3 || cluster.len() * 2 <= votes.len() {
        return None;
    }
    let near: Vec<(Vote, i32)> = cluster.iter().map(|v| (*v, east)).collect();
    judge(&near, 5)
}

fn judge(near: &[(Vote, i32)], enough: usize) -> Option<Verdict> {
    let mut by_offset: std::collections::BTreeMap<i32, Vec<Vote>> = std::collections::BTreeMap::new();
    for (vote, east) in near {
        by_offset.entry(*east).or_default().push(*vote);
    }
    let (east, strongest) = by_offset.iter().max_by_key(|(east, votes)| (votes.len(), std::cmp::Reverse(**east)))?;
    let years: Vec<i32> = strongest.iter().map(|v| v.0).collect();
    let year = super::infer::most(&years)?;
    let mut stated: Vec<(i64, i32)> = strongest.iter().map(|v| (v.2, *east)).collect();
    // Beside what most of them say, a second offset counts when a zone changes from one to the other in between.
    let second = by_offset.iter().filter(|(other, _)| *other != east).find_map(|(other, votes)| {
        let mut both: Vec<(i64, i32)> = stated.iter().copied().chain(votes.iter().map(|v| (v.2, *other))).collect();
        both.sort_unstable();
        super::local::stated_zone(&both).map(|zone| (zone, both))
    });
    let mut zone = Zone::Fixed(*east);
    if let Some((named, both)) = second {
        (zone, stated) = (named, both);
    }
    let agree = stated.len();
    (strongest.len() >= enough && agree * 3 >= near.len() * 2).then_some(Verdict { year, zone, agree })
}

/// The pairs that may be one moment; of several that state one instant the first.
fn votes(pairs: &[Pair], year_open: bool) -> Vec<Vote> {
    let vote = |&(civil, utc): &Pair| {
        let fits = |difference: i64| (-13 * 3600..=15 * 3600).contains(&difference.div_euclid(SECOND));
        if !year_open {
            return Some((year_of(civil), civil - utc, utc)).filter(|v| fits(v.1));
        }
        let first = year_of(utc) - (year_of(civil) - YEAR_UNKNOWN);
        (first - 1..=first + 1).map(|y| (y, in_year_counted(civil, y) - utc, utc)).find(|v| fits(v.1))
    };
    let mut votes: Vec<Vote> = pairs.iter().filter_map(vote).collect();
    votes.sort_unstable_by_key(|v| v.2);
    votes.dedup_by_key(|v| v.2.div_euclid(SECOND));
    votes
}

/// The offset in force somewhere that a difference is within `tolerance` of, in seconds east of UTC.
fn quarter(difference: i64, tolerance: i64) -> Option<i32> {
    let quarters = (difference + QUARTER / 2).div_euclid(QUARTER);
    let east = i32::try_from(quarters * 900).ok()?;
    let near = (difference - quarters * QUARTER).abs() <= tolerance;
    (near && super::local::real_offsets().any(|real| real == east)).then_some(east)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::DAY;
    use crate::time::stamp::days;

    const T: i64 = 1_433_120_179 * SECOND;

    #[test]
    fn three_moments_that_agree_prove_year_and_zone_among_numbers_that_are_none() {
        let back = (days(2015, 6, 1).unwrap() - days(YEAR_UNKNOWN, 6, 1).unwrap()) * DAY;
        let civil = |utc: i64| utc + 7200 * SECOND - back;
        let mut pairs: Vec<Pair> = (0..3).map(|i| T + i * 917 * SECOND).map(|t| (civil(t), t)).collect();
        assert_eq!(of_one_clock(&pairs[..2], true), None, "two may be chance");
        let want = Verdict { year: 2015, zone: Zone::Fixed(7200), agree: 3 };
        assert_eq!(of_one_clock(&pairs, true), Some(want.clone()));
        // Sizes, serial numbers and moments long ago.
        pairs.extend((0..40).map(|i| (civil(T + i * 61 * SECOND), (1_100_000_000 + i * 20_000_003) * SECOND)));
        assert_eq!(of_one_clock(&pairs, true), Some(want));
        // One moment that is said many times is one.
        let again: Vec<Pair> = (0..9).map(|i| (civil(T + i * SECOND / 9), T)).collect();
        assert_eq!(of_one_clock(&again, true), None);
    }

    #[test]
    fn clocks_that_differ_are_seen_through_and_timetables_prove_nothing() {
        let pairs: Vec<Pair> = (0..6i64).map(|i| T + i * 47 * SECOND).map(|t| (t + (3600 - 37) * SECOND, t)).collect();
        assert_eq!(of_two_clocks(&pairs, false).map(|v| v.zone), Some(Zone::Fixed(3600)));
        let midnight = T - T % (60 * SECOND);
        let cron: Vec<Pair> = (0..6i64).map(|i| midnight + i * 3600 * SECOND).map(|t| (t + 2 * SECOND, t)).collect();
        assert_eq!(of_two_clocks(&cron, false), None);
    }
}
