//! The page of the chosen event: its record, what it proves, how it is ordered, its times, who wrote it.

use egui::{Button, Label, RichText, Sense, Ui, vec2};

use super::{LONGEST, facts, note_section, record};
use crate::event::{EventId, Flags};
use crate::time::format;
use crate::time::zone::Zone;
use crate::timeline::density::Loudness;
use crate::ui::command::Command;
use crate::ui::list::{self, Act as ListAct};
use crate::ui::page::{Act, Section};
use crate::ui::panel::{Ctx, finding, order};
use crate::ui::theme::{self, size};
use crate::ui::widget::glyph;
use crate::ui::{keys, text};

/// Fields that are listed.
const FIELDS: usize = 200;

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let Some(id) = ctx.view.chosen else { return nothing(ctx, ui) };
    heading(ctx, ui, id);
    record::show(ctx, ui, id);
    if finding::proves_any(ctx, id) {
        section(ctx, ui, Section::Findings, None, |ui| finding::proven_by(ctx, ui, id));
    }
    ui.scope(|ui| order::show(ctx, ui, id));
    let copied = || times(ctx, id).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    section(ctx, ui, Section::Time, Some(&copied), |ui| {
        grid(ui, "times", |ui| times(ctx, id).iter().for_each(|(name, value)| pair(ctx, ui, name, value)));
        for line in order::rests_on(ctx, id) {
            ui.add(Label::new(RichText::new(line).font(theme::small()).color(ctx.tokens.text_second)).wrap());
        }
    });
    let copied = || places(ctx, id).iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    section(ctx, ui, Section::Place, Some(&copied), |ui| {
        grid(ui, "places", |ui| places(ctx, id).iter().for_each(|(name, value)| pair(ctx, ui, name, value)));
    });
    section(ctx, ui, Section::Note, None, |ui| note_section::show(ctx, ui, id));
    fields(ctx, ui, id);
    facts::show(ctx, ui, id);
}

/// What to do when no event is chosen.
fn nothing(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.add_space(16.0);
    ui.label(RichText::new("No event is chosen").font(theme::strong()).color(t.text));
    ui.add_space(2.0);
    let words = "Click a row of the list or a mark on the timeline. Its record, its three times and what it led to \
                 stand here.";
    ui.add(Label::new(RichText::new(words).color(t.text_second)).wrap());
    ui.add_space(8.0);
    for (words, command) in [
        ("First error", Command::NextError),
        ("First event", Command::FirstRow),
        ("Go to a time…", Command::GoToTime),
        ("Filter…", Command::FocusFilter),
    ] {
        let button = Button::new(words).shortcut_text(keys::key_text(&command));
        if ui.add_sized(vec2(190.0, size::CONTROL), button).clicked() {
            ctx.push(command);
        }
    }
}

/// A part of the page that can be folded; `copied` is what its button copies.
pub(in crate::ui::panel) fn section(
    ctx: &Ctx<'_>,
    ui: &mut Ui,
    section: Section,
    copied: Option<&dyn Fn() -> String>,
    body: impl FnOnce(&mut Ui),
) {
    let t = ctx.tokens;
    let open = !ctx.view.page.folded.contains(&section);
    ui.add_space(10.0);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 18.0), Sense::hover());
    // The button at the right end is not part of the title.
    let title = rect.with_max_x(rect.right() - if copied.is_some() && open { 42.0 } else { 0.0 });
    let response = ui.interact(title, ui.scope_id().with(("title", section)), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::DisclosureTriangle, true, open, section.name()));
    if response.has_focus() {
        let ring = egui::Stroke::new(1.0, t.accent);
        ui.painter().rect_stroke(title.expand(2.0), 3.0, ring, egui::StrokeKind::Inside);
    }
    let color = if response.hovered() || response.has_focus() { t.text } else { t.text_third };
    glyph::fold(ui.painter(), rect.left_center() + vec2(3.0, 0.0), open, color);
    let at = rect.left_center() + vec2(13.0, 0.0);
    ui.painter().text(at, egui::Align2::LEFT_CENTER, section.title(), theme::caption(), color);
    if let Some(copied) = copied.filter(|_| open) {
        copy_button(ctx, ui, rect, section, copied);
    }
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
        ctx.push(Command::Page(Act::Fold(section)));
    }
    if open {
        ui.push_id(section.title(), |ui| body(ui));
    }
}

