//! Markdown as a tree, read by two parsers that share no code: comrak (a port of cmark-gfm, which GitLab uses) and
//! pulldown-cmark. All extensions that a forge has are on, so that hostile text has every chance.

#![expect(clippy::indexing_slicing, reason = "a step that fails is a test that fails")]

use comrak::nodes::{AstNode, NodeValue};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

/// A block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    Heading(u8, Line),
    Paragraph(Line),
    Quote(Vec<Block>),
    List(Vec<Vec<Block>>),
    Table(Vec<Vec<Line>>),
    Code(String, String),
    Html(String),
    /// What no report of ours has: its name.
    Other(String),
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Text(String),
    Code(String),
    /// `<br>` is all that we write.
    Html(String),
    Link(String, String),
    Break,
    /// Images, footnotes, mathematics and the like.
    Other(String),
}

pub(crate) type Line = Vec<Piece>;

fn push_text(line: &mut Line, text: &str) {
    match line.last_mut() {
        Some(Piece::Text(t)) => t.push_str(text),
        _ if text.is_empty() => {}
        _ => line.push(Piece::Text(text.to_owned())),
    }
}

/// The words of a line, without its form; links with their text.
pub(crate) fn text_of(line: &[Piece]) -> String {
    let one = |p: &Piece| match p {
        Piece::Text(t) | Piece::Code(t) | Piece::Link(_, t) => t.clone(),
        Piece::Break => "\n".to_owned(),
        Piece::Html(_) | Piece::Other(_) => String::new(),
    };
    line.iter().map(one).collect()
}

pub(crate) fn by_comrak(text: &str) -> Vec<Block> {
    let mut options = comrak::Options::default();
    let e = &mut options.extension;
    (e.strikethrough, e.table, e.autolink, e.tasklist, e.footnotes) = (true, true, true, true, true);
    (e.description_lists, e.multiline_block_quotes, e.alerts, e.math_dollars) = (true, true, true, true);
    (e.math_code, e.wikilinks_title_after_pipe, e.superscript, e.inline_footnotes) = (true, true, true, true);
    (e.subscript, e.highlight, e.insert, e.spoiler) = (true, true, true, true);
    let arena = comrak::Arena::new();
    let root = comrak::parse_document(&arena, text, &options);
    root.children().map(comrak_block).collect()
}

fn comrak_blocks<'a>(node: &'a AstNode<'a>) -> Vec<Block> {
    node.children().map(comrak_block).collect()
}

fn comrak_block<'a>(node: &'a AstNode<'a>) -> Block {
    let value = node.data().value.clone();
    match value {
        NodeValue::Heading(h) => Block::Heading(h.level, comrak_line(node)),
        NodeValue::Paragraph => Block::Paragraph(comrak_line(node)),
        NodeValue::BlockQuote => Block::Quote(comrak_blocks(node)),
        NodeValue::List(_) => Block::List(
            node.children()
                .map(|item| {
                    let task = !matches!(item.data().value, NodeValue::Item(_));
                    let task = task.then(|| Block::Other("a task".to_owned()));
                    task.into_iter().chain(comrak_blocks(item)).collect()
                })
                .collect(),
        ),
        NodeValue::Table(_) => {
            Block::Table(node.children().map(|row| row.children().map(comrak_line).collect()).collect())
        }
        NodeValue::CodeBlock(c) => Block::Code(c.info, c.literal),
        NodeValue::HtmlBlock(h) => Block::Html(h.literal.trim_end().to_owned()),
        other => Block::Other(format!("{other:?}")),
    }
}

fn comrak_line<'a>(node: &'a AstNode<'a>) -> Line {
    let mut line = Line::new();
    comrak_pieces(node, &mut line);
    line
}

fn comrak_pieces<'a>(node: &'a AstNode<'a>, line: &mut Line) {
    for child in node.children() {
        let value = child.data().value.clone();
        match value {
            NodeValue::Text(t) => push_text(line, &t),
            NodeValue::Code(c) => line.push(Piece::Code(c.literal)),
            NodeValue::HtmlInline(h) => line.push(Piece::Html(h)),
            NodeValue::SoftBreak | NodeValue::LineBreak => line.push(Piece::Break),
            NodeValue::Emph | NodeValue::Strong => comrak_pieces(child, line),
            NodeValue::Link(l) => line.push(Piece::Link(l.url.clone(), text_of(&comrak_line(child)))),
            other => line.push(Piece::Other(format!("{other:?}"))),
        }
    }
}

