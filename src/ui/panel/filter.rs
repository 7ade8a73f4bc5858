//! The filter: finished terms as chips, what is being typed behind them, and how many events it hides.

use std::ops::Range;

use egui::text::{CCursor, CCursorRange};
use egui::widgets::text_edit::TextEditState;
use egui::{
    Align, Button, EventFilter, Id, Key, Layout, Margin, Modifiers, RichText, Sense, Stroke, TextEdit, Ui, vec2,
};

use crate::export::text::count;
use crate::ui::command::Command;
use crate::ui::filter::{Act, List, parted};
use crate::ui::keys;
use crate::ui::panel::{Ctx, filter_list};
use crate::ui::text;
use crate::ui::theme::{self, icon, size};

/// The field keeps at least this much width for what is being typed, in points.
const TYPING: f32 = 110.0;
/// A chip shows at most so many characters.
const CHARS: usize = 36;

/// The field's id.
pub fn id() -> Id {
    Id::unique("filter")
}

/// Draws it into what room is left, from the right to the left.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let border = if ui.memory(|m| m.has_focus(id())) { Stroke::new(1.0, t.accent) } else { t.border() };
    let frame = egui::Frame::new()
        .fill(t.background)
        .stroke(border)
        .corner_radius(size::CORNER)
        .inner_margin(Margin::symmetric(10, 0));
    let response = frame.show(ui, |ui| {
        ui.set_height(size::CONTROL);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            buttons(ctx, ui);
            told(ctx, ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(icon::SEARCH).color(t.text_third)).sense(Sense::hover()));
                chips(ctx, ui);
                field(ctx, ui);
            });
        });
    });
    ctx.layout.filter_field.set(response.response.rect);
}

fn small_button(ui: &mut Ui, text: RichText, name: &str, tip: String) -> bool {
    ui.add(Button::new(text).frame(false)).on_hover_text(tip).accessible_name(name).clicked()
}

fn buttons(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let list = RichText::new(icon::MENU).color(t.text_second);
    let key = keys::key_text(&Command::Filter(Act::Past));
    if small_button(ui, list, "Used and saved filters", format!("Filters used and saved ({key})")) {
        let open = ctx.view.filters.list == List::Past;
        ctx.push(Command::Filter(if open { Act::List(List::Closed) } else { Act::Past }));
    }
    if ctx.view.filter.is_empty() {
        return;
    }
    let saved = ctx.view.filters.saved(&ctx.view.filter).is_some();
    let (star, color, name) = match saved {
        true => (icon::SAVED, t.accent, "Do not keep this filter"),
        false => (icon::SAVE, t.text_third, "Save filter"),
    };
    let tip = if saved { "Saved. A click keeps it no longer" } else { "Save this filter under a name" };
    if small_button(ui, RichText::new(star).color(color), name, tip.to_owned()) {
        ctx.push(Command::Filter(Act::Save));
    }
    let clear = RichText::new(icon::CLOSE).color(t.text_third);
    let tip = format!("Show all events ({})", keys::key_text(&Command::ClearFilter));
    if small_button(ui, clear, "Clear filter", tip) {
        ctx.push(Command::ClearFilter);
    }
}

