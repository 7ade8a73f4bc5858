//! Reports that are opened again: the same evidence, the same case, whatever became of the logs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a step that fails is a test that fails")]

use std::io::Write as _;
use std::path::Path;

use causeline::analysis::{Analysis, analyze};
use causeline::case::{Annotation, Case, Kind, file};
use causeline::cli::reopen::Inputs;
use causeline::event::EventId;
use causeline::export::roundtrip::{self, Opened};

use crate::markdown::SAMPLES;
use crate::tools::{config, root, run, sample, stdout};

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() { copy(&entry.path(), &to) } else { assert!(std::fs::copy(entry.path(), to).is_ok()) }
    }
}

/// A folder with the logs of the incident, a case on them, and the report on both.
fn written() -> (tempfile::TempDir, Case, Opened) {
    let dir = tempfile::tempdir().unwrap();
    copy(&sample(), &dir.path().join("logs"));
    let analysis = analyze(&[dir.path().join("logs")], &config());
    let mut case = Case::new(vec!["logs".to_owned()]);
    let id = analysis.timeline.events()[700];
    let comment = "who did **this**? --> | `x`".to_owned();
    case.add(Annotation { kind: Kind::Detection, comment, ..Annotation::on(&analysis, id).unwrap() });
    case.report.title = "What happened".to_owned();
    let path = dir.path().join("incident.causeline.toml");
    file::save(&case, &path).unwrap();
    let args = ["report", "logs", "--case", "incident.causeline.toml", "-o", "report.md"];
    stdout(dir.path(), &args);
    let text = std::fs::read_to_string(dir.path().join("report.md")).unwrap();
    let opened = roundtrip::read(&text).unwrap();
    (dir, case, opened)
}

fn raw(analysis: &Analysis, id: EventId) -> Vec<u8> {
    analysis.raw(id).to_vec()
}

/// Opens the report again: all its evidence is found, each record has the bytes that the report quotes.
fn finds_all(dir: &Path, before: &[Vec<u8>], what: &str) {
    let inputs = Inputs::of(&[dir.join("report.md")]).unwrap_or_else(|e| panic!("{what}: {e:#}"));
    let analysis = analyze(&inputs.paths, &config());
    let report = inputs.report.unwrap();
    let standing = roundtrip::find(&report.evidence, &analysis);
    assert_eq!(standing.found(), before.len(), "{what}: {}", standing.sentence());
    for ((anchor, event), bytes) in standing.list.iter().zip(before) {
        assert_eq!(&raw(&analysis, event.unwrap()), bytes, "{what}: evidence {}", anchor.number);
    }
    let case = report.case.unwrap();
    let note = &case.annotations[0];
    assert_eq!((note.kind, note.comment.as_str()), (Kind::Detection, "who did **this**? --> | `x`"), "{what}");
    assert!(note.find(&analysis).is_some(), "{what}: the marker stands on its record");
}

#[test]
fn a_report_is_opened_again_whatever_became_of_its_logs() {
    let (dir, case, opened) = written();
    let kept = opened.case.clone().unwrap();
    assert_eq!((&kept.annotations, &kept.report, &kept.sources), (&case.annotations, &case.report, &case.sources));
    let analysis = analyze(&[dir.path().join("logs")], &config());
    let standing = roundtrip::find(&opened.evidence, &analysis);
    let before: Vec<Vec<u8>> = standing.list.iter().map(|(_, id)| raw(&analysis, id.unwrap())).collect();
    assert!(before.len() > 20, "{}", before.len());
    finds_all(dir.path(), &before, "as it was");

    let log = dir.path().join("logs/pg01/pacemaker.log");
    let text = std::fs::read(&log).unwrap();
    let mut longer = b"Oct 10 13:07:00.000 pg01 pacemakerd          [1] (main) \tnotice: Starting\n".repeat(40);
    longer.extend_from_slice(&text);
    longer.extend_from_slice(b"Oct 10 13:29:00.000 pg01 pacemakerd          [1] (main) \tnotice: Going on\n");
    std::fs::write(&log, &longer).unwrap();
    finds_all(dir.path(), &before, "grown at both ends");

    std::fs::rename(&log, dir.path().join("logs/pg01/pacemaker.log.1")).unwrap();
    finds_all(dir.path(), &before, "rotated");

    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&longer).unwrap();
    std::fs::write(dir.path().join("logs/pg01/pacemaker.log.gz"), packed.finish().unwrap()).unwrap();
    std::fs::remove_file(dir.path().join("logs/pg01/pacemaker.log.1")).unwrap();
    finds_all(dir.path(), &before, "packed");

    let elsewhere = tempfile::tempdir().unwrap();
    copy(dir.path(), &elsewhere.path().join("sent"));
    drop(dir);
    finds_all(&elsewhere.path().join("sent"), &before, "sent to somebody else");
    let again = run(&elsewhere.path().join("sent"), &["report", "report.md"]);
    let (text, said) = (String::from_utf8(again.stdout).unwrap(), String::from_utf8(again.stderr).unwrap());
    assert!(text.starts_with("# What happened\n") && text.contains("who did **this**?"), "{said}");
    assert!(said.contains(&format!("{0} of {0} records found", before.len())), "{said}");
}

