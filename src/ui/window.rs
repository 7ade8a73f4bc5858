//! The window without its frame: what eframe shows, tests drive and the measurement measures.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::analysis::Config;
use crate::query::Filter;
use crate::session::{Found, Snapshot};
use crate::ui::command::{self, Command};
use crate::ui::export::{self, Exports};
use crate::ui::findings::{self, Sections};
use crate::ui::keys;
use crate::ui::notes::Notes;
use crate::ui::panel::{Ctx, PANELS, Words};
use crate::ui::reading::{Ask, Clocks, Looking, Reading, Stage};
use crate::ui::report::{self, Preview};
use crate::ui::settings::Keeper;
use crate::ui::shell;
use crate::ui::shown::{Maker, Shown, Wanted, drop_aside};
use crate::ui::standing::Standings;
use crate::ui::state::{Layout, Overlay, Tab, ViewState};
use crate::ui::theme::{self, Tokens};
use crate::ui::widget::list::Scroll;

/// A filter is applied when this much time has passed without another key, if there are many events.
const FILTER_AFTER: Duration = Duration::from_millis(90);
/// With fewer events it is applied at once.
const FEW: usize = 200_000;

/// The window.
pub struct Window {
    /// The session.
    pub reading: Reading,
    /// What is on the screen.
    pub shown: Shown,
    /// What was found in it.
    pub found: Option<Found>,
    /// The user's choices.
    pub view: ViewState,
    /// The case.
    pub notes: Notes,
    /// The report as it would be exported.
    pub report: Preview,
    /// What is being written to files.
    pub exports: Exports,
    /// Settings, and what is remembered from window to window.
    pub keeper: Keeper,
    /// Sizes of the last frame.
    pub layout: Layout,
    maker: Maker,
    latest: Snapshot,
    words: RefCell<Words>,
    standings: RefCell<Standings>,
    commands: RefCell<Vec<Command>>,
    to_open: Option<Vec<PathBuf>>,
    filter_due: Option<Instant>,
    ready: bool,
    /// A text field had the keyboard at the end of the last frame.
    typing: bool,
}

impl Window {
    /// A window that will read `paths`, if there are any.
    pub fn new(paths: Vec<PathBuf>, config: Config) -> Self {
        let mut view = ViewState::default();
        view.causal = config.causal;
        Window {
            reading: Reading::new(config),
            shown: Shown::default(),
            found: None,
            view,
            notes: Notes::default(),
            report: Preview::default(),
            exports: Exports::default(),
            keeper: Keeper::default(),
            layout: Layout::default(),
            maker: Maker::default(),
            latest: Snapshot::default(),
            words: RefCell::default(),
            standings: RefCell::default(),
            commands: RefCell::default(),
            to_open: (!paths.is_empty()).then_some(paths),
            filter_due: None,
            ready: false,
            typing: false,
        }
    }

    /// The title of the window.
    pub fn title(&self) -> String {
        self.reading.name().map_or_else(|| "Causeline".to_owned(), |name| format!("Causeline — {name}"))
    }

    /// True while something is being read, measured, filtered or saved.
    pub fn is_busy(&self) -> bool {
        self.to_open.is_some()
            || self.reading.stage == Stage::Reading
            || self.reading.clocks == Clocks::Measuring
            || self.reading.looking == Looking::Under
            || self.maker.is_busy()
            || self.filter_due.is_some()
            || self.report.is_busy()
            || self.exports.is_busy()
            || *self.notes.saved() == crate::ui::notes::Saved::Pending
    }

    /// Takes over what threads have made; also when nothing is drawn.
    pub fn logic(&mut self, ctx: &egui::Context) {
        if !self.ready {
            theme::install(ctx);
            shell::apply(&self.keeper.settings, ctx);
            self.ready = true;
        }
        if let Some(paths) = self.to_open.take() {
            self.open(ctx, paths);
        }
        let news = self.reading.poll();
        if let Some(snapshot) = news.snapshot {
            self.latest = snapshot;
            self.request(ctx);
        }
        if let Some((on, found)) = news.found {
            if Arc::ptr_eq(&self.latest.recorded, &on) {
                self.latest.found = Some(found.clone());
            }
            if Arc::ptr_eq(&self.shown.snapshot.recorded, &on) {
                self.show_found(Some(found));
            }
        }
        if let Some(due) = self.filter_due {
            let now = Instant::now();
            if now >= due {
                self.filter_due = None;
                self.request(ctx);
            } else {
                ctx.request_repaint_after(due - now);
            }
        }
        if let Some(shown) = self.maker.poll(ctx) {
            self.adopt(ctx, shown);
        }
        for answer in self.reading.answers() {
            match (answer.ask, answer.paths.is_empty()) {
                (Ask::Save(form), true) if answer.at_once => export::ask_path(self, form),
                (Ask::Save(form), false) => export::save(self, ctx, form, answer.paths, true),
                (_, true) if answer.at_once => {
                    self.view.overlay = Overlay::OpenPath;
                    self.view.message = Some("no file dialog on this system; type the path".to_owned());
                }
                (_, true) => {}
                (Ask::MoreFiles, false) => self.add(ctx, answer.paths),
                (_, false) => self.open(ctx, answer.paths),
            }
        }
        self.notes.poll(ctx);
        if let Some(told) = self.exports.poll() {
            self.view.message = Some(told);
        }
        if self.view.tab == Tab::Report && self.view.inspector && !self.reading.paths.is_empty() {
            report::poll(self, ctx);
        }
    }

