//! The report as Markdown that GitHub and GitLab show alike, in the order of the SRE postmortem.
//!
//! Log text is data: it stands in code, and so does every name in a sentence that a forge could take for a mention, an
//! issue, a link or the like (`escape`). The author's Markdown stays Markdown (`author`).

mod about;
mod author;
pub mod escape;
mod evidence;
mod findings;
mod mermaid;
pub mod parts;
mod sections;
pub mod template;
mod timeline;

use super::document::{Document, FindingDoc, Stamp, StoryDoc};
use super::roundtrip;
use escape::Place;
use parts::Block;
pub use template::Template;

/// Form of the timeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A table.
    #[default]
    Table,
    /// A list, a heading for each date: GitLab's compact form.
    List,
}

/// How the report is written.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// Form of the timeline.
    pub form: Form,
    /// With a small picture of the timeline.
    pub mermaid: bool,
    /// Order and words of the user's own; `None` for the SRE postmortem.
    pub template: Option<Template>,
}

/// Most bytes of one sentence, one cell of the author's, a title.
const LONGEST: usize = 4_000;
/// Most bytes of a title or the name of a file or host.
const LONGEST_NAME: usize = 400;

/// The title of a report on what is called `name` on disk: in words, the first letter large.
pub fn title(name: &str) -> String {
    let words = name.replace(['-', '_'], " ");
    capital(&words)
}

/// With its first letter large.
fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// The report in one piece.
pub fn write(doc: &Document, style: &Style) -> String {
    parts::whole(&Writer::new(doc, style, true).blocks())
}

/// The report in parts of at most 60,000 bytes, each of which can be read by itself.
pub fn parts(doc: &Document, style: &Style) -> Vec<String> {
    parts_of(doc, style, parts::MOST)
}

/// As [`parts`], of at most `most` bytes (not less than 20,000).
pub fn parts_of(doc: &Document, style: &Style, most: usize) -> Vec<String> {
    let most = most.max(20_000);
    let whole = write(doc, style);
    if whole.len() <= most {
        return vec![whole];
    }
    // What a number points to may stand in another part, where no link leads.
    let mut writer = Writer::new(doc, style, false);
    writer.most = most / 2;
    parts::cut(&writer.blocks(), &doc.title, most)
}

/// A report of ours for viewers that know neither HTML nor anchors: without the records at its end, `<br>` as breaks,
/// numbers without links. Code stays as it is.
pub fn simple(report: &str) -> String {
    let text = report.split_once("\n### Evidence\n").map_or(report, |(above, _)| above);
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let by = match line.as_bytes().first() {
            Some(b'|') => " · ",
            Some(b'-') => "\\\n  ",
            _ => "\\\n",
        };
        let mut rest = line;
        while let Some(at) = rest.find(['`', '<', '[']) {
            let (before, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            out.push_str(before);
            let span = author::span(from);
            rest = if let Some(after) = span.and_then(|n| from.get(n..)) {
                out.push_str(from.get(..from.len() - after.len()).unwrap_or_default());
                after
            } else if let Some(after) = from.strip_prefix("<br>") {
                out.push_str(by);
                after
            } else if let Some((name, after)) = from
                .strip_prefix('[')
                .and_then(|f| f.split_once("](#"))
                .filter(|(name, _)| name.chars().all(char::is_alphanumeric))
            {
                out.push_str(name);
                after.split_once(')').map_or(after, |(_, after)| after)
            } else {
                out.extend(from.chars().next());
                from.get(1..).unwrap_or_default()
            };
        }
        out.push_str(rest);
    }
    out
}

/// Log text as a code span that can stand in a paragraph or a list; `|` stays as it is.
pub fn code(text: &str) -> String {
    escape::code(text, Place::Flow)
}

/// Words of ours, with names and values from logs in them: nothing in them is markup.
pub fn plain(text: &str) -> String {
    escape::words(text, Place::Flow)
}

/// Writes the pieces of one report.
struct Writer<'a> {
    doc: &'a Document,
    style: &'a Style,
    template: Template,
    /// Numbers of evidence are links to it.
    linked: bool,
    /// Most bytes of one record or one text of the author's.
    most: usize,
    /// The one date of the report; empty when it has several.
    day: String,
}

impl<'a> Writer<'a> {
    fn new(doc: &'a Document, style: &'a Style, linked: bool) -> Self {
        let template = style.template.clone().unwrap_or_default();
        let day = |stamp: &Option<Stamp>| stamp.as_ref().map(|s| s.date.clone());
        let (first, last) = (day(&doc.overview.first), day(&doc.overview.last));
        let day = first.filter(|d| last.as_ref() == Some(d)).unwrap_or_default();
        Writer { doc, style, linked: linked && template.has("evidence"), template, most: 100_000, day }
    }

