//! Lanes inside of a host's lane: its files, and the processes that wrote into one file. Counted on a thread, and only
//! for lanes that are open.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use rayon::prelude::*;

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::source::SourceId;
use crate::timeline::density::{Density, LaneDensity};
use crate::ui::lanes::LaneState;
use crate::ui::shown::Shown;
use crate::ui::text;

/// Processes of a file that have a lane of their own; the rest shares the last one.
const MOST: usize = 24;
/// Records that tell whether a file names several processes.
const TRIED: usize = 200;
/// A record of more bytes is not looked into.
const LONGEST: usize = 1 << 16;

/// A lane inside of a host's lane.
#[derive(Clone, Debug)]
pub struct Sub {
    /// The host's lane.
    pub lane: usize,
    /// The file.
    pub source: SourceId,
    /// The file's path.
    pub path: String,
    /// Which of the file's processes, if it is the lane of one.
    pub process: Option<u8>,
    /// What stands at its head, safe to draw.
    pub name: String,
    /// It can be opened into processes.
    pub opens: bool,
    /// Its counts.
    pub density: LaneDensity,
}

/// Who wrote the records of one file.
#[derive(Clone, Debug, Default)]
struct Processes {
    names: Vec<String>,
    /// The first event of the file.
    first: u32,
    /// By event of the file: which of the names.
    of: Vec<u8>,
}

impl Processes {
    fn of(&self, id: EventId) -> Option<u8> {
        self.of.get(id.0.checked_sub(self.first)? as usize).copied()
    }
}

/// The lanes inside of all open lanes, as they stand below each other.
#[derive(Clone, Debug, Default)]
pub struct Subs {
    /// The lanes.
    pub list: Vec<Sub>,
    files: BTreeMap<SourceId, usize>,
    processes: BTreeMap<SourceId, Arc<Processes>>,
    process_lanes: BTreeMap<(SourceId, u8), usize>,
    several: BTreeMap<SourceId, bool>,
}

impl Subs {
    /// The lane of an event's file and that of its process, as far as they are open.
    pub fn of(&self, analysis: &Analysis, id: EventId) -> [Option<usize>; 2] {
        self.of_source(analysis.events.source(id), id)
    }

    fn of_source(&self, source: SourceId, id: EventId) -> [Option<usize>; 2] {
        let Some(&file) = self.files.get(&source) else { return [None, None] };
        let process = self.processes.get(&source).and_then(|p| p.of(id));
        [Some(file), process.and_then(|p| self.process_lanes.get(&(source, p)).copied())]
    }

    fn make(shown: &Shown, open: &Open, old: &Subs) -> Subs {
        let analysis = &*shown.analysis;
        let mut subs = Subs::default();
        for (lane, l) in analysis.lanes.list.iter().enumerate().filter(|(_, l)| open.hosts.contains(&l.host)) {
            let mut own = Vec::new();
            for &source in &l.sources {
                let Some(path) = analysis.sources.get(source.idx()).map(|s| s.path.clone()) else { continue };
                let ids = ids(analysis, source);
                let known = old.several.get(&source).copied();
                let several = known.unwrap_or_else(|| several(analysis, &ids));
                subs.several.insert(source, several);
                let name = text::neutral(text::base_name(&path), 60).0;
                let file = Sub {
                    lane,
                    source,
                    path: path.clone(),
                    process: None,
                    name,
                    opens: several,
                    density: LaneDensity::default(),
                };
                own.push(file.clone());
                // One file of one process would say the same thrice.
                if !several || !open.files.contains(&path) {
                    continue;
                }
                let who = old.processes.get(&source).cloned();
                let who = who.unwrap_or_else(|| Arc::new(processes(analysis, ids)));
                for (name, i) in who.names.iter().zip(0_u8..) {
                    own.push(Sub { process: Some(i), name: name.clone(), opens: false, ..file.clone() });
                }
                subs.processes.insert(source, who);
            }
            subs.list.extend(own);
        }
        for (i, sub) in subs.list.iter().enumerate() {
            match sub.process {
                None => drop(subs.files.insert(sub.source, i)),
                Some(p) => drop(subs.process_lanes.insert((sub.source, p), i)),
            }
        }
        let event = |row| analysis.timeline.event(shown.rows.timeline_row(row)?);
        let groups = |segment: &crate::event::Segment, id| subs.of_source(segment.source, id);
        let n = subs.list.len();
        let density = Density::grouped(&analysis.events, &analysis.timeline, n, (shown.rows.len(), event), groups);
        for (sub, counts) in subs.list.iter_mut().zip(density.into_lanes()) {
            sub.density = counts;
        }
        subs
    }
}

/// The events of a source: their ids follow each other.
fn ids(analysis: &Analysis, source: SourceId) -> std::ops::Range<u32> {
    let events = &analysis.events;
    let own = (0..events.segments().len()).filter(|i| events.segments().get(*i).is_some_and(|s| s.source == source));
    let ranges = own.map(|i| events.ids_of_segment(i));
    ranges.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end)).unwrap_or(0..0)
}

