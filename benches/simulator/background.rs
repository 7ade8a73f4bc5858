//! What goes on beside the requests: replication, cluster manager, backups, and hosts of no concern.

use super::cluster::{Said, World, seconds};
use super::dialect::Dialect;
use super::setup::Setup;
use super::traffic::{Databases, named};

/// The database hosts and their logs.
pub(crate) fn databases(world: &mut World, setup: &Setup) -> Databases {
    let drawn = world.dice.chance(setup.coarse * 0.6);
    let maria = setup.maria.unwrap_or(drawn);
    let mut out = Databases { maria, ..Databases::default() };
    for i in 0..=setup.replicas {
        let host = world.host(&format!("db{}", i + 1), false);
        let (name, dialect) = match (maria, world.dice.chance(setup.coarse)) {
            (true, _) => ("mysql.log", Dialect::MariaGeneral),
            (_, true) => ("postgresql.log", Dialect::PgSeconds),
            _ if world.dice.chance(0.5) => ("postgresql.csv", Dialect::PgCsv),
            _ => ("postgresql.log", Dialect::PgStderr),
        };
        out.files.push(world.file(host, name, dialect));
        out.hosts.push(host);
    }
    out
}

/// Replicas replay what the primary flushed, and say so; the primary notes how far they are.
pub(crate) fn replication(world: &mut World, setup: &Setup, databases: &Databases) {
    let coarse = world.dice.chance(setup.coarse);
    let dialect = if coarse { Dialect::Syslog3164 } else { Dialect::Plain };
    let watch: Vec<usize> = databases
        .hosts
        .iter()
        .map(|h| {
            let file = world.file(*h, "repl-watch.log", dialect);
            world.writer(file, "repl-watch", 1)
        })
        .collect();
    let mut commits = databases.commits.clone();
    commits.sort_by_key(|c| world.at(*c));
    let mut lsn = 0x5A0_0000u64 + world.dice.below(1 << 24) as u64;
    let mut noted: Vec<(i64, usize, Said)> = Vec::new();
    for (n, commit) in commits.iter().enumerate() {
        lsn += 0x2E8 + world.dice.below(0x3000) as u64 / 8 * 8;
        if n % 4 != 0 {
            continue;
        }
        let id = named(format!("2/{lsn:X}"));
        let flushed = world.at(*commit) + world.work(0.000_8);
        let said = Said::of("flushed").id("lsn", &id).after(*commit);
        let flush = world.say(watch[0], flushed, said);
        for (r, replica) in watch.iter().enumerate().skip(1) {
            let lag = seconds(world.dice.log_normal(0.004, 1.2).min(20.0)) + world.delay();
            let said = Said::of("replayed").id("lsn", &id).with("timeline", 1).after(flush);
            let replayed = world.say(*replica, world.at(flush) + lag, said);
            let heard = world.at(replayed) + world.delay();
            let name = world.hosts[databases.hosts[r]].name.clone();
            let said = Said::of("standby confirmed").with("standby", name).id("replay_lsn", &id).after(replayed);
            noted.push((heard, watch[0], said));
        }
    }
    // The primary hears of it while it flushes on: a thread of its own writes that.
    noted.sort_by_key(|(at, ..)| *at);
    let file = world.writers[watch[0]].file;
    let listener = world.writer(file, "repl-watch", 2);
    for (at, _, said) in noted {
        world.say(listener, at, said);
    }
}

