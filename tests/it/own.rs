//! The user's own formats: where they are found, what is told of a wrong one, and formats of other tools.

use std::path::Path;
use std::process::Output;

use crate::tools::{folder, program};

const SHOP: &str = r###"title = "The shop"
about = "The shop's own log."
rank  = 90

[[pattern]]
line = '\#\# <time:iso> <level> <shop>{ took=<took>}: <message>'

[[duration]]
field = ["took"]
unit  = "ms"

[[sample]]
text   = "## 2026-11-21 05:12:41 WARN north took=40: till is empty"
time   = "2026-11-21T05:12:41Z"
level  = "warning"
fields = { shop = "north", message = "till is empty" }
"###;

/// Runs the program with a configuration folder of its own.
fn run(config: &Path, dir: &Path, args: &[&str]) -> Output {
    program(dir, args).env("XDG_CONFIG_HOME", config).output().unwrap()
}

fn out(o: &Output) -> String {
    String::from_utf8_lossy(&o.stdout).into_owned()
}

fn err(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).into_owned()
}

#[test]
fn ones_own_formats_are_listed_shown_and_used_by_every_command() {
    let config = folder(&[("causeline/formats/shop.toml", SHOP.as_bytes())]);
    let dir = folder(&[("till.log", b"## 2026-11-21 05:12:41 WARN north took=40: till is empty\n")]);
    let list = out(&run(config.path(), dir.path(), &["formats", "list"]));
    assert!(list.lines().any(|l| l.starts_with("* shop ") && l.ends_with("The shop")), "{list}");
    assert!(list.lines().any(|l| l.starts_with("  redis ")), "built-in ones carry no mark: {list}");
    assert_eq!(out(&run(config.path(), dir.path(), &["formats", "show", "shop"])), SHOP);
    let events = out(&run(config.path(), dir.path(), &["events", "till.log", "--format", "jsonl"]));
    let event: serde_json::Value = serde_json::from_str(&events).unwrap();
    assert_eq!((event["format"].as_str(), event["message"].as_str()), (Some("shop"), Some("till is empty")));
    assert_eq!(event["time_utc"], "2026-11-21T05:12:41Z", "the stamp stays what it is");
    assert_eq!(event["began_utc"], "2026-11-21T05:12:40.96Z");
    let sources = out(&run(config.path(), dir.path(), &["sources", "till.log"]));
    assert!(sources.contains("The shop"), "{sources}");
}

#[test]
fn one_that_is_not_right_is_told_and_left_out_and_the_logs_are_read_all_the_same() {
    let wrong = SHOP.replace("05:12:41Z", "05:12:42Z");
    let config =
        folder(&[("causeline/formats/shop.toml", wrong.as_bytes()), ("causeline/formats/x.toml", b"title = 1")]);
    let dir = folder(&[("a.log", b"2026-11-21 05:12:41 x\n")]);
    let got = run(config.path(), dir.path(), &["events", "a.log"]);
    assert_eq!(got.status.code(), Some(0));
    assert!(out(&got).contains(" x"), "{}", out(&got));
    let told = err(&got);
    assert!(told.contains("shop.toml") && told.contains("x.toml") && told.contains("left out"), "{told}");
}

/// What `formats check` says of a definition.
fn checked(text: &str) -> (Option<i32>, String) {
    let dir = folder(&[("mine.toml", text.as_bytes())]);
    let got = run(dir.path(), dir.path(), &["formats", "check", "mine.toml"]);
    (got.status.code(), err(&got))
}

#[test]
fn a_failing_sample_is_explained_by_place_and_nearest_match() {
    let (code, told) = checked(&SHOP.replace("WARN north", "WRAN north"));
    assert_eq!(code, Some(2));
    assert!(told.contains("mine.toml:12: sample 1: does not match"), "{told}");
    let lines: Vec<&str> = told.lines().collect();
    let caret = lines.iter().position(|l| l.contains("^ column 24")).unwrap_or_else(|| panic!("{told}"));
    assert_eq!(lines[caret - 1].chars().nth(lines[caret].find('^').unwrap()), Some('W'), "it points at the word");
    assert!(told.contains("a word that is a level") && told.contains("`WRAN north"), "{told}");

    let (_, told) = checked(&SHOP.replace("## 2026-11-21 05:12:41 WARN", "## Nov 21 05:12:41 WARN"));
    assert!(told.contains("shape `iso`") && told.contains("is a time of shape `month-day`"), "{told}");
}

