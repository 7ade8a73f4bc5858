//! Faults of machines: disks, file systems, memory, processes, clocks, and hosts that say nothing any more.

use super::ids::scene_seconds;
use crate::scene::{Mark, Scene};

fn some_host(scene: &mut Scene) -> usize {
    match scene.chance(0.5) {
        true => scene.databases.hosts[scene.world.dice.below(scene.databases.hosts.len())],
        false => scene.apps[scene.world.dice.below(scene.apps.len())].host,
    }
}

fn tell_all(scene: &mut Scene, writer: usize, at: i64, lines: &[&str]) {
    let mut then = at;
    for text in lines {
        scene.tell(Mark::Cause, writer, then, *text);
        then += scene.wait(0.001, 0.4);
    }
}

const READ_ONLY: [&[&str]; 4] = [
    &[
        "blk_update_request: I/O error, dev vdb, sector 48291840 op 0x1:(WRITE) flags 0x800 phys_seg 1 prio class 0",
        "Aborting journal on device vdb1-8.",
        "EXT4-fs error (device vdb1): ext4_journal_check_start:83: comm postgres: Detected aborted journal",
        "EXT4-fs (vdb1): Remounting filesystem read-only",
    ],
    &[
        "XFS (dm-2): metadata I/O error in \"xfs_buf_ioend_handle_error\" at daddr 0x1e0 len 8 error 5",
        "XFS (dm-2): Log I/O Error Detected. Shutting down filesystem",
        "XFS (dm-2): Please unmount the filesystem and rectify the problem(s)",
    ],
    &[
        "BTRFS error (device nvme1n1p2): bdev /dev/nvme1n1p2 errs: wr 4, rd 0, flush 0, corrupt 0, gen 0",
        "BTRFS: error (device nvme1n1p2) in btrfs_commit_transaction:2418: errno=-5 IO failure (Error while writing out transaction)",
        "BTRFS info (device nvme1n1p2): forced readonly",
    ],
    &[
        "EXT4-fs error (device dm-0): ext4_find_entry:1455: inode #2: comm tar: reading directory lblock 0",
        "EXT4-fs (dm-0): Remounting filesystem read-only",
    ],
];

/// A file system falls back to reading only, and programs notice.
pub(super) fn read_only(scene: &mut Scene) {
    let host = some_host(scene);
    let kernel = scene.system(host, "kernel");
    let at = scene.moment(0.3, 0.8);
    let lines = scene.pick(&READ_ONLY);
    tell_all(scene, kernel, at, lines);
    let cron = scene.system(host, "logger");
    for n in 0..scene.world.dice.below(4) {
        let then = at + scene_seconds(3.0 + n as f64);
        let text = "cannot create /var/lib/shop/state.tmp: Read-only file system";
        scene.tell(Mark::Cause, cron, then, text);
    }
}

