//! The strip that tells every assumption in words: clocks, years, zones, and files without times; each with why it is
//! so, and the way to change it.

use egui::{Align, Label, Layout, RichText, Sense, Ui};

use crate::ui::assume::Act;
use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::panel::{Ctx, review};
use crate::ui::reading::Clocks;
use crate::ui::text;
use crate::ui::theme::size;

/// Sentences that a hover lists.
const LISTED: usize = 24;
/// Width of a letter of the strip, about.
const LETTER: f32 = 6.4;
/// Width of what stands behind an assumption, and of "and 5 more".
const LINKS: f32 = 96.0;
const MORE: f32 = 84.0;

/// Draws the strip.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::Panel::top("trust").exact_size(size::TRUST).frame(t.frame(14, 0)).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            review::quiet(ui);
            let all = review::all(ctx);
            right(ctx, ui, &all);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new("Time trust").color(t.text_second)));
                ui.add_space(8.0);
                order(ctx, ui);
                if all.is_empty() {
                    ui.label(RichText::new("every stamp states its date and zone").color(t.good));
                }
                let mut told = 0;
                for a in &all {
                    // What does not fit is counted, not squeezed.
                    let own = if a.is_own(ctx.notes.case()) { 80.0 } else { 0.0 };
                    let wide = a.line().chars().count() as f32 * LETTER + LINKS + own;
                    let rest = if told + 1 == all.len() { 0.0 } else { MORE };
                    if told > 0 && ui.available_width() < wide + rest {
                        break;
                    }
                    told += 1;
                    ui.push_id(told, |ui| one(ctx, ui, a));
                    ui.add_space(10.0);
                }
                let more = all.len().saturating_sub(told);
                if more > 0 && review::link(ctx, ui, &format!("and {more} more"), format!("and {more} more")).clicked()
                {
                    ctx.push(Command::Assume(Act::Review));
                }
            });
        });
    });
}

fn one(ctx: &Ctx<'_>, ui: &mut Ui, a: &crate::ui::assumptions::Assumption) {
    let response = ui.add(Label::new(review::words(ctx, a)).truncate().sense(Sense::hover()));
    response.on_hover_ui(|ui| {
        ui.set_max_width(520.0);
        let lines = if a.details.is_empty() { &a.paths } else { &a.details };
        for line in lines.iter().take(LISTED) {
            ui.add(Label::new(text::neutral(line, 200).0).wrap());
        }
        if lines.len() > LISTED {
            ui.label(format!("and {} more", lines.len() - LISTED));
        }
    });
    review::buttons(ctx, ui, a, true);
}

/// `4 assumptions · all applied · undo`.
fn right(ctx: &Ctx<'_>, ui: &mut Ui, all: &[crate::ui::assumptions::Assumption]) {
    let t = ctx.tokens;
    if let Some(what) = ctx.notes.undoable() {
        let tip = format!("Take back: {} ({})", text::neutral(what, 120).0, keys::key_text(&Command::Undo));
        if review::link(ctx, ui, "undo", "Undo the last change".to_owned()).on_hover_text(tip).clicked() {
            ctx.push(Command::Undo);
        }
        ui.label(RichText::new("·").color(t.text_third));
    }
    if ctx.reading.is_assuming() {
        ui.label(RichText::new("working it out…").color(t.warning));
    } else if !all.is_empty() {
        let words = RichText::new(review::told(all)).color(t.text_third);
        let button = egui::Button::new(words).frame(false);
        let tip = format!("Review all ({})", keys::key_text(&Command::Assume(Act::Review)));
        if ui.add(button).on_hover_text(tip).accessible_name("Review assumptions").clicked() {
            ctx.push(Command::Assume(Act::Review));
        }
    }
    ui.add_space(10.0);
}

/// What the order rests on, where it does not rest on clocks that were measured.
fn order(ctx: &Ctx<'_>, ui: &mut Ui) {
    if ctx.shown.analysis.lanes.list.len() < 2 || ctx.shown.is_causal() {
        return;
    }
    let t = ctx.tokens;
    let told = match &ctx.reading.clocks {
        Clocks::Measuring => "as recorded until the clocks are measured",
        Clocks::Failed(_) => "as recorded: the clocks are not known",
        Clocks::Off | Clocks::Measured => "as recorded: no clock is corrected",
    };
    let label = ui.label(RichText::new(told).color(t.warning));
    ui.add_space(10.0);
    if let Clocks::Failed(reason) = &ctx.reading.clocks {
        label.on_hover_text(reason);
    }
}
