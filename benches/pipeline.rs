//! How long each stage takes, on logs that this file writes itself.
//!
//! `cargo bench --no-default-features` measures 20 MB of six formats; `CAUSELINE_BENCH_MB=200` more of it.
//! Throughput is of the text's bytes. Compare ratios within one run: machines are noisy.

#![expect(clippy::unwrap_used, reason = "a bench stops when it cannot do its work")]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

use causeline::analysis::{Analysis, Config, analyze_sources};
use causeline::clock::corridor::{self, Bound};
use causeline::clock::steps;
use causeline::diagnostic::Diagnostics;
use causeline::event::{build, settle};
use causeline::fact::Packs;
use causeline::format::definition::Definitions;
use causeline::query::{Clock, Context, Filter};
use causeline::source::{Source, Text};
use causeline::time::infer::Given;
use causeline::timeline::Timeline;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};

/// A small generator of our own: the same numbers in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }
}

/// One source per format, written in step: an hour and more of one shop's evening.
fn corpus(megabytes: usize) -> Vec<Source> {
    let mut texts: [(&str, String); 6] = [
        ("web1/production.log", String::new()),
        ("web1/app.jsonl", String::new()),
        ("web1/access.log", String::new()),
        ("db1/postgresql.log", String::new()),
        ("db2/postgresql.csv", String::new()),
        ("db1/syslog", String::new()),
    ];
    let mut dice = Dice(7);
    let mut micros = 0u64;
    while texts.iter().map(|(_, t)| t.len()).sum::<usize>() < megabytes << 20 {
        micros += 1 + dice.next(4000);
        request(&mut texts, micros, &mut dice);
    }
    texts
        .into_iter()
        .map(|(path, text)| Source {
            path: path.into(),
            folder: path.split('/').next().map(str::to_owned),
            text: Arc::new(Text::Owned(text.into_bytes())),
            ..Source::default()
        })
        .collect()
}

fn request(texts: &mut [(&str, String); 6], micros: u64, dice: &mut Dice) {
    let (s, us) = (micros / 1_000_000, micros % 1_000_000);
    let clock = format!("{:02}:{:02}:{:02}", 12 + s / 3600, s / 60 % 60, s % 60);
    let (id, user, ms) = (dice.next(u64::MAX >> 1), dice.next(250_000), dice.next(90_000) as f64 / 1000.0);
    let [rails, json, access, pg, csv, syslog] = texts.each_mut().map(|(_, t)| t);
    for what in [
        "Started POST \"/api/v1/payments\" for 10.0.0.1",
        "Processing by PaymentsController#create as JSON",
        "Completed 201 Created in 12ms",
    ] {
        writeln!(rails, "I, [2025-10-10T{clock}.{us:06} #3100]  INFO -- : [{id:016x}] {what}").unwrap();
    }
    writeln!(json, "{{\"ts\":\"2025-10-10T{clock}.{us:06}Z\",\"level\":\"info\",\"host\":\"web1\",\"request_id\":\"{id:016x}\",\"user_id\":{user},\"event\":\"payment.created\",\"duration_ms\":{ms:.3},\"msg\":\"POST handled\"}}").unwrap();
    writeln!(
        access,
        "10.0.{}.{} - - [10/Oct/2025:{clock} +0000] \"POST /api/v1/payments HTTP/1.1\" 201 {} \"-\" \"curl/8.1\"",
        user % 256,
        user % 251,
        180 + user % 900
    )
    .unwrap();
    writeln!(pg, "2025-10-10 {clock}.{:03} UTC [{}] app@shop LOG:  duration: {ms:.3} ms  execute <unnamed>: INSERT INTO payments (customer_id,\n\t  amount)\n\tVALUES ($1, $2)", us / 1000, 5000 + user % 60).unwrap();
    writeln!(csv, "2025-10-10 {clock}.{:03} UTC,\"app\",\"shop\",{},\"10.0.3.21:4000\",68e78f2c.172c,7,\"SELECT\",2025-10-10 11:00:07 UTC,7/1290,0,LOG,00000,\"duration: {ms:.3} ms  execute a7: SELECT count(*)\nFROM payouts\",,,,,,,,,\"puma\",\"client backend\",,0", us / 1000, 5000 + user % 60).unwrap();
    if dice.next(8) == 0 {
        writeln!(syslog, "Oct 10 {clock} db1 systemd[1]: Started Session {user} of User postgres.").unwrap();
    }
}

