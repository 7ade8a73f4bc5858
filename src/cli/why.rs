//! `causeline why FILE:LINE FILE:LINE`: how two lines are ordered, and by what.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow};

use super::args::WhyArgs;
use super::{finish, print};
use crate::analysis::{Analysis, analyze};
use crate::event::EventId;
use crate::export::clocks::{sentence, size};
use crate::export::text::{is_structured, summary};
use crate::relation::{Doubt, Proof, Relation, relation};
use crate::source::SourceId;
use crate::time::format;

/// Runs the subcommand.
///
/// # Errors
/// Lines that do not exist, wrong options, or output that cannot be written.
pub fn run(args: &WhyArgs) -> Result<u8> {
    let mut config = args.read.config()?;
    config.causal = true;
    let paths =
        if args.within.is_empty() { vec![common_folder(&args.first, &args.second)?] } else { args.within.clone() };
    let analysis = analyze(&paths, &config);
    let (a, b) = (find(&analysis, &args.first)?, find(&analysis, &args.second)?);
    print::text(None, |out| out.write_all(text(&analysis, a, b).as_bytes()))?;
    Ok(finish(&analysis.diagnostics))
}

/// The innermost folder that holds both files.
fn common_folder(first: &str, second: &str) -> Result<PathBuf> {
    let folder = |place: &str| -> Result<PathBuf> {
        let path = place.rsplit_once(':').map_or(place, |(path, _)| path);
        let full = std::fs::canonicalize(path)
            .with_context(|| format!("cannot open {path}; name the capture with --within PATH"))?;
        Ok(full.parent().map(Path::to_owned).unwrap_or(full))
    };
    let (first, second) = (folder(first)?, folder(second)?);
    Ok(first.components().zip(second.components()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect())
}

/// The record at `FILE:LINE`; FILE may be the end of a source's path, or a source's path may be the end of FILE.
fn find(analysis: &Analysis, place: &str) -> Result<EventId> {
    let (path, line) = place.rsplit_once(':').ok_or_else(|| anyhow!("wants FILE:LINE, not `{place}`"))?;
    let line: u64 = line.parse().with_context(|| format!("wants FILE:LINE, not `{place}`"))?;
    let path = path.trim_start_matches("./");
    let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|r| r.is_empty() || r.ends_with('/'));
    let matches = |s: &&(usize, &str)| ends(s.1, path) || ends(path, s.1);
    let paths: Vec<(usize, &str)> = analysis.sources.iter().map(|s| s.path.as_str()).enumerate().collect();
    let found: Vec<_> = paths.iter().filter(matches).collect();
    match found.as_slice() {
        [(idx, _)] => {
            let id = analysis.events.at_line(SourceId(u32::try_from(*idx)?), line);
            id.ok_or_else(|| anyhow!("no record at line {line} of {path}"))
        }
        [] => Err(anyhow!("no such file among the sources: {path}")),
        many => Err(anyhow!("`{path}` may be {}", many.iter().map(|(_, p)| *p).collect::<Vec<_>>().join(" or "))),
    }
}

fn text(analysis: &Analysis, a: EventId, b: EventId) -> String {
    let mut out = String::new();
    for id in [a, b] {
        writeln!(out, "{}", shown(analysis, id)).ok();
    }
    let (first, second) = (at(analysis, a), at(analysis, b));
    let answer = match relation(analysis, a, b) {
        Relation::Before(proof) => certain(&first, &second, proof),
        Relation::After(proof) => certain(&second, &first, proof),
        Relation::Probably(forward, chain) => {
            let (x, y) = if forward { (&first, &second) } else { (&second, &first) };
            let chain: Vec<String> = chain.iter().map(|id| at(analysis, *id)).collect();
            format!(
                "probable: {x} before {y}; their stamps leave it open, but records of these kinds about the same thing come in this order elsewhere: {}",
                chain.join(" → ")
            )
        }
        Relation::Unknown(Doubt::NoTime) => "unknown: one of them has no time".to_owned(),
        Relation::Unknown(Doubt::FloatingClock) => {
            "unknown: the clocks of these hosts share nothing that would tell how far they are apart".to_owned()
        }
        Relation::Unknown(Doubt::Overlap(by)) => {
            format!("unknown: the intervals in which they were written overlap by {}", size(by as f64))
        }
    };
    writeln!(out, "\n{answer}").ok();
    let mut hosts: Vec<&str> = Vec::new();
    for clock in [a, b].iter().filter_map(|id| analysis.clock(*id)) {
        if !hosts.contains(&clock.host.as_str()) {
            hosts.push(&clock.host);
            writeln!(out, "{}", sentence(clock)).ok();
        }
    }
    out
}

fn certain(x: &str, y: &str, proof: Proof) -> String {
    match proof {
        Proof::SameClock => format!("certain: {x} before {y}; one clock stamped both"),
        Proof::Intervals(gap) => format!(
            "certain: {x} before {y}; the intervals in which they were written, bands included, are {} apart",
            size(gap as f64)
        ),
    }
}

fn at(analysis: &Analysis, id: EventId) -> String {
    format!("{}:{}", analysis.source(id).map_or("", |s| s.path.as_str()), analysis.events.line(id))
}

fn shown(analysis: &Analysis, id: EventId) -> String {
    let time = |t: Option<i64>, digits| t.map_or_else(|| "no time".to_owned(), |t| format::utc(t, digits));
    let text: String = summary(&analysis.record(id), is_structured(analysis, id)).chars().take(120).collect();
    let (recorded, corrected) = (analysis.events.time(id), analysis.corrected(id));
    format!(
        "{}  recorded {}  corrected {}\n    {text}",
        at(analysis, id),
        time(recorded, analysis.events.precision(id)),
        time(corrected, analysis.digits(id))
    )
}
