//! `causeline formats`: the log formats that are understood, checks for one's own, and formats of other tools.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow};
use clap::{Args, Subcommand};

use super::import::{self, ImportArgs};
use super::{own, print, read_definition};
use crate::format::definition::Definitions;
use crate::format::explain::{Problem, explain};

/// Arguments of `formats`.
#[derive(Clone, Debug, Args)]
pub struct FormatsArgs {
    /// What to do with them; `list` when not given.
    #[command(subcommand)]
    pub what: Option<FormatsCommand>,
}

/// What can be done with formats.
#[derive(Clone, Debug, Subcommand)]
pub enum FormatsCommand {
    /// Name each in a line; `*` marks your own, from the configuration folder.
    List,
    /// Print one's definition.
    Show {
        /// Its name.
        name: String,
    },
    /// Check definition files against their own samples, and tell where and why one fails.
    Check {
        /// The files.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Turn a file of lnav's format definitions into definitions of ours.
    Import(ImportArgs),
}

/// Runs the subcommand.
///
/// # Errors
/// An unknown name, a file that cannot be read, or output that cannot be written.
pub fn run(args: &FormatsArgs) -> Result<u8> {
    match &args.what {
        None | Some(FormatsCommand::List) => print::text(None, |out| out.write_all(list().as_bytes())).map(|()| 0),
        Some(FormatsCommand::Show { name }) => {
            print::stdout(&show(name)?)?;
            Ok(0)
        }
        Some(FormatsCommand::Check { files }) => check(files),
        Some(FormatsCommand::Import(args)) => import::run(args),
    }
}

fn list() -> String {
    let definitions = own::definitions();
    let mine = own::own();
    let width = definitions.formats.iter().map(|d| d.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for d in &definitions.formats {
        let own = mine.iter().any(|(name, _)| *name == d.name);
        writeln!(out, "{} {:width$}  {}", if own { '*' } else { ' ' }, d.name, d.title).ok();
    }
    if let Some(folder) = own::folder().filter(|_| !mine.is_empty()) {
        writeln!(out, "\n* your own, from {}", folder.display()).ok();
    }
    out
}

/// The text of a definition: the user's own where there is one, else the built-in one.
fn show(name: &str) -> Result<String> {
    if let Some((_, file)) = own::own().iter().find(|(n, _)| n == name) {
        return Ok(read_definition(file, "definition")?.1);
    }
    let built_in = Definitions::texts().iter().find(|(n, _)| *n == name).map(|(_, text)| (*text).to_owned());
    built_in.ok_or_else(|| anyhow!("no format `{name}`; `causeline formats list` names them"))
}

fn check(files: &[impl AsRef<Path>]) -> Result<u8> {
    let mut code = 0;
    for file in files {
        let file = file.as_ref();
        let shown = file.display();
        let (name, text) = read_definition(file, "definition")?;
        let (samples, problems) = explain(&name, &text, &Definitions::builtin());
        let fails = problems.iter().any(|p| p.fails);
        for Problem { line, text, fails } in &problems {
            let place = line.map_or_else(String::new, |n| format!("{n}:"));
            let note = if *fails { "" } else { "note: " };
            print::error(&format!("{shown}:{place} {note}{text}"));
        }
        if fails {
            code = 2;
        } else {
            print::text(None, |out| writeln!(out, "{shown}: ok, {samples} samples"))?;
        }
    }
    Ok(code)
}
