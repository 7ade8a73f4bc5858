//! The stage: a healthy cluster, the lines that are still to be said, and what of them is the fault.

use std::collections::BTreeMap;

use super::simulator::cluster::{Said, World, seconds};
use super::simulator::dialect::Dialect;
use super::simulator::dice::Dice;
use super::simulator::emit::{self, HostClock, Run, START};
use super::simulator::setup::{FINE, Setup};
use super::simulator::traffic::Databases;
use super::voice::{Act, NAMINGS, Voice};

/// What a line has to do with the fault.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mark {
    /// Nothing.
    #[default]
    None,
    /// It belongs to it.
    Part,
    /// It shows what caused it.
    Cause,
}

/// A line to be said.
pub(crate) struct Line {
    pub(crate) at: i64,
    pub(crate) writer: usize,
    pub(crate) said: Said,
    pub(crate) mark: Mark,
}

/// A server of the application.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) host: usize,
    /// Two threads that write about things.
    pub(crate) writers: [usize; 2],
}

/// A thing of the shop, from its creation on.
#[derive(Clone, Debug)]
pub(crate) struct Thing {
    pub(crate) id: u64,
    pub(crate) app: usize,
    pub(crate) thread: usize,
    pub(crate) at: i64,
    pub(crate) request: String,
    pub(crate) mark: Mark,
    pub(crate) uses: Vec<Use>,
}

/// What was done with a thing later.
#[derive(Clone, Debug)]
pub(crate) struct Use {
    pub(crate) at: i64,
    pub(crate) act: Act,
    pub(crate) app: usize,
    pub(crate) mark: Mark,
    /// It says that a replica answered.
    pub(crate) replica: bool,
}

