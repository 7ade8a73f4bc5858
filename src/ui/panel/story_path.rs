//! A story drawn across the lanes: its numbered steps where their records stand, and arrows from what began it to what
//! it did; beside it flags at the records that prove the finding that is open.

use egui::{Align2, Color32, Painter, Pos2, Rect, Sense, Shape, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::detect::Findings;
use crate::event::EventId;
use crate::rule::Severity;
use crate::ui::command::Command;
use crate::ui::findings::{self, Act, Told};
use crate::ui::panel::Ctx;
use crate::ui::text;
use crate::ui::theme::{self, Tokens, size};
use crate::ui::widget::glyph;
use crate::ui::widget::scale::TimeScale;

/// Radius of a step's circle, in points.
const RADIUS: f32 = 9.5;
/// Circles of one lane stand at least this far apart.
const APART: f32 = 23.0;
/// Characters of the words beside a step.
const WORDS: usize = 44;
/// What is this sure is drawn solid.
const CERTAIN: f32 = 0.95;

/// What a record is to the findings that are looked at.
pub struct Mark {
    /// Its number in the story that is drawn.
    pub number: Option<usize>,
    /// How grave the finding is.
    pub severity: Severity,
    /// It is sure.
    pub certain: bool,
    /// What it shows, or what the step is.
    pub words: String,
}

/// What a record is to the story that is drawn, or to the finding that is open.
pub fn mark(ctx: &Ctx<'_>, id: EventId) -> Option<Mark> {
    let all = &ctx.found?.findings;
    let told = ctx.sections.drawn(ctx.view.look);
    let steps = told.map_or(&[][..], |told| &told.steps);
    if let Some((n, f)) = steps.iter().enumerate().find_map(|(n, &i)| {
        let f = all.list.get(i).filter(|_| findings::place(ctx.shown, all, i) == Some(id))?;
        Some((n + 1, f))
    }) {
        let words = format!("step {n} of the story: {}", findings::words(&f.title));
        return Some(Mark { number: Some(n), severity: f.severity, certain: f.confidence >= CERTAIN, words });
    }
    let f = all.list.get(ctx.view.look.finding?)?;
    let e = f.evidence.iter().find(|e| e.event == id)?;
    let words = format!("evidence: {}", findings::words(&e.because));
    Some(Mark { number: None, severity: f.severity, certain: f.confidence >= CERTAIN, words })
}

/// The number of a step in its circle: solid where it is certain, dashed where it is probable.
pub fn number(painter: &Painter, at: Pos2, n: usize, color: Color32, t: &Tokens, certain: bool, drawn: bool) {
    let color = if drawn { color } else { color.gamma_multiply(0.75) };
    circle(painter, at, RADIUS, Stroke::new(1.7, color), t.background, certain);
    painter.text(at, Align2::CENTER_CENTER, n.to_string(), theme::caption(), color);
}

/// The same, small enough for a row of the list.
pub fn small_number(painter: &Painter, at: Pos2, n: usize, color: Color32, t: &Tokens, certain: bool) {
    circle(painter, at, 7.5, Stroke::new(1.2, color), t.background, certain);
    painter.text(at, Align2::CENTER_CENTER, n.to_string(), theme::caption(), color);
}

fn circle(painter: &Painter, at: Pos2, r: f32, line: Stroke, fill: Color32, certain: bool) {
    painter.circle_filled(at, r, fill);
    if certain {
        painter.circle_stroke(at, r, line);
    } else {
        let turn = |i: u8| at + Vec2::angled(f32::from(i) / 24.0 * std::f32::consts::TAU) * r;
        let points: Vec<Pos2> = (0..=24).map(turn).collect();
        painter.extend(Shape::dashed_line(&points, line, 3.5, 2.6));
    }
}

/// A step of the story on the lanes.
struct Spot {
    finding: usize,
    number: usize,
    id: EventId,
    /// Where its circle stands.
    at: Pos2,
    /// Where its record stands.
    x: f32,
    /// The record lies in the time that is seen.
    seen: bool,
    color: Color32,
    certain: bool,
}

/// Draws the story and the flags; `lane` tells where an event's lane stands.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, scale: TimeScale<'_>, lane: impl Fn(EventId) -> Rect) {
    let Some(found) = ctx.found else { return };
    let all = &found.findings;
    let painter = ui.painter().with_clip_rect(scale.rect);
    let told = ctx.sections.drawn(ctx.view.look);
    if told.is_some() && ctx.view.look.chosen {
        painter.rect_filled(scale.rect, 0.0, ctx.tokens.lane.gamma_multiply(0.5));
    }
    let spots = told.map(|told| spots(ctx, all, told, scale, &lane)).unwrap_or_default();
    flags(ctx, &painter, all, scale, &spots, &lane);
    let Some(told) = told else { return };
    let mut heads = Vec::new();
    for (from, to) in arrows(all, told) {
        let at = |finding| spots.iter().find(|s| s.finding == finding);
        if let (Some(from), Some(to)) = (at(from), at(to)) {
            heads.extend(arrow(&painter, from, to));
        }
    }
    for spot in &spots {
        let color = if spot.seen { spot.color } else { spot.color.gamma_multiply(0.6) };
        if spot.seen && (spot.x - spot.at.x).abs() > 1.0 {
            // It had to step aside: a line leads to where its record stands.
            let foot = pos2(spot.x, spot.at.y + RADIUS + 5.0);
            painter.line_segment([spot.at + vec2(0.0, RADIUS), foot], Stroke::new(1.0, color));
        }
        number(&painter, spot.at, spot.number, color, ctx.tokens, spot.certain, true);
    }
    words(ctx, &painter, all, scale, &spots, &heads);
    for spot in &spots {
        pointer(ctx, ui, all, told, spot, scale);
    }
}

