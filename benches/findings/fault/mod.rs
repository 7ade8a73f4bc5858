//! The faults: what is put into a healthy cluster, and what must be found of it.

mod failover;
mod ids;
mod jobs;
mod machine;
mod replication;

use super::scene::Scene;

/// What must be found: one of several rules.
pub(crate) type Any = &'static [&'static str];

/// A fault.
pub(crate) struct Fault {
    pub(crate) name: &'static str,
    /// It needs MariaDB, where the others have PostgreSQL.
    pub(crate) maria: bool,
    /// Restarts and switchovers beside it would make other truths.
    pub(crate) quiet: bool,
    /// What must be found, the cause first.
    pub(crate) must: &'static [Any],
    /// What else is right to say about it.
    pub(crate) may: Any,
    /// Puts it into the scene.
    pub(crate) inject: fn(&mut Scene),
}

const QUIET: Fault = Fault { name: "", maria: false, quiet: true, must: &[], may: &[], inject: |_| {} };
const LOUD: Fault = Fault { quiet: false, ..QUIET };

/// What may follow the loss of a primary.
const FALL: Any = &[
    "primary-lost",
    "failover-late",
    "failover-never-promoted",
    "timeline-switch",
    "lost-commits",
    "replication-stopped",
    "error-burst",
    "membership-churn",
    "process-crash",
    "silence",
    // Jobs that waited for it.
    "never-finished",
];

/// All faults, in the order of the table.
pub(crate) const ALL: [Fault; 21] = [
    Fault {
        name: "sequence-regression",
        must: &[&["sequence-decrease", "lost-commits", "restored-from-past"]],
        may: &[
            "duplicate-create",
            "primary-lost",
            "failover-late",
            "timeline-switch",
            "error-burst",
            "replication-stopped",
            "lost-commits",
            "sequence-decrease",
        ],
        inject: ids::regression,
        ..QUIET
    },
    Fault {
        name: "duplicate-ids",
        must: &[&["duplicate-create"]],
        may: &["sequence-decrease"],
        inject: ids::duplicates,
        ..LOUD
    },
    Fault { name: "use-before-create", must: &[&["use-before-create"]], inject: ids::early, ..LOUD },
    Fault {
        name: "stale-reads",
        must: &[&["stale-read"]],
        may: &["replication-lag", "never-created"],
        inject: ids::stale,
        ..LOUD
    },
    Fault {
        name: "stale-destruction",
        must: &[&["destructive-action-after-stale-read"]],
        may: &["stale-read", "non-atomic-write", "bulk-mutation", "replication-lag"],
        inject: ids::destruction,
        ..LOUD
    },
    Fault {
        name: "never-finished",
        must: &[&["never-finished"]],
        may: &["missed-schedule", "backup-shrunk"],
        inject: jobs::hangs,
        ..LOUD
    },
    Fault {
        name: "backup-hangs",
        must: &[&["never-finished"]],
        may: &["missed-schedule"],
        inject: jobs::backup_hangs,
        ..LOUD
    },
    Fault {
        name: "backup-shrunk",
        must: &[&["backup-shrunk", "backup-empty"]],
        may: &["duration-shift"],
        inject: jobs::shrinks,
        ..LOUD
    },
    Fault {
        name: "backup-empty",
        must: &[&["backup-empty", "backup-shrunk"]],
        may: &["duration-shift", "backup-shrunk"],
        inject: jobs::empties,
        ..LOUD
    },
    Fault { name: "missed-schedule", must: &[&["missed-schedule"]], may: &["silence"], inject: jobs::missed, ..LOUD },
    Fault {
        name: "failover-late",
        must: &[&["primary-lost"], &["failover-late"]],
        may: FALL,
        inject: failover::late,
        ..QUIET
    },
    Fault {
        name: "never-promoted",
        must: &[&["primary-lost"], &["failover-never-promoted"]],
        may: FALL,
        inject: failover::never,
        ..QUIET
    },
    Fault {
        name: "split-brain",
        must: &[&["split-brain"]],
        may: &[
            "primary-lost",
            "failover-late",
            "timeline-switch",
            "replication-stopped",
            "membership-churn",
            "duplicate-create",
            "error-burst",
        ],
        inject: failover::split,
        ..QUIET
    },
    Fault {
        name: "read-only-fs",
        must: &[&["filesystem-read-only"]],
        may: &["disk-fault", "process-crash", "error-burst", "data-corruption"],
        inject: machine::read_only,
        ..LOUD
    },
    Fault {
        name: "disk-fault",
        must: &[&["disk-fault"]],
        may: &["error-burst", "data-corruption"],
        inject: machine::disk,
        ..LOUD
    },
    Fault {
        name: "out-of-memory",
        must: &[&["out-of-memory"]],
        may: &["process-crash", "resource-flapping", "error-burst"],
        inject: machine::memory,
        ..LOUD
    },
    Fault {
        name: "process-crash",
        must: &[&["process-crash"]],
        may: &["resource-flapping", "error-burst", "primary-lost"],
        inject: machine::crash,
        ..LOUD
    },
    Fault {
        name: "clock-step",
        must: &[&["clock-step"]],
        may: &["clock-skew", "time-goes-back", "impossible-latency", "ordering-cycle", "clock-drift"],
        inject: machine::step,
        ..LOUD
    },
    Fault {
        name: "silence",
        must: &[&["silence"]],
        may: &["missed-schedule", "primary-lost"],
        inject: machine::silence,
        ..LOUD
    },
    Fault {
        name: "not-replicated",
        maria: true,
        must: &[&["statements-not-replicated"]],
        may: &["replication-stopped", "duplicate-create", "error-burst"],
        inject: replication::kept,
        ..LOUD
    },
    Fault {
        name: "two-servers",
        must: &[&["shared-data-directory"]],
        may: &[
            "process-crash",
            "resource-flapping",
            "data-corruption",
            "lock-conflict",
            "primary-lost",
            "error-burst",
            "wal-invalid-record",
        ],
        inject: replication::two_servers,
        ..QUIET
    },
];
