//! What stamps leave out: every record at its instant, to the second, and what was assumed is said.

use causeline::analysis::{Analysis, Config, analyze};
use causeline::event::settle::SourceInfo;
use causeline::event::{EventId, Flags};
use causeline::time::format;
use causeline::time::zone::Zone;

use crate::tools::{config, folder};

fn read(files: &[(&str, &str)], change: impl Fn(&mut Config)) -> Analysis {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
    let mut config = Config { causal: false, ..config() };
    change(&mut config);
    analyze(&[folder(&files).path().to_owned()], &config)
}

fn zone(pattern: &'static str, name: &'static str) -> impl Fn(&mut Config) {
    move |config| config.given.zones.push((glob(pattern), Zone::parse(name).unwrap()))
}

fn glob(pattern: &str) -> globset::GlobMatcher {
    globset::Glob::new(pattern).unwrap().compile_matcher()
}

fn date(pattern: &'static str, date: &'static str) -> impl Fn(&mut Config) {
    move |config| config.given.dates.push((glob(pattern), date.parse().unwrap()))
}

fn info<'a>(a: &'a Analysis, path: &str) -> &'a SourceInfo {
    a.infos.iter().find(|i| i.path == path).unwrap()
}

/// The recorded times of a source, in file order.
fn times(a: &Analysis, path: &str) -> Vec<String> {
    let idx = a.infos.iter().position(|i| i.path == path).unwrap();
    let ids = (0..a.events.len()).map(|i| EventId(i as u32)).filter(|id| a.events.source(*id).idx() == idx);
    ids.map(|id| a.events.time(id).map_or("none".to_owned(), |t| format::utc(t, 0))).collect()
}

fn doubtful(a: &Analysis) -> Vec<bool> {
    (0..a.events.len()).map(|i| a.events.flags(EventId(i as u32)).has(Flags::DST_AMBIGUOUS)).collect()
}

/// A cluster's log without year and zone: `local` is what its clock shows, `epoch` what its messages say.
fn cluster(host: &str, epochs: bool) -> String {
    let mut text = String::new();
    for i in 0..40u32 {
        let (minute, second) = (i * 17 / 60, i * 17 % 60);
        let number = if epochs { 1_433_063_700 + u64::from(i * 17) } else { 7 };
        text.push_str(&format!(
            "May 31 11:{:02}:{second:02} {host} crmd[44]: notice: do_te_invoke: Processing graph {i} (ref=pe_calc-dc-{number}-{i})\n",
            15 + minute
        ));
    }
    text
}

#[test]
fn numbers_in_messages_tell_year_and_zone_and_a_log_of_the_same_name_beside_takes_them() {
    let old = "2009-01-02T03:04:05Z other family\n2009-01-02T03:09:05Z other family\n";
    let a = read(
        &[
            ("report/dc/ha-log.txt", &cluster("dc", true)),
            ("report/n2/ha-log.txt", &cluster("n2", false)),
            ("unrelated/app.log", old),
        ],
        |_| {},
    );
    for path in ["report/dc/ha-log.txt", "report/n2/ha-log.txt"] {
        assert_eq!(times(&a, path)[0], "2015-05-31T09:15:00Z", "{path}: {:?}", info(&a, path).assumptions);
    }
    let dc = info(&a, "report/dc/ha-log.txt");
    assert_eq!((dc.zone.as_str(), dc.zone_from.as_str(), dc.year_from.as_str()), ("+02:00", "text", "text"));
    let n2 = info(&a, "report/n2/ha-log.txt");
    assert_eq!((n2.zone_from.as_str(), n2.year_from.as_str()), ("sibling", "sibling"));
    assert!(n2.assumptions.iter().any(|s| s.contains("report/dc/ha-log.txt")), "{:?}", n2.assumptions);
}

