//! Embeds `assets/{formats,facts,rules}/*.toml`: dropping a file there is all it takes to add one.

#![expect(clippy::expect_used, reason = "a build script stops the build when it cannot do its work")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    embed("formats", "FORMATS", "Name and text of each built-in format definition.");
    embed("facts", "FACTS", "Name and text of each built-in pack of facts.");
    embed("rules", "RULES", "Name and text of each built-in rule.");
}

/// Writes a table of the names and texts of `assets/<folder>/*.toml`.
fn embed(folder: &str, table: &str, about: &str) {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let path = Path::new(&root).join("assets").join(folder);
    println!("cargo::rerun-if-changed={}", path.display());
    let mut files: Vec<_> = fs::read_dir(&path)
        .expect("a folder of assets")
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let mut out = format!("/// {about}\npub(super) const {table}: &[(&str, &str)] = &[\n");
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        writeln!(out, "    ({name:?}, include_str!({:?})),", file.display().to_string()).expect("to a string");
    }
    out.push_str("];\n");
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join(format!("{folder}.rs"));
    fs::write(target, out).expect("write to OUT_DIR");
}
