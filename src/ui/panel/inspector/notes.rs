//! The page of notes: how long it all took, a field for a moment that no log holds, and every note by time.

use egui::{Align2, Button, Key, Label, Margin, RichText, Sense, TextEdit, Ui, WidgetInfo, vec2};

use super::{kinds, note};
use crate::case::Kind;
use crate::case::figures::{By, Figures, Took};
use crate::time::format;
use crate::ui::command::Command;
use crate::ui::marker::{self, Act, Focus, list_id};
use crate::ui::marker_words;
use crate::ui::notes::Saved;
use crate::ui::panel::Ctx;
use crate::ui::theme::{self, size};
use crate::ui::widget::time_axis;
use crate::ui::{keys, text};

/// Height of the strip of figures, in points.
const FIGURES: f32 = 44.0;

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let margin = Margin { left: 14, right: 14, top: 6, bottom: 6 };
    egui::Frame::new().inner_margin(margin).show(ui, |ui| {
        figures(ctx, ui);
        moment(ctx, ui);
        tags(ctx, ui);
    });
    let rect = ui.available_rect_before_wrap();
    let n = ctx.notes.case().annotations.len();
    let body = ui.interact(rect, list_id(), Sense::focusable_noninteractive());
    body.widget_info(|| WidgetInfo::labeled(egui::Role::ListBox, true, text::plural(n as u64, "note", "notes")));
    if ctx.view.notes.focus == Focus::List {
        body.request_focus();
        ctx.push(Command::Marker(Act::Focused));
    }
    if body.has_focus() {
        let arrows = egui::EventFilter { vertical_arrows: true, ..Default::default() };
        ui.memory_mut(|m| m.set_focus_lock_filter(list_id(), arrows));
        let ring = egui::Stroke::new(1.0, ctx.tokens.accent.gamma_multiply(0.6));
        ui.painter().rect_stroke(rect.shrink2(vec2(4.0, 1.0)), 4.0, ring, egui::StrokeKind::Inside);
    }
    egui::ScrollArea::vertical().id_salt("notes").auto_shrink(false).show(ui, |ui| {
        let margin = Margin { left: 14, right: 14, top: 4, bottom: 14 };
        egui::Frame::new().inner_margin(margin).show(ui, |ui| list(ctx, ui));
    });
}

/// How long it took, in one strip; what is missing, and how it is set.
fn figures(ctx: &Ctx<'_>, ui: &mut Ui) {
    let f = &ctx.view.notes.digest.figures;
    if *f == Figures::default() && ctx.notes.case().annotations.is_empty() {
        return;
    }
    let t = ctx.tokens;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), FIGURES), Sense::hover());
    ui.painter().rect(rect, size::CORNER, t.raised, t.line(), egui::StrokeKind::Inside);
    let cells: [(&str, &str, Option<Took>, &str); 4] = [
        ("impact", "Impact", f.impact(), "mark its start and its end"),
        ("to detect", "Detected after", f.to_detect(), "mark the detection"),
        ("to mitigate", "Mitigated after", f.to_mitigate(), "mark the mitigation"),
        ("to recover", "Recovered after", f.to_recover(), "mark the recovery"),
    ];
    let width = (rect.width() - 12.0) / cells.len() as f32;
    for (i, (caption, spoken, took, how)) in cells.into_iter().enumerate() {
        let at = rect.left_top() + vec2(10.0 + width * i as f32, 0.0);
        let value = took.map_or_else(|| "—".to_owned(), marker_words::took);
        // Nothing is detected before it began; then a marker stands at the wrong place.
        let wrong = took.is_some_and(|took| took.nanos < 0);
        let color = if wrong {
            t.warning
        } else if took.is_some() {
            t.text
        } else {
            t.text_third
        };
        let painter = ui.painter().with_clip_rect(egui::Rect::from_min_size(at, vec2(width - 2.0, FIGURES)));
        let fits =
            |font: &egui::FontId| painter.layout_no_wrap(value.clone(), font.clone(), color).size().x <= width - 4.0;
        let font = [theme::title(), theme::strong()].into_iter().find(fits).unwrap_or_else(theme::small);
        painter.text(at + vec2(0.0, 15.0), Align2::LEFT_CENTER, &value, font, color);
        painter.text(at + vec2(0.0, 32.0), Align2::LEFT_CENTER, caption, theme::small(), t.text_second);
        let cell = egui::Rect::from_min_size(at, vec2(width, FIGURES));
        let response = ui.interact(cell, ui.scope_id().with(("figure", i)), Sense::hover());
        let told = match took {
            Some(_) if wrong => format!("{spoken} {value}: before the impact began; is that so?"),
            Some(_) => format!("{spoken} {value}"),
            None => format!("{spoken}: not known; {how}"),
        };
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, told.clone()));
        response.on_hover_text(told);
    }
    ui.add_space(2.0);
    start(ctx, ui, f);
    missing(ctx, ui, f);
}

