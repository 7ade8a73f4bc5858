//! Names with values: `password=…`, `"token": "…"`, `?api_key=…`, `Cookie: …`.

use super::scan::{Found, View, is_placeholder, is_word};
use super::{Kind, lists};

/// A value and where it stands.
pub(super) struct Value {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) quoted: bool,
}

/// A `=` or `:`: a value whose name says that it is secret or names somebody.
pub(super) fn at_sign(view: View<'_>, i: usize, out: &mut Vec<Found>) {
    let Some(key) = key_before(view, i) else { return };
    let Some(kind) = lists::key(&key) else { return };
    let colon = view.at(i) == b':';
    if colon && matches!(view.at(i + 1), b':' | b'/') {
        return;
    }
    let mut from = i + 1;
    if !colon && view.at(from) == b'>' {
        from += 1;
    }
    match kind {
        lists::Key::Header(kind) if colon => header(view, from, kind, out),
        lists::Key::Header(kind) | lists::Key::Plain(kind) => plain(view, from, colon, &key, kind, out),
    }
}

/// The name before a sign, in small letters and without what parts its words.
fn key_before(view: View<'_>, i: usize) -> Option<String> {
    let mut end = view.back(i, |b| b == b' ');
    if i - end > 2 {
        return None;
    }
    end = view.back(end, |b| matches!(b, b'"' | b'\'' | b'\\' | b']' | b'`'));
    // The last letters decide for nearly all names that this is none of ours.
    let last = view.before(end).to_ascii_lowercase();
    if !b"bcdeghiklmnprstvwxyo".contains(&last) {
        return None;
    }
    let start = view.back(end, |b| is_word(b) || matches!(b, b'-' | b'.'));
    let key = view.part(start, end);
    // `Account Name:` of Windows, `Primary Key:` are two words.
    let mut name: String = match view.part(view.back(start, |b| b == b' ' || b.is_ascii_alphabetic()), start) {
        before if before.to_ascii_lowercase().ends_with("account ") => "account".to_owned(),
        before if before.to_ascii_lowercase().ends_with("phone ") => "phone".to_owned(),
        _ => String::new(),
    };
    if key.len() > 64 {
        return None;
    }
    name.extend(key.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_lowercase())));
    Some(name)
}

/// A header's value: all of it that is no scheme.
fn header(view: View<'_>, from: usize, kind: Kind, out: &mut Vec<Found>) {
    let Some(value) = value(view, from, true) else { return };
    let mut start = value.start;
    let mut end = value.end;
    if !value.quoted {
        // A cookie goes on behind its `;`. Quotes end it, as in `-H 'Cookie: a=b'`.
        end = view.forth(start, |b| !matches!(b, b'\n' | b'\r' | b'"' | b'\'' | b'\\'));
    }
    let first = view.part(start, end).split(' ').next().unwrap_or_default();
    if lists::is_scheme(first) && start + first.len() < end {
        start += first.len() + 1;
    }
    end = view.back(end, |b| b == b' ').max(start);
    let text = view.part(start, end);
    if text.len() >= 6 && !is_placeholder(text) && text.bytes().any(|b| b.is_ascii_digit() || b == b'=') {
        out.push(Found { start, end, kind, value: text.to_owned() });
    }
}

fn plain(view: View<'_>, from: usize, colon: bool, key: &str, kind: Kind, out: &mut Vec<Found>) {
    let Some(mut value) = value(view, from, kind != Kind::User && kind != Kind::Host) else { return };
    let text = view.part(value.start, value.end);
    if text.is_empty() {
        return;
    }
    let prose = colon && !value.quoted && is_followed_by_words(view, value.end);
    let fits = match kind {
        Kind::User => return user(view, value.start, value.end, value.quoted, out),
        Kind::Host => lists::names_a_machine(text),
        Kind::Phone => return phone(view, value.start, out),
        Kind::Password => {
            !is_placeholder(text) && (!prose || lists::is_telling(text) && text.bytes().any(|b| b.is_ascii_digit()))
        }
        Kind::Key => !is_placeholder(text) && (lists::is_telling(text) || text.len() >= 6 && !prose),
        _ => is_token(view, &value, key),
    };
    if !fits {
        return;
    }
    if matches!(kind, Kind::Token) {
        // `token: Bearer abc`
        let first = text.split(' ').next().unwrap_or_default();
        if lists::is_scheme(first) && first.len() < text.len() {
            value.start += first.len() + 1;
        }
    }
    let text = view.part(value.start, value.end);
    let text = if kind == Kind::Host { text.to_ascii_lowercase() } else { text.to_owned() };
    out.push(Found { start: value.start, end: value.end, kind, value: text });
}

/// A user's name, without its domain.
pub(super) fn user(view: View<'_>, start: usize, end: usize, quoted: bool, out: &mut Vec<Found>) {
    let mut start = start;
    let mut end = end;
    let mut text = view.part(start, end);
    if let Some(slash) = text.rfind('\\') {
        start += slash + 1;
        text = view.part(start, end);
    }
    if let Some(at) = text.find('@') {
        end = start + at;
        text = view.part(start, end);
    }
    if !quoted {
        let cut = text.trim_end_matches(['.', '-', '\'']);
        end = start + cut.len();
        text = cut;
    }
    if lists::is_user(text) && !(view.at(end) == b'(' && !quoted) {
        out.push(Found { start, end, kind: Kind::User, value: text.to_owned() });
    }
}