fn spots(
    ctx: &Ctx<'_>,
    all: &Findings,
    told: &Told,
    scale: TimeScale<'_>,
    lane: &impl Fn(EventId) -> Rect,
) -> Vec<Spot> {
    let field = scale.rect;
    let mut out: Vec<Spot> = Vec::new();
    for (n, &finding) in told.steps.iter().enumerate() {
        let Some(f) = all.list.get(finding) else { continue };
        let Some(id) = findings::place(ctx.shown, all, finding) else { continue };
        let Some(time) = ctx.shown.time(id) else { continue };
        // What is far away would be a length that drawing cannot hold.
        let x = scale.x(time).min(field.right() + 100.0).max(field.left() - 100.0);
        let y = lane(id).center().y;
        let (left, right) = (field.left() + RADIUS + 2.0, field.right() - RADIUS - 2.0);
        let mut at = pos2(x.clamp(left, right.max(left)), y);
        let aside = if at.x + APART * 3.0 > right { -APART } else { APART };
        while let Some(other) = out.iter().find(|s| s.at.y == y && (s.at.x - at.x).abs() < APART - 1.0) {
            at.x = other.at.x + aside;
            if !(left..=right).contains(&at.x) {
                break;
            }
        }
        let color = ctx.tokens.loudness(findings::class(f.severity));
        let seen = scale.range.has(time);
        out.push(Spot { finding, number: n + 1, id, at, x, seen, color, certain: f.confidence >= CERTAIN });
    }
    out
}

