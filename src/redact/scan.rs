//! One walk over a text: each byte that may belong to something asks the module that knows it.

use super::{Kind, Rules, address, context, escape, lists, name, number, pair};

/// A place in a text that is to be replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: Kind,
    /// The text in one spelling: the same thing has the same value.
    pub(super) value: String,
}

/// A text as the finders see it. Reading beyond its ends gives 0.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) text: &'a str,
    bytes: &'a [u8],
}

impl<'a> View<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        View { text, bytes: text.as_bytes() }
    }

    /// The byte at `i`, or 0.
    pub(super) fn at(&self, i: usize) -> u8 {
        self.bytes.get(i).copied().unwrap_or(0)
    }

    /// The byte before `i`, or 0.
    pub(super) fn before(&self, i: usize) -> u8 {
        i.checked_sub(1).map_or(0, |i| self.at(i))
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The text between two places; empty where these are no borders of characters.
    pub(super) fn part(&self, start: usize, end: usize) -> &'a str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// Where the run of bytes that `fits` begins that ends at `end`.
    pub(super) fn back(&self, end: usize, fits: impl Fn(u8) -> bool) -> usize {
        let mut i = end;
        while i > 0 && fits(self.before(i)) {
            i -= 1;
        }
        i
    }

    /// Where the run of bytes that `fits` ends that begins at `start`.
    pub(super) fn forth(&self, start: usize, fits: impl Fn(u8) -> bool) -> usize {
        let mut i = start;
        while i < self.len() && fits(self.at(i)) {
            i += 1;
        }
        i
    }

    /// True if the text goes on with `words` at `i`, whatever its case.
    pub(super) fn has(&self, i: usize, words: &str) -> bool {
        self.bytes.get(i..i + words.len()).is_some_and(|b| b.eq_ignore_ascii_case(words.as_bytes()))
    }

    /// The line up to `i`, of which at most `most` bytes.
    pub(super) fn line_before(&self, i: usize, most: usize) -> &'a [u8] {
        let from = i.saturating_sub(most);
        let part = self.bytes.get(from..i).unwrap_or_default();
        let start = memchr::memrchr(b'\n', part).map_or(0, |n| n + 1);
        part.get(start..).unwrap_or_default()
    }
}

/// True for bytes that words of logs are made of.
pub(super) fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80
}

/// What a text holds, by the built-in finders and the user's patterns.
pub(super) fn scan(text: &str, rules: &Rules) -> Vec<Found> {
    scan_with(text, rules, |_, _| {})
}

/// As [`scan`], with what `more` finds as well. In order, and no two overlap.
pub(super) fn scan_with(text: &str, rules: &Rules, more: impl Fn(&str, &mut Vec<Found>)) -> Vec<Found> {
    let mut out = Vec::new();
    pass(text, rules, &mut out);
    more(text, &mut out);
    let mut plain = escape::unescaped(text);
    // Twice: a URL in a JSON text in a log line is escaped in two ways.
    for _ in 0..2 {
        let Some(now) = plain else { break };
        let mut inside = Vec::new();
        pass(&now.text, rules, &mut inside);
        more(&now.text, &mut inside);
        out.extend(inside.into_iter().map(|f| Found { start: now.origin(f.start), end: now.origin(f.end), ..f }));
        plain = now.again();
    }
    if !rules.hosts {
        out.retain(|f| f.kind != Kind::Host);
    }
    merged(text, out)
}

/// One walk over the text as it stands.
fn pass(text: &str, rules: &Rules, out: &mut Vec<Found>) {
    let view = View::new(text);
    let mut state = State::default();
    let mut before = 0u8;
    for (i, &b) in text.as_bytes().iter().enumerate() {
        match b {
            b'.' => address::at_dot(view, i, &mut state, out),
            b':' => {
                if i >= state.colons_until {
                    address::at_colon(view, i, &mut state, out);
                }
                name::at_scheme(view, i, out);
                pair::at_sign(view, i, out);
            }
            b'=' => pair::at_sign(view, i, out),
            b'@' => name::at_at(view, i, out),
            b'-' => address::at_dash(view, i, &mut state, out),
            b'0'..=b'9' if !is_word(before) => number::at_digit(view, i, &mut state, out),
            b'A'..=b'Z' if !is_word(before) => number::at_upper(view, i, out),
            _ => {}
        }
        before = b;
    }
    context::find(view, out);
    for own in &rules.own {
        for hit in own.captures_iter(text) {
            if let Some(part) = hit.get(1).or_else(|| hit.get(0)).filter(|m| !m.is_empty()) {
                let value = part.as_str().to_owned();
                out.push(Found { start: part.start(), end: part.end(), kind: Kind::Own, value });
            }
        }
    }
}

