//! Tar archives: ustar, pax, GNU's long names, old ones without a magic word. Read from front to back.

use std::io::{self, Read};

const BLOCK: usize = 512;
/// Names and pax records longer than this are not read.
const LONGEST_NAME: u64 = 1 << 20;
/// Headers in a row that only describe the next one.
const DESCRIBED: usize = 64;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
    /// A symbolic or a hard link.
    Link,
    /// A device, a pipe.
    Other,
}

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    pub(super) what: What,
    /// Bytes that follow.
    pub(super) size: u64,
    /// Nanoseconds since 1970 UTC.
    pub(super) modified: Option<i64>,
}

/// True when the bytes begin with a tar header: its sum is right.
pub(super) fn is_tar(head: &[u8]) -> bool {
    let Some(block) = head.first_chunk::<BLOCK>() else { return false };
    block.first().is_some_and(|b| *b != 0) && sum_is_right(block)
}

fn sum_is_right(block: &[u8; BLOCK]) -> bool {
    let Some(stated) = number(field(block, 148, 8)) else { return false };
    let outside = |i: &usize| !(148..156).contains(i);
    let sum: u64 = block.iter().enumerate().map(|(i, b)| if outside(&i) { u64::from(*b) } else { 32 }).sum();
    sum == stated
}

fn field(block: &[u8; BLOCK], from: usize, len: usize) -> &[u8] {
    block.get(from..from + len).unwrap_or_default()
}

/// Octal digits, or a binary number where the first bit is set (GNU).
fn number(field: &[u8]) -> Option<u64> {
    if let Some((first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        // Negative numbers (times before 1970) are of no use.
        let begin = u64::from(first & 0x3f);
        return rest.iter().try_fold(begin, |n, b| n.checked_mul(256)?.checked_add(u64::from(*b)));
    }
    let text = text(field);
    let digits = std::str::from_utf8(text).ok()?.trim_matches([' ', '\0']);
    if digits.is_empty() { Some(0) } else { u64::from_str_radix(digits, 8).ok() }
}

/// Up to the first NUL.
fn text(field: &[u8]) -> &[u8] {
    field.split(|b| *b == 0).next().unwrap_or_default()
}

/// What earlier headers say of the next member.
#[derive(Default)]
struct Described {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    modified: Option<i64>,
}

impl Described {
    /// Takes over pax records: `LENGTH KEY=VALUE`, one after the other.
    fn pax(&mut self, mut records: &[u8]) {
        while let Some(space) = memchr::memchr(b' ', records) {
            let length = records.get(..space).and_then(|n| std::str::from_utf8(n).ok()?.parse::<usize>().ok());
            let Some(record) = length.and_then(|n| records.get(space + 1..n)) else { return };
            records = records.get(space + 1 + record.len()..).unwrap_or_default();
            let record = record.strip_suffix(b"\n").unwrap_or(record);
            let Some(equal) = memchr::memchr(b'=', record) else { continue };
            let (key, value) = (record.get(..equal).unwrap_or_default(), record.get(equal + 1..).unwrap_or_default());
            let value_text = std::str::from_utf8(value).ok();
            match key {
                b"path" | b"GNU.sparse.name" => self.name = Some(value.to_vec()),
                b"size" => self.size = value_text.and_then(|v| v.parse().ok()),
                b"mtime" => self.modified = value_text.and_then(seconds),
                _ => {}
            }
        }
    }
}

/// Nanoseconds of decimal seconds.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    whole.parse::<i64>().ok()?.checked_mul(1_000_000_000)?.checked_add(digits.parse().ok()?)
}

