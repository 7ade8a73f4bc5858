//! What the program measures itself, as cases for rules: clocks, rates of errors, silence, its own doubts.

use std::collections::BTreeMap;

use super::primitive::densest;
use super::sighting::{World, log_of};
use super::violation::Violation;
use crate::clock::{Anchor, Clock};
use crate::event::store::Flags;
use crate::event::{EventId, Segment};
use crate::format::level::Level;
use crate::rule::primitive::Burst;
use crate::time::format::duration;

/// A clock that is off by less is said in `clocks`, not as a finding; nanoseconds.
const LEAST_SKEW: f64 = 100e6;
/// Drift that no undisturbed quartz has: the NTP survey's worst is 500 ppm.
const LEAST_DRIFT: f64 = 600e-6;
/// A jump back within a file is told from this size on; nanoseconds.
const LEAST_BACK: i64 = 1_000_000_000;

/// The cases of something measured.
pub fn violations(world: &World<'_>, what: &str) -> Vec<Violation> {
    match what {
        "clock-skew" => clocks(world, skew),
        "clock-drift" => clocks(world, drift),
        "clock-step" => clocks(world, steps),
        "time-goes-back" => time_goes_back(world),
        "zone-misread" => clocks(world, zone),
        "order-given-up" => given_up(world),
        "id-time" => super::id_time::violations(world),
        "silence" => silence(world),
        // A change is told by what it may be to blame for (`suspect`).
        _ => Vec::new(),
    }
}

fn clocks(world: &World<'_>, case: fn(&World<'_>, &Clock) -> Vec<Violation>) -> Vec<Violation> {
    let measured = world
        .analysis
        .clocks
        .list
        .iter()
        .filter(|c| !matches!(c.anchor, Anchor::Reference | Anchor::Floating | Anchor::Given | Anchor::Pinned));
    measured.flat_map(|c| case(world, c)).collect()
}

/// A case about a clock, with the records that bound it best.
fn about(world: &World<'_>, c: &Clock) -> Violation {
    let mut v = Violation { sure: 1.0, count: 1, ..Violation::default() };
    if let Some(b) = c.example {
        v.records = vec![("before", b.before), ("inside", b.inside), ("after", b.after)];
        v.records.dedup_by_key(|(_, id)| *id);
    }
    let reference = world.analysis.clocks.list.get(world.analysis.clocks.reference);
    v.say("host", c.host.clone())
        .say("reference", c.through.clone().or(reference.map(|r| r.host.clone())).unwrap_or_default())
        .say("pairs", crate::words::count(c.pairs as u64))
        .say("applied", if c.applied { "corrected" } else { "not corrected" })
}

fn size(ns: f64) -> String {
    if ns.abs() >= 1e9 { format!("{:.3} s", ns / 1e9) } else { format!("{:.1} ms", ns / 1e6) }
}

fn skew(world: &World<'_>, c: &Clock) -> Vec<Violation> {
    if c.offset.abs() < LEAST_SKEW.max(2.0 * c.half_width) {
        return Vec::new();
    }
    let way = if c.offset < 0.0 { "behind" } else { "ahead of" };
    let mut v = about(world, c).say("offset", size(c.offset.abs())).say("way", way).say("band", size(c.half_width));
    v.weight = c.offset.abs();
    vec![v]
}

/// Zones differ by quarters of an hour; clocks that are set by hand or not at all do not keep to them.
const QUARTER: f64 = 900e9;
/// The furthest that two zones are apart is 26 hours (UTC−12 and UTC+14); more is a wrong date or year.
const MOST_QUARTERS: f64 = 104.0;

fn zone(world: &World<'_>, c: &Clock) -> Vec<Violation> {
    let quarters = (c.offset / QUARTER).round();
    let rest = (c.offset - quarters * QUARTER).abs();
    if quarters == 0.0 || quarters.abs() > MOST_QUARTERS || rest > 60e9 || c.half_width > QUARTER / 4.0 {
        return Vec::new();
    }
    let hours = format!("{:+} h", quarters / 4.0);
    vec![about(world, c).say("hours", hours).say("offset", size(c.offset))]
}

/// Orders that contradict each other or the clocks, of which some had to be given up.
fn given_up(world: &World<'_>) -> Vec<Violation> {
    let list = &world.analysis.placement.contradictions;
    let Some(edge) = list.first() else { return Vec::new() };
    let records = vec![("from", edge.from), ("to", edge.to)];
    let v = Violation { records, sure: 1.0, count: list.len(), ..Violation::default() };
    let all = crate::words::count(world.analysis.edges.all().len() as u64);
    vec![v.say("all", all).say("times", crate::words::count(list.len() as u64))]
}

