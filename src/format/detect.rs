//! Which formats a source has: every definition is tried on its first records, and some further on.
//!
//! A file may hold several formats (a crash's text in a server's log, two programs on one standard
//! error). Each sampled line goes to the highest-ranking format that matches it; formats with a share
//! of the lines are kept, highest rank first, and that is also the order in which reading tries them.

use std::sync::Arc;

use crate::format::decoder::json;
use crate::format::definition::{Decoder, Definition, Definitions};
use crate::format::form::Form;
use crate::format::inner::{self, Inner};

/// How much of a file's begin is sampled, and of two places further on.
const HEAD: usize = 96 * 1024;
const FURTHER: usize = 16 * 1024;
const HEAD_LINES: usize = 300;
const FURTHER_LINES: usize = 40;
/// A line is sampled up to here.
const LINE: usize = 16 * 1024;

/// The formats of one source, as learned from it.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Tried in this order on every line.
    pub forms: Vec<Form>,
    /// Which of them most lines have.
    pub primary: usize,
    /// Share of the sampled lines that some format explains, 0 to 1.
    pub confidence: f32,
    /// Records are JSON objects over several lines, with so many blanks before each.
    pub spread: Option<usize>,
}

impl Plan {
    /// The format that most lines have.
    pub fn primary(&self) -> Option<&Form> {
        self.forms.get(self.primary)
    }
}

/// Recognises the formats of a text.
pub fn detect(text: &[u8], definitions: &Definitions) -> Plan {
    detect_as(text, definitions, None)
}

/// How many of the sampled lines of a text each format would explain by itself, the most first; and how many there are.
pub fn candidates(text: &[u8], definitions: &Definitions) -> (Vec<(String, usize)>, usize) {
    let lines = sample(text);
    let mut scratch = Vec::new();
    let mut out: Vec<(u8, String, usize)> = Vec::new();
    for definition in by_rank(definitions, |_| true) {
        let Some(form) = Form::learn(definition, &lines, &[]) else { continue };
        let n = claim(&form, 0, &lines, &mut vec![None; lines.len()], &mut scratch);
        if n > 0 || definition.decoder == Decoder::Text {
            out.push((definition.rank, definition.name.clone(), n));
        }
    }
    out.sort_by_key(|(rank, name, n)| (std::cmp::Reverse((*n, *rank)), name.clone()));
    (out.into_iter().map(|(_, name, n)| (name, n)).collect(), lines.len())
}

/// As [`detect`]; when a format is given, it and no other is taken, and what it does not explain is not explained.
pub fn detect_as(text: &[u8], definitions: &Definitions, only: Option<&str>) -> Plan {
    if let Some(plan) = detect_spread(text, definitions, only) {
        return plan;
    }
    let lines = sample(text);
    if lines.is_empty() {
        return Plan::default();
    }
    let mut scratch = Vec::new();
    let known = |d: &Definition| {
        !matches!(d.decoder, Decoder::Anywhere | Decoder::Text) && only.is_none_or(|name| d.name == name)
    };
    let (mut forms, mut owner) = claimed(definitions, &lines, known, only.is_some());
    let anywhere = by_rank(definitions, |d| d == Decoder::Anywhere).next();
    // Between the records of some formats stands text with stamps of its own.
    let encloses = forms.iter().max_by_key(|(_, n)| *n).is_some_and(|(f, _)| f.definition.encloses);
    if only.is_none() && !encloses || only.is_some() && only == anywhere.map(|d| d.name.as_str()) {
        add_anywhere(definitions, &lines, &mut forms, &mut owner, &mut scratch);
    }
    if forms.is_empty() {
        forms.extend(
            by_rank(definitions, |d| d == Decoder::Text).find_map(|d| Form::learn(d, &lines, &[])).map(|f| (f, 0)),
        );
    }
    finish(forms, text, confidence(&lines, &owner), &lines, definitions, inner::DEPTH)
}

/// Recognises the lines that a wrapper holds. Formats without times say nothing that the wrapper does not.
pub(super) fn detect_inside(text: &[u8], definitions: &Definitions, depth: u8) -> Plan {
    let lines = sample(text);
    let known = |d: &Definition| {
        !matches!(d.decoder, Decoder::Anywhere | Decoder::Text)
            && (depth > 0 || d.inner.is_none())
            && (d.decoder != Decoder::Pattern || d.patterns.iter().any(|(p, _)| p.slot("time").is_some()))
    };
    let (mut forms, mut owner) = claimed(definitions, &lines, known, false);
    if forms.is_empty()
        && let Some(form) =
            by_rank(definitions, |d| d == Decoder::Anywhere).next().and_then(|d| inner::fallback(d, &lines))
    {
        let n = claim(&form, 0, &lines, &mut owner, &mut Vec::new());
        forms.push((form, n));
    }
    finish(forms, text, confidence(&lines, &owner), &lines, definitions, depth)
}

