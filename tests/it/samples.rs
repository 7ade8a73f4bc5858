//! The sample incident, end to end.

use causeline::analysis::analyze;

use crate::tools::{config, golden, root, sample, stdout};

const NAME: &str = "sample-logs/failover-that-never-promoted";

#[test]
fn every_byte_is_accounted_for() {
    let a = analyze(&[sample()], &config());
    assert_eq!(a.sources.len(), 13);
    for (info, source) in a.infos.iter().zip(&a.sources) {
        assert_eq!(info.accounted.sum(), source.len(), "{}", info.path);
        assert_eq!(info.accounted.unparsed, 0, "{}", info.path);
    }
}

#[test]
fn every_source_has_its_format_host_zone_and_year() {
    golden("failover.sources.txt", &stdout(&root(), &["sources", NAME]));
}

#[test]
fn the_report_reads_as_it_did() {
    golden("failover.report.md", &stdout(&root(), &["report", NAME]));
}

/// The report down to its timeline, as the README shows it: smaller headings, evidence in the whole report.
fn excerpt(report: &str) -> String {
    let head = report.split("\n## Supporting information").next().unwrap_or_default();
    let mut out = String::new();
    for line in head.lines() {
        let hashes = line.bytes().take_while(|b| *b == b'#').count();
        let more = if hashes > 0 && line.as_bytes().get(hashes) == Some(&b' ') { "##" } else { "" };
        out.push_str(&format!("{more}{line}\n"));
    }
    let whole = "](tests/it/golden/failover.report.md#";
    out.replace("](#evidence-", &format!("{whole}evidence-")).replace("](#clocks)", &format!("{whole}clocks)"))
}

#[test]
fn the_readme_shows_the_report_as_it_is() {
    let (begin, end) = ("<!-- report -->\n", "<!-- /report -->");
    let path = root().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(begin).unwrap();
    let (shown, after) = rest.split_once(end).unwrap();
    let now = format!("\n{}\n", excerpt(&stdout(&root(), &["report", NAME])));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, format!("{before}{begin}{now}{end}{after}")).unwrap();
    } else {
        assert_eq!(shown, now, "UPDATE_EXPECT=1 renews it");
    }
}

#[test]
fn the_first_refused_request_is_an_error_of_the_api() {
    let out = stdout(&root(), &["events", NAME, "--format", "jsonl", "--filter", "host:api1 level>=error"]);
    let first: serde_json::Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    assert_eq!(first["file"], "api1/api.log");
    assert_eq!(first["line"], 89);
    assert_eq!(first["time_utc"], "2026-10-10T13:09:00.437Z");
    assert_eq!(first["corrected_utc"], first["time_utc"]);
    assert_eq!(first["fields"]["status"], "503");
}
