//! The filter language: which events are shown.
//!
//! [`language`] tells it in a table. [`parse`] takes a text apart, [`term`] reads what each part asks for. What a
//! filter means is told by [`Filter::matches`], event by event; [`fast`] finds the same for all events at once, in
//! whole stretches of the sources' texts.

mod fast;
pub mod language;
mod needle;
mod parse;
mod place;
mod ready;
mod term;

use std::ops::Range;
use std::sync::Arc;

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::fact::Facts;

pub use fast::Passed;
pub use parse::{FilterError, finished, spans};
pub use place::place;
pub use term::Clock;

use ready::Ready;
use term::{Term, Test};

/// What may belong to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Has {
    /// A mark or a comment.
    Note,
    /// A mark without words.
    Mark,
    /// A finding that it proves.
    Finding,
    /// More than one line.
    Lines,
}

/// What a filter may ask for beside the events themselves; what is missing lets nothing pass.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// What records state.
    pub facts: Option<Arc<Facts>>,
    /// The rules that found something, each with the events that prove it.
    pub findings: Vec<(String, Vec<EventId>)>,
    /// Events with a mark or a comment, and whether there are words.
    pub notes: Vec<(EventId, bool)>,
}

/// What a filter needs of its [`Context`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The facts.
    pub facts: bool,
    /// The findings.
    pub findings: bool,
    /// The notes.
    pub notes: bool,
    /// The times that are shown, so that it answers otherwise in another order.
    pub times: bool,
}

/// A filter, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    terms: Vec<Term>,
    written: Vec<String>,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// What is wrong and where.
    pub fn parse(text: &str, clock: Clock) -> Result<Filter, FilterError> {
        let mut filter = Filter::default();
        for written in parse::scan(text) {
            filter.terms.push(term::read(&written, clock)?);
            filter.written.push(text.get(written.span).unwrap_or_default().to_owned());
        }
        Ok(filter)
    }

    /// True when every event passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Its terms as they are written.
    pub fn terms(&self) -> &[String] {
        &self.written
    }

    /// The same with only its first `n` terms.
    #[must_use]
    pub fn first_terms(&self, n: usize) -> Filter {
        Filter {
            terms: self.terms.iter().take(n).cloned().collect(),
            written: self.written.iter().take(n).cloned().collect(),
        }
    }

    /// What it asks for beside the events.
    pub fn needs(&self) -> Needs {
        let any = |of: &dyn Fn(&Test) -> bool| self.terms.iter().any(|t| of(&t.test));
        let has = |t: &Test, what: &[Has]| matches!(t, Test::Has(all) if all.iter().any(|h| what.contains(h)));
        Needs {
            facts: any(&|t| matches!(t, Test::Fact(_))),
            findings: any(&|t| matches!(t, Test::Rule(_)) || has(t, &[Has::Finding])),
            notes: any(&|t| has(t, &[Has::Note, Has::Mark])),
            times: any(&|t| matches!(t, Test::Before(_) | Test::After(_))),
        }
    }

    /// True when the event passes. This is what a filter means.
    pub fn matches(&self, analysis: &Analysis, context: &Context, id: EventId) -> bool {
        Ready::new(self, analysis, context).passes(id)
    }

    /// The events that pass, asked one after the other: slow, and what [`Filter::search`] is held against.
    pub fn matching(&self, analysis: &Analysis, context: &Context) -> Vec<EventId> {
        let ready = Ready::new(self, analysis, context);
        let n = u32::try_from(analysis.events.len()).unwrap_or(u32::MAX);
        (0..n).map(EventId).filter(|id| ready.passes(*id)).collect()
    }

    /// True when what passes this passes `other` as well, as far as can be told from the words.
    pub fn narrows(&self, other: &Filter) -> bool {
        let kept = |(term, written): (&Term, &String)| {
            self.written.contains(written) || self.terms.iter().any(|mine| mine.implies(term))
        };
        !other.is_empty() && other.terms.iter().zip(&other.written).all(kept)
    }

    /// Where the words that it asks for stand in a text, in bytes, in order and apart from each other.
    pub fn places(&self, text: &str) -> Vec<Range<usize>> {
        let mut all = Vec::new();
        for term in self.terms.iter().filter(|t| !t.negated) {
            match &term.test {
                Test::Text(needle) => needle.places(text, &mut all),
                Test::Id(ids) => ids.iter().for_each(|id| {
                    let mut found = Vec::new();
                    id.needle.places(text, &mut found);
                    all.extend(found.into_iter().filter(|f| term::is_whole(text.as_bytes(), f)));
                }),
                _ => {}
            }
        }
        all.sort_by_key(|r| (r.start, r.end));
        let mut out: Vec<Range<usize>> = Vec::new();
        for range in all {
            match out.last_mut() {
                Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
                _ => out.push(range),
            }
        }
        out
    }
}

/// A line that tells the keys, for messages.
pub fn keys() -> String {
    term::keys()
}

#[cfg(test)]
mod tests;
