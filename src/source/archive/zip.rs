//! Zip archives: the directory at their end, zip64 included; read from the front where that is torn off.

use chrono::NaiveDate;

/// A member of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: Vec<u8>,
    /// 0 stored, 8 deflate, …
    pub(super) method: u16,
    pub(super) encrypted: bool,
    pub(super) folder: bool,
    pub(super) link: bool,
    /// Bytes as they stand in the archive; of a torn archive maybe more than belong to the member.
    pub(super) bytes: std::ops::Range<usize>,
    /// Bytes when unpacked, where the archive says so.
    pub(super) size: Option<u64>,
    /// Nanoseconds since 1970 UTC; archives that state local time only are read as UTC.
    pub(super) modified: Option<i64>,
}

/// What an archive holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) entries: Vec<Entry>,
    /// What is wrong with it, in words.
    pub(super) troubles: Vec<String>,
}

/// True when the bytes begin as zip archives do; one without members too.
pub(super) fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Bytes at a place, numbers in little-endian.
#[derive(Clone, Copy)]
struct At<'a>(&'a [u8], usize);

impl<'a> At<'a> {
    fn bytes(self, from: usize, len: usize) -> Option<&'a [u8]> {
        let start = self.1.checked_add(from)?;
        self.0.get(start..start.checked_add(len)?)
    }

    fn u16(self, from: usize) -> Option<u16> {
        self.bytes(from, 2)?.first_chunk().map(|b| u16::from_le_bytes(*b))
    }

    fn u32(self, from: usize) -> Option<u32> {
        self.bytes(from, 4)?.first_chunk().map(|b| u32::from_le_bytes(*b))
    }

    fn u64(self, from: usize) -> Option<u64> {
        self.bytes(from, 8)?.first_chunk().map(|b| u64::from_le_bytes(*b))
    }
}

/// Lists the members in the order in which they stand in the archive; at most `most`.
///
/// Members that share bytes are left out but for the first: only bombs have them.
pub(super) fn list(archive: &[u8], most: usize) -> Listing {
    let mut listing = Listing::default();
    match directory(archive, most) {
        Some(mut found) => {
            found.sort_by_key(|(at, _)| *at);
            let mut end = 0;
            let mut overlapping = 0u64;
            let mut lost = 0u64;
            for (at, mut entry) in found {
                if at < end {
                    overlapping += 1;
                    continue;
                }
                let Some(begin) = data_begin(archive, at) else {
                    lost += 1;
                    continue;
                };
                let stop = begin.saturating_add(entry.bytes.len());
                end = stop;
                entry.bytes = begin..stop.min(archive.len());
                listing.entries.push(entry);
            }
            if overlapping > 0 {
                let what = "members share their bytes with others, as in bombs; not shown";
                listing.troubles.push(format!("{overlapping} {what}"));
            }
            if lost > 0 {
                listing.troubles.push(format!("{lost} members are not where its directory says; not shown"));
            }
        }
        None => {
            listing.troubles.push("its directory is torn off; read from the front as far as it goes".to_owned());
            listing.entries = from_the_front(archive, most);
        }
    }
    listing
}

/// The directory's entries with the places of their local headers.
fn directory(archive: &[u8], most: usize) -> Option<Vec<(usize, Entry)>> {
    // A comment of at most 64 KiB may stand behind the end record.
    let from = archive.len().saturating_sub(22 + 65_535);
    let end = from + memchr::memmem::rfind(archive.get(from..)?, b"PK\x05\x06")?;
    let record = At(archive, end);
    let (mut count, mut at) = (u64::from(record.u16(10)?), u64::from(record.u32(16)?));
    let mut size = u64::from(record.u32(12)?);
    let mut behind = end;
    if let Some(locator) = end.checked_sub(20).map(|l| At(archive, l)).filter(|l| l.u32(0) == Some(0x0706_4b50)) {
        let there = At(archive, usize::try_from(locator.u64(8)?).ok()?);
        if there.u32(0) == Some(0x0606_4b50) {
            (count, size, at) = (there.u64(32)?, there.u64(40)?, there.u64(48)?);
            behind = there.1;
        }
    }
    // Something may stand before the archive (a program that unpacks itself): places count from its own begin.
    let begins = behind.checked_sub(usize::try_from(size).ok()?)?;
    let before = begins.checked_sub(usize::try_from(at).ok()?)?;
    let mut out = Vec::new();
    let mut at = begins;
    while out.len() as u64 != count && out.len() < most {
        let head = At(archive, at);
        if head.u32(0)? != 0x0201_4b50 {
            return None;
        }
        let (name, extra, comment) = (head.u16(28)?, head.u16(30)?, head.u16(32)?);
        let name_bytes = head.bytes(46, usize::from(name))?;
        let extra_bytes = head.bytes(46 + usize::from(name), usize::from(extra))?;
        let mut packed = u64::from(head.u32(20)?);
        let mut unpacked = u64::from(head.u32(24)?);
        let mut local = u64::from(head.u32(42)?);
        zip64(extra_bytes, [&mut unpacked, &mut packed, &mut local]);
        let unix = head.u16(4)? >> 8 == 3;
        let mode = head.u32(38)? >> 16;
        let entry = Entry {
            folder: name_bytes.ends_with(b"/"),
            name: name_bytes.to_vec(),
            method: head.u16(10)?,
            encrypted: head.u16(8)? & 1 != 0,
            link: unix && mode & 0o170_000 == 0o120_000,
            bytes: 0..usize::try_from(packed).unwrap_or(usize::MAX),
            size: Some(unpacked),
            modified: modified(extra_bytes, head.u16(14)?, head.u16(12)?),
        };
        out.push((before.checked_add(usize::try_from(local).ok()?)?, entry));
        at += 46 + usize::from(name) + usize::from(extra) + usize::from(comment);
    }
    Some(out)
}

