//! Who wrote a source: by its text, else by the folder; and which names are one host's.
//!
//! `localhost` and its like are no names of anybody. A file in which several hosts write (a central syslog) is kept by
//! its folder's host, and each record belongs to the host that it names.

use std::collections::{BTreeMap, BTreeSet};

use crate::event::build::Plan;
use crate::event::store::Segment;
use crate::format::ansi;
use crate::source::Source;
use crate::time::infer::{Evidence, Who};

/// Of the records that name a host, this share must name one and the same for the file to be its own.
const OWN: f64 = 0.9;
/// Records that are looked at.
const LOOKED: usize = 120;

/// Reads off a source who wrote it.
pub(super) fn who(source: &Source, plan: &Plan, segments: &[Segment]) -> Who {
    let (named, looked) = names(source, plan, segments);
    let folder = folder(source);
    let all: usize = named.values().sum();
    let mut list: Vec<(&String, usize)> = named.iter().map(|(name, n)| (name, *n)).collect();
    join_short_and_full(&mut list);
    list.sort_by_key(|(name, n)| (std::cmp::Reverse(*n), (*name).clone()));
    let Some(&(top, n)) = list.first().filter(|_| all * 2 >= looked) else {
        return Who { from: folder.as_ref().map_or("", |_| "folder"), name: folder.clone(), folder, ..Who::default() };
    };
    let one = n as f64 >= all as f64 * OWN;
    // An address or a container's id is a name only where there is no better one.
    if (!one || is_weak(top)) && folder.is_some() {
        let several = if one { Vec::new() } else { list.iter().map(|(name, _)| (*name).clone()).collect() };
        return Who { name: folder.clone(), from: "folder", several, folder, ..Who::default() };
    }
    let several = if one { Vec::new() } else { list.iter().map(|(name, _)| (*name).clone()).collect() };
    Who { name: Some(top.clone()), from: "text", several, folder, ..Who::default() }
}

/// Within one file, a short name and a full one that it begins are one host's.
fn join_short_and_full(list: &mut Vec<(&String, usize)>) {
    let all = list.clone();
    let is_full = |full: &str, short: &str| full.strip_prefix(short).is_some_and(|rest| rest.starts_with('.'));
    for (short, n) in list.iter_mut().filter(|(s, _)| !s.contains('.')) {
        let full: Vec<_> = all.iter().filter(|(name, _)| is_full(name, short)).collect();
        if let [(_, more)] = full.as_slice() {
            *n += *more;
        }
    }
    list.retain(|(name, _)| {
        let shorts = all.iter().filter(|(short, _)| is_full(name, short) && !short.contains('.')).count();
        let rivals = |short: &String| all.iter().filter(|(n, _)| is_full(n, short)).count();
        let joined = all.iter().any(|(short, _)| is_full(name, short) && rivals(short) == 1);
        !(shorts > 0 && joined)
    });
}

/// How often the sampled records name each host, and how many were looked at.
fn names(source: &Source, plan: &Plan, segments: &[Segment]) -> (BTreeMap<String, usize>, usize) {
    let mut counts = BTreeMap::new();
    let mut looked = 0;
    for s in segments {
        let stride = s.len().div_ceil(24).max(1);
        for at in (0..s.len()).step_by(stride) {
            let (Some(&offset), Some(&len), Some(&form)) = (s.offset.get(at), s.len.get(at), s.form.get(at)) else {
                continue;
            };
            let Some(form) = plan.forms.get(usize::from(form)) else { continue };
            let start = s.base + u64::from(offset);
            let record = ansi::decode(form, source.text.get(start..start + u64::from(len.min(8192))));
            looked += 1;
            if let Some(host) = record.host.filter(|h| is_identity(h)) {
                *counts.entry(host.into_owned()).or_default() += 1;
            }
        }
        if looked >= LOOKED {
            break;
        }
    }
    (counts, looked)
}

/// True for a text that can be a host's name: neither nobody's nor everybody's.
pub fn is_identity(name: &str) -> bool {
    const NOBODY: [&str; 14] = [
        "-",
        "localhost",
        "localhost4",
        "localhost6",
        "ip6-localhost",
        "ip6-loopback",
        "localhost.localdomain",
        "localhost6.localdomain6",
        "localhost4.localdomain4",
        "none",
        "unknown",
        "null",
        "n/a",
        "(none)",
    ];
    !name.is_empty()
        && name.len() <= 253
        && !NOBODY.iter().any(|n| name.eq_ignore_ascii_case(n))
        && !matches!(name, "127.0.0.1" | "::1" | "0.0.0.0" | "::")
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | ':'))
}

