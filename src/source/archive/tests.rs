//! Every compression, whole, in a row and torn; archives of each dialect; what is broken on purpose.

use std::io::{Cursor, Write as _};

use super::*;

fn text() -> Vec<u8> {
    (0..20_000u32).flat_map(|i| format!("line {}\n", i.wrapping_mul(2_654_435_761)).into_bytes()).collect()
}

fn pack(kind: Kind, text: &[u8]) -> Vec<u8> {
    match kind {
        Kind::Gzip => {
            let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            e.write_all(text).unwrap();
            e.finish().unwrap()
        }
        Kind::Deflate => {
            let mut e = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
            e.write_all(text).unwrap();
            e.finish().unwrap()
        }
        Kind::Bzip2 => {
            let mut e = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            e.write_all(text).unwrap();
            e.finish().unwrap()
        }
        Kind::Xz => {
            let mut e = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
            e.write_all(text).unwrap();
            e.finish().unwrap()
        }
        Kind::Lzma => {
            let options = lzma_rust2::LzmaOptions::with_preset(1);
            let mut e = lzma_rust2::LzmaWriter::new_use_header(Vec::new(), &options, None).unwrap();
            e.write_all(text).unwrap();
            e.finish().unwrap()
        }
        Kind::Zstd => ruzstd::encoding::compress_to_vec(Cursor::new(text), ruzstd::encoding::CompressionLevel::Fastest),
        Kind::Lz4 => {
            let info = lz4_flex::frame::FrameInfo::new().content_checksum(true);
            let mut e = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
            e.write_all(text).unwrap();
            e.finish().unwrap()
        }
    }
}

fn open(raw: &[u8]) -> (Holding, Vec<String>) {
    let mut d = Diagnostics::default();
    let holding = unpack(&mut d, "x", raw, u64::MAX);
    (holding, d.iter().map(ToString::to_string).collect())
}

const ALL: [Kind; 6] = [Kind::Gzip, Kind::Bzip2, Kind::Xz, Kind::Lzma, Kind::Zstd, Kind::Lz4];

#[test]
fn every_compression_is_told_by_its_bytes_and_unpacked() {
    let text = text();
    for kind in ALL {
        let raw = pack(kind, &text);
        assert!(is_packed(&raw[..512]), "{kind:?}");
        let (holding, told) = open(&raw);
        assert_eq!(told, [""; 0], "{kind:?}");
        assert!(!holding.archive && holding.members.len() == 1, "{kind:?}");
        assert!(holding.members[0].text == text && holding.members[0].compressed == Some(kind.name()), "{kind:?}");
    }
    for plain in [&b""[..], b"2026-01-01 a log\n", b"BZhello this is no bzip2", b"]\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n"] {
        assert!(!is_packed(plain), "{plain:?}");
    }
}

#[test]
fn members_in_a_row_are_one_text() {
    for kind in ALL.into_iter().filter(|k| *k != Kind::Lzma) {
        let raw = [pack(kind, b"one\n"), pack(kind, b"two\n"), pack(kind, b"three\n"), vec![0; 16]].concat();
        let (holding, told) = open(&raw);
        assert_eq!(holding.members[0].text, b"one\ntwo\nthree\n", "{kind:?}");
        assert_eq!(told, [""; 0], "{kind:?}");
        let (_, told) = open(&[pack(kind, b"one\n"), b"rubbish".to_vec()].concat());
        assert!(told[0].contains("7 bytes behind the end of the"), "{kind:?} {told:?}");
    }
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3][..], &pack(Kind::Zstd, b"one\n")].concat();
    assert!(is_packed(&skippable));
    assert_eq!(open(&skippable).0.members[0].text, b"one\n");
}

#[test]
fn a_torn_member_keeps_what_came_before() {
    let text = text();
    for kind in ALL {
        let raw = pack(kind, &text);
        let (holding, told) = open(&raw[..raw.len() * 3 / 4]);
        let got = &holding.members[0].text;
        // These two have whole blocks only.
        let least = if matches!(kind, Kind::Bzip2 | Kind::Lz4) { 0 } else { text.len() / 4 };
        assert!(got.len() >= least && got.len() < text.len() && text.starts_with(got), "{kind:?} {}", got.len());
        assert_eq!(told.len(), 1, "{kind:?} {told:?}");
        assert!(told[0].contains("is torn"), "{kind:?} {told:?}");
    }
}

