//! The report as Markdown: two parsers see exactly what is meant, whatever the logs hold.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a step that fails is a test that fails")]

use causeline::case::Kind;
use causeline::export::document::{
    Action, Authored, Brief, ClockDoc, Document, EvidenceDoc, ExpectedDoc, FindingDoc, Herring, NoteDoc, OrderDoc,
    Overview, Row, SourceDoc, Stamp, StoryDoc, Timeline,
};
use causeline::export::markdown::{self, Form, Style, Template};
use causeline::export::visible::original;
use regex::Regex;

use crate::markdown_tree::{Block, Line, Piece, by_comrak, by_pulldown, text_of};
use crate::tools::{root, stdout};

/// The five incidents.
pub(crate) const SAMPLES: [&str; 5] = [
    "accounts-that-vanished",
    "backups-that-never-finished",
    "failover-that-never-promoted",
    "ids-handed-out-twice",
    "two-servers-one-directory",
];

/// A small generator of numbers: the same seed gives the same report.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    fn pick<'a, T: ?Sized>(&mut self, list: &[&'a T]) -> &'a T {
        list[self.below(list.len())]
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What has a meaning somewhere, and what has none.
const FRAGMENTS: [&str; 133] = [
    "error",
    "connection",
    "refused",
    "größe",
    "ok",
    "13:08:57.6",
    "2026-10-10",
    "42",
    "3.5",
    "pg01",
    "|",
    "||",
    "\\|",
    "\\\\|",
    "\\",
    "\\\\",
    "`",
    "``",
    "```",
    "````",
    "~~~",
    "~",
    "~~strike~~",
    "*",
    "**bold**",
    "_",
    "__x__",
    "a_b_c",
    "<b>",
    "</b>",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "--!>",
    "<details>",
    "</details>",
    "<br>",
    "<img src=x onerror=y>",
    "&amp;",
    "&lt;",
    "&#64;",
    "&",
    "@root",
    "@org/team",
    "#12",
    "#1",
    "!7",
    "~bug",
    "~\"a b\"",
    "%3",
    "&5",
    "$8",
    "$x^2$",
    "$$y$$",
    "$`z`$",
    "\\(x\\)",
    "\\[x\\]",
    "GH-1",
    "JIRA-77",
    "owner/repo#1",
    "group/project!2",
    "org/repo@13d163b764",
    "deadbeef",
    "13d163b7640011223344556677889900aabbccdd",
    "http://evil.example",
    "https://x.y/z?a=b#c",
    "www.evil.example",
    "ftp://a.b",
    "root@example.com",
    "mailto:a@b.c",
    "[link](http://x)",
    "![image](http://x/y.png)",
    "[x]: http://evil",
    "[^1]",
    "[^1]: note",
    "^[inline]",
    "[[_TOC_]]",
    "[[wiki]]",
    "[TOC]",
    "[ ]",
    "[x]",
    "- [x] done",
    "- item",
    "* item",
    "+ item",
    "1. one",
    "1) one",
    "# heading",
    "###### six",
    "> quote",
    "> [!NOTE]",
    ">>>",
    "---",
    "===",
    "***",
    "___",
    "    indented",
    "\ttab",
    "| a | b |\n|---|---|",
    "|---|",
    ":---:",
    ":smile:",
    ":+1:",
    ":100:",
    "/close",
    "/label ~x",
    "\u{1b}[31mred\u{1b}[0m",
    "\u{202e}evil",
    "\u{200b}",
    "\u{feff}",
    "\u{2028}",
    "\u{0}",
    "\r",
    "\r\n",
    "\n",
    "\n\n",
    "  \n",
    "\\\n",
    "\u{85}",
    "\u{a0}",
    "\u{3000}",
    "{{title}}",
    "{{evidence}}",
    "<!-- causeline-report/1 1/1",
    "\n<!-- causeline-report/1 1/1\n{}\n-->\n",
    "<https://x.y>",
    "<a@b.c>",
    "<?php",
    "<![CDATA[",
    "<!X",
    "||spoiler||",
    "++in++",
    "==mark==",
];

