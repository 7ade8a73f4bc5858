//! Rotated files that are one log: which go on where another one ends, and what is decided for them together.
//!
//! Each file stays a source of its own, with its own lines and bytes. What is one is the writer: host, zone and the
//! count of years go on from the older file to the newer one.

use crate::diagnostic::Diagnostics;
use crate::event::build::Plan;
use crate::event::store::{Flags, Segment};
use crate::source::Source;
use crate::source::series::Age;
use crate::time::infer::{self, Counter, Decision, Evidence, Given, in_year_counted};
use crate::time::stamp::YEAR_UNKNOWN;
use crate::time::{DAY, SECOND};

/// Two writers' lines at a boundary may stand the wrong way round by so much.
const SLACK: i64 = 60 * SECOND;
/// Files are parts of one log only if the gap between them is small beside them: a log that is rotated by size or daily
/// is never quiet for longer than this at the boundary…
const SHORT_GAP: i64 = 2 * DAY;
/// …and one that is rotated weekly or monthly, for no longer than twice what its files cover, nor longer than this.
const LONGEST_GAP: i64 = 62 * DAY;

/// Finds which source goes on where another one ends, and gives the parts of a log one host.
pub(super) fn link(sources: &[Source], plans: &[Plan], evidence: &mut [Evidence]) {
    let mut previous: Option<usize> = None;
    for i in 0..evidence.len() {
        let (Some(source), Some(plan)) = (sources.get(i), plans.get(i)) else { continue };
        let older = previous.filter(|&p| {
            let parts = |a: &Source| matches!((&a.series, &source.series), (Some(a), Some(b)) if a.name == b.name);
            sources.get(p).is_some_and(parts)
        });
        if evidence.get(i).is_none_or(|e| e.naive.is_empty() && e.known.is_empty()) {
            // Empty, or read elsewhere: a link may lead over it.
            previous = older;
            continue;
        }
        previous = Some(i);
        let same_format = |p: usize| {
            let name = |plan: &Plan| plan.primary().map(|f| f.definition.name.clone());
            plans.get(p).is_some_and(|older| name(older) == name(plan))
        };
        let fits = |p: &usize| match (evidence.get(*p), evidence.get(i)) {
            (Some(a), Some(b)) => same_format(*p) && one_host(a, b, source) && goes_on(a, b),
            _ => false,
        };
        let follows = older.filter(fits);
        if let Some(e) = evidence.get_mut(i) {
            e.follows = follows;
        }
    }
    one_name(sources, evidence);
}

/// Two parts of a log are not by two hosts; where the text of one names none, the folder is what both have.
fn one_host(a: &Evidence, b: &Evidence, source: &Source) -> bool {
    a.named == b.named || [a, b].iter().any(|e| e.named == source.folder)
}