    fn blocks(&self) -> Vec<Block> {
        self.template.fill(&mut |name| self.fill(name))
    }

    fn fill(&self, name: &str) -> Vec<Block> {
        let text = |text: String| if text.is_empty() { Vec::new() } else { vec![Block::Text(text)] };
        match name {
            "title" => text(self.short(if self.doc.title.is_empty() { "Incident" } else { &self.doc.title })),
            "date" => text(self.date()),
            "authors" => text(self.authors()),
            "zone" => text(self.zones()),
            "figures" => self.figures(),
            "summary" => self.summary(),
            "mermaid" if self.style.mermaid => text(mermaid::picture(self.doc)),
            "impact" => self.impact(),
            "root_causes" => self.root_causes(),
            "trigger" => self.trigger(),
            "detection" => self.detection(),
            "resolution" => self.resolution(),
            "action_items" => self.action_items(),
            "checks" => self.checks(),
            "timeline" => self.timeline(self.style.form),
            "timeline_table" => self.timeline(Form::Table),
            "timeline_list" => self.timeline(Form::List),
            "findings" => self.findings(),
            "red_herrings" => self.red_herrings(),
            "also_seen" => self.also_seen(),
            "notes" => self.notes(),
            "clocks" => self.clocks(),
            "assumptions" => self.assumptions(),
            "sources" => self.sources(),
            "evidence" => self.evidence(),
            "trailer" => roundtrip::comments(self.doc).into_iter().map(Block::Text).collect(),
            _ => Vec::new(),
        }
    }

    /// A sentence, in a paragraph or a cell.
    fn words(&self, text: &str, place: Place) -> String {
        let (shown, cut) = parts::shortened(text, LONGEST, "the findings have the rest");
        let cut = cut.map_or_else(String::new, |c| format!(" … ({c})"));
        escape::words(&shown, place) + &cut
    }

    fn flow(&self, text: &str) -> String {
        self.words(text, Place::Flow)
    }

    /// A title that stands in bold: never empty, since that would be no bold.
    fn title(&self, text: &str) -> String {
        let words = self.flow(text);
        if words.is_empty() { "—".to_owned() } else { words }
    }

    /// A title or a name.
    fn short(&self, text: &str) -> String {
        let (shown, cut) = parts::shortened(text, LONGEST_NAME, "");
        escape::words(&shown, Place::Flow) + if cut.is_some() { " …" } else { "" }
    }

    /// The name of a file, or the place of a record, as code.
    fn name(&self, text: &str, place: Place) -> String {
        let (shown, cut) = parts::shortened(text, LONGEST_NAME, "");
        escape::code(&shown, place) + if cut.is_some() { " …" } else { "" }
    }

    /// The author's words in one line; `more` says where all of them stand.
    fn authored(&self, text: &str, place: Place, more: &str) -> String {
        let (shown, cut) = parts::shortened(text, LONGEST, more);
        let cut = cut.map_or_else(String::new, |c| format!("<br>… ({c})"));
        author::line(&shown, place) + &cut
    }

    /// The number of a record: a link to it where there is one. (`\[3\]` is mathematics to some.)
    fn number(&self, n: usize) -> String {
        if self.linked { format!("[{n}](#evidence-{n})") } else { n.to_string() }
    }

    /// ` (see 1, 2, 3)`, or nothing.
    fn numbers(&self, list: impl Iterator<Item = usize>) -> String {
        let mut out: Vec<String> = Vec::new();
        for n in list {
            let number = self.number(n);
            if !out.contains(&number) {
                out.push(number);
            }
        }
        if out.is_empty() { String::new() } else { format!(" (evidence {})", out.join(", ")) }
    }

    /// A time of day, with the date where the report has several.
    fn at(&self, stamp: &Stamp) -> String {
        let time = clock(&stamp.time);
        if stamp.date.is_empty() || stamp.date == self.day { time } else { format!("{} {time}", stamp.date) }
    }

    fn at_or_dash(&self, stamp: Option<&Stamp>) -> String {
        stamp.map_or_else(|| "—".to_owned(), |s| self.at(s))
    }

    /// The story that the sections tell; the others are told among the findings.
    fn main(&self) -> Option<&'a StoryDoc> {
        self.doc.stories.first()
    }

    fn of_part(&self, part: &str) -> Vec<&'a FindingDoc> {
        self.main().map_or_else(Vec::new, |s| s.findings.iter().filter(|f| f.part == part).collect())
    }
}

/// A time as it is said: `about 14:20` for `~14:20`, since a tilde has a meaning on both forges.
fn clock(time: &str) -> String {
    match time.strip_prefix('~') {
        Some(time) => format!("about {time}"),
        None => time.replace(" ~", " about "),
    }
}
