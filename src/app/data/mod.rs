//! What each panel says, as plain data; drawn elsewhere.

pub(super) mod about;
pub(super) mod accuracy;
pub(super) mod bar;
pub(super) mod chart;
pub(super) mod claim_working;
pub(super) mod claims;
pub(super) mod compare;
pub(super) mod cost;
pub(super) mod figure_working;
pub(super) mod filter;
pub(super) mod gallery;
mod held;
pub(super) mod machines;
pub(super) mod map;
pub(super) mod on_disk;
pub(super) mod own_machine;
pub(super) mod plan;
pub(super) mod plot;
pub(super) mod quantizations;
pub(super) mod raise;
pub(super) mod ranked;
pub(super) mod sources;
pub(super) mod speed;
pub(super) mod step;
pub(super) mod this_machine;
mod ticks;
pub(super) mod verdict;
pub(super) mod working;
pub(super) mod workload;

#[cfg(test)]
mod tests;
