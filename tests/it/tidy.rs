//! The architecture as a test: which way imports point, who may do what, how long a file may grow.

use std::path::{Path, PathBuf};

use crate::tools::root;

/// Modules in the order in which data passes them; each may import itself and those before it.
const LINE: [&str; 19] = [
    "diagnostic",
    "source",
    "time",
    "format",
    "words",
    "event",
    "fact",
    "clock",
    "causality",
    "timeline",
    "rule",
    "analysis",
    "query",
    "relation",
    "detect",
    "case",
    "redact",
    "export",
    "session",
];
/// The two clients, which do not know each other.
const CLIENTS: [&str; 2] = ["cli", "ui"];
/// Lines of a file, its tests not counted.
const LONGEST: usize = 500;

fn files() -> Vec<(PathBuf, String)> {
    fn walk(dir: &Path, out: &mut Vec<(PathBuf, String)>) {
        let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut out = Vec::new();
    walk(&root().join("src"), &mut out);
    assert!(out.len() > 30, "the walk finds the sources");
    out
}

/// The first module of a file's path below `src`.
fn module(path: &Path) -> String {
    let rel = path.strip_prefix(root().join("src")).unwrap();
    rel.components().next().unwrap().as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

/// Modules that a text imports with `crate::…`, braces included; tests inside the file are left out.
fn imports(text: &str) -> Vec<String> {
    let text = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    let mut out = Vec::new();
    for (i, _) in text.match_indices("crate::") {
        let rest = &text[i + "crate::".len()..];
        if let Some(inside) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in inside.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => out.push(std::mem::take(&mut name)),
                    c if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            out.push(name);
        } else {
            out.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    out.into_iter().map(|n| n.trim().split("::").next().unwrap().to_owned()).filter(|n| !n.is_empty()).collect()
}

#[test]
fn imports_point_one_way() {
    let mut wrong = Vec::new();
    for (path, text) in files() {
        let me = module(&path);
        if matches!(me.as_str(), "lib" | "main") {
            continue;
        }
        let mine = LINE.iter().position(|m| *m == me);
        assert!(mine.is_some() || CLIENTS.contains(&me.as_str()), "{} is not in the line", path.display());
        for import in imports(&text) {
            let theirs = LINE.iter().position(|m| *m == import);
            let fine = match (mine, theirs) {
                (Some(mine), Some(theirs)) => theirs <= mine,
                (Some(_), None) => false,
                (None, Some(_)) => true,
                (None, None) => import == me,
            };
            if !fine {
                wrong.push(format!("{} imports {import}", path.display()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_import_finder_sees_braces() {
    assert_eq!(imports("use crate::{a, b::{c, d}, e};\nuse crate::f::g;"), ["a", "b", "e", "f"]);
}

#[test]
fn only_ui_names_egui_and_only_print_prints() {
    for (path, text) in files() {
        let shown = path.display();
        if module(&path) != "ui" {
            assert!(!text.contains("egui"), "{shown} names egui");
        }
        let prints = ["println!", "eprintln!", "io::stdout()", "io::stderr()"].iter().any(|p| text.contains(p));
        let may = path.ends_with("cli/print.rs") || path.ends_with("cli/args.rs") || module(&path) == "main";
        assert!(may || !prints, "{shown} prints");
    }
}

#[test]
fn unsafe_code_stands_in_one_module() {
    for (path, text) in files() {
        let code: Vec<&str> = text.lines().filter(|l| !l.trim_start().starts_with("//")).collect();
        let has = code.iter().any(|l| l.contains("unsafe "));
        assert!(!has || path.ends_with("source/map.rs"), "{}", path.display());
    }
}

#[test]
fn only_opening_saving_and_the_worker_touch_files() {
    for (path, text) in files() {
        let may = ["source", "case", "session", "cli", "ui"].contains(&module(&path).as_str());
        let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
        assert!(may || !code.contains("std::fs"), "{} touches files", path.display());
    }
}

#[test]
fn every_file_says_what_it_holds_and_stays_short() {
    for (path, text) in files() {
        assert!(text.starts_with("//! "), "{} opens with no doc", path.display());
        let n = text.split("\n#[cfg(test)]\nmod tests").next().unwrap().lines().count();
        assert!(n <= LONGEST, "{} has {n} lines", path.display());
    }
}

#[test]
fn the_top_level_holds_what_it_may() {
    let customary = [
        ".ci",
        ".git",
        ".gitignore",
        ".github",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "assets",
        "benches",
        "build.rs",
        "clippy.toml",
        "fuzz",
        "rustfmt.toml",
        "sample-logs",
        "src",
        "target",
        "tests",
    ];
    for entry in std::fs::read_dir(root()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(customary.contains(&name.as_str()), "{name} at the top level");
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let cargo = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let reasons = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let mut inside = false;
    for line in cargo.lines() {
        if line.starts_with('[') {
            inside = line.ends_with("dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| inside) {
            assert!(reasons.contains(&format!("`{name}`")), "CONTRIBUTING.md gives no reason for {name}");
        }
    }
}
