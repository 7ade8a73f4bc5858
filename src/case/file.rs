//! Case files: one readable TOML file, written atomically.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::Case;

/// Where the case of these logs is kept unless the user says otherwise: beside the first of them, never inside.
pub fn default_path(first: &Path) -> PathBuf {
    let full = fs::canonicalize(first).unwrap_or_else(|_| first.to_owned());
    let name = full.file_name().map_or_else(|| "case".into(), |n| n.to_string_lossy().into_owned());
    full.with_file_name(format!("{name}.causeline.toml"))
}

/// Reads a case.
///
/// # Errors
/// When the file cannot be read or is not a case.
pub fn load(path: &Path) -> Result<Case> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read case: {}", path.display()))?;
    let mut case: Case = toml::from_str(&text).with_context(|| format!("not a case file: {}", path.display()))?;
    case.number();
    Ok(case)
}

/// Writes a case, whole or not at all.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn save(case: &Case, path: &Path) -> Result<()> {
    let text = toml::to_string_pretty(case).context("cannot write case")?;
    replace(path, &text).with_context(|| format!("cannot write case: {}", path.display()))
}

/// Replaces the file at `path` by `text`, whole or not at all: a crash or a full disk leaves the old one.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn replace(path: &Path, text: &str) -> std::io::Result<()> {
    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        // The new name itself must reach the disk; not every system can sync a folder.
        File::open(folder).and_then(|f| f.sync_all()).ok();
    }
    Ok(())
}
