//! Lines inside of lines: the inner format is recognised by writer, its time and level count, both stamps are kept.

use causeline::analysis::Analysis;

use crate::tools::analysis;

/// Time, level, process and message of each event, in the order of the file.
fn told(a: &Analysis) -> Vec<(String, &'static str, String, String)> {
    let mut ids: Vec<_> = a.timeline.events().to_vec();
    ids.sort_by_key(|id| a.events.line(*id));
    let one = |id: &causeline::event::EventId| {
        let time = a.events.time(*id).map_or("-".into(), |t| causeline::time::format::utc(t, a.events.precision(*id)));
        let record = a.record(*id);
        let process = record.process.as_deref().unwrap_or_default().to_owned();
        (time, a.events.level(*id).name().unwrap_or(""), process, record.message.trim().to_owned())
    };
    ids.iter().map(one).collect()
}

fn expect(name: &str, text: &str, format: &str, want: &[(&str, &str, &str, &str)]) -> Analysis {
    let a = analysis(&[(name, text.as_bytes())]);
    assert_eq!(a.infos.first().map(|i| i.format.as_str()), Some(format), "{text}");
    let got = told(&a);
    let got: Vec<_> = got.iter().map(|(t, l, p, m)| (t.as_str(), *l, p.as_str(), m.as_str())).collect();
    assert_eq!(got, want);
    assert_eq!(a.infos.first().map(|i| i.accounted.unparsed), Some(0));
    a
}

#[test]
fn each_container_of_a_composition_has_its_own_format() {
    let text = "web-1  | {\"time\":\"2024-02-29T16:04:05.250Z\",\"level\":\"info\",\"msg\":\"started\"}\n\
        db-1   | 2024-02-29 16:04:05.400 UTC [31] ERROR:  no such table\n\
        db-1   | \tin a query\n\
        app_2  | 2024-02-29 16:04:06,100 ERROR [main] c.e.App - failed\n\
        app_2  | java.lang.IllegalStateException: no\n\
        web-1  | {\"time\":\"2024-02-29T16:04:07.250Z\",\"level\":\"error\",\"msg\":\"bad\"}\n\
        app_2  | \tat c.e.App.main(App.java:7)\n";
    expect(
        "all.log",
        text,
        "compose",
        &[
            ("2024-02-29T16:04:05.250Z", "info", "web-1", "started"),
            ("2024-02-29T16:04:05.400Z", "error", "db-1", "no such table\n\tin a query"),
            ("2024-02-29T16:04:06.100Z", "error", "app_2", "failed\njava.lang.IllegalStateException: no"),
            ("2024-02-29T16:04:07.250Z", "error", "web-1", "bad"),
            // Another container wrote in between: the line is no part of that one's record.
            ("2024-02-29T16:04:07Z", "", "app_2", "at c.e.App.main(App.java:7)"),
        ],
    );
}

#[test]
fn stamps_of_the_container_runtime_stand_outside() {
    let text = "web-1  | 2024-02-29T16:04:05.251123456Z {\"time\":\"2024-02-29T16:04:05.250Z\",\"level\":\"warn\",\"msg\":\"slow\"}\n\
        old-1  | 2024-02-29T16:04:05.301153456Z last seen 2020-01-01 00:00:00 UTC\n";
    let a = expect(
        "all.log",
        text,
        "compose",
        &[
            ("2024-02-29T16:04:05.250Z", "warning", "web-1", "slow"),
            ("2024-02-29T16:04:05.301153456Z", "", "old-1", "last seen 2020-01-01 00:00:00 UTC"),
        ],
    );
    let first = a.timeline.events()[0];
    assert_eq!(a.record(first).field("outer_time"), Some("2024-02-29T16:04:05.251123456Z"));
}

#[test]
fn a_pod_before_a_line_is_a_wrapper_and_a_table_is_none() {
    let text = "shop-7d9c6f5b8-x2x4q api {\"time\":\"2024-02-29T16:04:05.250Z\",\"level\":\"warn\",\"msg\":\"slow\"}\n\
        shop-7d9c6f5b8-x2x4q side 2024-02-29T16:04:06.250Z ERROR no stock\n";
    expect(
        "stern.log",
        text,
        "stern",
        &[
            ("2024-02-29T16:04:05.250Z", "warning", "api", "slow"),
            ("2024-02-29T16:04:06.250Z", "error", "side", "no stock"),
        ],
    );
    let table =
        "2024-02-29 16:04:05.250 INFO rows follow\n id | name\ncart | slow\n2024-02-29 16:04:06.250 INFO done\n";
    let a = analysis(&[("app.log", table.as_bytes())]);
    assert_eq!(a.timeline.events().len(), 2, "{:?}", crate::tools::lines(&a));
}

#[test]
fn what_the_runtime_tore_is_joined_and_stack_traces_too() {
    let text = "2024-02-29T16:04:05.100000001Z stdout F 2024-02-29 16:04:05.099 ERROR boom\n\
        2024-02-29T16:04:05.100000002Z stdout F java.lang.IllegalStateException: no\n\
        2024-02-29T16:04:05.200000004Z stdout P 2024-02-29 16:04:05.199 INFO half a \n\
        2024-02-29T16:04:05.200000005Z stdout F line\n\
        2024-02-29T16:04:05.300000005Z stderr F a word\n";
    let a = expect(
        "0.log",
        text,
        "cri",
        &[
            ("2024-02-29T16:04:05.100000001Z", "error", "", "boom\njava.lang.IllegalStateException: no"),
            ("2024-02-29T16:04:05.200000004Z", "info", "", "half a line"),
            ("2024-02-29T16:04:05.300000005Z", "", "", "a word"),
        ],
    );
    let first = a.timeline.events()[0];
    assert_eq!(a.record(first).field("inner_time"), Some("2024-02-29 16:04:05.099"), "without a zone it counts less");
}

