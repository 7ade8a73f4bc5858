//! What is wrong with a definition, by place and nearest match; for people who write one.
//!
//! [`definition::check`] says whether a definition holds; this says why it does not: every failing sample, how far
//! each pattern came on it, what was expected there and what stands there.

use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;

use crate::format::decoder::{json, logfmt, postgres};
use crate::format::definition::{Decoder, Definition, Definitions, Sample, parse};
use crate::format::detect;
use crate::format::near::nearest;
use crate::format::pattern::stamp_at;
use crate::format::record::Record;
use crate::format::verify::{Reading, unused};
use crate::time::stamp::Shape;

/// Something that is not right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// 1-based line of the definition's file, where it is known.
    pub line: Option<usize>,
    /// What it is, on several lines where a caret points at a place.
    pub text: String,
    /// The definition does not hold; else it is worth knowing only.
    pub fails: bool,
}

/// Checks the text of a definition; answers the number of its samples and what is wrong.
///
/// `others` are the formats that it will stand beside.
pub fn explain(name: &str, text: &str, others: &Definitions) -> (usize, Vec<Problem>) {
    let definition = match parse(name, text) {
        Ok(definition) => Arc::new(definition),
        Err(message) => return (0, vec![Problem { line: None, text: suggest(&message), fails: true }]),
    };
    let places = Places::read(text);
    let mut problems = Vec::new();
    for (i, sample) in definition.samples.iter().enumerate() {
        let mut trouble = of_sample(&definition, sample);
        let fails = !trouble.is_empty();
        if !fails {
            trouble.extend(taken_away(&definition, sample, others));
        }
        for what in trouble {
            let text = format!("sample {}: {what}", i + 1);
            problems.push(Problem { line: places.line(&places.samples, i), text, fails });
        }
    }
    for p in unused(&definition) {
        let text = format!("pattern {} is used by no sample: give one, so that it stays right", p + 1);
        problems.push(Problem { line: places.line(&places.patterns, p), text, fails: true });
    }
    (definition.samples.len(), problems)
}

/// Where samples and patterns begin in the file.
#[derive(Debug, Default)]
struct Places {
    samples: Vec<usize>,
    patterns: Vec<usize>,
    line_ends: Vec<usize>,
}

impl Places {
    fn read(text: &str) -> Places {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            sample: Vec<Spanned<toml::Table>>,
            #[serde(default)]
            pattern: Vec<Spanned<toml::Table>>,
        }
        let Ok(file) = toml::from_str::<File>(text) else { return Places::default() };
        let begins = |list: &[Spanned<toml::Table>]| list.iter().map(|s| s.span().start).collect();
        Places {
            samples: begins(&file.sample),
            patterns: begins(&file.pattern),
            line_ends: memchr::memchr_iter(b'\n', text.as_bytes()).collect(),
        }
    }

    fn line(&self, list: &[usize], i: usize) -> Option<usize> {
        let at = *list.get(i)?;
        Some(self.line_ends.partition_point(|end| *end < at) + 1)
    }
}

/// All that a sample's reading differs in from what it should be.
fn of_sample(d: &Arc<Definition>, sample: &Sample) -> Vec<String> {
    let reading = Reading::of(d, sample);
    let first = reading.first;
    let Some((form, head)) = &reading.found else {
        return vec![format!("does not match\n{}", no_match(d, first))];
    };
    let mut out = Vec::new();
    let record = form.decode(reading.text.as_bytes());
    let time = reading.time();
    if time != sample.time {
        let mut text = time_differs(time.as_deref(), sample.time.as_deref(), &record);
        if time.is_none() && d.decoder == Decoder::Json {
            text.push('\n');
            text.push_str(&no_json(d, first));
        }
        out.push(text);
    }
    let level = reading.level();
    if level != sample.level.as_deref() {
        out.push(level_differs(level, sample.level.as_deref(), &record, head.level_from_words));
    }
    for (name, want) in &sample.fields {
        let got = record.field(name);
        if got != Some(want) {
            out.push(field_differs(name, want, got, &record));
        }
    }
    out
}

