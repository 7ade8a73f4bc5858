//! What the analyst decides where logs are silent or wrong: zones, years, hosts, clocks, formats, and lines that are
//! one moment. Kept as words that a person can write and compare, one decision an entry.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Case;
use crate::analysis::{Analysis, Decided};
use crate::causality::pin;
use crate::event::EventId;
use crate::event::spot::{Near, Spot};
use crate::time::SECOND;
use crate::time::infer::Own;
use crate::time::zone::Zone;

/// One decision about one source or one host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assumption {
    /// The source it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The host it is about; of a source, the name of its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// Of a host: its name from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Zone of stamps that state none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
    /// Year of the first record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Date of the first record, `2017-10-10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// How far the clock was off, `-37.0s`: positive when it was ahead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_offset: Option<String>,
    /// The name of the format.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// Why, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// Two lines that are one moment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pin {
    /// Why, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The one line.
    pub a: Place,
    /// The other line.
    pub b: Place,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

/// Where a pinned line stands; anchored as annotations are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Source of the record.
    pub file: String,
    /// 1-based line: a hint.
    pub line: u64,
    /// FNV-1a 64 of the record's bytes, in hexadecimal: the anchor.
    pub hash: String,
    /// What tells it from others of the same bytes.
    #[serde(flatten)]
    pub near: Near,
    /// Keys that this version does not know.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

impl Place {
    /// The same record, by what it says and where it stood.
    pub(super) fn is(&self, other: &Place) -> bool {
        self.file == other.file && self.line == other.line && self.hash == other.hash
    }
}

impl From<Place> for Spot {
    fn from(p: Place) -> Spot {
        Spot { file: p.file, line: p.line, hash: p.hash, near: p.near }
    }
}

/// What a decision is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Whom {
    /// One source, by its name.
    Source(String),
    /// One host, by the name that its logs give it.
    Host(String),
}

impl Whom {
    /// Its name.
    pub fn name(&self) -> &str {
        match self {
            Whom::Source(name) | Whom::Host(name) => name,
        }
    }
}

/// Which kind of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// The zone of stamps that state none.
    Zone,
    /// Year or date of the first record.
    Date,
    /// The name of the host.
    Host,
    /// How far the clock was off.
    Offset,
    /// The format.
    Format,
}

impl What {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            What::Zone => "zone",
            What::Date => "year",
            What::Host => "host name",
            What::Offset => "clock offset",
            What::Format => "format",
        }
    }
}

/// What was decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Say {
    /// The zone of stamps that state none.
    Zone(Zone),
    /// The year of the first record.
    Year(i32),
    /// The date of the first record.
    Date(NaiveDate),
    /// The name of the host.
    Host(String),
    /// How far the clock was off, in nanoseconds: positive when it was ahead.
    Offset(f64),
    /// The name of the format.
    Format(String),
}

impl Say {
    /// Which kind of decision it is.
    pub fn what(&self) -> What {
        match self {
            Say::Zone(_) => What::Zone,
            Say::Year(_) | Say::Date(_) => What::Date,
            Say::Host(_) => What::Host,
            Say::Offset(_) => What::Offset,
            Say::Format(_) => What::Format,
        }
    }

    /// The value, as people and case files write it.
    pub fn text(&self) -> String {
        match self {
            Say::Zone(zone) => zone.name(),
            Say::Year(year) => year.to_string(),
            Say::Date(date) => date.to_string(),
            Say::Host(name) | Say::Format(name) => name.clone(),
            Say::Offset(offset) => offset_text(*offset),
        }
    }
}

impl Assumption {
    /// What it is about; `None` where it names neither a source nor a host.
    pub fn whom(&self) -> Option<Whom> {
        let source = self.source.clone().map(Whom::Source);
        source.or_else(|| self.host.clone().map(Whom::Host))
    }

    /// What it decides; more than one thing only where a person wrote it so.
    pub fn all(&self) -> Vec<What> {
        let of_source = self.source.is_some() && self.host.is_some();
        let has = [
            (What::Zone, self.zone.is_some()),
            (What::Date, self.year.is_some() || self.date.is_some()),
            (What::Host, self.name.is_some() || of_source),
            (What::Offset, self.clock_offset.is_some()),
            (What::Format, self.format.is_some()),
        ];
        has.into_iter().filter_map(|(what, has)| has.then_some(what)).collect()
    }

    /// The value of a decision as it is written; `None` when it is not decided here.
    pub fn text(&self, what: What) -> Option<String> {
        match what {
            What::Zone => self.zone.clone(),
            What::Date => self.date.clone().or_else(|| self.year.map(|y| y.to_string())),
            What::Host => self.name.clone().or_else(|| self.host.clone().filter(|_| self.source.is_some())),
            What::Offset => self.clock_offset.clone(),
            What::Format => self.format.clone(),
        }
    }

    fn clear(&mut self, what: What) {
        match what {
            What::Zone => self.zone = None,
            What::Date => (self.year, self.date) = (None, None),
            What::Host if self.source.is_some() => self.host = None,
            What::Host => self.name = None,
            What::Offset => self.clock_offset = None,
            What::Format => self.format = None,
        }
    }

