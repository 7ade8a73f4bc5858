//! The time axis below the lanes, with the read-out at the pointer and a line for where the list is.

use egui::{Align2, Color32, Rect, Stroke, Ui, pos2, vec2};

use crate::time::format;
use crate::ui::panel::Ctx;
use crate::ui::text;
use crate::ui::theme;
use crate::ui::widget::lanes::TimeScale;
use crate::ui::widget::time_axis;

/// Draws the axis; `hover` is where the pointer is.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, scale: TimeScale, ticks: &[time_axis::Tick], hover: Option<f32>) {
    let t = ctx.tokens;
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, t.background);
    painter.hline(scale.rect.x_range(), rect.top() + 0.5, t.border());
    let zone = text::cut_middle(&ctx.view.zone.name(), 15);
    painter.text(pos2(rect.left() + 12.0, rect.top() + 12.0), Align2::LEFT_CENTER, zone, theme::small(), t.text_third);
    let mut free = f32::MIN;
    for (i, tick) in ticks.iter().enumerate() {
        let x = scale.x(tick.time);
        painter.vline(x, rect.top()..=rect.top() + 4.0, t.border());
        // The read-out at the pointer stands on the axis; half a label beside it would only confuse.
        if hover.is_none_or(|h| (h - x).abs() > 84.0) {
            painter.text(
                pos2(x, rect.top() + 12.0),
                Align2::CENTER_CENTER,
                &tick.label,
                theme::mono_small(),
                t.text_second,
            );
        }
        if let Some(date) = &tick.date
            && x - 20.0 > free
        {
            let left = if i == 0 { (x - 28.0).max(scale.rect.left()) } else { x - 28.0 };
            free = painter
                .text(pos2(left, rect.top() + 28.0), Align2::LEFT_CENTER, date, theme::caption(), t.text_second)
                .right();
        }
    }
    list_window(ctx, &painter, rect, scale);
}

/// A line on the axis shows which stretch of time the list below is at.
fn list_window(ctx: &Ctx<'_>, painter: &egui::Painter, rect: Rect, scale: TimeScale) {
    let top = usize::try_from(ctx.view.scroll.top).unwrap_or(usize::MAX);
    let page = usize::try_from(ctx.layout.list.get().page()).unwrap_or(1);
    let last = (top + page).min(ctx.shown.rows.len()).saturating_sub(1);
    let time = |row| ctx.shown.event(row).and_then(|id| ctx.shown.time(id));
    let (Some(from), Some(to)) = (time(top), time(last)) else { return };
    let (left, right) = (scale.x(from).max(scale.rect.left()), scale.x(to).min(scale.rect.right()));
    if right >= left {
        let line = Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left + 3.0), rect.top() + 2.0));
        painter.rect_filled(line, 0.0, ctx.tokens.accent);
    }
}

/// Draws the time at the pointer.
pub fn read_out(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale, x: f32, lanes: Rect, axis: Rect) {
    let t = ctx.tokens;
    let color: Color32 = t.text_third;
    let line = [pos2(x, lanes.top()), pos2(x, axis.top())];
    ui.painter().extend(egui::Shape::dashed_line(&line, Stroke::new(1.0, color), 3.0, 3.0));
    let per_point = scale.range.span() / f64::from(scale.rect.width().max(1.0));
    let digits = (0..9_u8).find(|&d| per_point >= 10_f64.powi(9 - i32::from(d))).unwrap_or(9);
    let long = scale.range.span() > 86_400e9;
    let time = scale.time(x);
    let words = if long {
        format::local(time, digits, ctx.view.zone, ' ')
    } else {
        format::time_of_day(time, digits, ctx.view.zone)
    };
    let galley = ui.painter().layout_no_wrap(words, theme::mono_small(), t.text);
    let half = galley.size().x / 2.0 + 7.0;
    let x = x.min(axis.right() - half).max(axis.left() + half);
    let chip = Rect::from_center_size(pos2(x, axis.top() + 12.0), vec2(half * 2.0, 18.0));
    ui.painter().rect(chip, 5.0, t.hover, t.border(), egui::StrokeKind::Inside);
    ui.painter().galley(chip.center() - galley.size() / 2.0, galley, t.text);
}
