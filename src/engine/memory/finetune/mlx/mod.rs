//! What Apple's MLX allocates to train a language model with mlx-lm.
//!
//! MLX is lazy: the forward pass, the backward pass and the optimiser's update are one evaluation, in an order
//! of its own. The phases here are its three kinds of moments that may be the peak: `Forward` is the loss, when
//! everything kept and the logits are there; `Backward` is the gradient of a layer; `OptimizerStep` is the change
//! of whole matrices.
//!
//! What a layer keeps follows from what its backward pass reads. How much a layer needs beside that while it is
//! recomputed, and how many matrices are in flight during the update, was solved from the measured runs.

mod moments;
mod saved;
mod trained;

use super::super::{
    Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Working, weights,
};
use crate::spec::{BasePrecision, FineTune, GpuLayers, Method, Model, Quantization};
use crate::units::{Band, Bytes, count};
use moments::{Moments, Pass, moments};
use trained::{MOST, Trained};

const SOURCE: &str = "mlx 0.32.4 and mlx-lm 0.32.2: 230 measured training runs with Metal's allocation rules";
/// Share of activations by which moments solved from measurements may lie too high.
const LOW: f64 = 0.88;

/// Memory of fine-tuning this model with mlx-lm.
///
/// The low end assumes that the device keeps pace with the host; the best figure that it trails by one of
/// Metal's command buffers, eleven operations; the high end twice that. Metal alone was measured: other
/// placements are said to be a bound. Adapters are 32-bit floats, the loss is not computed in chunks and moments
/// have the type of what is trained, whatever is asked, for mlx-lm has nothing else. Sequences are as long as
/// asked, less the last token, which is only predicted.
pub fn budget(model: &Model, finetune: &FineTune, placement: Placement) -> Budget {
    let mut unknown = Vec::new();
    let (quantization, element) = held(finetune, &mut unknown);
    if placement != Placement::Metal {
        unknown.push(Unknown::ComputeBuffers);
    }
    let pass = pass(model, finetune, quantization, element);
    let stored = weights(model, quantization, placement, GpuLayers::Auto);
    let wide = if quantization == Quantization::Bf16 { element / 2.0 } else { 1.0 };
    let trained = Trained::of(model, finetune, element);
    let at = |trailing| moments(model, finetune, &pass, &trained, trailing);
    let step = Step {
        place: if placement == Placement::Cpu { Place::Host } else { Place::Device },
        weights: stored.total().get() * wide,
        pass,
        trained,
        moments: Band { low: at(0.0), best: at(1.0), high: at(2.0) },
        full: finetune.method == Method::Full,
        copies: if finetune.gradient_accumulation_steps > 1 { 2.0 } else { 1.0 },
    };
    let phases = vec![
        step.load(),
        step.phase(PhaseName::Forward, |moments| moments.loss),
        step.phase(PhaseName::Backward, |moments| moments.backward),
        step.phase(PhaseName::OptimizerStep, |moments| moments.update),
    ];
    Budget { weights_file: Some(stored.file), unknown, ..Budget::new(placement, phases) }
}

/// How the base is held, and bytes of a value computed with it.
fn held(finetune: &FineTune, unknown: &mut Vec<Unknown>) -> (Quantization, f64) {
    let (quantization, element) = match finetune.precision {
        BasePrecision::Bf16 | BasePrecision::Fp16 => (Quantization::Bf16, 2.0),
        BasePrecision::Fp32 => (Quantization::Bf16, 4.0),
        BasePrecision::Nf4 | BasePrecision::Mlx4 => (Quantization::Mlx { bits: 4, group: 64 }, 2.0),
        BasePrecision::Mlx8 => (Quantization::Mlx { bits: 8, group: 64 }, 2.0),
    };
    let trains_packed = finetune.method == Method::Full && quantization != Quantization::Bf16;
    if trains_packed || finetune.precision == BasePrecision::Nf4 {
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

/// A training step, ready to be told part by part.
struct Step {
    place: Place,
    weights: f64,
    pass: Pass,
    trained: Trained,
    moments: Band<Moments>,
    full: bool,
    copies: f64,
}

impl Step {
    fn part(&self, name: PartName, bytes: Band<f64>, basis: Basis, working: Working) -> Part {
        Part { name, place: self.place, bytes: bytes.map(Bytes::new), basis, working }
    }

    fn load(&self) -> Phase {
        let working = Working::new(
            "parameters × bytes a parameter, scales and biases of groups included",
            &[("bytes", self.weights)],
            "mlx.nn.quantize: packed values with a 16-bit scale and bias for each group",
        );
        let weights = self.part(PartName::Weights, Band::exact(self.weights), Basis::Exact, working);
        Phase { name: PhaseName::Load, parts: vec![weights] }
    }

    fn phase(&self, name: PhaseName, of: impl Fn(&Moments) -> f64) -> Phase {
        let mut parts = self.load().parts;
        self.add_trained(&mut parts);
        if name == PhaseName::Forward {
            let logits = Band {
                low: self.moments.low.logits,
                best: self.moments.best.logits,
                high: self.moments.high.logits,
            };
            parts.push(self.part(PartName::Logits, logits, Basis::Modelled, self.logits_working()));
        }
        let (low, best) = (of(&self.moments.low) * LOW, of(&self.moments.best));
        let rest = Band { low: low.min(best), best, high: of(&self.moments.high).max(best) };
        parts.push(self.part(PartName::Activations, rest, Basis::Modelled, self.rest_working()));
        Phase { name, parts }
    }

    fn add_trained(&self, parts: &mut Vec<Part>) {
        let inputs = [("trained bytes", self.trained.parameters), ("copies", self.copies)];
        if !self.full {
            let working =
                Working::new("rank × (inputs + outputs) × 4 over all adapted matrices", &inputs[..1], SOURCE);
            parts.push(self.part(
                PartName::Adapters,
                Band::exact(self.trained.parameters),
                Basis::Exact,
                working,
            ));
        }
        let working =
            Working::new("trained bytes × copies: one is there from the second step on", &inputs, SOURCE);
        let copies = Band::exact(self.trained.parameters * self.copies);
        parts.push(self.part(PartName::Gradients, copies, Basis::Modelled, working));
        let working =
            Working::new("moments of the optimiser in the type of what is trained", &inputs[..1], SOURCE);
        parts.push(self.part(
            PartName::OptimizerState,
            Band::exact(self.trained.moments),
            Basis::Exact,
            working,
        ));
    }

    fn logits_working(&self) -> Working {
        Working::new(
            "tokens × vocabulary × bytes a value × 3, and once more while the device trails",
            &[
                ("tokens", self.pass.tokens),
                ("vocabulary", self.pass.vocabulary),
                ("bytes a value", self.pass.element),
            ],
            SOURCE,
        )
    }

    fn rest_working(&self) -> Working {
        Working::new(
            "tokens × Σ trained layers (inputs of adapters, of norms, gate and attention; heads × tokens of scores)",
            &[
                ("tokens", self.pass.tokens),
                ("tokens of a sequence", self.pass.sequence),
                ("largest trained matrix", self.trained.largest),
            ],
            SOURCE,
        )
    }
}
