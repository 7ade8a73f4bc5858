//! What a record says was done: a statement that a server received, or what a program says of its own work.
//!
//! Known by words alone, so that applications nobody described are understood: `account.created` says that
//! something was inserted, `request.start` that work began.

use std::collections::BTreeMap;

use super::{Key, Mention};
use crate::event::EventStore;
use crate::event::settle::SourceInfo;
use crate::format::record::Record;
use crate::source::Source;

/// Kinds of statements, as a set of bits.
pub type Verbs = u8;
/// Rows were made.
pub const INSERT: Verbs = 1;
/// Rows were changed.
pub const UPDATE: Verbs = 2;
/// Rows were removed.
pub const DELETE: Verbs = 4;
/// Rows were read.
pub const SELECT: Verbs = 8;

/// What a record says was done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Act {
    /// Nothing that is understood.
    #[default]
    Other,
    /// A database server received a statement that names these tables.
    Statement(Verbs, Vec<String>),
    /// A program says that it has done something, in these words.
    Done(Verbs, Vec<String>),
    /// Work on something begins.
    Begin,
    /// Somebody else is asked to work on something, and waited for.
    Ask,
    /// Work on something ends.
    End,
    /// A server's one line about a whole request, stamped at its begin or at its end, as the server likes.
    Served,
}

/// Which kind of records of which source: the source, and the template.
pub type RecordKind = (u32, u32);

/// What each kind of records that keys mention says was done.
#[derive(Clone, Debug, Default)]
pub struct Acts {
    list: BTreeMap<RecordKind, Act>,
}

impl Acts {
    /// Reads one record of each kind.
    pub fn of(sources: &[Source], infos: &[SourceInfo], events: &EventStore, keys: &[Key]) -> Self {
        let mut list = BTreeMap::new();
        for m in keys.iter().flat_map(|k| &k.mentions) {
            let source = events.source(m.event);
            list.entry((source.0, m.template)).or_insert_with(|| {
                let (Some(info), Some(text)) = (infos.get(source.idx()), sources.get(source.idx())) else {
                    return Act::Other;
                };
                let record = info.decode(events.form(m.event), text.text.get(events.span(m.event)));
                if info.tells_statements() { of_server(&record) } else { of_program(&record) }
            });
        }
        Acts { list }
    }

    /// The kind of a mention's record.
    pub fn kind(events: &EventStore, m: &Mention) -> RecordKind {
        (events.source(m.event).0, m.template)
    }

    /// What a mention's record says.
    pub fn get(&self, events: &EventStore, m: &Mention) -> &Act {
        self.list.get(&Acts::kind(events, m)).unwrap_or(&Act::Other)
    }
}

impl Act {
    /// True when a program that says this has sent that statement.
    pub fn follows(&self, statement: &Act) -> bool {
        match (self, statement) {
            (Act::Done(done, words), Act::Statement(sent, tables)) => done & sent != 0 && names(words, tables),
            _ => false,
        }
    }

    /// True for a record that hands work on to whoever begins it.
    pub fn hands_on(&self) -> bool {
        let handed = |w: &String| matches!(w.as_str(), "enqueued" | "queued" | "published" | "submitted" | "scheduled");
        matches!(self, Act::Done(_, words) if words.iter().any(handed))
    }

    /// True for the begin of work, one's own or another's.
    pub fn begins(&self) -> bool {
        matches!(self, Act::Begin | Act::Ask)
    }

    /// True for the begin or the end of work, or both.
    pub fn spans(&self) -> bool {
        matches!(self, Act::Begin | Act::Ask | Act::End | Act::Served)
    }
}

/// Words of a message that tell what was done; more of them are talk.
const WORDS: usize = 8;

/// What a record of a database server says.
pub fn of_server(record: &Record<'_>) -> Act {
    let words: Vec<&str> =
        record.message.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).take(256).collect();
    let verb = |w: &str| match w.to_ascii_uppercase().as_str() {
        "INSERT" | "REPLACE" => INSERT,
        "UPDATE" => UPDATE,
        "DELETE" => DELETE,
        "SELECT" => SELECT,
        _ => 0,
    };
    let Some((at, verbs)) = words.iter().enumerate().map(|(i, w)| (i, verb(w))).find(|(_, v)| *v != 0) else {
        return Act::Other;
    };
    // A SELECT names its tables anywhere; what is changed stands right behind the verb.
    let names_table = |w: &str| matches!(w.to_ascii_uppercase().as_str(), "INTO" | "FROM" | "UPDATE" | "JOIN");
    let rest = words.get(at..).unwrap_or_default();
    let after = rest.windows(2).filter_map(|pair| match pair {
        [before, table] if names_table(before) => Some(table.to_lowercase()),
        _ => None,
    });
    let tables = if verbs == SELECT { after.collect() } else { after.take(1).collect() };
    Act::Statement(verbs, tables)
}

