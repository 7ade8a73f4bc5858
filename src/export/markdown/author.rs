//! The author's own Markdown, kept from breaking what stands around it: it may be anything.
//!
//! Markdown stays Markdown, but HTML is shown as text (an open comment would swallow the rest of the report), headings
//! stay below ours, and what was opened is closed.

use super::escape::{Place, code};
use crate::words::is_harmful;

/// The author's text in one line, for a cell or an item: line ends become `<br>`.
pub(super) fn line(text: &str, place: Place) -> String {
    let text = clean(text);
    let mut out: Vec<String> = Vec::new();
    let mut inside = false;
    for line in text.trim().lines() {
        let bare = line.trim();
        if fence_of(bare).is_some() {
            inside = !inside;
        } else if inside {
            out.push(code(line.trim_end(), place));
        } else if !bare.is_empty() {
            out.push(in_line(&guarded(bare, place)));
        }
    }
    out.retain(|l| !l.is_empty());
    out.join("<br>")
}

/// The author's text as blocks of their own.
pub(super) fn block(text: &str) -> String {
    let text = clean(text);
    let text = text.trim_matches('\n');
    // A fence inside of a list or a quote ends with that; who reads line by line cannot tell when. A quote holds it.
    let odd = text.lines().any(|l| fence_of(l).is_none() && fence_of(l.trim_start_matches(is_marker)).is_some());
    let mut out = String::with_capacity(text.len() + 16);
    let mut open: Option<(char, usize)> = None;
    let mut above_is_text = false;
    for line in text.lines() {
        if odd {
            out.push_str("> ");
        }
        let fence = fence_of(line).filter(|_| !odd);
        match (open, fence) {
            (None, Some((c, n, _))) => {
                open = Some((c, n));
                out.push_str(line);
            }
            (Some((c, n)), Some((d, m, rest))) if c == d && m >= n && rest.trim().is_empty() => {
                open = None;
                out.push_str(line);
            }
            (Some(_), _) => out.push_str(line),
            (None, None) => prose(&mut out, line, above_is_text),
        }
        above_is_text = open.is_none() && fence.is_none() && !line.trim().is_empty();
        out.push('\n');
    }
    if let Some((c, n)) = open {
        out.extend(std::iter::repeat_n(c, n));
    }
    out.trim_end().to_owned()
}

/// As [`block`], set in by two spaces, to stand in a list's item.
pub(super) fn item(text: &str) -> String {
    let set_in = |l: &str| if l.is_empty() { String::new() } else { format!("  {l}") };
    block(text).lines().map(set_in).collect::<Vec<_>>().join("\n")
}

fn is_marker(c: char) -> bool {
    matches!(c, ' ' | '\t' | '>' | '-' | '*' | '+' | '.' | ')') || c.is_ascii_digit()
}

/// A line outside of fences: headings go three levels down, an underline makes no heading.
fn prose(out: &mut String, line: &str, above_is_text: bool) {
    let bare = line.trim_start();
    let level = bare.bytes().take_while(|b| *b == b'#').count();
    let rest = bare.get(level..).unwrap_or_default();
    if (1..=6).contains(&level) && (rest.is_empty() || rest.starts_with([' ', '\t'])) {
        out.push_str(line.strip_suffix(bare).unwrap_or_default());
        out.push_str(&"#".repeat((level + 3).min(6)));
        out.push_str(&guarded(rest, Place::Flow));
        return;
    }
    let ruled = |c: char| !bare.trim_end().is_empty() && bare.trim_end().chars().all(|d| d == c);
    if above_is_text && (ruled('=') || ruled('-')) {
        out.push('\\');
        out.push_str(bare);
        return;
    }
    let blank = line.strip_suffix(bare).unwrap_or_default();
    out.push_str(blank);
    if bare.len() >= 3 && ruled('>') {
        // GitLab's quote of many lines; one that is not closed would hold the rest of the report.
        out.push('\\');
    }
    out.push_str(&guarded(bare, Place::Flow));
}

/// The fence that a line at the margin opens or closes: its character, its length, what follows.
fn fence_of(line: &str) -> Option<(char, usize, &str)> {
    let c = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let rest = line.trim_start_matches(c);
    let n = line.len() - rest.len();
    (n >= 3 && !(c == '`' && rest.contains('`'))).then_some((c, n, rest))
}

