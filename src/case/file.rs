//! Case files: one readable TOML file, written atomically.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Context as _, Result};

use super::Case;

/// Where the case of these logs is kept unless the user says otherwise: beside the first of them, never inside.
pub fn default_path(first: &Path) -> PathBuf {
    let full = fs::canonicalize(first).unwrap_or_else(|_| first.to_owned());
    let name = full.file_name().map_or_else(|| "case".into(), |n| n.to_string_lossy().into_owned());
    full.with_file_name(format!("{name}.causeline.toml"))
}

/// A path as a case kept at `case` names it: relative to the case's folder, with `/`; as it is where nothing leads there.
pub fn relative(path: &Path, case: &Path) -> String {
    if path.as_os_str() == "-" {
        return "-".to_owned();
    }
    let full = |p: &Path| fs::canonicalize(p).or_else(|_| std::path::absolute(p)).unwrap_or_else(|_| p.to_owned());
    let folder = case.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let (path, folder) = (full(path), full(folder));
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let parts: Option<Vec<&str>> = path.components().skip(shared).map(|c| c.as_os_str().to_str()).collect();
    // Where only the root is shared, a relative path says nothing that is true elsewhere.
    let (Some(parts), true) = (parts, shared > usize::from(path.has_root())) else {
        return path.to_string_lossy().into_owned();
    };
    let up = folder.components().skip(shared).filter(|c| matches!(c, Component::Normal(_))).map(|_| "..");
    let out = up.chain(parts).collect::<Vec<_>>().join("/");
    if out.is_empty() { ".".to_owned() } else { out }
}

/// The paths that a case kept at `file` was made of.
pub fn sources(case: &Case, file: &Path) -> Vec<PathBuf> {
    let beside = file.parent().unwrap_or_else(|| Path::new(""));
    case.sources.iter().map(|s| if s == "-" { s.into() } else { beside.join(s) }).collect()
}

/// Reads a case.
///
/// # Errors
/// When the file cannot be read or is not a case.
pub fn load(path: &Path) -> Result<Case> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read case: {}", path.display()))?;
    parse(&text).with_context(|| format!("not a case file: {}", path.display()))
}

/// Reads the text of a case.
///
/// # Errors
/// When it is not a case.
pub fn parse(text: &str) -> Result<Case> {
    let mut case: Case = toml::from_str(text)?;
    case.number();
    Ok(case)
}

/// A case as text: the same case is the same text.
///
/// # Errors
/// When a value cannot be written as TOML; none is known.
pub fn text(case: &Case) -> Result<String> {
    toml::to_string_pretty(case).context("cannot write case")
}

/// Writes a case, whole or not at all. What others wrote there meanwhile is gone; [`super::keep::Keep`] looks first.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn save(case: &Case, path: &Path) -> Result<()> {
    replace(path, &text(case)?).with_context(|| format!("cannot write case: {}", path.display()))
}

/// The file that a path means: a link is followed, so that what it leads to is replaced and not the link.
pub(super) fn real(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // As many links as systems follow, for links that lead nowhere yet.
    for _ in 0..40 {
        let Ok(to) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or_else(|| Path::new("")).join(to);
    }
    path
}

/// A name beside a file.
pub(super) fn beside(path: &Path, before: &str, after: &str) -> PathBuf {
    let mut name = OsString::from(before);
    name.push(path.file_name().unwrap_or_default());
    name.push(after);
    path.with_file_name(name)
}

/// Replaces the file at `path` by `text`, whole or not at all: a crash or a full disk leaves the old one. A link stays a
/// link, and the file keeps its permissions.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn replace(path: &Path, text: &str) -> io::Result<()> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let path = real(path);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let temporary = beside(&path, ".", &format!("{TEMPORARY}{}-{n}", std::process::id()));
    let done = write(&temporary, &path, text);
    if done.is_err() && !fault::crashed() {
        fs::remove_file(&temporary).ok();
    }
    done
}

