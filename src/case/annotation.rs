//! What the analyst says of an event, a span, or a moment that no log holds.

use serde::{Deserialize, Serialize};

use super::when::When;
use super::{Case, hash};
use crate::analysis::Analysis;
use crate::event::EventId;
use crate::event::find::{Found, find};
use crate::event::spot::{Near, Spot};

/// What a marker says of its moment: the words of incident response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Users began to be affected.
    ImpactStart,
    /// They no longer were.
    ImpactEnd,
    /// What began it.
    Trigger,
    /// Somebody or something noticed.
    Detection,
    /// The cause was understood.
    Diagnosis,
    /// The effect was made smaller.
    Mitigation,
    /// All was well again.
    Recovery,
    /// Something else that belongs into the story.
    KeyMoment,
    /// Loud, and not the cause.
    RedHerring,
    /// A remark.
    #[default]
    Note,
}

impl Kind {
    /// All of them, in the order of an incident.
    pub const ALL: [Kind; 10] = [
        Kind::Trigger,
        Kind::ImpactStart,
        Kind::Detection,
        Kind::Diagnosis,
        Kind::Mitigation,
        Kind::Recovery,
        Kind::ImpactEnd,
        Kind::KeyMoment,
        Kind::RedHerring,
        Kind::Note,
    ];

    /// The word in case files and on the command line.
    pub fn slug(self) -> &'static str {
        match self {
            Kind::ImpactStart => "impact-start",
            Kind::ImpactEnd => "impact-end",
            Kind::Trigger => "trigger",
            Kind::Detection => "detection",
            Kind::Diagnosis => "diagnosis",
            Kind::Mitigation => "mitigation",
            Kind::Recovery => "recovery",
            Kind::KeyMoment => "key-moment",
            Kind::RedHerring => "red-herring",
            Kind::Note => "note",
        }
    }

    /// The words in the window and in reports.
    pub fn title(self) -> &'static str {
        match self {
            Kind::ImpactStart => "Impact starts",
            Kind::ImpactEnd => "Impact ends",
            Kind::Trigger => "Trigger",
            Kind::Detection => "Detection",
            Kind::Diagnosis => "Diagnosis",
            Kind::Mitigation => "Mitigation",
            Kind::Recovery => "Recovery",
            Kind::KeyMoment => "Key moment",
            Kind::RedHerring => "Red herring",
            Kind::Note => "Note",
        }
    }

    /// The kind of a word, as [`Kind::slug`] gives it.
    pub fn from_slug(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|k| k.slug() == word)
    }

    fn is_note(&self) -> bool {
        *self == Kind::Note
    }
}

/// A marker: on an event (then `file`, `line` and `hash` say which), else at a time of its own (`at`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Its number in the case, from 1; 0 in cases of older versions until they are read.
    #[serde(default)]
    pub id: u32,
    /// What it says of its moment.
    #[serde(default, skip_serializing_if = "Kind::is_note")]
    pub kind: Kind,
    /// Source of the record, as named in the analysis; empty for a moment that no log holds.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub file: String,
    /// 1-based line of the record when it was annotated: a hint.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub line: u64,
    /// FNV-1a 64 of the record's bytes, in hexadecimal: the anchor.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
    /// What tells its record from others of the same bytes.
    #[serde(flatten)]
    pub near: Near,
    /// When, where no event says it: the moment, or the beginning of the span.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<When>,
    /// The end of the span, for one that has an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<When>,
    /// What the analyst wrote, in Markdown; empty for a plain mark.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub comment: String,
    /// Who wrote it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

fn is_zero(n: &u64) -> bool {
    *n == 0
}

impl Annotation {
    /// A marker on an event; `None` when there is no such event.
    pub fn on(analysis: &Analysis, id: EventId) -> Option<Annotation> {
        Annotation::on_all(analysis, &[id]).pop().flatten()
    }

