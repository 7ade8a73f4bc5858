//! What is out of order: stories as cards, then what is loud but not the cause, single findings, what was put away.

use egui::{Align, Button, CollapsingHeader, Label, Layout, Margin, RichText, Sense, Ui, UiBuilder, WidgetInfo, vec2};

use crate::case::Judgement;
use crate::clock::Anchor;
use crate::detect::{Finding, Findings};
use crate::time::format;
use crate::timeline::density::Loudness;
use crate::ui::command::Command;
use crate::ui::findings::{self, Act, Told};
use crate::ui::panel::{Ctx, finding, inspector, story_path};
use crate::ui::reading::{Clocks, Looking, Stage};
use crate::ui::text;
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::glyph;

/// Findings that a box lists.
const LISTED: usize = 100;
/// Hosts that are named in a line.
const NAMED: usize = 4;

/// Draws the panel.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    inspector::beside(ctx, ui, |ui| {
        state(ctx, ui);
        let Some(found) = ctx.found else { return };
        let all = &found.findings;
        if all.list.is_empty() {
            nothing(ctx, ui);
        }
        floating(ctx, ui);
        for (n, told) in ctx.sections.stories.iter().enumerate() {
            ui.push_id(("story", told.story), |ui| card(ctx, ui, all, n + 1, told));
        }
        let s = ctx.sections;
        if s.stories.is_empty() && !all.list.is_empty() {
            let words = "No story is left: what was found stands below.";
            ui.label(RichText::new(words).color(ctx.tokens.text_second));
        }
        section(ctx, ui, all, "Other findings", &s.others);
        section(ctx, ui, all, "Red herrings", &s.herrings);
        section(ctx, ui, all, "Dismissed", &s.dismissed);
    });
}

/// The number of stories and the gravest severity, for badges; nothing before something was found.
pub fn badge(ctx: &Ctx<'_>) -> Option<(String, egui::Color32)> {
    let found = ctx.found?;
    let t = ctx.tokens;
    let s = ctx.sections;
    if s.stories.is_empty() {
        let words = if s.others.is_empty() { "nothing out of order" } else { "no story" };
        return Some((words.to_owned(), if s.others.is_empty() { t.good } else { t.text_second }));
    }
    let told = s.stories.iter().flat_map(|told| told.steps.iter().chain(&told.more)).chain(&s.others);
    let worst = told.filter_map(|&i| found.findings.list.get(i)).map(|f| f.severity).max().unwrap_or_default();
    let words = format!("{}, {}", text::plural(s.stories.len() as u64, "story", "stories"), worst.word());
    Some((words, t.loudness(findings::class(worst))))
}

/// Whether there is more to come, and what hinders it.
fn state(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let say = |ui: &mut Ui, words: &str| {
        ui.add_space(8.0);
        ui.add(Label::new(RichText::new(words).color(t.text_second)).wrap());
        ui.add_space(4.0);
    };
    match (&ctx.reading.stage, &ctx.reading.clocks, &ctx.reading.looking) {
        (Stage::Reading, _, _) => {
            say(ui, "Still reading. Findings come when everything is read and the clocks are known.")
        }
        (_, Clocks::Measuring, _) => {
            say(ui, "Measuring clocks first, so that nothing is blamed for a clock that was off…")
        }
        (_, _, Looking::Under) if ctx.found.is_none() => say(ui, "Looking for what is out of order…"),
        (_, _, Looking::Under) => say(ui, "Looking again, with what came since…"),
        (_, _, Looking::Failed(reason)) => {
            say(ui, &text::cut(reason, 300));
            if ui.button("Look again").clicked() {
                ctx.push(Command::Finding(Act::Again));
            }
        }
        (_, Clocks::Off | Clocks::Failed(_), _) if ctx.found.is_none() => {
            say(ui, "Findings rest on the causal order, and the clocks were not measured.");
            if ui.button("Measure clocks").clicked() {
                ctx.push(Command::MeasureClocks);
            }
        }
        _ => {}
    }
}

fn nothing(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.add_space(12.0);
    ui.label(RichText::new("Nothing is out of order that the rules know").font(theme::strong()).color(t.good));
    let words = "That is no proof that all is well: what nobody logged cannot be found, and only what the rules \
                 describe is looked for. `causeline rules list` names them.";
    ui.add(Label::new(RichText::new(words).color(t.text_second)).wrap());
}

