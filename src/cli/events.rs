//! `causeline events`: the merged timeline, one record each.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Result, anyhow, bail};
use clap::Args;

use super::args::{EventsArgs, EventsFormat, Order, now};
use super::redaction::{self, RedactArgs};
use super::reopen::Inputs;
use super::{finish, print};
use crate::analysis::{Analysis, analyze};
use crate::case::{Case, file};
use crate::detect::Findings;
use crate::event::EventId;
use crate::export::events::{self, Form, Leaving, Untold};
use crate::query::{Clock, Context, Filter};
use crate::redact::Redactor;
use crate::time::zone::Zone;

/// Options of `events` for what leaves beside the events.
#[derive(Clone, Debug, Default, Args)]
pub struct WithArgs {
    /// The case whose markers, verdicts and decisions count; its sources are read when no path is given.
    #[arg(long, value_name = "FILE")]
    pub case: Option<PathBuf>,
    /// What is replaced.
    #[command(flatten)]
    pub redact: RedactArgs,
}

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, a case that cannot be read, or output that cannot be written.
pub fn run(args: &EventsArgs) -> Result<u8> {
    let given = Inputs::of(&args.input.paths)?;
    let case = args.with.case.as_deref().map(file::load).transpose()?.or_else(|| given.case().cloned());
    let paths = match (&case, &args.with.case) {
        (Some(case), Some(path)) if given.paths.is_empty() => file::sources(case, path),
        _ => given.paths,
    };
    if paths.is_empty() {
        args.input.some_paths()?;
    }
    let zone = args.show.zone()?;
    let (since, until) = args.show.span()?;
    let text = args.filter.as_deref().unwrap_or_default();
    let filter = Filter::parse(text, Clock { zone, now: now() }).map_err(|e| {
        let character = text.get(..e.at).map_or(0, |head| head.chars().count()) + 1;
        anyhow!("--filter: {} (at character {character})", e.message)
    })?;
    if filter.needs().notes && case.is_none() {
        bail!("--filter: marks and comments stand in a case; name it with --case");
    }
    let mut config = args.input.config()?;
    config.causal = args.show.order == Order::Causal;
    if let Some(case) = &case {
        // What cannot be read of it is told, and the rest holds.
        let (decided, trouble) = case.decided();
        trouble.iter().for_each(|what| print::error(&format!("causeline: in the case: {what}")));
        config.decide(&decided);
    }
    let analysis = analyze(&paths, &config);
    let form = form(args.format, zone, args.show.colored());
    let needs = filter.needs();
    let findings = (needs.findings || form.tells_findings()).then(|| Findings::detect(&analysis, &config));
    let context = Context {
        facts: needs.facts.then(|| Arc::new(analysis.facts(&config))),
        findings: findings.as_ref().filter(|_| needs.findings).map(Findings::evidence_by_rule).unwrap_or_default(),
        notes: case.as_ref().filter(|_| needs.notes).map(|c| notes(&analysis, c)).unwrap_or_default(),
    };
    let rows = rows(&analysis, since, until, &filter, &context);
    let findings = findings.filter(|_| form.tells_findings()).map(|f| f.between(since, until));
    let none = Redactor::none();
    let leaving =
        Leaving { analysis: &analysis, rows: &rows, case: case.as_ref(), findings: findings.as_ref(), redactor: &none };
    let by_case = case.as_ref().map(|c| (c.report.redact, c.report.redact_also.as_slice()));
    let redactor = args.with.redact.rules(by_case)?.map_or_else(Redactor::none, |rules| leaving.redactor(rules));
    if args.with.redact.redact_preview {
        let page = redaction::page(&leaving.replaced(&redactor));
        print::to(args.show.output.as_deref(), |out| out.write_all(page.as_bytes()))?;
        return Ok(finish(&analysis.diagnostics));
    }
    let leaving = Leaving { redactor: &redactor, ..leaving };
    let mut untold = Untold::default();
    print::to(args.show.output.as_deref(), |out| {
        untold = events::write(out, &leaving, form)?;
        Ok(())
    })?;
    tell(untold);
    Ok(finish(&analysis.diagnostics))
}

fn form(format: EventsFormat, zone: Zone, colored: bool) -> Form {
    match format {
        EventsFormat::Text => Form::Text(zone, colored),
        EventsFormat::Jsonl => Form::Jsonl,
        EventsFormat::Csv => Form::Csv,
        EventsFormat::TimesketchCsv => Form::TimesketchCsv,
        EventsFormat::TimesketchJsonl => Form::TimesketchJsonl,
        EventsFormat::ChromeTrace => Form::ChromeTrace,
        EventsFormat::Otlp => Form::Otlp,
    }
}

/// What the form could not hold.
fn tell(untold: Untold) {
    let many = |n: usize, one: &str, more: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {more}") };
    if untold.without_time > 0 {
        let n = many(untold.without_time, "event has", "events have");
        print::error(&format!(
            "causeline: {n} no time, nor has any record of its file: left out, since this form needs one"
        ));
    }
    if untold.lost_markers > 0 {
        let n = many(untold.lost_markers, "marker is", "markers are");
        print::error(&format!("causeline: {n} left out: the record is not among these logs"));
    }
}

/// The events with a mark or a comment, in order, and whether there are words.
fn notes(analysis: &Analysis, case: &Case) -> Vec<(EventId, bool)> {
    let all = case.resolve(analysis).into_iter();
    let mut out: Vec<(EventId, bool)> = all.filter_map(|(a, id)| Some((id?, !a.comment.is_empty()))).collect();
    out.sort();
    out
}

/// Events of the timeline within a span of time that pass a filter. Without a span, those without a time too.
pub fn rows(
    analysis: &Analysis,
    since: Option<i64>,
    until: Option<i64>,
    filter: &Filter,
    context: &Context,
) -> Vec<EventId> {
    let inside = |id: EventId| {
        if since.is_none() && until.is_none() {
            return true;
        }
        analysis.events.time(id).is_some_and(|t| since.is_none_or(|s| t >= s) && until.is_none_or(|u| t < u))
    };
    let all = analysis.timeline.events();
    if filter.is_empty() {
        return all.iter().copied().filter(|id| inside(*id)).collect();
    }
    let rows = filter.rows(analysis, context, &AtomicBool::new(false)).unwrap_or_default();
    rows.into_iter().filter_map(|r| analysis.timeline.event(r as usize)).filter(|id| inside(*id)).collect()
}
