//! Files and folders.

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
    /// It was found below a folder that the user named, not named itself.
    pub is_below: bool,
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
        return vec![Found { location: root.to_owned(), path: shown, folder, is_below: false }];
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
            found.push(Found { location, path: names.join("/"), folder, is_below: true });
        } else if !location.is_dir() {
            diagnostics.warning(&names.join("/"), "not a regular file, passed over");
        }
        names.pop();
    }
}

pub(super) fn is_ours(name: &str) -> bool {
    name.ends_with(".causeline.toml") || name.ends_with(".causeline.toml.tmp")
}

/// Texts that people put beside logs.
pub(super) fn is_about_logs(name: &str) -> bool {
    let low = name.to_lowercase();
    low.ends_with(".md") || ["readme", "readme.txt", "license", "license.txt", "copying"].contains(&low.as_str())
}

/// So much of a text tells it from all others of its series: some lines with times.
const BEGIN: usize = 512;

/// The most bytes that unpacking a file may take in memory; 0 for plain files.
pub(super) fn worst(found: &Found) -> u64 {
    // What is read from a pipe is gone.
    let Some(size) = fs::metadata(&found.location).ok().filter(fs::Metadata::is_file).map(|m| m.len()) else {
        return 0;
    };
    let mut head = Vec::new();
    let Ok(file) = File::open(&found.location) else { return 0 };
    file.take(512).read_to_end(&mut head).ok();
    if archive::is_packed(&head) { archive::allowance(size) } else { 0 }
}

/// Opens one file: mapped when plain, unpacked in memory when compressed or an archive, which may hold many sources.
/// `limit` is the most bytes to unpack. What cannot be read is a diagnostic.
pub fn open(diagnostics: &mut Diagnostics, found: &Found, limit: u64) -> Vec<Source> {
    let meta = fs::metadata(&found.location).ok();
    let raw = match read_whole(&found.location, meta.as_ref()) {
        Ok(raw) => raw,
        Err(e) => {
            diagnostics.error(&found.path, format!("cannot read: {}", reason(&e)));
            return Vec::new();
        }
    };
    let modified = meta.as_ref().and_then(|m| m.modified().ok()).and_then(nanos_since_1970);
    let whole = Source {
        path: found.path.clone(),
        location: Some(found.location.clone()),
        folder: found.folder.clone(),
        modified,
        on_disk: raw.bytes().len() as u64,
        ..Source::default()
    };
    take_in(diagnostics, whole, raw, limit, !found.is_below)
}

/// Makes sources of a file's bytes; `whole` says of them what is known before they are looked at. A folder that stands
/// above a file named itself says nothing of what is in an archive, and `alone` tells of such a file.
pub(super) fn take_in(diagnostics: &mut Diagnostics, whole: Source, raw: Text, limit: u64, alone: bool) -> Vec<Source> {
    let head = raw.bytes().get(..512.min(raw.bytes().len())).unwrap_or_default();
    if !archive::is_packed(head) {
        return vec![finish(diagnostics, whole, raw)];
    }
    // Decoders are other people's code, and files are anybody's: a fault in one must not take the others along.
    let mut told = Diagnostics::default();
    let unpack = std::panic::AssertUnwindSafe(|| archive::unpack(&mut told, &whole.path, raw.bytes(), limit));
    let Ok(holding) = std::panic::catch_unwind(unpack) else {
        diagnostics.error(&whole.path, "cannot be unpacked: the decompressor fails on it");
        return Vec::new();
    };
    diagnostics.extend(told);
    let from_archive = |member: &archive::Member| Source {
        path: if member.name.is_empty() { whole.path.clone() } else { format!("{}/{}", whole.path, member.name) },
        folder: if holding.archive {
            whole.folder.clone().filter(|_| !alone).or_else(|| member.folder.clone())
        } else {
            whole.folder.clone()
        },
        archive: holding.archive.then(|| whole.path.clone()),
        compressed: member.compressed,
        modified: member.modified.or(whole.modified),
        ..whole.clone()
    };
    let sources: Vec<Source> = holding.members.iter().map(from_archive).collect();
    let texts = holding.members.into_iter().map(|m| Text::Owned(m.text));
    sources.into_iter().zip(texts).map(|(source, text)| finish(diagnostics, source, text)).collect()
}

/// Decodes the text, and tells when it is none.
fn finish(diagnostics: &mut Diagnostics, source: Source, text: Text) -> Source {
    let text = encoding::to_utf8(diagnostics, &source.path, text);
    if text.bytes().is_empty() {
        diagnostics.note(&source.path, "empty");
    }
    let head = text.bytes().get(..512.min(text.bytes().len())).unwrap_or_default();
    let not_text = archive::unsupported(head).or_else(|| encoding::not_text(text.bytes()));
    if let Some(why) = not_text {
        diagnostics.warning(&source.path, format!("{why}; not shown"));
    }
    let begin = text.bytes().get(..BEGIN.min(text.bytes().len())).unwrap_or_default().to_vec();
    Source { text: Arc::new(text), not_text, begin, ..source }
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
