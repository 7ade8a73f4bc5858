//! How a shop speaks: what its things, fields, hosts and products are called, and the words of its log lines.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::simulator::cluster::Said;
use super::simulator::dice::Dice;

/// The words of one shop.
#[derive(Clone, Debug)]
pub(crate) struct Voice {
    /// A thing, and many of it.
    pub(crate) kind: &'static str,
    pub(crate) kinds: &'static str,
    /// The field of a request's id, and of a thing's.
    pub(crate) rid: &'static str,
    pub(crate) id: &'static str,
    /// The field that names the server that answered.
    pub(crate) node: &'static str,
    /// Which words stand for an act.
    style: usize,
}

const KINDS: [(&str, &str); 10] = [
    ("order", "orders"),
    ("invoice", "invoices"),
    ("ticket", "tickets"),
    ("booking", "bookings"),
    ("comment", "comments"),
    ("shipment", "shipments"),
    ("customer", "customers"),
    ("parcel", "parcels"),
    ("device", "devices"),
    ("contract", "contracts"),
];

/// What happens to a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Create,
    Read,
    Update,
    Delete,
    Missing,
}

impl Voice {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let (kind, kinds) = dice.pick(&KINDS);
        let rid = dice.pick(&["rid", "request_id", "req", "trace_id", "correlation_id", "requestId"]);
        let node = dice.pick(&["source", "db", "replica", "db_host", "server"]);
        let own = dice.pick(&["_id", "Id", ""]);
        let id = if own.is_empty() { "id" } else { intern(format!("{kind}{own}")) };
        Voice { kind, kinds, rid, id, node, style: dice.below(5) }
    }

    /// A line about a thing, as a program with fields writes it.
    pub(crate) fn line(&self, act: Act, id: u64, request: &str) -> Said {
        let kind = self.kind;
        let word = match (self.style, act) {
            (0, Act::Create) => format!("{kind} created"),
            (0, Act::Read) => format!("{kind} loaded"),
            (0, Act::Update) => format!("{kind} updated"),
            (0, Act::Delete) => format!("{kind} deleted"),
            (0, Act::Missing) => format!("{kind} not found"),
            (1, Act::Create) => format!("{kind}.created"),
            (1, Act::Read) => format!("{kind}.fetch"),
            (1, Act::Update) => format!("{kind}.updated"),
            (1, Act::Delete) => format!("{kind}.removed"),
            (1, Act::Missing) => format!("{kind}.not_found"),
            (2, Act::Create) => format!("{kind} inserted"),
            (2, Act::Read) => format!("{kind} lookup"),
            (2, Act::Update) => format!("{kind} modified"),
            (2, Act::Delete) => format!("{kind} purged"),
            (2, Act::Missing) => format!("{kind} does not exist"),
            (3, _) => return self.sentence(act, id, request),
            _ => return self.verbs(act, id, request),
        };
        self.done(Said::of(intern(word)), act, id, request)
    }

    fn done(&self, said: Said, act: Act, id: u64, request: &str) -> Said {
        let said = said.with(self.rid, request).with(self.id, id);
        if act == Act::Missing { said.with("status", 404).level("WARN") } else { said }
    }

    /// The id stands in the sentence.
    fn sentence(&self, act: Act, id: u64, request: &str) -> Said {
        let kind = self.kind;
        let title = capital(kind);
        let text = match act {
            Act::Create => format!("Created {kind} {id}"),
            Act::Read => format!("Loaded {kind} {id}"),
            Act::Update => format!("Updated {kind} {id}"),
            Act::Delete => format!("Deleted {kind} {id}"),
            Act::Missing => format!("Couldn't find {title} with 'id'={id}"),
        };
        // Programs of plain lines put the request's id in front, others into a field.
        let role = intern(format!("{act:?}"));
        Said::of(role).text(format!("[{request}] {text}")).with(self.rid, request)
    }

    /// Verb and noun are fields.
    fn verbs(&self, act: Act, id: u64, request: &str) -> Said {
        let verb = match act {
            Act::Create => "create",
            Act::Read => "read",
            Act::Update => "update",
            Act::Delete => "delete",
            Act::Missing => "not_found",
        };
        let said = if act == Act::Missing {
            Said::of(intern(format!("{} not found", self.kind)))
        } else {
            Said::of("audit").with("action", verb).with("entity", self.kind)
        };
        self.done(said, act, id, request)
    }
}

/// The first letter large.
pub(crate) fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |c| c.to_uppercase().collect::<String>() + chars.as_str())
}

/// A word that lives as long as the program: there are few of them.
pub(crate) fn intern(word: String) -> &'static str {
    static WORDS: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut words = WORDS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = words.get(word.as_str()) {
        return known;
    }
    let leaked: &'static str = Box::leak(word.into_boxed_str());
    words.insert(leaked);
    leaked
}

/// What hosts are called in different shops.
pub(crate) const NAMINGS: [fn(&str) -> String; 5] = [str::to_owned, padded, site, greek, address];

fn padded(name: &str) -> String {
    let (role, n) = split(name);
    let role = match role {
        "db" => "pgsql",
        "app" => "web",
        "lb" => "edge",
        "backup" => "vault",
        "worker" => "jobs",
        other => other,
    };
    format!("{role}-{n:02}")
}

fn site(name: &str) -> String {
    let (role, n) = split(name);
    format!("fra{n}-{role}-prd")
}

fn greek(name: &str) -> String {
    let (role, n) = split(name);
    let names = match role {
        "db" => ["zeus", "hera", "ares"],
        "app" => ["hermes", "athena", "apollo"],
        "lb" => ["atlas", "atlas2", "atlas3"],
        _ => return format!("{role}{n}"),
    };
    names[(n.max(1) - 1) % 3].to_owned()
}

fn address(name: &str) -> String {
    let (role, n) = split(name);
    format!("ip-10-{}-3-{}", role.len() * 7 + role.as_bytes().first().map_or(0, |b| usize::from(*b) % 40), 10 + n)
}

fn split(name: &str) -> (&str, usize) {
    let end = name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    (&name[..end], name[end..].parse().unwrap_or(1))
}
