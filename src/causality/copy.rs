//! The same record twice: first where it arose, then where it was written again.
//!
//! A replica writes the events of the server it follows into its own binary log, with that server's stamps; the
//! logging daemon writes the kernel's ring buffer into its file. The copy cannot stand before what it copies.

use std::collections::BTreeMap;

use super::{Edge, Rule};
use crate::clock::boot::Boots;
use crate::event::lane::Lanes;
use crate::event::{EventId, EventStore};
use crate::fact::mine;
use crate::fact::owner::Owners;
use crate::fact::token::Tokens;
use crate::source::Source;

/// Records of another server's binary log, and the same in that server's own.
///
/// Replication keeps the order, so among records of one kind and stamp the n-th copy is that of the n-th original.
pub fn binary_logs(sources: &[Source], events: &EventStore, lanes: &Lanes, owners: &Owners) -> Vec<Edge> {
    type Place = (u32, i64, u32);
    let mut copies: BTreeMap<Place, Vec<EventId>> = BTreeMap::new();
    let mut tokens = Tokens::default();
    let mut kind = |id: EventId| {
        let source = sources.get(events.source(id).idx())?;
        Some((events.time(id)?, mine::template(&tokens.mark(source.text.get(events.span(id))))))
    };
    let mut holders: Vec<u32> = Vec::new();
    for (id, owner) in owners.foreign() {
        if let (Some(owner), Some((time, template))) = (owner, kind(id)) {
            copies.entry((owner, time, template)).or_default().push(id);
            holders.push(events.source(id).0);
        }
    }
    holders.sort_unstable();
    holders.dedup();
    let mut originals: BTreeMap<Place, Vec<EventId>> = BTreeMap::new();
    for (i, segment) in events.segments().iter().enumerate() {
        let lane = u32::try_from(lanes.of_source(segment.source)).unwrap_or(u32::MAX);
        if !owners.keeps_several(segment.source) {
            continue;
        }
        for id in events.ids_of_segment(i).map(EventId).filter(|id| !owners.is_foreign(*id)) {
            let Some((time, template)) = kind(id) else { continue };
            if copies.contains_key(&(lane, time, template)) {
                originals.entry((lane, time, template)).or_default().push(id);
            }
        }
    }
    let mut edges = Vec::new();
    for (place, copies) in &copies {
        let originals = originals.get(place).map(Vec::as_slice).unwrap_or_default();
        for holder in &holders {
            let here = copies.iter().filter(|id| events.source(**id).0 == *holder);
            edges.extend(here.zip(originals).map(|(to, from)| Edge { from: *from, to: *to, rule: Rule::Copy }));
        }
    }
    edges
}

/// Lines of the kernel's ring buffer, and the same in a log with times.
pub fn ring_buffers(boots: &Boots) -> Vec<Edge> {
    boots.copies.iter().map(|(from, to)| Edge { from: *from, to: *to, rule: Rule::Copy }).collect()
}