fn drift(world: &World<'_>, c: &Clock) -> Vec<Violation> {
    // Over its reach the drift must be larger than what is not known.
    if c.drift.abs() < LEAST_DRIFT || c.drift.abs() * c.reach < 2.0 * c.half_width {
        return Vec::new();
    }
    vec![about(world, c).say("ppm", format!("{:+.0}", c.drift * 1e6))]
}

fn steps(world: &World<'_>, c: &Clock) -> Vec<Violation> {
    let list = c.steps.iter().filter(|s| s.size.abs() >= LEAST_SKEW);
    list.map(|s| {
        let way = if s.size > 0.0 { "forward" } else { "back" };
        let at = crate::time::format::utc(s.at as i64, 0);
        let mut v = about(world, c).say("size", size(s.size.abs())).say("way", way).say("at", at);
        // The first record of that host after the jump shows when.
        let lane = world.analysis.lanes.list.iter().find(|l| l.host == c.host);
        let source = lane.and_then(|l| l.sources.first());
        let after = source.and_then(|source| {
            let timeline = &world.analysis.timeline;
            let row = timeline.row_at(&world.analysis.events, s.at as i64);
            timeline.events().get(row..)?.iter().find(|id| world.analysis.events.source(**id) == *source).copied()
        });
        if let Some(id) = after {
            v.records.insert(0, ("stepped", id));
        }
        v
    })
    .collect()
}

/// Segments of each source, with their first ids.
fn by_source<'a>(world: &'a World<'_>) -> Vec<Vec<(u32, &'a Segment)>> {
    let mut out: Vec<Vec<(u32, &Segment)>> = vec![Vec::new(); world.analysis.sources.len()];
    for (index, segment) in world.analysis.events.segments().iter().enumerate() {
        if let Some(list) = out.get_mut(segment.source.idx()) {
            list.push((world.analysis.events.ids_of_segment(index).start, segment));
        }
    }
    out
}

/// The largest jump back of each source's stamps.
fn time_goes_back(world: &World<'_>) -> Vec<Violation> {
    let mut out = Vec::new();
    for segments in by_source(world) {
        let mut high: Option<(i64, EventId)> = None;
        let mut worst: Option<(i64, EventId, EventId)> = None;
        let mut count = 0;
        for (first, segment) in segments {
            for (i, time) in (0u32..).zip(&segment.time) {
                let id = EventId(first.saturating_add(i));
                let flags = segment.flags.get(i as usize).copied().unwrap_or_default();
                if flags.has(Flags::NO_TIME) || flags.has(Flags::DST_AMBIGUOUS) {
                    continue;
                }
                match high {
                    Some((top, at)) if time.saturating_add(LEAST_BACK) < top => {
                        count += 1;
                        if worst.is_none_or(|(by, _, _)| top - time > by) {
                            worst = Some((top - time, at, id));
                        }
                    }
                    Some((top, _)) if *time <= top => {}
                    _ => high = Some((*time, id)),
                }
            }
        }
        if let Some((by, from, to)) = worst {
            let mut v =
                Violation { records: vec![("high", from), ("back", to)], sure: 1.0, count, ..Violation::default() };
            let path = world.analysis.source(to).map_or("", |s| s.path.as_str());
            v = v.say("by", duration(by)).say("source", path);
            v.weight = by as f64;
            out.push(v);
        }
    }
    out
}

/// Records that a source must have had before its silence means something.
const SPOKE: usize = 50;
/// How many records the silence must have swallowed, at the source's own rate.
const SWALLOWED: f64 = 20.0;
/// How much longer than its longest pause before a silence must be.
const LONGER: f64 = 5.0;

