//! What is understood of the chosen event: its facts, and which pack found them by which expression.

use egui::{Label, RichText, Ui};

use super::event::{field, grid, section};
use crate::event::EventId;
use crate::fact::{Fact, Facts};
use crate::ui::page::Section;
use crate::ui::panel::Ctx;
use crate::ui::text;
use crate::ui::theme;

/// Facts that are listed.
const MOST: usize = 20;
/// Characters of an expression.
const PATTERN: usize = 400;

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    // Taken from this one record, and only while it can be seen.
    let facts = || {
        let a = &ctx.shown.analysis;
        Facts::extract_one(ctx.reading.packs(), &a.sources, &a.infos, &a.events, id)
    };
    let copied = || facts().iter().map(|f| line(&f)).collect();
    section(ctx, ui, Section::Facts, Some(&copied), |ui| {
        let facts = facts();
        if facts.is_empty() {
            let words = "No pack knows a line like this one. It still counts for times, levels and names.";
            ui.add(Label::new(RichText::new(words).color(ctx.tokens.text_second)).wrap());
        }
        for (i, fact) in facts.iter().take(MOST).enumerate() {
            ui.push_id(i, |ui| one(ctx, ui, &fact));
        }
        if facts.len() > MOST {
            ui.label(RichText::new(format!("and {} more", facts.len() - MOST)).color(ctx.tokens.text_third));
        }
    });
}

/// A fact on one line, as `causeline facts of` writes it.
fn line(fact: &Fact<'_>) -> String {
    let fields: String = fact.fields().map(|(name, value)| format!(" {name}={}", text::squeezed(value))).collect();
    format!("{}{fields}\n", fact.kind().name())
}

fn one(ctx: &Ctx<'_>, ui: &mut Ui, fact: &Fact<'_>) {
    let t = ctx.tokens;
    ui.add_space(2.0);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.label(RichText::new(fact.kind().name()).font(theme::mono()).color(t.accent));
        ui.label(RichText::new(fact.kind().about()).color(t.text_second));
    });
    grid(ui, "fact", |ui| {
        for (name, value) in fact.fields() {
            ui.label(RichText::new(name).color(t.text_third));
            field(ctx, ui, name, value);
            ui.end_row();
        }
    });
    let found = format!("found by the pack {}", text::neutral(fact.pack(), 60).0);
    let patterns = text::cut(&text::neutral(&fact.patterns().join("\n"), PATTERN).0, PATTERN);
    ui.add(Label::new(RichText::new(found).font(theme::small()).color(t.text_third))).on_hover_ui(|ui| {
        ui.set_max_width(520.0);
        ui.label(RichText::new("It looks for:").color(t.text_second));
        ui.add(Label::new(RichText::new(&patterns).font(theme::mono_small())).wrap());
    });
    let shown = text::cut(&text::squeezed(&patterns), 120);
    ui.add(Label::new(RichText::new(shown).font(theme::mono_small()).color(t.text_third)).wrap().selectable(true));
}
