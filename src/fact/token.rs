//! The tokens of a text: runs of letters and digits with joints inside, found eight bytes at a time.
//!
//! Mining looks at every byte of every record twice, so this is where its time goes. Two bit masks say of each byte
//! whether it belongs to a token and whether it is a digit; the rest is counting zeros.

/// Bit masks of one text, kept from record to record so that nothing is allocated.
#[derive(Debug, Default)]
pub struct Tokens {
    token: Vec<u64>,
    digit: Vec<u64>,
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

/// Which of eight bytes are digits, and which belong to a token: a bit each.
fn classes(word: u64) -> (u64, u64) {
    let ascii = !word & HIGHS;
    let low = word & !HIGHS;
    let folded = low | (ONES * 0x20);
    let letter = at_least(folded, b'a') & !at_least(folded, b'z' + 1);
    // `-`, `.`, `/` and the digits stand side by side in ASCII.
    let joint_or_digit = at_least(low, b'-') & !at_least(low, b'9' + 1);
    let line = at_least(low, b'_') & !at_least(low, b'_' + 1);
    let digit = joint_or_digit & at_least(low, b'0') & ascii;
    (gather(digit), gather((letter | joint_or_digit | line) & ascii))
}

impl Tokens {
    /// The tokens of a text in which a digit occurs, in order. Each begins with a letter or a digit.
    pub fn numbered<'a>(&'a mut self, text: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.classify(text);
        let mut at = 0;
        std::iter::from_fn(move || {
            let digit = first(&self.digit, at, 0)?;
            let start = last_unset(&self.token, digit).map_or(0, |outside| outside + 1).max(at);
            let end = first(&self.token, digit, u64::MAX).unwrap_or(text.len()).min(text.len());
            at = end;
            text.get(start..end).map(trimmed)
        })
    }

    /// The tokens of a text without a digit: its words.
    pub fn words<'a>(&'a mut self, text: &'a [u8]) -> impl Iterator<Item = &'a [u8]> + 'a {
        self.classify(text);
        let mut at = 0;
        std::iter::from_fn(move || {
            loop {
                let start = first(&self.token, at, 0).filter(|s| *s < text.len())?;
                at = first(&self.token, start, u64::MAX).unwrap_or(text.len()).min(text.len());
                let word = text.get(start..at).map(trimmed)?;
                if !word.is_empty() && first(&self.digit, start, 0).is_none_or(|d| d >= at) {
                    return Some(word);
                }
            }
        })
    }

    fn classify(&mut self, text: &[u8]) {
        self.token.clear();
        self.digit.clear();
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
        let (mut token, mut digits) = (0, 0);
        for (i, eight) in block.iter().enumerate() {
            let (digit, inside) = classes(u64::from_le_bytes(*eight));
            digits |= digit << (8 * i);
            token |= inside << (8 * i);
        }
        self.token.push(token);
        self.digit.push(digits);
    }
}

/// A token without the joints it begins with.
fn trimmed(token: &[u8]) -> &[u8] {
    let joints = token.iter().take_while(|b| !b.is_ascii_alphanumeric()).count();
    token.get(joints..).unwrap_or_default()
}

/// The first position from `at` on whose bit, flipped by `flip`, is set.
fn first(mask: &[u64], at: usize, flip: u64) -> Option<usize> {
    let mut block = at / 64;
    let mut keep = u64::MAX << (at % 64);
    loop {
        let bits = (mask.get(block)? ^ flip) & keep;
        if bits != 0 {
            return Some(block * 64 + bits.trailing_zeros() as usize);
        }
        block += 1;
        keep = u64::MAX;
    }
}

/// The last position before `at` whose bit is not set.
fn last_unset(mask: &[u64], at: usize) -> Option<usize> {
    let mut block = at / 64;
    let mut keep = (1u64 << (at % 64)) - 1;
    loop {
        let bits = !mask.get(block)? & keep;
        if bits != 0 {
            return Some(block * 64 + 63 - bits.leading_zeros() as usize);
        }
        block = block.checked_sub(1)?;
        keep = u64::MAX;
    }
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
            assert_eq!(tokens.numbered(text).collect::<Vec<_>>(), numbered, "{:?}", String::from_utf8_lossy(text));
            assert_eq!(tokens.words(text).collect::<Vec<_>>(), words, "{:?}", String::from_utf8_lossy(text));
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
