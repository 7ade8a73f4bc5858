//! Drives the window without a display: pictures of it, measurements and tests all go through here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use egui::accesskit::TreeUpdate;
use egui::epaint::ClippedPrimitive;
use egui::{Event, Pos2, RawInput, Rect, Vec2, ViewportId};

use crate::ui::command::{self, Command};
use crate::ui::raster::Raster;
use crate::ui::window::Window;

/// A frame that is asked for within this time belongs to what is going on; later ones are a cursor that blinks.
const SOON: Duration = Duration::from_millis(60);
/// Animations are over after so many frames, which stand for 10 s; what still moves then never rests.
const MOST_FRAMES: usize = 600;
/// Without a sign from a thread the window is looked at again after this time.
const A_WHILE: Duration = Duration::from_millis(20);

/// What a frame brought.
pub struct Frame {
    /// What is to be drawn.
    pub meshes: Vec<ClippedPrimitive>,
    /// When the next frame is wanted; [`Duration::MAX`] is never.
    pub next: Duration,
    /// What a screen reader is told, where [`egui::Context::enable_accesskit`] was called.
    pub names: Option<TreeUpdate>,
    /// Work of the frame on the CPU, tessellation included.
    pub work: Duration,
    /// Tessellation alone.
    pub tessellation: Duration,
}

/// A window without a frame around it.
pub struct Headless {
    /// egui's own state.
    pub ctx: egui::Context,
    /// The window.
    pub window: Window,
    /// Its size in points.
    pub size: Vec2,
    /// Pixels of a point, before the user's size of text.
    pub scale: f32,
    /// Textures, where the frames are to be drawn.
    pub raster: Option<Raster>,
    time: f64,
    woken: Receiver<()>,
    requests: Arc<AtomicU64>,
}

impl Headless {
    /// `size` in points, `scale` pixels each.
    pub fn new(window: Window, size: Vec2, scale: f32) -> Self {
        let ctx = egui::Context::default();
        let (waker, woken) = sync_channel(1);
        let requests = Arc::new(AtomicU64::new(0));
        let count = requests.clone();
        ctx.set_request_repaint_callback(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
            // Full: it will wake anyway.
            waker.try_send(()).ok();
        });
        Headless { ctx, window, size, scale, raster: None, time: 0.0, woken, requests }
    }

    fn input(&self, events: Vec<Event>) -> RawInput {
        let mut input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, self.size / self.ctx.zoom_factor())),
            max_texture_side: Some(8_192),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        if let Some(viewport) = input.viewports.get_mut(&ViewportId::ROOT) {
            viewport.native_pixels_per_point = Some(self.scale);
        }
        input
    }

    /// Draws a frame, 1/60 s after the last.
    pub fn frame(&mut self, events: Vec<Event>) -> Frame {
        self.time += 1.0 / 60.0;
        let input = self.input(events);
        let begun = Instant::now();
        let mut output = self.ctx.run_ui(input, |ui| self.window.show(ui));
        let shown = Instant::now();
        let shapes = std::mem::take(&mut output.shapes);
        let meshes = self.ctx.tessellate(shapes, output.pixels_per_point);
        let (tessellation, work) = (shown.elapsed(), begun.elapsed());
        match &mut self.raster {
            Some(raster) => raster.update(&mut output.textures_delta),
            None => output.textures_delta.clear(),
        }
        let next = output.viewport_output.get(&ViewportId::ROOT).map_or(Duration::MAX, |v| v.repaint_delay);
        let names = output.platform_output.accesskit_update.take();
        Frame { meshes, next, names, work, tessellation }
    }

    /// Does what a key or a click would.
    pub fn run(&mut self, command: Command) {
        command::run(&mut self.window, &self.ctx.clone(), command);
    }

    /// Takes over what threads have made until they are done, without drawing. False when `most` has passed before.
    pub fn read(&mut self, most: Duration) -> bool {
        let end = Instant::now() + most;
        loop {
            let input = self.input(Vec::new());
            let window = &mut self.window;
            // What it asks of a window (a title) nobody sees here.
            drop(self.ctx.run_logic(&input, |ctx| window.logic(ctx)));
            if !self.window.is_busy() {
                return true;
            }
            if Instant::now() >= end {
                return false;
            }
            self.wait(A_WHILE);
        }
    }

    /// Draws until threads are done, animations are over and nothing asks for another frame soon; the last frame.
    /// `None` when `most` has passed before.
    pub fn settle(&mut self, most: Duration) -> Option<Frame> {
        let end = Instant::now() + most;
        loop {
            // Some threads are only listened to while their page is drawn.
            while self.window.is_busy() {
                if Instant::now() >= end {
                    return None;
                }
                self.frame(Vec::new());
                self.wait(A_WHILE);
            }
            let mut last = self.frame(Vec::new());
            for _ in 0..MOST_FRAMES {
                if last.next > SOON {
                    break;
                }
                last = self.frame(Vec::new());
            }
            if !self.window.is_busy() {
                return Some(last);
            }
        }
    }

    /// Waits until a thread asks for a frame, at most this long; false when none did.
    pub fn wait(&self, most: Duration) -> bool {
        !matches!(self.woken.recv_timeout(most), Err(RecvTimeoutError::Timeout))
    }

    /// How often a frame was asked for when none was due, so far.
    pub fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }
}
