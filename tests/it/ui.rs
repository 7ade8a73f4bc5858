//! The window, driven as a user does, without a display: clicks and keys in, what is said and saved out.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use causeline::analysis::Config;
use causeline::format::definition::Definitions;
use causeline::ui::command::{self, COMMANDS, Command};
use causeline::ui::notes::Saved;
use causeline::ui::panel::PANELS;
use causeline::ui::reading::Stage;
use causeline::ui::state::{Overlay, Tab};
use causeline::ui::window::Window;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

fn config() -> Config {
    Config { definitions: Arc::new(Definitions::builtin()), ..Config::default() }
}

/// Two hosts, nine events, one of them an error, one a stack trace.
fn logs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "case/web1/app.log",
        "2026-10-10T13:08:01.100Z INFO ready to serve\n\
         2026-10-10T13:08:02.200Z INFO request 17 answered\n\
         2026-10-10T13:08:03.300Z ERROR request 18 failed: connection refused\n\
         2026-10-10T13:08:04.400Z WARN retrying request 18\n\
         2026-10-10T13:08:05.500Z INFO evil \u{202e}txt.exe\u{7} done\n",
    );
    write(
        "case/db1/db.log",
        "2026-10-10T13:08:00.000Z INFO starting\n\
         2026-10-10T13:08:02.900Z CRITICAL disk is gone\n\
         \x20\x20at storage.rs:12\n\
         \x20\x20at main.rs:3\n\
         2026-10-10T13:08:06.000Z INFO stopped\n\
         2026-10-10T13:08:07.000Z INFO bye\n",
    );
    folder
}

struct Driven {
    harness: Harness<'static, Window>,
    folder: tempfile::TempDir,
}

impl Driven {
    fn open() -> Self {
        let folder = logs();
        let window = Window::new(vec![folder.path().join("case")], config());
        let mut driven = Driven { harness: harness(window), folder };
        driven.settle();
        assert_eq!(driven.harness.state().reading.stage, Stage::Done);
        assert_eq!(driven.harness.state().shown.rows.len(), 9);
        driven
    }

    /// Runs frames until threads are done and nothing asks for another.
    fn settle(&mut self) {
        let end = Instant::now() + Duration::from_secs(20);
        self.harness.run_steps(2);
        while self.harness.state().is_busy() {
            assert!(Instant::now() < end, "still busy after 20 s");
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
        self.harness.run_steps(3);
    }

    fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    fn run(&mut self, command: Command) {
        let ctx = self.harness.ctx.clone();
        command::run(self.harness.state_mut(), &ctx, command);
        self.settle();
    }

    fn case_file(&self) -> PathBuf {
        self.folder.path().join("case.causeline.toml")
    }
}

fn harness(window: Window) -> Harness<'static, Window> {
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .build_ui_state(|ui, window: &mut Window| window.show(ui), window)
}

#[test]
fn an_empty_window_offers_every_way_to_open() {
    let mut harness = harness(Window::new(Vec::new(), config()));
    harness.run_steps(3);
    for label in ["Open files…", "Open folder…", "Path"] {
        assert!(harness.query_by_label(label).is_some(), "{label}");
    }
    assert!(harness.query_by_label("Filter").is_none(), "nothing to filter yet");
}

#[test]
fn a_typed_path_opens() {
    let folder = logs();
    let mut harness = harness(Window::new(Vec::new(), config()));
    harness.run_steps(2);
    harness.get_by_label("Path").focus();
    harness.run_steps(2);
    harness.get_by_label("Path").type_text(&folder.path().join("case").to_string_lossy());
    harness.run_steps(2);
    harness.get_by_label("Open").click();
    let mut driven = Driven { harness, folder };
    driven.settle();
    assert_eq!(driven.harness.state().shown.rows.len(), 9);
}

#[test]
fn every_panel_is_there_with_a_case_and_every_command_runs() {
    let mut driven = Driven::open();
    assert!(PANELS.iter().all(|p| !p.name.is_empty()));
    for row in COMMANDS {
        // Dialogs and other sets of logs are another test's matter.
        if matches!(row.command, Command::OpenFiles | Command::OpenFolder | Command::AddFiles | Command::OpenSample) {
            continue;
        }
        driven.run(row.command.clone());
        driven.run(Command::SetOverlay(Overlay::None));
    }
    for (tab, _) in Tab::ALL {
        driven.run(Command::SetTab(tab));
    }
    assert_eq!(driven.harness.state().shown.rows.len(), 9);
}

