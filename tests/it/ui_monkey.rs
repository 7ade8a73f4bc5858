//! A monkey at the window: commands, clicks, drags, keys, text and sizes by chance, as fast as it goes. Nothing it
//! does ends the program or leaves the view in a state that cannot be.
//!
//! `CAUSELINE_MONKEY_STEPS=100000 cargo test --test it ui_monkey -- --nocapture` lets it play longer (steps for each
//! sample), `CAUSELINE_MONKEY_SEED` otherwise. A failure tells the seed, the step and what was done last.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test fails by panicking, and a long run tells how it goes"
)]

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use causeline::ui::command::{COMMANDS, Command};
use causeline::ui::headless::{Frame, Headless};
use causeline::ui::widget::list::Scroll;
use causeline::ui::widget::time_axis::TimeRange;
use egui::epaint::Primitive;
use egui::{Event, Key, Modifiers, MouseWheelUnit, PointerButton, Pos2, TouchPhase, pos2, vec2};

use crate::ui_names::{click, tame, targets, unnamed};

/// Steps for each sample in an ordinary run.
const STEPS: usize = 150;
/// How much of what was done is told.
const TOLD: usize = 12;

const WORDS: [&str; 14] = [
    "error",
    "request",
    "/(/",
    "/req.*/",
    "host:",
    "level>=warning",
    "-\"not ",
    "13:08",
    "2026-10-10 13:08:59",
    "é漢字",
    "\u{202e}txt\u{7}",
    "99999999999999999999",
    " ",
    "zzz",
];
const KEYS: [Key; 30] = [
    Key::Escape,
    Key::Enter,
    Key::Tab,
    Key::Backspace,
    Key::Delete,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::Space,
    Key::A,
    Key::C,
    Key::D,
    Key::E,
    Key::F,
    Key::G,
    Key::H,
    Key::J,
    Key::M,
    Key::N,
    Key::P,
    Key::R,
    Key::X,
    Key::Z,
    Key::Plus,
    Key::Minus,
];

/// Numbers by chance, the same for the same seed (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    fn below(&mut self, n: usize) -> usize {
        self.next() as usize % n.max(1)
    }

    fn part(&mut self) -> f32 {
        self.below(10_001) as f32 / 10_000.0
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

struct Monkey {
    head: Headless,
    chance: Chance,
    seed: u64,
    step: usize,
    case: PathBuf,
    frame: Frame,
    done: VecDeque<String>,
    _folder: tempfile::TempDir,
}

impl Drop for Monkey {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("monkey: seed {}, step {}, the last of what it did: {:#?}", self.seed, self.step, self.done);
        }
    }
}

impl Monkey {
    fn new(sample: &str, seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let case = folder.path().join("case");
        crate::ui::copy(&crate::tools::root().join("sample-logs").join(sample), &case);
        let mut head = tame(Some(&case));
        let frame = head.settle(Duration::from_secs(60)).expect("the sample is read");
        let chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        Monkey { head, chance, seed, step: 0, case, frame, done: VecDeque::new(), _folder: folder }
    }

    fn note(&mut self, what: String) {
        if self.done.len() == TOLD {
            self.done.pop_front();
        }
        self.done.push_back(what);
    }

    fn frame(&mut self, events: Vec<Event>) {
        self.frame = self.head.frame(events);
        self.check();
    }

    fn modifiers(&mut self) -> Modifiers {
        *self.chance.of(&[
            Modifiers::NONE,
            Modifiers::NONE,
            Modifiers::NONE,
            Modifiers::SHIFT,
            Modifiers::COMMAND,
            Modifiers::CTRL | Modifiers::COMMAND,
            Modifiers::COMMAND | Modifiers::SHIFT,
            Modifiers::ALT,
        ])
    }

    fn place(&mut self) -> Pos2 {
        let tree = self.frame.names.as_ref().map(targets).unwrap_or_default();
        let size = self.head.size / self.head.ctx.zoom_factor();
        // The tree is told in pixels.
        let widget =
            if tree.is_empty() { None } else { Some(self.chance.of(&tree).0 / self.head.ctx.pixels_per_point()) };
        match (self.chance.below(3), widget) {
            (0 | 1, Some(at)) => at,
            _ => pos2(self.chance.part() * size.x, self.chance.part() * size.y),
        }
    }

    fn command(&mut self) -> Command {
        let events = self.head.window.shown.analysis.events.len();
        let time = (self.chance.next() as i64).wrapping_mul(1 << 20);
        match self.chance.below(12) {
            0 => Command::SetFilter((*self.chance.of(&WORDS)).to_owned()),
            1 => Command::GoTo((*self.chance.of(&WORDS)).to_owned()),
            2 => Command::SetRange(TimeRange::new(time, (self.chance.next() as i64).wrapping_mul(1 << 20))),
            3 => {
                let top = self.chance.next() % (2 * events as u64 + 1);
                let extent = self.head.window.layout.list.get();
                Command::SetScroll(Scroll { top, frac: 0.0 }.clamped(extent))
            }
            4 if self.chance.below(20) == 0 => Command::Open(vec![self.case.clone()]),
            5 if self.chance.below(20) == 0 => Command::Add(vec![self.case.join("api1")]),
            _ => self.chance.of(COMMANDS).command.clone(),
        }
    }

