//! What the user gave: by patterns on the command line, by source and host in the case.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use globset::GlobMatcher;

use super::infer::Evidence;
use super::zone::Zone;

/// What the user gave. Patterns are matched against paths, the last that matches wins; what was decided for one
/// source wins over what was decided for its host, and both over the patterns.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// Zone of stamps that state none.
    pub zones: Vec<(GlobMatcher, Zone)>,
    /// Date (or at least the year) of the first record.
    pub dates: Vec<(GlobMatcher, NaiveDate)>,
    /// Host name.
    pub hosts: Vec<(GlobMatcher, String)>,
    /// Zone of stamps that state none and whose capture does not tell. UTC when not given.
    pub default_zone: Option<Zone>,
    /// What was decided for single sources, by their exact names.
    pub sources: BTreeMap<String, Own>,
    /// What was decided for hosts, by the names that they have without it.
    pub by_host: BTreeMap<String, Own>,
}

/// What was decided for one source or one host.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Own {
    /// Zone of stamps that state none.
    pub zone: Option<Zone>,
    /// Date of the first record; of those that lack only the year, no more than that is used.
    pub date: Option<NaiveDate>,
    /// The name of the host.
    pub host: Option<String>,
    /// How far the clock was off, in nanoseconds: positive when it was ahead.
    pub offset: Option<f64>,
    /// The name of the format.
    pub format: Option<String>,
}

/// What the user gave for a path: patterns match the whole path, its end, or the file's name.
pub fn given<'a, T>(list: &'a [(GlobMatcher, T)], path: &str) -> Option<&'a T> {
    given_by(list, path, |_| true)
}

fn given_by<'a, T>(list: &'a [(GlobMatcher, T)], path: &str, of: impl Fn(&GlobMatcher) -> bool) -> Option<&'a T> {
    let tails = std::iter::once(path).chain(path.match_indices('/').filter_map(|(i, _)| path.get(i + 1..)));
    let tails: Vec<&str> = tails.collect();
    let matching = |glob: &GlobMatcher| of(glob) && tails.iter().any(|t| glob.is_match(t));
    list.iter().rev().find(|(glob, _)| matching(glob)).map(|(_, value)| value)
}

/// True for a pattern that names no source.
fn is_for_all(glob: &GlobMatcher) -> bool {
    matches!(glob.glob().glob(), "*" | "**" | "**/*")
}

impl Given {
    /// The zone of a source's stamps that state none.
    pub fn zone(&self, e: &Evidence) -> Option<Zone> {
        self.own(e, |own| own.zone).or_else(|| given(&self.zones, &e.path).copied())
    }

    /// The date of a source's first record, when it was given for this source and not for all.
    pub fn date(&self, e: &Evidence) -> Option<NaiveDate> {
        let named = || given_by(&self.dates, &e.path, |glob| !is_for_all(glob)).copied();
        self.own(e, |own| own.date).or_else(named)
    }

    /// The date of first records that was given for all sources: for those that nothing else tells a date of.
    pub fn any_date(&self, e: &Evidence) -> Option<NaiveDate> {
        given_by(&self.dates, &e.path, is_for_all).copied()
    }

    /// The host of a source that is named so by its text or its folder, before hosts are renamed.
    pub fn host_before(&self, path: &str, named: Option<&str>) -> Option<String> {
        let own = self.sources.get(path).and_then(|own| own.host.clone());
        // A pattern may also name the host by the name that the logs have for it.
        let by_name = || self.hosts.iter().rev().find(|(glob, _)| named.is_some_and(|n| glob.is_match(n)));
        let given = given(&self.hosts, path).or_else(|| by_name().map(|(_, name)| name));
        own.or_else(|| given.cloned()).or_else(|| named.map(str::to_owned))
    }

    /// The host of a source that is named so by its text or its folder.
    pub fn host(&self, path: &str, named: Option<&str>) -> Option<String> {
        let before = self.host_before(path, named)?;
        Some(self.by_host.get(&before).and_then(|own| own.host.clone()).unwrap_or(before))
    }

    /// The name that the user chose for the format of a source.
    pub fn format(&self, path: &str) -> Option<&str> {
        self.sources.get(path)?.format.as_deref()
    }

    /// How far the user says that the clock of a host was off, by its name or a former one; in nanoseconds.
    pub fn offset(&self, host: &str) -> Option<f64> {
        let renamed = |own: &Own| own.host.as_deref() == Some(host);
        let former = || self.by_host.values().find_map(|own| own.offset.filter(|_| renamed(own)));
        self.by_host.get(host).and_then(|own| own.offset).or_else(former)
    }

    fn own<T>(&self, e: &Evidence, of: impl Fn(&Own) -> Option<T>) -> Option<T> {
        let by_host = |host: &Option<String>| self.by_host.get(host.as_deref()?).and_then(&of);
        self.sources.get(&e.path).and_then(&of).or_else(|| by_host(&e.before)).or_else(|| by_host(&e.host))
    }
}
