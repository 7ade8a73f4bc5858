//! Logs of any length, always the same: six hosts, each with a format of its own, lines of about 100 bytes.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The six hours that the logs tell of begin here, in milliseconds of Saturday, 10 October 2026 (UTC).
const BEGIN: u64 = 9 * 3_600_000;
const LASTS: u64 = 6 * 3_600_000;

/// A place in the day.
struct At(u64);

impl At {
    fn clock(&self) -> (u64, u64, u64, u64) {
        let ms = self.0;
        (ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000)
    }

    fn iso(&self) -> String {
        let (h, m, s, ms) = self.clock();
        format!("2026-10-10T{h:02}:{m:02}:{s:02}.{ms:03}Z")
    }

    /// Things go wrong for ten minutes in the middle.
    fn is_bad(&self) -> bool {
        (BEGIN + LASTS / 2..BEGIN + LASTS / 2 + 600_000).contains(&self.0)
    }
}

/// Writes a line of a host; `n` is a number by chance.
type Line = fn(&mut dyn Write, &At, u64) -> io::Result<()>;

const HOSTS: [(&str, Line); 6] = [
    ("web1/access.log", nginx),
    ("api1/app.jsonl", app),
    ("api2/app.jsonl", app),
    ("db1/postgresql.log", postgres),
    ("mail1/syslog", syslog),
    ("worker1/jobs.log", jobs),
];

/// Writes `events` lines below `folder`; the number of bytes.
///
/// # Errors
/// When the disk is full, or the like.
pub(crate) fn write(folder: &Path, events: u64) -> io::Result<u64> {
    let mut bytes = 0;
    for ((path, line), host) in HOSTS.iter().zip(1_u64..) {
        let path = folder.join(path);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        let mut chance = host.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let here = events / HOSTS.len() as u64;
        for i in 0..here {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            // Evenly over the time, with a little chance in it, and never backwards.
            let at = At(BEGIN + (i * LASTS + chance % LASTS.min(1_000)) / here.max(1));
            line(&mut out, &at, chance >> 8)?;
        }
        out.flush()?;
        bytes += fs::metadata(&path)?.len();
    }
    Ok(bytes)
}

fn nginx(out: &mut dyn Write, at: &At, n: u64) -> io::Result<()> {
    let (h, m, s, _) = at.clock();
    let status = if at.is_bad() && n.is_multiple_of(3) { 502 } else { 200 };
    let (host, account, size) = (n % 250, n / 7 % 90_000, n % 9_000 + 200);
    writeln!(
        out,
        "10.0.3.{host} - - [10/Oct/2026:{h:02}:{m:02}:{s:02} +0000] \"GET /api/v1/accounts/{account} HTTP/1.1\" {status} {size} \"-\" \"app/2.1\""
    )
}

fn app(out: &mut dyn Write, at: &At, n: u64) -> io::Result<()> {
    let (level, msg, status) = match n % 100 {
        _ if at.is_bad() && n.is_multiple_of(2) => ("error", "request failed: connection refused", 503),
        0 => ("error", "request failed: statement timeout", 500),
        1..4 => ("warn", "slow answer", 200),
        _ => ("info", "request answered", 200),
    };
    let (request, ms) = (n & 0xFFFF_FFFF, n % 900);
    let time = at.iso();
    writeln!(
        out,
        r#"{{"time":"{time}","level":"{level}","msg":"{msg}","req":"{request:08x}","status":{status},"ms":{ms}}}"#
    )
}

fn postgres(out: &mut dyn Write, at: &At, n: u64) -> io::Result<()> {
    let (h, m, s, ms) = at.clock();
    let (pid, id, took) = (1_000 + n % 60, n / 5 % 90_000, n % 700);
    write!(out, "2026-10-10 {h:02}:{m:02}:{s:02}.{ms:03} UTC [{pid}] app@shop ")?;
    match n % 400 {
        _ if at.is_bad() && n.is_multiple_of(5) => writeln!(out, "FATAL:  sorry, too many clients already"),
        0 => writeln!(out, "ERROR:  canceling statement due to statement timeout"),
        _ => writeln!(out, "LOG:  duration: {took}.25 ms  statement: SELECT * FROM accounts WHERE id = {id}"),
    }
}

fn syslog(out: &mut dyn Write, at: &At, n: u64) -> io::Result<()> {
    let (h, m, s, _) = at.clock();
    let (pid, queue, to) = (2_000 + n % 30, n & 0xFF_FFFF, n % 5_000);
    write!(out, "Oct 10 {h:02}:{m:02}:{s:02} mail1 postfix/smtp[{pid}]: ")?;
    match n % 200 {
        0 => writeln!(out, "{queue:06X}: warning: lost connection with mx1.example.net while sending"),
        _ => writeln!(out, "{queue:06X}: to=<user{to}@example.net>, relay=mx1.example.net, status=sent (250 ok)"),
    }
}

fn jobs(out: &mut dyn Write, at: &At, n: u64) -> io::Result<()> {
    let (level, msg) = match n % 300 {
        0 => ("error", "job failed: upstream timeout"),
        1..5 => ("warn", "job tried again"),
        _ => ("info", "job done"),
    };
    let (id, ms, time) = (n / 3 % 1_000_000, n % 4_000, at.iso());
    writeln!(out, "time={time} level={level} msg=\"{msg}\" queue=mail class=DeliverMail id={id} ms={ms}")
}
