//! Support bundles as they come: archives opened in place, bombs, rotated series, copies, odd encodings.

#![expect(clippy::unwrap_used, clippy::string_slice, reason = "a test fails by panicking")]

use std::io::Write as _;

use causeline::analysis::{Analysis, analyze};

use crate::tools::{analysis, config, folder, lines, run, run_with, stdout};

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    e.write_all(text).unwrap();
    e.finish().unwrap()
}

fn bzip2(text: &[u8]) -> Vec<u8> {
    let mut e = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    e.write_all(text).unwrap();
    e.finish().unwrap()
}

fn xz(text: &[u8]) -> Vec<u8> {
    let mut e = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
    e.write_all(text).unwrap();
    e.finish().unwrap()
}

/// A ustar archive; every member was changed at `modified` (seconds since 1970).
fn tar(modified: u64, files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, content) in files {
        let mut head = [0u8; 512];
        head.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
        head[100..108].copy_from_slice(b"0000644\0");
        head[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
        head[136..148].copy_from_slice(format!("{modified:011o}\0").as_bytes());
        head[148..156].fill(b' ');
        head[156] = if name.ends_with('/') { b'5' } else { b'0' };
        head[257..265].copy_from_slice(b"ustar\x0000");
        let sum: u64 = head.iter().map(|b| u64::from(*b)).sum();
        head[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        out.extend(head);
        out.extend(*content);
        out.resize(out.len().next_multiple_of(512), 0);
    }
    out.resize(out.len() + 1024, 0);
    out
}

/// A zip archive of stored members.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let at = u32::try_from(out.len()).unwrap();
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let mut fields = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0x5c, 0, 0, 0, 0];
        fields.extend([size, size].concat());
        fields.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        out.extend([b"PK\x03\x04".as_slice(), &fields, name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02\x14\x00".as_slice(), &fields, &[0; 10], &at.to_le_bytes()].concat());
        directory.extend(name.as_bytes());
    }
    let n = u16::try_from(files.len()).unwrap().to_le_bytes();
    let (begin, size) = (u32::try_from(out.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    out.extend(directory);
    out.extend([b"PK\x05\x06\0\0\0\0".as_slice(), &n, &n, &size.to_le_bytes(), &begin.to_le_bytes(), &[0, 0]].concat());
    out
}

/// Every byte of every source is accounted for.
fn accounted(a: &Analysis) {
    for (info, source) in a.infos.iter().zip(&a.sources) {
        assert_eq!(info.accounted.sum(), source.len(), "{}: {:?}", info.path, info.accounted);
    }
}

fn told(a: &Analysis) -> String {
    a.diagnostics.iter().map(|d| format!("{d}\n")).collect()
}

fn paths(a: &Analysis) -> Vec<&str> {
    a.sources.iter().map(|s| s.path.as_str()).collect()
}

fn hosts(a: &Analysis) -> Vec<Option<&str>> {
    a.infos.iter().map(|i| i.host.as_deref()).collect()
}

const ONE: &[u8] = b"2026-01-01T00:00:00Z one\n";
const TWO: &[u8] = b"2026-01-01T00:00:01Z two\n";

#[test]
fn a_bundle_is_opened_in_place_and_its_folders_name_the_hosts() {
    let raw = tar(
        0,
        &[("crm-report/node1/ha-log.txt", ONE), ("crm-report/node2/", b""), ("crm-report/node2/a.log.gz", &gzip(TWO))],
    );
    let dir = folder(&[("report.tar.bz2", &bzip2(&raw)), ("plain.log", b"2026-01-01T00:00:02Z three\n")]);
    let a = analyze(&[dir.path().to_owned()], &config());
    assert_eq!(
        lines(&a),
        [
            "2026-01-01T00:00:00Z report.tar.bz2/crm-report/node1/ha-log.txt:1 2026-01-01T00:00:00Z one",
            "2026-01-01T00:00:01Z report.tar.bz2/crm-report/node2/a.log.gz:1 2026-01-01T00:00:01Z two",
            "2026-01-01T00:00:02Z plain.log:1 2026-01-01T00:00:02Z three",
        ]
    );
    let host = |path: &str| hosts(&a)[paths(&a).iter().position(|p| p.ends_with(path)).unwrap()];
    assert_eq!((host("ha-log.txt"), host("a.log.gz")), (Some("node1"), Some("node2")));
    accounted(&a);
    // Named itself, it is called as it was named, and the folder it lies in says nothing of its hosts.
    let a = analyze(&[dir.path().join("report.tar.bz2")], &config());
    assert!(paths(&a)[0].ends_with("report.tar.bz2/crm-report/node1/ha-log.txt"), "{:?}", paths(&a));
    assert_eq!(hosts(&a), [Some("node1"), Some("node2")]);
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "nothing is written to disk");
}

#[test]
fn layers_of_every_kind_are_opened() {
    let web1 = xz(&tar(0, &[("sosreport-web1-2026-01-01-abcdefg/var/log/app.log", ONE)]));
    let web2 =
        tar(0, &[("var/log/app.log", TWO), ("bin/tool", b"\x7fELF\x02\x01\x01\0\0\0\0\0"), ("var/log/empty", b"")]);
    let raw = zip(&[("sosreport-web1-2026-01-01-abcdefg.tar.xz", &web1), ("web2.tar", &web2), ("../out.log", ONE)]);
    let a = analysis(&[("case.zip", &raw)]);
    assert_eq!(
        paths(&a),
        [
            "case.zip/out.log",
            "case.zip/sosreport-web1-2026-01-01-abcdefg.tar.xz/sosreport-web1-2026-01-01-abcdefg/var/log/app.log",
            "case.zip/web2.tar/var/log/app.log",
        ]
    );
    assert_eq!(hosts(&a), [None, Some("web1"), Some("web2")]);
    let told = told(&a);
    assert!(told.contains("case.zip: members with names that lead out of it"), "{told}");
    assert!(told.contains("passed over: 1 no text, 1 empty (the first that is no text: web2.tar/bin/tool)"), "{told}");
    accounted(&a);
}

#[test]
fn the_year_comes_from_the_time_that_the_archive_states() {
    // 1 June 2019
    let raw = tar(1_559_347_200, &[("h1/messages", b"May  3 10:00:00 h1 x[1]: one\n")]);
    let a = analysis(&[("x.tgz", &gzip(&raw))]);
    assert!(lines(&a)[0].starts_with("2019-05-03T10:00:00Z"), "{:?}", lines(&a));
    assert_eq!(a.infos[0].year_from, "file");
}

#[test]
fn a_bomb_is_a_diagnostic_and_the_rest_is_read() {
    // 300 MB of one letter behind a line of log, and the same packed twice.
    let mut text = ONE.to_vec();
    text.resize(300_000_000, b'0');
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&text).unwrap();
    let once = packed.finish().unwrap();
    let a = analysis(&[("bomb.gz", &once), ("bomb.gz.gz", &gzip(&once)), ("good.log", TWO)]);
    let text = told(&a);
    assert!(text.contains("bomb.gz: unpacking stopped after 268 MB, more than 250 times its size"), "{text}");
    assert!(text.contains("bomb.gz.gz: unpacking stopped after 26"), "{text}");
    let got = lines(&a);
    assert!(got.iter().any(|l| l.contains("good.log")) && got.iter().any(|l| l.contains("bomb.gz:1")), "{got:?}");
    accounted(&a);
}