/// One line of Markdown: code spans that are not closed and HTML become text, pipes stay in their cell.
fn guarded(line: &str, place: Place) -> String {
    let mut out = String::with_capacity(line.len() + 8);
    let mut rest = line;
    let mut slashes = 0;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        let escaped = slashes % 2 == 1;
        slashes = if c == '\\' { slashes + 1 } else { 0 };
        if c == '`' && !escaped {
            let run = rest.len() - rest.trim_start_matches('`').len();
            if let Some(end) = closing(rest, run) {
                let span = rest.get(..end).unwrap_or_default();
                push_piped(&mut out, span, place);
                rest = rest.get(end..).unwrap_or_default();
            } else {
                out.push_str(&"\\`".repeat(run));
                rest = rest.get(run..).unwrap_or_default();
            }
            continue;
        }
        match c {
            '<' if !escaped && !is_autolink(rest) => out.push_str("\\<"),
            '|' if !escaped && place == Place::Cell => out.push_str("\\|"),
            _ => out.push(c),
        }
        rest = after;
    }
    if slashes % 2 == 1 {
        // It would take hold of what we write behind it.
        out.push('\\');
    }
    out
}

/// What could reach beyond its line, into the line of a log behind it: mathematics, links of a wiki, footnotes. Code
/// spans keep what they hold.
fn in_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut n = c.len_utf8();
        match c {
            '\\' => n += rest.chars().nth(1).map_or(0, char::len_utf8),
            '`' => n = closing(rest, rest.len() - rest.trim_start_matches('`').len()).unwrap_or(n),
            '$' => out.push('\\'),
            '[' if rest.starts_with("[[") || out.ends_with('^') => out.push('\\'),
            _ => {}
        }
        out.push_str(rest.get(..n).unwrap_or_default());
        rest = rest.get(n..).unwrap_or_default();
    }
    out
}

/// A code span in a cell: each pipe behind exactly one backslash.
fn push_piped(out: &mut String, span: &str, place: Place) {
    let mut slashes = 0;
    for c in span.chars() {
        if c == '|' && place == Place::Cell && slashes % 2 == 0 {
            out.push('\\');
        }
        slashes = if c == '\\' { slashes + 1 } else { 0 };
        out.push(c);
    }
}

/// The length of the code span that a text begins with.
pub(super) fn span(text: &str) -> Option<usize> {
    let run = text.len() - text.trim_start_matches('`').len();
    if run == 0 { None } else { closing(text, run) }
}

/// Where the code span ends that begins with `run` backticks.
fn closing(text: &str, run: usize) -> Option<usize> {
    let mut at = run;
    while let Some(found) = text.get(at..)?.find('`') {
        let start = at + found;
        let rest = text.get(start..)?;
        let n = rest.len() - rest.trim_start_matches('`').len();
        if n == run {
            return Some(start + n);
        }
        at = start + n;
    }
    None
}

/// `<https://example.com>`: a link that the author wants.
fn is_autolink(text: &str) -> bool {
    let Some((inside, _)) = text.strip_prefix('<').and_then(|t| t.split_once('>')) else { return false };
    let known = ["https://", "http://", "mailto:"].iter().any(|s| inside.starts_with(s));
    known && !inside.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '|' | '`' | '\\'))
}

/// Without characters that hide or turn text around; line ends as `\n`. What joins emoji stays.
fn clean(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let joins = c == '\u{200d}' && out.ends_with(|c: char| !c.is_ascii());
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            _ if is_harmful(c) && !joins => out.push('·'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_holds_whatever_the_author_wrote() {
        let cell = |t: &str| line(t, Place::Cell);
        assert_eq!(
            cell("called **them** | `a|b`\r\nthen [this](https://x)"),
            "called **them** \\| `a\\|b`<br>then [this](https://x)"
        );
        assert_eq!(cell("```sh\nls | wc\n```\nend \\"), "`ls \\| wc`<br>end \\\\");
        assert_eq!(cell("open ` tick <!-- and <b>"), "open \\` tick \\<!-- and \\<b>");
        assert_eq!(cell("\\| \\\\| \\`x <https://a.b/c>"), "\\| \\\\\\| \\`x <https://a.b/c>");
    }

    #[test]
    fn blocks_are_closed_and_stay_below_our_headings() {
        assert_eq!(block("# Mine\n```\n# not\n"), "#### Mine\n```\n# not\n```");
        assert_eq!(block("a\n---\nb\n==="), "a\n\\---\nb\n\\===");
        assert_eq!(block("- x\n  ```\n  y"), "> - x\n>   \\`\\`\\`\n>   y");
        assert_eq!(block(">>>\nx"), "\\>>>\nx");
        assert_eq!(block("<!-- a\n`<b>`"), "\\<!-- a\n`<b>`");
    }
}
