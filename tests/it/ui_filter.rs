//! The filter and the search of the window: chips, completion, what is remembered, matches; by click and by keyboard.

use causeline::ui::command::Command;
use causeline::ui::filter::{Act, List};
use causeline::ui::panel::filter as field;
use causeline::ui::search;
use causeline::ui::window::Window;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{Driven, config, harness, logs};

fn open() -> Driven {
    let folder = logs();
    let window = Window::new(vec![folder.path().join("case")], config());
    let mut driven = Driven { harness: harness(window), folder };
    driven.settle();
    assert_eq!(shown(&driven), 9);
    driven
}

fn shown(driven: &Driven) -> usize {
    driven.shown().rows.len()
}

fn filter(driven: &Driven) -> &str {
    &driven.harness.state().view.filter
}

fn typed(driven: &mut Driven, text: &str) {
    driven.harness.get_by_label("Filter").type_text(text);
    driven.settle();
}

fn click(driven: &mut Driven, label: &str) {
    driven.harness.get_by_label(label).click();
    driven.settle();
}

fn chips(driven: &Driven) -> Vec<String> {
    let buttons = driven.harness.get_all_by_role(Role::Button).filter_map(|b| b.accesskit_node().label());
    buttons.filter_map(|l| l.strip_prefix("Term ").map(str::to_owned)).collect()
}

fn has_keyboard(driven: &Driven) -> bool {
    driven.harness.ctx.memory(|m| m.has_focus(field::id()))
}

fn chosen_row(driven: &Driven) -> Option<usize> {
    driven.harness.state().view.chosen.and_then(|id| driven.shown().row_of(id).ok())
}

fn pressed(driven: &mut Driven, modifiers: Modifiers, key: Key) {
    driven.harness.key_press_modifiers(modifiers, key);
    driven.settle();
}

#[test]
fn finished_terms_are_chips_that_can_be_changed_turned_and_removed() {
    let mut driven = open();
    driven.key(Key::Slash);
    typed(&mut driven, "request level>=warning ");
    assert_eq!(chips(&driven), ["request", "level>=warning"]);
    assert_eq!(shown(&driven), 2);
    assert!(driven.says("2 of 9") && driven.says("7 hidden"));
    click(&mut driven, "Term level>=warning");
    assert_eq!(chips(&driven), ["request"], "it is in the field again");
    assert_eq!(filter(&driven), "request level>=warning");
    typed(&mut driven, "|");
    assert_eq!(filter(&driven), "request level>=warning|", "and typed on at its end");
    driven.key(Key::Backspace);
    driven.key(Key::Escape);
    driven.key(Key::Escape);
    assert_eq!(chips(&driven), ["request", "level>=warning"], "leaving the field finishes it");
    click(&mut driven, "Remove request");
    assert_eq!((filter(&driven), shown(&driven)), ("level>=warning", 3));
    driven.run(Command::Filter(Act::Negate(0)));
    assert_eq!((filter(&driven), shown(&driven)), ("-level>=warning", 6));
    driven.harness.get_by_label("Term -level>=warning").focus();
    driven.settle();
    driven.key(Key::Minus);
    assert_eq!(filter(&driven), "level>=warning", "by keyboard, too");
    driven.harness.get_by_label("Term level>=warning").focus();
    driven.settle();
    driven.key(Key::Delete);
    assert_eq!((filter(&driven), shown(&driven)), ("", 9));
}

#[test]
fn backspace_takes_the_last_chip_back_and_enter_gives_the_keyboard_back() {
    let mut driven = open();
    driven.key(Key::Slash);
    typed(&mut driven, "level:error \"request 18\" ");
    assert_eq!(chips(&driven).len(), 2);
    driven.key(Key::Backspace);
    assert_eq!(chips(&driven), ["level:error"]);
    assert!(has_keyboard(&driven));
    driven.key(Key::Enter);
    assert!(!has_keyboard(&driven));
    assert_eq!(chips(&driven), ["level:error", "\"request 18\""]);
    driven.key(Key::J);
    assert!(driven.harness.state().view.chosen.is_some(), "letters are commands again");
}

