//! The program: from the paths the user named to one timeline, a line a stage.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use crate::causality::known::{self, Known};
use crate::causality::pin::{self, Pin, Pinned};
use crate::causality::statement::{self, Statements};
use crate::causality::{Edge, Edges, anchor, bracket, copy, origin, precedence};
use crate::clock::boot::Boots;
use crate::clock::{self, Clocks};
use crate::diagnostic::Diagnostics;
use crate::event::build;
use crate::event::lane::Lanes;
use crate::event::resettle::Kept;
use crate::event::settle::{self, SourceInfo};
use crate::event::{EventId, EventStore};
use crate::fact::act::Acts;
use crate::fact::owner::Owners;
use crate::fact::{self, Facts, Key, Packs};
use crate::format::definition::Definitions;
use crate::format::record::Record;
use crate::rule::Rules;
use crate::source::{self, Source};
use crate::time::infer::{self, Given, Own};
use crate::timeline::Timeline;
use crate::timeline::place::Placement;

/// What the user decides before the reading begins.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Log formats, built in and the user's own.
    pub definitions: Arc<Definitions>,
    /// How lines become facts, built in and the user's own.
    pub packs: Arc<Packs>,
    /// Which relations between facts are out of order, built in and the user's own.
    pub rules: Arc<Rules>,
    /// Zones, dates and hosts that the user gave for some sources.
    pub given: Given,
    /// Measure the hosts' clocks and order by cause.
    pub causal: bool,
    /// Clock offsets that the user gave, in nanoseconds (positive: this clock was ahead), by source or host.
    pub offsets: Vec<(globset::GlobMatcher, f64)>,
    /// Lines that the user says are one moment.
    pub pins: Vec<Pin>,
}

impl Config {
    /// Takes over what the user decided in the case.
    pub fn decide(&mut self, decided: &Decided) {
        self.given.sources.clone_from(&decided.sources);
        self.given.by_host.clone_from(&decided.hosts);
        self.pins.clone_from(&decided.pins);
    }
}

/// What the user decided in the case; it wins over what the command line gave.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// Of single sources, by their exact names.
    pub sources: BTreeMap<String, Own>,
    /// Of hosts, by the names that they have without it.
    pub hosts: BTreeMap<String, Own>,
    /// Lines that are one moment.
    pub pins: Vec<Pin>,
}

/// All tables of one run. Immutable; the window and the command line read the same.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// The sources, in the order in which they were named (folders by path).
    pub sources: Vec<Source>,
    /// What each source was taken for, by [`SourceId`](crate::source::SourceId).
    pub infos: Vec<SourceInfo>,
    /// The records.
    pub events: EventStore,
    /// Their order.
    pub timeline: Timeline,
    /// Hosts and their sources.
    pub lanes: Lanes,
    /// How far each host's clock was off; empty when clocks were not measured.
    pub clocks: Clocks,
    /// Which events happened before which.
    pub edges: Edges,
    /// Whose clock stamped a record, where that is not the host that keeps the file.
    pub owners: Owners,
    /// Corrected times; empty when clocks were not measured.
    pub placement: Arc<Placement>,
    /// Lines that the user pinned as one moment, as they stand here; in the order of the configuration.
    pub pins: Vec<Pinned>,
    /// Times for records that only count the seconds since their host was booted.
    pub boots: Boots,
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
    let (plans, segments) = read(&sources, config, partial)?;
    let (events, infos) = settle::settle(&mut diagnostics, &sources, &plans, segments, &config.given);
    let analysis = Analysis::of(sources, infos, events, diagnostics);
    Some(if config.causal { analysis.in_causal_order(config) } else { analysis })
}

/// As [`analyze_sources`], in the order of the recorded stamps, with what is needed to read on and to decide anew.
pub fn analyze_and_keep(
    mut diagnostics: Diagnostics,
    sources: Vec<Source>,
    config: &Config,
    partial: &mut dyn FnMut(Partial<'_>) -> bool,
) -> Option<(Analysis, Growing)> {
    let opening = diagnostics.clone();
    let (plans, segments) = read(&sources, config, partial)?;
    let (events, infos, kept) = settle::settle_and_keep(&mut diagnostics, &sources, &plans, segments, &config.given);
    Some((Analysis::of(sources, infos, events, diagnostics), Growing { kept, opening }))
}

type Read = (Vec<build::Plan>, Vec<Vec<crate::event::Segment>>);

fn read(sources: &[Source], config: &Config, partial: &mut dyn FnMut(Partial<'_>) -> bool) -> Option<Read> {
    let plans = build::plan(sources, &config.definitions, &config.given);
    let segments = build::read(sources, &plans, &mut |segments, progress| {
        partial(Partial { sources, plans: &plans, segments, progress, config })
    })?;
    Some((plans, segments))
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
        let (events, infos) = settle::settle(&mut diagnostics, self.sources, self.plans, segments, &self.config.given);
        let mut analysis = Analysis::of(self.sources.to_vec(), infos, events, diagnostics);
        analysis.complete = false;
        analysis.progress = self.progress;
        analysis
    }
}

/// Sources as read but not settled, kept for those that grow, and for decisions that change.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    kept: Kept,
    opening: Diagnostics,
}

