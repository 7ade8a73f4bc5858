//! `causeline events`: the merged timeline, one record each.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anyhow::{Result, anyhow, bail};

use super::args::{EventsArgs, EventsFormat, Order, now};
use super::{finish, print, reopen};
use crate::analysis::{Analysis, Config, analyze};
use crate::detect::Findings;
use crate::event::EventId;
use crate::export::events::{self, Form};
use crate::query::{Clock, Context, Filter};

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
    let paths = reopen::paths(&args.input.paths, &mut config)?;
    let analysis = analyze(&paths, &config);
    let context = context(&analysis, &config, &filter);
    let rows = rows(&analysis, since, until, &filter, &context);
    let form = match args.format {
        EventsFormat::Text => Form::Text(zone, args.show.colored()),
        EventsFormat::Jsonl => Form::Jsonl,
        EventsFormat::Csv => Form::Csv,
    };
    print::to(args.show.output.as_deref(), |out| events::write(out, &analysis, &rows, form))?;
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
