//! How a product writes a line: the formats, each with its stamp and its resolution.

use std::fmt::Write as _;

use super::cluster::Said;
use super::dice::Dice;

/// A log format as a product writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Syslog3164,
    Syslog5424,
    PgStderr,
    PgSeconds,
    PgCsv,
    MariaGeneral,
    JsonMs,
    JsonMicros,
    Nginx,
    Log4j,
    Rails,
    Sidekiq,
    Pacemaker,
    Corosync,
    Plain,
    PlainSeconds,
    Logfmt,
    JsonNested,
    SyslogIso,
    PgRemote,
    PgNamed,
    MariaError,
    Python,
    Pgbackrest,
}

use Dialect::{
    Corosync, JsonMicros, JsonMs, JsonNested, Log4j, Logfmt, MariaError, MariaGeneral, Nginx, Pacemaker, PgCsv,
    PgNamed, PgRemote, PgSeconds, PgStderr, Pgbackrest, Plain, PlainSeconds, Python, Rails, Sidekiq, Syslog3164,
    Syslog5424, SyslogIso,
};

/// Who writes.
pub(crate) struct Pen<'a> {
    pub(crate) host: &'a str,
    pub(crate) process: &'a str,
    pub(crate) pid: u32,
    pub(crate) thread: u32,
    /// Lines of this session so far.
    pub(crate) n: usize,
}

/// Local time to print, with the zone that the host believes in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    /// Nanoseconds since 1970 by this host's clock, UTC.
    pub(crate) utc: i64,
    /// Minutes east of UTC of the zone that it prints.
    pub(crate) zone: i32,
    /// Minutes east that it really uses and does not print (or prints wrongly).
    pub(crate) hidden: i32,
}

impl Stamp {
    fn parts(self, zone: i32) -> (i32, u32, u32, i64, i64, i64, i64) {
        let ns = self.utc + i64::from(zone + self.hidden) * 60_000_000_000;
        let (day, rest) = (ns.div_euclid(86_400_000_000_000), ns.rem_euclid(86_400_000_000_000));
        let (y, m, d) = civil(day);
        let s = rest / 1_000_000_000;
        (y, m, d, s / 3600, s / 60 % 60, s % 60, rest % 1_000_000_000)
    }

    fn iso(self, zone: i32, between: char, point: char, digits: u32) -> String {
        let (y, m, d, h, min, s, ns) = self.parts(zone);
        let mut out = format!("{y:04}-{m:02}-{d:02}{between}{h:02}:{min:02}:{s:02}");
        if digits > 0 {
            let fraction = ns / 10i64.pow(9 - digits);
            let _infallible = write!(out, "{point}{fraction:0width$}", width = digits as usize);
        }
        out
    }

    fn month_day(self, millis: bool) -> String {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let (_, m, d, h, min, s, ns) = self.parts(self.zone);
        let month = MONTHS[m as usize - 1];
        let fraction = if millis { format!(".{:03}", ns / 1_000_000) } else { String::new() };
        let gap = if millis { format!("{d:02}") } else { format!("{d:2}") };
        format!("{month} {gap} {h:02}:{min:02}:{s:02}{fraction}")
    }

    fn shift(self, colon: &str) -> String {
        let z = self.zone.abs();
        format!("{}{:02}{colon}{:02}", if self.zone < 0 { '-' } else { '+' }, z / 60, z % 60)
    }
}

/// Year, month and day of a day since 1970.
fn civil(day: i64) -> (i32, u32, u32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    ((yoe + era * 400 + i64::from(m <= 2)) as i32, m as u32, (doy - (153 * mp + 2) / 5 + 1) as u32)
}

impl Dialect {
    /// Nanoseconds of one unit of the last digit.
    pub(crate) fn resolution(self) -> i64 {
        match self {
            Syslog3164 | PgSeconds | PgRemote | MariaGeneral | MariaError | Nginx | PlainSeconds => 1_000_000_000,
            Syslog5424 | JsonMicros | Rails | SyslogIso => 1_000,
            PgStderr | PgCsv | PgNamed | JsonMs | JsonNested | Logfmt | Log4j | Sidekiq | Pacemaker | Corosync
            | Plain | Python | Pgbackrest => 1_000_000,
        }
    }

