//! Requests of clients through load balancer, servers and database, and the jobs that they leave.

use super::cluster::{Id, Said, World, hash, seconds};
use super::dialect::Dialect;
use super::setup::Setup;

/// A thread of an application, with its own connections to the databases.
struct Thread {
    writer: usize,
    backends: Vec<usize>,
    free: i64,
    stale: Option<Id>,
}

/// A job that waits.
struct Job {
    id: Id,
    enqueued: usize,
    at: i64,
}

/// The databases, and what was committed.
#[derive(Default)]
pub(crate) struct Databases {
    /// Log files, the primary's first.
    pub(crate) files: Vec<usize>,
    pub(crate) hosts: Vec<usize>,
    /// Lines of transactions that wrote, as they committed.
    pub(crate) commits: Vec<usize>,
    pub(crate) maria: bool,
}

const PATHS: [&str; 5] = ["/payments", "/accounts", "/api/v1/statuses", "/orders", "/refunds"];
const READS: [&str; 3] = [
    "SELECT * FROM accounts WHERE id = $1 LIMIT 1",
    "SELECT id, state, amount FROM payments WHERE customer_id = $1",
    "SELECT count(*) FROM orders WHERE state = 'open'",
];
const WRITES: [&str; 3] = [
    "INSERT INTO payments (customer_id, amount, state) VALUES ($1, $2, 'new')",
    "UPDATE accounts SET uri = $1 WHERE id = $2",
    "DELETE FROM carts WHERE session_id = $1",
];

/// All requests and jobs of a run.
pub(crate) struct Traffic<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) setup: &'a Setup,
    pub(crate) databases: Databases,
    recent: Vec<Id>,
    jobs: Vec<Job>,
    sink: Option<usize>,
}

impl<'a> Traffic<'a> {
    pub(crate) fn new(world: &'a mut World, setup: &'a Setup, databases: Databases) -> Self {
        Traffic { world, setup, databases, recent: Vec::new(), jobs: Vec::new(), sink: None }
    }

    fn dialect(&mut self) -> Dialect {
        if self.world.dice.chance(self.setup.coarse) {
            return self.world.dice.pick(&[Dialect::Syslog3164, Dialect::PlainSeconds]);
        }
        self.world.dice.pick(&[
            Dialect::JsonMicros,
            Dialect::JsonMs,
            Dialect::Log4j,
            Dialect::Rails,
            Dialect::Plain,
            Dialect::Syslog5424,
        ])
    }

    fn threads(&mut self, name: &str, file_name: &'static str, process: &'static str, n: u32) -> Vec<Thread> {
        let host = self.world.host(name, false);
        let dialect = if process == "sidekiq" && !self.world.dice.chance(self.setup.coarse) {
            Dialect::Sidekiq
        } else {
            self.dialect()
        };
        let file = self.world.file(host, file_name, dialect);
        let pid = 900 + self.world.dice.below(9_000) as u32;
        let databases = self.databases.files.clone();
        let backend = if self.databases.maria { "mariadbd" } else { process };
        (0..n)
            .map(|t| {
                let writer = self.world.thread_of(file, process, pid, t + 1);
                let backends = databases.iter().map(|f| self.world.writer(*f, backend, 30 + t)).collect();
                Thread { writer, backends, free: 0, stale: None }
            })
            .collect()
    }

