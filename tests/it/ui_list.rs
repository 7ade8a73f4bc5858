//! The event list, driven as a user does: columns, opened rows, names in messages, the menu of a row.

use std::time::{Duration, Instant};

use causeline::analysis::Config;
use causeline::fact::packs::Packs;
use causeline::ui::columns::{Column, Columns};
use causeline::ui::command::Command;
use causeline::ui::list::Act;
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

fn list(driven: &mut Driven, act: Act) {
    driven.run(Command::List(act));
}

/// The heads of the columns, from left to right.
fn heads(driven: &Driven) -> Vec<String> {
    let nodes = driven.harness.query_all_by_role(Role::ColumnHeader);
    let name = |n: &egui_kittest::Node<'_>| n.accesskit_node().label().unwrap_or_default();
    let mut all: Vec<(i32, String)> = nodes.map(|n| (n.rect().left() as i32, name(&n))).collect();
    all.sort();
    let word = |name: &str| name.trim_start_matches("Column ").split([':', ' ']).next().unwrap().to_owned();
    all.iter().map(|(_, name)| word(name)).collect()
}

fn row(driven: &Driven) -> usize {
    driven.shown().row_of(driven.chosen()).unwrap()
}

fn top_of(driven: &Driven, words: &str) -> f32 {
    let mut rows = driven.harness.get_all_by_role(Role::Row);
    rows.find(|r| r.accesskit_node().label().unwrap_or_default().contains(words)).unwrap().rect().top()
}

#[test]
fn columns_are_chosen_in_the_menu_and_by_keyboard() {
    let mut driven = open(logs());
    assert_eq!(heads(&driven), ["time", "Δ", "host", "source", "level", "message"]);
    driven.harness.get_by_label("Columns").click();
    driven.settle();
    driven.harness.get_by_label("line number").click();
    driven.settle();
    driven.harness.get_by_label("source").click();
    driven.settle();
    driven.key(Key::Escape);
    assert_eq!(heads(&driven), ["time", "Δ", "host", "line", "level", "message"]);

    let head = driven.harness.query_all_by_role(Role::ColumnHeader).find(|n| format!("{n:?}").contains("level"));
    head.unwrap().focus();
    driven.settle();
    driven.key(Key::Enter);
    driven.harness.get_by_label("Move left").click();
    driven.settle();
    assert_eq!(heads(&driven), ["time", "Δ", "host", "level", "line", "message"]);
    driven.harness.get_by_label("Usual columns").click();
    driven.settle();
    assert_eq!(driven.harness.state().view.list.columns, Columns::default());
}

#[test]
fn columns_outlive_the_logs_they_were_chosen_for() {
    let mut driven = open(logs());
    list(&mut driven, Act::ShowColumn(Column::Process, true));
    list(&mut driven, Act::Width(Column::Host, Some(140.0)));
    let chosen = driven.harness.state().view.list.columns.clone();
    driven.run(Command::Reload);
    assert_eq!(driven.harness.state().view.list.columns, chosen);
    let saved = serde_json::to_string(&chosen).unwrap();
    assert_eq!(serde_json::from_str::<Columns>(&saved).unwrap(), chosen);
}

#[test]
fn an_edge_that_is_dragged_changes_the_width_and_a_double_click_fits_it() {
    let mut driven = open(logs());
    let width = |d: &Driven| {
        let cells = d.harness.state().view.list.columns.cells(1_000.0, d.shown().measures, false);
        let cell = cells.into_iter().find(|c| c.column == Column::Source).unwrap();
        cell.right - cell.left
    };
    let before = width(&driven);
    let edge = driven.harness.get_by_label("Width of source").rect().center();
    driven.harness.hover_at(edge);
    driven.harness.run_steps(1);
    driven.harness.drag_at(edge);
    driven.harness.run_steps(1);
    driven.harness.hover_at(edge + egui::vec2(60.0, 0.0));
    driven.harness.run_steps(2);
    driven.harness.drop_at(edge + egui::vec2(60.0, 0.0));
    driven.harness.run_steps(2);
    assert!((width(&driven) - before - 60.0).abs() < 8.0, "{before} to {}", width(&driven));
    let edge = driven.harness.get_by_label("Width of source").rect().center();
    driven.harness.hover_at(edge);
    driven.harness.run_steps(2);
    // A step of the test takes longer than two clicks of a hand.
    driven.harness.ctx.options_mut(|o| o.input_options.max_double_click_delay = 10.0);
    for pressed in [true, false, true, false] {
        let button = egui::PointerButton::Primary;
        let event = egui::Event::PointerButton { pos: edge, button, pressed, modifiers: Modifiers::NONE };
        driven.harness.event(event);
    }
    driven.harness.run_steps(3);
    let fitted = width(&driven);
    assert!((30.0..before + 30.0).contains(&fitted), "as wide as `app.log` needs: {fitted}");
}

