//! Bounds on the offset between two hosts, from records that share an identifier.
//!
//! Where a host writes two records about one request and the other host writes one between them, the
//! offset is bounded from both sides: no direction has to be known or guessed beforehand. Which kinds of
//! records stand in such a *bracket* is learned: of all triples of templates, those whose intervals a
//! single line stabs nearly all are brackets; where the third record comes later or earlier by a delay
//! of its own, the intervals contradict each other and the triple is dropped.

use std::collections::BTreeMap;

use super::corridor::{self, Bound, Line};
use super::dither;
use super::nesting::Nesting;
use super::steps::{Step, stab_with_steps, total};
use crate::event::{EventId, EventStore};
use crate::fact::act::{Act, Acts};
use crate::fact::{Key, Mention};

/// A triple of templates counts when a line stabs this share of its intervals.
const BRACKET_SHARE: f64 = 0.96;
/// One that words tell counts when a line stabs this share: what is left may be ids that were used twice.
const TOLD_SHARE: f64 = 0.5;
/// Fewer of those than suffice must agree better: a line stabs half of a few by accident.
const FEW_TOLD_SHARE: f64 = 0.75;
/// So many brackets that words tell suffice, and no others are looked at.
const FEWEST_TOLD: usize = 12;
/// Other brackets are kept when this share of them agrees with the line through all.
const AGREEING_SHARE: f64 = 0.9;
/// And when so many keys have it.
const FEWEST: usize = 4;
/// More triples than this, best first, are not pooled.
const MOST_TRIPLES: usize = 48;
/// Kinds of records that one key has on one host, beyond which it tells nothing sharp.
const MOST_KINDS: usize = 12;

/// A bracket: `before` and `after` by one host, `inside` by the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bracket {
    /// Before the one inside.
    pub before: EventId,
    /// By the other host.
    pub inside: EventId,
    /// After the one inside.
    pub after: EventId,
    /// The outer two are far enough apart, in most keys, that something certainly stood between them.
    pub holds: bool,
}

/// What two hosts' shared identifiers say about their clocks.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The offset of the second host against the first, over time.
    pub fitted: Fitted,
    /// All brackets that were believed, with their bounds.
    pub rows: Rows,
    /// The brackets that agree with the line.
    pub brackets: Vec<Bracket>,
    /// Brackets that contradict it.
    pub contradictions: usize,
}

/// What is known of records beside their stamps.
#[derive(Clone, Copy, Debug)]
pub struct Words<'a> {
    /// The events.
    pub events: &'a EventStore,
    /// What records say was done.
    pub acts: &'a Acts,
    /// Whose work surrounds whose.
    pub nesting: &'a Nesting,
}

/// Whether words tell that it is a bracket, which host is outside, and the three templates.
type Triple = (bool, bool, u32, u32, u32);
/// Two kinds of records: one on one host only, the other on the other host.
type Kinds = (u32, u32);

/// Keys that went from the first host to the second, and the other way round: times of both records.
#[derive(Clone, Debug, Default)]
struct Exchange {
    there: Vec<(Mention, Mention)>,
    back: Vec<(Mention, Mention)>,
}

/// Notes what one host wrote about a key where the other wrote something else about it.
fn collect_exchange(on_a: &[Mention], on_b: &[Mention], exchanges: &mut BTreeMap<Kinds, Exchange>) {
    let only = |m: &Mention, others: &[Mention]| !others.iter().any(|o| o.template == m.template);
    for a in on_a {
        for b in on_b.iter().filter(|b| b.template != a.template) {
            if only(a, on_b) {
                exchanges.entry((a.template, b.template)).or_default().there.push((*a, *b));
            }
            if only(b, on_a) {
                exchanges.entry((b.template, a.template)).or_default().back.push((*b, *a));
            }
        }
    }
}