#[test]
fn moments_that_are_still_to_come_prove_nothing() {
    let lines = (0..20u32).map(|i| {
        let ahead = 1_433_071_800 + 3600 + u64::from(i * 61);
        format!("May 31 11:{:02}:{:02} web sso[9]: session {i} expires {ahead}\n", 30 + i * 61 / 60, i * 61 % 60)
    });
    let a = read(&[("web/sso.log", &lines.collect::<String>())], |_| {});
    assert_eq!(info(&a, "web/sso.log").zone_from, "default");
}

#[test]
fn lines_that_stand_in_two_logs_tell_year_and_zone() {
    let (mut full, mut bare) = (String::new(), String::new());
    for i in 0..12u32 {
        let (minute, second) = (i * 31 / 60, 10 + i * 31 % 60 / 2);
        let text = format!("Transition {} (Complete=3, Pending=0, Source=pe-input-{}.bz2): Complete", 40 + i, 700 + i);
        full.push_str(&format!("2021-07-05T22:{minute:02}:{second:02}.500000-03:30 n1 crmd[7]: notice: {text}\n"));
        bare.push_str(&format!("Jul 05 22:{minute:02}:{second:02} [7] n1       crmd:   notice: run_graph: {text}\n"));
    }
    // Hours of what repeats, and a timetable that runs by local time on both: neither proves anything.
    for i in 0..12u32 {
        bare.push_str(&format!(
            "Jul 06 {i:02}:00:01 [7] n1       crmd:   notice: check {i} of the day has begun, as planned\n"
        ));
        full.push_str(&format!(
            "2021-07-05T{:02}:00:01-03:30 n1 crmd[7]: check {i} of the day has begun, as planned\n",
            10 + i
        ));
    }
    let a =
        read(&[("n1/ha-log", &full), ("n1/pacemaker.log", &bare), ("n9/x.log", "2020-01-01T00:00:00Z x\n")], |_| {});
    let found = info(&a, "n1/pacemaker.log");
    assert_eq!(times(&a, "n1/pacemaker.log")[0], "2021-07-06T01:30:10Z", "{:?}", found.assumptions);
    assert_eq!((found.zone.as_str(), found.year_from.as_str()), ("-03:30", "sibling"));
    assert!(
        found.assumptions.iter().any(|s| s.contains("lines that stand in n1/ha-log too")),
        "{:?}",
        found.assumptions
    );
}

#[test]
fn a_year_comes_from_the_nearest_folder() {
    let bare = "Mar 03 10:00:00 db kernel: one\nMar 03 10:00:05 db kernel: two\n";
    let a = read(
        &[
            ("a/app.log", "2019-03-03T10:00:01Z near in time, of another family\n"),
            ("b/db/messages", bare),
            ("b/web/app.log", "2016-04-01T00:00:00Z of the same\n"),
        ],
        |_| {},
    );
    assert_eq!(times(&a, "b/db/messages")[0], "2016-03-03T10:00:00Z");
}

#[test]
fn a_date_for_all_is_a_last_resort_and_one_for_a_source_decides() {
    let bare = ("db/messages", "Mar 03 10:00:00 db kernel: one\n");
    let full = ("web/app.log", "2016-03-03T10:00:00Z up\n");
    let year = |files: &[(&str, &str)], pattern| {
        let a = read(files, date(pattern, "2012-03-03"));
        (times(&a, "db/messages")[0][..4].to_owned(), info(&a, "db/messages").year_from.clone())
    };
    for pattern in ["*", "**", "**/*"] {
        assert_eq!(year(&[bare, full], pattern), ("2016".to_owned(), "sibling".to_owned()), "{pattern}");
        assert_eq!(year(&[bare], pattern), ("2012".to_owned(), "option".to_owned()), "{pattern}");
    }
    assert_eq!(year(&[bare, full], "db/messages"), ("2012".to_owned(), "option".to_owned()));
}

#[test]
fn a_zone_that_is_given_decides_over_every_guess_and_stated_ones_stay() {
    let a = read(&[("n/ha.log", &cluster("n", true)), ("w/a.log", "2015-05-31T09:15:00+05:30 x\n")], zone("*", "UTC"));
    assert_eq!(times(&a, "n/ha.log")[0], "2015-05-31T11:15:00Z");
    assert_eq!(info(&a, "n/ha.log").zone_from, "option");
    assert_eq!(times(&a, "w/a.log"), ["2015-05-31T03:45:00Z"]);
}

