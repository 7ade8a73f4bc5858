//! Finds many literals in one pass over a text, at the speed of memory where none stands.
//!
//! An automaton reads byte by byte, each step waiting for the one before: with the literals of all packs that is
//! slower than reading the logs. Here each literal gives two windows of four bytes, one after the other, where it
//! looks least like other text. The text is then looked at in windows at even places only: whichever way a
//! literal falls, one of its two windows is met. A window's hash is looked up in a bit field; only where its bit
//! is set is the literal compared.

use regex::bytes::Regex;

/// So many literals are few.
const FEW: usize = 64;
/// Bytes of a window.
const WINDOW: usize = 4;
/// A literal has room for two windows.
pub(super) const SHORTEST: usize = WINDOW + 1;
/// Words of the bit field: 2^17 bits, which stay in the first cache and are rarely set for the wrong window.
const WORDS: usize = 2048;
/// A window's bit and its place in the list come from the hash's topmost bits.
const BIT_SHIFT: u32 = 32 - 17;
const LIST_SHIFT: u32 = 32 - 12;

/// A window of a literal.
#[derive(Clone, Copy, Debug)]
struct Window {
    hash: u32,
    literal: u16,
    /// Bytes of the literal before the window.
    before: u8,
}

/// Literals, ready to be searched for.
#[derive(Clone, Debug)]
pub(super) struct Literals {
    bits: Box<[u64; WORDS]>,
    /// All windows by hash.
    windows: Vec<Window>,
    /// Where the windows begin whose hash has these topmost bits.
    starts: Vec<u16>,
    texts: Vec<Vec<u8>>,
    /// Finds one of few literals faster than windows do.
    few: Option<Regex>,
}

impl Default for Literals {
    fn default() -> Self {
        Literals::new::<&str>(&[])
    }
}

impl Literals {
    /// Literals of at least [`SHORTEST`] bytes; others, and more than 30 000, are left out.
    pub(super) fn new<T: AsRef<[u8]>>(texts: &[T]) -> Literals {
        let mut windows = Vec::new();
        let mut bits = Box::new([0u64; WORDS]);
        for (literal, text) in (0..30_000u16).zip(texts) {
            let text = text.as_ref();
            let Some(at) = rarest(text) else { continue };
            for before in [at, at + 1] {
                let (Some(window), Ok(before)) = (window(text, before), u8::try_from(before)) else { continue };
                let hash = hash(window);
                let bit = hash >> BIT_SHIFT;
                if let Some(word) = bits.get_mut((bit >> 6) as usize) {
                    *word |= 1 << (bit & 63);
                }
                windows.push(Window { hash, literal, before });
            }
        }
        windows.sort_by_key(|w| (w.hash, w.literal, w.before));
        let below = |top: u32| windows.partition_point(|w| w.hash >> LIST_SHIFT < top);
        let starts = (0..=1 << (32 - LIST_SHIFT)).map(|top| u16::try_from(below(top)).unwrap_or(u16::MAX)).collect();
        let texts: Vec<Vec<u8>> = texts.iter().map(|t| t.as_ref().to_vec()).collect();
        let few = few(&texts);
        Literals { bits, windows, starts, texts, few }
    }

    /// Hands over where each literal begins, and which it is. Begins may go back by the length of a literal.
    pub(super) fn find(&self, text: &[u8], found: &mut impl FnMut(usize, u16)) {
        let Some(few) = &self.few else { return self.find_by_windows(text, found) };
        let mut at = 0;
        while let Some(hit) = text.get(at..).and_then(|rest| few.find(rest)) {
            // No literal of a pack holds a line end: the rest of the line has all that overlaps with this one.
            let (begin, least) = (at + hit.start(), at + hit.end());
            let line = text.get(least..).and_then(|rest| memchr::memchr(b'\n', rest)).map(|n| least + n);
            let end = line.unwrap_or(text.len());
            let line = text.get(begin..end).unwrap_or_default();
            self.find_by_windows(line, &mut |place, literal| found(begin + place, literal));
            at = end;
        }
    }

    fn find_by_windows(&self, text: &[u8], found: &mut impl FnMut(usize, u16)) {
        let (blocks, remainder) = text.as_chunks::<8>();
        let mut rest = [0u8; 8];
        for (to, from) in rest.iter_mut().zip(remainder) {
            *to = *from;
        }
        let mut previous = 0;
        // Behind the text stand zeros, which no literal holds: two blocks more, for the windows across its end.
        let whole = blocks.iter().map(|b| u64::from_le_bytes(*b));
        for (i, block) in whole.chain([u64::from_le_bytes(rest), 0]).enumerate() {
            // Written out: calls in a closure for each of four windows were measured to cost half the search.
            let before = hash(low(previous >> 48 | block << 16));
            let (first, second, third) = (hash(low(block)), hash(low(block >> 16)), hash(low(block >> 32)));
            previous = block;
            if (self.bit(before) | self.bit(first) | self.bit(second) | self.bit(third)) == 0 {
                continue;
            }
            let hashes = [before, first, second, third];
            for (hash, at) in hashes.iter().zip([6, 8, 10, 12]) {
                if self.bit(*hash) != 0
                    && let Some(at) = (i * 8 + at).checked_sub(8)
                {
                    self.compare(text, *hash, at, found);
                }
            }
        }
    }

