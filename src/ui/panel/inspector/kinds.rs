//! The menu of kinds, wherever a marker gets one.

use egui::containers::menu::MenuButton;
use egui::{Button, Response, RichText, Sense, Ui, vec2};

use crate::case::Kind;
use crate::ui::command::Command;
use crate::ui::marker::Act;
use crate::ui::panel::Ctx;
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::glyph;
use crate::ui::{keys, text};

/// A button with this kind, and the menu of all kinds below it.
pub(super) fn menu(ctx: &Ctx<'_>, ui: &mut Ui, kind: Kind, name: &str, pick: impl Fn(Kind) -> Command) -> Response {
    let t = ctx.tokens;
    let words =
        RichText::new(format!("     {} {}", kind.title(), icon::MENU)).font(theme::strong()).color(t.kind(kind));
    let button = Button::new(words).min_size(vec2(0.0, size::CONTROL - 4.0));
    let (response, _) = MenuButton::from_button(button).ui(ui, |ui| items(ctx, ui, Some(kind), pick));
    ui.painter().add(glyph::kind(kind, response.rect.left_center() + vec2(15.0, 0.0), size::GLYPH, t.kind(kind)));
    response.accessible_name(format!("{name}: {}", kind.title()))
}

/// All kinds, one below the other, each with its key.
pub fn items(ctx: &Ctx<'_>, ui: &mut Ui, current: Option<Kind>, pick: impl Fn(Kind) -> Command) {
    ui.set_min_width(210.0);
    ui.spacing_mut().item_spacing.y = 1.0;
    for kind in Kind::ALL {
        let key = keys::key_text(&Command::Marker(Act::Mark(kind)));
        let key = RichText::new(key).font(theme::mono_small()).color(ctx.tokens.text_third);
        let words = format!("      {}", kind.title());
        let button = Button::selectable(current == Some(kind), words).right_text(key).min_size(vec2(200.0, 23.0));
        let response = ui.add(button).accessible_name(kind.title());
        let at = response.rect.left_center() + vec2(16.0, 0.0);
        ui.painter().add(glyph::kind(kind, at, size::GLYPH, ctx.tokens.kind(kind)));
        if response.clicked() {
            ctx.push(pick(kind));
            ui.close();
        }
    }
}

/// The glyph of a kind among words.
pub(super) fn mark(ctx: &Ctx<'_>, ui: &mut Ui, kind: Kind) {
    let (rect, _) = ui.allocate_exact_size(vec2(13.0, 16.0), Sense::hover());
    ui.painter().add(glyph::kind(kind, rect.center(), size::GLYPH, ctx.tokens.kind(kind)));
}

/// A tag as it is shown: `#storage`.
pub(super) fn tag(tag: &str) -> String {
    format!("#{}", text::cut(&text::neutral(tag, 40).0, 24))
}
