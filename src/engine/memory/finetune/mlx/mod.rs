//! What Apple's MLX allocates to train a language model with mlx-lm.
//!
//! MLX is lazy: the forward pass, the backward pass and the optimizer's update are one evaluation, in an order
//! of its own. The phases here are the three times that may be its peak: `Forward` is the loss, when
//! everything kept and the logits are there; `Backward` is the gradient of a layer; `OptimizerStep` is the change
//! of whole matrices.
//!
//! What a layer keeps follows from what its backward pass reads. How much a layer needs beside that while it is
//! recomputed, and how many matrices are in flight during the update, was solved from the measured runs.

mod peaks;
mod saved;
mod trained;

use std::borrow::Cow;

use super::super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want, weights,
    weights::packed,
};
use super::by_kind::{add, by_kind_of_matrix};
use crate::engine::working::{Detail, Figure, How, Input, Term, Worked, Working};
use crate::spec::{BasePrecision, FineTune, GpuLayers, Method, Model, Quantization};
use crate::units::{Band, count};
use peaks::{Asked, Pass, Peaks, peaks};
use trained::{MOST, Trained, each_tensor};

const SOURCE: &str = "mlx 0.32.4 and mlx-lm 0.32.2, checked against their own allocations";
/// Share of activations by which peaks solved from measurements may lie too high.
const LOW: f64 = 0.88;

/// Memory of fine-tuning this model with mlx-lm.
///
/// The low end assumes that the device keeps pace with the host; the best figure that it trails by one of
/// Metal's command buffers, eleven operations; the high end twice that. Metal alone was measured: other
/// placements are said to be a bound. Adapters are 32-bit floats, the loss is not computed in chunks and moments
/// have the type of what is trained, whatever is asked, for mlx-lm has nothing else. Sequences are as long as
/// asked, less the last token, which is only predicted.
pub fn budget(model: &Model, finetune: &FineTune, want: impl Into<Want>) -> Budget {
    let Want { placement, detail } = want.into();
    let mut unknown = Vec::new();
    let (quantization, element) = held(finetune, &mut unknown);
    if placement != Placement::Metal {
        unknown.push(Unknown::ComputeBuffers);
    }
    let pass = pass(model, finetune, quantization, element);
    let stored = weights(model, quantization, placement, GpuLayers::Auto);
    let trained = Trained::of(model, finetune, element);
    let asked = Asked { model, finetune, pass: &pass, trained: &trained, detail };
    let step = Step {
        place: if placement == Placement::Cpu { Place::Host } else { Place::Device },
        weights: base(model, quantization, element, stored.total().get(), detail),
        asked,
        peaks: Band { low: peaks(asked, 0.0), best: peaks(asked, 1.0), high: peaks(asked, 2.0) },
        copies: if finetune.gradient_accumulation_steps > 1 { 2.0 } else { 1.0 },
    };
    let phases = vec![
        step.load(),
        step.phase(PhaseName::Forward, |peaks| &peaks.loss),
        step.phase(PhaseName::Backward, |peaks| &peaks.backward),
        step.phase(PhaseName::OptimizerStep, |peaks| &peaks.update),
    ];
    Budget { weights_file: Some(stored.file), unknown, ..Budget::new(placement, phases) }
}

/// How the base is held, and bytes of a value computed with it.
fn held(finetune: &FineTune, unknown: &mut Vec<Unknown>) -> (Quantization, f64) {
    let (quantization, element) = match finetune.precision {
        BasePrecision::Bf16 | BasePrecision::Fp16 => (Quantization::Bf16, 2.0),
        BasePrecision::Fp32 => (Quantization::Bf16, 4.0),
        BasePrecision::Nf4 | BasePrecision::Mlx4 => (Quantization::Mlx { bits: 4, group: 64 }, 2.0),
        BasePrecision::Int8 | BasePrecision::Mlx8 => (Quantization::Mlx { bits: 8, group: 64 }, 2.0),
    };
    let trains_packed = finetune.method == Method::Full && quantization != Quantization::Bf16;
    if trains_packed || matches!(finetune.precision, BasePrecision::Nf4 | BasePrecision::Int8) {
        unknown.push(Unknown::QuantizationUnsupported);
    }
    if trains_packed { (Quantization::Bf16, 2.0) } else { (quantization, element) }
}

fn pass(model: &Model, finetune: &FineTune, quantization: Quantization, element: f64) -> Pass {
    let sequence = count(finetune.sequence.clamp(2, MOST) - 1);
    Pass {
        sequence,
        tokens: sequence * count(finetune.micro_batch.clamp(1, MOST)),
        element,
        quantized: quantization != Quantization::Bf16,
        vocabulary: f64::from(model.vocabulary),
    }
}