/// What leads to what among the steps; where a way leads over another step, the short cut is left out.
fn arrows(all: &Findings, told: &Told) -> Vec<(usize, usize)> {
    let Some(story) = all.stories.get(told.story) else { return Vec::new() };
    let is_step = |i: &usize| told.steps.contains(i);
    let links: Vec<(usize, usize)> =
        story.links.iter().copied().filter(|(a, b)| a != b && is_step(a) && is_step(b)).collect();
    let over = |a: usize, b: usize| {
        let mut reached: Vec<usize> = links.iter().filter(|(x, y)| *x == a && *y != b).map(|(_, y)| *y).collect();
        let mut i = 0;
        while let Some(here) = reached.get(i).copied() {
            // What leads back to the begin is a circle, and no reason to leave an arrow out.
            let next: Vec<usize> =
                links.iter().filter(|(x, y)| *x == here && *y != a && !reached.contains(y)).map(|(_, y)| *y).collect();
            reached.extend(next);
            i += 1;
        }
        reached.contains(&b) && !links.contains(&(b, a))
    };
    links.iter().copied().filter(|&(a, b)| !over(a, b)).collect()
}

/// Draws an arrow; returns where its head stands, if there is one.
fn arrow(painter: &Painter, from: &Spot, to: &Spot) -> Option<Pos2> {
    let color = to.color;
    let (a, b) = (from.at, to.at);
    let same_lane = (a.y - b.y).abs() < 1.0;
    if same_lane && ((a.x - b.x).abs() <= APART + 2.0 || (from.x - to.x).abs() < RADIUS) {
        return None; // side by side: the numbers tell the way
    }
    let (start, end, lift_a, lift_b) = if same_lane {
        let over = vec2(0.0, -RADIUS - 1.0);
        let high = vec2(0.0, -(14.0 + (a.x - b.x).abs() * 0.06).min(30.0));
        (a + over, b + over, high, high)
    } else {
        let down = (b.y - a.y).signum();
        let (start, end) = (a + vec2(0.0, down * (RADIUS + 1.0)), b - vec2(0.0, down * (RADIUS + 2.0)));
        let half = vec2(0.0, (end.y - start.y) * 0.55);
        (start, end, half, -half)
    };
    let (c, d) = (start + lift_a, end + lift_b);
    let at = |t: f32| {
        let u = 1.0 - t;
        let mix =
            |s: f32, a: f32, b: f32, e: f32| u * u * u * s + 3.0 * u * u * t * a + 3.0 * u * t * t * b + t * t * t * e;
        pos2(mix(start.x, c.x, d.x, end.x), mix(start.y, c.y, d.y, end.y))
    };
    let points: Vec<Pos2> = (0..=32_u8).map(|i| at(f32::from(i) / 32.0)).collect();
    let stroke = Stroke::new(2.0, color);
    if from.certain && to.certain {
        painter.add(Shape::line(points, stroke));
    } else {
        painter.extend(Shape::dashed_line(&points, stroke, 6.0, 4.0));
    }
    let back = (at(0.93) - end).normalized();
    let side = vec2(-back.y, back.x);
    let head = vec![end, end + back * 9.0 + side * 4.2, end + back * 9.0 - side * 4.2];
    painter.add(Shape::convex_polygon(head, color, Stroke::NONE));
    Some(end + back * 5.0)
}

