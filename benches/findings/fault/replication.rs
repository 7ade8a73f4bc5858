//! Faults of replication and of who owns the data.

use super::ids::scene_seconds;
use crate::scene::{Mark, Scene};
use crate::simulator::dialect::Dialect;

/// Statements that only one server ever sees.
pub(super) fn kept(scene: &mut Scene) {
    let at = scene.moment(0.3, 0.8);
    let kinds = scene.voice.kinds;
    match scene.world.dice.below(3) {
        0 => {
            let file = scene.databases.files[0];
            let log = scene.world.writer(file, "mariadbd", 77);
            let off =
                scene.pick(&["SET sql_log_bin=0", "SET SESSION sql_log_bin = OFF", "set @@session.sql_log_bin=0"]);
            let lines = [
                off.to_owned(),
                "INSERT INTO settings (name, value) VALUES ('import', 'done')".to_owned(),
                format!("UPDATE {kinds} SET state = 'done' WHERE state = 'new'"),
                "SET sql_log_bin=1".to_owned(),
            ];
            for (n, text) in lines.into_iter().enumerate() {
                scene.tell(Mark::Cause, log, at + n as i64 * 400_000_000, text);
            }
        }
        1 => {
            let file = scene.databases.files[1];
            let log = scene.world.writer(file, "mariadbd", 12);
            let skip = scene.pick(&["SET GLOBAL sql_slave_skip_counter = 1", "SET GLOBAL SQL_SLAVE_SKIP_COUNTER=3"]);
            for (n, text) in ["STOP SLAVE", skip, "START SLAVE"].into_iter().enumerate() {
                scene.tell(Mark::Cause, log, at + n as i64 * 900_000_000, text);
            }
        }
        _ => {
            let host = scene.databases.hosts[1];
            let log = scene.program(host, "mysqld.err", Dialect::MariaError);
            let text = "Slave SQL: Could not execute Write_rows_v1 event on table shop.orders; Duplicate entry '4711' for key 'PRIMARY', Error_code: 1062; handler error HA_ERR_FOUND_DUPP_KEY; the event's master log mysql-bin.000021, end_log_pos 88123, Gtid 0-1-88211, Internal MariaDB error code: 1062";
            scene.cry(Mark::Part, log, at, "ERROR", text);
            let file = scene.databases.files[1];
            let general = scene.world.writer(file, "mariadbd", 12);
            let then = at + scene_seconds(60.0);
            for (n, text) in
                ["STOP SLAVE", "SET GLOBAL sql_slave_skip_counter=1", "START SLAVE"].into_iter().enumerate()
            {
                scene.tell(Mark::Cause, general, then + n as i64 * 900_000_000, text);
            }
        }
    }
}

/// A second server is started on the files of the first: it breaks the lock and goes on.
pub(super) fn two_servers(scene: &mut Scene) {
    let at = scene.moment(0.3, 0.8);
    let first = scene.postmaster(0);
    let second = scene.postmaster(0);
    let start = [
        (0.0, "starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc"),
        (0.1, "listening on IPv4 address \"0.0.0.0\", port 5432"),
        (0.3, "database system was interrupted; last known up at 2026-10-10 03:12:44 UTC"),
        (0.4, "database system was not properly shut down; automatic recovery in progress"),
        (0.5, "redo starts at 2/5B0000A0"),
        (0.6, "redo done at 2/5B1200A0 system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: 0.04 s"),
        (0.8, "database system is ready to accept connections"),
    ];
    for (after, text) in start {
        scene.tell(Mark::Cause, second, at + scene_seconds(after), text);
    }
    let check = at + scene.wait(20.0, 59.0);
    let pid = scene.world.writers[second].pid;
    let text = scene.pick(&[
        "lock file \"postmaster.pid\" contains wrong PID: {} instead of 1",
        "could not open file \"postmaster.pid\": No such file or directory",
    ]);
    scene.tell(Mark::Cause, first, check, text.replace("{}", &pid.to_string()));
    scene.tell(
        Mark::Cause,
        first,
        check + scene_seconds(0.01),
        "performing immediate shutdown because data directory lock file is invalid",
    );
    scene.tell(Mark::Cause, first, check + scene_seconds(0.02), "received immediate shutdown request");
    scene.tell(Mark::Cause, first, check + scene_seconds(0.3), "database system is shut down");
}
