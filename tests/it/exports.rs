//! Events as other programs read them: Timesketch, Perfetto, OpenTelemetry, spreadsheets.

use std::collections::BTreeMap;
use std::path::Path;

use causeline::export::csv::original;
use serde_json::Value;

use crate::tools::{folder, golden, root, run, stdout};

const SAMPLES: [&str; 5] = [
    "accounts-that-vanished",
    "backups-that-never-finished",
    "failover-that-never-promoted",
    "ids-handed-out-twice",
    "two-servers-one-directory",
];
/// Bytes from which OpenSearch indexes a value no more.
const LIMIT: usize = 32_766;

fn export(dir: &Path, form: &str, more: &[&str]) -> String {
    stdout(dir, &[&["events", ".", "--format", form], more].concat())
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|l| serde_json::from_str(l).unwrap_or_else(|e| panic!("{e}: {l}"))).collect()
}

/// A reader of RFC 4180, as strict as can be: rows of cells.
fn csv(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![Vec::new()];
    let mut rest = text;
    while !rest.is_empty() {
        let (cell, after) = match rest.strip_prefix('"') {
            Some(mut inside) => {
                let mut cell = String::new();
                loop {
                    let (part, more) = inside.split_once('"').unwrap();
                    cell.push_str(part);
                    match more.strip_prefix('"') {
                        Some(more) => {
                            cell.push('"');
                            inside = more;
                        }
                        None => break (cell, more),
                    }
                }
            }
            None => {
                let end = rest.find([',', '\n']).unwrap();
                assert!(!rest[..end].contains('"'), "a quote in a bare cell");
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        rows.last_mut().unwrap().push(cell);
        rest = &after[1..];
        match &after[..1] {
            "," => {}
            "\n" => rows.push(Vec::new()),
            other => panic!("{other:?} behind a cell"),
        }
    }
    assert_eq!(rows.pop(), Some(Vec::new()), "the last line ends");
    rows
}

/// The rows by the names of their columns.
fn table(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut rows = csv(text).into_iter();
    let header = rows.next().unwrap();
    rows.map(|row| {
        assert_eq!(row.len(), header.len(), "{row:?}");
        header.iter().cloned().zip(row).collect()
    })
    .collect()
}

/// Log lines that try everything, each once as it stands in the log.
fn hostile() -> Vec<String> {
    let mut out: Vec<String> =
        ["=cmd|' /C calc'!A0", "+1", "-2+3", "@SUM(1)", "＝1", "'quoted'", "a,b;c\td", "say \"no\"", "\\u{41} \\n"]
            .map(str::to_owned)
            .to_vec();
    out.extend(
        [
            "null",
            "NaN",
            "None",
            "NA",
            "\u{1b}[2J\u{1b}]0;x\u{7}",
            "\0nul",
            "a\u{202e}b\u{200b}c\u{2028}d",
            "\u{e0041}🦀",
        ]
        .map(str::to_owned),
    );
    out.extend(["[\"tag\"]", "]}],", "<script>alert(1)</script>"].map(str::to_owned));
    out.push("y".repeat(40_000));
    out.push("\u{1b}".repeat(10_000));
    out
}

fn hostile_folder() -> (tempfile::TempDir, Vec<String>) {
    let texts = hostile();
    let log: String = (10..).zip(&texts).map(|(i, t)| format!("2026-01-01T00:00:{i}.5Z {t}\n")).collect();
    (folder(&[("h\u{1b}[2J=1/app.log", log.as_bytes())]), texts)
}

fn is_safe(text: &str) -> bool {
    !text.chars().any(|c| causeline::export::text::is_harmful(c) && c != '\n' && c != '\t')
}

#[test]
fn every_form_is_safe_to_print_and_gives_the_text_back() {
    let (dir, texts) = hostile_folder();
    let jsonl = export(dir.path(), "jsonl", &[]);
    let sheet = export(dir.path(), "csv", &[]);
    let sketch = export(dir.path(), "timesketch-jsonl", &[]);
    let sketch_csv = export(dir.path(), "timesketch-csv", &[]);
    let otlp = export(dir.path(), "otlp", &[]);
    let trace = export(dir.path(), "chrome-trace", &[]);
    for text in [&jsonl, &sheet, &sketch, &sketch_csv, &otlp, &trace] {
        assert!(is_safe(text));
    }
    let otlp: Value = serde_json::from_str(&otlp).unwrap();
    let records = otlp["resourceLogs"][0]["scopeLogs"][0]["logRecords"].as_array().unwrap().clone();
    let trace: Value = serde_json::from_str(&trace).unwrap();
    let instants: Vec<&Value> = trace["traceEvents"].as_array().unwrap().iter().filter(|e| e["ph"] == "i").collect();
    let (jsonl, sketch, sheet, sketch_csv) = (lines(&jsonl), lines(&sketch), table(&sheet), table(&sketch_csv));
    for all in [jsonl.len(), sketch.len(), sheet.len(), sketch_csv.len(), records.len(), instants.len()] {
        assert_eq!(all, texts.len());
    }
    for (i, text) in texts.iter().enumerate() {
        let whole = text;
        // A format may take a dash or a bracket for the end of its header.
        let text = jsonl[i]["message"].as_str().unwrap();
        assert!(whole.ends_with(text) && text.len() + 2 >= whole.len(), "{whole:?} {text:?}");
        assert_eq!(original(&sheet[i]["message"]), text);
        assert_eq!(original(&sheet[i]["file"]), "h\u{1b}[2J=1/app.log");
        assert_eq!(records[i]["body"]["stringValue"], text);
        assert_eq!(instants[i]["args"]["message"], text);
        if text.len() < 5_000 {
            assert_eq!(sketch[i]["message"], text);
            assert_eq!(original(&sketch_csv[i]["message"]), text);
        }
        for cell in sheet[i].values().chain(sketch_csv[i].values()) {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '＝']), "{cell}");
        }
    }
}

