//! The overview above the lanes: all of the time, with a brush on the part that the lanes show.

use egui::{Align2, CursorIcon, Id, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::timeline::density::Counts;
use crate::ui::command::Command;
use crate::ui::panel::{Ctx, story_path};
use crate::ui::theme;
use crate::ui::widget::glyph;
use crate::ui::widget::lanes::{self, Grid, TimeScale};
use crate::ui::widget::time_axis::{self, TimeRange};

/// How near the pointer must be to an edge of the brush, in points.
const EDGE: f32 = 5.0;

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
    let Some(all) = ctx.shown.extent.map(|e| e.widened(0.02)) else { return range };
    ui.painter().rect_filled(rect, 0.0, t.panel);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.line());
    let field = Rect::from_min_max(rect.left_top() + vec2(8.0, 9.0), pos2(rect.right() - 8.0, rect.bottom() - 18.0));
    let scale = TimeScale { range: all, rect: field };
    let response = ui.interact(rect, ui.scope_id().with("overview"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Canvas, true, "Overview of all events"));
    let range = moved(ctx, ui, &response, scale, range);

    let grid = Grid::of(all, field.width());
    let mut sum = vec![Counts::default(); grid.n];
    for lane in ctx.shown.density.lanes() {
        for (total, more) in sum.iter_mut().zip(lanes::bars(lane, grid)) {
            total.add(more);
        }
    }
    lanes::paint_overview(ui.painter(), scale, grid, &sum, t);
    for id in ctx.notes.events().take(500) {
        if let Some(time) = ctx.shown.time(id) {
            ui.painter().add(glyph::flag(pos2(scale.x(time), rect.top() + 2.0), t.accent));
        }
    }
    story_path::overview(ctx, ui.painter(), scale, rect.top() + 6.0);
    for tick in time_axis::ticks(all, (field.width() / 150.0) as usize, ctx.view.zone) {
        let at = pos2(scale.x(tick.time), rect.bottom() - 9.0);
        ui.painter().text(at, Align2::CENTER_CENTER, &tick.label, theme::mono_small(), t.text_third);
    }
    brush(ctx, ui, rect, scale, range);
    range
}

fn brush_rect(rect: Rect, scale: TimeScale, range: TimeRange) -> Rect {
    let (left, right) = (scale.x(range.start).max(rect.left() + 2.0), scale.x(range.end).min(rect.right() - 2.0));
    let left = left.min(rect.right() - 6.0);
    Rect::from_min_max(pos2(left, rect.top() + 4.0), pos2(right.max(left + 4.0), rect.bottom() - 16.0))
}

fn brush(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, scale: TimeScale, range: TimeRange) {
    if ctx.view.range.is_none() {
        return;
    }
    let t = ctx.tokens;
    let brush = brush_rect(rect, scale, range);
    ui.painter().rect(brush, 3.0, t.accent.gamma_multiply(0.16), Stroke::new(1.0, t.accent), egui::StrokeKind::Inside);
}

fn moved(ctx: &Ctx<'_>, ui: &Ui, response: &egui::Response, scale: TimeScale, range: TimeRange) -> TimeRange {
    let id = Id::unique("overview-drag");
    let rect = response.rect;
    let brush = brush_rect(rect, scale, range);
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
    let mut new = range;
    if response.dragged() {
        let by = f64::from(response.drag_delta().x / scale.rect.width().max(1.0)) * scale.range.span();
        match ui.data(|d| d.get_temp(id)).unwrap_or(Drag::Move) {
            Drag::Move => new = range.panned(by / range.span()),
            Drag::Start => new = TimeRange::new(scale.time(at.x).min(range.end), range.end),
            Drag::End => new = TimeRange::new(range.start, scale.time(at.x).max(range.start)),
            Drag::New(from) if (at.x - from).abs() > 2.0 => new = TimeRange::new(scale.time(from), scale.time(at.x)),
            Drag::New(_) => {}
        }
    } else if response.double_clicked() {
        ctx.push(Command::FitAll);
    } else if response.clicked() && !whole {
        let part = range.part(scale.time(at.x)) - 0.5;
        new = range.panned(part);
    }
    if new != range {
        ctx.push(Command::SetRange(new));
    }
    new
}
