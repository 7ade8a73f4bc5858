//! A view of the picture as SVG: lanes of hosts, how much and how loud, and the stories' steps in order.
//!
//! Nothing is told by colour alone: what is loud stands below the line, the graver the wider, and each part of a story has
//! a shape of its own.

use super::author;
use super::escape::{plain, words};
use crate::case::Kind;
use crate::export::document::Document;
use crate::export::document::picture::{COLUMNS, LaneDoc, StepDoc, View};
use crate::export::visible::visible;
use crate::words::count;

/// Width of the drawing, and the ends of the time axis in it.
const WIDTH: f64 = 1000.0;
const LEFT: f64 = 8.0;
const RIGHT: f64 = 992.0;
/// Width of a column.
const COLUMN: f64 = (RIGHT - LEFT) / COLUMNS as f64;
/// Height of the two rows of the axis, and of a row of flags.
const AXIS: f64 = 34.0;
const FLAG: f64 = 18.0;
/// Room that a label of the axis takes.
const ROOM: f64 = 74.0;
/// A lane: its name, what it wrote above the line, what was loud below; then rows of steps.
const NAME: f64 = 18.0;
const UP: f64 = 28.0;
const DOWN: f64 = 18.0;
const STEP: f64 = 23.0;
/// Rows of steps with words in a lane; more stand there as glyphs.
const MOST_ROWS: usize = 8;
/// Lanes that are drawn; of more hosts those of the stories and those that wrote most.
const MOST_LANES: usize = 24;
/// Characters of a label, and the room that one takes: more than most do.
const LONGEST: usize = 64;
const CHARACTER: f64 = 6.4;

/// A view as an `svg` element; `number` makes its ids its own.
pub(super) fn svg(doc: &Document, view: &View, number: usize) -> String {
    let mut drawing = Drawing { doc, view, number, body: String::new(), y: AXIS };
    drawing.flags();
    let top = drawing.y;
    let mut lanes = Drawing { doc, view, number, body: String::new(), y: top };
    let centres = lanes.lanes();
    let bottom = lanes.y;
    drawing.background(top, bottom);
    drawing.axis(bottom);
    let path = drawing.path(&centres);
    let (head, desc) = (drawing.head(bottom), drawing.describe());
    format!("{head}{desc}{}{}{path}{}</svg>\n", drawing.body, lanes.body, glyphs(&centres))
}

struct Drawing<'a> {
    doc: &'a Document,
    view: &'a View,
    number: usize,
    body: String,
    y: f64,
}

/// Where a step is drawn.
struct Spot<'a> {
    step: &'a StepDoc,
    x: f64,
    y: f64,
}

/// Labels in rows, so that none stands on another.
#[derive(Default)]
struct Rows(Vec<Vec<(f64, f64)>>);

impl Rows {
    /// The first row with room from `a` to `b`.
    fn place(&mut self, a: f64, b: f64) -> usize {
        let free = |row: &Vec<(f64, f64)>| row.iter().all(|(from, to)| b + 6.0 < *from || *to + 6.0 < a);
        let idx = self.0.iter().position(free).unwrap_or_else(|| {
            self.0.push(Vec::new());
            self.0.len() - 1
        });
        if let Some(row) = self.0.get_mut(idx) {
            row.push((a, b));
        }
        idx
    }
}

fn x_of(column: f64) -> f64 {
    LEFT + column * COLUMN
}

/// Room that a text takes, in units of the drawing.
fn room(text: &str) -> f64 {
    // Beyond the alphabets of Europe, letters are up to twice as wide.
    text.chars().map(|c| if c < '\u{1100}' { CHARACTER } else { 2.0 * CHARACTER }).sum()
}

fn short(text: &str) -> String {
    let text = visible(text.as_bytes()).replace(['\n', '\t'], " ");
    let cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() { cut.trim_end().to_owned() + "…" } else { cut }
}

impl<'a> Drawing<'a> {
    fn head(&self, bottom: f64) -> String {
        let n = self.number;
        format!(
            "<svg viewBox=\"0 0 {WIDTH} {:.0}\" role=\"img\" aria-labelledby=\"picture{n}-title picture{n}-desc\">\n\
             <title id=\"picture{n}-title\">{}</title>\n",
            bottom + 4.0,
            if self.view.close { "The incident in close-up" } else { "All hosts over time" },
        )
    }

