//! What ties the chosen event to others on the lanes: arrows to its direct causes and effects, and hatching where
//! the order against it is unknown.

use egui::{Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::causality::Strength;
use crate::clock::Anchor;
use crate::event::EventId;
use crate::ui::clocks;
use crate::ui::panel::Ctx;
use crate::ui::widget::lanes::TimeScale;

/// Arrows that are drawn in each direction; more would hide what they point at.
const ARROWS: usize = 12;
/// Distance between the lines of a hatching, in points.
const HATCH: f32 = 7.0;

/// Draws the arrows; `middle` tells where a lane's middle is.
pub fn show(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale, middle: impl Fn(usize) -> f32) {
    let Some(chosen) = ctx.view.chosen else { return };
    let place = |id: EventId| Some(pos2(scale.x(ctx.shown.time(id)?), middle(ctx.shown.lane(id).0)));
    let edges = &ctx.shown.judge().edges;
    let causes = edges.causes(chosen).iter().take(ARROWS);
    for edge in causes.chain(edges.effects(chosen).iter().take(ARROWS)) {
        if let (Some(from), Some(to)) = (place(edge.from), place(edge.to)) {
            arrow(ctx, painter, scale, from, to, edge.rule.strength() == Strength::Soft);
        }
    }
}

/// A curve with a head; dashed where it is only probable.
fn arrow(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale, from: Pos2, to: Pos2, probable: bool) {
    let far = |p: Pos2| p.x < scale.rect.left() - 4_000.0 || p.x > scale.rect.right() + 4_000.0;
    if far(from) || far(to) {
        return;
    }
    let color = ctx.tokens.accent;
    let same_lane = (from.y - to.y).abs() < 1.0;
    let (start, end) =
        (from + vec2(0.0, if same_lane { -9.0 } else { 0.0 }), to + vec2(0.0, if same_lane { -9.0 } else { 0.0 }));
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

/// Hatches the stretch of a lane whose events may have been written before the chosen one as well as after it.
pub fn unknown_zone(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale, field: Rect, lane: usize) {
    let Some((from, to)) = zone(ctx, lane) else { return };
    let (left, right) = (scale.x(from).max(field.left()), scale.x(to).min(field.right()));
    if right - left < 3.0 {
        return;
    }
    let area = Rect::from_x_y_ranges(left..=right, field.y_range());
    let painter = painter.with_clip_rect(area.intersect(painter.clip_rect()));
    let line = Stroke::new(1.0, ctx.tokens.hairline.gamma_multiply(0.8));
    let h = area.height();
    // The lines keep their place while the zone moves over them.
    let first = ((left - h) / HATCH).floor() as i32;
    let last = (right / HATCH).ceil() as i32;
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
