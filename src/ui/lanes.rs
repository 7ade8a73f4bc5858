//! What is chosen on the timeline: lanes that are open, gaps that are folded, the selected span; and what changes it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::time::format;
use crate::timeline::gaps::Gap;
use crate::ui::clocks;
use crate::ui::shown::Shown;
use crate::ui::widget::fold::Folds;
use crate::ui::widget::time_axis::TimeRange;
use crate::ui::window::Window;

/// Something that is done on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Opens the lanes of all hosts.
    OpenAll,
    /// Closes them.
    CloseAll,
    /// Folds long stretches without events, or draws them as long as they are.
    Gaps,
    /// The span begins at the chosen event.
    SpanFrom,
    /// The span ends at the chosen event.
    SpanTo,
    /// Shows only events of the span.
    FilterSpan,
    /// Copies begin, end and duration of the span.
    CopySpan,
    /// Opens the lane of a host by its name, or closes it.
    Toggle(String),
    /// Opens the lane of a file by its path, or closes it.
    ToggleFile(String),
    /// Draws one gap as long as it is, or short again.
    ToggleGap(Gap),
    /// Selects a span, or none.
    SetSpan(Option<TimeRange>),
    /// Zooms to the span.
    FitSpan,
    /// Chooses the event next to a time.
    ChooseAt(i64),
}

/// What is remembered over restarts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Gaps are folded; `None` while the user has not said so: then they are where that gains much room.
    pub fold_gaps: Option<bool>,
}

/// What is chosen on the timeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaneState {
    /// What is remembered over restarts.
    pub kept: Kept,
    /// Names of hosts whose lanes are open.
    pub open: BTreeSet<String>,
    /// Paths of files whose lanes are open.
    pub open_files: BTreeSet<String>,
    /// Gaps that are drawn as long as they are.
    pub open_gaps: BTreeSet<Gap>,
    /// The selected stretch of time.
    pub span: Option<TimeRange>,
}

impl LaneState {
    /// The state for other logs.
    #[must_use]
    pub fn fresh(&self) -> LaneState {
        LaneState { kept: self.kept.clone(), ..LaneState::default() }
    }

    /// Whether gaps are folded.
    pub fn folds_gaps(&self, shown: &Shown) -> bool {
        self.kept.fold_gaps.unwrap_or_else(|| shown.gaps.are_worth_it())
    }

    /// The folds of the axis.
    pub fn folds(&self, shown: &Shown) -> Folds {
        if !self.folds_gaps(shown) {
            return Folds::default();
        }
        let gaps = shown.gaps.list.iter().copied().filter(|gap| !self.open_gaps.contains(gap));
        Folds::new(gaps, shown.gaps.width)
    }
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::OpenAll => {
            // A lone file says what its host does.
            let lanes = w.shown.analysis.lanes.list.iter().filter(|lane| lane.sources.len() > 1);
            w.view.lanes.open.extend(lanes.map(|lane| lane.host.clone()));
        }
        Act::CloseAll => {
            w.view.lanes.open.clear();
            w.view.lanes.open_files.clear();
        }
        Act::Gaps => toggle_gaps(w),
        Act::SpanFrom => span_edge(w, true),
        Act::SpanTo => span_edge(w, false),
        Act::FilterSpan => filter_span(w, ctx),
        Act::CopySpan => copy_span(w, ctx),
        Act::Toggle(host) => toggle(&mut w.view.lanes.open, host),
        Act::ToggleFile(path) => toggle(&mut w.view.lanes.open_files, path),
        Act::ToggleGap(gap) => toggle(&mut w.view.lanes.open_gaps, gap),
        Act::SetSpan(span) => w.view.lanes.span = span,
        Act::FitSpan => {
            fit_span(w);
        }
        Act::ChooseAt(time) => choose_at(w, time),
    }
}

fn toggle<T: Ord>(set: &mut BTreeSet<T>, value: T) {
    if !set.remove(&value) {
        set.insert(value);
    }
}

fn toggle_gaps(w: &mut Window) {
    if w.shown.gaps.list.is_empty() {
        w.view.message = Some("no long stretch is without events".to_owned());
        return;
    }
    let lanes = &mut w.view.lanes;
    let folded = lanes.folds_gaps(&w.shown) && lanes.open_gaps.is_empty();
    lanes.open_gaps.clear();
    lanes.kept.fold_gaps = Some(!folded);
    let told = if folded { "gaps are drawn as long as they are" } else { "long gaps are folded" };
    w.view.message = Some(told.to_owned());
}

