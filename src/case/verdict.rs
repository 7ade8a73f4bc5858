//! What the analyst says of a finding: it holds, it does not, it is true but not the cause.
//!
//! A verdict is anchored to what a finding *is* (its rule, its keys, the content of its first record), not to its
//! rank, so that it stays with it when logs grow or rules change what stands above it.

use serde::{Deserialize, Serialize};

use super::{Case, What, Whom, hash};
use crate::analysis::Analysis;
use crate::detect::{Finding, Findings};

/// Bytes of a record that tell it from others; a line may have 200 MB.
const TOLD_BY: usize = 1 << 16;

/// What was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Judgement {
    /// It holds.
    Confirmed,
    /// It does not hold, or does not matter.
    Dismissed,
    /// It is loud, and not the cause.
    RedHerring,
}

impl Judgement {
    /// The word in the window and in reports.
    pub fn word(self) -> &'static str {
        match self {
            Judgement::Confirmed => "confirmed",
            Judgement::Dismissed => "dismissed",
            Judgement::RedHerring => "red herring",
        }
    }
}

/// What a finding is known by.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FindingAnchor {
    /// Name of its rule.
    pub rule: String,
    /// Names and values of what it is about.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<(String, String)>,
    /// Source of the first record that proves it.
    #[serde(default)]
    pub file: String,
    /// FNV-1a 64 of that record's bytes (at most the first 65,536), in hexadecimal.
    #[serde(default)]
    pub hash: String,
    /// Keys that this version does not know; what a finding is known by does not depend on them.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// A verdict on one finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was said.
    pub judgement: Judgement,
    /// Of what.
    #[serde(flatten)]
    pub finding: FindingAnchor,
}

impl FindingAnchor {
    /// What this finding is known by.
    pub fn of(analysis: &Analysis, finding: &Finding) -> Self {
        let event = finding.evidence.first().map_or(finding.at, |e| e.event);
        let known = event.idx() < analysis.events.len();
        let raw = if known { analysis.raw(event) } else { &[] };
        FindingAnchor {
            rule: finding.rule.clone(),
            keys: finding.keys.clone(),
            file: if known {
                analysis.source(event).map_or_else(String::new, |s| s.path.clone())
            } else {
                String::new()
            },
            hash: hash(raw.get(..TOLD_BY).unwrap_or(raw)),
            unknown: toml::Table::new(),
        }
    }

    /// What all findings are known by, in their order.
    pub fn all(analysis: &Analysis, findings: &Findings) -> Vec<Self> {
        findings.list.iter().map(|f| FindingAnchor::of(analysis, f)).collect()
    }

    /// The same rule proven by the same record: other names of hosts or other times may have changed its keys.
    pub fn is_kin(&self, other: &FindingAnchor) -> bool {
        self.rule == other.rule && self.file == other.file && self.hash == other.hash
    }

    /// The same in all that a finding is known by.
    pub fn is_exactly(&self, other: &FindingAnchor) -> bool {
        self.is_like(other) && self.file == other.file
    }

    /// The same but for the file, which may have been moved.
    fn is_like(&self, other: &FindingAnchor) -> bool {
        self.rule == other.rule && self.keys == other.keys && self.hash == other.hash
    }
}

impl Case {
    fn verdict_idx(&self, finding: &FindingAnchor) -> Option<usize> {
        let exactly = self.verdicts.iter().position(|v| v.finding.is_exactly(finding));
        let like = || self.verdicts.iter().position(|v| v.finding.is_like(finding));
        // A host that the analyst renamed since is the same host.
        let renamed = |a: &str, b: &str| {
            let of = |from: &str| self.assumed(&Whom::Host(from.to_owned()), What::Host)?.text(What::Host);
            a == b || of(a).as_deref() == Some(b) || of(b).as_deref() == Some(a)
        };
        let keys = |v: &FindingAnchor| {
            let mut pairs = v.keys.iter().zip(&finding.keys);
            v.keys.len() == finding.keys.len() && pairs.all(|(a, b)| a.0 == b.0 && renamed(&a.1, &b.1))
        };
        let only = || self.verdicts.iter().position(|v| v.finding.is_kin(finding) && keys(&v.finding));
        exactly.or_else(like).or_else(only)
    }

    /// What was said of a finding.
    pub fn verdict(&self, finding: &FindingAnchor) -> Option<Judgement> {
        self.verdict_idx(finding).and_then(|i| self.verdicts.get(i)).map(|v| v.judgement)
    }

    /// Says something of a finding, or takes back what was said.
    pub fn judge(&mut self, finding: &FindingAnchor, judgement: Option<Judgement>) {
        if let Some(i) = self.verdict_idx(finding) {
            self.verdicts.remove(i);
        }
        self.verdicts.extend(judgement.map(|judgement| Verdict { judgement, finding: finding.clone() }));
    }

    /// The report tells this finding because the analyst wants it to.
    pub fn reports(&self, finding: &FindingAnchor) -> bool {
        self.report.findings.iter().any(|f| f.is_like(finding))
    }

    /// Adds findings to the report, or takes them out of it.
    pub fn set_reported(&mut self, findings: &[FindingAnchor], on: bool) {
        self.report.findings.retain(|there| !findings.iter().any(|f| f.is_like(there)));
        if on {
            self.report.findings.extend_from_slice(findings);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_survive_the_file_and_follow_what_they_are_about() {
        let anchor = |rule: &str, value: &str| FindingAnchor {
            rule: rule.to_owned(),
            keys: vec![("sequence".to_owned(), value.to_owned())],
            file: "db1/postgresql.log".to_owned(),
            hash: hash(value.as_bytes()),
            unknown: toml::Table::new(),
        };
        let mut case = Case::new(vec!["logs".to_owned()]);
        case.judge(&anchor("sequence-regression", "a \"quoted\"\nkey"), Some(Judgement::RedHerring));
        case.judge(&anchor("unique", "b"), Some(Judgement::Dismissed));
        case.judge(&anchor("unique", "b"), Some(Judgement::Confirmed));
        case.set_reported(&[anchor("unique", "b"), anchor("unique", "d")], true);
        case.set_reported(&[anchor("unique", "d")], false);
        let text = toml::to_string_pretty(&case).unwrap();
        let back: Case = toml::from_str(&text).unwrap();
        assert_eq!(back, case, "{text}");
        assert_eq!(back.verdict(&anchor("unique", "b")), Some(Judgement::Confirmed));
        assert_eq!(back.verdict(&anchor("unique", "c")), None);
        assert!(back.reports(&anchor("unique", "b")) && !back.reports(&anchor("unique", "d")));
        let moved = FindingAnchor { file: "old/postgresql.log".to_owned(), ..anchor("unique", "b") };
        assert_eq!(back.verdict(&moved), Some(Judgement::Confirmed));
        case.judge(&moved, None);
        assert_eq!(case.verdicts.len(), 1);
    }
}
