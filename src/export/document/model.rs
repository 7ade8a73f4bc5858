//! The parts of a report, each with its kinds of text (see the parent module).

use serde::Serialize;

use crate::case::Kind;
use crate::case::figures::By;

/// A time as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// RFC 3339, UTC.
    pub utc: String,
    /// The date in the report's zone: `2026-10-10`.
    pub date: String,
    /// The time of day in the report's zone, to the digits that are known, `~` before it where it is about then.
    pub time: String,
    /// The same in the second zone, with the date where that differs.
    pub second: Option<String>,
    /// Half-width of the interval that it certainly lies in, in nanoseconds; `None` when unknown.
    pub band_ns: Option<i64>,
    /// Somebody said "about".
    pub approximate: bool,
    /// Nanoseconds since 1970 UTC.
    #[serde(skip)]
    pub at: i64,
}

/// What the report is on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Overview {
    /// Number of files.
    pub files: usize,
    /// Names of hosts.
    pub hosts: Vec<String>,
    /// Number of events.
    pub events: usize,
    /// The first event.
    pub first: Option<Stamp>,
    /// The last event.
    pub last: Option<Stamp>,
}

/// A moment of the incident.
#[derive(Clone, Debug, Serialize)]
pub struct MomentDoc {
    /// When.
    pub at: Stamp,
    /// Who says so: the analyst's marker, or the logs.
    pub by: By,
    /// Number of the evidence that shows it.
    pub evidence: Option<usize>,
}

/// How long something took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Length {
    /// In nanoseconds.
    pub ns: i64,
    /// In words: `68 s`, `about 40 min`.
    pub words: String,
}

/// When what was, and how long it took; `None` where nobody and nothing says.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(missing_docs, reason = "the names are those of `case::figures::Figures`")]
pub struct FiguresDoc {
    pub trigger: Option<MomentDoc>,
    pub impact_start: Option<MomentDoc>,
    pub impact_end: Option<MomentDoc>,
    pub detection: Option<MomentDoc>,
    pub diagnosis: Option<MomentDoc>,
    pub mitigation: Option<MomentDoc>,
    pub recovery: Option<MomentDoc>,
    pub impact: Option<Length>,
    pub to_detect: Option<Length>,
    pub to_mitigate: Option<Length>,
    pub to_recover: Option<Length>,
}

/// The timeline.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Timeline {
    /// Which events it shows, in words.
    pub about: String,
    /// What `T+` counts from, in words; empty when there is nothing to count from.
    pub base: String,
    /// Its rows.
    pub rows: Vec<Row>,
    /// Rows that were left out because there are too many.
    pub left_out: usize,
}

/// A row of the timeline.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// When; `None` for a record without time.
    pub at: Option<Stamp>,
    /// The end of a span.
    pub until: Option<Stamp>,
    /// Time since the beginning of the incident: `0:04`, `−1:20`, `2 d 03:04`.
    pub after: Option<String>,
    /// How sure its order after the row above is, where that is not certain.
    pub order: Option<OrderDoc>,
    /// Host, empty for a moment that no log holds.
    pub host: String,
    /// File, without the host's folder.
    pub file: String,
    /// Level of the record, by name.
    pub level: Option<&'static str>,
    /// The parts that it plays: `Trigger`, `Defect`, `Impact`, or a marker's kind.
    pub roles: Vec<String>,
    /// What it shows, in words.
    pub words: Vec<String>,
    /// What the analyst wrote, in Markdown, with the author's name.
    pub markdown: Vec<Authored>,
    /// The record's message in a line: log text.
    pub log: String,
    /// Number of the evidence.
    pub evidence: Option<usize>,
    /// Numbers of copies of the same record in other files of its host.
    pub also: Vec<usize>,
}

/// The author's Markdown.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Authored {
    /// The text.
    pub text: String,
    /// Who wrote it; empty when nobody says.
    pub author: String,
}

/// How sure the order of a row after the one above is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OrderDoc {
    /// `probable` or `unknown`.
    pub certainty: &'static str,
    /// Why, in words: `within 12 ms`.
    pub why: String,
}

/// A story.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StoryDoc {
    /// What happened, in words.
    pub title: String,
    /// Its findings, in the order in which they are told.
    pub findings: Vec<FindingDoc>,
}