/// Pacemaker on the database hosts: what one node changes, all nodes note.
pub(crate) fn cluster_manager(world: &mut World, databases: &Databases) {
    let mut nodes = Vec::new();
    for host in &databases.hosts {
        let file = world.file(*host, "pacemaker.log", Dialect::Pacemaker);
        let ring = world.file(*host, "corosync.log", Dialect::Corosync);
        let name = world.hosts[*host].name.clone();
        nodes.push((name, world.writer(file, "pacemaker-based", 1), world.writer(ring, "corosync", 1)));
    }
    let mut at = world.start + seconds(1.0);
    for ring in 1..3 {
        for (i, (_, _, corosync)) in nodes.clone().iter().enumerate() {
            let text = format!(
                "notice  [TOTEM ] A new membership (1.{:x}) was formed. Members joined: {}",
                ring * 4 + 1,
                i + 1
            );
            let heard = at + world.delay();
            world.say(*corosync, heard, Said::of("membership").text(text));
        }
        at += seconds(2.0);
    }
    let (mut call, mut version, end) = (17u32, 22u32, world.start + world.span);
    while at < end {
        let origin = world.dice.below(nodes.len());
        let (name, writer, _) = nodes[origin].clone();
        let id = named(format!("{name}/crmd/{call}"));
        let what = "(cib_process_request) \tinfo:";
        let text =
            format!("{what} Forwarding cib_modify operation for section status to all (origin=local/crmd/{call})");
        let forward = world.say(writer, at, Said::of("forward").text(text).key(&id));
        for (_, node, _) in nodes.clone() {
            let text = format!(
                "{what} Completed cib_modify operation for section status: OK (rc=0, origin={}, version=0.9.{version})",
                id.text
            );
            let heard = world.at(forward) + world.delay();
            world.say(node, heard, Said::of("completed").text(text).key(&id).after(forward));
        }
        call += 1;
        version += 1;
        at += seconds(world.dice.exponential(6.0)) + seconds(0.2);
    }
}

/// Cron on a host of its own backs the primary up now and then.
pub(crate) fn backup(world: &mut World, setup: &Setup, databases: &Databases) {
    let host = world.host("backup1", false);
    let cron = world.file(host, "syslog", Dialect::Syslog3164);
    let cron = world.writer(cron, "CRON", 1);
    let dialect = if world.dice.chance(setup.coarse) { Dialect::PlainSeconds } else { Dialect::Plain };
    let file = world.file(host, "backup.log", dialect);
    let job = world.writer(file, "backup", 1);
    let session = world.writer(databases.files[0], "pg_dump", 90);
    let mut at = world.start + seconds(20.0);
    while at < world.start + world.span - seconds(30.0) {
        let id = named(format!("bk-{:08x}", world.dice.bits() as u32));
        let text = "(postgres) CMD (/usr/local/bin/db-backup >> /var/log/backup.log 2>&1)".to_owned();
        let fired = world.say(cron, at, Said::of("cron").text(text));
        let said = Said::of("backup started").id("label", &id).after(fired);
        let started = world.say(job, at + seconds(0.03), said);
        let mut copied = started;
        for n in 0..3 {
            let sql = format!("COPY public.payments_{n} TO stdout /* backup {} */", id.text);
            let text = if databases.maria { sql } else { format!("statement: {sql}") };
            let when = world.at(started) + world.delay() + seconds(f64::from(n) * 0.8);
            copied = world.say(session, when, Said::of("copy").text(text).key(&id).after(started));
        }
        let took = seconds(2.4 + world.dice.exponential(2.0));
        let size = 1_980_000 + world.dice.below(90_000);
        let said = Said::of("backup finished").id("label", &id).with("size", size).after(copied);
        world.say(job, world.at(started) + took, said);
        at += seconds(60.0 + world.dice.exponential(30.0));
    }
}

