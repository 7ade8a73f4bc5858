//! The selected span: a band across the lanes whose edges can be dragged, and a chip that tells how long it is and what
//! it holds.

use egui::{Align2, CursorIcon, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::case::Kind;
use crate::timeline::density::{Counts, Loudness};
use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::lanes::{self, Act};
use crate::ui::marker::Act as Note;
use crate::ui::panel::Ctx;
use crate::ui::text;
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::glyph;
use crate::ui::widget::scale::TimeScale;
use crate::ui::widget::time_axis::TimeRange;

/// A drag shorter than this is a click, in points.
const CLICK: f32 = 3.0;
/// So many events are counted one by one in each frame; of more the density tells, which is a little coarse at the edges.
const EXACT: usize = 4_000;

/// True while a drag with Shift selects a span; asks for it.
pub fn is_dragged(ctx: &Ctx<'_>, ui: &Ui, response: &Response, scale: TimeScale<'_>) -> bool {
    let id = response.id.with("selects");
    if response.drag_started() {
        let shifted = ui.input(|i| i.modifiers.shift);
        ui.data_mut(|d| d.insert_temp(id, shifted));
    }
    let selects = response.dragged() && ui.data(|d| d.get_temp(id)).unwrap_or(false);
    if selects {
        select(ctx, ui, response, scale);
    }
    selects
}

/// Selects from where the drag began to where the pointer is.
pub fn select(ctx: &Ctx<'_>, ui: &Ui, response: &Response, scale: TimeScale<'_>) {
    let (Some(from), Some(to)) = (ui.input(|i| i.pointer.press_origin()), response.interact_pointer_pos()) else {
        return;
    };
    let inside = |p: Pos2| p.x.min(scale.rect.right()).max(scale.rect.left());
    let (from, to) = (inside(from), inside(to));
    if (from - to).abs() > CLICK {
        let span = TimeRange::new(scale.time(from), scale.time(to));
        ctx.push(Command::Lanes(Act::SetSpan(Some(span))));
    }
}

/// Draws the band from the top of `lanes` to the bottom of `axis`.
pub fn band(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, lanes: Rect, axis: Rect) {
    let Some(span) = ctx.view.lanes.span else { return };
    let (left, right) = (scale.x(span.start), scale.x(span.end));
    let field = scale.rect;
    let rect = Rect::from_min_max(
        pos2(left.max(field.left()), lanes.top()),
        pos2(right.min(field.right()).max(left.max(field.left()) + 1.0), axis.top() + 4.0),
    );
    if right < field.left() || left > field.right() {
        return;
    }
    let t = ctx.tokens;
    ui.painter().rect_filled(rect, 0.0, t.accent.gamma_multiply(0.10));
    for (x, start) in [(left, true), (right, false)] {
        if !field.x_range().contains(x) {
            continue;
        }
        let grip = Rect::from_x_y_ranges(x - 4.0..=x + 4.0, rect.y_range());
        let response = ui.interact(grip, ui.scope_id().with(("span-edge", start)), Sense::DRAG);
        let name = if start { "Begin of the span" } else { "End of the span" };
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Splitter, true, name));
        let held = response.hovered() || response.dragged();
        ui.painter().vline(x, rect.y_range(), Stroke::new(if held { 2.0 } else { 1.0 }, t.accent));
        if held {
            ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        if let (true, Some(at)) = (response.dragged(), response.interact_pointer_pos()) {
            let time = scale.time(at.x.min(field.right()).max(field.left()));
            let new = if start {
                TimeRange::new(time.min(span.end), span.end)
            } else {
                TimeRange::new(span.start, time.max(span.start))
            };
            ctx.push(Command::Lanes(Act::SetSpan(Some(new))));
        }
    }
}

/// What a span holds: the number of its events, those that are loud, and the hosts they are of.
fn held(ctx: &Ctx<'_>, span: TimeRange) -> (usize, Counts, usize) {
    let shown = ctx.shown;
    let end = span.end.saturating_add(1);
    let (from, to) = (shown.row_at(span.start), shown.row_at(end));
    let n = to.saturating_sub(from);
    let mut counts = Counts::default();
    if n <= EXACT {
        let mut seen = std::collections::BTreeSet::new();
        for id in (from..to).filter_map(|row| shown.event(row)) {
            seen.insert(shown.lane(id).0);
            counts.count(Loudness::of(shown.analysis.events.level(id)));
        }
        return (n, counts, seen.len());
    }
    let mut hosts = 0;
    for lane in shown.density.lanes() {
        let own = lane.between(span.start, end);
        hosts += usize::from(own.total() > 0);
        counts.add(own);
    }
    (n, counts, hosts)
}

