//! From a filter's text to its terms, each with its place; a text that is not finished yet is taken as far as it goes.

use std::ops::Range;

use super::language::Key;

/// What is wrong with a filter's text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Byte offset in the text.
    pub at: usize,
    /// The term that it stands in, in bytes.
    pub term: Range<usize>,
    /// One sentence, lower case, no full stop.
    pub message: String,
    /// It would be right if more followed: an open quote, a key without a value.
    pub unfinished: bool,
}

/// A value of a term.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Value {
    /// Where it begins, in bytes of the whole text.
    pub at: usize,
    pub text: String,
    pub quoted: bool,
}

/// A term as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub span: Range<usize>,
    pub negated: bool,
    pub key: Option<Key>,
    /// What it asks for; several only behind a key.
    pub values: Vec<Value>,
    pub is_regex: bool,
    /// Where a quote or stroke was opened and never closed.
    pub open: Option<usize>,
}

/// The places of the terms of a text, in bytes; the last may be unfinished.
pub fn spans(text: &str) -> Vec<Range<usize>> {
    scan(text).into_iter().map(|w| w.span).collect()
}

/// How far a text is finished, in bytes: up to there its terms end in white space, with no quote left open.
pub fn finished(text: &str) -> usize {
    match scan(text).last() {
        Some(last) if last.open.is_some() || last.span.end == text.len() => last.span.start,
        _ => text.len(),
    }
}

/// True when a text is read as one word and nothing else.
pub(super) fn is_plain_word(text: &str) -> bool {
    let scanned = scan(text);
    matches!(scanned.as_slice(), [one] if one.key.is_none() && !one.negated && !one.is_regex && wrong_level(text).is_none())
}

/// Takes a text apart.
pub(super) fn scan(text: &str) -> Vec<Written> {
    let mut scanner = Scanner { text, at: 0 };
    std::iter::from_fn(|| scanner.term()).collect()
}

/// What was meant by a key that nearly is one.
pub(super) fn wrong_level(word: &str) -> Option<&'static str> {
    let rest = word.strip_prefix("level")?;
    let meant = [("=>", "level>="), ("=<", "level<="), (">", "level>="), ("<", "level<="), ("=", "level:")];
    let found = meant.iter().find(|(wrong, _)| rest.starts_with(wrong) && rest.len() > wrong.len());
    found.map(|(_, right)| *right)
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn term(&mut self) -> Option<Written> {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let start = self.at;
        let behind = rest.strip_prefix('-').filter(|r| r.chars().next().is_some_and(|c| !c.is_whitespace()));
        self.at += usize::from(behind.is_some());
        let key = Key::at_start(self.rest());
        self.at += key.map_or(0, |k| k.written().len());
        let mut term = Written {
            span: start..start,
            negated: behind.is_some(),
            key,
            values: Vec::new(),
            is_regex: false,
            open: None,
        };
        loop {
            let quote = self.rest().bytes().next().filter(|q| *q == b'"' || (*q == b'/' && key.is_none()));
            match quote {
                Some(quote) => self.quoted(quote, &mut term),
                None => self.plain(&mut term),
            }
            let more = key.is_some() && term.open.is_none() && self.rest().starts_with('|');
            if !more {
                break;
            }
            self.at += 1;
        }
        term.span.end = self.at;
        Some(term)
    }

    fn plain(&mut self, term: &mut Written) {
        let stops = |c: char| c.is_whitespace() || (c == '|' && term.key.is_some());
        let rest = self.rest();
        let value = rest.get(..rest.find(stops).unwrap_or(rest.len())).unwrap_or_default();
        term.values.push(Value { at: self.at, text: value.to_owned(), quoted: false });
        self.at += value.len();
    }

    fn quoted(&mut self, quote: u8, term: &mut Written) {
        term.is_regex = quote == b'/';
        let inside = self.text.get(self.at + 1..).unwrap_or_default();
        let end = closing(inside, quote);
        if end.is_none() {
            term.open = Some(self.at);
        }
        let value = inside.get(..end.unwrap_or(inside.len())).unwrap_or_default();
        let text = if term.is_regex { value.replace("\\/", "/") } else { unescaped(value) };
        term.values.push(Value { at: self.at + 1, text, quoted: true });
        self.at += 1 + value.len() + usize::from(end.is_some());
    }
}

/// The closing quote or stroke; a backslash protects the next character.
fn closing(text: &str, quote: u8) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|b| {
        let end = b == quote && !escaped;
        escaped = b == b'\\' && !escaped;
        end
    })
}

/// Backslashes stay where they protect nothing: people paste paths of Windows.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match chars.peek() {
            Some(&next) if c == '\\' && matches!(next, '"' | '\\') => {
                out.push(next);
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}
