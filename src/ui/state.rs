//! What the user has chosen to see: zoom, selection, filter, panels. Never saved into the case.

use std::cell::{Cell, RefCell};

use crate::event::EventId;
use crate::query::FilterError;
use crate::time::zone::Zone;
use crate::ui::assume::{Ask, At, TrustView};
use crate::ui::assumptions::Assumption;
use crate::ui::export;
use crate::ui::filter::FilterState;
use crate::ui::findings::Look;
use crate::ui::lanes::LaneState;
use crate::ui::list::ListState;
use crate::ui::marker::NotesView;
use crate::ui::page::Page;
use crate::ui::report;
use crate::ui::search::Search;
use crate::ui::shown::{Anchor, Shown};
use crate::ui::widget::list::{Extent, Scroll};
use crate::ui::widget::time_axis::TimeRange;

/// A page of the inspector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// What is out of order.
    #[default]
    Findings,
    /// The chosen event.
    Event,
    /// Marks and comments.
    Notes,
    /// The report as it would be exported.
    Report,
    /// Trouble on the way.
    Diagnostics,
}

impl Tab {
    /// All pages with their names, in order.
    pub const ALL: [(Tab, &'static str); 5] = [
        (Tab::Findings, "Findings"),
        (Tab::Event, "Event"),
        (Tab::Notes, "Notes"),
        (Tab::Report, "Report"),
        (Tab::Diagnostics, "Diagnostics"),
    ];
}

/// What lies over the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Overlay {
    /// Nothing.
    #[default]
    None,
    /// All commands, to be searched.
    Palette {
        /// What was typed.
        query: String,
        /// Which of the found commands Enter runs.
        idx: usize,
    },
    /// All keys.
    Help,
    /// A field for a time.
    GoTo {
        /// What was typed.
        text: String,
    },
    /// A field for a path.
    OpenPath,
    /// A question for another zone, year, name, offset or format.
    Assume(Box<Ask>),
    /// All that is known of one assumption.
    Why(Box<Assumption>, At),
    /// All assumptions.
    Review,
    /// A field for the path to write to.
    SaveAs {
        /// What is written.
        form: export::Form,
        /// What was typed.
        path: String,
    },
    /// Theme, text, zone, keys.
    Settings {
        /// What was typed to find a command.
        query: String,
        /// The row of the table of commands that the next key belongs to.
        listening: Option<usize>,
    },
}

/// Zoom, selection, filter, panels.
#[derive(Clone, Debug)]
pub struct ViewState {
    /// The stretch of time that the lanes show; `None` is all of it, as it grows.
    pub range: Option<TimeRange>,
    /// The chosen event, its number in the snapshot that is shown.
    pub chosen: Option<EventId>,
    /// The other end of a choice of several rows.
    pub chosen_to: Option<EventId>,
    /// Where the list stands, in rows and what is opened below them.
    pub scroll: Scroll,
    /// Columns and opened rows of the list.
    pub list: ListState,
    /// What the page of an event shows.
    pub page: Page,
    /// The list stays at its end as it grows.
    pub at_end: bool,
    /// The filter as typed.
    pub filter: String,
    /// Where and why the filter cannot be read; the last good one stays in force.
    pub filter_error: Option<FilterError>,
    /// The field of the filter, its list, and the filters before this one.
    pub filters: FilterState,
    /// What is searched without hiding the rest.
    pub search: Search,
    /// The page of the inspector.
    pub tab: Tab,
    /// The user chose that page. Until then it is the findings, and the event as soon as one is chosen.
    pub tab_chosen: bool,
    /// What of the findings is looked at.
    pub look: Look,
    /// What of the notes is looked at.
    pub notes: NotesView,
    /// What of the list of sources is open.
    pub trust: TrustView,
    /// What is chosen on the timeline.
    pub lanes: LaneState,
    /// The inspector is shown.
    pub inspector: bool,
    /// The list of sources is shown.
    pub sources: bool,
    /// Differences of time are told from the chosen event, not from the row above.
    pub since_chosen: bool,
    /// In causal order, if that is known; else as recorded.
    pub causal: bool,
    /// Lines on the lanes lead to where the recorded stamps are.
    pub shifts: bool,
    /// The event that is held against the chosen one.
    pub compared: Option<EventId>,
    /// The zone that times are shown in.
    pub zone: Zone,
    /// The zone this computer is set to.
    pub system_zone: Option<Zone>,
    /// What lies over the window.
    pub overlay: Overlay,
    /// The path field.
    pub path: String,
    /// A sentence about what just happened.
    pub message: Option<String>,
    /// How the report is shown.
    pub report_page: report::Page,
    /// The filter field wants the keyboard.
    pub focus_filter: bool,
    /// The comment field wants the keyboard.
    pub focus_comment: bool,
    chosen_anchor: Option<Anchor>,
    compared_anchor: Option<Anchor>,
    /// The event that stays where it is on the screen, and how many rows below the uppermost.
    top_anchor: Option<(Anchor, u64)>,
    /// The chosen event stood in the stretch that the lanes showed.
    chosen_in_range: bool,
}

