//! What an objective keeps beside supervised training: the other answer and the reference model of DPO, the answers that
//! GRPO lets the model write.
//!
//! Read in TRL 1.16.0. `DPOTrainer` passes both answers at once and the reference after them, without gradients; with
//! adapters the reference is the base with them switched off, else a second model unless it was asked beforehand.
//! `GRPOTrainer` has `per_device_train_batch_size × steps_per_generation` answers written at once (as many steps as
//! gradients are accumulated over), then trains on them by micro-batches.

use super::super::super::framework::{each_layer, projections, state};
use super::super::super::kinds::{self, kinds};
use super::super::super::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Want};
use super::parameters::Resident;
use super::pass::{HALF, Pass, SINGLE};
use super::supervised;
use crate::engine::working::{Figure, Worked};
use crate::formula;
use crate::spec::{FineTune, Generation, Method, Mixer, Model, Objective};
use crate::units::count;

const DPO: &str = "TRL's DPOTrainer: a second model in the type of the first, which is not trained";
const GRPO: &str =
    "TRL's GRPOTrainer with Transformers' generate: keys and values of all answers that are written at once";

/// Memory of learning by an objective, by phase.
pub fn budget(model: &Model, tune: &FineTune, want: Want) -> Budget {
    match tune.objective {
        Objective::Sft => supervised(model, tune, want),
        Objective::Dpo => dpo(model, tune, want),
        Objective::Grpo => grpo(model, tune, want),
    }
}

/// Both answers go through at once, so a pass has twice the sequences.
fn dpo(model: &Model, tune: &FineTune, want: Want) -> Budget {
    let both = FineTune { micro_batch: tune.micro_batch.saturating_mul(2), ..*tune };
    let mut budget = supervised(model, &both, want);
    if tune.method == Method::Full && !tune.reference_precomputed {
        add_reference(&mut budget, model, &both, want);
    }
    if !tune.chunked_loss {
        let tokens = count(both.micro_batch) * count(both.sequence);
        let reference = formula!(
            want.detail, "logits of the reference, in 16 bit and raised to 32, beside the kept pass";
            tokens = tokens, vocabulary = f64::from(model.vocabulary), widths = HALF + SINGLE
            => tokens * vocabulary * widths
        );
        for phase in budget.phases.iter_mut().filter(|phase| phase.name == PhaseName::Forward) {
            let worked = Worked::exact(reference.clone());
            phase.parts.push(Part::worked(PartName::Logits, place(want), Basis::Modelled, worked));
        }
    }
    budget
}

/// A copy of the base that is only read.
fn add_reference(budget: &mut Budget, model: &Model, tune: &FineTune, want: Want) {
    let pass = Pass::new(tune, tune.attention);
    let base = Resident::new(model, tune, &pass, (0.0, pass.base), want.detail).weights;
    let value = base.band.best;
    for phase in &mut budget.phases {
        let bytes = formula!(want.detail, DPO; base = value => base);
        let part = Part::worked(PartName::ReferenceWeights, place(want), Basis::Exact, Worked::exact(bytes));
        phase.parts.push(part);
    }
}

/// The model writes answers, then learns from them.
fn grpo(model: &Model, tune: &FineTune, want: Want) -> Budget {
    let mut budget = supervised(model, tune, want);
    if tune.method == Method::Full && tune.kl_reference {
        add_reference(&mut budget, model, tune, want);
    }
    if tune.generation == Generation::Vllm {
        // vLLM's share is taken from the device's memory before; `engine::serving` holds training against the rest.
        return budget;
    }
    let held = |part: &&Part| {
        matches!(
            part.name,
            PartName::Weights
                | PartName::Adapters
                | PartName::MasterWeights
                | PartName::ReferenceWeights
                | PartName::OptimizerState
                | PartName::Overhead
        )
    };
    let step = budget.phases.iter().find(|phase| phase.name == PhaseName::OptimizerStep);
    let mut parts: Vec<Part> =
        step.map_or_else(Vec::new, |step| step.parts.iter().filter(held).cloned().collect());
    parts.extend(written(model, tune, want));
    budget.phases.insert(1, Phase { name: PhaseName::Decode, parts });
    budget
}

/// Answers that are written at once: a whole number of prompts with all of their answers.
fn answers(tune: &FineTune) -> f64 {
    let asked = tune.micro_batch.max(1).saturating_mul(tune.gradient_accumulation_steps.max(1));
    let each = tune.generations.max(1);
    count(asked.div_ceil(each).saturating_mul(each))
}

/// Keys, values and states of the answers at their end, and logits of the last tokens.
fn written(model: &Model, tune: &FineTune, want: Want) -> Vec<Part> {
    let (detail, place) = (want.detail, place(want));
    let (answers, tokens) = (answers(tune), count(tune.sequence));
    let values = each_layer(model, |block| match &block.mixer {
        Mixer::Attention(shape) | Mixer::Parallel(shape, _) => {
            let seen = shape.window.map_or(tokens, |window| tokens.min(f64::from(window)));
            2.0 * projections(block).1 * seen
        }
        Mixer::Mla(mla) => (projections(block).1 + f64::from(mla.heads) * f64::from(mla.value)) * tokens,
        Mixer::Listed(listed) => listed.tokens().map_or(0.0, |keep| {
            keep.of_a_token() * keep.window().map_or(tokens, |window| tokens.min(f64::from(window)))
        }),
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => 0.0,
    });
    let cache = formula!(
        detail, GRPO;
        answers = answers, values_of_an_answer = values, bytes_per_value = HALF
        => answers * values_of_an_answer * bytes_per_value
    );
    let grown = formula!(
        detail, "a layer's old keys and values stay until the longer copy is made";
        cache = cache.value, layers = f64::from(model.layer_count().max(1)) => 2.0 * cache / layers
    );
    let logits = formula!(
        detail, "the last token of each answer, in 16 bit, in 32 bit and as probabilities";
        answers = answers, vocabulary = f64::from(model.vocabulary) => answers * vocabulary * 10.0
    );
    let none = Figure::found(detail, "a cache that grows in its place needs no longer copy", "copied", 0.0);
    let states = kinds::states(detail, GRPO, kinds(model, state), answers);
    vec![
        Part::worked(PartName::KvCache, place, Basis::Shapes, Worked::exact(cache)),
        Part::worked(PartName::RecurrentState, place, Basis::Modelled, Worked::exact(states)),
        Part::worked(PartName::Activations, place, Basis::Modelled, Worked::band(none, grown.clone(), grown)),
        Part::worked(PartName::Logits, place, Basis::Modelled, Worked::exact(logits)),
    ]
}

const fn place(want: Want) -> Place {
    if matches!(want.placement, Placement::Cpu) { Place::Host } else { Place::Device }
}
