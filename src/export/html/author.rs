//! The author's Markdown as HTML: structure and links to the web, nothing that runs or loads.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::escape::{plain, words};
use crate::words::is_harmful;

/// Blocks. Headings begin below those of the page; HTML stays text; of images the description is left.
pub(super) fn blocks(markdown: &str) -> String {
    let text = clean(markdown);
    let mut links: Vec<bool> = Vec::new();
    let events = parser(&text).filter_map(|event| {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Heading { level, .. }) => {
                Event::Start(Tag::Heading { level: below(level), id: None, classes: Vec::new(), attrs: Vec::new() })
            }
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
            Event::Start(Tag::Link { dest_url, .. }) => {
                let fine = leads_outside(&dest_url);
                links.push(fine);
                let target = plain(&dest_url);
                let open = format!(r#"<a href="{target}" rel="noopener noreferrer nofollow">"#);
                Event::InlineHtml(CowStr::from(if fine { open } else { String::new() }))
            }
            Event::End(TagEnd::Link) => {
                Event::InlineHtml(CowStr::from(if links.pop() == Some(true) { "</a>" } else { "" }))
            }
            // A language's name would become a class.
            Event::Start(Tag::CodeBlock(_)) => Event::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented)),
            Event::TaskListMarker(done) => Event::Text(CowStr::from(if done { "☑ " } else { "☐ " })),
            other => other,
        })
    });
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    html::push_html(&mut out, events);
    out
}

/// The text alone, in one line.
pub(super) fn line(markdown: &str) -> String {
    let text = clean(markdown);
    let mut out = String::new();
    for event in parser(&text) {
        match event {
            Event::Text(t) | Event::Code(t) | Event::Html(t) | Event::InlineHtml(t) => out.push_str(&t),
            Event::SoftBreak | Event::HardBreak | Event::End(TagEnd::Paragraph) => out.push(' '),
            _ => {}
        }
    }
    out.trim().to_owned()
}

/// Blocks, or the bare text of a single paragraph, with the author behind it.
pub(super) fn signed(markdown: &str, author: &str) -> String {
    let html = blocks(markdown);
    let by = if author.is_empty() { String::new() } else { format!(r#" <span class="by">{}</span>"#, words(author)) };
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|t| t.strip_suffix("</p>")).filter(|t| !t.contains("<p>")) {
        Some(text) => format!(r#"<p class="said">{text}{by}</p>"#),
        None => format!(r#"<div class="said">{html}{by}</div>"#),
    }
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS)
}

/// The author's text without control characters and those that turn the direction of writing. Joiners stay: names and
/// pictures are written with them.
fn clean(text: &str) -> String {
    let kept = |c: &char| matches!(c, '\n' | '\t' | '\u{200c}' | '\u{200d}') || !is_harmful(*c);
    text.chars().filter(kept).collect()
}

fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

fn leads_outside(url: &str) -> bool {
    let scheme = url.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    scheme.is_some_and(|s| matches!(s.as_str(), "http" | "https" | "mailto")) && !url.chars().any(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_author_wrote_runs_and_loads_nothing() {
        let html = |text: &str| blocks(text).trim().to_owned();
        assert_eq!(html("<script>alert(1)</script>"), "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        assert_eq!(html("a <b onclick=x>b</b>"), "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>");
        assert_eq!(html("![the *graph*](http://x/y.png)"), "<p>the <em>graph</em></p>");
        for bad in ["javascript:alert(1)", "JaVaScript:x", "data:text/html,x", "//x", "/etc", "#x", "&#106;avascript:x"]
        {
            assert_eq!(html(&format!("[a]({bad})")), "<p>a</p>", "{bad}");
        }
        let link = r#"<p><a href="https://x.org/?a=1&amp;b=&quot;" rel="noopener noreferrer nofollow">a</a></p>"#;
        assert_eq!(html("[a](https://x.org/?a=1&b=\")"), link);
        assert_eq!(html("# Title"), "<h3>Title</h3>");
        assert_eq!(html("- [x] done"), "<ul>\n<li>☑ done</li>\n</ul>");
        assert_eq!(html("```sh\"><b>\nls <x>\n```"), "<pre><code>ls &lt;x&gt;\n</code></pre>");
        assert_eq!(html("a\u{202e}b\u{1b}[31m"), "<p>ab[31m</p>");
    }

    #[test]
    fn markdown_in_a_line_is_its_text() {
        assert_eq!(line("called the **data `centre`**, [twice](http://x)\n"), "called the data centre, twice");
    }
}
