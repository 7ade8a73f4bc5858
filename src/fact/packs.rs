//! All packs of facts that a run knows, joined: one search for all their literals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use super::definition::{self, Definition, Pack, Sample};
use super::evaluate;
use super::kind::{Kind, field_name};
use super::literals::Literals;
use super::matcher::Scratch;
use crate::format::definition::Definitions;
use crate::format::form::Form;
use crate::format::record::Record;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/facts.rs"));
}

/// Packs, ready for use.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    /// The packs, by name.
    pub list: Vec<About>,
    /// The definitions of all packs.
    pub definitions: Vec<Definition>,
    /// Finds the literals of all definitions in one pass.
    pub(super) literals: Literals,
    /// The definitions that each literal calls for.
    pub(super) by_literal: Vec<Vec<u16>>,
}

/// What there is to say about a pack.
#[derive(Clone, Debug)]
pub struct About {
    /// The file's name without its ending.
    pub name: String,
    /// A short title.
    pub title: String,
    /// One sentence.
    pub about: String,
    /// Where packs find the same kind of fact in a record, the higher rank has it.
    pub rank: u8,
}

impl Packs {
    /// The built-in packs. They are read once and shared.
    ///
    /// The tests read and check each, so nothing that is shipped can fail here; one that did would be left out.
    pub fn builtin() -> Arc<Packs> {
        static BUILTIN: OnceLock<Arc<Packs>> = OnceLock::new();
        Arc::clone(BUILTIN.get_or_init(|| Arc::new(Packs::join(builtin_packs()))))
    }

    /// The built-in packs and these, given as names and texts; one of the same name replaces the built-in one.
    ///
    /// # Errors
    /// One sentence that names the pack that cannot be read or fails its own samples.
    pub fn with(files: &[(String, String)]) -> Result<Packs, String> {
        let mut packs = builtin_packs();
        for (name, text) in files {
            let pack = definition::parse(name, text).map_err(|e| format!("{name}: {e}"))?;
            check(&pack).map_err(|e| format!("{name}: {e}"))?;
            packs.retain(|p| p.name != *name);
            packs.push(pack);
        }
        packs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(Packs::join(packs))
    }

    /// Names and texts of the built-in packs.
    pub fn texts() -> &'static [(&'static str, &'static str)] {
        embedded::FACTS
    }

    fn join(packs: Vec<Pack>) -> Packs {
        let mut joined = Packs::default();
        for (p, pack) in packs.into_iter().enumerate() {
            joined.list.push(About { name: pack.name, title: pack.title, about: pack.about, rank: pack.rank });
            for mut definition in pack.definitions {
                definition.pack = u16::try_from(p).unwrap_or(u16::MAX);
                joined.definitions.push(definition);
            }
        }
        joined.index();
        joined
    }

    /// Prepares the search for the literals of all definitions.
    fn index(&mut self) {
        self.definitions.truncate(usize::from(u16::MAX));
        let mut literals: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        for (index, definition) in (0u16..).zip(&self.definitions) {
            for literal in &definition.literals {
                literals.entry(literal.clone()).or_default().push(index);
            }
        }
        self.literals = Literals::new(&literals.keys().collect::<Vec<_>>());
        self.by_literal = literals.into_values().collect();
    }

    /// Only these packs' definitions of these kinds: what a run needs that looks for nothing else.
    pub fn only(&self, packs: &[&str], kinds: &[Kind]) -> Packs {
        let named = |d: &Definition| self.pack(d).is_some_and(|p| packs.contains(&p.name.as_str()));
        let wanted = |d: &Definition| kinds.contains(&d.kind) && named(d);
        let mut joined = Packs { list: self.list.clone(), ..Packs::default() };
        joined.definitions = self.definitions.iter().filter(|d| wanted(d)).cloned().collect();
        joined.index();
        joined
    }

    /// The pack of a definition.
    pub fn pack(&self, definition: &Definition) -> Option<&About> {
        self.list.get(usize::from(definition.pack))
    }
}

fn builtin_packs() -> Vec<Pack> {
    embedded::FACTS.iter().filter_map(|(name, text)| definition::parse(name, text).ok()).collect()
}

