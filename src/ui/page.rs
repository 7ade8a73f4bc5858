//! What the page of an event shows: parts that are folded, text or bytes, wrapped or not. Kept over restarts.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::event::EventId;
use crate::ui::window::Window;
use crate::ui::{copy, navigate};

/// A part of the page that can be folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The record as it stands.
    Record,
    /// Findings that it proves.
    Findings,
    /// How it is ordered against another one.
    Ordered,
    /// Direct causes.
    Before,
    /// Direct effects.
    After,
    /// The three stamps.
    Time,
    /// Who wrote it, and where it stands.
    Place,
    /// Mark and comment.
    Note,
    /// Its fields.
    Fields,
    /// What is understood of it.
    Facts,
}

impl Section {
    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Section::Record => "RECORD",
            Section::Findings => "PROVES",
            Section::Ordered => "HOW ARE THESE TWO ORDERED?",
            Section::Before => "WHAT CAME BEFORE IT, DIRECTLY",
            Section::After => "WHAT CAME AFTER IT, DIRECTLY",
            Section::Time => "TIME",
            Section::Place => "WHO WROTE IT",
            Section::Note => "NOTE",
            Section::Fields => "FIELDS",
            Section::Facts => "WHAT IS UNDERSTOOD OF IT",
        }
    }

    /// Its title as it is spoken.
    pub fn name(self) -> String {
        let title = self.title().to_lowercase();
        let mut chars = title.chars();
        chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
    }
}

/// How the page of an event is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Page {
    /// Parts of which only the title is shown.
    pub folded: BTreeSet<Section>,
    /// Long lines of the record go on to the right; else they are wrapped.
    pub unwrapped: bool,
    /// The record is shown as bytes.
    pub hex: bool,
}

/// What can be done to the page.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Bytes or text.
    Hex,
    /// Long lines wrapped or not.
    Wrap,
    /// Goes to the first direct cause.
    Cause,
    /// Goes to the first direct effect.
    Effect,
    // Below: with something to do it to.
    /// Folds a part, or opens it.
    Fold(Section),
    /// Copies a text; the words tell what it is.
    Copy(String, &'static str),
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::Hex => w.view.page.hex = !w.view.page.hex,
        Act::Wrap => w.view.page.unwrapped = !w.view.page.unwrapped,
        Act::Cause => along(w, true),
        Act::Effect => along(w, false),
        Act::Fold(section) => {
            let folded = &mut w.view.page.folded;
            if !folded.remove(&section) {
                folded.insert(section);
            }
        }
        Act::Copy(text, what) => copy::text(w, ctx, text, what),
    }
}

/// The nearest direct cause of an event, or its nearest direct effect.
pub fn neighbour(shown: &crate::ui::shown::Shown, id: EventId, cause: bool) -> Option<EventId> {
    let judge = shown.judge();
    let edges = if cause { judge.edges.causes(id) } else { judge.edges.effects(id) };
    let other = |e: &crate::causality::Edge| if cause { e.from } else { e.to };
    let distance = |id: EventId, of: EventId| match (judge.corrected(id), judge.corrected(of)) {
        (Some(a), Some(b)) => a.abs_diff(b),
        _ => u64::MAX,
    };
    edges.iter().map(other).min_by_key(|o| distance(*o, id))
}

fn along(w: &mut Window, cause: bool) {
    let Some(id) = w.view.chosen else {
        w.view.message = Some("no event is chosen".to_owned());
        return;
    };
    match neighbour(&w.shown, id, cause) {
        Some(other) => {
            w.view.choose(&w.shown, other);
            match w.shown.row_of(other) {
                Ok(_) => navigate::reveal(w, other),
                Err(_) => w.view.message = Some("that event is hidden by the filter".to_owned()),
            }
        }
        None => {
            let what = if cause { "cause" } else { "effect" };
            w.view.message = Some(format!("no direct {what} of this event is known"));
        }
    }
}