/// What is wrong, or how many events are left and how many are hidden.
fn told(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    if let Some(error) = &ctx.view.filter_error {
        if !error.unfinished && ctx.view.filters.list != List::Closed {
            return; // the list tells it whole
        }
        let unfinished = error.unfinished && ui.memory(|m| m.has_focus(id()));
        let color = if unfinished { t.text_third } else { t.error };
        let room = (ui.available_width() * 0.45 / (size::BODY * 0.5)) as usize;
        let label = RichText::new(text::cut(&text::neutral(&error.message, 300).0, room.clamp(12, 70))).color(color);
        let at = ctx.view.filter.get(..error.at).map_or(0, |head| head.chars().count()) + 1;
        ui.label(label).on_hover_text(format!("Character {at}: {}", text::neutral(&error.message, 600).0));
        return;
    }
    let all = ctx.shown.analysis.events.len() as u64;
    let kept = ctx.shown.rows.len() as u64;
    let narrow = ui.available_width() < 420.0;
    if kept < all {
        let hidden = RichText::new(format!("{} hidden", count(all - kept))).color(t.text_second);
        let button = Button::new(hidden).frame(false);
        let response = ui.add(button).on_hover_ui(|ui| hidden_by(ctx, ui));
        if response.clicked() {
            ctx.push(Command::Filter(Act::Past));
        }
        if !narrow {
            ui.label(RichText::new("·").color(t.text_third));
        }
    }
    let told =
        if kept == all { text::plural(all, "event", "events") } else { format!("{} of {}", count(kept), count(all)) };
    if !narrow || kept == all {
        ui.label(RichText::new(told).font(theme::mono()).color(t.text_second));
    }
    if ctx.filtering {
        ui.label(RichText::new("filtering…").color(t.text_third));
    }
}

/// How many events each term leaves of what the terms before it left.
pub fn left_by(ctx: &Ctx<'_>) -> Vec<(String, Option<usize>)> {
    let terms = crate::ui::filter::terms(&ctx.view.filter);
    let last = terms.len().saturating_sub(1);
    let left = |i: usize| if i == last { Some(ctx.shown.rows.len()) } else { ctx.left.get(i).copied() };
    terms.iter().enumerate().map(|(i, term)| (text::neutral(term, 80).0, left(i))).collect()
}

fn hidden_by(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.label(RichText::new("Events left after each term").font(theme::strong()));
    egui::Grid::new("hidden").num_columns(2).spacing(vec2(16.0, 3.0)).show(ui, |ui| {
        for (term, left) in left_by(ctx) {
            ui.label(term);
            let told = left.map_or_else(|| icon::MORE.to_owned(), |n| count(n as u64));
            ui.label(RichText::new(told).font(theme::mono()).color(t.text_second));
            ui.end_row();
        }
    });
}

/// A term as a chip shows it.
fn words(term: &str) -> String {
    let level = |key: &str, sign: &str| {
        let (minus, rest) = term.strip_prefix('-').map_or(("", term), |rest| ("−", rest));
        rest.strip_prefix(key).map(|value| format!("{minus}level {sign} {value}"))
    };
    let told = level("level>=", "≥").or_else(|| level("level<=", "≤")).unwrap_or_else(|| term.to_owned());
    text::cut_middle(&text::squeezed(&text::neutral(&told, 300).0), CHARS)
}

fn chips(ctx: &Ctx<'_>, ui: &mut Ui) {
    let (terms, typed) = parted(&ctx.view.filter, &ctx.view.filters);
    let widths: Vec<f32> = terms
        .iter()
        .map(|term| ui.painter().layout_no_wrap(words(term), theme::body(), ctx.tokens.accent).size().x + 40.0)
        .collect();
    let room = ui.available_width() - if typed.is_empty() { TYPING * 0.5 } else { TYPING };
    let (mut first, mut used) = (terms.len(), 0.0);
    // The newest are shown; the list tells the others.
    for (i, width) in widths.iter().enumerate().rev() {
        let more = if i > 0 { 40.0 } else { 0.0 };
        if used + width + more > room && i + 1 < terms.len() {
            break;
        }
        used += width;
        first = i;
    }
    if first > 0 {
        let more = Button::new(RichText::new(format!("+{first}")).color(ctx.tokens.accent)).small();
        let tip = terms.iter().take(first).map(|t| text::neutral(t, 80).0).collect::<Vec<_>>().join("\n");
        if ui.add(more).on_hover_text(tip).accessible_name(format!("{first} more terms")).clicked() {
            ctx.push(Command::Filter(Act::Past));
        }
    }
    let mut from = 0;
    for (i, term) in terms.iter().enumerate() {
        let at = ctx.view.filter.get(from..).and_then(|rest| rest.find(term)).map_or(from, |at| from + at);
        from = at + term.len();
        if i >= first {
            chip(ctx, ui, i, term, at..from);
        }
    }
}

