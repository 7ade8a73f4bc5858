//! The page that one reads first in an incident: what each file was taken for, what was assumed of it, and what to type
//! to change that. Fits 100 columns; what needs a look stands first and is marked.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::analysis::Analysis;
use crate::diagnostic::{Diagnostics, Kind};
use crate::event::settle::SourceInfo;
use crate::export::text::{bytes, count};
use crate::format::definition::Decoder;
use crate::time::format;
use crate::time::zone::Zone;

/// Columns of the page.
const WIDTH: usize = 100;
/// From so many files on, files of one folder that are alike in all that is said of them are told together.
const MANY: usize = 24;
/// So many alike at least.
const ALIKE: usize = 3;

/// The whole page.
pub(super) fn page(analysis: &Analysis, zone: Zone) -> String {
    let mut out = String::new();
    head(&mut out, analysis, zone);
    trouble(&mut out, analysis);
    let many = analysis.infos.len() >= MANY;
    for lane in &analysis.lanes.list {
        let infos: Vec<&SourceInfo> = lane.sources.iter().filter_map(|s| analysis.infos.get(s.idx())).collect();
        host(&mut out, &lane.host, &infos);
        for group in groups(&infos, many) {
            block(&mut out, &group, zone);
        }
    }
    foot(&mut out, analysis);
    out
}

/// How surely a file was recognised: `certain`, `probable` or `unknown`, and in words.
pub(super) fn sure(info: &SourceInfo) -> (&'static str, String) {
    let share = format!("{:.0} % of its lines", f64::from(info.confidence) * 100.0);
    match info.plan.primary().map(|f| f.definition.decoder) {
        None | Some(Decoder::Text) => ("unknown", "unknown".to_owned()),
        Some(Decoder::Anywhere) if info.confidence >= 0.5 => {
            ("probable", format!("no known format, stamps in {share}"))
        }
        Some(_) if info.confidence >= 0.98 => ("certain", "certain".to_owned()),
        Some(_) if info.confidence >= 0.6 => ("probable", format!("probable: {share}")),
        // Long records of few lines' beginning: all the rest goes on with them.
        Some(_) if info.accounted.unparsed == 0 && info.records > 0 => {
            ("probable", format!("probable: records begin in {share}"))
        }
        Some(_) => ("unknown", format!("doubtful: only {share}")),
    }
}

fn head(out: &mut String, analysis: &Analysis, zone: Zone) {
    let total: u64 = analysis.infos.iter().map(|i| i.bytes).sum();
    let hosts = analysis.lanes.list.len();
    writeln!(
        out,
        "{} from {}: {}, {}",
        many(analysis.infos.len() as u64, "file"),
        many(hosts as u64, "host"),
        many(analysis.events.len() as u64, "record"),
        bytes(total)
    )
    .ok();
    let first = analysis.infos.iter().filter_map(|i| i.first).min();
    let last = analysis.infos.iter().filter_map(|i| i.last).max();
    if let Some((first, last)) = first.zip(last) {
        writeln!(out, "{}; times are shown in {} (--tz ZONE for another)", span(first, last, zone), zone.name()).ok();
    }
}

/// What a tired person must not miss, and then what else is to be known.
fn trouble(out: &mut String, analysis: &Analysis) {
    let mut look: Vec<String> = grouped(&analysis.diagnostics, |k| k > Kind::Note);
    let unread = analysis.infos.iter().filter(|i| sure(i).0 == "unknown" && i.bytes > 0 && i.format != "binary");
    look.extend(listed("in no known format", &unread.map(|i| i.path.as_str()).collect::<Vec<_>>()));
    let guessed = |from: fn(&SourceInfo) -> &str, word: &'static str| {
        let list = analysis.infos.iter().filter(move |i| i.first.is_some() && from(i) == word);
        list.map(|i| i.path.as_str()).collect::<Vec<_>>()
    };
    look.extend(listed("year or date known from nothing", &guessed(|i| &i.year_from, "default")));
    look.extend(listed("year or date from the file's own time only", &guessed(|i| &i.year_from, "file")));
    let zone = listed("zone known from nothing", &guessed(|i| &i.zone_from, "default"));
    look.extend(zone.map(|told| format!("{told}; --default-tz ZONE is for all of them")));
    let timeless = analysis.infos.iter().filter(|i| i.first.is_none() && i.records > 0 && sure(i).0 != "unknown");
    look.extend(listed("without a time", &timeless.map(|i| i.path.as_str()).collect::<Vec<_>>()));
    if look.is_empty() {
        return;
    }
    out.push_str("\nNeeds a look\n");
    for sentence in look {
        wrapped(out, &sentence, "  ", "      ");
    }
}

