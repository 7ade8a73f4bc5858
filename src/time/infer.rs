//! What stamps leave out (year, date, zone), decided for a whole source from what the capture tells.
//!
//! Every decision says where it came from and becomes an assumption that the user sees and can change.
//! Evidence is taken in this order: what the user gave, what the text itself says elsewhere, what the
//! other sources of the same capture say, the file's time, and at last a default.

use chrono::Datelike as _;

pub use super::counter::{Counter, in_year};
pub use super::given::{Given, Own, given};
use super::stamp::{YEAR_UNKNOWN, days};
use super::verdict::{self, Verdict};
use super::zone::{AMBIGUOUS, Zone, offset_name};
use super::{DAY, SECOND, local, twins};

/// Where a decision came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum From {
    /// The text states it.
    #[default]
    Text,
    /// Another source of the capture.
    Sibling,
    /// The command line or the case.
    Option,
    /// The file's modification time.
    File,
    /// Nothing told.
    Default,
}

impl From {
    /// The word of the contract.
    pub fn word(self) -> &'static str {
        match self {
            From::Text => "text",
            From::Sibling => "sibling",
            From::Option => "option",
            From::File => "file",
            From::Default => "default",
        }
    }
}

/// Who wrote a source, as its text and its folder tell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Who {
    /// The name that counts, as written.
    pub name: Option<String>,
    /// Where it comes from: `text`, `folder`, or nothing.
    pub from: &'static str,
    /// The host that its folder is named after.
    pub folder: Option<String>,
    /// Hosts that its records name where they are several, the most frequent first.
    pub several: Vec<String>,
    /// Other names of the same host in it.
    pub also: Vec<String>,
    /// The name that stands for each other name of the same host.
    pub aliases: Vec<(String, String)>,
}

/// What is known of one source before its times are settled.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Its path, for sentences and patterns.
    pub path: String,
    /// Its host.
    pub host: Option<String>,
    /// Who wrote it.
    pub who: Who,
    /// Its host as the text or the folder names it, whatever the user gave.
    pub named: Option<String>,
    /// Its host before hosts are renamed.
    pub before: Option<String>,
    /// The file's modification time.
    pub modified: Option<i64>,
    /// Instants of stamps that state year and zone, sorted; a sample when there are many.
    pub known: Vec<i64>,
    /// UTC offsets that the text states, each with an instant; one entry a change.
    pub stated: Vec<(i64, i32)>,
    /// Some stamps lack the year, the date, the zone.
    pub needs: Needs,
    /// The zone abbreviation with several meanings that the text uses, by its place in [`AMBIGUOUS`].
    pub ambiguous: Option<u8>,
    /// Civil times of stamps that state no zone, in file order, years and days counted from the first
    /// record's; a sample when there are many.
    pub naive: Vec<i64>,
    /// New years between the first stamp and the first of 29 February, when there is one and its year is not stated.
    pub leap_day: Option<i32>,
    /// Years that dates in the text name on the record's own day.
    pub text_years: Vec<i32>,
    /// Instants stated inside messages, with the civil time of the record's own stamp before each.
    pub inside: Vec<(i64, i64)>,
    /// From when to when the stamps run that state year and day, by the writer's own clock.
    pub dated: Option<(i64, i64)>,
    /// Hashes of texts that occur once, sorted, with the instant, or the civil time where stamps lack something.
    pub texts: Vec<(u64, i64)>,
    /// The source, by its position, that this one goes on where it ends: a rotated file.
    pub follows: Option<usize>,
}

/// What a source's stamps lack.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The year.
    pub year: bool,
    /// The whole date.
    pub date: bool,
    /// The zone.
    pub zone: bool,
}

/// What was decided for one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Year of the first record that lacks one.
    pub year: i32,
    /// Where the year came from.
    pub year_from: From,
    /// Day (since 1970) of the first record that lacks a date.
    pub day: i64,
    /// Zone of stamps that state none.
    pub zone: Zone,
    /// Where the zone came from.
    pub zone_from: From,
    /// Seconds east of UTC that the ambiguous abbreviation stands for, once chosen.
    pub ambiguous_east: Option<i32>,
    /// The assumptions, in words.
    pub sentences: Vec<String>,
}

