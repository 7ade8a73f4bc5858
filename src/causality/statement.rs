//! A client sends a statement, the server receives it, the client goes on when it is answered.
//!
//! Both sides mention the same request or row. What a client says it has done (`account.created`) comes after the
//! statement that did it (`INSERT INTO accounts`), and what the client wrote just before that about the same thing
//! comes before the statement. Other records that another host writes about a request lie between its begin and its
//! end at the client, unless that host is the client's own client, as a load balancer is: so where words alone do not
//! tell, the clocks of other requests must. A pair of kinds for which clocks say otherwise too often is no such pair.

use std::collections::BTreeMap;

use super::{Edge, Rule};
use crate::clock::pairs::resolution;
use crate::clock::{Anchor, Clocks};
use crate::event::EventStore;
use crate::fact::act::{Act, Acts, RecordKind};
use crate::fact::{Key, Mention};

/// A key with more mentions than this is no single request.
const MOST_MENTIONS: usize = 48;
/// Pairs of kinds are believed when clocks contradict at most this share of them.
const MOST_OPPOSED: f64 = 0.05;
/// Where words do not tell, so many requests must have stamps in this order, by more than their resolution.
const FEWEST_LIKELY: usize = 5;
/// And at most this share of them in the other.
const MOST_UNLIKELY: f64 = 0.02;
/// Beside the clocks' bands and the stamps' resolution, records may be apart by this much, in nanoseconds.
const SLACK: f64 = 2e6;

/// What the rule needs to look at.
pub struct Statements<'a> {
    /// The events.
    pub events: &'a EventStore,
    /// What records say was done.
    pub acts: &'a Acts,
    /// How far the hosts' clocks were off.
    pub clocks: &'a Clocks,
}

/// A record in a key's history.
#[derive(Clone, Copy)]
struct Step<'a> {
    mention: Mention,
    act: &'a Act,
}

/// An edge before it is believed, with the kinds of its ends, and what the clocks say of it.
struct Claim {
    edge: Edge,
    kinds: (RecordKind, RecordKind),
    /// Words alone tell.
    told: bool,
    order: Order,
}

/// What clocks say of a claimed order.
#[derive(Clone, Copy, Debug, Default)]
struct Order {
    /// They leave it open.
    possible: bool,
    /// Their best estimates speak for it; or against it.
    likely: bool,
    unlikely: bool,
}

/// How many claims of one pair of kinds there are, and what clocks say of them.
#[derive(Clone, Copy, Debug, Default)]
struct Held {
    all: usize,
    opposed: usize,
    likely: usize,
    unlikely: usize,
}

/// A key's history, by source.
fn steps<'a>(events: &EventStore, acts: &'a Acts, key: &Key) -> BTreeMap<u32, Vec<Step<'a>>> {
    let mut by_source: BTreeMap<u32, Vec<Step<'a>>> = BTreeMap::new();
    for m in &key.mentions {
        by_source.entry(events.source(m.event).0).or_default().push(Step { mention: *m, act: acts.get(events, m) });
    }
    by_source
}

/// Work that one program hands on and others begin; known without clocks.
pub fn handed_on(events: &EventStore, acts: &Acts, keys: &[Key]) -> Vec<Edge> {
    let few = keys.iter().filter(|k| k.mentions.len() <= MOST_MENTIONS);
    let edge = |(from, to): (Step<'_>, Step<'_>)| Edge {
        from: from.mention.event,
        to: to.mention.event,
        rule: Rule::Statement,
    };
    few.flat_map(|key| handed(&steps(events, acts, key))).map(edge).collect()
}