/// Gives each line to the highest-ranking format that matches it, and keeps formats with a share; one that was
/// `asked` for need not tell itself from others.
fn claimed(
    definitions: &Definitions,
    lines: &[&[u8]],
    known: impl Fn(&Definition) -> bool,
    asked: bool,
) -> (Vec<(Form, usize)>, Vec<Option<usize>>) {
    let mut scratch = Vec::new();
    let mut owner: Vec<Option<usize>> = vec![None; lines.len()];
    let mut forms: Vec<(Form, usize)> = Vec::new();
    for definition in by_rank(definitions, |_| true).filter(|d| known(d)) {
        let Some(form) = Form::learn(definition, lines, &[]) else { continue };
        let before = owner.clone();
        let n = claim(&form, forms.len(), lines, &mut owner, &mut scratch);
        if form.only_wraps() && n * 2 <= lines.len() {
            // `name | text` is a table's row, unless most lines are so.
            owner = before;
        } else if n > 0 && (asked || told(&form, forms.len(), lines, &mut owner)) {
            forms.push((form, n));
        }
    }
    drop_rare(&mut forms, &mut owner);
    (forms, owner)
}

fn finish(
    forms: Vec<(Form, usize)>,
    text: &[u8],
    confidence: f32,
    lines: &[&[u8]],
    definitions: &Definitions,
    depth: u8,
) -> Plan {
    let primary = forms.iter().enumerate().max_by_key(|(i, (_, n))| (*n, std::cmp::Reverse(*i))).map_or(0, |(i, _)| i);
    let mut forms: Vec<Form> = forms.into_iter().map(|(form, _)| form).collect();
    for form in &mut forms {
        form.learn_headings(text);
        form.inner = Inner::learn(form, lines, definitions, depth);
    }
    Plan { forms, primary, confidence, spread: None }
}

/// Recognises JSON objects over several lines; nothing else begins a record there.
fn detect_spread(text: &[u8], definitions: &Definitions, only: Option<&str>) -> Option<Plan> {
    let begin = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let blanks = json::spread(begin)?;
    let mut objects: Vec<&[u8]> = Vec::new();
    let mut at = 0;
    while at < begin.len().min(HEAD) && objects.len() < HEAD_LINES {
        let object = json::object_at(begin, at, blanks);
        let end = object.as_ref().map_or(at, |o| o.end);
        objects.extend(object.and_then(|o| begin.get(o)));
        at = end + memchr::memchr(b'\n', begin.get(end..)?).map_or(begin.len(), |n| n + 1);
    }
    let known = |d: &Definition| d.decoder == Decoder::Json && only.is_none_or(|name| d.name == name);
    let (mut forms, owner) = claimed(definitions, &objects, known, only.is_some());
    if !forms.iter().any(|(f, _)| f.has_time()) {
        return None;
    }
    forms.iter_mut().for_each(|(f, _)| f.spread = true);
    let mut plan = finish(forms, begin, confidence(&objects, &owner), &objects, definitions, inner::DEPTH);
    plan.spread = Some(blanks);
    Some(plan)
}

fn by_rank(definitions: &Definitions, want: impl Fn(Decoder) -> bool) -> impl Iterator<Item = &Arc<Definition>> {
    let mut list: Vec<_> = definitions.formats.iter().filter(|d| want(d.decoder)).collect();
    list.sort_by_key(|d| std::cmp::Reverse(d.rank));
    list.into_iter()
}

/// Gives a form every line it matches and that no form before it has.
fn claim(form: &Form, idx: usize, lines: &[&[u8]], owner: &mut [Option<usize>], scratch: &mut Vec<u8>) -> usize {
    let mut n = 0;
    for (line, owner) in lines.iter().zip(owner.iter_mut()).filter(|(_, o)| o.is_none()) {
        if form.head(line, scratch).is_some() {
            *owner = Some(idx);
            n += 1;
        }
    }
    n
}

