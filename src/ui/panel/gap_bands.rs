//! Bands where long stretches without events are folded: hatched, with the length that they stand for.

use egui::{Painter, Rect, Stroke, Ui, pos2};

use crate::time::format;
use crate::ui::panel::Ctx;
use crate::ui::panel::ties;
use crate::ui::theme;
use crate::ui::widget::fold::Fold;
use crate::ui::widget::scale::TimeScale;

/// Bands narrower than this are told by the pointer alone, in points.
const TOLD: f32 = 15.0;
/// Bands narrower than this are lines: hatching would only be noise, in points.
const HATCHED: f32 = 10.0;

/// How long a fold is, in words.
pub fn words(fold: &Fold) -> String {
    let length = i64::try_from(fold.gap.len()).unwrap_or(i64::MAX);
    format!("{} without events", format::duration(length))
}

/// The fold at `x`.
pub fn at<'a>(scale: TimeScale<'a>, x: f32) -> Option<&'a Fold> {
    let drawn = scale.drawn_at(x);
    scale.folds.list().iter().find(|f| (f.at..f.at.saturating_add(f.width)).contains(&drawn))
}

/// Draws the bands over the ground of the lanes.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, rect: Rect, bottom: f32) {
    let area = Rect::from_min_max(pos2(scale.rect.left(), rect.top()), pos2(scale.rect.right(), bottom));
    let painter = ui.painter().with_clip_rect(area);
    for fold in scale.folds.list() {
        let Some(band) = place(scale, fold, area) else { continue };
        ground(ctx, &painter, band);
        let galley = painter.layout_no_wrap(words(fold), theme::small(), ctx.tokens.text_second);
        let size = galley.size();
        if band.width() >= size.x + 12.0 {
            let at = pos2(band.center().x - size.x / 2.0, band.top() + 10.0);
            let ground = Rect::from_min_size(at, size).expand(3.0);
            painter.rect_filled(ground, 3.0, ctx.tokens.background);
            painter.galley(at, galley, ctx.tokens.text_second);
        } else if band.width() >= TOLD && band.height() >= size.x + 24.0 {
            let at = pos2(band.center().x - size.y / 2.0, band.center().y + size.x / 2.0);
            let ground = Rect::from_center_size(band.center(), egui::vec2(size.y + 2.0, size.x + 12.0));
            painter.rect_filled(ground, 3.0, ctx.tokens.background);
            let text = egui::epaint::TextShape::new(at, galley, ctx.tokens.text_second);
            painter.add(text.with_angle(-std::f32::consts::FRAC_PI_2));
        }
    }
}

/// Draws the bands of the overview.
pub fn small(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale<'_>) {
    for fold in scale.folds.list() {
        if let Some(band) = place(scale, fold, scale.rect) {
            ground(ctx, painter, band);
        }
    }
}

fn place(scale: TimeScale<'_>, fold: &Fold, area: Rect) -> Option<Rect> {
    let (left, right) = (scale.x_drawn(fold.at), scale.x_drawn(fold.at.saturating_add(fold.width)));
    let (left, right) = (left.max(area.left()), right.min(area.right()));
    (right - left > 0.5).then(|| Rect::from_x_y_ranges(left..=right, area.y_range()))
}

fn ground(ctx: &Ctx<'_>, painter: &Painter, band: Rect) {
    let t = ctx.tokens;
    painter.rect_filled(band, 0.0, t.background);
    if band.width() < HATCHED {
        painter.vline(band.center().x, band.y_range(), Stroke::new(1.0, t.hairline));
        return;
    }
    ties::hatch(painter, band, Stroke::new(1.0, t.strong_line));
    for x in [band.left(), band.right()] {
        painter.vline(x, band.y_range(), Stroke::new(1.0, t.hairline));
    }
}
