//! The picture of a report: hosts over time, how much they wrote and how loud it was, and where the stories' steps stand.
//!
//! Only positions and counts; how they are drawn is the writer's matter. Stretches without events are folded, so that
//! two months of nightly jobs can be read as well as two minutes.

use serde::Serialize;

use super::numbers::Numbers;
use super::telling::part;
use super::{Input, Placed, Stamp};
use crate::case::figures::Figures;
use crate::case::said::Said;
use crate::case::{Kind, When};
use crate::event::EventId;
use crate::time::zone::Zone;
use crate::time::{DAY, SECOND, format};
use crate::timeline::density::Loudness;
use crate::timeline::gaps::{Gap, Gaps};

/// Columns of a view.
pub const COLUMNS: usize = 240;
/// An incident that takes less of the columns than this is shown again, alone.
const SMALL: f64 = 0.15;
/// Stretches without events that are shorter than this are never folded, in nanoseconds: seconds are what people count.
const SHORT: u64 = 60_000_000_000;
/// What is folded takes at least this part of the time.
const WORTH: f64 = 0.35;
/// Least columns between two labels of the axis: what a date takes, and room.
const APART: f64 = 24.0;

/// The picture.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Picture {
    /// All of it; then the incident alone, where that would be too small to be seen.
    pub views: Vec<View>,
    /// What happened, in the order of time within each story.
    pub steps: Vec<StepDoc>,
    /// What the analyst marked, in the order of time.
    pub flags: Vec<FlagDoc>,
    /// When users began to be affected.
    pub impact_start: Option<Stamp>,
    /// When they no longer were; `None` when nobody says.
    pub impact_end: Option<Stamp>,
}

/// A stretch of time as it is drawn, [`COLUMNS`] wide.
#[derive(Clone, Debug, Default, Serialize)]
pub struct View {
    /// True for the incident alone.
    pub close: bool,
    /// The stretches of time from left to right.
    pub pieces: Vec<Piece>,
    /// The hosts, by name.
    pub lanes: Vec<LaneDoc>,
    /// The labels of the axis, from left to right.
    #[serde(skip)]
    pub ticks: Vec<Tick>,
}

/// A stretch of time that is drawn to scale, or folded.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Piece {
    /// When it begins.
    pub from: Stamp,
    /// When it ends.
    pub until: Stamp,
    /// The column it begins at, with a fraction.
    pub begin: f64,
    /// The column it ends at.
    pub end: f64,
    /// Length of a stretch without events that is drawn short, in words; `None` when drawn to scale.
    pub folded: Option<String>,
}

/// A host.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LaneDoc {
    /// Its name.
    pub host: String,
    /// Its events in the view.
    pub events: u64,
    /// Columns in which it wrote: the column from 0; events below warning, warnings, errors, critical ones.
    pub columns: Vec<[u32; 5]>,
}

/// A step of a story.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StepDoc {
    /// The story's number, from 1.
    pub story: usize,
    /// The finding's number: its place among those that are told in full, from 1.
    pub finding: usize,
    /// When.
    pub at: Stamp,
    /// The host that shows it.
    pub host: String,
    /// The part it plays, as of a finding; never `context`.
    pub part: &'static str,
    /// A few words.
    pub title: String,
    /// Number of the evidence.
    pub evidence: Option<usize>,
}

/// A marker of the analyst.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FlagDoc {
    /// What it says of its moment.
    pub kind: Kind,
    /// When.
    pub at: Stamp,
    /// The end of a span.
    pub until: Option<Stamp>,
    /// The first line of what the analyst wrote, in Markdown.
    pub markdown: String,
}

/// A label of the time axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tick {
    /// The column, with a fraction.
    pub column: f64,
    /// The date, where it is another than that of the tick before.
    pub date: Option<String>,
    /// The time of day; empty where days are all that is told.
    pub time: String,
}

impl View {
    /// The column of an instant (nanoseconds since 1970 UTC), with a fraction; `None` outside of the view.
    pub fn column(&self, at: i64) -> Option<f64> {
        let idx = self.pieces.partition_point(|p| p.until.at < at);
        let piece = self.pieces.get(idx).filter(|p| p.from.at <= at)?;
        let part = at.abs_diff(piece.from.at) as f64 / piece.until.at.abs_diff(piece.from.at).max(1) as f64;
        Some(piece.begin + part * (piece.end - piece.begin))
    }

