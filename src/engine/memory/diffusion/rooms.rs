//! Which models lie on the device while one of them works, and what surrounds them.

use super::SOURCE;
use crate::engine::memory::{Basis, Part, PartName, Place, Placement, Working};
use crate::spec::{Residency, overhead};
use crate::units::{Band, Bytes};

/// CUDA's context and libraries in one process.
const CUDA: Band<f64> = overhead::CUDA_CONTEXT.amount;
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = overhead::PYTHON_PROCESS.amount;
/// Share of what comes and goes that the caching allocator and cuDNN's workspaces hold beyond it.
const SLACK: Band<f64> = overhead::IMAGE_ALLOCATOR_SLACK.amount;

/// Where models lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rooms {
    placement: Placement,
    residency: Residency,
}

/// Weights of one kind of model.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    /// The formula behind the bytes.
    pub(super) basis: &'static str,
    /// Parameters of all of them.
    pub(super) parameters: f64,
    /// Bytes of all of them.
    pub(super) all: f64,
    /// Bytes of those that work in this phase.
    pub(super) working: f64,
    /// Bytes of the largest layer of those that work.
    pub(super) largest: f64,
}

impl Rooms {
    /// Rooms of a placement; on the processor nothing moves.
    pub(super) const fn new(placement: Placement, residency: Residency) -> Self {
        Self { placement, residency }
    }

    /// Rooms for training, which moves whole models or none.
    pub(super) const fn for_training(self) -> Self {
        match self.residency {
            Residency::All => self,
            Residency::Component | Residency::Sequential => Self { residency: Residency::Component, ..self },
        }
    }

    /// Where work is done.
    pub(super) const fn place(self) -> Place {
        match self.placement {
            Placement::Cpu => Place::Host,
            Placement::Gpu | Placement::Metal => Place::Device,
        }
    }

    /// Whether all models lie where the work is done.
    pub(super) const fn all_stay(self) -> bool {
        matches!((self.placement, self.residency), (Placement::Cpu, _) | (_, Residency::All))
    }

    /// Weights where they work and where they wait; layer by layer, all wait and one layer is there too.
    pub(super) fn part(self, name: PartName, held: Held) -> Vec<Part> {
        let (there, waiting) = match self.residency {
            _ if self.all_stay() => (held.all, 0.0),
            Residency::All | Residency::Component => (held.working, held.all - held.working),
            Residency::Sequential => (held.largest, held.all),
        };
        let working = Working::new(held.basis, &[("parameters", held.parameters)], SOURCE);
        let part = |place, bytes: f64| Part {
            name,
            place,
            bytes: Band::exact(Bytes::new(bytes)),
            basis: Basis::Exact,
            working,
            workings: None,
        };
        let mut parts = Vec::new();
        if there > 0.0 || waiting <= 0.0 {
            parts.push(part(self.place(), there));
        }
        if waiting > 0.0 {
            parts.push(part(Place::Host, waiting));
        }
        parts
    }

    /// What comes and goes, and what surrounds it. Metal may write the scores of one attention out.
    pub(super) fn surroundings(self, activations: f64, scores: f64, working: Working) -> [Part; 2] {
        let written = if self.placement == Placement::Metal { scores } else { 0.0 };
        let process = if self.placement == Placement::Gpu { CUDA } else { PROCESS };
        let part = |name, bytes: Band<f64>, basis, working| Part {
            name,
            place: self.place(),
            bytes: bytes.map(Bytes::new),
            basis,
            working,
            workings: None,
        };
        let runtime = Band {
            low: process.low + SLACK.low * activations,
            best: process.best + SLACK.best * activations,
            high: process.high + SLACK.high * activations,
        };
        [
            part(
                PartName::Activations,
                Band { low: activations, best: activations, high: activations + written },
                Basis::Modelled,
                working,
            ),
            part(
                PartName::Overhead,
                runtime,
                Basis::Observed,
                Working::new(
                    "driver context and libraries + share of the activations for allocator and cuDNN workspace",
                    &[("share", SLACK.best), ("activations", activations)],
                    "observed range, by driver, card and the algorithms cuDNN picks",
                ),
            ),
        ]
    }
}
