//! What the report says of itself and how it is written: title, summary, authors, and choices. All of it is in the case.

use egui::{Label, Margin, RichText, TextEdit, Ui, vec2};

use crate::case::ReportChoice;
use crate::redact::{KEPT, Replaced};
use crate::time::zone::Zone;
use crate::ui::command::Command;
use crate::ui::panel::Ctx;
use crate::ui::report::Act;
use crate::ui::text;
use crate::ui::theme;

/// Replaced texts that are listed.
const MOST: usize = 500;

/// Draws it.
pub(super) fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    let choice = &ctx.notes.case().report;
    egui::ScrollArea::vertical().id_salt("report-details").auto_shrink(false).show(ui, |ui| {
        ui.set_width((ui.available_width() - 10.0).max(0.0));
        ui.spacing_mut().item_spacing.y = 4.0;
        title(ctx, ui, "TITLE");
        let usual = ctx.reading.name().map_or_else(String::new, |name| crate::export::markdown::title(&name));
        let same = |typed: &str| typed.trim() == choice.title;
        if let Some(typed) = field(ctx, ui, "Title of the report", &choice.title, &usual, 1, same) {
            ctx.push(Command::Report(Act::Title(typed)));
        }
        title(ctx, ui, "SUMMARY");
        let same = |typed: &str| typed.trim() == choice.summary;
        let hint = "What happened, who was affected, why; in Markdown";
        if let Some(typed) = field(ctx, ui, "Summary", &choice.summary, hint, 5, same) {
            ctx.push(Command::Report(Act::Summary(typed)));
        }
        title(ctx, ui, "AUTHORS");
        let same = |typed: &str| Act::split(typed) == choice.authors;
        if let Some(typed) = field(ctx, ui, "Authors", &choice.authors.join(", "), "Names, with commas", 1, same) {
            ctx.push(Command::Report(Act::Authors(typed)));
        }
        choices(ctx, ui, choice);
        redaction(ctx, ui, choice);
    });
}

fn title(ctx: &Ctx<'_>, ui: &mut Ui, words: &str) {
    ui.add_space(6.0);
    ui.label(RichText::new(words).font(theme::caption()).color(ctx.tokens.text_third));
}

/// A field whose words the case keeps trimmed; while typing, what was typed stays.
fn field(
    ctx: &Ctx<'_>,
    ui: &mut Ui,
    name: &str,
    stored: &str,
    hint: &str,
    rows: usize,
    same: impl Fn(&str) -> bool,
) -> Option<String> {
    let id = egui::Id::unique(("report", name));
    let typed = ui.data(|d| d.get_temp::<String>(id)).filter(|typed| same(typed));
    let mut text = typed.unwrap_or_else(|| stored.to_owned());
    let response = edit(ctx, ui, id, hint, rows, &mut text).accessible_name(name);
    if response.lost_focus() {
        ui.data_mut(|d| d.remove::<String>(id));
    }
    response.changed().then(|| {
        ui.data_mut(|d| d.insert_temp(id, text.clone()));
        text
    })
}

fn edit(ctx: &Ctx<'_>, ui: &mut Ui, id: egui::Id, hint: &str, rows: usize, text: &mut String) -> egui::Response {
    let edit = if rows > 1 { TextEdit::multiline(text).desired_rows(rows) } else { TextEdit::singleline(text) };
    let edit = edit
        .id(id.with("field"))
        .hint_text(RichText::new(hint).color(ctx.tokens.text_third))
        .margin(Margin::symmetric(8, 6))
        .desired_width(f32::INFINITY);
    ui.add(edit)
}

/// As [`field`], for what is only taken over when it can be read: the words that were typed stay until then.
fn checked(
    ctx: &Ctx<'_>,
    ui: &mut Ui,
    name: &str,
    stored: &str,
    hint: &str,
    rows: usize,
    wrong: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let id = egui::Id::unique(("report-draft", name));
    let mut text = ui.data(|d| d.get_temp::<String>(id)).unwrap_or_else(|| stored.to_owned());
    let response = edit(ctx, ui, id, hint, rows, &mut text).accessible_name(name);
    let error = wrong(&text);
    if response.changed() {
        ui.data_mut(|d| d.insert_temp(id, text.clone()));
    } else if !response.has_focus() && !response.lost_focus() && error.is_none() {
        // What undo brought back is shown, too.
        ui.data_mut(|d| d.remove::<String>(id));
    }
    if let Some(error) = &error {
        let words = format!("{error}; not taken over yet");
        ui.add(Label::new(RichText::new(words).font(theme::small()).color(ctx.tokens.warning)).wrap());
    }
    (response.changed() && error.is_none()).then_some(text)
}

