//! Every text of a report that comes from logs, the analyst or file names, in one fixed order: what redaction reads
//! and replaces.

use super::{Authored, Brief, Document, FindingDoc, Row};

/// What is done to each text; the first is the name of its field.
type Each<'a> = &'a mut dyn FnMut(Option<&str>, &mut String);

impl Document {
    /// Hands every such text to `f`, which may change it, with its field's name where it has one. Always in the same
    /// order.
    pub fn texts(&mut self, f: Each<'_>) {
        f(None, &mut self.title);
        self.authors.iter_mut().for_each(|text| f(None, text));
        f(None, &mut self.summary_markdown);
        self.overview.hosts.iter_mut().for_each(|text| f(None, text));
        self.of_picture(f);
        self.timeline.rows.iter_mut().for_each(|row| of_row(row, f));
        for story in &mut self.stories {
            f(None, &mut story.title);
            story.findings.iter_mut().for_each(|finding| of_finding(finding, f));
        }
        self.singles.iter_mut().for_each(|finding| of_finding(finding, f));
        for herring in &mut self.red_herrings {
            f(None, &mut herring.title);
            f(None, &mut herring.why);
        }
        self.also_seen.iter_mut().for_each(|Brief { title, .. }| f(None, title));
        for note in &mut self.notes {
            f(None, &mut note.place);
            of_author(&mut note.markdown, f);
            note.tags.iter_mut().for_each(|text| f(None, text));
        }
        for action in &mut self.actions {
            f(None, &mut action.words);
            action.because.iter_mut().for_each(|text| f(None, text));
        }
        for clock in &mut self.clocks {
            f(None, &mut clock.host);
            f(None, &mut clock.words);
        }
        for assumption in &mut self.assumptions {
            f(None, &mut assumption.file);
            assumption.words.iter_mut().for_each(|text| f(None, text));
        }
        for source in &mut self.sources {
            f(None, &mut source.file);
            f(None, &mut source.host);
        }
        self.of_evidence(f);
        self.trouble.iter_mut().for_each(|text| f(None, text));
    }

    fn of_picture(&mut self, f: Each<'_>) {
        self.picture.views.iter_mut().flat_map(|v| &mut v.lanes).for_each(|lane| f(None, &mut lane.host));
        for step in &mut self.picture.steps {
            f(None, &mut step.host);
            f(None, &mut step.title);
        }
        self.picture.flags.iter_mut().for_each(|flag| f(None, &mut flag.markdown));
    }

    fn of_evidence(&mut self, f: Each<'_>) {
        for e in &mut self.evidence {
            f(None, &mut e.file);
            f(None, &mut e.host);
            let mut text = String::from_utf8_lossy(&e.raw).into_owned();
            let before = text.clone();
            f(None, &mut text);
            if text != before {
                e.raw = text.into_bytes();
                // The hash of what is not shown would tell who guesses it right.
                e.hash.clear();
            }
        }
    }
}

fn of_author(a: &mut Authored, f: Each<'_>) {
    f(None, &mut a.text);
    f(None, &mut a.author);
}

fn of_row(row: &mut Row, f: Each<'_>) {
    f(None, &mut row.host);
    f(None, &mut row.file);
    row.words.iter_mut().for_each(|text| f(None, text));
    row.markdown.iter_mut().for_each(|a| of_author(a, f));
    f(None, &mut row.log);
}

fn of_finding(finding: &mut FindingDoc, f: Each<'_>) {
    f(None, &mut finding.title);
    f(None, &mut finding.explanation);
    finding.keys.iter_mut().for_each(|(name, value)| f(Some(name), value));
    finding.hosts.iter_mut().for_each(|text| f(None, text));
    finding.evidence.iter_mut().for_each(|(_, words)| f(None, words));
    finding.expected.iter_mut().for_each(|e| f(None, &mut e.words));
    f(None, &mut finding.verify);
    f(None, &mut finding.prevent);
}