fn copy_button(ctx: &Ctx<'_>, ui: &Ui, rect: egui::Rect, section: Section, copied: &dyn Fn() -> String) {
    let area = egui::Rect::from_min_max(egui::pos2(rect.right() - 34.0, rect.top()), rect.max);
    let response = ui.interact(area, ui.scope_id().with(("copy", section)), Sense::click());
    let name = format!("Copy: {}", section.name());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Button, true, name.clone()));
    let t = ctx.tokens;
    let lit = response.hovered() || response.has_focus();
    let color = if lit { t.accent } else { t.text_second };
    ui.painter().text(area.right_center(), egui::Align2::RIGHT_CENTER, "Copy", theme::small(), color);
    if response.has_focus() {
        let ring = egui::Stroke::new(1.0, t.accent);
        ui.painter().rect_stroke(area.expand(1.0), 3.0, ring, egui::StrokeKind::Inside);
    }
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text("Copy this part");
    if response.clicked() {
        ctx.push(Command::Page(Act::Copy(copied(), "text")));
    }
}

/// Names and values, side by side.
pub(super) fn grid(ui: &mut Ui, name: &str, rows: impl FnOnce(&mut Ui)) {
    ui.scope(|ui| {
        ui.spacing_mut().interact_size.y = size::GRID_ROW;
        egui::Grid::new(name.to_owned()).num_columns(2).min_col_width(74.0).spacing(vec2(10.0, 4.0)).show(ui, rows);
    });
}

/// A name and a value.
pub(super) fn pair(ctx: &Ctx<'_>, ui: &mut Ui, name: &str, value: &str) {
    ui.label(RichText::new(name).color(ctx.tokens.text_third));
    ui.add(Label::new(RichText::new(value).font(theme::mono()).color(ctx.tokens.text)).wrap().selectable(true));
    ui.end_row();
}

fn heading(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let level = ctx.shown.analysis.events.level(id);
    let (lane, host) = ctx.shown.lane(id);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
        let class = Loudness::of(level);
        ui.painter().add(glyph::shape(class, rect.center(), size::GLYPH, t.loudness(class)));
        let word = level.name().unwrap_or("no level");
        ui.label(RichText::new(word).font(theme::strong()).color(t.loudness(class)));
        ui.add_space(6.0);
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
        glyph::host_square(ui, rect.center(), t.host(lane));
        ui.label(RichText::new(text::neutral(host, 80).0).font(theme::strong()));
        if let Some(process) = &ctx.words(id).process {
            ui.add(Label::new(RichText::new(process).color(t.text_second)).truncate());
        }
    });
}

/// The three times, and what else is known of them.
fn times(ctx: &Ctx<'_>, id: EventId) -> Vec<(String, String)> {
    let analysis = &ctx.shown.analysis;
    let flags = analysis.events.flags(id);
    let mut out: Vec<(String, String)> =
        order::stamps(ctx, id).into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    if let Some(time) = ctx.shown.stated(id).filter(|_| ctx.view.zone != Zone::default()) {
        let zone = text::cut_middle(&ctx.view.zone.name(), 14);
        out.push((zone, format::with_offset(time, analysis.digits(id), ctx.view.zone)));
    }
    out.extend(other_end(ctx, id));
    let assumed = assumed(flags);
    if !assumed.is_empty() {
        out.push(("assumed".to_owned(), assumed.join(", ")));
    }
    if flags.has(Flags::OUT_OF_ORDER) {
        out.push(("order".to_owned(), "earlier than the record above it".to_owned()));
    }
    out
}

/// The begin of what the record tells of, where its stamp is of the end; or the other way round.
fn other_end(ctx: &Ctx<'_>, id: EventId) -> Option<(String, String)> {
    let analysis = &ctx.shown.analysis;
    if analysis.raw(id).len() > LONGEST {
        return None;
    }
    let record = analysis.record(id);
    let (name, time) =
        crate::export::json::other_end(&record, analysis.events.time(id)?, analysis.events.precision(id))?;
    let word = if name == "began_utc" { "began" } else { "ended" };
    Some((word.to_owned(), format!("{time} ({})", format::duration(record.took?.nanos))))
}

