//! The panel beside the timeline, and its pages: the chosen event, marks and comments, diagnostics.

use egui::{Align, Button, Label, Layout, Margin, RichText, Sense, TextEdit, Ui, vec2};

use crate::diagnostic::Kind;
use crate::event::{EventId, Flags};
use crate::format::level::Level;
use crate::time::format;
use crate::time::zone::Zone;
use crate::timeline::density::Loudness;
use crate::ui::command::Command;
use crate::ui::notes::Saved;
use crate::ui::panel::{Ctx, finding, order};
use crate::ui::state::Tab;
use crate::ui::text;
use crate::ui::theme::{self, icon, size};
use crate::ui::widget::glyph;

/// Characters of the raw record that are laid out; the rest is told by its size.
const RAW_CHARS: usize = 20_000;
/// Fields that are listed.
const FIELDS: usize = 200;
/// A record of more bytes is not decoded while it is looked at.
pub const LONGEST: usize = 1 << 20;

/// Draws the panel with the page that was chosen.
pub fn show(ctx: &Ctx<'_>, ui: &mut Ui) {
    beside(ctx, ui, |ui| match ctx.view.tab {
        Tab::Findings | Tab::Report => {}
        Tab::Event => event(ctx, ui),
        Tab::Notes => notes(ctx, ui),
        Tab::Diagnostics => diagnostics(ctx, ui),
    });
}

/// The panel beside the timeline: the names of its pages, and one of them, to be scrolled.
pub fn beside(ctx: &Ctx<'_>, ui: &mut Ui, page: impl FnOnce(&mut Ui)) {
    frame(ctx, ui, |ui| {
        egui::ScrollArea::vertical().id_salt(ctx.view.tab as u8).auto_shrink(false).show(ui, |ui| {
            let margin = Margin { left: 14, right: 14, top: 6, bottom: 14 };
            egui::Frame::new().inner_margin(margin).show(ui, page);
        });
    });
}

/// The panel beside the timeline: the names of its pages, and what stands below.
pub fn frame(ctx: &Ctx<'_>, ui: &mut Ui, page: impl FnOnce(&mut Ui)) {
    let t = ctx.tokens;
    let width = if ui.content_rect().width() < 1_450.0 { 330.0 } else { 400.0 };
    let panel = egui::Panel::right("inspector").resizable(true).default_size(width).size_range(220.0..=640.0);
    panel.frame(egui::Frame::new().fill(t.panel)).show(ui, |ui| {
        egui::Frame::new().inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| tabs(ctx, ui));
        ui.painter().hline(ui.max_rect().x_range(), ui.cursor().top() - 4.0, t.line());
        page(ui);
    });
}

fn tabs(ctx: &Ctx<'_>, ui: &mut Ui) {
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 3.0;
        ui.spacing_mut().button_padding.x = 8.0;
        for (tab, name) in Tab::ALL {
            // The status bar leads to diagnostics; a narrow panel has no room for another name.
            if tab == Tab::Diagnostics && ctx.view.tab != tab && ui.max_rect().width() < 420.0 {
                continue;
            }
            let n = match tab {
                Tab::Findings => ctx.sections.stories.len(),
                Tab::Event | Tab::Report => 0,
                Tab::Notes => ctx.notes.case().annotations.len(),
                Tab::Diagnostics => ctx.shown.analysis.diagnostics.len(),
            };
            let chosen = ctx.view.tab == tab;
            let words =
                if n == 0 { name.to_owned() } else { format!("{name} {}", crate::export::text::count(n as u64)) };
            let color = if chosen { ctx.tokens.text } else { ctx.tokens.text_second };
            let font = if chosen { theme::strong() } else { theme::body() };
            let mut button = Button::new(RichText::new(words).font(font).color(color)).frame_when_inactive(chosen);
            if chosen {
                button = button.fill(ctx.tokens.hover);
            }
            if ui.add(button).accessible_name(name).clicked() {
                ctx.push(Command::SetTab(tab));
            }
        }
    });
}

/// A small title above a part of the page.
pub fn caption(ctx: &Ctx<'_>, ui: &mut Ui, words: &str) {
    ui.add_space(10.0);
    ui.label(RichText::new(words).font(theme::caption()).color(ctx.tokens.text_third));
}