    /// Draws the window and does what was asked for.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        self.logic(ui.ctx());
        let ctx = ui.ctx().clone();
        shell::heard(self, &ctx);
        // Escape in a field gives the keyboard back; in an overlay it closes that, field and all.
        let typed = keys::typed(&ctx, self.typing && self.view.overlay == Overlay::None);
        if !typed.is_empty() {
            self.view.message = None;
        }
        for command in typed {
            command::run(self, &ctx, command);
        }
        self.take_dropped(&ctx);
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 6.0);
        let sections = self.found.as_ref().map(|found| Sections::of(found, &self.notes)).unwrap_or_default();
        let panels = Ctx {
            shown: &self.shown,
            found: self.found.as_ref(),
            sections: &sections,
            reading: &self.reading,
            notes: &self.notes,
            report: &self.report,
            keeper: &self.keeper,
            view: &self.view,
            filtering: self.filter_due.is_some() || (self.maker.is_busy() && !self.view.filter.is_empty()),
            tokens: Tokens::of(ctx.theme()),
            layout: &self.layout,
            words: &self.words,
            standings: &self.standings,
            commands: &self.commands,
        };
        for panel in PANELS {
            if (panel.visible)(&panels) {
                (panel.show)(&panels, ui);
            }
        }
        let commands = std::mem::take(&mut *self.commands.borrow_mut());
        for command in commands {
            // These were drawn as they will be; all others are seen in the next frame.
            if !matches!(command, Command::SetScroll(_) | Command::SetRange(_)) {
                ctx.request_repaint();
            }
            command::run(self, &ctx, command);
        }
        if self.standings.borrow_mut().next_frame() {
            ctx.request_repaint();
        }
        self.typing = ctx.text_edit_focused();
        shell::placed(self, &ctx);
    }

    fn take_dropped(&mut self, ctx: &egui::Context) {
        let paths: Vec<PathBuf> = ctx.input(|i| i.raw.dropped_files.iter().map(|f| f.path().to_owned()).collect());
        if !paths.is_empty() {
            self.add(ctx, paths);
        }
    }

    /// Reads `paths` instead of what is open.
    pub fn open(&mut self, ctx: &egui::Context, paths: Vec<PathBuf>) {
        if paths.is_empty() {
            return;
        }
        self.notes.flush();
        let (notes, trouble) = Notes::open(&paths);
        self.notes = notes;
        self.keeper.opened(&paths);
        self.reading.open(ctx, paths);
        drop_aside(std::mem::take(&mut self.shown));
        self.found = None;
        self.latest = Snapshot::default();
        self.maker = Maker::default();
        self.words.borrow_mut().clear();
        self.filter_due = None;
        self.view = self.view.fresh();
        self.view.message = trouble;
        ctx.send_viewport_cmd(egui::ViewportCommand::Title(self.title()));
    }

    /// Reads `paths` beside what is open.
    pub fn add(&mut self, ctx: &egui::Context, paths: Vec<PathBuf>) {
        let mut all = self.reading.paths.clone();
        all.extend(paths);
        self.open(ctx, all);
    }

    fn request(&mut self, ctx: &egui::Context) {
        let parsed =
            if self.view.filter.trim().is_empty() { Ok(None) } else { Filter::parse(&self.view.filter).map(Some) };
        match parsed {
            Ok(filter) => {
                self.view.filter_error = None;
                let text = self.view.filter.trim().to_owned();
                let (snapshot, causal) = (self.latest.clone(), self.view.causal);
                self.maker.request(ctx, Wanted { snapshot, causal, filter, text });
            }
            Err(error) => {
                let at = self.view.filter.get(..error.at).map_or(0, |head| head.chars().count());
                self.view.filter_error = Some((at, error.message));
            }
        }
    }

    /// Changes the filter; rows follow when they have been worked out.
    pub fn set_filter(&mut self, ctx: &egui::Context, filter: String) {
        self.view.filter = filter;
        if self.latest.recorded.events.len() <= FEW {
            self.request(ctx);
        } else {
            self.filter_due = Some(Instant::now() + FILTER_AFTER);
            ctx.request_repaint_after(FILTER_AFTER);
        }
    }

    fn adopt(&mut self, ctx: &egui::Context, shown: Shown) {
        // What fits on the screen is always at its end; only what is followed stays there.
        self.view.at_end &= self.reading.following;
        if self.shown.has_events_of(&shown) {
            let turned = self.shown.is_causal() != shown.is_causal();
            let mut fixed = self.view.fixed(&self.shown, &self.layout);
            if let Some((id, below)) = &mut fixed
                && !turned
                && self.view.chosen == Some(*id)
            {
                // Another filter is a search for what surrounds the chosen event: some of it stands above.
                *below = (*below).max(4.min(self.layout.list.get().page() / 2));
            }
            drop_aside(std::mem::replace(&mut self.shown, shown));
            self.view.turn(fixed, &self.shown, &self.layout);
            return;
        }
        self.view.keep_place(&self.shown);
        self.words.borrow_mut().clear();
        if shown.analysis.complete {
            self.notes.resolve(ctx, &shown.analysis);
        }
        let is_latest = Arc::ptr_eq(&self.latest.recorded, &shown.snapshot.recorded);
        let found = if is_latest { &self.latest.found } else { &shown.snapshot.found };
        self.show_found(found.clone());
        drop_aside(std::mem::replace(&mut self.shown, shown));
        self.view.find_place(&self.shown, &self.layout);
    }

    fn show_found(&mut self, found: Option<Found>) {
        findings::adopt(&mut self.view.look, self.found.as_ref(), found.as_ref());
        self.found = found;
    }

    /// Changes between causal order and that of the recorded stamps; the chosen event stays where it is seen.
    pub fn set_order(&mut self, ctx: &egui::Context, causal: bool) {
        self.view.causal = causal;
        if causal && self.latest.causal.is_none() {
            self.measure_clocks();
            return;
        }
        if self.shown.is_causal() == causal && !self.maker.is_busy() {
            return;
        }
        let fixed = self.view.fixed(&self.shown, &self.layout);
        if self.maker.swap(&mut self.shown) {
            self.view.turn(fixed, &self.shown, &self.layout);
        } else {
            self.request(ctx);
        }
    }

    /// Measures the clocks, again if they were measured before.
    pub fn measure_clocks(&mut self) {
        match self.reading.clocks {
            Clocks::Measuring => {}
            _ if self.reading.stage != Stage::Done => {
                self.view.message = Some("clocks can be measured when everything has been read".to_owned());
            }
            _ => self.reading.measure(),
        }
    }

    /// Holds the chosen event against the next one that is chosen.
    pub fn compare_chosen(&mut self) {
        let Some(id) = self.view.chosen else {
            self.view.message = Some("no event is chosen".to_owned());
            return;
        };
        self.view.compare(&self.shown, id);
        let held = self.view.compared.is_some();
        let told = if held { "held; choose another event to compare the two" } else { "no event is held any more" };
        self.view.message = Some(told.to_owned());
    }

    /// Follows the growth of the files, or stops doing so.
    pub fn toggle_follow(&mut self) {
        let on = !self.reading.following;
        self.reading.follow(on);
        if on {
            self.view.at_end = true;
        }
    }

    /// Moves the list.
    pub fn set_scroll(&mut self, scroll: Scroll) {
        self.view.scroll = scroll;
        self.view.at_end = self.reading.following && scroll.at_end(self.layout.list.get());
    }

    /// Marks the chosen event, or takes its mark away.
    pub fn toggle_mark(&mut self) {
        match self.view.chosen {
            Some(id) => self.notes.toggle_mark(&self.shown.analysis, id),
            None => self.view.message = Some("no event is chosen".to_owned()),
        }
    }

    /// Puts the keyboard into the comment of the chosen event.
    pub fn begin_comment(&mut self) {
        if self.view.chosen.is_none() {
            self.view.message = Some("no event is chosen".to_owned());
            return;
        }
        self.view.show_tab(Tab::Event);
        self.view.focus_comment = true;
    }

    /// Takes the last change of the case back.
    pub fn undo(&mut self) {
        let done = self.notes.undo(&self.shown.analysis);
        self.view.message = Some(if done { "change taken back" } else { "nothing to take back" }.to_owned());
    }

    /// Makes the change that was taken back again.
    pub fn redo(&mut self) {
        let done = self.notes.redo(&self.shown.analysis);
        self.view.message = Some(if done { "change made again" } else { "nothing to make again" }.to_owned());
    }

    /// Shows the keys or hides them.
    pub fn toggle_help(&mut self) {
        self.view.overlay = if self.view.overlay == Overlay::Help { Overlay::None } else { Overlay::Help };
    }

    /// Closes the overlay; if there is none, forgets the selection, and then the story.
    pub fn dismiss(&mut self) {
        if self.view.overlay != Overlay::None {
            self.view.overlay = Overlay::None;
        } else if self.view.chosen.is_some() || !self.view.forget_story() {
            self.view.chosen = None;
            self.view.chosen_to = None;
            self.view.compared = None;
            if !self.view.tab_chosen {
                self.view.tab = Tab::Findings;
            }
        }
    }
}
