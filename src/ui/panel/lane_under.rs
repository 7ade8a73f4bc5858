//! What the pointer is on: read-out, words, and what a click does.

use egui::{Pos2, Rect, Response, Ui, WidgetInfo};

use crate::event::EventId;
use crate::time::format;
use crate::timeline::density::{Counts, Loudness};
use crate::ui::command::Command;
use crate::ui::lanes::Act;
use crate::ui::panel::lane_paint::Drawn;
use crate::ui::panel::lane_rows::Rows;
use crate::ui::panel::{Ctx, axis, gap_bands, order};
use crate::ui::widget::fold::Fold;
use crate::ui::widget::lanes;
use crate::ui::widget::scale::TimeScale;
use crate::ui::{clocks, keys, text, theme};

/// How near the pointer must be to a glyph, in points.
const REACH: f32 = 6.0;
/// Events of a bar that are looked at for the one that stands for it.
const LOOKED: usize = 20_000;

/// Read-out, hover and click.
pub fn show(
    ctx: &Ctx<'_>,
    ui: &Ui,
    rows: &Rows,
    response: Response,
    scale: TimeScale<'_>,
    drawn: &Drawn,
    axis_rect: Rect,
) {
    describe(ctx, rows, &response, scale);
    if response.has_focus() {
        let line = egui::Stroke::new(1.0, ctx.tokens.accent);
        ui.painter().rect_stroke(rows.rect.shrink(1.0), 2.0, line, egui::StrokeKind::Inside);
    }
    let Some(at) = response.hover_pos().filter(|p| scale.rect.x_range().contains(p.x)) else { return };
    let row = rows.at(at.y);
    let under = match gap_bands::at(scale, at.x) {
        Some(fold) => Some(Under::Gap(*fold)),
        None => row.and_then(|row| under(ctx, rows, scale, drawn, row, at)),
    };
    let event = match &under {
        Some(Under::Event(id)) => Some(*id),
        _ => None,
    };
    let lane = row.and_then(|row| rows.list.get(row)).map(|row| row.lane);
    axis::read_out(ctx, ui, scale, at.x, (rows.rect, axis_rect), lane, event);
    if response.clicked() && !response.double_clicked() {
        match &under {
            Some(Under::Event(id)) => ctx.push(Command::ChooseInLanes(*id)),
            Some(Under::Bar { first, .. }) => ctx.push(Command::ChooseInLanes(*first)),
            Some(Under::Gap(fold)) => ctx.push(Command::Lanes(Act::ToggleGap(fold.gap))),
            None => ctx.push(Command::ShowTime(scale.time(at.x))),
        }
    }
    if let Some(under) = under {
        response.on_hover_ui_at_pointer(|ui| under.tell(ctx, ui));
    }
}

/// What the canvas says to those who hear it.
fn describe(ctx: &Ctx<'_>, rows: &Rows, response: &Response, scale: TimeScale<'_>) {
    response.widget_info(|| {
        let shown = ctx.shown;
        let digits = if scale.per_point() < 1e8 { 3 } else { 0 };
        let time = |t| format::local(t, digits, ctx.view.zone, ' ');
        let (from, to) = (time(scale.range.start), time(scale.range.end));
        let n = shown.row_at(scale.range.end.saturating_add(1)).saturating_sub(shown.row_at(scale.range.start));
        let mut value = format!("{from} to {to}, {}", text::plural(n as u64, "event", "events"));
        if let Some(id) = ctx.view.chosen {
            let when = shown.time(id).map_or_else(String::new, |t| format!(" at {}", time(t)));
            value += &format!("; chosen{when}: {}", text::cut(&ctx.words(id).whole(), 120));
        }
        let mut info = WidgetInfo::labeled(egui::Role::Canvas, true, format!("Timeline of {} lanes", rows.list.len()));
        info.current_text_value = Some(value);
        info
    });
}

/// What the pointer is on.
enum Under {
    Event(EventId),
    Bar { counts: Counts, from: i64, to: i64, first: EventId },
    Gap(Fold),
}