    /// Lets all requests happen.
    pub(crate) fn run(mut self) -> Databases {
        let clients = if self.setup.client { self.threads("client1", "client.log", "loadgen", 6) } else { Vec::new() };
        let mut clients = clients;
        let lb_host = self.world.host("lb1", false);
        let access = self.world.file(lb_host, "access.log", Dialect::Nginx);
        let nginx = self.world.writer(access, "nginx", 0);
        let mut apps: Vec<Vec<Thread>> = Vec::new();
        for i in 0..self.setup.apps {
            apps.push(self.threads(&format!("app{}", i + 1), "app.log", "shop", 4));
        }
        if self.setup.sink {
            let host = self.world.host("audit1", false);
            let dialect = self.dialect();
            let file = self.world.file(host, "audit.log", dialect);
            self.sink = Some(self.world.writer(file, "auditd", 1));
        }
        let mut arrivals: Vec<f64> =
            (0..self.setup.requests).map(|_| self.world.dice.within(0.0, self.setup.span)).collect();
        arrivals.sort_by(f64::total_cmp);
        let mut access_lines = Vec::new();
        let mut reports = Vec::new();
        for s in arrivals {
            let at = self.world.start + seconds(s);
            self.request(at, &mut clients, &mut apps, &mut access_lines, &mut reports);
        }
        self.write_later(nginx, access_lines);
        if let Some(sink) = self.sink {
            self.write_later(sink, reports);
        }
        if self.setup.worker {
            self.work_jobs();
        }
        self.databases
    }

    /// One process writes what many requests left, in the order in which it happened.
    fn write_later(&mut self, writer: usize, mut lines: Vec<(i64, Said)>) {
        lines.sort_by_key(|(at, _)| *at);
        for (at, said) in lines {
            self.world.say(writer, at, said);
        }
    }

    /// The identifier of a request; some clients use one again, as retries do.
    fn new_request(&mut self) -> Id {
        let again = self.world.dice.chance(self.setup.false_ids / 2.0) && !self.recent.is_empty();
        let id = if again {
            let last = self.recent.len().saturating_sub(40);
            let at = last + self.world.dice.below(self.recent.len() - last);
            self.recent[at].clone()
        } else {
            self.world.request_id()
        };
        self.recent.push(id.clone());
        id
    }

    fn request(
        &mut self,
        at: i64,
        clients: &mut [Thread],
        apps: &mut [Vec<Thread>],
        access: &mut Vec<(i64, Said)>,
        reports: &mut Vec<(i64, Said)>,
    ) {
        let id = self.new_request();
        let path = self.world.dice.pick(&PATHS);
        let app = self.world.dice.below(apps.len());
        let Some(thread) = apps[app].iter_mut().min_by_key(|t| t.free) else { return };
        let client = clients.iter_mut().min_by_key(|t| t.free);
        let (sent, arrived) = match &client {
            Some(c) => {
                let at = at.max(c.free);
                let said = Said::of("request sent").with("method", "POST").with("path", path).id("request_id", &id);
                let sent = self.world.say(c.writer, at, said);
                (Some(sent), self.world.at(sent) + self.world.delay() + self.world.delay())
            }
            None => (None, at),
        };
        let mut start = Said::of("request started").id("rid", &id).with("path", path);
        start.causes.extend(sent);
        let started = self.world.say(thread.writer, arrived.max(thread.free), start);
        let last = self.statements(thread, &id, started);
        let failed = self.world.dice.chance(0.01);
        let status = if failed { 503 } else { 200 };
        let took = (self.world.at(last) - self.world.at(started)) as f64 / 1e6;
        let done = Said::of(if failed { "request failed" } else { "request finished" })
            .level(if failed { "ERROR" } else { "INFO" })
            .id("rid", &id)
            .with("status", status)
            .with("ms", format!("{took:.1}"))
            .after(last);
        let done_at = self.world.at(last) + self.world.work(0.000_8);
        let done = self.world.say(thread.writer, done_at, done);
        thread.free = self.world.at(done) + 5_000;
        if self.sink.is_some() && self.world.dice.chance(0.8) {
            let arrives = self.world.at(done) + self.world.delay();
            reports.push((arrives, Said::of("audit record stored").id("rid", &id).with("bytes", 412).after(done)));
        }
        let answered = self.world.at(done) + self.world.delay();
        let text = format!(
            "\"POST {path}?rid={} HTTP/1.1\" {status} {} \"-\" \"shop-client/2.3\"",
            id.text,
            300 + took as i64
        );
        access.push((answered, Said::of("access").text(text).key(&id).after(done)));
        if let (Some(c), Some(sent)) = (client, sent) {
            let back = Said::of("reply received").id("request_id", &id).with("status", status).after(done).after(sent);
            let at = answered + self.world.delay();
            let got = self.world.say(c.writer, at, back);
            c.free = self.world.at(got) + 1_000;
        }
    }

