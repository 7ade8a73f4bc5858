//! The list below the filter: what could follow while it is typed, or the filters that were used and kept.

use egui::{Align, Button, Layout, Margin, RichText, TextEdit, Ui, vec2};

use crate::export::text::count;
use crate::ui::command::Command;
use crate::ui::complete;
use crate::ui::filter::{Act, List, QUICK, parted};
use crate::ui::panel::{Ctx, filter};
use crate::ui::text;
use crate::ui::theme::{self, icon, size};

/// The list is at most so wide.
const WIDTH: f32 = 560.0;
/// Characters of a filter that a row shows.
const CHARS: usize = 60;

/// A row that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What it is, in the list.
    pub name: String,
    /// A few words more.
    pub about: String,
    /// Events that are so.
    pub count: Option<usize>,
    /// What choosing it does.
    pub act: Act,
    /// The title above it, for the first of a group.
    pub title: &'static str,
    /// Which of the kept filters it is.
    pub saved: Option<usize>,
}

/// The rows of the list as it is open now.
pub fn rows(ctx: &Ctx<'_>) -> Vec<Row> {
    match ctx.view.filters.list {
        List::Closed => Vec::new(),
        List::Offers => {
            let (_, typed) = parted(&ctx.view.filter, &ctx.view.filters);
            let row = |o: complete::Offer| Row {
                name: text::neutral(&o.text, 200).0,
                about: o.about,
                count: o.count,
                act: Act::Complete(o.text, o.whole),
                title: "",
                saved: None,
            };
            complete::offers(ctx, typed).into_iter().map(row).collect()
        }
        List::Past => past(ctx),
    }
}

fn past(ctx: &Ctx<'_>) -> Vec<Row> {
    let kept = &ctx.view.filters.kept;
    let row = |name: &str, about: &str, text: &str, saved| Row {
        name: text::neutral(name, 200).0,
        about: text::neutral(about, 200).0,
        count: None,
        act: Act::Apply(text.to_owned()),
        title: "",
        saved,
    };
    // Others may have saved them with the case.
    let of_case = ctx.notes.case().filters.iter().filter(|f| !kept.saved.iter().any(|s| s.text == f.text));
    let groups: [(&str, Vec<Row>); 4] = [
        (
            "SAVED",
            kept.saved
                .iter()
                .enumerate()
                .map(|(i, s)| row(&s.name, if s.name == s.text { "" } else { &s.text }, &s.text, Some(i)))
                .collect(),
        ),
        (
            "OF THIS CASE",
            of_case.map(|f| row(&f.name, if f.name == f.text { "" } else { &f.text }, &f.text, None)).collect(),
        ),
        ("ALWAYS AT HAND", QUICK.iter().map(|(text, about)| row(text, about, text, None)).collect()),
        ("USED LAST", kept.recent.iter().map(|text| row(text, "", text, None)).collect()),
    ];
    let mut out = Vec::new();
    for (title, mut rows) in groups {
        if let Some(first) = rows.first_mut() {
            first.title = title;
        }
        out.extend(rows);
    }
    out
}

/// Draws the list, if it is open.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let rows = rows(ctx);
    let error = ctx.view.filter_error.as_ref().filter(|e| !e.unfinished && ctx.view.filters.list != List::Closed);
    if rows.is_empty() && error.is_none() {
        ctx.layout.filter_list.set(None);
        return;
    }
    let t = ctx.tokens;
    let field = ctx.layout.filter_field.get();
    let width = WIDTH.min(ui.content_rect().width() - 24.0);
    let left = field.left().min(ui.content_rect().right() - width - 24.0);
    let area = egui::Area::new(egui::Id::unique("filter-list"))
        .order(egui::Order::Foreground)
        .fixed_pos(egui::pos2(left, field.bottom() + 4.0));
    let response = area.show(ui, |ui| {
        let frame = egui::Frame::popup(ui.style()).inner_margin(Margin::same(8)).stroke(t.border());
        frame.show(ui, |ui| {
            ui.set_width(width);
            if let Some(error) = error {
                ui.label(RichText::new(text::neutral(&error.message, 300).0).color(t.error));
            }
            if ctx.view.filters.list == List::Past {
                present(ctx, ui);
            }
            let height = (ui.content_rect().height() - 160.0).clamp(120.0, 420.0);
            egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 1.0;
                for (i, row) in rows.iter().enumerate() {
                    one(ctx, ui, i, row);
                }
            });
            hint(ctx, ui);
        });
    });
    let rect = response.response.rect;
    ctx.layout.filter_list.set(Some(rect));
    let outside = ui.input(|i| {
        let at = i.pointer.interact_pos();
        i.pointer.any_pressed() && at.is_some_and(|p| !rect.contains(p) && !field.contains(p))
    });
    if outside {
        ctx.push(Command::Filter(Act::List(List::Closed)));
    }
}

