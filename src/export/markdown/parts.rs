//! The blocks of a report, and how it is cut where a comment of a forge holds no more.

use super::escape::{Place, words};

/// Most bytes of a part: GitHub takes comments of 65,536 characters, GitLab descriptions of a million.
pub const MOST: usize = 60_000;

/// A piece of the report. Blocks are parted by empty lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading: its level, and its text as Markdown.
    Heading(usize, String),
    /// Markdown that stays in one piece.
    Text(String),
    /// A table: its two first lines, and its rows.
    Table(String, Vec<String>),
    /// A list: its items.
    List(Vec<String>),
}

impl Block {
    /// As Markdown, without a line end behind it.
    pub fn text(&self) -> String {
        match self {
            Block::Heading(level, text) => format!("{} {text}", "#".repeat(*level)),
            Block::Text(text) => text.clone(),
            Block::Table(head, rows) => format!("{head}\n{}", rows.join("\n")),
            Block::List(items) => items.join("\n"),
        }
    }

    fn len(&self) -> usize {
        match self {
            Block::Heading(level, text) => level + 1 + text.len(),
            Block::Text(text) => text.len(),
            Block::Table(head, rows) => head.len() + rows.iter().map(|r| r.len() + 1).sum::<usize>(),
            Block::List(items) => items.iter().map(|i| i.len() + 1).sum(),
        }
    }
}

/// All blocks as one text.
pub fn whole(blocks: &[Block]) -> String {
    let mut out = String::with_capacity(blocks.iter().map(|b| b.len() + 2).sum());
    for block in blocks {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&block.text());
        out.push('\n');
    }
    out
}

/// The blocks in parts of at most `most` bytes (not less than 1,000), each of which can be read by itself.
pub fn cut(blocks: &[Block], title: &str, most: usize) -> Vec<String> {
    let all = whole(blocks);
    if all.len() <= most {
        return vec![all];
    }
    let mut title: String = title.chars().take(120).collect();
    title = words(&title, Place::Flow);
    // Room for the line that names the part, and for the heading that goes on in it.
    let room = most.max(1000) - title.len().min(400) - 100;
    let mut cutter = Cutter { room, ..Cutter::default() };
    blocks.iter().for_each(|b| cutter.add(b));
    cutter.flush();
    let n = cutter.parts.len();
    let numbered = |(i, part): (usize, &Vec<Block>)| {
        let line = format!("*Part {} of {n}: {title}*", i + 1);
        let mut part = part.clone();
        part.insert(usize::from(i == 0 && matches!(part.first(), Some(Block::Heading(1, _)))), Block::Text(line));
        whole(&part)
    };
    cutter.parts.iter().enumerate().map(numbered).collect()
}

#[derive(Default)]
struct Cutter {
    room: usize,
    parts: Vec<Vec<Block>>,
    now: Vec<Block>,
    used: usize,
    /// The headings above what comes next, by level.
    above: Vec<(usize, String)>,
}

impl Cutter {
    fn add(&mut self, block: &Block) {
        match block {
            Block::Heading(level, text) => {
                self.above.retain(|(l, _)| l < level);
                self.above.push((*level, text.clone()));
                // A heading goes where what it stands over begins.
                if self.used + block.len() + self.room / 20 > self.room {
                    self.flush();
                }
                self.put(block.clone());
            }
            Block::Text(text) if self.used + text.len() + 2 <= self.room => self.put(block.clone()),
            Block::Text(text) => {
                self.next();
                if self.used + text.len() + 2 <= self.room {
                    self.put(block.clone());
                } else {
                    self.put(Block::Text(too_long(text, self.room.saturating_sub(self.used + 200))));
                }
            }
            Block::Table(head, rows) => self.rows(rows, head.len() + 1, &|rows| Block::Table(head.clone(), rows)),
            Block::List(items) => self.rows(items, 0, &Block::List),
        }
    }

    fn put(&mut self, block: Block) {
        self.used += block.len() + 2;
        self.now.push(block);
    }

    /// Ends this part; the next one says under which heading it goes on.
    fn next(&mut self) {
        // Headings that just opened move along; they do not go on, they begin.
        let mut fresh = Vec::new();
        while let Some(Block::Heading(..)) = self.now.last() {
            fresh.extend(self.now.pop());
        }
        fresh.reverse();
        self.flush();
        let begins = |level: usize| fresh.iter().any(|b| matches!(b, Block::Heading(l, _) if *l <= level));
        let above = self.above.last().filter(|(level, _)| *level > 1 && !begins(*level)).cloned();
        if let Some((level, text)) = above {
            self.put(Block::Heading(level, format!("{text} (continued)")));
        }
        fresh.into_iter().for_each(|b| self.put(b));
    }

    fn rows(&mut self, rows: &[String], head: usize, block: &dyn Fn(Vec<String>) -> Block) {
        let mut some: Vec<String> = Vec::new();
        let mut size = head;
        for row in rows {
            if self.used + size + row.len() + 3 > self.room {
                if !some.is_empty() {
                    self.put(block(std::mem::take(&mut some)));
                }
                self.next();
                size = head;
            }
            size += row.len() + 1;
            some.push(row.clone());
        }
        if !some.is_empty() || rows.is_empty() {
            self.put(block(some));
        }
    }

    fn flush(&mut self) {
        if !self.now.is_empty() {
            self.parts.push(std::mem::take(&mut self.now));
        }
        self.used = 0;
    }
}

/// The beginning of a text that no part holds, as lines of code: cut Markdown could leave something open.
fn too_long(text: &str, room: usize) -> String {
    let said =
        format!("*Cut: the whole has {} bytes and stands in the case, or in the report as one file.*", text.len());
    let room = room.saturating_sub(said.len() + 2 * super::escape::longest_run(text, '`') + 40);
    let shown = text.get(..text.floor_char_boundary(room / 2)).unwrap_or_default();
    format!("{}\n\n{said}", super::escape::fenced(shown.as_bytes()))
}

/// At most `most` bytes of a text, and a remark with its full size where it is longer; `rest` says where the rest is.
pub fn shortened(text: &str, most: usize, rest: &str) -> (String, Option<String>) {
    if text.len() <= most {
        return (text.to_owned(), None);
    }
    let end = text.floor_char_boundary(most);
    let shown = text.get(..end).unwrap_or_default().to_owned();
    let size = crate::words::count(text.len() as u64);
    (shown, Some(format!("cut: {} of {size} bytes; {rest}", crate::words::count(end as u64))))
}