/// An address, or a container's id.
fn is_weak(name: &str) -> bool {
    let id = matches!(name.len(), 12 | 64) && name.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    name.parse::<std::net::IpAddr>().is_ok() || id
}

/// The first folder that can be a host's: not one that every machine has, nor a capture's own.
fn folder(source: &Source) -> Option<String> {
    let given = source.folder.as_deref()?;
    if matches!(given, "pods" | "namespaces" | "containers") {
        return None;
    }
    if let Some(name) = identity_of_folder(given) {
        return Some(name);
    }
    // The name below it, where the path goes on.
    let mut parts = source.path.split('/').skip_while(|p| *p != given).skip(1).peekable();
    while let Some(part) = parts.next() {
        // The last part is the file itself; below these, folders are pods and namespaces.
        if parts.peek().is_none() || matches!(part, "pods" | "namespaces" | "containers") {
            return None;
        }
        if let Some(name) = identity_of_folder(part) {
            return Some(name);
        }
    }
    None
}

/// The host that a folder is named after.
fn identity_of_folder(name: &str) -> Option<String> {
    const USUAL: [&str; 26] = [
        "var",
        "log",
        "logs",
        "srv",
        "opt",
        "tmp",
        "data",
        "home",
        "etc",
        "usr",
        "mnt",
        "media",
        "root",
        "run",
        "archive",
        "archives",
        "journal",
        "audit",
        "sos_commands",
        "pods",
        "containers",
        "namespaces",
        "logfiles",
        "hosts",
        "nodes",
        "backup",
    ];
    let low = name.to_ascii_lowercase();
    let dated = low.len() >= 6 && low.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.' | b'T'));
    let capture = ["pcmk-", "crm_report", "hb_report", "crm-report", "must-gather"].iter().any(|p| low.starts_with(p));
    if USUAL.contains(&low.as_str()) || dated || capture || matches!(name, "." | ".." | "") {
        return None;
    }
    match name.strip_prefix("sosreport-") {
        None => Some(name.to_owned()),
        // sosreport-HOST[-LABEL or case number]-YYYY-MM-DD-random
        Some(rest) => {
            let is_year = |p: &str| p.len() == 4 && p.starts_with("20") && p.bytes().all(|b| b.is_ascii_digit());
            let parts: Vec<&str> = rest.split('-').take_while(|p| !is_year(p)).collect();
            let case = |p: &&&str| p.len() >= 5 && p.bytes().all(|b| b.is_ascii_digit());
            let n = parts.len() - usize::from(parts.len() > 1 && parts.last().filter(case).is_some());
            Some(parts.get(..n)?.join("-")).filter(|h| !h.is_empty())
        }
    }
}

/// Finds names of one host all over the capture: a short one and the full one that it begins, where there is only one
/// such; and names that differ in upper and lower case alone.
pub(super) fn unify(all: &mut [Evidence]) {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for e in all.iter() {
        for name in e.who.name.iter().chain(&e.who.folder).chain(&e.who.several) {
            *names.entry(name.clone()).or_default() += 1;
        }
    }
    let canonical = canonical(&names);
    for e in all.iter_mut() {
        let one = |name: &String| canonical.get(name).unwrap_or(name).clone();
        let named = e.who.name.as_ref().map(one);
        e.who.also = e.who.name.iter().filter(|raw| named.as_ref() != Some(raw)).cloned().collect();
        let mentioned = e.who.several.iter().filter_map(|n| Some((n.clone(), canonical.get(n)?.clone())));
        let own = e.who.name.iter().filter_map(|n| Some((n.clone(), canonical.get(n)?.clone())));
        e.who.aliases = mentioned.chain(own).collect();
        e.named = named;
    }
}

