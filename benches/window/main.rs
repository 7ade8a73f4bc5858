//! What the window costs: frames, filter, memory and rest, on generated logs, without a display.
//!
//! `cargo bench --bench window` writes logs of 10^6 events to a temporary folder and drives the window over them;
//! `-- --full` does so with 10^7 events, too (1 GB on disk, 2 GB of memory and more). `-- --events N` takes another number,
//! `-- --seconds S` drives longer, `-- --report` fails on nothing. Exit code 1 when a goal is missed.

#![expect(clippy::print_stdout, reason = "the table is its output")]

mod logs;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use causeline::analysis::{Config, analyze};
use causeline::cli::args::ReadArgs;
use causeline::detect::Findings;
use causeline::ui::headless::Headless;
use causeline::ui::measure::{self, Figures};
use causeline::ui::window::Window;

/// Half of the frames, and all but one of a hundred, are done within this many milliseconds.
const FRAME: [f64; 2] = [8.0, 16.0];
/// A filter that is a word answers within this many milliseconds.
const FILTER: f64 = 150.0;
/// The first rows are there after this many milliseconds.
const FIRST_ROWS: f64 = 200.0;
/// The window takes this much more memory than analysis and findings, in bytes.
const MEMORY: u64 = 150 << 20;
/// What the goals for frames are set for.
const MOVING: [&str; 3] = ["zooming", "panning", "scrolling"];
/// Nothing here takes longer to read.
const LONGEST: Duration = Duration::from_secs(1_800);

struct Options {
    events: Vec<u64>,
    seconds: f64,
    report: bool,
}

fn options(mut args: impl Iterator<Item = String>) -> Result<Options> {
    let mut out = Options { events: vec![1_000_000], seconds: 10.0, report: false };
    while let Some(arg) = args.next() {
        let mut value = || args.next().with_context(|| format!("{arg} needs a value"));
        match arg.as_str() {
            "--full" => out.events = vec![1_000_000, 10_000_000],
            "--events" => out.events = vec![value()?.parse()?],
            "--seconds" => out.seconds = value()?.parse()?,
            "--report" => out.report = true,
            "--bench" | "--test" => {} // cargo says so
            other => bail!("unknown option {other}"),
        }
    }
    Ok(out)
}

fn main() -> Result<ExitCode> {
    let mut args = std::env::args().skip(1);
    let first = args.next();
    if let Some(what) = first.as_deref().and_then(|a| a.strip_prefix("--child=")) {
        let path = PathBuf::from(args.next().context("a child needs a path")?);
        println!("{}", child(what, &path)?);
        return Ok(ExitCode::SUCCESS);
    }
    let options = options(first.into_iter().chain(args))?;
    let mut missed = 0;
    for &events in &options.events {
        missed += run(events, options.seconds)?;
    }
    if missed > 0 {
        println!("{missed} goals missed");
    }
    Ok(if missed > 0 && !options.report { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn config() -> Result<Config> {
    let read = ReadArgs { default_tz: "UTC".to_owned(), ..ReadArgs::default() };
    Ok(Config { causal: true, ..read.config()? })
}

/// Measures one size; how many goals were missed.
fn run(events: u64, seconds: f64) -> Result<usize> {
    let folder = tempfile::tempdir()?;
    let bytes = logs::write(folder.path(), events)?;
    println!("{events} events of six hosts, {} MB", bytes / 1_000_000);
    let alone = memory_of("analysis", folder.path())?;
    let window = memory_of("window", folder.path())?;
    let figures = measure::measure(vec![folder.path().to_owned()], config()?, seconds);
    let mb = |bytes: u64| bytes / 1_000_000;
    let own = window.saturating_sub(alone);
    let met = own <= MEMORY;
    println!(
        "memory: analysis and findings {} MB, in the window {} MB, the window itself {} MB, goal {}{}\n",
        mb(alone),
        mb(window),
        mb(own),
        mb(MEMORY),
        if met { "" } else { "  MISSED" }
    );
    Ok(table(&figures) + usize::from(!met))
}

/// Prints what was measured beside what it should be; how many goals were missed.
fn table(figures: &Figures) -> usize {
    println!("{:<20} {:>7} {:>10} {:>10} {:>10}   goal", "frames (ms of CPU)", "frames", "median", "99 %", "longest");
    let mut missed = 0;
    let mut judge = |met: bool| {
        missed += usize::from(!met);
        if met { "" } else { "  MISSED" }
    };
    for t in figures.kinds.iter().chain([&figures.all]) {
        let row = format!("{:<20} {:>7} {:>10.2} {:>10.2} {:>10.2}", t.what, t.frames, t.median, t.p99, t.max);
        if MOVING.contains(&t.what) {
            let [median, p99] = FRAME;
            let word = judge(t.median <= median && t.p99 <= p99);
            println!("{row}   {median}, {p99}{word}");
        } else {
            println!("{row}");
        }
    }
    println!("{:<20} {:>7} {:>10.2}\n", "tessellation", "", figures.tessellate_median_ms);
    let rows = [
        ("filter by a word", figures.filter_ms, FILTER, "ms"),
        ("first rows", figures.first_rows_ms, FIRST_ROWS, "ms"),
        ("frames in 2 s of rest", figures.idle_frames as f64, 0.0, ""),
    ];
    for (what, value, goal, unit) in rows {
        println!("{what:<22} {value:>8.0} {unit:<3}  goal {goal:.0}{}", judge(value <= goal));
    }
    println!("{:<22} {:>8.0} ms", "all read and found", figures.ready_ms);
    println!("{:<22} {:>8.0} ms   {:.1} bytes an event", "density", figures.density_ms, figures.density_bytes);
    println!();
    missed
}

/// Memory (bytes, mapped files not counted) of a process that holds `what` of the logs at `path`.
fn memory_of(what: &str, path: &Path) -> Result<u64> {
    let out = Command::new(std::env::current_exe()?).arg(format!("--child={what}")).arg(path).output()?;
    if !out.status.success() {
        bail!("the process that holds the {what} failed: {}", String::from_utf8_lossy(&out.stderr));
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().parse()?)
}

fn child(what: &str, path: &Path) -> Result<u64> {
    if what == "analysis" {
        let config = config()?;
        let analysis = analyze(&[path.to_owned()], &config);
        let found = Findings::detect(&analysis, &config);
        let memory = memory();
        drop((analysis, found));
        return memory;
    }
    let mut head = Headless::new(Window::new(vec![path.to_owned()], config()?), egui::vec2(1_600.0, 1_000.0), 1.0);
    head.settle(LONGEST).context("reading took too long")?;
    memory()
}

fn memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status").context("memory is told on Linux only")?;
    let line = status.lines().find_map(|l| l.strip_prefix("RssAnon:")).context("no RssAnon")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1_024)
}
