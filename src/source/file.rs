//! Plain files and folders.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Source, Text, archive, encoding, map};
use crate::diagnostic::Diagnostics;

/// A file to open, with the name it goes by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it is.
    pub location: PathBuf,
    /// Its name in all output.
    pub path: String,
    /// The folder directly below the given one.
    pub folder: Option<String>,
}

/// Files below `root` in the order of their paths; `root` itself when it is a file.
///
/// Case files and their journals are ours, not logs, and are passed over.
pub fn discover(diagnostics: &mut Diagnostics, root: &Path) -> Vec<Found> {
    let shown = root.to_string_lossy().replace('\\', "/");
    let meta = match fs::metadata(root) {
        Ok(meta) => meta,
        Err(e) => {
            diagnostics.error(&shown, format!("cannot open: {}", reason(&e)));
            return Vec::new();
        }
    };
    if !meta.is_dir() {
        let folder = root.parent().and_then(Path::file_name).map(|n| n.to_string_lossy().into_owned());
        return vec![Found { location: root.to_owned(), path: shown, folder }];
    }
    let mut found = Vec::new();
    walk(diagnostics, root, &mut Vec::new(), &mut found);
    if found.is_empty() {
        diagnostics.warning(&shown, "no files in this folder");
    }
    found
}

/// Depth first, names in byte order, links to folders not followed (they may run in circles).
fn walk(diagnostics: &mut Diagnostics, folder: &Path, names: &mut Vec<String>, found: &mut Vec<Found>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(e) => {
            diagnostics.error(&folder.to_string_lossy(), format!("cannot read folder: {}", reason(&e)));
            return;
        }
    };
    let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let location = entry.path();
        let Ok(kind) = entry.file_type() else { continue };
        names.push(name.clone());
        if kind.is_dir() {
            walk(diagnostics, &location, names, found);
        } else if is_ours(&name) {
            // a case file beside the logs
        } else if is_about_logs(&name) {
            diagnostics
                .note(&names.join("/"), "documentation, not a log; passed over (name the file itself to read it)");
        } else if location.is_file() {
            let folder = (names.len() > 1).then(|| names.first().cloned()).flatten();
            found.push(Found { location, path: names.join("/"), folder });
        } else if !location.is_dir() {
            diagnostics.warning(&names.join("/"), "not a regular file, passed over");
        }
        names.pop();
    }
}

fn is_ours(name: &str) -> bool {
    name.ends_with(".causeline.toml") || name.ends_with(".causeline.toml.tmp")
}

/// Texts that people put beside logs.
fn is_about_logs(name: &str) -> bool {
    let low = name.to_lowercase();
    low.ends_with(".md") || ["readme", "readme.txt", "license", "license.txt", "copying"].contains(&low.as_str())
}

/// Opens one file: mapped when plain, decompressed when gzip, `None` (with a diagnostic) when it cannot be read.
pub fn open(diagnostics: &mut Diagnostics, found: Found) -> Option<Source> {
    let Found { location, path, folder } = found;
    let fail = |diagnostics: &mut Diagnostics, e: &std::io::Error| {
        diagnostics.error(&path, format!("cannot read: {}", reason(e)));
    };
    let mut file = match File::open(&location) {
        Ok(file) => file,
        Err(e) => {
            fail(diagnostics, &e);
            return None;
        }
    };
    let meta = file.metadata().ok();
    let modified = meta.as_ref().and_then(|m| m.modified().ok()).and_then(nanos_since_1970);
    let mut magic = [0u8; 4];
    let n = file.read(&mut magic).unwrap_or(0);
    let mut compressed = None;
    let text = if archive::is_gzip(magic.get(..n).unwrap_or_default()) {
        compressed = Some("gzip");
        let Ok(raw) = read_whole(&location, meta.as_ref()) else {
            diagnostics.error(&path, "cannot read the compressed file");
            return None;
        };
        Text::Owned(archive::gunzip(diagnostics, &path, raw.bytes()))
    } else {
        match read_whole(&location, meta.as_ref()) {
            Ok(text) => text,
            Err(e) => {
                fail(diagnostics, &e);
                return None;
            }
        }
    };
    let text = encoding::to_utf8(diagnostics, &path, text);
    if text.bytes().is_empty() {
        diagnostics.note(&path, "empty");
    }
    let not_text = encoding::not_text(text.bytes());
    if let Some(why) = not_text {
        diagnostics.warning(&path, format!("{why}; not shown"));
    }
    Some(Source { path, location: Some(location), folder, compressed, modified, text: Arc::new(text), not_text })
}

/// Maps a regular file; reads anything else (pipes, devices, files of `/proc`) and what cannot be mapped.
pub fn read_whole(location: &Path, meta: Option<&fs::Metadata>) -> std::io::Result<Text> {
    let mappable = meta.is_some_and(|m| m.is_file() && m.len() > 0);
    if mappable && let Ok(map) = map::Map::open(location) {
        return Ok(Text::Mapped(map));
    }
    let mut bytes = Vec::new();
    File::open(location)?.read_to_end(&mut bytes)?;
    Ok(Text::Owned(bytes))
}

fn nanos_since_1970(t: std::time::SystemTime) -> Option<i64> {
    let d = t.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(d.as_nanos()).ok()
}

/// An I/O error in words, without the number that nobody can read.
fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "no such file or folder".to_owned(),
        std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => {
            let text = e.to_string();
            text.split(" (os error").next().unwrap_or(&text).to_lowercase()
        }
    }
}
