//! The words of the filter language in one table: completion, help, README and the command line tell it from here.

/// What a term of a filter asks about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// The host that wrote the event.
    Host,
    /// The file it stands in.
    Source,
    /// The program that wrote it.
    Process,
    /// The number of that program.
    Pid,
    /// Its level.
    Level,
    /// Its level or a louder one.
    LevelFrom,
    /// Its level or a quieter one.
    LevelTo,
    /// The format of its line.
    Format,
    /// An identifier that stands in it.
    Id,
    /// What it states.
    Fact,
    /// The rule that it is evidence for.
    Rule,
    /// What belongs to it.
    Has,
    /// It was before an instant.
    Before,
    /// It was at an instant or after it.
    After,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct KeyInfo {
    /// The key.
    pub key: Key,
    /// As it is written, with what parts it from its value.
    pub written: &'static str,
    /// A value, as an example.
    pub example: &'static str,
    /// What passes, in a few words.
    pub about: &'static str,
}

const fn row(key: Key, written: &'static str, example: &'static str, about: &'static str) -> KeyInfo {
    KeyInfo { key, written, example, about }
}

/// All keys.
pub const KEYS: &[KeyInfo] = &[
    row(Key::Host, "host:", "db1", "written by this host, or by hosts with this in their name"),
    row(Key::Source, "source:", "db1/app.log", "from this file, or from files with this in their path"),
    row(Key::Process, "process:", "corosync", "written by programs with this in their name"),
    row(Key::Pid, "pid:", "4711", "written by the process with this number"),
    row(Key::Level, "level:", "error", "of this level"),
    row(Key::LevelFrom, "level>=", "warning", "of this level or a louder one"),
    row(Key::LevelTo, "level<=", "info", "of this level or a quieter one"),
    row(Key::Format, "format:", "syslog", "lines of this format"),
    row(Key::Id, "id:", "142", "name this identifier, whole; id:account=142 asks for the noun as well"),
    row(Key::Fact, "fact:", "role.start", "state this kind of fact; fact:role is all that begin with it"),
    row(Key::Rule, "rule:", "split-brain", "evidence of a finding of this rule"),
    row(
        Key::Has,
        "has:",
        "finding",
        "note: marked or commented; mark: marked without words; finding: evidence; lines: more than one line",
    ),
    row(Key::Before, "before:", "13:08", "before this time, in the zone that is shown"),
    row(Key::After, "after:", "\"2026-10-10 13:08\"", "at this time or after it"),
];

/// What a term may be beside a key with a value: an example, and what it does.
pub const FORMS: &[(&str, &str)] = &[
    ("promote failed", "both words, anywhere in the event; in lower case any case matches"),
    ("\"not running\"", "these words as they stand"),
    ("/fail(ed|ure)/", "a regular expression"),
    ("-slow", "not this: in front of a word or a key"),
    ("host:db1|db2", "either value"),
];

/// What `has:` may be followed by.
pub const HAS: [(&str, super::Has); 4] = [
    ("note", super::Has::Note),
    ("mark", super::Has::Mark),
    ("finding", super::Has::Finding),
    ("lines", super::Has::Lines),
];

impl Key {
    /// Its row of the table.
    pub fn info(self) -> &'static KeyInfo {
        const NONE: KeyInfo = row(Key::Host, "", "", "");
        KEYS.iter().find(|row| row.key == self).unwrap_or(&NONE)
    }

    /// As it is written, with what parts it from its value.
    pub fn written(self) -> &'static str {
        self.info().written
    }

    /// The key that a text begins with.
    pub fn at_start(text: &str) -> Option<Key> {
        KEYS.iter().find(|row| text.starts_with(row.written)).map(|row| row.key)
    }
}

/// The whole language, a line for each part of it.
pub fn help() -> String {
    let forms = FORMS.iter().map(|(example, about)| ((*example).to_owned(), *about));
    let keys = KEYS.iter().map(|k| (format!("{}{}", k.written, k.example), k.about));
    let rows: Vec<(String, &str)> = forms.chain(keys).collect();
    let width = rows.iter().map(|(example, _)| example.chars().count()).max().unwrap_or(0);
    rows.iter().map(|(example, about)| format!("{example:width$}  {about}\n")).collect()
}

/// A term that asks for exactly this value.
pub fn term(key: Key, value: &str) -> String {
    format!("{}{}", key.written(), quoted(value, key))
}

/// A term that asks for these words as they stand.
pub fn words(text: &str) -> String {
    let plain = !text.is_empty()
        && !text.starts_with(['-', '/', '"'])
        && !text.contains(char::is_whitespace)
        && super::parse::is_plain_word(text);
    if plain { text.to_owned() } else { in_quotes(text) }
}

/// A term that lets pass what another keeps out.
pub fn negated(term: &str) -> String {
    term.strip_prefix('-').map_or_else(|| format!("-{term}"), str::to_owned)
}

fn quoted(value: &str, key: Key) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-@+#:,[]()%~".contains(c) || (c == '=' && key != Key::Id);
    if !value.is_empty() && value.chars().all(plain) { value.to_owned() } else { in_quotes(value) }
}

fn in_quotes(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}
