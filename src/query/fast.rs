//! A filter asked of all events at once: columns first, then whole stretches of text, a segment a task.
//!
//! A segment's text is searched as one; what is found is mapped to its record by the records' offsets, and the search
//! goes on behind that record. What is left of a segment by the terms before is all that is looked at, record by
//! record, when that is little.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::needle::{Needle, bits};
use super::ready::{Known, Ready, ReadyTerm, has_form, has_lines, host};
use super::term::{Id, Test, bit, is_whole};
use super::{Context, Filter, Has};
use crate::analysis::Analysis;
use crate::event::{EventId, EventStore, Segment};

/// With fewer than one of so many events left, each is looked at by itself.
const FEW: usize = 8;
/// Rows of the timeline that one task looks at.
const CHUNK: usize = 1 << 16;

/// The events that passed a filter.
#[derive(Clone, Debug, Default)]
pub struct Passed {
    /// A bit for each event, by segment.
    masks: Vec<Vec<u64>>,
    n: usize,
}

impl Passed {
    /// Number of events.
    pub fn len(&self) -> usize {
        self.n
    }

    /// True when no event passed.
    pub fn is_empty(&self) -> bool {
        self.n == 0
    }

    /// True when the event passed; `segment` is where it stands.
    fn has(&self, events: &EventStore, last: &mut (usize, std::ops::Range<u32>), id: EventId) -> bool {
        if !last.1.contains(&id.0) {
            let segment = events.segment_of(id);
            *last = (segment, events.ids_of_segment(segment));
        }
        let at = (id.0.saturating_sub(last.1.start)) as usize;
        self.masks.get(last.0).and_then(|m| m.get(at / 64)).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    /// The ids, ascending.
    pub fn ids<'a>(&'a self, events: &'a EventStore) -> impl Iterator<Item = EventId> + 'a {
        self.masks.iter().enumerate().flat_map(move |(segment, mask)| {
            let first = events.ids_of_segment(segment).start;
            places(mask).map(move |i| EventId(first + u32::try_from(i).unwrap_or(0)))
        })
    }

    /// The rows of an analysis in which they stand, ascending. It must hold the events that were asked.
    pub fn rows(&self, analysis: &Analysis) -> Vec<u32> {
        let (events, timeline) = (&analysis.events, &analysis.timeline);
        // A row is found in some thirty steps through far memory; a look at each takes one that is near.
        if self.n < timeline.len() / 500 {
            let row = |id: EventId| timeline.row_of(events, id).and_then(|row| u32::try_from(row).ok());
            let mut rows: Vec<u32> = self.ids(events).collect::<Vec<_>>().into_par_iter().filter_map(row).collect();
            rows.sort_unstable();
            return rows;
        }
        let parts: Vec<Vec<u32>> = timeline
            .events()
            .par_chunks(CHUNK)
            .enumerate()
            .map(|(chunk, ids)| {
                let mut last = (0, events.ids_of_segment(0));
                let first = u32::try_from(chunk * CHUNK).unwrap_or(u32::MAX);
                let rows = (first..).zip(ids);
                rows.filter(|(_, id)| self.has(events, &mut last, **id)).map(|(row, _)| row).collect()
            })
            .collect();
        parts.concat()
    }
}

fn places(mask: &[u64]) -> impl Iterator<Item = usize> + '_ {
    mask.iter().enumerate().flat_map(|(i, word)| bits(*word).map(move |bit| i * 64 + bit))
}

impl Filter {
    /// The events that pass; what is `within` already is all that is looked at. `None` when `cancel` was set on the way.
    pub fn search(
        &self,
        analysis: &Analysis,
        context: &Context,
        within: Option<&Passed>,
        cancel: &AtomicBool,
    ) -> Option<Passed> {
        let mut ready = Ready::new(self, analysis, context);
        ready.terms.sort_by_key(|t| (cost(t), t.negated));
        let masks: Option<Vec<Vec<u64>>> = (0..analysis.events.segments().len())
            .into_par_iter()
            .map(|index| {
                if cancel.load(Ordering::Relaxed) {
                    return None;
                }
                Some(segment(&ready, index, within.and_then(|p| p.masks.get(index))))
            })
            .collect();
        let masks = masks?;
        let n = masks.iter().map(|m| ones(m)).sum();
        Some(Passed { masks, n })
    }

