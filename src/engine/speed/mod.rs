//! How fast a workload runs: time by what is read, computed and launched, with measured coefficients.
//!
//! Every figure is a band: nine in ten leave-one-machine-out predictions held the measurement. None is above its roofline:
//! the bytes that must be read over the datasheet's bandwidth, or the operations over the peak of their units.

mod asked;
mod chip;
mod decode;
mod devices;
mod gnn;
mod host;
mod image_host;
mod images;
mod inference;
mod kept;
mod offload;
mod prefill;
mod reading;
mod reads;
mod roofline;
mod terms;
mod training;
mod training_host;
mod training_pass;
mod training_program;

pub use chip::{Chip, ChipKind, SpeedEngine};
pub use devices::{layered_prompt, layered_prompt_in_turn, layered_token};
pub use gnn::GnnSpeed;
pub use images::{ImageSpeed, Made, denoising};
pub use inference::{AT_ONCE, InferenceSpeed, Together, aggregate_throughput};
pub(in crate::engine) use kept::kept_ratio;
pub use reading::ReadingSpeed;
pub use reads::{Packing, Reads};
pub use roofline::{Roofline, RooflinePoint};
pub use terms::{Build, Prompt, decode_terms, prefill_terms};
pub use training::TrainingSpeed;
pub use training_pass::TrainingWork;

use std::sync::Arc;

use asked::Asked;
use devices::Sharing;
use host::Host;
use image_host::Waiting;

use super::memory::gnn::{Sampled, sampled};
use super::{Book, Budget, Fit, Verdict, graph};
use crate::spec::{
    Calibration, FineTune, Inference, Machine, Makes, Quantization, Scenario, SpeedGroup, Workload,
};

/// What a speed is bound by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Reading weights and caches.
    Memory,
    /// Arithmetic.
    Compute,
    /// Launch overhead of each layer.
    Overhead,
    /// Weights, or states of training, that are offloaded to system memory.
    Link,
    /// Weights that no memory has room for.
    Disk,
    /// Transfers between devices.
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
            Self::Overhead => "launch overhead",
            Self::Link => "what lies in system memory",
            Self::Disk => "weights read from disk",
            Self::Devices => "the link between devices",
        }
    }
}

/// Why a band is as wide as it is, beyond how far like machines lie from one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing beyond that.
    Spread,
    /// No run was measured on such a chip or with such a program.
    Unmeasured,
    /// It is not known which kernels train.
    Kernels,
    /// The rate of the memory that offloaded weights lie in is not known.
    Offload,
    /// What the devices are connected by is not known.
    Link,
}

impl Doubt {
    /// The reason, and what narrows the band.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Spread => {
                "like machines lie so far from one another; `plimsoll measure` on the machine narrows it"
            }
            Self::Unmeasured => {
                "no run on such a chip or with such a program was measured; `plimsoll measure` on the machine narrows it"
            }
            Self::Kernels => "it is not known which kernels train; `kernels` plain or fused narrows it",
            Self::Offload => {
                "the rate of the memory beside the device is not known; a measured machine, or fewer weights there, narrows it"
            }
            Self::Link => {
                "how the devices are connected is not known; `link`, `pcie_generation` and `pcie_lanes` narrow it"
            }
        }
    }
}

/// What a speed rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Basis {
    /// The group whose coefficients were taken.
    pub group: SpeedGroup,
    /// Measurements behind them; 0 where the figure is analytical.
    pub rows: u32,
    /// Machines behind them.
    pub machines: u32,
    /// Whether the machine's bandwidth was measured on it.
    pub measured_here: bool,
    /// Why the band is wide, where it is.
    pub doubt: Doubt,
}

/// Speeds of a workload of any family.
#[derive(Clone, Debug, PartialEq)]
pub enum Speed {
    /// A language model prefills prompts and decodes answers.
    Inference(InferenceSpeed),
    /// An embedding model or a reranker reads texts.
    Reading(ReadingSpeed),
    /// A language model is trained.
    Training(TrainingSpeed),
    /// A graph network.
    Gnn(GnnSpeed),
    /// Images or clips.
    Images(ImageSpeed),
}

impl Speed {
    /// What it rests on.
    pub const fn basis(&self) -> Basis {
        match self {
            Self::Inference(speed) => speed.basis,
            Self::Reading(speed) => speed.basis,
            Self::Training(speed) => speed.basis,
            Self::Gnn(speed) => speed.basis,
            Self::Images(speed) => speed.basis,
        }
    }