fn time_differs(got: Option<&str>, want: Option<&str>, record: &Record<'_>) -> String {
    let read = record.stamp.as_deref().map(|s| format!(", read from `{s}`")).unwrap_or_default();
    match (want, got) {
        (None, Some(got)) => format!("states no time, but one is found{read}; if it is right: time = \"{got}\""),
        (Some(want), None) => format!("time should be {want}, but no time is found"),
        (want, got) => {
            let unstated = want.is_some_and(|w| !w.starts_with("1972") && !w.starts_with("1970"))
                && got.is_some_and(|g| g.starts_with("1972") || g.starts_with("1970"));
            let hint = if unstated {
                "\n    the text states no year (or no day): 1972 (or 1970-01-01) stands for it in a sample"
            } else {
                ""
            };
            format!("time is {}, not {}{read}{hint}", got.unwrap_or("none"), want.unwrap_or("none"))
        }
    }
}

fn level_differs(got: Option<&str>, want: Option<&str>, record: &Record<'_>, from_words: bool) -> String {
    let read = match (&record.level, from_words) {
        (Some(text), _) => format!(", read from `{text}`"),
        (None, true) => ", from words of the message ([[level.words]])".to_owned(),
        (None, false) => String::new(),
    };
    let known = want.is_none_or(|w| crate::format::level::Level::from_name(w).is_some());
    let hint = match (want, got) {
        (Some(want), _) if !known => {
            let names = crate::format::level::Level::STATED.into_iter().filter_map(|l| l.name());
            nearest(want, names).map(|n| format!("\n    `{want}` is no level; did you mean `{n}`?")).unwrap_or_default()
        }
        (Some(want), _) => match &record.level {
            Some(text) => format!("\n    to make it so: [level.map] \"{text}\" = \"{want}\""),
            None if got.is_none() => {
                "\n    no part named `level` is found; name one, or give [level] search, words or default".to_owned()
            }
            None => String::new(),
        },
        (None, Some(got)) => format!("\n    if it is right: level = \"{got}\""),
        (None, None) => String::new(),
    };
    format!("level is {}, not {}{read}{hint}", got.unwrap_or("none"), want.unwrap_or("none"))
}

fn field_differs(name: &str, want: &str, got: Option<&str>, record: &Record<'_>) -> String {
    if let Some(got) = got {
        let at = got.chars().zip(want.chars()).take_while(|(a, b)| a == b).count();
        return format!(
            "field {name} differs from character {}\n    expected {}\n    found    {}",
            at + 1,
            quoted(want),
            quoted(got)
        );
    }
    let standard = ["host", "process", "pid", "thread", "message"].into_iter().filter(|n| record.field(n).is_some());
    let there: Vec<&str> = standard.chain(record.fields.iter().map(|(n, _)| &**n)).collect();
    let same = there.iter().find(|n| record.field(n) == Some(want)).map(|n| format!("; `{n}` has this value"));
    let near = || nearest(name, there.iter().copied()).map(|n| format!("; did you mean `{n}`?"));
    let hint = same.or_else(near).unwrap_or_default();
    format!("no field {name}{hint}\n    there are: {}", there.join(", "))
}

/// A text on one line, cut where it is long.
fn quoted(text: &str) -> String {
    let short: String = text.chars().take(160).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("\"{}{dots}\"", short.replace('\n', "\\n").replace('\t', "\\t"))
}

/// Why a line begins no record of the format.
fn no_match(d: &Definition, line: &str) -> String {
    match d.decoder {
        Decoder::Pattern => furthest(d, line),
        Decoder::Regex => furthest_expression(d, line),
        Decoder::Json => no_json(d, line),
        Decoder::Logfmt => no_logfmt(d, line),
        Decoder::Postgres => match postgres::severity(line.as_bytes()) {
            None => "    no severity with a colon and blanks behind it is found (`LOG:  `, `ERROR:  `)".to_owned(),
            Some((at, _)) => caret(line, at.start, "expected a time somewhere before the severity"),
        },
        Decoder::W3c => "    no `#Fields:` line above names the columns".to_owned(),
        Decoder::Anywhere => "    no time that names a day is found in the line".to_owned(),
        Decoder::Text => String::new(),
    }
}