/// A finding, told in full.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FindingDoc {
    /// Its part: `trigger`, `contributing` (what that led to), `defect`, `impact`, `context`; `finding` where it is
    /// all there is.
    pub part: &'static str,
    /// Name of the rule.
    pub rule: String,
    /// How bad, in a word.
    pub severity: &'static str,
    /// `certain` or `probable`.
    pub certainty: &'static str,
    /// How sure, 0 to 1.
    pub confidence: f32,
    /// The analyst confirmed it.
    pub confirmed: bool,
    /// What, in words.
    pub title: String,
    /// How it is known, in words.
    pub explanation: String,
    /// What it is about: names and values.
    pub keys: Vec<(String, String)>,
    /// The hosts.
    pub hosts: Vec<String>,
    /// Its first effect.
    pub first: Option<Stamp>,
    /// Its last.
    pub last: Option<Stamp>,
    /// How many cases there are.
    pub count: usize,
    /// Numbers of the records that prove it, and what each shows, in words.
    pub evidence: Vec<(usize, String)>,
    /// What else must show if it is true.
    pub expected: Vec<ExpectedDoc>,
    /// What to run or look at to be sure.
    pub verify: String,
    /// What would prevent it.
    pub prevent: String,
}

/// Something that one would expect in the logs if a finding is true.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ExpectedDoc {
    /// What, in words.
    pub words: String,
    /// `seen`, `not seen`, or `not logged here`.
    pub verdict: &'static str,
    /// Number of the record that shows it.
    pub evidence: Option<usize>,
}

/// A finding in a line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Brief {
    /// Its first effect.
    pub first: Option<Stamp>,
    /// What, in words.
    pub title: String,
    /// How bad, in a word.
    pub severity: &'static str,
    /// Name of the rule.
    pub rule: String,
}

/// What is loud and not the cause.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Herring {
    /// When.
    pub first: Option<Stamp>,
    /// What, in words.
    pub title: String,
    /// Why not, in words.
    pub why: String,
    /// Number of the record that shows it.
    pub evidence: Option<usize>,
}

/// A marker or a note.
#[derive(Clone, Debug, Default, Serialize)]
pub struct NoteDoc {
    /// Its number in the case.
    pub id: u32,
    /// What it says of its moment.
    pub kind: Kind,
    /// When; `None` when its record is gone and it has no time of its own.
    pub at: Option<Stamp>,
    /// The end of a span.
    pub until: Option<Stamp>,
    /// Where its record stands, or stood: `path:line`; empty for a moment that no log holds.
    pub place: String,
    /// Its record is no longer in the logs.
    pub lost: bool,
    /// Number of the evidence.
    pub evidence: Option<usize>,
    /// What the analyst wrote.
    pub markdown: Authored,
    /// Words to find it by.
    pub tags: Vec<String>,
}

/// Something to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Action {
    /// What, in words; may hold commands.
    pub words: String,
    /// `prevent` or `check`.
    pub kind: &'static str,
    /// The findings that ask for it, by title, in words.
    pub because: Vec<String>,
}

/// A host's clock.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ClockDoc {
    /// The host.
    pub host: String,
    /// What is known, in words.
    pub words: String,
    /// Recorded minus reference, in seconds; positive when it was ahead.
    pub offset_s: f64,
    /// Half-width of the band, in seconds.
    pub half_width_s: f64,
    /// `37.600 s behind`.
    pub off: String,
    /// `4.2 ms`.
    pub band: String,
    /// The contract's word for how it is known.
    pub anchor: &'static str,
    /// It was taken off the stamps.
    pub applied: bool,
}

/// What was assumed of a file.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AssumptionDoc {
    /// The file.
    pub file: String,
    /// What, in words.
    pub words: Vec<String>,
}

/// A file that was read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SourceDoc {
    /// Its path.
    pub file: String,
    /// Its host; empty when nothing tells.
    pub host: String,
    /// Its format.
    pub format: String,
    /// Number of records.
    pub records: u64,
    /// Size of the text in bytes.
    pub bytes: u64,
    /// Its first record.
    pub first: Option<Stamp>,
    /// Its last record.
    pub last: Option<Stamp>,
}

/// A record that the report rests on.
#[derive(Clone, Debug, Default, Serialize)]
pub struct EvidenceDoc {
    /// Its number, from 1.
    pub number: usize,
    /// Path of its source.
    pub file: String,
    /// 1-based line where it begins.
    pub line: u64,
    /// Its host; empty when nothing tells.
    pub host: String,
    /// Corrected time.
    pub at: Option<Stamp>,
    /// The time as recorded, RFC 3339 UTC.
    pub recorded_utc: Option<String>,
    /// FNV-1a 64 of its bytes, in hexadecimal: the anchor.
    pub hash: String,
    /// Its bytes, at most the first [`LONGEST`].
    #[serde(flatten, serialize_with = "crate::export::json_report::raw")]
    pub raw: Vec<u8>,
    /// Size of the whole record in bytes.
    pub bytes: u64,
}
