//! What both judges may be asked on the command line, and how they end.

use std::path::PathBuf;
use std::process::ExitCode;

/// What the command line asks for.
pub(crate) struct Options {
    /// Runs of each.
    pub(crate) runs: u64,
    /// Where chance begins.
    pub(crate) seed: u64,
    /// Seeds of each pair of methods that are compared.
    pub(crate) pairs: u64,
    /// Only this one.
    pub(crate) only: Option<String>,
    /// The logs of the run are kept here.
    pub(crate) keep: Option<PathBuf>,
    /// Every run is told.
    pub(crate) verbose: bool,
}

/// Reads the command line, judges, and turns the verdict into an exit code: 0 for goals met, 1 for missed, 2 for trouble.
/// `only` is the option that names one of what is judged.
pub(crate) fn judge(only: &str, runs: u64, measure: impl FnOnce(&Options) -> std::io::Result<bool>) -> ExitCode {
    let options = Options { runs, seed: 1, pairs: 6, only: None, keep: None, verbose: false };
    match read(options, only).and_then(|o| measure(&o).map_err(|e| e.to_string())) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            println!("{e}");
            ExitCode::from(2)
        }
    }
}

fn read(mut out: Options, only: &str) -> Result<Options, String> {
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        let number = |v: String| v.parse::<u64>().map_err(|e| format!("{v}: {e}"));
        match arg.as_str() {
            "--runs" => out.runs = number(value()?)?,
            "--seed" => out.seed = number(value()?)?,
            "--pairs" => out.pairs = number(value()?)?,
            "--keep" => out.keep = Some(value()?.into()),
            "--verbose" => out.verbose = true,
            "--bench" | "--test" => {} // cargo says so
            named if named == only => out.only = Some(value()?),
            other => return Err(format!("unknown option {other}")),
        }
    }
    Ok(out)
}