fn event(ctx: &Ctx<'_>, ui: &mut Ui) {
    let Some(id) = ctx.view.chosen else {
        ui.add_space(20.0);
        ui.label(RichText::new("Choose an event in the list or on the timeline.").color(ctx.tokens.text_second));
        return;
    };
    heading(ctx, ui, id);
    raw(ctx, ui, id);
    finding::proven_by(ctx, ui, id);
    ui.scope(|ui| order::show(ctx, ui, id));
    ui.scope(|ui| stamps(ctx, ui, id));
    note(ctx, ui, id);
    ui.scope(|ui| fields(ctx, ui, id));
}

fn heading(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let level = ctx.shown.analysis.events.level(id);
    let (lane, host) = ctx.shown.lane(id);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let (rect, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
        let class = Loudness::of(level);
        ui.painter().add(glyph::shape(class, rect.center(), size::GLYPH, t.loudness(class)));
        let word = level.name().unwrap_or("no level");
        ui.label(RichText::new(word).font(theme::strong()).color(t.loudness(class)));
        ui.add_space(6.0);
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
        glyph::host_square(ui, rect.center(), t.host(lane));
        ui.label(RichText::new(text::neutral(host, 80).0).font(theme::strong()));
        if let Some(process) = &ctx.words(id).process {
            ui.add(Label::new(RichText::new(process).color(t.text_second)).truncate());
        }
    });
}

fn raw(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let bytes = ctx.shown.analysis.raw(id);
    let (raw, more) = text::neutral_bytes(bytes, RAW_CHARS);
    ui.add_space(4.0);
    let frame = egui::Frame::new()
        .fill(t.background)
        .stroke(t.line())
        .corner_radius(size::CORNER)
        .inner_margin(Margin::same(8));
    frame.show(ui, |ui| {
        ui.spacing_mut().interact_size.y = 0.0;
        egui::ScrollArea::vertical().id_salt("raw").max_height(260.0).auto_shrink([false, true]).show(ui, |ui| {
            let mut text = raw.as_str();
            let edit = TextEdit::multiline(&mut text)
                .id(egui::Id::unique("raw"))
                .font(theme::mono())
                .text_color(t.text)
                .frame(egui::Frame::NONE)
                .desired_rows(1)
                .desired_width(f32::INFINITY);
            ui.add(edit).accessible_name("Raw text");
        });
    });
    if more {
        let told = format!(
            "{} in all; the first {} characters are shown",
            crate::export::text::bytes(bytes.len() as u64),
            crate::export::text::count(RAW_CHARS as u64)
        );
        ui.label(RichText::new(told).font(theme::small()).color(t.warning));
    }
}

fn pair(ctx: &Ctx<'_>, ui: &mut Ui, name: &str, value: &str) {
    ui.label(RichText::new(name).color(ctx.tokens.text_third));
    ui.add(Label::new(RichText::new(value).font(theme::mono()).color(ctx.tokens.text)).wrap().selectable(true));
    ui.end_row();
}

fn stamps(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let analysis = &ctx.shown.analysis;
    let events = &analysis.events;
    caption(ctx, ui, "TIME AND PLACE");
    ui.spacing_mut().interact_size.y = size::GRID_ROW;
    egui::Grid::new("stamps").num_columns(2).min_col_width(74.0).spacing(vec2(10.0, 4.0)).show(ui, |ui| {
        for (name, value) in order::stamps(ctx, id) {
            pair(ctx, ui, name, &value);
        }
        if let Some(time) = ctx.shown.stated(id).filter(|_| ctx.view.zone != Zone::default()) {
            let zone = text::cut_middle(&ctx.view.zone.name(), 14);
            pair(ctx, ui, &zone, &format::with_offset(time, analysis.digits(id), ctx.view.zone));
        }
        let assumed = assumed(events.flags(id));
        if !assumed.is_empty() {
            pair(ctx, ui, "assumed", &assumed.join(", "));
        }
        if events.flags(id).has(Flags::OUT_OF_ORDER) {
            pair(ctx, ui, "order", "earlier than the record above it");
        }
        if let Some(source) = analysis.source(id) {
            pair(ctx, ui, "line", &format!("{}:{}", source.path, events.line(id)));
        }
        let span = events.span(id);
        pair(
            ctx,
            ui,
            "bytes",
            &format!(
                "{}–{} ({})",
                crate::export::text::count(span.start),
                crate::export::text::count(span.end),
                crate::export::text::bytes(span.end - span.start)
            ),
        );
        pair(ctx, ui, "format", analysis.format_name(id));
    });
    for line in order::rests_on(ctx, id) {
        ui.add(Label::new(RichText::new(line).font(theme::small()).color(ctx.tokens.text_second)).wrap());
    }
}

