//! What the analyst adds: marks and comments on events, verdicts on findings, assumptions about sources and clocks.
//! The only thing that is ever saved.
//!
//! An annotation is anchored to the *content* of its record and of what stands around it (`event::spot`), with file and
//! line as a hint, so that it survives when its file moves or grows; one whose record is gone is kept and shown as lost.
//!
//! A case tells no times of writing: the same work gives the same file and the same report, and whoever wants to know
//! when something was written asks the version control that the file is made for.
//!
//! `file` reads and writes, `journal` is what is written before that, `patch` is what changed, and `keep` brings the
//! three together for one window or one command.

pub mod annotation;
pub mod assumption;
pub mod figures;
pub mod file;
pub mod journal;
pub mod keep;
pub mod patch;
pub mod said;
pub mod source;
pub mod verdict;
pub mod when;

use serde::{Deserialize, Serialize};

pub use crate::event::spot::hash;
pub use annotation::{Annotation, Kind};
pub use assumption::{Assumption, What, Whom};
pub use source::SourceMark;
pub use verdict::{FindingAnchor, Judgement, Verdict};
pub use when::When;

/// One investigation: which logs, and what was said about them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Schema version; files of newer versions are read, and their unknown keys kept.
    #[serde(default = "version")]
    pub version: u32,
    /// The paths that were opened, relative to the folder of the case file where that can be (`file::relative`).
    #[serde(default)]
    pub sources: Vec<String>,
    /// What the logs were when the case was made.
    #[serde(default, rename = "source", skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<SourceMark>,
    /// Filters with names.
    #[serde(default, rename = "filter", skip_serializing_if = "Vec::is_empty")]
    pub filters: Vec<SavedFilter>,
    /// Marks and comments, in the order in which they were made.
    #[serde(default, rename = "annotation", skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
    /// What the analyst decided where logs are silent or wrong.
    #[serde(default, rename = "assumption", skip_serializing_if = "Vec::is_empty")]
    pub assumptions: Vec<Assumption>,
    /// Lines that are one moment.
    #[serde(default, rename = "pin", skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<assumption::Pin>,
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

/// A filter that is kept under a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SavedFilter {
    /// Its name.
    pub name: String,
    /// The filter, as it is typed.
    pub text: String,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// What the report shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ReportChoice {
    /// Its title; empty for the name of what was opened.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// The author's own summary, in Markdown.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Who wrote it, as it is to be shown.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authors: Vec<String>,
    /// A second zone beside the first in the timeline; empty for none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub second_zone: String,
    /// The timeline as a list instead of a table.
    #[serde(default, skip_serializing_if = "is_false")]
    pub list: bool,
    /// A small picture of the timeline, as mermaid.
    #[serde(default, skip_serializing_if = "is_false")]
    pub mermaid: bool,
    /// Addresses, names, keys and the like are replaced.
    #[serde(default, skip_serializing_if = "is_false")]
    pub redact: bool,
    /// Regular expressions of what else is replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redact_also: Vec<String>,
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

fn is_false(b: &bool) -> bool {
    !b
}

fn version() -> u32 {
    1
}

impl Case {
    /// An empty case on these paths.
    pub fn new(sources: Vec<String>) -> Self {
        Case { version: version(), sources, ..Case::default() }
    }
}
