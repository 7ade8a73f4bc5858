//! What should have been logged and was not: hatched on the lane of the host that says nothing of it, with the words.

use egui::{Align2, Rect, Stroke, Ui, pos2, vec2};

use crate::detect::Finding;
use crate::detect::finding::Expected;
use crate::ui::findings;
use crate::ui::panel::lane_rows::Rows;
use crate::ui::panel::{Ctx, ties};
use crate::ui::text;
use crate::ui::theme;
use crate::ui::widget::scale::TimeScale;

/// Narrower than this nothing is drawn, in points.
const LEAST: f32 = 60.0;
/// Height of the hatching, in points.
const HEIGHT: f32 = 16.0;
/// With fewer characters the words would say nothing.
const FEWEST: usize = 24;
/// A lower row has no room for it below its events, in points.
const ROW: f32 = 44.0;

/// What a finding expects and the logs, which would tell it, do not.
fn missing(f: &Finding) -> Option<&Expected> {
    f.expected.iter().find(|e| e.seen.is_none() && e.logged)
}

/// Hatches the lanes of the findings that are looked at.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, scale: TimeScale<'_>) {
    let Some(found) = ctx.found else { return };
    let all = &found.findings;
    let steps = ctx.sections.drawn(ctx.view.look).map_or(&[][..], |told| &told.steps);
    let open = ctx.view.look.finding.filter(|i| !steps.contains(i));
    let mut taken: Vec<usize> = Vec::new();
    for i in open.into_iter().chain(steps.iter().copied()) {
        let Some(f) = all.list.get(i) else { continue };
        let Some(expected) = missing(f) else { continue };
        let Some(id) = findings::place(ctx.shown, all, i) else { continue };
        let (row, Some(extent)) = (rows.of(ctx, id), ctx.shown.extent) else { continue };
        // One for each lane: the gravest comes first.
        if taken.contains(&row) {
            continue;
        }
        taken.push(row);
        let from = f.last.max(ctx.shown.time(id).unwrap_or(f.last));
        let lane = rows.place(row);
        let left = (scale.x(from) + 14.0).max(scale.rect.left());
        let right = scale.x(extent.end).min(scale.rect.right());
        if right - left < LEAST || lane.height() < ROW {
            continue;
        }
        let area = Rect::from_min_max(pos2(left, lane.bottom() - HEIGHT - 1.0), pos2(right, lane.bottom() - 1.0));
        let painter = ui.painter().with_clip_rect(area.intersect(rows.rect));
        ties::hatch(&painter, area, Stroke::new(1.0, ctx.tokens.hairline));
        let words = text::squeezed(&findings::words(&format!("not logged: {}", expected.text)));
        let chars = ((area.width() - 24.0) / 5.6).max(0.0) as usize;
        if chars < FEWEST.min(words.chars().count()) {
            continue;
        }
        let galley = painter.layout_no_wrap(text::cut(&words, chars), theme::small(), ctx.tokens.text_second);
        // At the far end: beside the event stand its own words.
        let at = Align2::RIGHT_CENTER.anchor_size(area.right_center() - vec2(10.0, 0.0), galley.size());
        painter.rect_filled(at.expand2(vec2(6.0, 1.0)), 3.0, ctx.tokens.lane);
        painter.galley(at.min, galley, ctx.tokens.text_second);
    }
}
