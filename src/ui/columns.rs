//! The columns of the event list: which are shown, in which order, how wide. Kept over restarts.

use serde::{Deserialize, Serialize};

use crate::ui::shown::Measures;
use crate::ui::theme::size;

/// A column of the event list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// When.
    Time,
    /// How long after the row above, or the chosen one.
    Delta,
    /// On which host.
    Host,
    /// In which file.
    Source,
    /// Who wrote it.
    Process,
    /// How bad.
    Level,
    /// What.
    Message,
    /// The line in the file.
    Line,
    /// The format of the record.
    Format,
    /// The stamp as written.
    Stamp,
    /// By how much the time was corrected.
    Offset,
    /// The fields of the record.
    Fields,
}

impl Column {
    /// All columns in their usual order, and whether they are shown when nobody chose.
    pub const ALL: [(Column, bool); 12] = [
        (Column::Time, true),
        (Column::Delta, true),
        (Column::Host, true),
        (Column::Source, true),
        (Column::Process, false),
        (Column::Line, false),
        (Column::Level, true),
        (Column::Message, true),
        (Column::Fields, false),
        (Column::Format, false),
        (Column::Stamp, false),
        (Column::Offset, false),
    ];

    /// Its name in menus.
    pub fn name(self) -> &'static str {
        match self {
            Column::Time => "time",
            Column::Delta => "distance in time (Δ)",
            Column::Host => "host",
            Column::Source => "source",
            Column::Process => "process",
            Column::Level => "level",
            Column::Message => "message",
            Column::Line => "line number",
            Column::Format => "format",
            Column::Stamp => "stamp as written",
            Column::Offset => "clock correction",
            Column::Fields => "also shows (fields)",
        }
    }
}

/// One column as the user left it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub column: Column,
    /// It is shown.
    pub shown: bool,
    /// Its width in points, when the user gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<f32>,
}

/// The columns as the user left them. Each stands once, whatever was saved.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Kept>", into = "Vec<Kept>")]
pub struct Columns {
    list: Vec<Kept>,
}

impl Default for Columns {
    fn default() -> Self {
        Columns { list: Column::ALL.map(|(column, shown)| Kept { column, shown, width: None }).to_vec() }
    }
}

impl From<Vec<Kept>> for Columns {
    fn from(saved: Vec<Kept>) -> Self {
        let mut list: Vec<Kept> = Vec::new();
        for kept in saved.into_iter().chain(Columns::default().list) {
            // An older file does not know every column, and a wrong one names some twice.
            if list.iter().all(|k| k.column != kept.column) {
                let width = kept.width.filter(|w| w.is_finite()).map(|w| w.clamp(NARROWEST, WIDEST));
                let shown = kept.shown || kept.column == Column::Message;
                list.push(Kept { width, shown, ..kept });
            }
        }
        Columns { list }
    }
}

impl From<Columns> for Vec<Kept> {
    fn from(columns: Columns) -> Self {
        columns.list
    }
}

/// A column is at least this wide, in points.
pub const NARROWEST: f32 = 28.0;
/// A column is at most this wide, in points.
pub const WIDEST: f32 = 900.0;
/// What stands left of the columns: marks and how the row stands to the chosen one.
pub const GUTTER: f32 = 30.0;
/// The message has at least this, in points.
const MESSAGE: f32 = 160.0;

/// Where a column stands, in points from the list's left edge.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Which.
    pub column: Column,
    /// Where it begins.
    pub left: f32,
    /// Where it ends.
    pub right: f32,
}

impl Columns {
    /// All of them, in order.
    pub fn all(&self) -> &[Kept] {
        &self.list
    }

    /// True when a column is shown.
    pub fn has(&self, column: Column) -> bool {
        self.list.iter().any(|k| k.column == column && k.shown)
    }

    /// Shows a column or hides it; the message stays.
    pub fn show(&mut self, column: Column, shown: bool) {
        if let Some(kept) = self.list.iter_mut().find(|k| k.column == column) {
            kept.shown = shown || column == Column::Message;
        }
    }

    /// Gives a column a width in points, or its usual one.
    pub fn set_width(&mut self, column: Column, width: Option<f32>) {
        if let Some(kept) = self.list.iter_mut().find(|k| k.column == column) {
            kept.width = width.filter(|w| w.is_finite()).map(|w| w.clamp(NARROWEST, WIDEST));
        }
    }

    /// Moves a column to stand before another, or to the end.
    pub fn move_before(&mut self, column: Column, before: Option<Column>) {
        let Some(from) = self.list.iter().position(|k| k.column == column) else { return };
        if before == Some(column) {
            return;
        }
        let kept = self.list.remove(from);
        let to = before.and_then(|b| self.list.iter().position(|k| k.column == b)).unwrap_or(self.list.len());
        self.list.insert(to, kept);
    }