/// Draws the chip at the top of the band.
pub fn chip(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, lanes: Rect) {
    let Some(span) = ctx.view.lanes.span else { return };
    let field = scale.rect;
    let (left, right) = (scale.x(span.start).max(field.left()), scale.x(span.end).min(field.right()));
    let t = ctx.tokens;
    let (n, counts, hosts) = held(ctx, span);
    let painter = ui.painter();
    let length = painter.layout_no_wrap(lanes::length(span), theme::strong(), t.text);
    let events = text::plural(n as u64, "event", "events");
    let hosts = text::plural(hosts as u64, "host", "hosts");
    let told = format!("{events} · {hosts}");
    let words = painter.layout_no_wrap(told.clone(), theme::small(), t.text_second);
    let loud: Vec<(Loudness, _)> = [Loudness::Critical, Loudness::Error, Loudness::Warning]
        .into_iter()
        .filter(|c| counts.of(*c) > 0)
        .map(|c| {
            (c, painter.layout_no_wrap(text::compact(u64::from(counts.of(c))), theme::mono_small(), t.loudness(c)))
        })
        .collect();
    let note = keys::key_text(&Command::Marker(Note::Mark(Kind::Note)));
    let buttons = [
        ("Zoom", "Zoom to the span", Command::Lanes(Act::FitSpan), keys::key_text(&Command::FitChosen)),
        ("Filter", "Show only events of the span", Command::Lanes(Act::FilterSpan), String::new()),
        ("Note…", "Write a note on the span", Command::Marker(Note::OnSpan), note),
        ("Copy", "Copy begin, end and duration of the span", Command::Lanes(Act::CopySpan), String::new()),
        (icon::CLOSE, "Clear the span", Command::Lanes(Act::SetSpan(None)), keys::key_text(&Command::Dismiss)),
    ]
    .map(|(label, about, command, key)| {
        (painter.layout_no_wrap(label.to_owned(), theme::small(), t.text), about, command, key)
    });
    let loud_width: f32 = loud.iter().map(|(_, g)| g.size().x + 20.0).sum();
    let buttons_width: f32 = buttons.iter().map(|(g, ..)| g.size().x + 14.0).sum();
    let width = length.size().x + words.size().x + loud_width + buttons_width + 38.0;
    let x = ((left + right - width) / 2.0).min(field.right() - width - 2.0).max(field.left() + 2.0);
    let rect = Rect::from_min_size(pos2(x, lanes.top() + 3.0), vec2(width, 24.0));
    painter.rect(
        rect,
        size::CORNER,
        t.raised,
        Stroke::new(1.0, t.accent.gamma_multiply(0.6)),
        egui::StrokeKind::Inside,
    );
    // What lies over the lanes takes the pointer from them.
    let ground = ui.interact(rect, ui.scope_id().with("span"), Sense::hover());
    ground.widget_info(|| {
        let loud: Vec<String> = loud.iter().map(|(c, g)| format!("{} {}", g.text(), name(*c))).collect();
        let loud = loud.join(", ");
        WidgetInfo::labeled(egui::Role::Label, true, format!("Selected span: {}, {told}; {loud}", lanes::length(span)))
    });
    let y = rect.center().y;
    let mut x = rect.left() + 10.0;
    let mut put = |galley: std::sync::Arc<egui::Galley>, gap: f32| {
        let size = galley.size();
        painter.galley(pos2(x, y - size.y / 2.0), galley, t.text);
        x += size.x + gap;
        x
    };
    put(length, 10.0);
    let mut at = put(words, 10.0);
    for (class, galley) in loud {
        painter.add(glyph::shape(class, pos2(at + 4.0, y), size::GLYPH * 0.9, t.loudness(class)));
        let size = galley.size();
        painter.galley(pos2(at + 11.0, y - size.y / 2.0), galley, t.text);
        at += size.x + 20.0;
    }
    at += 4.0;
    for (galley, about, command, key) in buttons {
        let own = Rect::from_min_size(pos2(at, rect.top() + 3.0), vec2(galley.size().x + 12.0, rect.height() - 6.0));
        button(ctx, ui, own, galley, about, command, &key);
        at += own.width() + 2.0;
    }
}

fn name(class: Loudness) -> &'static str {
    match class {
        Loudness::Critical => "critical",
        Loudness::Error => "errors",
        Loudness::Warning => "warnings",
        Loudness::Quiet => "others",
    }
}

fn button(
    ctx: &Ctx<'_>,
    ui: &Ui,
    rect: Rect,
    galley: std::sync::Arc<egui::Galley>,
    about: &str,
    command: Command,
    key: &str,
) {
    let t = ctx.tokens;
    let response = ui.interact(rect, ui.scope_id().with(("span", about)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, about));
    if response.hovered() {
        ui.painter().rect_filled(rect, 4.0, t.hover);
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 4.0, Stroke::new(1.0, t.accent), egui::StrokeKind::Inside);
    }
    let at = Align2::CENTER_CENTER.anchor_size(rect.center(), galley.size());
    ui.painter().galley(at.min, galley, t.text);
    if response.clicked() {
        ctx.push(command);
    }
    let told = if key.is_empty() { about.to_owned() } else { format!("{about}  {key}") };
    response.on_hover_text(told);
}
