//! What stands in the window before anything is opened: a place to drop logs, and every way to name them.

use std::path::PathBuf;

use egui::{Align, Button, Key, Layout, Margin, RichText, Sense, Stroke, StrokeKind, TextEdit, Ui, vec2};

use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::panel::Ctx;
use crate::ui::theme::{self, size};

const WIDTH: f32 = 520.0;

/// Draws it.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::CentralPanel::default().frame(egui::Frame::new().fill(t.background)).show(ui, |ui| {
        ui.with_layout(Layout::top_down(Align::Center), |ui| {
            ui.add_space((ui.available_height() * 0.16).max(16.0));
            ui.set_max_width(WIDTH);
            ui.label(RichText::new("Causeline").font(egui::FontId::new(30.0, theme::strong().family)).color(t.text));
            ui.label(RichText::new("One timeline from the logs of an outage.").color(t.text_second));
            ui.add_space(22.0);
            drop_area(ctx, ui);
            ui.add_space(16.0);
            ui.horizontal(|ui| path_field(ctx, ui));
            if let Some(sample) = &ctx.reading.sample {
                ui.add_space(22.0);
                sample_card(ctx, ui, &sample.to_string_lossy());
            }
            ui.add_space(22.0);
            let keys = format!(
                "{} finds any command · {} shows all keys",
                keys::key_text(&Command::Palette),
                keys::key_text(&Command::Help)
            );
            ui.label(RichText::new(keys).font(theme::small()).color(t.text_third));
        });
    });
}

fn drop_area(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let hovering = ui.input(|i| !i.raw.hovered_files.is_empty());
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 150.0), Sense::hover());
    let (fill, line) = if hovering { (t.accent_fill, t.accent) } else { (t.panel, t.strong_line) };
    ui.painter().rect_filled(rect, size::CARD_CORNER, fill);
    ui.painter().rect_stroke(rect, size::CARD_CORNER, Stroke::new(1.0, line), StrokeKind::Inside);
    let mut inner =
        ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink(16.0)).layout(Layout::top_down(Align::Center)));
    inner.add_space(14.0);
    inner.label(RichText::new("Drop log files or a folder here").font(theme::title()).color(t.text));
    inner.label(
        RichText::new("plain, gzip, JSON lines, syslog, journals as text, and many more")
            .font(theme::small())
            .color(t.text_third),
    );
    inner.add_space(12.0);
    inner.horizontal(|ui| {
        ui.add_space((ui.available_width() - 216.0).max(0.0) / 2.0);
        let files = Button::new(RichText::new("Open files…").font(theme::strong()).color(t.on_accent))
            .fill(t.accent)
            .min_size(vec2(104.0, size::CONTROL));
        if ui.add(files).clicked() {
            ctx.push(Command::OpenFiles);
        }
        if ui.add(Button::new("Open folder…").min_size(vec2(104.0, size::CONTROL))).clicked() {
            ctx.push(Command::OpenFolder);
        }
    });
}

/// A field for a path and the button beside it; works where dialogs do not.
pub fn path_field(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let mut path = ctx.view.path.clone();
    let edit = TextEdit::singleline(&mut path)
        .id(egui::Id::unique("path"))
        .font(theme::mono())
        .hint_text(RichText::new("/path/to/logs").color(t.text_third))
        .margin(Margin::symmetric(10, 5))
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(WIDTH - 72.0);
    let response = ui.add(edit).accessible_name("Path");
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if response.changed() {
        ctx.push(Command::SetPath(path.clone()));
    }
    let open = ui.add_enabled(!path.trim().is_empty(), Button::new("Open").min_size(vec2(64.0, size::CONTROL)));
    if (open.clicked() || entered) && !path.trim().is_empty() {
        ctx.push(Command::Open(vec![PathBuf::from(path.trim())]));
    }
}

fn sample_card(ctx: &Ctx<'_>, ui: &mut Ui, path: &str) {
    let t = ctx.tokens;
    let frame = egui::Frame::new()
        .fill(t.panel)
        .stroke(t.line())
        .corner_radius(size::CARD_CORNER)
        .inner_margin(Margin::symmetric(14, 10));
    frame.show(ui, |ui| {
        ui.set_width(WIDTH - 30.0);
        ui.horizontal(|ui| {
            ui.vertical(|ui| {
                ui.label(RichText::new("Sample: the failover that never promoted").font(theme::strong()));
                ui.label(RichText::new("A database cluster loses its primary and elects none.").color(t.text_second))
                    .on_hover_text(path);
            });
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.button("Open sample").clicked() {
                    ctx.push(Command::OpenSample);
                }
            });
        });
    });
}