    fn act(&mut self) {
        match self.chance.below(20) {
            0..=5 => {
                let command = self.command();
                self.note(format!("{command:?}"));
                self.head.run(command);
                self.frame(Vec::new());
            }
            6..=10 => {
                let (at, modifiers) = (self.place(), self.modifiers());
                let button =
                    *self.chance.of(&[PointerButton::Primary, PointerButton::Primary, PointerButton::Secondary]);
                let times = 1 + self.chance.below(2);
                self.note(format!("{times} clicks at {at:?} with {button:?} {modifiers:?}"));
                for _ in 0..times {
                    self.frame(click(at, button, modifiers));
                }
            }
            11 | 12 => self.drag(),
            13 | 14 => {
                let (key, modifiers) = (*self.chance.of(&KEYS), self.modifiers());
                self.note(format!("{key:?} {modifiers:?}"));
                let event = |pressed| Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
                self.frame(vec![event(true), event(false)]);
            }
            15 | 16 => {
                let text = (*self.chance.of(&WORDS)).to_owned();
                self.note(format!("types {text:?}"));
                self.frame(vec![Event::Text(text)]);
            }
            17 => self.wheel(),
            18 => {
                self.head.size = match self.chance.below(4) {
                    // What the smallest picture leaves at twice the size of text, and less than any window.
                    0 => vec2(160.0 + self.chance.part() * 400.0, 120.0 + self.chance.part() * 300.0),
                    1 => vec2(160.0 + self.chance.part() * 5_000.0, 120.0 + self.chance.part() * 3_000.0),
                    _ => vec2(760.0 + self.chance.part() * 1_000.0, 480.0 + self.chance.part() * 700.0),
                };
                self.note(format!("size {:?}", self.head.size));
                self.frame(Vec::new());
            }
            _ => {
                self.note("the pointer leaves".to_owned());
                self.frame(vec![Event::PointerGone]);
            }
        }
    }

    fn drag(&mut self) {
        let (from, to, modifiers) = (self.place(), self.place(), self.modifiers());
        self.note(format!("drags {from:?} to {to:?} {modifiers:?}"));
        let press = |pos, pressed| Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers };
        self.frame(vec![Event::PointerMoved(from), press(from, true)]);
        for n in 1..=3 {
            self.frame(vec![Event::PointerMoved(from + (to - from) * (n as f32 / 3.0))]);
        }
        self.frame(vec![press(to, false)]);
    }

    fn wheel(&mut self) {
        let (at, modifiers) = (self.place(), self.modifiers());
        let delta = vec2((self.chance.part() - 0.5) * 200.0, (self.chance.part() - 0.5) * 4_000.0);
        self.note(format!("wheel {delta:?} at {at:?} {modifiers:?}"));
        let (unit, phase, source) = (MouseWheelUnit::Point, TouchPhase::Move, egui::MouseWheelSource::Wheel);
        self.frame(vec![Event::PointerMoved(at), Event::MouseWheel { unit, delta, phase, modifiers, source }]);
    }

    /// What must be so after every frame.
    fn check(&self) {
        let (w, view) = (&self.head.window, &self.head.window.view);
        let events = w.shown.analysis.events.len();
        for id in [view.chosen, view.chosen_to, view.compared].into_iter().flatten() {
            assert!(id.idx() < events, "{id:?} of {events} events");
            if let Ok(row) = w.shown.row_of(id) {
                assert_eq!(w.shown.event(row), Some(id), "a row is another event's");
            }
        }
        if let (Some(range), Some(all)) = (view.range, w.shown.extent) {
            assert!(range.start < range.end && range.end > all.start && range.start < all.end, "{range:?} of {all:?}");
        }
        let scroll = view.scroll;
        let last = w.view.list.opened.unit(w.shown.rows.len() as u64);
        assert!(scroll.top <= last, "{scroll:?} of {last} row heights");
        assert!(scroll.frac.is_finite() && scroll.frac >= 0.0, "{scroll:?}");
        for part in &self.frame.meshes {
            let Primitive::Mesh(mesh) = &part.primitive else { continue };
            assert!(!part.clip_rect.any_nan(), "{:?}", part.clip_rect);
            let odd = mesh.vertices.iter().find(|v| !v.pos.is_finite() || !v.uv.is_finite());
            assert!(odd.is_none(), "{odd:?} is drawn");
        }
        if let Some(tree) = &self.frame.names {
            assert_eq!(unnamed(tree), Vec::<String>::new());
        }
    }

    fn play(&mut self, steps: usize) {
        for step in 0..steps {
            self.step = step;
            self.act();
            // Now and then it waits for what it has begun.
            if self.chance.below(10) == 0 {
                let wanted = self.head.settle(Duration::from_secs(60));
                self.frame = wanted.expect("it comes to rest");
                self.check();
            }
            if step % 100 == 99 && self.head.window.reading.paths.first() != Some(&self.case) {
                self.note("opens the sample again".to_owned());
                self.head.run(Command::Open(vec![self.case.clone()]));
                self.frame(Vec::new());
            }
        }
    }
}

/// Memory of this process without files, in megabytes; 0 where that is not told.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("RssAnon:"));
    line.and_then(|l| l.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn play(sample: &str) {
    let given = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = given("CAUSELINE_MONKEY_SEED").unwrap_or(7);
    let long = given("CAUSELINE_MONKEY_STEPS");
    let steps = long.map_or(STEPS, |n| n as usize);
    let (mut monkey, begun) = (Monkey::new(sample, seed), Instant::now());
    let mut left = steps;
    while left > 0 {
        let now = left.min(2_000);
        monkey.play(now);
        left -= now;
        if long.is_some() {
            println!("{sample}: {} steps, {:.0} s, {} MB", steps - left, begun.elapsed().as_secs_f64(), memory());
        }
    }
}

#[test]
fn a_monkey_cannot_break_a_failover() {
    play("failover-that-never-promoted");
}

#[test]
fn a_monkey_cannot_break_two_servers() {
    play("two-servers-one-directory");
}
