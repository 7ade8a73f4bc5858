//! The one integration binary: what users rely on, seen from outside.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test fails by panicking; clippy exempts only functions marked as tests"
)]

mod archives;
mod assumptions;
mod case;
mod case_anchors;
mod case_crash;
mod cli;
mod clocks;
mod exports;
mod facts;
mod findings;
mod formats;
mod headers;
mod hosts;
mod html;
mod input;
mod json_report;
mod markdown;
mod markdown_tree;
mod notations;
mod order;
mod own;
mod properties;
mod redact;
mod redact_everywhere;
mod roundtrip;
mod rules;
mod samples;
mod services;
mod tidy;
mod times;
mod tools;
#[cfg(feature = "gui")]
mod ui;
#[cfg(feature = "gui")]
mod ui_case;
#[cfg(feature = "gui")]
mod ui_filter;
#[cfg(feature = "gui")]
mod ui_findings;
#[cfg(feature = "gui")]
mod ui_flows;
#[cfg(feature = "gui")]
mod ui_inspector;
#[cfg(feature = "gui")]
mod ui_lanes;
#[cfg(feature = "gui")]
mod ui_list;
#[cfg(feature = "gui")]
mod ui_monkey;
#[cfg(feature = "gui")]
mod ui_names;
#[cfg(feature = "gui")]
mod ui_notes;
#[cfg(feature = "gui")]
mod ui_picture;
#[cfg(feature = "gui")]
mod ui_report;
#[cfg(feature = "gui")]
mod ui_shell;
#[cfg(feature = "gui")]
mod ui_trust;
mod wrappers;
