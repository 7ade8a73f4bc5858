//! One note of the list: a card of a few lines, in full when it is chosen, with fields when it is changed.

use egui::{Align2, Button, FontId, Label, Margin, Rect, RichText, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::{kinds, notes};
use crate::case::Annotation;
use crate::event::EventId;
use crate::ui::command::Command;
use crate::ui::marker::{Act, Focus};
use crate::ui::marker_words;
use crate::ui::panel::Ctx;
use crate::ui::theme::{self, size};
use crate::ui::widget::glyph;
use crate::ui::{keys, text};

/// Height of a line of a card, and what is around its lines, in points.
const LINE: f32 = 17.0;
const AROUND: f32 = 8.0;
/// Characters of a note that are told while it is not chosen.
const CHARS: usize = 400;

/// A note, and the event it stands on.
pub(super) struct Note<'a> {
    pub(super) a: &'a Annotation,
    pub(super) place: Option<EventId>,
}

impl Note<'_> {
    fn is_lost(&self) -> bool {
        self.place.is_none() && self.a.spot().is_some()
    }
}

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let view = &ctx.view.notes;
    if view.editing == Some(n.a.id) {
        framed(ctx, ui, |ui| fields(ctx, ui, n));
    } else if view.current == Some(n.a.id) {
        framed(ctx, ui, |ui| whole(ctx, ui, n));
    } else {
        card(ctx, ui, n);
    }
}

/// Where it stands: host, file and line, or that no log holds it.
fn place(ctx: &Ctx<'_>, n: &Note<'_>, chars: usize) -> String {
    let at = format!("{}:{}", n.a.file, n.a.line);
    let (at, _) = text::neutral(&at, 400);
    match n.place {
        Some(id) => {
            let host = text::neutral(ctx.shown.lane(id).1, 60).0;
            format!(
                "{}  {}",
                text::cut_middle(&host, 18),
                text::cut_middle(text::base_name(&at), chars.saturating_sub(host.chars().count().min(18) + 2))
            )
        }
        None if n.is_lost() => format!("was {}", text::cut_middle(&at, chars)),
        None if n.a.until.is_some() => "a span".to_owned(),
        None => "no log holds it".to_owned(),
    }
}

/// What is read aloud: kind, time, place, words.
fn spoken(ctx: &Ctx<'_>, n: &Note<'_>) -> String {
    let words = text::cut(&text::squeezed(&text::neutral(&n.a.comment, CHARS).0), 200);
    let lost = if n.is_lost() { "; its record is no longer in the logs" } else { "" };
    let tags: String = n.a.tags.iter().map(|t| format!(" {}", kinds::tag(t))).collect();
    let colon = if words.is_empty() { "" } else { ": " };
    format!("{} {}, {}{lost}{colon}{words}{tags}", n.a.kind.title(), notes::told_time(ctx, n), place(ctx, n, 60))
}

/// The words without the signs of Markdown, on one line: it is rendered where there is room.
fn plain(markdown: &str) -> String {
    let line = |line: &str| {
        let line = line.trim();
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        let line = item.map_or_else(|| line.trim_start_matches(['#', '>', ' ']).to_owned(), |item| format!("· {item}"));
        line.replace("**", "").replace('`', "")
    };
    let lines: Vec<String> = markdown.lines().map(line).filter(|line| !line.is_empty()).collect();
    text::squeezed(&lines.join(" "))
}

/// Kind and time, on the first line.
fn head(ctx: &Ctx<'_>, ui: &Ui, n: &Note<'_>, at: Rect) {
    let t = ctx.tokens;
    let color = t.kind(n.a.kind);
    ui.painter().add(glyph::kind(n.a.kind, at.left_center() + vec2(5.0, 0.0), size::GLYPH, color));
    let title = at.left_center() + vec2(17.0, 0.0);
    ui.painter().text(title, Align2::LEFT_CENTER, n.a.kind.title(), theme::strong(), color);
    let color = if n.is_lost() { t.warning } else { t.text_second };
    ui.painter().text(at.right_center(), Align2::RIGHT_CENTER, notes::told_time(ctx, n), theme::mono(), color);
}

/// Words in at most so many lines of a width.
fn lines(
    ui: &Ui,
    words: &str,
    font: FontId,
    color: egui::Color32,
    width: f32,
    rows: usize,
) -> std::sync::Arc<egui::Galley> {
    let mut job = egui::text::LayoutJob::simple(words.to_owned(), font, color, width);
    job.wrap.max_rows = rows;
    ui.fonts_mut(|f| f.layout_job(job))
}