    /// When it begins and when it ends, in nanoseconds since 1970 UTC.
    pub fn span(&self) -> Option<(i64, i64)> {
        Some((self.pieces.first()?.from.at, self.pieces.last()?.until.at))
    }
}

/// The picture.
pub(super) fn picture(
    input: Input<'_>,
    placed: &[Placed<'_>],
    said: &Said,
    figures: &Figures,
    numbers: &mut Numbers,
) -> Picture {
    let (steps, flags) = (steps(input, said, numbers), flags(input, placed));
    let own = |at: Option<crate::case::figures::Moment>| at.map(|m| input.stamp(m.when, None));
    let (impact_start, impact_end) = (own(figures.impact_start), own(figures.impact_end.or(figures.recovery)));
    let impact = || impact_start.iter().chain(&impact_end).map(|s| s.at);
    let mut times: Vec<i64> = input.rows.iter().filter_map(|id| input.analysis.corrected(*id)).collect();
    times.extend(steps.iter().map(|s| s.at.at).chain(impact()));
    times.extend(flags.iter().flat_map(|f| std::iter::once(&f.at).chain(&f.until)).map(|s| s.at));
    times.sort_unstable();
    let first_story: Vec<i64> = steps.iter().filter(|s| s.story == 1).map(|s| s.at.at).chain(impact()).collect();
    let mut views: Vec<View> = view(input, &times, false).into_iter().collect();
    views.extend(views.first().and_then(|whole| close_up(input, &times, whole, &first_story)));
    count(input, &mut views);
    Picture { views, steps, flags, impact_start, impact_end }
}

/// The incident alone, where it is too small in the whole.
fn close_up(input: Input<'_>, times: &[i64], whole: &View, moments: &[i64]) -> Option<View> {
    let (from, until) = (*moments.iter().min()?, *moments.iter().max()?);
    let width = whole.column(until)? - whole.column(from)?;
    let (first, last) = whole.span()?;
    let pad = (until.saturating_sub(from) / 5).max(2 * SECOND);
    let (from, until) = (from.saturating_sub(pad).max(first), until.saturating_add(pad).min(last));
    let small = width < SMALL * COLUMNS as f64;
    let nearer = until.saturating_sub(from) < last.saturating_sub(first) / 4;
    if !small || !nearer {
        return None;
    }
    let inside = times.get(times.partition_point(|t| *t < from)..times.partition_point(|t| *t <= until))?;
    let mut list = vec![from];
    list.extend_from_slice(inside);
    list.push(until);
    view(input, &list, true)
}

/// A view of events at these times, which are in order; without counts.
fn view(input: Input<'_>, times: &[i64], close: bool) -> Option<View> {
    let (mut first, mut last) = (*times.first()?, *times.last()?);
    let mut gaps = Gaps::find(times.len(), &|row| times.get(row).copied().unwrap_or(last));
    gaps.list.retain(|g| g.len() >= SHORT);
    let folded: u128 = gaps.list.iter().map(|g| u128::from(g.len())).sum();
    if (folded as f64) < last.abs_diff(first) as f64 * WORTH {
        gaps.list.clear();
    }
    if last.saturating_sub(first) < SECOND {
        (first, last) = (first.saturating_sub(SECOND), last.saturating_add(SECOND));
    }
    let folded: u128 = gaps.list.iter().map(|g| u128::from(g.len())).sum();
    let drawn =
        u128::from(last.abs_diff(first)).saturating_sub(folded) as f64 + gaps.list.len() as f64 * gaps.width as f64;
    let scale = COLUMNS as f64 / drawn.max(1.0);
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut at, mut column) = (first, 0.0);
    let mut push = |from: i64, until: i64, gap: Option<&Gap>| {
        let length = gap.map_or(until.abs_diff(from), |_| gaps.width) as f64;
        let end = (column + length * scale).min(COLUMNS as f64);
        let stamp = |t: i64| input.stamp(When::exact(t, 3), None);
        let folded = gap.map(|g| format::duration(i64::try_from(g.len()).unwrap_or(i64::MAX)));
        pieces.push(Piece { from: stamp(from), until: stamp(until), begin: column, end, folded });
        column = end;
    };
    for gap in &gaps.list {
        push(at, gap.start, None);
        push(gap.start, gap.end, Some(gap));
        at = gap.end;
    }
    push(at, last, None);
    let ticks = ticks(&pieces, 1.0 / scale, input.choice.zone);
    Some(View { close, pieces, lanes: Vec::new(), ticks })
}