fn chip(ctx: &Ctx<'_>, ui: &mut Ui, i: usize, term: &str, span: Range<usize>) {
    let t = ctx.tokens;
    let wrong = ctx.view.filter_error.as_ref().filter(|e| e.term.start < span.end && span.start < e.term.end);
    let color = if wrong.is_some() { t.error } else { t.accent };
    let border = if wrong.is_some() { Stroke::new(1.0, t.error) } else { Stroke::NONE };
    let frame = egui::Frame::new()
        .fill(t.accent_fill)
        .stroke(border)
        .corner_radius(size::CORNER - 1.0)
        .inner_margin(Margin { left: 8, right: 4, top: 0, bottom: 0 });
    let name = text::neutral(term, 200).0;
    frame.show(ui, |ui| {
        ui.set_height(size::CHIP);
        ui.spacing_mut().item_spacing.x = 4.0;
        ui.spacing_mut().button_padding = vec2(0.0, 0.0);
        ui.spacing_mut().interact_size.y = size::CHIP;
        let tip = wrong.map_or_else(|| format!("{name}\nClick to change it"), |e| text::neutral(&e.message, 600).0);
        let text = ui.add(Button::new(RichText::new(words(term)).color(color)).frame(false));
        let text = text.on_hover_text(tip).accessible_name(format!("Term {name}"));
        if text.clicked() {
            ctx.push(Command::Filter(Act::Edit(i)));
        }
        text.context_menu(|ui| chip_menu(ctx, ui, i, term));
        let close = Button::new(RichText::new(icon::CLOSE).font(theme::small()).color(t.text_third)).frame(false);
        let close = ui.add(close).on_hover_text("Remove this term").accessible_name(format!("Remove {name}"));
        if close.clicked() {
            ctx.push(Command::Filter(Act::Remove(i)));
        }
        if text.has_focus() || close.has_focus() {
            ctx.layout.chip_focused.set(true);
            let (delete, negate) = ui.input_mut(|input| {
                let mut key = |key| input.consume_key(Modifiers::NONE, key);
                (key(Key::Delete) | key(Key::Backspace), key(Key::Minus))
            });
            if delete {
                ctx.push(Command::Filter(Act::Remove(i)));
                ctx.push(Command::FocusFilter);
            } else if negate {
                ctx.push(Command::Filter(Act::Negate(i)));
            }
        }
    });
}

fn chip_menu(ctx: &Ctx<'_>, ui: &mut Ui, i: usize, term: &str) {
    let turn =
        if term.starts_with('-') { "Show these instead of hiding them" } else { "Hide these instead of showing them" };
    for (name, act) in [
        (turn, Act::Negate(i)),
        ("Only this term", Act::Only(term.to_owned())),
        ("Change it", Act::Edit(i)),
        ("Remove it", Act::Remove(i)),
    ] {
        if ui.button(name).clicked() {
            ctx.push(Command::Filter(act));
            ui.close();
        }
    }
}

