//! Causeline turns the logs of an outage into one causal timeline.
//!
//! Data goes one way; the modules below stand in the order in which it passes them. Each imports only
//! itself and modules above it (`tests/it/tidy.rs` holds that). `ARCHITECTURE.md` tells why.

pub mod diagnostic;

pub mod causality;
pub mod clock;
pub mod event;
pub mod fact;
pub mod format;
pub mod source;
pub mod time;
pub mod timeline;
pub mod words;

pub mod rule;

pub mod analysis;
pub mod query;
pub mod relation;

pub mod detect;

pub mod case;
pub mod export;
pub mod redact;
pub mod session;

pub mod cli;
#[cfg(feature = "gui")]
pub mod ui;
