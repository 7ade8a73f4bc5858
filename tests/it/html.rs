//! The HTML report: a page that is what was meant, whatever the logs say; read by a browser's parser.

#![expect(
    clippy::indexing_slicing,
    reason = "a test fails by panicking; clippy exempts only functions marked as tests"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use causeline::analysis::analyze;
use causeline::case::Case;
use causeline::detect::Findings;
use causeline::event::EventId;
use causeline::export::document::{Choice, Document, Input};
use causeline::export::html;
use causeline::export::visible::{original, visible};
use causeline::time::zone::Zone;
use scraper::{ElementRef, Html, Selector};

use crate::tools::{config, root};

/// What an analyst may have said of the first sample.
const CASE: &str = r#"
version = 1
[report]
title = "API down: storage of pg01 <failed> & nobody took over"
authors = ["Ada", "Bo <b>"]
summary = "The **primary** lost its storage. See [the ticket](https://x.example.org/4711?a=1&b=2).\n\n- one\n- two"
[[annotation]]
kind = "detection"
at = "~2026-10-10T13:09Z"
comment = "Pager: *503 on all requests*"
author = "ada"
tags = ["pager"]
[[annotation]]
kind = "recovery"
at = "2026-10-10T13:31Z"
comment = "pg02 promoted"
[[annotation]]
at = "2026-10-10T13:09:10Z"
until = "2026-10-10T13:09:35Z"
comment = "Call"
[[annotation]]
file = "pg01/kern.log"
line = 3
hash = "0011"
comment = "its record is gone"
"#;

/// The reports of the five samples, and of the first with what an analyst said, in two zones.
pub(crate) fn reports() -> &'static [(String, Document)] {
    static ALL: OnceLock<Vec<(String, Document)>> = OnceLock::new();
    ALL.get_or_init(|| {
        let folders = std::fs::read_dir(root().join("sample-logs")).unwrap().map(|e| e.unwrap().path());
        let mut folders: Vec<_> = folders.filter(|p| p.is_dir()).collect();
        folders.sort();
        assert_eq!(folders.len(), 5);
        let mut out = Vec::new();
        for folder in folders {
            let mut config = config();
            config.causal = true;
            let analysis = analyze(std::slice::from_ref(&folder), &config);
            let findings = Findings::detect(&analysis, &config);
            let rows: &[EventId] = analysis.timeline.events();
            let timed = rows.iter().filter(|id| analysis.corrected(**id).is_some()).count() as u64;
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let of = |case: Option<&Case>, second_zone: Option<Zone>| {
                let zone = Zone::default();
                let title = case.map_or_else(|| name.clone(), |c| c.report.title.clone());
                let choice = Choice { title, zone, second_zone, least: None, most_rows: 500 };
                Document::of(Input { analysis: &analysis, findings: &findings, case, rows, choice: &choice })
            };
            let plain = of(None, None);
            let drawn: u64 = plain.picture.views[0].lanes.iter().map(|l| l.events).sum();
            assert_eq!(drawn, timed, "{name}: every event with a time is in the picture");
            out.push((name.clone(), plain));
            if name.starts_with("failover") {
                let mut case: Case = toml::from_str(CASE).unwrap();
                case.number();
                out.push(("case".to_owned(), of(Some(&case), Zone::parse("Europe/Berlin"))));
            }
        }
        out
    })
}

fn report(name: &str) -> &'static Document {
    &reports().iter().find(|(n, _)| n == name).unwrap().1
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    page.select(&Selector::parse(selector).unwrap()).collect()
}

fn text(element: ElementRef<'_>) -> String {
    element.text().collect()
}

/// Elements that the page is made of; those of the last row only from the author's Markdown.
const ELEMENTS: &[&str] = &[
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "header",
    "nav",
    "main",
    "footer",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "p",
    "ol",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "div",
    "span",
    "strong",
    "a",
    "time",
    "code",
    "pre",
    "table",
    "caption",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "figcaption",
    "details",
    "summary",
    "svg",
    "desc",
    "defs",
    "pattern",
    "path",
    "g",
    "text",
    "tspan",
    "rect",
    "circle",
    "polyline", //
    "em",
    "del",
    "blockquote",
    "hr",
    "br",
    "h6",
    "sup",
    "sub",
    "s",
    "i",
    "b",
    "u",
];
const ATTRIBUTES: &[&str] = &[
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "id",
    "class",
    "href",
    "rel",
    "scope",
    "colspan",
    "datetime",
    "data-column",
    "tabindex",
    "role",
    "aria-label",
    "aria-labelledby",
    "aria-hidden",
    "viewBox",
    "d",
    "x",
    "y",
    "width",
    "height",
    "cx",
    "cy",
    "r",
    "dx",
    "points",
    "transform",
    "text-anchor",
    "fill",
    "patternUnits",
    "patternTransform",
    "start",
    "style",
    "rx",
];

