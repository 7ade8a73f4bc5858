//! Markers in the window: every kind on events, spans and moments; the list, the figures, the timeline, and the case.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use causeline::case::figures::By;
use causeline::case::{Annotation, Case, Kind};
use causeline::time::SECOND;
use causeline::ui::command::Command;
use causeline::ui::lanes;
use causeline::ui::marker::{Act, Focus};
use causeline::ui::state::Tab;
use causeline::ui::widget::time_axis::TimeRange;
use causeline::ui::window::Window;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{Driven, config, harness, logs};
use crate::ui_findings::incident;

/// 2026-10-10T13:08:00Z, when the logs of [`logs`] begin.
const BEGIN: i64 = 1_791_637_680 * SECOND;

fn open(folder: tempfile::TempDir) -> Driven {
    let mut driven = Driven { harness: harness(Window::new(vec![folder.path().join("case")], config())), folder };
    driven.settle();
    driven
}

fn case(driven: &Driven) -> &Case {
    driven.harness.state().notes.case()
}

fn last(driven: &Driven) -> &Annotation {
    case(driven).annotations.last().unwrap()
}

fn kinds(driven: &Driven) -> Vec<Kind> {
    case(driven).annotations.iter().map(|a| a.kind).collect()
}

fn undo(driven: &mut Driven) {
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    driven.settle();
}

fn redo(driven: &mut Driven) {
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::Y);
    driven.settle();
}

fn types(driven: &mut Driven, text: &str) {
    driven.harness.event(egui::Event::Text(text.to_owned()));
    driven.settle();
}

fn cards(driven: &Driven) -> Vec<String> {
    let nodes = driven.harness.query_all_by_role(Role::ListBoxOption);
    nodes.map(|n| n.accesskit_node().label().unwrap_or_default()).collect()
}

/// The case as the file has it.
fn saved(driven: &Driven) -> Case {
    causeline::case::file::load(&driven.case_file()).unwrap()
}

const KEYS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

#[test]
fn every_kind_has_a_key_that_marks_the_chosen_event_and_takes_the_mark_away() {
    let mut driven = open(logs());
    driven.key(Key::E);
    for (key, kind) in KEYS.into_iter().zip(Kind::ALL) {
        driven.key(key);
        assert_eq!(kinds(&driven), [kind], "{key:?}");
        assert_eq!(last(&driven).spot().unwrap().line, 2, "on the event");
        let row = driven.rows().into_iter().find(|r| r.contains("disk is gone")).unwrap();
        assert!(row.contains(&format!("; marked as {}", kind.title().to_lowercase())), "{row}");
        driven.key(key);
        assert!(kinds(&driven).is_empty(), "the same key once more");
        undo(&mut driven);
        assert_eq!(kinds(&driven), [kind]);
        undo(&mut driven);
        assert!(kinds(&driven).is_empty());
        redo(&mut driven);
        assert_eq!(kinds(&driven), [kind]);
        undo(&mut driven);
    }
}

#[test]
fn an_event_can_have_several_markers_each_with_words_of_its_own() {
    let mut driven = open(logs());
    driven.key(Key::E);
    driven.key(Key::M);
    driven.key(Key::Num1);
    assert_eq!(kinds(&driven), [Kind::Trigger], "a plain mark that gets a kind is that marker");
    driven.key(Key::C);
    types(&mut driven, "the disk");
    driven.key(Key::Escape);
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::C);
    driven.settle();
    types(&mut driven, "ask the vendor");
    assert_eq!(kinds(&driven), [Kind::Trigger, Kind::Note]);
    let words: Vec<&str> = case(&driven).annotations.iter().map(|a| a.comment.as_str()).collect();
    assert_eq!(words, ["the disk", "ask the vendor"]);
    driven.run(Command::SetTab(Tab::Event));
    assert_eq!(driven.harness.get_by_label("Comment").value().unwrap(), "the disk");
    assert_eq!(driven.harness.get_by_label("Words of the note").value().unwrap(), "ask the vendor");
    driven.key(Key::Num1);
    assert_eq!(kinds(&driven), [Kind::Trigger, Kind::Note], "a marker with words is not taken away by its key");
    driven.run(Command::SetFilter("has:note".to_owned()));
    assert_eq!(driven.shown().rows.len(), 1);
    assert_eq!(saved(&driven), *case(&driven));
}

