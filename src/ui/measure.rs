//! Frame times without a display: the window is driven by a script of panning, zooming, scrolling and filtering.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Event, Modifiers, MouseWheelUnit, Pos2, RawInput, Rect, TouchPhase, pos2, vec2};

use crate::analysis::Config;
use crate::timeline::density::Density;
use crate::ui::command::{self, Command};
use crate::ui::lanes::Act;
use crate::ui::window::Window;

/// What the frames took, without the rasteriser.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameStats {
    /// Number of events that were shown.
    pub events: usize,
    /// Number of frames measured.
    pub frames: usize,
    /// Half of the frames took less.
    pub median_ms: f64,
    /// One frame of a hundred took longer.
    pub p99_ms: f64,
    /// The longest.
    pub max_ms: f64,
    /// The median of tessellation alone, which the others contain.
    pub tessellate_median_ms: f64,
    /// Changing between causal order and as recorded, with the frame behind it, the longest.
    pub switch_ms: f64,
    /// From the last key of a filter to its rows, the longest.
    pub filter_ms: f64,
    /// What the longest frame did.
    pub slowest: &'static str,
    /// Counting all events for the timeline, once a snapshot, on a thread.
    pub density_ms: f64,
    /// What that takes, in bytes for each event.
    pub density_bytes: f64,
}

/// Reads `paths`, then drives the window for `seconds`.
pub fn measure(paths: Vec<PathBuf>, config: Config, seconds: f64) -> FrameStats {
    let mut driver = Driver::new(Window::new(paths, config));
    while driver.window.is_busy() {
        driver.frame(Vec::new(), "reading");
        std::thread::sleep(Duration::from_millis(2));
    }
    driver.settle();
    driver.times.clear();
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut filter_ms: f64 = 0.0;
    while Instant::now() < end {
        driver.pan_and_zoom();
        driver.scroll();
        filter_ms = filter_ms.max(driver.filter("error"));
        driver.scroll();
        driver.pan_and_zoom();
        filter_ms = filter_ms.max(driver.filter(""));
        driver.choose();
        driver.open_lanes();
        if driver.window.shown.is_causal() {
            driver.switch();
        }
    }
    driver.stats(filter_ms)
}

const SWITCHING: &str = "changing the order";

struct Frame {
    whole: f64,
    tessellate: f64,
    what: &'static str,
}

struct Driver {
    ctx: egui::Context,
    window: Window,
    time: f64,
    times: Vec<Frame>,
}

impl Driver {
    const SIZE: egui::Vec2 = vec2(1_600.0, 1_000.0);
    const LANES: Pos2 = pos2(800.0, 300.0);
    const LIST: Pos2 = pos2(800.0, 860.0);

    fn new(window: Window) -> Self {
        Driver { ctx: egui::Context::default(), window, time: 0.0, times: Vec::new() }
    }

    fn frame(&mut self, events: Vec<Event>, what: &'static str) {
        self.time += 1.0 / 60.0;
        let input = RawInput {
            screen_rect: Some(Rect::from_min_size(Pos2::ZERO, Self::SIZE)),
            time: Some(self.time),
            events,
            ..RawInput::default()
        };
        let begun = Instant::now();
        let mut output = self.ctx.run_ui(input, |ui| self.window.show(ui));
        let drawn = Instant::now();
        let shapes = std::mem::take(&mut output.shapes);
        let meshes = self.ctx.tessellate(shapes, output.pixels_per_point);
        let tessellate = drawn.elapsed().as_secs_f64() * 1e3;
        let whole = begun.elapsed().as_secs_f64() * 1e3;
        drop(meshes);
        output.drop_without_applying_deltas();
        self.times.push(Frame { whole, tessellate, what });
    }

    fn settle(&mut self) {
        for _ in 0..20 {
            self.frame(Vec::new(), "settling");
        }
    }

