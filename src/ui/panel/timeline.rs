//! The timeline: lanes by host under an overview, one axis for all. Its size follows pixels, not events.

use egui::{Align2, CursorIcon, Pos2, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::event::EventId;
use crate::event::Flags;
use crate::time::format;
use crate::timeline::density::{Counts, Loudness};
use crate::ui::command::Command;
use crate::ui::panel::{Ctx, axis, lane_head, overview, story_path, ties};
use crate::ui::theme::{self, size};
use crate::ui::widget::glyph;
use crate::ui::widget::lanes::{self, Glyph, Grid, TimeScale};
use crate::ui::widget::time_axis::{self, TimeRange};
use crate::ui::{clocks, text};

/// Events that are looked at one by one in a frame; above it all lanes are bars.
const MOST_GLYPHS: usize = 6_000;
/// How near the pointer must be to a glyph, in points.
const REACH: f32 = 6.0;

/// Draws overview, lanes and axis.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let height = ui.available_height();
    let panel = egui::Panel::top("timeline")
        .resizable(true)
        .default_size(height * 0.54)
        .size_range(150.0..=(height - 120.0).max(160.0));
    panel.frame(egui::Frame::new().fill(t.background)).show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        ui.allocate_rect(rect, Sense::hover());
        let Some(range) = ctx.view.range(ctx.shown) else {
            empty(ctx, ui, rect);
            return;
        };
        let (top, rest) = rect.split_top_bottom_at_y(rect.top() + size::OVERVIEW);
        let (middle, bottom) = rest.split_top_bottom_at_y(rest.bottom() - size::AXIS);
        let range = overview::show(ctx, ui, top, range);
        let lanes = Lanes::new(ctx, middle);
        let response = ui.interact(middle, ui.scope_id().with("lanes"), Sense::click_and_drag());
        let range = lanes.moved(ctx, ui, &response, range);
        let scale = TimeScale { range, rect: lanes.field() };
        let ticks = time_axis::ticks(range, (scale.rect.width() / 96.0) as usize, ctx.view.zone);
        for tick in &ticks {
            let x = scale.x(tick.time);
            ui.painter().vline(x, middle.top()..=lanes.bottom(), Stroke::new(1.0, t.hairline.gamma_multiply(0.6)));
        }
        let drawn = lanes.paint(ctx, ui, scale);
        lanes.chosen(ctx, ui, scale, &drawn);
        ties::show(ctx, &ui.painter().with_clip_rect(lanes.field()), scale, |lane| lanes.lane(lane).center().y);
        lanes.scroll_mark(ctx, ui);
        let hover = response.hover_pos().map(|p| p.x).filter(|x| scale.rect.x_range().contains(*x));
        axis::show(ctx, ui, bottom, scale, &ticks, hover);
        lanes.pointer(ctx, ui, response, scale, &drawn, bottom);
        story_path::show(ctx, ui, scale, |lane| lanes.lane(lane));
    });
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

/// Where the lanes stand.
struct Lanes {
    rect: Rect,
    height: f32,
    offset: f32,
    n: usize,
}

/// What was drawn in each lane: the events of those with glyphs.
struct Drawn {
    ids: Vec<Option<Vec<EventId>>>,
    grid: Grid,
    bars: Vec<Vec<Counts>>,
}

impl Lanes {
    fn new(ctx: &Ctx<'_>, rect: Rect) -> Self {
        let n = ctx.shown.analysis.lanes.list.len();
        let height = (rect.height() / n.max(1) as f32).clamp(size::LANE_MIN, size::LANE_MAX);
        let most = (height * n as f32 - rect.height()).max(0.0);
        let mut offset = ctx.layout.lanes_offset.get();
        if ctx.layout.lane_shown_for.replace(ctx.view.chosen) != ctx.view.chosen
            && let Some(id) = ctx.view.chosen
        {
            // The lane of what was just chosen comes into view, by the shortest way.
            let top = ctx.shown.lane(id).0 as f32 * height;
            offset = offset.min(top).max(top + height - rect.height());
        }
        let offset = offset.clamp(0.0, most);
        ctx.layout.lanes_offset.set(offset);
        Lanes { rect, height, offset, n }
    }

    /// Where time is drawn: right of the names.
    fn field(&self) -> Rect {
        Rect::from_min_max(
            pos2(self.rect.left() + size::GUTTER, self.rect.top()),
            pos2(self.rect.right() - 8.0, self.rect.bottom()),
        )
    }

