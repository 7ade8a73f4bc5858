//! The TOML schema of a format, and the checks that its own samples make.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::format::form::Form;
use crate::format::level::Level;
use crate::format::pattern::{LevelMap, Pattern};
use crate::time;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/formats.rs"));
}

/// How a format's lines are taken apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decoder {
    /// The definition's line patterns.
    #[default]
    Pattern,
    /// A JSON object a line.
    Json,
    /// `key=value` pairs.
    Logfmt,
    /// PostgreSQL's stderr log with any `log_line_prefix`.
    Postgres,
    /// A stamp in a learned place; the fallback for text with times.
    Anywhere,
    /// Columns that a `#Fields:` line names.
    W3c,
    /// Text without times.
    Text,
}

/// A format, as its file says it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    title: String,
    about: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    decoder: Decoder,
    rank: u8,
    #[serde(default = "yes")]
    multiline: bool,
    #[serde(default)]
    pattern: Vec<PatternFile>,
    #[serde(default)]
    keys: KeysFile,
    #[serde(default)]
    level: LevelFile,
    #[serde(default)]
    inner: Option<String>,
    #[serde(default)]
    process: Option<String>,
    #[serde(default)]
    clock: Option<String>,
    #[serde(default)]
    statements: bool,
    sample: Vec<Sample>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    line: String,
    #[serde(default)]
    time: TimeRule,
}

/// What a pattern without a stamp of its own means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimeRule {
    /// The pattern has a stamp, or its records have no time.
    #[default]
    Stated,
    /// The time of the record above holds on.
    Inherited,
}

/// Keys of JSON and logfmt, the first that occurs counts. Dots lead into nested objects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeysFile {
    /// All of these must occur.
    pub require: Vec<String>,
    /// The stamp.
    pub time: Vec<String>,
    /// The level.
    pub level: Vec<String>,
    /// The host.
    pub host: Vec<String>,
    /// The program.
    pub process: Vec<String>,
    /// The process id.
    pub pid: Vec<String>,
    /// The thread.
    pub thread: Vec<String>,
    /// The message.
    pub message: Vec<String>,
}

/// How levels are found.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct LevelFile {
    /// The format's own words.
    map: BTreeMap<String, String>,
    /// Numbers are levels: `syslog` (0 to 7) or `bunyan` (10 to 60).
    numbers: Option<Numbers>,
    /// Look for a level at the message's begin.
    search: bool,
    /// An HTTP status: 5xx is an error, 4xx a warning.
    status: Option<String>,
    /// A syslog priority: its last three bits are the severity.
    priority: Option<String>,
    /// Every record has this level unless it says otherwise.
    default: Option<String>,
    /// Words of the message that stand for a level where the text states none.
    words: Vec<WordsFile>,
}

/// What a number in the place of a level means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Numbers {
    /// 0 is an emergency, 7 is debug.
    Syslog,
    /// 10 is trace, 60 is fatal.
    Bunyan,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WordsFile {
    level: String,
    any: Vec<String>,
}

/// A line (or a record of several) and what the format must make of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sample {
    /// The text.
    pub text: String,
    /// The stamp as RFC 3339, as far as the text states it (year 1972, day 1970-01-01 where it does not).
    #[serde(default)]
    pub time: Option<String>,
    /// The level.
    #[serde(default)]
    pub level: Option<String>,
    /// Fields, `message` and the other standard ones included.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// A format, ready for use.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The file's name without its ending: the format's name in all output.
    pub name: String,
    /// A short title.
    pub title: String,
    /// One sentence.
    pub about: String,
    /// Where the format is described.
    pub url: String,
    /// How lines are taken apart.
    pub decoder: Decoder,
    /// How much the format says: where two formats match a line, the higher rank has it.
    pub rank: u8,
    /// A line that begins no record continues the one above.
    pub multiline: bool,
    /// Line patterns, tried in order.
    pub patterns: Vec<(Pattern, TimeRule)>,
    /// Keys of JSON and logfmt.
    pub keys: KeysFile,
    /// The format's own words for levels.
    pub levels: LevelMap,
    /// What numbers mean as levels.
    pub numbers: Option<Numbers>,
    /// Look for a level at the message's begin.
    pub search_level: bool,
    /// The field with an HTTP status.
    pub status: Option<String>,
    /// The field with a syslog priority.
    pub priority: Option<String>,
    /// The level of a record that states none.
    pub default_level: Level,
    /// Words of the message that stand for a level.
    pub words: Vec<(Level, regex::bytes::Regex)>,
    /// The field that holds a line of another format.
    pub inner: Option<String>,
    /// The program that writes this format, where the text does not name it.
    pub process: Option<String>,
    /// The field that names whose clock stamped a record, where that is not always the file's host.
    pub clock: Option<String>,
    /// A database server writes it: it tells which statements clients sent.
    pub statements: bool,
    /// What it was tested with.
    pub samples: Vec<Sample>,
}

/// All formats that a run knows, in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    /// The formats.
    pub formats: Vec<std::sync::Arc<Definition>>,
}

