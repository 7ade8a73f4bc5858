//! Notes on the timeline: moments as ticks across all lanes with their glyph above, spans as thin bands with their words.

use egui::{Align2, Painter, Rect, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::case::{Annotation, Kind};
use crate::event::EventId;
use crate::ui::command::Command;
use crate::ui::marker::Act;
use crate::ui::marker_words;
use crate::ui::panel::Ctx;
use crate::ui::text;
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::glyph;
use crate::ui::widget::scale::TimeScale;

/// Marks closer than this are one, in points.
const NEAR: f32 = 11.0;
/// Marks that are drawn.
const MOST: usize = 500;
/// Characters of a note beside its glyph.
const CHARS: usize = 40;
/// Rows of bands; a span that finds no room in them shares the last.
const LEVELS: usize = 3;
/// Height of a row of bands, in points.
const BAND: f32 = 15.0;
/// What is told of marks at one place.
const TOLD: usize = 6;

/// A note that has a time.
#[derive(Clone, Copy)]
pub struct Mark<'a> {
    /// The note.
    pub note: &'a Annotation,
    /// The event it stands on.
    pub place: Option<EventId>,
    /// When it is, or begins, in nanoseconds since 1970 UTC.
    pub time: i64,
    /// When it ends, for a span.
    pub until: Option<i64>,
    approximate: bool,
}

impl Mark<'_> {
    /// Its kind, and its first words.
    pub fn words(&self) -> String {
        let words = text::squeezed(&text::neutral(text::first_line(&self.note.comment).0, 200).0);
        match (self.note.kind, words.is_empty()) {
            (Kind::Note, true) if self.place.is_some() => "Marked event".to_owned(),
            (kind, true) => kind.title().to_owned(),
            (kind, false) => format!("{}: {words}", kind.title()),
        }
    }

    /// What stands beside its glyph: as much as there may be room for, and less.
    fn labels(&self) -> [String; 2] {
        let plain = self.note.kind == Kind::Note;
        let whole = self.words();
        let whole = if plain { whole.trim_start_matches("Note: ").trim_start_matches("Marked event") } else { &whole };
        let short = if plain { "" } else { self.note.kind.title() };
        [text::cut(whole, CHARS), short.to_owned()]
    }

    fn is_current(&self, ctx: &Ctx<'_>) -> bool {
        ctx.view.notes.current == Some(self.note.id) && ctx.view.tab == crate::ui::state::Tab::Notes
    }
}

/// All of them by time.
pub fn all<'a>(ctx: &'a Ctx<'_>) -> impl Iterator<Item = Mark<'a>> {
    let timed = ctx.view.notes.digest.order.iter().filter(|l| l.when.is_some());
    timed.take(MOST).filter_map(|l| {
        let ((note, place), when) = (ctx.notes.entry(l.idx, l.number)?, l.when?);
        let time = place.map_or(Some(when.at), |id| ctx.shown.time(id))?;
        let until = note.until.filter(|_| place.is_none()).map(|until| until.at);
        let approximate = place.is_none() && when.approximate;
        Some(Mark { note, place, time, until, approximate })
    })
}

/// The spans, each with the row of bands it stands in.
fn bands<'a>(ctx: &'a Ctx<'_>) -> Vec<(usize, Mark<'a>)> {
    let mut ends: Vec<i64> = Vec::new();
    let place = |mark: Mark<'a>| {
        let free = ends.iter().position(|end| *end < mark.time);
        let row = free.unwrap_or(ends.len()).min(LEVELS - 1);
        let until = mark.until.unwrap_or(mark.time);
        match ends.get_mut(row) {
            Some(end) => *end = until.max(*end),
            None => ends.push(until),
        }
        (row, mark)
    };
    all(ctx).filter(|mark| mark.until.is_some()).map(place).collect()
}

/// Height of the strip in points; 0 without notes. It depends on the whole case, so that nothing jumps while it is moved.
pub fn height(ctx: &Ctx<'_>) -> f32 {
    if all(ctx).next().is_none() {
        return 0.0;
    }
    let rows = bands(ctx).iter().map(|(row, _)| row + 1).max().unwrap_or(0);
    let points = if all(ctx).any(|mark| mark.until.is_none()) { size::FLAGS } else { 0.0 };
    points + BAND * rows as f32 + 1.0
}

/// Draws ticks and tints below what the lanes show.
pub fn under(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, lanes: Rect) {
    let field = Rect::from_x_y_ranges(scale.rect.x_range(), lanes.y_range());
    let painter = ui.painter().with_clip_rect(field);
    for mark in all(ctx).filter(|m| m.note.kind != Kind::Note || m.place.is_none()) {
        let strength = if mark.is_current(ctx) { 0.95 } else { 0.45 };
        let color = ctx.tokens.kind(mark.note.kind).gamma_multiply(strength);
        let x = scale.x(mark.time);
        if let Some(until) = mark.until {
            let band = Rect::from_x_y_ranges(x..=scale.x(until).max(x), field.y_range());
            painter.rect_filled(band.intersect(field), 0.0, color.gamma_multiply(0.10));
            line(
                &painter,
                scale.x(until),
                field,
                color.gamma_multiply(0.6),
                mark.note.until.is_some_and(|u| u.approximate),
            );
        }
        line(&painter, x, field, color, mark.approximate);
    }
}