    fn lane(&self, idx: usize) -> Rect {
        let top = self.rect.top() - self.offset + self.height * idx as f32;
        Rect::from_min_size(pos2(self.rect.left(), top), vec2(self.rect.width(), self.height - 3.0))
    }

    /// Where the last lane ends.
    fn bottom(&self) -> f32 {
        (self.rect.top() + self.height * self.n as f32 - self.offset).min(self.rect.bottom())
    }

    fn at(&self, y: f32) -> Option<usize> {
        let idx = (y - self.rect.top() + self.offset) / self.height;
        (idx >= 0.0 && (idx as usize) < self.n).then_some(idx as usize)
    }

    /// The range after wheel, drag and double click.
    fn moved(&self, ctx: &Ctx<'_>, ui: &Ui, response: &Response, range: TimeRange) -> TimeRange {
        let field = self.field();
        let mut new = range;
        if let Some(at) = response.hover_pos() {
            let pivot = f64::from((at.x - field.left()) / field.width().max(1.0)).clamp(0.0, 1.0);
            let (mut scroll, zoom) = ui.input(|i| (i.smooth_scroll_delta(), i.zoom_delta()));
            if at.x < field.left() {
                // Over the names the wheel moves the lanes, where they are more than fit.
                ctx.layout.lanes_offset.set((self.offset - scroll.y).max(0.0));
                scroll = egui::Vec2::ZERO;
            }
            let factor = f64::from(zoom) * f64::from(scroll.y / 160.0).exp();
            if (factor - 1.0).abs() > 1e-6 {
                new = new.zoomed(factor, pivot);
            }
            if scroll.x != 0.0 {
                new = new.panned(f64::from(-scroll.x / field.width().max(1.0)));
            }
            if response.double_clicked() {
                new = new.zoomed(4.0, pivot);
            }
        }
        let shifted = ui.input(|i| i.modifiers.shift);
        if response.dragged() && !shifted {
            let by = response.drag_delta();
            new = new.panned(f64::from(-by.x / field.width().max(1.0)));
            ctx.layout.lanes_offset.set((self.offset - by.y).max(0.0));
            ui.set_cursor_icon(CursorIcon::Grabbing);
        }
        if let (true, Some(from), Some(to)) =
            (shifted, ui.input(|i| i.pointer.press_origin()), response.interact_pointer_pos())
        {
            let scale = TimeScale { range, rect: field };
            if response.dragged() {
                let band = Rect::from_x_y_ranges(from.x.min(to.x)..=from.x.max(to.x), self.rect.y_range());
                ui.painter().rect_filled(band, 0.0, ctx.tokens.accent_fill);
            } else if response.drag_stopped() {
                new = TimeRange::new(scale.time(from.x), scale.time(to.x));
            }
        }
        if new != range {
            new = ctx.shown.extent.map_or(new, |all| new.within(all));
            ctx.push(Command::SetRange(new));
        }
        new
    }

    fn paint(&self, ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale) -> Drawn {
        let (t, shown) = (ctx.tokens, ctx.shown);
        let grid = Grid::of(scale.range, scale.rect.width());
        let mut drawn = Drawn { ids: vec![None; self.n], grid, bars: vec![Vec::new(); self.n] };
        self.collect(ctx, scale, &mut drawn);
        let mut most = 1;
        for (idx, lane) in shown.density.lanes().iter().enumerate().take(self.n) {
            if drawn.ids.get(idx).is_some_and(Option::is_none) && self.lane(idx).intersects(self.rect) {
                let bars = lanes::bars(lane, grid);
                most = bars.iter().map(|c| c.total()).max().unwrap_or(0).max(most);
                if let Some(slot) = drawn.bars.get_mut(idx) {
                    *slot = bars;
                }
            }
        }
        for idx in 0..self.n {
            let rect = self.lane(idx);
            if !rect.intersects(self.rect) {
                continue;
            }
            let painter = ui.painter().with_clip_rect(self.rect);
            painter.rect_filled(rect, 0.0, t.lane);
            painter.hline(rect.x_range(), rect.bottom() + 1.5, Stroke::new(1.0, t.hairline.gamma_multiply(0.5)));
            let field = Rect::from_x_y_ranges(scale.rect.x_range(), rect.y_range());
            let inner = painter.with_clip_rect(field.intersect(self.rect));
            ties::unknown_zone(ctx, &inner, scale, field, idx);
            match drawn.ids.get(idx) {
                Some(Some(ids)) => self.glyphs(ctx, &inner, scale, field, ids),
                _ => {
                    let bars = drawn.bars.get(idx).map_or(&[][..], Vec::as_slice);
                    lanes::paint_bars(&inner, scale, field, grid, bars, most, t);
                }
            }
            lane_head::show(ctx, ui, rect, self.rect, idx);
        }
        drawn
    }

