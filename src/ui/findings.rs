//! What the window does with findings: what stands where, what is open, verdicts, and the way from one to the next.

use crate::case::{FindingAnchor, Judgement};
use crate::detect::{Finding, Findings, Story};
use crate::event::EventId;
use crate::export;
use crate::rule::Severity;
use crate::session::Found;
use crate::timeline::density::Loudness;
use crate::ui::notes::Notes;
use crate::ui::shown::Shown;
use crate::ui::state::{Tab, ViewState};
use crate::ui::text;
use crate::ui::widget::time_axis::TimeRange;
use crate::ui::window::Window;
use crate::words::push_clean;

/// Steps of a story that have numbers; what is beyond is listed with what else belongs to it.
const STEPS: usize = 9;
/// A story that is chosen takes this part of the lanes' width.
const ROOM: f64 = 0.45;
/// At least this much time is shown around a story, in nanoseconds.
const LEAST: f64 = 4e9;

/// Something that is done with findings.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// Opens the next finding.
    Next,
    /// Opens the one before.
    Previous,
    /// Leads to the next record that proves the open one.
    NextEvidence,
    /// Leads to the one before.
    PreviousEvidence,
    /// Says of the open one that it holds, or takes that back.
    Confirm,
    /// Puts the open one away, or brings it back.
    Dismiss,
    /// Says of the open one that it is not the cause, or takes that back.
    RedHerring,
    /// Adds the open one to the report, or takes it out.
    ToReport,
    /// Adds findings to the report, or takes them out.
    Report(Vec<usize>, bool),
    /// Copies the open one as text.
    CopyText,
    /// Copies the open one as Markdown.
    CopyMarkdown,
    /// Looks for findings again.
    Again,
    /// Opens a finding, or closes it.
    Open(usize),
    /// Opens a finding, brings it into view and leads to its record.
    Show(usize),
    /// Chooses a story, or lets it go.
    Story(usize),
    /// Leads to a record that a finding names.
    Jump(usize, EventId),
    /// Says something of a finding, or takes back what was said.
    Judge(usize, Option<Judgement>),
    /// Copies a text; the word says what it is.
    Copy(String, &'static str),
    /// What was to be brought into view is there.
    Revealed,
}

/// What of the findings the user looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The story whose path is drawn.
    pub story: Option<usize>,
    /// The user chose it, so that everything else steps back.
    pub chosen: bool,
    /// The finding that is open.
    pub finding: Option<usize>,
    /// It is to be brought into view.
    pub reveal: bool,
}

/// A story as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its place in [`Findings::stories`].
    pub story: usize,
    /// The findings that have numbers, the first of them 1.
    pub steps: Vec<usize>,
    /// What else belongs to it.
    pub more: Vec<usize>,
}

/// Where findings stand in the panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sections {
    /// Stories with what is left of them, the gravest first.
    pub stories: Vec<Told>,
    /// Findings of no story.
    pub others: Vec<usize>,
    /// Loud, but not the cause: by a rule or by the analyst.
    pub herrings: Vec<usize>,
    /// What the analyst put away.
    pub dismissed: Vec<usize>,
}

impl Sections {
    /// Puts everything in its place.
    pub fn of(found: &Found, notes: &Notes) -> Self {
        let findings = &found.findings;
        let mut out = Sections::default();
        let verdict = |i: usize| verdict(found, notes, i);
        let away = |i: usize| matches!(verdict(i), Some(Judgement::Dismissed | Judgement::RedHerring));
        let mut in_story = vec![false; findings.list.len()];
        for (story, s) in findings.stories.iter().enumerate() {
            let members: Vec<usize> = s.members().filter(|&i| i < findings.list.len()).collect();
            for &i in &members {
                if let Some(slot) = in_story.get_mut(i) {
                    *slot = true;
                }
            }
            let steps = told_steps(findings, s).filter(|&i| !away(i)).take(STEPS).collect::<Vec<_>>();
            let more = members.into_iter().filter(|&i| !away(i) && !steps.contains(&i)).collect();
            if !steps.is_empty() {
                out.stories.push(Told { story, steps, more });
            } else {
                out.others.extend::<Vec<usize>>(more);
            }
        }
        for (i, f) in findings.list.iter().enumerate() {
            match verdict(i) {
                Some(Judgement::Dismissed) => out.dismissed.push(i),
                Some(Judgement::RedHerring) => out.herrings.push(i),
                _ if f.benign.is_some() => out.herrings.push(i),
                _ if in_story.get(i) == Some(&false) => out.others.push(i),
                _ => {}
            }
        }
        out
    }