/// Decides for all sources of a capture.
///
/// What a source proves by itself comes first, then what it says together with sources that are decided, as far as that
/// leads; then what lies near. So the order of the sources decides nothing.
pub fn decide(all: &[Evidence], given: &Given) -> Vec<Decision> {
    let mut out: Vec<Decision> = all.iter().map(|_| Decision::default()).collect();
    let mut open: Vec<Needs> = all.iter().map(|e| e.needs).collect();
    for ((e, d), open) in all.iter().zip(&mut out).zip(&mut open) {
        by_itself(e, given, d, open);
        if !open.zone {
            d.mind_seasons(e);
        }
    }
    twins::decide(all, &mut out, &mut open);
    let told: Vec<Told<'_>> = all.iter().zip(&out).zip(&open).map(|((e, d), open)| Told::of(e, d, *open)).collect();
    let known: Vec<Range> = told.iter().filter_map(Range::known).collect();
    for (i, ((e, d), open)) in all.iter().zip(&mut out).zip(&open).enumerate() {
        ambiguous(e, &known, given, d);
        if open.year {
            year(e, &known, given, d);
        }
        if open.date {
            day(e, &known, given, d);
        }
        if open.zone {
            local::zone(e, i, all, &told, &known, given, d);
            d.mind_seasons(e);
        } else if let Some(&(_, east)) = e.stated.last().filter(|_| !e.needs.zone && e.ambiguous.is_none()) {
            d.zone = Zone::Fixed(east);
        }
    }
    out
}

/// What the moments in a source's own messages prove, when they do.
pub(crate) fn in_its_text(e: &Evidence) -> Option<Verdict> {
    verdict::of_one_clock(&e.inside, e.needs.year)
}

/// What the user gave for this source, and what its own text tells.
fn by_itself(e: &Evidence, given: &Given, d: &mut Decision, open: &mut Needs) {
    let proof = if e.needs.year || e.needs.zone { in_its_text(e) } else { None };
    if open.year
        && let Some((year, from, why)) = own_year(e, given, proof.as_ref())
    {
        d.settle_year(e, year, from, &why);
        open.year = false;
    }
    if open.date
        && let Some(date) = given.date(e)
    {
        d.settle_date(date, "as given", From::Option);
        open.date = false;
    } else if open.date
        && let Some((from, _)) = e.dated
    {
        // The first stamp without a date stands behind the first with one, up to an hour for a zone that is not stated.
        let first = e.naive.first().copied().unwrap_or(0);
        let day = (from - first - DAY / 24 + DAY - 1).div_euclid(DAY);
        (d.day, d.year_from) = (day, From::Text);
        d.sentences.push(format!("date {} from other stamps of it", date_of(day)));
        open.date = false;
    }
    if !open.zone {
        return;
    }
    if let Some(zone) = given.zone(e) {
        d.settle_zone(zone, From::Option, format!("zone {} as given", zone.name()));
        open.zone = false;
    } else if let Some(proof) = proof.filter(|p| !e.needs.year || p.year == d.year) {
        let why = format!("zone {} from {} moments that its messages state", proof.zone.name(), proof.agree);
        d.settle_zone(proof.zone, From::Text, why);
        open.zone = false;
    } else if let Some(zone) = local::stated_zone(&e.stated).filter(|z| *z != Zone::Fixed(0) && written_together(e, *z))
    {
        d.settle_zone(zone, From::Text, format!("zone {}, as other stamps of it state", zone.name()));
        open.zone = false;
    }
}

fn own_year(e: &Evidence, given: &Given, proof: Option<&Verdict>) -> Option<(i32, From, String)> {
    if let Some(date) = given.date(e) {
        return Some((date.year(), From::Option, "as given".to_owned()));
    }
    if let Some(proof) = proof {
        return Some((proof.year, From::Text, format!("from {} moments that its messages state", proof.agree)));
    }
    if let Some(year) = most(&e.text_years) {
        return Some((year, From::Text, "from dates in its text".to_owned()));
    }
    let (from, to) = e.dated?;
    let own = Range { path: e.path.clone(), from, to };
    let year = (year_of(from) - 1..=year_of(to) + 1).min_by_key(|y| {
        let (first, last) = e.span_in(*y);
        (own.distance(first, last), std::cmp::Reverse(*y))
    })?;
    Some((year, From::Text, "from other stamps of it".to_owned()))
}

