//! A client sends a statement, the server receives it, the client goes on when it is answered.
//!
//! Both sides mention the same request or row. What a client says it has done (`account.created`) comes after the
//! statement that did it (`INSERT INTO accounts`), and what the client wrote just before that about the same thing
//! comes before the statement. Other records that a server writes about a request lie between its begin and its end
//! at the client. A pair of kinds for which clocks say otherwise too often is no such pair.

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

/// An edge before it is believed, with the kinds of its ends, and whether clocks leave it open.
struct Claim {
    edge: Edge,
    kinds: (RecordKind, RecordKind),
    possible: bool,
}

impl Statements<'_> {
    /// The edges between clients and servers.
    pub fn edges(&self, keys: &[Key]) -> Vec<Edge> {
        let mut claims: Vec<Claim> = Vec::new();
        for key in keys.iter().filter(|k| k.mentions.len() <= MOST_MENTIONS) {
            self.claims(key, &mut claims);
        }
        let mut held: BTreeMap<(RecordKind, RecordKind), (usize, usize)> = BTreeMap::new();
        for c in &claims {
            let slot = held.entry(c.kinds).or_default();
            slot.0 += 1;
            slot.1 += usize::from(!c.possible);
        }
        let believed = |c: &&Claim| {
            let (all, opposed) = held.get(&c.kinds).copied().unwrap_or_default();
            c.possible && opposed as f64 <= MOST_OPPOSED * all as f64
        };
        claims.iter().filter(believed).map(|c| c.edge).collect()
    }

    fn claims<'k>(&'k self, key: &Key, out: &mut Vec<Claim>) {
        let mut by_source: BTreeMap<u32, Vec<Step<'k>>> = BTreeMap::new();
        for m in &key.mentions {
            let act = self.acts.get(self.events, m);
            by_source.entry(self.events.source(m.event).0).or_default().push(Step { mention: *m, act });
        }
        let serves = |steps: &[Step<'_>]| steps.iter().any(|s| matches!(s.act, Act::Statement(..)));
        for (client, steps) in by_source.iter().filter(|(_, s)| !serves(s)) {
            for (_, others) in by_source.iter().filter(|(source, _)| *source != client) {
                if serves(others) {
                    self.done(steps, others, out);
                }
                self.nested(steps, others, out);
            }
        }
    }

    /// Statements and what the client says of them.
    fn done(&self, client: &[Step<'_>], server: &[Step<'_>], out: &mut Vec<Claim>) {
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
                    all.get(likewise.take_while(|c| c.mention.event < step.mention.event).count()).copied()
                }
                _ => None,
            };
            let Some(statement) = statement else { continue };
            out.extend(self.claim(statement, step));
            if let Some(before) = i.checked_sub(1).and_then(|i| client.get(i)) {
                out.extend(self.claim(before, statement));
            }
        }
    }

    /// What a server writes about a request lies between its begin and its end at the client.
    fn nested(&self, client: &[Step<'_>], server: &[Step<'_>], out: &mut Vec<Claim>) {
        let (Some(first), Some(last)) = (client.first(), client.last()) else { return };
        let spans_itself = |s: &Step<'_>| s.act.spans();
        let begins = *first.act == Act::Begin && *last.act == Act::End;
        if !begins
            || server.iter().any(spans_itself)
            || first.mention.host == server.first().map_or(0, |s| s.mention.host)
        {
            return;
        }
        for s in server.iter().filter(|s| self.within(s, first, last)) {
            out.extend(self.claim(first, s));
            out.extend(self.claim(s, last));
        }
    }

    fn within(&self, step: &Step<'_>, first: &Step<'_>, last: &Step<'_>) -> bool {
        self.possible(first, step) == Some(true) && self.possible(step, last) == Some(true)
    }

    fn claim(&self, from: &Step<'_>, to: &Step<'_>) -> Option<Claim> {
        let edge = Edge { from: from.mention.event, to: to.mention.event, rule: Rule::Statement };
        let possible = self.possible(from, to)?;
        Some(Claim {
            edge,
            kinds: (Acts::kind(self.events, &from.mention), Acts::kind(self.events, &to.mention)),
            possible,
        })
    }

    /// Whether the clocks leave open that one was written before the other; `None` when they do not tell.
    fn possible(&self, from: &Step<'_>, to: &Step<'_>) -> Option<bool> {
        let ((a, wide_a), (b, wide_b)) = (self.corrected(&from.mention)?, self.corrected(&to.mention)?);
        let shared = from.mention.host == to.mention.host;
        let bands = if shared { 0.0 } else { wide_a + wide_b };
        Some(a <= b + bands + resolution(self.events, to.mention.event) + SLACK)
    }

    fn corrected(&self, m: &Mention) -> Option<(f64, f64)> {
        let time = self.events.time(m.event)?;
        let clock = self.clocks.list.get(m.host as usize)?;
        let alone = self.clocks.list.len() == 1;
        let known = clock.anchor != Anchor::Floating || alone;
        known.then(|| (time.saturating_sub(clock.correction(time)) as f64, clock.doubt()))
    }
}
