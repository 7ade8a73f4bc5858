//! The event list: every row of the timeline that the filter left, exact at any length.

use egui::{Align2, Painter, Pos2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::event::{EventId, Flags};
use crate::time::format;
use crate::timeline::density::Loudness;
use crate::ui::command::Command;
use crate::ui::findings;
use crate::ui::panel::{Ctx, find, order, story_path};
use crate::ui::standing::Standing;
use crate::ui::theme::{self, size};
use crate::ui::widget::glyph;
use crate::ui::widget::list::{self, Extent, Scroll};
use crate::ui::widget::{standing_mark, time_axis};
use crate::ui::{clocks, text};

const HEADER: f32 = 30.0;
const CAPTIONS: f32 = 26.0;

/// Where each column begins, in points from the left edge.
struct Columns {
    time: f32,
    delta: f32,
    host: f32,
    source: f32,
    level: f32,
    message: f32,
    dated: bool,
}

impl Columns {
    fn of(ctx: &Ctx<'_>, width: f32) -> Self {
        let mono = size::MONO * size::MONO_ADVANCE;
        let measures = ctx.shown.measures;
        let dated = !ctx.shown.within_a_day();
        let fraction = if measures.precision > 0 { usize::from(measures.precision) + 1 } else { 0 };
        let chars = if dated { 19 } else { 8 } + fraction;
        let word = size::BODY * 0.56;
        let narrow = width < 760.0;
        let host = (measures.host_chars as f32 * word + 30.0).clamp(64.0, if narrow { 96.0 } else { 150.0 });
        let source = (measures.source_chars as f32 * word + 16.0).clamp(70.0, if narrow { 110.0 } else { 180.0 });
        let time = 30.0;
        let band = if measures.banded { 8.0 * size::CAPTION * size::MONO_ADVANCE } else { 0.0 };
        let delta = time + chars as f32 * mono + band + 16.0;
        let host_at = delta + 66.0;
        let source_at = host_at + host;
        let level = source_at + source;
        Columns { time, delta, host: host_at, source: source_at, level, message: level + 78.0, dated }
    }
}

/// Draws the list.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    egui::CentralPanel::default().frame(egui::Frame::new().fill(t.background)).show(ui, |ui| {
        let rect = ui.available_rect_before_wrap();
        ui.allocate_rect(rect, Sense::hover());
        let (top, rest) = rect.split_top_bottom_at_y(rect.top() + HEADER);
        let (captions, body) = rest.split_top_bottom_at_y(rest.top() + CAPTIONS);
        let (rows, bar) = body.split_left_right_at_x(body.right() - size::SCROLL_BAR);
        let columns = Columns::of(ctx, rows.width());
        title(ctx, ui, top);
        caption_row(ctx, ui, captions, &columns);
        let extent = Extent { row: size::ROW, view: body.height().max(1.0), n: ctx.shown.rows.len() as u64 };
        ctx.layout.list.set(extent);
        let scroll = scrolled(ctx, ui, body, bar, extent);
        let body_response = ui.interact(rows, ui.scope_id().with("events"), Sense::focusable_noninteractive());
        body_response.widget_info(|| WidgetInfo::labeled(egui::Role::Table, true, format!("{} events", extent.n)));
        paint_rows(ctx, ui, rows, scroll, &columns);
        if body_response.has_focus() {
            let arrows = egui::EventFilter { horizontal_arrows: true, vertical_arrows: true, ..Default::default() };
            ui.memory_mut(|m| m.set_focus_lock_filter(body_response.id, arrows));
            let ring = egui::Stroke::new(1.0, t.accent);
            ui.painter().rect_stroke(rows.shrink(1.0), 2.0, ring, egui::StrokeKind::Inside);
        }
        if ctx.shown.rows.is_empty() {
            nothing(ctx, ui, rows);
        }
    });
}

fn scrolled(ctx: &Ctx<'_>, ui: &Ui, body: Rect, bar: Rect, extent: Extent) -> Scroll {
    let mut scroll = ctx.view.scroll.clamped(extent);
    if ctx.view.at_end {
        scroll = extent.end();
    }
    let (moved, _) = list::scroll_bar(ui, bar, scroll, extent, ctx.tokens);
    scroll = moved.unwrap_or(scroll);
    find::ticks(ctx, ui.painter(), bar);
    if ui.rect_contains_pointer(body) {
        let by = ui.input(|i| i.smooth_scroll_delta().y);
        if by != 0.0 {
            scroll = scroll.moved(-by, extent);
        }
    }
    if scroll != ctx.view.scroll {
        ctx.push(Command::SetScroll(scroll));
    }
    scroll
}

