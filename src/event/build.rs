//! Sources to events: recognise, read in chunks on all cores, then settle what stamps left out.

use std::sync::Arc;

use rayon::prelude::*;

use crate::event::store::{Accounted, EventStore, Flags, Segment};
use crate::format::assemble::{Lead, Outcome, Sink, assemble};
use crate::format::definition::{Decoder, Definitions};
use crate::format::detect::{self, Plan as FormatPlan};
use crate::format::form::Head;
use crate::format::level::Level;
use crate::source::{Source, SourceId};
use crate::time::infer::Given;
use crate::time::stamp::{Stamp, States, ZoneText};

/// Chunks are cut at the first line end behind this many bytes.
const CHUNK: usize = 4 << 20;
/// A line longer than this is cut, so that offsets in a chunk fit 32 bits.
const LONGEST: usize = 1 << 30;

/// The formats of one source. Shared by everything that decodes its records.
pub type Plan = Arc<FormatPlan>;

/// Recognises the formats of all sources.
pub fn plan(sources: &[Source], definitions: &Definitions, given: &Given) -> Vec<Plan> {
    sources.par_iter().map(|source| plan_of(source, definitions, given)).collect()
}

/// Recognises the formats of a source, or takes the one that the user gave.
pub fn plan_of(source: &Source, definitions: &Definitions, given: &Given) -> Plan {
    let text = if source.not_text.is_some() { &[][..] } else { source.text.bytes() };
    Arc::new(detect::detect_as(text, definitions, given.format(&source.path)))
}

/// A piece of a source.
#[derive(Clone, Copy, Debug)]
struct Chunk {
    source: usize,
    from: usize,
    to: usize,
}

/// What is told between waves: the segments of each source so far, and bytes read and in all. False stops reading.
pub type OnWave<'a> = dyn FnMut(&[Vec<Segment>], (u64, u64)) -> bool + 'a;

/// Reads all sources; the answer holds each source's segments in chunk order.
///
/// `partial` is called after every wave of chunks with what there is so far; reading stops, and `None`
/// is returned, when it answers false. Waves grow, so that the first comes soon and later ones cost little.
pub fn read(sources: &[Source], plans: &[Plan], partial: &mut OnWave<'_>) -> Option<Vec<Vec<Segment>>> {
    let chunks = chunks(sources);
    let total: u64 = chunks.iter().map(|c| (c.to - c.from) as u64).sum();
    let mut out: Vec<Vec<Segment>> = sources.iter().map(|_| Vec::new()).collect();
    let mut done = 0u64;
    let mut rest = chunks.as_slice();
    let mut wave = rayon::current_num_threads() * 2;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(wave.min(rest.len()));
        let read: Vec<(Segment, Lead)> = now
            .par_iter()
            .map(|c| {
                let text = sources.get(c.source).map_or(&[][..], |s| s.text.bytes());
                let plan = plans.get(c.source).map_or_else(Plan::default, Arc::clone);
                read_chunk(text, c, &plan)
            })
            .collect();
        for (chunk, (segment, lead)) in now.iter().zip(read) {
            done += (chunk.to - chunk.from) as u64;
            if let (Some(list), Some(plan)) = (out.get_mut(chunk.source), plans.get(chunk.source)) {
                stitch(list, segment, lead, plan);
            }
        }
        if !partial(&out, (done, total)) {
            return None;
        }
        rest = later;
        wave = (wave * 3 / 2).min(64);
    }
    Some(out)
}

/// Cuts every text at line ends.
fn chunks(sources: &[Source]) -> Vec<Chunk> {
    let texts = sources.iter().enumerate().filter(|(_, s)| s.not_text.is_none());
    texts.flat_map(|(idx, s)| chunks_from(s, idx, 0)).collect()
}

fn chunks_from(source: &Source, idx: usize, mut from: usize) -> Vec<Chunk> {
    let text = source.text.bytes();
    let mut out = Vec::new();
    while from < text.len() {
        let wish = (from + CHUNK).min(text.len());
        let limit = (from + LONGEST).min(text.len());
        let to = text.get(wish..limit).and_then(|r| memchr::memchr(b'\n', r)).map_or(limit, |n| wish + n + 1);
        out.push(Chunk { source: idx, from, to });
        from = to;
    }
    out
}

