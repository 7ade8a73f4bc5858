//! The message of a row: its text, what stands out in it, and the names that can be clicked.

use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use egui::text::{CCursor, LayoutJob, TextFormat};
use egui::{Color32, Galley, Painter, Rect, Sense, WidgetInfo, pos2, vec2};

use super::row::Row;
use crate::timeline::density::Loudness;
use crate::ui::columns::Column;
use crate::ui::command::Command;
use crate::ui::entity::Entity;
use crate::ui::list::{self, Act};
use crate::ui::opened;
use crate::ui::panel::{Ctx, RowWords};
use crate::ui::text;
use crate::ui::theme::{self, Tokens, icon, size};

/// Why a part of a text stands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A name that other records may mention, too.
    Entity,
    /// What is searched for.
    Hit,
    /// What is there only to be looked up.
    Aside,
}

/// A part of a text that stands out, in bytes.
pub type Span = (Range<usize>, Style);

/// The text with what stands out in it; spans may lie in any order and over each other.
pub fn job(text: &str, spans: &[Span], color: Color32, t: &Tokens) -> LayoutJob {
    let mut cuts: Vec<usize> = spans.iter().flat_map(|(r, _)| [r.start, r.end]).chain([0, text.len()]).collect();
    cuts.retain(|c| text.is_char_boundary(*c));
    cuts.sort_unstable();
    cuts.dedup();
    let mut job = LayoutJob::default();
    job.wrap.max_rows = 1;
    for (from, to) in cuts.iter().zip(cuts.iter().skip(1)) {
        let has = |style: Style| spans.iter().any(|(r, s)| *s == style && r.start <= *from && *to <= r.end);
        let color = match () {
            () if has(Style::Entity) => t.accent,
            () if has(Style::Aside) => t.text_third,
            () => color,
        };
        let mut format = TextFormat::simple(theme::mono(), color);
        if has(Style::Hit) {
            format.background = t.warning.gamma_multiply(0.28);
            format.color = t.text;
        }
        job.append(text.get(*from..*to).unwrap_or_default(), 0.0, format);
    }
    job
}

/// What of a text is searched for.
fn hits(ctx: &Ctx<'_>, text: &str) -> Vec<Range<usize>> {
    if ctx.view.search.is_on() { ctx.view.search.spans(text) } else { Vec::new() }
}

/// Draws the message cell.
pub(super) fn show(row: &Row<'_>, mut cell: Rect, mut painter: Painter, words: &Rc<RowWords>) {
    let (ctx, t) = (row.ctx, row.ctx.tokens);
    let advance = size::MONO * size::MONO_ADVANCE;
    let opened = ctx.view.list.opened.get(row.id).is_some();
    let chars = ((cell.width() / advance) as usize).max(4);
    // A line that is cut ends in an ellipsis; the button stands in its way only where the user is.
    let here = row.chosen || row.ui.rect_contains_pointer(row.rect.intersect(row.body));
    if opened || words.more_lines > 0 || (here && opened::has_more(words, chars)) {
        let left = more(row, cell, words, opened);
        cell.set_right((left - 8.0).max(cell.left()));
        painter = painter.with_clip_rect(cell.intersect(painter.clip_rect()));
    }
    let slide = ctx.view.list.slide;
    let chars = ((cell.width() / advance) as usize).max(4);
    let reach = chars + (slide / advance).ceil() as usize;
    let quiet = Loudness::of(ctx.shown.analysis.events.level(row.id)) == Loudness::Quiet && !row.chosen;
    let color = if quiet { t.text_second } else { t.text };
    let entities = ctx.entities(row.id, words);
    let apart = row.cells.iter().any(|c| c.column == Column::Fields);
    let whole = if apart { words.message.clone() } else { words.line() };
    let line = text::cut(&whole, reach);
    let end = line.len().saturating_sub(if line.len() < whole.len() { icon::MORE.len() } else { 0 });
    let within = |r: &Range<usize>| r.start < end;
    let clip = |r: Range<usize>| r.start..r.end.min(end);
    let found = hits(ctx, &whole).into_iter().map(|r| (r, Style::Hit));
    let names = entities.iter().map(|e| (e.range.clone(), Style::Entity));
    let fields = (words.message.len()..whole.len(), Style::Aside);
    let all = names.chain(found).chain([fields]);
    let spans: Vec<Span> = all.filter(|(r, _)| within(r)).map(|(r, s)| (clip(r), s)).collect();
    let galley = painter.layout_job(job(&line, &spans, color, t));
    let at = pos2(cell.left() - slide, cell.center().y - galley.size().y / 2.0);
    painter.galley(at, galley.clone(), color);
    for (i, entity) in entities.iter().enumerate().filter(|(_, e)| within(&e.range)) {
        let place = place(&galley, &line, &clip(entity.range.clone())).translate(at.to_vec2());
        name(row, &painter, entity, place.intersect(painter.clip_rect()), i);
    }
}