    /// Lines that stand above the first record.
    pub(crate) fn header(self) -> &'static str {
        match self {
            MariaGeneral => {
                "/usr/sbin/mariadbd, Version: 10.11.6-MariaDB-0+deb12u1-log (Debian 12). started with:\n\
                 Tcp port: 3306  Unix socket: /run/mysqld/mysqld.sock\n\
                 Time\t\t    Id Command\tArgument\n"
            }
            _ => "",
        }
    }

    /// Another prefix, another encoding of the same words, now and then.
    pub(crate) fn relative(self, of_app: bool, dice: &mut Dice) -> Self {
        match self {
            PgStderr if dice.chance(0.4) => dice.pick(&[PgNamed, PgRemote]),
            PgSeconds if dice.chance(0.5) => PgRemote,
            JsonMs if dice.chance(0.5) => JsonNested,
            Plain | Log4j if of_app && dice.chance(0.4) => Logfmt,
            other => other,
        }
    }

    /// A line of PostgreSQL's log with one of several prefixes.
    fn postgres(self, stamp: Stamp, pen: &Pen<'_>, level: &str, text: &str) -> String {
        let Pen { process, pid, thread, n, .. } = *pen;
        match self {
            PgStderr | PgSeconds => {
                let digits = if self == PgStderr { 3 } else { 0 };
                let time = stamp.iso(stamp.zone, ' ', '.', digits);
                let severity = severity(level);
                let session = if thread == 0 { String::new() } else { format!("app@shop/{process} ") };
                format!("{time} {} [{pid}] {session}{severity}:  {text}\n", zone_name(stamp.zone))
            }
            PgRemote => {
                let time = format!("{} {}", stamp.iso(stamp.zone, ' ', '.', 0), zone_name(stamp.zone));
                let session = if thread == 0 {
                    ":@:".to_owned()
                } else {
                    format!("10.0.3.21({}):app@shop:", 40_000 + thread * 13)
                };
                format!("{time}:{session}[{pid}]:{}:  {text}\n", severity(level))
            }
            PgNamed => {
                let time = format!("{} {}", stamp.iso(stamp.zone, ' ', '.', 3), zone_name(stamp.zone));
                let who =
                    if thread == 0 { "user=,db=,app=,client=" } else { "user=app,db=shop,app=web,client=10.0.3.21" };
                format!("{time} [{pid}]: [{}-1] {who} {}:  {text}\n", n + 1, severity(level))
            }
            _ => String::new(),
        }
    }

    /// A line whose fields have names.
    fn fields(self, stamp: Stamp, pen: &Pen<'_>, said: &Said) -> String {
        let Pen { host, process, pid, .. } = *pen;
        let level = said.level;
        match self {
            JsonMs => {
                let ms = stamp.utc.div_euclid(1_000_000); // no zone can be wrong here
                let lvl = if level == "ERROR" { 50 } else { 30 };
                json(format!("\"level\":{lvl},\"time\":{ms},\"pid\":{pid},\"hostname\":\"{host}\""), said)
            }
            JsonMicros => {
                let time = format!("{}{}", stamp.iso(stamp.zone, 'T', '.', 6), stamp.shift(":"));
                let level = level.to_lowercase();
                json(format!("\"ts\":\"{time}\",\"level\":\"{level}\",\"svc\":\"{process}\""), said)
            }
            Logfmt => {
                let time = format!("{}{}", stamp.iso(stamp.zone, 'T', '.', 3), stamp.shift(":"));
                let level = level.to_lowercase();
                let message = if said.text.is_empty() { said.role } else { &said.text };
                let mut out = format!("time={time} level={level} service={process} msg=\"{message}\"");
                for (name, value) in &said.fields {
                    let quote = if value.is_empty() || value.contains(' ') { "\"" } else { "" };
                    let _infallible = write!(out, " {name}={quote}{value}{quote}");
                }
                out + "\n"
            }
            JsonNested => {
                let time = stamp.iso(0, 'T', '.', 3);
                let message = if said.text.is_empty() { said.role } else { &said.text };
                let mut fields = String::new();
                for (name, value) in &said.fields {
                    let _infallible = write!(fields, ",\"{name}\":{}", serde_json::Value::from(value.as_str()));
                }
                let message = serde_json::Value::from(message);
                format!(
                    "{{\"@timestamp\":\"{time}Z\",\"severity\":\"{level}\",\"logger\":\"{process}\",\"host\":\"{host}\",\"message\":{message}{fields}}}\n"
                )
            }
            _ => String::new(),
        }
    }

    /// The line, with its line end. `above` is the stamp of the line above in the file.
    pub(crate) fn line(self, stamp: Stamp, above: Option<Stamp>, pen: &Pen<'_>, said: &Said) -> String {
        let text = if said.text.is_empty() { sentence(said) } else { said.text.clone() };
        let Pen { host, process, pid, thread, n } = *pen;
        let level = said.level;
        match self {
            Syslog3164 => format!("{} {host} {process}{}: {text}\n", stamp.month_day(false), tag(pid)),
            SyslogIso => {
                let time = stamp.iso(stamp.zone, 'T', '.', 6);
                format!("{time}{} {host} {process}{}: {text}\n", stamp.shift(":"), tag(pid))
            }
            Syslog5424 => {
                let priority = if level == "ERROR" { 131 } else { 134 };
                let time = stamp.iso(stamp.zone, 'T', '.', 6);
                format!("<{priority}>1 {time}{} {host} {process} {pid} - - {text}\n", stamp.shift(":"))
            }
            PgStderr | PgSeconds | PgRemote | PgNamed => self.postgres(stamp, pen, level, &text),
            PgCsv => csv(stamp, pen, level, &text),
            MariaError => {
                let word = if level == "ERROR" { "ERROR" } else { "Note" };
                let time = stamp.iso(stamp.zone, ' ', '.', 0);
                format!("{time} {thread} [{word}] {text}\n")
            }
            Python => format!("{} {level}: {text}\n", stamp.iso(stamp.zone, ' ', ',', 3)),
            Pgbackrest => format!("{} P00 {level:>6}: {text}\n", stamp.iso(stamp.zone, ' ', '.', 3)),
            MariaGeneral => {
                let same = above.is_some_and(|a| a.utc / 1_000_000_000 == stamp.utc / 1_000_000_000);
                let (y, m, d, h, min, s, _) = stamp.parts(stamp.zone);
                let time = format!("{:02}{m:02}{d:02} {h:2}:{min:02}:{s:02}\t", y % 100);
                let time = if same { "\t\t".to_owned() } else { time };
                format!("{time}{thread:6} Query\t{text}\n")
            }
            JsonMs | JsonMicros | JsonNested | Logfmt => self.fields(stamp, pen, said),
            Nginx => {
                let (y, _, d, h, min, s, _) = stamp.parts(stamp.zone);
                let month = stamp.month_day(false);
                let month = month.get(..3).unwrap_or_default();
                format!(
                    "10.0.9.{} - - [{d:02}/{month}/{y}:{h:02}:{min:02}:{s:02} {}] {text}\n",
                    10 + n % 40,
                    stamp.shift("")
                )
            }
            Log4j => {
                let time = stamp.iso(stamp.zone, ' ', ',', 3);
                let trace = if level == "ERROR" { TRACE } else { "" };
                format!("{time} {level:5} [http-nio-8080-exec-{thread}] com.{process}.Main - {text}\n{trace}")
            }
            Rails => {
                let time = stamp.iso(stamp.zone, 'T', '.', 6);
                format!("{}, [{time} #{pid}] {level:>5} -- : {text}\n", level.get(..1).unwrap_or("I"))
            }
            Sidekiq => {
                let time = stamp.iso(0, 'T', '.', 3);
                format!("{time}Z pid={pid} tid={} {text}\n", tid(thread))
            }
            Pacemaker => format!("{} {host} {process:<20}[{pid}] {text}\n", stamp.month_day(true)),
            Corosync => format!("{} [{pid}] {host} corosync {text}\n", stamp.month_day(true)),
            Plain => format!("{}Z {level} {process}: {text}\n", stamp.iso(0, 'T', '.', 3)),
            PlainSeconds => format!("{} {} {text}\n", stamp.iso(stamp.zone, ' ', '.', 0), stamp.shift("")),
        }
    }
}

