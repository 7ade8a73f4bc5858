//! The closed vocabulary of facts: their kinds, and the names of their fields.
//!
//! Packs are written by many hands; rules read what packs say. Both keep to these words, and the loader
//! refuses others. `assets/facts/README.md` tells what each kind means and which fields it has.

macro_rules! kinds {
    ($($variant:ident $name:literal $about:literal,)*) => {
        /// What a fact states.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $(#[doc = $about] $variant,)*
        }

        impl Kind {
            /// All kinds, in the order of the vocabulary.
            pub const ALL: &[Kind] = &[$(Kind::$variant,)*];

            /// The name used in packs and in output.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name,)* }
            }

            /// One sentence.
            pub fn about(self) -> &'static str {
                match self { $(Kind::$variant => $about,)* }
            }
        }
    };
}

kinds! {
    IdCreate "id.create" "An entity came into being: a row, an account, an order.",
    IdUse "id.use" "An entity was read, or work was done for it.",
    IdUpdate "id.update" "An entity was changed.",
    IdDelete "id.delete" "An entity was deleted or merged into another.",
    IdNotFound "id.notfound" "An entity was asked for and not found.",
    IdDuplicate "id.duplicate" "An entity could not be created because its key exists already.",
    SeqAlloc "seq.alloc" "A sequence handed out a value.",
    SeqSet "seq.set" "A sequence was set to a value.",
    RoleStart "role.start" "A node took on a role: primary, standby, leader, coordinator.",
    RoleStop "role.stop" "A node gave up a role.",
    RoleFail "role.fail" "A node holds a role no more, or could not take it on, by a failure.",
    LsnFlush "lsn.flush" "A position of the write-ahead or binary log was written.",
    LsnReplay "lsn.replay" "A position of the log was applied.",
    LsnRedo "lsn.redo" "Recovery begins or ends at a position of the log.",
    WalInvalid "wal.invalid" "The log holds no valid record at a position; often merely its end.",
    TimelineNew "timeline.new" "A server took up a new timeline of its log.",
    ServerStart "server.start" "A server process begins.",
    ServerReady "server.ready" "A server accepts work.",
    ServerStop "server.stop" "A server has ended in order.",
    ServerCrash "server.crash" "A server or one of its processes ended out of order.",
    ServerShutdownRequest "server.shutdown-request" "A server was asked to end.",
    LockOwn "lock.own" "A process holds the lock of a resource.",
    LockConflict "lock.conflict" "A lock that is needed is held by somebody else.",
    LockLost "lock.lost" "A lock was lost, removed or taken over.",
    JobStart "job.start" "A job begins.",
    JobEnd "job.end" "A job says that it is done.",
    JobFail "job.fail" "A job says that it failed.",
    Artifact "artifact" "Something was produced or moved: a dump, a backup, an upload.",
    Change "change" "Somebody or something changed the system: a package, a deployment, a maintenance step.",
    Membership "membership" "The members of a group changed, or were stated.",
    ResourceState "resource.state" "A resource of a cluster manager changed its state on a node.",
    ResourceBlocked "resource.blocked" "A resource cannot run on a node, or anywhere.",
    Transition "transition" "A cluster manager computed or ran a transition.",
    PromoteRequest "promote.request" "A node is to become primary.",
    PromoteDone "promote.done" "A node has become primary.",
    Constraint "constraint" "A placement rule or score keeps a resource from or ties it to a node.",
    HwFault "hw.fault" "Hardware or its driver reports a fault.",
    FsReadonly "fs.readonly" "A filesystem can only be read.",
    FsFull "fs.full" "A filesystem or quota is full.",
    ClockStep "clock.step" "The clock was set by a jump.",
    ClockOffset "clock.offset" "The clock was measured to be off.",
    LogLoss "log.loss" "Log messages were dropped.",
    ReplStop "repl.stop" "Replication stopped or was interrupted.",
    ReplStart "repl.start" "Replication began.",
    ReplLag "repl.lag" "A replica is behind.",
    ReplError "repl.error" "Replication met an error.",
    Statement "statement" "A statement that changes data or structure was received.",
    StatementSkipped "statement.skipped" "Statements are kept from replication, or skipped by it.",
    ProcessExit "process.exit" "A process ended with a status.",
    ProcessSignal "process.signal" "A process was ended by a signal.",
    ProcessStart "process.start" "A process, container or unit began.",
    Oom "oom" "Memory ran out.",
    Limit "limit" "A limit was reached: connections, open files, identifiers.",
    ConnectFail "connect.fail" "A connection could not be made, or broke.",
    QueryError "query.error" "A statement or request failed.",
    DataCorrupt "data.corrupt" "Stored data is damaged.",
    Restore "restore" "Data was restored from a copy.",
    ConfigChange "config.change" "A setting changed.",
}