/// Counts the events of all views in one pass.
fn count(input: Input<'_>, views: &mut [View]) {
    let analysis = input.analysis;
    let hosts = &analysis.lanes.list;
    let mut all = vec![vec![vec![[0_u32; 4]; COLUMNS]; hosts.len()]; views.len()];
    for &id in input.rows {
        let (Some(at), Some(lane)) = (analysis.corrected(id), lane_of(input, id)) else { continue };
        let loudness = Loudness::of(analysis.events.level(id)) as usize;
        for (view, lanes) in views.iter().zip(&mut all) {
            let Some(column) = view.column(at) else { continue };
            let column = (column as usize).min(COLUMNS - 1);
            let n = lanes.get_mut(lane).and_then(|l| l.get_mut(column)).and_then(|c| c.get_mut(loudness));
            if let Some(n) = n {
                *n = n.saturating_add(1);
            }
        }
    }
    for (view, lanes) in views.iter_mut().zip(all) {
        view.lanes = hosts.iter().zip(lanes).map(|(host, columns)| lane(&host.host, &columns)).collect();
    }
}

fn lane(host: &str, columns: &[[u32; 4]]) -> LaneDoc {
    let some = columns.iter().enumerate().filter(|(_, c)| c.iter().any(|n| *n > 0));
    LaneDoc {
        host: host.to_owned(),
        events: columns.iter().flatten().map(|n| u64::from(*n)).sum(),
        columns: some.map(|(i, [a, b, c, d])| [u32::try_from(i).unwrap_or(u32::MAX), *a, *b, *c, *d]).collect(),
    }
}

fn lane_of(input: Input<'_>, id: EventId) -> Option<usize> {
    if id.idx() >= input.analysis.events.len() {
        return None;
    }
    Some(input.analysis.lanes.of_source(input.analysis.events.source(id)))
}

/// The steps of the stories that are told, by story and time.
fn steps(input: Input<'_>, said: &Said, numbers: &mut Numbers) -> Vec<StepDoc> {
    let analysis = input.analysis;
    let mut out: Vec<StepDoc> = Vec::new();
    let mut finding = 0;
    for (n, story) in input.findings.stories.iter().filter(|s| said.tells(s)).enumerate() {
        for i in story.members().filter(|&i| !said.is_put_away(i)) {
            let Some(f) = input.findings.list.get(i) else { continue };
            finding += 1;
            let (part, Some(at)) = (part(story, i, f), input.stamp_at(f.first)) else { continue };
            if part == "context" {
                continue;
            }
            let host = lane_of(input, f.at).and_then(|l| analysis.lanes.list.get(l));
            out.push(StepDoc {
                story: n + 1,
                finding,
                at,
                host: host.map_or_else(String::new, |l| l.host.clone()),
                part,
                title: if f.short.is_empty() { f.title.clone() } else { f.short.clone() },
                evidence: f
                    .evidence
                    .first()
                    .map(|e| e.event)
                    .filter(|e| e.idx() < analysis.events.len())
                    .map(|e| numbers.of(e)),
            });
        }
    }
    out.sort_by_key(|s| (s.story, s.at.at));
    out
}

/// What the analyst marked, but plain notes.
fn flags(input: Input<'_>, placed: &[Placed<'_>]) -> Vec<FlagDoc> {
    let mut out: Vec<FlagDoc> = Vec::new();
    for &(a, event) in placed {
        if a.kind == Kind::Note && a.until.is_none() {
            continue;
        }
        let Some(when) = a.time(input.analysis, event) else { continue };
        out.push(FlagDoc {
            kind: a.kind,
            at: input.stamp(when, None),
            until: a.until.filter(|u| u.at > when.at).map(|u| input.stamp(u, None)),
            markdown: a.comment.trim().lines().next().unwrap_or_default().to_owned(),
        });
    }
    out.sort_by_key(|f| f.at.at);
    out
}

const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
/// Distances of labels that people count in, in nanoseconds; years are counted in thirty days.
const STEPS: [i64; 32] = [
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
    200_000_000,
    500_000_000,
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    15 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    7 * DAY,
    14 * DAY,
    30 * DAY,
    360 * DAY,
];

