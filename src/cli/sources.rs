//! `causeline sources`: what each file was taken for, and where its bytes went.

use std::io::{self, Write};

use anyhow::Result;
use serde_json::{Value, json};

use super::args::{SourcesArgs, SourcesFormat};
use super::{finish, print, reopen};
use crate::analysis::{Analysis, analyze};
use crate::diagnostic::Kind;
use crate::export::text::{bytes, count};
use crate::time::format;
use crate::time::zone::Zone;

/// Runs the subcommand.
///
/// # Errors
/// Wrong options, or output that cannot be written.
pub fn run(args: &SourcesArgs) -> Result<u8> {
    args.input.some_paths()?;
    let zone = args.show.zone()?;
    let mut config = args.input.config()?;
    let paths = reopen::paths(&args.input.paths, &mut config)?;
    let analysis = analyze(&paths, &config);
    let output = args.show.output.as_deref();
    match args.format {
        SourcesFormat::Json => print::to(output, |out| {
            let list: Vec<Value> = (0..analysis.sources.len()).map(|i| source_json(&analysis, i)).collect();
            serde_json::to_writer_pretty(&mut *out, &list)?;
            writeln!(out)
        })?,
        SourcesFormat::Text => print::text(output, |out| text(out, &analysis, zone))?,
    }
    Ok(finish(&analysis.diagnostics))
}

fn source_json(analysis: &Analysis, idx: usize) -> Value {
    let (Some(info), Some(source)) = (analysis.infos.get(idx), analysis.sources.get(idx)) else { return Value::Null };
    let a = &info.accounted;
    json!({
        "file": info.path,
        "format": info.format,
        "formats": info.plan.forms.iter().map(|f| f.definition.name.clone()).collect::<Vec<_>>(),
        "confidence": (f64::from(info.confidence) * 1000.0).round() / 1000.0,
        "host": info.host,
        "records": info.records,
        "lines": info.lines,
        "bytes": info.bytes,
        "accounted": {
            "records": a.records,
            "continuations": a.continuations,
            "headers": a.headers,
            "blank": a.blank,
            "unparsed": a.unparsed,
            "copies": a.copies,
        },
        "zone": info.zone,
        "zone_from": info.zone_from,
        "year_from": info.year_from,
        "first_utc": info.first.map(|t| format::utc(t, 9)),
        "last_utc": info.last.map(|t| format::utc(t, 9)),
        "compressed": source.compressed,
        "archive": source.archive,
        "continues": info.continues,
        "copy_of": source.repeats_of,
        "assumptions": info.assumptions,
    })
}

fn text(out: &mut dyn Write, analysis: &Analysis, zone: Zone) -> io::Result<()> {
    let width = |f: fn(&crate::event::settle::SourceInfo) -> usize, least: usize| {
        analysis.infos.iter().map(f).max().unwrap_or(0).clamp(least, 48)
    };
    let file = width(|i| i.path.chars().count(), 4);
    let form = width(|i| i.format.chars().count(), 6);
    let host = width(|i| i.host.as_deref().unwrap_or("–").chars().count(), 4);
    writeln!(
        out,
        "{:file$}  {:form$}  {:host$}  {:>10}  {:>9}  time ({})",
        "file",
        "format",
        "host",
        "events",
        "size",
        zone.name()
    )?;
    for info in &analysis.infos {
        let time = match (info.first, info.last) {
            (Some(first), Some(last)) => {
                format!("{} – {}", format::local(first, 0, zone, ' '), format::local(last, 0, zone, ' '))
            }
            _ => "no times".to_owned(),
        };
        writeln!(
            out,
            "{:file$}  {:form$}  {:host$}  {:>10}  {:>9}  {time}",
            info.path,
            info.format,
            info.host.as_deref().unwrap_or("–"),
            count(info.records),
            bytes(info.bytes),
        )?;
        for sentence in &info.assumptions {
            writeln!(out, "{:file$}    assumed: {sentence}", "")?;
        }
        if let Some(older) = &info.continues {
            writeln!(out, "{:file$}    goes on where {older} ends", "")?;
        }
    }
    let total: u64 = analysis.infos.iter().map(|i| i.bytes).sum();
    let accounted: u64 = analysis.infos.iter().map(|i| i.accounted.sum()).sum();
    let unparsed: u64 = analysis.infos.iter().map(|i| i.accounted.unparsed).sum();
    writeln!(
        out,
        "\n{} files · {} hosts · {} events · {} of {} accounted for, {} of it in no known format",
        analysis.infos.len(),
        analysis.lanes.list.len(),
        count(analysis.events.len() as u64),
        bytes(accounted),
        bytes(total),
        bytes(unparsed),
    )?;
    for d in analysis.diagnostics.iter().filter(|d| d.kind == Kind::Note) {
        writeln!(out, "{d}")?;
    }
    Ok(())
}
