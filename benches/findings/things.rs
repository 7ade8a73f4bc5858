//! The life of the shop's things: created, read, changed, deleted, and asked for where they never were.

use super::scene::{Mark, Scene, Thing, Use};
use super::simulator::cluster::{Said, seconds};
use super::voice::Act;

/// Plans what happens to things, as it happens in a healthy shop.
pub(crate) fn plan(scene: &mut Scene) {
    let n = 120 + scene.world.dice.below(200);
    let first = scene.pick(&[1_000u64, 48_112, 731_000, 20_400_117]);
    // Sessions of PostgreSQL may fetch values in blocks: ids then go back and forth by design.
    let cache = scene.pick(&[1u64, 1, 1, 20, 32]);
    let mut at: Vec<i64> = (0..n).map(|_| scene.moment(0.01, 0.99)).collect();
    at.sort_unstable();
    let mut next = first;
    let mut blocks = vec![[(0u64, 0u64); 2]; scene.apps.len()];
    for drawn in at {
        let app = scene.world.dice.below(scene.apps.len());
        let thread = scene.world.dice.below(2);
        let block = &mut blocks[app][thread];
        if block.0 >= block.1 {
            *block = (next, next + cache);
            next += cache;
        }
        let id = block.0;
        block.0 += 1;
        if cache == 1 && scene.chance(0.03) {
            next += 1; // rolled back: a gap
        }
        // The id was drawn before the line: lines of two threads change places.
        let at = drawn + scene.world.work(0.02);
        let request = scene.world.request_id().text;
        let uses = uses(scene, at);
        scene.things.push(Thing { id, app, thread, at, request, mark: Mark::None, uses });
    }
}

fn uses(scene: &mut Scene, created: i64) -> Vec<Use> {
    let mut out = Vec::new();
    let mut at = created;
    let apps = scene.apps.len();
    let mut add = |scene: &mut Scene, out: &mut Vec<Use>, act: Act, from: f64, to: f64| {
        at += scene.wait(from, to);
        let app = scene.world.dice.below(apps);
        let replica = act == Act::Read && scene.chance(0.5);
        out.push(Use { at, act, app, mark: Mark::None, replica });
    };
    if scene.chance(0.7) {
        add(scene, &mut out, Act::Update, 1.5, 60.0);
    }
    for _ in 0..scene.world.dice.below(3) {
        add(scene, &mut out, Act::Read, 1.5, 120.0);
    }
    if scene.chance(0.1) {
        add(scene, &mut out, Act::Delete, 5.0, 300.0);
        if scene.chance(0.5) {
            // Gone is gone: that it is not found is right.
            add(scene, &mut out, Act::Missing, 0.5, 30.0);
        }
    }
    out
}

/// Puts all that is planned into the queue, and what looks like a fault and is none.
pub(crate) fn tell(scene: &mut Scene) {
    let things = std::mem::take(&mut scene.things);
    let end = scene.end();
    let highest = things.iter().map(|t| t.id).max().unwrap_or(0);
    for thing in &things {
        let writer = scene.apps[thing.app].writers[thing.thread];
        let said = scene.voice.line(Act::Create, thing.id, &thing.request);
        scene.say(thing.mark, writer, thing.at, said);
        if thing.mark == Mark::None && scene.chance(0.02) {
            // The client's answer was lost, and it asks again with the same request: told twice, created once.
            let said = scene.voice.line(Act::Create, thing.id, &thing.request);
            let at = thing.at + scene.wait(0.5, 4.0);
            scene.say(Mark::None, writer, at, said);
        }
        for u in thing.uses.iter().filter(|u| u.at < end) {
            let request = scene.world.request_id().text;
            let mut said = scene.voice.line(u.act, thing.id, &request);
            if u.replica {
                said = said.with(scene.voice.node, "replica");
            }
            let writer = scene.apps[u.app].writers[scene.world.dice.below(2)];
            scene.say(u.mark, writer, u.at, said);
        }
    }
    // Scanners and old links ask for what never was.
    for _ in 0..scene.world.dice.below(25) {
        let at = scene.moment(0.02, 0.98);
        let id = highest + 1_000_000 + scene.world.dice.below(1_000_000) as u64;
        let request = scene.world.request_id().text;
        let mut said = scene.voice.line(Act::Missing, id, &request);
        if scene.chance(0.5) {
            said = said.with(scene.voice.node, "replica");
        }
        let app = scene.world.dice.below(scene.apps.len());
        scene.say(Mark::None, scene.apps[app].writers[0], at, said);
    }
    misses(scene, highest);
    users(scene);
    scene.things = things;
}

/// Pages in the access log that are not there.
fn misses(scene: &mut Scene, highest: u64) {
    let Some(file) = scene.world.files.iter().position(|f| f.name == "access.log") else { return };
    let writer = scene.world.writer(file, "nginx", 1);
    let kinds = scene.voice.kinds;
    for _ in 0..scene.world.dice.below(30) {
        let at = scene.moment(0.02, 0.98);
        let path = match scene.world.dice.below(3) {
            0 => format!("/{kinds}/{}", highest + 5_000_000 + scene.world.dice.below(9_000) as u64),
            1 => scene.pick(&["/wp-login.php", "/.env", "/robots.txt", "/favicon.ico"]).to_owned(),
            _ => format!("/assets/{:x}.js", scene.world.dice.bits()),
        };
        scene.tell(Mark::None, writer, at, format!("\"GET {path} HTTP/1.1\" 404 153 \"-\" \"Mozilla/5.0\""));
    }
}

/// People choose names and addresses that are taken: the key is not an id that was given out twice.
fn users(scene: &mut Scene) {
    if scene.databases.maria {
        return;
    }
    let writer = scene.session(0);
    for n in 0..scene.world.dice.below(5) {
        let at = scene.moment(0.05, 0.95);
        let text = "duplicate key value violates unique constraint \"users_email_key\"";
        scene.cry(Mark::None, writer, at, "ERROR", text);
        scene.cry(
            Mark::None,
            writer,
            at + seconds(0.000_01),
            "DETAIL",
            format!("Key (email)=(user{n}@example.net) already exists."),
        );
    }
    let said = Said::of("told").text("canceling statement due to user request".to_owned()).level("ERROR");
    let at = scene.moment(0.1, 0.9);
    scene.say(Mark::None, writer, at, said);
}
