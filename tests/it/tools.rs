//! What the tests share: analyses of small texts, the program as a process, golden files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use causeline::analysis::{Analysis, Config, analyze};
use causeline::fact::Packs;
use causeline::format::definition::Definitions;
use causeline::rule::Rules;

/// The package's folder.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The sample incident.
pub(crate) fn sample() -> PathBuf {
    root().join("sample-logs/failover-that-never-promoted")
}

/// The built-in formats and no options.
pub(crate) fn config() -> Config {
    Config {
        definitions: Arc::new(Definitions::builtin()),
        packs: Packs::builtin(),
        rules: Rules::builtin(),
        ..Config::default()
    }
}

/// Writes files (path, bytes) into a new folder.
pub(crate) fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let full = dir.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, bytes).unwrap();
    }
    dir
}

/// Analyses files written into a new folder.
pub(crate) fn analysis(files: &[(&str, &[u8])]) -> Analysis {
    analyze(&[folder(files).path().to_owned()], &config())
}

/// Time (UTC), file and first line of each event, in timeline order.
pub(crate) fn lines(analysis: &Analysis) -> Vec<String> {
    let events = &analysis.events;
    let one = |id: &causeline::event::EventId| {
        let time = events.time(*id).map_or("-".into(), |t| causeline::time::format::utc(t, events.precision(*id)));
        let first = String::from_utf8_lossy(analysis.raw(*id)).lines().next().unwrap_or_default().to_owned();
        format!("{time} {}:{} {first}", analysis.source(*id).unwrap().path, events.line(*id))
    };
    analysis.timeline.events().iter().map(one).collect()
}

/// The program, to be run in `dir`, without a display and without the developer's own formats.
pub(crate) fn program(dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_causeline"));
    command.args(args).current_dir(dir).env("XDG_CONFIG_HOME", root().join("tests/no-such-configuration"));
    for display in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(display);
    }
    command
}

/// Runs the program in `dir`.
pub(crate) fn run(dir: &Path, args: &[&str]) -> Output {
    program(dir, args).output().unwrap()
}

/// Runs the program in `dir` with this on its standard input.
pub(crate) fn run_with(dir: &Path, args: &[&str], input: &[u8]) -> Output {
    use std::io::Write as _;
    let pipe = std::process::Stdio::piped;
    let mut child = program(dir, args).stdin(pipe()).stdout(pipe()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// Standard output of a run that must succeed.
pub(crate) fn stdout(dir: &Path, args: &[&str]) -> String {
    let out = run(dir, args);
    assert_eq!(out.status.code(), Some(0), "{args:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// Compares with `tests/it/golden/NAME`; `UPDATE_EXPECT=1` writes it anew.
pub(crate) fn golden(name: &str, got: &str) {
    let path = root().join("tests/it/golden").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, got).unwrap();
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    if want != got {
        let at = want
            .lines()
            .zip(got.lines())
            .position(|(a, b)| a != b)
            .unwrap_or(want.lines().count().min(got.lines().count()));
        panic!(
            "{name} differs from line {} (UPDATE_EXPECT=1 accepts):\n- {}\n+ {}",
            at + 1,
            want.lines().nth(at).unwrap_or("(end)"),
            got.lines().nth(at).unwrap_or("(end)")
        );
    }
}
