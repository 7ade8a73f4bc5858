//! A standby asks its primary for the log from a position on, and streams from there.
//!
//! PostgreSQL: the primary logs the request (`START_REPLICATION 0/3000000`), the standby logs `started streaming WAL
//! … at 0/3000000`, and a primary that waits for it logs that it is now synchronous. The request comes first; a
//! position that several standbys start at, or that one starts at twice, tells nothing.

use std::collections::BTreeMap;

use super::known::Known;
use super::{Edge, Rule};
use crate::event::EventId;
use crate::fact::Kind;

/// Who said something about one start of streaming.
#[derive(Default)]
struct Start {
    asked: Vec<EventId>,
    streams: Vec<EventId>,
}

/// The edges of all starts of streaming.
pub fn edges(known: &Known<'_>) -> Vec<Edge> {
    let mut starts: BTreeMap<(&str, &str), Start> = BTreeMap::new();
    let mut caught_up: BTreeMap<(usize, String), Vec<EventId>> = BTreeMap::new();
    for (fact, _) in known.timed(Kind::ReplStart) {
        // A base backup streams the log too, but no standby follows from it.
        if fact.get("name").is_some_and(|slot| slot.starts_with("pg_basebackup_")) {
            continue;
        }
        let primary = fact.get("role") == Some("primary");
        match (fact.get("lsn"), fact.get("timeline")) {
            (Some(lsn), Some(timeline)) => {
                let start = starts.entry((lsn, timeline)).or_default();
                if primary { &mut start.asked } else { &mut start.streams }.push(fact.event());
            }
            _ if primary => {
                if let Some(pid) = known.record(fact.event()).pid {
                    caught_up.entry((known.lane(fact.event()), pid.into_owned())).or_default().push(fact.event());
                }
            }
            _ => {}
        }
    }
    let mut edges = Vec::new();
    for start in starts.values() {
        let ([asked], [streams]) = (start.asked.as_slice(), start.streams.as_slice()) else { continue };
        if known.lane(*asked) == known.lane(*streams) {
            continue;
        }
        edges.push(Edge { from: *asked, to: *streams, rule: Rule::Replication });
        let pid = known.record(*asked).pid.map(|p| p.into_owned()).unwrap_or_default();
        let after = caught_up.get(&(known.lane(*asked), pid)).into_iter().flatten().find(|id| *id > asked);
        edges.extend(after.map(|to| Edge { from: *streams, to: *to, rule: Rule::Replication }));
    }
    edges
}
