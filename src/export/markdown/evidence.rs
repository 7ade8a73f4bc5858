//! The records that the report rests on, by number, as they stand in the logs.

use super::Writer;
use super::escape::{Place, fenced};
use super::parts::Block;
use crate::export::document::EvidenceDoc;
use crate::export::visible::visible;
use crate::words::count;

/// Most bytes of one record as it is shown; escapes make a record of binary data six times as long.
const LONGEST: usize = 24_000;

impl Writer<'_> {
    /// Each record under a heading of its own: headings are the only anchors that both GitHub and GitLab keep.
    pub(super) fn evidence(&self) -> Vec<Block> {
        self.doc.evidence.iter().flat_map(|e| self.record(e)).collect()
    }

    fn record(&self, e: &EvidenceDoc) -> Vec<Block> {
        let place = format!("{}:{}", e.file, e.line);
        let mut about = self.name(&place, Place::Flow);
        let time = e.at.as_ref().map_or_else(|| "no time".to_owned(), |s| self.at(s));
        about.push_str(&format!(", {time}"));
        let shifted = e.at.as_ref().zip(e.recorded_utc.as_ref()).is_some_and(|(at, recorded)| !same(&at.utc, recorded));
        if let Some(recorded) = e.recorded_utc.as_ref().filter(|_| shifted) {
            about.push_str(&format!(", recorded as {}", super::escape::code(recorded, Place::Flow)));
        }
        let shown = self.cut(&e.raw);
        let mut text = fenced(shown);
        if (shown.len() as u64) < e.bytes {
            let (n, all) = (count(shown.len() as u64), count(e.bytes));
            text.push_str(&format!(
                "\n\nThe first {n} of {all} bytes; the rest stands in {}.",
                self.name(&place, Place::Flow)
            ));
        }
        let lines = e.raw.split(|b| *b == b'\n').count();
        let size = if lines > 1 { format!("Record of {} lines", count(lines as u64)) } else { "Record".to_owned() };
        vec![
            Block::Heading(4, format!("Evidence {}", e.number)),
            Block::Text(about),
            Block::Text(format!("<details>\n<summary>{size}</summary>\n\n{text}\n\n</details>")),
        ]
    }

    /// As much of a record as can be shown, cut at the end of a character.
    fn cut<'r>(&self, raw: &'r [u8]) -> &'r [u8] {
        let most = LONGEST.min(self.most);
        let mut end = raw.len();
        while end > 0 && visible(raw.get(..end).unwrap_or(raw)).len() > most {
            let over = visible(raw.get(..end).unwrap_or(raw)).len();
            // Nearer with every turn: what is too long shrinks by its share.
            end = (end * most / over.max(1)).min(end - 1);
            while end > 0 && raw.get(end).is_some_and(|b| b & 0xC0 == 0x80) {
                end -= 1;
            }
        }
        raw.get(..end).unwrap_or(raw)
    }
}

/// True for the same instant, to the digits that both have.
fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim_end_matches('Z'), b.trim_end_matches('Z'));
    let trim =
        |s: &str| if s.contains('.') { s.trim_end_matches('0').trim_end_matches('.').to_owned() } else { s.to_owned() };
    let (a, b) = (trim(a), trim(b));
    a == b || (a.contains('.') && b.starts_with(&a)) || (b.contains('.') && a.starts_with(&b))
}
