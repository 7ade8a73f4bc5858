//! What a case says of the findings of one analysis, by their places: for reports.

use super::{Case, FindingAnchor, Judgement};
use crate::analysis::Analysis;
use crate::detect::{Findings, Story};

/// What the analyst said of each finding, and which ones the report is to tell.
#[derive(Clone, Debug, Default)]
pub struct Said {
    judgements: Vec<Option<Judgement>>,
    added: Vec<bool>,
}

impl Said {
    /// What `case` says; without a case nothing.
    pub fn of(case: Option<&Case>, analysis: &Analysis, findings: &Findings) -> Self {
        let Some(case) = case.filter(|c| !c.verdicts.is_empty() || !c.report.findings.is_empty()) else {
            return Said::default();
        };
        let anchors = FindingAnchor::all(analysis, findings);
        Said {
            judgements: anchors.iter().map(|a| case.verdict(a)).collect(),
            added: anchors.iter().map(|a| case.reports(a)).collect(),
        }
    }

    /// What was said of a finding.
    pub fn judgement(&self, finding: usize) -> Option<Judgement> {
        self.judgements.get(finding).copied().flatten()
    }

    /// The analyst put it away: no report tells it.
    pub fn is_dismissed(&self, finding: usize) -> bool {
        self.judgement(finding) == Some(Judgement::Dismissed)
    }

    /// It is loud, and by the analyst's word not the cause.
    pub fn is_herring(&self, finding: usize) -> bool {
        self.judgement(finding) == Some(Judgement::RedHerring)
    }

    /// No story tells it: it was put away, or is not the cause by the analyst's word.
    pub fn is_put_away(&self, finding: usize) -> bool {
        self.is_dismissed(finding) || self.is_herring(finding)
    }

    /// A story is told in full where one of its findings was added to the report, or nothing was; and something of it
    /// must be left.
    pub fn tells(&self, story: &Story) -> bool {
        let added = |i: usize| self.added.get(i) == Some(&true);
        let left = story.members().any(|i| !self.is_put_away(i));
        left && (!self.added.contains(&true) || story.members().any(added))
    }

    /// A finding of no story is told in full where it was added to the report.
    pub fn tells_alone(&self, finding: usize) -> bool {
        self.added.get(finding) == Some(&true)
    }

    /// How many were put away.
    pub fn n_dismissed(&self) -> usize {
        self.judgements.iter().filter(|j| **j == Some(Judgement::Dismissed)).count()
    }
}