    /// Markers on many events, in one pass; `None` where there is no such event.
    pub fn on_all(analysis: &Analysis, ids: &[EventId]) -> Vec<Option<Annotation>> {
        let spots = Spot::of_all(&analysis.sources, &analysis.events, ids).into_iter();
        let on = |Spot { file, line, hash, near }| Annotation { file, line, hash, near, ..Annotation::default() };
        spots.map(|spot| spot.map(on)).collect()
    }

    /// A marker at a moment, or on a span, that no single event stands for.
    pub fn at(at: When, until: Option<When>) -> Annotation {
        Annotation { at: Some(at), until, ..Annotation::default() }
    }

    /// The record that it is anchored to; `None` for a moment of its own.
    pub fn spot(&self) -> Option<Spot> {
        let spot =
            || Spot { file: self.file.clone(), line: self.line, hash: self.hash.clone(), near: self.near.clone() };
        self.is_anchored().then(spot)
    }

    /// The event that it stands on now; `None` for a moment of its own, and when its record is gone.
    pub fn find(&self, analysis: &Analysis) -> Option<EventId> {
        self.spot()?.find(&analysis.sources, &analysis.events)
    }

    /// True when it stands on a record; false for a moment of its own.
    pub fn is_anchored(&self) -> bool {
        !self.file.is_empty()
    }

    /// True when it has neither words nor kind: a mark, made and taken away by one key.
    pub fn is_plain_mark(&self) -> bool {
        self.kind.is_note() && self.comment.is_empty() && self.tags.is_empty() && self.until.is_none()
    }

    /// When it is: the corrected time of its event, or its own; `None` when neither is known.
    pub fn time(&self, analysis: &Analysis, event: Option<EventId>) -> Option<When> {
        let of_event = |id| Some(When::exact(analysis.corrected(id)?, analysis.digits(id)));
        event.and_then(of_event).or(self.at)
    }
}

impl Case {
    /// Adds a marker: its number.
    pub fn add(&mut self, mut annotation: Annotation) -> u32 {
        annotation.id = self.annotations.iter().map(|a| a.id).max().unwrap_or(0).saturating_add(1);
        let id = annotation.id;
        self.annotations.push(annotation);
        id
    }

    /// Takes a marker away; false when there is none of this number.
    pub fn remove(&mut self, id: u32) -> bool {
        let before = self.annotations.len();
        self.annotations.retain(|a| a.id != id);
        self.annotations.len() < before
    }

    /// The marker of this number.
    pub fn get(&self, id: u32) -> Option<&Annotation> {
        self.annotations.iter().find(|a| a.id == id)
    }

    /// The marker of this number, to be changed.
    pub fn get_mut(&mut self, id: u32) -> Option<&mut Annotation> {
        self.annotations.iter_mut().find(|a| a.id == id)
    }

    /// Gives numbers to markers that have none (cases of older versions) or one that stands above them already (files
    /// that were joined by hand).
    pub fn number(&mut self) {
        let mut next = self.annotations.iter().map(|a| a.id).max().unwrap_or(0);
        let mut seen = std::collections::HashSet::new();
        for a in &mut self.annotations {
            if a.id == 0 || !seen.insert(a.id) {
                next = next.saturating_add(1);
                a.id = next;
            }
        }
    }

    /// The first annotation of an event.
    pub fn annotation(&self, analysis: &Analysis, id: EventId) -> Option<&Annotation> {
        self.idx_of(analysis, id).and_then(|i| self.annotations.get(i))
    }

    fn idx_of(&self, analysis: &Analysis, id: EventId) -> Option<usize> {
        let path = &analysis.source(id)?.path;
        if !self.annotations.iter().any(|a| a.file == *path) {
            return None;
        }
        let (line, hash) = (analysis.events.line(id), hash(analysis.raw(id)));
        self.annotations.iter().position(|a| a.file == *path && a.line == line && a.hash == hash)
    }

    /// Marks an event, or takes its mark away when it has neither words nor kind.
    pub fn toggle_mark(&mut self, analysis: &Analysis, id: EventId) {
        match self.idx_of(analysis, id) {
            Some(i) if self.annotations.get(i).is_some_and(Annotation::is_plain_mark) => {
                self.annotations.remove(i);
            }
            Some(_) => {}
            None => {
                Annotation::on(analysis, id).map(|a| self.add(a));
            }
        }
    }

