//! Case files as scripts and people meet them: `case new|show|check`, `note add|list|rm`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::tools::{folder, run, stdout};

const LOG: &str = "2026-10-10T13:08:58Z web1 app[1]: one\n2026-10-10T13:08:59Z web1 app[1]: two\n\
                   2026-10-10T13:09:00Z web1 app[1]: three\n";

fn logs() -> tempfile::TempDir {
    let dir =
        folder(&[("logs/web1/app.log", LOG.as_bytes()), ("logs/web2/app.log", LOG.replace("web1", "web2").as_bytes())]);
    stdout(dir.path(), &["case", "new", "logs"]);
    dir
}

fn json(dir: &Path, args: &[&str]) -> Value {
    serde_json::from_str(&stdout(dir, args)).unwrap()
}

fn add(dir: &Path, args: &[&str]) -> String {
    let mut all = vec!["note", "add", "--case", "logs.causeline.toml"];
    all.extend(args);
    stdout(dir, &all).trim().to_owned()
}

#[test]
fn a_case_says_what_it_was_made_of_and_is_not_replaced() {
    let dir = logs();
    let text = std::fs::read_to_string(dir.path().join("logs.causeline.toml")).unwrap();
    assert!(text.contains("sources = [\"logs\"]") && text.matches("[[source]]").count() == 2, "{text}");
    let again = run(dir.path(), &["case", "new", "logs"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&again.stderr).contains("there is a case already"));
    assert_eq!(std::fs::read_to_string(dir.path().join("logs.causeline.toml")).unwrap(), text);
    let sum = Command::new("sha256sum").arg(dir.path().join("logs/web1/app.log")).output();
    if let Ok(sum) = sum {
        let sum = String::from_utf8_lossy(&sum.stdout).into_owned();
        assert!(text.contains(sum.split(' ').next().unwrap()), "the sum is the one that sha256sum prints");
    }
    // From another folder, and with the logs elsewhere than the case.
    stdout(dir.path(), &["case", "new", "logs/web1", "-o", "cases.causeline.toml"]);
    std::fs::create_dir(dir.path().join("elsewhere")).unwrap();
    stdout(&dir.path().join("elsewhere"), &["case", "check", "../cases.causeline.toml"]);
}

