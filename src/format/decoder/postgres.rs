//! PostgreSQL's stderr log: a prefix that every site chooses (`log_line_prefix`), then `LOG:  message`.
//!
//! The severity's word tells such a line from all others; where the stamp stands before it is learned
//! from the lines ([`anywhere`](super::anywhere)), and what else the prefix holds is read by its looks.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::format::level::Level;

/// How long a prefix may be.
const REACH: usize = 400;

/// PostgreSQL's words before the message. Lines that explain the one above have its quiet level.
const SEVERITIES: [(&[u8], Level); 16] = [
    (b"LOG", Level::Info),
    (b"STATEMENT", Level::Info),
    (b"DETAIL", Level::Info),
    (b"ERROR", Level::Error),
    (b"HINT", Level::Info),
    (b"CONTEXT", Level::Info),
    (b"WARNING", Level::Warning),
    (b"FATAL", Level::Critical),
    (b"PANIC", Level::Critical),
    (b"NOTICE", Level::Notice),
    (b"INFO", Level::Info),
    (b"QUERY", Level::Info),
    (b"LOCATION", Level::Info),
    (b"BACKTRACE", Level::Info),
    (b"DEBUG", Level::Debug),
    (b"DEBUG1", Level::Debug),
];

/// The severity of a line: where its word stands, and its level.
#[inline]
pub fn severity(line: &[u8]) -> Option<(Range<usize>, Level)> {
    let head = line.get(..REACH.min(line.len()))?;
    for colon in memchr::memchr_iter(b':', head) {
        if !matches!(head.get(colon + 1), Some(b' ' | b'\t') | None) {
            continue;
        }
        let before = head.get(..colon)?;
        let letters = before.iter().rev().take_while(|b| b.is_ascii_uppercase()).count();
        let digit = usize::from(letters == 0 && before.last().is_some_and(u8::is_ascii_digit));
        let letters = if digit == 1 {
            before.iter().rev().skip(1).take_while(|b| b.is_ascii_uppercase()).count()
        } else {
            letters
        };
        // PostgreSQL writes two blanks; a prefix that ends in a colon is sign enough without the second.
        let two = matches!(head.get(colon + 2), Some(b' ' | b'\t'));
        let in_colons = before.len().checked_sub(letters + digit + 1).and_then(|i| before.get(i)) == Some(&b':');
        if !two && !in_colons {
            continue;
        }
        let word = before.get(before.len() - letters - digit..before.len() - digit)?;
        if letters >= 3
            && before
                .get(..before.len() - letters - digit)?
                .last()
                .is_none_or(|b| !b.is_ascii_alphabetic() && *b != b'_')
            && let Some((_, level)) = SEVERITIES.iter().find(|(w, _)| *w == word)
        {
            return Some((colon - letters - digit..colon, *level));
        }
    }
    None
}

/// What a prefix tells beside the stamp.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix<'a> {
    /// Process id of the backend.
    pub pid: Option<Cow<'a, str>>,
    /// Everything else, by name: `user`, `database`, `application`, `client` and what the site named itself.
    pub fields: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

/// Reads a prefix (without its stamp) by its looks: `[pid]`, `user@database/application`, `key=value,…`.
pub fn prefix(text: &str) -> Prefix<'_> {
    static BRACKETED: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[(\d{1,7})(?:-\d+)?\]").ok());
    static PID: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|[( :])(\d{1,7})(?:-\d+)?[): ]").ok());
    static PAIR: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(\w+)=([^,\s]*)").ok());
    static AT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"([\w\[\]-]+)@([\w\[\]-]+)(?:/([^ ]*))?").ok());
    let mut out = Prefix::default();
    let borrowed = |m: regex::Match<'_>| text.get(m.range()).map_or(Cow::Borrowed(""), Cow::Borrowed);
    let first = |r: &LazyLock<Option<Regex>>| r.as_ref().and_then(|r| r.captures(text)).and_then(|c| c.get(1));
    if let Some(m) = first(&BRACKETED).or_else(|| first(&PID)) {
        out.pid = Some(borrowed(m));
    }
    for c in PAIR.iter().flat_map(|r| r.captures_iter(text)) {
        if let (Some(key), Some(value)) = (c.get(1), c.get(2)) {
            let name = match key.as_str() {
                "db" => Cow::Borrowed("database"),
                "usr" => Cow::Borrowed("user"),
                "app" | "appli" => Cow::Borrowed("application"),
                _ => borrowed(key),
            };
            out.fields.push((name, borrowed(value)));
        }
    }
    if out.fields.is_empty()
        && let Some(c) = AT.as_ref().and_then(|r| r.captures(text))
    {
        for (i, name) in [(1, "user"), (2, "database"), (3, "application")] {
            if let Some(m) = c.get(i).filter(|m| !m.as_str().is_empty()) {
                out.fields.push((Cow::Borrowed(name), borrowed(m)));
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_severity_ends_the_prefix() {
        let check = |line: &str, word: &str| {
            let found = severity(line.as_bytes()).and_then(|(r, _)| line.get(r)).map(str::to_owned);
            assert_eq!(found.as_deref(), Some(word), "{line}");
        };
        check("2026-11-21 13:36:51.436 UTC [826] LOG:  starting", "LOG");
        check("2021-05-27 17:00:00 UTC:10.1.91.65:user@my_db:[24743]:LOG: duration", "LOG");
        check("2023-07-25 02:14:09.790 UTC 64bf2ff1.21fc1e 0 VCDB vumuser [local] 2227230 5LOG:  disconnection", "LOG");
        check("x [1] DEBUG2:  checkpoint", "DEBUG2");
        assert_eq!(severity(b"2026-11-21 CATALOG:  x"), None);
        assert_eq!(severity(b"2026-11-21 an ERROR in a sentence"), None);
    }

    #[test]
    fn prefixes_are_read_by_their_looks() {
        let p = prefix(" [868] app@shop/worker1 ");
        assert_eq!(p.pid.as_deref(), Some("868"));
        assert_eq!(
            p.fields,
            [("user", "app"), ("database", "shop"), ("application", "worker1")].map(|(k, v)| (k.into(), v.into()))
        );
        let p = prefix(" [20]: [1-1] user=joe,db=shop,app=,client=10.0.0.1 ");
        assert_eq!(p.pid.as_deref(), Some("20"));
        assert_eq!(
            p.fields.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(),
            ["user=joe", "database=shop", "application=", "client=10.0.0.1"]
        );
    }
}
