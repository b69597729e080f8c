//! Which axes mean something for a scenario.

use super::{Axis, ladder};
use crate::spec::{
    Diffusion, DiffusionMode, FeedForward, FineTune, Gnn, GnnArchitecture, GraphSequence, GraphTask,
    LanguageModel, Method, Runtime, Sampling, Scenario, Workload,
};

impl Axis {
    /// The axes that mean something for a scenario, the most telling one first.
    pub fn available(scenario: &Scenario) -> Vec<Self> {
        let mut axes = match &scenario.workload {
            Workload::Inference(language, _) => [vec![Self::Context], of_reading(language)].concat(),
            Workload::FineTune(_, tune) => [vec![Self::Sequence], of_tune(tune)].concat(),
            Workload::GraphSequence(language, sequence) => of_graphs(language, sequence),
            Workload::Gnn(gnn) => of_gnn(gnn),
            Workload::Diffusion(diffusion) => of_pipeline(diffusion),
        };
        // Among one there is nothing to choose.
        axes.retain(|axis| !axis.is_stepped() || ladder::steps(*axis, scenario) > 1);
        axes
    }
}

/// What a language model that reads is sized by.
const READING: &[Axis] =
    &[Axis::ModelSize, Axis::Quantization, Axis::Concurrency, Axis::KvPrecision, Axis::Ubatch];

/// Only llama.cpp leaves layers, or experts, to the processor.
fn of_reading(language: &LanguageModel) -> Vec<Axis> {
    let mut axes = READING.to_vec();
    if language.runtime == Runtime::LlamaCpp {
        axes.push(Axis::GpuLayers);
        let mut blocks = language.model.stack.iter().flat_map(|run| &run.blocks);
        if blocks.any(|block| matches!(block.feed_forward, FeedForward::Experts(_))) {
            axes.push(Axis::GpuExperts);
        }
    }
    axes
}

/// Only adapters have a rank.
fn of_tune(tune: &FineTune) -> Vec<Axis> {
    let mut axes = vec![Axis::MicroBatch];
    if tune.method != Method::Full {
        axes.push(Axis::Rank);
    }
    axes.extend([Axis::TunedLayers, Axis::ModelSize, Axis::BasePrecision]);
    axes
}

/// Where long graphs are cut, that decides before their sizes do.
fn of_graphs(language: &LanguageModel, sequence: &GraphSequence) -> Vec<Axis> {
    let mut axes = Vec::new();
    if sequence.graph.truncation.is_some() {
        axes.push(Axis::Truncation);
    }
    axes.extend([Axis::Edges, Axis::Nodes]);
    if sequence.graph.graphs > 1 {
        axes.push(Axis::SizeSpread);
    }
    match &sequence.task {
        GraphTask::Read(_) => axes.extend(of_reading(language)),
        GraphTask::Train(tune) => axes.extend(of_tune(tune)),
    }
    axes
}

/// Attention over paths has no layers, only attention over neighbours has heads, and only drawn neighbourhoods a
/// batch.
fn of_gnn(gnn: &Gnn) -> Vec<Axis> {
    let mut axes = vec![Axis::Edges, Axis::Nodes, Axis::InWidth, Axis::Hidden];
    if gnn.architecture != GnnArchitecture::Code2vec {
        axes.push(Axis::GnnLayers);
    }
    if gnn.architecture == GnnArchitecture::Gat {
        axes.push(Axis::Heads);
    }
    if gnn.sampling != Sampling::Full {
        axes.push(Axis::BatchNodes);
    }
    axes
}

/// Clips have frames, adapters a rank.
fn of_pipeline(diffusion: &Diffusion) -> Vec<Axis> {
    let mut axes = vec![Axis::Resolution];
    if diffusion.pipeline.makes_video() {
        axes.push(Axis::Frames);
    }
    axes.extend([Axis::Pictures, Axis::PicturePrecision]);
    if diffusion.mode == DiffusionMode::Lora {
        axes.push(Axis::Rank);
    }
    axes
}