/// What a record of any other program says.
pub fn of_program(record: &Record<'_>) -> Act {
    if is_served(&record.message) {
        return Act::Served;
    }
    let words: Vec<String> = record
        .message
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && w.chars().all(char::is_alphabetic))
        .take(WORDS)
        .map(str::to_lowercase)
        .collect();
    let verbs = words.iter().map(|w| done(w)).fold(0, |all, v| all | v);
    if verbs != 0 {
        return Act::Done(verbs, words);
    }
    let is = |list: &[&str]| words.iter().any(|w| list.contains(&w.as_str()));
    // "request sent" asks, unlike "response sent".
    let ends = words.iter().filter(|w| ENDS.contains(&w.as_str()) && *w != "sent").count();
    if ends == 0 && is(&["request", "call", "query"]) && is(&["sent", "send", "sending", "outgoing", "outbound"]) {
        return Act::Ask;
    }
    if is(&["start", "started", "starting", "begin", "began", "request", "received", "incoming", "processing"]) {
        // "request done" ends, "request" begins.
        return if is(ENDS) { Act::End } else { Act::Begin };
    }
    if is(ENDS) { Act::End } else { Act::Other }
}

/// True for the line of an access log: a method, what was asked for, and the protocol, `GET /a?b HTTP/1.1`.
fn is_served(message: &str) -> bool {
    let is_method =
        |w: &str| matches!(w, "GET" | "POST" | "PUT" | "PATCH" | "DELETE" | "HEAD" | "OPTIONS" | "CONNECT" | "TRACE");
    let mut words = message.split_whitespace().map(|w| w.trim_matches(|c: char| !c.is_alphanumeric()));
    words.any(is_method) && message.split("HTTP/").skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

const ENDS: &[&str] = &[
    "done",
    "finish",
    "finished",
    "complete",
    "completed",
    "end",
    "ended",
    "response",
    "responded",
    "reply",
    "replied",
    "returned",
    "sent",
    "failed",
    "status",
];

/// The kinds of statements that stand behind a word like "created".
fn done(word: &str) -> Verbs {
    match word {
        "created" | "inserted" | "added" | "registered" => INSERT,
        "enqueued" | "queued" | "published" | "submitted" | "scheduled" => INSERT,
        "saved" | "stored" | "persisted" | "recorded" | "upserted" | "written" | "wrote" => INSERT | UPDATE,
        "updated" | "set" | "changed" | "modified" | "assigned" | "reserved" | "incremented" | "marked" => UPDATE,
        "allocated" => UPDATE | SELECT,
        "deleted" | "removed" | "destroyed" | "purged" | "pruned" | "expired" => DELETE,
        "merged" | "moved" | "claimed" | "dequeued" => UPDATE | DELETE,
        "read" | "fetched" | "found" | "loaded" | "selected" | "listed" | "lookup" | "retrieved" => SELECT,
        _ => 0,
    }
}

/// True when a program's words name one of the tables: `account` in `account.created` names `accounts`.
pub fn names(words: &[String], tables: &[String]) -> bool {
    let same = |a: &str, b: &str| {
        let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
        common >= 3 && common + 2 >= a.len().max(b.len())
    };
    tables.iter().any(|t| t.split('_').chain([t.as_str()]).any(|t| words.iter().any(|w| same(w, t))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(message: &str) -> Record<'_> {
        Record { message: message.into(), ..Record::default() }
    }

    #[test]
    fn a_server_says_which_statement_and_which_table() {
        let act = |m| of_server(&record(m));
        let tables = |t: &[&str]| t.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        assert_eq!(
            act("execute <unnamed>: INSERT INTO accounts(username) VALUES ($1)"),
            Act::Statement(INSERT, tables(&["accounts"]))
        );
        assert_eq!(
            act("UPDATE sequence SET value = LAST_INSERT_ID(value + 1) WHERE name = 'note'"),
            Act::Statement(UPDATE, tables(&["sequence"]))
        );
        assert_eq!(act("DELETE FROM jobs WHERE id = (SELECT id FROM jobs)"), Act::Statement(DELETE, tables(&["jobs"])));
        assert_eq!(act("database system is ready to accept connections"), Act::Other);
    }

    #[test]
    fn a_program_says_what_it_has_done() {
        let act = |m| of_program(&record(m));
        assert!(matches!(act("account.created"), Act::Done(INSERT, _)));
        assert!(matches!(act("account.uri_set"), Act::Done(UPDATE, _)));
        assert_eq!(act("request.start"), Act::Begin);
        assert_eq!(act("request.done"), Act::End);
        assert_eq!(act("response"), Act::End);
        assert_eq!(act("listening"), Act::Other);
        assert_eq!(act("request sent"), Act::Ask);
        assert_eq!(act("response sent"), Act::End);
        assert_eq!(act("class=MailJob jid=effa9a95eccdf7ff INFO: start"), Act::Begin);
        assert_eq!(act("\"GET /a?rid=7 HTTP/1.1\" 200 312"), Act::Served);
        assert!(act("job enqueued").hands_on() && !act("job started").hands_on());
    }

    #[test]
    fn a_word_names_a_table_in_any_number() {
        let words = |w: &[&str]| w.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
        assert!(names(&words(&["account", "created"]), &words(&["accounts"])));
        assert!(names(&words(&["job", "enqueued"]), &words(&["jobs"])));
        assert!(!names(&words(&["job", "enqueued"]), &words(&["accounts"])));
    }
}