/// Peers that send each other the same kinds of records bound the offset from both sides.
///
/// Sent on one host and received on the other, in both directions: the sum of the two shortest
/// differences holds no offset any more, so its sign tells which of the two kinds comes first.
fn exchange_bounds(events: &EventStore, x: &Exchange) -> Vec<(Bound, Bracket)> {
    let difference = |(p, q): &(Mention, Mention)| {
        let (tp, tq) = (events.time(p.event)?, events.time(q.event)?);
        Some((tp as f64, tq.saturating_sub(tp) as f64, p.event, q.event))
    };
    let there: Vec<_> = x.there.iter().filter_map(difference).collect();
    let back: Vec<_> = x.back.iter().filter_map(difference).collect();
    if there.len() < FEWEST || back.len() < FEWEST {
        return Vec::new();
    }
    let shortest = |rows: &[(f64, f64, EventId, EventId)]| {
        let mut d: Vec<f64> = rows.iter().map(|r| r.1).collect();
        d.sort_by(f64::total_cmp);
        d.get(d.len() / 20).copied().unwrap_or(0.0)
    };
    if shortest(&there) + shortest(&back) < 0.0 {
        return Vec::new();
    }
    let far = 1e18;
    let row = |at: f64, low: f64, high: f64, p: EventId, q: EventId| {
        (Bound { at, low, high }, Bracket { before: p, inside: q, after: q, holds: false })
    };
    let mut out = Vec::new();
    out.extend(there.iter().map(|(t, d, p, q)| row(*t, -far, d + resolution(events, *q), *p, *q)));
    out.extend(back.iter().map(|(t, d, p, q)| row(*t, -(d + resolution(events, *q)), far, *p, *q)));
    out
}

/// Compares the clocks of hosts `a` and `b` by the keys that both mention; `None` without evidence.
pub fn compare(words: &Words<'_>, keys: &[&Key], a: u32, b: u32) -> Option<Evidence> {
    let events = words.events;
    let mut triples: BTreeMap<Triple, Vec<(Bound, Bracket)>> = BTreeMap::new();
    let mut exchanges: BTreeMap<Kinds, Exchange> = BTreeMap::new();
    for key in keys {
        let of = |host: u32| single(key, host);
        let (on_a, on_b) = (of(a), of(b));
        if on_a.is_empty() || on_b.is_empty() || on_a.len() > MOST_KINDS || on_b.len() > MOST_KINDS {
            continue;
        }
        collect_exchange(&on_a, &on_b, &mut exchanges);
        collect(words, &on_a, &on_b, true, &mut triples);
        collect(words, &on_b, &on_a, false, &mut triples);
    }
    let triples = gathered(triples);
    let exchanged = exchanges.values().map(|x| (true, exchange_bounds(events, x)));
    let groups = triples.into_iter().map(|((untold, ..), rows)| (untold, rows)).chain(exchanged);
    let rows = believed(events, groups.collect())?;
    let mut fitted = fit(events, &rows)?;
    let brackets: Vec<Bracket> = rows.iter().filter(|(b, _)| fitted.agrees(b)).map(|(_, t)| *t).collect();
    let contradictions = rows.len() - brackets.len();
    fitted.line.half_width = covering(&fitted, &rows);
    Some(Evidence { fitted, rows, brackets, contradictions })
}

/// Brackets that words tell count together where their kinds are too rare to count by themselves.
fn gathered(triples: BTreeMap<Triple, Rows>) -> BTreeMap<Triple, Rows> {
    let mut out: BTreeMap<Triple, Rows> = BTreeMap::new();
    for (triple, rows) in triples {
        let (untold, forward, ..) = triple;
        let rare = !untold && rows.len() < FEWEST;
        out.entry(if rare { (untold, forward, 0, 0, 0) } else { triple }).or_default().extend(rows);
    }
    out
}

/// A line through bounds, and its jumps.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// The offset over time, before its first jump.
    pub line: Line,
    /// Where the offset jumped, in order.
    pub steps: Vec<Step>,
}

impl Fitted {
    /// The offset at a moment, jumps included.
    pub fn at(&self, at: f64) -> f64 {
        self.line.at(at) + total(&self.steps, at)
    }

    /// True when the offset may lie within a bound.
    pub fn agrees(&self, b: &Bound) -> bool {
        let slack = self.line.half_width + 1e3;
        b.low - slack <= self.at(b.at) && self.at(b.at) <= b.high + slack
    }
}

/// Where more than this share of the bounds contradicts a line, it is not all of the truth.
const MOST_OPPOSED: f64 = 0.1;
/// Then the band holds all bounds but this share.
const LEFT_OUT: f64 = 0.03;

