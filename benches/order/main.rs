//! The judge: small clusters whose true order is known, their clocks and logs gone wrong, read by the real program.
//!
//! `cargo bench --no-default-features --bench order` prints how well order and clocks are found, beside simpler
//! methods. Options after `--`: `--runs N` (a scenario), `--seed S` (the first), `--scenario NAME`, `--keep DIR`
//! (one run's logs, and their truth beside them), `--verbose` (worst runs), `--pairs N` (seeds of the second table).
//! The acceptance run is `--runs 50`: a thousand clusters. Exit code 1 when an invariant is broken.

#![expect(clippy::indexing_slicing, reason = "the judge indexes what it made itself, and may stop")]
#![expect(clippy::print_stdout, reason = "the tables are its output")]

mod baselines;
mod brackets;
mod judge;
mod pairwise;
mod report;
mod sample;
mod scenario;
#[path = "../simulator/mod.rs"]
#[expect(dead_code, reason = "the judge of detection uses the rest")]
mod simulator;

use std::process::ExitCode;
use std::sync::Arc;

use causeline::analysis::Config;
use causeline::format::definition::Definitions;
use rayon::prelude::*;

use judge::Verdict;
use simulator::options::{self, Options};

fn main() -> ExitCode {
    options::judge("--scenario", 4, measure)
}

/// Runs all scenarios and prints the tables; false when an invariant is broken.
fn measure(options: &Options) -> std::io::Result<bool> {
    let wanted = |s: &&scenario::Setup| options.only.as_ref().is_none_or(|n| s.name == n);
    let setups: Vec<&scenario::Setup> = scenario::ALL.iter().filter(wanted).collect();
    if setups.is_empty() {
        let names: Vec<&str> = scenario::ALL.iter().map(|s| s.name).collect();
        return Err(std::io::Error::other(format!("no such scenario; there are: {}", names.join(" | "))));
    }
    let config = Config {
        definitions: Arc::new(Definitions::builtin()),
        packs: causeline::fact::Packs::builtin(),
        causal: true,
        ..Config::default()
    };
    if let (Some(keep), Some(setup)) = (&options.keep, setups.first()) {
        let verdict = judge::judge(setup, options.seed, &config, Some(keep))?;
        println!(
            "{}\n{}",
            report::worst(setup.name, &[&verdict]).join("\n"),
            brackets::lines(&verdict.brackets).join("\n")
        );
        println!("{}", verdict.lost.iter().take(12).cloned().collect::<Vec<_>>().join("\n"));
        return Ok(true);
    }
    let jobs: Vec<(usize, u64)> =
        (0..setups.len()).flat_map(|s| (0..options.runs).map(move |r| (s, options.seed + r))).collect();
    let verdicts: Vec<(usize, Verdict)> = jobs
        .into_par_iter()
        .map(|(s, seed)| judge::judge(setups[s], seed, &config, None).map(|v| (s, v)))
        .collect::<std::io::Result<_>>()?;
    print(options, &setups, &verdicts);
    let all = || verdicts.iter().map(|(_, v)| v);
    let sum = |f: &dyn Fn(&Verdict) -> usize| all().map(f).sum::<usize>();
    let (broken, invented) = (sum(&|v| v.broken), sum(&|v| v.invented));
    let (certain, wrong) = (sum(&|v| v.certain), sum(&|v| v.wrong));
    let worse = all().filter(|v| v.ours.overall < v.baselines[0].overall).count();
    println!(
        "\ninvariants: {broken} hard edges broken ({} of them true), {invented} offsets made up: both must be 0",
        sum(&|v| v.broken_true)
    );
    println!(
        "goals: certain and right {:.4} (0.999; {} of {wrong} wrong ones by an offset measured but not applied), runs worse than the recorded sort {worse} of {} (0)",
        1.0 - wrong as f64 / certain.max(1) as f64,
        sum(&|v| v.unapplied),
        verdicts.len()
    );
    Ok(broken + invented == 0)
}

fn print(options: &Options, setups: &[&scenario::Setup], verdicts: &[(usize, Verdict)]) {
    let of = |s: usize| verdicts.iter().filter(|(i, _)| *i == s).map(|(_, v)| v).collect::<Vec<_>>();
    let all: Vec<&Verdict> = verdicts.iter().map(|(_, v)| v).collect();
    println!("Table 1a: order\n{}", report::order_head());
    for (s, setup) in setups.iter().enumerate() {
        println!("{}", report::order_row(setup.name, &of(s)));
    }
    println!("{}", report::order_row("all", &all));
    println!("\nTable 1b: by true gap, all scenarios\n{}", report::decades(&all).join("\n"));
    println!("\nTable 1c: clocks, certainty, edges\n{}", report::clock_head());
    for (s, setup) in setups.iter().enumerate() {
        println!("{}", report::clock_row(setup.name, &of(s)));
    }
    println!("{}", report::clock_row("all", &all));
    println!("\nTable 1d: clocks by stamps, all scenarios\n{}", report::classes(&all).join("\n"));
    println!("\nTable 1e: edges by rule, all scenarios\n{}", report::rules(&all).join("\n"));
    if options.verbose {
        println!("\nWorst runs");
        for (s, setup) in setups.iter().enumerate() {
            println!("{}", report::worst(setup.name, &of(s)).join("\n"));
        }
    }
    if options.only.is_none() && options.pairs > 0 {
        println!(
            "\nTable 2: a pair of hosts, 6 h (table A3 of the design): p95 of the error, medians of {} seeds",
            options.pairs
        );
        println!("{}", pairwise::table(options.seed, options.pairs).join("\n"));
    }
}