fn title(ctx: &Ctx<'_>, ui: &Ui, rect: Rect) {
    let t = ctx.tokens;
    let painter = ui.painter();
    painter.rect_filled(rect, 0.0, t.panel);
    painter.hline(rect.x_range(), rect.top() + 0.5, t.line());
    let name =
        painter.text(rect.left_center() + vec2(12.0, 0.0), Align2::LEFT_CENTER, "Events", theme::strong(), t.text);
    let order = if ctx.shown.is_causal() { "in causal order" } else { "as recorded" };
    let mut right = painter
        .text(pos2(name.right() + 12.0, rect.center().y), Align2::LEFT_CENTER, order, theme::body(), t.text_second)
        .right();
    if let Some(extent) = ctx.shown.extent.filter(|_| ctx.shown.within_a_day()) {
        let day = format!("·  {}", time_axis::day_label(extent.start, ctx.view.zone));
        right = painter
            .text(pos2(right + 10.0, rect.center().y), Align2::LEFT_CENTER, day, theme::body(), t.text_second)
            .right();
    }
    if ctx.view.chosen.is_some() && rect.width() > right - rect.left() + 420.0 {
        right = legend(ctx, painter, pos2(right + 14.0, rect.center().y));
    }
    let row = ctx.view.chosen.and_then(|id| ctx.shown.row_of(id).ok());
    let told = match row {
        Some(row) => format!(
            "{} of {}",
            crate::export::text::count(row as u64 + 1),
            crate::export::text::count(ctx.shown.rows.len() as u64)
        ),
        None if ctx.view.chosen.is_some() => "the chosen event is hidden by the filter".to_owned(),
        None => String::new(),
    };
    let room = Rect::from_min_max(pos2(right + 12.0, rect.top()), rect.max);
    painter.with_clip_rect(room).text(
        rect.right_center() - vec2(14.0, 0.0),
        Align2::RIGHT_CENTER,
        told,
        theme::small(),
        t.text_second,
    );
}

/// What the marks at the rows mean; returns where it ends.
fn legend(ctx: &Ctx<'_>, painter: &Painter, at: Pos2) -> f32 {
    let t = ctx.tokens;
    painter.vline(at.x, at.y - 6.0..=at.y + 6.0, t.border());
    let mut x = at.x + 14.0;
    for (standing, words) in [
        (Standing::Before, "before"),
        (Standing::After, "after"),
        (Standing::Unknown, "not known, against the chosen event"),
    ] {
        painter.add(standing_mark::shape(standing, pos2(x, at.y), t));
        x = painter.text(pos2(x + 8.0, at.y), Align2::LEFT_CENTER, words, theme::small(), t.text_second).right() + 14.0;
    }
    x
}

fn caption_row(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, columns: &Columns) {
    let t = ctx.tokens;
    ui.painter().rect_filled(rect, 0.0, t.panel);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, t.line());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.line());
    let zone = ctx.view.zone.name();
    let delta = if ctx.view.since_chosen { "Δ chosen" } else { "Δ" };
    let captions = [
        (columns.time, format!("time ({zone})")),
        (columns.delta, delta.to_owned()),
        (columns.host, "host".to_owned()),
        (columns.source, "source".to_owned()),
        (columns.level, "level".to_owned()),
        (columns.message, "message".to_owned()),
    ];
    for (i, (x, caption)) in captions.iter().enumerate() {
        let right = captions.get(i + 1).map_or(rect.right(), |(x, _)| rect.left() + x - 6.0);
        let cell = Rect::from_min_max(pos2(rect.left() + x, rect.top()), pos2(right, rect.bottom()));
        let painter = ui.painter_at(cell);
        painter.text(cell.left_center(), Align2::LEFT_CENTER, caption, theme::caption(), t.text_third);
    }
}

