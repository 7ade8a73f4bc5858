//! lnav's format definitions as definitions of ours.
//!
//! What Rust's expressions can say is converted and tried on the definition's own samples; what cannot be taken over
//! is named with the reason. Nothing that such a file holds is ever run: no converter, no script, no SQL. It may come
//! from a stranger, so that sizes are limited and all text in it is data.

mod lnav;
mod pcre;
mod write;

use std::sync::Arc;

use crate::format::definition::{self, Decoder, Definition, Definitions};
use crate::format::form::Form;

/// Most formats that one file may hold.
const MOST: usize = 500;

/// A format of the file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Its name, which is to be the file's name.
    pub name: String,
    /// The definition's text; `None` when nothing of it could be converted.
    pub toml: Option<String>,
    /// Expressions that were taken over, and those that the format has.
    pub patterns: (usize, usize),
    /// Samples that are read as they should be, and those that the format has.
    pub samples: (usize, usize),
    /// What was left out, with the reason; a sentence each.
    pub left_out: Vec<String>,
    /// What else is to be known; a sentence each.
    pub notes: Vec<String>,
}

/// Reads a file of lnav's format definitions; `others` are the formats that the new ones will stand beside.
///
/// # Errors
/// Text that is no such file.
pub fn import(text: &str, others: &Definitions) -> Result<Vec<Imported>, String> {
    let plain = without_comments(text);
    let value: serde_json::Value = serde_json::from_str(&plain).map_err(|e| format!("not JSON: {e}"))?;
    let Some(file) = value.as_object() else { return Err("not an object of formats".to_owned()) };
    let formats: Vec<_> = file.iter().filter(|(name, _)| !name.starts_with('$')).collect();
    if formats.is_empty() || formats.iter().all(|(_, v)| !v.is_object()) {
        return Err("no format in it; lnav's format files hold an object for each format".to_owned());
    }
    Ok(formats.into_iter().take(MOST).map(|(name, format)| lnav::format(name, format, others)).collect())
}

/// The text without comments and without a first line for the shell, both of which lnav allows.
fn without_comments(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = match text.strip_prefix("#!") {
        Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
        None => text,
    };
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut in_string = false;
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some(_)) if in_string => {
                out.push(c);
                out.extend(chars.next());
            }
            ('"', _) => {
                in_string = !in_string;
                out.push(c);
            }
            ('/', Some('/')) if !in_string => {
                chars.by_ref().find(|c| *c == '\n');
                out.push('\n');
            }
            ('/', Some('*')) if !in_string => {
                let mut before = ' ';
                chars.next();
                chars.by_ref().find(|c| std::mem::replace(&mut before, *c) == '*' && *c == '/');
                out.push(' ');
            }
            _ => out.push(c),
        }
    }
    out
}

/// A sample as the new definition reads it.
#[derive(Clone, Debug)]
pub(super) struct Read {
    /// RFC 3339, as far as the text states it.
    pub(super) time: Option<String>,
    /// The level's name.
    pub(super) level: Option<&'static str>,
}

/// Reads a sample; `None` when no record of the definition begins with it.
pub(super) fn read(d: &Arc<Definition>, text: &str) -> Option<Read> {
    let first = text.lines().next().unwrap_or_default();
    let form = Form::learn(d, &[first.as_bytes()], &[])?;
    let head = form.head(first.as_bytes(), &mut Vec::new())?;
    let time = head.stamp.map(|s| crate::time::format::utc(s.civil, s.digits));
    Some(Read { time, level: head.level.name() })
}

/// The formats whose own samples a definition would match, fallbacks not counted.
pub(super) fn also_matches(d: &Arc<Definition>, others: &Definitions) -> Vec<String> {
    let telling = |o: &&Arc<Definition>| !matches!(o.decoder, Decoder::Anywhere | Decoder::Text) && o.name != d.name;
    let takes = |o: &&Arc<Definition>| o.samples.iter().any(|s| read(d, &s.text).is_some());
    others.formats.iter().filter(telling).filter(takes).map(|o| o.name.clone()).collect()
}

/// Compiles a definition's text.
pub(super) fn compile(name: &str, text: &str) -> Result<Arc<Definition>, String> {
    definition::parse(name, text).map(Arc::new)
}