impl Evidence {
    /// The civil times of the first and the last stamp, when the first is of this year.
    fn span_in(&self, year: i32) -> (i64, i64) {
        let first = self.naive.first().copied().unwrap_or(0);
        let last = self.naive.last().copied().unwrap_or(first);
        (in_year_counted(first, year), in_year_counted(last, year))
    }

    /// True when a first stamp of this year leaves every 29 February in a year that has one.
    fn may_begin_in(&self, year: i32) -> bool {
        self.leap_day.is_none_or(|turns| days(year + turns, 2, 29).is_some())
    }

    /// New years between the first stamp and the last.
    fn turns(&self) -> i32 {
        self.naive.last().map_or(0, |last| year_of(*last) - YEAR_UNKNOWN)
    }
}

impl Decision {
    pub(super) fn settle_year(&mut self, e: &Evidence, year: i32, from: From, why: &str) {
        (self.year, self.year_from) = (year, from);
        let turns = e.turns();
        self.sentences.push(match turns {
            1.. => format!("years {year} to {} {why}", year + turns),
            _ => format!("year {year} {why}"),
        });
    }

    fn settle_date(&mut self, date: chrono::NaiveDate, why: &str, from: From) {
        self.day = days(date.year(), date.month(), date.day()).unwrap_or(0);
        self.year_from = from;
        self.sentences.push(format!("date {date} {why}"));
    }

    pub(super) fn settle_zone(&mut self, zone: Zone, from: From, sentence: String) {
        (self.zone, self.zone_from) = (zone, from);
        self.sentences.push(sentence);
    }

    /// Where clocks are changed within a source whose offset was found out, it is in a zone that changes so.
    pub(super) fn mind_seasons(&mut self, e: &Evidence) {
        let Zone::Fixed(east) = self.zone else { return };
        if !e.needs.zone || !matches!(self.zone_from, From::Text | From::Sibling) {
            return;
        }
        let civil: Vec<i64> = e.naive.iter().map(|c| self.local(e, *c)).collect();
        if let Some(zone) = local::season(&civil, east) {
            let name = zone.name();
            self.settle_zone(zone, self.zone_from, format!("zone {name}: its clocks were changed within it"));
        }
    }

    /// The instant of a civil time whose year or day counts on from the first record's.
    pub(super) fn instant(&self, e: &Evidence, civil: i64) -> i64 {
        let local = self.local(e, civil);
        if e.needs.zone { local - i64::from(self.zone.east_at_local(local).0) * SECOND } else { local }
    }

    /// The civil time with its year or day.
    pub(super) fn local(&self, e: &Evidence, civil: i64) -> i64 {
        if e.needs.year {
            in_year_counted(civil, self.year)
        } else if e.needs.date {
            civil + self.day * DAY
        } else {
            civil
        }
    }
}

/// What is sure of a source before what lies near is asked.
pub(super) struct Told<'a> {
    pub(super) path: &'a str,
    pub(super) host: Option<&'a str>,
    /// The zone that it states or that was proved.
    pub(super) zone: Option<Zone>,
    /// True when its stamps do not state the zone.
    pub(super) proved: bool,
    /// Instants, sorted.
    pub(super) times: std::borrow::Cow<'a, [i64]>,
}

impl<'a> Told<'a> {
    fn of(e: &'a Evidence, d: &Decision, open: Needs) -> Told<'a> {
        let proved = e.needs.zone && !open.zone;
        let mut times = std::borrow::Cow::Borrowed(e.known.as_slice());
        let settled = e.needs != Needs::default() && open == Needs::default() && e.ambiguous.is_none();
        if settled {
            let own = e.naive.iter().map(|civil| d.instant(e, *civil));
            times.to_mut().extend(own);
            times.to_mut().sort_unstable();
        }
        let zone = if proved { Some(d.zone) } else { local::stated_zone(&e.stated) };
        Told { path: &e.path, host: e.host.as_deref(), zone, proved, times }
    }
}

/// Folders that two paths have in common, from the top.
pub(super) fn nearness(a: &str, b: &str) -> usize {
    let folders = |path: &str| path.matches('/').count();
    let common = a.split('/').zip(b.split('/')).take_while(|(a, b)| a == b).count();
    common.min(folders(a)).min(folders(b))
}

/// True when the stamps of a source that state no zone were written among those that state one: a file in which lines
/// of several places were gathered tells nothing of one by the other.
fn written_together(e: &Evidence, zone: Zone) -> bool {
    let (Some(first), Some(last)) = (e.known.first(), e.known.last()) else { return false };
    let among = |civil: &&i64| {
        let utc = **civil - i64::from(zone.east_at_local(**civil).0) * SECOND;
        (first - DAY / 24..=last + DAY / 24).contains(&utc)
    };
    let naive = e.naive.iter().filter(|_| !e.needs.year && !e.needs.date);
    e.known.len() >= 3 && naive.filter(among).count() * 5 >= e.naive.len() * 4
}

/// The time that a source with known instants covers.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) path: String,
    pub(super) from: i64,
    pub(super) to: i64,
}

