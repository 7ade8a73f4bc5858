//! What leaves the window as a file: the report, or the events that the filter left; written on a thread.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use crate::case::{Case, file};
use crate::event::EventId;
use crate::export::document::Document;
use crate::export::{events, html, json_report, markdown, text};
use crate::redact::Redactor;
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
    /// The report as a page.
    Html,
    /// The report as JSON.
    Json,
    /// Events in Timesketch's columns, as CSV.
    TimesketchCsv,
    /// The same as JSON lines.
    TimesketchJsonl,
    /// Events as a trace.
    ChromeTrace,
    /// Events as OpenTelemetry's logs.
    Otlp,
}

/// What a form holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The report.
    Report,
    /// The events that the filter left.
    Events,
}

/// A form in which something leaves the window.
#[derive(Debug)]
pub struct FormInfo {
    /// The form.
    pub form: Form,
    /// What it holds.
    pub of: Of,
    /// The form in a word, for the menu.
    pub words: &'static str,
    /// What it is called in dialogs.
    pub name: &'static str,
    /// What a file of it ends with.
    pub end: &'static str,
    /// What it is good for.
    pub about: &'static str,
}

const fn form(
    form: Form,
    of: Of,
    words: &'static str,
    name: &'static str,
    end: &'static str,
    about: &'static str,
) -> FormInfo {
    FormInfo { form, of, words, name, end, about }
}

/// Every form. A new one is a row here, a variant above, and a line in [`report_text`] or [`events_form`].
pub static FORMS: &[FormInfo] = &[
    form(Form::Report, Of::Report, "Markdown", "Save report as Markdown", "md", "For GitHub, GitLab and postmortems"),
    form(Form::Html, Of::Report, "HTML page", "Save report as HTML", "html", "One page with a picture; prints well"),
    form(Form::Json, Of::Report, "JSON", "Save report as JSON", "json", "Everything, for programs"),
    form(Form::Text, Of::Events, "Text", "Save events as text", "txt", "A line each, to be read"),
    form(Form::Csv, Of::Events, "CSV", "Save events as CSV", "csv", "A table for a spreadsheet"),
    form(Form::Jsonl, Of::Events, "JSON lines", "Save events as JSON lines", "jsonl", "All that is known of each"),
    form(
        Form::TimesketchCsv,
        Of::Events,
        "Timesketch CSV",
        "Save events as CSV for Timesketch",
        "timesketch.csv",
        "Timesketch's columns",
    ),
    form(
        Form::TimesketchJsonl,
        Of::Events,
        "Timesketch JSON lines",
        "Save events as JSON lines for Timesketch",
        "timesketch.jsonl",
        "Timesketch's columns",
    ),
    form(
        Form::ChromeTrace,
        Of::Events,
        "Trace",
        "Save events as a trace",
        "trace.json",
        "For ui.perfetto.dev and chrome://tracing",
    ),
    form(
        Form::Otlp,
        Of::Events,
        "OpenTelemetry",
        "Save events as OpenTelemetry logs",
        "otlp.json",
        "Logs as OTLP's JSON",
    ),
];

/// The text of a form of the report; `None` for forms of events.
fn report_text(form: Form, job: &Job) -> Option<Result<String, String>> {
    let write: fn(&Document) -> String = match form {
        Form::Report => return Some(job.report()),
        Form::Html => html::write,
        Form::Json => json_report::write,
        _ => return None,
    };
    Some(job.document().map(|doc| write(&doc)))
}

/// How events are written; `None` for forms of the report.
fn events_form(form: Form, zone: Zone) -> Option<events::Form> {
    Some(match form {
        Form::Text => events::Form::Text(zone, false),
        Form::Csv => events::Form::Csv,
        Form::Jsonl => events::Form::Jsonl,
        Form::TimesketchCsv => events::Form::TimesketchCsv,
        Form::TimesketchJsonl => events::Form::TimesketchJsonl,
        Form::ChromeTrace => events::Form::ChromeTrace,
        Form::Otlp => events::Form::Otlp,
        Form::Report | Form::Html | Form::Json => return None,
    })
}