    /// All findings as they stand below each other.
    pub fn order(&self) -> Vec<usize> {
        let told = self.stories.iter().flat_map(|s| s.steps.iter().chain(&s.more));
        told.chain(&self.others).chain(&self.herrings).chain(&self.dismissed).copied().collect()
    }

    /// The story that a finding stands in.
    pub fn story_of(&self, finding: usize) -> Option<&Told> {
        self.stories.iter().find(|s| s.steps.contains(&finding) || s.more.contains(&finding))
    }

    /// The story whose path is drawn: the one the user chose, else the first.
    pub fn drawn(&self, look: Look) -> Option<&Told> {
        match look.story {
            Some(story) => self.stories.iter().find(|s| s.story == story),
            None if look.chosen => None,
            None => self.stories.first(),
        }
    }
}

/// What has a number: everything but context, unless there is nothing else.
fn told_steps<'a>(findings: &'a Findings, story: &'a Story) -> impl Iterator<Item = usize> + 'a {
    let known = |i: &usize| *i < findings.list.len();
    story.trigger.iter().chain(&story.defects).chain(&story.impacts).copied().filter(move |i| known(i))
}

/// What the analyst said of a finding.
pub fn verdict(found: &Found, notes: &Notes, finding: usize) -> Option<Judgement> {
    let case = notes.case();
    if case.verdicts.is_empty() {
        return None;
    }
    case.verdict(found.anchors.get(finding)?)
}

/// The shape and color class of a severity.
pub fn class(severity: Severity) -> Loudness {
    match severity {
        Severity::Critical => Loudness::Critical,
        Severity::High => Loudness::Error,
        Severity::Medium => Loudness::Warning,
        Severity::Low | Severity::Info => Loudness::Quiet,
    }
}

/// The record that stands for a finding on the lanes: the first that has a place there, else the first.
pub fn place(shown: &Shown, findings: &Findings, finding: usize) -> Option<EventId> {
    let f = findings.list.get(finding)?;
    let known = |id: &EventId| id.idx() < shown.analysis.events.len();
    let mut all = std::iter::once(f.at).chain(f.evidence.iter().map(|e| e.event)).filter(known);
    let placed = all.clone().find(|&id| shown.time(id).is_some());
    placed.or_else(|| all.next())
}

/// The part that a finding plays, in a word.
pub fn part(findings: &Findings, finding: usize) -> &'static str {
    let told = findings.stories.iter().find(|s| s.members().any(|i| i == finding));
    match (told, findings.list.get(finding)) {
        (Some(story), _) => export::findings::part(story, finding),
        (None, Some(f)) => f.role.word(),
        (None, None) => "",
    }
}

/// Replaces what was found; what is looked at stays, where it is found again.
pub fn adopt(look: &mut Look, old: Option<&Found>, new: Option<&Found>) {
    let (Some(old), Some(new)) = (old, new) else {
        if new.is_none() {
            *look = Look::default();
        }
        return;
    };
    if std::sync::Arc::ptr_eq(&old.anchors, &new.anchors) {
        return; // the same, carried over to what has grown
    }
    let again = |i: usize| {
        let anchor: &FindingAnchor = old.anchors.get(i)?;
        let exactly = new.anchors.iter().position(|a| a == anchor);
        exactly.or_else(|| new.anchors.iter().position(|a| a.is_kin(anchor)))
    };
    look.finding = look.finding.and_then(again);
    look.story = look.story.and_then(|s| {
        let mut members = old.findings.stories.get(s)?.members();
        let first = members.find_map(again)?;
        new.findings.stories.iter().position(|s| s.members().any(|i| i == first))
    });
    look.chosen &= look.story.is_some();
    look.reveal = false;
}

/// Does it.
pub fn run(w: &mut Window, ctx: &egui::Context, act: Act) {
    match act {
        Act::Next => step(w, 1),
        Act::Previous => step(w, -1),
        Act::NextEvidence => step_evidence(w, 1),
        Act::PreviousEvidence => step_evidence(w, -1),
        Act::Confirm => toggle(w, Judgement::Confirmed),
        Act::Dismiss => toggle(w, Judgement::Dismissed),
        Act::RedHerring => toggle(w, Judgement::RedHerring),
        Act::ToReport => {
            if let Some(i) = open_finding(w) {
                let on = w.found.as_ref().is_some_and(|found| is_reported(found, &w.notes, i));
                report(w, &[i], !on);
            }
        }
        Act::Report(findings, on) => report(w, &findings, on),
        Act::CopyText => copy(w, ctx, false),
        Act::CopyMarkdown => copy(w, ctx, true),
        Act::Again => w.reading.search(),
        Act::Open(i) if w.view.look.finding == Some(i) => w.view.look.finding = None,
        Act::Open(i) => open(w, i),
        Act::Show(i) => show(w, i),
        Act::Story(s) => story(w, s),
        Act::Jump(i, id) => jump(w, i, id),
        Act::Judge(i, judgement) => judge(w, i, judgement),
        Act::Copy(text, what) => {
            // It will be pasted into a shell: nothing that a log line put into it may act there unseen.
            let mut clean = String::new();
            push_clean(&mut clean, &text);
            ctx.copy_text(clean);
            w.view.message = Some(format!("{what} copied"));
        }
        Act::Revealed => w.view.look.reveal = false,
    }
}