/// The card of a note that is not chosen; of a fixed height, so that only those that are seen are laid out.
fn card(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let t = ctx.tokens;
    let width = ui.available_width();
    let long = n.a.comment.len() as f32 * size::BODY * 0.5 > width - 24.0;
    let rows = if n.a.comment.is_empty() { 0 } else { 1 + usize::from(long) };
    let height = AROUND * 2.0 + LINE * (2 + rows) as f32;
    let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
    if !ui.is_rect_visible(rect) {
        return;
    }
    let response = ui.interact(rect, ui.scope_id().with("card"), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, false, spoken(ctx, n)));
    let lit = response.hovered();
    let fill = if lit { t.hover } else { t.raised };
    let line = if n.is_lost() { egui::Stroke::new(1.0, t.warning) } else { t.line() };
    ui.painter().rect(rect, size::CORNER, fill, line, egui::StrokeKind::Inside);
    let inner = rect.shrink2(vec2(10.0, AROUND));
    let row = |i: f32| Rect::from_min_size(pos2(inner.left(), inner.top() + LINE * i), vec2(inner.width(), LINE));
    head(ctx, ui, n, row(0.0));
    if rows > 0 {
        let words = plain(&text::neutral(&n.a.comment, CHARS).0);
        let galley = lines(ui, &words, theme::body(), t.text, inner.width(), rows);
        ui.painter().galley(row(1.0).left_top() + vec2(0.0, 1.0), galley, t.text);
    }
    let author =
        if n.a.author.is_empty() { String::new() } else { format!(" · {}", text::neutral(&n.a.author, 40).0) };
    let tags: String = n.a.tags.iter().take(6).map(|tag| format!("  {}", kinds::tag(tag))).collect();
    let chars = ((inner.width() / 5.6) as usize).saturating_sub(author.chars().count() + tags.chars().count());
    let below = format!("{}{author}{tags}", place(ctx, n, chars.clamp(26, 80)));
    let galley = lines(ui, &below, theme::small(), t.text_second, inner.width(), 1);
    let at = row(1.0 + rows as f32);
    ui.painter().galley(pos2(at.left(), at.center().y - galley.size().y / 2.0), galley, t.text_second);
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if response.double_clicked() {
        ctx.push(Command::Marker(Act::Edit(Some(n.a.id))));
    } else if response.clicked() {
        ctx.push(Command::Marker(Act::Show(n.a.id)));
    }
}

/// What surrounds a chosen note.
fn framed(ctx: &Ctx<'_>, ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let t = ctx.tokens;
    let frame = egui::Frame::new()
        .fill(t.accent_fill)
        .stroke(egui::Stroke::new(1.0, t.accent))
        .corner_radius(size::CORNER)
        .inner_margin(Margin::symmetric(10, 8));
    let response = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        content(ui);
    });
    if ctx.view.notes.reveal {
        response.response.scroll_to_me(None);
        ctx.push(Command::Marker(Act::Revealed));
    }
}

/// All of it, to be read.
fn whole(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let t = ctx.tokens;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::hover());
    let response = ui.interact(rect, ui.scope_id().with("card"), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(egui::Role::ListBoxOption, true, true, spoken(ctx, n)));
    head(ctx, ui, n, rect);
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if response.double_clicked() {
        ctx.push(Command::Marker(Act::Edit(Some(n.a.id))));
    } else if response.clicked() {
        ctx.push(Command::Marker(Act::Show(n.a.id)));
    }
    if !n.a.comment.is_empty() {
        ctx.report.note(ui, &text::neutral(&n.a.comment, 20_000).0);
    }
    let small = |words: String| RichText::new(words).font(theme::small()).color(t.text_second);
    let author = text::neutral(&n.a.author, 80).0;
    let tags: Vec<String> = n.a.tags.iter().map(|tag| kinds::tag(tag)).collect();
    let by = [place(ctx, n, 80), author, tags.join("  ")];
    let by: Vec<String> = by.into_iter().filter(|part| !part.is_empty()).collect();
    ui.add(Label::new(small(by.join(" · "))).wrap());
    if n.is_lost() {
        let words =
            "Its record is no longer in the logs. Choose the event that it belongs to and attach it, or remove it.";
        ui.add(Label::new(RichText::new(words).color(t.warning)).wrap());
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().interact_size.y = 22.0;
        ui.spacing_mut().button_padding = vec2(8.0, 2.0);
        if ui
            .button("Change")
            .on_hover_text("Kind, words, author, tags (Enter)")
            .accessible_name("Change note")
            .clicked()
        {
            ctx.push(Command::Marker(Act::Edit(Some(n.a.id))));
        }
        remove(ctx, ui, n);
        let can = ctx.view.chosen.is_some();
        let attach = Button::new("Attach to the chosen event");
        if n.is_lost() && ui.add_enabled(can, attach).on_disabled_hover_text("Choose an event first").clicked() {
            ctx.push(Command::Marker(Act::Attach(n.a.id)));
        }
    });
}

fn remove(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let key = keys::key_text(&Command::Undo);
    let response = ui.button("Remove").on_hover_text(format!("Remove it (Delete); {key} brings it back"));
    if response.accessible_name("Remove note").clicked() {
        ctx.push(Command::Marker(Act::Delete(n.a.id)));
    }
}

