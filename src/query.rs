//! The filter language: which events are shown.
//!
//! Words must all occur, in any order: `promote "not running"`. `/…/` is a regular expression, `-` in
//! front negates, `host:` `source:` `format:` `level:` `level>=` look at one thing. A word in lower case
//! matches any case.

use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;
use regex::bytes::{Regex, RegexBuilder};

use crate::analysis::Analysis;
use crate::event::EventId;
use crate::format::level::Level;
use crate::source::SourceId;

/// A filter, ready to be asked.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    terms: Vec<Term>,
}

/// What is wrong with a filter's text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    /// Byte offset in the text.
    pub at: usize,
    /// One sentence, lower case, no full stop.
    pub message: String,
}

#[derive(Clone, Debug)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    /// The record's bytes match.
    Text(Regex),
    Host(String),
    Source(String),
    Format(String),
    Level(Level),
    LevelAtLeast(Level),
}

/// A word of the filter's text: what stands before a quote or slash, and what it holds.
struct Word<'a> {
    at: usize,
    negated: bool,
    key: &'a str,
    value: &'a str,
    is_regex: bool,
}

impl Filter {
    /// Reads a filter.
    ///
    /// # Errors
    /// What is wrong and where.
    pub fn parse(text: &str) -> Result<Filter, FilterError> {
        let terms = words(text)?.into_iter().map(|w| term(&w)).collect::<Result<Vec<_>, _>>()?;
        Ok(Filter { terms })
    }

    /// True when every event passes.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// True when the event passes.
    pub fn matches(&self, analysis: &Analysis, id: EventId) -> bool {
        self.terms.iter().all(|t| t.test.holds(analysis, id) != t.negated)
    }

    /// The timeline rows that pass, in order. `None` when `cancel` was set on the way.
    pub fn rows(&self, analysis: &Analysis, cancel: &AtomicBool) -> Option<Vec<u32>> {
        const BLOCK: usize = 16 * 1024;
        let blocks: Vec<Option<Vec<u32>>> = analysis
            .timeline
            .events()
            .par_chunks(BLOCK)
            .enumerate()
            .map(|(b, ids)| {
                if cancel.load(Ordering::Relaxed) {
                    return None;
                }
                let row = |i: usize| u32::try_from(b * BLOCK + i).ok();
                Some(
                    ids.iter()
                        .enumerate()
                        .filter(|(_, id)| self.matches(analysis, **id))
                        .filter_map(|(i, _)| row(i))
                        .collect(),
                )
            })
            .collect();
        let mut rows = Vec::new();
        for block in blocks {
            rows.extend(block?);
        }
        Some(rows)
    }
}

impl Test {
    fn holds(&self, analysis: &Analysis, id: EventId) -> bool {
        match self {
            Test::Text(regex) => regex.is_match(analysis.raw(id)),
            Test::Host(name) => analysis.info(id).and_then(|i| i.host.as_deref()).is_some_and(|h| contains(h, name)),
            Test::Source(name) => analysis.source(id).is_some_and(|s| contains(&s.path, name)),
            Test::Format(name) => contains(analysis.format_name(id), name),
            Test::Level(level) => analysis.events.level(id) == *level,
            Test::LevelAtLeast(level) => analysis.events.level(id) >= *level,
        }
    }
}

fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

fn words(text: &str) -> Result<Vec<Word<'_>>, FilterError> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
            at += 1;
            continue;
        }
        let start = at;
        let negated = bytes.get(at) == Some(&b'-') && bytes.get(at + 1).is_some_and(|b| !b.is_ascii_whitespace());
        at += usize::from(negated);
        let (mut key, mut value_at) = ("", at);
        for candidate in ["host:", "source:", "format:", "level:", "level>="] {
            if text.get(at..).is_some_and(|t| t.starts_with(candidate)) {
                key = candidate;
                value_at = at + candidate.len();
            }
        }
        let quote = bytes.get(value_at).copied().filter(|q| *q == b'"' || (*q == b'/' && key.is_empty()));
        let (value, next) = match quote {
            Some(q) => {
                let inside = text.get(value_at + 1..).unwrap_or_default();
                let Some(end) = closing(inside, q) else {
                    let what = if q == b'"' { "quote" } else { "slash" };
                    return Err(FilterError { at: value_at, message: format!("no closing {what}") });
                };
                (inside.get(..end).unwrap_or_default(), value_at + end + 2)
            }
            None => {
                let rest = text.get(value_at..).unwrap_or_default();
                let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
                (rest.get(..end).unwrap_or_default(), value_at + end)
            }
        };
        out.push(Word { at: start, negated, key, value, is_regex: quote == Some(b'/') });
        at = next;
    }
    Ok(out)
}

/// The closing quote or slash; a backslash protects the next character.
fn closing(text: &str, quote: u8) -> Option<usize> {
    let mut escaped = false;
    text.bytes().position(|b| {
        let end = b == quote && !escaped;
        escaped = b == b'\\' && !escaped;
        end
    })
}

fn term(word: &Word<'_>) -> Result<Term, FilterError> {
    let fail = |message: String| FilterError { at: word.at, message };
    let level = || {
        let known = || Level::STATED.iter().filter_map(|l| l.name()).collect::<Vec<_>>().join(", ");
        let level = match Level::from_word(word.value.as_bytes()) {
            Level::None => Level::from_name(word.value),
            level => Some(level),
        };
        level.ok_or_else(|| fail(format!("no level `{}`; there are {}", word.value, known())))
    };
    if !word.key.is_empty() && word.value.is_empty() {
        return Err(fail(format!("nothing behind `{}`", word.key)));
    }
    let test = match word.key {
        "host:" => Test::Host(word.value.to_owned()),
        "source:" => Test::Source(word.value.to_owned()),
        "format:" => Test::Format(word.value.to_owned()),
        "level:" => Test::Level(level()?),
        "level>=" => Test::LevelAtLeast(level()?),
        _ => Test::Text(regex(word).map_err(fail)?),
    };
    Ok(Term { negated: word.negated, test })
}

