//! The session behind the window, what it last told, and the dialogs that choose what to read.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::analysis::{Analysis, Config, Decided};
use crate::format::definition::Definitions;
use crate::session::{Found, Request, Session, Snapshot, Update};
use crate::ui::export::Form;
use crate::ui::samples;

/// How far the reading is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    /// Nothing was opened.
    #[default]
    Idle,
    /// Reading.
    Reading,
    /// Everything was read.
    Done,
    /// The user stopped it.
    Cancelled,
    /// It stopped by itself: the reason.
    Failed(String),
}

/// Whether the clocks are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Clocks {
    /// Nobody asked for them.
    #[default]
    Off,
    /// They are being measured.
    Measuring,
    /// They were measured.
    Measured,
    /// Measuring ended without them: the reason.
    Failed(String),
}

/// Whether findings were looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Looking {
    /// Not yet; it begins when the clocks are known.
    #[default]
    Off,
    /// They are being looked for.
    Under,
    /// What there is was found.
    Done,
    /// It ended without a result: the reason.
    Failed(String),
}

/// What the session brought.
#[derive(Default)]
pub struct News {
    /// The newest snapshot.
    pub snapshot: Option<Snapshot>,
    /// What was found, and the recorded analysis whose events it names.
    pub found: Option<(Arc<Analysis>, Found)>,
}

/// What a dialog asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Files, to be read instead of what is open.
    Files,
    /// A folder, to be read instead of what is open.
    Folder,
    /// Files, beside what is open.
    MoreFiles,
    /// A file to write to.
    Save(Form),
}

/// What a dialog answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What it was asked for.
    pub ask: Ask,
    /// What was chosen; none when it was cancelled or could not be shown.
    pub paths: Vec<PathBuf>,
    /// It came back faster than anyone can choose: there is probably no dialog on this system.
    pub at_once: bool,
}

/// The session and what it told.
pub struct Reading {
    session: Option<Session>,
    config: Config,
    /// What is open.
    pub paths: Vec<PathBuf>,
    /// How far it is.
    pub stage: Stage,
    /// Bytes read, and in all.
    pub progress: (u64, u64),
    /// Whether the clocks are known.
    pub clocks: Clocks,
    /// Whether findings were looked for.
    pub looking: Looking,
    /// Files are followed.
    pub following: bool,
    /// How long reading took.
    pub took: Option<Duration>,
    /// The system's dialogs may be shown; tests that click anywhere say no.
    pub dialogs: bool,
    /// The folder of the sample logs, where it is found.
    pub samples: Option<PathBuf>,
    begun: Option<Instant>,
    /// What the user decided last, and its number.
    decided: (u64, Decided),
    /// The number of what the session has worked out.
    assumed: u64,
    answers: (Sender<Answer>, Receiver<Answer>),
}

impl Reading {
    /// Nothing is open yet.
    pub fn new(config: Config) -> Self {
        Reading {
            session: None,
            config,
            paths: Vec::new(),
            stage: Stage::Idle,
            progress: (0, 0),
            clocks: Clocks::Off,
            looking: Looking::Off,
            following: false,
            took: None,
            dialogs: true,
            samples: samples::find(),
            begun: None,
            decided: (0, Decided::default()),
            assumed: 0,
            answers: channel(),
        }
    }

    /// What knows the products' lines.
    pub fn packs(&self) -> &std::sync::Arc<crate::fact::Packs> {
        &self.config.packs
    }

    /// Begins to read `paths` by what was decided for them; what was open is closed.
    pub fn open(&mut self, ctx: &egui::Context, paths: Vec<PathBuf>, decided: Decided) {
        self.close();
        self.config.decide(&decided);
        self.decided = (self.decided.0, decided);
        self.assumed = self.decided.0;
        let waker = ctx.clone();
        self.session = Some(Session::start(paths.clone(), self.config.clone(), move || waker.request_repaint()));
        self.paths = paths;
        self.stage = Stage::Reading;
        self.progress = (0, 0);
        self.clocks = Clocks::Off;
        self.looking = Looking::Off;
        self.following = false;
        self.took = None;
        self.begun = Some(Instant::now());
    }

    fn close(&mut self) {
        if let Some(session) = self.session.take() {
            session.cancel();
            // Dropping waits for the worker; the window must not.
            if let Err(e) = std::thread::Builder::new().name("close".into()).spawn(move || drop(session)) {
                log::warn!("closing the session: {e}");
            }
        }
    }

    /// Stops reading; what has been read stays.
    pub fn cancel(&mut self) {
        if let Some(session) = &self.session {
            session.cancel();
        }
    }

    /// Follows the growth of the files, or stops doing so.
    pub fn follow(&mut self, on: bool) {
        if let Some(session) = &self.session {
            session.ask(Request::Follow(on));
            self.following = on;
        }
    }

