//! What looks like a fault to who knows only the words: planned work, harmless noise of kernels, servers, clocks.

use super::scene::{Mark, Scene};
use super::simulator::cluster::seconds;

/// The row of a table: a piece of ordinary life.
type Look = fn(&mut Scene);

const ALL: [Look; 11] =
    [boot, scrub, services, planned_restart, switchover, rotation, clocks, deploy, media, containers, test_restore];

/// Each of them with even odds. A fault of its own kind needs quiet databases.
pub(crate) fn tell(scene: &mut Scene, quiet: bool) {
    for (n, look) in ALL.into_iter().enumerate() {
        let database = n == 3 || n == 4;
        if scene.chance(if n == 4 { 0.25 } else { 0.5 }) && !(database && (quiet || scene.databases.maria)) {
            look(scene);
        }
    }
}

fn any_app(scene: &mut Scene) -> usize {
    scene.apps[scene.world.dice.below(scene.apps.len())].host
}

/// A machine starts in order: its clock is set, file systems are mounted, some of them read-only.
fn boot(scene: &mut Scene) {
    let host = any_app(scene);
    let kernel = scene.system(host, "kernel");
    let at = scene.world.start - scene.wait(60.0, 4_000.0);
    let lines = [
        "Linux version 6.1.0-28-amd64 (debian-kernel@lists.debian.org)",
        "Command line: BOOT_IMAGE=/vmlinuz root=/dev/vda1 ro quiet",
        "EXT4-fs (vda1): mounted filesystem with ordered data mode. Opts: (null)",
        "EXT4-fs (vda1): re-mounted. Opts: errors=remount-ro",
        "squashfs: version 4.0 (2009/01/31) Phillip Lougher",
        "ISO 9660 Extensions: Microsoft Joliet Level 3",
        "VFS: Mounted root (ext4 filesystem) readonly on device 254:1.",
        "ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)",
        "virtio_net virtio0 eth0: renamed from eth0",
    ];
    for (n, text) in lines.into_iter().enumerate() {
        scene.tell(Mark::None, kernel, at + n as i64 * 30_000_000, text);
    }
    let chrony = scene.system(host, "chronyd");
    scene.tell(Mark::None, chrony, at + seconds(6.0), "chronyd version 4.3 starting (+CMDMON +NTP +REFCLOCK)");
    scene.tell(Mark::None, chrony, at + seconds(12.0), "System clock wrong by 1.284619 seconds");
    scene.tell(Mark::None, chrony, at + seconds(13.3), "System clock was stepped by 1.284619 seconds");
}

/// Checks of arrays and disks that find nothing.
fn scrub(scene: &mut Scene) {
    let host = scene.databases.hosts[0];
    let kernel = scene.system(host, "kernel");
    let at = scene.moment(0.1, 0.5);
    scene.tell(Mark::None, kernel, at, "md: data-check of RAID array md0");
    scene.tell(Mark::None, kernel, at + scene.world.span / 10, "md: md0: data-check done.");
    let smartd = scene.system(host, "smartd");
    let text = "Device: /dev/sda [SAT], SMART Usage Attribute: 194 Temperature_Celsius changed from 64 to 65";
    scene.tell(Mark::None, smartd, at + seconds(70.0), text);
}

/// Units that are stopped and started by hand; processes that end as they were told to.
fn services(scene: &mut Scene) {
    let host = any_app(scene);
    let systemd = scene.system(host, "systemd");
    let at = scene.moment(0.1, 0.9);
    let unit = scene.pick(&["shop-worker.service", "prometheus-node-exporter.service", "nginx.service"]);
    scene.tell(Mark::None, systemd, at, format!("Stopping {unit} - service of the shop..."));
    scene.tell(
        Mark::None,
        systemd,
        at + seconds(0.8),
        format!("{unit}: Main process exited, code=killed, status=15/TERM"),
    );
    scene.tell(Mark::None, systemd, at + seconds(0.9), format!("{unit}: Deactivated successfully."));
    scene.tell(Mark::None, systemd, at + seconds(0.9), format!("Stopped {unit} - service of the shop."));
    scene.tell(Mark::None, systemd, at + seconds(1.4), format!("Started {unit} - service of the shop."));
}

/// An administrator restarts the database server, and all comes back.
fn planned_restart(scene: &mut Scene) {
    let server = scene.world.dice.below(scene.databases.hosts.len());
    let postmaster = scene.postmaster(server);
    let at = scene.moment(0.15, 0.85);
    let mode = scene.pick(&["fast", "smart"]);
    let mut then = at;
    let mut lines = vec![
        format!("received {mode} shutdown request"),
        "aborting any active transactions".to_owned(),
        "background worker \"logical replication launcher\" (PID 812) exited with exit code 1".to_owned(),
        "shutting down".to_owned(),
        "database system is shut down".to_owned(),
        "starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc".to_owned(),
        "listening on IPv4 address \"0.0.0.0\", port 5432".to_owned(),
    ];
    if server == 0 {
        lines.push("database system was shut down at 2026-10-10 03:12:44 UTC".to_owned());
        lines.push("database system is ready to accept connections".to_owned());
    } else {
        lines.push("database system was shut down in recovery at 2026-10-10 03:12:44 UTC".to_owned());
        lines.push("entering standby mode".to_owned());
        lines.push("consistent recovery state reached at 2/5B000110".to_owned());
        lines.push("invalid record length at 2/5B000110: expected at least 24, got 0".to_owned());
        lines.push("database system is ready to accept read-only connections".to_owned());
    }
    for text in lines {
        then += scene.wait(0.01, 0.4);
        scene.tell(Mark::None, postmaster, then, text);
    }
    if server == 0 && scene.databases.hosts.len() > 1 {
        let replica = scene.postmaster(1);
        let gone = at + seconds(0.3);
        scene.tell(Mark::None, replica, gone, "replication terminated by primary server");
        scene.tell(
            Mark::None,
            replica,
            then + seconds(5.0),
            "started streaming WAL from primary at 2/5B000000 on timeline 1",
        );
    }
}

