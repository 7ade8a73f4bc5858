//! One format of lnav's file: its parts, and what becomes of each.

use serde_json::{Map, Value};

use super::write::Toml;
use super::{Imported, also_matches, compile, pcre, read};
use crate::format::definition::Definitions;
use crate::format::level::Level;

/// Where nothing else matches its samples.
const RANK: &str = "65";
/// Where it would take lines of other formats away.
const LOW_RANK: &str = "20";
/// Most expressions and samples of one format that are looked at.
const MOST: usize = 200;

/// Keys that need no counterpart: what they say is known, done otherwise, or only about showing.
const SILENT: &[&str] = &[
    "$schema",
    "title",
    "description",
    "url",
    "json",
    "file-type",
    "regex",
    "line-format",
    "hide-extra",
    "multiline",
    "timestamp-field",
    "timestamp-format",
    "timestamp-divisor",
    "time-field",
    "level-field",
    "level",
    "body-field",
    "opid-field",
    "thread-id-field",
    "value",
    "sample",
    "ordered-by-time",
    "duration-field",
    "duration-divisor",
    "start-timestamp-field",
    "timestamp-point-of-reference",
    "src-file-field",
    "src-line-field",
    "src-loc-field",
    "max-unrecognized-lines",
    "module-field",
];

/// Keys that are not taken over, and why.
const TOLD: &[(&str, &str)] = &[
    (
        "converter",
        "a command that converts the file; it is never run, so only text that is converted already can be read",
    ),
    ("file-pattern", "formats are recognised by the text, not by the file's name"),
    ("tags", "tags"),
    ("partitions", "partitions"),
    ("highlights", "colours"),
    ("search-table", "SQL tables"),
    ("action", "commands"),
    ("opid", "descriptions of operations"),
    ("convert-to-local-time", "times are shown in the zone that --tz names"),
    ("subsecond-field", "a fraction of the second in a field of its own"),
    ("level-pointer", "a level found by an expression on JSON's paths"),
    ("mime-types", "kinds of files that need a converter"),
];

/// A format while it is converted.
struct Format<'a> {
    name: &'a str,
    map: &'a Map<String, Value>,
    left_out: Vec<String>,
}

/// Converts a format.
pub(super) fn format(name: &str, value: &Value, others: &Definitions) -> Imported {
    let empty = Map::new();
    let mut f = Format { name, map: value.as_object().unwrap_or(&empty), left_out: Vec::new() };
    let file_name = file_name(name);
    let (patterns, all) = f.patterns();
    f.tell_rest();
    let wanted = f.samples();
    let mut out = Imported {
        name: file_name,
        toml: None,
        patterns: (patterns.len(), all),
        samples: (0, wanted.len()),
        left_out: Vec::new(),
        notes: Vec::new(),
    };
    if f.is_json() || !patterns.is_empty() {
        f.convert(&patterns, &wanted, others, &mut out);
    } else {
        f.left_out.push("no expression is left, so there is no definition".to_owned());
    }
    out.left_out = f.left_out;
    out
}

/// A sample as the file has it.
struct Wanted {
    text: String,
    level: Option<Level>,
}

