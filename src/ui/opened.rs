//! Rows that are opened in place: what stands below them, and how many rows' worth of height that takes.
//!
//! Heights are whole rows, so that the list's arithmetic stays that of whole numbers and exact at any length. Below,
//! a *unit* is the height of one row; without opened rows, unit and row are the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::event::EventId;
use crate::ui::shown::{Anchor, Shown};
use crate::ui::text;
use crate::ui::theme::size;
use crate::ui::widget::list::Extent;

/// Lines that are shown below a row; the inspector has the rest.
const LINES: usize = 200;
/// Rows that may be open at once; the one opened first is closed for one more.
const MOST: usize = 100;
/// A record of more bytes is shown as it stands, without being decoded.
const LONGEST: usize = 1 << 18;
/// Characters of a line when the list has not been drawn yet.
const CHARS: usize = 100;
/// Free space below the lines, in points.
pub const BELOW: f32 = 4.0;

/// What stands below an opened row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines {
    /// The lines, harmless and short enough.
    pub lines: Vec<String>,
    /// Lines of the record that are not among them.
    pub more: u64,
    /// Height in units.
    pub units: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    row: u64,
    units: u64,
    /// Units of the opened rows above.
    before: u64,
}

/// The opened rows.
#[derive(Clone, Debug, Default)]
pub struct Opened {
    events: BTreeMap<EventId, Arc<Lines>>,
    /// In which order they were opened.
    order: Vec<EventId>,
    /// Those that are among the shown rows, by row.
    places: Vec<Place>,
    chars: usize,
    anchors: Vec<Anchor>,
}

impl Opened {
    /// What stands below an event's row, if that is opened.
    pub fn get(&self, id: EventId) -> Option<&Arc<Lines>> {
        self.events.get(&id)
    }

    /// True when no row is opened.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Characters of a line.
    pub fn chars(&self) -> usize {
        if self.chars == 0 { CHARS } else { self.chars }
    }

    /// Opens a row.
    pub fn open(&mut self, shown: &Shown, id: EventId) {
        if id.idx() >= shown.analysis.events.len() || self.events.contains_key(&id) {
            return;
        }
        if self.order.len() >= MOST {
            let first = self.order.remove(0);
            self.events.remove(&first);
        }
        self.events.insert(id, Arc::new(lines(shown, id, self.chars())));
        self.order.push(id);
        self.place(shown);
    }

    /// Folds a row; false when it was not open.
    pub fn fold(&mut self, shown: &Shown, id: EventId) -> bool {
        let was = self.events.remove(&id).is_some();
        self.order.retain(|o| *o != id);
        self.place(shown);
        was
    }

    /// Folds all.
    pub fn clear(&mut self) {
        *self = Opened { chars: self.chars, ..Opened::default() };
    }

    /// Breaks the lines anew, `chars` to a line.
    pub fn wrap(&mut self, shown: &Shown, chars: usize) {
        self.chars = chars.max(20);
        let chars = self.chars;
        for (id, of) in &mut self.events {
            *of = Arc::new(lines(shown, *id, chars));
        }
        self.place(shown);
    }

    /// Finds out where the opened rows stand, after rows or their order have changed.
    pub fn place(&mut self, shown: &Shown) {
        let row = |id: EventId| shown.row_of(id).ok();
        let rows = self.events.iter().filter_map(|(id, lines)| Some((row(*id)? as u64, lines.units)));
        self.places = placed(rows.collect());
    }

    /// Remembers the records, to find them again when ids have a new meaning.
    pub fn keep(&mut self, shown: &Shown) {
        self.anchors = self.order.iter().filter_map(|id| shown.anchor(*id)).collect();
    }

    /// Opens again what [`Opened::keep`] remembered.
    pub fn find(&mut self, shown: &Shown) {
        let anchors = std::mem::take(&mut self.anchors);
        self.clear();
        for id in anchors.iter().filter_map(|a| shown.at_anchor(a)) {
            self.open(shown, id);
        }
    }

    /// `extent` for this number of rows and what is opened below them.
    pub fn extent(&self, extent: Extent, rows: usize) -> Extent {
        let opened = self.places.last().map_or(0, |p| p.before + p.units);
        Extent { n: rows as u64 + opened, ..extent }
    }

    /// The unit at which a row begins.
    pub fn unit(&self, row: u64) -> u64 {
        let above = self.places.partition_point(|p| p.row < row);
        let opened = above.checked_sub(1).and_then(|i| self.places.get(i)).map_or(0, |p| p.before + p.units);
        row.saturating_add(opened)
    }

    /// The row at a unit, and how many units below the row's begin that is.
    pub fn row(&self, unit: u64) -> (u64, u64) {
        let at = self.places.partition_point(|p| p.row + p.before <= unit);
        let Some(p) = at.checked_sub(1).and_then(|i| self.places.get(i)) else { return (unit, 0) };
        let into = unit - p.row - p.before;
        if into <= p.units { (p.row, into) } else { (unit - p.before - p.units, 0) }
    }

    /// Units that a row takes with what is opened below it.
    pub fn units(&self, row: u64) -> u64 {
        let at = self.places.binary_search_by_key(&row, |p| p.row);
        1 + at.ok().and_then(|i| self.places.get(i)).map_or(0, |p| p.units)
    }
}

