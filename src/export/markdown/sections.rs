//! What the postmortem opens with: what happened, what users felt, why, who noticed, what to do.

use super::escape::{Place, code, words};
use super::parts::Block;
use super::{Writer, author, capital};
use crate::case::Kind;
use crate::case::figures::By;
use crate::export::document::{Action, FindingDoc, Length, MomentDoc, NoteDoc};
use crate::words::count;

/// Most numbers of evidence behind a sentence; the findings have them all.
const FEW: usize = 3;

impl Writer<'_> {
    /// The date, or the first and the last.
    pub(super) fn date(&self) -> String {
        let of = |s: &Option<crate::export::document::Stamp>| s.as_ref().map(|s| s.date.clone());
        match (of(&self.doc.overview.first), of(&self.doc.overview.last)) {
            (Some(a), Some(b)) if a != b => format!("{a} – {b}"),
            (Some(a), _) => a,
            (None, _) => "—".to_owned(),
        }
    }

    pub(super) fn authors(&self) -> String {
        let list: Vec<String> = self.doc.authors.iter().map(|a| self.short(a)).collect();
        if list.is_empty() { "—".to_owned() } else { list.join(", ") }
    }

    pub(super) fn zones(&self) -> String {
        let second = self.doc.second_zone.as_ref().map_or_else(String::new, |z| format!(" and {}", self.short(z)));
        self.short(&self.doc.zone) + &second
    }

    /// The quotation at the top: impact, detection, recovery, and how long they took.
    pub(super) fn figures(&self) -> Vec<Block> {
        let f = &self.doc.figures;
        let at = |m: &Option<MomentDoc>| self.at_or_dash(m.as_ref().map(|m| &m.at));
        let impact = match (&f.impact_start, f.impact_end.as_ref().or(f.recovery.as_ref())) {
            (None, _) => "—".to_owned(),
            (Some(_), Some(end)) => format!("{} – {}{}", at(&f.impact_start), self.at(&end.at), long(&f.impact)),
            (Some(_), None) => {
                let end = self.doc.overview.last.as_ref();
                let end = end.map_or_else(String::new, |s| format!("(end of logs, {})", self.at(s)));
                format!("{} – {end}", at(&f.impact_start))
            }
        };
        let mut parts = vec![format!("**Impact** {impact}")];
        for (name, moment, took) in [
            ("detected", &f.detection, &f.to_detect),
            ("mitigated", &f.mitigation, &f.to_mitigate),
            ("recovered", &f.recovery, &f.to_recover),
        ] {
            // Mitigation is not asked of every incident; detection and recovery are.
            if moment.is_some() || name != "mitigated" {
                let after = took.as_ref().map_or_else(String::new, |t| format!(" (after {})", t.words));
                parts.push(format!("**{name}** {}{after}", at(moment)));
            }
        }
        let mut out = vec![Block::Text(format!("> {}", parts.join(" · ")))];
        out.push(Block::Text(self.about_times()));
        out
    }

    /// `All times UTC. Clocks corrected: …`.
    fn about_times(&self) -> String {
        let zone = self.short(&self.doc.zone);
        if self.doc.overview.hosts.len() < 2 {
            return format!("All times {zone}.");
        }
        if !self.doc.clocks_measured {
            return format!(
                "All times {zone}, as recorded: clocks were not corrected, so the order of events on different hosts is \
                 only as good as their clocks."
            );
        }
        let applied = self.doc.clocks.iter().filter(|c| c.applied && c.anchor != "assumed" && c.off != "in step");
        let list: Vec<String> = applied
            .filter(|c| c.offset_s.abs() > 0.0)
            .map(|c| {
                format!("{} was {} (±{})", self.short(&c.host), words(&c.off, Place::Flow), words(&c.band, Place::Flow))
            })
            .collect();
        let see = if self.linked && self.template.has("clocks") { " (see [Clocks](#clocks))" } else { "" };
        if list.is_empty() {
            return format!("All times {zone}; no clock had to be corrected{see}.");
        }
        format!("All times {zone}, clocks corrected: {}{see}.", list.join(", "))
    }

    /// The author's words; else what the first story says, and what it is known from.
    pub(super) fn summary(&self) -> Vec<Block> {
        if !self.doc.summary_markdown.trim().is_empty() {
            let (shown, cut) = super::parts::shortened(&self.doc.summary_markdown, self.most, "the case has the rest");
            let cut = cut.map(|c| Block::Text(format!("… ({c})")));
            return std::iter::once(Block::Text(author::block(&shown))).chain(cut).collect();
        }
        let mut out = match self.main() {
            Some(story) => format!("{}. ", self.flow(story.title.trim_end_matches('.'))),
            None => "Nothing is out of order that the rules know. ".to_owned(),
        };
        let o = &self.doc.overview;
        let some = |n: usize, one: &str, more: &str| format!("{} {}", count(n as u64), if n == 1 { one } else { more });
        let hosts = some(o.hosts.len(), "host", "hosts");
        out.push_str(&format!(
            "Told from {} of {hosts}, {}",
            some(o.files, "file", "files"),
            some(o.events, "event", "events")
        ));
        if let (Some(first), Some(last)) = (&o.first, &o.last) {
            out.push_str(&format!(" from {} to {}", self.at(first), self.at(last)));
        }
        out.push('.');
        let more = self.doc.stories.len().saturating_sub(1);
        let mut blocks = vec![Block::Text(out)];
        if more > 0 {
            let titles = self.doc.stories.iter().skip(1).map(|s| format!("- {}", self.flow(&s.title))).collect();
            blocks.push(Block::Text("Found as well, told among the findings:".to_owned()));
            blocks.push(Block::List(titles));
        }
        blocks
    }

    /// What users felt, and for how long.
    pub(super) fn impact(&self) -> Vec<Block> {
        let f = &self.doc.figures;
        let mut out = Vec::new();
        let start = f.impact_start.as_ref().map(|m| {
            let by = if m.by == By::Logs { ", the first effect that the logs show" } else { "" };
            format!("Began at {}{by}{}.", self.at(&m.at), self.numbers(m.evidence.into_iter()))
        });
        let end = match (&f.impact_start, f.impact_end.as_ref().or(f.recovery.as_ref())) {
            (None, None) => None,
            (_, Some(m)) => Some(format!("Ended at {}{}.", self.at(&m.at), long(&f.impact))),
            (Some(_), None) => Some("Its end is not marked.".to_owned()),
        };
        let told: Vec<String> = start.into_iter().chain(end).collect();
        if !told.is_empty() {
            out.push(Block::Text(told.join(" ")));
        }
        self.push_marked(&mut out, &[Kind::ImpactStart, Kind::ImpactEnd]);
        self.push_told(&mut out, "impact");
        if out.is_empty() {
            out.push(Block::Text("Not marked, and no finding tells of it.".to_owned()));
        }
        out
    }

    /// The defects, and what stood between the trigger and the impact.
    pub(super) fn root_causes(&self) -> Vec<Block> {
        let mut out = Vec::new();
        self.push_marked(&mut out, &[Kind::Diagnosis]);
        self.push_told(&mut out, "defect");
        if out.is_empty() {
            let trigger = self.of_part("trigger");
            let why = if trigger.is_empty() { "—" } else { "No defect was found beside the trigger." };
            out.push(Block::Text(why.to_owned()));
        }
        if !self.of_part("contributing").is_empty() {
            out.push(Block::Text("Contributing, between the trigger and the impact:".to_owned()));
            self.push_told(&mut out, "contributing");
        }
        out
    }

    /// What began it.
    pub(super) fn trigger(&self) -> Vec<Block> {
        let mut out = Vec::new();
        self.push_marked(&mut out, &[Kind::Trigger]);
        self.push_told(&mut out, "trigger");
        if out.is_empty() {
            out.push(Block::Text("—".to_owned()));
        }
        out
    }

    /// Who noticed.
    pub(super) fn detection(&self) -> Vec<Block> {
        let mut out = Vec::new();
        self.push_marked(&mut out, &[Kind::Detection]);
        if out.is_empty() {
            out.push(Block::Text("Not marked.".to_owned()));
        } else if let Some(took) = &self.doc.figures.to_detect {
            out.push(Block::Text(format!("Time to detect: {}.", took.words)));
        }
        out
    }

    /// How it ended.
    pub(super) fn resolution(&self) -> Vec<Block> {
        let mut out = Vec::new();
        self.push_marked(&mut out, &[Kind::Mitigation, Kind::Recovery]);
        if out.is_empty() {
            let end = self.doc.overview.last.as_ref();
            let end = end.map_or_else(String::new, |s| format!("; the logs end at {}", self.at(s)));
            out.push(Block::Text(format!("Not marked{end}.")));
        }
        let f = &self.doc.figures;
        let took = |name: &str, l: &Option<Length>| l.as_ref().map(|l| format!("Time to {name}: {}.", l.words));
        let took: Vec<String> =
            took("mitigate", &f.to_mitigate).into_iter().chain(took("recover", &f.to_recover)).collect();
        if !took.is_empty() {
            out.push(Block::Text(took.join(" ")));
        }
        out
    }

    /// What the analyst marked as one of these.
    fn push_marked(&self, out: &mut Vec<Block>, kinds: &[Kind]) {
        let marked = self.doc.notes.iter().filter(|n| kinds.contains(&n.kind));
        let list: Vec<String> = marked.map(|n| self.marked(n)).collect();
        if !list.is_empty() {
            out.push(Block::List(list));
        }
    }

    fn marked(&self, note: &NoteDoc) -> String {
        let until = note.until.as_ref().map_or_else(String::new, |u| format!(" – {}", self.at(u)));
        let text = self.authored(&note.markdown.text, Place::Flow, "the case has the rest");
        let text = if text.is_empty() { text } else { format!(" — {text}") };
        let number = self.numbers(note.evidence.into_iter());
        format!("- **{}** {}{until}{text}{number}", note.kind.title(), self.at_or_dash(note.at.as_ref()))
    }

    /// The findings of a part: what, how it is known, on which records.
    fn push_told(&self, out: &mut Vec<Block>, part: &str) {
        let list: Vec<String> = self.of_part(part).into_iter().map(|f| self.told(f)).collect();
        if !list.is_empty() {
            out.push(Block::List(list));
        }
    }

    fn told(&self, f: &FindingDoc) -> String {
        let mut sure = vec![f.certainty.to_owned()];
        if f.confirmed {
            sure.push("confirmed by the analyst".to_owned());
        }
        let explanation =
            if f.explanation.is_empty() { String::new() } else { format!("<br>{}", self.flow(&f.explanation)) };
        let numbers = self.numbers(f.evidence.iter().map(|(n, _)| *n).take(FEW));
        format!("- **{}** ({}){explanation}{numbers}", self.title(&f.title), sure.join(", "))
    }

    /// What would prevent it.
    pub(super) fn action_items(&self) -> Vec<Block> {
        let mut rows: Vec<(String, Vec<&String>)> = Vec::new();
        for action in self.doc.actions.iter().filter(|a| a.kind == "prevent") {
            for one in action.words.split("; ").map(str::trim).filter(|w| !w.is_empty()) {
                let one = capital(one);
                match rows.iter_mut().find(|(words, _)| *words == one) {
                    Some((_, because)) => because.extend(&action.because),
                    None => rows.push((one, action.because.iter().collect())),
                }
            }
        }
        let mut above: Vec<String> = Vec::new();
        let row = |(words, because): (String, Vec<&String>)| {
            if above.iter().eq(because.iter().copied()) {
                return format!("| {} | prevent | the same | | |", self.words(&words, Place::Cell));
            }
            above = because.iter().map(|b| (*b).clone()).collect();
            let more = because.len().saturating_sub(2);
            let mut why: Vec<String> = because.iter().take(2).map(|b| self.words(b, Place::Cell)).collect();
            if more > 0 {
                why.push(format!("{more} more"));
            }
            format!("| {} | prevent | {} | | |", self.words(&words, Place::Cell), why.join("; "))
        };
        let rows: Vec<String> = rows.into_iter().map(row).collect();
        if rows.is_empty() {
            return Vec::new();
        }
        vec![Block::Table("| Action | Type | Because | Owner | Ticket |\n|---|---|---|---|---|".to_owned(), rows)]
    }

    /// What to run or look at now.
    pub(super) fn checks(&self) -> Vec<Block> {
        let list = self.doc.actions.iter().filter(|a| a.kind == "check").map(|a| self.check(a));
        let list: Vec<String> = list.collect();
        if list.is_empty() { Vec::new() } else { vec![Block::List(list)] }
    }

    fn check(&self, action: &Action) -> String {
        let because = action.because.first().map_or_else(String::new, |b| format!("{}: ", self.flow(b)));
        let more = action.because.len().saturating_sub(1);
        let because = if more > 0 { format!("{}, and {more} more: ", because.trim_end_matches(": ")) } else { because };
        // Commands are parted by ` ; `; sentences have no such thing.
        let parts: Vec<&str> = action.words.split(" ; ").map(str::trim).filter(|p| !p.is_empty()).collect();
        // A question is none; among commands, so is what has no sign of one but is as short.
        let named = |p: &str| words(p, Place::Flow).contains('`');
        let all = parts.iter().any(|p| named(p)) && !parts.iter().any(|p| p.ends_with('?'));
        let one = |p: &&str| {
            let command = named(p) || (all && p.split(' ').count() <= 4);
            let command = command && parts.len() > 1 && p.len() < 400 && !p.ends_with('?');
            match p.find("SELECT ") {
                _ if command => code(p, Place::Flow),
                Some(at) => self.query(p, at),
                None => self.flow(p),
            }
        };
        let all: Vec<String> = parts.iter().map(one).collect();
        format!("- {because}{}", all.join(", "))
    }

    /// A sentence with a query in it that begins at `at` and goes on to the place where it is to be asked, or the end.
    fn query(&self, sentence: &str, at: usize) -> String {
        let (before, query) = sentence.split_at_checked(at).unwrap_or(("", sentence));
        let (query, place) =
            query.split_at_checked(query.find(" on every ").unwrap_or(query.len())).unwrap_or((query, ""));
        let parts = [self.flow(before.trim()), code(query.trim(), Place::Flow), self.flow(place.trim())];
        parts.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// ` (68 s)`.
fn long(length: &Option<Length>) -> String {
    length.as_ref().map_or_else(String::new, |l| format!(" ({})", l.words))
}