/// Everything that must hold of any page.
fn check(page: &Html, what: &str) {
    let errors: Vec<_> = page.errors.iter().filter(|e| !e.contains("nonchar")).collect();
    assert!(errors.is_empty(), "{what}: {errors:?}");
    let mut ids = BTreeSet::new();
    let mut targets = Vec::new();
    for element in all(page, "*") {
        let name = element.value().name();
        assert!(ELEMENTS.contains(&name), "{what}: <{name}>");
        for (attribute, value) in element.value().attrs() {
            assert!(ATTRIBUTES.contains(&attribute), "{what}: {attribute}={value}");
            match attribute {
                // Columns of the author's tables.
                "style" => assert!(value.starts_with("text-align: ") && value.len() < 20, "{what}: style={value}"),
                "id" => assert!(ids.insert(value.to_owned()), "{what}: {value} twice"),
                "aria-labelledby" => targets.extend(value.split(' ').map(str::to_owned)),
                "fill" => targets.push(value.trim_start_matches("url(#").trim_end_matches(')').to_owned()),
                "href" => match value.strip_prefix('#') {
                    Some(id) => targets.push(id.to_owned()),
                    None => {
                        let known = ["http:", "https:", "mailto:"].iter().any(|s| value.to_lowercase().starts_with(s));
                        assert!(known, "{what}: {value}");
                        assert_eq!(element.value().attr("rel"), Some("noopener noreferrer nofollow"), "{what}");
                    }
                },
                _ => {}
            }
        }
    }
    assert!(targets.iter().all(|t| ids.contains(t)), "{what}: a link leads nowhere: {targets:?} {ids:?}");
    assert_eq!(all(page, "style").len(), 1, "{what}");
    let policy = all(page, "meta[http-equiv=Content-Security-Policy]");
    assert!(policy[0].value().attr("content").unwrap().starts_with("default-src 'none'"));
}

/// What is shown of logs is what they say, and can be copied back.
fn check_log_text(page: &Html, doc: &Document, what: &str) {
    assert_eq!(text(all(page, "h1")[0]), visible(doc.title.as_bytes()), "{what}");
    let blocks: Vec<String> = all(page, ".record pre").into_iter().map(text).collect();
    assert_eq!(blocks.len(), doc.evidence.len(), "{what}");
    for (shown, e) in blocks.iter().zip(&doc.evidence) {
        assert_eq!(*shown, visible(&e.raw), "{what}: evidence {}", e.number);
        assert_eq!(original(shown), e.raw, "{what}: evidence {}", e.number);
    }
    let logs: Vec<String> = all(page, ".timeline .log code").into_iter().map(text).collect();
    let rows = doc.timeline.rows.iter().filter(|r| !r.log.is_empty());
    let want: Vec<String> = rows.map(|r| visible(r.log.as_bytes()).into_owned()).collect();
    assert_eq!(logs, want, "{what}");
}

#[test]
fn pages_of_the_samples_are_sound() {
    for (name, doc) in reports() {
        let written = html::write(doc);
        assert!(written.len() < 1_000_000, "{name} has {} bytes", written.len());
        let page = Html::parse_document(&written);
        check(&page, name);
        check_log_text(&page, doc, name);
        let order: Vec<&str> = all(&page, "main > section > h2").iter().filter_map(|h| h.value().attr("id")).collect();
        let postmortem =
            ["summary", "impact", "causes", "trigger", "detection", "resolution", "actions", "timeline", "supporting"];
        assert_eq!(order, postmortem, "{name}");
        let contents: Vec<String> =
            all(&page, "nav a").iter().map(|a| a.value().attr("href").unwrap().to_owned()).collect();
        assert_eq!(contents, postmortem.map(|id| format!("#{id}")), "{name}");
        // No heading skips a level.
        let levels: Vec<u8> =
            all(&page, "h1, h2, h3, h4, h5").iter().map(|h| h.value().name().as_bytes()[1] - b'0').collect();
        assert!(levels.windows(2).all(|w| w[1] <= w[0] + 1), "{name}: {levels:?}");
        assert_eq!(all(&page, "#timeline ~ table tr[id]").len(), all(&page, "tr[id]").len());
        let rows = doc.timeline.rows.len();
        assert_eq!(all(&page, ".timeline tbody tr:not(.date)").len(), rows, "{name}");
    }
}

