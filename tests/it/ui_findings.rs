//! Findings in the window: the panel, evidence that leads to its record, verdicts that stay, stories on the lanes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use causeline::analysis::Config;
use causeline::case::{FindingAnchor, Judgement};
use causeline::detect::finding::Expected;
use causeline::detect::{Evidence, Finding, Findings, Story};
use causeline::event::EventId;
use causeline::fact::packs::Packs;
use causeline::rule::{Role as Part, Rules, Severity};
use causeline::session::Found;
use causeline::ui::command::Command;
use causeline::ui::findings::{Act, Sections};
use causeline::ui::reading::Looking;
use causeline::ui::shell;
use causeline::ui::state::Tab;
use causeline::ui::window::Window;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{Driven, append, config, copy, harness, logs};

pub(crate) fn with_rules() -> Config {
    Config { causal: true, packs: Packs::builtin(), rules: Rules::builtin(), ..config() }
}

/// A copy of the sample incident, with what is out of order in it.
pub(crate) fn incident() -> Driven {
    let folder = tempfile::tempdir().unwrap();
    copy(&crate::tools::root().join("sample-logs/failover-that-never-promoted"), &folder.path().join("case"));
    let driven = Driven::causal(folder, with_rules());
    assert!(!found(&driven).findings.stories.is_empty(), "the sample tells a story");
    driven
}

fn found(driven: &Driven) -> &Found {
    driven.harness.state().found.as_ref().unwrap()
}

fn sections(driven: &Driven) -> Sections {
    Sections::of(found(driven), &driven.harness.state().notes)
}

fn open(driven: &Driven) -> usize {
    driven.harness.state().view.look.finding.unwrap()
}

fn labels(driven: &Driven, role: Role) -> Vec<String> {
    let nodes = driven.harness.query_all_by_role(role);
    nodes.map(|n| n.accesskit_node().label().unwrap_or_default()).collect()
}

#[test]
fn stories_stand_in_the_panel_and_on_the_lanes() {
    let driven = incident();
    let state = driven.harness.state();
    assert_eq!((state.view.tab, &state.reading.looking), (Tab::Findings, &Looking::Done));
    let names = labels(&driven, Role::Button);
    let findings = &found(&driven).findings;
    for (n, story) in findings.stories.iter().enumerate() {
        assert!(names.contains(&format!("Story {}: {}", n + 1, story.title)), "{names:?}");
    }
    let steps = &sections(&driven).stories.first().unwrap().steps.clone();
    for (n, &i) in steps.iter().enumerate() {
        let f = &findings.list[i];
        let end = format!("{}, {}: {}", f.severity.word(), f.certainty(), f.title);
        assert!(
            names.iter().any(|l| l.starts_with(&format!("Step {}, ", n + 1)) && l.ends_with(&end)),
            "{end}: {names:?}"
        );
        let circle = format!("Step {} of {}, ", n + 1, steps.len());
        assert!(names.iter().any(|l| l.starts_with(&circle)), "{circle}: {names:?}");
    }
    let worst = findings.worst().unwrap().word();
    assert!(driven.says(&format!("1 story, {worst}")) || driven.says(&format!("stories, {worst}")));
}

