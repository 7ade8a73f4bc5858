//! The head of a lane: the host's name, how far its clock was off, how many events it has; or the name of a file or
//! process inside of it. A click opens the lane or closes it.

use egui::{Align2, Color32, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::clock::Clock;
use crate::ui::clocks::{self, Known};
use crate::ui::command::Command;
use crate::ui::lanes::Act;
use crate::ui::panel::Ctx;
use crate::ui::panel::lane_rows::{Row, Rows};
use crate::ui::reading;
use crate::ui::text;
use crate::ui::theme::{self, Tokens, icon, size};

/// Characters of a host's name that fit.
const HOST: usize = 14;
/// Width of the triangle and what is left of a name, in points.
const INDENT: f32 = 12.0;

/// The color of a clock's badge; what it says is told by its words.
pub fn color(clock: &Clock, tokens: &Tokens) -> Color32 {
    match Known::of(clock) {
        Known::Applied => tokens.accent,
        Known::Floating | Known::Proposed => tokens.warning,
        Known::Reference | Known::InStep => tokens.text_second,
    }
}

/// Draws the head of row `idx`, which stands at `rect`.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, rect: Rect, idx: usize) {
    let Some(row) = rows.list.get(idx) else { return };
    let t = ctx.tokens;
    let seen = rows.rect;
    let strip = match row.sub {
        None => Rect::from_min_size(rect.left_top() + vec2(0.0, 4.0), vec2(2.5, rect.height() - 8.0)),
        Some(_) => Rect::from_min_size(rect.left_top(), vec2(1.0, rect.height())),
    };
    ui.painter().with_clip_rect(seen).rect_filled(strip, 1.0, t.host(row.lane));
    let gutter = Rect::from_min_max(rect.left_top(), pos2(rect.left() + size::GUTTER - 6.0, rect.bottom()));
    match row.sub {
        None => host(ctx, ui, row, gutter, seen),
        Some(_) => inner(ctx, ui, rows, row, gutter, seen),
    }
}

/// The triangle before a name.
fn triangle(ctx: &Ctx<'_>, painter: &egui::Painter, x: f32, y: f32, open: bool) {
    let words = if open { icon::OPENED } else { icon::CLOSED };
    painter.text(pos2(x, y), Align2::LEFT_CENTER, words, theme::small(), ctx.tokens.text_third);
}

/// Takes clicks on a head; a double click is one.
fn takes_clicks(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, id: egui::Id, name: String, act: Option<Act>) -> egui::Response {
    let sense = if act.is_some() { Sense::click() } else { Sense::hover() };
    let role = if act.is_some() { egui::Role::Button } else { egui::Role::Label };
    let response = ui.interact(rect, id, sense);
    response.widget_info(|| WidgetInfo::labeled(role, true, name.clone()));
    if response.hovered() && act.is_some() {
        ui.set_cursor_icon(egui::CursorIcon::PointingHand);
    }
    if response.has_focus() {
        let line = Stroke::new(1.0, ctx.tokens.accent);
        ui.painter().rect_stroke(rect.shrink(1.0), 3.0, line, egui::StrokeKind::Inside);
    }
    if let Some(act) = act
        && response.clicked()
        && !response.double_clicked()
        && !response.triple_clicked()
    {
        ctx.push(Command::Lanes(act));
    }
    response
}

