//! What lies over the window when asked for: the palette, the keys, a field for a time or a path.

use egui::{Align, Align2, Button, Key, Layout, Margin, Pos2, RichText, TextEdit, Ui, vec2};

use crate::query::language;
use crate::ui::command::{COMMANDS, Command, CommandInfo, Group};
use crate::ui::export::{self, Form};
use crate::ui::keys;
use crate::ui::panel::{Ctx, assume, review, settings, welcome};
use crate::ui::state::Overlay;
use crate::ui::text;
use crate::ui::theme::{self, size};

/// Draws the overlay, if there is one.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    match &ctx.view.overlay {
        Overlay::None => dropping(ctx, ui),
        Overlay::Palette { query, idx } => over(ctx, ui, "All commands", 560.0, |ui| palette(ctx, ui, query, *idx)),
        Overlay::SaveAs { form, path } => over(ctx, ui, form.name(), 560.0, |ui| save_as(ctx, ui, *form, path)),
        Overlay::Settings { query, listening } => {
            over(ctx, ui, "Settings", 640.0, |ui| settings::show(ctx, ui, query, *listening));
        }
        Overlay::Help => over(ctx, ui, "Keys", 940.0, |ui| help(ctx, ui)),
        Overlay::Assume(ask) => assume::show(ctx, ui, ask),
        Overlay::Why(assumption, at) => review::why(ctx, ui, assumption, *at),
        Overlay::Review => review::show(ctx, ui),
        Overlay::GoTo { text } => over(ctx, ui, "Go to time", 420.0, |ui| go_to(ctx, ui, text)),
        Overlay::OpenPath => over(ctx, ui, "Open path", 560.0, |ui| {
            ui.label(RichText::new("Open a file or a folder").font(theme::strong()));
            ui.add_space(4.0);
            ui.horizontal(|ui| welcome::path_field(ctx, ui));
            focus_once(ui, egui::Id::unique("path"));
        }),
    }
}

pub(super) fn over(ctx: &Ctx<'_>, ui: &Ui, name: &str, width: f32, content: impl FnOnce(&mut Ui)) {
    over_at(ctx, ui, name, width, None, content);
}

/// As [`over`], below a place on the screen, where there is room.
pub(super) fn over_at(ctx: &Ctx<'_>, ui: &Ui, name: &str, width: f32, at: Option<Pos2>, content: impl FnOnce(&mut Ui)) {
    let t = ctx.tokens;
    let screen = ui.content_rect();
    let width = width.min(screen.width() - 40.0).max(0.0);
    let area = egui::Area::new(egui::Id::unique(name)).order(egui::Order::Foreground).constrain(true);
    let area = match at {
        Some(at) => area.fixed_pos(at),
        None => area.anchor(Align2::CENTER_TOP, vec2(0.0, 54.0)),
    };
    area.show(ui, |ui| {
        let frame = egui::Frame::popup(ui.style()).inner_margin(Margin::same(14)).stroke(t.border());
        let response = frame.show(ui, |ui| {
            ui.set_width(width);
            content(ui);
        });
        let outside = ui.input(|i| {
            i.pointer.any_pressed() && i.pointer.interact_pos().is_some_and(|p| !response.response.rect.contains(p))
        });
        if outside {
            ctx.push(Command::SetOverlay(Overlay::None));
        }
    });
}

/// Gives a field the keyboard when its overlay opens.
fn focus_once(ui: &Ui, id: egui::Id) {
    if ui.memory(|m| m.focused()) != Some(id) {
        ui.memory_mut(|m| m.request_focus(id));
    }
}

fn field(ui: &mut Ui, id: &str, value: &mut String, hint: &str, name: &str) -> egui::Response {
    let id = egui::Id::unique(id);
    let edit = TextEdit::singleline(value)
        .id(id)
        .hint_text(hint)
        .margin(Margin::symmetric(10, 6))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(name);
    focus_once(ui, id);
    response
}

/// The commands that a word finds, the best first.
pub fn found(query: &str) -> Vec<&'static CommandInfo> {
    let mut rows: Vec<(usize, &CommandInfo)> = COMMANDS
        .iter()
        .filter_map(|row| {
            let by_name = text::fuzzy(query, row.name);
            let by_about = row.about.to_lowercase().contains(&query.trim().to_lowercase()).then_some(5_000);
            by_name.or(by_about).map(|score| (score, row))
        })
        .collect();
    rows.sort_by_key(|&(score, _)| score);
    rows.into_iter().map(|(_, row)| row).collect()
}

fn palette(ctx: &Ctx<'_>, ui: &mut Ui, query: &str, idx: usize) {
    let t = ctx.tokens;
    let rows = found(query);
    let last = rows.len().saturating_sub(1);
    let (down, up, enter) = ui.input_mut(|i| {
        let mut key = |key| i.consume_key(egui::Modifiers::NONE, key);
        (key(Key::ArrowDown), key(Key::ArrowUp), key(Key::Enter))
    });
    let mut new = idx.min(last);
    if down {
        new = (new + 1).min(last);
    }
    if up {
        new = new.saturating_sub(1);
    }
    let mut typed = query.to_owned();
    if field(ui, "palette", &mut typed, "Type the name of a command", "Command").changed() {
        new = 0;
    }
    if new != idx || typed != query {
        ctx.push(Command::SetOverlay(Overlay::Palette { query: typed, idx: new }));
    }
    if enter && let Some(row) = rows.get(new) {
        run(ctx, row);
    }
    ui.add_space(6.0);
    egui::ScrollArea::vertical().max_height(420.0).min_scrolled_height(420.0).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 1.0;
        for (i, row) in rows.iter().enumerate() {
            let keys = keys::key_text(&row.command);
            let name = RichText::new(row.name).color(t.text);
            let key = RichText::new(keys).font(theme::mono_small()).color(t.text_third);
            let button = Button::selectable(i == new, name).right_text(key).min_size(vec2(ui.available_width(), 24.0));
            let response = ui.add(button).on_hover_text(row.about);
            if i == new && (down || up) {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                run(ctx, row);
            }
        }
        if rows.is_empty() {
            ui.label(RichText::new("No command has this name").color(t.text_second));
        }
    });
}