impl Definitions {
    /// The built-in formats.
    ///
    /// Each is compiled and checked by the tests, so nothing that is shipped can fail here; one that
    /// did would be left out.
    pub fn builtin() -> Definitions {
        let formats =
            embedded::FORMATS.iter().filter_map(|(name, text)| parse(name, text).ok()).map(std::sync::Arc::new);
        Definitions { formats: formats.collect() }
    }

    /// Names and texts of the built-in definitions.
    pub fn texts() -> &'static [(&'static str, &'static str)] {
        embedded::FORMATS
    }

    /// The format of this name.
    pub fn get(&self, name: &str) -> Option<&std::sync::Arc<Definition>> {
        self.formats.iter().find(|d| d.name == name)
    }

    /// Adds a definition; one of the same name is replaced.
    pub fn add(&mut self, definition: Definition) {
        self.formats.retain(|d| d.name != definition.name);
        self.formats.push(std::sync::Arc::new(definition));
        self.formats.sort_by(|a, b| a.name.cmp(&b.name));
    }
}

/// Reads a definition and compiles it.
///
/// # Errors
/// One sentence that says what is wrong and where.
pub fn parse(name: &str, text: &str) -> Result<Definition, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
    if file.sample.is_empty() {
        return Err("a format needs at least one sample".to_owned());
    }
    let mut patterns = Vec::new();
    for p in &file.pattern {
        let compiled = Pattern::compile(&p.line).map_err(|e| format!("pattern `{}`: {e}", p.line))?;
        patterns.push((compiled, p.time));
    }
    if file.decoder == Decoder::Pattern && patterns.is_empty() {
        return Err("decoder `pattern` needs a [[pattern]]".to_owned());
    }
    let level_of = |name: &str| Level::from_name(name).ok_or_else(|| format!("no level `{name}`"));
    let mut levels = Vec::new();
    for (word, level) in &file.level.map {
        levels.push((word.clone().into_bytes(), level_of(level)?));
    }
    let mut words = Vec::new();
    for w in &file.level.words {
        let any = w.any.join("|");
        let regex = regex::bytes::Regex::new(&format!("(?i-u)(?:{any})")).map_err(|e| format!("level words: {e}"))?;
        words.push((level_of(&w.level)?, regex));
    }
    Ok(Definition {
        name: name.to_owned(),
        title: file.title,
        about: file.about,
        url: file.url,
        decoder: file.decoder,
        rank: file.rank,
        multiline: file.multiline,
        patterns,
        keys: file.keys,
        levels: LevelMap(levels),
        numbers: file.level.numbers,
        search_level: file.level.search,
        status: file.level.status,
        priority: file.level.priority,
        default_level: file.level.default.as_deref().map(level_of).transpose()?.unwrap_or_default(),
        words,
        inner: file.inner,
        process: file.process,
        clock: file.clock,
        statements: file.statements,
        samples: file.sample,
    })
}

/// Checks a definition against its own samples.
///
/// # Errors
/// The first sample that fails, with what was expected and what was found.
pub fn check(definition: &std::sync::Arc<Definition>) -> Result<(), String> {
    let mut used = vec![false; definition.patterns.len()];
    for (i, sample) in definition.samples.iter().enumerate() {
        let fail = |what: String| Err(format!("sample {}: {what}", i + 1));
        let whole = sample.text.trim_end_matches('\n');
        // Headings stand above the record that they are about.
        let headings = match definition.decoder {
            Decoder::W3c => whole.lines().take_while(|l| l.starts_with('#')).map(|l| l.len() + 1).sum(),
            _ => 0,
        };
        let text = whole.get(headings..).unwrap_or_default();
        let first = text.lines().next().unwrap_or_default();
        for (p, (pattern, _)) in definition.patterns.iter().enumerate() {
            if pattern.find(first.as_bytes(), &definition.levels).is_some() {
                if let Some(u) = used.get_mut(p) {
                    *u = true;
                }
                break;
            }
        }
        let lines: Vec<&[u8]> =
            whole.lines().take(if headings > 0 { usize::MAX } else { 1 }).map(str::as_bytes).collect();
        let Some(form) = Form::learn(definition, &lines, &[]) else {
            return fail("does not match".to_owned());
        };
        let Some(head) = form.head(first.as_bytes(), &mut Vec::new()) else {
            return fail(format!("does not match: {first}"));
        };
        let time = head.stamp.map(|s| time::format::utc(s.civil, s.digits));
        if time != sample.time {
            return fail(format!("time is {time:?}, not {:?}", sample.time));
        }
        let level = head.level.name();
        if level != sample.level.as_deref() {
            return fail(format!("level is {level:?}, not {:?}", sample.level));
        }
        let record = form.decode(text.as_bytes());
        for (name, want) in &sample.fields {
            let got = record.field(name);
            if got != Some(want) {
                return fail(format!("field {name} is {got:?}, not {want:?}"));
            }
        }
    }
    match used.iter().position(|u| !u) {
        Some(p) => Err(format!("pattern {} is used by no sample", p + 1)),
        None => Ok(()),
    }
}
