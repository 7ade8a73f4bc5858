//! Clocks in words: who was off by how much, and how that is known.

use crate::analysis::Analysis;
use crate::clock::steps::Step;
use crate::clock::{Anchor, Clock, Overruled};
use crate::event::EventId;
use crate::time::format;

/// One sentence about a clock.
pub fn sentence(c: &Clock) -> String {
    let host = &c.host;
    match c.anchor {
        Anchor::Reference => format!("{host} is the reference: all offsets are against its clock"),
        Anchor::Floating => {
            format!("{host} shares nothing with the others: its offset is unknown, and so is its order against them")
        }
        Anchor::Given => format!("{host} is {}, as given", off(c.offset)),
        Anchor::Pinned => {
            let through = c.through.as_deref().unwrap_or("the reference");
            let one = if c.pairs == 1 { "a line that you pinned" } else { "lines that you pinned" };
            format!("{host} is {}, ±{}, from {one} to {through} as one moment", off(c.offset), size(c.half_width))
        }
        Anchor::OneWay => {
            let through = c.through.as_deref().unwrap_or("the reference");
            let applied = if c.applied { "applied" } else { "not applied" };
            format!(
                "{host} is {}, known from one side only: from {} records whose order with those of {through} is known, \
                 it may be off by {} more; {applied}",
                off(c.offset),
                c.pairs,
                size(c.half_width)
            )
        }
        Anchor::TwoWay | Anchor::Bridged => {
            let through = c.through.as_deref().unwrap_or("the reference");
            let drift =
                if c.drift.abs() >= 20e-6 { format!(", drifting by {:+.0} ppm", c.drift * 1e6) } else { String::new() };
            let jumps = jumps(c);
            let against =
                if c.contradictions > 0 { format!(" ({} contradict it)", c.contradictions) } else { String::new() };
            let applied = if c.applied { "applied" } else { "not applied" };
            format!(
                "{host} is {}, ±{}{drift}{jumps}, from {} records matched with those of {through}{against}; {applied}",
                off(c.offset),
                size(c.half_width),
                c.pairs
            )
        }
    }
}

/// `, set back by 5.000 s at 2026-10-10T13:08:20Z`, for every jump of a clock.
fn jumps(c: &Clock) -> String {
    let jump = |s: &Step| {
        let way = if s.size > 0.0 { "set forward" } else { "set back" };
        format!(", {way} by {} at {}", size(s.size), format::utc(s.at as i64, 0))
    };
    c.steps.iter().map(jump).collect()
}

/// All that is known about a clock: its sentence, and the records that bound it best.
pub fn sentences(analysis: &Analysis, c: &Clock) -> Vec<String> {
    let mut out = vec![sentence(c)];
    out.extend(c.overruled.as_ref().and_then(overruled));
    let at = |id: EventId| {
        let path = analysis.source(id).map_or("", |s| s.path.as_str());
        format!("{path}:{}", analysis.events.line(id))
    };
    if let Some(b) = c.example {
        out.push(if b.inside == b.after {
            format!("for example, {} was written after {}", at(b.inside), at(b.before))
        } else {
            format!("for example, {} was written between {} and {}", at(b.inside), at(b.before), at(b.after))
        });
    }
    out
}

/// What a pin overrules, where it says something else than what was measured.
pub fn overruled(o: &Overruled) -> Option<String> {
    let differ = (o.pinned - o.measured).abs() > o.half_width;
    differ.then(|| {
        let pairs = if o.pairs == 1 { "1 pair says".to_owned() } else { format!("{} pairs say", o.pairs) };
        format!(
            "your pin says {}, {pairs} {} ±{}; your pin holds",
            signed(o.pinned),
            signed(o.measured),
            size(o.half_width)
        )
    })
}

/// `+3.200 s`, `−37.600 s`.
fn signed(nanos: f64) -> String {
    format!("{}{}", if nanos < 0.0 { "−" } else { "+" }, size(nanos))
}

/// `37.600 s behind`, `4.2 ms ahead`.
pub fn off(offset: f64) -> String {
    if offset.abs() < 500.0 {
        return "in step".to_owned();
    }
    format!("{} {}", size(offset.abs()), if offset < 0.0 { "behind" } else { "ahead" })
}

/// A length of time in nanoseconds: `350 µs`, `4.2 ms`, `37.600 s`.
pub fn size(nanos: f64) -> String {
    let n = nanos.abs();
    match n {
        _ if n < 1e6 => format!("{:.0} µs", n / 1e3),
        _ if n < 1e8 => format!("{:.1} ms", n / 1e6),
        _ => format!("{:.3} s", n / 1e9),
    }
}