impl Growing {
    /// The analysis with the sources at `grown` read on to their new end; `sources` holds all of them, as they are now.
    pub fn update(&mut self, old: &Analysis, sources: Vec<Source>, grown: &[usize]) -> Analysis {
        let (events, infos) = self.kept.grow(&sources, &old.infos, &old.events, grown);
        Analysis::of(sources, infos, events, old.diagnostics.clone())
    }

    /// The same sources by what the user decides now.
    pub fn decide(&mut self, old: &Analysis, config: &Config) -> Analysis {
        let sources = old.sources.clone();
        let (events, infos) = self.kept.again(&sources, &old.infos, &old.events, &config.definitions, &config.given);
        let mut diagnostics = self.opening.clone();
        infos.iter().for_each(|info| settle::report(&mut diagnostics, info));
        Analysis::of(sources, infos, events, diagnostics)
    }
}

impl Analysis {
    fn of(sources: Vec<Source>, infos: Vec<SourceInfo>, events: EventStore, diagnostics: Diagnostics) -> Self {
        let timeline = Timeline::by_recorded_time(&events);
        let lanes = Lanes::new(&infos, &events);
        let bytes = sources.iter().map(Source::len).sum();
        Analysis {
            sources,
            infos,
            events,
            timeline,
            lanes,
            clocks: Clocks::default(),
            edges: Edges::default(),
            owners: Owners::default(),
            pins: Vec::new(),
            boots: Boots::default(),
            placement: Arc::default(),
            diagnostics,
            complete: true,
            progress: (bytes, bytes),
        }
    }

    /// What records state, as the packs understand them.
    pub fn facts(&self, config: &Config) -> Facts {
        Facts::extract(&config.packs, &self.sources, &self.infos, &self.events)
    }

    /// The same events with clocks measured, corrected where the evidence suffices, and ordered by cause.
    pub fn in_causal_order(self, config: &Config) -> Self {
        self.in_causal_order_while(config, &|| true).unwrap_or_default()
    }

    /// As [`Analysis::in_causal_order`]; `None` when `go_on` answers false on the way.
    pub fn in_causal_order_while(mut self, config: &Config, go_on: &dyn Fn() -> bool) -> Option<Self> {
        self.owners = Owners::find(&self.sources, &self.infos, &self.events, &self.lanes);
        self.boots = Boots::find(&self.sources, &self.infos, &self.events, &self.lanes);
        let known = self.known_edges(config);
        let keys = fact::mine::shared_keys(&self.sources, &self.events, &self.lanes, &self.owners);
        let acts = Acts::of(&self.sources, &self.infos, &self.events, &keys);
        go_on().then_some(())?;
        self.pins = pin::resolve(&config.pins, &self.sources, &self.events);
        self.clocks = self.measured_clocks(&keys, &acts, &known, config);
        self.apply_pins(config);
        go_on().then_some(())?;
        self.edges = self.all_edges(&keys, &acts, known);
        go_on().then_some(())?;
        self.placement =
            Arc::new(Placement::new(&self.events, &self.lanes, &self.clocks, &self.edges, &self.owners, &self.boots));
        self.timeline = Timeline::by_corrected_time(&self.events, self.placement.clone());
        Some(self)
    }

    /// The edges that need no clock.
    fn known_edges(&self, config: &Config) -> Vec<Edge> {
        let packs = Arc::new(config.packs.only(known::PACKS, known::KINDS));
        let facts = Facts::extract(&packs, &self.sources, &self.infos, &self.events);
        let (sources, infos, events, lanes) = (&self.sources, &self.infos, &self.events, &self.lanes);
        let mut edges = known::edges(&Known { sources, infos, events, lanes, facts: &facts });
        edges.extend(copy::binary_logs(sources, events, lanes, &self.owners));
        edges.extend(copy::ring_buffers(&self.boots));
        edges
    }

