//! The report as Markdown that GitHub and GitLab show alike.
//!
//! Log text is data: it stands in code spans whose fence is longer than any run of backticks inside, so
//! that pipes, `@names`, `#123`, links and HTML in a log line stay what they are.

use std::fmt::Write as _;

use crate::analysis::Analysis;
use crate::case::Case;
use crate::detect::Findings;
use crate::event::{EventId, Flags};
use crate::export::clocks;
use crate::export::text::{bytes, count, is_structured, push_clean, summary};
use crate::format::level::Level;
use crate::time::format;
use crate::time::zone::Zone;

/// Most characters of a log line that a table shows.
const LONGEST: usize = 180;

/// What the report shows.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// Zone of all times.
    pub zone: Zone,
    /// The quietest level in the timeline table.
    pub least: Level,
    /// Most rows in the timeline table.
    pub most_rows: usize,
}

/// The title of a report on what is called `name` on disk: in words, the first letter large.
pub fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// Writes the report on the events `rows` (in timeline order).
pub fn report(
    analysis: &Analysis,
    found: &Findings,
    case: Option<&Case>,
    rows: &[EventId],
    title: &str,
    choice: &Choice,
) -> String {
    let mut out = String::new();
    header(&mut out, analysis, rows, title, choice);
    out.push_str(&super::postmortem::findings(analysis, found, case, choice));
    if let Some(case) = case {
        notes(&mut out, analysis, case, choice);
    }
    timeline(&mut out, analysis, rows, choice);
    assumptions(&mut out, analysis);
    sources(&mut out, analysis, choice);
    trouble(&mut out, analysis);
    out
}

pub(super) fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).ok();
    out.push('\n');
}

fn header(out: &mut String, analysis: &Analysis, rows: &[EventId], title: &str, choice: &Choice) {
    line(out, format_args!("# {}\n", plain(title)));
    let mut times = rows.iter().filter_map(|id| analysis.corrected(*id));
    let span = match (times.next(), times.next_back()) {
        (Some(first), Some(last)) => {
            format!("{} – {}", format::local(first, 0, choice.zone, ' '), format::local(last, 0, choice.zone, ' '))
        }
        (Some(only), None) => format::local(only, 0, choice.zone, ' '),
        _ => "no times".to_owned(),
    };
    line(
        out,
        format_args!(
            "{} files of {} hosts, {} events, {span}.\n",
            analysis.sources.len(),
            analysis.lanes.list.len(),
            count(rows.len() as u64)
        ),
    );
    clock_notes(out, analysis, choice);
}

/// What was taken off whose stamps, and what is not known.
fn clock_notes(out: &mut String, analysis: &Analysis, choice: &Choice) {
    let zone = choice.zone.name();
    if analysis.lanes.list.len() < 2 {
        line(out, format_args!("All times {zone}.\n"));
        return;
    }
    if analysis.clocks.list.is_empty() {
        line(
            out,
            format_args!(
                "All times {zone}, as recorded: clocks were not corrected, so the order of events on different hosts is only as good as their clocks.\n"
            ),
        );
        return;
    }
    let applied: Vec<_> = analysis.clocks.list.iter().filter(|c| c.applied).collect();
    let corrected: Vec<String> = applied
        .iter()
        .map(|c| format!("{} was {} (±{})", plain(&c.host), clocks::off(c.offset), clocks::size(c.half_width)))
        .collect();
    if corrected.is_empty() {
        line(out, format_args!("All times {zone}. No clock correction was applied.\n"));
    } else {
        line(out, format_args!("All times {zone}, clocks corrected: {}.\n", corrected.join(", ")));
    }
    line(out, format_args!("## Clocks\n"));
    for clock in &analysis.clocks.list {
        line(out, format_args!("- {}", plain(&clocks::sentence(clock))));
    }
    out.push('\n');
}

fn notes(out: &mut String, analysis: &Analysis, case: &Case, choice: &Choice) {
    if case.annotations.is_empty() {
        return;
    }
    line(out, format_args!("## Notes\n"));
    line(out, format_args!("| Time ({}) | Source | Event | Note |\n|---|---|---|---|", choice.zone.name()));
    let mut resolved = case.resolve(analysis);
    resolved.sort_by_key(|(_, id)| id.map_or((i64::MAX, u32::MAX), |id| (analysis.events.key(id), id.0)));
    for (note, id) in resolved {
        let comment = if note.comment.is_empty() { "marked".to_owned() } else { cell(&note.comment) };
        match id {
            Some(id) => line(
                out,
                format_args!(
                    "| {} | {} | {} | {comment} |",
                    time(analysis, id, choice),
                    place(analysis, id),
                    message(analysis, id)
                ),
            ),
            None => line(
                out,
                format_args!(
                    "| – | {} | *this record is no longer in the logs* | {comment} |",
                    code(&format!("{}:{}", note.file, note.line))
                ),
            ),
        }
    }
    out.push('\n');
}

