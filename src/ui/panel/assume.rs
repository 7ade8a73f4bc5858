//! The question for another zone, year, name, clock offset or format: where it was asked for, with what the first
//! stamp would read.

use egui::{Button, Key, Margin, RichText, TextEdit, Ui, pos2, vec2};

use crate::case::assumption::{Say, What, Whom, offset_text};
use crate::time::format;
use crate::time::zone::Zone;
use crate::time::{DAY, SECOND};
use crate::ui::assume::{Act, Ask, First, about, read};
use crate::ui::clocks;
use crate::ui::command::Command;
use crate::ui::panel::{Ctx, overlay};
use crate::ui::state::Overlay;
use crate::ui::text;
use crate::ui::theme::{self, size};

/// Height of the list of values.
const LIST: f32 = 232.0;

/// Draws it.
pub fn show(ctx: &Ctx<'_>, ui: &Ui, ask: &Ask) {
    let Some(what) = ask.what else { return };
    let at = pos2(ask.at.0 as f32, ask.at.1 as f32);
    overlay::over_at(ctx, ui, "Assume", 430.0, Some(at), |ui| {
        let mut new = ask.clone();
        let title = match what {
            What::Date if ask.needs_date => "date of the first line".to_owned(),
            What::Date => "year of the first line".to_owned(),
            other => other.word().to_owned(),
        };
        let title = format!(
            "{}{} of {}",
            title.get(..1).unwrap_or_default().to_uppercase(),
            title.get(1..).unwrap_or_default(),
            about(&ask.whom)
        );
        ui.add(egui::Label::new(RichText::new(title).font(theme::strong())).wrap());
        let values = values(ctx, ask);
        let enter = keys(ui, &mut new, values.len());
        if field(ui, &mut new, what) {
            (new.idx, new.error) = (0, None);
        }
        let marked = values.get(new.idx).filter(|_| !ask.text.trim().is_empty()).map(|v| v.value.clone());
        hint(ctx, ui, &new, what, marked);
        let picked = list(ctx, ui, &new, &values);
        why(ui, &mut new);
        let listed = matches!(what, What::Zone | What::Format);
        let apply = ui.horizontal(|ui| {
            let apply = ui.button("Apply").on_hover_text("Enter does so too").clicked();
            if is_own(ctx, ask, what) && ui.button("Reset").on_hover_text("Let the logs tell again").clicked() {
                ctx.push(Command::SetOverlay(Overlay::None));
                ctx.push(Command::Assume(Act::Forget(what, ask.whom.clone())));
            }
            if ui.button("Cancel").clicked() {
                ctx.push(Command::SetOverlay(Overlay::None));
            }
            apply
        });
        let chosen = picked.or_else(|| {
            let at = values.get(new.idx).filter(|_| listed).map(|v| v.value.clone());
            (enter || apply.inner).then(|| at.unwrap_or_else(|| new.text.clone()))
        });
        if let Some(value) = chosen {
            new.text = value;
            ctx.push(Command::Assume(Act::Answer(Box::new(Ask { fresh: false, ..new }))));
        } else if new != *ask || ask.fresh {
            ctx.push(Command::SetOverlay(Overlay::Assume(Box::new(Ask { fresh: false, ..new }))));
        }
    });
}

fn is_own(ctx: &Ctx<'_>, ask: &Ask, what: What) -> bool {
    ask.whom.iter().any(|whom| ctx.notes.case().assumed(whom, what).is_some())
}

/// Moves through the listed values; true when Enter was pressed.
fn keys(ui: &Ui, ask: &mut Ask, n: usize) -> bool {
    let on_button = ui.memory(|m| m.focused().is_some()) && !ui.ctx().text_edit_focused();
    let (down, up, enter) = ui.input_mut(|i| {
        let mut key = |key| i.consume_key(egui::Modifiers::NONE, key);
        // Enter presses a button that has the keyboard.
        (key(Key::ArrowDown), key(Key::ArrowUp), !on_button && key(Key::Enter))
    });
    if down {
        ask.idx = (ask.idx + 1).min(n.saturating_sub(1));
    }
    if up {
        ask.idx = ask.idx.saturating_sub(1);
    }
    enter
}