fn run(ctx: &Ctx<'_>, row: &CommandInfo) {
    ctx.push(Command::SetOverlay(Overlay::None));
    ctx.push(row.command.clone());
}

fn help(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Keys").font(theme::title()));
        ui.label(
            RichText::new(
                "Wheel zooms at the pointer, drag moves, Shift and drag zooms to a stretch, double click zooms in.",
            )
            .color(t.text_second),
        );
    });
    ui.add_space(6.0);
    let height = (ui.content_rect().height() - 150.0).max(200.0);
    egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
        ui.spacing_mut().item_spacing.x = 28.0;
        ui.set_max_width((ui.available_width() - 14.0).max(0.0));
        ui.columns(3, |columns| {
            let places = [
                (0, Group::Logs),
                (0, Group::Time),
                (1, Group::Events),
                (1, Group::Findings),
                (2, Group::Notes),
                (2, Group::Window),
            ];
            for (column, group) in places {
                if let Some(ui) = columns.get_mut(column) {
                    help_group(ctx, ui, group);
                }
            }
            if let Some(ui) = columns.first_mut() {
                help_language(ctx, ui);
            }
        });
    });
}

fn help_group(ctx: &Ctx<'_>, ui: &mut Ui, group: Group) {
    let t = ctx.tokens;
    let title = Group::ALL.iter().find(|(g, _)| *g == group).map_or("", |(_, title)| title);
    ui.add_space(6.0);
    ui.label(RichText::new(title.to_uppercase()).font(theme::caption()).color(t.text_third));
    ui.spacing_mut().item_spacing.y = 2.0;
    ui.spacing_mut().interact_size.y = size::SOURCE_ROW - 2.0;
    for row in COMMANDS.iter().filter(|row| row.group == group) {
        ui.horizontal(|ui| {
            ui.label(RichText::new(row.name).color(t.text)).on_hover_text(row.about);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let keys: Vec<String> = keys::of(row).iter().map(keys::key_name).collect();
                ui.label(RichText::new(keys.join("   ")).font(theme::mono_small()).color(t.text_second));
            });
        });
    }
}

fn save_as(ctx: &Ctx<'_>, ui: &mut Ui, form: Form, path: &str) {
    ui.label(RichText::new(form.name()).font(theme::strong()));
    ui.add_space(4.0);
    let mut typed = path.to_owned();
    let enter = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Enter));
    if field(ui, "save-as", &mut typed, "/path/of/the/file", "Path of the file").changed() {
        ctx.push(Command::SetOverlay(Overlay::SaveAs { form, path: typed.clone() }));
    }
    if enter && !typed.trim().is_empty() {
        ctx.push(Command::Export(export::Act::SaveTo(form, typed)));
    }
    let words = "Enter writes it; a file that is there already is not replaced";
    ui.label(RichText::new(words).font(theme::small()).color(ctx.tokens.text_third));
}

/// The language of the filter and of the search.
fn help_language(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    ui.add_space(6.0);
    ui.label(RichText::new("WHAT A FILTER UNDERSTANDS").font(theme::caption()).color(t.text_third));
    let forms = language::FORMS.iter().map(|(example, about)| ((*example).to_owned(), *about));
    let keys = language::KEYS.iter().map(|k| (format!("{}{}", k.written, k.example), k.about));
    for (example, about) in forms.chain(keys) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 10.0;
            ui.label(RichText::new(example).font(theme::mono_small()).color(t.text));
            let label = egui::Label::new(RichText::new(about).font(theme::small()).color(t.text_second)).truncate();
            ui.add(label).on_hover_text(about);
        });
    }
}

fn go_to(ctx: &Ctx<'_>, ui: &mut Ui, value: &str) {
    let mut typed = value.to_owned();
    let hint = format!("13:08:59 or 2026-10-10 13:08, in {}", ctx.view.zone.name());
    let enter = ui.input_mut(|i| i.consume_key(egui::Modifiers::NONE, Key::Enter));
    if field(ui, "go-to", &mut typed, &hint, "Time").changed() {
        ctx.push(Command::SetOverlay(Overlay::GoTo { text: typed.clone() }));
    }
    if enter {
        ctx.push(Command::GoTo(typed));
    }
    let key = keys::key_text(&Command::GoToTime);
    ui.label(
        RichText::new(format!("Enter chooses the first event from then on · {key}"))
            .font(theme::small())
            .color(ctx.tokens.text_third),
    );
}

fn dropping(ctx: &Ctx<'_>, ui: &Ui) {
    if !ctx.is_open() || ui.input(|i| i.raw.hovered_files.is_empty()) {
        return;
    }
    let t = ctx.tokens;
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("dropping"));
    let painter = ui.layer_painter(layer);
    let rect = ui.content_rect();
    painter.rect_filled(rect, 0.0, t.background.gamma_multiply(0.8));
    painter.text(rect.center(), Align2::CENTER_CENTER, "Drop to add to what is open", theme::title(), t.text);
}
