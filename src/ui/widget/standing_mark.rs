//! The marks that tell how an event stands to the chosen one: a shape each, solid where it is certain.

use egui::{Color32, Pos2, Shape, Stroke, vec2};

use crate::ui::standing::Standing;
use crate::ui::theme::Tokens;

/// The color of a standing: what came before may be a cause, and stands out.
pub fn color(standing: Standing, tokens: &Tokens) -> Color32 {
    match standing {
        Standing::Before | Standing::ProbablyBefore => tokens.accent,
        Standing::After | Standing::ProbablyAfter => tokens.text_second,
        Standing::Unknown => tokens.text_third,
    }
}

/// A triangle to the left for before, to the right for after, hollow where that is only probable; a question
/// mark where nothing tells.
pub fn shape(standing: Standing, at: Pos2, tokens: &Tokens) -> Shape {
    let color = color(standing, tokens);
    let sign = match standing {
        Standing::Before | Standing::ProbablyBefore => -1.0,
        Standing::After | Standing::ProbablyAfter => 1.0,
        Standing::Unknown => return question(at, color),
    };
    let points = vec![at + vec2(3.2 * sign, 0.0), at + vec2(-2.6 * sign, -3.4), at + vec2(-2.6 * sign, 3.4)];
    if standing.is_certain() {
        Shape::convex_polygon(points, color, Stroke::NONE)
    } else {
        Shape::closed_line(points, Stroke::new(1.0, color))
    }
}

fn question(at: Pos2, color: Color32) -> Shape {
    let hook = [(-2.2, -2.2), (-1.2, -3.8), (1.0, -3.9), (2.2, -2.4), (1.6, -0.8), (0.1, 0.2), (0.0, 1.4)];
    let hook = hook.into_iter().map(|(x, y)| at + vec2(x, y)).collect();
    Shape::Vec(vec![Shape::line(hook, Stroke::new(1.1, color)), Shape::circle_filled(at + vec2(0.0, 3.6), 0.9, color)])
}