/// Reads the end of a source that has grown: its last chunk anew, and what came behind it.
pub fn read_growth(source: &Source, idx: usize, plan: &Plan, read: &mut Vec<Segment>) {
    let from = read.pop().map_or(0, |last| usize::try_from(last.base).unwrap_or(0));
    for chunk in chunks_from(source, idx, from) {
        let (segment, lead) = read_chunk(source.text.bytes(), &chunk, plan);
        stitch(read, segment, lead, plan);
    }
}

/// Reads a chunk of a source's text.
fn read_chunk(text: &[u8], chunk: &Chunk, plan: &FormatPlan) -> (Segment, Lead) {
    let mut segment = Segment {
        source: SourceId(u32::try_from(chunk.source).unwrap_or(u32::MAX)),
        base: chunk.from as u64,
        ..Segment::default()
    };
    segment.reserve(expected(text.get(chunk.from..chunk.to).unwrap_or_default()));
    let mut rows = Rows { segment, east: None };
    let outcome = assemble(text, chunk.from..chunk.to, plan, &mut rows);
    let mut segment = rows.segment;
    account(&mut segment, &outcome);
    segment.shrink();
    (segment, outcome.lead)
}

/// How many records a chunk will hold at most, by the lines of its beginning and a tenth more.
fn expected(text: &[u8]) -> usize {
    const BEGIN: usize = 64 * 1024;
    let begin = text.get(..BEGIN.min(text.len())).unwrap_or_default();
    let lines = memchr::memchr_iter(b'\n', begin).count() + 1;
    let all = lines.saturating_mul(text.len()) / begin.len().max(1);
    all + all / 10
}

fn account(segment: &mut Segment, o: &Outcome) {
    segment.n_lines = o.lines;
    segment.trailing_blank = o.trailing_blank;
    segment.accounted = Accounted {
        records: o.records,
        continuations: o.continuations,
        headers: o.headers,
        blank: o.blank,
        unparsed: o.unparsed,
    };
}

/// Collects the columns of one chunk.
struct Rows {
    segment: Segment,
    east: Option<i32>,
}

impl Rows {
    fn push(&mut self, offset: usize, line: u64, time: i64, flags: Flags) {
        let s = &mut self.segment;
        s.time.push(time);
        s.offset.push(u32::try_from(offset).unwrap_or(u32::MAX));
        s.len.push(0);
        s.line.push(u32::try_from(line).unwrap_or(u32::MAX));
        s.level.push(Level::None);
        s.precision.push(0);
        s.form.push(0);
        s.flags.push(flags);
    }
}

impl Sink for Rows {
    fn begin(&mut self, offset: usize, line: u64, form: u8, head: &Head) {
        let mut flags = Flags::default();
        let mut time = 0;
        let mut digits = 0;
        match head.stamp {
            Some(stamp) => {
                time = stamp.civil;
                digits = stamp.digits;
                if !stamp.states.has(States::DATE) {
                    flags.set(Flags::ASSUMED_DATE);
                } else if !stamp.states.has(States::YEAR) {
                    flags.set(Flags::ASSUMED_YEAR);
                }
                match stamp.zone {
                    ZoneText::None => flags.set(Flags::ASSUMED_ZONE),
                    ZoneText::Ambiguous(which) => {
                        flags.set(Flags::AMBIGUOUS_ZONE);
                        self.segment.ambiguous = Some(which);
                    }
                    ZoneText::Offset(east) => {
                        if self.east != Some(east) {
                            self.east = Some(east);
                            self.segment.stated.push((time, east));
                        }
                    }
                }
            }
            None if head.inherits_time => flags.set(Flags::ASSUMED_TIME),
            None => flags.set(Flags::NO_TIME),
        }
        if head.level_from_words {
            flags.set(Flags::LEVEL_FROM_WORDS);
        }
        self.push(offset, line, time, flags);
        let s = &mut self.segment;
        if let (Some(f), Some(l), Some(p)) = (s.form.last_mut(), s.level.last_mut(), s.precision.last_mut()) {
            (*f, *l, *p) = (form, head.level, digits);
        }
    }

    fn begin_unparsed(&mut self, offset: usize, line: u64) {
        let mut flags = Flags::NO_TIME;
        flags.set(Flags::UNPARSED);
        self.push(offset, line, 0, flags);
    }

    fn extend(&mut self, end: usize) {
        let s = &mut self.segment;
        if let (Some(&offset), Some(len)) = (s.offset.last(), s.len.last_mut()) {
            *len = u32::try_from(end.saturating_sub(offset as usize)).unwrap_or(u32::MAX);
        }
    }