#[test]
fn timesketch_gets_what_it_asks_for() {
    let (dir, texts) = hostile_folder();
    for row in lines(&export(dir.path(), "timesketch-jsonl", &[])) {
        for (name, value) in row.as_object().unwrap() {
            assert!(value.as_str().is_none_or(|v| v.len() < LIMIT), "{name}");
        }
        assert!(row["timestamp"].is_i64());
    }
    let rows = table(&export(dir.path(), "timesketch-csv", &[]));
    assert!(rows.iter().flat_map(BTreeMap::values).all(|v| v.len() < LIMIT));
    let cut = rows.iter().find(|r| r["message"].starts_with("yyy")).unwrap();
    assert!(cut["message"].ends_with("… (cut: 32702 of 40000 bytes)"), "{}", &cut["message"][32_600..]);
    // Its reader takes these words for no value, and a missing tag for one named `nan`.
    for (row, text) in rows.iter().zip(&texts).filter(|(_, t)| ["null", "NaN", "None", "NA"].contains(&t.as_str())) {
        assert_eq!(row["message"], format!("'{text}"));
    }
    assert!(rows.iter().all(|r| r["tag"] == "[]" && r["line"].parse::<u64>().is_ok()));
}

#[test]
fn timesketch_rows_keep_the_order_by_cause() {
    for sample in [SAMPLES[1], SAMPLES[2]] {
        let dir = root().join("sample-logs").join(sample);
        let plain: Vec<(Value, Value)> = lines(&export(&dir, "jsonl", &[]))
            .into_iter()
            .filter(|e| e["corrected_utc"].is_string())
            .map(|e| (e["file"].clone(), e["line"].clone()))
            .collect();
        let rows = lines(&export(&dir, "timesketch-jsonl", &[]));
        let timed: Vec<(Value, Value)> = rows
            .iter()
            .filter(|r| r["timestamp_desc"].as_str().unwrap().ends_with("ed Time"))
            .map(|r| (r["source_file"].clone(), r["line"].clone()))
            .collect();
        assert_eq!(timed, plain, "{sample}");
        let key = |r: &Value| (r["timestamp"].as_i64().unwrap(), r["sequence"].as_u64().unwrap());
        assert!(rows.windows(2).all(|w| key(&w[0]) < key(&w[1])), "{sample}");
        for r in &rows {
            let time = r["datetime"].as_str().unwrap();
            assert!(time.ends_with("+00:00") && time.len() == 32, "{time}");
        }
        assert!(rows.iter().any(|r| r["rule"].is_string()), "{sample}: what was found is told");
    }
}

