//! How far each host's clock was off, against a reference host, from the logs alone.
//!
//! Hosts are compared two by two ([`pairs`]), then joined: the offset of a host is found along the
//! chain of comparisons with the narrowest band. A host that shares nothing with the others floats: its
//! offset is unknown, and nothing is invented.

pub mod boot;
pub mod corridor;
pub mod dither;
pub mod nesting;
pub mod pairs;
pub mod pool;
pub mod steps;

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::fact::Key;
use crate::fact::act::Acts;
use nesting::Nesting;
use pairs::{Bracket, Evidence, Words};
use steps::Step;

/// How a clock's offset is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// It is the reference.
    Reference,
    /// Compared with the reference in both directions.
    TwoWay,
    /// Bounded from one side, by records that must come after those of another host.
    OneWay,
    /// Through a third host.
    Bridged,
    /// The user gave it.
    Given,
    /// The user said which of its lines are one moment with those of another host.
    Pinned,
    /// Nothing connects it with the others.
    #[default]
    Floating,
}

impl Anchor {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            Anchor::Reference => "reference",
            Anchor::TwoWay => "two-way",
            Anchor::OneWay => "one-way",
            Anchor::Bridged => "bridged",
            Anchor::Given | Anchor::Pinned => "assumed",
            Anchor::Floating => "floating",
        }
    }
}

/// One host's clock.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// The host.
    pub host: String,
    /// How the offset is known.
    pub anchor: Anchor,
    /// Recorded minus reference at `middle`, in nanoseconds: positive when this clock was ahead.
    pub offset: f64,
    /// Half-width of the band around it, in nanoseconds.
    pub half_width: f64,
    /// Drift against the reference, in nanoseconds per nanosecond.
    pub drift: f64,
    /// Jumps of this clock, in order: `offset` is that before the first.
    pub steps: Vec<Step>,
    /// How far before and after `middle` it was measured, in nanoseconds.
    pub reach: f64,
    /// The reference's time that `offset` holds at, in nanoseconds since 1970 UTC.
    pub middle: f64,
    /// Brackets that the offset rests on.
    pub pairs: usize,
    /// Brackets that contradict it.
    pub contradictions: usize,
    /// The evidence passes the bar, so the correction is applied.
    pub applied: bool,
    /// The host it was compared with.
    pub through: Option<String>,
    /// The tightest bracket, as an example.
    pub example: Option<Bracket>,
    /// What was measured of it, where a pin says something else.
    pub overruled: Option<Overruled>,
}

/// What was measured, against what the user's pins say, at the pinned moment; in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Overruled {
    /// The offset that the pins say.
    pub pinned: f64,
    /// The offset that was measured.
    pub measured: f64,
    /// Half-width of the band around it.
    pub half_width: f64,
    /// Brackets that it rests on.
    pub pairs: usize,
}

impl Clock {
    /// Nanoseconds to take off a recorded time for the reference's time.
    pub fn correction(&self, recorded: i64) -> i64 {
        if !self.applied {
            return 0;
        }
        let recorded = recorded as f64;
        let mut offset = self.offset;
        // A time that a clock passed twice, because it was set back, counts as the second.
        for step in &self.steps {
            if recorded - (offset + step.size) < step.at {
                break;
            }
            offset += step.size;
        }
        // `drift` is by the reference's time, which runs slower than this clock by just that.
        (offset + self.drift * (recorded - offset - self.middle) / (1.0 + self.drift)) as i64
    }
}

impl Clock {
    /// Recorded minus reference at a moment of the reference's, in nanoseconds.
    pub fn offset_at(&self, reference: f64) -> f64 {
        self.offset + self.drift * (reference - self.middle) + steps::total(&self.steps, reference)
    }

    /// How far a time after [`Clock::correction`] may be off, in nanoseconds: the band, and the offset itself
    /// where its evidence did not suffice to apply it.
    pub fn doubt(&self) -> f64 {
        self.half_width + if self.applied { 0.0 } else { self.most() }
    }

    /// True when too many brackets contradict the offset for it to prove an order.
    pub fn is_contradicted(&self) -> bool {
        self.contradictions as f64 > MOST_CONTRADICTIONS * (self.pairs + self.contradictions) as f64
    }

    /// The most that it was off in what was measured, in nanoseconds.
    fn most(&self) -> f64 {
        let jumps: f64 = self.steps.iter().map(|s| s.size.abs()).sum();
        self.offset.abs() + self.drift.abs() * self.reach + jumps
    }
}

