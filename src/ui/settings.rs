//! What the user wants in every window, and what the last window left: two files in the XDG directories.
//!
//! `settings.toml` is meant to be read and changed by hand, too; `state.toml` holds what nobody chose on purpose. A file
//! that cannot be read is left alone and told about; it is never overwritten with defaults.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::case::file;
use crate::time::zone::Zone;
use crate::ui::columns::Columns;
use crate::ui::filter::Filters;
use crate::ui::lanes;
use crate::ui::page::Page;

/// Cases that are remembered.
const RECENT: usize = 12;

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ThemeChoice {
    /// As the system is.
    #[default]
    System,
    /// Dark.
    Dark,
    /// Light.
    Light,
}

/// What the user chose on purpose.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Dark or light.
    pub theme: ThemeChoice,
    /// Size of all text, in percent, 80 to 200.
    pub text_size: u32,
    /// Zone that a new window shows: `UTC`, `system`, or a name like `Europe/Berlin`.
    pub zone: String,
    /// Nothing slides or fades.
    pub reduced_motion: bool,
    /// Who writes notes; empty for the name this computer knows its user by.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// Keys that the user changed: the name of a command, and its keys, none or more.
    pub keys: BTreeMap<String, Vec<String>>,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            theme: ThemeChoice::System,
            text_size: 100,
            zone: "UTC".to_owned(),
            reduced_motion: false,
            author: String::new(),
            keys: BTreeMap::new(),
            unknown: toml::Table::new(),
        }
    }
}

impl Settings {
    /// The factor that all sizes are multiplied with, 0.8 to 2.
    pub fn zoom(&self) -> f32 {
        self.text_size.clamp(80, 200) as f32 / 100.0
    }

    /// The zone of a new window; UTC where the name is unknown.
    pub fn zone(&self, system: Option<Zone>) -> Zone {
        if self.zone == "system" {
            return system.unwrap_or_default();
        }
        Zone::parse(&self.zone).unwrap_or_default()
    }
}

/// Logs that were open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recent {
    /// What was opened, as absolute paths.
    pub paths: Vec<PathBuf>,
}

impl Recent {
    /// A name for it: that of its first file or folder, and how many more there are.
    pub fn name(&self) -> String {
        let first = self.paths.first();
        let name = first.and_then(|p| p.file_name()).map_or_else(String::new, |n| n.to_string_lossy().into_owned());
        match self.paths.len() {
            0 | 1 => name,
            n => format!("{name} and {} more", n - 1),
        }
    }

    /// The folder it lies in.
    pub fn place(&self) -> String {
        self.paths.first().and_then(|p| p.parent()).map_or_else(String::new, |p| p.display().to_string())
    }
}

/// Where the window stood, in points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Placed {
    /// Width and height of what is inside.
    pub size: [f32; 2],
    /// It filled the screen.
    pub maximized: bool,
}

/// What the last window left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The list of sources was shown.
    pub sources: bool,
    /// The panel beside the timeline was shown.
    pub inspector: bool,
    /// Sizes of panels by their names, in points.
    pub sizes: BTreeMap<String, f32>,
    /// Columns of the event list.
    pub columns: Columns,
    /// How the page of an event is shown.
    pub page: Page,
    /// What is chosen on the timeline for good.
    pub lanes: lanes::Kept,
    /// Filters that were used and saved.
    pub filters: Filters,
    /// Where the window stood.
    pub window: Option<Placed>,
    /// Logs that were open, the last first.
    pub recent: Vec<Recent>,
    /// What a newer version wrote.
    #[serde(flatten)]
    pub unknown: toml::Table,
}

impl Default for Remembered {
    fn default() -> Self {
        Remembered {
            sources: true,
            inspector: true,
            sizes: BTreeMap::new(),
            columns: Columns::default(),
            page: Page::default(),
            lanes: lanes::Kept::default(),
            filters: Filters::default(),
            window: None,
            recent: Vec::new(),
            unknown: toml::Table::new(),
        }
    }
}

impl Remembered {
    /// Puts `paths` on top of what was open.
    pub fn opened(&mut self, paths: &[PathBuf]) {
        let paths: Vec<PathBuf> = paths.iter().map(|p| std::path::absolute(p).unwrap_or_else(|_| p.clone())).collect();
        self.recent.retain(|r| r.paths != paths);
        self.recent.insert(0, Recent { paths });
        self.recent.truncate(RECENT);
    }
}

/// Settings and state with the files they are kept in.
#[derive(Clone, Debug, Default)]
pub struct Keeper {
    /// What the user chose.
    pub settings: Settings,
    /// What the last window left.
    pub remembered: Remembered,
    /// Why something is not kept, to be told once.
    pub trouble: Option<String>,
    settings_file: Option<PathBuf>,
    state_file: Option<PathBuf>,
    on_disk: (Settings, Remembered),
}

impl Keeper {
    /// Those of the user: `$XDG_CONFIG_HOME/causeline/settings.toml` and `$XDG_STATE_HOME/causeline/state.toml`.
    pub fn of_user() -> Keeper {
        let folder = |variable: &str, below_home: &str| {
            let set = std::env::var_os(variable).map(PathBuf::from).filter(|p| p.is_absolute());
            set.or_else(|| Some(std::env::home_dir().filter(|h| h.is_absolute())?.join(below_home)))
                .map(|p| p.join("causeline"))
        };
        Keeper::at(folder("XDG_CONFIG_HOME", ".config"), folder("XDG_STATE_HOME", ".local/state"))
    }