    #[inline]
    fn bit(&self, hash: u32) -> u64 {
        let bit = hash >> BIT_SHIFT;
        self.bits.get((bit >> 6) as usize).map_or(0, |word| word >> (bit & 63) & 1)
    }

    /// Compares the literals that have a window of this hash.
    fn compare(&self, text: &[u8], hash: u32, at: usize, found: &mut impl FnMut(usize, u16)) {
        let top = (hash >> LIST_SHIFT) as usize;
        let start = |i: usize| usize::from(self.starts.get(i).copied().unwrap_or(u16::MAX));
        let same_top = self.windows.get(start(top)..start(top + 1)).unwrap_or_default();
        for window in same_top.iter().filter(|w| w.hash == hash) {
            let Some(begin) = at.checked_sub(usize::from(window.before)) else { continue };
            let literal = self.texts.get(usize::from(window.literal)).map_or(&[][..], Vec::as_slice);
            if text.get(begin..).is_some_and(|t| t.starts_with(literal)) {
                found(begin, window.literal);
            }
        }
    }
}

/// An expression for any of the literals, where they are few: vector instructions look for all of those at once.
fn few(texts: &[Vec<u8>]) -> Option<Regex> {
    let long = texts.iter().filter(|t| t.len() >= SHORTEST);
    let texts: Vec<String> = long.map(|t| std::str::from_utf8(t).map(regex::escape)).collect::<Result<_, _>>().ok()?;
    (1..=FEW).contains(&texts.len()).then(|| Regex::new(&texts.join("|")).ok()).flatten()
}

/// The low half.
#[inline]
fn low(block: u64) -> u32 {
    (block & 0xffff_ffff) as u32
}

/// Multiplied by the golden ratio; a bijection, so that equal hashes are equal windows.
#[inline]
fn hash(window: u32) -> u32 {
    window.wrapping_mul(0x9e37_79b1)
}

fn window(text: &[u8], at: usize) -> Option<u32> {
    let bytes = text.get(at..at + WINDOW)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}

/// Where the five bytes of a literal begin that are rarest in logs: in the first 200, so that it fits a byte.
fn rarest(text: &[u8]) -> Option<usize> {
    let pairs: Vec<u32> = text.iter().take(200).map(|b| common(*b)).collect();
    let places = pairs.windows(SHORTEST).enumerate();
    places.min_by_key(|(i, five)| (five.iter().sum::<u32>(), *i)).map(|(i, _)| i)
}

/// How common a byte is in logs, roughly: bits of its frequency.
fn common(byte: u8) -> u32 {
    match byte {
        b' ' | b'e' | b't' | b'0' | b'1' | b'-' | b':' | b'.' => 5,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' | b'2'..=b'9' => 4,
        b'c' | b'd' | b'l' | b'm' | b'p' | b'u' | b'/' | b'_' | b'=' | b',' => 3,
        b'b' | b'f' | b'g' | b'h' | b'v' | b'w' | b'y' | b'[' | b']' | b'(' | b')' => 2,
        b'A'..=b'Z' => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn naive(literals: &[&str], text: &[u8]) -> Vec<(usize, u16)> {
        let mut all = Vec::new();
        for (l, literal) in literals.iter().enumerate() {
            all.extend((0..text.len()).filter(|i| text[*i..].starts_with(literal.as_bytes())).map(|i| (i, l as u16)));
        }
        all.sort();
        all
    }

    #[test]
    fn every_literal_is_found_wherever_it_stands() {
        let literals = ["redo starts at", "redo done", " 404 ", "abcab", "cabca", "selected new timeline ID", "aaaaa"];
        let all = Literals::new(&literals);
        let mut x = 88_172_645_463_325_252u64;
        for round in 0..3000 {
            let mut text = Vec::new();
            while text.len() < round % 150 {
                x ^= x << 13;
                x ^= x >> 7;
                x ^= x << 17;
                let literal = literals[x as usize % literals.len()].as_bytes();
                let cut = (x >> 8) as usize % (literal.len() * 3 / 2);
                text.extend_from_slice(&literal[..cut.min(literal.len())]);
            }
            let mut found = Vec::new();
            all.find(&text, &mut |at, l| found.push((at, l)));
            found.sort();
            assert_eq!(found, naive(&literals, &text), "{}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn literals_of_any_length_do_no_harm() {
        let long = "x".repeat(500);
        let all = Literals::new(&["", "a", "abcd", "abcde", &long]);
        let mut found = Vec::new();
        all.find(format!("abcde abcd {long}").as_bytes(), &mut |at, l| found.push((at, l)));
        assert_eq!(found, [(0, 3), (11, 4)]);
        Literals::default().find(b"abc", &mut |_, _| panic!("nothing to find"));
    }
}
