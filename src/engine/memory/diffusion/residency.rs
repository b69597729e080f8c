//! Which models lie on the device while one of them works, and what surrounds them.

use super::SOURCE;
use crate::engine::memory::alive::{Beyond, Peak};
use crate::engine::memory::{Basis, Part, PartName, Place, Placement, Want};
use crate::engine::working::{Detail, Figure, Worked};
use crate::formula;
use crate::spec::{Residency, overhead};
use crate::units::Band;

/// CUDA's context and libraries in one process.
const CUDA: Band<f64> = overhead::CUDA_CONTEXT.amount;
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = overhead::PYTHON_PROCESS.amount;
/// Share of what comes and goes that the caching allocator and cuDNN's workspaces hold beyond it.
const SLACK: Band<f64> = overhead::IMAGE_ALLOCATOR_SLACK.amount;

const AROUND: &str = "observed range of driver context and libraries; and what PyTorch's caching allocator must hold beyond \
     the tensors: the copies that cuDNN's convolutions work on";

/// Where models lie, and what is wanted of their parts.
#[derive(Clone, Copy, Debug)]
pub struct ModelResidency {
    want: Want,
    residency: Residency,
}

/// Weights of one kind of model.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Bytes of all of them.
    pub all: Figure,
    /// Bytes of those that work in this phase.
    pub working: Figure,
    /// Bytes of those that do not.
    pub waiting: Figure,
    /// Bytes of the largest layer of those that work.
    pub largest: Figure,
}

impl ModelResidency {
    /// Of a placement; on the processor nothing moves.
    pub const fn new(want: Want, residency: Residency) -> Self {
        Self { want, residency }
    }

    /// For training, which moves whole models or none.
    pub const fn for_training(self) -> Self {
        match self.residency {
            Residency::All => self,
            Residency::Component | Residency::Sequential => Self { residency: Residency::Component, ..self },
        }
    }

    /// Whether workings are wanted.
    pub const fn detail(self) -> Detail {
        self.want.detail
    }

    /// Where work is done.
    pub const fn place(self) -> Place {
        match self.want.placement {
            Placement::Cpu => Place::Host,
            Placement::Gpu | Placement::Metal => Place::Device,
        }
    }

    /// Whether Metal allocates.
    pub const fn is_metal(self) -> bool {
        matches!(self.want.placement, Placement::Metal)
    }

    /// Whether all models lie where the work is done.
    pub const fn all_stay(self) -> bool {
        matches!((self.want.placement, self.residency), (Placement::Cpu, _) | (_, Residency::All))
    }

    /// Weights where they work and where they wait. With model CPU offload (`enable_model_cpu_offload`) the model that
    /// works is on the device; with sequential offload (`enable_sequential_cpu_offload`) all wait and one layer is
    /// there too.
    pub fn part(self, name: PartName, held: Held) -> Vec<Part> {
        let (there, waiting) = match self.residency {
            _ if self.all_stay() => (held.all, Figure::default()),
            Residency::All | Residency::Component => (held.working, held.waiting),
            Residency::Sequential => (held.largest, held.all),
        };
        let part = |place, figure| Part::worked(name, place, Basis::Exact, Worked::exact(figure));
        let mut parts = Vec::new();
        if there.value > 0.0 || waiting.value <= 0.0 {
            parts.push(part(self.place(), there));
        }
        if waiting.value > 0.0 {
            parts.push(part(Place::Host, waiting));
        }
        parts
    }

    /// What comes and goes, and what surrounds it. Metal may write the scores of one attention out.
    pub fn surroundings(self, activations: &Peak, scores: f64) -> [Part; 2] {
        let detail = self.detail();
        let written = if self.want.placement == Placement::Metal { scores } else { 0.0 };
        let process = if self.want.placement == Placement::Gpu { CUDA } else { PROCESS };
        let best = activations.figure(detail, SOURCE);
        let worked = if written > 0.0 {
            let high = activations.clone().with("scores of one attention written out", written);
            Worked::band(best.clone(), best, high.figure(detail, SOURCE))
        } else {
            Worked::exact(best)
        };
        let beyond =
            if self.want.placement == Placement::Gpu { activations.beyond } else { Beyond::default() };
        let around = |process: f64, share: f64, held: f64| {
            formula!(
                detail, AROUND;
                process = process, share_for_allocator_and_workspaces = share, activations = activations.bytes,
                workspaces = held
                => process + max(share_for_allocator_and_workspaces * activations, workspaces)
            )
        };
        let surrounding = Worked::band(
            around(process.low, SLACK.low, 0.0),
            around(process.best, SLACK.best, beyond.workspaces),
            around(process.high, SLACK.high, beyond.workspaces_at_most),
        );
        [
            Part::worked(PartName::Activations, self.place(), Basis::Modelled, worked),
            Part::worked(PartName::Overhead, self.place(), Basis::Observed, surrounding),
        ]
    }
}
