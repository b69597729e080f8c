//! What drafts tokens ahead: a second model, or prediction layers of the model's own (multi-token prediction).
//!
//! Prediction layers share the embedding and the output matrix of their model. They have a joining matrix of their own,
//! a cache as long as the model's, and under llama.cpp a context of their own with its compute buffer.

use super::sharing::Sharing;
use super::{Basis, Budget, Part, PartName, Place, Placement, Want, by_runtime, parameter_count, weights};
use crate::engine::working::{Figure, Worked};
use crate::formula;
use crate::spec::{
    Block, GpuLayers, Inference, KvPrecision, LanguageModel, Mixer, Model, Quantization, Run, Runtime,
    Speculation,
};
use crate::units::count;
use std::sync::Arc;

const HEAD: &str = "shapes of the model's own prediction layer: a layer of its kind, and a matrix that joins the \
                    last token's embedding to the stream (llama.cpp's eh_proj)";

const FILE: &str = "the tensors of the prediction layers in the model's own file";

/// Adds what drafts to a budget of the model it drafts for.
pub(super) fn add(budget: &mut Budget, language: &LanguageModel, inference: &Inference, want: Want) {
    if inference.speculation.draft_tokens == 0 {
        return;
    }
    let asked =
        Inference { speculation: Speculation::default(), vision: false, cpu_experts: 0, ..*inference };
    match (&language.draft, head(language)) {
        (Some(draft), _) => {
            let second = LanguageModel { draft: None, ..draft.of(language.runtime) };
            // llama.cpp stores a draft model's cache in 16 bit whatever the model's own (`-ctkd`, `-ctvd`).
            let asked = Inference { gpu_layers: GpuLayers::Auto, ..plain_cache(asked, language.runtime) };
            take(budget, language.runtime, by_runtime(&second, &asked, want, Sharing::NONE), &|_| true);
        }
        (None, Some(head)) => {
            let own = language.model.file.as_ref().map_or(0, |file| file.prediction);
            let stored = if own > 0 {
                Figure::found(want.detail, FILE, "bytes", count(own))
            } else {
                joined(&head, (inference.quantization, language.model.prediction_layers), want)
            };
            let device = match inference.gpu_layers {
                GpuLayers::Count(0) => false,
                GpuLayers::Auto | GpuLayers::Count(_) => want.placement != Placement::Cpu,
            };
            let place = if device { Place::Device } else { Place::Host };
            let part = Part::worked(PartName::DraftWeights, place, Basis::Shapes, Worked::exact(stored));
            for phase in &mut budget.phases {
                phase.parts.push(part.clone());
            }
            let gpu_layers = if device { GpuLayers::Auto } else { GpuLayers::Count(0) };
            let asked = Inference { gpu_layers, ..asked };
            let alone = LanguageModel { model: Arc::new(head), draft: None, ..language.clone() };
            take(budget, language.runtime, by_runtime(&alone, &asked, want, Sharing::NONE), &|part| {
                part.name != PartName::Weights
            });
        }
        (None, None) => {}
    }
}

/// The cache in 16 bit where llama.cpp keeps the drafts' so.
fn plain_cache(asked: Inference, runtime: Runtime) -> Inference {
    if runtime != Runtime::LlamaCpp {
        return asked;
    }
    Inference { kv_precision: KvPrecision::F16, cache_type_k: None, cache_type_v: None, ..asked }
}

/// Adds the parts of what drafts under names of their own, phase by phase.
fn take(budget: &mut Budget, runtime: Runtime, drafts: Budget, wanted: &dyn Fn(&Part) -> bool) {
    for phase in drafts.phases {
        let Some(own) = budget.phases.iter_mut().find(|own| own.name == phase.name) else { continue };
        let parts = phase.parts.into_iter().filter(wanted);
        own.parts.extend(parts.filter_map(|part| Some(Part { name: named(part.name, runtime)?, ..part })));
    }
    let known = budget.unknown.clone();
    budget.unknown.extend(drafts.unknown.into_iter().filter(|unknown| !known.contains(unknown)));
}

/// What a part of the second budget is beside the first; buffers that both use in turn are there already.
const fn named(name: PartName, runtime: Runtime) -> Option<PartName> {
    match (name, runtime) {
        (PartName::Weights, _) => Some(PartName::DraftWeights),
        (PartName::KvCache | PartName::IndexerCache | PartName::RecurrentState, _) => {
            Some(PartName::DraftCache)
        }
        (PartName::ComputeBuffer | PartName::HostBuffer | PartName::OutputBuffer, Runtime::LlamaCpp) => {
            Some(PartName::DraftCompute)
        }
        _ => None,
    }
}

/// The prediction layers of a model as a model, where its runtime drafts with them.
fn head(language: &LanguageModel) -> Option<Model> {
    let model = &*language.model;
    let drafts =
        matches!(language.runtime, Runtime::LlamaCpp | Runtime::Vllm | Runtime::Sglang | Runtime::ExLlama);
    if !drafts || model.prediction_layers == 0 {
        return None;
    }
    let blocks = model.stack.iter().rev().flat_map(|run| run.blocks.iter().rev());
    let attends = |block: &&Block| match &block.mixer {
        Mixer::Attention(_) | Mixer::Mla(_) | Mixer::Parallel(..) => true,
        Mixer::Listed(listed) => listed.tokens().is_some(),
        Mixer::Mamba2(_) | Mixer::GatedDelta(_) => false,
    };
    let block = blocks.filter(attends).map(|block| Block { times: 1, ..block.clone() }).next()?;
    Some(Model {
        stack: vec![Run { repeat: model.prediction_layers, blocks: vec![block] }],
        rope_factors: 0,
        layer_embedding: None,
        prediction_layers: 0,
        vision: None,
        file: None,
        sketch: None,
        ..model.clone()
    })
}

/// Bytes of the prediction layers with their joining matrices.
fn joined(head: &Model, (quantization, of): (Quantization, u32), want: Want) -> Figure {
    let layers = Model { vocabulary: 0, tied_embeddings: true, ..head.clone() };
    let stored = weights(&layers, quantization, want.placement, GpuLayers::Auto).total();
    let parameters = count(parameter_count(&layers)).max(1.0);
    let hidden = f64::from(head.hidden);
    formula!(
        want.detail, HEAD;
        layers = f64::from(of),
        layer_bytes = stored.get() / f64::from(of.max(1)),
        hidden = hidden,
        bytes_per_parameter = stored.get() / parameters
        => layers * (layer_bytes + 2.0 * hidden * hidden * bytes_per_parameter)
    )
}
