//! The options of a picture of the window.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

/// Least and most width, and least and most height of a picture, in pixels.
const WIDTH: [u32; 2] = [320, 7_680];
const HEIGHT: [u32; 2] = [240, 4_320];

/// Options of a picture, as typed.
#[derive(Clone, Debug, Default, Args)]
pub struct PictureArgs {
    /// Write a picture of the window to this PNG file instead of opening it; needs no display.
    #[arg(long, value_name = "FILE.png")]
    pub screenshot: Option<PathBuf>,
    /// Size of the picture in pixels.
    #[arg(long, value_name = "WxH", requires = "screenshot", default_value = "1600x1000", value_parser = size)]
    pub size: Size,
    /// Draw everything twice as large, for screens with small pixels.
    #[arg(long, value_name = "1|2", requires = "screenshot", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub scale: u8,
    /// Colors of the picture.
    #[arg(long, value_enum, requires = "screenshot", default_value_t = Theme::Dark)]
    pub theme: Theme,
    /// Choose this event, as a click on it does: `db1/kern.log:12`.
    #[arg(long, value_name = "FILE:LINE", requires = "screenshot", conflicts_with = "story")]
    pub select: Option<String>,
    /// Choose this story, as a click on it does; the first is 1.
    #[arg(long, value_name = "N", requires = "screenshot")]
    pub story: Option<usize>,
}

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size(pub [u32; 2]);

impl Default for Size {
    fn default() -> Self {
        Size([1_600, 1_000])
    }
}

/// Dark or light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// Reads `1600x1000`.
fn size(text: &str) -> Result<Size, String> {
    let parts = text.split_once(['x', 'X', '×']);
    let parsed = parts.and_then(|(w, h)| Some((w.trim().parse::<u32>().ok()?, h.trim().parse::<u32>().ok()?)));
    let fits = |n: u32, [least, most]: [u32; 2]| (least..=most).contains(&n);
    match parsed {
        Some((w, h)) if fits(w, WIDTH) && fits(h, HEIGHT) => Ok(Size([w, h])),
        Some(_) => {
            Err(format!("a picture is {}x{} at least and {}x{} at most", WIDTH[0], HEIGHT[0], WIDTH[1], HEIGHT[1]))
        }
        None => Err("wants width and height in pixels: 1600x1000".to_owned()),
    }
}

/// A picture to draw.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Where it is written.
    pub file: PathBuf,
    /// How, and what is clicked on.
    pub args: PictureArgs,
}

impl PictureArgs {
    /// The picture that is asked for, if one is.
    ///
    /// # Errors
    /// A file that does not look like a picture's: it may be one of the logs.
    pub fn picture(&self) -> Result<Option<Picture>> {
        let Some(file) = self.screenshot.clone() else { return Ok(None) };
        if file.extension().is_none_or(|e| !e.eq_ignore_ascii_case("png")) {
            bail!("--screenshot writes a PNG file; its name must end in .png, not `{}`", file.display());
        }
        Ok(Some(Picture { file, args: self.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_within_their_bounds() {
        assert_eq!(size("1600x1000"), Ok(Size([1_600, 1_000])));
        assert_eq!(size("7680X4320"), Ok(Size([7_680, 4_320])));
        for wrong in
            ["", "x", "1600", "1600x", "319x240", "320x239", "7681x100", "-1x300", "1e9x1e9", "99999999999x300"]
        {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