/// The name that stands for each name that is not its own host's first one.
fn canonical(names: &BTreeMap<String, usize>) -> BTreeMap<String, String> {
    let mut groups: BTreeMap<String, BTreeSet<&String>> = BTreeMap::new();
    for name in names.keys() {
        groups.entry(name.to_lowercase()).or_default().insert(name);
    }
    let short =
        |name: &str| name.split_once('.').map(|(s, _)| s.to_owned()).filter(|s| !s.is_empty() && !is_weak(name));
    let mut full: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for low in groups.keys() {
        if let Some(s) = short(low).filter(|s| groups.contains_key(s)) {
            full.entry(s).or_default().push(low.clone());
        }
    }
    for (short, full) in full {
        if let [one] = full.as_slice()
            && let Some(members) = groups.remove(one)
        {
            groups.entry(short).or_default().extend(members);
        }
    }
    let mut out = BTreeMap::new();
    for members in groups.values().filter(|m| m.len() > 1) {
        // The shortest, of those the most frequent, of those one in lower case.
        let rank =
            |n: &str| (n.len(), std::cmp::Reverse(names.get(n)), n.chars().any(char::is_uppercase), n.to_owned());
        let best = members.iter().min_by_key(|n| rank(n));
        let Some(best) = best else { continue };
        out.extend(members.iter().filter(|n| *n != best).map(|n| ((*n).clone(), (*best).clone())));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unified(names: &[(&str, &str)]) -> Vec<String> {
        let one = |(text, folder): &(&str, &str)| {
            let some = |t: &str| Some(t.to_owned()).filter(|t| !t.is_empty());
            Evidence {
                who: Who { name: some(text).or_else(|| some(folder)), folder: some(folder), ..Who::default() },
                ..Evidence::default()
            }
        };
        let mut all: Vec<Evidence> = names.iter().map(one).collect();
        unify(&mut all);
        all.iter().map(|e| e.named.clone().unwrap_or_default()).collect()
    }

    #[test]
    fn a_short_and_a_full_name_are_one_host_unless_two_could_be_meant() {
        assert_eq!(unified(&[("db1.example.com", "db1"), ("db1", "db1")]), ["db1", "db1"]);
        assert_eq!(unified(&[("db1.example.com", "db1")]), ["db1"], "the folder has the short name");
        assert_eq!(unified(&[("db1.example.com", "capture")]), ["db1.example.com"], "nothing calls it db1");
        assert_eq!(unified(&[("db1.east", ""), ("db1.west", ""), ("db1", "")]), ["db1.east", "db1.west", "db1"]);
        assert_eq!(unified(&[("DB1", ""), ("db1", ""), ("db1", "")]), ["db1", "db1", "db1"]);
        assert_eq!(unified(&[("10.0.0.1", ""), ("10", "")]), ["10.0.0.1", "10"], "an address is no full name");
    }

    #[test]
    fn nobodys_names_are_no_identities() {
        for nobody in
            ["localhost", "LOCALHOST.localdomain", "-", "(none)", "127.0.0.1", "::1", "ip6-localhost", "a b", ""]
        {
            assert!(!is_identity(nobody), "{nobody}");
        }
        assert!(is_identity("db1") && is_identity("10.0.0.9") && is_identity("db1.example.com"));
        assert!(is_weak("10.0.0.9") && is_weak("7d82d3f28bad") && !is_weak("deadbeef"));
    }

    #[test]
    fn folders_that_every_machine_has_name_nobody() {
        let folder = |path: &str| {
            let source = Source {
                path: path.into(),
                folder: path.split_once('/').map(|(f, _)| f.to_owned()),
                ..Source::default()
            };
            super::folder(&source).unwrap_or_default()
        };
        assert_eq!(folder("db1/var/log/syslog"), "db1");
        assert_eq!(folder("var/log/syslog"), "");
        assert_eq!(folder("log/db1/syslog"), "db1");
        assert_eq!(folder("sosreport-db1-2026-11-21-abcdefg/var/log/messages"), "db1");
        assert_eq!(folder("sosreport-web-01-0123456-2026-11-21-abcdefg/var/log/messages"), "web-01");
        assert_eq!(folder("pcmk-Sat-21-Nov-2026/node1/pacemaker.log"), "node1");
        assert_eq!(folder("namespaces/shop/pods/api-0/log.txt"), "");
        assert_eq!(folder("2026-11-21/web1/app.log"), "web1");
    }
}
