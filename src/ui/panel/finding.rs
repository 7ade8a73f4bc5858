//! Everything about one finding: how it is known, on which records, what else to expect, what to do, a verdict.

use egui::{Align, Button, Label, Layout, Margin, RichText, Ui};

use crate::case::Judgement;
use crate::detect::Finding;
use crate::event::EventId;
use crate::time::format;
use crate::ui::command::Command;
use crate::ui::findings::{self, Act};
use crate::ui::panel::{Ctx, findings as list, inspector};
use crate::ui::text;
use crate::ui::theme::{self, icon, size};
use crate::ui::{clocks, keys};

/// Draws it.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui, at: usize, f: &Finding) {
    let t = ctx.tokens;
    ui.add_space(2.0);
    if !f.explanation.is_empty() {
        ui.add(Label::new(RichText::new(findings::words(&f.explanation)).color(t.text_second)).wrap().selectable(true));
    }
    if !f.evidence.is_empty() {
        inspector::caption(ctx, ui, "EVIDENCE");
        for (i, e) in f.evidence.iter().enumerate() {
            ui.push_id(("evidence", i), |ui| evidence(ctx, ui, at, e.event, &e.because));
        }
    }
    if f.count > f.evidence.len() {
        let (from, to) = (list::clock(ctx, f.first), list::clock(ctx, f.last));
        let words = format!("{} cases in all, from {from} to {to}", crate::export::text::count(f.count as u64));
        ui.label(RichText::new(words).font(theme::small()).color(t.text_second));
    }
    if !f.expected.is_empty() {
        inspector::caption(ctx, ui, "EXPECTED IF TRUE");
        for (i, e) in f.expected.iter().enumerate() {
            ui.push_id(("expected", i), |ui| match e.seen.filter(|id| is_there(ctx, *id)) {
                Some(id) => evidence(ctx, ui, at, id, &format!("{} seen: {}", icon::CHECK, e.text)),
                None => {
                    let words = format!("{} not seen: {}", icon::OFF, findings::words(&e.text));
                    ui.add(Label::new(RichText::new(words).color(t.text_second)).wrap());
                }
            });
        }
    }
    ui.scope(|ui| todo(ctx, ui, "CHECK NOW", "check", &f.verify, true));
    ui.scope(|ui| todo(ctx, ui, "PREVENT", "prevention", &f.prevent, false));
    ui.add_space(8.0);
    verdict(ctx, ui, at);
    let rule = format!("rule {}{}", f.rule, keys_of(f));
    ui.add_space(2.0);
    ui.add(Label::new(RichText::new(findings::words(&rule)).font(theme::mono_small()).color(t.text_third)).wrap());
    ui.add_space(4.0);
}

fn keys_of(f: &Finding) -> String {
    f.keys.iter().take(8).map(|(n, v)| format!(" · {n} {}", text::cut(v, 60))).collect()
}

fn is_there(ctx: &Ctx<'_>, id: EventId) -> bool {
    id.idx() < ctx.shown.analysis.events.len()
}

/// A record that shows it: where, when, and what it shows; a click leads there.
fn evidence(ctx: &Ctx<'_>, ui: &mut Ui, at: usize, id: EventId, because: &str) {
    if !is_there(ctx, id) {
        return;
    }
    let t = ctx.tokens;
    let analysis = ctx.shown.judge();
    let dated = !ctx.shown.within_a_day();
    let path = analysis.source(id).map_or("", |s| s.path.as_str());
    let place = text::neutral(&format!("{path}:{}", analysis.events.line(id)), 300).0;
    let because = findings::words(because);
    let time = analysis.corrected(id).filter(|time| *time != i64::MIN);
    let time = time.map_or_else(
        || "no time".to_owned(),
        |time| {
            let digits = analysis.digits(id);
            if dated {
                format::local(time, digits.min(3), ctx.view.zone, ' ')
            } else {
                format::time_of_day(time, digits.min(6), ctx.view.zone)
            }
        },
    );
    let band = clocks::told_band(analysis, id).filter(|_| !dated).unwrap_or_default();
    let chosen = ctx.view.chosen == Some(id);
    if chosen {
        // Where it will stand is known only when it was drawn once.
        let key = ui.scope_id().with("rect");
        if let Some(rect) = ui.data(|d| d.get_temp::<egui::Rect>(key)) {
            let rect = egui::Rect::from_min_size(ui.cursor().min, rect.size()).expand(3.0);
            ui.painter().rect_filled(rect, 4.0, t.accent_fill);
        }
    }
    let name = format!("Evidence {place}, {time}: {because}");
    let response = list::pressable(ui, "record", &name, Some(chosen), |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.spacing_mut().interact_size.y = 15.0;
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| {
            let room = (ui.available_width() / (size::CAPTION * size::MONO_ADVANCE)) as usize;
            let whole = format!("{time} {band}");
            // The band gives way to the name of the file; the inspector tells both.
            let told = if band.is_empty() || whole.chars().count() + 20 > room { time.clone() } else { whole };
            let place = text::cut_middle(&place, room.saturating_sub(told.chars().count() + 2).max(8));
            ui.label(RichText::new(place).font(theme::mono_small()).color(t.accent));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(told).font(theme::mono_small()).color(t.text_second));
            });
        });
        if !because.is_empty() {
            ui.add(Label::new(RichText::new(&because).color(t.text)).wrap());
        }
    });
    ui.data_mut(|d| d.insert_temp(ui.scope_id().with("rect"), response.rect));
    list::ring(ctx, ui, &response);
    let raw = text::cut(&ctx.words(id).whole(), 300);
    if response.on_hover_text(raw).clicked() {
        ctx.push(Command::Finding(Act::Jump(at, id)));
    }
}

