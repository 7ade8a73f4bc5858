//! Frame times without a display: the window is driven by a script of panning, zooming, scrolling and filtering.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Event, MouseWheelUnit, Pos2, TouchPhase, pos2, vec2};

use crate::analysis::Config;
use crate::timeline::density::Density;
use crate::ui::command::Command;
use crate::ui::findings::Act;
use crate::ui::headless::Headless;
use crate::ui::lanes;
use crate::ui::state::Tab;
use crate::ui::window::Window;

/// How long frames of one kind took, in milliseconds, without the rasteriser.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Times {
    /// What was done in these frames.
    pub what: &'static str,
    /// Number of frames.
    pub frames: usize,
    /// Half of the frames took less.
    pub median: f64,
    /// One frame of a hundred took longer.
    pub p99: f64,
    /// The longest.
    pub max: f64,
}

/// What was measured.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    /// Number of events that were shown.
    pub events: usize,
    /// From the wish to open to the first rows, in milliseconds.
    pub first_rows_ms: f64,
    /// From the wish to open to everything read, measured and looked for, in milliseconds.
    pub ready_ms: f64,
    /// All frames.
    pub all: Times,
    /// The same by what was done, in the order of the script.
    pub kinds: Vec<Times>,
    /// The median of tessellation alone, which the others contain.
    pub tessellate_median_ms: f64,
    /// From the last key of a filter that is a word to its rows, in milliseconds, the longest.
    pub filter_ms: f64,
    /// Frames that were asked for in 2 s in which nothing happened.
    pub idle_frames: usize,
    /// Counting all events for the timeline, once a snapshot, on a thread.
    pub density_ms: f64,
    /// What that takes, in bytes for each event.
    pub density_bytes: f64,
}

/// Reads `paths`, then drives the window for `seconds`.
pub fn measure(paths: Vec<PathBuf>, config: Config, seconds: f64) -> Figures {
    let mut driver = Driver::new(Window::new(paths, config));
    let begun = Instant::now();
    let first_rows = driver.read(begun);
    let ready = begun.elapsed();
    driver.settle();
    let idle_frames = driver.idle(Duration::from_secs(2));
    driver.times.clear();
    let end = Instant::now() + Duration::from_secs_f64(seconds);
    let mut filter_ms: f64 = 0.0;
    loop {
        driver.pan_and_zoom();
        driver.scroll();
        filter_ms = filter_ms.max(driver.filter("error"));
        driver.scroll();
        driver.pan_and_zoom();
        filter_ms = filter_ms.max(driver.filter(""));
        driver.choose();
        driver.open_lanes();
        driver.tabs();
        if driver.head.window.shown.is_causal() {
            driver.switch();
        }
        if Instant::now() >= end {
            break;
        }
    }
    Figures {
        first_rows_ms: first_rows.as_secs_f64() * 1e3,
        ready_ms: ready.as_secs_f64() * 1e3,
        filter_ms,
        idle_frames,
        ..driver.figures()
    }
}

/// What the frames are called in which a filter is typed and waited for.
const TYPING: &str = "typing a filter";

struct Frame {
    whole: f64,
    tessellate: f64,
    what: &'static str,
}

struct Driver {
    head: Headless,
    times: Vec<Frame>,
}

impl Driver {
    const SIZE: egui::Vec2 = vec2(1_600.0, 1_000.0);
    const LANES: Pos2 = pos2(800.0, 300.0);
    const LIST: Pos2 = pos2(800.0, 860.0);

    fn new(window: Window) -> Self {
        Driver { head: Headless::new(window, Self::SIZE, 1.0), times: Vec::new() }
    }

    fn frame(&mut self, events: Vec<Event>, what: &'static str) -> Duration {
        let frame = self.head.frame(events);
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        self.times.push(Frame { whole: ms(frame.work), tessellate: ms(frame.tessellation), what });
        frame.next
    }

    /// A command and the frame behind it, as one time.
    fn command(&mut self, command: Command, what: &'static str) {
        let begun = Instant::now();
        self.head.run(command);
        let spent = begun.elapsed().as_secs_f64() * 1e3;
        self.frame(Vec::new(), what);
        if let Some(frame) = self.times.last_mut() {
            frame.whole += spent;
        }
    }

    /// Draws until everything is known; how long it took until rows were seen.
    fn read(&mut self, begun: Instant) -> Duration {
        let mut first = None;
        while self.head.window.is_busy() {
            self.frame(Vec::new(), "reading");
            if first.is_none() && !self.head.window.shown.rows.is_empty() {
                first = Some(begun.elapsed());
            }
            self.head.wait(Duration::from_millis(4));
        }
        first.unwrap_or_else(|| begun.elapsed())
    }

    fn settle(&mut self) {
        for _ in 0..20 {
            self.frame(Vec::new(), "settling");
        }
    }

