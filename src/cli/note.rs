//! `causeline note add|list|rm`: notes of a case, for scripts.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, Subcommand};
use serde_json::Value;

use super::args::{SourcesFormat, zone};
use super::case::{Read, note, note_json};
use super::print;
use crate::case::{Annotation, Kind, SourceMark, When, keep};
use crate::query::place;

/// Arguments of `note`.
#[derive(Clone, Debug, Args)]
pub struct NoteArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: NoteCommand,
}

/// What can be done with notes.
#[derive(Clone, Debug, Subcommand)]
pub enum NoteCommand {
    /// Write a note on a line, or at a time that no log holds. Prints its number.
    Add(Box<AddArgs>),
    /// Print all notes.
    List {
        /// The case file.
        #[arg(long, value_name = "FILE")]
        case: PathBuf,
        /// Zone in which times are shown.
        #[arg(long, value_name = "ZONE", default_value = "UTC")]
        tz: String,
        /// Form of the answer.
        #[arg(long, value_enum, default_value_t = SourcesFormat::Text)]
        format: SourcesFormat,
    },
    /// Take a note away.
    Rm {
        /// The case file.
        #[arg(long, value_name = "FILE")]
        case: PathBuf,
        /// Its number, as `note list` prints it.
        id: u32,
    },
}

/// Arguments of `note add`.
#[derive(Clone, Debug, Args)]
pub struct AddArgs {
    /// The case file.
    #[arg(long, value_name = "FILE")]
    pub case: PathBuf,
    /// The line that it is about: `pg01/kern.log:1`.
    #[arg(long, value_name = "FILE:LINE", conflicts_with = "at", required_unless_present = "at")]
    pub on: Option<String>,
    /// When it was, for what no log holds: `14:20`, `~14:20` (about then), `14:20–14:35`, `2026-10-10 14:20`.
    /// A time without a date is the one nearest to the logs.
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    /// When it ended.
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// Zone of times that state none.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: String,
    /// What it says of its moment.
    #[arg(long, default_value = "note", value_parser = kinds())]
    pub kind: String,
    /// Who writes it; `$CAUSELINE_AUTHOR`, else `$USER`, when not given.
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// A word to find it by; may be given several times.
    #[arg(long, value_name = "WORD")]
    pub tag: Vec<String>,
    /// The note, in Markdown; `-` reads it from standard input.
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    pub text: String,
}

fn kinds() -> clap::builder::PossibleValuesParser {
    Kind::ALL.map(Kind::slug).into()
}

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, a case that cannot be read or written, or output that cannot be written.
pub fn run(args: &NoteArgs) -> Result<u8> {
    match &args.what {
        NoteCommand::Add(args) => add(args),
        NoteCommand::List { case, tz, format } => list(case, tz, *format),
        NoteCommand::Rm { case, id } => rm(case, *id),
    }
}

fn tell(told: &[String]) {
    told.iter().for_each(|t| print::error(&format!("causeline: {t}")));
}

fn add(args: &AddArgs) -> Result<u8> {
    let read = Read::new(&args.case, &[], false)?;
    let mut made = match &args.on {
        Some(on) => {
            let id = place(&read.analysis, on).map_err(|why| anyhow!(why))?;
            Annotation::on(&read.analysis, id).ok_or_else(|| anyhow!("no record stands at {on}"))?
        }
        None => at(args, &read)?,
    };
    if let Some(until) = &args.until {
        let near = made.time(&read.analysis, args.on.as_ref().and_then(|_| made.find(&read.analysis)));
        made.until = Some(end(until, near, args)?);
    }
    made.kind = Kind::from_slug(&args.kind).unwrap_or_default();
    made.comment = if args.text == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).context("cannot read the note from standard input")?;
        text
    } else {
        args.text.clone()
    };
    made.comment = made.comment.trim().to_owned();
    let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let author = args.author.clone().or_else(|| variable("CAUSELINE_AUTHOR")).or_else(|| variable("USER"));
    made.author = author.unwrap_or_default();
    made.tags.clone_from(&args.tag);
    let marks = if read.case.marks.is_empty() { SourceMark::all(&read.analysis.sources) } else { Vec::new() };
    let (id, _) = keep::change(&args.case, |case| {
        if case.marks.is_empty() {
            case.marks = marks;
        }
        Ok(case.add(made))
    })?;
    print::text(None, |out| writeln!(out, "{id}"))?;
    Ok(0)
}

/// A note at a time of its own.
fn at(args: &AddArgs, read: &Read) -> Result<Annotation> {
    let text = args.at.as_deref().unwrap_or_default();
    let zone = zone(&args.tz).context("--tz")?;
    let near = match read.analysis.span() {
        Some((first, last)) => first / 2 + last / 2,
        None if text.trim_start_matches('~').trim().get(..5).is_some_and(|t| t.contains(':')) => {
            bail!("--at: the logs of this case tell no times, so `{text}` needs a date: `2026-10-10 14:20`");
        }
        None => 0,
    };
    let (at, until) = When::parse_range(text, zone, near).map_err(|e| anyhow!("--at: {e}"))?;
    Ok(Annotation::at(at, until))
}

fn end(text: &str, from: Option<When>, args: &AddArgs) -> Result<When> {
    let zone = zone(&args.tz).context("--tz")?;
    let near = from.map_or(0, |w| w.at);
    let until = When::parse(text, zone, near).map_err(|e| anyhow!("--until: {e}"))?;
    if until.at < near {
        bail!("--until: `{text}` is before it begins");
    }
    Ok(until)
}

fn list(case: &Path, tz: &str, format: SourcesFormat) -> Result<u8> {
    let zone = zone(tz).context("--tz")?;
    let read = Read::new(case, &[], true)?;
    let notes = || read.case.annotations.iter().zip(&read.found);
    match format {
        SourcesFormat::Json => print::to(None, |out| {
            let all: Vec<Value> = notes().map(|(a, f)| note_json(&read, a, f.as_ref())).collect();
            serde_json::to_writer_pretty(&mut *out, &all)?;
            writeln!(out)
        })?,
        SourcesFormat::Text => {
            print::text(None, |out| notes().try_for_each(|(a, found)| note(out, &read, a, found.as_ref(), zone)))?
        }
    }
    Ok(super::finish(&read.analysis.diagnostics))
}

fn rm(case: &Path, id: u32) -> Result<u8> {
    let ((), told) = keep::change(case, |c| {
        if c.remove(id) {
            return Ok(());
        }
        bail!("no note {id} in {}; `causeline note list` prints all numbers", case.display())
    })?;
    tell(&told);
    Ok(0)
}