#[test]
fn all_that_differs_is_told_and_what_could_be_meant() {
    let two = SHOP.to_owned() + &SHOP[SHOP.find("[[sample]]").unwrap()..];
    let text = two
        .replace("level  = \"warning\"", "level  = \"info\"")
        .replace("fields = { shop", "fields = { shpo")
        .replace("05:12:41Z", "06:12:41Z");
    let (code, told) = checked(&text);
    assert_eq!(code, Some(2));
    for sample in ["sample 1", "sample 2"] {
        assert_eq!(told.matches(sample).count(), 3, "time, level and field of {sample}: {told}");
    }
    assert!(told.contains("time is 2026-11-21T05:12:41Z, not 2026-11-21T06:12:41Z"), "{told}");
    assert!(told.contains("level is warning, not info, read from `WARN`"), "{told}");
    assert!(told.contains("no field shpo; `shop` has this value"), "{told}");
}

#[test]
fn an_unknown_key_is_told_with_its_place_and_the_nearest_known_one() {
    let (code, told) = checked(&SHOP.replace("title", "tilte"));
    assert_eq!(code, Some(2));
    assert!(told.contains("line 1, column 1") && told.contains("did you mean `title`?"), "{told}");
    let (_, told) = checked(&SHOP.replace("<time:iso>", "<time:isoo>"));
    assert!(told.contains("did you mean `iso`?"), "{told}");
}