fn hostile(dice: &mut Dice, most: usize) -> String {
    let mut out = String::new();
    for _ in 0..dice.below(most + 1) {
        match dice.below(20) {
            0 => out.push(char::from_u32(dice.below(0x300) as u32).unwrap_or('?')),
            1 => out.push(char::from_u32(dice.below(0x3000) as u32).unwrap_or('?')),
            2 => {
                out.extend(std::iter::repeat_n(*dice.pick(&[&'`', &'|', &'\\', &'*', &'<', &'~', &'$']), dice.below(9)))
            }
            _ => out.push_str(dice.pick(&FRAGMENTS)),
        }
        if dice.chance(60) {
            out.push(' ');
        }
    }
    if dice.chance(1) {
        out = out.repeat(40);
    }
    out
}

/// Bytes as a log may hold them.
fn raw(dice: &mut Dice) -> Vec<u8> {
    let mut out = hostile(dice, 12).into_bytes();
    for _ in 0..dice.below(3) {
        let at = dice.below(out.len() + 1);
        out.insert(at, dice.below(256) as u8);
    }
    if dice.chance(20) {
        out.push(b'\n');
    }
    out
}

fn stamp(dice: &mut Dice) -> Stamp {
    let at = dice.below(1_000_000) as i64 * 1_000_000;
    let time = format!("{}13:08:{:02}.{:03}", if dice.chance(10) { "~" } else { "" }, dice.below(60), dice.below(1000));
    let date = if dice.chance(90) { "2026-10-10" } else { "2026-10-11" }.to_owned();
    let band_ns = dice.chance(50).then(|| dice.below(2_000_000_000) as i64);
    Stamp { utc: format!("{date}T13:08:00Z"), second: Some(time.clone()), date, time, band_ns, approximate: false, at }
}

fn authored(dice: &mut Dice, author: bool) -> Authored {
    if !author {
        return Authored::default();
    }
    Authored { text: hostile(dice, 8), author: hostile(dice, 2) }
}

fn row(dice: &mut Dice, author: bool, evidence: usize) -> Row {
    let unknown = || OrderDoc { certainty: "unknown", why: "within 12 ms".into() };
    Row {
        at: dice.chance(90).then(|| stamp(dice)),
        until: dice.chance(10).then(|| stamp(dice)),
        after: Some("0:04".to_owned()),
        order: dice.chance(30).then(unknown),
        host: hostile(dice, 1),
        file: hostile(dice, 2),
        level: Some("error"),
        roles: if dice.chance(40) { vec!["Trigger".to_owned()] } else { Vec::new() },
        words: (0..dice.below(3)).map(|_| hostile(dice, 8)).collect(),
        markdown: if author { vec![authored(dice, author)] } else { Vec::new() },
        log: hostile(dice, 10),
        evidence: Some(1 + dice.below(evidence)),
        also: (0..dice.below(2)).map(|_| 1 + dice.below(evidence)).collect(),
    }
}

fn finding(dice: &mut Dice, evidence: usize) -> FindingDoc {
    let part = dice.pick(&["trigger", "defect", "impact", "context"]);
    let expected = |dice: &mut Dice| ExpectedDoc { words: hostile(dice, 5), verdict: "not seen", evidence: None };
    FindingDoc {
        part: match part {
            "trigger" => "trigger",
            "defect" => "defect",
            "impact" => "impact",
            _ => "context",
        },
        rule: "disk-fault".to_owned(),
        severity: "high",
        certainty: "certain",
        confirmed: dice.chance(20),
        title: hostile(dice, 6),
        explanation: hostile(dice, 14),
        hosts: (0..dice.below(3)).map(|_| hostile(dice, 2)).collect(),
        first: Some(stamp(dice)),
        last: Some(stamp(dice)),
        count: dice.below(9),
        evidence: (0..dice.below(4)).map(|_| (1 + dice.below(evidence), hostile(dice, 8))).collect(),
        expected: (0..dice.below(3)).map(|_| expected(dice)).collect(),
        verify: hostile(dice, 6),
        prevent: hostile(dice, 6),
        ..FindingDoc::default()
    }
}

