//! The settings: how the window looks, which zone it begins with, and which keys do what.

use egui::{Align, Button, Layout, RichText, Slider, TextEdit, Ui, vec2};

use crate::time::zone::Zone;
use crate::ui::command::{COMMANDS, Command};
use crate::ui::keys;
use crate::ui::panel::{Ctx, overlay};
use crate::ui::settings::ThemeChoice;
use crate::ui::shell::Act;
use crate::ui::state::Overlay;
use crate::ui::theme::{self, icon, size};

/// Width of the names of settings, in points.
const NAMES: f32 = 130.0;

/// Draws them. `listening` is the row of the table of commands that the next key belongs to.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui, query: &str, listening: Option<usize>) {
    let t = ctx.tokens;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Settings").font(theme::title()));
        let place = ctx.keeper.settings_file().map_or_else(|| "not kept".to_owned(), |p| p.display().to_string());
        ui.label(RichText::new(place).font(theme::mono_small()).color(t.text_third));
        close(ctx, ui);
    });
    ui.add_space(8.0);
    named(ctx, ui, "Theme", themes);
    named(ctx, ui, "Text size", text_size);
    named(ctx, ui, "Zone", zones);
    named(ctx, ui, "Motion", |ctx, ui| {
        let mut reduced = ctx.keeper.settings.reduced_motion;
        if ui.checkbox(&mut reduced, "Nothing slides or fades").changed() {
            ctx.push(Command::Shell(Act::ReducedMotion(reduced)));
        }
    });
    ui.add_space(10.0);
    ui.label(RichText::new("KEYS").font(theme::caption()).color(t.text_third));
    search(ctx, ui, query, listening);
    ui.add_space(4.0);
    egui::ScrollArea::vertical().max_height(300.0).min_scrolled_height(300.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for row in overlay::found(query) {
            if let Some(idx) = COMMANDS.iter().position(|other| std::ptr::eq(other, row)) {
                ui.push_id(idx, |ui| key_row(ctx, ui, idx, listening == Some(idx)));
            }
        }
    });
}

fn close(ctx: &Ctx<'_>, ui: &mut Ui) {
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let button = Button::new(RichText::new(icon::CLOSE).color(ctx.tokens.text_third)).frame_when_inactive(false);
        if ui.add(button).on_hover_text("Close (Escape)").accessible_name("Close settings").clicked() {
            ctx.push(Command::SetOverlay(Overlay::None));
        }
    });
}

fn named(ctx: &Ctx<'_>, ui: &mut Ui, name: &str, content: impl FnOnce(&Ctx<'_>, &mut Ui)) {
    ui.horizontal(|ui| {
        ui.allocate_ui_with_layout(vec2(NAMES, size::CONTROL), Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_width(NAMES);
            ui.label(RichText::new(name).color(ctx.tokens.text_second));
        });
        content(ctx, ui);
    });
}

fn themes(ctx: &Ctx<'_>, ui: &mut Ui) {
    for (choice, words) in
        [(ThemeChoice::System, "As the system"), (ThemeChoice::Dark, "Dark"), (ThemeChoice::Light, "Light")]
    {
        let on = ctx.keeper.settings.theme == choice;
        if ui.add(Button::selectable(on, words)).clicked() {
            ctx.push(Command::Shell(Act::SetTheme(choice)));
        }
    }
}

fn text_size(ctx: &Ctx<'_>, ui: &mut Ui) {
    let mut percent = ctx.keeper.settings.text_size;
    let slider = Slider::new(&mut percent, 80..=200).step_by(10.0).suffix(" %").update_while_editing(false);
    let response = ui.add(slider).accessible_name("Text size");
    // While the handle is held, the window must not grow under it.
    if response.changed() && !response.dragged() || response.drag_stopped() {
        ctx.push(Command::Shell(Act::SetText(percent)));
    }
    let keys = format!(
        "{} and {}",
        keys::key_text(&Command::Shell(Act::Text(1))),
        keys::key_text(&Command::Shell(Act::Text(-1)))
    );
    ui.label(RichText::new(keys).font(theme::mono_small()).color(ctx.tokens.text_third));
}

