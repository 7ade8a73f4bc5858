//! The TOML schema of a pack of facts: how the lines of one product become facts.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::kind::{FIELDS, Kind, field_index};
use super::literals::SHORTEST;
use super::matcher::{Matcher, Outcome, Scratch};

/// Memory of one compiled expression, so that a hostile pack cannot take all.
const REGEX_SIZE: usize = 1 << 20;

/// One text or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Several {
    One(String),
    Many(Vec<String>),
}

impl Default for Several {
    fn default() -> Self {
        Several::Many(Vec::new())
    }
}

impl Several {
    fn list(&self) -> &[String] {
        match self {
            Several::One(text) => std::slice::from_ref(text),
            Several::Many(list) => list,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    about: String,
    #[serde(default = "usual_rank")]
    rank: u8,
    fact: Vec<FactFile>,
    sample: Vec<Sample>,
}

fn usual_rank() -> u8 {
    50
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactFile {
    kind: String,
    #[serde(default)]
    formats: Several,
    #[serde(default)]
    process: Option<String>,
    literal: Several,
    #[serde(default, rename = "match")]
    matches: Several,
    #[serde(default)]
    within: Option<String>,
    #[serde(default, rename = "where")]
    conditions: BTreeMap<String, String>,
    #[serde(default)]
    set: BTreeMap<String, String>,
    #[serde(default)]
    take: BTreeMap<String, Several>,
    #[serde(default)]
    also: BTreeMap<String, Several>,
    #[serde(default)]
    each: bool,
}

/// A record and the facts that the pack must find in it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The message, or with `format` the whole line.
    pub text: String,
    /// The built-in format that takes the line apart.
    #[serde(default)]
    pub format: Option<String>,
    /// The record's process, where the text is a message.
    #[serde(default)]
    pub process: Option<String>,
    /// Exactly these facts: `fact` is the kind, all else are fields. None when left out.
    #[serde(default)]
    pub facts: Vec<BTreeMap<String, String>>,
}

/// An expression that is compiled when first needed: most runs meet the lines of few products.
#[derive(Clone, Debug)]
pub struct Expression {
    text: String,
    compiled: OnceLock<Option<Compiled>>,
}

/// An expression, ready for use.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The expression.
    pub regex: Regex,
    /// The same, run faster where it can be.
    matcher: Option<Matcher>,
    /// Its named groups: number of the group, and which field it gives.
    pub groups: Vec<(usize, u8)>,
}

impl Compiled {
    /// Searches a text from a position on; the groups of a match are in `scratch`.
    pub(super) fn find(&self, text: &[u8], from: usize, scratch: &mut Scratch) -> bool {
        let mut from = from;
        // Where a match may begin nearly anywhere, an automaton finds faster where it does, or that there is none.
        if self.matcher.as_ref().is_some_and(|m| !m.begins_rarely()) {
            let Some(found) = (from <= text.len()).then(|| self.regex.find_at(text, from)).flatten() else {
                return false;
            };
            from = found.start();
        }
        let outcome = self.matcher.as_ref().map_or(Outcome::GaveUp, |m| m.find(text, from, scratch));
        if outcome != Outcome::GaveUp {
            return outcome == Outcome::Found;
        }
        let Some(captures) = (from <= text.len()).then(|| self.regex.captures_at(text, from)).flatten() else {
            return false;
        };
        scratch.take(captures.iter().map(|group| group.map(|g| (g.start(), g.end()))));
        true
    }
}

impl Expression {
    fn new(text: &str) -> Expression {
        Expression { text: text.to_owned(), compiled: OnceLock::new() }
    }

    /// As the pack writes it.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    fn build(&self) -> Result<Compiled, String> {
        // Byte-wise classes are enough for log messages, and several times smaller than those of Unicode.
        let mut builder = RegexBuilder::new(&self.text);
        builder.unicode(false).size_limit(REGEX_SIZE).dfa_size_limit(REGEX_SIZE);
        let regex = builder.build().map_err(|e| format!("`{}`: {e}", self.text))?;
        let mut groups = Vec::new();
        for (group, name) in regex.capture_names().enumerate() {
            if let Some(name) = name {
                groups.push((group, field(name)?));
            }
        }
        Ok(Compiled { regex, matcher: Matcher::new(&self.text), groups })
    }

    /// The expression, ready for use; `None` when it is wrong (the loader has said so).
    pub fn compiled(&self) -> Option<&Compiled> {
        self.compiled.get_or_init(|| self.build().ok()).as_ref()
    }

    /// True when a text matches.
    pub fn matches(&self, text: &[u8]) -> bool {
        self.compiled().is_some_and(|c| c.regex.is_match(text))
    }
}

/// A field whose value is that of the first of these record fields that there is.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Which field of the fact.
    pub field: u8,
    /// Names of record fields; `{kind}` stands for the fact's own field of this name.
    pub names: Vec<String>,
    /// Without the value there is no fact.
    pub required: bool,
}