fn record(d: &mut Dice, number: usize) -> EvidenceDoc {
    let raw = raw(d);
    EvidenceDoc {
        number,
        file: hostile(d, 3),
        line: d.below(10_000) as u64,
        at: d.chance(80).then(|| stamp(d)),
        recorded_utc: Some("2026-10-10T13:07:00.5Z".to_owned()),
        hash: "00112233aabbccdd".to_owned(),
        bytes: raw.len() as u64,
        raw,
        ..EvidenceDoc::default()
    }
}

/// A report on logs that mean harm; with `author` its author does too.
pub(crate) fn document(seed: u64, author: bool) -> Document {
    let mut dice = Dice::new(seed);
    let d = &mut dice;
    let n = 1 + d.below(4);
    let story = |d: &mut Dice| StoryDoc {
        title: hostile(d, 6),
        findings: (0..1 + d.below(3)).map(|_| finding(d, n)).collect(),
    };
    let action = |d: &mut Dice, kind| Action { words: hostile(d, 8), kind, because: vec![hostile(d, 5)] };
    Document {
        title: hostile(d, 6),
        authors: (0..d.below(2)).map(|_| hostile(d, 2)).collect(),
        summary_markdown: if author { hostile(d, 12) } else { String::new() },
        zone: "Europe/Berlin".to_owned(),
        second_zone: d.chance(30).then(|| "UTC".to_owned()),
        overview: Overview {
            files: 3,
            hosts: vec!["a".into(), "b".into()],
            events: 900,
            first: Some(stamp(d)),
            last: Some(stamp(d)),
        },
        timeline: Timeline {
            about: "The evidence of what was found.".to_owned(),
            base: if d.chance(70) { "the trigger".to_owned() } else { String::new() },
            rows: (0..1 + d.below(6)).map(|_| row(d, author, n)).collect(),
            left_out: 0,
        },
        stories: (0..d.below(3)).map(|_| story(d)).collect(),
        singles: (0..d.below(2)).map(|_| finding(d, n)).collect(),
        red_herrings: (0..d.below(2))
            .map(|_| Herring { title: hostile(d, 5), why: hostile(d, 5), ..Herring::default() })
            .collect(),
        also_seen: (0..d.below(3))
            .map(|_| Brief { title: hostile(d, 6), severity: "low", rule: "x".into(), first: None })
            .collect(),
        notes: (0..d.below(3))
            .map(|id| NoteDoc {
                id: id as u32,
                kind: *d.pick(&[&Kind::Note, &Kind::KeyMoment]),
                place: hostile(d, 3),
                lost: true,
                markdown: authored(d, author),
                tags: (0..d.below(2)).map(|_| hostile(d, 1)).collect(),
                ..NoteDoc::default()
            })
            .collect(),
        actions: vec![action(d, "prevent"), action(d, "check")],
        clocks_measured: true,
        clocks: (0..d.below(3))
            .map(|_| ClockDoc {
                host: hostile(d, 2),
                words: hostile(d, 6),
                off: "4.2 ms ahead".into(),
                band: "1.0 ms".into(),
                offset_s: 1.0,
                applied: true,
                ..ClockDoc::default()
            })
            .collect(),
        sources: (0..1 + d.below(3))
            .map(|_| SourceDoc {
                file: hostile(d, 3),
                host: hostile(d, 2),
                format: "json".into(),
                ..SourceDoc::default()
            })
            .collect(),
        evidence: (1..=n).map(|number| record(d, number)).collect(),
        trouble: (0..d.below(2)).map(|_| hostile(d, 6)).collect(),
        ..Document::default()
    }
}

/// A code span or block as the bytes of the log.
fn bytes(shown: &str) -> Vec<u8> {
    original(shown)
}

/// What a line shows, escapes undone, without spaces and line ends: those of sentences are ours to choose.
fn told(line: &[Piece]) -> String {
    let one = |p: &Piece| match p {
        Piece::Code(c) => String::from_utf8_lossy(&bytes(c)).into_owned(),
        other => text_of(std::slice::from_ref(other)),
    };
    tight(&line.iter().map(one).collect::<String>())
}

