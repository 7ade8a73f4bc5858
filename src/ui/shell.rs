//! What belongs to the window and not to a case: samples, recent cases, settings, and keys.

use std::path::PathBuf;

use egui::{Event, Key, KeyboardShortcut, Theme, ThemePreference};

use crate::time::zone::Zone;
use crate::ui::command::COMMANDS;
use crate::ui::keys;
use crate::ui::samples::SAMPLES;
use crate::ui::settings::{Keeper, Placed, Settings, ThemeChoice};
use crate::ui::state::Overlay;
use crate::ui::window::Window;

/// Text grows and shrinks by this much, in percent.
const STEP: i64 = 10;

/// Something that is done to the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Reads one of [`SAMPLES`].
    Sample(usize),
    /// Reads again what was open before, by its place in the list.
    Recent(usize),
    /// Takes one off that list.
    Forget(usize),
    /// Empties that list.
    ForgetAll,
    /// Shows the settings.
    Settings,
    /// Changes between dark and light.
    OtherTheme,
    /// Dark, light, or as the system is.
    SetTheme(ThemeChoice),
    /// Makes text larger (1), smaller (-1) or normal (0).
    Text(i64),
    /// Sets the size of text, in percent.
    SetText(u32),
    /// The zone that new windows show.
    SetZone(String),
    /// Nothing slides or fades.
    ReducedMotion(bool),
    /// The next key that is pressed belongs to this row of the table of commands.
    Listen(Option<usize>),
    /// Gives a command its keys; `None` is those of the table.
    SetKeys(usize, Option<Vec<String>>),
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::Sample(idx) => sample(w, ctx, idx),
        Act::Recent(idx) => recent(w, ctx, idx),
        Act::Forget(idx) => {
            if idx < w.keeper.remembered.recent.len() {
                w.keeper.remembered.recent.remove(idx);
            }
        }
        Act::ForgetAll => w.keeper.remembered.recent.clear(),
        Act::Settings => w.view.overlay = Overlay::Settings { query: String::new(), listening: None },
        Act::OtherTheme => {
            let dark = ctx.theme() == Theme::Dark;
            w.keeper.settings.theme = if dark { ThemeChoice::Light } else { ThemeChoice::Dark };
        }
        Act::SetTheme(theme) => w.keeper.settings.theme = theme,
        Act::Text(by) => {
            let size = if by == 0 { 100 } else { i64::from(w.keeper.settings.text_size) + by * STEP };
            w.keeper.settings.text_size = size.clamp(80, 200).unsigned_abs() as u32;
        }
        Act::SetText(percent) => w.keeper.settings.text_size = percent.clamp(80, 200),
        Act::SetZone(zone) => {
            w.keeper.settings.zone = zone;
            w.view.zone = w.keeper.settings.zone(w.view.system_zone);
        }
        Act::ReducedMotion(on) => w.keeper.settings.reduced_motion = on,
        Act::Listen(row) => listen(w, row),
        Act::SetKeys(row, keys) => set_keys(w, row, keys),
    }
    apply(&w.keeper.settings, ctx);
    w.keeper.save();
}

/// Lets a context look and sound as the settings say.
pub fn apply(settings: &Settings, ctx: &egui::Context) {
    ctx.set_theme(match settings.theme {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
    });
    if (ctx.zoom_factor() - settings.zoom()).abs() > 1e-3 {
        ctx.set_zoom_factor(settings.zoom());
    }
    let time = if settings.reduced_motion { 0.0 } else { 0.12 };
    if (ctx.global_style().animation_time - time).abs() > 1e-6 {
        ctx.all_styles_mut(|style| style.animation_time = time);
    }
    keys::change(&settings.keys);
}

/// Gives a new window what was remembered.
pub fn begin(w: &mut Window, mut keeper: Keeper, system_zone: Option<Zone>) {
    w.view.system_zone = system_zone;
    w.view.zone = keeper.settings.zone(system_zone);
    w.view.sources = keeper.remembered.sources;
    w.view.inspector = keeper.remembered.inspector;
    w.view.list.columns = keeper.remembered.columns.clone();
    w.view.page = keeper.remembered.page.clone();
    w.view.lanes.kept = keeper.remembered.lanes.clone();
    w.view.filters.kept = keeper.remembered.filters.clone();
    let wrong = keys::change(&keeper.settings.keys);
    w.view.message = keeper.trouble.take().or_else(|| wrong.first().map(|what| format!("settings.toml, keys: {what}")));
    w.keeper = keeper;
}

