//! Warnings and errors that were never said before, just before the first effect.
//!
//! A message that is new shortly before things went wrong is worth reading, no more: it is context, never a cause
//! by itself. The words of a message are compared without numbers and identifiers.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::finding::Finding;
use super::sighting::{World, masked};
use super::violation::Violation;
use crate::event::EventId;
use crate::format::level::Level;
use crate::rule::Severity;
use crate::rule::primitive::Novel;

/// The time before must be this many times longer than the time looked at, or nothing is known to be new.
const BASELINE: i64 = 10;
/// Messages that are told.
const MOST: usize = 5;
/// Loud records that are compared. Where there are more, nothing is called new: not all could be looked at.
const MOST_COMPARED: usize = 200_000;

/// Loud messages shortly before the first grave finding that nobody had said before.
pub(super) fn violations(world: &World<'_>, p: &Novel, findings: &[Finding]) -> Vec<Violation> {
    let grave = findings.iter().filter(|f| f.benign.is_none() && f.severity >= Severity::High);
    let Some(onset) = grave.map(|f| f.first).min() else { return Vec::new() };
    if onset.saturating_sub(world.span.0) < p.before.saturating_mul(BASELINE) {
        return Vec::new();
    }
    let mut first: HashMap<u64, (i64, EventId)> = HashMap::new();
    let Some(loud) = loud(world, onset) else { return Vec::new() };
    for (time, id) in loud {
        let entry = first.entry(words(world, id)).or_insert((time, id));
        *entry = (*entry).min((time, id));
    }
    let from = onset.saturating_sub(p.before);
    let mut new: Vec<(i64, EventId)> = first.into_values().filter(|(time, _)| *time >= from).collect();
    new.sort_unstable();
    new.truncate(MOST);
    let case = |(_, id): &(i64, EventId)| Violation {
        records: vec![("seen", *id)],
        sure: 1.0,
        count: 1,
        ..Violation::default()
    };
    new.iter().map(case).collect()
}

/// Warnings and errors before a time: the effect itself is no news of it.
fn loud(world: &World<'_>, until: i64) -> Option<Vec<(i64, EventId)>> {
    let mut out = Vec::new();
    for (index, segment) in world.analysis.events.segments().iter().enumerate() {
        let ids = world.analysis.events.ids_of_segment(index);
        for (id, level) in ids.zip(&segment.level) {
            let id = EventId(id);
            let time = if *level >= Level::Warning { world.time_of(id) } else { i64::MAX };
            if time < until {
                out.push((time, id));
            }
        }
    }
    (out.len() <= MOST_COMPARED).then_some(out)
}

fn words(world: &World<'_>, id: EventId) -> u64 {
    let record = world.analysis.record(id);
    let mut hasher = DefaultHasher::new();
    for word in record.message.split_whitespace().filter(|w| !w.contains(|c: char| c.is_ascii_digit())).take(12) {
        masked(word).hash(&mut hasher);
    }
    record.process.hash(&mut hasher);
    hasher.finish()
}
