//! All assumptions in one list, and all that is known of one of them; each can be changed where it stands.

use egui::{Label, Rect, RichText, Ui, pos2};

use crate::case::assumption::What;
use crate::event::EventId;
use crate::ui::assume::{Act, At, pin_sentence};
use crate::ui::assumptions::{self, Assumption};
use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::panel::{Ctx, inspector, overlay};
use crate::ui::state::Overlay;
use crate::ui::text;
use crate::ui::theme;

/// Sources or sentences that are listed.
const LISTED: usize = 40;

/// All assumptions, those of the analyst that the logs do not know of last.
pub fn all(ctx: &Ctx<'_>) -> Vec<Assumption> {
    let mut all = ctx.shown.assumptions.as_ref().clone();
    if !ctx.notes.case().assumptions.is_empty() {
        all.extend(assumptions::own(ctx.shown.judge(), ctx.notes.case(), &all));
    }
    all
}

/// A place just below something on the screen.
pub fn below(rect: Rect) -> At {
    (rect.left() as i32, rect.bottom() as i32 + 4)
}

/// A word that does something.
pub fn link(ctx: &Ctx<'_>, ui: &mut Ui, word: &str, name: String) -> egui::Response {
    link_of(ctx, ui, RichText::new(word), name)
}

/// As [`link`], in small print.
pub fn small_link(ctx: &Ctx<'_>, ui: &mut Ui, word: &str, name: String) -> egui::Response {
    link_of(ctx, ui, RichText::new(word).font(theme::small()), name)
}

fn link_of(ctx: &Ctx<'_>, ui: &mut Ui, word: RichText, name: String) -> egui::Response {
    let words = word.color(ctx.tokens.accent);
    let button = egui::Button::new(words).frame(false).min_size(egui::Vec2::ZERO);
    ui.add(button).on_hover_cursor(egui::CursorIcon::PointingHand).accessible_name(name)
}

/// What can be done with an assumption: see why, change it, and let the logs tell again.
pub fn buttons(ctx: &Ctx<'_>, ui: &mut Ui, a: &Assumption, with_why: bool) {
    let line = a.line();
    if with_why {
        let why = link(ctx, ui, "why", format!("Why: {line}"));
        if why.clicked() {
            ctx.push(Command::Assume(Act::Why(Box::new(a.clone()), below(why.rect))));
        }
    }
    let Some(what) = a.what else { return };
    // One offset does not do for several hosts; each has its own in the details.
    if what != What::Offset || a.whom.len() == 1 {
        let change = link(ctx, ui, "change", format!("Change: {line}"));
        if change.clicked() {
            ctx.push(Command::Assume(Act::Ask(what, a.whom.clone(), below(change.rect))));
        }
    }
    if a.is_own(ctx.notes.case()) {
        ui.label(RichText::new("yours").font(theme::small()).color(ctx.tokens.good))
            .on_hover_text("You decided this; it is kept in the case.");
        if link(ctx, ui, "reset", format!("Reset: {line}")).clicked() {
            ctx.push(Command::Assume(Act::Forget(what, a.whom.clone())));
        }
    }
}

/// An assumption's words, the subject bold.
pub fn words(ctx: &Ctx<'_>, a: &Assumption) -> egui::text::LayoutJob {
    let mut job = egui::text::LayoutJob::default();
    let format = |font, color| egui::TextFormat { font_id: font, color, ..Default::default() };
    job.append(&a.subject, 0.0, format(theme::strong(), ctx.tokens.text));
    job.append(&format!(" {}", a.reason), 0.0, format(theme::body(), ctx.tokens.text_second));
    job
}

/// All that is known of one assumption.
pub fn why(ctx: &Ctx<'_>, ui: &Ui, a: &Assumption, at: At) {
    overlay::over_at(ctx, ui, "Why", 520.0, Some(pos2(at.0 as f32, at.1 as f32)), |ui| {
        ui.add(Label::new(words(ctx, a)).wrap());
        let height = (ui.content_rect().height() - 220.0).clamp(120.0, 420.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            for line in a.details.iter().take(LISTED) {
                ui.add(
                    Label::new(RichText::new(text::neutral(line, 600).0).color(ctx.tokens.text_second))
                        .wrap()
                        .selectable(true),
                );
            }
            own_words(ctx, ui, a);
            concerned(ctx, ui, a);
        });
        ui.horizontal(|ui| {
            quiet(ui);
            buttons(ctx, ui, a, false);
            if link(ctx, ui, "close", "Close".to_owned()).clicked() {
                ctx.push(Command::SetOverlay(Overlay::None));
            }
        });
    });
}

fn own_words(ctx: &Ctx<'_>, ui: &mut Ui, a: &Assumption) {
    let Some(what) = a.what else { return };
    let reasons = a.whom.iter().filter_map(|whom| ctx.notes.case().assumed(whom, what)).filter(|a| !a.why.is_empty());
    for own in reasons.take(LISTED) {
        ui.add(Label::new(format!("your reason: {}", text::neutral(&own.why, 400).0)).wrap());
    }
}