    /// Those in these folders; `None` keeps nothing.
    pub fn at(config: Option<PathBuf>, state: Option<PathBuf>) -> Keeper {
        let mut keeper = Keeper {
            settings_file: config.map(|p| p.join("settings.toml")),
            state_file: state.map(|p| p.join("state.toml")),
            ..Keeper::default()
        };
        keeper.settings = read(&mut keeper.settings_file, &mut keeper.trouble);
        keeper.remembered = read(&mut keeper.state_file, &mut keeper.trouble);
        keeper.on_disk = (keeper.settings.clone(), keeper.remembered.clone());
        keeper
    }

    /// Who writes notes: the name in the settings, else the one this computer knows its user by; perhaps empty.
    pub fn author(&self) -> String {
        let of_system = || ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| std::env::var(name).ok());
        match self.settings.author.trim() {
            "" => of_system().unwrap_or_default().trim().to_owned(),
            name => name.to_owned(),
        }
    }

    /// The file of the settings, where there is one that can be written.
    pub fn settings_file(&self) -> Option<&Path> {
        self.settings_file.as_deref()
    }

    /// Notes that `paths` were opened; what other windows opened meanwhile stays.
    pub fn opened(&mut self, paths: &[PathBuf]) {
        if let Some(path) = &self.state_file {
            let there: Option<Remembered> = std::fs::read_to_string(path).ok().and_then(|t| toml::from_str(&t).ok());
            if let Some(there) = there {
                self.remembered.recent = there.recent;
            }
        }
        self.remembered.opened(paths);
        self.save();
    }

    /// Writes what has changed.
    pub fn save(&mut self) {
        if self.settings != self.on_disk.0 {
            self.on_disk.0 = self.settings.clone();
            write(self.settings_file.as_deref(), &self.settings, &mut self.trouble);
        }
        if self.remembered != self.on_disk.1 {
            self.on_disk.1 = self.remembered.clone();
            write(self.state_file.as_deref(), &self.remembered, &mut self.trouble);
        }
    }
}

/// Reads a file; one that is there and cannot be read is not written either.
fn read<T: DeserializeOwned + Default>(file: &mut Option<PathBuf>, trouble: &mut Option<String>) -> T {
    let Some(path) = file.clone() else { return T::default() };
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return T::default(),
        Err(e) => {
            *file = None;
            *trouble = Some(format!("{} cannot be read: {e}; changes are not kept", path.display()));
            return T::default();
        }
    };
    toml::from_str(&text).unwrap_or_else(|e: toml::de::Error| {
        *file = None;
        let line = e.span().map_or(0, |s| text.get(..s.start).map_or(0, |head| head.matches('\n').count()) + 1);
        let what = e.message();
        *trouble =
            Some(format!("{}:{line}: {what}; the usual settings are used, and changes are not kept", path.display()));
        T::default()
    })
}

fn write<T: Serialize>(file: Option<&Path>, value: &T, trouble: &mut Option<String>) {
    let Some(path) = file else { return };
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let text = toml::to_string_pretty(value).map_err(std::io::Error::other);
    if let Err(e) = folder.and_then(|()| file::replace(path, &text?)) {
        *trouble = Some(format!("{} cannot be written: {e}", path.display()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_back_and_unknown_keys_are_kept() {
        let folder = tempfile::tempdir().unwrap();
        let at = || Keeper::at(Some(folder.path().join("config")), Some(folder.path().join("state")));
        let mut keeper = at();
        assert_eq!(keeper.settings, Settings::default());
        keeper.settings.theme = ThemeChoice::Light;
        keeper.settings.unknown.insert("from_the_future".into(), toml::Value::Boolean(true));
        keeper.opened(&[PathBuf::from("/logs/a")]);
        keeper.opened(&[PathBuf::from("/logs/b")]);
        keeper.opened(&[PathBuf::from("/logs/a")]);
        let again = at();
        assert_eq!(again.settings, keeper.settings);
        let names: Vec<String> = again.remembered.recent.iter().map(Recent::name).collect();
        assert_eq!(names, ["a", "b"]);
    }

    #[test]
    fn a_file_that_cannot_be_read_is_told_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("settings.toml");
        std::fs::write(&path, "theme = \"dark\"\ntext_size = \"big\"\n").unwrap();
        let mut keeper = Keeper::at(Some(folder.path().to_owned()), None);
        assert!(keeper.trouble.as_deref().unwrap().contains("settings.toml:2"), "{:?}", keeper.trouble);
        keeper.settings.theme = ThemeChoice::Light;
        keeper.save();
        assert!(std::fs::read_to_string(&path).unwrap().contains("big"));
    }

    #[test]
    fn two_windows_share_what_was_open() {
        let folder = tempfile::tempdir().unwrap();
        let at = || Keeper::at(None, Some(folder.path().to_owned()));
        let (mut one, mut other) = (at(), at());
        one.opened(&[PathBuf::from("/logs/one")]);
        other.opened(&[PathBuf::from("/logs/other")]);
        let names: Vec<String> = at().remembered.recent.iter().map(Recent::name).collect();
        assert_eq!(names, ["other", "one"]);
    }
}
