//! The window, driven as a user does, without a display: clicks and keys in, what is said and saved out.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use causeline::analysis::Config;
use causeline::cli::args::Cli;
use causeline::cli::window::Open;
use causeline::event::EventId;
use causeline::export::why;
use causeline::format::definition::Definitions;
use causeline::ui::command::{self, COMMANDS, Command};
use causeline::ui::notes::Saved;
use causeline::ui::panel::PANELS;
use causeline::ui::reading::Stage;
use causeline::ui::shell;
use causeline::ui::shown::{Anchor, Shown};
use causeline::ui::state::{Overlay, Tab};
use causeline::ui::window::Window;
use clap::Parser as _;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

pub(crate) fn config() -> Config {
    Config { definitions: Arc::new(Definitions::builtin()), ..Config::default() }
}

/// Two hosts, nine events, one of them an error, one a stack trace.
pub(crate) fn logs() -> tempfile::TempDir {
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

pub(crate) struct Driven {
    pub(crate) harness: Harness<'static, Window>,
    pub(crate) folder: tempfile::TempDir,
}

impl Driven {
    /// A copy of the sample incident, in causal order.
    fn incident() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&crate::tools::root().join("sample-logs/failover-that-never-promoted"), &folder.path().join("case"));
        Driven::causal(folder, Config { causal: true, ..config() })
    }

    pub(crate) fn causal(folder: tempfile::TempDir, config: Config) -> Self {
        let window = Window::new(vec![folder.path().join("case")], config);
        let mut driven = Driven { harness: harness(window), folder };
        driven.settle();
        assert!(driven.shown().is_causal());
        driven
    }

    pub(crate) fn shown(&self) -> &Shown {
        &self.harness.state().shown
    }

    pub(crate) fn chosen(&self) -> EventId {
        self.harness.state().view.chosen.unwrap()
    }

    /// The first event of a file.
    fn first_of(&self, path: &str) -> EventId {
        let at = Anchor { path: path.to_owned(), line: 1 };
        self.shown().at_anchor(&at).unwrap()
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.harness.query_all_by_label_contains(words).next().is_some()
    }

    /// What the rows on the screen say.
    pub(crate) fn rows(&self) -> Vec<String> {
        self.harness.get_all_by_role(Role::Row).map(|row| row.accesskit_node().label().unwrap_or_default()).collect()
    }

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
    pub(crate) fn settle(&mut self) {
        let end = Instant::now() + Duration::from_secs(20);
        self.harness.run_steps(2);
        while self.harness.state().is_busy() {
            assert!(Instant::now() < end, "still busy after 20 s");
            std::thread::sleep(Duration::from_millis(5));
            self.harness.step();
        }
        self.harness.run_steps(3);
    }

    pub(crate) fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.settle();
    }

    pub(crate) fn run(&mut self, command: Command) {
        let ctx = self.harness.ctx.clone();
        command::run(self.harness.state_mut(), &ctx, command);
        self.settle();
    }

    pub(crate) fn case_file(&self) -> PathBuf {
        self.folder.path().join("case.causeline.toml")
    }
}