#[test]
fn a_bomb_of_archives_in_archives_ends_soon() {
    let mut raw = zip(&[("zeros.log", &gzip(&vec![b'0'; 2_000_000]))]);
    for _ in 0..5 {
        let members: Vec<(String, Vec<u8>)> = (0..6).map(|i| (format!("lib{i}.zip"), raw.clone())).collect();
        let members: Vec<(&str, &[u8])> = members.iter().map(|(n, b)| (n.as_str(), b.as_slice())).collect();
        let whole = tar(0, &members);
        raw = gzip(&whole);
    }
    let a = analysis(&[("42.zip", &raw), ("good.log", TWO)]);
    let text = told(&a);
    assert!(text.contains("inside each other; not opened") || text.contains("unpacking stopped"), "{text}");
    assert!(lines(&a).iter().any(|l| l.contains("good.log")));
}

#[test]
fn an_archive_of_a_hundred_thousand_members_is_cut_and_says_so() {
    let name: Vec<String> = (0..100_001).map(|i| format!("{i}.log")).collect();
    let mut files: Vec<(&str, &[u8])> = name.iter().map(|n| (n.as_str(), &b""[..])).collect();
    files.insert(0, ("first.log", ONE));
    let a = analysis(&[("many.tgz", &gzip(&tar(0, &files)))]);
    assert_eq!(paths(&a), ["many.tgz/first.log"]);
    assert!(told(&a).contains("more than 100000 members in one archive"), "{}", told(&a));
}

#[test]
fn what_cannot_be_unpacked_says_how() {
    let a = analysis(&[
        ("a.log.Z", b"\x1f\x9d\x90abc"),
        ("b.7z", b"7z\xbc\xaf\x27\x1c\0\x04"),
        ("c.zip", b"PK\x03\x04 torn"),
    ]);
    let text = told(&a);
    assert!(text.contains("a.log.Z: compressed with `compress` (.Z), which is not supported"), "{text}");
    assert!(text.contains("b.7z: a 7z archive"), "{text}");
    assert!(text.contains("c.zip: its directory is torn off"), "{text}");
    accounted(&a);
}