#[test]
fn evidence_leads_to_its_record_by_click_and_by_key() {
    let mut driven = incident();
    driven.key(Key::CloseBracket);
    let first = open(&driven);
    assert_eq!(Some(&first), sections(&driven).order().first());
    let f = found(&driven).findings.list[first].clone();
    assert!(f.evidence.len() > 1, "{f:?}");
    assert!(driven.says(&f.explanation));
    let evidence: Vec<EventId> = f.evidence.iter().map(|e| e.event).collect();
    let link = labels(&driven, Role::Button).into_iter().filter(|l| l.starts_with("Evidence ")).nth(1).unwrap();
    driven.harness.get_all_by_label(&link).next().unwrap().click();
    driven.settle();
    assert_eq!(driven.chosen(), evidence[1]);
    assert_eq!(driven.harness.state().view.tab, Tab::Findings, "the finding stays in view");
    let row = driven.shown().row_of(driven.chosen()).unwrap() as u64;
    let (top, page) = (driven.harness.state().view.scroll.top, driven.harness.state().layout.list.get().page());
    assert!((top..top + page).contains(&row), "row {row} is in view from {top} on");
    driven.key(Key::Comma);
    assert_eq!(driven.chosen(), evidence[0]);
    driven.key(Key::Period);
    assert_eq!(driven.chosen(), evidence[1]);
    assert!(driven.rows().iter().any(|r| r.contains("; evidence: ") || r.contains("; step ")), "{:?}", driven.rows());
    driven.run(Command::SetTab(Tab::Event));
    let back = labels(&driven, Role::Button).into_iter().find(|l| l.starts_with("Finding, ") && l.ends_with(&f.title));
    driven.harness.get_by_label(&back.unwrap()).click();
    driven.settle();
    assert_eq!((open(&driven), driven.harness.state().view.tab), (first, Tab::Findings), "one step back to the claim");
    driven.key(Key::CloseBracket);
    assert_ne!(open(&driven), first);
    driven.key(Key::OpenBracket);
    assert_eq!(open(&driven), first);
}

#[test]
fn a_chosen_story_leads_to_its_first_step_and_is_let_go_by_escape() {
    let mut driven = incident();
    let title = labels(&driven, Role::Button).into_iter().find(|l| l.starts_with("Story 1: ")).unwrap();
    driven.harness.get_by_label(&title).click();
    driven.settle();
    let view = &driven.harness.state().view;
    assert!(view.look.chosen && view.look.story == Some(0) && view.chosen.is_some());
    assert_eq!(view.look.finding, None, "all steps are seen, none takes the room of the others");
    driven.key(Key::CloseBracket);
    assert_eq!(Some(&open(&driven)), sections(&driven).stories[0].steps.first());
    driven.key(Key::Escape);
    assert!(driven.harness.state().view.look.story.is_some(), "first the selection");
    driven.key(Key::Escape);
    assert!(driven.harness.state().view.look.story.is_none(), "then the story");
}

#[test]
fn a_dismissed_finding_stays_dismissed_until_it_is_restored() {
    let mut driven = incident();
    driven.key(Key::CloseBracket);
    let first = open(&driven);
    let title = found(&driven).findings.list[first].title.clone();
    driven.key(Key::Delete);
    assert_eq!(sections(&driven).dismissed, [first]);
    assert!(!sections(&driven).stories.iter().any(|s| s.steps.contains(&first)));
    let saved = std::fs::read_to_string(driven.case_file()).unwrap();
    assert!(saved.contains("[[verdict]]") && saved.contains("dismissed"), "{saved}");

    let mut again = Driven::causal(driven.folder, with_rules());
    let dismissed = sections(&again).dismissed;
    assert_eq!(dismissed.iter().map(|&i| &found(&again).findings.list[i].title).collect::<Vec<_>>(), [&title]);
    again.harness.get_by_label("Dismissed (1)").click();
    again.settle();
    again.harness.get_by_label_contains("Restore: ").click();
    again.settle();
    assert!(sections(&again).dismissed.is_empty());
    again.harness.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    again.settle();
    assert_eq!(sections(&again).dismissed, dismissed, "undone");
    again.run(Command::Finding(Act::Judge(first, Some(Judgement::RedHerring))));
    assert!(sections(&again).dismissed.is_empty() && sections(&again).herrings.contains(&first));
}

#[test]
fn quiet_logs_say_that_nothing_is_out_of_order_and_that_hosts_float() {
    let driven = Driven::causal(logs(), with_rules());
    assert!(found(&driven).findings.list.is_empty(), "{:?}", found(&driven).findings);
    assert!(driven.says("Nothing is out of order that the rules know") && driven.says("nothing out of order"));
    assert!(driven.says("db1, web1 float: the order against other hosts is unknown"));
}

