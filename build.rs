//! Embeds `assets/formats/*.toml`: dropping a file there is all it takes to add a format.

#![expect(clippy::expect_used, reason = "a build script stops the build when it cannot do its work")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let root = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
    let folder = Path::new(&root).join("assets/formats");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("assets/formats")
        .filter_map(|e| e.ok().map(|e| e.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "toml"))
        .collect();
    files.sort();
    let mut out = String::from(
        "/// Name and text of each built-in format definition.\npub(super) const FORMATS: &[(&str, &str)] = &[\n",
    );
    for file in files {
        let name = file.file_stem().expect("a name").to_string_lossy().into_owned();
        writeln!(out, "    ({name:?}, include_str!({:?})),", file.display().to_string()).expect("to a string");
    }
    out.push_str("];\n");
    let target = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).join("formats.rs");
    fs::write(target, out).expect("write to OUT_DIR");
}