    /// The timeline rows that pass, in order. `None` when `cancel` was set on the way.
    pub fn rows(&self, analysis: &Analysis, context: &Context, cancel: &AtomicBool) -> Option<Vec<u32>> {
        self.search(analysis, context, None, cancel).map(|passed| passed.rows(analysis))
    }
}

/// What a term costs for an event, in steps. Longer words are rarer, so they come first.
fn cost(term: &ReadyTerm<'_>) -> usize {
    match (term.test, &term.known) {
        (_, Known::Sources(_) | Known::Forms(_)) => 0,
        (Test::Level(_), _) => 1,
        (Test::Has(all), _) if all.contains(&Has::Lines) => 40,
        (_, Known::Events(_)) => 2,
        (_, Known::Time(_)) => 3,
        (Test::Id(_), _) => 10,
        (Test::Text(Needle::Exact(_)), _) => 20,
        (Test::Text(Needle::AnyCase(_)), _) => 21,
        (Test::Text(_), _) => 50,
        _ => 90,
    }
}

fn ones(mask: &[u64]) -> usize {
    mask.iter().map(|w| w.count_ones() as usize).sum()
}

/// All of the first `n` bits.
fn all(n: usize) -> Vec<u64> {
    let mut mask = vec![u64::MAX; n.div_ceil(64)];
    if let Some(last) = mask.last_mut().filter(|_| !n.is_multiple_of(64)) {
        *last = (1 << (n % 64)) - 1;
    }
    mask
}

fn set(mask: &mut [u64], i: usize) {
    if let Some(word) = mask.get_mut(i / 64) {
        *word |= 1 << (i % 64);
    }
}

fn segment(ready: &Ready<'_>, index: usize, within: Option<&Vec<u64>>) -> Vec<u64> {
    let Some(columns) = ready.analysis.events.segments().get(index) else { return Vec::new() };
    let mut left = within.cloned().unwrap_or_else(|| all(columns.len()));
    for term in &ready.terms {
        let n = ones(&left);
        if n == 0 {
            break;
        }
        let part = Part { analysis: ready.analysis, columns, index, left: &left, few: n * FEW < columns.len() };
        let holds = part.holding(term);
        for (left, holds) in left.iter_mut().zip(holds) {
            *left &= if term.negated { !holds } else { holds };
        }
    }
    left
}

/// A segment, and what is left of it.
struct Part<'a> {
    analysis: &'a Analysis,
    columns: &'a Segment,
    index: usize,
    left: &'a [u64],
    few: bool,
}