/// Hosts whose clocks nothing ties to the others: findings across them are probable at best.
fn floating(ctx: &Ctx<'_>, ui: &mut Ui) {
    let judge = ctx.shown.judge();
    let floats: Vec<&str> =
        judge.clocks.list.iter().filter(|c| c.anchor == Anchor::Floating).map(|c| c.host.as_str()).collect();
    if floats.is_empty() || judge.clocks.list.len() < 2 {
        return;
    }
    let t = ctx.tokens;
    let n = floats.len();
    let words = format!(
        "{} {}: the order against other hosts is unknown, so what rests on it is not told, or only probable.",
        names(&floats),
        if n == 1 { "floats" } else { "float" }
    );
    ui.add_space(4.0);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 14.0), Sense::hover());
        ui.painter().add(glyph::shape(Loudness::Warning, rect.center(), size::GLYPH, t.warning));
        ui.add(Label::new(RichText::new(words).font(theme::small()).color(t.text_second)).wrap());
    });
}

fn names(hosts: &[impl AsRef<str>]) -> String {
    let named: Vec<String> =
        hosts.iter().take(NAMED).map(|h| text::cut_middle(&text::neutral(h.as_ref(), 60).0, 20)).collect();
    let more = hosts.len().saturating_sub(named.len());
    if more > 0 { format!("{} and {more} more", named.join(", ")) } else { named.join(", ") }
}

fn card(ctx: &Ctx<'_>, ui: &mut Ui, all: &Findings, number: usize, told: &Told) {
    let t = ctx.tokens;
    let Some(story) = all.stories.get(told.story) else { return };
    let drawn = ctx.sections.drawn(ctx.view.look).is_some_and(|d| d.story == told.story);
    let chosen = drawn && ctx.view.look.chosen;
    let border = if drawn { egui::Stroke::new(1.0, t.accent) } else { t.border() };
    ui.add_space(6.0);
    let frame = egui::Frame::new()
        .fill(if drawn { t.background } else { t.panel })
        .stroke(if chosen { border } else { egui::Stroke::new(1.0, border.color.gamma_multiply(0.7)) })
        .corner_radius(size::CARD_CORNER)
        .inner_margin(Margin { left: 12, right: 12, top: 10, bottom: 8 });
    frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let title = findings::words(&story.title);
        let response = pressable(ui, "title", &format!("Story {number}: {title}"), Some(chosen), |ui| {
            ui.add(Label::new(RichText::new(&title).font(theme::title()).color(t.text)).wrap());
            let line = RichText::new(about_story(ctx, all, told)).font(theme::small());
            ui.add(Label::new(line.color(t.text_second)).wrap());
        });
        let tip = if chosen { "Let this story go" } else { "Show this story on the lanes, and lead to its first step" };
        ring(ctx, ui, &response);
        if response.on_hover_text(tip).clicked() {
            ctx.push(Command::Finding(Act::Story(told.story)));
        }
        for (i, &at) in told.steps.iter().enumerate() {
            step(ctx, ui, all, Some((i + 1, drawn)), at);
        }
        if chosen {
            ui.add_space(6.0);
            let reported =
                ctx.found.is_some_and(|f| told.steps.iter().all(|&i| findings::is_reported(f, ctx.notes, i)));
            ui.scope(|ui| {
                ui.spacing_mut().interact_size.y = 26.0;
                report_button(ctx, ui, "story", &told.steps, reported);
            });
        }
        if !told.more.is_empty() {
            let n = told.more.len() as u64;
            let open = ctx.view.look.finding.filter(|f| told.more.contains(f) && ctx.view.look.reveal).map(|_| true);
            let words = format!("What else belongs to it ({n})");
            let header = CollapsingHeader::new(RichText::new(words).color(t.text_second)).id_salt("more").open(open);
            ui.add_space(2.0);
            header.show_unindented(ui, |ui| {
                for &at in &told.more {
                    step(ctx, ui, all, None, at);
                }
            });
        }
    });
}