/// Bytes of the base, which takes `stored` bytes where a plain value takes two.
fn base(model: &Model, quantization: Quantization, element: f64, stored: f64, detail: Detail) -> Figure {
    let wide = if quantization == Quantization::Bf16 { element / 2.0 } else { 1.0 };
    let source = "mlx.nn.quantize: packed values with a 16-bit scale and bias for each group";
    Figure::terms(detail, source, stored * wide, || {
        by_kind_of_matrix(model, |tensor, _| count(packed(quantization, tensor)) * wide)
    })
}

/// A training step, ready to be told part by part.
struct Step<'a> {
    place: Place,
    weights: Figure,
    asked: Asked<'a>,
    peaks: Band<Peaks>,
    copies: f64,
}

impl Step<'_> {
    fn part(&self, name: PartName, basis: Basis, worked: Worked) -> Part {
        Part::worked(name, self.place, basis, worked)
    }

    fn load(&self) -> Phase {
        let weights = self.part(PartName::Weights, Basis::Exact, Worked::exact(self.weights.clone()));
        Phase { name: PhaseName::Load, parts: vec![weights] }
    }

    fn phase(&self, name: PhaseName, of: impl Fn(&Peaks) -> &Figure) -> Phase {
        let mut parts = self.load().parts;
        self.add_trained(&mut parts);
        let Band { low, best, high } = &self.peaks;
        if name == PhaseName::Forward {
            let logits = Worked::band(low.logits.clone(), best.logits.clone(), high.logits.clone());
            parts.push(self.part(PartName::Logits, Basis::Modelled, logits));
        }
        let lowered = lowered(of(low));
        let (best, high) = (of(best).clone(), of(high).clone());
        let low = if lowered.value < best.value { lowered } else { best.clone() };
        let high = if high.value > best.value { high } else { best.clone() };
        parts.push(self.part(PartName::Activations, Basis::Modelled, Worked::band(low, best, high)));
        Phase { name, parts }
    }

    fn add_trained(&self, parts: &mut Vec<Part>) {
        let trained = self.asked.trained;
        if self.asked.finetune.method != Method::Full {
            let adapters = self.of_trained(trained.parameters, SOURCE, |of| of.parameters);
            parts.push(self.part(PartName::Adapters, Basis::Exact, Worked::exact(adapters)));
        }
        let source =
            "mlx-lm: gradients in the type of what is trained; another copy where they are accumulated";
        let gradients = trained.parameters * self.copies;
        let gradients = self.of_trained(gradients, source, |of| of.parameters * self.copies);
        parts.push(self.part(PartName::Gradients, Basis::Modelled, Worked::exact(gradients)));
        let source = "mlx.optimizers: moments in the type of what is trained";
        let moments = self.of_trained(trained.moments, source, |of| of.moments);
        parts.push(self.part(PartName::OptimizerState, Basis::Exact, Worked::exact(moments)));
    }

    /// A sum over the trained tensors, by kind of matrix.
    fn of_trained(&self, value: f64, source: &'static str, each: impl Fn(Trained) -> f64) -> Figure {
        let Asked { model, finetune, pass, detail, .. } = self.asked;
        Figure::terms(detail, source, value, || {
            let mut terms = Vec::new();
            each_tensor(model, finetune, pass.element, |tensor, layers, of| {
                add(&mut terms, tensor, layers, each(of));
            });
            terms
        })
    }
}

/// The low end of a peak: less by what those solved from measurements may lie too high.
fn lowered(peak: &Figure) -> Figure {
    let value = peak.value * LOW;
    let working = peak.working.as_ref().map(|working| {
        let how = match &working.how {
            How::Expression { text, inputs } => How::Expression {
                text: Cow::Owned(format!("({text}) * share_of_the_fitted_peak")),
                inputs: inputs
                    .iter()
                    .cloned()
                    .chain([Input { name: "share_of_the_fitted_peak", value: LOW, working: None }])
                    .collect(),
            },
            How::Terms(terms) => {
                let name = Cow::Borrowed("less: the fitted peak may lie 12 % too high");
                let less = Term { name, count: 1.0, value: value - peak.value };
                How::Terms(terms.iter().cloned().chain([less]).collect())
            }
            How::Alive(alive) => How::Alive(alive.clone()),
        };
        Working { value, how, source: working.source.clone() }
    });
    Figure { value, working: working.map(std::sync::Arc::new) }
}
