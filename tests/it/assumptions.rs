//! What the user decides in the case: by every way in, the analysis is what it would have been from the start.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use causeline::analysis::{Analysis, Config, Decided, analyze};
use causeline::case::Case;
use causeline::case::assumption::{Say, Whom};
use causeline::causality::pin::Effect;
use causeline::clock::Anchor;
use causeline::event::EventId;
use causeline::export::why;
use causeline::format::definition::Definitions;
use causeline::session::{Request, Session, Update};
use causeline::time::zone::Zone;

const LONG: Duration = Duration::from_secs(20);

fn config() -> Config {
    Config { definitions: Arc::new(Definitions::builtin()), causal: true, ..Config::default() }
}

/// Two hosts that share nothing; one states its zone, the other neither that nor the year.
pub(crate) fn logs() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in [
        (
            "case/api1/api.log",
            "2017-10-10T11:08:01.100Z INFO ready\n2017-10-10T11:08:21.200Z ERROR lost the database\n\
             2017-10-10T11:08:22.000Z INFO bye\n",
        ),
        (
            "case/db2/messages",
            "Oct 10 13:08:18 db2 kernel: starting\nOct 10 13:08:20 db2 kernel: disk is gone\n\
             Oct 10 13:08:25 db2 kernel: stopped\n",
        ),
    ] {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn paths(folder: &tempfile::TempDir) -> Vec<PathBuf> {
    vec![folder.path().join("case")]
}

/// Everything that a decision may change.
fn picture(a: &Analysis) -> Vec<String> {
    let row = |id: &EventId| {
        let raw = String::from_utf8_lossy(a.raw(*id)).into_owned();
        format!("{:?} {:?} {:?} {raw}", a.events.time(*id), a.corrected(*id), a.events.flags(*id))
    };
    let info = |i: &causeline::event::settle::SourceInfo| {
        format!("{} {} {:?} {} {} {:?}", i.path, i.format, i.host, i.zone, i.year_from, i.assumptions)
    };
    let clock = |c: &causeline::clock::Clock| format!("{} {:?} {} {}", c.host, c.anchor, c.offset, c.applied);
    let rows = a.timeline.events().iter().map(row);
    rows.chain(a.infos.iter().map(info)).chain(a.clocks.list.iter().map(clock)).collect()
}

fn decided(say: &[(Whom, Say)]) -> Decided {
    let mut case = Case::new(Vec::new());
    say.iter().for_each(|(whom, say)| case.assume(whom, say, ""));
    let (decided, trouble) = case.decided();
    assert_eq!(trouble, Vec::<String>::new());
    decided
}

fn by(decided: &Decided) -> Config {
    let mut config = config();
    config.decide(decided);
    config
}

fn event(a: &Analysis, words: &str) -> EventId {
    let id = |id: &&EventId| String::from_utf8_lossy(a.raw(**id)).contains(words);
    *a.timeline.events().iter().find(id).unwrap()
}

/// The analysis that a running session comes to after these decisions, one after the other.
fn after(folder: &tempfile::TempDir, all: &[Decided]) -> Arc<Analysis> {
    let session = Session::start(paths(folder), config(), || {});
    let measured = || {
        let mut latest = None;
        loop {
            match session.wait(LONG).unwrap() {
                Update::Snapshot(s) => latest = s.causal.or(latest),
                Update::Measured(Ok(())) => return latest.unwrap(),
                _ => {}
            }
        }
    };
    let mut last = measured();
    for (n, decided) in (1..).zip(all) {
        session.ask(Request::Assume(n, Box::new(decided.clone())));
        last = measured();
    }
    last
}

fn source(name: &str) -> Whom {
    Whom::Source(name.to_owned())
}

fn host(name: &str) -> Whom {
    Whom::Host(name.to_owned())
}

#[test]
fn a_decision_in_a_running_session_gives_what_it_gives_from_the_start() {
    let folder = logs();
    let berlin = Say::Zone(Zone::parse("Europe/Berlin").unwrap());
    let before = picture(&analyze(&paths(&folder), &config()));
    for say in [
        vec![(source("db2/messages"), Say::Zone(Zone::Fixed(-5 * 3600)))],
        vec![(source("db2/messages"), Say::Year(2012))],
        vec![(host("db2"), berlin), (host("db2"), Say::Year(2015))],
        vec![(host("db2"), Say::Host("api1".to_owned()))],
        vec![(source("db2/messages"), Say::Host("db9".to_owned())), (host("db9"), Say::Offset(-2e9))],
        vec![(source("api1/api.log"), Say::Format("text".to_owned()))],
    ] {
        let decided = decided(&say);
        let fresh = picture(&analyze(&paths(&folder), &by(&decided)));
        assert_ne!(fresh, before, "{say:?} changes something");
        assert_eq!(picture(&after(&folder, std::slice::from_ref(&decided))), fresh, "{say:?}");
        let back = after(&folder, &[decided, Decided::default()]);
        assert_eq!(picture(&back), before, "{say:?} taken back");
    }
}

#[test]
fn decisions_win_over_the_command_line_and_hosts_that_get_one_name_are_one() {
    let folder = logs();
    let mut config = by(&decided(&[
        (source("db2/messages"), Say::Zone(Zone::Fixed(3600))),
        (host("db2"), Say::Host("api1".to_owned())),
    ]));
    let glob = globset::Glob::new("messages").unwrap().compile_matcher();
    config.given.zones.push((glob, Zone::Fixed(-3600)));
    let a = analyze(&paths(&folder), &config);
    let info = a.infos.iter().find(|i| i.path == "db2/messages").unwrap();
    assert_eq!((info.zone.as_str(), info.zone_from.as_str()), ("+01:00", "option"));
    let hosts: Vec<&str> = a.lanes.list.iter().map(|l| l.host.as_str()).collect();
    assert_eq!(hosts, ["api1"]);
}

#[test]
fn growth_goes_on_by_what_was_decided() {
    let folder = logs();
    let session = Session::start(paths(&folder), Config { causal: false, ..config() }, || {});
    let next = || loop {
        if let Update::Snapshot(s) = session.wait(LONG).expect("an update")
            && s.recorded.complete
        {
            return s.recorded;
        }
    };
    next();
    let decided = decided(&[(source("db2/messages"), Say::Zone(Zone::Fixed(7200)))]);
    session.ask(Request::Assume(1, Box::new(decided.clone())));
    next();
    session.ask(Request::Follow(true));
    use std::io::Write as _;
    let path = folder.path().join("case/db2/messages");
    std::fs::File::options().append(true).open(path).unwrap().write_all(b"Oct 10 13:09:00 db2 kernel: more\n").unwrap();
    let grown = next();
    let fresh = analyze(&paths(&folder), &Config { causal: false, ..by(&decided) });
    assert_eq!(picture(&grown), picture(&fresh));
    session.ask(Request::Assume(2, Box::default()));
    let back = next();
    assert_eq!(picture(&back), picture(&analyze(&paths(&folder), &Config { causal: false, ..config() })));
}

fn pinned(folder: &tempfile::TempDir, a: &str, b: &str) -> (Analysis, EventId, EventId) {
    let plain = analyze(&paths(folder), &config());
    let mut case = Case::new(Vec::new());
    assert!(case.pin(&plain, event(&plain, a), event(&plain, b)));
    let analysis = analyze(&paths(folder), &by(&case.decided().0));
    let (a, b) = (event(&analysis, a), event(&analysis, b));
    (analysis, a, b)
}

#[test]
fn a_pin_connects_hosts_that_share_nothing() {
    let folder = logs();
    let plain = analyze(&paths(&folder), &config());
    assert!(plain.clocks.list.iter().all(|c| c.anchor == Anchor::Floating));
    let (a, lost, gone) = pinned(&folder, "lost the database", "disk is gone");
    assert_eq!(a.corrected(lost), a.corrected(gone));
    let rows = a.timeline.events();
    let at = |id: EventId| rows.iter().position(|r| *r == id).unwrap();
    assert_eq!(at(lost).abs_diff(at(gone)), 1, "side by side");
    assert!(a.clocks.list.iter().all(|c| c.anchor != Anchor::Floating));
    assert!(why::answer(&a, lost, gone).contains("you pinned these two as one moment"));
    let (ready, stopped) = (event(&a, "ready"), event(&a, "stopped"));
    assert!(why::answer(&a, ready, stopped).starts_with("certain: "), "{}", why::answer(&a, ready, stopped));
    assert!(a.events.time(gone) == plain.events.time(gone), "recorded times stay");
}

#[test]
fn a_pin_wins_over_what_was_measured_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("case")).unwrap();
    let sample = crate::tools::root().join("sample-logs/failover-that-never-promoted");
    let plain = analyze(std::slice::from_ref(&sample), &config());
    let measured = plain.clocks.list.iter().find(|c| c.host == "pg01").unwrap().clone();
    assert!(measured.applied && measured.offset < -30e9, "{measured:?}");
    let of = |host: &str| {
        let is = |id: &&EventId| plain.clock(**id).is_some_and(|c| c.host == host) && plain.events.time(**id).is_some();
        *plain.timeline.events().iter().find(is).unwrap()
    };
    let (mine, theirs) = (of("pg01"), of("api1"));
    let mut case = Case::new(Vec::new());
    assert!(case.pin(&plain, mine, theirs));
    let a = analyze(&[sample], &by(&case.decided().0));
    let clock = a.clocks.list.iter().find(|c| c.host == "pg01").unwrap();
    assert_eq!(clock.anchor, Anchor::Pinned);
    let moved = |id: EventId| a.events.time(id).unwrap() - a.clock(id).unwrap().correction(a.events.time(id).unwrap());
    assert!((moved(mine) - moved(theirs)).abs() < 1_000, "{} {}", moved(mine), moved(theirs));
    assert!(matches!(a.pins[0].effect, Effect::Set(_)));
    let said = causeline::export::clocks::sentences(&a, clock).join("\n");
    assert!(said.contains("your pin says ") && said.contains(" pairs say −37.6"), "{said}");
}

#[test]
fn a_pin_that_can_set_nothing_says_why() {
    let folder = logs();
    let (a, ..) = pinned(&folder, "starting", "stopped");
    assert_eq!(a.pins[0].effect, Effect::OneClock);
    let mut config = config();
    config.pins = vec![causeline::causality::pin::Pin::default()];
    assert_eq!(analyze(&paths(&folder), &config).pins[0].effect, Effect::Lost);
}
