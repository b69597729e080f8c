//! Which axes mean something for a scenario.

use super::{Axis, ladder};
use crate::spec::{
    Diffusion, DiffusionMode, FineTune, Gnn, GnnArchitecture, GraphSequence, GraphTask, Method, Sampling,
    Scenario, Workload,
};

impl Axis {
    /// The axes that mean something for a scenario, the most telling one first.
    pub fn available(scenario: &Scenario) -> Vec<Self> {
        let mut axes = match &scenario.workload {
            Workload::Inference(..) => [&[Self::Context], READING].concat(),
            Workload::FineTune(_, tune) => [vec![Self::Sequence], of_tune(tune)].concat(),
            Workload::GraphSequence(_, sequence) => of_graphs(sequence),
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
fn of_graphs(sequence: &GraphSequence) -> Vec<Axis> {
    let mut axes = Vec::new();
    if sequence.graph.truncation.is_some() {
        axes.push(Axis::Truncation);
    }
    axes.extend([Axis::Edges, Axis::Nodes]);
    if sequence.graph.graphs > 1 {
        axes.push(Axis::SizeSpread);
    }
    match &sequence.task {
        GraphTask::Read(_) => axes.extend(READING),
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