fn timeline(out: &mut String, analysis: &Analysis, rows: &[EventId], choice: &Choice) {
    let events = &analysis.events;
    let shown: Vec<EventId> = rows.iter().copied().filter(|id| events.level(*id) >= choice.least).collect();
    line(out, format_args!("## Timeline\n"));
    let of = |level: Level| {
        level.name().map_or_else(|| "All events".to_owned(), |l| format!("Events of level {l} and worse"))
    };
    let left_out = shown.len().saturating_sub(choice.most_rows);
    let mut about = format!("{}: {} of {}.", of(choice.least), count(shown.len() as u64), count(rows.len() as u64));
    if left_out > 0 {
        write!(
            about,
            " The first {} are listed; `--rows` and `--since` choose others.",
            count(choice.most_rows as u64)
        )
        .ok();
    }
    line(out, format_args!("{about}\n"));
    if shown.is_empty() {
        return;
    }
    line(out, format_args!("| Time ({}) | Source | Level | Event |\n|---|---|---|---|", choice.zone.name()));
    let mut date = String::new();
    for id in shown.into_iter().take(choice.most_rows) {
        let today = analysis.corrected(id).map_or_else(|| "no time".to_owned(), |t| format::date(t, choice.zone));
        if today != date {
            line(out, format_args!("| **{today}** | | | |"));
            date = today;
        }
        let level = events.level(id).name().unwrap_or("–");
        line(
            out,
            format_args!(
                "| {} | {} | {level} | {} |",
                time(analysis, id, choice),
                place(analysis, id),
                message(analysis, id)
            ),
        );
    }
    out.push('\n');
}

fn assumptions(out: &mut String, analysis: &Analysis) {
    let told: Vec<_> = analysis.infos.iter().filter(|i| !i.assumptions.is_empty()).collect();
    if told.is_empty() {
        return;
    }
    line(out, format_args!("## Assumptions\n"));
    for info in told {
        line(
            out,
            format_args!(
                "- {}: {}",
                code(&info.path),
                info.assumptions.iter().map(|a| plain(a)).collect::<Vec<_>>().join("; ")
            ),
        );
    }
    out.push('\n');
}

fn sources(out: &mut String, analysis: &Analysis, choice: &Choice) {
    line(out, format_args!("## Sources\n"));
    line(out, format_args!("| Source | Host | Format | Events | From | To | Size |\n|---|---|---|---:|---|---|---:|"));
    for info in &analysis.infos {
        let at = |t: Option<i64>| t.map_or_else(|| "–".to_owned(), |t| format::local(t, 0, choice.zone, ' '));
        line(
            out,
            format_args!(
                "| {} | {} | {} | {} | {} | {} | {} |",
                code(&info.path),
                info.host.as_deref().map_or_else(|| "–".to_owned(), plain),
                info.format,
                count(info.records),
                at(info.first),
                at(info.last),
                bytes(info.bytes)
            ),
        );
    }
    out.push('\n');
}

fn trouble(out: &mut String, analysis: &Analysis) {
    if analysis.diagnostics.is_empty() {
        return;
    }
    line(out, format_args!("## What could not be read in full\n"));
    for d in analysis.diagnostics.iter() {
        line(out, format_args!("- {}", plain(&d.to_string())));
    }
}

fn time(analysis: &Analysis, id: EventId, choice: &Choice) -> String {
    let events = &analysis.events;
    let Some(t) = analysis.corrected(id) else { return "–".to_owned() };
    let mut text = format::time_of_day(t, analysis.digits(id).min(6), choice.zone);
    if events.flags(id).has(Flags::ASSUMED_TIME) {
        text.push_str(" ~");
    }
    text
}

fn place(analysis: &Analysis, id: EventId) -> String {
    let host = analysis.info(id).and_then(|i| i.host.as_deref()).unwrap_or("–");
    let path = analysis.source(id).map_or("", |s| s.path.as_str());
    let file = path.strip_prefix(host).and_then(|p| p.strip_prefix('/')).unwrap_or(path);
    format!("{} {}", plain(host), code(&format!("{file}:{}", analysis.events.line(id))))
}

fn message(analysis: &Analysis, id: EventId) -> String {
    let text = summary(&analysis.record(id), is_structured(analysis, id));
    let short: String = text.chars().take(LONGEST).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    code(&(short + dots))
}

/// Log text as a code span that can stand in a table.
///
/// A table splits at pipes even inside code, so they are escaped; GitHub and GitLab show `\|` there as `|`.
pub fn code(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    push_clean(&mut clean, text);
    let clean = clean.trim();
    if clean.is_empty() {
        return String::new();
    }
    let longest = clean.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if clean.starts_with('`') || clean.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{}{pad}{fence}", clean.replace('|', "\\|"))
}

/// Words of ours or of a file name as plain text: nothing in them is markup.
pub fn plain(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    push_clean(&mut clean, text);
    let mut out = String::with_capacity(clean.len());
    for c in clean.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("@\u{200b}"),
            '|' | '`' | '*' | '_' | '[' | ']' | '#' | '\\' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// The analyst's own Markdown in one table cell.
fn cell(text: &str) -> String {
    text.trim().replace('|', "\\|").replace("\r\n", "\n").replace('\n', "<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_text_cannot_leave_its_code_span() {
        assert_eq!(code("a | b"), "`a \\| b`");
        assert_eq!(code("x `y` ``z``"), "``` x `y` ``z`` ```");
        assert_eq!(code("<img> @you #1\u{1b}[0m"), "`<img> @you #1␛[0m`");
        assert_eq!(code(" "), "");
    }

    #[test]
    fn plain_text_is_no_markup() {
        assert_eq!(plain("a_b <c> #1"), "a\\_b &lt;c&gt; \\#1");
    }
}