#[test]
fn events_without_a_time_stand_where_their_file_says_or_are_counted() {
    let dir = folder(&[
        ("a/app.log", b"no time yet\n2026-01-01T00:00:01Z first\n2026-01-01T00:00:02Z second\n".as_slice()),
        ("b/plain.txt", b"nothing here\ntells the time\n"),
    ]);
    let out = run(dir.path(), &["events", ".", "--format", "timesketch-jsonl"]);
    let rows = lines(&String::from_utf8(out.stdout).unwrap());
    let err = String::from_utf8(out.stderr).unwrap();
    let without = lines(&export_quiet(dir.path(), "jsonl")).iter().filter(|e| e["time_utc"].is_null()).count();
    let placed =
        rows.iter().filter(|r| r["timestamp_desc"].as_str().unwrap().starts_with("Time of the record")).count();
    assert_eq!(rows.len(), 2 + placed);
    assert!(placed < without, "a file without times tells none");
    assert!(err.contains(&format!("{} events have no time", without - placed)), "{err}");
    assert!(rows.iter().all(|r| r["offset_applied_ms"].is_number() == (r["recorded_utc"].is_string())));
    // OpenTelemetry holds them all; what has no time says none.
    let otlp: Value = serde_json::from_str(&export_quiet(dir.path(), "otlp")).unwrap();
    let records = otlp["resourceLogs"].as_array().unwrap().iter();
    let records: Vec<&Value> = records.flat_map(|r| r["scopeLogs"][0]["logRecords"].as_array().unwrap()).collect();
    assert_eq!(records.len(), 2 + without);
    assert_eq!(records.iter().filter(|r| r["timeUnixNano"].is_string()).count(), 2);
}

fn export_quiet(dir: &Path, form: &str) -> String {
    String::from_utf8(run(dir, &["events", ".", "--format", form]).stdout).unwrap()
}

fn case() -> &'static str {
    "version = 1\n\n[[annotation]]\nid = 1\nkind = \"impact-start\"\nat = \"~2026-01-01T00:00:02Z\"\n\
     until = \"2026-01-01T00:00:09Z\"\ncomment = \"=users saw \\\"errors\\\"\\nall of them\"\nauthor = \"ada\"\n\
     tags = [\"db\", \"x,y\"]\n\n[[annotation]]\nid = 2\nfile = \"gone.log\"\nline = 1\nhash = \"00\"\n"
}

