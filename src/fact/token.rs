//! The tokens of a text: runs of letters and digits with joints inside, found eight bytes at a time.
//!
//! Mining looks at every byte of every record, so this is where its time goes. Bit masks say of each byte whether
//! it is a letter, a digit, or belongs to a token; the rest is counting zeros.

/// Bit masks of one text, kept from record to record so that nothing is allocated.
#[derive(Debug, Default)]
pub struct Tokens {
    blocks: Vec<Masks>,
}

/// Of 64 bytes: which are digits, which letters, and which belong to a token.
#[derive(Clone, Copy, Debug, Default)]
struct Masks {
    token: u64,
    digit: u64,
    letter: u64,
}

const ONES: u64 = 0x0101_0101_0101_0101;
/// Of the class of a byte: it is a letter, it is a digit, it joins them (`-`, `.`, `/`, `_`).
const LETTER: u8 = 1;
const DIGIT: u8 = 2;
const JOINT: u8 = 4;

/// The class of a byte. Comparisons only, so that the compiler looks at many bytes at once.
#[inline]
fn class(byte: u8) -> u8 {
    let letter = u8::from((byte | 0x20).wrapping_sub(b'a') < 26) * LETTER;
    let digit = u8::from(byte.wrapping_sub(b'0') < 10) * DIGIT;
    // `-`, `.` and `/` stand side by side in ASCII.
    let joint = (u8::from(byte.wrapping_sub(b'-') < 3) | u8::from(byte == b'_')) * JOINT;
    letter | digit | joint
}

/// The lowest bits of eight bytes as the low eight bits, first byte lowest.
#[inline]
fn gather(bytes: u64) -> u64 {
    (bytes & ONES).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// A token in which a digit occurs.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<'a> {
    /// Its text; it begins with a letter or a digit.
    pub text: &'a [u8],
    /// A letter occurs.
    pub has_letter: bool,
    /// Nothing joins parts in it.
    pub is_plain: bool,
}

/// A text with the masks of its bytes.
#[derive(Debug)]
pub struct Marked<'a> {
    masks: &'a Tokens,
    text: &'a [u8],
}

impl<'a> Marked<'a> {
    /// The tokens in which a digit occurs, in order, but for those shorter than `shortest`.
    pub fn numbered(&self, shortest: usize) -> impl Iterator<Item = Numbered<'a>> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let digit = self.first(at, |m| m.digit)?;
                let start = self.last_outside(digit).map_or(0, |outside| outside + 1).max(at);
                at = self.end_of_token(digit);
                if at - start >= shortest {
                    let token = self.numbered_at(start, at)?;
                    if token.text.len() >= shortest {
                        return Some(token);
                    }
                }
            }
        })
    }

    #[inline]
    fn end_of_token(&self, inside: usize) -> usize {
        self.first(inside, |m| !m.token).unwrap_or(self.text.len()).min(self.text.len())
    }

    #[inline]
    fn numbered_at(&self, start: usize, end: usize) -> Option<Numbered<'a>> {
        let len = end - start;
        if len > 64 {
            let text = trimmed(self.text.get(start..end)?);
            return Some(Numbered { text, has_letter: text.iter().any(u8::is_ascii_alphabetic), is_plain: false });
        }
        let inside = u64::MAX >> (64 - len);
        let letters = self.window(start, |m| m.letter) & inside;
        let plain = letters | self.window(start, |m| m.digit) & inside;
        let joints = plain.trailing_zeros() as usize;
        let text = self.text.get(start + joints..end)?;
        Some(Numbered { text, has_letter: letters != 0, is_plain: plain == inside })
    }

    /// The first position from `at` on whose bit is set.
    #[inline]
    fn first(&self, at: usize, mask: impl Fn(&Masks) -> u64) -> Option<usize> {
        let mut block = at / 64;
        let mut keep = u64::MAX << (at % 64);
        loop {
            let bits = mask(self.masks.blocks.get(block)?) & keep;
            if bits != 0 {
                return Some(block * 64 + bits.trailing_zeros() as usize);
            }
            block += 1;
            keep = u64::MAX;
        }
    }

    /// The last position before `at` that belongs to no token.
    #[inline]
    fn last_outside(&self, at: usize) -> Option<usize> {
        let mut block = at / 64;
        let mut keep = (1u64 << (at % 64)) - 1;
        loop {
            let bits = !self.masks.blocks.get(block)?.token & keep;
            if bits != 0 {
                return Some(block * 64 + 63 - bits.leading_zeros() as usize);
            }
            block = block.checked_sub(1)?;
            keep = u64::MAX;
        }
    }

    /// The 64 bits from a position on.
    #[inline]
    fn window(&self, at: usize, mask: impl Fn(&Masks) -> u64) -> u64 {
        let (block, bit) = (at / 64, at % 64);
        let here = self.masks.blocks.get(block).map_or(0, &mask) >> bit;
        let next = self.masks.blocks.get(block + 1).map_or(0, &mask);
        // Two shifts, since one by 64 is none.
        here | next << 1 << (63 - bit)
    }

    /// The tokens without a digit: its words.
    pub fn words(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let start = self.first(at, |m| m.token).filter(|s| *s < self.text.len())?;
                at = self.end_of_token(start);
                if self.first(start, |m| m.digit).is_some_and(|d| d < at) {
                    continue;
                }
                let word = trimmed(self.text.get(start..at)?);
                if !word.is_empty() {
                    return Some(word);
                }
            }
        })
    }
}