fn line(painter: &Painter, x: f32, field: Rect, color: egui::Color32, dashed: bool) {
    let stroke = Stroke::new(1.0, color);
    if dashed {
        painter.extend(egui::Shape::dashed_line(&[pos2(x, field.top()), pos2(x, field.bottom())], stroke, 4.0, 4.0));
    } else {
        painter.vline(x, field.y_range(), stroke);
    }
}

/// Draws the strip above the lanes.
pub fn strip(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, rect: Rect) {
    let t = ctx.tokens;
    let painter = ui.painter().with_clip_rect(rect);
    let at = pos2(rect.left() + 12.0, rect.top() + size::FLAGS / 2.0);
    painter.text(at, Align2::LEFT_CENTER, "notes", theme::small(), t.text_third);
    let marks: Vec<Mark<'_>> = all(ctx).filter(|m| m.until.is_none()).collect();
    let points = if marks.is_empty() { 0.0 } else { size::FLAGS };
    let (top, below) = rect.split_top_bottom_at_y(rect.top() + points);
    moments(ctx, ui, scale, &marks, top);
    for (row, mark) in bands(ctx) {
        let y = below.top() + BAND * row as f32;
        band(ctx, ui, scale, mark, Rect::from_x_y_ranges(scale.rect.x_range(), y..=y + BAND));
    }
}

/// The glyphs of moments and events, with as many words as there is room for.
fn moments(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, marks: &[Mark<'_>], rect: Rect) {
    let field = Rect::from_x_y_ranges(scale.rect.x_range(), rect.y_range());
    let mut groups: Vec<(f32, Vec<Mark<'_>>)> = Vec::new();
    let (mut before, mut behind): (Vec<&Mark<'_>>, Vec<&Mark<'_>>) = (Vec::new(), Vec::new());
    for mark in marks {
        let x = scale.x(mark.time);
        match groups.last_mut().filter(|(at, _)| x - at < NEAR) {
            _ if x < field.left() - 2.0 => before.push(mark),
            _ if x > field.right() + 2.0 => behind.push(mark),
            Some((_, group)) => group.push(*mark),
            None => groups.push((x, vec![*mark])),
        }
    }
    let earlier = beyond(ctx, ui, &before, field, true);
    let later = beyond(ctx, ui, &behind, field, false);
    let painter = ui.painter().with_clip_rect(field.expand2(vec2(6.0, 0.0)));
    let t = ctx.tokens;
    let y = rect.center().y;
    for (i, (x, group)) in groups.iter_mut().enumerate() {
        group.sort_by_key(|m| (m.note.kind == Kind::Note, m.note.kind));
        let Some(first) = group.first().copied() else { continue };
        let color = t.kind(first.note.kind);
        painter.add(glyph::kind(first.note.kind, pos2(*x, y), size::GLYPH, color));
        if first.is_current(ctx) {
            painter.hline(*x - 6.0..=*x + 6.0, rect.bottom() - 1.0, Stroke::new(1.5, t.accent));
        }
        let place = Rect::from_center_size(pos2(*x, y), vec2(12.0, rect.height()));
        pointer(ctx, ui, place, group, i);
    }
    for (i, (x, group)) in groups.iter().enumerate() {
        let until = groups.get(i + 1).map_or(later, |(x, _)| x - 13.0);
        let Some(first) = group.first() else { continue };
        let more = if group.len() > 1 { format!(" +{}", group.len() - 1) } else { String::new() };
        for label in first.labels() {
            let galley = painter.layout_no_wrap(format!("{label}{more}"), theme::small(), t.text_second);
            let from = (x + 9.0).max(earlier);
            if from + galley.size().x < until && x + 9.0 >= earlier {
                painter.galley(pos2(from, y - galley.size().y / 2.0), galley, t.text_second);
                break;
            }
        }
    }
}

/// How many notes lie before or behind what is seen; a click leads to the nearest. Returns where free room ends.
fn beyond(ctx: &Ctx<'_>, ui: &Ui, marks: &[&Mark<'_>], field: Rect, before: bool) -> f32 {
    let edge = if before { field.left() } else { field.right() };
    let Some(nearest) = (if before { marks.last() } else { marks.first() }) else { return edge };
    let t = ctx.tokens;
    let words =
        if before { format!("{} {}", icon::EARLIER, marks.len()) } else { format!("{} {}", marks.len(), icon::LATER) };
    let galley = ui.painter().layout_no_wrap(words, theme::mono_small(), t.text_second);
    let width = galley.size().x + 6.0;
    let left = if before { edge } else { edge - width };
    let rect = Rect::from_min_size(pos2(left, field.top()), vec2(width, field.height()));
    let response = ui.interact(rect, ui.scope_id().with(("notes-beyond", before)), Sense::click());
    let way = if before { "earlier" } else { "later" };
    let told =
        format!("{}, {way} than what is seen: {}", text::plural(marks.len() as u64, "note", "notes"), nearest.words());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, told.clone()));
    let color = if response.hovered() || response.has_focus() { t.text } else { t.text_second };
    ui.painter().galley_with_override_text_color(
        pos2(left + 3.0, rect.center().y - galley.size().y / 2.0),
        galley,
        color,
    );
    if response.clicked() {
        ctx.push(Command::Marker(Act::Show(nearest.note.id)));
    }
    response.on_hover_text(told);
    if before { rect.right() + 4.0 } else { rect.left() - 4.0 }
}

