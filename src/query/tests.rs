//! What each part of the language lets pass, and that searching fast finds the same.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::analysis::{Config, analyze_sources};
use crate::diagnostic::Diagnostics;
use crate::fact::{Facts, Packs};
use crate::format::definition::Definitions;
use crate::source::{Source, Text};

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.into(),
        folder: path.split('/').next().map(str::to_owned),
        text: Arc::new(Text::Owned(text.into())),
        ..Source::default()
    }
}

fn analysis(files: &[(&str, &str)]) -> Analysis {
    let config = Config { definitions: Arc::new(Definitions::builtin()), ..Config::default() };
    let sources = files.iter().map(|(path, text)| source(path, text)).collect();
    analyze_sources(Diagnostics::default(), sources, &config, &mut |_| true).unwrap()
}

fn small() -> Analysis {
    analysis(&[
        (
            "db1/app.log",
            "2026-01-01 00:00:00 INFO all fine\n2026-01-01 00:00:01 ERROR Promote failed: not running\n2026-01-01 00:00:02 WARN promote slow\n",
        ),
        (
            "db10/app.log",
            "2026-01-01 00:00:03 INFO account=142 paid 9142\n2026-01-01 00:00:04 INFO GET /accounts/142 by r-142\n  at line 2\n2026-01-01 00:00:05 DEBUG host 142.7 said: \"quoted\" C:\\x\n",
        ),
    ])
}

fn check(analysis: &Analysis, context: &Context, filter: &str, want: &[u32]) {
    let parsed = Filter::parse(filter, Clock::default()).unwrap();
    let rows = parsed.rows(analysis, context, &AtomicBool::new(false)).unwrap();
    assert_eq!(rows, want, "{filter}");
    let slow: Vec<EventId> = parsed.matching(analysis, context);
    let fast: Vec<EventId> =
        parsed.search(analysis, context, None, &AtomicBool::new(false)).unwrap().ids(&analysis.events).collect();
    assert_eq!(fast, slow, "{filter}: both ways");
}

#[test]
fn filters_select_rows() {
    let analysis = small();
    let context = Context {
        findings: vec![("split-brain".to_owned(), vec![EventId(1)]), ("lost".to_owned(), vec![EventId(4)])],
        notes: vec![(EventId(0), false), (EventId(2), true)],
        ..Context::default()
    };
    for (filter, want) in [
        ("", &[0, 1, 2, 3, 4, 5][..]),
        ("promote", &[1, 2]),
        ("Promote", &[1]),
        ("promote -slow", &[1]),
        ("\"not running\"", &[1]),
        ("-\"not running\" promote", &[2]),
        ("/fail(ed|ure)/", &[1]),
        ("/^  at/", &[4]),
        ("/x$/", &[5]),
        ("\"said: \\\"quoted\\\"\"", &[5]),
        ("\"C:\\x\"", &[5]),
        ("level>=warning", &[1, 2]),
        ("level<=info", &[0, 3, 4, 5]),
        ("level:info|debug", &[0, 3, 4, 5]),
        ("host:db1", &[0, 1, 2]),
        ("host:db", &[0, 1, 2, 3, 4, 5]),
        ("host:db1|db10 -level:error|warn -source:db10/app.log", &[0]),
        ("host:db2", &[]),
        ("source:app.log", &[0, 1, 2, 3, 4, 5]),
        ("source:\"db1/\"", &[0, 1, 2]),
        ("id:142", &[3, 4]),
        ("id:account=142", &[3, 4]),
        ("id:paid=142", &[3]),
        ("id:r-142", &[4]),
        ("id:142.7|9142", &[3, 5]),
        ("has:lines", &[4]),
        ("has:note", &[0, 2]),
        ("has:mark", &[0]),
        ("has:finding", &[1, 4]),
        ("has:finding|note", &[0, 1, 2, 4]),
        ("-has:finding|note", &[3, 5]),
        ("rule:split-brain", &[1]),
        ("after:00:00:04", &[4, 5]),
        ("before:\"2026-01-01 00:00:01\"", &[0]),
        ("after:2026-01-01T00:00:02Z before:00:00:04", &[2, 3]),
        ("|", &[]),
        ("12:30", &[]),
    ] {
        check(&analysis, &context, filter, want);
    }
}