/// Writes down how the window is left: when it closes, and when it no longer has the user's attention, since nobody
/// knows whether it will be closed or killed.
pub fn end(w: &mut Window) {
    let kept = &mut w.keeper.remembered;
    kept.sources = w.view.sources;
    kept.inspector = w.view.inspector;
    kept.columns = w.view.list.columns.clone();
    kept.page = w.view.page.clone();
    kept.lanes = w.view.lanes.kept.clone();
    kept.filters = w.view.filters.kept.clone();
    w.keeper.save();
}

/// Notes where the window and its panels stand, for the next one.
pub fn placed(w: &mut Window, ctx: &egui::Context) {
    let sizes = &mut w.keeper.remembered.sizes;
    for (name, size) in w.layout.sizes.take() {
        match size {
            Some(size) => drop(sizes.insert(name.to_owned(), size)),
            None => drop(sizes.remove(name)),
        }
    }
    let placed = ctx.input(|i| {
        let viewport = i.viewport();
        let inner = viewport.inner_rect?;
        Some(Placed { size: [inner.width(), inner.height()], maximized: viewport.maximized.unwrap_or(false) })
    });
    if let Some(mut placed) = placed {
        if placed.maximized
            && let Some(before) = w.keeper.remembered.window
        {
            placed.size = before.size; // what it shrinks back to
        }
        w.keeper.remembered.window = Some(placed);
    }
    let left = ctx.input(|i| i.events.iter().any(|e| matches!(e, Event::WindowFocused(false))));
    if left {
        end(w);
    }
}

fn sample(w: &mut Window, ctx: &egui::Context, idx: usize) {
    let path = w.reading.samples.as_ref().zip(SAMPLES.get(idx)).map(|(folder, sample)| folder.join(sample.folder));
    match path {
        Some(path) => w.open(ctx, vec![path]),
        None => w.view.message = Some("the sample logs are not beside this program".to_owned()),
    }
}

fn recent(w: &mut Window, ctx: &egui::Context, idx: usize) {
    let Some(recent) = w.keeper.remembered.recent.get(idx).cloned() else { return };
    let there: Vec<PathBuf> = recent.paths.iter().filter(|p| p.exists()).cloned().collect();
    if there.is_empty() {
        w.view.message = Some(format!("{} is not there any more", recent.name()));
        return;
    }
    let gone = recent.paths.len() - there.len();
    w.open(ctx, there);
    if gone > 0 {
        w.view.message = Some(format!("{gone} of the files are not there any more"));
    }
}

fn listen(w: &mut Window, row: Option<usize>) {
    if let Overlay::Settings { listening, .. } = &mut w.view.overlay {
        *listening = row;
    }
}

fn set_keys(w: &mut Window, row: usize, keys: Option<Vec<String>>) {
    listen(w, None);
    let Some(info) = COMMANDS.get(row) else { return };
    let name = info.slug();
    match keys {
        None => {
            w.keeper.settings.keys.remove(&name);
        }
        Some(keys) => {
            // A key does one thing: who had it from the user before has it no longer.
            for others in w.keeper.settings.keys.values_mut() {
                others.retain(|key| !keys.contains(key));
            }
            w.keeper.settings.keys.insert(name, keys);
        }
    }
}

/// While the settings listen for a key, the first that is pressed is taken out of the input: Escape leaves everything as
/// it is, Backspace and Delete leave the command without a key.
pub fn heard(w: &mut Window, ctx: &egui::Context) {
    let Overlay::Settings { listening: Some(row), .. } = w.view.overlay else { return };
    let pressed = ctx.input_mut(|input| {
        let mut pressed = None;
        input.events.retain(|event| match event {
            Event::Key { key, pressed: true, modifiers, .. } => {
                pressed.get_or_insert(KeyboardShortcut::new(*modifiers, *key));
                false
            }
            Event::Text(_) | Event::Copy | Event::Cut | Event::Paste(_) => false,
            _ => true,
        });
        pressed
    });
    let Some(KeyboardShortcut { mut modifiers, logical_key }) = pressed else { return };
    // The table knows one modifier for Ctrl and ⌘.
    modifiers.ctrl = false;
    modifiers.mac_cmd = false;
    let act = match logical_key {
        Key::Escape => Act::Listen(None),
        Key::Backspace | Key::Delete if modifiers.is_none() => Act::SetKeys(row, Some(Vec::new())),
        key => Act::SetKeys(row, Some(vec![keys::key_name(&KeyboardShortcut::new(modifiers, key))])),
    };
    run(w, ctx, act);
}
