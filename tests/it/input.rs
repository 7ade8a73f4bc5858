//! Bad input gets a diagnostic and the rest is still shown: nothing panics, nothing is silently left out.

use std::io::Write as _;

use causeline::analysis::{Analysis, analyze};

use crate::tools::{analysis, config, folder, lines, run, run_with};

/// Every byte of every source is accounted for.
fn accounted(a: &Analysis) {
    for (info, source) in a.infos.iter().zip(&a.sources) {
        assert_eq!(info.accounted.sum(), source.len(), "{}: {:?}", info.path, info.accounted);
    }
}

fn told(a: &Analysis) -> String {
    a.diagnostics.iter().map(|d| format!("{d}\n")).collect()
}

const GOOD: (&str, &[u8]) = ("good.log", b"2026-01-01T00:00:00Z fine\n");

#[test]
fn a_missing_path_is_an_error_and_the_rest_is_read() {
    let dir = folder(&[GOOD]);
    let out = run(dir.path(), &["events", "good.log", "gone.log"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stdout).contains("fine"));
    let err = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(err.trim(), "error: gone.log: cannot open: no such file or folder");
}

#[cfg(unix)]
#[test]
fn no_permission_is_an_error_and_the_rest_is_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = folder(&[GOOD, ("secret.log", b"x\n")]);
    let secret = dir.path().join("secret.log");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o000)).unwrap();
    let a = analyze(&[dir.path().to_owned()], &config());
    if std::fs::read(&secret).is_ok() {
        return; // root may read everything
    }
    assert!(told(&a).contains("secret.log: cannot read: permission denied"), "{}", told(&a));
    assert_eq!(a.events.len(), 1);
}

#[test]
fn a_binary_and_an_empty_file_are_named() {
    let binary: Vec<u8> = (0..20_000u32).map(|i| ((i * 7919) >> 3) as u8 & 0x1f).collect();
    let a = analysis(&[GOOD, ("x.bin", &binary), ("empty.log", b""), ("journal.journal", b"LPKSHHRH\0\0\0\0")]);
    let text = told(&a);
    assert!(text.contains("x.bin: a binary file; not shown"), "{text}");
    assert!(text.contains("empty.log: empty"), "{text}");
    assert!(text.contains("journalctl -o json"), "{text}");
    assert_eq!(a.events.len(), 1);
    accounted(&a);
}

#[test]
fn a_torn_gzip_shows_what_came_before_the_tear() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut x = 1u32;
    for i in 0..5000 {
        x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        writeln!(gz, "2026-01-01T00:{:02}:{:02}Z line {i} {x}", i / 60 % 60, i % 60).unwrap();
    }
    let whole = gz.finish().unwrap();
    let a = analysis(&[("a.log.gz", &whole[..whole.len() / 2]), ("b.log.gz", &whole)]);
    assert!(told(&a).contains("a.log.gz: gzip member 1 is torn"), "{}", told(&a));
    assert!((1000..4900).contains(&a.infos[0].records), "{}", a.infos[0].records);
    assert_eq!((a.infos[1].records, a.sources[1].compressed), (5000, Some("gzip")));
    accounted(&a);
}

#[test]
fn a_line_of_200_megabytes_is_one_record() {
    let mut text = b"2026-01-01T00:00:00Z short\n2026-01-01T00:00:01Z ".to_vec();
    text.resize(200_000_000, b'x');
    let dir = folder(&[("long.log", &text)]);
    let a = analyze(&[dir.path().join("long.log")], &config());
    assert_eq!(a.events.len(), 2);
    assert_eq!(a.raw(a.timeline.event(1).unwrap()).len(), 200_000_000 - 27);
    accounted(&a);
}

#[test]
fn bytes_of_every_kind_are_shown() {
    let text = b"\xef\xbb\xbf2026-01-01T00:00:00Z with a mark\r\n\
        2026-01-01T00:00:01Z nul \0 inside\r\n\
        2026-01-01T00:00:02Z latin1 \xe9\xff\r\n\
        \r\n\
        2026-01-01T00:00:03Z \x1b[31mred\x1b[0m\r\n";
    let a = analysis(&[("odd.log", text)]);
    assert_eq!(lines(&a).len(), 4, "{:?}", lines(&a));
    let message = |row| a.record(a.timeline.event(row).unwrap()).message.into_owned();
    assert_eq!(message(0), "with a mark");
    assert_eq!(message(1), "nul \0 inside");
    assert_eq!(message(2), "latin1 éÿ");
    assert_eq!(a.infos[0].accounted.blank, 2);
    accounted(&a);
    let dir = folder(&[("odd.log", text)]);
    let out = crate::tools::stdout(dir.path(), &["events", "odd.log"]);
    assert!(!out.contains('\x1b') && !out.contains('\0'), "control characters do not reach the terminal");
}

#[test]
fn a_file_without_a_line_end_and_one_of_blanks() {
    let a = analysis(&[("cut.log", b"2026-01-01T00:00:00Z one\n2026-01-01T00:00:01Z tw"), ("blank.log", b"\n\n  \n")]);
    assert_eq!(a.events.len(), 2);
    accounted(&a);
}

#[test]
fn text_before_and_between_records_is_shown() {
    let text = "Server starting\nversion 7\n2026-01-01T00:00:00Z first\n\tmore\n\n2026-01-01T00:00:01Z second\n";
    let json = "{\"ts\":\"2026-01-01T00:00:00Z\",\"msg\":\"a\"}\nTraceback (most recent call last):\n  oops\n{\"ts\":\"2026-01-01T00:00:01Z\",\"msg\":\"b\"}\n";
    let a = analysis(&[("a.log", text.as_bytes()), ("b.log", json.as_bytes())]);
    let got = lines(&a);
    assert!(got.contains(&"- a.log:1 Server starting".to_owned()), "{got:?}");
    assert!(got.contains(&"- b.log:2 Traceback (most recent call last):".to_owned()), "{got:?}");
    assert_eq!(got.len(), 6);
    assert_eq!((a.infos[0].accounted.headers, a.infos[0].accounted.blank), (26, 1));
    assert!(a.infos[1].accounted.unparsed > 0);
    accounted(&a);
}

#[test]
fn standard_input_is_a_source() {
    let out =
        run_with(folder(&[]).path(), &["events", "-", "--format", "jsonl"], b"2026-01-01T00:00:00Z from a pipe\n");
    let line: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!((line["file"].as_str(), line["message"].as_str()), (Some("-"), Some("from a pipe")));
}
