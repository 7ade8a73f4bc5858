//! The report as it would be exported now, written on a thread whenever what it tells has changed.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Weak};

use egui_commonmark::{CommonMarkCache, CommonMarkScrollOptions, CommonMarkViewer};

use crate::analysis::Analysis;
use crate::case::Case;
use crate::detect::Findings;
use crate::event::EventId;
use crate::export::document::{Choice, Document, Input};
use crate::export::markdown::{self, Style};
use crate::session::Found;
use crate::time::zone::Zone;
use crate::ui::state::Tab;
use crate::ui::window::Window;

/// Rows of the timeline in the report, as `causeline report` has them unless told otherwise.
const ROWS: usize = 500;

/// What a report was made from: while it is the same, so is the report.
#[derive(Clone, Debug, Default)]
struct Made {
    analysis: Weak<Analysis>,
    found: Option<Weak<Vec<crate::case::FindingAnchor>>>,
    case: u64,
    zone: String,
}

impl Made {
    fn is(&self, other: &Made) -> bool {
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
    text: Option<Arc<String>>,
    made: Made,
    running: Option<Made>,
    told: (Sender<String>, Receiver<String>),
    /// What the renderer remembers of the text, to be forgotten with it.
    cache: RefCell<CommonMarkCache>,
}

impl Default for Preview {
    fn default() -> Self {
        Preview { text: None, made: Made::default(), running: None, told: channel(), cache: RefCell::default() }
    }
}

impl Preview {
    /// The report as it was made last; `None` before the first.
    pub fn text(&self) -> Option<&Arc<String>> {
        self.text.as_ref()
    }

    /// Draws it as it will look, scrolled.
    ///
    /// Without the records at the end: the window has them at hand, and each would be a field of its own here.
    pub fn preview(&self, ui: &mut egui::Ui, text: &str) {
        let text = &markdown::simple(text);
        CommonMarkViewer::new().show_scrollable(
            egui::Id::unique("report"),
            ui,
            &mut self.cache.borrow_mut(),
            &CommonMarkScrollOptions::default(),
            text,
        );
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
    let wanted = Made {
        analysis: Arc::downgrade(&w.shown.analysis),
        found: w.found.as_ref().map(|f| Arc::downgrade(&f.anchors)),
        case: w.notes.version(),
        zone: w.view.zone.name().to_owned(),
    };
    if w.report.running.is_some() || (w.report.text.is_some() && w.report.made.is(&wanted)) {
        return;
    }
    let (analysis, found, case) = (w.shown.analysis.clone(), w.found.clone(), w.notes.case().clone());
    let (title, zone) = (title(w), w.view.zone);
    let (sender, ctx) = (w.report.told.0.clone(), ctx.clone());
    let work = move || {
        // The window may be gone; then nobody waits for this.
        sender.send(write(&analysis, found.as_ref(), &case, &title, zone)).ok();
        ctx.request_repaint();
    };
    match std::thread::Builder::new().name("report".into()).spawn(work) {
        Ok(_) => w.report.running = Some(wanted),
        Err(e) => log::warn!("no thread for the report: {e}"),
    }
}

/// The title of the report: what is open, in words.
pub fn title(w: &Window) -> String {
    markdown::title(w.reading.name().as_deref().unwrap_or("Incident"))
}

/// The report as Markdown.
pub fn write(analysis: &Analysis, found: Option<&Found>, case: &Case, title: &str, zone: Zone) -> String {
    let choice = Choice { title: title.to_owned(), zone, second_zone: None, least: None, most_rows: ROWS };
    let nothing = Findings::default();
    let findings = found.map_or(&nothing, |f| &*f.findings);
    let rows: Vec<EventId> = analysis.timeline.events().to_vec();
    let input = Input { analysis, findings, case: Some(case), rows: &rows, choice: &choice };
    markdown::write(&Document::of(input), &Style::default())
}
