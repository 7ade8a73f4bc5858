//! The window without its frame: what eframe shows, tests drive and the measurement measures.

use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::Arc;

use crate::analysis::{Analysis, Config};
use crate::event::EventId;
use crate::export::roundtrip::{self, Opened};
use crate::query::{Clock, Context, Filter};
use crate::session::{Found, Snapshot};
use crate::time::zone::Zone;
use crate::ui::command::{self, Command};
use crate::ui::entity::Seeker;
use crate::ui::export::{self, Exports};
use crate::ui::filter::List;
use crate::ui::findings::{self, Sections};
use crate::ui::keys;
use crate::ui::list;
use crate::ui::maker::{Maker, Wanted};
use crate::ui::marker;
use crate::ui::notes::Notes;
use crate::ui::panel::{Ctx, PANELS, Words};
use crate::ui::reading::{Ask, Clocks, Looking, Reading, Stage};
use crate::ui::report::{self, Preview};
use crate::ui::search::{self, Finder};
use crate::ui::settings::Keeper;
use crate::ui::shell;
use crate::ui::shown::{Shown, drop_aside};
use crate::ui::standing::Standings;
use crate::ui::state::{Layout, Overlay, Tab, ViewState};
use crate::ui::sublanes;
use crate::ui::theme::{self, Tokens};
use crate::ui::widget::list::Scroll;

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
    /// Looks for other events with the same entity.
    pub seeker: Seeker,
    maker: Maker,
    sublanes: sublanes::Maker,
    latest: Snapshot,
    words: RefCell<Words>,
    standings: RefCell<Standings>,
    commands: RefCell<Vec<Command>>,
    to_open: Option<Vec<PathBuf>>,
    /// What a report that is opened again kept, for the first opening.
    pub kept: Option<Opened>,
    /// Its evidence, until the logs are read and it is told where that stands now.
    evidence: Vec<roundtrip::Anchor>,
    /// The filter in force, and what it was asked with beside the events.
    filter: Filter,
    asked: (Zone, Vec<(EventId, bool)>),
    /// Counts what has been shown, so that what was found in it can be told from older finds.
    pub(super) shown_version: u64,
    pub(super) finder: Finder,
    ready: bool,
    /// A text field had the keyboard at the end of the last frame.
    typing: bool,
    /// The edit of the case that the analysis follows.
    followed: u64,
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
            seeker: Seeker::default(),
            maker: Maker::default(),
            sublanes: sublanes::Maker::default(),
            latest: Snapshot::default(),
            words: RefCell::default(),
            standings: RefCell::default(),
            commands: RefCell::default(),
            to_open: (!paths.is_empty()).then_some(paths),
            kept: None,
            evidence: Vec::new(),
            filter: Filter::default(),
            asked: Default::default(),
            shown_version: 0,
            finder: Finder::default(),
            ready: false,
            typing: false,
            followed: 0,
        }
    }

    /// The title of the window.
    pub fn title(&self) -> String {
        self.reading.name().map_or_else(|| "Causeline".to_owned(), |name| format!("Causeline — {name}"))
    }

    /// The lanes inside of open lanes.
    pub fn sublanes(&self) -> &sublanes::Subs {
        self.sublanes.subs()
    }

    /// True while something is being read, measured, filtered or saved.
    pub fn is_busy(&self) -> bool {
        self.to_open.is_some()
            || self.reading.stage == Stage::Reading
            || self.reading.clocks == Clocks::Measuring
            || self.reading.looking == Looking::Under
            || self.reading.is_assuming()
            || self.followed != self.notes.edits()
            || self.maker.is_busy()
            || self.sublanes.is_busy()
            || self.seeker.is_busy()
            || self.report.is_busy()
            || self.exports.is_busy()
            || self.finder.is_busy()
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
                if self.filter.needs().findings {
                    self.request(ctx);
                }
            }
            if Arc::ptr_eq(&self.shown.snapshot.recorded, &on) {
                self.show_found(Some(found));
            }
        }
        let needs = self.filter.needs();
        if (needs.times && self.asked.0 != self.view.zone) || (needs.notes && self.asked.1 != self.notes.noted()) {
            self.request(ctx);
        }
        if let Some(shown) = self.maker.poll(ctx) {
            self.adopt(ctx, shown);
        }
        search::poll(self, ctx);
        self.sublanes.keep_up(ctx, &self.shown, &self.view.lanes);
        if let Some(answer) = self.seeker.poll() {
            list::arrived(self, answer);
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
        self.follow_case();
        self.notes.poll(ctx);
        if let Some(news) = self.notes.take_news() {
            self.view.message = Some(news);
        }
        if let Some(told) = self.exports.poll() {
            self.view.message = Some(told);
        }
        report::poll(self, ctx);
    }

    /// Has what the analyst decided worked out, whichever edit changed it.
    fn follow_case(&mut self) {
        if self.followed == self.notes.edits() {
            return;
        }
        self.followed = self.notes.edits();
        self.reading.assume(self.notes.case().decided().0);
    }

    /// Draws the window and does what was asked for.
    pub fn show(&mut self, ui: &mut egui::Ui) {
        self.logic(ui.ctx());
        let ctx = ui.ctx().clone();
        shell::heard(self, &ctx);
        // Escape in a field gives the keyboard back; in an overlay it closes that, field and all.
        let typing = self.typing && self.view.overlay == Overlay::None;
        let typed = keys::typed(&ctx, typing, self.layout.chip_focused.take());
        if !typed.is_empty() {
            self.view.message = None;
        }
        for command in typed {
            command::run(self, &ctx, command);
        }
        self.take_dropped(&ctx);
        ui.spacing_mut().item_spacing = egui::vec2(8.0, 6.0);
        marker::poll(self);
        let sections = self.found.as_ref().map(|found| Sections::of(found, &self.notes)).unwrap_or_default();
        let folds = self.view.lanes.folds(&self.shown);
        let panels = Ctx {
            shown: &self.shown,
            folds: &folds,
            subs: self.sublanes.subs(),
            found: self.found.as_ref(),
            sections: &sections,
            reading: &self.reading,
            notes: &self.notes,
            report: &self.report,
            keeper: &self.keeper,
            view: &self.view,
            filtering: self.maker.is_busy() && !self.view.filter.is_empty(),
            left: self.maker.left(),
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
        let kept = self.kept.take().unwrap_or_default();
        self.notes.begin(kept.case);
        self.evidence = kept.evidence;
        self.followed = self.notes.edits();
        self.keeper.opened(&paths);
        self.reading.open(ctx, paths, self.notes.case().decided().0);
        drop_aside(std::mem::take(&mut self.shown));
        self.found = None;
        self.latest = Snapshot::default();
        self.maker = Maker::default();
        self.seeker.stop();
        self.words.borrow_mut().clear();
        self.finder = Finder::default();
        self.filter = Filter::default();
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

    /// What times of a filter are read by: `-3h` counts from the last event, so that it means the same tomorrow.
    pub fn clock(&self) -> Clock {
        Clock { zone: self.view.zone, now: self.shown.extent.map_or(0, |e| e.end) }
    }

    /// What a search may ask for; facts it takes itself.
    pub fn context(&self, filter: &Filter) -> Context {
        let found = self.found.as_ref().filter(|_| filter.needs().findings);
        let findings = found.map(|f| f.findings.evidence_by_rule()).unwrap_or_default();
        Context { findings, notes: self.notes.noted(), facts: None }
    }

    fn request(&mut self, ctx: &egui::Context) {
        let parsed = Filter::parse(&self.view.filter, self.clock());
        self.view.filter_error = parsed.as_ref().err().cloned();
        let filter = match parsed {
            Ok(filter) => filter,
            // Until it can be read, what stands before the term that is being typed is in force, else the last good one.
            Err(error) if error.term.start >= self.view.filters.typed_from => {
                let head = self.view.filter.get(..self.view.filters.typed_from).unwrap_or_default();
                Filter::parse(head, self.clock()).unwrap_or_else(|_| self.filter.clone())
            }
            Err(_) => self.filter.clone(),
        };
        self.filter = filter.clone();
        let text = filter.terms().join(" ");
        let notes = if filter.needs().notes { self.notes.noted() } else { Vec::new() };
        self.asked = (self.view.zone, notes.clone());
        let (snapshot, causal) = (self.latest.clone(), self.view.causal);
        let packs = self.reading.config().packs.clone();
        let filter = (!filter.is_empty()).then_some(filter);
        self.maker.request(ctx, Wanted { snapshot, causal, filter, text, notes, packs });
    }

    /// Changes the filter; rows follow when they have been worked out.
    pub fn set_filter(&mut self, ctx: &egui::Context, filter: String) {
        self.view.filter = filter;
        self.request(ctx);
    }

    fn adopt(&mut self, ctx: &egui::Context, shown: Shown) {
        self.shown_version += 1;
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
        self.seeker.stop();
        self.view.keep_place(&self.shown, &self.layout);
        self.words.borrow_mut().clear();
        if shown.analysis.complete {
            self.notes.resolve(ctx, &shown.analysis);
            self.tell_evidence(ctx, &shown.analysis);
        }
        let is_latest = Arc::ptr_eq(&self.latest.recorded, &shown.snapshot.recorded);
        let found = if is_latest { &self.latest.found } else { &shown.snapshot.found };
        self.show_found(found.clone());
        drop_aside(std::mem::replace(&mut self.shown, shown));
        self.view.find_place(&self.shown, &self.layout);
    }

    /// Says once whether the evidence of the report that was opened is in these logs.
    fn tell_evidence(&mut self, ctx: &egui::Context, analysis: &Arc<Analysis>) {
        let (evidence, analysis) = (std::mem::take(&mut self.evidence), analysis.clone());
        if !evidence.is_empty() {
            self.exports.aside(ctx, move || roundtrip::find(&evidence, &analysis).sentence());
        }
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
            self.shown_version += 1;
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

    /// Takes the last change of the case back.
    pub fn undo(&mut self) {
        let done = self.notes.undo(&self.shown.analysis);
        self.view.message = Some(match done {
            Some(what) => format!("taken back: {what}"),
            None => "nothing to take back".to_owned(),
        });
    }

    /// Makes the change that was taken back again.
    pub fn redo(&mut self) {
        let done = self.notes.redo(&self.shown.analysis);
        self.view.message = Some(match done {
            Some(what) => format!("made again: {what}"),
            None => "nothing to make again".to_owned(),
        });
    }

    /// Shows the keys or hides them.
    pub fn toggle_help(&mut self) {
        self.view.overlay = if self.view.overlay == Overlay::Help { Overlay::None } else { Overlay::Help };
    }

    /// Closes what lies uppermost: a list, an overlay, the search; then forgets the span, the selection, the story.
    pub fn dismiss(&mut self) {
        if self.view.filters.list != List::Closed {
            self.view.filters.list = List::Closed;
        } else if self.view.overlay != Overlay::None {
            self.view.overlay = Overlay::None;
        } else if self.view.search.open {
            search::run(self, search::Act::Close);
        } else if marker::close(self) {
            // The note stays; only its fields are put away.
        } else if self.view.lanes.span.take().is_some() {
            // The span goes first: it lies over the rest.
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
