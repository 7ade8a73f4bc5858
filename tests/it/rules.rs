//! Rules hold against their own samples, their words have no holes, and no log makes them panic.

use std::collections::BTreeSet;

use causeline::detect::Findings;
use causeline::detect::check::{check, run as try_sample};
use causeline::fact::kind::FIELDS;
use causeline::rule::template::Template;
use causeline::rule::{Primitive, Rule, Rules, definition};

use crate::tools::{analysis, config, folder, root, run, stdout};

/// Names that other programs rely on.
const CONTRACT: &str = "use-before-create never-created duplicate-create sequence-decrease sequence-drift \
    sequence-near-limit stale-read non-atomic-write destructive-action-after-stale-read statements-not-replicated \
    lost-commits lsn-regression timeline-switch wal-invalid-record split-brain shared-data-directory primary-lost \
    failover-never-promoted failover-late promotion-blocked-by-placement resource-flapping membership-churn \
    process-crash clock-skew clock-drift clock-step zone-misread time-goes-back silence missed-schedule \
    never-finished duration-shift backup-shrunk backup-empty error-burst novel-message change-suspect log-loss \
    filesystem-read-only disk-fault out-of-memory resource-exhausted replication-stopped replication-lag \
    bulk-mutation ordering-cycle impossible-latency id-time-mismatch restored-from-past data-corruption";

/// What texts may ask of every record, and of every finding.
const OF_RECORDS: [&str; 4] = ["host", "process", "time", "line"];
const OF_FINDINGS: [&str; 3] = ["count", "hosts", "span"];

fn builtin() -> Vec<Rule> {
    Rules::texts()
        .iter()
        .map(|(name, text)| definition::parse(name, text).unwrap_or_else(|e| panic!("{name}: {e}")))
        .collect()
}

/// The parts of a relation's evidence, and the values that it says.
fn words(primitive: &Primitive) -> (&'static [&'static str], &'static [&'static str]) {
    match primitive {
        Primitive::Occurs(_) => (&["seen", "with"], &["times"]),
        Primitive::Monotone(_) => (&["high", "back"], &["high", "value", "by"]),
        Primitive::Unique(_) => (&["first", "second"], &["gap", "refused"]),
        Primitive::Precedes(_) => (&["then", "first"], &["gap"]),
        Primitive::Responds(_) => (&["first", "cite", "then"], &["gap", "limit", "usual"]),
        Primitive::Absent(_) => (&["first", "cite", "next"], &["waited", "limit", "usual", "answered"]),
        Primitive::Periodic(_) => (&["last", "next"], &["gap", "period", "missed"]),
        Primitive::Drop(_) => (&["before", "after", "again"], &["before", "after", "percent", "factor"]),
        Primitive::Agree(_) => (&["one", "other"], &["wanted", "got"]),
        Primitive::Exclusive(_) => (&["first", "second", "confirm"], &["first_holder", "second_holder"]),
        Primitive::Atomic(_) => (&["first", "between", "last"], &["gap"]),
        Primitive::Burst(_) => (&["first", "last"], &["times", "gap", "source"]),
        Primitive::Novel(_) => (&["seen"], &[]),
        Primitive::Measured(what) => match what.as_str() {
            "clock-skew" => {
                (&["before", "inside", "after"], &["host", "reference", "pairs", "applied", "offset", "way", "band"])
            }
            "clock-drift" => (&["before", "inside", "after"], &["host", "reference", "pairs", "applied", "ppm"]),
            "clock-step" => (
                &["stepped", "before", "inside", "after"],
                &["host", "reference", "pairs", "applied", "size", "way", "at"],
            ),
            "zone-misread" => {
                (&["before", "inside", "after"], &["host", "reference", "pairs", "applied", "hours", "offset"])
            }
            "time-goes-back" => (&["high", "back"], &["by", "source"]),
            "silence" => (&["last"], &["quiet", "expected", "source"]),
            "id-time" => (&["seen"], &["off", "way", "made"]),
            "order-given-up" => (&["from", "to"], &["times", "all"]),
            "change" => (&["seen"], &["gap", "what", "effect"]),
            other => panic!("what does {other} say?"),
        },
    }
}

