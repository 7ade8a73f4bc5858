//! What the window does with its filter: terms that are added and taken away, where it was before, what is kept.
//!
//! The filter is one text. Its beginning is finished terms, shown as chips; from `typed_from` on it is being typed.

use serde::{Deserialize, Serialize};

use crate::case::SavedFilter;
use crate::query::language::negated;
use crate::query::{finished, spans};
use crate::ui::window::Window;

/// As many filters are remembered.
const MOST: usize = 50;

/// Filters that are always at hand, and what passes them.
pub const QUICK: [(&str, &str); 3] = [
    ("level>=warning", "warnings and worse"),
    ("has:finding", "what proves a finding"),
    ("has:note", "what is marked or commented"),
];

/// Something that is done with the filter.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Goes back to the filter before this one.
    Previous,
    /// Goes on to the filter that was left by going back.
    Next,
    /// Keeps the filter under a name, or forgets it.
    Save,
    /// Offers the filters that were used and kept.
    Past,
    /// Puts one of the filters that are always at hand into force.
    Quick(usize),
    /// What is being typed behind the finished terms.
    Type(String),
    /// What is being typed is finished.
    Finish,
    /// The field lost the keyboard, and with it what is being typed is finished.
    Left,
    /// Puts a term back into the field.
    Edit(usize),
    /// Takes a term away.
    Remove(usize),
    /// Lets a term pass what it kept out.
    Negate(usize),
    /// Also asks for this term.
    Add(String),
    /// Also asks for what this term does not let pass.
    Exclude(String),
    /// Asks for nothing but this term.
    Only(String),
    /// As [`Act::Only`], or for everything if that is what is asked for already.
    Toggle(String),
    /// Puts this in the place of what is being typed; what is whole is finished.
    Complete(String, bool),
    /// Another filter altogether.
    Apply(String),
    /// Opens a list below the field, or closes it.
    List(List),
    /// Points at a row of the list.
    Point(Option<usize>),
    /// Gives a kept filter a name.
    Rename(usize, String),
    /// Its name is typed anew.
    Renaming(Option<(usize, String)>),
    /// Keeps a filter no longer.
    Forget(usize),
    /// The field for a name has the keyboard.
    RenameFocused,
}

/// What stands below the field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum List {
    /// Nothing, until something is typed.
    #[default]
    Closed,
    /// What could follow.
    Offers,
    /// Filters that were used and kept.
    Past,
}

/// A filter with a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Saved {
    /// Its name; at first the filter itself.
    pub name: String,
    /// The filter.
    pub text: String,
}

/// What is remembered from one start to the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filters {
    /// The filters used last, the newest first.
    pub recent: Vec<String>,
    /// Those that have names, by name.
    pub saved: Vec<Saved>,
}

/// The field, its list, and where the filter was before.
#[derive(Clone, Debug, Default)]
pub struct FilterState {
    /// From this byte on the filter is being typed; before it are finished terms.
    pub typed_from: usize,
    /// What stands below the field.
    pub list: List,
    /// The row of the list that is pointed at.
    pub idx: Option<usize>,
    /// The kept filter that is given a name, and the name so far.
    pub renaming: Option<(usize, String)>,
    /// The field for the name wants the keyboard.
    pub focus_name: bool,
    /// What is remembered.
    pub kept: Filters,
    /// Filters that were in force, the oldest first, and which of them is now.
    trail: Vec<String>,
    at: usize,
}

impl FilterState {
    /// The state for other logs: only what does not belong to these is kept.
    #[must_use]
    pub fn fresh(&self) -> FilterState {
        FilterState { kept: self.kept.clone(), ..FilterState::default() }
    }

    /// Which of the kept filters this is.
    pub fn saved(&self, filter: &str) -> Option<usize> {
        self.kept.saved.iter().position(|s| s.text == filter.trim())
    }

    /// Remembers that a filter was in force.
    fn used(&mut self, filter: &str) {
        let filter = filter.trim();
        if self.trail.is_empty() {
            self.trail.push(String::new());
        }
        if self.trail.get(self.at).map(String::as_str) != Some(filter) {
            self.trail.truncate(self.at + 1);
            if self.trail.len() > MOST {
                self.trail.remove(0);
            }
            self.trail.push(filter.to_owned());
            self.at = self.trail.len() - 1;
        }
        if !filter.is_empty() {
            self.kept.recent.retain(|r| r != filter);
            self.kept.recent.insert(0, filter.to_owned());
            self.kept.recent.truncate(MOST);
        }
    }
}

/// The finished terms, and what is being typed behind them.
pub fn parted<'a>(filter: &'a str, state: &FilterState) -> (Vec<&'a str>, &'a str) {
    let at = if filter.is_char_boundary(state.typed_from) { state.typed_from.min(filter.len()) } else { filter.len() };
    let (head, typed) = filter.split_at_checked(at).unwrap_or((filter, ""));
    (spans(head).into_iter().filter_map(|span| head.get(span)).collect(), typed)
}

