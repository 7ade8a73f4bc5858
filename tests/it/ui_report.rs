//! The report page, what is added to it, and what is written to files.

#![expect(clippy::unwrap_used, reason = "a step that fails is a test that fails")]

use causeline::ui::command::Command;
use causeline::ui::export::{Act as Export, FORMS, Form};
use causeline::ui::findings::Act;
use causeline::ui::report::Page;
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
    // What the report keeps to be opened again grows when the case has looked at its logs.
    let told = |text: &str| text.split("<!--").next().map(str::to_owned);
    assert_eq!(told(&report(&mut driven)), told(&whole), "{title}");
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
    for info in FORMS {
        let form = info.form;
        let path = driven.folder.path().join(form.file_name("out"));
        driven.run(Command::Export(Export::SaveTo(form, path.to_string_lossy().into_owned())));
        let text = std::fs::read_to_string(&path).unwrap();
        match form {
            // What is written also keeps where the logs are, so that it can be opened again.
            Form::Report => assert_eq!(text.split("<!--").next(), whole.split("<!--").next()),
            Form::Html => assert!(text.to_lowercase().starts_with("<!doctype html>") && text.contains("</html>")),
            Form::Json | Form::ChromeTrace | Form::Otlp => {
                let json: serde_json::Value = serde_json::from_str(&text).unwrap();
                assert!(json.as_object().is_some_and(|o| o.len() > 1 || o.contains_key("resourceLogs")));
            }
            Form::TimesketchCsv => assert!(text.starts_with("message,datetime,timestamp_desc")),
            Form::TimesketchJsonl => {
                // It needs a time; records of a file without any are left out, and that is said.
                let left_out = n - text.lines().count();
                assert!(left_out > 0 && driven.says(&format!("{left_out} without a time")), "{left_out}");
            }
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

#[test]
fn title_summary_authors_and_choices_are_kept_in_the_case_and_can_be_taken_back() {
    let mut driven = incident();
    driven.run(Command::SetTab(Tab::Report));
    driven.harness.get_by_label("Details").click();
    driven.settle();
    for (field, words) in [
        ("Title of the report", "The night of the disk "),
        ("Summary", "Payments were down.\n\nNobody *noticed*."),
        ("Authors", "Ada, Grace, "),
        ("Second zone", "Europe/Berlin"),
    ] {
        driven.harness.get_by_label(field).focus();
        driven.settle();
        driven.harness.get_by_label(field).type_text(words);
        driven.settle();
        assert_eq!(driven.harness.get_by_label(field).value().unwrap(), words, "what is typed stays as it is typed");
    }
    driven.harness.get_by_label("Timeline as list").click();
    driven.settle();
    driven.harness.get_by_label("With a small picture (mermaid)").click();
    driven.settle();
    let kept = causeline::case::file::load(&driven.case_file()).unwrap().report;
    assert_eq!(kept, driven.harness.state().notes.case().report);
    assert_eq!(
        (kept.title.as_str(), kept.summary.as_str(), kept.second_zone.as_str()),
        ("The night of the disk", "Payments were down.\n\nNobody *noticed*.", "Europe/Berlin")
    );
    assert_eq!(kept.authors, ["Ada", "Grace"]);
    assert!(kept.list && kept.mermaid);
    driven.run(Command::Report(causeline::ui::report::Act::Page(Page::Markdown)));
    assert!(report(&mut driven).contains("The night of the disk"), "the report has that title");
    for _ in 0..6 {
        driven.run(Command::Undo);
    }
    let report = &driven.harness.state().notes.case().report;
    assert_eq!(*report, causeline::case::ReportChoice::default(), "typing is one step for each field");
}

#[test]
fn what_cannot_be_read_is_told_at_the_field_and_not_taken_over() {
    let mut driven = incident();
    driven.run(Command::SetTab(Tab::Report));
    driven.run(Command::Report(causeline::ui::report::Act::Page(Page::Details)));
    driven.harness.get_by_label("Second zone").focus();
    driven.settle();
    driven.harness.get_by_label("Second zone").type_text("Middle/Earth");
    driven.settle();
    assert!(driven.says("no zone is called “Middle/Earth”; not taken over yet"));
    driven.harness.get_by_label("Replace addresses, names, keys and the like").click();
    driven.settle();
    driven.harness.get_by_label("Also replace").focus();
    driven.settle();
    driven.harness.get_by_label("Also replace").type_text("acme-\\d+\n");
    driven.settle();
    driven.harness.get_by_label("Also replace").type_text("(");
    driven.settle();
    assert!(driven.says("line 2: "));
    let report = &driven.harness.state().notes.case().report;
    assert_eq!((report.second_zone.as_str(), report.redact), ("", true));
    assert_eq!(report.redact_also, ["acme-\\d+"], "the last that could be read");
}

#[test]
fn one_menu_holds_every_form() {
    let mut driven = incident();
    driven.run(Command::SetTab(Tab::Report));
    driven.harness.get_by_label("Save report").click();
    driven.settle();
    for form in FORMS {
        assert!(driven.harness.query_by_label(form.name).is_some(), "{}", form.name);
    }
    driven.harness.get_by_label("Copy report").click();
    driven.settle();
    assert!(driven.says("report copied"));
}
