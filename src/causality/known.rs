//! Edges that typed facts tell, whatever the clocks say; and what the rules that find them look at.

use super::{Edge, job, replication, transfer};
use crate::event::lane::Lanes;
use crate::event::settle::SourceInfo;
use crate::event::{EventId, EventStore};
use crate::fact::{Fact, Facts, Kind};
use crate::format::record::Record;
use crate::source::Source;

/// Packs whose facts the rules of this folder read: looking for all would cost more than measuring the clocks.
pub const PACKS: &[&str] = &["backup-jobs", "postgresql"];
/// Kinds of facts that they read.
pub const KINDS: &[Kind] = &[Kind::Artifact, Kind::JobEnd, Kind::JobStart, Kind::ReplStart];

/// The tables of a run, as far as the rules need them.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The sources.
    pub sources: &'a [Source],
    /// What they were taken for.
    pub infos: &'a [SourceInfo],
    /// The events.
    pub events: &'a EventStore,
    /// Hosts and their sources.
    pub lanes: &'a Lanes,
    /// What records state.
    pub facts: &'a Facts,
}

/// The edges of all rules that need no clock.
pub fn edges(known: &Known<'_>) -> Vec<Edge> {
    [job::edges(known), transfer::edges(known), replication::edges(known)].concat()
}

/// How many edges each host takes part in, by lane.
pub fn by_lane(edges: &[Edge], lanes: usize, lane: &impl Fn(EventId) -> Option<usize>) -> Vec<usize> {
    let mut counts = vec![0; lanes];
    for slot in edges.iter().flat_map(|e| [lane(e.from), lane(e.to)]).flatten() {
        if let Some(count) = counts.get_mut(slot) {
            *count += 1;
        }
    }
    counts
}

impl<'a> Known<'a> {
    /// The host that keeps an event's source, by lane.
    pub fn lane(&self, id: EventId) -> usize {
        self.lanes.of_source(self.events.source(id))
    }

    /// The words of a record.
    pub fn record(&self, id: EventId) -> Record<'a> {
        let source = self.events.source(id).idx();
        match (self.infos.get(source), self.sources.get(source)) {
            (Some(info), Some(text)) => info.decode(self.events.form(id), text.text.get(self.events.span(id))),
            _ => Record::default(),
        }
    }

    /// The facts of one kind whose records have a time.
    pub fn timed(&self, kind: Kind) -> impl Iterator<Item = (Fact<'a>, i64)> + use<'a> {
        let events = self.events;
        self.facts.kind(kind).filter_map(move |f| events.time(f.event()).map(|t| (f, t)))
    }
}

/// The last part of a path or an address: the file's name.
pub fn file_name(path: &str) -> &str {
    path.trim_end_matches(['"', '\'', ',', ')']).rsplit(['/', '\\']).next().unwrap_or(path)
}
