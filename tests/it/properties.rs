//! What holds whatever the logs are.

use causeline::analysis::{Analysis, analyze};
use causeline::event::EventId;
use causeline::export::events::{Form, Leaving, write};
use causeline::redact::Redactor;
use causeline::time::zone::Zone;

use crate::tools::{analysis, config, folder, lines, sample};

/// A text over several chunks, with records that span their borders.
fn long_text() -> Vec<u8> {
    let mut text = Vec::new();
    let mut i = 0u64;
    while text.len() < 13 << 20 {
        let seconds = i / 10;
        let stamp = format!(
            "2026-01-{:02} {:02}:{:02}:{:02}.{:03}",
            1 + seconds / 86_400,
            seconds / 3600 % 24,
            seconds / 60 % 60,
            seconds % 60,
            i % 10 * 100
        );
        text.extend(format!("{stamp} UTC [{}] LOG:  statement {i}\n", i % 97).bytes());
        for k in 0..i % 23 {
            text.extend(
                format!("\tline {k} of a statement that is long enough to make records of many sizes\n").bytes(),
            );
        }
        if i.is_multiple_of(29) {
            text.extend(b"\n\t behind a blank line\n");
        }
        i += 1;
    }
    text
}

#[test]
fn chunks_do_not_show_in_the_result() {
    let text = long_text();
    let whole = analysis(&[("db/pg.log", &text)]);
    // The same text line by line, by the plainest means.
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive(|b| *b == b'\n') {
        if line.starts_with(b"2026") {
            starts.push(at);
        }
        at += line.len();
    }
    let got: Vec<usize> =
        (0..whole.events.len()).map(|i| whole.events.span(EventId(i as u32)).start as usize).collect();
    assert_eq!(got, starts);
    for (i, start) in starts.iter().enumerate() {
        let end = starts.get(i + 1).copied().unwrap_or(text.len());
        let raw = whole.raw(EventId(i as u32));
        assert_eq!(raw, &text[*start..*start + raw.len()]);
        assert!(text[start + raw.len()..end].iter().all(u8::is_ascii_whitespace), "record {i} reaches to the next");
    }
    assert_eq!(whole.infos[0].accounted.sum(), text.len() as u64);
    let last = EventId(whole.events.len() as u32 - 1);
    let newlines = text[..*starts.last().unwrap()].iter().filter(|b| **b == b'\n').count();
    assert_eq!(whole.events.line(last), newlines as u64 + 1);
}

#[test]
fn the_same_input_gives_the_same_output() {
    let a = analyze(&[sample()], &config());
    let b = analyze(&[sample()], &config());
    assert_eq!(lines(&a), lines(&b));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    assert_eq!(lines(&a), lines(&one.install(|| analyze(&[sample()], &config()))));
}

#[test]
fn the_timeline_is_sorted_and_ties_keep_file_order() {
    let a = analyze(&[sample()], &config());
    let rows: Vec<(i64, EventId)> = a.timeline.events().iter().map(|id| (a.events.key(*id), *id)).collect();
    assert!(rows.is_sorted());
    assert_eq!(rows.len(), a.events.len());
    for (row, (_, id)) in rows.iter().enumerate().step_by(97) {
        assert_eq!(a.timeline.row_of(&a.events, *id), Some(row));
    }
}

#[test]
fn a_late_line_is_sorted_and_flagged_and_its_stamp_kept() {
    let a = analysis(&[("a.log", b"2026-01-01T00:00:01Z x\n2026-01-01T00:00:03Z y\n2026-01-01T00:00:02Z late\n")]);
    assert_eq!(lines(&a)[1], "2026-01-01T00:00:02Z a.log:3 2026-01-01T00:00:02Z late");
    assert!(a.events.flags(EventId(2)).has(causeline::event::Flags::OUT_OF_ORDER));
}

#[test]
fn no_text_makes_it_panic() {
    let mut x = 88_172_645_463_325_252u64;
    let mut random = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x
    };
    let samples: Vec<u8> =
        causeline::format::definition::Definitions::texts().iter().flat_map(|(_, text)| text.bytes()).collect();
    for round in 0..60 {
        // Format samples, cut, doubled and with wrong bytes in them.
        let mut text = Vec::new();
        while text.len() < 30_000 {
            let from = random() as usize % samples.len();
            let to = (from + random() as usize % 200).min(samples.len());
            text.extend_from_slice(&samples[from..to]);
            if random().is_multiple_of(5) {
                text.push(random() as u8);
            }
            if random().is_multiple_of(3) {
                text.push(b'\n');
            }
        }
        check_whole(&analysis(&[("x.log", &text), ("y.log", &text[round * 7..])]));
    }
}

fn check_whole(a: &Analysis) {
    for (info, source) in a.infos.iter().zip(&a.sources) {
        assert_eq!(info.accounted.sum(), source.len(), "{:?}", info.accounted);
    }
    for id in a.timeline.events() {
        let record = a.record(*id);
        assert!(record.message.len() <= a.raw(*id).len() * 3 + 16);
    }
    let redactor = Redactor::none();
    let rows = a.timeline.events();
    let leaving = Leaving { analysis: a, rows, case: None, findings: None, redactor: &redactor };
    let text = Form::Text(Zone::default(), true);
    for form in
        [text, Form::Jsonl, Form::Csv, Form::TimesketchCsv, Form::TimesketchJsonl, Form::ChromeTrace, Form::Otlp]
    {
        write(&mut std::io::sink(), &leaving, form).unwrap();
    }
}

#[test]
fn marks_outlive_growth_and_moves() {
    use causeline::case::{Case, file};
    let dir = folder(&[("h/a.log", b"2026-01-01T00:00:00Z one\n2026-01-01T00:00:01Z two\n")]);
    let a = analyze(&[dir.path().to_owned()], &config());
    let two = a.timeline.event(1).unwrap();
    let mut case = Case::new(vec!["h".into()]);
    case.toggle_mark(&a, two);
    case.set_comment(&a, two, "the one | that matters");
    let path = dir.path().join("x.causeline.toml");
    file::save(&case, &path).unwrap();
    let saved = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, saved + "\n[later]\nkey = \"kept\"\n").unwrap();

    std::fs::remove_file(dir.path().join("h/a.log")).unwrap();
    std::fs::write(dir.path().join("h/b.log"), "2026-01-01T00:00:00Z zero\n2026-01-01T00:00:01Z two\nmore\n").unwrap();
    let grown = analyze(&[dir.path().join("h")], &config());
    let loaded = file::load(&path).unwrap();
    assert!(loaded.unknown.contains_key("later"), "keys of newer versions are kept");
    assert_eq!(loaded.resolve(&grown)[0].1, None, "another record: the mark is lost, and shown as lost");

    std::fs::write(dir.path().join("h/b.log"), "2026-01-01T00:00:00Z zero\n2026-01-01T00:00:01Z two\n").unwrap();
    let moved = analyze(&[dir.path().join("h")], &config());
    let (note, id) = loaded.resolve(&moved)[0];
    assert_eq!((note.comment.as_str(), id), ("the one | that matters", Some(EventId(1))));
}
