//! A report with pseudonyms in place of what identifies people and machines.

use super::{Document, Input};
use crate::redact::{Learner, Redactor, Replaced, Rules};

impl Document {
    /// What the report says, with what `rules` name replaced, and what that was. Texts are shortened only afterwards,
    /// so that no half of a secret stays.
    pub fn redacted(input: Input<'_>, rules: Rules) -> (Document, Vec<Replaced>) {
        let mut doc = Document::gather(input);
        let mut learner = Learner::new(rules, &doc.overview.hosts);
        doc.texts(&mut |name, text| match name {
            Some(name) => learner.read_field(name, text),
            None => learner.read(text),
        });
        let redactor = learner.finish();
        let mut texts = Vec::new();
        doc.texts(&mut |_, text| texts.push(text.clone()));
        let replaced = redactor.preview(&texts);
        doc.replace(&redactor);
        doc.shorten();
        (doc, replaced)
    }

    fn replace(&mut self, redactor: &Redactor) {
        self.texts(&mut |name, text| {
            let new = match name {
                Some(name) => redactor.apply_field(name, text),
                None => redactor.apply(text),
            };
            if let std::borrow::Cow::Owned(new) = new {
                *text = new;
            }
        });
        self.redacted = true;
        self.kept = None;
    }
}
