//! `causeline case new|show|check`: case files for people and scripts.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::args::SourcesFormat;
use super::{finish, print};
use crate::analysis::{Analysis, Config, analyze};
use crate::case::keep::{self, Keep, Opened};
use crate::case::source::{Checked, State, check};
use crate::case::{Annotation, Case, SourceMark, file};
use crate::diagnostic::Diagnostics;
use crate::event::find::Found;
use crate::time::zone::Zone;
use crate::words::{bytes, count, summary};

/// Arguments of `case`.
#[derive(Clone, Debug, Args)]
pub struct CaseArgs {
    /// What to do.
    #[command(subcommand)]
    pub what: CaseCommand,
}

/// What can be done with case files.
#[derive(Clone, Debug, Subcommand)]
pub enum CaseCommand {
    /// Make a case of some logs: an empty one that says which logs it is about and what they hold.
    New {
        /// Files and folders.
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// The case file; beside the first path when not given: `logs` becomes `logs.causeline.toml`.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Print a case: its logs, notes, verdicts and decisions.
    Show {
        /// The case, and how to show it.
        #[command(flatten)]
        on: OnCase,
        /// Form of the answer.
        #[arg(long, value_enum, default_value_t = SourcesFormat::Text)]
        format: SourcesFormat,
    },
    /// Say whether logs and notes are as they were: exit code 0 when all is, 1 when something changed or is lost.
    Check {
        /// The case, and how to show it.
        #[command(flatten)]
        on: OnCase,
        /// Take the logs as they are now: note what they hold, and where each note that was found stands.
        #[arg(long)]
        accept: bool,
    },
}

/// A case file and the logs it is about.
#[derive(Clone, Debug, Args)]
pub struct OnCase {
    /// The case file.
    #[arg(value_name = "FILE")]
    pub case: PathBuf,
    /// Where its logs are now; where the case says when not given.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Zone in which times are shown.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub tz: String,
}

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, a case that cannot be read or written, or output that cannot be written.
pub fn run(args: &CaseArgs) -> Result<u8> {
    match &args.what {
        CaseCommand::New { paths, output } => new(paths, output.as_deref()),
        CaseCommand::Show { on, format } => show(on, *format),
        CaseCommand::Check { on, accept } => checked(on, *accept),
    }
}

fn new(paths: &[PathBuf], output: Option<&Path>) -> Result<u8> {
    if paths.iter().any(|p| p.as_os_str() == "-") {
        bail!("a case is made of files and folders; standard input is gone when the case is opened again");
    }
    let path = output.map_or_else(|| file::default_path(paths.first().map_or(Path::new(""), |p| p)), Path::to_owned);
    let mut diagnostics = Diagnostics::default();
    let sources = crate::source::open(&mut diagnostics, paths);
    let mut case = Case::new(paths.iter().map(|p| file::relative(p, &path)).collect());
    let Opened { mut keep, existed, .. } = Keep::open(&path, case.clone())?;
    if existed {
        bail!("there is a case already: {}; open it, or name another file with -o", path.display());
    }
    if diagnostics.has_error() && sources.is_empty() {
        return Ok(finish(&diagnostics));
    }
    case.marks = SourceMark::all(&sources);
    keep.save(&case)?;
    let size: u64 = case.marks.iter().map(|m| m.size).sum();
    print::text(None, |out| writeln!(out, "{}: {}, {}", path.display(), logs(sources.len()), bytes(size)))?;
    Ok(finish(&diagnostics))
}

/// A case with its logs, as they are now.
pub(super) struct Read {
    /// The case, with what a window that died had written down.
    pub(super) case: Case,
    /// Its logs.
    pub(super) analysis: Analysis,
    /// Where their records stand.
    pub(super) found: Vec<Option<Found>>,
}

impl Read {
    /// Reads a case and its logs; what is to tell goes to standard error.
    ///
    /// # Errors
    /// A case that cannot be read.
    pub(super) fn new(path: &Path, paths: &[PathBuf], causal: bool) -> Result<Read> {
        let Opened { case, existed, told, .. } = Keep::open(path, Case::default())?;
        if !existed {
            bail!("no case file: {}; make one with `causeline case new`", path.display());
        }
        told.iter().for_each(|t| print::error(&format!("causeline: {t}")));
        let config = super::args::ReadArgs { default_tz: "UTC".to_owned(), ..Default::default() }.config()?;
        let mut config = Config { causal, ..config };
        let (decided, trouble) = case.decided();
        trouble.iter().for_each(|t| print::error(&format!("causeline: in the case: {t}")));
        config.decide(&decided);
        let paths = if paths.is_empty() { file::sources(&case, path) } else { paths.to_vec() };
        let analysis = analyze(&paths, &config);
        let found = case.found(&analysis);
        Ok(Read { case, analysis, found })
    }

