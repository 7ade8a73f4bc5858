//! The part of the event page that tells how the chosen event is ordered: against another one, and its direct
//! causes and effects.

use egui::{Label, RichText, Ui};

use crate::causality::{Edge, Strength};
use crate::clock::pairs::resolution;
use crate::event::EventId;
use crate::export::why;
use crate::ui::assume::Act;
use crate::ui::command::Command;
use crate::ui::page::Section;
use crate::ui::panel::inspector::event::section;
use crate::ui::panel::{Ctx, inspector, review};
use crate::ui::reading::Clocks;
use crate::ui::theme;
use crate::ui::{clocks, text};

/// Causes or effects that are listed.
const LISTED: usize = 12;

/// Draws it.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    compared(ctx, ui, id);
    review::pins_of(ctx, ui, id);
    let edges = &ctx.shown.judge().edges;
    list(ctx, ui, Section::Before, edges.causes(id), |e| e.from);
    list(ctx, ui, Section::After, edges.effects(id), |e| e.to);
}

fn compared(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let Some(other) = ctx.view.compared else { return };
    let copied = || sentences(ctx, id, other).join("\n");
    let copied: Option<&dyn Fn() -> String> = if other == id { None } else { Some(&copied) };
    section(ctx, ui, Section::Ordered, copied, |ui| against(ctx, ui, id, other));
}

fn against(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId, other: EventId) {
    let t = ctx.tokens;
    if other == id {
        let words = "This event is held. Choose another one to see how the two are ordered.";
        ui.add(Label::new(RichText::new(words).color(t.text_second)).wrap());
        return;
    }
    ui.horizontal(|ui| {
        inspector::jump(ctx, ui, other);
        if ui.small_button("Let go").on_hover_text("Hold no event against the chosen one any more").clicked() {
            ctx.push(Command::CompareWith(other));
        }
        let tip = "Pin the two as one moment (P): that sets a clock";
        if ui.small_button("Same moment").on_hover_text(tip).clicked() {
            ctx.push(Command::Assume(Act::SameMoment));
        }
    });
    for (i, line) in sentences(ctx, id, other).into_iter().enumerate() {
        let color = if i == 0 { t.text } else { t.text_second };
        ui.add(Label::new(RichText::new(line).color(color)).wrap().selectable(true));
    }
}

/// What `causeline why` says, without the two records, which the window shows anyway.
fn sentences(ctx: &Ctx<'_>, id: EventId, other: EventId) -> Vec<String> {
    let judge = ctx.shown.judge();
    if judge.clocks.list.is_empty() && judge.clock_lane(id) != judge.clock_lane(other) {
        let why = match &ctx.reading.clocks {
            Clocks::Measuring => "unknown yet: the clocks are being measured".to_owned(),
            Clocks::Failed(reason) => format!("unknown: {reason}"),
            _ => "unknown: the clocks were not measured; “Measure clocks again” does so".to_owned(),
        };
        return vec![why];
    }
    why::text(judge, id, other).lines().skip(4).filter(|l| !l.is_empty()).map(|l| text::neutral(l, 2_000).0).collect()
}

fn list(ctx: &Ctx<'_>, ui: &mut Ui, title: Section, edges: &[Edge], of: fn(&Edge) -> EventId) {
    if !edges.is_empty() {
        section(ctx, ui, title, None, |ui| listed(ctx, ui, edges, of));
    }
}

fn listed(ctx: &Ctx<'_>, ui: &mut Ui, edges: &[Edge], of: fn(&Edge) -> EventId) {
    let t = ctx.tokens;
    for (i, edge) in edges.iter().take(LISTED).enumerate() {
        let id = of(edge);
        ui.push_id(i, |ui| {
            ui.horizontal(|ui| {
                inspector::jump(ctx, ui, id);
            });
            let words = text::cut(&ctx.words(id).message, 160);
            ui.add(Label::new(RichText::new(words).font(theme::mono_small()).color(t.text)).truncate());
            let same_reason = i > 0 && edges.get(i - 1).is_some_and(|e| e.rule == edge.rule);
            if !same_reason {
                let sure = if edge.rule.strength() == Strength::Hard { "Certainly" } else { "Probably" };
                let why = format!("{sure}: {}.", edge.rule.why());
                ui.add(Label::new(RichText::new(why).font(theme::small()).color(t.text_third)).wrap());
            }
        });
    }
    if edges.len() > LISTED {
        let more = format!("and {} more", crate::export::text::count((edges.len() - LISTED) as u64));
        ui.label(RichText::new(more).color(t.text_third));
    }
}

/// The three times of an event: as it is told in the inspector and where the pointer rests on a time.
pub fn stamps(ctx: &Ctx<'_>, id: EventId) -> Vec<(&'static str, String)> {
    let judge = ctx.shown.judge();
    let events = &judge.events;
    let mut out = Vec::new();
    if judge.raw(id).len() <= inspector::LONGEST {
        let record = judge.record(id);
        let stamp = record.stamp.as_deref().map_or_else(|| "none".to_owned(), |s| text::neutral(s, 80).0);
        out.push(("as written", stamp));
    }
    let utc = match events.time(id) {
        Some(time) => crate::time::format::utc(time, events.precision(id)),
        None if ctx.shown.time(id).is_some() => "not stated; placed after the line above".to_owned(),
        None => "not stated; shown behind all others".to_owned(),
    };
    out.push(("in UTC", utc));
    if events.time(id).is_some() && judge.lanes.list.len() > 1 {
        out.push(("corrected", corrected(ctx, id)));
    }
    out
}

fn corrected(ctx: &Ctx<'_>, id: EventId) -> String {
    let judge = ctx.shown.judge();
    match &ctx.reading.clocks {
        Clocks::Measuring if judge.clocks.list.is_empty() => return "the clocks are being measured".to_owned(),
        _ if judge.clocks.list.is_empty() => return "the clocks were not measured".to_owned(),
        _ => {}
    }
    let Some(time) = judge.corrected(id) else { return String::new() };
    let time = crate::time::format::utc(time, judge.digits(id));
    let band = clocks::band(judge, id);
    let open = resolution(&judge.events, id);
    let banded = if band > 0 { format!(" ±{}", clocks::short(band as f64)) } else { String::new() };
    // Whole seconds leave nearly a second open; what is finer than the band is not worth words.
    let later = if open > 1e6 && open > band as f64 * 0.1 {
        format!(", up to {} later", clocks::short(open))
    } else {
        String::new()
    };
    format!("{time}{banded}{later}")
}

/// What the corrected time of an event rests on, in sentences.
pub fn rests_on(ctx: &Ctx<'_>, id: EventId) -> Vec<String> {
    let judge = ctx.shown.judge();
    if judge.clocks.list.is_empty() || judge.lanes.list.len() < 2 || judge.events.time(id).is_none() {
        return Vec::new();
    }
    let mut out = match judge.clock(id) {
        Some(clock) => clocks::sentences(judge, clock),
        None => vec!["another server stamped this record, and none of the files tells which".to_owned()],
    };
    let pushed = clocks::pushed(judge, id);
    // An effect stands a nanosecond behind its cause where stamps tell no more.
    if pushed >= 1_000 {
        out.push(format!("moved {} later, behind what came before it", clocks::short(pushed as f64)));
    }
    out
}
