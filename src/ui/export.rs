//! What leaves the window as a file: the report, or the events that the filter left; written on a thread.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::event::EventId;
use crate::export::{events, text};
use crate::session::Found;
use crate::time::zone::Zone;
use crate::ui::reading::Ask;
use crate::ui::shown::Shown;
use crate::ui::state::Overlay;
use crate::ui::text::plural;
use crate::ui::window::Window;
use crate::ui::{report, text as words};

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The report as Markdown.
    Report,
    /// Events as text, a line each.
    Text,
    /// Events as comma-separated values.
    Csv,
    /// Events as JSON, an object a line.
    Jsonl,
}

impl Form {
    /// What it is called in dialogs.
    pub fn name(self) -> &'static str {
        match self {
            Form::Report => "Save report as Markdown",
            Form::Text => "Save events as text",
            Form::Csv => "Save events as CSV",
            Form::Jsonl => "Save events as JSON lines",
        }
    }

    /// A file name for what is open.
    pub fn file_name(self, open: &str) -> String {
        let end = match self {
            Form::Report => "md",
            Form::Text => "txt",
            Form::Csv => "csv",
            Form::Jsonl => "jsonl",
        };
        let plain: String =
            open.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        format!("{plain}.{end}")
    }
}

/// Something that is exported.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Asks where to write to.
    Ask(Form),
    /// Writes to a path that was typed.
    SaveTo(Form, String),
    /// Copies the report.
    CopyReport,
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    if w.reading.paths.is_empty() {
        w.view.message = Some("nothing is open".to_owned());
        return;
    }
    match act {
        Act::Ask(form) => w.reading.ask(ctx, Ask::Save(form)),
        Act::SaveTo(form, path) => {
            let path = PathBuf::from(path.trim());
            save(w, ctx, form, vec![path], false);
        }
        Act::CopyReport => start(w, ctx, Form::Report, None),
    }
}

/// Lets the user type the path, where there are no dialogs.
pub fn ask_path(w: &mut Window, form: Form) {
    let name = form.file_name(&w.reading.name().unwrap_or_else(|| "incident".to_owned()));
    let folder = w.notes.path().and_then(|p| p.parent()).map(Path::to_owned).unwrap_or_default();
    let path = folder.join(name).to_string_lossy().into_owned();
    w.view.overlay = Overlay::SaveAs { form, path };
    w.view.message = Some("no file dialog on this system; type the path".to_owned());
}

/// Writes what `form` says to the first of `paths`. A dialog has asked whether a file may be replaced; a typed path
/// never replaces one.
pub fn save(w: &mut Window, ctx: &egui::Context, form: Form, paths: Vec<PathBuf>, replace: bool) {
    let Some(path) = paths.into_iter().next() else { return };
    if !replace && path.exists() {
        w.view.message = Some(format!("{} is there already; type another name", path.display()));
        return;
    }
    w.view.overlay = Overlay::None;
    start(w, ctx, form, Some(path));
}

fn start(w: &mut Window, ctx: &egui::Context, form: Form, path: Option<PathBuf>) {
    let job = Job {
        form,
        path,
        shown: w.shown.clone(),
        found: w.found.clone(),
        case: w.notes.case().clone(),
        title: report::title(w),
        zone: w.view.zone,
    };
    w.exports.start(ctx, job);
}

struct Job {
    form: Form,
    /// Where to; `None` is the clipboard.
    path: Option<PathBuf>,
    shown: Shown,
    found: Option<Found>,
    case: crate::case::Case,
    title: String,
    zone: Zone,
}

/// What is being written.
pub struct Exports {
    told: (Sender<String>, Receiver<String>),
    running: usize,
}

impl Default for Exports {
    fn default() -> Self {
        Exports { told: channel(), running: 0 }
    }
}

impl Exports {
    /// True while something is being written.
    pub fn is_busy(&self) -> bool {
        self.running > 0
    }

    /// What became of it, in a sentence.
    pub fn poll(&mut self) -> Option<String> {
        let told = self.told.1.try_recv().ok()?;
        self.running = self.running.saturating_sub(1);
        Some(told)
    }

    fn start(&mut self, ctx: &egui::Context, job: Job) {
        let (sender, ctx) = (self.told.0.clone(), ctx.clone());
        let work = move || {
            let told = match &job.path {
                Some(path) => match job.write(path) {
                    Ok(what) => format!("{what} written to {}", path.display()),
                    Err(e) => format!("{} cannot be written: {e}", path.display()),
                },
                None => {
                    let text = job.report();
                    let told = format!("report copied, {}", text::bytes(text.len() as u64));
                    ctx.copy_text(text);
                    told
                }
            };
            // The window may be gone; the file is there all the same.
            sender.send(words::neutral(&told, 300).0).ok();
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("export".into()).spawn(work) {
            Ok(_) => self.running += 1,
            Err(e) => log::warn!("no thread for the export: {e}"),
        }
    }
}

impl Job {
    fn report(&self) -> String {
        report::write(&self.shown.analysis, self.found.as_ref(), &self.case, &self.title, self.zone)
    }

    fn write(&self, path: &Path) -> io::Result<String> {
        let analysis = &self.shown.analysis;
        if self.form == Form::Report {
            let text = self.report();
            crate::case::file::replace(path, &text)?;
            return Ok(format!("report of {}", text::bytes(text.len() as u64)));
        }
        let form = match self.form {
            Form::Csv => events::Form::Csv,
            Form::Jsonl => events::Form::Jsonl,
            Form::Text | Form::Report => events::Form::Text(self.zone, false),
        };
        let rows: Vec<EventId> = (0..self.shown.rows.len()).filter_map(|row| self.shown.event(row)).collect();
        let mut out = BufWriter::new(File::create(path)?);
        let redactor = crate::redact::Redactor::none();
        let leaving =
            events::Leaving { analysis, rows: &rows, case: Some(&self.case), findings: None, redactor: &redactor };
        events::write(&mut out, &leaving, form)?;
        out.into_inner()?.sync_all()?;
        Ok(plural(rows.len() as u64, "event", "events"))
    }
}
