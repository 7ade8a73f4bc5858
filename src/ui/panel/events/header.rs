//! The heads of the columns: names, edges that can be dragged, and the menu that chooses columns.

use egui::containers::Popup;
use egui::{Align2, Button, CursorIcon, Rect, Response, RichText, Sense, Ui, WidgetInfo, pos2, vec2};

use super::row;
use crate::ui::columns::{Cell, Column};
use crate::ui::command::Command;
use crate::ui::list::{Act, columns_menu_id};
use crate::ui::panel::Ctx;
use crate::ui::theme::{self, icon, size};

/// Width of an edge that can be taken, in points.
const EDGE: f32 = 9.0;
/// By how much a key press changes a width, in points.
const STEP: f32 = 16.0;
/// Width of the button that opens the menu.
const BUTTON: f32 = 26.0;

/// Draws the heads.
pub(super) fn show(ctx: &Ctx<'_>, ui: &Ui, rect: Rect, cells: &[Cell]) {
    let t = ctx.tokens;
    ui.painter().rect_filled(rect, 0.0, t.panel);
    ui.painter().hline(rect.x_range(), rect.top() + 0.5, t.line());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.line());
    let heads = Rect::from_min_max(rect.min, pos2(rect.right() - BUTTON, rect.bottom()));
    let place = |c: &Cell| {
        let right = (rect.left() + c.right).min(heads.right());
        Rect::from_min_max(pos2(rect.left() + c.left, rect.top()), pos2(right, rect.bottom()))
    };
    for cell in cells {
        if place(cell).width() > 2.0 {
            head(ctx, ui, heads, place(cell), cell, cells);
        }
    }
    edges(ctx, ui, heads, cells);
    button(ctx, ui, Rect::from_min_max(pos2(heads.right(), rect.top()), rect.max));
}

/// What stands at the head of a column.
fn caption(ctx: &Ctx<'_>, column: Column) -> String {
    match column {
        Column::Time => format!("time ({})", ctx.view.zone.name()),
        Column::Delta if ctx.view.since_chosen => "Δ chosen".to_owned(),
        Column::Delta => "Δ above".to_owned(),
        Column::Line => "line".to_owned(),
        Column::Stamp => "as written".to_owned(),
        Column::Offset => "clock by".to_owned(),
        Column::Fields => "also shows".to_owned(),
        other => other.name().to_owned(),
    }
}

fn head(ctx: &Ctx<'_>, ui: &Ui, heads: Rect, rect: Rect, cell: &Cell, cells: &[Cell]) {
    let t = ctx.tokens;
    let column = cell.column;
    let response = ui.interact(rect, ui.scope_id().with(("head", column)), Sense::click_and_drag());
    let told = caption(ctx, column);
    let name = format!("Column {told}: width, place, other columns");
    response.widget_info(|| WidgetInfo::labeled(egui::Role::ColumnHeader, true, name.clone()));
    if response.dragged() || response.hovered() {
        ui.painter().rect_filled(rect.shrink2(vec2(0.0, 1.0)), 0.0, t.raised);
    }
    if response.has_focus() {
        let ring = egui::Stroke::new(1.0, t.accent);
        ui.painter().rect_stroke(rect.shrink(2.0), 2.0, ring, egui::StrokeKind::Inside);
    }
    let color = if response.hovered() { t.text } else { t.text_third };
    let painter = ui.painter_at(rect.with_max_x(rect.right() - 6.0));
    let text = if column == Column::Line { rect.right() - 14.0 } else { rect.left() };
    let align = if column == Column::Line { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
    painter.text(pos2(text, rect.center().y), align, told, theme::caption(), color);
    if (response.dragged() || response.drag_stopped())
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let before = cells.iter().find(|c| pointer.x - heads.left() < (c.left + c.right) / 2.0);
        let x = heads.left() + before.map_or_else(|| cells.last().map_or(0.0, |c| c.right), |c| c.left);
        ui.painter().vline(x, heads.y_range(), egui::Stroke::new(2.0, t.accent));
        if response.drag_stopped() {
            ctx.push(Command::List(Act::MoveColumn(column, before.map(|c| c.column))));
        }
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    let open = (response.clicked() || response.secondary_clicked()).then_some(egui::SetOpenCommand::Toggle);
    let popup = Popup::menu(&response).open_memory(open).close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(190.0);
        own(ctx, ui, cell);
        ui.separator();
        choice(ctx, ui);
    });
}

/// What can be done with one column.
fn own(ctx: &Ctx<'_>, ui: &mut Ui, cell: &Cell) {
    let column = cell.column;
    let width = cell.right - cell.left;
    if column == Column::Delta {
        let words = if ctx.view.since_chosen { "Δ to the row above" } else { "Δ to the chosen event" };
        if item(ui, words).clicked() {
            ctx.push(Command::SinceChosen);
        }
    }
    for (words, act) in [
        ("Move left", Act::StepColumn(column, false)),
        ("Move right", Act::StepColumn(column, true)),
        ("Wider", Act::Width(column, Some(width + STEP))),
        ("Narrower", Act::Width(column, Some(width - STEP))),
        ("Fit the width", Act::Width(column, Some(fitting(ctx, ui, column)))),
        ("Hide", Act::ShowColumn(column, false)),
    ] {
        let fixed = column == Column::Message && !matches!(act, Act::StepColumn(..));
        if !fixed && item(ui, words).clicked() {
            ctx.push(Command::List(act));
        }
    }
}