    /// What was decided before reading.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// True when the user asked for causal order, or did not ask for another.
    pub fn wants_causal(&self) -> bool {
        self.config.causal
    }

    /// Measures the clocks, again if they were measured before.
    pub fn measure(&mut self) {
        if let Some(session) = self.session.as_ref().filter(|_| self.stage == Stage::Done) {
            session.ask(Request::Measure);
            self.clocks = Clocks::Measuring;
        }
    }

    /// Works out what the user decides now, if that is something else than before; false when it is not.
    pub fn assume(&mut self, decided: Decided) -> bool {
        if self.decided.1 == decided {
            return false;
        }
        self.config.decide(&decided);
        self.decided = (self.decided.0 + 1, decided.clone());
        if let Some(session) = &self.session {
            session.ask(Request::Assume(self.decided.0, Box::new(decided)));
        }
        true
    }

    /// True while what the user decided is being worked out.
    pub fn is_assuming(&self) -> bool {
        self.assumed != self.decided.0 && matches!(self.stage, Stage::Reading | Stage::Done)
    }

    /// What formats there are.
    pub fn definitions(&self) -> &Definitions {
        &self.config.definitions
    }

    /// Looks for findings again.
    pub fn search(&mut self) {
        if let Some(session) = &self.session {
            session.ask(Request::Search);
        }
    }

    /// Takes over what the session told.
    pub fn poll(&mut self) -> News {
        let mut news = News::default();
        for update in self.session.as_ref().map(Session::poll).unwrap_or_default() {
            match update {
                Update::Progress(done, all) => self.progress = (done, all),
                Update::Snapshot(snapshot) => {
                    self.progress = snapshot.recorded.progress;
                    if snapshot.recorded.complete && self.stage == Stage::Reading {
                        self.stage = Stage::Done;
                        self.took = self.begun.map(|b| b.elapsed());
                    }
                    news.snapshot = Some(snapshot);
                }
                Update::Measuring => self.clocks = Clocks::Measuring,
                Update::Measured(Ok(())) => self.clocks = Clocks::Measured,
                Update::Measured(Err(reason)) => self.clocks = Clocks::Failed(reason),
                Update::Searching => self.looking = Looking::Under,
                Update::Searched(Ok((on, found))) => {
                    self.looking = Looking::Done;
                    if let Some(snapshot) = news.snapshot.as_mut().filter(|s| Arc::ptr_eq(&s.recorded, &on)) {
                        snapshot.found = Some(found.clone());
                    }
                    news.found = Some((on, found));
                }
                Update::Searched(Err(reason)) => self.looking = Looking::Failed(reason),
                Update::Assumed(n) => self.assumed = n,
                Update::Cancelled => self.stage = Stage::Cancelled,
                Update::Failed(reason) => self.stage = Stage::Failed(reason),
            }
        }
        news
    }

    /// A name for what is open.
    pub fn name(&self) -> Option<String> {
        let first = self.paths.first()?;
        let name =
            |p: &Path| p.file_name().map_or_else(|| p.display().to_string(), |n| n.to_string_lossy().into_owned());
        let full = std::path::absolute(first).unwrap_or_else(|_| first.clone());
        let more = self.paths.len().saturating_sub(1);
        Some(if more == 0 { name(&full) } else { format!("{} and {more} more", name(&full)) })
    }

    /// Shows a dialog on a thread of its own.
    pub fn ask(&self, ctx: &egui::Context, ask: Ask) {
        if !self.dialogs {
            return;
        }
        let (sender, ctx) = (self.answers.0.clone(), ctx.clone());
        let name = self.name().unwrap_or_else(|| "incident".to_owned());
        let work = move || {
            let begun = Instant::now();
            let dialog = rfd::FileDialog::new().set_title("Open logs");
            let paths = match ask {
                Ask::Save(form) => {
                    let dialog = dialog.set_title(form.name()).set_file_name(form.file_name(&name));
                    dialog.save_file().into_iter().collect()
                }
                Ask::Folder => dialog.pick_folder().into_iter().collect(),
                Ask::Files | Ask::MoreFiles => dialog.pick_files().unwrap_or_default(),
            };
            let at_once = begun.elapsed() < Duration::from_millis(300);
            sender.send(Answer { ask, paths, at_once }).ok();
            ctx.request_repaint();
        };
        if let Err(e) = std::thread::Builder::new().name("dialog".into()).spawn(work) {
            log::warn!("no thread for the dialog: {e}");
        }
    }

    /// What the dialogs answered since the last call.
    pub fn answers(&self) -> Vec<Answer> {
        self.answers.1.try_iter().collect()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.close();
    }
}