#[test]
fn markers_are_rows_of_their_own_or_stand_with_their_event() {
    let log: String = (0..6).map(|i| format!("2026-01-01T00:00:0{i}.500Z line {i}\n")).collect();
    let dir = folder(&[("h/app.log", log.as_bytes())]);
    let hash = causeline::case::hash(b"2026-01-01T00:00:04.500Z line 4");
    let on = format!(
        "\n[[annotation]]\nid = 3\nkind = \"trigger\"\nfile = \"h/app.log\"\nline = 5\nhash = \"{hash}\"\ncomment = \"here\"\n"
    );
    let outside = folder(&[("x.causeline.toml", (case().to_owned() + &on).as_bytes())]);
    let path = outside.path().join("x.causeline.toml");
    let with = ["--case", path.to_str().unwrap()];
    let out = run(dir.path(), &[&["events", ".", "--format", "timesketch-csv"], &with[..]].concat());
    assert!(String::from_utf8_lossy(&out.stderr).contains("1 marker is left out"), "what is lost is told");
    let rows = table(&String::from_utf8(out.stdout).unwrap());
    let what: Vec<&str> = rows.iter().map(|r| r["timestamp_desc"].as_str()).collect();
    let recorded = "Recorded Time";
    let (start, end) = ("Marker: impact start", "Marker: impact start (end)");
    assert_eq!(what, [recorded, recorded, start, recorded, recorded, recorded, recorded, end]);
    assert_eq!(original(&rows[2]["comment"]), "=users saw \"errors\"\nall of them");
    assert_eq!((rows[2]["tag"].as_str(), rows[2]["author"].as_str()), ("[\"db\",\"x,y\"]", "ada"));
    assert_eq!((rows[5]["annotation"].as_str(), rows[5]["comment"].as_str()), ("trigger", "here"));

    let trace: Value = serde_json::from_str(&export(dir.path(), "chrome-trace", &with)).unwrap();
    let slices: Vec<&Value> = trace["traceEvents"].as_array().unwrap().iter().filter(|e| e["ph"] == "X").collect();
    let impact = slices.iter().find(|s| s["args"]["kind"] == "impact-start").unwrap();
    assert_eq!((impact["ts"].as_f64(), impact["dur"].as_f64()), (Some(2e6), Some(7e6)));
    assert_eq!(trace["otherData"]["base_utc"], "2026-01-01T00:00:00Z");

    let otlp: Value = serde_json::from_str(&export(dir.path(), "otlp", &with)).unwrap();
    let last = otlp["resourceLogs"].as_array().unwrap().last().unwrap();
    assert_eq!(last["scopeLogs"][0]["logRecords"][0]["body"]["stringValue"], start);
    let events = lines(&export(dir.path(), "jsonl", &with));
    assert_eq!(events[4]["annotations"][0]["kind"], "trigger");
    assert!(events.iter().filter(|e| e.get("annotations").is_some()).count() == 1);
    let marked = export(dir.path(), "csv", &[&with[..], &["--filter", "has:note"]].concat());
    assert_eq!(table(&marked).len(), 1);
}

#[test]
fn a_trace_nests_and_its_arrows_hold_on_to_something() {
    for sample in [SAMPLES[1], SAMPLES[2], SAMPLES[4]] {
        let text = export(&root().join("sample-logs").join(sample), "chrome-trace", &[]);
        let trace: Value = serde_json::from_str(&text).unwrap();
        let events = trace["traceEvents"].as_array().unwrap();
        let mut slices: BTreeMap<u64, Vec<(f64, f64)>> = BTreeMap::new();
        let (mut names, mut threads, mut flows) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        for e in events {
            let (pid, tid) = (e["pid"].as_u64().unwrap(), e["tid"].as_u64().unwrap());
            match e["ph"].as_str().unwrap() {
                "M" if e["name"] == "process_name" => assert!(names.insert(pid, e["args"]["name"].clone()).is_none()),
                "M" if e["name"] == "thread_name" => assert!(threads.insert(tid, pid).is_none()),
                "M" => assert!(e["args"]["sort_index"].is_u64()),
                "X" => {
                    let (from, long) = (e["ts"].as_f64().unwrap(), e["dur"].as_f64().unwrap());
                    let row = slices.entry(tid).or_default();
                    assert!(long > 0.0 && row.iter().all(|(_, end)| *end <= from), "{sample}: slices overlap");
                    row.push((from, from + long));
                }
                "i" => assert!(e["ts"].as_f64().unwrap() >= 0.0 && e["s"] == "t"),
                phase => {
                    let at = e["ts"].as_f64().unwrap();
                    assert!(slices[&tid].iter().any(|(from, to)| *from <= at && at < *to), "{sample}: a loose arrow");
                    match phase {
                        "s" => assert!(flows.insert(e["id"].as_u64().unwrap(), at).is_none()),
                        "f" => assert!(flows[&e["id"].as_u64().unwrap()] <= at && e["bp"] == "e"),
                        _ => panic!("{phase}"),
                    }
                }
            }
            if e["ph"] != "M" {
                assert!(names.contains_key(&pid) && threads.get(&tid) == Some(&pid));
            }
        }
        assert!(names.values().any(|n| n.as_str().unwrap().starts_with("Story 1: ")), "{sample}");
        // Older importers look for these from the front, and know no `\u` escape that stands before them.
        for line in text.lines().filter(|l| l.starts_with("{\"ph\"") && !l.starts_with("{\"ph\":\"M\"")) {
            let at = line.find("\"ts\":").unwrap();
            assert!(at == 10, "{line}");
        }
    }
}

