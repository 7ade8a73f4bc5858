//! The scenarios: which hosts there are, how their clocks and logs go wrong.

/// What a cluster is like. Shares are from 0 to 1, times in seconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setup {
    pub(crate) name: &'static str,
    /// Requests of clients, over so many seconds.
    pub(crate) requests: usize,
    pub(crate) span: f64,
    /// Shortest delay of the network, its median beyond that, and the deviation of its logarithm.
    pub(crate) net: (f64, f64, f64),
    pub(crate) client: bool,
    pub(crate) apps: usize,
    pub(crate) replicas: usize,
    pub(crate) worker: bool,
    pub(crate) cluster: bool,
    pub(crate) backup: bool,
    /// A host that others report to and that never answers.
    pub(crate) sink: bool,
    pub(crate) floating: usize,
    /// Median wait of a job in its queue.
    pub(crate) queue: f64,
    /// Share of the files whose stamps have seconds only.
    pub(crate) coarse: f64,
    /// Share of the identifiers that stand where they do not belong.
    pub(crate) false_ids: f64,
    /// Clocks are off by up to this.
    pub(crate) offset: f64,
    /// And drift by up to this, in millionths.
    pub(crate) drift: f64,
    /// Hosts whose clock is stepped once, and by how much at most.
    pub(crate) steps: usize,
    pub(crate) step: f64,
    /// Hosts whose stamps lack or misstate their zone.
    pub(crate) zones: usize,
    /// Share of the lines lost, written twice, and stamped 1 to 30 s wrong.
    pub(crate) lost: f64,
    pub(crate) twice: f64,
    pub(crate) bad_stamps: f64,
    /// Writers that hold their lines back, for up to this.
    pub(crate) buffer: f64,
    /// Files whose begin is missing.
    pub(crate) late: bool,
    /// Versions of a configuration that every host applies when it likes.
    pub(crate) versions: usize,
}

/// A shop with every part, fine stamps, clocks off by up to two minutes and nothing else wrong.
const FINE: Setup = Setup {
    name: "fine",
    requests: 220,
    span: 600.0,
    net: (0.000_15, 0.000_6, 1.0),
    client: true,
    apps: 3,
    replicas: 2,
    worker: true,
    cluster: true,
    backup: true,
    sink: false,
    floating: 1,
    queue: 0.02,
    coarse: 0.0,
    false_ids: 0.0,
    offset: 120.0,
    drift: 50.0,
    steps: 0,
    step: 0.0,
    zones: 0,
    lost: 0.0,
    twice: 0.0,
    bad_stamps: 0.0,
    buffer: 0.0,
    late: false,
    versions: 0,
};

/// As it mostly is: formats of all kinds, some wrong identifiers, some lines lost.
const MIXED: Setup = Setup { name: "mixed", coarse: 0.35, false_ids: 0.02, drift: 100.0, lost: 0.01, ..FINE };

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