/// Whether `b` begins where `a` ends.
fn goes_on(a: &Evidence, b: &Evidence) -> bool {
    let dated = |e: &Evidence| !e.needs.year && !e.needs.date;
    match (dated(a), dated(b)) {
        (true, true) => match (ends(a), ends(b)) {
            (Some((from, end)), Some((begin, to))) => is_close(begin - end, (end - from).max(to - begin)),
            _ => false,
        },
        (false, false) if a.needs.date || b.needs.date => {
            // Times of day tell nothing of days: the files' own times must.
            a.needs.date == b.needs.date && matches!((a.modified, b.modified), (Some(a), Some(b)) if a <= b)
        }
        (false, false) => match (a.naive.last(), b.naive.first()) {
            (Some(end), Some(begin)) => {
                let gap = begin - bare(*end) + i64::from(turn(*end, *begin)) * 366 * DAY;
                let covers = |e: &Evidence| e.naive.last().zip(e.naive.first()).map_or(0, |(to, from)| to - from);
                is_close(gap, covers(a).max(covers(b)))
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether a gap is one between parts of a log, the longer of which covers so much.
fn is_close(gap: i64, covers: i64) -> bool {
    (-SLACK..=SHORT_GAP.max(covers.saturating_mul(2)).min(LONGEST_GAP)).contains(&gap)
}

/// The first and the last time; those of stamps without a zone where most are such.
fn ends(e: &Evidence) -> Option<(i64, i64)> {
    if e.naive.len() > e.known.len() {
        Some((*e.naive.iter().min()?, *e.naive.iter().max()?))
    } else {
        Some((*e.known.first()?, *e.known.last()?))
    }
}

/// A civil time without the years counted on from its source's first record.
fn bare(civil: i64) -> i64 {
    let turns = turns_of(civil);
    in_year_counted(civil, YEAR_UNKNOWN - turns)
}

fn turns_of(civil: i64) -> i32 {
    use chrono::Datelike as _;
    chrono::DateTime::from_timestamp(civil.div_euclid(SECOND), 0).map_or(0, |t| t.year() - YEAR_UNKNOWN)
}

/// Years that turn between the end of one file and the begin of the next.
fn turn(end: i64, begin: i64) -> i32 {
    let mut counter = Counter::default();
    counter.years(bare(end));
    counter.years(begin)
}

/// The parts of a log have the host that the newest of them names in its text; a copy has that of what it copies.
fn one_name(sources: &[Source], evidence: &mut [Evidence]) {
    for chain in chains(evidence) {
        let told = chain.iter().rev().find_map(|&i| {
            let (e, s) = (evidence.get(i)?, sources.get(i)?);
            e.named.clone().filter(|_| e.named != s.folder)
        });
        for &i in chain.iter().filter(|_| told.is_some()) {
            if let Some(e) = evidence.get_mut(i) {
                e.named.clone_from(&told);
            }
        }
    }
    for (i, source) in sources.iter().enumerate().filter(|(_, s)| s.repeats > 0 && s.repeats == s.len()) {
        let first = sources.iter().position(|s| Some(&s.path) == source.repeats_of.as_ref());
        let named = first.and_then(|f| evidence.get(f)).and_then(|e| e.named.clone());
        if let Some(e) = evidence.get_mut(i) {
            e.named = named.or_else(|| e.named.clone());
        }
    }
}

/// The sources of each log of several, the oldest first.
fn chains(evidence: &[Evidence]) -> Vec<Vec<usize>> {
    let mut out: Vec<Vec<usize>> = Vec::new();
    for (i, e) in evidence.iter().enumerate() {
        let Some(older) = e.follows else { continue };
        match out.iter_mut().find(|chain| chain.last() == Some(&older)) {
            Some(chain) => chain.push(i),
            None => out.push(vec![older, i]),
        }
    }
    out
}

/// As [`infer::decide`], for each log of several files at once.
pub(super) fn decide(evidence: &[Evidence], given: &Given) -> Vec<Decision> {
    let chains = chains(evidence);
    if chains.is_empty() {
        return infer::decide(evidence, given);
    }
    // A log's evidence stands in the place of its newest part; the others have none of their own.
    let mut joined: Vec<Evidence> = evidence.to_vec();
    let mut turns = Vec::new();
    for chain in &chains {
        let (whole, counted) = join(chain, evidence, given);
        for &i in chain {
            if let Some(e) = joined.get_mut(i) {
                *e = Evidence { path: e.path.clone(), ..Evidence::default() };
            }
        }
        if let Some(e) = chain.last().and_then(|&i| joined.get_mut(i)) {
            *e = whole;
        }
        turns.push(counted);
    }
    let mut out = infer::decide(&joined, given);
    for (chain, counted) in chains.iter().zip(&turns) {
        let Some(whole) = chain.last().and_then(|&i| out.get(i)).cloned() else { continue };
        for (&i, (years, days)) in chain.iter().zip(counted) {
            if let Some(d) = out.get_mut(i) {
                *d = Decision { year: whole.year + years, day: whole.day + i64::from(*days), ..whole.clone() };
            }
        }
    }
    out
}

/// The evidence of a log's parts as if they were one file, and the years and days that each begins after the first.
///
/// What the user gave for one part holds for all: a date counts from that part.
fn join(chain: &[usize], evidence: &[Evidence], given: &Given) -> (Evidence, Vec<(i32, i32)>) {
    let parts: Vec<&Evidence> = chain.iter().filter_map(|&i| evidence.get(i)).collect();
    let told = |e: &&&Evidence| given.date(e).is_some() || given.zone(e).is_some();
    let mut whole = parts.iter().rev().find(told).or(parts.last()).map_or_else(Evidence::default, |e| Evidence {
        modified: parts.last().and_then(|e| e.modified),
        known: Vec::new(),
        stated: Vec::new(),
        naive: Vec::new(),
        text_years: Vec::new(),
        inside: Vec::new(),
        texts: Vec::new(),
        dated: None,
        leap_day: None,
        ..Evidence::clone(e)
    });
    let mut counted: Vec<(i32, i32)> = Vec::new();
    let mut end: Option<i64> = None;
    for part in &parts {
        let begin = part.naive.first().copied();
        let years = match (end, begin) {
            (Some(end), Some(begin)) if part.needs.year => turns_of(end) + turn(end, begin),
            _ => counted.last().map_or(0, |(years, _)| *years),
        };
        let first_day = match begin {
            Some(begin) if part.needs.date => {
                let before = end.map_or(0, |end| i32::try_from(end.div_euclid(DAY)).unwrap_or(0));
                let mut days = Counter::default();
                end.map(|end| days.days(end.rem_euclid(DAY)));
                before + days.days(begin)
            }
            _ => counted.last().map_or(0, |(_, days)| *days),
        };
        let moved = |civil: i64| match () {
            () if part.needs.year => in_year_counted(civil, YEAR_UNKNOWN + years),
            () if part.needs.date => civil + i64::from(first_day) * DAY,
            () => civil,
        };
        whole.naive.extend(part.naive.iter().map(|t| moved(*t)));
        whole.known.extend_from_slice(&part.known);
        whole.stated.extend_from_slice(&part.stated);
        whole.text_years.extend(part.text_years.iter().map(|y| y - years));
        whole.inside.extend(part.inside.iter().map(|(civil, utc)| (moved(*civil), *utc)));
        whole.texts.extend(part.texts.iter().map(|(text, civil)| (*text, moved(*civil))));
        if let Some((from, to)) = part.dated {
            whole.dated = Some(whole.dated.map_or((from, to), |(f, t)| (from.min(f), to.max(t))));
        }
        whole.leap_day = whole.leap_day.or(part.leap_day.map(|turns| turns + years));
        whole.ambiguous = whole.ambiguous.or(part.ambiguous);
        whole.needs.year |= part.needs.year;
        whole.needs.date |= part.needs.date;
        whole.needs.zone |= part.needs.zone;
        end = part.naive.last().map(|t| moved(*t)).or(end);
        counted.push((years, first_day));
    }
    whole.known.sort_unstable();
    once(&mut whole.texts);
    // A date that was given for a later part is that part's first.
    if given.date(&whole).is_some()
        && let Some((years, days)) =
            parts.iter().position(|e| e.path == whole.path).and_then(|at| counted.get(at).copied())
    {
        counted.iter_mut().for_each(|(y, d)| (*y, *d) = (*y - years, *d - days));
    }
    (whole, counted)
}

/// Leaves the texts that occur once, sorted.
fn once(texts: &mut Vec<(u64, i64)>) {
    texts.sort_unstable();
    let single = texts.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() == 1);
    *texts = single.flatten().copied().collect();
}

/// Records at a file's begin that are earlier than one in the files before it are out of order too.
pub(super) fn flag_over_boundaries(evidence: &[Evidence], segments: &mut [Vec<Segment>], lasts: &[Option<i64>]) {
    for chain in chains(evidence) {
        let mut latest = i64::MIN;
        for i in chain {
            for s in segments.get_mut(i).into_iter().flatten() {
                flag_before(s, latest);
            }
            latest = latest.max(lasts.get(i).copied().flatten().unwrap_or(i64::MIN));
        }
    }
}

fn flag_before(s: &mut Segment, latest: i64) {
    for (time, flags) in s.time.iter().zip(&mut s.flags) {
        if *time < latest && !flags.has(Flags::NO_TIME) {
            flags.set(Flags::OUT_OF_ORDER);
        }
    }
}

/// Tells of files that are missing between those that are there.
pub(super) fn report(diagnostics: &mut Diagnostics, sources: &[Source], evidence: &[Evidence]) {
    for (newer, e) in evidence.iter().enumerate() {
        let Some(older) = e.follows else { continue };
        let age = |i: usize| sources.get(i).and_then(|s| s.series.as_ref().map(|series| series.age.clone()));
        let (Some(source), Some(before)) = (sources.get(newer), sources.get(older)) else { continue };
        let missing = match (age(older), age(newer)) {
            (Some(Age::Numbered(a)), Some(Age::Numbered(b))) => a.0.abs_diff(b.0).saturating_sub(1),
            _ => 0,
        };
        if missing > 0 {
            let what = format!("{missing} files are missing between it and {}, by their numbers", before.path);
            diagnostics.note(&source.path, what);
        }
    }
}