#[test]
fn opentelemetry_records_have_unique_keys_and_numbers_as_strings() {
    let text = export(&root().join("sample-logs").join(SAMPLES[2]), "otlp", &[]);
    let all: Value = serde_json::from_str(&text).unwrap();
    let mut n = 0;
    for resource in all["resourceLogs"].as_array().unwrap() {
        let names: Vec<&str> =
            resource["resource"]["attributes"].as_array().unwrap().iter().map(|a| a["key"].as_str().unwrap()).collect();
        assert!(names.contains(&"service.name") && names.contains(&"log.file.path"), "{names:?}");
        for record in resource["scopeLogs"][0]["logRecords"].as_array().unwrap() {
            n += 1;
            let mut keys: Vec<&str> =
                record["attributes"].as_array().unwrap().iter().map(|a| a["key"].as_str().unwrap()).collect();
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all);
            assert!(record["timeUnixNano"].as_str().is_none_or(|t| t.parse::<u64>().is_ok()));
            assert!(record["severityNumber"].as_u64().is_none_or(|s| (1..=24).contains(&s)));
            assert!(keys.contains(&"log.record.original"));
        }
    }
    assert_eq!(n, export(&root().join("sample-logs").join(SAMPLES[2]), "jsonl", &[]).lines().count());
}

#[test]
fn nothing_is_a_document_too() {
    let dir = folder(&[("empty.log", b"".as_slice())]);
    assert_eq!(export(dir.path(), "jsonl", &[]) + &export(dir.path(), "timesketch-jsonl", &[]), "");
    assert_eq!(csv(&export(dir.path(), "csv", &[])).len() + csv(&export(dir.path(), "timesketch-csv", &[])).len(), 2);
    let trace: Value = serde_json::from_str(&export(dir.path(), "chrome-trace", &[])).unwrap();
    assert_eq!(trace["traceEvents"], serde_json::json!([]));
    let otlp: Value = serde_json::from_str(&export(dir.path(), "otlp", &[])).unwrap();
    assert_eq!(otlp, serde_json::json!({"resourceLogs": []}));
}

#[test]
fn what_is_redacted_stands_in_no_form() {
    let log = b"2026-01-01T00:00:00Z login of mail=ada@example.org from 203.0.113.77 token=ghp_16C7e42F292c6912E7710c838347Ae178B4a\n\
                2026-01-01T00:00:01Z {\"password\":\"hunter2hunter2\"}\n";
    let dir = folder(&[
        ("db17/app.log", log.as_slice()),
        ("db17/x.jsonl", b"{\"time\":\"2026-01-01T00:00:02Z\",\"msg\":\"hi\",\"password\":\"s3cretpass99\"}\n"),
    ]);
    for form in ["text", "jsonl", "csv", "timesketch-csv", "timesketch-jsonl", "chrome-trace", "otlp"] {
        let plain = export(dir.path(), form, &[]);
        assert!(plain.contains("203.0.113.77"), "{form}");
        let text = export(dir.path(), form, &["--redact"]);
        for secret in ["ada@example.org", "203.0.113.77", "ghp_16C7", "hunter2", "s3cretpass99", "db17"] {
            assert!(!text.contains(secret), "{form}: {secret}\n{text}");
        }
        assert!(text.contains("address-1") && text.contains("host-a"), "{form}");
    }
}

#[test]
fn the_forms_stay_as_they_are() {
    let log = "2026-01-01T00:00:01.25Z INFO start\n2026-01-01T00:00:02Z ERROR =1+1, \"oh\"\n  at line two\n";
    let dir = folder(&[("web1/app.log", log.as_bytes()), ("web1/notes.txt", b"no time\n")]);
    for form in ["csv", "jsonl", "timesketch-csv", "timesketch-jsonl", "chrome-trace", "otlp"] {
        let text = export_quiet(dir.path(), form);
        golden(&format!("exports/{form}.txt"), &text.replace(env!("CARGO_PKG_VERSION"), "VERSION"));
    }
}
