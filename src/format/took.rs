//! Both ends: what a record says of how long the thing took that it tells of, or of when it ended.
//!
//! Access logs, slow queries and job runners stamp the end of an action and state its length. Nothing of this is
//! stored and no time is rewritten by it: it is worked out when a record is taken apart.

use serde::Deserialize;

use crate::format::record::Record;
use crate::time::parse;
use crate::time::span::{duration, plain_number};

/// Which end of the action the stamp is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The stamp was written when all was done.
    #[default]
    End,
    /// The stamp is of the begin.
    Begin,
}

/// The length of what a record tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Took {
    /// Nanoseconds, not negative.
    pub nanos: i64,
    /// Which end the stamp is of.
    pub stamped: End,
}

impl Took {
    /// The other end of what was stamped at `time` (nanoseconds since 1970): the begin, or the end.
    pub fn other_end(self, time: i64) -> Option<i64> {
        match self.stamped {
            End::End => time.checked_sub(self.nanos),
            End::Begin => time.checked_add(self.nanos),
        }
    }
}

/// `[[duration]]` as a definition's file says it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    /// Fields that hold the length; the first that is there counts.
    field: Vec<String>,
    /// An expression whose group `took` finds the length: in those fields, or in the message where none is named.
    #[serde(rename = "match")]
    expression: Option<String>,
    /// Fields that hold the stamp of the other end.
    until: Vec<String>,
    /// The unit of a bare number: `ns`, `us`, `ms`, `s`.
    unit: Option<String>,
    /// Which end the record's stamp is of.
    stamped: End,
}

/// Where a format states how long something took.
#[derive(Clone, Debug)]
pub struct Rule {
    field: Vec<String>,
    expression: Option<regex::Regex>,
    until: Vec<String>,
    /// Nanoseconds of a bare number's unit; without it, a number must name its own.
    unit: Option<f64>,
    stamped: End,
}

/// The longest message that is looked through.
const MESSAGE: usize = 4096;

impl Rule {
    /// Compiles it.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub(super) fn compile(file: &File) -> Result<Rule, String> {
        let unit = match file.unit.as_deref() {
            None => None,
            Some("ns") => Some(1.0),
            Some("us") => Some(1e3),
            Some("ms") => Some(1e6),
            Some("s") => Some(1e9),
            Some(other) => return Err(format!("duration: no unit `{other}`; ns, us, ms or s")),
        };
        let expression = file.expression.as_deref().map(regex::Regex::new).transpose();
        let expression = expression.map_err(|e| format!("duration: {e}"))?;
        if expression.as_ref().is_some_and(|m| !m.capture_names().flatten().any(|n| n == "took")) {
            return Err("duration: the expression needs a group `took`".to_owned());
        }
        if file.field.is_empty() && expression.is_none() && file.until.is_empty() {
            return Err("duration needs `field`, `match` or `until`".to_owned());
        }
        let (field, until) = (file.field.clone(), file.until.clone());
        Ok(Rule { field, expression, until, unit, stamped: file.stamped })
    }

    /// What a record says of it.
    pub(super) fn of(&self, record: &Record<'_>) -> Option<Took> {
        let stated = match (&self.expression, self.field.as_slice()) {
            (None, fields) => fields.iter().find_map(|name| self.length(record.field(name)?)),
            (Some(e), []) => self.found(e, &record.message),
            (Some(e), fields) => fields.iter().find_map(|name| self.found(e, record.field(name)?)),
        };
        let between = || self.until.iter().find_map(|name| between(record.stamp.as_deref()?, record.field(name)?));
        let nanos = stated.or_else(between)?;
        Some(Took { nanos, stamped: self.stamped })
    }

    fn found(&self, expression: &regex::Regex, text: &str) -> Option<i64> {
        let mut end = text.len().min(MESSAGE);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        self.length(expression.captures(text.get(..end)?)?.name("took")?.as_str())
    }

    /// A bare number has the definition's unit; text with a unit says its own.
    fn length(&self, text: &str) -> Option<i64> {
        let text = text.trim();
        match (plain_number(text), self.unit) {
            (Some(number), Some(unit)) => {
                let ns = (number * unit).round();
                (0.0..9.2e18).contains(&ns).then_some(ns as i64)
            }
            (Some(_), None) => None,
            (None, _) => duration(text),
        }
    }
}

/// From one stamp to another that states as much.
fn between(one: &str, other: &str) -> Option<i64> {
    let (_, one, _) = parse::any(one.trim().as_bytes(), 0)?;
    let (_, other, _) = parse::any(other.trim().as_bytes(), 0)?;
    (one.states == other.states).then(|| other.civil.checked_sub(one.civil).map(i64::abs)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn took(toml: &str, fields: &[(&str, &str)], message: &str) -> Option<i64> {
        let rule = Rule::compile(&toml::from_str(toml).unwrap()).unwrap();
        let fields = fields.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        let record =
            Record { fields, message: message.into(), stamp: Some("2026-01-01T00:00:00Z".into()), ..Record::default() };
        rule.of(&record).map(|t| t.nanos)
    }

    #[test]
    fn a_number_needs_a_unit_from_somewhere() {
        assert_eq!(took("field = ['rt']\nunit = 's'", &[("rt", "0.044")], ""), Some(44_000_000));
        assert_eq!(took("field = ['rt']", &[("rt", "0.044")], ""), None, "seconds or milliseconds? nobody says");
        assert_eq!(took("field = ['rt']\nunit = 's'", &[("rt", "12ms")], ""), Some(12_000_000));
        assert_eq!(took("field = ['rt']\nunit = 's'", &[("rt", "-")], ""), None);
        assert_eq!(took("field = ['rt']\nunit = 's'", &[("rt", "-1")], ""), None);
        assert_eq!(took("match = 'in (?<took>\\d+ms)'", &[], "Completed 200 OK in 12ms"), Some(12_000_000));
        let timers = "field = ['timers']\nmatch = '/(?<took>\\d+)$'\nunit = 'ms'";
        assert_eq!(took(timers, &[("timers", "10/0/30/69/109")], ""), Some(109_000_000));
        assert_eq!(took("until = ['end']", &[("end", "2026-01-01T00:00:02.5Z")], ""), Some(2_500_000_000));
        assert_eq!(took("until = ['end']", &[("end", "2026-01-01T00:00:02.5")], ""), None, "it states less");
    }

    #[test]
    fn the_other_end_is_before_or_behind_the_stamp() {
        assert_eq!(Took { nanos: 5, stamped: End::End }.other_end(12), Some(7));
        assert_eq!(Took { nanos: 5, stamped: End::Begin }.other_end(12), Some(17));
        assert_eq!(Took { nanos: 5, stamped: End::End }.other_end(i64::MIN), None);
        for wrong in ["unit = 'h'", "match = '('", "match = 'x'", ""] {
            assert!(Rule::compile(&toml::from_str(wrong).unwrap()).is_err(), "{wrong}");
        }
    }
}
