//! Everything that can be done, in one table: menus, keys, palette and help are made from it.
//!
//! [`run`] is the only code that changes the view or the case, one line for each command.

use std::path::PathBuf;

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::event::EventId;
use crate::time::zone::Zone;
use crate::timeline::density::Loudness;
use crate::ui::findings::{self, Act};
use crate::ui::reading::Ask;
use crate::ui::settings::ThemeChoice;
use crate::ui::shell::{self, Act as Shell};
use crate::ui::state::{Overlay, Tab};
use crate::ui::widget::list::Scroll;
use crate::ui::widget::time_axis::TimeRange;
use crate::ui::window::Window;
use crate::ui::{copy, export, navigate};

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
    Finding(Act),
    ShowFindings,
    ShowEvent,
    ShowNotes,
    ShowReport,
    ShowDiagnostics,
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
    RawReport(bool),
    SetZone(Zone),
    SetPath(String),
    SetOverlay(Overlay),
    GoTo(String),
    SetComment(EventId, String),
    RemoveNote(usize),
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

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

const fn row(
    group: Group,
    command: Command,
    keys: &'static [KeyboardShortcut],
    name: &'static str,
    about: &'static str,
) -> CommandInfo {
    CommandInfo { name, about, group, keys, command }
}

const SAMPLE: &str = "Read a sample incident that comes with Causeline.";

const fn shell(act: Shell) -> Command {
    Command::Shell(act)
}

const fn save(form: export::Form) -> Command {
    Command::Export(export::Act::Ask(form))
}

const fn act(act: Act) -> Command {
    Command::Finding(act)
}

use Group::{Events, Findings, Logs, Notes, Time};

