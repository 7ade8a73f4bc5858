//! Findings: the five founding incidents told with their true cause on top, and what the command line promises.

use std::path::Path;

use serde_json::Value;

use crate::tools::{folder, golden, root, run, stdout};

fn findings(dir: &Path, path: &str) -> Value {
    serde_json::from_str(&stdout(dir, &["findings", path, "--format", "json"])).unwrap()
}

/// Rule, severity and role of the finding of this rank.
fn at(found: &Value, rank: usize) -> (String, String, String) {
    let f = &found["findings"].as_array().unwrap().get(rank - 1).unwrap();
    let word = |name: &str| f[name].as_str().unwrap_or_default().to_owned();
    (word("rule"), word("severity"), word("role"))
}

fn rules(found: &Value) -> Vec<String> {
    let list = found["findings"].as_array().unwrap();
    list.iter().map(|f| f["rule"].as_str().unwrap().to_owned()).collect()
}

fn of_rule<'v>(found: &'v Value, rule: &str) -> &'v Value {
    let list = found["findings"].as_array().unwrap();
    list.iter().find(|f| f["rule"] == rule).unwrap_or_else(|| panic!("no finding of {rule}: {:?}", rules(found)))
}

/// `file:line` of each record of evidence.
fn evidence(finding: &Value) -> Vec<String> {
    let list = finding["evidence"].as_array().unwrap();
    list.iter().map(|e| format!("{}:{}", e["file"].as_str().unwrap(), e["line"])).collect()
}

fn cites(finding: &Value, place: &str) -> bool {
    evidence(finding).iter().any(|e| e == place)
}

/// Reads one sample, keeps what it says as text beside the tests, and hands out the JSON.
fn sample(name: &str) -> Value {
    let path = format!("sample-logs/{name}");
    golden(&format!("{name}.findings.txt"), &stdout(&root(), &["findings", &path]));
    findings(&root(), &path)
}

#[test]
fn accounts_vanished_because_a_replica_lagged() {
    let found = sample("accounts-that-vanished");
    let first = &found["findings"][0];
    assert_eq!(first["rule"], "replication-lag");
    assert!(cites(first, "db3/postgresql-15-main.json:165"), "{:?}", evidence(first));
    assert!(cites(of_rule(&found, "stale-read"), "api1/app.log:415"));
    let merged = of_rule(&found, "destructive-action-after-stale-read");
    assert!(cites(merged, "worker1/worker.log:458") && cites(merged, "worker1/worker.log:459"));
    assert_eq!((&merged["severity"], &merged["role"]), (&"critical".into(), &"impact".into()));
}

#[test]
fn ids_were_handed_out_twice_because_statements_never_reached_the_standby() {
    let found = sample("ids-handed-out-twice");
    assert_eq!(at(&found, 1).0, "statements-not-replicated");
    assert!(cites(&found["findings"][0], "sql1/mysql.log:87"));
    assert!(rules(&found).contains(&"sequence-decrease".to_owned()));
    assert!(rules(&found).contains(&"duplicate-create".to_owned()));
    let swap = of_rule(&found, "change-suspect");
    assert!(cites(swap, "dba/maintenance.txt:4"), "the swap brought it to light: {:?}", evidence(swap));
}

#[test]
fn nobody_was_promoted_because_a_placement_rule_forbade_it() {
    let found = sample("failover-that-never-promoted");
    assert_eq!(found["findings"][0]["role"], "trigger");
    assert!(cites(&found["findings"][0], "pg01/kern.log:1"), "storage began it");
    let story = &found["stories"][0];
    let defect = usize::try_from(story["defect"].as_u64().unwrap()).unwrap();
    assert_eq!(at(&found, defect).0, "promotion-blocked-by-placement");
    assert!(cites(&found["findings"][defect - 1], "pg02/pacemaker.log:442"), "the rule is named with its line");
    assert!(rules(&found).contains(&"failover-never-promoted".to_owned()));
}

#[test]
fn two_servers_had_one_directory_and_the_backups_were_empty_before() {
    let found = sample("two-servers-one-directory");
    let shared = of_rule(&found, "shared-data-directory");
    assert!(cites(shared, "prod/syslog:140") && cites(shared, "prod/syslog:153"), "{:?}", evidence(shared));
    assert_eq!(found["findings"][0]["rule"], "shared-data-directory", "the cause on top");
    let empty = of_rule(&found, "backup-empty");
    assert!(cites(empty, "prod/syslog:32"), "anchored at the first effect, in November: {:?}", evidence(empty));
}

#[test]
fn backups_hung_since_an_upgrade() {
    let found = sample("backups-that-never-finished");
    let first = &found["findings"][0];
    assert_eq!(first["rule"], "change-suspect");
    assert_eq!(evidence(first), ["social/dpkg.log:33"], "none of the other seven upgrades");
    let hung = found["findings"].as_array().unwrap().iter().find(|f| cites(f, "social/db-backup.log:21")).unwrap();
    assert_eq!(hung["rule"], "never-finished");
    assert!(hung["first_utc"].as_str().unwrap().starts_with("2018-03-11T08:00"), "not the discovery in May");
    assert!(cites(of_rule(&found, "backup-shrunk"), "s3sync/offsite.log:11"));
}