fn pipeline(c: &mut Criterion) {
    let megabytes = std::env::var("CAUSELINE_BENCH_MB").ok().and_then(|v| v.parse().ok()).unwrap_or(20);
    let sources = corpus(megabytes);
    let bytes: u64 = sources.iter().map(Source::len).sum();
    let definitions = Arc::new(Definitions::builtin());
    let packs = Packs::builtin();
    let config = Config { definitions: definitions.clone(), packs, ..Config::default() };
    let mut group = c.benchmark_group("pipeline");
    group.throughput(Throughput::Bytes(bytes)).sample_size(10);

    group.bench_function("floor: count line ends", |b| {
        b.iter(|| sources.iter().map(|s| memchr::memchr_iter(b'\n', s.text.bytes()).count()).sum::<usize>());
    });
    group.bench_function("1 recognise", |b| {
        b.iter(|| build::plan(black_box(&sources), &definitions, &Given::default()))
    });
    let plans = build::plan(&sources, &definitions, &Given::default());
    let read = || build::read(&sources, &plans, &mut |_, _| true).unwrap();
    group.bench_function("2 read", |b| b.iter(read));
    let segments = read();
    let settled = |segments| settle::settle(&mut Diagnostics::default(), &sources, &plans, segments, &Given::default());
    group.bench_function("3 settle times", |b| b.iter_batched(|| segments.clone(), settled, BatchSize::LargeInput));
    let (events, _) = settled(segments.clone());
    group.bench_function("4 order", |b| b.iter(|| Timeline::by_recorded_time(black_box(&events))));
    let all = || analyze_sources(Diagnostics::default(), sources.clone(), &config, &mut |_| true).unwrap();
    group.bench_function("all", |b| b.iter(all));
    let analysis: Analysis = all();
    let none = std::sync::atomic::AtomicBool::new(false);
    let filter = Filter::parse("systemd", Clock::default()).unwrap();
    group.bench_function("filter by a word", |b| {
        b.iter(|| filter.rows(&analysis, &Context::default(), &none).unwrap().len())
    });
    let few: Vec<_> = analysis.timeline.events().iter().copied().step_by(97).take(1000).collect();
    group.throughput(Throughput::Elements(few.len() as u64));
    group.bench_function("decode 1000 records", |b| {
        b.iter(|| few.iter().map(|id| analysis.record(*id).message.len()).sum::<usize>());
    });
    group.throughput(Throughput::Elements(analysis.events.len() as u64));
    group.bench_function("facts of all packs", |b| b.iter(|| analysis.facts(&config).len()));
    let causal = |a: Analysis| a.in_causal_order(&config);
    group.bench_function("clocks and causal order", |b| {
        b.iter_batched(|| analysis.clone(), causal, BatchSize::LargeInput);
    });
    group.finish();
}

/// The clock solver on brackets of which one in ten is false; throughput is in pairs of records.
fn solver(c: &mut Criterion) {
    let mut dice = Dice(11);
    let bounds: Vec<Bound> = (0..4_000u32)
        .map(|i| {
            let (before, after) = (dice.next(3_000_000) as f64, dice.next(3_000_000) as f64);
            let offset = if dice.next(10) == 0 { dice.next(9_000_000_000) as f64 } else { 37e9 };
            Bound { at: f64::from(i) * 1e9, low: offset - before, high: offset + after }
        })
        .collect();
    let mut group = c.benchmark_group("clocks");
    group.throughput(Throughput::Elements(bounds.len() as u64));
    group.bench_function("line through most bounds", |b| b.iter(|| corridor::stab(black_box(&bounds))));
    group.bench_function("line with its steps", |b| b.iter(|| steps::stab_with_steps(black_box(&bounds))));
    group.finish();
}

criterion_group!(benches, pipeline, solver);
criterion_main!(benches);