    fn describe(&self) -> String {
        let (view, n) = (self.view, self.number);
        let mut text = format!("{} hosts", view.lanes.len());
        if let (Some(first), Some(last)) = (view.pieces.first(), view.pieces.last()) {
            let (a, b) = (&first.from, &last.until);
            text.push_str(&format!(" from {} {} to {} {}.", a.date, a.time, b.date, b.time));
        }
        for s in self.doc.picture.steps.iter().filter(|s| view.column(s.at.at).is_some()) {
            text.push_str(&format!(
                " {} {} {}, F{}, {}: {}.",
                s.at.date, s.at.time, s.host, s.finding, s.part, s.title
            ));
        }
        format!(
            "<desc id=\"picture{n}-desc\">{}</desc>\n<defs><pattern id=\"hatch{n}\" width=\"6\" height=\"6\" \
             patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <path class=\"hatch\" d=\"M0 0V6\"/></pattern></defs>\n",
            words(&text)
        )
    }

    /// What is marked, and the impact, in rows above the lanes.
    fn flags(&mut self) {
        let (doc, view) = (self.doc, self.view);
        let mut rows = Rows::default();
        let mut items: Vec<(f64, Option<f64>, String)> = Vec::new();
        let impact = doc.picture.impact_start.as_ref().and_then(|at| view.column(at.at));
        if let Some(from) = impact {
            let until = doc.picture.impact_end.as_ref().and_then(|at| view.column(at.at));
            let label = if doc.picture.impact_end.is_some() { "Impact" } else { "Impact, no end known" };
            items.push((x_of(from), Some(until.map_or(RIGHT, x_of)), label.to_owned()));
        }
        for flag in &doc.picture.flags {
            if impact.is_some() && matches!(flag.kind, Kind::ImpactStart | Kind::ImpactEnd) {
                continue;
            }
            let Some(from) = view.column(flag.at.at) else { continue };
            let until = flag.until.as_ref().map(|at| view.column(at.at).map_or(RIGHT, x_of));
            let said = author::line(&flag.markdown);
            let colon = if said.is_empty() { "" } else { ": " };
            items.push((x_of(from), until, short(&format!("{}{colon}{said}", flag.kind.title()))));
        }
        for (x, until, label) in items {
            let width = room(&label) + 8.0;
            let (end, anchor, at) = if x + width > RIGHT { (x, "end", x - 5.0) } else { (x + width, "start", x + 5.0) };
            let row = rows.place((end - width).min(x), end.max(until.unwrap_or(x)));
            let y = self.y + row as f64 * FLAG;
            if let Some(until) = until {
                let w = (until - x).max(2.0);
                self.body.push_str(&format!(
                    "<rect class=\"span\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{w:.1}\" height=\"3\"/>\n",
                    y + 14.0
                ));
            }
            self.body.push_str(&format!(
                "<path class=\"flag\" d=\"M{x:.1} {:.1}v15\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
                y + 2.0,
                y + 11.0,
                plain(&label)
            ));
        }
        self.y += rows.0.len() as f64 * FLAG;
    }

    /// The impact, and what is folded, behind the lanes.
    fn background(&mut self, top: f64, bottom: f64) {
        let (doc, view) = (self.doc, self.view);
        let height = bottom - top;
        if let Some(from) = doc.picture.impact_start.as_ref().and_then(|at| view.column(at.at)) {
            let until = doc.picture.impact_end.as_ref().and_then(|at| view.column(at.at)).map_or(RIGHT, x_of);
            let (x, w) = (x_of(from), (until - x_of(from)).max(1.0));
            self.body.push_str(&format!(
                "<rect class=\"impact-time\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" height=\"{height:.1}\"/>\n"
            ));
        }
        for piece in &view.pieces {
            let Some(length) = &piece.folded else { continue };
            let (x, w) = (x_of(piece.begin), (piece.end - piece.begin) * COLUMN);
            self.body.push_str(&format!(
                "<rect class=\"fold\" fill=\"url(#hatch{})\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{w:.1}\" \
                 height=\"{height:.1}\"><title>{length} without events</title></rect>\n",
                self.number
            ));
            if w >= 13.0 {
                let (x, y) = (x + w / 2.0 + 4.0, top + height / 2.0);
                self.body.push_str(&format!(
                    "<text class=\"length\" transform=\"translate({x:.1} {y:.1}) rotate(-90)\">{length}</text>\n"
                ));
            }
        }
    }

    fn axis(&mut self, bottom: f64) {
        let narrow = |x: f64| if x > RIGHT - ROOM { "end" } else { "start" };
        for tick in &self.view.ticks {
            let x = x_of(tick.column);
            let line = format!("<path class=\"tick\" d=\"M{x:.1} 4V{bottom:.1}\"/>");
            self.body.push_str(&line);
            let anchor = narrow(x);
            let (time, date) = (&tick.time, tick.date.as_deref().unwrap_or(""));
            for (text, y, class) in [(date, 13.0, "date"), (time, 27.0, "time")] {
                if !text.is_empty() {
                    self.body.push_str(&format!(
                        "<text class=\"{class}\" x=\"{:.1}\" y=\"{y}\" text-anchor=\"{anchor}\">{text}</text>",
                        if anchor == "end" { x - 3.0 } else { x + 3.0 }
                    ));
                }
            }
            self.body.push('\n');
        }
    }

