//! Runs the expressions of packs several times faster than a general engine: by backtracking, on bytes.
//!
//! A pack's expressions are short, and a literal has been found before one is tried: nearly always the first attempt
//! succeeds, and what costs is the engine's fixed effort for each byte and group. Here runs of a class are one
//! instruction. The preference is that of [`regex`], so matches are the same. Backtracking may take long on hostile
//! text: after so many steps it gives up, and [`regex`] answers, which never does.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};

/// Programs longer than this are left to `regex`.
const LONGEST: usize = 2_000;
/// Steps back that are taken before giving up: so many, and so many for each byte of the text.
const STEPS: usize = 256;
const STEPS_PER_BYTE: usize = 8;
/// An expression whose matches begin with one of more bytes than this may match nearly anywhere.
const FEW_BEGINS: usize = 4;
/// Bytes that a run goes over in the time of a step.
const BYTES_PER_STEP: usize = 8;

/// Which bytes belong to a class.
type Set = Box<[bool; 256]>;

/// A step of a program.
#[derive(Clone, Debug)]
enum Op {
    Text(Box<[u8]>),
    /// Between `least` and `most` bytes of a class; `next` is the byte that must follow, where that is known.
    Run {
        set: Set,
        least: usize,
        most: usize,
        greedy: bool,
        next: Option<u8>,
    },
    /// Goes on at the first, and if that fails at the second.
    Split(usize, usize),
    Jump(usize),
    Save(usize),
    Look(Look),
    Match,
}

/// An expression, ready to run.
#[derive(Clone, Debug)]
pub(super) struct Matcher {
    ops: Vec<Op>,
    /// What a match may begin with.
    first: Set,
    anchored: bool,
    slots: usize,
}

/// What to try next when a path fails.
#[derive(Clone, Copy, Debug)]
enum Choice {
    Branch {
        op: usize,
        at: usize,
    },
    /// A greedy run gives bytes back, down to `least`.
    Shrink {
        op: usize,
        at: usize,
        least: usize,
    },
    /// A lazy run takes more bytes, up to `last`.
    Grow {
        op: usize,
        at: usize,
        last: usize,
    },
    Restore {
        slot: usize,
        value: usize,
    },
}

/// The memory of a run, kept from one to the next.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    /// Where each group begins and ends; `usize::MAX` where it took no part.
    slots: Vec<usize>,
    choices: Vec<Choice>,
    /// Steps that are left.
    steps: usize,
}

/// How a search ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Found,
    Nothing,
    /// It would take too long.
    GaveUp,
}

impl Scratch {
    /// The span of a group in the last match.
    pub(super) fn group(&self, group: usize) -> Option<(usize, usize)> {
        let start = self.slots.get(group * 2).copied().filter(|at| *at != usize::MAX)?;
        let end = self.slots.get(group * 2 + 1).copied().filter(|at| *at != usize::MAX)?;
        Some((start, end))
    }

    /// Bytes that a run goes over cost steps too, or long runs at every place would take long.
    fn pay_for(&mut self, bytes: usize) {
        self.steps = self.steps.saturating_sub(bytes / BYTES_PER_STEP);
    }

    /// Takes the groups of another engine's match.
    pub(super) fn take(&mut self, groups: impl Iterator<Item = Option<(usize, usize)>>) {
        self.slots.clear();
        self.slots.extend(groups.flat_map(|g| g.map_or([usize::MAX; 2], |(start, end)| [start, end])));
    }
}

impl Matcher {
    /// A program for an expression without Unicode classes; `None` for one that `regex` must run.
    pub(super) fn new(expression: &str) -> Option<Matcher> {
        let hir = ParserBuilder::new().unicode(false).utf8(false).build().parse(expression).ok()?;
        // One that matches nothing at all has rules of its own.
        if hir.properties().minimum_len().unwrap_or(0) == 0 {
            return None;
        }
        let mut ops = vec![Op::Save(0)];
        compile(&hir, &mut ops)?;
        ops.extend([Op::Save(1), Op::Match]);
        hint(&mut ops);
        let mut first = Box::new([false; 256]);
        begins(&ops, 0, &mut first, &mut vec![false; ops.len()]);
        let anchored = hir.properties().look_set_prefix().contains(Look::Start);
        let slots = 2 * (hir.properties().explicit_captures_len() + 1);
        Some(Matcher { ops, first, anchored, slots })
    }

