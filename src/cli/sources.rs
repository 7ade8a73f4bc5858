//! `causeline sources`: what each file was taken for, and where its bytes went.

use anyhow::Result;
use serde_json::{Value, json};

use super::args::{SourcesArgs, SourcesFormat};
use super::{finish, page, print, reopen};
use crate::analysis::{Analysis, analyze};
use crate::time::format;

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
        SourcesFormat::Text => {
            let page = page::page(&analysis, zone);
            print::text(output, |out| out.write_all(page.as_bytes()))?;
            // The page tells all trouble in groups; what could not be read is told to whoever reads no page, too.
            page::errors(&analysis.diagnostics).iter().for_each(|e| print::error(e));
            return Ok(if analysis.diagnostics.has_error() { 2 } else { 0 });
        }
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
        "title": info.plan.primary().map(|f| f.definition.title.clone()),
        "sure": page::sure(info).0,
        "host": info.host,
        "host_from": info.host_from(),
        "also_named": info.who.also,
        "hosts": info.who.several,
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
        "warnings": analysis
            .diagnostics
            .iter()
            .filter(|d| d.path.as_deref() == Some(&info.path))
            .map(|d| d.message.clone())
            .collect::<Vec<_>>(),
    })
}
