//! The report page, what is added to it, and what is written to files.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use causeline::ui::command::Command;
use causeline::ui::export::{Act as Export, Form};
use causeline::ui::findings::Act;
use causeline::ui::state::Tab;
use egui::Key;
use egui_kittest::kittest::Queryable as _;

use crate::ui::Driven;
use crate::ui_findings::incident;

fn report(driven: &mut Driven) -> String {
    driven.run(Command::SetTab(Tab::Report));
    driven.harness.state().report.text().unwrap().to_string()
}

#[test]
fn a_story_is_added_to_the_report_and_taken_out_again() {
    let mut driven = incident();
    let whole = report(&mut driven);
    assert!(whole.contains("#### 1. ") && whole.contains("### Sources"), "{whole}");
    let found = driven.harness.state().found.clone().unwrap();
    let alone = (0..found.findings.list.len())
        .find(|i| !found.findings.stories.iter().any(|s| s.members().any(|m| m == *i)))
        .expect("a finding of no story");
    let title = found.findings.list[alone].title.clone();
    driven.run(Command::Finding(Act::Report(vec![alone], true)));
    let told = report(&mut driven);
    assert!(told.contains("#### Single findings") && !told.contains("#### 1. "), "{told}");
    assert!(driven.says("It tells 1 finding"), "the page says so");
    let kept = std::fs::read_to_string(driven.case_file()).unwrap();
    assert!(kept.contains("[[report.finding]]"), "{kept}");
    driven.run(Command::Undo);
    assert_eq!(report(&mut driven), whole, "{title}");
}

#[test]
fn a_story_is_chosen_and_added_by_keyboard_and_by_button() {
    let mut driven = incident();
    let story = driven.harness.state().found.as_ref().unwrap().findings.stories[0].clone();
    driven.run(Command::Finding(Act::Story(0)));
    driven.harness.get_by_label("Add story to the report").click();
    driven.settle();
    assert!(driven.says("Take story out of the report"));
    let n = driven.harness.state().notes.case().report.findings.len();
    assert!(n >= 1 && n <= story.members().count());
    driven.run(Command::Undo);
    driven.key(Key::CloseBracket);
    driven.harness.key_press_modifiers(egui::Modifiers::SHIFT, Key::R);
    driven.settle();
    assert_eq!(driven.harness.state().notes.case().report.findings.len(), 1);
    driven.harness.key_press_modifiers(egui::Modifiers::SHIFT, Key::R);
    driven.settle();
    assert!(driven.harness.state().notes.case().report.findings.is_empty());
}

#[test]
fn what_was_dismissed_leaves_the_report_and_a_red_herring_is_called_so() {
    let mut driven = incident();
    let found = driven.harness.state().found.clone().unwrap();
    let first = found.findings.stories[0].members().next().unwrap();
    let title = found.findings.list[first].title.clone();
    driven.run(Command::Finding(Act::Open(first)));
    driven.run(Command::Finding(Act::Dismiss));
    let told = report(&mut driven);
    assert!(told.contains("The analyst dismissed one more finding."), "{told}");
    driven.run(Command::Finding(Act::Open(first)));
    driven.run(Command::Finding(Act::RedHerring));
    let told = report(&mut driven);
    assert!(told.contains("### Red herrings") && told.contains("not the cause, says the analyst"), "{title}: {told}");
}

#[test]
fn report_and_events_are_written_and_no_file_is_replaced_unasked() {
    let mut driven = incident();
    let whole = report(&mut driven);
    let n = driven.shown().rows.len();
    for (form, name) in [(Form::Report, "r.md"), (Form::Csv, "e.csv"), (Form::Jsonl, "e.jsonl"), (Form::Text, "e.txt")]
    {
        let path = driven.folder.path().join(name);
        driven.run(Command::Export(Export::SaveTo(form, path.to_string_lossy().into_owned())));
        let text = std::fs::read_to_string(&path).unwrap();
        match form {
            Form::Report => assert_eq!(text, whole),
            Form::Jsonl => assert_eq!(text.lines().count(), n),
            Form::Csv => assert!(text.starts_with("file,line,time_utc")),
            Form::Text => assert!(text.lines().count() >= n),
        }
        driven.run(Command::Export(Export::SaveTo(form, path.to_string_lossy().into_owned())));
        assert!(driven.says("is there already"));
    }
    let nowhere = driven.folder.path().join("no/such/folder/r.md");
    driven.run(Command::Export(Export::SaveTo(Form::Report, nowhere.to_string_lossy().into_owned())));
    assert!(driven.says("cannot be written"));
}
