//! The page of the chosen event: the record as text and bytes, what is understood of it, parts that fold.

use causeline::analysis::Config;
use causeline::fact::packs::Packs;
use causeline::ui::command::Command;
use causeline::ui::page::{Act, Page, Section};
use causeline::ui::state::Tab;
use causeline::ui::window::Window;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{Driven, append, config, harness, logs};

fn open(folder: tempfile::TempDir) -> Driven {
    let config = Config { packs: Packs::builtin(), ..config() };
    let mut driven = Driven { harness: harness(Window::new(vec![folder.path().join("case")], config)), folder };
    driven.settle();
    driven
}

/// Folds parts, so that those below are in view.
fn fold(driven: &mut Driven, sections: &[Section]) {
    for section in sections {
        driven.run(Command::Page(Act::Fold(*section)));
    }
}

#[test]
fn an_empty_page_says_what_to_do() {
    let mut driven = open(logs());
    driven.run(Command::SetTab(Tab::Event));
    assert!(driven.says("No event is chosen"));
    driven.harness.get_by_label_contains("First error").click();
    driven.settle();
    assert!(driven.harness.get_by_label("Raw text").value().unwrap().contains("disk is gone"));
}

#[test]
fn a_record_can_be_seen_as_bytes() {
    let mut driven = open(logs());
    driven.run(Command::SetFilter("evil".to_owned()));
    driven.key(Key::J);
    driven.harness.get_by_label("Bytes").click();
    driven.settle();
    assert!(driven.says("0000  32 30 32 36 2d 31 30 2d  31 30 54"), "where, what");
    assert!(driven.says("e2 80 ae"), "what text hides, bytes show");
    assert!(driven.harness.query_by_label("Raw text").is_none());
    driven.harness.get_by_label("Text").click();
    driven.settle();
    assert!(driven.harness.query_by_label("Raw text").is_some());
}

#[test]
fn a_record_of_megabytes_costs_no_more_than_a_short_one() {
    let folder = logs();
    let long = format!("2026-10-10T13:08:09.000Z ERROR dump {}\n", "x".repeat(3 << 20));
    append(&folder.path().join("case/db1/db.log"), &long);
    let mut driven = open(folder);
    driven.key(Key::End);
    driven.harness.get_by_label("Bytes").click();
    driven.settle();
    let lines = driven.harness.query_all_by_label_contains("78 78 78 78").count();
    assert!((5..60).contains(&lines), "only what is seen is put into words: {lines} lines");
}

#[test]
fn parts_fold_and_stay_folded_for_other_events() {
    let mut driven = open(logs());
    driven.key(Key::E);
    assert!(driven.harness.query_by_label("db1/db.log:2").is_some());
    driven.harness.get_by_label("Who wrote it").click();
    driven.settle();
    assert!(driven.harness.query_by_label("db1/db.log:2").is_none());
    driven.key(Key::J);
    assert!(driven.harness.query_by_label("web1/app.log:3").is_none());
    let page = driven.harness.state().view.page.clone();
    assert!(page.folded.contains(&Section::Place));
    let saved = serde_json::to_string(&page).unwrap();
    assert_eq!(serde_json::from_str::<Page>(&saved).unwrap(), page);
    driven.harness.get_by_label("Who wrote it").focus();
    driven.settle();
    driven.key(Key::Enter);
    assert!(driven.harness.query_by_label("web1/app.log:3").is_some(), "by keyboard, too");
}

#[test]
fn what_is_understood_names_its_pack() {
    let folder = logs();
    let line = "2026-10-10T13:08:09.000000+00:00 db1 kernel: EXT4-fs (loop0): Remounting filesystem read-only\n";
    std::fs::write(folder.path().join("case/db1/kern.log"), line).unwrap();
    let mut driven = open(folder);
    driven.run(Command::SetFilter("Remounting".to_owned()));
    driven.key(Key::J);
    fold(&mut driven, &[Section::Record, Section::Time, Section::Place, Section::Note, Section::Fields]);
    assert!(driven.says("fs.readonly"), "the kind of the fact");
    assert!(driven.says("found by the pack"));
    let device = driven.harness.get_all_by_label("device loop0").next().unwrap();
    device.click();
    driven.settle();
    assert_eq!(driven.harness.state().view.filter, "Remounting \"loop0\"");
}

#[test]
fn a_field_filters_and_shift_leaves_it_out() {
    let mut driven = open(logs());
    driven.key(Key::E);
    fold(&mut driven, &[Section::Record, Section::Time, Section::Place, Section::Note]);
    let level = driven.harness.get_by_label("level CRITICAL");
    level.click_modifiers(Modifiers::SHIFT);
    driven.settle();
    assert_eq!(driven.harness.state().view.filter, "-level:CRITICAL");
    assert_eq!(driven.shown().rows.len(), 8);
    assert!(!driven.rows().iter().any(|r| r.contains("disk is gone")));
}

#[test]
fn every_part_can_be_reached_and_has_a_name() {
    let mut driven = open(logs());
    driven.key(Key::E);
    fold(&mut driven, &[Section::Record]);
    let parts = driven.harness.query_all_by_role(Role::DisclosureTriangle);
    let names: Vec<String> = parts.map(|n| n.accesskit_node().label().unwrap_or_default()).collect();
    for name in ["Record", "Time", "Who wrote it", "Note", "Fields", "What is understood of it"] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
}
