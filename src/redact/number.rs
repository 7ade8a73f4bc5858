//! Numbers with check digits: payment cards and bank accounts.

use super::Kind;
use super::scan::{Found, State, View, is_word};

/// A digit that begins a word: perhaps a card's number.
pub(super) fn at_digit(view: View<'_>, i: usize, state: &mut State, out: &mut Vec<Found>) {
    if i < state.digits_until || !matches!(view.at(i), b'2'..=b'6') {
        return;
    }
    let mut digits: Vec<u8> = Vec::new();
    let mut groups: Vec<usize> = vec![0];
    let mut gap = 0u8;
    let mut end = i;
    loop {
        let b = view.at(end);
        if b.is_ascii_digit() {
            digits.push(b - b'0');
            if let Some(last) = groups.last_mut() {
                *last += 1;
            }
        } else if matches!(b, b' ' | b'-' | b'.') && (gap == 0 || gap == b) && view.at(end + 1).is_ascii_digit() {
            gap = b;
            groups.push(0);
        } else {
            break;
        }
        end += 1;
        if digits.len() > 19 {
            break;
        }
    }
    if matches!(view.before(i), b'-' | b'.' | b'#' | b'+') || is_word(view.at(end)) {
        return;
    }
    // Of a run in groups, the longest beginning that is written as cards are: `… 4111 1111 1111 1111 12/29`.
    for n in (1..=groups.len()).rev() {
        let shape = groups.get(..n).unwrap_or_default();
        let len: usize = shape.iter().sum();
        let fine = match shape {
            [_] => (13..=19).contains(&len),
            [4, 4, 4, 4] | [4, 4, 4, 4, 1..=3] | [4, 6, 4 | 5] | [4, 4, 4, 1..=3] => true,
            _ => false,
        };
        let number = digits.get(..len).unwrap_or_default();
        if fine && is_issued(number) && luhn(number) && (n > 1 || !is_id(view, i)) {
            let value = number.iter().map(|d| char::from(d + b'0')).collect();
            let end = i + len + n - 1;
            state.digits_until = end;
            out.push(Found { start: i, end, kind: Kind::Card, value });
            return;
        }
    }
    if groups.len() == 1 {
        state.digits_until = end;
    }
}

/// True for numbers that begin as those of card issuers do, with their lengths.
fn is_issued(number: &[u8]) -> bool {
    let first = |n: usize| number.iter().take(n).fold(0u32, |all, d| all * 10 + u32::from(*d));
    let len = number.len();
    match first(2) {
        34 | 37 => len == 15,
        36 | 38 | 39 => (14..=19).contains(&len),
        30 => first(3) <= 305 && (14..=19).contains(&len) || first(3) == 309,
        35 => (3528..=3589).contains(&first(4)) && (16..=19).contains(&len),
        40..=49 => matches!(len, 13 | 16 | 19),
        51..=55 => len == 16,
        22..=27 => (2221..=2720).contains(&first(4)) && len == 16,
        60 => first(4) == 6011 && (16..=19).contains(&len),
        62 | 65 => (16..=19).contains(&len),
        64 => first(3) >= 644 && (16..=19).contains(&len),
        _ => false,
    }
}

/// The check digit of cards.
fn luhn(number: &[u8]) -> bool {
    let sum: u32 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match u32::from(*d) {
            d if i % 2 == 0 => d,
            d if d > 4 => d * 2 - 9,
            d => d * 2,
        })
        .sum();
    sum.is_multiple_of(10) && number.iter().any(|d| Some(d) != number.first())
}

/// True for a number that its name calls an id, a time or a place: one in ten of these has a right check digit.
fn is_id(view: View<'_>, start: usize) -> bool {
    let end = view.back(start, |b| matches!(b, b'=' | b':' | b'"' | b' ' | b'\''));
    let name = view.part(view.back(end, |b| is_word(b) || b == b'-'), end).to_ascii_lowercase();
    end < start
        && ["id", "time", "ts", "timestamp", "offset", "seq", "sequence", "block", "lsn", "nonce", "position"]
            .iter()
            .any(|n| name.ends_with(n))
}

/// A capital that begins a word: perhaps a bank account's number.
pub(super) fn at_upper(view: View<'_>, i: usize, out: &mut Vec<Found>) {
    let is = |n: usize, f: fn(&u8) -> bool| f(&view.at(i + n));
    if !is(1, u8::is_ascii_uppercase) || !is(2, u8::is_ascii_digit) || !is(3, u8::is_ascii_digit) {
        return;
    }
    let mut plain = String::new();
    let mut end = i;
    while plain.len() < 34 {
        let b = view.at(end);
        if b.is_ascii_uppercase() || b.is_ascii_digit() {
            plain.push(char::from(b));
        } else if !(matches!(b, b' ' | b'-')
            && plain.len().is_multiple_of(4)
            && view.at(end + 1).is_ascii_alphanumeric())
        {
            break;
        }
        end += 1;
        if lengths(&plain) == Some(plain.len()) {
            break;
        }
    }
    if lengths(&plain) == Some(plain.len()) && !is_word(view.at(end)) && mod_97(&plain) == 1 {
        out.push(Found { start: i, end, kind: Kind::Iban, value: plain });
    }
}

/// How long a country's account numbers are.
fn lengths(iban: &str) -> Option<usize> {
    Some(match iban.get(..2)? {
        "NO" => 15,
        "BE" => 16,
        "DK" | "FI" | "NL" | "FO" | "GL" => 18,
        "MK" | "SI" => 19,
        "AT" | "BA" | "EE" | "KZ" | "LT" | "LU" | "XK" | "MN" => 20,
        "CH" | "HR" | "LI" | "LV" => 21,
        "BG" | "BH" | "CR" | "DE" | "GB" | "GE" | "IE" | "ME" | "RS" | "VA" => 22,
        "AE" | "GI" | "IL" | "IQ" | "TL" | "OM" | "SO" => 23,
        "AD" | "CZ" | "ES" | "MD" | "PK" | "RO" | "SA" | "SE" | "SK" | "TN" | "VG" => 24,
        "LY" | "PT" | "ST" => 25,
        "IS" | "TR" => 26,
        "BI" | "DJ" | "FR" | "GR" | "IT" | "MC" | "MR" | "SM" => 27,
        "AL" | "AZ" | "BY" | "CY" | "DO" | "GT" | "HU" | "LB" | "NI" | "PL" | "SV" => 28,
        "BR" | "EG" | "PS" | "QA" | "UA" => 29,
        "JO" | "KW" | "MU" | "YE" => 30,
        "MT" | "SC" => 31,
        "LC" => 32,
        "RU" => 33,
        _ => return None,
    })
}

/// The check of bank accounts: the first four signs go to the end, letters count from 10.
fn mod_97(iban: &str) -> u32 {
    let (head, tail) = iban.split_at_checked(4).unwrap_or_default();
    tail.chars()
        .chain(head.chars())
        .filter_map(|c| c.to_digit(36))
        .fold(0, |rest, n| (rest * if n > 9 { 100 } else { 10 } + n) % 97)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_are_right() {
        assert_eq!(mod_97("DE89370400440532013000"), 1);
        assert_eq!(mod_97("GB82WEST12345698765432"), 1);
        assert_ne!(mod_97("DE88370400440532013000"), 1);
        assert!(luhn(&[4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]));
        assert!(!luhn(&[4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]));
    }
}