pub(crate) fn by_pulldown(text: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_WIKILINKS
        | Options::ENABLE_SUPERSCRIPT
        | Options::ENABLE_SUBSCRIPT;
    let events: Vec<Event<'_>> = Parser::new_ext(text, options).collect();
    let mut at = 0;
    blocks(&events, &mut at)
}

/// The blocks up to the end of what surrounds them. Text right in an item is a paragraph.
fn blocks(events: &[Event<'_>], at: &mut usize) -> Vec<Block> {
    let mut out = Vec::new();
    while *at < events.len() {
        let event = &events[*at];
        let tag = match event {
            Event::End(_) => break,
            Event::Start(tag) => tag,
            _ => {
                out.push(Block::Paragraph(line(events, at)));
                continue;
            }
        };
        if matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough) {
            out.push(Block::Paragraph(line(events, at)));
            continue;
        }
        *at += 1;
        out.push(match tag {
            Tag::Heading { level, .. } => Block::Heading(*level as u8, line(events, at)),
            Tag::Paragraph => Block::Paragraph(line(events, at)),
            Tag::BlockQuote(None) => Block::Quote(blocks(events, at)),
            Tag::List(_) => {
                let mut items = Vec::new();
                while matches!(events[*at], Event::Start(Tag::Item)) {
                    *at += 1;
                    items.push(blocks(events, at));
                    *at += 1;
                }
                Block::List(items)
            }
            Tag::Table(_) => {
                let mut rows = Vec::new();
                while matches!(events[*at], Event::Start(Tag::TableHead | Tag::TableRow)) {
                    *at += 1;
                    let mut cells = Vec::new();
                    while matches!(events[*at], Event::Start(Tag::TableCell)) {
                        *at += 1;
                        cells.push(line(events, at));
                        *at += 1;
                    }
                    rows.push(cells);
                    *at += 1;
                }
                Block::Table(rows)
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => "indented".to_owned(),
                };
                Block::Code(info, text_of(&line(events, at)))
            }
            Tag::HtmlBlock => {
                let mut html = String::new();
                while let Event::Html(h) = &events[*at] {
                    html.push_str(h);
                    *at += 1;
                }
                Block::Html(html.trim_end().to_owned())
            }
            other => {
                let name = format!("{other:?}");
                blocks(events, at);
                Block::Other(name)
            }
        });
        *at += 1;
    }
    out
}

/// The pieces up to the end of what surrounds them, or to the next block in an item.
fn line(events: &[Event<'_>], at: &mut usize) -> Line {
    let mut out = Line::new();
    while *at < events.len() {
        match &events[*at] {
            Event::End(_) => break,
            Event::Text(t) => push_text(&mut out, t),
            Event::Code(c) => out.push(Piece::Code(c.to_string())),
            Event::InlineHtml(h) => out.push(Piece::Html(h.to_string())),
            Event::SoftBreak | Event::HardBreak => out.push(Piece::Break),
            Event::Start(tag) => {
                let tag = tag.clone();
                match tag {
                    Tag::Emphasis | Tag::Strong => {
                        *at += 1;
                        for piece in line(events, at) {
                            match piece {
                                Piece::Text(t) => push_text(&mut out, &t),
                                other => out.push(other),
                            }
                        }
                    }
                    Tag::Link { dest_url, .. } => {
                        *at += 1;
                        let inside = line(events, at);
                        out.push(Piece::Link(dest_url.to_string(), text_of(&inside)));
                    }
                    Tag::Image { .. } | Tag::Strikethrough | Tag::Superscript | Tag::Subscript => {
                        *at += 1;
                        line(events, at);
                        out.push(Piece::Other(format!("{tag:?}")));
                    }
                    // A block inside of an item.
                    _ => break,
                }
            }
            other => out.push(Piece::Other(format!("{other:?}"))),
        }
        *at += 1;
    }
    out
}
