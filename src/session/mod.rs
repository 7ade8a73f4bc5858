//! The worker: reads on its own thread and hands out [`Snapshot`]s.
//!
//! The window owns one [`Session`] per case. What can be asked and what comes back are two enums, so
//! that everything that can happen is visible here. Clocks are measured and findings searched on further threads, so
//! that the worker goes on answering and following meanwhile.

mod assume;
mod carry;
mod search;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::analysis::{self, Analysis, Config, Decided, Growing};
use crate::diagnostic::Diagnostics;
use crate::source::{self, follow};
pub use search::Found;
use search::{Outcome, Search};

/// How often followed files are looked at.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);
/// Snapshots on the way come at most this often, and ever less often as they grow.
const FIRST_SNAPSHOT: Duration = Duration::from_millis(60);

/// What the window asks for.
#[derive(Clone, Debug)]
pub enum Request {
    /// Follow the growth of plain files, or stop doing so.
    Follow(bool),
    /// Measure the clocks, again if they were measured before.
    Measure,
    /// Look for findings again.
    Search,
    /// By what the user decides now; answered by [`Update::Assumed`] with the same number. Only the newest counts.
    Assume(u64, Box<Decided>),
}

/// What has been read, in the order of its stamps and, where clocks were measured, in causal order.
///
/// Both hold the same events under the same ids, and share them.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// In the order of the recorded times; [`Analysis::complete`] tells whether it is all.
    pub recorded: Arc<Analysis>,
    /// In causal order.
    pub causal: Option<Arc<Analysis>>,
    /// Events that came after the clocks were measured: they are corrected, but have no edges.
    pub unmeasured: usize,
    /// What was found; it comes after the clocks. Of what has grown since, nothing is in it yet.
    pub found: Option<Found>,
}

impl Snapshot {
    /// In causal order if that is asked for and known, else as recorded.
    pub fn in_order(&self, causal: bool) -> &Arc<Analysis> {
        self.causal.as_ref().filter(|_| causal).unwrap_or(&self.recorded)
    }
}

/// What the worker tells.
#[derive(Clone, Debug)]
pub enum Update {
    /// Bytes read so far, and in all.
    Progress(u64, u64),
    /// What has been read.
    Snapshot(Snapshot),
    /// The snapshots from now on rest on what the user decided: the request with this number.
    Assumed(u64),
    /// Reading was cancelled; the last snapshot stands.
    Cancelled,
    /// Clocks are being measured.
    Measuring,
    /// Measuring has ended; the reason, where it ended without clocks.
    Measured(Result<(), String>),
    /// Findings are being looked for.
    Searching,
    /// The search has ended: the recorded analysis whose events it is about, and what was found, or the reason why not.
    Searched(Result<(Arc<Analysis>, Found), String>),
    /// The worker came to grief; the window lives on.
    Failed(String),
}

/// What the worker waits for.
enum Message {
    Ask(Request),
    Cancel,
    /// A measuring has ended, the first, the second…
    Measured(u64, Result<Option<Box<Analysis>>, String>),
    /// A search has ended, the first, the second…, with what was searched.
    Searched(u64, Arc<Analysis>, Outcome),
    Quit,
}

/// A running worker. Dropping it cancels and waits for the thread.
#[derive(Debug)]
pub struct Session {
    messages: Sender<Message>,
    updates: Receiver<Update>,
    cancel: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    /// Starts reading `paths`. `wake` is called after every update, from the worker's thread.
    pub fn start(paths: Vec<PathBuf>, config: Config, wake: impl Fn() + Send + Sync + 'static) -> Session {
        let (message_tx, message_rx) = channel();
        let (update_tx, update_rx) = channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            paths,
            config,
            messages: message_rx,
            own: message_tx.clone(),
            updates: update_tx,
            cancel: cancel.clone(),
            wake: Box::new(wake),
        };
        let thread = std::thread::Builder::new().name("session".into()).spawn(move || worker.run()).ok();
        Session { messages: message_tx, updates: update_rx, cancel, thread }
    }

    /// Everything that the worker told since the last call. Never blocks.
    pub fn poll(&self) -> Vec<Update> {
        self.updates.try_iter().collect()
    }

    /// Waits for the next update, for tests and the command line.
    pub fn wait(&self, at_most: Duration) -> Option<Update> {
        self.updates.recv_timeout(at_most).ok()
    }

    /// Asks the worker for something.
    pub fn ask(&self, request: Request) {
        // A worker that is gone has said so with an update.
        self.messages.send(Message::Ask(request)).ok();
    }

    /// Stops reading within a chunk's time, or measuring clocks and looking for findings.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.messages.send(Message::Cancel).ok();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.cancel();
        self.messages.send(Message::Quit).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

