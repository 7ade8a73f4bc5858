//! Texts with gaps: `Sequence {seq} went back[ on {host}]`.
//!
//! `{name}` is a value of the finding, `{part.name}` one of its evidence of that part. A stretch in `[ ]` is
//! left out when one of its values is not known, so that no sentence has a hole.

/// A text with gaps, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Gap(String),
    Optional(Template),
}

impl Template {
    /// Takes a text apart.
    ///
    /// # Errors
    /// One sentence, when a bracket is not closed.
    pub fn parse(text: &str) -> Result<Template, String> {
        let mut chars = text.chars();
        let (template, closed) = read(&mut chars, false)?;
        if closed { Err(format!("`]` without `[` in `{text}`")) } else { Ok(template) }
    }

    /// The names of all gaps.
    pub fn names(&self) -> Vec<&str> {
        let mut out = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(_) => {}
                Piece::Gap(name) => out.push(name.as_str()),
                Piece::Optional(inner) => out.extend(inner.names()),
            }
        }
        out
    }

    /// The text with its gaps filled; a value that is not known, outside of brackets, is `…`.
    pub fn fill(&self, value: &dyn Fn(&str) -> Option<String>) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Gap(name) => out.push_str(&value(name).unwrap_or_else(|| "…".to_owned())),
                Piece::Optional(inner) => {
                    if inner.names().iter().all(|n| value(n).is_some()) {
                        out.push_str(&inner.fill(value));
                    }
                }
            }
        }
        out
    }
}

/// Reads up to the end or the bracket that closes; true with the bracket.
fn read(chars: &mut std::str::Chars<'_>, within: bool) -> Result<(Template, bool), String> {
    let mut pieces = Vec::new();
    let mut text = String::new();
    let mut closed = false;
    while let Some(c) = chars.next() {
        match c {
            '{' => {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                let name: String = chars.by_ref().take_while(|c| *c != '}').collect();
                if name.is_empty() || name.contains(char::is_whitespace) {
                    return Err(format!("`{{{name}` is no gap"));
                }
                pieces.push(Piece::Gap(name));
            }
            '[' if !within => {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                let (inner, closed) = read(chars, true)?;
                if !closed {
                    return Err("`[` is not closed".to_owned());
                }
                pieces.push(Piece::Optional(inner));
            }
            ']' => {
                closed = true;
                break;
            }
            c => text.push(c),
        }
    }
    pieces.push(Piece::Text(text));
    pieces.retain(|p| !matches!(p, Piece::Text(t) if t.is_empty()));
    Ok((Template { pieces }, closed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_and_stretches_without_values_left_out() {
        let t = Template::parse("{seq} went back[ on {host}][ by {size}]").unwrap();
        let value = |name: &str| match name {
            "seq" => Some("orders".to_owned()),
            "host" => Some("db2".to_owned()),
            _ => None,
        };
        assert_eq!(t.fill(&value), "orders went back on db2");
        assert_eq!(Template::parse("{none}").unwrap().fill(&value), "…");
        assert_eq!(t.names(), ["seq", "host", "size"]);
    }

    #[test]
    fn broken_templates_are_refused() {
        for text in ["a [b", "a ]b", "{ }", "{", "{a b}"] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}
