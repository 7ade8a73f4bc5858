//! The columns of all events: 25 bytes each; the text stays in its source.
//!
//! Events live in *segments*, one for each chunk that was read, and never move: an [`EventId`] counts
//! through the segments in the order of the sources. A snapshot of a growing case therefore shares
//! all finished segments with the next one. Fields and messages are parsed again on demand.

use std::ops::Range;
use std::sync::Arc;

use crate::format::level::Level;
use crate::source::SourceId;

/// An event of one [`EventStore`]; ids follow source order, then file order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u32);

impl EventId {
    /// The id as an index.
    pub fn idx(self) -> usize {
        self.0 as usize
    }
}

/// What is known about an event beside its columns; one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags(pub u16);

impl Flags {
    /// The text states no time; the event stands where its file has it.
    pub const NO_TIME: Flags = Flags(1);
    /// The year was inferred.
    pub const ASSUMED_YEAR: Flags = Flags(2);
    /// The day was inferred.
    pub const ASSUMED_DATE: Flags = Flags(4);
    /// The zone was inferred.
    pub const ASSUMED_ZONE: Flags = Flags(8);
    /// The whole time was taken over from the record above (MySQL's general log does so).
    pub const ASSUMED_TIME: Flags = Flags(16);
    /// The recorded stamp is earlier than that of a record above it in the same source.
    pub const OUT_OF_ORDER: Flags = Flags(32);
    /// The level was read from words of the message, not from a level field.
    pub const LEVEL_FROM_WORDS: Flags = Flags(64);
    /// No format explains the text; it is shown as it is.
    pub const UNPARSED: Flags = Flags(128);
    /// While reading only: the stamp's zone abbreviation has several meanings.
    pub(crate) const AMBIGUOUS_ZONE: Flags = Flags(256);
    /// The local time fell into the hour that a change of daylight saving time repeats or skips.
    pub const DST_AMBIGUOUS: Flags = Flags(512);

    /// What a stamp may lack that makes it less than an instant.
    pub(crate) const LACKING: [Flags; 4] =
        [Flags::ASSUMED_TIME, Flags::ASSUMED_YEAR, Flags::ASSUMED_DATE, Flags::ASSUMED_ZONE];

    /// True when all bits of `other` are set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Sets the bits of `other`.
    pub fn set(&mut self, other: Flags) {
        self.0 |= other.0;
    }

    /// Clears the bits of `other`.
    pub fn clear(&mut self, other: Flags) {
        self.0 &= !other.0;
    }
}

/// How many bytes of a source went where; the parts sum to its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accounted {
    /// First lines of records.
    pub records: u64,
    /// Further lines of records.
    pub continuations: u64,
    /// Lines before the first record, and lines that a format declares to be headers.
    pub headers: u64,
    /// Blank lines outside records.
    pub blank: u64,
    /// Lines that no format explains; each is shown as an event of its own or a diagnostic tells why not.
    pub unparsed: u64,
}

impl Accounted {
    /// All bytes that were accounted for.
    pub fn sum(&self) -> u64 {
        self.records + self.continuations + self.headers + self.blank + self.unparsed
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Accounted) {
        self.records += other.records;
        self.continuations += other.continuations;
        self.headers += other.headers;
        self.blank += other.blank;
        self.unparsed += other.unparsed;
    }
}

