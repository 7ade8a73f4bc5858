//! What a source's records tell of what their stamps leave out, read off before anything is decided.
//!
//! Beside the stamps themselves: moments that messages state (a number of seconds since 1970, a full stamp), and
//! texts that occur once, so that another source may show when the same was said there.

use std::hash::{DefaultHasher, Hasher as _};

use rayon::prelude::*;

use crate::event::build::Plan;
use crate::event::store::{Flags, Segment};
use crate::event::{host, series, settle};
use crate::source::Source;
use crate::time::infer::{self, Counter, Evidence, Given};
use crate::time::stamp::{self, Shape, States, YEAR_UNKNOWN, ZoneText};
use crate::time::{DAY, parse};

/// A source keeps at most about this many instants as evidence.
const SAMPLE: usize = 20_000;
/// Moments in messages that are kept: far more than any decision needs.
const INSIDE: usize = 400;
/// Records whose messages are searched, spread over the source. Only when they tell nothing all are, up to the other.
const FIRST_LOOK: usize = 4_000;
const LAST_LOOK: usize = 500_000;
/// How far into a record's first line is looked.
const LINE: usize = 600;
/// Records of a source whose texts are compared with those of others, in stretches of so many.
const TWINS: usize = 200_000;
const STRETCH: usize = 1_000;
/// Texts that a source keeps; of more, those with the smallest hashes, which are the same in every source.
const TEXTS: usize = 20_000;
/// A text is the end of a record's first line, so that the same words behind another header are the same text.
const TAIL: usize = 40;
/// What stands before it at least: a stamp and a name.
const HEADER: usize = 16;

const LACKS: Flags = Flags(Flags::ASSUMED_YEAR.0 | Flags::ASSUMED_ZONE.0);

/// What the sources tell of what their stamps leave out.
pub(super) fn evidence(sources: &[Source], plans: &[Plan], segments: &[Vec<Segment>], given: &Given) -> Vec<Evidence> {
    let all = (sources, plans, segments).into_par_iter();
    let mut all: Vec<Evidence> = all.map(|(source, plan, segments)| gather(source, plan, segments, given)).collect();
    series::link(sources, plans, &mut all);
    host::unify(&mut all);
    all.iter_mut().for_each(|e| settle::name(e, given));
    let open = |e: &Evidence| (e.needs.year || e.needs.zone) && infer::in_its_text(e).is_none();
    if all.len() > 1 && all.iter().any(open) {
        all.par_iter_mut().zip(sources).zip(segments).for_each(|((e, source), segments)| {
            e.texts = texts(source, segments, e.needs.year || e.needs.zone);
        });
    }
    all
}

/// Reads off a source what the decisions need.
pub(super) fn gather(source: &Source, plan: &Plan, segments: &[Segment], given: &Given) -> Evidence {
    let n: usize = segments.iter().map(Segment::len).sum();
    let stride = n.div_ceil(SAMPLE).max(1);
    let mut e = Evidence { path: source.path.clone(), modified: source.modified, ..Evidence::default() };
    let mut i = 0usize;
    // Civil times with a date of their own, which speak for a source only where all its stamps have one.
    let mut only_zone = Vec::new();
    let march = stamp::days(YEAR_UNKNOWN, 3, 1).unwrap_or(0) * DAY;
    for s in segments {
        e.stated.extend_from_slice(&s.stated);
        e.ambiguous = e.ambiguous.or(s.ambiguous);
    }
    each(segments, |s, at, civil, flags| {
        let on_leap_day = || s.time.get(at).is_some_and(|time| (march - DAY..march).contains(time));
        if flags.has(Flags::ASSUMED_YEAR) && e.leap_day.is_none() && on_leap_day() {
            e.leap_day = infer::year_of(civil).checked_sub(YEAR_UNKNOWN);
        }
        e.needs.year |= flags.has(Flags::ASSUMED_YEAR);
        e.needs.date |= flags.has(Flags::ASSUMED_DATE);
        e.needs.zone |= flags.has(Flags::ASSUMED_ZONE);
        let dated = flags.0 & (Flags::ASSUMED_YEAR.0 | Flags::ASSUMED_DATE.0) == 0;
        if dated {
            let (from, to) = e.dated.unwrap_or((civil, civil));
            e.dated = Some((from.min(civil), to.max(civil)));
        }
        if i.is_multiple_of(stride) || i + 1 == n {
            let known = dated && flags.0 & (Flags::ASSUMED_ZONE.0 | Flags::AMBIGUOUS_ZONE.0) == 0;
            match (known, dated) {
                (true, _) => e.known.push(civil),
                (_, true) => only_zone.push(civil),
                _ => e.naive.push(civil),
            }
        }
        i += 1;
    });
    if e.naive.is_empty() {
        e.naive = only_zone;
    }
    if e.needs.year || e.needs.zone {
        look_inside_all(source, segments, n, FIRST_LOOK, &mut e);
        if n > FIRST_LOOK && infer::in_its_text(&e).is_none() {
            (e.inside, e.text_years) = Default::default();
            look_inside_all(source, segments, n, LAST_LOOK, &mut e);
        }
    }
    if (e.needs.year || e.needs.zone) && !e.needs.date {
        outer_moments(source, plan, segments, n, &mut e);
    }
    e.known.sort_unstable();
    e.who = host::who(source, plan, segments);
    e.named.clone_from(&e.who.name);
    settle::name(&mut e, given);
    e
}

