//! The parts of a phase, each with how it was computed.

use super::super::super::{Basis, Part, PartName, Place, Placement, Want};
use super::held::{Held, Item, Kind};
use super::parameters::Resident;
use super::pass::Pass;
use super::timeline::Peaks;
use crate::engine::working::{Alive, Figure, Term, Worked};
use crate::formula;
use crate::spec::overhead;
use crate::units::{Band, Bytes};

const SOURCE: &str = "PyTorch 2.15, Transformers 5.23 and PEFT 0.21: their operations simulated; checked against measured allocations";
/// CUDA's context and libraries in one process, and cuBLAS's workspace.
const CUDA: Band<f64> = overhead::CUDA_CONTEXT.amount;
/// Python with its imports, on the processor or on Metal.
const PROCESS: Band<f64> = overhead::PYTHON_PROCESS.amount;
/// Share of what comes and goes that the caching allocator may hold beyond it, in blocks too small to be used again.
const SLACK: f64 = overhead::ALLOCATOR_SLACK.amount;

/// Builds the parts of each phase.
pub struct Parts<'a> {
    /// The kind of memory, and whether workings are wanted.
    pub want: Want,
    /// What is run.
    pub pass: &'a Pass,
    /// What is there throughout.
    pub resident: &'a Resident,
    /// The pass itself.
    pub best: &'a Peaks,
    /// The same with the attention kernel that was asked for, where another one is run.
    pub low: &'a Peaks,
}

/// What a pass holds at the peak of a phase.
#[derive(Clone, Copy, Debug)]
pub struct Peak<'a> {
    /// Bytes, without gradients of earlier passes.
    pub held: Held,
    /// Bytes in all where another attention kernel is run.
    pub low: f64,
    /// The tensors, where workings are wanted.
    pub items: Option<&'a [Item]>,
}

