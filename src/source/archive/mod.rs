//! Compressed files and archives, opened in place: what they hold becomes text in memory, nothing is written to disk.
//!
//! Layers are peeled off one by one, by their first bytes: `bundle.zip` may hold `host1.tar.xz`, and that
//! `var/log/messages.2.gz`. Each layer is read while the one around it is unpacked, so that memory holds the logs
//! alone; only a zip archive inside another archive must be held whole, for its directory stands at its end.
//!
//! Limits end what would not end by itself. What was read until one is met is shown, and a diagnostic tells.

mod compressed;
mod input;
mod name;
mod tar;
mod zip;

use std::io::Read as _;

use compressed::{Kind, Unpacked};
use input::{Input, Meter};

use super::{encoding, file};
use crate::diagnostic::Diagnostics;

/// So much may be unpacked of any file. A log that is one line over and over shrinks to a thousandth, and such logs
/// are small; deflate cannot do better than 1032.
const FREE: u64 = 256 << 20;
/// Beyond that, as many times the file's size. Logs shrink to a tenth with gzip, and to a hundredth with xz when they
/// repeat themselves a lot.
const RATIO: u64 = 250;
/// Layers around a log. A support bundle has five: zip, xz, tar, gzip, and one to spare is spared twice.
const DEPTH: usize = 8;
/// Members looked at in one file, whatever they are. The largest sosreports and must-gathers have some ten thousand.
const MEMBERS: usize = 100_000;
/// Of these, logs that are kept. Each is a source of its own, shown as a line.
const KEPT: usize = 20_000;
/// To tell whether a member is text.
const HEAD: usize = 16 * 1024;

/// How much of a file of this size may be unpacked, in bytes.
pub(super) fn allowance(size: u64) -> u64 {
    size.saturating_mul(RATIO).max(FREE)
}

/// A text that was in a compressed file or an archive.
#[derive(Clone, Debug, Default)]
pub(super) struct Member {
    /// Its folders and its own name in the archive, `/`-separated; empty when the file holds this text alone.
    pub(super) name: String,
    /// The host that its folders name.
    pub(super) folder: Option<String>,
    pub(super) compressed: Option<&'static str>,
    /// Nanoseconds since 1970 UTC, as the archive states it.
    pub(super) modified: Option<i64>,
    pub(super) text: Vec<u8>,
}

/// What a file holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Holding {
    pub(super) members: Vec<Member>,
    /// It is an archive, and not only compressed.
    pub(super) archive: bool,
}

/// True for bytes that [`unpack`] takes apart.
pub(super) fn is_packed(head: &[u8]) -> bool {
    Kind::of(head).is_some() || zip::is_zip(head) || tar::is_tar(head) || skippable(head)
}

/// Frames without text may stand before the first one that has some (zstd, lz4).
fn skippable(head: &[u8]) -> bool {
    matches!(head, [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..])
}

/// Takes a file apart; `limit` is the most bytes that may be unpacked, whatever its size.
pub(super) fn unpack(diagnostics: &mut Diagnostics, path: &str, raw: &[u8], limit: u64) -> Holding {
    let allowance = allowance(raw.len() as u64);
    let meter = Meter::new(allowance.min(limit));
    let mut opening = Opening {
        diagnostics,
        path,
        meter: &meter,
        found: Vec::new(),
        archive: false,
        looked: 0,
        passed: Passed::default(),
    };
    opening.open(Input::whole(raw), &Around::default());
    opening.conclude(allowance <= limit)
}

/// Why bytes cannot be unpacked here, though they are known.
pub(super) fn unsupported(head: &[u8]) -> Option<&'static str> {
    compressed::unsupported(head)
}

/// What stands around the bytes at hand.
#[derive(Clone, Debug, Default)]
struct Around {
    names: Vec<String>,
    depth: usize,
    compressed: Option<&'static str>,
    modified: Option<i64>,
}

/// Members that are not shown, and are no trouble.
#[derive(Debug, Default)]
struct Passed {
    empty: u64,
    binary: u64,
    links: u64,
    devices: u64,
    about: u64,
    first_binary: String,
}

struct Opening<'a> {
    diagnostics: &'a mut Diagnostics,
    path: &'a str,
    meter: &'a Meter,
    found: Vec<(Vec<String>, Member)>,
    archive: bool,
    looked: usize,
    passed: Passed,
}

