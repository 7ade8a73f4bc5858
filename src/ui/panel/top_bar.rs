//! The top bar: what to open, whether to follow, the filter with its count, the zone, the theme.

use egui::containers::menu::MenuButton;
use egui::{Align, Button, Layout, Margin, RichText, Sense, TextEdit, Ui, vec2};

use crate::time::zone::Zone;
use crate::ui::command::{COMMANDS, Command, Group};
use crate::ui::keys;
use crate::ui::panel::Ctx;
use crate::ui::samples::SAMPLES;
use crate::ui::shell::Act;
use crate::ui::text;
use crate::ui::theme::{self, icon, size};

/// Zones that are offered beside UTC, the system's and those that the sources name.
const ZONES: [&str; 10] = [
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/New_York",
    "Europe/London",
    "Europe/Berlin",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Australia/Sydney",
];

/// Draws the top bar.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    egui::Panel::top("top-bar").exact_size(size::TOP_BAR).frame(ctx.tokens.frame(12, 0)).show(ui, |ui| {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            open_menu(ctx, ui);
            if ctx.is_open() {
                follow(ctx, ui);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                palette_button(ctx, ui);
                theme_button(ctx, ui);
                if ctx.is_open() {
                    export_menu(ctx, ui);
                }
                zone_menu(ctx, ui);
                if ctx.is_open() {
                    order_switch(ctx, ui);
                    filter(ctx, ui);
                }
            });
        });
    });
}

fn open_menu(ctx: &Ctx<'_>, ui: &mut Ui) {
    let button = Button::new(RichText::new(format!("Open  {}", icon::MENU)).font(theme::strong()));
    MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(230.0);
        for row in COMMANDS.iter().filter(|row| row.group == Group::Logs) {
            let offered = match row.command {
                Command::Reload | Command::Follow | Command::AddFiles => ctx.is_open(),
                Command::Cancel => ctx.reading.stage == crate::ui::reading::Stage::Reading,
                // Samples and recent cases have menus of their own.
                Command::Shell(_) => continue,
                _ => true,
            };
            let key = keys::key_text(&row.command);
            let button = Button::new(row.name)
                .shortcut_text(RichText::new(key).color(ctx.tokens.text_third))
                .frame_when_inactive(false);
            if ui.add_enabled(offered, button).on_hover_text(row.about).clicked() {
                ctx.push(row.command.clone());
                ui.close();
            }
        }
        let recent = ctx.keeper.remembered.recent.iter().map(|r| (r.name(), r.place()));
        sub_menu(ctx, ui, "Recent", recent.collect(), Act::Recent);
        if ctx.reading.samples.is_some() {
            let samples = SAMPLES.iter().map(|s| (s.title.to_owned(), s.about.to_owned()));
            sub_menu(ctx, ui, "Samples", samples.collect(), Act::Sample);
        }
    });
}

/// A menu in the menu: names, and what is told when the pointer rests on one.
fn sub_menu(ctx: &Ctx<'_>, ui: &mut Ui, title: &str, rows: Vec<(String, String)>, act: fn(usize) -> Act) {
    if rows.is_empty() {
        return;
    }
    ui.menu_button(title, |ui| {
        ui.set_min_width(230.0);
        for (idx, (name, about)) in rows.into_iter().enumerate() {
            let button = Button::new(text::neutral(&name, 60).0).frame_when_inactive(false);
            if ui.add(button).on_hover_text(text::neutral(&about, 200).0).clicked() {
                ctx.push(Command::Shell(act(idx)));
                ui.close();
            }
        }
    });
}

fn export_menu(ctx: &Ctx<'_>, ui: &mut Ui) {
    let button = Button::new(format!("Export {}", icon::MENU));
    MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(250.0);
        for row in COMMANDS.iter().filter(|row| matches!(row.command, Command::Export(_))) {
            let key = RichText::new(keys::key_text(&row.command)).color(ctx.tokens.text_third);
            let button = Button::new(row.name).shortcut_text(key).frame_when_inactive(false);
            if ui.add(button).on_hover_text(row.about).clicked() {
                ctx.push(row.command.clone());
                ui.close();
            }
        }
    });
}

fn follow(ctx: &Ctx<'_>, ui: &mut Ui) {
    let on = ctx.reading.following;
    let (mark, color) = if on { (icon::ON, ctx.tokens.good) } else { (icon::OFF, ctx.tokens.text_second) };
    let text = RichText::new(format!("{mark} Follow")).color(color);
    let button = Button::selectable(on, text);
    let tip =
        if on { "Lines appear as they are written. Space stops it." } else { "Show lines as they are written (Space)" };
    if ui.add(button).on_hover_text(tip).clicked() {
        ctx.push(Command::Follow);
    }
}

fn palette_button(ctx: &Ctx<'_>, ui: &mut Ui) {
    let text = RichText::new(keys::key_text(&Command::Palette)).font(theme::mono_small()).color(ctx.tokens.text_second);
    let response = ui.add(Button::new(text).frame_when_inactive(false)).on_hover_text("All commands");
    if response.accessible_name("All commands").clicked() {
        ctx.push(Command::Palette);
    }
}

fn theme_button(ctx: &Ctx<'_>, ui: &mut Ui) {
    let text = RichText::new(icon::THEME).color(ctx.tokens.text_second);
    let response = ui.add(Button::new(text).frame_when_inactive(false)).on_hover_text("Dark or light");
    if response.accessible_name("Dark or light").clicked() {
        ctx.push(Command::Shell(Act::OtherTheme));
    }
}

