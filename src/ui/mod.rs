//! The desktop window: the only folder that names egui.
//!
//! Four kinds of state are never mixed: facts ([`shown::Shown`], read only), the case ([`notes::Notes`], undoable, saved),
//! the view ([`state::ViewState`]), and egui's own. Panels read and push commands; [`command::run`] changes.

pub mod assume;
pub mod assumptions;
pub mod clocks;
pub mod columns;
pub mod command;
pub mod complete;
pub mod copy;
pub mod entity;
pub mod export;
pub mod filter;
pub mod findings;
pub mod headless;
pub mod keys;
pub mod lanes;
pub mod list;
pub mod maker;
pub mod marker;
pub mod marker_words;
pub mod measure;
pub mod navigate;
pub mod notes;
pub mod opened;
pub mod page;
pub mod panel;
pub mod raster;
pub mod reading;
pub mod report;
pub mod samples;
pub mod saving;
pub mod screenshot;
pub mod search;
pub mod settings;
pub mod shell;
pub mod shown;
pub mod standing;
pub mod state;
pub mod sublanes;
pub mod table;
pub mod text;
pub mod theme;
pub mod widget;
pub mod window;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::analysis::Config;
use crate::export::roundtrip::Opened;
use crate::time::zone::Zone;
use crate::ui::settings::Keeper;
use crate::ui::window::Window;

/// Opens the window on `paths` and returns when it is closed. `kept` is what a report that is opened again brought.
///
/// # Errors
/// One sentence for people when there is no display, a library is missing, or there is no OpenGL.
pub fn run(paths: Vec<PathBuf>, config: Config, kept: Option<Opened>) -> Result<(), String> {
    if cfg!(target_os = "linux") && !has_display() {
        return Err(
            "no window can be opened: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)".to_owned()
        );
    }
    let mut window = Window::new(paths, config);
    window.kept = kept;
    shell::begin(&mut window, Keeper::of_user(), system_zone());
    let placed = window.keeper.remembered.window.filter(|p| p.size.iter().all(|s| (400.0..20_000.0).contains(s)));
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title("Causeline")
            .with_app_id("causeline")
            .with_inner_size(placed.map_or([1_280.0, 800.0], |p| p.size))
            .with_maximized(placed.is_some_and(|p| p.maximized))
            .with_min_inner_size([760.0, 480.0])
            .with_drag_and_drop(true),
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    let started = Arc::new(AtomicBool::new(false));
    hush(&started);
    let on_start = started.clone();
    let create: eframe::AppCreator<'_> = Box::new(move |_| {
        on_start.store(true, Ordering::Relaxed);
        Ok(Box::new(App { window, later: Vec::new() }))
    });
    let result = catch_unwind(AssertUnwindSafe(|| eframe::run_native("causeline", options, create)));
    drop(std::panic::take_hook());
    let error = match result {
        Ok(Ok(())) => return Ok(()),
        Ok(Err(error)) => error.to_string(),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default().to_owned()
        }
    };
    if started.load(Ordering::Relaxed) {
        return Err("the window was lost; marks and comments are saved".to_owned());
    }
    Err(reason(&error))
}

/// Panics that mean "a library is missing" (before the first frame) or "the display is gone" (in the window
/// library) are told in our words by [`run`]; only faults of our own are printed as they are.
fn hush(started: &Arc<AtomicBool>) {
    const OUTSIDE: [&str; 4] = ["/winit-", "/glutin", "/xkbcommon", "/x11-dl-"];
    let (usual, started) = (std::panic::take_hook(), started.clone());
    std::panic::set_hook(Box::new(move |info| {
        let outside = info.location().is_some_and(|l| OUTSIDE.iter().any(|part| l.file().contains(part)));
        if started.load(Ordering::Relaxed) && !outside {
            usual(info);
        }
    }));
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()))
}

/// The libraries the window loads when it starts, as Debian names their packages.
const LIBRARIES: &str = "libx11-6 libxcursor1 libxi6 libx11-xcb1 libxkbcommon-x11-0 libgl1 libegl1";

