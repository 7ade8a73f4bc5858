//! One run through the real program, measured against what truly happened.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use causeline::analysis::{Analysis, Config, analyze};
use causeline::causality::{Rule, Strength};
use causeline::clock::{Anchor, Clock};
use causeline::event::EventId;
use causeline::relation::{Relation, relation};
use causeline::source::SourceId;

use super::baselines::{self, Known};
use super::brackets;
use super::dice::Dice;
use super::emit::{self, Run};
use super::pairwise::time;
use super::sample::{self, Pairs, Sample, Score};
use super::scenario::Setup;

/// A host's offset as measured, at one moment, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    /// Resolutions of host and reference, `fine`, `mixed` or `coarse`; or that links go one way.
    pub(crate) class: &'static str,
    pub(crate) error: f64,
    pub(crate) width: f64,
}

/// What one run showed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) seed: u64,
    pub(crate) events: usize,
    /// Lines that were found again as events.
    pub(crate) found: usize,
    pub(crate) ours: Score,
    pub(crate) baselines: [Score; 6],
    pub(crate) offsets: Vec<Measured>,
    /// Hosts with enough links, and those of them that float.
    pub(crate) linked: usize,
    pub(crate) adrift: usize,
    /// Hosts without links, and those of them that were given an offset.
    pub(crate) alone: usize,
    pub(crate) invented: usize,
    /// Pairs that the program calls certain, and those of them that are wrong.
    pub(crate) certain: usize,
    pub(crate) wrong: usize,
    /// Wrong ones about a host whose offset was measured but not applied.
    pub(crate) unapplied: usize,
    /// Edges that the program reports, those that its own order breaks, and those that are false.
    pub(crate) edges: usize,
    pub(crate) broken: usize,
    pub(crate) broken_true: usize,
    pub(crate) false_edges: usize,
    /// The same by the rule: all edges, and the false ones.
    pub(crate) by_rule: BTreeMap<Rule, (usize, usize)>,
    /// What the program took for brackets.
    pub(crate) brackets: brackets::Kinds,
    /// Neighbours that the recorded sort has right and the program has not.
    pub(crate) lost: Vec<String>,
    /// What went wrong, in words.
    pub(crate) notes: Vec<String>,
}

/// Makes a run, lets the program read it, and measures.
pub(crate) fn judge(setup: &Setup, seed: u64, config: &Config, keep: Option<&Path>) -> std::io::Result<Verdict> {
    let run = emit::make(setup, seed);
    let folder = tempfile::tempdir()?;
    let root = keep.unwrap_or(folder.path());
    run.write(root)?;
    if keep.is_some() {
        // Beside the folder, so that the program does not read it.
        let truth = root.with_extension("truth.json");
        std::fs::write(truth, serde_json::to_string_pretty(&run.truth())?)?;
    }
    let analysis = analyze(&[root.to_owned()], config);
    Ok(Judge::new(&run, &analysis).verdict(seed))
}

struct Judge<'a> {
    run: &'a Run,
    analysis: &'a Analysis,
    /// The program's event for each of ours.
    ids: Vec<Option<EventId>>,
    /// Our event for each of the program's.
    ours: BTreeMap<EventId, usize>,
}

impl<'a> Judge<'a> {
    fn new(run: &'a Run, analysis: &'a Analysis) -> Self {
        let sources: BTreeMap<&str, u32> =
            analysis.sources.iter().zip(0u32..).map(|(s, i)| (s.path.as_str(), i)).collect();
        let of_file: Vec<Option<SourceId>> =
            (0..run.world.files.len()).map(|f| sources.get(run.path(f).as_str()).map(|i| SourceId(*i))).collect();
        let find = |place: &Option<(usize, u64, i64)>| {
            let (file, line, _) = (*place)?;
            let id = analysis.events.at_line(of_file[file]?, line)?;
            (analysis.events.line(id) == line && analysis.events.time(id).is_some()).then_some(id)
        };
        let ids: Vec<Option<EventId>> = run.places.iter().map(find).collect();
        let ours = ids.iter().enumerate().filter_map(|(e, id)| id.map(|id| (id, e))).collect();
        Judge { run, analysis, ids, ours }
    }

