//! Moving through time and rows: what the commands of these names do.

use crate::event::EventId;
use crate::time::zone::Zone;
use crate::time::{DAY, SECOND};
use crate::timeline::density::Loudness;
use crate::ui::lanes;
use crate::ui::shown::Shown;
use crate::ui::widget::time_axis::TimeRange;
use crate::ui::window::Window;

/// Rows that are looked at one after the other.
const NEAR: usize = 5_000;

/// Zooms the timeline, around the chosen event if it is seen.
pub fn zoom(w: &mut Window, factor: f64) {
    if let Some(range) = w.view.range(&w.shown) {
        let chosen = w.view.chosen.and_then(|id| w.shown.time(id)).filter(|&time| range.has(time));
        let folds = w.view.lanes.folds(&w.shown);
        let pivot = chosen.map_or(0.5, |time| folds.part(range, time));
        w.view.show_range(&w.shown, folds.moved(range, |r| r.zoomed(factor, pivot)));
    }
}

/// Moves the timeline by a part of what is seen.
pub fn pan(w: &mut Window, part: f64) {
    if let Some(range) = w.view.range(&w.shown) {
        let folds = w.view.lanes.folds(&w.shown);
        w.view.show_range(&w.shown, folds.moved(range, |r| r.panned(part)));
    }
}

/// Zooms to the selected span, or to the chosen events.
pub fn fit_chosen(w: &mut Window) {
    if lanes::fit_span(w) {
        return;
    }
    let time = |id: Option<EventId>| id.and_then(|id| w.shown.time(id));
    let Some(from) = time(w.view.chosen) else { return };
    let folds = w.view.lanes.folds(&w.shown);
    let range = match time(w.view.chosen_to) {
        Some(to) if to != from => folds.moved(TimeRange::new(from, to), |r| r.widened(0.05)),
        _ => {
            let span = w.view.range(&w.shown).map_or(SECOND as f64, |r| folds.drawn_range(r).span());
            TimeRange::new(from, from).zoomed(200.0 / (span / 10.0).max(200.0), 0.5)
        }
    };
    w.view.show_range(&w.shown, range);
}

/// The row of the chosen event, or the first one that is seen.
fn here(w: &Window) -> usize {
    let chosen = w.view.chosen.map(|id| w.shown.row_of(id).unwrap_or_else(|row| row));
    chosen.unwrap_or_else(|| usize::try_from(w.view.top_row()).unwrap_or(usize::MAX))
}

/// Chooses the event `by` rows below.
pub fn step(w: &mut Window, by: i64) {
    let row = match w.view.chosen {
        None => here(w),
        Some(_) => here(w).saturating_add_signed(isize::try_from(by).unwrap_or(0)),
    };
    to_row(w, row);
}

/// Chooses the event one page below, or above for −1.
pub fn page(w: &mut Window, by: i64) {
    let page = i64::try_from(w.layout.list.get().page()).unwrap_or(1).saturating_sub(1).max(1);
    step(w, by * page);
}

/// Chooses the event at `row`, the last one when there are fewer rows.
pub fn to_row(w: &mut Window, row: usize) {
    let Some(last) = w.shown.rows.len().checked_sub(1) else { return };
    let row = row.min(last);
    if let Some(id) = w.shown.event(row) {
        w.view.choose(&w.shown, id);
        w.view.show_row(&w.layout, row, false);
    }
}

/// Moves the list so that an event's row is seen, if the filter left it.
pub fn reveal(w: &mut Window, id: EventId) {
    if let Ok(row) = w.shown.row_of(id) {
        w.view.show_row(&w.layout, row, false);
    }
}

/// Chooses the next event that is at least this loud, or the one before.
pub fn to_loud(w: &mut Window, least: Loudness, forward: bool) {
    let here = here(w);
    let from = if w.view.chosen.is_some() && forward { here.saturating_add(1) } else { here };
    let found = if forward { loud_from(&w.shown, least, from) } else { loud_before(&w.shown, least, from) };
    match found {
        Some(row) => to_row(w, row),
        None => {
            let what = if least == Loudness::Error { "error" } else { "warning or error" };
            w.view.message = Some(format!("no {} {what}", if forward { "further" } else { "earlier" }));
        }
    }
}

fn is_loud(shown: &Shown, row: usize, least: Loudness) -> bool {
    shown.event(row).is_some_and(|id| Loudness::of(shown.analysis.events.level(id)) >= least)
}

/// Nearby rows are looked at one by one; what is far is found by the density, which counts per lane.
fn loud_from(shown: &Shown, least: Loudness, from: usize) -> Option<usize> {
    let near = from.saturating_add(NEAR).min(shown.rows.len());
    if let Some(row) = (from..near).find(|&row| is_loud(shown, row, least)) {
        return Some(row);
    }
    let time = shown.analysis.timeline.time(&shown.analysis.events, shown.event(near)?);
    let mut best: Option<usize> = None;
    for lane in shown.density.lanes() {
        let mut n = lane.before(time).at_least(least) + 1;
        // Counting is a little early at the edge of a block; then the next one is meant.
        while let Some((begin, end)) = lane.nth(least, n) {
            let rows = shown.row_at(begin).max(near)..shown.row_at(end.saturating_add(1));
            if best.is_some_and(|b| b <= rows.start) {
                break;
            }
            if let Some(row) = rows.into_iter().find(|&row| is_loud(shown, row, least)) {
                best = Some(best.map_or(row, |b| b.min(row)));
                break;
            }
            n += 1;
        }
    }
    best
}

