//! The TOML schema of a format.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::format::decoder::regex::Expression;
use crate::format::level::Level;
use crate::format::pattern::{LevelMap, Pattern};
use crate::format::took;
pub use crate::format::verify::check;

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
    /// Regular expressions with named groups: slower than patterns, for what those cannot express.
    Regex,
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
    below: Vec<BelowFile>,
    #[serde(default)]
    tells: Vec<String>,
    #[serde(default)]
    names: BTreeMap<String, String>,
    #[serde(default)]
    encloses: bool,
    #[serde(default)]
    keys: KeysFile,
    #[serde(default)]
    level: LevelFile,
    #[serde(default)]
    inner: Option<String>,
    #[serde(default)]
    inner_lines: bool,
    #[serde(default)]
    process: Option<String>,
    #[serde(default)]
    clock: Option<String>,
    #[serde(default)]
    statements: bool,
    #[serde(default)]
    duration: Vec<took::File>,
    sample: Vec<Sample>,
}

fn yes() -> bool {
    true
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatternFile {
    #[serde(default)]
    line: String,
    /// In place of `line`, for the decoder `regex`.
    #[serde(default)]
    regex: String,
    /// How the group `time` of `regex` is written, as strftime; any known shape where this is empty.
    #[serde(default)]
    time_format: Vec<String>,
    #[serde(default)]
    time: TimeRule,
    #[serde(default)]
    part: Part,
    #[serde(default)]
    shared: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BelowFile {
    line: String,
}

/// What a line is to a record whose header has several lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// It begins a record.
    #[default]
    Whole,
    /// It begins a record, and a `joins` line below is part of its header.
    Opens,
    /// Below an `opens` line and further lines of its header it goes on with it, else it begins a record.
    Joins,
}

/// What a pattern says of its lines, beside their parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineRule {
    /// Where the time comes from.
    pub time: TimeRule,
    /// Which part of a header of several lines it is.
    pub part: Part,
    /// Other programs write such lines too: a text must hold others of this format to be taken for it.
    pub shared: bool,
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
    /// Numbers are levels: `syslog` (0 to 7), `otlp` (1 to 24) or `bunyan` (10 to 60).
    numbers: Option<Numbers>,
    /// Look for a level at the message's begin.
    search: bool,
    /// The level begins the record's second line.
    below: bool,
    /// An HTTP status: 5xx is an error, 4xx a warning.
    status: Option<String>,
    /// A syslog priority: its last three bits are the severity.
    priority: Option<String>,
    /// Every record has this level unless it says otherwise.
    default: Option<String>,
    /// Words of the message that stand for a level where the text states none.
    words: Vec<WordsFile>,
    /// Expressions on the level's own text, where neither `map` nor general usage knows it.
    #[serde(rename = "match")]
    matches: Vec<WordsFile>,
}

/// What a number in the place of a level means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Numbers {
    /// 0 is an emergency, 7 is debug.
    Syslog,
    /// 10 is trace, 60 is fatal.
    Bunyan,
    /// 1 is trace, 24 is fatal.
    Otlp,
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
    pub patterns: Vec<(Pattern, LineRule)>,
    /// Patterns of header lines below a record's first.
    pub below: Vec<Pattern>,
    /// Other names for parts that the text names itself (`<…:pairs>`), in lower case.
    pub names: BTreeMap<String, String>,
    /// Words by which a line of a shared pattern tells this format all the same.
    pub tells: Option<regex::bytes::Regex>,
    /// Lines between its records are part of them, whatever stamps they hold (SQL text).
    pub encloses: bool,
    /// Regular expressions, tried in order.
    pub expressions: Vec<(Expression, TimeRule)>,
    /// Where it states how long something took; the first that finds a length counts.
    pub durations: Vec<took::Rule>,
    /// Keys of JSON and logfmt.
    pub keys: KeysFile,
    /// The format's own words for levels.
    pub levels: LevelMap,
    /// Expressions on the level's text, tried before what words mean in general.
    pub level_matches: Vec<(Level, regex::bytes::Regex)>,
    /// What numbers mean as levels.
    pub numbers: Option<Numbers>,
    /// Look for a level at the message's begin.
    pub search_level: bool,
    /// The level begins the record's second line (java.util.logging).
    pub level_below: bool,
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
    /// Each line of a program's output is wrapped by itself, so that records inside may take several.
    pub inner_lines: bool,
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

