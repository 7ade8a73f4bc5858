//! `causeline why FILE:LINE FILE:LINE`: how two lines are ordered, and by what.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use super::args::WhyArgs;
use super::{finish, print};
use crate::analysis::{Analysis, analyze};
use crate::event::EventId;
use crate::export::why::text;
use crate::source::SourceId;

/// Runs the subcommand.
///
/// # Errors
/// Lines that do not exist, wrong options, or output that cannot be written.
pub fn run(args: &WhyArgs) -> Result<u8> {
    let mut config = args.read.config()?;
    config.causal = true;
    let paths =
        if args.within.is_empty() { vec![common_folder(&args.first, &args.second)?] } else { args.within.clone() };
    let analysis = analyze(&paths, &config);
    let (a, b) = (find(&analysis, &args.first)?, find(&analysis, &args.second)?);
    print::text(None, |out| out.write_all(text(&analysis, a, b).as_bytes()))?;
    Ok(finish(&analysis.diagnostics))
}

/// The innermost folder that holds both files.
fn common_folder(first: &str, second: &str) -> Result<PathBuf> {
    let folder = |place: &str| -> Result<PathBuf> {
        let path = place.rsplit_once(':').map_or(place, |(path, _)| path);
        let full = std::fs::canonicalize(path)
            .with_context(|| format!("cannot open {path}; name the capture with --within PATH"))?;
        Ok(full.parent().map(Path::to_owned).unwrap_or(full))
    };
    let (first, second) = (folder(first)?, folder(second)?);
    Ok(first.components().zip(second.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect())
}

/// The record at `FILE:LINE`; FILE may be the end of a source's path, or a source's path may be the end of FILE.
fn find(analysis: &Analysis, place: &str) -> Result<EventId> {
    let (path, line) = place.rsplit_once(':').ok_or_else(|| anyhow!("wants FILE:LINE, not `{place}`"))?;
    let line: u64 = line.parse().with_context(|| format!("wants FILE:LINE, not `{place}`"))?;
    let path = path.trim_start_matches("./");
    let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|r| r.is_empty() || r.ends_with('/'));
    let matches = |s: &&(usize, &str)| ends(s.1, path) || ends(path, s.1);
    let paths: Vec<(usize, &str)> = analysis.sources.iter().map(|s| s.path.as_str()).enumerate().collect();
    let found: Vec<_> = paths.iter().filter(matches).collect();
    match found.as_slice() {
        [(idx, _)] => {
            let id = analysis.events.at_line(SourceId(u32::try_from(*idx)?), line);
            id.ok_or_else(|| anyhow!("no record at line {line} of {path}"))
        }
        [] => Err(anyhow!("no such file among the sources: {path}")),
        many => Err(anyhow!("`{path}` may be {}", many.iter().map(|(_, p)| *p).collect::<Vec<_>>().join(" or "))),
    }
}
