//! A record's place that outlives one analysis: its content, with file and line as a hint.

use crate::event::{EventId, EventStore};
use crate::source::{Source, SourceId};

/// Where a record stood and what it said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// Name of its source.
    pub file: String,
    /// 1-based line: a hint.
    pub line: u64,
    /// FNV-1a 64 of its bytes, in hexadecimal: the anchor.
    pub hash: String,
}

impl Spot {
    /// Where an event stands.
    pub fn of(sources: &[Source], events: &EventStore, id: EventId) -> Option<Spot> {
        let source = sources.get(events.source(id).idx())?;
        let hash = hash(source.text.get(events.span(id)));
        Some(Spot { file: source.path.clone(), line: events.line(id), hash })
    }

    /// At the hint, else the nearest record of the same content in the same file, else in any file.
    pub fn find(&self, sources: &[Source], events: &EventStore) -> Option<EventId> {
        let source = sources.iter().position(|s| s.path == self.file);
        let raw = |id: EventId| sources.get(events.source(id).idx()).map(|s| s.text.get(events.span(id)));
        let same = |id: EventId| raw(id).is_some_and(|raw| hash(raw) == self.hash);
        if let Some(idx) = source {
            let id = events.at_line(SourceId(u32::try_from(idx).ok()?), self.line);
            if let Some(id) = id.filter(|&id| events.line(id) == self.line && same(id)) {
                return Some(id);
            }
        }
        let all = || (0..u32::try_from(events.len()).unwrap_or(u32::MAX)).map(EventId);
        let nearest = |id: &EventId| events.line(*id).abs_diff(self.line);
        all()
            .filter(|&id| source == Some(events.source(id).idx()) && same(id))
            .min_by_key(nearest)
            .or_else(|| all().find(|&id| same(id)))
    }
}

/// FNV-1a, 64 bits: stable across versions and machines, as an anchor must be.
pub fn hash(bytes: &[u8]) -> String {
    let h = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    format!("{h:016x}")
}