/// Checks a pack against its own samples.
///
/// # Errors
/// The first expression that is wrong; or a line for each sample that fails, with what was expected and what was
/// found, and for each fact that no sample shows.
pub fn check(pack: &Pack) -> Result<(), String> {
    definition::compile(pack)?;
    let packs = Packs::join(vec![pack.clone()]);
    let formats = Definitions::builtin();
    let mut wrong = Vec::new();
    let mut shown = BTreeSet::new();
    for (i, sample) in pack.samples.iter().enumerate() {
        let (mut got, mut want) = (Vec::new(), sample.facts.clone());
        match packs.sample(sample, &formats) {
            Ok(found) => {
                for (definition, fields) in found {
                    shown.insert(definition);
                    got.push(fields);
                }
            }
            Err(e) => wrong.push(format!("sample {}: {e}", i + 1)),
        }
        got.sort();
        want.sort();
        if got != want {
            let text = sample.text.lines().next().unwrap_or_default();
            wrong.push(format!("sample {} gives {}, not {}: {text}", i + 1, words(&got), words(&want)));
        }
    }
    for (i, definition) in packs.definitions.iter().enumerate().filter(|(i, _)| !shown.contains(i)) {
        wrong.push(format!("fact {} ({}) is shown by no sample", i + 1, definition.kind.name()));
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

type Fields = BTreeMap<String, String>;

fn words(facts: &[Fields]) -> String {
    let one = |fields: &Fields| {
        let parts: Vec<String> = fields.iter().map(|(k, v)| format!("{k} = {v:?}")).collect();
        format!("{{ {} }}", parts.join(", "))
    };
    if facts.is_empty() { "nothing".to_owned() } else { facts.iter().map(one).collect::<Vec<_>>().join(", ") }
}

impl Packs {
    /// The facts in a sample's text, each with its definition.
    fn sample(&self, sample: &Sample, formats: &Definitions) -> Result<Vec<(usize, Fields)>, String> {
        let text = sample.text.trim_end_matches('\n');
        let form = match sample.format.as_deref() {
            None => None,
            Some(name) => {
                let format = formats.get(name).ok_or_else(|| format!("no format `{name}`"))?;
                let first = text.lines().next().unwrap_or_default();
                let form = Form::learn(format, &[first.as_bytes()], &[])
                    .ok_or_else(|| format!("the text is not of format `{name}`"))?;
                Some(form)
            }
        };
        let record = form.as_ref().map_or_else(
            || Record { message: text.into(), process: sample.process.as_deref().map(Into::into), ..Record::default() },
            |form| form.decode(text.as_bytes()),
        );
        let name = form.as_ref().map(|f| f.definition.name.as_str());
        let allowed = |d: &Definition| d.formats.is_empty() || name.is_some_and(|n| d.formats.iter().any(|f| f == n));
        let candidates = self.candidates(text.as_bytes(), &allowed);
        let found = evaluate::of_record(self, &candidates, &record, &mut Scratch::default());
        let as_fields = |(index, fields): evaluate::Found<'_>| {
            let definition = self.definitions.get(usize::from(index));
            let mut all: Fields = definition.map_or_else(Fields::new, |d| {
                d.set.iter().map(|(f, v)| (field_name(*f).to_owned(), v.clone())).collect()
            });
            all.extend(fields.into_iter().map(|(f, v)| (field_name(f).to_owned(), v.into_owned())));
            all.insert("fact".to_owned(), definition.map_or("", |d| d.kind.name()).to_owned());
            (usize::from(index), all)
        };
        Ok(found.into_iter().map(as_fields).collect())
    }

    /// The definitions whose literals stand in a text.
    fn candidates(&self, text: &[u8], allowed: &impl Fn(&Definition) -> bool) -> Vec<u16> {
        let mut called = BTreeSet::new();
        self.literals.find(text, &mut |_, literal| {
            called.extend(self.by_literal.get(usize::from(literal)).into_iter().flatten())
        });
        called.into_iter().filter(|d| self.definitions.get(usize::from(*d)).is_some_and(allowed)).collect()
    }
}
