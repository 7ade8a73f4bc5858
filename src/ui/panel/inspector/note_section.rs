//! What is marked and written on the chosen event.

use egui::containers::menu::MenuButton;
use egui::{Align, Button, Layout, RichText, TextEdit, Ui};

use super::kinds;
use crate::case::{Annotation, Kind};
use crate::event::EventId;
use crate::ui::command::Command;
use crate::ui::marker::Act;
use crate::ui::panel::Ctx;
use crate::ui::theme::{self, icon};
use crate::ui::{keys, text};

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    buttons(ctx, ui, id);
    let mut markers = ctx.notes.on(id);
    let first = markers.next();
    if let Some(a) = first {
        title(ctx, ui, a);
    }
    comment(ctx, ui, id, first);
    for a in markers {
        ui.push_id(a.id, |ui| {
            title(ctx, ui, a);
            further(ctx, ui, a);
        });
    }
}

fn buttons(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let plain = ctx.notes.on(id).any(Annotation::is_plain_mark);
    ui.horizontal_wrapped(|ui| {
        let words = if plain { "Marked" } else { "Mark" };
        let key = keys::key_text(&Command::Mark);
        let about = format!("Mark this event, or take the mark away ({key})");
        if ui.add(Button::new(words).selected(plain)).on_hover_text(about).clicked() {
            ctx.push(Command::Mark);
        }
        let (response, _) = MenuButton::from_button(Button::new(format!("Mark as {}", icon::MENU))).ui(ui, |ui| {
            kinds::items(ctx, ui, None, |kind| Command::Marker(Act::OnEvent(id, kind)));
        });
        response.on_hover_text("Say what this event was: the trigger, the detection …").accessible_name("Mark as");
        if ui.button("Copy raw").on_hover_text("Copy the record as it stands in its file").clicked() {
            ctx.push(Command::CopyRaw);
        }
        if ui.button("Copy as Markdown").on_hover_text("Copy with time, host and place, for a document").clicked() {
            ctx.push(Command::CopyMarkdown);
        }
    });
}

/// Kind, author and tags of a marker.
fn title(ctx: &Ctx<'_>, ui: &mut Ui, a: &Annotation) {
    let t = ctx.tokens;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        kinds::mark(ctx, ui, a.kind);
        let title = if a.is_plain_mark() { "Mark" } else { a.kind.title() };
        ui.label(RichText::new(title).font(theme::strong()).color(t.kind(a.kind)));
        let author = text::cut(&text::neutral(&a.author, 40).0, 16);
        let tags: String = a.tags.iter().take(3).map(|tag| format!(" {}", kinds::tag(tag))).collect();
        ui.label(RichText::new(format!("{author}{tags}")).font(theme::small()).color(t.text_second));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let undo = keys::key_text(&Command::Undo);
            let remove = Button::new(RichText::new(icon::CLOSE).color(t.text_third)).frame(false);
            let name = format!("Remove {}", title.to_lowercase());
            let remove = ui.add(remove).on_hover_text(format!("Remove it; {undo} brings it back"));
            if remove.accessible_name(name).clicked() {
                ctx.push(Command::Marker(Act::Delete(a.id)));
            }
            let change = Button::new(RichText::new("Change").font(theme::small())).frame_when_inactive(false);
            let name = format!("Change {}", title.to_lowercase());
            if ui.add(change).on_hover_text("Kind, author, tags").accessible_name(name).clicked() {
                ctx.push(Command::Marker(Act::Edit(Some(a.id))));
            }
        });
    });
}

/// The comment of the event: of its first marker, or of one that the first letter makes.
fn comment(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId, first: Option<&Annotation>) {
    let stored = first.map_or("", |n| &n.comment);
    let draft = egui::Id::unique(("draft", id));
    let (response, typed) = field(ctx, ui, egui::Id::unique("comment"), draft, stored, "Comment");
    if ctx.view.focus_comment {
        response.request_focus();
        response.scroll_to_me(Some(Align::Center));
        ctx.push(Command::CommentFocused);
    }
    if let Some(typed) = typed {
        ctx.push(Command::SetComment(id, typed));
    }
}

/// The words of a further marker.
fn further(ctx: &Ctx<'_>, ui: &mut Ui, a: &Annotation) {
    let draft = egui::Id::unique(("draft-of-marker", a.id));
    let title = if a.kind == Kind::Note { "note".to_owned() } else { a.kind.title().to_lowercase() };
    let (_, typed) = field(ctx, ui, draft.with("field"), draft, &a.comment, &format!("Words of the {title}"));
    if let Some(typed) = typed {
        ctx.push(Command::Marker(Act::SetText(a.id, typed)));
    }
}

fn field(
    ctx: &Ctx<'_>,
    ui: &mut Ui,
    id: egui::Id,
    draft: egui::Id,
    stored: &str,
    name: &str,
) -> (egui::Response, Option<String>) {
    // The case keeps words without the space at their end; while typing it must stay.
    let typed = ui.data(|d| d.get_temp::<String>(draft)).filter(|typed| typed.trim() == stored);
    let mut words = typed.unwrap_or_else(|| stored.to_owned());
    let edit = TextEdit::multiline(&mut words)
        .id(id)
        .hint_text(RichText::new(name).color(ctx.tokens.text_third))
        .desired_rows(2)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(name);
    if response.lost_focus() {
        ui.data_mut(|d| d.remove::<String>(draft));
    }
    let changed = response.changed().then(|| {
        ui.data_mut(|d| d.insert_temp(draft, words.clone()));
        words
    });
    (response, changed)
}
