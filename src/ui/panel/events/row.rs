//! One row of the event list, what its cells say, and what is opened below it.

use std::rc::Rc;

use egui::{Align2, Painter, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::message;
use crate::case::Kind;
use crate::event::{EventId, Flags};
use crate::format::level::Level;
use crate::time::format;
use crate::timeline::density::Loudness;
use crate::ui::columns::{Cell, Column};
use crate::ui::command::Command;
use crate::ui::list::Act;
use crate::ui::opened::Lines;
use crate::ui::panel::{Ctx, RowWords, order, story_path};
use crate::ui::state::Tab;
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::{glyph, standing_mark};
use crate::ui::{clocks, findings, text};

/// One row, where it stands and in which state.
pub(super) struct Row<'a> {
    pub(super) ctx: &'a Ctx<'a>,
    pub(super) ui: &'a Ui,
    pub(super) painter: &'a Painter,
    /// The whole row, parts that are scrolled away included.
    pub(super) rect: Rect,
    /// Where rows are seen.
    pub(super) body: Rect,
    pub(super) cells: &'a [Cell],
    pub(super) row: usize,
    pub(super) id: EventId,
    pub(super) chosen: bool,
}

impl Row<'_> {
    /// Draws the row and takes clicks on it.
    pub(super) fn show(&self) {
        let (ctx, t) = (self.ctx, self.ctx.tokens);
        let words = ctx.words(self.id);
        let response = self.interact(&words);
        if self.chosen {
            self.painter.rect_filled(self.rect, 0.0, t.accent_fill);
            self.painter.rect_filled(Rect::from_min_size(self.rect.min, vec2(2.5, self.rect.height())), 0.0, t.accent);
        } else if response.contains_pointer() {
            self.painter.rect_filled(self.rect, 0.0, t.raised);
        }
        self.mark();
        self.note();
        self.standing();
        for cell in self.cells {
            self.paint(cell, &words);
        }
        self.about_time(&response);
    }

    /// Where a cell stands, and what paints within it.
    pub(super) fn cell(&self, cell: &Cell) -> (Rect, Painter) {
        let left = self.rect.left();
        let (from, to) = (left + cell.left, (left + cell.right - 6.0).min(self.rect.right()));
        let cell = Rect::from_min_max(pos2(from, self.rect.top()), pos2(to.max(from), self.rect.bottom()));
        (cell, self.painter.with_clip_rect(cell.intersect(self.painter.clip_rect())))
    }

    fn paint(&self, place: &Cell, words: &Rc<RowWords>) {
        let t = self.ctx.tokens;
        let (cell, painter) = self.cell(place);
        let left = cell.left_center();
        let chars = |font: f32| ((cell.width() / font) as usize).max(3);
        match place.column {
            Column::Time => self.time(cell, &painter),
            Column::Host => {
                let square = Rect::from_center_size(left + vec2(4.0, 0.0), vec2(8.0, 8.0));
                painter.rect_filled(square, 2.0, t.host(self.ctx.shown.lane(self.id).0));
                let room = ((cell.width() - 16.0) / (size::BODY * 0.54)) as usize;
                let host = text::cut_middle(&says(self.ctx, Column::Host, self.row, self.id), room.max(3));
                painter.text(left + vec2(16.0, 0.0), Align2::LEFT_CENTER, host, theme::body(), t.text);
            }
            Column::Level => self.level(cell, &painter),
            Column::Message => message::show(self, cell, painter, words),
            Column::Delta | Column::Offset => {
                let words = says(self.ctx, place.column, self.row, self.id);
                painter.text(left, Align2::LEFT_CENTER, words, theme::mono_small(), t.text_third);
            }
            Column::Source | Column::Process | Column::Format => {
                let words = says(self.ctx, place.column, self.row, self.id);
                let words = text::cut_middle(&words, chars(size::BODY * 0.54));
                painter.text(left, Align2::LEFT_CENTER, words, theme::body(), t.text_second);
            }
            Column::Line => {
                let words = says(self.ctx, place.column, self.row, self.id);
                let right = cell.right_center() - vec2(8.0, 0.0);
                painter.text(right, Align2::RIGHT_CENTER, words, theme::mono_small(), t.text_third);
            }
            Column::Stamp | Column::Fields => {
                let words =
                    text::cut(&says(self.ctx, place.column, self.row, self.id), chars(size::MONO * size::MONO_ADVANCE));
                painter.text(left, Align2::LEFT_CENTER, words, theme::mono(), t.text_second);
            }
        }
    }

    fn interact(&self, words: &RowWords) -> Response {
        let (ctx, ui) = (self.ctx, self.ui);
        let response = ui.interact(self.rect.intersect(self.body), ui.scope_id().with(("row", self.row)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::selected(egui::Role::Row, true, self.chosen, self.spoken(words)));
        if response.double_clicked() {
            ctx.push(Command::List(Act::Zoom(self.id)));
        } else if response.clicked() {
            let (shift, ctrl) = ui.input(|i| (i.modifiers.shift, i.modifiers.command));
            ctx.push(match ctx.view.chosen {
                Some(_) if shift => Command::ChooseTo(self.id),
                Some(_) if ctrl => Command::CompareWith(self.id),
                _ => Command::Choose(self.id),
            });
        }
        self.menu_on(&response);
        response
    }

    /// The right button opens the menu of the event.
    pub(super) fn menu_on(&self, response: &Response) {
        if response.secondary_clicked() {
            let at = response.interact_pointer_pos().unwrap_or(self.rect.left_bottom());
            self.ctx.push(Command::List(Act::MenuOf(self.id, at)));
        }
    }

    /// The row as it is read aloud.
    fn spoken(&self, words: &RowWords) -> String {
        let ctx = self.ctx;
        let analysis = &ctx.shown.analysis;
        let time = ctx.shown.stated(self.id);
        let time = time.map_or_else(|| "no time".to_owned(), |time| format::utc(time, analysis.digits(self.id)));
        let level = analysis.events.level(self.id).name().unwrap_or("no level");
        let message = text::cut(&words.message, 300);
        let standing = ctx.standing(self.id).map_or_else(String::new, |s| format!("; {}", s.words()));
        let mark = story_path::mark(ctx, self.id).map_or_else(String::new, |m| format!("; {}", m.words));
        let kinds: Vec<String> =
            ctx.notes.on(self.id).filter(|a| a.kind != Kind::Note).map(|a| a.kind.title().to_lowercase()).collect();
        let note = match (ctx.notes.of(self.id).is_some(), kinds.is_empty()) {
            (false, _) => String::new(),
            (true, true) => "; marked".to_owned(),
            (true, false) => format!("; marked as {}", kinds.join(" and ")),
        };
        let held = if ctx.view.compared == Some(self.id) { "; held to compare" } else { "" };
        let host = text::neutral(ctx.shown.lane(self.id).1, 80).0;
        format!("{time} {host} {level}: {message}{mark}{note}{held}{standing}")
    }

    /// The three times of the event, and what the third rests on, where the pointer rests on its time.
    fn about_time(&self, response: &Response) {
        let Some(cell) = self.cells.iter().find(|c| c.column == Column::Time) else { return };
        let (cell, _) = self.cell(cell);
        if !response.hovered() || !self.ui.rect_contains_pointer(cell.intersect(self.body)) {
            return;
        }
        response.clone().on_hover_ui_at_pointer(|ui| {
            let ctx = self.ctx;
            ui.set_max_width(460.0);
            ui.spacing_mut().interact_size.y = size::GRID_ROW;
            egui::Grid::new("times").num_columns(2).spacing(vec2(12.0, 3.0)).show(ui, |ui| {
                for (name, value) in order::stamps(ctx, self.id) {
                    ui.label(egui::RichText::new(name).color(ctx.tokens.text_third));
                    ui.label(egui::RichText::new(value).font(theme::mono()));
                    ui.end_row();
                }
            });
            for line in order::rests_on(ctx, self.id) {
                ui.add(egui::Label::new(egui::RichText::new(line).color(ctx.tokens.text_second)).wrap());
            }
        });
    }

    fn time(&self, cell: Rect, painter: &Painter) {
        let (ctx, t) = (self.ctx, self.ctx.tokens);
        let words = says(ctx, Column::Time, self.row, self.id);
        if ctx.shown.stated(self.id).is_none() {
            painter.text(cell.left_center(), Align2::LEFT_CENTER, words, theme::mono_small(), t.text_third);
            return;
        }
        let flags = ctx.shown.analysis.events.flags(self.id);
        let odd = flags.has(Flags::OUT_OF_ORDER) || flags.has(Flags::ASSUMED_TIME);
        let color = if odd { t.text_second } else { t.text };
        let told = painter.text(cell.left_center(), Align2::LEFT_CENTER, words, theme::mono(), color);
        if let Some(band) = clocks::told_band(&ctx.shown.analysis, self.id) {
            let at = told.right_center() + vec2(4.0, 0.5);
            painter.text(at, Align2::LEFT_CENTER, band, theme::mono_small(), t.text_third);
        }
    }

    /// A number where it is a step of the story that is drawn, a shape where it proves the open finding.
    fn mark(&self) {
        let t = self.ctx.tokens;
        let Some(mark) = story_path::mark(self.ctx, self.id) else { return };
        let class = findings::class(mark.severity);
        let color = t.loudness(class);
        if !self.chosen {
            self.painter.rect_filled(self.rect, 0.0, color.gamma_multiply(0.09));
        }
        let at = self.rect.left_center() + vec2(11.0, 0.0);
        match mark.number {
            Some(n) => story_path::small_number(self.painter, at, n, color, t, mark.certain),
            None => drop(self.painter.add(glyph::shape(class, at - vec2(1.0, 0.0), size::GLYPH, color))),
        }
    }

    /// The glyph of what it was marked as; at the corner where a story has the middle.
    fn note(&self) {
        let notes = || self.ctx.notes.on(self.id);
        let Some(first) = notes().find(|a| a.kind != Kind::Note).or_else(|| notes().next()) else { return };
        let in_story = story_path::mark(self.ctx, self.id).is_some();
        let (at, r) = if in_story { (vec2(6.0, -8.0), 3.0) } else { (vec2(9.0, 0.0), 4.2) };
        let color = self.ctx.tokens.kind(first.kind);
        self.painter.add(glyph::kind(first.kind, self.rect.left_center() + at, r, color));
    }

    /// A narrow band and a shape tell how the row stands to the chosen one.
    fn standing(&self) {
        let t = self.ctx.tokens;
        if self.ctx.view.compared == Some(self.id) {
            let at = self.rect.left_center() + vec2(20.0, 0.0);
            self.painter.add(egui::Shape::circle_stroke(at, 3.5, egui::Stroke::new(1.5, t.accent)));
            return;
        }
        if self.ctx.view.chosen == Some(self.id) {
            self.painter.circle_filled(self.rect.left_center() + vec2(20.0, 0.0), 3.0, t.accent);
            return;
        }
        let Some(standing) = self.ctx.standing(self.id).filter(|_| !self.chosen) else { return };
        let band = Rect::from_min_size(self.rect.min, vec2(2.5, self.rect.height() - 1.0));
        self.painter.rect_filled(band, 0.0, standing_mark::color(standing, t).gamma_multiply(0.55));
        self.painter.add(standing_mark::shape(standing, self.rect.left_center() + vec2(20.0, 0.0), t));
    }

    fn level(&self, cell: Rect, painter: &Painter) {
        let t = self.ctx.tokens;
        let level = self.ctx.shown.analysis.events.level(self.id);
        let class = Loudness::of(level);
        let color = t.loudness(class);
        if level != Level::None {
            painter.add(glyph::shape(class, cell.left_center() + vec2(5.0, 0.0), size::GLYPH, color));
        }
        let font = if class == Loudness::Critical { theme::strong() } else { theme::body() };
        let color = if class == Loudness::Quiet { t.text_third } else { color };
        let word = says(self.ctx, Column::Level, self.row, self.id);
        painter.text(cell.left_center() + vec2(17.0, 0.0), Align2::LEFT_CENTER, word, font, color);
    }

    /// What is opened below the row.
    pub(super) fn opened(&self, lines: &Lines, rect: Rect) {
        let (ctx, t, ui) = (self.ctx, self.ctx.tokens, self.ui);
        let seen = rect.intersect(self.body);
        if !seen.is_positive() {
            return;
        }
        let painter = self.painter.with_clip_rect(seen);
        painter.rect_filled(rect, 0.0, if self.chosen { t.accent_fill } else { t.lane });
        let left = rect.left() + super::below(rect.width(), self.cells).0;
        painter.vline(left + 3.0, rect.top() + 2.0..=rect.bottom() - 6.0, t.border());
        let line = |i: usize| rect.top() + 1.0 + (i as f32 + 0.5) * size::OPENED_LINE;
        // Only what is seen: a row may be opened to 200 lines.
        let first = ((seen.top() - rect.top()) / size::OPENED_LINE).max(0.0) as usize;
        let n = (seen.height() / size::OPENED_LINE) as usize + 2;
        for (i, words) in lines.lines.iter().enumerate().skip(first).take(n) {
            let at = pos2(left + 12.0, line(i));
            painter.text(at, Align2::LEFT_CENTER, words, theme::mono(), t.text_second);
        }
        let response = ui.interact(seen, ui.scope_id().with(("opened", self.row)), Sense::CLICK);
        let spoken = || text::cut(&lines.lines.join("\n"), 4_000);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Paragraph, true, spoken()));
        self.menu_on(&response);
        if response.clicked() {
            ctx.push(Command::Choose(self.id));
        }
        if lines.more > 0 {
            let told = format!("{} {} more lines in the inspector", icon::MORE, crate::export::text::count(lines.more));
            let galley = painter.layout_no_wrap(told.clone(), theme::small(), t.accent);
            let at = pos2(left + 12.0, line(lines.lines.len()) - galley.size().y / 2.0);
            let area = Rect::from_min_size(at, galley.size());
            painter.galley(at, galley, t.accent);
            let link = ui.interact(area.intersect(seen), ui.scope_id().with(("rest", self.row)), Sense::CLICK);
            link.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, told.clone()));
            if link.on_hover_cursor(egui::CursorIcon::PointingHand).clicked() {
                ctx.push(Command::Choose(self.id));
                ctx.push(Command::SetTab(Tab::Event));
            }
        }
    }
}

