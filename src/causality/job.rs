//! cron starts a job, then the job writes its first line.
//!
//! The job is known by its process id, by the log that cron's command sends its output to, or by the program's name
//! as the writer of the line. Both stamps are of one host and one moment, so in a coarse log they are equal.

use std::collections::BTreeMap;

use super::known::{Known, file_name};
use super::{Edge, Rule};
use crate::clock::pairs::resolution;
use crate::event::EventId;
use crate::fact::Kind;

/// A job writes its first line within this time, in nanoseconds, beside the stamps' resolution.
const SOON: i64 = 5_000_000_000;

/// The edges from cron's lines to the first lines of their jobs.
pub fn edges(known: &Known<'_>) -> Vec<Edge> {
    let mut begun: BTreeMap<usize, Vec<Begun>> = BTreeMap::new();
    let mut cron: Vec<(EventId, i64, String, Option<String>)> = Vec::new();
    for (fact, time) in known.timed(Kind::JobStart) {
        let record = known.record(fact.event());
        let process = record.process.as_deref().unwrap_or_default().to_owned();
        let pid = fact.get("pid").or(record.pid.as_deref()).map(str::to_owned);
        match fact.get("user").and(fact.get("job")).filter(|_| is_cron(&process)) {
            Some(command) => cron.push((fact.event(), time, command.to_owned(), pid)),
            None => begun.entry(known.lane(fact.event())).or_default().push(Begun {
                event: fact.event(),
                time,
                process,
                pid,
            }),
        }
    }
    let mut edges = Vec::new();
    for (event, time, command, pid) in &cron {
        let log = redirect(command).map(file_name);
        let program = command.split_whitespace().next().map(file_name).unwrap_or_default();
        let begun = begun.get(&known.lane(*event)).map(Vec::as_slice).unwrap_or_default();
        let mine = |b: &&Begun| {
            let source = known.events.source(b.event).idx();
            let path = known.sources.get(source).map_or("", |s| s.path.as_str());
            let logged = log.is_some_and(|l| file_name(path) == l);
            let same_pid = pid.is_some() && b.pid == *pid;
            logged || same_pid || (!program.is_empty() && b.process == program)
        };
        let latest = time.saturating_add(SOON).saturating_add(resolution(known.events, *event) as i64);
        let soon = |b: &&Begun| b.event != *event && (*time..=latest).contains(&b.time);
        let first = begun.iter().filter(soon).filter(mine).min_by_key(|b| (b.time, b.event));
        edges.extend(first.map(|b| Edge { from: *event, to: b.event, rule: Rule::Job }));
    }
    edges
}

/// A line that says that a job has begun.
struct Begun {
    event: EventId,
    time: i64,
    process: String,
    pid: Option<String>,
}

fn is_cron(process: &str) -> bool {
    let name = file_name(process).to_ascii_lowercase();
    matches!(name.as_str(), "cron" | "crond" | "cronie" | "anacron" | "fcron")
}

/// The file that a command's output goes to.
fn redirect(command: &str) -> Option<&str> {
    let targets = command.split('>').skip(1).filter_map(|part| part.split_whitespace().next());
    targets.into_iter().find(|f| f.contains('/') && *f != "/dev/null")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_of_a_command_is_where_its_output_goes() {
        assert_eq!(redirect("/usr/bin/backup >> /var/log/backup.log 2>&1"), Some("/var/log/backup.log"));
        assert_eq!(redirect("/usr/bin/backup >/var/log/b.log"), Some("/var/log/b.log"));
        assert_eq!(redirect("/usr/bin/backup > /dev/null 2>&1"), None);
        assert_eq!(redirect("/usr/bin/backup"), None);
    }
}