impl Range {
    fn known(told: &Told<'_>) -> Option<Range> {
        Some(Range { path: told.path.to_owned(), from: *told.times.first()?, to: *told.times.last()? })
    }

    fn distance(&self, from: i64, to: i64) -> i64 {
        (from - self.to).max(self.from - to).max(0)
    }
}

fn ambiguous(e: &Evidence, known: &[Range], given: &Given, d: &mut Decision) {
    let Some((name, meanings)) = e.ambiguous.and_then(|i| AMBIGUOUS.get(usize::from(i))) else { return };
    let (Some(from), Some(to)) = (e.naive.iter().min(), e.naive.iter().max()) else { return };
    if let Some(zone) = given.zone(e) {
        let east = zone.east_at_local(*from).0;
        d.ambiguous_east = Some(east);
        (d.zone, d.zone_from) = (Zone::Fixed(east), From::Option);
        d.sentences.push(format!("{name} read as {}, as given", offset_name(east)));
        return;
    }
    let others: Vec<&Range> = known.iter().filter(|r| r.path != e.path).collect();
    let distance = |east: i32| {
        let shift = i64::from(east) * SECOND;
        others.iter().map(|r| r.distance(from - shift, to - shift)).min()
    };
    let best = meanings.iter().copied().min_by_key(|east| distance(*east));
    let near = |east: i32| distance(east).is_some_and(|n| n < 900 * SECOND);
    match best {
        Some(east) if near(east) && meanings.iter().filter(|m| near(**m)).count() == 1 => {
            d.ambiguous_east = Some(east);
            d.zone = Zone::Fixed(east);
            d.zone_from = From::Sibling;
            d.sentences.push(format!(
                "{name} read as {}: of its meanings only that one falls together with the other sources",
                offset_name(east)
            ));
        }
        _ => {
            d.zone_from = From::Default;
            let list: Vec<String> = meanings.iter().map(|m| offset_name(*m)).collect();
            d.sentences.push(format!(
                "{name} has several meanings ({}) and nothing tells which; read as UTC, give --source-tz '{}=ZONE'",
                list.join(", "),
                e.path
            ));
        }
    }
}

fn year(e: &Evidence, known: &[Range], given: &Given, d: &mut Decision) {
    let candidates = known.iter().filter(|r| r.path != e.path).flat_map(|r| {
        let base = year_of(r.from);
        // A leap year is never more than seven years away.
        let beyond = if e.leap_day.is_some() { 7 } else { 1 };
        (base - beyond..=year_of(r.to) + beyond).map(move |y| (y, r))
    });
    let nearest = candidates.filter(|(y, _)| e.may_begin_in(*y)).min_by_key(|(y, r)| {
        let (from, to) = e.span_in(*y);
        let future = e.modified.is_some_and(|m| to > m + DAY);
        let near = std::cmp::Reverse(nearness(&r.path, &e.path));
        (near, r.distance(from, to), future, std::cmp::Reverse(*y), r.path.clone())
    });
    if let Some((year, range)) = nearest {
        d.settle_year(e, year, From::Sibling, &format!("from {}", range.path));
    } else if let Some(date) = given.any_date(e) {
        d.settle_year(e, date.year(), From::Option, "as given for all");
    } else if let Some(modified) = e.modified {
        // The last record was written before the file was changed last; a day's grace for zones.
        let latest = year_of(modified);
        let turns = e.turns();
        let mut years = (latest - turns - 8..=latest - turns).rev();
        let year = years.find(|y| e.span_in(*y).1 <= modified + DAY && e.may_begin_in(*y));
        let why =
            format!("from the file's modification time; give --base-date '{}=YYYY-MM-DD' if it is another", e.path);
        d.settle_year(e, year.unwrap_or(latest - turns), From::File, &why);
    } else {
        (d.year, d.year_from) = (2000, From::Default);
        d.sentences
            .push(format!("no year is stated or known; shown in 2000, give --base-date '{}=YYYY-MM-DD'", e.path));
    }
}

