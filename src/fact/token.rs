//! The tokens of a text: runs of letters and digits with joints inside, found eight bytes at a time.
//!
//! Mining looks at every byte of every record twice, so this is where its time goes. Three bit masks say of each byte
//! whether it belongs to a token, is a digit, is a letter; the rest is counting zeros.

/// Bit masks of one text, kept from record to record so that nothing is allocated.
#[derive(Debug, Default)]
pub struct Tokens {
    token: Vec<u64>,
    digit: Vec<u64>,
    letter: Vec<u64>,
}

/// A token, and whether digits and letters occur in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The token's bytes: letters, digits, and `-`, `_`, `/`, `.` between them.
    pub text: &'a [u8],
    /// A digit occurs.
    pub digits: bool,
    /// A letter occurs.
    pub letters: bool,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = ONES << 7;

/// The high bit of each byte that is at least `c`; all bytes must be below 0x80, and `c` above 0.
fn at_least(bytes: u64, c: u8) -> u64 {
    bytes.wrapping_add(ONES * u64::from(0x80 - c)) & HIGHS
}

/// The high bits of eight bytes as the low eight bits, first byte lowest.
fn gather(highs: u64) -> u64 {
    (highs >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56
}

/// Digits, letters and joints among eight bytes, a bit each.
fn classes(word: u64) -> (u64, u64, u64) {
    let ascii = !word & HIGHS;
    let low = word & !HIGHS;
    let folded = low | ONES * 0x20;
    let digit = at_least(low, b'0') & !at_least(low, b'9' + 1) & ascii;
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1) & ascii;
    // `-`, `.` and `/` stand side by side in ASCII.
    let joint = at_least(low, b'-') & !at_least(low, b'0') | at_least(low, b'_') & !at_least(low, b'_' + 1);
    (gather(digit), gather(letter), gather(joint & ascii))
}

impl Tokens {
    /// The tokens of a text, in order. Each begins with a letter or a digit.
    pub fn of<'a>(&'a mut self, text: &'a [u8]) -> impl Iterator<Item = Token<'a>> + 'a {
        self.classify(text);
        let mut at = 0;
        std::iter::from_fn(move || {
            let start = self.next(at, |t| t.digit_or_letter())?;
            let end = self.next(start, |t| t.outside()).unwrap_or(text.len()).min(text.len());
            at = end;
            let text = text.get(start..end).filter(|t| !t.is_empty())?;
            Some(Token { text, digits: any(&self.digit, start, end), letters: any(&self.letter, start, end) })
        })
    }

    fn classify(&mut self, text: &[u8]) {
        for mask in [&mut self.token, &mut self.digit, &mut self.letter] {
            mask.clear();
        }
        let (blocks, rest) = text.as_chunks::<64>();
        for block in blocks {
            self.push(block.as_chunks::<8>().0);
        }
        if !rest.is_empty() {
            let mut padded = [0u8; 64];
            padded.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            self.push(padded.as_chunks::<8>().0);
        }
    }

    fn push(&mut self, block: &[[u8; 8]]) {
        let (mut token, mut digits, mut letters) = (0, 0, 0);
        for (i, eight) in block.iter().enumerate() {
            let (digit, letter, joint) = classes(u64::from_le_bytes(*eight));
            digits |= digit << (8 * i);
            letters |= letter << (8 * i);
            token |= (digit | letter | joint) << (8 * i);
        }
        self.token.push(token);
        self.digit.push(digits);
        self.letter.push(letters);
    }

    /// The first position from `at` on whose bit is set in the masks that `pick` makes of a block.
    fn next(&self, at: usize, pick: impl Fn(Block) -> u64) -> Option<usize> {
        let mut block = at / 64;
        let mut keep = u64::MAX << (at % 64);
        loop {
            let masks = Block {
                token: self.token.get(block).copied()?,
                digit: self.digit.get(block).copied()?,
                letter: self.letter.get(block).copied()?,
            };
            let bits = pick(masks) & keep;
            if bits != 0 {
                return Some(block * 64 + bits.trailing_zeros() as usize);
            }
            block += 1;
            keep = u64::MAX;
        }
    }
}

#[derive(Clone, Copy)]
struct Block {
    token: u64,
    digit: u64,
    letter: u64,
}

impl Block {
    fn digit_or_letter(self) -> u64 {
        self.digit | self.letter
    }

    fn outside(self) -> u64 {
        !self.token
    }
}

/// True when a bit is set in `[start, end)`.
fn any(mask: &[u64], start: usize, end: usize) -> bool {
    let (first, last) = (start / 64, end.saturating_sub(1) / 64);
    (first..=last).any(|block| {
        let mut bits = mask.get(block).copied().unwrap_or(0);
        if block == first {
            bits &= u64::MAX << (start % 64);
        }
        if block == last {
            bits &= u64::MAX >> (63 - (end - 1) % 64);
        }
        bits != 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &[u8]) -> Vec<(Vec<u8>, bool, bool)> {
        let inside = |b: &u8| b.is_ascii_alphanumeric() || b"-_/.".contains(b);
        let mut out = Vec::new();
        for run in text.split(|b| !inside(b)) {
            let start = run.iter().position(u8::is_ascii_alphanumeric).unwrap_or(run.len());
            let run = &run[start..];
            if !run.is_empty() {
                let has = |f: fn(&u8) -> bool| run.iter().any(f);
                out.push((run.to_vec(), has(u8::is_ascii_digit), has(u8::is_ascii_alphabetic)));
            }
        }
        out
    }

    #[test]
    fn eight_at_a_time_finds_what_one_at_a_time_finds() {
        let mut tokens = Tokens::default();
        let mut check = |text: &[u8]| {
            let found: Vec<_> = tokens.of(text).map(|t| (t.text.to_vec(), t.digits, t.letters)).collect();
            assert_eq!(found, plain(text), "{:?}", String::from_utf8_lossy(text));
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
