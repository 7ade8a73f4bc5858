//! A clock against all the others at once.
//!
//! Comparisons of two hosts give each a first offset along the best chain. Then each host's bounds against all others
//! are put into the reference's time by what is known of those others, and one line is drawn through all of them: what
//! one pair of hosts leaves open another closes.

use super::pairs::{self, Evidence, Rows};
use super::{Anchor, Clock, Clocks};
use crate::event::EventStore;

/// Every clock is drawn anew so often; after that nothing moves any more.
const ROUNDS: usize = 2;
/// Pooled bounds are thinned to about so many.
const MOST_ROWS: usize = 8_000;
/// A first offset stays where this share of the pooled bounds contradicts the second.
const MOST_CONTRADICTIONS: f64 = 0.15;

/// Draws every clock anew, the best known first.
pub fn refine(events: &EventStore, clocks: &mut Clocks, compared: &[(u32, u32, Evidence)]) {
    let reference = clocks.reference;
    let mut hosts: Vec<usize> = (0..clocks.list.len()).filter(|h| *h != reference).collect();
    let width = |clocks: &Clocks, h: usize| clocks.list.get(h).map_or(0.0, |c| c.half_width);
    for _ in 0..ROUNDS {
        hosts.sort_by(|x, y| width(clocks, *x).total_cmp(&width(clocks, *y)));
        for host in hosts.iter().copied() {
            let Some(clock) = clocks.list.get(host).filter(|c| c.anchor != Anchor::Floating) else { continue };
            let drawn = draw(events, clocks, clock, host, compared);
            if let (Some(drawn), Some(slot)) = (drawn, clocks.list.get_mut(host)) {
                *slot = drawn;
            }
        }
    }
}

/// The line of one host through its bounds against all others.
fn draw(
    events: &EventStore,
    clocks: &Clocks,
    clock: &Clock,
    host: usize,
    compared: &[(u32, u32, Evidence)],
) -> Option<Clock> {
    let mut rows: Rows = Vec::new();
    for (a, b, e) in compared {
        let (other, sign) = match (*a as usize == host, *b as usize == host) {
            (true, _) => (*b, -1.0),
            (_, true) => (*a, 1.0),
            _ => continue,
        };
        let Some(known) = clocks.list.get(other as usize).filter(|c| c.anchor != Anchor::Floating) else { continue };
        let first = clocks.list.get(*a as usize)?;
        let open = known.half_width;
        rows.extend(e.rows.iter().map(|(bound, bracket)| {
            // Bounds are of the second host's offset against the first, by the first's own time.
            let near = bound.at - first.offset;
            let at = bound.at - first.offset_at(near);
            let (low, high) = if sign > 0.0 { (bound.low, bound.high) } else { (-bound.high, -bound.low) };
            let theirs = known.offset_at(at);
            let moved = super::corridor::Bound { at, low: low + theirs - open, high: high + theirs + open };
            (moved, *bracket)
        }));
    }
    rows.sort_by(|x, y| x.0.at.total_cmp(&y.0.at));
    let stride = rows.len().div_ceil(MOST_ROWS).max(1);
    let rows: Rows = rows.into_iter().step_by(stride).collect();
    let fitted = pairs::fit(events, &rows)?;
    let agreeing = rows.iter().filter(|(b, _)| fitted.agrees(b)).count();
    let contradictions = rows.len() - agreeing;
    let half_width = pairs::covering(&fitted, &rows);
    (contradictions as f64 <= MOST_CONTRADICTIONS * rows.len() as f64).then(|| Clock {
        offset: fitted.line.offset,
        half_width,
        drift: fitted.line.slope,
        steps: fitted.steps,
        reach: fitted.line.reach,
        middle: fitted.line.middle,
        pairs: agreeing,
        contradictions,
        ..clock.clone()
    })
}
