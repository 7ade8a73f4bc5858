//! From what happened to what stands in the logs: clocks, stamps, buffers, losses. The truth is kept.

use std::path::Path;

use super::background;
use super::cluster::{World, seconds};
use super::dialect::{Dialect, Pen, Stamp};
use super::dice::Dice;
use super::setup::Setup;
use super::traffic::{Databases, Traffic};

/// How a host's clock is wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct HostClock {
    /// Local minus true time at the start, in nanoseconds.
    pub(crate) offset: f64,
    /// Nanoseconds per nanosecond.
    pub(crate) drift: f64,
    /// When it is stepped, and by how much.
    pub(crate) step: Option<(i64, f64)>,
    /// Minutes east of UTC of the zone that its logs state.
    pub(crate) zone: i32,
    /// Minutes that its stamps are off beyond that, unstated.
    pub(crate) hidden: i32,
}

impl HostClock {
    /// Local minus true time, in nanoseconds.
    pub(crate) fn error(&self, start: i64, at: i64) -> f64 {
        let stepped = self.step.filter(|(when, _)| at >= *when).map_or(0.0, |(_, by)| by);
        self.offset + self.drift * (at - start) as f64 + stepped
    }
}

/// A run: what happened, and where it stands.
pub(crate) struct Run {
    pub(crate) world: World,
    pub(crate) parents: Vec<Vec<usize>>,
    pub(crate) clocks: Vec<HostClock>,
    /// By event: file, line (counted from 1) and the local time that its stamp was cut from.
    pub(crate) places: Vec<Option<(usize, u64, i64)>>,
    /// By file.
    pub(crate) texts: Vec<String>,
}

/// A moment of the year 2026, so that years left out can be told from the files' dates.
pub(crate) const START: i64 = 1_791_500_000_000_000_000;

/// Makes a run of a scenario.
pub(crate) fn make(setup: &Setup, seed: u64) -> Run {
    let mut dice = Dice::new(seed);
    let start = START + dice.below(2_000_000) as i64 * 1_000_000_000 + dice.below(1_000_000_000) as i64;
    let mut world = World::new(dice, start, seconds(setup.span), setup.net);
    populate(&mut world, setup);
    let parents = world.parents();
    let clocks = clocks(setup, &mut world);
    write(setup, world, parents, clocks)
}

/// Everything that happens in a healthy cluster, and the databases that it happens around.
pub(crate) fn populate(world: &mut World, setup: &Setup) -> Databases {
    let databases = background::databases(world, setup);
    let databases = Traffic::new(world, setup, databases).run();
    background::replication(world, setup, &databases);
    if setup.cluster {
        background::cluster_manager(world, &databases);
    }
    if setup.backup {
        background::backup(world, setup, &databases);
    }
    background::floating(world, setup);
    background::configuration(world, setup);
    background::noise(world);
    databases
}

/// Lets the hosts write what happened, by their clocks.
pub(crate) fn write(setup: &Setup, world: World, parents: Vec<Vec<usize>>, clocks: Vec<HostClock>) -> Run {
    let mut run = Run { places: vec![None; world.events.len()], world, parents, clocks, texts: Vec::new() };
    for file in 0..run.world.files.len() {
        let text = write_file(setup, &mut run, file);
        run.texts.push(text);
    }
    run
}

/// Clocks as wrong as the setup has them.
pub(crate) fn clocks(setup: &Setup, world: &mut World) -> Vec<HostClock> {
    let n = world.hosts.len();
    let mut out: Vec<HostClock> = (0..n)
        .map(|_| {
            // A third of the hosts keep time; the others are off by anything up to the most.
            let size = world.dice.unit().powi(2) * setup.offset * 1e9 * world.dice.sign();
            let good = world.dice.chance(0.33);
            HostClock {
                offset: if good { size * 0.0005 } else { size },
                drift: world.dice.within(-setup.drift, setup.drift) * 1e-6,
                ..HostClock::default()
            }
        })
        .collect();
    for _ in 0..setup.steps {
        let when = world.start + (world.span as f64 * world.dice.within(0.3, 0.7)) as i64;
        let by = setup.step * world.dice.within(0.02, 1.0) * 1e9 * world.dice.sign();
        let host = world.dice.below(n);
        out[host].step = Some((when, by));
    }
    for _ in 0..setup.zones {
        let host = world.dice.below(n);
        let zone = world.dice.pick(&[60, -300, 330, 345, -210, 120]);
        // Either the stamps say so, or they say UTC and mean something else.
        if world.dice.chance(0.4) {
            out[host].zone = zone;
        } else {
            out[host].hidden = zone;
        }
    }
    out
}

