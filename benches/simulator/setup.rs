//! What a simulated cluster is like: which hosts there are, how their clocks and logs go wrong.

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
    /// MariaDB or PostgreSQL; `None` where the dice decide.
    pub(crate) maria: Option<bool>,
}

/// A shop with every part, fine stamps, clocks off by up to two minutes and nothing else wrong.
pub(crate) const FINE: Setup = Setup {
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
    maria: None,
};

/// As it mostly is: formats of all kinds, some wrong identifiers, some lines lost.
pub(crate) const MIXED: Setup =
    Setup { name: "mixed", coarse: 0.35, false_ids: 0.02, drift: 100.0, lost: 0.01, ..FINE };
