//! Clocks are measured from what the logs share, and nothing is invented where they share nothing.

use std::collections::BTreeMap;

use causeline::analysis::{Analysis, Config, analyze};
use causeline::clock::Anchor;
use causeline::time::format::utc;

use crate::tools::{config, folder, run, sample, stdout};

fn causal() -> Config {
    Config { causal: true, ..config() }
}

/// Offsets in seconds, by host, of those that are known.
fn offsets(a: &Analysis) -> BTreeMap<&str, f64> {
    let known = a.clocks.list.iter().filter(|c| c.anchor != Anchor::Floating);
    known.map(|c| (c.host.as_str(), c.offset / 1e9)).collect()
}

#[test]
fn the_clocks_of_the_sample_are_found() {
    let a = analyze(&[sample()], &causal());
    let o = offsets(&a);
    let apart = |x: &str, y: &str| o[x] - o[y];
    assert!((apart("api1", "pg01") - 37.6).abs() < 0.01, "{o:?}");
    assert!((apart("pg02", "pg01") - 37.0).abs() < 0.02, "{o:?}");
    assert!((apart("pg03", "pg02") - 4.2).abs() < 0.02, "{o:?}");
    assert!(a.clocks.list.iter().any(|c| c.host == "pg01" && c.applied));
}

#[test]
fn the_disk_fails_two_seconds_before_the_first_refused_request() {
    let a = analyze(&[sample()], &causal());
    let at = |path: &str, line: u64| {
        let source = a.sources.iter().position(|s| s.path == path).unwrap();
        let id = a.events.at_line(causeline::source::SourceId(source as u32), line).unwrap();
        (
            a.timeline.events().iter().position(|e| *e == id).unwrap(),
            a.corrected(id).unwrap(),
            a.events.time(id).unwrap(),
        )
    };
    let (disk_row, disk, disk_recorded) = at("pg01/kern.log", 1);
    let (refused_row, refused, refused_recorded) = at("api1/api.log", 89);
    assert!(disk_row < refused_row);
    let seconds = |ns: i64| ns as f64 / 1e9;
    assert!((seconds(refused_recorded - disk_recorded) - 40.4).abs() < 0.1, "by their stamps 40 s apart");
    assert!((2.0..4.0).contains(&seconds(refused - disk)), "{}", utc(disk, 3));
}

/// A client and a server whose clock is `behind` seconds behind, over a minute.
fn client_and_server(behind: i64, shared: bool) -> tempfile::TempDir {
    let (mut client, mut server) = (String::new(), String::new());
    let stamp = |ms: i64| utc(1_791_637_688_000_000_000 + ms * 1_000_000, 3);
    for i in 0..60i64 {
        let start = i * 1000 + (i * 37) % 400;
        let there = if shared { i } else { i + 1000 };
        client += &format!("{} INFO request started rid=r-{:08x}\n", stamp(start), i * 7919 + 0x0a00_0000);
        server += &format!(
            "{} INFO row written rid=r-{:08x}\n",
            stamp(start + 3 + i % 5 - behind * 1000),
            there * 7919 + 0x0a00_0000
        );
        client += &format!("{} INFO request done rid=r-{:08x}\n", stamp(start + 9 + i % 7), i * 7919 + 0x0a00_0000);
    }
    folder(&[("web1/app.log", client.as_bytes()), ("db1/db.log", server.as_bytes())])
}

#[test]
fn a_server_behind_is_put_between_the_lines_of_its_client() {
    let dir = client_and_server(37, true);
    let a = analyze(&[dir.path().to_owned()], &causal());
    let o = offsets(&a);
    assert!((o["web1"] - o["db1"] - 37.0).abs() < 0.005, "{o:?}");
    let messages: Vec<String> = a.timeline.events().iter().map(|id| a.record(*id).message.into_owned()).collect();
    for three in messages.chunks(3) {
        assert!(three[0].contains("started") && three[1].contains("written") && three[2].contains("done"), "{three:?}");
    }
    let recorded = analyze(&[dir.path().to_owned()], &config());
    let first = recorded.record(recorded.timeline.event(0).unwrap()).message.into_owned();
    assert!(first.contains("written"), "the stamps alone put effects first: {first}");
}

#[test]
fn hosts_with_nothing_in_common_float() {
    let dir = client_and_server(37, false);
    let a = analyze(&[dir.path().to_owned()], &causal());
    assert!(a.clocks.list.iter().all(|c| c.anchor == Anchor::Floating && !c.applied), "{:?}", a.clocks.list);
    assert!(a.edges.all().is_empty());
    let recorded = analyze(&[dir.path().to_owned()], &config());
    assert_eq!(a.timeline.events(), recorded.timeline.events());
    let text = stdout(dir.path(), &["clocks", "."]);
    assert!(text.contains("unknown"), "{text}");
}

#[test]
fn recorded_order_and_given_offsets_win() {
    let dir = client_and_server(37, true);
    let first =
        |args: &[&str]| stdout(dir.path(), &[&["events", "."], args].concat()).lines().next().unwrap().to_owned();
    assert!(first(&[]).contains("started"));
    assert!(first(&["--order", "recorded"]).contains("written"));
    assert!(first(&["--offset", "db1=0"]).contains("written"), "a given offset is applied whatever the logs say");
    assert_eq!(run(dir.path(), &["events", ".", "--offset", "db1=much"]).status.code(), Some(2));
}

#[test]
fn clocks_have_the_fields_of_the_contract() {
    let dir = client_and_server(37, true);
    let json: serde_json::Value =
        serde_json::from_str(&stdout(dir.path(), &["clocks", ".", "--format", "json"])).unwrap();
    let reference = json["reference"].as_str().unwrap();
    assert!(["web1", "db1"].contains(&reference));
    for clock in json["clocks"].as_array().unwrap() {
        for field in
            ["host", "files", "anchor", "pairs", "offset_s", "low_s", "high_s", "drift_ppm", "steps", "applied", "why"]
        {
            assert!(clock.get(field).is_some(), "{field}");
        }
        assert!(clock["low_s"].as_f64() <= clock["offset_s"].as_f64());
    }
}

#[test]
fn why_tells_how_two_lines_are_ordered() {
    let root = crate::tools::root();
    let at = |place: &str| format!("sample-logs/failover-that-never-promoted/{place}");
    let why = |a: &str, b: &str| stdout(&root, &["why", &at(a), &at(b)]);
    let disk = why("pg01/kern.log:1", "api1/api.log:89");
    assert!(disk.contains("certain: pg01/kern.log:1 before api1/api.log:89"), "{disk}");
    assert!(disk.contains("37.600 s behind"), "{disk}");
    let turned = why("api1/api.log:89", "pg01/kern.log:1");
    assert!(turned.contains("certain: pg01/kern.log:1 before api1/api.log:89"), "{turned}");
    assert!(why("pg02/scheduler.txt:35", "pg01/kern.log:1").contains("unknown: one of them has no time"));
    let in_a_millisecond = why("api1/api.log:15", "pg01/db.log:8");
    assert!(in_a_millisecond.contains("probable: pg01/db.log:8 before api1/api.log:15"), "{in_a_millisecond}");

    let dir = client_and_server(37, false);
    let floating = stdout(dir.path(), &["why", "web1/app.log:1", "db1/db.log:1", "--within", "."]);
    assert!(floating.contains("unknown: the clocks"), "{floating}");
    assert_eq!(run(dir.path(), &["why", "web1/app.log:1", "db1/none.log:1", "--within", "."]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["why", "web1/app.log", "db1/db.log:1", "--within", "."]).status.code(), Some(2));
}