/// Hosts that share nothing with the others: mail, and a firewall.
pub(crate) fn floating(world: &mut World, setup: &Setup) {
    for i in 0..setup.floating {
        let host = world.host(if i == 0 { "mail1" } else { "fw1" }, true);
        let file = world.file(host, "mail.log", Dialect::Syslog3164);
        let writers = [world.writer(file, "postfix/smtpd", 1), world.writer(file, "postfix/qmgr", 1)];
        let mut at = world.start + seconds(2.0);
        while at < world.start + world.span {
            let queue = format!("{:010X}", world.dice.bits() >> 24);
            let text = format!(
                "{queue}: client=mx{}.example.net[192.0.2.{}]",
                1 + world.dice.below(9),
                9 + world.dice.below(200)
            );
            let got = world.say(writers[0], at, Said::of("client").text(text));
            let text = format!(
                "{queue}: from=<user{}@example.net>, size={}, nrcpt=1 (queue active)",
                1 + world.dice.below(900),
                900 + world.dice.below(80_000)
            );
            let heard = world.at(got) + world.work(0.02);
            let queued = world.say(writers[1], heard, Said::of("active").text(text).after(got));
            let gone = world.at(queued) + world.work(0.4);
            world.say(writers[1], gone, Said::of("removed").text(format!("{queue}: removed")));
            at += seconds(world.dice.exponential(8.0)) + seconds(0.1);
        }
    }
}

/// Lines without identifiers on every host, and banners whose words look like identifiers but link nothing.
pub(crate) fn noise(world: &mut World) {
    for file in 0..world.files.len() {
        let dialect = world.files[file].dialect;
        if matches!(dialect, Dialect::Nginx | Dialect::Pacemaker | Dialect::Corosync | Dialect::MariaGeneral) {
            continue;
        }
        let process = world.writers.iter().find(|w| w.file == file).map_or("init", |w| w.process);
        let database = matches!(dialect, Dialect::PgStderr | Dialect::PgSeconds | Dialect::PgCsv);
        let writer = world.writer(file, process, 0);
        if process != "CRON" {
            let text = if process == "postfix/smtpd" {
                "starting the Postfix mail system, build 3.7.11-0+deb12u1 for x86_64-pc-linux-gnu".to_owned()
            } else if database {
                "starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc".to_owned()
            } else {
                format!("{process} 4.1.2-1ubuntu7.3 started on x86_64-pc-linux-gnu")
            };
            world.say(writer, world.start - seconds(1.0), Said::of("banner").text(text));
        }
        let mut at = world.start + seconds(world.dice.within(0.0, 30.0));
        while at < world.start + world.span {
            let n = world.dice.below(900);
            let text = match process {
                _ if database => format!("checkpoint complete: wrote {n} buffers (0.{}%)", n / 160),
                "CRON" => "(root) CMD (command -v debian-sa1 > /dev/null && debian-sa1 1 1)".to_owned(),
                "postfix/smtpd" => format!("connect from unknown[198.51.100.{}]", n % 250),
                "repl-watch" | "backup" => format!("disk {}% full", 30 + n % 40),
                _ => format!("health check ok in {} us, {} of 20 connections in use", 90 + n, n % 20),
            };
            world.say(writer, at, Said::of("noise").text(text));
            at += seconds(world.dice.exponential(25.0)) + seconds(1.0);
        }
    }
}

/// Every host, those of no concern too, applies the same versions of a configuration, each when it likes:
/// identifiers that all share and that say nothing about clocks.
pub(crate) fn configuration(world: &mut World, setup: &Setup) {
    let versions: Vec<String> = (0..setup.versions).map(|_| format!("{:010x}", world.dice.bits() >> 24)).collect();
    for host in (0..world.hosts.len()).filter(|_| setup.versions > 0) {
        let file = world.file(host, "agent.log", Dialect::Plain);
        let writer = world.writer(file, "agent", 1);
        for (n, version) in versions.iter().enumerate() {
            let every = setup.span / setup.versions as f64;
            let at = world.start + seconds(every * (n as f64 + world.dice.within(0.05, 0.8)));
            let text = format!("applying configuration version {version}");
            let begun = world.say(writer, at, Said::of("applying").text(text));
            let text = format!("applied catalog {version} in {:.2} seconds", world.dice.within(2.0, 9.0));
            let end = world.at(begun) + seconds(world.dice.within(2.0, 9.0));
            world.say(writer, end, Said::of("applied").text(text));
        }
    }
}