pub(crate) fn harness(window: Window) -> Harness<'static, Window> {
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
        if matches!(
            row.command,
            Command::OpenFiles | Command::OpenFolder | Command::AddFiles | Command::Shell(shell::Act::Sample(_))
        ) {
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

pub(crate) fn append(path: &Path, text: &str) {
    use std::io::Write as _;
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(|e| e.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn the_switch_reorders_the_rows_and_keeps_the_chosen_event_on_the_screen() {
    let mut driven = Driven::incident();
    let kernel = driven.first_of("pg01/kern.log");
    driven.run(Command::ChooseInLanes(kernel));
    let place = |d: &Driven| {
        let (state, row) = (d.harness.state(), d.shown().row_of(d.chosen()).unwrap() as u64);
        let page = state.layout.list.get().page();
        assert!((state.view.scroll.top..state.view.scroll.top + page).contains(&row), "row {row} is in view");
        (row, d.shown().time(d.chosen()).unwrap())
    };
    let (causal, corrected) = place(&driven);
    driven.harness.get_by_label("As recorded").click();
    driven.settle();
    assert!(!driven.shown().is_causal() && driven.chosen() == kernel);
    let (recorded, stamp) = place(&driven);
    assert!(recorded + 500 < causal, "37 s of other hosts stood before it: {recorded} {causal}");
    assert!((37_000_000_000..38_000_000_000).contains(&(corrected - stamp)));
    assert!(driven.says("as recorded: no clock is corrected"));
    driven.key(Key::R);
    assert_eq!(place(&driven), (causal, corrected));
    assert!(!driven.says("no clock is corrected"));
}

#[test]
fn a_filter_holds_in_both_orders() {
    let mut driven = Driven::incident();
    driven.run(Command::SetFilter("level>=warning".to_owned()));
    let ids = |d: &Driven| -> Vec<EventId> { (0..).map_while(|row| d.shown().event(row)).collect() };
    let causal = ids(&driven);
    driven.key(Key::R);
    let recorded = ids(&driven);
    assert!(causal != recorded && causal.len() > 50);
    let sorted = |mut ids: Vec<EventId>| {
        ids.sort();
        ids
    };
    assert_eq!(sorted(causal), sorted(recorded.clone()));
    let times: Vec<_> = recorded.iter().map(|&id| driven.shown().analysis.events.key(id)).collect();
    assert!(times.is_sorted());
}

#[test]
fn heads_of_lanes_sources_and_strip_tell_the_clocks() {
    let driven = Driven::incident();
    for words in [
        "Lane pg01, clock −37.6 s ±",
        "Host pg01, clock −37.6 s ±",
        "Lane api1, clock reference",
        "pg01 37.6 s behind ±2.5 ms by 148 records with api1",
    ] {
        assert!(driven.says(words), "{words}");
    }
}

#[test]
fn hosts_that_share_nothing_float_and_are_named() {
    let mut driven = Driven::causal(logs(), Config { causal: true, ..config() });
    for words in ["Lane web1, clock floating", "db1, web1 float: order against the others unknown"] {
        assert!(driven.says(words), "{words}");
    }
    driven.run(Command::FirstRow);
    let rows = driven.rows();
    assert!(
        rows.iter().any(|r| r.contains("web1") && r.ends_with("; order against the chosen event unknown")),
        "{rows:?}"
    );
    assert!(rows.iter().any(|r| r.contains("db1") && r.ends_with("; after the chosen event")), "{rows:?}");
}

#[test]
fn rows_tell_how_they_stand_to_the_chosen_event() {
    let mut driven = Driven::incident();
    let kernel = driven.first_of("pg01/kern.log");
    driven.run(Command::ChooseInLanes(kernel));
    let rows = driven.rows();
    let some = |host: &str, end: &str| rows.iter().any(|r| r.contains(host) && r.ends_with(end));
    assert!(some(" api1 ", "; before the chosen event"), "{rows:?}");
    assert!(some(" pg01 ", "; order against the chosen event unknown"), "the same second: {rows:?}");
    driven.run(Command::SetFilter("host:api1 level>=error".to_owned()));
    let rows = driven.rows();
    assert!(rows.len() > 5 && rows.iter().all(|r| r.ends_with("; after the chosen event")), "{rows:?}");
}

#[test]
fn direct_causes_are_listed_with_their_reason_and_lead_there() {
    let mut driven = Driven::incident();
    let edge = *driven.shown().analysis.edges.all().first().expect("the sample has edges");
    driven.run(Command::ChooseInLanes(edge.to));
    assert!(driven.says("WHAT CAME BEFORE IT, DIRECTLY") && driven.says(edge.rule.why()));
    driven.harness.get_all_by_role(Role::Link).next().unwrap().click();
    driven.settle();
    assert!(driven.shown().analysis.edges.causes(edge.to).iter().any(|e| e.from == driven.chosen()));
    assert!(driven.says("WHAT CAME AFTER IT, DIRECTLY"));
}

#[test]
fn two_events_are_compared_in_the_words_of_the_command_line() {
    let mut driven = Driven::incident();
    let (kernel, api) = (driven.first_of("pg01/kern.log"), driven.first_of("api1/api.log"));
    driven.run(Command::ChooseInLanes(kernel));
    driven.key(Key::X);
    assert!(driven.says("Choose another one to see how the two are ordered"));
    driven.run(Command::ChooseInLanes(api));
    let answer = why::answer(&driven.shown().analysis, api, kernel);
    assert!(answer.starts_with("certain: api1/api.log:1 before pg01/kern.log:1"), "{answer}");
    assert!(driven.says(&answer));
    let row = driven
        .harness
        .get_all_by_role(Role::Row)
        .find(|r| r.accesskit_node().label().is_some_and(|l| l.contains("chosen event")));
    row.unwrap().click_modifiers(Modifiers::COMMAND);
    driven.settle();
    assert_eq!(driven.chosen(), api, "Ctrl+click leaves the choice as it is");
    let third = driven.harness.state().view.compared.unwrap();
    assert!(third != kernel && driven.says(&why::answer(&driven.shown().analysis, api, third)));
    driven.harness.get_by_label("Let go").click();
    driven.settle();
    assert!(!driven.says("HOW ARE THESE TWO ORDERED?"));
}

#[test]
fn the_three_stamps_of_an_event_are_told_with_what_the_third_rests_on() {
    let mut driven = Driven::incident();
    driven.run(Command::ChooseInLanes(driven.first_of("pg01/kern.log")));
    for words in ["Oct 10 13:08:20", "2026-10-10T13:08:20Z", "2026-10-10T13:08:57.6Z ±2.5 ms, up to 1.0 s later"] {
        assert!(driven.harness.query_all_by_label(words).next().is_some(), "{words}");
    }
    assert!(driven.says("pg01 is 37.600 s behind"));
    assert!(driven.says("Certainly: it is the same record, first where it arose"), "its line in the ring buffer");
}

#[test]
fn an_offset_that_is_given_moves_the_rows_and_the_order_can_be_chosen_at_the_start() {
    let open = |more: &[&str]| {
        let cli = Cli::try_parse_from([&["causeline"], more, &["x"]].concat()).unwrap();
        Open::new(&cli.open, false).unwrap().config
    };
    let mut driven = Driven::causal(logs(), open(&["--offset", "web1=+10"]));
    let hosts = |d: &Driven| -> Vec<String> {
        (0..9).map(|row| d.shown().lane(d.shown().event(row).unwrap()).1.to_owned()).collect()
    };
    assert_eq!(hosts(&driven), [vec!["web1"; 5], vec!["db1"; 4]].concat());
    assert!(driven.says("Lane web1, clock +10.0 s given"));
    driven.key(Key::R);
    assert_eq!(hosts(&driven).first().map(String::as_str), Some("db1"));

    let config = open(&["--order", "recorded"]);
    let folder = logs();
    let window = Window::new(vec![folder.path().join("case")], config);
    let mut recorded = Driven { harness: harness(window), folder };
    recorded.settle();
    assert!(!recorded.shown().is_causal() && recorded.shown().snapshot.causal.is_none());
    recorded.key(Key::R);
    assert!(recorded.shown().is_causal(), "asking for it measures the clocks");
}

#[test]
fn what_is_followed_keeps_the_measured_clocks_until_they_are_measured_again() {
    let mut driven = Driven::incident();
    driven.run(Command::ChooseInLanes(driven.first_of("pg02/corosync.log")));
    let chosen = driven.shown().analysis.raw(driven.chosen()).to_vec();
    let edges = driven.shown().analysis.edges.all().len();
    driven.run(Command::Follow);
    append(&driven.folder.path().join("case/pg01/kern.log"), "Oct 10 13:08:31 pg01 kernel: a new one\n");
    let end = Instant::now() + Duration::from_secs(10);
    while driven.shown().snapshot.unmeasured == 0 {
        assert!(Instant::now() < end, "the new line never came");
        std::thread::sleep(Duration::from_millis(20));
        driven.harness.step();
    }
    driven.settle();
    assert!(driven.says("1 newer event by the clocks as measured before"));
    let analysis = &driven.shown().analysis;
    assert_eq!((analysis.edges.all().len(), analysis.raw(driven.chosen())), (edges, &chosen[..]));
    let (last, _) = analysis
        .events
        .segments()
        .iter()
        .enumerate()
        .rfind(|(_, s)| s.source == analysis.events.source(driven.first_of("pg01/kern.log")))
        .unwrap();
    let new = EventId(analysis.events.ids_of_segment(last).end - 1);
    assert!(analysis.raw(new).ends_with(b"a new one"));
    let moved = analysis.corrected(new).unwrap() - analysis.events.time(new).unwrap();
    assert!((37_500_000_000..37_700_000_000).contains(&moved), "{moved}");
    driven.run(Command::MeasureClocks);
    assert_eq!(driven.shown().snapshot.unmeasured, 0);
    assert!(!driven.says("newer event"));
}

#[test]
fn the_switch_and_the_shifts_have_names_and_keys() {
    let mut driven = Driven::incident();
    for name in ["Causal", "As recorded", "Show shifts"] {
        assert_eq!(driven.harness.query_all_by_label(name).count(), 1, "{name}");
    }
    driven.key(Key::S);
    assert!(driven.harness.state().view.shifts);
    driven.harness.get_by_label("Show shifts").click();
    driven.settle();
    assert!(!driven.harness.state().view.shifts);
}

#[test]
fn clearing_a_filter_keeps_the_chosen_event_on_the_screen() {
    let mut driven = Driven::incident();
    driven.run(Command::SetFilter("49f469aef8".to_owned()));
    driven.key(Key::J);
    driven.key(Key::J);
    let rows = driven.rows().len();
    assert!((2..6).contains(&rows), "{rows} rows of one request");
    driven.key(Key::Backspace);
    let (state, row) = (driven.harness.state(), driven.shown().row_of(driven.chosen()).unwrap() as u64);
    let top = state.view.scroll.top;
    assert!((top..top + state.layout.list.get().page()).contains(&row), "row {row} is in view from {top} on");
}
