//! The timeline: overview, flags, lanes by host, and one axis for all. Its work follows pixels, not events.

use egui::{Align2, Rect, Sense, Stroke, Ui, WidgetInfo};

use crate::ui::panel::lane_rows::Rows;
use crate::ui::panel::{
    Ctx, absence, axis, flags, gap_bands, lane_input, lane_paint, lane_under, marks, overview, span, story_path, ties,
    time_menu,
};
use crate::ui::theme::{self, size};
use crate::ui::widget::scale::TimeScale;

/// Draws all of it.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let height = ui.available_height();
    let panel = egui::Panel::top("timeline")
        .resizable(true)
        .default_size(height * 0.54)
        .size_range(150.0..=(height - 120.0).max(160.0));
    panel.frame(egui::Frame::new().fill(ctx.tokens.background)).show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        ui.allocate_rect(rect, Sense::hover());
        match ctx.view.range(ctx.shown) {
            Some(range) => parts(ctx, ui, rect, range),
            None => empty(ctx, ui, rect),
        }
    });
}

fn parts(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, range: crate::ui::widget::time_axis::TimeRange) {
    let t = ctx.tokens;
    let (top, rest) = rect.split_top_bottom_at_y(rect.top() + size::OVERVIEW);
    let (middle, bottom) = rest.split_top_bottom_at_y(rest.bottom() - size::AXIS);
    let flagged = if flags::any(ctx) { size::FLAGS } else { 0.0 };
    let (strip, middle) = middle.split_top_bottom_at_y(middle.top() + flagged);
    let (noted, middle) = middle.split_top_bottom_at_y(middle.top() + marks::height(ctx));
    let range = overview::show(ctx, ui, top, range);
    let rows = Rows::new(ctx, middle);
    // The axis first: the lanes' canvas is one stop of Tab, the axis is none.
    let on_axis = ui.interact(bottom, ui.scope_id().with("axis"), Sense::CLICK | Sense::DRAG);
    on_axis.widget_info(|| {
        WidgetInfo::labeled(
            egui::Role::Canvas,
            true,
            "Time axis; a drag selects a span, the right button notes a moment",
        )
    });
    let response = ui.interact(middle, ui.scope_id().with("lanes"), Sense::click_and_drag());
    let range = lane_input::moved(ctx, ui, &rows, &response, range);
    let scale = TimeScale::new(range, rows.field(), ctx.folds);
    if on_axis.dragged() {
        span::select(ctx, ui, &on_axis, scale);
    }
    if on_axis.hovered() || on_axis.dragged() {
        ui.set_cursor_icon(egui::CursorIcon::ResizeHorizontal);
    }
    lane_input::keys(ctx, ui, &response, scale);
    time_menu::show(ctx, &on_axis, scale);
    time_menu::show(ctx, &response, scale);
    let ticks = axis::ticks(ctx, scale, 96.0);
    rows.ground(ctx, ui);
    for tick in ticks.iter().filter(|tick| tick.round) {
        let line = Stroke::new(1.0, t.hairline.gamma_multiply(0.6));
        ui.painter().vline(scale.x(tick.time), middle.top()..=rows.bottom(), line);
    }
    gap_bands::show(ctx, ui, scale, middle, rows.bottom());
    absence::show(ctx, ui, &rows, scale);
    marks::under(ctx, ui, scale, middle.with_max_y(rows.bottom()));
    let drawn = lane_paint::show(ctx, ui, &rows, scale);
    lane_paint::chosen(ctx, ui, &rows, scale, &drawn);
    lane_paint::nothing(ctx, ui, &rows, scale);
    let place = |id| rows.place(rows.of(ctx, id));
    ties::show(ctx, &ui.painter().with_clip_rect(rows.field()), scale, place);
    rows.scroll_mark(ctx, ui);
    if flagged > 0.0 {
        flags::strip(ctx, ui, scale, strip);
    }
    if noted.height() > 0.0 {
        marks::strip(ctx, ui, scale, noted);
    }
    let hover = response.hover_pos().map(|p| p.x).filter(|x| scale.rect.x_range().contains(*x));
    axis::show(ctx, ui, bottom, scale, &ticks, hover);
    lane_under::show(ctx, ui, &rows, response, scale, &drawn, bottom);
    span::band(ctx, ui, scale, middle, bottom);
    story_path::show(ctx, ui, scale, place);
    span::chip(ctx, ui, scale, middle);
}

fn empty(ctx: &Ctx<'_>, ui: &Ui, rect: Rect) {
    use crate::ui::reading::Stage;
    let words = match ctx.reading.stage {
        Stage::Reading => "Reading…",
        _ if ctx.shown.analysis.events.is_empty() => "Nothing was found in these files. Diagnostics tell why.",
        _ => "No event has a time; the list below has them in the order of their files.",
    };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, words, theme::body(), ctx.tokens.text_second);
}
