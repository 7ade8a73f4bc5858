//! The judge of detection: healthy clusters with known faults put in, read by the real program, and clusters without.
//!
//! `cargo bench --no-default-features --bench findings` prints how many faults were found, how much of what was found
//! is true, and how near to the top the cause stands. Options after `--`: `--runs N` (a fault), `--seed S` (the
//! first), `--fault NAME` (or `null`), `--keep DIR` (one run's logs), `--verbose` (what went wrong, run by run).
//! Every fifth run has no fault. Exit code 1 when a goal is missed.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "the judge indexes what it made itself, and may stop"
)]
#![expect(clippy::print_stdout, reason = "the tables are its output")]

mod fault;
mod jobs;
mod judge;
mod lookalike;
mod perturb;
mod report;
mod scene;
#[path = "../simulator/mod.rs"]
#[expect(dead_code, reason = "the judge of order uses the rest")]
mod simulator;
mod things;
mod voice;

use std::process::ExitCode;
use std::sync::Arc;

use causeline::analysis::Config;
use causeline::format::definition::Definitions;
use rayon::prelude::*;

use judge::Verdict;
use simulator::options::{self, Options};

fn main() -> ExitCode {
    options::judge("--fault", 6, measure)
}

/// Runs all faults and prints the table; false when a goal is missed.
fn measure(options: &Options) -> std::io::Result<bool> {
    let wanted = |name: &str| options.only.as_ref().is_none_or(|n| n == name);
    let faults: Vec<&fault::Fault> = fault::ALL.iter().filter(|f| wanted(f.name)).collect();
    let nulls = if wanted("null") {
        let all = faults.len() as u64 * options.runs;
        if faults.is_empty() { options.runs } else { all.div_ceil(4) }
    } else {
        0
    };
    if faults.is_empty() && nulls == 0 {
        let names: Vec<&str> = fault::ALL.iter().map(|f| f.name).chain(["null"]).collect();
        return Err(std::io::Error::other(format!("no such fault; there are: {}", names.join(" | "))));
    }
    let config = Config {
        definitions: Arc::new(Definitions::builtin()),
        packs: causeline::fact::Packs::builtin(),
        rules: causeline::rule::Rules::builtin(),
        causal: true,
        ..Config::default()
    };
    if let Some(keep) = &options.keep {
        let verdict = judge::judge(faults.first().copied(), options.seed, &config, Some(keep))?;
        println!("{}\n{}", report::row(verdict.fault, &[&verdict]), report::notes(&[&verdict]).join("\n"));
        return Ok(true);
    }
    let mut work: Vec<(Option<&fault::Fault>, u64)> = Vec::new();
    for (n, f) in faults.iter().enumerate() {
        // Seeds of its own for each fault: a judge that shows one cluster 21 times sees little of the world.
        work.extend((0..options.runs).map(|r| (Some(*f), options.seed + r + n as u64 * 10_007)));
    }
    work.extend((0..nulls).map(|r| (None, options.seed + r + 1_000_003)));
    let verdicts: Vec<Verdict> =
        work.into_par_iter().map(|(f, seed)| judge::judge(f, seed, &config, None)).collect::<std::io::Result<_>>()?;
    println!("{}", report::head());
    for f in &faults {
        let of: Vec<&Verdict> = verdicts.iter().filter(|v| v.fault == f.name).collect();
        println!("{}", report::row(f.name, &of));
    }
    let of = |null: bool| verdicts.iter().filter(|v| (v.fault == "null") == null).collect::<Vec<_>>();
    println!("{}", report::row("null", &of(true)));
    println!("\nWrong findings by rule\n{}", report::rules(&verdicts).join("\n"));
    if options.verbose {
        println!("\nWhat went wrong\n{}", report::notes(&verdicts.iter().collect::<Vec<_>>()).join("\n"));
    }
    Ok(report::goals(&of(false), &of(true)))
}