    fn wheel(&mut self, at: Pos2, delta: egui::Vec2, what: &'static str) {
        let wheel = Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta,
            phase: TouchPhase::Move,
            modifiers: Modifiers::NONE,
            source: egui::MouseWheelSource::Wheel,
        };
        self.frame(vec![Event::PointerMoved(at), wheel], what);
    }

    fn pan_and_zoom(&mut self) {
        for i in 0..90 {
            let at = Self::LANES + vec2((i % 9) as f32 * 40.0 - 160.0, 0.0);
            self.wheel(at, vec2(0.0, 40.0), "zooming in");
            self.wheel(at, vec2(25.0, 0.0), "panning");
        }
        for _ in 0..90 {
            self.wheel(Self::LANES, vec2(0.0, -40.0), "zooming out");
        }
        command::run(&mut self.window, &self.ctx.clone(), Command::FitAll);
        self.frame(Vec::new(), "all of it");
    }

    /// The same with all lanes open to their files.
    fn open_lanes(&mut self) {
        command::run(&mut self.window, &self.ctx.clone(), Command::Lanes(Act::OpenAll));
        self.frame(Vec::new(), "opening lanes");
        while self.window.is_busy() {
            self.frame(Vec::new(), "opening lanes");
            std::thread::sleep(Duration::from_millis(4));
        }
        self.pan_and_zoom();
        command::run(&mut self.window, &self.ctx.clone(), Command::Lanes(Act::CloseAll));
    }

    fn scroll(&mut self) {
        for part in [0.0, 0.3, 0.7, 0.99] {
            let row = (self.window.shown.rows.len() as f64 * part) as usize;
            self.window.view.show_row(&self.window.layout, row, true);
            for _ in 0..25 {
                self.wheel(Self::LIST, vec2(0.0, -37.0), "scrolling");
            }
        }
    }

    fn choose(&mut self) {
        for command in [
            Command::FirstRow,
            Command::PageDown,
            Command::NextError,
            Command::NextWarning,
            Command::LastRow,
            Command::PreviousError,
        ] {
            let begun = Instant::now();
            command::run(&mut self.window, &self.ctx.clone(), command);
            let spent = begun.elapsed().as_secs_f64() * 1e3;
            self.frame(Vec::new(), "choosing");
            if let Some(frame) = self.times.last_mut() {
                frame.whole += spent;
            }
        }
    }

    fn switch(&mut self) {
        for _ in 0..2 {
            let begun = Instant::now();
            command::run(&mut self.window, &self.ctx.clone(), Command::Order);
            let spent = begun.elapsed().as_secs_f64() * 1e3;
            self.frame(Vec::new(), SWITCHING);
            if let Some(frame) = self.times.last_mut() {
                frame.whole += spent;
            }
        }
    }

    fn filter(&mut self, text: &str) -> f64 {
        for n in 1..=text.len() {
            let part = text.get(..n).unwrap_or(text).to_owned();
            command::run(&mut self.window, &self.ctx.clone(), Command::SetFilter(part));
            self.frame(Vec::new(), "typing a filter");
        }
        command::run(&mut self.window, &self.ctx.clone(), Command::SetFilter(text.to_owned()));
        let begun = Instant::now();
        while self.window.is_busy() {
            self.frame(Vec::new(), "filtering");
            std::thread::sleep(Duration::from_millis(4));
        }
        self.frame(Vec::new(), "filtered");
        begun.elapsed().as_secs_f64() * 1e3
    }

    fn stats(&self, filter_ms: f64) -> FrameStats {
        let sorted = |of: fn(&Frame) -> f64| {
            let mut times: Vec<f64> = self.times.iter().map(of).collect();
            times.sort_by(f64::total_cmp);
            times
        };
        let whole = sorted(|f| f.whole);
        let at = |times: &[f64], part: f64| {
            let idx = (times.len().saturating_sub(1) as f64 * part).round() as usize;
            times.get(idx).copied().unwrap_or(0.0)
        };
        let slowest = self.times.iter().max_by(|a, b| a.whole.total_cmp(&b.whole)).map_or("", |f| f.what);
        let analysis = &self.window.shown.analysis;
        let begun = Instant::now();
        let timeline = &analysis.timeline;
        let event = |row| timeline.event(row);
        let density = Density::new(&analysis.events, &analysis.lanes, timeline, timeline.len(), event);
        let density_ms = begun.elapsed().as_secs_f64() * 1e3;
        FrameStats {
            events: self.window.shown.analysis.events.len(),
            frames: self.times.len(),
            median_ms: at(&whole, 0.5),
            p99_ms: at(&whole, 0.99),
            max_ms: at(&whole, 1.0),
            tessellate_median_ms: at(&sorted(|f| f.tessellate), 0.5),
            switch_ms: self.times.iter().filter(|f| f.what == SWITCHING).map(|f| f.whole).fold(0.0, f64::max),
            filter_ms,
            slowest,
            density_ms,
            density_bytes: density.memory() as f64 / analysis.events.len().max(1) as f64,
        }
    }
}

/// The figures of [`measure`] in words, for `causeline measure-window`.
pub fn report(paths: &[PathBuf], config: &Config) -> String {
    let s = measure(paths.to_vec(), config.clone(), 10.0);
    format!(
        "{} events, {} frames of 1600 by 1000\nframe: median {:.2} ms, 99 % {:.2} ms, longest {:.2} ms ({}); \
         of it tessellation, median {:.2} ms\norder: {}, changed in {:.2} ms at most\nfilter: {:.0} ms at most\ndensity: {:.0} ms, {:.1} bytes an event\n",
        s.events,
        s.frames,
        s.median_ms,
        s.p99_ms,
        s.max_ms,
        s.slowest,
        s.tessellate_median_ms,
        if config.causal { "causal" } else { "as recorded" },
        s.switch_ms,
        s.filter_ms,
        s.density_ms,
        s.density_bytes
    )
}