fn item(ui: &mut Ui, words: &str) -> Response {
    ui.add(Button::new(words).min_size(vec2(0.0, 22.0)))
}

/// All columns, each to be shown or hidden.
fn choice(ctx: &Ctx<'_>, ui: &mut Ui) {
    for kept in ctx.view.list.columns.all() {
        let mut shown = kept.shown;
        let message = kept.column == Column::Message;
        let response = ui.add_enabled(!message, egui::Checkbox::new(&mut shown, kept.column.name()));
        if response.changed() {
            ctx.push(Command::List(Act::ShowColumn(kept.column, shown)));
        }
    }
    ui.separator();
    if item(ui, "Usual columns").clicked() {
        ctx.push(Command::List(Act::ResetColumns));
        ui.close();
    }
}

/// The button beside the heads.
fn button(ctx: &Ctx<'_>, ui: &Ui, rect: Rect) {
    let response = ui.interact(rect, ui.scope_id().with("columns"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Button, true, "Columns"));
    let t = ctx.tokens;
    if response.has_focus() {
        let ring = egui::Stroke::new(1.0, t.accent);
        ui.painter().rect_stroke(rect.shrink(3.0), 3.0, ring, egui::StrokeKind::Inside);
    }
    let color = if response.hovered() || response.has_focus() { t.text } else { t.text_third };
    ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon::MENU, theme::body(), color);
    let response = response.on_hover_text("Choose columns");
    let popup = Popup::menu(&response)
        .id(columns_menu_id())
        .open_memory(response.clicked().then_some(egui::SetOpenCommand::Toggle))
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside);
    popup.show(|ui| {
        ui.set_min_width(190.0);
        ui.label(RichText::new("COLUMNS").font(theme::caption()).color(t.text_third));
        choice(ctx, ui);
    });
}

/// The edges between columns: dragging changes a width, a double click fits it.
fn edges(ctx: &Ctx<'_>, ui: &Ui, heads: Rect, cells: &[Cell]) {
    let mut behind_message = false;
    for (cell, next) in cells.iter().zip(cells.iter().skip(1)) {
        behind_message |= cell.column == Column::Message;
        // The message gives and takes: right of it, an edge belongs to the column behind.
        let own = if behind_message { next } else { cell };
        let x = heads.left() + cell.right - 3.0;
        if x > heads.right() {
            break;
        }
        let area = Rect::from_center_size(pos2(x, heads.center().y), vec2(EDGE, heads.height()));
        let response = ui.interact(area, ui.scope_id().with(("edge", own.column)), Sense::CLICK | Sense::DRAG);
        let name = format!("Width of {}", own.column.name());
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Splitter, true, name.clone()));
        let lit = response.hovered() || response.dragged();
        let line = if lit { egui::Stroke::new(2.0, ctx.tokens.accent) } else { ctx.tokens.line() };
        ui.painter().vline(x, heads.top() + 7.0..=heads.bottom() - 7.0, line);
        if response.double_clicked() {
            ctx.push(Command::List(Act::Width(own.column, Some(fitting(ctx, ui, own.column)))));
        } else if response.dragged() {
            let by = response.drag_delta().x * if behind_message { -1.0 } else { 1.0 };
            if by != 0.0 {
                ctx.push(Command::List(Act::Width(own.column, Some(own.right - own.left + by))));
            }
        }
        response.on_hover_cursor(CursorIcon::ResizeHorizontal);
    }
}

/// The width that shows all of a column, for the rows on the screen.
fn fitting(ctx: &Ctx<'_>, ui: &Ui, column: Column) -> f32 {
    let font = match column {
        Column::Time | Column::Stamp | Column::Fields | Column::Message => theme::mono(),
        Column::Delta | Column::Offset | Column::Line => theme::mono_small(),
        _ => theme::body(),
    };
    let beside = match column {
        Column::Host | Column::Level => 18.0,
        Column::Time if ctx.shown.measures.banded => 8.0 * size::CAPTION * size::MONO_ADVANCE,
        Column::Line => 10.0,
        _ => 0.0,
    };
    let width = |text: String, font| ui.painter().layout_no_wrap(text, font, ctx.tokens.text).size().x;
    let first = usize::try_from(ctx.view.top_row()).unwrap_or(usize::MAX);
    let page = usize::try_from(ctx.layout.list.get().page()).unwrap_or(0) + 1;
    let rows = (first..first.saturating_add(page)).filter_map(|row| Some((row, ctx.shown.event(row)?)));
    let widest =
        rows.map(|(row, id)| width(row::says(ctx, column, row, id), font.clone()) + beside).fold(0.0, f32::max);
    widest.max(width(caption(ctx, column), theme::caption())) + 14.0
}
