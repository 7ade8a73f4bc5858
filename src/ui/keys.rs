//! From keys to commands, and how keys are written: both read the table of commands.

use std::cell::RefCell;
use std::collections::BTreeMap;

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::ui::command::{COMMANDS, Command, CommandInfo};
use crate::ui::{list, marker};

thread_local! {
    /// Keys that the user changed, by the command's row. All of a window is drawn on one thread, and tooltips in every
    /// corner of it name keys.
    static CHANGED: RefCell<BTreeMap<usize, Vec<KeyboardShortcut>>> = const { RefCell::new(BTreeMap::new()) };
}

/// Takes over the keys that the user changed, by the names of commands; what cannot be read is returned in sentences.
pub fn change(keys: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut changed = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, texts) in keys {
        let Some(idx) = COMMANDS.iter().position(|row| row.slug() == *name) else {
            wrong.push(format!("no command `{name}`"));
            continue;
        };
        let (good, bad): (Vec<_>, Vec<_>) = texts.iter().map(|text| parse(text)).partition(Result::is_ok);
        wrong.extend(bad.into_iter().filter_map(Result::err));
        changed.insert(idx, good.into_iter().flatten().collect());
    }
    CHANGED.with_borrow_mut(|map| *map = changed);
    wrong
}

/// The keys of a command: its own, unless the user changed them or gave one of them to another command.
pub fn of(row: &CommandInfo) -> Vec<KeyboardShortcut> {
    let idx = COMMANDS.iter().position(|other| std::ptr::eq(other, row));
    CHANGED.with_borrow(|changed| match idx.and_then(|idx| changed.get(&idx)) {
        Some(keys) => keys.clone(),
        None => {
            let taken = |key: &KeyboardShortcut| changed.values().flatten().any(|other| other == key);
            row.keys.iter().copied().filter(|key| !taken(key)).collect()
        }
    })
}

/// Reads `Ctrl+Shift+P`.
///
/// # Errors
/// A sentence about what is no key.
pub fn parse(text: &str) -> Result<KeyboardShortcut, String> {
    let mut modifiers = Modifiers::NONE;
    let mut rest = text.trim();
    // The key itself may be a plus.
    while let Some((first, more)) = rest.split_once('+').filter(|(_, more)| !more.is_empty()) {
        match first.trim().to_lowercase().as_str() {
            "ctrl" | "cmd" | "command" => modifiers = modifiers.plus(Modifiers::COMMAND),
            "shift" => modifiers = modifiers.plus(Modifiers::SHIFT),
            "alt" | "option" => modifiers = modifiers.plus(Modifiers::ALT),
            other => return Err(format!("`{other}` in `{text}` is not Ctrl, Shift or Alt")),
        }
        rest = more.trim();
    }
    let key =
        Key::ALL.iter().copied().find(|key| symbol(*key).eq_ignore_ascii_case(rest)).or_else(|| Key::from_name(rest));
    key.map(|key| KeyboardShortcut::new(modifiers, key)).ok_or_else(|| format!("`{text}` is no key"))
}

/// The row of a command.
fn info(command: &Command) -> Option<&'static CommandInfo> {
    COMMANDS.iter().find(|row| row.command == *command)
}

/// The usual key of a command as text, empty when it has none.
pub fn key_text(command: &Command) -> String {
    info(command).and_then(|row| of(row).first().map(key_name)).unwrap_or_default()
}

/// `Ctrl+Shift+P`, `/`, `Page down`: as it stands on the keyboard.
pub fn key_name(shortcut: &KeyboardShortcut) -> String {
    let mut name = String::new();
    if shortcut.modifiers.command {
        name.push_str(if cfg!(target_os = "macos") { "Cmd+" } else { "Ctrl+" });
    }
    if shortcut.modifiers.alt {
        name.push_str("Alt+");
    }
    if shortcut.modifiers.shift {
        name.push_str("Shift+");
    }
    name.push_str(symbol(shortcut.logical_key));
    name
}

/// What stands on a key.
fn symbol(key: Key) -> &'static str {
    match key {
        Key::Slash => "/",
        Key::Plus => "+",
        Key::Minus => "−",
        Key::Equals => "=",
        Key::Period => ".",
        Key::Comma => ",",
        Key::OpenBracket => "[",
        Key::CloseBracket => "]",
        Key::Questionmark => "?",
        Key::ArrowLeft => "Left",
        Key::ArrowRight => "Right",
        Key::ArrowUp => "Up",
        Key::ArrowDown => "Down",
        Key::PageUp => "Page up",
        Key::PageDown => "Page down",
        other => other.name(),
    }
}