/// The pattern that came furthest, the place where it stopped, and what it wanted there.
fn furthest(d: &Definition, line: &str) -> String {
    let stops = d.patterns.iter().enumerate().filter_map(|(i, (p, _))| Some((i, p.stop(line.as_bytes(), &d.levels)?)));
    let Some((i, stop)) = stops.max_by_key(|(i, s)| (s.at, std::cmp::Reverse(*i))) else { return String::new() };
    let expected = stop.expected.join(", or ");
    let which = if d.patterns.len() > 1 { format!("pattern {} came furthest: ", i + 1) } else { String::new() };
    let time = stop.expected.iter().any(|e| e.starts_with("a time"));
    let there = match stamp_at(line.as_bytes(), stop.at).filter(|_| time) {
        Some(stamp) => stamp,
        None => there(line, stop.at),
    };
    caret(line, stop.at, &format!("{which}expected {expected}\n    but {there}"))
}

/// What stands at a place, in words.
fn there(line: &str, at: usize) -> String {
    match line.get(at..) {
        Some("") => "the line ends there".to_owned(),
        Some(rest) => {
            let short: String = rest.chars().take(24).collect();
            format!("`{short}{}` stands there", if short.len() < rest.len() { "…" } else { "" })
        }
        None => "the middle of a character stands there".to_owned(),
    }
}

/// The line, a caret under the place, and a sentence. Of a long line, what is around the place.
fn caret(line: &str, at: usize, sentence: &str) -> String {
    const BEFORE: usize = 60;
    const BEHIND: usize = 36;
    let column = line.char_indices().take_while(|(i, _)| *i < at).count();
    let from = column.saturating_sub(BEFORE);
    let lead = if from > 0 { "…" } else { "" };
    let shown: String =
        line.chars().skip(from).take(BEFORE + BEHIND).map(|c| if c == '\t' { ' ' } else { c }).collect();
    let pad = column - from + lead.chars().count();
    format!("    {lead}{shown}\n    {:pad$}^ column {}\n    {sentence}", "", column + 1)
}

/// The expression whose beginning matches most of the line.
fn furthest_expression(d: &Definition, line: &str) -> String {
    let reach = |text: &str| -> Option<(usize, String)> {
        let mut parser = regex_syntax::ast::parse::Parser::new();
        let ast = parser.parse(text).ok()?;
        let regex_syntax::ast::Ast::Concat(concat) = &ast else { return None };
        let mut best = (0, text.to_owned());
        for (i, part) in concat.asts.iter().enumerate() {
            let head = text.get(..part.span().end.offset)?;
            let found = crate::format::decoder::regex::compile(head).ok().and_then(|r| r.find(line.as_bytes()));
            match found {
                Some(found) => best.0 = found.end(),
                None => {
                    best.1 = text.get(part.span().start.offset..part.span().end.offset)?.to_owned();
                    return Some(best);
                }
            }
            if i + 1 == concat.asts.len() {
                best.1.clear();
            }
        }
        Some(best)
    };
    let all = d.expressions.iter().enumerate().filter_map(|(i, (e, _))| Some((i, reach(e.text())?)));
    let Some((i, (at, want))) = all.max_by_key(|(i, (at, want))| (want.is_empty(), *at, std::cmp::Reverse(*i))) else {
        return "    no expression matches".to_owned();
    };
    let n = i + 1;
    if want.is_empty() {
        return format!("    expression {n} matches, but its group `time` cannot be read as a time; give time_format");
    }
    let short: String = want.chars().take(80).collect();
    caret(line, at, &format!("expression {n} came furthest: expected `{short}`\n    but {}", there(line, at)))
}

fn no_json(d: &Definition, line: &str) -> String {
    if let Err(e) = serde_json::from_str::<serde::de::IgnoredAny>(line) {
        let at = line.char_indices().nth(e.column().saturating_sub(1)).map_or(line.len(), |(i, _)| i);
        let what = e.to_string();
        let what = what.split(" at line").next().unwrap_or(&what);
        return caret(line, at, &format!("not JSON: {what}"));
    }
    let Some(members) = json::Members::new(line.as_bytes()) else {
        return "    JSON, but no object; a record is an object in one line".to_owned();
    };
    let there: Vec<String> = members.map(|m| String::from_utf8_lossy(m.key).into_owned()).collect();
    let has = |key: &str| json::get(line.as_bytes(), key).is_some();
    keys(d, &there, &has, |key| json::get(line.as_bytes(), key).map(|v| String::from_utf8_lossy(v).into_owned()))
}

