//! What changed between two states of a case: to take it back, to write it down before the case is saved, and to bring
//! together what two windows did.
//!
//! A patch knows what stood there before and what stands there after. Where a case has the one, it gets the other; where
//! it has something else, somebody else was there, and nothing of either is dropped.

use serde::{Deserialize, Serialize};

use super::annotation::Annotation;
use super::assumption::{Assumption, Pin};
use super::source::SourceMark;
use super::{Case, ReportChoice, SavedFilter, Verdict};

/// Changes of a case.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Patch {
    #[serde(rename = "note", skip_serializing_if = "Vec::is_empty")]
    notes: Vec<Note>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sources: Option<Swap<Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    marks: Option<Swap<Vec<SourceMark>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    filters: Option<Swap<Vec<SavedFilter>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    assumptions: Option<Swap<Vec<Assumption>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pins: Option<Swap<Vec<Pin>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts: Option<Swap<Vec<Verdict>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<Swap<ReportChoice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<Swap<toml::Table>>,
}

/// One annotation that came, went or changed, and the places in the list where it stood and stands.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Note {
    id: u32,
    from: usize,
    to: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<Annotation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Annotation>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Swap<T> {
    before: T,
    after: T,
}

/// What came of a patch that was applied to a case which somebody else had changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Annotations that both had changed: both versions are in the case.
    pub both: usize,
    /// What else both had changed, in words: the patch's version is in the case, the other is not.
    pub clashes: Vec<&'static str>,
}

impl Patch {
    /// What leads from one state to another.
    pub fn between(before: &Case, after: &Case) -> Patch {
        Patch {
            notes: notes(&before.annotations, &after.annotations),
            sources: swap(&before.sources, &after.sources),
            marks: swap(&before.marks, &after.marks),
            filters: swap(&before.filters, &after.filters),
            assumptions: swap(&before.assumptions, &after.assumptions),
            pins: swap(&before.pins, &after.pins),
            verdicts: swap(&before.verdicts, &after.verdicts),
            report: swap(&before.report, &after.report),
            unknown: swap(&before.unknown, &after.unknown),
        }
    }

