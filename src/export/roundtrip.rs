//! What a report keeps of itself, in an HTML comment at its end, so that it can be opened again: the evidence by
//! content, and the case.
//!
//! A report comes from elsewhere. What it keeps is data that is checked; nothing in it names a file to be read (the
//! command line takes only what lies below the report's folder).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::document::Document;
use crate::analysis::Analysis;
use crate::case::Case;
use crate::event::EventId;
use crate::event::spot::hash;

/// How the comment begins; the number is that of its form.
const BEGIN: &str = "<!-- causeline-report/";
const FORM: u32 = 1;
/// Most bytes of one comment: several fit where a forge cuts a text.
const PIECE: usize = 18_000;
/// Most bytes that are read of what a report keeps: a case of a hundred thousand notes.
const MOST: usize = 64 << 20;

/// One record that a report rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its number in the report.
    pub number: usize,
    /// Path of its source when the report was written: a hint.
    pub file: String,
    /// 1-based line: a hint.
    pub line: u64,
    /// FNV-1a 64 of its bytes, in hexadecimal; empty when the record was redacted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
}

#[derive(Default, Serialize, Deserialize)]
struct Kept {
    #[serde(default)]
    written_by: String,
    #[serde(default)]
    evidence: Vec<Anchor>,
    /// The case as its file holds it, which keeps what this version does not know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    case: Option<String>,
}

/// A report that was opened again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Opened {
    /// The case; `None` in a report that was redacted.
    pub case: Option<Case>,
    /// The records that it rests on, by number.
    pub evidence: Vec<Anchor>,
    /// The program that wrote it.
    pub written_by: String,
}

/// Where the evidence of a report stands now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Each record, and the event that it is now; `None` when it is not in these logs.
    pub list: Vec<(Anchor, Option<EventId>)>,
}

impl Standing {
    /// Records that are there.
    pub fn found(&self) -> usize {
        self.list.iter().filter(|(_, e)| e.is_some()).count()
    }

    /// Records that are not in these logs.
    pub fn lost(&self) -> impl Iterator<Item = &Anchor> {
        self.list.iter().filter(|(a, e)| e.is_none() && !a.hash.is_empty()).map(|(a, _)| a)
    }

    /// What was found, in a sentence.
    pub fn sentence(&self) -> String {
        let (n, hidden) = (self.list.len(), self.list.iter().filter(|(a, _)| a.hash.is_empty()).count());
        let lost: Vec<String> = self
            .lost()
            .take(5)
            .map(|a| format!("{} ({}:{})", a.number, crate::words::clean_lines(&a.file), a.line))
            .collect();
        let more = self.lost().count().saturating_sub(5);
        let mut out = format!("evidence of the report: {} of {n} records found in these logs", self.found());
        if !lost.is_empty() {
            out.push_str(&format!("; not found: {}", lost.join(", ")));
        }
        if more > 0 {
            out.push_str(&format!(" and {more} more"));
        }
        if hidden > 0 {
            out.push_str(&format!("; {hidden} were redacted and cannot be looked for"));
        }
        out
    }
}

/// What a report keeps, as HTML comments: one, or several where it is long.
pub(super) fn comments(doc: &Document) -> Vec<String> {
    let text = kept(doc);
    let mut pieces: Vec<&str> = Vec::new();
    let mut rest = text.as_str();
    while rest.len() > PIECE {
        let mut end = rest.floor_char_boundary(PIECE);
        // An editor that takes away spaces at the ends of lines must find none there.
        let spaced = |end: usize| {
            rest.get(..end).is_some_and(|t| t.ends_with(' ')) || rest.get(end..).is_some_and(|t| t.starts_with(' '))
        };
        while end > PIECE / 2 && (spaced(end) || !rest.is_char_boundary(end)) {
            end -= 1;
        }
        pieces.push(rest.get(..end).unwrap_or_default());
        rest = rest.get(end..).unwrap_or_default();
    }
    pieces.push(rest);
    let n = pieces.len();
    pieces.iter().enumerate().map(|(i, piece)| format!("{BEGIN}{FORM} {}/{n}\n{piece}\n-->", i + 1)).collect()
}

fn kept(doc: &Document) -> String {
    let one = |e: &super::document::EvidenceDoc| Anchor {
        number: e.number,
        file: e.file.clone(),
        line: e.line,
        hash: e.hash.clone(),
    };
    let case = doc.kept.clone().filter(|_| !doc.redacted).and_then(|mut case| {
        case.sources.iter_mut().for_each(|s| *s = beside(s));
        toml::to_string(&case).ok()
    });
    // A line each, so that versions of a report differ by lines.
    let evidence: Vec<String> = doc.evidence.iter().map(|e| json(&one(e))).collect();
    let case = case.map_or_else(String::new, |c| format!(",\n\"case\":{}", json(&c)));
    let text =
        format!("{{\"written_by\":{},\n\"evidence\":[\n{}\n]{case}}}", json(&doc.written_by), evidence.join(",\n"));
    quiet(&text)
}

