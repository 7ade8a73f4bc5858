//! The overview above the lanes: all of the time, with a brush on the part that the lanes show.

use egui::{Align2, CursorIcon, Id, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::time::format;
use crate::timeline::density::Counts;
use crate::ui::command::Command;
use crate::ui::panel::{Ctx, axis, flags, gap_bands, lane_input};
use crate::ui::theme;
use crate::ui::widget::lanes;
use crate::ui::widget::scale::TimeScale;
use crate::ui::widget::time_axis::TimeRange;

/// How near the pointer must be to an edge of the brush, in points.
const EDGE: f32 = 5.0;
/// Flags stand so far below the upper edge, in points.
const FLAGS: f32 = 7.0;

/// What a drag does.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Drag {
    Move,
    Start,
    End,
    New(f32),
}

/// Draws the overview; returns the range that the brush has now.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, range: TimeRange) -> TimeRange {
    let t = ctx.tokens;
    let Some(all) = ctx.shown.extent.map(|e| ctx.folds.moved(e, |e| e.widened(0.02))) else { return range };
    ui.painter().rect_filled(rect, 0.0, t.panel);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.line());
    let field = Rect::from_min_max(rect.left_top() + vec2(8.0, 13.0), pos2(rect.right() - 8.0, rect.bottom() - 18.0));
    let scale = TimeScale::new(all, field, ctx.folds);
    let response = ui.interact(rect, ui.scope_id().with("overview"), Sense::click_and_drag());
    response.widget_info(|| {
        let time = |time| format::local(time, 0, ctx.view.zone, ' ');
        let mut info = WidgetInfo::labeled(egui::Role::Canvas, true, "Overview of all events");
        info.current_text_value = Some(format!("lanes show {} to {}", time(range.start), time(range.end)));
        info
    });
    gap_bands::small(ctx, ui.painter(), scale);
    let grid = scale.grid();
    let mut sum = vec![Counts::default(); grid.n];
    for lane in ctx.shown.density.lanes() {
        for (total, more) in sum.iter_mut().zip(scale.bars(lane, grid)) {
            total.add(more);
        }
    }
    lanes::paint_overview(ui.painter(), scale, grid, &sum, t);
    let mut free = f32::MIN;
    for tick in axis::ticks(ctx, scale, 150.0) {
        // Of many short stretches the day tells more than the time.
        let label = if tick.round || !tick.label.contains(':') { tick.label } else { tick.short_date };
        let galley = ui.painter().layout_no_wrap(label, theme::mono_small(), t.text_third);
        let at = Align2::CENTER_CENTER.anchor_size(pos2(scale.x(tick.time), rect.bottom() - 9.0), galley.size());
        if at.left() > free.max(rect.left()) && at.right() < rect.right() {
            free = at.right() + 24.0;
            ui.painter().galley(at.min, galley, t.text_third);
        }
    }
    if let Some(span) = ctx.view.lanes.span {
        let x = |time| scale.x(time).min(field.right()).max(field.left());
        let band = Rect::from_x_y_ranges(x(span.start)..=x(span.end).max(x(span.start) + 1.5), field.y_range());
        ui.painter().rect_filled(band, 0.0, t.accent.gamma_multiply(0.3));
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect.shrink(1.0), 2.0, Stroke::new(1.0, t.accent), egui::StrokeKind::Inside);
    }
    let on_flag = flags::overview(ctx, ui, scale, rect.top() + FLAGS, &response);
    let range = if on_flag && !response.dragged() { range } else { moved(ctx, ui, &response, scale, range) };
    brush(ctx, ui, rect, scale, range);
    range
}

fn brush_rect(rect: Rect, scale: TimeScale<'_>, range: TimeRange) -> Rect {
    let (left, right) = (scale.x(range.start).max(rect.left() + 2.0), scale.x(range.end).min(rect.right() - 2.0));
    let left = left.min(rect.right() - 6.0);
    Rect::from_min_max(pos2(left, rect.top() + 3.0), pos2(right.max(left + 4.0), rect.bottom() - 16.0))
}

fn brush(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, scale: TimeScale<'_>, range: TimeRange) {
    if ctx.view.range.is_none() {
        return;
    }
    let t = ctx.tokens;
    let brush = brush_rect(rect, scale, range);
    ui.painter().rect(brush, 3.0, t.accent.gamma_multiply(0.16), Stroke::new(1.0, t.accent), egui::StrokeKind::Inside);
    // Grips tell that the edges can be drawn.
    if brush.width() > 24.0 {
        for x in [brush.left() + 2.5, brush.right() - 2.5] {
            let y = brush.center().y;
            ui.painter().vline(x, y - 6.0..=y + 6.0, Stroke::new(2.0, t.accent));
        }
    }
}

fn moved(ctx: &Ctx<'_>, ui: &Ui, response: &egui::Response, scale: TimeScale<'_>, range: TimeRange) -> TimeRange {
    let id = Id::unique("overview-drag");
    let brush = brush_rect(response.rect, scale, range);
    let whole = ctx.view.range.is_none();
    let kind = |x: f32| match x {
        _ if whole => Drag::New(x),
        x if (x - brush.left()).abs() <= EDGE => Drag::Start,
        x if (x - brush.right()).abs() <= EDGE => Drag::End,
        x if brush.x_range().contains(x) => Drag::Move,
        x => Drag::New(x),
    };
    if let Some(at) = response.hover_pos() {
        let icon = match kind(at.x) {
            Drag::Start | Drag::End => CursorIcon::ResizeHorizontal,
            Drag::Move => CursorIcon::Grab,
            Drag::New(_) => CursorIcon::Crosshair,
        };
        ui.set_cursor_icon(icon);
    }
    let Some(at) = response.interact_pointer_pos() else { return range };
    let origin = ui.input(|i| i.pointer.press_origin()).unwrap_or(at);
    if response.drag_started() {
        ui.data_mut(|d| d.insert_temp(id, kind(origin.x)));
    }
    // All in drawn time: what is folded is moved over as it looks.
    let seen = TimeScale::new(range, scale.rect, ctx.folds);
    let drawn = seen.drawn();
    let mut new = drawn;
    if response.dragged() {
        let by = f64::from(response.drag_delta().x / scale.rect.width().max(1.0)) * scale.drawn().span();
        let time = scale.drawn_at(at.x);
        match ui.data(|d| d.get_temp(id)).unwrap_or(Drag::Move) {
            Drag::Move => new = drawn.panned(by / drawn.span()),
            Drag::Start => new = TimeRange::new(time.min(drawn.end), drawn.end),
            Drag::End => new = TimeRange::new(drawn.start, time.max(drawn.start)),
            Drag::New(from) if (at.x - from).abs() > 2.0 => new = TimeRange::new(scale.drawn_at(from), time),
            Drag::New(_) => {}
        }
    } else if response.double_clicked() {
        ctx.push(Command::FitAll);
    } else if response.clicked() && !whole {
        new = drawn.panned(drawn.part(scale.drawn_at(at.x)) - 0.5);
    }
    lane_input::changed(ctx, seen, new)
}
