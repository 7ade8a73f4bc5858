//! The relations that rules are made of: twelve primitives, `occurs` for facts that are enough by themselves, and
//! `measured` for what the program itself measures (clocks, rates, its own doubts).

use serde::Deserialize;

use super::select::{Selector, Value};

/// A relation between facts. Durations are in nanoseconds.
#[derive(Clone, Debug)]
pub enum Primitive {
    /// Facts that are enough by themselves.
    Occurs(Occurs),
    /// A value that must not go back.
    Monotone(Monotone),
    /// Something that must happen once.
    Unique(Unique),
    /// Something that must come before something else.
    Precedes(Precedes),
    /// An answer that came late.
    Responds(Responds),
    /// An answer that never came.
    Absent(Responds),
    /// Something that must come again and again.
    Periodic(Periodic),
    /// A value that fell.
    Drop(Fall),
    /// Two values that must be the same.
    Agree(Agree),
    /// Something that only one may hold.
    Exclusive(Exclusive),
    /// A stretch within which something must not happen.
    Atomic(Atomic),
    /// Something that became much more frequent.
    Burst(Burst),
    /// Messages never seen before.
    Novel(Novel),
    /// What the program measured itself.
    Measured(String),
}

/// See [`Primitive::Occurs`]. Parts of the evidence: `seen`, `with`.
#[derive(Clone, Debug)]
pub struct Occurs {
    /// What is looked for.
    pub of: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// How many there must be.
    pub at_least: usize,
    /// How close together they must be.
    pub within: Option<i64>,
    /// Something that must be seen as well.
    pub with: Vec<Selector>,
    /// How close, before or after.
    pub with_within: i64,
    /// It must come before.
    pub with_before: bool,
    /// Values in which it must be the same; each sighting needs its own company then.
    pub with_key: Vec<Value>,
    /// Something that explains it.
    pub unless: Vec<Selector>,
    /// How close, before or after.
    pub unless_within: i64,
    /// Values in which the explanation must be the same.
    pub unless_key: Vec<Value>,
}

/// See [`Primitive::Monotone`]. Parts: `high`, `back`.
#[derive(Clone, Debug)]
pub struct Monotone {
    /// What has a value.
    pub of: Vec<Selector>,
    /// The value.
    pub value: Value,
    /// How the value is read.
    pub typed: Typed,
    /// What belongs together.
    pub key: Vec<Value>,
    /// What makes a going back legal.
    pub reset: Vec<Selector>,
    /// Only these are looked at for going back; all when empty.
    pub back: Vec<Selector>,
    /// Small goings back of concurrent writers are learned and let pass.
    pub learned: bool,
}

/// How a value is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Typed {
    /// A whole number.
    #[default]
    Number,
    /// A position of a write-ahead log.
    Lsn,
    /// A size in bytes.
    Size,
    /// A duration.
    Duration,
}

/// See [`Primitive::Unique`]. Parts: `first`, `second`.
#[derive(Clone, Debug)]
pub struct Unique {
    /// What happens once.
    pub of: Vec<Selector>,
    /// What it happens to.
    pub key: Vec<Value>,
    /// Values that tell one attempt from another: the same attempt may be told twice.
    pub attempt: Vec<Value>,
    /// What makes a second time legal.
    pub reset: Vec<Selector>,
    /// A second time that was refused counts as well.
    pub refused: Vec<Selector>,
    /// Counts only when this was seen between.
    pub done: Vec<Selector>,
    /// The least time between the two.
    pub apart: i64,
}

/// See [`Primitive::Precedes`]. Parts: `then` (what came too early), `first` (what should have come before it).
#[derive(Clone, Debug)]
pub struct Precedes {
    /// What must come first.
    pub first: Vec<Selector>,
    /// What must come later.
    pub then: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// Report what never came, instead of what came late.
    pub never: bool,
}

/// See [`Primitive::Responds`] and [`Primitive::Absent`]. Parts: `first`, `then` (late), `next` (the same begins
/// again), `cite`, `last` (the last record of the capture).
#[derive(Clone, Debug)]
pub struct Responds {
    /// What asks.
    pub first: Vec<Selector>,
    /// What answers.
    pub then: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// Values that must be the same where both have them.
    pub link: Vec<Value>,
    /// How long an answer may take where nothing can be learned.
    pub within: i64,
    /// Learn from the other answers how long they take.
    pub learned: bool,
    /// What makes an answer needless.
    pub unless: Vec<Selector>,
    /// What tells more about the wait.
    pub cite: Vec<Selector>,
    /// There must have been this many answers, or none is missed.
    pub answered: usize,
    /// An answer that comes later than this belongs to something else.
    pub forget: Option<i64>,
}

/// See [`Primitive::Periodic`]. Parts: `last`, `next`.
#[derive(Clone, Debug)]
pub struct Periodic {
    /// What comes again and again.
    pub of: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// How many must be missing.
    pub miss: f64,
}