    /// True when few places of a text have to be tried.
    pub(super) fn begins_rarely(&self) -> bool {
        self.anchored || self.first.iter().filter(|b| **b).count() <= FEW_BEGINS
    }

    /// Searches a text from a position on for the leftmost match.
    pub(super) fn find(&self, text: &[u8], from: usize, scratch: &mut Scratch) -> Outcome {
        scratch.steps = STEPS + STEPS_PER_BYTE * text.len();
        for (start, byte) in text.iter().enumerate().skip(from) {
            if self.anchored && start > 0 {
                break;
            }
            if !has(&self.first, *byte) {
                continue;
            }
            scratch.slots.clear();
            scratch.slots.resize(self.slots, usize::MAX);
            scratch.choices.clear();
            match self.run(text, start, scratch) {
                Outcome::Nothing => {}
                decided => return decided,
            }
        }
        Outcome::Nothing
    }

    fn run(&self, text: &[u8], start: usize, scratch: &mut Scratch) -> Outcome {
        let (mut op, mut at) = (0, start);
        loop {
            let next = match self.ops.get(op) {
                Some(Op::Text(bytes)) => {
                    // Mostly the first byte decides, or there is only one.
                    let begins = text.get(at) == bytes.first();
                    let rest = || bytes.len() < 2 || text.get(at..).is_some_and(|t| t.starts_with(bytes));
                    (begins && rest()).then(|| (op + 1, at + bytes.len()))
                }
                Some(Op::Run { .. }) => self.begin_run(text, op, at, scratch),
                Some(Op::Split(first, second)) => {
                    scratch.choices.push(Choice::Branch { op: *second, at });
                    Some((*first, at))
                }
                Some(Op::Jump(to)) => Some((*to, at)),
                Some(Op::Save(slot)) => {
                    if let Some(value) = scratch.slots.get_mut(*slot) {
                        let old = std::mem::replace(value, at);
                        scratch.choices.push(Choice::Restore { slot: *slot, value: old });
                    }
                    Some((op + 1, at))
                }
                Some(Op::Look(look)) => looks(*look, text, at).then_some((op + 1, at)),
                Some(Op::Match) | None => return Outcome::Found,
            };
            match next.or_else(|| self.back(text, scratch)) {
                Some(next) => (op, at) = next,
                None if scratch.steps == 0 => return Outcome::GaveUp,
                None => return Outcome::Nothing,
            }
        }
    }

    fn begin_run(&self, text: &[u8], op: usize, at: usize, scratch: &mut Scratch) -> Option<(usize, usize)> {
        let Some(Op::Run { set, least, most, greedy, next }) = self.ops.get(op) else { return None };
        let rest = text.get(at..)?;
        let rest = rest.get(..(*most).min(rest.len()))?;
        if *greedy {
            let taken = rest.iter().position(|b| !has(set, *b)).unwrap_or(rest.len());
            scratch.pay_for(taken);
            let end = ends_before(text, at + least, at + taken, *next)?;
            if end > at + least {
                scratch.choices.push(Choice::Shrink { op, at: end - 1, least: at + least });
            }
            return Some((op + 1, end));
        }
        let begin = rest.get(..*least)?;
        if !begin.iter().all(|b| has(set, *b)) {
            return None;
        }
        self.grow(text, op, at + least, at + rest.len(), scratch)
    }

    /// The shortest end of a lazy run from a position on.
    fn grow(&self, text: &[u8], op: usize, from: usize, last: usize, scratch: &mut Scratch) -> Option<(usize, usize)> {
        let Some(Op::Run { set, next, .. }) = self.ops.get(op) else { return None };
        let mut end = from;
        while next.is_some_and(|n| text.get(end) != Some(&n)) {
            if end >= last || !has(set, *text.get(end)?) {
                scratch.pay_for(end - from);
                return None;
            }
            end += 1;
        }
        scratch.pay_for(end - from);
        if end < last && text.get(end).is_some_and(|b| has(set, *b)) {
            scratch.choices.push(Choice::Grow { op, at: end + 1, last });
        }
        Some((op + 1, end))
    }