/// How far a walk has looked at runs that are looked at once.
#[derive(Default)]
pub(super) struct State {
    pub(super) dots_until: usize,
    pub(super) colons_until: usize,
    pub(super) dashes_until: usize,
    pub(super) digits_until: usize,
}

/// Which of two finds on the same text names it: the more telling first.
fn weight(kind: Kind) -> u8 {
    match kind {
        Kind::Own => 0,
        Kind::Key => 1,
        Kind::Password => 2,
        Kind::Card => 3,
        Kind::Iban => 4,
        Kind::Token => 5,
        Kind::Email => 6,
        Kind::Mac => 7,
        Kind::Host => 8,
        Kind::Address => 9,
        Kind::Phone => 10,
        Kind::User => 11,
    }
}

/// In order; of two that overlap the outer stays, and where neither is the outer, both become one.
fn merged(text: &str, mut all: Vec<Found>) -> Vec<Found> {
    if all.len() > 1 {
        // A later find is of the unescaped text, whose spelling is the better one: it stands last among equals.
        all.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end), std::cmp::Reverse(weight(f.kind))));
    }
    let mut out: Vec<Found> = Vec::with_capacity(all.len());
    for one in all {
        if text.get(one.start..one.end).is_none_or(str::is_empty) {
            continue;
        }
        match out.last_mut() {
            Some(last) if one.start < last.end => {
                if one.start == last.start && one.end == last.end {
                    *last = one;
                } else if one.end > last.end {
                    if weight(one.kind) < weight(last.kind) {
                        last.kind = one.kind;
                    }
                    last.end = one.end;
                    last.value = text.get(last.start..last.end).unwrap_or_default().to_owned();
                }
            }
            _ => out.push(one),
        }
    }
    out
}

/// True if no letter, digit or `_` stands beside the part, escapes aside (`%2Fbob`, `\nbob`).
pub(super) fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let view = View::new(text);
    let left = !is_word(view.at(start)) || !is_word(view.before(start)) || is_behind_escape(view, start);
    let right = !is_word(view.before(end)) || !is_word(view.at(end));
    left && right
}

/// True if an escape ends at `i`.
pub(super) fn is_behind_escape(view: View<'_>, i: usize) -> bool {
    let byte = |n: usize| i.checked_sub(n).map_or(0, |i| view.at(i));
    let hex = |n: usize| byte(n).is_ascii_hexdigit();
    (byte(3) == b'%' && hex(1) && hex(2))
        || (byte(2) == b'\\' && matches!(byte(1), b'n' | b't' | b'r'))
        || (byte(6) == b'\\' && byte(5) == b'u' && (1..=4).all(hex))
        || (byte(4) == b'\\' && (1..=3).all(|n| matches!(byte(n), b'0'..=b'7')))
}

/// A field as the text `name="value"`, so that its name tells what its value is; and where the value begins.
pub(super) fn joined(name: &str, value: &str) -> (String, usize) {
    let name: String = name.chars().filter(|c| !matches!(c, '=' | '"' | '\'' | '\n')).collect();
    let start = name.len() + 1;
    (format!("{name}={value}"), start)
}

/// Parts of the text that read like pseudonyms, which then are not given to anything else.
pub(super) fn lookalikes(text: &str, mut take: impl FnMut(&str)) {
    let view = View::new(text);
    for dash in memchr::memchr_iter(b'-', text.as_bytes()) {
        let start = view.back(dash, |b| b.is_ascii_lowercase());
        if Kind::ALL.iter().any(|k| k.word() == view.part(start, dash)) {
            let end = view.forth(dash + 1, |b| b.is_ascii_lowercase() || b.is_ascii_digit());
            take(view.part(start, end));
        }
    }
}

/// True for what stands where a secret could stand, and is none.
pub(super) fn is_placeholder(value: &str) -> bool {
    let plain = value.trim_matches(|c: char| !c.is_alphanumeric());
    value.chars().all(|c| !c.is_alphanumeric() || matches!(c, 'x' | 'X'))
        || matches!(value.as_bytes().first(), Some(b'$' | b'%' | b'<' | b'[' | b'{')) && value.len() < 40 && {
            let last = value.as_bytes().last();
            value.starts_with('$') && plain.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
                || matches!(last, Some(b'%' | b'>' | b']' | b'}')) && plain.bytes().all(|b| is_word(b) || b == b'-')
        }
        || lists::is_no_secret(plain)
}
