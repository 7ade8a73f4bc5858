//! The one integration binary: what users rely on, seen from outside.

mod cli;
mod formats;
mod input;
mod properties;
mod samples;
mod tidy;
mod tools;
#[cfg(feature = "gui")]
mod ui;