fn assumed(flags: Flags) -> Vec<&'static str> {
    [
        (Flags::ASSUMED_YEAR, "year"),
        (Flags::ASSUMED_DATE, "date"),
        (Flags::ASSUMED_ZONE, "zone"),
        (Flags::ASSUMED_TIME, "time of the record above"),
        (Flags::DST_AMBIGUOUS, "which of two hours at the clock change"),
        (Flags::LEVEL_FROM_WORDS, "level from words"),
    ]
    .into_iter()
    .filter(|(flag, _)| flags.has(*flag))
    .map(|(_, word)| word)
    .collect()
}

fn note(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let note = ctx.notes.of(id);
    caption(ctx, ui, "NOTE");
    ui.horizontal(|ui| {
        let words = if note.is_some() { "Marked" } else { "Mark" };
        if ui
            .add(Button::new(words).selected(note.is_some()))
            .on_hover_text("Mark this event, or take the mark away (M)")
            .clicked()
        {
            ctx.push(Command::Mark);
        }
        if ui.button("Copy raw").on_hover_text("Copy the record as it stands in its file").clicked() {
            ctx.push(Command::CopyRaw);
        }
        if ui.button("Copy as Markdown").on_hover_text("Copy with time, host and place, for a document").clicked() {
            ctx.push(Command::CopyMarkdown);
        }
    });
    let mut comment = note.map_or_else(String::new, |n| n.comment.clone());
    // The case keeps comments without the space at their end; while typing it must stay.
    let draft = egui::Id::unique(("draft", id));
    if let Some(typed) = ui.data(|d| d.get_temp::<String>(draft))
        && typed.trim() == comment
    {
        comment = typed;
    }
    let edit = TextEdit::multiline(&mut comment)
        .id(egui::Id::unique("comment"))
        .hint_text(RichText::new("Comment").color(t.text_third))
        .desired_rows(2)
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name("Comment");
    if ctx.view.focus_comment {
        response.request_focus();
        response.scroll_to_me(Some(Align::Center));
        ctx.push(Command::CommentFocused);
    }
    if response.changed() {
        ui.data_mut(|d| d.insert_temp(draft, comment.clone()));
        ctx.push(Command::SetComment(id, comment));
    }
    if response.lost_focus() {
        ui.data_mut(|d| d.remove::<String>(draft));
    }
}

fn fields(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let analysis = &ctx.shown.analysis;
    if analysis.raw(id).len() > LONGEST {
        return;
    }
    let record = analysis.record(id);
    let named = [
        ("host", &record.host),
        ("process", &record.process),
        ("pid", &record.pid),
        ("thread", &record.thread),
        ("level", &record.level),
    ];
    let standard = named.into_iter().filter_map(|(name, value)| value.as_deref().map(|v| (name.to_owned(), v)));
    let others = record.fields.iter().map(|(name, value)| (text::neutral(name, 60).0, &**value));
    let all: Vec<(String, &str)> = standard.chain(others).collect();
    if all.is_empty() {
        return;
    }
    caption(ctx, ui, "FIELDS");
    ui.spacing_mut().interact_size.y = size::GRID_ROW;
    egui::Grid::new("fields").num_columns(2).min_col_width(74.0).spacing(vec2(10.0, 4.0)).show(ui, |ui| {
        for (name, value) in all.iter().take(FIELDS) {
            ui.add(Label::new(RichText::new(text::cut(name, 22)).color(ctx.tokens.text_third))).on_hover_text(name);
            field(ctx, ui, value);
            ui.end_row();
        }
    });
    if all.len() > FIELDS {
        ui.label(format!("and {} more", all.len() - FIELDS));
    }
}

fn field(ctx: &Ctx<'_>, ui: &mut Ui, value: &str) {
    let (shown, _) = text::neutral(value, 400);
    let label =
        Label::new(RichText::new(&shown).font(theme::mono()).color(ctx.tokens.text)).wrap().sense(Sense::click());
    let response = ui
        .add(label)
        .on_hover_cursor(egui::CursorIcon::PointingHand)
        .on_hover_text("Show only events that contain this");
    if response.hovered() || response.has_focus() {
        let rect = response.rect;
        ui.painter().hline(rect.x_range(), rect.bottom(), egui::Stroke::new(1.0, ctx.tokens.accent));
    }
    if response.clicked() && !value.contains(['"', '\n']) {
        ctx.push(Command::SetFilter(format!("\"{value}\"")));
    }
}