#[test]
fn an_hour_that_comes_twice_is_told_apart_by_the_order_of_the_file() {
    let lines = |times: &[&str]| times.iter().map(|t| format!("2026-10-25 {t} INFO step\n")).collect::<String>();
    // It goes back: what is above is summer time, what is below is winter time.
    let text = lines(&["01:59:58", "02:10:00", "02:59:59", "02:00:00", "02:40:00", "03:00:00"]);
    let a = read(&[("h/a.log", &text)], zone("*", "Europe/Berlin"));
    let want = ["23:59:58", "00:10:00", "00:59:59", "01:00:00", "01:40:00", "02:00:00"];
    let got: Vec<String> = times(&a, "h/a.log").iter().map(|t| t[11..19].to_owned()).collect();
    assert_eq!((got, doubtful(&a)), (want.map(str::to_owned).to_vec(), vec![false; 6]));
    assert!(info(&a, "h/a.log").assumptions.iter().all(|s| !s.contains("clocks change")));
    // It goes on without a hole to three o'clock: the second time.
    let a = read(&[("h/a.log", &lines(&["00:30:00", "02:50:00", "02:59:59", "03:00:01"]))], zone("*", "Europe/Berlin"));
    assert_eq!(times(&a, "h/a.log")[1..], ["2026-10-25T01:50:00Z", "2026-10-25T01:59:59Z", "2026-10-25T02:00:01Z"]);
    // Nothing tells: flagged, and said.
    let a = read(&[("h/a.log", &lines(&["01:00:00", "02:30:00", "04:30:00"]))], zone("*", "Europe/Berlin"));
    assert_eq!(doubtful(&a), [false, true, false]);
    let said = &info(&a, "h/a.log").assumptions;
    assert!(said.iter().any(|s| s.starts_with("1 of its records lie where clocks change")), "{said:?}");
}

#[test]
fn half_an_hour_that_comes_twice_and_an_hour_that_never_comes() {
    let text = "2026-04-05 01:45:00 INFO a\n2026-04-05 01:59:00 INFO b\n2026-04-05 01:31:00 INFO c\n2026-04-05 02:00:00 INFO d\n";
    let a = read(&[("h/a.log", text)], zone("*", "Australia/Lord_Howe"));
    let want = ["2026-04-04T14:45:00Z", "2026-04-04T14:59:00Z", "2026-04-04T15:01:00Z", "2026-04-04T15:30:00Z"];
    assert_eq!(times(&a, "h/a.log"), want);
    let a = read(&[("h/a.log", "2026-03-29 02:30:00 INFO never was\n")], zone("*", "Europe/Berlin"));
    assert_eq!((times(&a, "h/a.log"), doubtful(&a)), (vec!["2026-03-29T01:30:00Z".to_owned()], vec![true]));
}

