//! Secrets planted in logs and in a case: none leaves in any form of report or events.

use std::fmt::Write as _;

use crate::redact::{left_in, planted};
use crate::tools::{folder, run, stdout};

/// Every form in which something leaves, and what asks for all of it.
const FORMS: [&[&str]; 12] = [
    &["report", "--format", "markdown", "--level", "all", "--rows", "100000"],
    &["report", "--format", "markdown", "--level", "all", "--rows", "100000", "--list", "--mermaid"],
    &["report", "--format", "html", "--level", "all", "--rows", "100000"],
    &["report", "--format", "json", "--level", "all", "--rows", "100000"],
    &["events", "--format", "text"],
    &["events", "--format", "jsonl"],
    &["events", "--format", "csv"],
    &["events", "--format", "timesketch-csv"],
    &["events", "--format", "timesketch-jsonl"],
    &["events", "--format", "chrome-trace"],
    &["events", "--format", "otlp"],
    &["events", "--format", "jsonl", "--filter", "level>=info"],
];

#[test]
fn no_planted_secret_leaves_in_any_form() {
    // Fifty of each kind; `CAUSELINE_REDACT_PLANTS=500` takes longer.
    let n = std::env::var("CAUSELINE_REDACT_PLANTS").map_or(50, |n| n.parse().unwrap());
    let all = planted(n, 11);
    let mut log = String::new();
    for (i, (_, _, line)) in all.iter().enumerate() {
        let (minute, second) = (i / 60 % 60, i % 60);
        // What has several lines (a private key) is one record; its other lines state no time.
        writeln!(log, "2026-10-10 13:{minute:02}:{second:02}.{:03} ERROR [worker] {line}", i % 1000).unwrap();
    }
    let dir = folder(&[("logs/app7/app.log", log.as_bytes())]);
    stdout(dir.path(), &["case", "new", "logs", "-o", "c.causeline.toml"]);
    let in_case = [&all[0], &all[3], &all[5], &all[7]];
    for (i, (_, _, line)) in in_case.iter().enumerate() {
        let at = ["--at", "13:20"];
        let on = ["--on", "app7/app.log:3"];
        let place = if i % 2 == 0 { at } else { on };
        let line = line.replace('\n', " ");
        let note = ["note", "add", "--case", "c.causeline.toml", "--kind", "key-moment", "--tag", "t"];
        stdout(dir.path(), &[&note[..], &place[..], &["--", line.as_str()][..]].concat());
    }
    let secrets: Vec<String> = all.iter().map(|(_, secret, _)| secret.clone()).collect();
    for form in FORMS {
        let plain = stdout(dir.path(), &[form, &["--case", "c.causeline.toml"][..]].concat());
        assert!(left_in(&plain, &secrets).len() * 2 > secrets.len(), "{form:?} shows what the logs say");
        let hidden = stdout(dir.path(), &[form, &["--case", "c.causeline.toml", "--redact"][..]].concat());
        let left = left_in(&hidden, &secrets);
        assert!(left.is_empty(), "{form:?}: {} left: {:?}", left.len(), left.iter().take(8).collect::<Vec<_>>());
        assert!(hidden.contains("address-1"), "{form:?} has pseudonyms");
    }
}

#[test]
fn what_would_be_replaced_is_listed_and_a_wrong_pattern_stops_everything() {
    let log = "2026-10-10 13:00:00.000 ERROR [w] login of user=bob from 10.1.2.3 with token order-17\n";
    let dir = folder(&[("a.log", log.as_bytes())]);
    for what in ["report", "events"] {
        let page = stdout(dir.path(), &[what, "a.log", "--redact-preview"]);
        assert!(page.contains("address-1  10.1.2.3") && page.contains("stay"), "{page}");
        let own = stdout(
            dir.path(),
            &[what, "a.log", "--redact-also", "order-[0-9]+", "--level", "all"][..if what == "report" { 6 } else { 4 }],
        );
        assert!(!own.contains("order-17") && !own.contains("10.1.2.3") && own.contains("own-1"), "{own}");
        let wrong = run(dir.path(), &[what, "a.log", "--redact-also", "("]);
        assert_eq!(wrong.status.code(), Some(2));
        assert!(wrong.stdout.is_empty() && String::from_utf8_lossy(&wrong.stderr).contains("redaction pattern 1"));
    }
}