/// Every record that states a time: its segment, its place there, its civil time with years and days counted on from
/// the source's first record, its flags.
fn each(segments: &[Segment], mut of: impl FnMut(&Segment, usize, i64, Flags)) {
    let (mut years, mut days) = (Counter::default(), Counter::default());
    for s in segments {
        for (at, (&time, &flags)) in s.time.iter().zip(&s.flags).enumerate() {
            if flags.has(Flags::NO_TIME) || flags.has(Flags::ASSUMED_TIME) {
                continue;
            }
            let civil = if flags.has(Flags::ASSUMED_YEAR) {
                infer::in_year(time, YEAR_UNKNOWN + years.years(time))
            } else if flags.has(Flags::ASSUMED_DATE) {
                time + i64::from(days.days(time)) * DAY
            } else {
                time
            };
            of(s, at, civil, flags);
        }
    }
}

/// The first line of a record.
fn first_line<'s>(source: &'s Source, s: &Segment, at: usize) -> &'s [u8] {
    let (Some(&offset), Some(&len)) = (s.offset.get(at), s.len.get(at)) else { return &[] };
    let start = s.base + u64::from(offset);
    let text = source.text.get(start..start + u64::from(len));
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Looks into up to `most` records that lack something, spread over the source.
fn look_inside_all(source: &Source, segments: &[Segment], n: usize, most: usize, e: &mut Evidence) {
    let stride = n.div_ceil(most).max(1);
    let mut i = 0;
    each(segments, |s, at, civil, flags| {
        i += 1;
        let full = e.inside.len() >= INSIDE;
        if !full && flags.0 & LACKS.0 != 0 && !flags.has(Flags::ASSUMED_DATE) && (i - 1) % stride == 0 {
            let line = first_line(source, s, at);
            look_inside(line.get(..LINE).unwrap_or(line), civil, flags, e);
        }
    });
}

/// A wrapper's stamp and the fuller one of the line inside are one moment told twice: what the inner one states tells
/// what the others of the wrapper leave out.
fn outer_moments(source: &Source, plan: &Plan, segments: &[Segment], n: usize, e: &mut Evidence) {
    if plan.forms.iter().all(|f| f.inner.is_none()) {
        return;
    }
    let stride = n.div_ceil(FIRST_LOOK).max(1);
    let mut years = Counter::default();
    // Years count from the first record that lacks its own.
    let mut first = None;
    let mut pairs: Vec<(i64, i64, i32)> = Vec::new();
    let rows = segments.iter().flat_map(|s| (0..s.len()).map(move |at| (s, at)));
    for (s, at) in rows.step_by(stride) {
        let (Some(&time), Some(&flags), Some(&form)) = (s.time.get(at), s.flags.get(at), s.form.get(at)) else {
            continue;
        };
        if flags.has(Flags::NO_TIME) || flags.has(Flags::ASSUMED_TIME) {
            continue;
        }
        if flags.0 & LACKS.0 != 0 {
            let turns = if flags.has(Flags::ASSUMED_YEAR) { years.years(time) } else { 0 };
            first.get_or_insert(turns);
            continue;
        }
        let Some(form) = plan.forms.get(usize::from(form)).filter(|f| f.inner.is_some()) else { continue };
        let Some(outer) = form.outer_stamp(first_line(source, s, at)).filter(|o| !o.is_instant()) else { continue };
        if !outer.states.has(States::DATE) || outer.zone != ZoneText::None {
            continue;
        }
        let turns = if outer.states.has(States::YEAR) { 0 } else { years.years(outer.civil) };
        pairs.push((outer.civil, time, turns));
    }
    let first = first.unwrap_or(0);
    for (civil, time, turns) in pairs.into_iter().take(INSIDE) {
        e.inside.push((if e.needs.year { infer::in_year(civil, YEAR_UNKNOWN + turns - first) } else { civil }, time));
    }
}

