//! Something that comes again and again, and then does not.

use super::{by_key, median};
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Periodic;
use crate::time::format::duration;

/// Intervals that must be known.
const HISTORY: usize = 4;
/// How much the middle half of the intervals may differ from their median.
const REGULAR: f64 = 0.1;
/// Days of daylight saving changes are an hour longer or shorter.
const HOUR: f64 = 3600e9;

/// Gaps in what is regular, and its end before the capture's.
pub(super) fn violations(world: &World<'_>, p: &Periodic, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        let times: Vec<i64> = group.iter().map(|m| world.time(m.at)).collect();
        let gaps: Vec<f64> = times.windows(2).map(|w| w.iter().fold(0.0, |d, t| *t as f64 - d)).collect();
        if gaps.len() < HISTORY {
            continue;
        }
        let mut sorted = gaps.clone();
        let Some(period) = median(&mut sorted).filter(|p| *p > 0.0) else { continue };
        let quarter = |i: usize| sorted.get(sorted.len() * i / 4).copied().unwrap_or(period);
        if quarter(3) - quarter(1) > REGULAR * period {
            continue;
        }
        let slack = if period > 20.0 * HOUR { HOUR } else { 0.0 };
        let limit = period * (1.0 + p.miss - 0.5) + slack;
        // Its own log must go on: another of that host may be of another zone, or copied at another time.
        let end = group.last().and_then(|m| world.get(m.at)).map_or(world.span.1, |s| world.log_end(s.event));
        for (i, m) in group.iter().enumerate() {
            let next = group.get(i + 1);
            let until = next.map_or(end, |n| world.time(n.at));
            let gap = until.saturating_sub(world.time(m.at)) as f64;
            if gap <= limit {
                continue;
            }
            let mut evidence = vec![("last", m.at)];
            evidence.extend(next.map(|n| ("next", n.at)));
            let missed = ((gap / period).round() - 1.0).max(1.0);
            let mut v = Violation::new(evidence)
                .say("gap", duration(gap as i64))
                .say("period", duration(period as i64))
                .say("missed", format!("{missed}"));
            v.weight = gap;
            out.push(v);
        }
    }
    out.sort_by_key(|v| v.evidence.first().map(|(_, at)| world.time(*at)));
    out
}
