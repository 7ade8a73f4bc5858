//! A definition as the text of a TOML file, for people to read and change.

/// The text of a file that is being written.
#[derive(Debug, Default)]
pub(super) struct Toml {
    /// What was written so far.
    pub(super) text: String,
}

impl Toml {
    /// A header, with an empty line before it.
    pub(super) fn header(&mut self, name: &str) {
        self.text.push_str(&format!("\n{name}\n"));
    }

    /// A key with a text.
    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.bare(key, &string(value));
    }

    /// A key with a list of texts.
    pub(super) fn list(&mut self, key: &str, values: &[String]) {
        let list: Vec<String> = values.iter().map(|v| string(v)).collect();
        self.bare(key, &format!("[{}]", list.join(", ")));
    }

    /// A key with a value that is TOML already.
    pub(super) fn bare(&mut self, key: &str, value: &str) {
        self.text.push_str(&format!("{} = {value}\n", bare_key(key)));
    }

    /// A comment, harmless whatever is in it.
    pub(super) fn comment(&mut self, text: &str) {
        let clean: String = text.chars().map(|c| if is_plain(c) { c } else { '·' }).collect();
        self.text.push_str(&format!("# {clean}\n"));
    }
}

/// Characters that can neither steer a terminal nor turn the direction of writing.
fn is_plain(c: char) -> bool {
    c == ' ' || c.is_ascii_graphic() || c.is_alphanumeric()
}

fn bare_key(key: &str) -> String {
    let plain = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if plain { key.to_owned() } else { basic(key) }
}

/// A text as TOML's string, in the form that needs the fewest escapes.
pub(super) fn string(text: &str) -> String {
    let plain = text.chars().all(is_plain);
    match plain {
        true if !text.contains('\'') => format!("'{text}'"),
        true if !text.contains("''") && !text.ends_with('\'') => format!("'''{text}'''"),
        _ => basic(text),
    }
}

fn basic(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if !is_plain(c) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_comes_back_as_it_was() {
        for text in ["", "a", "it's", "''", "a'", "\"\\\n\t\u{1b}\u{202e}ü", r"^\d+'''x", "\u{7f}\0"] {
            let mut t = Toml::default();
            t.text("key x", text);
            t.list("list", &[text.to_owned()]);
            t.comment(text);
            let back: toml::Table = toml::from_str(&t.text).unwrap_or_else(|e| panic!("{text:?}: {e}\n{}", t.text));
            assert_eq!(back["key x"].as_str(), Some(text));
            assert_eq!(back["list"][0].as_str(), Some(text));
        }
    }
}