    fn set(&mut self, say: &Say) {
        match say {
            Say::Zone(zone) => self.zone = Some(zone.name()),
            Say::Year(year) => (self.year, self.date) = (Some(*year), None),
            Say::Date(date) => (self.year, self.date) = (None, Some(date.to_string())),
            Say::Host(name) if self.source.is_some() => self.host = Some(name.clone()),
            Say::Host(name) => self.name = Some(name.clone()),
            Say::Offset(offset) => self.clock_offset = Some(offset_text(*offset)),
            Say::Format(name) => self.format = Some(name.clone()),
        }
    }

    /// What is decided, for the analysis, and what of it cannot be read.
    fn own(&self, own: &mut Own, trouble: &mut Vec<String>) {
        let whom = self.whom();
        let whom = whom.as_ref().map_or("an assumption", Whom::name);
        let mut wrong = |what: &str| trouble.push(format!("{whom}: {what}"));
        if let Some(zone) = &self.zone {
            match read_zone(zone) {
                Ok(zone) => own.zone = Some(zone),
                Err(why) => wrong(&why),
            }
        }
        if let Some(year) = self.year {
            own.date = NaiveDate::from_ymd_opt(year, 1, 1);
        }
        if let Some(date) = &self.date {
            match date.parse() {
                Ok(date) => own.date = Some(date),
                Err(_) => wrong(&format!("not a date (YYYY-MM-DD): {date}")),
            }
        }
        if let Some(offset) = &self.clock_offset {
            match read_offset(offset) {
                Ok(offset) => own.offset = Some(offset),
                Err(why) => wrong(&why),
            }
        }
        own.host = self.text(What::Host).or_else(|| own.host.take());
        own.format = self.format.clone().or_else(|| own.format.take());
    }
}

impl Case {
    /// What was decided of something.
    pub fn assumed(&self, whom: &Whom, what: What) -> Option<&Assumption> {
        self.assumptions.iter().rev().find(|a| a.whom().as_ref() == Some(whom) && a.all().contains(&what))
    }

    /// Decides something.
    pub fn assume(&mut self, whom: &Whom, say: &Say, why: &str) {
        let (source, host) = match whom {
            Whom::Source(name) => (Some(name.clone()), None),
            Whom::Host(name) => (None, Some(name.clone())),
        };
        let mine = |a: &Assumption| a.whom().as_ref() == Some(whom) && a.all() == [say.what()];
        if let Some(a) = self.assumptions.iter_mut().find(|a| mine(a)) {
            a.set(say);
            why.clone_into(&mut a.why);
            return;
        }
        self.forget(whom, say.what());
        let mut a = Assumption { source, host, why: why.to_owned(), ..Assumption::default() };
        a.set(say);
        self.assumptions.push(a);
    }

    /// Takes a decision back.
    pub fn forget(&mut self, whom: &Whom, what: What) {
        self.assumptions.retain_mut(|a| {
            if a.whom().as_ref() != Some(whom) || !a.all().contains(&what) {
                return true;
            }
            a.clear(what);
            !a.all().is_empty() || !a.unknown.is_empty()
        });
    }

    /// Says that two events are one moment; false when one of them has no place, or it was said before.
    pub fn pin(&mut self, analysis: &Analysis, a: EventId, b: EventId) -> bool {
        let place = |id: EventId| {
            let spot = Spot::of(&analysis.sources, &analysis.events, id)?;
            Some(Place { file: spot.file, line: spot.line, hash: spot.hash, near: spot.near, ..Place::default() })
        };
        let Some((a, b)) = place(a).zip(place(b)) else { return false };
        if self.pins.iter().any(|p| (p.a.is(&a) && p.b.is(&b)) || (p.a.is(&b) && p.b.is(&a))) {
            return false;
        }
        self.pins.push(Pin { a, b, ..Pin::default() });
        true
    }

    /// All decisions, for the analysis, and what of them cannot be read, in sentences.
    pub fn decided(&self) -> (Decided, Vec<String>) {
        let (mut out, mut trouble) = (Decided::default(), Vec::new());
        for a in &self.assumptions {
            match a.whom() {
                Some(Whom::Source(name)) => a.own(out.sources.entry(name).or_default(), &mut trouble),
                Some(Whom::Host(name)) => a.own(out.hosts.entry(name).or_default(), &mut trouble),
                None => trouble.push("an assumption names neither a source nor a host".to_owned()),
            }
        }
        out.pins = self.pins.iter().map(|p| pin::Pin { a: p.a.clone().into(), b: p.b.clone().into() }).collect();
        (out, trouble)
    }
}

/// Reads a zone as it is typed.
///
/// # Errors
/// When there is no such zone, or it has several meanings.
pub fn read_zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).ok_or_else(|| {
        format!("no zone is called “{}”; type a name (Europe/Berlin) or an offset (+02:00)", text.trim())
    })
}