fn under(ctx: &Ctx<'_>, rows: &Rows, scale: TimeScale<'_>, drawn: &Drawn, row: usize, at: Pos2) -> Option<Under> {
    let shown = ctx.shown;
    let loudness = |id: EventId| Loudness::of(shown.analysis.events.level(id));
    if let Some(Some(ids)) = drawn.ids.get(row) {
        let time = |id| shown.analysis.timeline.time(&shown.analysis.events, id);
        let distance = |id: EventId| (scale.x(time(id)) - at.x).abs();
        let near = ids.iter().copied().filter(|&id| distance(id) <= REACH);
        return near
            .max_by(|&a, &b| loudness(a).cmp(&loudness(b)).then(distance(b).total_cmp(&distance(a))))
            .map(Under::Event);
    }
    let grid = drawn.grid;
    let i = ((i128::from(scale.drawn_at(at.x)) - i128::from(grid.start)) / i128::from(grid.width)) as usize;
    let counts = drawn.bars.get(row)?.get(i).copied().filter(|c| c.total() > 0)?;
    let (from, to) = (scale.edge(grid, i), scale.edge(grid, i + 1));
    let wanted = lanes::loudest(counts);
    let first = (shown.row_at(from)..shown.row_at(to))
        .take(LOOKED)
        .filter_map(|row| shown.event(row))
        .find(|&id| loudness(id) == wanted && rows.all_of(ctx, id).contains(&Some(row)))?;
    Some(Under::Bar { counts, from, to, first })
}

impl Under {
    fn tell(&self, ctx: &Ctx<'_>, ui: &mut Ui) {
        ui.set_max_width(460.0);
        match self {
            Under::Gap(fold) => {
                ui.label(egui::RichText::new(gap_bands::words(fold)).font(theme::strong()));
                let zone = ctx.view.zone;
                let (from, to) =
                    (format::local(fold.gap.start, 0, zone, ' '), format::local(fold.gap.end, 0, zone, ' '));
                ui.label(egui::RichText::new(format!("{from} – {to}")).font(theme::mono_small()));
                let key = keys::key_text(&Command::Lanes(Act::Gaps));
                let words = format!("Click draws it as long as it is; {key} folds it again");
                ui.label(egui::RichText::new(words).color(ctx.tokens.text_second));
            }
            Under::Event(id) => tell_event(ctx, ui, *id),
            Under::Bar { counts, from, to, first } => {
                tell_bar(ctx, ui, *counts, *from, *to);
                tell_event(ctx, ui, *first);
            }
        }
    }
}

fn tell_bar(ctx: &Ctx<'_>, ui: &mut Ui, counts: Counts, from: i64, to: i64) {
    let digits = if to.abs_diff(from) < 1_000_000_000 { 3 } else { 0 };
    let time = |t| format::time_of_day(t, digits, ctx.view.zone);
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
    ui.label(egui::RichText::new(format!("{} – {}", time(from), time(to))).font(theme::mono()));
    ui.label(egui::RichText::new(told.join(" · ")).font(theme::strong()));
}

fn tell_event(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let analysis = &ctx.shown.analysis;
    let events = &analysis.events;
    let time = format::local(analysis.timeline.time(events, id), analysis.digits(id), ctx.view.zone, ' ');
    let band = clocks::told_band(analysis, id).map_or_else(String::new, |band| format!(" {band}"));
    let source = analysis.source(id);
    let place = source.map_or_else(String::new, |s| format!("{}:{}", text::base_name(&s.path), events.line(id)));
    let level = events.level(id).name().unwrap_or("no level");
    let small = |words: String| egui::RichText::new(words).font(theme::mono_small()).color(t.text_second);
    ui.label(small(format!("{time}{band} · {level} · {place}")));
    ui.label(egui::RichText::new(text::cut(&ctx.words(id).whole(), 240)).font(theme::mono()));
    if let Some((name, stamp)) = order::stamps(ctx, id).into_iter().next().filter(|(name, _)| *name == "as written") {
        ui.label(small(format!("{name} {stamp}")));
    }
    if let Some(standing) = ctx.standing(id) {
        ui.label(egui::RichText::new(standing.words()).color(t.text_second));
    }
}
