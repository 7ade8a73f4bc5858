//! The numbers of the evidence: a record gets one when it is first named.

use std::collections::BTreeMap;

use super::{EvidenceDoc, Input, LOOKED_AT};
use crate::event::EventId;
use crate::event::spot::hash;
use crate::time::format;

/// Which records are named, in order.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    list: Vec<EventId>,
    known: BTreeMap<EventId, usize>,
}

impl Numbers {
    /// The number of a record, from 1.
    pub(super) fn of(&mut self, id: EventId) -> usize {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        self.list.push(id);
        self.known.insert(id, self.list.len());
        self.list.len()
    }

    /// The records, by number.
    pub(super) fn documents(&self, input: Input<'_>) -> Vec<EvidenceDoc> {
        self.list.iter().enumerate().map(|(i, id)| document(input, i + 1, *id)).collect()
    }
}

fn document(input: Input<'_>, number: usize, id: EventId) -> EvidenceDoc {
    let analysis = input.analysis;
    let raw = if id.idx() < analysis.events.len() { analysis.raw(id) } else { &[] };
    EvidenceDoc {
        number,
        file: analysis.source(id).map_or_else(String::new, |s| s.path.clone()),
        line: analysis.events.line(id),
        host: super::rows::host(analysis, id),
        at: input.stamp_of(id),
        recorded_utc: analysis.events.time(id).map(|t| format::utc(t, analysis.events.precision(id))),
        hash: hash(raw),
        raw: raw.get(..LOOKED_AT).unwrap_or(raw).to_vec(),
        bytes: raw.len() as u64,
    }
}