/// Reads a clock offset: `-37s`, `+2m`, `1h`, `250ms`, `1m30s`; a bare number is seconds. In nanoseconds.
///
/// # Errors
/// When it is not a length of time, or longer than a hundred years.
pub fn read_offset(text: &str) -> Result<f64, String> {
    const UNITS: [(&str, f64); 8] =
        [("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("ns", 1.0), ("s", 1e9), ("m", 60e9), ("h", 3_600e9), ("d", 86_400e9)];
    let wrong = || format!("“{}” is not a length of time; type -37s, +2m or 1h", text.trim());
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| if c == '−' { '-' } else { c }).collect();
    let (sign, mut rest) = match plain.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, plain.strip_prefix('+').unwrap_or(&plain)),
    };
    let mut total = 0.0;
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, tail) = rest.split_at(end);
        let number: f64 = number.parse().map_err(|_e| wrong())?;
        let unit = UNITS.iter().find_map(|(name, size)| tail.strip_prefix(name).map(|left| (left, *size)));
        let (left, size) = unit.or_else(|| tail.is_empty().then_some(("", 1e9))).ok_or_else(wrong)?;
        total += number * size;
        rest = left;
    }
    if total > 36_525.0 * 86_400e9 {
        return Err("a clock is not off by more than a hundred years".to_owned());
    }
    Ok((sign * total).round())
}

/// `-37.0s`: seconds with as many digits as are needed.
pub fn offset_text(nanos: f64) -> String {
    let whole = nanos.abs().round() as i64;
    let fraction = format!("{:09}", whole % SECOND);
    let fraction = fraction.trim_end_matches('0');
    let sign = if nanos < 0.0 { "-" } else { "+" };
    format!("{sign}{}.{}s", whole / SECOND, if fraction.is_empty() { "0" } else { fraction })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_people_type_them() {
        for (text, nanos) in [
            ("-37s", -37e9),
            ("+2m", 120e9),
            ("1h", 3_600e9),
            ("−1m30s", -90e9),
            ("250ms", 250e6),
            ("3.5", 3.5e9),
            ("0", 0.0),
        ] {
            assert_eq!(read_offset(text), Ok(nanos), "{text}");
        }
        for text in ["", "-", "soon", "12 parsecs", "1h-2m", "900000d", "1..5s"] {
            assert!(read_offset(text).is_err(), "{text}");
        }
        assert_eq!([-37e9, 250e6, 0.0].map(offset_text), ["-37.0s", "+0.25s", "+0.0s"]);
    }

    #[test]
    fn decisions_survive_the_file_with_what_is_not_known() {
        let text = "version = 1\n\n[[assumption]]\nsource = \"db2/corosync.log\"\nzone = \"Europe/Berlin\"\nwhy = \"its \
                    sibling\"\nlater = 7\n\n[[assumption]]\nhost = \"db1\"\nclock_offset = \"-37.0s\"\nyear = 2017\n\n\
                    [[pin]]\nnote = \"n\"\nmood = \"sure\"\n[pin.a]\nfile = \"a\"\nline = 1\nhash = \"1\"\n[pin.b]\n\
                    file = \"b\"\nline = 2\nhash = \"2\"\n";
        let mut case: Case = toml::from_str(text).unwrap();
        let (decided, trouble) = case.decided();
        assert_eq!(trouble, Vec::<String>::new());
        assert_eq!(decided.sources["db2/corosync.log"].zone, Zone::parse("Europe/Berlin"));
        assert_eq!(decided.hosts["db1"].offset, Some(-37e9));
        assert_eq!(decided.pins.len(), 1);
        let db2 = Whom::Source("db2/corosync.log".to_owned());
        case.assume(&db2, &Say::Zone(Zone::Fixed(3600)), "");
        case.assume(&Whom::Host("db1".to_owned()), &Say::Year(2018), "");
        case.assume(&db2, &Say::Host("db9".to_owned()), "moved");
        let again = toml::to_string_pretty(&case).unwrap();
        assert!(again.contains("later = 7") && again.contains("mood = \"sure\""), "{again}");
        let back: Case = toml::from_str(&again).unwrap();
        assert_eq!(back, case, "{again}");
        let (decided, _) = back.decided();
        assert_eq!(decided.sources["db2/corosync.log"].zone, Some(Zone::Fixed(3600)));
        assert_eq!(decided.sources["db2/corosync.log"].host.as_deref(), Some("db9"));
        assert_eq!(decided.hosts["db1"].offset, Some(-37e9), "the other half of the entry stays");
        case.forget(&db2, What::Zone);
        assert!(case.assumed(&db2, What::Zone).is_none() && case.assumed(&db2, What::Host).is_some());
    }

    #[test]
    fn what_cannot_be_read_is_told_and_the_rest_holds() {
        let text = "[[assumption]]\nsource = \"a\"\nzone = \"Mars/Olympus\"\nclock_offset = \"soon\"\nhost = \"h\"\n";
        let case: Case = toml::from_str(text).unwrap();
        let (decided, trouble) = case.decided();
        assert_eq!(trouble.len(), 2, "{trouble:?}");
        assert_eq!(decided.sources["a"].host.as_deref(), Some("h"));
    }
}