/// The findings that a record proves, in a line each; a click leads to them.
pub fn proven_by(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let Some(found) = ctx.found else { return };
    let names = |f: &Finding| f.at == id || f.evidence.iter().any(|e| e.event == id);
    let all = found.findings.list.iter().enumerate().filter(|(_, f)| names(f)).take(6);
    for (i, (at, f)) in all.enumerate() {
        if i == 0 {
            inspector::caption(ctx, ui, "PROVES");
        }
        let title = findings::words(&f.title);
        let color = ctx.tokens.loudness(findings::class(f.severity));
        let words = format!("{}: {title}", findings::part(&found.findings, at));
        let response = ui.push_id(("proves", at), |ui| {
            list::pressable(ui, "finding", &format!("Finding, {words}"), None, |ui| {
                ui.add(Label::new(RichText::new(&words).color(color)).wrap());
            })
        });
        list::ring(ctx, ui, &response.inner);
        if response.inner.on_hover_text("Show this finding").clicked() {
            ctx.push(Command::Finding(Act::Show(at)));
        }
    }
}

/// Something to do, with a button that copies it.
fn todo(ctx: &Ctx<'_>, ui: &mut Ui, title: &str, what: &'static str, words: &str, command: bool) {
    if words.is_empty() {
        return;
    }
    let t = ctx.tokens;
    ui.add_space(8.0);
    ui.spacing_mut().interact_size.y = 18.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(6.0, 1.0);
        ui.label(RichText::new(title).font(theme::caption()).color(t.text_third));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button =
                Button::new(RichText::new("Copy").font(theme::small()).color(t.accent)).frame_when_inactive(false);
            if ui.add(button).accessible_name(format!("Copy: {}", title.to_lowercase())).clicked() {
                ctx.push(Command::Finding(Act::Copy(words.to_owned(), what)));
            }
        });
    });
    let shown = findings::words(words);
    if command {
        let frame = egui::Frame::new().fill(t.raised).corner_radius(size::CORNER).inner_margin(Margin::symmetric(8, 5));
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add(Label::new(RichText::new(shown).font(theme::mono_small()).color(t.text)).wrap().selectable(true));
        });
    } else {
        ui.add(Label::new(RichText::new(shown).color(t.text)).wrap().selectable(true));
    }
}

/// What the analyst says of it, and copies of all that stands above.
fn verdict(ctx: &Ctx<'_>, ui: &mut Ui, at: usize) {
    let said = ctx.found.and_then(|found| findings::verdict(found, ctx.notes, at));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().button_padding = egui::vec2(8.0, 4.0);
        ui.spacing_mut().item_spacing = egui::vec2(6.0, 4.0);
        ui.spacing_mut().interact_size.y = 24.0;
        let reported = ctx.found.is_some_and(|found| findings::is_reported(found, ctx.notes, at));
        list::report_button(ctx, ui, "finding", &[at], reported);
        for (judgement, words, about, act) in [
            (Judgement::Confirmed, "Confirm", "It holds", Act::Confirm),
            (Judgement::Dismissed, "Dismiss", "Put it away; it can be restored", Act::Dismiss),
            (Judgement::RedHerring, "Red herring", "It is loud, but not the cause", Act::RedHerring),
        ] {
            let on = said == Some(judgement);
            let tip = format!("{about} ({})", keys::key_text(&Command::Finding(act)));
            if ui.add(Button::new(words).selected(on)).on_hover_text(tip).clicked() {
                ctx.push(Command::Finding(Act::Judge(at, (!on).then_some(judgement))));
            }
        }
        for (words, name, act) in [
            ("Copy", "Copy finding", Act::CopyText),
            ("Copy as Markdown", "Copy finding as Markdown", Act::CopyMarkdown),
        ] {
            if ui.button(words).on_hover_text("The whole finding, for a document").accessible_name(name).clicked() {
                ctx.push(Command::Finding(act));
            }
        }
    });
}
