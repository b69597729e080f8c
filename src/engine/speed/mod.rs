//! How fast a workload runs: time by what is read, computed and spent whatever the size, with measured coefficients.
//!
//! Every figure is a band: nine in ten machines that were left out of the fit lay inside. None is above its roofline:
//! the bytes that must be read over the datasheet's bandwidth, or the operations over the peak of their units.

mod chip;
mod reads;
mod terms;

pub use chip::{Chip, ChipKind, SpeedEngine};
pub use reads::{Packing, Reads};
pub use terms::{Prompt, decode_terms, prefill_terms};