fn loud_before(shown: &Shown, least: Loudness, until: usize) -> Option<usize> {
    let until = until.min(shown.rows.len());
    let near = until.saturating_sub(NEAR);
    if let Some(row) = (near..until).rev().find(|&row| is_loud(shown, row, least)) {
        return Some(row);
    }
    let time = shown.analysis.timeline.time(&shown.analysis.events, shown.event(near)?);
    let mut best: Option<usize> = None;
    for lane in shown.density.lanes() {
        let mut n = lane.before(time.saturating_add(1)).at_least(least);
        while let Some((begin, end)) = lane.nth(least, n) {
            let rows = shown.row_at(begin)..shown.row_at(end.saturating_add(1)).min(near);
            if best.is_some_and(|b| b >= rows.end) {
                break;
            }
            if let Some(row) = rows.into_iter().rev().find(|&row| is_loud(shown, row, least)) {
                best = Some(best.map_or(row, |b| b.max(row)));
                break;
            }
            n -= 1;
        }
    }
    best
}

/// Chooses the next event with a mark or a comment, or the one before.
pub fn to_note(w: &mut Window, forward: bool) {
    let here = here(w);
    let mut rows: Vec<usize> = w.notes.events().filter_map(|id| w.shown.row_of(id).ok()).collect();
    rows.sort_unstable();
    let found = if forward {
        rows.into_iter().find(|&r| r > here || w.view.chosen.is_none())
    } else {
        rows.into_iter().rev().find(|&r| r < here)
    };
    match found {
        Some(row) => to_row(w, row),
        None => w.view.message = Some(format!("no {} note", if forward { "further" } else { "earlier" })),
    }
}

/// Chooses the first event at or after the time that was typed.
pub fn go_to(w: &mut Window, text: &str) {
    let day = w.view.chosen.and_then(|id| w.shown.time(id)).or(w.shown.extent.map(|e| e.start)).unwrap_or(0);
    match parse_time(text, day, w.view.zone) {
        Some(time) => {
            let row = w.shown.row_at(time);
            to_row(w, row);
            if let Some(range) = w.view.range
                && !range.has(time)
            {
                w.view.show_time(&w.shown, time);
            }
            w.view.overlay = crate::ui::state::Overlay::None;
        }
        None => w.view.message = Some(format!("not a time: {text}")),
    }
}

/// Reads `13:08`, `13:08:59.5`, `2026-10-10`, `2026-10-10 13:08:59` (a `T` between them and a `Z` at the end do
/// no harm) in `zone`; without a date it is on the day of `day`.
pub fn parse_time(text: &str, day: i64, zone: Zone) -> Option<i64> {
    let text = text.trim();
    let (text, zone) = match text.strip_suffix(['Z', 'z']) {
        Some(rest) => (rest, Zone::default()),
        None => (text, zone),
    };
    let east = |utc: i64| i64::from(zone.east_at(utc)) * SECOND;
    let (date, clock) = match text.split_once(['T', ' ']) {
        Some((date, clock)) => (Some(date), clock),
        None if text.contains(':') => (None, text),
        None => (Some(text), "00:00"),
    };
    let midnight = match date {
        Some(date) => {
            let date = chrono::NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
            date.and_hms_opt(0, 0, 0)?.and_utc().timestamp().checked_mul(SECOND)?
        }
        None => day.checked_add(east(day))?.div_euclid(DAY) * DAY,
    };
    let mut parts = clock.trim().split(':');
    let hours: i64 = parts.next()?.parse().ok().filter(|h| (0..24).contains(h))?;
    let minutes: i64 = parts.next()?.parse().ok().filter(|m| (0..60).contains(m))?;
    let seconds: f64 = parts.next().map_or(Some(0.0), |s| s.parse().ok()).filter(|s| (0.0..61.0).contains(s))?;
    if parts.next().is_some() {
        return None;
    }
    let civil = midnight.checked_add((hours * 3_600 + minutes * 60) * SECOND + (seconds * 1e9).round() as i64)?;
    civil.checked_sub(i64::from(zone.east_at_local(civil).0) * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_shown_zone() {
        let day = 1_791_637_681 * SECOND; // 2026-10-10 13:08:01 UTC
        let utc = Zone::default();
        let berlin = Zone::parse("Europe/Berlin").unwrap();
        assert_eq!(parse_time("13:08:01", day, utc), Some(day));
        assert_eq!(parse_time("15:08:01", day, berlin), Some(day));
        assert_eq!(parse_time("2026-10-10T13:08:01Z", 0, berlin), Some(day));
        assert_eq!(parse_time("2026-10-10 13:08:01.5", 0, utc), Some(day + SECOND / 2));
        assert_eq!(parse_time("2026-10-10", 0, utc), Some(1_791_590_400 * SECOND));
        for wrong in ["", "noon", "25:00", "12:61", "12:00:00:00", "2026-13-01"] {
            assert_eq!(parse_time(wrong, day, utc), None, "{wrong}");
        }
    }
}
