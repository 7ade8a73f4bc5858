//! The chosen events as text for the clipboard: raw lines, or Markdown for a document.

use crate::event::EventId;
use crate::time::format;
use crate::ui::text;
use crate::ui::window::Window;

/// More rows than this are not copied at once.
const MOST: usize = 10_000;
/// Bytes of one record that go into Markdown.
const LONGEST: usize = 20_000;

fn chosen(w: &Window) -> Vec<EventId> {
    let row = |id: EventId| w.shown.row_of(id).ok();
    match (w.view.chosen, w.view.chosen_to) {
        (Some(from), Some(to)) => match (row(from), row(to)) {
            (Some(a), Some(b)) => (a.min(b)..=a.max(b)).take(MOST).filter_map(|r| w.shown.event(r)).collect(),
            _ => vec![from],
        },
        (Some(one), None) => vec![one],
        _ => Vec::new(),
    }
}

fn put(w: &mut Window, ctx: &egui::Context, n: usize, text: String) {
    if n == 0 {
        w.view.message = Some("no event is chosen".to_owned());
        return;
    }
    ctx.copy_text(text);
    w.view.message = Some(format!("{} copied", text::plural(n as u64, "event", "events")));
}

/// Copies a text; `what` names it in the sentence that tells so.
pub fn text(w: &mut Window, ctx: &egui::Context, text: String, what: &str) {
    ctx.copy_text(text);
    w.view.message = Some(format!("{what} copied"));
}

/// Copies the chosen records as they stand in their files.
pub fn raw(w: &mut Window, ctx: &egui::Context) {
    let ids = chosen(w);
    let lines: Vec<_> = ids.iter().map(|&id| String::from_utf8_lossy(w.shown.analysis.raw(id))).collect();
    let text = lines.join("\n");
    put(w, ctx, ids.len(), text);
}

/// Copies the chosen events as a Markdown list: time, host and place in words, the record as it stands.
pub fn markdown(w: &mut Window, ctx: &egui::Context) {
    let ids = chosen(w);
    let text: String = ids.iter().map(|&id| item(w, id)).collect();
    put(w, ctx, ids.len(), text);
}

fn item(w: &Window, id: EventId) -> String {
    let analysis = &w.shown.analysis;
    let told = |time, digits| format::with_offset(time, digits, w.view.zone);
    let time = match (w.shown.stated(id), analysis.events.time(id)) {
        (Some(time), Some(recorded)) if time != recorded => {
            let recorded = told(recorded, analysis.events.precision(id));
            format!("{} (recorded {recorded})", told(time, analysis.digits(id)))
        }
        (Some(time), _) => told(time, analysis.digits(id)),
        (None, _) => "no time stated".to_owned(),
    };
    let place = analysis.source(id).map_or_else(String::new, |s| format!("{}:{}", s.path, analysis.events.line(id)));
    let level = analysis.events.level(id).name().map_or_else(String::new, |l| format!(", {l}"));
    let (raw, more) = text::neutral_bytes(analysis.raw(id), LONGEST);
    // A fence longer than any run of back-ticks in the record cannot be closed by it.
    let longest = raw.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let body: String = raw.lines().map(|line| format!("  {line}\n")).collect();
    let cut = if more { "  … cut\n" } else { "" };
    format!("- **{time}** {}, `{place}`{level}\n  {fence}text\n{body}{cut}  {fence}\n", w.shown.lane(id).1)
}
