//! How far a line pattern came on a line that it does not match, and what it wanted there; for people who write patterns.

use super::{Found, LevelMap, Op, Pattern, run};
use crate::time::parse;
use crate::time::stamp::Shape;

/// Where a pattern stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stop {
    /// Bytes from the line's begin.
    pub at: usize,
    /// What could have stood there, in words; several where parts may be left out.
    pub expected: Vec<String>,
}

impl Pattern {
    /// The furthest place that the pattern reached on a line; `None` when it matches.
    pub fn stop(&self, line: &[u8], map: &LevelMap) -> Option<Stop> {
        let mut stop = Stop::default();
        let tracer = Tracer { names: &self.names, line, map };
        tracer.walk(&self.ops, 0, &mut stop).is_none().then_some(stop)
    }
}

struct Tracer<'a> {
    names: &'a [String],
    line: &'a [u8],
    map: &'a LevelMap,
}

impl Tracer<'_> {
    /// As [`run`], noting the furthest failure, inside of optional parts too.
    fn walk(&self, ops: &[Op], mut at: usize, stop: &mut Stop) -> Option<usize> {
        for op in ops {
            let one = std::slice::from_ref(op);
            at = match (op, run(one, self.line, at, self.map, &mut Found::default())) {
                (Op::Optional(inner), _) => self.walk(inner, at, stop).unwrap_or(at),
                (_, Some(end)) => end,
                (_, None) => {
                    self.note(op, at, stop);
                    return None;
                }
            };
        }
        Some(at)
    }

    fn note(&self, op: &Op, at: usize, stop: &mut Stop) {
        // A literal may agree for a while.
        let at = match op {
            Op::Literal(l) => {
                let rest = self.line.get(at..).unwrap_or_default();
                at + l.iter().zip(rest).take_while(|(a, b)| a == b).count()
            }
            _ => at,
        };
        if at > stop.at {
            *stop = Stop { at, expected: Vec::new() };
        }
        let expected = self.describe(op, at);
        if at == stop.at && !stop.expected.contains(&expected) {
            stop.expected.push(expected);
        }
    }

    fn describe(&self, op: &Op, at: usize) -> String {
        let part = |slot: &usize| self.names.get(*slot).map_or("", String::as_str);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        match op {
            Op::Literal(l) => format!("`{}`", text(l)),
            Op::Blanks => "a blank".to_owned(),
            Op::Time(_, Some(shape)) => format!("a time of shape `{}`, like {}", shape.name(), example(*shape)),
            Op::Cell(_, shape) => {
                format!("a time of shape `{}` before a comma, like {}", shape.name(), example(*shape))
            }
            Op::Time(_, None) => "a time".to_owned(),
            Op::Stamp(slot) => format!("a time (`{}`)", part(slot)),
            Op::Level(_) => "a word that is a level; [level.map] says which words of this format are".to_owned(),
            Op::Int(slot) => format!("digits (`{}`)", part(slot)),
            Op::Decimal(slot) => format!("digits, a point, digits (`{}`)", part(slot)),
            Op::Word(slot, _) => format!("a word without blanks (`{}`)", part(slot)),
            Op::Text(slot, stops) => {
                let list: Vec<String> = stops.literals.iter().map(|l| format!("`{}`", text(l))).collect();
                format!("{} somewhere from here on, where `{}` ends", list.join(" or "), part(slot))
            }
            Op::Nanos(_) => "an ISO time with nine digits and a zone".to_owned(),
            Op::Pod(slot) => format!("a pod's name (`{}`)", part(slot)),
            Op::Label(slot) => format!("a container's name (`{}`)", part(slot)),
            Op::Object(slot) => format!("the begin of a JSON object (`{}`)", part(slot)),
            Op::Pairs(slot) => format!("a name with a colon (`{}`)", part(slot)),
            Op::Class(slot) => format!("a class with its package (`{}`)", part(slot)),
            Op::Last(slot) => format!("a name and the line's end (`{}`)", part(slot)),
            Op::Host(slot, _) => format!("a host without a colon behind it (`{}`)", part(slot)),
            Op::Day(slot, _) => format!("a date (`{}`)", part(slot)),
            Op::End => "the line's end".to_owned(),
            Op::Csv(slot) => format!("a CSV field (`{}`)", part(slot)),
            Op::OneOf(slot, words, _) => {
                let list: Vec<String> = words.iter().take(8).map(|w| text(w)).collect();
                let more =
                    if words.len() > 8 { format!(" or one of {} others", words.len() - 8) } else { String::new() };
                let near = self.nearest(words, at);
                format!("one of {}{more} (`{}`){near}", list.join(", "), part(slot))
            }
            Op::MaybeBlanks | Op::Rest(_) | Op::Optional(_) => "nothing in particular".to_owned(),
        }
    }

    fn nearest(&self, words: &[Vec<u8>], at: usize) -> String {
        let rest = self.line.get(at..).unwrap_or_default();
        let len = rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        let there = String::from_utf8_lossy(rest.get(..len).unwrap_or_default());
        let words: Vec<String> = words.iter().map(|w| String::from_utf8_lossy(w).into_owned()).collect();
        let near = crate::format::near::nearest(&there, words.iter().map(String::as_str));
        near.map_or_else(String::new, |w| format!("; nearest is `{w}`"))
    }
}