#[test]
fn broken_bytes_are_never_a_panic() {
    let text = text();
    let mut dice = 7u64;
    let mut roll = |n: usize| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) as usize % n
    };
    let tar = tarball(&[("a/b.log", &text[..5000]), (&"long/".repeat(60), b"x"), ("c.log", b"2026\n")]);
    let zip = zipped(&[("a/b.log", &text[..5000]), ("c.log", b"2026\n")]);
    let mut all: Vec<Vec<u8>> = ALL.iter().map(|kind| pack(*kind, &text[..20_000])).collect();
    all.push(pack(Kind::Gzip, &tar));
    all.extend([tar, zip]);
    for raw in all {
        for _ in 0..60 {
            let mut broken = raw.clone();
            for _ in 0..=roll(4) {
                let at = roll(broken.len());
                broken[at] = roll(256) as u8;
            }
            broken.truncate(broken.len() - roll(broken.len() / 4));
            open(&broken);
        }
    }
}

/// A tar archive as GNU tar writes it.
fn tarball(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        if name.len() > 99 {
            block(&mut out, "././@LongLink", b'L', &[name.as_bytes(), b"\0"].concat());
        }
        block(&mut out, name.get(..name.len().min(99)).unwrap(), b'0', content);
    }
    out.extend([0; 1024]);
    out
}

fn block(out: &mut Vec<u8>, name: &str, kind: u8, content: &[u8]) {
    let mut head = [0u8; 512];
    head[..name.len()].copy_from_slice(name.as_bytes());
    head[100..108].copy_from_slice(b"0000644\0");
    head[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    head[136..148].copy_from_slice(format!("{:011o}\0", 1_767_225_600).as_bytes());
    head[148..156].fill(b' ');
    head[156] = kind;
    head[257..265].copy_from_slice(b"ustar  \0");
    let sum: u64 = head.iter().map(|b| u64::from(*b)).sum();
    head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    out.extend(head);
    out.extend(content);
    out.resize(out.len().next_multiple_of(512), 0);
}

/// A zip archive of deflated members.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let packed = pack(Kind::Deflate, content);
        let (at, n) = (out.len() as u32, name.len() as u16);
        let mut fields = Vec::new();
        fields.extend([20, 0, 0, 0, 8, 0, 0, 0, 0x21, 0x5c]);
        fields.extend(0u32.to_le_bytes());
        fields.extend((packed.len() as u32).to_le_bytes());
        fields.extend((content.len() as u32).to_le_bytes());
        fields.extend(n.to_le_bytes());
        fields.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&fields);
        out.extend(name.as_bytes());
        out.extend(packed);
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&fields);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let (begin, size, n) = (out.len() as u32, directory.len() as u32, files.len() as u16);
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([n.to_le_bytes(), n.to_le_bytes()].concat());
    out.extend([size.to_le_bytes(), begin.to_le_bytes()].concat());
    out.extend([0, 0]);
    out
}

fn names(holding: &Holding) -> Vec<(&str, &str)> {
    let text = |m: &Member| std::str::from_utf8(&m.text).unwrap().to_owned().leak() as &str;
    holding.members.iter().map(|m| (m.name.as_str(), text(m))).collect()
}