    /// Goes back to the last choice; `None` when there is none, or no steps are left.
    fn back(&self, text: &[u8], scratch: &mut Scratch) -> Option<(usize, usize)> {
        while let Some(choice) = scratch.choices.pop() {
            scratch.steps = scratch.steps.checked_sub(1)?;
            match choice {
                Choice::Branch { op, at } => return Some((op, at)),
                Choice::Restore { slot, value } => {
                    if let Some(s) = scratch.slots.get_mut(slot) {
                        *s = value;
                    }
                }
                Choice::Shrink { op, at, least } => {
                    let Some(Op::Run { next, .. }) = self.ops.get(op) else { continue };
                    let Some(end) = ends_before(text, least, at, *next) else { continue };
                    if end > least {
                        scratch.choices.push(Choice::Shrink { op, at: end - 1, least });
                    }
                    return Some((op + 1, end));
                }
                Choice::Grow { op, at, last } => {
                    if let Some(next) = self.grow(text, op, at, last, scratch) {
                        return Some(next);
                    }
                }
            }
        }
        None
    }
}

fn has(set: &[bool; 256], byte: u8) -> bool {
    set.get(usize::from(byte)).copied().unwrap_or(false)
}

/// The last end of a run, between `least` and `most`, that the byte stands behind which must follow.
fn ends_before(text: &[u8], least: usize, most: usize, next: Option<u8>) -> Option<usize> {
    let Some(next) = next else { return (least <= most).then_some(most) };
    let ends = text.get(least..text.len().min(most + 1))?;
    ends.iter().rposition(|b| *b == next).map(|at| least + at)
}

fn looks(look: Look, text: &[u8], at: usize) -> bool {
    let is_word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    let before = at.checked_sub(1).and_then(|i| text.get(i));
    let here = text.get(at);
    match look {
        Look::Start => at == 0,
        Look::End => at == text.len(),
        Look::StartLF => before.is_none_or(|b| *b == b'\n'),
        Look::EndLF => here.is_none_or(|b| *b == b'\n'),
        Look::WordAscii => is_word(before) != is_word(here),
        Look::WordAsciiNegate => is_word(before) == is_word(here),
        _ => false, // not compiled
    }
}

fn compile(hir: &Hir, ops: &mut Vec<Op>) -> Option<()> {
    if ops.len() > LONGEST {
        return None;
    }
    match hir.kind() {
        HirKind::Empty => {}
        HirKind::Literal(text) => ops.push(Op::Text(text.0.clone())),
        HirKind::Class(_) => ops.push(Op::Run { set: set(hir)?, least: 1, most: 1, greedy: true, next: None }),
        HirKind::Look(look) => {
            use Look::{End, EndLF, Start, StartLF, WordAscii, WordAsciiNegate};
            let known = matches!(look, Start | End | StartLF | EndLF | WordAscii | WordAsciiNegate);
            ops.push(known.then_some(Op::Look(*look))?);
        }
        HirKind::Repetition(repetition) => repeat(repetition, ops)?,
        HirKind::Capture(Capture { index, sub, .. }) => {
            let slot = usize::try_from(*index).ok()?.checked_mul(2)?;
            ops.push(Op::Save(slot));
            compile(sub, ops)?;
            ops.push(Op::Save(slot + 1));
        }
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| compile(part, ops))?,
        HirKind::Alternation(parts) => {
            let (last, others) = parts.split_last()?;
            let mut jumps = Vec::new();
            for part in others {
                let split = ops.len();
                ops.push(Op::Split(split + 1, 0));
                compile(part, ops)?;
                jumps.push(ops.len());
                ops.push(Op::Jump(0));
                let here = ops.len();
                *ops.get_mut(split)? = Op::Split(split + 1, here);
            }
            compile(last, ops)?;
            let end = ops.len();
            jumps.into_iter().try_for_each(|jump| ops.get_mut(jump).map(|op| *op = Op::Jump(end)))?;
        }
    }
    Some(())
}

