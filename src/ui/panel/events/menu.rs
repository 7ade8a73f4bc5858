//! The menu of a row: all that can be done with one event.

use egui::containers::Popup;
use egui::{Button, Rect, Ui, pos2};

use crate::event::EventId;
use crate::ui::command::Command;
use crate::ui::list::{self, Act, menu_id};
use crate::ui::marker::Act as Note;
use crate::ui::page;
use crate::ui::panel::Ctx;
use crate::ui::panel::inspector::kinds;
use crate::ui::theme::size;
use crate::ui::widget::list::Scroll;
use crate::ui::{keys, text};

/// Entities that the menu names.
const ENTITIES: usize = 6;

/// Draws the menu, if it is open.
pub(super) fn show(ctx: &Ctx<'_>, ui: &Ui, body: Rect, scroll: Scroll) {
    let Some((id, at)) = ctx.view.list.menu else { return };
    if !Popup::is_id_open(ui.ctx(), menu_id()) || id.idx() >= ctx.shown.analysis.events.len() {
        return;
    }
    let at = at.unwrap_or_else(|| {
        let unit = ctx.shown.row_of(id).map_or(0, |row| ctx.view.list.opened.unit(row as u64));
        let y = unit.saturating_sub(scroll.top) as f32 * size::ROW - scroll.frac + size::ROW;
        pos2(body.left() + 40.0, (body.top() + y).min(body.bottom()).max(body.top()))
    });
    let popup = Popup::new(menu_id(), ui.ctx().clone(), at, ui.layer_id())
        .kind(egui::PopupKind::Menu)
        .layout(egui::Layout::top_down_justified(egui::Align::Min))
        .style(egui::containers::menu::menu_style)
        .gap(2.0)
        .accessible_name("Menu of the event")
        .open_memory(None);
    popup.show(|ui| {
        ui.set_min_width(230.0);
        items(ctx, ui, id);
    });
}

fn items(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let first = item(ctx, ui, "Copy raw lines", Command::CopyRaw);
    // Opened by a key, the menu has the keyboard.
    if ctx.view.list.menu.is_some_and(|(_, at)| at.is_none()) && ui.memory(|m| m.focused().is_none()) {
        first.request_focus();
    }
    item(ctx, ui, "Copy as Markdown", Command::CopyMarkdown);
    ui.separator();
    let marked = ctx.notes.of(id).is_some();
    item(ctx, ui, if marked { "Take the mark away" } else { "Mark" }, Command::Mark);
    item(ctx, ui, "Comment…", Command::Comment);
    ui.menu_button("Mark as", |ui| kinds::items(ctx, ui, None, |kind| Command::Marker(Note::OnEvent(id, kind))));
    ui.separator();
    let opened = ctx.view.list.opened.get(id).is_some();
    item(ctx, ui, if opened { "Fold the row" } else { "Open the row" }, Command::List(Act::Toggle));
    ui.menu_button("Show only", |ui| terms(ctx, ui, id, false));
    ui.menu_button("Leave out", |ui| terms(ctx, ui, id, true));
    item(ctx, ui, "Next with the same", Command::List(Act::NextSame));
    item(ctx, ui, "Previous with the same", Command::List(Act::PreviousSame));
    ui.separator();
    item(ctx, ui, "Hold, to compare with another", Command::Compare);
    related(ctx, ui, id);
    item(ctx, ui, "Zoom the lanes to it", Command::FitChosen);
}

/// Causes and effects. The place for whatever else leads from one event to another.
fn related(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    for (words, cause, act) in
        [("Go to the cause", true, page::Act::Cause), ("Go to the effect", false, page::Act::Effect)]
    {
        if page::neighbour(ctx.shown, id, cause).is_some() {
            item(ctx, ui, words, Command::Page(act));
        }
    }
}

fn item(ctx: &Ctx<'_>, ui: &mut Ui, words: &str, command: Command) -> egui::Response {
    let button = Button::new(words).shortcut_text(keys::key_text(&command)).min_size(egui::vec2(0.0, 22.0));
    let response = ui.add(button);
    if response.clicked() {
        ctx.push(command);
        ui.close();
    }
    response
}

/// What the filter can be narrowed by.
fn terms(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId, out: bool) {
    let analysis = &ctx.shown.analysis;
    let words = ctx.words(id);
    let level = analysis.events.level(id).name();
    let all = [
        ("host", Some(ctx.shown.lane(id).1.to_owned())),
        ("source", analysis.source(id).map(|s| s.path.clone())),
        ("process", words.process.clone()),
        ("level", level.map(str::to_owned)),
    ];
    let entities = ctx.entities(id, &words).iter().filter(|e| e.kind != "host");
    let ids = entities.take(ENTITIES).map(|e| ("id", Some(e.name.clone()), e.words()));
    let named = all.into_iter().map(|(key, value)| {
        let words = format!("{key} {}", value.as_deref().unwrap_or_default());
        (key, value, words)
    });
    let mut seen: Vec<String> = Vec::new();
    for (key, value, words) in named.chain(ids) {
        let Some(value) = value.filter(|v| !v.is_empty()) else { continue };
        let key = if out { format!("-{key}") } else { key.to_owned() };
        let term = list::term(&key, &value);
        if seen.contains(&term) {
            continue;
        }
        let shown = text::cut(&text::neutral(&words, 80).0, 48);
        if ui.add(Button::new(shown).min_size(egui::vec2(0.0, 22.0))).clicked() {
            ctx.push(Command::List(Act::FilterBy(term.clone())));
            ui.close();
        }
        seen.push(term);
    }
}