#[test]
fn tar_archives_of_every_dialect_are_read() {
    let long = "a-very-long-folder-name/".repeat(6) + "x.log";
    let (holding, told) = open(&tarball(&[("./b.log", b"b\n"), (&long, b"long\n")]));
    assert_eq!(names(&holding), [(long.as_str(), "long\n"), ("b.log", "b\n")]);
    assert_eq!(told, [""; 0]);
    assert_eq!(holding.members[1].modified, Some(1_767_225_600_000_000_000));
    // pax: name and time of the next member; a global header; a hard link, a folder, a pipe.
    let mut raw = Vec::new();
    block(&mut raw, "g", b'g', b"20 comment=whatever\n");
    block(&mut raw, "x", b'x', b"18 path=n\xc3\xa4me.log\n30 mtime=1767225600.123456789\n");
    block(&mut raw, "short", b'0', b"pax\n");
    block(&mut raw, "link", b'2', b"");
    block(&mut raw, "folder/", b'5', b"");
    block(&mut raw, "pipe", b'6', b"");
    block(&mut raw, "empty.log", b'0', b"");
    let (holding, told) = open(&raw);
    assert_eq!(names(&holding), [("näme.log", "pax\n")]);
    assert_eq!(holding.members[0].modified, Some(1_767_225_600_123_456_789));
    assert_eq!(told, ["note: x: of its 5 members, passed over: 1 empty, 1 links, 1 devices or pipes"]);
}

#[test]
fn a_torn_tar_shows_what_came_before() {
    let raw = tarball(&[("a.log", b"a\n"), ("b.log", &text())]);
    let (holding, told) = open(&raw[..3000]);
    assert_eq!(holding.members.len(), 2);
    assert_eq!(holding.members[1].text, text()[..1464]);
    assert!(told[0].contains("cut short"), "{told:?}");
}

#[test]
fn zip_archives_are_read_even_without_their_directory() {
    let raw = zipped(&[("h1/a.log", b"a\n"), ("h1\\b.log", &text())]);
    let (holding, told) = open(&raw);
    assert_eq!(told, [""; 0]);
    assert_eq!((holding.members[0].name.as_str(), holding.members[1].name.as_str()), ("h1/a.log", "h1/b.log"));
    assert!(holding.members[1].text == text());
    assert_eq!(holding.members[0].modified, Some(1_767_225_600_000_000_000));
    let (torn, told) = open(&raw[..raw.len() - 60]);
    assert!(told[0].contains("its directory is torn off"), "{told:?}");
    assert!(torn.members.len() == 2 && torn.members[1].text == text());
    let before = [b"#!/bin/sh\nexit\n".to_vec(), raw].concat();
    assert_eq!(zip::list(&before, 10).entries.len(), 2, "a program that unpacks itself");
}

#[test]
fn layers_are_peeled_off_and_too_many_are_told() {
    let inner = pack(Kind::Gzip, &tarball(&[("var/log/m.1.gz", &pack(Kind::Gzip, b"deep\n"))]));
    let raw = zipped(&[("db1.tar.gz", &inner), ("db2/x.log", b"x\n")]);
    let (holding, told) = open(&raw);
    assert_eq!(names(&holding), [("db1.tar.gz/var/log/m.1.gz", "deep\n"), ("db2/x.log", "x\n")]);
    let hosts: Vec<_> = holding.members.iter().map(|m| m.folder.as_deref()).collect();
    assert_eq!(hosts, [Some("db1"), Some("db2")]);
    assert_eq!(told, [""; 0]);
    let mut deep = b"core\n".to_vec();
    for _ in 0..=DEPTH {
        deep = pack(Kind::Gzip, &deep);
    }
    let (holding, told) = open(&deep);
    assert!(holding.members.is_empty());
    assert!(told[0].contains("inside each other"), "{told:?}");
}

#[test]
fn members_that_share_bytes_are_a_bomb() {
    let mut raw = zipped(&[("a.log", &text())]);
    let end = raw.len() - 22;
    let at = raw.len() - 22 - 46 - 5;
    let entry = raw[at..end].to_vec();
    let tail = raw.split_off(end);
    for _ in 0..999 {
        raw.extend(&entry);
    }
    let size = (1000 * entry.len()) as u32;
    raw.extend([&tail[..8], &1000u16.to_le_bytes(), &1000u16.to_le_bytes(), &size.to_le_bytes(), &tail[16..]].concat());
    let (holding, told) = open(&raw);
    assert_eq!(holding.members.len(), 1);
    assert!(told[0].contains("999 members share their bytes"), "{told:?}");
}
