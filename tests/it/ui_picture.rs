//! `causeline open --screenshot`: a picture of the window where there is no display.

#![expect(clippy::indexing_slicing, reason = "a pixel that is not there is a test that fails")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::tools::{root, run};

struct Picture {
    width: usize,
    height: usize,
    rgb: Vec<u8>,
}

impl Picture {
    fn read(path: &Path) -> Picture {
        let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut rgb).unwrap();
        assert_eq!(info.color_type, png::ColorType::Rgb);
        Picture { width: info.width as usize, height: info.height as usize, rgb }
    }

    /// Different colors in a part of the picture.
    fn colors(&self, x: std::ops::Range<usize>, y: std::ops::Range<usize>) -> usize {
        let at = |x: usize, y: usize| &self.rgb[(y * self.width + x) * 3..][..3];
        y.flat_map(|y| x.clone().map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect::<BTreeSet<_>>().len()
    }

    fn mean(&self) -> f64 {
        self.rgb.iter().map(|&c| f64::from(c)).sum::<f64>() / self.rgb.len() as f64
    }
}

/// A copy of the sample incident, and the pictures that are made of it.
struct Studio {
    folder: tempfile::TempDir,
}

impl Studio {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let sample = root().join("sample-logs/failover-that-never-promoted");
        crate::ui::copy(&sample, &folder.path().join("case"));
        Studio { folder }
    }

    fn run(&self, options: &[&str]) -> Output {
        let args: Vec<&str> =
            ["open", "--screenshot", "p.png"].iter().chain(options).chain(&["case"]).copied().collect();
        run(self.folder.path(), &args)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("p.png")
    }

    /// A picture that must come out, and its bytes.
    fn take(&self, options: &[&str]) -> (Picture, Vec<u8>) {
        let out = self.run(options);
        assert_eq!(out.status.code(), Some(0), "{options:?}: {}", String::from_utf8_lossy(&out.stderr));
        assert!(out.stdout.is_empty() && out.stderr.is_empty());
        let file = self.file();
        let bytes = std::fs::read(&file).unwrap();
        let picture = Picture::read(&file);
        std::fs::remove_file(file).unwrap();
        (picture, bytes)
    }

    /// Options that must be refused, and what is said.
    fn refused(&self, options: &[&str]) -> String {
        let out = self.run(options);
        assert_eq!(out.status.code(), Some(2), "{options:?}");
        assert!(!self.file().exists(), "{options:?} left a picture");
        String::from_utf8(out.stderr).unwrap()
    }
}

#[test]
fn the_window_is_drawn_with_its_words_and_nothing_is_written_beside_the_logs() {
    let studio = Studio::new();
    let (picture, bytes) = studio.take(&[]);
    assert_eq!((picture.width, picture.height), (1_600, 1_000));
    // "Open", smoothed at its edges; beside it the empty ground of the bar.
    assert!(picture.colors(10..80, 10..36) > 20, "no text on the button");
    assert_eq!(picture.colors(0..1_600, 2..6), 1, "the bar's edge is plain");
    // Messages of the list.
    assert!(picture.colors(720..1_180, 620..960) > 100, "no text in the list");
    assert_eq!(studio.take(&[]).1, bytes, "another picture of the same logs");
    let left: Vec<_> = std::fs::read_dir(studio.folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["case"], "something else was written");
}

#[test]
fn size_scale_and_theme_are_as_asked() {
    let studio = Studio::new();
    let (dark, _) = studio.take(&["--size", "800x600"]);
    let (light, _) = studio.take(&["--size", "800x600", "--theme", "light", "--scale", "2"]);
    for picture in [&dark, &light] {
        assert_eq!((picture.width, picture.height), (800, 600));
    }
    assert!(dark.mean() < 60.0 && light.mean() > 200.0, "{} {}", dark.mean(), light.mean());
    let (least, _) = studio.take(&["--size", "320x240", "--scale", "2"]);
    assert_eq!((least.width, least.height), (320, 240));
    for wrong in ["100x100", "8000x1000", "1000x5000", "wide", "1600x"] {
        assert!(studio.refused(&["--size", wrong]).contains("--size"), "{wrong}");
    }
    studio.refused(&["--scale", "3"]);
    studio.refused(&["--theme", "pink"]);
}

#[test]
fn a_story_and_an_event_are_chosen_as_a_click_does() {
    let studio = Studio::new();
    let small = ["--size", "1280x800"];
    let plain = studio.take(&small).1;
    let story = studio.take(&["--size", "1280x800", "--story", "1"]).1;
    let event = studio.take(&["--size", "1280x800", "--select", "pg01/kern.log:12"]).1;
    assert!(plain != story && plain != event && story != event);
    // Any line of a record stands for the record; the whole path means the same as its end.
    assert_eq!(studio.take(&["--size", "1280x800", "--select", "case/pg01/kern.log:12"]).1, event);
    for (wrong, told) in [
        (["--story", "0"], "only story 1"),
        (["--story", "7"], "only story 1"),
        (["--select", "kern.log"], "FILE:LINE"),
        (["--select", "db.log:1"], "pg02/db.log"),
        (["--select", "web9/kern.log:1"], "pg01/kern.log"),
        (["--select", "kern.log:4000"], "lines 1 to 27"),
    ] {
        let said = studio.refused(&wrong);
        assert!(said.contains(told), "{wrong:?}: {said}");
    }
}

#[test]
fn what_is_no_picture_or_no_log_is_said() {
    let studio = Studio::new();
    let out = run(studio.folder.path(), &["open", "--screenshot", "case/pg01/kern.log", "case"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&out.stderr).contains(".png"), "a log must not be overwritten");
    let out = run(studio.folder.path(), &["open", "--screenshot", "none/p.png", "case"]);
    assert_eq!(out.status.code(), Some(2));
    let out = run(studio.folder.path(), &["open", "--screenshot", "p.png", "case", "missing"]);
    assert_eq!(out.status.code(), Some(2), "the rest is drawn, and the exit code tells");
    assert!(studio.file().exists());
    let out = run(studio.folder.path(), &["open", "--story", "1", "case"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("--screenshot"));
}

#[test]
fn a_line_inside_a_record_stands_for_the_record() {
    let folder = crate::ui::logs();
    let take = |place: &str| {
        let args = ["open", "--screenshot", "p.png", "--size", "800x600", "--select", place, "case"];
        let out = run(folder.path(), &args);
        assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
        std::fs::read(folder.path().join("p.png")).unwrap()
    };
    assert_eq!(take("db.log:2"), take("db1/db.log:4"));
    assert_ne!(take("db.log:2"), take("db.log:5"));
}
