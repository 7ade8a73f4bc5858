//! Jobs that run again and again: cron, tasks of the application, backups by several tools.

use super::scene::{Mark, Scene};
use super::simulator::cluster::{Said, seconds};
use super::simulator::dialect::Dialect;
use super::voice::intern;

/// When a job runs: often within the capture, or every night for the days before it.
pub(crate) fn schedule(scene: &mut Scene) -> Vec<i64> {
    if scene.chance(0.4) {
        let at = scene.moment(0.6, 0.95);
        return (0..14).rev().map(|day| at - day * 86_400_000_000_000).collect();
    }
    let n = 12 + scene.world.dice.below(8) as i64;
    let every = scene.world.span / (n + 1);
    let first = scene.world.start + every / 2;
    (0..n).map(|i| first + i * every).collect()
}

/// Names of scripts that cron starts.
const SCRIPTS: [&str; 6] = [
    "/usr/local/bin/send-reminders",
    "/opt/shop/bin/rake reports:daily",
    "/usr/bin/php /srv/www/artisan schedule:run",
    "cd /srv/app && ./manage.py clearsessions >> /var/log/clear.log 2>&1",
    "/usr/local/sbin/rotate-keys --quiet",
    "test -x /usr/sbin/anacron || run-parts /etc/cron.hourly",
];

/// What a cron daemon says when it starts one.
pub(crate) fn cron(scene: &mut Scene, host: usize, script: usize, at: i64, mark: Mark) {
    let process = if script.is_multiple_of(2) { "CRON" } else { "crond" };
    let user = ["root", "deploy", "www-data"][script % 3];
    let writer = scene.system(host, process);
    // A fault's own job is none of those that run besides.
    let own = if script >= SCRIPTS.len() { " --archive" } else { "" };
    scene.tell(mark, writer, at, format!("({user}) CMD ({}{own})", SCRIPTS[script % SCRIPTS.len()]));
}

/// A task of the application.
pub(crate) struct Task {
    writer: usize,
    style: usize,
    name: &'static str,
}

impl Task {
    pub(crate) fn new(scene: &mut Scene) -> Self {
        let host = scene.world.host("batch1", false);
        let dialect =
            scene.pick(&[Dialect::JsonMicros, Dialect::JsonNested, Dialect::Logfmt, Dialect::Plain, Dialect::Python]);
        let writer = scene.program(host, "batch.log", dialect);
        let name = scene.pick(&["reindex", "invoice-export", "sync_prices", "nightly_rollup", "cleanup"]);
        Task { writer, style: scene.world.dice.below(4), name }
    }

    /// One run; without an end if it hangs.
    pub(crate) fn run(&self, scene: &mut Scene, n: usize, at: i64, lasts: i64, ends: bool, mark: Mark) {
        let name = self.name;
        let (begin, end) = match self.style {
            0 => ("job started", "job finished"),
            1 => ("task.start", "task.done"),
            2 => ("Starting job", "job completed"),
            _ => ("job begin", "job end"),
        };
        let (field, run) = if self.style == 1 { ("task", "task_id") } else { ("name", "job_id") };
        let said = |text: &'static str| Said::of(text).with(field, name).with(run, 7_000 + n);
        scene.say(mark, self.writer, at, said(begin));
        if ends {
            let part = if mark == Mark::None { Mark::None } else { Mark::Part };
            scene.say(part, self.writer, at + lasts, said(end).with("duration_ms", lasts / 1_000_000));
        }
    }
}

/// A backup tool on a host of its own.
pub(crate) struct Backup {
    writer: usize,
    style: usize,
    database: &'static str,
}

/// Ways to tell of backups.
const STYLES: usize = 7;

impl Backup {
    pub(crate) fn new(scene: &mut Scene, incremental: bool) -> Self {
        let host = scene.world.host(if incremental { "store1" } else { "backup1" }, false);
        let style = scene.world.dice.below(STYLES);
        let dialect = match style {
            2 => Dialect::Pgbackrest,
            4 => scene.pick(&[Dialect::JsonNested, Dialect::Logfmt, Dialect::JsonMicros]),
            _ => scene.pick(&[Dialect::Plain, Dialect::PlainSeconds, Dialect::Python, Dialect::Syslog3164]),
        };
        let name = scene.pick(&["backup.log", "db-backup.log", "nightly.log"]);
        let writer = scene.program(host, name, dialect);
        let database = scene.pick(&["shop", "billing", "crm_production"]);
        Backup { writer, style, database }
    }

