//! Findings and stories, told in full or in a line.

use super::numbers::Numbers;
use super::{Action, Brief, ExpectedDoc, FindingDoc, Herring, Input, StoryDoc};
use crate::case::Judgement;
use crate::case::said::Said;
use crate::detect::{Finding, Story};
use crate::rule::Role;

/// Tells findings, giving their records numbers.
pub(super) struct Teller<'a, 'b> {
    pub(super) input: Input<'a>,
    pub(super) said: &'b Said,
    pub(super) numbers: &'b mut Numbers,
}

impl Teller<'_, '_> {
    /// The stories that the report tells.
    pub(super) fn stories(&mut self) -> Vec<StoryDoc> {
        let (findings, said) = (self.input.findings, self.said);
        findings.stories.iter().filter(|s| said.tells(s)).map(|s| self.story(s)).collect()
    }

    fn story(&mut self, story: &Story) -> StoryDoc {
        let (findings, said) = (self.input.findings, self.said);
        let members = story.members().filter(|&i| !said.is_put_away(i));
        StoryDoc {
            title: story.title.clone(),
            findings: members.filter_map(|i| self.finding(part(story, i, findings.list.get(i)?), i)).collect(),
        }
    }

    /// Findings of no story that the analyst wants to be told.
    pub(super) fn singles(&mut self) -> Vec<FindingDoc> {
        let (findings, said) = (self.input.findings, self.said);
        let told = |i: usize| findings.stories.iter().any(|s| said.tells(s) && s.members().any(|m| m == i));
        let alone = (0..findings.list.len()).filter(|&i| said.tells_alone(i) && !said.is_put_away(i) && !told(i));
        alone.filter_map(|i| self.finding("finding", i)).collect()
    }

    fn finding(&mut self, part: &'static str, i: usize) -> Option<FindingDoc> {
        let f = self.input.findings.list.get(i)?;
        let evidence = f.evidence.iter().map(|e| (self.numbers.of(e.event), e.because.clone())).collect();
        let expected = f.expected.iter().map(|e| ExpectedDoc {
            words: e.text.clone(),
            verdict: match e.seen {
                Some(_) => "seen",
                None if e.logged => "not seen",
                None => "not logged here",
            },
            evidence: e.seen.map(|id| self.numbers.of(id)),
        });
        Some(FindingDoc {
            part,
            rule: f.rule.clone(),
            severity: f.severity.word(),
            certainty: f.certainty(),
            confidence: f.confidence,
            confirmed: self.said.judgement(i) == Some(Judgement::Confirmed),
            title: f.title.clone(),
            explanation: f.explanation.clone(),
            keys: f.keys.clone(),
            hosts: f.hosts.clone(),
            first: self.input.stamp_at(f.first),
            last: self.input.stamp_at(f.last),
            count: f.count,
            evidence,
            expected: expected.collect(),
            verify: f.verify.clone(),
            prevent: f.prevent.clone(),
        })
    }

    /// Loud, but not the cause: people will find these anyway.
    pub(super) fn red_herrings(&mut self) -> Vec<Herring> {
        let (findings, said) = (self.input.findings, self.said);
        let why = |i: usize, f: &Finding| {
            let by_analyst = || said.is_herring(i).then(|| "not the cause, says the analyst".to_owned());
            f.benign.clone().or_else(by_analyst)
        };
        let list = findings.list.iter().enumerate().filter(|(i, _)| !said.is_dismissed(*i));
        let list = list.filter_map(|(i, f)| Some((f, why(i, f)?)));
        list.map(|(f, why)| Herring {
            first: self.input.stamp_at(f.first),
            title: f.title.clone(),
            why,
            evidence: (f.at.idx() < self.input.analysis.events.len()).then(|| self.numbers.of(f.at)),
        })
        .collect()
    }

    /// One line for each finding that is told nowhere else.
    pub(super) fn also_seen(&self) -> Vec<Brief> {
        let (findings, said) = (self.input.findings, self.said);
        let told: Vec<usize> = findings.stories.iter().filter(|s| said.tells(s)).flat_map(Story::members).collect();
        let away = |i: usize| told.contains(&i) || said.tells_alone(i) || said.is_put_away(i);
        let rest = findings.list.iter().enumerate().filter(|(i, f)| !away(*i) && f.benign.is_none());
        rest.map(|(_, f)| Brief {
            first: self.input.stamp_at(f.first),
            title: f.title.clone(),
            severity: f.severity.word(),
            rule: f.rule.clone(),
        })
        .collect()
    }
}

/// The part that a finding plays in a story: `trigger`, `contributing` (what that led to, before the impact),
/// `defect` (why the system did not cope), `impact`, `context`; `finding` where it is all there is.
pub(super) fn part(story: &Story, i: usize, f: &Finding) -> &'static str {
    match () {
        () if story.members().count() == 1 => "finding",
        () if story.trigger == Some(i) => "trigger",
        () if story.defects.contains(&i) && f.role == Role::Trigger => "contributing",
        () if story.defects.contains(&i) => "defect",
        () if story.impacts.contains(&i) => "impact",
        () => "context",
    }
}

/// What the findings that are told would have prevented, then what to check; each once.
pub(super) fn actions(stories: &[StoryDoc], singles: &[FindingDoc]) -> Vec<Action> {
    let all = || stories.iter().flat_map(|s| &s.findings).chain(singles);
    let prevent = all().map(|f| ("prevent", &f.prevent, &f.title));
    let check = all().map(|f| ("check", &f.verify, &f.title));
    let mut out: Vec<Action> = Vec::new();
    for (kind, words, title) in prevent.chain(check).filter(|(_, words, _)| !words.is_empty()) {
        match out.iter_mut().find(|a| a.kind == kind && a.words == *words) {
            Some(there) => there.because.push(title.clone()),
            None => out.push(Action { words: words.clone(), kind, because: vec![title.clone()] }),
        }
    }
    out
}
