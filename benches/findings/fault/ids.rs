//! Faults of identifiers: given out again, used too early, not seen where they are read, destroyed by mistake.

use crate::scene::{Mark, Scene, Thing, Use};
use crate::simulator::cluster::Said;
use crate::voice::Act;

/// Things created in a stretch of the capture, by position.
fn between(scene: &mut Scene, from: f64, to: f64, n: usize) -> Vec<usize> {
    let (begin, end) = (scene.moment(from, from), scene.moment(to, to));
    let fits: Vec<usize> = (0..scene.things.len()).filter(|i| (begin..end).contains(&scene.things[*i].at)).collect();
    let first = scene.world.dice.below(fits.len().saturating_sub(n));
    fits.into_iter().skip(first).take(n).collect()
}

/// After a switch to another server ids begin again at an older value.
pub(super) fn regression(scene: &mut Scene) {
    let at = scene.moment(0.4, 0.75);
    let least = scene.things.iter().map(|t| t.id).min().unwrap_or(0);
    let back = (60 + scene.world.dice.below(4_000) as u64).min(least / 2);
    for (marked, thing) in scene.things.iter_mut().filter(|t| t.at > at).enumerate() {
        thing.id = thing.id.saturating_sub(back);
        thing.mark = if marked < 12 { Mark::Cause } else { Mark::Part };
    }
    if let Some(last) = scene.things.iter_mut().filter(|t| t.at <= at).max_by_key(|t| t.id) {
        last.mark = Mark::Part;
    }
    // Some say that they switched, some do not.
    let postmaster = scene.postmaster(1);
    match scene.world.dice.below(3) {
        0 => {
            let old = scene.postmaster(0);
            let before = at - scene.wait(4.0, 6.0);
            scene.tell(Mark::None, old, before, "received fast shutdown request");
            scene.tell(Mark::None, old, before + scene_seconds(0.4), "database system is shut down");
            promoted(scene, postmaster, at - scene_seconds(2.0));
        }
        1 => {
            let app = scene.apps[0].writers[0];
            let text = scene
                .pick(&["config reloaded: database host changed", "switching database connections to the new server"]);
            scene.tell(Mark::Part, app, at - scene_seconds(1.0), text);
        }
        _ => {}
    }
}

pub(super) fn scene_seconds(s: f64) -> i64 {
    crate::simulator::cluster::seconds(s)
}

/// What a server of PostgreSQL says when it is promoted.
pub(super) fn promoted(scene: &mut Scene, postmaster: usize, at: i64) {
    let lines = [
        (0.0, "received promote request"),
        (0.1, "redo done at 2/5C0000A0 system usage: CPU: user: 0.01 s, system: 0.00 s, elapsed: 812.44 s"),
        (0.3, "selected new timeline ID: 2"),
        (0.5, "archive recovery complete"),
        (0.6, "database system is ready to accept connections"),
    ];
    for (after, text) in lines {
        scene.tell(Mark::Part, postmaster, at + scene_seconds(after), text);
    }
}

/// Two servers give the same ids to different requests.
pub(super) fn duplicates(scene: &mut Scene) {
    let n = 2 + scene.world.dice.below(6);
    for i in between(scene, 0.3, 0.9, n) {
        let mut twin: Thing = scene.things[i].clone();
        scene.things[i].mark = Mark::Cause;
        twin.mark = Mark::Cause;
        twin.at += scene.wait(0.5, 90.0);
        twin.request = scene.world.request_id().text;
        twin.app = scene.world.dice.below(scene.apps.len());
        twin.thread = 1 - twin.thread;
        twin.uses.clear();
        scene.things[i].uses.retain(|u| u.act != Act::Delete && u.act != Act::Missing);
        scene.things.push(twin);
    }
}

/// Something changes a thing that is not there yet: the message was faster than the transaction.
pub(super) fn early(scene: &mut Scene) {
    if scene.apps.len() < 2 {
        let host = scene.apps[0].host;
        let writers = scene.apps[0].writers;
        scene.apps.push(crate::scene::App { host, writers });
    }
    for thing in &mut scene.things {
        if !thing.uses.iter().any(|u| u.act == Act::Update) {
            let act = Act::Update;
            thing.uses.push(Use { at: thing.at + 2_000_000_000, act, app: 0, mark: Mark::None, replica: false });
        }
    }
    let n = 1 + scene.world.dice.below(3);
    for i in between(scene, 0.3, 0.8, n) {
        let gap = scene.wait(2.0, 9.0);
        let thing = &mut scene.things[i];
        thing.mark = Mark::Cause;
        let at = thing.at - gap;
        // On the same machine, or the clocks leave it open.
        thing.uses.insert(0, Use { at, act: Act::Update, app: thing.app, mark: Mark::Cause, replica: false });
    }
}

/// A replica falls behind, and what was just written is not found.
pub(super) fn stale(scene: &mut Scene) {
    let n = 2 + scene.world.dice.below(5);
    let told = scene.chance(0.7);
    let some = between(scene, 0.3, 0.85, n);
    for i in &some {
        let gap = scene.wait(0.05, 2.5);
        let thing = &mut scene.things[*i];
        thing.mark = Mark::Cause;
        let app = thing.app;
        thing.uses.retain(|u| u.act != Act::Delete && u.act != Act::Missing);
        thing.uses.insert(0, Use { at: thing.at + gap, act: Act::Missing, app, mark: Mark::Cause, replica: told });
    }
    if let (true, Some(first)) = (scene.chance(0.5), some.first()) {
        let at = scene.things[*first].at - scene.wait(0.2, 1.0);
        let replica = scene.postmaster(1);
        let text = scene.pick(&[
            "recovery still waiting after 1012.402 ms: recovery conflict on snapshot",
            "recovery still waiting after 1004.118 ms: recovery conflict on lock",
        ]);
        scene.tell(Mark::Cause, replica, at, text);
    }
}

/// A cleaner looks a thing up, reads its key as empty, and merges or deletes what else is empty.
pub(super) fn destruction(scene: &mut Scene) {
    let (kind, rid) = (scene.voice.kind, scene.voice.rid);
    let key = scene.pick(&["uri", "profile_uri", "remote_uri", "actor_uri"]);
    let id = crate::voice::intern(format!("{kind}_id"));
    let some = between(scene, 0.35, 0.85, 3);
    for i in some {
        let at = scene.things[i].at;
        let own = scene.things[i].id;
        scene.things[i].uses.clear();
        scene.things[i].mark = Mark::Part;
        let request = scene.world.request_id().text;
        let writer = scene.apps[0].writers[scene.world.dice.below(2)];
        let uri = format!("https://remote.example.net/u/{own}");
        let set = crate::voice::intern(format!("{kind}.uri_set"));
        let said = Said::of(set).with(rid, &request).with(id, own).with(key, uri);
        scene.say(Mark::Cause, writer, at + scene_seconds(0.3), said);
        let job = scene.world.request_id().text;
        let said = Said::of(crate::voice::intern(format!("{kind} lookup"))).with(rid, &job).with(id, own).with(key, "");
        scene.say(Mark::Cause, writer, at + scene_seconds(0.8), said);
        let verb = scene.pick(&["merged", "deleted", "removed"]);
        let other = scene.world.dice.below(900);
        let said = Said::of(crate::voice::intern(format!("{kind} {verb}"))).with(rid, &job).with(id, other);
        scene.say(Mark::Cause, writer, at + scene_seconds(0.9), said.with("into", own));
    }
}