const DISK: [(&str, &[&str]); 7] = [
    (
        "kernel",
        &[
            "sd 2:0:0:0: [sdb] tag#12 FAILED Result: hostbyte=DID_OK driverbyte=DRIVER_OK cmd_age=2s",
            "sd 2:0:0:0: [sdb] tag#12 Sense Key : Medium Error [current]",
            "sd 2:0:0:0: [sdb] tag#12 Add. Sense: Unrecovered read error",
            "critical medium error, dev sdb, sector 1953519912 op 0x0:(READ) flags 0x80700 phys_seg 4 prio class 0",
        ],
    ),
    (
        "kernel",
        &["md/raid1:md1: Disk failure on sda2, disabling device.", "md/raid1:md1: Operation continuing on 1 devices."],
    ),
    (
        "kernel",
        &[
            "nvme nvme0: I/O 912 (I/O Cmd) QID 3 timeout, aborting",
            "nvme nvme0: I/O 912 QID 3 timeout, reset controller",
            "nvme nvme0: controller is down; will reset: CSTS=0xffffffff, PCI_STATUS=0x10",
            "nvme nvme0: Disabling device after reset failure: -19",
        ],
    ),
    (
        "kernel",
        &[
            "ata3.00: exception Emask 0x0 SAct 0x40000 SErr 0x0 action 0x0",
            "ata3.00: failed command: READ FPDMA QUEUED",
            "ata3.00: error: { UNC }",
            "blk_update_request: I/O error, dev sdc, sector 81293 op 0x0:(READ) flags 0x0 phys_seg 1 prio class 0",
        ],
    ),
    (
        "smartd",
        &[
            "Device: /dev/sda [SAT], 24 Currently unreadable (pending) sectors",
            "Device: /dev/sda [SAT], 24 Offline uncorrectable sectors",
            "Device: /dev/sda [SAT], FAILED SMART self-check. BACK UP DATA NOW!",
        ],
    ),
    (
        "mdadm",
        &[
            "Fail event detected on md device /dev/md0, component device /dev/sdb1",
            "DegradedArray event detected on md device /dev/md0",
        ],
    ),
    (
        "multipathd",
        &[
            "mpatha: sdd - tur checker reports path is down",
            "checker failed path 8:48 in map mpatha",
            "mpatha: remaining active paths: 1",
            "checker failed path 8:32 in map mpatha",
            "mpatha: remaining active paths: 0",
        ],
    ),
];

/// A disk, its path or its controller fails.
pub(super) fn disk(scene: &mut Scene) {
    let host = some_host(scene);
    let (process, lines) = scene.pick(&DISK);
    let writer = scene.system(host, process);
    let at = scene.moment(0.3, 0.85);
    tell_all(scene, writer, at, lines);
}

/// Memory runs out, and the kernel or the runtime says who pays for it.
pub(super) fn memory(scene: &mut Scene) {
    let host = some_host(scene);
    let at = scene.moment(0.3, 0.85);
    match scene.world.dice.below(4) {
        0 => {
            let kernel = scene.system(host, "kernel");
            let lines = [
                "ruby invoked oom-killer: gfp_mask=0x100cca(GFP_HIGHUSER_MOVABLE), order=0, oom_score_adj=0",
                "oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/system.slice,task=ruby,pid=21877,uid=998",
                "Out of memory: Killed process 21877 (ruby) total-vm:8123456kB, anon-rss:7011332kB, file-rss:0kB, shmem-rss:0kB, UID:998 pgtables:14120kB oom_score_adj:0",
            ];
            tell_all(scene, kernel, at, &lines);
        }
        1 => {
            let kernel = scene.system(host, "kernel");
            let text = "Memory cgroup out of memory: Killed process 4410 (node) total-vm:1223344kB, anon-rss:998100kB, file-rss:0kB, shmem-rss:0kB, UID:1000 pgtables:2212kB oom_score_adj:984";
            tell_all(scene, kernel, at, &[text]);
        }
        2 => {
            let systemd = scene.system(host, "systemd");
            let lines = [
                "shop-worker.service: A process of this unit has been killed by the OOM killer.",
                "shop-worker.service: Main process exited, code=killed, status=9/KILL",
                "shop-worker.service: Failed with result 'oom-kill'.",
            ];
            tell_all(scene, systemd, at, &lines);
        }
        _ => {
            let app = scene.apps[0].writers[0];
            scene.cry(Mark::Cause, app, at, "ERROR", "java.lang.OutOfMemoryError: Java heap space");
        }
    }
}