fn placed(mut rows: Vec<(u64, u64)>) -> Vec<Place> {
    rows.sort_unstable();
    let mut before = 0;
    rows.into_iter()
        .map(|(row, units)| {
            let place = Place { row, units, before };
            before += units;
            place
        })
        .collect()
}

/// True when a row cannot show all that its record says.
pub fn has_more(words: &crate::ui::panel::RowWords, chars: usize) -> bool {
    words.more_lines > 0 || words.chars() > chars
}

/// The lines below a row: what of the message the row does not show, then the fields; else the record as it stands.
fn lines(shown: &Shown, id: EventId, chars: usize) -> Lines {
    let raw = shown.analysis.raw(id);
    let mut out = Wrapped { lines: Vec::new(), more: 0, chars };
    if raw.len() > LONGEST {
        let head = raw.get(..LONGEST).unwrap_or(raw);
        out.text(&String::from_utf8_lossy(head), true);
        out.more += memchr::memchr_iter(b'\n', raw.get(LONGEST..).unwrap_or_default()).count() as u64 + 1;
    } else {
        let record = shown.analysis.record(id);
        let message = record.message.trim_end_matches(['\n', '\r']);
        let first = text::first_line(message).0;
        out.text(message, first.chars().count() > chars);
        for (name, value) in &record.fields {
            out.text(&format!("{name} = {value}"), true);
        }
        if out.lines.is_empty() {
            out.text(&String::from_utf8_lossy(raw), true);
        }
    }
    let n = out.lines.len().max(1) + usize::from(out.more > 0);
    let units = ((n as f32 * size::OPENED_LINE + BELOW) / size::ROW).ceil() as u64;
    Lines { lines: out.lines, more: out.more, units }
}

struct Wrapped {
    lines: Vec<String>,
    more: u64,
    chars: usize,
}

impl Wrapped {
    /// Characters that go on one line: up to the last space, unless that leaves half of it empty.
    fn end_of_line(&self, rest: &[char]) -> usize {
        if rest.len() <= self.chars {
            return rest.len();
        }
        let room = rest.get(..self.chars).unwrap_or(rest);
        let space = room.iter().rposition(|c| *c == ' ').map(|at| at + 1);
        space.filter(|at| *at * 2 > self.chars).unwrap_or(self.chars).max(1)
    }

    fn text(&mut self, text: &str, with_first: bool) {
        for line in text.lines().skip(usize::from(!with_first)) {
            if self.lines.len() >= LINES {
                self.more += 1;
                continue;
            }
            let room = (LINES - self.lines.len()) * self.chars;
            let (line, cut) = text::neutral(line.trim_end(), room);
            let chars: Vec<char> = line.chars().collect();
            if chars.is_empty() {
                self.lines.push(String::new());
            }
            let mut rest = chars.as_slice();
            while !rest.is_empty() {
                let (part, next) = rest.split_at(self.end_of_line(rest));
                self.lines.push(part.iter().collect());
                rest = next;
            }
            self.lines.truncate(LINES);
            self.more += u64::from(cut);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(rows: Vec<(u64, u64)>) -> Opened {
        Opened { places: placed(rows), ..Opened::default() }
    }

    #[test]
    fn rows_below_an_opened_one_move_down_by_its_height() {
        let o = opened(vec![(5, 3), (9, 1)]);
        assert_eq!((o.unit(5), o.unit(6), o.unit(9), o.unit(10)), (5, 9, 12, 14));
        assert_eq!((o.row(5), o.row(7), o.row(8), o.row(9)), ((5, 0), (5, 2), (5, 3), (6, 0)));
        assert_eq!((o.units(5), o.units(6), o.units(9)), (4, 1, 2));
        assert_eq!(o.extent(Extent { row: 27.0, view: 100.0, n: 0 }, 20).n, 24);
    }

    #[test]
    fn long_lines_are_broken_and_many_are_cut() {
        let mut w = Wrapped { lines: Vec::new(), more: 0, chars: 10 };
        w.text("first\n12345678901234\n\nx\nseveral words of", false);
        assert_eq!(w.lines, ["1234567890", "1234", "", "x", "several ", "words of"]);
        let many = "y\n".repeat(5_000);
        let mut w = Wrapped { lines: Vec::new(), more: 0, chars: 10 };
        w.text(&many, true);
        assert_eq!((w.lines.len(), w.more), (LINES, 4_800));
    }

    /// At 10^10 rows as at ten: every unit belongs to one row, and every row begins where it is said to.
    #[test]
    fn units_and_rows_lead_to_each_other() {
        let mut x = 7_u64;
        let mut random = move |below: u64| {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (x >> 16) % below
        };
        for n in [10, 1_000, 10_000_000, 10_000_000_000] {
            for _ in 0..60 {
                let rows: BTreeMap<u64, u64> = (0..random(40)).map(|_| (random(n), 1 + random(130))).collect();
                let o = opened(rows.iter().map(|(r, u)| (*r, *u)).collect());
                let near = rows.keys().nth(random(40) as usize % rows.len().max(1)).copied().unwrap_or(0);
                for row in [random(n), near.saturating_sub(random(3)), near, near + random(300)] {
                    let unit = o.unit(row);
                    assert_eq!(o.row(unit), (row, 0));
                    assert_eq!(o.unit(row + 1), unit + o.units(row));
                    for into in [0, o.units(row) / 2, o.units(row) - 1] {
                        assert_eq!(o.row(unit + into), (row, into), "{row} of {n}");
                    }
                }
            }
        }
    }
}
