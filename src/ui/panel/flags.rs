//! Flags: where findings are, above the lanes; and findings and notes on the overview.

use egui::{Painter, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::case::Kind;
use crate::timeline::density::Loudness;
use crate::ui::command::Command;
use crate::ui::findings::{self, Act};
use crate::ui::marker::Act as Note;
use crate::ui::panel::{Ctx, marks};
use crate::ui::text;
use crate::ui::theme;
use crate::ui::widget::glyph;
use crate::ui::widget::scale::TimeScale;

/// Flags closer than this are one, in points.
const NEAR: f32 = 26.0;
/// Findings that have a flag.
const MOST: usize = 300;
/// What is told of one flag.
const TOLD: usize = 6;

/// What a flag stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Finding(usize),
    /// A note, by its number.
    Note(u32, Kind),
}

/// A flag.
struct Flag {
    time: i64,
    what: What,
    class: Loudness,
    herring: bool,
}

impl Flag {
    /// What it says; asked only of what is read or pointed at.
    fn words(&self, ctx: &Ctx<'_>) -> String {
        match self.what {
            What::Finding(i) => {
                let finding = ctx.found.and_then(|found| found.findings.list.get(i));
                finding.map_or_else(String::new, |f| findings::words(&f.title))
            }
            What::Note(number, _) => {
                let mark = marks::all(ctx).find(|mark| mark.note.id == number);
                mark.map_or_else(String::new, |mark| mark.words())
            }
        }
    }
}

/// True when there is a finding to flag.
pub fn any(ctx: &Ctx<'_>) -> bool {
    ctx.found.is_some_and(|found| !found.findings.list.is_empty())
}

fn all(ctx: &Ctx<'_>, notes: bool) -> Vec<Flag> {
    let mut out = Vec::new();
    if let Some(found) = ctx.found {
        let list = &found.findings;
        let sections = ctx.sections;
        let told = sections.stories.iter().flat_map(|s| s.steps.iter().chain(&s.more)).chain(&sections.others);
        let told = told.map(|&i| (i, false)).chain(sections.herrings.iter().map(|&i| (i, true)));
        for (i, herring) in told.take(MOST) {
            let Some(f) = list.list.get(i) else { continue };
            let Some(time) = findings::place(ctx.shown, list, i).and_then(|id| ctx.shown.time(id)) else { continue };
            let class = findings::class(f.severity);
            out.push(Flag { time, what: What::Finding(i), class, herring });
        }
    }
    if notes {
        out.extend(marks::all(ctx).map(|mark| {
            let what = What::Note(mark.note.id, mark.note.kind);
            Flag { time: mark.time, what, class: Loudness::Quiet, herring: false }
        }));
    }
    out
}

/// Flags that stand at one place, the gravest first.
struct Group {
    x: f32,
    flags: Vec<Flag>,
}

fn groups(ctx: &Ctx<'_>, scale: TimeScale<'_>, notes: bool) -> Vec<Group> {
    let mut flags: Vec<(f32, Flag)> = all(ctx, notes)
        .into_iter()
        .map(|flag| (scale.x(flag.time), flag))
        .filter(|(x, _)| scale.rect.expand(2.0).x_range().contains(*x))
        .collect();
    flags.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    let mut out: Vec<Group> = Vec::new();
    for (x, flag) in flags {
        match out.last_mut().filter(|g| x - g.x < NEAR) {
            Some(group) => group.flags.push(flag),
            None => out.push(Group { x, flags: vec![flag] }),
        }
    }
    for group in &mut out {
        let is_note = |f: &Flag| matches!(f.what, What::Note(..));
        group.flags.sort_by_key(|f| (is_note(f), f.herring, std::cmp::Reverse(f.class)));
    }
    out
}

/// Paints one flag.
fn paint(ctx: &Ctx<'_>, painter: &Painter, flag: &Flag, x: f32, y: f32, r: f32) {
    let t = ctx.tokens;
    match flag.what {
        What::Note(_, kind) => painter.add(glyph::kind(kind, pos2(x, y), r * 0.95, t.kind(kind))),
        What::Finding(_) if flag.herring => painter.add(glyph::hollow_diamond(pos2(x, y), r * 1.2, t.herring)),
        What::Finding(_) => painter.add(glyph::shape(flag.class, pos2(x, y), r, t.loudness(flag.class))),
    };
}