fn field(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let (terms, typed) = parted(&ctx.view.filter, &ctx.view.filters);
    let had = ui.memory(|m| m.has_focus(id()));
    let rows = filter_list::rows(ctx);
    let open = had && !rows.is_empty();
    if had {
        keyboard(ctx, ui, typed, terms.len(), &rows);
    }
    let wrong =
        ctx.view.filter_error.as_ref().filter(|e| e.term.end > ctx.view.filters.typed_from && !typed.is_empty());
    let color = if wrong.is_some_and(|e| !e.unfinished) { t.error } else { t.text };
    let mut now = typed.to_owned();
    let hint = if terms.is_empty() { "Filter: words, \"phrases\", /regex/, host: id: level>= -not" } else { "" };
    let edit = TextEdit::singleline(&mut now)
        .id(id())
        .hint_text(RichText::new(hint).color(t.text_third))
        .text_color(color)
        .frame(egui::Frame::NONE)
        .align(egui::Align2::LEFT_CENTER)
        .min_size(vec2(40.0, size::CONTROL))
        .desired_width(f32::INFINITY)
        .event_filter(EventFilter { tab: open, escape: open, horizontal_arrows: true, vertical_arrows: true });
    let response = ui.add(edit).accessible_name("Filter");
    if wrong.is_some_and(|e| !e.unfinished) {
        underline(ctx, ui, response.rect);
    }
    if ctx.view.focus_filter {
        response.request_focus();
        put_cursor_at_end(ui, typed);
        ctx.push(Command::FilterFocused);
    }
    if response.changed() {
        if !now.starts_with(typed) || now.ends_with(char::is_whitespace) {
            forget_edits(ui);
        }
        ctx.push(Command::Filter(Act::Type(now)));
    }
    // A click into the list takes the keyboard, too; what is typed is not finished by it.
    let in_list = ui.input(|i| i.pointer.interact_pos()).zip(ctx.layout.filter_list.get());
    if response.lost_focus() && !in_list.is_some_and(|(pos, list)| list.contains(pos)) {
        ctx.push(Command::Filter(Act::Left));
    }
}

/// A red line below the term that cannot be read.
fn underline(ctx: &Ctx<'_>, ui: &Ui, rect: egui::Rect) {
    let (_, typed) = parted(&ctx.view.filter, &ctx.view.filters);
    let shown = text::neutral(typed, 300).0;
    let width = ui.painter().layout_no_wrap(shown, theme::body(), ctx.tokens.error).size().x;
    let y = rect.center().y + size::BODY * 0.75;
    ui.painter().hline(
        rect.left()..=(rect.left() + width + 4.0).min(rect.right()),
        y,
        Stroke::new(1.5, ctx.tokens.error),
    );
}

fn put_cursor_at_end(ui: &Ui, typed: &str) {
    let mut state = TextEditState::load(ui.ctx(), id()).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(typed.chars().count()))));
    state.clear_undoer();
    state.store(ui.ctx(), id());
}

/// What became a chip must not come back by Ctrl+Z in the field.
fn forget_edits(ui: &Ui) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), id()) {
        state.clear_undoer();
        state.store(ui.ctx(), id());
    }
}

/// Keys that the field does not take itself: they move in the list, finish the term, take the last chip back.
fn keyboard(ctx: &Ctx<'_>, ui: &Ui, typed: &str, terms: usize, rows: &[filter_list::Row]) {
    let at = ctx.view.filters.idx;
    let take = |key| ui.input_mut(|i| i.consume_key(Modifiers::NONE, key));
    let push = |act| ctx.push(Command::Filter(act));
    if rows.is_empty() {
        if typed.is_empty() && (take(Key::ArrowUp) || take(Key::ArrowDown)) {
            push(Act::Past);
        }
    } else {
        let last = rows.len() - 1;
        if take(Key::ArrowDown) {
            push(Act::Point(Some(at.map_or(0, |i| if i < last { i + 1 } else { 0 }))));
        }
        if take(Key::ArrowUp) {
            push(Act::Point(Some(at.map_or(last, |i| i.checked_sub(1).unwrap_or(last)))));
        }
        if take(Key::Tab)
            && let Some(row) = rows.get(at.unwrap_or(0))
        {
            push(row.act.clone());
        }
        if take(Key::Escape) {
            push(Act::List(List::Closed));
        }
    }
    if take(Key::Enter) {
        match at.and_then(|i| rows.get(i)) {
            Some(row) => push(row.act.clone()),
            None => {
                push(Act::Finish);
                ui.memory_mut(|m| m.surrender_focus(id()));
            }
        }
    }
    if typed.is_empty() && terms > 0 && take(Key::Backspace) {
        push(Act::Edit(terms - 1));
    }
}
