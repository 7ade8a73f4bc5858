//! From stamps to recorded times: gathers what each source tells, has the missing parts decided for the
//! whole capture ([`time::infer`](crate::time::infer)), and fills them in.

use rayon::prelude::*;

use crate::diagnostic::Diagnostics;
use crate::event::build::{self, Plan};
use crate::event::host;
use crate::event::resettle::Kept;
use crate::event::store::{Accounted, EventStore, Flags, Segment};
use crate::format::definition::Decoder;
use crate::format::form::Form;
use crate::format::record::Record;
use crate::source::Source;
use crate::time::infer::{self, Counter, Decision, Evidence, From, Given, Needs, Who};
use crate::time::stamp::{Shape, States};
use crate::time::{DAY, SECOND, parse};

/// A source keeps at most about this many instants as evidence.
const SAMPLE: usize = 20_000;
/// Records whose messages are searched for stamps.
const INSIDE: usize = 240;

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
            assumptions: assumptions(e, d),
            decision: d.clone(),
            ..self.clone()
        }
    }

    /// True when a database server wrote it, and it tells which statements clients sent.
    pub fn tells_statements(&self) -> bool {
        let inner = |f: &Form| f.inner.iter().any(|plan| plan.forms.iter().any(|f| f.definition.statements));
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
    let evidence = evidence(sources, plans, &segments, given);
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
    let evidence = evidence(sources, plans, &segments, given);
    let kept = Kept::new(evidence.clone(), &segments, given);
    let (events, infos) = settle_by(diagnostics, sources, plans, segments, &evidence, given);
    (events, infos, kept)
}

/// What the sources tell of what their stamps leave out.
pub(super) fn evidence(sources: &[Source], plans: &[Plan], segments: &[Vec<Segment>], given: &Given) -> Vec<Evidence> {
    let all = (sources, plans, segments).into_par_iter();
    let mut all: Vec<_> = all.map(|(source, plan, segments)| gather(source, plan, segments, given)).collect();
    host::unify(&mut all);
    all.iter_mut().for_each(|e| name(e, given));
    all
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
        who: info.who.clone(),
        needs: Needs { year: true, date: true, zone: true },
        ..Evidence::default()
    };
    let info = describe(source, &info.plan, &segments, &evidence, &info.decision);
    (segments, info)
}

/// Reads off a source what the decisions need.
pub(super) fn gather(source: &Source, plan: &Plan, segments: &[Segment], given: &Given) -> Evidence {
    let n: usize = segments.iter().map(Segment::len).sum();
    let stride = n.div_ceil(SAMPLE).max(1);
    let mut e = Evidence { path: source.path.clone(), modified: source.modified, ..Evidence::default() };
    let (mut years, mut days) = (Counter::default(), Counter::default());
    let inside_stride = n.div_ceil(INSIDE).max(1);
    let mut i = 0usize;
    for s in segments {
        e.stated.extend_from_slice(&s.stated);
        e.ambiguous = e.ambiguous.or(s.ambiguous);
        for (at, (&time, &flags)) in s.time.iter().zip(&s.flags).enumerate() {
            let skip = flags.has(Flags::NO_TIME) || flags.has(Flags::ASSUMED_TIME);
            if skip {
                continue;
            }
            e.needs.year |= flags.has(Flags::ASSUMED_YEAR);
            e.needs.date |= flags.has(Flags::ASSUMED_DATE);
            e.needs.zone |= flags.has(Flags::ASSUMED_ZONE);
            let civil = counted(time, flags, &mut years, &mut days);
            if i.is_multiple_of(stride) || i + 1 == n {
                let lacks = Flags(
                    Flags::ASSUMED_ZONE.0 | Flags::ASSUMED_YEAR.0 | Flags::ASSUMED_DATE.0 | Flags::AMBIGUOUS_ZONE.0,
                );
                if flags.0 & lacks.0 == 0 { e.known.push(civil) } else { e.naive.push(civil) }
            }
            let lacking = flags.has(Flags::ASSUMED_YEAR) || flags.has(Flags::ASSUMED_ZONE);
            if lacking && i.is_multiple_of(inside_stride) && !flags.has(Flags::ASSUMED_DATE) {
                look_inside(source, s, at, civil, flags, &mut e);
            }
            i += 1;
        }
    }
    e.known.sort_unstable();
    e.who = host::who(source, plan, segments);
    e.named.clone_from(&e.who.name);
    name(&mut e, given);
    e
}

/// The host by what the user gave.
pub(super) fn name(e: &mut Evidence, given: &Given) {
    e.before = given.host_before(&e.path, e.named.as_deref());
    e.host = given.host(&e.path, e.named.as_deref());
}

/// The civil time with years and days counted on from the source's first record.
fn counted(time: i64, flags: Flags, years: &mut Counter, days: &mut Counter) -> i64 {
    if flags.has(Flags::ASSUMED_YEAR) {
        return infer::in_year(time, crate::time::stamp::YEAR_UNKNOWN + years.years(time));
    }
    if flags.has(Flags::ASSUMED_DATE) {
        return time + i64::from(days.days(time)) * DAY;
    }
    time
}

