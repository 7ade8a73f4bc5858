//! The menu of a moment on the timeline: the right button on the axis or on the lanes opens it.

use egui::{Button, Response, vec2};

use crate::case::Kind;
use crate::ui::command::Command;
use crate::ui::keys;
use crate::ui::marker::Act;
use crate::ui::marker_words::aimed;
use crate::ui::panel::Ctx;
use crate::ui::panel::inspector::kinds;
use crate::ui::widget::scale::TimeScale;

/// Opens it where the right button was pressed, and draws it.
pub fn show(ctx: &Ctx<'_>, response: &Response, scale: TimeScale<'_>) {
    let id = response.id.with("menu-time");
    if response.secondary_clicked()
        && let Some(at) = response.interact_pointer_pos().filter(|at| scale.rect.x_range().contains(at.x))
    {
        let when = (scale.time(at.x), scale.per_point());
        response.ctx.data_mut(|d| d.insert_temp(id, when));
    }
    response.context_menu(|ui| {
        let Some((time, per_point)) = ui.data(|d| d.get_temp::<(i64, f64)>(id)) else {
            ui.close();
            return;
        };
        let when = aimed(time, per_point);
        let told = when.time_of_day(ctx.view.zone);
        ui.set_min_width(230.0);
        let button = |words: String| Button::new(words).min_size(vec2(0.0, 22.0));
        let item = |words: String, key: String| button(words).shortcut_text(key);
        if ui.add(button(format!("Note at {told}"))).clicked() {
            ctx.push(Command::Marker(Act::At(when, Kind::Note)));
            ui.close();
        }
        ui.menu_button(format!("Mark {told} as"), |ui| {
            kinds::items(ctx, ui, None, |kind| Command::Marker(Act::At(when, kind)));
        });
        let key = keys::key_text(&Command::Marker(Act::Moment));
        if ui.add(item("Note at another time…".to_owned(), key)).clicked() {
            ctx.push(Command::Marker(Act::Moment));
            ui.close();
        }
        if ctx.view.lanes.span.is_some() {
            let key = keys::key_text(&Command::Marker(Act::Mark(Kind::Note)));
            if ui.add(item("Note on the span".to_owned(), key)).clicked() {
                ctx.push(Command::Marker(Act::OnSpan));
                ui.close();
            }
        }
    });
}
