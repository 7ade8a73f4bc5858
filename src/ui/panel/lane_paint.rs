//! Paints the rows of lanes: bars where events are many, glyphs with words where they are few.

use egui::{Painter, Rect, Stroke, Ui, pos2};

use crate::event::{EventId, Flags};
use crate::time::format;
use crate::timeline::density::{Counts, Loudness};
use crate::ui::clocks;
use crate::ui::panel::lane_rows::Rows;
use crate::ui::panel::{Ctx, lane_head, ties};
use crate::ui::text;
use crate::ui::theme::{self, size};
use crate::ui::widget::glyph;
use crate::ui::widget::lanes::{self, Glyph};
use crate::ui::widget::scale::{Grid, TimeScale};

/// Events that are looked at one by one in a frame; above it all lanes are bars.
const MOST_GLYPHS: usize = 6_000;

/// What was drawn in each row: the events of those with glyphs, the counts of the others.
pub struct Drawn {
    /// By row: its events, if each is drawn.
    pub ids: Vec<Option<Vec<EventId>>>,
    /// The columns.
    pub grid: Grid,
    /// By row: the counts of its columns, if these are drawn.
    pub bars: Vec<Vec<Counts>>,
}

/// Paints all rows.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, scale: TimeScale<'_>) -> Drawn {
    let n = rows.list.len();
    let mut drawn = Drawn { ids: vec![None; n], grid: scale.grid(), bars: vec![Vec::new(); n] };
    collect(ctx, rows, scale, &mut drawn);
    let seen: Vec<usize> = (0..n).filter(|&i| rows.place(i).intersects(rows.rect)).collect();
    // One measure for hosts and one for what is inside of them, which is always less.
    let mut most = [1, 1];
    for &i in &seen {
        let Some(row) = rows.list.get(i) else { continue };
        if drawn.ids.get(i).is_some_and(Option::is_none)
            && let (Some(lane), Some(slot)) = (rows.density(ctx, row), drawn.bars.get_mut(i))
        {
            *slot = scale.bars(lane, drawn.grid);
            let own = slot.iter().map(|c| c.total()).max().unwrap_or(0);
            if let Some(most) = most.get_mut(usize::from(row.sub.is_some())) {
                *most = own.max(*most);
            }
        }
    }
    for i in seen {
        let (Some(row), rect) = (rows.list.get(i), rows.place(i)) else { continue };
        let field = Rect::from_x_y_ranges(scale.rect.x_range(), rect.y_range());
        let inner = ui.painter().with_clip_rect(field.intersect(rows.rect));
        ties::unknown_zone(ctx, &inner, scale, field, row.lane);
        match drawn.ids.get(i) {
            Some(Some(ids)) => glyphs(ctx, &inner, scale, field, ids, row.open),
            _ => {
                let bars = drawn.bars.get(i).map_or(&[][..], Vec::as_slice);
                let most = most.get(usize::from(row.sub.is_some())).copied().unwrap_or(1);
                lanes::paint_bars(&inner, scale, field, drawn.grid, bars, most, ctx.tokens);
            }
        }
        lane_head::show(ctx, ui, rows, rect, i);
    }
    drawn
}

/// Finds the events of rows that hold so few that each is drawn.
fn collect(ctx: &Ctx<'_>, rows: &Rows, scale: TimeScale<'_>, drawn: &mut Drawn) {
    let shown = ctx.shown;
    let few = (scale.rect.width() / 7.0) as u32;
    let end = scale.range.end.saturating_add(1);
    let mut n_few = 0;
    for (row, slot) in rows.list.iter().zip(&mut drawn.ids) {
        let n = rows.density(ctx, row).map_or(0, |lane| lane.between(scale.range.start, end).total());
        if n <= few {
            *slot = Some(Vec::new());
            n_few += n;
        }
    }
    let (from, to) = (shown.row_at(scale.range.start), shown.row_at(end));
    if to.saturating_sub(from) > MOST_GLYPHS {
        // Few events of one lane among very many of others: not worth a walk through all in each frame.
        if n_few > 0 {
            drawn.ids.iter_mut().for_each(|slot| *slot = None);
        }
        return;
    }
    for id in (from..to).filter_map(|row| shown.event(row)) {
        for row in rows.all_of(ctx, id).into_iter().flatten() {
            if let Some(Some(ids)) = drawn.ids.get_mut(row) {
                ids.push(id);
            }
        }
    }
}