/// The year of a civil time or instant.
pub(crate) fn year_of(nanos: i64) -> i32 {
    chrono::DateTime::from_timestamp(nanos.div_euclid(SECOND), 0).map_or(1970, |t| t.year())
}

/// As [`in_year`], for a civil time whose year already counts on from [`YEAR_UNKNOWN`].
pub(crate) fn in_year_counted(civil: i64, first_year: i32) -> i64 {
    let turns = year_of(civil) - YEAR_UNKNOWN;
    let bare = civil - (in_year(0, YEAR_UNKNOWN + turns) - in_year(0, YEAR_UNKNOWN));
    in_year(bare, first_year + turns)
}

fn day(e: &Evidence, known: &[Range], given: &Given, d: &mut Decision) {
    let last = e.naive.last().copied().unwrap_or(0);
    let near = |r: &&Range| (std::cmp::Reverse(nearness(&r.path, &e.path)), r.to - r.from, r.path.clone());
    if let Some(range) = known.iter().filter(|r| r.path != e.path).min_by_key(near) {
        let first = e.naive.first().copied().unwrap_or(0);
        let day = range.from.div_euclid(DAY);
        d.day = (day - 1..=day + 1).min_by_key(|k| range.distance(first + k * DAY, last + k * DAY)).unwrap_or(day);
        d.year_from = From::Sibling;
        d.sentences.push(format!("date {} from {}", date_of(d.day), range.path));
    } else if let Some(date) = given.any_date(e) {
        d.settle_date(date, "as given for all", From::Option);
    } else if let Some(modified) = e.modified {
        d.day = (modified - last).div_euclid(DAY);
        d.year_from = From::File;
        d.sentences.push(format!(
            "date {} from the file's modification time; give --base-date '{}=YYYY-MM-DD' if it is another",
            date_of(d.day),
            e.path
        ));
    } else {
        d.year_from = From::Default;
        d.sentences
            .push(format!("no date is stated or known; shown in 1970, give --base-date '{}=YYYY-MM-DD'", e.path));
    }
}

fn date_of(day: i64) -> String {
    super::format::date(day * DAY, Zone::default())
}