/// What went wrong, without the paths and line numbers of the machine that built this program.
fn reason(error: &str) -> String {
    let low = error.to_lowercase();
    let what = if low.contains("xkbcommon")
        || low.contains("xlib's shared libraries")
        || low.contains("could not be loaded")
    {
        format!("a library is missing; on Debian and Ubuntu: apt install {LIBRARIES}")
    } else if low.contains("glutin") || low.contains("opengl") || low.contains("egl") || low.contains("glx") {
        format!("there is no OpenGL; on Debian and Ubuntu: apt install {LIBRARIES}")
    } else if low.contains("x server") || low.contains("wayland") || low.contains("display") {
        "the display does not answer".to_owned()
    } else {
        "the window system does not work here".to_owned()
    };
    format!("no window can be opened: {what}")
}

/// The zone this computer is set to.
fn system_zone() -> Option<Zone> {
    let named = std::env::var("TZ").ok().map(|tz| tz.trim_start_matches(':').to_owned());
    let linked = || {
        let target = std::fs::read_link("/etc/localtime").ok()?.to_string_lossy().into_owned();
        target.split_once("zoneinfo/").map(|(_, name)| name.to_owned())
    };
    let written = || std::fs::read_to_string("/etc/timezone").ok().map(|text| text.trim().to_owned());
    let zone = named.or_else(linked).or_else(written).and_then(|name| Zone::parse(&name))?;
    // Etc/UTC and its likes are offered anyway.
    let is_utc = zone.name().ends_with("UTC") || zone.name().ends_with("UCT");
    (!is_utc).then_some(zone)
}

struct App {
    window: Window,
    /// Events that were put off to the next frame.
    later: Vec<egui::Event>,
}

/// What must wait for the next frame: keys that take the keyboard from a field, or finish what stands in it, before it
/// sees letters that were typed in the same frame; those would be lost. On a busy machine a frame holds many keys.
fn put_off(events: &mut Vec<egui::Event>) -> Vec<egui::Event> {
    use egui::{Event, Key};
    let leaves = |e: &Event| match e {
        Event::Key { key, pressed: true, modifiers, .. } => {
            let ends =
                matches!(key, Key::Escape | Key::Tab | Key::Enter | Key::Backspace | Key::ArrowUp | Key::ArrowDown);
            ends || modifiers.command
        }
        _ => false,
    };
    let typed = |e: &egui::Event| matches!(e, egui::Event::Text(_) | egui::Event::Paste(_) | egui::Event::Ime(_));
    let Some(first) = events.iter().position(typed) else { return Vec::new() };
    let behind = events.iter().skip(first).position(leaves);
    behind.map_or_else(Vec::new, |behind| events.split_off(first + behind))
}

impl eframe::App for App {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        self.window.logic(ctx);
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.window.show(ui);
    }

    fn raw_input_hook(&mut self, ctx: &egui::Context, raw_input: &mut egui::RawInput) {
        raw_input.events.splice(0..0, self.later.drain(..));
        self.later = put_off(&mut raw_input.events);
        if !self.later.is_empty() {
            ctx.request_repaint();
        }
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.window.notes.flush();
        shell::end(&mut self.window);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_before_escape_are_seen_first() {
        let key = |key| egui::Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: egui::Modifiers::NONE,
        };
        let mut events = vec![egui::Event::Text("s".to_owned()), key(egui::Key::Escape), key(egui::Key::J)];
        assert_eq!(put_off(&mut events).len(), 2);
        assert_eq!(events.len(), 1);
        let mut events = vec![egui::Event::Text("g".to_owned()), key(egui::Key::Enter)];
        assert_eq!(put_off(&mut events).len(), 1, "Enter finishes what was typed, all of it");
        let mut events = vec![key(egui::Key::Escape), egui::Event::Text("j".to_owned())];
        assert_eq!(put_off(&mut events).len(), 0);
    }

    #[test]
    fn reasons_name_no_path_of_the_build() {
        let library = "Library libxkbcommon-x11.so could not be loaded. at /root/.cargo/registry/src/x.rs:33:9";
        for error in
            [library, "NoGlutinConfigs(ConfigTemplate { … })", "neither WAYLAND_DISPLAY nor DISPLAY is set", "?"]
        {
            let told = reason(error);
            assert!(told.starts_with("no window can be opened: ") && !told.contains(".cargo"), "{told}");
        }
        assert!(reason(library).contains("libxkbcommon-x11-0"));
    }
}