fn regex(word: &Word<'_>) -> Result<Regex, String> {
    let any_case = !word.value.chars().any(char::is_uppercase);
    let pattern = if word.is_regex { word.value.replace("\\/", "/") } else { regex::escape(word.value) };
    RegexBuilder::new(&pattern).case_insensitive(any_case).multi_line(true).build().map_err(|e| {
        let text = e.to_string();
        let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        format!("cannot read the regular expression: {last}")
    })
}

/// The record at `FILE:LINE`, any of its lines. FILE may be the end of a source's path, or a source's path may be the
/// end of FILE.
///
/// # Errors
/// A sentence that names what would fit.
pub fn place(analysis: &Analysis, place: &str) -> Result<EventId, String> {
    let wants = || format!("wants FILE:LINE, as db1/kern.log:12, not `{place}`");
    let (path, line) = place.rsplit_once(':').ok_or_else(wants)?;
    let line: u64 = line.parse().map_err(|_not_a_number| wants())?;
    let path = path.trim_start_matches("./");
    let source = source_at(analysis, path)?;
    let of_source = || analysis.events.segments().iter().filter(move |s| s.source == source);
    let lines = of_source().map(|s| s.first_line + s.n_lines).max().unwrap_or(0);
    let first = of_source().find_map(|s| Some(s.first_line + 1 + u64::from(*s.line.first()?)));
    match (analysis.events.at_line(source, line), first) {
        (Some(id), _) if line <= lines => Ok(id),
        (_, None) => Err(format!("{path} holds no record")),
        (_, Some(first)) => Err(format!("no record at line {line} of {path}; it has them at lines {first} to {lines}")),
    }
}

fn source_at(analysis: &Analysis, path: &str) -> Result<SourceId, String> {
    const MOST: usize = 5;
    let ends = |long: &str, short: &str| long.strip_suffix(short).is_some_and(|r| r.is_empty() || r.ends_with('/'));
    let list = |paths: &[&str]| {
        let more = if paths.len() > MOST { format!(" or {} more", paths.len() - MOST) } else { String::new() };
        paths.iter().take(MOST).copied().collect::<Vec<_>>().join(" or ") + &more
    };
    let sources = || analysis.sources.iter().zip(0..).map(|(s, idx)| (s.path.as_str(), SourceId(idx)));
    let mut fitting: Vec<_> = sources().filter(|(p, _)| ends(p, path) || ends(path, p)).collect();
    if let Some(exact) = fitting.iter().find(|(p, _)| *p == path) {
        fitting = vec![*exact];
    }
    match fitting.as_slice() {
        [(_, source)] => Ok(*source),
        [] => {
            let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_lowercase();
            let mut near: Vec<&str> = sources().map(|(p, _)| p).filter(|p| name(p) == name(path)).collect();
            if near.is_empty() {
                near = sources().map(|(p, _)| p).collect();
            }
            Err(format!("no such file among the sources: {path}; there is {}", list(&near)))
        }
        many => Err(format!("`{path}` may be {}", list(&many.iter().map(|(p, _)| *p).collect::<Vec<_>>()))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::{Config, analyze_sources};
    use crate::diagnostic::Diagnostics;
    use crate::format::definition::Definitions;
    use crate::source::{Source, Text};
    use std::sync::Arc;

    fn check(filter: &str, want: &[u32]) {
        let text = "2026-01-01 00:00:00 INFO all fine\n2026-01-01 00:00:01 ERROR Promote failed: not running\n2026-01-01 00:00:02 WARN promote slow\n";
        let source = Source {
            path: "db1/app.log".into(),
            location: None,
            folder: Some("db1".into()),
            compressed: None,
            modified: None,
            text: Arc::new(Text::Owned(text.into())),
            not_text: None,
        };
        let config = Config { definitions: Arc::new(Definitions::builtin()), ..Config::default() };
        let analysis = analyze_sources(Diagnostics::default(), vec![source], &config, &mut |_| true).unwrap();
        let rows = Filter::parse(filter).unwrap().rows(&analysis, &AtomicBool::new(false)).unwrap();
        assert_eq!(rows, want, "{filter}");
    }

    #[test]
    fn filters_select_rows() {
        check("", &[0, 1, 2]);
        check("promote", &[1, 2]);
        check("Promote", &[1]);
        check("promote -slow", &[1]);
        check("\"not running\"", &[1]);
        check("/fail(ed|ure)/", &[1]);
        check("level>=warning", &[1, 2]);
        check("level:info", &[0]);
        check("host:db1 source:app -level:error", &[0, 2]);
        check("host:db2", &[]);
    }

    #[test]
    fn a_wrong_filter_says_where() {
        assert_eq!(Filter::parse("a /b(/").unwrap_err().at, 2);
        assert_eq!(Filter::parse("a \"b").unwrap_err(), FilterError { at: 2, message: "no closing quote".into() });
        assert!(Filter::parse("level>=loud").unwrap_err().message.contains("critical"));
        assert!(Filter::parse("host:").is_err());
    }
}