impl Format<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.map.get(key).and_then(Value::as_str)
    }

    fn is_json(&self) -> bool {
        self.map.get("json").and_then(Value::as_bool) == Some(true) || self.text("file-type") == Some("json")
    }

    /// The expressions that can be said in Rust's language, with our names; and how many there are.
    fn patterns(&mut self) -> (Vec<(String, String)>, usize) {
        let Some(list) = self.map.get("regex").and_then(Value::as_object).filter(|_| !self.is_json()) else {
            return (Vec::new(), 0);
        };
        let rename = self.renaming();
        let (mut out, mut troubles) = (Vec::new(), Vec::new());
        for (name, regex) in list.iter().take(MOST) {
            let pattern = match regex.get("pattern").unwrap_or(regex) {
                Value::String(one) => one.clone(),
                Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
                _ => String::new(),
            };
            let inside = regex.get("module-format").and_then(Value::as_bool) == Some(true);
            let converted = match inside {
                true => Err("for messages inside of other formats (module-format)".to_owned()),
                false => pcre::translate(&pattern, &rename).map_err(|e| format!("{e} has no counterpart")),
            };
            let converted = converted.and_then(|text| {
                crate::format::decoder::regex::compile(&text).map(|_| text).map_err(|e| last_line(&e))
            });
            match converted {
                Ok(text) => out.push((name.clone(), text)),
                Err(why) => troubles.push(format!("expression `{name}`: {why}")),
            }
        }
        self.left_out.extend(troubles);
        (out, list.len())
    }

    /// Our name for each of the format's.
    fn renaming(&self) -> impl Fn(&str) -> String + use<> {
        let of = |key: &str, usual: &str| self.text(key).unwrap_or(usual).to_owned();
        let fixed = [
            (of("timestamp-field", "timestamp"), "time"),
            (of("level-field", "level"), "level"),
            (of("body-field", "body"), "message"),
            (of("thread-id-field", "thread"), "thread"),
            (self.text("time-field").unwrap_or_default().to_owned(), "clock"),
        ];
        move |name: &str| {
            if let Some((_, ours)) = fixed.iter().find(|(theirs, _)| theirs == name) {
                return (*ours).to_owned();
            }
            let usual = match name {
                "log_hostname" | "hostname" | "syslog_hostname" | "host_name" => "host",
                "log_procname" | "procname" | "process" | "process_name" | "program" | "progname" | "syslog_tag" => {
                    "process"
                }
                "log_pid" | "pid" | "procid" | "process_id" | "syslog_pid" => "pid",
                "tid" | "thread_id" | "thread_name" => "thread",
                "time" | "level" | "message" | "clock" => return format!("{name}_text"),
                _ => name,
            };
            usual.to_owned()
        }
    }

    fn samples(&self) -> Vec<Wanted> {
        let list = self.map.get("sample").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let text = |s: &Value| s.get("line").or(Some(s)).and_then(Value::as_str).map(str::to_owned);
        let one = |s: &Value| {
            let level = s.get("level").and_then(Value::as_str).and_then(level);
            Some(Wanted { text: text(s)?.trim_end_matches(['\n', '\r']).to_owned(), level })
        };
        list.iter().take(MOST).filter_map(one).filter(|w| !w.text.is_empty()).collect()
    }

    /// What of the format has no counterpart.
    fn tell_rest(&mut self) {
        for (key, why) in TOLD {
            if self.map.contains_key(*key) {
                self.left_out.push(format!("{key}: {why}"));
            }
        }
        let rewritten = self.map.get("value").and_then(Value::as_object).into_iter().flatten();
        let rewritten: Vec<&str> =
            rewritten.filter(|(_, v)| v.get("rewriter").is_some()).map(|(n, _)| n.as_str()).collect();
        if !rewritten.is_empty() {
            self.left_out.push(format!("commands and SQL that rewrite values are never run: {}", rewritten.join(", ")));
        }
        let known = |key: &String| SILENT.contains(&key.as_str()) || TOLD.iter().any(|(k, _)| k == key);
        let unknown: Vec<&str> = self.map.keys().filter(|k| !known(k)).map(String::as_str).collect();
        if !unknown.is_empty() {
            self.left_out.push(format!("not known: {}", unknown.join(", ")));
        }
    }

    /// Writes the definition with the samples that it reads as they should be.
    fn convert(&mut self, patterns: &[(String, String)], wanted: &[Wanted], others: &Definitions, out: &mut Imported) {
        if wanted.is_empty() {
            self.left_out
                .push("it has no sample to try it on, so there is no definition; add one and import again".to_owned());
            return;
        }
        let body = self.body(patterns, wanted);
        let trial = |default: Option<&str>| {
            let sample = "[[sample]]\ntext = \"x\"\n";
            compile(&out.name, &format!("{}{body}{}{sample}", self.opening(RANK), self.levels(default)))
        };
        let mut default = None;
        let mut definition = match trial(None) {
            Ok(d) => d,
            Err(e) => {
                self.left_out.push(format!("the definition does not compile: {}", last_line(&e)));
                return;
            }
        };
        // lnav takes what states no level it knows as information; its samples tell whether that is meant.
        let unstated =
            |w: &Wanted| w.level == Some(Level::Info) && read(&definition, &w.text).is_some_and(|r| r.level.is_none());
        if wanted.iter().any(unstated) {
            default = Some("info");
            definition = trial(default).unwrap_or(definition);
        }
        let mut kept = Vec::new();
        for (i, w) in wanted.iter().enumerate() {
            let n = i + 1;
            match read(&definition, &w.text) {
                None => self
                    .left_out
                    .push(format!("sample {n} is not matched, or its time cannot be read: {}", short(&w.text))),
                Some(r) if r.time.is_none() => {
                    self.left_out.push(format!("sample {n} has no time: {}", short(&w.text)))
                }
                Some(r) if w.level.is_some_and(|l| r.level != l.name()) => self.left_out.push(format!(
                    "sample {n} should be {}, but is {}: {}",
                    w.level.and_then(Level::name).unwrap_or("none"),
                    r.level.unwrap_or("none"),
                    short(&w.text)
                )),
                Some(r) => kept.push((w, r)),
            }
        }
        out.samples.0 = kept.len();
        if kept.is_empty() {
            self.left_out.push("no sample is read as it should be, so there is no definition".to_owned());
            return;
        }
        let also = also_matches(&definition, others);
        if !also.is_empty() {
            out.notes.push(format!(
                "rank {LOW_RANK} instead of {RANK}: it also matches samples of {}; raise it if you want it to win",
                also.join(", ")
            ));
        }
        let mut t =
            Toml { text: self.opening(if also.is_empty() { RANK } else { LOW_RANK }) + &body + &self.levels(default) };
        for (w, r) in kept {
            t.header("[[sample]]");
            t.text("text", &w.text);
            r.time.iter().for_each(|time| t.text("time", time));
            r.level.iter().for_each(|level| t.text("level", level));
        }
        out.toml = Some(t.text);
    }

    fn opening(&self, rank: &str) -> String {
        let mut t = Toml::default();
        t.comment(&format!("Imported from lnav's format {}", self.name));
        t.text("title", self.text("title").unwrap_or(self.name));
        t.text("about", self.text("description").unwrap_or("Imported from lnav."));
        let url = match self.map.get("url") {
            Some(Value::Array(list)) => list.first().and_then(Value::as_str),
            other => other.and_then(Value::as_str),
        };
        url.into_iter().for_each(|url| t.text("url", url));
        t.bare("rank", rank);
        t.text("decoder", if self.is_json() { "json" } else { "regex" });
        if self.map.get("multiline").and_then(Value::as_bool) == Some(false) {
            t.bare("multiline", "false");
        }
        t.text
    }

    /// Expressions or keys, and lengths of time.
    fn body(&self, patterns: &[(String, String)], wanted: &[Wanted]) -> String {
        let mut t = Toml::default();
        if self.is_json() {
            self.keys(&mut t, wanted);
        }
        let formats = self.map.get("timestamp-format").and_then(Value::as_array).into_iter().flatten();
        let mut formats: Vec<String> = formats.filter_map(Value::as_str).map(str::to_owned).collect();
        if let (true, Some(divisor)) = (formats.is_empty(), self.map.get("timestamp-divisor").and_then(Value::as_f64)) {
            formats.extend(number_format(divisor).map(str::to_owned));
        }
        for (name, regex) in patterns {
            t.header("[[pattern]]");
            t.comment(name);
            t.text("regex", regex);
            if !formats.is_empty() {
                t.list("time_format", &formats);
            }
        }
        self.duration(&mut t);
        t.text
    }

    fn keys(&self, t: &mut Toml, wanted: &[Wanted]) {
        let path = |key: &str, usual: &str| self.text(key).unwrap_or(usual).trim_start_matches('/').replace('/', ".");
        let time = path("timestamp-field", "timestamp");
        let (level, message) = (path("level-field", "level"), path("body-field", "body"));
        let in_all =
            |key: &&String| wanted.iter().all(|w| crate::format::decoder::json::get(w.text.as_bytes(), key).is_some());
        let require: Vec<String> = [&time, &level, &message].into_iter().filter(in_all).cloned().collect();
        t.header("[keys]");
        t.list("require", &require);
        t.list("time", &[time]);
        t.list("level", &[level]);
        t.list("message", &[message]);
        let rename = self.renaming();
        let named = self.map.get("value").and_then(Value::as_object).into_iter().flatten();
        let mut standard: Vec<(String, String)> = named
            .map(|(n, _)| (rename(n.trim_start_matches('/')), n.trim_start_matches('/').replace('/', ".")))
            .collect();
        if let Some(thread) = self.text("thread-id-field") {
            standard.insert(0, ("thread".to_owned(), thread.replace('/', ".")));
        }
        for part in ["host", "process", "pid", "thread"] {
            if let Some((_, key)) = standard.iter().find(|(ours, _)| ours == part) {
                t.list(part, std::slice::from_ref(key));
            }
        }
    }

    fn duration(&self, t: &mut Toml) {
        let begins = self.text("timestamp-point-of-reference") == Some("start");
        let rename = self.renaming();
        if let Some(field) = self.text("duration-field") {
            let divisor = self.map.get("duration-divisor").and_then(Value::as_f64).unwrap_or(1.0);
            let unit = [(1.0, "s"), (1e3, "ms"), (1e6, "us"), (1e9, "ns")].into_iter().find(|(d, _)| *d == divisor);
            t.header("[[duration]]");
            t.list("field", &[rename(field)]);
            unit.iter().for_each(|(_, unit)| t.text("unit", unit));
            t.text("stamped", if begins { "begin" } else { "end" });
        }
        if let Some(field) = self.text("start-timestamp-field") {
            t.header("[[duration]]");
            t.list("until", &[rename(field)]);
        }
    }

    /// What levels are called: numbers by a table, words by expressions, quietest first as lnav tries them.
    fn levels(&self, default: Option<&str>) -> String {
        let mut t = Toml::default();
        let given = self.map.get("level").and_then(Value::as_object).into_iter().flatten();
        let mut numbers: Vec<(String, Level)> = Vec::new();
        let mut words: Vec<(Level, String)> = Vec::new();
        for (name, what) in given {
            let Some(level) = level(name) else { continue };
            match what {
                Value::Number(n) => numbers.push((n.to_string(), level)),
                Value::String(regex) => {
                    words.extend(pcre::translate(regex, &str::to_owned).ok().map(|regex| (level, regex)));
                }
                _ => {}
            }
        }
        words.sort_by_key(|(level, _)| *level);
        if default.is_some() || !numbers.is_empty() {
            t.header("[level]");
            default.iter().for_each(|level| t.text("default", level));
        }
        if !numbers.is_empty() {
            t.header("[level.map]");
            numbers.iter().for_each(|(n, level)| t.text(n, level.name().unwrap_or("info")));
        }
        for (level, regex) in words {
            t.header("[[level.match]]");
            t.text("level", level.name().unwrap_or("info"));
            t.list("any", &[regex]);
        }
        t.text
    }
}

/// lnav's names of levels, `debug2` to `debug5` among them.
fn level(name: &str) -> Option<Level> {
    Some(Level::from_word(name.as_bytes())).filter(|l| *l != Level::None)
}

/// How a number since 1970 is written, of which so many make a second.
fn number_format(per_second: f64) -> Option<&'static str> {
    [(1.0, "%s"), (1e3, "%i"), (1e6, "%6"), (1e9, "%9")].into_iter().find(|(d, _)| *d == per_second).map(|(_, f)| f)
}

/// A name that is fit to be a file's.
fn file_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .take(64)
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '_' | '-') { c.to_ascii_lowercase() } else { '-' })
        .collect();
    if kept.is_empty() { "unnamed".to_owned() } else { kept }
}

fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    let short: String = line.chars().take(80).collect();
    if short.len() < text.len() { format!("{short}…") } else { short }
}

/// What an engine's message says at its end, without the picture above it.
fn last_line(message: &str) -> String {
    message.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}