fn process(analysis: &Analysis, id: EventId) -> Option<String> {
    let span = analysis.events.span(id);
    if span.end.saturating_sub(span.start) > LONGEST as u64 {
        return None;
    }
    analysis.record(id).process.map(|p| text::neutral(&p, 40).0)
}

fn several(analysis: &Analysis, ids: &std::ops::Range<u32>) -> bool {
    let step = (ids.len() / TRIED).max(1);
    let mut first = None;
    for name in ids.clone().step_by(step).map(|id| process(analysis, EventId(id))) {
        match (&first, name) {
            (_, None) => {}
            (None, some) => first = some,
            (Some(first), Some(name)) if *first != name => return true,
            _ => {}
        }
    }
    false
}

fn processes(analysis: &Analysis, ids: std::ops::Range<u32>) -> Processes {
    const NONE: &str = "no process";
    let name = |id: u32| process(analysis, EventId(id)).unwrap_or_else(|| NONE.to_owned());
    let n = ids.len();
    // In two rounds over the records, so that nothing but a byte is kept of each.
    let parts: Vec<BTreeMap<String, usize>> = ids
        .clone()
        .into_par_iter()
        .fold(BTreeMap::new, |mut counts: BTreeMap<String, usize>, id| {
            // What has a process of its own for each record would be all memory and no lanes.
            if let Some(n) = counts.get_mut(&name(id)) {
                *n += 1;
            } else if counts.len() < 4_096 {
                counts.insert(name(id), 1);
            }
            counts
        })
        .collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (name, n) in parts.into_iter().flatten() {
        *counts.entry(name).or_default() += n;
    }
    let mut by_count: Vec<(String, usize)> = counts.into_iter().collect();
    by_count.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let rest = by_count.len() > MOST;
    let mut names: Vec<String> = by_count.into_iter().take(MOST).map(|(name, _)| name).collect();
    names.sort();
    let places: BTreeMap<String, u8> = names.iter().cloned().zip(0_u8..).collect();
    let others = u8::try_from(names.len()).unwrap_or(u8::MAX);
    let mut of = Vec::with_capacity(n);
    ids.clone().into_par_iter().map(|id| places.get(&name(id)).copied().unwrap_or(others)).collect_into_vec(&mut of);
    if rest {
        names.push("other processes".to_owned());
    }
    Processes { names, first: ids.start, of }
}

/// What is open.
#[derive(Clone, Debug, Default, PartialEq)]
struct Open {
    hosts: BTreeSet<String>,
    files: BTreeSet<String>,
}

/// What the lanes were made of: they are made again when that is another.
#[derive(Clone, PartialEq)]
struct Of {
    density: usize,
    recorded: usize,
    open: Open,
}

type Made = (Of, Subs);

/// Makes the lanes inside of open lanes, on a thread.
#[derive(Default)]
pub struct Maker {
    subs: Arc<Subs>,
    made: Option<Of>,
    asked: Option<Of>,
    channel: Option<(Sender<Made>, Receiver<Made>)>,
}

impl Maker {
    /// What has been made; perhaps not yet of what is shown now.
    pub fn subs(&self) -> &Subs {
        &self.subs
    }

    /// True while something is being made.
    pub fn is_busy(&self) -> bool {
        self.asked.is_some()
    }

    /// Takes what was made, and asks for what is missing.
    pub fn keep_up(&mut self, ctx: &egui::Context, shown: &Shown, lanes: &LaneState) {
        let (sender, results) = self.channel.get_or_insert_with(channel);
        while let Ok((of, subs)) = results.try_recv() {
            if self.asked.as_ref() == Some(&of) {
                self.asked = None;
            }
            self.subs = Arc::new(subs);
            self.made = Some(of);
        }
        let of = Of {
            density: Arc::as_ptr(&shown.density) as usize,
            recorded: Arc::as_ptr(&shown.snapshot.recorded) as usize,
            open: Open { hosts: lanes.open.clone(), files: lanes.open_files.clone() },
        };
        if of.open.hosts.is_empty() {
            if !self.subs.list.is_empty() {
                self.subs = Arc::default();
            }
            self.made = None;
            return;
        }
        if self.made.as_ref().is_some_and(|made| made.recorded != of.recorded) {
            // Their ids mean other events now.
            self.subs = Arc::default();
            self.made = None;
        }
        // One after the other: the newest wish is met when the running one is done.
        if self.made.as_ref() == Some(&of) || self.asked.is_some() {
            return;
        }
        let old = self.subs.clone();
        let (shown, sender, ctx, to_make) = (shown.clone(), sender.clone(), ctx.clone(), of.clone());
        let work = move || {
            let subs = Subs::make(&shown, &to_make.open, &old);
            drop(shown);
            // The window may be gone; then nobody waits for this.
            sender.send((to_make, subs)).ok();
            ctx.request_repaint();
        };
        if std::thread::Builder::new().name("lanes".into()).spawn(work).is_ok() {
            self.asked = Some(of);
        }
    }
}
