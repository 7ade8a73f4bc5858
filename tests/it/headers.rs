//! Records whose header has several lines, one of which tells the time: MySQL's slow log.

use std::io::Write as _;
use std::time::Duration;

use causeline::analysis::{Config, analyze};
use causeline::event::EventId;
use causeline::session::{Request, Session, Update};

use crate::tools::{analysis, config, folder, lines};

/// Where reading cuts a file into chunks: at the first line end behind this many bytes.
const CHUNK: usize = 4 << 20;

/// Two statements of one second, the second without `# Time:`; the first one's lines, where a cut may fall.
const TWO: [&str; 9] = [
    "# Time: 210324  9:22:43\n",
    "# User@Host: app[app] @ web1 [192.0.2.1]\n",
    "# Query_time: 2.000652  Lock_time: 0.000000  Rows_sent: 1  Rows_examined: 7\n",
    "use shop;\n",
    "SET timestamp=1616574161;\n",
    "SELECT 1\n  FROM orders WHERE made > '2021-01-01 00:00:00';\n",
    "# User@Host: app[app] @ web2 []\n",
    "SET timestamp=1616574162;\n",
    "SELECT 2;\n",
];

/// A slow log in which the cut falls behind the given line of [`TWO`].
fn cut_behind(line: usize) -> String {
    let mut text =
        String::from("# Time: 210324  9:00:00\n# User@Host: app[app] @ web1 []\nSET timestamp=1616572800;\n");
    let before: usize = TWO.iter().take(line).map(|l| l.len()).sum();
    while text.len() + before + 1 < CHUNK {
        let left = CHUNK - before - text.len();
        let len = if left > 200 { 99 } else { left - 1 };
        text.push_str(&"x".repeat(len));
        text.push('\n');
    }
    text.push_str(&TWO.concat());
    text
}

#[test]
fn a_header_is_one_wherever_the_text_is_cut() {
    for line in 0..TWO.len() {
        let text = cut_behind(line);
        let a = analysis(&[("db/slow.log", text.as_bytes())]);
        let seen: Vec<String> = lines(&a).iter().map(|l| l.split_once(' ').unwrap().0.to_owned()).collect();
        let want = ["2021-03-24T08:00:00Z", "2021-03-24T08:22:41Z", "2021-03-24T08:22:42Z"];
        assert_eq!(seen, want, "cut behind line {line}");
        let record = a.record(EventId(1));
        assert_eq!(record.field("query_time"), Some("2.000652"), "cut behind line {line}");
        assert_eq!(record.field("other_time"), Some("210324  9:22:43"));
        assert!(record.message.starts_with("SELECT 1\n"), "{}", record.message);
        assert_eq!(a.infos[0].accounted.sum(), text.len() as u64);
    }
}

#[test]
fn a_record_has_its_time_as_soon_as_that_line_is_written() {
    let text = cut_behind(2);
    let until = text.rfind("use shop").unwrap();
    let dir = folder(&[("case/db/slow.log", &text.as_bytes()[..until])]);
    let paths = vec![dir.path().join("case")];
    let config = Config { causal: false, ..config() };
    let session = Session::start(paths.clone(), config.clone(), || {});
    let next = || loop {
        if let Update::Snapshot(s) = session.wait(Duration::from_secs(30)).expect("an update")
            && s.recorded.complete
        {
            return s.recorded;
        }
    };
    let before = lines(&next());
    assert!(before.last().unwrap().starts_with("2021-03-24T09:22:43Z"), "the zone is not known yet: {before:?}");
    session.ask(Request::Follow(true));
    let path = dir.path().join("case/db/slow.log");
    let mut file = std::fs::File::options().append(true).open(path).unwrap();
    file.write_all(&text.as_bytes()[until..]).unwrap();
    let grown = lines(&next());
    assert_eq!(grown, lines(&analyze(&paths, &config)));
    assert!(grown.iter().any(|l| l.starts_with("2021-03-24T08:22:41Z")), "{grown:?}");
}

#[test]
fn stamps_in_the_statements_begin_no_records() {
    let sql = "UPDATE t SET a = 1\nWHERE b =\n'2020-01-01 00:00:00';\n";
    let mut text = String::new();
    for i in 0..40 {
        text.push_str(&format!("# Time: 2024-03-24T16:22:{i:02}.836524Z\n# User@Host: a[a] @ h []  Id: 1\n{sql}"));
    }
    let a = analysis(&[("db/slow.log", text.as_bytes())]);
    assert_eq!(a.events.len(), 40);
    assert_eq!(a.infos[0].format, "mysql-slow");
}

#[test]
fn lines_that_many_programs_write_need_one_that_tells() {
    let plain = "2024-03-01 08:00:00,123 INFO: ready\n2024-03-01 08:00:01,123 WARNING: slow\n";
    let a = analysis(&[("a/app.log", plain.as_bytes())]);
    assert_eq!((a.infos[0].format.as_str(), a.record(EventId(1)).process), ("text-with-times", None));
    let told = format!("{plain}2024-03-01 08:00:02,123 INFO: Lock owner: pg1; I am pg2\n");
    let a = analysis(&[("a/app.log", told.as_bytes())]);
    assert_eq!(a.infos[0].format, "patroni");
    assert_eq!(a.record(EventId(1)).process.as_deref(), Some("patroni"));
}
