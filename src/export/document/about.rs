//! What the report is on, and what it rests on: files, clocks, assumptions, markers, figures.

use super::numbers::Numbers;
use super::{
    AssumptionDoc, Authored, ClockDoc, FiguresDoc, Input, Length, MomentDoc, NoteDoc, Overview, Placed, SourceDoc,
    Stamp,
};
use crate::analysis::Analysis;
use crate::case::figures::{Figures, Moment, Took};
use crate::export::clocks;
use crate::time::SECOND;

/// Files, hosts, events, span.
pub(super) fn overview(input: Input<'_>) -> Overview {
    let analysis = input.analysis;
    let mut times = input.rows.iter().filter_map(|id| analysis.corrected(*id));
    let whole = |t: i64| {
        let when = crate::case::When::exact(t - t.rem_euclid(SECOND), 0);
        input.stamp(when, None)
    };
    let first = times.next();
    Overview {
        files: analysis.sources.len(),
        hosts: analysis.lanes.list.iter().map(|l| l.host.clone()).collect(),
        events: input.rows.len(),
        first: first.map(whole),
        last: times.next_back().or(first).map(whole),
    }
}

/// When what was, and how long it took.
pub(super) fn figures(input: Input<'_>, f: &Figures, numbers: &mut Numbers) -> FiguresDoc {
    let mut moment = |m: Option<Moment>| {
        let m = m?;
        let band = m.event.and_then(|id| crate::export::json::band(input.analysis, id));
        Some(MomentDoc { at: input.stamp(m.when, band), by: m.by, evidence: m.event.map(|id| numbers.of(id)) })
    };
    FiguresDoc {
        trigger: moment(f.trigger),
        impact_start: moment(f.impact_start),
        impact_end: moment(f.impact_end),
        detection: moment(f.detection),
        diagnosis: moment(f.diagnosis),
        mitigation: moment(f.mitigation),
        recovery: moment(f.recovery),
        impact: f.impact().map(length),
        to_detect: f.to_detect().map(length),
        to_mitigate: f.to_mitigate().map(length),
        to_recover: f.to_recover().map(length),
    }
}

fn length(took: Took) -> Length {
    Length { ns: took.nanos, words: took.words("about ") }
}

/// Everything that was marked or noted, in the order of time; lost ones last.
pub(super) fn notes(input: Input<'_>, placed: &[Placed<'_>], numbers: &mut Numbers) -> Vec<NoteDoc> {
    let analysis = input.analysis;
    let mut all: Vec<(i64, NoteDoc)> = Vec::new();
    for &(a, event) in placed {
        let band = event.and_then(|id| crate::export::json::band(analysis, id));
        let at: Option<Stamp> = a.time(analysis, event).map(|when| input.stamp(when, band));
        let place = match event.and_then(|id| Some((analysis.source(id)?, analysis.events.line(id)))) {
            Some((source, line)) => format!("{}:{line}", source.path),
            None if a.file.is_empty() => String::new(),
            None => format!("{}:{}", a.file, a.line),
        };
        let note = NoteDoc {
            id: a.id,
            kind: a.kind,
            until: a.until.map(|when| input.stamp(when, None)),
            place,
            lost: event.is_none() && !a.file.is_empty(),
            evidence: event.map(|id| numbers.of(id)),
            markdown: Authored { text: a.comment.clone(), author: a.author.clone() },
            tags: a.tags.clone(),
            at,
        };
        let key = if note.lost { i64::MAX } else { note.at.as_ref().map_or(i64::MAX - 1, |at| at.at) };
        all.push((key, note));
    }
    all.sort_by_key(|(key, note)| (*key, note.id));
    all.into_iter().map(|(_, note)| note).collect()
}

/// The hosts' clocks.
pub(super) fn clocks(analysis: &Analysis) -> Vec<ClockDoc> {
    let one = |c: &crate::clock::Clock| ClockDoc {
        host: c.host.clone(),
        words: clocks::sentence(c),
        offset_s: c.offset / 1e9,
        half_width_s: c.half_width / 1e9,
        off: clocks::off(c.offset),
        band: clocks::size(c.half_width),
        anchor: c.anchor.word(),
        applied: c.applied,
    };
    analysis.clocks.list.iter().map(one).collect()
}

/// What was assumed where the text is silent.
pub(super) fn assumptions(analysis: &Analysis) -> Vec<AssumptionDoc> {
    let told = analysis.infos.iter().filter(|i| !i.assumptions.is_empty());
    told.map(|i| AssumptionDoc { file: i.path.clone(), words: i.assumptions.clone() }).collect()
}

/// What was read.
pub(super) fn sources(input: Input<'_>) -> Vec<SourceDoc> {
    let at = |t: Option<i64>| {
        let t = t?;
        Some(input.stamp(crate::case::When::exact(t - t.rem_euclid(SECOND), 0), None))
    };
    let one = |i: &crate::event::settle::SourceInfo| SourceDoc {
        file: i.path.clone(),
        host: i.host.clone().unwrap_or_default(),
        format: i.format.clone(),
        records: i.records,
        bytes: i.bytes,
        first: at(i.first),
        last: at(i.last),
    };
    input.analysis.infos.iter().map(one).collect()
}