/// What a cell says, in full; the message only as far as its row goes.
pub(super) fn says(ctx: &Ctx<'_>, column: Column, row: usize, id: EventId) -> String {
    let analysis = &ctx.shown.analysis;
    match column {
        Column::Time => match ctx.shown.stated(id) {
            None => "no time".to_owned(),
            Some(time) => {
                let precision = analysis.digits(id).min(9);
                if ctx.shown.within_a_day() {
                    format::time_of_day(time, precision, ctx.view.zone)
                } else {
                    format::local(time, precision, ctx.view.zone, ' ')
                }
            }
        },
        Column::Delta => delta(ctx, row, id),
        Column::Host => text::neutral(ctx.shown.lane(id).1, 60).0,
        Column::Source => text::neutral(analysis.source(id).map_or("", |s| text::base_name(&s.path)), 100).0,
        Column::Process => ctx.words(id).process.clone().unwrap_or_default(),
        Column::Level => analysis.events.level(id).name().unwrap_or("–").to_owned(),
        Column::Message => ctx.words(id).message.clone(),
        Column::Line => crate::export::text::count(analysis.events.line(id)),
        Column::Format => text::neutral(analysis.format_name(id), 60).0,
        Column::Stamp => ctx.words(id).stamp.clone(),
        Column::Offset => match (ctx.shown.stated(id), analysis.events.time(id)) {
            (Some(corrected), Some(recorded)) if corrected.abs_diff(recorded) >= 1_000 => {
                text::delta(corrected.saturating_sub(recorded))
            }
            _ => String::new(),
        },
        Column::Fields => ctx.words(id).fields.clone(),
    }
}

fn delta(ctx: &Ctx<'_>, row: usize, id: EventId) -> String {
    let (shown, view) = (ctx.shown, ctx.view);
    let other = if view.since_chosen { view.chosen } else { row.checked_sub(1).and_then(|r| shown.event(r)) };
    match (other.and_then(|id| shown.stated(id)), shown.stated(id)) {
        // An effect stands a nanosecond behind its cause where stamps tell no more; that is no distance.
        (Some(from), Some(to)) if from.abs_diff(to) < 1_000 => text::delta(0),
        (Some(from), Some(to)) => text::delta(to.saturating_sub(from)),
        _ => String::new(),
    }
}
