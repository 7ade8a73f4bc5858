//! The report as it would be exported now, written on a thread whenever what it tells has changed.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};

use egui_commonmark::{CommonMarkCache, CommonMarkScrollOptions, CommonMarkViewer};

use crate::analysis::Analysis;
use crate::case::{Case, ReportChoice};
use crate::detect::Findings;
use crate::event::EventId;
use crate::export::document::{Choice, Document, Input};
use crate::export::markdown::{self, Form, Style};
use crate::redact::{Replaced, Rules};
use crate::session::Found;
use crate::time::zone::Zone;
use crate::ui::notes::Typing;
use crate::ui::state::Tab;
use crate::ui::window::Window;

/// Rows of the timeline in the report, as `causeline report` has them unless told otherwise.
const ROWS: usize = 500;

/// What something was made from: events, findings, the case, the zone. While it is the same, so is what was made.
#[derive(Clone, Debug, Default)]
pub struct Made {
    analysis: Weak<Analysis>,
    found: Option<Weak<Vec<crate::case::FindingAnchor>>>,
    case: u64,
    zone: String,
}

impl Made {
    /// What there is now.
    pub fn of(w: &Window) -> Made {
        Made {
            analysis: Arc::downgrade(&w.shown.analysis),
            found: w.found.as_ref().map(|f| Arc::downgrade(&f.anchors)),
            case: w.notes.version(),
            zone: w.view.zone.name().to_owned(),
        }
    }

    /// True when both are the same.
    pub fn is(&self, other: &Made) -> bool {
        let found = match (&self.found, &other.found) {
            (Some(a), Some(b)) => a.ptr_eq(b),
            (None, None) => true,
            _ => false,
        };
        found && self.analysis.ptr_eq(&other.analysis) && self.case == other.case && self.zone == other.zone
    }
}

/// The report and what it was made from.
pub struct Preview {
    text: Option<Arc<Written>>,
    made: Made,
    running: Option<Made>,
    told: (Sender<Written>, Receiver<Written>),
    /// What the renderer remembers of the text, to be forgotten with it.
    cache: RefCell<CommonMarkCache>,
    notes: RefCell<CommonMarkCache>,
}

impl Default for Preview {
    fn default() -> Self {
        Preview {
            text: None,
            made: Made::default(),
            running: None,
            told: channel(),
            cache: RefCell::default(),
            notes: RefCell::default(),
        }
    }
}

impl Preview {
    /// The report as it was made last; `None` before the first.
    pub fn text(&self) -> Option<&str> {
        self.text.as_ref().map(|w| w.text.as_str())
    }

    /// What was replaced in it.
    pub fn replaced(&self) -> &[Replaced] {
        self.text.as_ref().map_or(&[], |w| &w.replaced)
    }

    /// Draws it as it will look, scrolled.
    ///
    /// Without the records at the end: the window has them at hand, and each would be a field of its own here.
    pub fn preview(&self, ui: &mut egui::Ui) {
        let Some(written) = &self.text else { return };
        CommonMarkViewer::new().show_scrollable(
            egui::Id::unique("report"),
            ui,
            &mut self.cache.borrow_mut(),
            &CommonMarkScrollOptions::default(),
            &written.shown,
        );
    }

    /// Draws the words of a note as they will look.
    pub fn note(&self, ui: &mut egui::Ui, text: &str) {
        CommonMarkViewer::new().show(ui, &mut self.notes.borrow_mut(), text);
    }

    /// True while a newer one is being written.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }
}

/// Takes over what was written, and has it written anew while it is looked at and something has changed. Cheap when
/// nothing has.
pub fn poll(w: &mut Window, ctx: &egui::Context) {
    while let Ok(text) = w.report.told.1.try_recv() {
        w.report.text = Some(Arc::new(text));
        w.report.cache.replace(CommonMarkCache::default());
        w.report.made = w.report.running.take().unwrap_or_default();
    }
    if w.view.tab != Tab::Report || !w.view.inspector || w.reading.paths.is_empty() {
        return;
    }
    let wanted = Made::of(w);
    if w.report.running.is_some() || (w.report.text.is_some() && w.report.made.is(&wanted)) {
        return;
    }
    let (analysis, found, case) = (w.shown.analysis.clone(), w.found.clone(), w.notes.case().clone());
    let (title, zone) = (title(w), w.view.zone);
    let (sender, ctx) = (w.report.told.0.clone(), ctx.clone());
    let work = move || {
        // The window may be gone; then nobody waits for this.
        sender.send(written(&analysis, found.as_ref(), &case, &title, zone)).ok();
        ctx.request_repaint();
    };
    match std::thread::Builder::new().name("report".into()).spawn(work) {
        Ok(_) => w.report.running = Some(wanted),
        Err(e) => log::warn!("no thread for the report: {e}"),
    }
}

