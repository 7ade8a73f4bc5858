//! The first pass: what the texts hold is found, and gets its pseudonym in the order of first appearance.

use std::collections::{BTreeMap, HashMap, HashSet};

use rayon::prelude::*;

use super::redactor::{Named, Redactor};
use super::scan::{self, Found};
use super::{Kind, Rules, lists};

/// Bytes of text that wait to be scanned on all cores at once.
const BATCH: usize = 1 << 20;

/// Reads all texts that will leave, and ends in a [`Redactor`].
#[derive(Debug)]
pub struct Learner {
    rules: Rules,
    named: Vec<Named>,
    /// Where each canonical text stands in `named`.
    index: BTreeMap<Kind, HashMap<String, usize>>,
    /// Texts that look like pseudonyms and are none: those names are not given.
    taken: HashSet<String>,
    waiting: Vec<String>,
    waiting_bytes: usize,
    n_of_kind: BTreeMap<Kind, usize>,
}

impl Learner {
    /// Starts with the known hosts of the analysis, which get the first names: `host-a`, `host-b` …
    pub fn new(rules: Rules, hosts: &[String]) -> Self {
        let mut learner = Learner {
            rules,
            named: Vec::new(),
            index: BTreeMap::new(),
            taken: HashSet::new(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            n_of_kind: BTreeMap::new(),
        };
        if learner.rules.hosts {
            for host in hosts.iter().filter(|h| lists::names_a_host(h)) {
                learner.add_host(host);
            }
        }
        learner
    }

    /// A known host; its name stands for its fully qualified name as well.
    fn add_host(&mut self, host: &str) {
        let name = host.to_ascii_lowercase();
        let short = name.split('.').next().unwrap_or_default().to_owned();
        let place = self.add(Kind::Host, name.clone(), true);
        if name.contains('.') && short.bytes().any(|b| b.is_ascii_alphabetic()) && lists::names_a_host(&short) {
            let index = self.index.entry(Kind::Host).or_default();
            index.entry(short).or_insert(place);
        }
    }

    /// Reads one text.
    pub fn read(&mut self, text: &str) {
        self.waiting_bytes += text.len();
        self.waiting.push(text.to_owned());
        if self.waiting_bytes >= BATCH {
            self.drain();
        }
    }

    /// Reads the value of a field, which says less without its name.
    pub fn read_field(&mut self, name: &str, value: &str) {
        self.read(&scan::joined(name, value).0);
    }

    /// Scans what waits, on all cores, and names what was found, in order.
    fn drain(&mut self) {
        let texts = std::mem::take(&mut self.waiting);
        self.waiting_bytes = 0;
        let rules = &self.rules;
        let found: Vec<Vec<Found>> = texts.par_iter().map(|t| scan::scan(t, rules)).collect();
        for (text, found) in texts.iter().zip(found) {
            scan::lookalikes(text, |t| {
                self.taken.insert(t.to_owned());
            });
            for one in found {
                self.add(one.kind, one.value, false);
            }
        }
    }

    /// The place of a text among the named ones.
    fn add(&mut self, kind: Kind, value: String, known: bool) -> usize {
        let index = self.index.entry(kind).or_default();
        if let Some(place) = index.get(&value) {
            return *place;
        }
        let place = match kind {
            // A host by its full name is the known host; a host named by its address is that host.
            Kind::Host if !known => value.split('.').next().and_then(|short| index.get(short)).copied(),
            Kind::Address => self.index.get(&Kind::Host).and_then(|hosts| hosts.get(&value)).copied(),
            _ => None,
        };
        let place = place.unwrap_or_else(|| {
            self.named.push(Named { kind, value: value.clone(), pseudonym: String::new(), known });
            self.named.len() - 1
        });
        self.index.entry(kind).or_default().insert(value, place);
        place
    }

    /// Gives the names.
    pub fn finish(mut self) -> Redactor {
        self.drain();
        for named in &mut self.named {
            let n = self.n_of_kind.entry(named.kind).or_default();
            loop {
                let name = pseudonym(named.kind, *n);
                *n += 1;
                if !self.taken.contains(&name) {
                    named.pseudonym = name;
                    break;
                }
            }
        }
        Redactor::new(self.rules, self.named, self.index)
    }
}

/// `host-a`, `host-z`, `host-aa`; `user-1`.
fn pseudonym(kind: Kind, n: usize) -> String {
    if kind != Kind::Host {
        return format!("{}-{}", kind.word(), n + 1);
    }
    let mut letters = Vec::new();
    let mut left = n + 1;
    while left > 0 {
        left -= 1;
        letters.push(char::from(b'a' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    format!("host-{}", letters.iter().rev().collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_lettered_as_columns_are() {
        let names: Vec<String> = [0, 25, 26, 51, 52, 701, 702].iter().map(|n| pseudonym(Kind::Host, *n)).collect();
        assert_eq!(names, ["host-a", "host-z", "host-aa", "host-az", "host-ba", "host-zz", "host-aaa"]);
    }
}
