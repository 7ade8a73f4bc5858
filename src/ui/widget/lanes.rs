//! Paints lanes: bars of density where events are many, glyphs with text where they are few.

use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use crate::timeline::density::{Counts, Loudness};
use crate::ui::standing::Standing;
use crate::ui::theme::{self, Tokens, size};
use crate::ui::widget::glyph;
use crate::ui::widget::scale::{Grid, TimeScale};

/// Height of a tick that stands for one event, in points.
const TICK: f32 = 13.0;

/// How high `n` events stand when `most` stand at 1: the root lets bursts stand out and still shows few beside many.
fn height(n: u32, most: u32) -> f32 {
    (f64::from(n) / f64::from(most.max(1))).sqrt() as f32
}

/// A lane whose fullest column holds more than this is busy: there a single event need not be seen from afar.
const BUSY: u32 = 400;

fn quad(mesh: &mut Mesh, rect: Rect, color: Color32) {
    if rect.is_positive() {
        mesh.add_colored_rect(rect, color);
    }
}

/// Paints the bars of one lane around its middle; `most` is the fullest column of all lanes.
///
/// Each lane uses at least half of its height, so that its own changes are seen; busier ones use more. Loud events
/// are a core of the bar, as thick as their share; where they are few they are glyphs.
pub fn paint_bars(
    painter: &Painter,
    scale: TimeScale<'_>,
    lane: Rect,
    grid: Grid,
    bars: &[Counts],
    most: u32,
    tokens: &Tokens,
) {
    let mut mesh = Mesh::default();
    let mut glyphs = Vec::new();
    let middle = lane.center().y;
    let own = bars.iter().map(|c| c.total()).max().unwrap_or(0);
    let full = (lane.height() - 16.0).clamp(14.0, 80.0) * (0.55 + 0.45 * height(own, most));
    let least = if own > BUSY { 4.0 } else { TICK.min(full) };
    for (i, counts) in bars.iter().enumerate() {
        let total = counts.total();
        if total == 0 {
            continue;
        }
        let (left, right) = (scale.x_drawn(grid.edge(i)), scale.x_drawn(grid.edge(i + 1)));
        let (left, right) = (left.max(lane.left()), (right - 1.0).min(lane.right()));
        let whole = (height(total, own.max(8)) * full).max(least);
        // A single event is a tick, not a bar, so that few never look like many.
        let wide = if total == 1 { 2.0 } else { right - left };
        let at = |h: f32| Rect::from_min_max(pos2(left, middle - h / 2.0), pos2(left + wide, middle + h / 2.0));
        quad(&mut mesh, at(whole), tokens.density);
        let loud = Counts([0, counts.of(Loudness::Warning), counts.of(Loudness::Error), counts.of(Loudness::Critical)]);
        if loud.total() == 0 {
            continue;
        }
        let center = pos2((left + right) / 2.0, middle);
        if total <= BUSY && loud.total() <= 3 && loud.total() * 2 <= total {
            glyphs.push((loudest(loud), center));
            continue;
        }
        let thick = (whole * loud.total() as f32 / total as f32).max(if total > BUSY { 2.0 } else { 6.0 });
        core(&mut mesh, at(whole), thick, loud, tokens);
        if loud.of(Loudness::Critical) > 0 {
            glyphs.push((Loudness::Critical, pos2(center.x, middle - whole / 2.0 - 6.0)));
        }
    }
    painter.add(Shape::mesh(mesh));
    glyphs.sort_by_key(|&(class, _)| class);
    painter.extend(glyphs.into_iter().map(|(class, at)| glyph::shape(class, at, size::GLYPH, tokens.loudness(class))));
}

fn core(mesh: &mut Mesh, bar: Rect, height: f32, loud: Counts, tokens: &Tokens) {
    let mut top = bar.center().y - height / 2.0;
    for class in [Loudness::Critical, Loudness::Error, Loudness::Warning] {
        let part = height * loud.of(class) as f32 / loud.total().max(1) as f32;
        quad(mesh, Rect::from_x_y_ranges(bar.x_range(), top..=top + part), tokens.loudness(class));
        top += part;
    }
}

/// The loudest class of which there is an event.
pub fn loudest(counts: Counts) -> Loudness {
    Loudness::ALL.into_iter().rev().find(|&c| counts.of(c) > 0).unwrap_or(Loudness::Quiet)
}

