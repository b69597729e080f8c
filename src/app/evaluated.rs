//! A machine of the list with what follows on it.

use std::sync::Arc;

use crate::engine::Estimate;
use crate::spec::Machine;

/// A machine of the list with what follows on it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Evaluated {
    /// The machine.
    pub machine: Arc<Machine>,
    /// What follows there; its memory is shared with machines that lay it out alike.
    pub estimate: Estimate,
}