#[test]
fn standard_input_may_be_an_archive() {
    let out = run_with(folder(&[]).path(), &["events", "-", "--format", "jsonl"], &xz(&tar(0, &[("a/x.log", ONE)])));
    let line: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((line["file"].as_str(), line["line"].as_u64()), (Some("-/a/x.log"), Some(1)));
}

fn syslog(from: &str, n: u32) -> Vec<u8> {
    (0..n).flat_map(|i| format!("{from}:{:02} web1 app[7]: event {i} {from}\n", i % 60).into_bytes()).collect()
}

#[test]
fn a_rotated_series_is_one_log_over_new_year() {
    let (oldest, middle, newest) = (syslog("Dec 30 23:59", 30), syslog("Dec 31 23:59", 60), syslog("Jan  1 00:00", 3));
    // What the year is, only the other source tells.
    let other = b"2023-01-01T00:00:01Z other\n";
    let a = analysis(&[
        ("web1/syslog", &newest),
        ("web1/syslog.1", &middle),
        ("web1/syslog.2.gz", &gzip(&oldest)),
        ("api/app.log", other),
    ]);
    assert_eq!(paths(&a), ["api/app.log", "web1/syslog.2.gz", "web1/syslog.1", "web1/syslog"]);
    let got = lines(&a);
    assert!(got[0].starts_with("2022-12-30T23:59:00Z web1/syslog.2.gz:1 "), "{}", got[0]);
    assert!(got[89].starts_with("2022-12-31T23:59:59Z web1/syslog.1:60 "), "{}", got[89]);
    assert!(got[90].starts_with("2023-01-01T00:00:00Z web1/syslog:1 "), "{}", got[90]);
    let continues: Vec<_> = a.infos.iter().map(|i| i.continues.as_deref()).collect();
    assert_eq!(continues, [None, None, Some("web1/syslog.2.gz"), Some("web1/syslog.1")]);
    accounted(&a);
}

#[test]
fn the_year_is_counted_on_from_the_oldest_file_by_the_newest_files_time() {
    let raw = tar(
        1_672_531_500, // 1 January 2023, 00:05
        &[
            ("log/syslog", &syslog("Jan  1 00:00", 3)),
            ("log/syslog.1", &syslog("Dec 31 10:00", 3)),
            ("log/syslog.2", &[syslog("Dec 24 10:00", 3), syslog("Dec 30 10:00", 3)].concat()),
        ],
    );
    let a = analysis(&[("logs.tar", &raw)]);
    let years: Vec<String> = lines(&a).iter().map(|l| l[..10].to_owned()).collect();
    assert_eq!((years[0].as_str(), years[6].as_str(), years[11].as_str()), ("2022-12-24", "2022-12-31", "2023-01-01"));
}

#[test]
fn files_that_only_look_rotated_are_not_taken_for_one() {
    // Numbers at the end, other years and hosts: these are samples, no series.
    let a = analysis(&[
        ("x.0", b"2015-05-01 10:00:00 db1 one\n2015-05-01 10:00:01 db1 two\n"),
        ("x.1", b"2019-05-01 10:00:00 db2 one\n2019-05-01 10:00:01 db2 two\n"),
    ]);
    assert!(a.infos.iter().all(|i| i.continues.is_none()));
    assert_eq!(a.events.len(), 4);
}

#[test]
fn records_of_one_second_stay_in_order_over_the_boundary() {
    let a = analysis(&[
        ("app.log", b"2026-01-01 00:00:05 c\n2026-01-01 00:00:06 d\n"),
        ("app.log.1", b"2026-01-01 00:00:05 a\n2026-01-01 00:00:05 b\n"),
    ]);
    let order: String = lines(&a).iter().map(|l| l.chars().last().unwrap()).collect();
    assert_eq!(order, "abcd");
}

#[test]
fn an_overlap_is_read_once_and_lines_keep_their_numbers() {
    let line = |i: u32| format!("2026-01-01T00:00:{i:02}Z INFO event {i}\n");
    let text = |range: std::ops::Range<u32>| range.map(line).collect::<String>().into_bytes();
    let a = analysis(&[("app.log", &text(20..40)), ("app.log.1", &text(0..30))]);
    assert_eq!(a.events.len(), 40);
    let got = lines(&a);
    assert!(got[29].contains("app.log.1:30 ") && got[30].contains("app.log:11 "), "{:?}", &got[28..32]);
    assert_eq!(a.infos[1].accounted.copies, text(20..30).len() as u64);
    assert!(told(&a).contains("app.log: its first 350 bytes are the end of app.log.1; read there"), "{}", told(&a));
    accounted(&a);
}