impl Parts<'_> {
    /// The model and its adapters, before anything has run.
    pub fn load(&self) -> Vec<Part> {
        let mut parts = self.model();
        parts.push(self.overhead(0.0));
        parts
    }

    /// Everything resident, and what a pass holds at its peak.
    pub fn of(&self, peak: Peak<'_>) -> Vec<Part> {
        let activations = self.activations(peak);
        let gradients = Worked::exact(self.gradients(peak));
        self.phase(gradients, activations, Worked::exact(self.alive(peak, Kind::Logits)))
    }

    /// Everything resident while the optimizer steps: all gradients, and what comes and goes.
    pub fn step(&self) -> Vec<Part> {
        let gradients = Worked::exact(self.trained("a gradient has its parameter's own type"));
        let (name, bytes) = self.resident.step;
        let passing =
            Figure::alive(self.want.detail, "torch.optim and its list-wise variants", bytes, || {
                if bytes > 0.0 { vec![Alive { name: name.into(), bytes }] } else { Vec::new() }
            });
        self.phase(gradients, Worked::exact(passing), Worked::default())
    }

    fn phase(&self, gradients: Worked, activations: Worked, logits: Worked) -> Vec<Part> {
        let passing = activations.band.best + logits.band.best;
        let mut parts = self.model();
        if let Some(master) = &self.resident.master {
            let worked = Worked::exact(master.clone());
            parts.push(self.part(PartName::MasterWeights, Basis::Exact, worked));
        }
        parts.push(self.part(PartName::Gradients, Basis::Modelled, gradients));
        parts.extend(self.state());
        parts.push(self.part(PartName::Activations, Basis::Modelled, activations));
        parts.push(self.part(PartName::Logits, Basis::Modelled, logits));
        parts.push(self.overhead(passing));
        parts.retain(|part| part.bytes.high > Bytes::ZERO);
        parts
    }

    /// What the optimizer keeps; of a paged one no more has to be on a device than it changes at once, while all pages stay
    /// there as long as nothing else wants the room, and the host has room for all of them.
    fn state(&self) -> Vec<Part> {
        let state = self.resident.state.clone();
        let paged = self.resident.paged.as_ref().filter(|_| self.want.placement == Placement::Gpu);
        let Some(at_once) = paged else {
            return vec![self.part(PartName::OptimizerState, Basis::Exact, state)];
        };
        let there = Part::worked(PartName::OptimizerState, Place::Host, Basis::Exact, state);
        let none = Figure::found(self.want.detail, "its pages lie in system memory", "state_on_device", 0.0);
        let [_, _, all] = there.figures();
        let here = Worked::band(none, at_once.clone(), all);
        vec![self.part(PartName::OptimizerState, Basis::Modelled, here), there]
    }

    fn part(&self, name: PartName, basis: Basis, worked: Worked) -> Part {
        let place = if self.want.placement == Placement::Cpu { Place::Host } else { Place::Device };
        Part::worked(name, place, basis, worked)
    }

    fn model(&self) -> Vec<Part> {
        let weights = self.resident.weights.clone();
        let basis = if weights.band.is_exact() { Basis::Exact } else { Basis::Modelled };
        let mut parts = vec![self.part(PartName::Weights, basis, weights)];
        if self.pass.adapters.is_some() {
            let adapters = self.trained("PEFT: A is rank × inputs, B is outputs × rank");
            parts.push(self.part(PartName::Adapters, Basis::Exact, Worked::exact(adapters)));
        }
        parts
    }

    /// Bytes of everything that is trained, by kind of matrix.
    fn trained(&self, source: &'static str) -> Figure {
        Figure::terms(self.want.detail, source, self.best.trained, || self.trained_terms())
    }

    fn trained_terms(&self) -> Vec<Term> {
        self.best.items.as_ref().map_or_else(Vec::new, |items| items.trained.clone())
    }

    /// Gradients that are there at a peak: of earlier passes all, of this one those that have come.
    fn gradients(&self, peak: Peak<'_>) -> Figure {
        let earlier = if self.pass.accumulates { self.best.trained } else { 0.0 };
        let source = "a gradient has its parameter's own type, and comes when its layer is gone back through";
        Figure::terms(self.want.detail, source, peak.held.gradients + earlier, || {
            let mut terms = if earlier > 0.0 { self.trained_terms() } else { Vec::new() };
            let now = peak.items.unwrap_or_default().iter().filter(|item| item.kind == Kind::Gradients);
            terms.extend(now.map(|item| Term { name: item.name.clone(), count: 1.0, value: item.bytes }));
            terms
        })
    }

    /// What lives of one kind at a peak.
    fn alive(&self, peak: Peak<'_>, kind: Kind) -> Figure {
        Figure::alive(self.want.detail, SOURCE, peak.held.of(kind), || {
            let items = peak.items.unwrap_or_default().iter().filter(|item| item.kind == kind);
            items.map(|item| Alive { name: item.name.clone(), bytes: item.bytes }).collect()
        })
    }

    /// Activations; where another attention kernel than the one asked for is run, the low end has so many fewer that
    /// the peak is that kernel's.
    fn activations(&self, peak: Peak<'_>) -> Worked {
        let best = self.alive(peak, Kind::Activations);
        if std::ptr::eq(self.best, self.low) {
            return Worked::exact(best);
        }
        let (all, fused) = (peak.held.total(), peak.low);
        let low = formula!(
            self.want.detail, "the same pass simulated with the fused attention kernel that was asked for";
            activations = best.value, peak = all, peak_with_fused_attention = fused
            => activations - min(max(peak - peak_with_fused_attention, 0.0), activations)
        );
        Worked::band(low, best.clone(), best)
    }

    /// What the process takes around its tensors, and what the allocator may not use again.
    fn overhead(&self, passing: f64) -> Part {
        let Want { placement, detail } = self.want;
        let around = if placement == Placement::Gpu { CUDA } else { PROCESS };
        let source = "observed range of driver context, libraries and Python, by driver and card";
        let found = |value| Figure::found(detail, source, "process", value);
        let high = formula!(
            detail, source;
            process = around.high, share_of_small_blocks = SLACK, comes_and_goes = passing
            => process + share_of_small_blocks * comes_and_goes
        );
        let worked = Worked::band(found(around.low), found(around.best), high);
        self.part(PartName::Overhead, Basis::Observed, worked)
    }
}