/// The process id behind the name; the kernel has none.
fn tag(pid: u32) -> String {
    if pid == 0 { String::new() } else { format!("[{pid}]") }
}

/// PostgreSQL's word for a level.
fn severity(level: &str) -> &str {
    if level == "INFO" { "LOG" } else { level }
}

const TRACE: &str = "java.sql.SQLTransientConnectionException: shop-pool - Connection is not available\n\
    \tat com.zaxxer.hikari.pool.HikariPool.createTimeoutException(HikariPool.java:696)\n\
    \tat com.shop.PaymentController.create(PaymentController.java:88)\n";

fn tid(thread: u32) -> String {
    let digits = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut n = 4_700_000 + u64::from(thread) * 7919;
    let mut out = String::new();
    while n > 0 {
        out.push(char::from(digits[(n % 36) as usize]));
        n /= 36;
    }
    out
}

fn zone_name(zone: i32) -> String {
    match zone {
        0 => "UTC".to_owned(),
        60 => "CET".to_owned(),
        z => format!("{}{:02}{}", if z < 0 { '-' } else { '+' }, z.abs() / 60, minutes(z)),
    }
}

fn minutes(zone: i32) -> String {
    if zone % 60 == 0 { String::new() } else { format!(":{:02}", zone.abs() % 60) }
}