    /// The lanes; where their steps stand.
    fn lanes(&mut self) -> Vec<Spot<'a>> {
        let (doc, view) = (self.doc, self.view);
        let told = |lane: &LaneDoc| doc.picture.steps.iter().any(|s| s.host == lane.host);
        let mut ranked: Vec<(usize, &LaneDoc)> = view.lanes.iter().enumerate().collect();
        ranked.sort_by_key(|(_, l)| (!told(l), std::cmp::Reverse(l.events)));
        let rest: Vec<(usize, &LaneDoc)> = ranked.split_off(ranked.len().min(MOST_LANES));
        // In the order of the names, which stays when names are replaced.
        ranked.sort_by_key(|(place, _)| *place);
        let chosen: Vec<&LaneDoc> = ranked.into_iter().map(|(_, lane)| lane).collect();
        let most = |of: fn(&[u32; 5]) -> u32| chosen.iter().flat_map(|l| &l.columns).map(of).max().unwrap_or(1);
        let scale = (most(|c| c.iter().skip(1).sum()), most(|c| c.iter().skip(2).sum()));
        let mut spots = Vec::new();
        for lane in chosen {
            self.density(lane, scale);
            let own: Vec<&'a StepDoc> = doc.picture.steps.iter().filter(|s| s.host == lane.host).collect();
            spots.extend(self.steps(&own));
        }
        if !rest.is_empty() {
            let events: u64 = rest.iter().map(|(_, l)| l.events).sum();
            self.text(LEFT, NAME - 5.0, "name", &format!("{} more hosts, {} events", rest.len(), count(events)));
            self.y += NAME + 4.0;
        }
        spots.sort_by_key(|s| (s.step.story, s.step.at.at));
        spots
    }

    fn text(&mut self, x: f64, dy: f64, class: &str, text: &str) {
        let (y, text) = (self.y + dy, plain(text));
        self.body.push_str(&format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>\n"));
    }

    fn density(&mut self, lane: &LaneDoc, (most, loudest): (u32, u32)) {
        let name = short(if lane.host.is_empty() { "unknown host" } else { &lane.host });
        let base = self.y + NAME + UP;
        let y = self.y + NAME - 5.0;
        self.body.push_str(&format!(
            "<path class=\"rule\" d=\"M{LEFT} {:.1}H{RIGHT}\"/><text class=\"host\" x=\"{LEFT}\" y=\"{y:.1}\">{}\
             <tspan class=\"events\" dx=\"8\">{} {}</tspan></text>\n",
            self.y,
            plain(&name),
            count(lane.events),
            if lane.events == 1 { "event" } else { "events" }
        ));
        let part = |n: u32, most: u32| f64::from(n).ln_1p() / f64::from(most.max(1)).ln_1p();
        // How much, above the line; below it how loud: of each column the gravest tells how wide.
        let mut paths = [String::new(), String::new(), String::new(), String::new()];
        for &[column, quiet, warnings, errors, critical] in &lane.columns {
            let x = x_of(f64::from(column));
            let loud = warnings.saturating_add(errors).saturating_add(critical);
            let mut bar = |class: usize, h: f64, inset: f64| {
                if let Some(path) = paths.get_mut(class) {
                    let w = COLUMN - 0.4 - 2.0 * inset;
                    path.push_str(&format!("M{:.1} {base:.1}v{h:.1}h{w:.1}v{:.1}z", x + inset, -h));
                }
            };
            bar(0, -(1.5 + part(loud.saturating_add(quiet), most) * (UP - 3.0)), 0.0);
            let h = 3.0 + part(loud, loudest) * (DOWN - 4.0);
            match (critical, errors, warnings) {
                (1.., _, _) => bar(3, h, -0.8),
                (0, 1.., _) => bar(2, h, 0.0),
                (0, 0, 1..) => bar(1, h, 1.2),
                (0, 0, 0) => {}
            }
        }
        for piece in self.view.pieces.iter().filter(|p| p.folded.is_none()) {
            let (a, b) = (x_of(piece.begin), x_of(piece.end));
            self.body.push_str(&format!("<path class=\"base\" d=\"M{a:.1} {base:.1}H{b:.1}\"/>"));
        }
        for (class, path) in ["quiet", "warning", "error", "critical"].iter().zip(paths) {
            if !path.is_empty() {
                self.body.push_str(&format!("<path class=\"{class}\" d=\"{path}\"/>\n"));
            }
        }
        self.y = base + DOWN;
    }

    /// The steps of a lane, with their words beside them.
    fn steps<'b>(&mut self, steps: &[&'b StepDoc]) -> Vec<Spot<'b>> {
        let mut rows = Rows::default();
        let mut spots = Vec::new();
        let top = self.y;
        for &step in steps {
            let Some(column) = self.view.column(step.at.at) else { continue };
            let x = x_of(column).clamp(LEFT + 9.0, RIGHT - 9.0);
            let label = short(&step.title);
            let width = room(&label) + 16.0;
            let left = x + width > RIGHT;
            let (a, b) = if left { (x - width, x + 11.0) } else { (x - 11.0, x + width) };
            let row = rows.place(a, b);
            let y = top + row.min(MOST_ROWS) as f64 * STEP + STEP / 2.0;
            self.body.push_str(&format!("<path class=\"lead\" d=\"M{x:.1} {:.1}V{y:.1}\"/>", top - DOWN));
            if row < MOST_ROWS {
                let (at, anchor) = if left { (x - 14.0, "end") } else { (x + 14.0, "start") };
                self.body.push_str(&format!(
                    "<text class=\"label\" x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>\n",
                    y + 4.0,
                    plain(&label)
                ));
            }
            spots.push(Spot { step, x, y });
        }
        self.y += rows.0.len().min(MOST_ROWS + 1) as f64 * STEP + 6.0;
        spots
    }

    /// A line through the steps of each story, in the order of time.
    fn path(&self, spots: &[Spot<'_>]) -> String {
        let mut out = String::new();
        let stories = spots.iter().map(|s| s.step.story).max().unwrap_or(0);
        for story in 1..=stories {
            let points: Vec<String> =
                spots.iter().filter(|s| s.step.story == story).map(|s| format!("{:.1},{:.1}", s.x, s.y)).collect();
            if points.len() > 1 {
                let class = if story == 1 { "path" } else { "path other" };
                out.push_str(&format!("<polyline class=\"{class}\" points=\"{}\"/>\n", points.join(" ")));
            }
        }
        out
    }
}