impl Opening<'_> {
    /// The name in diagnostics.
    fn named(&self, names: &[String]) -> String {
        std::iter::once(self.path).chain(names.iter().map(String::as_str)).collect::<Vec<_>>().join("/")
    }

    fn warn(&mut self, names: &[String], what: impl Into<String>) {
        let path = self.named(names);
        self.diagnostics.warning(&path, what);
    }

    /// Peels off a layer, or takes the text.
    fn open(&mut self, mut input: Input<'_>, around: &Around) {
        if skippable(input.peek(8)) {
            compressed::skip_skippable(&mut input);
        }
        let head = input.peek(512);
        let kind = Kind::of(head);
        let (is_tar, is_zip) = (tar::is_tar(head), zip::is_zip(head));
        if kind.is_none() && !is_tar && !is_zip {
            self.take(input, around);
            return;
        }
        if around.depth == DEPTH {
            let what = format!("more than {DEPTH} archives and compressed files inside each other; not opened");
            self.diagnostics.warning(self.path, what);
            return;
        }
        let inside = Around { depth: around.depth + 1, ..around.clone() };
        match kind {
            Some(kind) => self.compressed(kind, input, &Around { compressed: Some(kind.name()), ..inside }),
            None if is_tar => self.tar(input, &inside),
            None => self.zip(input, &inside),
        }
    }

    fn compressed(&mut self, kind: Kind, input: Input<'_>, around: &Around) {
        let mut unpacked = Unpacked::new(kind, input, self.meter);
        self.open(Input::stream(&mut unpacked), around);
        if let Some(trouble) = unpacked.trouble() {
            self.warn(&around.names, trouble.to_owned());
        }
    }

    fn tar(&mut self, mut input: Input<'_>, around: &Around) {
        self.archive = true;
        let walked = tar::walk(&mut input, &mut |entry, bytes| {
            let folder = entry.what == tar::What::Folder || entry.name.ends_with(b"/");
            match entry.what {
                _ if folder => {}
                tar::What::Link => self.passed.links += 1,
                tar::What::Other => self.passed.devices += 1,
                _ => {
                    let inside = self.member(&entry.name, false, entry.modified, around);
                    self.open(Input::stream(bytes), &inside);
                }
            }
            self.look()
        });
        if let Err(why) = walked
            && !self.meter.stopped()
        {
            self.warn(&around.names, format!("the tar archive is torn ({why}); what stands before is shown"));
        }
    }

    fn zip(&mut self, mut input: Input<'_>, around: &Around) {
        self.archive = true;
        let mut held = Vec::new();
        let archive = match input.in_memory() {
            Some(bytes) => bytes,
            None => {
                // What is torn inside tells of itself.
                input.read_to_end(&mut held).ok();
                &held
            }
        };
        let listing = zip::list(archive, MEMBERS + 1);
        for trouble in listing.troubles {
            self.warn(&around.names, trouble);
        }
        for entry in listing.entries {
            self.zip_member(archive, &entry, around);
            if !self.look() {
                return;
            }
        }
    }

    fn zip_member(&mut self, archive: &[u8], entry: &zip::Entry, around: &Around) {
        if entry.folder {
            return;
        }
        if entry.link {
            self.passed.links += 1;
            return;
        }
        let inside = self.member(&entry.name, true, entry.modified, around);
        if entry.encrypted {
            self.warn(&inside.names, "encrypted; not shown");
            return;
        }
        let input = Input::whole(archive.get(entry.bytes.clone()).unwrap_or_default());
        let kind = match entry.method {
            0 => return self.open(input, &Around { compressed: None, ..inside }),
            8 => Kind::Deflate,
            12 => Kind::Bzip2,
            14 => {
                return self.warn(&inside.names, "compressed with lzma inside zip, which is not supported; not shown");
            }
            93 => Kind::Zstd,
            95 => Kind::Xz,
            other => {
                self.warn(
                    &inside.names,
                    format!("compressed by method {other} of zip, which is not supported; not shown"),
                );
                return;
            }
        };
        self.compressed(kind, input, &Around { compressed: Some("zip"), ..inside });
    }

    /// A member's place, by its name in the archive.
    fn member(&mut self, name: &[u8], backslashes: bool, modified: Option<i64>, around: &Around) -> Around {
        let (parts, leaves) = name::clean(name, backslashes);
        let parts = if parts.is_empty() { vec!["unnamed".to_owned()] } else { parts };
        let names = [around.names.as_slice(), &parts].concat();
        if leaves {
            let what = "members with names that lead out of it; they are shown under names that do not";
            self.diagnostics.warning(self.path, what);
        }
        Around { names, modified: modified.or(around.modified), ..around.clone() }
    }

    /// One more member was looked at; false when that is enough.
    fn look(&mut self) -> bool {
        self.looked += 1;
        if self.looked >= MEMBERS || self.found.len() >= KEPT {
            let (what, most) = if self.looked >= MEMBERS { ("members", MEMBERS) } else { ("logs", KEPT) };
            let what =
                format!("more than {most} {what} in one archive; the rest is not shown (unpack it to read them)");
            if !self.meter.stopped() {
                self.diagnostics.warning(self.path, what);
            }
            self.meter.stop();
        }
        !self.meter.stopped()
    }

    /// Takes a text, or passes over what is none.
    fn take(&mut self, mut input: Input<'_>, around: &Around) {
        let name = around.names.last().map_or("", String::as_str);
        let mut text = Vec::new();
        if !around.names.is_empty() {
            if file::is_ours(name) || file::is_about_logs(name) {
                self.passed.about += 1;
                return;
            }
            let head = input.peek(HEAD);
            if head.is_empty() {
                self.passed.empty += 1;
                return;
            }
            let all_nul = head.iter().all(|b| *b == 0);
            if let Some(why) = encoding::not_text(head).or_else(|| unsupported(head)).filter(|_| !all_nul) {
                self.pass_over(why, around);
                return;
            }
        }
        // An error is a tear in a layer around, which tells of itself.
        input.read_to_end(&mut text).ok();
        text.shrink_to_fit();
        if !around.names.is_empty() && text.iter().all(|b| *b == 0) {
            self.passed.empty += 1;
            return;
        }
        let (compressed, modified) = (around.compressed, around.modified);
        let member = Member { name: String::new(), folder: None, compressed, modified, text };
        self.found.push((around.names.clone(), member));
    }

    fn pass_over(&mut self, why: &'static str, around: &Around) {
        // A remedy is worth a line of its own.
        if why.contains('(') {
            self.warn(&around.names, format!("{why}; not shown"));
            return;
        }
        self.passed.binary += 1;
        if self.passed.first_binary.is_empty() {
            self.passed.first_binary = around.names.join("/");
        }
    }

    /// Tells what was left out, and gives the members their names.
    fn conclude(self, by_ratio: bool) -> Holding {
        let Opening { diagnostics, path, meter, found, archive, looked, passed } = self;
        let p = &passed;
        let mut parts = Vec::new();
        for (n, what) in [
            (p.binary, "no text"),
            (p.empty, "empty"),
            (p.links, "links"),
            (p.devices, "devices or pipes"),
            (p.about, "documentation"),
        ] {
            if n > 0 {
                parts.push(format!("{n} {what}"));
            }
        }
        if !parts.is_empty() {
            let first =
                if p.binary > 0 { format!(" (the first that is no text: {})", p.first_binary) } else { String::new() };
            diagnostics.note(path, format!("of its {looked} members, passed over: {}{first}", parts.join(", ")));
        }
        if archive && found.is_empty() {
            diagnostics.warning(path, "no logs in this archive");
        }
        if meter.stopped() && looked < MEMBERS && found.len() < KEPT {
            let spent = format!("{} MB", meter.spent() / 1_000_000);
            diagnostics.warning(
                path,
                if by_ratio {
                    format!(
                        "unpacking stopped after {spent}, more than {RATIO} times its size: it may be a bomb; what was \
                         read until there is shown (unpack it to read the rest)"
                    )
                } else {
                    format!(
                        "unpacking stopped after {spent}, for all compressed files together are too large for memory; \
                         what was read until there is shown (unpack them: plain files need no memory)"
                    )
                },
            );
        }
        Holding { members: with_names(found), archive }
    }
}

/// Members by their whole names; of several with one name, the later ones get a number.
fn with_names(found: Vec<(Vec<String>, Member)>) -> Vec<Member> {
    let folders = |names: &[String]| names.len().saturating_sub(1);
    let shared = name::shared(found.iter().map(|(names, _)| names.get(..folders(names)).unwrap_or_default()));
    let mut seen = std::collections::HashMap::<String, u32>::new();
    let name = |(names, member): (Vec<String>, Member)| {
        let folder = name::host(names.get(..folders(&names)).unwrap_or_default(), shared);
        let mut name = names.join("/");
        let n = seen.entry(name.clone()).or_default();
        *n += 1;
        if *n > 1 {
            name = format!("{name} ({n})");
        }
        Member { name, folder, ..member }
    };
    let mut members: Vec<Member> = found.into_iter().map(name).collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    members
}

#[cfg(test)]
mod tests;
