//! What the analyst adds: marks and comments on events, verdicts on findings. The only thing that is ever saved.
//!
//! An annotation is anchored to the *content* of its record (a hash) with file and line as a hint, so
//! that it survives when its file moves or grows; one whose record is gone is kept and shown as lost.

pub mod file;
pub mod said;
pub mod verdict;

use serde::{Deserialize, Serialize};

use crate::analysis::Analysis;
use crate::event::EventId;
pub use verdict::{FindingAnchor, Judgement, Verdict};

/// One investigation: which logs, and what was said about them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Schema version; files of newer versions are read, and their unknown keys kept.
    #[serde(default = "version")]
    pub version: u32,
    /// The paths that were opened, as the user gave them.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Marks and comments, in the order in which they were made.
    #[serde(default, rename = "annotation", skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// What was said of findings.
    #[serde(default, rename = "verdict", skip_serializing_if = "Vec::is_empty")]
    pub verdicts: Vec<Verdict>,
    /// What the report shows.
    #[serde(default, skip_serializing_if = "ReportChoice::is_empty")]
    pub report: ReportChoice,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// What the report shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReportChoice {
    /// Findings that it tells; when there is none, it tells all.
    #[serde(default, rename = "finding", skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingAnchor>,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

impl ReportChoice {
    fn is_empty(&self) -> bool {
        *self == ReportChoice::default()
    }
}

fn version() -> u32 {
    1
}

/// A mark on one event, with or without words.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Source of the record, as named in the analysis.
    pub file: String,
    /// 1-based line of the record when it was annotated: a hint.
    pub line: u64,
    /// FNV-1a 64 of the record's bytes, in hexadecimal: the anchor.
    pub hash: String,
    /// What the analyst wrote; empty for a plain mark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

impl Case {
    /// An empty case on these paths.
    pub fn new(sources: Vec<String>) -> Self {
        Case { version: version(), sources, ..Case::default() }
    }

    /// The annotation of an event.
    pub fn annotation(&self, analysis: &Analysis, id: EventId) -> Option<&Annotation> {
        self.idx_of(analysis, id).and_then(|i| self.annotations.get(i))
    }

    fn idx_of(&self, analysis: &Analysis, id: EventId) -> Option<usize> {
        let path = &analysis.source(id)?.path;
        let mine: Vec<usize> =
            (0..self.annotations.len()).filter(|&i| self.annotations.get(i).is_some_and(|a| a.file == *path)).collect();
        if mine.is_empty() {
            return None;
        }
        let (line, hash) = (analysis.events.line(id), hash(analysis.raw(id)));
        mine.into_iter().find(|&i| self.annotations.get(i).is_some_and(|a| a.line == line && a.hash == hash))
    }

    /// Marks an event, or takes its mark away when it has no comment.
    pub fn toggle_mark(&mut self, analysis: &Analysis, id: EventId) {
        match self.idx_of(analysis, id) {
            Some(i) if self.annotations.get(i).is_some_and(|a| a.comment.is_empty()) => {
                self.annotations.remove(i);
            }
            Some(_) => {}
            None => self.annotations.extend(anchor(analysis, id)),
        }
    }

    /// Sets the comment of an event, marking it; an empty comment leaves a plain mark.
    pub fn set_comment(&mut self, analysis: &Analysis, id: EventId, comment: &str) {
        if self.idx_of(analysis, id).is_none() {
            self.annotations.extend(anchor(analysis, id));
        }
        if let Some(a) = self.idx_of(analysis, id).and_then(|i| self.annotations.get_mut(i)) {
            a.comment = comment.trim().to_owned();
        }
    }

    /// Where each annotation stands now: the event whose content it is anchored to, `None` when that is gone.
    pub fn resolve(&self, analysis: &Analysis) -> Vec<(&Annotation, Option<EventId>)> {
        self.annotations.iter().map(|a| (a, find(analysis, a))).collect()
    }

    /// Moves every hint to where its record stands now, after files were rotated, cut or grew.
    pub fn update_hints(&mut self, analysis: &Analysis) {
        for a in &mut self.annotations {
            if let Some(id) = find(analysis, a)
                && let Some(source) = analysis.source(id)
            {
                a.file.clone_from(&source.path);
                a.line = analysis.events.line(id);
            }
        }
    }
}

fn anchor(analysis: &Analysis, id: EventId) -> Option<Annotation> {
    Some(Annotation {
        file: analysis.source(id)?.path.clone(),
        line: analysis.events.line(id),
        hash: hash(analysis.raw(id)),
        ..Annotation::default()
    })
}

/// At the hint, else the nearest record of the same content in the same file, else in any file.
fn find(analysis: &Analysis, a: &Annotation) -> Option<EventId> {
    let source = analysis.sources.iter().position(|s| s.path == a.file);
    let same = |id: EventId| hash(analysis.raw(id)) == a.hash;
    if let Some(idx) = source {
        let id = analysis.events.at_line(crate::source::SourceId(u32::try_from(idx).ok()?), a.line);
        if let Some(id) = id.filter(|&id| analysis.events.line(id) == a.line && same(id)) {
            return Some(id);
        }
    }
    let all = || (0..u32::try_from(analysis.events.len()).unwrap_or(u32::MAX)).map(EventId);
    let nearest = |id: &EventId| analysis.events.line(*id).abs_diff(a.line);
    all()
        .filter(|&id| source == Some(analysis.events.source(id).idx()) && same(id))
        .min_by_key(nearest)
        .or_else(|| all().find(|&id| same(id)))
}

/// FNV-1a, 64 bits: stable across versions and machines, as an anchor must be.
pub fn hash(bytes: &[u8]) -> String {
    let h = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{h:016x}")
}