/// A process dies of a defect.
pub(super) fn crash(scene: &mut Scene) {
    let host = some_host(scene);
    let at = scene.moment(0.3, 0.85);
    match scene.world.dice.below(5) {
        0 => {
            let kernel = scene.system(host, "kernel");
            let lines = [
                "imgproxy[8123]: segfault at 18 ip 00007f0c2a1b3c4d sp 00007ffd5e6f7a80 error 4 in libvips.so.42[7f0c2a000000+3b0000]",
            ];
            tell_all(scene, kernel, at, &lines);
        }
        1 => {
            let systemd = scene.system(host, "systemd");
            let lines = [
                "shop-mailer.service: Main process exited, code=dumped, status=6/ABRT",
                "shop-mailer.service: Failed with result 'core-dump'.",
                "shop-mailer.service: Scheduled restart job, restart counter is at 1.",
            ];
            tell_all(scene, systemd, at, &lines);
        }
        2 => {
            let postmaster = scene.postmaster(0);
            let lines = [
                "server process (PID 18221) was terminated by signal 11: Segmentation fault",
                "terminating any other active server processes",
                "all server processes terminated; reinitializing",
                "database system was interrupted; last known up at 2026-10-10 03:12:44 UTC",
                "database system was not properly shut down; automatic recovery in progress",
                "redo starts at 2/5B0000A0",
                "redo done at 2/5B1200A0 system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: 0.44 s",
                "database system is ready to accept connections",
            ];
            tell_all(scene, postmaster, at, &lines);
        }
        3 => {
            let coredump = scene.system(host, "systemd-coredump");
            tell_all(scene, coredump, at, &["Process 7781 (php-fpm8.2) of user 33 dumped core."]);
        }
        _ => {
            let nginx = scene.system(host, "supervisord");
            let lines = [
                "INFO exited: worker (terminated by SIGSEGV (core dumped); not expected)",
                "INFO spawned: 'worker' with pid 9912",
            ];
            tell_all(scene, nginx, at, &lines);
        }
    }
}

/// A clock is set while the machine runs.
pub(super) fn step(scene: &mut Scene) {
    let host = scene.apps[0].host;
    let at = scene.moment(0.4, 0.7);
    let by = scene.world.dice.within(4.0, 90.0) * scene.world.dice.sign();
    scene.step = Some((host, at, by * 1e9));
    if scene.chance(0.6) {
        let (process, text) = match scene.world.dice.below(3) {
            0 => ("chronyd", format!("System clock was stepped by {by:.6} seconds")),
            1 => ("ntpd", format!("time reset {by:+.6} s")),
            _ => ("ntpdate", format!("step time server 192.0.2.123 offset {by:+.6} sec")),
        };
        let writer = scene.system(host, process);
        scene.tell(Mark::Cause, writer, at + scene_seconds(0.1), text);
    } else {
        // Nobody says so: the lines after it show it.
        scene.marks.extend(
            (0..scene.world.events.len()).filter(|e| scene.world.host_of(*e) == host).map(|e| (e, Mark::Cause)),
        );
        let things = scene.things.iter_mut().filter(|t| t.app == 0 && t.at > at);
        things.for_each(|t| t.mark = Mark::Cause);
    }
}

/// A host says nothing any more, and nobody says why.
pub(super) fn silence(scene: &mut Scene) {
    let at = scene.moment(0.45, 0.7);
    let app = scene.apps.len() - 1;
    let host = scene.apps[app].host;
    let shown: Vec<usize> = (0..scene.world.events.len())
        .filter(|e| scene.world.host_of(*e) == host && (at - 900_000_000_000..at).contains(&scene.world.at(*e)))
        .collect();
    scene.marks.extend(shown.into_iter().map(|e| (e, Mark::Cause)));
    let world = &scene.world;
    let lost: Vec<usize> = (0..world.events.len()).filter(|e| world.host_of(*e) == host && world.at(*e) > at).collect();
    scene.world.gone.extend(lost);
    scene.silent = Some((host, at));
    scene.things.retain(|t| t.app != app || t.at < at);
    for thing in &mut scene.things {
        thing.uses.retain(|u| u.app != app || u.at < at);
        if thing.app == app && thing.at > at - 900_000_000_000 {
            thing.mark = Mark::Cause;
        }
        for u in thing.uses.iter_mut().filter(|u| u.app == app && u.at > at - 900_000_000_000) {
            u.mark = Mark::Cause;
        }
    }
}
