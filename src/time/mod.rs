//! Text to instant: stamps, zones, and what a text leaves out.
//!
//! A [`stamp::Stamp`] is what the text *states*, nothing more: a civil time, perhaps without a year, a
//! date or a zone. [`infer`] fills in what is missing, for a whole source at once, and says so.

mod counter;
mod cursor;
pub mod format;
mod given;
pub mod infer;
mod local;
mod names;
pub mod parse;
pub mod query;
mod rare;
pub mod span;
pub mod stamp;
pub mod strftime;
mod twins;
pub(crate) mod verdict;
pub mod zone;

/// Nanoseconds in a second.
pub const SECOND: i64 = 1_000_000_000;
/// Nanoseconds in a day.
pub const DAY: i64 = 86_400 * SECOND;