fn choices(ctx: &Ctx<'_>, ui: &mut Ui, choice: &ReportChoice) {
    title(ctx, ui, "TIMELINE");
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        for (list, words) in [(false, "Table"), (true, "List")] {
            let about = if list { "A line each, as GitLab likes it" } else { "A row each, with source and evidence" };
            let button = egui::Button::selectable(choice.list == list, words).frame_when_inactive(true);
            if ui
                .add(button)
                .on_hover_text(about)
                .accessible_name(format!("Timeline as {}", words.to_lowercase()))
                .clicked()
            {
                ctx.push(Command::Report(Act::List(list)));
            }
        }
    });
    check(ctx, ui, choice.mermaid, "With a small picture (mermaid)", Act::Mermaid);
    let wrong = |typed: &str| {
        let typed = typed.trim();
        let known = typed.is_empty() || Zone::parse(typed).is_some();
        (!known).then(|| format!("no zone is called “{}”", text::cut(&text::neutral(typed, 60).0, 40)))
    };
    let hint = "Second zone, such as Europe/Berlin";
    if let Some(zone) = checked(ctx, ui, "Second zone", &choice.second_zone, hint, 1, wrong) {
        ctx.push(Command::Report(Act::SecondZone(zone)));
    }
}

fn check(ctx: &Ctx<'_>, ui: &mut Ui, on: bool, words: &str, act: fn(bool) -> Act) {
    let mut new = on;
    if ui.checkbox(&mut new, words).changed() {
        ctx.push(Command::Report(act(new)));
    }
}

fn redaction(ctx: &Ctx<'_>, ui: &mut Ui, choice: &ReportChoice) {
    title(ctx, ui, "WHAT LEAVES THIS COMPUTER");
    check(ctx, ui, choice.redact, "Replace addresses, names, keys and the like", Act::Redact);
    if !choice.redact {
        return;
    }
    let wrong = |typed: &str| {
        let bad = |(i, line): (usize, &str)| {
            let error = regex::Regex::new(line.trim()).err()?;
            let last = error.to_string().lines().last().unwrap_or_default().trim().to_owned();
            Some(format!("line {}: {}", i + 1, text::cut(&text::neutral(&last, 160).0, 120)))
        };
        typed.lines().enumerate().find_map(bad)
    };
    let hint = "Also these: a regular expression a line";
    if let Some(patterns) = checked(ctx, ui, "Also replace", &choice.redact_also.join("\n"), hint, 2, wrong) {
        ctx.push(Command::Report(Act::RedactAlso(patterns)));
    }
    replaced(ctx, ui, ctx.report.replaced());
    ui.add(Label::new(RichText::new(KEPT).font(theme::small()).color(ctx.tokens.text_third)).wrap());
}

/// What was replaced by what, and how often; folded until it is asked for.
fn replaced(ctx: &Ctx<'_>, ui: &mut Ui, list: &[Replaced]) {
    let t = ctx.tokens;
    let n: u64 = list.iter().map(|r| r.count).sum();
    let head = format!("What was replaced: {}", text::plural(n, "place", "places"));
    egui::CollapsingHeader::new(RichText::new(head).color(t.text)).id_salt("replaced").show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 18.0;
        egui::Grid::new("replaced").num_columns(3).spacing(vec2(10.0, 3.0)).show(ui, |ui| {
            for r in list.iter().take(MOST) {
                let mono = |words: &str| {
                    let words = text::cut_middle(&text::neutral(words, 200).0, 34);
                    Label::new(RichText::new(words).font(theme::mono_small()).color(t.text))
                };
                ui.add(mono(&r.original)).on_hover_text(r.kind.word());
                ui.add(mono(&format!("→ {}", r.pseudonym)));
                let times = RichText::new(format!("{}×", r.count)).font(theme::mono_small()).color(t.text_second);
                ui.label(times);
                ui.end_row();
            }
        });
        if list.len() > MOST {
            ui.label(format!("and {} more", list.len() - MOST));
        }
    });
}