/// The events of one chunk of one source, in file order.
#[derive(Clone, Debug, Default)]
pub struct Segment {
    /// The source the chunk belongs to.
    pub source: SourceId,
    /// Where the chunk begins in the (decompressed) source, in bytes.
    pub base: u64,
    /// How many lines of the source stand above the chunk.
    pub first_line: u64,
    /// Recorded time in nanoseconds since 1970 UTC; for an event without one, the time it is placed at.
    pub time: Vec<i64>,
    /// Where each record begins, in bytes from `base`.
    pub offset: Vec<u32>,
    /// Length of each record in bytes, continuation lines included, the last line end not.
    pub len: Vec<u32>,
    /// Lines of the chunk above each record.
    pub line: Vec<u32>,
    /// Level of each record.
    pub level: Vec<Level>,
    /// Digits of the second's fraction that the text states.
    pub precision: Vec<u8>,
    /// Which of the source's formats each record has.
    pub form: Vec<u8>,
    /// What else is known.
    pub flags: Vec<Flags>,
    /// Where the chunk's bytes went.
    pub accounted: Accounted,
    /// Lines in the chunk.
    pub n_lines: u64,
    /// Of the blank bytes, those behind the chunk's last line that is not blank.
    pub trailing_blank: u64,
    /// UTC offsets that the stamps state (seconds east), each with an instant; one entry a change.
    pub stated: Vec<(i64, i32)>,
    /// The zone abbreviation with several meanings that the stamps use.
    pub ambiguous: Option<u8>,
}

impl Segment {
    /// Number of events.
    pub fn len(&self) -> usize {
        self.time.len()
    }

    /// True when the chunk holds no record.
    pub fn is_empty(&self) -> bool {
        self.time.is_empty()
    }

    /// Room for `n` events, so that the columns need not grow and be copied. Pages not written to cost nothing.
    pub(crate) fn reserve(&mut self, n: usize) {
        self.time.reserve_exact(n);
        self.offset.reserve_exact(n);
        self.len.reserve_exact(n);
        self.line.reserve_exact(n);
        self.level.reserve_exact(n);
        self.precision.reserve_exact(n);
        self.form.reserve_exact(n);
        self.flags.reserve_exact(n);
    }

    /// Gives memory back where far fewer events came than there was room for.
    pub(crate) fn shrink(&mut self) {
        if self.time.capacity() <= self.time.len() * 2 {
            return;
        }
        self.time.shrink_to_fit();
        self.offset.shrink_to_fit();
        self.len.shrink_to_fit();
        self.line.shrink_to_fit();
        self.level.shrink_to_fit();
        self.precision.shrink_to_fit();
        self.form.shrink_to_fit();
        self.flags.shrink_to_fit();
    }
}

/// All events of an analysis, in source order. Read only once built.
#[derive(Clone, Debug, Default)]
pub struct EventStore {
    segments: Vec<Arc<Segment>>,
    /// Id of each segment's first event, and the total at the end.
    starts: Vec<u32>,
    /// The segment of the first event of every block of ids, so that looking one up takes a step or two.
    coarse: Vec<u32>,
}

/// Ids of a block: half of what a segment mostly holds.
const BLOCK_BITS: u32 = 13;

impl EventStore {
    /// Builds the store from segments in source order, then chunk order.
    pub fn new(segments: Vec<Arc<Segment>>) -> Self {
        let mut starts = Vec::with_capacity(segments.len() + 1);
        let mut n = 0u32;
        for s in &segments {
            starts.push(n);
            n = n.saturating_add(u32::try_from(s.len()).unwrap_or(u32::MAX));
        }
        starts.push(n);
        let mut coarse = Vec::new();
        for (segment, end) in (0u32..).zip(starts.iter().skip(1)) {
            coarse.resize(((u64::from(*end) + (1 << BLOCK_BITS) - 1) >> BLOCK_BITS) as usize, segment);
        }
        EventStore { segments, starts, coarse }
    }

    /// Number of events.
    pub fn len(&self) -> usize {
        self.starts.last().map_or(0, |&n| n as usize)
    }

    /// True when there is no event.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True when both share all segments, so that an id means the same event in either.
    pub fn is_same(&self, other: &EventStore) -> bool {
        self.segments.len() == other.segments.len()
            && self.segments.iter().zip(&other.segments).all(|(a, b)| Arc::ptr_eq(a, b))
    }

    /// All segments, in id order.
    pub fn segments(&self) -> &[Arc<Segment>] {
        &self.segments
    }

