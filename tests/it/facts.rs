//! Packs of facts hold against their own samples, and what they find does not depend on how it was read.

use causeline::event::EventId;
use causeline::fact::kind::FIELDS;
use causeline::fact::value::Lsn;
use causeline::fact::{Fact, Facts, Kind, Packs, definition, packs};
use causeline::format::definition::Definitions;

use crate::tools::{analysis, folder, root, run, stdout};

fn facts(files: &[(&str, &[u8])]) -> (causeline::analysis::Analysis, Facts) {
    let a = analysis(files);
    let facts = Facts::extract(&Packs::builtin(), &a.sources, &a.infos, &a.events);
    (a, facts)
}

fn words(fact: &Fact<'_>) -> String {
    let fields: Vec<String> = fact.fields().map(|(n, v)| format!("{n}={v}")).collect();
    format!("{} {} {}", fact.event().0, fact.kind().name(), fields.join(" "))
}

#[test]
fn packs_compile_and_hold_against_their_samples() {
    let mut wrong = Vec::new();
    let formats = Definitions::builtin();
    for (name, text) in Packs::texts() {
        let pack = definition::parse(name, text).unwrap_or_else(|e| panic!("{name}: {e}"));
        wrong.extend(packs::check(&pack).err().map(|e| format!("{name}: {e}")));
        for format in pack.definitions.iter().flat_map(|d| &d.formats) {
            assert!(formats.get(format).is_some(), "{name} names the format {format}, which there is not");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(Packs::builtin().list.len(), Packs::texts().len());
}

#[test]
fn the_vocabulary_is_used_and_explained() {
    let readme = std::fs::read_to_string(root().join("assets/facts/README.md")).unwrap();
    let packs = Packs::builtin();
    for kind in Kind::ALL {
        assert!(packs.definitions.iter().any(|d| d.kind == *kind), "no pack finds {}", kind.name());
        assert!(readme.contains(&format!("`{}`", kind.name())), "the README does not explain {}", kind.name());
    }
    for (name, _) in FIELDS {
        assert!(readme.contains(&format!("`{name}`")), "the README does not explain the field {name}");
    }
}

/// Lines of a few products, many of them saying something.
fn lines(n: usize) -> Vec<u8> {
    let kinds = [
        "LOG:  selected new timeline ID: {i}",
        "LOG:  redo starts at 0/{i}A0",
        "LOG:  statement: SELECT {i}",
        "ERROR:  duplicate key value violates unique constraint \"a_pkey\"\n\tDETAIL:  Key (id)=({i}) already exists.",
        "LOG:  statement: INSERT INTO orders (id, customer) VALUES ({i}, 3)",
        "LOG:  nothing in particular, at some length so that there is text between",
    ];
    let mut out = String::new();
    for (i, kind) in (0..n).zip(kinds.iter().cycle()) {
        let stamp =
            format!("2026-01-01 {:02}:{:02}:{:02}.{:03}", i / 3_600_000 % 24, i / 60_000 % 60, i / 1000 % 60, i % 1000);
        let text = kind.replace("{i}", &i.to_string());
        out.push_str(&format!("{stamp} UTC [{}] {text}\n", i % 97));
    }
    out.into_bytes()
}

#[test]
fn neither_chunks_nor_threads_show_in_the_facts() {
    let text = lines(120_000);
    assert!(text.len() > 9 << 20, "several chunks");
    let (a, many) = facts(&[("db/pg.log", &text)]);
    assert_eq!(a.events.len(), 120_000);
    assert_eq!(many.kind(Kind::TimelineNew).count(), 20_000);
    assert_eq!(many.kind(Kind::IdDuplicate).count(), 20_000, "in records of two lines too");
    let events: Vec<EventId> = many.iter().map(|f| f.event()).collect();
    assert!(events.is_sorted());
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (_, one) = pool.install(|| facts(&[("db/pg.log", &text)]));
    assert!(many.iter().map(|f| words(&f)).eq(one.iter().map(|f| words(&f))));

    // A part of the text that lies within one chunk says the same as the whole.
    let (_, few) = facts(&[("db/pg.log", &lines(600))]);
    assert!(few.iter().map(|f| words(&f)).eq(many.iter().map(|f| words(&f)).take(few.len())));
    for fact in few.iter() {
        assert!(few.of(fact.event()).any(|f| words(&f) == words(&fact)));
    }
    assert_eq!(few.of(EventId(2)).count(), 0, "a read states nothing");
    assert_eq!(few.of(EventId(u32::MAX)).count(), 0);
}

#[test]
fn wrapped_messages_say_the_same() {
    let message = "invalid record length at 0/2159958: wanted 24, got 0";
    let json = format!(
        r#"{{"log":"2022-12-31 22:57:45.140 UTC [34] LOG:  {message}\n","stream":"stderr","time":"2022-12-31T22:57:46Z"}}"#
    );
    let forms = [
        ("a/pg.log", format!("2022-12-31 22:57:45.140 UTC [34] LOG:  {message}\n")),
        ("b/docker.log", format!("{json}\n")),
        ("c/syslog", format!("Dec 31 22:57:45 prod db-1[1365]: 2022-12-31 22:57:45.140 UTC [34] LOG:  {message}\n")),
        (
            "d/pg.csv",
            format!(
                "2022-12-31 22:57:45.140 UTC,,,34,,6b019d87.6ff,1,,2022-12-31 22:57:40 UTC,,0,LOG,00000,\"{message}\",,,,,,,,,\"\",\"startup\",,0\n"
            ),
        ),
    ];
    for (path, text) in &forms {
        let (_, facts) = facts(&[(path, text.as_bytes())]);
        let all: Vec<_> = facts.iter().collect();
        assert_eq!(all.len(), 1, "{path}");
        assert_eq!((all[0].kind(), all[0].pack()), (Kind::WalInvalid, "postgresql"), "{path}");
        assert_eq!(all[0].get("lsn").and_then(Lsn::parse), Some(Lsn(0x215_9958)), "{path}");
        assert_eq!(all[0].get("segment"), None);
    }
}

#[test]
fn no_text_makes_extraction_panic() {
    let mut x = 88_172_645_463_325_252u64;
    let mut random = move || {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        x as usize
    };
    let samples: Vec<u8> = Packs::texts().iter().flat_map(|(_, text)| text.bytes()).collect();
    for _ in 0..40 {
        // The packs' own texts, cut and mixed, with wrong bytes in them.
        let mut text = Vec::new();
        while text.len() < 40_000 {
            let from = random() % samples.len();
            let to = (from + random() % 300).min(samples.len());
            text.extend_from_slice(&samples[from..to]);
            if random().is_multiple_of(4) {
                text.push(random() as u8);
            }
            if random().is_multiple_of(2) {
                text.extend(b"\n2026-01-01T00:00:00Z ");
            }
        }
        let (a, facts) = facts(&[("x.log", &text)]);
        for fact in facts.iter() {
            assert!(fact.event().idx() < a.events.len());
            assert!(fact.fields().all(|(_, v)| !v.is_empty() && v.len() <= 1000), "{}", words(&fact));
        }
    }
}

#[test]
fn a_wrong_pack_says_what_is_wrong() {
    let good = "title = \"T\"\nabout = \"A\"\n[[fact]]\nkind = \"timeline.new\"\nliteral = [\"new timeline\"]\n\
        match = 'new timeline (?<timeline>\\d+)'\n[[sample]]\ntext = \"new timeline 3\"\n\
        facts = [{ fact = \"timeline.new\", timeline = \"3\" }]\n";
    let result = |text: &str| definition::parse("x", text).and_then(|p| packs::check(&p));
    assert_eq!(result(good), Ok(()));
    let wrong = |from: &str, to: &str| {
        let text = good.replacen(from, to, 1);
        assert_ne!(text, good);
        result(&text).unwrap_err()
    };
    assert!(wrong("title", "tilte").contains("tilte"));
    assert!(wrong("timeline.new", "timeline.knew").contains("no kind of fact is called `timeline.knew`"));
    assert!(wrong("literal = [\"new timeline\"]", "literal = [\"new\"]").contains("shorter"));
    assert!(wrong("\"new timeline\"]", "'say \"new'\n]").contains("quote"));
    assert!(wrong("(?<timeline>", "(?<timelime>").contains("no field is called `timelime`"));
    assert!(wrong("\\d+)'", "\\d+'").contains("unclosed group"));
    assert!(wrong("text = \"new timeline 3\"", "text = \"new timeline x\"").contains("gives nothing, not"));
    assert!(wrong("timeline = \"3\"", "timeline = \"4\"").contains("timeline = \"3\""));
    assert!(wrong("literal = [\"new timeline\"]", "literal = [\"old timeline\"]").contains("shown by no sample"));
    let own = [("postgresql".to_owned(), good.to_owned())];
    let replaced = Packs::with(&own).unwrap();
    assert_eq!(replaced.list.len(), Packs::texts().len(), "a pack of the same name takes its place");
    assert!(Packs::with(&[("x".to_owned(), good.replacen("\"3\"", "\"4\"", 1))]).unwrap_err().starts_with("x: "));
}

#[test]
fn the_program_tells_what_it_understood() {
    let dir = folder(&[
        ("h/pg.log", b"2026-01-01 00:00:00.000 UTC [1] LOG:  selected new timeline ID: 3\n2026-01-01 00:00:01.000 UTC [1] LOG:  x\n"),
        ("h/e.log", b"2026-01-01T00:00:00Z upload: ./a\x1b[31m.sql to s3://b/a 5 bytes\n"),
    ]);
    let text = stdout(dir.path(), &["facts", "of", "h"]);
    assert!(
        text.contains("h/pg.log:1 timeline.new timeline=3\n") || text.contains("pg.log:1 timeline.new timeline=3\n"),
        "{text}"
    );
    assert!(!text.contains('\x1b'), "log text cannot steer the terminal: {text}");
    let json = stdout(dir.path(), &["facts", "of", "h/pg.log", "--format", "jsonl"]);
    let row: serde_json::Value = serde_json::from_str(json.trim()).unwrap();
    assert_eq!(
        (&row["fact"], &row["line"], &row["fields"]["timeline"]),
        (&"timeline.new".into(), &1.into(), &"3".into())
    );

    assert!(stdout(dir.path(), &["facts"]).contains("postgresql"));
    assert!(stdout(dir.path(), &["facts", "show", "postgresql"]).contains("[[fact]]"));
    let own = "title = \"T\"\nabout = \"A\"\n[[fact]]\nkind = \"change\"\nliteral = [\"ID: 3\"]\nmatch = 'ID: (?<id>3)'\n\
        [[sample]]\ntext = \"ID: 3\"\nfacts = [{ fact = \"change\", id = \"3\" }]\n";
    std::fs::write(dir.path().join("own.toml"), own).unwrap();
    assert!(stdout(dir.path(), &["facts", "check", "own.toml"]).contains("ok, 1 facts, 1 samples"));
    assert!(stdout(dir.path(), &["facts", "of", "--pack", "own.toml", "h/pg.log"]).contains("change id=3"));
    std::fs::write(dir.path().join("bad.toml"), own.replace("\"3\" }", "\"4\" }")).unwrap();
    assert_eq!(run(dir.path(), &["facts", "check", "bad.toml"]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["facts", "of", "--pack", "bad.toml", "h"]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["facts", "show", "nothing"]).status.code(), Some(2));
}

#[test]
fn an_analysis_gives_its_facts() {
    let config = crate::tools::config();
    let a = causeline::analysis::analyze(&[crate::tools::sample()], &config);
    let facts = a.facts(&config);
    for kind in [Kind::FsReadonly, Kind::HwFault, Kind::Membership, Kind::ResourceState, Kind::Transition] {
        assert!(facts.kind(kind).next().is_some(), "{}", kind.name());
    }
}