/// The report tells a finding because the analyst wants it to.
pub fn is_reported(found: &Found, notes: &Notes, finding: usize) -> bool {
    let case = notes.case();
    !case.report.findings.is_empty() && found.anchors.get(finding).is_some_and(|anchor| case.reports(anchor))
}

fn report(w: &mut Window, findings: &[usize], on: bool) {
    let Some(found) = &w.found else { return };
    let anchors: Vec<FindingAnchor> = findings.iter().filter_map(|&i| found.anchors.get(i)).cloned().collect();
    w.notes.set_reported(&w.shown.analysis, &anchors, on);
    let n = w.notes.case().report.findings.len() as u64;
    w.view.message = Some(match (on, n) {
        (true, _) => format!("added: the report tells {}", text::plural(n, "finding", "findings")),
        (false, 0) => "taken out: the report tells all findings again".to_owned(),
        (false, _) => format!("taken out: the report tells {}", text::plural(n, "finding", "findings")),
    });
}

fn sections(w: &Window) -> Sections {
    w.found.as_ref().map(|found| Sections::of(found, &w.notes)).unwrap_or_default()
}

fn open_finding(w: &mut Window) -> Option<usize> {
    let open = w.view.look.finding;
    if open.is_none() {
        w.view.message = Some("no finding is open".to_owned());
    }
    open
}

/// Opens a finding; its story's path is drawn.
fn open(w: &mut Window, finding: usize) {
    w.view.show_tab(Tab::Findings);
    let look = &mut w.view.look;
    look.finding = Some(finding);
    let sections = w.found.as_ref().map(|found| Sections::of(found, &w.notes)).unwrap_or_default();
    if let Some(told) = sections.story_of(finding) {
        look.chosen |= look.story.is_some_and(|s| s != told.story);
        look.story = Some(told.story);
    }
}

fn step(w: &mut Window, by: isize) {
    let order = sections(w).order();
    let here = w.view.look.finding.and_then(|f| order.iter().position(|&i| i == f));
    let next = match here {
        Some(here) => here.checked_add_signed(by),
        None if by > 0 => Some(0),
        None => order.len().checked_sub(1),
    };
    let Some(finding) = next.and_then(|n| order.get(n).copied()) else {
        let what = if order.is_empty() { "nothing was found" } else { "no further finding" };
        w.view.message = Some(what.to_owned());
        return;
    };
    show(w, finding);
}

fn show(w: &mut Window, finding: usize) {
    open(w, finding);
    w.view.look.reveal = true;
    let at = w.found.as_ref().and_then(|f| place(&w.shown, &f.findings, finding));
    if let Some(id) = at {
        jump(w, finding, id);
    }
}

fn step_evidence(w: &mut Window, by: isize) {
    let Some(finding) = open_finding(w) else { return };
    let Some(f) = w.found.as_ref().and_then(|f| f.findings.list.get(finding)) else { return };
    let n = w.shown.analysis.events.len();
    let ids: Vec<EventId> = f.evidence.iter().map(|e| e.event).filter(|id| id.idx() < n).collect();
    let here = w.view.chosen.and_then(|id| ids.iter().position(|&i| i == id));
    let next = match here {
        Some(here) => here.checked_add_signed(by),
        None if by > 0 => Some(0),
        None => ids.len().checked_sub(1),
    };
    match next.and_then(|n| ids.get(n).copied()) {
        Some(id) => jump(w, finding, id),
        None => w.view.message = Some("no further evidence of this finding".to_owned()),
    }
}

fn jump(w: &mut Window, finding: usize, id: EventId) {
    if id.idx() >= w.shown.analysis.events.len() {
        return;
    }
    w.view.show_tab(Tab::Findings);
    w.view.look.finding = Some(finding);
    w.view.choose(&w.shown, id);
    if let Ok(row) = w.shown.row_of(id) {
        let (top, page) = (w.view.scroll.top, w.layout.list.get().page());
        let seen = (top + 2..(top + page).saturating_sub(2)).contains(&w.view.list.opened.unit(row as u64));
        // What surrounds the record tells as much as it does itself.
        w.view.show_row(&w.layout, row, !seen);
    }
}