#[test]
fn completion_offers_keys_and_what_is_there_with_counts() {
    let mut driven = open();
    driven.key(Key::Slash);
    typed(&mut driven, "ho");
    assert!(driven.harness.query_by_label("host:").is_some());
    driven.key(Key::Tab);
    assert_eq!(filter(&driven), "host:");
    assert!(has_keyboard(&driven), "a key is typed on");
    assert!(driven.harness.query_by_label("host:db1, 4 events").is_some());
    assert!(driven.harness.query_by_label("host:web1, 5 events").is_some());
    driven.key(Key::ArrowDown);
    driven.key(Key::ArrowDown);
    driven.key(Key::Enter);
    assert_eq!((chips(&driven), shown(&driven)), (vec!["host:web1".to_owned()], 5));
    assert!(has_keyboard(&driven), "the next term can follow");
    typed(&mut driven, "-lev");
    typed(&mut driven, "el:war");
    driven.key(Key::Tab);
    assert_eq!((filter(&driven), shown(&driven)), ("host:web1 -level:warning", 4));
    typed(&mut driven, "err");
    assert_eq!(driven.harness.state().view.filters.list, List::Offers);
    driven.key(Key::Escape);
    assert!(has_keyboard(&driven), "Escape closes the list first");
    assert_eq!(driven.harness.state().view.filters.list, List::Closed);
    driven.key(Key::Escape);
    assert!(!has_keyboard(&driven), "and then gives the keyboard back");
}

#[test]
fn an_offer_is_taken_by_a_click() {
    let mut driven = open();
    driven.key(Key::Slash);
    typed(&mut driven, "source:db");
    click(&mut driven, "source:db1/db.log, 4 events");
    assert_eq!((chips(&driven), shown(&driven)), (vec!["source:db1/db.log".to_owned()], 4));
}

#[test]
fn an_error_marks_its_term_and_what_is_half_typed_is_none() {
    let mut driven = open();
    driven.key(Key::Slash);
    typed(&mut driven, "request ");
    typed(&mut driven, "level>=l");
    let error = driven.harness.state().view.filter_error.clone().unwrap();
    assert_eq!(error.term, 8..16);
    assert!(driven.says("no level `l`"));
    assert_eq!(shown(&driven), 3, "what stands before it is in force");
    driven.run(Command::SetFilter("\"open".to_owned()));
    assert!(driven.harness.state().view.filter_error.as_ref().unwrap().unfinished);
    driven.run(Command::ClearFilter);
    assert!(driven.harness.state().view.filter_error.is_none());
    assert_eq!(shown(&driven), 9);
}

