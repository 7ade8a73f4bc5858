//! Events to facts: a multi-literal search over the raw text first, expressions only behind it.
//!
//! Few lines say anything that a pack knows. So the text of a whole segment is searched once for the literals
//! of all packs; a record is taken apart only when one stands in it, and only the expressions that belong to
//! that literal are tried. Records are independent of one another: segments run on all cores, and neither
//! their borders nor the number of threads show in the result.

use rayon::prelude::*;

use super::definition::Definition;
use super::evaluate::{REACH, of_record};
use super::matcher::Scratch;
use super::packs::Packs;
use super::store::{Facts, Interned, Part};
use crate::event::settle::SourceInfo;
use crate::event::{EventId, EventStore, Segment};
use crate::format::form::Form;
use crate::source::Source;

impl Facts {
    /// Takes the facts from all events.
    pub fn extract(
        packs: &std::sync::Arc<Packs>,
        sources: &[Source],
        infos: &[SourceInfo],
        events: &EventStore,
    ) -> Facts {
        let parts = (0..events.segments().len())
            .into_par_iter()
            .map(|segment| part(packs, sources, infos, events, segment))
            .collect();
        Facts::new(std::sync::Arc::clone(packs), parts)
    }

    /// Takes the facts from one event, at once: for what is looked at, before or without the search of all.
    pub fn extract_one(
        packs: &std::sync::Arc<Packs>,
        sources: &[Source],
        infos: &[SourceInfo],
        events: &EventStore,
        id: EventId,
    ) -> Facts {
        let part = one(packs, sources, infos, events, id).unwrap_or_default();
        Facts::new(std::sync::Arc::clone(packs), vec![part])
    }
}

fn one(packs: &Packs, sources: &[Source], infos: &[SourceInfo], events: &EventStore, id: EventId) -> Option<Part> {
    let source = events.source(id).idx();
    let (source, info) = (sources.get(source)?, infos.get(source)?);
    let span = events.span(id);
    let (start, end) = (usize::try_from(span.start).ok()?, usize::try_from(span.end).ok()?);
    let text = source.text.bytes().get(start..end.min(start.saturating_add(REACH)))?;
    let mut called: Vec<u16> = Vec::new();
    packs.literals.find(text, &mut |_, literal| {
        called.extend(packs.by_literal.get(usize::from(literal)).into_iter().flatten());
    });
    called.sort_unstable();
    called.dedup();
    let form = events.form(id);
    let names = Allowed::names(info.plan.forms.get(usize::from(form)));
    called.retain(|d| packs.definitions.get(usize::from(*d)).is_some_and(|d| Allowed::allows(&names, d)));
    let mut part = Part::new(std::sync::Arc::clone(&source.text), start);
    if called.is_empty() {
        return Some(part);
    }
    let record = info.decode(form, text);
    let mut interned = Interned::default();
    for (definition, fields) in of_record(packs, &called, &record, &mut Scratch::default()) {
        part.push(id, definition, &fields, text, &mut interned);
    }
    Some(part)
}

fn part(packs: &Packs, sources: &[Source], infos: &[SourceInfo], events: &EventStore, index: usize) -> Part {
    let Some(segment) = events.segments().get(index) else { return Part::default() };
    let (Some(source), Some(info)) = (sources.get(segment.source.idx()), infos.get(segment.source.idx())) else {
        return Part::default();
    };
    let first = events.ids_of_segment(index).start;
    let allowed = Allowed::new(packs, info);
    let base = usize::try_from(segment.base).unwrap_or(usize::MAX);
    let text = source.text.bytes().get(base..).unwrap_or_default();
    let mut part = Part::new(std::sync::Arc::clone(&source.text), base);
    let mut interned = Interned::default();
    let mut scratch = Scratch::default();
    hits(packs, segment, text, &mut |i, candidates| {
        let form = segment.form.get(i).copied().unwrap_or(0);
        candidates.retain(|d| allowed.has(form, *d));
        if candidates.is_empty() {
            return;
        }
        let record = info.decode(form, span(segment, text, i));
        for (definition, fields) in of_record(packs, candidates, &record, &mut scratch) {
            let event = EventId(first.saturating_add(u32::try_from(i).unwrap_or(u32::MAX)));
            part.push(event, definition, &fields, text, &mut interned);
        }
    });
    part.shrink();
    part
}

/// The bytes of a segment's record, as far as they are looked at.
fn span<'a>(segment: &Segment, text: &'a [u8], i: usize) -> &'a [u8] {
    let at = |column: &Vec<u32>| column.get(i).copied().unwrap_or(0) as usize;
    let start = at(&segment.offset);
    let end = start.saturating_add(at(&segment.len).min(REACH)).min(text.len());
    text.get(start..end).unwrap_or_default()
}

/// Searches a segment's text and hands over every record with a literal in it: its index, and the definitions
/// called for, in order.
fn hits(packs: &Packs, segment: &Segment, text: &[u8], each: &mut impl FnMut(usize, &mut Vec<u16>)) {
    let Some(last) = segment.len().checked_sub(1) else { return };
    let at = |column: &Vec<u32>, i: usize| column.get(i).copied().unwrap_or(0) as usize;
    let end = (at(&segment.offset, last) + at(&segment.len, last)).min(text.len());
    let mut called: Vec<u16> = Vec::new();
    let mut record = 0;
    let mut done = |record: usize, called: &mut Vec<u16>| {
        if !called.is_empty() {
            called.sort_unstable();
            called.dedup();
            each(record, called);
            called.clear();
        }
    };
    // No literal holds a line end, so none begins in one record and ends in the next.
    packs.literals.find(text.get(..end).unwrap_or_default(), &mut |begin, literal| {
        if begin >= at(&segment.offset, record) + at(&segment.len, record) {
            done(record, &mut called);
            record = segment.offset.partition_point(|o| *o as usize <= begin).saturating_sub(1);
        }
        // Header lines stand between records or before the first.
        let within = begin.checked_sub(at(&segment.offset, record));
        if within.is_some_and(|w| w < at(&segment.len, record).min(REACH)) {
            called.extend(packs.by_literal.get(usize::from(literal)).into_iter().flatten());
        }
    });
    done(record, &mut called);
}

/// Which definitions look at which of a source's formats; the last entry is for text that no format explains.
struct Allowed(Vec<Vec<bool>>);

impl Allowed {
    fn new(packs: &Packs, info: &SourceInfo) -> Allowed {
        let forms = info.plan.forms.iter().map(|form| Allowed::names(Some(form)));
        let allows = |names: Vec<&str>| packs.definitions.iter().map(|d| Allowed::allows(&names, d)).collect();
        Allowed(forms.chain([Vec::new()]).map(allows).collect())
    }

    /// The formats that a form's records have.
    fn names(form: Option<&Form>) -> Vec<&str> {
        let inner = form.into_iter().flat_map(|form| form.inner.iter().flat_map(|inner| inner.forms()));
        form.into_iter().chain(inner).map(|f| f.definition.name.as_str()).collect()
    }

    fn allows(names: &[&str], definition: &Definition) -> bool {
        definition.formats.is_empty() || definition.formats.iter().any(|f| names.contains(&f.as_str()))
    }

    fn has(&self, form: u8, definition: u16) -> bool {
        let form = self.0.get(usize::from(form)).or(self.0.last());
        form.and_then(|f| f.get(usize::from(definition))).copied().unwrap_or(false)
    }
}