/// How the report is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Page {
    /// As it will look.
    #[default]
    Preview,
    /// As Markdown.
    Markdown,
    /// What it says of itself, and how it is written.
    Details,
}

/// Something that is done with the report; all but the page is kept in the case and can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Shows it in another way.
    Page(Page),
    /// Its title.
    Title(String),
    /// The author's own summary, in Markdown.
    Summary(String),
    /// Who wrote it, with commas between the names.
    Authors(String),
    /// A second zone in the timeline; empty for none.
    SecondZone(String),
    /// The timeline as a list instead of a table.
    List(bool),
    /// With a small picture of the timeline.
    Mermaid(bool),
    /// Addresses, names, keys and the like are replaced.
    Redact(bool),
    /// What else is replaced: a regular expression a line.
    RedactAlso(String),
}

impl Act {
    /// The words between commas, none of them empty.
    pub fn split(text: &str) -> Vec<String> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }
}

/// Does it.
pub fn run(w: &mut Window, act: Act) {
    let mut set = |part: &'static str, change: &dyn Fn(&mut ReportChoice)| {
        let what = format!("the {part} of the report");
        w.notes.type_into(&w.shown.analysis, Typing::Report(part), &what, |case| change(&mut case.report));
    };
    match act {
        Act::Page(page) => w.view.report_page = page,
        Act::Title(title) => set("title", &|r| title.trim().clone_into(&mut r.title)),
        Act::Summary(summary) => set("summary", &|r| summary.trim().clone_into(&mut r.summary)),
        Act::Authors(names) => set("authors", &|r| r.authors = Act::split(&names)),
        Act::SecondZone(zone) => set("second zone", &|r| zone.trim().clone_into(&mut r.second_zone)),
        Act::RedactAlso(lines) => set("own patterns", &|r| {
            r.redact_also = lines.lines().map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect();
        }),
        Act::List(list) => switch(w, "the form of the timeline", |r| r.list = list),
        Act::Mermaid(on) => switch(w, "the picture in the report", |r| r.mermaid = on),
        Act::Redact(on) => switch(w, "redaction", |r| r.redact = on),
    }
}

fn switch(w: &mut Window, what: &str, change: impl FnOnce(&mut ReportChoice)) {
    w.notes.decide(&w.shown.analysis, what, |case| change(&mut case.report));
}

/// The title of the report: the author's own, else what is open, in words.
pub fn title(w: &Window) -> String {
    match w.notes.case().report.title.trim() {
        "" => markdown::title(w.reading.name().as_deref().unwrap_or("Incident")),
        own => own.to_owned(),
    }
}

/// What is replaced in what leaves; `None` when nothing is.
///
/// # Errors
/// A pattern of the user's that cannot be read: then nothing leaves.
pub fn rules(case: &Case) -> Result<Option<Rules>, String> {
    let choice = &case.report;
    choice.redact.then(|| Rules::builtin().with_also(&choice.redact_also)).transpose()
}

/// How the case wants its Markdown.
pub fn style(case: &Case) -> Style {
    let form = if case.report.list { Form::List } else { Form::Table };
    Style { form, mermaid: case.report.mermaid, template: None }
}

/// The report, and what was replaced in it.
///
/// # Errors
/// A pattern of the user's that cannot be read.
pub fn document(
    analysis: &Analysis,
    found: Option<&Found>,
    case: &Case,
    title: &str,
    zone: Zone,
) -> Result<(Document, Vec<Replaced>), String> {
    let second_zone = Zone::parse(&case.report.second_zone).filter(|_| !case.report.second_zone.is_empty());
    let choice = Choice { title: title.to_owned(), zone, second_zone, least: None, most_rows: ROWS };
    let nothing = Findings::default();
    let findings = found.map_or(&nothing, |f| &*f.findings);
    let rows: Vec<EventId> = analysis.timeline.events().to_vec();
    let input = Input { analysis, findings, case: Some(case), rows: &rows, choice: &choice };
    Ok(match rules(case)? {
        Some(rules) => Document::redacted(input, rules),
        None => (Document::of(input), Vec::new()),
    })
}

/// The report as Markdown, and what was replaced in it; trouble as a text that says so.
fn written(analysis: &Analysis, found: Option<&Found>, case: &Case, title: &str, zone: Zone) -> Written {
    match document(analysis, found, case, title, zone) {
        Ok((doc, replaced)) => {
            let text = markdown::write(&doc, &style(case));
            Written { shown: markdown::simple(&text), text, replaced }
        }
        Err(e) => {
            let text = format!("The report cannot be written: {}", markdown::plain(&e));
            Written { shown: text.clone(), text, replaced: Vec::new() }
        }
    }
}

/// A report that was written.
#[derive(Debug, Default)]
pub struct Written {
    /// As Markdown.
    pub text: String,
    /// The same for the preview, which knows neither HTML nor links within the page.
    pub shown: String,
    /// What was replaced.
    pub replaced: Vec<Replaced>,
}
