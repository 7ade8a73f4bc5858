//! The zone of stamps that state none, from what the capture tells.
//!
//! In this order: what the user gave; stamps inside the messages; the one zone in which the source falls
//! together with the others; what other sources of the same host state; the default.

use super::infer::{Decision, Evidence, From, Given, Range, in_year_counted, most};
use super::zone::Zone;
use super::{DAY, SECOND};

/// Decides the zone of a source's stamps that state none.
pub(super) fn zone(e: &Evidence, me: usize, all: &[Evidence], known: &[Range], given: &Given, d: &mut Decision) {
    let mut choose = |zone: Zone, from: From, sentence: String| {
        (d.zone, d.zone_from) = (zone, from);
        d.sentences.push(sentence);
    };
    if let Some(zone) = given.zone(e) {
        return choose(zone, From::Option, format!("zone {} as given", zone.name()));
    }
    if e.needs.date {
        let zone = given.default_zone.unwrap_or_default();
        return choose(zone, From::Default, default_sentence(zone, &e.path));
    }
    let civil: Vec<i64> = e.naive.iter().map(|&c| if e.needs.year { in_year_counted(c, d.year) } else { c }).collect();
    if let Some(east) = inside_offset(e, d.year) {
        return choose(
            Zone::Fixed(east),
            From::Text,
            format!("zone {} from stamps inside its messages", Zone::Fixed(east).name()),
        );
    }
    let default = given.default_zone.unwrap_or_default();
    let stated = Stated::of(me, all);
    if let Some((zone, why)) = by_overlap(&civil, e, known, &stated, default) {
        return choose(zone, From::Sibling, format!("zone {}{why}", zone.name()));
    }
    if let Some((zone, path)) = by_host(&civil, me, all) {
        return choose(zone, From::Sibling, format!("zone {} from {path}, the same host", zone.name()));
    }
    choose(default, From::Default, default_sentence(default, &e.path));
}

fn default_sentence(zone: Zone, path: &str) -> String {
    format!("zone {} assumed: none is stated; give --source-tz '{path}=ZONE' if it is another", zone.name())
}

/// Seconds east of UTC by which a source's stamps differ from stamps inside its own messages.
///
/// Wrapped logs (a database's line inside a syslog line) say the same moment twice. Four fifths of at
/// least three such pairs must agree on a quarter of an hour to within five seconds.
fn inside_offset(e: &Evidence, year: i32) -> Option<i32> {
    const QUARTER: i64 = 900 * SECOND;
    let offsets: Vec<i32> = e
        .inside
        .iter()
        .filter_map(|&(civil, utc)| {
            let civil = if e.needs.year { in_year_counted(civil, year) } else { civil };
            let difference = civil - utc;
            let quarters = (difference + QUARTER / 2).div_euclid(QUARTER);
            let near = (difference - quarters * QUARTER).abs() <= 5 * SECOND;
            (near && quarters.abs() <= 14 * 4).then(|| i32::try_from(quarters * 900).ok()).flatten()
        })
        .collect();
    let east = most(&offsets)?;
    let agree = offsets.iter().filter(|o| **o == east).count();
    (agree >= 3 && agree * 5 >= e.inside.len() * 4).then_some(east)
}

/// Zones that other sources state, with a path that does.
struct Stated {
    same_host: Vec<(Zone, String)>,
    elsewhere: Vec<(Zone, String)>,
}

impl Stated {
    fn of(me: usize, all: &[Evidence]) -> Stated {
        let mut out = Stated { same_host: Vec::new(), elsewhere: Vec::new() };
        let host = all.get(me).and_then(|e| e.host.as_deref());
        for e in all.iter().enumerate().filter(|(i, _)| *i != me).map(|(_, e)| e) {
            let Some(zone) = stated_zone(&e.stated) else { continue };
            let same = host.is_some() && e.host.as_deref() == host;
            let list = if same { &mut out.same_host } else { &mut out.elsewhere };
            if !list.iter().any(|(z, _)| *z == zone) {
                list.push((zone, e.path.clone()));
            }
        }
        out
    }

    fn all(&self) -> impl Iterator<Item = &(Zone, String)> {
        self.same_host.iter().chain(&self.elsewhere)
    }
}

/// The zone behind a list of stated offsets: fixed when they are all the same, else a known zone that changes so.
fn stated_zone(stated: &[(i64, i32)]) -> Option<Zone> {
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
    let (_, first) = *stated.first()?;
    if stated.iter().all(|(_, east)| *east == first) {
        return Some(Zone::Fixed(first));
    }
    COMMON.iter().filter_map(|n| Zone::parse(n)).find(|z| stated.iter().all(|(t, east)| z.east_at(*t) == *east))
}

/// Offsets that are somewhere in force, in seconds east of UTC.
fn real_offsets() -> impl Iterator<Item = i32> {
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
fn by_host(civil: &[i64], me: usize, all: &[Evidence]) -> Option<(Zone, String)> {
    let host = all.get(me)?.host.as_deref()?;
    // A log of other days says nothing: most of our moments must have one of its own within a day.
    let near = |e: &&Evidence| {
        let close = |c: &&i64| {
            let i = e.known.partition_point(|k| *k < **c - DAY);
            e.known.get(i).is_some_and(|k| *k <= **c + DAY)
        };
        civil.iter().filter(close).count() * 5 >= civil.len() * 4
    };
    let others = all.iter().enumerate().filter(|(i, e)| *i != me && e.host.as_deref() == Some(host));
    let others: Vec<&Evidence> = others.map(|(_, e)| e).filter(near).collect();
    let mut stated: Vec<(Zone, &str)> = Vec::new();
    for (zone, e) in others.iter().filter_map(|e| stated_zone(&e.stated).map(|z| (z, e))) {
        if !stated.iter().any(|(z, _)| *z == zone) {
            stated.push((zone, &e.path));
        }
    }
    if let [(zone, path)] = stated.as_slice() {
        return Some((*zone, (*path).to_owned()));
    }
    let wrote = |t: i64| {
        others.iter().any(|e| {
            let i = e.known.partition_point(|k| *k < t - 2 * SECOND);
            e.known.get(i).is_some_and(|k| *k <= t + 2 * SECOND)
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
