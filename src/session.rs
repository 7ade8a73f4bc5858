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

use crate::analysis::{self, Analysis, Config};
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
        let worker = Worker { paths, config, requests: request_rx, updates: update_tx, cancel: cancel.clone(), wake: Box::new(wake) };
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
        let Some(mut latest) = self.read() else {
            self.tell(Update::Cancelled);
            return;
        };
        self.tell(Update::Snapshot(latest.clone()));
        let mut following = false;
        loop {
            let request = if following {
                self.requests.recv_timeout(FOLLOW_EVERY)
            } else {
                self.requests.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match request {
                Ok(Request::Follow(on)) => following = on,
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if following && let Some(next) = follow::grown(&latest.sources) {
                let Some(analysis) = self.analyze(next) else { return };
                latest = analysis;
                self.tell(Update::Snapshot(latest.clone()));
            }
        }
    }

    fn read(&self) -> Option<Arc<Analysis>> {
        let mut diagnostics = Diagnostics::default();
        let sources = source::open(&mut diagnostics, &self.paths);
        let mut next = Instant::now() + FIRST_SNAPSHOT;
        let mut wait = FIRST_SNAPSHOT;
        let analysis = analysis::analyze_sources(diagnostics, sources, &self.config, &mut |partial| {
            self.tell(Update::Progress(partial.progress.0, partial.progress.1));
            if Instant::now() >= next {
                let begun = Instant::now();
                self.tell(Update::Snapshot(Arc::new(partial.analysis())));
                // Snapshots take at most about a quarter of the time.
                wait = (wait * 2).max(begun.elapsed() * 4);
                next = Instant::now() + wait;
            }
            !self.cancel.load(Ordering::Relaxed)
        })?;
        Some(Arc::new(analysis))
    }

    fn analyze(&self, sources: Vec<source::Source>) -> Option<Arc<Analysis>> {
        let cancelled = || self.cancel.load(Ordering::Relaxed);
        analysis::analyze_sources(Diagnostics::default(), sources, &self.config, &mut |_| !cancelled()).map(Arc::new)
    }
}
