//! The regions of the window.

pub mod centre;
pub mod layout;
pub mod machines;
pub mod raise;
pub mod status;
pub mod top;
pub mod workload;