fn no_logfmt(d: &Definition, line: &str) -> String {
    let pairs: Vec<(String, String)> = logfmt::Pairs::new(line.as_bytes())
        .map(|(k, v)| (String::from_utf8_lossy(k).into_owned(), String::from_utf8_lossy(v).into_owned()))
        .collect();
    let there: Vec<String> = pairs.iter().map(|(k, _)| k.clone()).collect();
    let value = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    keys(d, &there, &|key| value(key).is_some(), value)
}

/// Which keys are missing, and which could be meant.
fn keys(
    d: &Definition,
    there: &[String],
    has: &dyn Fn(&str) -> bool,
    value: impl Fn(&str) -> Option<String>,
) -> String {
    let near = |key: &str| {
        let found = nearest(key, there.iter().map(String::as_str));
        found.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
    };
    let mut out: Vec<String> = Vec::new();
    for key in d.keys.require.iter().filter(|k| !has(k)) {
        out.push(format!("    `require` wants the key `{key}`, which is missing{}", near(key)));
    }
    let times: Vec<&String> = d.keys.time.iter().filter(|k| has(k)).collect();
    match times.as_slice() {
        [] => {
            let hint = d.keys.time.iter().map(|k| near(k)).find(|n| !n.is_empty()).unwrap_or_default();
            out.push(format!("    none of the keys for `time` is there: {}{hint}", d.keys.time.join(", ")));
        }
        _ => out.extend(
            times
                .iter()
                .filter_map(|k| Some((k, value(k)?)))
                .filter(|(_, v)| crate::format::keys::json_stamp(v.as_bytes()).is_none())
                .map(|(k, v)| format!("    the value of `{k}` is no time: {}", quoted(&v))),
        ),
    }
    out.push(format!("    there are: {}", there.join(", ")));
    out.join("\n")
}

/// The format that would take a sample away from its own.
fn taken_away(d: &Arc<Definition>, sample: &Sample, others: &Definitions) -> Option<String> {
    if matches!(d.decoder, Decoder::Anywhere | Decoder::Text) {
        return None;
    }
    let mut all = others.clone();
    all.add(Definition::clone(d));
    let plan = detect::detect(sample.text.as_bytes(), &all);
    let taken = &plan.primary()?.definition;
    (taken.name != d.name).then(|| {
        let remedy = match taken.rank.cmp(&d.rank) {
            std::cmp::Ordering::Less => "a file of such lines alone would be read by it".to_owned(),
            _ => format!("a rank above {} would keep it", taken.rank),
        };
        format!(
            "by itself, `{}` (rank {}) takes it away from this format (rank {}); {remedy}",
            taken.name, taken.rank, d.rank
        )
    })
}

/// A reader's message, with the word that may have been meant.
fn suggest(message: &str) -> String {
    let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    let wrong = ["unknown field", "unknown variant", "no shape of time", "no kind of part", "no level"];
    let Some(found) = wrong.iter().find_map(|w| message.split(w).nth(1)) else { return message.to_owned() };
    let Some(word) = found.split('`').nth(1) else { return message.to_owned() };
    let shapes = Shape::ALL.into_iter().map(Shape::name);
    let levels = crate::format::level::Level::STATED.into_iter().filter_map(|l| l.name());
    let kinds = ["int", "decimal", "text", "csv", "stamp"].into_iter();
    let near = if message.contains("no shape of time") {
        nearest(word, shapes)
    } else if message.contains("no level") {
        nearest(word, levels)
    } else if message.contains("no kind of part") {
        nearest(word, kinds)
    } else {
        nearest(word, words.iter().copied().filter(|w| *w != word))
    };
    match near {
        Some(near) => format!("{message}\ndid you mean `{near}`?"),
        None => message.to_owned(),
    }
}
