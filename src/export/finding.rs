//! One finding as Markdown for a document: what, how it is known, on which lines, what to do.

use std::fmt::Write as _;

use super::markdown::{code, plain};
use super::text::count;
use crate::analysis::Analysis;
use crate::detect::Finding;
use crate::event::EventId;
use crate::time::format;
use crate::time::zone::Zone;

/// A finding that plays `part` in its story, with times in `zone`.
pub fn markdown(analysis: &Analysis, part: &str, f: &Finding, zone: Zone) -> String {
    let mut out = String::new();
    push(&mut out, format_args!("### {}\n", plain(&f.title)));
    let clock = |t: i64| if t == i64::MIN { "no time".to_owned() } else { format::local(t, 1, zone, ' ') };
    let mut about = vec![format!("**{}**", plain(part)), f.severity.word().to_owned(), f.certainty().to_owned()];
    about.push(if f.last > f.first && f.count > 1 {
        format!("{} – {} {}, {} times", clock(f.first), clock(f.last), plain(&zone.name()), count(f.count as u64))
    } else {
        format!("{} {}", clock(f.first), plain(&zone.name()))
    });
    if !f.hosts.is_empty() {
        about.push(plain(&f.hosts.join(", ")));
    }
    about.push(format!("rule {}", code(&f.rule)));
    push(&mut out, format_args!("{}\n", about.join(" · ")));
    if !f.explanation.is_empty() {
        push(&mut out, format_args!("{}\n", plain(&f.explanation)));
    }
    if let Some(reason) = &f.benign {
        push(&mut out, format_args!("Harmless: {}\n", plain(reason)));
    }
    for e in &f.evidence {
        let time = analysis.corrected(e.event).unwrap_or(i64::MIN);
        let time = if time == i64::MIN {
            "no time".to_owned()
        } else {
            format::time_of_day(time, analysis.digits(e.event), zone)
        };
        push(&mut out, format_args!("- {time} {} — {}", code(&place(analysis, e.event)), plain(&e.because)));
    }
    if !f.evidence.is_empty() {
        out.push('\n');
    }
    for e in &f.expected {
        let seen = e.seen.map_or_else(|| "not seen".to_owned(), |id| format!("seen, {}", code(&place(analysis, id))));
        push(&mut out, format_args!("- Expected if true: {} ({seen})", plain(&e.text)));
    }
    for (name, text) in [("Check now", &f.verify), ("Prevent", &f.prevent)] {
        if !text.is_empty() {
            push(&mut out, format_args!("- {name}: {}", plain(text)));
        }
    }
    out
}

/// Where a record stands: `path:line`.
pub fn place(analysis: &Analysis, event: EventId) -> String {
    format!("{}:{}", analysis.source(event).map_or("", |s| s.path.as_str()), analysis.events.line(event))
}

fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).ok();
    out.push('\n');
}
