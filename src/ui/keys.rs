//! From keys to commands, and how keys are written: both read the table of commands.

use egui::{Key, KeyboardShortcut, Modifiers};

use crate::ui::command::{COMMANDS, Command, CommandInfo};
use crate::ui::list;

/// The row of a command.
fn info(command: &Command) -> Option<&'static CommandInfo> {
    COMMANDS.iter().find(|row| row.command == *command)
}

/// The usual key of a command as text, empty when it has none.
pub fn key_text(command: &Command) -> String {
    info(command).and_then(|row| row.keys.first()).map_or_else(String::new, key_name)
}

/// `Ctrl+Shift+P`, `/`, `Page down`: as it stands on the keyboard.
pub fn key_name(shortcut: &KeyboardShortcut) -> String {
    let mut name = String::new();
    if shortcut.modifiers.command {
        name.push_str(if cfg!(target_os = "macos") { "Cmd+" } else { "Ctrl+" });
    }
    if shortcut.modifiers.shift {
        name.push_str("Shift+");
    }
    name.push_str(match shortcut.logical_key {
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
    });
    name
}

/// Takes the commands that were typed out of the input.
///
/// `typing` tells that a text field had the keyboard when the keys were pressed; Escape takes it away first.
pub fn typed(ctx: &egui::Context, typing: bool) -> Vec<Command> {
    let typing = typing || ctx.text_edit_focused();
    let focus = ctx.memory(|m| m.focused());
    let focused = focus.is_some();
    let in_list = focus == Some(list::body_id());
    // A menu has keys of its own: arrows, Enter, Escape.
    let typing = typing || egui::Popup::is_any_open(ctx);
    let mut commands = Vec::new();
    ctx.input_mut(|input| {
        let shifted = input.modifiers.shift;
        input.events.retain(|event| {
            let command = match event {
                // What has the keyboard is pressed by Space.
                egui::Event::Key { key: Key::Space, .. } if focused => None,
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

fn by_key(key: Key, modifiers: Modifiers, typing: bool) -> Option<Command> {
    if typing && rests(key, modifiers) {
        return None;
    }
    let find = |modifiers: Modifiers| {
        COMMANDS
            .iter()
            .find(|row| row.keys.iter().any(|k| k.logical_key == key && modifiers.matches_exact(k.modifiers)))
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
}
