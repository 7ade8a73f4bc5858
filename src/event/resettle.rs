//! What was read, kept as it was before anything was decided about it.
//!
//! For sources that grow, and for a user who says that a zone, a year or a host is another one. Then only times are
//! worked out again; no file is read, unless its format changes.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::event::build::{self, Plan};
use crate::event::series;
use crate::event::settle::{self, SourceInfo};
use crate::event::store::{EventStore, Flags, Segment};
use crate::event::{fill, gather};
use crate::format::definition::Definitions;
use crate::source::{Source, SourceId};
use crate::time::infer::{Decision, Evidence, Given, Needs};

/// The times of one segment as its stamps state them.
#[derive(Clone, Debug)]
struct Stated {
    time: Vec<i64>,
    flags: Vec<Flags>,
}

/// What was read and not settled. Costs ten bytes for each event whose stamp leaves something out, and little else.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    evidence: Vec<Evidence>,
    /// By source; empty where stamps leave nothing out, for then their times are what they are.
    stated: Vec<Vec<Stated>>,
    /// The format that the user gave for each source when it was read.
    formats: Vec<Option<String>>,
    /// Sources that were read once more, whole.
    grown: BTreeMap<usize, Vec<Segment>>,
}

impl Kept {
    /// Keeps what is needed of sources that are about to be settled.
    pub(super) fn new(evidence: Vec<Evidence>, segments: &[Vec<Segment>], given: &Given) -> Self {
        let stated = evidence.iter().zip(segments).map(|(e, s)| stated(e, s)).collect();
        let formats = evidence.iter().map(|e| given.format(&e.path).map(str::to_owned)).collect();
        Kept { evidence, stated, formats, grown: BTreeMap::new() }
    }

    /// The events with the sources at `grown` read on to their new end; `infos` and `events` are those before.
    pub fn grow(
        &mut self,
        sources: &[Source],
        infos: &[SourceInfo],
        events: &EventStore,
        grown: &[usize],
    ) -> (EventStore, Vec<SourceInfo>) {
        let mut infos = infos.to_vec();
        let mut segments: Vec<Arc<Segment>> = Vec::new();
        for (idx, source) in sources.iter().enumerate() {
            let Some(info) = infos.get_mut(idx).filter(|_| grown.contains(&idx)) else {
                segments.extend(of_source(events, idx));
                continue;
            };
            let read = self.grown.entry(idx).or_default();
            build::read_growth(source, idx, &info.plan, read);
            let (settled, described) = settle::settle_growth(source, info, read.clone());
            *info = described;
            segments.extend(settled.into_iter().map(Arc::new));
            if let Some(slot) = self.stated.get_mut(idx) {
                slot.clear();
            }
        }
        (EventStore::new(segments), infos)
    }

    /// The same events by other decisions; `infos` and `events` are those before. What a decision does not touch is
    /// shared with them. Only sources whose format is another one now are read again.
    pub fn again(
        &mut self,
        sources: &[Source],
        infos: &[SourceInfo],
        events: &EventStore,
        definitions: &Definitions,
        given: &Given,
    ) -> (EventStore, Vec<SourceInfo>) {
        let mut plans: Vec<Plan> = infos.iter().map(|i| i.plan.clone()).collect();
        let anew = self.read_again(sources, &mut plans, definitions, given);
        for (idx, segments) in &self.grown {
            let (Some(source), Some(plan)) = (sources.get(*idx), plans.get(*idx)) else { continue };
            if let Some(slot) = self.evidence.get_mut(*idx) {
                *slot = gather::gather(source, plan, segments, given);
            }
        }
        if !self.grown.is_empty() {
            series::link(sources, &plans, &mut self.evidence);
        }
        crate::event::host::unify(&mut self.evidence);
        for e in &mut self.evidence {
            settle::name(e, given);
        }
        let decisions = series::decide(&self.evidence, given);
        let all: Vec<(Vec<Arc<Segment>>, SourceInfo)> = (sources, infos, &plans, &self.evidence, &decisions)
            .into_par_iter()
            .enumerate()
            .map(|(idx, (source, info, plan, e, d))| match self.civil(idx, anew.contains(&idx), info, events, d) {
                None => (of_source(events, idx).collect(), info.decided(e, d)),
                Some(mut segments) => {
                    fill::fill(&mut segments, d);
                    fill::flag_out_of_order(&mut segments);
                    let continues = info.continues.clone();
                    let info = SourceInfo { continues, ..settle::describe(source, plan, &segments, e, d) };
                    (segments.into_iter().filter(|s| s.n_lines > 0).map(Arc::new).collect(), info)
                }
            })
            .collect();
        let (segments, infos): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        (EventStore::new(segments.into_iter().flatten().collect()), infos)
    }

    /// Reads sources whose format is not the one that they were read by.
    fn read_again(
        &mut self,
        sources: &[Source],
        plans: &mut [Plan],
        definitions: &Definitions,
        given: &Given,
    ) -> Vec<usize> {
        let changed = |idx: usize, source: &Source| {
            self.formats.get(idx).is_some_and(|format| format.as_deref() != given.format(&source.path))
        };
        let changed = sources.iter().enumerate().filter(|(idx, source)| changed(*idx, source));
        let read: Vec<(usize, Plan, Vec<Segment>)> = changed
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|(idx, source)| {
                let plan = build::plan_of(source, definitions, given);
                let mut segments = Vec::new();
                build::read_growth(source, idx, &plan, &mut segments);
                (idx, plan, segments)
            })
            .collect();
        let mut changed_now = Vec::new();
        for (idx, plan, segments) in read {
            if let (Some(slot), Some(format), Some(source)) =
                (plans.get_mut(idx), self.formats.get_mut(idx), sources.get(idx))
            {
                *slot = plan;
                *format = given.format(&source.path).map(str::to_owned);
            }
            changed_now.push(idx);
            self.grown.insert(idx, segments);
        }
        changed_now
    }

    /// The segments of a source with their times as stated, `None` where no decision changes them.
    fn civil(
        &self,
        idx: usize,
        anew: bool,
        info: &SourceInfo,
        events: &EventStore,
        d: &Decision,
    ) -> Option<Vec<Segment>> {
        let old = &info.decision;
        let same = (old.year, old.day, old.zone, old.ambiguous_east) == (d.year, d.day, d.zone, d.ambiguous_east);
        if same && !anew {
            return None;
        }
        if let Some(whole) = self.grown.get(&idx) {
            return Some(whole.clone());
        }
        let stated = self.stated.get(idx).filter(|s| !s.is_empty())?;
        let as_stated = |(segment, stated): (Arc<Segment>, &Stated)| Segment {
            time: stated.time.clone(),
            flags: stated.flags.clone(),
            ..Segment::clone(&segment)
        };
        Some(of_source(events, idx).zip(stated).map(as_stated).collect())
    }
}

fn stated(e: &Evidence, segments: &[Segment]) -> Vec<Stated> {
    if e.needs == Needs::default() && e.ambiguous.is_none() {
        return Vec::new();
    }
    let kept = segments.iter().filter(|s| s.n_lines > 0);
    kept.map(|s| Stated { time: s.time.clone(), flags: s.flags.clone() }).collect()
}

fn of_source(events: &EventStore, idx: usize) -> impl Iterator<Item = Arc<Segment>> {
    let id = SourceId(u32::try_from(idx).unwrap_or(u32::MAX));
    events.segments().iter().filter(move |s| s.source == id).cloned()
}
