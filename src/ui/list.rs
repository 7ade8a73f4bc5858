//! What the user does to the event list: columns, opened rows, the menu of a row, entities that rows mention.

use egui::Pos2;

use crate::event::EventId;
use crate::query::language;
use crate::ui::columns::{Column, Columns};
use crate::ui::command::Command;
use crate::ui::entity::{self, Answer};
use crate::ui::filter;
use crate::ui::navigate;
use crate::ui::opened::Opened;
use crate::ui::panel::Words;
use crate::ui::text;
use crate::ui::window::Window;

/// By how much one key press moves long messages, in points.
const SLIDE: f32 = 120.0;

/// What the event list shows, and how.
#[derive(Clone, Debug, Default)]
pub struct ListState {
    /// The columns; kept over restarts.
    pub columns: Columns,
    /// Rows that are opened in place.
    pub opened: Opened,
    /// How far messages are moved to the left, in points.
    pub slide: f32,
    /// The entity that was clicked last.
    pub entity: Option<String>,
    /// The row whose menu is open, and where; without a place, at the row.
    pub menu: Option<(EventId, Option<Pos2>)>,
}

impl ListState {
    /// The state for other logs.
    #[must_use]
    pub fn fresh(&self) -> ListState {
        ListState { columns: self.columns.clone(), ..ListState::default() }
    }
}

/// What can be done to the event list.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Opens the chosen row in place, or folds it.
    Toggle,
    /// Opens the chosen row.
    Open,
    /// Folds the chosen row.
    Fold,
    /// Folds all rows.
    FoldAll,
    /// Opens the menu of columns.
    ColumnsMenu,
    /// Gives all columns their usual places and widths.
    ResetColumns,
    /// Opens the menu of the chosen row.
    Menu,
    /// Chooses the next event with the same entity as the chosen one.
    NextSame,
    /// Chooses the event with the same entity before the chosen one.
    PreviousSame,
    /// Shows what stands further right in long messages.
    SlideRight,
    /// Shows what stands further left.
    SlideLeft,
    // Below: with something to do it to.
    /// Opens a row in place, or folds it.
    ToggleRow(EventId),
    /// Opens the menu of a row at a place.
    MenuOf(EventId, Pos2),
    /// Shows a column or hides it.
    ShowColumn(Column, bool),
    /// Gives a column a width in points, or its usual one.
    Width(Column, Option<f32>),
    /// Moves a column before another, or to the end.
    MoveColumn(Column, Option<Column>),
    /// Moves a column past its neighbour: to the right, or to the left.
    StepColumn(Column, bool),
    /// Breaks the lines of opened rows anew, so many characters to a line.
    Wrap(usize),
    /// Moves messages to the left by so many points in all.
    Slide(f32),
    /// Chooses an event; then the next one that mentions the name.
    Follow(EventId, String),
    /// Adds a term to the filter.
    FilterBy(String),
    /// Adds a term to the filter because a name was clicked in a row, and remembers the name.
    FilterByName(String, String),
    /// Zooms the lanes to an event.
    Zoom(EventId),
}

/// The menu of a row.
pub fn menu_id() -> egui::Id {
    egui::Id::unique("event-menu")
}

/// The menu of columns.
pub fn columns_menu_id() -> egui::Id {
    egui::Id::unique("columns-menu")
}

/// What has the keyboard when the event list has it.
pub fn body_id() -> egui::Id {
    egui::Id::unique("event-list")
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::Toggle => {
            if let Some(id) = chosen(w) {
                toggle(w, id);
            }
        }
        Act::Open => {
            if let Some(id) = chosen(w) {
                open(w, id, true);
            }
        }
        Act::Fold => {
            if let Some(id) = chosen(w) {
                open(w, id, false);
            }
        }
        Act::FoldAll => keep_top(w, |w| w.view.list.opened.clear()),
        Act::ToggleRow(id) => toggle(w, id),
        Act::ColumnsMenu => egui::Popup::open_id(ctx, columns_menu_id()),
        Act::ResetColumns => w.view.list.columns = Columns::default(),
        Act::ShowColumn(column, shown) => w.view.list.columns.show(column, shown),
        Act::Width(column, width) => w.view.list.columns.set_width(column, width),
        Act::MoveColumn(column, before) => w.view.list.columns.move_before(column, before),
        Act::StepColumn(column, right) => w.view.list.columns.step(column, right),
        Act::Menu => {
            if let Some(id) = chosen(w) {
                navigate::reveal(w, id);
                w.view.list.menu = Some((id, None));
                egui::Popup::open_id(ctx, menu_id());
            }
        }
        Act::MenuOf(id, at) => {
            let several = w.view.chosen_to.is_some() && is_chosen(w, id);
            if !several {
                w.view.choose(&w.shown, id);
            }
            w.view.list.menu = Some((id, Some(at)));
            egui::Popup::open_id(ctx, menu_id());
        }
        Act::NextSame => same(w, ctx, true),
        Act::PreviousSame => same(w, ctx, false),
        Act::Follow(id, name) => {
            w.view.choose(&w.shown, id);
            w.view.list.entity = Some(name);
            same(w, ctx, true);
        }
        Act::Wrap(chars) => keep_top(w, |w| w.view.list.opened.wrap(&w.shown, chars)),
        Act::Slide(by) => w.view.list.slide = by.max(0.0),
        Act::SlideRight => w.view.list.slide += SLIDE,
        Act::SlideLeft => w.view.list.slide = (w.view.list.slide - SLIDE).max(0.0),
        Act::FilterBy(term) => filter_by(w, ctx, &term),
        Act::FilterByName(term, name) => {
            w.view.list.entity = Some(name);
            filter_by(w, ctx, &term);
        }
        Act::Zoom(id) => {
            w.view.choose(&w.shown, id);
            navigate::fit_chosen(w);
        }
    }
}