/// See [`Primitive::Drop`]. Parts: `before`, `after`, `again`.
#[derive(Clone, Debug)]
pub struct Fall {
    /// What has a value.
    pub of: Vec<Selector>,
    /// The value.
    pub value: Value,
    /// How the value is read.
    pub typed: Typed,
    /// What belongs together.
    pub key: Vec<Value>,
    /// Reported below this share of the median of the last good ones.
    pub below: f64,
    /// And only at or below this.
    pub at_most: Option<f64>,
    /// Report a rise above `1 / below` instead.
    pub rise: bool,
}

/// See [`Primitive::Agree`]. Parts: `one`, `other`.
#[derive(Clone, Debug)]
pub struct Agree {
    /// One side.
    pub of: Vec<Selector>,
    /// The other side.
    pub with: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// The value that must be the same.
    pub value: Value,
    /// What makes a difference legal.
    pub reset: Vec<Selector>,
}

/// See [`Primitive::Exclusive`]. Parts: `first`, `second`, `confirm`.
#[derive(Clone, Debug)]
pub struct Exclusive {
    /// Somebody takes it.
    pub start: Vec<Selector>,
    /// Somebody gives it up.
    pub stop: Vec<Selector>,
    /// What is held.
    pub key: Vec<Value>,
    /// Who holds it.
    pub holder: Value,
    /// What must be seen as well, while both hold it.
    pub confirm: Vec<Selector>,
}

/// See [`Primitive::Atomic`]. Parts: `first`, `between`, `last`.
#[derive(Clone, Debug)]
pub struct Atomic {
    /// The stretch begins.
    pub first: Vec<Selector>,
    /// What must not happen in it.
    pub between: Vec<Selector>,
    /// The stretch ends; open when empty.
    pub last: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// How long the stretch may be.
    pub within: Option<i64>,
    /// Values that must differ between the begin and what happens: another host or request.
    pub differ: Vec<Value>,
    /// Values that must be the same.
    pub same: Vec<Value>,
    /// What makes it legal once seen in the stretch.
    pub unless: Vec<Selector>,
    /// The end must be seen.
    pub needs_last: bool,
}

/// See [`Primitive::Burst`]. Parts: `first`, `last`.
#[derive(Clone, Debug)]
pub struct Burst {
    /// What comes in bursts; records of a level when empty.
    pub of: Vec<Selector>,
    /// What belongs together.
    pub key: Vec<Value>,
    /// How many there must be.
    pub at_least: usize,
    /// How close together.
    pub within: i64,
    /// How much more often than elsewhere.
    pub factor: f64,
}

/// See [`Primitive::Novel`]. Parts: `first`.
#[derive(Clone, Debug)]
pub struct Novel {
    /// How long before the first effect is looked at.
    pub before: i64,
}

/// What the program measures itself, by name.
pub const MEASURED: [&str; 9] = [
    "change",
    "clock-drift",
    "clock-skew",
    "clock-step",
    "id-time",
    "order-given-up",
    "silence",
    "time-goes-back",
    "zone-misread",
];

impl Primitive {
    /// The name as rules write it.
    pub fn name(&self) -> &'static str {
        match self {
            Primitive::Occurs(_) => "occurs",
            Primitive::Monotone(_) => "monotone",
            Primitive::Unique(_) => "unique",
            Primitive::Precedes(_) => "precedes",
            Primitive::Responds(_) => "responds",
            Primitive::Absent(_) => "absent",
            Primitive::Periodic(_) => "periodic",
            Primitive::Drop(_) => "drop",
            Primitive::Agree(_) => "agree",
            Primitive::Exclusive(_) => "exclusive",
            Primitive::Atomic(_) => "atomic",
            Primitive::Burst(_) => "burst",
            Primitive::Novel(_) => "novel",
            Primitive::Measured(_) => "measured",
        }
    }

    /// The lists of selectors, in the order of their parts; a part is known by its place.
    pub fn selectors(&self) -> Vec<&[Selector]> {
        match self {
            Primitive::Occurs(p) => vec![&p.of, &p.with, &p.unless],
            Primitive::Monotone(p) => vec![&p.of, &p.reset, &p.back],
            Primitive::Unique(p) => vec![&p.of, &p.reset, &p.refused, &p.done],
            Primitive::Precedes(p) => vec![&p.first, &p.then],
            Primitive::Responds(p) | Primitive::Absent(p) => vec![&p.first, &p.then, &p.unless, &p.cite],
            Primitive::Periodic(p) => vec![&p.of],
            Primitive::Drop(p) => vec![&p.of],
            Primitive::Agree(p) => vec![&p.of, &p.with, &p.reset],
            Primitive::Exclusive(p) => vec![&p.start, &p.stop, &p.confirm],
            Primitive::Atomic(p) => vec![&p.first, &p.between, &p.last, &p.unless],
            Primitive::Burst(p) => vec![&p.of],
            Primitive::Novel(_) | Primitive::Measured(_) => Vec::new(),
        }
    }
}
