//! Bytes on their way through a decompressor: looked at before they are read, and metered.

use std::cell::Cell;
use std::io::{self, BufRead, Read};

/// How much a stream keeps ready; as much as is looked at to tell a log from a binary file.
const BUFFER: usize = 64 * 1024;

/// Bytes to read, from memory or from whatever unpacks them.
pub(super) struct Input<'a> {
    from: Option<&'a mut dyn Read>,
    whole: &'a [u8],
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    /// The last bytes read, for formats that mark their end.
    tail: [u8; 8],
}

impl<'a> Input<'a> {
    /// All of it lies in memory.
    pub(super) fn whole(bytes: &'a [u8]) -> Self {
        Input { from: None, whole: bytes, buffer: Vec::new(), at: 0, end: bytes.len(), tail: [0; 8] }
    }

    /// It comes out of `from`, bit by bit.
    pub(super) fn stream(from: &'a mut dyn Read) -> Self {
        Input { from: Some(from), whole: &[], buffer: Vec::new(), at: 0, end: 0, tail: [0; 8] }
    }

    fn ready(&self) -> &[u8] {
        let bytes = if self.from.is_some() { self.buffer.as_slice() } else { self.whole };
        bytes.get(self.at..self.end).unwrap_or_default()
    }

    /// The next `n` bytes (at most [`BUFFER`] of a stream), fewer only at the end. Nothing is read by it.
    pub(super) fn peek(&mut self, n: usize) -> &[u8] {
        if let Some(from) = &mut self.from {
            let n = n.min(BUFFER);
            if self.end - self.at < n && self.at > 0 {
                self.buffer.copy_within(self.at..self.end, 0);
                self.end -= self.at;
                self.at = 0;
            }
            if self.end < n {
                self.buffer.resize(BUFFER, 0);
            }
            while self.end - self.at < n {
                match from.read(self.buffer.get_mut(self.end..).unwrap_or_default()) {
                    Ok(0) => break,
                    Ok(got) => self.end += got,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => break,
                }
            }
        }
        let ready = self.ready();
        ready.get(..n.min(ready.len())).unwrap_or_default()
    }

    /// The last bytes that were read.
    pub(super) fn tail(&self) -> [u8; 8] {
        self.tail
    }

    fn note(&mut self, taken: &[u8]) {
        self.tail = tail_after(self.tail, taken);
    }

    /// Everything that is left, where it lies in memory already.
    pub(super) fn in_memory(&self) -> Option<&'a [u8]> {
        if self.from.is_some() { None } else { self.whole.get(self.at..) }
    }
}

fn tail_after(mut tail: [u8; 8], taken: &[u8]) -> [u8; 8] {
    if let Some(last) = taken.last_chunk::<8>() {
        return *last;
    }
    tail.rotate_left(taken.len());
    if let Some(end) = tail.last_chunk_mut::<8>().and_then(|t| t.get_mut(8 - taken.len()..)) {
        end.copy_from_slice(taken);
    }
    tail
}

impl Read for Input<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(from) = &mut self.from
            && self.at >= self.end
            && out.len() >= BUFFER
        {
            let n = from.read(out)?;
            self.note(out.get(..n).unwrap_or_default());
            return Ok(n);
        }
        let ready = self.fill_buf()?;
        let n = ready.len().min(out.len());
        if let (Some(to), Some(from)) = (out.get_mut(..n), ready.get(..n)) {
            to.copy_from_slice(from);
        }
        self.consume(n);
        Ok(n)
    }
}

impl BufRead for Input<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if let Some(from) = &mut self.from
            && self.at >= self.end
        {
            self.buffer.resize(BUFFER, 0);
            self.at = 0;
            self.end = 0;
            self.end = from.read(&mut self.buffer)?;
        }
        Ok(self.ready())
    }

    fn consume(&mut self, n: usize) {
        self.tail = tail_after(self.tail, self.ready().get(..n).unwrap_or_default());
        self.at = (self.at + n).min(self.end);
    }
}

/// How much may still be unpacked of one file, whatever layers it has.
#[derive(Debug)]
pub(super) struct Meter {
    left: Cell<u64>,
    spent: Cell<u64>,
    stopped: Cell<bool>,
}

impl Meter {
    pub(super) fn new(limit: u64) -> Self {
        Meter { left: Cell::new(limit), spent: Cell::new(0), stopped: Cell::new(false) }
    }

    /// How many of `wish` bytes may be unpacked now; none when the limit is met, and then it stays so.
    pub(super) fn allow(&self, wish: usize) -> usize {
        let now = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(wish);
        if now == 0 && wish > 0 {
            self.stopped.set(true);
        }
        now
    }

    pub(super) fn take(&self, n: usize) {
        self.left.set(self.left.get().saturating_sub(n as u64));
        self.spent.set(self.spent.get().saturating_add(n as u64));
    }

    /// Bytes unpacked so far.
    pub(super) fn spent(&self) -> u64 {
        self.spent.get()
    }

    /// Nothing more is to be unpacked.
    pub(super) fn stop(&self) {
        self.left.set(0);
        self.stopped.set(true);
    }

    /// The limit was met.
    pub(super) fn stopped(&self) -> bool {
        self.stopped.get()
    }
}