/// The field; true when something was typed.
fn field(ui: &mut Ui, ask: &mut Ask, what: What) -> bool {
    let (name, hint) = match what {
        What::Zone => ("Zone", "Europe/Berlin, +02:00, UTC"),
        What::Date if ask.needs_date => ("Date", "2017-10-10"),
        What::Date => ("Year", "2017"),
        What::Host => ("Host name", "db1"),
        What::Offset => ("Clock offset", "-37s, +2m or 1h; + when its clock was ahead"),
        What::Format => ("Format", "type a part of its name"),
    };
    let id = egui::Id::unique("assume-field");
    let edit = TextEdit::singleline(&mut ask.text)
        .id(id)
        .hint_text(hint)
        .margin(Margin::symmetric(10, 6))
        .desired_width(f32::INFINITY);
    let response = ui.add(edit).accessible_name(name);
    if ask.fresh {
        ui.memory_mut(|m| m.request_focus(id));
    }
    response.changed()
}

/// What the typed value would do, or what is wrong with it.
fn hint(ctx: &Ctx<'_>, ui: &mut Ui, ask: &Ask, what: What, marked: Option<String>) {
    let t = ctx.tokens;
    if let Some(error) = &ask.error {
        let words = RichText::new(error).color(t.error);
        ui.add(egui::Label::new(words).wrap());
        return;
    }
    let typed = match what {
        What::Zone => Ask { text: marked.unwrap_or_else(|| ask.text.clone()), ..ask.clone() },
        _ => ask.clone(),
    };
    let said = if ask.text.trim().is_empty() { None } else { read(&typed).ok() };
    let words = match (what, said, &ask.first) {
        (What::Zone, None, Some(first)) => format!("first stamp: {} as written", first.stamp),
        (What::Zone, Some(Say::Zone(zone)), Some(first)) => reading(first, zone),
        (What::Date, Some(Say::Year(year)), Some(first)) => {
            format!("{} as written → {}", first.stamp, dated(first.civil, year))
        }
        (What::Date, Some(Say::Date(date)), Some(first)) => {
            format!("{} as written → {date} {}", first.stamp, format::time_of_day(first.civil, 0, Zone::default()))
        }
        (What::Date, None, Some(first)) => format!("first stamp: {} as written", first.stamp),
        (What::Offset, Some(Say::Offset(0.0)), _) => "its stamps stay where they are".to_owned(),
        (What::Offset, Some(Say::Offset(o)), _) => {
            format!(
                "{}: its stamps are moved {} {}",
                offset_text(o),
                clocks::short(o),
                if o > 0.0 { "earlier" } else { "later" }
            )
        }
        (What::Host, Some(Say::Host(name)), _) => joins(ctx, ask, &name),
        (What::Format, _, _) => format!("lines that each explains, of {} looked at", ask.formats.1),
        _ => return,
    };
    ui.add(egui::Label::new(RichText::new(words).font(theme::mono_small()).color(t.text_second)).wrap());
}

fn joins(ctx: &Ctx<'_>, ask: &Ask, name: &str) -> String {
    let lanes = &ctx.shown.analysis.lanes.list;
    let same = matches!(ask.whom.first(), Some(Whom::Host(own)) if own == name);
    match lanes.iter().find(|l| l.host == name).filter(|_| !same) {
        Some(lane) => {
            format!(
                "joins the lane of {}, which has {}",
                text::neutral(name, 40).0,
                text::plural(lane.sources.len() as u64, "file", "files")
            )
        }
        None if same => "the name that its logs give it".to_owned(),
        None => "gets a lane of its own".to_owned(),
    }
}

/// `13:08:20 as written → 11:08:20 UTC`.
fn reading(first: &First, zone: Zone) -> String {
    format!("{} as written → {}", first.stamp, read_in(first, zone))
}

fn read_in(first: &First, zone: Zone) -> String {
    let utc = first.civil.saturating_sub(i64::from(zone.east_at_local(first.civil).0) * SECOND);
    let day = match utc.div_euclid(DAY) - first.civil.div_euclid(DAY) {
        0 => "",
        d if d < 0 => ", the day before",
        _ => ", the day after",
    };
    format!("{} UTC{day}", format::time_of_day(utc, 0, Zone::default()))
}

fn dated(civil: i64, year: i32) -> String {
    let date = format::date(civil, Zone::default());
    format!("{year}{} {}", date.get(4..).unwrap_or_default(), format::time_of_day(civil, 0, Zone::default()))
}

/// A value that can be picked.
struct Value {
    value: String,
    right: String,
}