#[test]
fn facts_processes_and_pids_are_found() {
    let text = "Jan  1 00:00:00 pg01 kernel: EXT4-fs (loop0): Remounting filesystem read-only\nJan  1 00:00:01 pg01 corosync[4711]: kernel is fine, 99\nJan  1 00:00:02 pg01 sshd[99]: corosync restarted\n";
    let analysis = analysis(&[("pg01/syslog", text)]);
    let packs = Packs::builtin();
    let facts = Facts::extract(&packs, &analysis.sources, &analysis.infos, &analysis.events);
    let context = Context { facts: Some(Arc::new(facts)), ..Context::default() };
    check(&analysis, &context, "process:corosync", &[1]);
    check(&analysis, &context, "process:kernel|ssh", &[0, 2]);
    check(&analysis, &context, "pid:99", &[2]);
    check(&analysis, &context, "fact:fs.readonly", &[0]);
    check(&analysis, &context, "fact:fs", &[0]);
    check(&analysis, &context, "-fact:fs", &[1, 2]);
    check(&analysis, &Context::default(), "fact:fs", &[]);
    assert!(Filter::parse("fact:fs", Clock::default()).unwrap().needs().facts);
}

#[test]
fn a_wrong_filter_says_where_and_what_would_be_right() {
    for (filter, at, says) in [
        ("a /b(/", 3, "cannot read the regular expression"),
        ("a \"b", 2, "no closing quote"),
        ("/b", 0, "no closing stroke"),
        ("x level>=loud", 9, "critical"),
        ("level:error|loud", 12, "no level `loud`"),
        ("level>error", 0, "write level>=error"),
        ("level>=a|b", 9, "takes one value"),
        ("host:", 5, "write for example host:db1"),
        ("host:a|", 7, "nothing behind"),
        ("has:time", 4, "note, mark, finding, lines"),
        ("fact:readonly", 5, "fs.readonly"),
        ("-before:noon", 8, "write 13:08"),
    ] {
        let error = Filter::parse(filter, Clock::default()).unwrap_err();
        assert_eq!(error.at, at, "{filter}: {}", error.message);
        assert!(error.message.contains(says), "{filter}: {}", error.message);
        assert!(error.term.contains(&error.at) || error.term.end == error.at, "{filter}: {:?}", error.term);
    }
    assert!(Filter::parse("host:", Clock::default()).unwrap_err().unfinished);
    assert!(!Filter::parse("level:loud", Clock::default()).unwrap_err().unfinished);
}

#[test]
fn written_terms_are_read_back() {
    let values = ["db1", "a b", "a|b", "x\"y", "C:\\d \\\"", "-x", "größe", "k=v", "|", "\\"];
    for value in values {
        for key in language::KEYS.iter().filter(|k| matches!(k.key, language::Key::Host | language::Key::Source)) {
            let term = language::term(key.key, value);
            let scanned = parse::scan(&term);
            assert_eq!(scanned.len(), 1, "{term}");
            assert_eq!((scanned[0].key, scanned[0].values.len()), (Some(key.key), 1), "{term}");
            assert_eq!(scanned[0].values[0].text, value, "{term}");
            assert!(
                parse::scan(&language::negated(&term))[0].negated
                    && language::negated(&language::negated(&term)) == term
            );
        }
    }
    for value in values.iter().copied().chain(["host:x", "/a/", "level>error", "\"", "a\"b"]) {
        let words = language::words(value);
        let scanned = parse::scan(&words);
        assert_eq!(scanned.len(), 1, "{words}");
        assert_eq!((scanned[0].key, scanned[0].negated, scanned[0].is_regex), (None, false, false), "{words}");
        assert_eq!(scanned[0].values[0].text, value, "{words}");
    }
}

#[test]
fn what_is_finished_ends_in_white_space() {
    for (text, n) in
        [("", 0), ("a", 0), ("a ", 2), ("a b", 2), ("\"a b", 0), ("\"a b\" ", 6), ("x \"a ", 2), ("a\u{a0}", 3)]
    {
        assert_eq!(finished(text), n, "{text:?}");
    }
}

#[test]
fn every_key_has_a_row_that_reads() {
    for key in language::KEYS {
        let term = format!("{}{}", key.written, key.example);
        assert!(Filter::parse(&term, Clock::default()).is_ok(), "{term}");
        assert_eq!(language::Key::at_start(&term), Some(key.key));
    }
    assert!(language::help().lines().count() >= language::KEYS.len());
}

