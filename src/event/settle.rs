//! From stamps to recorded times: gathers what each source tells, has the missing parts decided for the
//! whole capture ([`time::infer`](crate::time::infer)), and fills them in.

use rayon::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::event::build::{self, Plan};
use crate::event::fill::{fill, flag_out_of_order};
use crate::event::resettle::Kept;
use crate::event::series;
use crate::event::store::{Accounted, EventStore, Flags, Segment};
use crate::event::{gather, host};
use crate::format::ansi;
use crate::format::definition::Decoder;
use crate::format::form::Form;
use crate::format::record::Record;
use crate::source::{Source, encoding};
use crate::time::infer::{Decision, Evidence, From, Given, Needs, Who};

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
    /// Who wrote it, as the text and the folder tell.
    pub who: Who,
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
    /// The rotated file that it goes on where it ends, by its name.
    pub continues: Option<String>,
    /// What was assumed, in words.
    pub assumptions: Vec<String>,
    /// Records of an hour that a change of daylight saving time repeats or skips, when their order does not tell which.
    pub doubtful: u64,
    /// How its records are taken apart.
    pub plan: Plan,
    /// What was decided about its times.
    pub decision: Decision,
}

impl SourceInfo {
    /// Takes a record of this source apart.
    pub fn decode<'a>(&'a self, form: u8, record: &'a [u8]) -> Record<'a> {
        match self.plan.forms.get(usize::from(form)) {
            Some(form) => {
                let record = record.strip_prefix(b"\xef\xbb\xbf").unwrap_or(record);
                if self.plan.ansi { ansi::decode(form, record) } else { form.decode(record) }
            }
            None => Record { message: encoding::shown(record), ..Record::default() },
        }
    }

    /// Where the name of its host comes from: `text`, `folder`, `option`; nothing where it has none.
    pub fn host_from(&self) -> Option<&'static str> {
        let told = self.host.is_some() && self.host == self.who_named();
        self.host.as_ref().map(|_| if told { self.who.from } else { "option" })
    }

    /// The host as the logs name it.
    fn who_named(&self) -> Option<String> {
        let raw = self.who.name.as_ref()?;
        Some(self.who.aliases.iter().find(|(from, _)| from == raw).map_or_else(|| raw.clone(), |(_, to)| to.clone()))
    }

    /// The host that a record belongs to: in a file that several hosts write to, the one that it names.
    pub fn host_of(&self, record: &Record<'_>) -> Option<String> {
        let Some(named) = record.host.as_deref().filter(|h| host::is_identity(h)) else { return self.host.clone() };
        let alias = self.who.aliases.iter().find(|(from, _)| from == named).map_or(named, |(_, to)| to);
        let own = self.who.name.as_deref() == Some(named) || self.named.as_deref() == Some(alias);
        let alone = self.who.several.is_empty() && self.host.is_some();
        if own || alone { self.host.clone() } else { Some(alias.to_owned()) }
    }

    /// The same source by another decision that leaves its times as they are.
    pub(super) fn decided(&self, e: &Evidence, d: &Decision) -> SourceInfo {
        SourceInfo {
            host: e.host.clone(),
            named: e.before.clone(),
            who: e.who.clone(),
            zone: d.zone.name(),
            zone_from: d.zone_from.word().to_owned(),
            year_from: d.year_from.word().to_owned(),
            assumptions: assumptions(e, d, &self.plan, self.doubtful),
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
    let decisions = series::decide(evidence, given);
    segments.par_iter_mut().zip(&decisions).for_each(|(segments, d)| {
        fill(segments, d);
        flag_out_of_order(segments);
    });
    let mut infos = sources
        .iter()
        .zip(plans)
        .zip(segments.iter().zip(evidence.iter().zip(&decisions)))
        .map(|((source, plan), (segments, (evidence, decision)))| describe(source, plan, segments, evidence, decision))
        .collect::<Vec<_>>();
    let lasts: Vec<Option<i64>> = infos.iter().map(|i| i.last).collect();
    series::flag_over_boundaries(evidence, &mut segments, &lasts);
    for (info, e) in infos.iter_mut().zip(evidence) {
        info.continues = e.follows.and_then(|older| sources.get(older)).map(|older| older.path.clone());
    }
    for info in &infos {
        report(diagnostics, info);
    }
    series::report(diagnostics, sources, evidence);
    (build::store(segments), infos)
}

/// Settles a source that has grown by what was decided for it before.
pub fn settle_growth(source: &Source, info: &SourceInfo, mut segments: Vec<Segment>) -> (Vec<Segment>, SourceInfo) {
    fill(&mut segments, &info.decision);
    flag_out_of_order(&mut segments);
    let evidence = Evidence {
        host: info.host.clone(),
        before: info.named.clone(),
        who: info.who.clone(),
        needs: Needs { year: true, date: true, zone: true },
        ..Evidence::default()
    };
    let continues = info.continues.clone();
    let info = describe(source, &info.plan, &segments, &evidence, &info.decision);
    (segments, SourceInfo { continues, ..info })
}

/// The host by what the user gave.
pub(super) fn name(e: &mut Evidence, given: &Given) {
    e.before = given.host_before(&e.path, e.named.as_deref());
    e.host = given.host(&e.path, e.named.as_deref());
}

pub(super) fn describe(source: &Source, plan: &Plan, segments: &[Segment], e: &Evidence, d: &Decision) -> SourceInfo {
    let mut accounted = Accounted::default();
    let (mut lines, mut records, mut doubtful) = (0, 0, 0);
    let (mut first, mut last) = (None, None);
    for s in segments {
        accounted.add(&s.accounted);
        lines += s.n_lines;
        records += s.len() as u64;
        for (&time, flags) in s.time.iter().zip(&s.flags).filter(|(_, f)| !f.has(Flags::NO_TIME)) {
            doubtful += u64::from(flags.has(Flags::DST_AMBIGUOUS));
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
        who: e.who.clone(),
        records,
        lines,
        bytes: source.len(),
        accounted,
        zone: d.zone.name(),
        zone_from: d.zone_from.word().to_owned(),
        year_from: d.year_from.word().to_owned(),
        first,
        last,
        continues: None,
        assumptions: assumptions(e, d, plan, doubtful),
        doubtful,
        plan: plan.clone(),
        decision: d.clone(),
    }
}

fn assumptions(e: &Evidence, d: &Decision, plan: &Plan, doubtful: u64) -> Vec<String> {
    let needs = e.needs != Needs::default() || d.zone_from != From::Text;
    let mut out = if needs { d.sentences.clone() } else { Vec::new() };
    if let Some(shape) = plan.forms.iter().find_map(|f| f.open_order) {
        out.push(format!("dates read as {}: no line tells the order of their numbers", shape.order()));
    }
    if doubtful > 0 {
        let n = crate::words::count(doubtful);
        out.push(format!("{n} of its records lie where clocks change, and their order does not tell on which side"));
    }
    out
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