    /// Tells that there are more lanes than fit.
    fn scroll_mark(&self, ctx: &Ctx<'_>, ui: &Ui) {
        let whole = self.height * self.n as f32;
        if whole <= self.rect.height() + 1.0 {
            return;
        }
        let (part, seen) = (self.offset / whole, self.rect.height() / whole);
        let top = self.rect.top() + part * self.rect.height();
        let handle = Rect::from_min_size(pos2(self.rect.right() - 6.0, top), vec2(4.0, seen * self.rect.height()));
        ui.painter().rect_filled(handle, 2.0, ctx.tokens.strong_line);
    }

    /// Finds the events of lanes that hold so few that each is drawn.
    fn collect(&self, ctx: &Ctx<'_>, scale: TimeScale, drawn: &mut Drawn) {
        let shown = ctx.shown;
        let few = (scale.rect.width() / 7.0) as u32;
        let mut n_few = 0;
        for (lane, slot) in shown.density.lanes().iter().zip(&mut drawn.ids) {
            let n = lane.between(scale.range.start, scale.range.end.saturating_add(1)).total();
            if n <= few {
                *slot = Some(Vec::new());
                n_few += n;
            }
        }
        let (from, to) = (shown.row_at(scale.range.start), shown.row_at(scale.range.end.saturating_add(1)));
        if to.saturating_sub(from) > MOST_GLYPHS {
            // Few events of one lane among very many of others: not worth a walk through all in each frame.
            if n_few > 0 {
                drawn.ids.iter_mut().for_each(|slot| *slot = None);
            }
            return;
        }
        for id in (from..to).filter_map(|row| shown.event(row)) {
            if let Some(Some(ids)) = drawn.ids.get_mut(shown.lane(id).0) {
                ids.push(id);
            }
        }
    }

    fn glyphs(&self, ctx: &Ctx<'_>, painter: &egui::Painter, scale: TimeScale, field: Rect, ids: &[EventId]) {
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
        lanes::paint_glyphs(painter, scale, field, &glyphs, ctx.tokens, |i, chars| {
            ids.get(i).map_or_else(String::new, |&id| text::cut(&text::squeezed(&ctx.words(id).whole()), chars.max(4)))
        });
    }

    /// A line through all lanes at the chosen event, and a ring where bars hide its glyph.
    fn chosen(&self, ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale, drawn: &Drawn) {
        let Some((id, time)) = ctx.view.chosen.and_then(|id| Some((id, ctx.shown.time(id)?))) else { return };
        if !scale.range.has(time) {
            return;
        }
        let (x, t) = (scale.x(time), ctx.tokens);
        ui.painter().vline(x, scale.rect.y_range(), Stroke::new(1.0, t.accent.gamma_multiply(0.7)));
        let lane = ctx.shown.lane(id).0;
        ties::shift_of_chosen(ctx, &ui.painter().with_clip_rect(self.rect), scale, self.lane(lane));
        if drawn.ids.get(lane).is_some_and(Option::is_none) {
            let at = pos2(x, self.lane(lane).center().y);
            let painter = ui.painter().with_clip_rect(self.rect);
            let class = Loudness::of(ctx.shown.analysis.events.level(id));
            painter.circle_filled(at, size::GLYPH * 2.0, t.lane);
            painter.add(glyph::shape(class, at, size::GLYPH, t.loudness(class)));
            painter.add(glyph::ring(at, size::GLYPH, t.accent));
        }
    }

    /// Read-out, hover and click.
    fn pointer(&self, ctx: &Ctx<'_>, ui: &Ui, response: Response, scale: TimeScale, drawn: &Drawn, axis_rect: Rect) {
        response.widget_info(|| {
            let from = format::utc(scale.range.start, 0);
            let to = format::utc(scale.range.end, 0);
            WidgetInfo::labeled(egui::Role::Canvas, true, format!("Timeline of {} lanes from {from} to {to}", self.n))
        });
        if response.has_focus() {
            let arrows = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
            ui.memory_mut(|m| m.set_focus_lock_filter(response.id, arrows));
            ui.painter().rect_stroke(
                self.rect.shrink(1.0),
                2.0,
                Stroke::new(1.0, ctx.tokens.accent),
                egui::StrokeKind::Inside,
            );
        }
        let Some(at) = response.hover_pos().filter(|p| scale.rect.x_range().contains(p.x)) else { return };
        axis::read_out(ctx, ui, scale, at.x, self.rect, axis_rect);
        let under = self.at(at.y).and_then(|lane| self.under(ctx, scale, drawn, lane, at));
        if response.clicked() {
            match &under {
                Some(Under::Event(id)) => ctx.push(Command::ChooseInLanes(*id)),
                Some(Under::Bar { first, .. }) => ctx.push(Command::ChooseInLanes(*first)),
                None => ctx.push(Command::ShowTime(scale.time(at.x))),
            }
        }
        if let Some(under) = under {
            response.on_hover_ui_at_pointer(|ui| under.tell(ctx, ui));
        }
    }