/// Looks for moments near the record's own in its first line: full stamps, numbers of seconds since 1970, and dates
/// that name a year on the record's own day. All of them hold a `1` or a `2` at the begin of a number.
fn look_inside(line: &[u8], civil: i64, flags: Flags, e: &mut Evidence) {
    let mut from = 1; // the record's own stamp lacks something, so it cannot be found by mistake
    while let Some(at) = line.get(from..).and_then(|rest| memchr::memchr2(b'1', b'2', rest)).map(|n| from + n) {
        from = at + 1;
        let before = line.get(at - 1).copied().unwrap_or(b' ');
        if before.is_ascii_alphanumeric() || before == b'.' {
            continue;
        }
        let digits = line.get(at..).unwrap_or_default().iter().take_while(|b| b.is_ascii_digit()).count();
        match digits {
            4 => {
                if let Some((stamp, end)) = parse::read(Shape::Iso, line, at) {
                    if stamp.states.has(States::YEAR_DATE.and(States::ZONE)) {
                        e.inside.push((civil, stamp.civil));
                    } else {
                        e.text_years.extend(year_of_same_day(stamp.civil, civil, flags));
                    }
                    from = end;
                } else {
                    let ctime = at.checked_sub(20).and_then(|start| parse::read(Shape::Ctime, line, start));
                    let stamp = ctime.filter(|(_, end)| *end >= at + 4).map(|(stamp, _)| stamp.civil);
                    let stamp = stamp.or_else(|| date_at(line.get(at..at + 10)?));
                    e.text_years.extend(stamp.and_then(|there| year_of_same_day(there, civil, flags)));
                }
            }
            10 | 13 | 16 | 19 if !is_deadline(line.get(at.saturating_sub(18)..at).unwrap_or_default()) => {
                if let Some((stamp, end)) = parse::read(Shape::Epoch, line, at) {
                    e.inside.push((civil, stamp.civil));
                    from = end;
                }
            }
            _ => {}
        }
        from = from.max(at + digits);
    }
}

/// True when the words before a number say that it is a moment yet to come, which lies a round time ahead.
fn is_deadline(before: &[u8]) -> bool {
    const AHEAD: [&[u8]; 8] = [b"exp", b"until", b"next", b"valid", b"ttl", b"timeout", b"deadline", b"renew"];
    let before = before.to_ascii_lowercase();
    AHEAD.iter().any(|word| memchr::memmem::find(&before, word).is_some())
}

/// A date `2022-11-06`, as its midnight.
fn date_at(text: &[u8]) -> Option<i64> {
    let date = chrono::NaiveDate::parse_from_str(std::str::from_utf8(text).ok()?, "%Y-%m-%d").ok()?;
    date.and_hms_opt(12, 0, 0)?.and_utc().timestamp_nanos_opt()
}

/// The year of the source's first record when a date in a text is within a day and a half of the record's own.
fn year_of_same_day(there: i64, civil: i64, flags: Flags) -> Option<i32> {
    if !flags.has(Flags::ASSUMED_YEAR) {
        return None;
    }
    let first = infer::year_of(there) - (infer::year_of(civil) - YEAR_UNKNOWN);
    let near = |first: &i32| (infer::in_year_counted(civil, *first) - there).abs() <= DAY * 3 / 2;
    (first - 1..=first + 1).find(near)
}

/// The texts that occur once, by their hashes, with the instant or (where stamps lack something) the civil time.
fn texts(source: &Source, segments: &[Segment], lacking: bool) -> Vec<(u64, i64)> {
    let n: usize = segments.iter().map(Segment::len).sum();
    let every = n.div_ceil(TWINS).max(1);
    let mut out = Vec::new();
    let mut i = 0;
    each(segments, |s, at, civil, flags| {
        i += 1;
        let open = flags.0 & (LACKS.0 | Flags::ASSUMED_DATE.0 | Flags::AMBIGUOUS_ZONE.0);
        let wanted = if lacking { open & LACKS.0 == open && open != 0 } else { open == 0 };
        if wanted && ((i - 1) / STRETCH).is_multiple_of(every) {
            out.extend(hash(first_line(source, s, at)).map(|hash| (hash, civil)));
        }
    });
    out.sort_unstable();
    let mut once: Vec<(u64, i64)> =
        out.chunk_by(|a, b| a.0 == b.0).filter(|c| c.len() == 1).flatten().copied().collect();
    once.truncate(TEXTS);
    once
}

/// The hash of a line's end; `None` where it is short or holds next to no number, for such a text says the same at many
/// moments on many hosts.
fn hash(line: &[u8]) -> Option<u64> {
    let line = line.trim_ascii_end();
    let tail = line.get(line.len().checked_sub(TAIL).filter(|at| *at >= HEADER)?..)?;
    if tail.iter().filter(|b| b.is_ascii_digit()).count() < 3 {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    hasher.write(tail);
    Some(hasher.finish())
}