/// When each line of a file is written and what stamp it bears; in the order of writing.
fn lines_of(setup: &Setup, run: &mut Run, file: usize) -> Vec<(i64, usize, i64)> {
    let events: Vec<usize> = run.world.in_order().into_iter().filter(|e| run.world.file_of(*e) == file).collect();
    let mut held = vec![0.0; run.world.writers.len()];
    let host = run.world.files[file].host;
    let start = run.world.start;
    let dice = &mut run.world.dice;
    for h in &mut held {
        *h = if setup.buffer > 0.0 && dice.chance(0.3) { dice.within(0.1, setup.buffer) * 1e9 } else { 0.0 };
    }
    let cut = if setup.late && dice.chance(0.3) {
        start + (run.world.span as f64 * dice.within(0.05, 0.3)) as i64
    } else {
        i64::MIN
    };
    let keeps_time = run.world.files[file].dialect != Dialect::MariaGeneral;
    let mut out = Vec::new();
    for e in events {
        let event = &run.world.events[e];
        if event.at < cut || run.world.gone.contains(&e) || dice.chance(setup.lost) {
            continue;
        }
        let hold = held[event.writer];
        // A buffer is flushed at fixed intervals: all that a writer holds, in its order.
        let written = if hold > 0.0 { ((event.at as f64 / hold).ceil() * hold) as i64 } else { event.at };
        let wrong =
            if keeps_time && dice.chance(setup.bad_stamps) { dice.within(1e9, 30e9) * dice.sign() } else { 0.0 };
        let local = event.at + (run.clocks[host].error(start, event.at) + wrong) as i64;
        out.push((written, e, local));
    }
    out.sort_by_key(|(written, e, _)| (*written, run.world.events[*e].writer, run.world.events[*e].at));
    out
}

fn write_file(setup: &Setup, run: &mut Run, file: usize) -> String {
    let lines = lines_of(setup, run, file);
    let f = run.world.files[file].clone();
    let clock = run.clocks[f.host].clone();
    let mut text = f.dialect.header().to_owned();
    let mut line = text.matches('\n').count() as u64;
    let mut above: Option<Stamp> = None;
    for (n, (_, e, local)) in lines.iter().enumerate() {
        let event = &run.world.events[*e];
        let w = &run.world.writers[event.writer];
        let pen = Pen { host: &run.world.hosts[f.host].name, process: w.process, pid: w.pid, thread: w.thread, n };
        let stamp = Stamp { utc: *local, zone: clock.zone, hidden: clock.hidden };
        let written = f.dialect.line(stamp, above, &pen, &event.said);
        above = Some(stamp);
        run.places[*e] = Some((file, line + 1, *local));
        let times = 1 + u64::from(run.world.dice.chance(setup.twice));
        for _ in 0..times {
            text += &written;
            line += written.matches('\n').count() as u64;
        }
    }
    text
}

impl Run {
    /// The path of a file below the run's folder.
    pub(crate) fn path(&self, file: usize) -> String {
        let f = &self.world.files[file];
        format!("{}/{}", self.world.hosts[f.host].name, f.name)
    }

    /// Writes all logs below `root`, last changed when their last lines were written.
    pub(crate) fn write(&self, root: &Path) -> std::io::Result<()> {
        let end = (self.world.start + self.world.span) / 1_000_000_000;
        let changed = std::time::UNIX_EPOCH + std::time::Duration::from_secs(end.unsigned_abs());
        for (file, text) in self.texts.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
            let path = root.join(self.path(file));
            std::fs::create_dir_all(path.parent().unwrap_or(root))?;
            std::fs::write(&path, text)?;
            std::fs::File::options().write(true).open(&path)?.set_modified(changed)?;
        }
        Ok(())
    }

    /// Local minus true time of a host, in nanoseconds.
    pub(crate) fn error(&self, host: usize, at: i64) -> f64 {
        self.clocks[host].error(self.world.start, at)
    }

    /// The truth as JSON.
    pub(crate) fn truth(&self) -> serde_json::Value {
        let hosts: Vec<_> = self.world.hosts.iter().zip(&self.clocks).map(|(h, c)| {
            serde_json::json!({"host": h.name, "floats": h.floats, "offset_s": c.offset / 1e9, "drift_ppm": c.drift * 1e6,
                "step": c.step.map(|(at, by)| (at, by / 1e9)), "zone_min": c.zone, "hidden_min": c.hidden})
        }).collect();
        let name = |e: usize| self.places[e].map(|(f, line, _)| format!("{}:{line}", self.path(f)));
        let events: Vec<_> = self.world.in_order().into_iter().filter(|e| self.places[*e].is_some()).map(|e| {
            let causes: Vec<_> = self.parents[e].iter().filter_map(|p| name(*p)).collect();
            serde_json::json!({"at": name(e), "true_ns": self.world.at(e), "role": self.world.events[e].said.role, "causes": causes})
        }).collect();
        serde_json::json!({"hosts": hosts, "events": events})
    }
}
