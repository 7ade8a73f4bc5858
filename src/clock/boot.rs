//! When a host was booted: times for records that only count the seconds since then.
//!
//! `dmesg` prints the kernel's ring buffer with seconds since boot. Where a log with times holds some of the same
//! lines, the boot is between the latest "stamp minus uptime" and the earliest "end of stamp minus uptime".

use std::collections::BTreeMap;

use super::pairs::resolution;
use crate::event::lane::Lanes;
use crate::event::settle::SourceInfo;
use crate::event::{EventId, EventStore};
use crate::source::{Source, SourceId};

/// The field in which a format states seconds since boot.
const UPTIME: &str = "uptime";

/// Times found for records that state none, by their host's own clock.
#[derive(Clone, Debug, Default)]
pub struct Boots {
    /// Time of each such record, in nanoseconds since 1970 UTC.
    pub times: BTreeMap<EventId, i64>,
    /// Lines of a ring buffer, and the same line in a log with times.
    pub copies: Vec<(EventId, EventId)>,
}

/// A line of the ring buffer: the record and its nanoseconds since boot.
type Line = (EventId, i64);

impl Boots {
    /// Looks through all hosts that have records with an uptime and no time.
    pub fn find(sources: &[Source], infos: &[SourceInfo], events: &EventStore, lanes: &Lanes) -> Self {
        let mut out = Boots::default();
        for (lane, host) in lanes.list.iter().enumerate() {
            let timeless = |s: &&SourceId| infos.get(s.idx()).is_some_and(|i| i.first.is_none());
            for buffer in host.sources.iter().filter(timeless) {
                let lines = uptimes(sources, infos, events, buffer.0);
                if !lines.is_empty() {
                    out.anchor(&lines, &copies(sources, infos, events, lanes, lane, &lines), events);
                }
            }
        }
        out.copies.sort_unstable();
        out
    }

    fn anchor(&mut self, lines: &BTreeMap<String, Line>, copies: &[(Line, EventId)], events: &EventStore) {
        let stamped = copies.iter().filter_map(|((_, up), id)| events.time(*id).map(|t| (t.saturating_sub(*up), *id)));
        let (mut low, mut high) = (i64::MIN, i64::MAX);
        for (boot, id) in stamped {
            low = low.max(boot);
            high = high.min(boot.saturating_add(resolution(events, id) as i64));
        }
        if low == i64::MIN {
            return;
        }
        // Lines that reached the log late push `low` too far; the earliest end of a stamp is a bound all the same.
        let boot = low.min(high);
        self.times.extend(lines.values().map(|(id, up)| (*id, boot.saturating_add(*up))));
        self.copies.extend(copies.iter().map(|((from, _), to)| (*from, *to)));
    }
}

/// The lines of a ring buffer by their text; of equal ones the first.
fn uptimes(sources: &[Source], infos: &[SourceInfo], events: &EventStore, source: u32) -> BTreeMap<String, Line> {
    let mut lines = BTreeMap::new();
    let (Some(text), Some(info)) = (sources.get(source as usize), infos.get(source as usize)) else { return lines };
    let segments = events.segments().iter().enumerate().filter(|(_, s)| s.source.0 == source);
    for id in segments.flat_map(|(i, _)| events.ids_of_segment(i)).map(EventId) {
        let record = info.decode(events.form(id), text.text.get(events.span(id)));
        match record.field(UPTIME).and_then(|u| u.parse::<f64>().ok()) {
            Some(up) => {
                lines.entry(bare(&record.message).to_owned()).or_insert((id, (up * 1e9) as i64));
            }
            None if lines.is_empty() => break, // some other text without times
            None => {}
        }
    }
    lines
}

/// A kernel's message without the uptime that syslog leaves in front of it.
fn bare(message: &str) -> &str {
    let message = message.trim();
    match message.strip_prefix('[').and_then(|m| m.split_once(']')) {
        Some((up, rest)) if up.trim().parse::<f64>().is_ok() => rest.trim(),
        _ => message,
    }
}

/// Records with times on the same host that say what a line of the ring buffer says.
fn copies(
    sources: &[Source],
    infos: &[SourceInfo],
    events: &EventStore,
    lanes: &Lanes,
    lane: usize,
    lines: &BTreeMap<String, Line>,
) -> Vec<(Line, EventId)> {
    let mut out = Vec::new();
    for (i, segment) in events.segments().iter().enumerate() {
        let (Some(text), Some(info)) = (sources.get(segment.source.idx()), infos.get(segment.source.idx())) else {
            continue;
        };
        if lanes.of_source(segment.source) != lane || info.first.is_none() {
            continue;
        }
        for id in events.ids_of_segment(i).map(EventId) {
            let raw = text.text.get(events.span(id));
            if memchr::memmem::find(raw, b"kernel").is_none() {
                continue;
            }
            let record = info.decode(events.form(id), raw);
            if let Some(line) = lines.get(bare(&record.message)) {
                out.push((*line, id));
            }
        }
    }
    // A line that several logs hold is anchored by each, and copied to each.
    out.sort_unstable();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syslog_leaves_the_uptime_in_front() {
        assert_eq!(bare("[ 3638.483942] EXT4-fs error"), "EXT4-fs error");
        assert_eq!(bare("[drm] ready"), "[drm] ready");
        assert_eq!(bare("EXT4-fs error"), "EXT4-fs error");
    }
}
