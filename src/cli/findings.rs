//! `causeline findings`: what is out of order, the cause first.

use std::sync::Arc;

use anyhow::{Result, anyhow};

use super::args::{FailOn, FindingsArgs, SourcesFormat};
use super::{finish, print, read_definition, reopen};
use crate::analysis::{Config, analyze};
use crate::detect::Findings;
use crate::export::findings::{json, text};
use crate::rule::{Rules, Severity};

/// Runs the subcommand; 1 when something at or above `--fail-on` was found.
///
/// # Errors
/// Wrong options, a wrong rule, or output that cannot be written.
pub fn run(args: &FindingsArgs) -> Result<u8> {
    args.input.some_paths()?;
    let mut config = args.input.config()?;
    config.causal = args.show.order == super::args::Order::Causal;
    own_rules(&mut config, &args.rule)?;
    let zone = args.show.zone()?;
    let (since, until) = args.show.span()?;
    let paths = reopen::paths(&args.input.paths, &mut config)?;
    let analysis = analyze(&paths, &config);
    let findings = Findings::detect(&analysis, &config).between(since, until);
    let output = args.show.output.as_deref();
    match args.format {
        SourcesFormat::Json => print::to(output, |out| {
            serde_json::to_writer_pretty(&mut *out, &json(&analysis, &findings))?;
            writeln!(out)
        })?,
        SourcesFormat::Text => print::text(output, |out| out.write_all(text(&analysis, &findings, zone).as_bytes()))?,
    }
    let failed = args.fail_on.is_some_and(|least| findings.worst() >= Some(severity(least)));
    Ok(match finish(&analysis.diagnostics) {
        0 if failed => 1,
        code => code,
    })
}

fn severity(least: FailOn) -> Severity {
    match least {
        FailOn::Low => Severity::Low,
        FailOn::Medium => Severity::Medium,
        FailOn::High => Severity::High,
        FailOn::Critical => Severity::Critical,
    }
}

/// Adds the user's own rules to the built-in ones.
fn own_rules(config: &mut Config, files: &[std::path::PathBuf]) -> Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    let texts = files.iter().map(|f| read_definition(f, "rule")).collect::<Result<Vec<_>>>()?;
    config.rules = Arc::new(Rules::with(&texts).map_err(|e| anyhow!("rule {e}"))?);
    Ok(())
}