/// Takes the commands that were typed out of the input.
///
/// `typing` tells that a text field had the keyboard when the keys were pressed; Escape takes it away first. `on_chip`
/// tells that a chip of the filter has it.
pub fn typed(ctx: &egui::Context, typing: bool, on_chip: bool) -> Vec<Command> {
    let typing = typing || ctx.text_edit_focused();
    let focus = ctx.memory(|m| m.focused());
    let focused = focus.is_some();
    let in_list = focus == Some(list::body_id());
    let in_notes = focus == Some(marker::list_id());
    // A menu has keys of its own: arrows, Enter, Escape.
    let typing = typing || egui::Popup::is_any_open(ctx);
    let mut commands = Vec::new();
    ctx.input_mut(|input| {
        let shifted = input.modifiers.shift;
        input.events.retain(|event| {
            let command = match event {
                // What has the keyboard is pressed by Space.
                egui::Event::Key { key: Key::Space, .. } if focused => None,
                // A chip of the filter is taken away and turned round by these.
                egui::Event::Key { key: Key::Delete | Key::Backspace | Key::Minus, .. } if on_chip => None,
                egui::Event::Key { key: Key::ArrowRight, pressed: true, modifiers, .. }
                    if in_list && modifiers.is_none() =>
                {
                    Some(Command::List(list::Act::Open))
                }
                egui::Event::Key { key: Key::ArrowLeft, pressed: true, modifiers, .. }
                    if in_list && modifiers.is_none() =>
                {
                    Some(Command::List(list::Act::Fold))
                }
                egui::Event::Key { key, pressed: true, modifiers, .. } if in_notes && modifiers.is_none() => {
                    in_list_of_notes(*key).or_else(|| by_key(*key, *modifiers, typing))
                }
                egui::Event::Key { key, pressed: true, modifiers, .. } => by_key(*key, *modifiers, typing),
                // The system's clipboard keys come as events of their own.
                egui::Event::Copy if !typing => Some(if shifted { Command::CopyMarkdown } else { Command::CopyRaw }),
                _ => None,
            };
            let taken = command.is_some();
            commands.extend(command);
            !taken
        });
    });
    commands
}

/// What keys do while the list of notes has the keyboard.
fn in_list_of_notes(key: Key) -> Option<Command> {
    match key {
        Key::ArrowDown => Some(Command::Marker(marker::Act::Next)),
        Key::ArrowUp => Some(Command::Marker(marker::Act::Previous)),
        Key::Enter => Some(Command::Marker(marker::Act::Change)),
        Key::Delete => Some(Command::Marker(marker::Act::Remove)),
        _ => None,
    }
}

fn by_key(key: Key, modifiers: Modifiers, typing: bool) -> Option<Command> {
    if typing && rests(key, modifiers) {
        return None;
    }
    let find = |modifiers: Modifiers| {
        COMMANDS.iter().find(|row| of(row).iter().any(|k| k.logical_key == key && modifiers.matches_exact(k.modifiers)))
    };
    // On many keyboards `/`, `+` and `?` need Shift.
    let is_letter = key.name().len() == 1 && key.name().bytes().all(|b| b.is_ascii_uppercase());
    let found =
        find(modifiers).or_else(|| if is_letter { None } else { find(Modifiers { shift: false, ..modifiers }) });
    found.map(|row| row.command.clone())
}

/// While a text field has the keyboard, only keys that no text field uses work.
fn rests(key: Key, modifiers: Modifiers) -> bool {
    let function = matches!(key, Key::F1 | Key::F5);
    let editing = matches!(
        key,
        Key::A
            | Key::C
            | Key::V
            | Key::X
            | Key::Z
            | Key::Y
            | Key::B
            | Key::I
            | Key::Backspace
            | Key::Delete
            | Key::Home
            | Key::End
    );
    !function && (!modifiers.command || editing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_rest_while_typing() {
        assert_eq!(by_key(Key::J, Modifiers::NONE, false), Some(Command::NextRow));
        assert_eq!(by_key(Key::J, Modifiers::NONE, true), None);
        assert_eq!(by_key(Key::Z, Modifiers::COMMAND, true), None);
        assert_eq!(by_key(Key::S, Modifiers::COMMAND, true), Some(Command::Save));
        assert_eq!(by_key(Key::G, Modifiers::SHIFT, false), Some(Command::LastRow));
        assert_eq!(by_key(Key::Slash, Modifiers::SHIFT, false), Some(Command::FocusFilter));
        assert_eq!(by_key(Key::P, Modifiers::COMMAND | Modifiers::SHIFT, false), Some(Command::Palette));
    }

    #[test]
    fn a_key_that_the_user_gives_away_leaves_its_command() {
        let keys = |text: &str| BTreeMap::from([("mark".to_owned(), vec![text.to_owned()])]);
        assert!(change(&keys("J")).is_empty());
        assert_eq!(by_key(Key::J, Modifiers::NONE, false), Some(Command::Mark));
        assert_eq!(by_key(Key::M, Modifiers::NONE, false), None);
        assert_eq!(key_text(&Command::Mark), "J");
        assert_eq!(key_text(&Command::NextRow), "Down");
        assert_eq!(change(&keys("Hyper+J")).len(), 1);
        change(&BTreeMap::new());
        assert_eq!(by_key(Key::J, Modifiers::NONE, false), Some(Command::NextRow));
    }

    #[test]
    fn every_key_is_read_as_it_is_written() {
        for key in COMMANDS.iter().flat_map(|row| row.keys) {
            assert_eq!(parse(&key_name(key)).as_ref(), Ok(key), "{}", key_name(key));
        }
    }
}
