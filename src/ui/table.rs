//! The table of commands: menus, keys, palette, tooltips, settings and help are made from it.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::case::Kind;
use crate::ui::command::{Command, CommandInfo, Group};
use crate::ui::filter::{self, Act as F};
use crate::ui::findings::Act;
use crate::ui::marker::Act as Note;
use crate::ui::search::{self, Act as S};
use crate::ui::settings::ThemeChoice;
use crate::ui::shell::Act as Shell;
use crate::ui::state::Tab;
use crate::ui::{assume, export, lanes, list, page};

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

const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

const fn filter(act: filter::Act) -> Command {
    Command::Filter(act)
}

const fn search(act: search::Act) -> Command {
    Command::Search(act)
}

const fn lanes(act: lanes::Act) -> Command {
    Command::Lanes(act)
}

const fn note(act: Note) -> Command {
    Command::Marker(act)
}

const fn tab(tab: Tab) -> Command {
    Command::SetTab(tab)
}

const fn mark(kind: Kind) -> Command {
    Command::Marker(Note::Mark(kind))
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
    row(
        Logs,
        Command::Follow,
        &[key(Key::Space)],
        "Follow",
        "Show lines as they are written to plain files, or stop doing so.",
    ),
    row(Time, Command::ZoomIn, &[key(Key::Plus), key(Key::Equals)], "Zoom in", "Show less time in more detail."),
    row(Time, Command::ZoomOut, &[key(Key::Minus)], "Zoom out", "Show more time."),
    row(Time, Command::PanLeft, &[key(Key::A), key(Key::ArrowLeft)], "Earlier", "Move the timeline to earlier times."),
    row(Time, Command::PanRight, &[key(Key::D), key(Key::ArrowRight)], "Later", "Move the timeline to later times."),
    row(
        Time,
        Command::FitChosen,
        &[key(Key::F)],
        "Fit selection",
        "Zoom the timeline to the selected span, or to the chosen events.",
    ),
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
    row(Events, Command::FocusFilter, &[key(Key::Slash)], "Filter", "Type words that events must contain."),
    row(Time, lanes(lanes::Act::OpenAll), &[key(Key::L)], "Open all lanes", "Show the files of every host."),
    row(Time, lanes(lanes::Act::CloseAll), &[shift(Key::L)], "Close all lanes", "Show one lane for each host."),
    row(
        Time,
        lanes(lanes::Act::Gaps),
        &[key(Key::B)],
        "Fold gaps",
        "Draw long stretches without events short, or as long as they are.",
    ),
    row(
        Time,
        lanes(lanes::Act::SpanFrom),
        &[shift(Key::A)],
        "Span from here",
        "Let the selected span begin at the chosen event.",
    ),
    row(
        Time,
        lanes(lanes::Act::SpanTo),
        &[shift(Key::D)],
        "Span to here",
        "Let the selected span end at the chosen event.",
    ),
    row(Time, lanes(lanes::Act::FilterSpan), &[], "Filter to span", "Show only the events of the selected span."),
    row(Time, lanes(lanes::Act::CopySpan), &[], "Copy span", "Copy begin, end and duration of the selected span."),
    row(
        Events,
        filter(F::Previous),
        &[alt(Key::ArrowLeft)],
        "Previous filter",
        "Go back to the filter before this one.",
    ),
    row(Events, filter(F::Next), &[alt(Key::ArrowRight)], "Next filter", "Go on to the filter that going back left."),
    row(Events, filter(F::Save), &[], "Save filter…", "Keep the filter under a name, or keep it no longer."),
    row(Events, filter(F::Past), &[ctrl(Key::H)], "Used and saved filters", "Choose one of the filters used before."),
    row(Events, filter(F::Quick(0)), &[], "Warnings and worse", "Show only events of level warning and above."),
    row(Events, filter(F::Quick(1)), &[], "Evidence only", "Show only events that prove a finding."),
    row(Events, filter(F::Quick(2)), &[], "Notes only", "Show only events with a mark or a comment."),
    row(Events, Command::ClearFilter, &[key(Key::Backspace)], "Clear filter", "Show all events again."),
    row(Events, search(S::Open), &[ctrl(Key::F)], "Find…", "Look for words without hiding other events."),
    row(Events, search(S::Next), &[key(Key::N)], "Next match", "Choose the next event that matches."),
    row(Events, search(S::Previous), &[shift(Key::N)], "Previous match", "Choose the matching event before this one."),
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
    row(
        Events,
        list::act(list::Act::Toggle),
        &[key(Key::Z)],
        "Open row",
        "Show the whole record below its row, or fold it.",
    ),
    row(Events, list::act(list::Act::FoldAll), &[shift(Key::Z)], "Fold all rows", "Fold all rows that were opened."),
    row(
        Events,
        list::act(list::Act::NextSame),
        &[key(Key::O)],
        "Next with the same",
        "Choose the next event that names the same request, resource or host as the chosen one.",
    ),
    row(
        Events,
        list::act(list::Act::PreviousSame),
        &[shift(Key::O)],
        "Previous with the same",
        "Choose the event before this one that names the same request, resource or host.",
    ),
    row(
        Events,
        Command::Page(page::Act::Cause),
        &[alt(Key::ArrowUp)],
        "Go to the cause",
        "Choose the event that came directly before the chosen one, by its cause.",
    ),
    row(
        Events,
        Command::Page(page::Act::Effect),
        &[alt(Key::ArrowDown)],
        "Go to the effect",
        "Choose the event that the chosen one directly led to.",
    ),
    row(
        Events,
        list::act(list::Act::Menu),
        &[key(Key::Menu), shift(Key::F10)],
        "Menu of the event",
        "Show what can be done with the chosen event.",
    ),
    row(
        Events,
        list::act(list::Act::SlideRight),
        &[shift(Key::ArrowRight)],
        "Read on to the right",
        "Show what stands further right in long messages; Shift and the wheel do so too.",
    ),
    row(
        Events,
        list::act(list::Act::SlideLeft),
        &[shift(Key::ArrowLeft)],
        "Back to the left",
        "Show what stands further left in long messages.",
    ),
    row(Events, list::act(list::Act::ColumnsMenu), &[], "Columns…", "Choose the columns of the event list."),
    row(
        Events,
        list::act(list::Act::ResetColumns),
        &[],
        "Usual columns",
        "Give all columns their usual places and widths.",
    ),
    row(Events, Command::Page(page::Act::Hex), &[], "Text or bytes", "Show the chosen record as bytes, or as text."),
    row(
        Events,
        Command::Page(page::Act::Wrap),
        &[],
        "Wrap the record",
        "Wrap long lines of the chosen record, or do not.",
    ),
    row(Findings, Command::SetTab(Tab::Findings), &[ctrl(Key::Num1)], "Show findings", "Show what is out of order."),
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
    row(
        Time,
        Command::Assume(assume::Act::Review),
        &[ctrl(Key::T)],
        "Review assumptions",
        "Show every zone, year, name and clock that was assumed, to see why and to change it.",
    ),
    row(
        Time,
        Command::Assume(assume::Act::SameMoment),
        &[key(Key::P)],
        "Same moment",
        "Pin the held event and the chosen one as one moment; that sets a clock.",
    ),
    row(Notes, Command::Mark, &[key(Key::M)], "Mark", "Mark the chosen event, or take the mark away."),
    row(Notes, Command::Comment, &[key(Key::C)], "Comment", "Write a comment on the chosen event."),
    row(Notes, mark(Kind::Trigger), &[key(Key::Num1)], "Mark as trigger", "The chosen event or span is what began it."),
    row(Notes, mark(Kind::ImpactStart), &[key(Key::Num2)], "Mark as impact start", "Users began to be affected."),
    row(Notes, mark(Kind::Detection), &[key(Key::Num3)], "Mark as detection", "Somebody or something noticed."),
    row(Notes, mark(Kind::Diagnosis), &[key(Key::Num4)], "Mark as diagnosis", "The cause was understood."),
    row(Notes, mark(Kind::Mitigation), &[key(Key::Num5)], "Mark as mitigation", "The effect was made smaller."),
    row(Notes, mark(Kind::Recovery), &[key(Key::Num6)], "Mark as recovery", "All was well again."),
    row(Notes, mark(Kind::ImpactEnd), &[key(Key::Num7)], "Mark as impact end", "Users were no longer affected."),
    row(Notes, mark(Kind::KeyMoment), &[key(Key::Num8)], "Mark as key moment", "It belongs into the story."),
    row(Notes, mark(Kind::RedHerring), &[key(Key::Num9)], "Mark as red herring", "It is loud, and not the cause."),
    row(Notes, mark(Kind::Note), &[shift(Key::C)], "Note…", "Write a note on the selected span or the chosen event."),
    row(Notes, note(Note::Moment), &[shift(Key::M)], "Note at a time…", "Write down a moment that no log holds."),
    row(Notes, note(Note::Change), &[], "Change note", "Open the note that is chosen in the list."),
    row(Notes, note(Note::Remove), &[], "Remove note", "Take the note that is chosen in the list away."),
    row(Notes, Command::NextMark, &[ctrl(Key::M)], "Next note", "Choose the next event with a mark or a comment."),
    row(
        Notes,
        Command::PreviousMark,
        &[ctrl_shift(Key::M)],
        "Previous note",
        "Choose the event with a mark or a comment before this one.",
    ),
    row(
        Notes,
        Command::Undo,
        &[ctrl(Key::Z)],
        "Undo",
        "Take the last change of the case back: note, verdict, assumption or pin.",
    ),
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
    row(Notes, save(export::Form::Text), &[], "Save events as text…", "Write the events that the filter left."),
    row(Notes, save(export::Form::Csv), &[], "Save events as CSV…", "The same as a table for a spreadsheet."),
    row(Notes, save(export::Form::Jsonl), &[], "Save events as JSON lines…", "With all that is known of each."),
    row(Group::Window, tab(Tab::Event), &[ctrl(Key::Num2)], "Show event", "Show the chosen event."),
    row(Group::Window, tab(Tab::Notes), &[ctrl(Key::Num3)], "Show notes", "Show what was marked and written."),
    row(Group::Window, tab(Tab::Report), &[ctrl(Key::Num4)], "Show report", "Show the report as it is now."),
    row(Group::Window, tab(Tab::Diagnostics), &[ctrl(Key::Num5)], "Show diagnostics", "Show what could not be read."),
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