/// The labels of the axis: at round times, and where a piece begins behind a fold.
fn ticks(pieces: &[Piece], nanos_per_column: f64, zone: Zone) -> Vec<Tick> {
    let step = STEPS.into_iter().find(|s| *s as f64 >= APART * nanos_per_column).unwrap_or(360 * DAY);
    let mut out: Vec<Tick> = Vec::new();
    let (mut last, mut last_date) = (f64::MIN, String::new());
    let mut push = |at: i64, column: f64| {
        // At the right end a label stands before its line.
        let room = if column > COLUMNS as f64 - APART { 2.0 * APART } else { APART };
        if column < last + room {
            return;
        }
        let (date, time) = (format::date(at, zone), time_of(at, step, zone));
        let date = (date != last_date).then_some(date);
        if let Some(date) = &date {
            last_date.clone_from(date);
        }
        last = column;
        out.push(Tick { column, date, time });
    };
    for (i, piece) in pieces.iter().enumerate().filter(|(_, p)| p.folded.is_none()) {
        let (from, until) = (piece.from.at, piece.until.at);
        if i > 0 {
            push(from, piece.begin);
        }
        let east = i64::from(zone.east_at(from)).saturating_mul(SECOND);
        let shifted = from.saturating_add(east);
        let mut at = shifted.saturating_sub(shifted.rem_euclid(step)).saturating_sub(east);
        // At most the columns' number of labels fits, so this ends soon.
        while at <= until {
            if at >= from {
                push(at, piece.begin + at.abs_diff(from) as f64 / nanos_per_column);
            }
            let Some(next) = at.checked_add(step) else { break };
            at = next;
        }
    }
    out
}

/// A time of day as exactly as labels of this distance need.
fn time_of(at: i64, step: i64, zone: Zone) -> String {
    match step {
        _ if step >= DAY => String::new(),
        _ if step >= MINUTE => format::time_of_day(at, 0, zone).chars().take(5).collect(),
        _ if step >= SECOND => format::time_of_day(at, 0, zone),
        _ if step >= 100_000_000 => format::time_of_day(at, 1, zone),
        _ => format::time_of_day(at, 3, zone),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(from: i64, until: i64, begin: f64, end: f64, folded: Option<&str>) -> Piece {
        let stamp = |at| Stamp { at, ..Stamp::default() };
        Piece { from: stamp(from), until: stamp(until), begin, end, folded: folded.map(str::to_owned) }
    }

    #[test]
    fn an_instant_has_its_column_on_both_sides_of_a_fold() {
        let pieces = vec![
            piece(0, 100, 0.0, 100.0, None),
            piece(100, 10_000, 100.0, 110.0, Some("9 µs")),
            piece(10_000, 10_130, 110.0, 240.0, None),
        ];
        let view = View { pieces, ..View::default() };
        let columns: Vec<Option<f64>> =
            [-1, 0, 50, 100, 5_050, 10_000, 10_130, 10_131].map(|t| view.column(t)).to_vec();
        let want = [None, Some(0.0), Some(50.0), Some(100.0), Some(105.0), Some(110.0), Some(240.0), None];
        assert_eq!(columns, want);
    }

    #[test]
    fn labels_stand_at_round_times_apart_from_each_other() {
        let noon = 1_791_633_600 * SECOND; // 2026-10-10T12:00:00Z
        let minute = [piece(noon - 7 * SECOND, noon + 113 * SECOND, 0.0, 240.0, None)];
        let ticks = ticks(&minute, 120.0 * 1e9 / 240.0, Zone::default());
        let told: Vec<(String, String)> =
            ticks.iter().map(|t| (t.date.clone().unwrap_or_default(), t.time.clone())).collect();
        let row = |date: &str, time: &str| (date.to_owned(), time.to_owned());
        assert_eq!(told[..2], [row("2026-10-10", "12:00:00"), row("", "12:00:15")]);
        assert!(ticks.windows(2).all(|w| w[1].column - w[0].column >= APART), "{ticks:?}");
    }

    #[test]
    fn labels_of_a_night_name_the_new_date() {
        let midnight = 1_791_590_400 * SECOND; // 2026-10-10T00:00:00Z
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        let night = [piece(midnight - 6 * HOUR, midnight + 2 * HOUR, 0.0, 240.0, None)];
        let ticks = ticks(&night, 8.0 * 3600e9 / 240.0, berlin);
        let dates: Vec<(String, String)> =
            ticks.iter().filter_map(|t| Some((t.date.clone()?, t.time.clone()))).collect();
        let row = |date: &str, time: &str| (date.to_owned(), time.to_owned());
        assert_eq!(dates, [row("2026-10-09", "20:00"), row("2026-10-10", "00:00")]);
    }
}