/// Everything that a fault may use.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) setup: Setup,
    pub(crate) databases: Databases,
    pub(crate) voice: Voice,
    pub(crate) apps: Vec<App>,
    pub(crate) things: Vec<Thing>,
    pub(crate) queue: Vec<Line>,
    pub(crate) step: Option<(usize, i64, f64)>,
    /// A host, and when it was heard of last.
    pub(crate) silent: Option<(usize, i64)>,
    /// Marks of events that were said before.
    pub(crate) marks: BTreeMap<usize, Mark>,
    system: Dialect,
    writers: BTreeMap<(usize, &'static str), usize>,
    files: BTreeMap<(usize, &'static str), usize>,
}

/// A few hours of a shop: 3 to 6 hosts, clocks off by up to a minute, formats of all kinds.
fn setup(dice: &mut Dice, maria: bool) -> Setup {
    Setup {
        name: "shop",
        requests: 150 + dice.below(150),
        span: dice.within(3_600.0, 14_400.0),
        client: false,
        apps: 1 + dice.below(2),
        replicas: 1,
        worker: dice.chance(0.3),
        cluster: dice.chance(0.3),
        backup: false,
        floating: usize::from(dice.chance(0.4)),
        coarse: dice.pick(&[0.0, 0.3, 0.6]),
        false_ids: dice.pick(&[0.0, 0.02]),
        offset: dice.pick(&[0.02, 2.0, 60.0]),
        drift: 60.0,
        zones: dice.below(2),
        lost: 0.0,
        twice: dice.pick(&[0.0, 0.0, 0.01]),
        maria: Some(maria),
        ..FINE
    }
}

impl Scene {
    /// A healthy cluster of that seed.
    pub(crate) fn new(seed: u64, maria: bool) -> Self {
        let mut dice = Dice::new(seed);
        let setup = setup(&mut dice, maria);
        let start = START + dice.below(2_000_000) as i64 * 1_000_000_000 + dice.below(1_000_000_000) as i64;
        let voice = Voice::new(&mut dice);
        let naming = dice.pick(&NAMINGS);
        let system = dice.pick(&[Dialect::Syslog3164, Dialect::Syslog3164, Dialect::SyslogIso, Dialect::Syslog5424]);
        let mut world = World::new(dice, start, seconds(setup.span), setup.net);
        world.naming = naming;
        let databases = emit::populate(&mut world, &setup);
        for file in 0..world.files.len() {
            let of_app = world.files[file].name == "app.log";
            world.files[file].dialect = world.files[file].dialect.relative(of_app, &mut world.dice);
        }
        let mut apps = Vec::new();
        for file in 0..world.files.len() {
            if world.files[file].name == "app.log" {
                let host = world.files[file].host;
                let writers = [world.writer(file, "shop", 41), world.writer(file, "shop", 42)];
                apps.push(App { host, writers });
            }
        }
        Scene {
            world,
            setup,
            databases,
            voice,
            apps,
            things: Vec::new(),
            queue: Vec::new(),
            step: None,
            silent: None,
            marks: BTreeMap::new(),
            system,
            writers: BTreeMap::new(),
            files: BTreeMap::new(),
        }
    }

    /// A moment between two shares of the capture.
    pub(crate) fn moment(&mut self, from: f64, to: f64) -> i64 {
        self.world.start + (self.world.span as f64 * self.world.dice.within(from, to)) as i64
    }

    pub(crate) fn end(&self) -> i64 {
        self.world.start + self.world.span
    }

    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.world.dice.chance(p)
    }

    pub(crate) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        self.world.dice.pick(of)
    }

    /// Nanoseconds between two numbers of seconds.
    pub(crate) fn wait(&mut self, from: f64, to: f64) -> i64 {
        seconds(self.world.dice.within(from, to))
    }

    /// A process of the machine itself, in its syslog. The kernel has no process id.
    pub(crate) fn system(&mut self, host: usize, process: &'static str) -> usize {
        if let Some(writer) = self.writers.get(&(host, process)) {
            return *writer;
        }
        let file = self.file(host, "syslog", self.system);
        let writer = match process {
            "kernel" => self.world.thread_of(file, process, 0, 1),
            _ => self.world.writer(file, process, 1),
        };
        self.writers.insert((host, process), writer);
        writer
    }

    /// A log of one host, made when it is first asked for.
    pub(crate) fn file(&mut self, host: usize, name: &'static str, dialect: Dialect) -> usize {
        if let Some(file) = self.files.get(&(host, name)) {
            return *file;
        }
        let file = self.world.file(host, name, dialect);
        self.files.insert((host, name), file);
        file
    }

    /// A program with a log of its own.
    pub(crate) fn program(&mut self, host: usize, name: &'static str, dialect: Dialect) -> usize {
        let file = self.file(host, name, dialect);
        self.world.writer(file, name.split('.').next().unwrap_or(name), 1)
    }

    /// The main process of a database server.
    pub(crate) fn postmaster(&mut self, server: usize) -> usize {
        self.world.writer(self.databases.files[server], "postmaster", 0)
    }

    /// A session of the application at a database server.
    pub(crate) fn session(&mut self, server: usize) -> usize {
        let thread = 60 + self.world.dice.below(30) as u32;
        self.world.writer(self.databases.files[server], "shop", thread)
    }

    pub(crate) fn host_name(&self, host: usize) -> String {
        self.world.hosts[host].name.clone()
    }

    pub(crate) fn say(&mut self, mark: Mark, writer: usize, at: i64, said: Said) {
        self.queue.push(Line { at, writer, said, mark });
    }

    /// A sentence.
    pub(crate) fn tell(&mut self, mark: Mark, writer: usize, at: i64, text: impl Into<String>) {
        let text = self.positioned(at, text.into());
        self.say(mark, writer, at, Said::of("told").text(text));
    }

    /// Positions of the write-ahead log grow as time does.
    fn positioned(&self, at: i64, text: String) -> String {
        let share = (at - self.world.start).clamp(0, self.world.span) as f64 / self.world.span as f64;
        let now = format!("2/{:02X}", 0x30 + (share * 192.0) as u32);
        text.replace("2/5B", &now).replace("2/5C", &now)
    }

    /// A sentence at a level: ERROR, WARN, FATAL.
    pub(crate) fn cry(&mut self, mark: Mark, writer: usize, at: i64, level: &'static str, text: impl Into<String>) {
        self.say(mark, writer, at, Said::of("told").text(text.into()).level(level));
    }

    /// Nothing more is heard of some events, nor of what they would have caused.
    pub(crate) fn lose(&mut self, lost: impl Fn(&World, usize) -> bool) {
        for e in 0..self.world.events.len() {
            let by_cause = self.world.events[e].said.causes.iter().any(|c| self.world.gone.contains(c));
            if by_cause || lost(&self.world, e) {
                self.world.gone.insert(e);
            }
        }
    }

    /// Says what is queued, each writer in its order, and lets the hosts write it down.
    pub(crate) fn write(mut self) -> (Run, BTreeMap<usize, Mark>) {
        let mut queue = std::mem::take(&mut self.queue);
        queue.sort_by_key(|l| l.at);
        let silent = self.silent;
        for line in queue {
            let host = self.world.files[self.world.writers[line.writer].file].host;
            if silent.is_some_and(|(h, at)| h == host && line.at > at) {
                continue;
            }
            let event = self.world.say(line.writer, line.at, line.said);
            if line.mark != Mark::None {
                self.marks.insert(event, line.mark);
            }
        }
        let parents = self.world.parents();
        let mut clocks: Vec<HostClock> = emit::clocks(&self.setup, &mut self.world);
        if let Some((host, at, by)) = self.step {
            clocks[host].step = Some((at, by));
        }
        (emit::write(&self.setup, self.world, parents, clocks), self.marks)
    }
}