struct Worker {
    paths: Vec<PathBuf>,
    config: Config,
    messages: Receiver<Message>,
    /// The other end of `messages`, for the thread that measures.
    own: Sender<Message>,
    updates: Sender<Update>,
    cancel: Arc<AtomicBool>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// What the worker has made so far.
#[derive(Default)]
struct State {
    latest: Snapshot,
    config: Config,
    /// What the user decided, not worked out yet.
    wanted: Option<(u64, Box<Decided>)>,
    growing: Growing,
    following: bool,
    /// The last analysis whose clocks were measured.
    measured: Option<Arc<Analysis>>,
    /// The measuring that is under way: which one, and what stops it.
    measuring: Option<(u64, Arc<AtomicBool>)>,
    measurings: u64,
    search: Search,
}

impl Drop for State {
    fn drop(&mut self) {
        self.stop_measuring();
        self.search.stop();
    }
}

impl State {
    fn stop_measuring(&mut self) -> bool {
        let stopped = self.measuring.take();
        if let Some((_, stop)) = &stopped {
            stop.store(true, Ordering::Relaxed);
        }
        stopped.is_some()
    }

    /// Takes over what has been read; clocks that were measured before hold for it too.
    fn take(&mut self, recorded: Arc<Analysis>) {
        let causal = self.measured.as_ref().map(|measured| {
            if measured.events.is_same(&recorded.events) && measured.lanes == recorded.lanes {
                measured.clone()
            } else {
                Arc::new(carry::carry(measured, &recorded))
            }
        });
        let known = self.measured.as_ref().map_or(recorded.events.len(), |m| m.events.len());
        let unmeasured = recorded.events.len().saturating_sub(known);
        let found = self.search.found_in(&recorded);
        self.latest = Snapshot { recorded, causal, unmeasured, found };
    }
}

impl Worker {
    fn run(self) {
        let work = std::panic::AssertUnwindSafe(|| self.read_and_follow());
        if let Err(panic) = std::panic::catch_unwind(work) {
            let what = words_of(&*panic);
            self.tell(Update::Failed(format!("reading stopped because of a fault in Causeline: {what}")));
        }
    }

    fn tell(&self, update: Update) {
        self.updates.send(update).ok();
        (self.wake)();
    }

    fn read_and_follow(&self) {
        let mut opening = Diagnostics::default();
        let sources = source::open(&mut opening, &self.paths);
        let mut state = State::default();
        state.config = self.config.clone();
        if !self.read_into(&mut state, &opening, sources) {
            return;
        }
        loop {
            let message = if state.wanted.is_some() {
                self.messages.recv_timeout(Duration::ZERO)
            } else if state.following {
                self.messages.recv_timeout(FOLLOW_EVERY)
            } else {
                self.messages.recv().map_err(Into::into)
            };
            match message {
                Ok(Message::Ask(Request::Follow(on))) => state.following = on,
                Ok(Message::Ask(Request::Measure)) => self.measure(&mut state),
                Ok(Message::Ask(Request::Search)) => self.search(&mut state),
                Ok(Message::Ask(Request::Assume(n, decided))) => state.wanted = Some((n, decided)),
                Ok(Message::Cancel) => self.stop(&mut state),
                Ok(Message::Measured(n, result)) => self.measured(&mut state, n, result),
                Ok(Message::Searched(n, searched, outcome)) => self.searched(&mut state, n, searched, outcome),
                Ok(Message::Quit) | Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => self.assume(&mut state),
            }
            if state.following && !self.look(&mut state, &mut opening) {
                return;
            }
            if state.search.is_due(state.following, Instant::now()) && state.measuring.is_none() {
                self.search(&mut state);
            }
        }
    }