/// `what: a, b, c and 9 more`; none for an empty list.
fn listed(what: &str, paths: &[&str]) -> Option<String> {
    const SHOWN: usize = 4;
    let shown = paths.get(..paths.len().min(SHOWN))?.join(", ");
    match paths.len() {
        0 => None,
        n if n > SHOWN => Some(format!("{what}: {n} files: {shown} and {} more", n - SHOWN)),
        _ => Some(format!("{what}: {shown}")),
    }
}

/// Diagnostics that differ in nothing but file and numbers are one sentence.
fn grouped(all: &Diagnostics, want: impl Fn(Kind) -> bool) -> Vec<String> {
    let mut groups: Vec<(Kind, String, String, Vec<String>)> = Vec::new();
    for d in all.iter().filter(|d| want(d.kind)) {
        let shape: String = d.message.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect();
        let shape = shape.replace("##", "#").replace("##", "#").replace("##", "#");
        let times = if d.count > 1 { format!(" ({} times)", count(d.count)) } else { String::new() };
        let place = match (&d.path, d.line) {
            (Some(path), Some(line)) => format!("{path}:{line}"),
            (Some(path), None) => path.clone(),
            (None, _) => String::new(),
        };
        match groups.iter_mut().find(|(k, s, _, _)| *k == d.kind && *s == shape) {
            Some((.., places)) => places.push(place),
            None => groups.push((d.kind, shape, format!("{}{times}", d.message), vec![place])),
        }
    }
    let one = |(kind, _, message, places): (Kind, String, String, Vec<String>)| {
        let word = kind.word();
        match places.as_slice() {
            [place] if place.is_empty() => format!("{word}: {message}"),
            [place] => format!("{word}: {place}: {message}"),
            many => {
                let first: Vec<&str> = many.iter().map(String::as_str).collect();
                let list = listed(word, &first).unwrap_or_default();
                format!("{list}: {message}")
            }
        }
    };
    groups.into_iter().map(one).collect()
}

/// What could not be read at all, in groups.
pub(super) fn errors(all: &Diagnostics) -> Vec<String> {
    grouped(all, |k| k == Kind::Error)
}

/// The line above a host's files.
fn host(out: &mut String, name: &str, infos: &[&SourceInfo]) {
    let mut from: Vec<&str> = infos.iter().filter_map(|i| i.host_from()).collect();
    from.sort_unstable();
    from.dedup();
    let words: Vec<&str> = from
        .iter()
        .map(|f| match *f {
            "text" => "its text",
            "folder" => "its folder",
            _ => "you",
        })
        .collect();
    let mut also: Vec<&str> = infos.iter().flat_map(|i| i.who.also.iter().map(String::as_str)).collect();
    also.sort_unstable();
    also.dedup();
    out.push('\n');
    let also = if also.is_empty() { String::new() } else { format!(", also called {}", also.join(", ")) };
    let told = match words.as_slice() {
        [] => "nothing names the host".to_owned(),
        list => format!("named by {}{also}", list.join(" and ")),
    };
    let change =
        if from.contains(&"text") { None } else { Some(format!("--host {}", quoted(&glob_of(infos), "NAME"))) };
    sentence(out, &format!("{name}: {told}"), change.as_deref(), "", "    ");
}

/// Files that are told together: each by itself, or those of a folder that are alike.
fn groups<'a>(infos: &[&'a SourceInfo], many: bool) -> Vec<Vec<&'a SourceInfo>> {
    let key = |i: &SourceInfo| {
        let folder = i.path.rsplit_once('/').map_or("", |(f, _)| f).to_owned();
        (folder, i.format.clone(), sure(i).0, i.zone.clone(), i.zone_from.clone(), i.year_from.clone(), is_doubtful(i))
    };
    let mut alike: BTreeMap<_, Vec<&SourceInfo>> = BTreeMap::new();
    for (at, info) in infos.iter().enumerate() {
        let several = many && !info.path.is_empty();
        alike.entry((key(info), if several { 0 } else { at })).or_default().push(info);
    }
    let mut out: Vec<Vec<&SourceInfo>> = Vec::new();
    for list in alike.into_values() {
        match list.len() {
            ALIKE.. => out.push(list),
            _ => out.extend(list.into_iter().map(|i| vec![i])),
        }
    }
    out.sort_by_key(|g| g.first().map(|i| (!is_doubtful(i), i.path.clone())));
    out
}