/// The terms of a filter.
pub fn terms(filter: &str) -> Vec<&str> {
    spans(filter).into_iter().filter_map(|span| filter.get(span)).collect()
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::Previous => step(w, ctx, false),
        Act::Next => step(w, ctx, true),
        Act::Save => save(w),
        Act::Past => {
            w.view.focus_filter = true;
            open(w, List::Past);
        }
        Act::Quick(n) => {
            if let Some((text, _)) = QUICK.get(n) {
                put(w, ctx, &[text], "");
            }
        }
        Act::Type(text) => type_on(w, ctx, &text),
        Act::Finish => finish(w, ctx),
        // A click on a chip takes the keyboard and gives it back.
        Act::Left if w.view.focus_filter => {}
        Act::Left => finish(w, ctx),
        Act::Edit(i) => change(w, ctx, i, |term, _, typed| typed.push(term.to_owned())),
        Act::Remove(i) => change(w, ctx, i, |_, _, _| {}),
        Act::Negate(i) => change(w, ctx, i, |term, terms, _| terms.insert(i.min(terms.len()), negated(term))),
        Act::Add(term) => add(w, ctx, term),
        Act::Exclude(term) => add(w, ctx, negated(&term)),
        Act::Only(term) => put(w, ctx, &[&term], ""),
        Act::Toggle(term) if w.view.filter.trim() == term => put(w, ctx, &[], ""),
        Act::Toggle(term) => put(w, ctx, &[&term], ""),
        Act::Complete(text, whole) => complete(w, ctx, text, whole),
        Act::Apply(text) => {
            put(w, ctx, &[&text], "");
            open(w, List::Closed);
        }
        Act::List(list) => open(w, list),
        Act::Point(idx) => w.view.filters.idx = idx,
        Act::Renaming(renaming) => w.view.filters.renaming = renaming,
        Act::RenameFocused => w.view.filters.focus_name = false,
        Act::Rename(i, name) => {
            let filters = &mut w.view.filters;
            let renamed = filters.kept.saved.get_mut(i).filter(|_| !name.trim().is_empty()).map(|saved| {
                name.trim().clone_into(&mut saved.name);
                saved.clone()
            });
            filters.kept.saved.sort_by_key(|s| s.name.to_lowercase());
            filters.renaming = None;
            renamed.into_iter().for_each(|saved| keep_in_case(w, &saved));
        }
        Act::Forget(i) => {
            w.view.filters.renaming = None;
            if i < w.view.filters.kept.saved.len() {
                let forgotten = w.view.filters.kept.saved.remove(i);
                forget_in_case(w, &forgotten.text);
            }
        }
    }
}

fn open(w: &mut Window, list: List) {
    let filters = &mut w.view.filters;
    filters.list = list;
    filters.idx = None;
    filters.renaming = None;
}

/// Sets the filter to finished terms and something that is being typed.
fn put(w: &mut Window, ctx: &egui::Context, terms: &[&str], typed: &str) {
    let mut text = terms.iter().filter(|t| !t.is_empty()).copied().collect::<Vec<_>>().join(" ");
    if !text.is_empty() && !typed.is_empty() {
        text.push(' ');
    }
    w.view.filters.typed_from = text.len();
    text.push_str(typed);
    w.set_filter(ctx, text);
    if typed.is_empty() {
        used(w);
    }
}

fn used(w: &mut Window) {
    if w.view.filter_error.is_none() {
        let filter = w.view.filter.clone();
        w.view.filters.used(&filter);
    }
}

fn type_on(w: &mut Window, ctx: &egui::Context, typed: &str) {
    let filter = w.view.filter.clone();
    let (mut terms, _) = parted(&filter, &w.view.filters);
    let done = finished(typed);
    let (whole, rest) = typed.split_at_checked(done).unwrap_or((typed, ""));
    terms.extend(self::terms(whole));
    put(w, ctx, &terms, rest);
    let filters = &mut w.view.filters;
    filters.list = if rest.is_empty() { List::Closed } else { List::Offers };
    filters.idx = None;
}

fn finish(w: &mut Window, ctx: &egui::Context) {
    let filter = w.view.filter.clone();
    if w.view.filters.typed_from < filter.len() {
        put(w, ctx, &[filter.trim()], "");
    }
    if w.view.filters.renaming.is_none() {
        open(w, List::Closed);
    }
}

/// Takes a finished term out and does something else with it.
fn change(w: &mut Window, ctx: &egui::Context, i: usize, with: impl FnOnce(&str, &mut Vec<String>, &mut Vec<String>)) {
    let filter = w.view.filter.clone();
    let (terms, typed) = parted(&filter, &w.view.filters);
    let Some(term) = terms.get(i).copied() else { return };
    let mut terms: Vec<String> = terms.iter().map(|t| (*t).to_owned()).collect();
    terms.remove(i);
    let mut back = Vec::new();
    with(term, &mut terms, &mut back);
    if let Some(again) = back.pop() {
        // What was being typed is finished, so that the term can be typed on.
        terms.extend((!typed.trim().is_empty()).then(|| typed.trim().to_owned()));
        put(w, ctx, &terms.iter().map(String::as_str).collect::<Vec<_>>(), &again);
        w.view.focus_filter = true;
    } else {
        put(w, ctx, &terms.iter().map(String::as_str).collect::<Vec<_>>(), typed);
    }
}