fn repeat(repetition: &Repetition, ops: &mut Vec<Op>) -> Option<()> {
    let Repetition { min, max, greedy, sub } = repetition;
    let least = usize::try_from(*min).ok()?;
    let most = max.map_or(Some(usize::MAX), |m| usize::try_from(m).ok())?;
    if let Some(set) = set(sub) {
        ops.push(Op::Run { set, least, most, greedy: *greedy, next: None });
        return Some(());
    }
    // What may be empty again and again has rules of its own.
    if most > 1 && sub.properties().minimum_len().unwrap_or(0) == 0 {
        return None;
    }
    let split = |inside, after| if *greedy { Op::Split(inside, after) } else { Op::Split(after, inside) };
    (0..least).try_for_each(|_| compile(sub, ops))?;
    if most == usize::MAX {
        let start = ops.len();
        ops.push(Op::Jump(0));
        compile(sub, ops)?;
        ops.push(Op::Jump(start));
        let end = ops.len();
        *ops.get_mut(start)? = split(start + 1, end);
        return Some(());
    }
    let mut splits = Vec::new();
    for _ in least..most {
        splits.push(ops.len());
        ops.push(Op::Jump(0));
        compile(sub, ops)?;
    }
    let end = ops.len();
    splits.into_iter().try_for_each(|at| ops.get_mut(at).map(|op| *op = split(at + 1, end)))
}

/// The bytes of an expression that matches exactly one.
fn set(hir: &Hir) -> Option<Set> {
    let mut set = Box::new([false; 256]);
    let mut fill = |from: u8, to: u8| {
        for slot in set.iter_mut().take(usize::from(to) + 1).skip(usize::from(from)) {
            *slot = true;
        }
    };
    match hir.kind() {
        HirKind::Literal(text) => match *text.0 {
            [byte] => fill(byte, byte),
            _ => return None,
        },
        HirKind::Class(Class::Bytes(class)) => class.ranges().iter().for_each(|r| fill(r.start(), r.end())),
        HirKind::Class(Class::Unicode(class)) => {
            for range in class.ranges() {
                let (from, to) = (u8::try_from(range.start()).ok()?, u8::try_from(range.end()).ok()?);
                fill(from, Some(to).filter(u8::is_ascii)?);
            }
        }
        _ => return None,
    }
    Some(set)
}

/// Notes for each run which byte must follow it.
fn hint(ops: &mut [Op]) {
    let mut follows: Option<u8> = None;
    for op in ops.iter_mut().rev() {
        match op {
            Op::Save(_) => {}
            Op::Text(text) => follows = text.first().copied(),
            Op::Run { next, .. } => {
                *next = follows;
                follows = None;
            }
            Op::Split(..) | Op::Jump(_) | Op::Look(_) | Op::Match => follows = None,
        }
    }
}