/// Adds findings to the report, or takes them out of it.
pub fn report_button(ctx: &Ctx<'_>, ui: &mut Ui, what: &str, findings: &[usize], reported: bool) {
    let t = ctx.tokens;
    let (words, color) = if reported {
        (format!("{} In report", icon::CHECK), t.text)
    } else {
        ("Add to report".to_owned(), t.on_accent)
    };
    let button = Button::new(RichText::new(words).font(theme::strong()).color(color));
    let button = if reported { button.fill(t.accent_fill) } else { button.fill(t.accent) };
    let tip = if reported { "Take it out of the report" } else { "The report then tells only what was added" };
    let name = if reported { format!("Take {what} out of the report") } else { format!("Add {what} to the report") };
    if ui.add(button).on_hover_text(tip).accessible_name(name).clicked() {
        ctx.push(Command::Finding(Act::Report(findings.to_vec(), !reported)));
    }
}

/// From when to when, for how long, and on which hosts.
fn about_story(ctx: &Ctx<'_>, all: &Findings, told: &Told) -> String {
    let members: Vec<&Finding> = told.steps.iter().filter_map(|&i| all.list.get(i)).collect();
    let timed = || members.iter().filter(|f| f.first != i64::MIN);
    let mut out = Vec::new();
    if let (Some(from), Some(to)) = (timed().map(|f| f.first).min(), timed().map(|f| f.last.max(f.first)).max()) {
        let words = if to.saturating_sub(from) < 1_000_000_000 {
            clock(ctx, from)
        } else {
            format!("{} – {}", clock(ctx, from), clock(ctx, to))
        };
        out.push(words);
        if to.saturating_sub(from) >= 1_000_000_000 {
            out.push(text::delta(to.saturating_sub(from)).trim_start_matches('+').to_owned());
        }
    }
    let mut hosts: Vec<&String> = members.iter().flat_map(|f| &f.hosts).collect();
    let mut seen = std::collections::BTreeSet::new();
    hosts.retain(|h| seen.insert(h.as_str()));
    if !hosts.is_empty() {
        out.push(names(&hosts));
    }
    out.join(" · ")
}

/// A time of the timeline, as short as it is clear.
pub fn clock(ctx: &Ctx<'_>, time: i64) -> String {
    match time {
        i64::MIN => "no time".to_owned(),
        _ if ctx.shown.within_a_day() => format::time_of_day(time, 1, ctx.view.zone),
        _ => format::local(time, 1, ctx.view.zone, ' '),
    }
}

/// A finding in a few lines; below it everything about it, if it is open.
fn step(ctx: &Ctx<'_>, ui: &mut Ui, all: &Findings, number: Option<(usize, bool)>, at: usize) {
    let t = ctx.tokens;
    let Some(f) = all.list.get(at) else { return };
    let open = ctx.view.look.finding == Some(at);
    let part = findings::part(all, at);
    let color = t.loudness(findings::class(f.severity));
    let title = findings::words(&f.title);
    ui.add_space(4.0);
    let line = ui.cursor().top() - 1.0;
    ui.painter().hline(ui.max_rect().x_range(), line, t.line());
    ui.add_space(2.0);
    ui.push_id(("finding", at), |ui| {
        let name = match number {
            Some((n, _)) => format!("Step {n}, {part}, {}, {}: {title}", f.severity.word(), f.certainty()),
            None => format!("{part}, {}, {}: {title}", f.severity.word(), f.certainty()),
        };
        let response = pressable(ui, "head", &name, Some(open), |ui| {
            ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                ui.spacing_mut().item_spacing.x = 8.0;
                let (rect, _) = ui.allocate_exact_size(vec2(22.0, 20.0), Sense::hover());
                match number {
                    Some((n, drawn)) => {
                        let at = rect.center();
                        story_path::number(ui.painter(), at, n, color, t, f.confidence >= 0.95, drawn);
                    }
                    None => drop(ui.painter().add(mark(f, rect.center(), color, t))),
                }
                ui.with_layout(Layout::top_down(Align::Min), |ui| head(ctx, ui, all, at, f, color));
            });
        });
        ring(ctx, ui, &response);
        if open && ctx.view.look.reveal {
            response.scroll_to_me(Some(Align::Min));
            ctx.push(Command::Finding(Act::Revealed));
        }
        if response.on_hover_text(if open { "Close" } else { "How is it known, and what is to be done?" }).clicked() {
            ctx.push(Command::Finding(Act::Open(at)));
        }
        if open {
            finding::show(ctx, ui, at, f);
        }
    });
}

fn mark(f: &Finding, at: egui::Pos2, color: egui::Color32, t: &theme::Tokens) -> egui::Shape {
    match f.benign {
        Some(_) => glyph::hollow_diamond(at, size::GLYPH + 1.0, t.herring),
        None => glyph::shape(findings::class(f.severity), at, size::GLYPH, color),
    }
}

