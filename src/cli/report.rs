//! `causeline report`: the timeline as a document for a postmortem.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};
use clap::{Args, ValueEnum};

use super::args::{InputArgs, Order, ShowArgs, zone};
use super::redaction::{self, RedactArgs};
use super::reopen::Inputs;
use super::{events, finish, print};
use crate::analysis::{Analysis, analyze};
use crate::case::{Case, file};
use crate::detect::Findings;
use crate::export::document::{Choice, Document, Input};
use crate::export::markdown::{self, Form, Style, Template};
use crate::export::{html, json_report, roundtrip};
use crate::format::level::Level;
use crate::query::{Context, Filter};

/// Arguments of `report`.
#[derive(Clone, Debug, Args)]
pub struct ReportArgs {
    /// What to read; a report that is opened again among it brings its case.
    #[command(flatten)]
    pub input: InputArgs,
    /// How to show it.
    #[command(flatten)]
    pub show: ShowArgs,
    /// Form of the report.
    #[arg(long, value_enum, default_value_t = ReportFormat::Markdown)]
    pub format: ReportFormat,
    /// The case whose markers, verdicts and choices it tells; its sources are read when no path is given.
    #[arg(long, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// Its title, instead of the case's, or the name of what is read.
    #[arg(long)]
    pub title: Option<String>,
    /// A second zone beside the first in the timeline.
    #[arg(long, value_name = "ZONE")]
    pub second_tz: Option<String>,
    /// Events of this level and worse (or `all`) stand in the timeline beside evidence and markers.
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// Most rows in the timeline.
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub rows: usize,
    /// Markdown: the timeline as a list, as in GitLab's issues, instead of a table.
    #[arg(long)]
    pub list: bool,
    /// Markdown: with a small picture of the timeline (mermaid).
    #[arg(long)]
    pub mermaid: bool,
    /// Markdown: your own order and words, with `{{timeline}}` and its like where the parts go.
    #[arg(long, value_name = "FILE")]
    pub template: Option<PathBuf>,
    /// Markdown: in parts of at most 60 kB, which forges accept as one text each; wants `-o report.md` and writes
    /// report-1.md, report-2.md …
    #[arg(long)]
    pub parts: bool,
    /// What is replaced.
    #[command(flatten)]
    pub redact: RedactArgs,
}

/// Forms of `report`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// GitHub- and GitLab-safe Markdown, in the order of the SRE postmortem.
    Markdown,
    /// One page for browsers and paper, with a picture.
    Html,
    /// Everything, for programs.
    Json,
}

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, a case that cannot be read, or output that cannot be written.
pub fn run(args: &ReportArgs) -> Result<u8> {
    let given = Inputs::of(&args.input.paths)?;
    let case = args.case.as_deref().map(file::load).transpose()?.or_else(|| given.case().cloned());
    let paths = match (&case, &args.case) {
        (Some(case), Some(file)) if given.paths.is_empty() => file::sources(case, file),
        _ => given.paths,
    };
    if paths.is_empty() {
        args.input.some_paths()?;
    }
    let choice = choice(args, case.as_ref(), &paths)?;
    let style = style(args, case.as_ref())?;
    let by_case = case.as_ref().map(|c| (c.report.redact, c.report.redact_also.as_slice()));
    let rules = args.redact.rules(by_case)?;
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
    let (since, until) = args.show.span()?;
    let rows = events::rows(&analysis, since, until, &Filter::default(), &Context::default());
    let findings = Findings::detect(&analysis, &config).between(since, until);
    let input = Input { analysis: &analysis, findings: &findings, case: case.as_ref(), rows: &rows, choice: &choice };
    let doc = match rules {
        None => {
            let mut doc = Document::of(input);
            doc.kept = Some(file::kept(
                case.clone().unwrap_or_else(|| Case::new(Vec::new())),
                &paths,
                args.show.output.as_deref(),
            ));
            doc
        }
        Some(rules) => {
            let (doc, replaced) = Document::redacted(input, rules);
            if args.redact.redact_preview {
                print::to(args.show.output.as_deref(), |out| out.write_all(redaction::page(&replaced).as_bytes()))?;
                return Ok(finish(&analysis.diagnostics));
            }
            doc
        }
    };
    write(args, &doc, &style, &analysis)
}

fn choice(args: &ReportArgs, case: Option<&Case>, paths: &[PathBuf]) -> Result<Choice> {
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
    let second = args.second_tz.as_deref().or(case.map(|c| c.report.second_zone.as_str())).filter(|z| !z.is_empty());
    let by_case = case.map(|c| c.report.title.trim()).filter(|t| !t.is_empty());
    Ok(Choice {
        title: args.title.clone().or_else(|| by_case.map(str::to_owned)).unwrap_or_else(|| title(paths)),
        zone: args.show.zone()?,
        second_zone: second.map(zone).transpose().context("--second-tz")?,
        least,
        most_rows: args.rows,
    })
}

fn style(args: &ReportArgs, case: Option<&Case>) -> Result<Style> {
    let by_case = case.map(|c| &c.report);
    let list = args.list || by_case.is_some_and(|r| r.list);
    let template = args.template.as_deref().map(|file| {
        let name = file.display();
        let text = std::fs::read_to_string(file).with_context(|| format!("cannot read template: {name}"))?;
        Template::parse(&text).map_err(|e| anyhow!("{e}: {name}"))
    });
    Ok(Style {
        form: if list { Form::List } else { Form::Table },
        mermaid: args.mermaid || by_case.is_some_and(|r| r.mermaid),
        template: template.transpose()?,
    })
}

fn write(args: &ReportArgs, doc: &Document, style: &Style, analysis: &Analysis) -> Result<u8> {
    let output = args.show.output.as_deref();
    if args.parts {
        let (Some(output), ReportFormat::Markdown) = (output, args.format) else {
            bail!("--parts wants Markdown and `-o FILE.md`, to name the parts by");
        };
        let parts = markdown::parts(doc, style);
        for (i, part) in parts.iter().enumerate() {
            let file = if parts.len() == 1 { output.to_owned() } else { numbered(output, i + 1) };
            print::to(Some(&file), |out| out.write_all(part.as_bytes()))?;
            print::error(&format!("causeline: {} written", file.display()));
        }
        return Ok(finish(&analysis.diagnostics));
    }
    let text = match args.format {
        ReportFormat::Markdown => markdown::write(doc, style),
        ReportFormat::Html => html::write(doc),
        ReportFormat::Json => json_report::write(doc),
    };
    print::to(output, |out| out.write_all(text.as_bytes()))?;
    Ok(finish(&analysis.diagnostics))
}

/// `report.md` as `report-2.md`.
fn numbered(file: &Path, n: usize) -> PathBuf {
    let stem = file.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
    let end = file.extension().map_or_else(String::new, |e| format!(".{}", e.to_string_lossy()));
    file.with_file_name(format!("{stem}-{n}{end}"))
}

/// The name of the first path, in words.
fn title(paths: &[PathBuf]) -> String {
    let name = paths.first().and_then(|p| {
        let full = std::fs::canonicalize(p).unwrap_or_else(|_| p.clone());
        full.file_name().map(|n| n.to_string_lossy().into_owned())
    });
    markdown::title(name.as_deref().unwrap_or("Incident"))
}
