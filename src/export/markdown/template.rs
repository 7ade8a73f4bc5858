//! The order of a report: text with placeholders, ours or the user's. Never code.

use std::collections::BTreeSet;

use super::parts::Block;

/// Every placeholder, and what stands there.
pub const NAMES: [(&str, &str); 26] = [
    ("title", "the title"),
    ("date", "the date, or the first and the last"),
    ("authors", "who wrote it"),
    ("zone", "the zone of all times"),
    ("figures", "impact, detection, recovery, and how long they took"),
    ("summary", "the author's words, or else a sentence or two"),
    ("mermaid", "a small picture, when asked for"),
    ("impact", "what users felt"),
    ("root_causes", "the defects, and how they are known"),
    ("trigger", "what began it"),
    ("detection", "who noticed, and when"),
    ("resolution", "diagnosis, mitigation, recovery"),
    ("action_items", "what would prevent it, as a table"),
    ("checks", "what to run or look at now"),
    ("timeline", "the timeline, as a table or a list as chosen"),
    ("timeline_table", "the timeline as a table"),
    ("timeline_list", "the timeline as a list"),
    ("findings", "the findings in full"),
    ("red_herrings", "what is loud and not the cause"),
    ("also_seen", "findings that are told nowhere else"),
    ("notes", "what the analyst noted, where the timeline does not show it"),
    ("clocks", "how far the hosts' clocks were off"),
    ("assumptions", "what was assumed where the logs are silent"),
    ("sources", "what was read, and what could not be"),
    ("evidence", "the records, by number"),
    ("trailer", "what is needed to open the report again"),
];

/// Placeholders that give a few words and may stand within a line.
const SHORT: [&str; 4] = ["title", "date", "authors", "zone"];

/// A template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    text: String,
}

impl Default for Template {
    /// The order of the SRE postmortem.
    fn default() -> Self {
        Template { text: include_str!("../../../assets/templates/postmortem.md").to_owned() }
    }
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A sentence that names the line and the nearest placeholder there is.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.replace("\r\n", "\n");
        for (i, line) in text.lines().enumerate() {
            let names = placeholders(line).map_err(|e| format!("line {} of the template: {e}", i + 1))?;
            for name in &names {
                if !NAMES.iter().any(|(n, _)| n == name) {
                    let near = nearest(name);
                    return Err(format!(
                        "line {} of the template: there is no {{{{{name}}}}}; did you mean {{{{{near}}}}}?",
                        i + 1
                    ));
                }
                if !SHORT.contains(name) && line.trim() != format!("{{{{{name}}}}}") {
                    return Err(format!(
                        "line {} of the template: {{{{{name}}}}} must stand on a line of its own",
                        i + 1
                    ));
                }
            }
        }
        Ok(Template { text })
    }

    /// True when it shows the placeholder.
    pub fn has(&self, name: &str) -> bool {
        self.text.contains(&format!("{{{{{name}}}}}"))
    }

    /// The report: `fill` gives what stands at a placeholder.
    ///
    /// A heading over nothing but placeholders that give nothing is left out.
    pub fn fill(&self, fill: &mut dyn FnMut(&str) -> Vec<Block>) -> Vec<Block> {
        let mut out: Vec<Block> = Vec::new();
        let mut text: Vec<String> = Vec::new();
        let mut fenced = false;
        // Levels of headings at the end of `out` over which something may still come, and whether a placeholder did.
        let mut asked = false;
        for line in self.text.lines() {
            fenced ^= line.trim_start().starts_with("```");
            let level = line.bytes().take_while(|b| *b == b'#').count();
            let alone = line.trim().strip_prefix("{{").and_then(|l| l.strip_suffix("}}"));
            let alone = alone.filter(|name| !SHORT.contains(name) && NAMES.iter().any(|(n, _)| n == name));
            if let Some(name) = alone.filter(|_| !fenced) {
                end(&mut out, &mut text);
                asked = true;
                if name == "trailer" {
                    // Nothing that is seen: no heading stays for its sake.
                    drop_empty(&mut out, 0, asked);
                }
                out.extend(fill(name));
            } else if (1..=6).contains(&level) && line.get(level..).is_some_and(|l| l.starts_with(' ')) && !fenced {
                end(&mut out, &mut text);
                drop_empty(&mut out, level, asked);
                asked = false;
                out.push(Block::Heading(level, filled(line.get(level + 1..).unwrap_or_default(), fill)));
            } else if line.trim().is_empty() && !fenced {
                end(&mut out, &mut text);
            } else {
                text.push(filled(line, fill));
            }
        }
        end(&mut out, &mut text);
        drop_empty(&mut out, 0, asked);
        out
    }
}

