//! The command line: exit codes, options, the forms of its output.

use serde_json::Value;

use crate::tools::{folder, root, run, stdout};

const SAMPLE: &str = "sample-logs/failover-that-never-promoted";

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn events(dir: &std::path::Path, args: &[&str]) -> Vec<Value> {
    let args: Vec<&str> = ["events", "--format", "jsonl"].iter().chain(args).copied().collect();
    stdout(dir, &args).lines().map(json).collect()
}

#[test]
fn wrong_usage_exits_2_and_help_exits_0() {
    let dir = folder(&[]);
    for args in [
        &["events"][..],
        &["events", "--no-such-option", "."],
        &["no-such-command-or-file", "--x"],
        &["events", ".", "--tz", "Mars"],
        &["events", ".", "--source-tz", "x"],
        &["report", ".", "--level", "loud"],
        &["events", ".", "--since", "soon"],
        &["formats", "show", "nothing"],
    ] {
        let out = run(dir.path(), args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert!(out.stdout.is_empty() && !out.stderr.is_empty(), "{args:?}");
    }
    for args in [&["--help"][..], &["events", "--help"], &["--version"]] {
        assert!(!stdout(dir.path(), args).is_empty());
    }
}

#[test]
fn without_a_display_one_sentence_names_the_command_that_does_the_same() {
    let out = run(&root(), &[SAMPLE]);
    assert_eq!(out.status.code(), Some(2));
    let err = String::from_utf8(out.stderr).unwrap();
    assert_eq!(err.trim().lines().count(), 1, "{err}");
    assert!(err.contains(&format!("causeline events {SAMPLE}")), "{err}");
}

#[test]
fn names_of_files_and_hosts_cannot_steer_the_terminal() {
    let dir = folder(&[
        ("a\u{1b}[2J.log", b"2026-01-01T00:00:00Z one\n".as_slice()),
        ("b\u{1b}[2J/app.log", b"2026-01-01T00:00:00Z two\n"),
    ]);
    for command in ["sources", "clocks", "events", "report"] {
        let out = run(dir.path(), &[command, ".", "no\u{1b}[2Jsuch"]);
        let text = [out.stdout, out.stderr].concat();
        assert!(!text.contains(&0x1b), "{command}: {}", String::from_utf8_lossy(&text));
        assert!(String::from_utf8_lossy(&text).contains("␛[2J"), "{command} still names the file");
    }
}

#[test]
fn events_have_the_fields_of_the_contract() {
    let all = events(&root(), &[SAMPLE]);
    let expected = [
        "file",
        "line",
        "end_line",
        "byte_offset",
        "byte_len",
        "time_utc",
        "corrected_utc",
        "band_ns",
        "assumed",
        "host",
        "process",
        "pid",
        "thread",
        "level",
        "format",
        "message",
        "out_of_order",
    ];
    for field in expected {
        assert!(all.iter().all(|e| e.get(field).is_some()), "{field}");
    }
    let kernel = all.iter().find(|e| e["file"] == "pg01/kern.log").unwrap();
    assert_eq!(kernel["assumed"], serde_json::json!(["year", "zone"]));
    assert_eq!((kernel["host"].as_str(), kernel["process"].as_str()), (Some("pg01"), Some("kernel")));
    let times: Vec<&str> = all.iter().filter_map(|e| e["time_utc"].as_str()).collect();
    assert!(times.len() > 3000);
}

#[test]
fn sources_have_the_fields_of_the_contract() {
    let list = json(&stdout(&root(), &["sources", SAMPLE, "--format", "json"]));
    for s in list.as_array().unwrap() {
        for field in [
            "file",
            "format",
            "confidence",
            "host",
            "records",
            "lines",
            "bytes",
            "zone",
            "zone_from",
            "year_from",
            "first_utc",
            "last_utc",
            "compressed",
        ] {
            assert!(s.get(field).is_some(), "{field}");
        }
        let parts: u64 = s["accounted"].as_object().unwrap().values().map(|v| v.as_u64().unwrap()).sum();
        assert_eq!(parts, s["bytes"].as_u64().unwrap(), "{}", s["file"]);
    }
}

#[test]
fn paths_are_relative_to_the_folder_given_or_as_given() {
    let dir = folder(&[("logs/web1/app.log", b"2026-01-01T00:00:00Z x\n")]);
    let file = |args: &[&str]| events(dir.path(), args)[0]["file"].as_str().unwrap().to_owned();
    assert_eq!(file(&["logs"]), "web1/app.log");
    assert_eq!(file(&["logs/web1/app.log"]), "logs/web1/app.log");
    assert_eq!(events(dir.path(), &["logs"])[0]["host"], "web1");
}

#[test]
fn options_decide_zone_date_and_host() {
    let dir = folder(&[
        ("db1/x.log", b"2026-07-01 12:00:00 naive\n"),
        ("db2/syslog", b"Dec 31 23:59:59 db2 a: b\nJan  1 00:00:01 db2 a: c\n"),
    ]);
    let at = |args: &[&str], row: usize| events(dir.path(), &[&["."], args].concat())[row].clone();
    let row = |args: &[&str], file: &str| (0..3).map(|i| at(args, i)).find(|e| e["file"] == file).unwrap();
    assert_eq!(row(&["--source-tz", "db1/*=Europe/Berlin"], "db1/x.log")["time_utc"], "2026-07-01T10:00:00Z");
    assert_eq!(row(&["--default-tz", "+02:00"], "db1/x.log")["time_utc"], "2026-07-01T10:00:00Z");
    assert_eq!(row(&["--host", "x.log=shop"], "db1/x.log")["host"], "shop");
    let years = events(dir.path(), &["db2", "--base-date", "syslog=2022-12-31"]);
    let times: Vec<_> = years.iter().map(|e| e["time_utc"].as_str().unwrap()).collect();
    assert_eq!(times, ["2022-12-31T23:59:59Z", "2023-01-01T00:00:01Z"], "one second over New Year");
}

#[test]
fn since_and_until_cut_the_timeline() {
    let dir = folder(&[("a.log", b"2026-01-01T00:00:00Z x\n2026-01-01T00:00:01Z y\n2026-01-01T00:00:02Z z\n")]);
    let got = events(dir.path(), &["a.log", "--since", "2026-01-01T00:00:01Z", "--until", "2026-01-01T00:00:02Z"]);
    assert_eq!(got.len(), 1);
    assert_eq!(got[0]["message"], "y");
    let local = stdout(dir.path(), &["events", "a.log", "--tz", "Europe/Berlin", "--since", "2026-01-01 01:00:02"]);
    assert!(local.starts_with("2026-01-01 01:00:02"), "{local}");
    assert_eq!(local.lines().count(), 1);
}

#[test]
fn output_goes_to_a_file_and_a_closed_pipe_ends_quietly() {
    let dir = folder(&[("a.log", b"2026-01-01T00:00:00Z x\n")]);
    assert_eq!(stdout(dir.path(), &["events", "a.log", "-o", "out.txt"]), "");
    assert!(std::fs::read_to_string(dir.path().join("out.txt")).unwrap().contains(" x"));
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_causeline"))
        .args(["events", SAMPLE])
        .env("XDG_CONFIG_HOME", root().join("tests/no-such-configuration"))
        .current_dir(root())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let out = child.wait_with_output().unwrap();
    assert_eq!((out.status.code(), out.stderr.len()), (Some(0), 0));
}

#[test]
fn csv_has_one_line_a_record_and_a_header() {
    let dir = folder(&[("a.log", b"2026-01-01T00:00:00Z a, \"b\"\n2026-01-01T00:00:01Z =1+1\n")]);
    let out = stdout(dir.path(), &["events", "a.log", "--format", "csv"]);
    let lines: Vec<&str> = out.lines().collect();
    assert!(lines[0].starts_with("file,line,time_utc"));
    assert!(lines[1].contains("\"a, \"\"b\"\"\""), "{}", lines[1]);
    assert!(lines[2].contains("\"'=1+1\""), "{}", lines[2]);
}

#[test]
fn a_report_prints_marks_and_comments_of_a_case() {
    let dir =
        folder(&[("logs/a.log", b"2026-01-01T00:00:00Z quiet line\n2026-01-01T00:00:01Z ERROR loud `line` | @you\n")]);
    let hash = causeline::case::hash(b"2026-01-01T00:00:00Z quiet line");
    let case = format!(
        "version = 1\nsources = [\"logs\"]\n[[annotation]]\nfile = \"a.log\"\nline = 1\nhash = \"{hash}\"\ncomment = \"it began | here\"\n\
         [[annotation]]\nfile = \"a.log\"\nline = 9\nhash = \"0000\"\n"
    );
    std::fs::write(dir.path().join("c.causeline.toml"), case).unwrap();
    let out = stdout(dir.path(), &["report", "--case", "c.causeline.toml", "--level", "warning"]);
    assert!(out.contains("it began \\| here"), "{out}");
    assert!(out.contains("no longer in the logs"), "{out}");
    assert!(
        out.contains("``ERROR") || out.contains("`` loud `line` \\| @you ``") || out.contains("loud `line` \\| @you"),
        "{out}"
    );
    assert!(out.contains("it began \\| here<br>`quiet line` |"), "{out}");
}

#[test]
fn formats_are_listed_shown_and_checked() {
    let dir = folder(&[]);
    let list = stdout(dir.path(), &["formats"]);
    assert!(list.contains("pacemaker") && list.contains("postgres-csv"));
    let shown = stdout(dir.path(), &["formats", "show", "redis"]);
    std::fs::write(dir.path().join("mine.toml"), &shown).unwrap();
    assert!(stdout(dir.path(), &["formats", "check", "mine.toml"]).contains("ok"));
    std::fs::write(dir.path().join("wrong.toml"), shown.replace("level  = \"notice\"", "level  = \"info\"")).unwrap();
    assert_eq!(run(dir.path(), &["formats", "check", "mine.toml", "wrong.toml"]).status.code(), Some(2));
}

#[test]
fn a_report_has_the_title_zone_template_and_parts_that_are_asked_for() {
    let log: String = (0..900)
        .map(|i| format!("2026-10-10T13:{:02}:{:02}.000Z ERROR request {i} failed | `x` @ops #12\n", i / 60, i % 60))
        .collect();
    let template = "# {{title}}\n\nOurs.\n\n{{timeline}}\n";
    let dir = folder(&[("a.log", log.as_bytes()), ("t.md", template.as_bytes()), ("bad.md", b"{{timelime}}")]);
    let report =
        |more: &[&str]| stdout(dir.path(), &[&["report", "a.log", "--level", "error", "--rows", "900"], more].concat());
    let own = report(&["--title", "The night", "--second-tz", "Europe/Berlin", "--template", "t.md"]);
    assert!(own.starts_with("# The night\n\nOurs.\n\n"), "{own}");
    assert!(own.contains("| Time (UTC) | Time (Europe/Berlin) |") && own.contains("15:00:01"), "{own}");
    assert!(!own.contains("## Summary"));
    let list = report(&["--list"]);
    assert!(list.contains("- `13:00:01") && !list.contains("| Time (UTC) |"), "{list}");
    let wrong = run(dir.path(), &["report", "a.log", "--template", "bad.md"]);
    let said = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(wrong.status.code() == Some(2) && said.contains("timelime") && said.contains("timeline"), "{said}");
    assert_eq!(run(dir.path(), &["report", "a.log", "--parts"]).status.code(), Some(2), "parts want a name");
    report(&["--parts", "-o", "r.md"]);
    let parts: Vec<String> =
        (1..).map_while(|n| std::fs::read_to_string(dir.path().join(format!("r-{n}.md"))).ok()).collect();
    assert!(parts.len() > 1 && parts.iter().all(|p| p.len() <= 60_000), "{}", parts.len());
    let rows = |text: &str| text.lines().filter(|l| l.contains("failed")).count();
    assert_eq!(parts.iter().map(|p| rows(p)).sum::<usize>(), rows(&report(&[])), "no row is lost between parts");
}