    /// Looks whether files have grown; false when reading them anew was cancelled.
    fn look(&self, state: &mut State, opening: &mut Diagnostics) -> bool {
        let Some(growth) = follow::growth(&state.latest.recorded.sources) else { return true };
        if growth.replaced {
            *opening = Diagnostics::default();
            let sources = follow::reopen(opening, &self.paths, &state.latest.recorded.sources);
            return self.read_into(state, opening, sources);
        }
        let grown = state.growing.update(&state.latest.recorded, growth.sources, &growth.grown);
        state.take(Arc::new(grown));
        state.search.grow(Instant::now());
        self.tell(Update::Snapshot(state.latest.clone()));
        true
    }

    /// Reads everything from the start, and begins to measure; false when reading was cancelled.
    fn read_into(&self, state: &mut State, opening: &Diagnostics, sources: Vec<source::Source>) -> bool {
        state.stop_measuring();
        let Some((recorded, growing)) = self.read(opening, sources, &state.config) else { return false };
        state.growing = growing;
        if state.search.stop() {
            self.tell(Update::Searched(Err("looking for findings begins anew".to_owned())));
        }
        state.search.reset();
        let was_measured = state.measured.take().is_some();
        state.take(recorded);
        // Both at once, so that nobody sees a moment in which neither is under way.
        let measure = self.config.causal || was_measured;
        if measure {
            self.begin(state);
        }
        self.tell(Update::Snapshot(state.latest.clone()));
        true
    }

    fn measure(&self, state: &mut State) {
        state.stop_measuring();
        // What it would find rests on the old clocks.
        if state.search.stop() {
            self.tell(Update::Searched(Err("looking for findings waits for the clocks".to_owned())));
        }
        self.begin(state);
    }

    /// Begins to look for findings in causal order, on a thread of its own; without that order there is nothing to do.
    fn search(&self, state: &mut State) {
        let Some(analysis) = state.latest.causal.clone() else { return };
        let (n, stop) = state.search.begin(Instant::now());
        self.tell(Update::Searching);
        let (config, back) = (state.config.clone(), self.own.clone());
        let work = move || {
            let go_on = || !stop.load(Ordering::Relaxed);
            let search = || Found::search(&analysis, &config, &go_on);
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(search));
            let result = result.map_err(|panic| words_of(&*panic).to_owned());
            back.send(Message::Searched(n, analysis, result)).ok();
        };
        if let Err(e) = std::thread::Builder::new().name("findings".into()).spawn(work) {
            state.search.stop();
            self.tell(Update::Searched(Err(e.to_string())));
        }
    }

    fn searched(&self, state: &mut State, n: u64, searched: Arc<Analysis>, outcome: Outcome) {
        let (outcome, failed) = match outcome {
            Ok(found) => (found, None),
            Err(what) => (None, Some(format!("looking for findings stopped because of a fault in Causeline: {what}"))),
        };
        if !state.search.end(n, searched, outcome, Instant::now()) {
            return; // stopped since
        }
        state.latest.found = state.search.found_in(&state.latest.recorded);
        let found = match (failed, state.latest.found.clone()) {
            (Some(what), _) => Err(what),
            (None, Some(found)) => Ok((state.latest.recorded.clone(), found)),
            (None, None) => Err("what was found is no longer in the files".to_owned()),
        };
        self.tell(Update::Searched(found));
    }

