//! Assumptions in the window: seen with their reasons, changed in place, taken back; and lines pinned as one moment.

use causeline::analysis::Config;
use causeline::case::assumption::{What, Whom};
use causeline::fact::packs::Packs;
use causeline::rule::Rules;
use causeline::ui::assume::Act;
use causeline::ui::command::Command;
use causeline::ui::state::Overlay;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;

use crate::assumptions::logs;
use crate::ui::{Driven, config, copy};

const DB2: &str = "db2/messages";

fn open() -> Driven {
    Driven::causal(logs(), Config { causal: true, ..config() })
}

fn source(name: &str) -> Vec<Whom> {
    vec![Whom::Source(name.to_owned())]
}

fn host(name: &str) -> Vec<Whom> {
    vec![Whom::Host(name.to_owned())]
}

/// Everything on the timeline, in its order.
fn rows(d: &Driven) -> Vec<String> {
    let a = &d.shown().analysis;
    let row =
        |id: &causeline::event::EventId| format!("{:?} {}", a.corrected(*id), String::from_utf8_lossy(a.raw(*id)));
    a.timeline.events().iter().map(row).collect()
}

fn choose(d: &mut Driven, words: &str) {
    let a = &d.shown().analysis;
    let has = |id: &&causeline::event::EventId| String::from_utf8_lossy(a.raw(**id)).contains(words);
    let id = *a.timeline.events().iter().find(has).unwrap();
    d.run(Command::ChooseInLanes(id));
}

fn chosen(d: &Driven) -> String {
    String::from_utf8_lossy(d.shown().analysis.raw(d.chosen())).into_owned()
}

fn message(d: &Driven) -> String {
    d.harness.state().view.message.clone().unwrap_or_default()
}

fn asks(d: &Driven) -> bool {
    matches!(d.harness.state().view.overlay, Overlay::Assume(_))
}

fn ctrl(d: &mut Driven, key: Key) {
    d.harness.key_press_modifiers(Modifiers::COMMAND, key);
    d.settle();
}

/// Asks, types an answer into the field and presses Enter.
fn answer(d: &mut Driven, what: What, whom: Vec<Whom>, typed: &str) {
    d.run(Command::Assume(Act::Ask(what, whom, (300, 60))));
    if let Overlay::Assume(ask) = &d.harness.state().view.overlay
        && !ask.text.is_empty()
    {
        ctrl(d, Key::A);
    }
    let name = match what {
        What::Zone => "Zone",
        What::Date => "Year",
        What::Host => "Host name",
        What::Offset => "Clock offset",
        What::Format => "Format",
    };
    assert!(d.harness.get_by_label(name).is_focused(), "{name} has the keyboard at once");
    d.harness.get_by_label(name).type_text(typed);
    d.settle();
    d.key(Key::Enter);
}

#[test]
fn a_zone_is_changed_in_the_strip_and_taken_back_and_the_selection_stays() {
    let mut d = open();
    choose(&mut d, "disk is gone");
    let before = rows(&d);
    ctrl(&mut d, Key::T);
    d.harness.get_by_label("Change: zone +02:00 from other files, for db2/messages").click();
    d.settle();
    assert!(asks(&d) && d.says("first stamp: Oct 10 13:08:18 as written"));
    d.harness.get_by_label("Zone").type_text("new york");
    d.settle();
    assert!(d.says("Oct 10 13:08:18 as written → 17:08:18 UTC"), "of the zone that Enter takes");
    assert!(d.says("America/New_York → 17:08:18 UTC"), "the list tells what the first stamp would read");
    d.key(Key::Enter);
    assert!(!asks(&d));
    assert_eq!(message(&d), "zone of db2/messages is now America/New_York; Ctrl+Z takes it back");
    let moved = rows(&d);
    assert_ne!(moved, before);
    assert!(moved.last().unwrap().contains("stopped"), "{moved:?}");
    assert!(chosen(&d).contains("disk is gone"));
    ctrl(&mut d, Key::T);
    assert!(d.says("yours") && d.says("Reset: zone America/New_York given, for db2/messages"));
    assert!(d.says("takes back: zone of db2/messages"));
    d.key(Key::Escape);
    ctrl(&mut d, Key::Z);
    assert_eq!((rows(&d), message(&d)), (before, "taken back: zone of db2/messages".to_owned()));
    assert!(chosen(&d).contains("disk is gone") && !d.says("yours"));
    ctrl(&mut d, Key::Y);
    assert_eq!((rows(&d), message(&d)), (moved, "made again: zone of db2/messages".to_owned()));
}

