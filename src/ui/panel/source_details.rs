//! What is known of one source or one host, a line each below its name in the list of sources, with what can be changed.

use egui::{Align, Label, Layout, RichText, Ui};

use crate::case::assumption::{What, Whom};
use crate::clock::Anchor;
use crate::export::text as words;
use crate::query::language::{Key, term};
use crate::source::SourceId;
use crate::time::format;
use crate::ui::assume::Act;
use crate::ui::clocks::{self, Known};
use crate::ui::command::Command;
use crate::ui::filter;
use crate::ui::panel::sources::{first_event, hide, is_hidden};
use crate::ui::panel::{Ctx, review};
use crate::ui::text;
use crate::ui::theme::{self, size};

/// One line.
pub struct Detail {
    words: String,
    /// It is trouble.
    warns: bool,
    change: Option<(What, Vec<Whom>)>,
    /// The term that the filter is changed by, and the first event: the line of buttons.
    view: Option<(String, Option<SourceId>)>,
}

impl Detail {
    fn says(words: String) -> Detail {
        Detail { words, warns: false, change: None, view: None }
    }

    fn changes(words: String, what: What, whom: Vec<Whom>) -> Detail {
        Detail { change: Some((what, whom)), ..Detail::says(words) }
    }
}

/// What is known of a file.
pub fn of_file(ctx: &Ctx<'_>, source: SourceId) -> Vec<Detail> {
    let Some(info) = ctx.shown.analysis.infos.get(source.idx()) else { return Vec::new() };
    let whom = || vec![Whom::Source(info.path.clone())];
    let mut out = Vec::new();
    let sure = if info.bytes > 0 { format!(", {:.0} % sure", info.confidence * 100.0) } else { String::new() };
    out.push(Detail::changes(format!("{}{sure}", info.format), What::Format, whom()));
    let records = text::plural(info.records, "record", "records");
    out.push(Detail::says(format!("{records} in {}", text::plural(info.lines, "line", "lines"))));
    out.push(Detail::says(match info.first.zip(info.last) {
        Some((first, last)) => span(ctx, first, last),
        None => "no times".to_owned(),
    }));
    let unparsed = info.accounted.unparsed;
    out.push(if unparsed == 0 && info.accounted.sum() == info.bytes {
        Detail::says(format!("{}, 100 % accounted for", words::bytes(info.bytes)))
    } else if ctx.shown.analysis.complete {
        let part = unparsed as f64 / info.bytes.max(1) as f64 * 100.0;
        Detail { warns: true, ..Detail::says(format!("{} ({part:.1} %) no format explains", words::bytes(unparsed))) }
    } else {
        Detail::says(format!("{}, being read", words::bytes(info.bytes)))
    });
    if info.first.is_some() {
        let zone = format!("zone {}, {}", info.zone, origin(ctx, info, &info.zone_from, What::Zone));
        let states = info.zone_from == "text";
        out.push(if states { Detail::says(zone) } else { Detail::changes(zone, What::Zone, whom()) });
        let year =
            info.first.map_or_else(String::new, |t| format::date(t, info.decision.zone).chars().take(4).collect());
        let year = format!("year {year}, {}", origin(ctx, info, &info.year_from, What::Date));
        let states = info.year_from == "text" && info.decision.year == 0;
        out.push(if states { Detail::says(year) } else { Detail::changes(year, What::Date, whom()) });
    }
    out.push(Detail::changes(format!("host {}", info.host.as_deref().unwrap_or("unknown")), What::Host, whom()));
    let trouble = ctx.shown.analysis.diagnostics.iter().filter(|d| d.path.as_deref() == Some(&info.path));
    for d in trouble.take(3) {
        out.push(Detail { warns: true, ..Detail::says(d.message.clone()) });
    }
    out.push(Detail { view: Some((term(Key::Source, &info.path), Some(source))), ..Detail::says(String::new()) });
    out
}

