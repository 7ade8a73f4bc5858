//! Every text of a report that comes from logs, the analyst or file names, in one fixed order: what redaction reads
//! and replaces.

use super::{Authored, Brief, Document, FindingDoc, Row};

impl Document {
    /// Hands every such text to `f`, which may change it. Always in the same order.
    pub fn texts(&mut self, f: &mut dyn FnMut(&mut String)) {
        f(&mut self.title);
        self.authors.iter_mut().for_each(&mut *f);
        f(&mut self.summary_markdown);
        self.overview.hosts.iter_mut().for_each(&mut *f);
        self.of_picture(f);
        self.timeline.rows.iter_mut().for_each(|row| of_row(row, f));
        for story in &mut self.stories {
            f(&mut story.title);
            story.findings.iter_mut().for_each(|finding| of_finding(finding, f));
        }
        self.singles.iter_mut().for_each(|finding| of_finding(finding, f));
        for herring in &mut self.red_herrings {
            f(&mut herring.title);
            f(&mut herring.why);
        }
        self.also_seen.iter_mut().for_each(|Brief { title, .. }| f(title));
        for note in &mut self.notes {
            f(&mut note.place);
            of_author(&mut note.markdown, f);
            note.tags.iter_mut().for_each(&mut *f);
        }
        for action in &mut self.actions {
            f(&mut action.words);
            action.because.iter_mut().for_each(&mut *f);
        }
        for clock in &mut self.clocks {
            f(&mut clock.host);
            f(&mut clock.words);
        }
        for assumption in &mut self.assumptions {
            f(&mut assumption.file);
            assumption.words.iter_mut().for_each(&mut *f);
        }
        for source in &mut self.sources {
            f(&mut source.file);
            f(&mut source.host);
        }
        self.of_evidence(f);
        self.trouble.iter_mut().for_each(&mut *f);
    }

    fn of_picture(&mut self, f: &mut dyn FnMut(&mut String)) {
        self.picture.views.iter_mut().flat_map(|v| &mut v.lanes).for_each(|lane| f(&mut lane.host));
        for step in &mut self.picture.steps {
            f(&mut step.host);
            f(&mut step.title);
        }
        self.picture.flags.iter_mut().for_each(|flag| f(&mut flag.markdown));
    }

    fn of_evidence(&mut self, f: &mut dyn FnMut(&mut String)) {
        for e in &mut self.evidence {
            f(&mut e.file);
            f(&mut e.host);
            let mut text = String::from_utf8_lossy(&e.raw).into_owned();
            let before = text.clone();
            f(&mut text);
            if text != before {
                e.raw = text.into_bytes();
                // The hash of what is not shown would tell who guesses it right.
                e.hash.clear();
            }
        }
    }
}

fn of_author(a: &mut Authored, f: &mut dyn FnMut(&mut String)) {
    f(&mut a.text);
    f(&mut a.author);
}

fn of_row(row: &mut Row, f: &mut dyn FnMut(&mut String)) {
    f(&mut row.host);
    f(&mut row.file);
    row.words.iter_mut().for_each(&mut *f);
    row.markdown.iter_mut().for_each(|a| of_author(a, f));
    f(&mut row.log);
}

fn of_finding(finding: &mut FindingDoc, f: &mut dyn FnMut(&mut String)) {
    f(&mut finding.title);
    f(&mut finding.explanation);
    finding.keys.iter_mut().for_each(|(_, value)| f(value));
    finding.hosts.iter_mut().for_each(&mut *f);
    finding.evidence.iter_mut().for_each(|(_, words)| f(words));
    finding.expected.iter_mut().for_each(|e| f(&mut e.words));
    f(&mut finding.verify);
    f(&mut finding.prevent);
}