#[test]
fn a_record_of_several_lines_opens_below_its_row_and_folds_again() {
    let mut driven = open(logs());
    let before = top_of(&driven, "request 18 failed");
    assert!(!driven.says("at storage.rs:12"));
    driven.harness.get_by_label("Open this row: 2 lines more").click();
    driven.settle();
    assert!(driven.says("at storage.rs:12") && driven.says("at main.rs:3"));
    let opened = top_of(&driven, "request 18 failed");
    assert!(opened > before + 40.0, "the rows below make room: {before} to {opened}");
    driven.harness.get_by_label("Fold this row").click();
    driven.settle();
    assert_eq!(top_of(&driven, "request 18 failed"), before);
    driven.key(Key::E);
    driven.key(Key::Z);
    assert!(driven.says("at storage.rs:12"));
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::Z);
    driven.settle();
    assert!(driven.harness.state().view.list.opened.is_empty());
}

#[test]
fn arrows_open_and_fold_where_the_list_has_the_keyboard() {
    let mut driven = open(logs());
    driven.key(Key::E);
    driven.harness.get_by_role(Role::Table).focus();
    driven.settle();
    driven.key(Key::ArrowRight);
    assert!(driven.says("at main.rs:3"));
    driven.key(Key::ArrowLeft);
    assert!(!driven.harness.query_all_by_role(Role::Paragraph).any(|n| format!("{n:?}").contains("at main.rs:3")));
}

#[test]
fn opened_rows_stay_open_in_another_order_another_filter_and_a_growing_file() {
    let mut driven = open(logs());
    driven.key(Key::E);
    driven.key(Key::Z);
    driven.run(Command::SetFilter("disk".to_owned()));
    assert!(driven.says("at main.rs:3"));
    driven.run(Command::SetFilter("request".to_owned()));
    assert_eq!(driven.harness.state().layout.list.get().n, 3, "a hidden row takes no room");
    driven.run(Command::SetFilter(String::new()));
    driven.run(Command::Follow);
    append(&driven.folder.path().join("case/db1/db.log"), "2026-10-10T13:08:08.000Z INFO back again\n");
    let end = Instant::now() + Duration::from_secs(10);
    while driven.shown().rows.len() < 10 {
        assert!(Instant::now() < end, "the new line never came");
        driven.harness.step();
    }
    driven.harness.run_steps(3);
    let id = driven.chosen();
    assert!(driven.harness.state().view.list.opened.get(id).is_some());
    assert!(driven.harness.state().layout.list.get().n > 10);
}

#[test]
fn a_long_record_shows_its_beginning_and_says_how_much_is_left() {
    let folder = logs();
    let trace: String = (0..5_000).map(|i| format!("\tat frame{i}\n")).collect();
    append(&folder.path().join("case/db1/db.log"), &format!("2026-10-10T13:08:09.000Z ERROR dump\n{trace}"));
    let mut driven = open(folder);
    driven.key(Key::End);
    driven.key(Key::Z);
    assert!(driven.says("at frame0"));
    let state = driven.harness.state();
    let lines = state.view.list.opened.get(state.view.chosen.unwrap()).unwrap();
    assert_eq!((lines.lines.len(), lines.more), (200, 4_800));
    assert!(!driven.says("frame4999"));
}

/// Two hosts that mention the same request, and some that do not.
fn requests() -> tempfile::TempDir {
    let folder = logs();
    for (path, line) in [
        ("case/web1/app.log", "2026-10-10T13:08:09.000Z INFO begin of req-77ab12 for db1\n"),
        ("case/db1/db.log", "2026-10-10T13:08:10.000Z INFO req-99xy99 done\n"),
        ("case/db1/db.log", "2026-10-10T13:08:11.000Z ERROR req-77ab12 failed\n"),
    ] {
        append(&folder.path().join(path), line);
    }
    folder
}