impl Tokens {
    /// Looks at a text.
    pub fn mark<'a>(&'a mut self, text: &'a [u8]) -> Marked<'a> {
        self.classify(text);
        Marked { masks: self, text }
    }

    fn classify(&mut self, text: &[u8]) {
        self.blocks.clear();
        let (blocks, rest) = text.as_chunks::<64>();
        for block in blocks {
            self.push(block);
        }
        if !rest.is_empty() {
            let mut padded = [0u8; 64];
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.push(&padded);
        }
    }

    fn push(&mut self, block: &[u8; 64]) {
        let mut classes = [0u8; 64];
        for (to, byte) in classes.iter_mut().zip(block) {
            *to = class(*byte);
        }
        let (mut letters, mut digits, mut joints) = (0, 0, 0);
        for (i, eight) in classes.as_chunks::<8>().0.iter().enumerate() {
            let eight = u64::from_le_bytes(*eight);
            letters |= gather(eight) << (8 * i);
            digits |= gather(eight >> 1) << (8 * i);
            joints |= gather(eight >> 2) << (8 * i);
        }
        self.blocks.push(Masks { token: letters | digits | joints, digit: digits, letter: letters });
    }
}

/// A token without the joints it begins with.
fn trimmed(token: &[u8]) -> &[u8] {
    let joints = token.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    token.get(joints..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &[u8]) -> (Vec<&[u8]>, Vec<&[u8]>) {
        let inside = |b: &u8| b.is_ascii_alphanumeric() || b"-_/.".contains(b);
        let runs = text.split(|b| !inside(b)).map(trimmed).filter(|run| !run.is_empty());
        runs.partition(|run| run.iter().any(u8::is_ascii_digit))
    }

    #[test]
    fn eight_at_a_time_finds_what_one_at_a_time_finds() {
        let mut tokens = Tokens::default();
        let mut check = |text: &[u8]| {
            let (numbered, words) = plain(text);
            let marked = tokens.mark(text);
            let found: Vec<_> = marked.numbered(0).collect();
            for token in &found {
                assert_eq!(token.has_letter, token.text.iter().any(u8::is_ascii_alphabetic));
                let plain = token.text.iter().all(u8::is_ascii_alphanumeric);
                assert!(plain || !token.is_plain, "{:?}", String::from_utf8_lossy(token.text));
            }
            assert_eq!(
                found.iter().map(|t| t.text).collect::<Vec<_>>(),
                numbered,
                "{:?}",
                String::from_utf8_lossy(text)
            );
            assert_eq!(marked.words().collect::<Vec<_>>(), words, "{:?}", String::from_utf8_lossy(text));
        };
        check(b"");
        check(b"rid=r-08bdd042 took 12.5ms, /var/log/x.log; a--b __c_ ...d");
        check("größe=\u{e9}x7 \0\u{7f}\u{80}".as_bytes());
        for byte in 0..=255u8 {
            check(&[b'a', byte, b'1', byte, byte, b'Z', b'9', byte, b'x', byte]);
        }
        let mut x = 7u64;
        for len in 0..300 {
            let text: Vec<u8> = (0..len)
                .map(|_| {
                    x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    b"abcXYZ019-_/. =\x01\xff"[(x >> 33) as usize % 17]
                })
                .collect();
            check(&text);
        }
    }
}
