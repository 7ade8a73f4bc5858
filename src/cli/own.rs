//! The user's own formats, from `$XDG_CONFIG_HOME/causeline/formats` (`~/.config` where that is not set).

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::print;
use crate::format::definition::{self, Definition, Definitions};

/// The built-in formats and the user's own; one of the user's replaces a built-in one of the same name.
///
/// A file that is not right is told on standard error and left out: at night, a slip in one definition must not keep
/// anybody from reading logs.
pub(super) fn definitions() -> Definitions {
    let mut all = Definitions::builtin();
    let (found, trouble) = folder().map(|folder| read(&folder)).unwrap_or_default();
    for sentence in trouble {
        print::error(&sentence);
    }
    found.into_iter().for_each(|definition| all.add(definition));
    all
}

/// The user's own formats that can be read, with their files, in the order of their names.
pub(super) fn own() -> Vec<(String, PathBuf)> {
    let Some(folder) = folder() else { return Vec::new() };
    let (found, _) = read(&folder);
    found.into_iter().map(|d| (d.name.clone(), folder.join(format!("{}.toml", d.name)))).collect()
}

/// Where the user's own formats are, whether or not the folder is there.
pub(super) fn folder() -> Option<PathBuf> {
    let set = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|p| p.is_absolute());
    let config = set.or_else(|| Some(std::env::home_dir().filter(|h| h.is_absolute())?.join(".config")))?;
    Some(config.join("causeline").join("formats"))
}

/// The definitions in a folder, in the order of their names, and a sentence for each file that is left out.
fn read(folder: &Path) -> (Vec<Definition>, Vec<String>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return Default::default() };
    let mut files: Vec<PathBuf> = entries.filter_map(|e| Some(e.ok()?.path())).collect();
    files.retain(|p| p.extension().is_some_and(|e| e == "toml"));
    files.sort();
    let (mut found, mut trouble) = (Vec::new(), Vec::new());
    for file in files {
        match load(&file) {
            Ok(definition) => found.push(definition),
            Err(why) => {
                trouble.push(format!("format {} left out: {why}; `causeline formats check` tells more", file.display()))
            }
        }
    }
    (found, trouble)
}

/// A definition that passes its own samples.
fn load(file: &Path) -> Result<Definition, String> {
    let text = std::fs::read_to_string(file).map_err(|e| e.to_string())?;
    let name = file.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let definition = Arc::new(definition::parse(&name, &text)?);
    definition::check(&definition)?;
    Ok(Arc::unwrap_or_clone(definition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_definition_with_a_wrong_sample_is_left_out_and_told() {
        let folder = tempfile::tempdir().unwrap();
        let good = "title = \"X\"\nabout = \"x\"\nrank = 99\n[[pattern]]\nline = '~~<time:iso> <message>'\n\
                    [[sample]]\ntext = \"~~2026-01-02 03:04:05 x\"\ntime = \"2026-01-02T03:04:05Z\"\n";
        std::fs::write(folder.path().join("good.toml"), good.replace("'~~<", "'\\~\\~<")).unwrap();
        std::fs::write(folder.path().join("bad.toml"), good).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "not a definition").unwrap();
        let (found, trouble) = read(folder.path());
        assert_eq!(found.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["good"]);
        assert!(trouble.len() == 1 && trouble[0].contains("bad.toml"), "{trouble:?}");
    }
}
