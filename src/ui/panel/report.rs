//! The report as it would be exported now: as it will look, or as Markdown.

use egui::{Align, Button, Layout, Margin, RichText, Ui};

use crate::ui::command::Command;
use crate::ui::export::{Act, Form};
use crate::ui::panel::{Ctx, inspector};
use crate::ui::theme::{self, size};

/// Draws the page.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    inspector::frame(ctx, ui, |ui| {
        egui::Frame::new().inner_margin(Margin::symmetric(14, 4)).show(ui, |ui| head(ctx, ui));
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top() - 4.0, ctx.tokens.line());
        let Some(text) = ctx.report.text() else {
            egui::Frame::new().inner_margin(Margin::same(14)).show(ui, |ui| {
                ui.label(RichText::new("Writing the report…").color(ctx.tokens.text_second));
            });
            return;
        };
        egui::Frame::new()
            .inner_margin(Margin { left: 14, right: 4, top: 4, bottom: 4 })
            .show(ui, |ui| if ctx.view.report_raw { raw(ui, text) } else { ctx.report.preview(ui, text) });
    });
}

fn head(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().item_spacing.x = 4.0;
        for (raw, words) in [(false, "Preview"), (true, "Markdown")] {
            if ui.add(Button::selectable(ctx.view.report_raw == raw, words)).clicked() {
                ctx.push(Command::RawReport(raw));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let save = Button::new(RichText::new("Save…").font(theme::strong()).color(t.on_accent)).fill(t.accent);
            if ui.add(save).on_hover_text("Write it to a file").accessible_name("Save report").clicked() {
                ctx.push(Command::Export(Act::Ask(Form::Report)));
            }
            if ui.button("Copy").on_hover_text("Copy it as Markdown").accessible_name("Copy report").clicked() {
                ctx.push(Command::Export(Act::CopyReport));
            }
        });
    });
    let added = ctx.notes.case().report.findings.len() as u64;
    let words = match added {
        0 => "It tells all findings that were not dismissed. “Add to report” narrows it.".to_owned(),
        n => format!("It tells {} that were added.", crate::ui::text::plural(n, "finding", "findings")),
    };
    ui.label(RichText::new(words).font(theme::small()).color(t.text_third));
}

/// The text itself; only the lines that are seen are laid out.
fn raw(ui: &mut Ui, text: &str) {
    let lines: Vec<&str> = text.lines().collect();
    egui::ScrollArea::both().auto_shrink(false).show_rows(ui, size::MONO + 4.0, lines.len(), |ui, rows| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for line in lines.get(rows).unwrap_or_default() {
            let label = egui::Label::new(RichText::new(*line).font(theme::mono()));
            ui.add(label.wrap_mode(egui::TextWrapMode::Extend).selectable(true));
        }
    });
}
