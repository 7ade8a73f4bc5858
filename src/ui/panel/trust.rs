//! The strip that tells every assumption in words: clocks, years, zones, and files without times.

use egui::{Align, Layout, RichText, Sense, Ui};

use crate::ui::panel::Ctx;
use crate::ui::reading::Clocks;
use crate::ui::text;
use crate::ui::theme::{self, size};

/// Sources that a hover lists.
const LISTED: usize = 24;

/// Draws the strip.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::Panel::top("trust").exact_size(size::TRUST).frame(t.frame(14, 0)).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 16.0;
            ui.label(RichText::new("Time trust").color(t.text_second));
            let all = ctx.shown.assumptions.as_slice();
            order(ctx, ui);
            if all.is_empty() {
                ui.label(RichText::new("every stamp states its date and zone").color(t.good));
            }
            let mut told = 0;
            for assumption in all {
                // What does not fit is counted, not squeezed.
                let wide = (assumption.subject.chars().count() + assumption.reason.chars().count()) as f32 * 6.6;
                if told > 0 && ui.available_width() < wide + 150.0 {
                    break;
                }
                told += 1;
                let mut job = egui::text::LayoutJob::default();
                let format = |font, color| egui::TextFormat { font_id: font, color, ..Default::default() };
                job.append(&assumption.subject, 0.0, format(theme::strong(), t.text));
                job.append(&format!(" {}", assumption.reason), 0.0, format(theme::body(), t.text_second));
                let response = ui.add(egui::Label::new(job).sense(Sense::hover()));
                response.on_hover_ui(|ui| {
                    let lines = if assumption.details.is_empty() { &assumption.paths } else { &assumption.details };
                    for line in lines.iter().take(LISTED) {
                        ui.label(text::neutral(line, 200).0);
                    }
                    if lines.len() > LISTED {
                        ui.label(format!("and {} more", lines.len() - LISTED));
                    }
                });
            }
            let rest = all.len().saturating_sub(told);
            if rest > 0 {
                let label = ui.add(
                    egui::Label::new(RichText::new(format!("and {rest} more")).color(t.text_second))
                        .sense(Sense::hover()),
                );
                label.on_hover_ui(|ui| {
                    for a in all.iter().skip(told) {
                        ui.label(format!("{} {}", a.subject, a.reason));
                    }
                });
            }
        });
    });
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
    if let Clocks::Failed(reason) = &ctx.reading.clocks {
        label.on_hover_text(reason);
    }
}
