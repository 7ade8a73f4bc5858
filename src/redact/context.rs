//! Words that say what stands beside them: `Accepted publickey for`, `/home/`, `ghp_`, `BEGIN PRIVATE KEY`.

use super::literal::How::{
    AccessLog, Attached, Basic, Begins, Block, Credentials, Home, InParentheses, Name, NameBefore, NameThen,
    QuotedName, QuotedSecret, Scheme, Secret,
};
use super::literal::{FIND, LITERALS};
use super::pair::{self, value};
use super::scan::{Found, View, is_behind_escape, is_placeholder, is_word};
use super::{Kind, lists};

/// What literals of the text lead to.
pub(super) fn find(view: View<'_>, out: &mut Vec<Found>) {
    let Some(find) = FIND.as_ref() else { return };
    for hit in find.find_iter(view.text) {
        let Some((literal, how)) = LITERALS.get(hit.pattern().as_usize()) else { continue };
        let (start, end) = (hit.start(), hit.end());
        let begins = !is_word(view.at(start)) || !is_word(view.before(start)) || is_behind_escape(view, start);
        if !begins && !matches!(how, InParentheses | QuotedSecret(_)) {
            continue;
        }
        match how {
            Name => name(view, end, literal, out),
            QuotedName => {
                let quote = view.before(end);
                let stop = view.forth(end, |b| b != quote && b != b'\n');
                let stop = stop - usize::from(view.before(end - 1) == b'\\' && view.before(stop) == b'\\');
                pair::user(view, end, stop.max(end), true, out);
            }
            NameThen(words) => {
                let stop = view.forth(end, is_name);
                if view.at(stop) == b' ' && words.iter().any(|w| view.has(stop + 1, w)) {
                    pair::user(view, end, stop, false, out);
                }
            }
            Home => {
                let stop = view.forth(end, is_name);
                if !is_file(view, end, stop) {
                    pair::user(view, end, stop, true, out);
                }
            }
            NameBefore => name_before(view, start, out),
            AccessLog => access_log(view, start, out),
            InParentheses => {
                let open = view.forth(end, |b| b.is_ascii_digit());
                let stop = view.forth(open + 1, is_name);
                if open > end && view.at(open) == b'(' && view.at(stop) == b')' {
                    pair::user(view, open + 1, stop, true, out);
                }
            }
            Secret(kind) => secret(view, end, *kind, out),
            QuotedSecret(kind) => {
                if let Some(v) = value(view, end - 1, true).filter(|v| v.quoted) {
                    push_secret(view, v.start, v.end, *kind, out);
                }
            }
            Credentials => credentials(view, end, out),
            Attached => attached(view, start, end, literal, out),
            Scheme => {
                let stop = view.forth(end, |b| is_token_byte(b) || matches!(b, b'.' | b'+' | b'/' | b'=' | b'~'));
                let text = view.part(end, stop).trim_end_matches('.');
                if text.len() >= 8 && (text.len() >= 20 || text.bytes().any(|b| b.is_ascii_digit())) {
                    push_secret(view, end, end + text.len(), Kind::Token, out);
                }
            }
            Basic => {
                let stop = view.forth(end, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
                if holds_colon(view.part(end, stop)) {
                    push_secret(view, end, stop, Kind::Password, out);
                }
            }
            Begins(kind, least, exact) => begins_token(view, start, end, *kind, (*least, *exact), out),
            Block => block(view, start, end, out),
        }
    }
}

/// Bytes of users' names.
fn is_name(b: u8) -> bool {
    is_word(b) || matches!(b, b'.' | b'-' | b'+')
}

fn is_token_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

/// A name in quotes or bare. `for invalid user bob` has a literal of its own further on.
fn name(view: View<'_>, from: usize, literal: &str, out: &mut Vec<Found>) {
    let slash = usize::from(view.at(from) == b'\\');
    let quote = view.at(from + slash);
    if matches!(quote, b'"' | b'\'' | b'`') {
        let start = from + slash + 1;
        let end = view.forth(start, |b| b != quote && b != b'\n' && b != b'\\');
        return pair::user(view, start, end, true, out);
    }
    let end = view.forth(from, |b| is_name(b) || b == b'\\');
    if literal.starts_with("user@host") && view.at(end) == b'[' {
        let inside = view.forth(end + 1, is_name);
        pair::user(view, end + 1, inside, true, out);
        return pair::user(view, from, end, true, out);
    }
    // `/` or `:` behind it: a path or a label, not a name.
    if view.at(end) == b'/' || view.at(end) == b'=' {
        return;
    }
    pair::user(view, from, end, view.at(end) == b'(', out);
}

/// A folder of `/home` that is a file or the program's own.
fn is_file(view: View<'_>, start: usize, end: usize) -> bool {
    view.part(start, end).rsplit_once('.').is_some_and(|(_, last)| lists::is_file_ending(last))
}

/// The name that ends at `end`, or before the quote or parenthesis there.
fn name_before(view: View<'_>, end: usize, out: &mut Vec<Found>) {
    let quote = view.at(end);
    let start = if matches!(quote, b'\'' | b'"' | b'`') {
        view.back(end, |b| b != quote && b != b'\n' && b != b' ')
    } else {
        view.back(end, is_name)
    };
    let by = quote == b'(' && view.has(start.saturating_sub(3), "by ");
    if start < end && (quote == b' ' || by || view.before(start) == quote || view.before(start) == b'(') {
        pair::user(view, start, end, true, out);
    }
}

/// `10.0.0.1 - bob [10/Oct/2000:13:55:36 -0700]`
fn access_log(view: View<'_>, at: usize, out: &mut Vec<Found>) {
    let date = view.part(at + 2, at + 14);
    let shape = |(i, b): (usize, u8)| match i {
        0 | 1 | 7..=10 => b.is_ascii_digit(),
        2 | 6 => b == b'/',
        11 => b == b':',
        _ => b.is_ascii_alphabetic(),
    };
    if date.len() == 12 && date.bytes().enumerate().all(shape) {
        let start = view.back(at, |b| !b.is_ascii_whitespace());
        if view.before(start) == b' ' && view.part(start, at) != "-" {
            pair::user(view, start, at, true, out);
        }
    }
}

fn secret(view: View<'_>, from: usize, kind: Kind, out: &mut Vec<Found>) {
    if let Some(v) = value(view, from, true) {
        let text = view.part(v.start, v.end);
        // `--password --user x`, `identified by values`
        if v.quoted || !text.starts_with("--") {
            push_secret(view, v.start, v.end, kind, out);
        }
    }
}

fn push_secret(view: View<'_>, start: usize, end: usize, kind: Kind, out: &mut Vec<Found>) {
    let text = view.part(start, end);
    if !text.is_empty() && !is_placeholder(text) {
        out.push(Found { start, end, kind, value: text.to_owned() });
    }
}

/// `-u user:password` of curl and its like; `-u 1000:1000` are numbers.
fn credentials(view: View<'_>, from: usize, out: &mut Vec<Found>) {
    let Some(v) = value(view, from, true) else { return };
    let text = view.part(v.start, v.end);
    let (user, password) = text.split_once(':').unwrap_or((text, ""));
    if user.bytes().all(|b| b.is_ascii_digit()) || user.starts_with('-') || user.contains(['/', ' ', '=']) {
        return;
    }
    pair::user(view, v.start, v.start + user.len(), true, out);
    if password.bytes().any(|b| !b.is_ascii_digit()) || password.len() > 5 {
        push_secret(view, v.start + user.len() + 1, v.end, Kind::Password, out);
    }
}

/// `mysql -ubob -psecret`, `sshpass -p secret`, `redis-cli -a secret`, `ldapsearch -w secret`.
fn attached(view: View<'_>, start: usize, end: usize, literal: &str, out: &mut Vec<Found>) {
    let line = view.line_before(start, 400).to_ascii_lowercase();
    let has = |tools: &[&str]| tools.iter().any(|t| memchr::memmem::find(&line, t.as_bytes()).is_some());
    let fits = match literal {
        " -a " => has(&["redis-cli"]),
        " -w " => has(&["ldap"]),
        _ => has(&["mysql", "mariadb", "sshpass", "xtrabackup", "mydumper"]),
    };
    if !fits || !literal.ends_with(' ') && view.at(end).is_ascii_whitespace() && !has(&["sshpass"]) {
        return;
    }
    let Some(v) = value(view, end, true) else { return };
    if literal == " -u" {
        pair::user(view, v.start, v.end, true, out);
    } else {
        push_secret(view, v.start, v.end, Kind::Password, out);
    }
}

/// True for base64 of a text with a colon: `user:password`.
fn holds_colon(text: &str) -> bool {
    let plain = text.trim_end_matches('=');
    if plain.len() < 4 || plain.len() % 4 == 1 {
        return false;
    }
    let mut bits = 0u32;
    let mut n = 0;
    let mut colon = false;
    for b in plain.bytes() {
        let six = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = (bits << 6 | u32::from(six)) & 0xff_ffff;
        n += 6;
        if n >= 8 {
            n -= 8;
            let byte = (bits >> n) as u8;
            colon |= byte == b':';
            if byte < 32 {
                return false;
            }
        }
    }
    colon
}

/// A token that is known by how it begins.
fn begins_token(view: View<'_>, start: usize, end: usize, kind: Kind, most: (usize, bool), out: &mut Vec<Found>) {
    let (least, exact) = most;
    let capital = view.at(start).is_ascii_uppercase();
    // JWTs and AWS keys are known by their case as well.
    let literal = view.part(start, end);
    let written = match literal.to_ascii_lowercase().as_str() {
        "eyj" => literal == "eyJ",
        "akia" | "asia" | "abia" | "acca" => literal.bytes().all(|b| b.is_ascii_uppercase()),
        "aiza" => literal == "AIza",
        "sg." | "gocspx-" | "age-secret-key-1" => capital,
        _ => !capital,
    };
    let stop = view.forth(end, |b| {
        if exact { b.is_ascii_uppercase() || b.is_ascii_digit() } else { is_token_byte(b) || matches!(b, b'.' | b'/') }
    });
    let stop = view.back(stop, |b| matches!(b, b'.' | b'/')).max(end);
    let len = stop - end;
    if !written || len < least || exact && (len != least || is_word(view.at(stop))) {
        return;
    }
    let text = view.part(start, stop);
    let digits = text.bytes().any(|b| b.is_ascii_digit());
    let mixed = text.bytes().any(|b| b.is_ascii_uppercase()) && text.bytes().any(|b| b.is_ascii_lowercase());
    if digits || exact || mixed || text.len() >= 40 {
        // The host of a hook stays; its path is the secret.
        let from = if literal.contains('/') { end } else { start };
        push_secret(view, from, stop, kind, out);
    }
}

/// `-----BEGIN … PRIVATE KEY-----` to its end, or to where its lines end.
fn block(view: View<'_>, start: usize, end: usize, out: &mut Vec<Found>) {
    let head = view.part(end, view.forth(end, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' '));
    if !head.ends_with("PRIVATE KEY") && !head.ends_with("PRIVATE KEY BLOCK") {
        return;
    }
    let body = end + head.len();
    let rest = view.part(body, view.len());
    let stop = match rest.find("-----END ") {
        Some(n) => {
            let tail = body + n + "-----END ".len();
            let tail = view.forth(tail, |b| b != b'-' && b != b'\n');
            view.forth(tail, |b| b == b'-')
        }
        // Cut off: all that looks like base64 belongs to it.
        None => {
            let all = view.forth(body, |b| b.is_ascii_alphanumeric() || b"+/=-\n\r\\ ".contains(&b));
            view.back(all, |b| b.is_ascii_whitespace()).max(body)
        }
    };
    push_secret(view, start, stop, Kind::Key, out);
}
