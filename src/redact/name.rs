//! Host names, e-mail addresses, and users and passwords in URLs.

use super::scan::{Found, View, is_placeholder, is_word};
use super::{Kind, lists};

/// Whether the run from `start` to `end` (letters, digits, dots and dashes) is a fully qualified name of a host.
pub(super) fn is_host_name(view: View<'_>, start: usize, end: usize) -> bool {
    let run = view.part(start, end);
    if run.len() > 253 || matches!(view.at(end), b'(' | b'_' | b'$') || view.before(start) >= 0x80 {
        return false;
    }
    let Some((rest, last)) = run.rsplit_once('.') else { return false };
    let capital = run.bytes().all(|b| !b.is_ascii_lowercase());
    if !capital && last.bytes().any(|b| b.is_ascii_uppercase()) {
        return false;
    }
    let Some(sure) = lists::top_level(&last.to_ascii_lowercase()) else { return false };
    let labels: Vec<&str> = rest.split('.').collect();
    let fine = |l: &&str| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-');
    if !labels.iter().all(fine) || !rest.bytes().any(|b| b.is_ascii_alphabetic()) {
        return false;
    }
    let in_url = view.before(start) == b'/' && start > 2 && view.has(start - 3, "://")
        || view.before(start) == b'@'
        || view.before(start) == b'*' && view.at(start) == b'.';
    if in_url {
        return !lists::is_public(run);
    }
    let first = labels.first().map_or("", |l| l);
    if lists::opens_a_package(first) || lists::is_no_host(run) || mixed_case(first) {
        return false;
    }
    if sure {
        return !lists::is_public(run);
    }
    // Endings that are words as well need more than a dot before them.
    let port = view.at(end) == b':' && view.at(end + 1).is_ascii_digit() && labels.len() >= 2;
    let named = matches!(first, "www" | "mail" | "smtp" | "mx" | "ns1" | "ns2" | "ftp" | "imap" | "api" | "vpn");
    (named || port && !lists::is_file_ending(last) || lists::is_host_word(view.line_before(start, 24)))
        && !lists::is_public(run)
}

/// `getHost`, `NodeName`: a program's names, not a machine's.
fn mixed_case(label: &str) -> bool {
    let upper = label.bytes().filter(u8::is_ascii_uppercase).count();
    upper > 0 && label.bytes().any(|b| b.is_ascii_lowercase())
}

/// An `@`: an e-mail address, or a user of a host or of a database.
pub(super) fn at_at(view: View<'_>, i: usize, out: &mut Vec<Found>) {
    let local = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80 || b"._%+-'!#$&*^~`{|}".contains(&b);
    let plain = |b: u8| b.is_ascii_alphanumeric() || b >= 0x80 || b"._%+-".contains(&b);
    let domain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-') || b >= 0x80;
    let mut end = view.forth(i + 1, domain);
    while matches!(view.before(end), b'.' | b'-') && end > i {
        end -= 1;
    }
    let mut start = view.back(i, plain);
    if start == i {
        if view.before(i) == b'"' {
            start = view.back(i - 1, |b| !matches!(b, b'"' | b'\n'));
            start = start.saturating_sub(usize::from(view.before(start) == b'"'));
        }
    } else if local(view.before(start)) && view.before(start) == b'\'' && is_word(view.before(start - 1)) {
        // `o'neil@example.com`, but not `'bob@example.com'`.
        start = view.back(start - 1, plain);
    }
    while start < i && matches!(view.at(start), b'.' | b'%' | b'-') {
        start += 1;
    }
    if start == i || end == i + 1 || is_userinfo(view, start) {
        return;
    }
    let host = view.part(i + 1, end);
    if let Some((rest, last)) = host.rsplit_once('.') {
        let top =
            last.len() >= 2 && last.bytes().all(|b| b.is_ascii_alphabetic() || b >= 0x80) || last.starts_with("xn--");
        if top && !rest.is_empty() && !lists::is_file_ending(last) && !lists::is_unit(last) {
            let value = view.part(start, end).to_lowercase();
            out.push(Found { start, end, kind: Kind::Email, value });
        }
        return;
    }
    let name = view.part(start, i);
    if (is_login(view, start, end) || lists::is_severity(view.part(end, (end + 12).min(view.len()))))
        && lists::is_user(name)
    {
        out.push(Found { start, end: i, kind: Kind::User, value: name.to_owned() });
    }
}

/// True if the `@` that comes is that of a URL's user and password.
fn is_userinfo(view: View<'_>, start: usize) -> bool {
    let before = view.line_before(start, 200);
    let word = before.rsplit(|b| b.is_ascii_whitespace()).next().unwrap_or_default();
    word.ends_with(b"://")
        || memchr::memmem::rfind(word, b"://").is_some_and(|n| {
            let rest = word.get(n + 3..).unwrap_or_default();
            !rest.iter().any(|b| matches!(b, b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'@'))
        })
}

/// `ssh bob@node1`, `scp file bob@node1:/tmp`.
fn is_login(view: View<'_>, start: usize, end: usize) -> bool {
    let line = view.line_before(start, 80);
    let tools: [&[u8]; 5] = [b"ssh ", b"scp ", b"rsync ", b"sftp ", b"ssh-copy-id "];
    tools.iter().any(|t| memchr::memmem::find(line, t).is_some())
        || (view.at(end) == b':' && matches!(view.at(end + 1), b'/' | b'~'))
}

/// A `:`: where it opens a URL's authority, the user and the password in it.
pub(super) fn at_scheme(view: View<'_>, i: usize, out: &mut Vec<Found>) {
    if view.at(i + 1) != b'/' || view.at(i + 2) != b'/' || !view.before(i).is_ascii_alphanumeric() {
        return;
    }
    let start = i + 3;
    let stops = |b: u8| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\');
    let end = view.forth(start, |b| !stops(b)).min(start + 600);
    let whole = view.part(start, end);
    let authority = whole.split(['/', '?', '#']).next().unwrap_or_default();
    let at = match authority.rfind('@') {
        Some(at) => at,
        None => {
            // A password may hold `/`, `?` or `#` that nobody encoded; what stands there is no port then.
            let Some((_, behind)) = authority.split_once(':') else { return };
            if behind.bytes().all(|b| b.is_ascii_digit()) || authority.starts_with('[') {
                return;
            }
            let Some(at) = whole.rfind('@') else { return };
            at
        }
    };
    let info = whole.get(..at).unwrap_or_default();
    let (user, password) = info.split_once(':').map_or((info, None), |(u, p)| (u, Some(p)));
    // Akka and Spark write the part of a program there.
    let scheme = view.part(view.back(i, |b| b.is_ascii_alphanumeric() || b == b'.'), i);
    if lists::is_user(user) && !scheme.starts_with("akka") && scheme != "spark" {
        out.push(Found { start, end: start + user.len(), kind: Kind::User, value: user.to_owned() });
    }
    if let Some(password) = password.filter(|p| !p.is_empty() && !is_placeholder(p)) {
        let start = start + user.len() + 1;
        out.push(Found { start, end: start + password.len(), kind: Kind::Password, value: password.to_owned() });
    }
}