    /// Ids of the events of segment `idx`.
    pub fn ids_of_segment(&self, idx: usize) -> Range<u32> {
        let at = |i: usize| self.starts.get(i).copied().unwrap_or(0);
        at(idx)..at(idx + 1)
    }

    /// The index of the segment that holds `id`.
    pub fn segment_of(&self, id: EventId) -> usize {
        let Some(first) = self.coarse.get((id.0 >> BLOCK_BITS) as usize) else { return self.segments.len() };
        let mut segment = *first as usize;
        while self.starts.get(segment + 1).is_some_and(|start| *start <= id.0) {
            segment += 1;
        }
        segment
    }

    /// The segment that holds `id`, and the index in it.
    fn place(&self, id: EventId) -> Option<(&Segment, usize)> {
        let idx = self.segment_of(id);
        let start = *self.starts.get(idx)?;
        Some((self.segments.get(idx)?, (id.0 - start) as usize))
    }

    fn column<T: Copy>(&self, id: EventId, of: impl Fn(&Segment) -> &Vec<T>) -> Option<T> {
        let (segment, i) = self.place(id)?;
        of(segment).get(i).copied()
    }

    /// Recorded time in nanoseconds since 1970 UTC, `None` when the text states none.
    pub fn time(&self, id: EventId) -> Option<i64> {
        let (segment, i) = self.place(id)?;
        let stated = segment.flags.get(i).is_none_or(|flags| !flags.has(Flags::NO_TIME));
        stated.then(|| segment.time.get(i).copied().unwrap_or(i64::MAX))
    }

    /// Where the event stands on the time axis: its recorded time, or that of its neighbour in the file.
    pub fn key(&self, id: EventId) -> i64 {
        self.column(id, |s| &s.time).unwrap_or(i64::MAX)
    }

    /// Level of the event.
    pub fn level(&self, id: EventId) -> Level {
        self.column(id, |s| &s.level).unwrap_or_default()
    }

    /// Source of the event.
    pub fn source(&self, id: EventId) -> SourceId {
        self.place(id).map_or(SourceId::default(), |(s, _)| s.source)
    }

    /// Which of its source's formats the record has.
    pub fn form(&self, id: EventId) -> u8 {
        self.column(id, |s| &s.form).unwrap_or(0)
    }

    /// Digits of the second's fraction that the text states, 0 to 9.
    pub fn precision(&self, id: EventId) -> u8 {
        self.column(id, |s| &s.precision).unwrap_or(0)
    }

    /// What else is known about the event.
    pub fn flags(&self, id: EventId) -> Flags {
        self.column(id, |s| &s.flags).unwrap_or_default()
    }

    /// 1-based number of the record's first line in its source.
    pub fn line(&self, id: EventId) -> u64 {
        self.place(id).map_or(0, |(s, i)| s.first_line + u64::from(s.line.get(i).copied().unwrap_or(0)) + 1)
    }

    /// Where the record stands in its (decompressed) source, in bytes, without the last line end.
    pub fn span(&self, id: EventId) -> Range<u64> {
        let Some((s, i)) = self.place(id) else { return 0..0 };
        let start = s.base + u64::from(s.offset.get(i).copied().unwrap_or(0));
        start..start + u64::from(s.len.get(i).copied().unwrap_or(0))
    }

    /// The event of `source` whose record begins at or before the 1-based `line`.
    pub fn at_line(&self, source: SourceId, line: u64) -> Option<EventId> {
        let mut found = None;
        for (idx, s) in self.segments.iter().enumerate().filter(|(_, s)| s.source == source) {
            let within = line.checked_sub(s.first_line + 1)?;
            let n = s.line.partition_point(|&l| u64::from(l) <= within);
            if let Some(last) = n.checked_sub(1) {
                found = Some(EventId(self.ids_of_segment(idx).start + u32::try_from(last).ok()?));
            }
            if within < s.n_lines {
                break;
            }
        }
        found
    }
}