/// Sources that fell silent for good while the capture goes on.
fn silence(world: &World<'_>) -> Vec<Violation> {
    let mut out = Vec::new();
    // A file that was turned over is not silent: its log goes on in another.
    let mut logs: BTreeMap<&str, Vec<(u32, &Segment)>> = BTreeMap::new();
    for (at, segments) in by_source(world).into_iter().enumerate() {
        let path = world.analysis.sources.get(at).map_or("", |s| log_of(&s.path));
        logs.entry(path).or_default().extend(segments);
    }
    for mut segments in logs.into_values() {
        segments.sort_by_key(|(_, s)| s.time.iter().max().copied());
        let mut times: Vec<i64> = Vec::new();
        for (_, segment) in &segments {
            let told = segment.time.iter().zip(&segment.flags).filter(|(_, f)| !f.has(Flags::NO_TIME));
            times.extend(told.map(|(t, _)| *t));
        }
        let (Some((first, segment)), true) = (segments.last(), times.len() >= SPOKE) else { continue };
        times.sort_unstable();
        let (begin, end) = (times.first().copied().unwrap_or(0), times.last().copied().unwrap_or(0));
        let last = EventId(first.saturating_add(u32::try_from(segment.time.len()).unwrap_or(1)).saturating_sub(1));
        let here = world.time_of(last);
        let quiet = world.span.1.saturating_sub(here) as f64;
        let mut gaps: Vec<i64> = times.windows(2).map(|w| w.iter().fold(0, |d, t| t - d)).collect();
        gaps.sort_unstable();
        let pause = gaps.last().copied().unwrap_or(0) as f64;
        let expected = times.len() as f64 / (end - begin).max(1) as f64 * quiet;
        // A source that only spoke at the begin had said all it had to say.
        let spoke = (end - begin) as f64;
        if expected < SWALLOWED || quiet < LONGER * pause || quiet < 5e9 || spoke < quiet / 2.0 {
            continue;
        }
        let v = Violation { records: vec![("last", last)], sure: 1.0, count: 1, ..Violation::default() };
        let path = world.analysis.source(last).map_or("", |s| s.path.as_str());
        out.push(v.say("quiet", duration(quiet as i64)).say("expected", format!("{expected:.0}")).say("source", path));
    }
    out
}

/// A stretch with far more errors than the rest of the same source.
pub fn error_bursts(world: &World<'_>, p: &Burst) -> Vec<Violation> {
    let mut out = Vec::new();
    for segments in by_source(world) {
        let mut errors: Vec<(i64, EventId)> = Vec::new();
        let mut all = 0usize;
        for (first, segment) in segments {
            all += segment.time.len();
            let loud = segment.level.iter().enumerate().filter(|(_, l)| **l >= Level::Error);
            for (i, _) in loud {
                let id = EventId(first.saturating_add(u32::try_from(i).unwrap_or(u32::MAX)));
                errors.push((world.time_of(id), id));
            }
        }
        errors.sort_unstable();
        if let Some(v) = burst(world, p, &errors, all) {
            out.push(v);
        }
    }
    out
}

/// A burst that would be expected by chance more often than this, in captures like this one, is none.
const BY_CHANCE: f64 = 1e-4;

/// An upper bound of the probability of `count` or more events where `expected` are: Chernoff's for Poisson's law.
fn chance(count: usize, expected: f64) -> f64 {
    let n = count as f64;
    if n <= expected { 1.0 } else { (n - expected - n * (n / expected).ln()).exp() }
}

fn burst(world: &World<'_>, p: &Burst, errors: &[(i64, EventId)], all: usize) -> Option<Violation> {
    let times: Vec<i64> = errors.iter().map(|(time, _)| *time).collect();
    let (mut from, mut to) = densest(&times, p.within)?;
    // The burst begins and ends where the pauses become long.
    let gap = |i: usize| Some(errors.get(i + 1)?.0.saturating_sub(errors.get(i)?.0));
    while from > 0 && gap(from - 1).is_some_and(|g| g <= p.within / 2) {
        from -= 1;
    }
    while gap(to.saturating_sub(1)).is_some_and(|g| g <= p.within / 2) {
        to += 1;
    }
    let count = to - from;
    let (first, last) = (errors.get(from)?, errors.get(to - 1)?);
    let length = last.0.saturating_sub(first.0).max(p.within / 10) as f64;
    let rest = (world.span.1.saturating_sub(world.span.0) as f64 - length).max(p.within as f64);
    let usual = (errors.len() - count) as f64 + 1.0;
    let times_more = (count as f64 / length) / (usual / rest);
    let expected = usual / rest * length;
    let windows = (rest / length).max(1.0);
    // Mostly errors all the time is no burst: it is how this source speaks.
    let quiet_enough = errors.len() < all;
    if count < p.at_least || times_more < p.factor || !quiet_enough || chance(count, expected) * windows > BY_CHANCE {
        return None;
    }
    let mut v = Violation { records: vec![("first", first.1), ("last", last.1)], sure: 1.0, ..Violation::default() };
    v.records.dedup_by_key(|(_, id)| *id);
    v.count = count;
    let path = world.analysis.source(first.1).map_or("", |s| s.path.as_str());
    Some(v.say("times", crate::words::count(count as u64)).say("gap", duration(length as i64)).say("source", path))
}