/// Paints bars that stand on the lower edge, loud ones below: the overview.
pub fn paint_overview(painter: &Painter, scale: TimeScale<'_>, grid: Grid, bars: &[Counts], tokens: &Tokens) {
    let most = bars.iter().map(|c| c.total()).max().unwrap_or(1);
    let base = scale.rect.bottom();
    let full = scale.rect.height();
    let mut mesh = Mesh::default();
    for (i, counts) in bars.iter().enumerate().filter(|(_, c)| c.total() > 0) {
        let left = scale.x_drawn(grid.edge(i)).max(scale.rect.left());
        let right = (scale.x_drawn(grid.edge(i + 1)) - 1.0).max(left + 1.0).min(scale.rect.right());
        let whole = (height(counts.total(), most) * full).max(2.0);
        let column = |from: f32, to: f32| Rect::from_min_max(pos2(left, base - to), pos2(right, base - from));
        quad(&mut mesh, column(0.0, whole), tokens.density);
        let mut from = 0.0;
        for class in [Loudness::Critical, Loudness::Error, Loudness::Warning] {
            let n = counts.of(class);
            if n > 0 {
                let part = (whole * n as f32 / counts.total() as f32).max(if most > BUSY { 1.5 } else { 3.0 });
                quad(&mut mesh, column(from, from + part), tokens.loudness(class));
                from += part;
            }
        }
    }
    painter.add(Shape::mesh(mesh));
}

/// An event as a glyph.
#[derive(Clone, Debug)]
pub struct Glyph {
    /// When.
    pub time: i64,
    /// How loud.
    pub loudness: Loudness,
    /// The chosen one has a ring.
    pub chosen: bool,
    /// With a mark or a comment.
    pub noted: bool,
    /// The text does not state the time; drawn hollow.
    pub uncertain: bool,
    /// How it stands to the chosen one.
    pub standing: Option<Standing>,
    /// Between which times it was written.
    pub whisker: Option<(i64, i64)>,
    /// Where its recorded stamp would have put it, if that is to be shown.
    pub stamped: Option<i64>,
}

impl Glyph {
    /// Hollow where it is only probable, or nothing at all tells.
    fn is_hollow(&self) -> bool {
        self.uncertain || self.standing.is_some_and(|s| !s.is_certain())
    }

    fn color(&self, tokens: &Tokens) -> Color32 {
        let color = match (self.loudness, self.standing) {
            (Loudness::Quiet, Some(Standing::Before | Standing::ProbablyBefore)) => tokens.accent,
            (Loudness::Quiet, Some(Standing::After | Standing::ProbablyAfter)) => tokens.text_third,
            (Loudness::Quiet, _) if !self.uncertain => tokens.density,
            (loudness, _) => tokens.loudness(loudness),
        };
        let dim = self.standing == Some(Standing::Unknown) || (self.uncertain && self.loudness == Loudness::Quiet);
        if dim { color.gamma_multiply(0.5) } else { color }
    }
}

/// Paints the glyphs of one lane.
pub fn paint_glyphs(painter: &Painter, scale: TimeScale<'_>, lane: Rect, glyphs: &[Glyph], tokens: &Tokens) {
    let middle = lane.center().y;
    let mut order: Vec<usize> = (0..glyphs.len()).collect();
    order.sort_by_key(|&i| glyphs.get(i).map(|g| (g.chosen, g.loudness)));
    // Lines closer than this would be one grey area.
    let mut free = f32::MIN;
    for glyph in glyphs {
        paint_whisker(painter, scale, middle, glyph, tokens);
        let x = scale.x(glyph.time);
        if x >= free && !glyph.chosen && paint_shift(painter, scale, lane, glyph, tokens) {
            free = x + 6.0;
        }
    }
    for glyph in order.iter().filter_map(|&i| glyphs.get(i)) {
        let at = pos2(scale.x(glyph.time), middle);
        let color = glyph.color(tokens);
        if glyph.loudness == Loudness::Quiet {
            painter.rect_filled(Rect::from_center_size(at, vec2(2.0, TICK)), 0.0, color);
        } else {
            painter.add(glyph::shape(glyph.loudness, at, size::GLYPH, color));
        }
        if glyph.is_hollow() {
            match glyph.loudness {
                // A tick with a gap.
                Loudness::Quiet => {
                    let gap = Rect::from_center_size(at, vec2(2.0, TICK / 3.0));
                    painter.rect_filled(gap, 0.0, tokens.lane);
                }
                loudness => drop(painter.add(glyph::shape(loudness, at, size::GLYPH * 0.5, tokens.lane))),
            }
        }
        if glyph.chosen {
            painter.add(glyph::ring(at, size::GLYPH, tokens.accent));
        }
        if glyph.noted {
            painter.add(glyph::flag(at + vec2(-7.0, -TICK / 2.0 - 6.0), tokens.accent));
        }
    }
}

