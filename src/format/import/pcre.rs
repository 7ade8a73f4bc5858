//! From PCRE2's expressions to those that Rust's engine has.
//!
//! Most of the two languages is the same. What needs backtracking (looking around, references to earlier groups,
//! recursion) has no counterpart; then the answer names it.

use std::iter::Peekable;
use std::str::Chars;

/// Translates an expression; `rename` gives each named group its new name.
///
/// # Errors
/// What cannot be expressed, in words.
pub(super) fn translate(text: &str, rename: &dyn Fn(&str) -> String) -> Result<String, String> {
    let mut t = Translator { chars: text.chars().peekable(), out: String::with_capacity(text.len()), rename };
    t.run()?;
    Ok(t.out)
}

struct Translator<'a> {
    chars: Peekable<Chars<'a>>,
    out: String,
    rename: &'a dyn Fn(&str) -> String,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), String> {
        let mut repeatable = false; // a quantifier may stand here
        while let Some(c) = self.chars.next() {
            match c {
                '\\' => repeatable = self.escape(false)?,
                '(' => {
                    self.group()?;
                    repeatable = false;
                }
                '[' => {
                    self.class()?;
                    repeatable = true;
                }
                '*' | '+' | '?' if repeatable => {
                    self.out.push(c);
                    self.behind_quantifier();
                    repeatable = false;
                }
                '{' => repeatable = self.brace(repeatable),
                '}' | ']' => {
                    self.out.push('\\');
                    self.out.push(c);
                    repeatable = true;
                }
                '|' | '^' | '$' => {
                    self.out.push(c);
                    repeatable = c != '|';
                }
                _ => {
                    self.out.push(c);
                    repeatable = true;
                }
            }
        }
        Ok(())
    }

    /// `+` behind a quantifier forbids going back, which this engine never does: it finds the same without.
    fn behind_quantifier(&mut self) {
        match self.chars.peek() {
            Some('+') => {
                self.chars.next();
            }
            Some('?') => {
                self.chars.next();
                self.out.push('?');
            }
            _ => {}
        }
    }

    /// `{2,5}` is a quantifier, any other brace is itself.
    fn brace(&mut self, repeatable: bool) -> bool {
        let rest: String = self.chars.clone().take_while(|c| *c != '}').take(12).collect();
        let numbers: Vec<&str> = rest.split(',').collect();
        let digits = |t: &str| t.chars().all(|c| c.is_ascii_digit());
        let closed = self.chars.clone().nth(rest.chars().count()) == Some('}');
        let is = match numbers.as_slice() {
            [n] => !n.is_empty() && digits(n),
            [from, to] => digits(from) && digits(to) && !(from.is_empty() && to.is_empty()),
            _ => false,
        };
        if !(repeatable && closed && is) {
            self.out.push_str("\\{");
            return true;
        }
        let from = if rest.starts_with(',') { "{0" } else { "{" };
        self.out.push_str(from);
        self.out.push_str(&rest);
        self.out.push('}');
        (0..=rest.chars().count()).for_each(|_| {
            self.chars.next();
        });
        self.behind_quantifier();
        false
    }

    /// What stands behind a backslash; true when it can be repeated.
    fn escape(&mut self, in_class: bool) -> Result<bool, String> {
        let Some(c) = self.chars.next() else { return Err("it ends with a backslash".to_owned()) };
        let plain: &str = match (c, in_class) {
            ('h', false) => "[ \\t]",
            ('h', true) => " \\t",
            ('H', false) => "[^ \\t]",
            ('v', false) => "[\\n\\x0b\\x0c\\r]",
            ('v', true) => "\\n\\x0b\\x0c\\r",
            ('R', false) => "(?:\\r\\n|\\n|\\r)",
            ('N', false) => "[^\\n]",
            ('Z', false) => "\\z",
            ('e', _) => "\\x1b",
            ('b', true) => "\\x08",
            ('0', _) => "\\x00",
            ('E', _) => return Ok(true),
            ('Q', _) => {
                self.quote();
                return Ok(true);
            }
            ('1'..='9' | 'g' | 'k', _) => return Err("a reference to an earlier group".to_owned()),
            ('K' | 'G' | 'X' | 'C' | 'o' | 'c', _) => return Err(format!("`\\{c}`")),
            (
                'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B' | 'A' | 'z' | 'n' | 'r' | 't' | 'f' | 'a' | 'x' | 'p'
                | 'P',
                _,
            ) => {
                self.out.push('\\');
                self.out.push(c);
                return Ok(!matches!(c, 'b' | 'B' | 'A' | 'z'));
            }
            (c, _) if c.is_ascii_alphanumeric() => return Err(format!("`\\{c}`")),
            (c, _) => {
                self.literal(c);
                return Ok(true);
            }
        };
        self.out.push_str(plain);
        Ok(c != 'Z')
    }

    /// A character that stands for itself.
    fn literal(&mut self, c: char) {
        if c.is_ascii_punctuation() && !matches!(c, '<' | '>') {
            self.out.push('\\');
        }
        self.out.push(c);
    }

    /// `\Q…\E`: all of it stands for itself.
    fn quote(&mut self) {
        while let Some(c) = self.chars.next() {
            if c == '\\' && self.chars.peek() == Some(&'E') {
                self.chars.next();
                return;
            }
            self.literal(c);
        }
    }

    fn group(&mut self) -> Result<(), String> {
        if self.chars.peek() == Some(&'*') {
            return Err("a verb that steers backtracking, `(*…)`".to_owned());
        }
        if self.chars.peek() != Some(&'?') {
            self.out.push('(');
            return Ok(());
        }
        self.chars.next();
        let kind = self.chars.next().ok_or("it ends with `(?`")?;
        let next = self.chars.peek().copied();
        let no = |what: &str| Err(what.to_owned());
        match (kind, next) {
            ('=' | '!', _) => no("looking ahead, `(?=…)` or `(?!…)`"),
            ('<', Some('=' | '!')) => no("looking behind, `(?<=…)` or `(?<!…)`"),
            ('<', _) => self.name('>'),
            ('\'', _) => self.name('\''),
            ('P', Some('<')) => {
                self.chars.next();
                self.name('>')
            }
            ('P', Some('=')) => no("a reference to an earlier group"),
            ('P' | 'R' | '&' | '+' | '0'..='9', _) | ('-', Some('0'..='9')) => no("a group that calls another"),
            ('(', _) => no("a condition, `(?(…)…)`"),
            ('|', _) => no("a branch reset, `(?|…)`"),
            ('C', _) => no("a callout"),
            // Atomic groups forbid going back, which this engine never does.
            (':' | '>', _) => {
                self.out.push_str("(?:");
                Ok(())
            }
            ('#', _) => {
                self.chars.by_ref().find(|c| *c == ')');
                Ok(())
            }
            (first, _) => self.flags(first),
        }
    }

    fn name(&mut self, end: char) -> Result<(), String> {
        let name: String = self.chars.by_ref().take_while(|c| *c != end).collect();
        self.out.push_str("(?<");
        self.out.push_str(&(self.rename)(&name));
        self.out.push('>');
        Ok(())
    }

    /// `(?i)`, `(?i:`, `(?s-m)`.
    fn flags(&mut self, first: char) -> Result<(), String> {
        self.out.push_str("(?");
        let mut c = first;
        loop {
            match c {
                'i' | 'm' | 's' | 'x' | 'U' | '-' => self.out.push(c),
                ':' | ')' => {
                    self.out.push(c);
                    return Ok(());
                }
                'J' => return Err("groups of the same name, `(?J)`".to_owned()),
                c => return Err(format!("the option `{c}`")),
            }
            c = self.chars.next().ok_or("a group without an end")?;
        }
    }

    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.chars.peek() == Some(&'^') {
            self.chars.next();
            self.out.push('^');
        }
        let mut first = true;
        loop {
            let c = self.chars.next().ok_or("a set of characters without an end")?;
            match c {
                ']' if !first => {
                    self.out.push(']');
                    return Ok(());
                }
                '[' if self.chars.peek() == Some(&':') => {
                    let name: String = self.chars.by_ref().take_while(|c| *c != ']').collect();
                    self.out.push_str(&format!("[{name}]"));
                }
                '\\' => {
                    let set =
                        self.chars.peek().is_some_and(|c| matches!(c, 'd' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'v'));
                    self.escape(true)?;
                    // Behind a set of characters, `-` is itself.
                    if set && self.chars.peek() == Some(&'-') {
                        self.chars.next();
                        self.out.push_str("\\-");
                    }
                }
                ']' | '[' | '&' | '~' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '-' if first || self.chars.peek() == Some(&']') => self.out.push_str("\\-"),
                _ => self.out.push(c),
            }
            first = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(pcre: &str, text: &str) {
        let rust = translate(pcre, &|n| n.to_owned()).unwrap_or_else(|e| panic!("{pcre}: {e}"));
        let regex = regex::Regex::new(&rust).unwrap_or_else(|e| panic!("{pcre} became {rust}: {e}"));
        assert!(regex.is_match(text), "{pcre} became {rust}");
    }

    #[test]
    fn what_both_engines_have_is_kept() {
        for (pcre, text) in [
            (r"^(?<a>\d{4}-\d{2})\s+\[(?<b>[^\]]+)\]", "2026-11 [x]"),
            (r"^(?P<a>\w++)\/(?'b'[\w-.]*+)$", "ab/c-d."),
            (r"^(?>a+)b{x}\h\-\Z", "aab{x}\t-"),
            (r"^[]a]+[^]]\Q.*(\E\<x\>", "]a:.*(<x>"),
            (r"^(?#a comment)(?i:AB)[[:digit:]_&&~-]{,3}$", "ab1-&"),
            (r#"^"(?<q>(?:[^"\\]|\\.)*)""#, r#""a\"b""#),
            (r"^\{(?<x>[^}]*)}$", "{a}"),
        ] {
            same(pcre, text);
        }
    }

    #[test]
    fn what_rust_cannot_express_is_named() {
        for (pcre, word) in [
            (r"a(?=b)", "ahead"),
            (r"(?<!a)b", "behind"),
            (r"(a)\1", "earlier group"),
            (r"(?<x>a)\k<x>", "earlier group"),
            (r"(?R)", "calls another"),
            (r"(?(1)a|b)", "condition"),
            (r"(?|a|b)", "branch reset"),
            (r"(*SKIP)a", "verb"),
            (r"a\Kb", "\\K"),
            (r"(?J)(?<n>a)", "same name"),
            (r"a\", "backslash"),
        ] {
            let e = translate(pcre, &|n| n.to_owned()).unwrap_err();
            assert!(e.contains(word), "{pcre}: {e}");
        }
    }
}