    /// Begins to measure the clocks of what has been read, on a thread of its own.
    fn begin(&self, state: &mut State) {
        let stop = Arc::new(AtomicBool::new(false));
        state.measurings += 1;
        let n = state.measurings;
        state.measuring = Some((n, stop.clone()));
        self.tell(Update::Measuring);
        let (analysis, config, back) = (state.latest.recorded.clone(), state.config.clone(), self.own.clone());
        let work = move || {
            let go_on = || !stop.load(Ordering::Relaxed);
            let measure = || Analysis::clone(&analysis).in_causal_order_while(&config, &go_on).map(Box::new);
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(measure));
            let result = result.map_err(|panic| words_of(&*panic).to_owned());
            drop(analysis);
            back.send(Message::Measured(n, result)).ok();
        };
        if let Err(e) = std::thread::Builder::new().name("clocks".into()).spawn(work) {
            state.measuring = None;
            self.tell(Update::Measured(Err(e.to_string())));
        }
    }

    fn measured(&self, state: &mut State, n: u64, result: Result<Option<Box<Analysis>>, String>) {
        if state.measuring.as_ref().is_none_or(|(under_way, _)| *under_way != n) {
            return; // stopped since
        }
        state.measuring = None;
        match result {
            Ok(Some(analysis)) => {
                state.measured = Some(Arc::new(*analysis));
                state.take(state.latest.recorded.clone());
                // First of all, so that nobody sees a moment in which nothing is under way.
                self.search(state);
                self.tell(Update::Snapshot(state.latest.clone()));
                self.tell(Update::Measured(Ok(())));
            }
            Ok(None) => {}
            Err(what) => {
                let what = format!("measuring clocks stopped because of a fault in Causeline: {what}");
                self.tell(Update::Measured(Err(what)));
            }
        }
    }

    /// The user cancelled. That reading is under way is seen there.
    fn stop(&self, state: &mut State) {
        self.cancel.store(false, Ordering::Relaxed);
        if state.stop_measuring() {
            self.tell(Update::Measured(Err("measuring clocks was stopped".to_owned())));
        }
        if state.search.stop() {
            self.tell(Update::Searched(Err("looking for findings was stopped".to_owned())));
        }
    }

    /// Reads the sources from the start, with snapshots on the way; `None` when it was cancelled.
    ///
    /// `opening` is the trouble there was in opening them, which a file that was written anew does not end.
    fn read(
        &self,
        opening: &Diagnostics,
        sources: Vec<source::Source>,
        config: &Config,
    ) -> Option<(Arc<Analysis>, Growing)> {
        let mut next = Instant::now() + FIRST_SNAPSHOT;
        let mut wait = FIRST_SNAPSHOT;
        let config = Config { causal: false, ..config.clone() };
        let read = analysis::analyze_and_keep(opening.clone(), sources, &config, &mut |partial| {
            self.tell(Update::Progress(partial.progress.0, partial.progress.1));
            if Instant::now() >= next {
                let begun = Instant::now();
                let recorded = Arc::new(partial.analysis());
                self.tell(Update::Snapshot(Snapshot { recorded, ..Snapshot::default() }));
                // Snapshots take at most about a quarter of the time.
                wait = (wait * 2).max(begun.elapsed() * 4);
                next = Instant::now() + wait;
            }
            !self.cancel.load(Ordering::Relaxed)
        });
        if read.is_none() {
            self.tell(Update::Cancelled);
        }
        read.map(|(analysis, growing)| (Arc::new(analysis), growing))
    }
}

