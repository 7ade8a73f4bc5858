//! Effects never stand before their causes, where the logs tell; each rule by the lines it is for.

use causeline::analysis::{Analysis, Config, analyze};
use causeline::clock::Anchor;
use causeline::event::EventId;
use causeline::relation::{Hint, Proof, Relation, relation};
use causeline::source::SourceId;
use causeline::time::format::utc;

use crate::tools::{config, folder, sample};

fn causal(files: &[(&str, &str)]) -> Analysis {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    analyze(&[folder(&files).path().to_owned()], &Config { causal: true, ..config() })
}

fn event(a: &Analysis, path: &str, line: u64) -> EventId {
    let source = a.sources.iter().position(|s| s.path == path).unwrap();
    a.events.at_line(SourceId(u32::try_from(source).unwrap()), line).unwrap()
}

fn row(a: &Analysis, path: &str, line: u64) -> usize {
    let id = event(a, path, line);
    let row = a.timeline.events().iter().position(|e| *e == id).unwrap();
    assert_eq!(a.timeline.row_of(&a.events, id), Some(row), "a row is found by its event");
    row
}

/// A web server with milliseconds and a database server with whole seconds, 8.4 s behind, for a minute.
fn coarse_database() -> Analysis {
    let (mut web, mut db) = (String::new(), String::from("header\n"));
    let begin = 1_791_637_688_000_000_000i64;
    for i in 0..120i64 {
        let at = begin + i * 500_000_000 + (i * 37 % 50) * 7_000_000;
        let (allocated, inserted, created) = (at, at + 4_000_000, at + 9_000_000);
        let id = format!("{:012x}", 0x00d7_6df1_446b_e000 + i * 7919);
        web += &format!(
            "{{\"ts\":\"{}\",\"level\":\"info\",\"msg\":\"id allocated\",\"req\":\"{id}\"}}\n",
            utc(allocated, 3)
        );
        web += &format!(
            "{{\"ts\":\"{}\",\"level\":\"info\",\"msg\":\"note created\",\"req\":\"{id}\"}}\n",
            utc(created, 3)
        );
        let stamp = utc(inserted - 8_400_000_000, 0).replace(['-', 'T', 'Z'], " ");
        let stamp = format!("{} {}", stamp[2..10].replace(' ', ""), stamp[11..].trim());
        db += &format!("{stamp}\t    7 Query\tINSERT INTO note (body) VALUES ('text {id}')\n");
    }
    causal(&[("web1/app.log", &web), ("db1/mysql.log", &db)])
}