/// Where a year or a zone comes from.
fn origin(ctx: &Ctx<'_>, info: &crate::event::settle::SourceInfo, from: &str, what: What) -> &'static str {
    let whom = Whom::Source(info.path.clone());
    match from {
        _ if ctx.notes.case().assumed(&whom, what).is_some() => "yours",
        "text" => "stated",
        "sibling" => "from other files",
        "option" => "given",
        "file" => "from the file\u{2019}s date",
        _ => "assumed",
    }
}

fn span(ctx: &Ctx<'_>, first: i64, last: i64) -> String {
    let zone = ctx.view.zone;
    let time = |t| format::time_of_day(t, 0, zone);
    let (a, b) = (format::date(first, zone), format::date(last, zone));
    let days = if a == b { a } else { format!("{a} to {b}") };
    format!("{} – {}, {days}", time(first), time(last))
}

/// What is known of a host.
pub fn of_host(ctx: &Ctx<'_>, idx: usize) -> Vec<Detail> {
    let Some(lane) = ctx.shown.analysis.lanes.list.get(idx) else { return Vec::new() };
    let judge = ctx.shown.judge();
    let whom = clocks::whom(&ctx.shown.analysis, &lane.host);
    let mut out = Vec::new();
    out.push(Detail::changes(format!("name {}", lane.host), What::Host, names(ctx, idx)));
    let clock = clocks::of_lane(judge, idx).map_or_else(
        || "clock not measured".to_owned(),
        |c| match Known::of(c) {
            Known::Applied if c.anchor == Anchor::Given => "clock as you said".to_owned(),
            Known::Applied if c.anchor == Anchor::Pinned => "clock by what you pinned".to_owned(),
            Known::Reference => "clock: the reference".to_owned(),
            Known::Floating => "clock floats: order unknown".to_owned(),
            _ => format!("clock by {}", text::plural(c.pairs as u64, "record", "records")),
        },
    );
    out.push(Detail::changes(clock, What::Offset, whom));
    out.push(Detail { view: Some((term(Key::Host, &lane.host), None)), ..Detail::says(String::new()) });
    out
}

/// The names that the logs give to a host; several where it was renamed to join another.
fn names(ctx: &Ctx<'_>, lane: usize) -> Vec<Whom> {
    let analysis = &ctx.shown.analysis;
    let sources = analysis.lanes.list.get(lane).map(|l| l.sources.as_slice()).unwrap_or_default();
    let mut names: Vec<String> = sources.iter().filter_map(|s| analysis.infos.get(s.idx())?.named.clone()).collect();
    names.sort();
    names.dedup();
    names.into_iter().map(Whom::Host).collect()
}

/// Draws it.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui, detail: &Detail) {
    let t = ctx.tokens;
    ui.allocate_ui_with_layout(
        egui::vec2(ui.available_width(), size::SOURCE_ROW),
        Layout::left_to_right(Align::Center),
        |ui| {
            ui.set_min_height(size::SOURCE_ROW);
            review::quiet(ui);
            ui.add_space(38.0);
            if let Some((term, source)) = &detail.view {
                buttons(ctx, ui, term, *source);
                return;
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.add_space(14.0);
                if let Some((what, whom)) = &detail.change
                    && !whom.is_empty()
                {
                    let name = format!("Change {} of {}", what.word(), crate::ui::assume::about(whom));
                    let word = if *what == What::Host { "rename" } else { "change" };
                    let change = review::small_link(ctx, ui, word, name);
                    if change.clicked() {
                        ctx.push(Command::Assume(Act::Ask(*what, whom.clone(), review::below(change.rect))));
                    }
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let color = if detail.warns { t.warning } else { t.text_second };
                    let words = text::neutral(&detail.words, 300).0;
                    let label = Label::new(RichText::new(&words).font(theme::small()).color(color)).truncate();
                    ui.add(label).on_hover_text(words);
                });
            });
        },
    );
}

fn buttons(ctx: &Ctx<'_>, ui: &mut Ui, term: &str, source: Option<SourceId>) {
    let only = ctx.view.filter.trim() == term;
    let word = if only { "show all" } else { "only this" };
    if review::small_link(ctx, ui, word, format!("{word}: {term}")).clicked() {
        ctx.push(Command::Filter(filter::Act::Toggle(term.to_owned())));
    }
    let word = if is_hidden(&ctx.view.filter, term) { "show" } else { "hide" };
    if review::small_link(ctx, ui, word, format!("{word}: {term}")).clicked() {
        hide(ctx, term);
    }
    if let Some(id) = source.and_then(|s| first_event(ctx, s))
        && review::small_link(ctx, ui, "first event", format!("first event: {term}")).clicked()
    {
        ctx.push(Command::ChooseInLanes(id));
    }
}
