//! Sources that say the same: texts that occur once in each show how far a source's stamps are from known instants.
//!
//! So `pacemaker.log`, which states neither year nor zone, takes both from the syslog of its host, and the nodes of a
//! cluster take them from each other. What one source is given can tell the next one, as far as that leads.

use super::infer::{Decision, Evidence, From, Needs};
use super::verdict::{self, Pair, Verdict};
use super::zone::Zone;

/// Sources that a source is compared with, the nearest first.
const COMPARED: usize = 64;

/// Decides year and zone of sources that share texts with sources whose times are known.
pub(super) fn decide(all: &[Evidence], out: &mut [Decision], open: &mut [Needs]) {
    // Every round decides at least one source, or it is the last.
    for _ in 0..all.len() {
        let found: Vec<(usize, Verdict, String)> = (0..all.len())
            .filter(|i| open.get(*i).is_some_and(|n| (n.year || n.zone) && !n.date))
            .filter_map(|i| of(i, all, out, open).map(|(verdict, path)| (i, verdict, path)))
            .collect();
        if found.is_empty() {
            return;
        }
        for (i, verdict, path) in found {
            let (Some(e), Some(d), Some(open)) = (all.get(i), out.get_mut(i), open.get_mut(i)) else { continue };
            let why = format!("from {} lines that stand in {path} too", verdict.agree);
            if open.year {
                d.settle_year(e, verdict.year, From::Sibling, &why);
            }
            if open.zone {
                d.settle_zone(verdict.zone, From::Sibling, format!("zone {} {why}", verdict.zone.name()));
                d.mind_seasons(e);
            }
            *open = Needs::default();
        }
    }
}

/// What the sources that are decided tell of one that is not: those of its host first, then the nearest by folder.
fn of(me: usize, all: &[Evidence], out: &[Decision], open: &[Needs]) -> Option<(Verdict, String)> {
    let mine = all.get(me)?;
    if mine.texts.is_empty() {
        return None;
    }
    let decided = |i: usize| open.get(i) == Some(&Needs::default());
    let mut others: Vec<(bool, usize, usize)> = (0..all.len())
        .filter(|i| *i != me && decided(*i))
        .filter_map(|i| all.get(i).filter(|o| !o.texts.is_empty()).map(|o| (i, o)))
        .map(|(i, o)| (o.host != mine.host || o.host.is_none(), super::infer::nearness(&o.path, &mine.path), i))
        .collect();
    others.sort_by_key(|(elsewhere, near, i)| (*elsewhere, std::cmp::Reverse(*near), all.get(*i).map(|o| &o.path)));
    others.into_iter().take(COMPARED).find_map(|(elsewhere, _, i)| {
        let (other, d) = (all.get(i)?, out.get(i)?);
        let pairs = common(&mine.texts, &other.texts, |time| d.instant(other, time));
        let verdict = match elsewhere {
            true => verdict::of_two_clocks(&pairs, mine.needs.year),
            false => verdict::of_one_clock(&pairs, mine.needs.year),
        }?;
        // Stamps that state their zone can differ by none, and a year that is known is no other one.
        let year_known = mine.needs.year && !open.get(me)?.year;
        let fits = (mine.needs.zone || verdict.zone == Zone::Fixed(0))
            && (!year_known || out.get(me).is_some_and(|d| d.year == verdict.year));
        fits.then(|| (verdict, other.path.clone()))
    })
}

/// The times of texts that both lists hold.
fn common(mine: &[(u64, i64)], theirs: &[(u64, i64)], instant: impl Fn(i64) -> i64) -> Vec<Pair> {
    let mut out = Vec::new();
    let mut at = theirs.iter().peekable();
    for &(hash, civil) in mine {
        while at.next_if(|(h, _)| *h < hash).is_some() {}
        if let Some(&(_, time)) = at.next_if(|(h, _)| *h == hash) {
            out.push((civil, instant(time)));
        }
    }
    out
}