#[test]
fn findings_stay_with_their_records_while_files_grow() {
    let mut driven = incident();
    let raw = |d: &Driven| -> Vec<Vec<u8>> {
        let evidence = found(d).findings.list.iter().flat_map(|f| f.evidence.iter());
        evidence.map(|e| d.shown().analysis.raw(e.event).to_vec()).collect()
    };
    let (before, n) = (raw(&driven), driven.shown().analysis.events.len());
    driven.run(Command::Follow);
    append(&driven.folder.path().join("case/api1/api.log"), "2026-10-10T13:10:09.000Z INFO one more\n");
    let end = Instant::now() + Duration::from_secs(10);
    while driven.shown().analysis.events.len() == n {
        assert!(Instant::now() < end, "the new line never came");
        std::thread::sleep(Duration::from_millis(20));
        driven.harness.step();
    }
    assert_eq!(raw(&driven), before);
}

/// Findings as no rule would make them: nothing in them may be relied on.
fn odd() -> Findings {
    let finding = |at: u32, first: i64| Finding {
        rule: String::new(),
        severity: Severity::Critical,
        role: Part::Defect,
        confidence: f32::NAN,
        title: "a\u{202e}b\u{7}".repeat(300),
        short: String::new(),
        explanation: "x ".repeat(20_000),
        keys: vec![(String::new(), "v".repeat(5_000)); 40],
        hosts: vec!["h".repeat(500); 30],
        at: EventId(at),
        first,
        last: first.saturating_sub(1),
        count: usize::MAX,
        evidence: vec![Evidence { event: EventId(at), because: String::new() }; 3],
        benign: None,
        expected: vec![Expected { text: String::new(), seen: Some(EventId(at)), logged: true }],
        verify: "$(reboot)".to_owned(),
        prevent: String::new(),
        values: Vec::new(),
        targets: Vec::new(),
    };
    let list = vec![
        finding(0, 0),
        finding(1, i64::MIN),
        finding(u32::MAX, i64::MAX),
        finding(8, 1),
        finding(8, 1),
        finding(8, 1),
    ];
    let wrong = Story {
        title: String::new(),
        trigger: Some(0),
        defect: Some(0),
        defects: vec![1, 2, 3, 99],
        impacts: vec![4, 5, 3, 0],
        context: vec![usize::MAX, 1],
        links: vec![(0, 1), (1, 0), (0, 0), (2, 99), (99, 2), (3, 4), (4, 5), (3, 5)],
    };
    Findings { list, stories: vec![wrong.clone(), Story::default(), Story { trigger: Some(77), ..wrong }] }
}

#[test]
fn odd_findings_are_drawn_as_far_as_they_can_be() {
    let mut driven = Driven::causal(logs(), with_rules());
    let findings = odd();
    let anchors = FindingAnchor::all(&driven.shown().analysis, &findings);
    // One anchor too few is odd as well.
    let anchors = Arc::new(anchors[..5].to_vec());
    for findings in [Findings::default(), findings] {
        driven.harness.state_mut().found = Some(Found { findings: Arc::new(findings), anchors: anchors.clone() });
        driven.settle();
        for act in [
            Act::Story(0),
            Act::Story(1),
            Act::Story(9),
            Act::Open(2),
            Act::Show(1),
            Act::Next,
            Act::NextEvidence,
            Act::PreviousEvidence,
            Act::Jump(9, EventId(u32::MAX)),
            Act::Show(5),
            Act::CopyText,
            Act::Show(2),
            Act::CopyMarkdown,
            Act::Confirm,
            Act::Show(0),
            Act::RedHerring,
            Act::Open(99),
            Act::Dismiss,
            Act::CopyText,
            Act::Judge(5, Some(Judgement::Dismissed)),
        ] {
            driven.run(Command::Finding(act));
        }
        for command in
            [Command::ZoomIn, Command::ZoomOut, Command::Shell(shell::Act::OtherTheme), Command::Order, Command::FitAll]
        {
            driven.run(command);
        }
        for _ in 0..12 {
            driven.key(Key::CloseBracket);
        }
    }
}

#[test]
fn without_clocks_the_panel_says_what_is_missing() {
    let folder = logs();
    let window = Window::new(vec![folder.path().join("case")], Config { causal: false, ..with_rules() });
    let mut driven = Driven { harness: harness(window), folder };
    driven.settle();
    assert!(driven.harness.state().found.is_none() && driven.says("the clocks were not measured"));
    driven.harness.get_by_label("Measure clocks").click();
    driven.settle();
    assert!(driven.says("Nothing is out of order that the rules know"));
}
