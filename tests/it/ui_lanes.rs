//! The timeline in the window: lanes that open, gaps that fold, a span that is selected, flags that lead to findings.

use std::fmt::Write as _;

use causeline::analysis::Config;
use causeline::fact::packs::Packs;
use causeline::rule::Rules;
use causeline::timeline::density::Counts;
use causeline::ui::command::Command;
use causeline::ui::lanes::Act;
use causeline::ui::widget::time_axis::TimeRange;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{Driven, config, copy};

const SECOND: i64 = 1_000_000_000;

/// Two hosts; one with three files, one of them with two processes; two bursts, ten hours apart.
fn bursts() -> Driven {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, text: String| {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let lines = |line: &dyn Fn(u32, u32) -> String| {
        let mut text = String::new();
        for (hour, n) in [(3, 60), (13, 60)] {
            (0..n).for_each(|s| writeln!(text, "{}", line(hour, s)).unwrap());
        }
        text
    };
    write("case/web1/app.log", lines(&|h, s| format!("2026-10-10T{h:02}:00:{s:02}.100Z INFO answered {s}")));
    write("case/web1/batch.log", lines(&|h, s| format!("2026-10-10T{h:02}:00:{s:02}.300Z ERROR failed {s}")));
    let process = |s: u32| if s.is_multiple_of(3) { "sshd" } else { "cron" };
    write(
        "case/web1/syslog",
        lines(&|h, s| format!("2026-10-10T{h:02}:00:{s:02}.500000+00:00 web1 {}[17]: job {s}", process(s))),
    );
    write("case/db1/db.log", lines(&|h, s| format!("2026-10-10T{h:02}:00:{s:02}.000Z INFO query {s}")));
    Driven::causal(folder, Config { causal: true, ..config() })
}

fn incident() -> Driven {
    let folder = tempfile::tempdir().unwrap();
    copy(&crate::tools::root().join("sample-logs/failover-that-never-promoted"), &folder.path().join("case"));
    Driven::causal(folder, Config { causal: true, packs: Packs::builtin(), rules: Rules::builtin(), ..config() })
}

fn act(driven: &mut Driven, act: Act) {
    driven.run(Command::Lanes(act));
}

/// The canvas of the lanes, on the screen.
fn canvas(driven: &Driven) -> Rect {
    driven.harness.get_by_label_contains("Timeline of").rect()
}

/// Where time is drawn on it: right of the names.
fn field(driven: &Driven) -> Rect {
    let canvas = canvas(driven);
    Rect::from_min_max(
        pos2(canvas.left() + causeline::ui::theme::size::GUTTER, canvas.top()),
        pos2(canvas.right() - 8.0, canvas.bottom()),
    )
}

fn told(driven: &Driven) -> String {
    let node = driven.harness.get_by_label_contains("Timeline of");
    node.accesskit_node().value().unwrap_or_default()
}

fn seen(driven: &Driven) -> TimeRange {
    let state = driven.harness.state();
    state.view.range(&state.shown).unwrap()
}

fn drag(driven: &mut Driven, from: Pos2, to: Pos2, modifiers: Modifiers) {
    let event = |pressed| egui::Event::PointerButton {
        pos: if pressed { from } else { to },
        button: egui::PointerButton::Primary,
        pressed,
        modifiers,
    };
    driven.harness.hover_at(from);
    driven.harness.step();
    driven.harness.event_modifiers(event(true), modifiers);
    driven.harness.step();
    for part in [0.3, 0.6, 1.0] {
        driven.harness.event_modifiers(egui::Event::PointerMoved(from + (to - from) * part), modifiers);
        driven.harness.step();
    }
    driven.harness.event_modifiers(event(false), modifiers);
    driven.harness.event_modifiers(egui::Event::PointerMoved(to), Modifiers::NONE);
    driven.settle();
}

#[test]
fn a_lane_opens_to_its_files_and_these_to_their_processes() {
    let mut driven = bursts();
    assert!(!driven.says("File syslog"));
    driven.harness.get_by_label("Lane web1, clock floating, 3 files, closed").click();
    driven.settle();
    for name in ["File app.log, 120 events", "File batch.log, 120 events", "File syslog, 120 events, closed"] {
        assert!(driven.harness.query_by_label(name).is_some(), "{name}");
    }
    driven.harness.get_by_label("File syslog, 120 events, closed").click();
    driven.settle();
    for name in ["Process cron, 80 events", "Process sshd, 40 events", "File syslog, 120 events, open"] {
        assert!(driven.harness.query_by_label(name).is_some(), "{name}");
    }
    // A filter counts there too.
    driven.run(Command::SetFilter("job 1".to_owned()));
    assert!(driven.says("File app.log, 0 events"));
    driven.run(Command::ClearFilter);
    driven.key(Key::L);
    assert!(!driven.says("File db.log"), "a lone file says what its host does");
    driven.harness.key_press_modifiers(Modifiers::SHIFT, Key::L);
    driven.settle();
    assert!(!driven.says("File ") && !driven.says("Process "));
}

#[test]
fn a_lane_opens_by_keyboard() {
    let mut driven = bursts();
    driven.harness.get_by_label_contains("Lane web1").focus();
    driven.harness.run_steps(2);
    driven.key(Key::Enter);
    assert!(driven.says("File batch.log"));
    driven.key(Key::Enter);
    assert!(!driven.says("File batch.log"));
}

#[test]
fn a_host_holds_what_its_files_hold() {
    let mut driven = incident();
    act(&mut driven, Act::OpenAll);
    let shown = driven.shown();
    let open = &driven.harness.state().view.lanes.open;
    let lanes = shown.analysis.lanes.list.iter().enumerate().filter(|(_, l)| open.contains(&l.host));
    let mut n = 0;
    for (lane, l) in lanes {
        let mut sum = Counts::default();
        for sub in driven.harness.state().sublanes().list.iter().filter(|s| s.lane == lane) {
            sum.add(sub.density.total());
        }
        assert_eq!(Some(sum), shown.density.lane(lane).map(|d| d.total()), "{}", l.host);
        n += sum.total();
    }
    assert!(n > 1_000, "{n}");
}

#[test]
fn a_long_gap_is_folded_opened_by_a_click_and_all_of_it_by_a_key() {
    let mut driven = bursts();
    let folds = |driven: &Driven| driven.harness.state().view.lanes.folds(driven.shown());
    let gap = folds(&driven).list()[0].gap;
    assert_eq!(folds(&driven).list().len(), 1);
    assert!(gap.len() > 9 * 3_600 * SECOND as u64);
    let folds_now = folds(&driven);
    let x = |time: i64| field(&driven).left() + (folds_now.part(seen(&driven), time) as f32) * field(&driven).width();
    let (before, behind) = (x(gap.start), x(gap.end));
    assert!(behind - before < field(&driven).width() * 0.08, "{before} to {behind}");
    let at = pos2((before + behind) / 2.0, canvas(&driven).center().y);
    driven.harness.hover_at(at);
    driven.harness.step();
    driven.harness.drag_at(at);
    driven.harness.drop_at(at);
    driven.settle();
    assert!(folds(&driven).list().is_empty(), "a click opens it");
    driven.key(Key::B);
    assert_eq!(folds(&driven).list().len(), 1);
    driven.key(Key::B);
    assert!(folds(&driven).list().is_empty());
    assert_eq!(driven.harness.state().view.lanes.kept.fold_gaps, Some(false));
}

#[test]
fn the_wheel_keeps_the_time_under_the_pointer_beside_a_fold() {
    let mut driven = bursts();
    let folds = driven.harness.state().view.lanes.folds(driven.shown());
    let under = |driven: &Driven, at: Pos2| {
        let field = field(driven);
        folds.time(folds.drawn_range(seen(driven)).at(f64::from((at.x - field.left()) / field.width())))
    };
    for part in [0.2, 0.46, 0.8] {
        driven.run(Command::FitAll);
        let field = field(&driven);
        let at = pos2(field.left() + field.width() * part, field.center().y);
        let before = under(&driven, at);
        driven.harness.hover_at(at);
        for _ in 0..5 {
            driven.harness.event(egui::Event::MouseWheel {
                unit: egui::MouseWheelUnit::Point,
                delta: egui::vec2(0.0, 30.0),
                phase: egui::TouchPhase::Move,
                modifiers: Modifiers::NONE,
                source: egui::MouseWheelSource::Wheel,
            });
            driven.settle();
        }
        let point = folds.drawn_range(seen(&driven)).span() / f64::from(field.width());
        let off = folds.drawn(under(&driven, at)).abs_diff(folds.drawn(before)) as f64;
        assert!(off < point, "{off} ns at {part}");
        let range = seen(&driven);
        assert!(folds.drawn_range(range).span() < 1e11, "it zoomed");
    }
}

#[test]
fn a_shift_drag_selects_a_span_that_can_be_moved_filtered_and_let_go() {
    let mut driven = incident();
    let range = seen(&driven);
    let (field, y) = (field(&driven), canvas(&driven).bottom() - 12.0);
    let at = |part: f32| pos2(field.left() + field.width() * part, y);
    drag(&mut driven, at(0.5), at(0.75), Modifiers::SHIFT);
    let span = driven.harness.state().view.lanes.span.unwrap();
    assert_eq!(seen(&driven), range, "selecting does not move the view");
    assert!((span.span() / range.span() - 0.25).abs() < 0.01);
    let shown = driven.shown();
    let rows = shown.row_at(span.start)..shown.row_at(span.end + 1);
    let hosts: std::collections::BTreeSet<usize> =
        rows.clone().map(|row| shown.lane(shown.event(row).unwrap()).0).collect();
    let told = format!("{} events · {} hosts", rows.len(), hosts.len());
    assert!(driven.says(&told), "the chip tells {told}");
    drag(&mut driven, at(0.75), at(0.9), Modifiers::NONE);
    let longer = driven.harness.state().view.lanes.span.unwrap();
    assert!((longer.span() / range.span() - 0.4).abs() < 0.01 && longer.start == span.start, "its edge is dragged");
    driven.key(Key::F);
    assert!((seen(&driven).span() / longer.span() - 1.08).abs() < 0.01, "F zooms to it");
    driven.harness.get_by_label("Show only events of the span").click();
    driven.settle();
    let filter = driven.harness.state().view.filter.clone();
    assert!(filter.starts_with("after:2026-10-10T13:0") && filter.contains(" before:2026-10-10T13:"), "{filter}");
    driven.key(Key::Escape);
    assert_eq!(driven.harness.state().view.lanes.span, None);
}

#[test]
fn a_span_is_selected_by_keys_alone() {
    let mut driven = bursts();
    driven.key(Key::G);
    let shifted = |driven: &mut Driven, key| {
        driven.harness.key_press_modifiers(Modifiers::SHIFT, key);
        driven.settle();
    };
    shifted(&mut driven, Key::A);
    for _ in 0..8 {
        driven.key(Key::J);
    }
    shifted(&mut driven, Key::D);
    let span = driven.harness.state().view.lanes.span.unwrap();
    let (first, last) = (driven.shown().extent.unwrap().start, driven.shown().time(driven.chosen()).unwrap());
    assert_eq!((span.start, span.end), (first, last));
    assert!(driven.says("9 events · 2 hosts"));
}

#[test]
fn the_canvas_tells_what_it_shows_and_enter_chooses() {
    let mut driven = bursts();
    assert!(told(&driven).contains("480 events"), "{}", told(&driven));
    driven.harness.get_by_label_contains("Timeline of").focus();
    driven.harness.run_steps(2);
    driven.key(Key::Plus);
    driven.key(Key::ArrowRight);
    let n: u64 = told(&driven).split(", ").nth(1).and_then(|t| t.split(' ').next()).unwrap().parse().unwrap();
    assert!(n < 480, "{}", told(&driven));
    driven.key(Key::Enter);
    assert!(seen(&driven).has(driven.shown().time(driven.chosen()).unwrap()));
    assert!(told(&driven).contains("; chosen at 2026-10-10 "), "{}", told(&driven));
}

#[test]
fn a_flag_leads_to_its_finding_and_a_note_has_one() {
    let mut driven = incident();
    let flags = |driven: &Driven| -> Vec<String> {
        let buttons = driven.harness.query_all_by_role(Role::Button);
        let names = buttons.map(|b| b.accesskit_node().label().unwrap_or_default());
        names.filter(|n| n.starts_with("Finding: ") || n.starts_with("Note: ")).collect()
    };
    let first = flags(&driven).first().unwrap().clone();
    driven.harness.get_by_label(&first).click();
    driven.settle();
    let open = driven.harness.state().view.look.finding.unwrap();
    let title = &driven.harness.state().found.as_ref().unwrap().findings.list[open].title;
    assert!(first.contains(title.as_str()), "{first} opens {title}");
    driven.key(Key::G);
    let id = driven.chosen();
    driven.run(Command::SetComment(id, "here it began".to_owned()));
    assert!(flags(&driven).iter().any(|f| f == "Note: here it began"), "{:?}", flags(&driven));
}