fn zones(ctx: &Ctx<'_>, ui: &mut Ui) {
    let chosen = &ctx.keeper.settings.zone;
    let mut offered = vec![("UTC".to_owned(), "UTC".to_owned())];
    if let Some(zone) = ctx.view.system_zone {
        offered.push(("system".to_owned(), format!("This computer's ({})", zone.name())));
    }
    for (value, words) in offered {
        if ui.add(Button::selectable(*chosen == value, words)).clicked() {
            ctx.push(Command::Shell(Act::SetZone(value)));
        }
    }
    let is_named = chosen != "UTC" && chosen != "system";
    let id = egui::Id::unique("settings-zone");
    let mut typed =
        ui.data(|d| d.get_temp::<String>(id)).unwrap_or_else(|| if is_named { chosen.clone() } else { String::new() });
    let known = Zone::parse(typed.trim()).is_some();
    let color = if known || typed.is_empty() { ctx.tokens.text } else { ctx.tokens.error };
    let edit = TextEdit::singleline(&mut typed).hint_text("or Europe/Berlin").text_color(color).desired_width(150.0);
    let edit = edit.align(egui::Align2::LEFT_CENTER).min_size(vec2(0.0, size::CONTROL));
    let response = ui.add(edit).accessible_name("Zone by name");
    if response.changed() {
        let zone = Zone::parse(typed.trim());
        if zone.is_some() {
            ctx.push(Command::Shell(Act::SetZone(typed.trim().to_owned())));
        }
        ui.data_mut(|d| d.insert_temp(id, typed));
    } else if response.lost_focus() {
        ui.data_mut(|d| d.remove_temp::<String>(id));
    }
}

fn search(ctx: &Ctx<'_>, ui: &mut Ui, query: &str, listening: Option<usize>) {
    let mut typed = query.to_owned();
    let edit = TextEdit::singleline(&mut typed).hint_text("Find a command").desired_width(f32::INFINITY);
    let edit = edit.align(egui::Align2::LEFT_CENTER).min_size(vec2(0.0, size::CONTROL));
    if ui.add(edit).accessible_name("Find a command").changed() {
        ctx.push(Command::SetOverlay(Overlay::Settings { query: typed, listening }));
    }
}

fn key_row(ctx: &Ctx<'_>, ui: &mut Ui, idx: usize, listening: bool) {
    let t = ctx.tokens;
    let Some(row) = COMMANDS.get(idx) else { return };
    let changed = ctx.keeper.settings.keys.contains_key(&row.slug());
    ui.horizontal(|ui| {
        ui.spacing_mut().interact_size.y = 22.0;
        ui.label(RichText::new(row.name).color(t.text)).on_hover_text(row.about);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(12.0);
            let words = if listening { "Press a key…" } else { "Change" };
            let button = Button::new(RichText::new(words).font(theme::small())).selected(listening);
            let name = format!("Change the keys of {}", row.name);
            let tip = "Then press the keys; Backspace leaves it without any, Escape as it is";
            if ui.add(button).on_hover_text(tip).accessible_name(name).clicked() {
                ctx.push(Command::Shell(Act::Listen((!listening).then_some(idx))));
            }
            if changed {
                let button = Button::new(RichText::new("Reset").font(theme::small()));
                let name = format!("Reset the keys of {}", row.name);
                if ui.add(button).on_hover_text("The usual keys again").accessible_name(name).clicked() {
                    ctx.push(Command::Shell(Act::SetKeys(idx, None)));
                }
            }
            let names: Vec<String> = keys::of(row).iter().map(keys::key_name).collect();
            let words = if names.is_empty() { "none".to_owned() } else { names.join("   ") };
            let color = if changed { t.accent } else { t.text_second };
            ui.label(RichText::new(words).font(theme::mono_small()).color(color));
        });
    });
}