/// What a panic said.
fn words_of(panic: &(dyn std::any::Any + Send)) -> &str {
    let owned = panic.downcast_ref::<String>().map(String::as_str);
    owned.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::definition::Definitions;
    use std::io::Write as _;

    const LONG: Duration = Duration::from_secs(20);

    fn config() -> Config {
        Config { definitions: Arc::new(Definitions::builtin()), ..Config::default() }
    }

    fn next_complete(session: &Session) -> Arc<Analysis> {
        loop {
            match session.wait(LONG).expect("an update") {
                Update::Snapshot(s) if s.recorded.complete => return s.recorded,
                _ => {}
            }
        }
    }

    #[test]
    fn appended_bytes_arrive_within_a_second() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("app.log");
        std::fs::write(&path, "Dec 31 23:59:58 a x: one\nDec 31 23:59:59 a x: two, cut sh").unwrap();
        std::fs::write(dir.path().join("b.log"), "2022-12-31T23:00:00Z other\n").unwrap();
        let session = Session::start(vec![dir.path().to_owned()], config(), || {});
        let before = next_complete(&session);
        session.ask(Request::Follow(true));
        let begun = Instant::now();
        let mut file = std::fs::File::options().append(true).open(&path).unwrap();
        file.write_all(b"ort\nJan  1 00:00:01 a x: three\n").unwrap();
        let after = next_complete(&session);
        assert!(begun.elapsed() < Duration::from_secs(1), "took {:?}", begun.elapsed());
        assert_eq!((before.events.len(), after.events.len()), (3, 4));
        let whole = crate::analysis::analyze(&[dir.path().to_owned()], &config());
        let rows = |a: &Analysis| {
            let row =
                |id: &crate::event::EventId| (a.events.time(*id), String::from_utf8_lossy(a.raw(*id)).into_owned());
            a.timeline.events().iter().map(row).collect::<Vec<_>>()
        };
        assert_eq!(rows(&after), rows(&whole), "growth gives what reading the whole file gives");
    }

    #[test]
    fn a_file_cut_and_written_anew_is_read_anew() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("app.log");
        std::fs::write(&path, "2026-01-01T00:00:00Z old one\n2026-01-01T00:00:01Z old two\n").unwrap();
        let session = Session::start(vec![path.clone(), dir.path().join("missing")], config(), || {});
        next_complete(&session);
        session.ask(Request::Follow(true));
        std::fs::write(&path, "2026-01-01T00:00:02Z new\n").unwrap();
        // The worker may look between the cut and the writing, and then once more.
        let after = loop {
            let after = next_complete(&session);
            if after.events.len() == 1 {
                break after;
            }
        };
        assert!(after.diagnostics.has_error(), "what could not be opened is still said");
    }

    #[test]
    fn a_rotated_file_is_followed_to_its_new_name() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        std::fs::write(at("app.log"), "2026-01-01T00:00:00Z one\n2026-01-01T00:00:01Z two\n").unwrap();
        let session = Session::start(vec![at("app.log")], config(), || {});
        next_complete(&session);
        session.ask(Request::Follow(true));
        let messages = |a: &Analysis| {
            a.timeline.events().iter().map(|id| a.record(*id).message.into_owned()).collect::<Vec<_>>().join(" ")
        };
        let until = |wanted: &str| while messages(&next_complete(&session)) != wanted {};
        // Written once more, then renamed, then a new file; and all of it again, now with two behind.
        let append = |name: &str, line: &str| {
            let mut file = std::fs::File::options().append(true).create(true).open(at(name)).unwrap();
            file.write_all(line.as_bytes()).unwrap();
        };
        append("app.log", "2026-01-01T00:00:02Z three\n");
        std::fs::rename(at("app.log"), at("app.log.1")).unwrap();
        append("app.log", "2026-01-01T00:00:03Z four\n");
        until("one two three four");
        std::fs::rename(at("app.log.1"), at("app.log.2")).unwrap();
        std::fs::rename(at("app.log"), at("app.log.1")).unwrap();
        append("app.log", "2026-01-01T00:00:04Z five\n");
        until("one two three four five");
        // Copied and cut, as `copytruncate` does it.
        std::fs::rename(at("app.log.2"), at("app.log.3")).unwrap();
        std::fs::rename(at("app.log.1"), at("app.log.2")).unwrap();
        std::fs::copy(at("app.log"), at("app.log.1")).unwrap();
        std::fs::write(at("app.log"), "2026-01-01T00:00:05Z six, longer than what was there\n").unwrap();
        until("one two three four five six, longer than what was there");
    }

    #[test]
    fn measuring_can_be_stopped_and_begun_again() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.log"), "2026-01-01T00:00:00Z one\n").unwrap();
        let config = Config { causal: true, ..config() };
        let session = Session::start(vec![dir.path().to_owned()], config, || {});
        let until = |wanted: fn(&Update) -> bool| while !wanted(&session.wait(LONG).expect("an update")) {};
        until(|u| matches!(u, Update::Measuring));
        session.cancel();
        until(|u| matches!(u, Update::Measured(_)));
        session.ask(Request::Measure);
        until(|u| matches!(u, Update::Snapshot(s) if s.causal.is_some()));
        until(|u| matches!(u, Update::Measured(Ok(()))));
    }
}