/// Goes through an archive; `each` may read the member's bytes, and ends it by answering false.
///
/// # Errors
/// In words, where the archive is torn; what came before has been handed over.
pub(super) fn walk(from: &mut dyn Read, each: &mut dyn FnMut(&Entry, &mut dyn Read) -> bool) -> Result<(), String> {
    let mut about = Described::default();
    let mut describing = 0;
    loop {
        let mut block = [0u8; BLOCK];
        let got = fill(from, &mut block)?;
        // Two blocks of zeros end an archive; one does, and so does the end of the bytes.
        if got == 0 || block.iter().all(|b| *b == 0) {
            return Ok(());
        }
        if got < BLOCK || !sum_is_right(&block) {
            return Err("a header is torn".to_owned());
        }
        let kind = block.get(156).copied().unwrap_or(0);
        let size = number(field(&block, 124, 12)).ok_or("a header's size is no number")?;
        if matches!(kind, b'L' | b'K' | b'x' | b'g' | b'X') {
            describing += 1;
            if describing > DESCRIBED {
                return Err("headers that describe nothing".to_owned());
            }
            let mut body = from.take(size);
            let mut bytes = Vec::new();
            (&mut body).take(LONGEST_NAME).read_to_end(&mut bytes).map_err(words)?;
            io::copy(&mut body, &mut io::sink()).map_err(words)?;
            pad(from, size)?;
            match kind {
                b'L' => about.name = Some(text(&bytes).to_vec()),
                b'x' | b'X' => about.pax(&bytes),
                _ => {} // the name a link leads to; defaults for all members
            }
            continue;
        }
        describing = 0;
        let about = std::mem::take(&mut about);
        if kind == b'S' {
            skip_map(from, &block)?;
        }
        let entry = Entry {
            name: about.name.unwrap_or_else(|| name(&block)),
            what: what(kind),
            size: about.size.unwrap_or(size),
            modified: about.modified.or_else(|| modified(&block)),
        };
        // Links may state the size of what they lead to, but hold nothing.
        let held = if matches!(entry.what, What::File | What::Other) { entry.size } else { 0 };
        let mut body = from.take(held);
        let go_on = each(&Entry { size: held, ..entry }, &mut body);
        if !go_on {
            return Ok(());
        }
        io::copy(&mut body, &mut io::sink()).map_err(words)?;
        if body.limit() > 0 {
            return Err("its last member is cut short".to_owned());
        }
        pad(from, held)?;
    }
}

fn words(e: io::Error) -> String {
    e.to_string()
}

/// The map of a sparse file (GNU) goes on in further blocks; the holes it tells of are left out.
fn skip_map(from: &mut dyn Read, first: &[u8; BLOCK]) -> Result<(), String> {
    let mut goes_on = first.get(482).is_some_and(|b| *b != 0);
    while goes_on {
        let mut block = [0u8; BLOCK];
        if fill(from, &mut block)? < BLOCK {
            return Err("the map of a sparse file is torn".to_owned());
        }
        goes_on = block.get(504).is_some_and(|b| *b != 0);
    }
    Ok(())
}

fn what(kind: u8) -> What {
    match kind {
        b'1' | b'2' => What::Link,
        b'5' | b'D' => What::Folder,
        b'3' | b'4' | b'6' | b'V' | b'M' => What::Other,
        _ => What::File,
    }
}

fn name(block: &[u8; BLOCK]) -> Vec<u8> {
    let short = text(field(block, 0, 100));
    // Only ustar proper has a prefix; GNU keeps times there.
    let prefix = if field(block, 257, 6) == b"ustar\0" { text(field(block, 345, 155)) } else { &[] };
    if prefix.is_empty() { short.to_vec() } else { [prefix, short].join(&b'/') }
}

fn modified(block: &[u8; BLOCK]) -> Option<i64> {
    let seconds = i64::try_from(number(field(block, 136, 12))?).ok()?;
    seconds.checked_mul(1_000_000_000).filter(|n| *n > 0)
}

/// Fills a block as far as there are bytes.
fn fill(from: &mut dyn Read, block: &mut [u8; BLOCK]) -> Result<usize, String> {
    let mut n = 0;
    while let Some(rest) = block.get_mut(n..).filter(|r| !r.is_empty()) {
        match from.read(rest) {
            Ok(0) => break,
            Ok(got) => n += got,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(words(e)),
        }
    }
    Ok(n)
}

/// Members are filled up to whole blocks.
fn pad(from: &mut dyn Read, size: u64) -> Result<(), String> {
    let over = size % BLOCK as u64;
    if over > 0 {
        io::copy(&mut from.take(BLOCK as u64 - over), &mut io::sink()).map_err(words)?;
    }
    Ok(())
}
