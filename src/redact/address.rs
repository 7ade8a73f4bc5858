//! IPv4, IPv6 and hardware addresses, in all their notations.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::scan::{Found, State, View, is_word};
use super::{Kind, lists, name};

/// True for bytes of dotted names and addresses.
fn is_dotted(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-')
}

/// A dot: the run around it may be an address, a hardware address or a name.
pub(super) fn at_dot(view: View<'_>, i: usize, state: &mut State, out: &mut Vec<Found>) {
    if i < state.dots_until || !view.before(i).is_ascii_alphanumeric() || !view.at(i + 1).is_ascii_alphanumeric() {
        return;
    }
    // `..` ends a run: `10.0.0.1..10.0.0.9` are two.
    let mut end = view.forth(i, is_dotted);
    if let Some(two) = view.part(i, end).find("..") {
        end = i + two;
    }
    let mut start = view.back(i, is_dotted);
    if let Some(two) = view.part(start, i).rfind("..") {
        start += two + 2;
    }
    start = view.forth(start, |b| matches!(b, b'.' | b'-')).min(end);
    state.dots_until = end;
    while end > start && matches!(view.before(end), b'.' | b'-') {
        end -= 1;
    }
    let run = view.part(start, end);
    if name::is_host_name(view, start, end) {
        out.push(Found { start, end, kind: Kind::Host, value: run.to_ascii_lowercase() });
        return;
    }
    if let [a, b, c] = run.split('.').collect::<Vec<_>>().as_slice()
        && [a, b, c].iter().all(|p| p.len() == 4 && p.bytes().all(|b| b.is_ascii_hexdigit()))
        && !is_word(view.before(start))
    {
        out.push(Found { start, end, kind: Kind::Mac, value: format!("{a}{b}{c}").to_ascii_lowercase() });
        return;
    }
    let mut from = start;
    for piece in run.split('-') {
        if let Some((len, address)) = four(piece)
            && is_address(view, from, from + len, piece.len() > len || piece.len() != run.len(), address)
        {
            let value = address.to_string();
            out.push(Found { start: from, end: from + len, kind: Kind::Address, value });
        }
        from += piece.len() + 1;
    }
}

/// The four numbers at the start of a run, and how many bytes they take. What follows them may only be a port, as
/// tcpdump writes it.
fn four(run: &str) -> Option<(usize, Ipv4Addr)> {
    if !(7..=21).contains(&run.len()) || !run.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let mut octets = [0u8; 4];
    let mut len = 0;
    let mut parts = run.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.len() > 1 && part.starts_with('0') {
            return None;
        }
        *octet = part.parse().ok()?;
        len += part.len() + 1;
    }
    let port = parts.next();
    if parts.next().is_some() || port.is_some_and(|p| p.parse::<u16>().is_err()) {
        return None;
    }
    Some((len - 1, Ipv4Addr::from(octets)))
}

/// Whether four numbers are an address that identifies a machine rather than a version.
fn is_address(view: View<'_>, start: usize, end: usize, is_part: bool, address: Ipv4Addr) -> bool {
    if address.is_loopback() || address.is_unspecified() || address.is_broadcast() || is_mask(address) {
        return false;
    }
    let known = address.is_private() || address.is_link_local();
    let plausible = known || address.octets().first().is_some_and(|first| *first >= 20);
    let before = view.before(start);
    // Four numbers and a port, as `IP 10.0.0.1.5432 > 10.0.0.2.40112:`.
    if view.at(end) == b'.' && view.at(end + 1).is_ascii_digit() {
        let line = view.line_before(start, 3);
        return line.ends_with(b"IP ") || line.ends_with(b"> ");
    }
    if is_part || matches!(before, b'_' | b'-') || before >= 0x80 || is_word(view.at(end)) {
        return plausible && !lists::is_version_word(view.line_before(start, 24));
    }
    // `Chrome/58.0.3029.110` is a product, `node-1/10.0.0.1` a host and its address.
    if before == b'/' {
        let product = view.part(view.back(start - 1, is_dotted), start - 1);
        let is_product = product.starts_with(|c: char| c.is_ascii_uppercase())
            && product.bytes().all(|b| b.is_ascii_alphabetic())
            && !known
            && view.at(end) != b':';
        return !is_product;
    }
    !lists::is_version_word(view.line_before(start, 24))
}

/// Net masks: they identify nobody, and say how large a net is.
fn is_mask(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    bits.leading_ones() >= 8 && bits.leading_ones() + bits.trailing_zeros() >= 32
}