/// True when a text's gap can be filled by evidence of one of these relations.
fn is_known(name: &str, primitives: &[&Primitive]) -> bool {
    let is_field = |name: &str| OF_RECORDS.contains(&name) || FIELDS.iter().any(|(n, _)| *n == name);
    match name.split_once('.') {
        Some((part, field)) => is_field(field) && primitives.iter().any(|p| words(p).0.contains(&part)),
        None => is_field(name) || OF_FINDINGS.contains(&name) || primitives.iter().any(|p| words(p).1.contains(&name)),
    }
}

#[test]
fn built_in_rules_hold_against_their_samples() {
    let rules = Rules::builtin();
    let config = config();
    let mut wrong = Vec::new();
    for rule in builtin() {
        wrong.extend(check(&rule, &rules, &config).err().map(|e| format!("{}: {e}", rule.name)));
        // What a reader would stumble over: a sentence with a hole in it.
        for (i, sample) in rule.samples.iter().enumerate() {
            for f in try_sample(sample, &rules, &config).list.iter().filter(|f| f.rule == rule.name) {
                let because = f.evidence.iter().map(|e| e.because.as_str());
                for text in [f.title.as_str(), f.short.as_str(), f.explanation.as_str()].into_iter().chain(because) {
                    // A value that was cut ends in the same sign, after a letter.
                    let hole = text.match_indices('…').any(|(i, _)| !text[..i].ends_with(char::is_alphanumeric));
                    wrong.extend(hole.then(|| format!("{}, sample {}: {text}", rule.name, i + 1)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(rules.list.len(), Rules::texts().len(), "all were read");
}

#[test]
fn names_are_those_that_others_rely_on() {
    let names: BTreeSet<&str> = Rules::texts().iter().map(|(n, _)| *n).collect();
    for name in CONTRACT.split_whitespace() {
        assert!(names.contains(name), "the contract names {name}");
    }
    let kebab = |n: &str| {
        n.split('-').all(|w| !w.is_empty() && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
    };
    for rule in builtin() {
        assert!(kebab(&rule.name), "{}", rule.name);
        for name in rule.leads_to.iter().map(|l| l.rule.clone()).chain(rule.refers_to()) {
            assert!(names.contains(name.as_str()), "{} names {name}, which there is not", rule.name);
        }
    }
}

#[test]
fn every_gap_can_be_filled_and_every_part_exists() {
    let rules = Rules::builtin();
    for rule in builtin() {
        // What a rule builds on hands its values on.
        let below: BTreeSet<String> = rule.refers_to();
        let below: Vec<&Primitive> =
            below.iter().filter_map(|n| rules.get(n)).flat_map(|r| r.whens.iter().map(|w| &w.primitive)).collect();
        let all: Vec<&Primitive> = rule.whens.iter().map(|w| &w.primitive).collect();
        let gaps = |what: &str, text: Option<&Template>, by: &[&Primitive]| {
            for name in text.iter().flat_map(|t| t.names()) {
                let known = is_known(name, by) || !name.contains('.') && is_known(name, &below);
                assert!(known, "{}: {what} asks for {{{name}}}", rule.name);
            }
        };
        for text in [&rule.title, &rule.short, &rule.explain, &rule.verify, &rule.prevent] {
            gaps("a text", Some(text), &all);
        }
        gaps("`titles`", rule.titles.as_ref(), &all);
        for when in &rule.whens {
            let own = [&when.primitive];
            gaps("a title", when.title.as_ref(), &own);
            gaps("an explanation", when.explain.as_ref(), &own);
            gaps("a reason", when.benign.as_ref(), &own);
            for part in when.because.keys().chain(&when.hide) {
                assert!(
                    words(&when.primitive).0.contains(&part.as_str()),
                    "{}: {} has no part {part}",
                    rule.name,
                    when.primitive.name()
                );
            }
            when.because.values().for_each(|t| gaps("`because`", Some(t), &own));
        }
    }
}

#[test]
fn the_readme_explains_the_language() {
    let readme = std::fs::read_to_string(root().join("assets/rules/README.md")).unwrap();
    let names = |p: &Primitive| {
        let (parts, values) = words(p);
        parts.iter().chain(values).map(|w| (*w).to_owned()).chain([p.name().to_owned()]).collect::<Vec<_>>()
    };
    let mut all: BTreeSet<String> =
        builtin().iter().flat_map(|r| r.whens.iter().flat_map(|w| names(&w.primitive)).collect::<Vec<_>>()).collect();
    all.extend(OF_RECORDS.iter().chain(&OF_FINDINGS).map(|n| (*n).to_owned()));
    all.extend(causeline::rule::primitive::MEASURED.iter().map(|n| (*n).to_owned()));
    // Every key that a built-in rule uses.
    for (_, text) in Rules::texts() {
        let without_logs = text.split("\n[[sample]]").next().unwrap();
        let value: toml::Value = toml::from_str(without_logs).unwrap();
        for (key, value) in value.as_table().unwrap() {
            all.insert(key.clone());
            for when in value.as_array().into_iter().flatten().filter(|_| key == "when").filter_map(|w| w.as_table()) {
                for (key, value) in when {
                    all.insert(key.clone());
                    let inner = value.as_table().filter(|_| key != "because");
                    all.extend(inner.into_iter().flat_map(|t| t.keys().cloned()));
                }
            }
        }
    }
    for name in all {
        let told = [format!("`{name}`"), format!("\n{name} "), format!("[{name}]"), format!(".{name}]")];
        assert!(told.iter().any(|t| readme.contains(t)), "the README does not explain {name}");
    }
}

/// A rule of somebody's own, with what shows that it works.
const OWN: &str = r#"
title    = "{resource} was locked twice: by {first_holder} and {second_holder}"
severity = "high"
role     = "defect"
explain  = "{second.line} took what {first.line} had."
[[when]]
because = { first = "{resource} is taken", second = "and taken again" }
[when.exclusive]
start  = { fact = "lock.own", where = { resource = '.' } }
stop   = { fact = "lock.lost" }
key    = "resource"
holder = "@host"
[[sample]]
fires = true
title = "/var/lock/import was locked twice: by a1 and a2"
[sample.logs]
"a1/app.log" = '''
2026-03-01T10:00:00Z INFO import: acquired lock on /var/lock/import
'''
"a2/app.log" = '''
2026-03-01T10:05:00Z INFO import: acquired lock on /var/lock/import
'''
[[sample]]
fires = false
[sample.logs]
"a1/app.log" = '''
2026-03-01T10:00:00Z INFO import: acquired lock on /var/lock/import
2026-03-01T10:05:00Z INFO import: acquired lock on /var/lock/import
'''
"#;

#[test]
fn ones_own_rule_is_read_checked_and_fires() {
    let dir = folder(&[
        ("locked-twice.toml", OWN.as_bytes()),
        ("logs/a1/app.log", b"2026-03-01T10:00:00Z INFO import: acquired lock on /var/lock/import\n"),
        ("logs/a2/app.log", b"2026-03-01T10:05:00Z INFO import: acquired lock on /var/lock/import\n"),
    ]);
    assert_eq!(stdout(dir.path(), &["rules", "check", "locked-twice.toml"]), "locked-twice.toml: ok, 2 samples\n");
    let json = stdout(dir.path(), &["findings", "--rule", "locked-twice.toml", "--format", "json", "logs"]);
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    let found = value["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "locked-twice").unwrap();
    assert_eq!(found["title"], "/var/lock/import was locked twice: by a1 and a2");
    assert_eq!(found["evidence"].as_array().unwrap().len(), 2);
    assert!(!stdout(dir.path(), &["findings", "--format", "json", "logs"]).contains("locked-twice"));

    let replaced = Rules::with(&[("silence".to_owned(), OWN.to_owned())]).unwrap();
    assert_eq!(replaced.list.len(), Rules::texts().len(), "a rule of the same name takes its place");
    assert!(replaced.get("silence").unwrap().title.names().contains(&"resource"));
}

#[test]
fn a_broken_rule_is_refused_with_one_sentence() {
    assert!(definition::parse("x", OWN).is_ok());
    let wrong = |from: &str, to: &str| {
        let text = OWN.replacen(from, to, 1);
        assert_ne!(text, OWN);
        definition::parse("x", &text).unwrap_err()
    };
    assert!(wrong("severity", "gravity").contains("gravity"));
    assert!(wrong("\"high\"", "\"awful\"").contains("awful"));
    assert!(wrong("lock.own", "lock.pwn").contains("no kind of fact is called `lock.pwn`"));
    assert!(wrong("key    = \"resource\"", "key    = \"resort\"").contains("no field is called `resort`"));
    assert!(wrong("holder = \"@host\"", "").contains("no field is called"));
    assert!(wrong("when.exclusive", "when.inclusive").contains("inclusive"));
    assert!(
        wrong("[when.exclusive]", "occurs = { of = { fact = \"oom\" } }\n[when.exclusive]")
            .contains("exactly one relation")
    );
    assert!(wrong("'.'", "'('").contains("unclosed group"));
    assert!(wrong("{resource} was", "{resource was").contains("is no gap"));
    assert!(wrong("title    =", "pause = \"soon\"\ntitle    =").contains("`soon` is no duration"));
    let bare = "title = \"T\"\nseverity = \"low\"\nrole = \"context\"\nexplain = \"E\"\n";
    assert!(definition::parse("x", bare).unwrap_err().contains("at least one [[when]]"));
    let measured = format!("{bare}[[when]]\nmeasured = {{ what = \"love\" }}\n");
    assert!(definition::parse("x", &measured).unwrap_err().contains("nothing called `love` is measured"));

    let dir = folder(&[
        ("bad.toml", OWN.replacen("lock.own", "lock.pwn", 1).as_bytes()),
        ("silent.toml", OWN.split("[[sample]]").next().unwrap().as_bytes()),
        ("untrue.toml", OWN.replacen("fires = false", "fires = true", 1).as_bytes()),
        ("logs/a.log", b"2026-03-01T10:00:00Z x\n"),
    ]);
    for args in [
        &["rules", "check", "bad.toml"][..],
        &["findings", "--rule", "bad.toml", "logs"],
        &["rules", "show", "nothing"],
    ] {
        let out = run(dir.path(), args);
        assert_eq!(out.status.code(), Some(2), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&out.stderr).trim().lines().count(), 1, "{args:?}");
    }
    let error = |file: &str| {
        let out = run(dir.path(), &["rules", "check", file]);
        assert_eq!(out.status.code(), Some(2), "{file}");
        String::from_utf8(out.stderr).unwrap()
    };
    assert!(error("silent.toml").contains("a rule needs a [[sample]] that fires and one that does not"));
    assert!(error("untrue.toml").contains("sample 2: finds nothing"));
    assert!(error("none.toml").contains("cannot be read"));
}

#[test]
fn no_log_makes_a_rule_panic() {
    let mut x = 88_172_645_463_325_252u64;
    let mut random = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x as usize
    };
    let samples: Vec<(String, Vec<u8>)> = builtin()
        .iter()
        .flat_map(|r| {
            r.samples
                .iter()
                .flat_map(|s| s.logs.iter().map(|(p, t)| (p.clone(), t.clone().into_bytes())))
                .collect::<Vec<_>>()
        })
        .collect();
    let config = config();
    for round in 0..60 {
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        for i in 0..4 {
            let (path, text) = &samples[random() % samples.len()];
            let mut text = text.clone();
            // Cut anywhere, with wrong bytes, and with numbers that fit into nothing.
            text.truncate(1 + random() % text.len());
            for _ in 0..random() % 4 {
                let at = random() % text.len();
                text[at] = random() as u8;
            }
            let text = match random() % 3 {
                0 => String::from_utf8_lossy(&text).replace(['1', '7'], "99999999999999999999999").into_bytes(),
                1 => String::from_utf8_lossy(&text).replace(['1', '7'], "0").into_bytes(),
                _ => text,
            };
            files.push((format!("{i}/{path}"), text));
        }
        let borrowed: Vec<(&str, &[u8])> = files.iter().map(|(p, t)| (p.as_str(), t.as_slice())).collect();
        let analysis = analysis(&borrowed);
        for f in Findings::detect(&analysis, &config).list {
            assert!((0.0..=1.0).contains(&f.confidence) && f.first <= f.last && f.count > 0, "round {round}: {f:?}");
            assert!(f.evidence.iter().all(|e| e.event.idx() < analysis.events.len()), "round {round}: {f:?}");
        }
    }
}
