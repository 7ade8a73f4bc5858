//! Lines taken apart by a regular expression with named groups.
//!
//! For formats that a line pattern cannot express, and for definitions imported from other tools. Several times slower
//! than a line pattern. Expressions come from files that strangers wrote: their size is limited, and the engine takes
//! time in proportion to the line, whatever the expression is.

use std::ops::Range;

use regex::bytes::{CaptureLocations, Regex, RegexBuilder};

use crate::format::keys::value_stamp;
use crate::time::parse;
use crate::time::stamp::Stamp;
use crate::time::strftime::Strftime;

/// Most bytes that a compiled expression may take.
const COMPILED: usize = 4 << 20;
/// Deepest nesting of groups.
const NESTED: u32 = 64;
/// The longest expression, in bytes.
const LONGEST: usize = 64 << 10;

/// An expression, ready for use.
#[derive(Clone, Debug)]
pub struct Expression {
    regex: Regex,
    /// Number and name of each named group, in the order of the text.
    pub names: Vec<(usize, String)>,
    time: Option<usize>,
    /// The time of day, where `time` is only the date.
    clock: Option<usize>,
    level: Option<usize>,
    formats: Vec<Strftime>,
}

/// What an expression found in a line.
#[derive(Clone, Debug)]
pub struct Found {
    /// The stamp, when there is one.
    pub stamp: Option<Stamp>,
    groups: CaptureLocations,
}

impl Found {
    /// Where a group stands.
    pub fn span(&self, group: usize) -> Option<Range<usize>> {
        self.groups.get(group).map(|(start, end)| start..end)
    }
}

/// Compiles an expression within the limits.
///
/// # Errors
/// A sentence that says what is wrong.
pub fn compile(text: &str) -> Result<Regex, String> {
    if text.len() > LONGEST {
        return Err(format!("longer than {LONGEST} bytes"));
    }
    let build = |unicode: bool| {
        RegexBuilder::new(text)
            .unicode(unicode)
            .size_limit(COMPILED)
            .dfa_size_limit(COMPILED)
            .nest_limit(NESTED)
            .build()
    };
    // Bytes are faster; an expression that names other characters needs Unicode.
    build(false).or_else(|_| build(true)).map_err(|e| e.to_string().trim().to_owned())
}

impl Expression {
    /// Compiles an expression and the ways in which its group `time` may be written; none means any known shape.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn compile(text: &str, formats: &[String]) -> Result<Expression, String> {
        let regex = compile(text)?;
        let names: Vec<(usize, String)> =
            regex.capture_names().enumerate().filter_map(|(i, n)| Some((i, n?.to_owned()))).collect();
        let group = |name: &str| names.iter().find(|(_, n)| n == name).map(|(i, _)| *i);
        let (time, clock, level) = (group("time"), group("clock"), group("level"));
        let formats = formats.iter().map(|f| Strftime::compile(f)).collect::<Result<_, _>>()?;
        Ok(Expression { regex, time, clock, level, formats, names })
    }

    /// Matches a line (without its line end). A line whose stamp cannot be read does not match.
    pub fn find(&self, line: &[u8]) -> Option<Found> {
        let mut groups = self.regex.capture_locations();
        self.regex.captures_read(&mut groups, line)?;
        let mut found = Found { stamp: None, groups };
        if let Some(text) = self.time.and_then(|g| found.span(g)).and_then(|s| line.get(s)) {
            let clock = self.clock.and_then(|g| found.span(g)).and_then(|s| line.get(s));
            found.stamp = Some(match clock {
                Some(clock) => self.stamp(&[text.trim_ascii(), b" ", clock.trim_ascii()].concat())?,
                None => self.stamp(text)?,
            });
        }
        Some(found)
    }

    /// The level's text.
    pub fn level<'l>(&self, found: &Found, line: &'l [u8]) -> Option<&'l [u8]> {
        line.get(found.span(self.level?)?)
    }

    /// The text of a named group.
    pub fn part<'l>(&self, name: &str, found: &Found, line: &'l [u8]) -> Option<&'l [u8]> {
        let (group, _) = self.names.iter().find(|(_, n)| n == name)?;
        line.get(found.span(*group)?)
    }

    fn stamp(&self, text: &[u8]) -> Option<Stamp> {
        let text = text.trim_ascii();
        if self.formats.is_empty() {
            return value_stamp(text).or_else(|| parse::any(text, 0).filter(|a| a.2 == text.len()).map(|a| a.1));
        }
        self.formats.iter().find_map(|f| f.read(text)).filter(|(_, end)| *end == text.len()).map(|(s, _)| s)
    }

    /// The expression as written.
    pub fn text(&self) -> &str {
        self.regex.as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::format::utc;

    #[test]
    fn a_stamp_is_read_by_the_formats_given_or_by_any_known_shape() {
        let e = Expression::compile(r"^(?<time>\S+ \S+) (?<level>\w+) (?<message>.*)", &[]).unwrap();
        let line = b"2026-01-02 03:04:05 WARN x";
        let found = e.find(line).unwrap();
        assert_eq!(found.stamp.map(|s| utc(s.civil, s.digits)).as_deref(), Some("2026-01-02T03:04:05Z"));
        assert_eq!((e.level(&found, line), e.part("message", &found, line)), (Some(&b"WARN"[..]), Some(&b"x"[..])));
        assert!(e.find(b"not a time x y").is_none(), "no record begins where the stamp cannot be read");
        let own = Expression::compile("^(?<time>[^|]+)\\|", &["%d.%m.%y %H.%M.%S".into()]).unwrap();
        let found = own.find(b"02.01.26 03.04.05|x").unwrap();
        assert_eq!(found.stamp.map(|s| utc(s.civil, s.digits)).as_deref(), Some("2026-01-02T03:04:05Z"));
    }

    #[test]
    fn an_expression_that_would_blow_up_is_refused() {
        for wrong in ["(a{1000}){1000}", &"(".repeat(200), &"a".repeat(LONGEST + 1), r"(?=x)", r"(a)\1"] {
            assert!(Expression::compile(wrong, &[]).is_err(), "{}", wrong.len());
        }
    }
}
