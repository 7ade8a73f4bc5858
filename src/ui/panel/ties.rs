//! What ties the chosen event to others on the lanes: arrows to its direct causes and effects, and hatching where
//! the order against it is unknown.

use egui::{Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::causality::Strength;
use crate::clock::Anchor;
use crate::event::EventId;
use crate::time::format;
use crate::ui::clocks;
use crate::ui::panel::Ctx;
use crate::ui::theme;
use crate::ui::widget::scale::TimeScale;

/// Arrows that are drawn in each direction; more would hide what they point at.
const ARROWS: usize = 12;
/// Distance between the lines of a hatching, in points.
const HATCH: f32 = 7.0;

/// Draws the arrows; `lane` tells where an event's lane is.
pub fn show(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale<'_>, lane: impl Fn(EventId) -> Rect) {
    let Some(chosen) = ctx.view.chosen else { return };
    let place = |id: EventId| Some(pos2(scale.x(ctx.shown.time(id)?), lane(id).center().y));
    if let Some(held) = ctx.view.compared.filter(|&id| id != chosen).and_then(place) {
        painter.circle_stroke(held, 6.0, Stroke::new(1.2, ctx.tokens.accent));
    }
    let edges = &ctx.shown.judge().edges;
    let causes = edges.causes(chosen).iter().take(ARROWS);
    for edge in causes.chain(edges.effects(chosen).iter().take(ARROWS)) {
        if let (Some(from), Some(to)) = (place(edge.from), place(edge.to)) {
            arrow(ctx, painter, scale, from, to, edge.rule.strength() != Strength::Hard);
        }
    }
}

/// A curve with a head; dashed where it is only probable.
fn arrow(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale<'_>, from: Pos2, to: Pos2, probable: bool) {
    // A few screens away the curve is a line that leads nowhere, of very many dashes.
    let (left, right) = (scale.rect.left(), scale.rect.right());
    let far = |p: Pos2| p.x < left - 1_500.0 || p.x > right + 1_500.0;
    let aside = (from.x < left && to.x < left) || (from.x > right && to.x > right);
    if far(from) || far(to) || aside {
        return;
    }
    let color = ctx.tokens.accent;
    let same_lane = (from.y - to.y).abs() < 1.0;
    // Glyphs and the ring around the chosen one stay free.
    let clear = if same_lane { -9.0 } else { 9.0_f32.copysign(to.y - from.y) };
    let start = from + vec2(0.0, clear);
    let end = if same_lane { to + vec2(0.0, clear) } else { to - vec2(0.0, clear) };
    // Down or up first, then along: the curve leaves and meets the lanes at a right angle.
    let lift = if same_lane { -26.0 } else { (end.y - start.y) * 0.55 };
    let (a, b) = (start + vec2(0.0, lift), end - vec2(0.0, if same_lane { -lift } else { lift }));
    let at = |t: f32| {
        let u = 1.0 - t;
        let mix =
            |s: f32, a: f32, b: f32, e: f32| u * u * u * s + 3.0 * u * u * t * a + 3.0 * u * t * t * b + t * t * t * e;
        pos2(mix(start.x, a.x, b.x, end.x), mix(start.y, a.y, b.y, end.y))
    };
    let points: Vec<Pos2> = (0..=28_u8).map(|i| at(f32::from(i) / 28.0)).collect();
    let stroke = Stroke::new(1.3, color.gamma_multiply(0.85));
    if probable {
        painter.extend(Shape::dashed_line(&points, stroke, 5.0, 4.0));
    } else {
        painter.add(Shape::line(points, stroke));
    }
    let back = (at(0.94) - end).normalized();
    let side = vec2(-back.y, back.x);
    let head = vec![end, end + back * 8.0 + side * 3.5, end + back * 8.0 - side * 3.5];
    painter.add(Shape::convex_polygon(head, color, Stroke::NONE));
}

/// A line from the chosen event to where its recorded stamp is, with words.
pub fn shift_of_chosen(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale<'_>, lane: Rect) {
    let analysis = &ctx.shown.analysis;
    let Some(id) = ctx.view.chosen.filter(|_| ctx.view.shifts) else { return };
    let (Some(stamp), Some(time)) = (analysis.events.time(id), ctx.shown.time(id)) else { return };
    if stamp == time {
        return;
    }
    let t = ctx.tokens;
    let (x, y) = (scale.x(time), lane.top() + 8.0);
    let to = scale.x(stamp).min(scale.rect.right() - 4.0).max(scale.rect.left() + 4.0);
    painter.extend(Shape::dashed_line(&[pos2(x, y), pos2(to, y)], Stroke::new(1.0, t.accent), 2.0, 3.0));
    painter.circle_stroke(pos2(to, y), 2.5, Stroke::new(1.0, t.accent));
    let shown = format::time_of_day(stamp, analysis.events.precision(id), ctx.view.zone);
    let by = clocks::short(stamp.abs_diff(time) as f64);
    let words = format!("stamped {shown}, {by} {}", if stamp < time { "earlier" } else { "later" });
    let galley = painter.layout_no_wrap(words, theme::small(), t.accent);
    // Beside the line's outer end, inside of it.
    let left = if to < x { to + 8.0 } else { to - 8.0 - galley.size().x };
    let at = pos2(left, y - galley.size().y / 2.0);
    painter.rect_filled(Rect::from_min_size(at, galley.size()).expand2(vec2(3.0, 0.0)), 2.0, t.lane);
    painter.galley(at, galley, t.accent);
}

/// Hatches the stretch of a lane whose events may have been written before the chosen one as well as after it.
pub fn unknown_zone(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale<'_>, field: Rect, lane: usize) {
    let Some((from, to)) = zone(ctx, lane) else { return };
    let (left, right) = (scale.x(from).max(field.left()), scale.x(to).min(field.right()));
    if right - left < 3.0 {
        return;
    }
    let area = Rect::from_x_y_ranges(left..=right, field.y_range());
    hatch(painter, area, Stroke::new(1.0, ctx.tokens.hairline.gamma_multiply(0.8)));
}

/// Hatches an area. The lines keep their place while the area moves over them.
pub fn hatch(painter: &Painter, area: Rect, line: Stroke) {
    let painter = painter.with_clip_rect(area.intersect(painter.clip_rect()));
    let h = area.height();
    let first = ((area.left() - h) / HATCH).floor() as i32;
    let last = (area.right() / HATCH).ceil() as i32;
    for i in first..=last {
        let x = i as f32 * HATCH;
        painter.line_segment([pos2(x, area.bottom()), pos2(x + h, area.top())], line);
    }
}

/// The stretch of shown time in which a lane's events are not ordered against the chosen one by their times.
fn zone(ctx: &Ctx<'_>, lane: usize) -> Option<(i64, i64)> {
    let judge = ctx.shown.judge();
    let chosen = ctx.view.chosen?;
    let own = judge.clock_lane(chosen);
    if own == Some(lane) || judge.lanes.list.len() < 2 {
        return None;
    }
    let (low, high) = clocks::interval(judge, chosen)?;
    let clock = judge.clocks.list.get(lane).filter(|c| c.anchor != Anchor::Floating);
    let known = judge.clock(chosen).is_some_and(|c| c.anchor != Anchor::Floating);
    let (Some(clock), true) = (clock, known) else { return Some((i64::MIN / 2, i64::MAX / 2)) };
    let doubt = clock.doubt() as i64;
    // As recorded, the lane's events stand where its clock put them.
    let shift = if ctx.shown.is_causal() { 0 } else { clock.correction(low) };
    Some((low.saturating_sub(doubt).saturating_add(shift), high.saturating_add(doubt).saturating_add(shift)))
}