fn host(ctx: &Ctx<'_>, ui: &Ui, row: &Row, gutter: Rect, seen: Rect) {
    let Some(lane) = ctx.shown.analysis.lanes.list.get(row.lane) else { return };
    let t = ctx.tokens;
    let gutter_seen = gutter.intersect(seen);
    let painter = ui.painter().with_clip_rect(gutter_seen);
    let judge = ctx.shown.judge();
    let clock = clocks::of_lane(judge, row.lane);
    let measuring = ctx.reading.clocks == reading::Clocks::Measuring && ctx.shown.analysis.lanes.list.len() > 1;
    let badge = match clock {
        Some(clock) => Some((clocks::badge(clock), color(clock, t))),
        None if measuring => Some(("measuring…".to_owned(), t.text_third)),
        None => None,
    };
    let n = lane.n_events as u64;
    let count = (format!("{} {}", text::compact(n), if n == 1 { "event" } else { "events" }), t.text_third);
    // The clock matters more than the count where there is room for one of them.
    let lines: Vec<(String, Color32)> = badge.clone().into_iter().chain([count]).collect();
    let room = ((gutter.height() - 22.0) / 15.0).max(0.0) as usize;
    let lines = lines.get(..room.min(lines.len())).unwrap_or_default();
    let mut y = gutter.center().y - lines.len() as f32 * 7.5;
    let name = text::cut_middle(&text::neutral(&lane.host, 60).0, HOST);
    let left = gutter.left() + 10.0 + INDENT;
    triangle(ctx, &painter, gutter.left() + 9.0, y, row.open);
    painter.text(pos2(left, y), Align2::LEFT_CENTER, name, theme::strong(), t.text);
    for (words, color) in lines {
        y += 15.5;
        painter.text(pos2(left, y), Align2::LEFT_CENTER, words, theme::mono_small(), *color);
    }
    let told = badge.map_or_else(String::new, |(words, _)| format!(", clock {words}"));
    let files = text::plural(lane.sources.len() as u64, "file", "files");
    let state = if row.open { "open" } else { "closed" };
    let name = format!("Lane {}{told}, {files}, {state}", text::neutral(&lane.host, 60).0);
    let id = ui.scope_id().with(("lane-head", row.lane));
    let response = takes_clicks(ctx, ui, gutter_seen, id, name, Some(Act::Toggle(lane.host.clone())));
    if let Some(clock) = clock {
        response.on_hover_ui(|ui| {
            ui.set_max_width(420.0);
            for line in clocks::sentences(judge, clock) {
                ui.add(egui::Label::new(line).wrap());
            }
            if Known::of(clock) == Known::Applied && !ctx.shown.is_causal() {
                ui.label(egui::RichText::new("not taken off here: events stand as recorded").color(t.warning));
            }
        });
    }
}

/// The head of a file or a process.
fn inner(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, row: &Row, gutter: Rect, seen: Rect) {
    let Some(sub) = rows.sub(ctx, row) else { return };
    let t = ctx.tokens;
    let gutter_seen = gutter.intersect(seen);
    let painter = ui.painter().with_clip_rect(gutter_seen);
    let is_open = ctx.view.lanes.open_files.contains(&sub.path);
    let depth = if sub.process.is_some() { 2.0 } else { 1.0 };
    let left = gutter.left() + 10.0 + INDENT * depth;
    let chars = ((gutter.right() - left - 10.0) / (size::CAPTION * 0.56)).max(4.0) as usize;
    let name = text::cut_middle(&sub.name, chars);
    let n = u64::from(sub.density.total().total());
    let count = if n == 1 { "1 event".to_owned() } else { format!("{} events", text::compact(n)) };
    let two = gutter.height() > 34.0;
    let y = gutter.center().y - if two { 7.0 } else { 0.0 };
    if sub.opens && sub.process.is_none() {
        triangle(ctx, &painter, left - 1.0, y, is_open);
    }
    let (font, ink) = if sub.process.is_some() { (theme::small(), t.text_second) } else { (theme::small(), t.text) };
    painter.text(pos2(left + INDENT, y), Align2::LEFT_CENTER, name, font, ink);
    if two {
        let at = pos2(left + INDENT, y + 14.0);
        painter.text(at, Align2::LEFT_CENTER, &count, theme::mono_small(), t.text_third);
    }
    let what = if sub.process.is_some() { "Process" } else { "File" };
    let state = match (sub.opens, is_open) {
        (false, _) => "",
        (true, true) => ", open",
        (true, false) => ", closed",
    };
    let id = ui.scope_id().with(("sub-head", sub.source.0, sub.process));
    let act = (sub.opens && sub.process.is_none()).then(|| Act::ToggleFile(sub.path.clone()));
    let response = takes_clicks(ctx, ui, gutter_seen, id, format!("{what} {}, {count}{state}", sub.name), act);
    response.on_hover_ui(|ui| {
        ui.label(text::neutral(&sub.path, 200).0);
        if sub.process.is_some() {
            ui.label(egui::RichText::new(&sub.name).font(theme::strong()));
        }
        ui.label(egui::RichText::new(count.clone()).color(t.text_second));
    });
}
