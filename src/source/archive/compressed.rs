//! Compressed text: gzip, bzip2, xz, lzma, zstd and lz4, told by their first bytes, never by a name.

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::{DeflateDecoder, GzDecoder};
use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use lzma_rust2::{LzmaReader, XzReader};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder as ZstdFrame, StreamingDecoder as ZstdDecoder};

use super::input::{Input, Meter};

/// The most that a decoder may remember of what it has unpacked: what `zstd --ultra --long=29` and `xz` with a
/// dictionary of 512 MiB need. More than that is asked for by nobody but a bomb.
const WINDOW: u64 = 512 << 20;

/// How something is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gzip,
    Bzip2,
    Xz,
    Lzma,
    Zstd,
    Lz4,
    /// A member of a zip archive.
    Deflate,
}

impl Kind {
    /// By the first bytes.
    pub(super) fn of(head: &[u8]) -> Option<Kind> {
        const BLOCK: [&[u8]; 2] = [b"\x31\x41\x59\x26\x53\x59", b"\x17\x72\x45\x38\x50\x90"];
        let bzip2 = || {
            head.starts_with(b"BZh")
                && head.get(3).is_some_and(|b| matches!(b, b'1'..=b'9'))
                && head.get(4..10).is_none_or(|begin| BLOCK.contains(&begin))
        };
        Some(match head {
            [0x1f, 0x8b, 8, ..] => Kind::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Kind::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Kind::Zstd,
            [0x04, 0x22, 0x4d, 0x18, ..] | [0x02, 0x21, 0x4c, 0x18, ..] => Kind::Lz4,
            _ if bzip2() => Kind::Bzip2,
            _ if is_lzma(head) => Kind::Lzma,
            _ => return None,
        })
    }

    /// Its name in all output.
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Gzip => "gzip",
            Kind::Bzip2 => "bzip2",
            Kind::Xz => "xz",
            Kind::Lzma => "lzma",
            Kind::Zstd => "zstd",
            Kind::Lz4 => "lz4",
            Kind::Deflate => "zip",
        }
    }
}

/// The old format of xz has no magic bytes: properties that everybody uses, the size of a dictionary that is a sum
/// of two neighbouring powers of two at most, and a size that is not known or not absurd.
fn is_lzma(head: &[u8]) -> bool {
    let (Some(0x5d), Some(dictionary), Some(size)) = (head.first(), head.get(1..5), head.get(5..13)) else {
        return false;
    };
    let dictionary = dictionary.iter().rev().fold(0u32, |n, b| n << 8 | u32::from(*b));
    let size = size.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
    dictionary >= 4096 && dictionary.count_ones() <= 2 && (size == u64::MAX || size < 1 << 40)
}

/// Formats that are known by their first bytes and cannot be unpacked here.
pub(super) fn unsupported(head: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 8] = [
        (b"\x1f\x9d", "compressed with `compress` (.Z), which is not supported (unpack it with `uncompress` first)"),
        (b"\x1f\x1e", "compressed with `pack` (.z), which is not supported (unpack it first)"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive, which is not supported (unpack it first)"),
        (b"Rar!\x1a\x07", "a rar archive, which is not supported (unpack it first)"),
        (b"LZIP", "compressed with lzip, which is not supported (unpack it first)"),
        (b"\x89LZO", "compressed with lzop, which is not supported (unpack it first)"),
        (b"!<arch>\n", "an ar archive or a Debian package, which is not supported (unpack it first)"),
        (b"070701", "a cpio archive, which is not supported (unpack it first)"),
    ];
    KNOWN.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, why)| *why)
}

