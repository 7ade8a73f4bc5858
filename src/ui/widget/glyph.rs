//! The shapes that stand for events: one for each class of loudness, so that color never tells alone.

use egui::{Color32, Pos2, Rect, Shape, Stroke, Ui, Vec2, pos2, vec2};

use crate::case::Kind;
use crate::timeline::density::Loudness;

/// The shape of a class: a diamond, a square, a triangle or a dot of radius `r` around `at`.
pub fn shape(loudness: Loudness, at: Pos2, r: f32, color: Color32) -> Shape {
    match loudness {
        Loudness::Critical => Shape::convex_polygon(diamond(at, r * 1.35), color, Stroke::NONE),
        Loudness::Error => Shape::rect_filled(Rect::from_center_size(at, Vec2::splat(r * 1.8)), 1.0, color),
        Loudness::Warning => {
            let points = vec![at + vec2(0.0, -r * 1.1), at + vec2(r * 1.15, r * 0.9), at + vec2(-r * 1.15, r * 0.9)];
            Shape::convex_polygon(points, color, Stroke::NONE)
        }
        Loudness::Quiet => Shape::circle_filled(at, r * 0.55, color),
    }
}

/// The outline around a chosen glyph.
pub fn ring(at: Pos2, r: f32, color: Color32) -> Shape {
    Shape::circle_stroke(at, r * 2.0, Stroke::new(1.5, color))
}

/// The shape of what is loud and not the cause.
pub fn hollow_diamond(at: Pos2, r: f32, color: Color32) -> Shape {
    Shape::closed_line(diamond(at, r), Stroke::new(1.4, color))
}

fn diamond(at: Pos2, r: f32) -> Vec<Pos2> {
    vec![at + vec2(0.0, -r), at + vec2(r, 0.0), at + vec2(0.0, r), at + vec2(-r, 0.0)]
}

/// A small square in the color of a host.
pub fn host_square(ui: &Ui, at: Pos2, color: Color32) {
    ui.painter().rect_filled(Rect::from_center_size(at, vec2(8.0, 8.0)), 2.0, color);
}

/// A flag for events with a mark or a comment.
pub fn flag(at: Pos2, color: Color32) -> Shape {
    let points = vec![at, at + vec2(7.0, 2.6), at + vec2(0.0, 5.2)];
    Shape::Vec(vec![
        Shape::line_segment([at, pos2(at.x, at.y + 9.0)], Stroke::new(1.2, color)),
        Shape::convex_polygon(points, color, Stroke::NONE),
    ])
}

/// The shape of a marker, about `r` to each side of `at`.
///
/// A spark began it, an arrow leads into the impact and another out of it, an eye saw it, a hexagon knows why, a half
/// disc softened it, a tick ended it.
pub fn kind(kind: Kind, at: Pos2, r: f32, color: Color32) -> Shape {
    let line = Stroke::new((r * 0.36).max(1.2), color);
    let filled = |points: Vec<Pos2>| Shape::convex_polygon(points, color, Stroke::NONE);
    match kind {
        Kind::Trigger => {
            let (long, wide) = (r * 1.3, r * 0.42);
            let ray =
                |a: egui::Vec2, b: egui::Vec2| filled(vec![at + a * long, at + b * wide, at - a * long, at - b * wide]);
            Shape::Vec(vec![ray(vec2(0.0, -1.0), vec2(1.0, 0.0)), ray(vec2(1.0, 0.0), vec2(0.0, 1.0))])
        }
        Kind::ImpactStart | Kind::ImpactEnd => {
            let to = if kind == Kind::ImpactStart { 1.0 } else { -1.0 };
            let tip = vec![at + vec2(-r * 0.5 * to, -r), at + vec2(r * to, 0.0), at + vec2(-r * 0.5 * to, r)];
            let edge = at.x - r * to;
            let bar = Shape::line_segment([pos2(edge, at.y - r * 1.1), pos2(edge, at.y + r * 1.1)], line);
            Shape::Vec(vec![filled(tip), bar])
        }
        Kind::Detection => {
            Shape::Vec(vec![Shape::circle_stroke(at, r, line), Shape::circle_filled(at, r * 0.42, color)])
        }
        Kind::Diagnosis => {
            let corner = |i: i32| at + egui::Vec2::angled(i as f32 * std::f32::consts::FRAC_PI_3) * r * 1.15;
            filled((0..6).map(corner).collect())
        }
        Kind::Mitigation => {
            let half = (0..=8).map(|i| at + egui::Vec2::angled(i as f32 / 8.0 * std::f32::consts::PI) * r);
            Shape::Vec(vec![Shape::circle_stroke(at, r, line), filled(half.collect())])
        }
        Kind::Recovery => {
            let tick = vec![at + vec2(-r, 0.0), at + vec2(-r * 0.25, r * 0.8), at + vec2(r * 1.1, -r * 0.9)];
            Shape::line(tick, Stroke::new((r * 0.5).max(1.6), color))
        }
        Kind::KeyMoment => Shape::Vec(vec![
            Shape::rect_filled(Rect::from_center_size(at, vec2(r * 0.75, r * 2.3)), 0.5, color),
            Shape::rect_filled(Rect::from_center_size(at, vec2(r * 2.3, r * 0.75)), 0.5, color),
        ]),
        Kind::RedHerring => hollow_diamond(at, r * 1.25, color),
        Kind::Note => flag(at + vec2(-r * 0.7, -r), color),
    }
}

/// A triangle that points down where a part is open, and to the right where it is folded.
pub fn fold(painter: &egui::Painter, at: Pos2, open: bool, color: Color32) {
    let points = if open {
        vec![at + vec2(-3.5, -2.0), at + vec2(3.5, -2.0), at + vec2(0.0, 3.0)]
    } else {
        vec![at + vec2(-2.0, -3.5), at + vec2(3.0, 0.0), at + vec2(-2.0, 3.5)]
    };
    painter.add(Shape::convex_polygon(points, color, Stroke::NONE));
}