/// Part, severity, certainty and time; then what it is.
fn head(ctx: &Ctx<'_>, ui: &mut Ui, all: &Findings, at: usize, f: &Finding, color: egui::Color32) {
    let t = ctx.tokens;
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = 15.0;
    let dated = !ctx.shown.within_a_day();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let part = findings::part(all, at).to_uppercase();
        ui.label(RichText::new(part).font(theme::caption()).color(color));
        let said = ctx.found.and_then(|found| findings::verdict(found, ctx.notes, at));
        let (words, color) = match said {
            Some(Judgement::Confirmed) => ("confirmed".to_owned(), t.good),
            Some(other) => (other.word().to_owned(), t.text_third),
            None if f.benign.is_some() => ("harmless".to_owned(), t.herring),
            None => (format!("{} · {}", f.severity.word(), f.certainty()), t.text_second),
        };
        ui.label(RichText::new(words).font(theme::small()).color(color));
        if !dated {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(RichText::new(clock(ctx, f.first)).font(theme::mono_small()).color(t.text_second));
            });
        }
    });
    let title = findings::words(&f.title);
    ui.add(Label::new(RichText::new(&title).color(t.text)).wrap());
    let mut about = Vec::new();
    if dated {
        about.push(clock(ctx, f.first));
    }
    if f.count > 1 {
        about.push(format!("{} times", crate::export::text::count(f.count as u64)));
    }
    if !f.hosts.is_empty() && !f.hosts.iter().all(|h| f.title.contains(h.as_str())) {
        about.push(names(&f.hosts));
    }
    if let Some(reason) = &f.benign {
        about.push(findings::words(reason));
    }
    if !about.is_empty() {
        ui.add(Label::new(RichText::new(about.join(" · ")).font(theme::small()).color(t.text_second)).wrap());
    }
}

/// A part of the panel that can be pressed as a whole, by pointer and by keyboard.
pub fn pressable(
    ui: &mut Ui,
    salt: &str,
    name: &str,
    selected: Option<bool>,
    add: impl FnOnce(&mut Ui),
) -> egui::Response {
    let builder = UiBuilder::new().id_salt(salt).sense(Sense::click());
    let response = ui.scope_builder(builder, add).response;
    response.widget_info(|| match selected {
        Some(on) => WidgetInfo::selected(egui::Role::Button, true, on, name),
        None => WidgetInfo::labeled(egui::Role::Button, true, name),
    });
    response.on_hover_cursor(egui::CursorIcon::PointingHand)
}

/// Shows what the pointer is on, and what has the keyboard.
pub fn ring(ctx: &Ctx<'_>, ui: &Ui, response: &egui::Response) {
    let rect = response.rect.expand(3.0);
    if response.has_focus() {
        let line = egui::Stroke::new(1.0, ctx.tokens.accent);
        ui.painter().rect_stroke(rect, 4.0, line, egui::StrokeKind::Inside);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 4.0, ctx.tokens.accent.gamma_multiply(0.06));
    }
}

fn section(ctx: &Ctx<'_>, ui: &mut Ui, all: &Findings, name: &str, list: &[usize]) {
    if list.is_empty() {
        return;
    }
    let t = ctx.tokens;
    let color = if name == "Red herrings" { t.herring } else { t.text };
    let inside = ctx.view.look.finding.filter(|f| list.contains(f) && ctx.view.look.reveal).map(|_| true);
    ui.add_space(10.0);
    let words = RichText::new(format!("{name} ({})", list.len())).color(color);
    CollapsingHeader::new(words).id_salt(name).open(inside).show_unindented(ui, |ui| {
        for &at in list.iter().take(LISTED) {
            step(ctx, ui, all, None, at);
            if matches!(name, "Dismissed") {
                let restore = ui.add(Button::new("Restore").small());
                let title = all.list.get(at).map_or_else(String::new, |f| findings::words(&f.title));
                if restore.accessible_name(format!("Restore: {title}")).clicked() {
                    ctx.push(Command::Finding(Act::Judge(at, None)));
                }
            }
        }
        if list.len() > LISTED {
            let more = format!("and {} more; `causeline findings` lists all", list.len() - LISTED);
            ui.label(RichText::new(more).color(t.text_third));
        }
    });
}