    /// Moves a column past its neighbour among those that are shown.
    pub fn step(&mut self, column: Column, right: bool) {
        let shown: Vec<Column> = self.list.iter().filter(|k| k.shown).map(|k| k.column).collect();
        let Some(at) = shown.iter().position(|c| *c == column) else { return };
        if right && at + 1 < shown.len() {
            self.move_before(column, shown.get(at + 2).copied());
        } else if !right && at > 0 {
            self.move_before(column, shown.get(at - 1).copied());
        }
    }

    /// Where the columns that are shown stand in a list of this width; the message takes the rest.
    pub fn cells(&self, width: f32, measures: Measures, dated: bool) -> Vec<Cell> {
        let shown: Vec<&Kept> = self.list.iter().filter(|k| k.shown).collect();
        let usual = |k: &&Kept| k.width.unwrap_or_else(|| usual(k.column, measures, dated, width < 760.0));
        let others: f32 = shown.iter().filter(|k| k.column != Column::Message).map(&usual).sum();
        let message = (width - GUTTER - others).max(MESSAGE);
        let mut left = GUTTER;
        let mut out = Vec::with_capacity(shown.len());
        for kept in &shown {
            let wide = if kept.column == Column::Message { message } else { usual(kept) };
            out.push(Cell { column: kept.column, left, right: left + wide });
            left += wide;
        }
        out
    }
}

/// How wide a column is when nobody said so.
fn usual(column: Column, m: Measures, dated: bool, narrow: bool) -> f32 {
    let mono = size::MONO * size::MONO_ADVANCE;
    let word = size::BODY * 0.56;
    match column {
        Column::Time => {
            let fraction = if m.precision > 0 { usize::from(m.precision) + 1 } else { 0 };
            let chars = if dated { 19 } else { 8 } + fraction;
            let band = if m.banded { 8.0 * size::CAPTION * size::MONO_ADVANCE } else { 0.0 };
            chars as f32 * mono + band + 16.0
        }
        Column::Delta => 62.0,
        Column::Host => (m.host_chars as f32 * word + 30.0).clamp(64.0, if narrow { 96.0 } else { 150.0 }),
        Column::Source => (m.source_chars as f32 * word + 16.0).clamp(70.0, if narrow { 110.0 } else { 180.0 }),
        Column::Process => 120.0,
        Column::Level => 78.0,
        Column::Message => MESSAGE,
        Column::Line => 64.0,
        Column::Format => 116.0,
        Column::Stamp => 26.0 * mono + 16.0,
        Column::Offset => 84.0,
        Column::Fields => 220.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(columns: &Columns) -> Vec<Column> {
        columns.all().iter().filter(|k| k.shown).map(|k| k.column).collect()
    }

    #[test]
    fn the_message_takes_the_rest_wherever_it_stands() {
        let mut columns = Columns::default();
        columns.show(Column::Line, true);
        columns.move_before(Column::Message, Some(Column::Host));
        let cells = columns.cells(1_200.0, Measures::default(), false);
        assert_eq!(cells.first().unwrap().left, GUTTER);
        assert!((cells.last().unwrap().right - 1_200.0).abs() < 0.01);
        assert!(cells.windows(2).all(|w| w[0].right == w[1].left), "no gaps");
        let narrow = columns.cells(300.0, Measures::default(), false);
        let message = narrow.iter().find(|c| c.column == Column::Message).unwrap();
        assert!(message.right - message.left >= MESSAGE, "it can be read in a narrow window, too");
    }

    #[test]
    fn columns_move_past_those_that_are_shown() {
        let mut columns = Columns::default();
        columns.step(Column::Source, true);
        assert_eq!(
            shown(&columns),
            [Column::Time, Column::Delta, Column::Host, Column::Level, Column::Source, Column::Message]
        );
        columns.step(Column::Time, false);
        columns.step(Column::Message, true);
        assert_eq!(shown(&columns).first(), Some(&Column::Time));
        columns.step(Column::Message, false);
        assert_eq!(shown(&columns).last(), Some(&Column::Source));
    }

    #[test]
    fn what_was_saved_comes_back_and_what_is_wrong_is_mended() {
        let mut columns = Columns::default();
        columns.show(Column::Process, true);
        columns.set_width(Column::Host, Some(222.0));
        columns.move_before(Column::Level, Some(Column::Time));
        let saved = serde_json::to_string(&columns).unwrap();
        assert_eq!(serde_json::from_str::<Columns>(&saved).unwrap(), columns);
        let odd = r#"[{"column":"host","shown":false,"width":-5.0},{"column":"host","shown":true},{"column":"message","shown":false}]"#;
        let odd: Columns = serde_json::from_str(odd).unwrap();
        assert_eq!(odd.all().len(), Column::ALL.len());
        assert!(!odd.has(Column::Host) && odd.has(Column::Message) && odd.has(Column::Time));
        assert!(odd.all().iter().all(|k| k.width.is_none_or(|w| w >= NARROWEST)));
    }
}