/// The band of a span with its words.
fn band(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, mark: Mark<'_>, row: Rect) {
    let (left, right) = (scale.x(mark.time), mark.until.map_or(f32::MIN, |until| scale.x(until)));
    if right < row.left() || left > row.right() {
        return;
    }
    let t = ctx.tokens;
    let color = t.kind(mark.note.kind);
    let rect = Rect::from_min_max(
        pos2(left.max(row.left()), row.top() + 1.0),
        pos2(right.min(row.right()), row.bottom() - 1.0),
    );
    let rect = rect.with_max_x(rect.right().max(rect.left() + 3.0));
    let painter = ui.painter().with_clip_rect(row);
    painter.rect_filled(rect, 2.0, color.gamma_multiply(if mark.is_current(ctx) { 0.38 } else { 0.20 }));
    let ends = [(left, mark.approximate), (right, mark.note.until.is_some_and(|u| u.approximate))];
    for (x, about) in ends.into_iter().filter(|(x, _)| row.x_range().contains(*x)) {
        line(&painter, x, rect, color, about);
    }
    let glyph_at = pos2(rect.left() + 9.0, rect.center().y);
    painter.add(glyph::kind(mark.note.kind, glyph_at, size::GLYPH * 0.9, color));
    let [whole, short] = mark.labels();
    for label in [whole, short] {
        let galley = painter.layout_no_wrap(label, theme::small(), t.text);
        if rect.left() + 17.0 + galley.size().x < rect.right() - 2.0 {
            painter.galley(pos2(rect.left() + 17.0, rect.center().y - galley.size().y / 2.0), galley, t.text);
            break;
        }
    }
    pointer(ctx, ui, rect.expand2(vec2(2.0, 0.0)), &[mark], usize::MAX - mark.note.id as usize);
}

/// What the pointer and the keyboard do with marks at one place.
fn pointer(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, group: &[Mark<'_>], i: usize) {
    let Some(first) = group.first() else { return };
    let response = ui.interact(rect, ui.scope_id().with(("marks", i)), Sense::click());
    response.widget_info(|| {
        let more = if group.len() > 1 { format!(", and {} more here", group.len() - 1) } else { String::new() };
        WidgetInfo::labeled(egui::Role::Button, true, format!("{}{more}", first.words()))
    });
    if response.has_focus() {
        ui.painter().rect_stroke(rect, 3.0, Stroke::new(1.0, ctx.tokens.accent), egui::StrokeKind::Inside);
    }
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if response.clicked() {
        // Where several stand at one place, the one after that which is chosen.
        let at = group.iter().position(|m| ctx.view.notes.current == Some(m.note.id));
        let next = at.map_or(0, |at| (at + 1) % group.len());
        if let Some(mark) = group.get(next) {
            ctx.push(Command::Marker(Act::Show(mark.note.id)));
        }
    }
    response.on_hover_ui_at_pointer(|ui| tell(ctx, ui, group));
}

/// What marks say, in full, where the pointer rests on them.
pub fn tell(ctx: &Ctx<'_>, ui: &mut Ui, group: &[Mark<'_>]) {
    ui.set_max_width(420.0);
    for mark in group.iter().take(TOLD) {
        let note = mark.note;
        let time = match (mark.place, note.at) {
            (Some(id), _) => ctx
                .shown
                .stated(id)
                .map(|time| crate::time::format::time_of_day(time, ctx.shown.analysis.digits(id), ctx.view.zone)),
            (None, Some(at)) => Some(marker_words::told(at, note.until, ctx.view.zone)),
            (None, None) => None,
        };
        let title = format!("{}  {}", note.kind.title(), time.unwrap_or_default());
        ui.label(egui::RichText::new(title).font(theme::small()).color(ctx.tokens.kind(note.kind)));
        if !note.comment.is_empty() {
            ui.add(egui::Label::new(text::cut(&text::neutral(&note.comment, 400).0, 300)).wrap());
        }
    }
    if group.len() > TOLD {
        ui.label(format!("and {} more", group.len() - TOLD));
    }
}