#[test]
fn every_event_and_every_step_is_in_the_picture() {
    for (name, doc) in reports() {
        let whole = &doc.picture.views[0];
        for lane in whole.lanes.iter().chain(doc.picture.views.iter().skip(1).flat_map(|v| &v.lanes)) {
            assert_eq!(lane.events, lane.columns.iter().flat_map(|c| &c[1..]).map(|n| u64::from(*n)).sum::<u64>());
        }
        let page = Html::parse_document(&html::write(doc));
        let glyphs = all(&page, "figure:first-of-type .scroll g[class] text");
        let told: usize = doc.stories.iter().flat_map(|s| &s.findings).filter(|f| f.part != "context").count();
        assert_eq!(glyphs.len(), told, "{name}");
        for glyph in glyphs {
            assert_eq!(all(&page, &format!("#f{}", text(glyph))).len(), 1, "{name}: a glyph names a finding");
        }
        for view in &doc.picture.views {
            let columns: Vec<f64> = view.pieces.iter().flat_map(|p| [p.begin, p.end]).collect();
            assert!(columns.is_sorted() && columns[0] == 0.0 && columns[columns.len() - 1] <= 240.001, "{name}");
            assert!(doc.picture.steps.iter().any(|s| view.column(s.at.at).is_some()), "{name}");
        }
    }
}

#[test]
fn months_of_silence_are_folded_and_minutes_are_not() {
    let folded = |name: &str| report(name).picture.views[0].pieces.iter().filter(|p| p.folded.is_some()).count();
    assert!(folded("backups-that-never-finished") > 10);
    assert_eq!(folded("failover-that-never-promoted"), 0);
    // Two minutes within ten weeks are shown alone.
    assert!(report("backups-that-never-finished").picture.views[1].close);
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }
}

const HOSTILE: [&str; 44] = [
    "<script>alert(1)</script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "\"",
    "'",
    "\" onload=\"x",
    "' onclick='x",
    "<",
    ">",
    "&",
    "&lt;",
    "&#x3c;b&#x3e;",
    "&amp",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "</pre>",
    "</code>",
    "</svg>",
    "</title>",
    "</style>",
    "<style>*{}</style>",
    "</td></tr></table>",
    "<a href=javascript:x>y</a>",
    "</textarea>",
    "<svg/onload=x>",
    "</desc>",
    "<base href=//x>",
    "javascript:alert(1)",
    "http://x.example",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{200b}",
    "\0",
    "\r",
    "\t",
    "\u{85}",
    "\u{feff}",
    "\\u{41}",
    "\\",
    "{{x}}",
    "é漢字🙂",
    "<plaintext>",
];

/// A text of few parts that no other is.
fn hostile(dice: &mut Dice, n: usize) -> String {
    let mut out = dice.pick(&HOSTILE).to_owned();
    for _ in 0..dice.below(4) {
        out.push_str(dice.pick(&HOSTILE));
    }
    format!("{out}{n}")
}

/// A small report that has everything.
fn template() -> Document {
    let mut doc = report("case").clone();
    doc.timeline.rows.retain(|r| !r.markdown.is_empty() || r.evidence.is_some_and(|n| n < 9));
    for e in &mut doc.evidence {
        e.raw.truncate(80);
        e.bytes = e.raw.len() as u64;
    }
    for view in &mut doc.picture.views {
        view.lanes.iter_mut().for_each(|l| l.columns.truncate(6));
    }
    doc.also_seen.truncate(2);
    doc.sources.truncate(3);
    doc.assumptions.truncate(2);
    doc
}

/// Elements, attributes, and the values of those that stand for something; geometry may change with lengths of texts.
fn skeleton(page: &Html) -> Vec<String> {
    let moving =
        ["x", "y", "d", "width", "height", "cx", "cy", "viewBox", "points", "transform", "text-anchor", "href"];
    let one = |e: ElementRef<'_>| {
        let mut attributes: Vec<String> = e
            .value()
            .attrs()
            .map(|(name, value)| if moving.contains(&name) { name.to_owned() } else { format!("{name}={value}") })
            .collect();
        attributes.sort();
        let depth = e.ancestors().count();
        format!("{depth} {} {}", e.value().name(), attributes.join(" "))
    };
    all(page, "*").into_iter().map(one).collect()
}

