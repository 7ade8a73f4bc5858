//! The event list: every row of the timeline that the filter left, exact at any length.

use egui::{Align2, Painter, Pos2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::event::EventId;
use crate::ui::columns::{Cell, Column};
use crate::ui::command::Command;
use crate::ui::list::{self as acts, Act};
use crate::ui::panel::Ctx;
use crate::ui::standing::Standing;
use crate::ui::theme::{self, size};
use crate::ui::widget::list::{self, Extent, Scroll};
use crate::ui::widget::{standing_mark, time_axis};

mod header;
mod menu;
pub mod message;
mod row;
mod ticks;

const HEADER: f32 = 30.0;
const CAPTIONS: f32 = 26.0;

/// Draws the list.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::CentralPanel::default().frame(egui::Frame::new().fill(t.background)).show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        ui.allocate_rect(rect, Sense::hover());
        let (top, rest) = rect.split_top_bottom_at_y(rect.top() + HEADER);
        let (captions, body) = rest.split_top_bottom_at_y(rest.top() + CAPTIONS);
        let (rows, bar) = body.split_left_right_at_x(body.right() - size::SCROLL_BAR);
        let cells = ctx.view.list.columns.cells(rows.width(), ctx.shown.measures, !ctx.shown.within_a_day());
        title(ctx, ui, top);
        header::show(ctx, ui, captions, &cells);
        let sizes = Extent { row: size::ROW, view: body.height().max(1.0), n: 0 };
        let extent = ctx.view.list.opened.extent(sizes, ctx.shown.rows.len());
        ctx.layout.list.set(extent);
        wrap(ctx, rows.width(), &cells);
        let scroll = scrolled(ctx, ui, body, bar, extent);
        ticks::show(ctx, ui, bar, extent);
        let n = ctx.shown.rows.len();
        let body_response = ui.interact(rows, acts::body_id(), Sense::focusable_noninteractive());
        body_response.widget_info(|| WidgetInfo::labeled(egui::Role::Table, true, format!("{n} events")));
        paint_rows(ctx, ui, rows, scroll, &cells);
        menu::show(ctx, ui, rows, scroll);
        if body_response.has_focus() {
            let arrows = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
            ui.memory_mut(|m| m.set_focus_lock_filter(body_response.id, arrows));
            let ring = egui::Stroke::new(1.0, t.accent);
            ui.painter().rect_stroke(rows.shrink(1.0), 2.0, ring, egui::StrokeKind::Inside);
        }
        if ctx.shown.rows.is_empty() {
            nothing(ctx, ui, rows);
        }
    });
}

/// Where what is opened below a row begins, and the characters of its lines.
fn below(width: f32, cells: &[Cell]) -> (f32, usize) {
    const NARROW: f32 = 380.0;
    let message = cells.iter().find(|c| c.column == Column::Message);
    let (left, right) = match message {
        Some(c) if c.right - c.left >= NARROW => (c.left, c.right.min(width)),
        _ => (crate::ui::columns::GUTTER, width),
    };
    (left, ((right - left - 24.0) / (size::MONO * size::MONO_ADVANCE)).max(20.0) as usize)
}

/// Lines of opened rows are as long as there is room.
fn wrap(ctx: &Ctx<'_>, width: f32, cells: &[Cell]) {
    let (_, chars) = below(width, cells);
    ctx.layout.message_chars.set(chars);
    let opened = &ctx.view.list.opened;
    if !opened.is_empty() && opened.chars() != chars {
        ctx.push(Command::List(Act::Wrap(chars)));
    }
}

fn scrolled(ctx: &Ctx<'_>, ui: &Ui, body: Rect, bar: Rect, extent: Extent) -> Scroll {
    let mut scroll = ctx.view.scroll.clamped(extent);
    if ctx.view.at_end {
        scroll = extent.end();
    }
    let (moved, _) = list::scroll_bar(ui, bar, scroll, extent, ctx.tokens);
    scroll = moved.unwrap_or(scroll);
    if ui.rect_contains_pointer(body) {
        let by = ui.input(|i| i.smooth_scroll_delta());
        if by.y != 0.0 {
            scroll = scroll.moved(-by.y, extent);
        }
        // Shift and the wheel scroll sideways.
        if by.x != 0.0 && (ctx.view.list.slide > 0.0 || by.x < 0.0) {
            ctx.push(Command::List(Act::Slide(ctx.view.list.slide - by.x)));
        }
    }
    if scroll != ctx.view.scroll {
        ctx.push(Command::SetScroll(scroll));
    }
    scroll
}

