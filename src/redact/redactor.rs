//! The second pass: texts with pseudonyms in them, and the list of what was replaced.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::learner::Learner;
use super::scan::{self, Found};
use super::{Kind, Rules, lists};

/// Longest example in a preview, in characters.
const EXAMPLE: usize = 160;

/// A text that has a pseudonym.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub(super) kind: Kind,
    pub(super) value: String,
    pub(super) pseudonym: String,
    /// A host that the analysis knows.
    pub(super) known: bool,
}

/// One line of a preview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// What it was.
    pub kind: Kind,
    /// The text as it stood where it was found first.
    pub original: String,
    /// What stands in its place.
    pub pseudonym: String,
    /// How often it was replaced.
    pub count: u64,
    /// An excerpt of the first text with it, as it was, at most 160 characters.
    pub example: String,
}

/// Replaces what identifies people and machines. Cheap to clone; immutable.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    inner: Option<Arc<Inner>>,
}

#[derive(Debug)]
struct Inner {
    rules: Rules,
    named: Vec<Named>,
    index: BTreeMap<Kind, HashMap<String, usize>>,
    given: HashSet<String>,
    /// Names that are replaced wherever they stand, without anything around that says what they are.
    everywhere: Option<AhoCorasick>,
    /// The kinds of `everywhere`, by pattern.
    kinds: Vec<(Kind, bool)>,
}

impl Redactor {
    /// Changes nothing.
    pub fn none() -> Redactor {
        Redactor::default()
    }

    /// Learns from all texts that will leave, in the order in which they leave. `hosts` are those of the analysis.
    pub fn learn<T: AsRef<str>>(rules: Rules, hosts: &[String], texts: impl IntoIterator<Item = T>) -> Redactor {
        let mut learner = Learner::new(rules, hosts);
        for text in texts {
            learner.read(text.as_ref());
        }
        learner.finish()
    }

    pub(super) fn new(rules: Rules, named: Vec<Named>, index: BTreeMap<Kind, HashMap<String, usize>>) -> Redactor {
        let given = named.iter().map(|n| n.pseudonym.clone()).collect();
        let mut patterns: Vec<(&str, Kind, bool)> = Vec::new();
        for one in &named {
            let exact = match one.kind {
                Kind::Host if one.known => false,
                Kind::User if lists::spreads(&one.value) => true,
                Kind::Password | Kind::Token | Kind::Key | Kind::Own if lists::is_telling(&one.value) => true,
                _ => continue,
            };
            patterns.push((&one.value, one.kind, exact));
        }
        // The short name of a host that was given by its full one.
        let shorts: Vec<&String> = index.get(&Kind::Host).map_or_else(Vec::new, |hosts| {
            let mut all: Vec<&String> = hosts
                .iter()
                .filter(|(name, place)| named.get(**place).is_some_and(|n| n.known && n.value != **name))
                .map(|(name, _)| name)
                .collect();
            all.sort();
            all
        });
        patterns.extend(shorts.iter().map(|s| (s.as_str(), Kind::Host, false)));
        let kinds = patterns.iter().map(|p| (p.1, p.2)).collect();
        let everywhere = (!patterns.is_empty())
            .then(|| {
                let mut builder = AhoCorasick::builder();
                builder.match_kind(MatchKind::LeftmostLongest).ascii_case_insensitive(true);
                builder.build(patterns.iter().map(|p| p.0)).ok()
            })
            .flatten();
        drop(patterns);
        Redactor { inner: Some(Arc::new(Inner { rules, named, index, given, everywhere, kinds })) }
    }

    /// False for [`Redactor::none`].
    pub fn is_on(&self) -> bool {
        self.inner.is_some()
    }