/// The report with hostile text wherever text comes from logs; equal texts stay equal.
fn poisoned(template: &Document, dice: &mut Dice) -> Document {
    let mut doc = template.clone();
    let mut known: BTreeMap<String, String> = BTreeMap::new();
    doc.texts(&mut |_, t| {
        let n = known.len();
        *t = if t.is_empty() {
            String::new()
        } else {
            known.entry(t.clone()).or_insert_with(|| hostile(dice, n)).clone()
        };
    });
    // What the author wrote is Markdown, and no log text; see below.
    doc.summary_markdown.clone_from(&template.summary_markdown);
    for (row, own) in doc.timeline.rows.iter_mut().zip(&template.timeline.rows) {
        row.markdown.iter_mut().zip(&own.markdown).for_each(|(a, b)| a.text.clone_from(&b.text));
    }
    for (note, own) in doc.notes.iter_mut().zip(&template.notes) {
        note.markdown.text.clone_from(&own.markdown.text);
    }
    for e in &mut doc.evidence {
        let mut raw = hostile(dice, e.number).into_bytes();
        raw.extend([b"\n".as_slice(), b"\xff\xfe", b"<b>", b"\xc3"][dice.below(4)]);
        raw.extend_from_slice(hostile(dice, 0).as_bytes());
        raw.splice(0..0, [b"".as_slice(), b"\n", b"\r\n", b"\x80"][dice.below(4)].iter().copied());
        e.bytes = raw.len() as u64;
        e.raw = raw;
    }
    doc
}

#[test]
fn no_log_text_changes_the_page() {
    let template = template();
    let page = Html::parse_document(&html::write(&template));
    check(&page, "template");
    let want = skeleton(&page);
    for seed in 0..2_000 {
        let doc = poisoned(&template, &mut Dice(seed));
        let page = Html::parse_document(&html::write(&doc));
        let what = format!("seed {seed}");
        check(&page, &what);
        check_log_text(&page, &doc, &what);
        let got = skeleton(&page);
        let first = want.iter().zip(&got).find(|(a, b)| a != b);
        assert!(got.len() == want.len() && first.is_none(), "{what}: {first:?}");
    }
}

const MARKDOWN: [&str; 36] = [
    "# Title\n",
    "\n\n",
    "\n",
    "- item\n",
    "1. item\n",
    "> quote\n",
    "```\n",
    "```html\n<b>\n```\n",
    "    code\n",
    "`code`",
    "**bold**",
    "*em*",
    "~~del~~",
    "[a](https://x.example/?a=1&b=\"2\")",
    "[b](javascript:alert(1))",
    "[c](/local)",
    "![alt](http://x.example/i.png)",
    "![](data:image/png;base64,x)",
    "<script>alert(1)</script>",
    "<b onclick=x>",
    "</section>",
    "</p>",
    "<!-- ",
    " -->",
    "<https://y.example>",
    "<javascript:x>",
    "| a | b |\n|:--|--:|\n| 1 | 2 |\n",
    "[r]\n\n[r]: data:text/html,x\n",
    "&lt;&#60;",
    "\\<",
    "- [x] done\n",
    "---\n",
    "text ",
    "\u{202e}",
    "\u{1b}[0m",
    "<a\nhref='x'>",
];

#[test]
fn nothing_that_the_author_writes_runs_or_loads() {
    let template = template();
    let sections = |page: &Html| all(page, "main > section > h2, h3[id], article").len();
    let want = sections(&Html::parse_document(&html::write(&template)));
    for seed in 0..2_000 {
        let mut dice = Dice(seed);
        let mut doc = template.clone();
        let mut write = || (0..=dice.below(8)).map(|_| dice.pick(&MARKDOWN)).collect::<String>();
        doc.summary_markdown = write();
        doc.timeline.rows.iter_mut().flat_map(|r| &mut r.markdown).for_each(|a| a.text = write());
        doc.notes.iter_mut().for_each(|n| n.markdown.text = write());
        doc.picture.flags.iter_mut().for_each(|f| f.markdown = write());
        let page = Html::parse_document(&html::write(&doc));
        check(&page, &format!("seed {seed}"));
        assert_eq!(sections(&page), want, "seed {seed}");
    }
}

#[test]
fn an_empty_report_is_a_page_too() {
    let page = Html::parse_document(&html::write(&Document::default()));
    check(&page, "empty");
    assert!(text(all(&page, "main")[0]).contains("Nothing is out of order that the rules know."));
}
