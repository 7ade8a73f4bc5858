//! A picture of the window without a display, for documents and tests. Nothing is written beside the logs.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::analysis::{Analysis, Config};
use crate::query;
use crate::ui::command::Command;
use crate::ui::findings::{Act, Sections};
use crate::ui::headless::Headless;
use crate::ui::raster::{Picture, Raster};
use crate::ui::reading::{Looking, Stage};
use crate::ui::settings::ThemeChoice;
use crate::ui::theme::Tokens;
use crate::ui::window::Window;

/// No capture takes this long to read; a picture must not hang a script for ever.
const LONGEST: Duration = Duration::from_secs(3_600);

/// What is to be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Shot {
    /// Width and height in pixels.
    pub size: [u32; 2],
    /// Pixels of a point.
    pub scale: u8,
    /// Dark, else light.
    pub dark: bool,
    /// What was clicked on.
    pub click: Option<Click>,
}

/// Something to click on before the picture is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Click {
    /// An event, by its place: `db1/kern.log:12`.
    Event(String),
    /// A story, the first is 1.
    Story(usize),
}

/// Reads `paths` and draws the window as it is when everything is known; also returns what was read.
///
/// # Errors
/// A sentence when reading failed, or when there is nothing where it is to be clicked.
pub fn take(paths: Vec<PathBuf>, config: Config, shot: &Shot) -> Result<(Picture, Arc<Analysis>), String> {
    let scale = f32::from(shot.scale.max(1));
    let pixels = shot.size.map(|n| n as f32);
    // The user's own settings are neither read nor written: a document's pictures look the same everywhere.
    let mut window = Window::new(paths, config);
    window.keeper.settings.theme = if shot.dark { ThemeChoice::Dark } else { ThemeChoice::Light };
    let mut head = Headless::new(window, egui::Vec2::from(pixels) / scale, scale);
    head.raster = Some(Raster::default());
    let slow = || "reading takes too long for a picture".to_owned();
    // Nothing is drawn before everything is known, so that the same logs give the same picture.
    if !head.read(LONGEST) {
        return Err(slow());
    }
    if let Stage::Failed(reason) = &head.window.reading.stage {
        return Err(reason.clone());
    }
    head.window.reading.took = None;
    let mut frame = head.settle(LONGEST).ok_or_else(slow)?;
    if let Some(click) = &shot.click {
        let command = command(&head.window, click)?;
        head.run(command);
        frame = head.settle(LONGEST).ok_or_else(slow)?;
    }
    let behind = Tokens::of(head.ctx.theme()).background;
    let size = shot.size.map(|n| n as usize);
    let raster = head.raster.take().unwrap_or_default();
    let picture = raster.draw(&frame.meshes, head.ctx.pixels_per_point(), size, behind);
    Ok((picture, head.window.shown.analysis.clone()))
}

/// What a click there does.
fn command(window: &Window, click: &Click) -> Result<Command, String> {
    match click {
        Click::Event(place) => query::place(&window.shown.analysis, place).map(Command::ChooseInLanes),
        Click::Story(n) => {
            if let Looking::Failed(reason) = &window.reading.looking {
                return Err(format!("findings could not be looked for: {reason}"));
            }
            let sections = window.found.as_ref().map(|found| Sections::of(found, &window.notes)).unwrap_or_default();
            let told = n.checked_sub(1).and_then(|n| sections.stories.get(n));
            told.map(|told| Command::Finding(Act::Story(told.story))).ok_or_else(|| match sections.stories.len() {
                0 => "no story was found here".to_owned(),
                1 => format!("there is no story {n}; only story 1 was found"),
                many => format!("there is no story {n}; stories 1 to {many} were found"),
            })
        }
    }
}