fn glyphs(ctx: &Ctx<'_>, painter: &Painter, scale: TimeScale<'_>, field: Rect, ids: &[EventId], headline: bool) {
    let analysis = &ctx.shown.analysis;
    let events = &analysis.events;
    let glyphs: Vec<Glyph> = ids
        .iter()
        .map(|&id| Glyph {
            time: analysis.timeline.time(events, id),
            loudness: Loudness::of(events.level(id)),
            chosen: ctx.view.chosen == Some(id),
            noted: ctx.notes.of(id).is_some(),
            uncertain: events.flags(id).has(Flags::NO_TIME),
            standing: ctx.standing(id),
            whisker: clocks::interval(analysis, id),
            stamped: events.time(id).filter(|_| ctx.view.shifts),
        })
        .collect();
    lanes::paint_glyphs(painter, scale, field, &glyphs, ctx.tokens);
    // A story has words of its own, and nothing must stand in their way.
    let in_story = ctx.view.look.chosen && ctx.view.look.story.is_some();
    if !headline && !in_story {
        lanes::paint_texts(painter, scale, field, &glyphs, ctx.tokens, |i, chars| {
            ids.get(i).map_or_else(String::new, |&id| text::cut(&text::squeezed(&ctx.words(id).whole()), chars.max(4)))
        });
    }
}

/// A line through all lanes at the chosen event, and a ring where bars hide its glyph.
pub fn chosen(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, scale: TimeScale<'_>, drawn: &Drawn) {
    let Some((id, time)) = ctx.view.chosen.and_then(|id| Some((id, ctx.shown.time(id)?))) else { return };
    if !scale.range.has(time) {
        return;
    }
    let (x, t) = (scale.x(time), ctx.tokens);
    ui.painter().vline(x, scale.rect.y_range(), Stroke::new(1.0, t.accent.gamma_multiply(0.7)));
    let row = rows.of(ctx, id);
    let lane = rows.place(row);
    ties::shift_of_chosen(ctx, &ui.painter().with_clip_rect(rows.rect), scale, lane);
    if drawn.ids.get(row).is_some_and(Option::is_none) {
        let at = pos2(x, lane.center().y);
        let painter = ui.painter().with_clip_rect(rows.rect);
        let class = Loudness::of(ctx.shown.analysis.events.level(id));
        painter.circle_filled(at, size::GLYPH * 2.0, t.lane);
        painter.add(glyph::shape(class, at, size::GLYPH, t.loudness(class)));
        painter.add(glyph::ring(at, size::GLYPH, t.accent));
    }
}

/// Says where the next event is when none is seen: who zoomed into a silence should not look for a fault.
pub fn nothing(ctx: &Ctx<'_>, ui: &Ui, rows: &Rows, scale: TimeScale<'_>) {
    let shown = ctx.shown;
    let (from, to) = (shown.row_at(scale.range.start), shown.row_at(scale.range.end.saturating_add(1)));
    if from != to {
        return;
    }
    let time = |row: usize| shown.event(row).and_then(|id| shown.time(id));
    let before = from.checked_sub(1).and_then(time).map(|t| scale.range.start.abs_diff(t));
    let behind = time(to).map(|t| t.abs_diff(scale.range.end));
    let told = |n: u64| format::duration(i64::try_from(n).unwrap_or(i64::MAX));
    let words = match (before, behind) {
        _ if shown.rows.is_empty() => "no event passes the filter".to_owned(),
        (Some(before), Some(behind)) => {
            format!("no event here · the last {} earlier, the next {} later", told(before), told(behind))
        }
        (Some(before), None) => format!("no event here · the last {} earlier", told(before)),
        (None, Some(behind)) => format!("no event here · the next {} later", told(behind)),
        (None, None) => "no event here".to_owned(),
    };
    let galley = ui.painter().layout_no_wrap(words, theme::body(), ctx.tokens.text_second);
    let at = egui::Align2::CENTER_CENTER.anchor_size(rows.field().center(), galley.size());
    ui.painter().rect_filled(at.expand2(egui::vec2(10.0, 4.0)), 4.0, ctx.tokens.lane);
    ui.painter().galley(at.min, galley, ctx.tokens.text_second);
}
