//! The window and its case file: what a window that died left, what others write meanwhile, where nothing can be written.

use std::time::{Duration, Instant};

use causeline::case::keep::{self, Keep, Opened};
use causeline::case::{Annotation, Case, When, file};
use causeline::ui::command::Command;
use causeline::ui::notes::Saved;
use causeline::ui::window::Window;

use crate::ui::{Driven, config, harness, logs};

fn note(text: &str) -> Annotation {
    Annotation { comment: text.to_owned(), ..Annotation::at(When::exact(0, 0), None) }
}

fn window(folder: tempfile::TempDir) -> Driven {
    let window = Window::new(vec![folder.path().join("case")], config());
    let mut driven = Driven { harness: harness(window), folder };
    driven.settle();
    driven
}

fn texts(case: &Case) -> Vec<String> {
    case.annotations.iter().map(|a| a.comment.clone()).collect()
}

/// Runs frames until something holds; it must within ten seconds.
fn until(driven: &mut Driven, what: &str, holds: impl Fn(&Window) -> bool) {
    let end = Instant::now() + Duration::from_secs(10);
    while !holds(driven.harness.state()) {
        assert!(Instant::now() < end, "{what}");
        driven.harness.step();
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn what_a_window_that_died_had_written_down_is_there_again() {
    let folder = logs();
    let path = folder.path().join("case.causeline.toml");
    let Opened { mut keep, mut case, .. } = Keep::open(&path, Case::new(vec!["case".to_owned()])).unwrap();
    for text in ["one", "two", "three"] {
        case.add(note(text));
        keep.note(&case).unwrap();
    }
    drop(keep);
    assert!(!path.exists());
    let driven = window(folder);
    let state = driven.harness.state();
    assert_eq!(texts(state.notes.case()), ["one", "two", "three"]);
    assert!(driven.says("3 edits recovered"), "it is told");
    assert_eq!(texts(&file::load(&driven.case_file()).unwrap()), ["one", "two", "three"]);
    let journal = driven.folder.path().join("case.causeline.toml.journal");
    assert!(!journal.exists(), "what is in the case is in no journal");
}

#[test]
fn what_a_script_writes_appears_in_the_window_and_neither_is_lost() {
    let mut driven = window(logs());
    driven.key(egui::Key::E);
    driven.run(Command::Mark);
    let marked = driven.harness.state().notes.case().annotations.len();
    let path = driven.case_file();
    until(&mut driven, "the mark is saved", |w| *w.notes.saved() == Saved::Saved);
    until(&mut driven, "the case says which logs it was made from", |_| {
        file::load(&path).is_ok_and(|c| !c.marks.is_empty())
    });
    driven.settle();
    keep::change(&path, |case| Ok(case.add(note("from a script")))).unwrap();
    until(&mut driven, "the window reads it", |w| w.notes.case().annotations.len() == marked + 1);
    driven.settle();
    // Both at once: the window has not looked when it saves.
    keep::change(&path, |case| Ok(case.add(note("another")))).unwrap();
    driven.run(Command::Mark);
    until(&mut driven, "both are saved", |w| {
        *w.notes.saved() == Saved::Saved && w.notes.case().annotations.len() == marked + 1
    });
    let there = file::load(&path).unwrap();
    assert_eq!(texts(&there), ["from a script", "another"]);
    driven.run(Command::Undo);
    assert_eq!(
        driven.harness.state().notes.case().annotations.len(),
        marked + 2,
        "undo takes back one's own edit only"
    );
}

#[test]
fn where_nothing_can_be_written_it_is_told_and_saved_elsewhere() {
    let folder = logs();
    let mut driven = window(folder);
    // A folder where the file should be: nobody can replace that, root neither.
    std::fs::create_dir(driven.case_file()).unwrap();
    let ctx = driven.harness.ctx.clone();
    driven.key(egui::Key::E);
    // Settling would wait for the saving that cannot be.
    causeline::ui::marker::toggle_mark(driven.harness.state_mut());
    until(&mut driven, "it is told", |w| matches!(w.notes.saved(), Saved::Failed(_)));
    assert_eq!(driven.harness.state().notes.case().annotations.len(), 1, "nothing is lost");
    let other = driven.folder.path().join("other.causeline.toml");
    driven.harness.state_mut().notes.save_as(&ctx, &other);
    until(&mut driven, "it is saved elsewhere", |w| *w.notes.saved() == Saved::Saved);
    assert_eq!(file::load(&other).unwrap().annotations.len(), 1);
    std::fs::remove_dir(driven.case_file()).unwrap();
}
