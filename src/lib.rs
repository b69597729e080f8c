//! Plimsoll: whether an AI workload fits a machine, and what stands in the way.
//!
//! Facts come in on the left (`catalog`, `import`, `detect`), are given as `spec`, and `engine` says what
//! follows; `report`, `cli` and `app` show it. Nothing flows back. Units: see [`units`].
//!
//! A preset's text, a machine of the catalog, and what follows:
//!
//! ```
//! use plimsoll::catalog::calibration;
//! use plimsoll::cli::Context;
//! use plimsoll::engine::{Assumptions, Verdict, estimate};
//! use plimsoll::spec::preset::{parse, resolve};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let known = Context::built_in("");
//! let asked = parse(r#"(model: "llama-3.1-8b", quantization: "Q4_K_M", context: "8k")"#, "asked.ron")?.remove(0);
//! let scenario = resolve(asked, &known)?.scenario;
//! let machine = known.catalog.machine("rtx-4090")?;
//!
//! let answer = estimate(&scenario, machine, &Assumptions::new(calibration()));
//! assert_eq!(answer.fit.verdict, Verdict::Fits);
//! let peak = answer.budget.peak().ok_or("nothing runs")?.total();
//! assert!((5.5..7.0).contains(&peak.best.as_gib()), "{peak:?}");
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "gui")]
pub mod app;
pub mod catalog;
pub mod claims;
pub mod cli;
pub mod detect;
pub mod engine;
pub mod evidence;
pub mod here;
pub mod import;
pub mod measure;
pub mod report;
pub mod spec;
pub mod units;