    /// The high end of its first figure over the low one.
    pub fn width(&self) -> f64 {
        match self {
            Self::Inference(speed) => speed.decode.high.get() / speed.decode.low.get(),
            Self::Reading(speed) => speed.tokens.high.get() / speed.tokens.low.get(),
            Self::Training(speed) => speed.tokens.high.get() / speed.tokens.low.get(),
            Self::Gnn(speed) => speed.epoch.high.get() / speed.epoch.low.get(),
            Self::Images(speed) => speed.image.high.get() / speed.image.low.get(),
        }
    }

    /// What it is bound by.
    pub const fn bound(&self) -> Bound {
        match self {
            Self::Inference(speed) => speed.bound,
            Self::Reading(speed) => speed.bound,
            Self::Training(speed) => speed.bound,
            Self::Gnn(speed) => speed.bound,
            Self::Images(speed) => speed.bound,
        }
    }
}

/// A scenario with everything of its speed that is the same on every machine, to ask many of them.
#[derive(Clone, Debug)]
pub struct Question {
    scenario: Arc<Scenario>,
    kind: Kind,
}

/// What is asked, by family.
#[derive(Clone, Debug)]
enum Kind {
    Inference(Inference, Reads),
    Training(FineTune, Reads),
    Gnn(Sampled),
    /// Images, or a workload that neither answers nor trains, of which there is none.
    Other,
}

impl Question {
    /// Of a scenario.
    pub fn new(scenario: Arc<Scenario>) -> Self {
        let read = graph::inference(&scenario.workload);
        let trained = graph::fine_tune(&scenario.workload);
        let kind = match (&scenario.workload, scenario.language()) {
            (Workload::Gnn(gnn), _) => Kind::Gnn(sampled(gnn)),
            // What one token reads follows from layers, which are not known.
            (_, Some(language)) if language.model.is_unknown() => Kind::Other,
            (_, Some(language)) => match (read, trained) {
                (Some(inference), _) => {
                    Kind::Inference(inference, Reads::of(&language.model, inference.quantization))
                }
                (None, Some(tune)) => Kind::Training(tune, Reads::of(&language.model, Quantization::Bf16)),
                (None, None) => Kind::Other,
            },
            _ => Kind::Other,
        };
        Self { scenario, kind }
    }

    /// What a pass of it is made of on a machine; nothing where it does not train.
    pub fn training_work(&self, machine: &Machine, calibration: &Calibration) -> Option<TrainingWork> {
        let Kind::Training(tune, reads) = &self.kind else { return None };
        let chip = Chip::of(machine)?;
        let sharing = Sharing::of(&self.scenario, machine, calibration.transfer.terms);
        let on = (chip, sharing, Host::of(&self.scenario, machine));
        Some(TrainingWork::of((self.scenario.language()?, tune), reads, on, calibration))
    }

    /// How fast it runs on a machine, with the workings of its figures in `book`; nothing where the machine's rates
    /// are unknown, or the workload does not run on it at all.
    pub fn on(
        &self,
        machine: &Machine,
        (budget, fit): (&Budget, &Fit),
        calibration: &Calibration,
        book: &mut Book,
    ) -> Option<Speed> {
        let chip = Chip::of(machine)?;
        let decodes = matches!(self.kind, Kind::Inference(..));
        if fit.verdict == Verdict::DoesNotFit && !decodes {
            // Only weights that are read can lie in slower memory.
            return None;
        }
        let sharing = Sharing::of(&self.scenario, machine, calibration.transfer.terms);
        match (&self.kind, &self.scenario.workload) {
            (Kind::Inference(inference, reads), _) => {
                let language = self.scenario.language()?;
                let calibration = kept::corrected(calibration, &chip, machine, (language, inference));
                let asked = Asked { language, inference, machine, budget, fit, sharing };
                if language.model.makes == Makes::Text {
                    inference::speed(asked, *reads, chip, &calibration, book).map(Speed::Inference)
                } else {
                    reading::texts(asked, *reads, chip, &calibration, book).map(Speed::Reading)
                }
            }
            (Kind::Training(tune, reads), _) => {
                let on = training::On { machine, chip, sharing, host: Host::of(&self.scenario, machine) };
                let trained = (self.scenario.language()?, tune);
                training::speed(trained, reads, on, calibration, book).map(Speed::Training)
            }
            (Kind::Gnn(reached), Workload::Gnn(gnn)) => {
                Some(Speed::Gnn(gnn::speed(gnn, reached, (machine, chip, sharing), book)))
            }
            (_, Workload::Diffusion(diffusion)) => {
                let waiting = Waiting::of(diffusion, budget, Host::of(&self.scenario, machine));
                let on = images::On { chip, sharing, waiting };
                Some(Speed::Images(images::speed(diffusion, on, calibration, book)))
            }
            _ => None,
        }
    }
}
