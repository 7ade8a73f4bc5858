//! What the command line says where the window is asked for: it hands over, or tells what to do instead.

use std::path::PathBuf;

use anyhow::Result;

use super::args::{OpenArgs, Order};
use super::picture::Picture;
use super::reopen::Inputs;
use super::{finish, print};
use crate::analysis::{Analysis, Config};
use crate::export::roundtrip::Opened;

/// A window to open.
#[derive(Debug)]
pub struct Open {
    /// The paths to read.
    pub paths: Vec<PathBuf>,
    /// How to read them.
    pub config: Config,
    /// What a report among the paths kept: its case, and its evidence by content.
    pub kept: Option<Opened>,
    /// Measure the window's work per frame instead of opening it.
    pub measure: bool,
    /// Draw a picture of the window instead of opening it.
    pub picture: Option<Picture>,
}

impl Open {
    /// What the arguments ask for.
    ///
    /// # Errors
    /// When an option cannot be read.
    pub fn new(args: &OpenArgs, measure: bool) -> Result<Open> {
        let mut config = Config { causal: args.order == Order::Causal, ..args.input.config()? };
        let given = Inputs::of(&args.input.paths)?;
        let picture = args.picture.picture()?;
        // The window takes the decisions from the case itself, so that they can be taken back there.
        let trouble = if picture.is_some() || measure { given.decide(&mut config) } else { Vec::new() };
        trouble.iter().for_each(|what| print::error(&format!("causeline: in the report: {what}")));
        Ok(Open { paths: given.paths, config, kept: given.report, measure, picture })
    }
}

/// Says in one sentence why there is no window and which command line does the same; the exit code.
pub fn refuse(open: &Open, why: &str) -> u8 {
    let paths: Vec<String> = open.paths.iter().map(|p| quoted(&p.to_string_lossy())).collect();
    let paths = if paths.is_empty() { "PATH".to_owned() } else { paths.join(" ") };
    print::error(&format!("causeline: {why}; the same as text: causeline events {paths}"));
    2
}

/// Says why there is no picture; the exit code.
pub fn no_picture(why: &str) -> u8 {
    print::error(&format!("causeline: {why}"));
    2
}

/// Writes a picture, and says what could not be read for it; the exit code.
pub fn write_picture(picture: &Picture, png: &[u8], analysis: &Analysis) -> u8 {
    match std::fs::write(&picture.file, png) {
        Ok(()) => finish(&analysis.diagnostics),
        Err(e) => no_picture(&format!("cannot write {}: {e}", picture.file.display())),
    }
}

/// Prints a text to standard output; the exit code.
pub fn print(text: &str) -> u8 {
    if print::stdout(text).is_ok() { 0 } else { 2 }
}

fn quoted(path: &str) -> String {
    let plain = path.chars().all(|c| c.is_alphanumeric() || "/._-+=:@%,".contains(c));
    if plain { path.to_owned() } else { format!("'{}'", path.replace('\'', "'\\''")) }
}