#[test]
fn a_syslog_of_many_programs_is_read_by_program() {
    let text = "Feb 29 16:04:05 web1 postgres[100]: [4-1] 2024-02-29 16:04:05.123 UTC [100] ERROR:  no such table\n\
        Feb 29 16:04:05 web1 shop[7]: {\"ts\":\"2024-02-29T16:04:05.200Z\",\"level\":\"warn\",\"msg\":\"slow\"}\n\
        Feb 29 16:04:06 web1 dockerd[9]: time=\"2024-02-29T16:04:06.500123456Z\" level=error msg=\"no such container\"\n\
        Feb 29 16:04:08 web1 nginx: 10.0.0.1 - - [29/Feb/2024:16:04:08 +0000] \"GET / HTTP/1.1\" 502 12 \"-\" \"curl\"\n";
    let a = expect(
        "syslog",
        text,
        "syslog-rfc3164",
        &[
            ("2024-02-29T16:04:05.123Z", "error", "postgres", "no such table"),
            ("2024-02-29T16:04:05.200Z", "warning", "shop", "slow"),
            ("2024-02-29T16:04:06.500123456Z", "error", "dockerd", "no such container"),
            ("2024-02-29T16:04:08Z", "error", "nginx", "\"GET / HTTP/1.1\" 502 12 \"-\" \"curl\""),
        ],
    );
    assert_eq!(a.record(a.timeline.events()[1]).host.as_deref(), Some("web1"));
}

#[test]
fn wrappers_stand_in_wrappers() {
    let inner = r#"{\"@timestamp\":\"2024-02-29T16:04:05.100Z\",\"level\":\"ERROR\",\"message\":\"boom\\njava.lang.X: no\\n\\tat a.b(C.java:1)\"}"#;
    let text =
        format!("{{\"log\":\"{inner}\\n\",\"stream\":\"stdout\",\"time\":\"2024-02-29T16:04:05.101234567Z\"}}\n");
    expect(
        "c-json.log",
        &text,
        "docker-json",
        &[("2024-02-29T16:04:05.100Z", "error", "", "boom\njava.lang.X: no\n\tat a.b(C.java:1)")],
    );
}

#[test]
fn objects_over_several_lines_are_a_record_each() {
    let text = "[\n  {\n    \"time\": \"2024-02-29T16:04:05Z\",\n    \"ctx\": {\n      \"a\": 1\n    },\n    \"msg\": \"one\"\n  },\n  \
        {\n    \"level\": \"error\",\n    \"msg\": \"two\",\n    \"time\": \"2024-02-29T16:04:06Z\"\n  }\n]\n";
    let a = analysis(&[("export.json", text.as_bytes())]);
    let got = told(&a);
    let got: Vec<_> = got.iter().skip(1).map(|(t, l, _, m)| (t.as_str(), *l, m.as_str())).collect();
    assert_eq!(got, [("2024-02-29T16:04:05Z", "", "one"), ("2024-02-29T16:04:06Z", "error", "two")]);
    // With other line ends, and torn behind the second object's time.
    let torn = text.replace('\n', "\r\n");
    let torn = torn.get(..torn.len() - 6).unwrap();
    let b = analysis(&[("export.json", torn.as_bytes())]);
    let times: Vec<_> = told(&b).into_iter().skip(1).map(|(time, ..)| time).collect();
    assert_eq!(times, ["2024-02-29T16:04:05Z", "2024-02-29T16:04:06Z"]);
}

/// Interleaved writers and objects over several lines, longer than a few chunks: each record begins where it
/// must, so that no chunk's border shows.
#[test]
fn chunks_do_not_show_in_wrapped_lines() {
    let mut composed = String::new();
    let mut objects = String::new();
    let mut starts = (Vec::new(), Vec::new());
    for i in 0..90_000 {
        let (hour, minute, second) = (i / 3600 % 24, i / 60 % 60, i % 60);
        starts.0.push(composed.len() as u64);
        composed += &format!("web-{}  | 2024-02-29 {hour:02}:{minute:02}:{second:02},100 INFO [main] at {i}\n", i % 2);
        for k in 0..i % 5 {
            composed += &format!("web-{}  | \tat frame {k} of a stack that is long enough to matter\n", i % 2);
        }
        starts.1.push(objects.len() as u64);
        objects += &format!(
            "{{\n  \"n\": {i},\n  \"in\": {{\n    \"text\": \"{{\"\n  }},\n  \"pad\": \"{}\",\n  \"time\": \"2024-02-29T{hour:02}:{minute:02}:{second:02}Z\"\n}}\n",
            "x".repeat(i % 97)
        );
    }
    for (name, text, starts) in [("all.log", composed, starts.0), ("all.json", objects, starts.1)] {
        let a = analysis(&[(name, text.as_bytes())]);
        let mut got: Vec<u64> = a.timeline.events().iter().map(|id| a.events.span(*id).start).collect();
        got.sort_unstable();
        assert_eq!(got, starts, "{name}");
    }
}