    pub(crate) fn begin(&self, scene: &mut Scene, n: usize, at: i64, mark: Mark) {
        let db = self.database;
        let text = match self.style {
            0 => format!("backup of {db} started"),
            1 => format!("starting dump of {db} to /srv/backup/{db}-{n}.dump"),
            2 => format!("backup command begin 2.50: --stanza={db} --type=full"),
            3 => format!("starting backup of /var/lib/{db}"),
            4 => {
                let said = Said::of("backup started").with("database", db).with("run_id", n);
                return scene.say(mark, self.writer, at, said);
            }
            5 => format!("Running backup of {db} (mysqldump | gzip)"),
            _ => format!("Begin dump {db}"),
        };
        scene.tell(mark, self.writer, at, text);
    }

    pub(crate) fn end(&self, scene: &mut Scene, n: usize, at: i64, bytes: u64, mark: Mark) {
        let db = self.database;
        let human = human(bytes);
        let last = at - seconds(0.2);
        match self.style {
            0 => scene.tell(
                mark,
                self.writer,
                at,
                format!("backup of {db} finished file=/srv/b/{db}-{n}.sql.gz size={bytes}"),
            ),
            1 => scene.tell(mark, self.writer, at, format!("dump of {db} completed, {bytes} bytes written")),
            2 => {
                scene.tell(mark, self.writer, last, format!("full backup size = {}, file total = 967", tight(bytes)));
                scene.tell(
                    mark,
                    self.writer,
                    at,
                    format!("backup command end: completed successfully ({}ms)", 4_513 + n),
                );
            }
            3 => {
                scene.tell(mark, self.writer, last, format!("Added to the repository: {human}"));
                scene.tell(mark, self.writer, at, format!("snapshot {:08x} saved", 0x40dc_1520 + n * 7_919));
            }
            4 => {
                let said = Said::of("backup completed").with("database", db).with("run_id", n);
                scene.say(mark, self.writer, at, said.with("bytes", bytes).with("duration_ms", 91_000 + n));
            }
            5 => {
                scene.tell(mark, self.writer, last, format!("Backup of {db} done"));
                scene.tell(mark, self.writer, at, format!("Uploaded {db}-{n}.sql.gz ({human})"));
            }
            _ => scene.tell(mark, self.writer, at, format!("Dump {db} finished: {human} in 93 s")),
        }
    }
}

fn human(bytes: u64) -> String {
    match bytes {
        0..=1023 => format!("{bytes} B"),
        1024..=1_048_575 => format!("{:.1} KiB", bytes as f64 / 1024.0),
        1_048_576..=1_073_741_823 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.3} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

/// As pgBackRest writes sizes.
fn tight(bytes: u64) -> String {
    human(bytes).replace(' ', "").replace("iB", "B")
}

/// Jobs in good health, on some hosts.
pub(crate) fn healthy(scene: &mut Scene) {
    let hosts: Vec<usize> = scene.apps.iter().map(|a| a.host).collect();
    for host in hosts {
        for script in 0..scene.world.dice.below(4) {
            let every = scene.pick(&[300.0, 600.0, 900.0]);
            let mut at = scene.world.start + scene.wait(0.0, every);
            while at < scene.end() {
                cron(scene, host, script, at, Mark::None);
                at += seconds(every) + scene.wait(0.0, 0.4);
            }
        }
    }
    if scene.chance(0.5) {
        incremental(scene);
    }
    if scene.chance(0.4) {
        let task = Task::new(scene);
        let name = intern(format!("{}-feed", task.name));
        // Runs until the machine stops: that it never ends is its nature.
        let at = scene.moment(0.01, 0.05);
        scene.say(Mark::None, task.writer, at, Said::of("job started").with("name", name).with("job_id", 1));
        for (n, at) in schedule(scene).into_iter().enumerate() {
            let lasts = scene.wait(20.0, 40.0);
            task.run(scene, n, at, lasts, true, Mark::None);
        }
    }
}

/// A full copy on Sundays, changes only on other days: small is usual. It grows slowly.
fn incremental(scene: &mut Scene) {
    let backup = Backup::new(scene, true);
    let base = 1_000_000u64 * (20 + scene.world.dice.below(90_000) as u64);
    let small = scene.world.dice.within(0.02, 0.1);
    let begin = scene.moment(0.5, 0.9);
    for n in 0..22usize {
        let at = begin - (21 - n as i64) * 86_400_000_000_000;
        let share = if n.is_multiple_of(7) { 1.0 } else { small * scene.world.dice.within(0.5, 1.6) };
        backup.begin(scene, n, at, Mark::None);
        let lasts = scene.wait(40.0, 50.0);
        backup.end(scene, n, at + lasts, (base as f64 * share) as u64, Mark::None);
    }
}
