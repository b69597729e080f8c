//! Plimsoll: whether an AI workload fits a machine, and what stands in the way.
//!
//! Facts come in on the left (`catalog`, `import`, `detect`), are given as `spec`, and `engine` says what
//! follows; `report`, `cli` and `app` show it. Nothing flows back. Units: see [`units`].

#[cfg(feature = "gui")]
pub mod app;
pub mod catalog;
pub mod claims;
pub mod cli;
pub mod detect;
pub mod engine;
pub mod evidence;
pub mod import;
pub mod measure;
pub mod report;
pub mod spec;
pub mod units;
