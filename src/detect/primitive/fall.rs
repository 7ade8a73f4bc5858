//! A value that fell: the size of a backup, the rows of an export; or rose: the duration of a job.

use super::{by_key, median, number};
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Fall;

/// Good values that are remembered.
const WINDOW: usize = 7;
/// Good values that there must be.
const HISTORY: usize = 3;
/// Values this far below the median, seen among the good ones, show that such values are usual (incremental copies).
const USUAL: f64 = 1.2;

/// Share of the usual at which a run of fallen values ends.
const RECOVERED: f64 = 0.8;

/// Every run of values that fell, as one case.
pub(super) fn violations(world: &World<'_>, p: &Fall, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in by_key(world, met, &p.key).iter() {
        series(world, p, group, &mut out);
    }
    out.sort_by_key(|v| v.evidence.get(1).map(|(_, at)| world.time(*at)));
    out
}

fn series(world: &World<'_>, p: &Fall, group: &[Met], out: &mut Vec<Violation>) {
    let mut good: Vec<(u32, f64)> = Vec::new();
    let mut fallen: Option<Violation> = None;
    for m in group {
        let Some(value) = world.value(m.at, &p.value).and_then(|v| number(&v, p.typed)) else { continue };
        let recent: Vec<(u32, f64)> = good.iter().rev().take(WINDOW).copied().collect();
        let mut values: Vec<f64> = recent.iter().map(|(_, v)| *v).collect();
        let known = values.len() >= HISTORY;
        let lowest = good.iter().rev().take(2 * WINDOW).map(|(_, v)| *v).fold(f64::INFINITY, f64::min);
        let highest = good.iter().rev().take(2 * WINDOW).map(|(_, v)| *v).fold(0.0, f64::max);
        let usual = median(&mut values).unwrap_or(0.0);
        // What has fallen is not well again by a little.
        let recovers = |v: f64| if p.rise { v * RECOVERED < usual } else { v > RECOVERED * usual };
        // What varies by itself varies a little further, one day: incremental copies, exports of a day's work.
        let spread = (highest / lowest.max(f64::MIN_POSITIVE)).sqrt();
        let margin = if spread.is_finite() { spread.max(USUAL) } else { USUAL };
        let still = fallen.is_some() && !recovers(value);
        let off = still
            || match p.rise {
                // What always varies much must vary more.
                true => value * p.below > usual && usual > 0.0 && value > highest * margin.max(highest / usual),
                false => value < p.below * usual && value * margin < lowest,
            };
        if !(known && off && (still || p.at_most.is_none_or(|most| value <= most))) {
            good.push((m.at, value));
            out.extend(fallen.take());
            continue;
        }
        match &mut fallen {
            Some(v) => {
                v.count += 1;
                v.evidence.truncate(3);
                v.evidence.push(("again", m.at));
            }
            None => fallen = recent.first().map(|before| begin(world, p, *before, (m.at, value), usual)),
        }
    }
    out.extend(fallen);
}

fn begin(world: &World<'_>, p: &Fall, before: (u32, f64), after: (u32, f64), usual: f64) -> Violation {
    let text = |at: u32| world.value(at, &p.value).map(|v| v.into_owned()).unwrap_or_default();
    let ratio = after.1 / usual.max(f64::MIN_POSITIVE);
    let mut v = Violation::new(vec![("before", before.0), ("after", after.0)])
        .say("before", text(before.0))
        .say("after", text(after.0))
        .say("percent", percent(ratio))
        .say("factor", format!("{ratio:.1}"));
    v.weight = (1.0 - ratio).abs();
    v
}

/// `0.4 %`, `52 %`.
fn percent(ratio: f64) -> String {
    let percent = ratio * 100.0;
    if percent < 10.0 { format!("{percent:.1} %") } else { format!("{percent:.0} %") }
}
