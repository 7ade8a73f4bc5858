//! Texts to look for, searched in whole stretches of a source: a literal at the speed of the memory.

use memchr::memmem;
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::hir::{Look, LookSet};

/// A text or a pattern that a record must hold.
#[derive(Clone, Debug)]
pub(super) enum Needle {
    /// Exactly these bytes.
    Exact(Box<memmem::Finder<'static>>),
    /// These bytes, ASCII letters in any case.
    AnyCase(AnyCase),
    /// A regular expression, and whether it finds in a longer text what it finds in each record of it.
    Pattern(Box<Regex>, bool),
}

impl Needle {
    /// Words as they stand; in lower case they match any case.
    pub(super) fn literal(text: &str) -> Result<Needle, String> {
        let any_case = !text.chars().any(char::is_uppercase);
        if any_case && !text.is_ascii() {
            return Needle::pattern(&regex::escape(text), true);
        }
        let has_letter = text.bytes().any(|b| b.is_ascii_alphabetic());
        Ok(if any_case && has_letter {
            Needle::AnyCase(AnyCase::new(text.as_bytes()))
        } else {
            Needle::Exact(Box::new(memmem::Finder::new(text.as_bytes()).into_owned()))
        })
    }

    /// A regular expression.
    pub(super) fn regex(text: &str) -> Result<Needle, String> {
        Needle::pattern(text, !text.chars().any(char::is_uppercase))
    }

    fn pattern(text: &str, any_case: bool) -> Result<Needle, String> {
        let built = RegexBuilder::new(text).case_insensitive(any_case).multi_line(true).build();
        let regex = built.map_err(|e| {
            let text = e.to_string();
            let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            format!("cannot read the regular expression: {last}")
        })?;
        Ok(Needle::Pattern(Box::new(regex), sees_no_borders(text, any_case)))
    }

    /// True when a record holds it. This is what it means; all else is speed.
    pub(super) fn is_in(&self, record: &[u8]) -> bool {
        match self {
            Needle::Exact(finder) => finder.find(record).is_some(),
            Needle::AnyCase(text) => text.is_in(record),
            Needle::Pattern(regex, _) => regex.is_match(record),
        }
    }

    /// Where it is found next in a text that holds many records, from `from` on. What is found may reach beyond its
    /// record; what a record holds is never missed. `None` in the first place when it cannot be searched so.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<std::ops::Range<usize>> {
        let rest = text.get(from..)?;
        match self {
            Needle::Exact(finder) => {
                let at = from + finder.find(rest)?;
                Some(at..at + finder.needle().len())
            }
            Needle::AnyCase(any) => {
                let at = from + any.find(rest)?;
                Some(at..at + any.low.len())
            }
            Needle::Pattern(regex, _) => regex.find(rest).map(|m| from + m.start()..from + m.end()),
        }
    }

    /// [`Needle::find`] may be asked.
    pub(super) fn is_searchable(&self) -> bool {
        !matches!(self, Needle::Pattern(_, false))
    }

    /// What is found in a long text must be looked for again in its record.
    pub(super) fn needs_check(&self) -> bool {
        matches!(self, Needle::Pattern(..))
    }

    /// All places in a text, for painting.
    pub(super) fn places(&self, text: &str, out: &mut Vec<std::ops::Range<usize>>) {
        let mut from = 0;
        while let Some(found) = self.find(text.as_bytes(), from) {
            from = found.end.max(found.start + 1);
            if !found.is_empty() && text.get(found.clone()).is_some() {
                out.push(found);
            }
        }
    }

    /// Records that hold this hold `other` as well.
    pub(super) fn implies(&self, other: &Needle) -> bool {
        let low = |n: &Needle| match n {
            Needle::Exact(f) => Some((f.needle().to_vec(), true)),
            Needle::AnyCase(a) => Some((a.low.to_vec(), false)),
            Needle::Pattern(..) => None,
        };
        let (Some((mine, exact)), Some((theirs, their_exact))) = (low(self), low(other)) else { return false };
        if their_exact {
            // Bytes without letters are the same in any case.
            let plain = !theirs.iter().any(u8::is_ascii_alphabetic);
            return (exact || plain) && memmem::find(&mine, &theirs).is_some();
        }
        memmem::find(&mine.to_ascii_lowercase(), &theirs).is_some()
    }
}

/// The pattern looks at nothing around what it matches but whether a line or a word begins or ends there.
///
/// Records begin behind a line end and end before one, so at their borders it sees the same with and without what
/// stands around them; only `$` does not, where lines end in CR LF.
fn sees_no_borders(text: &str, any_case: bool) -> bool {
    let mut parser = regex_syntax::ParserBuilder::new().case_insensitive(any_case).multi_line(true).utf8(false).build();
    let Ok(hir) = parser.parse(text) else { return false };
    let words = [
        Look::StartLF,
        Look::WordAscii,
        Look::WordAsciiNegate,
        Look::WordUnicode,
        Look::WordUnicodeNegate,
        Look::WordStartAscii,
        Look::WordEndAscii,
        Look::WordStartUnicode,
        Look::WordEndUnicode,
    ];
    let known = words.iter().fold(LookSet::empty(), |set, look| set.insert(*look));
    let looks = hir.properties().look_set();
    looks.subtract(known).is_empty() && hir.properties().minimum_len().is_some_and(|n| n > 0)
}

/// Bytes looked at together.
const BLOCK: usize = 64;

