//! The time axis below the lanes: times above, dates below, the read-out at the pointer, and a line for where the list is.

use egui::{Align2, Rect, Stroke, Ui, pos2, vec2};

use crate::event::EventId;
use crate::time::format;
use crate::ui::panel::{Ctx, order};
use crate::ui::text;
use crate::ui::theme;
use crate::ui::widget::scale::TimeScale;
use crate::ui::widget::time_axis::{self, Tick, TimeRange};

/// Where times stand below the upper edge, and where dates do, in points.
const TIMES: f32 = 12.0;
const DATES: f32 = 28.0;
/// A label whose end is this near to the pointer would stand half under the read-out, in points.
const HIDDEN: f32 = 66.0;

/// The ticks of what is shown, at least `points` apart; between folds each stretch has its own.
pub fn ticks(ctx: &Ctx<'_>, scale: TimeScale<'_>, points: f64) -> Vec<Tick> {
    let mut ranges = Vec::new();
    let mut from = scale.range.start;
    for fold in scale.folds.list().iter().filter(|f| f.end > scale.range.start && f.start < scale.range.end) {
        if fold.start > from {
            // The event behind the fold, not the room before it, is where a stretch begins.
            ranges.push(TimeRange::new(from, fold.start));
        }
        from = fold.gap.end;
    }
    if from < scale.range.end {
        ranges.push(TimeRange::new(from, scale.range.end));
    }
    // Before the first event stands nothing that a label could tell of.
    if let (true, Some(first), Some(all)) = (ranges.len() > 1, ranges.first_mut(), ctx.shown.extent)
        && first.has(all.start)
    {
        first.start = all.start;
    }
    let labels = (f64::from(scale.rect.width()) / points).max(1.0).floor();
    time_axis::ticks_of(&ranges, scale.drawn().span() / labels, ctx.view.zone)
}

/// Draws the axis; `hover` is where the pointer is.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, scale: TimeScale<'_>, ticks: &[Tick], hover: Option<f32>) {
    let t = ctx.tokens;
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 0.0, t.background);
    painter.hline(scale.rect.x_range(), rect.top() + 0.5, t.border());
    let zone = text::cut_middle(&ctx.view.zone.name(), 15);
    painter.text(pos2(rect.left() + 12.0, rect.top() + TIMES), Align2::LEFT_CENTER, zone, theme::small(), t.text_third);
    let mut free = f32::MIN;
    for tick in ticks {
        let x = scale.x(tick.time);
        painter.vline(x, rect.top()..=rect.top() + 4.0, t.border());
        let galley = painter.layout_no_wrap(tick.label.clone(), theme::mono_small(), t.text_second);
        let size = galley.size();
        // Beside a fold the label stands behind its tick, not over the band.
        let left = if tick.round { x - size.x / 2.0 } else { x };
        if left < free || left < rect.left() + 60.0 || left + size.x > rect.right() {
            continue;
        }
        free = left + size.x + 12.0;
        if hover.is_none_or(|h| (h - left - size.x / 2.0).abs() > HIDDEN + size.x / 2.0) {
            painter.galley(pos2(left, rect.top() + TIMES - size.y / 2.0), galley, t.text_second);
        }
    }
    dates(ctx, &painter, rect, scale, ticks, hover);
    list_window(ctx, &painter, rect, scale);
}

/// The lower row: a date where it is the first one or a new one, in full where there is room.
fn dates(ctx: &Ctx<'_>, painter: &egui::Painter, rect: Rect, scale: TimeScale<'_>, ticks: &[Tick], hover: Option<f32>) {
    let color = ctx.tokens.text_second;
    let mut free = scale.rect.left();
    let mut last = "";
    for (i, tick) in ticks.iter().enumerate().filter(|(_, tick)| !tick.date.is_empty()) {
        let left = if tick.round { scale.x(tick.time) - 28.0 } else { scale.x(tick.time) };
        let left = if last.is_empty() { left.max(scale.rect.left()) } else { left };
        if tick.date == last || left < free {
            continue;
        }
        let next = ticks.iter().skip(i + 1).find(|other| other.date != tick.date);
        let until = next.map_or(rect.right(), |next| scale.x(next.time) - 36.0);
        let whole = painter.layout_no_wrap(tick.date.clone(), theme::caption(), color);
        let galley = if last.is_empty() || left + whole.size().x < until {
            whole
        } else {
            painter.layout_no_wrap(tick.short_date.clone(), theme::caption(), color)
        };
        let size = galley.size();
        if left + size.x > rect.right() {
            continue;
        }
        free = left + size.x + 12.0;
        last = &tick.date;
        if hover.is_none_or(|h| (h - left - size.x / 2.0).abs() > HIDDEN + size.x / 2.0) {
            painter.galley(pos2(left, rect.top() + DATES - size.y / 2.0), galley, color);
        }
    }
}