    /// Lets `time` pass in which nobody does anything; how many frames were asked for.
    fn idle(&mut self, time: Duration) -> usize {
        // What the last movements asked for is over first.
        self.head.settle(Duration::from_secs(60));
        while self.head.wait(Duration::ZERO) {}
        let end = Instant::now() + time;
        let (mut frames, mut next) = (0, Duration::MAX);
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let asked = self.head.wait(left.min(next));
            if Instant::now() >= end {
                return frames;
            }
            if asked || next < Duration::MAX {
                frames += 1;
                next = self.frame(Vec::new(), "idle");
            }
        }
    }

    fn wheel(&mut self, at: Pos2, delta: egui::Vec2, what: &'static str) {
        let wheel = Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta,
            phase: TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
            source: egui::MouseWheelSource::Wheel,
        };
        self.frame(vec![Event::PointerMoved(at), wheel], what);
    }

    fn pan_and_zoom(&mut self) {
        for i in 0..90 {
            let at = Self::LANES + vec2((i % 9) as f32 * 40.0 - 160.0, 0.0);
            self.wheel(at, vec2(0.0, 40.0), "zooming");
            self.wheel(at, vec2(25.0, 0.0), "panning");
        }
        for _ in 0..90 {
            self.wheel(Self::LANES, vec2(0.0, -40.0), "zooming");
        }
        self.command(Command::FitAll, "zooming");
    }

    /// The same with all lanes open to their files.
    fn open_lanes(&mut self) {
        self.command(Command::Lanes(lanes::Act::OpenAll), "opening lanes");
        while self.head.window.is_busy() {
            self.frame(Vec::new(), "opening lanes");
            std::thread::sleep(Duration::from_millis(4));
        }
        self.pan_and_zoom();
        self.command(Command::Lanes(lanes::Act::CloseAll), "opening lanes");
    }

    fn scroll(&mut self) {
        for part in [0.0, 0.3, 0.7, 0.99] {
            let window = &mut self.head.window;
            let row = (window.shown.rows.len() as f64 * part) as usize;
            window.view.show_row(&window.layout, row, true);
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
            self.command(command, "choosing");
        }
    }

    /// Opens every page beside the timeline and walks through findings.
    fn tabs(&mut self) {
        for (tab, _) in Tab::ALL {
            self.command(Command::SetTab(tab), "inspector");
            for step in [Command::Finding(Act::Next), Command::Finding(Act::NextEvidence), Command::NextRow] {
                self.command(step, "inspector");
                self.command(Command::SetTab(tab), "inspector");
            }
        }
    }

    fn switch(&mut self) {
        for _ in 0..2 {
            self.command(Command::Order, "changing the order");
        }
    }

    fn filter(&mut self, text: &str) -> f64 {
        for n in 1..=text.len() {
            let part = text.get(..n).unwrap_or(text).to_owned();
            self.command(Command::SetFilter(part), TYPING);
        }
        self.command(Command::SetFilter(text.to_owned()), TYPING);
        let begun = Instant::now();
        while self.head.window.is_busy() {
            self.frame(Vec::new(), TYPING);
            self.head.wait(Duration::from_millis(4));
        }
        self.frame(Vec::new(), TYPING);
        begun.elapsed().as_secs_f64() * 1e3
    }

    fn figures(&self) -> Figures {
        let mut names: Vec<&'static str> = Vec::new();
        for frame in &self.times {
            if !names.contains(&frame.what) {
                names.push(frame.what);
            }
        }
        let kind =
            |what: &'static str| times(what, self.times.iter().filter(|f| f.what == what).map(|f| f.whole).collect());
        let analysis = &self.head.window.shown.analysis;
        let begun = Instant::now();
        let timeline = &analysis.timeline;
        let event = |row| timeline.event(row);
        let density = Density::new(&analysis.events, &analysis.lanes, timeline, timeline.len(), event);
        Figures {
            events: analysis.events.len(),
            all: times("all", self.times.iter().map(|f| f.whole).collect()),
            kinds: names.into_iter().map(kind).collect(),
            tessellate_median_ms: times("", self.times.iter().map(|f| f.tessellate).collect()).median,
            density_ms: begun.elapsed().as_secs_f64() * 1e3,
            density_bytes: density.memory() as f64 / analysis.events.len().max(1) as f64,
            ..Figures::default()
        }
    }
}

fn times(what: &'static str, mut of: Vec<f64>) -> Times {
    of.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let idx = (of.len().saturating_sub(1) as f64 * part).round() as usize;
        of.get(idx).copied().unwrap_or(0.0)
    };
    Times { what, frames: of.len(), median: at(0.5), p99: at(0.99), max: at(1.0) }
}

/// The figures of [`measure`] in words, for `causeline measure-window`.
pub fn report(paths: &[PathBuf], config: &Config) -> String {
    let f = measure(paths.to_vec(), config.clone(), 10.0);
    let mut out = format!(
        "{} events, first rows after {:.0} ms, ready after {:.0} ms; frames of 1600 by 1000\n{:<20} {:>7} {:>10} {:>10} {:>10}\n",
        f.events, f.first_rows_ms, f.ready_ms, "", "frames", "median ms", "99 % ms", "longest ms"
    );
    for t in std::iter::once(&f.all).chain(&f.kinds) {
        let row = format!("{:<20} {:>7} {:>10.2} {:>10.2} {:>10.2}\n", t.what, t.frames, t.median, t.p99, t.max);
        out.push_str(&row);
    }
    out + &format!(
        "of it tessellation, median {:.2} ms\norder: {}\nfilter: {:.0} ms at most\nidle: {} frames in 2 s\n\
         density: {:.0} ms, {:.1} bytes an event\n",
        f.tessellate_median_ms,
        if config.causal { "causal" } else { "as recorded" },
        f.filter_ms,
        f.idle_frames,
        f.density_ms,
        f.density_bytes
    )
}