/// A term of the filter language: `key:value`, in quotes where the value needs them. `key` may begin with `-`.
pub fn term(key: &str, value: &str) -> String {
    let written = format!("{}:", key.trim_start_matches('-'));
    let known = language::KEYS.iter().find(|k| k.written == written);
    let term = known.map_or_else(|| language::words(value), |k| language::term(k.key, value));
    if key.starts_with('-') { language::negated(&term) } else { term }
}

/// Narrows the filter by one more term. The same term is not added twice, and its opposite gives way.
pub fn filter_by(w: &mut Window, ctx: &egui::Context, term: &str) {
    filter::run(w, ctx, filter::Act::Add(term.to_owned()));
}

fn chosen(w: &mut Window) -> Option<EventId> {
    if w.view.chosen.is_none() {
        w.view.message = Some("no event is chosen".to_owned());
    }
    w.view.chosen
}

fn is_chosen(w: &Window, id: EventId) -> bool {
    let row = |id: Option<EventId>| id.and_then(|id| w.shown.row_of(id).ok());
    match (row(w.view.chosen), row(w.view.chosen_to), row(Some(id))) {
        (Some(a), Some(b), Some(row)) => (a.min(b)..=a.max(b)).contains(&row),
        _ => false,
    }
}

fn toggle(w: &mut Window, id: EventId) {
    let opened = w.view.list.opened.get(id).is_some();
    open(w, id, !opened);
}

fn open(w: &mut Window, id: EventId, open: bool) {
    let chars = w.layout.message_chars.get();
    keep_top(w, |w| {
        let opened = &mut w.view.list.opened;
        if open {
            if opened.is_empty() && chars > 0 {
                opened.wrap(&w.shown, chars);
            }
            opened.open(&w.shown, id);
        } else {
            opened.fold(&w.shown, id);
        }
    });
    if open && w.view.chosen == Some(id) {
        navigate::reveal(w, id);
    }
}

/// Changes heights; the uppermost row stays where it is.
fn keep_top(w: &mut Window, change: impl FnOnce(&mut Window)) {
    let (row, into) = w.view.list.opened.row(w.view.scroll.top);
    change(w);
    let opened = &w.view.list.opened;
    let extent = opened.extent(w.layout.list.get(), w.shown.rows.len());
    w.layout.list.set(extent);
    w.view.scroll.top = opened.unit(row) + into.min(opened.units(row).saturating_sub(1));
    w.view.scroll = w.view.scroll.clamped(extent);
}

/// The entity that leads from the chosen event to others: the one that was clicked last, if the event mentions it,
/// else the one that the fewest records mention.
pub fn leading(w: &Window, id: EventId) -> Option<String> {
    let clicked = w.view.list.entity.as_ref().filter(|name| entity::is_in(&w.shown.analysis, id, name));
    if let Some(name) = clicked {
        return Some(name.clone());
    }
    let words = Words::read(&w.shown, id);
    let all = entity::of_message(&w.shown, w.reading.packs(), id, &words.line());
    all.into_iter().min_by_key(|e| e.rank).map(|e| e.name)
}

fn same(w: &mut Window, ctx: &egui::Context, forward: bool) {
    let Some(id) = chosen(w) else { return };
    let Some(name) = leading(w, id) else {
        w.view.message = Some("this event names nothing that others could name, too".to_owned());
        return;
    };
    w.view.list.entity = Some(name.clone());
    let row = w.shown.row_of(id).unwrap_or_else(|row| row.saturating_sub(usize::from(forward)));
    w.view.message = Some(format!("looking for {}…", text::cut(&name, 60)));
    w.seeker.start(ctx, w.shown.clone(), name, row, forward);
}

/// Takes over what a search for an entity found.
pub fn arrived(w: &mut Window, answer: Answer) {
    let name = text::neutral(&text::cut(&answer.name, 60), 60).0;
    match answer.event {
        Some(id) => {
            w.view.choose_and_show(&w.shown, &w.layout, id);
            w.view.message = Some(format!("{} with {name}", if answer.forward { "next" } else { "previous" }));
        }
        None => {
            let where_to = if answer.forward { "further" } else { "earlier" };
            w.view.message = Some(format!("no {where_to} event with {name}"));
        }
    }
}

/// A command of the event list.
pub const fn act(act: Act) -> Command {
    Command::List(act)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::{Clock, Filter};

    #[test]
    fn terms_are_quoted_where_they_must_be() {
        assert_eq!(term("id", "r-17"), "id:r-17");
        assert_eq!(term("-host", "a b"), "-host:\"a b\"");
        assert!(Filter::parse(&term("host", "a \"b"), Clock::default()).is_ok());
    }
}