/// Causal or as recorded, and whether lines lead from the one to the other.
fn order_switch(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let causal = ctx.shown.is_causal();
    let segment = |on: bool, words: &str| {
        let color = if on { t.text } else { t.text_second };
        let button = Button::new(RichText::new(words).color(color)).selected(on);
        if on { button.fill(t.accent_fill).stroke(egui::Stroke::new(1.0, t.accent)) } else { button }
    };
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = -1.0;
        let key = keys::key_text(&Command::Order);
        // From the right to the left, as the bar is laid out.
        let tip = format!("Order events by their recorded stamps ({key})");
        let recorded = ui.add(segment(!causal, "As recorded")).on_hover_text(tip);
        if recorded.clicked() {
            ctx.push(Command::SetOrder(false));
        }
        let measuring = ctx.reading.clocks == crate::ui::reading::Clocks::Measuring;
        let words = if measuring && ctx.view.causal && !causal { "Causal …" } else { "Causal" };
        let tip = format!("Order events by cause, with the hosts' clocks corrected ({key})");
        if ui.add(segment(causal, words)).on_hover_text(tip).accessible_name("Causal").clicked() {
            ctx.push(Command::SetOrder(true));
        }
    });
    let text = RichText::new(icon::SHIFTS).color(if ctx.view.shifts { t.accent } else { t.text_second });
    let tip = format!("Show where the recorded stamps are ({})", keys::key_text(&Command::Shifts));
    let shifts = ui.add(Button::new(text).frame_when_inactive(ctx.view.shifts)).on_hover_text(tip);
    if shifts.accessible_name("Show shifts").clicked() {
        ctx.push(Command::Shifts);
    }
}

fn zone_menu(ctx: &Ctx<'_>, ui: &mut Ui) {
    let name = ctx.view.zone.name();
    let button = Button::new(format!("{name} {}", icon::MENU));
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| {
        ui.set_min_width(200.0);
        let mut offered = vec![Zone::default()];
        let mut title = |ui: &mut Ui, title: &str, zones: Vec<Zone>| {
            let new: Vec<Zone> = zones.into_iter().filter(|z| !offered.contains(z)).collect();
            if new.is_empty() {
                return;
            }
            ui.add_space(4.0);
            ui.label(RichText::new(title).font(theme::caption()).color(ctx.tokens.text_third));
            for zone in new {
                if !offered.contains(&zone) {
                    zone_row(ctx, ui, zone);
                    offered.push(zone);
                }
            }
        };
        zone_row(ctx, ui, Zone::default());
        title(ui, "This computer", ctx.view.system_zone.into_iter().collect());
        let named = ctx.shown.analysis.infos.iter().filter_map(|i| Zone::parse(&i.zone));
        title(ui, "In these logs", named.take(200).collect());
        title(ui, "Others", ZONES.iter().filter_map(|z| Zone::parse(z)).collect());
    });
    response.on_hover_text("The zone that times are shown in");
}

fn zone_row(ctx: &Ctx<'_>, ui: &mut Ui, zone: Zone) {
    let button = Button::selectable(ctx.view.zone == zone, zone.name());
    if ui.add(button).clicked() {
        ctx.push(Command::SetZone(zone));
        ui.close();
    }
}

fn filter(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let failed = ctx.view.filter_error.is_some();
    let border = if failed { egui::Stroke::new(1.0, t.error) } else { t.border() };
    let frame = egui::Frame::new()
        .fill(t.background)
        .stroke(border)
        .corner_radius(size::CORNER)
        .inner_margin(Margin::symmetric(10, 0));
    frame.show(ui, |ui| {
        ui.set_height(size::CONTROL);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if !ctx.view.filter.is_empty() {
                let clear = Button::new(RichText::new(icon::CLOSE).color(t.text_third)).frame(false);
                if ui.add(clear).on_hover_text("Show all events").accessible_name("Clear filter").clicked() {
                    ctx.push(Command::ClearFilter);
                }
            }
            filter_count(ctx, ui);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(egui::Label::new(RichText::new(icon::SEARCH).color(t.text_third)).sense(Sense::hover()));
                let mut typed = ctx.view.filter.clone();
                let hint = RichText::new("Filter: words, \"phrases\", /regex/, host: source: level>= -not")
                    .color(t.text_third);
                let edit = TextEdit::singleline(&mut typed)
                    .id(egui::Id::unique("filter"))
                    .hint_text(hint)
                    .frame(egui::Frame::NONE)
                    .align(egui::Align2::LEFT_CENTER)
                    .min_size(vec2(60.0, size::CONTROL))
                    .desired_width(f32::INFINITY);
                let response = ui.add(edit).accessible_name("Filter");
                if ctx.view.focus_filter {
                    response.request_focus();
                    ctx.push(Command::FilterFocused);
                }
                if response.changed() {
                    ctx.push(Command::SetFilter(typed));
                }
            });
        });
    });
}

fn filter_count(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    if let Some((at, message)) = &ctx.view.filter_error {
        let whole = format!("character {}: {message}", at + 1);
        let label = RichText::new(text::cut(&whole, 60)).color(t.error);
        ui.label(label).on_hover_text(whole);
        return;
    }
    let all = ctx.shown.analysis.events.len() as u64;
    let kept = ctx.shown.rows.len() as u64;
    if ctx.filtering {
        ui.label(RichText::new("filtering…").color(t.text_third));
    }
    let count = if kept == all {
        text::plural(all, "event", "events")
    } else {
        format!(
            "{} of {} · {} hidden",
            crate::export::text::count(kept),
            crate::export::text::count(all),
            crate::export::text::count(all - kept.min(all))
        )
    };
    ui.label(RichText::new(count).font(theme::mono()).color(t.text_second));
}
