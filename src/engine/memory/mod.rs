//! Memory of a workload, part by part and phase by phase.

mod budget;
pub mod diffusion;
pub mod finetune;
mod framework;
pub mod gnn;
mod llama;
mod mlx;
mod nearest;
mod pytorch;
mod vllm;
mod weights;
mod working;

pub use budget::{Basis, Budget, Part, PartName, Phase, PhaseName, Place, Placement, Unknown};
pub use weights::{
    Pick, Recipe, Role, Tensor, Weights, When, active_parameter_count, bits_per_weight,
    checkpoint_parameter_count, layer_tensors, outer_tensors, parameter_count, projector, weights,
};
pub use working::Working;

use crate::spec::{Inference, Model, Runtime, Scenario};

/// Memory of a scenario on one kind of placement.
pub fn budget(scenario: &Scenario, placement: Placement) -> Budget {
    let inference = super::graph::inference(&scenario.workload);
    run(&scenario.model, &inference, scenario.runtime, placement)
}

/// Dispatches to the runtime's own allocation rules.
fn run(model: &Model, inference: &Inference, runtime: Runtime, placement: Placement) -> Budget {
    match runtime {
        Runtime::LlamaCpp => llama::budget(model, inference, placement),
        Runtime::Mlx => mlx::budget(model, inference, placement),
        Runtime::PyTorch => pytorch::budget(model, inference, placement),
        Runtime::Vllm => vllm::budget(model, inference, placement),
    }
}
