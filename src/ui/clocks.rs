//! Clocks in the window: a badge for each host, bands of times, and what the strip of assumptions says of them.

use crate::analysis::Analysis;
use crate::case::assumption::{What, Whom};
use crate::clock::pairs::resolution;
use crate::clock::{Anchor, Clock};
use crate::event::EventId;
use crate::export::clocks as words;
use crate::session::Snapshot;
use crate::ui::assumptions::Assumption;
use crate::ui::text;

/// How much is known of a host's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// All others are told against it.
    Reference,
    /// Its offset is taken off, measured or given.
    Applied,
    /// It differs from the reference by less than can be told.
    InStep,
    /// It was measured, but the evidence does not suffice.
    Proposed,
    /// Nothing connects it with the others.
    Floating,
}

impl Known {
    /// What is known of a clock.
    pub fn of(clock: &Clock) -> Known {
        match clock.anchor {
            Anchor::Reference => Known::Reference,
            Anchor::Floating => Known::Floating,
            _ if clock.applied => Known::Applied,
            _ if clock.offset.abs() <= clock.half_width => Known::InStep,
            _ => Known::Proposed,
        }
    }
}

/// A clock in as few words as stand beside a host's name.
pub fn badge(clock: &Clock) -> String {
    match Known::of(clock) {
        Known::Reference => "reference".to_owned(),
        Known::Floating => "floating".to_owned(),
        Known::Applied if clock.anchor == Anchor::Given => format!("{} given", signed(clock.offset)),
        Known::Applied if clock.anchor == Anchor::Pinned => format!("{} pinned", signed(clock.offset)),
        Known::Applied => format!("{} ±{}", signed(clock.offset), short(clock.half_width)),
        Known::InStep => format!("in step ±{}", short(clock.half_width)),
        Known::Proposed => format!("{}? not applied", signed(clock.offset)),
    }
}

/// The clock of a lane; none where there is only one host, which has nothing to be compared with.
pub fn of_lane(analysis: &Analysis, lane: usize) -> Option<&Clock> {
    analysis.clocks.list.get(lane).filter(|_| analysis.lanes.list.len() > 1)
}

/// Full sentences about a clock, safe to draw.
pub fn sentences(analysis: &Analysis, clock: &Clock) -> Vec<String> {
    words::sentences(analysis, clock).iter().map(|s| text::neutral(s, 400).0).collect()
}

fn signed(nanos: f64) -> String {
    format!("{}{}", if nanos < 0.0 { "−" } else { "+" }, short(nanos))
}

/// `350 µs`, `1.5 ms`, `370 ms`, `37.6 s`, `120 s`: a length of time in at most six characters.
pub fn short(nanos: f64) -> String {
    let n = nanos.abs();
    match n {
        _ if n < 9.995e5 => format!("{:.0} µs", n / 1e3),
        _ if n < 9.95e6 => format!("{:.1} ms", n / 1e6),
        _ if n < 9.995e8 => format!("{:.0} ms", n / 1e6),
        _ if n < 9.995e10 => format!("{:.1} s", n / 1e9),
        _ => format!("{:.0} s", n / 1e9),
    }
}

/// The interval in which an event was written: its band, and what its stamp's resolution leaves open behind it.
pub fn interval(analysis: &Analysis, id: EventId) -> Option<(i64, i64)> {
    let (time, band) = (analysis.corrected(id)?, band(analysis, id));
    let open = resolution(&analysis.events, id) as i64;
    Some((time.saturating_sub(band), time.saturating_add(band).saturating_add(open)))
}

/// How far the clock that stamped an event may be off after correction, in nanoseconds.
pub fn band(analysis: &Analysis, id: EventId) -> i64 {
    analysis.clock(id).map_or(0, |c| c.doubt() as i64)
}

/// ` ±1.5 ms` where the time of an event is less certain than the digits that are told of it.
pub fn told_band(analysis: &Analysis, id: EventId) -> Option<String> {
    let told = 10_f64.powi(9 - i32::from(analysis.digits(id)));
    let open = resolution(&analysis.events, id);
    let doubt = band(analysis, id) as f64 + if open > told * 1.01 { open } else { 0.0 };
    (doubt > told).then(|| format!("±{}", short(doubt)))
}

/// How much later an event stands than its clock says, because it cannot be before its cause; in nanoseconds.
pub fn pushed(analysis: &Analysis, id: EventId) -> i64 {
    let (Some(recorded), Some(placed)) = (analysis.events.time(id), analysis.corrected(id)) else { return 0 };
    let correction = analysis.clock(id).map_or(0, |c| c.correction(recorded));
    if analysis.timeline.is_corrected() { placed.saturating_sub(recorded.saturating_sub(correction)) } else { 0 }
}