fn tight(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Walks all lines of a tree.
fn lines(blocks: &[Block], f: &mut dyn FnMut(&Line)) {
    for block in blocks {
        match block {
            Block::Heading(_, line) | Block::Paragraph(line) => f(line),
            Block::Quote(inside) => lines(inside, f),
            Block::List(items) => items.iter().for_each(|i| lines(i, f)),
            Block::Table(rows) => rows.iter().flatten().for_each(&mut *f),
            Block::Code(..) | Block::Html(_) | Block::Other(_) => {}
        }
    }
}

/// What GitHub and GitLab make active in text that is shown outside of code.
fn active() -> Regex {
    Regex::new(
        r"(?x) @\w | \w@ | (?:^|\W)[\#!%&~$^]\w | \w[\#!]\d | (?i:\bgh-\d) | \b[A-Z]{2,}-\d | :// | (?i:www\.) | (?i:mailto:)
         | :[a-zA-Z_+-][a-zA-Z0-9_+-]*: | :\d{3,}: | \b[0-9a-f]{7,}\b | \[\[ | \[TOC | \[\w+: | ^/\w | [\u{202a}-\u{202e}\u{200b}\u{feff}\u{0}\u{1b}]",
    )
    .unwrap()
}

/// Holds for every report: nothing of a log is active, HTML is ours, nothing but what reports are made of.
fn is_harmless(blocks: &[Block], active: &Regex, what: &str) {
    lines(blocks, &mut |line| {
        for piece in line {
            match piece {
                Piece::Text(t) => assert!(!active.is_match(t), "{what}: active: {t:?} {:?}", active.find(t)),
                Piece::Link(url, t) => {
                    let ours = url == "#clocks" || url.strip_prefix("#evidence-").is_some_and(|n| n == t);
                    assert!(ours, "{what}: link {url} {t}");
                }
                Piece::Html(h) => assert_eq!(h, "<br>", "{what}"),
                Piece::Code(_) => {}
                Piece::Break => panic!("{what}: a sentence broke: {line:?}"),
                Piece::Other(o) => panic!("{what}: {o} in {line:?}"),
            }
        }
    });
    for block in blocks {
        match block {
            Block::Html(h) => {
                let ours = h.starts_with("<details>\n<summary>")
                    || h == "</details>"
                    || h.starts_with("<!-- causeline-report/1 ");
                assert!(ours && h.matches("<!--").count() <= 1, "{what}: HTML {h}");
            }
            Block::Other(o) => panic!("{what}: {o}"),
            _ => {}
        }
    }
}

/// The headings that a report must have, in order; `None` for words of the author's or of logs.
fn headings(doc: &Document) -> Vec<(u8, Option<String>)> {
    let mut out: Vec<(u8, Option<String>)> = vec![(1, None)];
    let mut add = |level, text: &str| out.push((level, Some(text.to_owned())));
    for text in ["Summary", "Impact", "Root causes", "Trigger", "Detection", "Resolution"] {
        add(2, text);
    }
    let prevents = doc.actions.iter().filter(|a| a.kind == "prevent");
    let prevents = prevents.flat_map(|a| a.words.split("; ")).filter(|w| !w.trim().is_empty()).count();
    let checks = doc.actions.iter().filter(|a| a.kind == "check").count();
    if prevents + checks > 0 {
        add(2, "Action items");
    }
    if checks > 0 {
        add(3, "Check now");
    }
    add(2, "Timeline");
    add(2, "Supporting information");
    let mut sub = |text: &str, is: bool| {
        if is {
            add(3, text);
        }
    };
    sub("Findings", !doc.stories.is_empty() || !doc.singles.is_empty());
    let mut rest: Vec<(u8, Option<String>)> = Vec::new();
    let mut sub = |text: &str, is: bool| {
        if is {
            rest.push((3, Some(text.to_owned())));
        }
    };
    sub("Red herrings", !doc.red_herrings.is_empty());
    sub("Also seen", !doc.also_seen.is_empty() || doc.dismissed > 0);
    sub("Notes", doc.notes.iter().any(|n| n.lost));
    sub("Clocks", !doc.clocks.is_empty());
    sub("Assumptions", !doc.assumptions.is_empty());
    sub("Sources", !doc.sources.is_empty());
    sub("Evidence", !doc.evidence.is_empty());
    out.extend(doc.stories.iter().map(|_| (4, None)));
    if !doc.singles.is_empty() {
        out.push((4, Some("Single findings".to_owned())));
    }
    out.extend(rest);
    out.extend(doc.evidence.iter().map(|e| (4, Some(format!("Evidence {}", e.number)))));
    out
}

/// The blocks under each heading. What stands before the first is left out.
fn under(blocks: &[Block]) -> Vec<(u8, String, &[Block])> {
    let starts: Vec<usize> =
        blocks.iter().enumerate().filter(|(_, b)| matches!(b, Block::Heading(..))).map(|(i, _)| i).collect();
    let mut out = Vec::new();
    for (k, &i) in starts.iter().enumerate() {
        let end = starts.get(k + 1).copied().unwrap_or(blocks.len());
        let Block::Heading(level, line) = &blocks[i] else { unreachable!() };
        out.push((*level, text_of(line), &blocks[i + 1..end]));
    }
    out
}

fn table<'a>(sections: &[(u8, String, &'a [Block])], name: &str) -> &'a Vec<Vec<Line>> {
    let (_, _, blocks) = sections.iter().find(|(_, n, _)| n == name).unwrap();
    blocks.iter().find_map(|b| if let Block::Table(rows) = b { Some(rows) } else { None }).unwrap()
}

/// Structure and content of one report, as one parser sees it.
fn is_as_meant(doc: &Document, blocks: &[Block], author: bool, what: &str) {
    let sections = under(blocks);
    let got: Vec<(u8, &str)> = sections.iter().map(|(l, t, _)| (*l, t.as_str())).collect();
    // Headings of the author's own stand in the summary, below the level of ours.
    let got: Vec<_> = got.into_iter().filter(|(l, _)| !author || *l <= 4).collect();
    let want = headings(doc);
    let own = |(l, t): &(u8, &str), (wl, wt): &(u8, Option<String>)| l == wl && wt.as_ref().is_none_or(|w| w == t);
    if author {
        // The author's `#` becomes `####`.
        let fixed = want.iter().filter(|(_, t)| t.is_some());
        let found = got.iter().filter(|g| want.iter().any(|w| w.1.is_some() && own(g, w)));
        assert!(fixed.count() <= found.count(), "{what}: {got:?}");
    } else {
        assert_eq!(got.len(), want.len(), "{what}: {got:?}");
        assert!(got.iter().zip(&want).all(|(g, w)| own(g, w)), "{what}: {got:?}");
    }
    timeline(doc, &sections, what);
    let sources = table(&sections, "Sources");
    assert_eq!(sources.len(), doc.sources.len() + 1, "{what}");
    for (row, source) in sources.iter().skip(1).zip(&doc.sources) {
        assert_eq!(row.len(), 7, "{what}");
        if source.file.len() < 400 {
            assert_eq!(code_bytes(&row[0]), source.file.as_bytes(), "{what}: file");
        }
    }
    for e in &doc.evidence {
        let name = format!("Evidence {}", e.number);
        let (_, _, blocks) = sections.iter().rev().find(|(_, n, _)| *n == name).unwrap();
        let mut kinds: Vec<&str> = blocks
            .iter()
            .map(|b| match b {
                Block::Paragraph(_) => "p",
                Block::Html(_) => "html",
                Block::Code(info, literal) => {
                    assert_eq!(info, "text", "{what}");
                    let shown = literal.strip_suffix('\n').unwrap_or(literal);
                    assert_eq!(bytes(shown), e.raw, "{what}: shown {shown:?}");
                    "code"
                }
                _ => "other",
            })
            .collect();
        let last = e.number == doc.evidence.len();
        if author && last {
            // Footnotes of the author's stand at the very end.
            kinds.retain(|k| *k != "other");
        }
        let want: &[&str] = if last { &["p", "html", "code", "html", "html"] } else { &["p", "html", "code", "html"] };
        assert_eq!(kinds, want, "{what}");
    }
}

/// The bytes of the one code span in a line.
fn code_bytes(line: &[Piece]) -> Vec<u8> {
    let codes: Vec<&String> = line.iter().filter_map(|p| if let Piece::Code(c) = p { Some(c) } else { None }).collect();
    codes.iter().flat_map(|c| bytes(c)).collect()
}

fn timeline(doc: &Document, sections: &[(u8, String, &[Block])], what: &str) {
    let rows = table(sections, "Timeline");
    let width = 4 + usize::from(doc.second_zone.is_some()) + usize::from(!doc.timeline.base.is_empty());
    assert!(rows.iter().all(|r| r.len() == width), "{what}: {rows:?}");
    let dates =
        doc.timeline.rows.iter().map(|r| r.at.as_ref().map(|s| s.date.clone())).fold(Vec::new(), |mut all, d| {
            if all.last() != Some(&d) {
                all.push(d);
            }
            all
        });
    assert_eq!(rows.len(), 1 + dates.len() + doc.timeline.rows.len(), "{what}");
    let of_rows = rows.iter().skip(1).filter(|r| !text_of(&r[width - 1]).is_empty());
    for (cells, row) in of_rows.zip(&doc.timeline.rows) {
        let event = &cells[width - 2];
        let news: Vec<&String> = row.words.iter().filter(|w| !row.log.contains(w.as_str())).collect();
        let shows_log = !row.log.is_empty() && !news.iter().any(|w| w.contains(&row.log)) && row.log.len() < 4_000;
        if shows_log {
            let Some(Piece::Code(log)) = event.last() else { panic!("{what}: no log at the end of {event:?}") };
            assert_eq!(bytes(log), row.log.as_bytes(), "{what}: {log:?}");
        }
        if row.markdown.is_empty() && shows_log && row.words.iter().all(|w| w.len() < 4_000) {
            let words = told(&event[..event.len() - 1]);
            let want = tight(&news.iter().map(|w| tight(w)).collect::<Vec<_>>().join(";"));
            assert!(words.replace(';', "").ends_with(&want.replace(';', "")), "{what}: {words:?} for {want:?}");
        }
    }
}

/// With `CAUSELINE_REPORTS_TO=FOLDER`: writes the report there, and what it must be, for parsers outside of Rust
/// (`tests/other-parsers`).
fn hand_out(doc: &Document, text: &str, what: &str) {
    let Some(folder) = std::env::var_os("CAUSELINE_REPORTS_TO") else { return };
    let path = std::path::Path::new(&folder).join(what.replace(' ', "-"));
    let records: Vec<_> = doc.evidence.iter().map(|e| causeline::export::visible::visible(&e.raw)).collect();
    let levels: Vec<u8> = headings(doc).iter().map(|(l, _)| *l).collect();
    let mut dates: Vec<_> = doc.timeline.rows.iter().map(|r| r.at.as_ref().map(|s| &s.date)).collect();
    dates.dedup();
    let width = 4 + usize::from(doc.second_zone.is_some()) + usize::from(!doc.timeline.base.is_empty());
    let tables = [(1 + dates.len() + doc.timeline.rows.len(), width), (1 + doc.sources.len(), 7)];
    let meant = serde_json::json!({ "headings": levels, "records": records, "tables": tables });
    std::fs::write(path.with_extension("md"), text).unwrap();
    std::fs::write(path.with_extension("json"), meant.to_string()).unwrap();
}

fn check(doc: &Document, author: bool, active: &Regex, what: &str) {
    let text = markdown::write(doc, &Style::default());
    if !author {
        hand_out(doc, &text, what);
    }
    for (name, blocks) in [("comrak", by_comrak(&text)), ("pulldown-cmark", by_pulldown(&text))] {
        let what = format!("{what}, {name}");
        if !author {
            is_harmless(&blocks, active, &what);
        }
        is_as_meant(doc, &blocks, author, &what);
    }
}

/// 2,000 of them, 10,000 with `CAUSELINE_REPORTS=10000`.
fn how_many() -> u64 {
    std::env::var("CAUSELINE_REPORTS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000)
}

#[test]
fn hostile_logs_change_nothing_in_a_report() {
    let active = active();
    for seed in 0..how_many() {
        check(&document(seed, false), false, &active, &format!("seed {seed}"));
    }
}

#[test]
fn whatever_the_author_writes_the_report_around_it_stays_whole() {
    let active = active();
    for seed in 0..how_many() / 4 {
        check(&document(seed, true), true, &active, &format!("author's seed {seed}"));
    }
}

#[test]
fn the_sample_reports_are_what_they_are_meant_to_be() {
    let active = active();
    for name in SAMPLES {
        let text = stdout(&root().join("sample-logs"), &["report", name]);
        for (parser, blocks) in [("comrak", by_comrak(&text)), ("pulldown-cmark", by_pulldown(&text))] {
            let what = format!("{name}, {parser}");
            is_harmless(&blocks, &active, &what);
            let sections = under(&blocks);
            let order: Vec<&str> = sections.iter().filter(|(l, ..)| *l == 2).map(|(_, t, _)| t.as_str()).collect();
            let sre =
                ["Summary", "Impact", "Root causes", "Trigger", "Detection", "Resolution", "Action items", "Timeline"];
            assert_eq!(order, [&sre[..], &["Supporting information"]].concat(), "{what}");
            for block in &blocks {
                if let Block::Table(rows) = block {
                    assert!(rows.iter().all(|r| r.len() == rows[0].len()), "{what}");
                }
            }
            let opened = causeline::export::roundtrip::read(&text).unwrap();
            let folder = root().join("sample-logs").join(name);
            for e in &opened.evidence {
                let (_, _, blocks) =
                    sections.iter().rev().find(|(_, n, _)| *n == format!("Evidence {}", e.number)).unwrap();
                let shown = blocks.iter().find_map(|b| if let Block::Code(_, c) = b { Some(c) } else { None }).unwrap();
                let shown = bytes(shown.strip_suffix('\n').unwrap());
                let cut = |b: &Block| matches!(b, Block::Paragraph(l) if text_of(l).contains("; the rest stands in "));
                let whole = causeline::case::hash(&shown) == e.hash;
                assert!(whole != blocks.iter().any(cut), "{what}: evidence {} is quoted whole, or says so", e.number);
                let log = std::fs::read(folder.join(&e.file)).unwrap();
                let line = log.split(|b| *b == b'\n').nth(e.line as usize - 1).unwrap();
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                assert!(shown.starts_with(line), "{what}: evidence {} is the line that it names", e.number);
            }
        }
    }
}

#[test]
fn parts_are_small_enough_and_each_stands_by_itself() {
    let active = active();
    for seed in [3, 8, 21] {
        let mut doc = document(seed, false);
        let (rows, evidence) = (doc.timeline.rows.clone(), doc.evidence.clone());
        doc.timeline.rows = rows.iter().cycle().take(900).cloned().collect();
        doc.timeline.rows[5].log = "x`|y ".repeat(50_000);
        doc.timeline.rows[6].words = vec!["@you ".repeat(40_000)];
        doc.evidence =
            (1..=200).map(|number| EvidenceDoc { number, ..evidence[number % evidence.len()].clone() }).collect();
        doc.evidence[7].raw = vec![0xff; 16_384];
        doc.evidence[7].bytes = 9_000_000;
        let parts = markdown::parts(&doc, &Style::default());
        assert!(parts.len() > 3, "{}", parts.len());
        let title = text_of(
            &by_comrak(&parts[0])
                .iter()
                .find_map(|b| if let Block::Heading(1, l) = b { Some(l.clone()) } else { None })
                .unwrap(),
        );
        let (mut n_rows, mut n_evidence) = (0, 0);
        for (i, part) in parts.iter().enumerate() {
            assert!(part.len() <= 60_000, "{}", part.len());
            for blocks in [by_comrak(part), by_pulldown(part)] {
                is_harmless(&blocks, &active, &format!("seed {seed}, part {}", i + 1));
                let says = format!("Part {} of {}", i + 1, parts.len());
                let named =
                    blocks.iter().take(2).any(|b| matches!(b, Block::Paragraph(l) if text_of(l).starts_with(&says)));
                assert!(named, "{title}: {:?}", blocks.iter().take(2).collect::<Vec<_>>());
                for block in &blocks {
                    if let Block::Table(rows) = block {
                        assert!(rows.len() > 1 && rows.iter().all(|r| r.len() == rows[0].len()));
                        assert!(rows[0].iter().any(|c| !text_of(c).is_empty()), "a header");
                    }
                }
                if let Some((_, _, rows)) = under(&blocks).iter().find(|(_, n, _)| n.starts_with("Timeline")) {
                    n_rows += rows.iter().map(|b| if let Block::Table(r) = b { r.len() - 1 } else { 0 }).sum::<usize>();
                }
                n_evidence += under(&blocks)
                    .iter()
                    .filter(|(l, n, _)| *l == 4 && n.starts_with("Evidence ") && !n.contains('('))
                    .count();
            }
        }
        assert!(n_rows >= 2 * 900, "{n_rows}");
        assert_eq!(n_evidence, 2 * 200);
        let all = parts.concat();
        assert!(all.contains("of 9,000,000 bytes; the rest stands in"), "a record that is cut says so");
        assert!(all.contains("of 250,000 bytes; the evidence has the rest"), "a row that is cut says so");
        assert!(!all.contains("](#evidence"), "no links into other parts");
        assert_eq!(causeline::export::roundtrip::read(&parts.join("\n")).unwrap().evidence.len(), 200);
    }
}

#[test]
fn the_list_form_has_a_heading_for_each_date_and_an_item_for_each_row() {
    let active = active();
    for seed in 0..200 {
        let doc = document(seed, false);
        let style = Style { form: Form::List, mermaid: true, template: None };
        let text = markdown::write(&doc, &style);
        for blocks in [by_comrak(&text), by_pulldown(&text)] {
            is_harmless(&blocks, &active, &format!("seed {seed}"));
            let sections = under(&blocks);
            let from = sections.iter().position(|(_, n, _)| n == "Timeline").unwrap();
            let to = sections.iter().position(|(_, n, _)| n == "Supporting information").unwrap();
            let items: usize = sections[from + 1..to]
                .iter()
                .flat_map(|(_, _, b)| b.iter())
                .map(|b| if let Block::List(items) = b { items.len() } else { 0 })
                .sum();
            assert_eq!(items, doc.timeline.rows.len(), "seed {seed}");
            let pictures = blocks.iter().filter(|b| matches!(b, Block::Code(info, _) if info == "mermaid")).count();
            let has = doc.timeline.rows.iter().any(|r| !r.roles.is_empty() && r.at.is_some());
            assert_eq!(pictures, usize::from(has), "seed {seed}");
        }
    }
}

#[test]
fn a_template_of_ones_own_gives_its_order_and_log_text_is_never_read_as_one() {
    let doc = Document { title: "{{evidence}} {{title}}".to_owned(), second_zone: None, ..document(5, false) };
    let template =
        Template::parse("# Incident {{title}} of {{date}}\n\nOurs, {{zone}}.\n\n## When\n\n{{timeline_list}}\n")
            .unwrap();
    let text = markdown::write(&doc, &Style { template: Some(template), ..Style::default() });
    assert!(text.starts_with("# Incident `{{evidence}} {{title}}` of 2026-"), "{text}");
    assert!(text.contains("\nOurs, Europe/Berlin.\n") && text.contains("\n## When\n"));
    assert!(!text.contains("Evidence") && !text.contains("](#"), "no evidence, so no links to it");
}

#[test]
fn a_simple_viewer_sees_no_html_and_no_links() {
    let text =
        "a<br>b `<br>` ([4](#evidence-4))\n- x<br>y [Clocks](#clocks)\n| c<br>`[1](#evidence-1)` |\n### Evidence\nz";
    let want = "a\\\nb `<br>` (4)\n- x\\\n  y Clocks\n| c · `[1](#evidence-1)` |";
    assert_eq!(markdown::simple(text), want);
}