/// Where the start comes from the logs, it says so, and leads there.
fn start(ctx: &Ctx<'_>, ui: &mut Ui, f: &Figures) {
    let Some(m) = f.impact_start.filter(|m| m.by == By::Logs) else { return };
    let time = m.when.time_of_day(ctx.view.zone);
    let words = m.event.map_or_else(String::new, |id| text::cut(&text::squeezed(&ctx.words(id).message), 200));
    let host = m.event.map_or_else(String::new, |id| format!("  {}", text::neutral(ctx.shown.lane(id).1, 60).0));
    let told = format!("Start by the logs: {time}{host}");
    let response = ui.scope(|ui| {
        ui.style_mut().wrap_mode = Some(egui::TextWrapMode::Truncate);
        ui.link(RichText::new(&told).font(theme::small()))
    });
    let response = response.inner.on_hover_text(format!("The first effect that the logs show. {words}"));
    if let (true, Some(id)) = (response.clicked(), m.event) {
        ctx.push(Command::ChooseInLanes(id));
    }
}

fn missing(ctx: &Ctx<'_>, ui: &mut Ui, f: &Figures) {
    let parts = [
        (f.impact_start.is_none(), Kind::ImpactStart),
        (f.detection.is_none(), Kind::Detection),
        (f.mitigation.is_none(), Kind::Mitigation),
        (f.recovery.is_none(), Kind::Recovery),
        (f.impact_end.is_none() && f.recovery.is_none(), Kind::ImpactEnd),
    ];
    let named = |kind: Kind| {
        let word = if kind == Kind::ImpactStart { "impact start".to_owned() } else { kind.title().to_lowercase() };
        let word = if kind == Kind::ImpactEnd { "impact end".to_owned() } else { word };
        match keys::key_text(&Command::Marker(Act::Mark(kind))) {
            key if key.is_empty() => word,
            key => format!("{word} ({key})"),
        }
    };
    let names: Vec<String> = parts.into_iter().filter(|(missing, _)| *missing).map(|(_, kind)| named(kind)).collect();
    if !names.is_empty() {
        let words = format!("Not marked: {}", names.join(", "));
        let label = Label::new(RichText::new(words).font(theme::small()).color(ctx.tokens.text_second)).wrap();
        ui.add(label).on_hover_text("Choose the event, or select a span, and press the key");
    }
}

/// The field for a moment that no log holds.
fn moment(ctx: &Ctx<'_>, ui: &mut Ui) {
    let view = &ctx.view.notes;
    let id = egui::Id::unique("moment");
    ui.add_space(4.0);
    let enter = ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 5.0;
        let mut typed = view.moment.text.clone();
        let menu = |kind| Command::Marker(Act::TypedKind(kind));
        let add_width = 44.0;
        let used = kinds::menu(ctx, ui, view.moment.kind, "Kind of the moment", menu).rect.width();
        let width = (ui.max_rect().width() - used - add_width - 12.0).max(60.0);
        let edit = TextEdit::singleline(&mut typed)
            .id(id)
            .hint_text(RichText::new("~14:20 or a range").color(ctx.tokens.text_third))
            .margin(Margin::symmetric(8, 6))
            .desired_width(width);
        let response = ui.add(edit).accessible_name("Moment that no log holds");
        if view.focus == Focus::Moment {
            response.request_focus();
            ctx.push(Command::Marker(Act::Focused));
        }
        if response.changed() {
            ctx.push(Command::Marker(Act::Typed(typed.clone())));
        }
        let enter = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter)) && !typed.trim().is_empty();
        let zone = ctx.view.zone.name();
        let about = format!("Write down what no log holds, such as a call; the time is read in {zone}");
        response.on_hover_text(about);
        let add = ui.add_enabled(!typed.trim().is_empty(), Button::new("Add").min_size(vec2(add_width, 0.0)));
        enter || add.accessible_name("Add the moment").clicked()
    });
    if enter.inner {
        ctx.push(Command::Marker(Act::Add));
    }
    if let Some(error) = &view.moment.error {
        ui.add(Label::new(RichText::new(error).font(theme::small()).color(ctx.tokens.warning)).wrap());
    }
}