impl Form {
    fn info(self) -> Option<&'static FormInfo> {
        FORMS.iter().find(|row| row.form == self)
    }

    /// What it is called in dialogs.
    pub fn name(self) -> &'static str {
        self.info().map_or("Save", |row| row.name)
    }

    /// A file name for what is open.
    pub fn file_name(self, open: &str) -> String {
        let plain: String =
            open.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
        format!("{plain}.{}", self.info().map_or("txt", |row| row.end))
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
        paths: w.reading.paths.clone(),
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
    case: Case,
    /// What was opened.
    paths: Vec<PathBuf>,
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
        let clipboard = ctx.clone();
        self.aside(ctx, move || match &job.path {
            Some(path) => match job.write(path) {
                Ok(what) => format!("{what} written to {}", path.display()),
                Err(e) => format!("{} cannot be written: {e}", path.display()),
            },
            None => match job.report() {
                Ok(text) => {
                    let told = format!("report copied, {}", text::bytes(text.len() as u64));
                    clipboard.copy_text(text);
                    told
                }
                Err(e) => format!("the report cannot be copied: {e}"),
            },
        });
    }

    /// Does something on a thread, and shows the sentence that it ends with.
    pub fn aside(&mut self, ctx: &egui::Context, work: impl FnOnce() -> String + Send + 'static) {
        let (sender, ctx) = (self.told.0.clone(), ctx.clone());
        let work = move || {
            // The window may be gone; what was done is done all the same.
            sender.send(words::neutral(&work(), 300).0).ok();
            ctx.request_repaint();
        };
        match std::thread::Builder::new().name("export".into()).spawn(work) {
            Ok(_) => self.running += 1,
            Err(e) => log::warn!("no thread for the export: {e}"),
        }
    }
}

impl Job {
    fn document(&self) -> Result<Document, String> {
        let found = self.found.as_ref();
        let (mut doc, _) = report::document(&self.shown.analysis, found, &self.case, &self.title, self.zone)?;
        if !doc.redacted {
            doc.kept = Some(file::kept(self.case.clone(), &self.paths, self.path.as_deref()));
        }
        Ok(doc)
    }

    fn report(&self) -> Result<String, String> {
        Ok(markdown::write(&self.document()?, &report::style(&self.case)))
    }

    fn write(&self, path: &Path) -> io::Result<String> {
        if let Some(text) = report_text(self.form, self) {
            let text = text.map_err(io::Error::other)?;
            file::replace(path, &text)?;
            return Ok(format!("report of {}", text::bytes(text.len() as u64)));
        }
        let Some(form) = events_form(self.form, self.zone) else {
            return Err(io::Error::other("this form holds nothing"));
        };
        let rows: Vec<EventId> = (0..self.shown.rows.len()).filter_map(|row| self.shown.event(row)).collect();
        let mut out = BufWriter::new(File::create(path)?);
        let findings = self.found.as_ref().filter(|_| form.tells_findings()).map(|f| &*f.findings);
        let none = Redactor::none();
        let leaving = events::Leaving {
            analysis: &self.shown.analysis,
            rows: &rows,
            case: Some(&self.case),
            findings,
            redactor: &none,
        };
        let rules = report::rules(&self.case).map_err(io::Error::other)?;
        let redactor = rules.map_or_else(Redactor::none, |rules| leaving.redactor(rules));
        let untold = events::write(&mut out, &events::Leaving { redactor: &redactor, ..leaving }, form)?;
        out.into_inner()?.sync_all()?;
        let all = plural(rows.len() as u64, "event", "events");
        Ok(match untold.without_time {
            0 => all,
            n => format!("{all} (but {n} without a time, which this form needs)"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_has_one_row_and_one_writer() {
        for row in FORMS {
            assert_eq!(FORMS.iter().filter(|other| other.form == row.form).count(), 1, "{row:?}");
            assert_eq!(events_form(row.form, Zone::default()).is_some(), row.of == Of::Events, "{row:?}");
            assert_eq!(row.form.file_name("a b/c"), format!("a-b-c.{}", row.end));
        }
    }
}