/// What a file's name is followed by while it is being written.
const TEMPORARY: &str = ".tmp-";

fn write(temporary: &Path, path: &Path, text: &str) -> io::Result<()> {
    fault::at(Step::Create)?;
    // Another program with our number, in another container, may have left one.
    fs::remove_file(temporary).ok();
    let mut file = OpenOptions::new().write(true).create_new(true).open(temporary)?;
    if let Ok(meta) = fs::metadata(path) {
        fault::at(Step::Permissions)?;
        // Some systems know no permissions; the text matters more.
        file.set_permissions(meta.permissions()).ok();
    }
    fault::write(&mut file, text.as_bytes())?;
    fault::at(Step::Sync)?;
    file.sync_all()?;
    drop(file);
    fault::at(Step::Rename)?;
    fs::rename(temporary, path)?;
    fault::at(Step::Folder)?;
    sync_folder(path);
    Ok(())
}

/// Makes the name of a file reach the disk; not every system can.
pub(super) fn sync_folder(path: &Path) {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(folder).and_then(|f| f.sync_all()).ok();
}

/// Removes what a crash left of earlier writing of this file. Only while nobody else writes it.
pub(super) fn sweep(path: &Path) {
    let path = real(path);
    let Some(name) = path.file_name().map(|n| format!(".{}{TEMPORARY}", n.to_string_lossy())) else { return };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&name) {
            fs::remove_file(entry.path()).ok();
        }
    }
}

/// The steps of writing a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Create,
    Permissions,
    /// The text, of which only so many bytes fit.
    #[cfg(test)]
    Write(usize),
    Sync,
    Rename,
    Folder,
}

#[cfg(not(test))]
mod fault {
    use super::{File, Step, io};
    use std::io::Write as _;

    pub(super) fn at(_: Step) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn write(file: &mut File, text: &[u8]) -> io::Result<()> {
        file.write_all(text)
    }

    pub(super) fn crashed() -> bool {
        false
    }
}

/// Trouble that tests ask for: an error at a step, or the end of the program there.
#[cfg(test)]
mod fault {
    use super::{File, Step, io};
    use std::cell::Cell;
    use std::io::Write as _;

    thread_local! {
        pub(super) static PLAN: Cell<Option<(Step, bool)>> = const { Cell::new(None) };
    }

