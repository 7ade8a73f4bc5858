//! Ticks beside the scroll bar: where in the whole list notes, findings and hits of a search stand.

use egui::{Color32, Rect, Stroke, Ui};

use crate::event::EventId;
use crate::ui::findings;
use crate::ui::panel::{Ctx, find};
use crate::ui::widget::list::Extent;

/// Ticks of one kind; more would be a bar.
const MOST: usize = 200;

/// Draws them.
pub(super) fn show(ctx: &Ctx<'_>, ui: &Ui, bar: Rect, extent: Extent) {
    if extent.n as f32 * extent.row <= extent.view {
        return;
    }
    let painter = ui.painter_at(bar);
    let tick = |id: EventId, color: Color32, left: f32, right: f32| {
        let Ok(row) = ctx.shown.row_of(id) else { return };
        let part = ctx.view.list.opened.unit(row as u64) as f64 / extent.n.max(1) as f64;
        let y = bar.top() + (f64::from(bar.height()) * part) as f32;
        painter.hline(bar.left() + left..=bar.left() + right, y.max(bar.top() + 1.0), Stroke::new(2.0, color));
    };
    let n = ctx.shown.analysis.events.len();
    if let Some(found) = ctx.found {
        let loudest = found.findings.list.iter().filter(|f| f.at.idx() < n).take(MOST);
        for f in loudest {
            tick(f.at, ctx.tokens.loudness(findings::class(f.severity)), 0.0, 5.0);
        }
    }
    find::ticks(ctx, &painter, bar);
    for id in ctx.notes.events().filter(|id| id.idx() < n).take(MOST) {
        tick(id, ctx.tokens.accent, 5.0, 10.0);
    }
}
