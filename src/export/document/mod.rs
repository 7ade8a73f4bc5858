//! What a report says, before it is Markdown, HTML or JSON: one reading of analysis, findings and case, so that all
//! forms tell the same and redaction has one place.
//!
//! Texts are of three kinds, and every writer must keep them apart: *words* are sentences of ours in which names and
//! values from logs stand, *markdown* is the author's own, and *raw* or *log* is text of a log, which is data.

mod about;
mod model;
mod numbers;
pub mod picture;
mod redacted;
mod rows;
mod telling;
mod texts;

use serde::Serialize;

use crate::analysis::Analysis;
use crate::case::figures::Figures;
use crate::case::said::Said;
use crate::case::{Annotation, Case, When};
use crate::detect::Findings;
use crate::event::EventId;
use crate::format::level::Level;
use crate::time::zone::Zone;
pub use model::*;
use numbers::Numbers;

/// Name and version of the form that [`Document`] has as JSON. A new number when a key changes its meaning or goes.
pub const SCHEMA: &str = "causeline-report/1";

/// What the report shows.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its title.
    pub title: String,
    /// Zone of all times.
    pub zone: Zone,
    /// A second zone beside the first.
    pub second_zone: Option<Zone>,
    /// The quietest level whose events stand in the timeline beside evidence and markers; `None` for no such events.
    pub least: Option<Level>,
    /// Most rows in the timeline.
    pub most_rows: usize,
}

/// What a report is made from.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The logs, read and ordered.
    pub analysis: &'a Analysis,
    /// What was found.
    pub findings: &'a Findings,
    /// What the analyst said.
    pub case: Option<&'a Case>,
    /// The events that the report is on, in timeline order.
    pub rows: &'a [EventId],
    /// What it shows.
    pub choice: &'a Choice,
}

/// A report.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Document {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// Version of the program that wrote it.
    pub written_by: String,
    /// Title, in words.
    pub title: String,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// The author's own summary, in Markdown; empty for none.
    pub summary_markdown: String,
    /// Name of the zone of all times.
    pub zone: String,
    /// Name of the second zone.
    pub second_zone: Option<String>,
    /// What the report is on.
    pub overview: Overview,
    /// When what was, and how long it took.
    pub figures: FiguresDoc,
    /// The picture of the hosts over time.
    pub picture: picture::Picture,
    /// The timeline.
    pub timeline: Timeline,
    /// The stories, the gravest first.
    pub stories: Vec<StoryDoc>,
    /// Findings of no story that the analyst wants to be told.
    pub singles: Vec<FindingDoc>,
    /// What is loud and not the cause.
    pub red_herrings: Vec<Herring>,
    /// Findings that are told nowhere else.
    pub also_seen: Vec<Brief>,
    /// How many findings the analyst dismissed.
    pub dismissed: usize,
    /// Everything that was marked or noted, in the order of time; lost ones last.
    pub notes: Vec<NoteDoc>,
    /// What would prevent it, and what to check.
    pub actions: Vec<Action>,
    /// True when clocks were measured.
    pub clocks_measured: bool,
    /// The hosts' clocks.
    pub clocks: Vec<ClockDoc>,
    /// What was assumed where the text is silent.
    pub assumptions: Vec<AssumptionDoc>,
    /// What was read.
    pub sources: Vec<SourceDoc>,
    /// The records that the report rests on, by number.
    pub evidence: Vec<EvidenceDoc>,
    /// What could not be read in full, in words.
    pub trouble: Vec<String>,
    /// Names and values were replaced: the report keeps no case.
    pub redacted: bool,
    /// The case as it goes into the Markdown report, to be opened again; its sources relative to the report.
    #[serde(skip)]
    pub kept: Option<Case>,
}

/// Most bytes of a record that a report quotes.
pub const LONGEST: usize = 16 * 1024;
/// Most bytes of a record that are looked at before it is shortened to that.
const LOOKED_AT: usize = 4 * LONGEST;

/// A marker, and the event that it stands on now.
type Placed<'a> = (&'a Annotation, Option<EventId>);