    fn stamp(&mut self, stamp: Stamp) {
        restamp(&mut self.segment, stamp);
    }
}

/// Gives the last record of a segment an instant that stands below its first line.
fn restamp(s: &mut Segment, stamp: Stamp) {
    if let (Some(time), Some(digits), Some(flags)) = (s.time.last_mut(), s.precision.last_mut(), s.flags.last_mut()) {
        (*time, *digits) = (stamp.civil, stamp.digits);
        Flags::LACKING.into_iter().chain([Flags::AMBIGUOUS_ZONE]).for_each(|lacking| flags.clear(lacking));
    }
}

/// Appends a chunk's segment to its source's, joining the chunk's lead to the record it belongs to.
fn stitch(list: &mut Vec<Segment>, mut segment: Segment, lead: Lead, plan: &FormatPlan) {
    segment.first_line = list.last().map_or(0, |s| s.first_line + s.n_lines);
    let text_bytes = lead.bytes - lead.trailing_blank;
    segment.accounted.blank += lead.trailing_blank;
    if segment.is_empty() {
        segment.trailing_blank += lead.trailing_blank;
    }
    if text_bytes == 0 {
        list.push(segment);
        return;
    }
    let end = segment.base + lead.text_end as u64;
    let Some((last, at)) = list.iter_mut().rev().find_map(|s| s.len().checked_sub(1).map(|at| (s, at))) else {
        preface(&mut segment, &lead, text_bytes);
        list.push(segment);
        return;
    };
    let unparsed = last.flags.get(at).is_some_and(|f| f.has(Flags::UNPARSED));
    let single = last.form.get(at).and_then(|f| plan.forms.get(usize::from(*f))).is_some_and(|f| !f.goes_on());
    let start = last.base + u64::from(last.offset.get(at).copied().unwrap_or(0));
    let joined = u32::try_from(end - start).ok().filter(|_| unparsed || !single);
    match (joined, last.len.get_mut(at)) {
        (Some(len_now), Some(len)) => {
            *len = len_now;
            if let Some((form, stamp)) = lead.stamp
                && last.form.get(at) == Some(&form)
                && last.flags.get(at).is_some_and(|f| Flags::LACKING.into_iter().any(|lacking| f.has(lacking)))
            {
                restamp(last, stamp);
            }
            let accounted = &mut segment.accounted;
            *(if unparsed { &mut accounted.unparsed } else { &mut accounted.continuations }) += text_bytes;
            // Blank lines between the record and its further lines stand inside it now.
            for s in list.iter_mut() {
                let blank = std::mem::take(&mut s.trailing_blank);
                s.accounted.blank -= blank;
                *(if unparsed { &mut s.accounted.unparsed } else { &mut s.accounted.continuations }) += blank;
            }
        }
        _ => {
            insert_first(&mut segment, &lead);
            segment.accounted.unparsed += text_bytes;
        }
    }
    for s in list.iter_mut() {
        s.trailing_blank = 0;
    }
    list.push(segment);
}

/// Lines before a source's first record are headers, shown as one event without a time.
fn preface(segment: &mut Segment, lead: &Lead, bytes: u64) {
    insert_first(segment, lead);
    segment.accounted.headers += bytes;
}

fn insert_first(s: &mut Segment, lead: &Lead) {
    let mut flags = Flags::NO_TIME;
    flags.set(Flags::UNPARSED);
    s.time.insert(0, 0);
    s.offset.insert(0, u32::try_from(lead.text_start).unwrap_or(u32::MAX));
    s.len.insert(0, u32::try_from(lead.text_end.saturating_sub(lead.text_start)).unwrap_or(u32::MAX));
    s.line.insert(0, u32::try_from(lead.text_line).unwrap_or(u32::MAX));
    s.level.insert(0, Level::None);
    s.precision.insert(0, 0);
    s.form.insert(0, u8::MAX);
    s.flags.insert(0, flags);
}

/// True when a source holds text but no times at all.
pub fn is_timeless(plan: &FormatPlan) -> bool {
    plan.forms.iter().all(|f| f.definition.decoder == Decoder::Text || !f.has_time())
}

/// The store of finished segments, in source order.
pub fn store(segments: Vec<Vec<Segment>>) -> EventStore {
    EventStore::new(segments.into_iter().flatten().filter(|s| s.n_lines > 0).map(Arc::new).collect())
}
