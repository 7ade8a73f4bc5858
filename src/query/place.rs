//! From `FILE:LINE`, as people write it, to a record.

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::source::SourceId;

/// The record at `FILE:LINE`, any of its lines. FILE may be the end of a source's path, or a source's path may be the
/// end of FILE.
///
/// # Errors
/// A sentence that names what would fit.
pub fn place(analysis: &Analysis, place: &str) -> Result<EventId, String> {
    let wants = || format!("wants FILE:LINE, as db1/kern.log:12, not `{place}`");
    let (path, line) = place.rsplit_once(':').ok_or_else(wants)?;
    let line: u64 = line.parse().map_err(|_not_a_number| wants())?;
    let path = path.trim_start_matches("./");
    let source = source_at(analysis, path)?;
    let of_source = || analysis.events.segments().iter().filter(move |s| s.source == source);
    let lines = of_source().map(|s| s.first_line + s.n_lines).max().unwrap_or(0);
    let first = of_source().find_map(|s| Some(s.first_line + 1 + u64::from(*s.line.first()?)));
    match (analysis.events.at_line(source, line), first) {
        (Some(id), _) if line <= lines => Ok(id),
        (_, None) => Err(format!("{path} holds no record")),
        (_, Some(first)) => Err(format!("no record at line {line} of {path}; it has them at lines {first} to {lines}")),
    }
}

fn source_at(analysis: &Analysis, path: &str) -> Result<SourceId, String> {
    const MOST: usize = 5;
    let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|r| r.is_empty() || r.ends_with('/'));
    let list = |paths: &[&str]| {
        let more = if paths.len() > MOST { format!(" or {} more", paths.len() - MOST) } else { String::new() };
        paths.iter().take(MOST).copied().collect::<Vec<_>>().join(" or ") + &more
    };
    let sources = || analysis.sources.iter().zip(0..).map(|(s, idx)| (s.path.as_str(), SourceId(idx)));
    let mut fitting: Vec<_> = sources().filter(|(p, _)| ends(p, path) || ends(path, p)).collect();
    if let Some(exact) = fitting.iter().find(|(p, _)| *p == path) {
        fitting = vec![*exact];
    }
    match fitting.as_slice() {
        [(_, source)] => Ok(*source),
        [] => {
            let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
            let mut near: Vec<&str> = sources().map(|(p, _)| p).filter(|p| name(p) == name(path)).collect();
            if near.is_empty() {
                near = sources().map(|(p, _)| p).collect();
            }
            Err(format!("no such file among the sources: {path}; there is {}", list(&near)))
        }
        many => Err(format!("`{path}` may be {}", list(&many.iter().map(|(p, _)| *p).collect::<Vec<_>>()))),
    }
}
