//! Everything that can be done, and the only code that changes the view or the case: one line for each command.

use std::path::PathBuf;

use egui::KeyboardShortcut;

use crate::event::EventId;
use crate::time::zone::Zone;
use crate::timeline::density::Loudness;
use crate::ui::assume;
use crate::ui::filter;
use crate::ui::findings::{self, Act};
use crate::ui::reading::Ask;
use crate::ui::search;
use crate::ui::shell;
use crate::ui::state::{Overlay, Tab};
pub use crate::ui::table::COMMANDS;
use crate::ui::widget::list::Scroll;
use crate::ui::widget::time_axis::TimeRange;
use crate::ui::window::Window;
use crate::ui::{copy, export, lanes, list, marker, navigate, page, report};

/// Something that can be done.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    missing_docs,
    reason = "the table tells what each does; those below the line carry their meaning in their name"
)]
pub enum Command {
    OpenFiles,
    OpenFolder,
    AddFiles,
    OpenPath,
    Reload,
    Cancel,
    Follow,
    FocusFilter,
    ClearFilter,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    FitChosen,
    FitAll,
    GoToTime,
    Order,
    Shifts,
    MeasureClocks,
    NextRow,
    PreviousRow,
    PageDown,
    PageUp,
    FirstRow,
    LastRow,
    NextError,
    PreviousError,
    NextWarning,
    PreviousWarning,
    NextMark,
    PreviousMark,
    SinceChosen,
    Compare,
    Mark,
    Comment,
    Undo,
    Redo,
    Save,
    CopyRaw,
    CopyMarkdown,
    Filter(filter::Act),
    Search(search::Act),
    Finding(Act),
    Assume(assume::Act),
    Lanes(lanes::Act),
    List(list::Act),
    Marker(marker::Act),
    Page(page::Act),
    Report(report::Act),
    Sources,
    Inspector,
    Shell(shell::Act),
    Export(export::Act),
    Utc,
    Palette,
    Help,
    Dismiss,
    // Below: with something to do it to, and so not in the table.
    Open(Vec<PathBuf>),
    Add(Vec<PathBuf>),
    SetFilter(String),
    SetRange(TimeRange),
    SetScroll(Scroll),
    Choose(EventId),
    ChooseInLanes(EventId),
    ChooseTo(EventId),
    CompareWith(EventId),
    SetOrder(bool),
    ShowTime(i64),
    SetTab(Tab),
    SetZone(Zone),
    SetPath(String),
    SetOverlay(Overlay),
    GoTo(String),
    SetComment(EventId, String),
    FilterFocused,
    CommentFocused,
}

/// Where a command stands in menus and help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Reading logs.
    Logs,
    /// Moving through time.
    Time,
    /// Moving through events.
    Events,
    /// What is out of order.
    Findings,
    /// Marks and comments.
    Notes,
    /// The window itself.
    Window,
}