#[test]
fn a_statement_stands_between_what_its_client_wrote_before_and_after() {
    let a = coarse_database();
    for i in 0..120 {
        let (before, statement, after) =
            (row(&a, "web1/app.log", 2 * i + 1), row(&a, "db1/mysql.log", i + 2), row(&a, "web1/app.log", 2 * i + 2));
        assert!(before < statement && statement < after, "request {i}: {before} {statement} {after}");
    }
    let (first, second) = (event(&a, "web1/app.log", 41), event(&a, "db1/mysql.log", 22));
    match relation(&a, first, second) {
        Relation::Probably(true, Hint::Edges(chain)) => assert_eq!(chain.len(), 1),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_copy_in_a_replicas_binary_log_stands_behind_the_original() {
    let event = |server: u32, pos: u32, n: u32| {
        format!(
            "# at {pos}\n#261121  5:16:5{} server id {server}  end_log_pos {} CRC32 0x34a9fbce \tQuery\tthread_id=27\t\
             exec_time=0\terror_code=0\nINSERT INTO note VALUES ({n})\n/*!*/;\n",
            n % 10,
            pos + 100
        )
    };
    let start = |server: u32| {
        format!(
            "# at 4\n#261121  5:16:40 server id {server}  end_log_pos 256 CRC32 0x9b47a018 \tStart: binlog v 4, server v 10.11\n"
        )
    };
    let source: String = start(2) + &(0..8).map(|n| event(2, 300 + n * 100, n)).collect::<String>();
    let replica: String = start(1) + &(0..8).map(|n| event(2, 300 + n * 100, n)).collect::<String>();
    // The replica's name sorts first, and all stamps are equal.
    let a = causal(&[("a-replica/mysqlbinlog.txt", &replica), ("b-source/mysqlbinlog.txt", &source)]);
    for n in 0..8 {
        let line = 3 + n * 4;
        let (copy, original) =
            (row(&a, "a-replica/mysqlbinlog.txt", line + 1), row(&a, "b-source/mysqlbinlog.txt", line + 1));
        assert!(original < copy, "event {n}: {original} {copy}");
    }
    let pair = (self::event(&a, "b-source/mysqlbinlog.txt", 4), self::event(&a, "a-replica/mysqlbinlog.txt", 4));
    assert_eq!(relation(&a, pair.0, pair.1), Relation::Before(Proof::HardEdges));
}

#[test]
fn cron_stands_before_the_first_line_of_its_job() {
    let (mut cron, mut job) = (String::new(), String::new());
    for day in 1..=6 {
        cron += &format!(
            "Mar  {day} 04:00:02 web CRON[{}]: (root) CMD (/usr/local/bin/backup >> /var/log/a.log 2>&1)\n",
            800 + day
        );
        job += &format!("2018-03-0{day} 04:00:02 +0000 backup of db started pid={}\n", 800 + day);
    }
    // By name, the job's log stands first; the stamps are equal.
    let a = causal(&[("web/a.log", &job), ("web/syslog", &cron)]);
    for day in 1..=6 {
        assert!(row(&a, "web/syslog", day) < row(&a, "web/a.log", day), "day {day}");
    }
}

#[test]
fn a_file_that_arrives_before_it_is_made_tells_how_far_a_clock_is_behind() {
    let (mut made, mut got) = (String::new(), String::new());
    for day in 10..=20 {
        let late = if day == 15 || day == 18 { "03:15:38" } else { "03:10:17" };
        made += &format!(
            "2022-11-{day}T{late}Z prod backup[9]: backup finished OK file=/srv/2022-11-{day}.sql.gz size=20062 bytes\n"
        );
        got += &format!("2022-11-{day}T03:14:48Z nas rsync[7]: received 2022-11-{day}.sql.gz 20062 bytes from prod\n");
    }
    let a = causal(&[("prod/messages", &made), ("nas/messages", &got)]);
    let of = |host: &str| a.clocks.list.iter().find(|c| c.host == host).unwrap();
    let found = a.clocks.list.iter().find(|c| c.anchor == Anchor::OneWay && c.applied);
    assert!(found.is_some(), "{:?}", a.clocks.list);
    assert!((49e9..=51e9).contains(&(of("prod").offset - of("nas").offset)), "{:?}", a.clocks.list);
    for day in 1..=11 {
        assert!(row(&a, "prod/messages", day) < row(&a, "nas/messages", day), "day {day}");
    }
}

#[test]
fn a_standby_that_streams_tells_its_clock_against_the_primary() {
    let primary = "\
2026-11-21 13:38:21.003 UTC [860] repl@[unknown]/db2 LOG:  received replication command: START_REPLICATION 0/C00000 TIMELINE 1
2026-11-21 13:38:21.028 UTC [860] repl@[unknown]/db2 LOG:  standby \"db2\" is now a synchronous standby with priority 1
2026-11-21 13:38:23.114 UTC [868] app@app/worker1 LOG:  connection authorized: user=app
";
    let standby = "\
2026-11-21 13:37:43.996 UTC [1791] LOG:  database system is ready to accept read-only connections
2026-11-21 13:37:44.003 UTC [1805] LOG:  started streaming WAL from primary at 0/C00000 on timeline 1
";
    let a = causal(&[("db1/postgresql.log", primary), ("db2/postgresql.log", standby)]);
    let of = |host: &str| a.clocks.list.iter().find(|c| c.host == host).unwrap();
    let apart = of("db1").offset - of("db2").offset;
    assert!((apart - 37.0e9).abs() < 0.05e9, "{:?}", a.clocks.list);
    assert!(row(&a, "db1/postgresql.log", 1) < row(&a, "db2/postgresql.log", 2));
    assert!(row(&a, "db2/postgresql.log", 2) < row(&a, "db1/postgresql.log", 2));
}

#[test]
fn the_kernels_ring_buffer_gets_times_and_stands_before_the_log() {
    let a = analyze(&[sample()], &Config { causal: true, ..config() });
    let (buffer, log) = (event(&a, "pg01/dmesg.txt", 1), event(&a, "pg01/kern.log", 1));
    assert_eq!(a.events.time(buffer), None, "what the text does not state is not written");
    let shown = causeline::export::json::corrected(&a, buffer).unwrap();
    assert!(shown.starts_with("2026-10-10T13:08:5"), "{shown}");
    assert!((a.corrected(log).unwrap() - a.corrected(buffer).unwrap()).abs() < 1_000_000_000);
    assert!(row(&a, "pg01/dmesg.txt", 1) < row(&a, "pg01/kern.log", 1));
    assert_eq!(relation(&a, buffer, log), Relation::Before(Proof::HardEdges));
}

#[test]
fn lines_of_one_writer_in_one_second_are_ordered_by_their_file() {
    let text = "Nov 21 07:38:25 a app[7]: one\nNov 21 07:38:25 a app[8]: two\nNov 21 07:38:25 a app[7]: three\n";
    let a = causal(&[("a/syslog", text)]);
    let at = |line| event(&a, "a/syslog", line);
    assert_eq!(relation(&a, at(1), at(3)), Relation::Before(Proof::SameWriter));
    assert_eq!(relation(&a, at(3), at(1)), Relation::After(Proof::SameWriter));
    assert_eq!(relation(&a, at(1), at(2)), Relation::Probably(true, Hint::FileOrder));
}

/// Two hosts have each file some minutes after `prod` made it; one of its stamps is hours late, and both contradict that.
#[test]
fn one_wrong_stamp_sets_no_clock_and_proves_no_order() {
    let (mut made, mut nas, mut off) = (String::new(), String::new(), String::new());
    for day in 10..=20 {
        let hour = if day == 15 { "09" } else { "03" };
        let file = format!("2022-11-{day}.sql.gz");
        made += &format!(
            "2022-11-{day}T{hour}:10:17Z prod backup[9]: backup finished OK file=/srv/{file} size=20062 bytes\n"
        );
        nas += &format!("2022-11-{day}T03:20:48Z nas rsync[7]: received {file} 20062 bytes from prod\n");
        off += &format!("2022-11-{day}T03:30:48Z off rsync[7]: received {file} 20062 bytes from prod\n");
    }
    let files = [("prod/messages", made), ("nas/messages", nas), ("off/messages", off)];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let a = causal(&files);
    assert!(a.clocks.list.iter().all(|c| !c.applied), "one wrong stamp sets no clock: {:?}", a.clocks.list);
    let wrong = event(&a, "prod/messages", 6);
    assert!(a.placement.is_demoted(wrong));
    for path in ["nas/messages", "off/messages"] {
        assert!(row(&a, "prod/messages", 6) < row(&a, path, 6), "{path}");
        let copied = event(&a, path, 6);
        assert!(!matches!(relation(&a, copied, wrong), Relation::Before(_)), "a wrong stamp proves nothing: {path}");
    }
}

/// A client, a load balancer, an application and a worker, each file with its own clock and whole seconds but the
/// application's; every request leaves a job that the worker does 30 ms later.
fn shop() -> Analysis {
    let begin = 1_791_637_688_000_000_000i64;
    let (mut client, mut access, mut app, mut worker) = (String::new(), String::new(), String::new(), String::new());
    let coarse = |ns: i64| utc(ns, 0);
    for i in 0..160i64 {
        let at = begin + i * 1_000_000_000 + (i * 377 % 1000) * 1_000_000;
        let ms = |n: i64| at + n * 1_000_000;
        let (rid, jid) =
            (format!("{:012x}", 0x00d7_6df1_446b_e000 + i * 7919), format!("{:024x}", 0x51f0_0000_0000 + i * 104_729));
        client += &format!("{} INFO loadgen: request sent request_id={rid}\n", coarse(ms(0)));
        app += &format!("{} INFO shop: request started rid={rid}\n", utc(ms(3), 3));
        app += &format!("{} INFO shop: job enqueued rid={rid} jid={jid}\n", utc(ms(20), 3));
        app += &format!("{} INFO shop: request finished rid={rid} status=200\n", utc(ms(24), 3));
        access += &format!(
            "10.0.0.9 - - [{}] \"POST /pay?rid={rid} HTTP/1.1\" 200 312 \"-\" \"shop/2\"\n",
            common_log_stamp(ms(26))
        );
        client += &format!("{} INFO loadgen: reply received request_id={rid}\n", coarse(ms(30)));
        worker += &format!("{} INFO mailer: start jid={jid}\n", coarse(ms(50) - 2_400_000_000));
        worker += &format!("{} INFO mailer: done jid={jid}\n", coarse(ms(80) - 2_400_000_000));
    }
    causal(&[
        ("client1/client.log", &client),
        ("lb1/access.log", &access),
        ("app1/app.log", &app),
        ("worker1/worker.log", &worker),
    ])
}

/// `10/Oct/2026:07:08:08 +0000`.
fn common_log_stamp(ns: i64) -> String {
    let text = utc(ns, 0);
    format!("{}/Oct/{}:{} +0000", &text[8..10], &text[0..4], &text[11..19])
}

#[test]
fn a_load_balancers_line_about_a_request_is_not_taken_for_a_part_of_it() {
    let a = shop();
    // What the balancer wrote of a request is never said to stand before the end of what it waited for.
    for i in 0..160 {
        let (finished, access) = (event(&a, "app1/app.log", 3 * i + 3), event(&a, "lb1/access.log", i + 1));
        assert!(a.edges.effects(access).iter().all(|e| e.to != finished), "request {i}");
    }
}

#[test]
fn a_job_is_handed_on_before_it_is_begun() {
    let a = shop();
    for i in 0..160 {
        let (enqueued, start) = (row(&a, "app1/app.log", 3 * i + 2), row(&a, "worker1/worker.log", 2 * i + 1));
        assert!(enqueued < start, "job {i}: {enqueued} {start}");
    }
    let worker = a.clocks.list.iter().find(|c| c.host == "worker1").unwrap();
    assert_eq!(worker.anchor, Anchor::OneWay, "nothing of the worker's comes back");
}

#[test]
fn whole_seconds_against_milliseconds_give_an_offset_much_finer_than_a_second() {
    let a = shop();
    let of = |host: &str| a.clocks.list.iter().find(|c| c.host == host).unwrap();
    let (client, app) = (of("client1"), of("app1"));
    let apart = client.offset - app.offset;
    assert!(apart.abs() < 60e6, "{apart} {client:?} {app:?}");
    assert!(apart.abs() <= client.half_width + app.half_width);
}

#[test]
fn a_stamp_out_of_its_files_order_makes_no_order_certain() {
    let line =
        |s: i64, text: &str| format!("{} INFO shop: {text}\n", utc(1_791_637_688_000_000_000 + s * 1_000_000_000, 3));
    let one: String = (0..20).map(|i| line(if i == 9 { 39 } else { i }, &format!("cart {i} opened"))).collect();
    let two: String = (0..20).map(|i| line(i, &format!("stock {i} read"))).collect();
    let a = causal(&[("app1/cart.log", &one), ("app1/stock.log", &two)]);
    let (wrong, other) = (event(&a, "app1/cart.log", 10), event(&a, "app1/stock.log", 16));
    assert!(matches!(relation(&a, wrong, other), Relation::Unknown(_)), "{:?}", relation(&a, wrong, other));
    let (right, other) = (event(&a, "app1/cart.log", 3), event(&a, "app1/stock.log", 16));
    assert!(matches!(relation(&a, right, other), Relation::Before(_)));
}