    /// The text with pseudonyms. Apply it before the text is escaped for its format, to whole records rather than to
    /// lines, since private keys span lines. What was never learnt gets a name such as `address-other`.
    pub fn apply<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let Some(inner) = &self.inner else { return Cow::Borrowed(text) };
        let found = inner.find(text);
        if found.is_empty() {
            return Cow::Borrowed(text);
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for one in &found {
            out.push_str(text.get(at..one.start).unwrap_or_default());
            match inner.named(one) {
                Some(named) => out.push_str(&named.pseudonym),
                None => {
                    out.push_str(one.kind.word());
                    out.push_str("-other");
                }
            }
            at = one.end;
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Cow::Owned(out)
    }

    /// The value of a field that stands alone (in a table, in a JSON object), as its name says what it is.
    pub fn apply_field<'a>(&self, name: &str, value: &'a str) -> Cow<'a, str> {
        if self.inner.is_none() {
            return Cow::Borrowed(value);
        }
        let (text, start) = scan::joined(name, value);
        let Cow::Owned(done) = self.apply(&text) else { return Cow::Borrowed(value) };
        // The opening holds nothing that could be replaced but the name itself, which its writer takes care of.
        match done.get(start..) {
            Some(rest) if done.get(..start) == text.get(..start) => Cow::Owned(rest.to_owned()),
            _ => self.apply(value),
        }
    }

    /// What these texts hold that is replaced, in the order of first appearance.
    pub fn preview<T: AsRef<str>>(&self, texts: impl IntoIterator<Item = T>) -> Vec<Replaced> {
        let Some(inner) = &self.inner else { return Vec::new() };
        let mut out: Vec<Replaced> = Vec::new();
        let mut places: HashMap<(Kind, String), usize> = HashMap::new();
        for text in texts {
            let text = text.as_ref();
            for one in inner.find(text) {
                let place = *places.entry((one.kind, one.value.clone())).or_insert_with(|| {
                    let pseudonym = inner.named(&one).map(|n| n.pseudonym.clone());
                    out.push(Replaced {
                        kind: one.kind,
                        original: text.get(one.start..one.end).unwrap_or_default().to_owned(),
                        pseudonym: pseudonym.unwrap_or_else(|| format!("{}-other", one.kind.word())),
                        count: 0,
                        example: excerpt(text, one.start, one.end),
                    });
                    out.len() - 1
                });
                if let Some(replaced) = out.get_mut(place) {
                    replaced.count += 1;
                }
            }
        }
        out
    }
}

impl Inner {
    /// What of the text is replaced: in order, nothing twice.
    fn find(&self, text: &str) -> Vec<Found> {
        let mut found = scan::scan_with(text, &self.rules, |text, out| self.find_names(text, out));
        if !found.is_empty() {
            found.retain(|one| !text.get(one.start..one.end).is_some_and(|t| self.given.contains(t)));
        }
        found
    }

    /// Names that have been learnt, standing alone.
    fn find_names(&self, text: &str, out: &mut Vec<Found>) {
        let Some(everywhere) = &self.everywhere else { return };
        for hit in everywhere.find_iter(text) {
            let Some((kind, exact)) = self.kinds.get(hit.pattern().as_usize()) else { continue };
            let Some(part) = text.get(hit.start()..hit.end()) else { continue };
            if !scan::stands_alone(text, hit.start(), hit.end()) {
                continue;
            }
            let value = if *exact { part.to_owned() } else { part.to_ascii_lowercase() };
            // The automaton ignores case; of the names only hosts do.
            if self.index.get(kind).is_some_and(|names| names.contains_key(&value)) {
                out.push(Found { start: hit.start(), end: hit.end(), kind: *kind, value });
            }
        }
    }

    fn named(&self, one: &Found) -> Option<&Named> {
        let of_kind = |kind: Kind, value: &str| self.index.get(&kind).and_then(|names| names.get(value));
        let place = of_kind(one.kind, &one.value).or_else(|| match one.kind {
            Kind::Host => of_kind(Kind::Host, one.value.split('.').next()?),
            Kind::Address => of_kind(Kind::Host, &one.value),
            _ => None,
        });
        self.named.get(*place?)
    }
}

/// The line around a place, cut to what a preview shows.
fn excerpt(text: &str, start: usize, end: usize) -> String {
    let before = text.get(..start).unwrap_or_default();
    let before = before.rsplit('\n').next().unwrap_or_default();
    let after = text.get(end..).unwrap_or_default();
    let after = after.lines().next().unwrap_or_default();
    let middle = text.get(start..end).unwrap_or_default();
    let middle: String = middle.lines().next().unwrap_or_default().chars().take(EXAMPLE / 2).collect();
    let left = EXAMPLE.saturating_sub(middle.chars().count());
    let skip = before.chars().count().saturating_sub(left / 2);
    let before: String = before.chars().skip(skip).collect();
    let after: String = after.chars().take(left - before.chars().count()).collect();
    format!("{before}{middle}{after}")
}
