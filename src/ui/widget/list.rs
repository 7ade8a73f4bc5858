//! A list of any length: where it stands is a row and a part of one, so that it is exact at 10^10 rows.
//!
//! egui's scroll areas keep their place in one `f32`, which at 10^7 rows moves in steps of 16 points.

use egui::{Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::ui::theme::{Tokens, size};

/// Where a list stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scroll {
    /// The uppermost row, perhaps cut off.
    pub top: u64,
    /// How much of it is cut off, in points; less than a row.
    pub frac: f32,
}

/// The sizes of a list: row height and view height in points, and the number of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Height of a row.
    pub row: f32,
    /// Height of what is seen.
    pub view: f32,
    /// Number of rows.
    pub n: u64,
}

impl Extent {
    /// Rows that are seen in full.
    pub fn page(&self) -> u64 {
        (self.view / self.row).max(1.0) as u64
    }

    /// The position at which the last row stands at the lower edge.
    pub fn end(&self) -> Scroll {
        let seen = f64::from(self.view / self.row);
        if self.n as f64 <= seen {
            return Scroll::default();
        }
        let whole = seen.ceil() as u64;
        let frac = (whole as f64 - seen) as f32 * self.row;
        Scroll { top: self.n - whole, frac: if frac < self.row { frac } else { 0.0 } }
    }
}

impl Scroll {
    /// Moves by `points`, down for positive ones, within the list.
    #[must_use]
    pub fn moved(self, points: f32, extent: Extent) -> Scroll {
        let row = f64::from(extent.row);
        let inside = f64::from(self.frac) + f64::from(points);
        let rows = (inside / row).floor();
        let top = i128::from(self.top) + rows as i128;
        let frac = (inside - rows * row) as f32;
        if top < 0 {
            return Scroll::default();
        }
        Scroll { top: u64::try_from(top).unwrap_or(u64::MAX), frac }.clamped(extent)
    }

    /// The nearest position within the list.
    #[must_use]
    pub fn clamped(self, extent: Extent) -> Scroll {
        let end = extent.end();
        let beyond = self.top > end.top || (self.top == end.top && self.frac > end.frac);
        if beyond { end } else { self }
    }

    /// The nearest position at which `row` is seen in full.
    #[must_use]
    pub fn showing(self, row: u64, extent: Extent) -> Scroll {
        if row < self.top || (row == self.top && self.frac > 0.0) {
            return Scroll { top: row, frac: 0.0 }.clamped(extent);
        }
        let lower = (row - self.top + 1) as f64 * f64::from(extent.row) - f64::from(self.frac);
        let missing = lower - f64::from(extent.view);
        if missing > 0.0 {
            let rows = (missing / f64::from(extent.row)).floor();
            let rest = (missing - rows * f64::from(extent.row)) as f32;
            let far = Scroll { top: self.top + rows as u64, frac: self.frac };
            return far.moved(rest, extent);
        }
        self
    }

    /// The position at which `row` stands in the middle.
    #[must_use]
    pub fn centered(row: u64, extent: Extent) -> Scroll {
        Scroll { top: row, frac: 0.0 }.moved(-(extent.view - extent.row) / 2.0, extent)
    }

    /// True when the end of the list is seen.
    pub fn at_end(self, extent: Extent) -> bool {
        let end = extent.end();
        self.top > end.top || (self.top == end.top && self.frac >= end.frac - 0.5)
    }

    /// Which part of the list stands above the view, 0 to 1.
    fn part(self, extent: Extent) -> f64 {
        let place = |s: Scroll| s.top as f64 + f64::from(s.frac / extent.row);
        let end = place(extent.end());
        if end > 0.0 { (place(self) / end).clamp(0.0, 1.0) } else { 0.0 }
    }

    fn at_part(part: f64, extent: Extent) -> Scroll {
        let end = extent.end();
        let place = part.clamp(0.0, 1.0) * (end.top as f64 + f64::from(end.frac / extent.row));
        let top = place.floor();
        Scroll { top: top as u64, frac: ((place - top) * f64::from(extent.row)) as f32 }.clamped(extent)
    }
}