    fn verdict(&self, seed: u64) -> Verdict {
        let seen: Vec<bool> = self.ids.iter().map(Option::is_some).collect();
        let mut dice = Dice::new(seed ^ 0x5eed);
        let sample = sample::choose(self.run, &seen, &mut dice);
        let stamps: Vec<Option<(i64, u32)>> =
            self.ids.iter().map(|id| id.map(|id| (self.analysis.events.key(id), id.0))).collect();
        let known = Known { run: self.run, stamps: &stamps, claimed: &sample.claimed };
        let (ranks, others) = (self.ranks(), baselines::ranks(&known));
        let mut out = Verdict {
            seed,
            events: self.run.places.iter().flatten().count(),
            found: seen.iter().filter(|s| **s).count(),
            ours: sample::score(&sample, &ranks),
            lost: sample::lost(self.run, &sample, &ranks, &others[0]),
            baselines: others.map(|r| sample::score(&sample, &r)),
            brackets: brackets::kinds(self.run, self.analysis, &self.ours),
            ..Verdict::default()
        };
        self.hosts(&sample.claimed, &mut out);
        self.certainty(&sample, &mut out);
        self.edges(&mut out);
        out
    }

    /// The rank of each of our events in the program's timeline.
    fn ranks(&self) -> Vec<usize> {
        let mut rows = vec![0; self.analysis.events.len()];
        for (row, id) in self.analysis.timeline.events().iter().enumerate() {
            rows[id.idx()] = row;
        }
        self.ids.iter().map(|id| id.map_or(0, |id| rows[id.idx()])).collect()
    }

    fn name(&self, event: usize) -> String {
        let place = self.run.places[event].map(|(f, line, _)| format!("{}:{line}", self.run.path(f)));
        place.unwrap_or_default()
    }

    fn clock(&self, host: usize) -> Option<&Clock> {
        let name = &self.run.world.hosts[host].name;
        self.analysis.clocks.list.iter().find(|c| c.host == *name)
    }

    /// What the program adds to a host's stamps when it reads their zone, as most of its lines have it.
    fn zone(&self, host: usize) -> f64 {
        let mut shifts: BTreeMap<i64, usize> = BTreeMap::new();
        for (e, place) in self.run.places.iter().enumerate() {
            let (Some((file, _, local)), Some(id)) = (place, self.ids[e]) else { continue };
            let f = &self.run.world.files[*file];
            if f.host == host {
                let cut = local.div_euclid(f.dialect.resolution()) * f.dialect.resolution();
                *shifts.entry(self.analysis.events.key(id) - cut).or_default() += 1;
            }
        }
        shifts.into_iter().max_by_key(|(_, n)| *n).map_or(0.0, |(s, _)| s as f64)
    }