fn nothing(ctx: &Ctx<'_>, ui: &Ui, rect: Rect) {
    let words = if ctx.view.filter.is_empty() { "No events" } else { "No event passes the filter" };
    let at = pos2(rect.center().x, rect.top() + 40.0);
    ui.painter().text(at, Align2::CENTER_CENTER, words, theme::body(), ctx.tokens.text_second);
}

fn paint_rows(ctx: &Ctx<'_>, ui: &Ui, body: Rect, scroll: Scroll, columns: &Columns) {
    let first = usize::try_from(scroll.top).unwrap_or(usize::MAX);
    let chosen = chosen_rows(ctx);
    let painter = ui.painter().with_clip_rect(body);
    let mut y = body.top() - scroll.frac;
    let mut row = first;
    while y < body.bottom() {
        let Some(id) = ctx.shown.event(row) else { break };
        let rect = Rect::from_min_size(pos2(body.left(), y), vec2(body.width(), size::ROW));
        let is_chosen = chosen.as_ref().is_some_and(|c| c.contains(&row));
        interact(ctx, ui, rect.intersect(body), row, id, is_chosen, &painter, rect, columns.delta);
        Cells { ctx, painter: &painter, rect, columns, id }.paint(row, is_chosen);
        y += size::ROW;
        row += 1;
    }
}

fn chosen_rows(ctx: &Ctx<'_>) -> Option<std::ops::RangeInclusive<usize>> {
    let row = |id: EventId| ctx.shown.row_of(id).ok();
    let from = ctx.view.chosen.and_then(row)?;
    let to = ctx.view.chosen_to.and_then(row).unwrap_or(from);
    Some(from.min(to)..=from.max(to))
}

#[expect(clippy::too_many_arguments, reason = "one row's places and states")]
fn interact(
    ctx: &Ctx<'_>,
    ui: &Ui,
    seen: Rect,
    row: usize,
    id: EventId,
    chosen: bool,
    painter: &Painter,
    rect: Rect,
    time_ends: f32,
) {
    let t = ctx.tokens;
    let response = ui.interact(seen, ui.scope_id().with(("row", row)), Sense::CLICK);
    response.widget_info(|| {
        let analysis = &ctx.shown.analysis;
        let time = ctx.shown.stated(id);
        let time = time.map_or_else(|| "no time".to_owned(), |time| format::utc(time, analysis.digits(id)));
        let level = analysis.events.level(id).name().unwrap_or("no level");
        let words = text::cut(&ctx.words(id).message, 300);
        let standing = ctx.standing(id).map_or_else(String::new, |s| format!("; {}", s.words()));
        let mark = story_path::mark(ctx, id).map_or_else(String::new, |m| format!("; {}", m.words));
        let label = format!("{time} {} {level}: {words}{mark}{standing}", ctx.shown.lane(id).1);
        WidgetInfo::selected(egui::Role::Row, true, chosen, label)
    });
    if chosen {
        painter.rect_filled(rect, 0.0, t.accent_fill);
        painter.rect_filled(Rect::from_min_size(rect.min, vec2(2.5, rect.height())), 0.0, t.accent);
    } else if response.hovered() {
        painter.rect_filled(rect, 0.0, t.raised);
    }
    if response.clicked() {
        let (shift, ctrl) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
        ctx.push(match ctx.view.chosen {
            Some(_) if shift => Command::ChooseTo(id),
            Some(_) if ctrl => Command::CompareWith(id),
            _ => Command::Choose(id),
        });
    }
    let cell = Rect::from_min_max(seen.min, pos2(seen.left() + time_ends, seen.bottom()));
    if response.hovered() && ui.rect_contains_pointer(cell) {
        response.on_hover_ui_at_pointer(|ui| about_time(ctx, ui, id));
    }
}

/// The three times of an event, and what the third rests on.
fn about_time(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    ui.set_max_width(460.0);
    ui.spacing_mut().interact_size.y = size::GRID_ROW;
    egui::Grid::new("times").num_columns(2).spacing(vec2(12.0, 3.0)).show(ui, |ui| {
        for (name, value) in order::stamps(ctx, id) {
            ui.label(egui::RichText::new(name).color(ctx.tokens.text_third));
            ui.label(egui::RichText::new(value).font(theme::mono()));
            ui.end_row();
        }
    });
    for line in order::rests_on(ctx, id) {
        ui.add(egui::Label::new(egui::RichText::new(line).color(ctx.tokens.text_second)).wrap());
    }
}

