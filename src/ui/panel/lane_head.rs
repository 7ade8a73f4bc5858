//! The head of a lane: the host's name, how far its clock was off, how many events it has.

use egui::{Align2, Color32, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::clock::Clock;
use crate::ui::clocks::{self, Known};
use crate::ui::panel::Ctx;
use crate::ui::reading;
use crate::ui::text;
use crate::ui::theme::{self, Tokens, size};

/// The color of a clock's badge; what it says is told by its words.
pub fn color(clock: &Clock, tokens: &Tokens) -> Color32 {
    match Known::of(clock) {
        Known::Applied => tokens.accent,
        Known::Floating | Known::Proposed => tokens.warning,
        Known::Reference | Known::InStep => tokens.text_second,
    }
}

/// Draws the head of the lane at `rect`, as far as `seen` shows it.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, seen: Rect, idx: usize) {
    let Some(lane) = ctx.shown.analysis.lanes.list.get(idx) else { return };
    let t = ctx.tokens;
    let strip = Rect::from_min_size(rect.left_top() + vec2(0.0, 4.0), vec2(2.5, rect.height() - 8.0));
    ui.painter().with_clip_rect(seen).rect_filled(strip, 1.0, t.host(idx));
    let gutter = Rect::from_min_max(rect.left_top(), pos2(rect.left() + size::GUTTER - 6.0, rect.bottom()));
    let gutter_seen = gutter.intersect(seen);
    let painter = ui.painter().with_clip_rect(gutter_seen);
    let judge = ctx.shown.judge();
    let clock = clocks::of_lane(judge, idx);
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
    let room = ((rect.height() - 22.0) / 15.0).max(0.0) as usize;
    let lines = lines.get(..room.min(lines.len())).unwrap_or_default();
    let mut y = rect.center().y - lines.len() as f32 * 7.5;
    let name = text::cut_middle(&text::neutral(&lane.host, 60).0, 14);
    painter.text(pos2(rect.left() + 12.0, y), Align2::LEFT_CENTER, name, theme::strong(), t.text);
    for (words, color) in lines {
        y += 15.5;
        painter.text(pos2(rect.left() + 12.0, y), Align2::LEFT_CENTER, words, theme::mono_small(), *color);
    }
    let response = ui.interact(gutter_seen, ui.scope_id().with(("lane-head", idx)), Sense::hover());
    let told = badge.map_or_else(String::new, |(words, _)| format!(", clock {words}"));
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, format!("Lane {}{told}", lane.host)));
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