/// Draws the strip above the lanes.
pub fn strip(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, rect: Rect) {
    let t = ctx.tokens;
    let painter = ui.painter().with_clip_rect(rect);
    let at = pos2(rect.left() + 12.0, rect.center().y);
    painter.text(at, egui::Align2::LEFT_CENTER, "findings", theme::small(), t.text_third);
    let groups = groups(ctx, scale, false);
    for (i, group) in groups.iter().enumerate() {
        let Some(first) = group.flags.first() else { continue };
        let y = rect.center().y;
        let open = group.flags.iter().any(|f| matches!(f.what, What::Finding(i) if ctx.view.look.finding == Some(i)));
        paint(ctx, &painter, first, group.x, y, 4.2);
        if group.flags.len() > 1 {
            let n = group.flags.len().to_string();
            painter.text(pos2(group.x + 7.0, y), egui::Align2::LEFT_CENTER, n, theme::mono_small(), t.text_second);
        }
        if open {
            painter.hline(group.x - 6.0..=group.x + 6.0, rect.bottom() - 1.0, egui::Stroke::new(1.5, t.accent));
        }
        pointer(ctx, ui, group, Rect::from_center_size(pos2(group.x, y), vec2(14.0, rect.height())), i);
    }
}

fn pointer(ctx: &Ctx<'_>, ui: &Ui, group: &Group, rect: Rect, i: usize) {
    let response = ui.interact(rect, ui.scope_id().with(("flags", i)), Sense::click());
    let Some(first) = group.flags.first() else { return };
    response.widget_info(|| {
        let name = match (first.what, first.words(ctx)) {
            (What::Note(..), words) => words,
            (What::Finding(_), words) => format!("Finding: {words}"),
        };
        let more = group.flags.len() - 1;
        let name = if more > 0 { format!("{name}, and {more} more here") } else { name };
        WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    if response.has_focus() {
        let line = egui::Stroke::new(1.0, ctx.tokens.accent);
        ui.painter().rect_stroke(rect, 3.0, line, egui::StrokeKind::Inside);
    }
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if response.clicked() {
        open(ctx, group);
    }
    response.on_hover_ui_at_pointer(|ui| tell(ctx, ui, group));
}

/// Opens what a flag stands for; where several do, the one after that which is open.
fn open(ctx: &Ctx<'_>, group: &Group) {
    let is_open = |f: &Flag| match f.what {
        What::Finding(i) => ctx.view.look.finding == Some(i),
        What::Note(number, _) => ctx.view.look.finding.is_none() && ctx.view.notes.current == Some(number),
    };
    let next = group.flags.iter().position(is_open).map_or(0, |at| (at + 1) % group.flags.len().max(1));
    match group.flags.get(next).map(|f| f.what) {
        Some(What::Finding(i)) => ctx.push(Command::Finding(Act::Show(i))),
        Some(What::Note(number, _)) => ctx.push(Command::Marker(Note::Show(number))),
        None => {}
    }
}

fn tell(ctx: &Ctx<'_>, ui: &mut Ui, group: &Group) {
    ui.set_max_width(420.0);
    for flag in group.flags.iter().take(TOLD) {
        let told = flag.words(ctx);
        let (words, color) = match flag.what {
            What::Note(_, kind) => (kind.title().to_owned(), ctx.tokens.kind(kind)),
            What::Finding(_) if flag.herring => ("red herring".to_owned(), ctx.tokens.herring),
            What::Finding(i) => {
                let severity = ctx.found.and_then(|f| f.findings.list.get(i)).map_or("", |f| f.severity.word());
                (severity.to_owned(), ctx.tokens.loudness(flag.class))
            }
        };
        ui.label(egui::RichText::new(words).font(theme::small()).color(color));
        if !told.is_empty() {
            ui.add(egui::Label::new(text::cut(&told, 200)).wrap());
        }
    }
    let more = group.flags.len().saturating_sub(TOLD);
    if more > 0 {
        ui.label(format!("and {more} more"));
    }
}

/// Paints the flags of the overview at `y`; a click opens what the one under the pointer stands for.
pub fn overview(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, y: f32, response: &egui::Response) -> bool {
    let mut taken = false;
    let groups = groups(ctx, scale, true);
    for group in groups.iter().rev() {
        let Some(first) = group.flags.first() else { continue };
        paint(ctx, ui.painter(), first, group.x, y, 3.6);
        let over = |p: egui::Pos2| (p.x - group.x).abs() < 6.0 && (p.y - y).abs() < 8.0;
        if !taken && response.hover_pos().is_some_and(over) {
            taken = true;
            ui.set_cursor_icon(egui::CursorIcon::PointingHand);
            if response.clicked() {
                open(ctx, group);
            }
            response.clone().on_hover_ui_at_pointer(|ui| tell(ctx, ui, group));
        }
    }
    taken
}
