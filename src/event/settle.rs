//! From stamps to recorded times: gathers what each source tells, has the missing parts decided for the
//! whole capture ([`time::infer`](crate::time::infer)), and fills them in.

use rayon::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::event::build::{self, Plan};
use crate::event::fill::{fill, flag_out_of_order};
use crate::event::gather;
use crate::event::resettle::Kept;
use crate::event::store::{Accounted, EventStore, Flags, Segment};
use crate::format::definition::Decoder;
use crate::format::form::Form;
use crate::format::record::Record;
use crate::source::Source;
use crate::time::infer::{self, Decision, Evidence, From, Given, Needs};

/// What a source was taken for.
#[derive(Clone, Debug, Default)]
pub struct SourceInfo {
    /// Its name in all output.
    pub path: String,
    /// The format that most of its records have.
    pub format: String,
    /// Share of sampled lines that its formats explain, 0 to 1.
    pub confidence: f32,
    /// The host that wrote it.
    pub host: Option<String>,
    /// Its name before hosts are renamed.
    pub named: Option<String>,
    /// Number of events.
    pub records: u64,
    /// Number of lines.
    pub lines: u64,
    /// Size of the (decompressed) text in bytes.
    pub bytes: u64,
    /// Where its bytes went; the parts sum to `bytes`.
    pub accounted: Accounted,
    /// The zone its stamps are read in, or the one they state.
    pub zone: String,
    /// Where the zone came from, in the contract's words.
    pub zone_from: String,
    /// Where the year came from, in the contract's words.
    pub year_from: String,
    /// Earliest recorded time.
    pub first: Option<i64>,
    /// Latest recorded time.
    pub last: Option<i64>,
    /// What was assumed, in words.
    pub assumptions: Vec<String>,
    /// How its records are taken apart.
    pub plan: Plan,
    /// What was decided about its times.
    pub decision: Decision,
}

impl SourceInfo {
    /// Takes a record of this source apart.
    pub fn decode<'a>(&'a self, form: u8, record: &'a [u8]) -> Record<'a> {
        match self.plan.forms.get(usize::from(form)) {
            Some(form) => form.decode(record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record)),
            None => Record { message: String::from_utf8_lossy(record), ..Record::default() },
        }
    }

    /// The same source by another decision that leaves its times as they are.
    pub(super) fn decided(&self, e: &Evidence, d: &Decision) -> SourceInfo {
        SourceInfo {
            host: e.host.clone(),
            named: e.before.clone(),
            zone: d.zone.name(),
            zone_from: d.zone_from.word().to_owned(),
            year_from: d.year_from.word().to_owned(),
            assumptions: assumptions(e, d),
            decision: d.clone(),
            ..self.clone()
        }
    }

    /// True when a database server wrote it, and it tells which statements clients sent.
    pub fn tells_statements(&self) -> bool {
        let inner = |f: &Form| f.inner.iter().any(|inner| inner.forms().iter().any(|f| f.definition.statements));
        self.plan.forms.iter().any(|f| f.definition.statements || inner(f))
    }

    /// The name of one of its formats.
    pub fn format_name(&self, form: u8) -> &str {
        self.plan.forms.get(usize::from(form)).map_or("unparsed", |f| &f.definition.name)
    }
}

/// Settles the times of all sources and describes each.
pub fn settle(
    diagnostics: &mut Diagnostics,
    sources: &[Source],
    plans: &[Plan],
    segments: Vec<Vec<Segment>>,
    given: &Given,
) -> (EventStore, Vec<SourceInfo>) {
    let evidence = gather::evidence(sources, plans, &segments, given);
    settle_by(diagnostics, sources, plans, segments, &evidence, given)
}

/// As [`settle`], with what is needed to settle again by other decisions.
pub fn settle_and_keep(
    diagnostics: &mut Diagnostics,
    sources: &[Source],
    plans: &[Plan],
    segments: Vec<Vec<Segment>>,
    given: &Given,
) -> (EventStore, Vec<SourceInfo>, Kept) {
    let evidence = gather::evidence(sources, plans, &segments, given);
    let kept = Kept::new(evidence.clone(), &segments, given);
    let (events, infos) = settle_by(diagnostics, sources, plans, segments, &evidence, given);
    (events, infos, kept)
}

/// As [`settle`], where the evidence was gathered before.
pub(super) fn settle_by(
    diagnostics: &mut Diagnostics,
    sources: &[Source],
    plans: &[Plan],
    mut segments: Vec<Vec<Segment>>,
    evidence: &[Evidence],
    given: &Given,
) -> (EventStore, Vec<SourceInfo>) {
    let decisions = infer::decide(evidence, given);
    segments.par_iter_mut().zip(&decisions).for_each(|(segments, d)| {
        fill(segments, d);
        flag_out_of_order(segments);
    });
    let infos = sources
        .iter()
        .zip(plans)
        .zip(segments.iter().zip(evidence.iter().zip(&decisions)))
        .map(|((source, plan), (segments, (evidence, decision)))| describe(source, plan, segments, evidence, decision))
        .collect::<Vec<_>>();
    for info in &infos {
        report(diagnostics, info);
    }
    (build::store(segments), infos)
}