/// A line on the axis shows which stretch of time the list below is at.
fn list_window(ctx: &Ctx<'_>, painter: &egui::Painter, rect: Rect, scale: TimeScale<'_>) {
    let row = |unit: u64| usize::try_from(ctx.view.list.opened.row(unit).0).unwrap_or(usize::MAX);
    let (top, end) = (ctx.view.scroll.top, ctx.view.scroll.top.saturating_add(ctx.layout.list.get().page()));
    let (top, last) = (row(top), row(end).min(ctx.shown.rows.len()).saturating_sub(1));
    let time = |row| ctx.shown.event(row).and_then(|id| ctx.shown.time(id));
    let (Some(from), Some(to)) = (time(top), time(last)) else { return };
    let (left, right) = (scale.x(from).max(scale.rect.left()), scale.x(to).min(scale.rect.right()));
    if right >= left {
        let line = Rect::from_min_max(pos2(left, rect.top()), pos2(right.max(left + 3.0), rect.top() + 2.0));
        painter.rect_filled(line, 0.0, ctx.tokens.accent);
    }
}

/// Draws the time at the pointer, and what the clock of the lane under it said then.
pub fn read_out(
    ctx: &Ctx<'_>,
    ui: &Ui,
    scale: TimeScale<'_>,
    x: f32,
    (lanes, axis): (Rect, Rect),
    lane: Option<usize>,
    event: Option<EventId>,
) {
    let t = ctx.tokens;
    let line = [pos2(x, lanes.top()), pos2(x, axis.top())];
    ui.painter().extend(egui::Shape::dashed_line(&line, Stroke::new(1.0, t.text_third), 3.0, 3.0));
    let per_point = scale.per_point();
    let digits = (0..9_u8).find(|&d| per_point >= 10_f64.powi(9 - i32::from(d))).unwrap_or(9);
    let long = !ctx.shown.within_a_day();
    let told = |time| match long {
        true => format::local(time, digits, ctx.view.zone, ' '),
        false => format::time_of_day(time, digits, ctx.view.zone),
    };
    let time = scale.time(x);
    let painter = ui.painter();
    let first = painter.layout_no_wrap(told(time), theme::mono_small(), t.text);
    let second = written(ctx, event)
        .or_else(|| clock_said(ctx, lane?, time, &told))
        .map(|words| painter.layout_no_wrap(words, theme::small(), t.text_second));
    let wide = second.as_ref().map_or(0.0, |g| g.size().x).max(first.size().x);
    let half = wide / 2.0 + 7.0;
    let x = x.min(axis.right() - half).max(axis.left() + half);
    let height = if second.is_some() { 32.0 } else { 18.0 };
    let chip = Rect::from_min_size(pos2(x - half, axis.top() + 3.0), vec2(half * 2.0, height));
    painter.rect(chip, 5.0, t.hover, t.border(), egui::StrokeKind::Inside);
    let mut y = chip.top() + 9.0;
    for galley in std::iter::once(first).chain(second) {
        let size = galley.size();
        painter.galley(pos2(x - size.x / 2.0, y - size.y / 2.0), galley, t.text);
        y += 14.0;
    }
}

/// The stamp of the event under the pointer as it stands in its file.
fn written(ctx: &Ctx<'_>, event: Option<EventId>) -> Option<String> {
    let (name, stamp) = order::stamps(ctx, event?).into_iter().next()?;
    (name == "as written").then(|| format!("{name} {}", text::cut(&stamp, 40)))
}

/// What a host's clock said at a corrected time.
fn clock_said(ctx: &Ctx<'_>, lane: usize, time: i64, told: &dyn Fn(i64) -> String) -> Option<String> {
    let judge = ctx.shown.judge();
    let clock = judge.clocks.list.get(lane).filter(|_| ctx.shown.is_causal())?;
    // The correction is known by recorded times; a clock drifts too slowly for one step to matter.
    let correction = clock.correction(time.saturating_add(clock.correction(time)));
    let host = text::cut_middle(&text::neutral(&judge.lanes.list.get(lane)?.host, 60).0, 16);
    (correction != 0).then(|| format!("{host}'s clock {}", told(time.saturating_add(correction))))
}