    /// True when it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Patch::default()
    }

    /// What takes it back.
    pub fn inverse(&self) -> Patch {
        fn turn<T: Clone>(swap: Option<&Swap<T>>) -> Option<Swap<T>> {
            swap.map(|s| Swap { before: s.after.clone(), after: s.before.clone() })
        }
        let note =
            |n: &Note| Note { id: n.id, from: n.to, to: n.from, before: n.after.clone(), after: n.before.clone() };
        Patch {
            notes: self.notes.iter().map(note).collect(),
            sources: turn(self.sources.as_ref()),
            marks: turn(self.marks.as_ref()),
            filters: turn(self.filters.as_ref()),
            assumptions: turn(self.assumptions.as_ref()),
            pins: turn(self.pins.as_ref()),
            verdicts: turn(self.verdicts.as_ref()),
            report: turn(self.report.as_ref()),
            unknown: turn(self.unknown.as_ref()),
        }
    }

    /// Makes it one with what was done next.
    pub fn then(&mut self, next: Patch) {
        fn join<T: PartialEq>(first: &mut Option<Swap<T>>, next: Option<Swap<T>>) {
            let Some(next) = next else { return };
            match first {
                Some(there) => there.after = next.after,
                None => *first = Some(next),
            }
            if first.as_ref().is_some_and(|s| s.before == s.after) {
                *first = None;
            }
        }
        for n in next.notes {
            match self.notes.iter_mut().find(|there| there.id == n.id) {
                Some(there) => (there.after, there.to) = (n.after, n.to),
                None => self.notes.push(n),
            }
        }
        self.notes.retain(|n| n.before != n.after);
        join(&mut self.sources, next.sources);
        join(&mut self.marks, next.marks);
        join(&mut self.filters, next.filters);
        join(&mut self.assumptions, next.assumptions);
        join(&mut self.pins, next.pins);
        join(&mut self.verdicts, next.verdicts);
        join(&mut self.report, next.report);
        join(&mut self.unknown, next.unknown);
    }

    /// About how many bytes it holds.
    pub fn size(&self) -> usize {
        let note = |a: &Option<Annotation>| a.as_ref().map_or(0, |a| 400 + a.comment.len());
        let notes: usize = self.notes.iter().map(|n| note(&n.before) + note(&n.after)).sum();
        let lists = [
            self.sources.as_ref().map(|s| s.before.len() + s.after.len()),
            self.marks.as_ref().map(|s| s.before.len() + s.after.len()),
            self.filters.as_ref().map(|s| s.before.len() + s.after.len()),
            self.assumptions.as_ref().map(|s| s.before.len() + s.after.len()),
            self.pins.as_ref().map(|s| 4 * (s.before.len() + s.after.len())),
            self.verdicts.as_ref().map(|s| s.before.len() + s.after.len()),
        ];
        let texts = |r: &ReportChoice| 500 + r.title.len() + r.summary.len() + 250 * r.findings.len();
        let report = self.report.as_ref().map_or(0, |s| texts(&s.before) + texts(&s.after));
        200 + notes + 250 * lists.iter().flatten().sum::<usize>() + report
    }

    /// Makes these changes in a case, whatever else changed in it.
    pub fn merge_into(&self, case: &mut Case) -> Merged {
        let mut out = Merged::default();
        // Those that come are put in from the first place on, so that what was taken away comes back where it stood.
        let mut notes: Vec<&Note> = self.notes.iter().collect();
        notes.sort_by_key(|n| (n.after.is_some(), n.to));
        for note in notes {
            out.both += usize::from(!note.merge_into(case));
        }
        let mut clash = |clashed: bool, what: &'static str| {
            if clashed {
                out.clashes.push(what);
            }
        };
        list(self.sources.as_ref(), &mut case.sources, |a, b| a == b);
        // What was measured last holds.
        list(self.marks.as_ref(), &mut case.marks, |a, b| a.path == b.path);
        clash(list(self.filters.as_ref(), &mut case.filters, |a, b| a.name == b.name), "a saved filter");
        let about =
            |a: &Assumption, b: &Assumption| a.whom() == b.whom() && a.all().iter().any(|w| b.all().contains(w));
        clash(list(self.assumptions.as_ref(), &mut case.assumptions, about), "a decision about time");
        clash(
            list(self.pins.as_ref(), &mut case.pins, |a, b| a.a.is(&b.a) && a.b.is(&b.b)),
            "two lines that are one moment",
        );
        let same = |a: &Verdict, b: &Verdict| a.finding.is_exactly(&b.finding);
        clash(list(self.verdicts.as_ref(), &mut case.verdicts, same), "a verdict");
        if let Some(swap) = &self.report {
            clash(report(swap, &mut case.report), "the report's choices");
        }
        if let Some(swap) = &self.unknown {
            clash(table(&swap.before, &swap.after, &mut case.unknown), "something that this version does not know");
        }
        out
    }
}

fn swap<T: PartialEq + Clone>(before: &T, after: &T) -> Option<Swap<T>> {
    (before != after).then(|| Swap { before: before.clone(), after: after.clone() })
}