/// A small application whose ids go back.
const BACK: &str = r#"{"ts":"2026-01-05T10:00:00.000Z","level":"info","msg":"order created","id":101,"rid":"a1"}
{"ts":"2026-01-05T10:00:01.000Z","level":"info","msg":"order created","id":102,"rid":"a2"}
{"ts":"2026-01-05T10:00:02.000Z","level":"info","msg":"order created","id":103,"rid":"a3"}
{"ts":"2026-01-05T10:00:03.000Z","level":"info","msg":"order created","id":104,"rid":"a4"}
{"ts":"2026-01-05T10:00:04.000Z","level":"info","msg":"order created","id":105,"rid":"a5"}
{"ts":"2026-01-05T10:00:05.000Z","level":"info","msg":"order created","id":160,"rid":"a6"}
{"ts":"2026-01-05T10:00:06.000Z","level":"info","msg":"order created","id":101,"rid":"b1"}
{"ts":"2026-01-05T10:00:07.000Z","level":"info","msg":"order created","id":102,"rid":"b2"}
{"ts":"2026-01-05T10:00:08.000Z","level":"info","msg":"order created","id":103,"rid":"b3"}
"#;

#[test]
fn the_json_has_what_the_contract_names() {
    let dir = folder(&[("app1/app.log", BACK.as_bytes())]);
    let found = findings(dir.path(), ".");
    for name in ["title", "trigger", "defect", "impact"] {
        assert!(found["stories"][0].get(name).is_some(), "{name} of a story");
    }
    let names = [
        "rank",
        "rule",
        "severity",
        "confidence",
        "role",
        "title",
        "explanation",
        "keys",
        "hosts",
        "first_utc",
        "last_utc",
        "count",
        "evidence",
        "benign",
    ];
    for (i, f) in found["findings"].as_array().unwrap().iter().enumerate() {
        for name in names {
            assert!(f.get(name).is_some(), "{name} of {f}");
        }
        assert_eq!(f["rank"], i + 1);
        let sure = f["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&sure));
    }
    let twice = of_rule(&found, "duplicate-create");
    assert_eq!((&twice["count"], &twice["keys"]["kind"]), (&3.into(), &"order".into()));
    assert_eq!(evidence(twice).first().map(String::as_str), Some("app1/app.log:1"), "the earliest first");
}

#[test]
fn a_grave_finding_fails_the_run_only_when_asked() {
    let dir = folder(&[("app1/app.log", BACK.as_bytes()), ("quiet/app.log", BACK.lines().next().unwrap().as_bytes())]);
    let code = |args: &[&str]| run(dir.path(), args).status.code();
    assert_eq!(code(&["findings", "app1"]), Some(0));
    assert_eq!(code(&["findings", "app1", "--fail-on", "critical"]), Some(1));
    assert_eq!(code(&["findings", "quiet", "--fail-on", "low"]), Some(0));
    assert_eq!(code(&["findings", "app1", "--fail-on", "loud"]), Some(2));
    assert_eq!(code(&["findings", "nowhere"]), Some(2));
}

#[test]
fn nothing_wrong_is_said_so() {
    let dir = folder(&[("app1/app.log", BACK.lines().next().unwrap().as_bytes())]);
    let text = stdout(dir.path(), &["findings", "."]);
    assert!(text.contains("Nothing is out of order that the rules know"), "{text}");
}

#[test]
fn log_text_in_findings_cannot_harm_a_terminal_or_a_page() {
    // The request that created order 101 is shown beside the record that proves it.
    let evil = BACK.replace("\"a1\"", "\"\\u001b[2J|<b>@all\\u202e\"");
    let dir = folder(&[("app1/app.log", evil.as_bytes())]);
    let text = stdout(dir.path(), &["findings", "."]);
    let page = stdout(dir.path(), &["report", "."]);
    assert!(text.contains("order 101 is created (␛[2J|<b>@all"), "it is shown: {text}");
    assert!(!text.contains(['\u{1b}', '\u{202e}']) && !page.contains(['\u{1b}', '\u{202e}']));
    let told = page.lines().find(|l| l.starts_with("- ") && l.contains("is created (`")).unwrap();
    let code = told.split("is created (`").nth(1).and_then(|t| t.split('`').next()).unwrap();
    assert!(code.contains("|<b>@all"), "{told}");
}

#[test]
fn only_what_was_going_on_is_told_when_a_time_is_given() {
    let dir = folder(&[("app1/app.log", BACK.as_bytes())]);
    let told = |args: &[&str]| {
        let all = [&["findings", ".", "--format", "json"], args].concat();
        let found: Value = serde_json::from_str(&stdout(dir.path(), &all)).unwrap();
        let ranks = found["stories"].as_array().unwrap().iter().map(|s| s["impact"][0].as_u64().unwrap());
        for rank in ranks {
            assert_eq!(at(&found, usize::try_from(rank).unwrap()).2, "impact", "ranks still lead to their findings");
        }
        rules(&found)
    };
    assert!(told(&["--since", "2026-01-05T10:00:05Z"]).contains(&"duplicate-create".to_owned()));
    assert!(told(&["--until", "2026-01-05T10:00:03Z"]).is_empty());
    assert!(told(&["--since", "2026-01-05T11:00:00Z"]).is_empty());
}

/// A rule that nobody ships.
const OWN: &str = r#"
title    = "{times} orders were created"
severity = "medium"
role     = "impact"
explain  = "The first of them is {seen.id} ({seen.line})."
[[when]]
[when.occurs]
of       = { fact = "id.create", where = { kind = "^order$" } }
at_least = 5
[[sample]]
fires = true
[sample.logs]
"a/app.log" = '''
{"ts":"2026-01-05T10:00:00Z","msg":"order created","id":1}
{"ts":"2026-01-05T10:00:01Z","msg":"order created","id":2}
{"ts":"2026-01-05T10:00:02Z","msg":"order created","id":3}
{"ts":"2026-01-05T10:00:03Z","msg":"order created","id":4}
{"ts":"2026-01-05T10:00:04Z","msg":"order created","id":5}
'''
[[sample]]
fires = false
[sample.logs]
"a/app.log" = '{"ts":"2026-01-05T10:00:00Z","msg":"order created","id":1}'
"#;

#[test]
fn a_rule_of_ones_own_is_checked_and_used() {
    let dir = folder(&[("app1/app.log", BACK.as_bytes()), ("many-orders.toml", OWN.as_bytes())]);
    assert!(stdout(dir.path(), &["rules", "check", "many-orders.toml"]).contains("ok, 2 samples"));
    let out = stdout(dir.path(), &["findings", "app1", "--rule", "many-orders.toml", "--format", "json"]);
    assert!(rules(&serde_json::from_str(&out).unwrap()).contains(&"many-orders".to_owned()));
    assert!(!rules(&findings(dir.path(), "app1")).contains(&"many-orders".to_owned()));
}

#[test]
fn rules_are_listed_and_shown() {
    let list = stdout(&root(), &["rules"]);
    let names = ["sequence-decrease", "stale-read", "failover-never-promoted", "promotion-blocked-by-placement"];
    for name in names {
        assert!(list.lines().any(|l| l.starts_with(name)), "{name}");
        assert!(stdout(&root(), &["rules", "show", name]).contains("[[when]]"));
    }
    assert_eq!(run(&root(), &["rules", "show", "none-such"]).status.code(), Some(2));
}

/// Lines of a cron daemon, one a night, without those of some nights.
fn nights(missing: &[u32]) -> String {
    let line = |day: u32| {
        format!("2026-10-{day:02}T04:15:0{}+00:00 app1 CRON[812]: (root) CMD (/usr/local/bin/report)\n", day % 3)
    };
    (1..=20).filter(|day| !missing.contains(day)).map(line).collect()
}

#[test]
fn a_job_that_skips_its_nights_is_found_and_a_regular_one_is_not() {
    let dir = folder(&[("app1/syslog", nights(&[11, 12]).as_bytes())]);
    let found = findings(dir.path(), "app1");
    let missed = of_rule(&found, "missed-schedule");
    assert_eq!(evidence(missed), ["syslog:10", "syslog:11"]);
    let dir = folder(&[("app1/syslog", nights(&[]).as_bytes())]);
    assert_eq!(rules(&findings(dir.path(), "app1")), Vec::<String>::new());
}

#[test]
fn sessions_that_fetch_ids_in_blocks_and_logs_that_are_turned_over_are_healthy() {
    // Two sessions, 32 ids each, by turns: ids go to and fro by about a block.
    let mut ids = String::new();
    for n in 0..60u32 {
        let (session, k) = ((n / 3) % 2, n / 6 * 3 + n % 3);
        let id = 1_000 + k / 32 * 64 + session * 32 + k % 32;
        ids += &format!(
            "{{\"time\":\"2026-10-01T10:00:{n:02}.000Z\",\"msg\":\"order created\",\"rid\":\"r-{n}\",\"order_id\":{id}}}\n"
        );
    }
    let mut backups = [String::new(), String::new()];
    for day in 1..=12u32 {
        // The sixth begins in the old file and ends in the new one; a shipper delivers the begin of the ninth twice.
        let (begin, end) = (usize::from(day > 6), usize::from(day >= 6));
        let line = format!("2026-10-{day:02} 02:00:00,000 INFO: backup of shop started\n");
        backups[begin] += &line.repeat(if day == 9 { 2 } else { 1 });
        backups[end] += &format!("2026-10-{day:02} 02:01:00,000 INFO: backup of shop finished size=1000000\n");
    }
    let [old, new] = backups;
    let files =
        [("app1/app.log", ids.as_bytes()), ("b1/backup.log.1", old.as_bytes()), ("b1/backup.log", new.as_bytes())];
    let dir = folder(&files);
    let bad: Vec<String> = rules(&findings(dir.path(), "."))
        .into_iter()
        .filter(|r| !matches!(r.as_str(), "silence" | "clock-skew" | "time-goes-back"))
        .collect();
    assert_eq!(bad, Vec::<String>::new());
}