/// The cells of one row.
struct Cells<'a> {
    ctx: &'a Ctx<'a>,
    painter: &'a Painter,
    rect: Rect,
    columns: &'a Columns,
    id: EventId,
}

impl Cells<'_> {
    fn cell(&self, from: f32, to: f32) -> (Rect, Painter) {
        let left = self.rect.left() + from;
        let cell =
            Rect::from_min_max(pos2(left, self.rect.top()), pos2(self.rect.left() + to - 6.0, self.rect.bottom()));
        (cell, self.painter.with_clip_rect(cell.intersect(self.painter.clip_rect())))
    }

    fn paint(&self, row: usize, chosen: bool) {
        let (ctx, t, c) = (self.ctx, self.ctx.tokens, self.columns);
        let events = &ctx.shown.analysis.events;
        if ctx.notes.of(self.id).is_some() {
            self.painter.add(glyph::flag(self.rect.left_center() + vec2(5.0, -5.0), t.accent));
        }
        self.mark(chosen);
        self.standing(chosen);
        self.time();
        let (cell, painter) = self.cell(c.delta, c.host);
        painter.text(cell.left_center(), Align2::LEFT_CENTER, self.delta(row), theme::mono_small(), t.text_third);

        let (lane, host) = ctx.shown.lane(self.id);
        let (cell, painter) = self.cell(c.host, c.source);
        let square = Rect::from_center_size(cell.left_center() + vec2(4.0, 0.0), vec2(8.0, 8.0));
        painter.rect_filled(square, 2.0, t.host(lane));
        let chars = ((cell.width() - 16.0) / (size::BODY * 0.54)) as usize;
        let host = text::cut_middle(&text::neutral(host, 60).0, chars.max(3));
        painter.text(cell.left_center() + vec2(16.0, 0.0), Align2::LEFT_CENTER, host, theme::body(), t.text);

        let (cell, painter) = self.cell(c.source, c.level);
        let path = ctx.shown.analysis.source(self.id).map_or("", |s| text::base_name(&s.path));
        let chars = (cell.width() / (size::BODY * 0.54)) as usize;
        let source = text::cut_middle(&text::neutral(path, 100).0, chars.max(3));
        painter.text(cell.left_center(), Align2::LEFT_CENTER, source, theme::body(), t.text_second);

        self.level(events.level(self.id));
        self.message(chosen);
    }

    fn time(&self) {
        let (ctx, t) = (self.ctx, self.ctx.tokens);
        let events = &ctx.shown.analysis.events;
        let (cell, painter) = self.cell(self.columns.time, self.columns.delta);
        let Some(time) = ctx.shown.stated(self.id) else {
            painter.text(cell.left_center(), Align2::LEFT_CENTER, "no time", theme::mono_small(), t.text_third);
            return;
        };
        let precision = ctx.shown.analysis.digits(self.id).min(9);
        let words = if self.columns.dated {
            format::local(time, precision, ctx.view.zone, ' ')
        } else {
            format::time_of_day(time, precision, ctx.view.zone)
        };
        let odd = events.flags(self.id).has(Flags::OUT_OF_ORDER) || events.flags(self.id).has(Flags::ASSUMED_TIME);
        let color = if odd { t.text_second } else { t.text };
        let told = painter.text(cell.left_center(), Align2::LEFT_CENTER, words, theme::mono(), color);
        if let Some(band) = clocks::told_band(&ctx.shown.analysis, self.id) {
            let at = told.right_center() + vec2(4.0, 0.5);
            painter.text(at, Align2::LEFT_CENTER, band, theme::mono_small(), t.text_third);
        }
    }

    /// A number where it is a step of the story that is drawn, a shape where it proves the open finding.
    fn mark(&self, chosen: bool) {
        let t = self.ctx.tokens;
        let Some(mark) = story_path::mark(self.ctx, self.id) else { return };
        let class = findings::class(mark.severity);
        let color = t.loudness(class);
        if !chosen {
            self.painter.rect_filled(self.rect, 0.0, color.gamma_multiply(0.09));
        }
        let at = self.rect.left_center() + vec2(11.0, 0.0);
        match mark.number {
            Some(n) => story_path::small_number(self.painter, at, n, color, t, mark.certain),
            None => drop(self.painter.add(glyph::shape(class, at - vec2(1.0, 0.0), size::GLYPH, color))),
        }
    }

    /// A narrow band and a shape tell how the row stands to the chosen one.
    fn standing(&self, chosen: bool) {
        let t = self.ctx.tokens;
        if self.ctx.view.compared == Some(self.id) {
            let at = self.rect.left_center() + vec2(20.0, 0.0);
            self.painter.add(egui::Shape::circle_stroke(at, 3.5, egui::Stroke::new(1.5, t.accent)));
            return;
        }
        let Some(standing) = self.ctx.standing(self.id).filter(|_| !chosen) else { return };
        let band = Rect::from_min_size(self.rect.min, vec2(2.5, self.rect.height() - 1.0));
        self.painter.rect_filled(band, 0.0, standing_mark::color(standing, t).gamma_multiply(0.55));
        self.painter.add(standing_mark::shape(standing, self.rect.left_center() + vec2(20.0, 0.0), t));
    }

    fn delta(&self, row: usize) -> String {
        let (shown, view) = (self.ctx.shown, self.ctx.view);
        let other = if view.since_chosen { view.chosen } else { row.checked_sub(1).and_then(|r| shown.event(r)) };
        match (other.and_then(|id| shown.stated(id)), shown.stated(self.id)) {
            // An effect stands a nanosecond behind its cause where stamps tell no more; that is no distance.
            (Some(from), Some(to)) if from.abs_diff(to) < 1_000 => text::delta(0),
            (Some(from), Some(to)) => text::delta(to.saturating_sub(from)),
            _ => String::new(),
        }
    }

    fn level(&self, level: crate::format::level::Level) {
        let t = self.ctx.tokens;
        let (cell, painter) = self.cell(self.columns.level, self.columns.message);
        let class = Loudness::of(level);
        let color = t.loudness(class);
        let word = level.name().unwrap_or("–");
        if level != crate::format::level::Level::None {
            painter.add(glyph::shape(class, cell.left_center() + vec2(5.0, 0.0), size::GLYPH, color));
        }
        let font = if class == Loudness::Critical { theme::strong() } else { theme::body() };
        let color = if class == Loudness::Quiet { t.text_third } else { color };
        painter.text(cell.left_center() + vec2(17.0, 0.0), Align2::LEFT_CENTER, word, font, color);
    }

    fn message(&self, chosen: bool) {
        let t = self.ctx.tokens;
        let words = self.ctx.words(self.id);
        let (mut cell, mut painter) = self.cell(self.columns.message, self.rect.width());
        if words.more_lines > 0 {
            let told = format!("+ {}", text::plural(words.more_lines as u64, "line", "lines"));
            let more = painter.layout_no_wrap(told, theme::small(), t.text_third);
            let chars = words.message.chars().count() as f32 * size::MONO * size::MONO_ADVANCE;
            let x = (cell.left() + chars + 10.0).min(cell.right() - more.size().x);
            painter.galley(pos2(x, cell.center().y - more.size().y / 2.0), more, t.text_third);
            cell.set_right((x - 8.0).max(cell.left()));
            painter = painter.with_clip_rect(cell.intersect(painter.clip_rect()));
        }
        let advance = size::MONO * size::MONO_ADVANCE;
        let chars = ((cell.width() / advance) as usize).max(4);
        let quiet = Loudness::of(self.ctx.shown.analysis.events.level(self.id)) == Loudness::Quiet && !chosen;
        let color = if quiet { t.text_second } else { t.text };
        let message = text::cut(&words.message, chars);
        find::highlight(self.ctx, &painter, cell.left_center(), &message);
        painter.text(cell.left_center(), Align2::LEFT_CENTER, message, theme::mono(), color);
        let used = words.message.chars().count() + 3;
        if words.more_lines == 0 && !words.fields.is_empty() && used + 8 < chars {
            let at = pos2(cell.left() + used as f32 * advance, cell.center().y);
            painter.text(at, Align2::LEFT_CENTER, text::cut(&words.fields, chars - used), theme::mono(), t.text_third);
        }
    }
}