    fn lost(&self) -> usize {
        self.found.iter().flatten().filter(|f| f.event().is_none()).count()
    }

    fn sources(&self) -> Vec<Checked> {
        if self.case.marks.is_empty() { Vec::new() } else { check(&self.case.marks, &self.analysis.sources) }
    }
}

fn checked(on: &OnCase, accept: bool) -> Result<u8> {
    let zone = super::args::zone(&on.tz).context("--tz")?;
    let read = Read::new(&on.case, &on.paths, false)?;
    let sources = read.sources();
    print::text(None, |out| {
        write_sources(out, &read, &sources)?;
        let anchored = read.found.iter().flatten().count();
        let lost = read.lost();
        match (anchored, lost) {
            (0, _) => writeln!(out, "notes  none stands on a record")?,
            (n, 0) => writeln!(out, "notes  all {} found", count(n as u64))?,
            (n, lost) => writeln!(out, "notes  {} of {} LOST:", count(lost as u64), count(n as u64))?,
        }
        for (a, found) in read.case.annotations.iter().zip(&read.found) {
            if found.as_ref().is_some_and(|f| f.event().is_none()) {
                note(out, &read, a, found.as_ref(), zone)?;
            }
        }
        advise(out, &on.case, &sources, lost, accept)
    })?;
    if accept {
        let (_, told) = keep::change(&on.case, |case| {
            case.marks = SourceMark::all(&read.analysis.sources);
            case.update_hints(&read.analysis);
            Ok(())
        })?;
        told.iter().for_each(|t| print::error(&format!("causeline: {t}")));
    }
    let same = read.lost() == 0 && sources.iter().all(|s| s.state == State::Same);
    Ok(finish(&read.analysis.diagnostics).max(u8::from(!same && !accept)))
}

/// What can be done about what is not as it was.
fn advise(out: &mut dyn Write, case: &Path, sources: &[Checked], lost: usize, accept: bool) -> io::Result<()> {
    let any = |f: fn(&State) -> bool| sources.iter().any(|s| f(&s.state));
    if accept {
        return writeln!(out, "\nThe case takes the logs as they are now.");
    }
    let case = case.display();
    let mut advice = Vec::new();
    if lost > 0 {
        advice.push("Lost notes stay in the case and come back with their logs.".to_owned());
    }
    if any(|s| matches!(s, State::Missing | State::Changed)) {
        advice.push(format!("If the logs are elsewhere now:          causeline case check {case} PATH..."));
    }
    if any(|s| *s != State::Same) {
        advice.push(format!("If the logs are right as they are now:  causeline case check --accept {case}"));
    }
    if !advice.is_empty() {
        writeln!(out)?;
    }
    advice.iter().try_for_each(|line| writeln!(out, "{line}"))
}

fn write_sources(out: &mut dyn Write, read: &Read, sources: &[Checked]) -> io::Result<()> {
    if sources.is_empty() {
        let n = logs(read.analysis.sources.len());
        return writeln!(out, "logs   {n}; the case does not say what they held (`case check --accept` notes it)");
    }
    let other: Vec<&Checked> = sources.iter().filter(|s| s.state != State::Same).collect();
    let of_case = read.case.marks.len();
    let same = sources.len() - other.len();
    if other.is_empty() {
        return writeln!(out, "logs   {} as it was when the case was made", all_logs(of_case));
    }
    writeln!(out, "logs   {} of {} as they were when the case was made", count(same as u64), count(of_case as u64))?;
    for s in other {
        let what = match &s.state {
            State::Same => continue,
            State::Grown { by } => format!("has grown by {}", bytes(*by)),
            State::Moved { to, by: 0 } => format!("is {to} now"),
            State::Moved { to, by } => format!("is {to} now, and has grown by {}", bytes(*by)),
            State::Changed => "CHANGED: what it held is in none of the logs".to_owned(),
            State::Missing => "MISSING: it is under no name".to_owned(),
            State::New => "is new: the case does not know it".to_owned(),
        };
        writeln!(out, "       {} {what}", s.path)?;
    }
    Ok(())
}

fn logs(n: usize) -> String {
    if n == 1 { "1 log".to_owned() } else { format!("{} logs", count(n as u64)) }
}

fn all_logs(n: usize) -> String {
    if n == 1 { "1 log,".to_owned() } else { format!("{} logs, each", count(n as u64)) }
}

/// A note: number, time, kind, place and author in a line, the record and the words below.
pub(super) fn note(
    out: &mut dyn Write,
    read: &Read,
    a: &Annotation,
    found: Option<&Found>,
    zone: Zone,
) -> io::Result<()> {
    let event = found.and_then(Found::event);
    let mut line = vec![format!("{:>4}", a.id)];
    if let Some(when) = a.time(&read.analysis, event) {
        let until = a.until.map_or_else(String::new, |u| format!("–{}", u.time_of_day(zone)));
        line.push(format!("{}{until}", when.local(zone)));
    }
    line.push(a.kind.title().to_owned());
    match event.and_then(|id| Some((read.analysis.source(id)?, read.analysis.events.line(id)))) {
        Some((source, n)) => line.push(format!("{}:{n}", source.path)),
        None if a.is_anchored() => line.push(format!("{}:{}", a.file, a.line)),
        None => {}
    }
    if !a.author.is_empty() {
        line.push(a.author.clone());
    }
    line.extend(a.tags.iter().map(|t| format!("[{t}]")));
    writeln!(out, "{}", line.join("  "))?;
    match found {
        Some(Found::At(id)) => {
            let text = summary(&read.analysis.record(*id), read.analysis.is_structured(*id));
            let short: String = text.chars().take(120).collect();
            let more = if short.len() < text.len() { "…" } else { "" };
            writeln!(out, "      | {short}{more}")?;
        }
        Some(Found::Gone) => writeln!(out, "      LOST: no record in the logs is the one it stands on")?,
        Some(Found::Unsure(1)) => {
            writeln!(out, "      LOST: one record says the same, but stands among other lines")?;
        }
        Some(Found::Unsure(n)) => {
            writeln!(out, "      LOST: {} equal records, and none can be told to be it", count(*n as u64))?;
        }
        None => {}
    }
    a.comment.trim_end().lines().try_for_each(|l| writeln!(out, "{}", format!("      {l}").trim_end()))
}

/// A note as JSON: all that the case says, and where it stands now.
pub(super) fn note_json(read: &Read, a: &Annotation, found: Option<&Found>) -> Value {
    let event = found.and_then(Found::event);
    let place = event.and_then(|id| {
        let source = read.analysis.source(id)?;
        Some(json!({"file": source.path, "line": read.analysis.events.line(id)}))
    });
    let state = match found {
        None => "own-time",
        Some(Found::At(_)) => "found",
        Some(Found::Gone | Found::Unsure(_)) => "lost",
    };
    let equal = found.map(|f| if let Found::Unsure(n) = f { *n } else { usize::from(f.event().is_some()) });
    json!({
        "id": a.id,
        "kind": a.kind,
        "time_utc": a.time(&read.analysis, event).map(|w| w.to_string()),
        "until_utc": a.until.map(|w| w.to_string()),
        "state": state,
        "now": place,
        "equal_records": equal,
        "file": a.file,
        "line": a.line,
        "hash": a.hash,
        "comment": a.comment,
        "author": a.author,
        "tags": a.tags,
    })
}

fn show(on: &OnCase, format: SourcesFormat) -> Result<u8> {
    let zone = super::args::zone(&on.tz).context("--tz")?;
    let read = Read::new(&on.case, &on.paths, true)?;
    let sources = read.sources();
    match format {
        SourcesFormat::Json => print::to(None, |out| {
            let case = serde_json::to_value(&read.case).map_err(io::Error::other)?;
            let part = |key: &str| case.get(key).cloned().unwrap_or_else(|| json!([]));
            let notes = read.case.annotations.iter().zip(&read.found);
            let value = json!({
                "file": on.case.display().to_string(),
                "version": read.case.version,
                "paths": read.case.sources,
                "sources": sources,
                "notes": notes.map(|(a, f)| note_json(&read, a, f.as_ref())).collect::<Vec<_>>(),
                "verdicts": part("verdict"),
                "assumptions": part("assumption"),
                "pins": part("pin"),
                "filters": part("filter"),
                "report": case.get("report").cloned().unwrap_or_else(|| json!({})),
            });
            serde_json::to_writer_pretty(&mut *out, &value)?;
            writeln!(out)
        })?,
        SourcesFormat::Text => print::text(None, |out| page(out, on, &read, &sources, zone))?,
    }
    Ok(finish(&read.analysis.diagnostics))
}

fn page(out: &mut dyn Write, on: &OnCase, read: &Read, sources: &[Checked], zone: Zone) -> io::Result<()> {
    let case = &read.case;
    let title = if case.report.title.is_empty() { String::new() } else { format!("  {}", case.report.title) };
    writeln!(out, "{}{title}", on.case.display())?;
    write_sources(out, read, sources)?;
    let lost = match read.lost() {
        0 => String::new(),
        n => format!(", {} LOST", count(n as u64)),
    };
    writeln!(out, "\nNOTES  {}{lost} (times {})", count(case.annotations.len() as u64), zone.name())?;
    for (a, found) in case.annotations.iter().zip(&read.found) {
        note(out, read, a, found.as_ref(), zone)?;
    }
    if !case.verdicts.is_empty() {
        writeln!(out, "\nVERDICTS")?;
    }
    for v in &case.verdicts {
        let keys: Vec<String> = v.finding.keys.iter().map(|(k, v)| format!("{k} {v}")).collect();
        writeln!(out, "  {:11}  {}  {}  {}", v.judgement.word(), v.finding.rule, keys.join(", "), v.finding.file)?;
    }
    if !case.assumptions.is_empty() || !case.pins.is_empty() {
        writeln!(out, "\nDECISIONS ABOUT TIME")?;
    }
    for a in &case.assumptions {
        let whom = a.whom().map_or_else(String::new, |w| w.name().to_owned());
        for what in a.all() {
            let why = if a.why.is_empty() { String::new() } else { format!("  ({})", a.why) };
            writeln!(out, "  {whom}: {} {}{why}", what.word(), a.text(what).unwrap_or_default())?;
        }
    }
    for p in &case.pins {
        let why = if p.note.is_empty() { String::new() } else { format!("  ({})", p.note) };
        writeln!(out, "  {}:{} and {}:{} are one moment{why}", p.a.file, p.a.line, p.b.file, p.b.line)?;
    }
    if !case.filters.is_empty() {
        writeln!(out, "\nFILTERS")?;
    }
    case.filters.iter().try_for_each(|f| writeln!(out, "  {}: {}", f.name, f.text))?;
    let report = &case.report;
    if report.findings.is_empty() && report.summary.is_empty() && !report.redact {
        return Ok(());
    }
    writeln!(out, "\nREPORT")?;
    report.summary.lines().try_for_each(|l| writeln!(out, "  {l}"))?;
    report.findings.iter().try_for_each(|f| writeln!(out, "  tells {}  {}", f.rule, f.file))?;
    if report.redact { writeln!(out, "  names and addresses are replaced") } else { Ok(()) }
}
