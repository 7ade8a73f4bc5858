//! Lines of many services, in files of a few lines: where records begin, when they were written and how loud they are.
//!
//! `services/*.txt` hold them, with what is expected before a bar: time (as far as it is stated) and level of
//! a line that begins a record, nothing where it goes on with the one above or is a heading.

use std::collections::BTreeMap;

use causeline::event::EventId;
use causeline::time::format;

/// One small file: what is expected of each line, and the line.
struct Case<'a> {
    name: &'a str,
    lines: Vec<(Option<(&'a str, &'a str)>, &'a str)>,
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let mut out: Vec<Case<'_>> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("== ") {
            out.push(Case { name, lines: Vec::new() });
            continue;
        }
        let Some(case) = out.last_mut() else { continue };
        if let Some(rest) = line.strip_prefix(" | ").or((line == " |").then_some("")) {
            case.lines.push((None, rest));
        } else if let Some((expected, text)) = line.split_once(" | ") {
            if expected.trim().is_empty() {
                case.lines.push((None, text));
                continue;
            }
            let (time, level) = expected.trim().split_once(' ').unwrap_or_else(|| panic!("time and level: {line}"));
            case.lines.push((Some((time, level.trim())), text));
        }
    }
    out
}

/// What is wrong with how a file was read, a sentence each.
fn wrong(case: &Case<'_>) -> Vec<String> {
    let text: String = case.lines.iter().map(|(_, l)| format!("{l}\n")).collect();
    let a = crate::tools::analysis(&[("x.log", text.as_bytes())]);
    let events: BTreeMap<u64, EventId> = a.timeline.events().iter().map(|id| (a.events.line(*id), *id)).collect();
    let mut out = Vec::new();
    let mut begun = false;
    for (n, (expected, line)) in (1u64..).zip(&case.lines) {
        let event = events.get(&n).copied();
        let time = event.and_then(|id| a.events.time(id).map(|t| format::utc(t, a.events.precision(id))));
        let Some((want_time, want_level)) = expected else {
            // Lines above the first record are one event without a time.
            if event.is_some() && (begun || time.is_some()) {
                out.push(format!("{}: begins no record: {line}", case.name));
            }
            continue;
        };
        begun = true;
        let Some(event) = event else {
            out.push(format!("{}: begins a record: {line}", case.name));
            continue;
        };
        let time = time.unwrap_or_else(|| "-".to_owned());
        if !time.trim_end_matches('Z').ends_with(&want_time.replace(',', ".")) {
            out.push(format!("{}: time is {time}: {line}", case.name));
        }
        let level = a.events.level(event).name().unwrap_or("-");
        if level != *want_level {
            out.push(format!("{}: level is {level}, not {want_level}: {line}", case.name));
        }
    }
    let accounted = a.infos.first().map_or(0, |i| i.accounted.sum());
    if accounted != text.len() as u64 {
        out.push(format!("{}: {accounted} of {} bytes accounted for", case.name, text.len()));
    }
    out
}

fn check(text: &str) {
    let cases = cases(text);
    assert!(cases.len() > 10);
    let wrong: Vec<String> = cases.iter().flat_map(wrong).collect();
    assert!(wrong.is_empty(), "{} of {} files:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn systems_and_networks_log_so() {
    check(include_str!("services/system.txt"));
}

#[test]
fn web_servers_log_so() {
    check(include_str!("services/web.txt"));
}

#[test]
fn mail_servers_log_so() {
    check(include_str!("services/mail.txt"));
}

#[test]
fn text_that_no_definition_describes_is_read_by_its_stamps() {
    check(include_str!("services/text.txt"));
}

/// Directives are headings wherever they stand, and a file is read alike in any chunking.
#[test]
fn headings_of_columns_begin_no_record() {
    let block = "#Software: x\n#Fields: date time cs-uri sc-status\n2024-01-02 03:04:05 /a 200\n";
    let other = "#Software: x\n#Fields: date time sc-status cs-uri\n2024-01-02 03:04:06 503 /b\n";
    let text = format!("{block}{other}{block}");
    let a = crate::tools::analysis(&[("x.log", text.as_bytes())]);
    assert_eq!(crate::tools::lines(&a).len(), 3);
    let accounted = a.infos[0].accounted;
    assert_eq!(accounted.headers, 3 * "#Software: x\n#Fields: date time cs-uri sc-status\n".len() as u64);
    assert_eq!(accounted.sum(), text.len() as u64);
    let id = a.timeline.events()[2];
    assert_eq!(a.events.level(id).name(), Some("error"));
    assert_eq!(a.record(id).field("cs-uri"), Some("/b"));
}
