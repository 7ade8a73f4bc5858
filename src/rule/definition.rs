//! The TOML schema of a rule. `assets/rules/README.md` tells it with examples.

use std::collections::BTreeMap;

use serde::Deserialize;

pub use super::primitive::Primitive;
use super::sample::Sample;
use super::select::Value;
use super::template::Template;
use super::written;
use crate::fact::value::duration;

/// One value or several.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Several<T = String> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> Default for Several<T> {
    fn default() -> Self {
        Several::Many(Vec::new())
    }
}

impl<T> Several<T> {
    /// All of them.
    pub fn list(&self) -> &[T] {
        match self {
            Several::One(one) => std::slice::from_ref(one),
            Several::Many(list) => list,
        }
    }
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    #[default]
    Info,
    /// Unusual.
    Low,
    /// Something does not work as it should.
    Medium,
    /// Users or data are affected, or soon will be.
    High,
    /// Data is wrong or lost, or a service is down.
    Critical,
}

impl Severity {
    /// The word in output.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// What part a finding plays in a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// What began it.
    Trigger,
    /// Why the system did not cope.
    Defect,
    /// What it did to users and data.
    Impact,
    /// What else was going on.
    Context,
}

impl Role {
    /// The word in output.
    pub fn word(self) -> &'static str {
        match self {
            Role::Trigger => "trigger",
            Role::Defect => "defect",
            Role::Impact => "impact",
            Role::Context => "context",
        }
    }
}

/// Another rule whose findings this one's may bring about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeadsTo {
    /// The other rule.
    pub rule: String,
    /// How long after, in nanoseconds, the effect may begin.
    pub within: i64,
    /// Only on the same host.
    pub same_host: bool,
}

/// Something that one would expect in the logs if the finding is true.
#[derive(Clone, Debug)]
pub struct Expectation {
    /// What, in words.
    pub text: Template,
    /// What shows it.
    pub seen: Vec<super::select::Selector>,
}

/// A rule, ready for use.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The file's name without its ending; the name in output.
    pub name: String,
    /// What was found, for a single case.
    pub title: Template,
    /// What was found, for several cases; the title when not given.
    pub titles: Option<Template>,
    /// A few words that go into the title of a story.
    pub short: Template,
    /// How bad.
    pub severity: Severity,
    /// How bad where nothing else found leads to it; as bad as always when not given.
    pub alone: Option<Severity>,
    /// The part it plays.
    pub role: Role,
    /// Values that part one finding from another; all cases are one finding when empty.
    pub apart: Vec<Value>,
    /// Cases further apart than this are different findings, in nanoseconds.
    pub pause: Option<i64>,
    /// A value that says for how long it had lasted when it was told: the effect begins so much earlier.
    pub lasted: Option<Value>,
    /// How it is known, in sentences.
    pub explain: Template,
    /// What else must show.
    pub expect: Vec<Expectation>,
    /// What to run or look at to be sure.
    pub verify: Template,
    /// What would prevent it.
    pub prevent: Template,
    /// How long before its first effect a change may be to blame for it, in nanoseconds.
    pub suspects: Option<i64>,
    /// What it may bring about.
    pub leads_to: Vec<LeadsTo>,
    /// What must hold between which facts.
    pub whens: Vec<When>,
    /// What it is tested with.
    pub samples: Vec<Sample>,
}