/// A file of which something needs a look.
fn is_doubtful(i: &SourceInfo) -> bool {
    let guessed = i.first.is_some() && (i.zone_from == "default" || matches!(i.year_from.as_str(), "default" | "file"));
    let unread = i.accounted.unparsed * 100 > i.bytes;
    i.bytes > 0 && (guessed || unread || i.first.is_none() || sure(i).0 == "unknown")
}

fn block(out: &mut String, group: &[&SourceInfo], zone: Zone) {
    let Some(info) = group.first() else { return };
    let mark = if is_doubtful(info) { '!' } else { ' ' };
    let name = match group {
        [one] => one.path.clone(),
        list => format!("{} ({} files)", glob_of(list), list.len()),
    };
    let title = match info.plan.primary() {
        _ if info.format == "binary" => "not text".to_owned(),
        None => "empty".to_owned(),
        Some(f) => {
            let fallback = |d: Decoder| matches!(d, Decoder::Anywhere | Decoder::Text);
            let others = info.plan.forms.iter().map(|f| &f.definition);
            let others = others.filter(|d| d.name != f.definition.name && !fallback(d.decoder));
            let inner = f
                .inner
                .as_ref()
                .and_then(|p| p.forms().first().copied())
                .map(|i| format!(" with {} in it", i.definition.title));
            let others: Vec<&str> = others.map(|d| d.name.as_str()).collect();
            let also = if others.is_empty() { String::new() } else { format!("; some lines {}", others.join(", ")) };
            format!("{}{}, {}{also}", f.definition.title, inner.unwrap_or_default(), sure(info).1)
        }
    };
    let line = format!("{mark} {name}  ");
    if line.chars().count().max(40) + title.chars().count() <= WIDTH {
        writeln!(out, "{line:40}{title}").ok();
    } else {
        writeln!(out, "{}", line.trim_end()).ok();
        wrapped(out, &title, "    ", "      ");
    }
    figures(out, group, zone);
    if !info.who.several.is_empty() {
        let hosts: Vec<&str> = info.who.several.iter().map(String::as_str).collect();
        wrapped(
            out,
            &listed("records of several hosts, each with its own name", &hosts).unwrap_or_default(),
            "    ",
            "      ",
        );
    }
    for said in &info.assumptions {
        // The remedy is told in one way for all of them.
        let told = said.split("; give --").next().unwrap_or(said);
        let told = told.split(", give --").next().unwrap_or(told);
        let about_day = ["year", "date", "no year", "no date"].iter().any(|w| told.starts_with(w));
        let (option, value) = if about_day { ("--base-date", "YYYY-MM-DD") } else { ("--source-tz", "ZONE") };
        let option = format!("{option} {}", quoted(&glob_of(group), value));
        sentence(out, told, Some(&option), "    ", "      ");
    }
}

/// Records, size, how much of it is accounted for, and the time covered.
fn figures(out: &mut String, group: &[&SourceInfo], zone: Zone) {
    let sum = |of: fn(&SourceInfo) -> u64| group.iter().map(|i| of(i)).sum::<u64>();
    let (size, unread) = (sum(|i| i.bytes), sum(|i| i.accounted.unparsed));
    let first = group.iter().filter_map(|i| i.first).min();
    let last = group.iter().filter_map(|i| i.last).max();
    let time = first.zip(last).map_or_else(|| "no times".to_owned(), |(a, b)| span(a, b, zone));
    let all = |of: fn(&SourceInfo) -> &str| group.iter().all(|i| of(i) == "text" && i.decision.sentences.is_empty());
    let stated = match first.is_some() && all(|i| &i.zone_from) && all(|i| &i.year_from) {
        true => format!(", year and zone stated ({})", group.first().map_or("", |i| &i.zone)),
        false => String::new(),
    };
    let read = match size {
        0 => String::new(),
        _ if group.iter().any(|i| i.plan.primary().is_some_and(|f| f.definition.decoder == Decoder::Text)) => {
            ", shown line by line".to_owned()
        }
        _ if unread == 0 => ", 100 % understood".to_owned(),
        _ => format!(", {} % understood", percent(size - unread.min(size), size)),
    };
    let line = format!("{}, {}{read} · {time}{stated}", many(sum(|i| i.records), "record"), bytes(size));
    wrapped(out, &line, "    ", "      ");
}

