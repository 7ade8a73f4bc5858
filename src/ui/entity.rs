//! Entities that rows mention: requests, jobs, resources, hosts. Found in what is on the screen only; the next
//! event with the same one is looked for on a thread.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use memchr::memmem::Finder;

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::fact::{Facts, Packs, mine};
use crate::ui::shown::Shown;

/// Entities of one row; more would be a row of links.
const MOST: usize = 24;
/// Fields of facts that name an entity, the most specific first, and what the entity is called.
const NAMES: [(&str, &str); 17] = [
    ("id", ""),
    ("run", "run"),
    ("gtid", "transaction"),
    ("xid", "transaction"),
    ("zxid", "transaction"),
    ("lsn", "position"),
    ("segment", "segment"),
    ("statement_id", "statement"),
    ("resource", "resource"),
    ("device", "device"),
    ("job", "job"),
    ("package", "package"),
    ("node", "node"),
    ("host", "host"),
    ("database", "database"),
    ("ring", "ring"),
    ("user", "user"),
];
/// Where identifiers that no pack knows stand among them.
const MINED: usize = 1;
/// Where hosts stand among them.
const HOST: usize = 13;

/// An identifier that no pack knows has at least so many digits.
const DIGITS: usize = 3;

/// Something that other records may mention, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// Where its name stands in the row's line, in bytes.
    pub range: Range<usize>,
    /// Its name, as the record has it.
    pub name: String,
    /// What it is: `account`, `resource`, `host`; empty when nothing tells.
    pub kind: String,
    /// Its place among the entities of a row: the lower, the fewer records mention it.
    pub rank: usize,
}

impl Entity {
    /// It in words: `host pg01`.
    pub fn words(&self) -> String {
        let name = crate::ui::text::cut(&self.name, 40);
        if self.kind.is_empty() { name } else { format!("{} {name}", self.kind) }
    }
}

/// The entities that `message`, the line of an event as its row shows it, mentions; in order, none within another.
pub fn of_message(shown: &Shown, packs: &Arc<Packs>, id: EventId, message: &str) -> Vec<Entity> {
    let mut found: Vec<Entity> = Vec::new();
    let mut add = |range: Range<usize>, kind: &str, rank: usize| {
        let free = found.iter().all(|e| e.range.end <= range.start || range.end <= e.range.start);
        if let (true, Some(name)) = (free && found.len() < MOST, message.get(range.clone())) {
            found.push(Entity { name: name.to_owned(), range, kind: kind.to_owned(), rank });
        }
    };
    let a = &shown.analysis;
    let facts = Facts::extract_one(packs, &a.sources, &a.infos, &a.events, id);
    for fact in facts.iter() {
        for (rank, (field, kind)) in NAMES.iter().enumerate() {
            let Some(value) = fact.get(field).filter(|v| is_name(v)) else { continue };
            let kind = if *field == "id" { fact.get("kind").unwrap_or_default() } else { kind };
            occurrences(message, value).take(2).for_each(|range| add(range, kind, rank));
        }
    }
    for range in mine::spans(message) {
        // `EXT4-fs` and `libssl3` are words; an identifier has more digits. `12.000MiB` is a size.
        let name = message.get(range.clone()).unwrap_or_default();
        let digits = name.bytes().filter(u8::is_ascii_digit).count();
        let unit = name.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
        let size = unit.len() < name.len() && unit.chars().all(|c| c.is_ascii_alphabetic());
        if digits >= DIGITS && !size {
            add(range, "", MINED);
        }
    }
    for lane in &a.lanes.list {
        if is_name(&lane.host) {
            occurrences(message, &lane.host).take(2).for_each(|range| add(range, "host", HOST));
        }
    }
    found.sort_by_key(|e| e.range.start);
    found
}

/// Neither a single letter nor a sentence.
fn is_name(value: &str) -> bool {
    (2..=80).contains(&value.len()) && value.bytes().any(|b| b.is_ascii_alphanumeric()) && !value.contains('\n')
}

