//! The record of the chosen event as it stands: text that can be selected, or bytes.

use egui::{Button, Label, Margin, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::event::section;
use crate::event::EventId;
use crate::export::text::{bytes as told_bytes, count};
use crate::ui::command::Command;
use crate::ui::page::{Act, Section};
use crate::ui::panel::Ctx;
use crate::ui::text;
use crate::ui::theme::{self, size};

/// Characters of the record that are laid out; the rest is told by its size.
const CHARS: usize = 20_000;
/// Height of what is seen at once, in points.
const HEIGHT: f32 = 260.0;
/// Bytes in a line of bytes.
const ACROSS: usize = 16;
/// Bytes that can be looked at; egui's scroll areas are exact as far as this.
const BYTES: usize = 16 << 20;
/// Bytes that the button copies.
const COPIED: usize = 4 << 20;

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let bytes = ctx.shown.analysis.raw(id);
    let copied = || String::from_utf8_lossy(bytes.get(..COPIED).unwrap_or(bytes)).into_owned();
    section(ctx, ui, Section::Record, Some(&copied), |ui| {
        switches(ctx, ui);
        let frame = egui::Frame::new()
            .fill(ctx.tokens.background)
            .stroke(ctx.tokens.line())
            .corner_radius(size::CORNER)
            .inner_margin(Margin::same(8));
        if ctx.view.page.hex {
            frame.show(ui, |ui| hex(ctx, ui, bytes));
            told(ctx, ui, bytes.len(), BYTES, "bytes");
        } else {
            let (raw, more) = text::neutral_bytes(bytes, CHARS);
            frame.show(ui, |ui| words(ctx, ui, &raw));
            if more {
                told(ctx, ui, bytes.len(), CHARS, "characters");
            }
        }
    });
}

fn told(ctx: &Ctx<'_>, ui: &mut Ui, len: usize, most: usize, what: &str) {
    if len > most {
        let words = format!("{} in all; the first {} {what} are shown", told_bytes(len as u64), count(most as u64));
        ui.add(Label::new(RichText::new(words).font(theme::small()).color(ctx.tokens.warning)).wrap());
    }
}

fn switches(ctx: &Ctx<'_>, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().interact_size.y = 20.0;
        ui.spacing_mut().button_padding = vec2(7.0, 2.0);
        let page = &ctx.view.page;
        for (words, on, about, act) in [
            ("Text", !page.hex, "The record as text", page.hex.then_some(Act::Hex)),
            ("Bytes", page.hex, "The record as bytes, 16 in a line", (!page.hex).then_some(Act::Hex)),
        ] {
            let button = Button::new(RichText::new(words).font(theme::small())).selected(on).frame_when_inactive(on);
            if ui.add(button).on_hover_text(about).clicked()
                && let Some(act) = act
            {
                ctx.push(Command::Page(act));
            }
        }
        if !page.hex {
            ui.add_space(6.0);
            let wrap = Button::new(RichText::new("Wrap").font(theme::small()))
                .selected(!page.unwrapped)
                .frame_when_inactive(!page.unwrapped);
            if ui.add(wrap).on_hover_text("Wrap long lines, or let them go on to the right").clicked() {
                ctx.push(Command::Page(Act::Wrap));
            }
        }
    });
}

fn words(ctx: &Ctx<'_>, ui: &mut Ui, raw: &str) {
    ui.spacing_mut().interact_size.y = 0.0;
    let edit = |ui: &mut Ui, width: f32| {
        let mut text = raw;
        let edit = TextEdit::multiline(&mut text)
            .id(egui::Id::unique("raw"))
            .font(theme::mono())
            .text_color(ctx.tokens.text)
            .frame(egui::Frame::NONE)
            .desired_rows(1)
            .desired_width(width);
        ui.add(edit).accessible_name("Raw text");
    };
    if ctx.view.page.unwrapped {
        let longest = raw.lines().map(|l| l.chars().count()).max().unwrap_or(0);
        let width = (longest as f32 + 2.0) * size::MONO * size::MONO_ADVANCE;
        let area = ScrollArea::both().id_salt("raw-wide").max_height(HEIGHT).auto_shrink([false, true]);
        area.show(ui, |ui| edit(ui, width.max(ui.available_width())));
    } else {
        let area = ScrollArea::vertical().id_salt("raw").max_height(HEIGHT).auto_shrink([false, true]);
        area.show(ui, |ui| edit(ui, f32::INFINITY));
    }
}

/// Lines of bytes: where they stand, the bytes, what of them can be printed. Only what is seen is put into words.
fn hex(ctx: &Ctx<'_>, ui: &mut Ui, bytes: &[u8]) {
    let bytes = bytes.get(..BYTES).unwrap_or(bytes);
    let lines = bytes.len().div_ceil(ACROSS);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = size::OPENED_LINE;
    let digits = if bytes.len() > 0xffff { 8 } else { 4 };
    let area = ScrollArea::both().id_salt("hex").max_height(HEIGHT).auto_shrink([false, true]);
    area.show_rows(ui, size::OPENED_LINE, lines, |ui, seen| {
        for i in seen {
            let part = bytes.get(i * ACROSS..).unwrap_or_default();
            let part = part.get(..ACROSS).unwrap_or(part);
            let line = hex_line(i * ACROSS, digits, part);
            let label = Label::new(RichText::new(line).font(theme::mono_small()).color(ctx.tokens.text));
            ui.add_sized(vec2(0.0, size::OPENED_LINE), label.wrap_mode(egui::TextWrapMode::Extend).selectable(true));
        }
    });
}

/// `0010  32 30 …  20…`: the place, 16 bytes, and what of them can be printed.
fn hex_line(at: usize, digits: usize, bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut line = format!("{at:0digits$x} ");
    for i in 0..ACROSS {
        if i % 8 == 0 {
            line.push(' ');
        }
        match bytes.get(i) {
            // Writing to a string cannot fail.
            Some(byte) => write!(line, "{byte:02x} ").unwrap_or_default(),
            None => line.push_str("   "),
        }
    }
    line.push(' ');
    line.extend(bytes.iter().map(|b| if b.is_ascii_graphic() || *b == b' ' { char::from(*b) } else { '·' }));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_bytes_tells_place_bytes_and_text() {
        assert_eq!(
            hex_line(16, 4, b"abc\0\xff 1234567890"),
            "0010  61 62 63 00 ff 20 31 32  33 34 35 36 37 38 39 30  abc·· 1234567890"
        );
        let short = hex_line(0, 4, b"ab");
        assert_eq!(
            short.find("ab"),
            Some(hex_line(0, 4, &[b'x'; 16]).find("xx").unwrap()),
            "columns stand below each other"
        );
    }
}