fn end(out: &mut Vec<Block>, text: &mut Vec<String>) {
    if !text.is_empty() {
        out.push(Block::Text(text.join("\n")));
        text.clear();
    }
}

/// Takes away headings of this level and below at the end, under which nothing came.
fn drop_empty(out: &mut Vec<Block>, level: usize, asked: bool) {
    while asked && matches!(out.last(), Some(Block::Heading(l, _)) if *l >= level) {
        out.pop();
    }
}

/// A line with its short placeholders replaced, in one go: what is put in is not read again.
fn filled(line: &str, fill: &mut dyn FnMut(&str) -> Vec<Block>) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, (name, after))) =
        rest.split_once("{{").and_then(|(before, after)| Some((before, after.split_once("}}")?)))
    {
        out.push_str(before);
        out.push_str(&fill(name).first().map(Block::text).unwrap_or_default());
        rest = after;
    }
    out.push_str(rest);
    out
}

fn placeholders(line: &str) -> Result<Vec<&str>, String> {
    let mut out = Vec::new();
    let mut rest = line;
    while let Some((_, after)) = rest.split_once("{{") {
        let (name, after) = after.split_once("}}").ok_or("`{{` without `}}`")?;
        out.push(name);
        rest = after;
    }
    Ok(out)
}

/// The placeholder whose name shares most pairs of letters with a name.
fn nearest(name: &str) -> &'static str {
    let pairs = |s: &str| s.as_bytes().windows(2).map(<[u8]>::to_vec).collect::<BTreeSet<_>>();
    let wanted = pairs(&name.trim().to_lowercase().replace([' ', '-'], "_"));
    let alike = |n: &str| {
        let have = pairs(n);
        let both = have.intersection(&wanted).count();
        both * 1000 / (have.len() + wanted.len()).max(1)
    };
    NAMES.iter().max_by_key(|(n, _)| alike(n)).map_or("title", |(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_template_can_be_read() {
        let own = Template::default();
        assert_eq!(Template::parse(&own.text), Ok(own.clone()));
        for (name, _) in NAMES.iter().filter(|(n, _)| !n.starts_with("timeline_")) {
            assert!(own.has(name), "{name}");
        }
    }

    #[test]
    fn a_wrong_name_is_told_with_its_line_and_the_nearest_one() {
        let e = Template::parse("# {{title}}\n\n{{timeline list}}\n").unwrap_err();
        assert_eq!(e, "line 3 of the template: there is no {{timeline list}}; did you mean {{timeline_list}}?");
        assert!(Template::parse("{{rootcause}}").unwrap_err().contains("{{root_causes}}"));
        assert!(Template::parse("x {{evidence}}").unwrap_err().contains("line of its own"));
        assert!(Template::parse("{{title").unwrap_err().contains("without"));
    }

    #[test]
    fn a_heading_over_nothing_is_left_out() {
        let template =
            Template::parse("# {{title}}\n\n## A\n\n{{notes}}\n\n## B\n\n### C\n\n{{clocks}}\n\n## D\n\nmine\n")
                .unwrap();
        let blocks = template.fill(&mut |name| match name {
            "title" => vec![Block::Text("T".into())],
            _ => Vec::new(),
        });
        let heads: Vec<String> = blocks.iter().map(Block::text).collect();
        assert_eq!(heads, ["# T", "## D", "mine"]);
    }
}
