//! What hands do on the lanes: wheel, drag, double click, and the keys of the canvas.

use egui::{CursorIcon, Key, Response, Ui, Vec2};

use crate::ui::command::Command;
use crate::ui::lanes::Act;
use crate::ui::panel::lane_rows::Rows;
use crate::ui::panel::{Ctx, span};
use crate::ui::widget::scale::TimeScale;
use crate::ui::widget::time_axis::TimeRange;

/// The range after wheel, drag and double click.
pub fn moved(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, response: &Response, range: TimeRange) -> TimeRange {
    let field = rows.field();
    let scale = TimeScale::new(range, field, ctx.folds);
    let mut new = scale.drawn();
    if let Some(at) = response.hover_pos() {
        let pivot = f64::from((at.x - field.left()) / field.width().max(1.0)).clamp(0.0, 1.0);
        let (mut scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
        if at.x < field.left() {
            // Over the names the wheel moves the lanes, where they are more than fit.
            rows.scroll_by(ctx, scroll.y);
            scroll = Vec2::ZERO;
        }
        let factor = f64::from(zoom) * f64::from(scroll.y / 160.0).exp();
        if (factor - 1.0).abs() > 1e-6 {
            new = new.zoomed(factor, pivot);
        }
        if scroll.x != 0.0 {
            new = new.panned(f64::from(-scroll.x / field.width().max(1.0)));
        }
        if response.double_clicked() && at.x >= field.left() {
            let time = scale.time(at.x);
            match ctx.view.lanes.span.filter(|s| s.has(time)) {
                Some(_) => ctx.push(Command::Lanes(Act::FitSpan)),
                None => new = new.zoomed(4.0, pivot),
            }
        }
    }
    if span::is_dragged(ctx, ui, response, scale) {
        ui.set_cursor_icon(CursorIcon::ResizeHorizontal);
    } else if response.dragged() {
        let by = response.drag_delta();
        new = new.panned(f64::from(-by.x / field.width().max(1.0)));
        rows.scroll_by(ctx, by.y);
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    changed(ctx, scale, new)
}

/// The stretch of time that a drawn one shows, kept near the events; asks for it when it is another.
pub fn changed(ctx: &Ctx<'_>, scale: TimeScale<'_>, new: TimeRange) -> TimeRange {
    if new == scale.drawn() {
        return scale.range;
    }
    let near = |all| new.within(ctx.folds.drawn_range(all));
    let new = ctx.shown.extent.map_or(new, near);
    let range = ctx.folds.moved(scale.range, |_| new);
    ctx.push(Command::SetRange(range));
    range
}

/// Enter on the canvas chooses the event next to the pointer, or to the middle.
pub fn keys(ctx: &Ctx<'_>, ui: &Ui, response: &Response, scale: TimeScale<'_>) {
    if !response.has_focus() {
        return;
    }
    let arrows = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
    ui.memory_mut(|m| m.set_focus_lock_filter(response.id, arrows));
    if ui.input(|i| i.key_pressed(Key::Enter)) {
        let x = response.hover_pos().map_or(scale.rect.center().x, |p| p.x);
        ctx.push(Command::Lanes(Act::ChooseAt(scale.time(x))));
    }
}