#[test]
fn every_kind_marks_a_span() {
    let mut driven = open(logs());
    let span = TimeRange::new(BEGIN + 2_900_000_000, BEGIN + 6 * SECOND);
    driven.run(Command::Lanes(lanes::Act::SetSpan(Some(span))));
    for (i, kind) in Kind::ALL.into_iter().enumerate() {
        driven.run(Command::Marker(Act::Mark(kind)));
        let note = last(&driven);
        assert_eq!((note.kind, note.spot()), (kind, None));
        assert_eq!((note.at.unwrap().at, note.until.unwrap().at), (span.start, span.end), "edges on events are exact");
        assert_eq!(case(&driven).annotations.len(), i + 1);
    }
    let back = saved(&driven);
    assert_eq!(back.annotations, case(&driven).annotations, "no digit is lost in the file");
    let state = driven.harness.state();
    assert_eq!(state.view.notes.editing, state.view.notes.current, "the note on it waits for its words");
}

#[test]
fn the_chip_of_the_span_writes_a_note_on_it() {
    let mut driven = open(logs());
    let span = TimeRange::new(BEGIN + 1_234_567_891, BEGIN + 5_432_198_765);
    driven.run(Command::Lanes(lanes::Act::SetSpan(Some(span))));
    driven.harness.get_by_label("Write a note on the span").click();
    driven.settle();
    types(&mut driven, "the load test");
    let note = last(&driven);
    assert_eq!(note.comment, "the load test");
    let (at, until) = (note.at.unwrap(), note.until.unwrap());
    assert_eq!(
        (at.to_string(), until.to_string()),
        ("2026-10-10T13:08:01.23Z".to_owned(), "2026-10-10T13:08:05.43Z".to_owned())
    );
    assert!(driven.harness.query_by_label("Note: the load test").is_some(), "its band stands above the lanes");
    driven.key(Key::Escape);
    undo(&mut driven);
    assert_eq!(last(&driven).comment, "", "what was typed is one step");
    undo(&mut driven);
    assert!(kinds(&driven).is_empty());
}

#[test]
fn a_moment_that_no_log_holds_is_typed() {
    let mut driven = open(logs());
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::M);
    driven.settle();
    types(&mut driven, "noon");
    driven.key(Key::Enter);
    assert!(kinds(&driven).is_empty());
    assert!(driven.says("cannot read time `noon`"), "a sentence at the field");
    let berlin = causeline::time::zone::Zone::parse("Europe/Berlin").unwrap();
    driven.run(Command::SetZone(berlin));
    for (typed, at, until) in [
        ("~15:20", "~2026-10-10T13:20Z", None),
        ("15:08:03.5", "2026-10-10T13:08:03.5Z", None),
        ("15:20–~15:35", "2026-10-10T13:20Z", Some("~2026-10-10T13:35Z")),
        ("2026-10-09 23:00", "2026-10-09T21:00Z", None),
    ] {
        driven.run(Command::Marker(Act::TypedKind(Kind::Detection)));
        driven.run(Command::Marker(Act::Typed(typed.to_owned())));
        driven.run(Command::Marker(Act::Add));
        let note = last(&driven);
        assert_eq!(note.kind, Kind::Detection);
        assert_eq!(note.at.unwrap().to_string(), at, "{typed}");
        assert_eq!(note.until.map(|u| u.to_string()).as_deref(), until, "{typed}");
    }
    assert!(driven.harness.state().view.message.as_ref().unwrap().contains("before the first event"));
    assert_eq!(saved(&driven), *case(&driven));
}

#[test]
fn the_right_button_on_the_axis_notes_a_moment() {
    let mut driven = open(logs());
    let axis = driven.harness.get_by_label_contains("Time axis");
    axis.click_secondary();
    driven.settle();
    let item = driven.harness.get_by_label_contains("Note at 13:08:0");
    let told = item.accesskit_node().label().unwrap();
    item.click();
    driven.settle();
    let note = last(&driven);
    let time = note.at.unwrap().time_of_day(causeline::time::zone::Zone::default());
    assert_eq!(told, format!("Note at {time}"));
    assert_eq!(driven.harness.state().view.notes.editing, Some(note.id), "it waits for its words");
}

#[test]
fn the_list_is_used_by_keyboard_alone() {
    let mut driven = open(logs());
    driven.key(Key::E);
    driven.key(Key::Num1);
    driven.run(Command::LastRow);
    driven.key(Key::Num6);
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    driven.settle();
    let last_row = driven.chosen();
    driven.key(Key::ArrowUp);
    assert_ne!(driven.chosen(), last_row, "the list leads to what it lists");
    assert!(cards(&driven)[0].starts_with("Trigger 13:08:02.900, db1"), "{:?}", cards(&driven));
    driven.key(Key::ArrowDown);
    assert_eq!(driven.chosen(), last_row);
    driven.key(Key::ArrowUp);
    driven.key(Key::Enter);
    types(&mut driven, "**the** disk");
    driven.key(Key::Escape);
    driven.key(Key::Escape);
    assert_eq!(driven.harness.state().view.notes.editing, None);
    assert_eq!(case(&driven).annotations[0].comment, "**the** disk");
    driven.key(Key::Delete);
    assert_eq!(kinds(&driven), [Kind::Recovery]);
    driven.key(Key::Delete);
    assert!(kinds(&driven).is_empty(), "the next one is chosen, so that several can be removed");
    undo(&mut driven);
    undo(&mut driven);
    assert_eq!(kinds(&driven), [Kind::Trigger, Kind::Recovery]);
    assert_eq!(saved(&driven), *case(&driven));
}

