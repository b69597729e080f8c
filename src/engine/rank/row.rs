//! One row of the table.

use std::sync::Arc;

use crate::engine::estimate::Estimate;
use crate::engine::solve::fits;
use crate::engine::speed::{InferenceSpeed, Speed};
use crate::spec::{Machine, Quality, Quantization};
use crate::units::Bytes;

/// A model on a machine, in the best quantization that fits there, or else in the smallest.
#[derive(Clone, Debug)]
pub struct Row<'a> {
    /// The machine.
    pub machine: Arc<Machine>,
    /// What follows there.
    pub estimate: Estimate,
    /// What is known of how the model answers in its quantization.
    pub quality: Option<Quality<'a>>,
}

impl Row<'_> {
    /// The quantization that it is answered in; `None` for a workload whose weights are not chosen so.
    pub fn quantization(&self) -> Option<Quantization> {
        self.estimate.resolved.scenario.inference().map(|inference| inference.quantization)
    }

    /// What it needs at its peak, by best estimate; `None` where it does not run.
    pub fn memory(&self) -> Option<Bytes> {
        self.estimate.budget.peak().map(|phase| phase.total().best)
    }

    /// Whether it fits.
    pub fn fits(&self) -> bool {
        fits(&self.estimate.fit)
    }

    /// How fast it answers, where it is asked to.
    pub fn inference(&self) -> Option<&InferenceSpeed> {
        match &self.estimate.speed {
            Some(Speed::Inference(speed)) => Some(speed),
            _ => None,
        }
    }
}
