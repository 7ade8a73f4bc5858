//! Annotations stay on their records while files are rotated, compressed, moved, cut and collected again.
//!
//! Every line has a name of its own that is known by construction (its serial number in the story of the log), so that a
//! test knows which record is which although many have the same bytes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy exempts only functions marked as tests"
)]

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;
use std::path::Path;

use causeline::analysis::{Analysis, Config, analyze};
use causeline::case::{Annotation, Case};
use causeline::event::EventId;

use crate::tools::{config, root};

/// A line that is known by file and number, whatever it says.
#[derive(Clone)]
struct Line {
    name: (usize, usize),
    text: String,
}

/// One log through its life.
#[derive(Clone)]
struct Log {
    path: String,
    lines: Vec<Line>,
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

fn log(number: usize, path: &str, lines: impl IntoIterator<Item = String>) -> Log {
    let lines = lines.into_iter().enumerate().map(|(i, text)| Line { name: (number, i), text }).collect();
    Log { path: path.to_owned(), lines }
}

fn stamp(seconds: usize) -> String {
    format!(
        "2026-10-{:02}T{:02}:{:02}:{:02}Z",
        1 + seconds / 86_400,
        seconds / 3600 % 24,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// Logs full of lines that are there many times: in a row, in blocks, with stamps and without.
fn generated(random: &mut Random, n: usize) -> Vec<Log> {
    let words = ["retrying", "connection refused", "checkpoint complete", "lock wait", "slow query"];
    let mut second = 0;
    let dated: Vec<String> = (0..n)
        .map(|_| {
            second += usize::from(random.below(6) == 0);
            format!("{} web1 app[1]: {}", stamp(second), words[random.below(words.len())])
        })
        .collect();
    // Runs of equal lines, and a number now and then.
    let mut plain = Vec::new();
    while plain.len() < n {
        match random.below(10) {
            0 => plain.push(format!("request {} failed", random.below(1_000_000))),
            1 => plain.extend(std::iter::repeat_n("waiting for lock".to_owned(), 1 + random.below(30))),
            _ => plain.push(words[random.below(words.len())].to_owned()),
        }
    }
    // The same block at every start, then what happened.
    let mut blocks = Vec::new();
    let mut second = 0;
    while blocks.len() < n {
        second += 100 + random.below(1000);
        blocks.extend((0..12).map(|i| format!("starting up: step {i} of 12")));
        blocks.extend(std::iter::repeat_n(format!("{} db1 mysqld: ready for connections", stamp(second)), 3));
    }
    vec![log(0, "web1/app.log", dated), log(1, "web2/worker.log", plain), log(2, "db1/start.log", blocks)]
}

fn write(dir: &Path, logs: &[Log], gzip: &dyn Fn(usize) -> bool) {
    for (i, log) in logs.iter().enumerate() {
        let path = dir.join(&log.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let text: String = log.lines.iter().map(|l| format!("{}\n", l.text)).collect();
        if gzip(i) {
            let file = std::fs::File::create(path.with_extension("log.gz")).unwrap();
            let mut out = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            out.write_all(text.as_bytes()).unwrap();
            out.finish().unwrap();
        } else {
            std::fs::write(path, text).unwrap();
        }
    }
}

fn plain_config() -> Config {
    Config { causal: false, ..config() }
}

/// Which line each record begins with.
fn names(analysis: &Analysis, logs: &[Log]) -> HashMap<EventId, (usize, usize)> {
    let by_path: BTreeMap<&str, &Log> = logs.iter().map(|l| (l.path.as_str(), l)).collect();
    let mut out = HashMap::new();
    for i in 0..u32::try_from(analysis.events.len()).unwrap() {
        let id = EventId(i);
        let path = analysis.source(id).unwrap().path.trim_end_matches(".gz").to_owned();
        let line = usize::try_from(analysis.events.line(id)).unwrap() - 1;
        out.insert(id, by_path[path.as_str()].lines[line].name);
    }
    out
}

/// What tells the time of day tells a later one; all else is said again, word for word.
fn hours_later(text: &str) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let digits = |b: &[u8]| b.iter().all(u8::is_ascii_digit);
    let clock = |w: &[u8]| digits(&w[..2]) && w[2] == b':' && digits(&w[3..5]) && w[5] == b':' && digits(&w[6..]);
    let at: Vec<usize> = bytes.windows(8).enumerate().filter(|(_, w)| clock(w)).map(|(i, _)| i).collect();
    for i in at {
        let hour = (bytes[i] - b'0') * 10 + bytes[i + 1] - b'0';
        let later = (hour + 7) % 24;
        (bytes[i], bytes[i + 1]) = (b'0' + later / 10, b'0' + later % 10);
    }
    String::from_utf8(bytes).unwrap()
}

#[derive(Default, Debug)]
struct Tally {
    found: usize,
    lost: usize,
    gone: usize,
    wrong: Vec<String>,
}

impl Tally {
    fn share(&self) -> f64 {
        self.found as f64 / (self.found + self.lost).max(1) as f64
    }
}

/// Annotates random records of `before`, looks for them in `after`.
fn judge(
    what: &str,
    before: &[Log],
    after: &[Log],
    gzip: &dyn Fn(usize) -> bool,
    n: usize,
    random: &mut Random,
) -> Tally {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    write(old.path(), before, &|_| false);
    write(new.path(), after, gzip);
    let a = analyze(&[old.path().to_owned()], &plain_config());
    let b = analyze(&[new.path().to_owned()], &plain_config());
    let (then, now) = (names(&a, before), names(&b, after));
    let still: HashMap<(usize, usize), EventId> = now.iter().map(|(id, name)| (*name, *id)).collect();
    let ids: Vec<EventId> = (0..n).map(|_| EventId(u32::try_from(random.below(a.events.len())).unwrap())).collect();
    let mut case = Case::new(vec![]);
    // One by one for some, as the window does it; the rest at once, as they are anchored anew after files moved.
    for &id in ids.iter().take(n / 10) {
        case.add(Annotation::on(&a, id).unwrap());
    }
    for a in Annotation::on_all(&a, &ids[n / 10..]) {
        case.add(a.unwrap());
    }
    let mut tally = Tally::default();
    for ((_, found), id) in case.resolve(&b).into_iter().zip(&ids) {
        // A record whose own bytes changed (a stack trace that a cut parted) is another one.
        let truth = still.get(&then[id]).filter(|t| b.raw(**t) == a.raw(*id));
        match (truth, found) {
            (Some(truth), Some(found)) if *truth == found => tally.found += 1,
            (Some(_), None) => tally.lost += 1,
            (None, None) => tally.gone += 1,
            (_, Some(found)) => tally.wrong.push(format!("{:?} taken for {:?}", then[id], now[&found])),
        }
    }
    let Tally { found, lost, gone, wrong } = &tally;
    println!("{what:28} found {found:6}  lost {lost:4}  record gone {gone:5}  wrong {}", wrong.len());
    assert_eq!(wrong.len(), 0, "{what}: {wrong:?}");
    tally
}

/// What becomes of logs: name, the logs afterwards, which of them are compressed.
fn fates(logs: &[Log], random: &mut Random) -> Vec<(&'static str, Vec<Log>, bool)> {
    let each = |f: &mut dyn FnMut(&Log) -> Vec<Log>| logs.iter().flat_map(f).collect::<Vec<Log>>();
    let with = |path: String, lines: Vec<Line>| Log { path, lines };
    // What is written later: pieces of what was, with later times. Start-up banners come whole; longer stretches that say
    // the same word for word, without a time, nobody could tell apart.
    let later = |log: &Log, n: usize, random: &mut Random| -> Vec<Line> {
        let banner = log.path.ends_with("start.log");
        let mut out: Vec<Line> = Vec::new();
        while out.len() < n {
            let (from, piece) = if banner {
                (random.below(log.lines.len() / 15) * 15, 15)
            } else {
                (random.below(log.lines.len()), 1 + random.below(5))
            };
            for l in log.lines.iter().skip(from).take(piece) {
                out.push(Line { name: (l.name.0, 10_000_000 + out.len()), text: hours_later(&l.text) });
            }
        }
        out.truncate(n);
        out
    };
    let moved = each(&mut |l| vec![with(format!("collected/{}", l.path.replace(".log", "-old.log")), l.lines.clone())]);
    let appended = each(&mut |l| vec![with(l.path.clone(), [l.lines.clone(), later(l, 500, random)].concat())]);
    let rotated = each(&mut |l| {
        let cut = l.lines.len() / 3 + random.below(l.lines.len() / 3);
        let fresh = [l.lines[cut..].to_vec(), later(l, 300, random)].concat();
        vec![with(l.path.replace(".log", "-1.log"), l.lines[..cut].to_vec()), with(l.path.clone(), fresh)]
    });
    let restarted = each(&mut |l| {
        vec![with(l.path.replace(".log", "-1.log"), l.lines.clone()), with(l.path.clone(), later(l, 400, random))]
    });
    let deleted = each(&mut |l| vec![with(l.path.clone(), later(l, 700, random))]);
    let truncated = each(&mut |l| {
        let cut = l.lines.len() / 2 + random.below(l.lines.len() / 4);
        vec![with(l.path.clone(), [l.lines[cut..].to_vec(), later(l, 200, random)].concat())]
    });
    let longer = each(&mut |l| {
        let front: Vec<Line> =
            later(l, 400, random).into_iter().map(|x| Line { name: (x.name.0, x.name.1 * 2), ..x }).collect();
        vec![with(format!("again/{}", l.path), [front, l.lines.clone(), later(l, 400, random)].concat())]
    });
    vec![
        ("as they were", logs.to_vec(), false),
        ("compressed", logs.to_vec(), true),
        ("moved and renamed", moved, false),
        ("appended", appended, false),
        ("rotated in the middle", rotated.clone(), false),
        ("rotated and compressed", rotated, true),
        ("rotated, begun anew", restarted, false),
        ("copied and truncated", truncated, false),
        ("collected again, longer", longer, false),
        ("deleted, begun anew", deleted, false),
    ]
}

/// `CAUSELINE_ANCHORS` sets how many annotations there are in all.
fn many() -> usize {
    std::env::var("CAUSELINE_ANCHORS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

fn whole(kind: &str, logs: &[Log], random: &mut Random) {
    let all = fates(logs, random);
    let each = many() / all.len();
    let mut total = Tally::default();
    for (what, after, gzip) in &all {
        let tally = judge(&format!("{kind}: {what}"), logs, after, &|_| *gzip, each, random);
        total.found += tally.found;
        total.lost += tally.lost;
    }
    println!("{kind}: {:.3} % of {} found, none wrong", total.share() * 100.0, total.found + total.lost);
    assert!(total.share() >= 0.999, "{kind}: {total:?}");
}

#[test]
fn annotations_of_logs_full_of_equal_lines_find_their_record() {
    let mut random = Random(6);
    let logs = generated(&mut random, 3_000);
    whole("equal lines", &logs, &mut random);
}

#[test]
fn annotations_of_the_sample_incidents_find_their_record() {
    fn walk(dir: &Path, base: &Path, out: &mut Vec<(String, String)>) {
        let mut entries: Vec<_> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(&path, base, out);
            } else if path.extension().is_some_and(|e| e == "log") {
                let name = path.strip_prefix(base).unwrap().to_string_lossy().replace('\\', "/");
                out.push((name, String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned()));
            }
        }
    }
    let mut files = Vec::new();
    // `CAUSELINE_ANCHORS_IN` names another folder of logs.
    let base = std::env::var_os("CAUSELINE_ANCHORS_IN").map_or_else(|| root().join("sample-logs"), Into::into);
    walk(&base, &base, &mut files);
    files.retain(|(_, text)| text.lines().count() > 100 && !text.contains('\0') && !text.contains('\r'));
    let logs: Vec<Log> =
        files.iter().enumerate().map(|(i, (path, text))| log(i, path, text.lines().map(str::to_owned))).collect();
    assert!(logs.len() > 3, "the walk finds logs");
    whole("samples", &logs, &mut Random(7));
}