    /// Sets the comment of an event, marking it; an empty comment leaves a plain mark.
    pub fn set_comment(&mut self, analysis: &Analysis, id: EventId, comment: &str) {
        if self.idx_of(analysis, id).is_none() {
            Annotation::on(analysis, id).map(|a| self.add(a));
        }
        if let Some(a) = self.idx_of(analysis, id).and_then(|i| self.annotations.get_mut(i)) {
            a.comment = comment.trim().to_owned();
        }
    }

    /// Where each annotation stands now: the event whose content it is anchored to, `None` when that is gone or it
    /// has a moment of its own. One pass over all events.
    pub fn resolve(&self, analysis: &Analysis) -> Vec<(&Annotation, Option<EventId>)> {
        let found = self.found(analysis).into_iter().map(|f| f.and_then(|f| f.event()));
        self.annotations.iter().zip(found).collect()
    }

    /// What became of each annotation's record; `None` for a moment of its own. One pass over all events.
    pub fn found(&self, analysis: &Analysis) -> Vec<Option<Found>> {
        let spots: Vec<Option<Spot>> = self.annotations.iter().map(Annotation::spot).collect();
        let anchored: Vec<&Spot> = spots.iter().flatten().collect();
        let mut found = find(&anchored, &analysis.sources, &analysis.events).into_iter();
        spots.iter().map(|spot| spot.as_ref().and_then(|_| found.next())).collect()
    }

    /// Moves every hint to where its record stands now, after files were rotated, cut or grew, and anchors it to the
    /// neighbours that it has now. Those that are lost stay as they are.
    pub fn update_hints(&mut self, analysis: &Analysis) {
        let found: Vec<Option<EventId>> = self.found(analysis).into_iter().map(|f| f.and_then(|f| f.event())).collect();
        let ids: Vec<EventId> = found.iter().flatten().copied().collect();
        let mut spots = Spot::of_all(&analysis.sources, &analysis.events, &ids).into_iter();
        for (a, _) in self.annotations.iter_mut().zip(&found).filter(|(_, id)| id.is_some()) {
            if let Some(spot) = spots.next().flatten() {
                (a.file, a.line, a.hash, a.near) = (spot.file, spot.line, spot.hash, spot.near);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::zone::Zone;

    #[test]
    fn markers_survive_the_file() {
        let mut case = Case::new(vec!["logs".to_owned()]);
        let (at, until) = When::parse_range("~14:20–14:35", Zone::default(), 0).unwrap();
        let comment = "called the **data centre**\n\n- \"nobody\" there\n".to_owned();
        let called = Annotation { kind: Kind::KeyMoment, comment, ..Annotation::at(at, until) };
        case.add(called);
        let tags = vec!["db".to_owned(), "storage".to_owned()];
        let (file, hash, author) = ("db1/kern.log".to_owned(), "0011".to_owned(), "ada".to_owned());
        case.add(Annotation { kind: Kind::Trigger, file, line: 3, hash, author, tags, ..Annotation::default() });
        let text = toml::to_string_pretty(&case).unwrap();
        let back: Case = toml::from_str(&text).unwrap();
        assert_eq!(back, case, "{text}");
        assert_eq!(back.annotations.iter().map(|a| a.id).collect::<Vec<_>>(), [1, 2]);
        for kind in Kind::ALL {
            assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
        }
    }

    #[test]
    fn cases_of_the_first_version_get_numbers() {
        let old = "version = 1\nsources = [\"a\"]\n[[annotation]]\nfile = \"a.log\"\nline = 3\nhash = \"00\"\n\
                   [[annotation]]\nfile = \"a.log\"\nline = 4\nhash = \"01\"\ncomment = \"here\"\n";
        let mut case: Case = toml::from_str(old).unwrap();
        case.number();
        assert_eq!(case.annotations.iter().map(|a| (a.id, a.line)).collect::<Vec<_>>(), [(1, 3), (2, 4)]);
        assert!(case.remove(1) && !case.remove(1) && case.get(2).is_some());
    }
}
