//! The sources, by host: what each file was taken for and how many events it holds. A click opens the details.

use egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::case::assumption::Whom;
use crate::event::EventId;
use crate::query::language::{Key, negated, term};
use crate::source::SourceId;
use crate::ui::assume::Act;
use crate::ui::command::Command;
use crate::ui::filter;
use crate::ui::panel::source_details::Detail;
use crate::ui::panel::{Ctx, lane_head, source_details};
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::glyph;
use crate::ui::{clocks, text};

enum Row {
    Host(usize),
    File(SourceId),
    Detail(Box<Detail>),
}

/// Draws the list.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let width = if ui.available_width() < 1_400.0 { 182.0 } else { 230.0 };
    let panel =
        egui::Panel::left("sources").resizable(true).default_size(ctx.size("sources", width)).size_range(140.0..=420.0);
    let drawn = panel.frame(t.frame(0, 10)).show(ui, |ui| {
        let n = ctx.shown.analysis.sources.len() as u64;
        header(ctx, ui, &text::plural(n, "file", "files"));
        let rows = rows(ctx);
        ui.spacing_mut().item_spacing.y = 0.0;
        egui::ScrollArea::vertical().auto_shrink(false).show_rows(ui, size::SOURCE_ROW, rows.len(), |ui, seen| {
            for row in rows.get(seen).unwrap_or_default() {
                match row {
                    Row::Host(lane) => host(ctx, ui, *lane),
                    Row::File(source) => file(ctx, ui, *source),
                    Row::Detail(detail) => source_details::show(ctx, ui, detail),
                }
            }
        });
    });
    ctx.keep_size("sources", drawn.response.rect.width(), width);
}

fn header(ctx: &Ctx<'_>, ui: &mut Ui, right: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), size::SOURCE_ROW), Sense::hover());
    let painter = ui.painter();
    painter.text(
        rect.left_center() + vec2(14.0, 0.0),
        Align2::LEFT_CENTER,
        "SOURCES",
        theme::caption(),
        ctx.tokens.text_third,
    );
    painter.text(
        rect.right_center() - vec2(14.0, 0.0),
        Align2::RIGHT_CENTER,
        right,
        theme::small(),
        ctx.tokens.text_third,
    );
}

fn rows(ctx: &Ctx<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for (i, lane) in ctx.shown.analysis.lanes.list.iter().enumerate() {
        rows.push(Row::Host(i));
        if ctx.view.trust.open.contains(&Whom::Host(lane.host.clone())) {
            rows.extend(source_details::of_host(ctx, i).into_iter().map(|d| Row::Detail(Box::new(d))));
        }
        for &s in &lane.sources {
            rows.push(Row::File(s));
            let path = ctx.shown.analysis.infos.get(s.idx()).map_or("", |i| &i.path);
            if ctx.view.trust.open.contains(&Whom::Source(path.to_owned())) {
                rows.extend(source_details::of_file(ctx, s).into_iter().map(|d| Row::Detail(Box::new(d))));
            }
        }
    }
    rows
}

/// True when the filter leaves out what `term` names.
pub fn is_hidden(filter: &str, term: &str) -> bool {
    filter::terms(filter).contains(&negated(term).as_str())
}

/// Hides what `term` names, or shows it again.
pub fn hide(ctx: &Ctx<'_>, term: &str) {
    let away = negated(term);
    let at = filter::terms(&ctx.view.filter).iter().position(|t| *t == away);
    ctx.push(Command::Filter(at.map_or_else(|| filter::Act::Exclude(term.to_owned()), filter::Act::Remove)));
}

fn row(ui: &mut Ui, ctx: &Ctx<'_>, label: &str, only: bool) -> (Rect, egui::Response) {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), size::SOURCE_ROW), Sense::click());
    response.widget_info(|| WidgetInfo::selected(egui::Role::Button, true, only, label));
    if only {
        ui.painter().rect_filled(rect, 0.0, ctx.tokens.accent_fill);
    } else if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 0.0, ctx.tokens.hover);
    }
    (rect, response)
}

