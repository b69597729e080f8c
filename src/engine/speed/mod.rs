//! How fast a workload runs: time by what is read, computed and spent whatever the size, with measured coefficients.
//!
//! Every figure is a band: nine in ten machines that were left out of the fit lay inside. None is above its roofline:
//! the bytes that must be read over the datasheet's bandwidth, or the operations over the peak of their units.

mod chip;
mod gnn;
mod inference;
mod pictures;
mod reads;
mod terms;
mod training;

pub use chip::{Chip, ChipKind, SpeedEngine};
pub use gnn::{GnnSpeed, gnn_speed};
pub use inference::{InferenceSpeed, inference_speed, over_depth, together};
pub use pictures::{PictureSpeed, picture_speed};
pub use reads::{Packing, Reads};
pub use terms::{Prompt, decode_terms, prefill_terms};
pub use training::{TrainingSpeed, training_speed};

use super::{Estimate, graph};
use crate::spec::{Calibration, Machine, Scenario, SpeedGroup, Workload};

/// What holds a speed back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Reading weights and caches.
    Memory,
    /// Arithmetic.
    Compute,
    /// Starting each layer's work.
    Overhead,
    /// Weights that lie in slower memory.
    Link,
}

impl Bound {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Compute => "compute",
            Self::Overhead => "overhead",
            Self::Link => "link",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Memory => "memory bandwidth",
            Self::Compute => "arithmetic",
            Self::Overhead => "starting each layer",
            Self::Link => "weights in system memory",
        }
    }
}

/// What a speed rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The group whose coefficients were taken.
    pub group: SpeedGroup,
    /// Measurements behind them; 0 where the figure is reasoned.
    pub rows: u32,
    /// Machines behind them.
    pub machines: u32,
    /// Whether the machine's bandwidth was measured on it.
    pub measured_here: bool,
}

/// Speeds of a workload of any family.
#[derive(Clone, Debug, PartialEq)]
pub enum Speed {
    /// A language model reads and writes.
    Inference(InferenceSpeed),
    /// A language model is trained.
    Training(TrainingSpeed),
    /// A graph network.
    Gnn(GnnSpeed),
    /// Pictures or clips.
    Pictures(PictureSpeed),
}

impl Speed {
    /// What it rests on.
    pub const fn basis(&self) -> Basis {
        match self {
            Self::Inference(speed) => speed.basis,
            Self::Training(speed) => speed.basis,
            Self::Gnn(speed) => speed.basis,
            Self::Pictures(speed) => speed.basis,
        }
    }

    /// What holds it back.
    pub const fn bound(&self) -> Bound {
        match self {
            Self::Inference(speed) => speed.bound,
            Self::Training(speed) => speed.bound,
            Self::Gnn(speed) => speed.bound,
            Self::Pictures(speed) => speed.bound,
        }
    }
}

/// How fast a scenario runs on a machine, whose memory `estimate` is of; nothing where the machine's rates are
/// unknown, or the workload does not run on it at all.
pub fn speed(
    scenario: &Scenario,
    machine: &Machine,
    estimate: &Estimate,
    calibration: &Calibration,
) -> Option<Speed> {
    match &scenario.workload {
        Workload::Gnn(gnn) => gnn_speed(gnn, machine).map(Speed::Gnn),
        Workload::Diffusion(diffusion) => picture_speed(diffusion, machine).map(Speed::Pictures),
        Workload::Inference(language, _)
        | Workload::FineTune(language, _)
        | Workload::GraphSequence(language, _) => {
            if let Some(inference) = graph::inference(&scenario.workload) {
                return inference_speed(language, &inference, machine, estimate, calibration)
                    .map(Speed::Inference);
            }
            let tune = graph::fine_tune(&scenario.workload)?;
            training_speed(language, &tune, machine, calibration).map(Speed::Training)
        }
    }
}