/// Adds a term that is not there yet; its opposite goes.
fn add(w: &mut Window, ctx: &egui::Context, term: String) {
    let filter = w.view.filter.clone();
    let opposite = negated(&term);
    let mut terms: Vec<&str> = terms(&filter).into_iter().filter(|t| *t != opposite && *t != term).collect();
    terms.push(&term);
    put(w, ctx, &terms, "");
}

fn complete(w: &mut Window, ctx: &egui::Context, text: String, whole: bool) {
    let filter = w.view.filter.clone();
    let (mut terms, _) = parted(&filter, &w.view.filters);
    if whole {
        terms.push(&text);
        put(w, ctx, &terms, "");
        open(w, List::Closed);
    } else {
        put(w, ctx, &terms, &text);
        open(w, List::Offers);
    }
    w.view.focus_filter = true;
}

fn step(w: &mut Window, ctx: &egui::Context, on: bool) {
    used(w);
    let filters = &w.view.filters;
    let at = if on { filters.at + 1 } else { filters.at.wrapping_sub(1) };
    let Some(filter) = filters.trail.get(at).cloned() else {
        w.view.message = Some(if on { "no later filter" } else { "no earlier filter" }.to_owned());
        return;
    };
    w.view.filters.at = at;
    w.view.filters.typed_from = filter.len();
    w.set_filter(ctx, filter);
}

/// A saved filter goes with the case, for those who read it after us.
fn keep_in_case(w: &mut Window, saved: &Saved) {
    if w.reading.paths.is_empty() {
        return;
    }
    w.notes.decide(&w.shown.analysis, "the saved filter", |case| {
        let there = case.filters.iter_mut().find(|f| f.text == saved.text);
        match there {
            Some(there) => there.name.clone_from(&saved.name),
            None => case.filters.push(SavedFilter {
                name: saved.name.clone(),
                text: saved.text.clone(),
                ..SavedFilter::default()
            }),
        }
    });
}

fn forget_in_case(w: &mut Window, text: &str) {
    w.notes.decide(&w.shown.analysis, "the saved filter", |case| case.filters.retain(|f| f.text != text));
}

fn save(w: &mut Window) {
    let filter = w.view.filter.trim().to_owned();
    if filter.is_empty() || w.view.filter_error.is_some() {
        w.view.message = Some("there is no filter to save".to_owned());
        return;
    }
    let filters = &mut w.view.filters;
    match filters.saved(&filter) {
        Some(i) => {
            filters.kept.saved.remove(i);
            filters.renaming = None;
            w.view.message = Some("filter no longer saved".to_owned());
            forget_in_case(w, &filter);
        }
        None => {
            let saved = Saved { name: filter.clone(), text: filter.clone() };
            keep_in_case(w, &saved);
            let filters = &mut w.view.filters;
            filters.kept.saved.push(saved);
            filters.list = List::Past;
            filters.idx = None;
            filters.renaming = Some((filters.kept.saved.len() - 1, filter));
            filters.focus_name = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_filters_are_remembered_once() {
        let mut state = FilterState::default();
        for i in 0..120 {
            state.used(&format!("f{}", i % 60));
        }
        assert_eq!(state.kept.recent.len(), MOST);
        assert_eq!(state.kept.recent.first().map(String::as_str), Some("f59"));
        state.used("f20");
        assert_eq!(state.kept.recent.iter().filter(|r| *r == "f20").count(), 1);
        assert_eq!(state.kept.recent.first().map(String::as_str), Some("f20"));
    }

    #[test]
    fn what_is_remembered_is_written_and_read() {
        let mut filters = Filters { recent: vec!["a \"b\"".into()], ..Filters::default() };
        filters.saved.push(Saved { name: "one".into(), text: "level>=error".into() });
        let text = toml::to_string(&filters).unwrap();
        assert_eq!(toml::from_str::<Filters>(&text).unwrap(), filters);
        assert_eq!(toml::from_str::<Filters>("").unwrap(), Filters::default());
    }

    #[test]
    fn a_filter_is_parted_where_typing_begins() {
        let state = |n| FilterState { typed_from: n, ..FilterState::default() };
        assert_eq!(parted("a \"b c\" d", &state(8)), (vec!["a", "\"b c\""], "d"));
        assert_eq!(parted("aé", &state(2)), (vec!["aé"], ""));
        assert_eq!(parted("a", &state(99)), (vec!["a"], ""));
    }
}
