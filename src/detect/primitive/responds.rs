//! An answer that came late, or never: a job that ends, a failover that promotes.

use std::collections::VecDeque;

use super::{by_key, median, same};
use crate::detect::sighting::{Met, World};
use crate::detect::violation::Violation;
use crate::rule::primitive::Responds;
use crate::time::format::duration;

const FIRST: u8 = 0;
const THEN: u8 = 1;
const UNLESS: u8 = 2;
const CITE: u8 = 3;

/// Answers that must be known for their time to be learned.
const HISTORY: usize = 5;
/// How many times longer than usual an answer may take.
const PATIENCE: f64 = 3.0;
/// Answers without a question that are remembered.
const MOST_EARLY: usize = 32;
/// Records cited about the wait.
const CITED: usize = 3;

/// A question, with its answer where there is one.
struct Question {
    first: u32,
    then: Option<u32>,
    /// The next question of the same key, where one was asked before the answer came.
    next: Option<u32>,
}

/// What belongs together, taken apart.
struct Group {
    questions: Vec<Question>,
    cite: Vec<u32>,
}

fn groups(world: &World<'_>, p: &Responds, met: &[Met]) -> Vec<Group> {
    by_key(world, met, &p.key).iter().map(|group| pair(world, p, group)).collect()
}

/// Pairs each answer with the latest open question that it fits.
fn pair(world: &World<'_>, p: &Responds, group: &[Met]) -> Group {
    let mut out = Group { questions: Vec::new(), cite: Vec::new() };
    let mut open: Vec<usize> = Vec::new();
    let mut early: VecDeque<u32> = VecDeque::new();
    for m in group {
        match m.part {
            // A shipper delivered it twice: the same words at the same time in the same file.
            FIRST if open.last().and_then(|i| out.questions.get(*i)).is_some_and(|q| is_copy(world, q.first, m.at)) => {
            }
            FIRST if early.iter().any(|then| answered_early(world, p, m.at, *then)) => {}
            FIRST => {
                for i in &open {
                    if let Some(q) = out.questions.get_mut(*i) {
                        q.next.get_or_insert(m.at);
                    }
                }
                open.push(out.questions.len());
                out.questions.push(Question { first: m.at, then: None, next: None });
            }
            THEN | UNLESS => {
                let forgotten =
                    |q: &Question| p.forget.is_some_and(|f| world.time(m.at).saturating_sub(world.time(q.first)) > f);
                let fits = |i: &&usize| {
                    out.questions.get(**i).is_some_and(|q| same(world, q.first, m.at, &p.link) && !forgotten(q))
                };
                let Some(found) = open.iter().rev().find(fits).copied() else {
                    early.push_back(m.at);
                    if early.len() > MOST_EARLY {
                        early.pop_front();
                    }
                    continue;
                };
                open.retain(|i| *i != found);
                if m.part == THEN {
                    if let Some(q) = out.questions.get_mut(found) {
                        q.then = Some(m.at);
                    }
                } else if let Some(q) = out.questions.get_mut(found) {
                    // Called off: as good as answered, and no measure.
                    q.then = Some(q.first);
                }
            }
            CITE => out.cite.push(m.at),
            _ => {}
        }
    }
    out
}

/// Two sightings of what was written once.
fn is_copy(world: &World<'_>, a: u32, b: u32) -> bool {
    let (Some(first), Some(second)) = (world.get(a), world.get(b)) else { return false };
    let analysis = world.analysis;
    first.time == second.time
        && analysis.events.source(first.event) == analysis.events.source(second.event)
        && analysis.raw(first.event) == analysis.raw(second.event)
}

/// An answer stands before its question where a clock was set back between the two; the file has them in order.
fn answered_early(world: &World<'_>, p: &Responds, first: u32, then: u32) -> bool {
    let (Some(a), Some(b)) = (world.get(first), world.get(then)) else { return false };
    let events = &world.analysis.events;
    let linked = p.link.iter().any(|v| {
        let value = world.value(first, v);
        value.is_some() && value == world.value(then, v)
    });
    linked && events.source(a.event) == events.source(b.event) && a.event < b.event
}

