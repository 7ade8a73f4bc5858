//! Killed at any moment, the case is the old one or the new one, and what was written down is not lost.
//!
//! A child process (this binary again) edits a case as the window does: each edit is written down, now and then the file
//! is saved. It tells each edit that it was promised to keep. It is killed at a random moment, with what it says read
//! until its end, and the case is opened again.

#![expect(clippy::print_stdout, reason = "the figures of a proof")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use causeline::case::keep::{Keep, Opened};
use causeline::case::{Annotation, Case, When, file};

/// Names the case that a child is to edit.
const CHILD: &str = "CAUSELINE_CRASH_CHILD";

fn note(text: String) -> Annotation {
    Annotation { comment: text, ..Annotation::at(When::exact(0, 0), None) }
}

/// What the child does; nothing where this is not the child.
#[test]
fn child_of_the_crash_test() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let Opened { mut keep, mut case, .. } = Keep::open(Path::new(&path), Case::new(vec!["logs".to_owned()])).unwrap();
    let mut out = std::io::stderr().lock();
    let last = |case: &Case| case.annotations.iter().filter_map(|a| a.comment.split(' ').next()?.parse().ok()).max();
    let first: u64 = last(&case).map_or(0, |n: u64| n + 1);
    for n in first.. {
        // Long enough that a cut through the middle of it is likely.
        case.add(note(format!("{n} {}", "words ".repeat(40))));
        if case.annotations.len() > 60 {
            case.annotations.remove(0);
        }
        keep.note(&case).unwrap();
        writeln!(out, "kept {n}").unwrap();
        if n % 5 == 4 {
            case = keep.save(&case).unwrap().case.unwrap_or(case);
        }
    }
}

/// `CAUSELINE_CRASH_POINTS` sets how often it is killed.
fn points() -> u64 {
    std::env::var("CAUSELINE_CRASH_POINTS").ok().and_then(|n| n.parse().ok()).unwrap_or(100)
}

#[test]
fn killed_at_any_moment_the_case_is_whole_and_no_edit_that_was_written_down_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("x.causeline.toml");
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let (mut edits, mut recovered, mut replaced) = (0, 0, 0);
    for point in 0..points() {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let before = std::fs::read_to_string(&path).ok();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "case_crash::child_of_the_crash_test", "--nocapture", "--test-threads", "1"])
            .env(CHILD, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stderr.take().unwrap()).lines();
        let number = |line: &str| line.strip_prefix("kept ").and_then(|n| n.parse::<u64>().ok());
        // Some edits, then a random moment within the next ones.
        let mut last = None;
        for _ in 0..1 + (random >> 33) % 6 {
            last = told.next().and_then(|l| number(&l.unwrap())).or(last);
        }
        std::thread::sleep(Duration::from_micros((random >> 40) % 4000));
        child.kill().unwrap();
        child.wait().unwrap();
        last = told.map_while(Result::ok).filter_map(|l| number(&l)).last().or(last);
        let last = last.unwrap_or_else(|| panic!("{point}: the child made no edit"));

        // The file itself is whole, whenever it was.
        if let Ok(text) = std::fs::read_to_string(&path) {
            file::parse(&text).unwrap_or_else(|e| panic!("{point}: {e:#}\n{text}"));
            replaced += u64::from(before != Some(text));
        }
        let Opened { mut keep, case, told, .. } = Keep::open(&path, Case::new(vec![])).unwrap();
        let there: Vec<u64> =
            case.annotations.iter().map(|a| a.comment.split(' ').next().unwrap().parse().unwrap()).collect();
        let newest = *there.last().unwrap();
        // The one that was being written down may be there too.
        assert!(newest == last || newest == last + 1, "{point}: {newest} is there, {last} was promised");
        let first = *there.first().unwrap();
        assert!(there.iter().copied().eq(first..=newest), "{point}: edits are missing: {there:?}");
        assert!(there.len() as u64 == (newest + 1).min(60), "{point}: {there:?}");
        recovered += u64::from(!told.is_empty());
        edits = newest;
        // Half of the times the next one recovers instead.
        if point % 2 == 0 {
            keep.save(&case).unwrap();
            let mut left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
            left.retain(|n| n != ".x.causeline.toml.lock");
            // A lock that was held goes with the next saving; nothing else is left.
            assert_eq!(left, ["x.causeline.toml"], "{point}");
        }
    }
    println!("{} kills, {edits} edits, {recovered} recovered from the journal, {replaced} with a new file", points());
    assert!(recovered > 0 && replaced > 0, "both were hit");
}

/// A disk that is full at byte n of whatever is written, for every n in steps.
#[cfg(unix)]
#[test]
fn on_a_full_disk_the_old_case_stays() {
    let dir = crate::tools::folder(&[("logs/a.log", b"2026-10-10T13:08:58Z web1 app[1]: one\n")]);
    let exe = env!("CARGO_BIN_EXE_causeline");
    crate::tools::stdout(dir.path(), &["case", "new", "logs"]);
    let path = dir.path().join("logs.causeline.toml");
    for n in 0..40 {
        crate::tools::stdout(
            dir.path(),
            &["note", "add", "--case", "logs.causeline.toml", "--at", "13:00", &format!("{n}")],
        );
    }
    let before = std::fs::read_to_string(&path).unwrap();
    assert!(before.len() > 2048);
    // Blocks of 512 bytes; what is written beyond fails, as on a full disk.
    let blocks = before.len() / 512;
    for limit in 0..blocks {
        let script =
            format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" note add --case logs.causeline.toml --at 13:00 more");
        let out = Command::new("sh").args(["-c", &script, exe]).current_dir(dir.path()).output().unwrap();
        assert_eq!(out.status.code(), Some(2), "{limit}: {}", String::from_utf8_lossy(&out.stderr));
        assert!(String::from_utf8_lossy(&out.stderr).contains("cannot write case"), "{limit}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), before, "{limit}");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2, "{limit}: nothing is left behind");
    }
}
