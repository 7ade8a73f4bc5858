//! The program: from the paths the user named to one timeline, a line a stage.

use std::path::PathBuf;
use std::sync::Arc;

use crate::diagnostic::Diagnostics;
use crate::event::build;
use crate::event::settle::{self, SourceInfo};
use crate::format::record::Record;
use crate::event::{EventId, EventStore};
use crate::format::definition::Definitions;
use crate::source::{self, Source};
use crate::time::infer::Given;
use crate::timeline::Timeline;
use crate::timeline::lane::Lanes;

/// What the user decides before the reading begins.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Log formats, built in and the user's own.
    pub definitions: Arc<Definitions>,
    /// Zones, dates and hosts that the user gave for some sources.
    pub given: Given,
}

/// All tables of one run. Immutable; the window and the command line read the same.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The sources, in the order in which they were named (folders by path).
    pub sources: Vec<Source>,
    /// What each source was taken for, by [`SourceId`](crate::source::SourceId).
    pub infos: Vec<SourceInfo>,
    /// The facts.
    pub events: EventStore,
    /// Their order.
    pub timeline: Timeline,
    /// Hosts and their sources.
    pub lanes: Lanes,
    /// Trouble on the way.
    pub diagnostics: Diagnostics,
    /// False while only a part has been read.
    pub complete: bool,
    /// Bytes read so far, and in all.
    pub progress: (u64, u64),
}

/// Reads, recognises, times and orders everything below `paths`.
pub fn analyze(paths: &[PathBuf], config: &Config) -> Analysis {
    let mut diagnostics = Diagnostics::default();
    let sources = source::open(&mut diagnostics, paths);
    analyze_sources(diagnostics, sources, config, &mut |_| true).unwrap_or_default()
}

/// As [`analyze`], on sources that are open already.
///
/// `partial` is handed what has been read so far, a few times on the way; reading stops, and `None`
/// is returned, when it answers false.
pub fn analyze_sources(
    mut diagnostics: Diagnostics,
    sources: Vec<Source>,
    config: &Config,
    partial: &mut dyn FnMut(Partial<'_>) -> bool,
) -> Option<Analysis> {
    let plans = build::plan(&sources, &config.definitions);
    let segments = build::read(&sources, &plans, &mut |segments, progress| {
        partial(Partial { sources: &sources, plans: &plans, segments, progress, config })
    })?;
    let (events, infos) = settle::settle(&mut diagnostics, &sources, &plans, segments, &config.given);
    Some(Analysis::of(sources, infos, events, diagnostics))
}

/// What has been read when [`analyze_sources`] reports on its way.
pub struct Partial<'a> {
    sources: &'a [Source],
    plans: &'a [build::Plan],
    segments: &'a [Vec<crate::event::Segment>],
    /// Bytes read so far, and in all.
    pub progress: (u64, u64),
    config: &'a Config,
}

impl Partial<'_> {
    /// An analysis of what has been read. Its times and ids are provisional. Costs a copy of the columns.
    pub fn analysis(&self) -> Analysis {
        let mut diagnostics = Diagnostics::default();
        let segments = self.segments.to_vec();
        let (events, infos) =
            settle::settle(&mut diagnostics, self.sources, self.plans, segments, &self.config.given);
        let mut analysis = Analysis::of(self.sources.to_vec(), infos, events, diagnostics);
        analysis.complete = false;
        analysis.progress = self.progress;
        analysis
    }
}

impl Analysis {
    fn of(sources: Vec<Source>, infos: Vec<SourceInfo>, events: EventStore, diagnostics: Diagnostics) -> Self {
        let timeline = Timeline::by_recorded_time(&events);
        let lanes = Lanes::new(&infos, &events);
        let bytes = sources.iter().map(Source::len).sum();
        Analysis { sources, infos, events, timeline, lanes, diagnostics, complete: true, progress: (bytes, bytes) }
    }

    /// The source of an event.
    pub fn source(&self, id: EventId) -> Option<&Source> {
        self.sources.get(self.events.source(id).idx())
    }

    /// What the source of an event was taken for.
    pub fn info(&self, id: EventId) -> Option<&SourceInfo> {
        self.infos.get(self.events.source(id).idx())
    }

    /// The bytes of a record, continuation lines included, without the last line end.
    pub fn raw(&self, id: EventId) -> &[u8] {
        self.source(id).map_or(&[], |s| s.text.get(self.events.span(id)))
    }

    /// The words of a record: message, fields, who wrote it.
    pub fn record(&self, id: EventId) -> Record<'_> {
        self.info(id).map_or_else(Record::default, |info| info.decode(self.events.form(id), self.raw(id)))
    }

    /// The name of the format that a record has.
    pub fn format_name(&self, id: EventId) -> &str {
        self.info(id).map_or("", |info| info.format_name(self.events.form(id)))
    }
}
