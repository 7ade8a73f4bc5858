//! Words that say what stands beside them: `Accepted publickey for`, `/home/`, `ghp_`, `BEGIN PRIVATE KEY`.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use super::pair::{self, value};
use super::scan::{Found, View, is_behind_escape, is_placeholder, is_word};
use super::{Kind, lists};

/// What a literal says of the text beside it.
#[derive(Clone, Copy)]
enum How {
    /// A user's name follows, quoted or not.
    Name,
    /// A user's name follows in quotes.
    QuotedName,
    /// A user's name follows, and a word that says so follows it.
    NameThen(&'static [&'static str]),
    /// A folder named after its user follows.
    Home,
    /// A user's name stands before.
    NameBefore,
    /// The user of an access log stands before, if a date follows.
    AccessLog,
    /// `uid=1000(bob)`
    InParentheses,
    /// A secret follows, quoted or not.
    Secret(Kind),
    /// A secret follows in quotes.
    QuotedSecret(Kind),
    /// `-u user:password`
    Credentials,
    /// `-psecret`, of the tools named in the same line.
    Attached,
    /// What follows is a token of another kind of letters.
    Scheme,
    /// Base64 of a user and a password.
    Basic,
    /// The literal begins a token: the fewest bytes that must follow, and exactly as many if so.
    Begins(Kind, usize, bool),
    /// A private key, over lines.
    Block,
}

use How::{
    AccessLog, Attached, Basic, Begins, Block, Credentials, Home, InParentheses, Name, NameBefore, NameThen,
    QuotedName, QuotedSecret, Scheme, Secret,
};

const DID: &[&str] = &[
    "logged",
    "connected",
    "disconnected",
    "authenticated",
    "signed",
    "has logged",
    "has been",
    "created",
    "deleted",
    "failed to log",
    "failed to auth",
    "from ",
    "is not allowed",
    "not allowed",
    "not in sudoers",
    "password changed",
    "was ",
];