fn assumed(flags: Flags) -> Vec<&'static str> {
    [
        (Flags::ASSUMED_YEAR, "year"),
        (Flags::ASSUMED_DATE, "date"),
        (Flags::ASSUMED_ZONE, "zone"),
        (Flags::ASSUMED_TIME, "time of the record above"),
        (Flags::DST_AMBIGUOUS, "which of two hours at the clock change"),
        (Flags::LEVEL_FROM_WORDS, "level from words"),
    ]
    .into_iter()
    .filter(|(flag, _)| flags.has(*flag))
    .map(|(_, word)| word)
    .collect()
}

/// Who wrote the record, and where it stands.
fn places(ctx: &Ctx<'_>, id: EventId) -> Vec<(String, String)> {
    let analysis = &ctx.shown.analysis;
    let events = &analysis.events;
    let mut out = vec![("host".to_owned(), text::neutral(ctx.shown.lane(id).1, 80).0)];
    if let Some(process) = &ctx.words(id).process {
        out.push(("process".to_owned(), process.clone()));
    }
    if let Some(source) = analysis.source(id) {
        out.push(("line".to_owned(), text::neutral(&format!("{}:{}", source.path, events.line(id)), 400).0));
    }
    let span = events.span(id);
    let told = |n: u64| crate::export::text::count(n);
    let size = crate::export::text::bytes(span.end - span.start);
    out.push(("bytes".to_owned(), format!("{}–{} ({size})", told(span.start), told(span.end))));
    out.push(("format".to_owned(), text::neutral(analysis.format_name(id), 80).0));
    out
}

fn fields(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let analysis = &ctx.shown.analysis;
    if analysis.raw(id).len() > LONGEST {
        return;
    }
    let record = analysis.record(id);
    let named = [
        ("host", &record.host),
        ("process", &record.process),
        ("pid", &record.pid),
        ("thread", &record.thread),
        ("level", &record.level),
    ];
    let standard = named.into_iter().filter_map(|(name, value)| value.as_deref().map(|v| (name.to_owned(), v)));
    let others = record.fields.iter().map(|(name, value)| (text::neutral(name, 60).0, &**value));
    let all: Vec<(String, &str)> = standard.chain(others).collect();
    if all.is_empty() {
        return;
    }
    let copied = || all.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
    section(ctx, ui, Section::Fields, Some(&copied), |ui| {
        grid(ui, "fields", |ui| {
            for (name, value) in all.iter().take(FIELDS) {
                ui.add(Label::new(RichText::new(text::cut(name, 22)).color(ctx.tokens.text_third))).on_hover_text(name);
                field(ctx, ui, name, value);
                ui.end_row();
            }
        });
        if all.len() > FIELDS {
            ui.label(format!("and {} more", all.len() - FIELDS));
        }
    });
}

/// A value; a click shows only events that have it, Shift leaves them out.
pub(super) fn field(ctx: &Ctx<'_>, ui: &mut Ui, name: &str, value: &str) {
    let (shown, _) = text::neutral(value, 400);
    let label =
        Label::new(RichText::new(&shown).font(theme::mono()).color(ctx.tokens.text)).wrap().sense(Sense::click());
    let response = ui
        .add(label)
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text("Show only events that contain this; Shift: leave them out");
    if response.hovered() || response.has_focus() {
        let rect = response.rect;
        ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, ctx.tokens.accent));
    }
    let clicked = response.clicked();
    let spoken = format!("{name} {}", text::cut(&shown, 120));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Link, true, spoken.clone()));
    if clicked && !value.contains(['"', '\n', '\\']) {
        let out = if ui.input(|i| i.modifiers.shift) { "-" } else { "" };
        let term = match name {
            "host" | "process" | "level" => list::term(&format!("{out}{name}"), value),
            _ => format!("{out}\"{value}\""),
        };
        ctx.push(Command::List(ListAct::FilterBy(term)));
    }
}