/// Every command. A new one is a row here, a variant above and a line in [`run`].
pub static COMMANDS: &[CommandInfo] = &[
    row(Logs, Command::OpenFiles, &[ctrl(Key::O)], "Open files…", "Read log files instead of what is open."),
    row(
        Logs,
        Command::OpenFolder,
        &[ctrl_shift(Key::O)],
        "Open folder…",
        "Read everything below a folder instead of what is open.",
    ),
    row(Logs, Command::AddFiles, &[], "Add files…", "Read more files beside what is open; dropping files does so too."),
    row(
        Logs,
        Command::OpenPath,
        &[ctrl(Key::P)],
        "Open path…",
        "Type the path of a file or folder, where dialogs are missing.",
    ),
    row(Logs, shell(Shell::Sample(0)), &[], "Sample: the failover that never promoted", SAMPLE),
    row(Logs, shell(Shell::Sample(1)), &[], "Sample: the accounts that vanished", SAMPLE),
    row(Logs, shell(Shell::Sample(2)), &[], "Sample: the ids that were handed out twice", SAMPLE),
    row(Logs, shell(Shell::Sample(3)), &[], "Sample: two servers on one data directory", SAMPLE),
    row(Logs, shell(Shell::Sample(4)), &[], "Sample: the backups that never finished", SAMPLE),
    row(Logs, shell(Shell::Recent(0)), &[], "Open again", "Read what was open last time, with its notes."),
    row(Logs, shell(Shell::ForgetAll), &[], "Forget recent cases", "Empty the list of cases that were open."),
    row(Logs, Command::Reload, &[key(Key::F5)], "Read again", "Read the same files from the start."),
    row(Logs, Command::Cancel, &[ctrl(Key::Period)], "Stop reading", "Stop reading; what has been read stays."),
    row(Logs, Command::Follow, &[key(Key::Space)], "Follow", "Show lines as they are written, or stop doing so."),
    row(Time, Command::ZoomIn, &[key(Key::Plus), key(Key::Equals)], "Zoom in", "Show less time in more detail."),
    row(Time, Command::ZoomOut, &[key(Key::Minus)], "Zoom out", "Show more time."),
    row(Time, Command::PanLeft, &[key(Key::A), key(Key::ArrowLeft)], "Earlier", "Move the timeline to earlier times."),
    row(Time, Command::PanRight, &[key(Key::D), key(Key::ArrowRight)], "Later", "Move the timeline to later times."),
    row(Time, Command::FitChosen, &[key(Key::F)], "Fit selection", "Zoom the timeline to the chosen events."),
    row(Time, Command::FitAll, &[key(Key::Num0)], "Fit all", "Show the whole time on the timeline."),
    row(Time, Command::GoToTime, &[ctrl(Key::G)], "Go to time…", "Choose the first event at or after a time."),
    row(
        Time,
        Command::Order,
        &[key(Key::R)],
        "Causal or as recorded",
        "Change between causal order, with the hosts' clocks corrected, and the order of the recorded stamps.",
    ),
    row(
        Time,
        Command::Shifts,
        &[key(Key::S)],
        "Show shifts",
        "Draw lines on the lanes to where the recorded stamps are, or stop doing so.",
    ),
    row(
        Time,
        Command::MeasureClocks,
        &[],
        "Measure clocks again",
        "Measure the hosts' clocks by all events, those included that came while following.",
    ),
    row(
        Events,
        Command::FocusFilter,
        &[key(Key::Slash), ctrl(Key::F)],
        "Filter",
        "Type words that events must contain.",
    ),
    row(Events, Command::ClearFilter, &[key(Key::Backspace)], "Clear filter", "Show all events again."),
    row(Events, Command::NextRow, &[key(Key::J), key(Key::ArrowDown)], "Next event", "Choose the event below."),
    row(Events, Command::PreviousRow, &[key(Key::K), key(Key::ArrowUp)], "Previous event", "Choose the event above."),
    row(Events, Command::PageDown, &[key(Key::PageDown)], "Page down", "Choose the event one page below."),
    row(Events, Command::PageUp, &[key(Key::PageUp)], "Page up", "Choose the event one page above."),
    row(Events, Command::FirstRow, &[key(Key::G), key(Key::Home)], "First event", "Choose the first event."),
    row(Events, Command::LastRow, &[shift(Key::G), key(Key::End)], "Last event", "Choose the last event."),
    row(Events, Command::NextError, &[key(Key::E)], "Next error", "Choose the next event of level error or above."),
    row(
        Events,
        Command::PreviousError,
        &[shift(Key::E)],
        "Previous error",
        "Choose the event of level error or above before this one.",
    ),
    row(
        Events,
        Command::NextWarning,
        &[key(Key::W)],
        "Next warning",
        "Choose the next event of level warning or above.",
    ),
    row(
        Events,
        Command::PreviousWarning,
        &[shift(Key::W)],
        "Previous warning",
        "Choose the event of level warning or above before this one.",
    ),
    row(
        Events,
        Command::SinceChosen,
        &[key(Key::T)],
        "Time since selection",
        "Tell times as distances from the chosen event, or from the row above.",
    ),
    row(
        Events,
        Command::Compare,
        &[key(Key::X)],
        "Compare with the chosen event",
        "Hold the chosen event against the next one that is chosen: how are they ordered? Ctrl+click does so too.",
    ),
    row(
        Events,
        Command::CopyRaw,
        &[ctrl(Key::C)],
        "Copy raw lines",
        "Copy the chosen events as they stand in their files.",
    ),
    row(
        Events,
        Command::CopyMarkdown,
        &[ctrl_shift(Key::C)],
        "Copy as Markdown",
        "Copy the chosen events with time, host and place, for a document.",
    ),
    row(Findings, Command::ShowFindings, &[ctrl(Key::Num1)], "Show findings", "Show what is out of order."),
    row(Findings, act(Act::Next), &[key(Key::CloseBracket)], "Next finding", "Open the next finding and lead to it."),
    row(Findings, act(Act::Previous), &[key(Key::OpenBracket)], "Previous finding", "Open the finding before it."),
    row(
        Findings,
        act(Act::NextEvidence),
        &[key(Key::Period)],
        "Next evidence",
        "Choose the next record that proves it.",
    ),
    row(Findings, act(Act::PreviousEvidence), &[key(Key::Comma)], "Previous evidence", "Choose the record before it."),
    row(Findings, act(Act::Confirm), &[key(Key::Y)], "Confirm finding", "Say that it holds, or take that back."),
    row(Findings, act(Act::Dismiss), &[key(Key::Delete)], "Dismiss finding", "Put it away, or bring it back."),
    row(Findings, act(Act::RedHerring), &[key(Key::H)], "Red herring", "Say that it is loud but not the cause."),
    row(
        Findings,
        act(Act::ToReport),
        &[shift(Key::R)],
        "Add finding to the report",
        "Let the report tell the open finding, or take it out; with none added it tells all.",
    ),
    row(Findings, act(Act::CopyText), &[], "Copy finding", "Copy the open finding as text."),
    row(Findings, act(Act::CopyMarkdown), &[ctrl_shift(Key::F)], "Copy finding as Markdown", "Copy it for a document."),
    row(Findings, act(Act::Again), &[], "Look for findings again", "Try all rules on what has been read."),
    row(Notes, Command::Mark, &[key(Key::M)], "Mark", "Mark the chosen event, or take the mark away."),
    row(Notes, Command::Comment, &[key(Key::C)], "Comment", "Write a comment on the chosen event."),
    row(Notes, Command::NextMark, &[key(Key::N)], "Next note", "Choose the next event with a mark or a comment."),
    row(
        Notes,
        Command::PreviousMark,
        &[shift(Key::N)],
        "Previous note",
        "Choose the event with a mark or a comment before this one.",
    ),
    row(Notes, Command::Undo, &[ctrl(Key::Z)], "Undo", "Take the last change of marks and comments back."),
    row(
        Notes,
        Command::Redo,
        &[ctrl(Key::Y), ctrl_shift(Key::Z)],
        "Redo",
        "Make the change that was taken back again.",
    ),
    row(
        Notes,
        Command::Save,
        &[ctrl(Key::S)],
        "Save case",
        "Save marks and comments now; they are saved by themselves, too.",
    ),
    row(
        Notes,
        save(export::Form::Report),
        &[ctrl(Key::E)],
        "Save report as Markdown…",
        "Write the report to a file, as the page Report shows it.",
    ),
    row(
        Notes,
        Command::Export(export::Act::CopyReport),
        &[],
        "Copy report as Markdown",
        "Copy the whole report, to be pasted into a postmortem.",
    ),
    row(
        Notes,
        save(export::Form::Text),
        &[],
        "Save events as text…",
        "Write the events that the filter left to a file.",
    ),
    row(Notes, save(export::Form::Csv), &[], "Save events as CSV…", "The same as a table for a spreadsheet."),
    row(
        Notes,
        save(export::Form::Jsonl),
        &[],
        "Save events as JSON lines…",
        "The same with all that is known of each.",
    ),
    row(
        Group::Window,
        Command::ShowEvent,
        &[ctrl(Key::Num2)],
        "Show event",
        "Show the chosen event beside the timeline.",
    ),
    row(
        Group::Window,
        Command::ShowNotes,
        &[ctrl(Key::Num3)],
        "Show notes",
        "Show all marks and comments beside the timeline.",
    ),
    row(
        Group::Window,
        Command::ShowReport,
        &[ctrl(Key::Num4)],
        "Show report",
        "Show the report as it would be exported now.",
    ),
    row(
        Group::Window,
        Command::ShowDiagnostics,
        &[ctrl(Key::Num5)],
        "Show diagnostics",
        "Show what could not be read or was assumed.",
    ),
    row(Group::Window, Command::Sources, &[ctrl(Key::B)], "Sources", "Show or hide the list of sources."),
    row(Group::Window, Command::Inspector, &[ctrl(Key::I)], "Inspector", "Show or hide the panel beside the timeline."),
    row(
        Group::Window,
        shell(Shell::Settings),
        &[ctrl(Key::Comma)],
        "Settings…",
        "Theme, size of text, zone and keys; they are kept for all windows.",
    ),
    row(Group::Window, shell(Shell::OtherTheme), &[ctrl(Key::L)], "Dark or light", "Change between dark and light."),
    row(
        Group::Window,
        shell(Shell::SetTheme(ThemeChoice::System)),
        &[],
        "Theme of the system",
        "Be dark or light as the system is.",
    ),
    row(Group::Window, Command::Utc, &[key(Key::U)], "Times in UTC", "Show all times in UTC."),
    row(
        Group::Window,
        shell(Shell::Text(1)),
        &[ctrl(Key::Plus), ctrl(Key::Equals)],
        "Larger text",
        "Make everything larger.",
    ),
    row(Group::Window, shell(Shell::Text(-1)), &[ctrl(Key::Minus)], "Smaller text", "Make everything smaller."),
    row(Group::Window, shell(Shell::Text(0)), &[ctrl(Key::Num0)], "Normal text", "Give text its normal size."),
    row(Group::Window, Command::Palette, &[ctrl_shift(Key::P)], "All commands…", "Search all commands by name."),
    row(
        Group::Window,
        Command::Help,
        &[key(Key::F1), key(Key::Questionmark)],
        "Keys",
        "Show all commands and their keys.",
    ),
    row(
        Group::Window,
        Command::Dismiss,
        &[key(Key::Escape)],
        "Close",
        "Close what lies over the window, or forget the selection.",
    ),
];

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
        Command::ClearFilter => w.set_filter(ctx, String::new()),
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
        Command::NextMark => navigate::to_note(w, true),
        Command::PreviousMark => navigate::to_note(w, false),
        Command::SinceChosen => w.view.since_chosen = !w.view.since_chosen,
        Command::Mark => w.toggle_mark(),
        Command::Comment => w.begin_comment(),
        Command::Undo => w.undo(),
        Command::Redo => w.redo(),
        Command::Save => w.notes.save(ctx),
        Command::CopyRaw => copy::raw(w, ctx),
        Command::CopyMarkdown => copy::markdown(w, ctx),
        Command::Finding(act) => findings::run(w, ctx, act),
        Command::ShowFindings => w.view.show_tab(Tab::Findings),
        Command::ShowEvent => w.view.show_tab(Tab::Event),
        Command::ShowNotes => w.view.show_tab(Tab::Notes),
        Command::ShowReport => w.view.show_tab(Tab::Report),
        Command::ShowDiagnostics => w.view.show_tab(Tab::Diagnostics),
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
        Command::SetFilter(filter) => w.set_filter(ctx, filter),
        Command::SetRange(range) => w.view.show_range(&w.shown, range),
        Command::SetScroll(scroll) => w.set_scroll(scroll),
        Command::Choose(id) => w.view.choose(&w.shown, id),
        Command::ChooseInLanes(id) => w.view.choose_and_show(&w.shown, &w.layout, id),
        Command::ChooseTo(id) => w.view.chosen_to = Some(id),
        Command::ShowTime(time) => w.view.show_row(&w.layout, w.shown.row_at(time), true),
        Command::RawReport(raw) => w.view.report_raw = raw,
        Command::SetTab(tab) => w.view.show_tab(tab),
        Command::SetZone(zone) => w.view.zone = zone,
        Command::SetPath(path) => w.view.path = path,
        Command::SetOverlay(overlay) => w.view.overlay = overlay,
        Command::GoTo(text) => navigate::go_to(w, &text),
        Command::SetComment(id, text) => w.notes.set_comment(&w.shown.analysis, id, &text),
        Command::RemoveNote(idx) => w.notes.remove(&w.shown.analysis, idx),
        Command::FilterFocused => w.view.focus_filter = false,
        Command::CommentFocused => w.view.focus_comment = false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_told_and_no_key_stands_twice() {
        let mut keys = Vec::new();
        for row in COMMANDS {
            assert!(!row.name.is_empty() && row.about.ends_with('.'), "{row:?}");
            assert_eq!(COMMANDS.iter().filter(|r| r.slug() == row.slug()).count(), 1, "{} twice", row.name);
            assert_eq!(COMMANDS.iter().filter(|r| r.command == row.command).count(), 1, "{} twice", row.name);
            keys.extend(row.keys.iter().map(|k| (k.logical_key, k.modifiers, row.name)));
        }
        for (i, (key, modifiers, name)) in keys.iter().enumerate() {
            let twice = keys.iter().skip(i + 1).find(|(k, m, _)| k == key && m == modifiers);
            assert!(twice.is_none(), "{name} and {twice:?} share a key");
        }
    }
}
