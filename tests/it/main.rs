//! The integration tests, in one binary: egui is linked once.

#[cfg(feature = "gui")]
mod ui;