/// Chooses a story: its path is drawn, the rest steps back, its first step is led to. The same once more lets it go.
fn story(w: &mut Window, story: usize) {
    w.view.show_tab(Tab::Findings);
    let look = &mut w.view.look;
    if look.chosen && look.story == Some(story) {
        *look = Look { finding: look.finding, chosen: true, ..Look::default() };
        return;
    }
    *look = Look { story: Some(story), chosen: true, finding: None, reveal: false };
    let sections = sections(w);
    let Some((told, found)) = sections.stories.iter().find(|s| s.story == story).zip(w.found.as_ref()) else { return };
    let at: Vec<EventId> = told.steps.iter().filter_map(|&i| place(&w.shown, &found.findings, i)).collect();
    fit(w, &at);
    if let (Some(&finding), Some(&id)) = (told.steps.first(), at.first()) {
        jump(w, finding, id);
        // All steps are seen at one glance; what proves them is a click away.
        w.view.look.finding = None;
    }
}

/// Shows the time of these events, with room around it.
fn fit(w: &mut Window, at: &[EventId]) {
    let times: Vec<i64> = at.iter().filter_map(|&id| w.shown.time(id)).collect();
    let (Some(&first), Some(&last)) = (times.iter().min(), times.iter().max()) else { return };
    let folds = w.view.lanes.folds(&w.shown);
    let range = folds.drawn_range(TimeRange::new(first, last));
    let span = (range.span() / ROOM).max(LEAST);
    let wide = range.zoomed(range.span() / span, 0.5);
    if w.shown.extent.is_none_or(|all| folds.drawn_range(all).span() > wide.span()) {
        // Effects spread to the right of where they begin, and so do their words.
        let seen = folds.moved(TimeRange::new(first, last), |_| wide.panned(0.08));
        w.view.show_range(&w.shown, seen);
    } else {
        w.view.range = None;
    }
}

fn toggle(w: &mut Window, judgement: Judgement) {
    let Some(finding) = open_finding(w) else { return };
    let now = w.found.as_ref().and_then(|found| verdict(found, &w.notes, finding));
    judge(w, finding, if now == Some(judgement) { None } else { Some(judgement) });
}

fn judge(w: &mut Window, finding: usize, judgement: Option<Judgement>) {
    let Some(anchor) = w.found.as_ref().and_then(|f| f.anchors.get(finding)) else { return };
    w.notes.judge(&w.shown.analysis, anchor, judgement);
    let away = matches!(judgement, Some(Judgement::Dismissed | Judgement::RedHerring));
    if away && w.view.look.finding == Some(finding) {
        w.view.look.finding = None;
    }
    w.view.message = Some(match judgement {
        Some(judgement) => format!("finding: {}; Ctrl+Z takes it back", judgement.word()),
        None => "verdict taken back".to_owned(),
    });
}

fn copy(w: &mut Window, ctx: &egui::Context, markdown: bool) {
    let Some(finding) = open_finding(w) else { return };
    let Some(found) = &w.found else { return };
    let Some(f) = found.findings.list.get(finding) else { return };
    let text = told(w.shown.judge(), &found.findings, finding, f, w.view.zone, markdown);
    ctx.copy_text(text);
    w.view.message = Some(format!("finding copied{}", if markdown { " as Markdown" } else { "" }));
}

fn told(
    analysis: &crate::analysis::Analysis,
    findings: &Findings,
    at: usize,
    f: &Finding,
    zone: crate::time::zone::Zone,
    markdown: bool,
) -> String {
    let part = part(findings, at);
    if markdown {
        export::finding::markdown(analysis, part, f, zone)
    } else {
        export::findings::finding_text(analysis, part, f, zone).trim_start().to_owned()
    }
}

/// Words of a finding as they may be drawn.
pub fn words(words: &str) -> String {
    text::neutral(words, 4_000).0
}

impl ViewState {
    /// Shows a page beside the timeline, because the user asked for it.
    pub fn show_tab(&mut self, tab: Tab) {
        self.inspector = true;
        self.tab = tab;
        self.tab_chosen = true;
    }

    /// Lets a story go; false when none was chosen.
    pub fn forget_story(&mut self) -> bool {
        let chosen = self.look.chosen && self.look.story.is_some();
        if chosen {
            self.look = Look { chosen: true, ..Look::default() };
        }
        chosen
    }
}
