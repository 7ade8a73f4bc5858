//! Text as Markdown in which nothing but what we mean becomes active, on GitHub and on GitLab.
//!
//! Both look for mentions, issues, labels, hashes of commits, emoji and links in the *rendered* text outside of code,
//! where a backslash is long gone. So whatever does not look like an ordinary word stands in a code span.

use std::borrow::Cow;

use crate::export::visible::{visible, without};
use crate::words::is_harmful;

/// Where a text will stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a paragraph, a heading or a list.
    Flow,
    /// In a cell of a table, where a pipe ends the cell even inside code.
    Cell,
}

/// Text of a log as a code span that shows all of it; empty for none.
///
/// What hides is shown as `\u{1b}` (see [`visible`]). In a cell a pipe behind a backslash is `\u{7c}`: renderers do not
/// agree on what it is else.
pub fn code(text: &str, place: Place) -> String {
    if text.is_empty() {
        return String::new();
    }
    let pipes = place == Place::Cell && text.contains("\\|");
    let mut these = vec!['\n'];
    these.extend(pipes.then_some('|'));
    // The shortest fence that is no run inside. Parsers give up beyond 80.
    let free = |n: &usize| !text.split(|c| c != '`').any(|run| run.len() == *n);
    let fence = (1..=80).find(free).unwrap_or_else(|| {
        these.push('`');
        1
    });
    let fence = "`".repeat(fence);
    let text = without(text, &these);
    let text = if place == Place::Cell { Cow::Owned(text.replace('|', "\\|")) } else { text };
    // A parser takes one space from both ends if both have one, and then the rest is not all spaces.
    let spaced = text.starts_with(' ') && text.ends_with(' ') && text.chars().any(|c| c != ' ');
    let pad = if spaced || text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Length of the longest run of a character.
pub fn longest_run(text: &str, wanted: char) -> usize {
    text.split(|c| c != wanted).map(str::len).max().unwrap_or(0)
}

/// Bytes of a log as a fenced block that nothing in it can close.
pub fn fenced(raw: &[u8]) -> String {
    fenced_text(&visible(raw))
}

/// As [`fenced`], for text in which nothing hides.
fn fenced_text(text: &str) -> String {
    let longest = |c| longest_run(text, c).max(2) + 1;
    // Parsers count to 255 at most.
    let fence = match (longest('`'), longest('~')) {
        (n, _) if n < 200 => "`".repeat(n),
        (_, n) if n < 200 => "~".repeat(n),
        _ => return fenced_text(&without(&String::from_utf8_lossy(&crate::export::visible::original(text)), &['`'])),
    };
    // GitLab reads lines that begin with `/close` as orders, older versions even in code: such blocks are indented by
    // one space, which Markdown takes away again.
    // What looks like a comment of ours must not stand at the margin either (`roundtrip::read`).
    let pad = if text.lines().any(|l| l.starts_with('/') || l.starts_with("<!--")) { " " } else { "" };
    let mut out = format!("{pad}{fence}text\n");
    for line in text.split('\n') {
        out.push_str(pad);
        out.push_str(line);
        out.push('\n');
    }
    out.push_str(pad);
    out.push_str(&fence);
    out
}

/// A sentence of ours in which names and values from logs stand: ordinary words as they are, all else as code.
pub fn words(text: &str, place: Place) -> String {
    // A line of a log in place of a sentence: two fields and more. In pieces it would be hard to read.
    let is_field = |t: &&str| t.split_once('=').is_some_and(|(k, v)| !k.is_empty() && !v.is_empty());
    if text.split(' ').filter(is_field).count() >= 2 {
        return code(text.trim(), place);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut held = String::new();
    for token in text.split_whitespace() {
        let (lead, core, trail) = parted(token);
        let is_plain = is_plain(core);
        // What follows code without a mark between belongs to it: a command with its options.
        if !is_plain && lead.is_empty() && !held.is_empty() {
            held.push(' ');
        } else {
            release(&mut out, &mut held, place);
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(lead);
        }
        if is_plain {
            push_plain(&mut out, core, trail);
        } else {
            held.push_str(core);
            if !trail.is_empty() {
                release(&mut out, &mut held, place);
                out.push_str(trail);
            }
        }
    }
    release(&mut out, &mut held, place);
    out
}

fn release(out: &mut String, held: &mut String, place: Place) {
    out.push_str(&code(held, place));
    held.clear();
}

/// Marks around a word: quotes and brackets before, punctuation behind.
fn parted(token: &str) -> (&str, &str, &str) {
    let rest = token.trim_start_matches(['(', '"', '\'', '“', '„', '‘', '«']);
    let lead = token.strip_suffix(rest).unwrap_or_default();
    let core = rest.trim_end_matches([')', '"', '\'', '”', '’', '»', ',', '.', ';', ':', '?', '…']);
    let core = core.strip_suffix('!').filter(|c| is_plain(c) && !c.is_empty()).unwrap_or(core);
    // `:smile:` keeps its colon.
    let colon = core.starts_with(':') && rest.strip_prefix(core).is_some_and(|b| b.starts_with(':'));
    let core = rest.get(..core.len() + usize::from(colon)).unwrap_or(core);
    // `max(id)` keeps its bracket.
    let opened = core.matches('(').count().saturating_sub(core.matches(')').count());
    let behind = rest.strip_prefix(core).unwrap_or_default();
    let own = behind.bytes().take(opened).take_while(|b| *b == b')').count();
    let core = rest.get(..core.len() + own).unwrap_or(core);
    (lead, core, rest.strip_prefix(core).unwrap_or_default())
}

fn push_plain(out: &mut String, core: &str, trail: &str) {
    let first = out.is_empty();
    // What would begin a list or underline a heading, at the start of a line.
    if first && core.starts_with(['-', '+', '=']) {
        out.push('\\');
    }
    out.push_str(core);
    if first && core.bytes().all(|b| b.is_ascii_digit()) && !core.is_empty() && trail.starts_with(['.', ')']) {
        out.push('\\');
    }
    // Quotes, brackets and stops: none of them has a meaning behind a word. A colon at the start has one to some.
    if out.is_empty() && trail.starts_with(':') {
        out.push('\\');
    }
    out.push_str(trail);
}

/// True for what is an ordinary word or number to every renderer.
fn is_plain(core: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || (!c.is_ascii() && !is_harmful(c));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if core.is_empty() || matches!(core, "-" | "+" | "=" | "%") {
        return true;
    }
    // The dot behind it and what follows would make a link.
    if core.eq_ignore_ascii_case("www") {
        return false;
    }
    // Seven hexadecimal digits and more may be the hash of a commit.
    let run = |s: &str| s.len() >= 7 && s.bytes().all(|b| b.is_ascii_hexdigit());
    let hash = |s: &str| s.split(|c: char| !c.is_ascii_alphanumeric()).any(run);
    let word =
        |s: &str| !s.is_empty() && !hash(s) && s.chars().all(|c| letter(c) || matches!(c, '\'')) && !s.ends_with('\'');
    let name = |s: &str| {
        !s.is_empty() && !hash(s) && s.starts_with(letter) && s.chars().all(|c| letter(c) || c.is_ascii_digit())
    };
    if name(core) || word(core) || is_number(core) || is_clock(core) {
        return true;
    }
    let parts = |by: char| core.split(by);
    let compound = |by: char| core.contains(by) && !hash(&core.replace(by, "")) && parts(by).all(word);
    let dated = || core.contains('-') && core.len() <= 10 && parts('-').all(|p| digits(p) && p.len() <= 4);
    let counted = || core.split_once('-').is_some_and(|(n, unit)| digits(n) && n.len() <= 4 && word(unit));
    compound('-') || (core.matches('/').count() == 1 && compound('/')) || dated() || counted()
}

/// `3.5`, `1,030`, `+12`, `−37.6`, `96%`.
fn is_number(core: &str) -> bool {
    let bare = core.strip_prefix(['+', '-', '−', '±', '×']).unwrap_or(core);
    let bare = bare.strip_suffix('%').unwrap_or(bare);
    let n = bare.bytes().filter(u8::is_ascii_digit).count();
    let plain = bare.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    let run = bare.split(['.', ',']).map(str::len).max().unwrap_or(0);
    n > 0 && plain && run < 7 && bare.starts_with(|c: char| c.is_ascii_digit())
}

/// `13:08:57.6`.
fn is_clock(core: &str) -> bool {
    let (clock, fraction) = core.split_once('.').unwrap_or((core, ""));
    let two = |p: &str| p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit());
    clock.contains(':')
        && clock.split(':').all(two)
        && fraction.len() < 7
        && fraction.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(text: &str) -> String {
        words(text, Place::Flow)
    }

    #[test]
    fn sentences_read_as_they_were_and_names_that_could_act_are_code() {
        let same = [
            "The primary (Postgresql) was lost at 13:09:00.437, 68 s long",
            "loop0: the file system of pg01 is read-only, I/O errors; 1,030 in all",
            "it's \"could not connect to server: Connection refused\" on 2026-10-10",
            "−37.6 s … 96% of größere Dinge → done!",
        ];
        for text in same {
            assert_eq!(flow(text), text);
        }
        assert_eq!(
            flow("ask @root about #12, see https://x.y (a_b)"),
            "ask `@root` about `#12`, see `https://x.y` (`a_b`)"
        );
        assert_eq!(flow("run crm_mon -1rA now"), "run `crm_mon -1rA` now");
        assert_eq!(flow("id 13d163b764: GH-1 !7 $1 ~x %2 &3"), "id `13d163b764`: `GH-1 !7 $1 ~x %2 &3`");
        assert_eq!(flow("1. first"), "1\\. first");
        assert_eq!(flow("- x + y = z: 6 %"), "\\- x + y = z: 6 %");
        assert_eq!(flow("see (max(id)) of f(x), (it)"), "see (`max(id)`) of `f(x)`, (it)");
        assert_eq!(flow(":smile: <b> [x](y) a|b"), "`:smile: <b> [x](y) a|b`");
        assert_eq!(words("a|b", Place::Cell), "`a\\|b`");
    }

    #[test]
    fn log_text_cannot_leave_its_code_span() {
        assert_eq!(code("a | b", Place::Cell), "`a \\| b`");
        assert_eq!(code("a | b", Place::Flow), "`a | b`");
        assert_eq!(code("x `y` ``z``", Place::Flow), "``` x `y` ``z`` ```");
        assert_eq!(code("a``b", Place::Flow), "`a``b`");
        assert_eq!(code("<img> @you #1\u{1b}[0m", Place::Cell), "`<img> @you #1\\u{1b}[0m`");
        assert_eq!(code(r"a\|b", Place::Cell), r"`a\\\u{7c}b`");
        assert_eq!(code("", Place::Flow), "");
    }

    #[test]
    fn a_block_is_closed_by_nothing_in_it() {
        assert_eq!(fenced(b"a\n````\nb"), "`````text\na\n````\nb\n`````");
        assert_eq!(fenced(b"/close"), " ```text\n /close\n ```");
    }
}
