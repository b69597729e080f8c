//! How fast a workload runs: time by what is read, computed and spent whatever the size, with measured coefficients.
//!
//! Every figure is a band: nine in ten machines that were left out of the fit lay inside. None is above its roofline:
//! the bytes that must be read over the datasheet's bandwidth, or the operations over the peak of their units.

mod away;
mod chip;
mod devices;
mod gnn;
mod inference;
mod pictures;
mod reads;
mod terms;
mod training;

pub use chip::{Chip, ChipKind, SpeedEngine};
pub use devices::{layered_prompt, layered_prompt_in_turn, layered_token};
pub use gnn::GnnSpeed;
pub use inference::{AT_ONCE, InferenceSpeed, together};
pub use pictures::{PictureSpeed, denoising};
pub use reads::{Packing, Reads};
pub use terms::{Prompt, decode_terms, prefill_terms};
pub use training::TrainingSpeed;

use devices::Sharing;

use super::memory::gnn::{Sampled, sampled};
use super::{Budget, Estimate, Fit, Verdict, graph};
use crate::spec::{
    Calibration, Diffusion, FineTune, Gnn, Inference, LanguageModel, Machine, Quantization, Scenario,
    SpeedGroup, Workload,
};

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
    /// Weights that no memory has room for.
    Disk,
    /// Handing work from device to device.
    Devices,
}

impl Bound {
    /// As in JSON.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Compute => "compute",
            Self::Overhead => "overhead",
            Self::Link | Self::Devices => "link",
            Self::Disk => "disk",
        }
    }

    /// As people read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Memory => "memory bandwidth",
            Self::Compute => "arithmetic",
            Self::Overhead => "starting each layer",
            Self::Link => "weights in system memory",
            Self::Disk => "weights read from disk",
            Self::Devices => "the link between devices",
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

/// A scenario with everything that is the same on every machine, to ask many of them.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    scenario: &'a Scenario,
    calibration: &'a Calibration,
    kind: Kind<'a>,
}

/// What is asked, by family.
#[derive(Clone, Debug)]
enum Kind<'a> {
    Inference(&'a LanguageModel, Inference, Reads),
    Training(&'a LanguageModel, FineTune, Reads),
    Gnn(&'a Gnn, Sampled),
    Pictures(&'a Diffusion),
    /// A workload that is neither read nor trained; there is none.
    Nothing,
}

impl<'a> Question<'a> {
    /// Of a scenario.
    pub fn new(scenario: &'a Scenario, calibration: &'a Calibration) -> Self {
        let kind = match &scenario.workload {
            Workload::Gnn(gnn) => Kind::Gnn(gnn, sampled(gnn)),
            Workload::Diffusion(diffusion) => Kind::Pictures(diffusion),
            Workload::Inference(language, _)
            | Workload::FineTune(language, _)
            | Workload::GraphSequence(language, _) => {
                match (graph::inference(&scenario.workload), graph::fine_tune(&scenario.workload)) {
                    (Some(inference), _) => {
                        let reads = Reads::of(&language.model, inference.quantization);
                        Kind::Inference(language, inference, reads)
                    }
                    (None, Some(tune)) => {
                        Kind::Training(language, tune, Reads::of(&language.model, Quantization::Bf16))
                    }
                    (None, None) => Kind::Nothing,
                }
            }
        };
        Self { scenario, calibration, kind }
    }

    /// How fast it runs on a machine; nothing where the machine's rates are unknown, or the workload does not run on
    /// it at all.
    pub fn on(&self, machine: &Machine, budget: &Budget, fit: &Fit) -> Option<Speed> {
        let chip = Chip::of(machine)?;
        let reads = matches!(self.kind, Kind::Inference(..));
        if fit.verdict == Verdict::DoesNotFit && !reads {
            // Only weights that are read can lie in slower memory.
            return None;
        }
        let terms = self.calibration.hand_over.terms;
        let sharing = Sharing::of(self.scenario, machine, terms);
        match &self.kind {
            Kind::Inference(language, inference, reads) => {
                let asked = inference::Asked { language, inference, machine, budget, fit, sharing };
                inference::speed(&asked, *reads, chip, self.calibration).map(Speed::Inference)
            }
            Kind::Training(language, tune, reads) => {
                let chip = (chip, sharing);
                training::speed(language, tune, reads, chip, self.calibration).map(Speed::Training)
            }
            Kind::Gnn(gnn, reached) => Some(Speed::Gnn(gnn::speed(gnn, reached, chip, sharing))),
            Kind::Pictures(diffusion) => {
                Some(Speed::Pictures(pictures::speed(diffusion, chip, sharing, self.calibration)))
            }
            Kind::Nothing => None,
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
    Question::new(scenario, calibration).on(machine, &estimate.budget, &estimate.fit)
}
