//! The regions of the window.

pub(super) mod centre;
pub(super) mod compare;
pub(super) mod hints;
pub(super) mod layout;
pub(super) mod machines;
pub(super) mod raise;
pub(super) mod splitter;
pub(super) mod status;
pub(super) mod tabs;
pub(super) mod top;
pub(super) mod working;
pub(super) mod workload;
