//! The search for findings: on a thread of its own, once clocks are measured, and anew when growth has settled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::carry;
use crate::analysis::{Analysis, Config};
use crate::case::FindingAnchor;
use crate::detect::Findings;

/// Growth has settled when nothing came for this long.
const SETTLED: Duration = Duration::from_secs(2);
/// What never settles is searched this long after it began to grow.
const LONGEST: Duration = Duration::from_secs(20);
/// Between two searches at least this many times what the last one took, so that following costs at most a tenth.
const REST: u32 = 9;

/// What was found, with what each finding is known by.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The findings; their events are those of the snapshot that they came with.
    pub findings: Arc<Findings>,
    /// What they are known by, in their order.
    pub anchors: Arc<Vec<FindingAnchor>>,
}

impl Found {
    /// Searches an analysis, while `go_on` says so.
    pub fn search(analysis: &Analysis, config: &Config, go_on: &(dyn Fn() -> bool + Sync)) -> Option<Found> {
        let findings = Findings::detect_while(analysis, config, &config.rules, go_on)?;
        let anchors = FindingAnchor::all(analysis, &findings);
        Some(Found { findings: Arc::new(findings), anchors: Arc::new(anchors) })
    }
}

/// What a search came to: nothing when it was stopped, a reason when it failed.
pub(super) type Outcome = Result<Option<Found>, String>;

/// The search of one session.
#[derive(Default)]
pub(super) struct Search {
    /// Which one is under way, and what stops it.
    under_way: Option<(u64, Arc<AtomicBool>)>,
    n: u64,
    /// What was found last, and in what.
    last: Option<(Arc<Analysis>, Found)>,
    /// When it began to grow since, and when it last did.
    grown: Option<(Instant, Instant)>,
    begun: Option<Instant>,
    ended: Option<(Instant, Duration)>,
}

impl Search {
    /// Stops what is under way; false when nothing was.
    pub(super) fn stop(&mut self) -> bool {
        let stopped = self.under_way.take();
        if let Some((_, stop)) = &stopped {
            stop.store(true, Ordering::Relaxed);
        }
        stopped.is_some()
    }

    /// Forgets everything: other bytes are read.
    pub(super) fn reset(&mut self) {
        self.stop();
        *self = Search { n: self.n, ..Search::default() };
    }

    /// There are more events.
    pub(super) fn grow(&mut self, now: Instant) {
        let first = self.grown.map_or(now, |(first, _)| first);
        self.grown = Some((first, now));
    }

    /// True when it is time to search what has grown.
    pub(super) fn is_due(&self, following: bool, now: Instant) -> bool {
        let Some((first, last)) = self.grown.filter(|_| self.under_way.is_none()) else { return false };
        let rested = self.ended.is_none_or(|(at, took)| now.saturating_duration_since(at) >= took * REST);
        let since = |at: Instant| now.saturating_duration_since(at);
        !following || (rested && (since(last) >= SETTLED || since(first) >= LONGEST))
    }

    /// A search begins: its number, and what stops it.
    pub(super) fn begin(&mut self, now: Instant) -> (u64, Arc<AtomicBool>) {
        self.stop();
        self.n += 1;
        self.grown = None;
        self.begun = Some(now);
        let stop = Arc::new(AtomicBool::new(false));
        self.under_way = Some((self.n, stop.clone()));
        (self.n, stop)
    }

    /// A search has ended; false when nobody waits for it any more.
    pub(super) fn end(&mut self, n: u64, searched: Arc<Analysis>, found: Option<Found>, now: Instant) -> bool {
        if self.under_way.as_ref().is_none_or(|(under_way, _)| *under_way != n) {
            return false;
        }
        self.under_way = None;
        self.ended = self.begun.map(|begun| (now, now.saturating_duration_since(begun)));
        if let Some(found) = found {
            self.last = Some((searched, found));
        }
        true
    }

    /// What was found, by the events of a later snapshot of the same sources.
    pub(super) fn found_in(&self, analysis: &Analysis) -> Option<Found> {
        let (searched, found) = self.last.as_ref()?;
        if searched.events.is_same(&analysis.events) {
            return Some(found.clone());
        }
        let findings = carry::findings(searched, analysis, &found.findings)?;
        Some(Found { findings: Arc::new(findings), anchors: found.anchors.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_searched_when_it_has_settled_or_goes_on_for_long() {
        let start = Instant::now();
        let at = |s: u64| start + Duration::from_secs(s);
        let mut search = Search::default();
        assert!(!search.is_due(true, at(0)), "nothing has grown");
        search.grow(at(0));
        assert!(!search.is_due(true, at(1)) && search.is_due(true, at(2)));
        for s in 1..25 {
            search.grow(at(s));
            assert_eq!(search.is_due(true, at(s)), s >= 20, "{s}");
        }
        let (n, _) = search.begin(at(25));
        search.grow(at(26));
        assert!(!search.is_due(true, at(40)), "one at a time");
        assert!(search.end(n, Arc::default(), Some(Found::default()), at(30)));
        assert!(!search.is_due(true, at(60)), "it took 5 s, so it rests for 45 s");
        assert!(search.is_due(true, at(75)) && search.is_due(false, at(31)), "the end of following waits for nothing");
    }

    #[test]
    fn a_stopped_search_brings_nothing() {
        let now = Instant::now();
        let mut search = Search::default();
        let (n, stop) = search.begin(now);
        search.begin(now);
        assert!(stop.load(Ordering::Relaxed), "a new one stops the old one");
        assert!(!search.end(n, Arc::default(), Some(Found::default()), now));
        search.reset();
        assert!(!search.end(n + 1, Arc::default(), Some(Found::default()), now));
        assert!(search.found_in(&Analysis::default()).is_none());
    }
}