fn notes(before: &[Annotation], after: &[Annotation]) -> Vec<Note> {
    // Most edits change one: what stands at both ends is left alone.
    let head = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let (old, new) = (before.get(head..).unwrap_or_default(), after.get(head..).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let old = old.get(..old.len() - tail).unwrap_or_default();
    let new = new.get(..new.len() - tail).unwrap_or_default();
    let index = |list: &[Annotation]| {
        list.iter().enumerate().map(|(i, a)| (a.id, i)).collect::<std::collections::HashMap<u32, usize>>()
    };
    let (in_old, in_new) = (index(old), index(new));
    let gone = old.iter().enumerate().filter(|(_, a)| !in_new.contains_key(&a.id));
    let gone = gone.map(|(i, a)| Note { id: a.id, from: head + i, to: 0, before: Some(a.clone()), after: None });
    let rest = new.iter().enumerate().filter_map(|(i, a)| {
        let was = in_old.get(&a.id).copied();
        let before = was.and_then(|i| old.get(i)).cloned();
        let from = was.map_or(0, |i| head + i);
        (before.as_ref() != Some(a)).then(|| Note { id: a.id, from, to: head + i, before, after: Some(a.clone()) })
    });
    gone.chain(rest).collect()
}

/// True when both say the same; where they stand may differ.
fn says_the_same(a: &Annotation, b: &Annotation) -> bool {
    let words = |x: &Annotation, y: &Annotation| Annotation {
        id: y.id,
        file: y.file.clone(),
        line: y.line,
        hash: y.hash.clone(),
        near: y.near.clone(),
        ..x.clone()
    };
    words(a, b) == *b
}

impl Note {
    /// False when somebody else changed it too: then both versions are there.
    fn merge_into(&self, case: &mut Case) -> bool {
        let at = case.annotations.iter().position(|a| a.id == self.id);
        let there = at.and_then(|i| case.annotations.get(i)).cloned();
        match (&self.before, &self.after, at.zip(there)) {
            (_, Some(after), Some((_, there))) if *after == there => true,
            (None, Some(after), None) => {
                let at = self.to.min(case.annotations.len());
                case.annotations.insert(at, after.clone());
                true
            }
            (None, Some(after), Some(_)) => {
                // Two that came at the same time got the same number.
                let known = |a: &Annotation| *a == Annotation { id: a.id, ..after.clone() };
                if !case.annotations.iter().any(known) {
                    case.add(after.clone());
                }
                true
            }
            (Some(before), Some(after), Some((i, there))) => {
                if says_the_same(before, after) && there != *before {
                    // Only its place was noted anew.
                } else if there == *before || says_the_same(&there, before) {
                    if let Some(slot) = case.annotations.get_mut(i) {
                        slot.clone_from(after);
                    }
                } else {
                    case.add(after.clone());
                    return false;
                }
                true
            }
            (Some(before), Some(after), None) => {
                // They took it away; what was written since is not thrown away with it.
                if !says_the_same(before, after) {
                    case.annotations.push(after.clone());
                }
                true
            }
            (Some(before), None, Some((i, there))) => {
                let same = there == *before || says_the_same(&there, before);
                if same {
                    case.annotations.remove(i);
                }
                same
            }
            (_, None, _) => true,
        }
    }
}

/// Brings the changes of a list together; true when both changed the same entry, of which then the new one stays.
fn list<T: PartialEq + Clone>(swap: Option<&Swap<Vec<T>>>, there: &mut Vec<T>, same: impl Fn(&T, &T) -> bool) -> bool {
    let Some(Swap { before, after }) = swap else { return false };
    if there == before {
        there.clone_from(after);
        return false;
    }
    let mut clashed = false;
    for new in after.iter().filter(|new| !before.contains(new)) {
        if there.contains(new) {
            continue;
        }
        let old = before.iter().find(|old| same(old, new));
        match there.iter().position(|t| same(t, new)) {
            Some(i) => {
                clashed |= there.get(i) != old;
                if let Some(slot) = there.get_mut(i) {
                    slot.clone_from(new);
                }
            }
            None => there.push(new.clone()),
        }
    }
    there.retain(|t| !before.contains(t) || after.contains(t));
    clashed
}

/// Field by field; true when both changed one of them.
fn report(swap: &Swap<ReportChoice>, there: &mut ReportChoice) -> bool {
    if *there == swap.before {
        there.clone_from(&swap.after);
        return false;
    }
    let text = |r: &ReportChoice| toml::Table::try_from(r).unwrap_or_default();
    let mut merged = text(there);
    let clashed = table(&text(&swap.before), &text(&swap.after), &mut merged);
    match merged.try_into() {
        Ok(choice) => *there = choice,
        Err(_) => there.clone_from(&swap.after),
    }
    clashed
}

/// Key by key; true when both changed one of them, of which then the new one stays.
fn table(before: &toml::Table, after: &toml::Table, there: &mut toml::Table) -> bool {
    let mut clashed = false;
    for key in before.keys().chain(after.keys().filter(|k| !before.contains_key(*k))) {
        let (old, new, now) = (before.get(key), after.get(key), there.get(key));
        if old == new || now == new {
            continue;
        }
        clashed |= now != old;
        match new {
            Some(new) => drop(there.insert(key.clone(), new.clone())),
            None => drop(there.remove(key)),
        }
    }
    clashed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Judgement, Kind, When};

    fn note(text: &str) -> Annotation {
        Annotation { comment: text.to_owned(), ..Annotation::at(When::exact(0, 0), None) }
    }

    fn case(notes: &[&str]) -> Case {
        let mut case = Case::new(vec!["logs".to_owned()]);
        notes.iter().for_each(|n| drop(case.add(note(n))));
        case
    }

    fn texts(case: &Case) -> Vec<String> {
        case.annotations.iter().map(|a| format!("{} {}", a.id, a.comment)).collect()
    }

    /// What one did since `base`, on top of what the other did.
    fn both(base: &Case, mine: &Case, theirs: &Case) -> (Case, Merged) {
        let mut out = theirs.clone();
        let merged = Patch::between(base, mine).merge_into(&mut out);
        (out, merged)
    }

    #[test]
    fn notes_of_both_windows_are_kept() {
        let base = case(&["a", "b", "c"]);
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.add(note("mine"));
        mine.remove(1);
        theirs.add(note("theirs"));
        theirs.get_mut(3).unwrap().comment = "c, better".to_owned();
        let (out, merged) = both(&base, &mine, &theirs);
        assert_eq!(texts(&out), ["2 b", "3 c, better", "4 theirs", "5 mine"]);
        assert_eq!(merged, Merged::default());
        let (again, _) = both(&base, &mine, &out);
        assert_eq!(texts(&again), texts(&out), "the same once more changes nothing");
    }

    #[test]
    fn nothing_is_dropped_where_both_changed_the_same() {
        let base = case(&["a", "b", "c"]);
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.get_mut(1).unwrap().comment = "mine".to_owned();
        theirs.get_mut(1).unwrap().comment = "theirs".to_owned();
        mine.remove(2);
        theirs.get_mut(2).unwrap().kind = Kind::Trigger;
        theirs.remove(3);
        mine.get_mut(3).unwrap().comment = "mine".to_owned();
        let (out, merged) = both(&base, &mine, &theirs);
        assert_eq!(texts(&out), ["1 theirs", "2 b", "3 mine", "4 mine"]);
        assert_eq!(merged.both, 2);
    }

    #[test]
    fn other_sections_are_merged_entry_by_entry() {
        let mut base = case(&[]);
        let finding = |rule: &str| crate::case::FindingAnchor { rule: rule.to_owned(), ..Default::default() };
        base.judge(&finding("a"), Some(Judgement::Confirmed));
        let (mut mine, mut theirs) = (base.clone(), base.clone());
        mine.judge(&finding("b"), Some(Judgement::Dismissed));
        mine.report.title = "Mine".to_owned();
        theirs.judge(&finding("a"), None);
        theirs.judge(&finding("c"), Some(Judgement::Dismissed));
        theirs.report.summary = "Theirs".to_owned();
        theirs.unknown.insert("later".to_owned(), true.into());
        let (out, merged) = both(&base, &mine, &theirs);
        assert_eq!(merged, Merged::default());
        assert_eq!(out.verdicts.iter().map(|v| v.finding.rule.as_str()).collect::<Vec<_>>(), ["c", "b"]);
        assert_eq!((out.report.title.as_str(), out.report.summary.as_str()), ("Mine", "Theirs"));
        assert!(out.unknown.contains_key("later"));

        theirs.judge(&finding("b"), Some(Judgement::Confirmed));
        theirs.report.title = "Theirs".to_owned();
        let (out, merged) = both(&base, &mine, &theirs);
        assert_eq!(merged.clashes, ["a verdict", "the report's choices"]);
        assert_eq!((out.verdict(&finding("b")), out.report.title.as_str()), (Some(Judgement::Dismissed), "Mine"));
    }

    #[test]
    fn what_is_taken_back_comes_back_where_it_stood() {
        let before = case(&["a", "b", "c", "d"]);
        let mut after = before.clone();
        after.remove(2);
        after.remove(3);
        after.get_mut(4).unwrap().comment = "e".to_owned();
        after.add(note("f"));
        let patch = Patch::between(&before, &after);
        let mut there = before.clone();
        patch.merge_into(&mut there);
        assert_eq!(there, after);
        patch.inverse().merge_into(&mut there);
        assert_eq!(there, before);
        let mut whole = patch.clone();
        whole.then(patch.inverse());
        assert!(whole.is_empty(), "{whole:?}");
        let text = toml::to_string(&patch).unwrap();
        assert_eq!(toml::from_str::<Patch>(&text).unwrap(), patch, "{text}");
    }
}