impl Definition {
    /// The level that the text in a level's place stands for.
    pub(super) fn level_of(&self, text: &[u8]) -> Level {
        match self.level_matches.iter().find(|(_, m)| m.is_match(text)) {
            Some((level, _)) => *level,
            None => self.levels.level(text),
        }
    }
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
    let (patterns, expressions) = compile(&file)?;
    let mut below = Vec::new();
    for p in &file.below {
        below.push(Pattern::compile(&p.line).map_err(|e| format!("pattern `{}`: {e}", p.line))?);
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
    let mut matches = Vec::new();
    for m in &file.level.matches {
        let regex = decoder_regex(&m.any.join("|")).map_err(|e| format!("level match: {e}"))?;
        matches.push((level_of(&m.level)?, regex));
    }
    let tells = (!file.tells.is_empty()).then(|| regex::bytes::Regex::new(&format!("(?-u){}", file.tells.join("|"))));
    Ok(Definition {
        name: name.to_owned(),
        title: file.title,
        about: file.about,
        url: file.url,
        decoder: file.decoder,
        rank: file.rank,
        multiline: file.multiline,
        patterns,
        below,
        names: file.names,
        tells: tells.transpose().map_err(|e| format!("tells: {e}"))?,
        encloses: file.encloses,
        expressions,
        durations: file.duration.iter().map(took::Rule::compile).collect::<Result<_, _>>()?,
        keys: file.keys,
        levels: LevelMap(levels),
        level_matches: matches,
        numbers: file.level.numbers,
        search_level: file.level.search,
        level_below: file.level.below,
        status: file.level.status,
        priority: file.level.priority,
        default_level: file.level.default.as_deref().map(level_of).transpose()?.unwrap_or_default(),
        words,
        inner: file.inner,
        inner_lines: file.inner_lines,
        process: file.process,
        clock: file.clock,
        statements: file.statements,
        samples: file.sample,
    })
}

fn decoder_regex(text: &str) -> Result<regex::bytes::Regex, String> {
    crate::format::decoder::regex::compile(text)
}

type Compiled = (Vec<(Pattern, LineRule)>, Vec<(Expression, TimeRule)>);

/// Line patterns, or the regular expressions that stand in their place.
fn compile(file: &File) -> Result<Compiled, String> {
    let (mut patterns, mut expressions) = (Vec::new(), Vec::new());
    for (i, p) in file.pattern.iter().enumerate() {
        let n = i + 1;
        match (file.decoder == Decoder::Regex, p.line.is_empty(), p.regex.is_empty()) {
            (true, true, false) => {
                let compiled =
                    Expression::compile(&p.regex, &p.time_format).map_err(|e| format!("pattern {n}: {e}"))?;
                expressions.push((compiled, p.time));
            }
            (false, false, true) => {
                let compiled = Pattern::compile(&p.line).map_err(|e| format!("pattern `{}`: {e}", p.line))?;
                patterns.push((compiled, LineRule { time: p.time, part: p.part, shared: p.shared }));
            }
            (true, ..) => return Err(format!("pattern {n}: decoder `regex` needs `regex` and no `line`")),
            (false, ..) => return Err(format!("pattern {n} needs `line`; `regex` is for decoder `regex`")),
        }
    }
    match file.decoder {
        Decoder::Pattern if patterns.is_empty() => Err("decoder `pattern` needs a [[pattern]]".to_owned()),
        Decoder::Regex if expressions.is_empty() => Err("decoder `regex` needs a [[pattern]]".to_owned()),
        _ => Ok((patterns, expressions)),
    }
}