/// A scroll bar in `rect`; returns the new position while it is dragged.
pub fn scroll_bar(ui: &Ui, rect: Rect, scroll: Scroll, extent: Extent, tokens: &Tokens) -> (Option<Scroll>, Response) {
    let response = ui.interact(rect, ui.scope_id().with("scroll-bar"), Sense::DRAG | Sense::CLICK);
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(egui::Role::ScrollBar, true, "Event list position");
        info.value = Some(scroll.part(extent) * 100.0);
        info
    });
    if extent.end() == Scroll::default() {
        return (None, response);
    }
    let seen = f64::from(extent.view / extent.row) / extent.n.max(1) as f64;
    // In a window that is too low for it the bar is all handle; it may even have no height at all.
    let length = ((f64::from(rect.height()) * seen) as f32).max(size::SCROLL_HANDLE).min(rect.height().max(0.0));
    let free = rect.height() - length;
    let mut moved = None;
    if (response.dragged() || response.clicked())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let part = f64::from((pointer.y - rect.top() - length / 2.0) / free.max(1.0));
        moved = Some(Scroll::at_part(part, extent));
    }
    let part = moved.unwrap_or(scroll).part(extent) as f32;
    let handle =
        Rect::from_min_size(pos2(rect.left() + 2.0, rect.top() + part * free), vec2(rect.width() - 4.0, length));
    let color = if response.hovered() || response.dragged() { tokens.text_third } else { tokens.strong_line };
    ui.painter().rect_filled(handle, 3.0, color);
    (moved, response)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent(n: u64) -> Extent {
        Extent { row: 27.0, view: 400.0, n }
    }

    #[test]
    fn small_steps_are_exact_at_any_length() {
        for n in [1_000, 10_000_000, 10_000_000_000] {
            let e = extent(n);
            let mut scroll = Scroll { top: n - 200, frac: 0.0 };
            for _ in 0..135 {
                scroll = scroll.moved(2.0, e);
            }
            assert_eq!((scroll.top, scroll.frac), (n - 190, 0.0), "{n} rows");
            for _ in 0..135 {
                scroll = scroll.moved(-2.0, e);
            }
            assert_eq!((scroll.top, scroll.frac), (n - 200, 0.0), "{n} rows");
        }
    }

    #[test]
    fn both_ends_hold() {
        let e = extent(10_000_000);
        assert_eq!(Scroll::default().moved(-5.0, e), Scroll::default());
        let end = Scroll { top: 9_999_999, frac: 3.0 }.clamped(e);
        assert_eq!(end, e.end());
        let lower = (e.n - end.top) as f32 * e.row - end.frac;
        assert!((lower - e.view).abs() < 0.01, "the last row stands at the lower edge: {lower}");
        assert!(end.at_end(e) && !end.moved(-1.0, e).at_end(e));
        assert_eq!(extent(3).end(), Scroll::default());
    }

    #[test]
    fn a_row_is_brought_into_view() {
        let e = extent(10_000_000);
        let down = Scroll { top: 100, frac: 5.0 }.showing(5_000_000, e);
        let lower = (5_000_000 - down.top + 1) as f32 * e.row - down.frac;
        assert!((lower - e.view).abs() < 0.01, "{down:?}");
        assert_eq!(down.showing(7, e), Scroll { top: 7, frac: 0.0 });
        assert_eq!(down.showing(5_000_000, e), down);
        let middle = Scroll::centered(5_000_000, e);
        assert!(middle.top < 5_000_000 && middle.top > 4_999_990);
    }

    #[test]
    fn the_bar_reaches_both_ends() {
        let e = extent(10_000_000);
        assert_eq!(Scroll::at_part(0.0, e), Scroll::default());
        assert!(Scroll::at_part(1.0, e).at_end(e));
        let half = Scroll::at_part(0.5, e);
        assert!((half.part(e) - 0.5).abs() < 1e-6);
    }
}