/// Primary and standby change places as planned: orderly end, promotion at once, the old one follows.
fn switchover(scene: &mut Scene) {
    let at = scene.moment(0.2, 0.8);
    let old = scene.postmaster(0);
    let new = scene.postmaster(1);
    for (n, text) in [
        "received fast shutdown request",
        "aborting any active transactions",
        "shutting down",
        "database system is shut down",
    ]
    .into_iter()
    .enumerate()
    {
        scene.tell(Mark::None, old, at + n as i64 * 150_000_000, text);
    }
    let lines = [
        (0.7, "replication terminated by primary server"),
        (1.6, "received promote request"),
        (1.7, "redo done at 2/5C0000A0 system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: 812.44 s"),
        (1.9, "selected new timeline ID: 2"),
        (2.1, "archive recovery complete"),
        (2.2, "database system is ready to accept connections"),
    ];
    for (after, text) in lines {
        scene.tell(Mark::None, new, at + seconds(after), text);
    }
    let lines = [
        (20.0, "starting PostgreSQL 15.18 (Debian 15.18-0+deb12u1) on x86_64-pc-linux-gnu, compiled by gcc"),
        (20.3, "entering standby mode"),
        (20.5, "consistent recovery state reached at 2/5C000110"),
        (20.6, "database system is ready to accept read-only connections"),
        (20.9, "started streaming WAL from primary at 2/5C000000 on timeline 2"),
    ];
    for (after, text) in lines {
        scene.tell(Mark::None, old, at + seconds(after), text);
    }
}

/// A log is turned over, and the daemons are told.
fn rotation(scene: &mut Scene) {
    let host = any_app(scene);
    let logrotate = scene.system(host, "logrotate");
    let at = scene.moment(0.3, 0.7);
    scene.tell(Mark::None, logrotate, at, "rotating pattern: /var/log/nginx/*.log  after 1 days (14 rotations)");
    let rsyslog = scene.system(host, "rsyslogd");
    scene.tell(
        Mark::None,
        rsyslog,
        at + seconds(1.0),
        "[origin software=\"rsyslogd\" swVersion=\"8.2302.0\"] rsyslogd was HUPed",
    );
}

/// Clocks that are kept as they should be.
fn clocks(scene: &mut Scene) {
    let host = any_app(scene);
    let ntp = scene.system(host, "systemd-timesyncd");
    let at = scene.moment(0.05, 0.9);
    scene.tell(Mark::None, ntp, at, "Contacted time server 192.0.2.123:123 (ntp.example.net).");
    let ntpd = scene.system(scene.databases.hosts[0], "ntpd");
    scene.tell(Mark::None, ntpd, at, "adjust time server 192.0.2.123 offset -0.000412 sec");
}

/// A new version is rolled out.
fn deploy(scene: &mut Scene) {
    let at = scene.moment(0.1, 0.9);
    for n in 0..scene.apps.len() {
        let writer = scene.apps[n].writers[0];
        let then = at + n as i64 * 9_000_000_000;
        scene.tell(Mark::None, writer, then, "Received SIGTERM, shutting down");
        scene.tell(Mark::None, writer, then + seconds(3.0), "Deployed shop v4.18.2");
    }
}

/// An empty drive and a stick that was pulled.
fn media(scene: &mut Scene) {
    let host = any_app(scene);
    let kernel = scene.system(host, "kernel");
    let at = scene.moment(0.1, 0.9);
    scene.tell(
        Mark::None,
        kernel,
        at,
        "blk_update_request: I/O error, dev sr0, sector 0 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0",
    );
    scene.tell(Mark::None, kernel, at + seconds(40.0), "usb 1-1.2: USB disconnect, device number 7");
    scene.tell(Mark::None, kernel, at + seconds(41.0), "docker0: port 2(veth1f2a) entered disabled state");
}

/// Containers that are replaced: asked to end, they end.
fn containers(scene: &mut Scene) {
    let host = any_app(scene);
    let docker = scene.system(host, "dockerd");
    let at = scene.moment(0.1, 0.9);
    let text = "time=\"2026-10-10T03:00:11.402112Z\" level=info msg=\"ignoring event\" container=4f1c9ab77a02 module=libcontainerd namespace=moby topic=/tasks/delete type=\"*events.TaskDelete\"";
    scene.tell(Mark::None, docker, at, text);
    let script = scene.system(host, "cleanup");
    scene.tell(Mark::None, script, at + seconds(1.0), "container old_web_1 exited with code 143");
    scene.tell(Mark::None, script, at + seconds(2.0), "find exited with status 1");
}

/// The copy of last night is tried on another machine, as it should be.
fn test_restore(scene: &mut Scene) {
    let host = scene.world.host("staging1", false);
    let writer = scene.system(host, "restore-test");
    let at = scene.moment(0.1, 0.8);
    scene.tell(Mark::None, writer, at, "restoring /srv/backup/shop-2026-10-09.sql.gz into scratch");
    scene.tell(Mark::None, writer, at + seconds(80.0), "restore of scratch finished rows=182231");
}