/// A diamond began it, a triangle is what that led to, a square why it was not coped with, a circle what it did.
fn shape(part: &str, x: f64, y: f64) -> String {
    match part {
        "trigger" => format!("<path d=\"M{x:.1} {:.1}l11.5 11.5l-11.5 11.5l-11.5 -11.5z\"/>", y - 11.5),
        "contributing" => format!("<path d=\"M{x:.1} {:.1}l11.5 20h-23z\"/>", y - 12.5),
        "defect" => format!("<rect x=\"{:.1}\" y=\"{:.1}\" width=\"17\" height=\"17\"/>", x - 8.5, y - 8.5),
        "impact" => format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9\"/>"),
        _ => format!("<rect x=\"{:.1}\" y=\"{:.1}\" width=\"23\" height=\"14\" rx=\"7\"/>", x - 11.5, y - 7.0),
    }
}

/// The steps, each with the number of its finding.
fn glyphs(spots: &[Spot<'_>]) -> String {
    let mut out = String::new();
    for Spot { step, x, y } in spots {
        let title =
            words(&format!("{} {} {}, F{}: {}", step.at.date, step.at.time, step.host, step.finding, step.title));
        let class = if step.story == 1 { "" } else { " other" };
        out.push_str(&format!(
            "<g class=\"{}{class}\"><title>{title}</title>{}<text x=\"{x:.1}\" y=\"{:.1}\" \
             text-anchor=\"middle\">{}</text></g>\n",
            step.part,
            shape(step.part, *x, *y),
            y + 3.5,
            step.finding
        ));
    }
    out
}

/// What the shapes mean, of those that are drawn.
pub(super) fn legend(doc: &Document) -> String {
    let item = |drawing: &str, name: &str| {
        format!("<li><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\">{drawing}</svg> {name}</li>\n")
    };
    let drawn = |part: &&str| doc.picture.steps.iter().any(|s| s.part == *part);
    let parts = ["trigger", "contributing", "defect", "impact", "finding"].into_iter().filter(drawn);
    let mut out: String =
        parts.map(|part| item(&format!("<g class=\"{part}\">{}</g>", shape(part, 12.0, 12.0)), part)).collect();
    out.push_str(&item(
        "<path class=\"quiet\" d=\"M3 16V8h4v8zM9 16v-5h4v5zM15 16V6h4v10z\"/><path class=\"base\" d=\"M1 16H23\"/>",
        "all events",
    ));
    out.push_str(&item(
        "<path class=\"base\" d=\"M1 6H23\"/><path class=\"warning\" d=\"M4.2 6h1.6v8h-1.6z\"/>\
         <path class=\"error\" d=\"M9.5 6h4v10h-4z\"/><path class=\"critical\" d=\"M16.2 6h5.6v12h-5.6z\"/>",
        "warnings, errors, critical events",
    ));
    format!("<ul class=\"legend\">\n{out}</ul>\n")
}
