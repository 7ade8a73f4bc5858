//! The scenarios: which hosts there are, how their clocks and logs go wrong.

pub(crate) use crate::simulator::setup::{FINE, MIXED, Setup};

/// No client, no cluster: only jobs and replication link the hosts.
const ASYNC: Setup = Setup { name: "jobs 5 s queue", client: false, cluster: false, queue: 5.0, ..FINE };

/// All scenarios, in the order of the table.
pub(crate) const ALL: [Setup; 21] = [
    FINE,
    Setup { name: "good clocks", offset: 0.002, drift: 1.0, ..FINE },
    Setup { name: "good clocks, mixed", offset: 0.002, drift: 1.0, ..MIXED },
    MIXED,
    Setup { name: "coarse", coarse: 1.0, ..FINE },
    Setup { name: "coarse db", coarse: 0.75, offset: 2.0, ..FINE },
    Setup { name: "10 % false ids", false_ids: 0.1, ..FINE },
    Setup { name: "10 % false, mixed", false_ids: 0.1, ..MIXED },
    Setup { name: "30 % false ids", false_ids: 0.3, ..FINE },
    Setup { name: "drift 200 ppm, 2 h", drift: 200.0, span: 7_200.0, ..MIXED },
    Setup { name: "drift 3000 ppm", drift: 3_000.0, span: 1_200.0, ..FINE },
    Setup { name: "clock step", steps: 1, step: 5.0, ..MIXED },
    Setup { name: "wrong zones", zones: 3, offset: 30.0, ..MIXED },
    Setup { name: "lossy, late, buffered", lost: 0.08, twice: 0.02, buffer: 3.0, late: true, ..MIXED },
    Setup { name: "0.3 % bad stamps", bad_stamps: 0.003, ..MIXED },
    Setup { name: "sparse", requests: 35, ..MIXED },
    Setup { name: "shared versions", versions: 10, ..MIXED },
    Setup { name: "one-way sink", sink: true, ..FINE },
    ASYNC,
    Setup { name: "jobs, mixed", coarse: 0.35, false_ids: 0.02, lost: 0.01, ..ASYNC },
    Setup { name: "slow network", net: (0.02, 0.06, 1.0), ..MIXED },
];
