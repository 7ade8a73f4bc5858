//! `causeline formats`: the log formats that are understood, and checks for one's own.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};

use super::args::{DefinitionsCommand, FormatsArgs};
use super::print;
use crate::format::definition::{self, Definitions};

/// Runs the subcommand.
///
/// # Errors
/// An unknown name, a file that cannot be read, or output that cannot be written.
pub fn run(args: &FormatsArgs) -> Result<u8> {
    match &args.what {
        None | Some(DefinitionsCommand::List) => {
            print::stdout(&list())?;
            Ok(0)
        }
        Some(DefinitionsCommand::Show { name }) => {
            let text = Definitions::texts()
                .iter()
                .find(|(n, _)| n == name)
                .ok_or_else(|| anyhow!("no format `{name}`; `causeline formats list` names them"))?;
            print::stdout(text.1)?;
            Ok(0)
        }
        Some(DefinitionsCommand::Check { files }) => check(files),
    }
}

fn list() -> String {
    let definitions = super::own::definitions();
    let width = definitions.formats.iter().map(|d| d.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for d in &definitions.formats {
        writeln!(out, "{:width$}  {}", d.name, d.title).ok();
    }
    out
}

fn check(files: &[impl AsRef<Path>]) -> Result<u8> {
    let mut code = 0;
    for file in files {
        let file = file.as_ref();
        let shown = file.display();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read definition: {shown}"))?;
        let name = file.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        let checked = definition::parse(&name, &text).and_then(|d| {
            let n = d.samples.len();
            definition::check(&Arc::new(d)).map(|()| n)
        });
        match checked {
            Ok(n) => print::stdout(&format!("{shown}: ok, {n} samples\n"))?,
            Err(e) => {
                print::error(&format!("{shown}: {e}"));
                code = 2;
            }
        }
    }
    Ok(code)
}