/// All clocks of a capture, in lane order.
#[derive(Clone, Debug, Default)]
pub struct Clocks {
    /// By lane.
    pub list: Vec<Clock>,
    /// The reference, by lane.
    pub reference: usize,
    /// Brackets that agree with the clocks: each says that a record was written between two others.
    pub brackets: Vec<Bracket>,
}

impl Clocks {
    /// Takes an offset from the user, in nanoseconds; it is applied whatever the logs say.
    pub fn give(&mut self, lane: usize, offset: f64) {
        if let Some(clock) = self.list.get_mut(lane) {
            let host = std::mem::take(&mut clock.host);
            *clock = Clock { host, anchor: Anchor::Given, offset, applied: true, ..Clock::default() };
        }
    }
}

/// Two hosts are compared by at most so many of the identifiers that they share.
const MOST_KEYS: usize = 4_000;
/// A correction is applied only if so many brackets agree.
const FEWEST_PAIRS: usize = 6;
/// And if at most this share of them contradicts.
const MOST_CONTRADICTIONS: f64 = 0.1;

/// Measures every host's clock.
///
/// `known` is how many edges that are known without clocks each host takes part in, by lane.
pub fn measure(events: &EventStore, lanes: &Lanes, keys: &[Key], acts: &Acts, known: &[usize]) -> Clocks {
    let mut by_pair: BTreeMap<(u32, u32), Vec<&Key>> = BTreeMap::new();
    for key in keys {
        let mut hosts: Vec<u32> = key.mentions.iter().map(|m| m.host).collect();
        hosts.sort_unstable();
        hosts.dedup();
        for (i, a) in hosts.iter().enumerate() {
            for b in hosts.iter().skip(i + 1) {
                by_pair.entry((*a, *b)).or_default().push(key);
            }
        }
    }
    let nesting = Nesting::of(events, acts, keys);
    let words = Words { events, acts, nesting: &nesting };
    let compared: Vec<(u32, u32, Evidence)> = by_pair
        .into_par_iter()
        .filter_map(|((a, b), mut keys)| {
            // In order of time, so that thinning leaves the whole capture covered.
            keys.sort_by_cached_key(|k| k.mentions.first().map(|m| events.key(m.event)));
            let stride = keys.len().div_ceil(MOST_KEYS).max(1);
            let keys: Vec<&Key> = keys.into_iter().step_by(stride).collect();
            pairs::compare(&words, &keys, a, b).map(|e| (a, b, e))
        })
        .filter(|(_, _, e)| e.brackets.len() >= FEWEST_PAIRS)
        .collect();
    let n = lanes.list.len();
    let weight = |host: usize| -> (usize, usize) {
        let mine = compared.iter().filter(|(a, b, _)| *a as usize == host || *b as usize == host);
        mine.fold((0, 0), |(links, pairs), (_, _, e)| (links + 1, pairs + e.brackets.len()))
    };
    let known = |host: usize| known.get(host).copied().unwrap_or(0);
    let written = |host: usize| lanes.list.get(host).map_or(0, |l| l.n_events);
    let linked = (0..n).max_by_key(|h| (weight(*h), known(*h), written(*h), std::cmp::Reverse(*h))).unwrap_or(0);
    let first = join(lanes, &compared, linked);
    let reference = most_usual(&first, linked, &|h| unit(events, &compared, lanes, h));
    let mut clocks = if reference == linked { first } else { join(lanes, &compared, reference) };
    pool::refine(events, &mut clocks, &compared);
    judge(&mut clocks);
    clocks.brackets = compared.into_iter().flat_map(|(_, _, e)| e.brackets).collect();
    clocks
}

/// The host whose clock stands nearest to the middle of all: most machines keep time, the odd one out is off.
///
/// Against stamps of whole seconds nothing is measured well, nor against a clock that is hardly known itself: both
/// count as being off.
fn most_usual(clocks: &Clocks, linked: usize, unit: &impl Fn(usize) -> f64) -> usize {
    let known = |c: &&Clock| c.anchor != Anchor::Floating;
    let mut offsets: Vec<f64> = clocks.list.iter().filter(known).map(|c| c.offset).collect();
    offsets.sort_by(f64::total_cmp);
    let Some(middle) = offsets.get(offsets.len() / 2).copied() else { return linked };
    let far = |h: usize, c: &Clock| (c.offset - middle).abs() + c.half_width + unit(h);
    let hosts = clocks.list.iter().enumerate().filter(|(_, c)| known(c)).map(|(h, c)| (h, far(h, c)));
    hosts.min_by(|(_, a), (_, b)| a.total_cmp(b)).map_or(linked, |(h, _)| h)
}