/// Role and fields as `name=value`.
fn sentence(said: &Said) -> String {
    let mut out = said.role.to_owned();
    for (name, value) in &said.fields {
        let _infallible = write!(out, " {name}={value}");
    }
    out
}

fn json(head: String, said: &Said) -> String {
    let text = if said.text.is_empty() { said.role } else { &said.text };
    let mut out = format!("{{{head},\"msg\":\"{}\"", text.replace('"', "\\\""));
    for (name, value) in &said.fields {
        let plain = !value.is_empty() && value.len() < 15 && value.bytes().all(|b| b.is_ascii_digit());
        let quote = if plain { "" } else { "\"" };
        let _infallible = write!(out, ",\"{name}\":{quote}{value}{quote}");
    }
    out + "}\n"
}

fn csv(stamp: Stamp, pen: &Pen<'_>, level: &str, text: &str) -> String {
    let time = format!("{} {}", stamp.iso(stamp.zone, ' ', '.', 3), zone_name(stamp.zone));
    let Pen { process, pid, thread, n, .. } = *pen;
    let started = Stamp { utc: stamp.utc / 3_600_000_000_000 * 3_600_000_000_000, ..stamp };
    let begun = format!("{} {}", started.iso(stamp.zone, ' ', '.', 0), zone_name(stamp.zone));
    let session = format!("{:x}.{pid:x}", started.utc / 1_000_000_000);
    let port = 40_000 + thread * 13;
    let text = text.replace('"', "\"\"");
    let severity = severity(level);
    if thread == 0 {
        return format!(
            "{time},,,{pid},,{session},{},,{begun},,0,{severity},00000,\"{text}\",,,,,,,,,\"\",\"checkpointer\",,0\n",
            n + 1
        );
    }
    format!(
        "{time},\"app\",\"shop\",{pid},\"10.0.3.21:{port}\",{session},{},\"SELECT\",{begun},{thread}/{},0,{severity},00000,\"{text}\",,,,,,,,,\"{process}\",\"client backend\",,0\n",
        n + 1,
        n + 40
    )
}
