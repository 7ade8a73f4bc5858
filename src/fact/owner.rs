//! Whose clock stamped a record, where that is not the host that keeps the file.
//!
//! A binary log holds its own server's events and, on a replica, those of the server it follows, with the
//! stamps that *that* server gave them. The format says which field tells them apart; the file's first
//! record is its own server's, so a value that is another file's own names that file's host.

use std::collections::BTreeMap;

use crate::event::lane::Lanes;
use crate::event::settle::SourceInfo;
use crate::event::{EventId, EventStore};
use crate::source::{Source, SourceId};

/// Records stamped by another host's clock than that of their file: the other host, by lane.
///
/// `None` stands for a clock that none of the files tells.
#[derive(Clone, Debug, Default)]
pub struct Owners {
    foreign: BTreeMap<EventId, Option<u32>>,
    /// Sources whose format tells, in order.
    told: Vec<SourceId>,
}

impl Owners {
    /// Looks through all sources whose format has a clock field.
    pub fn find(sources: &[Source], infos: &[SourceInfo], events: &EventStore, lanes: &Lanes) -> Self {
        let mut values: Vec<(EventId, u32, String)> = Vec::new();
        let mut own: BTreeMap<u32, String> = BTreeMap::new();
        let mut host_of: BTreeMap<String, u32> = BTreeMap::new();
        for (i, segment) in events.segments().iter().enumerate() {
            let (Some(info), Some(source)) = (infos.get(segment.source.idx()), sources.get(segment.source.idx()))
            else {
                continue;
            };
            let Some(field) = info.plan.primary().and_then(|f| f.definition.clock.as_deref()) else { continue };
            let lane = u32::try_from(lanes.of_source(segment.source)).unwrap_or(u32::MAX);
            for id in events.ids_of_segment(i).map(EventId) {
                let record = info.decode(events.form(id), source.text.get(events.span(id)));
                let Some(value) = record.field(field).map(str::to_owned) else { continue };
                own.entry(segment.source.0).or_insert_with(|| {
                    host_of.entry(value.clone()).or_insert(lane);
                    value.clone()
                });
                values.push((id, segment.source.0, value));
            }
        }
        let is_foreign = |(_, source, value): &(EventId, u32, String)| own.get(source) != Some(value);
        let foreign = values.into_iter().filter(is_foreign).map(|(id, _, value)| (id, host_of.get(&value).copied()));
        Owners { foreign: foreign.collect(), told: own.keys().map(|s| SourceId(*s)).collect() }
    }

    /// The lane whose clock stamped an event; `None` when no file tells.
    pub fn lane(&self, events: &EventStore, lanes: &Lanes, id: EventId) -> Option<usize> {
        match self.foreign.get(&id) {
            Some(lane) => lane.map(|l| l as usize),
            None => Some(lanes.of_source(events.source(id))),
        }
    }

    /// The records that another clock stamped, with its host where a file tells.
    pub fn foreign(&self) -> impl Iterator<Item = (EventId, Option<u32>)> + '_ {
        self.foreign.iter().map(|(id, lane)| (*id, *lane))
    }

    /// True when another clock than its host's stamped the record.
    pub fn is_foreign(&self, id: EventId) -> bool {
        self.foreign.contains_key(&id)
    }

    /// True for a source whose format tells who stamped each record.
    pub fn keeps_several(&self, source: SourceId) -> bool {
        self.told.binary_search(&source).is_ok()
    }

    /// True when every record was stamped by the host that keeps its file.
    pub fn is_empty(&self) -> bool {
        self.foreign.is_empty()
    }
}
