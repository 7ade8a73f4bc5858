//! Which facts a rule looks at, and which of their values.

use regex::Regex;
use serde::Deserialize;

use crate::fact::Kind;
use crate::fact::kind::{FIELDS, field_index};

use super::definition::Several;

/// A value of a sighting: a field of the fact, or something about the record that states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A field of the fact, by its position in [`FIELDS`].
    Field(u8),
    /// As [`Value::Field`], with every run of digits as `#` and without the folders of a path: dated files become one.
    Masked(u8),
    /// The host that wrote the record.
    Host,
    /// The program that wrote the record, as the text names it.
    Process,
    /// The program, its process id and thread.
    Writer,
    /// The path of the source.
    Source,
    /// The name of the format that took the record apart.
    Format,
    /// The place of the record: no two are the same.
    Record,
    /// The first of these that there is.
    First(Vec<Value>),
}

impl Value {
    /// Reads `id`, `file~` (masked), `@host`, `@process`, `@writer`, `@source`, `@format`, `@record`, and lists as `run|job`.
    ///
    /// # Errors
    /// One sentence, when there is no such field.
    pub fn parse(text: &str) -> Result<Value, String> {
        if text.contains('|') {
            return text.split('|').map(|t| Value::parse(t.trim())).collect::<Result<_, _>>().map(Value::First);
        }
        let field = |name: &str| {
            field_index(name).ok_or_else(|| {
                let names: Vec<&str> = FIELDS.iter().map(|(n, _)| *n).collect();
                format!("no field is called `{name}`; there are {}", names.join(", "))
            })
        };
        match text {
            "@host" => Ok(Value::Host),
            "@process" => Ok(Value::Process),
            "@writer" => Ok(Value::Writer),
            "@source" => Ok(Value::Source),
            "@format" => Ok(Value::Format),
            "@record" => Ok(Value::Record),
            _ => match text.strip_suffix('~') {
                Some(name) => field(name).map(Value::Masked),
                None => field(text).map(Value::Field),
            },
        }
    }

    /// The name by which templates call it.
    pub fn name(&self) -> &'static str {
        match self {
            Value::Field(i) | Value::Masked(i) => crate::fact::kind::field_name(*i),
            Value::Host => "host",
            Value::Process => "process",
            Value::Writer => "writer",
            Value::Source => "source",
            Value::Format => "format",
            Value::Record => "record",
            Value::First(list) => list.first().map_or("", Value::name),
        }
    }
}

/// What is looked at: facts of a kind, or what another rule found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// A fact.
    Fact(Kind),
    /// A finding of the rule of this name.
    Rule(String),
}

/// Chooses sightings.
#[derive(Clone, Debug)]
pub struct Selector {
    /// Any of these.
    pub what: Vec<What>,
    /// All of these hold.
    pub conditions: Vec<Condition>,
}

/// A demand on a value.
#[derive(Clone, Debug)]
pub struct Condition {
    /// Which value.
    pub value: Value,
    /// What it must match, `None` for anything; with `not`, what it must not match. A missing value matches nothing.
    pub pattern: Option<Regex>,
    /// The pattern must not match.
    pub not: bool,
}

/// A selector as written: `{ fact = "role.fail", where = { role = "primary" } }`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelectorFile {
    #[serde(default)]
    fact: Several,
    #[serde(default)]
    rule: Several,
    /// Values and the expressions that they must match; `!` before an expression turns it round.
    #[serde(default, rename = "where")]
    conditions: std::collections::BTreeMap<String, String>,
}

impl SelectorFile {
    /// Checks the names.
    ///
    /// # Errors
    /// One sentence that names what there is not.
    pub fn read(&self) -> Result<Selector, String> {
        let mut what = Vec::new();
        for name in self.fact.list() {
            what.push(What::Fact(Kind::from_name(name).ok_or_else(|| format!("no kind of fact is called `{name}`"))?));
        }
        what.extend(self.rule.list().iter().cloned().map(What::Rule));
        if what.is_empty() {
            return Err("`fact` or `rule` is needed".to_owned());
        }
        let mut conditions = Vec::new();
        for (name, pattern) in &self.conditions {
            let value = Value::parse(name)?;
            let (not, text) = pattern.strip_prefix('!').map_or((false, pattern.as_str()), |rest| (true, rest));
            let regex = || Regex::new(text).map_err(|e| format!("`{text}`: {e}"));
            let pattern = if text == "." { None } else { Some(regex()?) };
            conditions.push(Condition { value, pattern, not });
        }
        Ok(Selector { what, conditions })
    }
}

/// Several selectors, one after the other.
pub fn read_all(files: &Several<SelectorFile>) -> Result<Vec<Selector>, String> {
    files.list().iter().map(SelectorFile::read).collect()
}
