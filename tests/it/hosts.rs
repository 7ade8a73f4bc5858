//! Who wrote a record: text, folder, several names of one host, files in which several hosts write.

use crate::tools::{analysis, folder, run, stdout};

fn hosts(files: &[(&str, &[u8])]) -> Vec<Option<String>> {
    analysis(files).infos.iter().map(|i| i.host.clone()).collect()
}

fn some(names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|n| Some((*n).to_owned())).collect()
}

#[test]
fn nobodys_name_in_the_text_falls_to_the_folder() {
    for nobody in ["localhost", "localhost.localdomain", "-", "ip6-localhost", "127.0.0.1"] {
        let text = format!("2026-01-02T03:04:05Z {nobody} app[1]: x\n2026-01-02T03:04:06Z {nobody} app[1]: y\n");
        let a = analysis(&[("db7/syslog", text.as_bytes())]);
        assert_eq!(a.infos[0].host.as_deref(), Some("db7"), "{nobody}");
        let dir = folder(&[("db7/syslog", text.as_bytes())]);
        let events = stdout(dir.path(), &["events", ".", "--format", "jsonl"]);
        assert!(events.lines().all(|l| l.contains("\"host\":\"db7\"")), "{events}");
    }
}

#[test]
fn one_host_under_two_names_is_one_host_and_sources_says_so() {
    let files: &[(&str, &[u8])] = &[
        ("db1/app.log", b"2026-01-02T03:04:05Z started\n"),
        (
            "db1/syslog",
            b"2026-01-02T03:04:05Z db1.example.com app[1]: x\n2026-01-02T03:04:06Z db1.example.com app[1]: y\n",
        ),
        ("web1/syslog", b"2026-01-02T03:04:05Z WEB1 app[1]: x\n"),
    ];
    assert_eq!(hosts(files), some(&["db1", "db1", "web1"]));
    let a = analysis(files);
    assert_eq!(a.lanes.list.len(), 2);
    let page = stdout(folder(files).path(), &["sources", "."]);
    assert!(page.contains("also called db1.example.com"), "{page}");
}

#[test]
fn two_full_names_with_one_short_name_stay_apart() {
    let line = |host: &str| format!("2026-01-02T03:04:05Z {host} app[1]: x\n");
    let (east, west, short) = (line("db1.east"), line("db1.west"), line("db1"));
    let files: &[(&str, &[u8])] =
        &[("a.log", east.as_bytes()), ("b.log", west.as_bytes()), ("c.log", short.as_bytes())];
    assert_eq!(hosts(files), some(&["db1.east", "db1.west", "db1"]));
}

#[test]
fn records_of_a_central_syslog_belong_to_the_hosts_that_they_name() {
    let mut text = String::new();
    for i in 0..30 {
        let host = ["db1", "web1.example.com", "lb1"][i % 3];
        text.push_str(&format!("2026-01-02T03:04:{:02}Z {host} app[1]: x{i}\n", i));
    }
    let files: &[(&str, &[u8])] =
        &[("relay/central.log", text.as_bytes()), ("web1/app.log", b"2026-01-02T03:04:05Z a\n")];
    assert_eq!(hosts(files), some(&["relay", "web1"]), "the file is the relay's");
    let dir = folder(files);
    let events = stdout(dir.path(), &["events", ".", "--format", "jsonl"]);
    for (host, n) in [("db1", 10), ("web1", 11), ("lb1", 10)] {
        assert_eq!(events.matches(&format!("\"host\":\"{host}\"")).count(), n, "{host}: {events}");
    }
    let sources: serde_json::Value =
        serde_json::from_str(&stdout(dir.path(), &["sources", ".", "--format", "json"])).unwrap();
    assert_eq!(sources[0]["hosts"].as_array().unwrap().len(), 3, "{sources}");
    assert_eq!((sources[0]["host_from"].as_str(), sources[1]["host_from"].as_str()), (Some("folder"), Some("folder")));
}

#[test]
fn the_user_renames_a_host_by_its_path_or_by_its_name() {
    let files: &[(&str, &[u8])] = &[("x/syslog", b"2026-01-02T03:04:05Z ip-10-0-0-7 app[1]: x\n")];
    let dir = folder(files);
    for option in ["x/*=db1", "ip-10-0-0-7=db1", "ip-*=db1"] {
        let events = stdout(dir.path(), &["events", ".", "--format", "jsonl", "--host", option]);
        assert!(events.contains("\"host\":\"db1\""), "{option}: {events}");
        let sources = stdout(dir.path(), &["sources", ".", "--format", "json", "--host", option]);
        assert!(sources.contains("\"host_from\": \"option\""), "{sources}");
    }
}

#[test]
fn the_page_of_sources_fits_a_terminal_marks_what_is_doubtful_and_says_what_to_type() {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for i in 0..40 {
        files.push((format!("web1/app-{i}.log"), b"2026-01-02T03:04:05Z a\n".repeat(3)));
    }
    files.push(("it's [1]/syslog".to_owned(), b"Jan  2 03:04:05 db1 app[1]: x\n".repeat(3)));
    files.push(("db2/notes.txt".to_owned(), b"no time in here\n".repeat(5)));
    let files: Vec<(&str, &[u8])> = files.iter().map(|(p, b)| (p.as_str(), b.as_slice())).collect();
    let dir = folder(&files);
    let page = stdout(dir.path(), &["sources", "."]);
    assert!(page.lines().all(|l| l.chars().count() <= 100), "{page}");
    assert!(page.contains("web1/* (40 files)"), "{page}");
    assert!(page.lines().any(|l| l.starts_with("! db2/notes.txt")), "{page}");
    let option = "--source-tz 'it'\\''s [[]1]/syslog=ZONE'";
    assert!(page.contains(option), "{page}");
    // What it says to type does what it says.
    let given = ["events", ".", "--format", "jsonl", "--source-tz", "it's [[]1]/syslog=+02:00"];
    let events = stdout(dir.path(), &given);
    assert!(events.contains("T01:04:05Z"), "{events}");
    let missing = run(dir.path(), &["sources", ".", "no-such-file"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("no-such-file"));
}