/// A path below the report's folder as it is; of any other the mere name, so that no report tells whose disk it was
/// written on.
fn beside(source: &str) -> String {
    let inside = !source.starts_with(['/', '\\']) && !source.contains(':') && !source.split('/').any(|p| p == "..");
    let name = || source.rsplit(['/', '\\']).find(|p| !p.is_empty()).unwrap_or_default();
    if inside { source.to_owned() } else { name().to_owned() }
}

/// As JSON in a line; what is kept is plain, and cannot fail.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned())
}

/// JSON that can end no comment: `<`, `>`, a second `-` and what hides are written as numbers.
fn quiet(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut above = ' ';
    for c in json.chars() {
        let hides = c != '\n' && crate::words::is_harmful(c);
        if matches!(c, '<' | '>') || (c == '-' && above == '-') || hides {
            let mut units = [0; 2];
            c.encode_utf16(&mut units).iter().for_each(|u| out.push_str(&format!("\\u{u:04x}")));
        } else {
            out.push(c);
        }
        above = c;
    }
    out
}

/// True for a text that keeps what is needed to open it again, or a part of that.
pub fn is_report(text: &str) -> bool {
    text.starts_with(BEGIN) || text.contains(&format!("\n{BEGIN}"))
}

/// What a report keeps. Several parts of one report may stand one after the other.
///
/// # Errors
/// A sentence that says what is wrong: no report, torn, or of a newer version.
pub fn read(text: &str) -> Result<Opened, String> {
    let mut pieces: BTreeMap<usize, String> = BTreeMap::new();
    let mut n = 0;
    let mut size = 0;
    for (at, _) in text.match_indices(BEGIN) {
        let starts_a_line = at == 0 || text.get(..at).is_some_and(|t| t.ends_with('\n'));
        if !starts_a_line {
            // A line of a log that looks like it: those are never at the margin.
            continue;
        }
        let rest = text.get(at + BEGIN.len()..).unwrap_or_default();
        let (head, body) = rest.split_once('\n').ok_or("the report is torn: what it keeps breaks off")?;
        let (form, place) = head.trim().split_once(' ').ok_or("what the report keeps cannot be read")?;
        match form.parse::<u32>() {
            Ok(FORM) => {}
            Ok(f) if f > FORM => return Err("this report was written by a newer version of causeline".to_owned()),
            _ => return Err("what the report keeps cannot be read".to_owned()),
        }
        let (i, of) = place.split_once('/').ok_or("what the report keeps cannot be read")?;
        let number = |s: &str| s.parse::<usize>().ok().filter(|n| (1..=1_000_000).contains(n));
        let (Some(i), Some(of)) = (number(i), number(of)) else {
            return Err("what the report keeps cannot be read".to_owned());
        };
        let (body, _) = body.split_once("-->").ok_or("the report is torn: what it keeps breaks off")?;
        let body = body.strip_suffix('\n').unwrap_or(body);
        let body = body.strip_suffix('\r').unwrap_or(body);
        if n != 0 && n != of || pieces.get(&i).is_some_and(|there| there != body) {
            return Err("these are parts of different reports; open one".to_owned());
        }
        n = of;
        size += body.len();
        if size > MOST {
            return Err("what the report keeps is too large to be ours".to_owned());
        }
        pieces.insert(i, body.to_owned());
    }
    if n == 0 {
        return Err("no report of causeline, or what it keeps at its end was taken away".to_owned());
    }
    if let Some(missing) = (1..=n).find(|i| !pieces.contains_key(i)) {
        return Err(format!("the report is torn: piece {missing} of the {n} that it keeps is missing"));
    }
    parsed(&pieces.into_values().collect::<String>())
}

fn parsed(json: &str) -> Result<Opened, String> {
    let kept: Kept = serde_json::from_str(json).map_err(|e| format!("what the report keeps cannot be read: {e}"))?;
    let case = kept.case.map(|text| {
        let mut case: Case =
            toml::from_str(&text).map_err(|e| format!("the case in the report cannot be read: {}", e.message()))?;
        case.number();
        Ok::<Case, String>(case)
    });
    Ok(Opened { case: case.transpose()?, evidence: kept.evidence, written_by: kept.written_by })
}

/// Where the evidence stands in these logs: by content, whatever became of its file; the nearest of several.
pub fn find(evidence: &[Anchor], analysis: &Analysis) -> Standing {
    let mut wanted: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, a) in evidence.iter().enumerate().filter(|(_, a)| !a.hash.is_empty()) {
        wanted.entry(&a.hash).or_default().push(i);
    }
    let mut best: Vec<Option<((u8, u64), EventId)>> = vec![None; evidence.len()];
    let n = if wanted.is_empty() { 0 } else { u32::try_from(analysis.events.len()).unwrap_or(u32::MAX) };
    for id in (0..n).map(EventId) {
        let hash = hash(analysis.raw(id));
        for &i in wanted.get(hash.as_str()).into_iter().flatten() {
            let Some(a) = evidence.get(i) else { continue };
            let path = analysis.source(id).map_or("", |s| s.path.as_str());
            let far = (distance(path, &a.file), analysis.events.line(id).abs_diff(a.line));
            if let Some(slot) = best.get_mut(i)
                && slot.is_none_or(|(there, _)| far < there)
            {
                *slot = Some((far, id));
            }
        }
    }
    let list = evidence.iter().cloned().zip(best.into_iter().map(|b| b.map(|(_, id)| id))).collect();
    Standing { list }
}