/// The sources or hosts that it concerns, each to be changed by itself.
fn concerned(ctx: &Ctx<'_>, ui: &mut Ui, a: &Assumption) {
    let (Some(what), true) = (a.what, a.whom.len() > 1) else { return };
    inspector::caption(ctx, ui, "IT CONCERNS");
    for whom in a.whom.iter().take(LISTED) {
        ui.horizontal(|ui| {
            quiet(ui);
            let name = text::neutral(whom.name(), 200).0;
            ui.add(Label::new(text::cut_middle(&name, 56)));
            let change = link(ctx, ui, "change", format!("Change {} of {name}", what.word()));
            if change.clicked() {
                ctx.push(Command::Assume(Act::Ask(what, vec![whom.clone()], below(change.rect))));
            }
        });
    }
    if a.whom.len() > LISTED {
        ui.label(format!("and {} more", a.whom.len() - LISTED));
    }
}

/// All of them, and the pins.
pub fn show(ctx: &Ctx<'_>, ui: &Ui) {
    overlay::over(ctx, ui, "Review assumptions", 780.0, |ui| {
        let all = all(ctx);
        ui.horizontal(|ui| {
            ui.label(RichText::new("What is assumed").font(theme::title()));
            ui.label(RichText::new(told(&all)).color(ctx.tokens.text_third));
        });
        let height = (ui.content_rect().height() - 160.0).clamp(160.0, 560.0);
        egui::ScrollArea::vertical().max_height(height).auto_shrink([false, true]).show(ui, |ui| {
            if all.is_empty() {
                ui.label(RichText::new("Nothing: every stamp states its date and zone.").color(ctx.tokens.good));
            }
            for (i, a) in all.iter().enumerate() {
                ui.push_id(i, |ui| row(ctx, ui, a));
            }
            pins(ctx, ui);
        });
        ui.add_space(4.0);
        let undo = ctx.notes.undoable().map_or_else(
            || "nothing to take back".to_owned(),
            |what| format!("{} takes back: {what}", keys::key_text(&Command::Undo)),
        );
        ui.label(RichText::new(text::neutral(&undo, 200).0).font(theme::small()).color(ctx.tokens.text_third));
    });
}

/// One assumption: its words, and at the right what can be done with it.
fn row(ctx: &Ctx<'_>, ui: &mut Ui, a: &Assumption) {
    ui.horizontal(|ui| {
        quiet(ui);
        ui.set_min_height(24.0);
        ui.add(Label::new(words(ctx, a)).truncate());
        buttons(ctx, ui, a, true);
    });
}

/// Words that do something stand in a line with others.
pub fn quiet(ui: &mut Ui) {
    ui.spacing_mut().interact_size.y = 16.0;
    ui.spacing_mut().button_padding = egui::vec2(0.0, 1.0);
}

/// `4 assumptions · all applied`.
pub fn told(all: &[Assumption]) -> String {
    let open = all.iter().filter(|a| !a.applied).count();
    let applied = if open == 0 { "all applied".to_owned() } else { format!("{open} left open") };
    format!("{} · {applied}", text::plural(all.len() as u64, "assumption", "assumptions"))
}

fn pins(ctx: &Ctx<'_>, ui: &mut Ui) {
    let case = ctx.notes.case();
    inspector::caption(ctx, ui, "LINES THAT ARE ONE MOMENT");
    if case.pins.is_empty() {
        let how = format!(
            "None. Hold one line ({}), choose another and press {}.",
            keys::key_text(&Command::Compare),
            keys::key_text(&Command::Assume(Act::SameMoment))
        );
        ui.label(RichText::new(how).color(ctx.tokens.text_second));
    }
    for idx in 0..case.pins.len() {
        ui.push_id(("pin", idx), |ui| pin(ctx, ui, idx));
    }
}

/// One pin: its two lines, what it does, and how to be rid of it.
pub fn pin(ctx: &Ctx<'_>, ui: &mut Ui, idx: usize) {
    let (judge, case) = (ctx.shown.judge(), ctx.notes.case());
    let (Some(pin), pinned) = (case.pins.get(idx), judge.pins.get(idx)) else { return };
    let place = |file: &str, line: u64| text::cut_middle(&text::neutral(&format!("{file}:{line}"), 200).0, 40);
    ui.horizontal_wrapped(|ui| {
        quiet(ui);
        match pinned.and_then(|p| p.events) {
            Some((a, b)) => {
                inspector::jump(ctx, ui, a);
                ui.label("and");
                inspector::jump(ctx, ui, b);
            }
            None => {
                ui.label(format!("{} and {}", place(&pin.a.file, pin.a.line), place(&pin.b.file, pin.b.line)));
            }
        }
        if link(ctx, ui, "remove", format!("Remove pin {}", idx + 1)).clicked() {
            ctx.push(Command::Assume(Act::Unpin(idx)));
        }
    });
    let told = pinned.map_or_else(|| "it is being worked out".to_owned(), |p| pin_sentence(judge, p));
    ui.add(Label::new(RichText::new(told).color(ctx.tokens.text_second)).wrap());
    if !pin.note.is_empty() {
        ui.add(Label::new(text::neutral(&pin.note, 400).0).wrap());
    }
}

/// The pins of an event, for the page that tells how it is ordered.
pub fn pins_of(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let judge = ctx.shown.judge();
    let mine: Vec<usize> =
        judge.pins.iter().enumerate().filter(|(_, p)| p.other(id).is_some()).map(|(i, _)| i).collect();
    if mine.is_empty() {
        return;
    }
    inspector::caption(ctx, ui, "YOU PINNED AS ONE MOMENT");
    for idx in mine {
        ui.push_id(("pin", idx), |ui| pin(ctx, ui, idx));
    }
}