/// The half-width of the band, in nanoseconds: as wide as the line leaves open, unless many bounds contradict it.
///
/// Few bounds do not tell a jump of a clock from accidents; the band must hold either.
pub fn covering(fitted: &Fitted, rows: &[(Bound, Bracket)]) -> f64 {
    let opposed = rows.iter().filter(|(b, _)| !fitted.agrees(b)).count();
    if opposed as f64 <= MOST_OPPOSED * rows.len() as f64 {
        return fitted.line.half_width;
    }
    let beyond = |b: &Bound| (b.low - fitted.at(b.at)).max(fitted.at(b.at) - b.high);
    let mut far: Vec<f64> = rows.iter().map(|(b, _)| beyond(b)).collect();
    far.sort_by(f64::total_cmp);
    let most = (rows.len() as f64 * (1.0 - LEFT_OUT)) as usize;
    far.get(most).or(far.last()).copied().unwrap_or(0.0).max(fitted.line.half_width)
}

/// Stamps coarser than this on both sides, in nanoseconds, leave a corridor that many bounds do not narrow.
const COARSE: f64 = 1e8;

/// The line through most bounds.
pub fn fit(events: &EventStore, rows: &[(Bound, Bracket)]) -> Option<Fitted> {
    let bounds: Vec<Bound> = rows.iter().map(|(b, _)| *b).collect();
    let (line, steps) = stab_with_steps(&bounds)?;
    let units = rows.iter().map(|(_, t)| (resolution(events, t.inside), resolution(events, t.before)));
    let finest = units.clone().map(|(x, y)| x.min(y)).fold(f64::MAX, f64::min);
    if finest >= COARSE && steps.is_empty() {
        let unit = units.map(|(x, y)| x + y).fold(0.0, f64::max);
        return Some(Fitted { line: dither::refine(line, &bounds, unit), steps });
    }
    // A stamp is truncated, and the shortest delay is unknown: the band is never narrower than the finer of
    // two stamps and half of it again, and a millisecond more where stamps are that fine.
    let floor = finest * 1.5 + finest.min(1e6);
    Some(Fitted { line: Line { half_width: line.half_width.max(floor), ..line }, steps })
}

/// Bounds with the brackets they come from.
pub type Rows = Vec<(Bound, Bracket)>;

/// The brackets to believe: those that words tell, if there are enough; else those that agree with one another.
///
/// A record that always comes a little after the two around which it seems to lie looks like a bracket too, with
/// another offset. So of those that no word tells, only those are kept that agree with the tightest ones.
fn believed(events: &EventStore, groups: Vec<(bool, Rows)>) -> Option<Rows> {
    let told: usize = groups.iter().filter(|(untold, _)| !untold).map(|(_, rows)| rows.len()).sum();
    let enough = told >= FEWEST_TOLD;
    let mut good: Vec<(f64, Rows)> = groups
        .into_iter()
        .filter(|(untold, rows)| rows.len() >= FEWEST && !(enough && *untold))
        .filter_map(|(untold, mut rows)| {
            let bounds: Vec<Bound> = rows.iter().map(|(b, _)| *b).collect();
            let line = corridor::stab(&bounds)?;
            mark_holding(events, &mut rows);
            let least = match (untold, rows.len() < FEWEST_TOLD) {
                (true, _) => BRACKET_SHARE,
                (_, true) => FEW_TOLD_SHARE,
                _ => TOLD_SHARE,
            };
            (line.share() >= least).then_some((line.half_width, rows))
        })
        .collect();
    // Tight brackets first: wide ones add nothing, and are where an accident hides.
    good.sort_by(|x, y| x.0.total_cmp(&y.0).then(y.1.len().cmp(&x.1.len())));
    good.truncate(MOST_TRIPLES);
    if !enough {
        let pooled: Vec<Bound> = good.iter().flat_map(|(_, rows)| rows.iter().map(|(b, _)| *b)).collect();
        let line = corridor::stab(&pooled)?;
        let agrees = |rows: &Rows| {
            let inside = rows.iter().filter(|(b, _)| b.low <= line.at(b.at) && line.at(b.at) <= b.high).count();
            inside as f64 >= AGREEING_SHARE * rows.len() as f64
        };
        good.retain(|(_, rows)| agrees(rows));
    }
    Some(good.into_iter().flat_map(|(_, rows)| rows).collect())
}