enum Decoder<'a> {
    Gzip(GzDecoder<Input<'a>>),
    Deflate(DeflateDecoder<Input<'a>>),
    Bzip2(BzDecoder<Input<'a>>),
    Xz(Box<XzReader<Input<'a>>>),
    Lzma(Box<LzmaReader<Input<'a>>>),
    Zstd(Box<ZstdDecoder<Input<'a>, ZstdFrame>>),
    Lz4(Box<Lz4Decoder<Input<'a>>>),
}

impl<'a> Decoder<'a> {
    fn new(kind: Kind, input: Input<'a>) -> Result<Self, String> {
        let kib = u32::try_from(WINDOW >> 10).unwrap_or(u32::MAX).saturating_add(1024);
        Ok(match kind {
            Kind::Gzip => Decoder::Gzip(GzDecoder::new(input)),
            Kind::Deflate => Decoder::Deflate(DeflateDecoder::new(input)),
            Kind::Bzip2 => Decoder::Bzip2(BzDecoder::new(input)),
            Kind::Xz => Decoder::Xz(Box::new(XzReader::new_mem_limit(input, false, kib))),
            Kind::Lzma => {
                let reader = LzmaReader::new_mem_limit(input, kib, None).map_err(|e| e.to_string())?;
                Decoder::Lzma(Box::new(reader))
            }
            Kind::Zstd => {
                let reader = ZstdDecoder::new_with_max_window_size(input, WINDOW).map_err(|e| e.to_string())?;
                Decoder::Zstd(Box::new(reader))
            }
            Kind::Lz4 => Decoder::Lz4(Box::new(Lz4Decoder::new(input))),
        })
    }

    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self {
            Decoder::Gzip(d) => d.read(out),
            Decoder::Deflate(d) => d.read(out),
            Decoder::Bzip2(d) => d.read(out),
            Decoder::Xz(d) => d.read(out),
            Decoder::Lzma(d) => d.read(out),
            Decoder::Zstd(d) => d.read(out),
            Decoder::Lz4(d) => d.read(out),
        }
    }

    /// After a tear: true when there is more to read. A zstd decoder holds back as much as later blocks may refer to,
    /// some megabytes, until it sees the last block; so it is shown one, an empty one.
    fn rescue(&mut self) -> bool {
        const LAST: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];
        let Decoder::Zstd(d) = self else { return false };
        d.decoder.decode_blocks(&LAST[..], BlockDecodingStrategy::All).is_ok()
    }

    fn into_input(self) -> Input<'a> {
        match self {
            Decoder::Gzip(d) => d.into_inner(),
            Decoder::Deflate(d) => d.into_inner(),
            Decoder::Bzip2(d) => d.into_inner(),
            Decoder::Xz(d) => d.into_inner(),
            Decoder::Lzma(d) => d.into_inner(),
            Decoder::Zstd(d) => d.into_inner(),
            Decoder::Lz4(d) => d.into_inner(),
        }
    }
}

/// What comes out of compressed bytes: all members (frames, streams) in a row. It ends at a tear, and tells of it.
pub(super) struct Unpacked<'a, 'm> {
    kind: Kind,
    decoder: Option<Decoder<'a>>,
    meter: &'m Meter,
    member: u32,
    got: u64,
    /// Whether the lz4 frame at hand ends with a checksum.
    checksum: bool,
    trouble: Option<String>,
    /// Why the bytes are torn, while what the decoder still holds is read.
    rescued: Option<String>,
}

impl<'a, 'm> Unpacked<'a, 'm> {
    pub(super) fn new(kind: Kind, input: Input<'a>, meter: &'m Meter) -> Self {
        let mut new =
            Unpacked { kind, decoder: None, meter, member: 0, got: 0, checksum: false, trouble: None, rescued: None };
        new.begin(input);
        new
    }

    /// What was wrong with the bytes, in words; known when all has been read.
    pub(super) fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    fn begin(&mut self, mut input: Input<'a>) {
        self.member += 1;
        self.got = 0;
        self.checksum = input.peek(5).get(4).is_some_and(|flags| flags & 4 != 0);
        match Decoder::new(self.kind, input) {
            Ok(decoder) => self.decoder = Some(decoder),
            Err(e) => self.torn(&e),
        }
    }

    fn torn(&mut self, why: &str) {
        let (name, member, got) = (self.kind.name(), self.member, self.got);
        let what =
            if self.kind == Kind::Deflate { "the zip member".to_owned() } else { format!("{name} member {member}") };
        let why = why.split(" (os error").next().unwrap_or(why).to_lowercase();
        self.trouble = Some(format!("{what} is torn ({why}); the {got} bytes before the tear are shown"));
        self.decoder = None;
    }

    /// A member has ended: the next one begins, or all is read.
    fn next(&mut self) {
        let Some(decoder) = self.decoder.take() else { return };
        let mut input = decoder.into_input();
        if self.kind == Kind::Lz4 && !ends_well(input.tail(), self.checksum) && input.peek(1).is_empty() {
            self.torn("unexpected end of file");
            return;
        }
        if self.kind == Kind::Deflate {
            return;
        }
        skip_skippable(&mut input);
        // `pad` and tapes fill up with zero bytes; xz allows them between streams too.
        while self.kind == Kind::Xz && input.peek(4) == [0; 4] {
            io::BufRead::consume(&mut input, 4);
        }
        if Kind::of(input.peek(16)) == Some(self.kind) && self.kind != Kind::Lzma {
            self.begin(input);
            return;
        }
        let rest = rest_of(&mut input);
        if rest > 0 {
            let name = self.kind.name();
            self.trouble = Some(format!("{rest} bytes behind the end of the {name} data are not shown"));
        }
    }
}

/// An lz4 frame ends with four zero bytes, and a checksum behind them where it says so.
fn ends_well(tail: [u8; 8], checksum: bool) -> bool {
    if checksum { tail.starts_with(&[0; 4]) } else { tail.ends_with(&[0; 4]) }
}

/// Passes over frames that hold no text (zstd and lz4 allow them anywhere).
pub(super) fn skip_skippable(input: &mut Input<'_>) {
    while let [0x50..=0x5f, 0x2a, 0x4d, 0x18, a, b, c, d] = *input.peek(8) {
        let length = 8 + u64::from(u32::from_le_bytes([a, b, c, d]));
        io::copy(&mut input.take(length), &mut io::sink()).ok();
    }
}

/// How many bytes are left, counted up to a megabyte; none when they are all zero.
fn rest_of(input: &mut Input<'_>) -> usize {
    let mut rest = Vec::new();
    input.take(1 << 20).read_to_end(&mut rest).ok();
    if rest.iter().all(|b| *b == 0) { 0 } else { rest.len() }
}

impl Read for Unpacked<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.decoder {
            let allowed = self.meter.allow(out.len());
            if allowed == 0 {
                return Ok(0);
            }
            match decoder.read(out.get_mut(..allowed).unwrap_or_default()) {
                Ok(0) => match self.rescued.take() {
                    Some(why) => self.torn(&why),
                    None => self.next(),
                },
                Ok(n) => {
                    self.meter.take(n);
                    self.got += n as u64;
                    return Ok(n);
                }
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                // What unpacks the bytes that come in has met the limit; this is no tear.
                Err(_) if self.meter.stopped() => self.decoder = None,
                Err(e) if self.rescued.is_none() && decoder.rescue() => self.rescued = Some(e.to_string()),
                Err(e) => self.torn(&e.to_string()),
            }
        }
        Ok(0)
    }
}