    pub(super) fn at(step: Step) -> io::Result<()> {
        match PLAN.get() {
            Some((planned, _)) if planned == step => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    }

    pub(super) fn write(file: &mut File, text: &[u8]) -> io::Result<()> {
        if let Some((Step::Write(n), _)) = PLAN.get() {
            file.write_all(&text[..n.min(text.len())])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        file.write_all(text)
    }

    pub(super) fn crashed() -> bool {
        PLAN.get().is_some_and(|(_, crash)| crash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::{Annotation, When};

    #[test]
    fn whatever_fails_the_case_is_the_old_one_or_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.causeline.toml");
        let mut old = Case::new(vec!["logs".to_owned()]);
        save(&old, &path).unwrap();
        let len = text(&old).unwrap().len() + 200;
        let writes = (0..len).step_by(7).map(Step::Write);
        let steps = [Step::Create, Step::Permissions, Step::Sync, Step::Rename, Step::Folder].into_iter().chain(writes);
        let mut points = 0;
        for step in steps {
            for crash in [false, true] {
                let mut new = old.clone();
                let a = Annotation::at(When::exact(points, 0), None);
                new.add(Annotation { comment: format!("at {step:?}"), ..a });
                fault::PLAN.set(Some((step, crash)));
                let saved = save(&new, &path);
                fault::PLAN.set(None);
                assert!(saved.is_err(), "{step:?}");
                let there = load(&path).unwrap();
                assert!(there == old || there == new, "{step:?}");
                let left = fs::read_dir(folder.path()).unwrap().count();
                assert!(crash || left == 1, "{step:?} leaves files");
                // What a crash left is in nobody's way, and goes.
                save(&new, &path).unwrap();
                sweep(&path);
                assert_eq!(load(&path).unwrap(), new);
                assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "{step:?}");
                new.annotations.truncate(1);
                old = new;
                save(&old, &path).unwrap();
                points += 1;
            }
        }
        println!("{points} faults");
    }

    #[cfg(unix)]
    #[test]
    fn links_stay_links_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("kept")).unwrap();
        let (target, link) = (folder.path().join("kept/case.toml"), folder.path().join("x.causeline.toml"));
        symlink("kept/case.toml", &link).unwrap();
        replace(&link, "one").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o640)).unwrap();
        replace(&link, "two").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&target).unwrap(), "two");
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o640);
    }

    #[test]
    fn sources_are_named_from_the_case() {
        let folder = tempfile::tempdir().unwrap();
        let at = |p: &str| folder.path().join(p);
        fs::create_dir_all(at("a/logs")).unwrap();
        fs::create_dir_all(at("b/c")).unwrap();
        assert_eq!(relative(&at("a/logs"), &at("a/logs.causeline.toml")), "logs");
        assert_eq!(relative(&at("a/logs"), &at("b/c/x.toml")), "../../a/logs");
        assert_eq!(relative(&at("a"), &at("a/x.toml")), ".");
        assert_eq!(relative(Path::new("-"), &at("a/x.toml")), "-");
        let case = Case::new(vec!["../../a/logs".to_owned()]);
        let back = fs::canonicalize(&sources(&case, &at("b/c/x.toml"))[0]).unwrap();
        assert_eq!(back, fs::canonicalize(at("a/logs")).unwrap());
    }

    #[test]
    fn a_case_of_a_newer_version_keeps_what_is_not_known() {
        let tables = ["source", "filter", "annotation", "assumption", "verdict"];
        let known = |t: &str| match t {
            "source" => "path = \"a\"\nsize = 1\nsha256 = \"00\"",
            "filter" => "name = \"a\"\ntext = \"b\"",
            "annotation" => "id = 1\nfile = \"a\"\nline = 1\nhash = \"00\"",
            "assumption" => "host = \"a\"\nzone = \"UTC\"",
            _ => "judgement = \"confirmed\"\nrule = \"a\"",
        };
        let entries: String = tables.iter().map(|t| format!("[[{t}]]\n{}\nnew_{t} = 7\n", known(t))).collect();
        let text = format!(
            "version = 99\nsources = []\nnew_top = \"x\"\n{entries}[report]\ntitle = \"t\"\nnew_report = [1]\n\
             [[report.finding]]\nrule = \"a\"\nnew_finding = true\n[[pin]]\nnew_pin = 1.5\n\
             [pin.a]\nfile = \"a\"\nline = 1\nhash = \"1\"\nnew_place = 1\n[pin.b]\nfile = \"a\"\nline = 1\nhash = \"1\"\n\
             [new_table]\nwhen = 2026-10-10\n"
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.causeline.toml");
        fs::write(&path, text).unwrap();
        let mut case = load(&path).unwrap();
        assert!(case.annotations[0].near.is_empty());
        case.get_mut(1).unwrap().comment = "first\n\n- \"second\"\n".to_owned();
        save(&case, &path).unwrap();
        let saved = fs::read_to_string(&path).unwrap();
        let all = tables.iter().map(|t| format!("new_{t} = 7"));
        let rest = ["version = 99", "new_top = \"x\"", "new_report = ", "new_finding = true", "new_pin = 1.5"];
        let more = ["new_place = 1", "[new_table]", "2026-10-10"];
        for key in all.chain(rest.map(str::to_owned)).chain(more.map(str::to_owned)) {
            assert!(saved.contains(&key), "{key}: {saved}");
        }
        assert!(saved.contains("\"\"\"\nfirst\n\n- \"second\"\n"), "a comment of several lines reads as one: {saved}");
        assert_eq!(load(&path).unwrap(), case);
        save(&load(&path).unwrap(), &path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), saved, "the same case is the same text");
    }
}