fn values(ctx: &Ctx<'_>, ask: &Ask) -> Vec<Value> {
    match ask.what {
        Some(What::Zone) => zones(ctx, ask),
        Some(What::Format) => {
            let fits = |name: &String| ask.text.trim().is_empty() || text::fuzzy(&ask.text, name).is_some();
            let all = ask.formats.0.iter().filter(|(name, _)| fits(name));
            all.map(|(name, n)| Value { value: name.clone(), right: crate::export::text::count(*n as u64) }).collect()
        }
        Some(What::Host) => {
            let lanes = ctx.shown.analysis.lanes.list.iter();
            let right = |n: usize| text::plural(n as u64, "file", "files");
            lanes.map(|l| Value { value: l.host.clone(), right: right(l.sources.len()) }).collect()
        }
        _ => Vec::new(),
    }
}

/// Zones by what was typed: what can be read as it stands first, then by how well their names fit.
fn zones(ctx: &Ctx<'_>, ask: &Ask) -> Vec<Value> {
    let typed = ask.text.trim();
    let mut zones: Vec<Zone> = Vec::new();
    if typed.is_empty() {
        zones.push(Zone::default());
        zones.extend(ctx.view.system_zone);
        zones.extend(ctx.shown.analysis.infos.iter().map(|i| i.decision.zone));
    } else {
        zones.extend(Zone::parse(typed));
    }
    let mut named: Vec<(usize, Zone)> = chrono_tz::TZ_VARIANTS
        .iter()
        .filter_map(|tz| {
            let words = tz.name().replace(['/', '_'], " ");
            let score = if typed.is_empty() { Some(0) } else { text::fuzzy(&typed.replace(['/', '_'], " "), &words) };
            score.map(|score| (score, Zone::Named(*tz)))
        })
        .collect();
    named.sort_by_key(|(score, _)| *score);
    let mut head: Vec<Zone> = Vec::new();
    zones.into_iter().for_each(|zone| {
        if !head.contains(&zone) && head.len() < 24 {
            head.push(zone);
        }
    });
    let rest = named.into_iter().map(|(_, zone)| zone).filter(|zone| !head.contains(zone)).collect::<Vec<_>>();
    let zones = head.into_iter().chain(rest);
    let right = |zone: Zone| ask.first.as_ref().map_or_else(String::new, |first| format!("→ {}", read_in(first, zone)));
    zones.map(|zone| Value { value: zone.name(), right: right(zone) }).collect()
}

/// The values; the one that was clicked.
fn list(ctx: &Ctx<'_>, ui: &mut Ui, ask: &Ask, values: &[Value]) -> Option<String> {
    if values.is_empty() {
        if matches!(ask.what, Some(What::Zone | What::Format)) {
            ui.label(RichText::new("nothing has this name").color(ctx.tokens.text_second));
        }
        return None;
    }
    let (t, mut picked) = (ctx.tokens, None);
    let takes_enter = matches!(ask.what, Some(What::Zone | What::Format));
    let (row, height) = (size::CONTROL, (values.len() as f32 * (size::CONTROL + 1.0)).min(LIST));
    let mut area =
        egui::ScrollArea::vertical().max_height(height).min_scrolled_height(height).auto_shrink([false, true]);
    let (seen, last) = (height / (row + 1.0), ask.idx as f32 + 1.0);
    if takes_enter && ui.input(|i| i.key_down(Key::ArrowDown) || i.key_down(Key::ArrowUp)) {
        area = area.vertical_scroll_offset(((last - seen).max(0.0)) * (row + 1.0));
    }
    ui.spacing_mut().item_spacing.y = 1.0;
    area.show_rows(ui, row, values.len(), |ui, range| {
        for (i, value) in values.iter().enumerate().skip(range.start).take(range.len()) {
            let name = text::cut_middle(&text::neutral(&value.value, 80).0, 40);
            let right = RichText::new(&value.right).font(theme::mono_small()).color(t.text_third);
            let button = Button::selectable(takes_enter && i == ask.idx, RichText::new(name).color(t.text))
                .right_text(right)
                .min_size(vec2(ui.available_width(), row));
            let name = format!("{} {}", value.value, value.right);
            if ui.add(button).accessible_name(text::neutral(&name, 120).0).clicked() {
                picked = Some(value.value.clone());
            }
        }
    });
    ui.spacing_mut().item_spacing.y = 6.0;
    ui.add_space(4.0);
    picked
}

fn why(ui: &mut Ui, ask: &mut Ask) {
    let edit = TextEdit::singleline(&mut ask.why)
        .hint_text("Why? (for whoever reads the case)")
        .margin(Margin::symmetric(10, 5))
        .min_size(vec2(0.0, size::CONTROL))
        .desired_width(f32::INFINITY);
    ui.add(edit).accessible_name("Why");
}