#[test]
fn the_keyboard_alone_reaches_an_assumption_and_changes_it() {
    let mut d = open();
    let before = rows(&d);
    ctrl(&mut d, Key::T);
    assert_eq!(d.harness.state().view.overlay, Overlay::Review);
    let there = |d: &Driven| {
        let all = d.harness.query_all_by_label_contains("Change: zone");
        all.into_iter().any(|n| n.is_focused())
    };
    for _ in 0..200 {
        if there(&d) {
            break;
        }
        d.key(Key::Tab);
    }
    assert!(there(&d), "Tab comes by");
    d.key(Key::Enter);
    assert!(asks(&d) && d.harness.get_by_label("Zone").is_focused());
    d.harness.get_by_label("Zone").type_text("utc");
    d.settle();
    d.key(Key::Enter);
    assert_ne!(rows(&d), before);
    ctrl(&mut d, Key::T);
    assert!(d.says("zone UTC given, for db2/messages"));
}

#[test]
fn what_cannot_be_is_refused_where_it_was_typed() {
    let mut d = open();
    let before = rows(&d);
    for (what, whom, typed, told) in [
        (What::Zone, source(DB2), "Mars/Olympus", "no zone is called “Mars/Olympus”"),
        (What::Date, source(DB2), "soon", "“soon” is not a year"),
        (What::Date, source(DB2), "12017", "the year must be between"),
        (What::Offset, host("db2"), "a while", "“a while” is not a length of time"),
        (What::Format, source(DB2), "nonesuch", "no format that fits is called"),
        (What::Host, source(DB2), " ", "a host needs a name"),
    ] {
        answer(&mut d, what, whom, typed);
        assert!(asks(&d) && d.says(told), "{told}");
        d.key(Key::Escape);
        assert!(!asks(&d));
    }
    assert_eq!(rows(&d), before);
    assert!(!d.case_file().exists(), "nothing was decided");
}

#[test]
fn year_offset_format_and_host_are_changed_and_reset() {
    let mut d = open();
    let before = rows(&d);
    answer(&mut d, What::Date, source(DB2), "2012");
    assert!(d.says("year 2012 given, for db2/messages") && rows(&d).first().unwrap().contains("starting"));
    d.run(Command::Assume(Act::Forget(What::Date, source(DB2))));
    assert_eq!(rows(&d), before);
    answer(&mut d, What::Offset, host("db2"), "-37s");
    assert!(d.says("db2 37.0 s behind as given"), "{}", message(&d));
    assert!(rows(&d).last().unwrap().contains("stopped"));
    assert_eq!(message(&d), "clock offset of db2 is now -37.0s; Ctrl+Z takes it back");
    d.run(Command::Undo);
    assert_eq!(rows(&d), before);
    answer(&mut d, What::Format, source("api1/api.log"), "text");
    let is_text = |d: &Driven| d.shown().analysis.infos.iter().any(|i| i.path == "api1/api.log" && i.format == "text");
    assert!(is_text(&d), "{}", message(&d));
    d.run(Command::Undo);
    assert!(!is_text(&d) && rows(&d) == before);
    answer(&mut d, What::Host, host("db2"), "api1");
    let lanes = |d: &Driven| d.shown().analysis.lanes.list.iter().map(|l| l.host.clone()).collect::<Vec<_>>();
    assert_eq!(lanes(&d), ["api1"], "the two lanes are one");
    d.run(Command::Undo);
    assert_eq!((lanes(&d), rows(&d)), (vec!["api1".to_owned(), "db2".to_owned()], before));
}

#[test]
fn decisions_are_saved_and_hold_from_the_start_and_what_is_not_known_is_kept() {
    let folder = logs();
    let case = folder.path().join("case.causeline.toml");
    let text = "version = 1\nmood = \"tired\"\n\n[[assumption]]\nsource = \"db2/messages\"\nyear = 2012\nlater = 7\n";
    std::fs::write(&case, text).unwrap();
    let mut d = Driven::causal(folder, Config { causal: true, ..config() });
    assert!(d.says("year 2012 given, for db2/messages"), "applied from the start");
    answer(&mut d, What::Zone, source(DB2), "+05:30");
    answer(&mut d, What::Offset, host("db2"), "1m");
    let saved = std::fs::read_to_string(&case).unwrap();
    for words in ["mood = \"tired\"", "later = 7", "zone = \"+05:30\"", "clock_offset = \"+60.0s\""] {
        assert!(saved.contains(words), "{saved}");
    }
    let decided = rows(&d);
    let again = Driven::causal(d.folder, Config { causal: true, ..config() });
    assert_eq!(rows(&again), decided);
}