#[test]
fn a_file_that_is_not_there_is_a_diagnostic_not_a_dialog() {
    let mut harness = harness(Window::new(vec![PathBuf::from("/no/such/folder")], config()));
    for _ in 0..200 {
        harness.step();
        std::thread::sleep(Duration::from_millis(5));
        if !harness.state().is_busy() {
            break;
        }
    }
    harness.run_steps(3);
    assert!(harness.query_by_label_contains("1 diagnostic").is_some());
}

#[test]
fn the_filter_narrows_counts_and_clears() {
    let mut driven = Driven::open();
    driven.key(Key::Slash);
    driven.harness.get_by_label("Filter").type_text("request");
    driven.settle();
    assert_eq!(driven.harness.state().shown.rows.len(), 3);
    assert!(driven.harness.query_by_label("3 of 9 · 6 hidden").is_some());
    driven.key(Key::Escape);
    driven.harness.get_by_label("Clear filter").click();
    driven.settle();
    assert_eq!(driven.harness.state().shown.rows.len(), 9);
    assert!(driven.harness.query_all_by_label("9 events").count() >= 1);
}

#[test]
fn a_wrong_filter_says_where_and_keeps_the_rows() {
    let mut driven = Driven::open();
    driven.run(Command::SetFilter("/(/".to_owned()));
    assert!(driven.harness.state().view.filter_error.is_some());
    assert_eq!(driven.harness.state().shown.rows.len(), 9);
    assert!(driven.harness.query_by_label_contains("character").is_some());
    driven.run(Command::SetFilter(String::new()));
    assert!(driven.harness.state().view.filter_error.is_none());
}

#[test]
fn letters_in_the_filter_are_text_not_commands() {
    let mut driven = Driven::open();
    driven.key(Key::Slash);
    driven.key(Key::J);
    driven.key(Key::M);
    assert_eq!(driven.harness.state().view.chosen, None);
    assert!(!driven.case_file().exists());
}

#[test]
fn a_chosen_row_shows_its_raw_text() {
    let mut driven = Driven::open();
    let row = driven.harness.get_all_by_role(Role::Row).find(|r| format!("{r:?}").contains("disk is gone"));
    row.expect("the row is in view").click();
    driven.settle();
    let raw = driven.harness.get_by_label("Raw text").value().unwrap();
    assert!(raw.contains("CRITICAL disk is gone") && raw.contains("at main.rs:3"), "{raw}");
    assert!(driven.harness.query_by_label("db1/db.log:2").is_some());
    assert!(driven.harness.query_all_by_label("2026-10-10T13:08:02.900Z").count() >= 1);
}

#[test]
fn harmful_characters_are_drawn_as_dots() {
    let mut driven = Driven::open();
    driven.run(Command::SetFilter("evil".to_owned()));
    driven.key(Key::J);
    let raw = driven.harness.get_by_label("Raw text").value().unwrap();
    assert!(raw.contains("evil ·txt.exe· done"), "{raw}");
}

#[test]
fn keys_walk_rows_errors_and_warnings() {
    let mut driven = Driven::open();
    let row = |d: &Driven| d.harness.state().view.chosen.map(|id| d.harness.state().shown.row_of(id).unwrap());
    for (key, expected) in [
        (Key::G, 0),
        (Key::J, 1),
        (Key::J, 2),
        (Key::K, 1),
        (Key::E, 3),
        (Key::E, 4),
        (Key::W, 5),
        (Key::End, 8),
        (Key::PageUp, 1),
        (Key::Home, 0),
    ] {
        driven.key(key);
        assert_eq!(row(&driven), Some(expected), "after {key:?}");
    }
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::G);
    driven.settle();
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::E);
    driven.settle();
    assert_eq!(row(&driven), Some(4), "the last error");
}

#[test]
fn mark_and_comment_reach_the_case_file_and_come_back() {
    let mut driven = Driven::open();
    assert!(!driven.case_file().exists(), "nothing is written without an annotation");
    driven.key(Key::E);
    driven.key(Key::M);
    driven.key(Key::C);
    driven.harness.get_by_label("Comment").type_text("first sign of it");
    driven.settle();
    let saved = std::fs::read_to_string(driven.case_file()).unwrap();
    assert!(saved.contains("first sign of it") && saved.contains("db1/db.log"), "{saved}");
    assert_eq!(*driven.harness.state().notes.saved(), Saved::Saved);

    let mut again = harness(Window::new(vec![driven.folder.path().join("case")], config()));
    for _ in 0..100 {
        again.step();
        std::thread::sleep(Duration::from_millis(5));
    }
    let notes = &again.state().notes;
    let (annotation, place) = notes.all().next().expect("it was loaded");
    assert_eq!(annotation.comment, "first sign of it");
    assert!(place.is_some(), "and found");
}

