//! The report as it would be exported now: as it will look, as Markdown, and what its author says of it.

use egui::containers::menu::MenuButton;
use egui::{Align, Button, Layout, Margin, RichText, Ui, vec2};

use crate::ui::command::Command;
use crate::ui::export::{Act as Export, FORMS, Of};
use crate::ui::keys;
use crate::ui::panel::{Ctx, inspector, report_details};
use crate::ui::report::{Act, Page};
use crate::ui::theme::{self, icon, size};

/// Draws the page.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    inspector::frame(ctx, ui, |ui| {
        egui::Frame::new().inner_margin(Margin::symmetric(14, 4)).show(ui, |ui| head(ctx, ui));
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top() - 4.0, ctx.tokens.line());
        let frame = egui::Frame::new().inner_margin(Margin { left: 14, right: 4, top: 4, bottom: 4 });
        frame.show(ui, |ui| match (ctx.view.report_page, ctx.report.text()) {
            (Page::Details, _) => report_details::show(ctx, ui),
            (Page::Preview, Some(_)) => ctx.report.preview(ui),
            (Page::Markdown, Some(text)) => raw(ui, text),
            (_, None) => drop(ui.label(RichText::new("Writing the report…").color(ctx.tokens.text_second))),
        });
    });
}

fn head(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 24.0;
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 7.0;
        let pages = [
            (Page::Preview, "Preview", "The report as it will look"),
            (Page::Markdown, "Markdown", "The report as it will be written"),
            (Page::Details, "Details", "Title, summary, authors, and how it is written"),
        ];
        for (page, words, about) in pages {
            let button = Button::selectable(ctx.view.report_page == page, words);
            if ui.add(button).on_hover_text(about).clicked() {
                ctx.push(Command::Report(Act::Page(page)));
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| save_menu(ctx, ui));
    });
    let added = ctx.notes.case().report.findings.len() as u64;
    let words = match added {
        0 => "It tells all findings that were not dismissed. “Add to report” narrows it.".to_owned(),
        n => format!("It tells {} that were added.", crate::ui::text::plural(n, "finding", "findings")),
    };
    ui.label(RichText::new(words).font(theme::small()).color(t.text_third));
}

/// All forms in which something can leave the window.
fn save_menu(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let words = RichText::new(format!("Save {}", icon::MENU)).font(theme::strong()).color(t.on_accent);
    let (response, _) = MenuButton::from_button(Button::new(words).fill(t.accent)).ui(ui, |ui| {
        ui.set_min_width(220.0);
        ui.spacing_mut().item_spacing.y = 1.0;
        let item = |ui: &mut Ui, words: &str, name: &str, about: &str, command: Command| {
            let key = RichText::new(keys::key_text(&command)).font(theme::mono_small()).color(t.text_third);
            let button = Button::selectable(false, words).right_text(key).min_size(vec2(210.0, 23.0));
            if ui.add(button).on_hover_text(about).accessible_name(name).clicked() {
                ctx.push(command);
                ui.close();
            }
        };
        for (of, title) in [(Of::Report, "THE REPORT AS"), (Of::Events, "THE FILTERED EVENTS AS")] {
            ui.add_space(3.0);
            ui.label(RichText::new(title).font(theme::caption()).color(t.text_third));
            for row in FORMS.iter().filter(|row| row.of == of) {
                item(ui, row.words, row.name, row.about, Command::Export(Export::Ask(row.form)));
            }
        }
        ui.separator();
        let about = "To be pasted into a postmortem";
        item(ui, "Copy as Markdown", "Copy report", about, Command::Export(Export::CopyReport));
    });
    response.on_hover_text("Write it to a file, or copy it").accessible_name("Save report");
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