impl Group {
    fn waits(&self, world: &World<'_>) -> Vec<f64> {
        let answered = self.questions.iter().filter_map(|q| q.then.filter(|t| *t != q.first).map(|t| (q.first, t)));
        answered.map(|(first, then)| (world.time(then) - world.time(first)) as f64).collect()
    }

    /// How long an answer may take: what is usual, with patience, where enough is known.
    fn limit(&self, world: &World<'_>, p: &Responds) -> i64 {
        let mut waits = self.waits(world);
        if !p.learned || waits.len() < HISTORY {
            return p.within;
        }
        waits.sort_by(f64::total_cmp);
        let usual = waits.get(waits.len() * 99 / 100).or(waits.last()).copied().unwrap_or(0.0);
        ((usual * PATIENCE) as i64).max(1_000_000_000)
    }

    fn cited(&self, world: &World<'_>, from: i64, to: i64) -> Vec<(&'static str, u32)> {
        let within = self.cite.iter().filter(|c| (from..=to).contains(&world.time(**c)));
        within.take(CITED).map(|c| ("cite", *c)).collect()
    }
}

/// Answers that took too long.
pub(super) fn late(world: &World<'_>, p: &Responds, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in groups(world, p, met) {
        let limit = group.limit(world, p);
        let usual = median(&mut group.waits(world));
        for q in &group.questions {
            let Some(then) = q.then.filter(|t| *t != q.first) else { continue };
            let gap = world.time(then) - world.time(q.first);
            if gap <= limit {
                continue;
            }
            let mut evidence = vec![("first", q.first)];
            evidence.extend(group.cited(world, world.time(q.first), world.time(then)));
            evidence.push(("then", then));
            let mut v = Violation::new(evidence).say("gap", duration(gap)).say("limit", duration(limit));
            if let Some(usual) = usual.filter(|_| p.learned) {
                v = v.say("usual", duration(usual as i64));
            }
            v.weight = gap as f64;
            v.sure = world.sure(q.first, then).max(0.8);
            out.push(v);
        }
    }
    out.sort_by_key(|v| v.evidence.first().map(|(_, at)| world.time(*at)));
    out
}

/// Answers that never came, although the capture goes on long enough for them.
pub(super) fn never(world: &World<'_>, p: &Responds, met: &[Met]) -> Vec<Violation> {
    let mut out = Vec::new();
    for group in groups(world, p, met) {
        let limit = group.limit(world, p);
        let waits = group.waits(world);
        if waits.len() < p.answered {
            continue;
        }
        for q in group.questions.iter().filter(|q| q.then.is_none()) {
            let begin = world.time(q.first);
            let lane = world.get(q.first).map_or(0, |s| s.lane);
            // The writer must have lived on, or nothing is known.
            let end = match p.answered {
                0 => world.span.1,
                _ => world.lanes.get(lane as usize).map_or(world.span.1, |l| l.1),
            };
            let waited = end.saturating_sub(begin);
            if waited <= limit {
                continue;
            }
            let mut evidence = vec![("first", q.first)];
            evidence.extend(group.cited(world, begin, end));
            let open = |at: &u32| group.questions.iter().any(|o| o.first == *at && o.then.is_none());
            evidence.extend(q.next.filter(open).map(|n| ("next", n)));
            let mut v = Violation::new(evidence).say("waited", duration(waited)).say("limit", duration(limit));
            if let Some(usual) = median(&mut waits.clone()) {
                v = v.say("usual", duration(usual as i64)).say("answered", waits.len().to_string());
            }
            out.push(v);
        }
    }
    out.sort_by_key(|v| v.evidence.first().map(|(_, at)| world.time(*at)));
    out
}