/// Numbers that do not fit 32 bits stand in an extra field, in this order, those alone that do not fit.
fn zip64(extra: &[u8], numbers: [&mut u64; 3]) {
    let Some(field) = extra_field(extra, 1) else { return };
    let mut from = 0;
    for number in numbers {
        if *number == u64::from(u32::MAX) {
            *number = At(field, 0).u64(from).unwrap_or(*number);
            from += 8;
        }
    }
}

fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (id, len) = (At(extra, 0).u16(0)?, usize::from(At(extra, 0).u16(2)?));
        let field = extra.get(4..4 + len)?;
        if id == wanted {
            return Some(field);
        }
        extra = extra.get(4 + len..)?;
    }
}

/// The time in UTC where an extra field tells it, else the local one of the header.
fn modified(extra: &[u8], date: u16, time: u16) -> Option<i64> {
    if let Some(field) = extra_field(extra, 0x5455)
        && field.first().is_some_and(|flags| flags & 1 != 0)
        && let Some(seconds) = At(field, 0).u32(1)
    {
        return i64::from(seconds.cast_signed()).checked_mul(1_000_000_000);
    }
    let day = NaiveDate::from_ymd_opt(1980 + i32::from(date >> 9), u32::from(date >> 5 & 15), u32::from(date & 31))?;
    let at = day.and_hms_opt(u32::from(time >> 11), u32::from(time >> 5 & 63), u32::from(time & 31) * 2)?;
    at.and_utc().timestamp_nanos_opt()
}

/// Where a member's bytes begin, behind its local header.
fn data_begin(archive: &[u8], at: usize) -> Option<usize> {
    let head = At(archive, at);
    (head.u32(0)? == 0x0403_4b50).then_some(())?;
    let begin = at.checked_add(30 + usize::from(head.u16(26)?) + usize::from(head.u16(28)?))?;
    (begin <= archive.len()).then_some(begin)
}

/// Members of an archive whose directory is gone: those whose local headers tell how long they are, and of others
/// all bytes up to the next local header, for deflate knows its own end.
fn from_the_front(archive: &[u8], most: usize) -> Vec<Entry> {
    let mut out = Vec::new();
    let mut at = 0;
    while let (true, Some(begin)) = (out.len() < most, data_begin(archive, at)) {
        let head = At(archive, at);
        let (Some(flags), Some(method), Some(packed), Some(unpacked), Some(name)) =
            (head.u16(6), head.u16(8), head.u32(18), head.u32(22), head.u16(26))
        else {
            break;
        };
        let name_bytes = head.bytes(30, usize::from(name)).unwrap_or_default();
        let extra = archive.get(at + 30 + usize::from(name)..begin).unwrap_or_default();
        let told = flags & 8 == 0;
        let (mut packed, mut unpacked) = (u64::from(packed), u64::from(unpacked));
        zip64(extra, [&mut unpacked, &mut packed, &mut 0]);
        let end = if told {
            begin.saturating_add(usize::try_from(packed).unwrap_or(usize::MAX)).min(archive.len())
        } else {
            let next = memchr::memmem::find(archive.get(begin..).unwrap_or_default(), b"PK\x03\x04");
            next.map_or(archive.len(), |n| begin + n)
        };
        out.push(Entry {
            folder: name_bytes.ends_with(b"/"),
            name: name_bytes.to_vec(),
            method,
            encrypted: flags & 1 != 0,
            link: false,
            bytes: begin..end,
            size: told.then_some(unpacked),
            modified: modified(extra, head.u16(12).unwrap_or(0), head.u16(10).unwrap_or(0)),
        });
        at = end;
    }
    out
}