    /// The statements of a request, and the job that it may leave. The last event of all.
    fn statements(&mut self, thread: &mut Thread, id: &Id, started: usize) -> usize {
        let mut last = started;
        for _ in 0..1 + self.world.dice.below(2) {
            let writes = self.world.dice.chance(0.6);
            let replica = if writes { 0 } else { self.world.dice.below(thread.backends.len()) };
            last = self.statement(thread, replica, writes, id, last);
            if writes {
                let said = Said::of("row written").id("rid", id).with("rows", 1).after(last);
                let at = self.world.at(last) + self.world.delay();
                last = self.world.say(thread.writer, at, said);
            }
        }
        if self.setup.worker && self.world.dice.chance(0.5) {
            let job = self.world.job_id();
            let said =
                Said::of("job enqueued").id("rid", id).id("jid", &job).with("class", "ReceiptMailerJob").after(last);
            let at = self.world.at(last) + self.world.work(0.000_3);
            last = self.world.say(thread.writer, at, said);
            let wait = self.world.work(self.setup.queue) + self.world.delay();
            self.jobs.push(Job { id: job, enqueued: last, at: self.world.at(last) + wait });
        }
        last
    }

    /// A statement at a server. Its comment may be that of the request before on the same connection.
    fn statement(&mut self, thread: &mut Thread, server: usize, writes: bool, id: &Id, cause: usize) -> usize {
        let sql = if writes { self.world.dice.pick(&WRITES) } else { self.world.dice.pick(&READS) };
        let stale = self.world.dice.chance(self.setup.false_ids / 2.0);
        let shown = thread.stale.clone().filter(|_| stale).unwrap_or_else(|| id.clone());
        thread.stale = Some(id.clone());
        let comment = format!("{sql} /* rid={} */", shown.text);
        let text = if self.databases.maria { comment } else { format!("statement: {comment}") };
        let at = self.world.at(cause) + self.world.delay();
        let role = if writes { "write" } else { "read" };
        let line = self.world.say(thread.backends[server], at, Said::of(role).text(text).key(&shown).after(cause));
        if writes {
            self.databases.commits.push(line);
        }
        line
    }

    /// A worker takes the jobs out of the queue.
    fn work_jobs(&mut self) {
        let mut threads = self.threads("worker1", "sidekiq.log", "sidekiq", 5);
        let mut jobs = std::mem::take(&mut self.jobs);
        jobs.sort_by_key(|j| j.at);
        for job in jobs {
            let Some(thread) = threads.iter_mut().min_by_key(|t| t.free) else { return };
            let at = job.at.max(thread.free);
            let text = format!("class=ReceiptMailerJob jid={} INFO: start", job.id.text);
            let start = Said::of("start").text(text).key(&job.id).after(job.enqueued);
            let started = self.world.say(thread.writer, at, start);
            let line = self.statement(thread, 0, true, &job.id, started);
            let elapsed = self.world.work(0.03) + self.world.delay();
            let text =
                format!("class=ReceiptMailerJob jid={} elapsed={:.3} INFO: done", job.id.text, elapsed as f64 / 1e9);
            let done = Said::of("done").text(text).key(&job.id).after(line);
            let done = self.world.say(thread.writer, self.world.at(line) + elapsed, done);
            thread.free = self.world.at(done) + 20_000;
        }
    }
}

/// An identifier that others made.
pub(crate) fn named(text: String) -> Id {
    Id { key: hash(&text), text }
}
