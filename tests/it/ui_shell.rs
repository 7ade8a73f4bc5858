//! Samples, recent cases, settings and keys, as a user meets them.

use std::path::Path;

use causeline::ui::command::Command;
use causeline::ui::samples::SAMPLES;
use causeline::ui::settings::{Keeper, ThemeChoice};
use causeline::ui::shell::{self, Act};
use causeline::ui::state::Overlay;
use causeline::ui::window::Window;
use egui::{Key, Theme};
use egui_kittest::kittest::Queryable as _;

use crate::ui::{Driven, config, harness, logs};

fn keeper(folder: &Path) -> Keeper {
    Keeper::at(Some(folder.join("config")), Some(folder.join("state")))
}

/// An empty window that keeps its settings in `folder`.
fn begun(folder: tempfile::TempDir) -> Driven {
    let mut window = Window::new(Vec::new(), config());
    shell::begin(&mut window, keeper(folder.path()), None);
    let mut driven = Driven { harness: harness(window), folder };
    driven.settle();
    driven
}

#[test]
fn the_empty_window_offers_five_samples_and_each_opens() {
    let mut driven = begun(tempfile::tempdir().unwrap());
    for sample in SAMPLES {
        assert!(driven.says(sample.title), "{}", sample.title);
    }
    driven.harness.get_by_label_contains(SAMPLES[3].title).click();
    driven.harness.run_steps(2);
    assert!(driven.harness.state().reading.paths[0].ends_with(SAMPLES[3].folder));
    driven.settle();
    assert!(driven.shown().rows.len() > 100);
}

#[test]
fn what_was_open_is_offered_next_time() {
    let folder = logs();
    let case = folder.path().join("case");
    let mut driven = begun(folder);
    driven.run(Command::Open(vec![case.clone()]));
    let Driven { harness, folder } = driven;
    drop(harness);
    let mut driven = begun(folder);
    driven.harness.get_by_label_contains("Open case:").click();
    driven.settle();
    assert_eq!(driven.harness.state().reading.paths, [case]);
    assert_eq!(driven.shown().rows.len(), 9);
}

#[test]
fn logs_that_are_gone_are_told_and_can_be_forgotten() {
    let folder = logs();
    let case = folder.path().join("case");
    let mut driven = begun(folder);
    driven.run(Command::Open(vec![case.clone()]));
    std::fs::remove_dir_all(&case).unwrap();
    let Driven { harness, folder } = driven;
    drop(harness);
    let mut driven = begun(folder);
    driven.harness.get_by_label_contains("Open case:").click();
    driven.settle();
    assert!(driven.says("case is not there any more"));
    driven.harness.get_by_label("Forget case").click();
    driven.settle();
    assert!(!driven.says("Open case:"));
}

#[test]
fn settings_are_chosen_and_kept() {
    let mut driven = begun(tempfile::tempdir().unwrap());
    driven.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Comma);
    driven.settle();
    driven.harness.get_by_label("Light").click();
    driven.settle();
    assert_eq!(driven.harness.ctx.theme(), Theme::Light);
    driven.harness.get_by_label("Nothing slides or fades").click();
    driven.settle();
    assert!(driven.harness.ctx.global_style().animation_time.abs() < 1e-6);
    driven.harness.get_by_label("Zone by name").focus();
    driven.harness.run_steps(2);
    driven.harness.get_by_label("Zone by name").type_text("Europe/Berlin");
    driven.settle();
    assert_eq!(driven.harness.state().view.zone.name(), "Europe/Berlin");
    let kept = keeper(driven.folder.path()).settings;
    assert_eq!((kept.theme, kept.reduced_motion, kept.zone.as_str()), (ThemeChoice::Light, true, "Europe/Berlin"));
    driven.key(Key::Escape);
    driven.key(Key::Escape);
    assert_eq!(driven.harness.state().view.overlay, Overlay::None);
}

fn find(driven: &mut Driven, words: &str) {
    driven.harness.get_by_label("Find a command").focus();
    driven.harness.run_steps(2);
    driven.harness.get_by_label("Find a command").type_text(words);
    driven.settle();
}

#[test]
fn a_key_is_given_to_a_command_and_back() {
    let folder = logs();
    let case = folder.path().join("case");
    let mut driven = begun(folder);
    driven.run(Command::Open(vec![case]));
    driven.run(Command::Shell(Act::Settings));
    find(&mut driven, "next error");
    driven.harness.get_by_label("Change the keys of Next error").click();
    driven.settle();
    driven.key(Key::Q);
    driven.harness.get_by_label("Close settings").click();
    driven.settle();
    driven.key(Key::Q);
    let first = driven.chosen();
    driven.key(Key::E);
    assert_eq!(driven.chosen(), first, "E has lost its command");
    assert_eq!(keeper(driven.folder.path()).settings.keys["next-error"], ["Q"]);
    driven.run(Command::Shell(Act::Settings));
    find(&mut driven, "next error");
    driven.harness.get_by_label("Reset the keys of Next error").click();
    driven.settle();
    assert!(keeper(driven.folder.path()).settings.keys.is_empty());
}

#[test]
fn text_grows_and_shrinks_within_bounds() {
    let mut driven = begun(tempfile::tempdir().unwrap());
    for _ in 0..20 {
        driven.run(Command::Shell(Act::Text(1)));
    }
    assert!((driven.harness.ctx.zoom_factor() - 2.0).abs() < 1e-3);
    for _ in 0..20 {
        driven.run(Command::Shell(Act::Text(-1)));
    }
    assert!((driven.harness.ctx.zoom_factor() - 0.8).abs() < 1e-3);
    assert_eq!(keeper(driven.folder.path()).settings.text_size, 80);
}

#[test]
fn the_next_window_is_as_the_last_one_was_left() {
    let folder = logs();
    let case = folder.path().join("case");
    let mut driven = begun(folder);
    driven.run(Command::Open(vec![case]));
    driven.run(Command::Sources);
    driven.run(Command::Page(causeline::ui::page::Act::Hex));
    driven.run(Command::SetFilter("request".to_owned()));
    driven.run(Command::ClearFilter);
    driven.harness.event(egui::Event::WindowFocused(false));
    driven.settle();
    let Driven { harness, folder } = driven;
    drop(harness);
    let driven = begun(folder);
    let view = &driven.harness.state().view;
    assert!(!view.sources && view.inspector && view.page.hex);
    assert!(view.filters.kept.recent.iter().any(|f| f == "request"), "{:?}", view.filters.kept.recent);
}