impl Default for ViewState {
    fn default() -> Self {
        ViewState {
            range: None,
            chosen: None,
            chosen_to: None,
            scroll: Scroll::default(),
            list: ListState::default(),
            page: Page::default(),
            at_end: false,
            filter: String::new(),
            filter_error: None,
            filters: FilterState::default(),
            search: Search::default(),
            tab: Tab::Findings,
            tab_chosen: false,
            look: Look::default(),
            notes: NotesView::default(),
            trust: TrustView::default(),
            lanes: LaneState::default(),
            inspector: true,
            sources: true,
            since_chosen: false,
            causal: true,
            shifts: false,
            compared: None,
            zone: Zone::default(),
            system_zone: None,
            overlay: Overlay::None,
            path: String::new(),
            message: None,
            report_page: report::Page::default(),
            focus_filter: false,
            focus_comment: false,
            chosen_anchor: None,
            compared_anchor: None,
            top_anchor: None,
            chosen_in_range: false,
        }
    }
}

impl ViewState {
    /// The state for other logs: only what does not belong to these is kept.
    #[must_use]
    pub fn fresh(&self) -> ViewState {
        ViewState {
            zone: self.zone,
            system_zone: self.system_zone,
            inspector: self.inspector,
            sources: self.sources,
            causal: self.causal,
            shifts: self.shifts,
            filters: self.filters.fresh(),
            lanes: self.lanes.fresh(),
            list: self.list.fresh(),
            page: self.page.clone(),
            ..ViewState::default()
        }
    }

    /// The stretch of time that the lanes show.
    pub fn range(&self, shown: &Shown) -> Option<TimeRange> {
        self.range.or_else(|| shown.extent.map(|e| self.lanes.folds(shown).moved(e, |e| e.widened(0.02))))
    }

    /// Shows a stretch of time, kept near the events.
    pub fn show_range(&mut self, shown: &Shown, range: TimeRange) {
        let folds = self.lanes.folds(shown);
        let near = |all| folds.moved(range, |r| r.within(folds.drawn_range(all)));
        // Before there are events there is nothing to be near.
        self.range = shown.extent.map(near);
    }

    /// Moves the lanes so that this time is in the middle of them.
    pub fn show_time(&mut self, shown: &Shown, time: i64) {
        let Some(range) = self.range else { return };
        let folds = self.lanes.folds(shown);
        let by = folds.part(range, time) - 0.5;
        self.show_range(shown, folds.moved(range, |r| r.panned(by)));
    }

    /// Chooses an event, and moves the lanes if it lies outside them.
    pub fn choose(&mut self, shown: &Shown, id: EventId) {
        self.chosen = Some(id);
        self.chosen_to = None;
        self.chosen_anchor = shown.anchor(id);
        if !self.tab_chosen {
            self.tab = Tab::Event;
        }
        if let (Some(range), Some(time)) = (self.range, shown.time(id))
            && !range.has(time)
        {
            self.show_time(shown, time);
        }
    }

    /// Holds an event against the chosen one; the same once more lets it go.
    pub fn compare(&mut self, shown: &Shown, id: EventId) {
        self.compared = if self.compared == Some(id) { None } else { Some(id) };
        self.compared_anchor = self.compared.and_then(|id| shown.anchor(id));
    }

    /// The event that stays where it is on the screen while the order changes, and how many rows below the uppermost.
    pub fn fixed(&self, shown: &Shown, layout: &Layout) -> Option<(EventId, u64)> {
        let top = self.scroll.top;
        if let Some(id) = self.chosen
            && let Ok(row) = shown.row_of(id)
        {
            let page = layout.list.get().page();
            let below = self.list.opened.unit(row as u64).checked_sub(top).filter(|below| *below < page);
            return Some((id, below.unwrap_or(page / 2)));
        }
        let row = usize::try_from(self.top_row()).ok().filter(|row| *row > 0)?;
        shown.event(row).map(|id| (id, 0))
    }

    /// Moves list and lanes so that what [`ViewState::fixed`] told is there again, now that `shown` has another order.
    pub fn turn(&mut self, fixed: Option<(EventId, u64)>, shown: &Shown, layout: &Layout) {
        self.list.opened.place(shown);
        let extent = self.extent(shown, layout);
        if let (Some((id, below)), false) = (fixed, self.at_end) {
            let row = shown.row_of(id).unwrap_or_else(|row| row) as u64;
            let unit = self.list.opened.unit(row);
            let at = Scroll { top: unit.saturating_sub(below), frac: self.scroll.frac };
            self.scroll = at.clamped(extent).showing(unit, extent);
        }
        self.scroll = if self.at_end { extent.end() } else { self.scroll.clamped(extent) };
        if let (Some(range), Some(time)) = (self.range, self.chosen.and_then(|id| shown.time(id)))
            && !range.has(time)
        {
            self.show_time(shown, time);
        }
    }

    /// Chooses an event and moves the list to it.
    pub fn choose_and_show(&mut self, shown: &Shown, layout: &Layout, id: EventId) {
        self.choose(shown, id);
        if let Ok(row) = shown.row_of(id) {
            self.show_row(layout, row, false);
        }
    }