/// What one program hands on comes before another begins it.
fn handed<'a>(by_source: &BTreeMap<u32, Vec<Step<'a>>>) -> Vec<(Step<'a>, Step<'a>)> {
    let all = by_source.iter().flat_map(|(source, steps)| steps.iter().map(move |s| (source, s)));
    let handing: Vec<(&u32, &Step<'a>)> = all.filter(|(_, s)| s.act.hands_on()).collect();
    // What was handed on twice may have begun in between; what was mentioned before is more than what was handed on.
    let [(source, from)] = handing.as_slice() else { return Vec::new() };
    let first = by_source.get(source).and_then(|steps| steps.first()).map(|s| s.mention.event);
    if first != Some(from.mention.event) {
        return Vec::new();
    }
    let others = by_source.iter().filter(|(other, _)| other != source);
    let begun = others.filter_map(|(_, steps)| steps.iter().find(|s| *s.act == Act::Begin));
    begun.map(|to| (**from, *to)).collect()
}

impl Statements<'_> {
    /// The edges between clients and servers.
    pub fn edges(&self, keys: &[Key]) -> Vec<Edge> {
        let mut claims: Vec<Claim> = Vec::new();
        for key in keys.iter().filter(|k| k.mentions.len() <= MOST_MENTIONS) {
            self.claims(key, &mut claims);
        }
        let mut held: BTreeMap<(RecordKind, RecordKind), Held> = BTreeMap::new();
        for c in &claims {
            let slot = held.entry(c.kinds).or_default();
            slot.all += 1;
            slot.opposed += usize::from(!c.order.possible);
            slot.likely += usize::from(c.order.likely);
            slot.unlikely += usize::from(c.order.unlikely);
        }
        let believed = |c: &&Claim| {
            let held = held.get(&c.kinds).copied().unwrap_or_default();
            let doubted = held.unlikely as f64 > MOST_UNLIKELY * held.likely.max(held.all) as f64;
            let enough = c.told || (held.likely >= FEWEST_LIKELY && !doubted);
            c.order.possible && held.opposed as f64 <= MOST_OPPOSED * held.all as f64 && enough
        };
        claims.iter().filter(believed).map(|c| c.edge).collect()
    }

    fn claims(&self, key: &Key, out: &mut Vec<Claim>) {
        let by_source = steps(self.events, self.acts, key);
        let serves = |steps: &[Step<'_>]| steps.iter().any(|s| matches!(s.act, Act::Statement(..)));
        let works = |steps: &[Step<'_>]| steps.iter().any(|s| s.act.spans());
        for (client, steps) in by_source.iter().filter(|(_, s)| !serves(s)) {
            // Who only mentions what another works on has not sent that one's statements, unless he names them.
            let of_other = !works(steps) && by_source.values().any(|s| works(s));
            for (_, others) in by_source.iter().filter(|(source, _)| *source != client) {
                if serves(others) {
                    self.done(steps, others, of_other, out);
                }
                self.nested(steps, others, out);
            }
        }
        for (from, to) in handed(&by_source) {
            out.extend(self.claim(&from, &to, true));
        }
    }

    /// Statements and what the client says of them.
    fn done(&self, client: &[Step<'_>], server: &[Step<'_>], of_other: bool, out: &mut Vec<Claim>) {
        for (i, step) in client.iter().enumerate() {
            let Act::Done(verbs, _) = step.act else { continue };
            let of_verb = |s: &&Step<'_>| matches!(s.act, Act::Statement(v, _) if v & verbs != 0);
            let fitting: Vec<&Step<'_>> = server.iter().filter(of_verb).collect();
            let by_name: Vec<&Step<'_>> = fitting.iter().copied().filter(|s| step.act.follows(s.act)).collect();
            let likewise = client.iter().filter(|c| matches!(c.act, Act::Done(v, _) if v & verbs != 0));
            let statement = match (by_name.as_slice(), fitting.as_slice()) {
                ([one], _) | ([], [one]) => Some(*one),
                // As many statements as things done: they come in the same order.
                ([], all) | (all, _) if all.len() == likewise.clone().count() => {
                    all.get(likewise.clone().take_while(|c| c.mention.event < step.mention.event).count()).copied()
                }
                _ => None,
            };
            let Some(statement) = statement else { continue };
            let named = |s: &Step<'_>| s.act.follows(statement.act);
            // A statement is that of the record that names it, or else of the first that does the same.
            let mine = |c: &Step<'_>| !named(c) && c.mention.event >= step.mention.event;
            if !named(step) && (of_other || fitting.len() == 1 && !likewise.into_iter().all(mine)) {
                continue;
            }
            out.extend(self.claim(statement, step, true));
            if let Some(before) = i.checked_sub(1).and_then(|i| client.get(i)) {
                out.extend(self.claim(before, statement, true));
            }
        }
    }

    /// What another host writes about a request lies between its begin and its end at the client.
    fn nested(&self, client: &[Step<'_>], server: &[Step<'_>], out: &mut Vec<Claim>) {
        let (Some(first), Some(last)) = (client.first(), client.last()) else { return };
        let spans_itself = |s: &Step<'_>| s.act.spans();
        let begins = first.act.begins() && *last.act == Act::End;
        if !begins
            || server.iter().any(spans_itself)
            || first.mention.host == server.first().map_or(0, |s| s.mention.host)
        {
            return;
        }
        for s in server.iter().filter(|s| !s.act.hands_on()) {
            let (Some(x), Some(y)) = (self.order(first, s), self.order(s, last)) else { continue };
            if x.possible && y.possible {
                let told = matches!(s.act, Act::Statement(..));
                out.extend(self.claim(first, s, told));
                out.extend(self.claim(s, last, told));
            }
        }
    }

    fn claim(&self, from: &Step<'_>, to: &Step<'_>, told: bool) -> Option<Claim> {
        let edge = Edge { from: from.mention.event, to: to.mention.event, rule: Rule::Statement };
        let kinds = (Acts::kind(self.events, &from.mention), Acts::kind(self.events, &to.mention));
        self.order(from, to).map(|order| Claim { edge, kinds, told, order })
    }

    /// What clocks say of an order; `None` when they say nothing.
    fn order(&self, from: &Step<'_>, to: &Step<'_>) -> Option<Order> {
        let ((a, wide_a), (b, wide_b)) = (self.corrected(&from.mention)?, self.corrected(&to.mention)?);
        let unit = |s: &Step<'_>| resolution(self.events, s.mention.event);
        let shared = from.mention.host == to.mention.host;
        let bands = if shared { 0.0 } else { wide_a + wide_b };
        Some(Order {
            possible: a <= b + bands + unit(to) + SLACK,
            likely: a + unit(from) <= b,
            unlikely: b + unit(to) <= a,
        })
    }

    fn corrected(&self, m: &Mention) -> Option<(f64, f64)> {
        let time = self.events.time(m.event)?;
        let clock = self.clocks.list.get(m.host as usize)?;
        let alone = self.clocks.list.len() == 1;
        let known = clock.anchor != Anchor::Floating || alone;
        known.then(|| (time.saturating_sub(clock.correction(time)) as f64, clock.doubt()))
    }
}
