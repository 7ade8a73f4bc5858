//! What was filled in where the logs are silent, in words, grouped so that fifty files read as one sentence.

use std::collections::BTreeMap;

use crate::analysis::Analysis;
use crate::case::Case;
use crate::case::assumption::{What, Whom};
use crate::session::Snapshot;
use crate::time::format;
use crate::time::zone::Zone;
use crate::ui::{clocks, text};

/// One assumption about one or more sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumption {
    /// What it is about, the part that is printed bold: `year 2026`.
    pub subject: String,
    /// Where it comes from: `from api1/api.log`.
    pub reason: String,
    /// The sources it concerns.
    pub paths: Vec<String>,
    /// All that is known about it, a sentence for each source.
    pub details: Vec<String>,
    /// What can be changed of it.
    pub what: Option<What>,
    /// What a change is about: sources or hosts.
    pub whom: Vec<Whom>,
    /// It holds on the timeline, and nothing is left open.
    pub applied: bool,
}

impl Assumption {
    /// It in one line.
    pub fn line(&self) -> String {
        format!("{} {}", self.subject, self.reason)
    }

    /// True when the analyst decided it, or a part of it.
    pub fn is_own(&self, case: &Case) -> bool {
        self.what.is_some_and(|what| self.whom.iter().any(|whom| case.assumed(whom, what).is_some()))
    }
}

/// What the analyst decided that [`collect`] does not tell: names and formats, and what could not be put to use.
pub fn own(analysis: &Analysis, case: &Case, told: &[Assumption]) -> Vec<Assumption> {
    let mut out = Vec::new();
    for a in &case.assumptions {
        let Some(whom) = a.whom() else { continue };
        for what in a.all() {
            let known = |t: &Assumption| t.what == Some(what) && t.whom.contains(&whom);
            if told.iter().any(known) {
                continue;
            }
            let about = text::cut_middle(&text::neutral(whom.name(), 200).0, 28);
            let value = text::neutral(&a.text(what).unwrap_or_default(), 60).0;
            let there = analysis.infos.iter().any(|i| match &whom {
                Whom::Source(name) => i.path == *name,
                Whom::Host(name) => i.named.as_ref() == Some(name) || i.host.as_ref() == Some(name),
            });
            let why = if a.why.is_empty() { Vec::new() } else { vec![text::neutral(&a.why, 400).0] };
            out.push(Assumption {
                subject: format!("{} {value}", what.word()),
                reason: if there {
                    format!("for {about}")
                } else {
                    format!("for {about}, which is not among these logs")
                },
                paths: Vec::new(),
                details: why,
                what: Some(what),
                whom: vec![whom.clone()],
                applied: there,
            });
        }
    }
    out
}

/// All assumptions of an analysis: clocks first, then years, then zones, then what else the sources tell.
pub fn collect(analysis: &Analysis, snapshot: &Snapshot) -> Vec<Assumption> {
    let mut years: BTreeMap<(String, &str), Vec<usize>> = BTreeMap::new();
    let mut zones: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for (i, info) in analysis.infos.iter().enumerate() {
        if info.first.is_none() {
            continue;
        }
        if !matches!(info.year_from.as_str(), "text" | "") {
            let year =
                info.first.map_or_else(String::new, |t| format::date(t, Zone::default()).chars().take(4).collect());
            years.entry((year, &info.year_from)).or_default().push(i);
        }
        if !matches!(info.zone_from.as_str(), "text" | "") {
            zones.entry((&info.zone, &info.zone_from)).or_default().push(i);
        }
    }
    let mut all = clocks::assumptions(snapshot);
    for ((year, from), idxs) in years {
        all.push(assumption(analysis, What::Date, format!("year {year}"), from, &idxs));
    }
    for ((zone, from), idxs) in zones {
        all.push(assumption(analysis, What::Zone, format!("zone {zone}"), from, &idxs));
    }
    all.extend(without_time(analysis));
    all
}

fn assumption(analysis: &Analysis, what: What, subject: String, from: &str, idxs: &[usize]) -> Assumption {
    let infos: Vec<_> = idxs.iter().filter_map(|&i| analysis.infos.get(i)).collect();
    let whom = match infos.as_slice() {
        [one] => format!("for {}", text::cut_middle(&one.path, 28)),
        many => format!("for {}", text::plural(many.len() as u64, "file", "files")),
    };
    let reason = match from {
        "sibling" => format!("from other files, {whom}"),
        "option" => format!("given, {whom}"),
        "file" => format!("from the file's date, {whom}"),
        _ => format!("assumed {whom}"),
    };
    Assumption {
        subject,
        reason,
        paths: infos.iter().map(|i| i.path.clone()).collect(),
        details: infos.iter().flat_map(|i| i.assumptions.iter().map(|a| format!("{}: {a}", i.path))).collect(),
        what: Some(what),
        whom: infos.iter().map(|i| Whom::Source(i.path.clone())).collect(),
        applied: true,
    }
}

fn without_time(analysis: &Analysis) -> Option<Assumption> {
    let paths: Vec<String> =
        analysis.infos.iter().filter(|i| i.first.is_none() && i.records > 0).map(|i| i.path.clone()).collect();
    let whom = match paths.as_slice() {
        [] => return None,
        [one] => format!("in {}", text::cut_middle(one, 28)),
        many => format!("in {}", text::plural(many.len() as u64, "file", "files")),
    };
    let concerned = paths.iter().map(|p| Whom::Source(p.clone())).collect();
    Some(Assumption {
        subject: "no times".to_owned(),
        reason: whom,
        paths,
        details: vec!["shown behind everything else; another format may find their times".to_owned()],
        what: Some(What::Format),
        whom: concerned,
        applied: true,
    })
}