impl Group {
    /// All groups with their titles, in order.
    pub const ALL: [(Group, &'static str); 6] = [
        (Group::Logs, "Logs"),
        (Group::Time, "Timeline"),
        (Group::Events, "Events"),
        (Group::Findings, "Findings"),
        (Group::Notes, "Notes"),
        (Group::Window, "Window"),
    ];
}

/// A row of the table.
#[derive(Debug)]
pub struct CommandInfo {
    /// Its name in menus.
    pub name: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// Where it belongs.
    pub group: Group,
    /// The keys that do it, the usual one first.
    pub keys: &'static [KeyboardShortcut],
    /// What is done.
    pub command: Command,
}

impl CommandInfo {
    /// Its name in settings: `next-error`.
    pub fn slug(&self) -> String {
        let words = self.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
    }
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, command: Command) {
    match command {
        Command::OpenFiles => w.reading.ask(ctx, Ask::Files),
        Command::OpenFolder => w.reading.ask(ctx, Ask::Folder),
        Command::AddFiles => w.reading.ask(ctx, Ask::MoreFiles),
        Command::OpenPath => w.view.overlay = Overlay::OpenPath,
        Command::Reload => w.open(ctx, w.reading.paths.clone()),
        Command::Cancel => w.reading.cancel(),
        Command::Follow => w.toggle_follow(),
        Command::FocusFilter => w.view.focus_filter = true,
        Command::ClearFilter => filter::run(w, ctx, filter::Act::Only(String::new())),
        Command::Filter(act) => filter::run(w, ctx, act),
        Command::Search(act) => search::run(w, act),
        Command::ZoomIn => navigate::zoom(w, 1.5),
        Command::ZoomOut => navigate::zoom(w, 1.0 / 1.5),
        Command::PanLeft => navigate::pan(w, -0.15),
        Command::PanRight => navigate::pan(w, 0.15),
        Command::FitChosen => navigate::fit_chosen(w),
        Command::FitAll => w.view.range = None,
        Command::GoToTime => w.view.overlay = Overlay::GoTo { text: String::new() },
        Command::Order => w.set_order(ctx, !w.view.causal),
        Command::SetOrder(causal) => w.set_order(ctx, causal),
        Command::Shifts => w.view.shifts = !w.view.shifts,
        Command::MeasureClocks => w.measure_clocks(),
        Command::Compare => w.compare_chosen(),
        Command::CompareWith(id) => w.view.compare(&w.shown, id),
        Command::NextRow => navigate::step(w, 1),
        Command::PreviousRow => navigate::step(w, -1),
        Command::PageDown => navigate::page(w, 1),
        Command::PageUp => navigate::page(w, -1),
        Command::FirstRow => navigate::to_row(w, 0),
        Command::LastRow => navigate::to_row(w, usize::MAX),
        Command::NextError => navigate::to_loud(w, Loudness::Error, true),
        Command::PreviousError => navigate::to_loud(w, Loudness::Error, false),
        Command::NextWarning => navigate::to_loud(w, Loudness::Warning, true),
        Command::PreviousWarning => navigate::to_loud(w, Loudness::Warning, false),
        note @ (Command::NextMark | Command::PreviousMark) => navigate::to_note(w, note == Command::NextMark),
        Command::SinceChosen => w.view.since_chosen = !w.view.since_chosen,
        Command::Mark => marker::toggle_mark(w),
        Command::Comment => marker::begin_comment(w),
        Command::Undo => w.undo(),
        Command::Redo => w.redo(),
        Command::Save => w.notes.save(ctx),
        Command::CopyRaw => copy::raw(w, ctx),
        Command::CopyMarkdown => copy::markdown(w, ctx),
        Command::Finding(act) => findings::run(w, ctx, act),
        Command::Assume(act) => assume::run(w, act),
        Command::Lanes(act) => lanes::run(w, ctx, act),
        Command::List(act) => list::run(w, ctx, act),
        Command::Marker(act) => marker::run(w, ctx, act),
        Command::Page(act) => page::run(w, ctx, act),
        Command::Report(act) => report::run(w, act),
        Command::Sources => w.view.sources = !w.view.sources,
        Command::Inspector => w.view.inspector = !w.view.inspector,
        Command::Export(act) => export::run(w, ctx, act),
        Command::Shell(act) => shell::run(w, ctx, act),
        Command::Utc => w.view.zone = Zone::default(),
        Command::Palette => w.view.overlay = Overlay::Palette { query: String::new(), idx: 0 },
        Command::Help => w.toggle_help(),
        Command::Dismiss => w.dismiss(),
        Command::Open(paths) => w.open(ctx, paths),
        Command::Add(paths) => w.add(ctx, paths),
        Command::SetFilter(text) => filter::run(w, ctx, filter::Act::Apply(text)),
        Command::SetRange(range) => w.view.show_range(&w.shown, range),
        Command::SetScroll(scroll) => w.set_scroll(scroll),
        Command::Choose(id) => w.view.choose(&w.shown, id),
        Command::ChooseInLanes(id) => w.view.choose_and_show(&w.shown, &w.layout, id),
        Command::ChooseTo(id) => w.view.chosen_to = Some(id),
        Command::ShowTime(time) => w.view.show_row(&w.layout, w.shown.row_at(time), true),
        Command::SetTab(tab) => marker::show_tab(w, tab),
        Command::SetZone(zone) => w.view.zone = zone,
        Command::SetPath(path) => w.view.path = path,
        Command::SetOverlay(overlay) => w.view.overlay = overlay,
        Command::GoTo(text) => navigate::go_to(w, &text),
        Command::SetComment(id, text) => w.notes.set_comment(&w.shown.analysis, id, &text, &w.keeper.author()),
        Command::FilterFocused => w.view.focus_filter = false,
        Command::CommentFocused => w.view.focus_comment = false,
    }
}