/// What the strip says of the clocks: what is taken off and what that rests on, what is not, who floats.
pub fn assumptions(snapshot: &Snapshot) -> Vec<Assumption> {
    let Some(causal) = &snapshot.causal else { return Vec::new() };
    if causal.lanes.list.len() < 2 {
        return Vec::new();
    }
    let of = |known| causal.clocks.list.iter().filter(move |c| Known::of(c) == known);
    let mut out: Vec<Assumption> = of(Known::Applied).map(|c| applied(causal, c)).collect();
    out.extend(group(causal, of(Known::Floating), |n| {
        if n == 1 { "floats: order against the others unknown" } else { "float: order against the others unknown" }
    }));
    out.extend(of(Known::Proposed).map(|c| Assumption {
        subject: format!("{} perhaps {}", name(c), words::off(c.offset)),
        reason: format!(
            "not applied: {} do not suffice",
            text::plural(c.pairs as u64, "matched record", "matched records")
        ),
        paths: Vec::new(),
        details: sentences(causal, c),
        what: Some(What::Offset),
        whom: whom(causal, &c.host),
        applied: false,
    }));
    out.extend(group(causal, of(Known::InStep), |_| "in step with the reference"));
    // All others are told against it: there is nothing to change.
    out.extend(group(causal, of(Known::Reference), |_| "is the reference").map(|a| Assumption { what: None, ..a }));
    if snapshot.unmeasured > 0 {
        out.insert(
            0,
            Assumption {
                subject: text::plural(snapshot.unmeasured as u64, "newer event", "newer events"),
                reason: "by the clocks as measured before, causes not looked for".to_owned(),
                paths: Vec::new(),
                details: vec!["“Measure clocks again” looks at all events anew".to_owned()],
                what: None,
                whom: Vec::new(),
                applied: true,
            },
        );
    }
    out
}

fn applied(analysis: &Analysis, c: &Clock) -> Assumption {
    let through = c.through.as_deref().map_or_else(String::new, |t| format!(" with {}", text::neutral(t, 24).0));
    let records = text::plural(c.pairs as u64, "record", "records");
    Assumption {
        subject: format!("{} {} {}", name(c), short(c.offset), if c.offset < 0.0 { "behind" } else { "ahead" }),
        reason: match c.anchor {
            Anchor::Given => "as given".to_owned(),
            Anchor::Pinned => {
                format!("±{} by {}{through}", short(c.half_width), text::plural(c.pairs as u64, "pin", "pins"))
            }
            _ => format!("±{} by {records}{through}", short(c.half_width)),
        },
        paths: Vec::new(),
        details: sentences(analysis, c),
        what: Some(What::Offset),
        whom: whom(analysis, &c.host),
        applied: true,
    }
}

/// What a decision about a host is about: the first of the names that its logs give it.
pub fn whom(analysis: &Analysis, host: &str) -> Vec<Whom> {
    let named = analysis.infos.iter().find(|i| i.host.as_deref() == Some(host)).and_then(|i| i.named.clone());
    vec![Whom::Host(named.unwrap_or_else(|| host.to_owned()))]
}

fn group<'a>(
    analysis: &Analysis,
    clocks: impl Iterator<Item = &'a Clock>,
    reason: impl Fn(usize) -> &'static str,
) -> Option<Assumption> {
    let clocks: Vec<&Clock> = clocks.collect();
    let names: Vec<String> = clocks.iter().take(3).map(|c| name(c)).collect();
    let more = clocks.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!clocks.is_empty()).then(|| Assumption {
        subject: names.join(", ") + &more,
        reason: reason(clocks.len()).to_owned(),
        paths: Vec::new(),
        details: clocks.iter().flat_map(|c| sentences(analysis, c)).collect(),
        what: Some(What::Offset),
        whom: clocks.iter().flat_map(|c| whom(analysis, &c.host)).collect(),
        applied: clocks.iter().all(|c| Known::of(c) != Known::Floating),
    })
}

fn name(c: &Clock) -> String {
    text::cut_middle(&text::neutral(&c.host, 60).0, 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(anchor: Anchor, offset: f64, half_width: f64, applied: bool) -> Clock {
        Clock { anchor, offset, half_width, applied, ..Clock::default() }
    }

    #[test]
    fn badges_are_short_and_never_only_a_number_where_nothing_is_taken_off() {
        let told = |anchor, offset, band, applied| badge(&clock(anchor, offset, band, applied));
        assert_eq!(told(Anchor::TwoWay, -37.6e9, 1.5e6, true), "−37.6 s ±1.5 ms");
        assert_eq!(told(Anchor::Bridged, 370e6, 12e6, true), "+370 ms ±12 ms");
        assert_eq!(told(Anchor::Given, 2e9, 0.0, true), "+2.0 s given");
        assert_eq!(told(Anchor::TwoWay, 1e6, 4e6, false), "in step ±4.0 ms");
        assert_eq!(told(Anchor::TwoWay, 3.6e9, 4e6, false), "+3.6 s? not applied");
        assert_eq!(told(Anchor::Reference, 0.0, 0.0, false), "reference");
        assert_eq!(told(Anchor::Floating, 0.0, 0.0, false), "floating");
    }
}
