//! The facts of all events, compactly: ten bytes a fact and eight more by kind, and eight a field.
//!
//! A value is a place in the source's text, which stays where it is; only values that do not stand there as they are
//! (unescaped, put together) are kept, each once a segment.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use super::definition::Definition;
use super::kind::{Kind, field_index, field_name};
use super::packs::Packs;
use crate::event::EventId;
use crate::source::Text;

/// A field's value: where its text stands in the source, or in the part's own texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Field {
    start: u32,
    len: u16,
    name: u8,
    own: bool,
}

/// The facts of one segment.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    events: Vec<EventId>,
    definitions: Vec<u16>,
    /// Where each fact's fields end.
    ends: Vec<u32>,
    fields: Vec<Field>,
    /// The text of the source, and where the segment begins in it.
    source: Option<(Arc<Text>, usize)>,
    /// Values that do not stand in the source.
    text: String,
}

/// Where the texts of a part stand, while it is built.
#[derive(Debug, Default)]
pub(super) struct Interned(HashMap<String, u32>);

impl Part {
    /// A part whose segment begins at a byte of a source's text.
    pub(super) fn new(text: Arc<Text>, base: usize) -> Part {
        Part { source: Some((text, base)), ..Part::default() }
    }

    /// Adds a fact; events come in ascending order. `text` is that of the source from the segment's begin on.
    pub(super) fn push(
        &mut self,
        event: EventId,
        definition: u16,
        fields: &[(u8, Cow<'_, str>)],
        text: &[u8],
        interned: &mut Interned,
    ) {
        for (name, value) in fields {
            let Ok(len) = u16::try_from(value.len()) else { continue };
            let within = place(text, value);
            let Some(start) = within.or_else(|| self.keep(value, interned)) else { continue };
            self.fields.push(Field { start, len, name: *name, own: within.is_none() });
        }
        self.events.push(event);
        self.definitions.push(definition);
        self.ends.push(u32::try_from(self.fields.len()).unwrap_or(u32::MAX));
    }

    /// Where a value stands among the part's own texts.
    fn keep(&mut self, value: &str, interned: &mut Interned) -> Option<u32> {
        if let Some(start) = interned.0.get(value) {
            return Some(*start);
        }
        let start = u32::try_from(self.text.len()).ok()?;
        self.text.push_str(value);
        interned.0.insert(value.to_owned(), start);
        Some(start)
    }

    fn value(&self, field: Field) -> Option<&str> {
        let start = field.start as usize;
        let len = usize::from(field.len);
        if field.own {
            return self.text.get(start..start + len);
        }
        let (text, base) = self.source.as_ref()?;
        let start = base.checked_add(start)?;
        std::str::from_utf8(text.bytes().get(start..start + len)?).ok()
    }

    /// Gives back memory that was kept for more facts.
    pub(super) fn shrink(&mut self) {
        self.events.shrink_to_fit();
        self.definitions.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.fields.shrink_to_fit();
        self.text.shrink_to_fit();
    }

    fn fields(&self, i: usize) -> &[Field] {
        let start = i.checked_sub(1).and_then(|i| self.ends.get(i)).map_or(0, |e| *e as usize);
        let end = self.ends.get(i).map_or(start, |e| *e as usize);
        self.fields.get(start..end).unwrap_or_default()
    }
}

/// Where a value begins in a text that it was borrowed from.
fn place(text: &[u8], value: &str) -> Option<u32> {
    let at = (value.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    u32::try_from(at).ok().filter(|_| at + value.len() <= text.len())
}

/// All facts of an analysis, in the order of their events.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    packs: Arc<Packs>,
    parts: Vec<Part>,
    /// For each kind, its facts: part, and place in the part.
    by_kind: Vec<Vec<(u32, u32)>>,
}

/// One fact: what a record states.
#[derive(Clone, Copy, Debug)]
pub struct Fact<'a> {
    facts: &'a Facts,
    part: &'a Part,
    i: usize,
}

impl Facts {
    pub(super) fn new(packs: Arc<Packs>, parts: Vec<Part>) -> Facts {
        let parts: Vec<Part> = parts.into_iter().filter(|p| !p.events.is_empty()).collect();
        let mut by_kind = vec![Vec::new(); Kind::ALL.len()];
        for (p, part) in (0u32..).zip(&parts) {
            for (i, definition) in (0u32..).zip(&part.definitions) {
                let kind = packs.definitions.get(usize::from(*definition)).map(|d| d.kind as usize);
                if let Some(list) = kind.and_then(|k| by_kind.get_mut(k)) {
                    list.push((p, i));
                }
            }
        }
        Facts { packs, parts, by_kind }
    }