impl Kind {
    /// The kind of this name.
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|k| k.name() == name)
    }
}

/// The names that fields of facts may have, each with its meaning.
pub const FIELDS: &[(&str, &str)] = &[
    ("id", "identifier of an entity"),
    ("kind", "noun of the identifier or of the thing, lower case and singular: account, backup, package"),
    ("seq", "name of a sequence"),
    ("value", "value of a sequence, score, setting or measurement"),
    ("lsn", "position in a write-ahead log"),
    ("timeline", "timeline of a write-ahead log"),
    ("segment", "file name of a write-ahead log segment"),
    ("xid", "transaction id"),
    ("file", "file or log file"),
    ("position", "position in the file"),
    ("gtid", "global transaction id"),
    ("server_id", "id of a replicating server"),
    ("role", "primary, standby, leader, follower, dc, witness"),
    ("resource", "resource of a cluster manager, unit, container or thing locked"),
    ("node", "the node in question, where it need not be the writer"),
    ("from", "old state, origin"),
    ("to", "new state, destination"),
    ("status", "state or result: ok, failed, 404, SQLSTATE"),
    ("size", "size with its unit as written; bytes where there is none"),
    ("rows", "number of rows or items"),
    ("duration", "time taken, with its unit as written; seconds where there is none"),
    ("job", "name of a job, or class of jobs"),
    ("run", "id of one run, request or job instance"),
    ("data_dir", "data directory"),
    ("pid", "process id of the process in question"),
    ("signal", "number or name of a signal"),
    ("exit_code", "status of a process that ended"),
    ("package", "name of a package or image"),
    ("version", "version, the new one of two"),
    ("old_version", "version before"),
    ("device", "device or interface"),
    ("term", "term or epoch of an election"),
    ("index", "index in a replicated log"),
    ("ring", "id of a membership"),
    ("transition", "number of a transition"),
    ("offset", "clock offset or correction in seconds, signed as written"),
    ("sql", "a statement, cut after some length"),
    ("statement_id", "id of a statement or binary log event"),
    ("host", "name of another host"),
    ("port", "port number"),
    ("address", "network address"),
    ("name", "name of what is meant, where nothing else fits: table, setting, constraint, process"),
    ("reason", "why, in the words of the text"),
    ("mode", "how: fast, immediate, read-only, exclusive"),
    ("operation", "what was done: start, stop, monitor, install"),
    ("members", "members of a group, as written"),
    ("joined", "members that joined"),
    ("left", "members that left"),
    ("count", "how many, or how often"),
    ("user", "account that acted"),
    ("database", "name of a database"),
    ("uri", "address of a resource"),
    ("method", "HTTP method"),
    ("path", "path of a URL or file"),
    ("zxid", "ZooKeeper transaction id"),
    ("partition", "partition of a topic"),
    ("parameters", "parameters of a statement"),
];

/// The position of `kind` in [`FIELDS`].
pub(super) const KIND: u8 = 1;

/// The position of a name in [`FIELDS`].
pub fn field_index(name: &str) -> Option<u8> {
    FIELDS.iter().position(|(n, _)| *n == name).and_then(|i| u8::try_from(i).ok())
}

/// The name at a position of [`FIELDS`].
pub fn field_name(index: u8) -> &'static str {
    FIELDS.get(usize::from(index)).map_or("", |(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_kinds_and_fields() {
        for k in Kind::ALL {
            assert_eq!(Kind::from_name(k.name()), Some(*k));
            assert_eq!(Kind::ALL[*k as usize], *k);
        }
        for (name, _) in FIELDS {
            assert_eq!(field_index(name).map(field_name), Some(*name), "each name once");
        }
        assert_eq!(Kind::from_name("id.creat"), None);
        assert_eq!(field_name(KIND), "kind");
    }
}