    /// Moves the list so that `row` is seen, in its middle when it was far away.
    pub fn show_row(&mut self, layout: &Layout, row: usize, center: bool) {
        let extent = layout.list.get();
        let (row, opened) = (self.list.opened.unit(row as u64), self.list.opened.units(row as u64));
        let far = row + extent.page() < self.scroll.top || row > self.scroll.top + 2 * extent.page();
        // What is opened below is shown as far as there is room; the row itself in any case.
        let near = self.scroll.showing(row + opened - 1, extent).showing(row, extent);
        self.scroll = if far || center { Scroll::centered(row, extent) } else { near };
        self.at_end = self.scroll.at_end(extent);
    }

    /// Remembers what is to be found again in the next snapshot.
    pub fn keep_place(&mut self, shown: &Shown, layout: &Layout) {
        self.chosen_in_range = self.range.zip(self.chosen.and_then(|id| shown.time(id))).is_some_and(|(r, t)| r.has(t));
        let page = layout.list.get().page();
        let unit = |row: usize| self.list.opened.unit(row as u64);
        // The chosen event stays where it is seen; else what stands above all others, unless that is the first.
        let seen = |id: EventId| {
            let below = unit(shown.row_of(id).ok()?).checked_sub(self.scroll.top).filter(|below| *below < page)?;
            Some((shown.anchor(id)?, below))
        };
        let top = usize::try_from(self.top_row()).ok().filter(|_| self.scroll.top > 0);
        let top = || Some((shown.anchor(shown.event(top?)?)?, 0));
        self.top_anchor = self.chosen.and_then(seen).or_else(top);
        self.list.opened.keep(shown);
    }

    /// The uppermost row of the list, perhaps cut off.
    pub fn top_row(&self) -> u64 {
        self.list.opened.row(self.scroll.top).0
    }

    /// The size of the list with these rows; the layout knows it from now on.
    fn extent(&self, shown: &Shown, layout: &Layout) -> Extent {
        let extent = self.list.opened.extent(layout.list.get(), shown.rows.len());
        layout.list.set(extent);
        extent
    }

    /// Finds selection and place again after `shown` was replaced.
    pub fn find_place(&mut self, shown: &Shown, layout: &Layout) {
        self.chosen = self.chosen_anchor.as_ref().and_then(|a| shown.at_anchor(a));
        self.compared = self.compared_anchor.as_ref().and_then(|a| shown.at_anchor(a));
        self.chosen_to = None;
        self.list.menu = None;
        self.list.opened.find(shown);
        // Years and zones may have been changed, and all events with them.
        if let Some(range) = self.range {
            self.show_range(shown, range);
        }
        let extent = self.extent(shown, layout);
        if self.at_end {
            self.scroll = extent.end();
            return;
        }
        let top = self.top_anchor.as_ref().and_then(|(a, below)| Some((shown.at_anchor(a)?, *below)));
        if let Some((id, below)) = top {
            let row = shown.row_of(id).unwrap_or_else(|row| row) as u64;
            self.scroll = Scroll { top: self.list.opened.unit(row).saturating_sub(below), frac: self.scroll.frac };
        }
        self.scroll = self.scroll.clamped(extent);
        if let (true, Some(range), Some(time)) =
            (self.chosen_in_range, self.range, self.chosen.and_then(|id| shown.time(id)))
            && !range.has(time)
        {
            self.show_range(shown, range.panned(range.part(time) - 0.5));
        }
    }
}

/// What only drawing knows: sizes of the last frame, for commands that move by pages or by pixels.
#[derive(Debug)]
pub struct Layout {
    /// Rows and view of the event list.
    pub list: Cell<Extent>,
    /// Characters of log text that the message column has room for.
    pub message_chars: Cell<usize>,
    /// How far the lanes are scrolled, in points.
    pub lanes_offset: Cell<f32>,
    /// The chosen event whose lane was last brought into view.
    pub lane_shown_for: Cell<Option<EventId>>,
    /// Panels and the sizes that the user gave them, in points; `None` is the size that the window would give.
    pub sizes: RefCell<Vec<(&'static str, Option<f32>)>>,
    /// The field of the filter.
    pub filter_field: Cell<egui::Rect>,
    /// The list below it, while there is one.
    pub filter_list: Cell<Option<egui::Rect>>,
    /// A chip of the filter has the keyboard.
    pub chip_focused: Cell<bool>,
}

impl Default for Layout {
    fn default() -> Self {
        let row = crate::ui::theme::size::ROW;
        Layout {
            list: Cell::new(Extent { row, view: row * 10.0, n: 0 }),
            message_chars: Cell::new(0),
            lanes_offset: Cell::new(0.0),
            lane_shown_for: Cell::new(None),
            sizes: RefCell::default(),
            filter_field: Cell::new(egui::Rect::NOTHING),
            filter_list: Cell::new(None),
            chip_focused: Cell::new(false),
        }
    }
}