/// Its fields, to be changed.
fn fields(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let number = n.a.id;
    ui.horizontal(|ui| {
        kinds::menu(ctx, ui, n.a.kind, "Kind", |kind| Command::Marker(Act::SetKind(number, kind)));
        if n.a.spot().is_none() {
            time(ctx, ui, n);
        } else {
            let words = RichText::new(notes::told_time(ctx, n)).font(theme::mono()).color(ctx.tokens.text_second);
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| ui.label(words));
        }
    });
    if let Some((_, error)) = ctx.view.notes.wrong_time.as_ref().filter(|(of, _)| *of == number) {
        ui.add(Label::new(RichText::new(error).font(theme::small()).color(ctx.tokens.warning)).wrap());
    }
    words(ctx, ui, n);
    let width = ui.available_width();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let half = (width - 5.0) / 2.0;
        let same = |typed: &str| typed.trim() == n.a.author;
        let author = line(ctx, ui, (number, "author"), &n.a.author, same, "Author", half);
        if let Some(typed) = author {
            ctx.push(Command::Marker(Act::SetAuthor(number, typed)));
        }
        let same = |typed: &str| marker_words::split_tags(typed) == n.a.tags;
        if let Some(typed) = line(ctx, ui, (number, "tags"), &n.a.tags.join(", "), same, "Tags, with commas", half) {
            ctx.push(Command::Marker(Act::SetTags(number, typed)));
        }
    });
    ui.horizontal(|ui| {
        let done = Button::new(RichText::new("Done").font(theme::strong()).color(ctx.tokens.on_accent));
        let done = ui.add(done.fill(ctx.tokens.accent)).on_hover_text("Ctrl+Enter, or Escape twice");
        let chord = ui.input_mut(|i| i.consume_key(egui::Modifiers::COMMAND, egui::Key::Enter));
        if done.clicked() || chord {
            ctx.push(Command::Marker(Act::Edit(None)));
        }
        remove(ctx, ui, n);
    });
}

/// What the case keeps is trimmed; while typing, what was typed must stay.
fn draft(ui: &Ui, id: egui::Id, stored: &str, same: impl Fn(&str) -> bool) -> String {
    ui.data(|d| d.get_temp::<String>(id)).filter(|typed| same(typed)).unwrap_or_else(|| stored.to_owned())
}

fn typed(ui: &Ui, id: egui::Id, response: &egui::Response, text: String) -> Option<String> {
    if response.lost_focus() {
        ui.data_mut(|d| d.remove::<String>(id));
    }
    response.changed().then(|| {
        ui.data_mut(|d| d.insert_temp(id, text.clone()));
        text
    })
}

fn words(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let number = n.a.id;
    let id = egui::Id::unique(("note-words", number));
    let mut text = draft(ui, id, &n.a.comment, |typed| typed.trim() == n.a.comment);
    let edit = TextEdit::multiline(&mut text)
        .id(id.with("field"))
        .hint_text(RichText::new("What happened, in Markdown").color(ctx.tokens.text_third))
        .desired_rows(4)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Words of the note");
    if ctx.view.notes.focus == Focus::Words {
        response.request_focus();
        ctx.push(Command::Marker(Act::Focused));
    }
    if let Some(text) = typed(ui, id, &response, text) {
        ctx.push(Command::Marker(Act::SetText(number, text)));
    }
}

fn line(
    ctx: &Ctx<'_>,
    ui: &mut Ui,
    key: (u32, &str),
    stored: &str,
    same: impl Fn(&str) -> bool,
    name: &str,
    width: f32,
) -> Option<String> {
    let id = egui::Id::unique(("note-line", key));
    let mut text = draft(ui, id, stored, same);
    let edit = TextEdit::singleline(&mut text)
        .id(id.with("field"))
        .hint_text(RichText::new(name).color(ctx.tokens.text_third))
        .margin(Margin::symmetric(8, 6))
        .desired_width(width);
    let response = ui.add(edit).accessible_name(name).on_hover_text(name);
    typed(ui, id, &response, text)
}

/// The time of a note that no event stands for; what cannot be read stays until it can.
fn time(ctx: &Ctx<'_>, ui: &mut Ui, n: &Note<'_>) {
    let number = n.a.id;
    let id = egui::Id::unique(("note-time", number));
    let stored = n.a.at.map_or_else(String::new, |at| marker_words::written(at, n.a.until, ctx.view.zone));
    let mut text = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_else(|| stored.clone());
    let edit = TextEdit::singleline(&mut text)
        .id(id.with("field"))
        .font(theme::mono())
        .margin(Margin::symmetric(8, 6))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Time of the note");
    let wrong = ctx.view.notes.wrong_time.as_ref().is_some_and(|(of, _)| *of == number);
    if response.changed() {
        ui.data_mut(|d| d.insert_temp(id, text.clone()));
    }
    if response.lost_focus() {
        if text.trim() != stored {
            ctx.push(Command::Marker(Act::SetTime(number, text)));
        }
    } else if !response.has_focus() && !wrong {
        ui.data_mut(|d| d.remove::<String>(id));
    }
    let zone = ctx.view.zone.name();
    response.on_hover_text(format!("~14:20, 14:20–14:35 or 2026-10-10 14:20, in {zone}"));
}