#[test]
fn a_wrong_word_in_a_case_is_told_and_the_rest_holds() {
    let folder = logs();
    let text = "[[assumption]]\nsource = \"db2/messages\"\nzone = \"Mars/Olympus\"\nyear = 2012\n";
    std::fs::write(folder.path().join("case.causeline.toml"), text).unwrap();
    let d = Driven::causal(folder, Config { causal: true, ..config() });
    assert!(message(&d).contains("no zone is called “Mars/Olympus”"), "{}", message(&d));
    assert!(d.says("year 2012 given, for db2/messages"));
}

#[test]
fn two_lines_are_pinned_told_and_let_go() {
    let mut d = open();
    let before = rows(&d);
    d.key(Key::P);
    assert!(message(&d).contains("hold one of the two lines first"));
    choose(&mut d, "disk is gone");
    d.key(Key::X);
    choose(&mut d, "stopped");
    d.key(Key::P);
    assert!(message(&d).contains("the clock of db2 stamped both"), "{}", message(&d));
    choose(&mut d, "lost the database");
    d.key(Key::P);
    assert_eq!(message(&d), "pinned as one moment; Ctrl+Z takes it back");
    assert!(d.says("you pinned these two as one moment") && d.says("by 1 pin"));
    assert_ne!(rows(&d), before);
    assert!(!d.says("float: order against the others unknown"));
    ctrl(&mut d, Key::T);
    assert!(d.says("it sets the clock of db2") || d.says("it sets the clock of api1"));
    d.key(Key::Escape);
    d.run(Command::Assume(Act::Unpin(0)));
    assert_eq!(rows(&d), before);
    d.run(Command::Undo);
    assert!(d.says("by 1 pin"));
    let again = Driven::causal(d.folder, Config { causal: true, ..config() });
    assert!(again.says("by 1 pin"), "kept in the case");
}

#[test]
fn sources_open_in_place_and_can_be_hidden_and_shown() {
    let mut d = open();
    d.harness.get_by_label(DB2).click();
    d.settle();
    for words in
        ["3 records in 3 lines", "100 % accounted for", "zone +02:00, from other files", "year 2017", "host db2"]
    {
        assert!(d.says(words), "{words}");
    }
    d.harness.get_by_label("hide: source:db2/messages").click();
    d.settle();
    assert_eq!(d.shown().rows.len(), 3);
    d.harness.get_by_label("show: source:db2/messages").click();
    d.settle();
    assert_eq!(d.shown().rows.len(), 6);
    d.harness.get_by_label("Change zone of db2/messages").click();
    d.settle();
    assert!(asks(&d));
}

#[test]
fn zoom_filter_open_finding_and_verdicts_outlast_a_change() {
    let folder = tempfile::tempdir().unwrap();
    copy(&crate::tools::root().join("sample-logs/failover-that-never-promoted"), &folder.path().join("case"));
    let rules = Config { causal: true, packs: Packs::builtin(), rules: Rules::builtin(), ..config() };
    let mut d = Driven::causal(folder, rules);
    d.key(Key::CloseBracket);
    d.key(Key::Y);
    let confirmed = |d: &Driven| {
        let (w, mut n) = (d.harness.state(), 0);
        let found = w.found.as_ref().unwrap();
        for i in 0..found.findings.list.len() {
            n += usize::from(causeline::ui::findings::verdict(found, &w.notes, i).is_some());
        }
        n
    };
    assert_eq!(confirmed(&d), 1);
    d.key(Key::F);
    d.run(Command::SetFilter("level>=warning".to_owned()));
    let state = |d: &Driven| {
        let w = d.harness.state();
        let finding = w.found.as_ref().unwrap().findings.list[w.view.look.finding.unwrap()].rule.clone();
        (chosen(d), w.view.filter.clone(), w.view.range.map(|r| r.span() as i64), finding)
    };
    let before = state(&d);
    answer(&mut d, What::Host, host("pg01"), "first");
    assert_eq!(state(&d), before);
    assert_eq!(confirmed(&d), 1, "the verdict follows its finding");
    d.run(Command::Undo);
    assert_eq!((state(&d), confirmed(&d)), (before, 1));
}