    fn under(&self, ctx: &Ctx<'_>, scale: TimeScale, drawn: &Drawn, lane: usize, at: Pos2) -> Option<Under> {
        let shown = ctx.shown;
        if let Some(Some(ids)) = drawn.ids.get(lane) {
            let time = |id| shown.analysis.timeline.time(&shown.analysis.events, id);
            let distance = |id: EventId| (scale.x(time(id)) - at.x).abs();
            let near = ids.iter().copied().filter(|&id| distance(id) <= REACH);
            let loudness = |id: EventId| Loudness::of(shown.analysis.events.level(id));
            return near
                .max_by(|&a, &b| loudness(a).cmp(&loudness(b)).then(distance(b).total_cmp(&distance(a))))
                .map(Under::Event);
        }
        let time = scale.time(at.x);
        let i = ((i128::from(time) - i128::from(drawn.grid.start)) / i128::from(drawn.grid.width)) as usize;
        let counts = drawn.bars.get(lane)?.get(i).copied().filter(|c| c.total() > 0)?;
        let (from, to) = (drawn.grid.time(i), drawn.grid.time(i + 1));
        let wanted = lanes::loudest(counts);
        let rows = shown.row_at(from)..shown.row_at(to);
        let first = rows
            .take(20_000)
            .filter_map(|row| shown.event(row))
            .find(|&id| shown.lane(id).0 == lane && Loudness::of(shown.analysis.events.level(id)) == wanted)?;
        Some(Under::Bar { counts, from, to, first })
    }
}

/// What the pointer is on.
enum Under {
    Event(EventId),
    Bar { counts: Counts, from: i64, to: i64, first: EventId },
}

impl Under {
    fn tell(&self, ctx: &Ctx<'_>, ui: &mut Ui) {
        let events = &ctx.shown.analysis.events;
        let zone = ctx.view.zone;
        ui.set_max_width(460.0);
        let id = match self {
            Under::Event(id) => *id,
            Under::Bar { counts, from, to, first } => {
                let digits = if to.abs_diff(*from) < 1_000_000_000 { 3 } else { 0 };
                let (from, to) = (format::time_of_day(*from, digits, zone), format::time_of_day(*to, digits, zone));
                let mut told = vec![text::plural(u64::from(counts.total()), "event", "events")];
                for (class, one, many) in [
                    (Loudness::Critical, "critical", "critical"),
                    (Loudness::Error, "error", "errors"),
                    (Loudness::Warning, "warning", "warnings"),
                ] {
                    let n = counts.of(class);
                    if n > 0 {
                        told.push(text::plural(u64::from(n), one, many));
                    }
                }
                ui.label(egui::RichText::new(format!("{from} – {to}")).font(theme::mono()));
                ui.label(egui::RichText::new(told.join(" · ")).font(theme::strong()));
                *first
            }
        };
        let analysis = &ctx.shown.analysis;
        let time = format::local(analysis.timeline.time(events, id), analysis.digits(id), zone, ' ');
        let band = clocks::told_band(analysis, id).map_or_else(String::new, |band| format!(" {band}"));
        let place = ctx
            .shown
            .analysis
            .source(id)
            .map_or_else(String::new, |s| format!("{}:{}", text::base_name(&s.path), events.line(id)));
        let level = events.level(id).name().unwrap_or("no level");
        ui.label(
            egui::RichText::new(format!("{time}{band} · {level} · {place}"))
                .font(theme::mono_small())
                .color(ctx.tokens.text_second),
        );
        ui.label(egui::RichText::new(text::cut(&ctx.words(id).whole(), 240)).font(theme::mono()));
        if let Some(standing) = ctx.standing(id) {
            ui.label(egui::RichText::new(standing.words()).color(ctx.tokens.text_second));
        }
    }
}
