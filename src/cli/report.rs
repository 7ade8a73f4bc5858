//! `causeline report`: the timeline as a document for a postmortem.

use std::path::PathBuf;

use anyhow::{Result, anyhow};

use super::args::{Order, ReportArgs};
use super::reopen::{self, Inputs};
use super::{events, finish, print};
use crate::analysis::analyze;
use crate::case::{Case, file};
use crate::detect::Findings;
use crate::export::document::{Choice, Document, Input};
use crate::export::markdown::{self, Style};
use crate::export::roundtrip;
use crate::format::level::Level;
use crate::query::{Context, Filter};

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, a case that cannot be read, or output that cannot be written.
pub fn run(args: &ReportArgs) -> Result<u8> {
    let given = Inputs::of(&args.input.paths)?;
    let case = args.case.as_deref().map(file::load).transpose()?.or_else(|| given.case().cloned());
    let paths = match &case {
        Some(case) if given.paths.is_empty() => sources_of(case, args),
        _ => given.paths,
    };
    if paths.is_empty() {
        args.input.some_paths()?;
    }
    let zone = args.show.zone()?;
    let (since, until) = args.show.span()?;
    let least = match args.level.as_deref() {
        None => None,
        Some("all") => Some(Level::None),
        Some(word) => match Level::from_word(word.as_bytes()) {
            Level::None => {
                return Err(anyhow!("--level: no level `{word}`; give `all`, `info`, `warning`, `error`, …"));
            }
            level => Some(level),
        },
    };
    let mut config = args.input.config()?;
    config.causal = args.show.order == Order::Causal;
    if let Some(case) = &case {
        // What cannot be read of it is told, and the rest holds.
        let (decided, trouble) = case.decided();
        trouble.iter().for_each(|what| print::error(&format!("causeline: in the case: {what}")));
        config.decide(&decided);
    }
    let analysis = analyze(&paths, &config);
    if let Some(report) = &given.report {
        print::error(&format!("causeline: {}", roundtrip::find(&report.evidence, &analysis).sentence()));
    }
    let rows = events::rows(&analysis, since, until, &Filter::default(), &Context::default());
    let title = title(&paths);
    let choice = Choice { title, zone, second_zone: None, least, most_rows: args.rows };
    let findings = Findings::detect(&analysis, &config).between(since, until);
    let input = Input { analysis: &analysis, findings: &findings, case: case.as_ref(), rows: &rows, choice: &choice };
    let mut doc = Document::of(input);
    doc.kept = Some(reopen::kept(case.unwrap_or_else(|| Case::new(Vec::new())), &paths, args.show.output.as_deref()));
    let text = markdown::write(&doc, &Style::default());
    print::to(args.show.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    Ok(finish(&analysis.diagnostics))
}

/// A case's own sources; relative ones stand beside the case file.
fn sources_of(case: &Case, args: &ReportArgs) -> Vec<PathBuf> {
    let beside = args.case.as_deref().and_then(|p| p.parent()).unwrap_or_else(|| std::path::Path::new(""));
    case.sources.iter().map(|s| beside.join(s)).collect()
}

/// The name of the first path, in words.
fn title(paths: &[PathBuf]) -> String {
    let name = paths.first().and_then(|p| {
        let full = std::fs::canonicalize(p).unwrap_or_else(|_| p.clone());
        full.file_name().map(|n| n.to_string_lossy().into_owned())
    });
    markdown::title(name.as_deref().unwrap_or("Incident"))
}