/// How unlike two paths are: the same, the same but moved or packed, another.
fn distance(now: &str, then: &str) -> u8 {
    fn name(path: &str) -> &str {
        let name = path.rsplit('/').next().unwrap_or(path);
        name.strip_suffix(".gz").unwrap_or(name)
    }
    match () {
        () if now == then => 0,
        () if name(now) == name(then) => 1,
        () => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Annotation;
    use crate::export::document::EvidenceDoc;

    fn document(comment: &str, n: usize) -> Document {
        let mut case = Case::new(vec!["logs".to_owned()]);
        case.add(Annotation { comment: comment.to_owned(), ..Annotation::default() });
        let one = |number| EvidenceDoc {
            number,
            file: format!("a-->/<b>--{number}.log"),
            line: 7,
            hash: "00ff".into(),
            ..EvidenceDoc::default()
        };
        Document { kept: Some(case), evidence: (1..=n).map(one).collect(), ..Document::default() }
    }

    #[test]
    fn what_is_kept_comes_back_whatever_it_holds() {
        for comment in
            ["", "--> <!-- \"x\" \\ --- ->", "a\r\n\tb\u{202e}\u{0}\u{feff}ü😀\n\n", &"long - -- text ".repeat(9_000)]
        {
            let doc = document(comment, 300);
            let all = comments(&doc);
            for c in &all {
                assert!(c.len() < PIECE + 100);
                assert_eq!((c.matches("-->").count(), c.matches("--").count()), (1, 2), "only its own ends");
            }
            let text = format!("# Report\n\n{}\n", all.join("\n\n"));
            let opened = read(&text).unwrap();
            assert_eq!(opened.case, doc.kept);
            assert_eq!(opened.evidence.len(), 300);
            assert_eq!(read(&text.replace('\n', "\r\n")).unwrap(), opened, "CRLF");
            let parts = all.iter().rev().cloned().collect::<Vec<_>>().join("\n");
            assert_eq!(read(&parts).unwrap(), opened, "in any order");
        }
    }

    #[test]
    fn no_report_tells_whose_disk_it_was_written_on() {
        let mut doc = document("", 1);
        let given = ["/home/ada/logs/", "../up/x.log", "C:\\Users\\ada\\y.log", "in/here.log", "."];
        doc.kept.as_mut().unwrap().sources = given.iter().map(|s| (*s).to_owned()).collect();
        let text = comments(&doc).join("\n");
        assert!(!text.contains("ada"), "{text}");
        assert_eq!(read(&text).unwrap().case.unwrap().sources, ["logs", "x.log", "y.log", "in/here.log", "."]);
    }

    #[test]
    fn a_redacted_report_keeps_no_case() {
        let doc = Document { redacted: true, ..document("secret", 1) };
        let text = comments(&doc).join("\n");
        assert!(!text.contains("secret"));
        assert_eq!(read(&text).unwrap().case, None);
    }

    #[test]
    fn what_is_torn_or_false_is_told_in_a_sentence() {
        let whole = comments(&document(&"x".repeat(50_000), 5)).join("\n\n");
        assert!(read("# Nothing").unwrap_err().contains("no report of causeline"));
        assert!(read(&whole.replacen("<!-- causeline-report/1 2/", "<!-- other 2/", 1)).unwrap_err().contains("torn"));
        assert!(read(whole.get(..400).unwrap()).unwrap_err().contains("torn"));
        assert!(read("<!-- causeline-report/2 1/1\n{}\n-->").unwrap_err().contains("newer"));
        assert!(read("<!-- causeline-report/1 1/1\n{\"evidence\":7}\n-->").unwrap_err().contains("cannot be read"));
        assert!(read("<!-- causeline-report/1 1/99999999999\n{}\n-->").unwrap_err().contains("cannot be read"));
        assert!(
            read("<!-- causeline-report/1 1/1\n{\"case\":\"[[\"}\n-->").unwrap_err().contains("the case in the report")
        );
        let other = comments(&document("y", 1)).join("\n");
        assert!(read(&format!("{other}\n{whole}")).unwrap_err().contains("different reports"));
        let deep = format!("<!-- causeline-report/1 1/1\n{}\n-->", "[".repeat(100_000));
        assert!(read(&deep).is_err());
        assert!(read("    <!-- causeline-report/1 1/1\n{}\n-->").is_err(), "not at the margin: text of a log");
    }
}