/// Lines that other programs write too are given back where no other line tells the form.
fn told(form: &Form, idx: usize, lines: &[&[u8]], owner: &mut [Option<usize>]) -> bool {
    if !form.definition.patterns.iter().any(|(_, rule)| rule.shared) {
        return true;
    }
    let mine = lines.iter().zip(owner.iter()).filter(|(_, o)| **o == Some(idx));
    let told = mine.into_iter().any(|(line, _)| form.tells(line));
    if !told {
        owner.iter_mut().filter(|o| **o == Some(idx)).for_each(|o| *o = None);
    }
    told
}

/// Forms that have only a few of many lines matched them by accident.
fn drop_rare(forms: &mut Vec<(Form, usize)>, owner: &mut [Option<usize>]) {
    let total: usize = forms.iter().map(|(_, n)| n).sum();
    let enough = total / 64;
    let mut renamed = Vec::with_capacity(forms.len());
    let mut kept = 0;
    for (_, n) in forms.iter() {
        renamed.push((*n > enough).then(|| {
            kept += 1;
            kept - 1
        }));
    }
    forms.retain(|(_, n)| *n > enough);
    for owner in owner.iter_mut() {
        *owner = owner.and_then(|o| renamed.get(o).copied().flatten());
    }
}

/// The fallback takes lines that nothing else explains, when they are more than stray continuation lines.
fn add_anywhere(
    definitions: &Definitions,
    lines: &[&[u8]],
    forms: &mut Vec<(Form, usize)>,
    owner: &mut [Option<usize>],
    scratch: &mut Vec<u8>,
) {
    let Some(definition) = by_rank(definitions, |d| d == Decoder::Anywhere).next() else { return };
    let others: Vec<Form> = forms.iter().map(|(f, _)| f.clone()).collect();
    let before = owner.to_vec();
    // A line that begins with a stamp as most lines do begins a record, whatever follows the stamp:
    // other programs write into the same file (resource agents into Pacemaker's log).
    let stray = Form::at_line_begin(definition, lines);
    let Some(form) = Form::learn(definition, lines, &others) else {
        forms.extend(stray.filter(|_| !others.is_empty()).map(|form| (form, 0)));
        return;
    };
    let n = claim(&form, forms.len(), lines, owner, scratch);
    let matched: usize = forms.iter().map(|(_, n)| n).sum();
    // Deep in the line of a few lines of many, a stamp is part of a sentence.
    let in_sentences = form.deepest_anchor() > 2 && n * 10 < lines.len();
    if n == 0 || in_sentences || matched > 0 && n * 20 < matched {
        owner.copy_from_slice(&before);
        forms.extend(stray.filter(|_| !others.is_empty()).map(|form| (form, 0)));
        return;
    }
    forms.push((form, n));
}

/// Lines that begin with a blank go on with the one above and speak neither for nor against.
fn confidence(lines: &[&[u8]], owner: &[Option<usize>]) -> f32 {
    let known = owner.iter().filter(|o| o.is_some()).count();
    let unknown = lines
        .iter()
        .zip(owner)
        .filter(|(line, o)| o.is_none() && !line.first().is_some_and(u8::is_ascii_whitespace))
        .count();
    if known == 0 { 0.0 } else { known as f32 / (known + unknown) as f32 }
}

/// Lines of the begin, and some from the middle and the last quarter.
fn sample(text: &[u8]) -> Vec<&[u8]> {
    let start = text.iter().position(|b| *b != 0).unwrap_or(text.len());
    let text = text.get(start..).unwrap_or_default();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut lines = lines_of(text.get(..HEAD.min(text.len())).unwrap_or_default(), HEAD_LINES);
    if text.len() > 2 * HEAD {
        for from in [text.len() / 2, text.len() / 4 * 3] {
            let part = text.get(from..text.len().min(from + FURTHER)).unwrap_or_default();
            let begin = memchr::memchr(b'\n', part).map_or(part.len(), |n| n + 1);
            let whole = memchr::memrchr(b'\n', part).unwrap_or(begin).max(begin);
            lines.extend(lines_of(part.get(begin..whole).unwrap_or_default(), FURTHER_LINES));
        }
    }
    lines
}

fn lines_of(text: &[u8], most: usize) -> Vec<&[u8]> {
    text.split(|b| *b == b'\n')
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l))
        .filter(|l| !l.iter().all(u8::is_ascii_whitespace))
        .map(|l| l.get(..LINE.min(l.len())).unwrap_or(l))
        .take(most)
        .collect()
}
