//! The zone of stamps that state none, from what lies near in the capture.
//!
//! In this order, where neither the user nor the text told: the one zone in which the source falls together with the
//! others; what other sources of the same host state; a log of the same name beside it; the default.

use super::infer::{Decision, Evidence, From, Given, Range, Told, nearness};
use super::zone::{Local, Zone};
use super::{DAY, SECOND};

/// Decides the zone of a source's stamps that state none.
pub(super) fn zone(
    e: &Evidence,
    me: usize,
    all: &[Evidence],
    told: &[Told<'_>],
    known: &[Range],
    given: &Given,
    d: &mut Decision,
) {
    let default = given.default_zone.unwrap_or_default();
    if e.needs.date {
        // The day was guessed from what lies near; a zone guessed on top of that would be worth nothing.
        return d.settle_zone(default, From::Default, default_sentence(default, &e.path));
    }
    let civil: Vec<i64> = e.naive.iter().map(|&c| d.local(e, c)).collect();
    let stated = Stated::of(me, all, told);
    if let Some((zone, why)) = by_overlap(&civil, e, known, &stated, default) {
        return d.settle_zone(zone, From::Sibling, format!("zone {}{why}", zone.name()));
    }
    if let Some((zone, path)) = by_host(&civil, me, all, told) {
        return d.settle_zone(zone, From::Sibling, format!("zone {} from {path}, the same host", zone.name()));
    }
    if let Some((zone, path)) = by_name(&civil, me, told, default) {
        let why = format!(
            "zone {} as {path}, a log of the same name that runs beside it; give --source-tz '{}=ZONE' if it is another",
            zone.name(),
            e.path
        );
        return d.settle_zone(zone, From::Sibling, why);
    }
    d.settle_zone(default, From::Default, default_sentence(default, &e.path));
}

fn default_sentence(zone: Zone, path: &str) -> String {
    format!("zone {} assumed: none is stated; give --source-tz '{path}=ZONE' if it is another", zone.name())
}

/// Zones that other sources state, with a path that does.
struct Stated {
    same_host: Vec<(Zone, String)>,
    elsewhere: Vec<(Zone, String)>,
}

impl Stated {
    fn of(me: usize, all: &[Evidence], told: &[Told<'_>]) -> Stated {
        let mut out = Stated { same_host: Vec::new(), elsewhere: Vec::new() };
        let host = all.get(me).and_then(|e| e.host.as_deref());
        for t in told.iter().enumerate().filter(|(i, _)| *i != me).map(|(_, t)| t) {
            let Some(zone) = t.zone else { continue };
            let same = host.is_some() && t.host == host;
            let list = if same { &mut out.same_host } else { &mut out.elsewhere };
            if !list.iter().any(|(z, _)| *z == zone) {
                list.push((zone, t.path.to_owned()));
            }
        }
        out
    }

    fn all(&self) -> impl Iterator<Item = &(Zone, String)> {
        self.same_host.iter().chain(&self.elsewhere)
    }
}

/// Zones that stand for those with the same changes of daylight saving time.
const COMMON: [&str; 22] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "Europe/London",
    "Europe/Berlin",
    "Europe/Helsinki",
    "Australia/Sydney",
    "Australia/Adelaide",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "America/Sao_Paulo",
    "America/Halifax",
    "America/St_Johns",
    "America/Anchorage",
    "America/Santiago",
    "Asia/Jerusalem",
    "Asia/Beirut",
    "Africa/Cairo",
    "Europe/Lisbon",
    "Europe/Chisinau",
    "America/Asuncion",
];

/// The zone behind a list of stated offsets: fixed when they are all the same, else a known zone that changes so.
pub(super) fn stated_zone(stated: &[(i64, i32)]) -> Option<Zone> {
    let (_, first) = *stated.first()?;
    if stated.iter().all(|(_, east)| *east == first) {
        return Some(Zone::Fixed(first));
    }
    COMMON.iter().filter_map(|n| Zone::parse(n)).find(|z| stated.iter().all(|(t, east)| z.east_at(*t) == *east))
}

/// Offsets that are somewhere in force, in seconds east of UTC.
pub(super) fn real_offsets() -> impl Iterator<Item = i32> {
    let halves = [-34_200, -12_600, -9_000, 12_600, 16_200, 19_800, 20_700, 23_400, 31_500, 34_200, 37_800, 45_900];
    (-12..=14).map(|h| h * 3600).chain(halves)
}

/// A source whose times lie apart from all others', and would lie among them in just one zone.
///
/// Zones that other sources state are tried first; without one, exactly one offset in force on earth
/// must do. Sources longer than half a day cannot be judged so.
fn by_overlap(civil: &[i64], e: &Evidence, known: &[Range], stated: &Stated, default: Zone) -> Option<(Zone, String)> {
    const GRACE: i64 = 300 * SECOND;
    let ranges: Vec<&Range> = known.iter().filter(|r| r.path != e.path).collect();
    let share = |zone: Zone| {
        let inside = civil.iter().filter(|c| {
            let t = **c - i64::from(zone.east_at_local(**c).0) * SECOND;
            ranges.iter().any(|r| r.from - GRACE <= t && t <= r.to + GRACE)
        });
        inside.count() as f64 / civil.len().max(1) as f64
    };
    if ranges.is_empty() || civil.is_empty() || share(default) > 0.05 {
        return None;
    }
    let by_statement = stated.all().find(|(zone, _)| share(*zone) >= 0.8);
    if let Some((zone, path)) = by_statement {
        return Some((*zone, format!(", as {path} states: only so does this source fall together with the others")));
    }
    let mut fitting = real_offsets().filter(|east| share(Zone::Fixed(*east)) >= 0.8);
    match (fitting.next(), fitting.next()) {
        (Some(east), None) => Some((
            Zone::Fixed(east),
            format!(
                ": with no other does this source fall together with the others; give --source-tz '{}=ZONE' if it is another",
                e.path
            ),
        )),
        _ => None,
    }
}

/// The zone that the same host's other sources state, of those written in the same days.
///
/// Where they state several, moments at which both wrote decide; failing that, the only one that is not
/// UTC: programs that write UTC on purpose say so, a stamp that names no zone is the host's local time.
fn by_host(civil: &[i64], me: usize, all: &[Evidence], told: &[Told<'_>]) -> Option<(Zone, String)> {
    let host = all.get(me)?.host.as_deref()?;
    // A log of other days says nothing: most of our moments must have one of its own within a day.
    let near = |t: &&Told<'_>| {
        let close = |c: &&i64| {
            let i = t.times.partition_point(|k| *k < **c - DAY);
            t.times.get(i).is_some_and(|k| *k <= **c + DAY)
        };
        civil.iter().filter(close).count() * 5 >= civil.len() * 4
    };
    let others = told.iter().enumerate().filter(|(i, t)| *i != me && t.host == Some(host));
    let others: Vec<&Told<'_>> = others.map(|(_, t)| t).filter(near).collect();
    let mut stated: Vec<(Zone, &str)> = Vec::new();
    for (zone, t) in others.iter().filter_map(|t| t.zone.map(|z| (z, t))) {
        if !stated.iter().any(|(z, _)| *z == zone) {
            stated.push((zone, t.path));
        }
    }
    if let [(zone, path)] = stated.as_slice() {
        return Some((*zone, (*path).to_owned()));
    }
    let wrote = |t: i64| {
        others.iter().any(|o| {
            let i = o.times.partition_point(|k| *k < t - 2 * SECOND);
            o.times.get(i).is_some_and(|k| *k <= t + 2 * SECOND)
        })
    };
    let hits = |zone: Zone| civil.iter().filter(|c| wrote(**c - i64::from(zone.east_at_local(**c).0) * SECOND)).count();
    let mut ranked: Vec<(usize, Zone, &str)> = stated.iter().map(|(zone, path)| (hits(*zone), *zone, *path)).collect();
    ranked.sort_by_key(|(n, _, _)| std::cmp::Reverse(*n));
    if let [(n, zone, path), (m, ..), ..] = ranked.as_slice()
        && *n >= 3
        && *n > m * 2
    {
        return Some((*zone, (*path).to_owned()));
    }
    let mut local = stated.iter().filter(|(z, _)| *z != Zone::Fixed(0));
    match (local.next(), local.next()) {
        (Some((zone, path)), None) => Some((*zone, (*path).to_owned())),
        _ => None,
    }
}

/// The zone that was proved for a log of the same name on another host, the nearest by folder: hosts of one kind are
/// set up alike. Only where the logs run at the same time in it, and no less than in the default.
fn by_name(civil: &[i64], me: usize, told: &[Told<'_>], default: Zone) -> Option<(Zone, String)> {
    let mine = told.get(me)?;
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    let alike = |t: &&Told<'_>| t.proved && t.path != mine.path && name(t.path) == name(mine.path);
    let nearest = |t: &&Told<'_>| (std::cmp::Reverse(nearness(t.path, mine.path)), t.path.to_owned());
    let other = told.iter().filter(alike).min_by_key(nearest)?;
    let (zone, first, last) = (other.zone?, *other.times.first()?, *other.times.last()?);
    let beside = |zone: Zone| {
        let at = |c: i64| c - i64::from(zone.east_at_local(c).0) * SECOND;
        civil.iter().filter(|c| (first - 300 * SECOND..=last + 300 * SECOND).contains(&at(**c))).count()
    };
    let n = beside(zone);
    (n > 0 && n * 5 >= civil.len() * 4 && n >= beside(default)).then(|| (zone, other.path.to_owned()))
}

/// The zone with daylight saving time, where the order of the file shows that clocks were changed within it.
///
/// A source that is decided to be at `east` may be so for a part only: where clocks are put forward, its times skip
/// what they skip and stand close on both sides; where they are put back, its times go back in what is repeated.
pub(super) fn season(civil: &[i64], east: i32) -> Option<Zone> {
    const CLOSE: i64 = 600 * SECOND;
    // Some hours more on both sides, for the times behind a change are not at this offset.
    let ends = [civil.iter().min()? - DAY / 8, civil.iter().max()? + DAY / 8].map(|c| c - i64::from(east) * SECOND);
    let changes = |zone: &Zone| {
        let there = ends.map(|t| zone.east_at(t));
        there[0] != there[1] && there.contains(&east)
    };
    let shows = |zone: &Zone| {
        let mut pairs = civil.iter().zip(civil.iter().skip(1)).map(|(a, b)| (*a, *b));
        pairs.any(|(above, below)| match (zone.local(above), zone.local(below)) {
            (Local::Once(before), Local::Once(behind)) if behind > before => {
                let skipped = i64::from(behind - before) * SECOND;
                (0..CLOSE).contains(&(below - above - skipped)) && matches!(zone.local(above + CLOSE), Local::Never(_))
            }
            (Local::Twice(before, behind), Local::Twice(..)) => above - below > i64::from(before - behind) * SECOND / 2,
            _ => false,
        })
    };
    COMMON.iter().filter_map(|n| Zone::parse(n)).filter(changes).find(shows)
}
