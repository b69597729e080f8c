//! The parts of a phase, each with how it was computed.

use super::super::super::{Basis, Part, PartName, Place, Placement, Working};
use super::parameters::Resident;
use super::pass::Pass;
use super::tape::Held;
use crate::spec::FineTune;
use crate::units::{Band, Bytes};

const SOURCE: &str = "PyTorch 2.14, Transformers 5 and PEFT 0.21: their operations, played; checked against measured allocations";
/// CUDA's context and libraries in one process, and cuBLAS's workspace: 0.3 to 0.6 GB and up to 0.1 GB.
const CUDA: Band<f64> = Band { low: 0.3e9, best: 0.5e9, high: 0.7e9 };
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = Band { low: 0.3e9, best: 0.45e9, high: 0.8e9 };
/// Share of what comes and goes that the caching allocator may hold beyond it, in blocks too small to be used again.
const SLACK: f64 = 0.15;

/// Builds the parts of each phase.
pub(super) struct Parts<'a> {
    /// The kind of memory.
    pub(super) placement: Placement,
    /// What was asked.
    pub(super) tune: &'a FineTune,
    /// What is run.
    pub(super) pass: &'a Pass,
    /// What is there throughout.
    pub(super) resident: &'a Resident,
    /// Bytes of what is trained.
    pub(super) trained: f64,
}

impl Parts<'_> {
    /// The model and its adapters, before anything has run.
    pub(super) fn load(&self) -> Vec<Part> {
        let mut parts = self.model();
        parts.push(self.runtime(0.0));
        parts
    }

    /// Everything resident, and what a pass holds at its worst moment.
    pub(super) fn of(&self, low: Held, best: Held) -> Vec<Part> {
        let mut parts = self.model();
        if self.resident.master > 0.0 {
            let working = Working::new(
                "parameters × 4",
                &[("bytes", self.resident.master)],
                "a 32-bit copy of every 16-bit parameter",
            );
            parts.push(self.part(
                PartName::MasterWeights,
                Band::exact(self.resident.master),
                Basis::Exact,
                working,
            ));
        }
        let band = |of: fn(Held) -> f64| Band { low: of(low), best: of(best), high: of(best) };
        parts.push(self.gradients(band(|held| held.gradients)));
        parts.push(self.state());
        parts.push(self.activations(band(|held| held.activations)));
        parts.push(self.logits(band(|held| held.logits)));
        parts.push(self.runtime(best.activations + best.logits));
        parts.retain(|part| part.bytes.high > Bytes::ZERO);
        parts
    }

    fn part(&self, name: PartName, bytes: Band<f64>, basis: Basis, working: Working) -> Part {
        let place = if self.placement == Placement::Cpu { Place::Host } else { Place::Device };
        Part { name, place, bytes: bytes.map(Bytes::new), basis, working }
    }

    fn model(&self) -> Vec<Part> {
        let weights = self.resident.weights;
        let basis = if weights.is_exact() { Basis::Exact } else { Basis::Modelled };
        let working = Working::new(
            "Σ tensors × their bytes a value",
            &[("bytes", weights.best)],
            "the checkpoint's tensors; 4 bit reaches the matrices of linear layers, k-bit preparation raises the rest",
        );
        let mut parts = vec![self.part(PartName::Weights, weights, basis, working)];
        if let Some(adapters) = self.pass.adapters {
            let working = Working::new(
                "rank × (inputs + outputs) × bytes a value over all adapted matrices",
                &[("rank", adapters.rank), ("bytes a value", adapters.width)],
                "PEFT: A is rank × inputs, B is outputs × rank",
            );
            parts.push(self.part(PartName::Adapters, Band::exact(self.trained), Basis::Exact, working));
        }
        parts
    }

    fn gradients(&self, bytes: Band<f64>) -> Part {
        let working = Working::new(
            "bytes of the parameters whose gradient is there",
            &[("trained bytes", self.trained)],
            "a gradient has its parameter's own type, and comes when its layer is gone back through",
        );
        self.part(PartName::Gradients, bytes, Basis::Modelled, working)
    }

    fn state(&self) -> Part {
        let working = Working::new(
            "trained values × moments × bytes of one",
            &[("trained bytes", self.trained)],
            "AdamW: two moments in the parameters' type; 8 bit: two bytes and their scales; Lion: one; SGD: none",
        );
        self.part(PartName::OptimizerState, self.resident.state, Basis::Exact, working)
    }

    fn activations(&self, bytes: Band<f64>) -> Part {
        let formula = if self.pass.gradient_checkpointing {
            "layers × tokens × width kept, and one layer played forward and backward"
        } else {
            "Σ layers of what their gradients read, and one layer played backward"
        };
        let working = Working::new(
            formula,
            &[("tokens", self.pass.tokens), ("tokens of a sequence", self.pass.sequence)],
            SOURCE,
        );
        self.part(PartName::Activations, bytes, Basis::Modelled, working)
    }

    fn logits(&self, bytes: Band<f64>) -> Part {
        let formula = if self.tune.chunked_loss {
            "tokens of a chunk × vocabulary × 2"
        } else {
            "tokens × vocabulary × (2 for the logits, 4 for their logarithms, 4 for each gradient)"
        };
        let working = Working::new(formula, &[("tokens", self.pass.tokens)], SOURCE);
        self.part(PartName::Logits, bytes, Basis::Modelled, working)
    }

    /// What the process takes around its tensors, and what the allocator may not use again.
    fn runtime(&self, passing: f64) -> Part {
        let around = if self.placement == Placement::Gpu { CUDA } else { PROCESS };
        let bytes = Band { high: passing.mul_add(SLACK, around.high), ..around };
        let working = Working::new(
            "driver context, libraries and Python; the high end with blocks too small to be used again",
            &[],
            "observed range, by driver and card",
        );
        self.part(PartName::Runtime, bytes, Basis::Observed, working)
    }
}