/// True when words tell that the second record was written between the other two: work's begin and end around what
/// another host wrote of it, or a statement between what its client wrote before and after.
fn told(
    events: &EventStore,
    acts: &Acts,
    (before, inside, after): (&Mention, &Mention, &Mention),
    outer: &[Mention],
    inner: &[Mention],
) -> bool {
    let source = |m: &Mention| events.source(m.event);
    if source(before) != source(after) {
        return false;
    }
    let act = |m: &Mention| acts.get(events, m);
    if act(after).follows(act(inside)) {
        // Nothing of the client's stands between the two.
        let between = |m: &Mention| source(m) == source(before) && m.event > before.event && m.event < after.event;
        return !outer.iter().any(between);
    }
    let spans = inner.iter().any(|m| source(m) == source(inside) && act(m).spans());
    act(before).begins() && *act(after) == Act::End && !spans
}

/// A bracket holds something if its outer two are apart by their own clock in a quarter of the keys: then
/// they are different moments in the others too, which one tick of the clock hides.
fn mark_holding(events: &EventStore, rows: &mut [(Bound, Bracket)]) {
    let apart = |b: &Bracket| match (events.time(b.before), events.time(b.after)) {
        (Some(t1), Some(t2)) => b.inside != b.after && t2.saturating_sub(t1) as f64 >= resolution(events, b.before),
        _ => false,
    };
    let holds = rows.iter().filter(|(_, b)| apart(b)).count() * 4 >= rows.len();
    for (_, b) in rows {
        b.holds = holds;
    }
}

/// A host's mentions of a key, of those kinds that it wrote only once about it.
fn single(key: &Key, host: u32) -> Vec<Mention> {
    let mine: Vec<Mention> = key.mentions.iter().copied().filter(|m| m.host == host).collect();
    let once = |m: &&Mention| mine.iter().filter(|o| o.template == m.template).count() == 1;
    mine.iter().filter(once).copied().collect()
}

/// Every bracket of `outer` around each record of `inner`. `forward`: the offset is inner minus outer.
fn collect(
    words: &Words<'_>,
    outer: &[Mention],
    inner: &[Mention],
    forward: bool,
    triples: &mut BTreeMap<Triple, Vec<(Bound, Bracket)>>,
) {
    let (events, acts) = (words.events, words.acts);
    let timed = |m: &Mention| events.time(m.event).map(|t| (t, *m));
    let mut outside: Vec<(i64, Mention)> = outer.iter().filter_map(timed).collect();
    outside.sort_by_key(|(t, m)| (*t, m.event));
    let timed_inner: Vec<(i64, Mention)> = inner.iter().filter_map(timed).collect();
    for (ti, inside) in &timed_inner {
        let (ti, inside) = (*ti, inside);
        if !outer.first().is_some_and(|before| words.nesting.allows(events, acts, before, inside, inner)) {
            continue;
        }
        for (i, (t1, before)) in outside.iter().enumerate() {
            for (t2, after) in outside.iter().skip(i + 1) {
                let q = |id: EventId| resolution(events, id);
                // Truncated stamps: the clock read something in [stamp, stamp + resolution).
                let high = ti.saturating_sub(*t1) as f64 + q(inside.event);
                let low = ti.saturating_sub(*t2) as f64 - q(after.event);
                let (low, high) = if forward { (low, high) } else { (-high, -low) };
                let at = if forward { *t1 } else { ti };
                let holds = false; // known once all keys have been seen
                let bracket = Bracket { before: before.event, inside: inside.event, after: after.event, holds };
                let told = told(events, acts, (before, inside, after), outer, inner);
                let triple = (!told, forward, before.template, inside.template, after.template);
                triples.entry(triple).or_default().push((Bound { at: at as f64, low, high }, bracket));
            }
        }
    }
}

/// How coarse an event's stamp is, in nanoseconds.
pub fn resolution(events: &EventStore, id: EventId) -> f64 {
    10f64.powi(9 - i32::from(events.precision(id)))
}
