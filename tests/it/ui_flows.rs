//! What an engineer does from the empty window to the report, by keyboard alone.

use causeline::ui::samples::SAMPLES;
use causeline::ui::state::{Overlay, Tab};
use causeline::ui::window::Window;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::ui::{Driven, copy, harness};
use crate::ui_findings::with_rules;

/// An empty window that finds copies of the samples.
fn empty() -> Driven {
    let folder = tempfile::tempdir().unwrap();
    let samples = folder.path().join("sample-logs");
    for sample in SAMPLES {
        let from = crate::tools::root().join("sample-logs").join(sample.folder);
        copy(&from, &samples.join(sample.folder));
    }
    let rules = causeline::analysis::Config { causal: true, ..with_rules() };
    let mut window = Window::new(Vec::new(), rules);
    window.reading.samples = Some(samples);
    let mut driven = Driven { harness: harness(window), folder };
    driven.settle();
    driven
}

fn chord(driven: &mut Driven, modifiers: Modifiers, key: Key) {
    driven.harness.key_press_modifiers(modifiers, key);
    driven.settle();
}

fn types(driven: &mut Driven, text: &str) {
    driven.harness.event(egui::Event::Text(text.to_owned()));
    driven.settle();
}

/// Finds a command by its name and runs it.
fn palette(driven: &mut Driven, words: &str) {
    chord(driven, Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    types(driven, words);
    driven.key(Key::Enter);
}

#[test]
fn from_the_empty_window_to_the_report() {
    let mut d = empty();
    palette(&mut d, "sample: the failover");
    assert!(d.harness.state().found.is_some(), "findings are there without being asked for");
    // The first step of the first story, what proves it, and on into the report.
    d.key(Key::CloseBracket);
    let story = d.harness.state().view.look.story;
    assert_eq!(story, Some(0));
    d.key(Key::Comma);
    let proof = d.chosen();
    d.key(Key::Period);
    assert_ne!(d.chosen(), proof, "the next line that proves it");
    chord(&mut d, Modifiers::SHIFT, Key::R);
    chord(&mut d, Modifiers::COMMAND, Key::Num4);
    assert_eq!(d.harness.state().view.tab, Tab::Report);
    let text = d.harness.state().report.text().unwrap().to_owned();
    let title = &d.harness.state().found.as_ref().unwrap().findings.stories[0].title;
    assert!(text.contains("### 1. ") && text.contains(title.split(' ').next().unwrap()), "{text}");
    chord(&mut d, Modifiers::COMMAND, Key::Z);
    assert!(d.harness.state().notes.case().report.findings.is_empty(), "undo takes it out");
}

#[test]
fn filter_find_and_clear() {
    let mut d = empty();
    palette(&mut d, "sample: the failover");
    let all = d.shown().rows.len();
    d.key(Key::Slash);
    types(&mut d, "host:api1 ");
    let api = d.shown().rows.len();
    assert!(api > 0 && api < all);
    d.key(Key::Enter);
    chord(&mut d, Modifiers::COMMAND, Key::F);
    types(&mut d, "503");
    d.key(Key::Enter);
    let first = d.chosen();
    d.key(Key::Enter);
    assert_ne!(d.chosen(), first, "the next match");
    for _ in 0..4 {
        d.key(Key::Escape);
    }
    d.key(Key::Backspace);
    assert_eq!(d.shown().rows.len(), all);
}

#[test]
fn every_sample_opens_to_its_story_and_its_first_step() {
    for sample in SAMPLES {
        let mut d = empty();
        palette(&mut d, &format!("sample: {}", sample.title));
        let stories = &d.harness.state().found.as_ref().unwrap().findings.stories;
        assert!(!stories.is_empty(), "{}", sample.folder);
        d.key(Key::CloseBracket);
        assert!(d.harness.state().view.chosen.is_some(), "{}", sample.folder);
        assert_eq!(d.harness.state().view.overlay, Overlay::None);
        assert!(d.harness.query_all_by_label_contains("Story 1: ").next().is_some(), "{}", sample.folder);
    }
}