/// Collects the bytes that a match may begin with, from an operation on.
fn begins(ops: &[Op], mut op: usize, set: &mut Set, seen: &mut Vec<bool>) {
    loop {
        match seen.get_mut(op) {
            Some(seen) if !*seen => *seen = true,
            _ => return,
        }
        let mut add = |which: &dyn Fn(u8) -> bool| {
            (0..=255u8).zip(set.iter_mut()).for_each(|(byte, slot)| *slot |= which(byte));
        };
        match ops.get(op) {
            Some(Op::Text(text)) => return add(&|b| text.first() == Some(&b)),
            Some(Op::Run { set: run, least, .. }) => {
                add(&|b| has(run, b));
                if *least > 0 {
                    return;
                }
                op += 1;
            }
            Some(Op::Split(first, second)) => {
                begins(ops, *first, set, seen);
                op = *second;
            }
            Some(Op::Jump(to)) => op = *to,
            Some(Op::Save(_) | Op::Look(_)) => op += 1,
            Some(Op::Match) | None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex::bytes::{Regex, RegexBuilder};

    fn check(regex: &Regex, matcher: &Matcher, text: &[u8]) -> bool {
        let mut scratch = Scratch::default();
        for from in [0, text.len() / 3] {
            let outcome = matcher.find(text, from, &mut scratch);
            if outcome == Outcome::GaveUp {
                return false;
            }
            let want = regex.captures_at(text, from);
            let shown = String::from_utf8_lossy(text);
            assert_eq!(outcome == Outcome::Found, want.is_some(), "{regex} from {from} on {shown:?}");
            for group in 0..want.as_ref().map_or(0, |w| w.len()) {
                let want = want.as_ref().and_then(|w| w.get(group)).map(|g| (g.start(), g.end()));
                assert_eq!(scratch.group(group), want, "{regex}, group {group} from {from} on {shown:?}");
            }
        }
        true
    }

    fn both(expression: &str) -> (Regex, Option<Matcher>) {
        (RegexBuilder::new(expression).unicode(false).build().unwrap(), Matcher::new(expression))
    }

    /// The texts, and what remains when a part of them is cut out or doubled.
    fn bent(texts: &[String]) -> Vec<Vec<u8>> {
        let mut x = 7usize;
        let mut all = Vec::new();
        for text in texts {
            all.push(text.as_bytes().to_vec());
            for _ in 0..6 {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let (a, b) = ((x >> 20) % (text.len() + 1), (x >> 40) % (text.len() + 1));
                let bytes = text.as_bytes();
                all.push([&bytes[..a.max(b)], &bytes[a.min(b)..]].concat());
                all.push([&bytes[..a.min(b)], &bytes[a.max(b)..]].concat());
            }
        }
        all
    }

    #[test]
    fn matches_are_those_of_regex() {
        let expressions = [
            r"a+?b|a(?<x>b)?c",
            r"(?:ab|a)(?<x>bc|c)?d?",
            r"^(?:x{2,3}?y)+z",
            r"(?i)\bk(?<v>[a-z_]*?)(?:[._-]| )end\b",
            r"(?m)^a.*$",
            r"a.*b",
            r"a.*?b",
            r"(?<x>\d{1,3}?)(?<y>\d*)\.",
            r"x(?:y(?<z>a|b)?)*w",
            r"\Bb+",
            r"[^a]b$",
        ];
        let mut texts = vec![String::new()];
        let mut x = 88_172_645_463_325_252u64;
        for len in 1..1500 {
            let mut text = String::new();
            for _ in 0..len % 24 {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                text.push(b"aabbccdxxyzkend_.- 012\nw"[x as usize % 24].into());
            }
            texts.push(text);
        }
        for expression in expressions {
            let (regex, matcher) = both(expression);
            let matcher = matcher.unwrap();
            assert!(texts.iter().filter(|t| check(&regex, &matcher, t.as_bytes())).count() > 1400, "{expression}");
        }
    }

    #[test]
    fn all_packs_find_what_regex_finds() {
        let (mut run, mut all) = (0, 0);
        for (name, text) in crate::fact::Packs::texts() {
            let pack = crate::fact::definition::parse(name, text).unwrap();
            let samples: Vec<String> = pack.samples.iter().map(|s| s.text.clone()).collect();
            let samples = bent(&samples);
            for expression in
                pack.definitions.iter().flat_map(|d| d.matches.iter().chain(d.conditions.iter().map(|c| &c.1)))
            {
                let (regex, matcher) = both(expression.text());
                all += 1;
                let Some(matcher) = matcher else { continue };
                run += 1;
                for text in &samples {
                    check(&regex, &matcher, text);
                }
            }
        }
        assert!(run * 10 >= all * 9, "{run} of {all} expressions");
    }

    #[test]
    fn hostile_texts_take_no_longer_than_allowed() {
        let (_, matcher) = both(r"(?:a+b?)+c.*d");
        let text = "a".repeat(30_000);
        assert_eq!(matcher.unwrap().find(text.as_bytes(), 0, &mut Scratch::default()), Outcome::GaveUp);
        assert!(Matcher::new("(?:a?)*b").is_none() && Matcher::new("a?").is_none());
    }
}