/// The interval in which an event was written, where it is wider than the glyph.
fn paint_whisker(painter: &Painter, scale: TimeScale<'_>, middle: f32, glyph: &Glyph, tokens: &Tokens) {
    let Some((from, to)) = glyph.whisker else { return };
    let (left, right) = (scale.x(from), scale.x(to));
    if right - left < size::GLYPH * 2.0 + 4.0 || right < scale.rect.left() || left > scale.rect.right() {
        return;
    }
    let color = if glyph.chosen { tokens.accent } else { tokens.text_third.gamma_multiply(0.7) };
    let line = Stroke::new(1.0, color);
    painter.hline(left..=right, middle, line);
    for x in [left, right] {
        painter.vline(x, middle - 3.0..=middle + 3.0, line);
    }
}

/// A line to where the recorded stamp would have put an event; false where that is the same place.
fn paint_shift(painter: &Painter, scale: TimeScale<'_>, lane: Rect, glyph: &Glyph, tokens: &Tokens) -> bool {
    let Some(stamped) = glyph.stamped.filter(|&s| s != glyph.time) else { return false };
    let (from, to) = (scale.x(glyph.time), scale.x(stamped));
    if (from - to).abs() < 2.0 {
        return false;
    }
    let color = tokens.text_third.gamma_multiply(0.55);
    let (y, top) = (lane.center().y - TICK / 2.0, lane.top() + 5.0);
    // What lies far outside is clipped here, so that no line has a length that drawing cannot hold.
    let to = to.min(scale.rect.right() + 50.0).max(scale.rect.left() - 50.0);
    painter.line_segment([pos2(from, y), pos2(to, top)], Stroke::new(1.0, color));
    painter.circle_stroke(pos2(to, top), 2.0, Stroke::new(1.0, color));
    true
}

/// Writes words beside glyphs: above and below the middle line in turn, loud ones first, where no other words stand;
/// `text` is asked for at most so many characters.
pub fn paint_texts(
    painter: &Painter,
    scale: TimeScale<'_>,
    lane: Rect,
    glyphs: &[Glyph],
    tokens: &Tokens,
    text: impl Fn(usize, usize) -> String,
) {
    let font = theme::small();
    let step = font.size + 4.0;
    let half = ((lane.height() - TICK - 6.0) / 2.0 / step).floor().max(0.0) as usize;
    if half == 0 {
        return;
    }
    let mut lines: Vec<(f32, Vec<(f32, f32)>)> = Vec::new();
    for i in 0..half {
        lines.push((lane.center().y - TICK / 2.0 - 2.0 - step * (i as f32 + 0.5), Vec::new()));
        lines.push((lane.center().y + TICK / 2.0 + 2.0 + step * (i as f32 + 0.5), Vec::new()));
    }
    let mut order: Vec<usize> = (0..glyphs.len()).collect();
    order.sort_by_key(|&i| glyphs.get(i).map(|g| std::cmp::Reverse((g.chosen, g.noted, g.loudness))));
    let few = glyphs.len() <= 12;
    for i in order.into_iter().take(60) {
        let Some(glyph) = glyphs.get(i) else { continue };
        if glyph.loudness == Loudness::Quiet && !few && !glyph.chosen && !glyph.noted {
            continue;
        }
        let x = scale.x(glyph.time);
        let left = x + 5.0;
        let gap = |taken: &[(f32, f32)]| {
            let free = taken.iter().all(|&(from, to)| left + 6.0 < from - 60.0 || left > to);
            let until = taken.iter().map(|&(from, _)| from).filter(|&f| f > left).fold(lane.right(), f32::min);
            (free && until - left > 60.0).then_some((until - left - 12.0).min(280.0))
        };
        let Some((y, taken, room)) = lines.iter_mut().find_map(|(y, taken)| gap(taken).map(|room| (*y, taken, room)))
        else {
            continue;
        };
        // Events at one place look like one: the text tells how many they are.
        let here = glyphs.iter().filter(|g| (scale.x(g.time) - x).abs() < 2.5).count();
        let many = if here > 1 { format!("{here}×  ") } else { String::new() };
        let chars = (room / (font.size * 0.56)) as usize;
        let words = many.clone() + &text(i, chars.saturating_sub(many.chars().count()));
        let color =
            if glyph.loudness == Loudness::Quiet { tokens.text_second } else { tokens.loudness(glyph.loudness) };
        let width = paint_clipped(painter, pos2(left, y), room, &words, font.clone(), color);
        taken.push((left, left + width + 8.0));
    }
}

fn paint_clipped(painter: &Painter, at: Pos2, room: f32, words: &str, font: FontId, color: Color32) -> f32 {
    let clip = Rect::from_min_size(pos2(at.x, at.y - font.size), vec2(room, font.size * 2.0));
    let painter = painter.with_clip_rect(clip.intersect(painter.clip_rect()));
    painter.text(at, Align2::LEFT_CENTER, words, font, color).width().min(room)
}