    /// Number of facts.
    pub fn len(&self) -> usize {
        self.parts.iter().map(|p| p.events.len()).sum()
    }

    /// True when no fact was found.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// All facts, in the order of their events, then of the definitions.
    pub fn iter(&self) -> impl Iterator<Item = Fact<'_>> {
        self.parts.iter().flat_map(move |part| (0..part.events.len()).map(move |i| Fact { facts: self, part, i }))
    }

    /// The facts of one event.
    pub fn of(&self, event: EventId) -> impl Iterator<Item = Fact<'_>> {
        let at = self.parts.partition_point(|p| p.events.first().is_some_and(|first| *first <= event));
        let part = at.checked_sub(1).and_then(|p| self.parts.get(p));
        part.into_iter().flat_map(move |part| {
            let from = part.events.partition_point(|e| *e < event);
            let to = part.events.partition_point(|e| *e <= event);
            (from..to).map(move |i| Fact { facts: self, part, i })
        })
    }

    /// The facts of one kind, in the order of their events.
    pub fn kind(&self, kind: Kind) -> impl Iterator<Item = Fact<'_>> {
        self.by_kind.get(kind as usize).into_iter().flatten().filter_map(|(p, i)| {
            let part = self.parts.get(*p as usize)?;
            Some(Fact { facts: self, part, i: *i as usize })
        })
    }
}

impl<'a> Fact<'a> {
    /// The event that states it.
    pub fn event(&self) -> EventId {
        self.part.events.get(self.i).copied().unwrap_or(EventId(u32::MAX))
    }

    fn definition(&self) -> Option<&'a Definition> {
        let index = self.part.definitions.get(self.i)?;
        self.facts.packs.definitions.get(usize::from(*index))
    }

    /// What it states.
    pub fn kind(&self) -> Kind {
        // A fact is only ever made from a definition of these packs.
        self.definition().map_or(Kind::Change, |d| d.kind)
    }

    /// The name of the pack that found it.
    pub fn pack(&self) -> &'a str {
        self.definition().and_then(|d| self.facts.packs.pack(d)).map_or("", |p| p.name.as_str())
    }

    /// What the pack looks for: its expressions as written, or its literals where it has none.
    pub fn patterns(&self) -> Vec<&'a str> {
        let Some(definition) = self.definition() else { return Vec::new() };
        if definition.matches.is_empty() {
            return definition.literals.iter().map(String::as_str).collect();
        }
        definition.matches.iter().map(|e| e.text()).collect()
    }

    /// The value of a field: what the text says, else what the definition sets.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        self.at(field_index(name)?)
    }

    /// As [`Fact::get`], of the field at this position of [`FIELDS`](super::kind::FIELDS).
    pub fn at(&self, index: u8) -> Option<&'a str> {
        match self.part.fields(self.i).iter().find(|f| f.name == index) {
            Some(own) => self.part.value(*own),
            None => self.definition()?.set.iter().find(|(n, _)| *n == index).map(|(_, v)| v.as_str()),
        }
    }

    /// All fields, those of the text first.
    pub fn fields(&self) -> impl Iterator<Item = (&'static str, &'a str)> {
        self.values().map(|(n, v)| (field_name(n), v))
    }

    fn values(&self) -> impl Iterator<Item = (u8, &'a str)> {
        let part = self.part;
        let own = part.fields(self.i);
        let text = own.iter().filter_map(move |f| Some((f.name, part.value(*f)?)));
        let set = self.definition().map_or(&[][..], |d| &d.set);
        let set = set.iter().filter(move |(n, _)| !own.iter().any(|f| f.name == *n));
        text.chain(set.map(|(n, v)| (*n, v.as_str())))
    }
}