/// Every tag; one of them narrows the list.
fn tags(ctx: &Ctx<'_>, ui: &mut Ui) {
    let view = &ctx.view.notes;
    if view.digest.tags.is_empty() {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(4.0, 4.0);
        ui.spacing_mut().button_padding = vec2(7.0, 1.0);
        ui.spacing_mut().interact_size.y = size::CHIP;
        for tag in view.digest.tags.iter().take(40) {
            let on = view.tag.as_ref() == Some(tag);
            let words = RichText::new(kinds::tag(tag)).font(theme::small());
            let response = ui.add(Button::selectable(on, words).frame_when_inactive(true));
            let about = if on { "List all notes again" } else { "List only notes with this tag" };
            if response.on_hover_text(about).clicked() {
                ctx.push(Command::Marker(Act::Tag((!on).then(|| tag.clone()))));
            }
        }
    });
}

fn list(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let (case, view) = (ctx.notes.case(), &ctx.view.notes);
    if case.annotations.is_empty() {
        empty(ctx, ui);
        return;
    }
    ui.spacing_mut().item_spacing.y = 4.0;
    let mut last: Option<String> = None;
    for (l, a, place) in marker::listed(ctx.notes, view) {
        let title = match (l.when, a.file.is_empty()) {
            (None, false) if place.is_none() => "NO LONGER IN THE LOGS".to_owned(),
            (None, _) => "WITHOUT A TIME".to_owned(),
            (Some(when), _) => time_axis::day_label(when.at, ctx.view.zone).to_uppercase(),
        };
        if last.as_ref() != Some(&title) {
            ui.add_space(if last.is_none() { 0.0 } else { 6.0 });
            ui.label(RichText::new(&title).font(theme::caption()).color(t.text_third));
            last = Some(title);
        }
        ui.push_id(l.number, |ui| note::show(ctx, ui, &note::Note { a, place }));
    }
    ui.add_space(8.0);
    let told = match (ctx.notes.saved(), ctx.notes.path()) {
        (Saved::Failed(reason), _) => format!("Not saved: {reason}"),
        (_, Some(path)) => format!("Kept in {}", path.display()),
        (_, None) => "Not saved".to_owned(),
    };
    ui.add(Label::new(RichText::new(told).font(theme::small()).color(t.text_third)).wrap());
}

fn empty(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let key = |command: Command| keys::key_text(&command);
    let mark = |kind: Kind| key(Command::Marker(Act::Mark(kind)));
    ui.add_space(6.0);
    ui.label(RichText::new("Nothing is marked yet").font(theme::strong()));
    let lines = [
        (key(Command::Mark), "marks the chosen event"),
        (key(Command::Comment), "writes a comment on it"),
        (
            format!("{} – {}", mark(Kind::Trigger), mark(Kind::RedHerring)),
            "say what it was: trigger, impact, detection …",
        ),
        ("Shift+drag".to_owned(), "selects a span, to be noted as well"),
        (key(Command::Marker(Act::Moment)), "notes a moment that no log holds"),
    ];
    for (key, words) in lines {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = 18.0;
            let (rect, _) = ui.allocate_exact_size(vec2(66.0, 18.0), Sense::hover());
            ui.painter().text(rect.left_center(), Align2::LEFT_CENTER, key, theme::mono_small(), t.text);
            ui.add(Label::new(RichText::new(words).color(t.text_second)).wrap());
        });
    }
}

/// Time of an event or a moment as a card tells it, with the band of its clock.
pub(super) fn told_time(ctx: &Ctx<'_>, n: &note::Note<'_>) -> String {
    let zone = ctx.view.zone;
    let analysis = &ctx.shown.analysis;
    match (n.place, n.a.at) {
        (Some(id), _) => {
            let time = ctx.shown.stated(id).map(|time| format::time_of_day(time, analysis.digits(id), zone));
            let band = crate::ui::clocks::told_band(analysis, id).map_or_else(String::new, |band| format!(" {band}"));
            time.map_or_else(|| "no time".to_owned(), |time| format!("{time}{band}"))
        }
        (None, Some(at)) => marker_words::told(at, n.a.until, zone),
        (None, None) => "lost".to_owned(),
    }
}