/// The terms that are in force, with what each leaves.
fn present(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    let (terms, _) = parted(&ctx.view.filter, &ctx.view.filters);
    if terms.is_empty() || ctx.view.filter_error.is_some() {
        return;
    }
    title(ctx, ui, "EVENTS LEFT AFTER EACH TERM");
    for (i, (term, left)) in filter::left_by(ctx).into_iter().enumerate() {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = size::SOURCE_ROW;
            let close = Button::new(RichText::new(icon::CLOSE).font(theme::small()).color(t.text_third)).frame(false);
            if i < terms.len() && ui.add(close).accessible_name(format!("Remove term {term}")).clicked() {
                ctx.push(Command::Filter(Act::Remove(i)));
            }
            ui.label(text::cut_middle(&term, CHARS));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let told = left.map_or_else(|| icon::MORE.to_owned(), |n| count(n as u64));
                ui.label(RichText::new(told).font(theme::mono()).color(t.text_second));
            });
        });
    }
}

fn title(ctx: &Ctx<'_>, ui: &mut Ui, words: &str) {
    ui.add_space(4.0);
    ui.label(RichText::new(words).font(theme::caption()).color(ctx.tokens.text_third));
}

fn one(ctx: &Ctx<'_>, ui: &mut Ui, i: usize, row: &Row) {
    let t = ctx.tokens;
    if !row.title.is_empty() {
        title(ctx, ui, row.title);
    }
    if let (Some((renamed, name)), Some(saved)) = (&ctx.view.filters.renaming, row.saved)
        && *renamed == saved
    {
        name_field(ctx, ui, saved, name);
        return;
    }
    ui.horizontal(|ui| {
        let right = if row.saved.is_some() { 66.0 } else { 0.0 };
        let width = ui.available_width() - right;
        let pointed = ctx.view.filters.idx == Some(i);
        let told = row.count.map_or_else(|| text::cut(&row.about, 64), |n| count(n as u64));
        let about = RichText::new(told).font(theme::small()).color(t.text_third);
        let name = RichText::new(text::cut_middle(&row.name, CHARS)).color(t.text);
        let button = Button::selectable(pointed, name).right_text(about).min_size(vec2(width, 24.0)).truncate();
        let label = match row.count {
            Some(n) => format!("{}, {}", row.name, text::plural(n as u64, "event", "events")),
            None => row.name.clone(),
        };
        let response = ui.add_sized(vec2(width, 24.0), button).accessible_name(label);
        let response = if row.about.is_empty() { response } else { response.on_hover_text(&row.about) };
        if pointed {
            response.scroll_to_me(None);
        }
        if response.clicked() {
            ctx.push(Command::Filter(row.act.clone()));
        }
        let Some(saved) = row.saved else { return };
        let rename = Button::new(RichText::new("Name").font(theme::small()).color(t.text_second)).frame(false);
        if ui
            .add(rename)
            .on_hover_text("Give it another name")
            .accessible_name(format!("Rename {}", row.name))
            .clicked()
        {
            ctx.push(Command::Filter(Act::Renaming(Some((saved, row.name.clone())))));
        }
        let forget = Button::new(RichText::new(icon::CLOSE).font(theme::small()).color(t.text_third)).frame(false);
        if ui.add(forget).on_hover_text("Keep it no longer").accessible_name(format!("Forget {}", row.name)).clicked() {
            ctx.push(Command::Filter(Act::Forget(saved)));
        }
    });
}

fn name_field(ctx: &Ctx<'_>, ui: &mut Ui, saved: usize, name: &str) {
    let mut now = name.to_owned();
    let edit = TextEdit::singleline(&mut now).margin(Margin::symmetric(8, 4)).desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Name of the filter");
    if ctx.view.filters.focus_name {
        response.request_focus();
        ctx.push(Command::Filter(Act::RenameFocused));
    }
    if response.changed() {
        ctx.push(Command::Filter(Act::Renaming(Some((saved, now.clone())))));
    }
    if response.lost_focus() {
        let kept = ui.input(|i| i.key_pressed(egui::Key::Escape));
        ctx.push(Command::Filter(if kept { Act::Renaming(None) } else { Act::Rename(saved, now) }));
    }
}

fn hint(ctx: &Ctx<'_>, ui: &mut Ui) {
    let words = match ctx.view.filters.list {
        List::Offers => "Down and Up choose, Enter or Tab takes it, Escape closes",
        _ => "Down and Up choose, Enter shows it, Escape closes",
    };
    ui.add_space(2.0);
    ui.label(RichText::new(words).font(theme::small()).color(ctx.tokens.text_third));
}