#[test]
fn json_says_where_it_breaks_and_which_key_is_missing() {
    let json = |sample: &str| {
        checked(&format!(
            "title = \"J\"\nabout = \"j\"\nrank = 90\ndecoder = \"json\"\n[keys]\nrequire = [\"shop\"]\ntime = [\"at\"]\n\
             [[sample]]\ntext = '{sample}'\ntime = \"2026-11-21T05:12:41Z\"\n"
        ))
        .1
    };
    assert!(
        json(r#"{"at":"2026-11-21T05:12:41Z","shpo":1}"#)
            .contains("key `shop`, which is missing; did you mean `shpo`?")
    );
    assert!(json(r#"{"shop":1,"at":"soon"}"#).contains("the value of `at` is no time"));
    let broken = json(r#"{"shop":1,,}"#);
    assert!(broken.contains("not JSON") && broken.contains("^ column 11"), "{broken}");
}

#[test]
fn a_format_that_would_take_the_line_away_is_named() {
    let text = "title = \"T\"\nabout = \"t\"\nrank = 2\n[[pattern]]\nline = '<time:iso> pid=<pid:int> tid=<thread> <message>'\n\
                [[sample]]\ntext = \"2026-11-21T05:12:41Z pid=1 tid=a INFO: x\"\ntime = \"2026-11-21T05:12:41Z\"\n";
    let (code, told) = checked(text);
    assert_eq!(code, Some(0), "it holds, but should be known: {told}");
    assert!(told.contains("`sidekiq` (rank 80) takes it away"), "{told}");
}

/// Definitions as lnav's documentation describes them; written for this test.
const LNAV: &str = r##"#! /usr/bin/env lnav -i
{
  "$schema": "https://lnav.org/schemas/format-v1.schema.json",
  /* two formats in a file */
  "shop_log": {
    "title": "Shop", "description": "The shop's own log.", "url": ["https://example.com/shop"],
    "regex": {
      "std": { "pattern": "^(?<ts>\\d{2}/\\w{3}/\\d{2} \\d{2}:\\d{2}:\\d{2}\\.\\d{3})\\|(?<sev>[A-Z]++)\\|(?<log_hostname>[^|]+)\\|(?<log_procname>\\w+)\\[(?<log_pid>\\d+)\\]\\|took=(?<ms>\\d+)\\|(?<body>.*)$" },
      "ahead": { "pattern": "^(?<ts>\\d+)(?= x)(?<body>.*)$" },
      "again": { "pattern": "^(?<ts>\\d+)(x)\\2(?<body>.*)$" }
    },
    "timestamp-field": "ts", "timestamp-format": ["%d/%b/%y %H:%M:%S.%L"],
    "level-field": "sev", "level": { "error": "BAD|WORSE", "warning": "HMM" },
    "duration-field": "ms", "duration-divisor": 1000,
    "highlights": { "x": { "pattern": "x" } }, "tags": {}, "file-pattern": "shop.*",
    "converter": { "command": "touch converted" },
    "value": { "ms": { "kind": "integer", "rewriter": ";SELECT 1" } },
    "sample": [
      { "line": "21/Nov/26 05:12:41.245|BAD|web1|shop[12]|took=40|payment \"7\" failed\n  at x", "level": "error" },
      { "line": "21/Nov/26 05:12:43.245|OPEN|web1|shop[12]|took=40|it's open", "level": "info" },
      { "line": "21/Nov/26 05:12:44.245|HMM|web1|shop[12]|took=40|wrong", "level": "error" }
    ]
  },
  "shop_json": {
    "title": "Shop JSON", "file-type": "json", "timestamp-field": "meta/at", "timestamp-divisor": 1000,
    "body-field": "said", "level-field": "sev", "level": { "error": 3, "warning": 4 },
    "line-format": [ { "field": "meta/at" }, " ", { "field": "said" } ],
    "sample": [ { "line": "{\"meta\":{\"at\":1795237961245},\"sev\":3,\"said\":\"no\"}", "level": "error" } ]
  },
  "lost_log": { "regex": { "a": { "pattern": "^(?<timestamp>\\S+) \\K(?<body>.*)" } }, "sample": [ { "line": "x y" } ] }
}
"##;

#[test]
fn lnavs_formats_are_converted_verified_and_installed_and_what_is_left_out_is_named() {
    let dir = folder(&[
        ("shop.json", LNAV.as_bytes()),
        ("web1.log", b"21/Nov/26 05:12:41.245|BAD|web9|shop[12]|took=40|payment failed\n  at x\n"),
    ]);
    let config = dir.path().join("config");
    let got = run(&config, dir.path(), &["formats", "import", "shop.json", "--install"]);
    let told = err(&got);
    assert_eq!(got.status.code(), Some(0), "{told}");
    for part in [
        "shop_log: 1 of 3 expressions, 2 of 3 samples hold",
        "expression `ahead`: looking ahead",
        "expression `again`: a reference to an earlier group",
        "sample 3 should be error, but is warning",
        "converter: a command",
        "never run",
        "tags",
        "file-pattern",
        "rewrite values are never run: ms",
        "shop_json: 1 of 1 samples hold",
        "lost_log: not converted",
        "`\\K`",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    assert!(!dir.path().join("converted").exists() && !config.join("causeline/formats/lost_log.toml").exists());
    let files = ["config/causeline/formats/shop_log.toml", "config/causeline/formats/shop_json.toml"];
    let check = run(&config, dir.path(), &["formats", "check", files[0], files[1]]);
    assert_eq!(check.status.code(), Some(0), "what is written holds against its own samples: {}", err(&check));

    let events = out(&run(&config, dir.path(), &["events", "web1.log", "--format", "jsonl"]));
    let event: serde_json::Value = serde_json::from_str(&events).unwrap();
    assert_eq!(event["format"], "shop_log");
    assert_eq!(event["time_utc"], "2026-11-21T05:12:41.245Z");
    assert_eq!(event["began_utc"], "2026-11-21T05:12:41.205Z");
    assert_eq!((event["level"].as_str(), event["host"].as_str()), (Some("error"), Some("web9")));
    assert_eq!(event["message"], "payment failed\n  at x");

    let again = run(&config, dir.path(), &["formats", "import", "shop.json", "--install"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(err(&again).contains("--force"), "{}", err(&again));
    let forced = run(&config, dir.path(), &["formats", "import", "shop.json", "--install", "--force"]);
    assert_eq!(forced.status.code(), Some(0), "{}", err(&forced));
}

#[test]
fn an_imported_format_is_printed_where_it_is_not_installed() {
    let dir = folder(&[("shop.json", LNAV.as_bytes()), ("none.json", b"{\"a\": 1}"), ("bad.json", b"{")]);
    let one = run(dir.path(), dir.path(), &["formats", "import", "shop.json", "--only", "shop_json"]);
    let text = out(&one);
    std::fs::write(dir.path().join("shop_json.toml"), &text).unwrap();
    let check = run(dir.path(), dir.path(), &["formats", "check", "shop_json.toml"]);
    assert_eq!(check.status.code(), Some(0), "{text}\n{}", err(&check));
    for file in ["none.json", "bad.json", "missing.json"] {
        assert_eq!(run(dir.path(), dir.path(), &["formats", "import", file]).status.code(), Some(2), "{file}");
    }
}

#[test]
fn a_strangers_definition_cannot_blow_up() {
    let mut patterns = vec!["(a{1000}){1000}".to_owned(), "(".repeat(5000), "[".repeat(5000), "\\".to_owned()];
    patterns.push(format!("^{}(?<timestamp>\\S+)$", "(x+x+)+".repeat(20)));
    let list: Vec<String> = patterns
        .iter()
        .enumerate()
        .map(|(i, p)| format!("\"p{i}\": {{\"pattern\": {}}}", serde_json::json!(p)))
        .collect();
    let text = format!(
        "{{\"x\u{1b}[2J_log\": {{\"title\": \"\\u001b[2J\\u202e\", \"regex\": {{{}}}, \"sample\": [{{\"line\": \"{}\"}}, 7, null]}}}}",
        list.join(","),
        "x".repeat(50_000)
    );
    let dir = folder(&[("evil.json", text.replace('\u{1b}', "\\u001b").as_bytes())]);
    let began = std::time::Instant::now();
    let got = run(dir.path(), dir.path(), &["formats", "import", "evil.json"]);
    assert_eq!(got.status.code(), Some(2), "{}", err(&got));
    assert!(began.elapsed().as_secs() < 30);
    assert!(![got.stdout, got.stderr].concat().contains(&0x1b));
}