/// How one kind of fact is found.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The pack it belongs to, by its position among the packs.
    pub pack: u16,
    /// What it states.
    pub kind: Kind,
    /// Formats whose records it looks at; all when empty.
    pub formats: Vec<String>,
    /// What the record's process must match.
    pub process: Option<Expression>,
    /// One of these stands in the record, letter for letter.
    pub literals: Vec<String>,
    /// The message must match one of these, the first counts; none asks nothing of the message.
    pub matches: Vec<Expression>,
    /// The part of the message that is looked at; all of it when not given.
    pub within: Option<Expression>,
    /// Record fields that there must be (the first of several names, parted by `|`), and what they must match.
    pub conditions: Vec<(String, Expression)>,
    /// Fields that every such fact has.
    pub set: Vec<(u8, String)>,
    /// Fields copied from the record.
    pub taken: Vec<Taken>,
    /// Every match of the message is a fact, not only the first.
    pub each: bool,
}

/// A pack, read but not yet joined with others.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The file's name without its ending.
    pub name: String,
    /// A short title.
    pub title: String,
    /// One sentence.
    pub about: String,
    /// Where packs find the same kind of fact in a record, the higher rank has it.
    pub rank: u8,
    /// Its definitions.
    pub definitions: Vec<Definition>,
    /// What it is tested with.
    pub samples: Vec<Sample>,
}

/// Reads a pack. Expressions are compiled later, or by [`compile`].
///
/// # Errors
/// One sentence that says what is wrong and in which fact.
pub fn parse(name: &str, text: &str) -> Result<Pack, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
    let mut definitions = Vec::new();
    for (i, fact) in file.fact.iter().enumerate() {
        definitions.push(definition(fact).map_err(|e| format!("fact {} ({}): {e}", i + 1, fact.kind))?);
    }
    if definitions.is_empty() {
        return Err("a pack needs at least one [[fact]]".to_owned());
    }
    if file.sample.is_empty() {
        return Err("a pack needs at least one [[sample]]".to_owned());
    }
    Ok(Pack {
        name: name.to_owned(),
        title: file.title,
        about: file.about,
        rank: file.rank,
        definitions,
        samples: file.sample,
    })
}

fn definition(fact: &FactFile) -> Result<Definition, String> {
    let kind = Kind::from_name(&fact.kind).ok_or_else(|| format!("no kind of fact is called `{}`", fact.kind))?;
    let literals = fact.literal.list().to_vec();
    if literals.is_empty() {
        return Err("`literal` is needed: only lines that hold one are looked at".to_owned());
    }
    for literal in &literals {
        check_literal(literal)?;
    }
    let expressions = |list: &[String]| list.iter().map(|m| Expression::new(m)).collect::<Vec<_>>();
    let matches = expressions(fact.matches.list());
    if matches.is_empty() && fact.conditions.is_empty() {
        return Err("`match` or `where` is needed".to_owned());
    }
    if fact.each && matches.is_empty() {
        return Err("`each` needs a `match`".to_owned());
    }
    let mut set = Vec::new();
    for (name, value) in &fact.set {
        set.push((field(name)?, value.clone()));
    }
    let mut taken = Vec::new();
    for (list, required) in [(&fact.take, true), (&fact.also, false)] {
        for (name, from) in list {
            taken.push(Taken { field: field(name)?, names: from.list().to_vec(), required });
        }
    }
    Ok(Definition {
        pack: 0,
        kind,
        formats: fact.formats.list().iter().filter(|f| *f != "any").cloned().collect(),
        process: fact.process.as_deref().map(Expression::new),
        literals,
        matches,
        within: fact.within.as_deref().map(Expression::new),
        conditions: fact.conditions.iter().map(|(name, m)| (name.clone(), Expression::new(m))).collect(),
        set,
        taken,
        each: fact.each,
    })
}

fn check_literal(literal: &str) -> Result<(), String> {
    if literal.len() < SHORTEST {
        return Err(format!("literal `{literal}` is shorter than {SHORTEST} bytes"));
    }
    // JSON and CSV write these in other ways, so the literal would be missed there.
    if literal.contains(['"', '\\']) || literal.contains(char::is_control) {
        return Err(format!("literal `{}` holds a quote, backslash or control character", literal.escape_debug()));
    }
    Ok(())
}

fn field(name: &str) -> Result<u8, String> {
    field_index(name).ok_or_else(|| {
        let names: Vec<&str> = FIELDS.iter().map(|(n, _)| *n).collect();
        format!("no field is called `{name}`; there are {}", names.join(", "))
    })
}

/// Compiles all expressions of a pack and checks the names that they capture.
///
/// # Errors
/// One sentence that names the first wrong expression.
pub fn compile(pack: &Pack) -> Result<(), String> {
    for (i, d) in pack.definitions.iter().enumerate() {
        let all = d.matches.iter().chain(d.conditions.iter().map(|(_, e)| e)).chain(&d.process).chain(&d.within);
        for expression in all {
            expression.build().map_err(|e| format!("fact {} ({}): {e}", i + 1, d.kind.name()))?;
        }
    }
    Ok(())
}