fn span_edge(w: &mut Window, start: bool) {
    let Some(time) = w.view.chosen.and_then(|id| w.shown.time(id)) else {
        w.view.message = Some("no event is chosen".to_owned());
        return;
    };
    let Some(view) = w.view.range(&w.shown) else { return };
    // Without another edge it reaches to the end of what is seen.
    let (from, to) = w.view.lanes.span.map_or((view.start.min(time), view.end.max(time)), |s| (s.start, s.end));
    let span = match start {
        true if time < to => TimeRange::new(time, to),
        true => TimeRange::new(time, view.end.max(time)),
        false if time > from => TimeRange::new(from, time),
        false => TimeRange::new(view.start.min(time), time),
    };
    w.view.lanes.span = Some(span);
}

/// Zooms to the span; true when there is one.
pub fn fit_span(w: &mut Window) -> bool {
    let Some(span) = w.view.lanes.span else { return false };
    let folds = w.view.lanes.folds(&w.shown);
    w.view.show_range(&w.shown, folds.moved(span, |r| r.widened(0.04)));
    true
}

fn choose_at(w: &mut Window, time: i64) {
    let row = w.shown.row_at(time);
    let near = |row: usize| w.shown.event(row).and_then(|id| Some((w.shown.time(id)?.abs_diff(time), id)));
    let found = [row.checked_sub(1), Some(row)].into_iter().flatten().filter_map(near).min();
    if let Some((_, id)) = found {
        w.view.choose_and_show(&w.shown, &w.layout, id);
    }
}

fn no_span(w: &mut Window) -> Option<TimeRange> {
    if w.view.lanes.span.is_none() {
        w.view.message = Some("no span is selected; Shift+drag on the timeline does that".to_owned());
    }
    w.view.lanes.span
}

fn filter_span(w: &mut Window, ctx: &egui::Context) {
    let Some(span) = no_span(w) else { return };
    let rest = without_times(&w.view.filter);
    let gap = if rest.is_empty() { "" } else { " " };
    let filter = format!("{rest}{gap}after:{} before:{}", exact(span.start), exact(span.end));
    w.set_filter(ctx, filter);
}

fn copy_span(w: &mut Window, ctx: &egui::Context) {
    let Some(span) = no_span(w) else { return };
    ctx.copy_text(format!("{} – {} ({})", exact(span.start), exact(span.end), length(span)));
    w.view.message = Some("span copied".to_owned());
}

/// How long a span is.
pub fn length(span: TimeRange) -> String {
    let nanos = span.span();
    if nanos < 1e11 {
        return clocks::short(nanos);
    }
    format::duration(i64::try_from(span.end.abs_diff(span.start)).unwrap_or(i64::MAX))
}

/// RFC 3339 in UTC, with as many digits as it takes.
fn exact(time: i64) -> String {
    let digits = (0..9_u8).find(|d| time.rem_euclid(10_i64.pow(9 - u32::from(*d))) == 0).unwrap_or(9);
    format::utc(time, digits)
}

/// A filter without its `after:` and `before:`; what stands in quotes is text.
fn without_times(filter: &str) -> String {
    let mut words = Vec::new();
    let (mut word, mut quoted) = (String::new(), false);
    for c in filter.chars() {
        quoted ^= c == '"';
        if c.is_whitespace() && !quoted {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    words.retain(|w| !w.is_empty() && !w.starts_with("after:") && !w.starts_with("before:"));
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_replaces_the_times_of_a_filter_and_nothing_else() {
        assert_eq!(
            without_times("host:db1 after:2026-10-10 \"say before: it\" x before:\"a b\""),
            "host:db1 \"say before: it\" x"
        );
        assert_eq!(without_times("  "), "");
    }

    #[test]
    fn times_are_exact_and_no_longer_than_needed() {
        assert_eq!(exact(1_791_637_681_000_000_000), "2026-10-10T13:08:01Z");
        assert_eq!(exact(1_791_637_681_493_000_000), "2026-10-10T13:08:01.493Z");
        assert_eq!(exact(1_791_637_681_000_000_001), "2026-10-10T13:08:01.000000001Z");
        assert_eq!(length(TimeRange::new(0, 68_200_000_000)), "68.2 s");
    }
}