#[test]
fn notes_are_written_listed_and_taken_away() {
    let dir = logs();
    assert_eq!(
        add(
            dir.path(),
            &["--on", "web1/app.log:2", "--kind", "trigger", "--author", "ada", "--tag", "db", "it *began*"]
        ),
        "1"
    );
    assert_eq!(add(dir.path(), &["--at", "~15:05", "--tz", "Europe/Berlin", "--until", "15:20", "called"]), "2");
    assert_eq!(add(dir.path(), &["--at", "13:00–13:10", "-- dashes"]), "3");
    let notes = json(dir.path(), &["note", "list", "--case", "logs.causeline.toml", "--format", "json"]);
    let of = |i: usize, key: &str| notes[i][key].clone();
    assert_eq!((of(0, "kind"), of(0, "author"), of(0, "state")), ("trigger".into(), "ada".into(), "found".into()));
    assert_eq!(of(0, "now"), serde_json::json!({"file": "web1/app.log", "line": 2}));
    assert_eq!(of(0, "time_utc"), "2026-10-10T13:08:59Z");
    assert_eq!((of(1, "time_utc"), of(1, "until_utc")), ("~2026-10-10T13:05Z".into(), "2026-10-10T13:20Z".into()));
    assert_eq!((of(2, "until_utc"), of(2, "comment")), ("2026-10-10T13:10Z".into(), "-- dashes".into()));
    let text = stdout(dir.path(), &["note", "list", "--case", "logs.causeline.toml", "--tz", "Europe/Berlin"]);
    assert!(text.contains("2026-10-10 15:08:59  Trigger  web1/app.log:2  ada  [db]"), "{text}");
    assert!(text.contains("it *began*") && text.contains("| two"), "{text}");

    stdout(dir.path(), &["note", "rm", "--case", "logs.causeline.toml", "2"]);
    let gone = run(dir.path(), &["note", "rm", "--case", "logs.causeline.toml", "2"]);
    assert_eq!(gone.status.code(), Some(2));
    for wrong in [
        &["--on", "web1/app.log:99", "x"][..],
        &["--at", "noon", "x"],
        &["--at", "13:00", "--until", "12:00", "x"],
        &["--at", "13:00", "--kind", "guess", "x"],
        &["x"],
    ] {
        let mut all = vec!["note", "add", "--case", "logs.causeline.toml"];
        all.extend(wrong);
        assert_eq!(run(dir.path(), &all).status.code(), Some(2), "{wrong:?}");
    }
    let out = run(dir.path(), &["note", "add", "--case", "none.causeline.toml", "--at", "13:00", "x"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("case new"), "it says how to make one");
    assert!(!dir.path().join("none.causeline.toml").exists());
}

#[test]
fn it_is_told_what_became_of_logs_and_notes() {
    let dir = logs();
    add(dir.path(), &["--on", "web1/app.log:2", "first"]);
    add(dir.path(), &["--on", "web2/app.log:3", "second"]);
    let check = |more: &[&str]| {
        let mut args = vec!["case", "check", "logs.causeline.toml"];
        args.extend(more);
        let out = run(dir.path(), &args);
        (out.status.code(), String::from_utf8_lossy(&out.stdout).into_owned())
    };
    let (code, text) = check(&[]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("2 logs, each as it was") && text.contains("all 2 found"), "{text}");

    // Rotated and grown: the notes are found, and what happened is told.
    let at = |p: &str| dir.path().join("logs").join(p);
    std::fs::rename(at("web1/app.log"), at("web1/app.log.1")).unwrap();
    std::fs::write(at("web1/app.log"), "2026-10-10T14:00:00Z web1 app[2]: anew\n").unwrap();
    std::fs::write(at("web2/app.log"), LOG.replace("web1", "web2") + "2026-10-10T14:00:00Z web2 app[1]: more\n")
        .unwrap();
    let (code, text) = check(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("web1/app.log is web1/app.log.1 now"), "{text}");
    assert!(text.contains("web2/app.log has grown by") && text.contains("all 2 found"), "{text}");
    let (code, _) = check(&["--accept"]);
    assert_eq!((code, check(&[]).0), (Some(0), Some(0)));

    std::fs::remove_file(at("web1/app.log.1")).unwrap();
    let (code, text) = check(&[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("web1/app.log.1 MISSING") && text.contains("1 of 2 LOST"), "{text}");
    assert!(text.contains("first"), "the lost note is shown: {text}");
    let shown = json(dir.path(), &["case", "show", "logs.causeline.toml", "--format", "json"]);
    assert_eq!((&shown["notes"][0]["state"], &shown["notes"][1]["state"]), (&"lost".into(), &"found".into()));
    std::fs::write(dir.path().join("logs.causeline.toml"), "nonsense").unwrap();
    assert_eq!(check(&[]).0, Some(2));
}

#[test]
fn notes_of_many_scripts_at_once_are_all_kept() {
    let dir = logs();
    let texts: Vec<String> = (0..24).map(|i| format!("note {i}")).collect();
    std::thread::scope(|scope| {
        for texts in texts.chunks(6) {
            scope.spawn(|| texts.iter().for_each(|t| drop(add(dir.path(), &["--on", "web1/app.log:1", t]))));
        }
    });
    let notes = json(dir.path(), &["note", "list", "--case", "logs.causeline.toml", "--format", "json"]);
    let mut got: Vec<&str> = notes.as_array().unwrap().iter().map(|n| n["comment"].as_str().unwrap()).collect();
    let mut want: Vec<&str> = texts.iter().map(String::as_str).collect();
    got.sort_unstable();
    want.sort_unstable();
    assert_eq!(got, want);
    let ids: std::collections::BTreeSet<u64> =
        notes.as_array().unwrap().iter().map(|n| n["id"].as_u64().unwrap()).collect();
    assert_eq!(ids.len(), 24, "each has a number of its own");
    let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing else is left in the folder: {left:?}");
}
