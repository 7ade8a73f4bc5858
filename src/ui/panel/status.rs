//! The status bar: how much was read and accounted for, trouble, and whether the case is saved.

use egui::{Align, Button, Layout, RichText, Ui, vec2};

use crate::diagnostic::Kind;
use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::notes::Saved;
use crate::ui::panel::{Ctx, findings};
use crate::ui::reading::{Clocks, Looking, Stage};
use crate::ui::state::Tab;
use crate::ui::text;
use crate::ui::theme::{self, icon, size};

/// Draws the bar.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    egui::Panel::bottom("status").exact_size(size::STATUS).frame(ctx.tokens.frame(14, 0)).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 18.0;
            ui.spacing_mut().button_padding = vec2(6.0, 1.0);
            ui.spacing_mut().interact_size.y = 18.0;
            if ctx.is_open() {
                facts(ctx, ui);
                stage(ctx, ui);
            }
            if let Some(message) = &ctx.view.message {
                ui.label(RichText::new(text::cut(message, 120)).color(ctx.tokens.text)).on_hover_text(message);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| saved(ctx, ui));
        });
    });
}

fn facts(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let analysis = &ctx.shown.analysis;
    let events = text::plural(analysis.events.len() as u64, "event", "events");
    ui.label(RichText::new(events).font(theme::mono_small()).color(t.text_second));
    let bytes: u64 = analysis.infos.iter().map(|i| i.bytes).sum();
    let accounted: u64 = analysis.infos.iter().map(|i| i.accounted.sum()).sum();
    if bytes > 0 && analysis.complete {
        let part = accounted as f64 * 100.0 / bytes as f64;
        // Anything missing must show, so nothing is rounded up to 100.
        let (part, color) = if accounted == bytes {
            ("100".to_owned(), t.good)
        } else {
            (format!("{:.2}", (part * 100.0).floor() / 100.0), t.warning)
        };
        let label =
            RichText::new(format!("{part} % of {} accounted for", crate::export::text::bytes(bytes))).color(color);
        ui.label(label).on_hover_ui(|ui| accounting(ctx, ui));
    }
    if let Some((words, color)) = findings::badge(ctx) {
        let button = Button::new(RichText::new(words).color(color)).frame_when_inactive(false);
        let tip = format!("Show what is out of order ({})", keys::key_text(&Command::SetTab(Tab::Findings)));
        if ui.add(button).on_hover_text(tip).clicked() {
            ctx.push(Command::SetTab(Tab::Findings));
        }
    }
    let n = analysis.diagnostics.len() as u64;
    if n > 0 {
        let worst = analysis.diagnostics.iter().map(|d| d.kind).max().unwrap_or(Kind::Note);
        let color = match worst {
            Kind::Error => t.error,
            Kind::Warning => t.warning,
            Kind::Note => t.text_second,
        };
        let button = Button::new(RichText::new(text::plural(n, "diagnostic", "diagnostics")).color(color))
            .frame_when_inactive(false);
        if ui.add(button).on_hover_text("Show what could not be read or was assumed").clicked() {
            ctx.push(Command::SetTab(Tab::Diagnostics));
        }
    }
}

fn accounting(ctx: &Ctx<'_>, ui: &mut Ui) {
    let mut sum = crate::event::Accounted::default();
    for info in &ctx.shown.analysis.infos {
        sum.add(&info.accounted);
    }
    let rows = [
        ("records", sum.records),
        ("their further lines", sum.continuations),
        ("headers", sum.headers),
        ("blank lines", sum.blank),
        ("lines that no format explains", sum.unparsed),
    ];
    egui::Grid::new("accounting").show(ui, |ui| {
        for (name, n) in rows {
            ui.label(name);
            ui.label(RichText::new(crate::export::text::bytes(n)).font(theme::mono()));
            ui.end_row();
        }
    });
}

fn stage(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    match &ctx.reading.stage {
        Stage::Reading => {
            let (done, all) = ctx.reading.progress;
            let part = if all == 0 { 0.0 } else { (done as f64 / all as f64).clamp(0.0, 1.0) };
            let percent = match () {
                () if all == 0 => "opening".to_owned(),
                () if done >= all => "ordering what was read".to_owned(),
                () => format!("reading {:.0} % of {}", (part * 100.0).floor(), crate::export::text::bytes(all)),
            };
            ui.label(RichText::new(percent).color(t.text));
            let (rect, _) = ui.allocate_exact_size(vec2(110.0, 6.0), egui::Sense::hover());
            ui.painter().rect_filled(rect, 3.0, t.hairline);
            let mut full = rect;
            full.set_width(rect.width() * part as f32);
            ui.painter().rect_filled(full, 3.0, t.accent);
            if ui.button("Cancel").on_hover_text("Stop reading; what has been read stays").clicked() {
                ctx.push(Command::Cancel);
            }
        }
        Stage::Cancelled => {
            ui.label(RichText::new("reading was stopped; a part is shown").color(t.warning));
            if ui.button("Read again").clicked() {
                ctx.push(Command::Reload);
            }
        }
        Stage::Failed(reason) => {
            ui.label(RichText::new(text::cut(reason, 100)).color(t.error)).on_hover_text(reason);
        }
        Stage::Done | Stage::Idle => clocks(ctx, ui),
    }
    if ctx.reading.following {
        ui.label(RichText::new(format!("{} following", icon::ON)).color(t.good));
    }
}

fn clocks(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    match &ctx.reading.clocks {
        Clocks::Measuring => {
            ui.label(RichText::new("measuring clocks…").color(t.text));
            let tip = "Stop measuring; the order of the recorded stamps stays";
            if ui.button("Cancel").on_hover_text(tip).clicked() {
                ctx.push(Command::Cancel);
            }
        }
        Clocks::Failed(reason) => {
            ui.label(RichText::new(text::cut(reason, 100)).color(t.warning)).on_hover_text(reason);
            if ui.button("Measure clocks").clicked() {
                ctx.push(Command::MeasureClocks);
            }
        }
        Clocks::Off | Clocks::Measured if ctx.reading.looking == Looking::Under => {
            ui.label(RichText::new("looking for findings…").color(t.text));
            if ui.button("Cancel").on_hover_text("Stop looking; what was found before stays").clicked() {
                ctx.push(Command::Cancel);
            }
        }
        Clocks::Off | Clocks::Measured => {}
    }
}

fn saved(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    if !ctx.is_open() {
        return;
    }
    if let Some(took) = ctx.reading.took {
        let seconds = took.as_secs_f64();
        let told = if seconds < 10.0 { format!("read in {seconds:.2} s") } else { format!("read in {seconds:.0} s") };
        ui.label(RichText::new(told).font(theme::mono_small()).color(t.text_third));
    }
    let path = ctx.notes.path().map_or_else(String::new, |p| p.display().to_string());
    let (word, color) = match ctx.notes.saved() {
        Saved::Nothing => return,
        Saved::Pending => ("case: saving…".to_owned(), t.text_second),
        Saved::Saved => ("case: saved".to_owned(), t.text_second),
        Saved::Failed(reason) => (format!("case NOT saved: {}", text::cut(reason, 60)), t.error),
    };
    let hover = match ctx.notes.saved() {
        Saved::Failed(reason) => reason.clone(),
        _ => path,
    };
    ui.label(RichText::new(word).color(color)).on_hover_text(hover);
}