fn title(ctx: &Ctx<'_>, ui: &Ui, rect: Rect) {
    let t = ctx.tokens;
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, t.panel);
    painter.hline(rect.x_range(), rect.top() + 0.5, t.line());
    let name =
        painter.text(rect.left_center() + vec2(12.0, 0.0), Align2::LEFT_CENTER, "Events", theme::strong(), t.text);
    let order = if ctx.shown.is_causal() { "in causal order" } else { "as recorded" };
    let mut right = painter
        .text(pos2(name.right() + 12.0, rect.center().y), Align2::LEFT_CENTER, order, theme::body(), t.text_second)
        .right();
    if let Some(extent) = ctx.shown.extent.filter(|_| ctx.shown.within_a_day()) {
        let day = format!("·  {}", time_axis::day_label(extent.start, ctx.view.zone));
        right = painter
            .text(pos2(right + 10.0, rect.center().y), Align2::LEFT_CENTER, day, theme::body(), t.text_second)
            .right();
    }
    if ctx.view.chosen.is_some() && rect.width() > right - rect.left() + 400.0 {
        right = legend(ctx, painter, pos2(right + 14.0, rect.center().y));
    }
    let row = ctx.view.chosen.and_then(|id| ctx.shown.row_of(id).ok());
    let told = match row {
        Some(row) => format!(
            "{} of {}",
            crate::export::text::count(row as u64 + 1),
            crate::export::text::count(ctx.shown.rows.len() as u64)
        ),
        None if ctx.view.chosen.is_some() => "the chosen event is hidden by the filter".to_owned(),
        None => String::new(),
    };
    let room = Rect::from_min_max(pos2(right + 12.0, rect.top()), rect.max);
    painter.with_clip_rect(room).text(
        rect.right_center() - vec2(14.0, 0.0),
        Align2::RIGHT_CENTER,
        told,
        theme::small(),
        t.text_second,
    );
}

/// What the marks at the rows mean; returns where it ends.
fn legend(ctx: &Ctx<'_>, painter: &Painter, at: Pos2) -> f32 {
    let t = ctx.tokens;
    painter.vline(at.x, at.y - 6.0..=at.y + 6.0, t.border());
    let mut x = at.x + 14.0;
    for (standing, words) in [
        (Standing::Before, "before"),
        (Standing::After, "after"),
        (Standing::ProbablyBefore, "probably"),
        (Standing::Unknown, "not known"),
    ] {
        painter.add(standing_mark::shape(standing, pos2(x, at.y), t));
        x = painter.text(pos2(x + 8.0, at.y), Align2::LEFT_CENTER, words, theme::small(), t.text_second).right() + 14.0;
    }
    x
}

fn nothing(ctx: &Ctx<'_>, ui: &Ui, rect: Rect) {
    let words = if ctx.view.filter.is_empty() {
        "No events yet".to_owned()
    } else {
        format!("No event passes the filter. {} shows all again.", crate::ui::keys::key_text(&Command::ClearFilter))
    };
    let at = pos2(rect.center().x, rect.top() + 40.0);
    ui.painter().text(at, Align2::CENTER_CENTER, words, theme::body(), ctx.tokens.text_second);
}

/// The row of each event on the screen, and where it stands.
fn paint_rows(ctx: &Ctx<'_>, ui: &Ui, body: Rect, scroll: Scroll, cells: &[Cell]) {
    let opened = &ctx.view.list.opened;
    let (first, into) = opened.row(scroll.top);
    let chosen = chosen_rows(ctx);
    let painter = ui.painter().with_clip_rect(body);
    let mut y = body.top() - scroll.frac - into as f32 * size::ROW;
    let mut row = usize::try_from(first).unwrap_or(usize::MAX);
    while y < body.bottom() {
        let Some(id) = ctx.shown.event(row) else { break };
        let rect = Rect::from_min_size(pos2(body.left(), y), vec2(body.width(), size::ROW));
        let is_chosen = chosen.as_ref().is_some_and(|c| c.contains(&row));
        let drawn = row::Row { ctx, ui, painter: &painter, rect, body, cells, row, id, chosen: is_chosen };
        if rect.bottom() > body.top() {
            drawn.show();
        }
        y += size::ROW;
        if let Some(lines) = opened.get(id) {
            let height = lines.units as f32 * size::ROW;
            drawn.opened(lines, Rect::from_min_size(pos2(body.left(), y), vec2(body.width(), height)));
            y += height;
        }
        row += 1;
    }
}

fn chosen_rows(ctx: &Ctx<'_>) -> Option<std::ops::RangeInclusive<usize>> {
    let row = |id: EventId| ctx.shown.row_of(id).ok();
    let from = ctx.view.chosen.and_then(row)?;
    let to = ctx.view.chosen_to.and_then(row).unwrap_or(from);
    Some(from.min(to)..=from.max(to))
}
