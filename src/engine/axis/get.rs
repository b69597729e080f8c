//! Where a scenario stands on an axis.

use super::{Axis, ladder};
use crate::engine::scale::parameters;
use crate::spec::{
    Diffusion, FineTune, Gnn, GpuLayers, Graph, GraphTask, Inference, LanguageModel, Scenario, TunedLayers,
    Workload,
};
use crate::units::count;

impl Axis {
    /// Where a scenario stands on it; a step's place in its ladder for stepped axes, and 0 where it means nothing.
    pub fn get(self, scenario: &Scenario) -> f64 {
        if self.is_stepped() {
            return ladder::place(self, scenario);
        }
        if self == Self::ModelSize {
            return scenario.language().map_or(0.0, |language| parameters(&language.model));
        }
        match &scenario.workload {
            Workload::Inference(language, inference) => of_inference(self, language, inference),
            Workload::FineTune(language, tune) => of_tune(self, language, tune),
            Workload::GraphSequence(language, sequence) => {
                of_graph(self, &sequence.graph).unwrap_or_else(|| match &sequence.task {
                    GraphTask::Read(inference) => of_inference(self, language, inference),
                    GraphTask::Train(tune) => of_tune(self, language, tune),
                })
            }
            Workload::Gnn(gnn) => of_gnn(self, gnn),
            Workload::Diffusion(diffusion) => of_diffusion(self, diffusion),
        }
    }
}

fn of_inference(axis: Axis, language: &LanguageModel, inference: &Inference) -> f64 {
    let layers = u64::from(language.model.layer_count());
    match axis {
        Axis::GpuLayers => match inference.gpu_layers {
            GpuLayers::Auto => count(layers + 1),
            GpuLayers::Count(asked) => count(asked.min(layers + 1)),
        },
        Axis::GpuExperts => count(layers - inference.cpu_experts.min(layers)),
        Axis::Context => count(inference.context),
        Axis::Concurrency => count(inference.concurrency),
        Axis::Prompt => count(inference.prompt),
        Axis::Ubatch => count(inference.ubatch),
        _ => 0.0,
    }
}

fn of_tune(axis: Axis, language: &LanguageModel, tune: &FineTune) -> f64 {
    match axis {
        Axis::Sequence => count(tune.sequence),
        Axis::MicroBatch => count(tune.micro_batch),
        Axis::Rank => count(tune.rank),
        Axis::TunedLayers => match tune.tuned_layers {
            TunedLayers::All => f64::from(language.model.layer_count()),
            TunedLayers::Last(layers) => count(layers).min(f64::from(language.model.layer_count())),
        },
        _ => 0.0,
    }
}

fn of_graph(axis: Axis, graph: &Graph) -> Option<f64> {
    match axis {
        Axis::Nodes => Some(count(graph.nodes)),
        Axis::Edges => Some(count(graph.edges)),
        Axis::SizeSpread => Some(graph.size_spread),
        Axis::Truncation => Some(graph.truncation.map_or(0.0, count)),
        _ => None,
    }
}

fn of_gnn(axis: Axis, gnn: &Gnn) -> f64 {
    match axis {
        Axis::Nodes => count(gnn.nodes),
        Axis::Edges => count(gnn.edges),
        Axis::InWidth => count(gnn.in_width),
        Axis::Hidden => count(gnn.hidden),
        Axis::GnnLayers => count(gnn.layers),
        Axis::Heads => count(gnn.heads),
        Axis::BatchNodes => count(gnn.batch_nodes),
        _ => 0.0,
    }
}

fn of_diffusion(axis: Axis, diffusion: &Diffusion) -> f64 {
    match axis {
        Axis::Resolution => (count(diffusion.width) * count(diffusion.height)).sqrt(),
        Axis::Frames => count(diffusion.frames),
        Axis::Pictures => count(diffusion.batch),
        Axis::Rank => count(diffusion.rank),
        _ => 0.0,
    }
}
