//! What could follow in the filter: keys, and the values that are there, with the number of their events.

use crate::fact::kind::Kind;
use crate::format::level::Level;
use crate::query::language::{HAS, KEYS, Key, term};
use crate::ui::panel::Ctx;
use crate::ui::text::fuzzy;

/// At most so many are offered.
const MOST: usize = 12;

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What takes the place of what is being typed.
    pub text: String,
    /// A few words about it.
    pub about: String,
    /// Events that are so, where that is known at no cost.
    pub count: Option<usize>,
    /// Nothing needs to follow.
    pub whole: bool,
}

/// What could be meant by `typed`, the likeliest first.
pub fn offers(ctx: &Ctx<'_>, typed: &str) -> Vec<Offer> {
    let (sign, bare) = typed.strip_prefix('-').map_or(("", typed), |rest| ("-", rest));
    if bare.is_empty() || bare.starts_with(['"', '/']) || bare.contains(char::is_whitespace) && !bare.contains('"') {
        return Vec::new();
    }
    let mut found = match Key::at_start(bare) {
        Some(key) => {
            let value = bare.strip_prefix(key.written()).unwrap_or_default();
            // The last of several values is the one that is being typed.
            let (before, last) = value
                .rsplit_once('|')
                .map_or(("", value), |(_, last)| (value.strip_suffix(last).unwrap_or_default(), last));
            let mut offers = values(ctx, key, last.trim_start_matches('"'));
            for offer in &mut offers {
                let rest = offer.text.strip_prefix(key.written()).unwrap_or_default();
                offer.text = format!("{}{before}{rest}", key.written());
            }
            offers
        }
        None => loose(ctx, bare),
    };
    found.truncate(MOST);
    found.retain(|o| o.text != bare || !o.whole);
    for offer in &mut found {
        offer.text.insert_str(0, sign);
    }
    found
}

/// Without a key: the keys that begin so, then hosts, levels and the like of this name.
fn loose(ctx: &Ctx<'_>, typed: &str) -> Vec<Offer> {
    let low = typed.to_lowercase();
    let keys = KEYS.iter().filter(|k| k.written.starts_with(&low));
    let mut out: Vec<Offer> = keys
        .map(|k| Offer { text: k.written.to_owned(), about: k.about.to_owned(), count: None, whole: false })
        .collect();
    for key in [Key::Level, Key::LevelFrom, Key::Host, Key::Rule, Key::Fact, Key::Has] {
        let of = |o: &Offer| o.text.strip_prefix(key.written()).is_some_and(|v| v.to_lowercase().starts_with(&low));
        out.extend(values(ctx, key, typed).into_iter().filter(of).take(3));
    }
    out
}

fn values(ctx: &Ctx<'_>, key: Key, typed: &str) -> Vec<Offer> {
    let analysis = &ctx.shown.analysis;
    let offer =
        |value: &str, about: String, count: Option<usize>| Offer { text: term(key, value), about, count, whole: true };
    let tally = &ctx.shown.tally;
    let all: Vec<(String, Offer)> = match key {
        Key::Host => {
            let lanes = analysis.lanes.list.iter();
            lanes.map(|l| (l.host.clone(), offer(&l.host, String::new(), Some(l.n_events)))).collect()
        }
        Key::Source => {
            let infos = analysis.infos.iter();
            let n = |records: u64| usize::try_from(records).ok();
            infos.map(|i| (i.path.clone(), offer(&i.path, i.format.clone(), n(i.records)))).collect()
        }
        Key::Format => {
            tally.formats.iter().map(|(name, n)| (name.clone(), offer(name, String::new(), Some(*n)))).collect()
        }
        Key::Level | Key::LevelFrom | Key::LevelTo => {
            let passes = |asked: Level, l: Level| match key {
                Key::LevelFrom => l >= asked,
                Key::LevelTo => l <= asked,
                _ => l == asked,
            };
            let levels = Level::STATED.iter().rev().filter_map(|l| Some((*l, l.name()?)));
            let count = |asked| tally.of_levels(|l| passes(asked, l));
            levels.map(|(l, name)| (name.to_owned(), offer(name, String::new(), Some(count(l))))).collect()
        }
        Key::Fact => {
            Kind::ALL.iter().map(|k| (k.name().to_owned(), offer(k.name(), k.about().to_owned(), None))).collect()
        }
        Key::Rule => {
            let found = ctx.found.map(|f| f.findings.evidence_by_rule()).unwrap_or_default();
            found
                .into_iter()
                .map(|(rule, events)| (rule.clone(), offer(&rule, String::new(), Some(distinct(events)))))
                .collect()
        }
        Key::Has => {
            HAS.iter().map(|(name, _)| ((*name).to_owned(), offer(name, about_has(name).to_owned(), None))).collect()
        }
        Key::Process | Key::Pid | Key::Id | Key::Before | Key::After => Vec::new(),
    };
    ranked(all, typed)
}

fn about_has(name: &str) -> &'static str {
    match name {
        "note" => "marked or commented",
        "mark" => "marked, without words",
        "finding" => "proves a finding",
        _ => "more than one line",
    }
}

fn distinct(mut events: Vec<crate::event::EventId>) -> usize {
    events.sort_unstable();
    events.dedup();
    events.len()
}

/// Those that hold what is typed, those that begin with it first.
fn ranked(all: Vec<(String, Offer)>, typed: &str) -> Vec<Offer> {
    let mut rows: Vec<(usize, Offer)> = all
        .into_iter()
        .filter_map(|(name, offer)| {
            let score = if typed.is_empty() { Some(0) } else { fuzzy(typed, &name) };
            score.filter(|s| *s < 1_000).map(|score| (score, offer))
        })
        .collect();
    rows.sort_by_key(|(score, _)| *score);
    rows.into_iter().map(|(_, offer)| offer).collect()
}
