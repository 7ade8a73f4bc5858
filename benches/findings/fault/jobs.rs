//! Faults of jobs: they hang, leave less than they should, or do not run.

use crate::jobs::{Backup, Task, cron, schedule};
use crate::scene::{Mark, Scene};

/// A task of the application begins and never ends; later ones do.
pub(super) fn hangs(scene: &mut Scene) {
    let task = Task::new(scene);
    let times = schedule(scene);
    let bad = times.len() - 2 - scene.world.dice.below(3);
    for (n, at) in times.into_iter().enumerate() {
        let lasts = scene.wait(20.0, 40.0);
        let mark = if n == bad { Mark::Cause } else { Mark::Part };
        task.run(scene, n, at, lasts, n != bad, mark);
    }
}

/// A backup begins and is never done, that night or from then on.
pub(super) fn backup_hangs(scene: &mut Scene) {
    let backup = Backup::new(scene, false);
    let times = schedule(scene);
    let bad = times.len() - 2 - scene.world.dice.below(3);
    let always = scene.chance(0.5);
    let base = 300_000_000 + scene.world.dice.below(9_000_000) as u64;
    for (n, at) in times.into_iter().enumerate() {
        let hangs = n == bad || always && n > bad;
        backup.begin(scene, n, at, if hangs { Mark::Cause } else { Mark::Part });
        if !hangs {
            let lasts = scene.wait(40.0, 50.0);
            backup.end(scene, n, at + lasts, base + n as u64 * 90_000, Mark::Part);
        }
    }
}

/// Backups of a steady size that are suddenly smaller.
fn falls(scene: &mut Scene, to: fn(u64, f64) -> u64) {
    let backup = Backup::new(scene, false);
    let times = schedule(scene);
    let bad = times.len() - 1 - scene.world.dice.below(3);
    let base = 10_000_000 * (1 + scene.world.dice.below(400) as u64);
    let share = scene.world.dice.within(0.08, 0.45);
    for (n, at) in times.into_iter().enumerate() {
        let fallen = n >= bad;
        let mark = if fallen { Mark::Cause } else { Mark::Part };
        backup.begin(scene, n, at, Mark::Part);
        let grown = base + base / 200 * n as u64;
        let size = if fallen { to(grown, share) } else { grown };
        let lasts = scene.wait(40.0, 50.0);
        backup.end(scene, n, at + lasts, size, mark);
    }
}

pub(super) fn shrinks(scene: &mut Scene) {
    falls(scene, |size, share| (size as f64 * share) as u64);
}

/// The tool ends well and leaves 20 bytes: an empty archive.
pub(super) fn empties(scene: &mut Scene) {
    falls(scene, |_, share| 20 + (share * 900.0) as u64);
}

/// Cron does not start a job that it always started, while the machine goes on.
pub(super) fn missed(scene: &mut Scene) {
    let host = scene.apps[0].host;
    let script = scene.world.dice.below(6);
    let times = schedule(scene);
    let from = times.len() / 2 + scene.world.dice.below(3);
    let n = 2 + scene.world.dice.below(3);
    for (i, at) in times.iter().enumerate() {
        if (from..from + n).contains(&i) {
            continue;
        }
        let at = at + scene.wait(0.0, 0.5);
        cron(scene, host, 40 + script, at, if i + 1 == from { Mark::Cause } else { Mark::Part });
    }
    // The machine lives on, and says so.
    let systemd = scene.system(host, "systemd");
    let first = times.first().copied().unwrap_or(scene.world.start);
    let mut at = first;
    while at < scene.end() {
        scene.tell(Mark::None, systemd, at, "Started apt-daily.service - Daily apt download activities.");
        at += (scene.end() - first) / 40;
    }
}
