//! What stands in the window before anything is opened: a place to drop logs, and every way to name them.

use std::path::PathBuf;

use egui::{
    Align, Align2, Button, Key, Layout, Margin, RichText, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, vec2,
};

use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::panel::Ctx;
use crate::ui::samples::SAMPLES;
use crate::ui::shell::Act;
use crate::ui::text;
use crate::ui::theme::{self, icon, size};

const WIDTH: f32 = 520.0;

/// Recent cases that are listed.
const LISTED: usize = 4;

/// Draws it.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::CentralPanel::default().frame(egui::Frame::new().fill(t.background)).show(ui, |ui| {
        egui::ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
            ui.with_layout(Layout::top_down(Align::Center), |ui| {
                ui.add_space((ui.content_rect().height() * 0.07).max(16.0));
                ui.set_max_width(WIDTH);
                ui.label(
                    RichText::new("Causeline").font(egui::FontId::new(30.0, theme::strong().family)).color(t.text),
                );
                ui.label(RichText::new("One timeline from the logs of an outage.").color(t.text_second));
                ui.add_space(20.0);
                drop_area(ctx, ui);
                ui.add_space(12.0);
                ui.horizontal(|ui| path_field(ctx, ui));
                recent(ctx, ui);
                samples(ctx, ui);
                ui.add_space(20.0);
                let keys = format!(
                    "{} finds any command · {} shows all keys · {} settings",
                    keys::key_text(&Command::Palette),
                    keys::key_text(&Command::Help),
                    keys::key_text(&Command::Shell(Act::Settings)),
                );
                ui.label(RichText::new(keys).font(theme::small()).color(t.text_third));
                ui.add_space(16.0);
            });
        });
    });
}

/// What was open before.
fn recent(ctx: &Ctx<'_>, ui: &mut Ui) {
    let recent = &ctx.keeper.remembered.recent;
    if recent.is_empty() {
        return;
    }
    title(ctx, ui, "RECENT");
    for (idx, case) in recent.iter().enumerate().take(LISTED) {
        let place = case.place();
        let open = Act::Recent(idx);
        let (name, about) = (case.name(), text::cut_middle(&place, 70));
        let forget = Button::new(RichText::new(icon::CLOSE).color(ctx.tokens.text_third)).frame_when_inactive(false);
        ui.horizontal(|ui| {
            line(ctx, ui, WIDTH - 34.0, &name, &about, open);
            let tip = "Take it off this list; the logs stay where they are";
            if ui.add(forget).on_hover_text(tip).accessible_name(format!("Forget {name}")).clicked() {
                ctx.push(Command::Shell(Act::Forget(idx)));
            }
        });
    }
}

/// The incidents that come with the program.
fn samples(ctx: &Ctx<'_>, ui: &mut Ui) {
    if ctx.reading.samples.is_none() {
        return;
    }
    title(ctx, ui, "SAMPLE INCIDENTS");
    for (idx, sample) in SAMPLES.iter().enumerate() {
        line(ctx, ui, WIDTH, sample.title, sample.about, Act::Sample(idx));
    }
}

fn title(ctx: &Ctx<'_>, ui: &mut Ui, words: &str) {
    ui.add_space(18.0);
    ui.horizontal(|ui| ui.label(RichText::new(words).font(theme::caption()).color(ctx.tokens.text_third)));
    ui.add_space(-2.0);
}

/// A row that opens something: its name, and what it is about below.
fn line(ctx: &Ctx<'_>, ui: &mut Ui, width: f32, name: &str, about: &str, act: Act) {
    let t = ctx.tokens;
    let (rect, response) = ui.allocate_exact_size(vec2(width, 40.0), Sense::click());
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, format!("Open {name}: {about}")));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, size::CORNER, t.hover);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, size::CORNER, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    }
    ui.painter().hline(rect.x_range(), rect.bottom() + 0.5, t.line());
    let at = rect.left_center() + vec2(10.0, 0.0);
    let painter = ui.painter().with_clip_rect(rect);
    painter.text(at - vec2(0.0, 8.5), Align2::LEFT_CENTER, text::neutral(name, 90).0, theme::strong(), t.text);
    painter.text(at + vec2(0.0, 8.5), Align2::LEFT_CENTER, text::neutral(about, 120).0, theme::small(), t.text_second);
    if response.clicked() {
        ctx.push(Command::Shell(act));
    }
}

fn drop_area(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let hovering = ui.input(|i| !i.raw.hovered_files.is_empty());
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 138.0), Sense::hover());
    let (fill, line) = if hovering { (t.accent_fill, t.accent) } else { (t.panel, t.strong_line) };
    ui.painter().rect_filled(rect, size::CARD_CORNER, fill);
    ui.painter().rect_stroke(rect, size::CARD_CORNER, Stroke::new(1.0, line), StrokeKind::Inside);
    let mut inner =
        ui.new_child(egui::UiBuilder::new().max_rect(rect.shrink(16.0)).layout(Layout::top_down(Align::Center)));
    inner.add_space(14.0);
    inner.label(RichText::new("Drop log files or a folder here").font(theme::title()).color(t.text));
    inner.label(
        RichText::new("plain, compressed, tar and zip archives, JSON lines, syslog, journals as text, and many more")
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
