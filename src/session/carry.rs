//! Measured clocks and findings carried over to sources that have grown since.
//!
//! Measuring takes seconds, and growth is shown four times a second. What was written since then is corrected by
//! the clocks as they were measured; edges stay those between the events that were measured.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::causality::pin::Pinned;
use crate::causality::{Edge, Edges};
use crate::clock::boot::Boots;
use crate::clock::pairs::Bracket;
use crate::clock::{Clock, Clocks};
use crate::detect::Findings;
use crate::event::{EventId, EventStore};
use crate::fact::owner::Owners;
use crate::source::SourceId;
use crate::timeline::Timeline;
use crate::timeline::place::Placement;

/// `grown` in causal order, by the clocks and edges of `measured`, whose events stand among its own.
pub(super) fn carry(measured: &Analysis, grown: &Analysis) -> Analysis {
    let ids = Ids { old: &measured.events, new: &grown.events, starts: (starts(measured), starts(grown)) };
    let mut out = grown.clone();
    out.clocks = clocks(measured, grown, &ids);
    let edge = |e: &Edge| Some(Edge { from: ids.of(e.from)?, to: ids.of(e.to)?, rule: e.rule });
    out.edges = Edges::new(measured.edges.all().iter().filter_map(edge).collect());
    out.pins = measured.pins.iter().map(|pin| pinned(pin, &ids)).collect();
    out.owners = Owners::find(&out.sources, &out.infos, &out.events, &out.lanes);
    out.boots = Boots::find(&out.sources, &out.infos, &out.events, &out.lanes);
    let placement = Placement::new(&out.events, &out.lanes, &out.clocks, &out.edges, &out.owners, &out.boots);
    out.placement = Arc::new(placement);
    out.timeline = Timeline::by_corrected_time(&out.events, out.placement.clone());
    out
}

/// What was found in `searched`, by the ids of `grown`; `None` where a finding's record is no longer there.
pub(super) fn findings(searched: &Analysis, grown: &Analysis, findings: &Findings) -> Option<Findings> {
    let ids = Ids { old: &searched.events, new: &grown.events, starts: (starts(searched), starts(grown)) };
    let mut out = findings.clone();
    for finding in &mut out.list {
        finding.at = ids.of(finding.at)?;
        for evidence in &mut finding.evidence {
            evidence.event = ids.of(evidence.event)?;
        }
        for expected in &mut finding.expected {
            expected.seen = expected.seen.and_then(|id| ids.of(id));
        }
        finding.targets = finding.targets.iter().filter_map(|&id| ids.of(id)).collect();
    }
    Some(out)
}

fn pinned(pin: &Pinned, ids: &Ids<'_>) -> Pinned {
    let events = pin.events.and_then(|(a, b)| ids.of(a).zip(ids.of(b)));
    Pinned { events, effect: pin.effect.clone() }
}

/// The clocks by the lanes of `grown`: a host that has come since then floats.
fn clocks(measured: &Analysis, grown: &Analysis, ids: &Ids<'_>) -> Clocks {
    let example = |b: Bracket| {
        let (before, inside, after) = (ids.of(b.before)?, ids.of(b.inside)?, ids.of(b.after)?);
        Some(Bracket { before, inside, after, ..b })
    };
    let clock = |host: &str| {
        let clock = measured.clocks.list.iter().find(|c| c.host == host).cloned();
        clock.unwrap_or_else(|| Clock { host: host.to_owned(), ..Clock::default() })
    };
    let mut list: Vec<Clock> = grown.lanes.list.iter().map(|lane| clock(&lane.host)).collect();
    for clock in &mut list {
        clock.example = clock.example.take().and_then(example);
    }
    let named = measured.clocks.list.get(measured.clocks.reference).map(|c| c.host.as_str());
    let reference = list.iter().position(|c| Some(c.host.as_str()) == named).unwrap_or(0);
    Clocks { list, reference, ..Clocks::default() }
}

/// From the ids of one snapshot to those of a later one: a source's events keep their order.
struct Ids<'a> {
    old: &'a EventStore,
    new: &'a EventStore,
    starts: (BTreeMap<SourceId, Range<u32>>, BTreeMap<SourceId, Range<u32>>),
}

impl Ids<'_> {
    /// `None` where a record's last line was cut short then, and now turned out to belong elsewhere.
    fn of(&self, id: EventId) -> Option<EventId> {
        let source = self.old.source(id);
        let (old, new) = (self.starts.0.get(&source)?, self.starts.1.get(&source)?);
        let there = EventId(id.0.checked_sub(old.start)?.checked_add(new.start)?);
        (there.0 < new.end && self.new.line(there) == self.old.line(id)).then_some(there)
    }
}

fn starts(analysis: &Analysis) -> BTreeMap<SourceId, Range<u32>> {
    let mut out: BTreeMap<SourceId, Range<u32>> = BTreeMap::new();
    for (i, segment) in analysis.events.segments().iter().enumerate() {
        let ids = analysis.events.ids_of_segment(i);
        out.entry(segment.source).and_modify(|all| all.end = ids.end).or_insert(ids);
    }
    out
}
