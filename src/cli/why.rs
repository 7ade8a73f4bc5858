//! `causeline why FILE:LINE FILE:LINE`: how two lines are ordered, and by what.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use super::args::WhyArgs;
use super::{finish, print};
use crate::analysis::analyze;
use crate::export::why::text;
use crate::query::place;

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
    let find = |text: &str| place(&analysis, text).map_err(|why| anyhow!(why));
    let (a, b) = (find(&args.first)?, find(&args.second)?);
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