    fn class(&self, host: usize, reference: usize, links: &Links) -> &'static str {
        let both =
            links.iter().any(|((a, b), n)| *a == host && *n >= 4 && links.get(&(*b, host)).is_some_and(|m| *m >= 4));
        // Of the lines that bear identifiers.
        let world = &self.run.world;
        let finest = |h: usize| {
            let linked =
                (0..world.events.len()).filter(|e| world.host_of(*e) == h && !world.events[*e].said.keys.is_empty());
            linked.map(|e| world.files[world.file_of(e)].dialect.resolution()).min().unwrap_or(0) <= 1_000_000
        };
        match (both, finest(host), finest(reference)) {
            (false, ..) => "one-way",
            (_, true, true) => "fine/fine",
            (_, false, false) => "1 s/1 s",
            _ => "fine/1 s",
        }
    }

    fn hosts(&self, claimed: &Pairs, out: &mut Verdict) {
        let world = &self.run.world;
        let links = links(self.run, claimed);
        let reference = self.analysis.clocks.list.get(self.analysis.clocks.reference);
        let reference = reference.and_then(|r| world.hosts.iter().position(|h| h.name == r.host));
        for host in 0..world.hosts.len() {
            let Some(clock) = self.clock(host) else { continue };
            let floats = clock.anchor == Anchor::Floating;
            let name = &clock.host;
            let n: usize = links.iter().filter(|((a, b), _)| *a == host || *b == host).map(|(_, n)| *n).sum();
            if world.hosts[host].floats {
                out.alone += 1;
                if !floats || clock.applied {
                    out.invented += 1;
                    out.notes.push(format!("{name} shares nothing but was given {:.3} s", clock.offset / 1e9));
                }
                continue;
            }
            if n >= 8 {
                out.linked += 1;
                if floats {
                    out.adrift += 1;
                    out.notes.push(format!("{name} floats, with {n} shared identifiers"));
                }
            }
            if let Some(reference) = reference.filter(|r| *r != host && !floats) {
                self.offset(host, reference, clock, self.class(host, reference, &links), out);
            }
        }
    }

    /// How far a host's offset is from the truth, at five moments.
    fn offset(&self, host: usize, reference: usize, clock: &Clock, class: &'static str, out: &mut Verdict) {
        let world = &self.run.world;
        let shift = self.zone(host) - self.zone(reference);
        let error = |at: i64| {
            let by_reference = at as f64 + self.run.error(reference, at) + self.zone(reference);
            let truth = self.run.error(host, at) - self.run.error(reference, at) + shift;
            let (offset, width) = measured(clock, by_reference);
            (offset - truth, width)
        };
        let all: Vec<(f64, f64)> = (1..=5).map(|step| error(world.start + world.span / 6 * step)).collect();
        out.offsets.extend(all.iter().map(|(e, width)| Measured { class, error: e.abs(), width: *width }));
        if all.iter().any(|(e, width)| e.abs() > width.max(1e6)) {
            let drift = (self.run.clocks[host].drift - self.run.clocks[reference].drift) * 1e6;
            let errors: Vec<String> = all.iter().map(|(e, _)| time(*e)).collect();
            out.notes.push(format!(
                "{} ({class}, {}, {} brackets, {} against, through {}) is wrong by {}; band {}; drift {:.0} for {drift:.0} ppm",
                clock.host,
                if clock.applied { "applied" } else { "not applied" },
                clock.pairs,
                clock.contradictions,
                clock.through.as_deref().unwrap_or("none"),
                errors.join(", "),
                time(clock.half_width),
                clock.drift * 1e6,
            ));
        }
    }

    /// What `relation` calls certain must be so.
    fn certainty(&self, sample: &Sample, out: &mut Verdict) {
        let few = |pairs: &Pairs, n: usize| pairs.iter().copied().take(n).collect::<Vec<_>>();
        let mut pairs = few(&sample.causal, 150);
        pairs.extend(few(&sample.hard, 150));
        pairs.extend(sample.near.iter().flat_map(|p| few(p, 80)));
        for (a, b) in pairs {
            let (Some(x), Some(y)) = (self.ids[a], self.ids[b]) else { continue };
            let wrong = match relation(self.analysis, x, y) {
                Relation::Before(_) => false,
                Relation::After(_) => true,
                Relation::Probably(..) | Relation::Unknown(_) => continue,
            };
            out.certain += 1;
            out.wrong += usize::from(wrong);
            let unapplied = |id| self.analysis.clock(id).is_some_and(|c| !c.applied && c.anchor != Anchor::Reference);
            out.unapplied += usize::from(wrong && (unapplied(x) || unapplied(y)));
            if wrong && out.notes.len() < 24 {
                let gap = (self.run.world.at(b) - self.run.world.at(a)) as f64 / 1e9;
                let how = relation(self.analysis, x, y);
                out.notes.push(format!("{} is {gap:.4} s before {}, called {how:?}", self.name(a), self.name(b)));
            }
        }
    }

    /// The program's own edges: they must hold in its order, and should be true.
    fn edges(&self, out: &mut Verdict) {
        let ranks = self.ranks();
        for edge in self.analysis.edges.all() {
            let (Some(a), Some(b)) = (self.ours.get(&edge.from), self.ours.get(&edge.to)) else { continue };
            out.edges += 1;
            let backward = self.run.world.at(*a) > self.run.world.at(*b);
            out.false_edges += usize::from(backward);
            let slot = out.by_rule.entry(edge.rule).or_default();
            slot.0 += 1;
            slot.1 += usize::from(backward);
            // What the clocks leave no room for is given up and said; only hard edges must always hold.
            if ranks[*a] > ranks[*b] && edge.rule.strength() == Strength::Hard {
                out.broken += 1;
                out.broken_true += usize::from(!backward);
                if out.notes.len() < 24 {
                    let truth = if backward { "false" } else { "true" };
                    out.notes.push(format!("own {truth} edge broken: {} to {}", self.name(*a), self.name(*b)));
                }
            }
        }
    }
}

/// Identifiers that link two hosts, by direction.
type Links = BTreeMap<(usize, usize), usize>;

fn links(run: &Run, claimed: &Pairs) -> Links {
    let mut keys: BTreeMap<(usize, usize), BTreeSet<u64>> = BTreeMap::new();
    for (a, b) in claimed {
        let hosts = (run.world.host_of(*a), run.world.host_of(*b));
        if hosts.0 != hosts.1 {
            keys.entry(hosts).or_default().extend(run.world.events[*b].said.keys.first());
        }
    }
    keys.into_iter().map(|(hosts, keys)| (hosts, keys.len())).collect()
}

/// A clock's offset and the half-width of its band at a moment by the reference's clock.
fn measured(clock: &Clock, at: f64) -> (f64, f64) {
    (clock.offset_at(at), clock.half_width)
}