#[test]
fn kind_words_author_tags_and_time_are_changed_in_place() {
    let mut driven = open(logs());
    driven.run(Command::Marker(Act::Typed("13:08:03".to_owned())));
    driven.run(Command::Marker(Act::Add));
    assert_eq!(driven.harness.state().view.notes.focus, Focus::None, "the field of the words has taken the keyboard");
    types(&mut driven, "called the *data centre* ");
    assert_eq!(driven.harness.get_by_label("Words of the note").value().unwrap(), "called the *data centre* ");
    driven.harness.get_by_label("Author").focus();
    driven.settle();
    driven.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    driven.settle();
    types(&mut driven, "Grace");
    driven.harness.get_by_label("Tags, with commas").focus();
    driven.settle();
    types(&mut driven, "db, #people, ");
    assert_eq!(driven.harness.get_by_label("Tags, with commas").value().unwrap(), "db, #people, ");
    driven.harness.get_by_label("Kind: Note").click();
    driven.settle();
    driven.harness.get_by_label("Mitigation").click();
    driven.settle();
    let note = last(&driven).clone();
    assert_eq!(
        (note.kind, note.comment.as_str(), note.author.as_str()),
        (Kind::Mitigation, "called the *data centre*", "Grace")
    );
    assert_eq!(note.tags, ["db", "people"]);
    driven.run(Command::Marker(Act::SetTime(note.id, "13:08:05–13:08:01".to_owned())));
    assert!(driven.says("ends before it begins"));
    assert_eq!(last(&driven).at, note.at, "what cannot be read changes nothing");
    driven.run(Command::Marker(Act::SetTime(note.id, "~13:08–13:09".to_owned())));
    assert_eq!(last(&driven).until.unwrap().to_string(), "2026-10-10T13:09Z");
    assert!(!driven.says("ends before it begins"));
    driven.run(Command::Marker(Act::Edit(None)));
    assert_eq!(saved(&driven), *case(&driven));
    driven.key(Key::E);
    driven.key(Key::Num1);
    assert_eq!(last(&driven).author, "Grace", "the next one has the same author");
}

#[test]
fn a_tag_narrows_the_list() {
    let mut driven = open(logs());
    for (typed, tags) in [("13:08:01", "db"), ("13:08:02", "db, web"), ("13:08:03", "")] {
        driven.run(Command::Marker(Act::Typed(typed.to_owned())));
        driven.run(Command::Marker(Act::Add));
        let number = last(&driven).id;
        driven.run(Command::Marker(Act::SetTags(number, tags.to_owned())));
    }
    driven.run(Command::Marker(Act::Edit(None)));
    assert_eq!(cards(&driven).len(), 3);
    driven.harness.get_by_label("#web").click();
    driven.settle();
    assert_eq!(cards(&driven).len(), 1);
    driven.harness.get_by_label("#web").click();
    driven.settle();
    assert_eq!(cards(&driven).len(), 3);
}

#[test]
fn a_lost_note_is_shown_and_can_be_attached_again() {
    let folder = logs();
    let text = "version = 1\n[[annotation]]\nid = 1\nkind = \"trigger\"\nfile = \"db1/db.log\"\nline = 2\n\
                hash = \"00000000deadbeef\"\ncomment = \"where did it go\"\n";
    std::fs::write(folder.path().join("case.causeline.toml"), text).unwrap();
    let mut driven = open(folder);
    driven.run(Command::SetTab(Tab::Notes));
    assert!(driven.says("NO LONGER IN THE LOGS"));
    assert!(cards(&driven)[0].contains("was db1/db.log:2; its record is no longer in the logs: where did it go"));
    driven.run(Command::Marker(Act::Show(1)));
    driven.run(Command::Marker(Act::Delete(1)));
    undo(&mut driven);
    assert_eq!(driven.harness.state().notes.place_of(1), None, "brought back, it is as lost as it was");
    driven.key(Key::E);
    driven.run(Command::SetTab(Tab::Notes));
    driven.run(Command::Marker(Act::Show(1)));
    driven.harness.get_by_label("Attach to the chosen event").click();
    driven.settle();
    assert_eq!(driven.harness.state().notes.place_of(1), Some(driven.chosen()));
    assert!(!driven.says("NO LONGER IN THE LOGS"));
    assert_eq!(saved(&driven).annotations[0].line, 2);
    undo(&mut driven);
    assert_eq!(driven.harness.state().notes.place_of(1), None);
}