fn notes(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    if ctx.notes.case().annotations.is_empty() {
        ui.add_space(20.0);
        ui.label(RichText::new("No marks yet. M marks the chosen event, C comments it.").color(t.text_second));
        return;
    }
    for (idx, (annotation, place)) in ctx.notes.all().enumerate() {
        ui.push_id(idx, |ui| {
            ui.add_space(6.0);
            let frame = egui::Frame::new()
                .fill(t.raised)
                .stroke(t.line())
                .corner_radius(size::CARD_CORNER)
                .inner_margin(Margin::same(10));
            frame.show(ui, |ui| {
                ui.set_width(ui.available_width());
                ui.horizontal(|ui| {
                    match place {
                        Some(id) => jump(ctx, ui, id),
                        None => {
                            ui.label(RichText::new("lost: its record is no longer in these logs").color(t.warning));
                        }
                    }
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        let remove = Button::new(RichText::new(icon::CLOSE).color(t.text_third)).frame(false);
                        if ui
                            .add(remove)
                            .on_hover_text("Remove; Ctrl+Z brings it back")
                            .accessible_name("Remove note")
                            .clicked()
                        {
                            ctx.push(Command::RemoveNote(idx));
                        }
                    });
                });
                if !annotation.comment.is_empty() {
                    ui.add(Label::new(RichText::new(text::neutral(&annotation.comment, 4_000).0).color(t.text)).wrap());
                }
                let place_text = format!("{}:{}", annotation.file, annotation.line);
                ui.label(
                    RichText::new(text::cut_middle(&place_text, 44)).font(theme::mono_small()).color(t.text_third),
                );
            });
        });
    }
    ui.add_space(10.0);
    let told = match (ctx.notes.saved(), ctx.notes.path()) {
        (Saved::Failed(reason), _) => format!("Not saved: {reason}"),
        (_, Some(path)) => format!("Kept in {}", path.display()),
        (_, None) => "Not saved".to_owned(),
    };
    ui.add(Label::new(RichText::new(told).font(theme::small()).color(t.text_third)).wrap());
}

/// Time and host of an event; a click leads to it.
pub fn jump(ctx: &Ctx<'_>, ui: &mut Ui, id: EventId) {
    let t = ctx.tokens;
    let events = &ctx.shown.analysis.events;
    let digits = ctx.shown.analysis.digits(id);
    let time = ctx.shown.stated(id);
    let time = time.map_or_else(|| "no time".to_owned(), |time| format::time_of_day(time, digits, ctx.view.zone));
    let class = Loudness::of(events.level(id));
    if events.level(id) != Level::None {
        let (rect, _) = ui.allocate_exact_size(vec2(10.0, 16.0), Sense::hover());
        ui.painter().add(glyph::shape(class, rect.center(), size::GLYPH, t.loudness(class)));
    }
    let words = format!("{time}  {}", ctx.shown.lane(id).1);
    let response = ui.link(RichText::new(words).font(theme::mono()));
    if response.on_hover_text(text::cut(&ctx.words(id).message, 200)).clicked() {
        ctx.push(Command::ChooseInLanes(id));
    }
}

fn diagnostics(ctx: &Ctx<'_>, ui: &mut Ui) {
    let t = ctx.tokens;
    if ctx.shown.analysis.diagnostics.is_empty() {
        ui.add_space(20.0);
        ui.label(RichText::new("Everything was read without trouble.").color(t.good));
        return;
    }
    for diagnostic in ctx.shown.analysis.diagnostics.iter().take(500) {
        let (class, color) = match diagnostic.kind {
            Kind::Error => (Loudness::Error, t.error),
            Kind::Warning => (Loudness::Warning, t.warning),
            Kind::Note => (Loudness::Quiet, t.text_second),
        };
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(12.0, 16.0), Sense::hover());
            ui.painter().add(glyph::shape(class, rect.center(), size::GLYPH, color));
            ui.label(RichText::new(diagnostic.kind.word()).font(theme::strong()).color(color));
            if diagnostic.count > 1 {
                ui.label(
                    RichText::new(format!("{} times", crate::export::text::count(diagnostic.count)))
                        .color(t.text_second),
                );
            }
        });
        ui.add(Label::new(RichText::new(text::neutral(&diagnostic.message, 2_000).0).color(t.text)).wrap());
        if let Some(path) = &diagnostic.path {
            let place = diagnostic.line.map_or_else(|| path.clone(), |line| format!("{path}:{line}"));
            ui.add(
                Label::new(RichText::new(text::neutral(&place, 300).0).font(theme::mono_small()).color(t.text_third))
                    .wrap(),
            );
        }
        ui.add_space(4.0);
        ui.separator();
    }
}
