//! Memory of a workload, part by part and phase by phase.

mod adapter;
mod alive;
mod budget;
pub mod diffusion;
mod draft;
mod exllama;
pub mod finetune;
mod framework;
pub mod gnn;
mod kinds;
mod llama;
mod lower_bound;
mod mlx;
mod multi_device;
mod nearest;
mod part;
mod pytorch;
mod sglang;
mod sharing;
mod usual;
mod vision;
mod vllm;
mod weights;

pub use budget::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown, Want};
pub use weights::{
    Pick, Recipe, Role, Tensor, Weights, When, active_parameter_count, bits_per_weight,
    checkpoint_parameter_count, layer_tensors, outer_tensors, parameter_count, projector, weights,
};

use self::sharing::Sharing;
use super::graph;
use std::borrow::Cow;
use std::sync::Arc;

use crate::spec::{FileWeights, Inference, LanguageModel, Makes, Quantization, Runtime, Scenario, Workload};

pub use multi_device::{Portion, Site, split};

/// Memory of a scenario on one kind of placement, on as many devices as the scenario says, else one.
pub fn budget(scenario: &Scenario, want: impl Into<Want>) -> Budget {
    let devices = scenario.devices.count.unwrap_or(1);
    let Want { placement, detail } = want.into();
    budget_at(
        scenario,
        Site { placement, devices, portion: None, one_host: placement == Placement::Gpu, detail },
    )
}

/// Memory of a scenario on the fullest of a site's devices, and beside it.
pub fn budget_at(scenario: &Scenario, site: Site) -> Budget {
    let mut budget = if site.devices > 1 {
        multi_device::budget(scenario, site)
    } else {
        alone(&scenario.workload, site.want())
    };
    if scenario.language().is_some_and(|language| language.model.makes != Makes::Text) {
        reads_alone(&mut budget);
    }
    budget
}

/// Leaves out what only a model that writes text has: passes token by token, and scores of the vocabulary.
fn reads_alone(budget: &mut Budget) {
    budget.phases.retain(|phase| phase.name != PhaseName::Decode);
    for phase in &mut budget.phases {
        phase.parts.retain(|part| part.name != PartName::Logits);
    }
}

/// Memory of a workload on one device.
fn alone(workload: &Workload, want: Want) -> Budget {
    match workload {
        Workload::Gnn(gnn) => gnn::budget(gnn, want),
        Workload::Diffusion(diffusion) => diffusion::budget(diffusion, want),
        Workload::Inference(language, _)
        | Workload::FineTune(language, _)
        | Workload::GraphSequence(language, _) => of_language(language, workload, want),
    }
}

/// Memory of a language model that is run or trained.
fn of_language(language: &LanguageModel, workload: &Workload, want: Want) -> Budget {
    if language.model.is_unknown() {
        return of_unknown(language, workload, want, 1);
    }
    if let Some(inference) = graph::inference(workload) {
        return run(language, &inference, want);
    }
    graph::fine_tune(workload).map_or_else(
        || Budget::new(want.placement, Vec::new()),
        |tune| finetune::budget(&without_file(language), &tune, want),
    )
}

/// What a model whose layers are not known takes at least on each of so many devices.
fn of_unknown(language: &LanguageModel, workload: &Workload, want: Want, devices: u32) -> Budget {
    let inference = graph::inference(workload);
    let asked = inference.map(|inference| inference.quantization);
    let own = language.model.file.as_ref().map(|file| file.stored);
    if let Some(to) = asked.filter(|asked| own.is_some_and(|own| own != *asked))
        && let Some(model) = weights::requantized(&language.model, to)
    {
        let language = LanguageModel { model: Arc::new(model), ..language.clone() };
        return lower_bound::budget(&language, to, inference.as_ref(), (want, devices));
    }
    let stored = own.or(asked).unwrap_or(Quantization::Bf16);
    lower_bound::budget(language, stored, inference.as_ref(), (want, devices))
}

/// A base that is trained is held in the form that training asks for, whatever file its shapes came from.
fn without_file(language: &LanguageModel) -> Cow<'_, LanguageModel> {
    if language.model.file.is_none() {
        return Cow::Borrowed(language);
    }
    Cow::Owned(LanguageModel { model: Arc::new(language.model.without_file()), ..language.clone() })
}

/// A model and what drafts for it.
fn run(language: &LanguageModel, inference: &Inference, want: Want) -> Budget {
    run_with(language, inference, want, Sharing::NONE)
}

/// The same where others serve the model with this device.
fn run_with(language: &LanguageModel, inference: &Inference, want: Want, sharing: Sharing) -> Budget {
    let mut budget = by_runtime(language, inference, want, sharing);
    usual::unmeasured_listed(&mut budget, language);
    vision::add(&mut budget, language, inference, want);
    draft::add(&mut budget, language, inference, want);
    adapter::add(&mut budget, language, inference, want);
    // Of another quantization than its own the file says nothing.
    let own = language.model.file.as_deref().filter(|file| file.stored == inference.quantization);
    if own.is_some_and(|file| matches!(&file.weights, FileWeights::Rules(rules) if rules.at_least)) {
        budget.unknown.push(Unknown::Packing);
    }
    budget
}

/// Dispatches to the runtime's own allocation rules.
fn by_runtime(language: &LanguageModel, inference: &Inference, want: Want, sharing: Sharing) -> Budget {
    let model = &language.model;
    match language.runtime {
        Runtime::LlamaCpp => llama::budget(model, inference, want),
        Runtime::Mlx => mlx::budget(model, inference, want),
        Runtime::PyTorch => pytorch::budget(model, inference, want),
        Runtime::Vllm => vllm::budget(model, inference, want, sharing),
        Runtime::Sglang => sglang::budget(model, inference, want, sharing),
        Runtime::ExLlama => exllama::budget(model, inference, want),
    }
}