impl Document {
    /// What the report says.
    pub fn of(input: Input<'_>) -> Self {
        let mut doc = Document::gather(input);
        doc.shorten();
        doc
    }

    /// Brings log text to the lengths that a report shows.
    fn shorten(&mut self) {
        self.timeline.rows.iter_mut().for_each(|row| rows::shorten(&mut row.log));
        self.evidence.iter_mut().for_each(|e| truncate(&mut e.raw));
    }

    /// What the report says, with log texts longer than it shows.
    fn gather(input: Input<'_>) -> Self {
        let Input { analysis, findings, case, choice, .. } = input;
        let said = Said::of(case, analysis, findings);
        // Looking for them reads all events: once is enough.
        let markers: Vec<Placed<'_>> = case.map(|c| c.resolve(analysis)).unwrap_or_default();
        let figures = Figures::of(analysis, markers.iter().copied(), &said, findings);
        let mut numbers = Numbers::default();
        let timeline = rows::timeline(input, &markers, &said, &figures, &mut numbers);
        let report = case.map(|c| c.report.clone()).unwrap_or_default();
        let mut teller = telling::Teller { input, said: &said, numbers: &mut numbers };
        let (stories, singles) = (teller.stories(), teller.singles());
        let (red_herrings, also_seen) = (teller.red_herrings(), teller.also_seen());
        let notes = about::notes(input, &markers, &mut numbers);
        let picture = picture::picture(input, &markers, &said, &figures, &mut numbers);
        let figures = about::figures(input, &figures, &mut numbers);
        Document {
            schema: SCHEMA,
            written_by: format!("causeline {}", env!("CARGO_PKG_VERSION")),
            title: choice.title.clone(),
            authors: report.authors,
            summary_markdown: report.summary,
            zone: choice.zone.name(),
            second_zone: choice.second_zone.map(Zone::name),
            overview: about::overview(input),
            figures,
            picture,
            timeline,
            actions: telling::actions(&stories, &singles),
            stories,
            singles,
            red_herrings,
            also_seen,
            dismissed: said.n_dismissed(),
            notes,
            clocks_measured: !analysis.clocks.list.is_empty(),
            clocks: about::clocks(analysis),
            assumptions: about::assumptions(analysis),
            sources: about::sources(input),
            evidence: numbers.documents(input),
            trouble: analysis.diagnostics.iter().map(ToString::to_string).collect(),
            redacted: false,
            kept: case.cloned(),
        }
    }

    /// The record of a number.
    pub fn evidence(&self, number: usize) -> Option<&EvidenceDoc> {
        self.evidence.get(number.checked_sub(1)?)
    }
}

/// Cuts a record to [`LONGEST`], but not within a character.
fn truncate(raw: &mut Vec<u8>) {
    if raw.len() > LONGEST {
        raw.truncate(LONGEST);
        if let Some(e) = std::str::from_utf8(raw).err().filter(|e| e.error_len().is_none()) {
            raw.truncate(e.valid_up_to());
        }
    }
}

impl Input<'_> {
    fn stamp(&self, when: When, band_ns: Option<i64>) -> Stamp {
        let second = self.choice.second_zone.map(|zone| {
            let date = crate::time::format::date(when.at, zone);
            let time = when.time_of_day(zone);
            if date == crate::time::format::date(when.at, self.choice.zone) { time } else { format!("{date} {time}") }
        });
        Stamp {
            utc: When { approximate: false, ..when }.to_string(),
            date: crate::time::format::date(when.at, self.choice.zone),
            time: when.time_of_day(self.choice.zone),
            second,
            band_ns,
            approximate: when.approximate,
            at: when.at,
        }
    }

    /// The corrected time of an event.
    fn stamp_of(&self, id: EventId) -> Option<Stamp> {
        let at = self.analysis.corrected(id)?;
        let when = When::exact(at, self.analysis.digits(id).min(6));
        Some(self.stamp(when, super::json::band(self.analysis, id)))
    }

    /// A time that no single event states, to the tenth of a second.
    fn stamp_at(&self, nanos: i64) -> Option<Stamp> {
        (nanos > i64::MIN).then(|| self.stamp(When::exact(nanos, 1), None))
    }
}