/// Settles a source that has grown by what was decided for it before.
pub fn settle_growth(source: &Source, info: &SourceInfo, mut segments: Vec<Segment>) -> (Vec<Segment>, SourceInfo) {
    fill(&mut segments, &info.decision);
    flag_out_of_order(&mut segments);
    let evidence = Evidence {
        host: info.host.clone(),
        before: info.named.clone(),
        needs: Needs { year: true, date: true, zone: true },
        ..Evidence::default()
    };
    let info = describe(source, &info.plan, &segments, &evidence, &info.decision);
    (segments, info)
}

/// The host by what the user gave.
pub(super) fn name(e: &mut Evidence, given: &Given) {
    e.before = given.host_before(&e.path, e.named.as_deref());
    e.host = given.host(&e.path, e.named.as_deref());
}

/// The host: named by most of the sampled records, or the folder.
pub(super) fn host(source: &Source, plan: &Plan, segments: &[Segment]) -> Option<String> {
    let mut counts: std::collections::BTreeMap<String, usize> = std::collections::BTreeMap::new();
    let mut looked = 0;
    for s in segments {
        let stride = s.len().div_ceil(24).max(1);
        for at in (0..s.len()).step_by(stride) {
            let (Some(&offset), Some(&len), Some(&form)) = (s.offset.get(at), s.len.get(at), s.form.get(at)) else {
                continue;
            };
            let Some(form) = plan.forms.get(usize::from(form)) else { continue };
            let start = s.base + u64::from(offset);
            let record = form.decode(source.text.get(start..start + u64::from(len.min(8192))));
            looked += 1;
            if let Some(host) = record.host.filter(|h| is_host(h)) {
                *counts.entry(host.into_owned()).or_default() += 1;
            }
        }
        if looked >= 120 {
            break;
        }
    }
    let named = counts.into_iter().max_by_key(|(name, n)| (*n, std::cmp::Reverse(name.clone())));
    match named {
        Some((name, n)) if n * 2 >= looked => Some(name),
        _ => source.folder.clone(),
    }
}

fn is_host(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 253
        && name != "-"
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
}

pub(super) fn describe(source: &Source, plan: &Plan, segments: &[Segment], e: &Evidence, d: &Decision) -> SourceInfo {
    let mut accounted = Accounted::default();
    let (mut lines, mut records) = (0, 0);
    let (mut first, mut last) = (None, None);
    for s in segments {
        accounted.add(&s.accounted);
        lines += s.n_lines;
        records += s.len() as u64;
        for (&time, _) in s.time.iter().zip(&s.flags).filter(|(_, f)| !f.has(Flags::NO_TIME)) {
            first = Some(first.map_or(time, |f: i64| f.min(time)));
            last = Some(last.map_or(time, |l: i64| l.max(time)));
        }
    }
    if source.not_text.is_some() {
        accounted.unparsed = source.len();
    }
    let format = match (source.not_text, plan.primary()) {
        (Some(_), _) => "binary".to_owned(),
        (None, Some(form)) => form.definition.name.clone(),
        (None, None) => "empty".to_owned(),
    };
    SourceInfo {
        path: source.path.clone(),
        format,
        confidence: plan.confidence,
        host: e.host.clone(),
        named: e.before.clone(),
        records,
        lines,
        bytes: source.len(),
        accounted,
        zone: d.zone.name(),
        zone_from: d.zone_from.word().to_owned(),
        year_from: d.year_from.word().to_owned(),
        first,
        last,
        assumptions: assumptions(e, d),
        plan: plan.clone(),
        decision: d.clone(),
    }
}

fn assumptions(e: &Evidence, d: &Decision) -> Vec<String> {
    let needs = e.needs != Needs::default() || d.zone_from != From::Text;
    if needs { d.sentences.clone() } else { Vec::new() }
}

/// What the user should know of a source beyond its assumptions.
pub(crate) fn report(diagnostics: &mut Diagnostics, info: &SourceInfo) {
    let timeless = info.plan.primary().is_some_and(|f| f.definition.decoder == Decoder::Text);
    if timeless && info.records > 0 {
        diagnostics.note(
            &info.path,
            format!("no time stamps found; its {} lines are shown behind everything else", info.records),
        );
    } else if info.accounted.unparsed > 0 && info.format != "binary" {
        diagnostics.warning(
            &info.path,
            format!("{} bytes match none of its formats; shown as they are, without a time", info.accounted.unparsed),
        );
    }
}
