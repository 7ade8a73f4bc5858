//! Faults of failover: the primary dies, and who takes its place comes late, never, or twice.

use super::ids::{promoted, scene_seconds};
use crate::scene::{Mark, Scene};
use crate::simulator::dialect::Dialect;

/// The primary dies: its last lines, and what others say of it for as long as it is missing.
fn dies(scene: &mut Scene, at: i64, until: i64) {
    let host = scene.databases.hosts[0];
    let cause = at;
    scene.lose(|world, e| world.host_of(e) == host && world.at(e) > cause);
    // Who waits for the primary has nothing to say of its work.
    scene.things.retain(|t| t.at < at || t.at > until);
    for thing in &mut scene.things {
        thing.uses.retain(|u| u.at < at || u.at > until);
    }
    let address = scene.pick(&["10.20.0.11", "10.1.4.7", "192.168.40.21"]);
    let name = scene.host_name(host);
    let texts = [
        format!("connection to server at \"{address}\", port 5432 failed: Connection refused"),
        "could not connect to server: Connection refused".to_owned(),
        format!("dial tcp {address}:5432: connect: connection refused"),
        format!("connect ECONNREFUSED {address}:5432"),
        format!(
            "org.postgresql.util.PSQLException: Connection to {name}:5432 refused. Check that the hostname and port are correct and that the postmaster is accepting TCP/IP connections."
        ),
        format!("connection to server at \"{address}\", port 5432 failed: Connection timed out"),
        format!("could not connect to server: No route to host (host={name})"),
    ];
    let text = texts[scene.world.dice.below(texts.len())].clone();
    let every = scene.world.dice.within(0.3, 3.0);
    let mut then = at + scene.wait(0.2, 2.0);
    let mut n = 0;
    while then < until {
        let writer = scene.apps[n % scene.apps.len()].writers[n % 2];
        scene.cry(Mark::Cause, writer, then, "ERROR", text.clone());
        // Who has tried for long tries less often.
        let patience = if then > at + scene_seconds(120.0) { 20.0 } else { 1.0 };
        then += scene_seconds(every * patience) + scene.wait(0.0, every);
        n += 1;
    }
    let replica = scene.postmaster(1);
    let text = "could not receive data from WAL stream: server closed the connection unexpectedly";
    scene.cry(Mark::Cause, replica, at + scene_seconds(0.1), "FATAL", text);
    for n in 1..8 {
        let then = at + scene_seconds(5.0 * f64::from(n));
        if then < until {
            let text = format!(
                "could not connect to the primary server: connection to server at \"{address}\", port 5432 failed: Connection refused"
            );
            scene.cry(Mark::Cause, replica, then, "FATAL", text);
        }
    }
    if scene.chance(0.4) {
        let lb = scene.world.hosts.iter().position(|h| h.name == (scene.world.naming)("lb1")).unwrap_or(0);
        let haproxy = scene.system(lb, "haproxy");
        let text = format!(
            "Server pg/{name} is DOWN, reason: Layer4 connection problem, info: \"Connection refused\", check duration: 0ms. 1 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue."
        );
        scene.tell(Mark::Cause, haproxy, at + scene_seconds(2.0), text);
    }
}

/// Patroni's loops on both servers.
fn patroni(scene: &mut Scene, at: i64, promoted_at: Option<i64>) {
    let (a, b) = (scene.databases.hosts[0], scene.databases.hosts[1]);
    let (first, second) = (scene.host_name(a), scene.host_name(b));
    let old = scene.program(a, "patroni.log", Dialect::Python);
    let new = scene.program(b, "patroni.log", Dialect::Python);
    let mut then = scene.world.start + scene_seconds(3.0);
    let every = scene_seconds((scene.setup.span / 200.0).max(10.0));
    while then < scene.end() {
        if then < at {
            scene.tell(Mark::None, old, then, format!("no action. I am ({first}), the leader with the lock"));
        }
        let text = match promoted_at {
            Some(p) if then > p => format!("no action. I am ({second}), the leader with the lock"),
            _ => format!("no action. I am ({second}), a secondary, and following a leader ({first})"),
        };
        scene.tell(Mark::None, new, then + scene_seconds(0.2), text);
        then += every;
    }
    if let Some(p) = promoted_at {
        scene.tell(Mark::Part, new, p - scene_seconds(0.4), "promoted self to leader by acquiring session lock");
        scene.tell(Mark::Part, new, p + scene_seconds(0.9), "cleared rewind state after becoming the leader");
    }
}

/// Somebody is promoted after minutes.
pub(super) fn late(scene: &mut Scene) {
    let at = scene.moment(0.5, 0.8);
    let until = at + scene.wait(50.0, 400.0);
    if scene.chance(0.4) {
        patroni(scene, at, Some(until));
    }
    dies(scene, at, until);
    let postmaster = scene.postmaster(1);
    promoted(scene, postmaster, until);
}

/// Nobody is.
pub(super) fn never(scene: &mut Scene) {
    let at = scene.moment(0.6, 0.85);
    let until = scene.end();
    if scene.chance(0.4) {
        patroni(scene, at, None);
    }
    dies(scene, at, until);
}

/// The network parts the servers: the second is promoted while the first goes on.
pub(super) fn split(scene: &mut Scene) {
    let at = scene.moment(0.4, 0.7);
    let (a, b) = (scene.databases.hosts[0], scene.databases.hosts[1]);
    let (first, second) = (scene.host_name(a), scene.host_name(b));
    let kernel = scene.system(a, "kernel");
    scene.tell(Mark::Part, kernel, at - scene_seconds(9.0), "e1000e 0000:00:1f.6 eno1: NIC Link is Down");
    let boot = scene.world.start - scene_seconds(900.0);
    if scene.chance(0.5) {
        // Pacemaker promotes by the words of its controller.
        let old = scene.program(a, "pacemaker.log", Dialect::Pacemaker);
        let new = scene.program(b, "pacemaker.log", Dialect::Pacemaker);
        let done = |node: &str| {
            format!(
                "(log_executor_event) \tnotice: Result of promote operation for pgsql on {node}: ok | graph action confirmed; call=31 key=pgsql_promote_0 rc=0"
            )
        };
        scene.tell(Mark::Cause, old, boot, done(&first));
        scene.tell(Mark::Cause, new, at, done(&second));
        for n in 1..12 {
            let then = at + scene_seconds(10.0 * f64::from(n));
            let text = format!(
                "(log_executor_event) \tnotice: Result of monitor operation for pgsql on {first}: promoted | CIB update confirmed; rc=8 call=32"
            );
            scene.tell(Mark::Cause, old, then, text);
        }
    } else {
        let old = scene.program(a, "patroni.log", Dialect::Python);
        let new = scene.program(b, "patroni.log", Dialect::Python);
        let mut then = boot;
        while then < scene.end() {
            let mark = if then > at { Mark::Cause } else { Mark::Part };
            scene.tell(mark, old, then, format!("no action. I am ({first}), the leader with the lock"));
            let text = match then > at {
                true => format!("no action. I am ({second}), the leader with the lock"),
                false => format!("no action. I am ({second}), a secondary, and following a leader ({first})"),
            };
            scene.tell(mark, new, then + scene_seconds(0.3), text);
            then += scene_seconds((scene.setup.span / 300.0).max(10.0));
        }
        scene.tell(Mark::Cause, new, at, "promoted self to leader by acquiring session lock");
    }
    let postmaster = scene.postmaster(1);
    promoted(scene, postmaster, at + scene_seconds(0.5));
}
