//! One run through the real program: what it found, against what was put in.

use std::collections::BTreeMap;
use std::path::Path;

use causeline::analysis::{Analysis, Config, analyze};
use causeline::detect::{Finding, Findings};
use causeline::event::EventId;
use causeline::rule::Severity;

use super::fault::Fault;
use super::perturb::{self, Handed};
use super::scene::{Mark, Scene};
use super::{jobs, lookalike, things};

/// A finding may be told of this long before the fault's first line and after its last, in nanoseconds.
const AROUND: i64 = 120_000_000_000;

/// What one run showed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) seed: u64,
    pub(crate) fault: &'static str,
    /// Kinds that must be found, and those that were.
    pub(crate) wanted: usize,
    pub(crate) found: usize,
    /// Findings of medium severity or higher that are right, and the others.
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    /// The place of the first finding that shows the cause, counted from 1.
    pub(crate) place: Option<usize>,
    /// A finding of high severity or higher.
    pub(crate) high: bool,
    /// Wrong ones by rule.
    pub(crate) by_rule: BTreeMap<String, usize>,
    pub(crate) notes: Vec<String>,
}

/// Makes a run, with a fault or without, lets the program read it, and measures.
pub(crate) fn judge(
    fault: Option<&Fault>,
    seed: u64,
    config: &Config,
    keep: Option<&Path>,
) -> std::io::Result<Verdict> {
    let mut scene = Scene::new(seed, fault.map_or(seed.is_multiple_of(5), |f| f.maria));
    things::plan(&mut scene);
    jobs::healthy(&mut scene);
    if let Some(fault) = fault {
        (fault.inject)(&mut scene);
    }
    lookalike::tell(&mut scene, fault.is_some_and(|f| f.quiet));
    things::tell(&mut scene);
    let end = scene.end();
    let (run, marks) = scene.write();
    let handed = perturb::hand_over(&run, &marks, seed);
    let folder = tempfile::tempdir()?;
    let root = keep.unwrap_or(folder.path());
    handed.write(root, end)?;
    let analysis = analyze(&[root.to_owned()], config);
    let findings = Findings::detect(&analysis, config);
    let times = marks.keys().map(|e| run.world.at(*e));
    let span = times.fold((i64::MAX, i64::MIN), |(a, b), t| (a.min(t), b.max(t)));
    let misread = run.clocks.iter().any(|c| c.hidden != 0 || c.zone != 0);
    let judge =
        Judge { misread, fault, handed: &handed, analysis: &analysis, marks: &marks, span, at: |e| run.world.at(e) };
    Ok(judge.verdict(seed, &findings))
}

struct Judge<'a, At: Fn(usize) -> i64> {
    fault: Option<&'a Fault>,
    handed: &'a Handed,
    analysis: &'a Analysis,
    marks: &'a BTreeMap<usize, Mark>,
    /// Some host misstates its zone, or writes formats that do not state it.
    misread: bool,
    /// True times of the fault's first and last line.
    span: (i64, i64),
    at: At,
}

impl<At: Fn(usize) -> i64> Judge<'_, At> {
    fn verdict(&self, seed: u64, findings: &Findings) -> Verdict {
        let mut out = Verdict { seed, fault: self.fault.map_or("null", |f| f.name), ..Verdict::default() };
        let must = self.fault.map_or(&[][..], |f| f.must);
        let may = self.fault.map_or(&[][..], |f| f.may);
        out.wanted = must.len();
        let list: Vec<&Finding> = findings.list.iter().filter(|f| f.benign.is_none()).collect();
        for any in must {
            let found = list.iter().any(|f| any.contains(&f.rule.as_str()) && self.touches(f));
            out.found += usize::from(found);
            if !found {
                out.notes.push(format!("missed: {}", any.join(" | ")));
            }
        }
        for (place, f) in list.iter().enumerate() {
            let rule = f.rule.as_str();
            let known = may.contains(&rule) || must.iter().any(|any| any.contains(&rule));
            let right = known && self.touches(f);
            if right && out.place.is_none() && self.evidence(f).any(|e| self.marks.get(&e) == Some(&Mark::Cause)) {
                out.place = Some(place + 1);
            }
            // Some hosts write times of another zone than they say, or do not say it: then that is true.
            if f.severity < Severity::Medium || rule == "zone-misread" && self.misread {
                continue;
            }
            out.high |= f.severity >= Severity::High;
            out.right += usize::from(right);
            if !right {
                out.wrong += 1;
                *out.by_rule.entry(f.rule.clone()).or_default() += 1;
                out.notes.push(format!("wrong: {:?} {rule}: {} @ {}", f.severity, f.title, self.place(f.at)));
            }
        }
        if self.fault.is_some() && out.place.is_none_or(|p| p > 3) {
            let first: Vec<&str> = list.iter().take(4).map(|f| f.rule.as_str()).collect();
            out.notes.push(format!("cause at {:?}; first are {}", out.place, first.join(", ")));
        }
        out
    }

    fn key(&self, id: EventId) -> Option<(String, u64)> {
        Some((self.analysis.source(id)?.path.clone(), self.analysis.events.line(id)))
    }

    fn place(&self, id: EventId) -> String {
        self.key(id).map_or(String::new(), |(path, line)| format!("{path}:{line}"))
    }

    /// Our events among a finding's evidence.
    fn evidence<'f>(&'f self, f: &'f Finding) -> impl Iterator<Item = usize> + 'f {
        let ids = f.evidence.iter().map(|e| e.event).chain([f.at]);
        ids.filter_map(|id| self.handed.events.get(&self.key(id)?).copied())
    }

    /// The finding is about the fault: it shows lines of it, or lines around it.
    fn touches(&self, f: &Finding) -> bool {
        self.evidence(f).any(|e| {
            let at = (self.at)(e);
            self.marks.contains_key(&e) || (self.span.0 - AROUND..=self.span.1 + AROUND).contains(&at)
        })
    }
}