fn host(ctx: &Ctx<'_>, ui: &mut Ui, idx: usize) {
    let t = ctx.tokens;
    let Some(lane) = ctx.shown.analysis.lanes.list.get(idx) else { return };
    let term = term(Key::Host, &lane.host);
    let judge = ctx.shown.judge();
    let clock = clocks::of_lane(judge, idx);
    let badge = clock.map(clocks::badge);
    let told = badge.as_ref().map_or_else(String::new, |badge| format!(", clock {badge}"));
    let (rect, response) = row(ui, ctx, &format!("Host {}{told}", lane.host), ctx.view.filter.trim() == term);
    glyph::host_square(ui, rect.left_center() + vec2(18.0, 0.0), t.host(idx));
    let painter = ui.painter().with_clip_rect(rect);
    let right = badge.unwrap_or_else(|| crate::export::text::count(lane.n_events as u64));
    let color = clock.map_or(t.text_second, |c| lane_head::color(c, t));
    let galley = painter.layout_no_wrap(right, theme::mono_small(), color);
    let at = pos2(rect.right() - 14.0 - galley.size().x, rect.center().y - galley.size().y / 2.0);
    let name = text::neutral(&lane.host, 60).0;
    let chars = ((at.x - rect.left() - 36.0) / (size::BODY * 0.58)).max(3.0) as usize;
    let name = text::cut_middle(&name, chars);
    painter.text(rect.left_center() + vec2(30.0, 0.0), Align2::LEFT_CENTER, name, theme::strong(), t.text);
    painter.galley(at, galley, color);
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(420.0);
        clock.into_iter().flat_map(|c| clocks::sentences(judge, c)).for_each(|line| {
            ui.add(egui::Label::new(line).wrap());
        });
    });
    if response.clicked() {
        ctx.push(Command::Assume(Act::Fold(Whom::Host(lane.host.clone()))));
    }
    if response.double_clicked() {
        ctx.push(Command::Filter(filter::Act::Toggle(term.clone())));
    }
}

fn file(ctx: &Ctx<'_>, ui: &mut Ui, source: SourceId) {
    let t = ctx.tokens;
    let Some(info) = ctx.shown.analysis.infos.get(source.idx()) else { return };
    let term = term(Key::Source, &info.path);
    let off = is_hidden(&ctx.view.filter, &term);
    let told = if off { ", hidden" } else { "" };
    let (rect, response) = row(ui, ctx, &format!("{}{told}", info.path), ctx.view.filter.trim() == term);
    let whole = info.accounted.sum() == info.bytes && info.accounted.unparsed == 0;
    let (mark, color) = match whole {
        _ if off => (icon::OFF, t.text_third),
        true => (icon::CHECK, t.text_third),
        false if !ctx.shown.analysis.complete => (icon::MORE, t.text_third),
        false => ("!", t.warning),
    };
    let painter = ui.painter().with_clip_rect(rect);
    painter.text(rect.left_center() + vec2(34.0, 0.0), Align2::CENTER_CENTER, mark, theme::small(), color);
    let count = painter.layout_no_wrap(crate::export::text::count(info.records), theme::mono_small(), t.text_third);
    let right = rect.right() - 14.0;
    painter.galley(pos2(right - count.size().x, rect.center().y - count.size().y / 2.0), count.clone(), t.text_third);
    let free =
        Rect::from_min_max(pos2(rect.left() + 46.0, rect.top()), pos2(right - count.size().x - 8.0, rect.bottom()));
    let painter = painter.with_clip_rect(free);
    let name = text::neutral(text::base_name(&info.path), 80).0;
    let chars = (free.width() / (size::BODY * 0.54)) as usize;
    let name = painter.text(
        free.left_center(),
        Align2::LEFT_CENTER,
        text::cut_middle(&name, chars),
        theme::body(),
        if off { t.text_third } else { t.text_second },
    );
    let left = name.right() + 8.0;
    let chars = ((free.right() - left) / (size::CAPTION * 0.55)).max(0.0) as usize;
    // Three letters and an ellipsis say nothing; the hover tells the format.
    if chars >= 6 || chars >= info.format.chars().count() {
        painter.text(
            pos2(left, rect.center().y + 0.5),
            Align2::LEFT_CENTER,
            text::cut(&info.format, chars),
            theme::small(),
            t.text_third,
        );
    }
    let response = response.on_hover_ui(|ui| {
        ui.set_max_width(420.0);
        ui.add(egui::Label::new(egui::RichText::new(text::neutral(&info.path, 400).0).font(theme::strong())).wrap());
        ui.label("A click opens its details; a double click shows only this file.");
    });
    if response.clicked() {
        ctx.push(Command::Assume(Act::Fold(Whom::Source(info.path.clone()))));
    }
    if response.double_clicked() {
        ctx.push(Command::Filter(filter::Act::Toggle(term.clone())));
    }
    response.context_menu(|ui| {
        if ui.button("Show only these").clicked() {
            ctx.push(Command::SetFilter(term.clone()));
        }
        if ui.button("Hide these").clicked() {
            hide(ctx, &term);
        }
        if ui.button("Go to the first of these").clicked()
            && let Some(id) = first_event(ctx, source)
        {
            ctx.push(Command::ChooseInLanes(id));
        }
    });
}

/// The first event of a source.
pub fn first_event(ctx: &Ctx<'_>, source: SourceId) -> Option<EventId> {
    let events = &ctx.shown.analysis.events;
    let mut ids = events.segments().iter().enumerate().filter(|(_, s)| s.source == source && !s.is_empty());
    ids.next().map(|(i, _)| EventId(events.ids_of_segment(i).start))
}