/// The resolution of most of a host's stamps that were compared, in nanoseconds.
fn unit(events: &EventStore, compared: &[(u32, u32, Evidence)], lanes: &Lanes, host: usize) -> f64 {
    let mut digits = [0usize; 10];
    let of_host = |id: &EventId| lanes.of_source(events.source(*id)) == host;
    for (_, _, e) in compared.iter().filter(|(a, b, _)| *a as usize == host || *b as usize == host) {
        for id in e.rows.iter().flat_map(|(_, b)| [b.before, b.inside]).filter(of_host) {
            if let Some(slot) = digits.get_mut(usize::from(events.precision(id))) {
                *slot += 1;
            }
        }
    }
    let usual = digits.iter().enumerate().max_by_key(|(_, n)| **n).map_or(0, |(d, _)| d);
    10f64.powi(9 - i32::try_from(usual).unwrap_or(0))
}

/// Offsets of all hosts against the reference.
fn join(lanes: &Lanes, compared: &[(u32, u32, Evidence)], reference: usize) -> Clocks {
    let n = lanes.list.len();
    let mut list: Vec<Clock> = lanes.list.iter().map(|l| Clock { host: l.host.clone(), ..Clock::default() }).collect();
    if let Some(clock) = list.get_mut(reference).filter(|_| !compared.is_empty()) {
        clock.anchor = Anchor::Reference;
    }
    // The host with the narrowest band so far hands its band on (Dijkstra's algorithm).
    let mut done = vec![false; n];
    let mut best: Vec<Option<f64>> = vec![None; n];
    if let Some(b) = best.get_mut(reference).filter(|_| !compared.is_empty()) {
        *b = Some(0.0);
    }
    while let Some(here) = (0..n)
        .filter(|h| !done.get(*h).copied().unwrap_or(true))
        .filter_map(|h| best.get(h).copied().flatten().map(|b| (b, h)))
        .min_by(|x, y| x.0.total_cmp(&y.0))
        .map(|(_, h)| h)
    {
        if let Some(d) = done.get_mut(here) {
            *d = true;
        }
        for (a, b, e) in compared {
            let (there, sign) = match (*a as usize == here, *b as usize == here) {
                (true, _) => (*b as usize, 1.0),
                (_, true) => (*a as usize, -1.0),
                _ => continue,
            };
            let Some(from) = list.get(here).cloned() else { continue };
            let width = from.half_width + e.fitted.line.half_width;
            if done.get(there).copied().unwrap_or(true)
                || best.get(there).copied().flatten().is_some_and(|w| w <= width)
            {
                continue;
            }
            if let (Some(slot), Some(clock)) = (best.get_mut(there), list.get_mut(there)) {
                *slot = Some(width);
                *clock = step(&from, e, sign, clock.host.clone(), here == reference, width);
            }
        }
    }
    Clocks { list, reference, brackets: Vec::new() }
}

/// Decides which corrections are applied.
fn judge(clocks: &mut Clocks) {
    for (h, clock) in clocks.list.iter_mut().enumerate() {
        let passes = clock.pairs >= FEWEST_PAIRS && !clock.is_contradicted() && clock.most() > clock.half_width;
        clock.applied = h != clocks.reference && clock.anchor != Anchor::Floating && passes;
    }
}

/// The clock of a host that was compared with `from`.
fn step(from: &Clock, e: &Evidence, sign: f64, host: String, direct: bool, half_width: f64) -> Clock {
    // The line is drawn over the first host's time: that of `from` or of the host that was compared.
    let shift = sign * e.fitted.line.offset;
    let first = if sign > 0.0 { from.offset } else { from.offset + shift };
    let middle = e.fitted.line.middle - first;
    let stepped = e.fitted.steps.iter().map(|s| Step { at: s.at - first, size: sign * s.size });
    let mut steps: Vec<Step> = from.steps.iter().copied().chain(stepped).collect();
    steps.sort_by(|a, b| a.at.total_cmp(&b.at));
    Clock {
        host,
        anchor: if direct { Anchor::TwoWay } else { Anchor::Bridged },
        offset: from.offset + from.drift * (middle - from.middle) + shift,
        half_width,
        drift: from.drift + sign * e.fitted.line.slope,
        steps,
        reach: from.reach.max(e.fitted.line.reach),
        middle,
        pairs: e.brackets.len(),
        contradictions: e.contradictions,
        applied: false,
        through: Some(from.host.clone()),
        example: e.brackets.first().copied(),
        overruled: None,
    }
}