#[test]
fn the_same_file_under_two_names_is_read_once_but_two_hosts_small_logs_are_two() {
    let text: Vec<u8> = (0..60).flat_map(|i| format!("2026-01-01T00:00:{i:02}Z INFO e{i}\n").into_bytes()).collect();
    let small = b"2026-01-01T00:00:00Z INFO started\n".repeat(8);
    let a = analysis(&[
        ("h1/app.log", &text),
        ("h1/copy/app.log.gz", &gzip(&text)),
        ("h2/other.log", &small),
        ("h3/other.log", &small),
    ]);
    assert_eq!(a.events.len(), 60 + 16);
    assert!(
        told(&a).contains("h1/copy/app.log.gz: the same text as h1/app.log, byte for byte; read there"),
        "{}",
        told(&a)
    );
    accounted(&a);
    let dir = folder(&[("a/x.log", &text), ("a/y.log", &text)]);
    let json: serde_json::Value =
        serde_json::from_str(&stdout(dir.path(), &["sources", "a", "--format", "json"])).unwrap();
    assert_eq!(json[1]["copy_of"], "x.log");
    assert_eq!(json[1]["accounted"]["copies"], text.len());
    assert_eq!(json[1]["records"], 0);
}

#[test]
fn a_file_cut_while_it_was_written_begins_behind_its_nul_bytes() {
    let text = [&[0u8; 5000][..], ONE, TWO].concat();
    let a = analysis(&[("app.log", &text)]);
    assert_eq!(lines(&a)[0], "2026-01-01T00:00:00Z app.log:1 2026-01-01T00:00:00Z one");
    assert_eq!((a.events.len(), a.infos[0].accounted.blank), (2, 5000));
    assert_eq!(a.events.span(a.timeline.event(0).unwrap()).start, 5000);
    accounted(&a);
}

#[test]
fn colours_hide_neither_stamps_nor_levels() {
    let real =
        "\x1b[2m2026-01-01T00:00:00.123Z\x1b[0m \x1b[31mERROR\x1b[0m \x1b[1mapp\x1b[0m: it \x1b[4mfailed\x1b[0m\n";
    let real = real.repeat(3) + "\x1b[90m  at somewhere\x1b[0m\n";
    let written = "\\x1b[33m2026-01-01T00:00:01Z\\x1b[39m \\x1b[33mWARN\\x1b[39m it was slow\n".repeat(3);
    let a = analysis(&[("real.log", real.as_bytes()), ("written.log", written.as_bytes())]);
    assert_eq!(a.events.len(), 6, "{:?}", lines(&a));
    let event = |row| a.timeline.event(row).unwrap();
    let record = |row| a.record(event(row)).message.into_owned();
    assert_eq!(a.events.time(event(0)), Some(1_767_225_600_123_000_000));
    assert_eq!(a.events.level(event(0)), causeline::format::level::Level::Error);
    assert_eq!(a.events.level(event(3)), causeline::format::level::Level::Warning);
    assert!(record(0).contains("it failed") && !record(2).contains('\x1b'), "{:?}", record(2));
    assert!(record(2).contains("at somewhere"));
    assert!(!record(3).contains("\\x1b"), "{:?}", record(3));
    assert!(a.raw(event(0)).contains(&0x1b), "the text itself is untouched");
    accounted(&a);
}

#[test]
fn old_encodings_are_readable() {
    let utf16: Vec<u8> = "2026-01-01T00:00:00Z größer\r\n2026-01-01T00:00:01Z zwei\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let a = analysis(&[("a.log", &utf16), ("b.log", b"2026-01-01T00:00:02Z gr\xf6\xdfer \x96 5 \x80\n")]);
    let messages: Vec<String> =
        a.timeline.events().iter().map(|id| a.record(*id).message.trim_end().to_owned()).collect();
    assert_eq!(messages, ["größer", "zwei", "größer – 5 €"]);
    assert!(told(&a).contains("a.log: UTF-16, decoded"), "{}", told(&a));
    accounted(&a);
}

#[test]
fn archives_named_twice_are_read_once() {
    let dir = folder(&[("x.tar", &tar(0, &[("a.log", ONE)]))]);
    let out = run(dir.path(), &["events", "x.tar", "./x.tar"]);
    assert_eq!(String::from_utf8_lossy(&out.stdout).matches("one").count(), 1);
}
