//! `causeline events`: the merged timeline, one record each.

use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Result, anyhow, bail};
use rayon::prelude::*;

use super::args::{EventsArgs, EventsFormat, Order, now};
use super::{finish, print};
use crate::analysis::{Analysis, Config, analyze};
use crate::detect::Findings;
use crate::event::EventId;
use crate::export::{csv, json, text};
use crate::query::{Clock, Context, Filter};
use crate::time::zone::Zone;

/// Rows that are put into words at once, on all cores.
const BLOCK: usize = 16 * 1024;

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, or output that cannot be written.
pub fn run(args: &EventsArgs) -> Result<u8> {
    args.input.some_paths()?;
    let zone = args.show.zone()?;
    let (since, until) = args.show.span()?;
    let text = args.filter.as_deref().unwrap_or_default();
    let filter = Filter::parse(text, Clock { zone, now: now() }).map_err(|e| {
        let character = text.get(..e.at).map_or(0, |head| head.chars().count()) + 1;
        anyhow!("--filter: {} (at character {character})", e.message)
    })?;
    if filter.needs().notes {
        bail!("--filter: marks and comments are asked for in the window; here an event has none");
    }
    let mut config = args.input.config()?;
    config.causal = args.show.order == Order::Causal;
    let analysis = analyze(&args.input.paths, &config);
    let context = context(&analysis, &config, &filter);
    let rows = rows(&analysis, since, until, &filter, &context);
    let colored = args.show.colored();
    print::to(args.show.output.as_deref(), |out| {
        if args.format == EventsFormat::Csv {
            out.write_all(csv::HEADER.as_bytes())?;
        }
        write_rows(out, &analysis, &rows, args.format, zone, colored)
    })?;
    Ok(finish(&analysis.diagnostics))
}

/// What the filter asks for beside the events: facts and findings, where it does.
fn context(analysis: &Analysis, config: &Config, filter: &Filter) -> Context {
    let needs = filter.needs();
    let mut context = Context::default();
    if needs.facts {
        context.facts = Some(Arc::new(analysis.facts(config)));
    }
    if needs.findings {
        context.findings = Findings::detect(analysis, config).evidence_by_rule();
    }
    context
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

fn write_rows(
    out: &mut dyn Write,
    analysis: &Analysis,
    rows: &[EventId],
    form: EventsFormat,
    zone: Zone,
    colored: bool,
) -> io::Result<()> {
    let one = |id: EventId| match form {
        EventsFormat::Jsonl => json::event_line(analysis, id),
        EventsFormat::Csv => csv::event_line(analysis, id),
        EventsFormat::Text => text::event_line(analysis, id, zone, colored),
    };
    for block in rows.chunks(BLOCK) {
        let parts: Vec<String> = block.par_chunks(512).map(|ids| ids.iter().map(|id| one(*id)).collect()).collect();
        for part in parts {
            out.write_all(part.as_bytes())?;
        }
    }
    Ok(())
}