#[test]
fn changes_of_the_case_can_be_taken_back() {
    let mut driven = Driven::open();
    driven.key(Key::E);
    driven.key(Key::M);
    assert_eq!(driven.harness.state().notes.all().count(), 1);
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driven.settle();
    assert_eq!(driven.harness.state().notes.all().count(), 0);
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    driven.settle();
    assert_eq!(driven.harness.state().notes.all().count(), 1);
}

#[test]
fn a_case_that_cannot_be_read_is_not_overwritten() {
    let folder = logs();
    let case = folder.path().join("case.causeline.toml");
    std::fs::write(&case, "this is = = not toml").unwrap();
    let mut driven = Driven { harness: harness(Window::new(vec![folder.path().join("case")], config())), folder };
    driven.settle();
    driven.key(Key::E);
    driven.key(Key::M);
    std::thread::sleep(Duration::from_millis(600));
    driven.harness.run_steps(3);
    assert!(matches!(driven.harness.state().notes.saved(), Saved::Failed(_)));
    assert_eq!(std::fs::read_to_string(case).unwrap(), "this is = = not toml");
    assert!(driven.harness.query_by_label_contains("case NOT saved").is_some());
}

#[test]
fn the_timeline_pans_and_zooms_and_fits() {
    let mut driven = Driven::open();
    driven.key(Key::Plus);
    let near = driven.harness.state().view.range.expect("zoomed");
    let all = driven.harness.state().shown.extent.unwrap();
    assert!(near.span() < all.span());
    driven.key(Key::D);
    assert!(driven.harness.state().view.range.unwrap().start > near.start);
    let at = egui::pos2(700.0, 250.0);
    driven.harness.hover_at(at);
    driven.harness.run_steps(1);
    driven.harness.drag_at(at);
    driven.harness.run_steps(1);
    driven.harness.hover_at(at + egui::vec2(90.0, 0.0));
    driven.harness.run_steps(2);
    driven.harness.drop_at(at + egui::vec2(90.0, 0.0));
    driven.harness.run_steps(2);
    assert!(driven.harness.state().view.range.unwrap().start < near.start + (near.span() * 0.2) as i64);
    driven.key(Key::Num0);
    assert_eq!(driven.harness.state().view.range, None);
}

#[test]
fn the_palette_finds_and_runs() {
    let mut driven = Driven::open();
    driven.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::P);
    driven.settle();
    driven.harness.get_by_label("Command").type_text("last event");
    driven.settle();
    driven.key(Key::Enter);
    let state = driven.harness.state();
    assert_eq!(state.view.overlay, Overlay::None);
    assert_eq!(state.shown.row_of(state.view.chosen.unwrap()), Ok(8));
}

#[test]
fn go_to_time_chooses_the_first_event_from_then_on() {
    let mut driven = Driven::open();
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    driven.settle();
    driven.harness.get_by_label("Time").type_text("13:08:03");
    driven.settle();
    driven.key(Key::Enter);
    let state = driven.harness.state();
    assert_eq!(state.shown.row_of(state.view.chosen.unwrap()), Ok(4));
}

#[test]
fn a_followed_file_grows_the_list_and_the_selection_stays() {
    let mut driven = Driven::open();
    driven.key(Key::E);
    let chosen = |d: &Driven| {
        let s = d.harness.state();
        s.view.chosen.map(|id| s.shown.analysis.raw(id).to_vec())
    };
    let before = chosen(&driven);
    driven.run(Command::Follow);
    append(&driven.folder.path().join("case/db1/db.log"), "2026-10-10T13:08:08.000Z INFO back again\n");
    let end = Instant::now() + Duration::from_secs(10);
    while driven.harness.state().shown.rows.len() < 10 {
        assert!(Instant::now() < end, "the new line never came");
        std::thread::sleep(Duration::from_millis(20));
        driven.harness.step();
    }
    driven.harness.run_steps(3);
    assert_eq!(chosen(&driven), before);
}

fn append(path: &Path, text: &str) {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}
