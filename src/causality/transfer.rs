//! A file is finished on one host before another host has it.
//!
//! Files are known by their names; what was copied, uploaded or restored must have been made before. A name that is
//! made more than once tells nothing.

use std::collections::BTreeMap;

use super::known::{Known, file_name};
use super::{Edge, Rule};
use crate::event::EventId;
use crate::fact::{Fact, Kind};

/// The edges from the making of files to their arrival elsewhere.
pub fn edges(known: &Known<'_>) -> Vec<Edge> {
    let mut made: BTreeMap<&str, Vec<EventId>> = BTreeMap::new();
    let mut moved: Vec<(&str, EventId)> = Vec::new();
    for kind in [Kind::Artifact, Kind::JobEnd] {
        for (fact, _) in known.timed(kind) {
            let Some(name) = name(&fact) else { continue };
            if kind == Kind::Artifact && is_moved(&fact) {
                moved.push((name, fact.event()));
            } else if fact.get("status").is_none_or(|s| s == "ok") {
                made.entry(name).or_default().push(fact.event());
            }
        }
    }
    let mut edges = Vec::new();
    for (name, to) in moved {
        let mut from = made.get(name).cloned().unwrap_or_default();
        from.sort_unstable();
        from.dedup();
        if let [from] = from.as_slice()
            && known.lane(*from) != known.lane(to)
        {
            edges.push(Edge { from: *from, to, rule: Rule::Transfer });
        }
    }
    edges
}

fn is_moved(fact: &Fact<'_>) -> bool {
    matches!(fact.get("kind"), Some("upload" | "transfer" | "copy" | "download" | "restore"))
}

fn name<'a>(fact: &Fact<'a>) -> Option<&'a str> {
    let name = file_name(fact.get("file")?);
    // "dump.sql" is every day's name.
    (name.len() >= 6 && name.bytes().any(|b| b.is_ascii_digit())).then_some(name)
}