/// A colon: the run of hexadecimal digits around it may be an address.
pub(super) fn at_colon(view: View<'_>, i: usize, state: &mut State, out: &mut Vec<Found>) {
    let fits = |b: u8| b.is_ascii_hexdigit() || b == b':';
    if !fits(view.before(i)) && view.at(i + 1) != b':' || !fits(view.at(i + 1)) {
        return;
    }
    let mut start = view.back(i, fits);
    let mut end = view.forth(i, fits);
    state.colons_until = end;
    if view.part(start, end).bytes().filter(|b| *b == b':').count() < 2 {
        return;
    }
    // IPv4 in the last two groups.
    if view.at(end) == b'.' {
        end = view.forth(end, |b| b.is_ascii_digit() || b == b'.');
        while view.before(end) == b'.' {
            end -= 1;
        }
    }
    // A colon before or behind that belongs to the sentence: `from:2001:db8::1:`.
    if view.at(start) == b':' && view.at(start + 1) != b':' {
        start += 1;
    }
    if view.before(end) == b':' && !view.part(start, end).ends_with("::") {
        end -= 1;
    }
    if is_word(view.before(start)) && !super::scan::is_behind_escape(view, start) || is_word(view.at(end)) {
        return;
    }
    for (start, end) in [(start, end), (start, last_colon(view, start, end))] {
        let run = view.part(start, end);
        if let Some(value) = pairs(run, ':') {
            out.push(Found { start, end, kind: Kind::Mac, value });
            return;
        }
        if let Some(address) = six(run) {
            let value = address.to_ipv4_mapped().map_or_else(|| address.to_string(), |v4| v4.to_string());
            out.push(Found { start, end, kind: Kind::Address, value });
            return;
        }
    }
}

/// Where a port would begin: `2001:db8:0:0:0:0:0:1:443`.
fn last_colon(view: View<'_>, start: usize, end: usize) -> usize {
    view.part(start, end).rfind(':').map_or(end, |n| start + n)
}

/// An IPv6 address that identifies a machine, and is no time and no `a::b` of a program.
fn six(run: &str) -> Option<Ipv6Addr> {
    let address: Ipv6Addr = run.parse().ok()?;
    if address.is_loopback() || address.is_unspecified() || address.to_ipv4_mapped().is_some_and(|a| a.is_loopback()) {
        return None;
    }
    let groups: Vec<&str> = run.split(':').filter(|g| !g.is_empty()).collect();
    let has_digit = run.bytes().any(|b| b.is_ascii_digit());
    let first = groups.first().map_or(0, |g| g.len());
    let telling = groups.len() >= 4 || (groups.len() >= 2 && has_digit && first >= 3) || run.starts_with("::ffff:");
    (telling || (groups.len() == 1 && first == 4 && has_digit && run.ends_with("::"))).then_some(address)
}

/// Six or eight pairs of hexadecimal digits, without what parts them.
fn pairs(run: &str, by: char) -> Option<String> {
    let parts: Vec<&str> = run.split(by).collect();
    let fine = matches!(parts.len(), 6 | 8)
        && parts.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_hexdigit()))
        && parts.iter().any(|p| *p != "00" && !p.eq_ignore_ascii_case("ff"));
    fine.then(|| parts.concat().to_ascii_lowercase())
}

/// A dash: `aa-bb-cc-dd-ee-ff`, or `ip-10-0-0-5` as clouds name their machines.
pub(super) fn at_dash(view: View<'_>, i: usize, state: &mut State, out: &mut Vec<Found>) {
    if i < state.dashes_until || !view.at(i + 1).is_ascii_hexdigit() {
        return;
    }
    let fits = |b: u8| b.is_ascii_hexdigit() || b == b'-';
    let end = view.forth(i, fits);
    if view.has(i.saturating_sub(2), "ip") && i >= 2 && !is_word(view.before(i - 2)) {
        let run = view.part(i + 1, end).trim_end_matches('-');
        if let Some((len, address)) = four(&run.replace('-', "."))
            && len == run.len()
        {
            state.dashes_until = end;
            out.push(Found { start: i + 1, end: i + 1 + len, kind: Kind::Address, value: address.to_string() });
            return;
        }
    }
    if end - i != 15 || !view.before(i).is_ascii_hexdigit() {
        return;
    }
    let start = view.back(i, fits);
    state.dashes_until = end;
    if let Some(value) = pairs(view.part(start, end), '-')
        && !is_word(view.before(start))
        && !is_word(view.at(end))
    {
        out.push(Found { start, end, kind: Kind::Mac, value });
    }
}
