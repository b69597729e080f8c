//! What each panel says, as plain data; drawn elsewhere.

pub mod bar;
pub mod compare;
pub mod machines;
pub mod plot;
pub mod raise;
pub mod verdict;
pub mod working;
pub mod workload;