/// The value behind a sign: quoted, or up to where the next one begins.
pub(super) fn value(view: View<'_>, from: usize, is_secret: bool) -> Option<Value> {
    let mut start = view.forth(from, |b| matches!(b, b' ' | b'\t'));
    if start > from + 40 {
        return None;
    }
    if view.at(start) == b'[' && matches!(view.at(start + 1), b'"' | b'\'') {
        start += 1;
    }
    let slash = view.at(start) == b'\\' && matches!(view.at(start + 1), b'"' | b'\'');
    let quote = view.at(start + usize::from(slash));
    if matches!(quote, b'"' | b'\'' | b'`') {
        start += 1 + usize::from(slash);
        let mut end = start;
        // The closing quote: escaped as the opening one is, and not doubled.
        while end < view.len() && view.at(end) != b'\n' {
            let b = view.at(end);
            if slash && b == b'\\' && view.at(end + 1) == quote {
                return Some(Value { start, end, quoted: true });
            } else if !slash && b == quote {
                if quote == b'\'' && view.at(end + 1) == quote {
                    end += 1;
                } else {
                    return Some(Value { start, end, quoted: true });
                }
            } else if !slash && b == b'\\' {
                end += 1;
            }
            end += 1;
        }
        // No quote closes it: a cut line, or an apostrophe.
        let end = view.forth(start, |b| !b.is_ascii_whitespace());
        return Some(Value { start, end, quoted: false });
    }
    let mut end = start;
    while end < view.len() {
        let b = view.at(end);
        let stops = match b {
            b'"' | b'\'' | b'`' | b'<' | b'>' => end > start || !is_secret,
            b'&' | b',' | b';' | b'|' => !is_secret || begins_another(view, end + 1),
            // `CORP\bob` is a domain and its user, whatever letter follows.
            b'\\' if !is_secret && end > start + 1 && is_capital(view.part(start, end)) => false,
            b'\\' => matches!(view.at(end + 1), b'n' | b'r' | b't' | b'"' | b'\'') || (!is_secret && end == start),
            b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'/' | b':' | b'=' => !is_secret,
            b => b.is_ascii_whitespace(),
        };
        if stops {
            break;
        }
        end += 1;
    }
    // `logname= uid=0`: nothing, and the next name.
    let next = view.forth(start, |b| is_word(b) || matches!(b, b'.' | b'-'));
    if start > from && view.at(next) == b'=' && next > start {
        return None;
    }
    // What closes the sentence rather than the secret.
    while end > start && matches!(view.before(end), b')' | b']' | b'}' | b',' | b';' | b'.' | b':') {
        end -= 1;
    }
    Some(Value { start, end, quoted: false })
}

fn is_capital(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
}

/// True if the value before a separator ends there, since another begins or nothing follows.
fn begins_another(view: View<'_>, from: usize) -> bool {
    let start = view.forth(from, |b| b == b' ');
    if start > from || view.at(start) == 0 || view.at(start).is_ascii_whitespace() {
        return true;
    }
    let start = view.forth(start, |b| matches!(b, b'"' | b'\'' | b'{'));
    let end = view.forth(start, |b| is_word(b) || matches!(b, b'-' | b'.'));
    end > start && matches!(view.at(end), b'=' | b':' | b'"' | b'[' | b'%')
}

/// True if a sentence goes on behind the value.
fn is_followed_by_words(view: View<'_>, end: usize) -> bool {
    view.at(end) == b' ' && {
        let start = end + 1;
        let stop = view.forth(start, |b| b.is_ascii_alphabetic());
        stop > start + 1 && !matches!(view.at(stop), b'=' | b':')
    }
}

/// True for what is a token, and no word, number or object of a program.
fn is_token(view: View<'_>, value: &Value, key: &str) -> bool {
    let text = view.part(value.start, value.end);
    if is_placeholder(text)
        || matches!(view.at(value.end), b'{' | b'(' | b'@') && !value.quoted
        || text.contains(['{', '('])
        // `BinderProxy@2bd79ce` is an object of a program.
        || text.contains('@') && !value.quoted
    {
        return false;
    }
    if lists::is_short_secret(key) {
        return text.len() <= 12;
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    if key.ends_with("key") || key.ends_with("session") {
        // `key=` and `session=` name many things; only what is long and random is a secret.
        let upper = text.bytes().any(|b| b.is_ascii_uppercase());
        let lower = text.bytes().any(|b| b.is_ascii_lowercase());
        return text.len() >= 20 && digits > 1 && upper && lower && !text.contains([' ', '/', ':']);
    }
    if text.starts_with("0x") || lists::is_session_of_postgres(text) {
        return false;
    }
    text.len() >= 8 && letters > 0 && (digits > 0 || text.len() >= 20) && (value.quoted || !text.contains(".."))
}

/// A number that a label calls a phone's.
fn phone(view: View<'_>, start: usize, out: &mut Vec<Found>) {
    let end = view.forth(start, |b| b.is_ascii_digit() || matches!(b, b'+' | b'(' | b')' | b'-' | b'.' | b' ' | b'/'));
    let end = view.back(end, |b| !b.is_ascii_digit()).max(start);
    let text = view.part(start, end);
    let digits: String = text.bytes().filter(u8::is_ascii_digit).map(char::from).collect();
    if (7..=16).contains(&digits.len()) && !is_word(view.at(end)) {
        out.push(Found { start, end, kind: Kind::Phone, value: digits });
    }
}