/// The stamp that stands at a place whatever its shape, in words.
pub fn stamp_at(line: &[u8], at: usize) -> Option<String> {
    let (shape, _, end) = parse::any(line, at)?;
    let text = String::from_utf8_lossy(line.get(at..end)?);
    Some(format!("`{text}` is a time of shape `{}`", shape.name()))
}

/// A stamp of each shape.
fn example(shape: Shape) -> &'static str {
    match shape {
        Shape::Iso => "2026-11-21T05:12:41.245Z",
        Shape::Compact => "20261121 05:12:41.245",
        Shape::MonthDay => "Nov 21 05:12:41",
        Shape::Ctime => "Sat Nov 21 05:12:41 2026",
        Shape::DayMonth => "21/Nov/2026:05:12:41 +0000",
        Shape::DayMonthNumeric => "21-11-2026 05:12:41",
        Shape::MonthDayNumeric => "11/21/2026 05:12:41",
        Shape::ShortYear => "26/11/21 05:12:41",
        Shape::SixDigits => "261121  5:12:41",
        Shape::MonthDayOnly => "11-21 05:12:41.245",
        Shape::FourDigits => "1121 05:12:41.123456",
        Shape::TimeOnly => "05:12:41.245",
        Shape::Epoch => "1795237961.245",
        Shape::Spelled => "21. November 2026 05:12:41",
        Shape::Digits => "20261121051241",
        Shape::Ordinal => "2026-325T05:12:41",
        Shape::Tai64 => "@400000006a9f0b4e0e9b2d40",
        Shape::DayMonthShort => "21.11.26 05:12:41",
        Shape::MonthDayShort => "11/21/26 05:12:41",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(pattern: &str, line: &str) -> Option<(usize, String)> {
        let stop = Pattern::compile(pattern).unwrap().stop(line.as_bytes(), &LevelMap::default())?;
        Some((stop.at, stop.expected.join(" / ")))
    }

    #[test]
    fn the_furthest_place_counts_inside_optional_parts_too() {
        let pattern = "<time:iso> <process>{[<pid:int>]}: <message>";
        assert_eq!(stop(pattern, "2026-01-02 03:04:05 app[1]: x"), None);
        assert_eq!(stop(pattern, "2026-01-02 03:04:05 app[x]: x"), Some((24, "digits (`pid`)".into())));
        assert_eq!(stop(pattern, "2026-01-02 03:04:05 app"), Some((23, "`[` / `: `".replace(": ", ":"))));
        assert_eq!(stop("abc<x:int>", "abd1"), Some((2, "`abc`".into())));
        let (at, expected) = stop(pattern, "Nov 21 05:12:41 app: x").unwrap();
        assert!(at == 0 && expected.contains("iso"), "{expected}");
        assert!(stop("<level:alpha|beta> x", "alpah x").unwrap().1.contains("nearest is `alpha`"));
    }
}
