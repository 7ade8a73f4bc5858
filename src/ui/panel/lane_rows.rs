//! Where the lanes stand: a row for each host, and below it those of its files and processes when it is open.

use egui::{Rect, Stroke, Ui, pos2, vec2};

use crate::event::EventId;
use crate::timeline::density::LaneDensity;
use crate::ui::panel::Ctx;
use crate::ui::sublanes::Sub;
use crate::ui::theme::size;

/// A row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The host's lane.
    pub lane: usize,
    /// The file or process, by its place among [`crate::ui::sublanes::Subs`]; none is the host itself.
    pub sub: Option<usize>,
    /// It is a host whose files stand below it.
    pub open: bool,
    top: f32,
    height: f32,
}

/// All rows.
pub struct Rows {
    /// Where they are seen.
    pub rect: Rect,
    /// The rows, from top to bottom.
    pub list: Vec<Row>,
    offset: f32,
    whole: f32,
    hosts: Vec<usize>,
    subs: Vec<usize>,
}

impl Rows {
    /// Gives every row its place; the row of what was just chosen comes into view.
    pub fn new(ctx: &Ctx<'_>, rect: Rect) -> Self {
        let mut rows = Rows { rect, list: Vec::new(), offset: 0.0, whole: 0.0, hosts: Vec::new(), subs: Vec::new() };
        let lanes = &ctx.shown.analysis.lanes.list;
        for (lane, l) in lanes.iter().enumerate() {
            let subs = ctx.subs.list.iter().enumerate().filter(|(_, s)| s.lane == lane);
            let open = ctx.view.lanes.open.contains(&l.host);
            rows.hosts.push(rows.list.len());
            rows.list.push(Row { lane, sub: None, open, top: 0.0, height: 0.0 });
            for (i, _) in subs.filter(|_| open) {
                rows.subs.resize(i + 1, usize::MAX);
                if let Some(slot) = rows.subs.get_mut(i) {
                    *slot = rows.list.len();
                }
                rows.list.push(Row { lane, sub: Some(i), open: false, top: 0.0, height: 0.0 });
            }
        }
        // An open host is a headline; its files have the room.
        let weight = |row: &Row| if row.open || row.sub.is_some() { 0.55 } else { 1.0 };
        let unit = rect.height() / rows.list.iter().map(weight).sum::<f32>().max(1.0);
        for row in &mut rows.list {
            row.top = rows.whole;
            row.height = match (row.open, row.sub) {
                (true, _) => (unit * 0.55).clamp(size::LANE_MIN, size::SUB_LANE_MAX),
                (_, Some(_)) => (unit * 0.55).clamp(size::SUB_LANE_MIN, size::SUB_LANE_MAX),
                _ => unit.clamp(size::LANE_MIN, size::LANE_MAX),
            };
            rows.whole += row.height;
        }
        rows.scroll(ctx);
        rows
    }

    fn scroll(&mut self, ctx: &Ctx<'_>) {
        let most = (self.whole - self.rect.height()).max(0.0);
        let mut offset = ctx.layout.lanes_offset.get();
        if ctx.layout.lane_shown_for.replace(ctx.view.chosen) != ctx.view.chosen
            && let Some(row) = ctx.view.chosen.and_then(|id| self.list.get(self.of(ctx, id)))
        {
            // By the shortest way.
            offset = offset.min(row.top).max(row.top + row.height - self.rect.height());
        }
        self.offset = offset.clamp(0.0, most);
        ctx.layout.lanes_offset.set(self.offset);
    }

    /// Moves them.
    pub fn scroll_by(&self, ctx: &Ctx<'_>, points: f32) {
        ctx.layout.lanes_offset.set((self.offset - points).max(0.0));
    }

    /// Where time is drawn: right of the names.
    pub fn field(&self) -> Rect {
        Rect::from_min_max(
            pos2(self.rect.left() + size::GUTTER, self.rect.top()),
            pos2(self.rect.right() - 8.0, self.rect.bottom()),
        )
    }

    /// Where a row stands.
    pub fn place(&self, idx: usize) -> Rect {
        let (top, height) = self.list.get(idx).map_or((0.0, 0.0), |row| (row.top, row.height));
        let gap = if height > size::LANE_MIN { 3.0 } else { 1.0 };
        Rect::from_min_size(
            pos2(self.rect.left(), self.rect.top() - self.offset + top),
            vec2(self.rect.width(), height - gap),
        )
    }

    /// Where the last row ends.
    pub fn bottom(&self) -> f32 {
        (self.rect.top() + self.whole - self.offset).min(self.rect.bottom())
    }

    /// The row at `y`.
    pub fn at(&self, y: f32) -> Option<usize> {
        let at = y - self.rect.top() + self.offset;
        self.list.iter().position(|row| (row.top..row.top + row.height).contains(&at))
    }

    /// The rows that an event stands in: its host's, its file's and its process's.
    pub fn all_of(&self, ctx: &Ctx<'_>, id: EventId) -> [Option<usize>; 3] {
        let host = self.hosts.get(ctx.shown.lane(id).0).copied();
        let open = host.and_then(|i| self.list.get(i)).is_some_and(|row| row.open);
        let [file, process] = if open { ctx.subs.of(&ctx.shown.analysis, id) } else { [None, None] };
        let row = |sub: Option<usize>| self.subs.get(sub?).copied().filter(|&row| row != usize::MAX);
        [host, row(file), row(process)]
    }

    /// The row that an event is shown in: the innermost that is open.
    pub fn of(&self, ctx: &Ctx<'_>, id: EventId) -> usize {
        self.all_of(ctx, id).into_iter().flatten().last().unwrap_or(0)
    }

    /// The counts of a row.
    pub fn density<'a>(&self, ctx: &Ctx<'a>, row: &Row) -> Option<&'a LaneDensity> {
        match row.sub {
            None => ctx.shown.density.lane(row.lane),
            Some(sub) => ctx.subs.list.get(sub).map(|s| &s.density),
        }
    }

    /// The file or process of a row.
    pub fn sub<'a>(&self, ctx: &Ctx<'a>, row: &Row) -> Option<&'a Sub> {
        ctx.subs.list.get(row.sub?)
    }

    /// Tells that there are more rows than fit.
    pub fn scroll_mark(&self, ctx: &Ctx<'_>, ui: &Ui) {
        if self.whole <= self.rect.height() + 1.0 {
            return;
        }
        let (part, seen) = (self.offset / self.whole, self.rect.height() / self.whole);
        let top = self.rect.top() + part * self.rect.height();
        let handle = Rect::from_min_size(pos2(self.rect.right() - 6.0, top), vec2(4.0, seen * self.rect.height()));
        ui.painter().rect_filled(handle, 2.0, ctx.tokens.strong_line);
    }

    /// The ground that rows stand on.
    pub fn ground(&self, ctx: &Ctx<'_>, ui: &Ui) {
        let painter = ui.painter().with_clip_rect(self.rect);
        for idx in 0..self.list.len() {
            let rect = self.place(idx);
            if !rect.intersects(self.rect) {
                continue;
            }
            painter.rect_filled(rect, 0.0, ctx.tokens.lane);
            let line = Stroke::new(1.0, ctx.tokens.hairline.gamma_multiply(0.5));
            painter.hline(rect.x_range(), rect.bottom() + 0.5, line);
        }
    }
}
