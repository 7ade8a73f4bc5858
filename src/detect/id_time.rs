//! Ids that carry the time of their making, against the time of the record that tells of it.
//!
//! Only creations count: an id may be used long after it was made.

use super::sighting::World;
use super::violation::Violation;
use crate::fact::Kind;
use crate::fact::kind::field_index;
use crate::rule::select::{Selector, Value, What};
use crate::time::format::{duration, utc};

/// An id this far from its record is odd, in nanoseconds: queues and retries explain less.
const LEAST: i64 = 10 * 60 * 1_000_000_000;

/// Creations whose id was made at another time.
pub(super) fn violations(world: &World<'_>) -> Vec<Violation> {
    let Some(id) = field_index("id").map(Value::Field) else { return Vec::new() };
    let selector = Selector { what: vec![What::Fact(Kind::IdCreate)], conditions: Vec::new() };
    let mut out = Vec::new();
    for met in world.meet(&[&[selector]]) {
        let Some(made) = world.value(met.at, &id).and_then(|id| embedded_time(&id)) else { continue };
        let told = world.time(met.at);
        let off = made.saturating_sub(told);
        if off.abs() < LEAST {
            continue;
        }
        let way = if off > 0 { "after" } else { "before" };
        let v = Violation::new(vec![("seen", met.at)]).say("off", duration(off.abs())).say("way", way);
        out.push(v.say("made", utc(made, 0)));
    }
    out
}

/// The time in an id (nanoseconds since 1970 UTC): UUID of version 7, ULID, or an ObjectId of MongoDB.
///
/// Sources: RFC 9562 §5.7, the ULID specification, MongoDB's manual on ObjectId. Times outside of 2000 to 2100 are
/// none: the text is some other id.
fn embedded_time(id: &str) -> Option<i64> {
    let hex = |text: &str| u64::from_str_radix(text, 16).ok();
    let is_hex = |text: &str| text.bytes().all(|b| b.is_ascii_hexdigit());
    let millis = if id.len() == 36 && id.get(14..15) == Some("7") && id.matches('-').count() == 4 {
        hex(&format!("{}{}", id.get(..8)?, id.get(9..13)?))?
    } else if id.len() == 26 && id.starts_with(|c: char| ('0'..='7').contains(&c)) {
        ulid(id.get(..10)?)?
    } else if id.len() == 24 && is_hex(id) {
        hex(id.get(..8)?)?.checked_mul(1000)?
    } else {
        return None;
    };
    let plausible = (946_684_800_000..4_102_444_800_000).contains(&millis);
    plausible.then(|| i64::try_from(millis).ok()?.checked_mul(1_000_000)).flatten()
}

/// Ten digits of Crockford's base 32.
fn ulid(text: &str) -> Option<u64> {
    const DIGITS: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    text.chars().try_fold(0u64, |sum, c| {
        let digit = DIGITS.find(c.to_ascii_uppercase())?;
        sum.checked_mul(32)?.checked_add(u64::try_from(digit).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_when_they_were_made() {
        let at = |id: &str| embedded_time(id).map(|t| utc(t, 3));
        assert_eq!(at("017f22e2-79b0-7cc3-98c4-dc0c0c07398f").as_deref(), Some("2022-02-22T19:22:22.000Z"));
        assert_eq!(at("01ARZ3NDEKTSV4RRFFQ69G5FAV").as_deref(), Some("2016-07-30T23:54:10.259Z"));
        assert_eq!(at("507f1f77bcf86cd799439011").as_deref(), Some("2012-10-17T21:13:27.000Z"));
    }

    #[test]
    fn other_ids_tell_nothing() {
        for id in [
            "6b6e1c9e-3c3e-4d0a-9f5b-2a7d5c1e8f00",
            "1045",
            "ffffffffffffffffffffffff",
            "",
            "d2a84f4b8b650937ec8f73cd8be2c74add5a911b",
        ] {
            assert_eq!(embedded_time(id), None, "{id}");
        }
    }
}
