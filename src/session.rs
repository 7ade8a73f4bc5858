//! The worker: reads on its own thread and hands out [`Analysis`] snapshots.
//!
//! The window owns one [`Session`] per case. What can be asked and what comes back are two enums, so
//! that everything that can happen is visible here.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::analysis::{self, Analysis, Config, Growing};
use crate::diagnostic::Diagnostics;
use crate::source::{self, follow};

/// How often followed files are looked at.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);
/// Snapshots on the way come at most this often, and ever less often as they grow.
const FIRST_SNAPSHOT: Duration = Duration::from_millis(60);

/// What the window asks for.
#[derive(Clone, Debug)]
pub enum Request {
    /// Follow the growth of plain files, or stop doing so.
    Follow(bool),
}

/// What the worker tells.
#[derive(Clone, Debug)]
pub enum Update {
    /// Bytes read so far, and in all.
    Progress(u64, u64),
    /// What has been read; [`Analysis::complete`] tells whether it is all.
    Snapshot(Arc<Analysis>),
    /// Reading was cancelled; the last snapshot stands.
    Cancelled,
    /// The worker came to grief; the window lives on.
    Failed(String),
}

/// A running worker. Dropping it cancels and waits for the thread.
#[derive(Debug)]
pub struct Session {
    requests: Option<Sender<Request>>,
    updates: Receiver<Update>,
    cancel: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Session {
    /// Starts reading `paths`. `wake` is called after every update, from the worker's thread.
    pub fn start(paths: Vec<PathBuf>, config: Config, wake: impl Fn() + Send + Sync + 'static) -> Session {
        let (request_tx, request_rx) = channel();
        let (update_tx, update_rx) = channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let worker = Worker {
            paths,
            config,
            requests: request_rx,
            updates: update_tx,
            cancel: cancel.clone(),
            wake: Box::new(wake),
        };
        let thread = std::thread::Builder::new().name("session".into()).spawn(move || worker.run()).ok();
        Session { requests: Some(request_tx), updates: update_rx, cancel, thread }
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
        if let Some(requests) = &self.requests {
            // A worker that is gone has said so with an update.
            requests.send(request).ok();
        }
    }

    /// Stops reading within a chunk's time.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.cancel();
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

struct Worker {
    paths: Vec<PathBuf>,
    config: Config,
    requests: Receiver<Request>,
    updates: Sender<Update>,
    cancel: Arc<AtomicBool>,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl Worker {
    fn run(self) {
        let work = std::panic::AssertUnwindSafe(|| self.read_and_follow());
        if let Err(panic) = std::panic::catch_unwind(work) {
            let what = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("unknown");
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
        let Some(mut latest) = self.read(&opening, sources) else { return };
        self.tell(Update::Snapshot(latest.clone()));
        let mut following = false;
        let mut growing = Growing::default();
        loop {
            let request = if following {
                self.requests.recv_timeout(FOLLOW_EVERY)
            } else {
                self.requests.recv().map_err(Into::into)
            };
            match request {
                Ok(Request::Follow(on)) => following = on,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if following && let Some(growth) = follow::growth(&latest.sources) {
                if growth.replaced {
                    let Some(analysis) = self.read(&opening, growth.sources) else { return };
                    latest = analysis;
                    growing = Growing::default();
                } else {
                    latest = Arc::new(growing.update(&latest, growth.sources, &growth.grown));
                }
                self.tell(Update::Snapshot(latest.clone()));
            }
        }
    }

    /// Reads the sources from the start, with snapshots on the way; `None` when it was cancelled.
    ///
    /// `opening` is the trouble there was in opening them, which a file that was written anew does not end.
    fn read(&self, opening: &Diagnostics, sources: Vec<source::Source>) -> Option<Arc<Analysis>> {
        let mut next = Instant::now() + FIRST_SNAPSHOT;
        let mut wait = FIRST_SNAPSHOT;
        let analysis = analysis::analyze_sources(opening.clone(), sources, &self.config, &mut |partial| {
            self.tell(Update::Progress(partial.progress.0, partial.progress.1));
            if Instant::now() >= next {
                let begun = Instant::now();
                self.tell(Update::Snapshot(Arc::new(partial.analysis())));
                // Snapshots take at most about a quarter of the time.
                wait = (wait * 2).max(begun.elapsed() * 4);
                next = Instant::now() + wait;
            }
            !self.cancel.load(Ordering::Relaxed)
        });
        if analysis.is_none() {
            self.tell(Update::Cancelled);
        }
        analysis.map(Arc::new)
    }
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
                Update::Snapshot(analysis) if analysis.complete => return analysis,
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
}