#[test]
fn what_is_gone_is_counted_and_named() {
    let (dir, _, opened) = written();
    std::fs::remove_dir_all(dir.path().join("logs/api1")).unwrap();
    let inputs = Inputs::of(&[dir.path().join("report.md")]).unwrap();
    let standing = roundtrip::find(&opened.evidence, &analyze(&inputs.paths, &config()));
    let gone = opened.evidence.iter().filter(|a| a.file.starts_with("api1/")).count();
    assert!(gone > 0);
    assert_eq!((standing.lost().count(), standing.found()), (gone, opened.evidence.len() - gone));
    assert!(standing.sentence().contains("not found: ") && standing.sentence().contains("(api1/api.log:"));
}

#[test]
fn every_sample_report_keeps_all_its_evidence() {
    for name in SAMPLES {
        let text = stdout(&root().join("sample-logs"), &["report", name]);
        let opened = roundtrip::read(&text).unwrap();
        let analysis = analyze(&[root().join("sample-logs").join(name)], &config());
        let standing = roundtrip::find(&opened.evidence, &analysis);
        assert_eq!(standing.lost().count(), 0, "{name}: {}", standing.sentence());
        for (a, event) in &standing.list {
            let id = event.unwrap();
            let place = (analysis.source(id).unwrap().path.as_str(), analysis.events.line(id));
            assert_eq!(place, (a.file.as_str(), a.line), "{name}: evidence {}", a.number);
        }
    }
}

#[test]
fn a_report_reads_nothing_outside_of_its_folder_unless_told() {
    let (dir, ..) = written();
    let report = dir.path().join("mine/report.md");
    std::fs::create_dir_all(dir.path().join("mine")).unwrap();
    let text = std::fs::read_to_string(dir.path().join("report.md")).unwrap();
    let with = |source: &str| {
        let text = text.replace("sources = [\\\"logs\\\"]", &format!("sources = [{}]", source.replace('"', "\\\"")));
        assert!(text.contains(&source.replace('"', "\\\"")), "{source}");
        std::fs::write(&report, text).unwrap();
        Inputs::of(std::slice::from_ref(&report)).map(|i| i.paths).map_err(|e| format!("{e:#}"))
    };
    std::os::unix::fs::symlink("/etc", dir.path().join("mine/out")).unwrap();
    for source in
        [r#""../logs""#, r#""/etc/passwd""#, r#""a/../../logs""#, r#""""#, r#""out""#, r#""out/passwd""#, r#""..""#]
    {
        let e = with(source).unwrap_err();
        assert!(e.contains("not read unless you name it") && e.contains("causeline open"), "{source}: {e}");
    }
    assert!(with(r#""logs""#).unwrap_err().contains("is not beside the report"));
    assert!(with("").unwrap_err().contains("does not say which logs"));
    let logs = dir.path().join("logs");
    let named = Inputs::of(&[report.clone(), logs.clone()]).unwrap();
    assert_eq!(named.paths, [logs]);
    assert!(named.case().is_some());
    std::fs::write(&report, text.get(..text.len() - 40).unwrap()).unwrap();
    assert!(format!("{:#}", Inputs::of(&[report]).unwrap_err()).contains("torn"));
}

#[test]
fn a_log_that_quotes_a_report_is_a_log_and_a_renamed_report_is_a_report() {
    let (dir, ..) = written();
    let text = std::fs::read_to_string(dir.path().join("report.md")).unwrap();
    let path = dir.path().join("postmortem.txt");
    std::fs::write(&path, &text).unwrap();
    assert!(Inputs::of(std::slice::from_ref(&path)).unwrap().report.is_some());
    std::fs::write(&path, format!("{text}\n2026-10-10T13:00:00Z more\n")).unwrap();
    assert!(Inputs::of(std::slice::from_ref(&path)).unwrap().report.is_none());
    let readme = dir.path().join("README.md");
    std::fs::write(&readme, "# 2026-10-10T13:00:00Z notes\n").unwrap();
    assert_eq!(Inputs::of(std::slice::from_ref(&readme)).unwrap().paths, [readme]);
}

#[cfg(feature = "gui")]
#[test]
fn the_window_begins_with_the_case_of_the_report_unless_the_logs_have_one() {
    use causeline::ui::notes::Notes;
    let (dir, ..) = written();
    let inputs = Inputs::of(&[dir.path().join("report.md")]).unwrap();
    let kept = inputs.case().cloned().unwrap();
    let (mut notes, _) = Notes::open(&inputs.paths);
    notes.begin(Some(kept.clone()));
    assert_eq!((&notes.case().annotations, &notes.case().report), (&kept.annotations, &kept.report));
    let own = file::default_path(&inputs.paths[0]);
    assert!(!own.exists(), "nothing is written unasked");
    file::save(&Case::new(vec!["logs".to_owned()]), &own).unwrap();
    let (mut notes, _) = Notes::open(&inputs.paths);
    notes.begin(Some(kept));
    assert!(notes.case().annotations.is_empty(), "the case beside the logs is newer than any report");
}
