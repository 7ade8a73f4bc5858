//! The panel beside the timeline, and its pages: the chosen event, marks and comments, diagnostics.

use egui::{Button, Label, Margin, RichText, Sense, Ui, vec2};

use crate::diagnostic::Kind;
use crate::event::EventId;
use crate::format::level::Level;
use crate::time::format;
use crate::timeline::density::Loudness;
use crate::ui::command::Command;
use crate::ui::panel::Ctx;
use crate::ui::state::Tab;
use crate::ui::text;
use crate::ui::theme::{self, size};
use crate::ui::widget::glyph;

pub mod event;
mod facts;
pub mod kinds;
mod note;
mod note_section;
mod notes;
mod record;

/// A record of more bytes is not decoded while it is looked at.
pub const LONGEST: usize = 1 << 20;

/// Draws the panel with the page that was chosen.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    match ctx.view.tab {
        Tab::Findings | Tab::Report => {}
        Tab::Event => beside(ctx, ui, |ui| event::show(ctx, ui)),
        Tab::Notes => frame(ctx, ui, |ui| notes::show(ctx, ui)),
        Tab::Diagnostics => beside(ctx, ui, |ui| diagnostics(ctx, ui)),
    }
}

/// The panel beside the timeline: the names of its pages, and one of them, to be scrolled.
pub fn beside(ctx: &Ctx<'_>, ui: &mut Ui, page: impl FnOnce(&mut Ui)) {
    frame(ctx, ui, |ui| {
        egui::ScrollArea::vertical().id_salt(ctx.view.tab as u8).auto_shrink(false).show(ui, |ui| {
            let margin = Margin { left: 14, right: 14, top: 6, bottom: 14 };
            egui::Frame::new().inner_margin(margin).show(ui, page);
        });
    });
}

/// The panel beside the timeline: the names of its pages, and what stands below.
pub fn frame(ctx: &Ctx<'_>, ui: &mut Ui, page: impl FnOnce(&mut Ui)) {
    let t = ctx.tokens;
    let width = if ui.content_rect().width() < 1_450.0 { 308.0 } else { 400.0 };
    let panel = egui::Panel::right("inspector")
        .resizable(true)
        .default_size(ctx.size("inspector", width))
        .size_range(220.0..=640.0);
    let drawn = panel.frame(egui::Frame::new().fill(t.panel)).show(ui, |ui| {
        egui::Frame::new().inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| tabs(ctx, ui));
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top() - 4.0, t.line());
        page(ui);
    });
    ctx.keep_size("inspector", drawn.response.rect.width(), width);
}

fn tabs(ctx: &Ctx<'_>, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 8.0;
        for (tab, name) in Tab::ALL {
            // The status bar leads to diagnostics; a narrow panel has no room for another name.
            if tab == Tab::Diagnostics && ctx.view.tab != tab && ui.max_rect().width() < 420.0 {
                continue;
            }
            let n = match tab {
                Tab::Findings => ctx.sections.stories.len(),
                Tab::Event | Tab::Report => 0,
                Tab::Notes => ctx.notes.case().annotations.len(),
                Tab::Diagnostics => ctx.shown.analysis.diagnostics.len(),
            };
            let chosen = ctx.view.tab == tab;
            let words =
                if n == 0 { name.to_owned() } else { format!("{name} {}", crate::export::text::count(n as u64)) };
            let color = if chosen { ctx.tokens.text } else { ctx.tokens.text_second };
            let font = if chosen { theme::strong() } else { theme::body() };
            let mut button = Button::new(RichText::new(words).font(font).color(color)).frame_when_inactive(chosen);
            if chosen {
                button = button.fill(ctx.tokens.hover);
            }
            if ui.add(button).accessible_name(name).clicked() {
                ctx.push(Command::SetTab(tab));
            }
        }
    });
}

/// A small title above a part of the page.
pub fn caption(ctx: &Ctx<'_>, ui: &mut Ui, words: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(words).font(theme::caption()).color(ctx.tokens.text_third));
}

/// Time and host of an event; a click leads to it.
pub fn jump(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let events = &ctx.shown.analysis.events;
    let digits = ctx.shown.analysis.digits(id);
    let time = ctx.shown.stated(id);
    let time = time.map_or_else(|| "no time".to_owned(), |time| format::time_of_day(time, digits, ctx.view.zone));
    let class = Loudness::of(events.level(id));
    if events.level(id) != Level::None {
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
        ui.painter().add(glyph::shape(class, rect.center(), size::GLYPH, t.loudness(class)));
    }
    let words = format!("{time}  {}", ctx.shown.lane(id).1);
    // A link over two lines would be two stops of Tab, the second without a name.
    let link = |ui: &mut Ui| {
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Extend);
        ui.link(RichText::new(words).font(theme::mono()))
    };
    let response = ui.scope(link).inner;
    if response.on_hover_text(text::cut(&ctx.words(id).message, 200)).clicked() {
        ctx.push(Command::ChooseInLanes(id));
    }
}

fn diagnostics(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    if ctx.shown.analysis.diagnostics.is_empty() {
        ui.add_space(20.0);
        ui.label(RichText::new("Everything was read without trouble.").color(t.good));
        return;
    }
    for diagnostic in ctx.shown.analysis.diagnostics.iter().take(500) {
        let (class, color) = match diagnostic.kind {
            Kind::Error => (Loudness::Error, t.error),
            Kind::Warning => (Loudness::Warning, t.warning),
            Kind::Note => (Loudness::Quiet, t.text_second),
        };
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
            ui.painter().add(glyph::shape(class, rect.center(), size::GLYPH, color));
            ui.label(RichText::new(diagnostic.kind.word()).font(theme::strong()).color(color));
            if diagnostic.count > 1 {
                ui.label(
                    RichText::new(format!("{} times", crate::export::text::count(diagnostic.count)))
                        .color(t.text_second),
                );
            }
        });
        ui.add(Label::new(RichText::new(text::neutral(&diagnostic.message, 2_000).0).color(t.text)).wrap());
        if let Some(path) = &diagnostic.path {
            let place = diagnostic.line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"));
            ui.add(
                Label::new(RichText::new(text::neutral(&place, 300).0).font(theme::mono_small()).color(t.text_third))
                    .wrap(),
            );
        }
        ui.add_space(4.0);
        ui.separator();
    }
}
