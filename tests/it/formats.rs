//! Every built-in format holds against its own samples, and against all others.

use std::sync::Arc;

use causeline::format::definition::{self, Definitions};
use causeline::format::detect;
use causeline::format::form::Form;

/// Samples that another format has with the same right, with the reason.
const SHARED: [(&str, &str); 4] = [
    ("text-with-times", "the fallback has what no other format explains; its samples stand for such text"),
    ("text", "the fallback for text without times"),
    ("dpkg", "`conffile` and `startup` lines are only seen beside others of dpkg"),
    ("syslog-rfc3164", "a line without a program is only seen beside others"),
];

#[test]
fn definitions_compile_and_hold_against_their_samples() {
    for (name, text) in Definitions::texts() {
        let definition = definition::parse(name, text).unwrap_or_else(|e| panic!("{name}: {e}"));
        definition::check(&Arc::new(definition)).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
    assert_eq!(Definitions::builtin().formats.len(), Definitions::texts().len());
}

#[test]
fn the_explaining_check_finds_nothing_to_explain_in_them() {
    let all = Definitions::builtin();
    for (name, text) in Definitions::texts() {
        let (samples, problems) = causeline::format::explain::explain(name, text, &all);
        let failing: Vec<_> = problems.iter().filter(|p| p.fails).collect();
        assert!(samples > 0 && failing.is_empty(), "{name}: {failing:?}");
    }
}

#[test]
fn every_sample_is_recognised_as_its_own_format() {
    let definitions = Definitions::builtin();
    for d in &definitions.formats {
        if SHARED.iter().any(|(name, _)| *name == d.name) {
            continue;
        }
        for sample in &d.samples {
            let first = sample.text.lines().next().unwrap_or_default();
            let form = Form::learn(d, &[first.as_bytes()], &[]);
            if !form.is_some_and(|form| form.tells(first.as_bytes())) {
                continue; // others write such lines too
            }
            let plan = detect::detect(sample.text.as_bytes(), &definitions);
            let taken = plan.primary().map(|f| f.definition.name.as_str());
            assert_eq!(taken, Some(d.name.as_str()), "{}", sample.text);
        }
    }
}

#[test]
fn a_wrong_definition_says_what_is_wrong() {
    let good = Definitions::texts().iter().find(|(n, _)| *n == "nginx-error").unwrap().1;
    let wrong = |from: &str, to: &str| {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good);
        match definition::parse("x", &text) {
            Err(e) => e,
            Ok(d) => definition::check(&Arc::new(d)).unwrap_err(),
        }
    };
    assert!(wrong("title", "tilte").contains("tilte"));
    assert!(wrong("<level>", "<level").contains("no name"));
    assert!(wrong("level  = \"error\"", "level  = \"notice\"").contains("error"));
    assert!(wrong("14:49:34Z", "14:49:35Z").contains("14:49:34"));
    assert!(wrong("[<level>]", "(<level>)").contains("does not match"));
}

#[test]
fn wrapped_lines_are_read_by_what_is_inside() {
    let docker = [
        r#"{"log":"2022-12-31 22:57:45.140 UTC [34] LOG:  starting\n","stream":"stderr","time":"2022-12-31T22:57:46.000000001Z"}"#,
        r#"{"log":"2022-12-31 22:57:46.140 UTC [34] ERROR:  relation \"x\" does not exist\n","stream":"stderr","time":"2022-12-31T22:57:50Z"}"#,
        r#"{"log":"\tat character 15\n","stream":"stderr","time":"2022-12-31T22:57:50Z"}"#,
    ]
    .join("\n");
    let a = crate::tools::analysis(&[("db/docker.log", docker.as_bytes())]);
    assert_eq!(a.infos[0].format, "docker-json");
    let ids = a.timeline.events();
    assert_eq!(ids.len(), 2, "the third line goes on with the second: {:?}", crate::tools::lines(&a));
    assert_eq!(a.events.level(ids[1]).name(), Some("error"));
    let record = a.record(ids[1]);
    assert_eq!(record.pid.as_deref(), Some("34"));
    assert!(record.message.starts_with("relation \"x\" does not exist"), "{}", record.message);
    assert_eq!(record.field("outer_time"), Some("2022-12-31T22:57:50Z"));
    assert!(crate::tools::lines(&a)[1].starts_with("2022-12-31T22:57:46.140Z"), "the stamp inside counts");
}

#[test]
fn two_formats_in_one_file_are_both_read() {
    let text = "2026-11-21T05:12:41.245Z pid=1 tid=a INFO: start\n\
        {\"ts\":\"2026-11-21T05:12:42Z\",\"level\":\"error\",\"msg\":\"from json\"}\n\
        2026-11-21T05:12:43.245Z pid=1 tid=a WARN: slow\n";
    let a = crate::tools::analysis(&[("w/worker.log", text.as_bytes())]);
    let seen: Vec<_> = a.timeline.events().iter().map(|id| (a.format_name(*id), a.events.level(*id).name())).collect();
    assert_eq!(seen, [("sidekiq", Some("info")), ("json", Some("error")), ("sidekiq", Some("warning"))]);
}
