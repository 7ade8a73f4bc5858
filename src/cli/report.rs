//! `causeline report`: the timeline as a document for a postmortem.

use std::path::PathBuf;

use anyhow::{Result, anyhow};

use super::args::{Order, ReportArgs};
use super::{events, finish, print};
use crate::analysis::analyze;
use crate::case::file;
use crate::detect::Findings;
use crate::export::markdown::{self, Choice};
use crate::format::level::Level;
use crate::query::{Context, Filter};

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, a case that cannot be read, or output that cannot be written.
pub fn run(args: &ReportArgs) -> Result<u8> {
    let case = args.case.as_deref().map(file::load).transpose()?;
    let paths = match &case {
        Some(case) if args.input.paths.is_empty() => {
            file::sources(case, args.case.as_deref().unwrap_or_else(|| std::path::Path::new("")))
        }
        _ => args.input.paths.clone(),
    };
    if paths.is_empty() {
        args.input.some_paths()?;
    }
    let zone = args.show.zone()?;
    let (since, until) = args.show.span()?;
    let least = match args.level.as_str() {
        "all" => Level::None,
        word => match Level::from_word(word.as_bytes()) {
            Level::None => {
                return Err(anyhow!("--level: no level `{word}`; give `all`, `info`, `warning`, `error`, …"));
            }
            level => level,
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
    let rows = events::rows(&analysis, since, until, &Filter::default(), &Context::default());
    let choice = Choice { zone, least, most_rows: args.rows };
    let title = title(&paths);
    let found = Findings::detect(&analysis, &config).between(since, until);
    let text = markdown::report(&analysis, &found, case.as_ref(), &rows, &title, &choice);
    print::to(args.show.output.as_deref(), |out| out.write_all(text.as_bytes()))?;
    Ok(finish(&analysis.diagnostics))
}

/// The name of the first path, in words.
fn title(paths: &[PathBuf]) -> String {
    let name = paths.first().and_then(|p| {
        let full = std::fs::canonicalize(p).unwrap_or_else(|_| p.clone());
        full.file_name().map(|n| n.to_string_lossy().into_owned())
    });
    markdown::title(name.as_deref().unwrap_or("Incident"))
}