    fn measured_clocks(&self, keys: &[Key], acts: &Acts, known: &[Edge], config: &Config) -> Clocks {
        let lane = |id: EventId| self.clock_lane(id);
        let counts = known::by_lane(known, self.lanes.list.len(), &lane);
        let mut clocks = clock::measure(&self.events, &self.lanes, keys, acts, &counts);
        let handed = statement::handed_on(&self.events, acts, keys);
        anchor::attach(&mut clocks, &self.events, &lane, &[known, &handed].concat());
        for lane in 0..self.lanes.list.len() {
            if let Some(offset) = self.given_offset(lane, config) {
                clocks.give(lane, offset);
            }
        }
        clocks
    }

    fn apply_pins(&mut self, config: &Config) {
        let lanes: Vec<usize> =
            (0..self.lanes.list.len()).filter(|l| self.given_offset(*l, config).is_some()).collect();
        let mut pins = std::mem::take(&mut self.pins);
        let mut clocks = std::mem::take(&mut self.clocks);
        pin::apply(&mut pins, &mut clocks, &self.events, &lanes, &|id| self.clock_lane(id));
        (self.pins, self.clocks) = (pins, clocks);
    }

    fn all_edges(&self, keys: &[Key], acts: &Acts, known: Vec<Edge>) -> Edges {
        let learned = precedence::learn(&self.events, &self.lanes, &self.clocks, keys);
        let statements = Statements { events: &self.events, acts, clocks: &self.clocks };
        let mut edges = known;
        edges.extend(statements.edges(keys));
        edges.extend(origin::edges(&self.events, keys));
        edges.extend(bracket::edges(&self.events, &self.clocks, &learned));
        Edges::new(edges)
    }

    /// The offset that the user gave for a host, by its name or one of its sources.
    fn given_offset(&self, lane: usize, config: &Config) -> Option<f64> {
        let lane = self.lanes.list.get(lane)?;
        if let Some(own) = config.given.offset(&lane.host) {
            return Some(own);
        }
        let paths = lane.sources.iter().filter_map(|s| self.sources.get(s.idx()).map(|s| s.path.as_str()));
        std::iter::once(lane.host.as_str()).chain(paths).find_map(|p| infer::given(&config.offsets, p).copied())
    }

    /// The corrected time of an event, `None` when it has no time.
    pub fn corrected(&self, id: EventId) -> Option<i64> {
        match self.events.time(id) {
            Some(recorded) if self.placement.times().is_empty() => Some(recorded),
            // A record that states no time may have got one from its host's boot.
            None if !self.boots.times.contains_key(&id) => None,
            _ => Some(self.placement.time(id)),
        }
    }

    /// Digits of the second's fraction to show: those that the stamp states, and one at least where it was corrected.
    pub fn digits(&self, id: EventId) -> u8 {
        let moved = self.corrected(id) != self.events.time(id);
        self.events.precision(id).max(u8::from(moved))
    }

    /// The host whose clock stamped an event, by lane; `None` when no file tells.
    pub fn clock_lane(&self, id: EventId) -> Option<usize> {
        self.owners.lane(&self.events, &self.lanes, id)
    }

    /// The clock that stamped an event; `None` when no file tells, or clocks were not measured.
    pub fn clock(&self, id: EventId) -> Option<&clock::Clock> {
        self.clocks.list.get(self.clock_lane(id)?)
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

    /// The times of the first and the last record that have one, as they stand on the timeline.
    pub fn span(&self) -> Option<(i64, i64)> {
        let timed = |id: &&EventId| self.corrected(**id).is_some();
        let time = |id: &EventId| self.timeline.time(&self.events, *id);
        let rows = self.timeline.events();
        Some((time(rows.iter().find(timed)?), time(rows.iter().rfind(timed)?)))
    }

    /// True for formats whose records are fields rather than sentences.
    pub fn is_structured(&self, id: EventId) -> bool {
        use crate::format::definition::Decoder;
        let form = usize::from(self.events.form(id));
        self.info(id)
            .and_then(|i| i.plan.forms.get(form))
            .is_some_and(|f| matches!(f.definition.decoder, Decoder::Json | Decoder::Logfmt))
    }

    /// The name of the format that a record has.
    pub fn format_name(&self, id: EventId) -> &str {
        self.info(id).map_or("", |info| info.format_name(self.events.form(id)))
    }
}