#[test]
fn a_name_in_a_message_filters_and_shift_leaves_it_out() {
    let mut driven = open(requests());
    driven.run(Command::SetFilter("req".to_owned()));
    let filter = |d: &Driven| d.harness.state().view.filter.clone();
    driven.harness.get_all_by_label("Filter by req-77ab12").next().unwrap().click();
    driven.settle();
    assert_eq!(filter(&driven), "req id:req-77ab12");
    assert_eq!(driven.harness.state().view.chosen, None, "the click was for the name, not for the row");
    driven.run(Command::SetFilter("begin".to_owned()));
    driven.harness.get_by_label("Filter by host db1").click_modifiers(Modifiers::SHIFT);
    driven.settle();
    assert_eq!(filter(&driven), "begin -id:db1");
}

#[test]
fn o_leads_to_the_next_event_with_the_same_name_and_back() {
    let mut driven = open(requests());
    driven.run(Command::SetFilter("req-77ab12".to_owned()));
    driven.key(Key::Home);
    let first = driven.chosen();
    driven.run(Command::SetFilter(String::new()));
    let from = row(&driven);
    driven.key(Key::O);
    assert_eq!(row(&driven), from + 2, "over the event with another request");
    assert_eq!(driven.harness.state().view.list.entity.as_deref(), Some("req-77ab12"));
    driven.key(Key::O);
    assert_eq!(driven.harness.state().view.message.as_deref(), Some("no further event with req-77ab12"));
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::O);
    driven.settle();
    assert_eq!(driven.chosen(), first);
}

#[test]
fn the_menu_of_a_row_opens_by_key_and_by_the_right_button() {
    let mut driven = open(logs());
    driven.key(Key::E);
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::F10);
    driven.settle();
    assert!(driven.harness.query_by_label_contains("Copy raw lines").is_some());
    let chosen = driven.chosen();
    driven.key(Key::ArrowDown);
    driven.key(Key::ArrowDown);
    assert_eq!(driven.chosen(), chosen, "arrows are for the menu while it is open");
    driven.key(Key::Enter);
    assert!(driven.harness.state().notes.of(chosen).is_some(), "the third item is Mark");
    assert!(driven.harness.query_by_label_contains("Copy raw lines").is_none());

    let row = driven.harness.get_all_by_role(Role::Row).find(|r| format!("{r:?}").contains("retrying"));
    row.unwrap().click_secondary();
    driven.settle();
    assert_ne!(driven.chosen(), chosen, "the menu is about the row that was clicked");
    driven.harness.get_by_label_contains("Show only").click();
    driven.settle();
    driven.harness.get_by_label("level warning").click();
    driven.settle();
    assert_eq!(driven.harness.state().view.filter, "level:warning");
    assert_eq!(driven.shown().rows.len(), 1);
}

#[test]
fn the_head_says_what_distances_are_told_from() {
    let mut driven = open(logs());
    assert!(driven.says("Column Δ above"));
    driven.key(Key::T);
    assert!(driven.says("Column Δ chosen"));
}

#[test]
fn long_messages_can_be_read_to_their_end() {
    let folder = logs();
    let long = format!("2026-10-10T13:08:09.000Z ERROR {} the-end-of-it-1x\n", "word ".repeat(120));
    append(&folder.path().join("case/db1/db.log"), &long);
    let mut driven = open(folder);
    driven.key(Key::End);
    assert!(driven.harness.query_by_label("Filter by the-end-of-it-1x").is_none(), "it is out of sight");
    for _ in 0..40 {
        driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowRight);
        driven.harness.run_steps(1);
    }
    assert!(driven.harness.state().view.list.slide > 0.0);
    for _ in 0..40 {
        driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
        driven.harness.run_steps(1);
    }
    assert_eq!(driven.harness.state().view.list.slide, 0.0);
    driven.key(Key::Z);
    let shown = driven.harness.query_all_by_role(Role::Paragraph);
    let told: String = shown.map(|n| n.accesskit_node().label().unwrap_or_default()).collect();
    assert!(told.contains("the-end-of-it-1x"), "opened, the whole line can be read");
}