pub(super) fn most(list: &[i32]) -> Option<i32> {
    let mut sorted = list.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).max_by_key(|c| c.len()).and_then(|c| c.first().copied())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn civil(text: &str) -> i64 {
        chrono::NaiveDateTime::parse_from_str(text, "%F %T").unwrap().and_utc().timestamp() * SECOND
    }

    fn known(path: &str, from: &str, to: &str, east: i32) -> Evidence {
        let known = vec![civil(from), civil(to)];
        Evidence {
            path: path.into(),
            host: path.split('/').next().map(str::to_owned),
            stated: vec![(known[0], east)],
            known,
            ..Evidence::default()
        }
    }

    fn naive(path: &str, times: &[&str], needs: Needs) -> Evidence {
        Evidence {
            path: path.into(),
            host: path.split('/').next().map(str::to_owned),
            naive: times.iter().map(|t| civil(t)).collect(),
            needs,
            ..Evidence::default()
        }
    }

    const YEAR_ZONE: Needs = Needs { year: true, date: false, zone: true };
    const ZONE: Needs = Needs { year: false, date: false, zone: true };

    #[test]
    fn new_year_is_counted_in_file_order() {
        let mut c = Counter::default();
        let got: Vec<i32> = [
            "1972-11-06 00:00:00",
            "1972-12-31 23:59:59",
            "1972-01-01 00:00:00",
            "1972-12-31 23:59:58",
            "1972-01-02 00:00:00",
            "1972-09-01 00:00:00",
        ]
        .iter()
        .map(|t| c.years(civil(t)))
        .collect();
        assert_eq!(got, [0, 0, 1, 0, 1, 1]);
        assert_eq!(in_year(civil("1972-03-01 00:00:00"), 2023), civil("2023-03-01 00:00:00"));
        assert_eq!(in_year(civil("1972-02-28 00:00:00"), 2023), civil("2023-02-28 00:00:00"));
    }

    #[test]
    fn the_year_comes_from_the_source_that_overlaps() {
        let all = [
            known("app1/app.log", "2022-12-31 22:57:00", "2022-12-31 23:01:00", 3600),
            naive("nas/syslog", &["1972-11-06 02:15:19", "1972-12-31 02:15:00"], YEAR_ZONE),
            naive("prod/syslog", &["1972-12-31 23:57:00", "1973-01-01 00:00:30"], YEAR_ZONE),
        ];
        let d = decide(&all, &Given::default());
        assert_eq!((d[1].year, d[1].year_from), (2022, From::Sibling));
        assert_eq!((d[2].year, d[2].year_from), (2022, From::Sibling));
        assert!(d[1].sentences[0].contains("year 2022 from app1/app.log"), "{:?}", d[1].sentences);
        assert!(d[2].sentences[0].contains("years 2022 to 2023"));
    }

    #[test]
    fn the_zone_comes_from_a_source_that_states_it_when_only_so_they_overlap() {
        let all = [
            known("dba/notes.txt", "2026-11-21 13:13:26", "2026-11-21 13:14:08", -8 * 3600),
            naive("sql1/error.log", &["2026-11-21 05:12:31", "2026-11-21 05:14:30"], ZONE),
            naive("sql2/error.log", &["2026-11-21 13:14:14", "2026-11-21 13:16:00"], ZONE),
        ];
        let d = decide(&all, &Given::default());
        assert_eq!((d[1].zone, d[1].zone_from), (Zone::Fixed(-8 * 3600), From::Sibling));
        assert_eq!((d[2].zone, d[2].zone_from), (Zone::Fixed(0), From::Default));
    }

    #[test]
    fn a_single_offset_that_fits_is_found_without_a_statement() {
        let all = [
            known("api1/app.log", "2026-11-21 13:31:34", "2026-11-21 13:33:20", 0),
            naive("ops1/syslog", &["1972-11-21 07:31:36", "1972-11-21 07:33:13"], YEAR_ZONE),
        ];
        let d = decide(&all, &Given::default());
        assert_eq!((d[1].zone, d[1].zone_from), (Zone::Fixed(-6 * 3600), From::Sibling));
    }

    #[test]
    fn an_ambiguous_abbreviation_is_read_by_its_neighbors_or_not_at_all() {
        let ist = u8::try_from(AMBIGUOUS.iter().position(|(n, _)| *n == "IST").unwrap()).unwrap();
        let mut db3 = naive("db3/pg.json", &["2026-11-21 19:01:35", "2026-11-21 19:03:00"], Needs::default());
        db3.ambiguous = Some(ist);
        let alone = decide(std::slice::from_ref(&db3), &Given::default());
        assert_eq!(alone[0].ambiguous_east, None);
        assert!(alone[0].sentences[0].contains("several meanings"));
        let d =
            decide(&[known("api1/app.log", "2026-11-21 13:31:34", "2026-11-21 13:33:20", 0), db3], &Given::default());
        assert_eq!(d[1].ambiguous_east, Some(19_800));
    }

    #[test]
    fn stamps_inside_messages_tell_year_and_zone() {
        let mut e = naive("prod/syslog", &["1972-11-06 23:57:45"], YEAR_ZONE);
        e.inside = (0..4)
            .map(|i| (civil("1972-11-06 23:57:45") + i * SECOND, civil("2022-11-06 22:57:45") + i * SECOND))
            .collect();
        let d = decide(&[e], &Given::default());
        assert_eq!((d[0].year, d[0].zone, d[0].zone_from), (2022, Zone::Fixed(3600), From::Text));
    }

    #[test]
    fn what_the_user_gave_wins() {
        let glob = |g: &str| globset::Glob::new(g).unwrap().compile_matcher();
        let given = Given {
            zones: vec![(glob("sql1/*"), Zone::Fixed(3600))],
            dates: vec![(glob("syslog"), NaiveDate::from_ymd_opt(2010, 5, 3).unwrap())],
            ..Given::default()
        };
        let all = [
            naive("sql1/error.log", &["2026-11-21 05:12:31"], ZONE),
            naive("a/b/syslog", &["1972-05-03 05:12:31"], YEAR_ZONE),
        ];
        let d = decide(&all, &given);
        assert_eq!((d[0].zone, d[0].zone_from), (Zone::Fixed(3600), From::Option));
        assert_eq!((d[1].year, d[1].year_from), (2010, From::Option));
    }
}
