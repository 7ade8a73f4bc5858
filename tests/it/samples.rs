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