/// A few words beside each step, where there is room.
fn words(ctx: &Ctx<'_>, painter: &Painter, all: &Findings, scale: TimeScale<'_>, spots: &[Spot], heads: &[Pos2]) {
    let t = ctx.tokens;
    let circle = |s: &Spot| Rect::from_center_size(s.at, Vec2::splat(RADIUS * 2.0 + 2.0));
    let mut taken: Vec<Rect> = spots.iter().map(circle).collect();
    taken.extend(heads.iter().map(|&head| Rect::from_center_size(head, Vec2::splat(10.0))));
    for spot in spots.iter().filter(|s| s.seen) {
        let Some(f) = all.list.get(spot.finding) else { continue };
        let short = if f.short.is_empty() { &f.title } else { &f.short };
        let short = text::cut(&text::squeezed(&findings::words(short)), WORDS);
        // Beside its circle it is clear whose words they are; elsewhere the number tells.
        let beside = painter.layout_no_wrap(short.clone(), theme::caption(), spot.color);
        let away = painter.layout_no_wrap(format!("{}  {short}", spot.number), theme::caption(), spot.color);
        let pad = vec2(8.0, 3.0);
        let (right, left) = (spot.at.x + RADIUS, spot.at.x - RADIUS - pad.x);
        let (above, below) = (spot.at.y - RADIUS - 4.0 - away.size().y - pad.y, spot.at.y + RADIUS + 4.0);
        let level = spot.at.y - (beside.size().y + pad.y) / 2.0;
        let places = [
            (&beside, right + 4.0, level),
            (&away, right - 4.0, above),
            (&away, right - 4.0, below),
            (&beside, left - 4.0 - beside.size().x, level),
            (&away, left + 4.0 - away.size().x, above),
            (&away, left + 4.0 - away.size().x, below),
        ];
        let free = |r: &Rect| scale.rect.contains_rect(*r) && !taken.iter().any(|o| o.intersects(*r));
        let place = places.into_iter().map(|(g, x, y)| (g, Rect::from_min_size(pos2(x, y), g.size() + pad)));
        let Some((galley, rect)) = place.into_iter().find(|(_, rect)| free(rect)) else { continue };
        let galley = galley.clone();
        painter.rect_filled(rect, 4.0, t.lane.gamma_multiply(0.92));
        painter.galley(rect.min + vec2(4.0, 1.5), galley, spot.color);
        taken.push(rect);
    }
}

/// Flags at the records that prove the open finding.
fn flags(
    ctx: &Ctx<'_>,
    painter: &Painter,
    all: &Findings,
    scale: TimeScale<'_>,
    spots: &[Spot],
    lane: &impl Fn(EventId) -> Rect,
) {
    let Some(f) = ctx.view.look.finding.and_then(|i| all.list.get(i)) else { return };
    let color = if f.benign.is_some() { ctx.tokens.herring } else { ctx.tokens.loudness(findings::class(f.severity)) };
    let n = ctx.shown.analysis.events.len();
    for id in f.evidence.iter().map(|e| e.event).filter(|id| id.idx() < n) {
        let Some(time) = ctx.shown.time(id).filter(|time| scale.range.has(*time)) else { continue };
        let at = pos2(scale.x(time), lane(id).center().y);
        if spots.iter().any(|s| s.id == id) {
            continue;
        }
        let top = at - vec2(0.0, 21.0);
        painter.line_segment([top, at], Stroke::new(1.2, color));
        painter.add(glyph::shape(findings::class(f.severity), top, size::GLYPH, color));
    }
}

fn pointer(ctx: &Ctx<'_>, ui: &Ui, all: &Findings, told: &Told, spot: &Spot, scale: TimeScale<'_>) {
    let Some(f) = all.list.get(spot.finding) else { return };
    let rect = Rect::from_center_size(spot.at, Vec2::splat(RADIUS * 2.0)).intersect(scale.rect);
    if !rect.is_positive() {
        return;
    }
    let response = ui.interact(rect, ui.scope_id().with(("step", spot.number)), Sense::click());
    let title = findings::words(&f.title);
    let part = findings::part(all, spot.finding);
    response.widget_info(|| {
        let name = format!("Step {} of {}, {part}: {title}", spot.number, told.steps.len());
        WidgetInfo::labeled(egui::Role::Button, true, name)
    });
    if response.has_focus() {
        ui.painter().circle_stroke(spot.at, RADIUS + 3.0, Stroke::new(1.2, ctx.tokens.accent));
    }
    let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
    if response.clicked() {
        ctx.push(Command::Finding(Act::Show(spot.finding)));
    }
    response.on_hover_ui_at_pointer(|ui| {
        ui.set_max_width(420.0);
        let words = format!("{} · {} · {}", part, f.severity.word(), f.certainty());
        ui.label(egui::RichText::new(words).font(theme::small()).color(spot.color));
        ui.add(egui::Label::new(title.clone()).wrap());
    });
}