/// Where `name` stands in `text` as a word of its own.
fn occurrences<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    let whole = |range: &Range<usize>| is_whole(text.as_bytes(), range);
    text.match_indices(name).map(|(at, found)| at..at + found.len()).filter(whole)
}

/// No letter or digit goes on before or behind.
fn is_whole(text: &[u8], range: &Range<usize>) -> bool {
    let goes_on = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let before = range.start.checked_sub(1).and_then(|at| text.get(at));
    !goes_on(before) && !goes_on(text.get(range.end))
}

/// True when a record mentions the name.
fn mentions(finder: &Finder<'_>, record: &[u8]) -> bool {
    finder.find_iter(record).any(|at| is_whole(record, &(at..at + finder.needle().len())))
}

/// True when an event mentions the name.
pub fn is_in(analysis: &Analysis, id: EventId, name: &str) -> bool {
    mentions(&Finder::new(name), analysis.raw(id))
}

/// What a search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The event, none when there is no further one.
    pub event: Option<EventId>,
    /// What was looked for.
    pub name: String,
    /// Towards the end.
    pub forward: bool,
}

/// Looks for the next event that mentions a name; the newest question wins.
#[derive(Default)]
pub struct Seeker {
    running: Option<(Arc<AtomicBool>, Receiver<Answer>)>,
}

impl Seeker {
    /// True while it looks.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Looks for `name` among the rows behind `row`, or before it.
    pub fn start(&mut self, ctx: &egui::Context, shown: Shown, name: String, row: usize, forward: bool) {
        self.stop();
        let cancel = Arc::new(AtomicBool::new(false));
        let (sender, answers) = channel();
        self.running = Some((cancel.clone(), answers));
        let ctx = ctx.clone();
        let work = move || {
            let event = find(&shown, &name, row, forward, &cancel);
            // The window may be gone; then nobody waits for this.
            sender.send(Answer { event, name, forward }).ok();
            crate::ui::shown::drop_aside(shown);
            ctx.request_repaint();
        };
        if std::thread::Builder::new().name("entity".into()).spawn(work).is_err() {
            self.running = None;
        }
    }

    /// Gives up: ids are to have a new meaning, or something else is asked for.
    pub fn stop(&mut self) {
        if let Some((cancel, _)) = self.running.take() {
            cancel.store(true, Ordering::Relaxed);
        }
    }

    /// What was found, once.
    pub fn poll(&mut self) -> Option<Answer> {
        let (_, answers) = self.running.as_ref()?;
        match answers.try_recv() {
            Ok(answer) => {
                self.running = None;
                Some(answer)
            }
            Err(TryRecvError::Disconnected) => {
                self.running = None;
                None
            }
            Err(TryRecvError::Empty) => None,
        }
    }
}

fn find(shown: &Shown, name: &str, row: usize, forward: bool, cancel: &AtomicBool) -> Option<EventId> {
    /// Rows between two looks at whether anybody still waits.
    const STRETCH: usize = 4_096;
    let finder = Finder::new(name);
    let hit = |row: usize| {
        let id = shown.event(row)?;
        mentions(&finder, shown.analysis.raw(id)).then_some(id)
    };
    let n = shown.rows.len();
    let mut done = 0;
    let all = if forward { n.saturating_sub(row + 1) } else { row.min(n) };
    while done < all {
        if cancel.load(Ordering::Relaxed) {
            return None;
        }
        let next = (done + STRETCH).min(all);
        let found = (done..next).find_map(|i| hit(if forward { row + 1 + i } else { row - 1 - i }));
        if found.is_some() {
            return found;
        }
        done = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_within_a_word_is_another_name() {
        let found: Vec<_> = occurrences("pg01 pg011 xpg01 pg01:5432 pg01_a (pg01)", "pg01").collect();
        assert_eq!(found, [0..4, 17..21, 35..39]);
        assert!(mentions(&Finder::new("r-17"), b"done r-170, r-17."));
        assert!(!mentions(&Finder::new("r-17"), b"done r-170"));
    }
}
