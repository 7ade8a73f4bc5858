//! From civil times to recorded times, in place and in file order, by what was decided for the source.

use crate::event::store::{Flags, Segment};
use crate::time::infer::{self, Counter, Decision};
use crate::time::zone::Local;
use crate::time::{DAY, SECOND};

/// Where a record stands: its segment and its place there.
type Spot = (usize, usize);

/// Turns civil times into recorded times.
pub(super) fn fill(segments: &mut [Segment], d: &Decision) {
    let (mut years, mut days) = (Counter::default(), Counter::default());
    let mut offsets = Offsets { decision: d, quarter: i64::MIN, answer: Local::Once(0) };
    let mut folds = Folds::default();
    // An event without a time stands behind the one above; those at the top before the first that has one.
    let mut previous: Option<i64> = None;
    let mut waiting: Vec<Spot> = Vec::new();
    for si in 0..segments.len() {
        let Some(s) = segments.get_mut(si) else { continue };
        for at in 0..s.time.len() {
            let (Some(time), Some(flags)) = (s.time.get_mut(at), s.flags.get_mut(at)) else { continue };
            if flags.has(Flags::NO_TIME) || flags.has(Flags::ASSUMED_TIME) {
                match previous {
                    Some(p) => *time = p,
                    None => {
                        flags.clear(Flags::ASSUMED_TIME);
                        flags.set(Flags::NO_TIME);
                        waiting.push((si, at));
                    }
                }
                folds.without_time((si, at));
                continue;
            }
            if flags.has(Flags::ASSUMED_YEAR) {
                *time = infer::in_year(*time, d.year + years.years(*time));
            } else if flags.has(Flags::ASSUMED_DATE) {
                *time += (d.day + i64::from(days.days(*time))) * DAY;
            }
            let mut twice = None;
            if flags.has(Flags::AMBIGUOUS_ZONE) {
                flags.clear(Flags::AMBIGUOUS_ZONE);
                flags.set(Flags::ASSUMED_ZONE);
                *time -= i64::from(d.ambiguous_east.unwrap_or(0)) * SECOND;
            } else if flags.has(Flags::ASSUMED_ZONE) {
                let civil = *time;
                let local = offsets.at(civil);
                *time -= i64::from(local.first()) * SECOND;
                if let Local::Twice(first, second) = local {
                    twice = Some((civil, i64::from(first - second) * SECOND));
                }
                if !matches!(local, Local::Once(_)) {
                    flags.set(Flags::DST_AMBIGUOUS);
                }
            }
            folds.next((si, at), *time, twice);
            previous = Some(*time);
        }
    }
    folds.end();
    folds.apply(segments);
    let first = segments
        .iter()
        .flat_map(|s| s.time.iter().zip(&s.flags))
        .find(|(_, f)| !f.has(Flags::NO_TIME))
        .map_or(i64::MAX, |(t, _)| *t);
    for (si, at) in waiting {
        if let Some(time) = segments.get_mut(si).and_then(|s| s.time.get_mut(at)) {
            *time = first;
        }
    }
}

/// The zone's offset at a local time; asked anew once a quarter of an hour.
struct Offsets<'a> {
    decision: &'a Decision,
    quarter: i64,
    answer: Local,
}

impl Offsets<'_> {
    fn at(&mut self, civil: i64) -> Local {
        let quarter = civil.div_euclid(900 * SECOND);
        if quarter != self.quarter {
            self.quarter = quarter;
            self.answer = self.decision.zone.local(civil);
        }
        self.answer
    }
}

/// Records whose local time daylight saving time repeats: which of both it is, by the order of the file.
///
/// Where the local times go back by most of what is repeated, those above are the first and those below the second.
/// Without that, the records above and below tell, when one of both readings leaves no hole and the other does.
#[derive(Debug, Default)]
struct Folds {
    /// The last recorded time above the records at hand.
    above: Option<i64>,
    run: Vec<Repeated>,
    /// What was found out: the place, by how much it is later, and whether that is sure.
    found: Vec<(Spot, i64, bool)>,
}

#[derive(Clone, Copy, Debug)]
struct Repeated {
    spot: Spot,
    /// Its local time and how much is repeated; none for a record that takes the time of the one above.
    civil: Option<(i64, i64)>,
    /// Its time when it is the first of both.
    time: i64,
}

impl Folds {
    fn without_time(&mut self, spot: Spot) {
        if let Some(last) = self.run.last() {
            self.run.push(Repeated { spot, civil: None, time: last.time });
        }
    }

    fn next(&mut self, spot: Spot, time: i64, twice: Option<(i64, i64)>) {
        if twice.is_some() {
            self.run.push(Repeated { spot, civil: twice, time });
            return;
        }
        if !self.run.is_empty() {
            self.close(Some(time));
        }
        self.above = Some(time);
    }

    fn end(&mut self) {
        if !self.run.is_empty() {
            self.close(None);
        }
    }

    fn close(&mut self, below: Option<i64>) {
        let run = std::mem::take(&mut self.run);
        let timed: Vec<(usize, i64, i64)> =
            run.iter().enumerate().filter_map(|(i, r)| r.civil.map(|(civil, by)| (i, civil, by))).collect();
        let back = timed.windows(2).find_map(|pair| match pair {
            [(_, before, by), (i, now, _)] => (before - now > by / 3).then_some(*i),
            _ => None,
        });
        let by = timed.first().map_or(0, |t| t.2);
        let (split, sure) = match back {
            Some(i) => (i, true),
            None => {
                let hole = |from: Option<i64>, to: Option<i64>| from.zip(to).map(|(from, to)| to - from);
                let (first, last) = (run.first().map(|r| r.time), run.last().map(|r| r.time));
                // As the first, the hole is behind them; as the second, before them.
                let before = hole(self.above, first);
                let behind = hole(last.map(|t| t + by), below);
                let near = |gap: Option<i64>| gap.is_some_and(|gap| gap < by / 6);
                match (near(before), near(behind)) {
                    (true, false) => (run.len(), below.is_some()),
                    (false, true) => (0, self.above.is_some()),
                    _ => (run.len(), false),
                }
            }
        };
        let later = |i: usize| if i >= split { by } else { 0 };
        self.found.extend(run.iter().enumerate().map(|(i, r)| (r.spot, later(i), sure)));
    }

    fn apply(self, segments: &mut [Segment]) {
        for ((si, at), later, sure) in self.found {
            let Some(s) = segments.get_mut(si) else { continue };
            let (Some(time), Some(flags)) = (s.time.get_mut(at), s.flags.get_mut(at)) else { continue };
            *time += later;
            if sure {
                flags.clear(Flags::DST_AMBIGUOUS);
            }
        }
    }
}

/// Marks records that are earlier than one above them.
pub(super) fn flag_out_of_order(segments: &mut [Segment]) {
    let mut latest = i64::MIN;
    for s in segments {
        for (&time, flags) in s.time.iter().zip(&mut s.flags) {
            if flags.has(Flags::NO_TIME) {
                continue;
            }
            if time < latest {
                flags.set(Flags::OUT_OF_ORDER);
            }
            latest = latest.max(time);
        }
    }
}
