//! How two events are ordered, in words: what `causeline why` prints and the window shows.

use std::fmt::Write as _;

use super::clocks::{sentence, size};
use super::text::{is_structured, summary};
use crate::analysis::Analysis;
use crate::event::EventId;
use crate::relation::{Doubt, Hint, Proof, Relation, relation};
use crate::time::format;

/// The two records, how they are ordered, and what is known of their clocks.
pub fn text(analysis: &Analysis, a: EventId, b: EventId) -> String {
    let mut out = String::new();
    for id in [a, b] {
        writeln!(out, "{}", shown(analysis, id)).ok();
    }
    writeln!(out, "\n{}", answer(analysis, a, b)).ok();
    let mut hosts: Vec<&str> = Vec::new();
    for clock in [a, b].iter().filter_map(|id| analysis.clock(*id)) {
        if !hosts.contains(&clock.host.as_str()) {
            hosts.push(&clock.host);
            writeln!(out, "{}", sentence(clock)).ok();
        }
    }
    out
}

/// How two events are ordered, how sure that is, and by what: one sentence.
pub fn answer(analysis: &Analysis, a: EventId, b: EventId) -> String {
    let (first, second) = (at(analysis, a), at(analysis, b));
    match relation(analysis, a, b) {
        Relation::Before(proof) => certain(&first, &second, proof),
        Relation::After(proof) => certain(&second, &first, proof),
        Relation::Probably(forward, hint) => {
            let (x, y) = if forward { (&first, &second) } else { (&second, &first) };
            format!("probable: {x} before {y}; their stamps leave it open, but {}", hinted(analysis, &hint))
        }
        Relation::Unknown(Doubt::Pinned) => "you pinned these two as one moment".to_owned(),
        Relation::Unknown(Doubt::NoTime) => "unknown: one of them has no time".to_owned(),
        Relation::Unknown(Doubt::Contradicted) => {
            "unknown: several other records contradict the stamp of one of them".to_owned()
        }
        Relation::Unknown(Doubt::ContradictedClock) => {
            "unknown: too many records contradict what is known of the clock of one of these hosts".to_owned()
        }
        Relation::Unknown(Doubt::FloatingClock) => {
            "unknown: the clocks of these hosts share nothing that would tell how far they are apart".to_owned()
        }
        Relation::Unknown(Doubt::Overlap(by)) => {
            format!("unknown: the intervals in which they were written overlap by {}", size(by as f64))
        }
    }
}

fn hinted(analysis: &Analysis, hint: &Hint) -> String {
    match hint {
        Hint::FileOrder => "they stand in this order in one file".to_owned(),
        Hint::Edges(chain) if chain.len() == 1 => chain.iter().map(|e| e.rule.why()).collect(),
        Hint::Edges(chain) => {
            let steps = chain
                .iter()
                .map(|e| format!("{} before {}: {}", at(analysis, e.from), at(analysis, e.to), e.rule.why()));
            steps.collect::<Vec<_>>().join("; ")
        }
    }
}

fn certain(x: &str, y: &str, proof: Proof) -> String {
    match proof {
        Proof::SameWriter => format!("certain: {x} before {y}; one writer wrote both into one file, in this order"),
        Proof::HardEdges => format!("certain: {x} before {y}; it is the same record, first where it arose"),
        Proof::SameClock => format!("certain: {x} before {y}; one clock stamped both"),
        Proof::Intervals(gap) => format!(
            "certain: {x} before {y}; the intervals in which they were written, bands included, are {} apart",
            size(gap as f64)
        ),
    }
}

fn at(analysis: &Analysis, id: EventId) -> String {
    format!("{}:{}", analysis.source(id).map_or("", |s| s.path.as_str()), analysis.events.line(id))
}

fn shown(analysis: &Analysis, id: EventId) -> String {
    let time = |t: Option<i64>, digits| t.map_or_else(|| "no time".to_owned(), |t| format::utc(t, digits));
    let text: String = summary(&analysis.record(id), is_structured(analysis, id)).chars().take(120).collect();
    let (recorded, corrected) = (analysis.events.time(id), analysis.corrected(id));
    format!(
        "{}  recorded {}  corrected {}\n    {text}",
        at(analysis, id),
        time(recorded, analysis.events.precision(id)),
        time(corrected, analysis.digits(id))
    )
}