#[test]
fn clocks_that_are_changed_within_a_log_are_seen_in_its_order() {
    // Its messages prove +01:00 before the change; behind it nothing does but the hour that its times skip or repeat.
    let log = |date: &str, from: u32, epoch: u64, behind: [&str; 2]| {
        let mut text = String::new();
        for i in 0..6u32 {
            let (minute, second, number) = (50 + i, 7 * i, epoch + u64::from(i * 67));
            text.push_str(&format!(
                "{date} {from:02}:{minute:02}:{second:02} n1 crmd[4]: graph {i} (ref=pe_calc-dc-{number}-{i})\n"
            ));
        }
        text.push_str(&format!("{date} {from:02}:59:58 n1 crmd[4]: quiet\n"));
        text.extend(behind.map(|time| format!("{date} {time} n1 crmd[4]: on it goes\n")));
        text
    };
    let spring = log("Mar 28", 1, 1_806_195_000, ["03:00:02", "03:00:09"]);
    let a = read(&[("n1/messages", &spring)], |_| {});
    let said = &info(&a, "n1/messages").assumptions;
    assert_eq!(
        times(&a, "n1/messages")[6..],
        ["2027-03-28T00:59:58Z", "2027-03-28T01:00:02Z", "2027-03-28T01:00:09Z"],
        "{said:?}"
    );
    let autumn = log("Oct 31", 2, 1_824_943_800, ["02:00:02", "02:00:09"]);
    let a = read(&[("n1/messages", &autumn)], |_| {});
    let said = &info(&a, "n1/messages").assumptions;
    assert_eq!(
        times(&a, "n1/messages")[6..],
        ["2027-10-31T00:59:58Z", "2027-10-31T01:00:02Z", "2027-10-31T01:00:09Z"],
        "{said:?}"
    );
    assert!(doubtful(&a).iter().all(|d| !d));
}

#[test]
fn new_year_is_one_second_and_a_leap_day_finds_its_year() {
    let text = "Dec 31 23:59:58 nas a: x\nDec 31 23:59:59 nas a: x\nJan  1 00:00:00 nas a: x\nDec 31 23:59:59 nas a: late\n\
                Jan  1 00:00:01 nas a: x\n";
    let a = read(&[("nas/messages", text), ("w/a.log", "2023-01-01T00:00:00Z up\n")], |_| {});
    let want = ["2022-12-31T23:59:58Z", "2022-12-31T23:59:59Z", "2023-01-01T00:00:00Z", "2022-12-31T23:59:59Z"];
    assert_eq!(times(&a, "nas/messages")[..4], want);
    let leap = "Feb 28 10:00:00 db a: x\nFeb 29 10:00:00 db a: x\nMar  1 10:00:00 db a: x\n";
    let a = read(&[("db/messages", leap), ("w/a.log", "2023-07-01T00:00:00Z up\n")], |_| {});
    assert_eq!(times(&a, "db/messages")[1], "2024-02-29T10:00:00Z", "{:?}", info(&a, "db/messages").assumptions);
    let night = "23:59:59.900 INFO a\n00:00:00.100 INFO b\n23:59:59.990 INFO late\n00:00:01.000 INFO c\n";
    let a = read(&[("t/a.log", night)], date("t/a.log", "2026-02-28"));
    assert_eq!(times(&a, "t/a.log")[1..], ["2026-03-01T00:00:00Z", "2026-02-28T23:59:59Z", "2026-03-01T00:00:01Z"]);
}

#[test]
fn line_ends_and_the_order_of_paths_change_no_time() {
    let files = [("report/dc/ha.txt", cluster("dc", true)), ("report/n2/ha.txt", cluster("n2", false))];
    let unix: Vec<(&str, &str)> = files.iter().map(|(p, t)| (*p, t.as_str())).collect();
    let dos: Vec<(&str, String)> = files.iter().map(|(p, t)| (*p, t.trim_end().replace('\n', "\r\n"))).collect();
    let dos: Vec<(&str, &str)> = dos.iter().map(|(p, t)| (*p, t.as_str())).collect();
    let (a, b) = (read(&unix, |_| {}), read(&dos, |_| {}));
    let raw: Vec<(&str, &[u8])> = unix.iter().map(|(p, t)| (*p, t.as_bytes())).collect();
    let place = folder(&raw);
    let of = |names: [&str; 2]| {
        let paths = names.map(|name| place.path().join("report").join(name).join("ha.txt"));
        let a = analyze(&paths, &Config { causal: false, ..config() });
        let mut all: Vec<(String, String, Vec<String>)> =
            a.infos.iter().map(|i| (i.path.clone(), i.zone.clone(), times(&a, &i.path))).collect();
        all.sort();
        all
    };
    for (path, _) in unix {
        assert_eq!(times(&a, path), times(&b, path));
    }
    assert_eq!(of(["dc", "n2"]), of(["n2", "dc"]));
}
