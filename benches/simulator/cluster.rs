//! A world of hosts, files and writers, and what truly happened in it: every event with its causes.

use std::collections::BTreeSet;

use super::dialect::Dialect;
use super::dice::Dice;

/// Nanoseconds of a number of seconds.
pub(crate) fn seconds(s: f64) -> i64 {
    (s * 1e9) as i64
}

/// A machine with a clock of its own.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) name: String,
    /// It has nothing in common with the others.
    pub(crate) floats: bool,
}

/// One product's log on one host.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) host: usize,
    pub(crate) name: &'static str,
    pub(crate) dialect: Dialect,
}

/// A thread, backend or process: what it writes is in order.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    pub(crate) file: usize,
    pub(crate) process: &'static str,
    pub(crate) pid: u32,
    pub(crate) thread: u32,
    last: i64,
}

/// An identifier as it stands in a line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Id {
    pub(crate) key: u64,
    pub(crate) text: String,
}

/// What an event says, and whose effect it is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// What kind of line: two lines with the same identifier are linked by their roles.
    pub(crate) role: &'static str,
    /// For dialects of free text; empty where role and fields make the line.
    pub(crate) text: String,
    pub(crate) level: &'static str,
    pub(crate) fields: Vec<(&'static str, String)>,
    /// The identifiers it shows, right or wrong.
    pub(crate) keys: Vec<u64>,
    /// The events that truly caused it.
    pub(crate) causes: Vec<usize>,
}

impl Said {
    pub(crate) fn of(role: &'static str) -> Self {
        Said { role, level: "INFO", ..Said::default() }
    }
    pub(crate) fn id(mut self, field: &'static str, id: &Id) -> Self {
        self.keys.push(id.key);
        self.with(field, &id.text)
    }
    pub(crate) fn key(mut self, id: &Id) -> Self {
        self.keys.push(id.key);
        self
    }
    pub(crate) fn with(mut self, field: &'static str, value: impl ToString) -> Self {
        self.fields.push((field, value.to_string()));
        self
    }
    pub(crate) fn text(mut self, text: String) -> Self {
        self.text = text;
        self
    }
    pub(crate) fn level(mut self, level: &'static str) -> Self {
        self.level = level;
        self
    }
    pub(crate) fn after(mut self, cause: usize) -> Self {
        self.causes.push(cause);
        self
    }
}

/// Something that happened and was logged.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// When, truly, in nanoseconds since 1970 UTC.
    pub(crate) at: i64,
    pub(crate) writer: usize,
    pub(crate) said: Said,
}

/// How identifiers of requests look in this shop.
#[derive(Clone, Copy, Debug)]
pub(crate) enum IdStyle {
    Short,
    Hex,
    Uuid,
}

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) start: i64,
    pub(crate) span: i64,
    pub(crate) hosts: Vec<Host>,
    pub(crate) files: Vec<File>,
    pub(crate) writers: Vec<Writer>,
    pub(crate) events: Vec<Event>,
    /// Shortest delay of the network, median of the rest and its deviation, in seconds.
    pub(crate) net: (f64, f64, f64),
    /// What hosts are called in this shop, where not as they are.
    pub(crate) naming: fn(&str) -> String,
    /// Events that never reached a log.
    pub(crate) gone: BTreeSet<usize>,
    style: IdStyle,
}

impl World {
    pub(crate) fn new(mut dice: Dice, start: i64, span: i64, net: (f64, f64, f64)) -> Self {
        let style = dice.pick(&[IdStyle::Short, IdStyle::Hex, IdStyle::Uuid]);
        let none = Vec::new();
        World {
            dice,
            start,
            span,
            hosts: none,
            files: vec![],
            writers: vec![],
            events: vec![],
            net,
            naming: str::to_owned,
            gone: BTreeSet::new(),
            style,
        }
    }

    pub(crate) fn host(&mut self, name: &str, floats: bool) -> usize {
        self.hosts.push(Host { name: (self.naming)(name), floats });
        self.hosts.len() - 1
    }

    pub(crate) fn file(&mut self, host: usize, name: &'static str, dialect: Dialect) -> usize {
        self.files.push(File { host, name, dialect });
        self.files.len() - 1
    }

    /// A writer with a process id of its own.
    pub(crate) fn writer(&mut self, file: usize, process: &'static str, thread: u32) -> usize {
        let pid = 400 + self.dice.below(29_000) as u32;
        self.thread_of(file, process, pid, thread)
    }

    /// A thread of a process that is known.
    pub(crate) fn thread_of(&mut self, file: usize, process: &'static str, pid: u32, thread: u32) -> usize {
        self.writers.push(Writer { file, process, pid, thread, last: i64::MIN });
        self.writers.len() - 1
    }

    pub(crate) fn host_of(&self, event: usize) -> usize {
        self.files[self.writers[self.events[event].writer].file].host
    }

    pub(crate) fn file_of(&self, event: usize) -> usize {
        self.writers[self.events[event].writer].file
    }

    pub(crate) fn at(&self, event: usize) -> i64 {
        self.events[event].at
    }

    /// A line is written: never before what its writer wrote last, nor before its causes.
    pub(crate) fn say(&mut self, writer: usize, at: i64, said: Said) -> usize {
        let least = said.causes.iter().map(|c| self.events[*c].at + 1).max().unwrap_or(i64::MIN);
        let w = &mut self.writers[writer];
        let at = at.max(w.last.saturating_add(1_000)).max(least);
        w.last = at;
        self.events.push(Event { at, writer, said });
        self.events.len() - 1
    }

    /// How long a message takes through the network.
    pub(crate) fn delay(&mut self) -> i64 {
        let (least, median, sigma) = self.net;
        seconds(least + self.dice.log_normal(median, sigma).min(30.0))
    }

    /// How long a piece of work takes.
    pub(crate) fn work(&mut self, median: f64) -> i64 {
        seconds(self.dice.log_normal(median, 0.9).min(60.0)) + 2_000
    }

    /// An identifier of a request, as this shop makes them.
    pub(crate) fn request_id(&mut self) -> Id {
        let bits = self.dice.bits();
        let text = match self.style {
            IdStyle::Short => format!("r-{:08x}", bits as u32),
            IdStyle::Hex => format!("{:012x}", bits >> 16),
            IdStyle::Uuid => {
                let low = self.dice.bits() >> 16;
                let (a, b, c) = (bits >> 32, bits >> 16 & 0xffff, bits & 0xfff);
                format!("{a:08x}-{b:04x}-4{c:03x}-9{:03x}-{low:012x}", a & 0xfff)
            }
        };
        Id { key: hash(&text), text }
    }

    /// The identifier of a job, as Sidekiq makes them.
    pub(crate) fn job_id(&mut self) -> Id {
        let text = format!("{:016x}{:08x}", self.dice.bits(), self.dice.bits() as u32);
        Id { key: hash(&text), text }
    }

    /// Direct causes of each event: its writer's line before, and what it says that caused it.
    pub(crate) fn parents(&self) -> Vec<Vec<usize>> {
        let mut parents: Vec<Vec<usize>> = self.events.iter().map(|e| e.said.causes.clone()).collect();
        let mut last = vec![usize::MAX; self.writers.len()];
        for e in self.in_order() {
            let writer = self.events[e].writer;
            if last[writer] != usize::MAX {
                parents[e].push(last[writer]);
            }
            last[writer] = e;
        }
        parents
    }

    /// All events as they truly happened.
    pub(crate) fn in_order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.events.len()).collect();
        order.sort_by_key(|e| (self.events[*e].at, *e));
        order
    }
}

/// A hash of a text (FNV-1a), never 0.
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3)) | 1
}
