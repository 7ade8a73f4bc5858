//! The bar in which a text is searched, and the marks of what was found: nothing is hidden by it.

use egui::{
    Align, Button, Id, Key, Layout, Margin, Modifiers, Painter, Rect, RichText, Stroke, TextEdit, Ui, pos2, vec2,
};

use crate::export::text::count;
use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::panel::Ctx;
use crate::ui::search::Act;
use crate::ui::text;
use crate::ui::theme::{icon, size};

/// Draws the bar.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::Panel::top("find").exact_size(size::FIND).frame(t.frame(12, 0)).show(ui, |ui| {
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            for (mark, name, act) in [
                (icon::CLOSE, "Close find", Act::Close),
                (icon::NEXT, "Next match", Act::Next),
                (icon::PREVIOUS, "Previous match", Act::Previous),
            ] {
                let key = match act {
                    Act::Close => "Escape".to_owned(),
                    _ => keys::key_text(&Command::Search(act.clone())),
                };
                let button = Button::new(RichText::new(mark).color(t.text_second)).frame_when_inactive(false);
                if ui.add(button).on_hover_text(format!("{name} ({key})")).accessible_name(name).clicked() {
                    ctx.push(Command::Search(act));
                }
            }
            told(ctx, ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| field(ctx, ui));
        });
    });
}

fn told(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let search = &ctx.view.search;
    let row = ctx.view.chosen.and_then(|id| ctx.shown.row_of(id).ok());
    let (words, color) = match (&search.error, search.place(row)) {
        (Some(error), _) if !error.unfinished => (text::cut(&text::neutral(&error.message, 300).0, 60), t.error),
        (_, Some((_, 0))) => ("no match".to_owned(), t.warning),
        (_, Some((Some(n), all))) => (format!("{} of {}", count(n as u64), count(all as u64)), t.text_second),
        (_, Some((None, all))) => (text::plural(all as u64, "match", "matches"), t.text_second),
        (_, None) if search.is_on() => ("searching…".to_owned(), t.text_third),
        _ => (String::new(), t.text_third),
    };
    ui.label(RichText::new(words).color(color));
}

fn field(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let id = Id::unique("find");
    let search = &ctx.view.search;
    let label = ui.label(RichText::new("Find").color(t.text_second));
    if ui.memory(|m| m.has_focus(id)) {
        for (modifiers, act) in [(Modifiers::SHIFT, Act::Previous), (Modifiers::NONE, Act::Next)] {
            if ui.input_mut(|i| i.consume_key(modifiers, Key::Enter)) {
                ctx.push(Command::Search(act));
            }
        }
    }
    let wrong = search.error.as_ref().is_some_and(|e| !e.unfinished);
    let mut now = search.text.clone();
    let hint = "Words, \"phrases\", /regex/, as in the filter; nothing is hidden";
    let edit = TextEdit::singleline(&mut now)
        .id(id)
        .hint_text(RichText::new(hint).color(t.text_third))
        .text_color(if wrong { t.error } else { t.text })
        .margin(Margin::symmetric(8, 0))
        .align(egui::Align2::LEFT_CENTER)
        .min_size(vec2(60.0, size::CONTROL - 2.0))
        .desired_width(420.0);
    let response = ui.add(edit).labelled_by(label.id);
    if wrong {
        let y = response.rect.bottom() - 1.0;
        ui.painter().hline(response.rect.x_range(), y, Stroke::new(1.5, t.error));
    }
    if search.focus {
        response.request_focus();
        ctx.push(Command::Search(Act::Focused));
    }
    if response.changed() {
        ctx.push(Command::Search(Act::Set(now)));
    }
    if response.lost_focus() && ui.input(|i| i.key_pressed(Key::Escape)) {
        ctx.push(Command::Search(Act::Close));
    }
}

/// Paints where in the list the matches are, over its scroll bar.
pub fn ticks(ctx: &Ctx<'_>, painter: &Painter, bar: Rect) {
    let parts = (bar.height() / 2.0).max(1.0) as usize;
    for part in ctx.view.search.ticks(parts, ctx.shown.rows.len()) {
        let y = bar.top() + part as f32 * 2.0;
        painter.rect_filled(
            Rect::from_min_size(pos2(bar.left() + 1.0, y), vec2(bar.width() - 2.0, 2.0)),
            0.0,
            ctx.tokens.warning,
        );
    }
}