#[test]
fn notes_of_a_case_that_is_opened_stand_by_time_and_on_the_timeline() {
    let folder = logs();
    let mut driven = open(folder);
    driven.key(Key::E);
    driven.run(Command::Mark);
    driven.run(Command::SetTab(Tab::Notes));
    let before = cards(&driven);
    let place = driven.harness.state().notes.place_of(1);
    let Driven { harness, folder } = driven;
    drop(harness);
    let mut again = open(folder);
    again.run(Command::SetTab(Tab::Notes));
    assert_eq!((cards(&again), again.harness.state().notes.place_of(1)), (before, place));
    assert!(place.is_some() && !again.says("WITHOUT A TIME"));
}

#[test]
fn figures_follow_the_markers_and_say_what_is_missing() {
    let mut driven = incident();
    driven.run(Command::SetTab(Tab::Notes));
    let figures = driven.harness.state().view.notes.digest.figures;
    assert_eq!(figures.impact_start.unwrap().by, By::Logs);
    assert!(driven.says("Start by the logs: 13:09:00.4"), "where the start comes from the logs it says so");
    assert!(driven.says("Not marked: detection (3), mitigation (5), recovery (6)"));
    assert!(driven.says("Detected after: not known; mark the detection"));
    for (typed, kind) in [
        ("13:09:00", Kind::ImpactStart),
        ("13:09:12", Kind::Detection),
        ("13:21", Kind::Mitigation),
        ("~13:49", Kind::Recovery),
        ("13:10:08", Kind::ImpactEnd),
    ] {
        driven.run(Command::Marker(Act::TypedKind(kind)));
        driven.run(Command::Marker(Act::Typed(typed.to_owned())));
        driven.run(Command::Marker(Act::Add));
    }
    driven.run(Command::Marker(Act::Edit(None)));
    for words in ["Impact 68 s", "Detected after 12 s", "Mitigated after 12 min", "Recovered after ~40 min"] {
        assert!(driven.harness.query_by_label(words).is_some(), "{words}");
    }
    assert!(!driven.says("Start by the logs") && !driven.says("Not marked"));
    undo(&mut driven);
    assert!(
        driven.harness.query_by_label("Impact ~40 min").is_some(),
        "recovery ends the impact where nothing else does"
    );
}

#[test]
fn marks_stand_on_the_timeline_and_lead_to_what_they_mark() {
    let mut driven = open(logs());
    driven.key(Key::E);
    let event = driven.chosen();
    driven.key(Key::Num1);
    driven.run(Command::Marker(Act::Typed("13:08:05–13:08:06".to_owned())));
    driven.run(Command::Marker(Act::Add));
    driven.run(Command::Marker(Act::Typed("~14:20".to_owned())));
    driven.run(Command::Marker(Act::Add));
    types(&mut driven, "called");
    driven.run(Command::Marker(Act::Edit(None)));
    driven.run(Command::LastRow);
    driven.harness.get_by_label("Trigger").click();
    driven.settle();
    assert_eq!(driven.chosen(), event);
    let beyond = driven.harness.get_by_label("1 note, later than what is seen: Note: called");
    beyond.click();
    driven.settle();
    assert_eq!(driven.harness.state().view.notes.current, Some(3));
    assert_eq!(driven.harness.state().view.tab, Tab::Notes);
    let n = driven
        .harness
        .query_all_by_role(Role::Button)
        .filter(|b| b.accesskit_node().label().is_some_and(|l| l == "Note" || l == "Trigger"));
    assert!(n.count() >= 2, "event and span have a mark each");
}

#[test]
fn what_was_made_comes_back_with_the_case() {
    let mut driven = open(logs());
    driven.key(Key::E);
    driven.key(Key::Num1);
    driven.run(Command::Marker(Act::Typed("~13:20".to_owned())));
    driven.run(Command::Marker(Act::Add));
    types(&mut driven, "pipes | and `ticks` and <b>\n# no title");
    let before = case(&driven).clone();
    let again = open(driven.folder);
    assert_eq!(*case(&again), before);
    assert!(again.harness.state().notes.place_of(1).is_some());
}