/// One way in which a rule is broken.
#[derive(Clone, Debug)]
pub struct When {
    /// The relation.
    pub primitive: Primitive,
    /// In place of the rule's title, for one case or several.
    pub title: Option<Template>,
    /// In place of the rule's explanation.
    pub explain: Option<Template>,
    /// In place of the rule's severity.
    pub severity: Option<Severity>,
    /// How likely it is what the rule says when the relation certainly holds, 0 to 1.
    pub confidence: f32,
    /// Why it is harmless, when it is: such findings are shown apart.
    pub benign: Option<Template>,
    /// What each part of the evidence says.
    pub because: BTreeMap<String, Template>,
    /// The part of the evidence at which the effect begins, where it is not the one that breaks the relation.
    pub effect: Option<String>,
    /// Parts that the explanation names, but that are not listed.
    pub hide: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    titles: Option<String>,
    #[serde(default)]
    short: Option<String>,
    severity: Severity,
    #[serde(default)]
    alone: Option<Severity>,
    role: Role,
    #[serde(default)]
    apart: Several,
    #[serde(default)]
    pause: Option<String>,
    #[serde(default)]
    lasted: Option<String>,
    explain: String,
    #[serde(default)]
    expect: Vec<ExpectFile>,
    #[serde(default)]
    verify: String,
    #[serde(default)]
    prevent: String,
    #[serde(default)]
    leads_to: Vec<LeadsToFile>,
    #[serde(default)]
    suspects: Option<String>,
    #[serde(default)]
    when: Vec<WhenFile>,
    #[serde(default)]
    sample: Vec<Sample>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpectFile {
    text: String,
    seen: Several<super::select::SelectorFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum LeadsToFile {
    Name(String),
    Full {
        rule: String,
        #[serde(default)]
        within: Option<String>,
        #[serde(default)]
        same_host: bool,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WhenFile {
    #[serde(default)]
    title: Option<String>,
    #[serde(default)]
    explain: Option<String>,
    #[serde(default)]
    severity: Option<Severity>,
    #[serde(default = "usual_confidence")]
    confidence: f32,
    #[serde(default)]
    benign: Option<String>,
    #[serde(default)]
    because: BTreeMap<String, String>,
    #[serde(default)]
    effect: Option<String>,
    #[serde(default)]
    hide: Several,
    #[serde(default)]
    occurs: Option<written::OccursFile>,
    #[serde(default)]
    monotone: Option<written::MonotoneFile>,
    #[serde(default)]
    unique: Option<written::UniqueFile>,
    #[serde(default)]
    precedes: Option<written::PrecedesFile>,
    #[serde(default)]
    responds: Option<written::RespondsFile>,
    #[serde(default)]
    absent: Option<written::RespondsFile>,
    #[serde(default)]
    periodic: Option<written::PeriodicFile>,
    #[serde(default)]
    drop: Option<written::DropFile>,
    #[serde(default)]
    agree: Option<written::AgreeFile>,
    #[serde(default)]
    exclusive: Option<written::ExclusiveFile>,
    #[serde(default)]
    atomic: Option<written::AtomicFile>,
    #[serde(default)]
    burst: Option<written::BurstFile>,
    #[serde(default)]
    novel: Option<written::NovelFile>,
    #[serde(default)]
    measured: Option<written::MeasuredFile>,
}

fn usual_confidence() -> f32 {
    1.0
}

/// How long after its cause an effect begins at most, where a rule does not say.
const USUAL_DELAY: i64 = 3600 * 1_000_000_000;

/// Reads a rule.
///
/// # Errors
/// One sentence that says what is wrong and in which part.
pub fn parse(name: &str, text: &str) -> Result<Rule, String> {
    let file: File = toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())?;
    let template = |part: &str, text: &str| Template::parse(text.trim()).map_err(|e| format!("{part}: {e}"));
    let mut whens = Vec::new();
    for (i, when) in file.when.iter().enumerate() {
        whens.push(read_when(when).map_err(|e| format!("when {}: {e}", i + 1))?);
    }
    if whens.is_empty() {
        return Err("a rule needs at least one [[when]]".to_owned());
    }
    let expect = file
        .expect
        .iter()
        .map(|e| Ok(Expectation { text: template("expect", &e.text)?, seen: super::select::read_all(&e.seen)? }));
    let short = file.short.as_deref().unwrap_or(&file.title);
    Ok(Rule {
        name: name.to_owned(),
        title: template("title", &file.title)?,
        titles: file.titles.as_deref().map(|t| template("titles", t)).transpose()?,
        short: template("short", short)?,
        severity: file.severity,
        alone: file.alone,
        role: file.role,
        apart: file.apart.list().iter().map(|v| Value::parse(v)).collect::<Result<_, _>>()?,
        pause: file.pause.as_deref().map(read_duration).transpose()?,
        lasted: file.lasted.as_deref().map(Value::parse).transpose()?,
        explain: template("explain", &file.explain)?,
        expect: expect.collect::<Result<_, String>>()?,
        verify: template("verify", &file.verify)?,
        prevent: template("prevent", &file.prevent)?,
        suspects: file.suspects.as_deref().map(read_duration).transpose()?,
        leads_to: file.leads_to.iter().map(read_leads_to).collect::<Result<_, _>>()?,
        whens,
        samples: file.sample,
    })
}

fn read_leads_to(file: &LeadsToFile) -> Result<LeadsTo, String> {
    Ok(match file {
        LeadsToFile::Name(rule) => LeadsTo { rule: rule.clone(), within: USUAL_DELAY, same_host: false },
        LeadsToFile::Full { rule, within, same_host } => {
            let within = within.as_deref().map(read_duration).transpose()?.unwrap_or(USUAL_DELAY);
            LeadsTo { rule: rule.clone(), within, same_host: *same_host }
        }
    })
}

/// A duration as rules write it, in nanoseconds.
///
/// # Errors
/// One sentence, when it is none.
pub fn read_duration(text: &str) -> Result<i64, String> {
    duration(text).ok_or_else(|| format!("`{text}` is no duration; write `30 s` or `2 h`"))
}

fn read_when(file: &WhenFile) -> Result<When, String> {
    let mut found = Vec::new();
    macro_rules! take {
        ($($field:ident => $make:expr,)*) => {
            $(if let Some(f) = &file.$field { found.push($make(f)?); })*
        };
    }
    take! {
        occurs => written::OccursFile::read,
        monotone => written::MonotoneFile::read,
        unique => written::UniqueFile::read,
        precedes => written::PrecedesFile::read,
        responds => written::RespondsFile::read_late,
        absent => written::RespondsFile::read_never,
        periodic => written::PeriodicFile::read,
        drop => written::DropFile::read,
        agree => written::AgreeFile::read,
        exclusive => written::ExclusiveFile::read,
        atomic => written::AtomicFile::read,
        burst => written::BurstFile::read,
        novel => written::NovelFile::read,
        measured => written::MeasuredFile::read,
    }
    let Some(primitive) = found.pop().filter(|_| found.is_empty()) else {
        return Err("exactly one relation is needed: occurs, monotone, unique, precedes, responds, absent, periodic, \
                    drop, agree, exclusive, atomic, burst, novel or measured"
            .to_owned());
    };
    let optional = |t: &Option<String>| t.as_deref().map(|t| Template::parse(t.trim())).transpose();
    let mut because = BTreeMap::new();
    for (part, text) in &file.because {
        because.insert(part.clone(), Template::parse(text)?);
    }
    Ok(When {
        primitive,
        title: optional(&file.title)?,
        explain: optional(&file.explain)?,
        severity: file.severity,
        confidence: file.confidence.clamp(0.0, 1.0),
        benign: optional(&file.benign)?,
        because,
        effect: file.effect.clone(),
        hide: file.hide.list().to_vec(),
    })
}
