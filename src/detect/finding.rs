//! What was found: findings, best first, and the stories they tell.

use crate::event::EventId;
use crate::rule::{Role, Severity};

/// A record that proves a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The record.
    pub event: EventId,
    /// What it shows, in words.
    pub because: String,
}

/// Something that one would expect in the logs if a finding is true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What, in words.
    pub text: String,
    /// The record that shows it; `None` when there is none.
    pub seen: Option<EventId>,
    /// The logs at hand would tell it: others of the kind are among them.
    pub logged: bool,
}

/// An element of a story: one cause, however many records show it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Name of the rule.
    pub rule: String,
    /// How bad.
    pub severity: Severity,
    /// The part it plays.
    pub role: Role,
    /// How sure it is, 0 to 1.
    pub confidence: f32,
    /// What was found, in a line.
    pub title: String,
    /// A few words for the title of a story.
    pub short: String,
    /// How it is known, in sentences.
    pub explanation: String,
    /// What it is about: names and values.
    pub keys: Vec<(String, String)>,
    /// The hosts whose records show it, by name.
    pub hosts: Vec<String>,
    /// The first record that shows it.
    pub at: EventId,
    /// Time of the first effect on the timeline, in nanoseconds since 1970 UTC.
    pub first: i64,
    /// Time of the last.
    pub last: i64,
    /// How many cases there are.
    pub count: usize,
    /// The fewest records that prove it, the earliest first.
    pub evidence: Vec<Evidence>,
    /// Why it is harmless, when it is.
    pub benign: Option<String>,
    /// What else must show if it is true.
    pub expected: Vec<Expected>,
    /// What to run or look at to be sure.
    pub verify: String,
    /// What would prevent it.
    pub prevent: String,
    /// Values for rules that build on it.
    pub values: Vec<(String, String)>,
    /// The first records of the findings that it may have brought about, where that is known beside the rules.
    pub targets: Vec<EventId>,
}

/// Findings that belong together: what began it, why the system did not cope, what it did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// What happened, in a line.
    pub title: String,
    /// Positions of its findings in [`Findings::list`]: what began it.
    pub trigger: Option<usize>,
    /// The gravest reason why the system did not cope.
    pub defect: Option<usize>,
    /// All of them.
    pub defects: Vec<usize>,
    /// What it did to users and data.
    pub impacts: Vec<usize>,
    /// What else belongs to it.
    pub context: Vec<usize>,
    /// What leads to what: positions of findings.
    pub links: Vec<(usize, usize)>,
}

/// All findings, best first, and their stories.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Findings {
    /// The findings: those of the first story, of the second, then the others; the harmless ones last.
    pub list: Vec<Finding>,
    /// The stories, the gravest first.
    pub stories: Vec<Story>,
}

impl Findings {
    /// The rules that found something, by name, each with the events that prove it.
    pub fn evidence_by_rule(&self) -> Vec<(String, Vec<EventId>)> {
        let mut out: Vec<(String, Vec<EventId>)> = Vec::new();
        for finding in &self.list {
            let events = std::iter::once(finding.at).chain(finding.evidence.iter().map(|e| e.event));
            match out.iter_mut().find(|(rule, _)| *rule == finding.rule) {
                Some((_, all)) => all.extend(events),
                None => out.push((finding.rule.clone(), events.collect())),
            }
        }
        out.sort();
        out
    }
}

impl Finding {
    /// The word for how sure it is. What is less than probable is no finding.
    pub fn certainty(&self) -> &'static str {
        if self.confidence >= 0.95 { "certain" } else { "probable" }
    }
}

impl Expected {
    /// Whether it was seen, in words; `place` tells where a record stands.
    pub fn verdict(&self, place: &dyn Fn(EventId) -> String) -> String {
        match self.seen {
            Some(id) => format!("seen, {}", place(id)),
            None if self.logged => "not seen".to_owned(),
            None => "not logged here".to_owned(),
        }
    }
}

impl Story {
    /// Gives its findings new positions.
    pub(super) fn renumber(&mut self, moved: &dyn Fn(usize) -> usize) {
        self.trigger = self.trigger.map(moved);
        self.defect = self.defect.map(moved);
        for list in [&mut self.defects, &mut self.impacts, &mut self.context] {
            list.iter_mut().for_each(|i| *i = moved(*i));
        }
        self.links.iter_mut().for_each(|(a, b)| (*a, *b) = (moved(*a), moved(*b)));
    }

    /// All its findings, in the order in which they are told.
    pub fn members(&self) -> impl Iterator<Item = usize> + '_ {
        self.trigger.iter().chain(&self.defects).chain(&self.impacts).chain(&self.context).copied()
    }
}

impl Findings {
    /// What was going on between two times (nanoseconds since 1970 UTC): stories whole, where any of their findings was.
    pub fn between(self, since: Option<i64>, until: Option<i64>) -> Findings {
        let inside = |f: &Finding| since.is_none_or(|s| f.last >= s) && until.is_none_or(|u| f.first < u);
        let any = |s: &Story| s.members().filter_map(|i| self.list.get(i)).any(inside);
        let mut stories: Vec<Story> = self.stories.iter().filter(|s| any(s)).cloned().collect();
        let told = |i: usize| stories.iter().any(|s| s.members().any(|m| m == i));
        let kept: Vec<usize> =
            self.list.iter().enumerate().filter(|(i, f)| inside(f) || told(*i)).map(|(i, _)| i).collect();
        let moved = |i: usize| kept.binary_search(&i).unwrap_or(usize::MAX);
        stories.iter_mut().for_each(|s| s.renumber(&moved));
        let list = self.list.into_iter().enumerate().filter(|(i, _)| kept.binary_search(i).is_ok());
        Findings { list: list.map(|(_, f)| f).collect(), stories }
    }

    /// The gravest severity of what is not harmless.
    pub fn worst(&self) -> Option<Severity> {
        self.list.iter().filter(|f| f.benign.is_none()).map(|f| f.severity).max()
    }
}