/// Whole percents, never 100 for less than all.
fn percent(part: u64, whole: u64) -> String {
    let tenths = part.saturating_mul(1000) / whole.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn foot(out: &mut String, analysis: &Analysis) {
    let total: u64 = analysis.infos.iter().map(|i| i.bytes).sum();
    let accounted: u64 = analysis.infos.iter().map(|i| i.accounted.sum()).sum();
    let unparsed: u64 = analysis.infos.iter().map(|i| i.accounted.unparsed).sum();
    out.push('\n');
    let rest = if unparsed > 0 { format!(", {} of it in no known format", bytes(unparsed)) } else { String::new() };
    writeln!(out, "{} of {} accounted for{rest}", bytes(accounted), bytes(total)).ok();
    let doubtful = analysis.infos.iter().filter(|i| is_doubtful(i)).count();
    if doubtful > 0 {
        writeln!(out, "! marks {} to look at", many(doubtful as u64, "file")).ok();
    }
    for note in grouped(&analysis.diagnostics, |k| k == Kind::Note) {
        wrapped(out, &note, "", "    ");
    }
}

/// A sentence with what to type if it is wrong, on the same line where there is room.
fn sentence(out: &mut String, told: &str, option: Option<&str>, indent: &str, further: &str) {
    let Some(option) = option else { return wrapped(out, told, indent, further) };
    let whole = format!("{indent}{told}; if not: {option}");
    if whole.chars().count() <= WIDTH {
        writeln!(out, "{whole}").ok();
    } else {
        wrapped(out, &format!("{told}; if not:"), indent, further);
        writeln!(out, "{further}{option}").ok();
    }
}

/// A text over as many lines as it needs.
fn wrapped(out: &mut String, text: &str, indent: &str, further: &str) {
    let mut line = indent.to_owned();
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            writeln!(out, "{line}").ok();
            further.clone_into(&mut line);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    writeln!(out, "{line}").ok();
}

/// The pattern that names a group of files: the one file, or what they have in common.
fn glob_of(group: &[&SourceInfo]) -> String {
    let (Some(first), [_, _, ..]) = (group.first(), group) else {
        return group.first().map_or_else(String::new, |i| literal(&i.path));
    };
    let folder = |i: &SourceInfo| i.path.rsplit_once('/').map_or("", |(f, _)| f).to_owned();
    let mut common = folder(first);
    while !common.is_empty() && !group.iter().all(|i| i.path.starts_with(&format!("{common}/"))) {
        common = common.rsplit_once('/').map_or_else(String::new, |(f, _)| f.to_owned());
    }
    if !common.is_empty() {
        return format!("{}/*", literal(&common));
    }
    let all: Vec<String> = group.iter().map(|i| literal(&i.path).replace(',', "[,]")).collect();
    format!("{{{}}}", all.join(","))
}

/// A path as a pattern that matches nothing else.
fn literal(path: &str) -> String {
    let mut out = String::new();
    for c in path.chars() {
        match c {
            '*' | '?' | '[' | '{' => {
                out.push('[');
                out.push(c);
                out.push(']');
            }
            c => out.push(c),
        }
    }
    out
}

/// `'pattern=value'`, as a shell takes it for one word.
fn quoted(pattern: &str, value: &str) -> String {
    format!("'{}={value}'", pattern.replace('\'', r"'\''"))
}

fn span(first: i64, last: i64, zone: Zone) -> String {
    let whole = |t| format::local(t, 0, zone, ' ');
    if whole(first) == whole(last) {
        return whole(first);
    }
    if format::date(first, zone) == format::date(last, zone) {
        return format!("{} – {}", whole(first), format::time_of_day(last, 0, zone));
    }
    format!("{} – {}", whole(first), whole(last))
}

fn many(n: u64, one: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {one}s", count(n)) }
}