/// A literal whose ASCII letters match in either case.
#[derive(Clone, Debug)]
pub(super) struct AnyCase {
    low: Box<[u8]>,
    /// Positions of its three rarest bytes, with the byte, and the bit that makes a letter small.
    rare: [(usize, u8, u8); 3],
    reach: usize,
}

impl AnyCase {
    /// Of a text; its case does not count.
    pub(super) fn new(text: &[u8]) -> AnyCase {
        let low = text.to_ascii_lowercase();
        let mut order: Vec<usize> = (0..low.len()).collect();
        order.sort_by_key(|&i| low.get(i).map_or(0, |b| commonness(*b)));
        let pick = |n: usize| {
            let at = order.get(n.min(order.len().saturating_sub(1))).copied().unwrap_or(0);
            let byte = low.get(at).copied().unwrap_or(0);
            (at, byte, if byte.is_ascii_lowercase() { 0x20 } else { 0 })
        };
        let rare = [pick(0), pick(1), pick(2)];
        let reach = rare.iter().map(|r| r.0).max().unwrap_or(0);
        AnyCase { low: low.into_boxed_slice(), rare, reach }
    }

    fn is_in(&self, text: &[u8]) -> bool {
        self.find(text).is_some()
    }

    fn is_at(&self, text: &[u8], at: usize) -> bool {
        text.get(at..at + self.low.len()).is_some_and(|t| t.eq_ignore_ascii_case(&self.low))
    }

    /// The first place in a text.
    fn find(&self, text: &[u8]) -> Option<usize> {
        if self.low.is_empty() {
            return Some(0);
        }
        let last = text.len().checked_sub(self.low.len())?;
        let mut at = 0;
        while let Some(hits) = self.block(text, at) {
            if hits != 0 {
                let found = bits(hits).map(|i| at + i).find(|&i| self.is_at(text, i));
                if found.is_some() {
                    return found;
                }
            }
            at += BLOCK;
            while self.is_quiet(text, at) {
                at += BLOCK;
            }
        }
        (at..=last).find(|&i| self.is_at(text, i))
    }

    /// Three views of the text, each shifted so that all three rare bytes stand at the same index.
    #[inline]
    fn views<'a>(&self, text: &'a [u8], at: usize) -> Option<[&'a [u8; BLOCK]; 3]> {
        let within = text.get(at..at + BLOCK + self.reach)?;
        let [a, b, c] = self.rare.map(|(offset, ..)| within.get(offset..).and_then(|v| v.first_chunk::<BLOCK>()));
        Some([a?, b?, c?])
    }

    /// Nowhere in the block do all three rare bytes stand where they should. Comparisons only, so that the compiler
    /// looks at many bytes at once.
    #[inline]
    fn is_quiet(&self, text: &[u8], at: usize) -> bool {
        let Some([a, b, c]) = self.views(text, at) else { return false };
        let [(_, x, mx), (_, y, my), (_, z, mz)] = self.rare;
        let mut any = 0u8;
        for ((a, b), c) in a.iter().zip(b).zip(c) {
            any |= u8::from(a | mx == x) & u8::from(b | my == y) & u8::from(c | mz == z);
        }
        any == 0
    }

    /// Bits of the positions at which all three stand; `None` near the end of the text.
    fn block(&self, text: &[u8], at: usize) -> Option<u64> {
        let [a, b, c] = self.views(text, at)?;
        let [(_, x, mx), (_, y, my), (_, z, mz)] = self.rare;
        let mut hits = [0u8; BLOCK];
        for (((hit, a), b), c) in hits.iter_mut().zip(a).zip(b).zip(c) {
            *hit = u8::from(a | mx == x) & u8::from(b | my == y) & u8::from(c | mz == z);
        }
        let gathered = hits.as_chunks::<8>().0.iter().enumerate().map(|(i, eight)| {
            let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
            bits << (8 * i)
        });
        Some(gathered.fold(0, |all, bits| all | bits))
    }
}

/// The places of the bits that are set.
pub(super) fn bits(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = (word != 0).then(|| word.trailing_zeros() as usize)?;
        word &= word - 1;
        Some(at)
    })
}

/// How common a byte is in logs, roughly; the case of letters does not count.
fn commonness(byte: u8) -> usize {
    const ORDER: &[u8] = b" e0t1a2o:ni-sr3./cdl54,8\"796pmu_[]=bfgh(){}vyw'x|kqj;z@%&+<>*#?$!~^`\\";
    ORDER.iter().position(|b| *b == byte).map_or(0, |i| ORDER.len() - i)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_find_what_one_look_after_another_finds() {
        let mut x = 7u64;
        let mut next = |n: usize| {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (x >> 33) as usize % n
        };
        for round in 0..4_000 {
            let text: Vec<u8> = (0..next(400)).map(|_| b"abAB1\n\xff"[next(7)]).collect();
            let needle: Vec<u8> = (0..next(5)).map(|_| b"ab1\n"[next(4)]).collect();
            let any = AnyCase::new(&needle);
            let low = text.to_ascii_lowercase();
            let want = (0..=text.len()).find(|&i| low[i..].starts_with(&needle));
            assert_eq!(any.find(&text), want, "round {round}: {needle:?} in {text:?}");
        }
    }

    #[test]
    fn a_longer_word_implies_its_parts() {
        let n = |t: &str| Needle::literal(t).unwrap();
        assert!(n("errors").implies(&n("error")) && n("Errors").implies(&n("error")));
        assert!(!n("errors").implies(&n("Error")) && !n("error").implies(&n("errors")));
        assert!(n("a17").implies(&n("17")) && !n("17").implies(&n("a17")));
    }
}