/// The literals, in small letters; the longest wins.
const LITERALS: &[(&str, How)] = &[
    ("for user ", Name),
    ("by user ", Name),
    ("as user ", Name),
    ("of user ", Name),
    ("with user ", Name),
    ("invalid user ", Name),
    ("illegal user ", Name),
    ("authenticating user ", Name),
    ("from user ", Name),
    ("to user ", Name),
    ("user \"", QuotedName),
    ("user '", QuotedName),
    ("user `", QuotedName),
    ("username \"", QuotedName),
    ("username '", QuotedName),
    ("role \"", QuotedName),
    ("role '", QuotedName),
    ("user \\\"", QuotedName),
    ("role \\\"", QuotedName),
    ("user ", NameThen(DID)),
    ("accepted publickey for ", Name),
    ("accepted password for ", Name),
    ("accepted keyboard-interactive/pam for ", Name),
    ("accepted gssapi-with-mic for ", Name),
    ("failed password for ", Name),
    ("failed publickey for ", Name),
    ("failed none for ", Name),
    ("failed keyboard-interactive/pam for ", Name),
    ("postponed publickey for ", Name),
    ("attempts exceeded for ", Name),
    ("disconnected from user ", Name),
    ("password changed for ", Name),
    ("logged in as ", Name),
    ("login as ", Name),
    ("authenticated as ", Name),
    ("connected as ", Name),
    ("new user: name=", Name),
    ("create user ", Name),
    ("alter user ", Name),
    ("drop user ", Name),
    ("drop user if exists ", Name),
    ("create user if not exists ", Name),
    ("create role ", Name),
    ("alter role ", Name),
    ("drop role ", Name),
    ("set role ", Name),
    ("owner to ", Name),
    ("session authorization ", Name),
    ("user@host: ", Name),
    ("ftp login: ", Name),
    ("/home/", Home),
    ("/users/", Home),
    ("\\users\\", Home),
    ("/var/mail/", Home),
    ("/var/spool/mail/", Home),
    (" : tty=", NameBefore),
    (" : pwd=", NameBefore),
    (") cmd (", NameBefore),
    ("'@'", NameBefore),
    ("\"@\"", NameBefore),
    ("`@`", NameBefore),
    ("'@`", NameBefore),
    ("'@localhost", NameBefore),
    (" [0", AccessLog),
    (" [1", AccessLog),
    (" [2", AccessLog),
    (" [3", AccessLog),
    ("(uid=", NameBefore),
    ("uid=", InParentheses),
    ("identified by ", Secret(Kind::Password)),
    ("identified by password ", Secret(Kind::Password)),
    ("password '", QuotedSecret(Kind::Password)),
    ("password \"", QuotedSecret(Kind::Password)),
    ("password('", QuotedSecret(Kind::Password)),
    ("password(\"", QuotedSecret(Kind::Password)),
    ("password ('", QuotedSecret(Kind::Password)),
    ("--password ", Secret(Kind::Password)),
    ("--passwd ", Secret(Kind::Password)),
    ("--pass ", Secret(Kind::Password)),
    ("--passphrase ", Secret(Kind::Password)),
    ("-passin pass:", Secret(Kind::Password)),
    ("-pass pass:", Secret(Kind::Password)),
    ("--token ", Secret(Kind::Token)),
    ("--access-token ", Secret(Kind::Token)),
    ("--api-key ", Secret(Kind::Key)),
    ("--apikey ", Secret(Kind::Key)),
    ("--secret ", Secret(Kind::Key)),
    ("--secret-key ", Secret(Kind::Key)),
    ("requirepass ", Secret(Kind::Password)),
    ("masterauth ", Secret(Kind::Password)),
    ("\"auth\" \"", QuotedSecret(Kind::Password)),
    ("--username ", Name),
    ("--user ", Credentials),
    (" -u ", Credentials),
    (" -u", Attached),
    (" -p", Attached),
    (" -a ", Attached),
    (" -w ", Attached),
    ("bearer ", Scheme),
    ("token token=", Scheme),
    ("basic ", Basic),
    ("akia", Begins(Kind::Key, 16, true)),
    ("asia", Begins(Kind::Key, 16, true)),
    ("abia", Begins(Kind::Key, 16, true)),
    ("acca", Begins(Kind::Key, 16, true)),
    ("ghp_", Begins(Kind::Token, 20, false)),
    ("gho_", Begins(Kind::Token, 20, false)),
    ("ghu_", Begins(Kind::Token, 20, false)),
    ("ghs_", Begins(Kind::Token, 20, false)),
    ("ghr_", Begins(Kind::Token, 20, false)),
    ("github_pat_", Begins(Kind::Token, 20, false)),
    ("glpat-", Begins(Kind::Token, 16, false)),
    ("gldt-", Begins(Kind::Token, 16, false)),
    ("glrt-", Begins(Kind::Token, 16, false)),
    ("glcbt-", Begins(Kind::Token, 16, false)),
    ("glptt-", Begins(Kind::Token, 16, false)),
    ("xoxb-", Begins(Kind::Token, 16, false)),
    ("xoxp-", Begins(Kind::Token, 16, false)),
    ("xoxa-", Begins(Kind::Token, 16, false)),
    ("xoxr-", Begins(Kind::Token, 16, false)),
    ("xoxs-", Begins(Kind::Token, 16, false)),
    ("xapp-", Begins(Kind::Token, 16, false)),
    ("hooks.slack.com/services/", Begins(Kind::Token, 20, false)),
    ("sk_live_", Begins(Kind::Key, 16, false)),
    ("sk_test_", Begins(Kind::Key, 16, false)),
    ("rk_live_", Begins(Kind::Key, 16, false)),
    ("rk_test_", Begins(Kind::Key, 16, false)),
    ("pk_live_", Begins(Kind::Key, 16, false)),
    ("pk_test_", Begins(Kind::Key, 16, false)),
    ("whsec_", Begins(Kind::Key, 16, false)),
    ("sk-ant-", Begins(Kind::Key, 20, false)),
    ("sk-proj-", Begins(Kind::Key, 20, false)),
    ("sk-", Begins(Kind::Key, 32, false)),
    ("aiza", Begins(Kind::Key, 35, false)),
    ("ya29.", Begins(Kind::Token, 20, false)),
    ("gocspx-", Begins(Kind::Key, 20, false)),
    ("npm_", Begins(Kind::Token, 30, false)),
    ("pypi-", Begins(Kind::Token, 32, false)),
    ("dop_v1_", Begins(Kind::Token, 32, false)),
    ("hf_", Begins(Kind::Token, 30, false)),
    ("shpat_", Begins(Kind::Token, 24, false)),
    ("sg.", Begins(Kind::Key, 40, false)),
    ("hvs.", Begins(Kind::Token, 20, false)),
    ("dckr_pat_", Begins(Kind::Token, 20, false)),
    ("age-secret-key-1", Begins(Kind::Key, 40, false)),
    ("eyj", Begins(Kind::Token, 17, false)),
    ("-----begin ", Block),
];

static FIND: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(LITERALS.iter().map(|l| l.0))
        .ok()
});

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
    let capital = matches!(view.at(start), b'A'..=b'Z');
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
