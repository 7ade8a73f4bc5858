//! The headless client: arguments as typed, the table of subcommands, exit codes.
//!
//! Data goes to standard output, everything else to standard error. 0 is done, 1 is for findings at or
//! above `--fail-on`, 2 is wrong usage or input that cannot be read.

pub mod args;
pub mod case;
pub mod clocks;
pub mod events;
pub mod facts;
pub mod findings;
pub mod formats;
pub mod import;
pub mod note;
mod own;
mod page;
pub mod picture;
pub mod print;
pub mod redaction;
pub mod reopen;
pub mod report;
pub mod rules;
pub mod sources;
pub mod why;
pub mod window;

use anyhow::Context as _;
use clap::Parser as _;

use crate::diagnostic::{Diagnostics, Kind};
use args::{Cli, Command};
use window::Open;

/// What is left to do when the command line has been read and, where it could be, carried out.
#[derive(Debug)]
pub enum Next {
    /// All is done; the exit code.
    Exit(u8),
    /// A window is asked for.
    Window(Box<Open>),
}

/// Runs the program with the process's own arguments.
pub fn run() -> Next {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return Next::Exit(usage(&e)),
    };
    let done = match &cli.command {
        None => return open(&cli.open, false),
        Some(Command::Open(args)) => return open(args, false),
        Some(Command::MeasureWindow(args)) => return open(args, true),
        Some(Command::Sources(args)) => sources::run(args),
        Some(Command::Events(args)) => events::run(args),
        Some(Command::Clocks(args)) => clocks::run(args),
        Some(Command::Why(args)) => why::run(args),
        Some(Command::Findings(args)) => findings::run(args),
        Some(Command::Report(args)) => report::run(args),
        Some(Command::Case(args)) => case::run(args),
        Some(Command::Note(args)) => note::run(args),
        Some(Command::Rules(args)) => rules::run(args),
        Some(Command::Formats(args)) => formats::run(args),
        Some(Command::Facts(args)) => facts::run(args),
    };
    Next::Exit(done.unwrap_or_else(|e| fail(&e)))
}

fn open(args: &args::OpenArgs, measure: bool) -> Next {
    match Open::new(args, measure) {
        Ok(open) => Next::Window(Box::new(open)),
        Err(e) => Next::Exit(fail(&e)),
    }
}

fn fail(e: &anyhow::Error) -> u8 {
    if print::is_broken_pipe(e) {
        return 0;
    }
    print::error(&format!("causeline: {e:#}"));
    2
}

/// clap's own answers: help and version are data, anything else is wrong usage.
fn usage(e: &clap::Error) -> u8 {
    let text = e.render().to_string();
    if e.use_stderr() {
        print::error(text.trim_end());
        return 2;
    }
    print::stdout(&text).map_or_else(|e| fail(&e), |()| 0)
}

/// Prints the diagnostics; 2 when some input could not be read, else 0.
pub fn finish(diagnostics: &Diagnostics) -> u8 {
    for d in diagnostics.iter().filter(|d| d.kind > Kind::Note) {
        print::error(&d.to_string());
    }
    if diagnostics.has_error() { 2 } else { 0 }
}

/// The name of a definition (its file's, without the ending) and its text.
///
/// # Errors
/// A file that cannot be read; `what` says what it should have been.
pub fn read_definition(file: &std::path::Path, what: &str) -> anyhow::Result<(String, String)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{what} cannot be read: {}", file.display()))?;
    Ok((file.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned()), text))
}
