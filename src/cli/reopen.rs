//! Reports that are opened again: which of the given paths is one, which logs it is on, and what it keeps.
//!
//! A report comes from elsewhere: of its own accord nothing is read but what lies below its folder.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Component, Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail};

use crate::analysis::Config;
use crate::case::Case;
use crate::export::roundtrip::{self, Opened};

/// Most bytes of a report that are read.
const MOST: u64 = 256 << 20;
/// Of a file that is not called `.md`, this much of its end is looked at.
const TAIL: u64 = 64 << 10;

/// What is to be read, and what a report among the paths kept.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The logs.
    pub paths: Vec<PathBuf>,
    /// What the report kept; `None` when no report was given.
    pub report: Option<Opened>,
}

impl Inputs {
    /// The given paths, with a report replaced by the logs that it is on: those named beside it, else its own.
    ///
    /// # Errors
    /// Two reports, a torn one, or one whose logs are not there.
    pub fn of(given: &[PathBuf]) -> Result<Inputs> {
        let mut paths = Vec::new();
        let mut reports = Vec::new();
        for path in given {
            match text_of_report(path) {
                Some(text) => reports.push((path, text)),
                None => paths.push(path.clone()),
            }
        }
        let [(path, text)] = reports.as_slice() else {
            if let [(one, _), (other, _), ..] = reports.as_slice() {
                bail!("{} and {} are reports; give one", one.display(), other.display());
            }
            return Ok(Inputs { paths, report: None });
        };
        let opened = roundtrip::read(text).map_err(|e| anyhow!("{}: {e}", path.display()))?;
        if paths.is_empty() {
            paths = logs(path, &opened).with_context(|| format!("cannot open {} again", path.display()))?;
        }
        Ok(Inputs { paths, report: Some(opened) })
    }

    /// The case that the report kept.
    pub fn case(&self) -> Option<&Case> {
        self.report.as_ref().and_then(|r| r.case.as_ref())
    }

    /// Takes the analyst's decisions into account; what cannot be read of them, in sentences.
    pub fn decide(&self, config: &mut Config) -> Vec<String> {
        let Some(case) = self.case() else { return Vec::new() };
        let (decided, trouble) = case.decided();
        config.decide(&decided);
        trouble
    }
}

/// The logs that are to be read; where a report was given, its case decides how. What cannot be read of that is told.
///
/// # Errors
/// As [`Inputs::of`].
pub fn paths(given: &[PathBuf], config: &mut Config) -> Result<Vec<PathBuf>> {
    let inputs = Inputs::of(given)?;
    let trouble = inputs.decide(config);
    trouble.iter().for_each(|what| super::print::error(&format!("causeline: in the report: {what}")));
    Ok(inputs.paths)
}

/// The text of a path when it is a report; `None` for anything else, and for what cannot be read (others say why).
fn text_of_report(path: &Path) -> Option<String> {
    let meta = std::fs::metadata(path).ok().filter(|m| m.is_file() && m.len() <= MOST)?;
    let named = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("md") || e.eq_ignore_ascii_case("markdown"));
    let mut file = std::fs::File::open(path).ok()?;
    if !named {
        file.seek(SeekFrom::Start(meta.len().saturating_sub(TAIL))).ok()?;
        let mut tail = Vec::new();
        file.by_ref().take(TAIL).read_to_end(&mut tail).ok()?;
        let tail = String::from_utf8_lossy(&tail);
        if !tail.trim_end().ends_with("-->") || !roundtrip::is_report(&tail) {
            return None;
        }
        file.rewind().ok()?;
    }
    let mut bytes = Vec::new();
    file.take(MOST).read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    roundtrip::is_report(&text).then_some(text)
}

/// The logs that a report names, all below its folder.
fn logs(report: &Path, opened: &Opened) -> Result<Vec<PathBuf>> {
    let name = report.display();
    let sources = opened.case.as_ref().map(|c| c.sources.as_slice()).unwrap_or_default();
    if sources.is_empty() {
        bail!("it does not say which logs it is on; name them: causeline open {name} LOGS");
    }
    let folder = report.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    sources
        .iter()
        .map(|s| below(folder, s).with_context(|| format!("name its logs: causeline open {name} LOGS")))
        .collect()
}

/// A path below a folder; its packed form where it was packed since.
fn below(folder: &Path, source: &str) -> Result<PathBuf> {
    let shown = crate::words::clean_lines(source.get(..source.floor_char_boundary(200)).unwrap_or_default());
    let relative = Path::new(source);
    let inside = relative.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    if !inside || source.is_empty() || source.contains('\\') {
        bail!("`{shown}` does not lie below the report's folder, and is not read unless you name it");
    }
    let full = if source == "." { folder.to_owned() } else { folder.join(relative) };
    let packed = PathBuf::from(format!("{}.gz", full.display()));
    let there = [full, packed].into_iter().find(|p| p.exists());
    let there = there.ok_or_else(|| anyhow!("`{shown}` is not beside the report"))?;
    // A link may lead elsewhere.
    let real = std::fs::canonicalize(&there).with_context(|| format!("`{shown}` cannot be read"))?;
    let root = std::fs::canonicalize(folder).context("the report's folder cannot be read")?;
    if !real.starts_with(&root) {
        bail!("`{shown}` leads out of the report's folder, and is not read unless you name it");
    }
    Ok(there)
}