/// Where a part of a line was laid out.
fn place(galley: &Arc<Galley>, text: &str, range: &Range<usize>) -> Rect {
    let chars = |to: usize| text.get(..to).map_or(0, |t| t.chars().count());
    let (from, to) = (chars(range.start), chars(range.end));
    let left = galley.pos_from_cursor(CCursor::new(from)).left();
    let right = galley.pos_from_cursor(CCursor::new(to)).left();
    Rect::from_min_max(pos2(left, 0.0), pos2(right, galley.size().y))
}

/// A name that can be clicked: it filters, Shift leaves it out, Alt leads to the next event with it.
fn name(row: &Row<'_>, painter: &Painter, entity: &Entity, place: Rect, i: usize) {
    if !place.is_positive() {
        return;
    }
    let (ctx, ui) = (row.ctx, row.ui);
    let response = ui.interact(place.expand2(vec2(0.0, 4.0)), ui.scope_id().with(("entity", row.row, i)), Sense::CLICK);
    let words = entity.words();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Link, true, format!("Filter by {words}")));
    row.menu_on(&response);
    if response.hovered() {
        painter.hline(place.x_range(), place.bottom(), egui::Stroke::new(1.0, ctx.tokens.accent));
    }
    if response.clicked() {
        let (shift, alt) = ui.input(|i| (i.modifiers.shift, i.modifiers.alt));
        ctx.push(Command::List(if alt {
            Act::Follow(row.id, entity.name.clone())
        } else {
            let key = if shift { "-id" } else { "id" };
            Act::FilterByName(list::term(key, &entity.name), entity.name.clone())
        }));
    }
    response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_ui(|ui| {
        ui.label(format!("Filter by {words}"));
        let more = "Shift: leave it out. Alt: next event with it.";
        ui.label(egui::RichText::new(more).font(theme::small()).color(ctx.tokens.text_second));
    });
}

/// The button that opens the row; returns where it begins.
fn more(row: &Row<'_>, cell: Rect, words: &RowWords, opened: bool) -> f32 {
    let (ctx, ui, t) = (row.ctx, row.ui, row.ctx.tokens);
    let lines = text::plural(words.more_lines as u64, "line", "lines");
    let (told, name) = match (opened, words.more_lines) {
        (true, _) => ("− fold".to_owned(), "Fold this row".to_owned()),
        (false, 0) => ("+ more".to_owned(), "Open this row: the rest of its line".to_owned()),
        (false, _) => (format!("+ {lines}"), format!("Open this row: {lines} more")),
    };
    let galley = row.painter.layout_no_wrap(told, theme::small(), t.text_third);
    let chars = words.chars() as f32 * size::MONO * size::MONO_ADVANCE - ctx.view.list.slide;
    let x = (cell.left() + chars.max(0.0) + 10.0).min(cell.right() - galley.size().x);
    let at = pos2(x, cell.center().y - galley.size().y / 2.0);
    let area = Rect::from_min_size(at, galley.size()).expand2(vec2(4.0, 4.0)).intersect(row.body);
    let response = ui.interact(area, ui.scope_id().with(("more", row.row)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, name.clone()));
    let color = if response.hovered() { t.accent } else { t.text_third };
    row.painter.galley_with_override_text_color(at, galley, color);
    let tip = format!("{name} ({})", crate::ui::keys::key_text(&Command::List(Act::Toggle)));
    row.menu_on(&response);
    if response.on_hover_cursor(egui::CursorIcon::PointingHand).on_hover_text(tip).clicked() {
        ctx.push(Command::List(Act::ToggleRow(row.id)));
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::theme::DARK;

    #[test]
    fn what_stands_out_may_overlap_and_changes_no_text() {
        let text = "größe of loop0 failed";
        let at = text.find("loop0").unwrap();
        let spans = [(at..at + 5, Style::Entity), (at + 2..at + 9, Style::Hit), (1..3, Style::Hit)];
        let job = job(text, &spans, DARK.text, &DARK);
        assert_eq!(job.text, text);
        let of = |part: &str| {
            let begin = text.find(part).unwrap();
            let section = job.sections.iter().find(|s| s.byte_range.start.0 <= begin && begin < s.byte_range.end.0);
            section.map(|s| (s.format.color, s.format.background != Color32::TRANSPARENT)).unwrap()
        };
        assert_eq!(of("lo"), (DARK.accent, false));
        assert_eq!(of("op0"), (DARK.text, true));
        assert_eq!(of(" fa"), (DARK.text, true));
        assert_eq!(of("led"), (DARK.text, false));
    }
}
