//! Options that replace what identifies people and machines in what leaves, and what they would replace.

use anyhow::{Result, anyhow};
use clap::Args;

use crate::redact::{KEPT, Replaced, Rules};
use crate::words::{count, push_clean};

/// What is replaced on export; the case and the logs stay as they are.
#[derive(Clone, Debug, Default, Args)]
pub struct RedactArgs {
    /// Replace addresses, host and user names, e-mail, tokens, keys, passwords and card numbers by pseudonyms that stay
    /// the same throughout (`host-a`, `user-1`).
    #[arg(long)]
    pub redact: bool,
    /// Replace what this regular expression matches, too (its first group, where it has one); turns redaction on.
    #[arg(long, value_name = "REGEX")]
    pub redact_also: Vec<String>,
    /// Leave host names as they are.
    #[arg(long)]
    pub redact_keep_hosts: bool,
    /// List what would be replaced, and by what, instead of the output: not for others' eyes.
    #[arg(long)]
    pub redact_preview: bool,
}

impl RedactArgs {
    /// The rules, when something is to be replaced; `case` is what the case's report choices say.
    ///
    /// # Errors
    /// A pattern that is no regular expression.
    pub fn rules(&self, case: Option<(bool, &[String])>) -> Result<Option<Rules>> {
        let (by_case, also_by_case) = case.unwrap_or_default();
        let asked = self.redact || self.redact_preview || self.redact_keep_hosts || !self.redact_also.is_empty();
        if !asked && !by_case {
            return Ok(None);
        }
        let also: Vec<String> = also_by_case.iter().chain(&self.redact_also).cloned().collect();
        let rules = Rules::builtin().with_hosts(!self.redact_keep_hosts);
        rules.with_also(&also).map(Some).map_err(|e| anyhow!("--redact-also: {e}"))
    }
}

/// What was replaced, as a page.
pub fn page(replaced: &[Replaced]) -> String {
    let mut out = match replaced.len() {
        0 => "Nothing would be replaced.\n".to_owned(),
        1 => "1 value would be replaced:\n\n".to_owned(),
        n => format!("{} values would be replaced:\n\n", count(n as u64)),
    };
    let wide = replaced.iter().map(|r| r.pseudonym.chars().count()).max().unwrap_or(0).min(40);
    for r in replaced {
        let mut original = String::new();
        push_clean(&mut original, &r.original);
        let times = if r.count == 1 { "once".to_owned() } else { format!("{} times", count(r.count)) };
        out.push_str(&format!("{:wide$}  {original}  ({}, {times})\n", r.pseudonym, r.kind.word()));
    }
    out.push_str(&format!("\n{KEPT}\n"));
    out
}