/// Looks for full stamps, and for dates that name a year on the record's own day, in a record's first line.
fn look_inside(source: &Source, s: &Segment, at: usize, civil: i64, flags: Flags, e: &mut Evidence) {
    let (Some(&offset), Some(&len)) = (s.offset.get(at), s.len.get(at)) else { return };
    let start = s.base + u64::from(offset);
    let text = source.text.get(start..start + u64::from(len.min(400)));
    let line = text.split(|b| *b == b'\n').next().unwrap_or_default();
    let mut i = 1; // the record's own stamp lacks something, so it cannot be found by mistake
    while i + 10 <= line.len() {
        let begins =
            line.get(i).is_some_and(u8::is_ascii_digit) && !line.get(i - 1).is_some_and(u8::is_ascii_alphanumeric);
        if !begins {
            i += 1;
            continue;
        }
        if let Some((stamp, end)) = parse::read(Shape::Iso, line, i) {
            if stamp.states.has(States::YEAR_DATE.and(States::ZONE)) && e.inside.len() < INSIDE {
                e.inside.push((civil, stamp.civil));
            }
            i = end;
            continue;
        }
        if flags.has(Flags::ASSUMED_YEAR) {
            e.text_years.extend(line.get(i..i + 10).and_then(|date| year_of_same_day(date, civil)));
        }
        i += 1;
    }
}

/// The year of a date `2022-11-06` when it is within a day of the record's own day.
fn year_of_same_day(date: &[u8], civil: i64) -> Option<i32> {
    use chrono::Datelike as _;
    let date = chrono::NaiveDate::parse_from_str(std::str::from_utf8(date).ok()?, "%Y-%m-%d").ok()?;
    let own = chrono::DateTime::from_timestamp(civil.div_euclid(SECOND), 0)?.date_naive();
    let there = own.with_year(date.year())?;
    let turns = own.year() - crate::time::stamp::YEAR_UNKNOWN;
    ((there - date).num_days().abs() <= 1).then_some(date.year() - turns)
}

/// Turns civil times into recorded times, in place and in file order.
pub(super) fn fill(segments: &mut [Segment], d: &Decision) {
    let (mut years, mut days) = (Counter::default(), Counter::default());
    let mut offsets = Offsets { decision: d, hour: i64::MIN, answer: (0, false) };
    // An event without a time stands behind the one above; those at the top before the first that has one.
    let mut previous: Option<i64> = None;
    let mut waiting: Vec<(usize, usize)> = Vec::new();
    for si in 0..segments.len() {
        let Some(s) = segments.get_mut(si) else { continue };
        for at in 0..s.time.len() {
            let (Some(time), Some(flags)) = (s.time.get_mut(at), s.flags.get_mut(at)) else { continue };
            if flags.has(Flags::NO_TIME) || flags.has(Flags::ASSUMED_TIME) {
                match previous {
                    Some(p) => *time = p,
                    None => {
                        flags.clear(Flags::ASSUMED_TIME);
                        flags.set(Flags::NO_TIME);
                        waiting.push((si, at));
                    }
                }
                continue;
            }
            if flags.has(Flags::ASSUMED_YEAR) {
                *time = infer::in_year(*time, d.year + years.years(*time));
            } else if flags.has(Flags::ASSUMED_DATE) {
                *time += (d.day + i64::from(days.days(*time))) * DAY;
            }
            if flags.has(Flags::AMBIGUOUS_ZONE) {
                flags.clear(Flags::AMBIGUOUS_ZONE);
                flags.set(Flags::ASSUMED_ZONE);
                *time -= i64::from(d.ambiguous_east.unwrap_or(0)) * SECOND;
            } else if flags.has(Flags::ASSUMED_ZONE) {
                let (east, doubtful) = offsets.at(*time);
                *time -= i64::from(east) * SECOND;
                if doubtful {
                    flags.set(Flags::DST_AMBIGUOUS);
                }
            }
            previous = Some(*time);
        }
    }
    let first = segments
        .iter()
        .flat_map(|s| s.time.iter().zip(&s.flags))
        .find(|(_, f)| !f.has(Flags::NO_TIME))
        .map_or(i64::MAX, |(t, _)| *t);
    for (si, at) in waiting {
        if let Some(time) = segments.get_mut(si).and_then(|s| s.time.get_mut(at)) {
            *time = first;
        }
    }
}

/// The zone's offset at a local time; asked anew once a quarter of an hour.
struct Offsets<'a> {
    decision: &'a Decision,
    hour: i64,
    answer: (i32, bool),
}

impl Offsets<'_> {
    fn at(&mut self, civil: i64) -> (i32, bool) {
        let quarter = civil.div_euclid(900 * SECOND);
        if quarter != self.hour {
            self.hour = quarter;
            self.answer = self.decision.zone.east_at_local(civil);
        }
        self.answer
    }
}

pub(super) fn flag_out_of_order(segments: &mut [Segment]) {
    let mut latest = i64::MIN;
    for s in segments {
        for (&time, flags) in s.time.iter().zip(&mut s.flags) {
            if flags.has(Flags::NO_TIME) {
                continue;
            }
            if time < latest {
                flags.set(Flags::OUT_OF_ORDER);
            }
            latest = latest.max(time);
        }
    }
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
