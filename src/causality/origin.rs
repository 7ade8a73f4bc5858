//! What a host says of its own request comes before what others say of it.
//!
//! A cluster's members write under whose name a change came (`origin=pg01/crmd/63`); the member that began it calls it
//! its own (`origin=local/crmd/63`). Nobody else can know of it earlier.

use super::{Edge, Rule};
use crate::event::EventStore;
use crate::fact::{Key, Mention};

/// The edges from the first mention by the host that began, to the first by each other.
pub fn edges(events: &EventStore, keys: &[Key]) -> Vec<Edge> {
    let mut edges = Vec::new();
    for key in keys {
        let timed = |m: &&Mention| events.time(m.event).is_some();
        let Some(first) = key.mentions.iter().filter(timed).filter(|m| m.own).min_by_key(|m| m.event) else {
            continue;
        };
        let mut seen = vec![first.host];
        for m in key.mentions.iter().filter(timed) {
            if !seen.contains(&m.host) {
                seen.push(m.host);
                edges.push(Edge { from: first.event, to: m.event, rule: Rule::Origin });
            }
        }
    }
    edges
}
