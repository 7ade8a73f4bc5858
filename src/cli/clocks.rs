//! `causeline clocks`: how far each host's clock was off, and from what evidence.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::{Value, json};

use super::args::{SourcesArgs, SourcesFormat};
use super::{finish, print, reopen};
use crate::analysis::{Analysis, analyze};
use crate::clock::steps::Step;
use crate::clock::{Anchor, Clock};
use crate::export::clocks::{self as words, size};
use crate::export::text::count;
use crate::time::format;

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, or output that cannot be written.
pub fn run(args: &SourcesArgs) -> Result<u8> {
    args.input.some_paths()?;
    let mut config = args.input.config()?;
    config.causal = true;
    let paths = reopen::paths(&args.input.paths, &mut config)?;
    let analysis = analyze(&paths, &config);
    let output = args.show.output.as_deref();
    match args.format {
        SourcesFormat::Json => print::to(output, |out| {
            serde_json::to_writer_pretty(&mut *out, &document(&analysis))?;
            writeln!(out)
        })?,
        SourcesFormat::Text => print::text(output, |out| text(out, &analysis))?,
    }
    Ok(finish(&analysis.diagnostics))
}

fn document(analysis: &Analysis) -> Value {
    let clocks = &analysis.clocks;
    let reference = clocks.list.get(clocks.reference).map(|c| c.host.clone());
    let list: Vec<Value> = clocks.list.iter().enumerate().map(|(lane, c)| clock(analysis, lane, c)).collect();
    let (given_up, demoted) = (analysis.placement.contradictions.len(), analysis.placement.demoted.len());
    json!({ "reference": reference, "clocks": list, "orders_given_up": given_up, "stamps_contradicted": demoted })
}

fn clock(analysis: &Analysis, lane: usize, c: &Clock) -> Value {
    let sources = analysis.lanes.list.get(lane).map(|l| l.sources.as_slice()).unwrap_or_default();
    let files: Vec<&str> =
        sources.iter().filter_map(|s| analysis.sources.get(s.idx()).map(|s| s.path.as_str())).collect();
    let known = c.anchor != Anchor::Floating;
    let seconds = |ns: f64| if known { json!((ns / 1e9 * 1e6).round() / 1e6) } else { Value::Null };
    let given = c.anchor == Anchor::Given;
    let step =
        |s: &Step| json!({ "at_utc": format::utc(s.at as i64, 3), "size_s": (s.size / 1e9 * 1e6).round() / 1e6 });
    let steps: Vec<Value> = c.steps.iter().map(step).collect();
    json!({
        "host": c.host,
        "files": files,
        "anchor": c.anchor.word(),
        "pairs": c.pairs,
        "offset_s": seconds(c.offset),
        "low_s": if given { Value::Null } else { seconds(c.offset - c.half_width) },
        "high_s": if given { Value::Null } else { seconds(c.offset + c.half_width) },
        "drift_ppm": if known { json!((c.drift * 1e6).round()) } else { Value::Null },
        "steps": steps,
        "applied": c.applied,
        "through": c.through,
        "why": words::sentences(analysis, c),
    })
}

fn text(out: &mut dyn Write, analysis: &Analysis) -> io::Result<()> {
    let clocks = &analysis.clocks;
    if clocks.list.len() < 2 {
        return writeln!(out, "one host: there is no other clock to compare with");
    }
    for c in &clocks.list {
        for (i, sentence) in words::sentences(analysis, c).iter().enumerate() {
            writeln!(out, "{}{sentence}", if i == 0 { "" } else { "    " })?;
        }
    }
    let widest = clocks.list.iter().filter(|c| c.applied).map(|c| c.offset.abs()).fold(0.0, f64::max);
    if widest > 0.0 {
        writeln!(
            out,
            "\ncorrections up to {} are applied; `--order recorded` shows the stamps as they are",
            size(widest)
        )?;
    }
    let (given_up, all) = (analysis.placement.contradictions.len(), analysis.edges.all().len());
    if given_up > 0 {
        writeln!(
            out,
            "{} of {} orders of two records contradict clocks or each other and are given up",
            count(given_up as u64),
            count(all as u64)
        )?;
    }
    let demoted = analysis.placement.demoted.len();
    if demoted > 0 {
        writeln!(out, "{} stamps are contradicted by several others and not believed", count(demoted as u64))?;
    }
    Ok(())
}