#[test]
fn places_are_where_the_words_stand() {
    let places = |filter: &str, text: &str| Filter::parse(filter, Clock::default()).unwrap().places(text);
    assert_eq!(places("err fail host:x -not", "Error: fail, not ERR"), [0..3, 7..11, 17..20]);
    assert_eq!(places("id:42", "42 142 a-42 42"), [0..2, 12..14]);
    assert_eq!(places("/o+/", "foo o"), [1..3, 4..5]);
    assert_eq!(places("x*", "aaa").len(), 0);
}

/// Lines of chance words, some with a second line, some followed by a blank one.
fn random_log(next: &mut impl FnMut(usize) -> usize, n: usize, ends: &str) -> String {
    const WORDS: [&str; 12] =
        ["error", "Error", "42", "r-42", "acc/42", "é", "É", "k\u{212a}", "a\tb", "_42", "\"q\"", "line"];
    const LEVELS: [&str; 4] = ["INFO", "ERROR", "WARN", "DEBUG"];
    let mut text = String::new();
    for i in 0..n {
        let words: Vec<&str> = (0..next(7)).map(|_| WORDS[next(12)]).collect();
        let (minute, second, level) = (i / 60 % 60, i % 60, LEVELS[next(4)]);
        text += &format!("2026-01-01 00:{minute:02}:{second:02} {level} {}{ends}", words.join(" "));
        match next(12) {
            0 => text += &format!("  at error 42{ends}"),
            1 => text += ends,
            _ => {}
        }
    }
    text
}

/// Random filters on random logs: both ways find the same, also when a filter only narrows another.
#[test]
fn fast_and_simple_find_the_same() {
    let mut x = 11u64;
    let mut next = |n: usize| {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (x >> 33) as usize % n
    };
    const TERMS: [&str; 30] = [
        "error",
        "e",
        "Error",
        "42",
        "id:42",
        "id:r-42",
        "id:acc=42",
        "id:acc/42",
        "é",
        "k",
        "\"2 e\"",
        "/e.r/",
        "/^\\d/",
        "/2$/",
        "/\\b42\\b/",
        "/r\\s+e/",
        "/[^x]42/",
        "/x*/",
        "/\\Ae/",
        "level>=warning",
        "level:info",
        "host:h1",
        "source:b.log",
        "has:lines",
        "has:finding",
        "rule:r1",
        "after:00:00:30",
        "before:00:01:10",
        "format:plain",
        "/(?s)e.e/",
    ];
    for round in 0..60 {
        let ends = if round % 3 == 0 { "\r\n" } else { "\n" };
        let (a, b) = (random_log(&mut next, 80, ends), random_log(&mut next, 70, ends));
        let analysis = analysis(&[("h1/a.log", &a), ("h2/b.log", b.trim_end())]);
        let n = u32::try_from(analysis.events.len()).unwrap();
        let context = Context {
            findings: vec![("r1".to_owned(), (0..n).step_by(7).map(EventId).collect())],
            ..Context::default()
        };
        let no = AtomicBool::new(false);
        let mut before: Option<(Filter, Passed)> = None;
        for _ in 0..25 {
            let terms: Vec<String> =
                (0..next(4)).map(|_| format!("{}{}", ["", "", "-"][next(3)], TERMS[next(30)])).collect();
            let mut text = terms.join(" ");
            if let Some((old, _)) = before.as_ref().filter(|_| next(3) == 0) {
                text = format!("{} {text}", old.terms().join(" "));
            }
            let filter = Filter::parse(&text, Clock::default()).unwrap();
            let slow = filter.matching(&analysis, &context);
            let passed = filter.search(&analysis, &context, None, &no).unwrap();
            assert_eq!(passed.ids(&analysis.events).collect::<Vec<_>>(), slow, "`{text}`");
            let rows = analysis.timeline.events().iter().enumerate();
            let rows: Vec<u32> = rows.filter(|(_, id)| slow.contains(id)).map(|(row, _)| row as u32).collect();
            assert_eq!(passed.rows(&analysis), rows, "`{text}`");
            if let Some((old, kept)) = before.filter(|(old, _)| filter.narrows(old)) {
                let narrowed = filter.search(&analysis, &context, Some(&kept), &no).unwrap();
                assert_eq!(
                    narrowed.ids(&analysis.events).collect::<Vec<_>>(),
                    slow,
                    "`{text}` within {:?}",
                    old.terms()
                );
            }
            before = Some((filter, passed));
        }
    }
}