#[test]
fn filters_used_before_come_back() {
    let mut driven = open();
    for text in ["request", "level>=warning", "request"] {
        driven.run(Command::SetFilter(text.to_owned()));
    }
    assert_eq!(driven.harness.state().view.filters.kept.recent, ["request", "level>=warning"]);
    pressed(&mut driven, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!((filter(&driven), shown(&driven)), ("level>=warning", 3));
    pressed(&mut driven, Modifiers::ALT, Key::ArrowLeft);
    pressed(&mut driven, Modifiers::ALT, Key::ArrowLeft);
    assert_eq!((filter(&driven), shown(&driven)), ("", 9));
    pressed(&mut driven, Modifiers::ALT, Key::ArrowLeft);
    assert!(driven.says("no earlier filter"));
    pressed(&mut driven, Modifiers::ALT, Key::ArrowRight);
    assert_eq!(filter(&driven), "request");
    driven.run(Command::ClearFilter);
    driven.key(Key::Slash);
    driven.key(Key::ArrowUp);
    assert!(driven.says("USED LAST") && driven.says("ALWAYS AT HAND"));
    driven.key(Key::ArrowUp);
    driven.key(Key::Enter);
    assert_eq!(filter(&driven), "level>=warning", "the last of the list is the oldest");
    driven.run(Command::Filter(Act::Past));
    click(&mut driven, "has:note");
    assert_eq!((filter(&driven), shown(&driven)), ("has:note", 0));
}

#[test]
fn a_filter_is_kept_under_a_name() {
    let mut driven = open();
    driven.run(Command::Filter(Act::Save));
    assert!(driven.says("there is no filter to save"));
    driven.run(Command::SetFilter("request -18".to_owned()));
    click(&mut driven, "Save filter");
    driven.harness.get_by_label("Name of the filter").type_text(" of others");
    driven.settle();
    driven.key(Key::Enter);
    let saved = driven.harness.state().view.filters.kept.saved.clone();
    assert_eq!(saved.iter().map(|s| s.text.as_str()).collect::<Vec<_>>(), ["request -18"]);
    assert!(saved[0].name.contains("of others"), "{saved:?}");
    let of_case =
        |d: &Driven| d.harness.state().notes.case().filters.iter().map(|f| f.name.clone()).collect::<Vec<_>>();
    assert_eq!(of_case(&driven), [saved[0].name.clone()], "the case takes it along");
    driven.run(Command::ClearFilter);
    driven.run(Command::Filter(Act::Past));
    let name = saved[0].name.clone();
    click(&mut driven, &name);
    assert_eq!((filter(&driven), shown(&driven)), ("request -18", 1));
    driven.run(Command::Filter(Act::Past));
    click(&mut driven, &format!("Forget {name}"));
    assert!(driven.harness.state().view.filters.kept.saved.is_empty());
    assert!(of_case(&driven).is_empty());
}

#[test]
fn notes_and_times_follow_what_changes() {
    let mut driven = open();
    driven.key(Key::E);
    driven.run(Command::SetFilter("has:note".to_owned()));
    assert_eq!(shown(&driven), 0);
    driven.key(Key::M);
    assert_eq!(shown(&driven), 1, "a mark that is set now passes now");
    pressed(&mut driven, Modifiers::COMMAND, Key::Z);
    assert_eq!(shown(&driven), 0);
    driven.run(Command::SetFilter("after:13:08:05".to_owned()));
    assert_eq!(shown(&driven), 3);
    let berlin = causeline::time::zone::Zone::parse("Europe/Berlin").unwrap();
    driven.run(Command::SetZone(berlin));
    assert_eq!(shown(&driven), 9, "the same hour, read in the zone that is shown");
}

#[test]
fn other_panels_add_and_take_away_terms() {
    let mut driven = open();
    driven.run(Command::Filter(Act::Add("host:db1".to_owned())));
    driven.run(Command::Filter(Act::Add("level:info".to_owned())));
    driven.run(Command::Filter(Act::Add("host:db1".to_owned())));
    assert_eq!((filter(&driven), shown(&driven)), ("level:info host:db1", 3));
    driven.run(Command::Filter(Act::Exclude("host:db1".to_owned())));
    assert_eq!((filter(&driven), shown(&driven)), ("level:info -host:db1", 3));
    driven.run(Command::Filter(Act::Only("id:18".to_owned())));
    assert_eq!((filter(&driven), shown(&driven)), ("id:18", 2));
    driven.run(Command::Filter(Act::Toggle("id:18".to_owned())));
    assert_eq!((filter(&driven), shown(&driven)), ("", 9));
}

#[test]
fn what_hides_how_many_is_told() {
    let mut driven = open();
    driven.run(Command::SetFilter("host:web1 request -18".to_owned()));
    assert!(driven.says("1 of 9"));
    click(&mut driven, "8 hidden");
    assert!(driven.says("EVENTS LEFT AFTER EACH TERM"));
    let end = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while driven.harness.query_all_by_label("…").next().is_some() {
        assert!(std::time::Instant::now() < end, "it is never worked out");
        driven.harness.step();
    }
    for left in ["5", "3", "1"] {
        assert!(driven.harness.query_all_by_label(left).next().is_some(), "{left} left");
    }
}

#[test]
fn a_search_hides_nothing_and_goes_round() {
    let mut driven = open();
    pressed(&mut driven, Modifiers::COMMAND, Key::F);
    driven.harness.get_by_label("Find").type_text("request");
    driven.settle();
    assert_eq!(shown(&driven), 9);
    assert!(driven.says("3 matches"));
    driven.key(Key::Enter);
    assert_eq!(chosen_row(&driven), Some(2));
    assert!(driven.says("1 of 3"));
    driven.key(Key::Enter);
    pressed(&mut driven, Modifiers::SHIFT, Key::Enter);
    assert_eq!(chosen_row(&driven), Some(2), "Shift goes back");
    let search = &driven.harness.state().view.search;
    assert_eq!(search.spans("a request, Requested"), [2..9, 11..18]);
    assert!(search.has(2) && !search.has(3));
    driven.key(Key::Escape);
    assert!(!driven.harness.state().view.search.open, "Escape closes it, field and all");
    assert!(driven.harness.state().view.search.spans("request").is_empty());
    driven.key(Key::N);
    assert_eq!(chosen_row(&driven), Some(3), "without a search the next row is the next match");
    pressed(&mut driven, Modifiers::SHIFT, Key::N);
    assert_eq!(chosen_row(&driven), Some(2));
}

#[test]
fn matches_follow_the_rows_that_are_left() {
    let mut driven = open();
    driven.run(Command::Search(search::Act::Open));
    driven.run(Command::Search(search::Act::Set("request".to_owned())));
    driven.run(Command::SetFilter("18".to_owned()));
    assert!(driven.says("2 matches"));
    for (n, row) in [(1, 0), (2, 1), (1, 0)] {
        driven.run(Command::Search(search::Act::Next));
        assert_eq!(chosen_row(&driven), Some(row));
        assert!(driven.says(&format!("{n} of 2")));
    }
    assert!(driven.says("from the first row again"));
    driven.run(Command::Search(search::Act::Set("/(/".to_owned())));
    assert!(driven.says("cannot read the regular expression"));
    driven.run(Command::Search(search::Act::Set("nowhere".to_owned())));
    driven.run(Command::Search(search::Act::Next));
    assert!(driven.says("no match") && driven.says("no row matches"));
}

/// Filter, next match, clear: not a click.
#[test]
fn filter_next_match_clear_by_keyboard_alone() {
    let mut driven = open();
    driven.key(Key::Slash);
    typed(&mut driven, "host:w");
    driven.key(Key::Tab);
    driven.key(Key::Enter);
    assert_eq!(shown(&driven), 5);
    pressed(&mut driven, Modifiers::COMMAND, Key::F);
    driven.harness.get_by_label("Find").type_text("18");
    driven.settle();
    driven.key(Key::Enter);
    assert_eq!(chosen_row(&driven), Some(2));
    driven.key(Key::Enter);
    assert_eq!(chosen_row(&driven), Some(3));
    driven.key(Key::Escape);
    let chosen = driven.chosen();
    driven.key(Key::Backspace);
    assert_eq!((filter(&driven), shown(&driven)), ("", 9));
    assert_eq!(driven.chosen(), chosen, "the selection stays");
}

#[test]
fn help_and_readme_tell_the_whole_language() {
    let mut driven = open();
    driven.run(Command::Help);
    let readme = std::fs::read_to_string(crate::tools::root().join("README.md")).unwrap();
    for key in causeline::query::language::KEYS {
        let example = format!("{}{}", key.written, key.example);
        assert!(driven.says(&example), "{example} in the help");
        assert!(readme.contains(&format!("`{}`", key.written)), "{} in README.md", key.written);
    }
}