impl Part<'_> {
    /// Bits of the events, among those left, that are as the term says.
    fn holding(&self, term: &ReadyTerm<'_>) -> Vec<u64> {
        match (term.test, &term.known) {
            (_, Known::Sources(of)) => {
                let yes = of.get(self.columns.source.idx()) == Some(&true);
                if yes { self.left.to_vec() } else { self.none() }
            }
            (_, Known::Forms(of)) => {
                let forms = of.get(self.columns.source.idx()).map_or(&[][..], Vec::as_slice);
                self.by_column(&self.columns.form, |form| has_form(forms, *form))
            }
            (Test::Level(asked), _) => self.by_column(&self.columns.level, |level| asked & bit(*level) != 0),
            (Test::Has(asked), Known::Events(events)) => {
                let mut mask = self.of_events(events);
                if asked.contains(&Has::Lines) {
                    let lines = self.one_by_one(|id| has_lines(self.analysis.raw(id)));
                    mask.iter_mut().zip(lines).for_each(|(mask, lines)| *mask |= lines);
                }
                mask
            }
            (_, Known::Events(events)) => self.of_events(events),
            (Test::Text(needle), _) if !self.few && needle.is_searchable() => self.scan(needle, |_, _| true),
            (Test::Id(ids), _) if !self.few => self.identifiers(ids),
            _ => self.one_by_one(|id| term.holds(self.analysis, id)),
        }
    }

    fn none(&self) -> Vec<u64> {
        vec![0; self.left.len()]
    }

    fn by_column<T>(&self, column: &[T], asked: impl Fn(&T) -> bool) -> Vec<u64> {
        let word = |values: &[T]| values.iter().enumerate().fold(0, |w, (i, v)| w | u64::from(asked(v)) << i);
        column.chunks(64).map(word).collect()
    }

    fn of_events(&self, events: &[EventId]) -> Vec<u64> {
        let ids = self.analysis.events.ids_of_segment(self.index);
        let (from, to) = (events.partition_point(|e| e.0 < ids.start), events.partition_point(|e| e.0 < ids.end));
        let mut mask = self.none();
        events.get(from..to).into_iter().flatten().for_each(|id| set(&mut mask, (id.0 - ids.start) as usize));
        mask
    }

    fn one_by_one(&self, holds: impl Fn(EventId) -> bool) -> Vec<u64> {
        let first = self.analysis.events.ids_of_segment(self.index).start;
        let mut mask = self.none();
        for i in places(self.left) {
            if holds(EventId(first + u32::try_from(i).unwrap_or(0))) {
                set(&mut mask, i);
            }
        }
        mask
    }

    fn identifiers(&self, ids: &[Id]) -> Vec<u64> {
        let host = host(self.analysis, self.columns.source);
        let mut mask = self.none();
        for id in ids {
            let local = id.local.as_ref().filter(|(name, _)| name == host).map(|(_, needle)| needle);
            let mut named = self.scan(&id.needle, is_whole);
            if let Some(needle) = local {
                let more = self.scan(needle, is_whole);
                named.iter_mut().zip(more).for_each(|(named, more)| *named |= more);
            }
            if let Some(noun) = &id.noun {
                let left = &named;
                let part = Part { left, few: true, ..*self };
                let nouns = Needle::AnyCase(noun.clone());
                named = part.one_by_one(|id| nouns.is_in(self.analysis.raw(id)));
            }
            mask.iter_mut().zip(named).for_each(|(mask, named)| *mask |= named);
        }
        mask
    }

    /// Searches the text of the whole segment. `counts` may refuse what was found in a record; then the search goes on
    /// in the same record.
    fn scan(&self, needle: &Needle, counts: impl Fn(&[u8], &std::ops::Range<usize>) -> bool) -> Vec<u64> {
        let mut mask = self.none();
        let columns = self.columns;
        let record = |i: usize| {
            let (offset, len) = (columns.offset.get(i)?, columns.len.get(i)?);
            Some((*offset as usize, *offset as usize + *len as usize))
        };
        let Some((_, end)) = columns.len().checked_sub(1).and_then(record) else { return mask };
        let base = usize::try_from(columns.base).unwrap_or(usize::MAX);
        let text = self.analysis.sources.get(columns.source.idx()).map_or(&[][..], |s| s.text.bytes());
        let text = text.get(base.min(text.len())..base.saturating_add(end).min(text.len())).unwrap_or_default();
        let (mut i, mut from) = (0, record(0).map_or(0, |r| r.0));
        while let Some(found) = needle.find(text, from) {
            i = holding(&columns.offset, i, found.start);
            let Some((start, end)) = record(i) else { break };
            let inside = text.get(start..end.min(text.len())).unwrap_or_default();
            let yes = if needle.needs_check() {
                found.start < end && needle.is_in(inside)
            } else {
                let within = found.start.saturating_sub(start)..found.end.saturating_sub(start);
                let fits = found.end <= end;
                if fits && !counts(inside, &within) {
                    from = found.start + 1;
                    continue;
                }
                fits
            };
            if yes {
                set(&mut mask, i);
            }
            let Some((next, _)) = record(i + 1) else { break };
            i += 1;
            from = next;
        }
        mask
    }
}

/// The last record, from `i` on, that begins at or before `at`: found in growing steps, as it mostly is near.
fn holding(offsets: &[u32], i: usize, at: usize) -> usize {
    let begins = |i: usize| offsets.get(i).is_some_and(|o| *o as usize <= at);
    let (mut low, mut step) = (i, 1);
    while begins(low + step) {
        low += step;
        step *= 2;
    }
    let within = offsets.get(low..(low + step).min(offsets.len())).unwrap_or_default();
    low + within.partition_point(|o| *o as usize <= at).saturating_sub(1)
}
